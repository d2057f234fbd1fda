package org

import (
	"context"
	"net/url"
	"slices"
	"strconv"

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

func meetingHref(code string) string { return "/committee/" + esc(code) }

func meetingBadge(m Meeting, today when.Date) templ.Component {
	switch {
	case m.state() == MeetingApproved:
		return web.Badge(meetingStates[MeetingApproved], web.Good)
	case m.state() == MeetingOpen && m.Date > today:
		return web.Badge(msg.T("開催前", "To be held"), web.Info)
	case m.state() == MeetingOpen && m.Minutes != "":
		return web.Badge(msg.T("議事録あり", "Minutes kept"), web.Good)
	case m.state() == MeetingCancelled:
		return web.Badge(meetingStates[MeetingCancelled], web.Plain)
	}
	return web.Badge(meetingStates[m.state()], web.Warn)
}

const meetingsPerPage = 50

// committeesPage lists the committees with how often each met, and their meetings, the next first (bp.6, R035).
func (s *Service) committeesPage(r *web.Request) (web.Response, error) {
	var committees []Committee
	var meetings []Meeting
	var labels register.Labels
	var need int
	var stated, may bool
	today := when.Of(r.Now())
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if committees, err = register.Load[Committee](ctx, tx, s.c.Catalog.Must("committee")); err != nil {
			return err
		}
		if meetings, err = register.Load[Meeting](ctx, tx, s.c.Catalog.Must("meeting")); err != nil {
			return err
		}
		if need, stated, err = s.parameter(ctx, tx, "N.committee"); err != nil {
			return err
		}
		if may, err = s.c.Gate.Decides(ctx, tx, r.Actor, "meeting.create"); err != nil {
			return err
		}
		var refs []ref.Ref
		for _, k := range committees {
			refs = append(refs, ref.New("person", k.Chair))
		}
		labels, err = s.labels(ctx, tx, refs...)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	type count struct {
		held int
		next when.Date
	}
	by, names := map[string]*count{}, map[string]string{}
	for _, k := range committees {
		by[k.Code], names[k.Code] = &count{}, k.Name
	}
	for _, m := range meetings {
		c := by[m.Committee]
		switch {
		case c == nil || m.state() == MeetingCancelled:
		case m.Date > today && (c.next == 0 || m.Date < c.next):
			c.next = m.Date
		case m.Date <= today && m.Date.FY() == today.FY() && m.minuted():
			c.held++
		}
	}
	t := web.Table{ID: "committees", Caption: msg.T("委員会の一覧", "Committees"), Empty: msg.T("委員会はまだ登録されていません。", "No committee is registered yet."), Columns: []web.Column{{Title: msg.T("委員会", "Committee"), Head: true},
		{Title: msg.T("委員長", "Chair")}, {Title: msg.T("今年度の議事録", "Minutes this year"), Num: true}, {Title: msg.T("次回", "Next"), NoWrap: true}}}
	for _, k := range committees {
		if !LiveOn(k.Since, k.Until, today) {
			continue
		}
		c := by[k.Code]
		held := web.Cell{Text: web.Number(c.held)}
		if stated {
			held.Note = msg.F("必要 %d回", "%d needed", need).In(r.Lang)
		}
		next := web.Cell{Text: c.next.Text(r.Lang)}
		if c.next == 0 {
			next = web.Cell{Text: msg.T("未定", "Not set").In(r.Lang)}
			if may {
				next.Href = "/registers/meeting/new?committee=" + url.QueryEscape(k.Code)
			}
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: k.Name, Href: recordHref("committee", k.Code)}, {Text: named(labels, "person", k.Chair), Href: personHref(k.Chair)}, held, next}})
	}
	t.Count = len(t.Rows)
	slices.SortStableFunc(meetings, func(a, b Meeting) int { return int(b.Date - a.Date) })
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*meetingsPerPage, len(meetings))
	l := web.Table{ID: "meetings", Caption: msg.T("会議の一覧", "Meetings"), Count: len(meetings), Empty: msg.T("会議はまだ登録されていません。", "No meeting is registered yet."), Columns: []web.Column{{Title: msg.T("開催日", "Held on"), Head: true, NoWrap: true},
		{Title: msg.T("委員会", "Committee")}, {Title: msg.T("議題の区分", "Matters")}, {Title: msg.T("状態", "State"), NoWrap: true}}}
	for _, m := range meetings[from:min(from+meetingsPerPage, len(meetings))] {
		var kinds msg.Text
		for _, k := range m.Agenda {
			kinds = Listed(kinds, s.word("agenda", k))
		}
		l.Rows = append(l.Rows, web.Row{Cells: []web.Cell{{Text: m.Date.Text(r.Lang), Href: meetingHref(m.Code)}, {Text: names[m.Committee]}, {Text: kinds.In(r.Lang)}, {Part: meetingBadge(m, today)}}})
	}
	head := web.Head{Title: titleCommittees, Crumbs: peopleCrumbs(), Lead: msg.T("情報セキュリティを審議する委員会と、その会議です。会議を選ぶと、召集通知、議題、決定、議事録が分かります。", "The committees that deliberate on information security, and their meetings. Choose a meeting for its notice, agenda, decisions and minutes.")}
	if may {
		head.Links = []web.Link{{Title: msg.T("会議を登録する", "Register a meeting"), Href: "/registers/meeting/new", Main: true}}
	}
	return web.Page(titleCommittees, web.Stack(web.PageHead(head), tabs("/committee"), web.TablePart(t), web.TablePart(l),
		web.PagingPart(web.Paging{Page: page, Size: meetingsPerPage, Total: len(meetings), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))).In("/people"), nil
}

