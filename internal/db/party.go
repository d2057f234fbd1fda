package db

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
)

const (
	guests = 60 // requests in one transaction: beyond 64 subtransactions PostgreSQL looks them up elsewhere
	tries  = 3  // how often a group is repeated as one before its requests go apart
)

// serve runs the requests of this node, one group after another. Requests of one node therefore never meet each
// other, only those of other nodes.
func (e *postgres) serve() {
	defer close(e.stopped)
	defer e.apart.Wait()
	for {
		select {
		case r := <-e.queue:
			if r.taken.CompareAndSwap(false, true) {
				p := &party{engine: e, list: []*request{r}}
				p.run()
			}
		case <-e.stop:
			return
		}
	}
}

// party is a transaction on PostgreSQL that serves several requests, as group is one on SQLite. It is tried
// without savepoints first, which cost more than most requests and are needed by few: who is refused has seldom
// written. When a request has something to be taken back, the group begins anew with a savepoint for each. When
// the whole can not be done, because it met another node or because of one request, it is repeated; at last every
// request runs in a transaction of its own. Nobody is answered before the COMMIT, not even who was refused: the
// refusal may rest on what a neighbour wrote.
type party struct {
	engine  *postgres
	c       *session
	list    []*request
	answers []answer
	passed  int   // of the answers, how many are no refusal
	careful bool  // with savepoints
	staged  []any // by those that passed
}

// run brings the group to its end.
func (p *party) run() {
	pause := time.Millisecond
	for range tries {
		err := p.try()
		if err == errCareful {
			p.careful = true
			err = p.try()
		}
		if err == nil {
			for i, r := range p.list {
				r.done <- p.answers[i]
			}
			return
		}
		if !again(err) || rest(p.context(), &pause) != nil {
			break
		}
	}
	for _, r := range p.list {
		p.engine.apart.Go(func() {
			r.done <- caught(func() error { return p.engine.repeat(r.ctx, p.engine.begin(), r.fn) })
		})
	}
}

// context is what the group's statements see: the end of a request's context must not end its neighbours.
func (p *party) context() context.Context {
	if len(p.list) == 1 {
		return p.list[0].ctx
	}
	return context.Background()
}

// try runs all requests and commits. An error says that nothing was done and nobody has an answer.
func (p *party) try() (err error) {
	if p.c, err = connect(p.context(), p.engine.writers); err != nil {
		return err
	}
	defer p.c.conn.Close()
	p.answers, p.staged, p.passed = nil, nil, 0
	if err := p.begin(); err != nil {
		return err
	}
	first := len(p.list) == 1
	for _, r := range p.list {
		if err == nil {
			err = p.one(r)
		}
	}
	if err == nil && first {
		err = p.fill()
	}
	if err == nil {
		err = p.finish()
	}
	if err != nil || p.passed == 0 {
		p.c.rollback()
		return err
	}
	if err := p.c.commit(context.Background()); err != nil {
		if !errors.Is(err, ErrUnknown) {
			return err
		}
		p.settle(err)
		return nil
	}
	p.engine.store.committed(p.staged)
	return nil
}

// begin waits until nobody writes alone, so that no request runs beside a bulk.
func (p *party) begin() error {
	p.c.pg.later(p.engine.begin()...)
	if err := p.c.pg.flush(p.context()); err != nil {
		p.c.rollback()
		return fmt.Errorf("begin transaction: %w", err)
	}
	return nil
}

// settle gives those that passed one answer.
func (p *party) settle(err error) {
	for i := range p.answers {
		if p.answers[i].ok() {
			p.answers[i].err = err
		}
	}
}

// fill takes all that wait, up to a bound. It looks once more after letting others run, because those who
// were just answered are about to come back.
func (p *party) fill() error {
	yielded := false
	for len(p.list) < guests {
		select {
		case r := <-p.engine.queue:
			yielded = false
			if !r.taken.CompareAndSwap(false, true) {
				continue
			}
			p.list = append(p.list, r)
			if err := p.one(r); err != nil {
				return err
			}
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

const savepoint = "SAVEPOINT request"

// errCareful says that a request has to be taken back and has no savepoint.
var errCareful = errors.New("begin again with savepoints")

// one runs a request, in a careful group behind a savepoint when there is something to protect. An error ends the group.
func (p *party) one(r *request) error {
	if err := r.ctx.Err(); err != nil {
		p.answers = append(p.answers, answer{err: err})
		return nil
	}
	ctx := r.ctx
	if len(p.list) > 1 {
		ctx = context.WithoutCancel(ctx)
	}
	ctx = p.engine.store.inside(ctx)
	if p.passed > 0 && p.careful {
		p.c.pg.later(savepoint)
	}
	tx := newTx(ctx, p.engine.store, p.c)
	a := attempt(ctx, tx, r.fn)
	if a.ok() && p.c.status() == 'E' {
		a.err = errSwallowed
	}
	for _, err := range []error{tx.err, a.err} {
		if again(err) {
			return err
		}
	}
	p.answers = append(p.answers, a)
	if !a.ok() {
		return p.undo(tx)
	}
	p.passed++
	p.staged = append(p.staged, tx.staged...)
	switch i := slices.Index(p.c.pg.ahead, savepoint); {
	case i >= 0: // it sent nothing
		p.c.pg.ahead = p.c.pg.ahead[:i]
	case p.passed > 1 && p.careful:
		p.c.pg.later("RELEASE SAVEPOINT request")
	}
	return nil
}

// undo takes back what a request did.
func (p *party) undo(tx *Tx) error {
	i := slices.Index(p.c.pg.ahead, savepoint)
	switch {
	case p.passed == 0: // there is nothing to keep
		p.c.rollback()
		return p.begin()
	case !p.careful && (tx.wrote || p.c.status() != 'T' || p.c.pg.conn.IsClosed()):
		return errCareful
	case !p.careful:
		return nil
	case i >= 0 && tx.err == nil: // it sent nothing
		p.c.pg.ahead = p.c.pg.ahead[:i]
		return nil
	case len(p.c.pg.ahead) > 0: // nobody knows what of it was done
		return tx.err
	}
	_, err := p.c.conn.ExecContext(context.Background(), "ROLLBACK TO SAVEPOINT request; RELEASE SAVEPOINT request")
	return err
}

// finish runs the store's finisher for all that passed.
func (p *party) finish() error {
	ctx := p.engine.store.inside(context.Background())
	tx := newTx(ctx, p.engine.store, p.c)
	a := attempt(ctx, tx, func(ctx context.Context, tx *Tx) error { return p.engine.store.finish(ctx, tx, p.staged) })
	if a.panic != nil {
		return fmt.Errorf("finish transaction: panic: %v", a.panic)
	}
	return a.err
}
