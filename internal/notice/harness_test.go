package notice_test

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
	"okite/internal/fault"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// town is a municipality of eight people with the module at work.
type town struct {
	testing.TB
	store *db.Store
	c     *register.Catalog
	gate  *act.Gate
	log   *trail.Log
	s     *notice.Service
	now   time.Time
}

func as(code, name string, roles ...actor.Grant) actor.Actor {
	return actor.Actor{Person: code, Name: name, Way: actor.Page, Roles: roles}
}

var (
	chief    = as("P-1", "統括一郎", actor.Grant{Role: "chief"})
	csirt    = as("P-2", "緊急二葉", actor.Grant{Role: "csirt_chief"})
	manager  = as("P-3", "課長三奈", actor.Grant{Role: "section_manager", Scope: "unit:U-2"})
	clerk    = as("P-4", "職員四季")
	newcomer = as("P-5", "新人五月")
	stand    = as("P-6", "代理六実", actor.Grant{Role: "chief"}) // stands in for the CSIRT chief
	both     = as("P-7", "兼務七海", actor.Grant{Role: "chief"}, actor.Grant{Role: "csirt_chief"})
	buyer    = as("P-8", "契約八重", actor.Grant{Role: "contract_officer"})
	worker   = as("P-9", "従事九郎")
)

func open(t testing.TB, store *db.Store) *town {
	t.Helper()
	ctx := context.Background()
	o := &town{TB: t, store: store, now: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
	store.SetClock(func() time.Time { return o.now })
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	o.c = register.NewCatalog(p, slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), notice.Registers())...)
	if err := store.Migrate(ctx, trail.Schema(), policy.Schema(), notice.Schema()); err != nil {
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
	p2 := policy.New(policy.Config{Store: store, Catalog: o.c, Gate: o.gate})
	o.s = notice.New(notice.Config{Store: store, Catalog: o.c, Gate: o.gate, Log: o.log, Calendar: when.NewCalendar(), Policy: p2,
		Told: []func(context.Context, *db.Tx, string) ([]notice.Told, error){courses}})
	reg.Add(o.s.Acts()...)
	reg.Add(o.c.Acts()...)
	if err := store.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		o.fill(ctx, tx)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return o
}

// courses stands for another module that has taught people.
func courses(context.Context, *db.Tx, string) ([]notice.Told, error) {
	return []notice.Told{{Kind: titleCourse, What: "情報セキュリティの基礎", Version: "2026", On: when.On(2026, 7, 1), Day: when.On(2026, 7, 9)}}, nil
}

