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
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = d.Key(r)
	}
	return c.changeAll(withMemo(ctx), tx, a, d, keys, func(n int) Row { return slices.Clone(rows[n]) }, nil)
}

// changeAll is ChangeMany for rows that are made when they are needed. versions are what the new values were worked out
// from: a record that has moved on since then refuses all; nil does not ask. As in createAll the next part is judged
// while the database takes one in.
func (c *Catalog) changeAll(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, keys []string, row func(int) Row, versions []int64) error {
	ctx = actor.With(ctx, a)
	seen := make(map[string]bool, len(keys))
	for _, k := range keys {
		if seen[k] {
			return fmt.Errorf("change %s: %s is given twice", d.Name, k)
		}
		seen[k] = true
	}
	known := cached(stores(ctx, tx, c))
	w := newRewriter(d, a, tx.Now().UnixMicro(), act.From(ctx))
	var ready *altered
	step := func(next *altered) error {
		if ready != nil {
			if err := c.judgeAltered(ctx, tx, d, ready, known); err != nil {
				return err
			}
		}
		if next != nil {
			if err := c.lookAltered(ctx, tx, d, next, known); err != nil {
				return err
			}
		}
		if ready != nil {
			if err := c.writeAltered(ctx, tx, w, ready); err != nil {
				return err
			}
		}
		ready = next
		return nil
	}
	for from, part := range chunks(len(keys), importPart, row) {
		p := &altered{rows: part, keys: keys[from : from+len(part)]}
		if versions != nil {
			p.versions = versions[from : from+len(part)]
		}
		if err := step(p); err != nil {
			return err
		}
	}
	if err := step(nil); err != nil {
		return err
	}
	if w.n > 0 {
		tx.Stage(Loaded{Register: d.Name, Rows: w.n})
	}
	return nil
}

// altered is a part of the records to change.
type altered struct {
	rows     []Row
	keys     []string
	versions []int64 // nil: any
	was      map[string]Record
	writes   int // of the register when was was read
	changes  []Change
}

// lookAltered reads a part as it stands, and what judging it asks of the registers.
func (c *Catalog) lookAltered(ctx context.Context, tx *db.Tx, d *Def, p *altered, known exists) (err error) {
	p.writes = memoOf(ctx).writes[d.Name]
	if p.was, err = many(ctx, tx, d, p.keys); err != nil {
		return err
	}
	old := make([]Row, 0, len(p.was))
	for _, k := range p.keys {
		if r, ok := p.was[k]; ok {
			old = append(old, r.Row)
		}
	}
	if err := c.ahead(ctx, tx, d, old, d.Reads...); err != nil {
		return err
	}
	return c.prepare(ctx, tx, d, p.rows, known)
}

// judgeAltered holds a part against the rules, lets them complete it and keeps what is to change.
func (c *Catalog) judgeAltered(ctx context.Context, tx *db.Tx, d *Def, p *altered, known exists) error {
	if p.writes != memoOf(ctx).writes[d.Name] { // what followed from the part before has changed records of the register
		if err := c.lookAltered(ctx, tx, d, p, known); err != nil {
			return err
		}
	}
	for i, r := range p.rows {
		old, there := p.was[p.keys[i]]
		switch {
		case !there:
			return fault.New(fault.NotFound, msg.F("%sに「%s」はありません。", "There is no %[1]s “%[2]s”.", d.Title, p.keys[i]))
		case p.versions != nil && p.versions[i] != old.Version:
			return inRecord(d, r, c.stale(ctx, tx, d, old))
		case old.Ended:
			return fault.New(fault.Conflict, msg.F("%s「%s」は終了しているため変更できません。", "%s “%s” has ended and cannot be changed.", d.Title, d.label(old.Row)))
		}
		if err := c.validate(d, old.Row, r, known); err != nil {
			return inRecord(d, r, err)
		}
		if d.Check != nil {
			if err := d.Check(ctx, tx, old.Row, r); err != nil {
				return inRecord(d, r, err)
			}
		}
		if !same(old.Row, r) {
			p.changes = append(p.changes, Change{Register: d.Name, Key: p.keys[i], Old: old.Row, New: r, Version: old.Version + 1})
		}
	}
	return nil
}

// writeAltered writes what is to change and runs what follows from it.
func (c *Catalog) writeAltered(ctx context.Context, tx *db.Tx, w *rewriter, p *altered) error {
	if len(p.changes) == 0 {
		return nil
	}
	w.n += int64(len(p.changes))
	memoOf(ctx).wrote(w.d.Name, p.keys)
	tx.Beside(ctx, func(ctx context.Context, tx *db.Tx) error { return w.write(ctx, tx, p.changes) })
	if w.d.After == nil {
		return nil
	}
	for _, ch := range p.changes {
		if err := w.d.After(ctx, tx, ch); err != nil {
			return inRecord(w.d, ch.New, err)
		}
	}
	return nil
}
