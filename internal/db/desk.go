package db

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// desk is where requests wait for the writer goroutine.
type desk struct {
	queue   chan *request
	stop    chan struct{} // closed by close
	stopped chan struct{} // closed by the writer when it has ended
}

func newDesk(c Config) desk {
	return desk{queue: make(chan *request, c.Queue), stop: make(chan struct{}), stopped: make(chan struct{})}
}

// request is one Write, Bulk or Locked on its way to the writer goroutine.
type request struct {
	ctx   context.Context
	fn    Func
	alone bool // a transaction of its own: Bulk and Locked
	plain bool // without the finisher: Locked
	taken atomic.Bool
	done  chan answer
}

type answer struct {
	err   error
	panic any
	stack []byte
}

func (a answer) ok() bool { return a.err == nil && a.panic == nil }

// give is the answer in the goroutine of the caller: a panic goes on there.
func (a answer) give() error {
	if a.panic != nil {
		panic(fmt.Sprintf("%v\n\nin the writer:\n%s", a.panic, a.stack))
	}
	return a.err
}

// send queues a request and waits for its answer. A request that has not begun is withdrawn when its context
// ends; one that has begun is waited for, because it may be done.
func (e *desk) send(ctx context.Context, r *request) error {
	r.ctx, r.done = ctx, make(chan answer, 1)
	select {
	case <-e.stop:
		return errClosed
	default:
	}
	if r.alone { // long work waits for its turn
		select {
		case e.queue <- r:
		case <-ctx.Done():
			return ctx.Err()
		case <-e.stop:
			return errClosed
		}
	} else {
		select {
		case e.queue <- r:
		default:
			return busy()
		}
	}
	select {
	case a := <-r.done:
		return a.give()
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		a := <-r.done
		return a.give()
	case <-e.stopped:
		select {
		case a := <-r.done:
			return a.give()
		default:
			return errClosed
		}
	}
}

// attempt calls fn and catches its panic.
func attempt(ctx context.Context, tx *Tx, fn Func) answer {
	return caught(func() error { return tx.run(ctx, fn) })
}

// caught calls f and catches its panic, which goes on in the goroutine that asked.
func caught(f func() error) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{panic: p, stack: debug.Stack()}
		}
	}()
	return answer{err: f()}
}
