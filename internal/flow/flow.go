// Package flow holds approval states as data: which states a decision passes through, who may move it on, in which
// scope and until when. Clause 6 (bp.6) gives the roles, clauses 4, 12 and 14 (bp.4, bp.12, bp.14) ask that policies
// and their changes be decided by them; nobody approves what they themselves ask for (bp.6: 職務の分離).
//
// A Flow is a value and Step a pure function, so that tests can walk every path through the very function that runs
// (see Search). A store keeps the Instance and changes it under the condition that its state is still the one read.
package flow

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

// State is a state of a decision: "draft", "committee", "in_force".
type State string

// Move is a step from one state to another.
type Move struct {
	Name  string
	Title msg.Text
	From  State
	To    State
	// Role is who may. Scope names the attribute of the subject (Instance.Scopes) in whose scope the role must be held;
	// "" asks for the role in the whole city.
	Role  string
	Scope string
	// Applicant: the applicant alone may, without a role: submit, withdraw.
	Applicant bool
	// NotApplicant: neither the applicant nor anyone who stands in for the applicant may.
	NotApplicant bool
	// Approval: the move is written down with the hash of the content it was given for. It implies NotApplicant.
	Approval bool
	// Decision: it decides on the application without a second look of its own, such as confirming that others have decided.
	// An Approval always does, and so does what sends back instead of one.
	Decision bool
	// Distinct: nobody may who, or whose stand-in, has approved this content before.
	Distinct bool
	// Back: sends back, withdraws or turns down; it stays possible when the content has changed after an approval.
	Back bool
	// Days is the deadline in open days from entering From, 0 for none; Escalate is the role told when it has passed.
	Days     int
	Escalate string
}

// Flow is a kind of decision.
type Flow struct {
	Name    string
	Title   msg.Text
	Clauses []clause.ID // what a refusal rests on
	Start   State
	End     []State
	States  map[State]msg.Text
	Moves   []Move
}

// Approval is one approval given, for the content with that hash.
type Approval struct {
	Move   string
	Person string
	For    []string // on whose behalf the person could act then
	Hash   string
	At     when.Stamp
}

// Instance is one decision on its way.
type Instance struct {
	ID        string
	State     State
	Applicant string            // key of the person who asks
	Hash      string            // of the content as it stands
	Scopes    map[string]string // attribute of the subject → scope, as "unit" → "unit:U-0001"
	Since     when.Date         // day the state was entered
	Approvals []Approval        // given since the content was last handed in
}

// Person is who makes a move. DelegateOf holds everyone the person stands in for on that day, directly or through
// others; Close works it out. Seen is the hash of the content the person looked at, "" when that is not known.
type Person struct {
	Key        string
	Roles      []actor.Grant
	DelegateOf []string
	Seen       string
	At         when.Stamp
}

// New begins an instance.
func (f *Flow) New(id, applicant, hash string, scopes map[string]string, day when.Date) Instance {
	return Instance{ID: id, State: f.Start, Applicant: applicant, Hash: hash, Scopes: scopes, Since: day}
}

// Move is the move of a name.
func (f *Flow) Move(name string) (Move, bool) {
	for _, m := range f.Moves {
		if m.Name == name {
			return m, true
		}
	}
	return Move{}, false
}

// Ended says whether the instance has come to an end.
func (f *Flow) Ended(in Instance) bool { return slices.Contains(f.End, in.State) }

