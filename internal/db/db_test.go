package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
)

var ctx = context.Background()

// schema is one table of numbers with a unique name.
func schema() fstest.MapFS {
	return fstest.MapFS{"20260101_count.sql": {Data: []byte(`
-- Numbers by name.
CREATE TABLE count (name TEXT PRIMARY KEY, n BIGINT NOT NULL, open BOOLEAN NOT NULL, data BYTEA);
`)}}
}

func prepare(t *testing.T, s *db.Store) {
	t.Helper()
	if err := s.Migrate(ctx, schema()); err != nil {
		t.Fatalf("migrate: %v", err)
	}
}

func add(ctx context.Context, tx *db.Tx, name string, n int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO count (name, n, open) VALUES ($1, $2, $3)`, name, n, true)
	return err
}

func total(t *testing.T, s *db.Store) (rows, sum int64) {
	t.Helper()
	err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(n), 0) FROM count`).Scan(&rows, &sum)
	})
	if err != nil {
		t.Fatalf("read total: %v", err)
	}
	return rows, sum
}

func TestWriteIsDoneOrRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "a", 1) }); err != nil {
			t.Fatalf("write: %v", err)
		}
		mine := errors.New("mine")
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := add(ctx, tx, "b", 2); err != nil {
				return err
			}
			return mine
		}); !errors.Is(err, mine) {
			t.Errorf("refused write gives %v, want the request's own error", err)
		}
		if rows, sum := total(t, s); rows != 1 || sum != 1 {
			t.Errorf("%d rows with sum %d, want 1 and 1", rows, sum)
		}
	})
}

func TestFailedStatementEndsTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := add(ctx, tx, "a", 1); err != nil {
				return err
			}
			if err := add(ctx, tx, "a", 2); !db.Duplicate(err) {
				t.Errorf("second row of one key: %v, want a duplicate", err)
			}
			if err := add(ctx, tx, "b", 3); err == nil {
				t.Error("a statement after a failed one was run")
			}
			var n int64
			if err := tx.QueryRow(ctx, `SELECT 1`).Scan(&n); err == nil {
				t.Error("a query after a failed statement was run")
			}
			return nil
		})
		if err == nil {
			t.Error("the request swallowed a failed statement and was done")
		}
		if rows, _ := total(t, s); rows != 0 {
			t.Errorf("%d rows, want none", rows)
		}
	})
}

func TestMissingRowDoesNotEndTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			var n int64
			if err := tx.QueryRow(ctx, `SELECT n FROM count WHERE name = $1`, "none").Scan(&n); !db.Missing(err) {
				t.Errorf("absent row: %v, want missing", err)
			}
			return add(ctx, tx, "a", 1)
		})
		if err != nil {
			t.Errorf("write: %v", err)
		}
	})
}

func TestReadsChangeNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		if err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "a", 1) }); err == nil {
			t.Error("a read wrote")
		}
		if rows, _ := total(t, s); rows != 0 {
			t.Errorf("%d rows, want none", rows)
		}
	})
}

