package transfer

import (
	"context"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// leaveFields are the days of a checklist, in the order of the page.
var leaveFields = []struct {
	name string
	day  func(l *LeaveCheck) *when.Date
}{
	{"media", func(l *LeaveCheck) *when.Date { return &l.Media }}, {"keys", func(l *LeaveCheck) *when.Date { return &l.Keys }}, {"cards", func(l *LeaveCheck) *when.Date { return &l.Cards }},
	{"accounts", func(l *LeaveCheck) *when.Date { return &l.Accounts }}, {"reminder", func(l *LeaveCheck) *when.Date { return &l.Reminder }},
}

// leaveActs are those of a checklist: the manager of the section sees to it (bp.5).
func (s *Service) leaveActs() []act.Act {
	d := s.c.Catalog.Must("leavecheck")
	fields := []act.Field{{Name: "person", Title: titleOf(d, "person"), Required: true}, {Name: "note", Title: titleOf(d, "note")}}
	for _, f := range leaveFields {
		fields = append(fields, act.Field{Name: f.name, Title: titleOf(d, f.name)})
	}
	return []act.Act{{ID: "leavecheck.record", Title: msg.T("離職時の確認の記録", "Record a leave checklist"), Clauses: []clause.ID{"bp.5"}, Scope: "section", Roles: []string{"section_manager"}, Fields: fields,
		Where: func(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
			return s.c.Catalog.Places(ctx, tx, s.c.Catalog.Must("person"), in["person"])
		},
		Allow: func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) error {
			if who.Person != "" && who.Person == in["person"] {
				return fault.Deny(msg.T("自分の離職時の確認は記録できません。別の職員が確認してください。", "Nobody checks themselves. Somebody else must."), "bp.5", "bp.6")
			}
			return nil
		}, Do: s.record}}
}

// list finds the checklist for somebody's last day; a person who does not leave has none.
func (s *Service) list(ctx context.Context, tx *db.Tx, person string) (LeaveCheck, register.Record, org.Person, error) {
	c := s.c.Catalog
	pd, d := c.Must("person"), c.Must("leavecheck")
	rec, ok, err := c.One(ctx, tx, pd, person)
	if err != nil {
		return LeaveCheck{}, rec, org.Person{}, err
	}
	if !ok {
		return LeaveCheck{}, rec, org.Person{}, fault.New(fault.NotFound, msg.F("職員「%s」は登録されていません。", "There is no person “%s”.", person))
	}
	p := register.Decode[org.Person](pd, rec.Row)
	var found LeaveCheck
	var at register.Record
	for rec, err := range c.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"person": {person}}}) {
		if err != nil {
			return found, at, p, err
		}
		l := register.Decode[LeaveCheck](d, rec.Row)
		if p.Left != 0 && l.Last != p.Left || found.Code != "" && l.Last < found.Last {
			continue
		}
		found, at = l, rec
	}
	switch {
	case found.Code != "":
	case p.Left != 0:
		found = LeaveCheck{Person: p.Code, Last: p.Left}
	default:
		return found, at, p, fault.New(fault.NotFound, msg.F("%sに離職の予定はありません。", "%s is not leaving.", p.Name))
	}
	return found, at, p, nil
}

func (s *Service) record(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	l, rec, _, err := s.list(ctx, tx, in["person"])
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	var bad fault.List
	for _, f := range leaveFields {
		text, given := in[f.name]
		if !given {
			continue
		}
		day := when.Date(0)
		if text != "" {
			if day, err = when.ParseLenient(text); err != nil {
				bad.Add(f.name, fault.As(err).Message)
				continue
			}
		}
		if day > today {
			bad.Add(f.name, msg.F("%sはまだ来ていません。確認した日を入力してください。", "%s has not come yet. Give the day on which it was seen to.", day.Both()))
			continue
		}
		*f.day(&l) = day
	}
	if err := bad.Err(); err != nil {
		return ref.Ref{}, err
	}
	if note, given := in["note"]; given {
		l.Note = note
	}
	if who.Person != "" {
		l.By = who.Person
	}
	d := s.c.Catalog.Must("leavecheck")
	if l.Code == "" {
		ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, l))
		return ref.New("leavecheck", ch.Key), err
	}
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, l), rec.Version)
	return ref.New("leavecheck", l.Code), err
}
