package card

import (
	"context"
	"fmt"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// openAccount opens an account for somebody on the staff; a shared one only where an exception allows it (bp.9.1).
func (s *Service) openAccount(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	today := when.Of(tx.Now())
	a := Account{Login: in["login"], System: in["system"], Kind: in["kind"], Person: in["person"], Exception: in["exception"], Opened: today}
	if a.Kind == Personal && a.Person == "" {
		return ref.Ref{}, fault.At("person", msg.T("個人の利用者IDは、使う職員を選んでください。", "A personal account wants its person."))
	}
	if a.Person != "" {
		p, _, err := get[org.Person](ctx, tx, s.c.Catalog, "person", a.Person)
		if err != nil {
			return ref.Ref{}, err
		}
		if !org.LiveOn(p.Joined, p.Left, today) {
			return ref.Ref{}, fault.At("person", msg.F("%sは在職していません。", "%s is not on the staff.", p.Name))
		}
	}
	if a.Kind == Shared {
		if err := s.sharing(ctx, tx, a, today); err != nil {
			return ref.Ref{}, err
		}
	}
	var other string
	err := tx.QueryRow(ctx, `SELECT code FROM reg_userid WHERE login = $1 AND system = $2 AND NOT ended AND (closed = '' OR closed >= $3) ORDER BY code LIMIT 1`, a.Login, a.System, today.String()).Scan(&other)
	switch {
	case err == nil:
		return ref.Ref{}, fault.At("login", msg.F("この情報システムの利用者ID「%s」は、既に使われています（%s）。", "“%s” is an open account of this system already (%s).", a.Login, other))
	case !db.Missing(err):
		return ref.Ref{}, fmt.Errorf("look for account %s of %s: %w", a.Login, a.System, err)
	}
	d := s.c.Catalog.Must("userid")
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, a))
	return ref.New("userid", ch.Key), err
}

// sharing refuses a shared account that no exception of its system allows.
func (s *Service) sharing(ctx context.Context, tx *db.Tx, a Account, today when.Date) error {
	bad := fault.At("exception", msg.T("共用の利用者IDには、この情報システムでの共用を認めた有効な例外措置（検査R089）を指定してください。", "A shared account wants an exception of check R089 in force for this system."))
	if a.Exception == "" {
		return bad
	}
	x, _, err := get[policy.Exception](ctx, tx, s.c.Catalog, "exception", a.Exception)
	if err != nil {
		return err
	}
	if x.Check != "R089" || x.Subject != "system:"+a.System || !x.Holds(today) {
		return bad
	}
	return nil
}

func (s *Service) closeAccount(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	a, version, err := get[Account](ctx, tx, s.c.Catalog, "userid", in["userid"])
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	if a.Closed != 0 && a.Closed <= today {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("利用者ID「%s」は%sに停止しています。", "The account “%s” was closed on %s.", a.Login, a.Closed.Both()))
	}
	a.Closed = today
	d := s.c.Catalog.Must("userid")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, a), version)
	return ref.New("userid", a.Code), err
}
