package register

import (
	"context"

	"okite/internal/db"
)

// memo keeps what the rules of one import ask of the registers again and again, and what was read for them many rows at
// a time. What was read of a register is forgotten when a record of it is written, so that an answer is never older
// than the transaction.
type memo map[string]map[string]any // by register, then by question

// memoMost bounds the answers kept of one register.
const memoMost = 50_000

type memoKey struct{}

// withMemo opens a memo, unless an import that is at work has one. It belongs to one transaction.
func withMemo(ctx context.Context) context.Context {
	if memoOf(ctx) != nil {
		return ctx
	}
	return context.WithValue(ctx, memoKey{}, memo{})
}

func memoOf(ctx context.Context) memo { m, _ := ctx.Value(memoKey{}).(memo); return m }

func (m memo) keep(register, question string, answer any) {
	of := m[register]
	if of == nil || len(of) >= memoMost {
		of = map[string]any{}
		m[register] = of
	}
	of[question] = answer
}

// written forgets what was read of a register.
func (m memo) written(register string) { delete(m, register) }

// Once asks a question about one register. Inside an import it is asked for the first row only and again after a record
// of the register was written; a question therefore names everything that its answer depends on.
func Once[T any](ctx context.Context, register, question string, ask func() (T, error)) (T, error) {
	m := memoOf(ctx)
	if kept, ok := m[register][question].(T); ok {
		return kept, nil
	}
	answer, err := ask()
	if err == nil && m != nil {
		m.keep(register, question, answer)
	}
	return answer, err
}

// lookup is the answer to the question for one record.
type lookup struct {
	record Record
	ok     bool
}

const recordQuestion = "record "

// read finds one record, inside an import among those that were read ahead.
func (c *Catalog) read(ctx context.Context, tx *db.Tx, d *Def, key string) (Record, bool, error) {
	got, err := Once(ctx, d.Name, recordQuestion+key, func() (lookup, error) {
		r, ok, err := one(ctx, tx, d, key)
		return lookup{r, ok}, err
	})
	return got.record, got.ok, err
}

// ahead reads the records that some fields of rows name, as they will be asked for one by one: one statement a field.
func (c *Catalog) ahead(ctx context.Context, tx *db.Tx, d *Def, rows []Row, fields ...string) error {
	m := memoOf(ctx)
	for _, name := range fields {
		to := c.Must(d.Fields[d.must(name)].Refers)
		var open []string
		for _, r := range rows {
			key := d.Str(r, name)
			if _, known := m[to.Name][recordQuestion+key]; key == "" || known {
				continue
			}
			m.keep(to.Name, recordQuestion+key, lookup{})
			open = append(open, key)
		}
		found, err := many(ctx, tx, to, open)
		if err != nil {
			return err
		}
		for key, r := range found {
			m.keep(to.Name, recordQuestion+key, lookup{r, true})
		}
	}
	return nil
}
