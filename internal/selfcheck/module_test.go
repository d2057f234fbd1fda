package selfcheck_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/contractor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/selfcheck"
	"okite/internal/trail"
	"okite/internal/when"
)

// office is a municipality with the module at work.
type office struct {
	*testing.T
	store *db.Store
	c     *register.Catalog
	gate  *act.Gate
	log   *trail.Log
	s     *selfcheck.Service
	now   time.Time
	found []selfcheck.Finding // what the checks find
}

func grant(role, scope string) actor.Grant { return actor.Grant{Role: role, Scope: scope} }

var (
	boss    = actor.Actor{Person: "P-00001", Name: "統括一郎", Unit: "U-0001", Way: actor.Page, Roles: []actor.Grant{grant("chief", "")}}
	looker  = actor.Actor{Person: "P-00002", Name: "当番二郎", Unit: "U-0001", Way: actor.Page, Roles: []actor.Grant{grant("csirt_chief", "")}}
	manager = actor.Actor{Person: "P-00003", Name: "課長三郎", Unit: "U-0002", Way: actor.Page, Roles: []actor.Grant{grant("section_manager", "unit:U-0002")}}
	deputy  = actor.Actor{Person: "P-00004", Name: "補佐四郎", Unit: "U-0002", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-0002", Deputy: true}}}
	clerk   = actor.Actor{Person: "P-00005", Name: "職員五郎", Unit: "U-0002", Way: actor.Page}
	other   = actor.Actor{Person: "P-00006", Name: "税務六子", Unit: "U-0003", Way: actor.Page, Roles: []actor.Grant{grant("section_manager", "unit:U-0003")}}
	head    = actor.Actor{Person: "P-00007", Name: "局長七郎", Unit: "U-0009", Way: actor.Page, Roles: []actor.Grant{grant("bureau_head", "unit:U-0009")}}
	stand   = actor.Actor{Person: "P-00008", Name: "代理八重", Unit: "U-0003", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-0002", Via: "D-1"}}}
	ciso    = actor.Actor{Person: "P-00009", Name: "副市長九", Unit: "U-0009", Way: actor.Page, Roles: []actor.Grant{grant("ciso", "")}}
)

// open makes a bureau with three sections and nine people, and sheets for people, managers and sections.
func open(t *testing.T, store *db.Store) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{T: t, store: store, now: when.On(2026, 9, 1).Time().Add(10 * time.Hour)}
	store.SetClock(func() time.Time { return o.now })
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	o.c = register.NewCatalog(p, slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), selfcheck.Registers())...)
	if err := store.Migrate(ctx, trail.Schema()); err != nil {
		t.Fatal(err)
	}
	if err := o.c.Migrate(ctx, store); err != nil {
		t.Fatal(err)
	}
	if o.log, err = trail.Open(ctx, store, t.TempDir(), "okite.example/test"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.log.Close() })
	reg := &act.Registry{}
	o.gate = &act.Gate{Store: store, Log: o.log, Registry: reg, Units: o.c.UnitsAbove,
		Powers: func(ctx context.Context, tx *db.Tx, id string) ([]act.Power, error) {
			a, ok := reg.Get(id)
			if !ok || len(a.Roles) != 1 {
				return nil, nil
			}
			return []act.Power{{Role: a.Roles[0]}}, nil
		}}
	o.s = selfcheck.New(selfcheck.Config{Store: store, Catalog: o.c, Gate: o.gate, Findings: func(_ context.Context, checks []string) ([]selfcheck.Finding, error) {
		return slices.DeleteFunc(slices.Clone(o.found), func(f selfcheck.Finding) bool { return !slices.Contains(checks, f.Check) }), nil
	}})
	reg.Add(o.s.Acts()...)
	o.write(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	o.write(func(ctx context.Context, tx *db.Tx) error {
		put(o, ctx, tx, "organ", org.Organ{Code: "O-1", Name: "市長", Kind: "mayor", Open: 1000})
		put(o, ctx, tx, "unit", org.Unit{Code: "U-0009", Name: "市民局", Kind: "bureau", Organ: "O-1", Open: 1000})
		put(o, ctx, tx, "unit", org.Unit{Code: "U-0001", Name: "情報政策課", Kind: "section", Organ: "O-1", Open: 1000},
			org.Unit{Code: "U-0002", Name: "市民課", Kind: "section", Organ: "O-1", Parent: "U-0009", Open: 1000}, org.Unit{Code: "U-0003", Name: "税務課", Kind: "section", Organ: "O-1", Open: 1000},
			org.Unit{Code: "U-0004", Name: "旧統計課", Kind: "section", Organ: "O-1", Open: 1000, Close: 20000})
		for _, a := range []actor.Actor{boss, looker, manager, deputy, clerk, other, head, stand, ciso} {
			put(o, ctx, tx, "person", org.Person{Code: a.Person, Name: a.Name, Unit: a.Unit, Employment: "regular", Joined: 10000})
		}
		put(o, ctx, tx, "contractor", contractor.Contractor{Code: "CO-1", Name: "架空派遣株式会社"})
		put(o, ctx, tx, "contract", contractor.Contract{Code: "K-1", Name: "運用", Contractor: "CO-1", Unit: "U-0002", From: 19000, Until: 22000})
		put(o, ctx, tx, "person", org.Person{Code: "P-00010", Name: "委託十", Unit: "U-0002", Employment: "contractor", Contract: "K-1", Joined: 10000},
			org.Person{Code: "P-00011", Name: "退職十一", Unit: "U-0002", Employment: "regular", Joined: 10000, Left: when.On(2026, 8, 31)},
			org.Person{Code: "P-00012", Name: "採用十二", Unit: "U-0002", Employment: "regular", Joined: when.On(2026, 9, 2)})
		put(o, ctx, tx, "post", org.Post{Code: "PO-1", Role: "section_manager", Scope: "section", Unit: "U-0002", Name: "市民課情報セキュリティ管理者", From: 15000})
		put(o, ctx, tx, "assignment", org.Assignment{Code: "AS-1", Post: "PO-1", Person: manager.Person, Kind: "holder", From: 16000, First: true})
		put(o, ctx, tx, "delegation", org.Delegation{Code: "D-1", From: manager.Person, To: stand.Person, Begin: 16000, End: 30000})
		five := int64(5)
		put(o, ctx, tx, "parameter", policy.Parameter{Code: "N.sample", Name: "抽出の割合", Value: &five, Unit: "%", Direction: "min"})
		put(o, ctx, tx, "checksheet", selfcheck.Sheet{Code: "ST-1", Name: "個人用点検票", For: selfcheck.ForPerson, From: 2020}, selfcheck.Sheet{Code: "ST-2", Name: "管理者用点検票", For: selfcheck.ForPerson, Roles: []string{"section_manager"}, From: 2020},
			selfcheck.Sheet{Code: "ST-3", Name: "課・室用点検票", For: selfcheck.ForUnit, From: 2020}, selfcheck.Sheet{Code: "ST-4", Name: "昔の点検票", For: selfcheck.ForPerson, From: 2010, Until: 2019})
		for i, sheet := range []string{"ST-1", "ST-1", "ST-2", "ST-3"} {
			put(o, ctx, tx, "checkitem", selfcheck.Item{Code: fmt.Sprintf("SI-%d", i+1), Sheet: sheet, Order: int64(i + 1), Text: "守っていますか。", Checks: []string{"R003"}, Evidence: i == 1})
		}
		return nil
	})
	return o
}

