package yearplan

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// town is a store with the registers a plan looks at.
type town struct {
	testing.TB
	s    *Service
	gate *act.Gate
	log  *trail.Log
	now  time.Time
	who  actor.Actor
}

var (
	chief   = actor.Actor{Person: "P-1", Name: "統括一郎", Way: actor.Page, Roles: []actor.Grant{{Role: "chief"}}}
	manager = actor.Actor{Person: "P-2", Name: "課長二葉", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-1"}}}
)

func open(t testing.TB, store *db.Store) *town {
	t.Helper()
	ctx := context.Background()
	o := &town{TB: t, now: when.On(2026, 11, 25).Time().Add(9 * time.Hour), who: chief}
	store.SetClock(func() time.Time { return o.now })
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	c := register.NewCatalog(p, slices.Concat(checktest.Defs(), Registers())...)
	if err := store.Migrate(ctx, trail.Schema(), policy.Schema()); err != nil {
		t.Fatal(err)
	}
	if err := c.Migrate(ctx, store); err != nil {
		t.Fatal(err)
	}
	if o.log, err = trail.Open(ctx, store, t.TempDir(), "okite.example/test"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.log.Close() })
	reg := &act.Registry{}
	o.gate = &act.Gate{Store: store, Log: o.log, Registry: reg, Units: c.UnitsAbove, Powers: func(_ context.Context, _ *db.Tx, id string) (string, bool, error) {
		a, ok := reg.Get(id)
		return slices.Concat(a.Roles, []string{""})[0], ok && len(a.Roles) == 1, nil
	}}
	o.s = New(Config{Store: store, Catalog: c, Gate: o.gate, Calendar: when.NewCalendar(), Clean: func(_ context.Context, id string) (bool, bool, error) { return id == "R001", true, nil }})
	reg.Add(o.s.Acts()...)
	o.write(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

func (o *town) write(f db.Func) {
	o.Helper()
	if err := o.s.c.Store.Bulk(context.Background(), f); err != nil {
		o.Fatal(err)
	}
}

func (o *town) run(who actor.Actor, id string, in act.Input) error {
	_, err := o.gate.Run(actor.With(context.Background(), who), id, in, act.Options{})
	return err
}

func (o *town) states() map[string]Seen {
	o.Helper()
	list, err := o.s.year(context.Background(), 2026, when.Of(o.now))
	if err != nil {
		o.Fatal(err)
	}
	out := map[string]Seen{}
	for _, x := range list {
		out[strings.TrimPrefix(x.Code, "YP-2026-")] = x
	}
	return out
}

// TestYear (bp.10, bp.12): a plan is made once from the template, its tasks stand as their proofs say, those who hold
// the role say what is done, and the record holds it.
func TestYear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		if err := o.run(manager, "yearplan.make", act.Input{"fy": "2026"}); err == nil {
			t.Error("a section manager made the plan")
		}
		if err := o.run(chief, "yearplan.make", act.Input{"fy": "1999"}); err == nil {
			t.Error("a plan of a year long past was made")
		}
		if err := o.run(chief, "yearplan.make", act.Input{"fy": "2026"}); err != nil {
			t.Fatal(err)
		}
		if err := o.run(chief, "yearplan.make", act.Input{"fy": "2026"}); err == nil {
			t.Error("the plan was made twice")
		}
		st := o.states()
		tasks, err := pack.Year("model")
		if err != nil || len(st) != len(tasks) {
			t.Fatalf("%d items, want %d, %v", len(st), len(tasks), err)
		}
		for code, want := range map[string]State{"0402": Late, "1201": Soon, "0101": Planned, "0304": Planned, "0301": Planned} {
			if st[code].State != want {
				t.Errorf("%s is %s, want %s", code, st[code].State, want)
			}
		}
		meeting := org.Meeting{Code: "M-1", Date: when.On(2026, 5, 12)}
		o.write(func(ctx context.Context, tx *db.Tx) error {
			d := o.s.c.Catalog.Must("meeting")
			_, err := o.s.c.Catalog.BulkLoad(ctx, tx, d, slices.Values([]register.Row{register.Encode(d, org.Meeting{Code: "M-0", Date: when.On(2026, 3, 31)})}), tx.Now())
			return err
		})
		if x := o.states()["0301"]; x.State == Done {
			t.Error("a meeting of last year proves this one's")
		}
		o.write(func(ctx context.Context, tx *db.Tx) error {
			d := o.s.c.Catalog.Must("meeting")
			_, err := o.s.c.Catalog.BulkLoad(ctx, tx, d, slices.Values([]register.Row{register.Encode(d, meeting)}), tx.Now())
			return err
		})
		if x := o.states()["0301"]; x.State != Done || x.Proof != meeting.Date || x.Href != "/registers/meeting" {
			t.Errorf("a meeting was held: %s, %s", x.State, x.Proof)
		}
		if err := o.run(chief, "yearplan.done", act.Input{"item": "YP-2026-0402", "date": "2026-11-26"}); err == nil {
			t.Error("done tomorrow")
		}
		if err := o.run(manager, "yearplan.done", act.Input{"item": "YP-2026-0402", "date": "2026-04-10"}); err == nil {
			t.Error("somebody without the role said it is done")
		}
		if err := o.run(manager, "yearplan.done", act.Input{"item": "YP-2026-0902", "date": "R8.9.10", "note": "全課完了"}); err != nil {
			t.Fatal(err)
		}
		if x := o.states()["0902"]; x.State != Done || x.Proof != when.On(2026, 9, 10) || x.Note != "全課完了" {
			t.Errorf("%+v", x)
		}
		waiting, err := o.s.Waiting(context.Background(), manager, when.Of(o.now))
		if err != nil || len(waiting) != 1 || waiting[0].Code != "YP-2026-0601" || waiting[0].Standing {
			t.Errorf("waits for the manager: %+v, %v", waiting, err)
		}
		found, err := o.log.Verify(context.Background(), nil)
		if err != nil || !found.OK {
			t.Errorf("the record does not hold: %v %v", found, err)
		}
	})
}

