package card

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// The states in the order of the tiles.
var states = []string{Lent, Stock, Collected, Lost, Revoked}

// perPage is how many lines a page of a list has, shown how many of what is owed stand above the list of all. What is
// urgent for the whole city has more of them.
const (
	perPage   = 20
	shown     = 3
	shownLost = 5
)

// ledgerData is what the first page shows.
type ledgerData struct {
	now           when.Stamp
	reach         msg.Text
	own           bool // they see no more than what they hold
	hours         int
	counts        map[string]int
	lost, back    []named
	lostN, backN  int
	revokes       bool
	state, words  string
	only          string // a list alone: "lost", "back", "" all
	page, total   int
	list          []named
	desk, inspect bool
}

func (s *Service) overview(r *web.Request) (web.Response, error) {
	x := ledgerData{now: when.StampOf(r.Now()), state: r.Query("state"), words: r.Query("q"), only: r.Query("list"), page: max(1, r.QueryInt("page", 1)), counts: map[string]int{}}
	err := s.read(r, func(ctx context.Context, tx *db.Tx) error { return s.readLedger(ctx, tx, r, &x) })
	if err != nil {
		return web.Response{}, err
	}
	switch {
	case x.only == "lost":
		return web.Page(titleLostList, s.alone(r, x, titleLostList, s.lostTable(r, x), x.lostN)).In("/cards"), nil
	case x.only == "back":
		return web.Page(titleBackList, s.alone(r, x, titleBackList, s.backTable(r, x), x.backN)).In("/cards"), nil
	case x.own:
		return web.Page(titleCards, s.ownView(r, x)), nil
	}
	return web.Page(titleCards, s.ledgerView(r, x)), nil
}

func (s *Service) readLedger(ctx context.Context, tx *db.Tx, r *web.Request, x *ledgerData) (err error) {
	v, err := s.sees(ctx, tx, r.Actor, "card")
	if err != nil {
		return err
	}
	x.own = v.OwnOnly()
	if x.reach, err = s.reach(ctx, tx, r.Actor, v); err != nil {
		return err
	}
	if x.hours, err = s.parameter(ctx, tx, "N.revoke"); err != nil {
		return err
	}
	for _, may := range []struct {
		act string
		to  *bool
	}{{actRevoke, &x.revokes}, {actCollect, &x.desk}, {actInspect, &x.inspect}} {
		if *may.to, err = s.c.Gate.Decides(ctx, tx, r.Actor, may.act); err != nil {
			return err
		}
	}
	q := ask{dialect: tx.Dialect()}
	q.seen(v, "c.code")
	if _, err = db.Rows(ctx, tx, func(r *sql.Rows) (struct{}, error) {
		var state string
		var n int
		err := r.Scan(&state, &n)
		x.counts[state] = n
		return struct{}{}, err
	}, `SELECT c.state, COUNT(*) FROM reg_card c WHERE NOT c.ended`+q.text+` GROUP BY c.state`, q.args...); err != nil {
		return fmt.Errorf("count cards: %w", err)
	}
	x.lostN = x.counts[Lost]
	first, top := window{limit: shownLost}, window{limit: shown}
	if x.only != "" {
		first = window{perPage, (x.page - 1) * perPage}
		top = first
	}
	if x.lost, err = s.lostOf(ctx, tx, q, first); err != nil {
		return err
	}
	back := asked(x.now.Date())
	back.dialect = tx.Dialect()
	back.seen(v, "c.code")
	if x.back, err = s.backOf(ctx, tx, back, top); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (`+owedBack(back)+`) AS listed`, back.args...).Scan(&x.backN); err != nil {
		return fmt.Errorf("count cards to collect: %w", err)
	}
	x.list, x.total, err = s.find(ctx, tx, v, x.state, x.words, window{perPage, (x.page - 1) * perPage})
	return err
}

// find lists the cards somebody sees by state, and by number, holder or section.
func (s *Service) find(ctx context.Context, tx *db.Tx, v sight, state, words string, part window) ([]named, int, error) {
	q := ask{dialect: tx.Dialect()}
	if state != "" {
		q.and("c.state = ?", state)
	}
	q.words(words, "c.code", "c.person", "p.name", "p.kana", "u.name")
	q.seen(v, "c.code")
	from := ` FROM reg_card c LEFT JOIN reg_person p ON p.code = c.person LEFT JOIN reg_unit u ON u.code = c.unit WHERE NOT c.ended` + q.text
	var total int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*)`+from, q.args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count cards found: %w", err)
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (k named, err error) {
		var lent string
		if err = r.Scan(&k.Code, &k.Kind, &k.State, &k.Unit, &k.Person, &lent, &k.LostAt, &k.name, &k.unit); err == nil && lent != "" {
			k.Lent, err = when.Parse(lent)
		}
		return k, err
	}, `SELECT c.code, c.kind, c.state, c.unit, c.person, c.lent, c.lost_at, COALESCE(p.name, ''), COALESCE(u.name, '')`+from+` ORDER BY c.code`+part.sql(), q.args...)
	if err != nil {
		return nil, 0, fmt.Errorf("read cards: %w", err)
	}
	return out, total, nil
}

