package ledger

import (
	"context"
	"fmt"
	"net/http"
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
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// town is a site over all registers, with two bureaus, their sections and people, systems and assets.
type town struct {
	testing.TB
	store  *db.Store
	c      *register.Catalog
	gate   *act.Gate
	log    *trail.Log
	s      *Service
	site   *web.Site
	srv    *webtest.Server
	who    actor.Actor // who sends the requests
	counts []int       // statements of the pages asked for
}

var (
	now     = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	manager = actor.Actor{Person: "P-00001", Name: "山田 花子", Unit: "U-0011", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-0011"}}}
	head    = actor.Actor{Person: "P-00002", Name: "佐藤 一郎", Unit: "U-0001", Way: actor.Page, Roles: []actor.Grant{{Role: "bureau_head", Scope: "unit:U-0001"}}}
	chief   = actor.Actor{Person: "P-00003", Name: "鈴木 次郎", Unit: "U-0001", Way: actor.Page, Roles: []actor.Grant{{Role: "chief"}}}
	staff   = actor.Actor{Person: "P-00004", Name: "高橋 三郎", Unit: "U-0021", Way: actor.Page}
)

// vocabularies are the words these tests need.
func vocabularies() *pack.Pack {
	p := &pack.Pack{Code: "test", Vocabs: map[string]*pack.Vocab{}}
	for name, terms := range map[string]string{
		"confidentiality": "3A=自治体機密性3A/3A 3B=自治体機密性3B/3B 3C=自治体機密性3C/3C 2=自治体機密性2/2 1=自治体機密性1/1",
		"integrity":       "2=自治体完全性2/2 1=自治体完全性1/1", "availability": "2=自治体可用性2/2 1=自治体可用性1/1",
		"form": "file=電子データ/File paper=紙/Paper", "status": "planned=計画中/Planned active=利用中/Active retired=廃止/Retired",
		"content":      "personal=個人情報/Personal tax=税務情報/Tax public=公開情報/Public none=該当なし/None",
		"scope_reason": "school=学校の教育用/School", "property": "c=機密性/Confidentiality i=完全性/Integrity a=可用性/Availability",
		"unit_kind": "bureau=局/Bureau section=課/Section", "employment": "regular=常勤/Regular term=会計年度任用/Term",
		"role":      "section_manager=情報セキュリティ管理者/Section_manager bureau_head=情報セキュリティ責任者/Bureau_head chief=統括情報セキュリティ責任者/Chief",
		"zone_kind": "lgwan=LGWAN接続系/LGWAN mynumber=マイナンバー利用事務系/My_Number", "yesno": "yes=該当/Yes no=非該当/No",
	} {
		v := &pack.Vocab{Name: name, Title: msg.Same(name)}
		for _, t := range strings.Fields(terms) {
			code, title, _ := strings.Cut(t, "=")
			ja, en, _ := strings.Cut(title, "/")
			term := pack.Term{Code: code, Title: msg.Text{JA: ja, EN: strings.ReplaceAll(en, "_", " ")}}
			if name == "confidentiality" {
				term.Note = msg.F("%sに当たる情報です。", "Information of class %s.", term.Title)
			}
			v.Terms = append(v.Terms, term)
		}
		p.Vocabs[name] = v
	}
	return p
}

func newTown(t testing.TB, store *db.Store, more ...*register.Def) *town {
	t.Helper()
	ctx := context.Background()
	store.SetClock(func() time.Time { return now })
	var defs []*register.Def
	for _, list := range [][]*register.Def{org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers()} {
		defs = append(defs, list...)
	}
	defs = append(defs, more...)
	w := &town{TB: t, store: store, c: register.NewCatalog(vocabularies(), defs...), who: manager}
	if err := w.c.Migrate(ctx, store); err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(ctx, trail.Schema(), Schema()); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.log, err = trail.Open(ctx, store, t.TempDir(), "okite.example/test"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.log.Close() })
	acts := &act.Registry{}
	acts.Add(w.c.Acts()...)
	acts.Add(asset.Acts(w.c)...)
	acts.Add(Acts(w.c)...)
	w.gate = &act.Gate{Store: store, Log: w.log, Registry: acts, Powers: w.c.Powers, Units: w.c.UnitsAbove,
		Role: func(code string) msg.Text { term, _ := w.c.Pack().Vocab("role").Term(code); return term.Title }}
	w.s = New(Config{Store: store, Catalog: w.c, Gate: w.gate, Findings: w.findings, Choices: w.offered})
	w.s.counted = func(n int) { w.counts = append(w.counts, n) }
	w.fill(acts)
	w.site = &web.Site{Name: "北星市", Version: "1", Registry: &web.Registry{}, Now: store.Now, Identify: func(r *http.Request) (web.Visitor, error) {
		if r.Header.Get("X-Nobody") != "" {
			return web.Visitor{}, nil
		}
		a := w.who
		a.Way = ""
		return web.Visitor{Actor: a}, nil
	}}
	if err := w.site.Registry.Add(w.s.Routes()...); err != nil {
		t.Fatal(err)
	}
	w.srv = webtest.Start(t, w.site)
	return w
}

// inTown runs fn on both engines and verifies the record at the end.
func inTown(t *testing.T, fn func(w *town)) { inTownOf(t, nil, fn) }

// inTownOf is inTown with more registers.
func inTownOf(t *testing.T, more []*register.Def, fn func(w *town)) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newTown(t, store, more...)
		fn(w)
		if r, err := w.log.Verify(context.Background(), nil); err != nil || !r.OK {
			t.Errorf("verify the record: %+v, %v", r, err)
		}
	})
}

