package card

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

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

// The states in the order of the tiles.
var states = []string{Lent, Stock, Collected, Lost, Revoked}

// perPage is how many cards a page lists, shown how many of what is owed.
const (
	perPage = 50
	shown   = 50
)

// ledgerData is what the first page shows.
type ledgerData struct {
	now          when.Stamp
	hours        int
	counts       map[string]int
	lost, back   []named
	revokes      bool
	state, words string
	page, total  int
	list         []named
}

func (s *Service) overview(r *web.Request) (web.Response, error) {
	x := ledgerData{now: when.StampOf(r.Now()), state: r.Query("state"), words: r.Query("q"), page: max(1, r.QueryInt("page", 1)), counts: map[string]int{}}
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if x.hours, err = s.parameter(ctx, tx, "N.revoke"); err != nil {
			return err
		}
		if x.revokes, err = s.c.Gate.Decides(ctx, tx, r.Actor, actRevoke); err != nil {
			return err
		}
		if _, err = db.Rows(ctx, tx, func(r *sql.Rows) (struct{}, error) {
			var state string
			var n int
			err := r.Scan(&state, &n)
			x.counts[state] = n
			return struct{}{}, err
		}, `SELECT state, COUNT(*) FROM reg_card WHERE NOT ended GROUP BY state`); err != nil {
			return fmt.Errorf("count cards: %w", err)
		}
		if x.lost, err = s.lost(ctx, tx, shown); err != nil {
			return err
		}
		if x.back, err = s.toCollect(ctx, tx, nil, x.now.Date(), shown+1); err != nil {
			return err
		}
		x.list, x.total, err = s.find(ctx, tx, x.state, x.words, x.page)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleCards, s.ledgerView(r, x)), nil
}