func TestJudge(t *testing.T) {
	i := Item{FY: 2026, Due: when.On(2026, 11, 30)}
	for _, c := range []struct {
		what    string
		today   when.Date
		done    when.Date
		proof   when.Date
		checked bool
		want    State
	}{
		{"31 days ahead", when.On(2026, 10, 30), 0, 0, false, Planned},
		{"30 days ahead", when.On(2026, 10, 31), 0, 0, false, Soon},
		{"the day itself", when.On(2026, 11, 30), 0, 0, false, Soon},
		{"the day after", when.On(2026, 12, 1), 0, 0, false, Late},
		{"a clean check before its month", when.On(2026, 10, 31), 0, 0, true, Soon},
		{"a clean check in its month", when.On(2026, 11, 1), 0, 0, true, Done},
		{"done later than today", when.On(2026, 11, 1), when.On(2026, 11, 2), 0, false, Soon},
		{"done today", when.On(2026, 11, 1), when.On(2026, 11, 1), 0, false, Done},
		{"proved", when.On(2027, 1, 1), 0, when.On(2026, 12, 30), false, Done},
	} {
		x := i
		x.Done = c.done
		if got := judge(x, c.proof, c.checked, c.today).State; got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestBadItems(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	d := o.s.c.Catalog.Must("planitem")
	good := Item{Code: "X", FY: 2026, Due: when.On(2026, 5, 1), Name: "作業", Role: "chief", Clause: "bp.5", Register: "meeting", Field: "date"}
	try := func(spoil func(*Item)) (err error) {
		i := good
		spoil(&i)
		return o.s.c.Store.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			_, err := o.s.c.Catalog.Create(ctx, tx, chief, d, register.Encode(d, i))
			return err
		})
	}
	for what, spoil := range map[string]func(*Item){"year": func(i *Item) { i.FY = 2025 }, "clause": func(i *Item) { i.Clause = "9条" }, "register": func(i *Item) { i.Register = "secret" }, "field": func(i *Item) { i.Field = "agenda" },
		"half a proof": func(i *Item) { i.Field = "" }, "injection": func(i *Item) { i.Field = `date") FROM x; --` }} {
		if try(spoil) == nil {
			t.Errorf("a wrong %s was taken", what)
		}
	}
	if err := try(func(*Item) {}); err != nil {
		t.Error(err)
	}
}

func serve(t *testing.T, o *town) *webtest.Server {
	t.Helper()
	site := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}, Identify: webtest.As(o.who)}
	if err := site.Registry.Add(o.s.Routes()...); err != nil {
		t.Fatal(err)
	}
	return webtest.Start(t, site)
}

func TestPages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	srv := serve(t, o)
	if a := srv.Get(t, "/plan"); !strings.Contains(a.Body, "まだ作成されていません") || !strings.Contains(a.Body, "/plan/new?fy=2026") {
		t.Error("an empty year does not say so")
	}
	if a := srv.Get(t, "/plan/new"); !strings.Contains(a.Body, "件を登録する") || len(o.states()) != 0 {
		t.Error("no preview")
	}
	if a := srv.Post(t, "/plan/new", map[string][]string{"fy": {"2026"}}); a.Status != 303 {
		t.Fatalf("make: status %d: %s", a.Status, a.Body)
	}
	for _, path := range []string{"/plan", "/plan?view=board"} {
		if a := srv.Get(t, path); !strings.Contains(a.Body, "情報資産の棚卸し") || !strings.Contains(a.Body, "遅れ") {
			t.Errorf("%s: status %d", path, a.Status)
		}
	}
	if a := srv.Post(t, "/plan/YP-2026-0402", map[string][]string{"date": {"令和8年4月9日"}}); a.Status != 303 {
		t.Errorf("done: status %d", a.Status)
	}
	if a := srv.Post(t, "/plan/YP-2026-0404", map[string][]string{"date": {"きのう"}}); a.Status != 422 || !strings.Contains(a.Body, "きのう") {
		t.Errorf("a wrong day: status %d", a.Status)
	}
	if a := srv.Get(t, "/plan/nothing"); a.Status != 404 {
		t.Errorf("an item that is not there: status %d", a.Status)
	}
	b := webtest.NewBrowser(t)
	for name, path := range map[string]string{"plan": "/plan", "plan-board": "/plan?view=board", "plan-new": "/plan/new?fy=2027", "plan-item": "/plan/YP-2026-0404"} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, srv, path, name) })
	}
}