func (w *town) write(fn db.Func) {
	w.Helper()
	if err := w.store.Write(actor.With(context.Background(), actor.Operator()), fn); err != nil {
		w.Fatal(err)
	}
}

func (w *town) fill(acts *act.Registry) {
	w.write(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	var powers []org.Power
	for i, a := range acts.All() {
		if len(a.Roles) > 0 {
			powers = append(powers, org.Power{Code: fmt.Sprintf("PW-%04d", i), Action: a.ID, Role: a.Roles[0]})
		}
	}
	load(w, "power", powers...)
	load(w, "unit", org.Unit{Code: "U-0001", Name: "総務局", Kind: "bureau", Open: 1000}, org.Unit{Code: "U-0011", Name: "情報政策課", Kind: "section", Parent: "U-0001", Open: 1000},
		org.Unit{Code: "U-0002", Name: "健康福祉局", Kind: "bureau", Open: 1000}, org.Unit{Code: "U-0021", Name: "介護保険・高齢者支援課", Kind: "section", Parent: "U-0002", Open: 1000})
	person := func(a actor.Actor, kana string) org.Person {
		return org.Person{Code: a.Person, Name: a.Name, Kana: kana, Unit: a.Unit, Employment: "regular", Joined: 15000, Mail: strings.ToLower(a.Person) + "@city.example"}
	}
	load(w, "person", person(manager, "やまだ はなこ"), person(head, "さとう いちろう"), person(chief, "すずき じろう"), person(staff, "たかはし さぶろう"))
	load(w, "scheme", asset.Scheme{Code: "5", Name: "五段階の基準", Since: when.On(2025, 4, 1)})
	load(w, "system", asset.System{Code: "S-0001", Name: "税務総合システム", Unit: "U-0011", Zone: "mynumber", Status: "active", Confidentiality: "3A"})
	var list []asset.Asset
	names := []string{"住民税課税台帳", "固定資産課税台帳（土地・家屋・償却資産）", "庁内職員向け情報セキュリティ研修教材", "公式ウェブサイト掲載原稿", "介護保険要介護認定申請書類一式"}
	for i := range 12 {
		list = append(list, w.asset(i+1, names[i%len(names)]))
	}
	load(w, "asset", list...)
	persons := int64(120000)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		d := w.c.Must("asset")
		rec, _, err := w.c.One(ctx, tx, d, "A-00001")
		if err != nil {
			return err
		}
		d.Put(rec.Row, "persons", persons)
		d.Put(rec.Row, "place", "情報システム室")
		_, err = w.c.Change(act.WithCall(ctx, act.Call{ID: "asset.change", Reason: "棚卸しの結果"}), tx, manager, d, rec.Row, 1)
		return err
	})
}

