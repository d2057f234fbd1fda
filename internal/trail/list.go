package trail

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"okite/internal/db"
)

// leafRow is a leaf as it is stored, with its sealed values if it has any.
type leafRow struct {
	index, at                        int64
	actor, act, subject, result, mac string
	standing                         bool
	bytes                            []byte
	sealed                           []byte
}

// leafColumns is what scanLeaf reads.
const leafColumns = `SELECT l.idx, l.at, l.actor, l.act, l.subject, l.result, l.mac, l.standing, l.bytes, s.payload
	FROM trail_leaf l LEFT JOIN trail_seal s ON l.mac <> '' AND s.mac = l.mac `

func scanLeaf(rows *sql.Rows) (leafRow, error) {
	var r leafRow
	err := rows.Scan(&r.index, &r.at, &r.actor, &r.act, &r.subject, &r.result, &r.mac, &r.standing, &r.bytes, &r.sealed)
	return r, err
}

// List gives records, newest first, with their personal values opened unless they were erased. The caller has
// decided that they may be seen.
func (l *Log) List(ctx context.Context, tx *db.Tx, q Query) ([]Record, error) {
	where, args := q.where()
	if q.Limit <= 0 {
		q.Limit = 50
	}
	args = append(args, q.Limit)
	rows, err := db.Rows(ctx, tx, scanLeaf, leafColumns+where+` ORDER BY l.idx DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("list records: %w", err)
	}
	keys := map[string][]byte{}
	out := make([]Record, len(rows))
	for i, row := range rows {
		if out[i], err = l.open(ctx, tx, row, keys); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// where builds the condition of a query.
func (q Query) where() (string, []any) {
	var parts []string
	var args []any
	add := func(condition string, v any) {
		args = append(args, v)
		parts = append(parts, condition+` $`+strconv.Itoa(len(args)))
	}
	if s := q.Subject.String(); s != "" {
		add(`l.subject =`, s)
	}
	if q.Actor != "" {
		add(`l.actor =`, q.Actor)
	}
	if q.Act != "" {
		add(`l.act =`, q.Act)
	}
	if q.Result != "" {
		add(`l.result =`, q.Result)
	}
	if q.Standing {
		parts = append(parts, `l.standing`)
	}
	if !q.From.IsZero() {
		add(`l.at >=`, q.From.UnixMicro())
	}
	if !q.To.IsZero() {
		add(`l.at <`, q.To.UnixMicro())
	}
	if q.Before != nil {
		add(`l.idx <`, *q.Before)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return `WHERE ` + strings.Join(parts, ` AND `), args
}

// open reads a leaf and its sealed values. keys remembers the keys of a page.
func (l *Log) open(ctx context.Context, tx *db.Tx, row leafRow, keys map[string][]byte) (Record, error) {
	ln, err := decode(row.bytes)
	if err != nil {
		return Record{}, fmt.Errorf("entry %d: %w", row.index, err)
	}
	r, err := ln.record(row.index)
	if err != nil {
		return r, err
	}
	if ln.Personal == "" {
		return r, nil
	}
	if row.sealed == nil {
		r.Erased = true
		return r, nil
	}
	if r.Personal, err = l.opened(ctx, tx, ln, row.sealed, keys); err != nil {
		return r, fmt.Errorf("entry %d: %w", row.index, err)
	}
	return r, nil
}

// opened opens sealed values with the key of their owner.
func (l *Log) opened(ctx context.Context, tx *db.Tx, ln line, sealed []byte, keys map[string][]byte) (map[string]string, error) {
	owner := ln.keyOwner()
	key, ok := keys[owner]
	if !ok {
		k, there, err := l.sealer.keyOf(ctx, tx, owner)
		if err != nil {
			return nil, err
		}
		if !there {
			return nil, fmt.Errorf("open personal values: the key of %s is missing", owner)
		}
		key, keys[owner] = k, k
	}
	return openPayload(key, sealed, ln.Personal)
}
