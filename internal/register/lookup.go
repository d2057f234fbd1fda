package register

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"okite/internal/actor"
	"okite/internal/db"
)

// Counts gives how many running records each register holds, counted up to CountLimit, in one statement. A register
// that holds more is counted as CountLimit+1.
func (c *Catalog) Counts(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	return c.countAll(ctx, tx, nil)
}

func (c *Catalog) countAll(ctx context.Context, tx *db.Tx, of spanned) (map[string]int, error) {
	w := &where{}
	for _, d := range c.defs {
		read, err := w.within(ctx, d, of, tx.Dialect())
		if err != nil {
			return nil, err
		}
		if read != "" {
			w.parts = append(w.parts, fmt.Sprintf("SELECT '%s', COUNT(*) FROM (SELECT 1 FROM %s WHERE NOT ended AND %s LIMIT %d) AS bounded", d.Name, d.table(), read, CountLimit+1))
		}
	}
	out := make(map[string]int, len(w.parts))
	if len(w.parts) == 0 {
		return out, nil
	}
	_, err := db.Rows(ctx, tx, func(r *sql.Rows) (struct{}, error) {
		var name string
		var n int
		err := r.Scan(&name, &n)
		out[name] = n
		return struct{}{}, err
	}, strings.Join(w.parts, " UNION ALL "), w.args...)
	if err != nil {
		return nil, fmt.Errorf("count registers: %w", err)
	}
	return out, nil
}

// Referrer is a field of a register that points at a record, and how many running records do so by it.
type Referrer struct {
	Def   *Def
	Field Field
	Count int // up to CountLimit; one more stands for more
}

// Referrers finds which registers point at a record, in one statement.
func (c *Catalog) Referrers(ctx context.Context, tx *db.Tx, d *Def, key string) ([]Referrer, error) {
	return c.referrers(ctx, tx, d, key, nil)
}

func (c *Catalog) referrers(ctx context.Context, tx *db.Tx, d *Def, key string, of spanned) ([]Referrer, error) {
	var all []Referrer
	w := &where{}
	for _, from := range c.defs {
		for _, f := range from.Fields {
			if f.Refers != d.Name {
				continue
			}
			read, err := w.within(ctx, from, of, tx.Dialect())
			if err != nil {
				return nil, err
			}
			if read == "" {
				continue
			}
			cond, arg := quote(f.Name)+" = %s", key
			if f.Kind == Set {
				cond, arg = quote(f.Name)+" LIKE %s ESCAPE '!'", "% "+like(key)+" %"
			}
			w.add(fmt.Sprintf("SELECT %d AS place, COUNT(*) AS n FROM (SELECT 1 FROM %s WHERE NOT ended AND %s AND ", len(all), from.table(), read)+cond+fmt.Sprintf(" LIMIT %d) AS bounded", CountLimit+1), arg)
			all = append(all, Referrer{Def: from, Field: f})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	_, err := db.Rows(ctx, tx, func(r *sql.Rows) (struct{}, error) {
		var i, n int
		err := r.Scan(&i, &n)
		if err == nil {
			all[i].Count = n
		}
		return struct{}{}, err
	}, strings.Join(w.parts, " UNION ALL "), w.args...)
	if err != nil {
		return nil, fmt.Errorf("find what refers to %s %s: %w", d.Name, key, err)
	}
	out := all[:0]
	for _, r := range all {
		if r.Count > 0 {
			out = append(out, r)
		}
	}
	return out, nil
}

// Named is a record by key and name.
type Named struct{ Key, Name string }

// Options gives running records by key and name, in the order of names, for a form to choose from.
func (c *Catalog) Options(ctx context.Context, tx *db.Tx, d *Def, limit int) ([]Named, error) {
	return c.named(ctx, tx, d, limit, nil, "")
}

// CalledExactly gives the running records of a name.
func (c *Catalog) CalledExactly(ctx context.Context, tx *db.Tx, d *Def, name string, limit int) ([]Named, error) {
	return c.As(tx, actor.Operator()).CalledExactly(ctx, d, name, limit)
}

// named gives the records of a name, of any when it is "".
func (c *Catalog) named(ctx context.Context, tx *db.Tx, d *Def, limit int, s *Span, name string) ([]Named, error) {
	key, label := quote(d.KeyField().Name), quote(d.Label)
	w := &where{}
	w.add("NOT ended")
	s.add(w, tx.Dialect())
	if name != "" {
		w.add(label+" = %s", name)
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (Named, error) {
		var n Named
		return n, r.Scan(&n.Key, &n.Name)
	}, fmt.Sprintf("SELECT %s, %s FROM %s%s ORDER BY %s, %s LIMIT %d", key, label, d.table(), w.sql(), label, key, limit), w.args...)
	if err != nil {
		return nil, fmt.Errorf("read choices of %s: %w", d.Name, err)
	}
	return out, nil
}

// Many reads the records with some keys; those that are not there are left out.
func (c *Catalog) Many(ctx context.Context, tx *db.Tx, d *Def, keys []string) (map[string]Record, error) {
	return many(ctx, tx, d, keys)
}

// SearchEach finds running records that hold every word, up to a number in each register, in one statement: a word
// that one register is full of does not hide the others.
func (c *Catalog) SearchEach(ctx context.Context, tx *db.Tx, text string, each int) ([]Hit, error) {
	return c.searchEach(ctx, tx, text, each, nil)
}

func (c *Catalog) searchEach(ctx context.Context, tx *db.Tx, text string, each int, of spanned) ([]Hit, error) {
	w := &where{}
	for _, d := range c.defs {
		m, terms := match(text, d.Name, tx.Dialect())
		if m == "" {
			return nil, nil
		}
		read, err := w.within(ctx, d, of, tx.Dialect())
		if err != nil {
			return nil, err
		}
		if read == "" {
			continue
		}
		cond, args := found("register, d.key, d.label, d.unit, d.ended", tx.Dialect())+" AND d.register = %s AND NOT d.ended", []any{m, d.Name}
		if read != everything {
			cond += " AND d.key IN (SELECT " + quote(d.KeyField().Name) + " FROM " + d.table() + " WHERE " + read + ")"
		}
		for _, t := range terms {
			cond += " AND d.body LIKE %s ESCAPE '!'"
			args = append(args, "%"+like(t)+"%")
		}
		w.add(fmt.Sprintf("SELECT * FROM (%s LIMIT %d) AS part", cond, each), args...)
	}
	if len(w.parts) == 0 {
		return nil, nil
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (Hit, error) {
		var h Hit
		return h, r.Scan(&h.Ref.Register, &h.Ref.Key, &h.Label, &h.Unit, &h.Ended)
	}, strings.Join(w.parts, " UNION ALL "), w.args...)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return out, nil
}

// FoldText is the form in which words are compared by the search: width, case and kind of kana do not count.
func FoldText(s string) string { return foldText(s) }
