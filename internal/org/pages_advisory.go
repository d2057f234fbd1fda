package org

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

func advisoryHref(code string) string { return "/advisories/" + esc(code) }

// waitsFor is the day by which the next step of an advisory is due: its triage in open days, then what was promised.
func (s *Service) waitsFor(a Advisory, triage int, stated bool) when.Date {
	switch a.state() {
	case AdvisoryReceived:
		if stated {
			return s.c.Calendar.AddOpen(a.Received, triage)
		}
	case AdvisoryActing:
		return a.Due
	}
	return 0
}

func advisoryBadge(a Advisory, due, today when.Date) templ.Component {
	switch {
	case a.state() == AdvisoryDone:
		return web.Badge(advisoryStates[AdvisoryDone], web.Good)
	case due != 0 && due < today:
		return web.Badge(msg.F("%s・期限超過", "%s, overdue", advisoryStates[a.state()]), web.Bad)
	}
	return web.Badge(advisoryStates[a.state()], web.Warn)
}

const advisoriesPerPage = 50

// advisoriesPage lists what came in: what waits first, by the day it is due (bp.6, R038).
func (s *Service) advisoriesPage(r *web.Request) (web.Response, error) {
	var list []Advisory
	var triage int
	var stated, may bool
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if list, err = register.Load[Advisory](ctx, tx, s.c.Catalog.Must("advisory")); err != nil {
			return err
		}
		if may, err = s.c.Gate.Decides(ctx, tx, r.Actor, "advisory.create"); err != nil {
			return err
		}
		triage, stated, err = s.parameter(ctx, tx, "N.triage")
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	n := map[flow.State]int{}
	for _, a := range list {
		n[a.state()]++
	}
	state := r.Query("state")
	shown := slices.DeleteFunc(slices.Clone(list), func(a Advisory) bool {
		return state != "" && string(a.state()) != state || state == "" && a.state() == AdvisoryDone && r.Query("all") != "1"
	})
	order := map[flow.State]int{AdvisoryReceived: 0, AdvisoryTriaged: 1, AdvisoryActing: 1, AdvisoryDone: 2}
	slices.SortStableFunc(shown, func(a, b Advisory) int {
		return cmp.Or(cmp.Compare(order[a.state()], order[b.state()]), cmp.Compare(s.waitsFor(a, triage, stated), s.waitsFor(b, triage, stated)), cmp.Compare(b.Received, a.Received))
	})
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*advisoriesPerPage, len(shown))
	t := web.Table{ID: "advisories", Caption: msg.T("注意喚起の一覧", "Advisories"), Count: len(shown), Empty: msg.T("対応を待っている注意喚起はありません。", "No advisory waits for anything."), Columns: []web.Column{{Title: msg.T("件名", "Subject"), Head: true},
		{Title: msg.T("発信元", "Source")}, {Title: msg.T("受信日", "Received"), NoWrap: true}, {Title: msg.T("期限", "Due"), NoWrap: true}, {Title: msg.T("状態", "State"), NoWrap: true}}}
	for _, a := range shown[from:min(from+advisoriesPerPage, len(shown))] {
		due := s.waitsFor(a, triage, stated)
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: a.Name, Href: advisoryHref(a.Code)}, {Text: s.word("outside_body", a.Source).In(r.Lang)}, {Text: a.Received.Text(r.Lang)}, {Text: due.Text(r.Lang)}, {Part: advisoryBadge(a, due, today)}}})
	}
	head := web.Head{Title: titleAdvisories, Crumbs: peopleCrumbs(), Lead: msg.T("外部から届いた注意喚起と脆弱性の情報です。届いたものは期限までに対応を判断し、対応が終わるまで追います。", "Warnings and news of weaknesses from outside. Each is triaged in time and followed until it is dealt with.")}
	if stated {
		head.Facts = []msg.Text{msg.F("判断の期限：受信から%d開庁日", "Triaged within %d open day(s)", triage)}
	}
	if may {
		head.Links = []web.Link{{Title: msg.T("届いた注意喚起を登録する", "Register an advisory"), Href: "/registers/advisory/new", Main: true}}
	}
	var tiles []web.Tile
	for _, st := range []flow.State{AdvisoryReceived, AdvisoryTriaged, AdvisoryActing, AdvisoryDone} {
		tiles = append(tiles, web.Tile{Value: msg.Same(web.Number(n[st])), Label: advisoryStates[st], Href: "/advisories?state=" + string(st)})
	}
	return web.Page(titleAdvisories, web.Stack(web.PageHead(head), tabs("/advisories"), web.Tiles(tiles), web.TablePart(t),
		web.PagingPart(web.Paging{Page: page, Size: advisoriesPerPage, Total: len(shown), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))).In("/people"), nil
}

