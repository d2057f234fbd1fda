package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/msg"
)

// Kind is a kind of work. Attempts and Lease have defaults.
type Kind struct {
	Name  string
	Title msg.Text
	// Attempts is how often a job is begun before it is set aside; 8.
	Attempts int
	// Lease is how long a job stays with a runner that gives no sign of life; 1 minute. It is renewed three times as
	// often while the runner works.
	Lease time.Duration
	// Do does the slow part outside any transaction and gives the effect, which runs in the transaction that ends the
	// job; nil for none. Do may run more than once, the effect is kept once. Its context ends when the lease is lost.
	Do func(ctx context.Context, j Job) (effect db.Func, err error)
}

// Runner runs jobs on one node. Several may run on one store.
type Runner struct {
	store     *db.Store
	node      string
	kinds     map[string]Kind
	schedules []Schedule
	wake      chan struct{}
	fence     int64 // of the leader's lease, 0 while another leads

	Workers int           // jobs at the same time; 2
	Poll    time.Duration // how often the queue is looked at when nobody calls Wake; 1 second
	Log     *slog.Logger  // told every failure whole; nil for none
}

// NewRunner makes a runner. node names the process among those on the store and must differ between them.
func NewRunner(s *db.Store, node string, kinds []Kind, schedules []Schedule) (*Runner, error) {
	r := &Runner{store: s, node: node, kinds: map[string]Kind{}, schedules: schedules, wake: make(chan struct{}, 1), Workers: 2, Poll: time.Second}
	for _, k := range kinds {
		if k.Name == "" || k.Do == nil || r.kinds[k.Name].Do != nil {
			return nil, fmt.Errorf("job kind %q: no name, nothing to do, or twice", k.Name)
		}
		if k.Attempts == 0 {
			k.Attempts = 8
		}
		if k.Lease == 0 {
			k.Lease = time.Minute
		}
		r.kinds[k.Name] = k
	}
	names := map[string]bool{}
	for _, sc := range schedules {
		if _, ok := r.kinds[sc.Kind]; !ok || sc.Next == nil || names[sc.Name] {
			return nil, fmt.Errorf("schedule %q: unknown kind %q, no times, or twice", sc.Name, sc.Kind)
		}
		names[sc.Name] = true
	}
	return r, nil
}

// Wake says that there may be work; it never blocks.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends, then gives back what it holds and returns.
func (r *Runner) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for range max(r.Workers, 1) {
		wg.Go(func() {
			for r.idle(ctx, r.Poll, r.wake) {
				for {
					did, err := r.One(ctx)
					r.log(ctx, "run a job", err)
					if !did || err != nil {
						break
					}
				}
			}
		})
	}
	if len(r.schedules) > 0 {
		wg.Go(func() {
			for ok := true; ok; ok = r.idle(ctx, leaderLease/3, nil) {
				r.log(ctx, "look at the schedules", r.Tick(ctx))
			}
		})
	}
	wg.Wait()
}

// idle waits and says whether to go on.
func (r *Runner) idle(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-wake:
	}
	return ctx.Err() == nil
}

func (r *Runner) log(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil && r.Log != nil {
		r.Log.ErrorContext(ctx, what, "node", r.node, "error", err)
	}
}

// One takes one job that is due and runs it; false when there was none. A failure of the job is noted in the queue
// and logged; the error is one of the queue itself.
func (r *Runner) One(ctx context.Context) (did bool, err error) {
	j, ok, err := r.claim(ctx)
	if err != nil || !ok {
		return false, err
	}
	effect, err := r.work(ctx, j)
	after := context.WithoutCancel(ctx)
	if err == nil {
		err = r.finish(as(after), j, effect)
	}
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errLost), errors.Is(err, db.ErrUnknown):
		// Taken over, or nobody knows: when the lease ends the row itself says what became of it.
		r.log(ctx, "job "+j.Kind+" "+j.Key, err)
		return true, nil
	case ctx.Err() != nil:
		return true, r.release(after, j)
	}
	r.log(ctx, "job "+j.Kind+" "+j.Key, err)
	if err := r.fail(after, j, err); err != nil {
		return true, fmt.Errorf("note failure of job %s %s: %w", j.Kind, j.Key, err)
	}
	return true, nil
}

func as(ctx context.Context) context.Context {
	return actor.With(ctx, actor.Actor{Name: "job", Way: actor.Job, System: true})
}

// work runs Do while the lease is renewed beside it.
func (r *Runner) work(ctx context.Context, j Job) (effect db.Func, err error) {
	ctx, cancel := context.WithCancelCause(as(ctx))
	var beat sync.WaitGroup
	beat.Go(func() {
		for r.idle(ctx, r.kinds[j.Kind].Lease/3, nil) {
			if err := r.renew(ctx, j); errors.Is(err, errLost) {
				cancel(errLost)
			}
		}
	})
	err = guarded(func() (err error) { effect, err = r.kinds[j.Kind].Do(ctx, j); return err })
	if lost := context.Cause(ctx); errors.Is(lost, errLost) {
		err = errLost
	}
	cancel(nil)
	beat.Wait()
	return effect, err
}
