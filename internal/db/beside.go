package db

import "context"

// Beside runs work of the transaction in a goroutine of its own, so that whoever writes very many rows makes the next
// ones while the database takes these in. Work has the transaction to itself: the next statement of tx, the next Beside
// and the end of the request wait for it. Its error is that of a statement that failed, its panic goes on in whoever
// waits. What it works on must be left alone meanwhile.
func (tx *Tx) Beside(ctx context.Context, work Func) {
	if tx.failed() != nil {
		return
	}
	b := &beside{tx: &Tx{store: tx.store, ctx: tx.ctx, session: tx.session, now: tx.now}, done: make(chan answer, 1)}
	tx.beside = b
	go func() { b.done <- attempt(ctx, b.tx, work) }()
}

// beside is a part of a transaction that runs in a goroutine of its own.
type beside struct {
	tx   *Tx
	done chan answer
}

// settle waits for what runs beside and takes over what it came to.
func (tx *Tx) settle() {
	b := tx.beside
	if b == nil {
		return
	}
	a := <-b.done
	tx.beside = nil
	tx.count += b.tx.count
	tx.wrote = tx.wrote || b.tx.wrote
	tx.staged = append(tx.staged, b.tx.staged...)
	if a.err != nil {
		tx.fail(a.err)
	}
	if a.panic != nil {
		tx.fail(errSwallowed)
		_ = a.give()
	}
}
