package transfer

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// perPage is how many moves a page lists.
const perPage = 50

// setData is what the page of a set shows.
type setData struct {
	preview
	steps  []flow.Move
	labels register.Labels
	page   int
	kind   string
	shown  []org.Move
	opens  bool // the records behind the page are for who looks (bp.9.3)
	total  int
}

// seen refuses to show what is being prepared to whoever does not prepare it: until it takes effect it is not public.
func (s *Service) seen(ctx context.Context, tx *db.Tx, r *web.Request, set org.MoveSet) error {
	if set.State == org.SetApplied {
		return nil
	}
	ok, err := s.prepares(ctx, tx, r)
	if err == nil && !ok {
		err = web.NotFound()
	}
	return err
}

func (s *Service) setData(r *web.Request) (x setData, err error) {
	err = s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if x.preview, err = s.preview(ctx, tx, r.Path("set")); err != nil {
			return err
		}
		if err := s.seen(ctx, tx, r, x.set); err != nil {
			return err
		}
		if x.opens, err = s.prepares(ctx, tx, r); err != nil {
			return err
		}
		x.kind, x.page = r.Query("kind"), max(1, r.QueryInt("page", 1))
		var fit []org.Move
		for _, m := range x.moves {
			if x.kind == "" || m.Kind == x.kind {
				fit = append(fit, m)
			}
		}
		x.total = len(fit)
		from := min((x.page-1)*perPage, len(fit))
		x.shown = fit[from:min(from+perPage, len(fit))]
		named := x.shown
		for i, b := range x.problems {
			if i < shownLines {
				named = append(named[:len(named):len(named)], b.move)
			}
		}
		if x.labels, err = s.labels(ctx, tx, named); err != nil {
			return err
		}
		in := instance(x.set, x.moves)
		for _, m := range setFlow.Moves {
			ok, err := s.may(ctx, tx, r, x.preview, in, m)
			if err != nil {
				return err
			}
			if ok {
				x.steps = append(x.steps, m)
			}
		}
		return nil
	})
	return x, err
}

// may says whether a step would work for who looks, so that no button ends in a refusal.
func (s *Service) may(ctx context.Context, tx *db.Tx, r *web.Request, p preview, in flow.Instance, m flow.Move) (bool, error) {
	if m.From != in.State {
		return false, nil
	}
	if ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, actOf(m)); err != nil || !ok {
		return false, err
	}
	by, err := s.person(ctx, tx, r.Actor, m)
	if err != nil {
		return false, err
	}
	if _, err := setFlow.Step(in, m.Name, by); fault.As(err) != nil {
		return false, nil
	}
	return inTime(p, m.Name, when.Of(tx.Now())) == nil, nil
}

func (s *Service) setPage(r *web.Request) (web.Response, error) {
	x, err := s.setData(r)
	if err != nil {
		return web.Response{}, err
	}
	set, at := x.set, setHref(x.set.Code)
	head := web.Head{Crumbs: crumbs(web.Link{Title: msg.Same(set.Name)}), Title: msg.Same(set.Name), Badge: stateBadge(set),
		Facts: []msg.Text{msg.F("発令日：%s", "Effective: %s", set.Date.Both())}, Links: []web.Link{{Title: msg.T("Excelで保存する", "Save as Excel"), Href: at + "/file"}}}
	open := set.State == org.SetPreparing
	if open {
		q := "?moveset=" + set.Code
		head.Links = append(head.Links, web.Link{Title: msg.T("予定を登録する", "Add a move"), Href: "/registers/move/new" + q}, web.Link{Title: msg.T("予定をファイルから取り込む", "Import moves"), Href: "/registers/move/import"},
			web.Link{Title: msg.T("名称と発令日を改める", "Change name or day"), Href: "/registers/moveset/" + set.Code + "/edit"})
	}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary(), web.Steps(way(set)), x.tiles(s)}
	switch {
	case len(x.problems) > 0:
		parts = append(parts, web.Banner(web.Bad, msg.T("このままでは適用できない予定があります。改めるまで確認を求められません。", "Some moves cannot be carried out. The set cannot be handed in until they are mended.")), s.problemTable(x, r.Lang))
	case set.State == org.SetConfirmed:
		parts = append(parts, web.Banner(web.Info, msg.F("%sの午前0時に切り替わります。それまでは、ほかの台帳に何も書き込まれていないため、確認を取り消せます。", "It takes effect at midnight as %s begins. Until then nothing is written in any other register, and the confirmation can be undone.", set.Date.Both())))
	}
	var last templ.Component = templ.NopComponent // what cannot be undone stands at the end and folded
	for _, m := range x.steps {
		if m.Name == "cancel" {
			last = folded(m.Title, web.FormPart(stepForm(at, m)))
			continue
		}
		parts = append(parts, within(m.Title, web.FormPart(stepForm(at, m))))
	}
	if len(x.steps) == 0 && (open || set.State == org.SetReview || set.State == org.SetConfirmed) && len(x.problems) == 0 {
		parts = append(parts, web.Para(msg.T("今、あなたが行える手続はありません。", "There is nothing for you to do here now.")))
	}
	parts = append(parts, s.orphanTable(x, r.Lang), s.moveFilter(r, x), s.moveTable(r, x), last)
	return web.Page(msg.Same(set.Name), web.Stack(parts...)).In("/transfers"), nil
}

