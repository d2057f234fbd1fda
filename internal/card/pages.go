package card

import (
	"context"
	"io"
	"net/url"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// The titles of the pages.
var (
	titleCards   = msg.T("カード・ID", "Cards and accounts")
	titleDesk    = msg.T("カードの貸出しと回収", "Lend and collect")
	titleLost    = msg.T("カードの紛失の届出", "Report a lost card")
	titleRevoke  = msg.T("カードの失効", "Revoke a card")
	titleInspect = msg.T("カードの点検", "Count the cards")

	titleAccounts = msg.T("利用者ID", "Accounts")
	titleAccount  = msg.T("利用者IDの手続き", "An account")
	titleOpen     = msg.T("利用者IDの発行", "Open an account")
	titleClose    = msg.T("利用者IDの停止", "Close an account")
	titleHand     = msg.T("共用IDの引継ぎ", "Hand a shared account over")
	titleLeaver   = msg.T("離職した職員の利用者ID", "Accounts of somebody who left")
)

// Routes are the pages of cards (bp.9.1).
func (s *Service) Routes() []web.Route {
	route := func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: []clause.ID{"bp.9.1"}, Rule: web.SignedIn, Page: page, Again: again}
	}
	first := route("GET", "/cards", titleCards, s.overview, nil)
	first.Nav = &web.NavItem{Order: 59}
	return []web.Route{first,
		route("GET", "/cards/desk", titleDesk, s.deskPage, nil), route("POST", "/cards/desk", titleDesk, s.desk, s.deskPage),
		route("GET", "/cards/lost", titleLost, s.lostPage, nil), route("POST", "/cards/lost", titleLost, s.reportLost, s.lostPage),
		route("GET", "/cards/revoke/{card}", titleRevoke, s.revokePage, nil), route("POST", "/cards/revoke/{card}", titleRevoke, s.revokeNow, s.revokePage),
		route("GET", "/cards/accounts", titleAccounts, s.accounts, nil),
		route("GET", "/cards/accounts/new", titleOpen, s.openPage, nil),
		route("POST", "/cards/accounts/new", titleOpen, s.openConfirm, s.openPage),
		route("POST", "/cards/accounts/open", titleOpen, s.openNow, s.openPage),
		route("GET", "/cards/accounts/of/{person}", titleLeaver, s.leaverPage, nil),
		route("POST", "/cards/accounts/of/{person}", titleLeaver, s.leaverNow, s.leaverPage),
		route("GET", "/cards/accounts/{userid}", titleAccount, s.accountPage, nil),
		route("POST", "/cards/accounts/{userid}", titleAccount, s.accountNow, s.accountPage),
		route("GET", "/cards/inspect", titleInspect, s.inspectPage, nil),
		route("POST", "/cards/inspect/confirm", titleInspect, s.inspectConfirm, s.inspectPage),
		route("POST", "/cards/inspect", titleInspect, s.inspectNow, s.inspectPage),
	}
}

func crumbs() []web.Link { return []web.Link{{Title: titleCards, Href: "/cards"}} }

func (s *Service) read(r *web.Request, fn db.Func) error { return s.c.Store.Read(r.Context(), fn) }

// run runs an act as the person who sends the form.
func (s *Service) run(r *web.Request, id string, in act.Input) error {
	_, err := s.c.Gate.Run(r.Context(), id, in, act.Options{IdempotencyKey: r.IdempotencyKey})
	return err
}

// under puts parts inside another.
func under(outer templ.Component, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, web.Stack(parts...)), w)
	})
}

// word names a code of a field of the cards.
func (s *Service) word(field, code string, lang msg.Lang) string {
	f, _ := s.c.Catalog.Must("card").Field(field)
	return s.c.Catalog.Show(f, code, lang, register.Labels{})
}

func deskHref(q string) string    { return "/cards/desk?q=" + url.QueryEscape(q) }
func revokeHref(k string) string  { return "/cards/revoke/" + url.PathEscape(k) }
func inspectHref(u string) string { return "/cards/inspect?unit=" + url.QueryEscape(u) }

// running is how long ago a moment is.
func running(since, now when.Stamp) msg.Text {
	m := max(0, int64((now-since)/minute))
	switch {
	case m < 60:
		return msg.F("%d分", "%d min", m)
	case m < 48*60:
		return msg.F("%d時間%d分", "%d h %d min", m/60, m%60)
	}
	return msg.F("%d日", "%d days", m/60/24)
}

func stateBadge(s *Service, state string, lang msg.Lang) templ.Component {
	tone := map[string]web.Tone{Lent: web.Info, Stock: web.Plain, Collected: web.Good, Lost: web.Bad}[state]
	return web.Badge(msg.Same(s.word("state", state, lang)), tone)
}
