package card

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/when"
)

// naive compares every two sightings of a thing.
func naive(list []sighting, need []when.Stamp) map[int32]when.Stamp {
	out := map[int32]when.Stamp{}
	for _, a := range list {
		for _, b := range list {
			if a.What != b.What || a.Place == b.Place || b.At < a.At || b.At-a.At >= max(need[a.Place], need[b.Place]) {
				continue
			}
			if at, ok := out[a.What]; !ok || b.At < at {
				out[a.What] = b.At
			}
		}
	}
	return out
}

// random makes sightings at some places, close enough in time for some to be apart.
func random(rng *rand.Rand, n, things, places int, span when.Stamp) ([]sighting, []when.Stamp) {
	need := make([]when.Stamp, places)
	for i := range need {
		need[i] = when.Stamp(rng.IntN(50)) * minute // a place may be next door
	}
	list := make([]sighting, n)
	for i := range list {
		list[i] = sighting{What: int32(rng.IntN(things)), Place: int32(rng.IntN(places)), At: when.Stamp(rng.Int64N(int64(span)))}
		if rng.IntN(3) == 0 { // often at the very same moment
			list[i].At -= list[i].At % (10 * minute)
		}
	}
	return list, need
}

// TestApartAgreesWithNaive: comparing neighbours finds what comparing all with all finds, at the same moment (bp.9.1).
func TestApartAgreesWithNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	found, none := 0, 0
	for range 3000 {
		list, need := random(rng, 1+rng.IntN(40), 1+rng.IntN(4), 1+rng.IntN(5), when.Stamp(1+rng.IntN(600))*minute)
		want := naive(list, need)
		got := map[int32]when.Stamp{}
		for _, x := range apartOf(list, need) {
			if _, twice := got[x.First.What]; twice {
				t.Fatalf("%d is given twice", x.First.What)
			}
			got[x.First.What] = x.Then.At
		}
		if len(got) != len(want) {
			t.Fatalf("found %v, want %v\n%v\n%v", got, want, list, need)
		}
		for k, at := range want {
			if got[k] != at {
				t.Fatalf("%d: apart at %d, want %d\n%v\n%v", k, got[k], at, list, need)
			}
		}
		if len(want) > 0 {
			found++
		} else {
			none++
		}
	}
	if found < 100 || none < 100 {
		t.Errorf("the data show little: %d with, %d without", found, none)
	}
}

// TestApartLimit: exactly the time of the way is enough, a microsecond less is not.
func TestApartLimit(t *testing.T) {
	need := []when.Stamp{10 * minute, 40 * minute}
	for _, c := range []struct {
		gap  when.Stamp
		want int
	}{{40 * minute, 0}, {40*minute - 1, 1}, {10 * minute, 1}, {0, 1}} {
		for _, places := range [][2]int32{{0, 1}, {1, 0}} {
			got := apartOf([]sighting{{0, places[0], 1000 * minute}, {0, places[1], 1000*minute + c.gap}}, need)
			if len(got) != c.want {
				t.Errorf("%d apart, from %d: %d found, want %d", c.gap, places[0], len(got), c.want)
			}
		}
	}
}

// BenchmarkApart looks through a million events, beside the self-join that a database needs for the same answer.
func BenchmarkApart(b *testing.B) {
	const events, things = 1_000_000, 20_000
	rng := rand.New(rand.NewPCG(1, 2))
	list, need := random(rng, events, things, 40, 365*24*60*minute)
	for i := range need {
		need[i] += 5 * minute
	}
	s := dbtest.SQLite(b)
	ctx := context.Background()
	if err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []string{`CREATE TABLE need (place INTEGER PRIMARY KEY, minutes INTEGER NOT NULL)`, `CREATE TABLE seen (what INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL)`} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		for p, n := range need {
			if _, err := tx.Exec(ctx, `INSERT INTO need VALUES ($1, $2)`, p, int64(n)); err != nil {
				return err
			}
		}
		if _, err := tx.Insert(ctx, "seen", []string{"what", "place", "at"}, func(yield func([]any) bool) {
			for _, e := range list {
				if !yield([]any{int64(e.What), int64(e.Place), int64(e.At)}) {
					return
				}
			}
		}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `CREATE INDEX seen_what ON seen (what, at, place)`)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	var byGo time.Duration
	var got []apart
	for b.Loop() {
		work := slices.Clone(list)
		start := time.Now()
		got = apartOf(work, need)
		byGo += time.Since(start)
	}
	byGo /= time.Duration(b.N)
	want := map[int32]int64{}
	start := time.Now()
	if err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Rows(ctx, tx, func(r *sql.Rows) (struct{}, error) {
			var what int32
			var at int64
			err := r.Scan(&what, &at)
			want[what] = at
			return struct{}{}, err
		}, `SELECT a.what, MIN(b.at) FROM seen a JOIN need n ON n.place = a.place JOIN seen b ON b.what = a.what AND b.at >= a.at AND b.at < a.at + (SELECT MAX(minutes) FROM need)
JOIN need m ON m.place = b.place WHERE b.place <> a.place AND b.at - a.at < MAX(n.minutes, m.minutes) GROUP BY a.what`)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	bySQL := time.Since(start)
	if len(got) != len(want) || len(got) == 0 {
		b.Fatalf("%d found by the join, %d by the database", len(got), len(want))
	}
	for _, x := range got {
		if want[x.First.What] != int64(x.Then.At) {
			b.Fatalf("thing %d: %d by the join, %d by the database", x.First.What, x.Then.At, want[x.First.What])
		}
	}
	b.ReportMetric(float64(bySQL)/float64(byGo), "times_faster_than_SQL")
	b.ReportMetric(float64(bySQL.Milliseconds()), "SQL_ms")
	b.Logf("%d events, %d of %d things apart; join %v, self-join in SQLite %v, %.1f times", events, len(got), things, byGo.Round(time.Millisecond), bySQL.Round(time.Millisecond), float64(bySQL)/float64(byGo))
}
