package asset_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/asset"
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
	"okite/internal/when"
)

// office is a store with a bureau, a section, three people, the two schemes and one system.
type office struct {
	*testing.T
	s    *db.Store
	c    *register.Catalog
	gate *act.Gate
}

// vocabularies are the words these tests need, with the codes of the packs.
func vocabularies() *pack.Pack {
	p := &pack.Pack{Vocabs: map[string]*pack.Vocab{}}
	for name, codes := range map[string]string{"confidentiality": "3A 3B 3C 2 1", "integrity": "2 1", "availability": "2 1", "form": "file paper", "status": "planned active retired",
		"content": "my_number sensitive personal tax public none", "scope_reason": "school paper", "property": "c i a", "unit_kind": "bureau section", "employment": "regular",
		"role": "section_manager bureau_head", "zone_kind": "lgwan", "yesno": "yes no"} {
		v := &pack.Vocab{Name: name}
		for _, c := range strings.Fields(codes) {
			v.Terms = append(v.Terms, pack.Term{Code: c, Title: msg.Same(c)})
		}
		p.Vocabs[name] = v
	}
	return p
}

func inOffice(t *testing.T, fn func(o *office)) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		ctx := context.Background()
		now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
		s.SetClock(func() time.Time { return now })
		var defs []*register.Def
		for _, list := range [][]*register.Def{org.Registers(), asset.Registers(), policy.Registers(), contractor.Registers()} {
			defs = append(defs, list...)
		}
		o := &office{T: t, s: s, c: register.NewCatalog(vocabularies(), defs...)}
		if err := o.c.Migrate(ctx, s); err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(ctx, trail.Schema()); err != nil {
			t.Fatal(err)
		}
		log, err := trail.Open(ctx, s, t.TempDir(), "okite.example/test")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { log.Close() })
		reg := &act.Registry{}
		reg.Add(o.c.Acts()...)
		reg.Add(asset.Acts(o.c)...)
		o.gate = &act.Gate{Store: s, Log: log, Registry: reg, Powers: o.c.Powers, Units: o.c.UnitsAbove}
		o.write(func(ctx context.Context, tx *db.Tx) error {
			for _, q := range act.Schema() {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			for _, p := range []org.Power{{Code: "1", Action: "asset.change", Role: "section_manager"}, {Code: "2", Action: "asset.downgrade", Role: "section_manager"}, {Code: "3", Action: "asset.downgrade.approve", Role: "bureau_head"}, {Code: "4", Action: "asset.downgrade.reject", Role: "bureau_head"}} {
				if _, err := o.c.BulkLoad(ctx, tx, o.c.Must("power"), rowsOf(o.c.Must("power"), p), now); err != nil {
					return err
				}
			}
			return nil
		})
		fill(o, "unit", org.Unit{Code: "U1", Name: "総務局", Kind: "bureau", Open: 1000}, org.Unit{Code: "U2", Name: "情報政策課", Kind: "section", Parent: "U1", Open: 1000})
		fill(o, "person", org.Person{Code: "P1", Name: "山田花子", Unit: "U2", Employment: "regular", Joined: 1000}, org.Person{Code: "P2", Name: "佐藤一郎", Unit: "U1", Employment: "regular", Joined: 1000},
			org.Person{Code: "P3", Name: "鈴木次郎", Unit: "U1", Employment: "regular", Joined: 1000})
		fill(o, "scheme", asset.Scheme{Code: "three", Name: "三段階", Since: when.On(2021, 4, 1)}, asset.Scheme{Code: "five", Name: "五段階", Since: when.On(2025, 4, 1)},
			asset.Scheme{Code: "next", Name: "次の基準", Since: when.On(2027, 4, 1)})
		fill(o, "system", asset.System{Code: "S1", Name: "税務システム", Unit: "U2", Status: "active"})
		fn(o)
		if r, err := log.Verify(ctx, nil); err != nil || !r.OK {
			t.Errorf("verify the record: %+v, %v", r, err)
		}
	})
}

