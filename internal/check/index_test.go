package check

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestKeyIndex: after any sequence of rows that come, go and move, every key leads to its row and no other key to
// any.
func TestKeyIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var keys []string
	src := Rows("thing", keys, func(k *string) string { return *k }, func(*string, int) any { return nil })
	x := newKeyIndex(0)
	next := 0
	for i := range 20_000 {
		// the first half grows, the second shrinks until little is left
		if n := src.Len(); n == 0 || r.IntN(100) < 60-i/1000*2 {
			next++
			key := fmt.Sprintf("K-%d", next)
			if err := src.Append(key); err != nil {
				t.Fatal(err)
			}
			x.add(key, n)
		} else {
			row, last := r.IntN(n), src.Key(n-1)
			x.drop(src.Key(row), row)
			src.Remove(row)
			if row != n-1 {
				x.move(last, n-1, row)
			}
		}
		if i%500 != 0 {
			continue
		}
		for row := range src.Len() {
			if got := x.find(src, src.Key(row)); got != row {
				t.Fatalf("after %d steps: %s is in row %d, want %d", i, src.Key(row), got, row)
			}
		}
		if got := x.find(src, fmt.Sprintf("K-%d", next+1)); got >= 0 {
			t.Fatalf("after %d steps: a key that never came is in row %d", i, got)
		}
	}
}

// TestDayIndex: a row is on the list of every number it holds, whatever it held before, and the lists do not grow
// without end.
func TestDayIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const rows = 300
	s := &space{n: rows}
	c := &column{lanes: lanes{width: 64}, days: &dayIndex{}}
	c.lanes.room(rows)
	c.days.fill(rows, c.lanes.get)
	for i := range 30_000 {
		row, v := r.IntN(rows), int64(r.IntN(40))
		if r.IntN(10) == 0 {
			v = []int64{-1, reach - 1, reach, 1 << 40}[r.IntN(4)]
		}
		s.write(c, row, v)
		if c.days.entries > 2*rows+1024 {
			t.Fatalf("after %d changes: %d entries of %d rows", i, c.days.entries, rows)
		}
		if i%300 != 0 {
			continue
		}
		for row := range rows {
			found := false
			for _, x := range c.days.on(c.lanes.get(row)) {
				found = found || int(x) == row
			}
			if !found {
				t.Fatalf("after %d changes: row %d is not on the list of %d", i, row, c.lanes.get(row))
			}
		}
	}
}
