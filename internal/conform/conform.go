// Package conform runs the checks on a municipality's registers (遵守状況). It holds every verdict current while records,
// parameters, exceptions and the day change, keeps what the results were, says who owes what, and shows all of it: the
// board, the clauses, the catalogue of checks and why a subject is what it is.
//
// It serves clause 10 (bp.10: 運用と遵守状況の確認), clause 11 (bp.11: 監査 and 自己点検, through the results of the past)
// and clause 12 (bp.12: what to look at first in 見直し); the checks it runs serve every other clause.
package conform

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"okite/internal/actor"
	"okite/internal/check"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the module's tables.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// Config says what the module needs. Store, Catalog, Checks, Joins and Calendar are needed.
type Config struct {
	Store    *db.Store
	Catalog  *register.Catalog
	Checks   []check.Check // merged
	Joins    []check.Join
	Calendar *when.Calendar
	Log      *slog.Logger // nil means slog.Default()
	// Verified says up to which number the record of acts has been verified, for the head of the board; nil leaves
	// it out.
	Verified func(ctx context.Context) (int64, error)
	// Works says whether a person could use an address, so that no button is shown that ends in a refusal; nil shows
	// all.
	Works func(ctx context.Context, who actor.Actor, href string) (bool, error)
	// Every is how often changes made elsewhere (another node, a command) are looked for; a second unless said.
	Every time.Duration
}

// Service is the module at work. It is safe for concurrent use.
type Service struct {
	c Config

	mu    sync.Mutex // one goroutine at a time uses the engine
	st    *state     // nil until loaded
	look  *look      // what was worked out since the last change; nil after one
	kept  map[place]seen
	flips bool // a verdict has changed since results were kept

	followMu  sync.Mutex // one goroutine at a time follows changes
	feed      feed
	committed atomic.Int64 // commits of this process that changed registers
	applied   atomic.Int64 // how many of them the engine has seen
	kick      chan struct{}

	stop context.CancelFunc
	done chan struct{}
}

// New makes the service. Nothing is read yet: Load or Start does.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Catalog == nil || c.Calendar == nil || len(c.Checks) == 0 {
		return nil, errors.New("conform: Store, Catalog, Checks and Calendar are needed")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Every <= 0 {
		c.Every = time.Second
	}
	c.Checks = slices.Clone(c.Checks)
	slices.SortFunc(c.Checks, func(a, b check.Check) int { return strings.Compare(a.ID, b.ID) })
	s := &Service{c: c, kick: make(chan struct{}, 1)}
	c.Store.OnCommit(s.onCommit)
	return s, nil
}

// onCommit runs between a commit and its answer: it only notes that there is something to follow.
func (s *Service) onCommit(staged []any) {
	for _, v := range staged {
		switch v.(type) {
		case register.Change, register.Loaded:
			s.committed.Add(1)
			select {
			case s.kick <- struct{}{}:
			default:
			}
			return
		}
	}
}

// today is the day of the store's clock in Japan.
func (s *Service) today() when.Date { return when.Of(s.c.Store.Now()) }

// Load reads all registers and decides every check: what a command needs. It writes nothing.
func (s *Service) Load(ctx context.Context) error {
	s.followMu.Lock()
	defer s.followMu.Unlock()
	return s.load(ctx)
}

func (s *Service) load(ctx context.Context) error {
	want := s.committed.Load()
	var st *state
	var f feed
	var kept map[place]seen
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if f, err = openFeed(ctx, tx, s.c.Catalog); err != nil {
			return err
		}
		if kept, err = readKept(ctx, tx); err != nil {
			return err
		}
		st, err = load(&s.c, s.today(), stored(ctx, tx, s.c.Catalog))
		return err
	})
	if err != nil {
		return fmt.Errorf("load registers: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st, s.look, s.kept, s.flips, s.feed = st, nil, kept, true, f
	s.watch()
	s.applied.Store(want)
	return nil
}

// watch notes that verdicts move, so that results are kept when there is something to keep.
func (s *Service) watch() { s.st.engine.Watch(func(check.Flip) { s.flips = true }) }

// keepEvery is how often moved results are written; a day has one result, so little is lost by waiting.
const keepEvery = 5 * time.Second

// Start loads the registers and follows them until Close: changes of this process at once, those made elsewhere within
// Config.Every, the day when it comes.
func (s *Service) Start(ctx context.Context) error {
	if err := s.Load(ctx); err != nil {
		return err
	}
	if err := s.Keep(ctx); err != nil {
		return err
	}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.done = make(chan struct{})
	go s.run(ctx)
	return nil
}

func (s *Service) run(ctx context.Context) {
	defer close(s.done)
	tick, keep := time.NewTicker(s.c.Every), time.NewTicker(keepEvery)
	defer tick.Stop()
	defer keep.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-s.kick:
			err = s.catchUp(ctx)
		case <-tick.C:
			if err = s.catchUp(ctx); err == nil {
				err = s.with(ctx, func(*look) error { return nil }) // the day, should it have come
			}
		case <-keep.C:
			err = s.Keep(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.c.Log.ErrorContext(ctx, "follow registers", "err", err)
		}
	}
}

// Close ends the following and keeps the last results. The store must still be open.
func (s *Service) Close() error {
	if s.stop == nil {
		return nil
	}
	s.stop()
	<-s.done
	s.stop = nil
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return s.Keep(ctx)
}

// Sync waits until everything this process has committed is decided, so that a page after a change shows its effect.
func (s *Service) Sync(ctx context.Context) error {
	if s.applied.Load() >= s.committed.Load() {
		return nil
	}
	return s.catchUp(ctx)
}

// with lends what was decided, current to the last commit and the day, to f. f must not touch the store.
func (s *Service) with(ctx context.Context, f func(l *look) error) error {
	if err := s.Sync(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.st == nil {
		return fault.New(fault.Busy, msg.T("検査を準備しています。しばらくしてからもう一度開いてください。", "The checks are being prepared. Please try again in a moment."))
	}
	if today := s.today(); today != s.st.engine.Day() {
		s.st.engine.Advance(today)
		s.look, s.flips = nil, true
	}
	if s.look == nil {
		s.look = newLook(s.st, s.kept)
	}
	return f(s.look)
}
