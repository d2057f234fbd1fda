package register

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"okite/internal/db"
	"okite/internal/when"
)

// Change is a record's step from one version to the next. It is staged with the transaction (db.Tx.Stage): the check
// engine follows it. Old is nil for a new record.
type Change struct {
	Register string
	Key      string
	Old, New Row
	Version  int64
	Ended    bool
}

// Loaded is staged when many records were added at once, in place of a Change for each.
type Loaded struct {
	Register string
	Rows     int64
}

// Version is one step in the history of a record. The entry in the record of acts (trail) has the subject
// register:key.
type Version struct {
	Version int64
	At      time.Time
	By      string
	Act     string
	Reason  string
	Ended   bool
	Row     Row
}

// encodeRow writes the values that are not empty, by field name, in the order of the declaration.
func encodeRow(d *Def, r Row) (string, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range d.Fields {
		v := r[i]
		if v == nil || (f.Kind != Count && equalZero(f, v)) {
			continue
		}
		switch x := v.(type) {
		case when.Date:
			v = x.String()
		case when.Stamp:
			v = int64(x)
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		j, err := json.Marshal(v)
		if err != nil {
			return "", fmt.Errorf("encode %s.%s: %w", d.Name, f.Name, err)
		}
		b.WriteString(`"` + f.Name + `":`)
		b.Write(j)
	}
	b.WriteByte('}')
	return b.String(), nil
}

func equalZero(f Field, v any) bool {
	if s, ok := v.([]string); ok {
		return len(s) == 0
	}
	return v == zero(f.Kind)
}

// decodeRow reads encodeRow's text. Fields the register no longer has are left out, new ones are empty.
func decodeRow(d *Def, s string) (Row, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		return nil, fmt.Errorf("read history of %s: %w", d.Name, err)
	}
	r := d.New()
	for i, f := range d.Fields {
		raw, ok := m[f.Name]
		if !ok {
			continue
		}
		v, err := decodeValue(f, raw)
		if err != nil {
			return nil, fmt.Errorf("read history of %s.%s: %w", d.Name, f.Name, err)
		}
		r[i] = v
	}
	return r, nil
}

func decodeValue(f Field, raw json.RawMessage) (any, error) {
	switch f.Kind {
	case Int, Count:
		var n int64
		return n, into(raw, &n)
	case Stamp:
		var n int64
		err := into(raw, &n)
		return when.Stamp(n), err
	case Bool:
		var b bool
		err := into(raw, &b)
		return b, err
	case Set:
		var s []string
		err := into(raw, &s)
		return s, err
	}
	var s string
	if err := into(raw, &s); err != nil {
		return nil, err
	}
	if f.Kind == Date {
		return when.Parse(s)
	}
	return s, nil
}

func into(raw json.RawMessage, v any) error { return json.Unmarshal(raw, v) }

// History gives the versions of a record, newest first.
func (c *Catalog) History(ctx context.Context, tx *db.Tx, d *Def, key string) ([]Version, error) {
	out, err := db.Rows(ctx, tx, func(rows *sql.Rows) (Version, error) {
		var v Version
		var at int64
		var row string
		if err := rows.Scan(&v.Version, &at, &v.By, &v.Act, &v.Reason, &v.Ended, &row); err != nil {
			return v, err
		}
		v.At = time.UnixMicro(at).UTC()
		var err error
		v.Row, err = decodeRow(d, row)
		return v, err
	}, `SELECT version, at, by, act, reason, ended, "row" FROM change WHERE register = $1 AND key = $2 ORDER BY version DESC`, d.Name, key)
	if err != nil {
		return nil, fmt.Errorf("read history of %s %s: %w", d.Name, key, err)
	}
	return out, nil
}

// AsOf goes through the records as they stood at the end of a day in Japan, by key. What has not changed since comes
// from the register itself, the rest from the history.
func (c *Catalog) AsOf(ctx context.Context, tx *db.Tx, d *Def, day when.Date) iter.Seq2[Record, error] {
	end := day.AddDays(1).Time()
	return func(yield func(Record, error) bool) {
		for r, err := range c.Records(ctx, tx, d) {
			if err != nil {
				yield(Record{}, err)
				return
			}
			if !r.ChangedAt.Before(end) {
				var was bool
				if r, was, err = c.versionBefore(ctx, tx, d, d.Key(r.Row), end); err != nil {
					yield(Record{}, err)
					return
				}
				if !was {
					continue
				}
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (c *Catalog) versionBefore(ctx context.Context, tx *db.Tx, d *Def, key string, end time.Time) (Record, bool, error) {
	r, ok, err := db.One(ctx, tx, func(rows *sql.Rows) (Record, error) {
		var r Record
		var at int64
		var row string
		if err := rows.Scan(&r.Version, &at, &r.ChangedBy, &r.Ended, &row); err != nil {
			return r, err
		}
		r.ChangedAt = time.UnixMicro(at).UTC()
		var err error
		r.Row, err = decodeRow(d, row)
		return r, err
	}, `SELECT version, at, by, ended, "row" FROM change WHERE register = $1 AND key = $2 AND at < $3 ORDER BY version DESC LIMIT 1`, d.Name, key, end.UnixMicro())
	if err != nil {
		return Record{}, false, fmt.Errorf("read history of %s %s: %w", d.Name, key, err)
	}
	return r, ok, nil
}
