package transfer_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/org"
	"okite/internal/sheet"
	"okite/internal/transfer"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// site serves the module's pages to one person.
func (o *office) site(who actor.Actor) *webtest.Server {
	o.Helper()
	s := &web.Site{Name: "星見市", Version: "1", Registry: &web.Registry{}, Now: o.store.Now, Identify: webtest.As(who)}
	if err := s.Registry.Add(o.s.Routes()...); err != nil {
		o.Fatal(err)
	}
	return webtest.Start(o, s)
}

// holds fails unless a page has every word, and none of those after "not".
func holds(t testing.TB, what string, a webtest.Answer, words ...string) {
	t.Helper()
	want := true
	for _, w := range words {
		if w == "not" {
			want = false
			continue
		}
		if strings.Contains(a.Body, w) != want {
			t.Errorf("%s (%d): %q there: %v, want %v", what, a.Status, w, !want, want)
		}
	}
}

func send(t *testing.T, s *webtest.Server, mapping, name string, content []byte) webtest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err := w.WriteField("mapping", mapping)
	if err == nil {
		f, e := w.CreateFormFile("file", name)
		if err = e; err == nil {
			_, err = f.Write(content)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Do(t, nil, "POST", "/transfers/hr", w.FormDataContentType(), b.String(), "Sec-Fetch-Site", "same-origin")
}

func TestSetPages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	code := o.prepare(usual()...)
	at := "/transfers/sets/" + code
	hr, boss, other := o.site(officer), o.site(chief), o.site(clerk)
	holds(t, "overview", hr.Get(t, "/transfers"), "4月1日付け定期異動", "準備中", "一括準備を始める", "人事情報の取込み")
	holds(t, "overview of who prepares nothing", other.Get(t, "/transfers"), "異動", "not", "4月1日付け定期異動", "一括準備を始める", "人事情報の取込み")
	if a := other.Get(t, at); a.Status != 404 {
		t.Errorf("a set that is being prepared, to anybody: %d, want 404", a.Status)
	}
	if a := other.Get(t, at+"/file"); a.Status != 404 {
		t.Errorf("its file, to anybody: %d, want 404", a.Status)
	}
	holds(t, "set", hr.Get(t, at), "課長五郎", "税務課長", "税務課情報セキュリティ管理者（正）", "確認を求める", "予定を登録する", "漏れはありません", "not", "確認する</button>")
	holds(t, "one kind", hr.Get(t, at+"?kind=leave"), "退職七郎", "not", "税務課長")
	if a := hr.Post(t, at, url.Values{"step": {"submit"}}); a.Status != 422 || !strings.Contains(a.Body, "理由を入力してください") {
		t.Errorf("without a reason: %d", a.Status)
	}
	step := func(s *webtest.Server, name string) {
		t.Helper()
		if a := s.Post(t, at, url.Values{"step": {name}, name + ".reason": {"定期異動のため"}}); a.Status != 303 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	step(hr, "submit")
	holds(t, "handed in, to who did", hr.Get(t, at), "準備中に戻す", "not", "差し戻す</button>", "予定を登録する")
	holds(t, "handed in, to the chief", boss.Get(t, at), "確認する</button>", "差し戻す</button>")
	step(boss, "confirm")
	holds(t, "confirmed", hr.Get(t, at), "午前0時に切り替わります", "確認を取り消して準備中に戻す")
	file := hr.Get(t, at+"/file")
	tables, err := sheet.Tables("x.xlsx", strings.NewReader(file.Body), int64(len(file.Body)), sheet.Limits{})
	if err != nil || len(tables) != 2 && len(tables) != 3 || len(tables[1].Rows) != 7 {
		t.Fatalf("file: %v %d", err, len(tables))
	}
	if r := tables[1].Rows[0].Cells; r[2].Text != "課長五郎" || r[3].Text != "異動" || r[5].Text != "税務課" {
		t.Errorf("first row of the file: %+v", r)
	}
	holds(t, "in English", hr.Get(t, at, "Cookie", "okite-lang=en"), "Undo the confirmation", "Takes up a post")
	o.now = april.Time().Add(60e9)
	holds(t, "its day has come", hr.Get(t, at), "not", "確認を取り消して準備中に戻す</button>")
	holds(t, "to who may apply it by hand", boss.Get(t, at), "適用する</button>")
	o.must(robot, "moveset.apply", act.Input{"moveset": code})
	holds(t, "applied, to anybody", other.Get(t, at), "適用済", "課長五郎")
}

// TestOrphans: what nobody will be in charge of is shown before it happens.
func TestOrphans(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.must(chief, "person.change", act.Input{"code": "P-00003", "unit": "U-9"}) // the unit closes on 31 March
	o.must(actor.Operator(), "contract.change", act.Input{"code": "K-1", "unit": "U-3"})
	code := o.prepare(org.Move{Person: "P-00006", Kind: org.MoveLeave})
	a := o.site(officer).Get(t, "/transfers/sets/"+code)
	holds(t, "orphans", a, "税務課情報セキュリティ管理者", "今の正が退き、後任の予定がありません", "情報セキュリティ管理者がいなくなります", "委託契約", "統計課", "組織のない職員")
}

func TestHRPages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	s := o.site(officer)
	holds(t, "no mapping yet", s.Get(t, "/transfers/hr"), "列の対応を登録する", "列の対応がまだありません")
	m := o.roster(true)
	if a := o.site(clerk).Get(t, "/transfers/hr"); a.Status != 403 {
		t.Errorf("to anybody: %d, want 403", a.Status)
	}
	if a := send(t, s, m, "x.csv", nil); a.Status != 422 {
		t.Errorf("an empty file: %d", a.Status)
	}
	if a := send(t, s, "HM-none", "x.csv", file(staff...)); a.Status != 422 || !strings.Contains(a.Body, "列の対応を選んでください") {
		t.Errorf("no mapping: %d", a.Status)
	}
	a := send(t, s, m, "x.csv", with("P-00004,職員四郎,H77,一般職,,,1997-05-19,,,在職,,"))
	a = s.Get(t, a.Header.Get("Location"))
	holds(t, "a bad file", a, "反映できません", "C5（5行目）", "組織の台帳にありません", "not", "この内容を反映する")

	body := bytes.Replace(with("P-00007,退職七郎,H2,一般職,,,1997-05-19,,P-00006,在職,,"), []byte(staff[5]+"\n"), nil, 1)
	body = bytes.ReplaceAll(body, []byte(",P-00006,"), []byte(",P-00001,"))
	at := send(t, s, m, `"><svg/onload=alert(1)>.csv`, body).Header.Get("Location")
	a = s.Get(t, at)
	holds(t, "preview", a, "退職七郎", "税務課 → 市民課", "名簿になし", "税務六子", "名簿にない職員の最終在職日", "not", "<svg/onload")
	digest := func(a webtest.Answer) string {
		return regexp.MustCompile(`name="digest" value="([0-9a-f]+)"`).FindStringSubmatch(a.Body)[1]
	}
	form := url.Values{"id": {strings.TrimPrefix(at, "/transfers/hr/preview?id=")}, "digest": {digest(a)}, "reason": {"4月の名簿"}}
	if a := s.Post(t, "/transfers/hr/preview", form); a.Status != 422 || !strings.Contains(a.Body, "最終在職日を入力してください") {
		t.Errorf("without a last day: %d", a.Status)
	}
	form.Set("missing", "2027-03-20")
	a = s.Post(t, "/transfers/hr/preview", form)
	if a.Status != 303 || !strings.Contains(a.Header.Get("Location"), "missing=2027-03-20") {
		t.Fatalf("a last day is looked at once more: %d %s", a.Status, a.Header.Get("Location"))
	}
	a = s.Get(t, a.Header.Get("Location"))
	form.Set("digest", digest(a))
	book := s.Get(t, at+"&as=xlsx")
	if tables, err := sheet.Tables("x.xlsx", strings.NewReader(book.Body), int64(len(book.Body)), sheet.Limits{}); err != nil || len(tables[0].Rows) != 2 {
		t.Errorf("file of the preview: %v", err)
	}
	if a := s.Post(t, "/transfers/hr/preview", form); a.Status != 303 || a.Header.Get("Location") != "/transfers" {
		t.Fatalf("applied: %d %s", a.Status, a.Body)
	}
	if p := one[org.Person](o, "person", "P-00006"); p.Left.String() != "2027-03-20" {
		t.Errorf("who is not listed: %+v", p)
	}
	if a := s.Get(t, at); a.Status != 404 {
		t.Errorf("the file afterwards: %d, want 404", a.Status)
	}
	o.verify()
}

