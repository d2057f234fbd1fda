package transfer

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// overseers may read every note: they answer for posts and their hand-over.
var overseers = []string{"ciso", "chief", "hr_officer", "audit_chief", "auditor"}

type noteData struct {
	Handover
	labels register.Labels
	gone   bool // the former holder is no longer there
	path   string
}

func (x noteData) name(register, key string) string {
	if n := x.labels[ref.New(register, key)]; n != "" {
		return n
	}
	return key
}

func (s *Service) noteData(r *web.Request) (x noteData, err error) {
	err = s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if x.Handover, _, err = s.note(ctx, tx, r.Path("note")); err != nil {
			return err
		}
		a := r.Actor
		allowed := a.System || a.Person == x.Giver || a.Person == x.Taker
		for _, role := range overseers {
			allowed = allowed || a.Has(role)
		}
		if !allowed {
			return web.NotFound()
		}
		if x.gone, err = s.gone(ctx, tx, x.Giver, when.Of(tx.Now())); err != nil {
			return err
		}
		x.labels, err = s.c.Catalog.Names(ctx, tx, ref.New("post", x.Post), ref.New("person", x.Giver), ref.New("person", x.Taker))
		return err
	})
	x.path = "/transfers/handovers/" + x.Code
	return x, err
}

// notePage is a note as its giver writes it, its taker reads and accepts it, and everybody prints it.
func (s *Service) notePage(r *web.Request) (web.Response, error) {
	x, err := s.noteData(r)
	if err != nil {
		return web.Response{}, err
	}
	state := web.Badge(msg.T("未作成", "Not written"), web.Bad)
	switch {
	case x.Accepted != 0:
		state = web.Badge(msg.T("受領済み", "Accepted"), web.Good)
	case x.Given != 0:
		state = web.Badge(msg.T("受領待ち", "To be accepted"), web.Warn)
	}
	title := msg.F("引継書：%s", "Hand-over note: %s", x.name("post", x.Post))
	parts := []templ.Component{web.PrintHead(web.Sheet{Number: x.Code, Date: x.From.Text(r.Lang)}), web.PageHead(web.Head{Crumbs: crumbs(web.Link{Title: titleNote}), Title: title, Badge: state}), web.ErrorSummary(),
		web.SummaryList([]web.Entry{{Label: msg.T("前任者", "Former holder"), Text: x.name("person", x.Giver)}, {Label: msg.T("後任者", "Successor"), Text: x.name("person", x.Taker)}, {Label: msg.T("着任日", "From"), Text: x.From.Text(r.Lang)},
			{Label: msg.T("引継書を渡した日", "Given"), Text: x.Given.Text(r.Lang)}, {Label: msg.T("受領した日", "Accepted"), Text: x.Accepted.Text(r.Lang)}})}
	writes := r.Actor.Person == x.Giver && x.Accepted == 0
	if writes {
		parts = append(parts, within(msg.T("引継書を書く", "Write the note"), web.FormPart(web.Form{Action: x.path, Guard: true, Label: titleNote, Hidden: [][2]string{{"step", "give"}}, Fields: []web.Field{
			{Name: "text", Label: msg.T("引継ぎの内容", "What is handed over"), Kind: web.LongField, Rows: 8, Max: 4000, Value: x.Text, Help: msg.T("懸案、期限のある仕事、関係者、手順書のある場所などを書いてください。個人番号は書かないでください。", "Open matters, deadlines, people, where procedures are kept. Never write an individual number.")},
			{Name: "items", Label: msg.T("引き渡すもの", "Things left"), Kind: web.LongField, Rows: 4, Max: 4000, Value: x.Items, Optional: true, Help: msg.T("鍵、媒体、文書など、1行に1件ずつ記入します。", "Keys, media, papers, one a line.")}},
			Buttons: []web.Button{{Title: msg.T("後任者に渡す", "Give it to the successor"), Name: "give", Value: "true", Tone: web.Good}, {Title: msg.T("下書きとして保存する", "Save as a draft"), Name: "give", Value: "false"}}})))
	} else {
		text := x.Text
		if text == "" || x.Given == 0 && r.Actor.Person == x.Taker {
			text = msg.T("まだ書かれていません。", "Nothing is written yet.").In(r.Lang)
		}
		parts = append(parts, within(msg.T("引継ぎの内容", "What is handed over"), paragraphs(text)))
		if x.Items != "" && (x.Given != 0 || r.Actor.Person != x.Taker) {
			parts = append(parts, within(msg.T("引き渡すもの", "Things left"), paragraphs(x.Items)))
		}
	}
	if r.Actor.Person == x.Taker && x.Accepted == 0 && (x.Given != 0 || x.gone) {
		lead := msg.T("内容を確かめ、引き渡されたものを受け取ったら受領してください。", "Accept it when you have read it and received what is left.")
		if x.Given == 0 {
			lead = msg.T("前任者が離職しているため、引継書がないまま受領します。残された文書と台帳を確かめてください。", "The former holder has left without a note. Please look at the papers and registers that are there.")
		}
		parts = append(parts, within(msg.T("引継ぎを受領する", "Accept the hand-over"), web.Para(lead), web.FormPart(web.Form{Action: x.path, Label: msg.T("引継ぎを受領する", "Accept the hand-over"), Hidden: [][2]string{{"step", "accept"}}, Buttons: []web.Button{{Title: msg.T("受領する", "Accept"), Tone: web.Good}}})))
	}
	return web.Page(title, web.Stack(parts...)).In("/transfers"), nil
}

