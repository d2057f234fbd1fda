package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/web/webtest"
)

func TestRegistryRefuses(t *testing.T) {
	good := func() web.Route {
		return web.Route{Method: "GET", Pattern: "/x", Title: msg.T("題", "Title"), Rule: web.SignedIn, Clauses: []clause.ID{"bp.9.3"},
			Page: func(*web.Request) (web.Response, error) { return web.Text(""), nil }}
	}
	for name, spoil := range map[string]func(*web.Route){
		"no rule":                        func(r *web.Route) { r.Rule = nil },
		"no title in English":            func(r *web.Route) { r.Title.EN = "" },
		"no handler":                     func(r *web.Route) { r.Page = nil },
		"an unknown method":              func(r *web.Route) { r.Method = "TRACE" },
		"a pattern without /":            func(r *web.Route) { r.Pattern = "x" },
		"a clause that is none":          func(r *web.Route) { r.Clauses = []clause.ID{"9.3"} },
		"an address taken":               func(r *web.Route) { r.Pattern = "/taken" },
		"an address that reads two ways": func(r *web.Route) { r.Pattern = "/{any}/b" },
	} {
		g := &web.Registry{}
		taken, two := good(), good()
		taken.Pattern, two.Pattern = "/taken", "/a/{any}"
		if err := g.Add(taken, two); err != nil {
			t.Fatal(err)
		}
		r := good()
		spoil(&r)
		if err := g.Add(r); err == nil || len(g.Routes()) != 2 {
			t.Errorf("a route with %s was taken in (%v)", name, err)
		}
	}
	g := &web.Registry{}
	if err := g.Add(good()); err != nil || len(g.Coverage()["bp.9.3"]) != 1 {
		t.Errorf("a right route: %v, coverage %v", err, g.Coverage())
	}
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		name string
		rule web.Rule
		who  actor.Actor
		ok   bool
	}{
		{"anyone, nobody", web.Anyone, actor.Actor{}, true},
		{"signed in, nobody", web.SignedIn, actor.Actor{}, false},
		{"signed in, a person", web.SignedIn, chief, true},
		{"role held", web.Role("ciso", "chief"), chief, true},
		{"role not held", web.Role("ciso"), chief, false},
		{"role, nobody", web.Role("ciso"), actor.Actor{}, false},
		{"role, the operator", web.Role("ciso"), actor.Operator(), true},
	} {
		if err := c.rule(c.who); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestEveryRoute(t *testing.T) {
	site := sample()
	site.Identify = nil
	s := webtest.Start(t, site)
	webtest.CheckRoutes(t, s)
	webtest.CheckCrossSite(t, s)
	secure := sample()
	secure.Secure, secure.Identify = true, nil
	webtest.CheckRoutes(t, webtest.Start(t, secure))
}

func TestAnswers(t *testing.T) {
	site := sample()
	var log bytes.Buffer
	site.Log = slog.New(slog.NewJSONHandler(&log, nil))
	s := webtest.Start(t, site)
	for _, c := range []struct {
		method, path, kind, body string
		status                   int
		want                     string
	}{
		{"GET", "/nowhere", "", "", 404, "見つかりません"},
		{"GET", "/assets/x.css", "", "", 404, "見つかりません"},
		{"POST", "/inbox", "", "", 405, "この方法では利用できません"},
		{"TRACE", "/inbox", "", "", 405, "この方法では利用できません"},
		{"GET", "/chief", "", "", 403, "権限がありません"},
		{"GET", "/broken", "", "", 500, "受付番号"},
		{"GET", "/panic", "", "", 500, "受付番号"},
		{"GET", "/half", "", "", 500, "受付番号"},
		{"POST", "/registers/asset/new", "text/plain", "a=b", 415, "この形式の送信は受け付けていません"},
		{"POST", "/registers/asset/new", "application/x-www-form-urlencoded", "name=%00", 422, "使えない文字"},
		{"POST", "/registers/asset/new", "application/x-www-form-urlencoded", "name=%FF", 422, "使えない文字"},
		{"POST", "/registers/asset/new", "application/x-www-form-urlencoded", "name=a&class=3&evil=1", 422, "受け付けていません"},
		{"POST", "/registers/asset/new", "application/x-www-form-urlencoded", "name=" + strings.Repeat("x", 1<<20), 413, "大きすぎます"},
		{"POST", "/registers/asset/new", "application/x-www-form-urlencoded", strings.Repeat("a=&", web.MaxFields+1), 413, "欄の数"},
		{"POST", "/registers/asset/new", "application/x-www-form-urlencoded", "name=a&class=3&day=R8.11.24", 303, ""},
		{"POST", "/api/v1/echo", "text/plain", "{}", 415, "application/json"},
		{"POST", "/api/v1/echo", "application/json", `{"owner":{"name":"a"},"bad":1}`, 400, `"pointer":"#/bad"`},
		{"POST", "/api/v1/echo", "application/json", `{"owner":{"name":"a","name":"b"}}`, 400, `"pointer":"#/owner/name"`},
		{"POST", "/api/v1/echo", "application/json", `{"count":"x"}`, 400, `"pointer":"#/count"`},
		{"POST", "/api/v1/echo", "application/json", `{"owner":{}}`, 422, `"pointer":"#/owner/name"`},
		{"POST", "/api/v1/echo", "application/json", `{} {}`, 400, "余分"},
		{"POST", "/api/v1/echo", "application/json", strings.Repeat("[", 100_000), 400, "深すぎます"},
		{"POST", "/api/v1/echo", "application/json", `{`, 400, "書き方"},
		{"GET", "/api/v1/nowhere", "", "", 404, `"type":"urn:okite:fault:not_found"`},
		{"GET", "/", "", "", 200, "方針の状態"},
	} {
		a := s.Do(t, nil, c.method, c.path, c.kind, c.body, "Sec-Fetch-Site", "same-origin")
		short := c.body
		if len(short) > 60 {
			short = short[:60]
		}
		name := c.method + " " + c.path + " " + short
		if a.Status != c.status || !strings.Contains(a.Body, c.want) {
			t.Errorf("%s: status %d, want %d with %q; body %.300s", name, a.Status, c.status, c.want, a.Body)
		}
		if strings.Contains(a.Body, "secret") || strings.Contains(a.Body, "a,b") {
			t.Errorf("%s: an internal error shows: %s", name, a.Body)
		}
		if strings.HasPrefix(c.path, "/api/") && a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: content type %q", name, a.Header.Get("Content-Type"))
		}
		if !strings.HasPrefix(c.path, "/assets") {
			webtest.CheckHeaders(t, name, false, a.Header)
		}
	}
	for _, want := range []string{"secret detail", "secret panic", "sample_test.go", "incident"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q", want)
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	s := webtest.Start(t, sample())
	a := s.Do(t, nil, "POST", "/api/v1/echo", "application/json", `{"owner":{"name":"a"}}`, "Idempotency-Key", "k1")
	if a.Status != 200 || !strings.Contains(a.Body, `"key":"k1"`) {
		t.Errorf("the key did not reach the handler: %d %s", a.Status, a.Body)
	}
	if a := s.Get(t, "/registers/asset/new"); !strings.Contains(a.Body, `name="_once" value="`) {
		t.Error("the form carries no key of its own")
	}
}

func TestFormComesBack(t *testing.T) {
	s := webtest.Start(t, sample())
	a := s.Post(t, "/registers/asset/new", url.Values{"unit": {"戸籍住民課"}, "note": {"一行\r\n二行"}, "place": {"dc"}, "until.y": {"R8"}, "until.m": {"4"}})
	for _, want := range []string{"<title>エラー：", `href="#f-name"`, `id="f-name-error"`, `aria-invalid="true"`, `value="戸籍住民課"`, "一行\n二行</textarea>", `value="dc" checked`, `value="R8"`} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the form that came back lacks %s", want)
		}
	}
	if strings.Index(a.Body, "error-summary") > strings.Index(a.Body, "<h1>") {
		t.Error("the error summary stands below the heading")
	}
	webtest.CheckFormEscaped(t, s, "/registers/asset/new", "name", "unit", "count", "day", "until.y", "class", "place", "note", "unknown")
	webtest.CheckEscaped(t, s, "/inbox", "q", "kind", "sort", "page")
	webtest.CheckEscaped(t, s, "/lang", "to", "back")
}

