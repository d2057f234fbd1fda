package training_test

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
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/training"
	"okite/internal/when"
)

// office is a municipality with the module at work.
type office struct {
	testing.TB
	store *db.Store
	c     *register.Catalog
	gate  *act.Gate
	log   *trail.Log
	s     *training.Service
	now   time.Time
}

var (
	chief = actor.Actor{Person: "P-1", Name: "統括一郎", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "chief"}}}
	ciso  = actor.Actor{Person: "P-2", Name: "副市長二郎", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "ciso"}}}
	both  = actor.Actor{Person: "P-3", Name: "兼務三郎", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "chief"}, {Role: "ciso"}}}
	stand = actor.Actor{Person: "P-4", Name: "代理四郎", Unit: "U-1", Way: actor.Page, Roles: []actor.Grant{{Role: "ciso"}}}
	head  = actor.Actor{Person: "P-5", Name: "課長五郎", Unit: "U-2", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-2"}}}
	clerk = actor.Actor{Person: "P-6", Name: "職員六子", Unit: "U-2", Way: actor.Page}
	other = actor.Actor{Person: "P-7", Name: "職員七子", Unit: "U-3", Way: actor.Page}
)

var today = when.On(2026, 11, 24)

func open(t testing.TB, store *db.Store) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{TB: t, store: store, now: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
	store.SetClock(func() time.Time { return o.now })
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	o.c = register.NewCatalog(p, slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), training.Registers())...)
	if err := store.Migrate(ctx, trail.Schema(), training.Schema()); err != nil {
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
		Powers: func(_ context.Context, _ *db.Tx, id string) ([]act.Power, error) {
			a, ok := reg.Get(id)
			if !ok || len(a.Roles) != 1 {
				return nil, nil
			}
			return []act.Power{{Role: a.Roles[0]}}, nil
		}}
	o.s = training.New(training.Config{Store: store, Catalog: o.c, Gate: o.gate})
	reg.Add(o.c.Acts()...)
	reg.Add(o.s.Acts()...)
	o.write(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	o.write(func(ctx context.Context, tx *db.Tx) error { o.fill(ctx, tx); return nil })
	return o
}

