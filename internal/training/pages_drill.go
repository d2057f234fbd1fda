package training

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

func drillHref(code string) string { return "/training/drills/" + url.PathEscape(code) }

func (s *Service) drillsPage(r *web.Request) (web.Response, error) {
	var list []Drill
	all := map[string]outcome{}
	may := false
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if list, err = register.Load[Drill](ctx, tx, s.c.Catalog.Must("maildrill")); err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b Drill) int { return int(b.Date - a.Date) })
		list = list[:min(len(list), rowsPerPage)]
		for _, d := range list {
			if _, all[d.Code], err = s.outcomes(ctx, tx, d.Code); err != nil {
				return err
			}
		}
		may, err = s.decides(ctx, tx, r.Actor, "maildrill.create")
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: crumbs(), Title: titleDrills, Lead: msg.T("訓練の全体の数字です。一人ごとの結果は、本人だけが「わたしの研修」で見られます。", "Figures of each drill. The result of a person is shown to that person alone, under “My training”.")}
	if may {
		head.Links = []web.Link{{Title: msg.T("訓練を登録する", "Register a drill"), Href: "/registers/maildrill/new", Main: true}, {Title: msg.T("結果を取り込む", "Import results"), Href: "/registers/drillresult/import"}}
	}
	t := web.Table{ID: "drills", Caption: msg.T("訓練の一覧", "Drills"), Count: len(list), Empty: msg.T("標的型メール訓練は登録されていません。", "No mail drill is registered."), Columns: []web.Column{
		{Title: msg.T("訓練名", "Drill"), Head: true}, {Title: msg.T("実施日", "Date"), NoWrap: true}, {Title: msg.T("種別", "Kind"), NoWrap: true}, {Title: msg.T("送付", "Sent"), Num: true},
		{Title: msg.T("開封率", "Opened"), Num: true}, {Title: msg.T("報告率", "Reported"), Num: true}, {Title: msg.T("フォロー研修", "Followed up"), Num: true}}}
	for _, d := range list {
		o := all[d.Code]
		t.Rows = append(t.Rows, web.Row{Cells: append([]web.Cell{{Text: d.Name, Href: drillHref(d.Code)}, {Text: d.Date.Text(r.Lang)}, {Text: s.term("drill_kind", d.Kind).In(r.Lang)}}, o.cells(false, r.Lang)...)})
	}
	return web.Page(titleDrills, web.Stack(web.PageHead(head), tabs("/training/drills"), web.TablePart(t))).In("/training"), nil
}

// cells are the figures of an outcome, without those of so few people that they would name somebody.
func (o outcome) cells(hidden bool, lang msg.Lang) []web.Cell {
	if hidden || o.sent < fewPeople {
		return []web.Cell{{Text: web.Number(o.sent)}, {Text: "—", Note: hiddenFigure.In(lang)}, {Text: "—"}, {Text: "—"}}
	}
	return []web.Cell{{Text: web.Number(o.sent)}, {Text: percent(o.opened, o.sent)}, {Text: percent(o.reported, o.sent)}, {Text: fmt.Sprintf("%d / %d", o.followed, o.opened)}}
}

