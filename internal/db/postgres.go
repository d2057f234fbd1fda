package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// attempts is how often a serializable transaction is tried before the caller is told to come back.
const attempts = 24

// postgres is the PostgreSQL engine: a pool for writing, a pool for reading, both bound to one schema, and the
// goroutine that runs the requests of this node in groups.
type postgres struct {
	desk
	store   *Store
	schema  string
	writers *sql.DB
	readers *sql.DB
	apart   sync.WaitGroup // requests that have left their group
}

func openPostgres(ctx context.Context, s *Store, c Config) (*postgres, error) {
	conf, err := pgx.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("read store address: %w", err)
	}
	conf.RuntimeParams["search_path"] = pgx.Identifier{c.Schema}.Sanitize()
	conf.RuntimeParams["timezone"] = "UTC"
	if conf.RuntimeParams["application_name"] == "" {
		conf.RuntimeParams["application_name"] = "okite"
	}
	e := &postgres{desk: newDesk(c), store: s, schema: c.Schema, writers: sql.OpenDB(pgConnector{conf}), readers: sql.OpenDB(pgConnector{conf})}
	e.writers.SetMaxOpenConns(c.Conns)
	e.writers.SetMaxIdleConns(c.Conns)
	e.readers.SetMaxOpenConns(max(2, c.Conns/2))
	e.readers.SetMaxIdleConns(max(2, c.Conns/2))
	if err := e.prepare(ctx); err != nil {
		e.closePools()
		return nil, err
	}
	go e.serve()
	return e, nil
}

// prepare reads back what durability rests on and makes the schema.
func (e *postgres) prepare(ctx context.Context) error {
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := e.writers.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return fmt.Errorf("read back setting of the store: %s: %w", name, err)
		}
		if value == "off" {
			return fmt.Errorf("open store: PostgreSQL runs with %s off and could lose answered writes", name)
		}
	}
	var there bool
	err := e.writers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1)", e.schema).Scan(&there)
	if err == nil && !there { // a role that may not create schemas is served by one that exists
		_, err = e.writers.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{e.schema}.Sanitize())
	}
	if err != nil && !Duplicate(err) {
		return fmt.Errorf("make schema %s: %w", e.schema, err)
	}
	return nil
}

// lock is the advisory lock of a name in this schema.
func (e *postgres) lock(name string) int64 {
	h := fnv.New64a()
	h.Write([]byte(e.schema + "\x00" + name))
	return int64(h.Sum64())
}

// turnstile is the lock that ordinary writers share and a bulk writer has alone.
const turnstile = "turnstile"

func (e *postgres) write(ctx context.Context, fn Func) error { return e.send(ctx, &request{fn: fn}) }

// begin starts a transaction of requests.
func (e *postgres) begin() []string {
	return []string{"BEGIN ISOLATION LEVEL SERIALIZABLE", fmt.Sprintf("SELECT pg_advisory_xact_lock_shared(%d)", e.lock(turnstile))}
}

