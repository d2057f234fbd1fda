package job

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

var ctx = context.Background()

// marks is what the effects of the tests' jobs write into.
var marks = fstest.MapFS{"20260101_mark.sql": {Data: []byte(`CREATE TABLE mark (job TEXT NOT NULL, node TEXT NOT NULL);`)}}

// bench is a store whose clock stands until the test moves it.
type bench struct {
	t   *testing.T
	s   *db.Store
	now atomic.Int64
}

// each runs a test on both databases.
func each(t *testing.T, fn func(t *testing.T, b *bench)) {
	t.Helper()
	t.Parallel() // they wait for the disk most of the time
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		b := &bench{t: t, s: s}
		b.set(time.Date(2026, 11, 24, 9, 0, 0, 0, when.Japan))
		s.SetClock(func() time.Time { return time.UnixMicro(b.now.Load()) })
		if err := s.Migrate(ctx, Schema(), marks); err != nil {
			t.Fatal(err)
		}
		fn(t, b)
	})
}

// anew clears the store for the next case of a table: a fresh one for each would take most of the test's time.
func (b *bench) anew(t *testing.T) *bench {
	t.Helper()
	n := &bench{t: t, s: b.s}
	n.set(b.s.Now())
	b.s.SetClock(func() time.Time { return time.UnixMicro(n.now.Load()) })
	n.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM job`)
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM mark`)
		}
		return err
	})
	return n
}

func (b *bench) set(t time.Time)      { b.now.Store(t.UnixMicro()) }
func (b *bench) move(d time.Duration) { b.now.Add(d.Microseconds()) }

func (b *bench) write(fn db.Func) {
	b.t.Helper()
	if err := b.s.Write(ctx, fn); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) read(fn db.Func) {
	b.t.Helper()
	if err := b.s.Read(ctx, fn); err != nil {
		b.t.Fatal(err)
	}
}

// add adds jobs of kind "work" that are due at once.
func (b *bench) add(keys ...string) {
	b.t.Helper()
	b.write(func(ctx context.Context, tx *db.Tx) error {
		for _, k := range keys {
			if ok, err := Add(ctx, tx, "work", k, nil, time.Time{}); err != nil || !ok {
				b.t.Errorf("add %s: %v, %v", k, ok, err)
			}
		}
		return nil
	})
}

func (b *bench) job(key string) (j Job) {
	b.t.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) (err error) {
		var ok bool
		if j, ok, err = Get(ctx, tx, "work", key); err == nil && !ok {
			b.t.Fatalf("there is no job %s", key)
		}
		return err
	})
	return j
}

// list gives the keys of the jobs in a state.
func (b *bench) list(s State) (keys []string) {
	b.t.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) error {
		jobs, err := List(ctx, tx, s, 1000)
		for _, j := range jobs {
			keys = append(keys, j.Key)
		}
		return err
	})
	return keys
}

// marked gives what the effects have left, in order.
func (b *bench) marked() (out []string) {
	b.t.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = db.Rows(ctx, tx, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err }, `SELECT job FROM mark ORDER BY job`)
		return err
	})
	return out
}

func (b *bench) wantMarks(want ...string) {
	b.t.Helper()
	if got := b.marked(); !slices.Equal(got, want) {
		b.t.Errorf("effects of %q are there, want %q", got, want)
	}
}

