package register

import (
	"context"
	"slices"

	"okite/internal/db"
	"okite/internal/ref"
)

// Names reads what people call some records, of any registers: one statement a register. What is not there has no name.
func (c *Catalog) Names(ctx context.Context, tx *db.Tx, refs ...ref.Ref) (Labels, error) {
	return c.namesOf(ctx, tx, refs, nil)
}

func (c *Catalog) namesOf(ctx context.Context, tx *db.Tx, refs []ref.Ref, only limited) (Labels, error) {
	want := map[string][]string{}
	for _, r := range refs {
		if _, ok := c.byName[r.Register]; ok && !slices.Contains(want[r.Register], r.Key) {
			want[r.Register] = append(want[r.Register], r.Key)
		}
	}
	out := Labels{}
	for register, keys := range want {
		if err := c.labels(ctx, tx, c.byName[register], keys, only, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}
