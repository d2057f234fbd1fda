package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/when"
)

// errBack takes everything back that a look has changed.
var errBack = errors.New("take it back")

// everyRole is somebody who holds every role of the city, and every one but some.
func everyRole(a *App, but ...string) actor.Actor {
	who := actor.Actor{Person: "P-everything", Way: actor.Page}
	for _, t := range a.Pack.Vocab("role").Terms {
		held := true
		for _, b := range but {
			held = held && b != t.Code
		}
		if held {
			who.Roles = append(who.Roles, actor.Grant{Role: t.Code})
		}
	}
	return who
}

// said says whether a refusal is the gate's own, by words of its reason.
func said(err error, words string) bool {
	f := fault.As(err)
	return f != nil && f.Kind == fault.Denied && strings.Contains(f.Message.JA, words)
}

const (
	noRole   = "権限表で、決定する役割が一つに定まっていません"
	notYours = "決定できるのは"
	outside  = "範囲の外の記録です"
)

// input gives an act a record that is there, for each of its fields that names one.
func input(ctx context.Context, tx *db.Tx, a *App, x *act.Act) act.Input {
	in := act.Input{}
	name, _, _ := strings.Cut(x.ID, ".")
	for _, f := range x.Fields {
		register := f.Name
		if d, ok := a.Catalog.Get(name); ok && (f.Name == d.KeyField().Name) {
			register = name
		}
		if x.ID == "asset.downgrade.approve" || x.ID == "asset.downgrade.reject" {
			register = "downgrade"
		}
		d, ok := a.Catalog.Get(register)
		if !ok {
			continue
		}
		where := ""
		if register == "downgrade" {
			where = ` WHERE decided = ''`
		} else if register == "asset" || register == "system" {
			where = ` WHERE unit <> ''`
		}
		var key string
		if err := tx.QueryRow(ctx, `SELECT "`+d.KeyField().Name+`" FROM reg_`+register+where+` ORDER BY 1 LIMIT 1`).Scan(&key); err == nil {
			in[f.Name] = key
		}
	}
	return in
}

// addPower names a role for an act, in a scope where one is given. It asks nobody whether there is one already.
func addPower(ctx context.Context, tx *db.Tx, a *App, id, role, unit, organ string) error {
	d := a.Catalog.Must("power")
	_, err := a.Catalog.BulkLoad(ctx, tx, d, slices.Values([]register.Row{register.Encode(d, org.Power{Code: strings.Join([]string{id, role, unit, organ}, " "), Action: id, Role: role, Unit: unit, Organ: organ})}), tx.Now())
	return err
}

