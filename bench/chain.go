package bench

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// The rival of the record: a row for each entry, with the hash over the one before. Each request changes its row of
// the register, reads the head, adds its entry and moves the head in one transaction, and commits for itself. It has
// connections and statements of its own, prepared, so that nothing of the product's store slows it.
//
// The rival on SQLite answers the same questions as the record: what was done to a thing, by a person, on a day. Its
// entries carry the same columns with the same indexes. Beside it stands a bare one whose entries can only be read from
// the first to the last, as on PostgreSQL.

var chainTables = []string{
	`CREATE TABLE thing (code TEXT PRIMARY KEY)`,
	`CREATE TABLE chain (idx BIGINT PRIMARY KEY, bytes BYTEA NOT NULL, hash BYTEA NOT NULL)`,
	`CREATE TABLE chain_head (id BIGINT PRIMARY KEY, idx BIGINT NOT NULL, hash BYTEA NOT NULL)`,
	`INSERT INTO chain_head (id, idx, hash) VALUES (1, 0, '')`,
}

// searched are the columns of a chain that answers the questions of the record.
var searched = []string{
	`CREATE TABLE found (idx INTEGER PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL, result TEXT NOT NULL, bytes BLOB NOT NULL, hash BLOB NOT NULL)`,
	`CREATE INDEX found_subject ON found (subject)`,
	`CREATE INDEX found_actor ON found (actor)`,
	`CREATE INDEX found_at ON found (at)`,
}

// forSQLite makes the key of a table the place of its rows.
var forSQLite = strings.NewReplacer("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY", "BYTEA", "BLOB")

const (
	chainThing = `INSERT INTO thing (code) VALUES ($1)`
	chainRead  = `SELECT idx, hash FROM chain_head WHERE id = 1`
	chainEntry = `INSERT INTO chain (idx, bytes, hash) VALUES ($1, $2, $3)`
	chainFound = `INSERT INTO found (idx, at, actor, act, subject, result, bytes, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	chainMove  = `UPDATE chain_head SET idx = $1, hash = $2 WHERE id = 1`
)

// link is the entry of request i after a hash, and its own. It has about as many bytes as one of the record.
func link(i int64, before []byte) (line, hash []byte) {
	line = fmt.Appendf(nil, `{"v":1,"at":"2026-11-20T00:00:00.000000Z","actor":"person:P-00007","way":"page","act":"thing.create","subject":"thing:T-%012d","clauses":["bp.8.1","bp.9.4"],"input":{"code":"T-%012d"},"result":"done","reason":"計測"}`, i, i)
	sum := sha256.Sum256(append(before, line...))
	return line, sum[:]
}

func thingCode(i int64) string { return fmt.Sprintf("T-%012d", i) }

// chainOnSQLite keeps both chains, each in a file with the settings of the product.
func chainOnSQLite(ctx context.Context, dir string) (ways []*way, end func() error, err error) {
	full, endFull, err := chainInFile(ctx, dir+"/searched.db", "hash chain, a commit for each request", func(exec func(q string, args ...any) error, i, index int64, line, hash []byte) error {
		return exec(chainFound, index, time.Now().UnixMicro(), "person:P-00007", "thing.create", "thing:"+thingCode(i), "done", line, hash)
	})
	if err != nil {
		return nil, nil, err
	}
	bare, endBare, err := chainInFile(ctx, dir+"/bare.db", "the same chain, its entries without columns and indexes", func(exec func(q string, args ...any) error, _, index int64, line, hash []byte) error {
		return exec(chainEntry, index, line, hash)
	})
	if err != nil {
		return nil, nil, errors.Join(err, endFull())
	}
	return []*way{full, bare}, func() error { return errors.Join(endFull(), endBare()) }, nil
}

// chainInFile keeps one chain. One connection writes: several would fight over the file's lock.
func chainInFile(ctx context.Context, path, name string, add func(exec func(q string, args ...any) error, i, index int64, line, hash []byte) error) (w *way, end func() error, err error) {
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
	for _, q := range append(slices.Clone(chainTables), searched...) {
		if _, err := c.ExecContext(ctx, forSQLite.Replace(q)); err != nil {
			return nil, nil, errors.Join(err, d.Close())
		}
	}
	for _, q := range []string{"BEGIN IMMEDIATE", "COMMIT", chainThing, chainRead, chainEntry, chainFound, chainMove} {
		if stmts[q], err = c.PrepareContext(ctx, q); err != nil {
			return nil, nil, errors.Join(err, d.Close())
		}
	}
	exec := func(q string, args ...any) error {
		_, err := stmts[q].ExecContext(ctx, args...)
		return err
	}
	var one sync.Mutex
	return &way{name: name, do: func(i int64) error {
		one.Lock()
		defer one.Unlock()
		var index int64
		var before []byte
		if err := exec("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		if err := exec(chainThing, thingCode(i)); err != nil {
			return err
		}
		if err := stmts[chainRead].QueryRowContext(ctx).Scan(&index, &before); err != nil {
			return err
		}
		line, hash := link(i, before)
		if err := add(exec, i, index, line, hash); err != nil {
			return err
		}
		if err := exec(chainMove, index+1, hash); err != nil {
			return err
		}
		return exec("COMMIT")
	}}, func() error { return errors.Join(c.Close(), d.Close()) }, nil
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
