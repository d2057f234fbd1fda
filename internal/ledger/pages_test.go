package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"okite/internal/actor"
	"okite/internal/db/dbtest"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/trail"
	"okite/internal/web/webtest"
)

func TestDoors(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	w.who = actor.Actor{}
	webtest.CheckRoutes(t, w.srv)
	w.who = manager
	webtest.CheckCrossSite(t, w.srv)
	webtest.CheckEscaped(t, w.srv, "/registers/asset", "q", "unit", "name", "sort", "col", "after")
	webtest.CheckEscaped(t, w.srv, "/registers/asset/new", "name", "unit", "content")
	webtest.CheckEscaped(t, w.srv, "/search", "q")
	webtest.CheckEscaped(t, w.srv, "/registers/asset/views", "query")
	webtest.CheckFormEscaped(t, w.srv, "/registers/asset/new", "name", "unit", "place", "reason", "code")
	webtest.CheckFormEscaped(t, w.srv, "/registers/asset/A-00001/edit", "name", "unit", "_version")
	webtest.CheckFormEscaped(t, w.srv, "/registers/asset/views", "name", "query")
	for _, path := range []string{"/registers/none", "/registers/asset/none", "/registers/none/new", "/registers/downgrade/new", "/registers/asset/A-00001/act/asset.create", "/registers/asset/import?file=none", "/api/v1/registers/none", "/api/v1/registers/asset/none"} {
		if a := w.srv.Get(t, path); a.Status != 404 {
			t.Errorf("GET %s: status %d, want 404", path, a.Status)
		}
	}
}

// No register may have a field of a name that means something else in the address of its list.
func TestNamesOfFieldsAreFree(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	for _, d := range w.c.All() {
		for _, f := range d.Fields {
			if slices.Contains(reserved, f.Name) {
				t.Errorf("register %s: field %s is a parameter of every list", d.Name, f.Name)
			}
		}
	}
}

func TestEveryRegisterHasItsPages(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	w.who = actor.Operator()
	body := text(w.page("/registers"))
	for _, d := range w.c.All() {
		has(t, "/registers", body, d.Title.JA, d.Lead.JA)
		w.page("/registers/" + d.Name)
		w.page("/registers/" + d.Name + "?filters=all&ended=1")
		for _, as := range []string{"xlsx", "csv", "json"} {
			w.page("/registers/" + d.Name + "/export?as=" + as)
		}
		if !d.ReadOnly {
			w.page("/registers/" + d.Name + "/new")
			w.page("/registers/" + d.Name + "/import")
		}
	}
	for _, p := range []string{"unit/U-0001", "person/P-00001", "system/S-0001", "scheme/5", "power/PW-0001"} {
		w.page("/registers/" + p)
		w.page("/registers/" + p + "/edit")
	}
}

func TestList(t *testing.T) {
	inTown(t, func(w *town) {
		rows := func(path string) []string {
			var out []string
			for _, m := range regexp.MustCompile(`<code class="nowrap">(A-\d+)</code>`).FindAllStringSubmatch(w.page(path), -1) {
				out = append(out, m[1])
			}
			return out
		}
		if got := rows("/registers/asset?unit=U-0021"); fmt.Sprint(got) != "[A-00003 A-00006 A-00009 A-00012]" {
			w.Errorf("of one section: %v", got)
		}
		if got := rows("/registers/asset?q=" + url.QueryEscape("課税 固定") + "&sort=-code"); fmt.Sprint(got) != "[A-00012 A-00007 A-00002]" {
			w.Errorf("by words, from the last: %v", got)
		}
		if got := rows("/registers/asset?system=-"); len(got) != 4 {
			w.Errorf("of no system: %v", got)
		}
		body := text(w.page("/registers/asset?unit=U-0021&form=paper&q=" + url.QueryEscape("台帳")))
		has(w, "list", body, "情報資産の一覧 （2 件）", "所管課：介護保険・高齢者支援課", "形態：紙", "語句：台帳", "自治体機密性3A")
		has(w, "empty list", text(w.page("/registers/asset?q="+url.QueryEscape("存在しない"))), "条件に合う記録はありません")
		has(w, "empty register", text(w.page("/registers/control")), "まだ記録がありません")
		for path, field := range map[string]string{"/registers/asset?colour=red": "colour", "/registers/asset?sort=reason": "reason", "/registers/person?mail=x": "mail", "/registers/person?sort=mail": "mail"} {
			if a := w.srv.Get(w, path); a.Status != 422 || !strings.Contains(a.Body, field) {
				w.Errorf("GET %s: status %d, want 422 and the field named", path, a.Status)
			}
		}

		var units []org.Unit
		for i := range 120 {
			units = append(units, org.Unit{Code: fmt.Sprintf("U-1%03d", i), Name: fmt.Sprintf("出張所%03d", i), Kind: "section", Open: 1000})
		}
		load(w, "unit", units...)
		seen, path := 0, "/registers/unit"
		for range 5 {
			body := w.page(path)
			seen += strings.Count(body, `<code class="nowrap">U-`)
			m := regexp.MustCompile(`<a rel="next" href="([^"]+)"`).FindStringSubmatch(body)
			if m == nil {
				break
			}
			path = html.UnescapeString(m[1])
		}
		if seen != 124 {
			w.Errorf("paging showed %d of 124 units", seen)
		}
		has(w, "last page", text(w.page(path)), "124 件中 101〜124 件", "前へ")
	})
}

