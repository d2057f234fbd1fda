package register

import (
	"context"
	"slices"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
)

// CellError is a mistake in a file to import, at its cell.
type CellError struct {
	Sheet   string   `json:"sheet"`
	Cell    string   `json:"cell"`
	Row     int      `json:"row"`
	Field   string   `json:"field"`
	Message msg.Text `json:"message"`
}

// CellChange is one value a file would change.
type CellChange struct {
	Key   string `json:"key"`
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Plan is what importing a file would do. Nothing has been changed yet, and nothing can be while there are errors or
// conflicts.
type Plan struct {
	New       int          `json:"new"`
	Changed   int          `json:"changed"`
	Unchanged int          `json:"unchanged"`
	Conflicts []CellError  `json:"conflicts"`
	Errors    []CellError  `json:"errors"`
	Changes   []CellChange `json:"changes"`
	// Dropped counts errors beyond MaxErrors, which are not listed.
	Dropped int `json:"dropped,omitempty"`
	// Warnings are what was read with reservation: formulas, hidden sheets.
	Warnings []CellError `json:"warnings,omitempty"`

	File    string `json:"-"`
	SHA256  string `json:"-"`
	def     *Def
	fresh   *packed // records to add
	changed *packed // records to change,
	stood   []int64 // and the version of each when the plan was made
}

// MaxErrors bounds the errors a plan lists.
const MaxErrors = 1000

// Good says whether the plan can be applied.
func (p *Plan) Good() bool { return len(p.Errors) == 0 && len(p.Conflicts) == 0 }

// Def is the register the plan is for.
func (p *Plan) Def() *Def { return p.def }

// NewRows gives the first of the records the plan would add, at most some.
func (p *Plan) NewRows(most int) []Row {
	var out []Row
	for n := range min(most, p.fresh.n) {
		out = append(out, p.fresh.row(n))
	}
	return out
}

type planKey struct{}

// WithPlan puts a plan into the context of the act NAME.import, which applies it.
func WithPlan(ctx context.Context, p *Plan) context.Context {
	return context.WithValue(ctx, planKey{}, p)
}

func planFrom(ctx context.Context) *Plan { p, _ := ctx.Value(planKey{}).(*Plan); return p }

// Apply writes all records of a plan or none, as one act with a reason. A record that has moved on since the plan was
// made ends it with a conflict.
func (c *Catalog) Apply(ctx context.Context, tx *db.Tx, a actor.Actor, p *Plan, reason string) error {
	switch {
	case reason == "":
		return fault.At("reason", msg.T("取り込む理由を入力してください。", "Please give the reason for the import."))
	case !p.Good():
		return fault.New(fault.Invalid, msg.F("誤りが%d件、競合が%d件あるため取り込めません。", "There are %d errors and %d conflicts; nothing was imported.",
			len(p.Errors)+p.Dropped, len(p.Conflicts)))
	}
	call := act.From(ctx)
	call.Reason = reason
	if call.ID == "" {
		call.ID = p.def.Name + ".import"
	}
	ctx = act.WithCall(ctx, call)
	ctx = withMemo(ctx)
	if err := c.createAll(ctx, tx, a, p.def, p.fresh.keys(), p.fresh.row); err != nil {
		return err
	}
	return c.changeAll(ctx, tx, a, p.def, p.changed.keys(), p.changed.row, p.stood)
}

// createMany adds records as Create does, many at a time. They may point at one another in any order.
func (c *Catalog) createMany(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, rows []Row) error {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = d.Key(r)
	}
	return c.createAll(withMemo(ctx), tx, a, d, keys, func(n int) Row { return slices.Clone(rows[n]) })
}

// createAll is createMany for rows that are made when they are needed. While the database takes one part in, the next is
// judged; what the rules ask of the registers is therefore read before the part ahead of it is written.
func (c *Catalog) createAll(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, keys []string, row func(int) Row) error {
	ctx = actor.With(ctx, a)
	own := make(map[string]bool, len(keys))
	for n, k := range keys {
		if own[k] {
			return inRecord(d, row(n), alreadyThere(d, k))
		}
		own[k] = true
	}
	known := cached(stores(ctx, tx, c))
	either := func(register string, keys []string) (map[string]bool, error) {
		have, err := known(register, keys)
		if err != nil || register != d.Name {
			return have, err
		}
		out := map[string]bool{}
		for _, k := range keys {
			out[k] = have[k] || own[k]
		}
		return out, nil
	}
	b := newBulk(ctx, tx, d, a.ID(), tx.Now())
	var ready *fresh
	step := func(next *fresh) error {
		if ready != nil {
			if err := c.judgeFresh(ctx, tx, d, ready, either); err != nil {
				return err
			}
		}
		if next != nil {
			if err := c.lookFresh(ctx, tx, d, next, either); err != nil {
				return err
			}
		}
		if ready != nil {
			if err := c.writeFresh(ctx, tx, b, ready); err != nil {
				return err
			}
		}
		ready = next
		return nil
	}
	for from, part := range chunks(len(keys), importPart, row) {
		if err := step(&fresh{rows: part, keys: keys[from : from+len(part)]}); err != nil {
			return err
		}
	}
	if err := step(nil); err != nil {
		return err
	}
	if len(keys) > 0 {
		tx.Stage(Loaded{Register: d.Name, Rows: int64(len(keys))})
	}
	return nil
}