func TestReadSeesOneMomentAndHoldsNobodyUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			count := func() (n int64) {
				if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM count`).Scan(&n); err != nil {
					t.Fatalf("count: %v", err)
				}
				return n
			}
			before := count()
			if err := s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "a", 1) }); err != nil {
				t.Fatalf("write beside a read: %v", err)
			}
			if after := count(); after != before {
				t.Errorf("a snapshot saw %d rows and then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Every one of many concurrent writers adds one to the same number: none may be lost.
func TestConcurrentWritersLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "a", 0) }); err != nil {
			t.Fatal(err)
		}
		const writers, times = 8, 10
		var wg sync.WaitGroup
		var done atomic.Int64
		for range writers {
			wg.Go(func() {
				for range times {
					err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
						var n int64
						if err := tx.QueryRow(ctx, `SELECT n FROM count WHERE name = 'a'`).Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, `UPDATE count SET n = $1 WHERE name = 'a'`, n+1)
						return err
					})
					switch {
					case err == nil:
						done.Add(1)
					case !fault.Is(err, fault.Busy):
						t.Errorf("write: %v", err)
					}
				}
			})
		}
		wg.Wait()
		if _, sum := total(t, s); sum != done.Load() || sum == 0 {
			t.Errorf("the number is %d after %d acknowledged additions", sum, done.Load())
		}
	})
}

// A failed request in the middle of others leaves them alone and nothing of itself.
func TestOneRefusedAmongMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		var finished, hooked atomic.Int64
		s.SetFinisher(func(ctx context.Context, tx *db.Tx, staged []any) error {
			finished.Add(int64(len(staged)))
			return nil
		})
		s.OnCommit(func(staged []any) { hooked.Add(int64(len(staged))) })
		var wg sync.WaitGroup
		for i := range 30 {
			wg.Go(func() {
				err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					tx.Stage(i)
					if err := add(ctx, tx, fmt.Sprint(i), 1); err != nil {
						return err
					}
					if i%3 == 0 {
						return errors.New("refused")
					}
					return nil
				})
				if got, want := err != nil, i%3 == 0; got != want {
					t.Errorf("request %d: refused %v, want %v (%v)", i, got, want, err)
				}
			})
		}
		wg.Wait()
		if rows, _ := total(t, s); rows != 20 {
			t.Errorf("%d rows, want 20", rows)
		}
		if hooked.Load() != 20 {
			t.Errorf("%d staged values after commits, want 20", hooked.Load())
		}
		if finished.Load() < 20 {
			t.Errorf("the finisher saw %d values, want at least 20", finished.Load())
		}
	})
}

func TestFinisherRefusesTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		no := errors.New("no")
		s.SetFinisher(func(context.Context, *db.Tx, []any) error { return no })
		err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			tx.Stage(1)
			return add(ctx, tx, "a", 1)
		})
		if !errors.Is(err, no) {
			t.Errorf("write gives %v, want the finisher's error", err)
		}
		if rows, _ := total(t, s); rows != 0 {
			t.Errorf("%d rows, want none", rows)
		}
	})
}

func TestPanicComesBackToTheCaller(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "ours") {
					t.Errorf("recovered %v, want the request's panic", p)
				}
			}()
			s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				if err := add(ctx, tx, "a", 1); err != nil {
					return err
				}
				panic("ours")
			})
		}()
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "a", 1) }); err != nil {
			t.Errorf("write after a panic: %v", err)
		}
	})
}

func TestWriteInsideAWriteIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return nil })
		})
		if err == nil {
			t.Error("a write inside a write was not refused")
		}
	})
}

func TestWithdrawnRequestIsNotDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if err := s.Write(ended, func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "a", 1) }); err == nil {
			t.Error("a request whose context had ended was done")
		}
		if rows, _ := total(t, s); rows != 0 {
			t.Errorf("%d rows, want none", rows)
		}
	})
}

func TestFullQueueSaysBusy(t *testing.T) {
	s := dbtest.Open(t, db.Config{Dir: t.TempDir(), Queue: 2})
	prepare(t, s)
	hold, held := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		s.Write(ctx, func(context.Context, *db.Tx) error { close(held); <-hold; return nil })
	})
	<-held
	for range 2 {
		wg.Go(func() { s.Write(ctx, func(context.Context, *db.Tx) error { return nil }) })
	}
	var err error
	for range 1000 { // until both wait
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		err = s.Write(short, func(context.Context, *db.Tx) error { return nil })
		cancel()
		if fault.Is(err, fault.Busy) {
			break
		}
	}
	if !fault.Is(err, fault.Busy) {
		t.Errorf("a full queue gives %v, want busy", err)
	}
	close(hold)
	wg.Wait()
}

func TestBulkIsOneTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		rows := func(yield func([]any) bool) {
			for i := range 5000 {
				if !yield([]any{fmt.Sprintf("k%05d", i), int64(i), i%2 == 0, []byte{byte(i)}}) {
					return
				}
			}
		}
		columns := []string{"name", "n", "open", "data"}
		no := errors.New("no")
		if err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Insert(ctx, "count", columns, rows); err != nil {
				return err
			}
			return no
		}); !errors.Is(err, no) {
			t.Fatalf("bulk gives %v, want its own error", err)
		}
		if n, _ := total(t, s); n != 0 {
			t.Fatalf("%d rows after a refused bulk, want none", n)
		}
		if err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.Insert(ctx, "count", columns, rows)
			if n != 5000 {
				t.Errorf("inserted %d, want 5000", n)
			}
			return err
		}); err != nil {
			t.Fatalf("bulk: %v", err)
		}
		if n, sum := total(t, s); n != 5000 || sum != 5000*4999/2 {
			t.Errorf("%d rows with sum %d", n, sum)
		}
	})
}

// While a bulk transaction runs, other writers wait for it and then are done.
func TestWritersWaitForBulk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		var wg sync.WaitGroup
		var over atomic.Bool
		started := make(chan struct{})
		wg.Go(func() {
			err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
				if err := add(ctx, tx, "bulk", 1); err != nil {
					return err
				}
				close(started)
				time.Sleep(100 * time.Millisecond)
				over.Store(true)
				return nil
			})
			if err != nil {
				t.Errorf("bulk: %v", err)
			}
		})
		<-started
		err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if !over.Load() {
				return errors.New("ran beside the bulk transaction")
			}
			return add(ctx, tx, "other", 1)
		})
		if err != nil {
			t.Errorf("write behind a bulk: %v", err)
		}
		wg.Wait()
	})
}

func TestLockedRunsOnceAtATime(t *testing.T) {
	c := dbtest.PostgresConfig(t)
	a, b := dbtest.Open(t, c), dbtest.Open(t, c)
	prepare(t, a)
	held, err := a.Locked(ctx, "x", func(context.Context, *db.Tx) error {
		held, err := b.Locked(ctx, "x", func(context.Context, *db.Tx) error { return nil })
		if held || err != nil {
			t.Errorf("the second store had the lock too: %v, %v", held, err)
		}
		held, err = b.Locked(ctx, "y", func(context.Context, *db.Tx) error { return nil })
		if !held || err != nil {
			t.Errorf("another name: %v, %v, want held", held, err)
		}
		return nil
	})
	if !held || err != nil {
		t.Errorf("first: %v, %v, want held", held, err)
	}
}

func TestClockIsCutAndStandsStill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		now := time.Date(2026, 11, 20, 9, 0, 0, 123456789, time.FixedZone("JST", 9*3600))
		s.SetClock(func() time.Time { now = now.Add(time.Hour); return now })
		s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			first := tx.Now()
			if first.Location() != time.UTC || first.Nanosecond() != 123456000 {
				t.Errorf("now is %v, want UTC and whole microseconds", first)
			}
			if !tx.Now().Equal(first) {
				t.Error("the time of a transaction moved")
			}
			return nil
		})
	})
}

func text(rows *sql.Rows) (s string, err error) {
	err = rows.Scan(&s)
	return s, err
}

func TestRowsAndOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for i, name := range []string{"ア", "a", "亜"} {
				if err := add(ctx, tx, name, int64(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			names, err := db.Rows(ctx, tx, text, `SELECT name FROM count WHERE open = $1 ORDER BY name`, true)
			if got, want := strings.Join(names, " "), "a ア 亜"; err != nil || got != want {
				t.Errorf("names in code point order: %q, %v, want %q", got, err, want)
			}
			one, there, err := db.One(ctx, tx, text, `SELECT name FROM count WHERE n = $1`, 2)
			if one != "亜" || !there || err != nil {
				t.Errorf("one: %q, %v, %v", one, there, err)
			}
			if _, there, err := db.One(ctx, tx, text, `SELECT name FROM count WHERE n = $1`, 9); there || err != nil {
				t.Errorf("none: %v, %v", there, err)
			}
			return nil
		})
	})
}
