package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // driver "sqlite"
)

// File is the name of the SQLite file in the data directory.
const File = "okite.db"

// oldest is the first SQLite whose WAL can not lose committed pages when it is reset.
const oldest = "3.51.3"

// lite is the SQLite engine: one writer goroutine with a connection of its own, and a pool of readers.
type lite struct {
	desk
	store   *Store
	writers *sql.DB
	readers *sql.DB
	pool    chan *session
}

func openSQLite(ctx context.Context, s *Store, c Config) (*lite, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("find data directory: %w", err)
	}
	e := &lite{desk: newDesk(c), store: s}
	if e.writers, err = sql.Open("sqlite", liteURL(dir, false)); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	writer, err := e.openWriter(ctx)
	if err != nil {
		e.writers.Close()
		return nil, err
	}
	if err := e.openReaders(ctx, dir); err != nil {
		e.writers.Close()
		return nil, err
	}
	go e.serve(writer)
	return e, nil
}

// liteURL names the file and the settings of each connection.
func liteURL(dir string, readOnly bool) string {
	q := url.Values{}
	q.Set("_busy_timeout", "10000")
	q.Set("_journal_mode", "WAL")
	q.Set("_synchronous", "FULL")
	q.Set("_foreign_keys", "on")
	q.Set("_dqs", "0")
	q.Add("_pragma", "temp_store(MEMORY)")
	q.Add("_pragma", "cache_size(-32768)")
	q.Add("_pragma", "journal_size_limit(67108864)")
	q.Add("_pragma", "secure_delete(ON)") // a destroyed key leaves no trace in free pages
	if readOnly {
		q.Set("_query_only", "1")
	}
	u := url.URL{Scheme: "file", Path: filepath.Join(dir, File), RawQuery: q.Encode()}
	return u.String()
}

// openWriter takes the writing connection and reads back what durability rests on.
func (e *lite) openWriter(ctx context.Context) (*session, error) {
	conn, err := e.writers.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	var version, journal string
	var synchronous, foreign int
	for _, setting := range []struct {
		query string
		to    any
	}{
		{"SELECT sqlite_version()", &version}, {"PRAGMA journal_mode", &journal},
		{"PRAGMA synchronous", &synchronous}, {"PRAGMA foreign_keys", &foreign},
	} {
		if err := conn.QueryRowContext(ctx, setting.query).Scan(setting.to); err != nil {
			return nil, fmt.Errorf("read back setting of the store: %s: %w", setting.query, err)
		}
	}
	return &session{conn: conn, stmts: map[string]*sql.Stmt{}}, checkLite(version, journal, synchronous, foreign)
}

// checkLite refuses settings that could lose an answered write.
func checkLite(version, journal string, synchronous, foreign int) error {
	switch {
	case !atLeast(version, oldest):
		return fmt.Errorf("open store: SQLite %s can lose committed pages, %s or later is needed", version, oldest)
	case !strings.EqualFold(journal, "wal"):
		return fmt.Errorf("open store: journal mode is %s, WAL is needed", journal)
	case synchronous < 2:
		return fmt.Errorf("open store: synchronous is %d, 2 (FULL) is needed", synchronous)
	case foreign != 1:
		return fmt.Errorf("open store: foreign keys are not enforced")
	}
	return nil
}

// atLeast compares dotted version numbers.
func atLeast(version, least string) bool {
	a, b := strings.Split(version, "."), strings.Split(least, ".")
	for i := range b {
		if i >= len(a) {
			return false
		}
		x, errX := strconv.Atoi(a[i])
		y, _ := strconv.Atoi(b[i])
		if errX != nil {
			return false
		}
		if x != y {
			return x > y
		}
	}
	return true
}

func (e *lite) openReaders(ctx context.Context, dir string) error {
	var err error
	if e.readers, err = sql.Open("sqlite", liteURL(dir, true)); err != nil {
		return fmt.Errorf("open store for reading: %w", err)
	}
	n := max(4, 2*runtime.GOMAXPROCS(0))
	e.readers.SetMaxIdleConns(n)
	e.pool = make(chan *session, n)
	for range n {
		e.pool <- nil // opened when first needed
	}
	return nil
}

// read runs fn on a snapshot of one of the reading connections.
func (e *lite) read(ctx context.Context, fn Func) (err error) {
	var c *session
	select {
	case c = <-e.pool:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stop:
		return errClosed
	}
	defer func() { e.pool <- c }()
	if c == nil {
		conn, err := e.readers.Conn(ctx)
		if err != nil {
			return fmt.Errorf("open store for reading: %w", err)
		}
		c = &session{conn: conn, stmts: map[string]*sql.Stmt{}}
	}
	if err := c.do(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer func() {
		if e := c.do(context.WithoutCancel(ctx), "ROLLBACK"); e != nil { // the connection is of no more use
			c.conn.Close()
			c = nil
		}
	}()
	return newTx(ctx, e.store, c).run(ctx, fn)
}

func (e *lite) locked(ctx context.Context, name string, fn Func) (bool, error) {
	return true, e.send(ctx, &request{fn: fn, alone: true, plain: true})
}

func (e *lite) close() error {
	select {
	case <-e.stop:
		return nil
	default:
	}
	close(e.stop)
	<-e.stopped
	for range cap(e.pool) {
		if c := <-e.pool; c != nil {
			c.conn.Close()
		}
	}
	err := e.readers.Close()
	if e := e.writers.Close(); err == nil {
		err = e
	}
	return err
}