// Step makes a move and gives the instance after it; in is not touched. It refuses with a fault: Conflict when the
// state or the content has moved on, Denied when the person may not.
func (f *Flow) Step(in Instance, move string, by Person) (Instance, error) {
	m, ok := f.Move(move)
	if !ok {
		return in, fault.New(fault.NotFound, msg.F("「%s」という手続はありません。", "There is no step %q.", move))
	}
	if in.State != m.From {
		return in, f.conflict(msg.F("現在は「%s」のため「%s」はできません。ほかの方が先に処理した可能性があります。画面を読み直してください。",
			"It stands at “%s”, so “%s” is not possible. Somebody may have been first; load the page again.", f.States[in.State], m.Title))
	}
	if by.Seen != "" && by.Seen != in.Hash {
		return in, f.conflict(msg.T("確認された後に内容が変更されました。変更後の内容を確認してください。", "The content has changed since you saw it. Look at it as it is now."))
	}
	if !m.Back && !in.standing() {
		return in, f.conflict(msg.T("承認の後に内容が変更されたため、承認は無効になりました。差し戻して、承認をやり直してください。",
			"The content changed after it was approved, so the approvals are void. Send it back and have it approved again."))
	}
	if err := f.allow(in, m, by); err != nil {
		return in, err
	}
	out := in
	out.State, out.Since = m.To, by.At.Date()
	out.Approvals = slices.Clone(in.Approvals)
	if m.Approval {
		out.Approvals = append(out.Approvals, Approval{Move: m.Name, Person: by.Key, For: slices.Clone(by.DelegateOf), Hash: in.Hash, At: by.At})
	}
	if m.To == f.Start {
		out.Approvals = nil
	}
	return out, nil
}

// allow is who may make a move.
func (f *Flow) allow(in Instance, m Move, by Person) error {
	switch {
	case by.Key == "":
		return f.deny(msg.T("この手続は、職員としてログインした方だけが行えます。", "Only a signed-in member of staff may do this."))
	case m.Applicant && by.Key != in.Applicant:
		return f.deny(msg.F("「%s」ができるのは申請者本人だけです。", "Only the applicant may do “%s”.", m.Title))
	case (m.NotApplicant || m.Approval) && by.Key == in.Applicant:
		// bp.6: the applicant never approves
		return f.deny(msg.F("申請者本人は「%s」ができません。ほかの権限者に依頼してください。", "The applicant may not do “%s”. Ask another who may.", m.Title))
	case (m.NotApplicant || m.Approval) && slices.Contains(by.DelegateOf, in.Applicant):
		// bp.6: nor does a stand-in of the applicant
		return f.deny(msg.F("申請者の代理である方は「%s」ができません。ほかの権限者に依頼してください。", "A stand-in of the applicant may not do “%s”. Ask another who may.", m.Title))
	case !m.Applicant && !holds(in, m, by):
		return f.deny(msg.F("「%s」を行う権限がありません。", "You may not do “%s”.", m.Title))
	}
	if m.Distinct {
		for _, a := range in.Approvals {
			if a.Person == by.Key || slices.Contains(by.DelegateOf, a.Person) || slices.Contains(a.For, by.Key) {
				return f.deny(msg.F("先に承認した方とその代理は「%s」ができません。", "Whoever approved before, or stands in for them, may not do “%s”.", m.Title))
			}
		}
	}
	return nil
}

// holds: the role in the subject's scope, or in the whole city.
func holds(in Instance, m Move, by Person) bool {
	scope := ""
	if m.Scope != "" {
		scope = in.Scopes[m.Scope]
	}
	for _, g := range by.Roles {
		if g.Role == m.Role && (g.Scope == "" || (scope != "" && g.Scope == scope)) {
			return true
		}
	}
	return false
}

// DecidesFor is whose application a move decides, for it or against it; "" when it decides none, or one's own: taking
// back what oneself or whoever one stands in for has asked is no decision on it (bp.6).
func (f *Flow) DecidesFor(in Instance, move string, by Person) string {
	m, ok := f.Move(move)
	if !ok || m.Role == "" || by.Key == in.Applicant || slices.Contains(by.DelegateOf, in.Applicant) {
		return ""
	}
	instead := m.Back && m.To == f.Start && slices.ContainsFunc(f.Moves, func(a Move) bool { return a.Approval && a.From == m.From })
	if m.Approval || m.NotApplicant || m.Decision || instead {
		return in.Applicant
	}
	return ""
}

// standing: every approval was given for the content as it is now.
func (in Instance) standing() bool {
	for _, a := range in.Approvals {
		if a.Hash != in.Hash {
			return false
		}
	}
	return true
}

// Revise takes a changed content in: another hash voids every approval and begins anew.
func (f *Flow) Revise(in Instance, hash string, day when.Date) (Instance, error) {
	if f.Ended(in) {
		return in, f.conflict(msg.F("「%s」になったものの内容は変更できません。", "What stands at “%s” can no longer be changed.", f.States[in.State]))
	}
	if hash == in.Hash {
		return in, nil
	}
	out := in
	out.Hash, out.State, out.Approvals, out.Since = hash, f.Start, nil, day
	return out, nil
}