// sitting is what the pages of a meeting show.
type sitting struct {
	Meeting
	committee Committee
	items     []AgendaItem
	labels    register.Labels
	moves     []flow.Move
	may       bool // change the meeting and its agenda
}

func (s *Service) sitting(r *web.Request) (v sitting, err error) {
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if v.Meeting, _, err = one[Meeting](ctx, tx, s.c.Catalog, "meeting", r.Path("meeting")); err != nil {
			return err
		}
		if v.committee, _, err = one[Committee](ctx, tx, s.c.Catalog, "committee", v.Committee); err != nil {
			return err
		}
		if v.items, err = AgendaOf(ctx, tx, s.c.Catalog, v.Code); err != nil {
			return err
		}
		if v.moves, err = s.minutesMoves(ctx, tx, r, v); err != nil {
			return err
		}
		if v.may, err = s.c.Gate.Decides(ctx, tx, r.Actor, "agendaitem.create"); err != nil {
			return err
		}
		v.labels, err = s.labels(ctx, tx, ref.New("person", v.committee.Chair), ref.New("person", v.Applicant), ref.New("person", v.Approver), ref.New("unit", v.committee.Unit))
		return err
	})
	return v, err
}

// minutesMoves are the steps the person could make now.
func (s *Service) minutesMoves(ctx context.Context, tx *db.Tx, r *web.Request, v sitting) ([]flow.Move, error) {
	var out []flow.Move
	for _, m := range Minutes().Moves {
		if m.From != v.state() {
			continue
		}
		ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, "meeting."+m.Name)
		if err != nil {
			return nil, err
		}
		by, err := s.hand(ctx, tx, r.Actor, "meeting."+m.Name, m, v.Committee)
		if err != nil {
			return nil, err
		}
		inst := v.instance(v.items)
		if m.Name == "submit" && inst.Applicant == nobody {
			inst.Applicant = by.Key
			ok = ok && ready(v.Meeting, v.items, when.Of(r.Now())) == nil
		}
		if m.Name == "cancel" {
			ok = ok && v.Minutes == "" && v.Record == ""
		}
		if _, err := Minutes().Step(inst, m.Name, by); ok && err == nil {
			out = append(out, m)
		}
	}
	return out, nil
}