func rowsOf[T any](d *register.Def, list ...T) func(yield func(register.Row) bool) {
	return func(yield func(register.Row) bool) {
		for _, t := range list {
			if !yield(register.Encode(d, t)) {
				return
			}
		}
	}
}

func fill[T any](o *office, name string, list ...T) {
	o.Helper()
	o.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := o.c.BulkLoad(ctx, tx, o.c.Must(name), rowsOf(o.c.Must(name), list...), tx.Now())
		return err
	})
}

func (o *office) write(fn db.Func) {
	o.Helper()
	if err := o.s.Write(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

func rows[T any](o *office, name string) (out []T) {
	o.Helper()
	if err := o.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = register.Load[T](ctx, tx, o.c.Must(name))
		return err
	}); err != nil {
		o.Fatal(err)
	}
	return out
}

var manager = actor.Actor{Person: "P1", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U2"}}}

func head(person string) actor.Actor {
	return actor.Actor{Person: person, Way: actor.Page, Roles: []actor.Grant{{Role: "bureau_head", Scope: "unit:U1"}}}
}

// register keeps a new asset, change alters one by its code.
func (o *office) register(a asset.Asset) error {
	return o.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := o.c.Create(ctx, tx, manager, o.c.Must("asset"), register.Encode(o.c.Must("asset"), a))
		return err
	})
}

func (o *office) change(in act.Input) error {
	_, err := o.gate.Run(actor.With(context.Background(), manager), "asset.change", in, act.Options{})
	return err
}

func (o *office) run(who actor.Actor, id string, in act.Input) (act.Result, error) {
	return o.gate.Run(actor.With(context.Background(), who), id, in, act.Options{})
}

func (o *office) asset(code string) asset.Asset {
	o.Helper()
	for _, a := range rows[asset.Asset](o, "asset") {
		if a.Code == code {
			return a
		}
	}
	o.Fatalf("no asset %s", code)
	return asset.Asset{}
}

func ledger(code string) asset.Asset {
	return asset.Asset{Code: code, Name: "課税台帳", Unit: "U2", System: "S1", Form: "file", Content: []string{"tax"}, Confidentiality: "3B", Integrity: "2", Availability: "1",
		Status: "active", Registered: when.On(2026, 4, 1)}
}

func refusedAt(err error, field string) bool {
	f := fault.As(err)
	if f == nil {
		return false
	}
	for _, x := range f.Fields {
		if x.Name == field && x.Message.JA != "" {
			return true
		}
	}
	return false
}

func TestHandlingFollowsFromTheClass(t *testing.T) {
	inOffice(t, func(o *office) {
		a := ledger("A1")
		a.Handling = "手入力"
		if err := o.register(a); err != nil {
			o.Fatal(err)
		}
		if got := o.asset("A1"); got.Scheme != "five" || got.Handling != "five:3B-2-1" {
			o.Errorf("scheme %q, handling %q", got.Scheme, got.Handling)
		}
		if err := o.change(act.Input{"code": "A1", "availability": "2"}); err != nil {
			o.Fatal(err)
		}
		if got := o.asset("A1").Handling; got != "five:3B-2-2" {
			o.Errorf("after the change: %q", got)
		}
		changes := rows[asset.ClassChange](o, "classchange")
		if len(changes) != 1 || changes[0].Property != "a" || changes[0].Old != "1" || changes[0].New != "2" || changes[0].Down || changes[0].Editor != "P1" {
			o.Errorf("changes of class: %+v", changes)
		}
		open := ledger("A2")
		open.Availability = ""
		if err := o.register(open); err != nil {
			o.Fatal(err)
		}
		if got := o.asset("A2").Handling; got != "" {
			o.Errorf("not yet classified: %q", got)
		}
	})
}

