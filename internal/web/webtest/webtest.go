// Package webtest checks what must hold on every page of a site: no way in without a rule, the security headers, no
// input that comes back unescaped, and in a real browser accessibility (axe-core), no sideways scrolling, no
// content-policy reports, no English on a Japanese page. Modules call it with their own pages.
//
// It serves bp.9.3 and bp.9.4 (nothing reachable without a decision) and bp.14 (readable by everybody).
package webtest

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"okite/internal/actor"
	"okite/internal/msg"
	"okite/internal/web"
)

// Server is a site that answers on a loopback address until the test ends.
type Server struct {
	Site   *web.Site
	URL    string // http://127.0.0.1:PORT
	Client *http.Client
}

// Start serves a site. The client keeps cookies and does not follow redirects.
func Start(t testing.TB, site *web.Site) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	srv := site.Server()
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = srv.Shutdown(ctx)
		_ = srv.Close()
	})
	return &Server{Site: site, URL: "http://" + l.Addr().String(), Client: NewClient(t)}
}

// NewClient is a client with cookies of its own that does not follow redirects.
func NewClient(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatalf("make cookie jar: %v", err)
	}
	return &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Do sends a request; headers are pairs of name and value.
func (s *Server) Do(t testing.TB, c *http.Client, method, path, contentType, body string, headers ...string) Answer {
	t.Helper()
	req, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatalf("make request %s %s: %v", method, path, err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if c == nil {
		c = s.Client
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("read answer of %s %s: %v", method, path, err)
	}
	return Answer{res.StatusCode, res.Header, string(b)}
}

// Get asks for a page.
func (s *Server) Get(t testing.TB, path string, headers ...string) Answer {
	t.Helper()
	return s.Do(t, nil, "GET", path, "", "", headers...)
}

// Post sends a form as the site's own pages do.
func (s *Server) Post(t testing.TB, path string, form url.Values, headers ...string) Answer {
	t.Helper()
	return s.Do(t, nil, "POST", path, "application/x-www-form-urlencoded", form.Encode(), append([]string{"Sec-Fetch-Site", "same-origin"}, headers...)...)
}

// headers are what every answer carries; the policy is repeated here so that a change of it is seen.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types frag; report-uri /csp-report",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
}

// CheckHeaders compares the security headers of an answer. Assets may be kept by caches, nothing else may.
func CheckHeaders(t testing.TB, what string, secure bool, h http.Header) {
	t.Helper()
	for name, want := range headers {
		if got := h.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: header %s = %q, want %q", what, name, got, want)
		}
	}
	want := "no-store"
	if strings.Contains(what, "/assets/") {
		want = "public, max-age=31536000, immutable"
	}
	if got := h.Get("Cache-Control"); got != want {
		t.Errorf("%s: Cache-Control = %q, want %q", what, got, want)
	}
	if got := h.Get("Strict-Transport-Security") != ""; got != secure {
		t.Errorf("%s: Strict-Transport-Security present = %v, want %v", what, got, secure)
	}
	for _, c := range h.Values("Set-Cookie") {
		if strings.Contains(c, "Secure") != secure || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/") {
			t.Errorf("%s: weak cookie %q", what, c)
		}
		if strings.HasPrefix(c, "__Host-") != secure {
			t.Errorf("%s: cookie %q, __Host- prefix want %v", what, c, secure)
		}
	}
}