func put[T any](o *office, ctx context.Context, tx *db.Tx, name string, list ...T) {
	o.Helper()
	d := o.c.Must(name)
	for _, x := range list {
		if _, err := o.c.Create(ctx, tx, actor.Operator(), d, register.Encode(d, x)); err != nil {
			o.Fatalf("put %s: %v", name, err)
		}
	}
}

func (o *office) write(fn db.Func) {
	o.Helper()
	if err := o.store.Write(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

func (o *office) read(fn db.Func) {
	o.Helper()
	if err := o.store.Read(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

func (o *office) run(who actor.Actor, id string, in act.Input) error {
	_, err := o.gate.Run(actor.With(context.Background(), who), id, in, act.Options{Reason: "試験のため"})
	return err
}

func (o *office) must(who actor.Actor, id string, in act.Input) {
	o.Helper()
	if err := o.run(who, id, in); err != nil {
		o.Fatalf("%s by %s: %v", id, who.Name, err)
	}
}

// refused fails unless an act is refused with a kind of fault.
func (o *office) refused(kind fault.Kind, who actor.Actor, id string, in act.Input) {
	o.Helper()
	if err := o.run(who, id, in); !fault.Is(err, kind) {
		o.Errorf("%s by %s %v: %v, want %s", id, who.Name, in, err, kind)
	}
}

func all[T any](o *office, name string) (out []T) {
	o.Helper()
	o.read(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = register.Load[T](ctx, tx, o.c.Must(name))
		return err
	})
	return out
}

func (o *office) response(who string) selfcheck.Response {
	o.Helper()
	for _, r := range all[selfcheck.Response](o, "response") {
		if r.Code == "SC-1."+who || strings.HasSuffix(r.Code, "."+who) {
			return r
		}
	}
	o.Fatalf("no response of %s", who)
	return selfcheck.Response{}
}

// each runs a test on both engines.
func each(t *testing.T, fn func(o *office)) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		fn(o)
		if rep, err := o.log.Verify(context.Background(), nil); err != nil || !rep.OK {
			t.Errorf("the record does not hold: %+v %v", rep, err)
		}
	})
}