func (o *office) fill(ctx context.Context, tx *db.Tx) {
	d := when.On
	put(o, ctx, tx, "city", org.City{Code: "990001", Name: "星見市", Pack: "model"})
	put(o, ctx, tx, "organ", org.Organ{Code: "O-1", Name: "市長", Kind: "mayor", Open: 1000})
	for i, name := range []string{"情報政策課", "市民課", "税務課"} {
		put(o, ctx, tx, "unit", org.Unit{Code: fmt.Sprintf("U-%d", i+1), Name: name, Kind: "section", Organ: "O-1", Open: 1000})
	}
	for _, a := range []actor.Actor{chief, ciso, both, stand, head, clerk, other} {
		put(o, ctx, tx, "person", org.Person{Code: a.Person, Name: a.Name, Kana: a.Person, Unit: a.Unit, Employment: "regular", Joined: d(2015, 4, 1)})
	}
	put(o, ctx, tx, "person", org.Person{Code: "P-8", Name: "新人八子", Kana: "P-8", Unit: "U-2", Employment: "fiscal_year", Joined: today - 10})
	put(o, ctx, tx, "person", org.Person{Code: "P-9", Name: "退職九郎", Kana: "P-9", Unit: "U-2", Employment: "regular", Joined: d(2015, 4, 1), Left: d(2026, 7, 31)})
	put(o, ctx, tx, "delegation", org.Delegation{Code: "D-1", From: "P-1", To: "P-4", Begin: 1000, End: 40000})
	put(o, ctx, tx, "post", org.Post{Code: "PO-1", Role: "section_manager", Scope: "section", Unit: "U-2", Name: "市民課情報セキュリティ管理者", From: d(2020, 4, 1)})
	put(o, ctx, tx, "assignment", org.Assignment{Code: "AS-1", Post: "PO-1", Person: "P-5", Kind: "holder", From: d(2026, 10, 1)})
	put(o, ctx, tx, "committee", org.Committee{Code: "C-1", Name: "情報セキュリティ委員会", Chair: "P-2", Since: d(2020, 4, 1)})
	put(o, ctx, tx, "meeting", org.Meeting{Code: "M-1", Committee: "C-1", Date: d(2026, 11, 2), Agenda: []string{"training"}, Minutes: "星情第1号"})
	put(o, ctx, tx, "meeting", org.Meeting{Code: "M-2", Committee: "C-1", Date: d(2026, 11, 9), Agenda: []string{"audit"}, Minutes: "星情第2号"})
	for _, p := range o.c.Pack().Parameters {
		put(o, ctx, tx, "parameter", policy.Parameter{Code: p.Code, Name: p.Name.JA, Value: p.Value, Text: p.Text})
	}
	pass := int64(60)
	put(o, ctx, tx, "course", training.Course{Code: "TC-1", Name: "基礎研修", Kind: "basic", From: d(2020, 4, 1), Pass: &pass, Edition: "第2版", Summary: "全員の研修です。"})
	put(o, ctx, tx, "course", training.Course{Code: "TC-2", Name: "管理者研修", Kind: "role", Roles: []string{"section_manager"}, From: d(2020, 4, 1), Edition: "第1版"})
	put(o, ctx, tx, "course", training.Course{Code: "TC-3", Name: "フォロー研修", Kind: "followup", From: d(2020, 4, 1), Edition: "第1版"})
	put(o, ctx, tx, "course", training.Course{Code: "TC-9", Name: "終わった研修", Kind: "basic", From: d(2020, 4, 1), Until: d(2021, 3, 31), Edition: "第1版"})
	for i, text := range []string{"大切なことは二つあります。\n\n一つ目は確かめることです。", "二つ目は<b>すぐに</b>報告することです。"} {
		put(o, ctx, tx, "lesson", training.Lesson{Code: fmt.Sprintf("TL-%d", i+1), Course: "TC-1", Order: int64(i + 1), Name: fmt.Sprintf("第%d章", i+1), Text: text})
	}
	put(o, ctx, tx, "lesson", training.Lesson{Code: "TL-9", Course: "TC-3", Order: 1, Name: "気付くために", Text: "一度手を止めます。"})
	put(o, ctx, tx, "question", training.Question{Code: "TQ-1", Course: "TC-1", Order: 1, Text: "不審なメールは", Choices: "開く\n報告する", Right: "2", Explanation: "開かずに報告するのが秘訣です。"})
	put(o, ctx, tx, "question", training.Question{Code: "TQ-2", Course: "TC-1", Order: 2, Text: "離席するときは", Choices: "画面をロックする\nカードを持つ\nそのままにする", Right: "1 2", Explanation: "両方とも行うのが秘訣です。"})
	put(o, ctx, tx, "session", training.Session{Code: "TS-1", Course: "TC-1", Name: "第1回", Date: d(2026, 11, 20), Place: "会議室"})
	put(o, ctx, tx, "session", training.Session{Code: "TS-2", Course: "TC-1", Name: "第2回", Date: today + 1})
	put(o, ctx, tx, "maildrill", training.Drill{Code: "MD-1", Name: "秋の訓練", Date: today - 5, Kind: "link", Course: "TC-3"})
	put(o, ctx, tx, "drillresult", training.Result{Code: "DR-1", Drill: "MD-1", Person: "P-6", Unit: "U-2", Opened: true})
	put(o, ctx, tx, "drillresult", training.Result{Code: "DR-2", Drill: "MD-1", Person: "P-7", Unit: "U-3", Reported: true})
	put(o, ctx, tx, "trainingplan", training.Plan{Code: "TP-1", Name: "今年度の計画", FY: 2026, Content: "全員に基礎研修を行う。", State: "draft"})
	put(o, ctx, tx, "trainingplan", training.Plan{Code: "TP-0", Name: "前年度の計画", FY: 2025, Content: "全員に基礎研修を行う。", State: "approved", Approved: d(2025, 6, 1)})
}