func TestClassRulesOnWriting(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*asset.Asset)
		field string // "" is allowed
	}{
		{"tax data at its floor", func(a *asset.Asset) {}, ""},
		{"tax data below its floor", func(a *asset.Asset) { a.Confidentiality = "3C" }, "confidentiality"},
		{"sensitive data at its floor", func(a *asset.Asset) { a.Content, a.Confidentiality = []string{"sensitive"}, "3C" }, ""},
		{"personal data below its floor", func(a *asset.Asset) { a.Content, a.Confidentiality = []string{"personal"}, "1" }, "confidentiality"},
		{"public data at the lowest class", func(a *asset.Asset) { a.Content, a.Confidentiality = []string{"public"}, "1" }, ""},
		{"not yet classified", func(a *asset.Asset) { a.Confidentiality = "" }, ""},
		{"below its floor under an exception that ends today", func(a *asset.Asset) { a.Code, a.Confidentiality = "X1", "2" }, ""},
		{"below its floor after the exception ended", func(a *asset.Asset) { a.Code, a.Confidentiality = "X2", "2" }, "confidentiality"},
		{"copy with the class of its source", func(a *asset.Asset) { a.Source = "A0" }, ""},
		{"copy below its source in integrity", func(a *asset.Asset) { a.Source, a.Integrity = "A0", "1" }, "integrity"},
		{"copy below its source, anonymised with approval", func(a *asset.Asset) {
			a.Source, a.Integrity, a.Anonymised, a.AnonymisedBy = "A0", "1", true, "P2"
		}, ""},
		{"copy below its source, anonymised without approval", func(a *asset.Asset) { a.Source, a.Integrity, a.Anonymised = "A0", "1", true }, "integrity"},
	}
	inOffice(t, func(o *office) {
		today := when.On(2026, 11, 24)
		fill(o, "exception", policy.Exception{Code: "E1", Check: "R047", Subject: "asset:X1", Reason: "r", Alternative: "a", Applicant: "P1", Approver: "P2", Approved: today - 10, Until: today},
			policy.Exception{Code: "E2", Check: "R047", Subject: "asset:X2", Reason: "r", Alternative: "a", Applicant: "P1", Approver: "P2", Approved: today - 10, Until: today - 1})
		if err := o.register(ledger("A0")); err != nil {
			o.Fatal(err)
		}
		for i, c := range cases {
			a := ledger("B" + string(rune('a'+i)))
			c.spoil(&a)
			err := o.register(a)
			if (c.field == "" && err != nil) || (c.field != "" && !refusedAt(err, c.field)) {
				o.Errorf("%s: got %v", c.name, err)
			}
		}
	})
}

func TestSystemWeighsAsItsHeaviestAsset(t *testing.T) {
	inOffice(t, func(o *office) {
		weight := func(step, want string) {
			o.Helper()
			s := rows[asset.System](o, "system")[0]
			if got := s.Confidentiality + "-" + s.Integrity + "-" + s.Availability; got != want {
				o.Errorf("%s: got %s, want %s", step, got, want)
			}
		}
		light, heavy := ledger("A1"), ledger("A2")
		light.Content, light.Confidentiality, light.Integrity = []string{"public"}, "1", "1"
		if err := o.register(light); err != nil {
			o.Fatal(err)
		}
		weight("first asset", "1-1-1")
		if err := o.register(heavy); err != nil {
			o.Fatal(err)
		}
		weight("a heavier asset", "3B-2-1")
		if err := o.change(act.Input{"code": "A1", "availability": "2"}); err != nil {
			o.Fatal(err)
		}
		weight("the light one rises", "3B-2-2")
		if err := o.change(act.Input{"code": "A2", "system": ""}); err != nil {
			o.Fatal(err)
		}
		weight("the heavy one moves out", "1-1-2")
		if err := o.change(act.Input{"code": "A2", "system": "S1"}); err != nil {
			o.Fatal(err)
		}
		weight("and back in", "3B-2-2")
		if err := o.change(act.Input{"code": "A2", "status": "retired"}); err != nil {
			o.Fatal(err)
		}
		weight("and is retired", "1-1-2")
	})
}

