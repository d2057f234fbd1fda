package org_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
)

// bp.6, R033: one row for each act and scope, at the form and in a file, whoever writes it.
func TestOnePowerForAScope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, nil)
		powers := d.c.Must("power")
		d.write(func(ctx context.Context, tx *db.Tx) error {
			return org.SyncActions(ctx, tx, d.c, acts("a.one", "a.two"))
		})
		try := func(what, says string, do func(ctx context.Context, tx *db.Tx) error) {
			t.Helper()
			err := s.Write(context.Background(), do)
			f := fault.As(err)
			if err == nil && says == "" {
				return
			}
			text := ""
			if f != nil {
				text = f.Message.JA
				for _, x := range f.Fields {
					text += " " + x.Message.JA
				}
			}
			if err == nil || says == "" || !strings.Contains(text, says) {
				t.Errorf("%s: %v (%s), want %q", what, err, text, says)
			}
		}
		add := func(what, says string, p org.Power) {
			t.Helper()
			try(what, says, func(ctx context.Context, tx *db.Tx) error {
				_, err := d.c.Create(ctx, tx, actor.Operator(), powers, register.Encode(powers, p))
				return err
			})
		}
		change := func(what, says string, p org.Power) {
			t.Helper()
			try(what, says, func(ctx context.Context, tx *db.Tx) error {
				_, err := d.c.Change(ctx, tx, actor.Operator(), powers, register.Encode(powers, p), 0)
				return err
			})
		}
		const twice = "同じ範囲で決定する役割が既に定められています"
		add("for the city", "", org.Power{Code: "1", Action: "a.one", Role: "chief"})
		add("for the city again", twice, org.Power{Code: "2", Action: "a.one", Role: "ciso"})
		add("of another act", "", org.Power{Code: "3", Action: "a.two", Role: "ciso"})
		add("in a unit", "", org.Power{Code: "4", Action: "a.one", Role: "section_manager", Unit: "U2"})
		add("in the unit again", twice, org.Power{Code: "5", Action: "a.one", Role: "chief", Unit: "U2"})
		add("in the unit above", "", org.Power{Code: "6", Action: "a.one", Role: "bureau_head", Unit: "U1"})
		add("in an organ", "", org.Power{Code: "7", Action: "a.one", Role: "ciso", Organ: "O1"})
		add("in a unit and an organ", "どちらか一つ", org.Power{Code: "8", Action: "a.two", Role: "ciso", Unit: "U2", Organ: "O1"})
		add("in a unit that is not there", "台帳「組織」にありません", org.Power{Code: "8", Action: "a.two", Role: "ciso", Unit: "U-nowhere"})
		change("another role", "", org.Power{Code: "4", Action: "a.one", Role: "bureau_head", Unit: "U2"})
		change("moved into a scope that is taken", twice, org.Power{Code: "4", Action: "a.one", Role: "bureau_head", Unit: "U1"})
		try("the row of the unit ends", "", func(ctx context.Context, tx *db.Tx) error {
			_, err := d.c.End(ctx, tx, actor.Operator(), powers, "4", 0, day)
			return err
		})
		add("another takes its place", "", org.Power{Code: "9", Action: "a.one", Role: "chief", Unit: "U2"})
		try("two of one scope in one file", twice, func(ctx context.Context, tx *db.Tx) error {
			return d.c.CreateMany(ctx, tx, actor.Operator(), powers, []register.Row{
				register.Encode(powers, org.Power{Code: "20", Action: "a.two", Role: "chief", Unit: "U3"}), register.Encode(powers, org.Power{Code: "21", Action: "a.two", Role: "ciso", Unit: "U3"})})
		})
		try("two scopes in one file", "", func(ctx context.Context, tx *db.Tx) error {
			return d.c.CreateMany(ctx, tx, actor.Operator(), powers, []register.Row{
				register.Encode(powers, org.Power{Code: "20", Action: "a.two", Role: "chief", Unit: "U3"}), register.Encode(powers, org.Power{Code: "21", Action: "a.two", Role: "ciso", Unit: "U2"})})
		})
	})
}

// bp.6: the gate asks the table for the scope of the record, over units and organs as they stand in the registers.
func TestGateAsksTheScope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, nil)
		d.write(func(ctx context.Context, tx *db.Tx) error {
			return fill(ctx, tx, d.c, "power", []org.Power{{Code: "1", Action: "a.one", Role: "chief"}, {Code: "2", Action: "a.one", Role: "bureau_head", Unit: "U1"},
				{Code: "3", Action: "a.one", Role: "section_manager", Unit: "U2"}, {Code: "4", Action: "a.two", Role: "chief"}, {Code: "5", Action: "a.two", Role: "ciso", Organ: "O1"}})
		})
		g := act.Gate{Powers: d.c.Powers, Units: d.c.UnitsAbove, Organ: d.c.OrganOf}
		d.write(func(ctx context.Context, tx *db.Tx) error {
			for _, x := range []struct{ id, unit, want string }{{"a.one", "", "chief"}, {"a.one", "U1", "bureau_head"}, {"a.one", "U2", "section_manager"}, {"a.one", "U-nowhere", "chief"},
				{"a.two", "", "chief"}, {"a.two", "U2", "ciso"}, {"a.two", "U-nowhere", "chief"}, {"a.three", "U2", ""}} {
				role, _, err := g.RoleAt(ctx, tx, x.id, act.Place{Unit: x.unit})
				if err != nil {
					return err
				}
				if role != x.want {
					t.Errorf("%s in %q is decided by %q, want %q", x.id, x.unit, role, x.want)
				}
			}
			return nil
		})
	})
}

// bp.6: a decision is between two people of the city. What an act decides on many applications is one row each, with
// numbers of their own; a program that decides by a token stands in the record of acts alone.
func TestKeepDecisions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, nil)
		d.write(func(ctx context.Context, tx *db.Tx) error { return org.SyncActions(ctx, tx, d.c, acts("a.one")) })
		keep := org.KeepDecisions(d.c)
		decision := func(n int, applicant string) act.Decision {
			return act.Decision{Act: "a.one", Subject: ref.New("asset", fmt.Sprint("A", n)), Applicant: applicant}
		}
		var many []act.Decision
		for n := range 300 {
			many = append(many, decision(n, "P1"))
		}
		for _, x := range []struct {
			who  string
			list []act.Decision
			rows int
		}{{"P5", []act.Decision{decision(1, "P1")}, 1}, {"P5", []act.Decision{decision(1, "P1")}, 1}, {"P5", many, 300}, {"", []act.Decision{decision(1, "P1")}, 0},
			{"token:1f", []act.Decision{decision(1, "P1")}, 0}, {"P5", []act.Decision{decision(1, "-")}, 0}} {
			before := d.count("approval")
			d.now = d.now.Add(1000)
			d.write(func(ctx context.Context, tx *db.Tx) error { return keep(ctx, tx, actor.Actor{Person: x.who}, x.list) })
			if got := d.count("approval") - before; got != x.rows {
				t.Errorf("%d decisions by %q left %d rows, want %d", len(x.list), x.who, got, x.rows)
			}
		}
	})
}

// count counts the records of a register.
func (d *town) count(name string) (n int) {
	d.Helper()
	d.write(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM reg_`+name).Scan(&n)
	})
	return n
}
