package check_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/rule/ruletest"
	"okite/internal/when"
)

var (
	soakChanges = flag.Int("soak", 10_000, "random changes of the soak test, all towns together")
	soakSeed    = flag.Uint64("soakseed", 1, "seed of the first town of the soak test")
)

// record is a row of a random register.
type record struct {
	key  string
	vals []any
}

// town is random registers and everything else the engine is loaded with.
type town struct {
	r          *rand.Rand
	spec       check.Spec
	assets     []record
	systems    []record
	params     map[string]int64
	exceptions []check.Exception
	day        when.Date
	next       int
	narrow     bool // every number fits into two bytes
	least      int  // as many assets are left at least
}

var systemAttrs = []rule.Attr{
	{Name: "name", Title: msg.T("名称", "name"), Kind: rule.Enum},
	{Name: "critical", Title: msg.T("重要", "critical"), Kind: rule.Bool},
	{Name: "inventory", Title: msg.T("構成情報の取得日", "inventory"), Kind: rule.Date},
	{Name: "seats", Title: msg.T("利用者数", "seats"), Kind: rule.Int},
}

// unitAttr is the place of the asset attribute that names its system.
var unitAttr = slices.IndexFunc(ruletest.Schema().Attrs, func(a rule.Attr) bool { return a.Name == "unit" })

// assetJoin tells an asset about its system; systemJoin counts a system's assets, and how many were registered
// within 30 days of today.
func joins() []check.Join {
	return []check.Join{
		{Subject: "asset", Reads: []string{"asset", "system"},
			Attrs: []rule.Attr{{Name: "system_critical", Title: msg.T("重要システムのもの", "of a critical system"), Kind: rule.Bool},
				{Name: "system_inventory", Title: msg.T("構成情報の日", "inventory of its system"), Kind: rule.Date},
				{Name: "system_name", Title: msg.T("システム名", "name of its system"), Kind: rule.Enum},
				{Name: "shared_with", Title: msg.T("共有先", "shared with"), Kind: rule.Set}},
			Compute: func(w *check.World, out *check.Out) error {
				for row, a := range check.Records[record](w, "asset") {
					i, ok := w.Index("system", a.vals[unitAttr].(string))
					if !ok {
						continue
					}
					s := check.Records[record](w, "system")[i]
					out.SetBool(row, 0, s.vals[1].(bool))
					out.SetDate(row, 1, int32(s.vals[2].(int64)))
					out.SetEnum(row, 2, s.vals[0].(string))
					out.SetSet(row, 3, []string{s.vals[0].(string) + "x", "京"})
				}
				return nil
			}},
		{Subject: "system", Reads: []string{"system", "asset", "day", "param"},
			Attrs: []rule.Attr{{Name: "assets", Title: msg.T("情報資産の数", "assets"), Kind: rule.Int},
				{Name: "new_assets", Title: msg.T("新しい情報資産の数", "new assets"), Kind: rule.Int}},
			Compute: func(w *check.World, out *check.Out) error {
				if n, _ := w.Param("N.copies"); n == 8 {
					return fmt.Errorf("read copies: 8 is refused")
				}
				total, fresh := map[string]int64{}, map[string]int64{}
				for _, a := range check.Records[record](w, "asset") {
					unit := a.vals[unitAttr].(string)
					total[unit]++
					if int64(w.Day())-a.vals[4].(int64) <= 30 {
						fresh[unit]++
					}
				}
				for row, s := range check.Records[record](w, "system") {
					out.SetInt(row, 0, total[s.key])
					out.SetInt(row, 1, fresh[s.key])
				}
				return nil
			}},
	}
}

// size is what a town is like.
type size struct {
	assets, systems int
	narrow          bool // every number fits into two bytes
	apart           bool // no register reads another
}

