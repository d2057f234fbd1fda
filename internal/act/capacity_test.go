package act

import (
	"context"
	"slices"
	"strings"
	"testing"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/trail"
)

// holding is somebody with some grants.
func holding(grants ...actor.Grant) actor.Actor {
	return actor.Actor{Person: "P-1", Name: "山田花子", Way: actor.Page, Roles: grants}
}

// bp.6: the record says in which capacity somebody acted. Their own grant comes before that of a deputy, and both before
// what a delegation gives; what covers the record counts, not what is written first.
func TestRecordSaysInWhichCapacity(t *testing.T) {
	own := func(scope string) actor.Grant { return actor.Grant{Role: "section_manager", Scope: scope} }
	deputy := func(scope string) actor.Grant {
		return actor.Grant{Role: "section_manager", Scope: scope, Deputy: true}
	}
	given := func(scope string, acts ...string) actor.Grant {
		return actor.Grant{Role: "section_manager", Scope: scope, Via: "DL-1", Acts: acts}
	}
	cases := []struct {
		name string
		who  actor.Actor
		in   Input
		want trail.Capacity
	}{
		{"their own role", holding(own("unit:U-1")), Input{"unit": "U-11"}, trail.Capacity{Role: "section_manager", Scope: "unit:U-1"}},
		{"for the whole city", holding(own("")), Input{}, trail.Capacity{Role: "section_manager"}},
		{"as deputy", holding(deputy("unit:U-11")), Input{"unit": "U-11"}, trail.Capacity{Role: "section_manager", Scope: "unit:U-11", Deputy: true}},
		{"by delegation", holding(given("unit:U-11", "thing.add")), Input{"unit": "U-11"}, trail.Capacity{Role: "section_manager", Scope: "unit:U-11", Via: "DL-1"}},
		{"by delegation of a deputy", holding(actor.Grant{Role: "section_manager", Deputy: true, Via: "DL-1"}), Input{}, trail.Capacity{Role: "section_manager", Deputy: true, Via: "DL-1"}},
		{"their own before the others", holding(given(""), deputy(""), own("unit:U-1")), Input{"unit": "U-1"}, trail.Capacity{Role: "section_manager", Scope: "unit:U-1"}},
		{"a deputy before a delegate", holding(given(""), deputy("unit:U-1")), Input{"unit": "U-1"}, trail.Capacity{Role: "section_manager", Scope: "unit:U-1", Deputy: true}},
		{"their own lies elsewhere", holding(own("unit:U-2"), deputy("unit:U-1")), Input{"unit": "U-1"}, trail.Capacity{Role: "section_manager", Scope: "unit:U-1", Deputy: true}},
		{"the delegation names other acts", holding(given("", "thing.none"), deputy("")), Input{}, trail.Capacity{Role: "section_manager", Deputy: true}},
		{"another role of theirs does not count", holding(actor.Grant{Role: "chief"}, given("")), Input{}, trail.Capacity{Role: "section_manager", Via: "DL-1"}},
		{"in two places, in one of them by delegation", holding(own("unit:U-1"), given("unit:U-2")), Input{"unit": "U-1 U-2"}, trail.Capacity{Role: "section_manager", Scope: "unit:U-2", Via: "DL-1"}},
		{"the product itself needs no power", actor.Operator(), Input{"unit": "U-1"}, trail.Capacity{}},
	}
	each(t, func(d *desk) {
		a, _ := d.gate.Registry.Get("thing.add")
		a.Where = func(_ context.Context, _ *db.Tx, in Input) (out []Place, err error) {
			for _, u := range strings.Fields(in["unit"]) {
				out = append(out, Place{Unit: u})
			}
			return out, nil
		}
		d.gate.Registry.Add(Act{ID: "thing.own", Title: msg.T("受領", "Receipt"), Anyone: true,
			Do: func(context.Context, *db.Tx, actor.Actor, Input) (ref.Ref, error) {
				return ref.New("thing", "own"), nil
			}})
		standing := 0
		for i, c := range cases {
			c.in["key"] = string(rune('a' + i))
			res, err := d.run(c.who, "thing.add", c.in, Options{})
			if err != nil {
				d.Errorf("%s: %v", c.name, err)
				continue
			}
			if got := d.records(trail.Query{Subject: res.Record}); len(got) != 1 || got[0].Capacity != c.want {
				d.Errorf("%s: recorded %+v, want %+v", c.name, got, c.want)
			}
			if c.want.Standing() {
				standing++
			}
		}
		if res, err := d.run(holding(own("")), "thing.own", nil, Options{}); err != nil {
			d.Error(err)
		} else if got := d.records(trail.Query{Subject: res.Record}); len(got) != 1 || got[0].Capacity != (trail.Capacity{}) {
			d.Errorf("what everybody does for themselves: %+v", got)
		}
		if res, err := d.run(holding(given("")), "thing.add", Input{"key": "forbidden"}, Options{}); err == nil || res.Trail < 0 {
			d.Errorf("a refusal: %+v, %v", res, err)
		}
		got := d.records(trail.Query{Standing: true})
		if len(got) != standing || slices.ContainsFunc(got, func(r trail.Record) bool { return !r.Capacity.Standing() || r.Result != trail.Done }) {
			d.Errorf("done for another: %d entries, want %d: %+v", len(got), standing, got)
		}
	})
}