func (s *Service) advisoryPage(r *web.Request) (web.Response, error) {
	var a Advisory
	var labels register.Labels
	var moves []flow.Move
	var triage int
	var stated, edit bool
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if a, _, err = one[Advisory](ctx, tx, s.c.Catalog, "advisory", r.Path("advisory")); err != nil {
			return err
		}
		for _, m := range a.moves() {
			ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, "advisory."+m.Name)
			if err != nil {
				return err
			}
			if ok {
				moves = append(moves, m)
			}
		}
		if edit, err = s.c.Gate.Decides(ctx, tx, r.Actor, "advisory.change"); err != nil {
			return err
		}
		if triage, stated, err = s.parameter(ctx, tx, "N.triage"); err != nil {
			return err
		}
		refs := []ref.Ref{ref.New("person", a.By), ref.New("person", a.Assignee)}
		for _, k := range a.Systems {
			refs = append(refs, ref.New("system", k))
		}
		labels, err = s.labels(ctx, tx, refs...)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	due := s.waitsFor(a, triage, stated)
	head := web.Head{Crumbs: peopleCrumbs(web.Link{Title: titleAdvisories, Href: "/advisories"}), Title: msg.Same(a.Name), Badge: advisoryBadge(a, due, today)}
	if due != 0 {
		head.Facts = []msg.Text{msg.F("期限 %s", "Due %s", due.Both())}
	}
	if edit && a.state() != AdvisoryDone {
		head.Links = []web.Link{{Title: msg.T("関係する情報システムなどを編集する", "Edit the systems concerned"), Href: recordHref("advisory", a.Code) + "/edit"}}
	}
	at := slices.Index([]flow.State{AdvisoryReceived, AdvisoryTriaged, AdvisoryActing, AdvisoryDone}, a.state())
	var way []web.Step
	for i, st := range []flow.State{AdvisoryReceived, AdvisoryTriaged, AdvisoryActing, AdvisoryDone} {
		step := web.Step{Title: advisoryStates[st]}
		switch {
		case i < at || at == 3:
			step.State = web.StepDone
		case i == at:
			step.State = web.StepNow
		}
		way = append(way, step)
	}
	entries := []web.Entry{{Label: msg.T("発信元", "Source"), Text: s.word("outside_body", a.Source).In(r.Lang)}, {Label: msg.T("受信日", "Received"), Text: a.Received.Text(r.Lang)}}
	if a.Triaged != 0 {
		entries = append(entries, web.Entry{Label: msg.T("対応を判断した日", "Triaged"), Text: a.Triaged.Text(r.Lang), Note: named(labels, "person", a.By)}, web.Entry{Label: msg.T("判断の内容", "Verdict"), Text: a.Verdict})
	}
	var systems []string
	for _, k := range a.Systems {
		systems = append(systems, named(labels, "system", k))
	}
	entries = append(entries, web.Entry{Label: msg.T("関係する情報システム", "Systems concerned"), Text: strings.Join(systems, msg.T("、", ", ").In(r.Lang))})
	if a.Assignee != "" {
		entries = append(entries, web.Entry{Label: msg.T("対応する職員", "Dealt with by"), Text: named(labels, "person", a.Assignee), Href: personHref(a.Assignee)}, web.Entry{Label: msg.T("対応の期限", "To be dealt with by"), Text: a.Due.Text(r.Lang)})
	}
	if a.Done != 0 {
		entries = append(entries, web.Entry{Label: msg.T("完了日", "Done"), Text: a.Done.Text(r.Lang)}, web.Entry{Label: msg.T("対応の結果", "What was done"), Text: a.Result})
	}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary(), web.Steps(way), web.SummaryList(entries)}
	for _, m := range moves {
		parts = append(parts, section(m.Title, advisoryForm(a, m)))
	}
	return web.Page(msg.Same(a.Name), web.Stack(parts...)).In("/people"), nil
}