func newTown(seed uint64, z size) *town {
	w := &town{narrow: z.narrow, least: z.assets / 4, r: rand.New(rand.NewPCG(seed, 7)), params: map[string]int64{"N.classify": 5, "N.copies": 3}, day: ruletest.Base}
	schema := ruletest.Schema()
	w.spec = check.Spec{
		Registers: []check.Register{{Name: "asset", Type: "Asset", Attrs: schema.Attrs}, {Name: "system", Type: "System", Attrs: systemAttrs}},
		Params:    schema.Context[1:],
	}
	if !z.apart {
		w.spec.Joins = joins()
	}
	full := func(own []rule.Attr, subject string) *rule.Schema {
		s := &rule.Schema{Attrs: slices.Clone(own), Context: schema.Context}
		for _, j := range w.spec.Joins {
			if j.Subject == subject {
				s.Attrs = append(s.Attrs, j.Attrs...)
			}
		}
		return s
	}
	as, ss := full(schema.Attrs, "asset"), full(systemAttrs, "system")
	cond := func(s *rule.Schema) string {
		if w.r.IntN(6) == 0 {
			return ""
		}
		return rule.Cedar(ruletest.Expr(w.r, s, 1+w.r.IntN(3)))
	}
	for i := range 30 {
		c := check.Check{ID: fmt.Sprintf("R%03d", i), Clauses: []clause.ID{"bp.9.4"}}
		for k, s := range []*rule.Schema{as, ss}[:1+w.r.IntN(2)] {
			c.Parts = append(c.Parts, check.Part{Name: []string{"asset", "system"}[k], Subject: []string{"asset", "system"}[k],
				Scope: cond(s), NotDue: cond(s), Breach: cond(s), Unknown: cond(s)})
		}
		if i == 3 {
			c.From = when.Date(ruletest.Base + 4).String()
		}
		w.spec.Checks = append(w.spec.Checks, c)
	}
	for range z.assets {
		w.assets = append(w.assets, w.asset(w.key("A")))
	}
	for i := range z.systems {
		w.systems = append(w.systems, w.system(ruletest.Open[i%len(ruletest.Open)]+strings.Repeat("+", i/len(ruletest.Open))))
	}
	return w
}

func (w *town) key(prefix string) string { w.next++; return fmt.Sprintf("%s-%d", prefix, w.next) }

func (w *town) value(a rule.Attr) any {
	for {
		v := ruletest.Value(w.r, a)
		if n, ok := v.(int64); !ok || !w.narrow || n >= 0 && n < 1<<16 {
			return v
		}
	}
}

func (w *town) asset(key string) record {
	r := record{key: key}
	for _, a := range ruletest.Schema().Attrs {
		r.vals = append(r.vals, w.value(a))
	}
	return r
}

func (w *town) system(key string) record {
	r := record{key: key}
	for _, a := range systemAttrs {
		r.vals = append(r.vals, w.value(a))
	}
	return r
}

func (w *town) load(t testing.TB, e *check.Engine) {
	t.Helper()
	key := func(r *record) string { return r.key }
	value := func(r *record, attr int) any { return r.vals[attr] }
	err := e.Load(check.Input{Day: w.day, Params: w.params, Exceptions: w.exceptions, Sources: []check.Source{
		check.Rows("asset", slices.Clone(w.assets), key, value), check.Rows("system", slices.Clone(w.systems), key, value)}})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) engine(t testing.TB) *check.Engine {
	t.Helper()
	e, err := check.Compile(w.spec)
	if err != nil {
		t.Fatal(err)
	}
	w.load(t, e)
	return e
}

