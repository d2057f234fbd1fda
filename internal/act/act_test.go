package act

import (
	"context"
	"strings"
	"sync"
	"testing"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/trail"
)

// desk is a gate over one table: things that belong to units. U-11 lies in U-1; powers are given by the test.
type desk struct {
	*testing.T
	gate   *Gate
	powers map[string][]Power
	kept   []Decision
}

func each(t *testing.T, fn func(d *desk)) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		ctx := context.Background()
		d := &desk{T: t, powers: map[string][]Power{"thing.add": {{Role: "section_manager"}}, "thing.two": {{Role: "chief"}, {Role: "ciso"}}}}
		if err := s.Migrate(ctx, trail.Schema()); err != nil {
			t.Fatal(err)
		}
		log, err := trail.Open(ctx, s, t.TempDir(), "okite.example/test")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { log.Close() })
		err = s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, q := range append(Schema(), `CREATE TABLE thing (key TEXT PRIMARY KEY, note TEXT NOT NULL)`) {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		reg := &Registry{}
		reg.Add(d.add("thing.add"), d.add("thing.two"), d.add("thing.none"))
		d.gate = &Gate{Store: s, Log: log, Registry: reg,
			Powers: func(ctx context.Context, tx *db.Tx, act string) ([]Power, error) { return d.powers[act], nil },
			Units: func(ctx context.Context, tx *db.Tx, unit string) ([]string, error) {
				if unit == "U-11" {
					return []string{"U-11", "U-1"}, nil
				}
				return []string{unit}, nil
			},
			Organ: func(ctx context.Context, tx *db.Tx, unit string) (string, error) {
				if strings.HasPrefix(unit, "U-1") {
					return "O-1", nil
				}
				return "", nil
			},
			Decisions: func(ctx context.Context, tx *db.Tx, who actor.Actor, list []Decision) error {
				d.kept = append(d.kept, list...)
				return nil
			}}
		fn(d)
		if r, err := log.Verify(ctx, nil); err != nil || !r.OK {
			t.Errorf("verify the record: %+v, %v", r, err)
		}
	})
}

func (d *desk) add(id string) Act {
	return Act{ID: id, Title: msg.T("物品の登録", "Register a thing"), Clauses: []clause.ID{"bp.7"},
		Fields: []Field{{Name: "key", Title: msg.T("番号", "No."), Required: true}, {Name: "unit", Title: msg.T("所管", "Unit")}, {Name: "system", Title: msg.T("情報システム", "System")}, {Name: "name", Title: msg.T("氏名", "Name"), Personal: true}},
		Where: func(ctx context.Context, tx *db.Tx, in Input) ([]Place, error) {
			if in["unit"] == "" && in["system"] == "" {
				return nil, nil
			}
			return []Place{{Unit: in["unit"], System: in["system"]}}, nil
		},
		Allow: func(ctx context.Context, tx *db.Tx, a actor.Actor, in Input) error {
			if in["key"] == "forbidden" {
				return fault.Deny(msg.T("この番号は使えません。", "This number may not be used."), "bp.9.4")
			}
			return nil
		},
		Do: func(ctx context.Context, tx *db.Tx, a actor.Actor, in Input) (ref.Ref, error) {
			if _, err := tx.Exec(ctx, `INSERT INTO thing (key, note) VALUES ($1, $2)`, in["key"], From(ctx).ID+" "+From(ctx).Reason); err != nil {
				return ref.Ref{}, err
			}
			if in["key"] == "spoilt" {
				return ref.Ref{}, fault.At("key", msg.T("使えない番号です。", "That number is no good."))
			}
			return ref.New("thing", in["key"]), nil
		}}
}

func (d *desk) run(a actor.Actor, id string, in Input, opt Options) (Result, error) {
	d.Helper()
	return d.gate.Run(actor.With(context.Background(), a), id, in, opt)
}

