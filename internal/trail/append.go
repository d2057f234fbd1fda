package trail

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
)

// ErasedAct is the act of the entry that Erase writes.
const ErasedAct = "trail.erase"

// Receipt is what Append gives: the promise of a place in the record.
type Receipt struct {
	mu     sync.Mutex
	index  int64
	ticket int64         // PostgreSQL: place in the outbox, 0 before the commit's statements
	known  bool          // the entry has its number for good
	done   chan struct{} // closed when known
}

func newReceipt() *Receipt { return &Receipt{index: -1, done: make(chan struct{})} }

// Index is the number of the entry, once the transaction is committed (SQLite) and numbered (PostgreSQL).
func (r *Receipt) Index() (int64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.index, r.known
}

func (r *Receipt) settle(index int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known {
		r.index, r.known = index, true
		close(r.done)
	}
}

// staged is an entry on its way, in the hands of the store until the commit.
type staged struct {
	receipt  *Receipt
	given    *Entry // a copy of what was handed in, with the time of its transaction; nil once it is a line
	at       time.Time
	line     line
	personal map[string]string
	erase    bool // destroy the key of the subject

	bytes []byte // set by seal
	hash  tlog.Hash
	index int64 // SQLite: set by the finisher
}

// Append records an entry in the transaction at hand: the act and its entry are done together or not at all.
// The caller may reuse the entry.
func (l *Log) Append(tx *db.Tx, e Entry) *Receipt {
	e.Clauses, e.Input = slices.Clone(e.Clauses), maps.Clone(e.Input)
	s := &staged{receipt: newReceipt(), given: &e, at: tx.Now()}
	if len(e.Personal) > 0 {
		s.personal = make(map[string]string, len(e.Personal))
		for k, v := range e.Personal {
			s.personal[clean(k)] = clean(v)
		}
	}
	tx.Stage(s)
	return s.receipt
}

// Erase destroys the key and the sealed values of a subject's entries, and records that it did. The actor is
// the one of the transaction's context. What the tree holds does not change.
func (l *Log) Erase(tx *db.Tx, subject ref.Ref) *Receipt {
	by := actor.From(tx.Context())
	s := &staged{receipt: newReceipt(), erase: true, line: canonical(Entry{Actor: by.ID(), Way: string(by.Way),
		Act: ErasedAct, Subject: subject, Result: Done}, tx.Now())}
	tx.Stage(s)
	return s.receipt
}

// Wait waits until the entry has its number. It must come after the transaction; an entry whose transaction
// was refused never gets one, and the wait ends with the context.
func (l *Log) Wait(ctx context.Context, r *Receipt) (int64, error) {
	for {
		if l.outbox != nil {
			raise(l.outbox.hurry)
		}
		select {
		case <-r.done:
			index, _ := r.Index()
			return index, nil
		case <-ctx.Done():
			return -1, fmt.Errorf("wait for trail entry: %w", ctx.Err())
		case <-time.After(patience): // another node may have numbered it
			if err := l.look(ctx, r); err != nil {
				return -1, err
			}
		}
	}
}

// sealAll seals the entries of a group. Where nobody's values are to be sealed no statement is run, and the second
// half is made beside the first: those who wait for the group are all waiting for this.
func (l *Log) sealAll(ctx context.Context, tx *db.Tx, list []*staged) error {
	half := len(list) / 2
	if half < 8 || slices.ContainsFunc(list, func(s *staged) bool { return s.erase || len(s.personal) > 0 }) {
		half = len(list)
	}
	var beside error
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, s := range list[half:] {
			beside = errors.Join(beside, l.seal(ctx, tx, s))
		}
	})
	defer wg.Wait()
	for _, s := range list[:half] {
		if err := l.seal(ctx, tx, s); err != nil {
			return err
		}
	}
	wg.Wait()
	return beside
}

// seal completes a staged entry: personal values are sealed, the bytes are made.
func (l *Log) seal(ctx context.Context, tx *db.Tx, s *staged) (err error) {
	if s.given != nil {
		s.line, s.given = canonical(*s.given, s.at), nil
	}
	if s.erase {
		if err := eraseKey(ctx, tx, s.line.Subject); err != nil {
			return err
		}
	}
	if len(s.personal) > 0 {
		if s.line.Personal, err = l.sealer.seal(ctx, tx, s.line.keyOwner(), s.personal); err != nil {
			return err
		}
	}
	if s.bytes, err = s.line.encode(); err != nil {
		return fault.New(fault.Invalid, msg.T("入力の項目が多すぎて、証跡に残せません。", "The input has too many fields to be recorded."))
	}
	s.hash = tlog.RecordHash(s.bytes)
	return nil
}