// What a filter offers follows the register at once.
func TestFiltersFollowTheRegister(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	option := `<option value="U-0001">総務局</option>`
	hasNot(t, "filter", w.page("/registers/asset"), option)
	f := form()
	f.Set("unit", "U-0001")
	w.who = chief
	w.who.Roles = []actor.Grant{{Role: "section_manager"}}
	if a := w.srv.Post(t, "/registers/asset/new", f); a.Status != 303 {
		t.Fatalf("create: %d %s", a.Status, text(a.Body))
	}
	has(t, "filter after a record of another unit", w.page("/registers/asset"), option)
}

func TestHiddenFields(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	mail := "p-00002@city.example"
	for name, c := range map[string]struct {
		who  actor.Actor
		path string
		seen bool
	}{
		"staff": {staff, "/registers/person/P-00002", false}, "staff, list with the column": {staff, "/registers/person?col=mail", false}, "staff, API": {staff, "/api/v1/registers/person/P-00002", false},
		"staff, API list": {staff, "/api/v1/registers/person", false}, "staff, export": {staff, "/registers/person/export?as=csv", false}, "staff, export of the column": {staff, "/registers/person/export?as=json&col=mail", false},
		"the person": {head, "/registers/person/P-00002", true}, "who decides": {chief, "/registers/person/P-00002", true}, "who decides, export": {chief, "/registers/person/export?as=csv", true},
	} {
		w.who = c.who
		if got := strings.Contains(w.page(c.path), mail); got != c.seen {
			t.Errorf("%s: mail address seen %v, want %v", name, got, c.seen)
		}
	}
}

func TestRecord(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	body := text(w.page("/registers/asset/A-00001"))
	has(t, "record", body, "住民税課税台帳", "情報政策課", "令和8年5月1日", "120,000", "分類を年に一度見直す", "不適合", "棚卸しの結果", "山田 花子", "保管場所 （なし） 情報システム室", "情報資産の変更", "変更する", "終了する", "格下げの申請", "記入されていない項目：業務")
	has(t, "record", w.page("/registers/asset/A-00001"), `href="/trail?subject=asset%3AA-00001"`, `href="/registers/unit/U-0011"`)
	body = text(w.page("/registers/unit/U-0011"))
	has(t, "who points here", body, "情報資産（所管課）", "すべて見る（8 件）", "情報システム（所管課）", "職員等（所属）")
	w.who = staff
	hasNot(t, "record to who may not change it", text(w.page("/registers/asset/A-00001")), "変更する", "終了する", "格下げの申請")
	w.who = manager
	hasNot(t, "record of another section", text(w.page("/registers/asset/A-00003")), "変更する")
	a := w.srv.Get(t, "/registers/asset/A-00003/edit")
	if a.Status != 403 || !strings.Contains(a.Body, "範囲の外") {
		t.Errorf("form of another section's record: %d %s", a.Status, text(a.Body))
	}
	w.site.Identify = webtest.As(manager)
	en := w.srv.Get(t, "/registers/asset/A-00001", "Cookie", "okite-lang=en")
	has(t, "in English", text(en.Body), "What the checks say", "1 May 2026", "Asset no.", "by 山田 花子")
}

// form is a right form of a new asset; a test spoils one thing of it.
func form() url.Values {
	return url.Values{"code": {"A-00013"}, "_suggested": {"A-00013"}, "name": {"軽自動車税課税台帳"}, "unit": {"U-0011"}, "system": {"S-0001"}, "form": {"file"}, "content": {"tax", "personal"}, "confidentiality": {"3A"},
		"integrity": {"2"}, "availability": {"2"}, "status": {"active"}, "registered": {"令和8年11月1日"}, "persons": {"１，２００"}, "_once": {"k-1"}}
}