func TestNoteAndLeavePages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.confirmed(usual()...)
	var h transfer.Handover
	for _, x := range rows[transfer.Handover](o, "handover") {
		if x.Giver == manager.Person {
			h = x
		}
	}
	at := "/transfers/handovers/" + h.Code
	giver, taker := o.site(manager), o.site(actor.Actor{Person: h.Taker, Name: "税務六子", Way: actor.Page})
	if a := o.site(clerk).Get(t, at); a.Status != 404 {
		t.Errorf("a note, to anybody: %d, want 404", a.Status)
	}
	holds(t, "to write", giver.Get(t, at), "引継書を書く", "後任者に渡す", "未作成")
	holds(t, "not given yet", taker.Get(t, at), "まだ書かれていません", "not", "受領する</button>")
	if a := giver.Post(t, at, url.Values{"step": {"give"}, "text": {"秘密の下書き"}, "give": {"false"}}); a.Status != 303 {
		t.Fatalf("draft: %d", a.Status)
	}
	holds(t, "a draft is its writer's", taker.Get(t, at), "not", "秘密の下書き")
	if a := giver.Post(t, at, url.Values{"step": {"give"}, "text": {""}, "give": {"true"}}); a.Status != 422 || !strings.Contains(a.Body, "引継ぎの内容を入力してください") {
		t.Errorf("an empty note: %d", a.Status)
	}
	giver.Post(t, at, url.Values{"step": {"give"}, "text": {"懸案は1件\n<b>太字</b>"}, "items": {"書庫の鍵"}, "give": {"true"}})
	holds(t, "to accept", taker.Get(t, at), "受領待ち", "懸案は1件", "書庫の鍵", "受領する", "not", "<b>太字")
	taker.Post(t, at, url.Values{"step": {"accept"}})
	holds(t, "accepted", giver.Get(t, at), "受領済み", "not", "引継書を書く")

	leaving := "/transfers/leaves/P-00007"
	section := actor.Actor{Person: "P-00006", Name: "税務六子", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-3"}}}
	for code, state := range map[string]string{"IC-1": "lent", "IC-2": "collected"} {
		o.must(chief, "card.create", act.Input{"code": code, "person": "P-00007", "state": state})
	}
	s := o.site(section)
	holds(t, "what they still have", s.Get(t, leaving), "まだ返却・停止されていないもの", "IC-1", "not", "IC-2")
	holds(t, "checklist", s.Get(t, leaving), "退職七郎", "鍵の返却を確認した日", "確認中", "記録する")
	if a := s.Post(t, leaving, url.Values{"media": {"令和9年4月1日"}}); a.Status != 422 || !strings.Contains(a.Body, "まだ来ていません") || !strings.Contains(a.Body, "令和9年4月1日") {
		t.Errorf("a day to come: %d", a.Status)
	}
	if a := s.Post(t, leaving, url.Values{"media": {"R9.3.20"}, "keys": {"2027-03-20"}, "cards": {"2027-03-20"}, "accounts": {"2027-03-20"}, "reminder": {"2027-03-20"}, "note": {"鍵の貸与なし"}}); a.Status != 303 {
		t.Fatalf("recorded: %d", a.Status)
	}
	holds(t, "complete", o.site(actor.Actor{Person: "P-00007", Way: actor.Page}).Get(t, leaving), "完了", "税務六子", "鍵の貸与なし", "not", "記録する</button>")
	if a := o.site(clerk).Get(t, leaving); a.Status != 404 {
		t.Errorf("a checklist, to anybody: %d, want 404", a.Status)
	}
	if a := s.Get(t, "/transfers/leaves/P-00004"); a.Status != 404 {
		t.Errorf("who does not leave: %d, want 404", a.Status)
	}
}