func advisoryForm(a Advisory, m flow.Move) templ.Component {
	f := web.Form{Action: advisoryHref(a.Code), Hidden: [][2]string{{"step", m.Name}}, Label: m.Title, Buttons: []web.Button{{Title: m.Title, Tone: web.Good}}}
	switch m.Name {
	case "triage":
		f.Fields = []web.Field{{Name: "triage.verdict", Label: msg.T("判断の内容", "Verdict"), Kind: web.LongField, Rows: 3, Required: true, Max: 4000, Help: msg.T("該当する情報システムの有無と、どう対応するかを書きます。", "Whether systems of ours are concerned, and what is to be done.")}}
	case "begin":
		f.Fields = []web.Field{{Name: "begin.assignee", Label: msg.T("対応する職員の職員番号", "Person no. of who deals with it"), Required: true, Width: 12, Value: a.Assignee}, {Name: "begin.due", Label: msg.T("対応の期限", "To be dealt with by"), Kind: web.DateField, Required: true}}
	case "close", "finish":
		f.Fields = []web.Field{{Name: m.Name + ".result", Label: msg.T("対応の結果", "What was done"), Kind: web.LongField, Rows: 3, Required: true, Max: 4000}}
		if m.Name == "close" {
			f.Fields[0].Label, f.Buttons[0].Tone = msg.T("対応を要しない理由", "Why nothing is to be done"), web.Plain
		}
	case "again":
		f.Buttons[0].Tone = web.Plain
		f.Fields = []web.Field{{Name: "again.reason", Label: msg.T("理由", "Reason"), Kind: web.LongField, Rows: 2, Required: true, Help: msg.T("記録に残ります。", "It is kept in the record.")}}
	}
	return web.FormPart(f)
}

// advisoryStep makes one step. The fields of its form carry its name.
func (s *Service) advisoryStep(r *web.Request) (web.Response, error) {
	m, known := Intake().Move(r.Form("step"))
	if !known {
		return web.Response{}, fault.New(fault.Invalid, msg.T("この手続はありません。", "There is no such step."))
	}
	if err := r.FormFields("step", m.Name+"."); err != nil {
		return web.Response{}, err
	}
	in := act.Input{"advisory": r.Path("advisory")}
	for _, name := range []string{"verdict", "assignee", "due", "result"} {
		if r.FormHas(m.Name + "." + name) {
			in[name] = r.Form(m.Name + "." + name)
		}
	}
	reason := r.Form(m.Name + ".reason")
	if m.Name == "again" && reason == "" {
		return web.Response{}, fault.At("again.reason", msg.T("理由を入力してください。", "Please give the reason."))
	}
	err := s.run(r, "advisory."+m.Name, in, reason)
	if f := fault.As(err); f != nil {
		for i := range f.Fields { // at the field of the form
			f.Fields[i].Name = m.Name + "." + f.Fields[i].Name
		}
	}
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect(advisoryHref(r.Path("advisory")), msg.F("「%s」を記録しました。", "Recorded: %s.", m.Title)), nil
}
