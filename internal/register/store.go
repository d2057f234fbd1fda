package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/when"
)

// Record is a row as it is kept.
type Record struct {
	Row       Row
	Version   int64 // counts the changes, from 1
	ChangedAt time.Time
	ChangedBy string // who, as the record (trail) names them
	Ended     bool
}

// selected is the columns of a register in the order of its fields, then those of Record.
func (d *Def) selected() string {
	var b strings.Builder
	for _, f := range d.Fields {
		b.WriteString(quote(f.Name))
		b.WriteString(", ")
	}
	return b.String() + "row_version, changed_at, changed_by, ended"
}

// scanner reads rows of selected(). It is used for one query and keeps one copy of texts that come again and again.
type scanner struct {
	d     *Def
	texts []string
	nums  []int64
	null  []sql.NullInt64
	bools []bool
	dest  []any
	tail  struct {
		version, at int64
		by          string
		ended       bool
	}
	seen map[string]string
	days map[string]when.Date
}

func newScanner(d *Def) *scanner {
	n := len(d.Fields)
	s := &scanner{d: d, texts: make([]string, n), nums: make([]int64, n), null: make([]sql.NullInt64, n), bools: make([]bool, n),
		dest: make([]any, n, n+4), seen: map[string]string{}, days: map[string]when.Date{}}
	for i, f := range d.Fields {
		switch f.Kind {
		case Int, Stamp:
			s.dest[i] = &s.nums[i]
		case Count:
			s.dest[i] = &s.null[i]
		case Bool:
			s.dest[i] = &s.bools[i]
		default:
			s.dest[i] = &s.texts[i]
		}
	}
	s.dest = append(s.dest, &s.tail.version, &s.tail.at, &s.tail.by, &s.tail.ended)
	return s
}

func (s *scanner) scan(rows *sql.Rows) (Record, error) {
	if err := rows.Scan(s.dest...); err != nil {
		return Record{}, fmt.Errorf("scan %s: %w", s.d.Name, err)
	}
	row := make(Row, len(s.d.Fields))
	for i, f := range s.d.Fields {
		switch f.Kind {
		case Int:
			row[i] = s.nums[i]
		case Stamp:
			row[i] = when.Stamp(s.nums[i])
		case Count:
			if s.null[i].Valid {
				row[i] = s.null[i].Int64
			}
		case Bool:
			row[i] = s.bools[i]
		case Date:
			d, err := s.day(s.texts[i])
			if err != nil {
				return Record{}, fmt.Errorf("scan %s.%s: %w", s.d.Name, f.Name, err)
			}
			row[i] = d
		case Set:
			row[i] = splitSet(s.same(s.texts[i]))
		case Enum, Ref:
			row[i] = s.same(s.texts[i])
		default:
			row[i] = s.texts[i]
		}
	}
	return Record{Row: row, Version: s.tail.version, ChangedAt: time.UnixMicro(s.tail.at).UTC(), ChangedBy: s.same(s.tail.by), Ended: s.tail.ended}, nil
}

// same keeps one copy of a text; the map is bounded so that a register of one-off values costs nothing.
func (s *scanner) same(t string) string {
	if t == "" {
		return ""
	}
	if k, ok := s.seen[t]; ok {
		return k
	}
	if len(s.seen) < 1<<16 {
		s.seen[t] = t
	}
	return t
}

func (s *scanner) day(t string) (when.Date, error) {
	if t == "" {
		return 0, nil
	}
	if d, ok := s.days[t]; ok {
		return d, nil
	}
	d, err := when.Parse(t)
	if err == nil {
		s.days[t] = d
	}
	return d, err
}

func splitSet(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Fields(s)
}

func joinSet(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return " " + strings.Join(v, " ") + " "
}

// stored is a value as the table keeps it.
func stored(k Kind, v any) any {
	switch x := v.(type) {
	case when.Date:
		return x.String()
	case when.Stamp:
		return int64(x)
	case []string:
		return joinSet(x)
	case nil:
		if k == Count {
			return nil
		}
		return stored(k, zero(k))
	}
	return v
}

// One reads the record with a key; false says that there is none.
func (c *Catalog) One(ctx context.Context, tx *db.Tx, d *Def, key string) (Record, bool, error) {
	r, ok, err := c.read(ctx, tx, d, key)
	r.Row = slices.Clone(r.Row) // what is kept for others stays as it was read
	return r, ok, err
}

func one(ctx context.Context, tx *db.Tx, d *Def, key string) (Record, bool, error) {
	r, ok, err := db.One(ctx, tx, newScanner(d).scan, fmt.Sprintf("SELECT %s FROM %s WHERE %s = $1", d.selected(), d.table(), quote(d.KeyField().Name)), key)
	if err != nil {
		return Record{}, false, fmt.Errorf("read %s %s: %w", d.Name, key, err)
	}
	return r, ok, nil
}

