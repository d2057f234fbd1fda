package transfer

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// The titles of the pages.
var (
	titleTransfers = msg.T("異動", "Transfers")
	titleSet       = msg.T("異動の一括準備", "Set of moves")
	titleBook      = msg.T("一括準備の内容の保存", "Preview of a set as a file")
	titleHR        = msg.T("人事情報の取込み", "Import personnel data")
	titleHRPreview = msg.T("人事情報の確認", "Check the personnel data")
	titleNote      = msg.T("引継書", "Hand-over note")
	titleLeave     = msg.T("離職時の確認", "Leave checklist")
)

// Routes are the pages of people who come, move and leave (bp.5, bp.6).
func (s *Service) Routes() []web.Route {
	route := func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error), clauses ...clause.ID) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: clauses, Rule: web.SignedIn, Page: page, Again: again}
	}
	first := route("GET", "/transfers", titleTransfers, s.overview, nil, "bp.5", "bp.6", "bp.9.1")
	first.Nav = &web.NavItem{Order: 55}
	upload := route("POST", "/transfers/hr", titleHR, s.takeFile, s.hrPage, "bp.5")
	upload.MaxBody = MaxFile + 1<<20
	return []web.Route{first,
		route("GET", "/transfers/sets/{set}", titleSet, s.setPage, nil, "bp.6", "bp.9.1"),
		route("POST", "/transfers/sets/{set}", titleSet, s.step, s.setPage, "bp.6", "bp.9.1"),
		route("GET", "/transfers/sets/{set}/file", titleBook, s.bookFile, nil, "bp.6"),
		route("GET", "/transfers/hr", titleHR, s.hrPage, nil, "bp.5"), upload,
		route("GET", "/transfers/hr/preview", titleHRPreview, s.hrPreview, nil, "bp.5"),
		route("POST", "/transfers/hr/preview", titleHRPreview, s.hrApply, s.hrPreview, "bp.5"),
		route("GET", "/transfers/handovers/{note}", titleNote, s.notePage, nil, "bp.6"),
		route("POST", "/transfers/handovers/{note}", titleNote, s.noteStep, s.notePage, "bp.6"),
		route("GET", "/transfers/leaves/{person}", titleLeave, s.leavePage, nil, "bp.5"),
		route("POST", "/transfers/leaves/{person}", titleLeave, s.leaveStep, s.leavePage, "bp.5"),
	}
}

func crumbs(more ...web.Link) []web.Link {
	return append([]web.Link{{Title: titleTransfers, Href: "/transfers"}}, more...)
}

func setHref(code string) string { return "/transfers/sets/" + url.PathEscape(code) }

// within puts parts under a heading.
func within(title msg.Text, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Section(title).Render(templ.WithChildren(ctx, web.Stack(parts...)), w)
	})
}

// folded puts parts behind a summary that opens.
func folded(title msg.Text, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Disclosure(title).Render(templ.WithChildren(ctx, web.Stack(parts...)), w)
	})
}

// prepares says whether somebody prepares or confirms moves, and so sees them before they take effect.
func (s *Service) prepares(ctx context.Context, tx *db.Tx, r *web.Request) (bool, error) {
	for _, id := range []string{"moveset.submit", "moveset.confirm"} {
		if ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, id); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// shownLines bounds a table of a page; the file has them all.
const shownLines = 100

// overviewData is what the first page shows.
type overviewData struct {
	today    when.Date
	prepares bool
	hr       bool
	sets     []org.MoveSet
	counts   map[string]int // moves by set
	next     *preview
	notes    []Handover
	noteN    int
	lists    []LeaveCheck
	listN    int
	bare     int // people who left this 年度 without any list
	labels   register.Labels
}

func (s *Service) overview(r *web.Request) (web.Response, error) {
	var x overviewData
	err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		x = overviewData{today: when.Of(tx.Now())}
		if x.prepares, err = s.prepares(ctx, tx, r); err != nil {
			return err
		}
		if x.hr, err = s.c.Gate.Decides(ctx, tx, r.Actor, "hr.apply"); err != nil {
			return err
		}
		if x.sets, err = register.Load[org.MoveSet](ctx, tx, s.c.Catalog.Must("moveset")); err != nil {
			return err
		}
		slices.SortFunc(x.sets, func(a, b org.MoveSet) int { return int(b.Date) - int(a.Date) })
		if !x.prepares { // what is prepared is for those who prepare it
			x.sets = slices.DeleteFunc(x.sets, func(m org.MoveSet) bool { return m.State != org.SetApplied })
		}
		if x.counts, err = unitCounts(ctx, tx, `SELECT moveset, COUNT(*) FROM reg_move WHERE NOT ended GROUP BY moveset`); err != nil {
			return err
		}
		for i := len(x.sets) - 1; i >= 0 && x.next == nil; i-- {
			if m := x.sets[i]; m.Date > x.today && m.State != org.SetCancelled {
				p, err := s.preview(ctx, tx, m.Code)
				if err != nil {
					return err
				}
				x.next = &p
			}
		}
		return s.readOpen(ctx, tx, r.Actor, &x)
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleTransfers, s.overviewView(r, x)), nil
}

