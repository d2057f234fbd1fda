package conform

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/demo"
	"okite/internal/demo/demotest"
	"okite/internal/register"
	"okite/internal/when"
)

// town puts a demonstration city into a store.
func town(t testing.TB, s *db.Store, people int, seed uint64, day when.Date) (*bench, demo.City) {
	t.Helper()
	cfg := demotest.Config(people, seed, day)
	city, err := demo.Generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, s, &checktest.City{Day: day})
	if err := s.Bulk(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		for _, d := range b.c.All() {
			var rows iter.Seq[register.Row]
			switch table := city.Table(d.Name); {
			case table != nil:
				rows = tableRows(d, table)
			case d.Name == "action":
				rows = actionRows(d, cfg.Acts)
			default:
				continue
			}
			if _, err := b.c.BulkLoad(ctx, tx, d, rows, day.AddDays(-1).Time()); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b, city
}

func tableRows(d *register.Def, t *demo.Table) iter.Seq[register.Row] {
	return func(yield func(register.Row) bool) {
		for _, values := range t.Rows {
			r := d.New()
			for i, name := range t.Columns {
				if values[i] != nil {
					d.Put(r, name, values[i])
				}
			}
			if !yield(r) {
				return
			}
		}
	}
}

func actionRows(d *register.Def, acts []string) iter.Seq[register.Row] {
	return func(yield func(register.Row) bool) {
		for _, a := range acts {
			r := d.New()
			d.Put(r, "code", a)
			if !yield(r) {
				return
			}
		}
	}
}

// TestPlanted: a service that followed the loading of a whole city finds exactly what was planted in it (bp.11).
func TestPlanted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		b, city := town(t, s, 1000, 5, when.On(2026, 11, 22))
		var want, got []string
		for _, p := range city.Planted {
			want = append(want, p.Check+" "+p.Subject)
		}
		for _, l := range lines(b.report(RunOptions{})) {
			if found, excepted := strings.CutSuffix(l, " excepted"); !excepted {
				got = append(got, found[:strings.LastIndexByte(found, ' ')])
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("found %d, planted %d: %v", len(got), len(want), difference(got, want))
		}
		unowned := 0
		for _, c := range b.report(RunOptions{}).Checks {
			for _, f := range c.Findings {
				if f.Owner == "" {
					unowned++
				}
			}
		}
		if unowned > 0 {
			t.Errorf("%d findings are nobody's, in a city with a chief", unowned)
		}
	})
}

func difference(a, b []string) (out []string) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, "+"+x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			out = append(out, "-"+x)
		}
	}
	return out[:min(20, len(out))]
}

// BenchmarkTown measures a city of 20,000 people: loading, the whole report, one act until it is decided, what a person
// owes after a change, a day passing and keeping results.
func BenchmarkTown(b *testing.B) {
	for _, at := range []struct {
		name string
		open func(testing.TB) *db.Store
	}{{"sqlite", dbtest.SQLite}, {"postgresql", dbtest.Postgres}} {
		b.Run(at.name, func(b *testing.B) {
			t, _ := town(b, at.open(b), 20_000, 7, when.On(2026, 11, 24))
			ctx := context.Background()
			timed := func(name string, fn func() error) {
				begun := time.Now()
				for range b.N {
					if err := fn(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(time.Since(begun).Milliseconds())/float64(b.N), name+"-ms")
			}
			svc := t.service()
			timed("load", func() error { return svc.Load(ctx) })
			timed("report", func() error { _, err := svc.Run(ctx, RunOptions{}); return err })
			timed("keep", func() error { return svc.Keep(ctx) })
			records := int64(0)
			for _, d := range t.c.All() {
				records += int64(svc.st.sources[d.Name].Len())
			}
			b.ReportMetric(float64(records), "records")
			n := 0
			timed("act-and-decide", func() error {
				n++
				if _, err := t.gate.Run(actor.With(ctx, actor.Operator()), "unit.change", act.Input{"code": "U-0001", "kana": strings.Repeat("あ", n)}, act.Options{Reason: "測定"}); err != nil {
					return err
				}
				return svc.Sync(ctx)
			})
			person := ""
			for _, c := range t.reportOf(svc, RunOptions{}).Checks {
				for _, f := range c.Findings {
					person = strings.TrimPrefix(f.Owner, "person:")
				}
			}
			timed("owed", func() error {
				svc.mu.Lock()
				svc.look = nil
				svc.mu.Unlock()
				_, _, err := svc.Owed(ctx, actor.Actor{Person: person}, 50)
				return err
			})
			timed("day", func() error {
				t.now = t.now.Add(24 * time.Hour)
				return svc.with(ctx, func(*look) error { return nil })
			})
		})
	}
}