func TestCreate(t *testing.T) {
	inTown(t, func(w *town) {
		has(w, "form", w.page("/registers/asset/new?unit=U-0011&form=paper"), `value="A-00013"`, `<option value="U-0011" selected>`, `<option value="paper" selected>`, "自治体機密性3Aに当たる情報です。", "※必須")
		for range 2 { // a double click
			a := w.srv.Post(w, "/registers/asset/new", form())
			if a.Status != 303 || a.Header.Get("Location") != "/registers/asset/A-00013" {
				w.Fatalf("create: %d to %q: %s", a.Status, a.Header.Get("Location"), text(a.Body))
			}
		}
		if _, there := w.get("asset", "A-00014"); there {
			w.Error("a double click made two records")
		}
		has(w, "the new record", text(w.page("/registers/asset/A-00013")), "軽自動車税課税台帳", "個人情報、税務情報", "1,200", "令和8年11月1日")
		if e := w.entries(trail.Query{Act: "asset.create"}); len(e) != 1 || e[0].Actor != "person:P-00001" || e[0].Way != "page" || e[0].Input["name"] != "軽自動車税課税台帳" {
			w.Errorf("recorded %+v", e)
		}

		next := form() // the suggested number was taken meanwhile
		next.Set("_once", "k-2")
		if a := w.srv.Post(w, "/registers/asset/new", next); a.Header.Get("Location") != "/registers/asset/A-00014" {
			w.Errorf("with the number left as suggested: %d to %q", a.Status, a.Header.Get("Location"))
		}

		bad := form()
		bad.Set("_once", "k-3")
		bad.Set("name", "")
		bad.Set("registered", "令和8年2月30日")
		bad.Set("unit", "")
		bad.Set("place", "第二<庁舎>")
		a := w.srv.Post(w, "/registers/asset/new", bad)
		if a.Status != 422 {
			w.Fatalf("a wrong form: %d", a.Status)
		}
		has(w, "wrong form", a.Body, "error-summary", `href="#f-registered"`, `value="令和8年2月30日"`, `value="第二&lt;庁舎&gt;"`, `<option value="file" selected>`)
		good := form()
		good.Set("_once", "k-4")
		good.Set("confidentiality", "9")
		good.Set("surprise", "1")
		if a := w.srv.Post(w, "/registers/asset/new", good); a.Status != 422 || !strings.Contains(a.Body, "surprise") {
			w.Errorf("a field nobody knows: %d", a.Status)
		}
		w.who = staff
		if a := w.srv.Post(w, "/registers/asset/new", form()); a.Status != 403 {
			w.Errorf("who may not: %d", a.Status)
		}
		if a := w.srv.Get(w, "/registers/asset/new"); a.Status != 403 || !strings.Contains(a.Body, "9(1)") {
			w.Errorf("form for who may not: %d", a.Status)
		}
	})
}

func TestRecordsTypedByName(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	var units []org.Unit
	for i := range listedRecords {
		units = append(units, org.Unit{Code: fmt.Sprintf("U-1%03d", i), Name: fmt.Sprintf("出張所%03d", i), Kind: "section", Open: 1000})
	}
	load(w, "unit", append(units, org.Unit{Code: "U-2000", Name: "出張所000", Kind: "section", Open: 1000})...)
	has(t, "form", w.page("/registers/asset/A-00001/edit"), `value="U-0011 情報政策課"`, `list="f-unit-list"`)
	cases := []struct{ typed, want, says string }{
		{"U-0011", "U-0011", ""}, {"Ｕ－００１１", "U-0011", ""}, {"U-0011 情報政策課", "U-0011", ""}, {"情報政策課", "U-0011", ""},
		{"出張所000", "", "U-1000 出張所000"}, {"政策", "", "U-0011 情報政策課"}, {"まだない課", "", "台帳「組織」にありません"},
	}
	for i, c := range cases {
		f := form()
		f.Set("_once", fmt.Sprint("n-", i))
		f.Set("code", fmt.Sprintf("A-1%04d", i))
		f.Set("unit", c.typed)
		a := w.srv.Post(t, "/registers/asset/new", f)
		if c.says != "" {
			if a.Status != 422 || !strings.Contains(a.Body, c.says) {
				t.Errorf("%q: %d, want 422 with %q", c.typed, a.Status, c.says)
			}
			continue
		}
		rec, ok := w.get("asset", f.Get("code"))
		if a.Status != 303 || !ok || w.c.Must("asset").Str(rec.Row, "unit") != c.want {
			t.Errorf("%q: %d %v, want %s", c.typed, a.Status, text(a.Body), c.want)
		}
	}
}

