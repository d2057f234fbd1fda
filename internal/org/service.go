package org

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// Config says what the committees and the CSIRT need to work.
type Config struct {
	Store    *db.Store
	Catalog  *register.Catalog
	Gate     *act.Gate
	Calendar *when.Calendar
}

// Service is the work of committees and the CSIRT: minutes, advisories, contacts (bp.6).
type Service struct{ c Config }

// New makes it.
func New(c Config) *Service { return &Service{c: c} }

// verifyAct says that a contact outside is right.
const verifyAct = "contact.verify"

// Acts are what can be done here beyond keeping the registers (bp.6).
func (s *Service) Acts() []act.Act {
	six := []clause.ID{"bp.6"}
	meeting := act.Field{Name: "meeting", Title: msg.T("会議番号", "Meeting no."), Required: true}
	seen := act.Field{Name: "seen", Title: msg.T("確認した内容のハッシュ値", "Hash of what was seen")}
	advisory := act.Field{Name: "advisory", Title: msg.T("情報番号", "Advisory no."), Required: true}
	out := []act.Act{{ID: verifyAct, Title: msg.T("外部の連絡先の確認", "Verify a contact outside"), Clauses: six, Scope: "city", Roles: []string{roleCSIRTChief},
		Fields: []act.Field{{Name: "contact", Title: msg.T("連絡先番号", "Contact no."), Required: true}}, Do: s.verify}}
	for _, m := range Minutes().Moves {
		role := m.Role
		if role == "" {
			role = "chief"
		}
		out = append(out, act.Act{ID: "meeting." + m.Name, Title: msg.F("委員会の会議：%s", "Committee meeting: %s", m.Title), Clauses: six, Scope: "city", Roles: []string{role},
			Fields: []act.Field{meeting, seen}, Do: func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
				return s.stepMinutes(ctx, tx, who, in, m)
			}})
	}
	for _, m := range Intake().Moves {
		a := act.Act{ID: "advisory." + m.Name, Title: msg.F("注意喚起：%s", "Advisory: %s", m.Title), Clauses: six, Scope: "city", Roles: []string{m.Role}, Fields: []act.Field{advisory},
			Do: func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
				return s.stepAdvisory(ctx, tx, who, in, m)
			}}
		switch m.Name {
		case "triage":
			a.Fields = append(a.Fields, act.Field{Name: "verdict", Title: msg.T("判断の内容", "Verdict"), Required: true})
		case "begin":
			a.Fields = append(a.Fields, act.Field{Name: "assignee", Title: msg.T("対応する職員", "Dealt with by"), Required: true}, act.Field{Name: "due", Title: msg.T("対応の期限", "To be dealt with by"), Required: true})
		case "close", "finish":
			a.Fields = append(a.Fields, act.Field{Name: "result", Title: msg.T("対応の結果", "What was done"), Required: true})
		}
		out = append(out, a)
	}
	return out
}

// one reads a record that is kept.
func one[T any](ctx context.Context, tx *db.Tx, c *register.Catalog, name, key string) (v T, rec register.Record, err error) {
	d := c.Must(name)
	rec, ok, err := c.One(ctx, tx, d, key)
	if err == nil && (!ok || rec.Ended) {
		err = fault.New(fault.NotFound, msg.F("「%s」に番号「%s」の記録はありません。", "There is no record “%[2]s” in “%[1]s”.", d.Title, key))
	}
	if err != nil {
		return v, rec, err
	}
	return register.Decode[T](d, rec.Row), rec, nil
}

// verify writes down that a contact is right today, whatever the day was before.
func (s *Service) verify(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	k, rec, err := one[Contact](ctx, tx, s.c.Catalog, "contact", in["contact"])
	if err != nil {
		return ref.Ref{}, err
	}
	k.Verified = when.Of(tx.Now())
	d := s.c.Catalog.Must("contact")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, k), rec.Version)
	return ref.New("contact", k.Code), err
}

// nobody stands for minutes that nobody has handed in yet: whoever does becomes their applicant.
const nobody = "-"

// instance is a meeting as its route sees it.
func (m Meeting) instance(items []AgendaItem) flow.Instance {
	in := flow.Instance{ID: m.Code, State: m.state(), Applicant: m.Applicant, Hash: minutesHash(m, items), Since: m.Since, Scopes: map[string]string{scopeCommittee: "committee:" + m.Committee}}
	if in.Applicant == "" {
		in.Applicant = nobody
	}
	return in
}

// hand is the actor for a route. The gate has asked the table of powers already, so the role of the step counts as held;
// who stands in for whom is asked here, over any chain (bp.6). A committee is chaired by one person: who chairs another
// does not approve its minutes.
func (s *Service) hand(ctx context.Context, tx *db.Tx, who actor.Actor, actID string, m flow.Move, committee string) (flow.Person, error) {
	by := flow.Person{Key: who.Person, At: when.StampOf(tx.Now())}
	stands, err := StandsFor(ctx, tx, s.c.Catalog, who.Person, when.Of(tx.Now()))
	if err != nil {
		return by, err
	}
	by.DelegateOf = stands
	if m.Role == "" {
		return by, nil
	}
	if m.Scope == scopeCommittee {
		decides, ok, err := s.c.Gate.RoleAt(ctx, tx, actID, act.Place{})
		if err != nil {
			return by, err
		}
		if ok && decides == roleCommittee {
			chairs, err := s.chairs(ctx, tx, who, actID, committee)
			if err != nil || !chairs {
				return by, err
			}
		}
	}
	by.Roles = []actor.Grant{{Role: m.Role}}
	return by, nil
}

