package transfer_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/contractor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/transfer"
	"okite/internal/when"
)

// office is a municipality with the module at work.
type office struct {
	*testing.T
	store *db.Store
	c     *register.Catalog
	gate  *act.Gate
	log   *trail.Log
	s     *transfer.Service
	now   time.Time
}

// april is the transfer day of these tests.
var april = when.On(2027, 4, 1)

var (
	officer = actor.Actor{Person: "P-00001", Name: "人事一郎", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "hr_officer"}}}
	chief   = actor.Actor{Person: "P-00002", Name: "統括二郎", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "chief"}}}
	both    = actor.Actor{Person: "P-00003", Name: "兼務三郎", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "hr_officer"}, {Role: "chief"}}}
	clerk   = actor.Actor{Person: "P-00004", Name: "職員四郎", Unit: "U-2", Way: actor.Page}
	manager = actor.Actor{Person: "P-00005", Name: "課長五郎", Unit: "U-2", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-2"}}}
	robot   = actor.Actor{Name: "job", Way: actor.Job, System: true}
)

// open makes a small city: two sections with a manager each.
func open(t *testing.T, store *db.Store) *office {
	t.Helper()
	o := empty(t, store)
	o.write(func(ctx context.Context, tx *db.Tx) error {
		put(o, ctx, tx, "organ", org.Organ{Code: "O-1", Name: "市長", Kind: "mayor", Open: 1000})
		put(o, ctx, tx, "unit", org.Unit{Code: "U-1", Name: "人事課", Kind: "section", Organ: "O-1", HRCode: "H1", Open: 1000},
			org.Unit{Code: "U-2", Name: "市民課", Kind: "section", Organ: "O-1", HRCode: "H2", Open: 1000}, org.Unit{Code: "U-3", Name: "税務課", Kind: "section", Organ: "O-1", HRCode: "H3", Open: 1000},
			org.Unit{Code: "U-9", Name: "統計課", Kind: "section", Organ: "O-1", HRCode: "H9", Open: 1000, Close: april - 1})
		put(o, ctx, tx, "contractor", contractor.Contractor{Code: "CO-1", Name: "架空派遣株式会社"})
		put(o, ctx, tx, "contract", contractor.Contract{Code: "K-1", Name: "窓口派遣", Contractor: "CO-1", Unit: "U-2", From: 19000, Until: april + 300},
			contractor.Contract{Code: "K-2", Name: "旧派遣", Contractor: "CO-1", Unit: "U-2", From: 18000, Until: 18500})
		for _, a := range []actor.Actor{officer, chief, both, clerk, manager} {
			put(o, ctx, tx, "person", org.Person{Code: a.Person, Name: a.Name, Unit: a.Unit, Employment: "regular", Joined: 10000})
		}
		put(o, ctx, tx, "person", org.Person{Code: "P-00006", Name: "税務六子", Unit: "U-3", Employment: "regular", Joined: 10000},
			org.Person{Code: "P-00007", Name: "退職七郎", Unit: "U-3", Employment: "regular", Joined: 10000},
			org.Person{Code: "P-00008", Name: "派遣八重", Unit: "U-2", Employment: "dispatched", Joined: 19000, Contract: "K-1"},
			org.Person{Code: "P-00009", Name: "元職員九", Unit: "U-2", Employment: "regular", Joined: 10000, Left: 18000})
		put(o, ctx, tx, "post", org.Post{Code: "PO-2", Role: "section_manager", Scope: "section", Unit: "U-2", Name: "市民課情報セキュリティ管理者", From: 15000},
			org.Post{Code: "PO-3", Role: "section_manager", Scope: "section", Unit: "U-3", Name: "税務課情報セキュリティ管理者", From: 15000})
		put(o, ctx, tx, "assignment", org.Assignment{Code: "AS-00001", Post: "PO-2", Person: manager.Person, Kind: "holder", From: 16000, First: true},
			org.Assignment{Code: "AS-00002", Post: "PO-2", Person: clerk.Person, Kind: "deputy", From: 16000},
			org.Assignment{Code: "AS-00003", Post: "PO-3", Person: "P-00006", Kind: "holder", From: 16000, First: true},
			org.Assignment{Code: "AS-00004", Post: "PO-3", Person: "P-00007", Kind: "deputy", From: 16000})
		return nil
	})
	return o
}

