package register

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/db"
	"okite/internal/ref"
)

// Labels reads the names of all records the rows point at.
func (c *Catalog) Labels(ctx context.Context, tx *db.Tx, d *Def, rows ...Row) (Labels, error) {
	return c.labelsOf(ctx, tx, d, rows, nil)
}

// limited leaves out the keys of records that are not read; nil leaves out none.
type limited func(ctx context.Context, d *Def, keys []string) ([]string, error)

func (c *Catalog) labelsOf(ctx context.Context, tx *db.Tx, d *Def, rows []Row, only limited) (Labels, error) {
	want := map[string]map[string]bool{}
	for i, f := range d.Fields {
		if f.Refers == "" {
			continue
		}
		keys := want[f.Refers]
		if keys == nil {
			keys = map[string]bool{}
			want[f.Refers] = keys
		}
		for _, r := range rows {
			switch x := r[i].(type) {
			case string:
				if x != "" {
					keys[x] = true
				}
			case []string:
				for _, k := range x {
					keys[k] = true
				}
			}
		}
	}
	out := Labels{}
	for register, keys := range want {
		sorted := make([]string, 0, len(keys))
		for k := range keys {
			sorted = append(sorted, k)
		}
		slices.Sort(sorted)
		if err := c.labels(ctx, tx, c.byName[register], sorted, only, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Label is the name of one record, its key when there is no such record.
func (c *Catalog) Label(ctx context.Context, tx *db.Tx, r ref.Ref) (string, error) {
	d, ok := c.byName[r.Register]
	if !ok {
		return r.Key, nil
	}
	out := Labels{}
	if err := c.labels(ctx, tx, d, []string{r.Key}, nil, out); err != nil {
		return "", err
	}
	if l := out[r]; l != "" {
		return l, nil
	}
	return r.Key, nil
}

func (c *Catalog) labels(ctx context.Context, tx *db.Tx, d *Def, keys []string, only limited, out Labels) error {
	if only != nil {
		var err error
		if keys, err = only(ctx, d, keys); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(keys, lookupPart) {
		cond, arg := among(tx, part)
		key := quote(d.KeyField().Name)
		_, err := db.Rows(ctx, tx, func(r *sql.Rows) (struct{}, error) {
			var k, l string
			err := r.Scan(&k, &l)
			out[ref.New(d.Name, k)] = l
			return struct{}{}, err
		}, fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s %s", key, quote(d.Label), d.table(), key, cond), arg)
		if err != nil {
			return fmt.Errorf("read names of %s: %w", d.Name, err)
		}
	}
	return nil
}