func (o *town) fill(ctx context.Context, tx *db.Tx) {
	d := when.On
	n := func(v int64) *int64 { return &v }
	load(o, ctx, tx, "parameter", policy.Parameter{Code: "N.ack", Name: "受領", Value: n(30)}, policy.Parameter{Code: "N.pledge", Name: "誓約", Value: n(7)}, policy.Parameter{Code: "N.notice", Name: "読了", Value: n(5)}, policy.Parameter{Code: "N.noticerate", Name: "割合", Value: n(95)})
	load(o, ctx, tx, "organ", org.Organ{Code: "O-1", Name: "市長", Kind: "mayor", Open: 1000})
	load(o, ctx, tx, "unit", org.Unit{Code: "U-1", Name: "総務局", Kind: "bureau", Organ: "O-1", Open: 1000}, org.Unit{Code: "U-2", Name: "市民課", Kind: "section", Parent: "U-1", Open: 1000},
		org.Unit{Code: "U-3", Name: "情報政策課", Kind: "section", Parent: "U-1", Open: 1000}, org.Unit{Code: "U-4", Name: "休止中の課", Kind: "section", Open: 1000})
	for i, a := range []actor.Actor{chief, csirt, manager, clerk, newcomer, stand, both, buyer, worker} {
		p := org.Person{Code: a.Person, Name: a.Name, Unit: "U-3", Employment: "regular", Joined: d(2015, 4, 1)}
		switch a.Person {
		case manager.Person, clerk.Person:
			p.Unit = "U-2"
		case newcomer.Person:
			p.Unit, p.Employment, p.Joined = "U-2", "fiscal_year", d(2026, 11, 20)
		case worker.Person:
			p.Unit, p.Employment = "U-2", "contractor"
		}
		load(o, ctx, tx, "person", p)
		_ = i
	}
	load(o, ctx, tx, "post", org.Post{Code: "PO-1", Role: "section_manager", Scope: "section", Unit: "U-2", Name: "市民課情報セキュリティ管理者", From: 1000},
		org.Post{Code: "PO-2", Role: "system_manager", Scope: "system", System: "S-1", Name: "住民記録システム管理者", From: 1000})
	load(o, ctx, tx, "assignment", org.Assignment{Code: "A-1", Post: "PO-1", Person: "P-3", Kind: "holder", From: 1000}, org.Assignment{Code: "A-2", Post: "PO-2", Person: "P-8", Kind: "deputy", From: 1000},
		org.Assignment{Code: "A-3", Post: "PO-2", Person: "P-1", Kind: "holder", From: 1000, Until: d(2026, 3, 31)})
	load(o, ctx, tx, "delegation", org.Delegation{Code: "D-1", From: "P-2", To: "P-6", Begin: 1000, End: 40000})
	load(o, ctx, tx, "system", asset.System{Code: "S-1", Name: "住民記録システム", Unit: "U-2", Status: "active"})
	load(o, ctx, tx, "version", policy.Version{Code: "B1", Layer: "basic", Number: 1, Name: "基本方針初版", SHA256: "b1", State: "replaced", Route: "A", From: d(2024, 4, 1), Until: d(2026, 3, 31)},
		policy.Version{Code: "B2", Layer: "basic", Number: 2, Name: "基本方針第2版", SHA256: "b2", State: "in_force", Route: "A", From: d(2026, 4, 1)})
	for _, v := range []string{"B1", "B2"} {
		text := "市は、情報を守る。"
		if v == "B2" {
			text = "市は、情報を守り、毎年確かめる。"
		}
		load(o, ctx, tx, "clause", policy.Clause{Code: v + "-bp.1", Version: v, ID: "bp.1", Number: "1", Name: "目的", Text: text, Order: 1}, policy.Clause{Code: v + "-bp.9", Version: v, ID: "bp.9", Number: "9", Name: "対策", Order: 2},
			policy.Clause{Code: v + "-bp.9.1", Version: v, ID: "bp.9.1", Number: "9(1)", Name: "人の対策", Text: "研修を行う。", Order: 3}, policy.Clause{Code: v + "-bp.9.4", Version: v, ID: "bp.9.4", Number: "9(4)", Name: "強靱性", Text: "持ち出さない。", Order: 4})
	}
	load(o, ctx, tx, "ack", policy.Ack{Code: "AK-1", Version: "B1", Person: "P-4", Date: d(2024, 4, 9)}, policy.Ack{Code: "AK-2", Version: "B2", Person: "P-3", Date: d(2026, 4, 9)})
	load(o, ctx, tx, "pledge", notice.Pledge{Code: "PL-1", Person: "P-4", Kind: notice.Joining, Date: d(2015, 4, 1), Way: notice.OnPaper, Paper: "総人第7号"}, notice.Pledge{Code: "PL-2", Person: "P-3", Kind: notice.Joining, Date: d(2015, 4, 1), Way: notice.OnScreen})
	load(o, ctx, tx, "action", org.Action{Code: "exception.create", Name: "例外措置の登録"})
	load(o, ctx, tx, "guide", notice.Guide{Code: "G-1", Clause: "bp.9.4", Name: "持ち出しの判断", Brief: "持ち出さない。\n迷ったら聞く。", Text: "【行動】媒体を使いません。", Version: "B2", Shown: []string{"exception.create"}, Number: 1, From: d(2026, 4, 1)})
	load(o, ctx, tx, "contractor", contractor.Contractor{Code: "CO-1", Name: "北の情報株式会社"}, contractor.Contractor{Code: "CO-2", Name: "南の情報株式会社"})
	load(o, ctx, tx, "contract", contractor.Contract{Code: "K-1", Name: "運用業務", Contractor: "CO-1", Unit: "U-3", From: d(2026, 4, 1), Until: d(2027, 3, 31)},
		contractor.Contract{Code: "K-2", Name: "終わった業務", Contractor: "CO-2", Unit: "U-3", From: d(2025, 4, 1), Until: d(2026, 3, 31)})
}

