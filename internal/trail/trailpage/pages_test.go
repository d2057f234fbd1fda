package trailpage_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/trail/trailpage"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

var (
	auditor  = actor.Actor{Person: "P-1", Name: "青木一郎", Way: actor.Page, Roles: []actor.Grant{{Role: "audit_chief"}}}
	chief    = actor.Actor{Person: "P-2", Name: "石田二葉", Way: actor.Page, Roles: []actor.Grant{{Role: "chief"}}}
	deputy   = actor.Actor{Person: "P-1", Name: "青木一郎", Way: actor.Page, Roles: []actor.Grant{{Role: "chief", Deputy: true}}}
	delegate = actor.Actor{Person: "P-1", Name: "青木一郎", Way: actor.Page, Roles: []actor.Grant{{Role: "chief", Via: "DL-0001"}}}
	staff    = actor.Actor{Person: "P-3", Name: "上野三奈", Way: actor.Page}
)

// words name the one role of which something is read here.
var words = &pack.Pack{Vocabs: map[string]*pack.Vocab{"role": {Terms: []pack.Term{{Code: "chief", Title: msg.T("統括する役割", "Whoever answers for all")}}}}}

// desk is a record with some entries and its pages.
type desk struct {
	*testing.T
	s    *db.Store
	log  *trail.Log
	gate *act.Gate
	c    *register.Catalog
}

func open(t *testing.T, s *db.Store) *desk {
	t.Helper()
	ctx := context.Background()
	s.SetClock(func() time.Time { return time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC) })
	d := &desk{T: t, s: s, c: register.NewCatalog(words, checktest.Defs()...)}
	if err := errors.Join(s.Migrate(ctx, trail.Schema()), d.c.Migrate(ctx, s)); err != nil {
		t.Fatal(err)
	}
	var err error
	if d.log, err = trail.Open(ctx, s, t.TempDir(), "okite/990001"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.log.Close() })
	d.gate = &act.Gate{Store: s, Log: d.log, Registry: &act.Registry{}, Units: d.c.UnitsAbove,
		Powers: func(_ context.Context, _ *db.Tx, id string) ([]act.Power, error) {
			if id == trailpage.ExportAct {
				return []act.Power{{Role: "audit_chief"}}, nil
			}
			return []act.Power{{Role: "chief"}}, nil
		}}
	d.gate.Registry.Add(d.c.Acts()...)
	d.gate.Registry.Add(trailpage.Acts()...)
	err = s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		for name, rows := range map[string][]register.Row{
			"unit": {register.Encode(d.c.Must("unit"), org.Unit{Code: "U-1", Name: "情報政策課", Kind: "section", Open: when.On(2000, 4, 1)})},
			"person": {register.Encode(d.c.Must("person"), org.Person{Code: "P-1", Name: "青木一郎", Unit: "U-1", Employment: "regular", Joined: when.On(2015, 4, 1)}),
				register.Encode(d.c.Must("person"), org.Person{Code: "P-2", Name: "石田二葉", Unit: "U-1", Employment: "regular", Joined: when.On(2015, 4, 1)}),
				register.Encode(d.c.Must("person"), org.Person{Code: "P-3", Name: "上野三奈", Unit: "U-1", Employment: "regular", Joined: when.On(2015, 4, 1)})},
		} {
			if _, err := d.c.BulkLoad(ctx, tx, d.c.Must(name), func(yield func(register.Row) bool) {
				for _, r := range rows {
					if !yield(r) {
						return
					}
				}
			}, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.run(chief, "csirt.create", act.Input{"code": "CT-1", "name": "警察の窓口"}, "新しい窓口のため")
	d.run(staff, "csirt.create", act.Input{"code": "CT-2", "name": "窓口"}, "")
	d.run(chief, "person.change", act.Input{"code": "P-3", "name": "上野奈々", "unit": "U-1", "mail": "nana@city.example"}, "改姓")
	return d
}

// run runs an act and does not mind a refusal.
func (d *desk) run(a actor.Actor, id string, in act.Input, reason string) {
	d.Helper()
	if _, err := d.gate.Run(actor.With(context.Background(), a), id, in, act.Options{Reason: reason}); err != nil && fault.As(err) == nil {
		d.Fatal(err)
	}
}

func (d *desk) serve(a actor.Actor) *webtest.Server {
	d.Helper()
	site := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}, Now: d.s.Now, Identify: webtest.As(a)}
	if err := site.Registry.Add(trailpage.Routes(trailpage.Config{Store: d.s, Log: d.log, Gate: d.gate, Catalog: d.c})...); err != nil {
		d.Fatal(err)
	}
	return webtest.Start(d, site)
}

