package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"okite/internal/actor"
	"okite/internal/db"
)

// patience ends a test that would wait for ever.
const patience = 10 * time.Second

// eventually waits until ok says so.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: it did not come", what)
		}
	}
}

// start runs a runner beside the test and gives what stops it and waits for its end.
func start(t *testing.T, r *Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	stop = func() {
		t.Helper()
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("the runner did not stop")
		}
	}
	t.Cleanup(stop)
	return stop
}

func TestRunOnceOverTwoRunners(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var keys []string
		for i := range 24 {
			keys = append(keys, fmt.Sprintf("%02d", i))
		}
		b.add(keys...)
		var begun [24]atomic.Int64
		count := func(_ context.Context, j Job) (db.Func, error) {
			i, err := strconv.Atoi(j.Key)
			if err != nil {
				return nil, err
			}
			begun[i].Add(1)
			return mark(j), nil
		}
		for _, node := range []string{"n1", "n2"} {
			r := b.runner(node, count)
			r.Poll = 5 * time.Millisecond
			start(t, r)
		}
		eventually(t, "all jobs done", func() bool { return len(b.list(Done)) == len(keys) })
		b.wantMarks(keys...)
		for i := range begun {
			if n := begun[i].Load(); n != 1 {
				t.Errorf("job %d was begun %d times while no lease ran out, want once", i, n)
			}
		}
	})
}

func TestFailureChangesNothingAndIsRepeatedLater(t *testing.T) {
	cases := []struct {
		name string
		do   do // the first time
		want string
	}{
		{"what it does fails", func(context.Context, Job) (db.Func, error) { return nil, errors.New("no answer") }, "no answer"},
		{"what it does panics", func(context.Context, Job) (db.Func, error) { panic("oh") }, "panic: oh"},
		{"its effect fails after it wrote", func(_ context.Context, j Job) (db.Func, error) {
			return func(ctx context.Context, tx *db.Tx) error {
				if err := mark(j)(ctx, tx); err != nil {
					return err
				}
				return errors.New("refused")
			}, nil
		}, "refused"},
		{"its effect panics after it wrote", func(_ context.Context, j Job) (db.Func, error) {
			return func(ctx context.Context, tx *db.Tx) error {
				if err := mark(j)(ctx, tx); err != nil {
					return err
				}
				panic("oh")
			}, nil
		}, "panic: oh"},
		{"its effect passes over a statement that failed", func(_ context.Context, j Job) (db.Func, error) {
			return func(ctx context.Context, tx *db.Tx) error {
				if err := mark(j)(ctx, tx); err != nil {
					return err
				}
				_, _ = tx.Exec(ctx, `INSERT INTO nowhere (a) VALUES (1)`)
				return nil
			}, nil
		}, "nowhere"},
		{"its error is long and no text", func(context.Context, Job) (db.Func, error) {
			return nil, errors.New("start\x00\xff" + strings.Repeat("掟", 1000))
		}, "start?"},
	}
	each(t, func(t *testing.T, b *bench) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				b := b.anew(t)
				b.add("a")
				first := true
				r := b.runner("n1", func(ctx context.Context, j Job) (db.Func, error) {
					if first {
						first = false
						return c.do(ctx, j)
					}
					return mark(j), nil
				})
				failed := b.s.Now()
				if !b.one(r) {
					t.Fatal("it did not run")
				}
				b.wantMarks()
				j := b.job("a")
				if j.State != Waiting || j.Attempt != 1 || !strings.Contains(j.LastError, c.want) || !j.EndedAt.IsZero() {
					t.Errorf("after the failure: %+v, want it waiting, with %q", j, c.want)
				}
				again := failed.Add(Backoff(j))
				if !j.RunAt.Time().Equal(again.Truncate(time.Microsecond)) {
					t.Errorf("runs again at %v, want %v", j.RunAt, again)
				}
				b.set(j.RunAt.Time().Add(-time.Microsecond))
				if b.one(r) {
					t.Error("it was repeated too early")
				}
				b.set(j.RunAt.Time())
				if !b.one(r) {
					t.Error("it was not repeated")
				}
				b.wantMarks("a")
				if j := b.job("a"); j.State != Done || j.Attempt != 2 || j.LastError != "" || j.EndedAt.Time() != j.RunAt.Time() {
					t.Errorf("in the end: %+v, want it done and without an error", j)
				}
			})
		}
	})
}

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		attempt int
		want    time.Duration
	}{{1, 10 * time.Second}, {2, 20 * time.Second}, {3, 40 * time.Second}, {9, 2560 * time.Second}, {10, time.Hour}, {64, time.Hour}, {1000, time.Hour}} {
		waits := map[time.Duration]bool{}
		for i := range 50 {
			d := Backoff(Job{Kind: "work", Key: fmt.Sprint(i), Attempt: c.attempt})
			if d < c.want || d >= c.want+c.want/4 {
				t.Errorf("attempt %d, job %d: %v, want %v and less than a quarter more", c.attempt, i, d, c.want)
			}
			waits[d] = true
		}
		if len(waits) < 25 {
			t.Errorf("attempt %d: 50 jobs come back at %d times, want them spread", c.attempt, len(waits))
		}
	}
}