func load[T any](o *town, ctx context.Context, tx *db.Tx, name string, rows ...T) {
	o.Helper()
	d := o.c.Must(name)
	if _, err := o.c.BulkLoad(ctx, tx, d, func(yield func(register.Row) bool) {
		for _, v := range rows {
			if !yield(register.Encode(d, v)) {
				return
			}
		}
	}, o.now); err != nil {
		o.Fatalf("load %s: %v", name, err)
	}
}

func (o *town) run(a actor.Actor, id string, in act.Input) (act.Result, error) {
	return o.gate.Run(actor.With(context.Background(), a), id, in, act.Options{Reason: "試験のため"})
}

func (o *town) must(a actor.Actor, id string, in act.Input) string {
	o.Helper()
	r, err := o.run(a, id, in)
	if err != nil {
		o.Fatalf("%s by %s: %v", id, a.Name, err)
	}
	return r.Record.Key
}

func (o *town) refused(kind fault.Kind, a actor.Actor, id string, in act.Input) {
	o.Helper()
	if _, err := o.run(a, id, in); !fault.Is(err, kind) {
		o.Errorf("%s by %s: got %v, want %s", id, a.Name, err, kind)
	}
}

// all reads a register.
func all[T any](o *town, name string) (out []T) {
	o.Helper()
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = register.Load[T](ctx, tx, o.c.Must(name))
		return err
	}); err != nil {
		o.Fatal(err)
	}
	return out
}

// owes are the titles of what somebody finds in the inbox.
func (o *town) owes(a actor.Actor) string {
	o.Helper()
	var out []string
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		list, err := o.s.Waiting(ctx, tx, a, when.Of(tx.Now()), 100)
		for _, i := range list {
			out = append(out, fmt.Sprintf("%s:%s", i.Kind, i.Subject.Key))
		}
		return err
	}); err != nil {
		o.Fatal(err)
	}
	return strings.Join(out, " ")
}

func (o *town) verify() {
	o.Helper()
	if r, err := o.log.Verify(context.Background(), nil); err != nil || !r.OK {
		o.Errorf("verify the record: %+v, %v", r, err)
	}
}

// site serves the pages to one person.
func (o *town) site(who actor.Actor) *webtest.Server {
	o.Helper()
	s := &web.Site{Name: "星見市", Version: "1", Registry: &web.Registry{}, Now: o.store.Now, Identify: webtest.As(who)}
	if err := s.Registry.Add(o.s.Routes()...); err != nil {
		o.Fatal(err)
	}
	return webtest.Start(o, s)
}

// warning is a mandatory notice for everybody, issued.
func (o *town) warning(more act.Input) string {
	o.Helper()
	in := act.Input{"name": "偽メールへの注意", "kind": "warning", "text": "添付を開かないでください。\n困ったら電話してください。", "mandatory": "true", "clauses": "bp.9.1"}
	for k, v := range more {
		in[k] = v
	}
	code := o.must(csirt, "notice.draft", in)
	o.must(csirt, "notice.submit", act.Input{"notice": code})
	o.must(chief, "notice.approve", act.Input{"notice": code})
	return code
}
