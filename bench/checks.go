package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"okite/internal/check"
	"okite/internal/when"
)

// Checks sets the checks engine against Go generated from the same conditions, against SQL printed from them on both
// databases, and against two engines people would take off the shelf. Whatever is timed is also compared: a count or
// a verdict that differs ends the run.
func Checks(ctx context.Context, o Options) (*Report, error) {
	o = o.WithDefaults()
	all, err := parsed()
	if err != nil {
		return nil, err
	}
	rows := lines(o.Rows)
	e, err := engine(rows, benchDay)
	if err != nil {
		return nil, err
	}
	r := &checksRun{o: o, all: all, rows: rows, e: e, ids: e.Checks(), pairs: int64(len(all)) * int64(len(rows)), bases: map[string]sqlBase{}}
	defer r.close(ctx)
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{r.full, r.cell, r.day, r.soak} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return r.report(), nil
}

// checksRun is one run of the checks' measurements.
type checksRun struct {
	o     Options
	all   []conditions
	rows  []line
	e     *check.Engine
	ids   []check.Check
	pairs int64
	bases map[string]sqlBase
	names []string // of bases, in order

	ways              []*cost
	sampled           map[string]int64 // pairs, of those ways that ran on a sample
	cellTook          map[string]time.Duration
	dayTook, fullTook time.Duration
	flips             int
	soaked            []string
}

// sqlBase is a database with the rows in the form that suits it best.
type sqlBase struct {
	fill  func(ctx context.Context, rows []line) error
	query func(ctx context.Context, q string, each func(scan func(...any) error) error, args ...any) error
	cpu   func() time.Duration
	close func() error
}

func (r *checksRun) open(ctx context.Context) error {
	add := func(name string, b sqlBase, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.bases[name], r.names = b, append(r.names, name)
		return b.fill(ctx, r.rows)
	}
	b, err := openSQLite(ctx)
	if err := add("SQLite", b, err); err != nil {
		return err
	}
	if r.o.Postgres == "" {
		return nil
	}
	b, err = openPostgres(ctx, r.o.Postgres)
	return add("PostgreSQL", b, err)
}

func (r *checksRun) close(context.Context) {
	for _, b := range r.bases {
		_ = b.close() // a scratch database; nothing in it is kept
	}
}

// full times a whole evaluation by every engine.
func (r *checksRun) full(ctx context.Context) error {
	r.sampled = map[string]int64{}
	r.ways = []*cost{
		{name: "checks engine", clock: cpu, do: func() error { r.e.Recount(); return nil }},
		{name: "generated Go, row by row", clock: cpu, do: func() error {
			var counts [300]check.Counts
			for i := range r.rows {
				l := &r.rows[i]
				for c, f := range &generated {
					counts[c][f(l, benchDay)]++
				}
			}
			for c, id := range r.ids {
				if got := r.e.CheckCounts(id.ID); got != counts[c] {
					return fmt.Errorf("%s: counts %v, the engine has %v", id.ID, counts[c], got)
				}
			}
			return nil
		}},
	}
	for _, name := range r.names {
		b := r.bases[name]
		r.ways = append(r.ways,
			&cost{name: name + ", one pass, counts only", clock: b.cpu, do: func() error { return r.onePass(ctx, b) }},
			&cost{name: name + ", a query per check, ids out", clock: b.cpu, do: func() error { return r.perCheck(ctx, b) }})
	}
	slow, err := r.shelf(ctx)
	if err != nil {
		return err
	}
	r.ways = append(r.ways, slow...)
	runtime.GC()
	if err := alternate(r.o.Rounds, r.ways...); err != nil {
		return err
	}
	r.fullTook = r.ways[0].median()
	return nil
}

// packed parts a count of what is broken from one of what is unknown in one sum.
const packed = 1 << 30

// onePass asks for all counts of what is not kept in one statement.
func (r *checksRun) onePass(ctx context.Context, b sqlBase) error {
	sums := make([]string, len(r.all))
	for i, c := range r.all {
		sums[i] = "SUM(" + sqlCase(c, benchDay, [5]string{"0", "0", "1", fmt.Sprint(packed), "0"}) + ")"
	}
	got := make([]int64, len(r.all))
	into := make([]any, len(got))
	for i := range got {
		into[i] = &got[i]
	}
	if err := b.query(ctx, "SELECT "+strings.Join(sums, ", ")+" FROM thing r", func(scan func(...any) error) error { return scan(into...) }); err != nil {
		return err
	}
	for i, c := range r.ids {
		want := r.e.CheckCounts(c.ID)
		if got[i]%packed != want[check.Noncompliant] || got[i]/packed != want[check.Undetermined] {
			return fmt.Errorf("%s: %d broken and %d unknown, the engine has %v", c.ID, got[i]%packed, got[i]/packed, want)
		}
	}
	return nil
}

