package trail_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/trail"
)

// The benchmarks run the record and the obvious way side by side, in alternating rounds on one machine, and
// report the ratio: times of a shared machine say little, their ratio does.

// way is one way to make an act and its entry durable together.
type way struct {
	name string
	do   func(i int64) error
}

// clients is how many write at once.
const clients = 64

// race lets each way run for rounds of a length, in turn, and reports operations per second and the ratio of
// the first to the others by the median round.
func race(b *testing.B, round time.Duration, ways ...way) {
	b.Helper()
	const rounds = 3
	rates := make([][]float64, len(ways))
	var next atomic.Int64
	for b.Loop() {
		for range rounds {
			for w, way := range ways {
				var done atomic.Int64
				var wg sync.WaitGroup
				start := time.Now()
				for range clients {
					wg.Go(func() {
						for time.Since(start) < round {
							if err := way.do(next.Add(1)); err != nil {
								b.Errorf("%s: %v", way.name, err)
								return
							}
							done.Add(1)
						}
					})
				}
				wg.Wait()
				rates[w] = append(rates[w], float64(done.Load())/time.Since(start).Seconds())
			}
		}
	}
	for w := range rates {
		slices.Sort(rates[w])
	}
	median := func(w int) float64 { return rates[w][len(rates[w])/2] }
	for w, way := range ways {
		b.ReportMetric(median(w), way.name+"/s")
		if w > 0 {
			b.ReportMetric(median(0)/median(w), "times-"+way.name)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// chain is the obvious way: a row for each entry with the hash over the one before.
var chain = fstest.MapFS{"20260102_chain.sql": {Data: []byte(`
CREATE TABLE chain (idx BIGINT PRIMARY KEY, bytes BYTEA NOT NULL, hash BYTEA NOT NULL);
CREATE TABLE chain_head (id BIGINT PRIMARY KEY, idx BIGINT NOT NULL, hash BYTEA NOT NULL);
INSERT INTO chain_head (id, idx, hash) VALUES (1, 0, '');
`)}}

// line is an entry's bytes for the chain: about as many as an entry of the record has.
func chainLine(i int64) []byte {
	return []byte(fmt.Sprintf(`{"v":1,"at":"2026-11-20T00:00:00.000000Z","actor":"person:P-00007","way":"page","act":"takeout.apply","subject":"takeout:T-%08d","clauses":["bp.8.1","bp.9.4"],"input":{"asset":"A-1","目的":"訪問調査"},"result":"done","reason":"申請"}`, i))
}

// link adds one entry to the chain, inside a transaction.
func link(ctx context.Context, tx *db.Tx, i int64, lock string) error {
	if _, err := tx.Exec(ctx, `INSERT INTO thing (code) VALUES ($1)`, fmt.Sprintf("C-%012d", i)); err != nil {
		return err
	}
	var index int64
	var before []byte
	if err := tx.QueryRow(ctx, `SELECT idx, hash FROM chain_head WHERE id = 1`+lock).Scan(&index, &before); err != nil {
		return err
	}
	line := chainLine(i)
	sum := sha256.Sum256(append(before, line...))
	if _, err := tx.Exec(ctx, `INSERT INTO chain (idx, bytes, hash) VALUES ($1, $2, $3)`, index, line, sum[:]); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE chain_head SET idx = $1, hash = $2 WHERE id = 1`, index+1, sum[:])
	return err
}

// act changes one business row and records it.
func act(s *db.Store, l *trail.Log) func(i int64) error {
	return func(i int64) error {
		return s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO thing (code) VALUES ($1)`, fmt.Sprintf("T-%012d", i)); err != nil {
				return err
			}
			l.Append(tx, entry(int(i)))
			return nil
		})
	}
}

// plain changes the row and records nothing.
func plain(s *db.Store) func(i int64) error {
	return func(i int64) error {
		return s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO thing (code) VALUES ($1)`, fmt.Sprintf("P-%012d", i))
			return err
		})
	}
}

// BenchmarkSQLite: the record in group commits against a hash chain with a commit for each request, on files of
// their own.
func BenchmarkSQLite(b *testing.B) {
	dir := b.TempDir()
	s, one := dbtest.Open(b, db.Config{Dir: dir}), dbtest.SQLite(b)
	l := open(b, s, dir)
	if err := one.Migrate(ctx, things, chain); err != nil {
		b.Fatal(err)
	}
	race(b, time.Second,
		way{"record", act(s, l)},
		// Bulk is a transaction and a COMMIT of its own for each request
		way{"chain", func(i int64) error {
			return one.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error { return link(ctx, tx, i, "") })
		}},
		way{"no-record", plain(s)})
	whole(b, l, sizeOf(b, l))
}

// BenchmarkPostgres: the outbox and its sequencer against one chain under a row lock.
func BenchmarkPostgres(b *testing.B) {
	c := dbtest.PostgresConfig(b)
	c.Conns = 16
	s := dbtest.Open(b, c)
	l := open(b, s, b.TempDir())
	if err := s.Migrate(ctx, chain); err != nil {
		b.Fatal(err)
	}
	var mu sync.Mutex
	names := 0
	race(b, time.Second,
		way{"record", act(s, l)},
		// READ COMMITTED with the head's row locked; each of the locks here is one that nobody else takes
		way{"chain", func(i int64) error {
			mu.Lock()
			names++
			name := fmt.Sprintf("bench %d", names)
			mu.Unlock()
			_, err := s.Locked(ctx, name, func(ctx context.Context, tx *db.Tx) error { return link(ctx, tx, i, " FOR UPDATE") })
			return err
		}},
		way{"no-record", plain(s)})
	r, err := l.Verify(ctx, nil)
	if err != nil || !r.OK {
		b.Fatalf("verify: %+v, %v", r.Bad, err)
	}
}

func sizeOf(b *testing.B, l *trail.Log) int64 {
	b.Helper()
	n, err := l.Size(ctx)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkMillion builds a record of 1,000,000 entries once and reports how long it takes to verify and to
// export it. OKITE_EXPORT keeps the export for okite-verify. It is long: run it by name.
func BenchmarkMillion(b *testing.B) {
	if !strings.Contains(os.Getenv("OKITE_LONG"), "million") {
		b.Skip("OKITE_LONG does not name million")
	}
	dir := b.TempDir()
	s := dbtest.Open(b, db.Config{Dir: dir})
	l := open(b, s, dir)
	const size = 1_000_000
	start := time.Now()
	for i := 0; i < size; i += 10_000 {
		if err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
			for k := range 10_000 {
				l.Append(tx, entry(i+k))
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(time.Since(start).Seconds(), "s-build")
	start = time.Now()
	whole(b, l, size)
	b.ReportMetric(time.Since(start).Seconds(), "s-verify")
	path := os.Getenv("OKITE_EXPORT")
	if path == "" {
		path = dir + "/export.tar"
	}
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	start = time.Now()
	if err := l.Export(ctx, f); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "s-export")
	b.ReportMetric(0, "ns/op")
}
