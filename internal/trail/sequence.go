package trail

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"okite/internal/db"
)

const (
	batch    = 4096                   // entries numbered in one transaction
	pace     = 20 * time.Millisecond  // between two batches that are not full, so that entries gather
	rush     = 2 * time.Millisecond   // the same while somebody waits for a number
	patrol   = 250 * time.Millisecond // how often an idle node looks for what another left behind
	patience = 50 * time.Millisecond  // how often Wait asks the store
)

// sequencer moves entries from the outbox into the tree, on PostgreSQL. Every node runs one; an advisory lock
// lets one at a time work, and the head is compared and swapped besides.
type sequencer struct {
	log    *Log
	wake   chan struct{}
	hurry  chan struct{} // somebody waits for a number
	cancel context.CancelFunc
	ended  chan struct{}

	stepping sync.Mutex
	edge     *edge // guarded by stepping

	mu      sync.Mutex
	waiting map[int64]*Receipt // by ticket
}

func startSequencer(l *Log, e *edge) *sequencer {
	ctx, cancel := context.WithCancel(context.Background())
	q := &sequencer{log: l, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), cancel: cancel, ended: make(chan struct{}), edge: e, waiting: map[int64]*Receipt{}}
	go q.run(ctx)
	return q
}

func (q *sequencer) close() {
	q.cancel()
	<-q.ended
}

// run numbers what comes until it is stopped.
func (q *sequencer) run(ctx context.Context) {
	defer close(q.ended)
	for ctx.Err() == nil {
		n, err := q.step(ctx)
		if err == nil && n == batch {
			continue
		}
		if err == nil && n == 0 {
			err = q.lookAll(ctx)
		}
		if err != nil && ctx.Err() == nil && !errors.Is(err, errMoved) {
			slog.Error("number trail entries", "err", err)
			sleep(ctx, time.Second)
		}
		q.gather(ctx)
		select {
		case <-q.wake:
		case <-time.After(patrol):
		case <-ctx.Done():
		}
	}
}

