package register

import (
	"context"
	"fmt"
	"slices"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
)

// NextKeys are the keys the next n new records get when nobody gives them, as NextKey counts.
func (c *Catalog) NextKeys(ctx context.Context, tx *db.Tx, d *Def, n int) ([]string, error) {
	if n == 0 {
		return nil, nil
	}
	key, err := c.NextKey(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, n)
	for {
		var part []string
		for len(out)+len(part) < n {
			part = append(part, key)
			key = countOn(key)
		}
		there, err := many(ctx, tx, d, part)
		if err != nil {
			return nil, err
		}
		for _, k := range part {
			if _, taken := there[k]; !taken {
				out = append(out, k)
			}
		}
		if len(out) == n {
			return out, nil
		}
	}
}

// CreateMany adds records as Create does, many at a time: rules, history, search words and hooks are the same. A row
// without a key is given one.
func (c *Catalog) CreateMany(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, rows []Row) error {
	var bare []int
	for i, r := range rows {
		if d.Key(r) == "" {
			bare = append(bare, i)
		}
	}
	keys, err := c.NextKeys(ctx, tx, d, len(bare))
	if err != nil {
		return err
	}
	rows = slices.Clone(rows)
	for n, i := range bare {
		rows[i] = slices.Clone(rows[i])
		rows[i][d.key] = keys[n]
	}
	return c.createMany(ctx, tx, a, d, rows)
}

// ChangeMany gives many records new values as Change does, in a few statements for each thousand. A record that is not
// there or has ended refuses all.
func (c *Catalog) ChangeMany(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, rows []Row) error {
	ctx = actor.With(ctx, a)
	known := cached(stores(ctx, tx, c))
	for part := range slices.Chunk(rows, 1000) {
		keys := make([]string, len(part))
		for i, r := range part {
			keys[i] = d.Key(r)
		}
		was, err := many(ctx, tx, d, keys)
		if err != nil {
			return err
		}
		var changes []Change
		for _, r := range part {
			old, there := was[d.Key(r)]
			switch {
			case !there:
				return fault.New(fault.NotFound, msg.F("%sに「%s」はありません。", "There is no %[1]s “%[2]s”.", d.Title, d.Key(r)))
			case old.Ended:
				return fault.New(fault.Conflict, msg.F("%s「%s」は終了しているため変更できません。", "%s “%s” has ended and cannot be changed.", d.Title, d.label(old.Row)))
			}
			r = slices.Clone(r)
			if err := c.validate(d, old.Row, r, known); err != nil {
				return inRecord(d, r, err)
			}
			if d.Check != nil {
				if err := d.Check(ctx, tx, old.Row, r); err != nil {
					return inRecord(d, r, err)
				}
			}
			if !same(old.Row, r) {
				changes = append(changes, Change{Register: d.Name, Key: d.Key(r), Old: old.Row, New: r, Version: old.Version + 1})
			}
		}
		if err := d.putMany(ctx, tx, a, changes); err != nil {
			return err
		}
		for _, ch := range changes {
			tx.Stage(ch)
			if d.After == nil {
				continue
			}
			if err := d.After(ctx, tx, ch); err != nil {
				return inRecord(d, ch.New, err)
			}
		}
	}
	return nil
}

// putMany writes changed records anew, with their history and what the search needs of them.
func (d *Def) putMany(ctx context.Context, tx *db.Tx, a actor.Actor, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	keys := make([]string, len(changes))
	for i, ch := range changes {
		keys[i] = ch.Key
	}
	for part := range slices.Chunk(keys, 500) {
		marks, args := list(part, 1)
		n, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s IN (%s) AND NOT ended", d.table(), quote(d.KeyField().Name), marks), args...)
		if err != nil {
			return fmt.Errorf("change %s: %w", d.Name, err)
		}
		if n != int64(len(part)) { // a key given twice
			return fmt.Errorf("change %s: %d of %d records are there", d.Name, n, len(part))
		}
	}
	memoOf(ctx).written(d.Name)
	at := tx.Now().UnixMicro()
	cols := make([]string, 0, len(d.Fields)+4)
	for _, f := range d.Fields {
		cols = append(cols, f.Name)
	}
	cols = append(cols, "row_version", "changed_at", "changed_by", "ended")
	if _, err := tx.Insert(ctx, d.table(), names(tx, cols...), func(yield func([]any) bool) {
		for _, ch := range changes {
			_, args := d.columns(ch.New)
			if !yield(append(args, ch.Version, at, a.ID(), false)) {
				return
			}
		}
	}); err != nil {
		return fmt.Errorf("change %s: %w", d.Name, err)
	}
	call := act.From(ctx)
	history := make([][]any, len(changes))
	for i, ch := range changes {
		js, err := encodeRow(d, ch.New)
		if err != nil {
			return err
		}
		history[i] = []any{d.Name, ch.Key, ch.Version, at, a.ID(), call.ID, call.Reason, false, js}
	}
	if _, err := tx.Insert(ctx, "change", names(tx, "register", "key", "version", "at", "by", "act", "reason", "ended", "row"), slices.Values(history)); err != nil {
		return fmt.Errorf("keep history of %s: %w", d.Name, err)
	}
	return d.indexMany(ctx, tx, changes)
}

// indexMany brings the search index up to changed records. Most changes touch no word, only the unit in charge.
func (d *Def) indexMany(ctx context.Context, tx *db.Tx, changes []Change) error {
	moved := map[string][]string{}
	var units []string
	for _, ch := range changes {
		was, _, _ := d.document(ch.Old)
		is, _, ok := d.document(ch.New)
		switch {
		case !ok && was == "":
		case was != is || d.label(ch.Old) != d.label(ch.New):
			if err := d.index(ctx, tx, ch.New, false); err != nil {
				return err
			}
		case d.unit(ch.Old) != d.unit(ch.New):
			u := d.unit(ch.New)
			if moved[u] == nil {
				units = append(units, u)
			}
			moved[u] = append(moved[u], ch.Key)
		}
	}
	for _, u := range units {
		for part := range slices.Chunk(moved[u], 500) {
			marks, args := list(part, 3)
			if _, err := tx.Exec(ctx, "UPDATE search_doc SET unit = $1 WHERE register = $2 AND key IN ("+marks+")", append([]any{u, d.Name}, args...)...); err != nil {
				return fmt.Errorf("index %s: %w", d.Name, err)
			}
		}
	}
	return nil
}
