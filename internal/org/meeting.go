package org

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// AgendaItem is one matter of a meeting, with its paper and what was decided (議題).
type AgendaItem struct {
	Code     string `reg:"code,key" ja:"議題番号" en:"Item no."`
	Meeting  string `reg:"meeting,required,list,filter" refers:"meeting" ja:"会議" en:"Meeting"`
	Order    int64  `reg:"order,list" ja:"並び順" en:"Order"`
	Kind     string `reg:"kind,required,list,filter" vocab:"agenda" ja:"議題の区分" en:"Kind of matter"`
	Name     string `reg:"name,required,list,search" ja:"議題" en:"Matter"`
	Paper    string `reg:"paper" ja:"資料の文書番号" en:"Paper, document no."`
	Decided  string `reg:"decided,list" vocab:"agenda_result" ja:"決定" en:"Outcome"`
	Decision string `reg:"decision,long" max:"4000" ja:"決定の内容" en:"What was decided"`
}

// The states of a meeting (vocabulary meeting_state). It is open until its minutes are handed in.
const (
	MeetingOpen      flow.State = "open"
	MeetingSubmitted flow.State = "submitted"
	MeetingApproved  flow.State = "approved"
	MeetingCancelled flow.State = "cancelled"
)

var meetingStates = map[flow.State]msg.Text{
	MeetingOpen:      msg.T("議事録の承認前", "Minutes not approved yet"),
	MeetingSubmitted: msg.T("議事録の承認待ち", "Minutes handed in"),
	MeetingApproved:  msg.T("議事録承認済み", "Minutes approved"),
	MeetingCancelled: msg.T("中止", "Not held"),
}

var (
	titleMinutesSubmit   = msg.T("議事録の提出", "Hand in the minutes")
	titleMinutesApprove  = msg.T("議事録の承認", "Approve the minutes")
	titleMinutesReturn   = msg.T("議事録の差戻し", "Send the minutes back")
	titleMinutesWithdraw = msg.T("議事録の取戻し", "Take the minutes back")
	titleMeetingCancel   = msg.T("会議の中止", "Call the meeting off")
)

// scopeCommittee is the attribute of a meeting in whose scope its chair approves.
const scopeCommittee = "committee"

// Minutes is the way of a meeting's minutes: whoever wrote them hands them in, the chair approves them and has not
// written them (bp.6).
func Minutes() *flow.Flow {
	return &flow.Flow{Name: "minutes", Title: msg.T("委員会の議事録", "Minutes of a committee"), Clauses: []clause.ID{"bp.6"},
		Start: MeetingOpen, End: []flow.State{MeetingApproved, MeetingCancelled}, States: meetingStates,
		Moves: []flow.Move{
			{Name: "submit", Title: titleMinutesSubmit, From: MeetingOpen, To: MeetingSubmitted, Applicant: true},
			{Name: "approve", Title: titleMinutesApprove, From: MeetingSubmitted, To: MeetingApproved, Role: roleCommittee, Scope: scopeCommittee, Approval: true},
			{Name: "return", Title: titleMinutesReturn, From: MeetingSubmitted, To: MeetingOpen, Role: roleCommittee, Scope: scopeCommittee, NotApplicant: true, Back: true},
			{Name: "withdraw", Title: titleMinutesWithdraw, From: MeetingSubmitted, To: MeetingOpen, Applicant: true, Back: true},
			{Name: "cancel", Title: titleMeetingCancel, From: MeetingOpen, To: MeetingCancelled, Role: "chief", Back: true},
		}}
}

// minuted says whether the meeting has minutes: approved here, or a document of its own that waits for nobody.
func (m Meeting) minuted() bool {
	return m.State == string(MeetingApproved) || m.Minutes != "" && m.State != string(MeetingSubmitted) && m.State != string(MeetingCancelled)
}

// state is where the meeting stands; a record from before there were states stands at the beginning.
func (m Meeting) state() flow.State {
	if m.State == "" {
		return MeetingOpen
	}
	return flow.State(m.State)
}

// minutesHash is of what the chair approves: the day, the record and every decision.
func minutesHash(m Meeting, items []AgendaItem) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q %q %q\n", m.Date, m.Place, m.Minutes, m.Record)
	for _, i := range items {
		fmt.Fprintf(h, "%d %q %q %q %q %q %q\n", i.Order, i.Code, i.Kind, i.Name, i.Paper, i.Decided, i.Decision)
	}
	return hex.EncodeToString(h.Sum(nil))
}

type steppingKey struct{}

// stepping marks a context in which a step of a flow is carried out: it may change what is closed to everybody else.
func stepping(ctx context.Context) context.Context {
	return context.WithValue(ctx, steppingKey{}, true)
}

func steps(ctx context.Context) bool { return ctx.Value(steppingKey{}) != nil }

