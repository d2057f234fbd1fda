package selfcheck

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// witnesses are the registers whose records can stand for a "yes".
var witnesses = []string{"procedure", "stocktake", "contract", "session", "handover", "disposal"}

// suggestions are records of a section that may prove something, for the field of the evidence. A document number can be
// typed as well.
func (s *Service) suggestions(ctx context.Context, tx *db.Tx, unit string) ([]web.Option, error) {
	var out []web.Option
	for _, name := range witnesses {
		d, ok := s.c.Catalog.Get(name)
		if !ok {
			continue
		}
		q := register.Query{Limit: 8, Units: []string{unit}}
		if d.Unit == "" {
			if _, has := d.Field("unit"); !has {
				continue
			}
			q = register.Query{Limit: 8, Filters: map[string][]string{"unit": {unit}}}
		}
		page, err := s.c.Catalog.List(ctx, tx, d, q)
		if err != nil {
			return nil, err
		}
		for _, rec := range page.Rows {
			label := d.Title
			if d.Label != "" {
				label = msg.F("%s：%s", "%s: %s", d.Title, d.Str(rec.Row, d.Label))
			}
			out = append(out, web.Option{Value: ref.New(name, d.Key(rec.Row)).String(), Label: label})
		}
	}
	return out, nil
}

// answerPage is a sheet to be filled in, one item a card, on a phone as well (bp.11).
func (s *Service) answerPage(r *web.Request) (web.Response, error) {
	var x Response
	var c Campaign
	var items []Item
	var offered []web.Option
	var sheet string
	err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		if x, _, err = s.response(ctx, tx, r.Path("code")); err != nil {
			return err
		}
		if !answersFor(r.Actor, x) {
			return web.NotFound()
		}
		if c, _, err = s.campaign(ctx, tx, x.Campaign); err != nil {
			return err
		}
		if items, err = s.items(ctx, tx, x.Sheet); err != nil {
			return err
		}
		if sheet, err = s.c.Catalog.Label(ctx, tx, ref.New("checksheet", x.Sheet)); err != nil {
			return err
		}
		if slices.ContainsFunc(items, func(i Item) bool { return i.Evidence }) {
			offered, err = s.suggestions(ctx, tx, x.Section)
		}
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	if state := flow.State(x.State); c.State != Open || c.Opens > today || !slices.Contains([]flow.State{Preparing, Answering, Returned}, state) {
		return web.Redirect(viewHref(x.Code), msg.Text{}), nil
	}
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: msg.Same(c.Name)}}, Title: msg.Same(c.Name), Badge: s.stateBadge(x.State),
		Facts: []msg.Text{msg.Same(sheet), msg.F("期限 %s", "due %s", c.Due.Both())},
		Lead:  msg.T("今のありのままを答えてください。「はい」は、台帳や調査の結果と照らし合わせます。途中で保存して、後で続けられます。", "Answer as things are. A yes is held against the registers and scans. You can save and go on later.")}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary(), progress(int(x.Given), len(items))}
	if x.State == string(Returned) {
		parts = append(parts, web.Banner(web.Warn, msg.F("差し戻されました。理由：%s", "It was sent back: %s", x.Comment)))
	}
	have := byItem(Unpack(x.Answers))
	var cards []templ.Component
	for n, i := range items {
		a := have[i.Code]
		answer := web.Field{Name: "a." + i.Code, Label: msg.T("答え", "Answer"), Kind: web.RadioField, Value: a.Value.word(), Required: true, Options: []web.Option{
			{Value: "yes", Label: msg.T("はい", "Yes")}, {Value: "no", Label: msg.T("いいえ", "No")}, {Value: "none", Label: msg.T("該当なし", "Not applicable")}}}
		inner := []templ.Component{web.FieldPart(answer)}
		if i.Evidence {
			inner = append(inner, web.FieldPart(web.Field{Name: "e." + i.Code, Label: msg.T("「はい」の根拠", "Evidence for a yes"), Help: msg.T("文書番号を入力するか、課の記録から選びます。", "Type a document number, or choose a record of the section."), Kind: web.ComboField, Value: a.Evidence, Options: offered, Max: 200}))
		}
		inner = append(inner, web.FieldPart(web.Field{Name: "n." + i.Code, Label: msg.T("補足", "Note"), Value: a.Note, Max: 200, Optional: true}))
		cards = append(cards, card(fmt.Sprintf("%d　%s", n+1, i.Text), inner...))
	}
	parts = append(parts, inside(web.Form{Action: answerHref(x.Code), Label: titleAnswer, Guard: true,
		Buttons: []web.Button{{Title: titleSubmit, Name: "do", Value: "submit", Tone: web.Good}, {Title: msg.T("保存", "Save"), Name: "do", Value: "save"}}, Cancel: web.Link{Title: msg.T("一覧に戻る", "Back"), Href: "/selfcheck"}}, cards...))
	return web.Page(titleAnswer, web.Stack(parts...)).In("/selfcheck"), nil
}

// progress shows how many items have an answer.
func progress(done, total int) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		t := msg.F("%d項目のうち%d項目に回答しました。", "%[2]d of %[1]d items are answered.", total, done)
		_, err := fmt.Fprintf(w, `<p><label>%s <progress value="%d" max="%d"></progress></label></p>`, templ.EscapeString(web.Say(ctx, t)), done, max(total, 1))
		return err
	})
}

// typed reads the answers of a form.
func typed(r *web.Request) (string, error) {
	if err := r.FormFields("do", "a.", "e.", "n."); err != nil {
		return "", err
	}
	of := map[string]*Answer{}
	var order []string
	for _, name := range r.FormNames() {
		kind, item, ok := strings.Cut(name, ".")
		if !ok {
			continue
		}
		a := of[item]
		if a == nil {
			a = &Answer{Item: item}
			of[item], order = a, append(order, item)
		}
		switch v := r.Form(name); kind {
		case "a":
			a.Value = values[v]
		case "e":
			a.Evidence = v
		case "n":
			a.Note = v
		}
	}
	var list []Answer
	for _, item := range order {
		list = append(list, *of[item])
	}
	return Pack(list), nil
}

// answerPost keeps what was answered, or hands it in.
func (s *Service) answerPost(r *web.Request) (web.Response, error) {
	text, err := typed(r)
	if err != nil {
		return web.Response{}, err
	}
	code, id, said, to := r.Path("code"), "selfcheck.save", msg.T("回答を保存しました。", "Your answers were saved."), answerHref(r.Path("code"))
	if r.Form("do") == "submit" {
		id, said, to = "selfcheck.submit", msg.T("回答を提出しました。", "Your answers were handed in."), "/selfcheck"
	}
	if _, err := s.c.Gate.Run(r.Context(), id, act.Input{"response": code, "answers": text}, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(to, said), nil
}