// bp.6, bp.9.1: a row of the table of powers may be limited to a unit or an organ; the nearest around the record decides,
// and two rows of one scope decide nothing there and nothing elsewhere is touched by it.
func TestPowersHaveAScope(t *testing.T) {
	city, unit, above, organ := Power{Role: "chief"}, Power{Role: "section_manager", Unit: "U-11"}, Power{Role: "bureau_head", Unit: "U-1"}, Power{Role: "ciso", Organ: "O-1"}
	all := []Power{organ, above, city, unit}
	in := func(u string) Input { return Input{"key": "k", "unit": u} }
	cases := []struct {
		name   string
		powers []Power
		role   string
		in     Input
		says   string // "" when they may
	}{
		{"the unit itself", all, "section_manager", in("U-11"), ""},
		{"the unit, by who decides above", all, "bureau_head", in("U-11"), "決定できるのは"},
		{"the unit above", all, "bureau_head", in("U-1"), ""},
		{"a unit beside, under the one above", []Power{city, above}, "bureau_head", in("U-11"), ""},
		{"the organ", []Power{city, organ, unit}, "ciso", in("U-1"), ""},
		{"the organ, by who decides in the city", []Power{city, organ, unit}, "chief", in("U-1"), "決定できるのは"},
		{"outside of all", all, "chief", in("U-2"), ""},
		{"outside of all, by who decides within", all, "ciso", in("U-2"), "決定できるのは"},
		{"a record of the whole city", all, "chief", Input{"key": "k"}, ""},
		{"a record of the whole city, by who decides within", all, "section_manager", Input{"key": "k"}, "決定できるのは"},
		{"a system without a unit is of the whole city", all, "chief", Input{"key": "k", "system": "S-1"}, ""},
		{"no row for the city, within", []Power{unit}, "section_manager", in("U-11"), ""},
		{"no row for the city, outside", []Power{unit}, "section_manager", in("U-2"), "権限表"},
		{"two rows of the unit", []Power{city, unit, {Role: "chief", Unit: "U-11"}}, "chief", in("U-11"), "権限表"},
		{"two rows of a unit, elsewhere", []Power{city, unit, {Role: "chief", Unit: "U-11"}}, "chief", in("U-2"), ""},
		{"two rows of the organ", []Power{city, organ, organ}, "ciso", in("U-1"), "権限表"},
		{"two rows of the organ, by who decides in the city", []Power{city, organ, organ}, "chief", in("U-1"), "権限表"},
		{"who holds none of the roles", all, "auditor", in("U-11"), "決定できるのは「chief」"},
	}
	each(t, func(d *desk) {
		for _, c := range cases {
			d.powers["thing.add"] = c.powers
			for scope, says := range map[string]string{"": c.says, "unit:U-9": "範囲の外"} {
				if c.says != "" {
					says = c.says
				}
				if err := d.gate.Store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					who := with(c.role, scope)
					err := d.gate.May(ctx, tx, who, "thing.add", c.in)
					if f := fault.As(err); (err == nil) != (says == "") || f != nil && !strings.Contains(f.Message.JA, says) {
						d.Errorf("%s, by the role in %q: %v, want %q", c.name, scope, err, says)
					}
					at, err := d.gate.DecidesAt(ctx, tx, who, "thing.add", Place{Unit: c.in["unit"], System: c.in["system"]})
					if at != (says == "") {
						d.Errorf("%s, by the role in %q: decides there %v", c.name, scope, at)
					}
					return err
				}); err != nil {
					d.Fatal(err)
				}
			}
		}
		d.powers["thing.add"] = all
		if err := d.gate.Store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			for role, want := range map[string]bool{"chief": true, "section_manager": true, "bureau_head": true, "ciso": true, "auditor": false} {
				if yes, err := d.gate.Decides(ctx, tx, with(role, "unit:U-9"), "thing.add"); err != nil || yes != want {
					d.Errorf("%s decides somewhere: %v, %v, want %v", role, yes, err, want)
				}
			}
			who := holding(actor.Grant{Role: "bureau_head", Scope: "unit:U-1"}, actor.Grant{Role: "section_manager", Scope: "unit:U-1", Deputy: true}, actor.Grant{Role: "chief", Via: "DL-1"})
			own, standing, err := d.gate.Scopes(ctx, tx, who, "thing.add")
			if strings.Join(own, " ") != "unit:U-1" || strings.Join(standing, " ") != " unit:U-11" {
				d.Errorf("scopes: own %q, standing %q", own, standing)
			}
			return err
		}); err != nil {
			d.Fatal(err)
		}
	})
}