var (
	titleLostList = msg.T("失効していない紛失カード", "Lost cards not revoked")
	titleBackList = msg.T("異動又は離職した職員から回収するカード", "Cards to collect from who moved or left")
)

// head is the top of the page, with what the person can do from here.
func (x ledgerData) head() web.Head {
	h := web.Head{Title: titleCards, Lead: msg.T("カードの貸出し、回収、紛失、失効の状況です。", "Which cards are lent, came back, were lost and revoked."), Facts: []msg.Text{x.reach},
		Links: []web.Link{{Title: titleLost, Href: "/cards/lost", Main: true}}}
	if x.desk {
		h.Links = append(h.Links, web.Link{Title: titleDesk, Href: "/cards/desk"})
	}
	if x.inspect {
		h.Links = append(h.Links, web.Link{Title: titleInspect, Href: "/cards/inspect"})
	}
	h.Links = append(h.Links, web.Link{Title: titleAccounts, Href: "/cards/accounts"})
	return h
}

// ownView is for who answers for no cards but their own.
func (s *Service) ownView(r *web.Request, x ledgerData) templ.Component {
	h := x.head()
	h.Lead = msg.T("あなたに貸し出されているカードです。なくしたかもしれないと思ったら、すぐに届け出てください。", "The cards lent to you. If you think you may have lost one, report it at once.")
	return web.Stack(web.PageHead(h), s.cardTable(r, x, msg.T("あなたのカード", "Your cards")), paging(r, x.page, x.total))
}

func paging(r *web.Request, page, total int) templ.Component {
	return web.PagingPart(web.Paging{Page: page, Size: perPage, Total: total, Href: func(p int) string { return r.With("page", strconv.Itoa(p)) }})
}

// alone is one of the lists of what is owed, whole.
func (s *Service) alone(r *web.Request, x ledgerData, title msg.Text, table templ.Component, total int) templ.Component {
	return web.Stack(web.PageHead(web.Head{Crumbs: append(crumbs(), web.Link{Title: title}), Title: title, Facts: []msg.Text{x.reach}}), table, paging(r, x.page, total))
}

// whole leads from the first lines of a list to the whole of it.
func whole(href string, total, here int) web.Link {
	if total <= here {
		return web.Link{}
	}
	return web.Link{Title: msg.F("すべて見る（%s 件）", "See all %s", web.Number(total)), Href: href}
}

