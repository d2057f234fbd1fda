package selfcheck

import (
	"context"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

func inUnit(_ context.Context, _ *db.Tx, in act.Input) ([]act.Place, error) {
	return []act.Place{{Unit: in["unit"]}}, nil
}

// confirmation reads a confirmation.
func (s *Service) confirmation(ctx context.Context, tx *db.Tx, code string) (Confirmation, register.Record, error) {
	d := s.def("confirmation")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return Confirmation{}, rec, err
	}
	if !ok {
		return Confirmation{}, rec, fault.New(fault.NotFound, msg.F("確認の記録「%s」はありません。", "There is no confirmation “%s”.", code))
	}
	return register.Decode[Confirmation](d, rec.Row), rec, nil
}

func (s *Service) confirmedUnit(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
	c, _, err := s.confirmation(ctx, tx, in["confirmation"])
	return []act.Place{{Unit: c.Unit}}, err
}

// reportedOn reads the day of a report; it cannot lie ahead.
func reportedOn(tx *db.Tx, text string, from when.Date) (when.Date, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	d, err := when.ParseLenient(text)
	if f := fault.As(err); f != nil {
		return 0, fault.At("reported", f.Message)
	}
	switch today := when.Of(tx.Now()); {
	case d > today:
		return 0, fault.At("reported", msg.F("%sはまだ来ていません。報告した日を入力してください。", "%s has not come yet. Enter the day of the report.", d.Both()))
	case d < from:
		return 0, fault.At("reported", msg.F("報告した日は、確認した日（%s）以降にしてください。", "The report cannot come before the confirmation (%s).", from.Both()))
	}
	return d, nil
}

// record writes down that whoever answers for a unit has confirmed it today (bp.9.3).
func (s *Service) record(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	if who.Person == "" {
		return ref.Ref{}, fault.Deny(msg.T("遵守状況の確認は、責任者又は管理者がログインして行ってください。", "A confirmation is made by who answers for the unit, signed in."), "bp.9.3")
	}
	today := when.Of(tx.Now())
	reported, err := reportedOn(tx, in["reported"], today)
	if err != nil {
		return ref.Ref{}, err
	}
	c := Confirmation{Unit: in["unit"], FY: int64(today.FY()), Date: today, By: who.Person, Problem: strings.TrimSpace(in["problem"]), Reported: reported}
	if c.Problem == "" && reported != 0 {
		return ref.Ref{}, fault.At("problem", msg.T("CISOに報告した問題を入力してください。", "Enter the problem that was reported."))
	}
	d := s.def("confirmation")
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, c))
	return ref.New("confirmation", ch.Key), err
}

// report writes down when a problem reached the CISO (bp.9.3).
func (s *Service) report(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	c, rec, err := s.confirmation(ctx, tx, in["confirmation"])
	if err != nil {
		return ref.Ref{}, err
	}
	if c.Problem == "" || c.Reported != 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("報告していない問題はありません。", "There is no problem left to report."))
	}
	if c.Reported, err = reportedOn(tx, in["reported"], c.Date); err != nil {
		return ref.Ref{}, err
	}
	if c.Reported == 0 {
		return ref.Ref{}, fault.At("reported", msg.T("CISOに報告した日を入力してください。", "Enter the day of the report."))
	}
	d := s.def("confirmation")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, c), rec.Version)
	return ref.New("confirmation", c.Code), err
}
