package yearplan

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

var (
	titlePlan = msg.T("年間計画", "Plan of the year")
	titleNew  = msg.T("年間計画の作成", "Make the plan of a year")
	titleDone = msg.T("完了の記入", "Enter that it is done")
)

// Routes are the pages of the plan.
func (s *Service) Routes() []web.Route {
	c := []clause.ID{"bp.5", "bp.6", "bp.10", "bp.12"}
	return []web.Route{
		{Method: "GET", Pattern: "/plan", Title: titlePlan, Clauses: c, Rule: web.SignedIn, Page: s.page, Nav: &web.NavItem{Order: 15}},
		{Method: "GET", Pattern: "/plan/new", Title: titleNew, Clauses: c, Rule: web.SignedIn, Page: s.newPage},
		{Method: "POST", Pattern: "/plan/new", Title: titleNew, Clauses: c, Rule: web.SignedIn, Page: s.makePost, Again: s.newPage},
		{Method: "GET", Pattern: "/plan/{item}", Title: titleDone, Clauses: c, Rule: web.SignedIn, Page: s.itemPage},
		{Method: "POST", Pattern: "/plan/{item}", Title: titleDone, Clauses: c, Rule: web.SignedIn, Page: s.donePost, Again: s.itemPage},
	}
}

func href(code string) string { return "/plan/" + url.PathEscape(code) }

func tone(st State) web.Tone {
	switch st {
	case Done:
		return web.Good
	case Late:
		return web.Bad
	case Tardy, Soon:
		return web.Warn
	}
	return web.Plain
}

// page is the year: a list by month, which reads on a phone, or the twelve months side by side, for the wall.
func (s *Service) page(r *web.Request) (web.Response, error) {
	today := when.Of(s.c.Store.Now())
	fy := r.QueryInt("fy", today.FY())
	if fy < today.FY()-10 || fy > today.FY()+3 {
		fy = today.FY()
	}
	list, err := s.year(r.Context(), fy, today)
	if err != nil {
		return web.Response{}, err
	}
	var may bool
	if err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		may, err = s.c.Gate.Decides(ctx, tx, r.Actor, "yearplan.make")
		return err
	}); err != nil {
		return web.Response{}, err
	}
	count := map[State]int{}
	for _, x := range list {
		count[x.State]++
	}
	board := r.Query("view") == "board"
	at := func(fy int, view string) string {
		q := "/plan?fy=" + strconv.Itoa(fy)
		if view != "" {
			q += "&view=" + view
		}
		return q
	}
	view := ""
	if board {
		view = "board"
	}
	head := web.Head{Title: titlePlan, Lead: msg.F("%sに行う作業です。%s現在、%s 件のうち %s 件が終わり（うち遅れて完了 %s 件）、%s 件が遅れています。期間の開始日より前の記録は、完了の証拠として数えません。", "What is done in %s. As of %s, of %s tasks %s are done (%s of them late) and %s are late. What was recorded before the first day of a task does not prove it done.", yearText(fy), today.Both(), web.Number(len(list)), web.Number(count[Done]+count[Tardy]), web.Number(count[Tardy]), web.Number(count[Late])),
		Links: []web.Link{{Title: yearText(fy - 1), Href: at(fy-1, view)}, {Title: yearText(fy + 1), Href: at(fy+1, view)}}}
	if may {
		head.Links = append(head.Links, web.Link{Title: titleNew, Href: "/plan/new?fy=" + strconv.Itoa(fy)}, web.Link{Title: msg.T("項目を加える", "Add a task"), Href: "/registers/planitem/new?fy=" + strconv.Itoa(fy)})
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Number: titlePlan.In(r.Lang) + " " + yearText(fy).In(r.Lang), Date: today.Text(r.Lang)}), web.PageHead(head)}
	if len(list) == 0 {
		next := []web.Link{}
		if may {
			next = append(next, web.Link{Title: titleNew, Href: "/plan/new?fy=" + strconv.Itoa(fy), Main: true})
		}
		parts = append(parts, web.EmptyState(msg.F("%sの計画はまだ作成されていません。", "The plan of %s has not been made yet.", yearText(fy)), next...))
		return web.Page(titlePlan, web.Stack(parts...)), nil
	}
	parts = append(parts, web.Tabs(msg.T("表示の方法", "How to show it"), []web.Tab{{Title: msg.T("月ごとの一覧", "By month"), Href: at(fy, ""), Count: -1, Current: !board}, {Title: msg.T("12か月の表", "Twelve months"), Href: at(fy, "board"), Count: -1, Current: board}}))
	if board {
		parts = append(parts, wide(s.board(r, fy, list)))
	} else {
		parts = append(parts, s.months(r, fy, list)...)
	}
	return web.Page(titlePlan, web.Stack(parts...)), nil
}