// perCheck asks for the keys of what is not kept, check by check.
func (r *checksRun) perCheck(ctx context.Context, b sqlBase) error {
	for i, c := range r.all {
		q := "SELECT r.id FROM thing r WHERE " + sqlCase(c, benchDay, [5]string{"FALSE", "FALSE", "TRUE", "TRUE", "FALSE"})
		var n int64
		var id string
		if err := b.query(ctx, q, func(scan func(...any) error) error { n++; return scan(&id) }); err != nil {
			return err
		}
		if want := r.e.CheckCounts(r.ids[i].ID); n != want[check.Noncompliant]+want[check.Undetermined] {
			return fmt.Errorf("%s: %d ids, the engine has %v", r.ids[i].ID, n, want)
		}
	}
	return nil
}

// verdicts of a row in the order of the checks, as the generated Go gives them.
func verdicts(l *line, day int32, out *[300]check.Result) {
	for c, f := range &generated {
		out[c] = f(l, day)
	}
}

// cell times what one changed cell costs until every verdict and count is right again.
func (r *checksRun) cell(ctx context.Context) error {
	r.cellTook = map[string]time.Duration{}
	const n = 20_000
	rnd := rand.New(rand.NewPCG(21, 22))
	attrs := r.e.Schema("thing").Attrs
	var engineTook []time.Duration
	for range max(r.o.Rounds, 5) { // a round takes a twentieth of a second: alone it would say what the machine just did
		type change struct {
			line  line
			field string
		}
		changes := make([]change, n)
		latest := map[int]line{}
		for i := range changes {
			row, attr := rnd.IntN(len(r.rows)), rnd.IntN(len(attrs))
			l, ok := latest[row]
			if !ok {
				l = r.rows[row]
			}
			twist(rnd, &l, attr)
			latest[row] = l
			changes[i] = change{l, attrs[attr].Name}
		}
		runtime.GC()
		begin := cpu()
		for i := range changes {
			if err := r.e.Change("thing", changes[i].line.Key, &changes[i].line, changes[i].field); err != nil {
				return err
			}
		}
		engineTook = append(engineTook, (cpu()-begin)/n)
	}
	c := cost{took: engineTook}
	r.cellTook["checks engine"] = c.median()

	var out [300]check.Result
	begin := cpu()
	for i := range 20_000 {
		verdicts(&r.rows[i%len(r.rows)], benchDay, &out)
	}
	r.cellTook["generated Go, row by row"] = (cpu() - begin) / 20_000

	cases := make([]string, len(r.all))
	for i, c := range r.all {
		cases[i] = sqlCase(c, benchDay, [5]string{"0", "1", "3", "4", "5"})
	}
	got := make([]int64, len(r.all))
	into := make([]any, len(got))
	for i := range got {
		into[i] = &got[i]
	}
	q := "SELECT " + strings.Join(cases, ", ") + " FROM thing r WHERE r.id = $1"
	for _, name := range r.names {
		b := r.bases[name]
		if err := b.fill(ctx, r.rows); err != nil {
			return err
		}
		const times = 500
		begin := b.cpu()
		for i := range times {
			l := &r.rows[i*7919%len(r.rows)]
			if err := b.query(ctx, q, func(scan func(...any) error) error { return scan(into...) }, l.Key); err != nil {
				return err
			}
			verdicts(l, benchDay, &out)
			for c := range out {
				if got[c] != int64(out[c]) {
					return fmt.Errorf("%s of %s: %s says %d, generated Go %d", r.ids[c].ID, l.Key, name, got[c], out[c])
				}
			}
		}
		// checking is part of what this process did: take it off where its time counts
		took := b.cpu() - begin
		if name == "SQLite" {
			took -= times * r.cellTook["generated Go, row by row"]
		}
		r.cellTook[name] = took / times
	}
	return nil
}

