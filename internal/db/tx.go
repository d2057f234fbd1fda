package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Tx is a transaction at hand. It belongs to the goroutine that runs the request. After a statement failed,
// every further one fails and the transaction is rolled back, on both engines alike.
type Tx struct {
	store   *Store
	ctx     context.Context
	session *session
	now     time.Time
	staged  []any
	err     error // the first statement that failed
	count   int   // statements run
	wrote   bool  // one of them may have changed something
	beside  *beside
}

func newTx(ctx context.Context, s *Store, c *session) *Tx {
	return &Tx{store: s, ctx: ctx, session: c, now: s.Now()}
}

// Now is the time of the transaction: UTC, cut to microseconds, fixed when it began.
func (tx *Tx) Now() time.Time { return tx.now }

// Dialect is the engine below.
func (tx *Tx) Dialect() Dialect { return tx.store.dialect }

// Context is the context the request was made with; it carries the actor.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Stage hands a value to the finisher and the hooks. It is dropped when the request fails.
func (tx *Tx) Stage(v any) { tx.staged = append(tx.staged, v) }

// Statements is how many statements the transaction has run, for those who hold pages to a bound.
func (tx *Tx) Statements() int { return tx.count }

// Exec runs a statement and gives the number of rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := tx.failed(); err != nil {
		return 0, err
	}
	tx.count++
	tx.wrote = true
	res, err := tx.session.exec(ctx, query, args)
	if err != nil {
		return 0, tx.fail(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, tx.fail(err)
	}
	return n, nil
}

// Query runs a statement that gives rows. The caller closes them before the next statement: PostgreSQL can
// not run two at once on one connection. Rows and One do that by themselves.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := tx.failed(); err != nil {
		return nil, err
	}
	tx.count++
	tx.wrote = tx.wrote || !onlyReads(query)
	rows, err := tx.session.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, tx.fail(err)
	}
	return rows, nil
}

// QueryRow runs a statement that gives at most one row. Its Scan gives sql.ErrNoRows when there is none,
// which does not end the transaction.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	if tx.failed() != nil {
		return tx.session.conn.QueryRowContext(cancelled, query, args...)
	}
	tx.count++
	tx.wrote = tx.wrote || !onlyReads(query)
	row := tx.session.queryRow(ctx, query, args)
	if err := row.Err(); err != nil {
		tx.fail(err)
	}
	return row
}

// Insert adds many rows to a table: COPY on PostgreSQL, one prepared statement on SQLite. Table and column
// names come from the program, never from a person.
func (tx *Tx) Insert(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	if err := tx.failed(); err != nil {
		return 0, err
	}
	tx.count++
	tx.wrote = true
	n, err := tx.session.insert(ctx, table, columns, rows)
	if err != nil {
		return n, tx.fail(err)
	}
	return n, nil
}

// onlyReads says whether a statement surely changes nothing.
func onlyReads(query string) bool { return strings.HasPrefix(query, "SELECT ") }

// failed waits for what runs beside and says whether the transaction can go on.
func (tx *Tx) failed() error {
	tx.settle()
	if tx.err == nil {
		return nil
	}
	return fmt.Errorf("transaction has failed: %w", tx.err)
}

func (tx *Tx) fail(err error) error {
	if tx.err == nil {
		tx.err = err
	}
	return err
}

// run calls fn and settles what the transaction came to.
func (tx *Tx) run(ctx context.Context, fn Func) error {
	defer tx.settle() // whatever fn comes to, nothing of it may still be at work
	if err := fn(ctx, tx); err != nil {
		return err
	}
	return tx.failed()
}

// cancelled is a context that has ended: a query with it gives a row whose Scan fails.
var cancelled = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// Rows runs a query and scans every row.
func Rows[T any](ctx context.Context, tx *Tx, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.fail(err)
	}
	return out, nil
}

// One runs a query and scans its first row; false says that there is none.
func One[T any](ctx context.Context, tx *Tx, scan func(*sql.Rows) (T, error), query string, args ...any) (T, bool, error) {
	var none T
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return none, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, false, tx.fail(err)
		}
		return none, false, nil
	}
	v, err := scan(rows)
	if err != nil {
		return none, false, err
	}
	return v, true, nil
}

// Missing says whether err is the absence of a row.
func Missing(err error) bool { return errors.Is(err, sql.ErrNoRows) }