// Possible is the moves the person may make now, in the order of the flow.
func (f *Flow) Possible(in Instance, by Person) []Move {
	var out []Move
	for _, m := range f.Moves {
		if m.From != in.State {
			continue
		}
		if _, err := f.Step(in, m.Name, by); err == nil {
			out = append(out, m)
		}
	}
	return out
}

// Deadline is a move that is waited for, its last day, and the role told once that has passed.
type Deadline struct {
	Move     string
	Due      when.Date
	Escalate string
}

// Deadlines are those of the state the instance stands in, by the city's open days.
func (f *Flow) Deadlines(in Instance, c *when.Calendar) []Deadline {
	var out []Deadline
	for _, m := range f.Moves {
		if m.From == in.State && m.Days > 0 {
			out = append(out, Deadline{Move: m.Name, Due: c.AddOpen(in.Since, m.Days), Escalate: m.Escalate})
		}
	}
	return out
}

func (f *Flow) conflict(m msg.Text) error {
	return &fault.Fault{Kind: fault.Conflict, Message: m, Clauses: f.Clauses}
}

func (f *Flow) deny(m msg.Text) error { return fault.Deny(m, f.Clauses...) }

// Check says what is wrong with the flow itself: a state that is not reached or cannot end, a move out of an end, a
// name twice, words missing. A flow that does not hold together is a mistake of ours, met by the first test.
func (f *Flow) Check() error {
	var errs []error
	bad := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("flow %s: "+format, append([]any{f.Name}, a...)...))
	}
	known := func(s State) bool { t, ok := f.States[s]; return ok && t.JA != "" && t.EN != "" }
	if !known(f.Start) {
		bad("start %q is no state with a title", f.Start)
	}
	if len(f.End) == 0 {
		bad("no end")
	}
	for _, e := range f.End {
		if !known(e) {
			bad("end %q is no state with a title", e)
		}
	}
	seen := map[string]bool{}
	for _, m := range f.Moves {
		if m.Name == "" || m.Title.JA == "" || m.Title.EN == "" || seen[m.Name] {
			bad("move %q: no name, no title or twice", m.Name)
		}
		seen[m.Name] = true
		if !known(m.From) || !known(m.To) {
			bad("move %s: from %q to %q, not both states with a title", m.Name, m.From, m.To)
		}
		if slices.Contains(f.End, m.From) {
			bad("move %s leads out of the end %q", m.Name, m.From)
		}
		if m.Applicant == (m.Role != "") {
			bad("move %s: want a role or the applicant, one of them", m.Name)
		}
		if m.Applicant && (m.NotApplicant || m.Approval || m.Decision || m.Distinct) {
			bad("move %s: the applicant cannot approve", m.Name)
		}
		if m.Back && (m.Approval || m.Distinct) {
			bad("move %s: what goes back approves nothing", m.Name)
		}
		if m.To == f.Start && !m.Back {
			bad("move %s leads to the start and is not marked as going back", m.Name)
		}
		if m.Days < 0 || (m.Days == 0) != (m.Escalate == "") {
			bad("move %s: a deadline wants days and a role to tell", m.Name)
		}
	}
	from := f.walk([]State{f.Start}, func(m Move) (State, State) { return m.From, m.To })
	back := f.walk(f.End, func(m Move) (State, State) { return m.To, m.From })
	for s := range f.States {
		if !from[s] {
			bad("state %q is never reached", s)
		}
		if !back[s] {
			bad("state %q comes to no end", s)
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// walk gives the states reached from some over the moves, in the direction dir gives.
func (f *Flow) walk(some []State, dir func(Move) (from, to State)) map[State]bool {
	seen := map[State]bool{}
	for _, s := range some {
		seen[s] = true
	}
	for grown := true; grown; {
		grown = false
		for _, m := range f.Moves {
			if a, b := dir(m); seen[a] && !seen[b] {
				seen[b], grown = true, true
			}
		}
	}
	return seen
}
