package app

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/job"
	"okite/internal/msg"
	"okite/internal/when"
)

// startJobs runs the work nobody has to ask for: signing what was recorded, sweeping what has run out.
func (a *App) startJobs(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	kinds := []job.Kind{
		{Name: "trail.checkpoint", Title: msg.T("証跡の先頭への署名", "Sign the record"), Do: func(ctx context.Context, _ job.Job) (db.Func, error) {
			_, err := a.Log.Checkpoint(ctx)
			return nil, err
		}},
		{Name: "signin.sweep", Title: msg.T("期限切れのログインの整理", "Sweep sessions that ended"), Do: func(context.Context, job.Job) (db.Func, error) {
			return a.Signin.Sweep, nil
		}},
		{Name: "policy.turn", Title: msg.T("失効した版の整理", "Close versions that were replaced"), Do: func(ctx context.Context, _ job.Job) (db.Func, error) {
			// bp.4: a version that was replaced ends with its last day
			_, err := a.Gate.Run(actor.With(ctx, actor.Actor{Name: "job", Way: actor.Job, System: true}), "policy.turn", act.Input{}, act.Options{})
			return nil, err
		}},
		{Name: "job.purge", Title: msg.T("完了した処理の整理", "Forget jobs that are done"), Do: func(context.Context, job.Job) (db.Func, error) {
			return func(ctx context.Context, tx *db.Tx) error {
				_, err := job.Purge(ctx, tx, tx.Now().AddDate(0, 0, -30))
				return err
			}, nil
		}},
	}
	schedules := []job.Schedule{
		{Name: "checkpoint", Kind: "trail.checkpoint", Next: job.Every(5 * time.Minute)},
		{Name: "sweep", Kind: "signin.sweep", Next: job.Daily(2, 10)},
		{Name: "turn", Kind: "policy.turn", Next: job.Daily(0, 5)},
		{Name: "purge", Kind: "job.purge", Next: job.Daily(2, 20)},
	}
	kinds, schedules = append(kinds, a.Transfer.Kinds()...), append(schedules, a.Transfer.Schedules()...)
	kinds, schedules = append(kinds, a.Notice.Kinds()...), append(schedules, a.Notice.Schedules()...)
	kinds, schedules = append(kinds, a.Digest.Jobs()...), append(schedules, a.Digest.Schedules()...)
	if a.Runner, err = job.NewRunner(a.Store, fmt.Sprintf("%s-%d", host, os.Getpid()), kinds, schedules); err != nil {
		return err
	}
	a.Runner.Log = a.Slog
	run, cancel := context.WithCancel(Operator(context.WithoutCancel(ctx)))
	ended := make(chan struct{})
	go func() { defer close(ended); a.Runner.Run(run) }()
	a.ends = append(a.ends, func() { cancel(); <-ended })
	return nil
}

// Deadline is a day by which something is owed.
type Deadline struct {
	Date    when.Date `json:"date"`
	What    msg.Text  `json:"what"`
	Subject string    `json:"subject"`
	Name    string    `json:"name"`
}

// Deadlines are the dates the registers hold that end something between two days: exceptions, retention, evaluations,
// contracts, delegations (bp.12).
func (a *App) Deadlines(ctx context.Context, from, to when.Date) ([]Deadline, error) {
	out := []Deadline{}
	err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, k := range []struct {
			register, date, name string
			what                 msg.Text
		}{
			{"exception", "until", "subject", msg.T("例外措置の期限", "exception ends")},
			{"contract", "until", "name", msg.T("委託契約の終了", "contract ends")},
			{"delegation", "end", "giver", msg.T("委任の終了", "delegation ends")},
			{"system", "pia_due", "name", msg.T("特定個人情報保護評価の再評価の期限", "impact assessment due again")},
			{"asset", "retention", "name", msg.T("保存期限", "retention ends")},
		} {
			rows, err := db.Rows(ctx, tx, func(r *sql.Rows) (d Deadline, err error) {
				var key, day string
				if err = r.Scan(&key, &d.Name, &day); err != nil {
					return d, err
				}
				d.Subject, d.What = k.register+":"+key, k.what
				d.Date, err = when.Parse(day)
				return d, err
			}, fmt.Sprintf(`SELECT code, "%s", "%s" FROM reg_%s WHERE NOT ended AND "%s" >= $1 AND "%s" <= $2 ORDER BY "%s", code LIMIT 1000`, k.name, k.date, k.register, k.date, k.date, k.date),
				from.String(), to.String())
			if err != nil {
				return fmt.Errorf("read deadlines of %s: %w", k.register, err)
			}
			out = append(out, rows...)
		}
		return nil
	})
	return out, err
}