// change makes one random change in the town and in the engine.
func (w *town) change(t testing.TB, e *check.Engine) {
	t.Helper()
	var err error
	switch n := w.r.IntN(1000); {
	case n < 800:
		err = w.changeCell(e)
	case n < 880:
		i := w.r.IntN(len(w.systems))
		a := w.r.IntN(len(systemAttrs))
		r := record{w.systems[i].key, slices.Clone(w.systems[i].vals)}
		r.vals[a] = w.value(systemAttrs[a])
		w.systems[i] = r
		err = e.Change("system", r.key, r, systemAttrs[a].Name)
	case n < 930:
		r := w.asset(w.key("A"))
		w.assets = append(w.assets, r)
		err = e.Add("asset", r)
	case n < 980:
		if len(w.assets) <= max(w.least, 1) {
			return
		}
		i := w.r.IntN(len(w.assets))
		err = e.Remove("asset", w.assets[i].key)
		w.assets = slices.Delete(w.assets, i, i+1)
	case n < 985:
		w.day += when.Date(w.r.IntN(4) - 1)
		if w.r.IntN(10) == 0 {
			w.day = ruletest.Base + when.Date(w.r.IntN(500)-250)
		}
		e.Advance(w.day)
	case n < 990:
		w.exceptions = nil
		for range w.r.IntN(40) {
			subject := "asset:" + w.assets[w.r.IntN(len(w.assets))].key
			if w.r.IntN(3) == 0 {
				subject = "system:" + w.systems[w.r.IntN(len(w.systems))].key
			}
			w.exceptions = append(w.exceptions, check.Exception{Check: fmt.Sprintf("R%03d", w.r.IntN(30)), Subject: subject,
				Until: w.day + when.Date(w.r.IntN(10)-3)})
		}
		e.SetExceptions(w.exceptions)
	case n < 992:
		w.params = map[string]int64{"N.classify": int64(w.r.IntN(20)), "N.copies": int64(w.r.IntN(9))}
		if w.r.IntN(10) == 0 {
			delete(w.params, "N.classify")
		}
		e.SetParams(w.params, nil)
	default:
		err = e.Batch(func() error {
			for range 1 + w.r.IntN(6) {
				if err := w.changeCell(e); err != nil {
					return err
				}
			}
			r := w.asset(w.key("A"))
			w.assets = append(w.assets, r)
			return e.Add("asset", r)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) changeCell(e *check.Engine) error {
	i := w.r.IntN(len(w.assets))
	attrs := ruletest.Schema().Attrs
	a := w.r.IntN(len(attrs))
	r := record{w.assets[i].key, slices.Clone(w.assets[i].vals)}
	r.vals[a] = w.value(attrs[a])
	w.assets[i] = r
	if w.r.IntN(3) == 0 {
		return e.Change("asset", r.key, r)
	}
	return e.Change("asset", r.key, r, attrs[a].Name)
}

// same fails when two engines do not agree on every verdict and count.
func (w *town) same(t *testing.T, got, want *check.Engine, when string) {
	t.Helper()
	for _, c := range w.spec.Checks {
		for _, p := range c.Parts {
			if g, f := got.PartCounts(c.ID, p.Name), want.PartCounts(c.ID, p.Name); g != f {
				t.Fatalf("%s: %s %s: counts are %v, from the start %v", when, c.ID, p.Name, g, f)
			}
			rows := w.assets
			if p.Subject == "system" {
				rows = w.systems
			}
			for _, r := range rows {
				g, ok := got.Verdict(c.ID, p.Name, r.key)
				f, _ := want.Verdict(c.ID, p.Name, r.key)
				if !ok || g != f {
					t.Fatalf("%s: %s %s %s: %v (%v), from the start %v", when, c.ID, p.Name, r.key, g, ok, f)
				}
			}
		}
	}
}

// TestSoak: after any sequence of changes the engine says what an engine loaded anew says, what row by row
// evaluation says, and what SQL says, verdict by verdict; and the flips it told of lead to the same state. Every town
// has conditions of its own, so several short runs find more than one long one; -soak makes them long.
func TestSoak(t *testing.T) {
	for i, c := range []struct {
		name  string
		share int // of the changes, in hundredths
		size
	}{
		{"narrow columns", 20, size{assets: 150, systems: 12, narrow: true}},
		{"wide columns", 20, size{assets: 150, systems: 12}},
		{"few subjects", 15, size{assets: 7, systems: 2}},
		{"registers apart", 32, size{assets: 400, systems: 70, narrow: true, apart: true}},
		{"registers apart, wide columns", 10, size{assets: 100, systems: 12, apart: true}},
		{"many subjects", 3, size{assets: 3000, systems: 30, narrow: true}},
	} {
		seed := *soakSeed + uint64(i)
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			t.Logf("to see this town again alone: -run 'TestSoak/%s' -soak %d -soakseed %d", strings.ReplaceAll(c.name, " ", "_"), *soakChanges, *soakSeed)
			soak(t, newTown(seed, c.size), max(*soakChanges*c.share/100, 1))
		})
	}
}

func soak(t *testing.T, w *town, n int) {
	e := w.engine(t)
	state := map[[3]string]check.Result{}
	e.Watch(func(f check.Flip) {
		k := [3]string{f.Check, f.Part, f.Key()}
		if old, ok := state[k]; ok && old != f.Old {
			t.Fatalf("flip of %v from %v, but it was %v", k, f.Old, old)
		}
		state[k] = f.New
	})
	dbs := oracles(t)
	looks := max(4, min(24, 8000/len(w.assets))) // a look at a large town takes longer
	for i := 1; i <= n; i++ {
		w.change(t, e)
		if i%97 == 0 {
			if d := e.Audit(1 + len(w.assets)/20); len(d) > 0 {
				t.Fatalf("change %d: %v", i, d[0])
			}
		}
		if i%max(n/looks, 1) == 0 {
			fresh := w.engine(t)
			w.same(t, e, fresh, fmt.Sprintf("change %d", i))
			if d := fresh.Audit(1); len(d) > 0 {
				t.Fatalf("change %d: %v", i, d[0])
			}
			for k, r := range state {
				if g, ok := e.Verdict(k[0], k[1], k[2]); ok && g != r {
					t.Fatalf("change %d: flips lead to %v for %v, verdict is %v", i, r, k, g)
				}
			}
		}
		if i%max(n/looks*4, 1) == 0 && len(w.params) == 2 {
			for name, db := range dbs {
				w.compareSQL(t, e, db, name, i)
			}
		}
	}
	e.Full()
	w.same(t, e, w.engine(t), "after a full run")
}

// oracle is a database that decides the same conditions.
type oracle struct {
	exec  func(q string, args ...any) error
	query func(q string, row func(key string, result int)) error
}

// oracles are the databases at hand.
func oracles(t *testing.T) map[string]oracle {
	t.Helper()
	out := map[string]oracle{"sqlite": openSQLite(t)}
	url := os.Getenv("TEST_POSTGRES")
	if url == "" {
		t.Log("TEST_POSTGRES is not set: PostgreSQL is left out")
		return out
	}
	out["postgres"] = openPostgres(t, url)
	return out
}

func openSQLite(t *testing.T) oracle {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	t.Cleanup(func() { db.Close() })
	return oracle{
		exec: func(q string, args ...any) error { _, err := db.Exec(q, args...); return err },
		query: func(q string, row func(string, int)) error {
			rows, err := db.Query(q)
			if err != nil {
				return err
			}
			defer rows.Close()
			return scan(rows, row)
		},
	}
}

var schemas atomic.Int64 // opened so far: towns run side by side

func openPostgres(t *testing.T, url string) oracle {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	o := oracle{
		exec: func(q string, args ...any) error { _, err := conn.Exec(ctx, q, args...); return err },
		query: func(q string, row func(string, int)) error {
			rows, err := conn.Query(ctx, q)
			if err != nil {
				return err
			}
			defer rows.Close()
			return scan(rows, row)
		},
	}
	schema := fmt.Sprintf("oracle_%d_%d", os.Getpid(), schemas.Add(1))
	for _, q := range []string{"CREATE SCHEMA " + schema, "SET search_path TO " + schema} {
		if err := o.exec(q); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := o.exec("DROP SCHEMA " + schema + " CASCADE"); err != nil {
			t.Error(err)
		}
		conn.Close(ctx)
	})
	return o
}