func TestFlash(t *testing.T) {
	s := webtest.Start(t, sample())
	a := s.Post(t, "/registers/asset/new", url.Values{"name": {"x"}, "class": {"3"}})
	if a.Status != 303 || a.Header.Get("Location") != "/inbox" {
		t.Fatalf("saved: %d", a.Status)
	}
	if a := s.Get(t, "/inbox"); !strings.Contains(a.Body, "情報資産を登録しました。") {
		t.Error("the notice is not shown on the page that follows")
	}
	if a := s.Get(t, "/inbox"); strings.Contains(a.Body, "情報資産を登録しました。") {
		t.Error("the notice is shown twice")
	}
}

func TestLanguage(t *testing.T) {
	s := webtest.Start(t, sample())
	if a := s.Get(t, "/"); !strings.Contains(a.Body, `<html lang="ja">`) {
		t.Error("the first page is not Japanese")
	}
	for back, want := range map[string]string{"/inbox?q=a": "/inbox?q=a", "//example.com": "/", "https://example.com": "/", `/\example.com`: "/", "": "/"} {
		a := s.Get(t, "/lang?to=en&back="+url.QueryEscape(back))
		if a.Status != 303 || a.Header.Get("Location") != want {
			t.Errorf("back to %q: %d to %q, want %q", back, a.Status, a.Header.Get("Location"), want)
		}
	}
	if a := s.Get(t, "/"); !strings.Contains(a.Body, `<html lang="en">`) || !strings.Contains(a.Body, "Skip to content") {
		t.Error("the choice of English was not kept")
	}
	if a := s.Get(t, "/lang?to=fr"); a.Status != 404 {
		t.Errorf("an unknown language: %d", a.Status)
	}
}