// monthOf is the n-th month of a fiscal year, from April.
func monthOf(fy, n int) when.Date { return when.FYStart(fy).AddMonths(n) }

func monthText(d when.Date) msg.Text {
	names := [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	return msg.Text{JA: fmt.Sprintf("%d月", d.Month()), EN: names[d.Month()-1]}
}

// months is a table for each month that has something in it.
func (s *Service) months(r *web.Request, fy int, list []Seen) (out []templ.Component) {
	for n := range 12 {
		first := monthOf(fy, n)
		t := web.Table{Caption: msg.F("%d年%s", "%[2]s %[1]d", first.Year(), monthText(first)), Short: true, Columns: []web.Column{{Title: msg.T("期限", "Due"), NoWrap: true, Beside: true}, {Title: msg.T("作業", "Task"), Head: true}, {Title: msg.T("担当", "Who"), Beside: true}, {Title: msg.T("根拠", "Clause"), NoWrap: true, Beside: true}, {Title: msg.T("状態", "State"), NoWrap: true, Beside: true}}}
		for _, x := range list {
			if x.Due.Year() == first.Year() && x.Due.Month() == first.Month() {
				t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Due.Text(r.Lang), Note: since(x.Item).In(r.Lang)}, {Text: x.Name, Href: href(x.Code)}, {Text: s.role(x.Role).In(r.Lang)}, {Text: web.Clause(clause.ID(x.Clause)).In(r.Lang)}, {Part: badge(x)}}})
			}
		}
		if t.Count = len(t.Rows); t.Count > 0 {
			out = append(out, web.TablePart(t))
		}
	}
	return out
}

// since is the first day of a task, for beside its deadline.
func since(i Item) msg.Text {
	return msg.F("%sから", "from %s", msg.Text{JA: i.begins().Short(msg.JA), EN: i.begins().Short(msg.EN)})
}

func badge(x Seen) templ.Component {
	t := x.State.Title()
	if x.Proof != 0 {
		t = msg.F("%s（%s）", "%s (%s)", t, msg.Text{JA: x.Proof.Short(msg.JA), EN: x.Proof.Short(msg.EN)})
	}
	return web.Badge(t, tone(x.State))
}

// board is the twelve months side by side.
func (s *Service) board(r *web.Request, fy int, list []Seen) templ.Component {
	t := web.Table{Caption: msg.F("%sの12か月", "Twelve months of %s", yearText(fy)), Count: len(list), Wide: true, Columns: []web.Column{{Title: msg.T("作業と担当", "Task and who"), Head: true}}}
	for n := range 12 {
		t.Columns = append(t.Columns, web.Column{Title: monthText(monthOf(fy, n)), NoWrap: true})
	}
	for _, x := range list {
		cells := []web.Cell{{Text: x.Name, Href: href(x.Code), Note: s.role(x.Role).In(r.Lang)}}
		for n := range 12 {
			first, c := monthOf(fy, n), web.Cell{}
			switch {
			case first <= x.Due && x.begins() < first.AddMonths(1) && x.Due >= first.AddMonths(1):
				c = web.Cell{Text: msg.T("期間", "open").In(r.Lang), Tone: web.Info}
			case x.Due.Year() == first.Year() && x.Due.Month() == first.Month():
				day := msg.Text{JA: fmt.Sprintf("%d日", x.Due.Day()), EN: fmt.Sprint(x.Due.Day())}
				c = web.Cell{Text: day.In(r.Lang), Note: x.State.Title().In(r.Lang), Tone: tone(x.State)}
			}
			cells = append(cells, c)
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return web.TablePart(t)
}

// wide is printed on a sheet laid crosswise.
func wide(inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, `<div class="crosswise">`); err != nil {
			return err
		}
		if err := inner.Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, `</div>`)
		return err
	})
}

