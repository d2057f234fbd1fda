package selfcheck

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// recordBy is the act of a kind by which somebody may write for a unit, "" when there is none.
func (s *Service) recordBy(ctx context.Context, tx *db.Tx, r *web.Request, id string, in act.Input) string {
	for _, x := range []string{id, id + ".bureau"} {
		if s.c.Gate.May(ctx, tx, r.Actor, x, in) == nil {
			return x
		}
	}
	return ""
}

// confirmPage lists the sections somebody answers for with this year's confirmation, and takes the next (bp.9.3).
func (s *Service) confirmPage(r *web.Request) (web.Response, error) {
	type line struct {
		unit   string
		latest Confirmation
	}
	var lines []line
	var names map[string]string
	var list []Confirmation
	var may bool
	unit := cmp.Or(r.Form("unit"), r.Query("unit"))
	err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		in, err := s.within(ctx, tx, r.Actor)
		if err != nil {
			return err
		}
		if in != nil && len(in) == 0 || in != nil && unit != "" && !in[unit] {
			return web.NotFound()
		}
		if names, err = unitNames(ctx, tx); err != nil {
			return err
		}
		all, err := register.Load[Confirmation](ctx, tx, s.def("confirmation"))
		if err != nil {
			return err
		}
		slices.SortFunc(all, func(a, b Confirmation) int { return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(b.Code, a.Code)) })
		latest := map[string]Confirmation{}
		for _, c := range all {
			if _, ok := latest[c.Unit]; !ok && c.Date <= today {
				latest[c.Unit] = c
			}
			if c.Unit == unit {
				list = append(list, c)
			}
		}
		units, err := sectionsOn(ctx, tx, today)
		if err != nil {
			return err
		}
		for _, u := range units {
			if in == nil || in[u] {
				lines = append(lines, line{u, latest[u]})
			}
		}
		if unit == "" && len(lines) == 1 {
			unit = lines[0].unit
			list = slices.DeleteFunc(all, func(c Confirmation) bool { return c.Unit != unit })
		}
		may = unit != "" && s.recordBy(ctx, tx, r, "confirmation.record", act.Input{"unit": unit}) != ""
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: titleConfirms}}, Title: titleConfirms,
		Lead: msg.T("課・室ごとに、毎年度、ポリシーが守られているかを責任者又は管理者が確認します。問題があれば、CISOに報告して記録します。", "Each fiscal year whoever answers for a section confirms that it keeps the policy, and reports problems to the CISO.")}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: today.Text(r.Lang)}), web.PageHead(head), web.ErrorSummary()}
	if unit != "" {
		if may {
			parts = append(parts, part(msg.F("「%s」を今日確認したことを記録する", "Record that “%s” was confirmed today", names[unit]), web.Para(msg.T("課の未対応の指摘は受信箱で確かめられます。", "What is open in the section stands in the inbox.")), web.FormPart(web.Form{Action: "/selfcheck/confirm?unit=" + unit, Label: titleRecord,
				Hidden: [][2]string{{"unit", unit}}, Fields: []web.Field{
					{Name: "problem", Label: msg.T("見つかった問題", "Problem found"), Help: msg.T("問題がなければ空欄にします。", "Leave it empty when there is none."), Kind: web.LongField, Rows: 3, Max: 2000, Optional: true},
					{Name: "reported", Label: msg.T("CISOに報告した日", "Reported to the CISO on"), Help: msg.T("問題があったときに入力します。", "When there was a problem."), Kind: web.DateField, Optional: true}},
				Buttons: []web.Button{{Title: msg.T("確認を記録する", "Record"), Name: "do", Value: "record", Tone: web.Good}}})))
		}
		parts = append(parts, s.confirmationsTable(r, list, may))
	}
	if len(lines) > 1 {
		page := max(r.QueryInt("page", 1), 1)
		slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.latest.Date, b.latest.Date) })
		from := min((page-1)*perPage, len(lines))
		t := web.Table{ID: "units", Caption: msg.T("課・室ごとの確認", "By section"), Count: len(lines), Columns: []web.Column{{Title: msg.T("課・室", "Section"), Head: true}, {Title: msg.T("直近の確認日", "Last confirmed"), NoWrap: true}, {Title: msg.T("今年度", "This fiscal year"), NoWrap: true}}}
		for _, l := range lines[from:min(from+perPage, len(lines))] {
			state, tone := msg.T("未確認", "Not yet"), web.Warn
			if l.latest.Date != 0 && l.latest.Date.FY() == today.FY() {
				state, tone = msg.T("確認済", "Confirmed"), web.Good
				if l.latest.Problem != "" && l.latest.Reported == 0 {
					state, tone = msg.T("問題が未報告", "Problem not reported"), web.Bad
				}
			}
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: names[l.unit], Href: "/selfcheck/confirm?unit=" + l.unit}, {Text: l.latest.Date.Short(r.Lang)}, {Part: web.Badge(state, tone)}}})
		}
		parts = append(parts, web.TablePart(t), web.PagingPart(web.Paging{Page: page, Size: perPage, Total: len(lines), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))
	}
	return web.Page(titleConfirms, web.Stack(parts...)).In("/selfcheck"), nil
}

// confirmationsTable lists those of a section, with a button where a problem was not reported.
func (s *Service) confirmationsTable(r *web.Request, list []Confirmation, may bool) templ.Component {
	t := web.Table{ID: "confirmations", Caption: msg.T("これまでの確認", "Confirmations so far"), Count: len(list), Empty: msg.T("確認の記録はありません。", "There is none on record."), Columns: []web.Column{
		{Title: msg.T("確認日", "Confirmed on"), NoWrap: true, Head: true}, {Title: msg.T("見つかった問題", "Problem found")}, {Title: msg.T("CISOへの報告", "Report to the CISO"), NoWrap: true}}}
	for _, c := range list[:min(len(list), 30)] {
		row := web.Row{Cells: []web.Cell{{Text: c.Date.Short(r.Lang), Href: "/registers/confirmation/" + c.Code}, {Text: cmp.Or(c.Problem, msg.T("なし", "none").In(r.Lang))}, {Text: c.Reported.Short(r.Lang)}}}
		if c.Problem != "" && c.Reported == 0 && may {
			row.Cells[2] = web.Cell{Part: web.FormPart(web.Form{Action: "/selfcheck/confirm?unit=" + c.Unit, Label: titleReport, Hidden: [][2]string{{"unit", c.Unit}, {"confirmation", c.Code}, {"reported", when.Of(r.Now()).String()}},
				Buttons: []web.Button{{Title: msg.T("今日報告した", "Reported today"), Name: "do", Value: "report"}}})}
		}
		t.Rows = append(t.Rows, row)
	}
	return web.TablePart(t)
}

// confirmPost records a confirmation, or that a problem was reported.
func (s *Service) confirmPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("do", "unit", "problem", "reported", "confirmation"); err != nil {
		return web.Response{}, err
	}
	unit := r.Form("unit")
	base, in, said := "confirmation.record", act.Input{"unit": unit, "problem": r.Form("problem"), "reported": r.Form("reported")}, msg.T("確認を記録しました。", "The confirmation was recorded.")
	if r.Form("do") == "report" {
		base, in, said = "confirmation.report", act.Input{"confirmation": r.Form("confirmation"), "reported": r.Form("reported")}, msg.T("CISOへの報告を記録しました。", "The report was recorded.")
	}
	var id string
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) error {
		id = cmp.Or(s.recordBy(ctx, tx, r, base, in), base)
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	if _, err := s.c.Gate.Run(r.Context(), id, in, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/selfcheck/confirm?unit="+unit, said), nil
}
