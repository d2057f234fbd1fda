package act

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/trail"
)

// Gate runs acts. What it asks the registers of the module org, which stands above this package, comes as functions.
type Gate struct {
	Store    *db.Store
	Log      *trail.Log
	Registry *Registry
	// Powers gives the rows of the table of powers for an act.
	Powers func(ctx context.Context, tx *db.Tx, act string) ([]Power, error)
	// Units gives a unit and all units above it, nearest first.
	Units func(ctx context.Context, tx *db.Tx, unit string) ([]string, error)
	// Organ gives the organ a unit is part of; it is asked only where a power is limited to an organ.
	Organ func(ctx context.Context, tx *db.Tx, unit string) (string, error)
	// Decisions puts the decisions an act has taken on the applications of others on record; nil keeps none.
	Decisions func(ctx context.Context, tx *db.Tx, who actor.Actor, d []Decision) error
	// Role names a role to people; nil shows its code.
	Role func(code string) msg.Text
}

// Options of a run.
type Options struct {
	IdempotencyKey string    // same key and same input: the same answer, done once
	Reason         string    // why, in the person's words
	Stated         time.Time // when the person says it happened; zero when they say nothing
}

// Result is the answer of a run. Trail is the number of the entry in the record, -1 when it has none yet.
type Result struct {
	OK     bool         `json:"ok"`
	Record ref.Ref      `json:"record"`
	Trail  int64        `json:"trail"`
	Fault  *fault.Fault `json:"-"`
}

// Schema is the table of idempotency keys, for the migration at start.
func Schema() []string {
	return []string{`CREATE TABLE IF NOT EXISTS act_key (
  actor TEXT NOT NULL, key TEXT NOT NULL, act TEXT NOT NULL, body TEXT NOT NULL, record TEXT NOT NULL, trail BIGINT NOT NULL,
  fault TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (actor, key))`,
		`CREATE INDEX IF NOT EXISTS act_key_at ON act_key (at)`}
}

// Run decides, does and records in one transaction (bp.6). A person's mistake or a refusal comes back both in
// Result.Fault and as the error, and is recorded in a transaction of its own after the act's was rolled back
// (bp.11). Every other error is internal, or wraps db.ErrUnknown.
func (g *Gate) Run(ctx context.Context, id string, in Input, opt Options) (Result, error) {
	a, ok := g.Registry.Get(id)
	if !ok {
		f := fault.New(fault.NotFound, msg.F("「%s」という操作はありません。", "There is no act %q.", id))
		return Result{Fault: f, Trail: -1}, f
	}
	who := actor.From(ctx)
	var taken []Decision
	ctx = WithCall(ctx, Call{ID: id, Reason: opt.Reason, taken: &taken})
	body := digest(id, in, opt.Reason)
	var res Result
	var receipt *trail.Receipt
	once := func(ctx context.Context, tx *db.Tx) error {
		res, receipt, taken = Result{}, nil, taken[:0]
		seen, known, err := g.answered(ctx, tx, who, id, body, opt.IdempotencyKey)
		if err != nil || known {
			res = seen
			return err
		}
		as, err := g.allow(ctx, tx, a, who, in)
		if err != nil {
			return err
		}
		rec, err := a.Do(ctx, tx, who, in)
		if err != nil {
			return err
		}
		if err := g.decided(ctx, tx, who, id, as, rec, taken); err != nil {
			return err
		}
		res = Result{OK: true, Record: rec, Trail: -1}
		e := g.entry(a, who, in, opt, rec)
		e.Result, e.Capacity = "done", as
		receipt = g.Log.Append(tx, e)
		return g.remember(ctx, tx, who, id, body, opt.IdempotencyKey, res)
	}
	write := g.Store.Write
	if a.Large {
		write = g.Store.Bulk
	}
	err := write(ctx, once)
	if db.Duplicate(err) {
		// somebody wrote the same at the same time: the second look finds the answer to the key, or tells who was first
		err = write(ctx, once)
	}
	switch f := fault.As(err); {
	case err == nil && receipt == nil: // a repeat
		if res.Fault != nil {
			return res, res.Fault
		}
		return res, nil
	case err == nil:
		res.Trail = g.number(ctx, receipt)
		g.keepNumber(ctx, who, opt.IdempotencyKey, res.Trail)
		return res, nil
	case f == nil || errors.Is(err, db.ErrUnknown) || f.Kind == fault.Busy:
		return Result{Fault: f, Trail: -1}, err
	default:
		return g.refuse(ctx, a, who, in, opt, body, f)
	}
}

// refuse records a refusal. The fault is the answer even if the record could not be reached, but that is told too.
func (g *Gate) refuse(ctx context.Context, a *Act, who actor.Actor, in Input, opt Options, body string, f *fault.Fault) (Result, error) {
	res := Result{Fault: f, Trail: -1}
	var receipt *trail.Receipt
	err := g.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e := g.entry(a, who, in, opt, ref.Ref{})
		e.Result, e.Fault, e.Clauses = "refused", string(f.Kind)+": "+f.Error(), union(a.Clauses, f.Clauses)
		receipt = g.Log.Append(tx, e)
		if f.Kind == fault.Conflict { // a key used twice must not overwrite the first answer
			return nil
		}
		return g.remember(ctx, tx, who, a.ID, body, opt.IdempotencyKey, res)
	})
	if err != nil {
		return res, errors.Join(f, fmt.Errorf("record refusal of %s: %w", a.ID, err))
	}
	res.Trail = g.number(ctx, receipt)
	if f.Kind != fault.Conflict {
		g.keepNumber(ctx, who, opt.IdempotencyKey, res.Trail)
	}
	return res, f
}

