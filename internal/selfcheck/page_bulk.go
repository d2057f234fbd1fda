package selfcheck

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

func bulkHref(campaign, unit string) string {
	return "/selfcheck/section/confirm?" + url.Values{"campaign": {campaign}, "unit": {unit}}.Encode()
}

// bulk is what the page of confirming together shows.
type bulk struct {
	Campaign
	unit, name   string
	level        level
	waits, done  []sheet
	above        int // handed in and waiting, but for somebody else to decide
	apart, plain []sheet
}

// bulk reads the sheets of a section that somebody may confirm. The checks are asked first, outside of the transaction.
func (s *Service) bulk(r *web.Request) (x bulk, found []Finding, err error) {
	x.unit = cmp.Or(r.Form("unit"), r.Query("unit"))
	code := cmp.Or(r.Form("campaign"), r.Query("campaign"))
	var items []Item
	if err = s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		var ok bool
		if x.level, ok = s.levelFor(ctx, tx, r.Actor, x.unit); !ok {
			return web.NotFound()
		}
		if x.Campaign, _, err = s.campaign(ctx, tx, code); err != nil {
			return err
		}
		items, err = s.items(ctx, tx, "")
		return err
	}); err != nil {
		return x, nil, err
	}
	items = slices.DeleteFunc(items, func(i Item) bool { return !slices.Contains(x.Sheets, i.Sheet) })
	if found, err = s.findings(r.Context(), items); err != nil {
		return x, nil, err
	}
	err = s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		names, err := unitNames(ctx, tx)
		if err != nil {
			return err
		}
		x.name = names[x.unit]
		if x.waits, err = handed(ctx, tx, x.Code, x.unit, string(Submitted), items, found, s.c.Findings != nil); err != nil {
			return err
		}
		n := len(x.waits)
		if x.waits, err = s.notTheirs(ctx, tx, r.Actor, x.waits); err != nil {
			return err
		}
		x.above = n - len(x.waits)
		if x.done, err = handed(ctx, tx, x.Code, x.unit, string(Done), items, nil, true); err != nil {
			return err
		}
		x.done, err = s.notTheirs(ctx, tx, r.Actor, x.done)
		return err
	})
	for _, w := range x.waits {
		if w.sure() {
			x.plain = append(x.plain, w)
		} else {
			x.apart = append(x.apart, w)
		}
	}
	return x, found, err
}

// bulkPage lists what waits to be confirmed in a section: first what differs from the evidence or leaves another doubt,
// which is looked at by itself, then what can be ticked and confirmed together (bp.11).
func (s *Service) bulkPage(r *web.Request) (web.Response, error) {
	x, _, err := s.bulk(r)
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: msg.Same(x.name), Href: sectionHref(x.Code, x.unit)}, {Title: titleTogether}}, Title: titleTogether, Badge: s.campaignBadge(x.Campaign, when.Of(r.Now())),
		Facts: []msg.Text{msg.Same(x.Name), msg.Same(x.name)},
		Lead:  msg.T("すべて「はい」で、根拠がそろい、検査の結果と食い違わない回答票は、まとめて確認できます。それ以外は、1件ずつ内容を確かめてください。", "Sheets with nothing but yeses, with their evidence and without a contradiction by the checks, can be confirmed together. Look at the others one by one.")}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary()}
	if x.above > 0 {
		parts = append(parts, web.Para(msg.F("ほかに、あなた自身の回答票など%d件が、ほかの方の確認を待っています。", "%d more, such as your own, wait for somebody else.", x.above)))
	}
	if len(x.waits) == 0 {
		parts = append(parts, web.EmptyState(msg.T("あなたの確認を待っている回答票はありません。", "No sheet waits for you to confirm it.")))
	}
	if len(x.apart) > 0 {
		parts = append(parts, s.apartTable(r, x.apart))
	}
	if len(x.plain) > 0 {
		parts = append(parts, s.plainForm(r, x))
	}
	if len(x.done) > 0 {
		parts = append(parts, s.doneForm(r, x))
	}
	return web.Page(titleTogether, web.Stack(parts...)).In("/selfcheck"), nil
}

