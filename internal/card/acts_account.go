package card

import (
	"context"
	"fmt"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// The acts on accounts.
const (
	actOpen  = "userid.open"
	actClose = "userid.close"
	actHand  = "userid.hand"
	actLeave = "userid.leave"
)

// accountActs are what can be done with accounts, by who manages their system.
func (s *Service) accountActs() []act.Act {
	d := s.c.Catalog.Must("userid")
	field := func(name string, required bool) act.Field {
		f, _ := d.Field(name)
		return act.Field{Name: name, Title: f.Title, Required: required}
	}
	number := act.Field{Name: "userid", Title: d.KeyField().Title, Required: true}
	system := func(id string, title msg.Text, where func(context.Context, *db.Tx, act.Input) ([]act.Place, error), do func(context.Context, *db.Tx, actor.Actor, act.Input) (ref.Ref, error), fields ...act.Field) act.Act {
		return act.Act{ID: id, Title: title, Clauses: []clause.ID{"bp.9.1", "bp.9.4"}, Scope: "system", Roles: []string{"system_manager"}, Fields: fields, Where: where, Do: do}
	}
	inSystem := func(_ context.Context, _ *db.Tx, in act.Input) ([]act.Place, error) {
		return []act.Place{{System: in["system"]}}, nil
	}
	leave := system(actLeave, msg.T("離職した職員の利用者IDの一括停止", "Close the accounts of somebody who left"), s.whereAccounts("userids"), s.closeLeaver,
		act.Field{Name: "person", Title: msg.T("離職した職員", "Who left"), Required: true}, act.Field{Name: "userids", Title: msg.T("停止する利用者ID管理番号", "Accounts to close"), Required: true})
	leave.Clauses = append(leave.Clauses, "bp.5")
	return []act.Act{
		system(actOpen, titleOpen, inSystem, s.openAccount, field("login", true), field("system", true), field("kind", true), field("person", false), field("exception", false)),
		system(actClose, titleClose, s.whereAccounts("userid"), s.closeAccount, number),
		system(actHand, titleHand, s.whereAccounts("userid"), s.handAccount, number, act.Field{Name: "person", Title: msg.T("責任を負う職員", "Who answers for it"), Required: true}),
		leave,
	}
}

// whereAccounts are the systems of the accounts that an input names.
func (s *Service) whereAccounts(name string) func(context.Context, *db.Tx, act.Input) ([]act.Place, error) {
	return func(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
		var out []act.Place
		for _, key := range strings.Fields(in[name]) {
			a, _, err := get[Account](ctx, tx, s.c.Catalog, "userid", key)
			if err != nil {
				return nil, err
			}
			out = append(out, act.Place{System: a.System})
		}
		return out, nil
	}
}

// openAccount opens an account for somebody on the staff; a shared one only where an exception allows it (bp.9.1).
func (s *Service) openAccount(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	today := when.Of(tx.Now())
	a := Account{Login: in["login"], System: in["system"], Kind: in["kind"], Person: in["person"], Exception: in["exception"], Opened: today}
	if err := s.mayOpen(ctx, tx, a, today); err != nil {
		return ref.Ref{}, err
	}
	d := s.c.Catalog.Must("userid")
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, a))
	return ref.New("userid", ch.Key), err
}

// mayOpen says what stands against an account.
func (s *Service) mayOpen(ctx context.Context, tx *db.Tx, a Account, today when.Date) error {
	if a.Kind == Personal && a.Person == "" {
		return fault.At("person", msg.T("個人の利用者IDは、使う職員を選んでください。", "A personal account wants its person."))
	}
	if a.Person != "" {
		if _, err := s.onStaff(ctx, tx, a.Person, today); err != nil {
			return err
		}
	}
	if a.Kind == Shared {
		if err := s.sharing(ctx, tx, a, today); err != nil {
			return err
		}
	}
	var other string
	err := tx.QueryRow(ctx, `SELECT code FROM reg_userid WHERE login = $1 AND system = $2 AND NOT ended AND (closed = '' OR closed >= $3) ORDER BY code LIMIT 1`, a.Login, a.System, today.String()).Scan(&other)
	switch {
	case err == nil:
		return fault.At("login", msg.F("この情報システムの利用者ID「%s」は、既に使われています（%s）。", "“%s” is an open account of this system already (%s).", a.Login, other))
	case !db.Missing(err):
		return fmt.Errorf("look for account %s of %s: %w", a.Login, a.System, err)
	}
	return nil
}