func (s *Service) meetingPage(r *web.Request) (web.Response, error) {
	v, err := s.sitting(r)
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	title := msg.F("%s　%s", "%s, %s", v.committee.Name, v.Date.Both())
	open := v.state() == MeetingOpen
	head := web.Head{Crumbs: peopleCrumbs(web.Link{Title: titleCommittees, Href: "/committee"}), Title: title, Badge: meetingBadge(v.Meeting, today),
		Links: []web.Link{{Title: titleCall, Href: meetingHref(v.Code) + "/notice"}}}
	if v.may && open {
		head.Links = append(head.Links, web.Link{Title: msg.T("議題を加える", "Add a matter"), Href: "/registers/agendaitem/new?meeting=" + url.QueryEscape(v.Code), Main: true},
			web.Link{Title: msg.T("会議と議事の要旨を編集する", "Edit the meeting and its record"), Href: recordHref("meeting", v.Code) + "/edit"})
	}
	entries := []web.Entry{{Label: msg.T("開催日", "Held on"), Text: v.Date.Text(r.Lang), Note: v.Time}, {Label: msg.T("開催場所", "Place"), Text: v.Place},
		{Label: msg.T("委員長", "Chair"), Text: named(v.labels, "person", v.committee.Chair), Href: personHref(v.committee.Chair)}, {Label: msg.T("事務局", "Secretariat"), Text: named(v.labels, "unit", v.committee.Unit)},
		{Label: msg.T("召集通知日", "Called on"), Text: v.Called.Text(r.Lang)}, {Label: msg.T("議事録の文書番号", "Minutes, document no."), Text: v.Minutes}}
	for _, e := range []struct {
		label msg.Text
		key   string
	}{{msg.T("議事録を提出した職員", "Minutes handed in by"), v.Applicant}, {msg.T("議事録を承認した委員長", "Minutes approved by"), v.Approver}} {
		if e.key != "" {
			entries = append(entries, web.Entry{Label: e.label, Text: named(v.labels, "person", e.key), Href: personHref(e.key)})
		}
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: today.Text(r.Lang), Number: v.Minutes}), web.PageHead(head), web.ErrorSummary(), web.SummaryList(entries), s.agendaTable(v, r.Lang, open)}
	if v.Record != "" {
		parts = append(parts, section(msg.T("議事の要旨", "Record of the discussion"), linesOf(v.Record)...))
	}
	if open && v.Date <= today {
		if f := fault.As(ready(v.Meeting, v.items, today)); f != nil && v.may && !v.minuted() {
			parts = append(parts, web.Banner(web.Info, f.Message))
		}
	}
	for _, m := range v.moves {
		parts = append(parts, section(m.Title, minutesForm(v, m)))
	}
	return web.Page(title, web.Stack(parts...)).In("/people"), nil
}

func (s *Service) agendaTable(v sitting, lang msg.Lang, open bool) templ.Component {
	t := web.Table{ID: "agenda", Caption: msg.T("議題と決定", "Agenda and decisions"), Count: len(v.items), Empty: msg.T("議題はまだ登録されていません。", "No matter is registered yet."), Columns: []web.Column{{Title: msg.T("議題", "Matter"), Head: true},
		{Title: msg.T("区分", "Kind")}, {Title: msg.T("資料", "Paper")}, {Title: msg.T("決定", "Decision")}}}
	for _, i := range v.items {
		name := web.Cell{Text: i.Name, Href: recordHref("agendaitem", i.Code)}
		if open && v.may {
			name.Href += "/edit"
		}
		decided := web.Cell{Text: s.word("agenda_result", i.Decided).In(lang), Note: i.Decision}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{name, {Text: s.word("agenda", i.Kind).In(lang)}, {Text: i.Paper}, decided}})
	}
	return web.TablePart(t)
}