// chairs says whether somebody chairs a committee, or acts for its chair by a delegation that covers the act.
func (s *Service) chairs(ctx context.Context, tx *db.Tx, who actor.Actor, actID, committee string) (bool, error) {
	k, _, err := one[Committee](ctx, tx, s.c.Catalog, "committee", committee)
	if err != nil {
		return false, err
	}
	if k.Chair == who.Person {
		return true, nil
	}
	for _, g := range who.Roles {
		if g.Role != roleCommittee || g.Via == "" || !g.Covers(actID) {
			continue
		}
		d, _, err := one[Delegation](ctx, tx, s.c.Catalog, "delegation", g.Via)
		if err != nil {
			return false, err
		}
		if d.From == k.Chair {
			return true, nil
		}
	}
	return false, nil
}

// StandsFor is everybody somebody acts for on a day, directly or by a chain of delegations; circles end it (bp.6). It is
// the one place that follows delegations: whoever may decide on somebody's application is a person whose list does not
// hold the applicant.
func StandsFor(ctx context.Context, tx *db.Tx, c *register.Catalog, person string, day when.Date) ([]string, error) {
	if person == "" {
		return nil, nil
	}
	var out []string
	for open := []string{person}; len(open) > 0; open = open[1:] {
		givers, err := db.Rows(ctx, tx, func(r *sql.Rows) (g string, err error) { return g, r.Scan(&g) },
			`SELECT giver FROM reg_delegation WHERE taker = $1 AND "begin" <> '' AND "begin" <= $2 AND "end" >= $2 AND NOT ended ORDER BY code`, open[0], day.String())
		if err != nil {
			return nil, fmt.Errorf("read whom %s stands in for: %w", person, err)
		}
		for _, g := range givers {
			if g != person && !slices.Contains(out, g) {
				out, open = append(out, g), append(open, g)
			}
		}
	}
	return out, nil
}

// stepMinutes makes a step of the minutes of a meeting.
func (s *Service) stepMinutes(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input, move flow.Move) (ref.Ref, error) {
	m, rec, err := one[Meeting](ctx, tx, s.c.Catalog, "meeting", in["meeting"])
	if err != nil {
		return ref.Ref{}, err
	}
	items, err := AgendaOf(ctx, tx, s.c.Catalog, m.Code)
	if err != nil {
		return ref.Ref{}, err
	}
	by, err := s.hand(ctx, tx, who, "meeting."+move.Name, move, m.Committee)
	if err != nil {
		return ref.Ref{}, err
	}
	by.Seen = in["seen"]
	inst := m.instance(items)
	if move.Name == "submit" && inst.Applicant == nobody {
		inst.Applicant = by.Key
	}
	out, err := Minutes().Step(inst, move.Name, by)
	if err != nil {
		return ref.Ref{}, err
	}
	act.Decided(ctx, Minutes().DecidesFor(inst, move.Name, by))
	m.State, m.Since = string(out.State), when.Of(tx.Now())
	switch move.Name {
	case "submit":
		if err := ready(m, items, when.Of(tx.Now())); err != nil {
			return ref.Ref{}, err
		}
		m.Applicant = by.Key
	case "approve":
		m.Approver = by.Key
	default: // whoever hands them in again may be another
		m.Applicant, m.Approver = "", ""
	}
	d := s.c.Catalog.Must("meeting")
	_, err = s.c.Catalog.Change(stepping(ctx), tx, who, d, register.Encode(d, m), rec.Version)
	return ref.New("meeting", m.Code), err
}

// stepAdvisory makes a step of an advisory, with what is said at it.
func (s *Service) stepAdvisory(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input, move flow.Move) (ref.Ref, error) {
	a, rec, err := one[Advisory](ctx, tx, s.c.Catalog, "advisory", in["advisory"])
	if err != nil {
		return ref.Ref{}, err
	}
	by, err := s.hand(ctx, tx, who, "advisory."+move.Name, move, "")
	if err != nil {
		return ref.Ref{}, err
	}
	out, err := Intake().Step(flow.Instance{ID: a.Code, State: a.state(), Applicant: nobody}, move.Name, by)
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	a.State = string(out.State)
	switch move.Name {
	case "triage":
		a.Triaged, a.By, a.Verdict = today, by.Key, in["verdict"]
	case "begin":
		due, err := when.ParseLenient(in["due"])
		if f := fault.As(err); f != nil {
			return ref.Ref{}, fault.At("due", f.Message)
		}
		if err != nil {
			return ref.Ref{}, err
		}
		if due < today {
			return ref.Ref{}, fault.At("due", msg.T("今日以降の日を入力してください。", "Give a day that is not before today."))
		}
		if a.Assignee, a.Due = in["assignee"], due; !s.staff(ctx, tx, a.Assignee, today) {
			return ref.Ref{}, fault.At("assignee", msg.F("職員番号「%s」の在職中の職員等は登録されていません。", "Nobody on the staff has the number “%s”.", a.Assignee))
		}
	case "close", "finish":
		a.Done, a.Result = today, in["result"]
	}
	d := s.c.Catalog.Must("advisory")
	_, err = s.c.Catalog.Change(stepping(ctx), tx, who, d, register.Encode(d, a), rec.Version)
	return ref.New("advisory", a.Code), err
}

func (s *Service) staff(ctx context.Context, tx *db.Tx, person string, day when.Date) bool {
	_, err := personOn(ctx, tx, person, day)
	return err == nil
}
