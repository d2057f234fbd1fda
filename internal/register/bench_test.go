package register

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/when"
)

// size is how many records a measurement works on: OKITE_BENCH_ROWS, otherwise few.
func size(few int) int {
	if n, err := strconv.Atoi(os.Getenv("OKITE_BENCH_ROWS")); err == nil {
		return n
	}
	return few
}

func benchStores(b *testing.B, fn func(b *testing.B, s *db.Store)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, dbtest.SQLite(b)) })
	b.Run("postgresql", func(b *testing.B) { fn(b, dbtest.Postgres(b)) })
}

func loadMany(b *testing.B, s *db.Store, c *Catalog, n int) {
	b.Helper()
	ctx := context.Background()
	if err := c.Migrate(ctx, s); err != nil {
		b.Fatal(err)
	}
	units := c.Must("unit")
	thing := c.Must("thing")
	start := time.Now()
	err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := c.BulkLoad(ctx, tx, units, func(yield func(Row) bool) {
			for i := range 400 {
				if !yield(Encode(units, unitRow{Code: fmt.Sprintf("U-%03d", i), Name: fmt.Sprintf("第%d課", i), Open: 1000})) {
					return
				}
			}
		}, tx.Now()); err != nil {
			return err
		}
		_, err := c.BulkLoad(ctx, tx, thing, func(yield func(Row) bool) {
			class := []string{"2", "2", "2", "1"}
			for i := range n {
				t := thingRow{Code: fmt.Sprintf("A-%07d", i), Name: fmt.Sprintf("%s台帳%d", []string{"住民", "課税", "福祉", "道路"}[i%4], i/7), Unit: fmt.Sprintf("U-%03d", i*7919%400), Class: class[i%4], Number: int64(i % 9), From: when.Date(18000 + i%3000), Content: []string{"tax"}}
				if i%5000 == 0 {
					t.Class = "3A"
				}
				if !yield(Encode(thing, t)) {
					return
				}
			}
		}, tx.Now())
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d records loaded in %v", n, time.Since(start).Round(time.Millisecond))
}

// BenchmarkList reads the pages people open, and reports the slowest of a hundred.
func BenchmarkList(b *testing.B) {
	cases := []struct {
		name string
		q    Query
	}{
		{"first page", Query{}}, {"by name", Query{Sort: "name"}}, {"by date downwards", Query{Sort: "from", Desc: true}}, {"one unit", Query{Filters: map[string][]string{"unit": {"U-007"}}}},
		{"common class by name", Query{Filters: map[string][]string{"class": {"2"}}, Sort: "name"}}, {"rare class by name", Query{Filters: map[string][]string{"class": {"3A"}}, Sort: "name"}},
		{"unit and class by date", Query{Filters: map[string][]string{"unit": {"U-007"}, "class": {"2"}}, Sort: "from"}}, {"word", Query{Text: "福祉"}}, {"rare word", Query{Text: "台帳142857"}},
		{"units one may see", Query{Units: []string{"U-001", "U-002", "U-003"}, Sort: "name"}}, {"page 100", Query{Page: 100}},
	}
	benchStores(b, func(b *testing.B, s *db.Store) {
		c := catalog()
		loadMany(b, s, c, size(20000))
		for _, x := range cases {
			b.Run(strings.ReplaceAll(x.name, " ", "_"), func(b *testing.B) {
				var took []time.Duration
				for b.Loop() {
					at := time.Now()
					if err := s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
						_, err := c.List(ctx, tx, c.Must("thing"), x.q)
						return err
					}); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(at))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			})
		}
	})
}

// BenchmarkImport plans and applies a file of 100,000 new records.
func BenchmarkImport(b *testing.B) {
	n := size(5000)
	benchStores(b, func(b *testing.B, s *db.Store) {
		c := catalog()
		loadMany(b, s, c, n)
		ctx := context.Background()
		var file bytes.Buffer
		if err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := c.Export(ctx, tx, c.Must("thing"), Query{}, XLSX, 0, &file)
			return err
		}); err != nil {
			b.Fatal(err)
		}
		var csv strings.Builder
		csv.WriteString("番号,名称,所管課,機密性,含まれる情報,版,本人の数,完了,開始日,備考,複製元\n")
		for i := range n {
			fmt.Fprintf(&csv, "N-%07d,新しい台帳%d,U-%03d,機密性2,税,%d,%d,はい,2026-04-01,備考の%d,\n", i, i, i%400, i%9, i, i)
		}
		run := func(name string, data []byte, apply bool) {
			debug.FreeOSMemory()
			stop, peak := make(chan bool), make(chan uint64)
			go watch(stop, peak)
			at := time.Now()
			var p *Plan
			if err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				p, err = c.Import(ctx, tx, c.Must("thing"), File{Name: name, R: bytes.NewReader(data), Size: int64(len(data))})
				return err
			}); err != nil {
				b.Fatal(err)
			}
			planned := time.Since(at)
			stop <- true
			b.Logf("%s: new %d, unchanged %d, errors %d; planned in %v, heap at most %d MB", name, p.New, p.Unchanged, len(p.Errors), planned.Round(time.Millisecond), <-peak>>20)
			if !apply {
				return
			}
			at = time.Now()
			if err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error { return c.Apply(ctx, tx, boss, p, "計測") }); err != nil {
				b.Fatal(err)
			}
			b.Logf("applied in %v", time.Since(at).Round(time.Millisecond))
		}
		first := true // applying twice would find nothing new
		for b.Loop() {
			run("same.xlsx", file.Bytes(), false)
			run("new.csv", []byte(csv.String()), first)
			first = false
		}
	})
}

// watch follows the heap.
func watch(stop chan bool, peak chan uint64) {
	var top uint64
	var m runtime.MemStats
	for {
		select {
		case <-stop:
			peak <- top
			return
		case <-time.After(50 * time.Millisecond):
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapSys-m.HeapReleased)
		}
	}
}
