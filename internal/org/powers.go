package org

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/register"
	"okite/internal/when"
)

// SyncActions brings the register of acts up to the acts of this program (bp.6): what is new is added, what has
// another name is renamed, what the program no longer does is ended. Acts that everybody does for themselves are left
// out, as nobody decides them for others.
func SyncActions(ctx context.Context, tx *db.Tx, c *register.Catalog, acts []*act.Act) error {
	d, by := c.Must("action"), actor.Operator()
	have := map[string]register.Record{}
	for r, err := range c.Records(ctx, tx, d) {
		if err != nil {
			return err
		}
		have[d.Key(r.Row)] = r
	}
	for _, a := range decided(acts) {
		row := register.Encode(d, actionOf(a))
		was, known := have[a.ID]
		delete(have, a.ID)
		var err error
		switch {
		case !known:
			_, err = c.Create(ctx, tx, by, d, row)
		case was.Ended:
			_, err = c.Revive(ctx, tx, by, d, row)
		default:
			_, err = c.Change(ctx, tx, by, d, row, 0)
		}
		if err != nil {
			return fmt.Errorf("register act %s: %w", a.ID, err)
		}
	}
	for key, r := range have {
		if r.Ended {
			continue
		}
		if _, err := c.End(ctx, tx, by, d, key, 0, when.Of(tx.Now())); err != nil {
			return fmt.Errorf("end act %s: %w", key, err)
		}
	}
	return nil
}

// SeedPowers writes the table of powers of a fresh municipality: each act with the role it names first. Where there is
// a table already nothing is touched; which role decides a new act is then for the city to say, and R033 tells
// it so.
func SeedPowers(ctx context.Context, tx *db.Tx, c *register.Catalog, acts []*act.Act) error {
	d, by := c.Must("power"), actor.Operator()
	for _, err := range c.Records(ctx, tx, d) {
		return err
	}
	for i, a := range decided(acts) {
		if len(a.Roles) == 0 {
			return fmt.Errorf("seed power: act %s names no role", a.ID)
		}
		p := Power{Code: fmt.Sprintf("PW-%04d", i+1), Action: a.ID, Role: a.Roles[0]}
		if _, err := c.Create(ctx, tx, by, d, register.Encode(d, p)); err != nil {
			return fmt.Errorf("seed power for %s: %w", a.ID, err)
		}
	}
	return nil
}

// decided are the acts somebody decides, by id.
func decided(acts []*act.Act) []*act.Act {
	out := slices.DeleteFunc(slices.Clone(acts), func(a *act.Act) bool { return a.Anyone })
	slices.SortFunc(out, func(a, b *act.Act) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func actionOf(a *act.Act) Action {
	out := Action{Code: a.ID, Name: a.Title.JA, Scope: a.Scope}
	for _, id := range a.Clauses {
		out.Clauses = append(out.Clauses, string(id))
	}
	slices.Sort(out.Clauses) // a Set is kept sorted, or each start would see a change
	return out
}
