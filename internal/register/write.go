package register

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
)

// Create adds a record. An empty key is given by the register: the highest key there is, counted on. What is wrong
// comes back as a fault at each field.
func (c *Catalog) Create(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, row Row) (Change, error) {
	row, ctx = slices.Clone(row), actor.With(ctx, a)
	if d.Key(row) == "" {
		key, err := c.NextKey(ctx, tx, d)
		if err != nil {
			return Change{}, err
		}
		row[d.key] = key
	}
	if err := c.validate(d, nil, row, stores(ctx, tx, c)); err != nil {
		return Change{}, err
	}
	if _, taken, err := one(ctx, tx, d, d.Key(row)); err != nil {
		return Change{}, err
	} else if taken {
		return Change{}, alreadyThere(d, d.Key(row))
	}
	if d.Check != nil {
		if err := d.Check(ctx, tx, nil, row); err != nil {
			return Change{}, err
		}
	}
	return c.put(ctx, tx, a, d, nil, row, 1, false)
}

func alreadyThere(d *Def, key string) error {
	f := fault.At(d.KeyField().Name, msg.F("%s「%s」は既に登録されています。", "%s “%s” is already registered.", d.KeyField().Title, key))
	f.Kind = fault.Conflict
	return f
}

// Change gives a record new values. version is the one the person saw; 0 does not ask. A record that has moved on is a
// conflict that names who changed it and when. Nothing different changes nothing.
func (c *Catalog) Change(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, row Row, version int64) (Change, error) {
	row, ctx = slices.Clone(row), actor.With(ctx, a)
	was, err := c.present(ctx, tx, d, d.Key(row), version)
	if err != nil {
		return Change{}, err
	}
	if was.Ended {
		return Change{}, fault.New(fault.Conflict, msg.F("%s「%s」は終了しているため変更できません。", "%s “%s” has ended and cannot be changed.", d.Title, d.label(was.Row)))
	}
	if err := c.validate(d, was.Row, row, stores(ctx, tx, c)); err != nil {
		return Change{}, err
	}
	if d.Check != nil {
		if err := d.Check(ctx, tx, was.Row, row); err != nil {
			return Change{}, err
		}
	}
	if same(was.Row, row) {
		return Change{Register: d.Name, Key: d.Key(row), Old: was.Row, New: row, Version: was.Version, Ended: was.Ended}, nil
	}
	return c.put(ctx, tx, a, d, was.Row, row, was.Version+1, false)
}

// End closes a record. It stays and is found by whoever asks for ended records; on becomes its last day when the
// register keeps one, unless an earlier one was set: what has ended must not be found living on a later day.
func (c *Catalog) End(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, key string, version int64, on when.Date) (Change, error) {
	ctx = actor.With(ctx, a)
	was, err := c.present(ctx, tx, d, key, version)
	if err != nil {
		return Change{}, err
	}
	if was.Ended {
		return Change{}, fault.New(fault.Conflict, msg.F("%s「%s」は既に終了しています。", "%s “%s” has already ended.", d.Title, d.label(was.Row)))
	}
	row := slices.Clone(was.Row)
	if d.End != "" && !endsBy(d.Get(row, d.End), on) {
		if d.Start != "" {
			if from, _ := d.Get(row, d.Start).(when.Date); from != 0 && on < from {
				return Change{}, fault.At(d.End, msg.F("終了日は開始日（%s）より前にできません。", "It cannot end before it began (%s).", bothDate(from)))
			}
		}
		d.Put(row, d.End, on)
	}
	return c.put(ctx, tx, a, d, was.Row, row, was.Version+1, true)
}

// endsBy says whether a last day is set and not later than a day.
func endsBy(last any, on when.Date) bool {
	d, _ := last.(when.Date)
	return d != 0 && d <= on
}

// present reads the record to change and asks whether it is still what the person saw.
func (c *Catalog) present(ctx context.Context, tx *db.Tx, d *Def, key string, version int64) (Record, error) {
	was, ok, err := one(ctx, tx, d, key)
	if err != nil {
		return Record{}, err
	}
	if !ok {
		return Record{}, fault.New(fault.NotFound, msg.F("%sに「%s」はありません。", "There is no %[1]s “%[2]s”.", d.Title, key))
	}
	if version != 0 && version != was.Version {
		return Record{}, c.stale(ctx, tx, d, was)
	}
	return was, nil
}

func (c *Catalog) stale(ctx context.Context, tx *db.Tx, d *Def, was Record) error {
	return fault.New(fault.Conflict, msg.F("%s「%s」は、%sが%sに変更しました。最新の内容を確認してから、もう一度変更してください。",
		"%s “%s” was changed by %s on %s. Please look at it as it is now and change it again.",
		d.Title, d.label(was.Row), c.who(ctx, tx, was.ChangedBy), when.StampOf(was.ChangedAt).Both()))
}

