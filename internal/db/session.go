package db

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"regexp"
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
	st, err := c.conn.PrepareContext(ctx, unnamed(query))
	if err != nil {
		return nil, err
	}
	c.stmts[query] = st
	return st, nil
}

// numbered is a parameter.
var numbered = regexp.MustCompile(`\$\d+`)

// unnamed is a text whose parameters stand once each and in their order, written without their numbers: the driver
// looks every one that has a name up by its name. Any other text, and one with a quoted word, is left as it is.
func unnamed(query string) string {
	if strings.ContainsAny(query, "'\"`") {
		return query
	}
	n := 0
	for _, p := range numbered.FindAllString(query, -1) {
		if n++; p != "$"+strconv.Itoa(n) {
			return query
		}
	}
	return numbered.ReplaceAllString(query, "?")
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
	in := inserter{session: c, table: table, columns: columns}
	var args []any
	for row := range rows {
		if args = append(args, row...); len(args) == chunk*len(columns) {
			if err := in.insert(ctx, args); err != nil {
				return in.done, err
			}
			args = args[:0]
		}
	}
	return in.done, in.insert(ctx, args)
}

// chunk is the most rows that one statement inserts on SQLite, a power of two.
const chunk = 16

// inserter inserts rows into one table. It has a statement for each power of two, so that few are to be kept.
type inserter struct {
	session *session
	table   string
	columns []string
	done    int64
	stmts   [chunk + 1]*sql.Stmt // by number of rows
}

// insert adds at most a chunk of rows, whose values are given one row after another.
func (in *inserter) insert(ctx context.Context, args []any) (err error) {
	for n := chunk; n > 0; n /= 2 {
		values := n * len(in.columns)
		if len(args) < values {
			continue
		}
		if in.stmts[n] == nil {
			if in.stmts[n], err = in.session.prepared(ctx, in.text(n)); err != nil {
				return err
			}
		}
		if _, err := in.stmts[n].ExecContext(ctx, args[:values]...); err != nil {
			return fmt.Errorf("insert into %s after %d rows: %w", in.table, in.done, err)
		}
		in.done += int64(n)
		args = args[values:]
	}
	return nil
}

func (in *inserter) text(rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + in.table + " (" + strings.Join(in.columns, ", ") + ") VALUES ")
	for i := range rows * len(in.columns) {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%len(in.columns) == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteString("?") // without a name: the driver looks names up one by one
	}
	b.WriteString(")")
	return b.String()
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
	var failed error // apart: an error given to Raw would make the pool drop the connection
	err = c.conn.Raw(func(any) error {
		n, failed = c.pg.conn.CopyFrom(ctx, pgx.Identifier{table}, columns, source)
		return nil
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return n, fmt.Errorf("copy into %s: %w", table, err)
	}
	return n, nil
}