// apartTable lists the sheets that leave a doubt, those that the checks contradict first.
func (s *Service) apartTable(r *web.Request, list []sheet) templ.Component {
	t := web.Table{Short: true, ID: "apart", Caption: msg.T("1件ずつ確かめる回答票", "To be looked at one by one"), Count: len(list), Columns: []web.Column{
		{Title: msg.T("対象", "Who"), Head: true}, {Title: msg.T("確かめる点", "What to look at")}, {Title: msg.T("検査と食い違う回答", "Contradicted by the checks")}, {Title: msg.T("提出日", "Handed in"), NoWrap: true}}}
	for _, x := range list[:min(mostTogether, len(list))] {
		var why []string
		for _, d := range x.why() {
			why = append(why, d.In(r.Lang))
		}
		row := web.Row{Cells: []web.Cell{{Text: x.name, Href: viewHref(x.Code)}, {Text: strings.Join(why, msg.T("、", ", ").In(r.Lang))}, {}, {Text: x.Submitted.Short(r.Lang)}}}
		if x.Unit != "" {
			row.Cells[0].Note = s.term("sheet_for", ForUnit).In(r.Lang)
		}
		if len(x.wrong) > 0 {
			w := x.wrong[0]
			row.Cells[1].Tone, row.Cells[2] = web.Bad, web.Cell{Text: w.Item.Text, Href: w.Finding.Href, Note: w.Finding.Reason.In(r.Lang)}
		}
		t.Rows = append(t.Rows, row)
	}
	return web.TablePart(t)
}

// plainForm takes the ticks of what leaves no doubt.
func (s *Service) plainForm(r *web.Request, x bulk) templ.Component {
	list := x.plain[:min(mostTogether, len(x.plain))]
	t := web.Table{Short: true, ID: "plain", Caption: msg.T("まとめて確認できる回答票", "Can be confirmed together"), Count: len(x.plain), Select: "responses", Columns: []web.Column{
		{Title: msg.T("対象", "Who"), Head: true}, {Title: msg.T("「はい」", "Yeses"), Num: true}, {Title: msg.T("補足", "Notes")}, {Title: msg.T("提出日", "Handed in"), NoWrap: true}}}
	for _, w := range list {
		row := web.Row{Key: w.Code, Cells: []web.Cell{{Text: w.name, Href: viewHref(w.Code)}, {Text: web.Number(w.yes)}, {Text: strings.Join(w.noted, "／")}, {Text: w.Submitted.Short(r.Lang)}}}
		if w.Unit != "" {
			row.Cells[0].Note = s.term("sheet_for", ForUnit).In(r.Lang)
		}
		t.Rows = append(t.Rows, row)
	}
	return inside(web.Form{Action: bulkHref(x.Code, x.unit), Label: titleTogether, Hidden: x.hidden(), Buttons: []web.Button{
		{Title: msg.T("選んだ回答票の確認に進む", "Go on with those ticked"), Name: "do", Value: "preview", Tone: web.Good},
		{Title: msg.F("%s件すべての確認に進む", "Go on with all %s", web.Number(len(list))), Name: "do", Value: "all"}}}, web.TablePart(t))
}

// doneForm takes confirmations back while the self-inspection is open.
func (s *Service) doneForm(r *web.Request, x bulk) templ.Component {
	t := web.Table{Short: true, ID: "done", Caption: msg.T("確認した回答票", "Confirmed"), Count: len(x.done), Columns: []web.Column{
		{Title: msg.T("対象", "Who"), Head: true}, {Title: msg.T("提出日", "Handed in"), NoWrap: true}, {Title: msg.T("確認日", "Confirmed on"), NoWrap: true}}}
	if x.State == Open {
		t.Select = "responses"
	}
	for _, w := range x.done[:min(mostTogether, len(x.done))] {
		t.Rows = append(t.Rows, web.Row{Key: w.Code, Cells: []web.Cell{{Text: w.name, Href: viewHref(w.Code)}, {Text: w.Submitted.Short(r.Lang)}, {Text: w.Confirmed.Short(r.Lang)}}})
	}
	if x.State != Open {
		return web.TablePart(t)
	}
	return inside(web.Form{Action: bulkHref(x.Code, x.unit), Label: titleUndo, Hidden: x.hidden(), Buttons: []web.Button{
		{Title: msg.T("選んだ回答票の確認を取り消す", "Take back what is ticked"), Name: "do", Value: "undo"}}}, web.TablePart(t), web.FieldPart(undoReason()))
}

func undoReason() web.Field {
	return web.Field{Name: "reason", Label: msg.T("確認を取り消す理由", "Why it is taken back"), Help: msg.T("取り消した回答票は、確認待ちに戻ります。自己点検を締め切った後は取り消せません。", "The sheet waits to be confirmed again. Once the self-inspection is closed it cannot be taken back."), Max: 200}
}