// Look lets a sensitive read through the same gate: do runs in the transaction that records the look. No field is
// taken from in but those the act declares.
func (g *Gate) Look(ctx context.Context, id string, in Input, opt Options, do func(ctx context.Context, tx *db.Tx) error) (Result, error) {
	a, ok := g.Registry.Get(id)
	if !ok {
		f := fault.New(fault.NotFound, msg.F("「%s」という操作はありません。", "There is no act %q.", id))
		return Result{Fault: f, Trail: -1}, f
	}
	who := actor.From(ctx)
	var res Result
	var receipt *trail.Receipt
	err := g.Store.Write(WithCall(ctx, Call{ID: id, Reason: opt.Reason}), func(ctx context.Context, tx *db.Tx) error {
		as, err := g.allow(ctx, tx, a, who, in)
		if err != nil {
			return err
		}
		rec, err := a.Do(ctx, tx, who, in)
		if err != nil {
			return err
		}
		if err := do(ctx, tx); err != nil {
			return err
		}
		res = Result{OK: true, Record: rec, Trail: -1}
		e := g.entry(a, who, in, opt, rec)
		e.Result, e.Capacity = "done", as
		receipt = g.Log.Append(tx, e)
		return nil
	})
	if err == nil {
		res.Trail = g.number(ctx, receipt)
		return res, nil
	}
	if f := fault.As(err); f != nil && f.Kind != fault.Busy {
		return g.refuse(ctx, a, who, in, Options{Reason: opt.Reason}, "", f)
	}
	return Result{Trail: -1}, err
}

func (g *Gate) entry(a *Act, who actor.Actor, in Input, opt Options, rec ref.Ref) trail.Entry {
	plain, personal := a.split(in)
	return trail.Entry{Actor: who.ID(), Way: string(who.Way), Act: a.ID, Subject: rec, Clauses: a.Clauses,
		Input: plain, Personal: personal, Reason: opt.Reason, Stated: opt.Stated}
}

// number waits a moment for the sequencer of PostgreSQL; the entry is durable either way.
func (g *Gate) number(ctx context.Context, r *trail.Receipt) int64 {
	if n, ok := r.Index(); ok {
		return n
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	n, err := g.Log.Wait(ctx, r)
	if err != nil {
		return -1
	}
	return n
}

// answered looks up an idempotency key.
func (g *Gate) answered(ctx context.Context, tx *db.Tx, who actor.Actor, id, body, key string) (Result, bool, error) {
	if key == "" {
		return Result{}, false, nil
	}
	if len(key) > 200 {
		return Result{}, false, fault.New(fault.Invalid, msg.T("冪等キーは200文字以内にしてください。", "An idempotency key has at most 200 characters."))
	}
	var was, record, refused string
	var n int64
	err := tx.QueryRow(ctx, `SELECT body, record, trail, fault FROM act_key WHERE actor = $1 AND key = $2`, who.ID(), key).Scan(&was, &record, &n, &refused)
	switch {
	case db.Missing(err):
		return Result{}, false, nil
	case err != nil:
		return Result{}, false, fmt.Errorf("read idempotency key: %w", err)
	case was != body:
		return Result{}, false, fault.New(fault.Conflict, msg.T("同じ冪等キーが、別の内容の操作に使われています。", "This idempotency key was used for another input."))
	}
	res := Result{OK: refused == "", Trail: n}
	if err := res.Record.UnmarshalText([]byte(record)); err != nil {
		return Result{}, false, fmt.Errorf("read answer of idempotency key: %w", err)
	}
	if refused != "" {
		res.Fault = &fault.Fault{}
		if err := json.Unmarshal([]byte(refused), res.Fault); err != nil {
			return Result{}, false, fmt.Errorf("read refusal of idempotency key: %w", err)
		}
	}
	return res, true, nil
}

func (g *Gate) remember(ctx context.Context, tx *db.Tx, who actor.Actor, id, body, key string, res Result) error {
	if key == "" || len(key) > 200 {
		return nil
	}
	refused := ""
	if res.Fault != nil {
		b, err := json.Marshal(res.Fault)
		if err != nil {
			return fmt.Errorf("keep refusal: %w", err)
		}
		refused = string(b)
	}
	_, err := tx.Exec(ctx, `INSERT INTO act_key (actor, key, act, body, record, trail, fault, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (actor, key) DO NOTHING`, who.ID(), key, id, body, res.Record.String(), res.Trail, refused, tx.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("keep idempotency key: %w", err)
	}
	return nil
}

// keepNumber puts the entry's number beside the key, so that a repeat answers with it. It is known only after COMMIT.
// The act is done by then: if this is lost, a repeat answers without the number.
func (g *Gate) keepNumber(ctx context.Context, who actor.Actor, key string, n int64) {
	if key == "" || n < 0 {
		return
	}
	_ = g.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE act_key SET trail = $1 WHERE actor = $2 AND key = $3`, n, who.ID(), key)
		return err
	})
}

func digest(id string, in Input, reason string) string {
	b, _ := json.Marshal([]any{id, in, reason}) // strings only: cannot fail
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func union(a, b []clause.ID) []clause.ID {
	out := append([]clause.ID{}, a...)
	for _, id := range b {
		found := false
		for _, o := range out {
			found = found || o == id
		}
		if !found {
			out = append(out, id)
		}
	}
	return out
}