// bp.6: what an act decides on the applications of others is put on record with it, once, with the delegation it rests on;
// what was refused or taken back leaves nothing.
func TestDecisionsAreKept(t *testing.T) {
	each(t, func(d *desk) {
		a, _ := d.gate.Registry.Get("thing.add")
		do := a.Do
		a.Do = func(ctx context.Context, tx *db.Tx, who actor.Actor, in Input) (ref.Ref, error) {
			Decided(ctx, in["name"])
			if in["system"] != "" {
				DecidedOn(ctx, ref.New("system", in["system"]), "P-8")
			}
			return do(ctx, tx, who, in)
		}
		delegate := holding(actor.Grant{Role: "section_manager", Via: "DL-1"})
		for _, c := range []struct {
			in   Input
			want []Decision
		}{
			{Input{"key": "1", "name": "P-9"}, []Decision{{"thing.add", ref.New("thing", "1"), "P-9", "DL-1"}}},
			{Input{"key": "2"}, nil},
			{Input{"key": "3", "name": "P-9", "system": "S-1"}, []Decision{{"thing.add", ref.New("thing", "3"), "P-9", "DL-1"}, {"thing.add", ref.New("system", "S-1"), "P-8", "DL-1"}}},
			{Input{"key": "spoilt", "name": "P-9"}, nil},
			{Input{"key": "forbidden", "name": "P-9"}, nil},
		} {
			d.kept = nil
			refused := c.in["key"] == "spoilt" || c.in["key"] == "forbidden"
			if _, err := d.run(delegate, "thing.add", c.in, Options{IdempotencyKey: "k" + c.in["key"]}); (err != nil) != refused {
				d.Errorf("%v: %v, want refused %v", c.in, err, refused)
			}
			if !slices.Equal(d.kept, c.want) {
				d.Errorf("%v: kept %+v, want %+v", c.in, d.kept, c.want)
			}
		}
		d.kept = nil
		if _, err := d.run(delegate, "thing.add", Input{"key": "1", "name": "P-9"}, Options{IdempotencyKey: "k1"}); err != nil || d.kept != nil {
			d.Errorf("a repeat decides anew: %+v, %v", d.kept, err)
		}
		if _, err := d.run(with("section_manager", ""), "thing.add", Input{"key": "4", "name": "P-9"}, Options{}); err != nil || len(d.kept) != 1 || d.kept[0].Delegation != "" {
			d.Errorf("by one's own power: %+v, %v", d.kept, err)
		}
		Decided(context.Background(), "P-9") // outside of any act nobody keeps it
	})
}
