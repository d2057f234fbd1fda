package trail_test

import (
	"testing"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
)

func TestProve(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		l := open(t, s, t.TempDir())
		write(t, s, l, 700, 50)
		for _, i := range []int64{0, 1, 255, 256, 511, 698, 699} {
			p, err := l.Prove(ctx, i)
			if err != nil || !p.Holds() || p.Size != 700 {
				t.Errorf("entry %d: size %d, holds %v, %v", i, p.Size, p.Holds(), err)
				continue
			}
			p.Entry[0] ^= 1
			if p.Holds() {
				t.Errorf("entry %d: a changed entry is still proven", i)
			}
			p.Entry[0] ^= 1
			p.Path[0][0] ^= 1
			if p.Holds() {
				t.Errorf("entry %d: a changed path still proves", i)
			}
		}
		for _, i := range []int64{-1, 700} {
			if _, err := l.Prove(ctx, i); !fault.Is(err, fault.NotFound) {
				t.Errorf("entry %d: %v, want not found", i, err)
			}
		}
	})
}
