package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// This file lets database/sql talk to PostgreSQL through pgx. It is pgx's own stdlib package cut down to what
// a store needs: transactions are plain statements, statements are prepared and kept by pgx, and the second
// pool that stdlib brings along stays outside.

// pgConnector opens connections for a pool of database/sql.
type pgConnector struct{ conf *pgx.ConnConfig }

func (c pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, c.conf)
	if err != nil {
		return nil, err
	}
	return &pgConn{conn: conn}, nil
}

func (c pgConnector) Driver() driver.Driver { return pgDriver{} }

type pgDriver struct{}

func (pgDriver) Open(name string) (driver.Conn, error) {
	conf, err := pgx.ParseConfig(name)
	if err != nil {
		return nil, err
	}
	return pgConnector{conf}.Connect(context.Background())
}

// pgConn is one connection. It implements what database/sql asks of a driver that takes contexts. ahead are
// statements of ours that go out together with the next one of the request: a BEGIN or a SAVEPOINT is not worth
// a journey of its own.
type pgConn struct {
	conn  *pgx.Conn
	ahead []string
}

// later puts statements before the next one.
func (c *pgConn) later(statements ...string) { c.ahead = append(c.ahead, statements...) }

// together sends what waits and a statement in one go, and reads the answers to what waited. The caller reads
// the rest and closes. An error that leaves ahead as it was says that nobody knows which of it was done.
func (c *pgConn) together(ctx context.Context, query string, args []any) (pgx.BatchResults, error) {
	var b pgx.Batch
	for _, q := range c.ahead {
		b.Queue(q)
	}
	b.Queue(query, args...)
	results := c.conn.SendBatch(ctx, &b)
	for range c.ahead {
		if _, err := results.Exec(); err != nil {
			results.Close()
			return nil, err
		}
	}
	c.ahead = c.ahead[:0]
	return results, nil
}

// flush sends what waits alone, before statements that can not go out together with others: COPY, and texts of
// several statements.
func (c *pgConn) flush(ctx context.Context) error {
	if len(c.ahead) == 0 {
		return nil
	}
	_, err := c.conn.Exec(ctx, strings.Join(c.ahead, "; "))
	if err == nil {
		c.ahead = c.ahead[:0]
	}
	return err
}

var errNotUsed = errors.New("statements and transactions go through the store")

func (c *pgConn) Prepare(string) (driver.Stmt, error) { return nil, errNotUsed }
func (c *pgConn) Begin() (driver.Tx, error)           { return nil, errNotUsed }
func (c *pgConn) Close() error                        { return c.conn.Close(context.Background()) }

// IsValid refuses a connection that is closed or was left inside a transaction.
func (c *pgConn) IsValid() bool {
	return !c.conn.IsClosed() && c.conn.PgConn().TxStatus() == 'I'
}

// CheckNamedValue passes every value on: pgx knows more types than database/sql.
func (c *pgConn) CheckNamedValue(*driver.NamedValue) error { return nil }

func (c *pgConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		if err := c.flush(ctx); err != nil {
			return nil, err
		}
	}
	if len(c.ahead) == 0 {
		tag, err := c.conn.Exec(ctx, query, pgArgs(args)...)
		if err != nil {
			return nil, err
		}
		return driver.RowsAffected(tag.RowsAffected()), nil
	}
	results, err := c.together(ctx, query, pgArgs(args))
	if err != nil {
		return nil, err
	}
	tag, err := results.Exec()
	if e := results.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

func (c *pgConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	r := &pgRows{first: true}
	var err error
	if len(c.ahead) == 0 {
		r.rows, err = c.conn.Query(ctx, query, pgArgs(args)...)
	} else {
		if r.results, err = c.together(ctx, query, pgArgs(args)); err != nil {
			return nil, err
		}
		r.rows, err = r.results.Query()
	}
	if err == nil {
		r.more = r.rows.Next() // the columns are known after the first row
		err = r.rows.Err()
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func pgArgs(named []driver.NamedValue) []any {
	args := make([]any, len(named))
	for i, v := range named {
		args[i] = v.Value
	}
	return args
}

// pgRows gives rows with the few types that database/sql converts further.
type pgRows struct {
	rows    pgx.Rows
	results pgx.BatchResults // what the rows came with, nil when they came alone
	first   bool             // the first row has been fetched
	more    bool             // and there was one
}

func (r *pgRows) Columns() []string {
	fields := r.rows.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

func (r *pgRows) Close() error {
	r.rows.Close()
	err := r.rows.Err()
	if r.results != nil {
		if e := r.results.Close(); err == nil {
			err = e
		}
	}
	return err
}

func (r *pgRows) Next(dest []driver.Value) error {
	if r.first {
		r.first = false
	} else {
		r.more = r.rows.Next()
	}
	if !r.more {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	values, err := r.rows.Values()
	if err != nil {
		return err
	}
	for i, v := range values {
		if dest[i], err = pgValue(v); err != nil {
			return err
		}
	}
	return nil
}

// pgValue turns a value of pgx into one of database/sql. A SUM of BIGINT is a NUMERIC; it comes as its text,
// which Scan reads into an integer.
func pgValue(v any) (driver.Value, error) {
	switch v := v.(type) {
	case int32:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case uint32:
		return int64(v), nil
	case float32:
		return float64(v), nil
	case driver.Valuer:
		return v.Value()
	default:
		return v, nil
	}
}
