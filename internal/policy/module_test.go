package policy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/clause"
	"okite/internal/contractor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/policy/text"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/web"
	"okite/internal/when"
)

// office is a municipality with the module at work.
type office struct {
	*testing.T
	store *db.Store
	c     *register.Catalog
	gate  *act.Gate
	log   *trail.Log
	s     *policy.Service
	now   time.Time
}

var (
	chief     = actor.Actor{Person: "P-1", Name: "統括一郎", Way: actor.Page, Roles: []actor.Grant{{Role: "chief"}}}
	committee = actor.Actor{Person: "P-2", Name: "委員二郎", Way: actor.Page, Roles: []actor.Grant{{Role: "committee"}}}
	ciso      = actor.Actor{Person: "P-3", Name: "副市長三郎", Way: actor.Page, Roles: []actor.Grant{{Role: "ciso"}}}
	both      = actor.Actor{Person: "P-4", Name: "兼務四郎", Way: actor.Page, Roles: []actor.Grant{{Role: "chief"}, {Role: "committee"}, {Role: "ciso"}}}
	clerk     = actor.Actor{Person: "P-5", Name: "職員五郎", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager"}}}
	stand     = actor.Actor{Person: "P-6", Name: "代理六郎", Way: actor.Page, Roles: []actor.Grant{{Role: "committee"}}}
)

func open(t *testing.T, store *db.Store) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{T: t, store: store, now: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
	store.SetClock(func() time.Time { return o.now })
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	o.c = register.NewCatalog(p, slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers())...)
	if err := store.Migrate(ctx, trail.Schema(), policy.Schema()); err != nil {
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
	o.s = policy.New(policy.Config{Store: store, Catalog: o.c, Gate: o.gate, Pack: "model",
		Results: func(ctx context.Context, id clause.ID) web.Counts {
			if id == "bp.9.4" {
				return web.Counts{Compliant: 12, Noncompliant: 3, Undetermined: 1}
			}
			return web.Counts{}
		},
		Below: func(id clause.ID) []policy.Thing {
			if id == "bp.9.4" {
				return []policy.Thing{{Kind: "check", ID: "R160", Title: msg.T("端末の持ち出し制限", "Take-out locks"), Href: "/checks/R160"}, {Kind: "act", ID: "exception.create", Title: msg.T("例外措置の登録", "Register an exception")},
					{Kind: "register", ID: "exception", Title: msg.T("例外措置", "Exceptions"), Href: "/registers/exception"}}
			}
			return nil
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
		put(o, ctx, tx, "organ", org.Organ{Code: "O-2", Name: "教育委員会", Kind: "education", Open: 1000})
		put(o, ctx, tx, "organ", org.Organ{Code: "O-3", Name: "廃止された委員会", Kind: "agriculture", Open: 1000, Close: 2000})
		put(o, ctx, tx, "organ", org.Organ{Code: "O-4", Name: "議会", Kind: "assembly", Open: 1000})
		put(o, ctx, tx, "unit", org.Unit{Code: "U-1", Name: "情報政策課", Kind: "section", Organ: "O-1", Open: 1000})
		for _, a := range []actor.Actor{chief, committee, ciso, both, clerk, stand} {
			put(o, ctx, tx, "person", org.Person{Code: a.Person, Name: a.Name, Unit: "U-1", Employment: "regular", Joined: 1000})
		}
		put(o, ctx, tx, "delegation", org.Delegation{Code: "D-1", From: "P-1", To: "P-6", Begin: 1000, End: 40000})
		return nil
	})
	return o
}

func put[T any](o *office, ctx context.Context, tx *db.Tx, name string, v T) {
	o.Helper()
	d := o.c.Must(name)
	var n int64
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

func (o *office) run(a actor.Actor, id string, in act.Input) error {
	_, err := o.gate.Run(actor.With(context.Background(), a), "policy."+id, in, act.Options{Reason: "試験のため"})
	return err
}

func (o *office) must(a actor.Actor, id string, in act.Input) {
	o.Helper()
	if err := o.run(a, id, in); err != nil {
		o.Fatalf("%s by %s: %v", id, a.Name, err)
	}
}

func (o *office) refused(kind fault.Kind, a actor.Actor, id string, in act.Input) {
	o.Helper()
	if err := o.run(a, id, in); !fault.Is(err, kind) {
		o.Errorf("%s by %s: got %v, want %s", id, a.Name, err, kind)
	}
}

func (o *office) version(code string) policy.Version {
	o.Helper()
	var v policy.Version
	err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		rec, ok, err := o.c.One(ctx, tx, o.c.Must("version"), code)
		if ok {
			v = register.Decode[policy.Version](o.c.Must("version"), rec.Row)
		}
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return v
}

func (o *office) verify() {
	o.Helper()
	if r, err := o.log.Verify(context.Background(), nil); err != nil || !r.OK {
		o.Errorf("verify the record: %+v, %v", r, err)
	}
}

const townBasic = "星見市情報セキュリティ基本方針\n\n序 組立て\n\n二段とする。\n\n1 目的\n\n情報を守る。\n\n2 対策\n\n次の対策を講ずる。\n\n(1) 人の対策\n\n学ぶ場を設けるよう努める。\n\n(2) 物の対策\n\n鍵をかける。\n"

const townStandard = "星見市情報セキュリティ対策基準\n\n第1章 人\n\n第1条（研修）（基本方針2(1)） 毎年、研修を行わなければならない。\n2 受けた者を記録するものとする。\n(1) 氏名\n(2) 日付\n第2条（鍵）（基本方針2(2)） 鍵を台帳に載せる。\n"

func (o *office) bring(a actor.Actor, name, s, layer string) policy.Imported {
	o.Helper()
	got, err := o.s.Import(actor.With(context.Background(), a), policy.Request{Name: name, Bytes: []byte(s), Layer: layer, Reason: "改正のため"})
	if err != nil {
		o.Fatalf("import %s: %v", name, err)
	}
	return got
}

func TestRoutesHold(t *testing.T) {
	people := []flow.Person{
		{Key: "a", Roles: []actor.Grant{{Role: "chief"}, {Role: "committee"}}},
		{Key: "b", Roles: []actor.Grant{{Role: "committee"}, {Role: "ciso"}}, DelegateOf: []string{"a"}},
		{Key: "c", Roles: []actor.Grant{{Role: "ciso"}, {Role: "chief"}}},
		{Key: "d", Roles: []actor.Grant{{Role: "committee"}}, DelegateOf: []string{"c"}},
		{Key: "e", Roles: []actor.Grant{{Role: "ciso"}}},
	}
	for _, f := range []*flow.Flow{policy.RouteA(), policy.RouteB()} {
		n, err := flow.Search(f, people)
		if err != nil || n < 50 {
			t.Errorf("route %s: %d instances, %v", f.Name, n, err)
		}
	}
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	for s, title := range policy.RouteA().States {
		if term, ok := p.Vocab("version_state").Term(string(s)); !ok || term.Title.JA != title.JA {
			t.Errorf("state %s: the vocabulary says %q, the route %q", s, term.Title.JA, title.JA)
		}
	}
}

func TestRouteA(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		got := o.bring(chief, "b.txt", townBasic, "")
		if got.Document.ID != "B1" || got.Document.Layer != "basic" || got.Document.Version != "v1" || len(got.Clauses) != 5 {
			t.Fatalf("imported %+v", got)
		}
		day := act.Input{"version": "B1", "date": "2026-11-20"}
		o.refused(fault.Denied, clerk, "submit", act.Input{"version": "B1"})
		o.refused(fault.Denied, both, "submit", act.Input{"version": "B1"}) // the applicant alone hands it in
		o.refused(fault.Conflict, committee, "committee", day)
		o.must(chief, "submit", act.Input{"version": "B1"})
		o.refused(fault.Denied, clerk, "committee", day)
		o.refused(fault.Denied, stand, "committee", day) // stands in for the applicant
		o.refused(fault.Invalid, committee, "committee", act.Input{"version": "B1", "date": "2026-11-25"})
		o.must(committee, "committee", day)
		o.refused(fault.Conflict, committee, "committee", day)
		o.refused(fault.Invalid, ciso, "ciso", act.Input{"version": "B1", "date": "2026-11-19"})
		o.must(ciso, "ciso", act.Input{"version": "B1", "date": "令和8年11月21日"})
		o.refused(fault.Conflict, chief, "publish", day)
		adopt := func(organ string) act.Input {
			return act.Input{"version": "B1", "organ": organ, "by": "organ", "date": "2026-11-22", "paper": "教総第1号"}
		}
		o.must(chief, "adopt", adopt("O-1"))
		o.refused(fault.Invalid, chief, "adopt", adopt("O-1"))
		o.refused(fault.Invalid, chief, "adopt", adopt("O-3"))
		if v := o.version("B1"); v.State != "adoption" {
			t.Errorf("one organ of two: state %s", v.State)
		}
		o.must(chief, "adopt", adopt("O-2"))
		o.refused(fault.Conflict, chief, "adopt", adopt("O-2"))
		o.refused(fault.Conflict, chief, "enforce", act.Input{"version": "B1", "from": "2026-12-01"})
		o.must(chief, "publish", act.Input{"version": "B1", "date": "2026-11-23"})
		o.refused(fault.Invalid, chief, "enforce", act.Input{"version": "B1", "from": "2026-11-22"})
		o.must(chief, "enforce", act.Input{"version": "B1", "from": "2026-11-24"})
		v := o.version("B1")
		if v.State != "in_force" || v.Route != "A" || v.Committee.String() != "2026-11-20" || v.CISO.String() != "2026-11-21" || v.Published.String() != "2026-11-23" || v.From.String() != "2026-11-24" || v.SHA256 == "" {
			t.Errorf("in force: %+v", v)
		}
		o.refused(fault.Conflict, chief, "withdraw", act.Input{"version": "B1"})
		o.verify()
	})
}

func TestNextVersionReplacesTheOneBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		ctx := actor.With(context.Background(), actor.Operator())
		first, err := o.s.Import(ctx, policy.Request{Name: "s.txt", Bytes: []byte(townStandard), From: when.On(2025, 4, 1), Reason: "導入前の版", Approve: true})
		if err != nil || first.Document.State != "in_force" || first.Document.ID != "S1" {
			t.Fatalf("approved at once: %+v, %v", first.Document, err)
		}
		if _, err := o.s.Import(ctx, policy.Request{Name: "s.txt", Bytes: []byte(townStandard), Reason: "もう一度", Approve: true}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second version decided by the operator: %v", err)
		}
		o.refused(fault.Denied, chief, "settle", act.Input{"version": "S2", "from": "2026-11-24"})
		if v := o.version("S2"); v.Code != "" {
			t.Errorf("the refused version left a draft: %+v", v)
		}
		next := o.bring(chief, "s.txt", strings.Replace(townStandard, "毎年", "半年ごとに", 1), "standard")
		code := next.Document.ID
		in := act.Input{"version": code}
		o.must(chief, "submit", in)
		o.must(committee, "return_review", in)
		o.must(chief, "submit", in)
		o.must(committee, "committee", act.Input{"version": code, "date": "2026-11-20"})
		o.must(ciso, "ciso", act.Input{"version": code, "date": "2026-11-20"})
		if v := o.version(code); v.State != "approved" || v.Route != "B" {
			t.Errorf("after the CISO: %+v", v)
		}
		o.must(chief, "enforce", act.Input{"version": code, "from": "2026-12-01"})
		if v := o.version("S1"); v.State != "in_force" || v.Until.String() != "2026-11-30" {
			t.Errorf("the version before, until its end: %+v", v)
		}
		o.must(actor.Actor{Way: actor.Job, System: true}, "turn", nil)
		if v := o.version("S1"); v.State != "in_force" {
			t.Errorf("turned too early: %+v", v)
		}
		o.now = o.now.AddDate(0, 0, 7)
		o.must(actor.Actor{Way: actor.Job, System: true}, "turn", nil)
		if v := o.version("S1"); v.State != "replaced" {
			t.Errorf("after its last day: %+v", v)
		}
		for day, want := range map[when.Date]string{when.On(2026, 11, 30): "S1", when.On(2026, 12, 1): code} {
			if got, err := o.s.Show(ctx, "st.1", day); err != nil || got.Documents[0].Document.ID != want || len(got.Documents[0].Clauses) != 5 {
				t.Errorf("in force on %s: %+v, %v", day, got, err)
			}
		}
		if _, err := o.s.Show(ctx, "st.1", when.On(2025, 3, 31)); !fault.Is(err, fault.NotFound) {
			t.Errorf("before the first: %v", err)
		}
		d, err := o.s.Diff(ctx, "S1", code)
		if err != nil || len(d.Clauses) != 1 || d.Clauses[0].Kind != policy.Changed || d.Clauses[0].ID != "st.1.1" || d.Same != 5 {
			t.Errorf("difference %+v, %v", d, err)
		}
		o.verify()
	})
}

