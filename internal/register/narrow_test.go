package register

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/when"
)

// manyThings registers things by every path on which records come and change: a load, an import of many, records one by
// one, changes one by one and many at a time, and an end.
func manyThings(b *bench, r *rand.Rand, n int) {
	b.Helper()
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	values := func(x *thingRow) {
		x.Name, x.Unit, x.Class, x.Number, x.Done = fmt.Sprintf("%s台帳%d", pick("住民", "課税", "福祉", "道路"), r.IntN(40)), pick("U-1", "U-11", "U-2"), pick("3A", "2", "2", "1", ""), int64(r.IntN(4)), r.IntN(2) == 0
		x.Persons, x.From, x.Helpers, x.Note = nil, when.Date(18000+r.IntN(30)), nil, pick("", "福祉の控え", "住民")
		if r.IntN(3) > 0 {
			p := int64(r.IntN(5))
			x.Persons = &p
		}
		if r.IntN(9) == 0 {
			x.Helpers = []string{"P-1"}
		}
		switch k := r.IntN(30); {
		case k == 0:
			x.Content = []string{"my_number", "tax"}
		case k == 1:
			x.Content = nil
		case k < 5:
			x.Content = []string{"none"}
		default:
			x.Content = []string{"tax"}
		}
	}
	row := func(i int) Row {
		x := b.right(fmt.Sprintf("A-%04d", i))
		values(&x)
		return Encode(b.thing, x)
	}
	if err := b.s.Bulk(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := b.c.BulkLoad(ctx, tx, b.thing, func(yield func(Row) bool) {
			for i := range n {
				if !yield(row(i)) {
					return
				}
			}
		}, tx.Now())
		return err
	}); err != nil {
		b.Fatal(err)
	}
	b.write(func(ctx context.Context, tx *db.Tx) error {
		var rows []Row
		for i := range n / 4 {
			rows = append(rows, row(n+i))
		}
		if err := b.c.CreateMany(ctx, tx, boss, b.thing, rows); err != nil {
			return err
		}
		rows = rows[:0]
		for i := range n / 4 {
			rows = append(rows, row(i*3))
		}
		if err := b.c.ChangeMany(ctx, tx, boss, b.thing, rows); err != nil {
			return err
		}
		for i := range 20 {
			if _, err := b.c.Create(ctx, tx, boss, b.thing, row(2*n+i)); err != nil {
				return err
			}
			if _, err := b.c.Change(ctx, tx, boss, b.thing, row(i*7+1), 0); err != nil {
				return err
			}
			if _, err := b.c.End(ctx, tx, actor.Operator(), b.thing, fmt.Sprintf("A-%04d", i*7), 0, 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// plainly is what a query finds when every record is looked at.
func plainly(b *bench, all []Record, q Query) []string {
	d := b.thing
	holds := func(r Record) bool {
		if r.Ended && !q.Ended || q.Units != nil && !slices.Contains(q.Units, d.unit(r.Row)) {
			return false
		}
		body, _, _ := d.document(r.Row)
		for _, t := range strings.Fields(foldText(q.Text)) {
			if !strings.Contains(body, t) {
				return false
			}
		}
		for name, values := range q.Filters {
			if !slices.ContainsFunc(values, func(v string) bool {
				if set, is := d.Get(r.Row, name).([]string); is {
					return slices.Contains(set, v) || v == "" && len(set) == 0
				}
				return fmt.Sprint(d.Get(r.Row, name)) == v
			}) {
				return false
			}
		}
		return true
	}
	name := cmp.Or(q.Sort, "code")
	order := func(x, y any) int {
		switch v := x.(type) {
		case nil:
			if y == nil {
				return 0
			}
			return -1
		case int64:
			if y == nil {
				return 1
			}
			return cmp.Compare(v, y.(int64))
		case bool:
			return cmp.Compare(fmt.Sprint(v), fmt.Sprint(y))
		case string:
			return cmp.Compare(v, y.(string))
		case when.Date:
			return cmp.Compare(v, y.(when.Date))
		}
		b.Fatalf("no order for %T", x)
		return 0
	}
	var found []Record
	for _, r := range all {
		if holds(r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(x, y Record) int {
		n := cmp.Or(order(d.Get(x.Row, name), d.Get(y.Row, name)), cmp.Compare(d.Key(x.Row), d.Key(y.Row)))
		if q.Desc {
			return -n
		}
		return n
	})
	return codes(found)
}

// TestEveryWayFindsTheSamePage asks lists of every kind, with bounds so low that each way is taken, and holds every page
// against the records looked at one by one.
func TestEveryWayFindsTheSamePage(t *testing.T) {
	each(t, func(b *bench) {
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 1))
		manyThings(b, r, 300)
		b.c.bounds = bounds{few: 25, step: 8, most: 40, held: 30}
		b.read(func(ctx context.Context, tx *db.Tx) error {
			var all []Record
			for rec, err := range b.c.Records(ctx, tx, b.thing) {
				if err != nil {
					return err
				}
				all = append(all, rec)
			}
			ways := map[string]int{}
			for range 100 {
				q := anyQuery(r)
				want := plainly(b, all, q)
				probe := q
				_, by, err := b.c.weigh(ctx, tx, b.thing, &probe)
				if err != nil {
					return err
				}
				ways[fmt.Sprint(by, probe.asks.look, probe.asks.many)]++
				if got := pageByPage(b, ctx, tx, q, len(want)); !slices.Equal(got, want) {
					b.Errorf("seed %d, %+v: got %d %v, want %d %v", seed, q, len(got), got, len(want), want)
				}
				var each []string
				for rec, err := range b.c.Each(ctx, tx, b.thing, q) {
					if err != nil {
						return err
					}
					each = append(each, b.thing.Key(rec.Row))
				}
				if slices.Sort(want); !slices.Equal(each, want) {
					b.Errorf("seed %d, each of %+v: got %v, want %v", seed, q, each, want)
				}
			}
			if len(ways) < 5 {
				b.Errorf("the queries went %d ways only: %v", len(ways), ways)
			}
			return nil
		})
	})
}

func anyQuery(r *rand.Rand) Query {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	q := Query{Limit: 3 + r.IntN(20), Sort: pick("", "name", "name", "unit", "class", "number", "persons", "done", "from"), Desc: r.IntN(2) == 0, Ended: r.IntN(4) == 0,
		Text: pick("", "", "福祉", "台帳", "住民 台帳", "福祉台帳1", "道", "監査", "台帳3"), Filters: map[string][]string{}}
	if r.IntN(2) == 0 {
		q.Filters["content"] = [][]string{{"tax"}, {"my_number"}, {"none"}, {""}, {"none", "my_number"}, {"tax", ""}}[r.IntN(6)]
	}
	if r.IntN(6) == 0 {
		q.Filters["helpers"] = []string{pick("P-1", "P-2", "")}
	}
	if r.IntN(3) == 0 {
		q.Filters["class"] = []string{pick("2", "3A", "1")}
	}
	if r.IntN(5) == 0 {
		q.Units = []string{"U-11", "U-2"}
	}
	return q
}

// pageByPage reads a whole list, each page behind the last; the third also by its number.
func pageByPage(b *bench, ctx context.Context, tx *db.Tx, q Query, want int) (out []string) {
	for n := 1; ; n++ {
		p, err := b.c.List(ctx, tx, b.thing, q)
		if err != nil {
			b.Fatalf("%+v: %v", q, err)
		}
		if p.Total != min(want, b.c.bounds.few) || p.More != (want > b.c.bounds.few) {
			b.Errorf("%+v: counted %d, more %v; there are %d", q, p.Total, p.More, want)
		}
		if n == 3 {
			jump := q
			jump.After, jump.Page = "", 3
			if there, err := b.c.List(ctx, tx, b.thing, jump); err != nil || !slices.Equal(codes(there.Rows), codes(p.Rows)) || there.Next != p.Next {
				b.Errorf("page 3 of %+v by number: %v (%v), want %v", q, codes(there.Rows), err, codes(p.Rows))
			}
		}
		out = append(out, codes(p.Rows)...)
		if q.After = p.Next; p.Next == "" {
			return out
		}
	}
}

// TestSearchIndexIsMadeAnew opens a city whose index an older program made, without the values of sets.
func TestSearchIndexIsMadeAnew(t *testing.T) {
	each(t, func(b *bench) {
		manyThings(b, rand.New(rand.NewPCG(3, 4)), 200)
		found := func() (n int, ended int) {
			b.read(func(ctx context.Context, tx *db.Tx) error {
				s, args := b.thing.question(Query{Filters: map[string][]string{"content": {"my_number"}}}, tx.Dialect()).from(b.thing, tx.Dialect(), "key", true)
				w := &where{}
				w.add(s, args...)
				if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM ("+w.parts[0]+") AS found", w.args...).Scan(&n); err != nil {
					return err
				}
				return tx.QueryRow(ctx, "SELECT COUNT(*) FROM search_doc WHERE ended").Scan(&ended)
			})
			return n, ended
		}
		want, wantEnded := found()
		if want == 0 || wantEnded == 0 {
			b.Fatalf("%d hold the rare value, %d have ended", want, wantEnded)
		}
		b.write(func(ctx context.Context, tx *db.Tx) error {
			for _, q := range []string{"DELETE FROM search_shape", "UPDATE search_doc SET body = ''"} {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			q := `UPDATE search_doc SET words = array_to_tsvector(ARRAY['registerthing'])`
			if tx.Dialect() == db.SQLite {
				q = `DELETE FROM search_words`
			}
			_, err := tx.Exec(ctx, q)
			return err
		})
		if n, _ := found(); n != 0 {
			b.Fatalf("%d are found in the old index", n)
		}
		if err := b.c.Migrate(context.Background(), b.s); err != nil {
			b.Fatal(err)
		}
		if n, ended := found(); n != want || ended != wantEnded {
			b.Errorf("found %d, ended %d; want %d and %d", n, ended, want, wantEnded)
		}
		if p := b.list(Query{Text: "台帳", Ended: true, Limit: 1000}); len(p.Rows) != 270 {
			b.Errorf("a word of the names finds %d records, want 270", len(p.Rows))
		}
	})
}
