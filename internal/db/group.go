package db

import (
	"context"
	"fmt"
	"runtime"

	sqlite3 "modernc.org/sqlite/lib"
)

// most is how many requests one COMMIT serves.
const most = 512

func (e *lite) write(ctx context.Context, fn Func) error { return e.send(ctx, &request{fn: fn}) }

func (e *lite) bulk(ctx context.Context, fn Func) error {
	return e.send(ctx, &request{fn: fn, alone: true})
}

// serve is the writer goroutine.
func (e *lite) serve(c *session) {
	defer close(e.stopped)
	defer c.conn.Close()
	var next *request // taken from the queue by a group that could not have it
	for {
		r := next
		next = nil
		if r == nil {
			select {
			case r = <-e.queue:
			case <-e.stop:
				return
			}
		}
		if !r.taken.CompareAndSwap(false, true) {
			continue // withdrawn
		}
		next = e.group(c, r)
	}
}

// group runs a first request and all that wait behind it, commits once and answers them.
func (e *lite) group(c *session, first *request) (next *request) {
	select {
	case <-e.store.broken:
		first.done <- answer{err: fmt.Errorf("%w: %w", ErrBroken, e.store.cause)}
		return nil
	default:
	}
	g := &group{engine: e, c: c, ctx: context.Background()}
	if err := c.do(g.ctx, "BEGIN IMMEDIATE"); err != nil {
		if liteCode(err) == sqlite3.SQLITE_BUSY { // another program holds the file
			first.done <- answer{err: busy()}
			return nil
		}
		e.suspect(err)
		first.done <- answer{err: fmt.Errorf("begin writing: %w", err)}
		return nil
	}
	g.run(first)
	if !first.alone {
		next = g.fill()
	}
	g.commit(first.plain)
	return next
}

// suspect breaks the store down when the disk failed.
func (e *lite) suspect(err error) {
	if diskFailed(err) {
		e.store.breakDown(err)
	}
}

// group is a transaction that serves several requests.
type group struct {
	engine  *lite
	c       *session
	ctx     context.Context
	count   int
	careful bool       // each request in a savepoint; not until one has something to be taken back
	passed  []*request // wait for the COMMIT
	staged  []any
	dead    error // SQLite has rolled the whole back
}

// fill takes all that wait, up to a bound. It looks once more after letting others run, because those who
// were just answered are about to come back.
func (g *group) fill() (next *request) {
	yielded := false
	for g.count < most && g.dead == nil {
		select {
		case r := <-g.engine.queue:
			if r.alone {
				return r
			}
			if r.taken.CompareAndSwap(false, true) {
				g.run(r)
			}
			yielded = false
		default:
			if yielded {
				return nil
			}
			yielded = true
			runtime.Gosched()
		}
	}
	return nil
}

// run runs a request. A request that fails is answered at once and leaves nothing behind.
// Statements do not see the request's cancellation: SQLite would roll back the whole group with it.
func (g *group) run(r *request) {
	g.count++
	if err := r.ctx.Err(); err != nil {
		r.done <- answer{err: err}
		return
	}
	if g.careful {
		if g.dead = g.c.do(g.ctx, "SAVEPOINT request"); g.dead != nil {
			r.done <- answer{err: fmt.Errorf("begin request: %w", g.dead)}
			return
		}
	}
	ctx := g.engine.store.inside(context.WithoutCancel(r.ctx))
	tx := newTx(ctx, g.engine.store, g.c)
	a := attempt(ctx, tx, r.fn)
	switch {
	case a.err == nil && a.panic == nil:
		if g.careful {
			if g.dead = g.c.do(g.ctx, "RELEASE request"); g.dead != nil {
				a.err = fmt.Errorf("end request: %w", g.dead)
				break
			}
		}
		g.staged = append(g.staged, tx.staged...)
		g.passed = append(g.passed, r)
		return
	case !g.careful && !tx.wrote && tx.err == nil: // nothing to take back
	case !g.careful:
		g.dead = g.again()
	default:
		g.dead = g.undo()
	}
	g.engine.suspect(a.err)
	r.done <- a
}

// again takes back what the group did and runs those before anew, each in a savepoint: most groups hold nobody who
// fails, and are spared two statements a request. Requests may run more than once, as on PostgreSQL.
func (g *group) again() error {
	if err := g.c.do(g.ctx, "ROLLBACK"); err != nil {
		return fmt.Errorf("roll back group: %w", err)
	}
	if err := g.c.do(g.ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin group again: %w", err)
	}
	before := g.passed
	g.careful, g.passed, g.staged = true, nil, nil
	for i, r := range before {
		if g.run(r); g.dead != nil {
			g.passed = append(g.passed, before[i+1:]...) // they are answered with the others
			return g.dead
		}
	}
	return nil
}

// undo takes back what the request did. It fails when SQLite has already rolled back everything.
func (g *group) undo() error {
	if err := g.c.do(g.ctx, "ROLLBACK TO request"); err != nil {
		return fmt.Errorf("roll back request: %w", err)
	}
	if err := g.c.do(g.ctx, "RELEASE request"); err != nil {
		return fmt.Errorf("roll back request: %w", err)
	}
	return nil
}

// commit ends the transaction and answers those who wait for it.
func (g *group) commit(plain bool) {
	if g.dead != nil {
		g.abandon(busy()) // the others did nothing wrong: they may try again
		return
	}
	if len(g.passed) == 0 {
		g.rollback()
		return
	}
	if !plain {
		tx := newTx(g.engine.store.inside(g.ctx), g.engine.store, g.c)
		if a := attempt(tx.ctx, tx, func(ctx context.Context, tx *Tx) error { return g.engine.store.finish(ctx, tx, g.staged) }); a.err != nil || a.panic != nil {
			if a.panic != nil {
				a.err = fmt.Errorf("finish transaction: panic: %v\n%s", a.panic, a.stack)
			}
			g.engine.suspect(a.err)
			g.abandon(a.err)
			return
		}
	}
	if err := g.c.do(g.ctx, "COMMIT"); err != nil {
		g.uncommitted(err)
		return
	}
	if !plain {
		g.engine.store.committed(g.staged)
	}
	g.answer(nil)
}

// uncommitted sorts out a COMMIT that answered with an error. Only a refused constraint or a lock proves that
// nothing was written; after anything else a restart may find the transaction there.
func (g *group) uncommitted(err error) {
	g.rollback()
	switch liteCode(err) {
	case sqlite3.SQLITE_CONSTRAINT:
		g.answer(fmt.Errorf("commit: %w", err))
	case sqlite3.SQLITE_BUSY:
		g.answer(busy())
	case sqlite3.SQLITE_FULL:
		g.answer(fmt.Errorf("commit: %w: %w", ErrUnknown, err))
	default:
		g.engine.store.breakDown(err)
		g.answer(fmt.Errorf("commit: %w: %w", ErrUnknown, err))
	}
}

func (g *group) abandon(err error) {
	g.rollback()
	g.answer(err)
}

// rollback ends the transaction if SQLite has not done so itself.
func (g *group) rollback() {
	if err := g.c.do(g.ctx, "ROLLBACK"); err != nil && g.dead == nil {
		g.engine.suspect(err)
	}
}

func (g *group) answer(err error) {
	for _, r := range g.passed {
		r.done <- answer{err: err}
	}
}
