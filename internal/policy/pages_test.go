package policy_test

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db/dbtest"
	"okite/internal/pack"
	"okite/internal/web"
	"okite/internal/web/webtest"
)

// site serves the module's pages to one person, with the model texts at hand: B1 in force, B2 a draft of the chief.
func site(t *testing.T, who actor.Actor) (*office, *webtest.Server) {
	t.Helper()
	o := open(t, dbtest.SQLite(t))
	b, err := pack.Text("model", "basic")
	if err != nil {
		t.Fatal(err)
	}
	st, err := pack.Text("model", "standard")
	if err != nil {
		t.Fatal(err)
	}
	o.bring(actor.Operator(), "basic.txt", string(b), "basic")
	o.must(actor.Operator(), "settle", act.Input{"version": "B1", "from": "2026-04-01"})
	o.bring(actor.Operator(), "standard.txt", string(st), "standard")
	o.must(actor.Operator(), "settle", act.Input{"version": "S1", "from": "2026-04-01"})
	next := strings.Replace(string(b), "原則として", "例外なく", 1)
	next = strings.Replace(next, "ものとする", "なければならない", 1)
	o.bring(chief, "basic.txt", next, "basic")
	s := &web.Site{Name: "星見市", Version: "1", Registry: &web.Registry{}, Now: o.store.Now, Identify: webtest.As(who)}
	if err := s.Registry.Add(o.s.Routes()...); err != nil {
		t.Fatal(err)
	}
	return o, webtest.Start(t, s)
}

func TestPagesKeepOut(t *testing.T) {
	_, s := site(t, chief)
	webtest.CheckRoutes(t, nobody(t, s))
	webtest.CheckCrossSite(t, s)
	webtest.CheckEscaped(t, s, "/policy/B1/diff", "with")
	webtest.CheckEscaped(t, s, "/policy/import/preview", "id")
	webtest.CheckEscaped(t, s, "/policy/B1/export", "as")
	webtest.CheckFormEscaped(t, s, "/policy/B2/decision", "step")
	webtest.CheckFormEscaped(t, s, "/policy/import", "layer")
	for _, path := range []string{"/policy/B9", "/policy/B9/decision", "/policy/B9/diff", "/policy/B9/export", "/policy/import/preview?id=x"} {
		if a := s.Get(t, path); a.Status != 404 {
			t.Errorf("%s: status %d, want 404", path, a.Status)
		}
	}
}

// nobody serves the same site to whoever is not signed in.
func nobody(t *testing.T, s *webtest.Server) *webtest.Server {
	t.Helper()
	_, other := site(t, actor.Actor{})
	return other
}

func send(t *testing.T, s *webtest.Server, name, content string) webtest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Do(t, nil, "POST", "/policy/import", w.FormDataContentType(), b.String(), "Sec-Fetch-Site", "same-origin")
}

func TestImportPages(t *testing.T) {
	o, s := site(t, chief)
	for name, c := range map[string]struct{ content, says string }{
		"empty":        {"", "文字がありません"},
		"out of order": {"2 定義\n\nことば。\n\n1 目的\n\n守る。\n", "番号の順"},
		"UTF-16":       {"\xff\xfe1\x00", "UTF-16"},
	} {
		if a := send(t, s, "x.txt", c.content); a.Status != 422 || !strings.Contains(a.Body, c.says) {
			t.Errorf("%s: status %d", name, a.Status)
		}
	}
	a := send(t, s, `"><svg/onload=alert(1)>.txt`, townBasic+"\n3 <b>太字</b>\n\n<script>alert(1)</script>を除く。\n")
	if a.Status != 303 {
		t.Fatalf("upload: %d %s", a.Status, a.Body)
	}
	path := a.Header.Get("Location")
	a = s.Get(t, path)
	if a.Status != 200 || strings.Contains(a.Body, "<svg/onload") || strings.Contains(a.Body, "<script>alert") || !strings.Contains(a.Body, "人の対策") {
		t.Fatalf("preview: %d", a.Status)
	}
	if v := o.version("B3"); v.Code != "" {
		t.Error("the preview has registered a version")
	}
	sum := regexp.MustCompile(`name="sha256" value="([0-9a-f]+)"`).FindStringSubmatch(a.Body)
	if sum == nil {
		t.Fatal("the preview holds no hash")
	}
	form := url.Values{"id": {strings.TrimPrefix(path, "/policy/import/preview?id=")}, "sha256": {sum[1]}, "title": {"星見市基本方針"}, "from": {"令和9年4月1日"}}
	if a := s.Post(t, "/policy/import/preview", form); a.Status != 422 || !strings.Contains(a.Body, "理由を入力してください") || !strings.Contains(a.Body, "令和9年4月1日") {
		t.Errorf("without a reason: status %d", a.Status)
	}
	form.Set("reason", "見直しのため")
	form.Set("sha256", "0")
	if a := s.Post(t, "/policy/import/preview", form); a.Status != 409 {
		t.Errorf("another file: status %d", a.Status)
	}
	form.Set("sha256", sum[1])
	if a := s.Post(t, "/policy/import/preview", form); a.Status != 303 || a.Header.Get("Location") != "/policy/B3/decision" {
		t.Fatalf("apply: %d to %q", a.Status, a.Header.Get("Location"))
	}
	if v := o.version("B3"); v.Name != "星見市基本方針" || v.From.String() != "2027-04-01" {
		t.Errorf("registered %+v", v)
	}
	o.verify()
}

