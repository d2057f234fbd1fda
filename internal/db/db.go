// Package db runs transactions on the store of one municipality: an SQLite file or a PostgreSQL schema, with
// one SQL text for both. It knows no register and no rule. It serves clause 9(4) (bp.9.4): what was done is
// done durably or not at all, and bp.4: every module keeps its records in the same way.
//
// A write has three outcomes: nil (done), an error (refused, nothing changed), or an error that wraps
// ErrUnknown (nobody can say; the caller repeats with the same idempotency key).
//
// On SQLite one goroutine writes. Every request runs in a savepoint, and one COMMIT serves all that wait
// (group commit); a request is answered after that COMMIT. On PostgreSQL it is the same, in SERIALIZABLE
// transactions: the requests of one node share them, and a group that met another node is repeated, at last
// request by request. A request may therefore run more than once: it must not change anything outside the
// database before Write returns.
package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Dialect is the database engine below a store.
type Dialect uint8

// The engines.
const (
	SQLite Dialect = iota
	Postgres
)

func (d Dialect) String() string {
	if d == Postgres {
		return "postgresql"
	}
	return "sqlite"
}

// Config says where a store is. The zero value of every field but Dir works.
type Config struct {
	Dir    string           // directory of the SQLite file okite.db; made when absent. Not used when URL is set
	URL    string           // postgres://…; "" means SQLite
	Schema string           // PostgreSQL schema of the municipality; default "okite"
	Clock  func() time.Time // default time.Now
	Queue  int              // requests that may wait for the writer before others are told to come back; default 4096
	Conns  int              // PostgreSQL connections for writing; half as many again are for reading; default 16
}

// Func is what a request does in its transaction.
type Func func(ctx context.Context, tx *Tx) error

// engine is what the two databases do differently. Each runs fn in a transaction, and the store's finisher
// before COMMIT, and calls committed after it.
type engine interface {
	write(ctx context.Context, fn Func) error
	read(ctx context.Context, fn Func) error
	bulk(ctx context.Context, fn Func) error
	locked(ctx context.Context, name string, fn Func) (bool, error)
	close() error
}

// Store is an open store. It is safe for concurrent use.
type Store struct {
	dialect Dialect
	engine  engine
	clock   atomic.Pointer[func() time.Time]

	finisher atomic.Pointer[func(ctx context.Context, tx *Tx, staged []any) error]
	hookMu   sync.Mutex // hooks run one at a time, in the order of commits
	hooks    []func(staged []any)

	breakOnce sync.Once
	broken    chan struct{}
	cause     error // set before broken is closed
}

// Open opens the store and refuses one that could lose an answered write: SQLite older than 3.51.3 (its WAL
// could lose committed pages), journal or synchronous set to less than WAL and FULL, a PostgreSQL server with
// fsync, full_page_writes or synchronous_commit off.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Queue <= 0 {
		c.Queue = 4096
	}
	if c.Conns <= 0 {
		c.Conns = 16
	}
	if c.Schema == "" {
		c.Schema = "okite"
	}
	s := &Store{broken: make(chan struct{})}
	s.SetClock(c.Clock)
	var err error
	if c.URL != "" {
		s.dialect = Postgres
		s.engine, err = openPostgres(ctx, s, c)
	} else {
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("make data directory: %w", err)
		}
		s.engine, err = openSQLite(ctx, s, c)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close waits for the writer and closes all connections. Later calls of any method fail.
func (s *Store) Close() error { return s.engine.close() }

// Dialect is the engine below the store.
func (s *Store) Dialect() Dialect { return s.dialect }

// Write runs fn in a transaction that may change records. See the package comment for the three outcomes. A
// fault.Busy says that too many wait.
func (s *Store) Write(ctx context.Context, fn Func) error {
	if err := s.guard(ctx); err != nil {
		return err
	}
	return s.engine.write(ctx, fn)
}