// paragraphs shows lines as they were typed.
func paragraphs(text string) templ.Component {
	var out []templ.Component
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, web.Para(msg.Same(line)))
		}
	}
	return web.Stack(out...)
}

func (s *Service) noteStep(r *web.Request) (web.Response, error) {
	if err := r.FormFields("step", "text", "items", "give"); err != nil {
		return web.Response{}, err
	}
	id, done := "handover.accept", msg.T("引継ぎを受領しました。", "The hand-over is accepted.")
	in := act.Input{"handover": r.Path("note")}
	switch r.Form("step") {
	case "accept":
	case "give":
		id, done = "handover.give", msg.T("下書きを保存しました。", "The draft is saved.")
		in["text"], in["items"] = r.Form("text"), r.Form("items")
		if r.Form("give") == "true" {
			in["give"], done = "true", msg.T("引継書を後任者に渡しました。", "The note is given to the successor.")
		}
	default:
		return web.Response{}, fault.New(fault.Invalid, msg.T("この手続はありません。", "There is no such step."))
	}
	if _, err := s.c.Gate.Run(r.Context(), id, in, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/transfers/handovers/"+r.Path("note"), done), nil
}

type leaveData struct {
	LeaveCheck
	person org.Person
	unit   string
	by     string
	may    bool
	held   []holding
}

func (s *Service) leaveData(r *web.Request) (x leaveData, err error) {
	err = s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if x.LeaveCheck, _, x.person, err = s.list(ctx, tx, r.Path("person")); err != nil {
			return err
		}
		err := s.c.Gate.May(ctx, tx, r.Actor, recordAct, act.Input{"person": x.person.Code})
		if err != nil && fault.As(err) == nil {
			return err
		}
		x.may = err == nil
		allowed := x.may || r.Actor.Person == x.person.Code
		for _, role := range overseers {
			allowed = allowed || r.Actor.Has(role)
		}
		if !allowed {
			return web.NotFound()
		}
		if x.held, err = s.holdings(ctx, tx, x.person.Code, when.Of(tx.Now())); err != nil {
			return err
		}
		names, err := s.c.Catalog.Names(ctx, tx, ref.New("unit", x.person.Unit), ref.New("person", x.By))
		x.unit, x.by = names[ref.New("unit", x.person.Unit)], names[ref.New("person", x.By)]
		return err
	})
	return x, err
}

// leavePage is the checklist of somebody who leaves, to be filled in at their desk on a telephone, or printed.
func (s *Service) leavePage(r *web.Request) (web.Response, error) {
	x, err := s.leaveData(r)
	if err != nil {
		return web.Response{}, err
	}
	state := web.Badge(msg.T("確認中", "Open"), web.Warn)
	if x.Done() {
		state = web.Badge(msg.T("完了", "Complete"), web.Good)
	}
	d := s.c.Catalog.Must("leavecheck")
	title := msg.F("離職時の確認：%s", "Leave checklist: %s", x.person.Name)
	parts := []templ.Component{web.PrintHead(web.Sheet{Number: x.Code, Date: x.Last.Text(r.Lang)}), web.PageHead(web.Head{Crumbs: crumbs(web.Link{Title: titleLeave}), Title: title, Badge: state}), web.ErrorSummary(),
		web.SummaryList([]web.Entry{{Label: msg.T("所属", "Unit"), Text: x.unit}, {Label: msg.T("最終在職日", "Last day"), Text: x.Last.Text(r.Lang)}, {Label: msg.T("確認した職員", "Checked by"), Text: x.by}}), s.holdingTable(x.held, r.Lang)}
	if !x.may {
		var entries []web.Entry
		for _, f := range leaveFields {
			entries = append(entries, web.Entry{Label: titleOf(d, f.name), Text: f.day(&x.LeaveCheck).Text(r.Lang)})
		}
		return web.Page(title, web.Stack(append(parts, web.SummaryList(entries), paragraphs(x.Note))...)).In("/transfers"), nil
	}
	f := web.Form{Action: "/transfers/leaves/" + r.Path("person"), Label: title, Cancel: web.Link{Href: "/transfers"}, Buttons: []web.Button{{Title: msg.T("記録する", "Record"), Tone: web.Good}}}
	for _, x2 := range leaveFields {
		value := ""
		if day := *x2.day(&x.LeaveCheck); day != 0 {
			value = day.String()
		}
		f.Fields = append(f.Fields, web.Field{Name: x2.name, Label: titleOf(d, x2.name), Kind: web.DateField, Value: value, Optional: true})
	}
	f.Fields = append(f.Fields, web.Field{Name: "note", Label: titleOf(d, "note"), Kind: web.LongField, Rows: 3, Max: 4000, Value: x.Note, Optional: true, Help: msg.T("貸与していなかったものは、確かめた日を入力し、ここにその旨を書いてください。", "For what was never lent, give the day you made sure, and say so here.")})
	return web.Page(title, web.Stack(append(parts, web.FormPart(f))...)).In("/transfers"), nil
}

func (s *Service) leaveStep(r *web.Request) (web.Response, error) {
	names := []string{"note"}
	for _, f := range leaveFields {
		names = append(names, f.name)
	}
	if err := r.FormFields(names...); err != nil {
		return web.Response{}, err
	}
	in := act.Input{"person": r.Path("person")}
	for _, n := range names {
		if r.FormHas(n) {
			in[n] = r.Form(n)
		}
	}
	if _, err := s.c.Gate.Run(r.Context(), recordAct, in, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/transfers/leaves/"+r.Path("person"), msg.T("離職時の確認を記録しました。", "The checklist is recorded.")), nil
}
