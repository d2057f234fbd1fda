package check

import (
	"math/rand/v2"
	"testing"
)

func TestTranspose(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var a [64]uint64
	for i := range a {
		a[i] = r.Uint64()
	}
	b := a
	transpose(&b)
	for i := range a {
		for j := range a {
			if a[i]>>j&1 != b[j]>>i&1 {
				t.Fatalf("bit %d of word %d did not become bit %d of word %d", j, i, i, j)
			}
		}
	}
}

// TestAscending: a list is visited whole, each row once, and a long one in order.
func TestAscending(t *testing.T) {
	for _, c := range []struct {
		name    string
		rows    []int32
		ordered bool
	}{
		{"a few stay as they are", []int32{4000, 7, 900}, false},
		{"many are put in order", func() []int32 {
			var out []int32
			for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(4096)[:2000] {
				out = append(out, int32(i))
			}
			return out
		}(), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &space{n: 4096}
			left := map[int]bool{}
			for _, r := range c.rows {
				left[int(r)] = true
			}
			last, sorted := -1, true
			s.ascending(c.rows, func(row int) {
				if !left[row] {
					t.Fatalf("row %d was not asked for, or came twice", row)
				}
				delete(left, row)
				sorted = sorted && row > last
				last = row
			})
			if len(left) > 0 || sorted != c.ordered {
				t.Errorf("%d rows left out; in order: %v, want %v", len(left), sorted, c.ordered)
			}
		})
	}
}
