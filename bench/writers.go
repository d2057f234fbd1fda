package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/trail"
)

// clients is how many write at once.
const clients = 64

// Writers sets an act with its entry in the record against the obvious way to keep a record that cannot be bent: a
// hash chain, one commit for each request on SQLite, one locked head on PostgreSQL.
func Writers(ctx context.Context, o Options) (rep *Report, err error) {
	o = o.WithDefaults()
	rep = &Report{Title: fmt.Sprintf("An act with its entry in the record, %d writers at once, median of %d rounds of %s", clients, o.Rounds, o.Round),
		Head: []string{"store", "way", "a second", "× the chain"}}
	dir, done, err := o.scratch("writers")
	if err != nil {
		return nil, err
	}
	defer done()
	rivals, end, err := chainOnSQLite(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("SQLite: %w", err)
	}
	defer func() { err = errors.Join(err, end()) }()
	if err := writersOn(ctx, o, rep, "SQLite", dir, db.Config{Dir: dir + "/record"}, rivals, 10); err != nil {
		return nil, fmt.Errorf("SQLite: %w", err)
	}
	if o.Postgres == "" {
		return rep, nil
	}
	c := db.Config{URL: o.Postgres, Schema: schemaName("writers"), Conns: 16}
	defer func() { err = errors.Join(err, db.DropSchema(context.WithoutCancel(ctx), c.URL, c.Schema)) }()
	rivals, endPg, err := chainOnPostgres(ctx, c.URL, schemaName("chain"), c.Conns)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, endPg()) }()
	if err := writersOn(ctx, o, rep, "PostgreSQL", dir+"/pg", c, rivals, 5); err != nil {
		return nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	return rep, err
}

// schemaName is a schema of this process.
func schemaName(what string) string {
	return fmt.Sprintf("bench_%s_%d_%d", what, os.Getpid(), time.Now().UnixNano())
}

// scratch gives a directory for one subject and what removes it.
func (o Options) scratch(what string) (dir string, done func(), err error) {
	dir, err = os.MkdirTemp(o.Dir, "okite-bench-"+what+"-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

// things is a register.
var things = fstest.MapFS{"20260101_thing.sql": {Data: []byte(`CREATE TABLE thing (code TEXT PRIMARY KEY);`)}}

func addThing(ctx context.Context, tx *db.Tx, i int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO thing (code) VALUES ($1)`, fmt.Sprintf("T-%012d", i))
	return err
}

// way is one way to make an act and its entry durable together.
type way struct {
	name  string
	do    func(i int64) error
	rates []float64
}

func (w *way) median() float64 {
	s := slices.Clone(w.rates)
	slices.Sort(s)
	return s[len(s)/2]
}

// race lets all clients write one way after another, round by round.
func race(o Options, ways ...*way) error {
	var next atomic.Int64
	for range o.Rounds {
		for _, w := range ways {
			var done atomic.Int64
			var wg sync.WaitGroup
			errs := make([]error, clients)
			start := time.Now()
			for c := range clients {
				wg.Go(func() {
					for time.Since(start) < o.Round && errs[c] == nil {
						errs[c] = w.do(next.Add(1))
						done.Add(1)
					}
				})
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			w.rates = append(w.rates, float64(done.Load())/time.Since(start).Seconds())
		}
	}
	return nil
}

// writersOn measures one database; the aim is held against the first of the rivals.
func writersOn(ctx context.Context, o Options, rep *Report, name, dir string, c db.Config, rivals []*way, aim float64) (err error) {
	s, err := db.Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(ctx, trail.Schema(), things); err != nil {
		return err
	}
	if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	l, err := trail.Open(ctx, s, dir, "okite/bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	ways := []*way{
		{name: "act with its entry", do: func(i int64) error {
			return s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				l.Append(tx, trail.Entry{Actor: "person:P-00007", Way: "page", Act: "thing.create", Subject: ref.New("thing", fmt.Sprintf("T-%012d", i)),
					Clauses: []clause.ID{"bp.8.1", "bp.9.4"}, Input: map[string]string{"code": fmt.Sprintf("T-%012d", i)}, Result: trail.Done, Reason: "計測"})
				return addThing(ctx, tx, i)
			})
		}},
		{name: "the same act through the gate, answered with its number", do: throughGate(ctx, s, l)},
		{name: "no record at all", do: func(i int64) error {
			return s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return addThing(ctx, tx, i) })
		}},
	}
	all := slices.Insert(ways, 1, rivals...)
	if err := race(o, all...); err != nil {
		return err
	}
	base := rivals[0].median()
	for _, w := range all {
		rep.row(name, w.name, fmt.Sprintf("%.0f", w.median()), fmt.Sprintf("%.1f", w.median()/base))
	}
	rep.aim("acts with their entry against a hash chain on "+name, ways[0].median()/base, aim, "times", false)
	found, err := l.Verify(ctx, nil)
	if err == nil && !found.OK {
		err = fmt.Errorf("the record does not hold: %v", found.Bad.Why)
	}
	return err
}

// throughGate runs a whole act: power, input, change, entry, and the entry's number for the answer.
func throughGate(ctx context.Context, s *db.Store, l *trail.Log) func(i int64) error {
	r := &act.Registry{}
	r.Add(act.Act{ID: "thing.create", Title: msg.Same("計測"), Clauses: []clause.ID{"bp.8.1", "bp.9.4"}, Fields: []act.Field{{Name: "code", Title: msg.Same("番号"), Required: true}},
		Do: func(ctx context.Context, tx *db.Tx, _ actor.Actor, in act.Input) (ref.Ref, error) {
			_, err := tx.Exec(ctx, `INSERT INTO thing (code) VALUES ($1)`, in["code"])
			return ref.New("thing", in["code"]), err
		}})
	g := &act.Gate{Store: s, Log: l, Registry: r}
	ctx = actor.With(ctx, actor.Operator())
	return func(i int64) error {
		res, err := g.Run(ctx, "thing.create", act.Input{"code": fmt.Sprintf("T-%012d", i)}, act.Options{Reason: "計測"})
		if err == nil && !res.OK {
			err = errors.New("the act was not done")
		}
		return err
	}
}
