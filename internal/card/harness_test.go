package card_test

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
	"okite/internal/card"
	"okite/internal/contractor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// office is a municipality with the module at work.
type office struct {
	testing.TB
	store *db.Store
	c     *register.Catalog
	gate  *act.Gate
	log   *trail.Log
	s     *card.Service
	now   time.Time
}

var today = when.On(2026, 11, 24)

var (
	csirt   = actor.Actor{Person: "P-1", Name: "緊急一郎", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "csirt_chief"}}}
	manager = actor.Actor{Person: "P-2", Name: "課長二奈", Unit: "U-2", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-2"}}}
	deputy  = actor.Actor{Person: "P-3", Name: "代理三太", Unit: "U-2", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-2", Deputy: true}}}
	clerk   = actor.Actor{Person: "P-4", Name: "職員四季", Unit: "U-2", Way: actor.Page}
	other   = actor.Actor{Person: "P-5", Name: "隣席五郎", Unit: "U-3", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-3"}}}
	bureau  = actor.Actor{Person: "P-7", Name: "部長七恵", Unit: "U-0", Way: actor.Page, Roles: []actor.Grant{{Role: "bureau_head", Scope: "unit:U-0"}}}
	systems = actor.Actor{Person: "P-6", Name: "機器六助", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "system_manager", Scope: "system:S-1"}}}
)

func open(t testing.TB, store *db.Store) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{TB: t, store: store, now: today.Time().Add(10 * time.Hour)}
	store.SetClock(func() time.Time { return o.now })
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	o.c = register.NewCatalog(p, slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), card.Registers())...)
	if err := store.Migrate(ctx, trail.Schema()); err != nil {
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
		Powers: func(_ context.Context, _ *db.Tx, id string) ([]act.Power, error) {
			a, ok := reg.Get(id)
			if !ok || len(a.Roles) != 1 {
				return nil, nil
			}
			return []act.Power{{Role: a.Roles[0]}}, nil
		}}
	o.s = card.New(card.Config{Store: store, Catalog: o.c, Gate: o.gate})
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
	o.write(func(ctx context.Context, tx *db.Tx) error {
		o.fill(ctx, tx)
		for _, a := range reg.All() {
			if !a.Anyone {
				put(o, ctx, tx, "power", org.Power{Code: a.ID, Action: a.ID, Role: a.Roles[0]})
			}
		}
		return nil
	})
	return o
}

func (o *office) fill(ctx context.Context, tx *db.Tx) {
	put(o, ctx, tx, "organ", org.Organ{Code: "O-1", Name: "市長", Kind: "mayor", Open: 1000})
	put(o, ctx, tx, "unit", org.Unit{Code: "U-0", Name: "市民局", Kind: "bureau", Organ: "O-1", Open: 1000})
	for i, name := range []string{"情報政策課", "市民課", "税務課"} {
		u := org.Unit{Code: "U-" + string(rune('1'+i)), Name: name, Kind: "section", Organ: "O-1", Open: 1000}
		if i > 0 {
			u.Parent = "U-0"
		}
		put(o, ctx, tx, "unit", u)
	}
	for _, a := range []actor.Actor{csirt, manager, deputy, clerk, other, systems, bureau} {
		put(o, ctx, tx, "person", org.Person{Code: a.Person, Name: a.Name, Kana: a.Person, Unit: a.Unit, Employment: "regular", Joined: 16000})
	}
	put(o, ctx, tx, "person", org.Person{Code: "P-8", Name: "異動八重", Kana: "P-8", Unit: "U-3", Employment: "regular", Joined: 16000},
		org.Person{Code: "P-9", Name: "退職九郎", Kana: "P-9", Unit: "U-2", Employment: "regular", Joined: 16000, Left: today - 1})
	put(o, ctx, tx, "transfer", audit.Transfer{Code: "TR-1", Person: "P-8", Unit: "U-2", Until: today - 3})
	for _, p := range o.c.Pack().Parameters {
		put(o, ctx, tx, "parameter", policy.Parameter{Code: p.Code, Name: p.Name.JA, Value: p.Value, Text: p.Text})
	}
	put(o, ctx, tx, "system", asset.System{Code: "S-1", Name: "住民記録システム", Unit: "U-2", Status: "active"})
	put(o, ctx, tx, "exception", policy.Exception{Code: "EX-1", Check: "R089", Subject: "system:S-1", Reason: "端末を共用するため", Alternative: "使用の都度、記録する。", Applicant: "P-6", Approver: "P-1", Approved: today - 30, Until: today},
		policy.Exception{Code: "EX-2", Check: "R089", Subject: "system:S-1", Reason: "端末を共用するため", Alternative: "使用の都度、記録する。", Applicant: "P-6", Approver: "P-1", Approved: today - 60, Until: today - 1})
	put(o, ctx, tx, "card", card.Card{Code: "IC-1", Kind: "staff", Unit: "U-2", Person: clerk.Person, State: card.Lent, Lent: today - 300},
		card.Card{Code: "IC-2", Kind: "operator", Unit: "U-2", Person: "P-8", State: card.Lent, Lent: today - 300},
		card.Card{Code: "IC-3", Kind: "staff", Unit: "U-2", Person: "P-9", State: card.Lent, Lent: today - 400},
		card.Card{Code: "IC-4", Kind: "operator", Unit: "U-2", State: card.Stock},
		card.Card{Code: "IC-5", Kind: "staff", Unit: "U-3", Person: "P-8", State: card.Lent, Lent: today - 300})
	put(o, ctx, tx, "userid", card.Account{Code: "ID-1", Login: "p4", System: "S-1", Person: clerk.Person, Kind: card.Personal, Opened: today - 300})
}

