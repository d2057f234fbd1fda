package register

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
)

// TestGreatLoadLeavesEveryIndex: what a load does without is there again at its end, and finds the records.
func TestGreatLoadLeavesEveryIndex(t *testing.T) {
	each(t, func(b *bench) {
		indexes := func() (out []string) {
			q := `SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`
			if b.s.Dialect() == db.Postgres {
				q = `SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname`
			}
			b.read(func(ctx context.Context, tx *db.Tx) (err error) {
				out, err = db.Rows(ctx, tx, func(r *sql.Rows) (s string, err error) {
					err = r.Scan(&s)
					return s, err
				}, q)
				return err
			})
			return out
		}
		before := indexes()
		b.write(func(ctx context.Context, tx *db.Tx) error {
			l := newBulk(ctx, tx, b.thing, "operator", tx.Now())
			l.n = bareFrom // as if so many had come
			if err := l.strip(ctx); err != nil {
				return err
			}
			if len(l.bare) == 0 {
				b.Error("no index was dropped")
			}
			for i := range 100 {
				l.rows = append(l.rows, Encode(b.thing, b.right(fmt.Sprintf("A-%05d", i))))
			}
			l.flush(ctx)
			return l.dress(ctx)
		})
		if after := indexes(); !slices.Equal(before, after) || len(after) < 10 {
			b.Errorf("indexes before %v, after %v", before, after)
		}
		if p := b.list(Query{Text: "課税台帳", Sort: "name"}); p.Total != 100 {
			b.Errorf("%d records found, want 100", p.Total)
		}
	})
}

// TestSmallLoadKeepsTheIndexes: dropping them is for more rows than were there.
func TestSmallLoadKeepsTheIndexes(t *testing.T) {
	each(t, func(b *bench) {
		b.write(func(ctx context.Context, tx *db.Tx) error {
			l := &bulk{d: b.thing, tx: tx, call: act.From(ctx), n: bareFrom - 1}
			if err := l.strip(ctx); err != nil || l.bare != nil {
				b.Errorf("dropped %v (%v)", l.bare, err)
			}
			return nil
		})
	})
}

// TestKeyGivenTwiceAddsNothing: in whatever part of the rows it comes again.
func TestKeyGivenTwiceAddsNothing(t *testing.T) {
	each(t, func(b *bench) {
		var rows []Row
		for i := range importPart + 10 {
			rows = append(rows, Encode(b.thing, b.right(fmt.Sprintf("A-%05d", i))))
		}
		rows[importPart+5] = rows[3]
		err := b.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			return b.c.CreateMany(ctx, tx, boss, b.thing, rows)
		})
		if says, ok := atField(err, "code"); !fault.Is(err, fault.Conflict) || !ok || !strings.Contains(says, "A-00003") {
			b.Errorf("got %v, want a conflict that names the key", err)
		}
		if p := b.list(Query{}); p.Total != 0 {
			b.Errorf("%d records, want none", p.Total)
		}
	})
}

// TestChangedRowsOfAnImport: in several parts, with hooks that change records of the same register; one that has moved
// on refuses all.
func TestChangedRowsOfAnImport(t *testing.T) {
	each(t, func(b *bench) {
		const n = 2*importPart + 100
		b.write(func(ctx context.Context, tx *db.Tx) error {
			var rows []Row
			for i := range n {
				rows = append(rows, Encode(b.thing, b.right(fmt.Sprintf("A-%05d", i))))
			}
			return b.c.CreateMany(ctx, tx, boss, b.thing, rows)
		})
		file := func(name string) string {
			var csv strings.Builder
			csv.WriteString("番号,名称,所管課,本人の数,完了,開始日\n")
			for i := range n {
				fmt.Fprintf(&csv, "A-%05d,%s%d,%s,%s,%s,%s\n", i, name, i, []string{"U-11", "U-2"}[i%2], []string{"", "12"}[i%2], []string{"はい", "いいえ"}[i%2], []string{"", "2026-04-01"}[i%2])
			}
			return csv.String()
		}
		p := b.plan("changed.csv", []byte(file("改称")))
		if p.Changed != n || !p.Good() {
			b.Fatalf("%d changed, errors %v", p.Changed, p.Errors)
		}
		// what follows from a change early in the file touches a record that comes late in it, before it is written
		last := fmt.Sprintf("A-%05d", n-1)
		touched := false
		b.thing.After = func(ctx context.Context, tx *db.Tx, ch Change) error {
			if ch.Key != "A-00001" || touched {
				return nil
			}
			touched = true
			rec, _, err := b.c.One(ctx, tx, b.thing, last)
			if err != nil {
				return err
			}
			b.thing.Put(rec.Row, "order", "先に書き込まれた備考")
			_, err = b.c.Change(ctx, tx, actor.Operator(), b.thing, rec.Row, 0)
			return err
		}
		if err := b.apply(p); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), last) {
			b.Errorf("a record that moved on meanwhile: %v", err)
		}
		b.thing.After = nil
		if rec, _ := b.get("A-00000"); rec.Version != 1 {
			b.Error("half of a plan was applied")
		}
		if err := b.apply(p); err != nil {
			b.Fatalf("apply: %v", err)
		}
		for _, i := range []int{0, 1, importPart, n - 1} {
			key := fmt.Sprintf("A-%05d", i)
			rec, _ := b.get(key)
			want := b.right(key)
			want.Name, want.Unit, want.Done = fmt.Sprintf("改称%d", i), []string{"U-11", "U-2"}[i%2], i%2 == 0
			if twelve := int64(12); i%2 == 1 {
				want.Persons, want.From = &twelve, 20544
			}
			if rec.Version != 2 || !same(rec.Row, Encode(b.thing, want)) {
				b.Errorf("%s: version %d, %v, want %v", key, rec.Version, rec.Row, Encode(b.thing, want))
			}
			if p := b.list(Query{Text: fmt.Sprintf("改称%d", i), Filters: map[string][]string{"code": {key}}}); p.Total != 1 {
				b.Errorf("%s is not found by its new name", key)
			}
			if p := b.list(Query{Text: "住民税課税台帳", Filters: map[string][]string{"code": {key}}}); p.Total != 0 {
				b.Errorf("%s is still found by its old name", key)
			}
		}
	})
}
