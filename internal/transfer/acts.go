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

// Acts are what can be done with a set of moves, a hand-over note, a checklist and a personnel file.
func (s *Service) Acts() []act.Act {
	number := act.Field{Name: "moveset", Title: msg.T("一括準備番号", "Set no."), Required: true}
	six := []clause.ID{"bp.5", "bp.6", "bp.9.1"}
	var out []act.Act
	for _, m := range setFlow.Moves {
		a := act.Act{ID: actOf(m), Title: msg.F("異動の一括準備：%s", "Set of moves: %s", m.Title), Clauses: six, Scope: "city", Roles: []string{m.Role}, Fields: []act.Field{number}}
		switch m.Name {
		case "withdraw":
			a.Roles, a.Anyone = []string{"hr_officer"}, true // the flow lets the applicant alone through
		case "apply":
			a.Roles = []string{"chief"}
		}
		a.Do = func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
			return s.advance(ctx, tx, who, in["moveset"], m.Name)
		}
		out = append(out, a)
	}
	return append(append(out, s.handoverActs()...), append(s.leaveActs(), s.hrActs()...)...)
}

// advance moves a set on, with everything that follows.
func (s *Service) advance(ctx context.Context, tx *db.Tx, who actor.Actor, code, name string) (ref.Ref, error) {
	p, err := s.preview(ctx, tx, code)
	if err != nil {
		return ref.Ref{}, err
	}
	m, _ := setFlow.Move(name)
	by, err := s.person(ctx, tx, who, m)
	if err != nil {
		return ref.Ref{}, err
	}
	in := instance(p.set, p.moves)
	if name == "submit" && in.Applicant == nobody {
		in.Applicant = by.Key
	}
	out, err := setFlow.Step(in, name, by)
	if err != nil {
		return ref.Ref{}, err
	}
	act.Decided(ctx, setFlow.DecidesFor(in, name, by))
	today := when.Of(tx.Now())
	if err := inTime(p, name, today); err != nil {
		return ref.Ref{}, err
	}
	next := p.set
	next.State, next.Since = string(out.State), today
	switch name {
	case "submit":
		next.Applicant = by.Key
	case "confirm":
		next.Confirmer, next.Hash = by.Key, in.Hash
	case "return", "withdraw", "reopen":
		next.Applicant, next.Confirmer, next.Hash = "", "", ""
	}
	moving := org.Moving(ctx)
	switch name {
	case "confirm":
		err = s.follow(moving, tx, who, p, nil)
	case "apply":
		err = s.carryOut(moving, tx, who, p)
	case "cancel":
		err = s.giveUp(moving, tx, who, p)
	}
	if err != nil {
		return ref.Ref{}, err
	}
	d := s.c.Catalog.Must("moveset")
	_, err = s.c.Catalog.Change(moving, tx, who, d, register.Encode(d, next), p.version)
	return ref.New("moveset", code), err
}

// inTime refuses what comes too late or too early for the day of the set, and what cannot be carried out.
func inTime(p preview, name string, today when.Date) error {
	day := p.set.Date.Both()
	switch name {
	case "submit", "confirm":
		if p.set.Date <= today {
			return fault.New(fault.Conflict, msg.F("発令日（%s）の前日までに確認を終える必要があります。発令日を改めてください。", "It had to be confirmed before %s. Please change the day.", day))
		}
		if len(p.moves) == 0 {
			return fault.New(fault.Invalid, msg.T("予定が一件も登録されていません。", "The set holds no move."))
		}
	case "reopen":
		if p.set.Date <= today { // rights have changed at midnight
			return fault.New(fault.Conflict, msg.F("発令日（%s）になったため、確認を取り消せません。", "%s has begun; the confirmation can no longer be undone.", day))
		}
		return nil
	case "apply":
		if p.set.Date > today {
			return fault.New(fault.Conflict, msg.F("発令日（%s）の午前0時より前には適用できません。", "It takes effect at midnight as %s begins, and not before.", day))
		}
	default:
		return nil
	}
	if len(p.problems) > 0 {
		return problemFault(p.problems)
	}
	return nil
}
