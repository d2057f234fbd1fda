// Package job is work the product does on its own: checks at night, reminders, escalations, sealing, clean-up.
// Deadlines the policy sets (bp.9.6 emergencies, bp.10, bp.11, bp.12) hold only if something watches them when nobody
// is signed in.
//
// A job is a row, added in the transaction that gives rise to it. A runner takes it under a lease with a fencing
// token, and writes its effect and its end in one transaction: a runner that has lost its lease changes nothing, so
// each effect is there once, although a job may be begun more than once. What fails is repeated later and later; what
// keeps failing is set aside (dead) and listed until a person decides.
package job

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the tables of this package.
func Schema() fs.FS { return schema }

// State is where a job stands.
type State string

// The states.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Dead    State = "dead" // failed as often as its kind allows; waits for a person
)

// Title names a state for people.
func (s State) Title() msg.Text {
	switch s {
	case Waiting:
		return msg.T("待機中", "waiting")
	case Running:
		return msg.T("実行中", "running")
	case Done:
		return msg.T("完了", "done")
	}
	return msg.T("停止（要確認）", "stopped, to be looked at")
}

// Job is one piece of work. Kind and Key name it: a second one of the same name is not added.
type Job struct {
	Kind, Key string
	State     State
	RunAt     when.Stamp // not before
	Attempt   int        // how often it was begun
	Fence     int64      // grows each time it is taken
	Node      string     // who took it last
	Payload   string     // JSON
	LastError string
	AddedAt   when.Stamp
	EndedAt   when.Stamp // 0 until done or dead
}

// Read puts the payload into v.
func (j Job) Read(v any) error {
	if err := json.Unmarshal([]byte(j.Payload), v); err != nil {
		return fmt.Errorf("read payload of job %s %s: %w", j.Kind, j.Key, err)
	}
	return nil
}

// Add puts a job into the queue, to be run at or after a time (the zero time: at once). It says whether it was added:
// false when there is, or was, a job of that kind and key.
func Add(ctx context.Context, tx *db.Tx, kind, key string, payload any, at time.Time) (bool, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return false, fmt.Errorf("write payload of job %s %s: %w", kind, key, err)
	}
	now := tx.Now().UnixMicro()
	run := now
	if !at.IsZero() {
		run = at.UnixMicro()
	}
	n, err := tx.Exec(ctx, `INSERT INTO job (kind, key, state, run_at, attempt, fence, lease_until, node, payload, last_error, added_at, ended_at)
		VALUES ($1, $2, $3, $4, 0, 0, 0, '', $5, '', $6, 0) ON CONFLICT (kind, key) DO NOTHING`, kind, key, string(Waiting), run, string(body), now)
	if err != nil {
		return false, fmt.Errorf("add job %s %s: %w", kind, key, err)
	}
	return n == 1, nil
}

const columns = `kind, key, state, run_at, attempt, fence, node, payload, last_error, added_at, ended_at`

func scan(r *sql.Rows) (j Job, err error) {
	err = r.Scan(&j.Kind, &j.Key, &j.State, &j.RunAt, &j.Attempt, &j.Fence, &j.Node, &j.Payload, &j.LastError, &j.AddedAt, &j.EndedAt)
	return j, err
}

// List gives the jobs in a state, the next to run first, at most limit.
func List(ctx context.Context, tx *db.Tx, s State, limit int) ([]Job, error) {
	out, err := db.Rows(ctx, tx, scan, `SELECT `+columns+` FROM job WHERE state = $1 ORDER BY run_at, kind, key LIMIT $2`, string(s), limit)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return out, nil
}

// Get gives one job, false when there is none.
func Get(ctx context.Context, tx *db.Tx, kind, key string) (Job, bool, error) {
	j, ok, err := db.One(ctx, tx, scan, `SELECT `+columns+` FROM job WHERE kind = $1 AND key = $2`, kind, key)
	if err != nil {
		return j, false, fmt.Errorf("read job %s %s: %w", kind, key, err)
	}
	return j, ok, nil
}

// Counts is how many jobs stand in each state.
func Counts(ctx context.Context, tx *db.Tx) (map[State]int64, error) {
	type count struct {
		s State
		n int64
	}
	rows, err := db.Rows(ctx, tx, func(r *sql.Rows) (c count, err error) { err = r.Scan(&c.s, &c.n); return c, err },
		`SELECT state, COUNT(*) FROM job GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	out := map[State]int64{}
	for _, c := range rows {
		out[c.s] = c.n
	}
	return out, nil
}

// Retry puts a dead job back into the queue, to be run at once with all its attempts. It refuses one that is not dead.
func Retry(ctx context.Context, tx *db.Tx, kind, key string) error {
	n, err := tx.Exec(ctx, `UPDATE job SET state = $1, run_at = $2, attempt = 0, ended_at = 0 WHERE kind = $3 AND key = $4 AND state = $5`,
		string(Waiting), tx.Now().UnixMicro(), kind, key, string(Dead))
	if err != nil {
		return fmt.Errorf("retry job %s %s: %w", kind, key, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, msg.T("この処理は停止していません。画面を読み直してください。", "This job is not stopped. Load the page again."))
	}
	return nil
}

// Purge forgets jobs that were done before a time, and gives their number. Dead ones stay until a person decides.
// A purged key may be added anew, so the time must be further back than any caller's repetition.
func Purge(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM job WHERE state = $1 AND ended_at < $2`, string(Done), before.UnixMicro())
	if err != nil {
		return 0, fmt.Errorf("purge jobs: %w", err)
	}
	return n, nil
}
