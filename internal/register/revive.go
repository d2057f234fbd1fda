package register

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
)

// Revive gives an ended record of a register that the product fills itself a life again, with new values. What people
// ended stays ended: they register it anew.
func (c *Catalog) Revive(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, row Row) (Change, error) {
	was, err := c.present(ctx, tx, d, d.Key(row), 0)
	if err != nil {
		return Change{}, err
	}
	if !d.ReadOnly || !was.Ended {
		return Change{}, fault.New(fault.Conflict, msg.F("%s「%s」は再開できません。", "%s “%s” cannot be taken up again.", d.Title, d.label(was.Row)))
	}
	if err := c.validate(d, was.Row, row, stores(ctx, tx, c)); err != nil {
		return Change{}, err
	}
	return c.put(actor.With(ctx, a), tx, a, d, was.Row, row, was.Version+1, false)
}
