package register

import (
	"context"
	"testing"

	"okite/internal/db"
)

// TestMemoIsNeverOlderThanTheTransaction: a kept answer is asked for anew once its register was written.
func TestMemoIsNeverOlderThanTheTransaction(t *testing.T) {
	each(t, func(b *bench) {
		b.write(func(ctx context.Context, tx *db.Tx) error {
			asked := 0
			count := func(ctx context.Context) int {
				n, err := Once(ctx, "thing", "how many", func() (n int, err error) {
					asked++
					err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM reg_thing`).Scan(&n)
					return n, err
				})
				if err != nil {
					b.Fatal(err)
				}
				return n
			}
			if count(ctx); count(ctx) != 0 || asked != 2 {
				b.Errorf("outside of an import it was asked %d times, want each time", asked)
			}
			ctx = withMemo(ctx)
			if count(ctx); count(ctx) != 0 || asked != 3 {
				b.Errorf("inside it was asked %d times more, want once", asked-2)
			}
			if _, ok, err := b.c.One(ctx, tx, b.thing, "A-1"); ok || err != nil {
				b.Errorf("a record that is not there was found (%v)", err)
			}
			if _, err := b.c.Create(ctx, tx, boss, b.thing, Encode(b.thing, b.right("A-1"))); err != nil {
				return err
			}
			if n := count(ctx); n != 1 {
				b.Errorf("after one was added it says %d", n)
			}
			r, ok, err := b.c.One(ctx, tx, b.thing, "A-1")
			if err != nil || !ok {
				b.Errorf("the record that was added was not found (%v)", err)
				return err
			}
			b.thing.Put(r.Row, "name", "書き換えた名称")
			if r, _, _ := b.c.One(ctx, tx, b.thing, "A-1"); b.thing.Str(r.Row, "name") != "住民税課税台帳" {
				b.Errorf("a caller's change was kept: %v", r.Row)
			}
			if err := b.c.createMany(ctx, tx, boss, b.thing, []Row{Encode(b.thing, b.right("A-2")), Encode(b.thing, b.right("A-3"))}); err != nil {
				return err
			}
			if n := count(ctx); n != 3 {
				b.Errorf("after two more were added at once it says %d", n)
			}
			return nil
		})
	})
}

// TestPackedGivesBackWhatWasPutIn: for every kind of value, rows with and without.
func TestPackedGivesBackWhatWasPutIn(t *testing.T) {
	d := catalog().Must("thing")
	n := int64(7)
	rows := []Row{d.New(), Encode(d, thingRow{Code: "A", Name: "台帳", Content: []string{"tax"}, Number: 3, Persons: &n, Done: true, From: 20000, At: 5}), d.New(), Encode(d, thingRow{Code: "B", Note: "備考"}), d.New()}
	p := newPacked(d)
	for _, r := range rows {
		p.add(r)
	}
	for i, r := range rows {
		if !same(r, p.row(i)) {
			t.Errorf("row %d came back as %v, want %v", i, p.row(i), r)
		}
	}
	seen := 0
	for from, part := range p.chunks(2) {
		for i, r := range part {
			if seen++; !same(r, rows[from+i]) {
				t.Errorf("row %d came in parts as %v", from+i, r)
			}
		}
	}
	if seen != len(rows) {
		t.Errorf("%d rows came in parts, want %d", seen, len(rows))
	}
}
