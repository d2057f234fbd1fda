package register

import (
	"context"
	"testing"

	"okite/internal/db"
	"okite/internal/when"
)

// TestEndsOnTheDay: what has ended holds no last day after the day it was ended on; an earlier one stays.
func TestEndsOnTheDay(t *testing.T) {
	each(t, func(b *bench) {
		today := when.Of(b.now)
		for _, c := range []struct {
			name       string
			last, want when.Date
		}{
			{"none was set", 0, today}, {"an earlier one", today - 40, today - 40}, {"the day itself", today, today}, {"a later one", today + 40, today},
		} {
			var key string
			if err := b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				row := b.unit.New()
				b.unit.Put(row, "name", "事業課")
				b.unit.Put(row, "open", today-400)
				b.unit.Put(row, "close", c.last)
				ch, err := b.c.Create(ctx, tx, boss, b.unit, row)
				if err != nil {
					return err
				}
				key = ch.Key
				ch, err = b.c.End(ctx, tx, boss, b.unit, key, 0, today)
				if got := b.unit.Get(ch.New, "close"); err == nil && got != c.want {
					t.Errorf("%s: ends on %v, want %s", c.name, got, c.want)
				}
				return err
			}); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		for _, last := range []when.Date{0, today + 40} {
			err := b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				row := b.unit.New()
				b.unit.Put(row, "name", "来年度の課")
				b.unit.Put(row, "open", today+20)
				b.unit.Put(row, "close", last)
				ch, err := b.c.Create(ctx, tx, boss, b.unit, row)
				if err != nil {
					return err
				}
				_, err = b.c.End(ctx, tx, boss, b.unit, ch.Key, 0, today)
				return err
			})
			if err == nil {
				t.Errorf("ended before it began, with the last day %s", last)
			}
		}
	})
}