// entries picks what was staged for the record.
func entries(all []any) []*staged {
	var out []*staged
	for _, v := range all {
		if s, ok := v.(*staged); ok {
			out = append(out, s)
		}
	}
	return out
}

// finish is the finisher on SQLite: it numbers the entries of a commit group and writes leaves, tiles and head
// in the group's own transaction.
func (l *Log) finish(ctx context.Context, tx *db.Tx, values []any) error {
	list := entries(values)
	if len(list) == 0 {
		return nil
	}
	e, err := l.current(ctx, tx)
	if err != nil {
		return err
	}
	next := e.clone()
	if err := l.sealAll(ctx, tx, list); err != nil {
		return err
	}
	for i, s := range list {
		s.index = e.size + int64(i)
	}
	if err := writeLeaves(ctx, tx, next, list); err != nil {
		return err
	}
	if err := moveHead(ctx, tx, e, next); err != nil {
		return err
	}
	l.pending.Lock()
	l.pending.next = next
	l.pending.Unlock()
	return nil
}

// current is the edge in memory if it is where the head is, and otherwise the edge read anew: another program
// may write to the same file, and a commit may have failed.
func (l *Log) current(ctx context.Context, tx *db.Tx) (*edge, error) {
	size, root, err := readHead(ctx, tx)
	if err != nil {
		return nil, err
	}
	l.pending.Lock()
	e := l.pending.edge
	l.pending.Unlock()
	if e.size == size && e.root() == root {
		return e, nil
	}
	return readEdge(ctx, tx)
}

// writeLeaves adds the entries to the edge and writes them and the tiles they change.
func writeLeaves(ctx context.Context, tx *db.Tx, next *edge, list []*staged) error {
	hashes := make([]tlog.Hash, len(list))
	for i, s := range list {
		if hashes[i] = s.hash; s.hash == (tlog.Hash{}) { // read back from the outbox
			hashes[i] = tlog.RecordHash(s.bytes)
		}
	}
	columns := []string{"idx", "at", "actor", "act", "subject", "result", "mac", "bytes"}
	if tx.Dialect() == db.Postgres {
		columns = append(columns, "ticket")
	}
	standing := slices.ContainsFunc(list, func(s *staged) bool { return s.line.Capacity.Standing() })
	if standing { // it is seldom; the column says no by itself
		columns = append(columns, "standing")
	}
	first := next.size
	_, err := tx.Insert(ctx, "trail_leaf", columns, func(yield func([]any) bool) {
		for i, s := range list {
			row := []any{first + int64(i), s.line.micros(), s.line.Actor, s.line.Act, s.line.Subject, s.line.Result, s.line.Personal, s.bytes}
			if tx.Dialect() == db.Postgres {
				row = append(row, s.receipt.ticket)
			}
			if standing {
				row = append(row, s.line.Capacity.Standing())
			}
			if !yield(row) {
				return
			}
		}
	})
	if err != nil {
		return fmt.Errorf("write trail leaves: %w", err)
	}
	for _, t := range next.add(hashes) {
		if _, err := tx.Exec(ctx, `INSERT INTO trail_tile (id, hashes) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET hashes = EXCLUDED.hashes`, t.id, t.hashes); err != nil {
			return fmt.Errorf("write tile: %w", err)
		}
	}
	return nil
}

// errMoved says that somebody else moved the head.
var errMoved = errors.New("the head of the record has moved")

// moveHead compares and swaps the head: two writers of one record would split it.
func moveHead(ctx context.Context, tx *db.Tx, from, to *edge) error {
	was, now := from.root(), to.root()
	n, err := tx.Exec(ctx, `UPDATE trail_head SET size = $1, root = $2 WHERE id = 1 AND size = $3 AND root = $4`, to.size, now[:], from.size, was[:])
	if err != nil {
		return fmt.Errorf("move trail head: %w", err)
	}
	if n != 1 {
		return errMoved
	}
	return nil
}

// committed settles the receipts after the COMMIT.
func (l *Log) committed(values []any) {
	list := entries(values)
	if len(list) == 0 {
		return
	}
	if l.outbox != nil {
		l.outbox.expect(list)
		return
	}
	l.pending.Lock()
	l.pending.edge = l.pending.next
	l.pending.Unlock()
	for _, s := range list {
		s.receipt.settle(s.index)
	}
}