// importPart is how many rows of a file are read, judged and written together.
const importPart = 1000

// fresh is a part of the records to add.
type fresh struct {
	rows  []Row
	keys  []string
	taken map[string]bool // keys that are there already
}

// lookFresh reads what judging a part asks of the registers.
func (c *Catalog) lookFresh(ctx context.Context, tx *db.Tx, d *Def, p *fresh, known exists) (err error) {
	if p.taken, err = stores(ctx, tx, c)(d.Name, p.keys); err != nil {
		return err
	}
	return c.prepare(ctx, tx, d, p.rows, known)
}

// judgeFresh holds a part against the rules, and lets them complete it.
func (c *Catalog) judgeFresh(ctx context.Context, tx *db.Tx, d *Def, p *fresh, known exists) error {
	if err := c.ahead(ctx, tx, d, p.rows, d.Reads...); err != nil { // what was written since then, mostly nothing
		return err
	}
	for i, r := range p.rows {
		if p.taken[p.keys[i]] {
			return inRecord(d, r, alreadyThere(d, p.keys[i]))
		}
		if err := c.validate(d, nil, r, known); err != nil {
			return inRecord(d, r, err)
		}
		if d.Check == nil {
			continue
		}
		if err := d.Check(ctx, tx, nil, r); err != nil {
			return inRecord(d, r, err)
		}
	}
	return nil
}

// writeFresh writes a part and runs what follows from it.
func (c *Catalog) writeFresh(ctx context.Context, tx *db.Tx, b *bulk, p *fresh) error {
	b.rows = p.rows
	b.flush(ctx)
	if b.d.After == nil {
		return nil
	}
	for i, r := range p.rows {
		if err := b.d.After(ctx, tx, Change{Register: b.d.Name, Key: p.keys[i], New: r, Version: 1}); err != nil {
			return inRecord(b.d, r, err)
		}
	}
	return nil
}

// prepare reads what the rows point at, many rows at a time: whether it is there, and the records the rules ask for.
func (c *Catalog) prepare(ctx context.Context, tx *db.Tx, d *Def, rows []Row, known exists) error {
	want := map[string][]string{}
	for i, f := range d.Fields {
		if f.Refers == "" {
			continue
		}
		for _, r := range rows {
			switch x := r[i].(type) {
			case string:
				if x != "" {
					want[f.Refers] = append(want[f.Refers], x)
				}
			case []string:
				want[f.Refers] = append(want[f.Refers], x...)
			}
		}
	}
	for register, keys := range want {
		slices.Sort(keys)
		if _, err := known(register, slices.Compact(keys)); err != nil {
			return err
		}
	}
	return c.ahead(ctx, tx, d, rows, d.Reads...)
}

// inRecord says in which record of the import a fault lies.
func inRecord(d *Def, row Row, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	g := *f
	g.Message = msg.F("%s「%s」：%s", "%s “%s”: %s", d.KeyField().Title, d.Key(row), f.Message)
	return &g
}

// planPlaces gives every place the plan touches.
func (c *Catalog) planPlaces(ctx context.Context, tx *db.Tx, p *Plan) ([]act.Place, error) {
	seen := map[act.Place]bool{}
	var out []act.Place
	ctx = withMemo(ctx)
	leads := c.leads(p.def)
	note := func(rows []Row) error {
		if err := c.ahead(ctx, tx, p.def, rows, leads...); err != nil {
			return err
		}
		for _, row := range rows {
			ps, err := c.places(ctx, tx, p.def, row)
			if err != nil {
				return err
			}
			if len(ps) == 0 {
				ps = []act.Place{{}}
			}
			for _, pl := range ps {
				if !seen[pl] {
					seen[pl] = true
					out = append(out, pl)
				}
			}
		}
		return nil
	}
	for _, part := range p.fresh.chunks(importPart) {
		if err := note(part); err != nil {
			return nil, err
		}
	}
	for _, part := range p.changed.chunks(importPart) {
		if err := note(part); err != nil {
			return nil, err
		}
		keys := make([]string, len(part))
		for i, r := range part {
			keys[i] = p.def.Key(r)
		}
		was, err := many(ctx, tx, p.def, keys)
		if err != nil {
			return nil, err
		}
		old := make([]Row, 0, len(was))
		for _, k := range keys {
			if r, ok := was[k]; ok {
				old = append(old, r.Row)
			}
		}
		if err := note(old); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Subject is what the record of an import is about: the whole register.
func Subject(d *Def) ref.Ref { return ref.New(d.Name, "*") }