type scanner interface {
	Next() bool
	Scan(...any) error
	Err() error
}

func scan(rows scanner, row func(key string, result int)) error {
	for rows.Next() {
		var key string
		var result int
		if err := rows.Scan(&key, &result); err != nil {
			return err
		}
		row(key, result)
	}
	return rows.Err()
}

func (w *town) compareSQL(t *testing.T, e *check.Engine, db oracle, name string, change int) {
	t.Helper()
	if len(e.Lost()) > 0 {
		return // SQL knows no verdict of what cannot be decided
	}
	w.fillSQL(t, e, db)
	for _, q := range e.OracleSQL() {
		n := 0
		err := db.query(q.SQL, func(key string, result int) {
			n++
			if got, ok := e.Verdict(q.Check, q.Part, key); !ok || int(got) != result {
				t.Fatalf("change %d: %s %s %s: %v (%v), %s says %v", change, q.Check, q.Part, key, got, ok, name, check.Result(result))
			}
		})
		if err != nil {
			t.Fatalf("%s: %s: %v", name, q.SQL, err)
		}
		if want := map[string]int{"asset": len(w.assets), "system": len(w.systems)}[q.Subject]; n != want {
			t.Fatalf("%s: %d rows of %s, want %d", name, n, q.Subject, want)
		}
	}
}