// who names the person behind "person:P-00007".
func (c *Catalog) who(ctx context.Context, tx *db.Tx, id string) msg.Text {
	switch id {
	case "operator":
		return msg.T("運用担当者", "the operator")
	case "job":
		return msg.T("自動処理", "the product itself")
	}
	r, err := ref.Parse(id)
	if d, ok := c.byName[r.Register]; err == nil && ok {
		if rec, ok, err := c.read(ctx, tx, d, r.Key); err == nil && ok {
			return msg.Same(d.label(rec.Row))
		}
	}
	return msg.Same(id)
}

func bothDate(d when.Date) msg.Text { return msg.Text{JA: d.Text(msg.JA), EN: d.Text(msg.EN)} }

func same(a, b Row) bool {
	for i := range a {
		if !equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// put writes a record, its history and its search words, stages the change and runs what follows from it.
func (c *Catalog) put(ctx context.Context, tx *db.Tx, a actor.Actor, d *Def, old, row Row, version int64, ended bool) (Change, error) {
	var err error
	if old == nil {
		err = d.insert(ctx, tx, a, row)
	} else {
		err = d.update(ctx, tx, a, old, row, version, ended)
	}
	if err != nil {
		return Change{}, err
	}
	memoOf(ctx).written(d.Name)
	js, err := encodeRow(d, row)
	if err != nil {
		return Change{}, err
	}
	call := act.From(ctx)
	if _, err := tx.Exec(ctx, `INSERT INTO change (register, key, version, at, by, act, reason, ended, "row") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		d.Name, d.Key(row), version, tx.Now().UnixMicro(), a.ID(), call.ID, call.Reason, ended, js); err != nil {
		return Change{}, fmt.Errorf("keep history of %s %s: %w", d.Name, d.Key(row), err)
	}
	if err := d.index(ctx, tx, row, ended); err != nil {
		return Change{}, err
	}
	ch := Change{Register: d.Name, Key: d.Key(row), Old: old, New: row, Version: version, Ended: ended}
	tx.Stage(ch)
	if d.After != nil {
		if err := d.After(ctx, tx, ch); err != nil {
			return Change{}, err
		}
	}
	return ch, nil
}

func (d *Def) insert(ctx context.Context, tx *db.Tx, a actor.Actor, row Row) error {
	cols, args := d.columns(row)
	cols = append(cols, "row_version", "changed_at", "changed_by")
	args = append(args, int64(1), tx.Now().UnixMicro(), a.ID())
	marks := make([]string, len(cols))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	if _, err := tx.Exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", d.table(), strings.Join(cols, ", "), strings.Join(marks, ", ")), args...); err != nil {
		return fmt.Errorf("add %s %s: %w", d.Name, d.Key(row), err)
	}
	return nil
}

func (d *Def) update(ctx context.Context, tx *db.Tx, a actor.Actor, old, row Row, version int64, ended bool) error {
	w := &where{}
	for i, f := range d.Fields {
		if !equal(old[i], row[i]) {
			w.add(quote(f.Name)+" = %s", stored(f.Kind, row[i]))
		}
	}
	w.add("row_version = %s", version)
	w.add("changed_at = %s", tx.Now().UnixMicro())
	w.add("changed_by = %s", a.ID())
	w.add("ended = %s", ended)
	sets := strings.Join(w.parts, ", ")
	w.parts = nil
	w.add(quote(d.KeyField().Name)+" = %s", d.Key(row))
	w.add("row_version = %s", version-1)
	n, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s SET %s%s", d.table(), sets, w.sql()), w.args...)
	if err != nil {
		return fmt.Errorf("change %s %s: %w", d.Name, d.Key(row), err)
	}
	if n != 1 {
		return fault.New(fault.Conflict, msg.F("%s「%s」は、ほかの職員が先に変更しました。最新の内容を確認してください。", "%s “%s” was changed by somebody else first. Please look at it as it is now.", d.Title, d.label(old)))
	}
	return nil
}

func (d *Def) columns(row Row) ([]string, []any) {
	cols, args := make([]string, len(d.Fields), len(d.Fields)+4), make([]any, len(d.Fields), len(d.Fields)+4)
	for i, f := range d.Fields {
		cols[i], args[i] = quote(f.Name), stored(f.Kind, row[i])
	}
	return cols, args
}

// NextKey is the key a new record gets when nobody gives one: the highest key there is with its number counted on.
func (c *Catalog) NextKey(ctx context.Context, tx *db.Tx, d *Def) (string, error) {
	col := quote(d.KeyField().Name)
	last := ""
	err := tx.QueryRow(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s DESC LIMIT 1", col, d.table(), col)).Scan(&last)
	if db.Missing(err) {
		return strings.ToUpper(d.Name[:1]) + "-00001", nil
	}
	if err != nil {
		return "", fmt.Errorf("read last key of %s: %w", d.Name, err)
	}
	for next := countOn(last); ; next = countOn(next) {
		_, taken, err := one(ctx, tx, d, next)
		if err != nil {
			return "", err
		}
		if !taken {
			return next, nil
		}
	}
}

// countOn adds one to the number at the end of a key: A-00099 → A-00100, A-99999 → A-100000, X → X-00001.
func countOn(key string) string {
	i := len(key)
	for i > 0 && key[i-1] >= '0' && key[i-1] <= '9' && len(key)-i < 15 {
		i--
	}
	if i == len(key) {
		return key + "-00001"
	}
	n, _ := strconv.ParseInt(key[i:], 10, 64)
	return fmt.Sprintf("%s%0*d", key[:i], len(key)-i, n+1)
}

// BulkLoad fills a register with many records at once, with their history and search words: the demo city, a
// migration from elsewhere. at is when they count as registered. Values are taken as they are: hooks do not run, and
// references may point at registers that are loaded later.
func (c *Catalog) BulkLoad(ctx context.Context, tx *db.Tx, d *Def, rows iter.Seq[Row], at time.Time) (int64, error) {
	b := newBulk(ctx, tx, d, actor.From(ctx).ID(), at)
	for row := range rows {
		if b.rows = append(b.rows, row); len(b.rows) >= 4096 {
			if err := b.flush(ctx); err != nil {
				return b.n, err
			}
		}
	}
	if err := b.flush(ctx); err != nil {
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
}

func newBulk(ctx context.Context, tx *db.Tx, d *Def, by string, at time.Time) *bulk {
	return &bulk{d: d, tx: tx, by: by, at: at.UnixMicro(), call: act.From(ctx)}
}

func (b *bulk) flush(ctx context.Context) error {
	if len(b.rows) == 0 {
		return nil
	}
	d := b.d
	cols := make([]string, 0, len(d.Fields)+3)
	for _, f := range d.Fields {
		cols = append(cols, f.Name)
	}
	cols = append(cols, "row_version", "changed_at", "changed_by", "ended")
	var x beside
	made := aside(func() error { return x.make(d, b.rows) }) // while the database takes the rows in
	_, err := b.tx.Insert(ctx, d.table(), names(b.tx, cols...), func(yield func([]any) bool) {
		for _, row := range b.rows {
			_, args := d.columns(row)
			if !yield(append(args, int64(1), b.at, b.by, false)) {
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
	memoOf(ctx).written(d.Name)
	if err := b.history(ctx, x); err != nil {
		return err
	}
	if err := b.index(ctx, x); err != nil {
		return err
	}
	b.n += int64(len(b.rows))
	b.rows = b.rows[:0]
	return nil
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

func (b *bulk) history(ctx context.Context, x beside) error {
	if _, err := b.tx.Insert(ctx, "change", names(b.tx, "register", "key", "version", "at", "by", "act", "reason", "ended", "row"), func(yield func([]any) bool) {
		for i, row := range b.rows {
			if !yield([]any{b.d.Name, b.d.Key(row), int64(1), b.at, b.by, b.call.ID, b.call.Reason, false, x.history[i]}) {
				return
			}
		}
	}); err != nil {
		return fmt.Errorf("load history of %s: %w", b.d.Name, err)
	}
	return nil
}

func (b *bulk) index(ctx context.Context, x beside) error {
	var docs, words [][]any
	post := b.tx.Dialect() == db.Postgres
	var id int64
	if !post {
		if err := b.tx.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM search_doc`).Scan(&id); err != nil {
			return fmt.Errorf("read search index: %w", err)
		}
	}
	for i, row := range b.rows {
		f := x.found[i]
		if !f.ok {
			continue
		}
		doc := []any{b.d.Name, b.d.Key(row), b.d.label(row), b.d.unit(row), false, f.body}
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
	if _, err := b.tx.Insert(ctx, "search_doc", names(b.tx, "register", "key", "label", "unit", "ended", "body", last), slices.Values(docs)); err != nil {
		return fmt.Errorf("load search index of %s: %w", b.d.Name, err)
	}
	if post {
		return nil
	}
	if _, err := b.tx.Insert(ctx, "search_words", names(b.tx, "rowid", "words"), slices.Values(words)); err != nil {
		return fmt.Errorf("load search index of %s: %w", b.d.Name, err)
	}
	return nil
}
