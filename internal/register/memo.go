package register

import (
	"context"

	"okite/internal/db"
)

// memo keeps what the rules of one import ask of the registers again and again, and what was read for them many rows at
// a time. What was read of a register is forgotten when a record of it is written, so that an answer is never older
// than the transaction.
type memo struct {
	answers map[string]map[string]any    // by register, then by question
	records map[string]map[string]lookup // by register, then by key
	writes  map[string]int               // how often records of a register were written
}

// lookup is what a record is known to be.
type lookup struct {
	record Record
	ok     bool
}

// memoMost bounds the answers kept of one register, and the records.
const memoMost = 50_000

type memoKey struct{}

// withMemo opens a memo, unless an import that is at work has one. It belongs to one transaction.
func withMemo(ctx context.Context) context.Context {
	if memoOf(ctx) != nil {
		return ctx
	}
	return context.WithValue(ctx, memoKey{}, &memo{answers: map[string]map[string]any{}, records: map[string]map[string]lookup{}, writes: map[string]int{}})
}

func memoOf(ctx context.Context) *memo { m, _ := ctx.Value(memoKey{}).(*memo); return m }

// keepIn puts an answer in.
func keepIn[T any](m map[string]map[string]T, register, question string, answer T) {
	of := m[register]
	if of == nil || len(of) >= memoMost {
		of = map[string]T{}
		m[register] = of
	}
	of[question] = answer
}

// written forgets what was read of a register.
func (m *memo) written(register string) {
	if m == nil {
		return
	}
	m.writes[register]++
	delete(m.answers, register)
	delete(m.records, register)
}

// wrote forgets what the writing of some records makes old. What is known of other records stays.
func (m *memo) wrote(register string, keys []string) {
	if m == nil {
		return
	}
	delete(m.answers, register)
	for _, k := range keys {
		delete(m.records[register], k)
	}
}

// Once asks a question about one register. Inside an import it is asked for the first row only and again after a record
// of the register was written; a question therefore names everything that its answer depends on.
func Once[T any](ctx context.Context, register, question string, ask func() (T, error)) (T, error) {
	m := memoOf(ctx)
	if m == nil {
		return ask()
	}
	if kept, ok := m.answers[register][question].(T); ok {
		return kept, nil
	}
	answer, err := ask()
	if err == nil {
		keepIn(m.answers, register, question, any(answer))
	}
	return answer, err
}

// read finds one record, inside an import among those that were read ahead.
func (c *Catalog) read(ctx context.Context, tx *db.Tx, d *Def, key string) (Record, bool, error) {
	m := memoOf(ctx)
	if m == nil {
		return one(ctx, tx, d, key)
	}
	if kept, ok := m.records[d.Name][key]; ok {
		return kept.record, kept.ok, nil
	}
	r, ok, err := one(ctx, tx, d, key)
	if err == nil {
		keepIn(m.records, d.Name, key, lookup{r, ok})
	}
	return r, ok, err
}

// ahead reads the records that some fields of rows name, as they will be asked for one by one: one statement a field.
func (c *Catalog) ahead(ctx context.Context, tx *db.Tx, d *Def, rows []Row, fields ...string) error {
	m := memoOf(ctx)
	if m == nil {
		return nil
	}
	for _, name := range fields {
		at := d.must(name)
		to := c.Must(d.Fields[at].Refers)
		var open []string
		for _, r := range rows {
			key, _ := r[at].(string)
			if _, known := m.records[to.Name][key]; key == "" || known {
				continue
			}
			keepIn(m.records, to.Name, key, lookup{})
			open = append(open, key)
		}
		if len(open) == 0 {
			continue
		}
		found, err := many(ctx, tx, to, open)
		if err != nil {
			return err
		}
		for key, r := range found {
			keepIn(m.records, to.Name, key, lookup{r, true})
		}
	}
	return nil
}