// fillSQL writes the registers as the engine sees them.
func (w *town) fillSQL(t *testing.T, e *check.Engine, db oracle) {
	t.Helper()
	do := func(q string, args ...any) {
		t.Helper()
		if err := db.exec(q, args...); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	insert := func(table string, names []string, rows [][]any) {
		do("DROP TABLE IF EXISTS " + table)
		var cols, marks []string
		for _, n := range names {
			name, typ, _ := strings.Cut(n, "|")
			cols = append(cols, fmt.Sprintf("%q %s NOT NULL", name, typ))
			marks = append(marks, "")
		}
		do("CREATE TABLE " + table + " (" + strings.Join(cols, ", ") + ")")
		for chunk := range slices.Chunk(rows, 200) {
			var groups []string
			var args []any
			for _, r := range chunk {
				for i := range r {
					marks[i] = fmt.Sprintf("$%d", len(args)+i+1)
				}
				groups = append(groups, "("+strings.Join(marks, ", ")+")")
				args = append(args, r...)
			}
			do("INSERT INTO "+table+" VALUES "+strings.Join(groups, ", "), args...)
		}
	}
	for reg, recs := range map[string][]record{"asset": w.assets, "system": w.systems} {
		names := []string{check.KeyColumn + "|TEXT"}
		for _, a := range e.Schema(reg).Attrs {
			typ := "BIGINT"
			if a.Kind == rule.Enum || a.Kind == rule.Set {
				typ = "TEXT"
			}
			names = append(names, a.Name+"|"+typ)
		}
		var rows [][]any
		for _, r := range recs {
			vals, ok := e.Row(reg, r.key)
			if !ok {
				t.Fatalf("no row %s:%s", reg, r.key)
			}
			rows = append(rows, append([]any{r.key}, vals...))
		}
		insert(reg, names, rows)
	}
	insert("context", []string{"today|BIGINT", "N.classify|BIGINT", "N.copies|BIGINT"},
		[][]any{{int64(w.day), w.params["N.classify"], w.params["N.copies"]}})
	var xs [][]any
	for _, x := range w.exceptions {
		xs = append(xs, []any{x.Check, x.Subject, int64(x.Until)})
	}
	insert("excepted", []string{"check_id|TEXT", "subject|TEXT", "until|BIGINT"}, xs)
}