func put[T any](o *office, ctx context.Context, tx *db.Tx, name string, list ...T) {
	o.Helper()
	d := o.c.Must(name)
	for _, x := range list {
		if _, err := o.c.BulkLoad(ctx, tx, d, slices.Values([]register.Row{register.Encode(d, x)}), o.now); err != nil {
			o.Fatalf("put %s: %v", name, err)
		}
	}
}

func (o *office) write(fn db.Func) {
	o.Helper()
	if err := o.store.Write(actor.With(context.Background(), actor.Operator()), fn); err != nil {
		o.Fatal(err)
	}
}

func (o *office) run(who actor.Actor, id string, in act.Input) error {
	_, err := o.gate.Run(actor.With(context.Background(), who), id, in, act.Options{})
	return err
}

func (o *office) must(who actor.Actor, id string, in act.Input) {
	o.Helper()
	if err := o.run(who, id, in); err != nil {
		o.Fatalf("%s by %s: %v", id, who.Name, err)
	}
}

// refused fails unless an act is refused with a kind of fault.
func (o *office) refused(kind fault.Kind, who actor.Actor, id string, in act.Input) {
	o.Helper()
	if err := o.run(who, id, in); !fault.Is(err, kind) {
		o.Errorf("%s by %s: %v, want %s", id, who.Name, err, kind)
	}
}

func one[T any](o *office, name, key string) (out T) {
	o.Helper()
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		d := o.c.Must(name)
		rec, ok, err := o.c.One(ctx, tx, d, key)
		if err == nil && !ok {
			err = errors.New("no " + name + " " + key)
		}
		if err == nil {
			out = register.Decode[T](d, rec.Row)
		}
		return err
	}); err != nil {
		o.Fatal(err)
	}
	return out
}

// first is the one record of a register.
func first[T any](o *office, name string) T {
	o.Helper()
	var list []T
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = register.Load[T](ctx, tx, o.c.Must(name))
		return err
	}); err != nil || len(list) != 1 {
		o.Fatalf("%d records of %s: %v", len(list), name, err)
	}
	return list[0]
}

// owes are the kinds and subjects of what waits for somebody; a deputy's are marked.
func (o *office) owes(who actor.Actor) (out []string) {
	o.Helper()
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		list, err := o.s.Waiting(ctx, tx, who, today, 100)
		for _, i := range list {
			s := i.Kind + " " + i.Subject.Key
			if i.Standing {
				s += " standing"
			}
			out = append(out, s)
		}
		return err
	}); err != nil {
		o.Fatal(err)
	}
	return out
}

// serve serves the module's pages to one person.
func (o *office) serve(who actor.Actor) *webtest.Server {
	o.Helper()
	s := &web.Site{Name: "星見市", Version: "1", Registry: &web.Registry{}, Now: o.store.Now, Identify: webtest.As(who)}
	if err := s.Registry.Add(o.s.Routes()...); err != nil {
		o.Fatal(err)
	}
	return webtest.Start(o.TB, s)
}

// each runs a test on both engines, and looks at the whole record afterwards.
func each(t *testing.T, fn func(o *office)) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		fn(o)
		if rep, err := o.log.Verify(context.Background(), nil); err != nil || !rep.OK {
			t.Errorf("the record does not hold: %+v %v", rep, err)
		}
	})
}
