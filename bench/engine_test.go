package bench

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"okite/internal/check"
	"okite/internal/when"
)

var benchRows = flag.Int("rows", 100_000, "subjects of the benchmarks")

// processor reports the processor time of one operation, which other programs on the machine disturb less than
// they disturb the clock.
func processor(b *testing.B, begin time.Duration) {
	b.ReportMetric(float64((cpu()-begin).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// BenchmarkCell changes one cell after another, for a profile of the engine alone.
func BenchmarkCell(b *testing.B) {
	rows := lines(*benchRows)
	e, err := engine(rows, benchDay)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(21, 22))
	attrs := e.Schema("thing").Attrs
	runtime.GC()
	begin := cpu()
	for b.Loop() {
		row, attr := r.IntN(len(rows)), r.IntN(len(attrs))
		l := rows[row]
		twist(r, &l, attr)
		if err := e.Change("thing", l.Key, &l, attrs[attr].Name); err != nil {
			b.Fatal(err)
		}
	}
	processor(b, begin)
}

// BenchmarkDay lets one day pass after another, every flip told.
func BenchmarkDay(b *testing.B) {
	e, err := engine(lines(*benchRows), benchDay)
	if err != nil {
		b.Fatal(err)
	}
	flips := 0
	e.Watch(func(check.Flip) { flips++ })
	d := 0
	runtime.GC()
	begin := cpu()
	for b.Loop() {
		d = (d + 1) % 120 // sixty days on, sixty days back
		e.Advance(benchDay + when.Date(min(d, 120-d)))
	}
	processor(b, begin)
	b.ReportMetric(float64(flips)/float64(b.N), "flips/day")
}

// BenchmarkFull works everything out anew from the columns.
func BenchmarkFull(b *testing.B) {
	e, err := engine(lines(*benchRows), benchDay)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	begin := cpu()
	for b.Loop() {
		e.Recount()
	}
	processor(b, begin)
}
