package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
)

// crowd runs requests so that they come into one group: the first holds the writer until all others wait.
func crowd(s *db.Store, requests ...db.Func) []error {
	errs := make([]error, len(requests))
	var wg sync.WaitGroup
	began, waiting := make(chan struct{}), make(chan struct{})
	var once sync.Once
	wg.Go(func() {
		s.Write(ctx, func(context.Context, *db.Tx) error {
			once.Do(func() { close(began) })
			<-waiting
			return nil
		})
	})
	<-began
	var sent atomic.Int64
	for i, fn := range requests {
		wg.Go(func() {
			sent.Add(1)
			errs[i] = s.Write(ctx, fn)
		})
	}
	for sent.Load() < int64(len(requests)) {
		runtime.Gosched()
	}
	close(waiting)
	wg.Wait()
	return errs
}

// Whatever goes wrong with one request of a group, its neighbours are done and hear so, and only the wrong one
// leaves nothing behind.
func TestNeighboursOfAFailure(t *testing.T) {
	wrong := map[string]db.Func{
		"refused before a statement": func(context.Context, *db.Tx) error { return errors.New("refused") },
		"refused after a read": func(ctx context.Context, tx *db.Tx) error {
			var n int64
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM count`).Scan(&n); err != nil {
				return err
			}
			return errors.New("refused")
		},
		"refused after a write": func(ctx context.Context, tx *db.Tx) error {
			if err := add(ctx, tx, "wrong", 1); err != nil {
				return err
			}
			return errors.New("refused")
		},
		"a row that is there": func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "there", 1) },
		"a statement that is none": func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO nowhere (a) VALUES ($1)`, 1)
			return err
		},
		"a failed statement forgotten": func(ctx context.Context, tx *db.Tx) error {
			tx.Exec(ctx, `INSERT INTO count (name, n) VALUES ($1, $2)`, "there", 1)
			return nil
		},
	}
	for name, fn := range wrong {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, s *db.Store) {
				prepare(t, s)
				if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "there", 1) }); err != nil {
					t.Fatal(err)
				}
				var hooked atomic.Int64
				s.OnCommit(func(staged []any) { hooked.Add(int64(len(staged))) })
				requests := make([]db.Func, 9)
				for i := range requests {
					requests[i] = func(ctx context.Context, tx *db.Tx) error {
						tx.Stage(i)
						return add(ctx, tx, fmt.Sprint(i), 1)
					}
					if i%3 == 0 {
						requests[i] = fn
					}
				}
				for i, err := range crowd(s, requests...) {
					if got, want := err != nil, i%3 == 0; got != want {
						t.Errorf("request %d: failed %v, want %v (%v)", i, got, want, err)
					}
				}
				if rows, _ := total(t, s); rows != 7 {
					t.Errorf("%d rows, want the one that was there and 6", rows)
				}
				if hooked.Load() != 6 {
					t.Errorf("%d staged values after commits, want 6", hooked.Load())
				}
			})
		})
	}
}

// What PostgreSQL refuses only at COMMIT falls on the request that wrote it, not on its group.
func TestRefusedAtCommit(t *testing.T) {
	s := dbtest.Postgres(t)
	prepare(t, s)
	if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE late (name TEXT UNIQUE DEFERRABLE INITIALLY DEFERRED)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	requests := make([]db.Func, 6)
	for i := range requests {
		requests[i] = func(ctx context.Context, tx *db.Tx) error {
			if i == 3 {
				if _, err := tx.Exec(ctx, `INSERT INTO late (name) VALUES ('twice'), ('twice')`); err != nil {
					return err
				}
			}
			return add(ctx, tx, fmt.Sprint(i), 1)
		}
	}
	for i, err := range crowd(s, requests...) {
		if (err != nil) != (i == 3) || i == 3 && !db.Duplicate(err) {
			t.Errorf("request %d: %v", i, err)
		}
	}
	if rows, _ := total(t, s); rows != 5 {
		t.Errorf("%d rows, want 5", rows)
	}
}

// Two nodes add to the same number in their groups: none of what was answered is lost, and nothing is done twice.
func TestTwoNodesLoseNothing(t *testing.T) {
	c := dbtest.PostgresConfig(t)
	nodes := []*db.Store{dbtest.Open(t, c), dbtest.Open(t, c)}
	prepare(t, nodes[0])
	if err := nodes[0].Write(ctx, func(ctx context.Context, tx *db.Tx) error { return add(ctx, tx, "a", 0) }); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var done atomic.Int64
	for w := range 16 {
		wg.Go(func() {
			for range 10 {
				err := nodes[w%2].Write(ctx, func(ctx context.Context, tx *db.Tx) error {
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
	if _, sum := total(t, nodes[1]); sum != done.Load() || sum < 100 {
		t.Errorf("the number is %d after %d acknowledged additions of 160", sum, done.Load())
	}
}