// bulk has the turnstile alone, so READ COMMITTED is as good as serial and is never asked to repeat.
func (e *postgres) bulk(ctx context.Context, fn Func) error {
	return e.repeat(ctx, []string{"BEGIN", fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", e.lock(turnstile))}, fn)
}

// repeat runs a transaction until it is done, refused, or was asked to repeat too often.
func (e *postgres) repeat(ctx context.Context, begin []string, fn Func) error {
	pause := time.Millisecond
	for range attempts {
		err := e.once(ctx, begin, fn)
		if !again(err) {
			return err
		}
		if err := rest(ctx, &pause); err != nil {
			return err
		}
	}
	return busy()
}

// rest waits before a transaction is repeated, a little longer each time.
func rest(ctx context.Context, pause *time.Duration) error {
	select {
	case <-time.After(*pause/2 + rand.N(*pause)):
	case <-ctx.Done():
		return ctx.Err()
	}
	*pause = min(2**pause, 64*time.Millisecond)
	return nil
}

// once runs one transaction with the finisher and the hooks.
func (e *postgres) once(ctx context.Context, begin []string, fn Func) error {
	var staged []any
	inner := e.store.inside(ctx)
	err := e.transact(inner, e.writers, begin, func(ctx context.Context, tx *Tx) error {
		if err := tx.session.pg.flush(ctx); err != nil { // nothing of fn runs before its turn has come
			return fmt.Errorf("begin transaction: %w", err)
		}
		if err := tx.run(ctx, fn); err != nil {
			return err
		}
		staged = tx.staged
		return e.store.finish(ctx, tx, staged)
	})
	if err != nil {
		return err
	}
	e.store.committed(staged)
	return nil
}

// transact runs fn between a BEGIN and a COMMIT or ROLLBACK on a connection of the pool. The BEGIN goes out with
// the first statement.
func (e *postgres) transact(ctx context.Context, pool *sql.DB, begin []string, fn Func) error {
	c, err := connect(ctx, pool)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	c.pg.later(begin...)
	open := true
	defer func() {
		if open {
			c.rollback()
		}
	}()
	if err := fn(ctx, newTx(ctx, e.store, c)); err != nil {
		return err
	}
	open = false
	return c.commit(ctx)
}

// connect takes a connection of a pool.
func connect(ctx context.Context, pool *sql.DB) (*session, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to store: %w", err)
	}
	c, err := pgSession(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("connect to store: %w", err)
	}
	return c, nil
}

// status is what the server last said of the transaction: 'I' none, 'T' open, 'E' failed.
func (c *session) status() byte { return c.pg.conn.PgConn().TxStatus() }

// rollback ends a transaction without any effect.
func (c *session) rollback() {
	c.pg.ahead = nil
	if c.status() == 'I' {
		return // it never began
	}
	if _, err := c.conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		discard(c.conn)
	}
}

// commit sends COMMIT. An answer of the server says that nothing was written; no answer says nothing.
func (c *session) commit(ctx context.Context) error {
	c.pg.ahead = nil // a RELEASE, which COMMIT does, or the BEGIN of a transaction without a statement
	switch {
	case c.pg.conn.IsClosed() || c.status() == 'E': // COMMIT would answer without an error and do nothing
		c.rollback()
		return fmt.Errorf("commit: %w", errSwallowed)
	case c.status() == 'I':
		return nil
	}
	_, err := c.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT")
	if err == nil {
		return nil
	}
	discard(c.conn)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Severity == "ERROR" {
		return fmt.Errorf("commit: %w", err)
	}
	return fmt.Errorf("commit: %w: %w", ErrUnknown, err)
}

// discard makes the pool drop a connection in an unknown state.
func discard(conn *sql.Conn) {
	conn.Raw(func(any) error { return driver.ErrBadConn })
}

func (e *postgres) read(ctx context.Context, fn Func) error {
	return e.transact(ctx, e.readers, []string{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}, func(ctx context.Context, tx *Tx) error {
		return tx.run(ctx, fn)
	})
}

func (e *postgres) locked(ctx context.Context, name string, fn Func) (held bool, err error) {
	err = e.transact(e.store.inside(ctx), e.writers, []string{"BEGIN"}, func(ctx context.Context, tx *Tx) error {
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", e.lock(name)).Scan(&held); err != nil {
			return fmt.Errorf("take lock %s: %w", name, err)
		}
		if !held {
			return nil
		}
		return tx.run(ctx, fn)
	})
	return held, err
}

func (e *postgres) close() error {
	select {
	case <-e.stop:
		return nil
	default:
	}
	close(e.stop)
	<-e.stopped
	return e.closePools()
}

func (e *postgres) closePools() error {
	err := e.writers.Close()
	if r := e.readers.Close(); err == nil {
		err = r
	}
	return err
}

// DropSchema removes a municipality's schema from PostgreSQL with everything in it.
func DropSchema(ctx context.Context, url, schema string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("drop schema: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "DROP SCHEMA IF EXISTS "+pgx.Identifier{schema}.Sanitize()+" CASCADE"); err != nil {
		return fmt.Errorf("drop schema %s: %w", schema, err)
	}
	return nil
}
