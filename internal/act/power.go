package act

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
)

// bp.9.1: nobody acts beyond the power the city has given them.
const within clause.ID = "bp.9.1"

// allow is the one decision: input, power, scope, and the act's own Allow.
func (g *Gate) allow(ctx context.Context, tx *db.Tx, a *Act, who actor.Actor, in Input) error {
	if err := g.may(ctx, tx, a, who, in); err != nil {
		return err
	}
	if err := a.check(in); err != nil {
		return err
	}
	if a.Allow == nil {
		return nil
	}
	return a.Allow(ctx, tx, who, in)
}

// May says whether a person could run an act with an input: power, scope and the act's own Allow, as Run asks them.
// It is for pages, which show only the buttons that would work; Run decides again. What is missing in the input is
// not judged here.
func (g *Gate) May(ctx context.Context, tx *db.Tx, who actor.Actor, id string, in Input) error {
	a, ok := g.Registry.Get(id)
	if !ok {
		return fault.New(fault.NotFound, msg.F("「%s」という操作はありません。", "There is no act %q.", id))
	}
	if err := g.may(ctx, tx, a, who, in); err != nil || a.Allow == nil {
		return err
	}
	return a.Allow(ctx, tx, who, in)
}

// Decides says whether a person holds the role that decides an act, in whatever scope: what can be said before there
// is an input.
func (g *Gate) Decides(ctx context.Context, tx *db.Tx, who actor.Actor, id string) (bool, error) {
	a, ok := g.Registry.Get(id)
	switch {
	case !ok:
		return false, nil
	case who.System:
		return true, nil
	case who.Person == "":
		return false, nil
	case a.Anyone:
		return true, nil
	}
	role, ok, err := g.Powers(ctx, tx, id)
	if err != nil {
		return false, fmt.Errorf("read power for %s: %w", id, err)
	}
	who.Roles = covering(who.Roles, id)
	return ok && who.Has(role), nil
}

// may asks the power register (bp.6) which role decides, and whether the actor holds it where the record belongs.
func (g *Gate) may(ctx context.Context, tx *db.Tx, a *Act, who actor.Actor, in Input) error {
	if who.System {
		return nil
	}
	if who.Person == "" {
		return deny(a, msg.T("サインインしていません。", "You are not signed in."))
	}
	if a.Anyone {
		return nil
	}
	role, ok, err := g.Powers(ctx, tx, a.ID)
	if err != nil {
		return fmt.Errorf("read power for %s: %w", a.ID, err)
	}
	if !ok {
		return deny(a, msg.T("権限表で、決定する役割が一つに定まっていません。権限表を確認してください。",
			"The power register does not name exactly one deciding role. Please check it."))
	}
	who.Roles = covering(who.Roles, a.ID)
	if !who.Has(role) {
		return deny(a, msg.F("決定できるのは「%s」です。", "It is decided by: %s.", g.title(role)))
	}
	var places []Place
	if a.Where != nil {
		if places, err = a.Where(ctx, tx, in); err != nil {
			return err
		}
	}
	if len(places) == 0 {
		places = []Place{{}}
	}
	for _, p := range places {
		in, err := g.holds(ctx, tx, who, role, p)
		if err != nil {
			return err
		}
		if !in {
			return deny(a, msg.F("「%s」として受け持つ範囲の外の記録です。", "The record is outside the scope in which you are: %s.", g.title(role)))
		}
	}
	return nil
}

// covering leaves out what a delegation limits to other acts (bp.6: 委任 names the acts it covers).
func covering(grants []actor.Grant, act string) []actor.Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g actor.Grant) bool { return !g.Covers(act) })
}

// holds says whether the actor holds the role in a scope that covers the place.
func (g *Gate) holds(ctx context.Context, tx *db.Tx, who actor.Actor, role string, p Place) (bool, error) {
	var above []string
	for _, grant := range who.Roles {
		if grant.Role != role {
			continue
		}
		kind, key, _ := strings.Cut(grant.Scope, ":")
		switch {
		case grant.Scope == "":
			return true, nil
		case kind == "system":
			if p.System == key {
				return true, nil
			}
		case kind == "unit" && p.Unit != "":
			if above == nil {
				var err error
				if above, err = g.Units(ctx, tx, p.Unit); err != nil {
					return false, fmt.Errorf("read units above %s: %w", p.Unit, err)
				}
			}
			if slices.Contains(above, key) {
				return true, nil
			}
		}
	}
	return false, nil
}

// deny names the clause the refusal rests on.
func deny(a *Act, why msg.Text) error {
	return fault.Deny(msg.F("%sにより、「%s」を行えません。%s", "Under %s you may not carry out “%s”. %s", within.Number(), a.Title, why), union([]clause.ID{within}, a.Clauses)...)
}

func (g *Gate) title(role string) msg.Text {
	if g.Role == nil {
		return msg.Same(role)
	}
	return g.Role(role)
}