func TestNobodyLowersAClassAlone(t *testing.T) {
	inOffice(t, func(o *office) {
		a := ledger("A1")
		a.Content, a.Confidentiality = []string{"personal"}, "3B"
		if err := o.register(a); err != nil {
			o.Fatal(err)
		}
		for _, to := range []string{"2", ""} {
			if err := o.change(act.Input{"code": "A1", "confidentiality": to}); !refusedAt(err, "confidentiality") {
				o.Errorf("lowered to %q by a plain change: %v", to, err)
			}
		}
		apply := func() string {
			o.Helper()
			res, err := o.run(manager, "asset.downgrade", act.Input{"asset": "A1", "property": "c", "class": "2", "reason": "個人情報を含まなくなったため"})
			if err != nil {
				o.Fatal(err)
			}
			return res.Record.Key
		}
		first := apply()
		if o.asset("A1").Confidentiality != "3B" {
			o.Error("an application has lowered the class")
		}
		fill(o, "delegation", org.Delegation{Code: "D1", From: "P1", To: "P9", Begin: 20000, End: 30000}, org.Delegation{Code: "D2", From: "P9", To: "P3", Begin: 20000, End: 30000})
		for name, who := range map[string]actor.Actor{"the applicant": head("P1"), "who acts for the applicant through another": head("P3"), "a role that does not decide": manager, "the operator": actor.Operator()} {
			if _, err := o.run(who, "asset.downgrade.approve", act.Input{"code": first}); !fault.Is(err, fault.Denied) {
				o.Errorf("approved by %s: %v", name, err)
			}
		}
		if _, err := o.run(head("P2"), "asset.downgrade.approve", act.Input{"code": first}); err != nil {
			o.Fatal(err)
		}
		if got := o.asset("A1"); got.Confidentiality != "2" || got.Handling != "five:2-2-1" || got.ClassifiedBy != "P1" {
			o.Errorf("after the approval: %+v", got)
		}
		changes := rows[asset.ClassChange](o, "classchange")
		if len(changes) != 1 || !changes[0].Down || changes[0].Editor != "P1" || changes[0].Approver != "P2" {
			o.Errorf("changes of class: %+v", changes)
		}
		if _, err := o.run(head("P2"), "asset.downgrade.approve", act.Input{"code": first}); !fault.Is(err, fault.Conflict) {
			o.Errorf("approved twice: %v", err)
		}
		if err := o.change(act.Input{"code": "A1", "confidentiality": "3B"}); err != nil {
			o.Fatal(err)
		}
		second := apply()
		if err := o.change(act.Input{"code": "A1", "confidentiality": "3A"}); err != nil {
			o.Fatal(err)
		}
		if _, err := o.run(head("P2"), "asset.downgrade.approve", act.Input{"code": second}); !fault.Is(err, fault.Conflict) {
			o.Errorf("approved after the class had moved on: %v", err)
		}
		if _, err := o.run(head("P2"), "asset.downgrade.reject", act.Input{"code": second}); err != nil {
			o.Error(err)
		}
		if _, err := o.run(manager, "asset.downgrade", act.Input{"asset": "A1", "property": "c", "class": "3A", "reason": "r"}); !refusedAt(err, "class") {
			o.Errorf("a downgrade to the same class: %v", err)
		}
	})
}

func TestRemappingIsNoDowngrade(t *testing.T) {
	inOffice(t, func(o *office) {
		fill(o, "mapping", asset.Mapping{Code: "M1", From: "three", Old: "3", To: "five", New: "3B"})
		old := ledger("A1")
		old.Scheme, old.Confidentiality, old.Handling = "three", "3", "three:3-2-1"
		fill(o, "asset", old)
		if err := o.change(act.Input{"code": "A1", "confidentiality": "3C"}); !refusedAt(err, "confidentiality") {
			o.Errorf("a class the mapping does not give: %v", err)
		}
		if err := o.change(act.Input{"code": "A1", "confidentiality": "3B"}); err != nil {
			o.Error(err)
		}
		if got := o.asset("A1"); got.Scheme != "five" || got.Handling != "five:3B-2-1" {
			o.Errorf("got %+v", got)
		}
	})
}