// edited is the form of a record as its page draws it.
func edited(w *town, path string) url.Values {
	w.Helper()
	body := w.page(path)
	_, body, _ = strings.Cut(body, `<form class="form"`)
	out := url.Values{}
	add := func(re string) {
		for _, m := range regexp.MustCompile(re).FindAllStringSubmatch(body, -1) {
			out.Add(m[1], html.UnescapeString(m[2]))
		}
	}
	add(`<input type="(?:hidden|text)"[^>]* name="([^"]+)" value="([^"]*)"`)
	add(`name="([^"]+)" value="([^"]*)" checked`)
	for _, m := range regexp.MustCompile(`(?s)<select [^>]*name="([^"]+)".*?</select>`).FindAllStringSubmatch(body, -1) {
		if o := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(m[0]); o != nil {
			out.Add(m[1], html.UnescapeString(o[1]))
		}
	}
	return out
}

func TestChange(t *testing.T) {
	inTown(t, func(w *town) {
		f := edited(w, "/registers/asset/A-00002/edit")
		mine, theirs := url.Values{}, url.Values{}
		for k, v := range f {
			mine[k], theirs[k] = slices.Clone(v), slices.Clone(v)
		}
		theirs.Set("_once", "t-1")
		theirs.Set("place", "書庫")
		theirs.Set("_reason", "移転のため")
		for range 2 {
			if a := w.srv.Post(w, "/registers/asset/A-00002/edit", theirs); a.Status != 303 {
				w.Fatalf("change: %d %s", a.Status, text(a.Body))
			}
		}
		e := w.entries(trail.Query{Act: "asset.change"})
		if len(e) != 1 || e[0].Reason != "移転のため" || fmt.Sprint(e[0].Input) != "map[_version:1 code:A-00002 place:書庫]" {
			w.Fatalf("recorded %+v, want one change of the place alone", e)
		}

		mine.Set("_once", "m-1")
		mine.Set("place", "金庫")
		mine.Set("users", "税務課の職員")
		a := w.srv.Post(w, "/registers/asset/A-00002/edit", mine)
		if a.Status != 409 {
			w.Fatalf("a change of what has moved on: %d %s", a.Status, text(a.Body))
		}
		has(w, "conflict", text(a.Body), "山田 花子", "食い違っている項目 （2 件）", "保管場所 （なし） 書庫 金庫", "利用者の範囲 （なし） （なし） 税務課の職員")
		has(w, "conflict", a.Body, `name="_version" value="2"`, `value="金庫"`)
		mine.Set("_once", "m-2")
		mine.Set("_version", "2")
		if a := w.srv.Post(w, "/registers/asset/A-00002/edit", mine); a.Status != 303 {
			w.Fatalf("after looking: %d %s", a.Status, text(a.Body))
		}
		rec, _ := w.get("asset", "A-00002")
		if d := w.c.Must("asset"); rec.Version != 3 || d.Str(rec.Row, "place") != "金庫" || d.Str(rec.Row, "users") != "税務課の職員" {
			w.Errorf("now %+v", rec)
		}

		same := edited(w, "/registers/asset/A-00002/edit")
		if a := w.srv.Post(w, "/registers/asset/A-00002/edit", same); a.Status != 303 {
			w.Errorf("nothing changed: %d", a.Status)
		}
		if rec, _ := w.get("asset", "A-00002"); rec.Version != 3 {
			w.Errorf("saving the form as it came made version %d", rec.Version)
		}
	})
}

func TestEnd(t *testing.T) {
	inTown(t, func(w *town) {
		w.page("/registers/asset/end")
		f := edited(w, "/registers/asset/end?key=A-00001&key=A-00003&key=A-00004")
		if a := w.srv.Post(w, "/registers/asset/end", f); a.Status != 422 || !strings.Contains(a.Body, "終了する理由を入力してください") {
			w.Fatalf("without a reason: %d", a.Status)
		}
		f.Set("_reason", "システムの更改")
		var a webtest.Answer
		for range 2 {
			a = w.srv.Post(w, "/registers/asset/end", f)
		}
		has(w, "result", text(a.Body), "2件を終了し、1件は終了できませんでした", "範囲の外")
		for key, ended := range map[string]bool{"A-00001": true, "A-00003": false, "A-00004": true} {
			if rec, _ := w.get("asset", key); rec.Ended != ended {
				w.Errorf("%s ended %v, want %v", key, rec.Ended, ended)
			}
		}
		if n := len(w.entries(trail.Query{Act: "asset.end", Result: trail.Done})); n != 2 {
			w.Errorf("%d acts recorded, want 2", n)
		}
		hasNot(w, "list", w.page("/registers/asset"), ">A-00001<")
		has(w, "list with ended", text(w.page("/registers/asset?ended=1")), "A-00001", "終了")
		has(w, "record", text(w.page("/registers/asset/A-00001")), "終了", "システムの更改")
	})
}

