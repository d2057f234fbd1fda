package register

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
)

// BulkLoad fills a register with many records at once, with their history and search words: the demo city, a
// migration from elsewhere. at is when they count as registered. Values are taken as they are: hooks do not run, and
// references may point at registers that are loaded later. Very many rows are loaded without the indexes, which are made
// anew at the end; on PostgreSQL readers then wait for the load, so it is not for a city at work.
func (c *Catalog) BulkLoad(ctx context.Context, tx *db.Tx, d *Def, rows iter.Seq[Row], at time.Time) (int64, error) {
	b := newBulk(ctx, tx, d, actor.From(ctx).ID(), at)
	for row := range rows {
		if b.rows = append(b.rows, row); len(b.rows) < 4096 {
			continue
		}
		b.flush(ctx)
		if err := b.strip(ctx); err != nil {
			return b.n, err
		}
	}
	b.flush(ctx)
	if err := b.dress(ctx); err != nil {
		return b.n, err
	}
	if b.n == 0 {
		return 0, nil
	}
	if _, err := tx.Exec(ctx, "ANALYZE "+d.table()); err != nil {
		return b.n, fmt.Errorf("analyse %s: %w", d.Name, err)
	}
	if tx.Dialect() == db.Postgres && b.n >= 1000 {
		if _, err := tx.Exec(ctx, "ANALYZE search_doc"); err != nil {
			return b.n, fmt.Errorf("analyse search index: %w", err)
		}
	}
	tx.Stage(Loaded{Register: d.Name, Rows: b.n})
	return b.n, nil
}

type bulk struct {
	d    *Def
	tx   *db.Tx
	by   string
	at   int64
	call act.Call
	rows []Row
	n    int64
	bare []string // indexes to make anew at the end
}

func newBulk(ctx context.Context, tx *db.Tx, d *Def, by string, at time.Time) *bulk {
	return &bulk{d: d, tx: tx, by: by, at: at.UnixMicro(), call: act.From(ctx)}
}

// flush hands the rows to the database and does not wait until they are in.
func (b *bulk) flush(ctx context.Context) {
	rows := b.rows
	if len(rows) == 0 {
		return
	}
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = b.d.Key(r)
	}
	memoOf(ctx).wrote(b.d.Name, keys)
	b.n += int64(len(rows))
	b.rows = nil
	b.tx.Beside(ctx, func(ctx context.Context, tx *db.Tx) error { return b.write(ctx, tx, rows) })
}

func (b *bulk) write(ctx context.Context, tx *db.Tx, rows []Row) error {
	d := b.d
	cols := make([]string, 0, len(d.Fields)+4)
	for _, f := range d.Fields {
		cols = append(cols, f.Name)
	}
	cols = append(cols, "row_version", "changed_at", "changed_by", "ended")
	var x beside
	made := aside(func() error { return x.make(d, rows) }) // while the database takes the rows in
	_, err := tx.Insert(ctx, d.table(), names(tx, cols...), func(yield func([]any) bool) {
		for _, row := range rows {
			if !yield(append(d.values(row), int64(1), b.at, b.by, false)) {
				return
			}
		}
	})
	if e := made(); e != nil {
		return e
	}
	if err != nil {
		return fmt.Errorf("load %s: %w", d.Name, err)
	}
	if err := b.history(ctx, tx, rows, x); err != nil {
		return err
	}
	return b.index(ctx, tx, rows, nil, x)
}

// beside is what is kept of each row beside the register: its history and what the search finds it by.
type beside struct {
	history []string
	found   []document
}

type document struct {
	body, words string
	ok          bool
}

func (x *beside) make(d *Def, rows []Row) (err error) {
	x.history, x.found = make([]string, len(rows)), make([]document, len(rows))
	for i, row := range rows {
		if x.history[i], err = encodeRow(d, row); err != nil {
			return err
		}
		f := &x.found[i]
		f.body, f.words, f.ok = d.document(row)
	}
	return nil
}

// tsvector is tokens as COPY of PostgreSQL takes them.
func tsvector(tokens string) pgtype.TSVector {
	v := pgtype.TSVector{Valid: true}
	for _, t := range strings.Fields(tokens) {
		v.Lexemes = append(v.Lexemes, pgtype.TSVectorLexeme{Word: t})
	}
	return v
}

// names quotes columns for db.Tx.Insert on SQLite; COPY on PostgreSQL quotes them itself.
func names(tx *db.Tx, columns ...string) []string {
	if tx.Dialect() == db.Postgres {
		return columns
	}
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = quote(c)
	}
	return out
}

// historyColumns are those of the history of all records.
var historyColumns = []string{"register", "key", "version", "at", "by", "act", "reason", "ended", "row"}

func (b *bulk) history(ctx context.Context, tx *db.Tx, rows []Row, x beside) error {
	if _, err := tx.Insert(ctx, "change", names(tx, historyColumns...), func(yield func([]any) bool) {
		for i, row := range rows {
			if !yield([]any{b.d.Name, b.d.Key(row), int64(1), b.at, b.by, b.call.ID, b.call.Reason, false, x.history[i]}) {
				return
			}
		}
	}); err != nil {
		return fmt.Errorf("load history of %s: %w", b.d.Name, err)
	}
	return nil
}

// index puts records into the search index that are not in it. ended says which have ended; nil: none.
func (b *bulk) index(ctx context.Context, tx *db.Tx, rows []Row, ended []bool, x beside) error {
	var docs, words [][]any
	post := tx.Dialect() == db.Postgres
	var id int64
	if !post {
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM search_doc`).Scan(&id); err != nil {
			return fmt.Errorf("read search index: %w", err)
		}
	}
	for i, row := range rows {
		f := x.found[i]
		if !f.ok {
			continue
		}
		doc := []any{b.d.Name, b.d.Key(row), b.d.label(row), b.d.unit(row), ended != nil && ended[i], f.body}
		if post {
			docs = append(docs, append(doc, tsvector(f.words)))
			continue
		}
		id++
		docs, words = append(docs, append(doc, id)), append(words, []any{id, f.words})
	}
	if len(docs) == 0 {
		return nil
	}
	last := "id"
	if post {
		last = "words"
	}
	if _, err := tx.Insert(ctx, "search_doc", names(tx, "register", "key", "label", "unit", "ended", "body", last), slices.Values(docs)); err != nil {
		return fmt.Errorf("load search index of %s: %w", b.d.Name, err)
	}
	if post {
		return nil
	}
	if _, err := tx.Insert(ctx, "search_words", names(tx, "rowid", "words"), slices.Values(words)); err != nil {
		return fmt.Errorf("load search index of %s: %w", b.d.Name, err)
	}
	return nil
}