func put[T any](o *office, ctx context.Context, tx *db.Tx, name string, v T) {
	o.Helper()
	d := o.c.Must(name)
	n, err := o.c.BulkLoad(ctx, tx, d, slices.Values([]register.Row{register.Encode(d, v)}), o.now)
	if err != nil || n != 1 {
		o.Fatalf("put %s: %d, %v", name, n, err)
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

func (o *office) run(a actor.Actor, id string, in act.Input) (string, error) {
	res, err := o.gate.Run(actor.With(context.Background(), a), id, in, act.Options{Reason: "試験のため"})
	return res.Record.Key, err
}

func (o *office) must(a actor.Actor, id string, in act.Input) string {
	o.Helper()
	key, err := o.run(a, id, in)
	if err != nil {
		o.Fatalf("%s by %s: %v", id, a.Name, err)
	}
	return key
}

func (o *office) refused(kind fault.Kind, a actor.Actor, id string, in act.Input) {
	o.Helper()
	_, err := o.run(a, id, in)
	if f := fault.As(err); f == nil || f.Kind != kind {
		o.Errorf("%s by %s with %v: %v, want a fault of kind %v", id, a.Name, in, err, kind)
	}
}

func one[T any](o *office, name, key string) T {
	o.Helper()
	var v T
	o.read(func(ctx context.Context, tx *db.Tx) error {
		d := o.c.Must(name)
		rec, ok, err := o.c.One(ctx, tx, d, key)
		if err == nil && ok {
			v = register.Decode[T](d, rec.Row)
		}
		return err
	})
	return v
}

// verified ends a test that wrote: the record of what was done holds together.
func (o *office) verified() {
	o.Helper()
	if r, err := o.log.Verify(context.Background(), nil); err != nil || !r.OK {
		o.Errorf("verify the record: %+v, %v", r, err)
	}
}

// TestPlanRoute searches every path of a plan (bp.6): no applicant and no stand-in of theirs approves it, over any chain.
func TestPlanRoute(t *testing.T) {
	people := []flow.Person{
		{Key: "P-1"}, {Key: "P-2", Roles: []actor.Grant{{Role: "ciso"}}}, {Key: "P-3", Roles: []actor.Grant{{Role: "ciso"}}, DelegateOf: []string{"P-1"}},
		{Key: "P-4", Roles: []actor.Grant{{Role: "ciso"}}, DelegateOf: []string{"P-3"}}, {Key: "P-5", Roles: []actor.Grant{{Role: "chief"}}},
	}
	n, err := flow.Search(training.Route(), people)
	if err != nil {
		t.Error(err)
	}
	if n < 20 {
		t.Errorf("only %d states were seen", n)
	}
	t.Logf("%d states", n)
}

func TestPlanApproval(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		plan := act.Input{"plan": "TP-1"}
		o.refused(fault.Denied, clerk, "training.plan.submit", plan)
		o.refused(fault.Conflict, ciso, "training.plan.approve", plan) // not handed in yet
		o.must(chief, "training.plan.submit", plan)
		o.refused(fault.Denied, chief, "training.plan.approve", plan)
		o.refused(fault.Denied, stand, "training.plan.approve", plan) // acts for the applicant
		o.refused(fault.Conflict, ciso, "training.plan.approve", act.Input{"plan": "TP-1", "seen": "0"})
		o.refused(fault.Invalid, ciso, "training.plan.approve", act.Input{"plan": "TP-1", "date": "2026-12-01"})
		o.refused(fault.Conflict, chief, "trainingplan.change", act.Input{"code": "TP-1", "content": "何もしない。"})
		o.must(ciso, "training.plan.return", plan)
		o.must(chief, "trainingplan.change", act.Input{"code": "TP-1", "content": "全員に基礎研修を2回行う。"})
		o.refused(fault.Denied, both, "training.plan.withdraw", plan) // not theirs
		o.must(chief, "training.plan.withdraw", plan)
		o.must(chief, "trainingplan.create", act.Input{"code": "TP-2", "name": "改めた計画", "fy": "2026", "content": "基礎研修。"})
		if p := one[training.Plan](o, "trainingplan", "TP-2"); p.State != "draft" {
			t.Errorf("a new plan stands at %q", p.State)
		}
		o.must(both, "training.plan.submit", act.Input{"plan": "TP-2"})
		o.refused(fault.Denied, both, "training.plan.approve", act.Input{"plan": "TP-2"}) // holds both roles, and applied
		o.refused(fault.Conflict, chief, "training.plan.report", act.Input{"plan": "TP-2", "meeting": "M-1", "result": "済んだ。"})
		o.must(stand, "training.plan.approve", act.Input{"plan": "TP-2", "date": "令和8年6月30日"})
		p := one[training.Plan](o, "trainingplan", "TP-2")
		if p.State != "approved" || p.Approver != "P-4" || p.Applicant != "P-3" || p.Approved != when.On(2026, 6, 30) || p.Applied != today {
			t.Errorf("the plan is %+v", p)
		}
		o.refused(fault.Invalid, chief, "training.plan.report", act.Input{"plan": "TP-2", "meeting": "M-2", "result": "済んだ。"})
		o.refused(fault.Invalid, chief, "training.plan.report", act.Input{"plan": "TP-2", "meeting": "M-9", "result": "済んだ。"})
		o.must(chief, "training.plan.report", act.Input{"plan": "TP-2", "meeting": "M-1", "result": "全員が修了した。"})
		o.verified()
	})
}

func TestAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		answers := func(one, two string) act.Input {
			return act.Input{"course": "TC-1", "answers": fmt.Sprintf(`{"TQ-1":%q,"TQ-2":%q}`, one, two)}
		}
		for _, c := range []struct {
			one, two string
			score    int64
			passed   bool
		}{{"1", "3", 0, false}, {"2", "1", 50, false}, {"2", "1 2 3", 50, false}, {"2", "2 1", 100, true}} {
			key := o.must(clerk, "training.answer", answers(c.one, c.two))
			x := one[training.Completion](o, "completion", key)
			if x.Score == nil || *x.Score != c.score || x.Passed != c.passed || x.Person != "P-6" || x.Edition != "第2版" || x.Way != "elearning" || x.Date != today {
				t.Errorf("answers %q %q: %+v", c.one, c.two, x)
			}
		}
		o.refused(fault.Invalid, clerk, "training.answer", answers("2", ""))
		o.refused(fault.Invalid, clerk, "training.answer", act.Input{"course": "TC-1", "answers": "…"})
		o.refused(fault.Conflict, clerk, "training.answer", act.Input{"course": "TC-9"})
		o.refused(fault.NotFound, clerk, "training.answer", act.Input{"course": "TC-0"})
		o.refused(fault.Denied, actor.Operator(), "training.answer", answers("2", "1 2"))
		o.must(clerk, "training.answer", act.Input{"course": "TC-3"})
		if r := one[training.Result](o, "drillresult", "DR-1"); r.Followup != today {
			t.Errorf("the follow-up course was passed and the drill says %v", r.Followup)
		}
		o.read(func(ctx context.Context, tx *db.Tx) error {
			h, err := o.c.History(ctx, tx, o.c.Must("drillresult"), "DR-1")
			for _, v := range h {
				if strings.Contains(fmt.Sprint(v.By), "P-6") {
					t.Error("the history of a result names whose it is")
				}
			}
			if len(h) != 2 {
				t.Errorf("%d versions of the result, want 2", len(h))
			}
			return err
		})
		if r := one[training.Result](o, "drillresult", "DR-2"); r.Followup != 0 {
			t.Error("somebody else's drill was followed up")
		}
		o.verified()
	})
}

func TestAttendance(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		o.refused(fault.Denied, head, "training.attend", act.Input{"session": "TS-1", "people": "P-6"})
		o.refused(fault.Conflict, chief, "training.attend", act.Input{"session": "TS-2", "people": "P-6"}) // tomorrow
		o.refused(fault.Invalid, chief, "training.attend", act.Input{"session": "TS-1", "people": "P-6 P-0"})
		o.refused(fault.Invalid, chief, "training.attend", act.Input{"session": "TS-1", "people": "P-6 P-9"}) // had left
		o.refused(fault.Invalid, chief, "training.attend", act.Input{"session": "TS-1", "people": strings.Repeat("P-6 ", 3) + manyPeople(501)})
		o.must(chief, "training.attend", act.Input{"session": "TS-1", "people": "P-6 P-7 P-6"})
		o.must(chief, "training.attend", act.Input{"session": "TS-1", "people": "P-6 P-8"}) // one is on record already
		o.read(func(ctx context.Context, tx *db.Tx) error {
			all, err := register.Load[training.Completion](ctx, tx, o.c.Must("completion"))
			var got []string
			for _, x := range all {
				if x.Session != "TS-1" || x.Way != "group" || !x.Passed || x.Date != when.On(2026, 11, 20) || x.Edition != "第2版" {
					t.Errorf("attendance is %+v", x)
				}
				got = append(got, x.Person)
			}
			slices.Sort(got)
			if want := []string{"P-6", "P-7", "P-8"}; !slices.Equal(got, want) {
				t.Errorf("attended: %v, want %v", got, want)
			}
			return err
		})
		o.verified()
	})
}