func (s *Service) ledgerView(r *web.Request, x ledgerData) templ.Component {
	var tiles []web.Tile
	for _, st := range states {
		t := web.Tile{Value: msg.Same(web.Number(x.counts[st])), Label: msg.Same(s.word("state", st, r.Lang)), Href: "/cards?state=" + st + "#cards"}
		if st == Lost && x.counts[st] > 0 {
			t.Tone = web.Bad
		}
		tiles = append(tiles, t)
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: x.now.Date().Text(r.Lang)}), web.PageHead(x.head()), web.Tiles(tiles)}
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
	return web.Stack(append(parts, web.FilterPart(web.Filter{Action: "/cards", Fields: []web.Field{
		{Name: "state", Label: msg.T("状態", "State"), Kind: web.SelectField, Value: x.state, Options: options, Any: msg.T("すべて", "All")},
		{Name: "q", Label: msg.T("カード番号、氏名、組織", "Card no., name, unit"), Kind: web.SearchField, Value: x.words}}}),
		s.cardTable(r, x, msg.T("カードの一覧", "Cards")), paging(r, x.page, x.total))...)
}

func (s *Service) cardTable(r *web.Request, x ledgerData, caption msg.Text) templ.Component {
	t := web.Table{ID: "cards", Caption: caption, Count: x.total, Short: true, Empty: msg.T("該当するカードはありません。", "No card fits."), Columns: []web.Column{
		{Title: msg.T("カード番号", "Card no."), Head: true, NoWrap: true, Beside: true}, {Title: msg.T("種類", "Kind"), NoWrap: true, Beside: true}, {Title: msg.T("状態", "State"), NoWrap: true, Beside: true},
		{Title: msg.T("持つ職員", "Holder"), Beside: true}, {Title: msg.T("管理する組織", "Unit in charge"), Beside: true}, {Title: msg.T("貸出日", "Lent on"), NoWrap: true, Beside: true}}}
	for _, k := range x.list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: k.Code, Href: "/registers/card/" + url.PathEscape(k.Code)}, {Text: s.word("kind", k.Kind, r.Lang)}, {Part: stateBadge(s, k.State, r.Lang)}, {Text: k.name}, {Text: k.unit}, {Text: k.Lent.Short(r.Lang)}}})
	}
	return web.TablePart(t)
}

func (s *Service) lostTable(r *web.Request, x ledgerData) templ.Component {
	t := web.Table{ID: "lost", Caption: titleLostList, Count: x.lostN, Short: true, Empty: msg.T("失効していない紛失カードはありません。", "No lost card waits to be revoked."), Columns: []web.Column{
		{Title: msg.T("カード番号", "Card no."), Head: true, NoWrap: true, Beside: true}, {Title: msg.T("持つ職員", "Holder"), Beside: true}, {Title: msg.T("届出の日時", "Reported at"), NoWrap: true, Beside: true}, {Title: msg.T("届出からの時間", "Time since"), NoWrap: true, Beside: true}, {Title: msg.T("手続き", "To do"), NoWrap: true, Beside: true}}}
	if x.only == "" {
		t.All = whole("/cards?list=lost", x.lostN, len(x.lost))
	}
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
	t := web.Table{ID: "back", Caption: titleBackList, Count: x.backN, Short: true, Empty: msg.T("回収するカードはありません。", "No card is to be collected."), Columns: []web.Column{
		{Title: msg.T("カード番号", "Card no."), Head: true, NoWrap: true, Beside: true}, {Title: msg.T("持つ職員", "Holder"), Beside: true}, {Title: msg.T("管理する組織", "Unit in charge"), Beside: true}, {Title: msg.T("回収すべき日", "Due back"), NoWrap: true, Beside: true}}}
	if x.only == "" {
		t.All = whole("/cards?list=back", x.backN, len(x.back))
	}
	for _, k := range x.back {
		href := "/registers/card/" + url.PathEscape(k.Code)
		if x.desk {
			href = deskHref(k.Code)
		}
		row := web.Row{Cells: []web.Cell{{Text: k.Code, Href: href, Note: s.word("kind", k.Kind, r.Lang)}, {Text: k.name}, {Text: k.unit}, {Text: k.due.Short(r.Lang)}}}
		if k.due < x.now.Date() {
			row.Tone = web.Bad
			row.Cells[3].Tone, row.Cells[3].Note = web.Bad, msg.T("期限超過", "Overdue").In(r.Lang)
		}
		t.Rows = append(t.Rows, row)
	}
	return web.TablePart(t)
}