// bindMeetings keeps minutes that were handed in or approved from being changed (bp.6).
func bindMeetings(_ *register.Catalog, d *register.Def) {
	d.Check = func(ctx context.Context, tx *db.Tx, old, next register.Row) error {
		if old == nil {
			if d.Str(next, "state") == "" {
				d.Put(next, "state", string(MeetingOpen))
			}
			return nil
		}
		m := register.Decode[Meeting](d, old)
		if steps(ctx) || m.state() == MeetingOpen {
			return nil
		}
		return closedMeeting(m)
	}
}

func closedMeeting(m Meeting) error {
	return fault.New(fault.Conflict, msg.F("この会議は「%s」の状態のため、変更できません。議事録を直すときは、差し戻してから変更してください。",
		"The meeting stands at “%s” and cannot be changed. Have the minutes sent back first.", meetingStates[m.state()]))
}

// agendaRules keep the agenda of a meeting and the matters it is counted for together.
type agendaRules struct {
	c *register.Catalog
	d *register.Def
}

func bindAgenda(c *register.Catalog, d *register.Def) {
	r := agendaRules{c, d}
	d.Check, d.After = r.check, r.after
	d.Reads = []string{"meeting"}
}

func (r agendaRules) meeting(ctx context.Context, tx *db.Tx, key string) (Meeting, register.Record, bool, error) {
	d := r.c.Must("meeting")
	rec, ok, err := r.c.One(ctx, tx, d, key)
	if err != nil || !ok {
		return Meeting{}, rec, false, err // that it is not there is said by its field
	}
	return register.Decode[Meeting](d, rec.Row), rec, true, nil
}

func (r agendaRules) check(ctx context.Context, tx *db.Tx, old, next register.Row) error {
	for _, key := range []string{r.d.Str(next, "meeting"), r.was(old)} {
		if key == "" {
			continue
		}
		m, _, ok, err := r.meeting(ctx, tx, key)
		if err != nil {
			return err
		}
		if ok && m.state() != MeetingOpen {
			return closedMeeting(m)
		}
	}
	return nil
}

func (r agendaRules) was(old register.Row) string {
	if old == nil {
		return ""
	}
	return r.d.Str(old, "meeting")
}

// after adds the kind of a matter to its meeting; with the last matter of a kind the kind goes too.
func (r agendaRules) after(ctx context.Context, tx *db.Tx, ch register.Change) error {
	now := register.Decode[AgendaItem](r.d, ch.New)
	if ch.Old != nil && !ch.Ended {
		if was := register.Decode[AgendaItem](r.d, ch.Old); was.Meeting != now.Meeting || was.Kind != now.Kind {
			if err := r.count(ctx, tx, was, true); err != nil {
				return err
			}
		}
	}
	return r.count(ctx, tx, now, ch.Ended)
}

func (r agendaRules) count(ctx context.Context, tx *db.Tx, i AgendaItem, gone bool) error {
	m, rec, ok, err := r.meeting(ctx, tx, i.Meeting)
	if err != nil || !ok {
		return err
	}
	if gone {
		if m.state() != MeetingOpen {
			return closedMeeting(m)
		}
		left, err := AgendaOf(ctx, tx, r.c, i.Meeting)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(left, func(x AgendaItem) bool { return x.Kind == i.Kind && x.Code != i.Code }) {
			return nil
		}
		m.Agenda = slices.DeleteFunc(m.Agenda, func(k string) bool { return k == i.Kind })
	} else {
		if slices.Contains(m.Agenda, i.Kind) {
			return nil
		}
		m.Agenda = append(m.Agenda, i.Kind)
		slices.Sort(m.Agenda)
	}
	d := r.c.Must("meeting")
	_, err = r.c.Change(stepping(ctx), tx, actor.From(ctx), d, register.Encode(d, m), rec.Version)
	return err
}

// AgendaOf is the agenda of a meeting, in its order.
func AgendaOf(ctx context.Context, tx *db.Tx, c *register.Catalog, meeting string) ([]AgendaItem, error) {
	d := c.Must("agendaitem")
	var out []AgendaItem
	for rec, err := range c.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"meeting": {meeting}}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, register.Decode[AgendaItem](d, rec.Row))
	}
	slices.SortStableFunc(out, func(a, b AgendaItem) int {
		if a.Order != b.Order {
			return int(a.Order - b.Order)
		}
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return out, nil
}

// ready says what minutes still want before they can be handed in.
func ready(m Meeting, items []AgendaItem, today when.Date) error {
	switch {
	case m.Date > today:
		return fault.New(fault.Conflict, msg.F("会議は%sに開かれる予定です。開催の後に議事録を提出してください。", "The meeting is to be held on %s. Hand in the minutes after it.", m.Date.Both()))
	case m.Minutes == "" && m.Record == "":
		return fault.New(fault.Invalid, msg.T("議事の要旨か、議事録の文書番号を入力してください。", "Give the record of the discussion or the document number of the minutes."))
	}
	for _, i := range items {
		if i.Decided == "" {
			return fault.New(fault.Invalid, msg.F("議題「%s」の決定が入力されていません。", "The decision on “%s” is missing.", i.Name))
		}
	}
	return nil
}