func crumbs(here msg.Text) []web.Link {
	return []web.Link{{Title: titlePlan, Href: "/plan"}, {Title: here}}
}

// newPage shows what would be made, before it is.
func (s *Service) newPage(r *web.Request) (web.Response, error) {
	today := when.Of(s.c.Store.Now())
	text := r.Query("fy")
	if text == "" {
		text = r.Form("fy")
	}
	if text == "" {
		text = strconv.Itoa(today.FY())
	}
	fy, err := fiscal(text, today)
	if err != nil && r.Fault == nil {
		fy = today.FY()
	}
	var list []Item
	if err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = s.template(ctx, tx, fy)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	var years []web.Option
	for y := today.FY() - 1; y <= today.FY()+2; y++ {
		years = append(years, web.Option{Value: strconv.Itoa(y), Label: yearText(y)})
	}
	parts := []templ.Component{web.PageHead(web.Head{Title: titleNew, Crumbs: crumbs(titleNew), Lead: msg.T("ひな形から、次の項目をまとめて台帳に登録します。登録した後に、期限や担当を台帳で変更できます。", "The following is entered into the register from the template. Deadlines and roles can be changed there afterwards.")}), web.ErrorSummary(),
		web.FilterPart(web.Filter{Action: "/plan/new", Fields: []web.Field{{Name: "fy", Label: msg.T("年度", "Fiscal year"), Kind: web.SelectField, Value: strconv.Itoa(fy), Options: years}}})}
	if len(list) == 0 {
		parts = append(parts, web.EmptyState(msg.F("%sの計画は作成済みです。", "The plan of %s is made already.", yearText(fy)), web.Link{Title: titlePlan, Href: "/plan?fy=" + strconv.Itoa(fy)}))
		return web.Page(titleNew, web.Stack(parts...)).In("/plan"), nil
	}
	t := web.Table{Caption: msg.F("%sに登録する項目", "What is entered for %s", yearText(fy)), Count: len(list), Columns: []web.Column{{Title: msg.T("期限", "Due"), NoWrap: true}, {Title: msg.T("作業", "Task"), Head: true}, {Title: msg.T("担当", "Who")}, {Title: msg.T("根拠", "Clause"), NoWrap: true}}}
	for _, i := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: i.Due.Text(r.Lang), Note: since(i).In(r.Lang)}, {Text: i.Name, Note: i.How}, {Text: s.role(i.Role).In(r.Lang)}, {Text: web.Clause(clause.ID(i.Clause)).In(r.Lang)}}})
	}
	parts = append(parts, web.TablePart(t), web.FormPart(web.Form{Action: "/plan/new", Label: titleNew, Hidden: [][2]string{{"fy", strconv.Itoa(fy)}},
		Buttons: []web.Button{{Title: msg.F("%s 件を登録する", "Enter %s items", web.Number(len(list))), Tone: web.Good}}, Cancel: web.Link{Href: "/plan"}}))
	return web.Page(titleNew, web.Stack(parts...)).In("/plan"), nil
}

func (s *Service) makePost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("fy"); err != nil {
		return web.Response{}, err
	}
	if _, err := s.c.Gate.Run(r.Context(), "yearplan.make", act.Input{"fy": r.Form("fy")}, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/plan?fy="+url.QueryEscape(r.Form("fy")), msg.T("年間計画を作成しました。", "The plan was made.")), nil
}