// gather lets entries come together, for a shorter time when somebody waits.
func (q *sequencer) gather(ctx context.Context) {
	sleep(ctx, rush)
	select {
	case <-q.hurry:
	case <-time.After(pace - rush):
	case <-ctx.Done():
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// finish is the finisher on PostgreSQL: it puts the entries of a transaction into the outbox.
func (q *sequencer) finish(ctx context.Context, tx *db.Tx, values []any) error {
	list := entries(values)
	if len(list) == 0 {
		return nil
	}
	for _, s := range list {
		if err := q.log.seal(ctx, tx, s); err != nil {
			return err
		}
	}
	// in one journey; the tickets rise in the order of the entries
	bytes := make([][]byte, len(list))
	for i, s := range list {
		bytes[i] = s.bytes
	}
	tickets, err := db.Rows(ctx, tx, scanInt, `INSERT INTO trail_outbox (bytes)
SELECT b FROM unnest($1::bytea[]) WITH ORDINALITY AS u (b, n) ORDER BY n RETURNING ticket`, bytes)
	if err != nil {
		return fmt.Errorf("put entries into outbox: %w", err)
	}
	if len(tickets) != len(list) || !slices.IsSorted(tickets) {
		return fmt.Errorf("put entries into outbox: %d tickets for %d entries, or out of order", len(tickets), len(list))
	}
	for i, s := range list {
		s.receipt.ticket = tickets[i]
	}
	return nil
}

func scanInt(rows *sql.Rows) (n int64, err error) {
	err = rows.Scan(&n)
	return n, err
}

// expect remembers receipts of a committed transaction and wakes the sequencer.
func (q *sequencer) expect(list []*staged) {
	q.mu.Lock()
	for _, s := range list {
		q.waiting[s.receipt.ticket] = s.receipt
	}
	q.mu.Unlock()
	raise(q.wake)
}

// raise puts up a flag that may be up already.
func raise(flag chan struct{}) {
	select {
	case flag <- struct{}{}:
	default:
	}
}

func (q *sequencer) settle(ticket, index int64) {
	q.mu.Lock()
	r := q.waiting[ticket]
	delete(q.waiting, ticket)
	q.mu.Unlock()
	if r != nil {
		r.settle(index)
	}
}

// step numbers one batch and says how many that were; 0 when another node is at it.
func (q *sequencer) step(ctx context.Context) (int, error) {
	q.stepping.Lock()
	defer q.stepping.Unlock()
	var list []*staged
	var next *edge
	held, err := q.log.store.Locked(ctx, "trail sequencer", func(ctx context.Context, tx *db.Tx) (err error) {
		if list, err = takeOutbox(ctx, tx); err != nil || len(list) == 0 {
			return err
		}
		e, err := q.current(ctx, tx)
		if err != nil {
			return err
		}
		next = e.clone()
		if err := writeLeaves(ctx, tx, next, list); err != nil {
			return err
		}
		return moveHead(ctx, tx, e, next)
	})
	if err != nil || !held || len(list) == 0 {
		return 0, err
	}
	first := next.size - int64(len(list))
	q.edge = next
	for i, s := range list {
		q.settle(s.receipt.ticket, first+int64(i))
	}
	return len(list), nil
}

// takeOutbox takes the oldest entries out of the outbox. Bytes that somebody spoiled there are numbered all
// the same, so that Verify names them and nothing behind them waits.
func takeOutbox(ctx context.Context, tx *db.Tx) ([]*staged, error) {
	list, err := db.Rows(ctx, tx, func(rows *sql.Rows) (*staged, error) {
		s := &staged{receipt: &Receipt{}}
		if err := rows.Scan(&s.receipt.ticket, &s.bytes); err != nil {
			return nil, err
		}
		if l, err := decode(s.bytes); err == nil {
			s.line = l
		}
		return s, nil
	}, `DELETE FROM trail_outbox WHERE ticket IN (SELECT ticket FROM trail_outbox ORDER BY ticket LIMIT $1) RETURNING ticket, bytes`, batch)
	if err != nil {
		return nil, fmt.Errorf("take entries out of outbox: %w", err)
	}
	slices.SortFunc(list, func(a, b *staged) int { return cmp.Compare(a.receipt.ticket, b.receipt.ticket) })
	return list, nil
}

// current is the edge in memory if the head is there, else the edge read anew: another node had its turn.
func (q *sequencer) current(ctx context.Context, tx *db.Tx) (*edge, error) {
	size, root, err := readHead(ctx, tx)
	if err != nil {
		return nil, err
	}
	if q.edge.size == size && q.edge.root() == root {
		return q.edge, nil
	}
	return readEdge(ctx, tx)
}

// lookAll settles receipts whose entries another node numbered.
func (q *sequencer) lookAll(ctx context.Context) error {
	q.mu.Lock()
	tickets := make([]int64, 0, len(q.waiting))
	for t := range q.waiting {
		tickets = append(tickets, t)
	}
	q.mu.Unlock()
	if len(tickets) == 0 {
		return nil
	}
	return q.log.store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := db.Rows(ctx, tx, func(rows *sql.Rows) (p [2]int64, err error) {
			err = rows.Scan(&p[0], &p[1])
			return p, err
		}, `SELECT ticket, idx FROM trail_leaf WHERE ticket >= $1 AND ticket <= $2`, slices.Min(tickets), slices.Max(tickets))
		if err != nil {
			return fmt.Errorf("look for numbered entries: %w", err)
		}
		for _, p := range found {
			q.settle(p[0], p[1])
		}
		return nil
	})
}

// look asks the store for the number of one entry.
func (l *Log) look(ctx context.Context, r *Receipt) error {
	if l.outbox == nil {
		return nil
	}
	l.outbox.mu.Lock()
	ticket := r.ticket
	l.outbox.mu.Unlock()
	if ticket == 0 {
		return nil
	}
	return l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		index, there, err := db.One(ctx, tx, scanInt, `SELECT idx FROM trail_leaf WHERE ticket = $1`, ticket)
		if err != nil || !there {
			return wrapErr("look for numbered entry", err)
		}
		r.settle(index)
		return nil
	})
}

// settled brings everything that was committed when it is called into the tree.
func (l *Log) settled(ctx context.Context) error {
	if l.outbox == nil {
		return nil
	}
	var last int64
	err := l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		last, _, err = db.One(ctx, tx, scanInt, `SELECT COALESCE(MAX(ticket), 0) FROM trail_outbox`)
		return err
	})
	for err == nil && last > 0 {
		if _, err = l.outbox.step(ctx); err != nil && !errors.Is(err, errMoved) {
			break
		}
		left := false
		err = l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			_, left, err = db.One(ctx, tx, scanInt, `SELECT ticket FROM trail_outbox WHERE ticket <= $1 ORDER BY ticket LIMIT 1`, last)
			return err
		})
		if !left {
			break
		}
		if err == nil {
			sleep(ctx, 5*time.Millisecond)
			err = ctx.Err()
		}
	}
	return wrapErr("number waiting entries", err)
}