func TestLostLeaseChangesNothing(t *testing.T) {
	cases := []struct {
		name  string
		after error // what the slow runner's work comes to
	}{{"the slow one succeeds", nil}, {"the slow one fails", errors.New("no")}}
	each(t, func(t *testing.T, b *bench) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				b := b.anew(t)
				b.add("a")
				fast := b.runner("fast", marking)
				slow := b.runner("slow", func(_ context.Context, j Job) (db.Func, error) {
					if b.one(fast) {
						t.Error("a job under a lease was taken over")
					}
					b.move(time.Minute) // no sign of life for as long as the lease
					if !b.one(fast) {
						t.Error("a job whose lease ran out was not taken over")
					}
					return mark(j), c.after
				})
				if !b.one(slow) {
					t.Fatal("it did not run")
				}
				b.wantMarks("a")
				if j := b.job("a"); j.State != Done || j.Node != "fast" || j.Fence != 2 || j.LastError != "" {
					t.Errorf("in the end: %+v, want the one that took over to have ended it", j)
				}
			})
		}
	})
}

func TestLateRunnerLeavesTheNextOneAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("a")
		slow, fast := b.runner("slow", marking), b.runner("fast", marking)
		old, ok, err := slow.claim(ctx)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		b.move(time.Minute)
		now, ok, err := fast.claim(ctx)
		if err != nil || !ok || now.Fence <= old.Fence {
			t.Fatalf("taken over with fence %d after %d: %v, %v, want it to grow", now.Fence, old.Fence, ok, err)
		}
		before := b.job("a")
		if err := slow.finish(ctx, old, mark(old)); !errors.Is(err, errLost) {
			t.Errorf("finish: %v, want that the lease was lost", err)
		}
		if err := slow.renew(ctx, old); !errors.Is(err, errLost) {
			t.Errorf("renew: %v, want that the lease was lost", err)
		}
		if err := errors.Join(slow.fail(ctx, old, errors.New("no")), slow.release(ctx, old)); err != nil {
			t.Error(err)
		}
		if j := b.job("a"); j != before {
			t.Errorf("the late one left %+v, want %+v", j, before)
		}
		b.wantMarks()
		if err := fast.finish(ctx, now, mark(now)); err != nil {
			t.Errorf("the one that holds it: %v", err)
		}
		b.wantMarks("a")
		if err := fast.finish(ctx, now, mark(now)); !errors.Is(err, errLost) {
			t.Errorf("a second end: %v, want it refused", err)
		}
		b.wantMarks("a")
	})
}

func TestLossEndsTheWork(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("a")
		const short = 60 * time.Millisecond
		fast := b.runner("fast", marking)
		slow := b.runner("slow", func(ctx context.Context, j Job) (db.Func, error) {
			for did := false; !did; did = b.one(fast) { // again when it was renewed in between
				b.move(short)
			}
			select {
			case <-ctx.Done():
			case <-time.After(patience):
				t.Error("the work was not told that its lease was lost")
			}
			return mark(j), nil
		}, lease(short))
		b.one(slow)
		b.wantMarks("a")
		if j := b.job("a"); j.Node != "fast" || j.State != Done {
			t.Errorf("in the end: %+v", j)
		}
	})
}

