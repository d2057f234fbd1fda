package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"okite/internal/db"
	"okite/internal/db/dbtest"
)

// TestBesideIsPartOfTheTransaction: what runs beside is seen by the next statement, and done or refused with the rest.
func TestBesideIsPartOfTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		prepare(t, s)
		insert := func(from, to int) db.Func {
			return func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Insert(ctx, "count", []string{"name", "n", "open"}, func(yield func([]any) bool) {
					for i := from; i < to; i++ {
						if !yield([]any{fmt.Sprint(i), int64(1), true}) {
							return
						}
					}
				})
				return err
			}
		}
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			tx.Beside(ctx, insert(0, 5000))
			tx.Beside(ctx, insert(5000, 6000))
			var n int
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM count`).Scan(&n); err != nil || n != 6000 {
				t.Errorf("the next statement sees %d rows (%v), want 6000", n, err)
			}
			tx.Beside(ctx, insert(6000, 7000)) // nobody asks; the commit waits
			return nil
		}); err != nil {
			t.Fatalf("write: %v", err)
		}
		mine := errors.New("mine")
		cases := []struct {
			name string
			fn   db.Func
			want func(error) bool
		}{
			{"the request refuses while it runs", func(ctx context.Context, tx *db.Tx) error {
				tx.Beside(ctx, insert(7000, 20000))
				return mine
			}, func(err error) bool { return errors.Is(err, mine) }},
			{"a statement of it fails and nobody asks", func(ctx context.Context, tx *db.Tx) error {
				tx.Beside(ctx, insert(6999, 7100))
				return nil
			}, db.Duplicate},
			{"a statement of it fails and one follows", func(ctx context.Context, tx *db.Tx) error {
				tx.Beside(ctx, insert(6999, 7100))
				return add(ctx, tx, "after", 1)
			}, db.Duplicate},
			{"it refuses by itself", func(ctx context.Context, tx *db.Tx) error {
				tx.Beside(ctx, func(context.Context, *db.Tx) error { return mine })
				return nil
			}, func(err error) bool { return errors.Is(err, mine) }},
		}
		for _, c := range cases {
			if err := s.Write(ctx, c.fn); !c.want(err) {
				t.Errorf("%s: %v", c.name, err)
			}
			if rows, _ := total(t, s); rows != 7000 {
				t.Errorf("%s: %d rows, want the 7000 from before", c.name, rows)
			}
		}
		func() {
			defer func() {
				if p := fmt.Sprint(recover()); !strings.Contains(p, "oh") {
					t.Errorf("a panic beside came back as %q", p)
				}
			}()
			_ = s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				tx.Beside(ctx, func(context.Context, *db.Tx) error { panic("oh") })
				return nil
			})
		}()
		if err := s.Write(ctx, insert(7000, 7001)); err != nil {
			t.Errorf("the store works no more after a panic: %v", err)
		}
	})
}
