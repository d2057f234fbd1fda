package yearplan

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/audit"
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
	o.gate = &act.Gate{Store: store, Log: o.log, Registry: reg, Units: c.UnitsAbove, Powers: func(_ context.Context, _ *db.Tx, id string) ([]act.Power, error) {
		a, ok := reg.Get(id)
		if !ok || len(a.Roles) != 1 {
			return nil, nil
		}
		return []act.Power{{Role: a.Roles[0]}}, nil
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
		o.meet(when.On(2026, 3, 31), when.On(2026, 4, 20), when.On(2026, 11, 2))
		o.hold("audit", audit.Audit{Code: "A-1", Name: "内部監査", Unit: "U-1", Date: when.On(2026, 4, 9)})
		if st := o.states(); st["0301"].State != Planned || st["1101"].State != Soon {
			t.Errorf("a meeting of April reports the year (%s), an audit of April is November's (%s)", st["0301"].State, st["1101"].State)
		}
		o.hold("audit", audit.Audit{Code: "A-2", Name: "内部監査", Unit: "U-1", Date: when.On(2026, 9, 1)})
		if x := o.states()["1101"]; x.State != Done || x.Proof != when.On(2026, 9, 1) || x.Href != "/registers/audit" {
			t.Errorf("an audit on the first day of its period: %s, %s", x.State, x.Proof)
		}
		if err := o.run(chief, "yearplan.done", act.Input{"item": "YP-2026-0402", "date": "2026-11-26"}); err == nil {
			t.Error("done tomorrow")
		}
		if err := o.run(chief, "yearplan.done", act.Input{"item": "YP-2026-0902", "date": "2026-07-31"}); err == nil {
			t.Error("done before it began")
		}
		if err := o.run(chief, "yearplan.done", act.Input{"item": "YP-2026-0402", "date": "2026-04-16"}); err != nil {
			t.Fatal(err)
		}
		if x := o.states()["0402"]; x.State != Tardy || x.Proof != when.On(2026, 4, 16) {
			t.Errorf("done a day late: %s, %s", x.State, x.Proof)
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
		{"a clean check before its first day", when.On(2026, 9, 30), 0, 0, true, Planned},
		{"a clean check on its first day", when.On(2026, 10, 1), 0, 0, true, Done},
		{"done later than today", when.On(2026, 11, 1), when.On(2026, 11, 2), 0, false, Soon},
		{"done today", when.On(2026, 11, 1), when.On(2026, 11, 1), 0, false, Done},
		{"entered for a day before it began", when.On(2026, 11, 1), when.On(2026, 9, 30), 0, false, Soon},
		{"entered for its first day", when.On(2026, 11, 1), when.On(2026, 10, 1), 0, false, Done},
		{"entered for the day after", when.On(2026, 12, 1), when.On(2026, 12, 1), 0, false, Tardy},
		{"entered in the year after", when.On(2027, 4, 3), when.On(2027, 4, 3), 0, false, Tardy},
		{"proved on the day itself", when.On(2027, 1, 1), 0, when.On(2026, 11, 30), false, Done},
		{"proved late", when.On(2027, 1, 1), 0, when.On(2026, 12, 30), false, Tardy},
	} {
		x := i
		x.Done = c.done
		if got := judge(x, c.proof, c.checked, c.today).State; got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// meet loads meetings of the committee, hold any record.
func (o *town) meet(days ...when.Date) {
	o.Helper()
	for _, d := range days {
		o.hold("meeting", org.Meeting{Code: "M-" + d.String(), Date: d})
	}
}

func (o *town) hold(name string, x any) {
	o.Helper()
	o.write(func(ctx context.Context, tx *db.Tx) error {
		d := o.s.c.Catalog.Must(name)
		_, err := o.s.c.Catalog.BulkLoad(ctx, tx, d, slices.Values([]register.Row{register.Encode(d, x)}), tx.Now())
		return err
	})
}

// TestPeriod: what proves a task lies between its first day and the end of its year, over the turn of the calendar year
// and in leap years (bp.10).
func TestPeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		feb := Item{Code: "X-1", FY: 2027, Due: when.On(2028, 2, 29), Name: "作業", Role: "chief", Clause: "bp.5", Register: "meeting", Field: "date"} // 31 December on
		for _, c := range []struct {
			what  string
			from  when.Date
			held  when.Date
			today when.Date
			want  State
		}{
			{"60 days before, over a leap day", 0, when.On(2027, 12, 31), when.On(2028, 1, 5), Done},
			{"61 days before", 0, when.On(2027, 12, 30), when.On(2028, 1, 5), Planned},
			{"on the leap day", 0, when.On(2028, 2, 29), when.On(2028, 2, 29), Done},
			{"the day after it", 0, when.On(2028, 3, 1), when.On(2028, 3, 1), Tardy},
			{"on the last day of the year", 0, when.On(2028, 3, 31), when.On(2028, 4, 1), Tardy},
			{"in the next year", 0, when.On(2028, 4, 1), when.On(2028, 4, 1), Late},
			{"tomorrow", 0, when.On(2028, 2, 2), when.On(2028, 2, 1), Soon},
			{"from a day of its own", when.On(2027, 4, 1), when.On(2027, 4, 1), when.On(2028, 2, 1), Done},
			{"before a day of its own", when.On(2028, 2, 29), when.On(2028, 2, 28), when.On(2028, 2, 28), Soon},
		} {
			i := feb
			i.From = c.from
			var got Seen
			o.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM reg_meeting`)
				return err
			})
			o.meet(c.held)
			if err := s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				day, err := o.s.proof(ctx, tx, i, c.today)
				got = judge(i, day, false, c.today)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if got.State != c.want {
				t.Errorf("%s: %s, want %s", c.what, got.State, c.want)
			}
		}
	})
	april := Item{FY: 2026, Due: when.On(2026, 4, 15)}
	if got := april.begins(); got != when.On(2026, 4, 1) {
		t.Errorf("a task of April begins on %s, before its year", got)
	}
}

// TestNextYear: the template knows the last day of February, and gives each task its first day.
func TestNextYear(t *testing.T) {
	tasks, err := pack.Year("model")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		for fy := 2026; fy < 2032; fy++ {
			from, due := task.Dates(fy)
			if from.FY() != fy || due.FY() != fy || from > due {
				t.Errorf("%s in %d: %s to %s", task.Code, fy, from, due)
			}
			if last := when.On(fy+1, 3, 1) - 1; task.Code == "0201" && due != last {
				t.Errorf("the end of February %d is %s, not %s", fy+1, last, due)
			}
		}
	}
	if from, due := (pack.YearTask{Month: 3, Day: 20, Before: 10}).Dates(2027); from != when.On(2028, 3, 10) || due != when.On(2028, 3, 20) {
		t.Errorf("ten days before: %s to %s", from, due)
	}
	if from, _ := (pack.YearTask{Month: 3, Day: 20}).Dates(2027); from != when.On(2028, 1, 20) { // 60 days, one of them 29 February
		t.Errorf("by default: %s", from)
	}
	o := open(t, dbtest.SQLite(t))
	if err := o.run(chief, "yearplan.make", act.Input{"fy": "2027"}); err != nil {
		t.Fatal(err)
	}
	list, err := o.s.year(context.Background(), 2027, when.Of(o.now))
	if err != nil || len(list) != len(tasks) {
		t.Fatalf("%d items, %v", len(list), err)
	}
	for _, x := range list {
		if x.From == 0 || x.Code == "YP-2027-0301" && x.From != when.On(2028, 2, 1) || x.Code == "YP-2027-0201" && x.Due != when.On(2028, 2, 29) {
			t.Errorf("%s: %s to %s", x.Code, x.From, x.Due)
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
	for what, spoil := range map[string]func(*Item){"year": func(i *Item) { i.FY = 2025 }, "first day": func(i *Item) { i.From = when.On(2026, 5, 2) }, "year of the first day": func(i *Item) { i.From = when.On(2026, 3, 31) },
		"day of completion": func(i *Item) { i.From, i.Done = when.On(2026, 4, 10), when.On(2026, 4, 9) }, "clause": func(i *Item) { i.Clause = "9条" }, "register": func(i *Item) { i.Register = "secret" }, "field": func(i *Item) { i.Field = "agenda" },
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
