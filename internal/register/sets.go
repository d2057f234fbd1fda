package register

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"

	"okite/internal/db"
)

// A Set is kept as one text, which no index of the table takes apart. Each of its values is therefore a token of the
// search index, so that a filter finds the few records that hold a rare one.

// setToken stands for a value of a Set; "" stands for a Set without values. It begins with four letters that stand for
// no sign in use, so that it is none of the tokens of texts and the beginning of none. Two values could share a token:
// the column is asked as well.
func (d *Def) setToken(f Field, value string) string {
	h := fnv.New64a()
	h.Write([]byte(d.Name + "\x00" + f.Name + "\x00" + value))
	n := h.Sum64()
	b := []byte("zzzz")
	for range 10 {
		b = append(b, byte('a'+n%26))
		n /= 26
	}
	return string(b)
}

// setTokens are those of a row, parted by blanks.
func (d *Def) setTokens(r Row) string {
	var out []string
	for i, f := range d.Fields {
		if f.Kind != Set {
			continue
		}
		values, _ := r[i].([]string)
		for _, v := range values {
			out = append(out, d.setToken(f, v))
		}
		if len(values) == 0 && f.Filter {
			out = append(out, d.setToken(f, ""))
		}
	}
	return strings.Join(out, " ")
}

// setMatch is the question to the index for the Set fields of a query, "" when it names none, and how many there are.
func (d *Def) setMatch(q Query, dialect db.Dialect) (match string, n int) {
	and, or := " AND ", " OR "
	if dialect == db.Postgres {
		and, or = " & ", " | "
	}
	var all []string
	for _, f := range d.Fields {
		values := q.Filters[f.Name]
		if f.Kind != Set || len(values) == 0 {
			continue
		}
		tokens := make([]string, 0, len(values))
		for _, v := range values {
			if v != "" || f.Filter {
				tokens = append(tokens, d.setToken(f, v))
			}
		}
		if len(tokens) == len(values) {
			all = append(all, "("+strings.Join(tokens, or)+")")
		}
	}
	return strings.Join(all, and), len(all)
}

// shape says what the search index keeps of a register's records. When it differs from what a city has, its part of the
// index is made anew.
func (d *Def) shape() string {
	var b strings.Builder
	b.WriteString("2 " + d.Label + " " + d.Unit)
	for _, f := range d.Fields {
		switch {
		case f.Kind == Set && f.Filter:
			b.WriteString(" set:" + f.Name + ":filter")
		case f.Kind == Set:
			b.WriteString(" set:" + f.Name)
		case f.Search:
			b.WriteString(" text:" + f.Name)
		}
	}
	return b.String()
}

// emptyOld empties a search index that keeps of no register what it holds: all of it is made anew, and quicker so than
// part by part.
func emptyOld(ctx context.Context, tx *db.Tx) error {
	var there int
	err := tx.QueryRow(ctx, `SELECT 1 FROM search_shape LIMIT 1`).Scan(&there)
	if !db.Missing(err) {
		return err
	}
	all := []string{`TRUNCATE search_doc`}
	if tx.Dialect() == db.SQLite {
		all = []string{`INSERT INTO search_words (search_words) VALUES ('delete-all')`, `DELETE FROM search_doc`}
	}
	for _, q := range all {
		if _, err := tx.Exec(ctx, q); err != nil {
			return fmt.Errorf("empty search index: %w", err)
		}
	}
	return nil
}

// reindex makes a register's part of the search index anew when its declaration asks for more or less than is there.
func (d *Def) reindex(ctx context.Context, tx *db.Tx) error {
	var has string
	err := tx.QueryRow(ctx, `SELECT shape FROM search_shape WHERE register = $1`, d.Name).Scan(&has)
	if err != nil && !db.Missing(err) {
		return fmt.Errorf("read search index: %w", err)
	}
	shape := d.shape()
	if has == shape {
		return nil
	}
	var found []string
	if tx.Dialect() == db.SQLite {
		found = append(found, `DELETE FROM search_words WHERE rowid IN (SELECT id FROM search_doc WHERE register = $1)`)
	}
	for _, q := range append(found, `DELETE FROM search_doc WHERE register = $1`) {
		if _, err := tx.Exec(ctx, q, d.Name); err != nil {
			return fmt.Errorf("empty search index: %w", err)
		}
	}
	b := newBulk(ctx, tx, d, "", tx.Now())
	key, after, s := quote(d.KeyField().Name), "", newScanner(d)
	for {
		rs, err := db.Rows(ctx, tx, s.scan, fmt.Sprintf("SELECT %s FROM %s WHERE %s > $1 ORDER BY %s LIMIT 2000", d.selected(), d.table(), key, key), after)
		if err != nil {
			return fmt.Errorf("read %s: %w", d.Name, err)
		}
		if len(rs) == 0 {
			break
		}
		rows, ended, x := make([]Row, len(rs)), make([]bool, len(rs)), beside{found: make([]document, len(rs))}
		for i, r := range rs {
			rows[i], ended[i] = r.Row, r.Ended
			f := &x.found[i]
			f.body, f.words, f.ok = d.document(r.Row)
		}
		if err := b.index(ctx, tx, rows, ended, x); err != nil {
			return err
		}
		after = d.Key(rows[len(rows)-1])
	}
	if _, err := tx.Exec(ctx, `INSERT INTO search_shape (register, shape) VALUES ($1, $2) ON CONFLICT (register) DO UPDATE SET shape = excluded.shape`, d.Name, shape); err != nil {
		return fmt.Errorf("keep shape of search index: %w", err)
	}
	return nil
}