func (x bulk) hidden() [][2]string {
	return [][2]string{{"campaign", x.Code}, {"unit", x.unit}}
}

// bulkPost shows what would be confirmed, confirms it, or takes confirmations back.
func (s *Service) bulkPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("do", "campaign", "unit", "responses", "seen", "reason"); err != nil {
		return web.Response{}, err
	}
	x, found, err := s.bulk(r)
	if err != nil {
		return web.Response{}, err
	}
	chosen := strings.Fields(strings.Join(r.FormAll("responses"), " "))
	in, opt := act.Input{"campaign": x.Code, "unit": x.unit, "responses": strings.Join(chosen, " ")}, act.Options{IdempotencyKey: r.IdempotencyKey}
	id, said, ctx := levelAct("selfcheck.confirm", x.level), msg.F("%d件の回答を確認しました。", "%d sheets were confirmed.", len(chosen)), r.Context()
	switch r.Form("do") {
	case "preview", "all":
		return s.bulkPreview(r, x, chosen)
	case "confirm":
		if s.c.Findings != nil {
			ctx = withFindings(ctx, found)
		}
		in["seen"] = r.Form("seen")
	case "undo":
		id, said = levelAct("selfcheck.undo", x.level), msg.F("%d件の確認を取り消しました。", "%d confirmations were taken back.", len(chosen))
		opt.Reason = r.Form("reason")
		if len(chosen) == 0 {
			return web.Response{}, fault.At("responses", msg.T("確認を取り消す回答票を選んでください。", "Tick the sheets to be taken back."))
		}
	default:
		return web.Response{}, fault.New(fault.Invalid, msg.T("操作を選んでください。", "Choose what to do."))
	}
	if _, err := s.c.Gate.Run(ctx, id, in, opt); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(bulkHref(x.Code, x.unit), said), nil
}

// bulkPreview shows whose sheets would be confirmed, before anything is.
func (s *Service) bulkPreview(r *web.Request, x bulk, chosen []string) (web.Response, error) {
	list := x.plain[:min(mostTogether, len(x.plain))]
	if r.Form("do") == "preview" {
		list = slices.DeleteFunc(slices.Clone(x.plain), func(w sheet) bool { return !slices.Contains(chosen, w.Code) })
		if len(list) == 0 || len(list) < len(chosen) {
			return web.Response{}, fault.At("responses", msg.T("まとめて確認できる回答票から選んでください。", "Choose among the sheets that can be confirmed together."))
		}
	}
	var codes, names []string
	var seen []Response
	notes := 0
	for _, w := range list {
		codes, seen, names = append(codes, w.Code), append(seen, w.Response), append(names, w.name)
		notes += min(len(w.noted), 1)
	}
	entries := []web.Entry{{Label: titleSelf, Text: x.Name}, {Label: msg.T("課・室", "Section"), Text: x.name}, {Label: msg.T("確認する回答票", "Sheets"), Text: msg.F("%s件", "%s", web.Number(len(list))).In(r.Lang)},
		{Label: msg.T("対象", "Who"), Text: strings.Join(names, msg.T("、", ", ").In(r.Lang))}}
	if notes > 0 {
		entries = append(entries, web.Entry{Label: msg.T("補足のある回答票", "With notes"), Text: msg.F("%s件", "%s", web.Number(notes)).In(r.Lang)})
	}
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: titleTogether, Href: bulkHref(x.Code, x.unit)}, {Title: titlePreview}}, Title: titlePreview,
		Lead: msg.T("まだ確認していません。次の回答票は、すべて「はい」で、根拠があり、検査の結果と食い違いません。", "Nothing is confirmed yet. All of these answer yes, with evidence, and the checks do not contradict them.")}
	form := web.Form{Action: bulkHref(x.Code, x.unit), Label: titleTogether, Hidden: append(x.hidden(), [2]string{"responses", strings.Join(codes, " ")}, [2]string{"seen", seenHash(seen)}),
		Cancel:  web.Link{Title: msg.T("戻る", "Back"), Href: bulkHref(x.Code, x.unit)},
		Buttons: []web.Button{{Title: msg.F("%s件の回答を確認する", "Confirm %s sheets", strconv.Itoa(len(list))), Name: "do", Value: "confirm", Tone: web.Good}}}
	return web.Page(titlePreview, web.Confirm(head, entries, form)).In("/selfcheck"), nil
}
