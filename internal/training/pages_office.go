package training

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/web"
	"okite/internal/when"
)

// year is the 年度 a page is asked for: this one, or the last.
func year(r *web.Request) int {
	fy := when.Of(r.Now()).FY()
	if r.QueryInt("fy", fy) == fy-1 {
		return fy - 1
	}
	return fy
}

func yearTabs(r *web.Request, path string, fy int) templ.Component {
	now := when.Of(r.Now()).FY()
	var out []web.Tab
	for _, y := range []int{now, now - 1} {
		out = append(out, web.Tab{Title: yearName(int64(y)), Href: path + "?fy=" + itoa(y), Count: -1, Current: y == fy})
	}
	return web.Tabs(msg.T("年度", "Fiscal year"), out)
}

// rowsPerPage is how many lines a page lists.
const rowsPerPage = 100

// officePage is the year's figures by unit.
func (s *Service) officePage(r *web.Request) (web.Response, error) {
	fy := year(r)
	var list []member
	var ch *org.Chart
	var more []web.Link
	err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		n, err := s.numbers(ctx, tx)
		if err != nil {
			return err
		}
		if list, err = s.members(ctx, tx, fy, n); err != nil {
			return err
		}
		if ch, err = org.ReadChart(ctx, tx, s.c.Catalog, when.Of(tx.Now())); err != nil {
			return err
		}
		if ok, err := s.decides(ctx, tx, r.Actor, "training.import"); err != nil || !ok {
			return err
		}
		more = []web.Link{{Title: msg.T("研修の台帳", "Register of courses"), Href: "/registers/course"}, {Title: titleImport, Href: "/training/import"}}
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	figures, all := byUnit(list)
	tone := web.Plain
	if all.missing() > 0 && fy < when.Of(r.Now()).FY() {
		tone = web.Bad
	}
	missing := "/training/missing?fy=" + itoa(fy)
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*rowsPerPage, len(figures))
	t := web.Table{ID: "rates", Caption: msg.T("組織ごとの受講率", "Rate by unit"), Count: len(figures), Empty: msg.T("研修の対象となる職員等はいません。", "Nobody is to be trained."), Columns: []web.Column{
		{Title: msg.T("組織", "Unit"), Head: true}, {Title: msg.T("対象", "To be trained"), Num: true}, {Title: msg.T("修了", "Done"), Num: true}, {Title: msg.T("未受講", "Missing"), Num: true}, {Title: msg.T("受講率", "Rate"), Num: true}}}
	for _, f := range figures[from:min(from+rowsPerPage, len(figures))] {
		left := web.Cell{Text: web.Number(f.missing())}
		if f.missing() > 0 {
			left.Href = missing + "&unit=" + url.QueryEscape(f.unit)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: unitName(ch, f.unit)}, {Text: web.Number(f.owed)}, {Text: web.Number(f.done)}, left, {Text: itoa(f.rate()) + "%"}}})
	}
	parts := []templ.Component{
		web.PageHead(web.Head{Crumbs: crumbs(), Title: titleOffice, Links: more, Lead: msg.T("年度内の在職日数が基準に達するすべての職員等を数えます。年度の途中に退職した方も含みます。",
			"Everybody who serves for as many days as set is counted, those who left during the year as well.")}),
		tabs("/training/office"), yearTabs(r, "/training/office", fy),
		web.Tiles([]web.Tile{{Value: msg.F("%d%%", "%d%%", all.rate()), Label: msg.T("受講率", "Rate"), Tone: tone}, {Value: msg.Same(web.Number(all.missing())), Label: msg.T("未受講の方", "Not trained yet"), Href: missing, Tone: tone},
			{Value: msg.Same(web.Number(all.owed)), Label: msg.T("対象の方", "To be trained")}}),
		web.TablePart(t), web.PagingPart(web.Paging{Page: page, Size: rowsPerPage, Total: len(figures), Href: func(p int) string { return r.With("page", itoa(p)) }}),
	}
	return web.Page(titleOffice, web.Stack(parts...)).In("/training"), nil
}

func unitName(ch *org.Chart, code string) string {
	if u, ok := ch.Unit(code); ok {
		return u.Name
	}
	return code
}

// missingPage names who is not trained yet: to those who record attendance everybody, to the head of a unit its own
// people.
func (s *Service) missingPage(r *web.Request) (web.Response, error) {
	fy := year(r)
	var list []member
	var ch *org.Chart
	var seen map[string]bool
	all := false
	err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		n, err := s.numbers(ctx, tx)
		if err != nil {
			return err
		}
		if list, err = s.members(ctx, tx, fy, n); err != nil {
			return err
		}
		if ch, err = org.ReadChart(ctx, tx, s.c.Catalog, when.Of(tx.Now())); err != nil {
			return err
		}
		seen = headed(r.Actor, ch)
		all, err = s.decides(ctx, tx, r.Actor, "training.attend")
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	unit := r.Query("unit")
	var shown []member
	for _, m := range list {
		if !m.done && (all || seen[m.unit] || m.code == r.Actor.Person) && (unit == "" || m.unit == unit) {
			shown = append(shown, m)
		}
	}
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*rowsPerPage, len(shown))
	t := web.Table{ID: "missing", Caption: titleMissing, Count: len(shown), Empty: msg.T("あなたに表示できる未受講の方はいません。", "There is nobody to be shown to you."), Columns: []web.Column{
		{Title: msg.T("氏名", "Name"), Head: true}, {Title: msg.T("職員番号", "Person no."), NoWrap: true}, {Title: msg.T("所属", "Unit")}, {Title: msg.T("期限", "Due"), NoWrap: true}}}
	for _, m := range shown[from:min(from+rowsPerPage, len(shown))] {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: m.name, Href: "/people/" + url.PathEscape(m.code)}, {Text: m.code}, {Text: unitName(ch, m.unit)}, {Text: m.due.Text(r.Lang)}}})
	}
	head := web.Head{Crumbs: crumbs(web.Link{Title: titleOffice, Href: "/training/office?fy=" + itoa(fy)}), Title: titleMissing, Facts: []msg.Text{yearName(int64(fy))},
		Lead: msg.T("研修を担当する方には全員を、組織の責任者にはその組織の方を表示します。", "Those in charge of training see everybody, the head of a unit its people.")}
	if unit != "" {
		head.Facts = append(head.Facts, msg.Same(ch.PathName(unit)))
	}
	return web.Page(titleMissing, web.Stack(web.PageHead(head), web.TablePart(t),
		web.PagingPart(web.Paging{Page: page, Size: rowsPerPage, Total: len(shown), Href: func(p int) string { return r.With("page", itoa(p)) }}))).In("/training"), nil
}
