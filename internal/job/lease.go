package job

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"okite/internal/db"
)

// errLost says that another runner has taken the job over; nothing of this one's effect may be kept.
var errLost = errors.New("lease was lost")

// claim takes the job that has waited longest: one that is due, or one whose runner no longer renews its lease. Those
// whose last runner stopped in the middle are set aside on the way, so that they hold up nothing.
func (r *Runner) claim(ctx context.Context) (j Job, ok bool, err error) {
	if len(r.kinds) == 0 {
		return j, false, nil
	}
	for {
		j, found, err := r.next(ctx)
		if err != nil {
			return Job{}, false, fmt.Errorf("take a job: %w", err)
		}
		if !found || j.State != Dead {
			return j, found, nil
		}
		r.log(ctx, "job "+j.Kind+" "+j.Key, errStopped)
	}
}

// errStopped is what is noted of a job whose runner gave no sign of life in its last attempt.
var errStopped = errors.New("the runner stopped in the middle of it")

// next takes one job, or sets it aside (Dead) when all its attempts are gone.
func (r *Runner) next(ctx context.Context) (j Job, ok bool, err error) {
	names := make([]string, 0, len(r.kinds))
	args := []any{string(Waiting), string(Running), int64(0)}
	for name := range r.kinds {
		args = append(args, name)
		names = append(names, "$"+strconv.Itoa(len(args)))
	}
	query := `SELECT ` + columns + ` FROM job WHERE ((state = $1 AND run_at <= $3) OR (state = $2 AND lease_until <= $3))
		AND kind IN (` + strings.Join(names, ", ") + `) ORDER BY run_at, kind, key LIMIT 1`
	err = r.store.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		now := tx.Now()
		args[2] = now.UnixMicro()
		if j, ok, err = db.One(ctx, tx, scan, query, args...); err != nil || !ok {
			return err
		}
		k := r.kinds[j.Kind]
		if j.State == Running && j.Attempt >= k.Attempts {
			j.State = Dead
			return r.bury(ctx, tx, j, errStopped.Error())
		}
		n, err := tx.Exec(ctx, `UPDATE job SET state = $1, attempt = attempt + 1, fence = fence + 1, lease_until = $2, node = $3
			WHERE kind = $4 AND key = $5 AND fence = $6`, string(Running), now.Add(k.Lease).UnixMicro(), r.node, j.Kind, j.Key, j.Fence)
		j.Attempt, j.Fence, j.Node, j.State = j.Attempt+1, j.Fence+1, r.node, Running
		ok = n == 1
		return err
	})
	return j, ok && err == nil, err
}

// held is the condition under which a runner may still write about its job.
const held = ` WHERE kind = $1 AND key = $2 AND fence = $3 AND state = 'running'`

// renew puts the end of the lease off; errLost when another has taken over.
func (r *Runner) renew(ctx context.Context, j Job) error {
	return r.store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE job SET lease_until = $4`+held, j.Kind, j.Key, j.Fence, tx.Now().Add(r.kinds[j.Kind].Lease).UnixMicro())
		if err == nil && n == 0 {
			err = errLost
		}
		return err
	})
}

// finish writes the effect and the end of a job in one transaction.
func (r *Runner) finish(ctx context.Context, j Job, effect db.Func) error {
	return r.store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE job SET state = $4, ended_at = $5, last_error = ''`+held, j.Kind, j.Key, j.Fence, string(Done), tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errLost
		}
		if effect == nil {
			return nil
		}
		return guarded(func() error { return effect(ctx, tx) })
	})
}

// fail notes a failure: the job waits for its next attempt, or is dead when that was the last.
func (r *Runner) fail(ctx context.Context, j Job, cause error) error {
	return r.store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if j.Attempt >= r.kinds[j.Kind].Attempts {
			return r.bury(ctx, tx, j, cause.Error())
		}
		_, err := tx.Exec(ctx, `UPDATE job SET state = $4, run_at = $5, last_error = $6`+held, j.Kind, j.Key, j.Fence,
			string(Waiting), tx.Now().Add(Backoff(j)).UnixMicro(), cut(cause.Error()))
		return err
	})
}

// release gives a job back unharmed when the runner is told to stop.
func (r *Runner) release(ctx context.Context, j Job) error {
	return r.store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job SET state = $4, run_at = $5, attempt = attempt - 1`+held, j.Kind, j.Key, j.Fence, string(Waiting), tx.Now().UnixMicro())
		return err
	})
}

func (r *Runner) bury(ctx context.Context, tx *db.Tx, j Job, why string) error {
	_, err := tx.Exec(ctx, `UPDATE job SET state = $4, ended_at = $5, last_error = $6`+held, j.Kind, j.Key, j.Fence, string(Dead), tx.Now().UnixMicro(), cut(why))
	return err
}

// cut keeps an error to what a list can show; the log has it whole.
func cut(s string) string {
	const most = 2000
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "?")
}

// Backoff is how long a job waits after its failed attempt: 10 seconds, then twice as long each time, at most an hour,
// spread by a quarter so that many that failed together do not come back together.
func Backoff(j Job) time.Duration {
	d := time.Hour
	if j.Attempt < 10 {
		d = min(d, 10*time.Second<<max(j.Attempt-1, 0))
	}
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, j.Kind, "/", j.Key, "/", j.Attempt)
	return d + time.Duration(float64(d)/4*float64(h.Sum32()%1000)/1000)
}

// guarded turns a panic of a handler into an error: one bad job does not end the runner.
func guarded(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fn()
}