func (d *desk) entries(q trail.Query) (out []trail.Record) {
	d.Helper()
	if err := d.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) { out, err = d.log.List(ctx, tx, q); return err }); err != nil {
		d.Fatal(err)
	}
	return out
}

// holds fails unless a page has every word, and none of those after "not".
func (d *desk) holds(what string, a webtest.Answer, words ...string) {
	d.Helper()
	want := true
	for _, w := range words {
		if w == "not" {
			want = false
			continue
		}
		if strings.Contains(a.Body, w) != want {
			d.Errorf("%s (%d): %q there: %v, want %v", what, a.Status, w, !want, want)
		}
	}
}

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := open(t, s)
		srv := d.serve(auditor)
		d.holds("list", srv.Get(t, "/trail"), "CSIRTの登録", "石田二葉", "警察の窓口", "新しい窓口のため", "拒否", "権限がないため", "基本方針 6", "not", "person:P-2", "denied")
		d.holds("of one subject", srv.Get(t, "/trail?subject=csirt:CT-1"), "警察の窓口", "not", "上野")
		d.holds("of one person", srv.Get(t, "/trail?actor=P-3"), "権限がないため", "not", "新しい窓口のため")
		d.holds("of one act", srv.Get(t, "/trail?act=person.change"), "改姓", "not", "新しい窓口のため")
		d.holds("refused only", srv.Get(t, "/trail?result=refused"), "権限がないため", "not", "改姓")
		d.holds("of the day", srv.Get(t, "/trail?from=R8.11.24&to=2026-11-24"), "改姓")
		d.holds("of the day before", srv.Get(t, "/trail?to=2026-11-23"), "当てはまる記録はありません", "not", "改姓")
		d.holds("of the day after", srv.Get(t, "/trail?from=2026-11-25"), "当てはまる記録はありません")
		d.holds("no day", srv.Get(t, "/trail?from=昨日"), "日付として読み取れない", "改姓")
		for i := range 60 {
			d.run(chief, "csirt.create", act.Input{"code": fmt.Sprintf("CT-1%02d", i), "name": fmt.Sprintf("窓口その%d。", i)}, "")
		}
		first := srv.Get(t, "/trail")
		d.holds("first page", first, "窓口その59。", "さらに前の記録へ", "not", "窓口その9。", "改姓")
		d.holds("second page", srv.Get(t, "/trail?before=13"), "改姓", "窓口その9。", "最新の記録へ", "not", "窓口その10。", "さらに前の記録へ")

		d.run(deputy, "csirt.create", act.Input{"code": "CT-3", "name": "代わりの窓口。"}, "")
		d.run(delegate, "csirt.create", act.Input{"code": "CT-4", "name": "任された窓口。"}, "")
		d.holds("beside who acted", srv.Get(t, "/trail"), "統括する役割の代決", "統括する役割として（委任 DL-0001 による）", "窓口その59。")
		d.holds("for another only", srv.Get(t, "/trail?as=standing"), "代わりの窓口。", "任された窓口。", "代決・委任のみ", "not", "窓口その59。", "改姓")
		n := d.entries(trail.Query{Limit: 1})[0].Index
		d.holds("an entry of a delegate", srv.Get(t, fmt.Sprintf("/trail/%d", n)), "立場", "委任 DL-0001 による", "/registers/delegation/DL-0001")
		d.holds("an entry of a deputy", srv.Get(t, fmt.Sprintf("/trail/%d", n-1)), "統括する役割の代決", "not", "委任 DL")
		d.holds("an entry by one's own power", srv.Get(t, "/trail/2"), "立場", "統括する役割", "not", "代決", "委任 DL")

		own := d.serve(staff)
		d.holds("own entries", own.Get(t, "/trail"), "権限がないため", "あなたが行ったこと", "not", "改姓", "新しい窓口のため", "/trail/verify")
		d.holds("own entries, asked for another's", own.Get(t, "/trail?actor=P-2"), "not", "改姓", "新しい窓口のため")
		if a := own.Get(t, "/trail/0"); a.Status != 404 {
			t.Errorf("another's entry: %d, want 404", a.Status)
		}
		if a := own.Get(t, "/trail/1"); a.Status != 200 {
			t.Errorf("one's own entry: %d, want 200", a.Status)
		}
	})
}

func TestEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := open(t, s)
		srv := d.serve(auditor)
		a := srv.Get(t, "/trail/2")
		d.holds("entry", a, "職員等の変更", "石田二葉", "上野奈々", "nana@city.example", "個人の情報", "情報政策課", "改姓", "この内容のまま含まれています", "okite/990001", "not", "証明できません")
		d.holds("refused entry", srv.Get(t, "/trail/1"), "拒否の理由", "権限がないため", "基本方針 6、9(1)")
		for _, n := range []string{"99", "-1", "x", "9999999999999999999"} {
			if a := srv.Get(t, "/trail/"+n); a.Status != 404 {
				t.Errorf("entry %s: %d, want 404", n, a.Status)
			}
		}
		if err := s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { d.log.Erase(tx, ref.New("person", "P-3")); return nil }); err != nil {
			t.Fatal(err)
		}
		d.holds("erased", srv.Get(t, "/trail/2"), "消去されています", "この内容のまま含まれています", "not", "nana@city.example")
	})
}

func TestVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := open(t, s)
		srv := d.serve(auditor)
		d.holds("before", srv.Get(t, "/trail/verify"), "いま検証する", d.log.VerifierKey(), "not", "最後に検証した時点")
		a := srv.Post(t, "/trail/verify", url.Values{})
		d.holds("verified", a, "すべて正しく連なっています", "3 件", "全体のハッシュ値")
		d.holds("after", srv.Get(t, "/trail/verify"), "最後に検証した時点")
		last := d.entries(trail.Query{Limit: 1})[0]
		if last.Act != trailpage.VerifyAct || last.Input["verdict"] != "ok" || last.Input["size"] != "3" || last.Actor != "person:P-1" {
			t.Errorf("recorded %+v", last)
		}
		// nobody enters a verdict of their own
		_, err := d.gate.Run(actor.With(context.Background(), chief), trailpage.VerifyAct, act.Input{"size": "3", "root": "x", "verdict": "ok"}, act.Options{})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("a verdict of one's own: %v, want a refusal", err)
		}
		if a := d.serve(staff).Post(t, "/trail/verify", url.Values{}); a.Status != 403 {
			t.Errorf("verify as staff: %d, want 403", a.Status)
		}
		if err := s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE trail_leaf SET actor = 'person:P-9' WHERE idx = 1`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		d.holds("spoilt", srv.Post(t, "/trail/verify", url.Values{}), "記録は正しくありません", "1 番の記録", "not", "すべて正しく")
		if last := d.entries(trail.Query{Limit: 1})[0]; last.Input["verdict"] != "entry 1" {
			t.Errorf("recorded %+v", last)
		}
	})
}

func TestExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := open(t, s)
		if a := d.serve(chief).Post(t, "/trail/export", url.Values{}); a.Status != 403 {
			t.Errorf("export by another role: %d, want 403", a.Status)
		}
		a := d.serve(auditor).Post(t, "/trail/export", url.Values{})
		if a.Status != 200 || !strings.Contains(a.Header.Get("Content-Disposition"), "okite-trail-2026-11-24.tar") {
			t.Fatalf("export: %d %v", a.Status, a.Header)
		}
		names := []string{}
		for tr := tar.NewReader(strings.NewReader(a.Body)); ; {
			h, err := tr.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, h.Name)
		}
		// the two decisions on the export are in it
		if want := "checkpoint key tile/entries/000.p/5 tile/0/000.p/5"; strings.Join(names, " ") != want {
			t.Errorf("exported %v, want %s", names, want)
		}
	})
}

func TestTiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := open(t, s)
		srv := d.serve(auditor)
		a := srv.Get(t, "/api/v1/trail/checkpoint")
		if a.Status != 200 || !strings.HasPrefix(a.Body, "okite/990001\n3\n") || a.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("checkpoint: %d %q %q", a.Status, a.Body, a.Header.Get("Content-Type"))
		}
		a = srv.Get(t, "/api/v1/trail/tile/0/000.p/3")
		if a.Status != 200 || len(a.Body) != 96 || a.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("tile: %d, %d bytes, %q", a.Status, len(a.Body), a.Header.Get("Content-Type"))
		}
		a = srv.Get(t, "/api/v1/trail/tile/entries/000.p/3")
		if a.Status != 200 || !bytes.Contains([]byte(a.Body), []byte(`"act":"csirt.create"`)) {
			t.Errorf("entries: %d %q", a.Status, a.Body)
		}
		for _, path := range []string{"0/000", "0/000.p/4", "entries/001", "../../trail", "x", "9/000"} {
			if a := srv.Get(t, "/api/v1/trail/tile/"+path); a.Status/100 == 2 || a.Status >= 500 {
				t.Errorf("tile %s: %d, want it not to be there", path, a.Status)
			}
		}
		if a := d.serve(staff).Get(t, "/api/v1/trail/tile/entries/000.p/3"); a.Status != 403 {
			t.Errorf("entries as staff: %d, want 403", a.Status)
		}
	})
}

func TestWays(t *testing.T) {
	d := open(t, dbtest.SQLite(t))
	srv := d.serve(auditor)
	nobody := d.serve(actor.Actor{})
	webtest.CheckRoutes(t, nobody)
	webtest.CheckCrossSite(t, srv)
	webtest.CheckEscaped(t, srv, "/trail", "subject", "actor", "act", "result", "from", "to", "before")
	d.run(chief, "csirt.create", act.Input{"code": "CT-9", "name": webtest.Poison}, webtest.Poison)
	webtest.CheckEscaped(t, srv, "/trail")
	webtest.CheckEscaped(t, srv, "/trail/3")
}

func TestPagesInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	d := open(t, dbtest.SQLite(t))
	if err := d.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		d.log.Append(tx, trail.Entry{Actor: "person:P-3", Way: "page", Act: "signin.login", Subject: ref.New("person", "P-3"), Clauses: []clause.ID{"bp.9.3"}, Result: trail.Done,
			Input: map[string]string{"way": "password"}, Personal: map[string]string{"addr": "192.0.2.7"}})
		d.log.Append(tx, trail.Entry{Actor: "operator", Way: "command", Act: "something.old", Result: trail.Done})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	srv := d.serve(auditor)
	for name, path := range map[string]string{"trail": "/trail?from=R8.11.1&result=", "trail-entry": "/trail/2", "trail-refused": "/trail/1", "trail-signin": "/trail/3", "trail-verify": "/trail/verify"} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, srv, path, name) })
	}
	srv.Get(t, "/lang?to=en&back=/trail")
	a := srv.Get(t, "/trail")
	if !strings.Contains(a.Body, "Everything that was done") {
		t.Error("no English list")
	}
}
