package register

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"

	"okite/internal/db"
)

// Type is the struct the register was declared with.
func (d *Def) Type() reflect.Type { return d.typ }

// At gives a field of a struct of Type by its place in Fields.
func (d *Def) At(record reflect.Value, field int) reflect.Value {
	return record.Field(d.Fields[field].index)
}

// Struct puts a row into the struct the register was declared with, when its Go type is not known: Decode otherwise.
func (d *Def) Struct(r Row) any {
	v := reflect.New(d.typ).Elem()
	for i, f := range d.Fields {
		set(v.Field(f.index), f.Kind, r[i])
	}
	return v.Interface()
}

// RowOf takes a row out of a struct of Type: Encode when the Go type is known.
func (d *Def) RowOf(record any) Row {
	v := reflect.ValueOf(record)
	r := make(Row, len(d.Fields))
	for i, f := range d.Fields {
		x := v.Field(f.index)
		if f.Kind == Count {
			if !x.IsNil() {
				r[i] = x.Elem().Int()
			}
			continue
		}
		r[i] = x.Interface()
	}
	return r
}

// Counts says whether a record is among those checks look at: one that has not ended, or one of a register that
// says itself until when a record counts (Def.End).
func (d *Def) Counts(ended bool) bool { return !ended || d.End != "" }

// Structs reads a register like Load, as a slice of Type; rows are not boxed on the way, so that a million take
// seconds.
func (c *Catalog) Structs(ctx context.Context, tx *db.Tx, d *Def) (reflect.Value, error) {
	where := ""
	if d.End == "" {
		where = " WHERE NOT ended"
	}
	s := newScanner(d)
	out := reflect.New(reflect.SliceOf(d.typ)).Elem() // addressable, so that it can grow
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s", d.selected(), d.table(), where, quote(d.KeyField().Name)))
	if err != nil {
		return out, fmt.Errorf("load %s: %w", d.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		n := out.Len()
		if n == out.Cap() {
			out.Grow(max(64, n/4))
		}
		out.SetLen(n + 1)
		if err := s.into(rows, out.Index(n)); err != nil {
			return out, err
		}
	}
	if err := rows.Err(); err != nil {
		return out, fmt.Errorf("load %s: %w", d.Name, err)
	}
	return out, nil
}

// into is scan without a Row between. v is a struct of the register's type that holds nothing yet.
func (s *scanner) into(rows *sql.Rows, v reflect.Value) error {
	if err := rows.Scan(s.dest...); err != nil {
		return fmt.Errorf("scan %s: %w", s.d.Name, err)
	}
	v.SetZero()
	for i, f := range s.d.Fields {
		x := v.Field(f.index)
		switch f.Kind {
		case Int, Stamp:
			x.SetInt(s.nums[i])
		case Count:
			if s.null[i].Valid {
				n := s.null[i].Int64
				x.Set(reflect.ValueOf(&n))
			}
		case Bool:
			x.SetBool(s.bools[i])
		case Date:
			d, err := s.day(s.texts[i])
			if err != nil {
				return fmt.Errorf("scan %s.%s: %w", s.d.Name, f.Name, err)
			}
			x.SetInt(int64(d))
		case Set:
			if set := splitSet(s.same(s.texts[i])); set != nil {
				x.Set(reflect.ValueOf(set))
			}
		case Enum, Ref:
			x.SetString(s.same(s.texts[i]))
		default:
			x.SetString(s.texts[i])
		}
	}
	return nil
}

// Changed is one step in the history of all registers: the record and whose number it is. Numbers grow, but may
// become visible out of order, and some are never used.
type Changed struct {
	ID            int64
	Register, Key string
}

// ChangedAfter gives the steps with a number above after, by number, at most limit: how another process, or another
// node on the same database, learns what was changed.
func (c *Catalog) ChangedAfter(ctx context.Context, tx *db.Tx, after int64, limit int) ([]Changed, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (x Changed, err error) {
		err = r.Scan(&x.ID, &x.Register, &x.Key)
		return x, err
	}, `SELECT id, register, key FROM change WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read changes after %d: %w", after, err)
	}
	return out, nil
}

// LastChange is the highest number of a step there is.
func (c *Catalog) LastChange(ctx context.Context, tx *db.Tx) (int64, error) {
	var n int64
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM change`).Scan(&n); err != nil {
		return 0, fmt.Errorf("read last change: %w", err)
	}
	return n, nil
}