// readOpen reads the notes nobody has accepted and the checklists that are open, those that who asks reads (bp.9.3).
func (s *Service) readOpen(ctx context.Context, tx *db.Tx, who actor.Actor, x *overviewData) error {
	c := s.c.Catalog
	hd, ld := c.Must("handover"), c.Must("leavecheck")
	reader := c.As(tx, who)
	keys := func(d *register.Def, query string, args ...any) ([]string, error) {
		all, err := db.Rows(ctx, tx, func(r *sql.Rows) (k string, err error) { err = r.Scan(&k); return k, err }, query, args...)
		if err != nil {
			return nil, err
		}
		read, err := reader.Readable(ctx, d, all)
		if err != nil || len(read) == len(all) {
			return all, err
		}
		return slices.DeleteFunc(all, func(k string) bool { return !slices.Contains(read, k) }), nil
	}
	codes, err := keys(hd, `SELECT code FROM reg_handover WHERE accepted = '' AND NOT ended AND "from" <= $1 ORDER BY "from", code`, x.today.String())
	if err != nil {
		return fmt.Errorf("read hand-over notes: %w", err)
	}
	x.noteN = len(codes)
	recs, err := c.Many(ctx, tx, hd, codes[:min(len(codes), shownLines)])
	if err != nil {
		return err
	}
	var refs []ref.Ref
	for _, k := range codes[:min(len(codes), shownLines)] {
		h := register.Decode[Handover](hd, recs[k].Row)
		x.notes = append(x.notes, h)
		refs = append(refs, ref.New("post", h.Post), ref.New("person", h.Giver), ref.New("person", h.Taker))
	}
	codes, err = keys(ld, `SELECT l.code FROM reg_leavecheck l JOIN reg_person p ON p.code = l.person WHERE NOT l.ended AND l.last <= $1 AND p."left" = l.last
AND (l.media = '' OR l.keys = '' OR l.cards = '' OR l.accounts = '' OR l.reminder = '' OR l.checked_by = '') ORDER BY l.last, l.code`, x.today.String())
	if err != nil {
		return fmt.Errorf("read checklists: %w", err)
	}
	x.listN = len(codes)
	if recs, err = c.Many(ctx, tx, ld, codes[:min(len(codes), shownLines)]); err != nil {
		return err
	}
	for _, k := range codes[:min(len(codes), shownLines)] {
		l := register.Decode[LeaveCheck](ld, recs[k].Row)
		x.lists = append(x.lists, l)
		refs = append(refs, ref.New("person", l.Person))
	}
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM reg_person p WHERE p."left" <> '' AND p."left" < $1 AND NOT EXISTS (SELECT 1 FROM reg_leavecheck l WHERE l.person = p.code AND NOT l.ended)`, x.today.String()).Scan(&x.bare); err != nil {
		return fmt.Errorf("count people who left without a checklist: %w", err)
	}
	x.labels, err = c.Names(ctx, tx, refs...)
	return err
}

func (x overviewData) name(register, key string) string {
	if n := x.labels[ref.New(register, key)]; n != "" {
		return n
	}
	return key
}

func (s *Service) overviewView(r *web.Request, x overviewData) templ.Component {
	head := web.Head{Title: titleTransfers, Lead: msg.T("異動を発令日より前に準備し、午前0時に切り替えます。引継ぎと離職時の確認の状況も分かります。",
		"Changes are prepared ahead and take effect at midnight of their day. Hand-overs and leave checklists are followed here.")}
	if x.prepares {
		head.Links = append(head.Links, web.Link{Title: msg.T("一括準備を始める", "Prepare a set"), Href: "/registers/moveset/new", Main: true})
	}
	if x.hr {
		head.Links = append(head.Links, web.Link{Title: titleHR, Href: "/transfers/hr"})
	}
	n := func(v int) msg.Text { return msg.Same(web.Number(v)) }
	tone := func(v int) web.Tone {
		if v > 0 {
			return web.Bad
		}
		return web.Plain
	}
	tiles := []web.Tile{{Value: n(x.noteN), Label: msg.T("受領していない引継ぎ", "Hand-overs not accepted"), Href: "#notes", Tone: tone(x.noteN)},
		{Value: n(x.listN), Label: msg.T("済んでいない離職時の確認", "Open leave checklists"), Href: "#lists", Tone: tone(x.listN)},
		{Value: n(x.bare), Label: msg.T("離職時の確認の記録がない離職者", "Left without a checklist"), Href: "/checks/R023", Tone: tone(x.bare)}}
	if x.next != nil {
		tiles = append([]web.Tile{{Value: msg.Text{JA: x.next.set.Date.Short(msg.JA), EN: x.next.set.Date.Short(msg.EN)}, Label: msg.T("次の発令日", "Next transfer day"), Href: setHref(x.next.set.Code)},
			{Value: n(len(x.next.moves)), Label: msg.T("準備している予定", "Moves prepared"), Href: setHref(x.next.set.Code)},
			{Value: n(len(x.next.orphans)), Label: msg.T("引き継ぐ人のないもの", "Without anybody in charge"), Href: setHref(x.next.set.Code) + "#orphans", Tone: tone(len(x.next.orphans))}}, tiles...)
	}
	sets := web.Table{ID: "sets", Caption: titleSet, Count: len(x.sets), Empty: msg.T("一括準備はまだありません。", "There is no set yet."), Columns: []web.Column{
		{Title: msg.T("名称", "Name"), Head: true}, {Title: msg.T("発令日", "Effective"), NoWrap: true}, {Title: msg.T("状態", "State"), NoWrap: true}, {Title: msg.T("予定", "Moves"), Num: true}}}
	for _, m := range x.sets {
		sets.Rows = append(sets.Rows, web.Row{Cells: []web.Cell{{Text: m.Name, Href: setHref(m.Code)}, {Text: m.Date.Text(r.Lang)}, {Part: stateBadge(m)}, {Text: web.Number(x.counts[m.Code])}}})
	}
	return web.Stack(web.PageHead(head), web.Tiles(tiles), web.TablePart(sets), x.noteTable(r.Lang), x.listTable(r.Lang))
}

func stateBadge(m org.MoveSet) templ.Component {
	tone := map[string]web.Tone{org.SetReview: web.Warn, org.SetConfirmed: web.Info, org.SetApplied: web.Good}[m.State]
	return web.Badge(setFlow.States[stateOf(m)], tone)
}

func (x overviewData) noteTable(lang msg.Lang) templ.Component {
	t := web.Table{ID: "notes", Caption: cut(msg.T("受領していない引継ぎ", "Hand-overs not accepted"), len(x.notes), x.noteN), Count: x.noteN, Empty: msg.T("受領していない引継ぎはありません。", "Every hand-over was accepted."), Columns: []web.Column{
		{Title: msg.T("役職", "Post"), Head: true}, {Title: msg.T("前任者", "Former holder")}, {Title: msg.T("後任者", "Successor")}, {Title: msg.T("着任日", "From"), NoWrap: true}, {Title: msg.T("引継書", "Note"), NoWrap: true}}}
	for _, h := range x.notes {
		given := web.Badge(msg.T("未作成", "Not written"), web.Bad)
		if h.Given != 0 {
			given = web.Badge(msg.T("受領待ち", "To be accepted"), web.Warn)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.name("post", h.Post), Href: "/transfers/handovers/" + url.PathEscape(h.Code)}, {Text: x.name("person", h.Giver)}, {Text: x.name("person", h.Taker)}, {Text: h.From.Short(lang)}, {Part: given}}})
	}
	return web.TablePart(t)
}

func (x overviewData) listTable(lang msg.Lang) templ.Component {
	t := web.Table{ID: "lists", Caption: cut(msg.T("済んでいない離職時の確認", "Open leave checklists"), len(x.lists), x.listN), Count: x.listN, Empty: msg.T("済んでいない離職時の確認はありません。", "Every checklist is complete."), Columns: []web.Column{
		{Title: msg.T("離職した職員", "Person"), Head: true}, {Title: msg.T("最終在職日", "Last day"), NoWrap: true}, {Title: msg.T("残っている確認", "Still to be seen to")}}}
	for _, l := range x.lists {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.name("person", l.Person), Href: "/transfers/leaves/" + url.PathEscape(l.Person)}, {Text: l.Last.Short(lang)}, {Text: l.open().In(lang)}}})
	}
	return web.TablePart(t)
}

// open lists what a checklist still asks for.
func (l LeaveCheck) open() msg.Text {
	var out msg.Text
	for i, f := range leaveFields {
		if *f.day(&l) == 0 {
			out = org.Listed(out, leaveItems()[i].Title)
		}
	}
	if out.IsZero() && l.By == "" {
		out = msg.T("確認した職員の記録", "the signature")
	}
	return out
}

// cut says that a table shows the first lines only.
func cut(caption msg.Text, shown, all int) msg.Text {
	if shown >= all {
		return caption
	}
	return msg.F("%s（先頭の%s件）", "%s (the first %s)", caption, web.Number(shown))
}

// reasonOf reads the reason of a form.
func reasonOf(r *web.Request) (string, error) {
	reason := strings.TrimSpace(r.Form("reason"))
	if reason == "" {
		return "", fault.At("reason", msg.T("理由を入力してください。", "Please give the reason."))
	}
	return reason, nil
}

var fieldReason = web.Field{Name: "reason", Label: msg.T("理由", "Reason"), Required: true, Width: 40, Max: 200, Help: msg.T("記録に残ります。", "It is kept in the record.")}
