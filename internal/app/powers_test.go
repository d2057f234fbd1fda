package app

import (
	"context"
	"errors"
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

// addPower names a role for an act.
func addPower(ctx context.Context, tx *db.Tx, a *App, id, role string) error {
	d := a.Catalog.Must("power")
	_, err := a.Catalog.Create(ctx, tx, operator, d, register.Encode(d, org.Power{Action: id, Role: role}))
	return err
}

// TestEveryActAsksThePowers: for every act of the product the table of powers alone decides (bp.6, bp.9.1). Without its
// row nobody may, not even who holds every role; with two rows neither; who holds every role but the one that decides is
// refused, whoever else they are; and who holds that one elsewhere is refused as being outside their scope.
func TestEveryActAsksThePowers(t *testing.T) {
	eachStore(t, func(t *testing.T, c Config) {
		a := openDemo(t, c, DemoSpec{People: 500, Seed: 3, Date: when.On(2026, 11, 24)})
		ctx := Operator(context.Background())
		all := everyRole(a)
		acts, ruled, placed := 0, 0, 0
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
				row := func(role string) {
					t.Helper()
					if err := addPower(ctx, tx, a, x.ID, role); err != nil {
						t.Fatal(err)
					}
				}
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
						within := actor.Actor{Person: "P-1"}
						for _, p := range places {
							within.Roles = append(within.Roles, actor.Grant{Role: "audit_chief", Scope: "unit:" + p.Unit})
						}
						if err := a.Gate.May(ctx, tx, within, x.ID, in); said(err, outside) || said(err, notYours) {
							t.Errorf("%s by who holds the role where the record belongs: %v", x.ID, err)
						}
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
		t.Logf("%d acts, %d decided by the table of powers, %d of them tried in the unit of a record", acts, ruled, placed)
	})
}
