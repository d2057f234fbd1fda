package register

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	cols := make([]string, len(d.Fields), len(d.Fields)+3)
	for i, f := range d.Fields {
		cols[i] = quote(f.Name)
	}
	cols = append(cols, "row_version", "changed_at", "changed_by")
	args := append(d.values(row), int64(1), tx.Now().UnixMicro(), a.ID())
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

// values are a row as the table keeps it, with room for the columns behind.
func (d *Def) values(row Row) []any {
	out := make([]any, len(d.Fields), len(d.Fields)+4)
	for i, f := range d.Fields {
		out[i] = stored(f.Kind, row[i])
	}
	return out
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
