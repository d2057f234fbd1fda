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

	File   string `json:"-"`
	SHA256 string `json:"-"`
	def    *Def
	steps  []step
}

// step is one record to write. version is the stored one when the plan was made, 0 for a new record.
type step struct {
	row     Row
	version int64
}

// MaxErrors bounds the errors a plan lists.
const MaxErrors = 1000

// Good says whether the plan can be applied.
func (p *Plan) Good() bool { return len(p.Errors) == 0 && len(p.Conflicts) == 0 }

// Def is the register the plan is for.
func (p *Plan) Def() *Def { return p.def }

// NewRows gives the records the plan would add.
func (p *Plan) NewRows() []Row {
	var out []Row
	for _, s := range p.steps {
		if s.version == 0 {
			out = append(out, s.row)
		}
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
	var fresh []Row
	for _, s := range p.steps {
		if s.version == 0 {
			fresh = append(fresh, s.row)
		}
	}
	if err := c.createMany(ctx, tx, a, p.def, fresh); err != nil {
		return err
	}
	for _, s := range p.steps {
		if s.version == 0 {
			continue
		}
		if _, err := c.Change(ctx, tx, a, p.def, s.row, s.version); err != nil {
			return inRecord(p.def, s.row, err)
		}
	}
	return nil
}

// createMany adds records as Create does, many at a time. They may point at one another in any order.
func (c *Catalog) createMany(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, rows []Row) error {
	ctx = actor.With(ctx, a)
	known := cached(stores(ctx, tx, c))
	own := make(map[string]bool, len(rows))
	for _, r := range rows {
		own[d.Key(r)] = true
	}
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
	for part := range slices.Chunk(rows, 1000) {
		keys := make([]string, len(part))
		for i, r := range part {
			keys[i] = d.Key(r)
		}
		there, err := many(ctx, tx, d, keys)
		if err != nil {
			return err
		}
		for _, r := range part {
			r = slices.Clone(r)
			if _, taken := there[d.Key(r)]; taken {
				return inRecord(d, r, alreadyThere(d, d.Key(r)))
			}
			if err := c.validate(d, nil, r, either); err != nil {
				return inRecord(d, r, err)
			}
			if d.Check != nil {
				if err := d.Check(ctx, tx, nil, r); err != nil {
					return inRecord(d, r, err)
				}
			}
			b.rows = append(b.rows, r)
		}
		fresh := slices.Clone(b.rows)
		if err := b.flush(ctx); err != nil {
			return err
		}
		for _, r := range fresh {
			ch := Change{Register: d.Name, Key: d.Key(r), New: r, Version: 1}
			tx.Stage(ch)
			if d.After != nil {
				if err := d.After(ctx, tx, ch); err != nil {
					return inRecord(d, r, err)
				}
			}
		}
	}
	return nil
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
	note := func(row Row) error {
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
		return nil
	}
	var keys []string
	for _, s := range p.steps {
		if err := note(s.row); err != nil {
			return nil, err
		}
		if s.version > 0 {
			keys = append(keys, p.def.Key(s.row))
		}
	}
	was, err := many(ctx, tx, p.def, keys)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if r, ok := was[k]; ok {
			if err := note(r.Row); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Subject is what the record of an import is about: the whole register.
func Subject(d *Def) ref.Ref { return ref.New(d.Name, "*") }