// day times what the passing of a day costs, with every flip told to whoever watches.
func (r *checksRun) day(context.Context) error {
	r.flips = 0
	r.e.Watch(func(check.Flip) { r.flips++ })
	defer r.e.Watch(nil)
	const days = 11
	c := cost{}
	for d := range days {
		begin := cpu()
		r.e.Advance(benchDay + when.Date(d+1))
		c.took = append(c.took, cpu()-begin)
	}
	r.flips /= days
	r.dayTook = c.median()
	var counts [300]check.Counts
	var out [300]check.Result
	for i := range r.rows {
		verdicts(&r.rows[i], benchDay+days, &out)
		for c, v := range out {
			counts[c][v]++
		}
	}
	for c, id := range r.ids {
		if got := r.e.CheckCounts(id.ID); got != counts[c] {
			return fmt.Errorf("%s after %d days: engine %v, generated Go %v", id.ID, days, got, counts[c])
		}
	}
	return nil
}

// soak changes cells at random, lets days pass, and then compares every verdict with every database's.
func (r *checksRun) soak(ctx context.Context) error {
	rnd := rand.New(rand.NewPCG(31, 32))
	attrs := r.e.Schema("thing").Attrs
	day := int64(r.e.Day())
	for i := range r.o.Changes {
		row, attr := rnd.IntN(len(r.rows)), rnd.IntN(len(attrs))
		l := r.rows[row]
		twist(rnd, &l, attr)
		if err := r.e.Change("thing", l.Key, &l, attrs[attr].Name); err != nil {
			return err
		}
		if i%max(r.o.Changes/50, 1) == 0 {
			day = benchDay + rnd.Int64N(40)
			r.e.Advance(when.Date(day))
		}
	}
	digits := make([]string, len(r.all))
	for i, c := range r.all {
		digits[i] = sqlCase(c, day, [5]string{"'0'", "'1'", "'3'", "'4'", "'5'"})
	}
	// a chain of 300 || is too deep for some; tens of tens are not
	var groups []string
	for i := 0; i < len(digits); i += 20 {
		groups = append(groups, "("+strings.Join(digits[i:min(i+20, len(digits))], " || ")+")")
	}
	q := "SELECT r.id, " + strings.Join(groups, " || ") + " FROM thing r"
	for _, name := range r.names {
		b := r.bases[name]
		if err := b.fill(ctx, r.rows); err != nil {
			return err
		}
		n := 0
		if err := b.query(ctx, q, func(scan func(...any) error) error {
			var id, said string
			if err := scan(&id, &said); err != nil {
				return err
			}
			n++
			for c, k := range r.ids {
				if v, ok := r.e.Verdict(k.ID, "", id); !ok || byte(v)+'0' != said[c] {
					return fmt.Errorf("%s of %s: engine says %d, SQL %c", k.ID, id, v, said[c])
				}
			}
			return nil
		}); err != nil {
			return fmt.Errorf("%s after %d changes: %w", name, r.o.Changes, err)
		}
		if n != len(r.rows) {
			return fmt.Errorf("%s: %d rows, want %d", name, n, len(r.rows))
		}
		r.soaked = append(r.soaked, fmt.Sprintf("After %d random changes and 50 changes of the day, all %d verdicts are those of %s.", r.o.Changes, r.pairs, name))
	}
	return nil
}

func (r *checksRun) report() *Report {
	rep := &Report{Title: fmt.Sprintf("Checks: %d checks × %d subjects, processor time, median of %d rounds", len(r.all), len(r.rows), r.o.Rounds),
		Head: []string{"engine", "ns a pair", "× the engine", "full run", "one changed row"}}
	per := func(w *cost) float64 {
		pairs := r.pairs
		if n, ok := r.sampled[w.name]; ok {
			pairs = n
		}
		return float64(w.median().Nanoseconds()) / float64(pairs)
	}
	base := per(r.ways[0])
	for _, w := range r.ways {
		cell := ""
		for name, d := range r.cellTook {
			if w.name == name || strings.HasPrefix(w.name, name+", one pass") {
				cell = millis(d)
			}
		}
		full := millis(time.Duration(per(w) * float64(r.pairs)))
		if _, ok := r.sampled[w.name]; ok {
			full = "≈ " + full
		}
		rep.row(w.name, fmt.Sprintf("%.3g", per(w)), fmt.Sprintf("%.1f", per(w)/base), full, cell)
	}
	rep.note("A day passing: %s, %.1f %% of a full run, %d verdicts flip.", millis(r.dayTook), 100*ratio(r.dayTook, r.fullTook), r.flips)
	for _, s := range r.soaked {
		rep.note("%s", s)
	}
	for _, w := range r.ways[1:] {
		switch want := map[string]float64{"generated Go, row by row": 5, "PostgreSQL, one pass, counts only": 10, "cel-go": 100}[w.name]; want {
		case 0:
		default:
			rep.aim("full run against "+w.name, per(w)/base, want, "times", false)
		}
	}
	if d, ok := r.cellTook["PostgreSQL"]; ok {
		rep.aim("one changed cell against PostgreSQL", ratio(d, r.cellTook["checks engine"]), 200, "times", false)
	}
	rep.aim("a day passing against a full run", 100*ratio(r.dayTook, r.fullTook), 10, "%", true)
	return rep
}