func (w *town) asset(i int, name string) asset.Asset {
	a := asset.Asset{Code: fmt.Sprintf("A-%05d", i), Name: name, Unit: "U-0011", System: "S-0001", Form: "file", Content: []string{"tax"}, Confidentiality: "3A", Integrity: "2", Availability: "2",
		Scheme: "5", Handling: "5:3A-2-2", Status: "active", Registered: when.On(2024, 4, 1), Confirmed: when.On(2026, 5, 1), Classified: when.On(2024, 4, 1), ClassifiedBy: "P-00001", ConfirmedBy: "P-00001"}
	if i%3 == 0 {
		a.Unit, a.System, a.Form = "U-0021", "", "paper"
	}
	return a
}

func load[T any](w *town, name string, list ...T) {
	w.Helper()
	d := w.c.Must(name)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.c.BulkLoad(ctx, tx, d, func(yield func(register.Row) bool) {
			for _, t := range list {
				if !yield(register.Encode(d, t)) {
					return
				}
			}
		}, tx.Now())
		return err
	})
}

// findings stand for the checks: one record has something to say about.
func (w *town) findings(ctx context.Context, r ref.Ref) ([]Finding, error) {
	if r.String() != "asset:A-00001" {
		return nil, nil
	}
	return []Finding{{CheckID: "R048", Title: msg.T("分類を年に一度見直す", "Classes are reviewed yearly"), Result: "noncompliant", Since: when.On(2026, 10, 1),
		Reason: msg.T("最後の確認から1年を過ぎています。", "The last review was more than a year ago."), Href: "/checks/R048/asset:A-00001"}}, nil
}

func (w *town) get(register, key string) (rec register.Record, ok bool) {
	w.Helper()
	if err := w.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		rec, ok, err = w.c.One(ctx, tx, w.c.Must(register), key)
		return err
	}); err != nil {
		w.Fatal(err)
	}
	return rec, ok
}

func (w *town) entries(q trail.Query) (out []trail.Record) {
	w.Helper()
	if err := w.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = w.log.List(ctx, tx, q)
		return err
	}); err != nil {
		w.Fatal(err)
	}
	return out
}

// page asks for a page that must be there.
func (w *town) page(path string) string {
	w.Helper()
	a := w.srv.Get(w, path)
	if a.Status != 200 {
		w.Fatalf("GET %s: status %d: %s", path, a.Status, text(a.Body))
	}
	return a.Body
}

// text is a page without its tags.
func text(html string) string {
	if _, main, ok := strings.Cut(html, `<main`); ok {
		html = "<main" + main
	}
	var b strings.Builder
	in := false
	for _, r := range html {
		switch {
		case r == '<':
			in = true
		case r == '>':
			in = false
			b.WriteByte(' ')
		case !in:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func has(t testing.TB, what, body string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(body, want) {
			t.Errorf("%s: no %q in %s", what, want, body)
		}
	}
}

func hasNot(t testing.TB, what, body string, bads ...string) {
	t.Helper()
	for _, bad := range bads {
		if strings.Contains(body, bad) {
			t.Errorf("%s: %q stands in %s", what, bad, body)
		}
	}
}

// offered are the choices of special acts, as the product wires them.
func (w *town) offered(ctx context.Context, tx *db.Tx, act, field, key string) (out []web.Option, known bool, err error) {
	list, known, err := asset.Choices(w.c)(ctx, tx, act, field, key)
	for _, c := range list {
		out = append(out, web.Option{Value: c.Value, Label: c.Label, Note: c.Note})
	}
	return out, known, err
}
