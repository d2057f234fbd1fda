package conform

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/db"
	"okite/internal/pack"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/when"
)

// noon is a moment of the day on which the small city is looked at.
func noon(d when.Date) time.Time { return d.Time().Add(12 * time.Hour) }

// bench is a small city in a store, with the gate and the service.
type bench struct {
	testing.TB
	s    *db.Store
	c    *register.Catalog
	gate *act.Gate
	log  *trail.Log
	svc  *Service
	now  time.Time
}

func catalog(t testing.TB) *register.Catalog {
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	return register.NewCatalog(p, checktest.Defs()...)
}

// open puts a city into a store and loads the service.
func open(t testing.TB, s *db.Store, city *checktest.City) *bench {
	t.Helper()
	ctx := context.Background()
	b := &bench{TB: t, s: s, c: catalog(t), now: noon(city.Day)}
	s.SetClock(func() time.Time { return b.now })
	if err := s.Migrate(ctx, trail.Schema(), Schema()); err != nil {
		t.Fatal(err)
	}
	if err := b.c.Migrate(ctx, s); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.log, err = trail.Open(ctx, s, t.TempDir(), "okite.example/test"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.log.Close() })
	reg := &act.Registry{}
	reg.Add(b.c.Acts()...)
	b.gate = &act.Gate{Store: s, Log: b.log, Registry: reg, Powers: b.c.Powers, Units: b.c.UnitsAbove}
	b.write(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	b.fill(city, when.On(2024, 4, 1).Time())
	b.svc = b.service()
	if err := b.svc.Load(ctx); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) service() *Service {
	b.Helper()
	svc, err := New(Config{Store: b.s, Catalog: b.c, Checks: checktest.Checks(), Joins: checktest.Joins(), Calendar: when.NewCalendar(), Every: 50 * time.Millisecond})
	if err != nil {
		b.Fatal(err)
	}
	return svc
}

// fill writes the registers of a city as registered at a moment. Parameters are those of the city.
func (b *bench) fill(city *checktest.City, at time.Time) {
	b.Helper()
	if err := b.s.Bulk(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		for _, d := range b.c.All() {
			all := reflect.ValueOf(city.Rows(d.Name))
			if !all.IsValid() {
				continue
			}
			var out []register.Row
			for i := range all.Len() {
				out = append(out, d.RowOf(all.Index(i).Interface()))
			}
			if d.Name == "parameter" {
				out = b.parameters(d, out, city)
			}
			if _, err := b.c.BulkLoad(ctx, tx, d, slices.Values(out), at); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

// parameters are the rows of the register, made to hold the values the city is decided with.
func (b *bench) parameters(d *register.Def, rows []register.Row, city *checktest.City) []register.Row {
	have := map[string]bool{}
	for _, r := range rows {
		have[d.Key(r)] = true
	}
	for name, n := range city.Params {
		if !have[name] {
			r := d.New()
			d.Put(r, "code", name)
			d.Put(r, "name", name)
			d.Put(r, "value", n)
			rows = append(rows, r)
		}
	}
	for name, s := range city.Texts {
		if !have[name] {
			r := d.New()
			d.Put(r, "code", name)
			d.Put(r, "name", name)
			d.Put(r, "text", s)
			rows = append(rows, r)
		}
	}
	return rows
}

func (b *bench) write(fn db.Func) {
	b.Helper()
	if err := b.s.Write(context.Background(), fn); err != nil {
		b.Fatal(err)
	}
}

// run runs an act as the operator.
func (b *bench) run(id string, in act.Input) {
	b.Helper()
	ctx := actor.With(context.Background(), actor.Operator())
	if _, err := b.gate.Run(ctx, id, in, act.Options{Reason: "試験"}); err != nil {
		b.Fatalf("%s: %v", id, err)
	}
}

func (b *bench) report(opt RunOptions) Report {
	b.Helper()
	return b.reportOf(b.svc, opt)
}

func (b *bench) reportOf(svc *Service, opt RunOptions) Report {
	b.Helper()
	r, err := svc.Run(context.Background(), opt)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// anew is what a service says that has followed nothing: the measure of every incremental step.
func (b *bench) anew() Report {
	b.Helper()
	svc := b.service()
	if err := svc.Load(context.Background()); err != nil {
		b.Fatal(err)
	}
	return b.reportOf(svc, RunOptions{})
}

// open findings of a report: "R046 asset:A3 noncompliant".
func lines(r Report) []string {
	var out []string
	for _, c := range r.Checks {
		for _, f := range c.Findings {
			out = append(out, c.ID+" "+f.Subject.String()+" "+f.Result)
		}
	}
	return out
}

// spoiled is the clean city with one thing of each kind wrong: noncompliant, undetermined, excepted.
func spoiled(t testing.TB) *checktest.City {
	c := checktest.Clean()
	checktest.Find(t, c.Assets, "A3").Reason = ""
	checktest.Find(t, c.Acks, "AK3").Version = "B1"
	checktest.Find(t, c.Versions, "T1").SHA256 = ""
	checktest.Find(t, c.Systems, "S1").RTO = nil
	return c
}