func TestSpecialActs(t *testing.T) {
	inTown(t, func(w *town) {
		has(w, "form", w.page("/registers/asset/A-00001/act/asset.downgrade"), `value="c:3B"`, "機密性を「自治体機密性3B」に", "今は「自治体機密性3A」です。", "基本方針 7")
		hasNot(w, "form", w.page("/registers/asset/A-00001/act/asset.downgrade"), `name="property"`, `value="c:3A"`, `type="text" id="f-class"`)
		in := url.Values{"property": {"c"}, "class": {"3A"}, "reason": {"統計だけになったため"}, "_once": {"d-1"}}
		if a := w.srv.Post(w, "/registers/asset/A-00001/act/asset.downgrade", in); a.Status != 422 || !strings.Contains(a.Body, "統計だけになったため") {
			w.Fatalf("to the same class: %d", a.Status)
		}
		in.Set("class", "c:3B")
		in.Del("property")
		in.Set("_once", "d-2")
		a := w.srv.Post(w, "/registers/asset/A-00001/act/asset.downgrade", in)
		to := a.Header.Get("Location")
		if a.Status != 303 || !strings.HasPrefix(to, "/registers/downgrade/") {
			w.Fatalf("apply: %d to %q %s", a.Status, to, text(a.Body))
		}
		hasNot(w, "application, to the applicant", text(w.page(to)), "格下げの承認")
		w.who = head
		has(w, "application, to who decides", text(w.page(to)), "格下げの承認", "格下げの却下")
		w.page(to + "/act/asset.downgrade.approve")
		if a := w.srv.Post(w, to+"/act/asset.downgrade.approve", url.Values{"_once": {"d-3"}}); a.Status != 303 {
			w.Fatalf("approve: %d %s", a.Status, text(a.Body))
		}
		rec, _ := w.get("asset", "A-00001")
		if got := w.c.Must("asset").Str(rec.Row, "confidentiality"); got != "3B" {
			w.Errorf("class %q after the approval, want 3B", got)
		}
		hasNot(w, "application, decided", text(w.page(to)), "格下げの承認 格下げの却下")
	})
}

func TestViews(t *testing.T) {
	inTown(t, func(w *town) {
		v := url.Values{"name": {"課の資産"}, "query": {"unit=U-0011&sort=-name"}}
		a := w.srv.Post(w, "/registers/asset/views", v)
		if a.Status != 303 || a.Header.Get("Location") != "/registers/asset?unit=U-0011&sort=-name" {
			w.Fatalf("save: %d to %q", a.Status, a.Header.Get("Location"))
		}
		has(w, "list", text(w.page("/registers/asset")), "保存した表示： 課の資産")
		w.who = head
		hasNot(w, "list of another person", text(w.page("/registers/asset")), "課の資産")
		if a := w.srv.Post(w, "/registers/asset/views", url.Values{"remove": {"課の資産"}}); a.Status != 303 {
			w.Error(a.Status)
		}
		w.who = manager
		has(w, "list after another person removed a name", text(w.page("/registers/asset")), "課の資産")
		if a := w.srv.Post(w, "/registers/asset/views", url.Values{"remove": {"課の資産"}}); a.Status != 303 {
			w.Error(a.Status)
		}
		hasNot(w, "list", text(w.page("/registers/asset")), "課の資産")
		for _, bad := range []string{"", strings.Repeat("長", maxViewName+1)} {
			if a := w.srv.Post(w, "/registers/asset/views", url.Values{"name": {bad}, "query": {"x=y"}}); a.Status != 422 {
				w.Errorf("name %q: %d", bad, a.Status)
			}
		}
	})
}

// send uploads a file as a browser does and gives the address it leads to.
func send(w *town, name string, body []byte) webtest.Answer {
	w.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, _ := m.CreateFormFile("file", name)
	_, _ = part.Write(body)
	_ = m.Close()
	return w.srv.Do(w, nil, "POST", "/registers/asset/import", m.FormDataContentType(), b.String(), "Sec-Fetch-Site", "same-origin")
}