// cards is a register of another module that says what a leaver still has.
func cards() *register.Def {
	type row struct {
		Code   string `reg:"code,key" ja:"カード番号" en:"Card no."`
		Person string `reg:"person,filter" refers:"person" ja:"持つ職員" en:"Holder"`
		State  string `reg:"state,filter" ja:"状態" en:"State"`
	}
	return register.Declare[row](register.Spec{Name: "card", Title: msg.T("カード", "Cards"), Group: "people"})
}

// empty is a municipality without anybody, on a day in March.
func empty(t *testing.T, store *db.Store) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{T: t, store: store, now: when.On(2027, 3, 22).Time().Add(10 * time.Hour)}
	store.SetClock(func() time.Time { return o.now })
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	o.c = register.NewCatalog(p, slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), transfer.Registers(), []*register.Def{cards()})...)
	if err := store.Migrate(ctx, trail.Schema(), transfer.Schema()); err != nil {
		t.Fatal(err)
	}
	if err := o.c.Migrate(ctx, store); err != nil {
		t.Fatal(err)
	}
	if o.log, err = trail.Open(ctx, store, t.TempDir(), "okite.example/test"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.log.Close() })
	reg := &act.Registry{}
	o.gate = &act.Gate{Store: store, Log: o.log, Registry: reg, Units: o.c.UnitsAbove,
		Powers: func(ctx context.Context, tx *db.Tx, id string) ([]act.Power, error) {
			a, ok := reg.Get(id)
			if !ok || len(a.Roles) != 1 {
				return nil, nil
			}
			return []act.Power{{Role: a.Roles[0]}}, nil
		}}
	o.s = transfer.New(transfer.Config{Store: store, Catalog: o.c, Gate: o.gate, Calendar: when.NewCalendar()})
	reg.Add(o.c.Acts()...)
	reg.Add(o.s.Acts()...)
	o.write(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

func put[T any](o *office, ctx context.Context, tx *db.Tx, name string, list ...T) {
	o.Helper()
	d := o.c.Must(name)
	for _, x := range list {
		if _, err := o.c.Create(ctx, tx, actor.Operator(), d, register.Encode(d, x)); err != nil {
			o.Fatalf("put %s: %v", name, err)
		}
	}
}

func (o *office) write(fn db.Func) {
	o.Helper()
	if err := o.store.Write(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

func (o *office) read(fn db.Func) {
	o.Helper()
	if err := o.store.Read(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

func (o *office) run(who actor.Actor, id string, in act.Input) error {
	_, err := o.gate.Run(actor.With(context.Background(), who), id, in, act.Options{Reason: "試験のため"})
	return err
}

func (o *office) must(who actor.Actor, id string, in act.Input) {
	o.Helper()
	if err := o.run(who, id, in); err != nil {
		o.Fatalf("%s: %v", id, err)
	}
}

// refused fails unless an act is refused with a kind of fault.
func (o *office) refused(kind fault.Kind, who actor.Actor, id string, in act.Input) {
	o.Helper()
	if err := o.run(who, id, in); !fault.Is(err, kind) {
		o.Errorf("%s by %s: %v, want %s", id, who.Name, err, kind)
	}
}

func rows[T any](o *office, name string) []T {
	o.Helper()
	var out []T
	o.read(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = register.Load[T](ctx, tx, o.c.Must(name))
		return err
	})
	return out
}

func one[T any](o *office, name, key string) T {
	o.Helper()
	var out T
	o.read(func(ctx context.Context, tx *db.Tx) error {
		d := o.c.Must(name)
		rec, ok, err := o.c.One(ctx, tx, d, key)
		if err == nil && !ok {
			err = errors.New("no " + name + " " + key)
		}
		if err == nil {
			out = register.Decode[T](d, rec.Row)
		}
		return err
	})
	return out
}

// verify looks at the whole record again.
func (o *office) verify() {
	o.Helper()
	rep, err := o.log.Verify(context.Background(), nil)
	if err != nil || !rep.OK {
		o.Errorf("the record does not hold: %+v %v", rep, err)
	}
}

// each runs a test on both engines.
func each(t *testing.T, fn func(o *office)) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		fn(o)
		o.verify()
	})
}