// way is how far a set has come.
func way(set org.MoveSet) []web.Step {
	order := []flow.State{org.SetPreparing, org.SetReview, org.SetConfirmed, org.SetApplied}
	if set.State == org.SetCancelled {
		order = []flow.State{org.SetPreparing, org.SetCancelled}
	}
	var out []web.Step
	now := false
	for _, st := range order {
		step := web.Step{Title: setFlow.States[st], State: web.StepDone}
		switch {
		case now:
			step.State = web.StepAhead
		case st == flow.State(set.State):
			now = true
			if st != org.SetApplied && st != org.SetCancelled {
				step.State = web.StepNow
			}
		}
		out = append(out, step)
	}
	return out
}

func stepForm(at string, m flow.Move) web.Form {
	b := web.Button{Title: m.Title, Tone: web.Good}
	switch m.Name {
	case "cancel":
		b.Tone, b.Ask = web.Bad, msg.T("この一括準備を取り消します。元に戻すことはできません。よろしいですか。", "The set is cancelled for good. Go on?")
	case "return", "withdraw", "reopen":
		b.Tone = web.Plain
	}
	reason := fieldReason
	reason.Name = m.Name + ".reason" // several forms stand on one page
	return web.Form{Action: at, Label: m.Title, Hidden: [][2]string{{"step", m.Name}}, Fields: []web.Field{reason}, Buttons: []web.Button{b}}
}

func (x setData) tiles(s *Service) templ.Component {
	counts := x.counts()
	var out []web.Tile
	for _, k := range s.terms("move_kind") {
		out = append(out, web.Tile{Value: msg.Same(web.Number(counts[k.Code])), Label: k.Title, Href: setHref(x.set.Code) + "?kind=" + k.Code + "#moves"})
	}
	if x.set.State != org.SetApplied && x.set.State != org.SetCancelled && len(x.problems) == 0 {
		t := web.Tile{Value: msg.Same(web.Number(len(x.orphans))), Label: msg.T("引き継ぐ人のないもの", "Without anybody in charge"), Href: "#orphans"}
		if len(x.orphans) > 0 {
			t.Tone = web.Bad
		}
		out = append(out, t)
	}
	return web.Tiles(out)
}

func (s *Service) problemTable(x setData, lang msg.Lang) templ.Component {
	t := web.Table{ID: "problems", Caption: cut(msg.T("適用できない予定", "Moves that cannot be carried out"), min(len(x.problems), shownLines), len(x.problems)), Count: len(x.problems), Columns: []web.Column{
		{Title: msg.T("予定番号", "Move no."), Head: true, NoWrap: true}, {Title: msg.T("職員", "Person")}, {Title: msg.T("種別", "Kind"), NoWrap: true}, {Title: msg.T("理由", "Why")}}}
	for i, b := range x.problems {
		if i == shownLines {
			break
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: b.move.Code, Href: "/registers/move/" + b.move.Code}, {Text: s.show(x, b.move, "person", lang)}, {Text: s.show(x, b.move, "kind", lang)}, {Text: b.text.In(lang)}}})
	}
	return web.TablePart(t)
}

func (s *Service) show(x setData, m org.Move, field string, lang msg.Lang) string {
	d := s.c.Catalog.Must("move")
	f, _ := d.Field(field)
	return s.c.Catalog.Show(f, register.Encode(d, m)[d.Index(field)], lang, x.labels)
}