func begin(o *office) string {
	o.Helper()
	o.must(boss, "selfcheck.start", act.Input{"name": "令和8年度の自己点検", "fy": "2026", "sheets": "ST-1 ST-2 ST-3", "opens": "2026-09-01", "due": "2026-09-30"})
	return all[selfcheck.Campaign](o, "campaign")[0].Code
}

func in(code string, pairs ...string) act.Input {
	out := act.Input{"response": code}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// filled answers every item of a sheet with yes, with evidence where it is asked.
func filled(sheet string) string {
	switch sheet {
	case "ST-1":
		return "SI-1\t○\nSI-2\t○\t文書第1号"
	case "ST-2":
		return "SI-3\t○"
	}
	return "SI-4\t○"
}

func TestStart(t *testing.T) {
	each(t, func(o *office) {
		good := act.Input{"name": "点検", "fy": "2026", "sheets": "ST-1", "opens": "令和8年9月1日", "due": "2026-09-30"}
		for _, c := range []struct{ field, value string }{{"name", " "}, {"fy", "2030"}, {"fy", "R8"}, {"sheets", "ST-4"}, {"sheets", "ST-9"}, {"sheets", ""}, {"opens", "2026-08-31"}, {"opens", "2027-04-01"}, {"due", "2026-09-01"}, {"due", "2027-04-01"}, {"due", "明日"}} {
			bad := act.Input{}
			for k, v := range good {
				bad[k] = v
			}
			bad[c.field] = c.value
			err := o.run(boss, "selfcheck.start", bad)
			if f := fault.As(err); f == nil || f.Kind != fault.Invalid || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == c.field }) {
				o.Errorf("%s %q: %v, want a fault at the field", c.field, c.value, err)
			}
		}
		o.refused(fault.Denied, clerk, "selfcheck.start", good)
		o.refused(fault.Denied, manager, "selfcheck.start", good)
		if n := len(all[selfcheck.Response](o, "response")); n != 0 {
			o.Fatalf("%d sheets after refusals", n)
		}
		code := begin(o)
		got := map[string]string{}
		for _, r := range all[selfcheck.Response](o, "response") {
			got[r.Who()] = r.Sheet
			if r.State != string(selfcheck.Preparing) || r.Campaign != code {
				o.Errorf("%s stands at %s", r.Code, r.State)
			}
		}
		// nine people of the staff and three sections; not the contractor's worker, who has left, who comes tomorrow, the closed section
		if len(got) != 12 || got["P-00003"] != "ST-2" || got["P-00005"] != "ST-1" || got["U-0002"] != "ST-3" || got["P-00010"]+got["P-00011"]+got["P-00012"]+got["U-0004"] != "" {
			o.Errorf("asked are %v", got)
		}
		o.refused(fault.Conflict, boss, "selfcheck.add", act.Input{"campaign": code})
		o.write(func(ctx context.Context, tx *db.Tx) error {
			put(o, ctx, tx, "person", org.Person{Code: "P-00013", Name: "遅延十三", Unit: "U-0003", Employment: "regular", Joined: when.On(2026, 4, 1)})
			return nil
		})
		o.must(boss, "selfcheck.add", act.Input{"campaign": code})
		if n := len(all[selfcheck.Response](o, "response")); n != 13 {
			o.Errorf("%d sheets, want the one registered late as well", n)
		}
		o.must(boss, "selfcheck.cancel", act.Input{"campaign": code})
		o.refused(fault.Conflict, clerk, "selfcheck.save", in(code+".P-00005", "answers", filled("ST-1")))
	})
}