// find lists cards by state, and by number, holder or section.
func (s *Service) find(ctx context.Context, tx *db.Tx, state, words string, page int) ([]named, int, error) {
	var cond []string
	var args []any
	add := func(text string, v any) {
		args = append(args, v)
		cond = append(cond, strings.ReplaceAll(text, "?", "$"+strconv.Itoa(len(args))))
	}
	if state != "" {
		add("c.state = ?", state)
	}
	for _, w := range strings.Fields(words) {
		like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(w)) + "%"
		add("(LOWER(c.code) LIKE ? ESCAPE '!' OR LOWER(c.person) LIKE ? ESCAPE '!' OR p.name LIKE ? ESCAPE '!' OR p.kana LIKE ? ESCAPE '!' OR u.name LIKE ? ESCAPE '!')", like)
	}
	from := ` FROM reg_card c LEFT JOIN reg_person p ON p.code = c.person LEFT JOIN reg_unit u ON u.code = c.unit WHERE NOT c.ended`
	for _, c := range cond {
		from += " AND " + c
	}
	var total int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*)`+from, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count cards found: %w", err)
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (k named, err error) {
		var lent string
		if err = r.Scan(&k.Code, &k.Kind, &k.State, &k.Unit, &k.Person, &lent, &k.LostAt, &k.name, &k.unit); err == nil && lent != "" {
			k.Lent, err = when.Parse(lent)
		}
		return k, err
	}, `SELECT c.code, c.kind, c.state, c.unit, c.person, c.lent, c.lost_at, COALESCE(p.name, ''), COALESCE(u.name, '')`+from+fmt.Sprintf(` ORDER BY c.code LIMIT %d OFFSET %d`, perPage, (page-1)*perPage), args...)
	if err != nil {
		return nil, 0, fmt.Errorf("read cards: %w", err)
	}
	return out, total, nil
}

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

func (s *Service) ledgerView(r *web.Request, x ledgerData) templ.Component {
	head := web.Head{Title: titleCards, Lead: msg.T("カードの貸出し、回収、紛失、失効の状況です。利用者IDは管理簿で確かめられます。", "Which cards are lent, came back, were lost and revoked. Accounts have a register of their own."),
		Links: []web.Link{{Title: titleLost, Href: "/cards/lost", Main: true}, {Title: titleDesk, Href: "/cards/desk"}, {Title: titleInspect, Href: "/cards/inspect"}, {Title: msg.T("利用者ID管理簿", "Accounts"), Href: "/registers/userid"}}}
	var tiles []web.Tile
	for _, st := range states {
		t := web.Tile{Value: msg.Same(web.Number(x.counts[st])), Label: msg.Same(s.word("state", st, r.Lang)), Href: "/cards?state=" + st + "#cards"}
		if st == Lost && x.counts[st] > 0 {
			t.Tone = web.Bad
		}
		tiles = append(tiles, t)
	}
	parts := []templ.Component{web.PageHead(head), web.Tiles(tiles)}
	if len(x.lost) > 0 {
		parts = append(parts, s.lostTable(r, x))
	}
	if len(x.back) > 0 {
		parts = append(parts, s.backTable(r, x))
	}
	options := []web.Option{}
	for _, st := range states {
		options = append(options, web.Option{Value: st, Label: msg.Same(s.word("state", st, r.Lang))})
	}
	parts = append(parts, web.FilterPart(web.Filter{Action: "/cards", Fields: []web.Field{
		{Name: "state", Label: msg.T("状態", "State"), Kind: web.SelectField, Value: x.state, Options: options, Any: msg.T("すべて", "All")},
		{Name: "q", Label: msg.T("カード番号、氏名、組織", "Card no., name, unit"), Kind: web.SearchField, Value: x.words}}}))
	t := web.Table{ID: "cards", Caption: msg.T("カードの一覧", "Cards"), Count: x.total, Empty: msg.T("該当するカードはありません。", "No card fits."), Columns: []web.Column{
		{Title: msg.T("カード番号", "Card no."), Head: true, NoWrap: true}, {Title: msg.T("種類", "Kind"), NoWrap: true}, {Title: msg.T("状態", "State"), NoWrap: true}, {Title: msg.T("持つ職員", "Holder")}, {Title: msg.T("管理する組織", "Unit in charge")}, {Title: msg.T("貸出日", "Lent on"), NoWrap: true}}}
	for _, k := range x.list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: k.Code, Href: "/registers/card/" + url.PathEscape(k.Code)}, {Text: s.word("kind", k.Kind, r.Lang)}, {Part: stateBadge(s, k.State, r.Lang)}, {Text: k.name}, {Text: k.unit}, {Text: k.Lent.Short(r.Lang)}}})
	}
	return web.Stack(append(parts, web.TablePart(t), web.PagingPart(web.Paging{Page: x.page, Size: perPage, Total: x.total, Href: func(p int) string { return r.With("page", strconv.Itoa(p)) }}))...)
}

func (s *Service) lostTable(r *web.Request, x ledgerData) templ.Component {
	t := web.Table{ID: "lost", Caption: msg.T("失効していない紛失カード", "Lost cards not revoked"), Count: x.counts[Lost], Columns: []web.Column{
		{Title: msg.T("カード番号", "Card no."), Head: true, NoWrap: true}, {Title: msg.T("持つ職員", "Holder")}, {Title: msg.T("届出の日時", "Reported at"), NoWrap: true}, {Title: msg.T("届出からの時間", "Time since"), NoWrap: true}, {Title: msg.T("手続き", "To do"), NoWrap: true}}}
	for _, k := range x.lost {
		row := web.Row{Cells: []web.Cell{{Text: k.Code, Href: "/registers/card/" + url.PathEscape(k.Code), Note: s.word("kind", k.Kind, r.Lang)}, {Text: k.name, Note: k.unit}, {Text: k.LostAt.Short(r.Lang)}, {Text: running(k.LostAt, x.now).In(r.Lang)}, {Text: msg.T("CSIRT責任者の失効待ち", "Waits for the CSIRT chief").In(r.Lang)}}}
		if k.LostAt == 0 {
			row.Cells[2].Text, row.Cells[3].Text = msg.T("記録なし", "Not on record").In(r.Lang), ""
		} else if x.now-k.LostAt > when.Stamp(x.hours)*60*minute {
			row.Tone = web.Bad
			row.Cells[3].Tone, row.Cells[3].Note = web.Bad, msg.F("期限（%d時間）超過", "over the %d hours", x.hours).In(r.Lang)
		}
		if x.revokes {
			row.Cells[4] = web.Cell{Text: msg.T("失効させる", "Revoke").In(r.Lang), Href: revokeHref(k.Code)}
		}
		t.Rows = append(t.Rows, row)
	}
	return web.TablePart(t)
}

func (s *Service) backTable(r *web.Request, x ledgerData) templ.Component {
	t := web.Table{ID: "back", Caption: msg.T("異動又は離職した職員から回収するカード", "Cards to collect from who moved or left"), Count: min(len(x.back), shown), Columns: []web.Column{
		{Title: msg.T("カード番号", "Card no."), Head: true, NoWrap: true}, {Title: msg.T("持つ職員", "Holder")}, {Title: msg.T("管理する組織", "Unit in charge")}, {Title: msg.T("回収すべき日", "Due back"), NoWrap: true}}}
	if len(x.back) > shown {
		t.Caption = msg.F("%s（先頭の%d件）", "%s (the first %d)", t.Caption, shown)
	}
	for _, k := range x.back[:min(len(x.back), shown)] {
		row := web.Row{Cells: []web.Cell{{Text: k.Code, Href: deskHref(k.Code), Note: s.word("kind", k.Kind, r.Lang)}, {Text: k.name}, {Text: k.unit}, {Text: k.due.Short(r.Lang)}}}
		if k.due < x.now.Date() {
			row.Tone = web.Bad
			row.Cells[3].Tone, row.Cells[3].Note = web.Bad, msg.T("期限超過", "Overdue").In(r.Lang)
		}
		t.Rows = append(t.Rows, row)
	}
	return web.TablePart(t)
}