func (s *Service) orphanTable(x setData, lang msg.Lang) templ.Component {
	if x.set.State == org.SetApplied || x.set.State == org.SetCancelled || len(x.problems) > 0 {
		return templ.NopComponent
	}
	shown := x.orphans[:min(len(x.orphans), shownLines)]
	t := web.Table{ID: "orphans", Caption: cut(msg.T("発令日に引き継ぐ人のないもの", "Without anybody in charge on the day"), len(shown), len(x.orphans)), Count: len(x.orphans),
		Empty: msg.T("役職、情報資産、情報システム、契約などの引継ぎに漏れはありません。", "Every post, asset, system and contract has somebody in charge."), Columns: []web.Column{
			{Title: msg.T("名称", "Name"), Head: true}, {Title: msg.T("種別", "Kind"), NoWrap: true}, {Title: msg.T("件数", "Count"), Num: true}, {Title: msg.T("理由", "Why")}}}
	for _, o := range shown {
		c := web.Cell{Text: o.name}
		switch o.kind {
		case "post":
			c.Href = "/registers/post/" + o.key
		case "person":
			c.Href = "/people?unit=" + o.key
		default:
			c.Href = "/registers/" + o.kind + "?unit=" + o.key
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{c, {Text: s.orphanKind(o.kind).In(lang)}, {Text: web.Number(o.n)}, {Text: o.why.In(lang)}}})
	}
	return web.TablePart(t)
}

func (s *Service) moveFilter(r *web.Request, x setData) templ.Component {
	var kinds []web.Option
	for _, k := range s.terms("move_kind") {
		kinds = append(kinds, web.Option{Value: k.Code, Label: k.Title})
	}
	return web.FilterPart(web.Filter{Action: setHref(x.set.Code), Fields: []web.Field{{Name: "kind", Label: msg.T("種別", "Kind"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: x.kind, Options: kinds}}, Clear: setHref(x.set.Code)})
}

func (s *Service) moveTable(r *web.Request, x setData) templ.Component {
	t := web.Table{ID: "moves", Caption: msg.T("異動の予定", "Moves"), Count: x.total, Empty: msg.T("予定はまだ登録されていません。", "There is no move yet."), Columns: []web.Column{
		{Title: msg.T("職員", "Person"), Head: true}, {Title: msg.T("種別", "Kind"), NoWrap: true}, {Title: msg.T("異動前", "Before")}, {Title: msg.T("異動後", "After")}, {Title: msg.T("役職", "Post")}, {Title: msg.T("状態", "State"), NoWrap: true}}}
	for _, m := range x.shown {
		post := s.show(x, m, "post", r.Lang)
		if m.As != "" {
			post += msg.F("（%s）", " (%s)", s.show(x, m, "post_kind", r.Lang)).In(r.Lang)
		}
		after := web.Cell{Text: s.show(x, m, "unit", r.Lang), Note: m.Title}
		if m.Kind == org.MoveTransfer && m.Keep {
			after.Note = strings.TrimSpace(m.Title + " " + msg.T("今の役職を続けます", "keeps the posts held").In(r.Lang))
		}
		who := web.Cell{Text: s.show(x, m, "person", r.Lang)}
		if x.opens {
			who.Href = "/registers/move/" + m.Code
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{who, {Text: s.show(x, m, "kind", r.Lang)}, {Text: s.show(x, m, "from_unit", r.Lang)}, after, {Text: post}, {Text: s.show(x, m, "state", r.Lang)}}})
	}
	return web.Stack(web.TablePart(t), web.PagingPart(web.Paging{Page: x.page, Size: perPage, Total: x.total, Href: func(n int) string { return r.With("page", fmt.Sprint(n)) }}))
}

// step makes a step. The field of its form carries its name.
func (s *Service) step(r *web.Request) (web.Response, error) {
	name := r.Form("step")
	if err := r.FormFields("step", name+"."); err != nil {
		return web.Response{}, err
	}
	m, ok := setFlow.Move(name)
	if !ok {
		return web.Response{}, fault.New(fault.Invalid, msg.T("この手続はありません。", "There is no such step."))
	}
	reason := strings.TrimSpace(r.Form(name + ".reason"))
	if reason == "" {
		return web.Response{}, fault.At(name+".reason", msg.T("理由を入力してください。", "Please give the reason."))
	}
	if _, err := s.c.Gate.Run(r.Context(), actOf(m), act.Input{"moveset": r.Path("set")}, act.Options{Reason: reason, IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(setHref(r.Path("set")), msg.F("「%s」を記録しました。", "Recorded: %s.", m.Title)), nil
}

// bookFile is the preview as a workbook.
func (s *Service) bookFile(r *web.Request) (web.Response, error) {
	var set org.MoveSet
	err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if set, _, _, err = s.set(ctx, tx, r.Path("set")); err != nil {
			return err
		}
		return s.seen(ctx, tx, r, set)
	})
	if err != nil {
		return web.Response{}, err
	}
	name := msg.F("異動の一括準備_%s_%s.xlsx", "moves_%s_%s.xlsx", set.Code, strings.ReplaceAll(set.Date.String(), "-", "")).In(r.Lang)
	return web.File(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(w io.Writer) error {
		return s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error { return s.Book(ctx, tx, set.Code, r.Lang, w) })
	}), nil
}