func TestLeaseIsRenewedWhileItWorks(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("a")
		until := func() (n int64) {
			b.read(func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT lease_until FROM job WHERE kind = 'work' AND key = 'a'`).Scan(&n)
			})
			return n
		}
		const short = 60 * time.Millisecond
		other := b.runner("other", marking)
		r := b.runner("n1", func(_ context.Context, j Job) (db.Func, error) {
			first := until()
			b.move(short / 2)
			eventually(t, "renewal", func() bool { return until() > first })
			b.move(short / 2)
			if b.one(other) {
				t.Error("a job whose runner is alive was taken over")
			}
			return mark(j), nil
		}, lease(short))
		b.one(r)
		b.wantMarks("a")
		if j := b.job("a"); j.Node != "n1" || j.Fence != 1 {
			t.Errorf("in the end: %+v, want the first runner to have ended it", j)
		}
	})
}

func TestRunnerThatDiedEachTime(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("a", "b")
		r := b.runner("n1", marking, attempts(2))
		for i := range 2 { // the process ends after it took the job
			j, ok, err := r.claim(ctx)
			if err != nil || !ok || j.Key != "a" || j.Attempt != i+1 {
				t.Fatalf("attempt %d: %+v, %v, %v", i+1, j, ok, err)
			}
			b.move(time.Minute)
		}
		if !b.one(r) {
			t.Error("the job behind the dead one was held up")
		}
		b.wantMarks("b")
		if j := b.job("a"); j.State != Dead || j.LastError != errStopped.Error() || j.EndedAt.IsZero() {
			t.Errorf("in the end: %+v, want it dead, with the reason", j)
		}
	})
}

func TestStopGivesBack(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("a")
		begun := make(chan struct{}, 8)
		r := b.runner("n1", func(ctx context.Context, _ Job) (db.Func, error) {
			begun <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		})
		r.Poll = time.Millisecond
		stop := start(t, r)
		<-begun
		stop()
		if j := b.job("a"); j.State != Waiting || j.Attempt != 0 || j.LastError != "" {
			t.Errorf("after the stop: %+v, want it waiting as before", j)
		}
		if len(begun) > 0 {
			t.Error("it was begun again after the stop")
		}
		if !b.one(b.runner("n2", marking)) {
			t.Error("another runner did not get it at once")
		}
		b.wantMarks("a")
	})
}

func TestStopKeepsWhatWasDone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("a", "b")
		ctx, cancel := context.WithCancel(ctx)
		r := b.runner("n1", func(_ context.Context, j Job) (db.Func, error) { cancel(); return mark(j), nil })
		r.Poll, r.Workers = time.Millisecond, 1
		r.Run(ctx)
		b.wantMarks("a")
		if j := b.job("b"); j.State != Waiting || j.Attempt != 0 {
			t.Errorf("the next job after the stop: %+v, want it untouched", j)
		}
	})
}

func TestActsForTheProduct(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("a")
		var who []actor.Actor
		b.one(b.runner("n1", func(ctx context.Context, _ Job) (db.Func, error) {
			who = append(who, actor.From(ctx))
			return func(ctx context.Context, tx *db.Tx) error { who = append(who, actor.From(ctx)); return nil }, nil
		}))
		for _, a := range who {
			if a.Way != actor.Job || !a.System {
				t.Errorf("acted as %+v, want the product itself", a)
			}
		}
		if len(who) < 2 {
			t.Errorf("%d steps ran, want the work and its effect", len(who))
		}
	})
}

func TestWakeAndWorkers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var mu sync.Mutex
		var at, most int
		both := make(chan struct{})
		r := b.runner("n1", func(ctx context.Context, j Job) (db.Func, error) {
			mu.Lock()
			at++
			if most = max(most, at); at == 2 {
				close(both)
			}
			mu.Unlock()
			select {
			case <-both:
			case <-ctx.Done():
			}
			return mark(j), nil
		})
		r.Poll = time.Hour // only Wake brings it on
		start(t, r)
		b.add("a", "b")
		eventually(t, "two jobs at once", func() bool { r.Wake(); return len(b.list(Done)) == 2 })
		if most != 2 {
			t.Errorf("%d jobs at once, want 2", most)
		}
		b.wantMarks("a", "b")
	})
}

func TestNewRunnerRefuses(t *testing.T) {
	good := Kind{Name: "work", Do: marking}
	next := Every(time.Hour)
	for _, c := range []struct {
		name      string
		kinds     []Kind
		schedules []Schedule
		ok        bool
	}{
		{"one kind", []Kind{good}, nil, true},
		{"two schedules of one kind", []Kind{good}, []Schedule{{Name: "a", Kind: "work", Next: next}, {Name: "b", Kind: "work", Next: next}}, true},
		{"a kind without a name", []Kind{{Do: marking}}, nil, false},
		{"a kind with nothing to do", []Kind{{Name: "work"}}, nil, false},
		{"a kind twice", []Kind{good, good}, nil, false},
		{"a schedule of an unknown kind", []Kind{good}, []Schedule{{Name: "a", Kind: "other", Next: next}}, false},
		{"a schedule without times", []Kind{good}, []Schedule{{Name: "a", Kind: "work"}}, false},
		{"a schedule twice", []Kind{good}, []Schedule{{Name: "a", Kind: "work", Next: next}, {Name: "a", Kind: "work", Next: next}}, false},
	} {
		if _, err := NewRunner(nil, "n1", c.kinds, c.schedules); (err == nil) != c.ok {
			t.Errorf("%s: %v, want accepted: %v", c.name, err, c.ok)
		}
	}
}

// A runner that knows no kinds asks for nothing.
func TestNoKinds(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		r, err := NewRunner(b.s, "n1", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		b.add("a")
		if b.one(r) {
			t.Error("it took a job that it can not run")
		}
		if got := b.list(Waiting); !slices.Equal(got, []string{"a"}) {
			t.Errorf("waiting: %q", got)
		}
	})
}