// many reads the records with some keys.
func many(ctx context.Context, tx *db.Tx, d *Def, keys []string) (map[string]Record, error) {
	out := make(map[string]Record, len(keys))
	s := newScanner(d)
	for part := range slices.Chunk(keys, lookupPart) {
		cond, arg := among(tx, part)
		rs, err := db.Rows(ctx, tx, s.scan, fmt.Sprintf("SELECT %s FROM %s WHERE %s %s", d.selected(), d.table(), quote(d.KeyField().Name), cond), arg)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", d.Name, err)
		}
		for _, r := range rs {
			out[d.Key(r.Row)] = r
		}
	}
	return out, nil
}

// lookupPart is how many keys are looked up by one statement.
const lookupPart = 2000

// among is the condition that a column holds one of some values, and its one argument $1: a statement whose text does not
// grow with the values.
func among(tx *db.Tx, values []string) (cond string, arg any) {
	if tx.Dialect() == db.Postgres {
		return "= ANY($1)", values
	}
	js, _ := json.Marshal(values) // texts always can be written
	return "IN (SELECT value FROM json_each($1))", string(js)
}

// Records goes through all records by key, ended ones too. It reads them in parts, so that other statements of the
// transaction may run between two records.
func (c *Catalog) Records(ctx context.Context, tx *db.Tx, d *Def) iter.Seq2[Record, error] {
	return c.Each(ctx, tx, d, Query{Ended: true})
}

// Each goes through the records a query finds, by key. Sort, paging and columns of the query do not count.
func (c *Catalog) Each(ctx context.Context, tx *db.Tx, d *Def, q Query) iter.Seq2[Record, error] {
	const part = 2000
	return func(yield func(Record, error) bool) {
		after := ""
		if err := c.ask(ctx, tx, d, &q); err != nil {
			yield(Record{}, err)
			return
		}
		for {
			w, err := c.where(d, q, tx.Dialect(), false)
			if err != nil {
				yield(Record{}, err)
				return
			}
			key := quote(d.KeyField().Name)
			if after != "" {
				w.add(key+" > %s", after)
			}
			rs, err := db.Rows(ctx, tx, newScanner(d).scan, fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s LIMIT %d", d.selected(), d.table(), w.sql(), key, part), w.args...)
			if err != nil {
				yield(Record{}, fmt.Errorf("read %s: %w", d.Name, err))
				return
			}
			for _, r := range rs {
				if !yield(r, nil) {
					return
				}
			}
			if len(rs) < part {
				return
			}
			after = d.Key(rs[len(rs)-1].Row)
		}
	}
}

// Load reads a register as the structs it was declared with, for checks: by key, without records that were ended,
// unless the register says itself until when a record counts (Def.End).
func Load[T any](ctx context.Context, tx *db.Tx, d *Def) ([]T, error) {
	where := " WHERE NOT ended"
	if d.End != "" {
		where = ""
	}
	s := newScanner(d)
	out, err := db.Rows(ctx, tx, func(rows *sql.Rows) (T, error) {
		r, err := s.scan(rows)
		if err != nil {
			var none T
			return none, err
		}
		return Decode[T](d, r.Row), nil
	}, fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s", d.selected(), d.table(), where, quote(d.KeyField().Name)))
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", d.Name, err)
	}
	return out, nil
}

// UnitsAbove gives a unit and all units above it, nearest first. A circle in the tree ends the climb.
func (c *Catalog) UnitsAbove(ctx context.Context, tx *db.Tx, unit string) ([]string, error) {
	out := []string{}
	for unit != "" && !slices.Contains(out, unit) {
		out = append(out, unit)
		var parent string
		err := tx.QueryRow(ctx, `SELECT parent FROM reg_unit WHERE code = $1`, unit).Scan(&parent)
		if db.Missing(err) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read unit %s: %w", unit, err)
		}
		unit = parent
	}
	return out, nil
}

// OrganOf gives the organ a unit is part of: its own, or that of the nearest unit above that names one; "" when none does.
func (c *Catalog) OrganOf(ctx context.Context, tx *db.Tx, unit string) (string, error) {
	above, err := c.UnitsAbove(ctx, tx, unit)
	if err != nil {
		return "", err
	}
	for _, u := range above {
		var organ string
		err := tx.QueryRow(ctx, `SELECT organ FROM reg_unit WHERE code = $1`, u).Scan(&organ)
		if err != nil && !db.Missing(err) {
			return "", fmt.Errorf("read organ of unit %s: %w", u, err)
		}
		if organ != "" {
			return organ, nil
		}
	}
	return "", nil
}

// Powers gives the rows of the table of powers for an act, as the gate asks for them (bp.6).
func (c *Catalog) Powers(ctx context.Context, tx *db.Tx, id string) ([]act.Power, error) {
	return db.Rows(ctx, tx, func(r *sql.Rows) (p act.Power, err error) {
		err = r.Scan(&p.Role, &p.Unit, &p.Organ)
		return p, err
	}, `SELECT role, unit, organ FROM reg_power WHERE action = $1 AND NOT ended`, id)
}