// mark is an effect.
func mark(j Job) db.Func {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO mark (job, node) VALUES ($1, $2)`, j.Key, j.Node)
		return err
	}
}

// marking is a job that does nothing but leave its mark.
func marking(_ context.Context, j Job) (db.Func, error) { return mark(j), nil }

type do = func(ctx context.Context, j Job) (db.Func, error)

// runner makes a runner of kind "work" that does what is given; change spoils the kind.
func (b *bench) runner(node string, do do, change ...func(*Kind)) *Runner {
	b.t.Helper()
	k := Kind{Name: "work", Title: msg.T("仕事", "Work"), Do: do}
	for _, c := range change {
		c(&k)
	}
	r, err := NewRunner(b.s, node, []Kind{k}, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func attempts(n int) func(*Kind)        { return func(k *Kind) { k.Attempts = n } }
func lease(d time.Duration) func(*Kind) { return func(k *Kind) { k.Lease = d } }

// one runs one job and says whether there was one.
func (b *bench) one(r *Runner) bool {
	b.t.Helper()
	did, err := r.One(ctx)
	if err != nil {
		b.t.Fatalf("run one job: %v", err)
	}
	return did
}

func TestAddedOncePerKindAndKey(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var added atomic.Int64 // counted after the commit: a transaction may be repeated
		b.s.OnCommit(func(staged []any) { added.Add(int64(len(staged))) })
		var wg sync.WaitGroup
		for range 8 { // several people at once
			wg.Go(func() {
				err := b.s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					ok, err := Add(ctx, tx, "work", "a", map[string]int{"n": 7}, time.Time{})
					if ok {
						tx.Stage("added")
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if added.Load() != 1 {
			t.Errorf("%d were told that they added it, want 1", added.Load())
		}
		if got := b.list(Waiting); !slices.Equal(got, []string{"a"}) {
			t.Errorf("waiting: %q, want one", got)
		}
		b.write(func(ctx context.Context, tx *db.Tx) error {
			for _, c := range []struct {
				name, kind, key string
				want            bool
			}{{"the same name", "work", "a", false}, {"another kind", "other", "a", true}, {"another key", "work", "b", true}} {
				if ok, err := Add(ctx, tx, c.kind, c.key, nil, time.Time{}); err != nil || ok != c.want {
					t.Errorf("%s: %v, %v, want %v", c.name, ok, err, c.want)
				}
			}
			return nil
		})
		var payload struct{ N int }
		if err := b.job("a").Read(&payload); err != nil || payload.N != 7 {
			t.Errorf("payload: %+v, %v, want the first one's", payload, err)
		}
		for b.one(b.runner("n1", marking)) {
		}
		b.write(func(ctx context.Context, tx *db.Tx) error {
			if ok, err := Add(ctx, tx, "work", "a", nil, time.Time{}); ok || err != nil {
				t.Errorf("a job that was done: %v, %v, want it not added again", ok, err)
			}
			return nil
		})
		b.wantMarks("a", "b")
	})
}

func TestAddedWithTheTransactionOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		no := errors.New("no")
		err := b.s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if ok, err := Add(ctx, tx, "work", "a", nil, time.Time{}); !ok || err != nil {
				t.Errorf("add: %v, %v", ok, err)
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		if got := b.list(Waiting); got != nil {
			t.Errorf("waiting after a refused transaction: %q", got)
		}
	})
}

func TestNotBeforeItsTimeAndLongestWaitFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		start := b.s.Now()
		b.write(func(ctx context.Context, tx *db.Tx) error {
			for key, wait := range map[string]time.Duration{"late": time.Hour, "soon": time.Minute, "later": 2 * time.Hour} {
				if _, err := Add(ctx, tx, "work", key, nil, start.Add(wait)); err != nil {
					return err
				}
			}
			_, err := Add(ctx, tx, "unknown here", "x", nil, time.Time{})
			return err
		})
		var order []string
		r := b.runner("n1", func(_ context.Context, j Job) (db.Func, error) { order = append(order, j.Key); return nil, nil })
		if b.one(r) {
			t.Errorf("%q ran before its time", order)
		}
		b.set(start.Add(time.Minute - time.Microsecond))
		if b.one(r) {
			t.Errorf("%q ran a microsecond before its time", order)
		}
		b.set(start.Add(time.Hour))
		for b.one(r) {
		}
		if want := []string{"soon", "late"}; !slices.Equal(order, want) {
			t.Errorf("order %q, want %q", order, want)
		}
		b.read(func(ctx context.Context, tx *db.Tx) error {
			n, err := Counts(ctx, tx)
			if n[Waiting] != 2 || n[Done] != 2 || n[Running] != 0 || n[Dead] != 0 {
				t.Errorf("counts %v, want 2 waiting (one of a kind that this runner does not know) and 2 done", n)
			}
			return err
		})
	})
}

func TestDeadAfterAttemptsAndRetry(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("a")
		broken := true
		r := b.runner("n1", func(_ context.Context, j Job) (db.Func, error) {
			if broken {
				return mark(j), errors.New("the other side is silent")
			}
			return mark(j), nil
		}, attempts(3))
		round := func() {
			t.Helper()
			for i := 1; i <= 3; i++ {
				if j := b.job("a"); j.State != Waiting || j.Attempt != i-1 {
					t.Errorf("before attempt %d: %+v", i, j)
				}
				if !b.one(r) {
					t.Fatalf("attempt %d was not made", i)
				}
				b.move(2 * time.Hour)
			}
			if b.one(r) {
				t.Error("a dead job ran")
			}
		}
		retry := func() error {
			return b.s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return Retry(ctx, tx, "work", "a") })
		}
		if err := retry(); !fault.Is(err, fault.Conflict) {
			t.Errorf("retry of a waiting job: %v, want a conflict", err)
		}
		round()
		j := b.job("a")
		if j.State != Dead || j.Attempt != 3 || j.LastError != "the other side is silent" || j.EndedAt.IsZero() {
			t.Errorf("after the last attempt: %+v, want it dead with its error", j)
		}
		if got := b.list(Dead); !slices.Equal(got, []string{"a"}) {
			t.Errorf("dead: %q, want it listed", got)
		}
		if err := retry(); err != nil {
			t.Fatal(err)
		}
		if j := b.job("a"); j.State != Waiting || j.Attempt != 0 || !j.EndedAt.IsZero() {
			t.Errorf("after retry: %+v, want it waiting with all its attempts", j)
		}
		round()
		if err := retry(); err != nil {
			t.Fatal(err)
		}
		b.wantMarks()
		broken = false
		if !b.one(r) {
			t.Error("the retried job did not run at once")
		}
		b.wantMarks("a")
		if err := retry(); !fault.Is(err, fault.Conflict) {
			t.Errorf("retry of a job that is done: %v, want a conflict", err)
		}
	})
}

func TestPurge(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		r := b.runner("n1", func(_ context.Context, j Job) (db.Func, error) {
			if j.Key == "dead" {
				return nil, errors.New("no")
			}
			return nil, nil
		}, attempts(1))
		b.add("old", "dead")
		for b.one(r) {
		}
		b.move(time.Hour)
		limit := b.s.Now()
		b.add("new")
		b.one(r)
		b.add("waiting")
		purge := func(before time.Time, want int64) {
			t.Helper()
			b.write(func(ctx context.Context, tx *db.Tx) error {
				n, err := Purge(ctx, tx, before)
				if n != want {
					t.Errorf("purged %d, want %d", n, want)
				}
				return err
			})
		}
		purge(limit, 1)
		purge(limit, 0)
		if done, dead, waiting := b.list(Done), b.list(Dead), b.list(Waiting); !slices.Equal(done, []string{"new"}) || !slices.Equal(dead, []string{"dead"}) || !slices.Equal(waiting, []string{"waiting"}) {
			t.Errorf("left: done %q, dead %q, waiting %q", done, dead, waiting)
		}
		b.add("old") // a purged name may be used again
	})
}

func TestStateTitles(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range []State{Waiting, Running, Done, Dead} {
		title := s.Title()
		if title.JA == "" || title.EN == "" || seen[title.JA] || seen[title.EN] {
			t.Errorf("title of %s: %+v, want one of its own in both languages", s, title)
		}
		seen[title.JA], seen[title.EN] = true, true
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"short", "窓口が応答しません", "窓口が応答しません"},
		{"a zero byte, which PostgreSQL does not take", "a\x00b", "a?b"},
		{"half a sign", "a\xe7", "a?"},
		{"long, cut inside a sign", strings.Repeat("掟", 700), strings.Repeat("掟", 666) + "…"},
	} {
		if got := cut(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