// onStaff is somebody who is with the city today.
func (s *Service) onStaff(ctx context.Context, tx *db.Tx, code string, today when.Date) (org.Person, error) {
	p, _, err := get[org.Person](ctx, tx, s.c.Catalog, "person", code)
	if f := fault.As(err); f != nil {
		return p, fault.At("person", f.Message)
	}
	if err == nil && !org.LiveOn(p.Joined, p.Left, today) {
		err = fault.At("person", msg.F("%sは在職していません。", "%s is not on the staff.", p.Name))
	}
	return p, err
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
	return ref.New("userid", a.Code), s.end(ctx, tx, who, a, version)
}

// open says whether an account can still be used after a day.
func (a Account) open(today when.Date) bool { return a.Closed == 0 || a.Closed > today }

// end closes an account today.
func (s *Service) end(ctx context.Context, tx *db.Tx, who actor.Actor, a Account, version int64) error {
	today := when.Of(tx.Now())
	if !a.open(today) {
		return closedFault(a)
	}
	a.Closed = today
	return s.keep(ctx, tx, who, a, version)
}

func closedFault(a Account) error {
	return fault.New(fault.Conflict, msg.F("利用者ID「%s」は%sに停止しています。", "The account “%s” was closed on %s.", a.Login, a.Closed.Both()))
}

func (s *Service) keep(ctx context.Context, tx *db.Tx, who actor.Actor, a Account, version int64) error {
	d := s.c.Catalog.Must("userid")
	_, err := s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, a), version)
	return err
}

// handAccount gives a shared account, or one of a machine, to another who answers for it. A personal one is never handed
// on: whoever follows gets one of their own (bp.9.1).
func (s *Service) handAccount(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	a, version, err := get[Account](ctx, tx, s.c.Catalog, "userid", in["userid"])
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	switch {
	case a.Kind == Personal:
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は個人の利用者IDのため、引き継げません。停止して、新しい利用者IDを発行してください。", "“%s” is one person's and cannot be handed on. Close it and open another.", a.Login))
	case !a.open(today):
		return ref.Ref{}, closedFault(a)
	}
	p, err := s.onStaff(ctx, tx, in["person"], today)
	if err != nil {
		return ref.Ref{}, err
	}
	if p.Code == a.Person {
		return ref.Ref{}, fault.At("person", msg.F("%sは、既にこの利用者IDの責任を負う職員です。", "%s answers for this account already.", p.Name))
	}
	a.Person = p.Code
	return ref.New("userid", a.Code), s.keep(ctx, tx, who, a, version)
}

// closeLeaver closes accounts of somebody who leaves today or has left, all or none (bp.5).
func (s *Service) closeLeaver(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	p, _, err := get[org.Person](ctx, tx, s.c.Catalog, "person", in["person"])
	if err != nil {
		return ref.Ref{}, err
	}
	if p.Left == 0 || p.Left > when.Of(tx.Now()) {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("%sは離職していません。利用者IDは1件ずつ停止してください。", "%s has not left. Close their accounts one by one.", p.Name))
	}
	keys := strings.Fields(in["userids"])
	if len(keys) == 0 {
		return ref.Ref{}, fault.At("userids", msg.T("停止する利用者IDを選んでください。", "Please choose the accounts to close."))
	}
	for _, key := range keys {
		a, version, err := get[Account](ctx, tx, s.c.Catalog, "userid", key)
		if err != nil {
			return ref.Ref{}, err
		}
		if a.Person != p.Code {
			return ref.Ref{}, fault.At("userids", msg.F("利用者ID「%s」は、%sのものではありません。", "The account “%s” is not one of %s.", a.Login, p.Name))
		}
		if err := s.end(ctx, tx, who, a, version); err != nil {
			return ref.Ref{}, err
		}
	}
	return ref.New("person", p.Code), nil
}