func TestDownload(t *testing.T) {
	s := webtest.Start(t, sample())
	a := s.Get(t, "/file")
	want := `attachment; filename=____.csv; filename*=UTF-8''%E8%B3%87%E7%94%A3%E5%8F%B0%E5%B8%B3.csv`
	if got := a.Header.Get("Content-Disposition"); a.Body != "a,b\n" || got != want {
		t.Errorf("download %q as %q, want %q", a.Body, got, want)
	}
}

func TestAsset(t *testing.T) {
	s := webtest.Start(t, sample())
	for _, name := range []string{"okite.css", "okite.js", "icon.svg"} {
		path := web.AssetPath(name)
		a := s.Get(t, path)
		if a.Status != 200 || a.Body == "" {
			t.Errorf("%s: %d", path, a.Status)
		}
		webtest.CheckHeaders(t, path, false, a.Header)
		if a := s.Get(t, "/assets/"+name); a.Status != 404 {
			t.Errorf("%s without its hash: %d", name, a.Status)
		}
	}
}

func TestOpenAPI(t *testing.T) {
	s := webtest.Start(t, sample())
	a := s.Get(t, "/api/v1/openapi.json")
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			RequestBody struct {
				Content map[string]struct{ Schema map[string]string }
			}
		}
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal([]byte(a.Body), &doc); err != nil {
		t.Fatal(err)
	}
	op := doc.Paths["/api/v1/echo"]["post"]
	if doc.OpenAPI != "3.1.0" || op.OperationID != "echo" || len(doc.Paths) != 2 {
		t.Errorf("document %q with %d paths, operation %q", doc.OpenAPI, len(doc.Paths), op.OperationID)
	}
	ref := strings.TrimPrefix(op.RequestBody.Content["application/json"].Schema["$ref"], "#/components/schemas/")
	if !strings.Contains(string(doc.Components.Schemas[ref]), `"owner"`) {
		t.Errorf("schema %q: %s", ref, doc.Components.Schemas[ref])
	}
}

func TestBusySaysWhen(t *testing.T) {
	site := &web.Site{Name: "市", Registry: &web.Registry{}}
	err := site.Registry.Add(web.Route{Method: "GET", Pattern: "/busy", Title: msg.T("題", "T"), Rule: web.Anyone, Page: func(*web.Request) (web.Response, error) {
		return web.Response{}, errors.Join(errors.New("write"), fault.New(fault.Busy, msg.T("混んでいます。", "Busy.")))
	}}, web.Route{Method: "GET", Pattern: "/away", Title: msg.T("題", "T"), Rule: web.Anyone, Page: func(*web.Request) (web.Response, error) {
		return web.Redirect("https://example.com/", msg.Text{}), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, site)
	if a := s.Get(t, "/busy"); a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("busy: %d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
	}
	if a := s.Get(t, "/away"); a.Status != 500 || a.Header.Get("Location") != "" {
		t.Errorf("a redirect to another site was sent: %d %q", a.Status, a.Header.Get("Location"))
	}
}
