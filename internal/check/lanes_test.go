package check

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestLanes: what the kernels say of 64 rows at once is what one row says of itself, at every width and at the
// numbers next to each bound.
func TestLanes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, width := range []uint{8, 16, 32, 64} {
		t.Run(fmt.Sprint(width, " bits"), func(t *testing.T) {
			const n = 64 * 9
			l := lanes{width: width}
			l.room(n)
			top := int64(1) << min(width, 62)
			edges := []int64{0, 1, 2, top/2 - 1, top / 2, top/2 + 1, top - 2, top - 1}
			if width == 64 {
				edges = append(edges, -1, -5, -top)
			}
			number := func() int64 {
				if r.IntN(2) == 0 {
					return edges[r.IntN(len(edges))]
				}
				return r.Int64N(top)
			}
			want := make([]int64, n)
			for i := range want {
				want[i] = number()
				l.set(i, want[i])
			}
			dst := make([]uint64, n/64)
			check := func(what string, is func(v int64) bool) {
				t.Helper()
				for i, v := range want {
					if got := dst[i>>6]>>(i&63)&1 != 0; got != is(v) {
						t.Fatalf("%s: row %d holding %d: got %v", what, i, v, got)
					}
				}
			}
			for i, v := range want {
				if got := l.get(i); got != v {
					t.Fatalf("row %d: got %d, put %d", i, got, v)
				}
			}
			for _, x := range append(edges, top, top+1, -1, number(), number(), want[7]) {
				l.below(dst, x)
				check(fmt.Sprintf("below %d", x), func(v int64) bool { return v < x })
				if !l.fits(x) {
					continue
				}
				l.equals(dst, ^uint64(0), uint64(x))
				check(fmt.Sprintf("equals %d", x), func(v int64) bool { return v == x })
				m := uint64(x)
				l.equals(dst, m, m)
				check(fmt.Sprintf("all of %x", m), func(v int64) bool { return uint64(v)&m == m })
				l.equals(dst, m, 0)
				check(fmt.Sprintf("none of %x", m), func(v int64) bool { return uint64(v)&m == 0 })
			}
		})
	}
}

// TestWiden: a column keeps its numbers when one comes that needs more room.
func TestWiden(t *testing.T) {
	l := lanes{width: 8}
	l.room(100)
	for i := range 100 {
		l.set(i, int64(i))
	}
	for _, v := range []int64{300, 70_000, -1} {
		if l.fits(v) {
			t.Fatalf("%d fits into %d bits", v, l.width)
		}
		l.widen(widthFor(v, v), 100)
		l.set(50, v)
		for i := range 100 {
			if got := l.get(i); i != 50 && got != int64(i) || i == 50 && got != v {
				t.Fatalf("after %d: row %d holds %d", v, i, got)
			}
		}
	}
}