func TestAnswer(t *testing.T) {
	each(t, func(o *office) {
		code := begin(o)
		mine := code + ".P-00005"
		o.refused(fault.Denied, manager, "selfcheck.save", in(mine, "answers", filled("ST-1")))
		o.refused(fault.Denied, actor.Operator(), "selfcheck.submit", in(mine, "answers", filled("ST-1")))
		o.must(clerk, "selfcheck.save", in(mine, "answers", "SI-1\t○\nSI-9\t○"))
		if r := o.response("P-00005"); r.State != string(selfcheck.Answering) || r.Given != 1 || r.Answers != "SI-1\t○" {
			o.Errorf("saved is %+v", r)
		}
		for _, c := range []struct{ name, answers, field string }{
			{"an item is left out", "SI-1\t○", "a.SI-2"}, {"a yes without its evidence", "SI-1\t○\nSI-2\t○", "e.SI-2"}, {"a sign that is no answer", "SI-1\t?\nSI-2\t×", "a.SI-1"},
		} {
			err := o.run(clerk, "selfcheck.submit", in(mine, "answers", c.answers))
			if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
				o.Errorf("%s: %v, want a fault at %s", c.name, err, c.field)
			}
		}
		o.must(clerk, "selfcheck.submit", in(mine, "answers", "SI-1\t○\nSI-2\t×\t\t棚が足りない"))
		o.refused(fault.Conflict, clerk, "selfcheck.save", in(mine, "answers", filled("ST-1")))
		// nobody decides their own, a stand-in of the applicant neither, another section's manager not at all
		o.refused(fault.Denied, clerk, "selfcheck.decide", in(mine, "decision", "confirm"))
		o.refused(fault.Denied, other, "selfcheck.decide", in(mine, "decision", "confirm"))
		o.refused(fault.Invalid, manager, "selfcheck.decide", in(mine, "decision", "return"))
		o.refused(fault.Conflict, manager, "selfcheck.decide", in(mine, "decision", "confirm", "seen", "another"))
		o.must(manager, "selfcheck.decide", in(mine, "decision", "return", "note", "棚は課にあります。"))
		o.must(clerk, "selfcheck.submit", in(mine, "answers", filled("ST-1")))
		o.must(deputy, "selfcheck.decide", in(mine, "decision", "confirm", "seen", o.response("P-00005").Hash()))
		if r := o.response("P-00005"); r.State != string(selfcheck.Done) || r.Confirmer != deputy.Person || r.Comment != "" {
			o.Errorf("confirmed is %+v", r)
		}
		o.refused(fault.Conflict, manager, "selfcheck.decide", in(mine, "decision", "confirm"))
		// the manager's own sheet goes to the level above, and not to who stands in for the manager
		own := code + ".P-00003"
		o.must(manager, "selfcheck.submit", in(own, "answers", filled("ST-2")))
		o.refused(fault.Denied, manager, "selfcheck.decide", in(own, "decision", "confirm"))
		o.refused(fault.Denied, stand, "selfcheck.decide", in(own, "decision", "confirm"))
		o.must(head, "selfcheck.decide.bureau", in(own, "decision", "confirm"))
		// a section's sheet is answered by its manager or deputy, and confirmed by the other
		unit := code + ".U-0002"
		o.refused(fault.Denied, clerk, "selfcheck.submit", in(unit, "answers", filled("ST-3")))
		o.must(deputy, "selfcheck.submit", in(unit, "answers", filled("ST-3")))
		o.refused(fault.Denied, deputy, "selfcheck.decide", in(unit, "decision", "confirm"))
		o.must(manager, "selfcheck.decide", in(unit, "decision", "confirm"))
		// the chief's own goes to the CISO
		o.must(boss, "selfcheck.submit", in(code+".P-00001", "answers", filled("ST-1")))
		o.refused(fault.Denied, boss, "selfcheck.decide.chief", in(code+".P-00001", "decision", "confirm"))
		o.must(ciso, "selfcheck.decide.ciso", in(code+".P-00001", "decision", "confirm"))
		o.refused(fault.Conflict, boss, "selfcheck.cancel", act.Input{"campaign": code})
		o.refused(fault.Denied, clerk, "selfcheck.withdraw", in(code+".P-00006"))
		o.must(boss, "selfcheck.withdraw", in(code+".P-00006"))
	})
}

