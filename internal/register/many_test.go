package register

import (
	"context"
	"fmt"
	"testing"

	"okite/internal/db"
	"okite/internal/fault"
)

// TestManyAsOne: many changed at once leave what one after the other would: values, versions, history, search, hooks.
func TestManyAsOne(t *testing.T) {
	each(t, func(b *bench) {
		var rows []Row
		for i := range 2100 {
			x := b.right("")
			x.Name = fmt.Sprintf("台帳第%d号", i)
			rows = append(rows, Encode(b.thing, x))
		}
		b.write(func(ctx context.Context, tx *db.Tx) error { return b.c.CreateMany(ctx, tx, boss, b.thing, rows) })
		after := 0
		b.thing.After = func(context.Context, *db.Tx, Change) error { after++; return nil }
		defer func() { b.thing.After = nil }()
		var all []Record
		b.read(func(ctx context.Context, tx *db.Tx) error {
			for rec, err := range b.c.Records(ctx, tx, b.thing) {
				if err != nil {
					return err
				}
				all = append(all, rec)
			}
			return nil
		})
		if len(all) != 2100 {
			b.Fatalf("%d records, want 2100", len(all))
		}
		next := make([]Row, 0, 2100)
		for i, rec := range all {
			x := Decode[thingRow](b.thing, rec.Row)
			switch i % 3 {
			case 0:
				x.Unit = "U-2"
			case 1:
				x.Name = "改称" + x.Name
			}
			next = append(next, Encode(b.thing, x))
		}
		b.write(func(ctx context.Context, tx *db.Tx) error {
			after = 0
			return b.c.ChangeMany(ctx, tx, boss, b.thing, next)
		})
		if after != 1400 {
			b.Errorf("%d hooks ran, want 1400: one for each record that changed", after)
		}
		for i, want := range map[int]int64{0: 2, 1: 2, 2: 1} {
			key := b.thing.Key(all[i].Row)
			rec, _ := b.get(key)
			if rec.Version != want || !same(rec.Row, next[i]) {
				b.Errorf("%s: version %d, want %d; row %v, want %v", key, rec.Version, want, rec.Row, next[i])
			}
			b.read(func(ctx context.Context, tx *db.Tx) error {
				h, err := b.c.History(ctx, tx, b.thing, key)
				if err == nil && (int64(len(h)) != want || !same(h[0].Row, next[i])) {
					b.Errorf("%s: %d steps of history, want %d", key, len(h), want)
				}
				return err
			})
		}
		b.read(func(ctx context.Context, tx *db.Tx) error {
			for _, want := range []struct {
				register, key, words, unit string
			}{{"thing", b.thing.Key(all[1].Row), "改称台帳第", "U-11"}, {"thing", b.thing.Key(all[0].Row), "台帳第", "U-2"}} {
				var unit string
				if err := tx.QueryRow(ctx, `SELECT unit FROM search_doc WHERE register = $1 AND key = $2 AND body LIKE $3`, want.register, want.key, "%"+want.words+"%").Scan(&unit); err != nil || unit != want.unit {
					b.Errorf("search index of %s: unit %q (%v), want %q", want.key, unit, err, want.unit)
				}
			}
			return nil
		})
		err := b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			x := b.right("A-none")
			return b.c.ChangeMany(ctx, tx, boss, b.thing, []Row{next[0], Encode(b.thing, x)})
		})
		if !fault.Is(err, fault.NotFound) {
			b.Errorf("one is not there: %v", err)
		}
		err = b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			x := Decode[thingRow](b.thing, next[0])
			x.Unit = "U-99"
			return b.c.ChangeMany(ctx, tx, boss, b.thing, []Row{Encode(b.thing, x)})
		})
		if !fault.Is(err, fault.Invalid) {
			b.Errorf("a unit that is not there: %v", err)
		}
	})
}