func (d *desk) things() (n int) {
	d.Helper()
	if err := d.gate.Store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM thing`).Scan(&n)
	}); err != nil {
		d.Fatal(err)
	}
	return n
}

func (d *desk) records(q trail.Query) (out []trail.Record) {
	d.Helper()
	if err := d.gate.Store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = d.gate.Log.List(ctx, tx, q)
		return err
	}); err != nil {
		d.Fatal(err)
	}
	return out
}

func with(role, scope string) actor.Actor {
	return actor.Actor{Person: "P-1", Name: "山田花子", Way: actor.Page, Roles: []actor.Grant{{Role: role, Scope: scope}}}
}

// limited is a role given by a delegation that names the acts it covers.
func limited(role, scope string, acts ...string) actor.Actor {
	a := with(role, scope)
	a.Roles[0].Via, a.Roles[0].Acts = "DG-1", acts
	return a
}

func TestWhoMay(t *testing.T) {
	cases := []struct {
		name string
		act  string
		who  actor.Actor
		in   Input
		may  bool
		says string
	}{
		{"the role for the whole city", "thing.add", with("section_manager", ""), Input{"key": "1", "unit": "U-2"}, true, ""},
		{"the role in the unit itself", "thing.add", with("section_manager", "unit:U-11"), Input{"key": "2", "unit": "U-11"}, true, ""},
		{"the role in the unit above", "thing.add", with("section_manager", "unit:U-1"), Input{"key": "3", "unit": "U-11"}, true, ""},
		{"the role in the unit below", "thing.add", with("section_manager", "unit:U-11"), Input{"key": "4", "unit": "U-1"}, false, "範囲の外"},
		{"the role in another unit", "thing.add", with("section_manager", "unit:U-2"), Input{"key": "5", "unit": "U-11"}, false, "範囲の外"},
		{"the role in the system", "thing.add", with("section_manager", "system:S-1"), Input{"key": "6", "unit": "U-2", "system": "S-1"}, true, ""},
		{"the role in another system", "thing.add", with("section_manager", "system:S-2"), Input{"key": "7", "unit": "U-2", "system": "S-1"}, false, "範囲の外"},
		{"a scope of the same name is no city", "thing.add", with("section_manager", "unit:"), Input{"key": "8"}, false, "範囲の外"},
		{"a record of the whole city needs the whole city", "thing.add", with("section_manager", "unit:U-1"), Input{"key": "9"}, false, "範囲の外"},
		{"another role", "thing.add", with("staff", ""), Input{"key": "10", "unit": "U-1"}, false, "決定できるのは"},
		{"by a delegation of every act", "thing.add", limited("section_manager", ""), Input{"key": "17"}, true, ""},
		{"by a delegation of this act", "thing.add", limited("section_manager", "", "thing.none", "thing.add"), Input{"key": "18"}, true, ""},
		{"by a delegation of other acts", "thing.add", limited("section_manager", "", "thing.none"), Input{"key": "19"}, false, "決定できるのは"},
		{"by a delegation in another unit", "thing.add", limited("section_manager", "unit:U-2", "thing.add"), Input{"key": "20", "unit": "U-11"}, false, "範囲の外"},
		{"no role", "thing.add", actor.Actor{Person: "P-1"}, Input{"key": "11"}, false, "決定できるのは"},
		{"nobody", "thing.add", actor.Actor{}, Input{"key": "12"}, false, "サインイン"},
		{"an act without a power", "thing.none", with("chief", ""), Input{"key": "13"}, false, "権限表"},
		{"an act with two powers", "thing.two", with("chief", ""), Input{"key": "14"}, false, "権限表"},
		{"the operator", "thing.none", actor.Operator(), Input{"key": "15"}, true, ""},
		{"refused by the act itself", "thing.add", with("section_manager", ""), Input{"key": "forbidden"}, false, "この番号は使えません。"},
		{"the operator too", "thing.add", actor.Operator(), Input{"key": "forbidden"}, false, "この番号は使えません。"},
	}
	each(t, func(d *desk) {
		want := 0
		for _, c := range cases {
			res, err := d.run(c.who, c.act, c.in, Options{})
			if c.may {
				want++
				if err != nil || !res.OK || res.Record.String() != "thing:"+c.in["key"] || res.Trail < 0 {
					d.Errorf("%s: got %+v, %v", c.name, res, err)
				}
				continue
			}
			f := res.Fault
			if f == nil || f.Kind != fault.Denied || fault.As(err) != f || !strings.Contains(f.Message.JA, c.says) || res.Trail < 0 {
				d.Errorf("%s: got %+v, %v", c.name, res, err)
				continue
			}
			if c.says != "この番号は使えません。" && (!strings.HasPrefix(f.Message.JA, "9(1)により") || f.Clauses[0] != "bp.9.1") {
				d.Errorf("%s: the refusal does not name its clause: %s", c.name, f.Message.JA)
			}
		}
		if got := d.things(); got != want {
			d.Errorf("%d things, want %d", got, want)
		}
		if got := len(d.records(trail.Query{Result: "refused", Limit: 100})); got != len(cases)-want {
			d.Errorf("%d refusals recorded, want %d", got, len(cases)-want)
		}
	})
}

func TestRefusalIsRecordedAndLeavesNothing(t *testing.T) {
	each(t, func(d *desk) {
		for name, in := range map[string]Input{"undeclared field": {"key": "1", "color": "red"}, "missing field": {"unit": "U-1"}, "fault after a write": {"key": "spoilt"}} {
			res, err := d.run(with("section_manager", ""), "thing.add", in, Options{})
			if !fault.Is(err, fault.Invalid) || res.OK {
				d.Errorf("%s: got %+v, %v", name, res, err)
			}
		}
		if n := d.things(); n != 0 {
			d.Errorf("%d things, want none", n)
		}
		for _, r := range d.records(trail.Query{}) {
			if r.Result != "refused" || r.Fault == "" || r.Input["color"] != "" {
				d.Errorf("recorded %+v", r)
			}
		}
		if _, err := d.run(with("section_manager", ""), "thing.nothing", nil, Options{}); !fault.Is(err, fault.NotFound) {
			d.Errorf("an act that is not there: %v", err)
		}
	})
}

func TestRecordHoldsWhatWasDone(t *testing.T) {
	each(t, func(d *desk) {
		res, err := d.run(with("section_manager", ""), "thing.add", Input{"key": "1", "name": "佐藤"}, Options{Reason: "新設のため"})
		if err != nil {
			d.Fatal(err)
		}
		got := d.records(trail.Query{Subject: res.Record})
		if len(got) != 1 || got[0].Index != res.Trail || got[0].Actor != "person:P-1" || got[0].Act != "thing.add" || got[0].Reason != "新設のため" ||
			got[0].Input["key"] != "1" || got[0].Input["name"] != "" || got[0].Personal["name"] != "佐藤" || got[0].Clauses[0] != "bp.7" {
			d.Errorf("recorded %+v", got)
		}
	})
}

func TestIdempotencyKey(t *testing.T) {
	each(t, func(d *desk) {
		who, opt := with("section_manager", ""), Options{IdempotencyKey: "k-1"}
		first, err := d.run(who, "thing.add", Input{"key": "1"}, opt)
		if err != nil {
			d.Fatal(err)
		}
		again, err := d.run(who, "thing.add", Input{"key": "1"}, opt)
		if err != nil || again != first {
			d.Errorf("repeated: got %+v, %v; want %+v", again, err, first)
		}
		if _, err := d.run(who, "thing.add", Input{"key": "2"}, opt); !fault.Is(err, fault.Conflict) {
			d.Errorf("same key, other input: %v", err)
		}
		if again, err = d.run(who, "thing.add", Input{"key": "1"}, opt); err != nil || again != first {
			d.Errorf("after the conflict: got %+v, %v; want %+v", again, err, first)
		}
		other := who
		other.Person = "P-2"
		if res, err := d.run(other, "thing.add", Input{"key": "3"}, opt); err != nil || !res.OK {
			d.Errorf("another person's key of the same name: %+v, %v", res, err)
		}
		refused, _ := d.run(who, "thing.add", Input{"key": "forbidden"}, Options{IdempotencyKey: "k-2"})
		repeat, err := d.run(who, "thing.add", Input{"key": "forbidden"}, Options{IdempotencyKey: "k-2"})
		if !fault.Is(err, fault.Denied) || repeat.Fault.Message != refused.Fault.Message || repeat.Trail != refused.Trail {
			d.Errorf("a refusal repeated: got %+v, want %+v", repeat, refused)
		}
		if n := d.things(); n != 2 {
			d.Errorf("%d things, want 2", n)
		}
	})
}

func TestSameKeyAtTheSameTimeActsOnce(t *testing.T) {
	each(t, func(d *desk) {
		var wg sync.WaitGroup
		for range 24 {
			wg.Go(func() {
				if res, err := d.run(with("section_manager", ""), "thing.add", Input{"key": "1"}, Options{IdempotencyKey: "k"}); err != nil || !res.OK {
					d.Errorf("got %+v, %v", res, err)
				}
			})
		}
		wg.Wait()
		if n, e := d.things(), len(d.records(trail.Query{})); n != 1 || e != 1 {
			d.Errorf("%d things and %d entries, want 1 and 1", n, e)
		}
	})
}

func TestLookIsDecidedAndRecorded(t *testing.T) {
	each(t, func(d *desk) {
		d.gate.Registry.Add(Act{ID: "thing.look", Title: msg.T("物品の閲覧", "Look at a thing"), Clauses: []clause.ID{"bp.7"}, Fields: []Field{{Name: "key"}},
			Do: func(ctx context.Context, tx *db.Tx, a actor.Actor, in Input) (ref.Ref, error) {
				return ref.New("thing", in["key"]), nil
			}})
		d.powers["thing.look"] = []Power{{Role: "auditor"}}
		looked := false
		look := func(a actor.Actor) error {
			_, err := d.gate.Look(actor.With(context.Background(), a), "thing.look", Input{"key": "1"}, Options{}, func(ctx context.Context, tx *db.Tx) error {
				looked = true
				return nil
			})
			return err
		}
		if err := look(with("staff", "")); !fault.Is(err, fault.Denied) || looked {
			d.Errorf("who may not: %v, looked %v", err, looked)
		}
		if err := look(with("auditor", "")); err != nil || !looked {
			d.Errorf("who may: %v, looked %v", err, looked)
		}
		if got := d.records(trail.Query{Act: "thing.look"}); len(got) != 2 || got[0].Result != "done" || got[1].Result != "refused" {
			d.Errorf("recorded %+v", got)
		}
	})
}

func TestMaySaysWhatRunWould(t *testing.T) {
	each(t, func(d *desk) {
		in := Input{"key": "1", "unit": "U-11"}
		cases := []struct {
			name         string
			who          actor.Actor
			act          string
			in           Input
			kind         fault.Kind
			may, decides bool
		}{
			{"in the scope", with("section_manager", "unit:U-1"), "thing.add", in, "", true, true},
			{"what is missing is not judged", with("section_manager", ""), "thing.add", Input{}, "", true, true},
			{"outside of the scope", with("section_manager", "unit:U-2"), "thing.add", in, fault.Denied, false, true},
			{"another role", with("staff", ""), "thing.add", in, fault.Denied, false, false},
			{"the act's own rule", with("section_manager", ""), "thing.add", Input{"key": "forbidden"}, fault.Denied, false, true},
			{"a delegation of other acts", limited("section_manager", "", "thing.none"), "thing.add", in, fault.Denied, false, false},
			{"nobody", actor.Actor{}, "thing.add", in, fault.Denied, false, false},
			{"the operator", actor.Operator(), "thing.add", in, "", true, true},
			{"no such act", with("section_manager", ""), "thing.burn", in, fault.NotFound, false, false},
		}
		for _, c := range cases {
			if err := d.gate.Store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				err := d.gate.May(ctx, tx, c.who, c.act, c.in)
				if (err == nil) != c.may || (!c.may && !fault.Is(err, c.kind)) {
					d.Errorf("%s: %v, want may %v %s", c.name, err, c.may, c.kind)
				}
				yes, err := d.gate.Decides(ctx, tx, c.who, c.act)
				if yes != c.decides {
					d.Errorf("%s: decides %v, want %v", c.name, yes, c.decides)
				}
				return err
			}); err != nil {
				d.Fatal(err)
			}
		}
		if n, e := d.things(), len(d.records(trail.Query{})); n != 0 || e != 0 {
			d.Errorf("asking left %d things and %d entries", n, e)
		}
	})
}