func TestCloseAndSecondLook(t *testing.T) {
	each(t, func(o *office) {
		code := begin(o)
		for _, a := range []actor.Actor{boss, looker, manager, deputy, clerk, other, head, stand, ciso} {
			r := o.response(a.Person)
			o.must(a, "selfcheck.submit", in(r.Code, "answers", filled(r.Sheet)))
		}
		o.refused(fault.Conflict, boss, "selfcheck.close", act.Input{"campaign": code})
		o.now = when.On(2026, 10, 1).Time()
		o.refused(fault.Denied, manager, "selfcheck.close", act.Input{"campaign": code})
		o.must(boss, "selfcheck.close", act.Input{"campaign": code})
		c := all[selfcheck.Campaign](o, "campaign")[0]
		if c.State != selfcheck.Closed || c.Seed == "" || c.Mismatches != nil {
			o.Fatalf("closed is %+v; without the checks there is no figure", c)
		}
		var keys, drawn []string
		for _, r := range all[selfcheck.Response](o, "response") {
			if r.Answered() {
				keys = append(keys, r.Code)
			}
			if r.Sampled {
				drawn = append(drawn, r.Code)
			}
		}
		if again := selfcheck.Draw(c.Seed, keys, 1); !slices.Equal(drawn, again) { // 5% of nine
			o.Fatalf("drawn are %v, the seed gives %v", drawn, again)
		}
		o.refused(fault.Conflict, other, "selfcheck.submit", in(code+".U-0003", "answers", filled("ST-3")))
		var r selfcheck.Response
		for _, x := range all[selfcheck.Response](o, "response") {
			if x.Sampled {
				r = x
			}
		}
		seconds := map[string]actor.Actor{}
		for _, a := range []actor.Actor{looker, {Person: clerk.Person, Name: clerk.Name, Unit: clerk.Unit, Way: actor.Page, Roles: looker.Roles}} {
			seconds[a.Unit] = a
		}
		for unit, a := range seconds {
			if err := o.run(a, "selfcheck.recheck", in(r.Code, "verdict", "agrees")); (err == nil) != (unit != r.Section && a.Person != r.Person) {
				o.Errorf("second look by %s of %s at %s of %s: %v", a.Name, unit, r.Person, r.Section, err)
			}
		}
		o.refused(fault.Denied, boss, "selfcheck.recheck", in(r.Code, "verdict", "agrees"))
		for _, x := range keys {
			if x != r.Code {
				o.refused(fault.Conflict, looker, "selfcheck.recheck", in(x, "verdict", "agrees"))
				break
			}
		}
	})
}

func TestConfirmation(t *testing.T) {
	each(t, func(o *office) {
		o.refused(fault.Denied, clerk, "confirmation.record", act.Input{"unit": "U-0002"})
		o.refused(fault.Denied, other, "confirmation.record", act.Input{"unit": "U-0002"})
		o.refused(fault.Invalid, manager, "confirmation.record", act.Input{"unit": "U-0002", "problem": "棚の鍵がない。", "reported": "2026-09-02"})
		o.refused(fault.Invalid, manager, "confirmation.record", act.Input{"unit": "U-0002", "reported": "2026-09-01"})
		o.must(manager, "confirmation.record", act.Input{"unit": "U-0002", "problem": "棚の鍵がない。"})
		o.must(head, "confirmation.record.bureau", act.Input{"unit": "U-0002"})
		list := all[selfcheck.Confirmation](o, "confirmation")
		if len(list) != 2 || list[0].By != manager.Person || list[0].FY != 2026 || list[0].Reported != 0 {
			o.Fatalf("confirmations are %+v", list)
		}
		o.refused(fault.Conflict, manager, "confirmation.report", act.Input{"confirmation": list[1].Code, "reported": "2026-09-01"})
		o.now = when.On(2026, 9, 3).Time()
		o.refused(fault.Invalid, manager, "confirmation.report", act.Input{"confirmation": list[0].Code, "reported": "2026-08-31"})
		o.must(manager, "confirmation.report", act.Input{"confirmation": list[0].Code, "reported": "2026-09-02"})
		o.refused(fault.Conflict, manager, "confirmation.report", act.Input{"confirmation": list[0].Code, "reported": "2026-09-02"})
	})
}