func TestExportAndImport(t *testing.T) {
	inTown(t, func(w *town) {
		a := w.srv.Get(w, "/registers/asset/export?as=xlsx&unit=U-0011&col=name&col=place")
		if a.Status != 200 || !strings.Contains(a.Header.Get("Content-Disposition"), url.PathEscape("情報資産_20261124.xlsx")) {
			w.Fatalf("export: %d %v", a.Status, a.Header)
		}
		if e := w.entries(trail.Query{Act: ExportAct}); len(e) != 1 || e[0].Subject.String() != "asset:*" || e[0].Input["filter"] != "unit=U-0011" {
			w.Errorf("the export was recorded as %+v", e)
		}
		up := send(w, "台帳.xlsx", []byte(a.Body))
		if up.Status != 303 {
			w.Fatalf("upload: %d %s", up.Status, text(up.Body))
		}
		has(w, "what was exported", text(w.page(up.Header.Get("Location"))), "台帳と同じです", "8 変わらない記録")

		csv := "資産番号,名称,所管課,形態,状態,登録日,保管場所\r\nA-00001,住民税課税台帳,U-0011,電子データ,利用中,2024-04-01,別館\r\nA-00013,新しい台帳,U-0011,紙,利用中,2026-11-01,本庁\r\n"
		up = send(w, "new.csv", []byte(csv))
		at := up.Header.Get("Location")
		body := text(w.page(at))
		has(w, "preview", body, "0 誤り", "1 新規の記録", "1 変更される記録", "A-00001 保管場所 情報システム室 別館", "新しい台帳", "new.csv")
		f := edited(w, at)
		if a := w.srv.Post(w, "/registers/asset/import/apply", f); a.Status != 422 || !strings.Contains(a.Body, "取り込む理由を入力してください") || !strings.Contains(a.Body, "別館") {
			w.Fatalf("without a reason: %d %s", a.Status, text(a.Body))
		}
		f.Set("_reason", "棚卸し")
		for range 2 {
			if a := w.srv.Post(w, "/registers/asset/import/apply", f); a.Status != 303 {
				w.Fatalf("apply: %d %s", a.Status, text(a.Body))
			}
		}
		if e := w.entries(trail.Query{Act: "asset.import"}); len(e) != 1 || e[0].Reason != "棚卸し" || e[0].Input["new"] != "1" {
			w.Errorf("recorded %+v", e)
		}
		if rec, ok := w.get("asset", "A-00013"); !ok || rec.Version != 1 {
			w.Errorf("the new record: %+v %v", rec, ok)
		}
		has(w, "preview once more", text(w.page(at)), "既に取り込まれています")

		bad := "資産番号,名称,所管課,形態,状態,登録日,色\r\nA-00020,a,U-0011,電子データ,利用中,2024-04-01,赤\r\n"
		up = send(w, "bad.csv", []byte(bad))
		body = text(w.page(up.Header.Get("Location")))
		has(w, "unknown column", body, "1 誤り", "G1", "色", "台帳は変わっていません")
		hasNot(w, "unknown column", body, "この内容で取り込む")
		list := w.page(up.Header.Get("Location") + "&as=errors")
		has(w, "list of mistakes", list, "セル", "G1")

		up = send(w, "wrong.csv", []byte("資産番号,名称,形態\r\nA-00002,,木簡\r\n"))
		has(w, "wrong cells", text(w.page(up.Header.Get("Location"))), "C2", "木簡", "選択肢はありません")

		moved := send(w, "moved.csv", []byte("資産番号,保管場所\r\nA-00004,倉庫\r\n"))
		f = edited(w, moved.Header.Get("Location"))
		f.Set("_reason", "r")
		other := edited(w, "/registers/asset/A-00004/edit")
		other.Set("place", "倉庫")
		if a := w.srv.Post(w, "/registers/asset/A-00004/edit", other); a.Status != 303 {
			w.Fatal(a.Status)
		}
		if a := w.srv.Post(w, "/registers/asset/import/apply", f); a.Status != 409 || !strings.Contains(a.Body, "確かめた後に台帳が変わりました") {
			w.Errorf("the register moved on: %d %s", a.Status, text(a.Body))
		}

		if a := send(w, "empty.csv", nil); a.Status != 422 || !strings.Contains(a.Body, "ファイルが空です") {
			w.Errorf("empty file: %d", a.Status)
		}
		if a := send(w, "picture.xlsx", []byte("PK\x03\x04 not a book")); a.Status != 303 || !strings.Contains(w.page(a.Header.Get("Location")), "台帳は変わっていません") {
			w.Errorf("no workbook: %d", a.Status)
		}
		w.who = head
		if a := w.srv.Get(w, at); a.Status != 403 {
			w.Errorf("another person's upload: %d", a.Status)
		}
		w.who = chief
		w.who.Roles = append(w.who.Roles, actor.Grant{Role: "section_manager"})
		if a := w.srv.Get(w, at); a.Status != 404 {
			w.Errorf("another person's upload, who may import: %d", a.Status)
		}
		w.who = staff
		if a := send(w, "x.csv", []byte(csv)); a.Status != 403 {
			w.Errorf("upload by who may not: %d", a.Status)
		}
	})
}

