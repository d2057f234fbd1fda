package card

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/web"
	"okite/internal/when"
)

// leaverData is what the page about somebody who left shows.
type leaverData struct {
	person org.Person
	mine   []namedAccount // personal, to be closed by who looks at the page
	shared []namedAccount // to be handed over first
	others []namedAccount // closed by the managers of other systems
	cards  []named
}

func (s *Service) leaver(r *web.Request) (x leaverData, err error) {
	today := when.Of(r.Now())
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		x = leaverData{}
		v, err := s.sees(ctx, tx, r.Actor, "userid")
		if err != nil {
			return err
		}
		p, _, err := get[org.Person](ctx, tx, s.c.Catalog, "person", r.Path("person"))
		if fault.As(err) != nil || err == nil && (p.Left == 0 || p.Left > today) {
			err = web.NotFound()
		}
		if err != nil {
			return err
		}
		x.person = p
		q := ask{dialect: tx.Dialect()}
		q.and("a.person = ?", p.Code)
		q.seen(v, "a.code")
		all, total, err := s.findAccounts(ctx, tx, q, window{limit: 500})
		if err == nil && total == 0 {
			err = web.NotFound() // none of theirs is seen
		}
		if err != nil {
			return err
		}
		for _, a := range all {
			if !a.open(today) {
				continue
			}
			ok, err := allowed(s.c.Gate.May(ctx, tx, r.Actor, actLeave, act.Input{"person": p.Code, "userids": a.Code}))
			switch {
			case err != nil:
				return err
			case !ok:
				x.others = append(x.others, a)
			case a.Kind == Personal:
				x.mine = append(x.mine, a)
			default:
				x.shared = append(x.shared, a)
			}
		}
		x.cards, err = s.backFrom(ctx, tx, p.Code, today)
		return err
	})
	return x, err
}

// leaverPage lists what somebody who left has left open, and closes it in one go.
func (s *Service) leaverPage(r *web.Request) (web.Response, error) {
	x, err := s.leaver(r)
	if err != nil {
		return web.Response{}, err
	}
	title := msg.F("%sの利用者ID", "Accounts of %s", x.person.Name)
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: accountCrumbs(title), Title: title, Lead: msg.F("最終在職日は%sです。離職した職員の利用者IDは、その日までに停止します（R023）。", "Their last day was %s. Accounts of people who leave are closed by that day (R023).", x.person.Left.Both())}), web.ErrorSummary()}
	if len(x.cards) > 0 {
		parts = append(parts, s.cardsBanner(x.person.Name, x.cards))
	}
	table := func(id string, caption msg.Text, list []namedAccount) templ.Component {
		t := web.Table{ID: id, Caption: caption, Count: len(list), Short: true, Columns: []web.Column{{Title: msg.T("利用者ID", "Login name"), Head: true, NoWrap: true, Beside: true}, {Title: msg.T("種類", "Kind"), NoWrap: true, Beside: true}, {Title: msg.T("情報システム", "System"), Beside: true}, {Title: msg.T("利用開始日", "Opened"), NoWrap: true, Beside: true}}}
		for _, a := range list {
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: a.Login, Href: accountHref(a.Code)}, {Text: s.kindOf(a.Kind, r.Lang)}, {Text: a.system}, {Text: a.Opened.Short(r.Lang)}}})
		}
		return web.TablePart(t)
	}
	if len(x.mine)+len(x.shared)+len(x.others) == 0 {
		parts = append(parts, web.EmptyState(msg.T("停止していない利用者IDはありません。", "There is no open account."), web.Link{Title: titleAccounts, Href: "/cards/accounts"}))
	}
	if len(x.mine) > 0 {
		var keys []string
		for _, a := range x.mine {
			keys = append(keys, a.Code)
		}
		parts = append(parts, table("mine", msg.T("まとめて停止する利用者ID", "Accounts to be closed together"), x.mine),
			web.FormPart(web.Form{Action: leaverHref(x.person.Code), Label: titleLeaver, Hidden: [][2]string{{"userids", strings.Join(keys, " ")}}, Buttons: []web.Button{{Title: msg.F("%s 件をまとめて停止する", "Close all %s", web.Number(len(keys))), Tone: web.Bad}}, Cancel: web.Link{Href: "/cards/accounts"}}))
	}
	if len(x.shared) > 0 {
		parts = append(parts, table("shared", msg.T("引き継ぐか停止する共用・システムのID", "Shared and machine accounts to be handed over or closed"), x.shared))
	}
	if len(x.others) > 0 {
		parts = append(parts, table("others", msg.T("ほかの情報システム管理者が停止する利用者ID", "Accounts that other managers close"), x.others))
	}
	return web.Page(titleLeaver, web.Stack(parts...)).In("/cards"), nil
}

func (s *Service) leaverNow(r *web.Request) (web.Response, error) {
	if err := r.FormFields("userids"); err != nil {
		return web.Response{}, err
	}
	if err := s.run(r, actLeave, act.Input{"person": r.Path("person"), "userids": r.Form("userids")}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/cards/accounts", msg.F("利用者ID %d 件を停止しました。", "%d accounts are closed.", len(strings.Fields(r.Form("userids"))))), nil
}