// tryScopes gives an act another deciding role in the organ of its record, then in the unit above, then in the unit itself:
// each time the nearest decides, whoever holds the role that decided before is refused, and elsewhere nothing changes. Two
// roles in one scope decide nothing there. It says how many acts it has tried: 0 where the record lies in several places.
func tryScopes(ctx context.Context, t *testing.T, tx *db.Tx, a *App, x *act.Act, in act.Input, places []act.Place, within func(role, unit, organ string)) int {
	t.Helper()
	unit := places[0].Unit
	above, err := a.Catalog.UnitsAbove(ctx, tx, unit)
	if err != nil {
		t.Fatal(err)
	}
	organ, err := a.Catalog.OrganOf(ctx, tx, unit)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(places, func(p act.Place) bool { return p.Unit != unit }) || len(above) < 2 || organ == "" {
		return 0
	}
	by := func(roles ...string) error {
		who := actor.Actor{Person: "P-1"}
		for _, r := range roles {
			who.Roles = append(who.Roles, actor.Grant{Role: r})
		}
		return a.Gate.May(ctx, tx, who, x.ID, in)
	}
	decides, everywhere := "audit_chief", []string{"audit_chief"}
	for _, s := range []struct{ role, unit, organ string }{{"auditor", "", organ}, {"hr_officer", above[1], ""}, {"csirt_chief", unit, ""}} {
		within(s.role, s.unit, s.organ)
		if err := by(s.role); said(err, noRole) || said(err, notYours) || said(err, outside) {
			t.Errorf("%s by the role of the nearest scope %+v: %v", x.ID, s, err)
		}
		if err := by(everywhere...); !said(err, notYours) {
			t.Errorf("%s by the roles of wider scopes %v than %+v: %v", x.ID, everywhere, s, err)
		}
		if role, ok, err := a.Gate.RoleAt(ctx, tx, x.ID, act.Place{}); role != "audit_chief" || !ok || err != nil {
			t.Errorf("%s for the whole city: decided by %q, %v, %v", x.ID, role, ok, err)
		}
		if as := a.deciding(ctx, t, tx, x.ID, s.role); !as {
			t.Errorf("%s: who holds the role of %+v decides nothing, they are told", x.ID, s)
		}
		decides, everywhere = s.role, append(everywhere, s.role)
	}
	within("ciso", unit, "")
	if err := by(decides, "ciso"); !said(err, noRole) {
		t.Errorf("%s with two deciding roles in the unit: %v", x.ID, err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM reg_power WHERE action = $1 AND (unit <> '' OR organ <> '')`, x.ID); err != nil {
		t.Fatal(err)
	}
	return 1
}

// deciding says whether the holder of a role is shown to decide an act somewhere.
func (a *App) deciding(ctx context.Context, t *testing.T, tx *db.Tx, id, role string) bool {
	t.Helper()
	yes, err := a.Gate.Decides(ctx, tx, actor.Actor{Person: "P-1", Roles: []actor.Grant{{Role: role}}}, id)
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

// TestEveryActAsksThePowers: for every act of the product the table of powers alone decides (bp.6, bp.9.1). Without its
// row nobody may, not even who holds every role; with two rows neither; who holds every role but the one that decides is
// refused, whoever else they are; and who holds that one elsewhere is refused as being outside their scope. Where a row is
// limited to the organ or the unit of the record, that one decides there and nowhere else.
func TestEveryActAsksThePowers(t *testing.T) {
	eachStore(t, func(t *testing.T, c Config) {
		a := openDemo(t, c, DemoSpec{People: 500, Seed: 3, Date: when.On(2026, 11, 24)})
		ctx := Operator(context.Background())
		all := everyRole(a)
		acts, ruled, placed, scoped := 0, 0, 0, 0
		look := func(fn db.Func) {
			t.Helper()
			if err := a.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				if err := fn(ctx, tx); err != nil {
					return err
				}
				return errBack
			}); !errors.Is(err, errBack) {
				t.Fatal(err)
			}
		}
		look(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM reg_power`); err != nil {
				return err
			}
			for _, x := range a.Acts.All() {
				acts++
				err := a.Gate.May(ctx, tx, all, x.ID, input(ctx, tx, a, x))
				if x.Anyone {
					continue // everybody does it for themselves; its own rule decides
				}
				ruled++
				if !said(err, noRole) {
					t.Errorf("%s without a row: %v", x.ID, err)
				}
				if err := a.Gate.May(ctx, tx, actor.Actor{}, x.ID, nil); fault.As(err) == nil {
					t.Errorf("%s by nobody: %v", x.ID, err)
				}
				if err := a.Gate.May(ctx, tx, actor.Operator(), x.ID, nil); said(err, noRole) {
					t.Errorf("%s by the product itself: %v", x.ID, err)
				}
			}
			return nil
		})
		look(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM reg_power`); err != nil {
				return err
			}
			for _, x := range a.Acts.All() {
				if x.Anyone {
					continue
				}
				within := func(role, unit, organ string) {
					t.Helper()
					if err := addPower(ctx, tx, a, x.ID, role, unit, organ); err != nil {
						t.Fatal(err)
					}
				}
				row := func(role string) { t.Helper(); within(role, "", "") }
				in := input(ctx, tx, a, x)
				row("audit_chief") // another than any act names first, but for those of audits
				if err := a.Gate.May(ctx, tx, everyRole(a, "audit_chief"), x.ID, in); !said(err, notYours) {
					t.Errorf("%s by who holds every role but the one that decides: %v", x.ID, err)
				}
				if err := a.Gate.May(ctx, tx, actor.Actor{Person: "P-1", Roles: []actor.Grant{{Role: "audit_chief", Via: "DL-1", Acts: []string{"nothing.else"}}}}, x.ID, in); !said(err, notYours) {
					t.Errorf("%s by a delegation of another act: %v", x.ID, err)
				}
				elsewhere := actor.Actor{Person: "P-1", Roles: []actor.Grant{{Role: "audit_chief", Scope: "unit:U-elsewhere"}, {Role: "audit_chief", Scope: "system:S-elsewhere"}}}
				if err := a.Gate.May(ctx, tx, elsewhere, x.ID, in); !said(err, outside) && (x.Where == nil || fault.As(err) == nil || fault.As(err).Kind == fault.Denied) {
					t.Errorf("%s by who holds the role elsewhere: %v", x.ID, err)
				}
				here := actor.Actor{Person: "P-1", Roles: []actor.Grant{{Role: "audit_chief"}}}
				for _, who := range []actor.Actor{here, {Person: "P-1", Roles: []actor.Grant{{Role: "audit_chief", Deputy: true}}}, {Person: "P-1", Roles: []actor.Grant{{Role: "audit_chief", Via: "DL-1", Acts: []string{x.ID}}}}} {
					if err := a.Gate.May(ctx, tx, who, x.ID, in); said(err, notYours) || said(err, outside) || said(err, noRole) {
						t.Errorf("%s by who holds the role that decides (%+v): %v", x.ID, who.Roles, err)
					}
				}
				if x.Where != nil {
					if places, err := x.Where(ctx, tx, in); err == nil && len(places) > 0 && places[0].Unit != "" {
						placed++
						there := actor.Actor{Person: "P-1"}
						for _, p := range places {
							there.Roles = append(there.Roles, actor.Grant{Role: "audit_chief", Scope: "unit:" + p.Unit})
						}
						if err := a.Gate.May(ctx, tx, there, x.ID, in); said(err, outside) || said(err, notYours) {
							t.Errorf("%s by who holds the role where the record belongs: %v", x.ID, err)
						}
						scoped += tryScopes(ctx, t, tx, a, x, in, places, within)
					}
				}
				row("chief")
				if err := a.Gate.May(ctx, tx, all, x.ID, in); !said(err, noRole) {
					t.Errorf("%s with two deciding roles: %v", x.ID, err)
				}
			}
			return nil
		})
		if placed < 20 {
			t.Errorf("only %d acts were tried where a record belongs to a unit", placed)
		}
		if scoped < placed/3 {
			t.Errorf("only %d of %d acts were tried with another role in the unit and in its organ", scoped, placed)
		}
		t.Logf("%d acts, %d decided by the table of powers, %d of them tried in the unit of a record", acts, ruled, placed)
	})
}