func TestWithdraw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		o.bring(chief, "b.txt", townBasic, "basic")
		o.refused(fault.Denied, both, "withdraw", act.Input{"version": "B1"})
		o.must(chief, "withdraw", act.Input{"version": "B1"})
		o.refused(fault.Conflict, chief, "submit", act.Input{"version": "B1"})
		o.refused(fault.NotFound, chief, "submit", act.Input{"version": "B9"})
		o.verify()
	})
}

func TestImportRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		for name, b := range map[string][]byte{"empty": nil, "binary": {0x7f, 'E', 'L', 'F', 0, 0, 0}, "out of order": []byte("2 定義\n\nことば。\n\n1 目的\n\n守る。\n"),
			"a resident's number": []byte("1 目的\n\n番号 1234 5678 9018 を守る。\n")} {
			if _, err := o.s.Import(actor.With(context.Background(), chief), policy.Request{Name: "x.txt", Bytes: b}); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := o.s.Import(actor.With(context.Background(), clerk), policy.Request{Name: "x.txt", Bytes: []byte(townBasic)}); !fault.Is(err, fault.Denied) {
			t.Errorf("by a clerk: %v", err)
		}
		if v := o.version("B1"); v.Code != "" {
			t.Errorf("something was written: %+v", v)
		}
		o.verify()
	})
}

