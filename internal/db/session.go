package db

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// statements is how many prepared statements a session keeps.
const statements = 512

// session is one connection. On SQLite it keeps prepared statements by their text (pgx has its own).
type session struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // nil: do not keep any
	pg    *pgConn              // PostgreSQL: what conn is underneath
}

// pgSession is a session on a connection to PostgreSQL.
func pgSession(conn *sql.Conn) (*session, error) {
	c := &session{conn: conn}
	err := conn.Raw(func(driver any) error {
		c.pg = driver.(*pgConn)
		return nil
	})
	return c, err
}

// prepared gives the kept statement of a text, or nil when the text should be run as it is.
func (c *session) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if c.stmts == nil {
		return nil, nil
	}
	if st, ok := c.stmts[query]; ok {
		return st, nil
	}
	if len(c.stmts) >= statements {
		for q, st := range c.stmts {
			st.Close()
			delete(c.stmts, q)
			break
		}
	}
	st, err := c.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.stmts[query] = st
	return st, nil
}

func (c *session) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	st, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return c.conn.ExecContext(ctx, query, args...)
	}
	return st.ExecContext(ctx, args...)
}

func (c *session) queryRow(ctx context.Context, query string, args []any) *sql.Row {
	if st, err := c.prepared(ctx, query); err == nil && st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return c.conn.QueryRowContext(ctx, query, args...)
}

// do runs a statement of our own for its effect.
func (c *session) do(ctx context.Context, query string) error {
	_, err := c.exec(ctx, query, nil)
	return err
}

func (c *session) insert(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	if c.stmts == nil {
		return c.copy(ctx, table, columns, rows)
	}
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	query := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
	st, err := c.prepared(ctx, query)
	if err != nil {
		return 0, err
	}
	var n int64
	for row := range rows {
		if _, err := st.ExecContext(ctx, row...); err != nil {
			return n, fmt.Errorf("insert row %d into %s: %w", n+1, table, err)
		}
		n++
	}
	return n, nil
}

func (c *session) copy(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (n int64, err error) {
	next, stop := iter.Pull(rows)
	defer stop()
	source := pgx.CopyFromFunc(func() ([]any, error) {
		row, ok := next()
		if !ok {
			return nil, nil
		}
		return row, nil
	})
	if err := c.pg.flush(ctx); err != nil {
		return 0, err
	}
	err = c.conn.Raw(func(any) error {
		n, err = c.pg.conn.CopyFrom(ctx, pgx.Identifier{table}, columns, source)
		return nil // an error given here would make the pool drop the connection
	})
	if err != nil {
		return n, fmt.Errorf("copy into %s: %w", table, err)
	}
	return n, nil
}
