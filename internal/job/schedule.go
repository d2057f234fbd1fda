package job

import (
	"context"
	"fmt"
	"time"

	"okite/internal/db"
	"okite/internal/when"
)

// Schedule adds a job of a kind again and again, once over all nodes. A time that passed while nothing ran is made up
// for once, however many were missed. The job's key is the schedule's name and the time it was due; so is its payload.
type Schedule struct {
	Name string
	Kind string
	// Next is the first time after one given.
	Next func(after time.Time) time.Time
}

// Due is the payload of a scheduled job.
type Due struct {
	At when.Stamp `json:"at"`
}

// Every is a period of fixed length.
func Every(d time.Duration) func(time.Time) time.Time {
	return func(after time.Time) time.Time { return after.Add(d).Truncate(d) }
}

// Daily is a time of day in Japan.
func Daily(hour, minute int) func(time.Time) time.Time {
	return func(after time.Time) time.Time {
		d := when.Of(after)
		for {
			if t := d.Time().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute); t.After(after) {
				return t
			}
			d++
		}
	}
}

// leaderLease is how long a node that looks after the schedules is waited for.
const leaderLease = 30 * time.Second

// leaderName is the row of the lease.
const leaderName = "schedules"

// Tick adds what the schedules ask for, if this node leads or nobody does. Leading, adding and moving the schedule on
// are one transaction, so a node that has lost the lead adds nothing.
func (r *Runner) Tick(ctx context.Context) error {
	fence, added := int64(0), false
	err := r.store.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		fence, added = 0, false
		if fence, err = r.lead(ctx, tx); err != nil || fence == 0 {
			return err
		}
		for _, s := range r.schedules {
			one, err := tick(ctx, tx, s)
			if err != nil {
				return fmt.Errorf("schedule %s: %w", s.Name, err)
			}
			added = added || one
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look at schedules: %w", err)
	}
	r.fence = fence
	if added {
		r.Wake()
	}
	return nil
}

// lead takes or renews the lead and gives its token, 0 while another leads.
func (r *Runner) lead(ctx context.Context, tx *db.Tx) (int64, error) {
	now := tx.Now()
	if _, err := tx.Exec(ctx, `INSERT INTO job_leader (name, node, fence, lease_until) VALUES ($1, '', 0, 0) ON CONFLICT (name) DO NOTHING`, leaderName); err != nil {
		return 0, err
	}
	var node string
	var fence, until int64
	if err := tx.QueryRow(ctx, `SELECT node, fence, lease_until FROM job_leader WHERE name = $1`, leaderName).Scan(&node, &fence, &until); err != nil {
		return 0, err
	}
	mine := node == r.node && fence == r.fence && fence > 0
	if !mine && until > now.UnixMicro() {
		return 0, nil
	}
	next := fence
	if !mine {
		next++
	}
	n, err := tx.Exec(ctx, `UPDATE job_leader SET node = $1, fence = $2, lease_until = $3 WHERE name = $4 AND fence = $5`,
		r.node, next, now.Add(leaderLease).UnixMicro(), leaderName, fence)
	if err != nil || n == 0 {
		return 0, err
	}
	return next, nil
}

// tick moves one schedule on. A schedule seen for the first time begins with its next time. One that now asks for an
// earlier time than the one noted was changed, or the clock was put back: it does not wait for the old time.
func tick(ctx context.Context, tx *db.Tx, s Schedule) (added bool, err error) {
	now := tx.Now()
	var due int64
	err = tx.QueryRow(ctx, `SELECT next_at FROM job_schedule WHERE name = $1`, s.Name).Scan(&due)
	if db.Missing(err) {
		_, err = tx.Exec(ctx, `INSERT INTO job_schedule (name, next_at) VALUES ($1, $2)`, s.Name, s.Next(now).UnixMicro())
		return false, err
	}
	next := s.Next(now).UnixMicro()
	if err != nil || due > now.UnixMicro() && due <= next {
		return false, err
	}
	n, err := tx.Exec(ctx, `UPDATE job_schedule SET next_at = $1 WHERE name = $2 AND next_at = $3`, next, s.Name, due)
	if err != nil || n == 0 || due > now.UnixMicro() {
		return false, err
	}
	at := when.Stamp(due)
	return Add(ctx, tx, s.Kind, s.Name+"@"+at.String(), Due{At: at}, time.Time{})
}