func TestDecisionPages(t *testing.T) {
	o, s := site(t, chief)
	if a := s.Get(t, "/policy/B2/decision"); !strings.Contains(a.Body, "委員会への付議") || strings.Contains(a.Body, "CISOからの差戻し") {
		t.Error("the applicant is offered to hand it in, and nothing else")
	}
	if a := s.Post(t, "/policy/B2/decision", url.Values{"step": {"submit"}}); a.Status != 422 || !strings.Contains(a.Body, "理由を入力してください") {
		t.Errorf("without a reason: %d", a.Status)
	}
	if a := s.Post(t, "/policy/B2/decision", url.Values{"step": {"submit"}, "submit.reason": {"見直し"}, "submit.other": {"x"}}); a.Status != 422 {
		t.Errorf("a field nobody asked for: %d", a.Status)
	}
	if a := s.Post(t, "/policy/B2/decision", url.Values{"step": {"submit"}, "submit.reason": {"見直し"}}); a.Status != 303 {
		t.Fatalf("submit: %d %s", a.Status, a.Body)
	}
	if a := s.Post(t, "/policy/B2/decision", url.Values{"step": {"submit"}, "submit.reason": {"見直し"}}); a.Status != 409 {
		t.Errorf("handed in twice: %d", a.Status)
	}
	if a := s.Post(t, "/policy/B2/decision", url.Values{"step": {"committee"}, "committee.reason": {"議決"}, "committee.date": {"2026-11-20"}}); a.Status != 403 {
		t.Errorf("the applicant as committee: %d", a.Status)
	}
	if v := o.version("B2"); v.State != "review" {
		t.Errorf("state %s", v.State)
	}
	o.verify()
}

func TestReader(t *testing.T) {
	_, s := site(t, clerk)
	a := s.Get(t, "/policy/B1")
	for _, want := range []string{`id="bp.9.4"`, `href="#bp.9"`, "端末の持ち出し制限", "不適合3・判定不能1・適合12", `href="/checks/R160"`, `/policy/B1/export?as=oscal`} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the reader lacks %s", want)
		}
	}
	if strings.Contains(s.Get(t, "/policy").Body, `href="/policy/import"`) {
		t.Error("a clerk is offered to import")
	}
	if a := s.Get(t, "/policy/B2"); !strings.Contains(a.Body, "<del>") || !strings.Contains(a.Body, "以前の版") {
		t.Error("the draft does not show what the version in force says")
	}
	if a := s.Get(t, "/policy/B2/diff"); !strings.Contains(a.Body, "<del>原則として</del>") || !strings.Contains(a.Body, "<ins>例外なく</ins>") {
		t.Error("the page of differences marks nothing")
	}
	if a := s.Get(t, "/policy/B1", "Cookie", "okite-lang=en"); !strings.Contains(a.Body, "How this policy is built") {
		t.Error("no English gloss on the English page")
	}
	if a := s.Get(t, "/policy/B1/export?as=markdown"); a.Status != 200 || !strings.HasPrefix(a.Body, "# ") {
		t.Errorf("export: %d", a.Status)
	}
}

func TestPagesInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	_, s := site(t, chief)
	path := send(t, s, "next.txt", "■ 見出し\n\n"+townBasic).Header.Get("Location")
	for name, p := range map[string]string{"policy": "/policy", "policy-read": "/policy/B2", "policy-standard": "/policy/S1", "policy-decision": "/policy/B2/decision", "policy-diff": "/policy/B2/diff", "policy-import": "/policy/import", "policy-preview": path} {
		webtest.CheckPage(t, b, s, p, name)
	}
	tab := b.Open(t, s.URL+"/policy/B1", 1280, webtest.WithoutScripts(), webtest.WithCookies(s.Client, s.URL))
	if !strings.Contains(tab.Text(), "情報システム全体を強くする対策") {
		t.Error("the reader is empty without scripts")
	}
}