func (s *Service) drillPage(r *web.Request) (web.Response, error) {
	var d Drill
	var units []outcome
	var all outcome
	var ch *org.Chart
	var own map[string]bool
	office := false
	course := ""
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if d, _, err = get[Drill](ctx, tx, s.c.Catalog, "maildrill", r.Path("drill")); err != nil {
			return err
		}
		if units, all, err = s.outcomes(ctx, tx, d.Code); err != nil {
			return err
		}
		if ch, err = org.ReadChart(ctx, tx, s.c.Catalog, when.Of(tx.Now())); err != nil {
			return err
		}
		own = headed(r.Actor, ch)
		if d.Course != "" {
			k, _, err := get[Course](ctx, tx, s.c.Catalog, "course", d.Course)
			if err != nil {
				return err
			}
			course = k.Name
		}
		office, err = s.decides(ctx, tx, r.Actor, LookAct)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: crumbs(web.Link{Title: titleDrills, Href: "/training/drills"}), Title: msg.Same(d.Name), Facts: []msg.Text{d.Date.Both(), s.term("drill_kind", d.Kind)}}
	if office && all.opened > all.followed {
		head.Links = []web.Link{{Title: msg.T("フォロー研修が済んでいない方を見る", "See who still owes the follow-up"), Href: drillHref(d.Code) + "/names"}}
	}
	parts, hidden := []templ.Component{web.PageHead(head)}, concealed(units)
	if all.sent > 0 && all.sent < fewPeople {
		parts = append(parts, web.Para(hiddenFigure))
	} else {
		parts = append(parts, web.Tiles([]web.Tile{{Value: msg.Same(percent(all.opened, all.sent)), Label: msg.T("開封率", "Opened")}, {Value: msg.Same(percent(all.reported, all.sent)), Label: msg.T("報告率", "Reported")},
			{Value: msg.Same(web.Number(all.opened - all.followed)), Label: msg.T("フォロー研修が未修了", "Follow-up still owed")}}))
	}
	var entries []web.Entry
	for _, e := range []web.Entry{{Label: msg.T("対象の範囲", "Who was sent it"), Text: d.Scope}, {Label: msg.T("文面の概要", "What the mail said"), Text: d.Scenario}, {Label: msg.T("フォロー研修", "Follow-up course"), Text: course, Href: courseLink(d.Course)}} {
		if e.Text != "" {
			entries = append(entries, e)
		}
	}
	if len(entries) > 0 {
		parts = append(parts, web.SummaryList(entries))
	}
	var shown []outcome
	for _, u := range units {
		if office || own[u.unit] {
			shown = append(shown, u)
		}
	}
	if office || len(own) > 0 {
		page := max(r.QueryInt("page", 1), 1)
		from := min((page-1)*rowsPerPage, len(shown))
		t := web.Table{ID: "units", Caption: msg.T("組織ごとの結果", "Result by unit"), Count: len(shown), Empty: msg.T("あなたの組織の方は、この訓練の対象ではありませんでした。", "Nobody of your unit took part."), Columns: []web.Column{
			{Title: msg.T("組織", "Unit"), Head: true}, {Title: msg.T("送付", "Sent"), Num: true}, {Title: msg.T("開封率", "Opened"), Num: true}, {Title: msg.T("報告率", "Reported"), Num: true}, {Title: msg.T("フォロー研修", "Followed up"), Num: true}}}
		for _, u := range shown[from:min(from+rowsPerPage, len(shown))] {
			t.Rows = append(t.Rows, web.Row{Cells: append([]web.Cell{{Text: unitName(ch, u.unit)}}, u.cells(hidden[u.unit], r.Lang)...)})
		}
		parts = append(parts, web.TablePart(t), web.PagingPart(web.Paging{Page: page, Size: rowsPerPage, Total: len(shown), Href: func(p int) string { return r.With("page", itoa(p)) }}))
	}
	return web.Page(msg.Same(d.Name), web.Stack(parts...)).In("/training"), nil
}

func courseLink(code string) string {
	if code == "" {
		return ""
	}
	return courseHref(code)
}

// namesPage names who still owes the course after a drill. Each look is recorded (bp.9.1, bp.11).
func (s *Service) namesPage(r *web.Request) (web.Response, error) {
	type line struct{ code, name, unit string }
	var list []line
	var d Drill
	var n numbers
	var ch *org.Chart
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		d, _, err = get[Drill](ctx, tx, s.c.Catalog, "maildrill", r.Path("drill"))
		return err
	}); err != nil {
		return web.Response{}, err
	}
	_, err := s.c.Gate.Look(r.Context(), LookAct, act.Input{"drill": d.Code}, act.Options{}, func(ctx context.Context, tx *db.Tx) (err error) {
		if n, err = s.numbers(ctx, tx); err != nil {
			return err
		}
		if ch, err = org.ReadChart(ctx, tx, s.c.Catalog, when.Of(tx.Now())); err != nil {
			return err
		}
		list, err = db.Rows(ctx, tx, func(r *sql.Rows) (x line, err error) { return x, r.Scan(&x.code, &x.name, &x.unit) },
			`SELECT p.code, p.name, p.unit FROM reg_drillresult r JOIN reg_person p ON p.code = r.person
WHERE r.drill = $1 AND r.opened AND r.followup = '' AND NOT r.ended AND (p."left" = '' OR p."left" >= $2) ORDER BY p.unit, p.kana, p.code`, d.Code, when.Of(tx.Now()).String())
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	due := d.Date + when.Date(n.followup)
	t := web.Table{ID: "names", Caption: titleNames, Count: len(list), Empty: msg.T("全員がフォロー研修を修了しています。", "Everybody has completed the follow-up course."), Columns: []web.Column{
		{Title: msg.T("氏名", "Name"), Head: true}, {Title: msg.T("職員番号", "Person no."), NoWrap: true}, {Title: msg.T("所属", "Unit")}}}
	for _, x := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.name}, {Text: x.code}, {Text: unitName(ch, x.unit)}}})
	}
	return web.Page(titleNames, web.Stack(web.PageHead(web.Head{Crumbs: crumbs(web.Link{Title: titleDrills, Href: "/training/drills"}, web.Link{Title: msg.Same(d.Name), Href: drillHref(d.Code)}), Title: titleNames,
		Facts: []msg.Text{msg.F("期限：%s", "Due: %s", due.Both())}, Lead: msg.T("この一覧を見たことは記録に残ります。研修の連絡にだけ使ってください。", "That you looked at this list is recorded. Use it only to invite people to the course.")}), web.TablePart(t))).In("/training"), nil
}