func TestExportInShiftJIS(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	a := w.srv.Get(t, "/registers/asset/export?as=csv&encoding=cp932")
	if a.Status != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv; charset=Shift_JIS") {
		t.Fatalf("export: %d %v", a.Status, a.Header)
	}
	load(w, "asset", w.asset(99, "𠮷野町の台帳"))
	a = w.srv.Get(t, "/registers/asset/export?as=csv&encoding=cp932")
	has(t, "signs that would be lost", text(a.Body), "𠮷野町の台帳", "置き換えて書き出す")
	a = w.srv.Get(t, "/registers/asset/export?as=csv&encoding=cp932&lost=ok")
	if a.Status != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("export all the same: %d %v", a.Status, a.Header)
	}
	for _, bad := range []string{"as=pdf", "as=csv&encoding=ebcdic", "as=csv&colour=1"} {
		if a := w.srv.Get(t, "/registers/asset/export?"+bad); a.Status != 422 {
			t.Errorf("%s: %d", bad, a.Status)
		}
	}
}

func TestSearch(t *testing.T) {
	inTown(t, func(w *town) {
		body := w.page("/search?q=" + url.QueryEscape("課税"))
		has(w, "search", body, "住民税<mark>課税</mark>台帳")
		has(w, "search", text(body), "情報資産 住民税", "情報政策課")
		has(w, "two registers", text(w.page("/search?q="+url.QueryEscape("情報"))), "組織 情報 政策課", "情報資産 庁内職員向け 情報 セキュリティ研修教材")
		has(w, "half-width kana", text(w.page("/search?q="+url.QueryEscape("ｾｷｭﾘﾃｨ"))), "セキュリティ")
		has(w, "nothing", text(w.page("/search?q="+url.QueryEscape("存在しない語"))), "見つかりませんでした")
		has(w, "no words", text(w.page("/search?q=")), "すべての台帳から")
		var list []string
		for i := range 10 {
			list = append(list, fmt.Sprint(i))
		}
		for _, n := range list {
			load(w, "asset", w.asset(200+len(n)*10+int(n[0]-'0'), "庁舎管理の図面"+n))
		}
		has(w, "more than are shown", text(w.page("/search?q="+url.QueryEscape("庁舎"))), "情報資産の検索結果をすべて見る")
	})
}

func TestMark(t *testing.T) {
	for _, c := range []struct {
		text, words, want string
	}{
		{"住民税課税台帳", "課税", "住民税[課税]台帳"}, {"ＣＳＩＲＴ規程", "csirt", "[ＣＳＩＲＴ]規程"}, {"カタカナの名", "かな", "カタ[カナ]の名"},
		{"あああ", "ああ", "[ああ]あ"}, {"何もない", "別", "何もない"}, {"㈱北星", "株", "[㈱]北星"}, {"", "a", ""},
	} {
		got := ""
		for _, p := range mark(c.text, strings.Fields(c.words)) {
			if p.hit {
				got += "[" + p.text + "]"
				continue
			}
			got += p.text
		}
		if got != c.want {
			t.Errorf("mark(%q, %q) = %q, want %q", c.text, c.words, got, c.want)
		}
	}
}