// TestModelTexts imports the texts the product brings along: every clause of the standard rests on one of the basic
// policy.
func TestModelTexts(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	known := map[string]bool{}
	for _, layer := range []string{text.Basic, text.Standard} {
		b, err := pack.Text("model", layer)
		if err != nil {
			t.Fatal(err)
		}
		got := o.bring(chief, layer+".txt", string(b), layer)
		if len(got.Warnings) != 0 || len(got.Clauses) < 33 {
			t.Errorf("%s: %d clauses, warnings %v", layer, len(got.Clauses), got.Warnings)
		}
		for _, c := range got.Clauses {
			if layer == text.Basic {
				known[c.ID] = true
			} else if len(c.Parents) == 0 || !known[c.Parents[0]] {
				t.Errorf("%s rests on %v", c.ID, c.Parents)
			}
		}
	}
}

func TestExport(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	ctx := actor.With(context.Background(), chief)
	type source struct {
		b     []byte
		layer string
	}
	var texts []source
	for _, layer := range []string{text.Basic, text.Standard} {
		b, err := pack.Text("model", layer)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, source{b, layer})
	}
	for name, layer := range map[string]string{"branches.txt": text.Standard, "sections.txt": text.Standard, "dotted.md": text.Standard, "vertical.txt": text.Basic, "outline.txt": text.Basic, "articles.txt": text.Standard, "chapters.txt": text.Standard} {
		b, err := os.ReadFile("text/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, source{b, layer})
	}
	for _, x := range texts {
		layer := x.layer
		first := o.bring(chief, layer+".txt", string(x.b), layer)
		var md bytes.Buffer
		if err := o.s.Export(ctx, &md, first.Document.ID, "markdown"); err != nil {
			t.Fatal(err)
		}
		again, err := text.Read("x.md", md.Bytes(), layer)
		if err != nil {
			t.Fatalf("read the exported Markdown: %v\n%s", err, md.String())
		}
		if len(again.Clauses) != len(first.Clauses) {
			t.Fatalf("%d clauses came back of %d:\n%s", len(again.Clauses), len(first.Clauses), md.String())
		}
		for i, c := range again.Clauses {
			if w := first.Clauses[i]; string(c.ID) != w.ID || c.Title != w.Title || c.Text != w.Text || c.Number != w.Number {
				t.Fatalf("%s came back as %s\n%q\n%q", w.ID, c.ID, w.Title+"|"+w.Text, c.Title+"|"+c.Text)
			}
		}
	}
	var out bytes.Buffer
	if err := o.s.Export(ctx, &out, "B1", "oscal"); err != nil {
		t.Fatal(err)
	}
	var c struct {
		Catalog struct {
			UUID     string
			Metadata map[string]any
			Groups   []struct {
				ID       string
				Controls []struct {
					ID    string
					Parts []struct{ Name, Prose string }
				}
			}
			Controls []struct{ ID string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(c.Catalog.UUID) || c.Catalog.Metadata["oscal-version"] != "1.1.3" ||
		len(c.Catalog.Groups) != 3 || len(c.Catalog.Controls) != 12 || c.Catalog.Groups[2].Controls[3].ID != "bp.9.4" || c.Catalog.Groups[2].Controls[3].Parts[0].Prose == "" {
		t.Errorf("OSCAL catalog: %s", out.String()[:600])
	}
	if err := o.s.Export(ctx, &out, "B1", "pdf"); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown form: %v", err)
	}
	if err := o.s.Export(ctx, &out, "standard", "json"); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing in force: %v", err)
	}
}

// TestSeed imports a city's own text as a script would, where it lies at hand.
func TestSeed(t *testing.T) {
	path := os.Getenv("OKITE_SEED")
	if path == "" {
		t.Skip("OKITE_SEED names no file")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, dbtest.SQLite(t))
	got, err := o.s.Import(actor.With(context.Background(), actor.Operator()), policy.Request{Name: "seed.txt", Bytes: b, Approve: true})
	if err != nil || len(got.Clauses) != 33 || got.Document.State != "in_force" {
		t.Errorf("%+v, %v", got.Document, err)
	}
	o.verify()
}
