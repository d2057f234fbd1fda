package register

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
)

// rewriter writes many changed records, with their history and what the search needs of them.
type rewriter struct {
	d     *Def
	by    string
	at    int64
	call  act.Call
	n     int64
	texts map[string]string // SQLite: the statement for each set of fields
}

func newRewriter(d *Def, a actor.Actor, at int64, call act.Call) *rewriter {
	return &rewriter{d: d, by: a.ID(), at: at, call: call, texts: map[string]string{}}
}

func (w *rewriter) write(ctx context.Context, tx *db.Tx, changes []Change) error {
	update := w.lite
	if tx.Dialect() == db.Postgres {
		update = w.post
	}
	n, err := update(ctx, tx, changes)
	if err != nil {
		return fmt.Errorf("change %s: %w", w.d.Name, err)
	}
	if n != int64(len(changes)) { // they were read in this very transaction
		return fmt.Errorf("change %s: %d of %d records are as they were", w.d.Name, n, len(changes))
	}
	history := make([][]any, len(changes))
	for i, ch := range changes {
		js, err := encodeRow(w.d, ch.New)
		if err != nil {
			return err
		}
		history[i] = []any{w.d.Name, ch.Key, ch.Version, w.at, w.by, w.call.ID, w.call.Reason, false, js}
	}
	if _, err := tx.Insert(ctx, "change", names(tx, historyColumns...), slices.Values(history)); err != nil {
		return fmt.Errorf("keep history of %s: %w", w.d.Name, err)
	}
	return w.index(ctx, tx, changes)
}

// moved marks the fields that differ.
func (ch Change) moved(into []byte) {
	for i := range ch.New {
		if into[i] == 0 && !equal(ch.Old[i], ch.New[i]) {
			into[i] = 1
		}
	}
}