func TestAPI(t *testing.T) {
	inTown(t, func(w *town) {
		get := func(path string, status int, v any) {
			w.Helper()
			a := w.srv.Get(w, path)
			if a.Status != status {
				w.Fatalf("GET %s: %d %s", path, a.Status, a.Body)
			}
			if err := json.Unmarshal([]byte(a.Body), v); err != nil {
				w.Fatal(err)
			}
		}
		var schemas []struct{ Name, Key string }
		if get("/api/v1/registers", 200, &schemas); len(schemas) != len(w.c.All())-1 || schemas[0].Key == "" {
			w.Errorf("schemas %+v", schemas)
		}
		for _, x := range schemas {
			if x.Name == "moveset" {
				w.Error("a register of which the caller reads nothing is shown")
			}
		}
		var page pageJSON
		get("/api/v1/registers/asset?unit=U-0011&limit=3&sort=code", 200, &page)
		if page.Total != 8 || len(page.Records) != 3 || page.Next == "" || string(page.Records[0].Values["content"]) != `["tax"]` || string(page.Records[0].Values["persons"]) != "120000" {
			w.Errorf("list: %+v", page)
		}
		after := url.QueryEscape(page.Next)
		var rest pageJSON
		if get("/api/v1/registers/asset?unit=U-0011&limit=1000&sort=code&after="+after, 200, &rest); len(rest.Records) != 5 || rest.Next != "" {
			w.Errorf("the rest: %d records, next %q", len(rest.Records), rest.Next)
		}
		var rec recordJSON
		if get("/api/v1/registers/asset/A-00001", 200, &rec); rec.Record.String() != "asset:A-00001" || rec.Version != 2 || string(rec.Values["unit"]) != `"U-0011"` {
			w.Errorf("record: %+v", rec)
		}
		type problem struct {
			Status  int
			OK      *bool
			Fault   string
			Message msg.Text
			Clauses []string
			Errors  []struct{ Pointer string }
		}
		var p problem
		if get("/api/v1/registers/asset?colour=red", 422, &p); len(p.Errors) != 1 || p.Errors[0].Pointer != "#/colour" {
			w.Errorf("unknown parameter: %+v", p)
		}
		post := func(id, body, key string) webtest.Answer {
			return w.srv.Do(w, nil, "POST", "/api/v1/acts/"+id, "application/json", body, "Idempotency-Key", key)
		}
		body := `{"input":{"code":"A-00500","name":"API台帳","unit":"U-0011","form":"file","status":"active","registered":"2026-11-01","content":["tax","personal"],"confidentiality":"3A","persons":1200,"override":false,"place":null},"reason":"連携"}`
		first := post("asset.create", body, "api-1")
		var ans actAnswer
		if err := json.Unmarshal([]byte(first.Body), &ans); err != nil || first.Status != 200 || !ans.OK || ans.Record.String() != "asset:A-00500" || ans.Trail < 0 {
			w.Fatalf("act: %d %s %v", first.Status, first.Body, err)
		}
		if again := post("asset.create", body, "api-1"); again.Status != 200 || again.Body != first.Body {
			w.Errorf("repeat: %d %s, want %s", again.Status, again.Body, first.Body)
		}
		if e := w.entries(trail.Query{Act: "asset.create"}); len(e) != 1 || e[0].Way != "api" || e[0].Index != ans.Trail || e[0].Input["content"] != "tax、personal" {
			w.Errorf("recorded %+v", e)
		}
		refuse := func(name, id, body string, status int, kind, pointer string) {
			w.Helper()
			a := post(id, body, "")
			var p problem
			if err := json.Unmarshal([]byte(a.Body), &p); err != nil || a.Status != status || p.OK == nil || *p.OK || p.Fault != kind || p.Message.JA == "" || p.Message.EN == "" || a.Header.Get("Content-Type") != "application/problem+json" {
				w.Errorf("%s: %d %s %v", name, a.Status, a.Body, err)
				return
			}
			if pointer != "" && (len(p.Errors) == 0 || p.Errors[0].Pointer != pointer) {
				w.Errorf("%s: %+v, want a pointer to %s", name, p.Errors, pointer)
			}
			if kind == "denied" && len(p.Clauses) == 0 {
				w.Errorf("%s: no clause is named", name)
			}
		}
		refuse("an unknown vocabulary word", "asset.change", `{"input":{"code":"A-00001","form":"木簡"}}`, 422, "invalid", "#/input/form")
		refuse("a field that is not declared", "asset.change", `{"input":{"code":"A-00001","colour":"red"}}`, 422, "invalid", "#/input/colour")
		refuse("another section's record", "asset.change", `{"input":{"code":"A-00003","place":"x"}}`, 403, "denied", "")
		refuse("a stale version", "asset.change", `{"input":{"code":"A-00001","place":"x","_version":1}}`, 409, "conflict", "")
		refuse("no such record", "asset.change", `{"input":{"code":"A-99999","place":"x"}}`, 404, "not_found", "")
		refuse("no such act", "asset.burn", `{"input":{}}`, 404, "not_found", "")
		refuse("an export without a file", ExportAct, `{"input":{"register":"asset","as":"csv"}}`, 404, "not_found", "")
		refuse("an import without a file", "asset.import", `{"input":{"file":"x.csv"}}`, 422, "invalid", "")
		refuse("a value that is an object", "asset.change", `{"input":{"code":{"x":1}}}`, 422, "invalid", "#/input/code")
		refuse("a member nobody knows", "asset.change", `{"inputs":{}}`, 400, "invalid", "#/inputs")
		refuse("no JSON", "asset.change", `{`, 400, "invalid", "")
		doc, err := w.site.OpenAPI()
		if err != nil {
			w.Fatal(err)
		}
		has(w, "OpenAPI", string(doc), `"/api/v1/registers/{register}"`, `"/api/v1/registers/{register}/{key}"`, `"/api/v1/acts/{act}"`, `"Idempotency-Key"`)
	})
}

// A page takes the same few statements however much a register holds.
func TestStatementsPerPage(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	for path, most := range map[string]int{"/registers": 3, "/registers/asset": 16, "/registers/asset?q=%E8%AA%B2%E7%A8%8E&filters=all": 20, "/registers/asset/A-00001": 24, "/registers/unit/U-0011": 40,
		"/registers/asset/new": 12, "/registers/asset/A-00001/edit": 20, "/search?q=%E8%AA%B2%E7%A8%8E": 8, "/api/v1/registers/asset": 4} {
		w.counts = nil
		w.page(path)
		n := 0
		for _, c := range w.counts {
			n += c
		}
		t.Logf("%s: %d statements", path, n)
		if n > most || n == 0 {
			t.Errorf("%s took %d statements, want 1 to %d", path, n, most)
		}
	}
}