// itemPage shows one task and, to those whose it is, the form that says it is done.
func (s *Service) itemPage(r *web.Request) (web.Response, error) {
	today := when.Of(s.c.Store.Now())
	var i Item
	var may error
	if err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if i, _, err = s.item(ctx, tx, r.Path("item")); err != nil {
			return err
		}
		may = s.c.Gate.May(ctx, tx, r.Actor, "yearplan.done", act.Input{"item": i.Code})
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	list, err := s.year(r.Context(), int(i.FY), today)
	if err != nil {
		return web.Response{}, err
	}
	x := Seen{Item: i}
	for _, y := range list {
		if y.Code == i.Code {
			x = y
		}
	}
	begins := i.begins()
	entries := []web.Entry{{Label: msg.T("期間", "Period"), Text: msg.F("%sから%sまで", "%s to %s", begins.Both(), i.Due.Both()).In(r.Lang),
		Note: msg.F("%sから年度末までの記録を、完了の証拠として数えます。期限の後の記録は、遅れて完了したものとします。", "What is recorded from %s to the end of the fiscal year counts. After the deadline it counts as done late.", begins.Both()).In(r.Lang)}, {Label: msg.T("担当の役割", "Role"), Text: s.role(i.Role).In(r.Lang)}, {Label: msg.T("根拠", "Clause"), Text: web.Clause(clause.ID(i.Clause)).In(r.Lang), Href: "/clauses/" + url.PathEscape(i.Clause)},
		{Label: msg.T("完了の確かめ方", "What proves it done"), Text: i.How}}
	if x.Href != "" {
		entries = append(entries, web.Entry{Label: msg.T("証拠", "Proof"), Text: x.Href, Href: x.Href})
		if d, ok := s.c.Catalog.Get(i.Register); ok {
			entries[len(entries)-1].Text = d.Title.In(r.Lang)
		}
	}
	if i.Done != 0 && i.Done < begins {
		entries = append(entries, web.Entry{Label: msg.T("完了日", "Done on"), Text: i.Done.Text(r.Lang), Note: msg.T("期間の開始日より前のため、数えません。", "It lies before the task begins and does not count.").In(r.Lang)})
	}
	if i.Note != "" {
		entries = append(entries, web.Entry{Label: msg.T("備考", "Note"), Text: i.Note})
	}
	entries = append(entries, web.Entry{Label: msg.T("台帳の記録", "Record"), Text: i.Code, Href: "/registers/planitem/" + url.PathEscape(i.Code)})
	parts := []templ.Component{web.PageHead(web.Head{Title: msg.Same(i.Name), Crumbs: crumbs(msg.Same(i.Name)), Badge: badge(x), Lead: yearText(int(i.FY))}), web.ErrorSummary(), web.SummaryList(entries)}
	if !x.State.over() && may == nil {
		parts = append(parts, web.FormPart(web.Form{Action: href(i.Code), Label: titleDone, Guard: true, Fields: []web.Field{
			{Name: "date", Label: msg.T("完了日", "Done on"), Kind: web.DateField, Value: today.String(), Required: true}, {Name: "note", Label: msg.T("備考", "Note"), Kind: web.LongField, Value: i.Note, Optional: true}},
			Buttons: []web.Button{{Title: msg.T("完了を記入する", "Enter that it is done"), Tone: web.Good}}, Cancel: web.Link{Href: "/plan?fy=" + strconv.FormatInt(i.FY, 10)}}))
	}
	return web.Page(titleDone, web.Stack(parts...)).In("/plan"), nil
}

func (s *Service) donePost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("date", "note"); err != nil {
		return web.Response{}, err
	}
	day, err := r.FormDate("date")
	if err != nil {
		return web.Response{}, err
	}
	in := act.Input{"item": r.Path("item"), "note": r.Form("note")}
	if day != 0 {
		in["date"] = day.String()
	}
	if _, err := s.c.Gate.Run(r.Context(), "yearplan.done", in, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/plan", msg.T("完了を記入しました。", "It was entered as done.")), nil
}