// minutesForm is one step. The hash says which minutes were seen.
func minutesForm(v sitting, m flow.Move) templ.Component {
	f := web.Form{Action: meetingHref(v.Code), Hidden: [][2]string{{"step", m.Name}, {"seen", minutesHash(v.Meeting, v.items)}}, Label: m.Title, Buttons: []web.Button{{Title: m.Title, Tone: web.Good}}}
	reason := web.Field{Name: m.Name + ".reason", Label: msg.T("理由", "Reason"), Kind: web.LongField, Rows: 2, Required: true, Help: msg.T("記録に残ります。", "It is kept in the record.")}
	switch m.Name {
	case "submit", "approve":
		reason.Required, reason.Optional = false, true
	case "cancel":
		f.Buttons[0].Tone, f.Buttons[0].Ask = web.Bad, msg.T("この会議を中止にします。元に戻すことはできません。よろしいですか。", "The meeting will be called off for good. Go on?")
	default:
		f.Buttons[0].Tone = web.Plain
	}
	f.Fields = append(f.Fields, reason)
	return web.FormPart(f)
}

// meetingStep makes one step of the minutes.
func (s *Service) meetingStep(r *web.Request) (web.Response, error) {
	m, known := Minutes().Move(r.Form("step"))
	if !known {
		return web.Response{}, fault.New(fault.Invalid, msg.T("この手続はありません。", "There is no such step."))
	}
	if err := r.FormFields("step", "seen", m.Name+"."); err != nil {
		return web.Response{}, err
	}
	reason := r.Form(m.Name + ".reason")
	if reason == "" && m.Name != "submit" && m.Name != "approve" {
		return web.Response{}, fault.At(m.Name+".reason", msg.T("理由を入力してください。", "Please give the reason."))
	}
	if err := s.run(r, "meeting."+m.Name, act.Input{"meeting": r.Path("meeting"), "seen": r.Form("seen")}, reason); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(meetingHref(r.Path("meeting")), msg.F("「%s」を記録しました。", "Recorded: %s.", m.Title)), nil
}

// callPage is the notice of a meeting, one sheet to print (召集通知).
func (s *Service) callPage(r *web.Request) (web.Response, error) {
	v, err := s.sitting(r)
	if err != nil {
		return web.Response{}, err
	}
	called := v.Called
	if called == 0 {
		called = when.Of(r.Now())
	}
	place := v.Place
	if place == "" {
		place = msg.T("追って通知します", "To be announced").In(r.Lang)
	}
	entries := []web.Entry{{Label: msg.T("日時", "When"), Text: v.Date.Text(r.Lang), Note: v.Time}, {Label: msg.T("場所", "Where"), Text: place}}
	t := web.Table{ID: "agenda", Caption: msg.T("議題", "Agenda"), Count: len(v.items), Empty: msg.T("議題は追って通知します。", "The agenda is to be announced."), Columns: []web.Column{{Title: msg.T("議題", "Matter"), Head: true}, {Title: msg.T("区分", "Kind")}, {Title: msg.T("資料", "Paper")}}}
	for _, i := range v.items {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: i.Name}, {Text: s.word("agenda", i.Kind).In(r.Lang)}, {Text: i.Paper}}})
	}
	head := web.Head{Crumbs: peopleCrumbs(web.Link{Title: titleCommittees, Href: "/committee"}, web.Link{Title: msg.Same(v.committee.Name), Href: meetingHref(v.Code)}), Title: msg.F("%sの開催について", "Meeting of: %s", v.committee.Name),
		Facts: []msg.Text{called.Both(), msg.F("委員長 %s", "Chair: %s", named(v.labels, "person", v.committee.Chair))}, Lead: msg.T("次のとおり会議を開きますので、出席してください。欠席する場合は、事務局に連絡してください。", "The committee meets as follows. Please attend, and tell the secretariat if you cannot.")}
	return web.Page(titleCall, web.Stack(web.PrintHead(web.Sheet{Date: called.Text(r.Lang), Number: v.Code}), web.PageHead(head), web.SummaryList(entries), web.TablePart(t),
		web.Para(msg.F("事務局：%s", "Secretariat: %s", named(v.labels, "unit", v.committee.Unit))))).In("/people"), nil
}
