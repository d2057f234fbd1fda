package bench

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// The rival of the record: a row for each entry, with the hash over the one before. Each request changes its row of
// the register, reads the head, adds its entry and moves the head in one transaction, and commits for itself. It has
// connections and statements of its own, prepared, so that nothing of the product's store slows it. Its entries
// carry no columns to search by.

var chainTables = []string{
	`CREATE TABLE thing (code TEXT PRIMARY KEY)`,
	`CREATE TABLE chain (idx BIGINT PRIMARY KEY, bytes BYTEA NOT NULL, hash BYTEA NOT NULL)`,
	`CREATE TABLE chain_head (id BIGINT PRIMARY KEY, idx BIGINT NOT NULL, hash BYTEA NOT NULL)`,
	`INSERT INTO chain_head (id, idx, hash) VALUES (1, 0, '')`,
}

// forSQLite makes the key of a table the place of its rows.
var forSQLite = strings.NewReplacer("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY", "BYTEA", "BLOB")

const (
	chainThing = `INSERT INTO thing (code) VALUES ($1)`
	chainRead  = `SELECT idx, hash FROM chain_head WHERE id = 1`
	chainEntry = `INSERT INTO chain (idx, bytes, hash) VALUES ($1, $2, $3)`
	chainMove  = `UPDATE chain_head SET idx = $1, hash = $2 WHERE id = 1`
)

// link is the entry of request i after a hash, and its own. It has about as many bytes as one of the record.
func link(i int64, before []byte) (line, hash []byte) {
	line = fmt.Appendf(nil, `{"v":1,"at":"2026-11-20T00:00:00.000000Z","actor":"person:P-00007","way":"page","act":"thing.create","subject":"thing:T-%012d","clauses":["bp.8.1","bp.9.4"],"input":{"code":"T-%012d"},"result":"done","reason":"計測"}`, i, i)
	sum := sha256.Sum256(append(before, line...))
	return line, sum[:]
}

func thingCode(i int64) string { return fmt.Sprintf("T-%012d", i) }

// chainOnSQLite keeps the chain in a file with the settings of the product. One connection writes: several would
// fight over the file's lock.
func chainOnSQLite(ctx context.Context, path string) (ways []*way, end func() error, err error) {
	d, err := sql.Open("sqlite", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32768)")
	if err != nil {
		return nil, nil, err
	}
	d.SetMaxOpenConns(1)
	stmts := map[string]*sql.Stmt{}
	c, err := d.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	for _, q := range chainTables {
		if _, err := c.ExecContext(ctx, forSQLite.Replace(q)); err != nil {
			return nil, nil, errors.Join(err, d.Close())
		}
	}
	for _, q := range []string{"BEGIN IMMEDIATE", "COMMIT", chainThing, chainRead, chainEntry, chainMove} {
		if stmts[q], err = c.PrepareContext(ctx, q); err != nil {
			return nil, nil, errors.Join(err, d.Close())
		}
	}
	var one sync.Mutex
	return []*way{{name: "hash chain, a commit for each request", do: func(i int64) error {
		one.Lock()
		defer one.Unlock()
		var index int64
		var before []byte
		if _, err := stmts["BEGIN IMMEDIATE"].ExecContext(ctx); err != nil {
			return err
		}
		if _, err := stmts[chainThing].ExecContext(ctx, thingCode(i)); err != nil {
			return err
		}
		if err := stmts[chainRead].QueryRowContext(ctx).Scan(&index, &before); err != nil {
			return err
		}
		line, hash := link(i, before)
		if _, err := stmts[chainEntry].ExecContext(ctx, index, line, hash); err != nil {
			return err
		}
		if _, err := stmts[chainMove].ExecContext(ctx, index+1, hash); err != nil {
			return err
		}
		_, err := stmts["COMMIT"].ExecContext(ctx)
		return err
	}}}, func() error { return errors.Join(c.Close(), d.Close()) }, nil
}

// chainOnPostgres keeps the chain in a schema of its own: statement after statement, and once more with what can
// travel together put into two journeys, so that the head is locked for no more than one journey and the commit.
func chainOnPostgres(ctx context.Context, url, schema string, conns int) (ways []*way, end func() error, err error) {
	conf, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, err
	}
	conf.RuntimeParams["search_path"] = schema
	pool := make(chan *pgx.Conn, conns)
	end = func() error {
		var errs []error
		c := <-pool
		_, err := c.Exec(context.WithoutCancel(ctx), "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
		for errs = append(errs, err, c.Close(ctx)); len(pool) > 0; {
			errs = append(errs, (<-pool).Close(ctx))
		}
		return errors.Join(errs...)
	}
	for range conns {
		c, err := pgx.ConnectConfig(ctx, conf)
		if err != nil {
			return nil, nil, err
		}
		pool <- c
	}
	c := <-pool
	defer func() { pool <- c }()
	for _, q := range append([]string{"CREATE SCHEMA " + schema}, chainTables...) {
		if _, err := c.Exec(ctx, q); err != nil {
			return nil, nil, err
		}
	}
	through := func(do func(c *pgx.Conn, i int64) error) func(i int64) error {
		return func(i int64) error {
			c := <-pool
			defer func() { pool <- c }()
			return do(c, i)
		}
	}
	return []*way{
		{name: "hash chain under a row lock", do: through(func(c *pgx.Conn, i int64) error { return chainStepwise(ctx, c, i) })},
		{name: "hash chain under a row lock, in two journeys", do: through(func(c *pgx.Conn, i int64) error { return chainPipelined(ctx, c, i) })},
	}, end, nil
}

func chainStepwise(ctx context.Context, c *pgx.Conn, i int64) error {
	tx, err := c.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, chainThing, thingCode(i)); err != nil {
		return err
	}
	var index int64
	var before []byte
	if err := tx.QueryRow(ctx, chainRead+" FOR UPDATE").Scan(&index, &before); err != nil {
		return err
	}
	line, hash := link(i, before)
	if _, err := tx.Exec(ctx, chainEntry, index, line, hash); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, chainMove, index+1, hash); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

func chainPipelined(ctx context.Context, c *pgx.Conn, i int64) error {
	var first, second pgx.Batch
	var index int64
	var before []byte
	first.Queue("BEGIN")
	first.Queue(chainThing, thingCode(i))
	first.Queue(chainRead + " FOR UPDATE").QueryRow(func(row pgx.Row) error { return row.Scan(&index, &before) })
	if err := c.SendBatch(ctx, &first).Close(); err != nil {
		return err
	}
	line, hash := link(i, before)
	second.Queue(chainEntry, index, line, hash)
	second.Queue(chainMove, index+1, hash)
	second.Queue("COMMIT")
	return c.SendBatch(ctx, &second).Close()
}
