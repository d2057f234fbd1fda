package card

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

func accountHref(k string) string { return "/cards/accounts/" + url.PathEscape(k) }
func leaverHref(p string) string  { return "/cards/accounts/of/" + url.PathEscape(p) }

// namedAccount is an account with what people call its person and system.
type namedAccount struct {
	Account
	name, system string
}

// leaver is somebody who has left and whose accounts are open.
type leaver struct {
	code, name string
	left       when.Date
	n          int
}

// accountsData is what the page of the accounts shows.
type accountsData struct {
	day          when.Date
	reach        msg.Text
	own, opens   bool
	only         string // "leavers": that list alone
	words, state string
	page, total  int
	list         []namedAccount
	leavers      []leaver
	leaversN     int
}

// accounts finds accounts by login name, person and system, and names those that leavers have left behind (bp.5).
func (s *Service) accounts(r *web.Request) (web.Response, error) {
	x := accountsData{day: when.Of(r.Now()), words: r.Query("q"), state: r.Query("state"), only: r.Query("list"), page: max(1, r.QueryInt("page", 1))}
	err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.sees(ctx, tx, r.Actor, "userid")
		if err != nil {
			return err
		}
		x.own = v.OwnOnly()
		if x.reach, err = s.reach(ctx, tx, r.Actor, v); err != nil {
			return err
		}
		if x.opens, err = s.c.Gate.Decides(ctx, tx, r.Actor, actOpen); err != nil {
			return err
		}
		if err := s.findLeavers(ctx, tx, v, &x); err != nil {
			return err
		}
		q := ask{dialect: tx.Dialect()}
		switch x.state {
		case "open":
			q.and("(a.closed = '' OR a.closed > ?)", x.day.String())
		case "closed":
			q.and("a.closed <> '' AND a.closed <= ?", x.day.String())
		}
		q.words(x.words, "a.code", "a.login", "a.person", "p.name", "p.kana", "y.name")
		q.seen(v, "a.code")
		x.list, x.total, err = s.findAccounts(ctx, tx, q, window{perPage, (x.page - 1) * perPage})
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleAccounts, s.accountsView(r, x)).In("/cards"), nil
}