// CheckRoutes asks for every route of the site as nobody: the security headers are there, and whatever is not for
// anyone answers with the way to sign in or 401, never with content. open lists the patterns that may be for anyone.
func CheckRoutes(t *testing.T, s *Server, open ...string) {
	t.Helper()
	allowed := map[string]bool{"/lang": true, "/csp-report": true, "/help": true, "/accessibility": true, "/api/v1/openapi.json": true}
	for _, p := range open {
		allowed[p] = true
	}
	nobody := NewClient(t)
	for _, rt := range s.Site.Registry.Routes() {
		name := rt.Method + " " + rt.Pattern
		if rt.Rule == nil {
			t.Errorf("%s: no rule", name)
			continue
		}
		public := rt.Rule(actor.Actor{}) == nil
		if public && !allowed[rt.Pattern] {
			t.Errorf("%s: lets anyone in, but is not among the pages that may", name)
		}
		a := s.Do(t, nobody, rt.Method, fill(rt.Pattern), "", "", "Sec-Fetch-Site", "same-origin")
		CheckHeaders(t, name, s.Site.Secure, a.Header)
		if public {
			continue
		}
		if rt.API != nil && a.Status != http.StatusUnauthorized {
			t.Errorf("%s as nobody: status %d, want 401", name, a.Status)
		}
		if rt.API == nil && (a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/login")) {
			t.Errorf("%s as nobody: status %d to %q, want the sign-in page", name, a.Status, a.Header.Get("Location"))
		}
	}
}

// CheckCrossSite sends every changing route what a foreign page could make a browser send. All must be refused.
func CheckCrossSite(t *testing.T, s *Server) {
	t.Helper()
	forged := map[string][]string{
		"foreign site":    {"Sec-Fetch-Site", "cross-site"},
		"sibling site":    {"Sec-Fetch-Site", "same-site"},
		"foreign origin":  {"Origin", "https://example.com"},
		"null origin":     {"Origin", "null"},
		"both, disagreed": {"Origin", "https://example.com", "Sec-Fetch-Site", "cross-site"},
	}
	for _, rt := range s.Site.Registry.Routes() {
		if rt.Method == http.MethodGet {
			continue
		}
		for name, h := range forged {
			a := s.Do(t, nil, rt.Method, fill(rt.Pattern), "application/x-www-form-urlencoded", "x=1", h...)
			if a.Status != http.StatusForbidden {
				t.Errorf("%s %s from a %s: status %d, want 403", rt.Method, rt.Pattern, name, a.Status)
			}
		}
	}
}

// Poison is text that shows in a page when it is not escaped.
const Poison = `"'><svg/onload=alert(1)>{{7*7}}</script><b>`

// CheckEscaped sends Poison in the given parameters of a page and as its fields, and looks for it unescaped.
func CheckEscaped(t *testing.T, s *Server, path string, params ...string) {
	t.Helper()
	q := url.Values{}
	for _, p := range params {
		q.Set(p, Poison)
	}
	a := s.Get(t, path+"?"+q.Encode())
	noPoison(t, "GET "+path, a)
}

// CheckFormEscaped posts Poison in the given fields and looks for it unescaped in the answer.
func CheckFormEscaped(t *testing.T, s *Server, path string, fields ...string) {
	t.Helper()
	q := url.Values{}
	for _, f := range fields {
		q.Set(f, Poison)
	}
	noPoison(t, "POST "+path, s.Post(t, path, q))
}

func noPoison(t *testing.T, what string, a Answer) {
	t.Helper()
	if a.Status >= 500 {
		t.Errorf("%s: status %d", what, a.Status)
	}
	if poisoned(a.Body) {
		t.Errorf("%s: input came back unescaped", what)
	}
}

// poisoned says whether Poison stands in a page as markup.
func poisoned(body string) bool {
	for _, bad := range []string{"<svg/onload", "</script><b>", `"'>`} {
		if strings.Contains(body, bad) {
			return true
		}
	}
	return false
}

func fill(pattern string) string {
	pattern = strings.TrimSuffix(pattern, "{$}")
	var out []string
	for _, part := range strings.Split(pattern, "/") {
		if strings.HasPrefix(part, "{") {
			part = "x"
		}
		out = append(out, part)
	}
	return strings.Join(out, "/")
}

// As gives an Identify that takes every request for one person's.
func As(a actor.Actor) func(*http.Request) (web.Visitor, error) {
	return func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: a, Lang: msg.Lang("")}, nil }
}