func manyPeople(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "X-%d ", i)
	}
	return b.String()
}

// TestDuties: what a person owes by their time with the city, their roles and drills, and that taking it ends it.
func TestDuties(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		owes := func(person string) []string {
			var out []string
			o.read(func(ctx context.Context, tx *db.Tx) error {
				list, err := o.s.Duties(ctx, tx, person, today)
				for _, d := range list {
					out = append(out, fmt.Sprintf("%s %s %s", d.Kind, d.Course, d.Due))
				}
				return err
			})
			return out
		}
		for person, want := range map[string][]string{
			"P-7": {"year TC-1 2027-03-31"},
			"P-8": {"new TC-1 2026-12-14"},
			"P-5": {"role TC-2 2026-12-30", "year TC-1 2027-03-31"},
			"P-6": {"followup TC-3 2026-12-03", "year TC-1 2027-03-31"},
			"P-9": nil, "P-0": nil,
		} {
			if got := owes(person); !slices.Equal(got, want) {
				t.Errorf("%s owes %v, want %v", person, got, want)
			}
		}
		o.must(clerk, "training.answer", act.Input{"course": "TC-3"})
		if got, want := owes("P-6"), []string{"year TC-1 2027-03-31"}; !slices.Equal(got, want) {
			t.Errorf("after the follow-up course: %v, want %v", got, want)
		}
		o.must(head, "training.answer", act.Input{"course": "TC-2"})
		if got := owes("P-5"); got != nil {
			t.Errorf("after the course of the role, which counts for the year: %v", got)
		}
		o.must(chief, "training.plan.submit", act.Input{"plan": "TP-1"})
		waits := func(who actor.Actor) (decisions int) {
			o.read(func(ctx context.Context, tx *db.Tx) error {
				list, err := o.s.Waiting(ctx, tx, who, today, 100)
				for _, i := range list {
					if i.Kind == "decision" {
						decisions++
					}
				}
				return err
			})
			return decisions
		}
		if waits(ciso) != 1 || waits(stand) != 0 || waits(chief) != 0 || waits(clerk) != 0 {
			t.Errorf("the plan waits for %d %d %d %d, want the CISO alone", waits(ciso), waits(stand), waits(chief), waits(clerk))
		}
		o.read(func(ctx context.Context, tx *db.Tx) error {
			told, err := o.s.Told(ctx, tx, "P-6")
			if len(told) != 1 || told[0].Course != "フォロー研修" || told[0].Edition != "第1版" || told[0].Way != "elearning" || !told[0].Passed {
				t.Errorf("told: %+v", told)
			}
			return err
		})
		o.verified()
	})
}

func TestQuestionsThatNobodyCouldAnswer(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	for name, in := range map[string]act.Input{
		"one choice":       {"course": "TC-2", "text": "問い", "choices": "はい", "right": "1"},
		"no such choice":   {"course": "TC-2", "text": "問い", "choices": "はい\nいいえ", "right": "3"},
		"words for number": {"course": "TC-2", "text": "問い", "choices": "はい\nいいえ", "right": "はい"},
	} {
		if _, err := o.run(chief, "question.create", in); fault.As(err) == nil {
			t.Errorf("%s: %v, want a fault", name, err)
		}
	}
	o.must(chief, "question.create", act.Input{"course": "TC-2", "text": "問い", "choices": "はい\nいいえ\n\n", "right": "1、2"})
}