// TestWaiting: the inbox says what somebody has to answer, confirm and close, and the same of everybody at once.
func TestWaiting(t *testing.T) {
	each(t, func(o *office) {
		code := begin(o)
		kinds := func(who actor.Actor) (out []string) {
			o.read(func(ctx context.Context, tx *db.Tx) error {
				list, err := o.s.Waiting(ctx, tx, who, when.Of(tx.Now()), 0)
				for _, i := range list {
					out = append(out, i.Kind+" "+i.Subject.String())
				}
				return err
			})
			return out
		}
		check := func(who actor.Actor, want ...string) {
			o.Helper()
			if got := kinds(who); !slices.Equal(got, want) {
				o.Errorf("%s owes %v, want %v", who.Name, got, want)
			}
		}
		form := func(who string) string { return "selfcheck " + ref.New("response", code+"."+who).String() }
		check(clerk, form("P-00005"))
		check(manager, form("P-00003"), form("U-0002"))
		o.must(clerk, "selfcheck.submit", in(code+".P-00005", "answers", filled("ST-1")))
		check(clerk)
		check(manager, form("P-00003"), form("U-0002"), "decision unit:U-0002")
		o.read(func(ctx context.Context, tx *db.Tx) error {
			everyone, err := o.s.Everyone(ctx, tx, when.Of(tx.Now()))
			if len(everyone) != 8 || len(everyone["P-00005"]) != 0 || len(everyone["P-00006"]) != 1 {
				o.Errorf("everybody owes %d lists", len(everyone))
			}
			told, err2 := o.s.Told(ctx, tx, clerk.Person)
			if len(told) != 1 || told[0].Day != when.On(2026, 9, 1) || told[0].State.JA != "提出済" {
				o.Errorf("told is %+v", told)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		o.now = when.On(2026, 10, 1).Time()
		check(other) // late: the checks say so
		check(boss, "selfcheck campaign:"+code)
	})
}

// TestRoute walks every path of a response through the function that moves it.
func TestRoute(t *testing.T) {
	g := func(role, scope string) []actor.Grant { return []actor.Grant{{Role: role, Scope: scope}} }
	people := []flow.Person{
		{Key: "P-1"}, // answers
		{Key: "P-2", Roles: g("section_manager", "section:1")},
		{Key: "P-3", Roles: g("section_manager", "section:1"), DelegateOf: []string{"P-2"}},
		{Key: "P-4", Roles: g("bureau_head", "bureau:1"), DelegateOf: []string{"P-1"}},
		{Key: "P-5", Roles: g("bureau_head", "bureau:1")},
		{Key: "P-6", Roles: g("chief", ""), DelegateOf: []string{"P-5"}},
		{Key: "P-7", Roles: g("ciso", "")},
		{Key: "P-8", Roles: append(g("chief", ""), g("section_manager", "section:1")...)},
	}
	n, err := flow.Search(selfcheck.Route(), people)
	if err != nil {
		t.Error(err)
	}
	t.Logf("%s: %d instances seen", selfcheck.Route().Name, n)
	if n < 100 {
		t.Errorf("only %d instances seen; the search does not reach far", n)
	}
}

func TestPack(t *testing.T) {
	list := []selfcheck.Answer{{Item: "SI-1", Value: selfcheck.Yes}, {Item: "SI-2", Value: selfcheck.No, Note: "棚が\n足りない\tので"}, {Item: "SI-3", Evidence: "文書第1号"}, {Item: "SI-4", Value: selfcheck.None}}
	text := selfcheck.Pack(list)
	got := selfcheck.Unpack(text)
	list[1].Note = "棚が 足りない ので" // what would break a line is a blank
	if !slices.Equal(got, list) {
		t.Errorf("%q reads as %+v", text, got)
	}
	if got := selfcheck.Unpack(""); len(got) != 0 {
		t.Errorf("nothing reads as %v", got)
	}
}

func TestDraw(t *testing.T) {
	var keys []string
	for i := range 400 {
		keys = append(keys, fmt.Sprintf("SC-1.P-%05d", i))
	}
	a := selfcheck.Draw("seed", keys, 20)
	back := slices.Clone(keys)
	slices.Reverse(back)
	if b := selfcheck.Draw("seed", back, 20); !slices.Equal(a, b) || len(a) != 20 {
		t.Errorf("the same seed gives %v and %v", a, b)
	}
	if b := selfcheck.Draw("other", keys, 20); slices.Equal(a, b) {
		t.Error("another seed gives the same sample")
	}
	for _, c := range [][3]int64{{0, 5, 0}, {1, 5, 1}, {20, 5, 1}, {21, 5, 2}, {100, 5, 5}, {7, 0, 0}} {
		if n := selfcheck.Needed(c[0], c[1]); n != c[2] {
			t.Errorf("%d%% of %d is %d, want %d", c[1], c[0], n, c[2])
		}
	}
}