// table is the register as SQL has it: as narrow as it goes.
func table() (names []string, ddl string) {
	var cols []string
	add := func(n int, name, typ string) {
		for i := range n {
			names = append(names, fmt.Sprintf("%s%d", name, i))
			cols = append(cols, fmt.Sprintf("%s%d %s NOT NULL", name, i, typ))
		}
	}
	add(10, "flag", "BOOLEAN")
	add(10, "code", "SMALLINT")
	add(8, "day", "INTEGER")
	add(4, "num", "INTEGER")
	add(2, "set", "INTEGER")
	return append([]string{"id"}, names...), "CREATE TABLE thing (id TEXT PRIMARY KEY, " + strings.Join(cols, ", ") + ")"
}

func cells(l *line) []any {
	out := make([]any, 0, attributes+1)
	out = append(out, l.Key)
	for _, v := range l.Flag {
		out = append(out, v)
	}
	for _, v := range l.Code {
		out = append(out, int16(v))
	}
	for _, v := range l.Day {
		out = append(out, v)
	}
	for _, v := range l.Num {
		out = append(out, v)
	}
	for _, v := range l.Set {
		out = append(out, int32(v))
	}
	return out
}

// openSQLite opens a database in memory, so that no disk is measured.
func openSQLite(ctx context.Context) (sqlBase, error) {
	d, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return sqlBase{}, err
	}
	d.SetMaxOpenConns(1) // each connection would have a memory of its own
	stmts := map[string]*sql.Stmt{}
	return sqlBase{
		cpu:   cpu,
		close: d.Close,
		fill: func(ctx context.Context, rows []line) error {
			names, ddl := table()
			for _, q := range []string{"DROP TABLE IF EXISTS thing", ddl} {
				if _, err := d.ExecContext(ctx, q); err != nil {
					return fmt.Errorf("%s: %w", q, err)
				}
			}
			tx, err := d.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			defer tx.Rollback()
			put, err := tx.PrepareContext(ctx, "INSERT INTO thing VALUES (?"+strings.Repeat(", ?", len(names)-1)+")")
			if err != nil {
				return err
			}
			defer put.Close()
			for i := range rows {
				if _, err := put.ExecContext(ctx, cells(&rows[i])...); err != nil {
					return err
				}
			}
			return tx.Commit()
		},
		query: func(ctx context.Context, q string, each func(func(...any) error) error, args ...any) error {
			s := stmts[q]
			if s == nil {
				var err error
				if s, err = d.PrepareContext(ctx, q); err != nil {
					return err
				}
				stmts[q] = s
			}
			rows, err := s.QueryContext(ctx, args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := each(rows.Scan); err != nil {
					return err
				}
			}
			return rows.Err()
		},
	}, nil
}

func openPostgres(ctx context.Context, url string) (sqlBase, error) {
	conn, err := connect(ctx, url)
	if err != nil {
		return sqlBase{}, err
	}
	if conn.cpu() == 0 {
		if _, err := conn.Exec(ctx, "SELECT count(*) FROM generate_series(1, 1000000)"); err != nil || conn.cpu() == 0 {
			return sqlBase{}, errors.Join(errors.New("the server's processor time cannot be read: it must run on this machine"), err, conn.close(ctx))
		}
	}
	return sqlBase{
		cpu:   conn.cpu,
		close: func() error { return conn.close(context.Background()) },
		fill: func(ctx context.Context, rows []line) error {
			names, ddl := table()
			for _, q := range []string{"DROP TABLE IF EXISTS thing", ddl} {
				if _, err := conn.Exec(ctx, q); err != nil {
					return fmt.Errorf("%s: %w", q, err)
				}
			}
			if _, err := conn.CopyFrom(ctx, pgx.Identifier{"thing"}, names, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return cells(&rows[i]), nil })); err != nil {
				return err
			}
			_, err := conn.Exec(ctx, "VACUUM ANALYZE thing")
			return err
		},
		query: func(ctx context.Context, q string, each func(func(...any) error) error, args ...any) error {
			rows, err := conn.Query(ctx, q, args...) // prepared once, then reused
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := each(rows.Scan); err != nil {
					return err
				}
			}
			return rows.Err()
		},
	}, nil
}
