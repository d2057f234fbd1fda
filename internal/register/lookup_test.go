package register

import (
	"context"
	"fmt"
	"testing"

	"okite/internal/actor"
	"okite/internal/db"
)

func TestLookups(t *testing.T) {
	each(t, func(b *bench) {
		for i := range 4 {
			x := b.right(fmt.Sprintf("T-%d", i))
			x.Name, x.Helpers = fmt.Sprintf("課税台帳%d", i%2), []string{"P-1"}
			if i > 0 {
				x.Source = "T-0"
			}
			b.must(x)
		}
		b.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := b.c.End(ctx, tx, actor.Operator(), b.thing, "T-3", 0, 0)
			return err
		})
		b.read(func(ctx context.Context, tx *db.Tx) error {
			counts, err := b.c.Counts(ctx, tx)
			if err != nil || counts["thing"] != 3 || counts["unit"] != 3 || counts["note"] != 0 {
				b.Errorf("counts %v, %v; want 3 things, 3 units, no note", counts, err)
			}
			got := ""
			for _, at := range []struct{ register, key string }{{"thing", "T-0"}, {"unit", "U-11"}, {"person", "P-1"}, {"person", "P-2"}, {"unit", "U-2"}} {
				rs, err := b.c.Referrers(ctx, tx, b.c.Must(at.register), at.key)
				if err != nil {
					return err
				}
				got += at.register + "/" + at.key + ":"
				for _, r := range rs {
					got += fmt.Sprintf(" %s.%s=%d", r.Def.Name, r.Field.Name, r.Count)
				}
				got += "; "
			}
			if want := "thing/T-0: thing.source=2; unit/U-11: person.unit=1 thing.unit=3; person/P-1: thing.helpers=3; person/P-2:; unit/U-2:; "; got != want {
				b.Errorf("referrers %s, want %s", got, want)
			}
			options, err := b.c.Options(ctx, tx, b.thing, 2)
			if err != nil || fmt.Sprint(options) != "[{T-0 課税台帳0} {T-2 課税台帳0}]" {
				b.Errorf("options %v, %v", options, err)
			}
			if named, err := b.c.CalledExactly(ctx, tx, b.thing, "課税台帳1", 9); err != nil || fmt.Sprint(named) != "[{T-1 課税台帳1}]" {
				b.Errorf("called exactly %v, %v", named, err)
			}
			hits, err := b.c.SearchEach(ctx, tx, "課税", 2)
			if err != nil || len(hits) != 2 || hits[0].Ref.Register != "thing" || hits[0].Label == "" {
				b.Errorf("search, two of each: %+v, %v", hits, err)
			}
			if hits, err := b.c.SearchEach(ctx, tx, "情報", 5); err != nil || len(hits) != 1 || hits[0].Ref.String() != "unit:U-11" {
				b.Errorf("search: %+v, %v; want the unit", hits, err)
			}
			if hits, err := b.c.SearchEach(ctx, tx, "　 ", 5); err != nil || len(hits) != 0 {
				b.Errorf("search for nothing: %+v, %v", hits, err)
			}
			return nil
		})
	})
}