// lite changes record by record and touches only the fields, and so the indexes, that differ.
func (w *rewriter) lite(ctx context.Context, tx *db.Tx, changes []Change) (done int64, err error) {
	set := make([]byte, len(w.d.Fields))
	for _, ch := range changes {
		clear(set)
		ch.moved(set)
		var args []any
		for i, on := range set {
			if on == 1 {
				args = append(args, stored(w.d.Fields[i].Kind, ch.New[i]))
			}
		}
		text, ok := w.texts[string(set)]
		if !ok {
			text = w.liteText(set)
			w.texts[string(set)] = text
		}
		n, err := tx.Exec(ctx, text, append(args, ch.Version, w.at, w.by, ch.Key, ch.Version-1)...)
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

func (w *rewriter) liteText(set []byte) string {
	var b strings.Builder
	n := 0
	mark := func(before string) {
		n++
		fmt.Fprintf(&b, "%s$%d", before, n)
	}
	b.WriteString("UPDATE " + w.d.table() + " SET ")
	for i, on := range set {
		if on == 1 {
			mark(quote(w.d.Fields[i].Name) + " = ")
			b.WriteString(", ")
		}
	}
	mark("row_version = ")
	mark(", changed_at = ")
	mark(", changed_by = ")
	mark(" WHERE " + quote(w.d.KeyField().Name) + " = ")
	mark(" AND row_version = ")
	return b.String() + " AND NOT ended"
}

// post changes all in one statement that sets the fields in which any of them differs. PostgreSQL leaves an index alone
// whose fields have the values they had.
func (w *rewriter) post(ctx context.Context, tx *db.Tx, changes []Change) (int64, error) {
	keys, versions := make([]string, len(changes)), make([]int64, len(changes))
	set := make([]byte, len(w.d.Fields))
	for i, ch := range changes {
		keys[i], versions[i] = ch.Key, ch.Version-1
		ch.moved(set)
	}
	args := []any{keys, versions, w.at, w.by}
	var sets, arrays, cols strings.Builder
	for i, on := range set {
		if on == 0 {
			continue
		}
		f := w.d.Fields[i]
		values, as := arrayOf(f.Kind, changes, i)
		args = append(args, values)
		fmt.Fprintf(&sets, "%s = v.c%d, ", quote(f.Name), i)
		fmt.Fprintf(&arrays, ", $%d::%s[]", len(args), as)
		fmt.Fprintf(&cols, ", c%d", i)
	}
	key := "t." + quote(w.d.KeyField().Name)
	return tx.Exec(ctx, "UPDATE "+w.d.table()+" AS t SET "+sets.String()+"row_version = t.row_version + 1, changed_at = $3, changed_by = $4 FROM unnest($1::text[], $2::bigint[]"+
		arrays.String()+") AS v (key, version"+cols.String()+") WHERE "+key+" = ANY($1::text[]) AND "+key+` = v.key COLLATE "C" AND t.row_version = v.version AND NOT t.ended`, args...)
}

// arrayOf is one field of all records as PostgreSQL takes it in, and its type.
func arrayOf(k Kind, changes []Change, field int) (values any, as string) {
	switch k {
	case Int, Count, Stamp:
		out := make([]*int64, len(changes))
		for i, ch := range changes {
			if n, ok := stored(k, ch.New[field]).(int64); ok {
				out[i] = &n
			}
		}
		return out, "bigint"
	case Bool:
		out := make([]bool, len(changes))
		for i, ch := range changes {
			out[i], _ = ch.New[field].(bool)
		}
		return out, "boolean"
	}
	out := make([]string, len(changes))
	for i, ch := range changes {
		out[i], _ = stored(k, ch.New[field]).(string)
	}
	return out, "text"
}

// index brings the search index up to changed records. Most changes touch no word, only the unit in charge.
func (w *rewriter) index(ctx context.Context, tx *db.Tx, changes []Change) error {
	var docs []indexed
	moved := map[string][]string{}
	var units []string
	for _, ch := range changes {
		unit := w.d.unit(ch.New)
		if w.d.worded(ch) {
			if body, words, ok := w.d.document(ch.New); ok {
				docs = append(docs, indexed{ch.Key, w.d.label(ch.New), unit, body, words})
			}
			continue
		}
		if w.d.unit(ch.Old) != unit {
			if moved[unit] == nil {
				units = append(units, unit)
			}
			moved[unit] = append(moved[unit], ch.Key)
		}
	}
	for _, u := range units {
		cond, arg := among(tx, moved[u])
		if _, err := tx.Exec(ctx, "UPDATE search_doc SET unit = $2 WHERE register = $3 AND key "+cond, arg, u, w.d.Name); err != nil {
			return fmt.Errorf("index %s: %w", w.d.Name, err)
		}
	}
	if len(docs) == 0 {
		return nil
	}
	index := w.indexLite
	if tx.Dialect() == db.Postgres {
		index = w.indexPost
	}
	if err := index(ctx, tx, docs); err != nil {
		return fmt.Errorf("index %s: %w", w.d.Name, err)
	}
	return nil
}

// worded says whether a change touches what the search shows or finds a record by.
func (d *Def) worded(ch Change) bool {
	for i, f := range d.Fields {
		if (f.Search || f.Kind == Set || f.Name == d.Label) && !equal(ch.Old[i], ch.New[i]) {
			return true
		}
	}
	return false
}

// indexed is a record as the search index keeps it.
type indexed struct{ key, label, unit, body, words string }

func (w *rewriter) indexPost(ctx context.Context, tx *db.Tx, list []indexed) error {
	var cols [5][]string
	for _, f := range list {
		for i, s := range []string{f.key, f.label, f.unit, f.body, f.words} {
			cols[i] = append(cols[i], s)
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO search_doc (register, key, label, unit, ended, body, words)
SELECT $1, v.key, v.label, v.unit, FALSE, v.body, array_to_tsvector(string_to_array(v.words, ' '))
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS v (key, label, unit, body, words)
ON CONFLICT (register, key) DO UPDATE SET label = excluded.label, unit = excluded.unit, ended = excluded.ended, body = excluded.body, words = excluded.words`,
		w.d.Name, cols[0], cols[1], cols[2], cols[3], cols[4])
	return err
}

func (w *rewriter) indexLite(ctx context.Context, tx *db.Tx, list []indexed) error {
	ids := make([]int64, len(list))
	for i, f := range list {
		if err := tx.QueryRow(ctx, upsertLite, w.d.Name, f.key, f.label, f.unit, false, f.body).Scan(&ids[i]); err != nil {
			return err
		}
	}
	js, _ := json.Marshal(ids) // numbers always can be written
	if _, err := tx.Exec(ctx, `DELETE FROM search_words WHERE rowid IN (SELECT value FROM json_each($1))`, string(js)); err != nil {
		return err
	}
	_, err := tx.Insert(ctx, "search_words", names(tx, "rowid", "words"), func(yield func([]any) bool) {
		for i, f := range list {
			if !yield([]any{ids[i], f.words}) {
				return
			}
		}
	})
	return err
}