func (s *Service) findAccounts(ctx context.Context, tx *db.Tx, q ask, part window) ([]namedAccount, int, error) {
	from := ` FROM reg_userid a LEFT JOIN reg_person p ON p.code = a.person LEFT JOIN reg_system y ON y.code = a.system WHERE NOT a.ended` + q.text
	var total int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*)`+from, q.args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count accounts found: %w", err)
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (a namedAccount, err error) {
		var opened, closed string
		if err = r.Scan(&a.Code, &a.Login, &a.System, &a.Person, &a.Kind, &opened, &closed, &a.name, &a.system); err != nil {
			return a, err
		}
		if opened != "" {
			if a.Opened, err = when.Parse(opened); err != nil {
				return a, err
			}
		}
		if closed != "" {
			a.Closed, err = when.Parse(closed)
		}
		return a, err
	}, `SELECT a.code, a.login, a.system, a.person, a.kind, a.opened, a.closed, COALESCE(p.name, ''), COALESCE(y.name, a.system)`+from+` ORDER BY a.login, a.code`+part.sql(), q.args...)
	if err != nil {
		return nil, 0, fmt.Errorf("read accounts: %w", err)
	}
	return out, total, nil
}

func (s *Service) findLeavers(ctx context.Context, tx *db.Tx, v sight, x *accountsData) error {
	q := ask{dialect: tx.Dialect()}
	q.and(`(a.closed = '' OR a.closed > ?) AND p."left" <> '' AND p."left" <= ?`, x.day.String())
	q.seen(v, "a.code")
	from := ` FROM reg_userid a JOIN reg_person p ON p.code = a.person WHERE NOT a.ended` + q.text
	if err := tx.QueryRow(ctx, `SELECT COUNT(DISTINCT p.code)`+from, q.args...).Scan(&x.leaversN); err != nil {
		return fmt.Errorf("count leavers with accounts: %w", err)
	}
	part := window{limit: shown}
	if x.only == "leavers" {
		part = window{perPage, (x.page - 1) * perPage}
	}
	var err error
	x.leavers, err = db.Rows(ctx, tx, func(r *sql.Rows) (l leaver, err error) {
		var left string
		if err = r.Scan(&l.code, &l.name, &left, &l.n); err == nil {
			l.left, err = when.Parse(left)
		}
		return l, err
	}, `SELECT p.code, p.name, p."left", COUNT(*)`+from+` GROUP BY p.code, p.name, p."left" ORDER BY p."left", p.code`+part.sql(), q.args...)
	if err != nil {
		return fmt.Errorf("read leavers with accounts: %w", err)
	}
	return nil
}

// kindOf names the kind of an account.
func (s *Service) kindOf(code string, lang msg.Lang) string {
	f, _ := s.c.Catalog.Must("userid").Field("kind")
	return s.c.Catalog.Show(f, code, lang, register.Labels{})
}

// stateOf says whether an account can be used, as a badge.
func (a Account) stateOf(day when.Date) templ.Component {
	if a.open(day) {
		return web.Badge(msg.T("利用中", "Open"), web.Info)
	}
	return web.Badge(msg.T("停止済み", "Closed"), web.Plain)
}

func (s *Service) accountsView(r *web.Request, x accountsData) templ.Component {
	h := web.Head{Crumbs: append(crumbs(), web.Link{Title: titleAccounts}), Title: titleAccounts, Lead: msg.T("利用者IDは本人だけが使います。異動又は離職のときは、使わなくなった利用者IDを停止してください。", "An account is used by one person alone. Close it when they move or leave."), Facts: []msg.Text{x.reach}}
	if x.opens {
		h.Links = append(h.Links, web.Link{Title: titleOpen, Href: "/cards/accounts/new", Main: true})
	}
	if x.only == "leavers" {
		return web.Stack(web.PageHead(h), leaverTable(r, x), paging(r, x.page, x.leaversN))
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: x.day.Text(r.Lang)}), web.PageHead(h)}
	if len(x.leavers) > 0 && !x.own {
		parts = append(parts, leaverTable(r, x))
	}
	t := web.Table{ID: "accounts", Caption: msg.T("利用者IDの一覧", "Accounts"), Count: x.total, Short: true, Empty: msg.T("該当する利用者IDはありません。", "No account fits."), Columns: []web.Column{
		{Title: msg.T("利用者ID", "Login name"), Head: true, NoWrap: true, Beside: true}, {Title: msg.T("種類", "Kind"), NoWrap: true, Beside: true}, {Title: msg.T("状態", "State"), NoWrap: true, Beside: true},
		{Title: msg.T("情報システム", "System"), Beside: true}, {Title: msg.T("使う職員", "Person"), Beside: true}, {Title: msg.T("利用開始日", "Opened"), NoWrap: true, Beside: true}, {Title: msg.T("停止日", "Closed"), NoWrap: true, Beside: true}}}
	for _, a := range x.list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: a.Login, Href: accountHref(a.Code)}, {Text: s.kindOf(a.Kind, r.Lang)}, {Part: a.stateOf(x.day)}, {Text: a.system}, {Text: a.name}, {Text: a.Opened.Short(r.Lang)}, {Text: a.Closed.Short(r.Lang)}}})
	}
	options := []web.Option{{Value: "open", Label: msg.T("利用中", "Open")}, {Value: "closed", Label: msg.T("停止済み", "Closed")}}
	if !slices.ContainsFunc(options, func(o web.Option) bool { return o.Value == x.state }) {
		x.state = ""
	}
	return web.Stack(append(parts, web.FilterPart(web.Filter{Action: "/cards/accounts", Fields: []web.Field{
		{Name: "state", Label: msg.T("状態", "State"), Kind: web.SelectField, Value: x.state, Options: options, Any: msg.T("すべて", "All")},
		{Name: "q", Label: msg.T("利用者ID、氏名、情報システム", "Login name, name, system"), Kind: web.SearchField, Value: x.words}}}), web.TablePart(t), paging(r, x.page, x.total))...)
}

func leaverTable(r *web.Request, x accountsData) templ.Component {
	t := web.Table{ID: "leavers", Caption: msg.T("離職した職員の停止していない利用者ID", "Open accounts of people who left"), Count: x.leaversN, Short: true, Empty: msg.T("停止していない利用者IDはありません。", "There is no open account."), Columns: []web.Column{
		{Title: msg.T("職員", "Person"), Head: true, Beside: true}, {Title: msg.T("最終在職日", "Last day"), NoWrap: true, Beside: true}, {Title: msg.T("利用者ID", "Accounts"), NoWrap: true, Beside: true}}}
	if x.only == "" {
		t.All = whole("/cards/accounts?list=leavers", x.leaversN, len(x.leavers))
	}
	for _, l := range x.leavers {
		row := web.Row{Cells: []web.Cell{{Text: l.name, Href: leaverHref(l.code)}, {Text: l.left.Short(r.Lang)}, {Text: msg.F("%d件", "%d", l.n).In(r.Lang)}}}
		if l.left < x.day {
			row.Tone = web.Bad
			row.Cells[1].Tone, row.Cells[1].Note = web.Bad, msg.T("期限超過", "Overdue").In(r.Lang)
		}
		t.Rows = append(t.Rows, row)
	}
	return web.TablePart(t)
}