// Read runs fn on a snapshot: it sees one moment, never waits for writers and never holds them up. Statements
// that change anything fail.
func (s *Store) Read(ctx context.Context, fn Func) error { return s.engine.read(ctx, fn) }

// Bulk runs fn as one big transaction that nobody else writes beside: imports, the demo city. Other writers
// wait for it. It may run as long as it needs and is all or nothing like Write.
func (s *Store) Bulk(ctx context.Context, fn Func) error {
	if err := s.guard(ctx); err != nil {
		return err
	}
	return s.engine.bulk(ctx, fn)
}

// Locked runs fn in a transaction if nobody else on this database, this node or another, holds the lock of
// that name, and says whether it ran. It is for work that one node at a time does. On PostgreSQL the
// transaction is READ COMMITTED, so that it neither meets nor disturbs the serializable requests: fn must
// guard its own changes with conditions. The finisher does not run.
func (s *Store) Locked(ctx context.Context, name string, fn Func) (bool, error) {
	if err := s.guard(ctx); err != nil {
		return false, err
	}
	return s.engine.locked(ctx, name, fn)
}

// SetFinisher sets what runs once for each commit group, just before COMMIT, with every value staged by the
// requests of the group that succeeded, in their order. An error refuses the whole group. It must be set
// before the first write that stages.
func (s *Store) SetFinisher(f func(ctx context.Context, tx *Tx, staged []any) error) {
	s.finisher.Store(&f)
}

// OnCommit adds a hook that runs after each COMMIT of this node, in the order of commits, with the staged
// values, before the requests are answered. It must not block long and must not write. What other nodes
// commit does not come here.
func (s *Store) OnCommit(f func(staged []any)) {
	s.hookMu.Lock()
	defer s.hookMu.Unlock()
	s.hooks = append(s.hooks, f)
}

// SetClock replaces the clock; nil means time.Now. The demo city holds a fixed one.
func (s *Store) SetClock(clock func() time.Time) {
	if clock == nil {
		clock = time.Now
	}
	s.clock.Store(&clock)
}

// Now is the clock's time, UTC, cut to microseconds: what a transaction begun now would carry.
func (s *Store) Now() time.Time { return (*s.clock.Load())().UTC().Truncate(time.Microsecond) }

// Broken is closed when the disk below the store failed in a way that leaves open what was written. The
// store refuses every later write; the process must stop and start again, it never repeats an fsync.
func (s *Store) Broken() <-chan struct{} { return s.broken }

func (s *Store) breakDown(err error) {
	s.breakOnce.Do(func() {
		s.cause = err
		close(s.broken)
	})
}

// guard refuses what can not work: a broken store, and a write inside a write, which would wait for itself.
func (s *Store) guard(ctx context.Context) error {
	select {
	case <-s.broken:
		return fmt.Errorf("%w: %w", ErrBroken, s.cause)
	default:
	}
	if in, ok := ctx.Value(insideKey{}).(*Store); ok && in == s {
		return errors.New("write inside a write: use the transaction at hand")
	}
	return nil
}

type insideKey struct{}

// inside marks a context as belonging to a writing transaction of the store.
func (s *Store) inside(ctx context.Context) context.Context {
	return context.WithValue(ctx, insideKey{}, s)
}

// finish runs the finisher over the staged values, if there are any.
func (s *Store) finish(ctx context.Context, tx *Tx, staged []any) error {
	f := s.finisher.Load()
	if f == nil || len(staged) == 0 {
		return nil
	}
	if err := (*f)(ctx, tx, staged); err != nil {
		return fmt.Errorf("finish transaction: %w", err)
	}
	tx.settle()
	return tx.err
}

func (s *Store) committed(staged []any) {
	if len(staged) == 0 {
		return
	}
	s.hookMu.Lock()
	defer s.hookMu.Unlock()
	for _, h := range s.hooks {
		h(staged)
	}
}