func TestPagesKeepOut(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.must(chief, "person.change", act.Input{"code": "P-00006", "name": webtest.Poison})
	code := o.confirmed(usual()...)
	o.roster(true)
	s := o.site(officer)
	webtest.CheckCrossSite(t, s)
	for _, path := range []string{"/transfers", "/transfers/sets/" + code, "/transfers/hr", "/transfers/handovers/" + rows[transfer.Handover](o, "handover")[0].Code, "/transfers/leaves/P-00007"} {
		webtest.CheckEscaped(t, s, path, "kind", "page", "id")
	}
	webtest.CheckRoutes(t, o.site(actor.Actor{}))
}

func TestWaiting(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	code := o.prepare(usual()...)
	waits := func(who actor.Actor) (out []string) {
		o.read(func(ctx context.Context, tx *db.Tx) error {
			items, err := o.s.Waiting(ctx, tx, who, when.Of(o.now), 100)
			for _, i := range items {
				out = append(out, i.Kind+" "+i.Href)
			}
			return err
		})
		return out
	}
	if w := waits(chief); len(w) != 0 {
		t.Errorf("nothing is handed in: %v", w)
	}
	o.must(both, "moveset.submit", act.Input{"moveset": code})
	if w := waits(chief); len(w) != 1 || w[0] != "decision /transfers/sets/"+code {
		t.Errorf("the chief: %v", w)
	}
	if w := waits(both); len(w) != 0 {
		t.Errorf("who handed it in does not confirm it: %v", w)
	}
	o.must(chief, "moveset.confirm", act.Input{"moveset": code})
	if w := waits(manager); len(w) != 1 || !strings.HasPrefix(w[0], "handover ") {
		t.Errorf("who has a note to write: %v", w)
	}
	section := actor.Actor{Person: "P-00006", Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-3"}}}
	if w := waits(section); len(w) != 1 {
		t.Errorf("ten days before the last day a note, no checklist yet: %v", w)
	}
	o.now = o.now.AddDate(0, 0, 3)
	if w := waits(section); len(w) != 2 || w[1] != "leave /transfers/leaves/P-00007" {
		t.Errorf("a week before the last day: %v", w)
	}
}

func TestPagesInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	o := open(t, dbtest.SQLite(t))
	o.must(chief, "person.change", act.Input{"code": "P-00003", "unit": "U-9"})
	code := o.prepare(append(usual(), org.Move{Person: officer.Person, Kind: org.MoveTransfer, To: "U-3", Keep: true})...)
	m := o.roster(true)
	hr, boss, mgr := o.site(officer), o.site(chief), o.site(manager)
	check := func(s *webtest.Server, path, name string) {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, s, path, name) })
	}
	check(hr, "/transfers", "overview")
	check(hr, "/transfers/sets/"+code, "set preparing")
	check(hr, "/transfers/hr", "hr")
	check(hr, send(t, hr, m, "名簿.csv", with("P-00004,職員四郎,H77,一般職,,,1997-05-19,,,在職,,")).Header.Get("Location"), "hr mistakes")
	check(hr, send(t, hr, m, "名簿.csv", with("P-00007,退職七郎,H2,一般職,主査,,1997-05-19,2027-03-31,P-00006,在職,,", "P-00010,新人十子,H2,一般職,主事,,2027-04-01,,P-00005,在職,,")).Header.Get("Location"), "hr preview")
	o.must(officer, "moveset.submit", act.Input{"moveset": code})
	check(boss, "/transfers/sets/"+code, "set handed in")
	o.must(chief, "moveset.confirm", act.Input{"moveset": code})
	check(hr, "/transfers/sets/"+code, "set confirmed")
	for _, h := range rows[transfer.Handover](o, "handover") {
		if h.Giver == manager.Person {
			check(mgr, "/transfers/handovers/"+h.Code, "note to write")
			o.must(manager, "handover.give", act.Input{"handover": h.Code, "text": "懸案は2件です。\n委託先との定例会議は毎月第2水曜日です。", "items": "書庫の鍵", "give": "true"})
			check(o.site(actor.Actor{Person: h.Taker, Name: "税務六子", Way: actor.Page}), "/transfers/handovers/"+h.Code, "note to accept")
		}
	}
	check(o.site(actor.Actor{Person: "P-00006", Name: "税務六子", Way: actor.Page, Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U-3"}}}), "/transfers/leaves/P-00007", "checklist")
	o.now = april.Time().Add(3600e9 * 10)
	o.must(robot, "moveset.apply", act.Input{"moveset": code})
	check(boss, "/transfers", "overview after")
	tab := b.Open(t, hr.URL+"/transfers/sets/"+code, 1280, webtest.WithoutScripts())
	tab.Do()
	if !strings.Contains(tab.Text(), "課長五郎") {
		t.Error("without scripts the set is not there")
	}
}
