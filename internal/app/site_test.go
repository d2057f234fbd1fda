package app

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"okite/internal/demo"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// served is a fictional city's site with somebody signed in by a one-time link.
func served(t *testing.T, role string) (*App, *webtest.Server) {
	t.Helper()
	ctx := Operator(context.Background())
	a := openDemo(t, config(t, false), DemoSpec{People: 800, Seed: 7, Date: when.On(2026, 11, 24)})
	if err := a.BuildSite(ctx, false); err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, a.Site)
	enter(t, a, s, role)
	return a, s
}

func enter(t *testing.T, a *App, s *webtest.Server, role string) {
	t.Helper()
	ctx := Operator(context.Background())
	links, err := a.DemoLinks(ctx)
	if err != nil {
		t.Fatal(err)
	}
	logins, err := a.demoLogins(ctx)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(logins, func(l demo.Login) bool { return l.Role == role })
	if i < 0 {
		t.Fatalf("no login for %s among %v", role, logins)
	}
	s.Client = webtest.NewClient(t)
	if r := s.Get(t, links[i].Path); r.Status != http.StatusSeeOther {
		t.Fatalf("one-time link: status %d", r.Status)
	}
}

var link = regexp.MustCompile(`(?:href|action)="(/[^"#]*)`)

// crawl follows every link from the board, one page for each route, and gives an address for each.
func crawl(t *testing.T, s *webtest.Server, limit int) map[string]string {
	t.Helper()
	mux := http.NewServeMux()
	for _, rt := range s.Site.Registry.Routes() {
		if rt.Method == http.MethodGet {
			mux.Handle("GET "+rt.Pattern, http.NotFoundHandler())
		}
	}
	pages, seen := map[string]string{}, map[string]int{}
	for todo := []string{"/"}; len(todo) > 0; todo = todo[1:] {
		path := todo[0]
		req, err := http.NewRequest("GET", path, nil)
		if err != nil {
			t.Errorf("link to %q: %v", path, err)
			continue
		}
		_, pattern := mux.Handler(req)
		if seen[pattern] >= limit || strings.HasPrefix(path, "/lang") || strings.HasPrefix(path, "/assets/") {
			continue
		}
		seen[pattern]++
		a := s.Get(t, path)
		switch {
		case a.Status == http.StatusSeeOther:
			continue
		case a.Status != http.StatusOK:
			t.Errorf("%s: status %d", path, a.Status)
			continue
		}
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			continue
		}
		if _, ok := pages[pattern]; !ok {
			pages[pattern] = path
		}
		for _, m := range link.FindAllStringSubmatch(a.Body, -1) {
			to := strings.ReplaceAll(m[1], "&amp;", "&")
			if strings.Contains(a.Body, `method="post" action="`+m[1]) {
				continue
			}
			todo = append(todo, to)
		}
	}
	return pages
}

// TestEveryPage: what every page of the product is held to, in a real browser, with a city in it.
func TestEveryPage(t *testing.T) {
	a, s := served(t, "chief")
	pages := crawl(t, s, 6)
	if len(pages) < 20 {
		t.Errorf("only %d kinds of pages are reached from the board: %v", len(pages), pages)
	}
	b := webtest.NewBrowser(t)
	names := regexp.MustCompile(`[^a-z0-9]+`)
	for _, pattern := range sorted(pages) {
		t.Run(pattern, func(t *testing.T) {
			webtest.CheckPage(t, b, s, pages[pattern], "page-"+strings.Trim(names.ReplaceAllString(strings.ToLower(pattern), "-"), "-"))
		})
	}
	if n, last := a.Site.CSPReports(); n > 0 {
		t.Errorf("%d reports of the content policy: %v", n, last)
	}
}

// TestRoutes: no way in without a rule, none for strangers, none from other sites.
func TestRoutes(t *testing.T) {
	_, s := served(t, "chief")
	webtest.CheckCrossSite(t, s)
	webtest.CheckRoutes(t, s, "/login", "/login/code", "/login/link/{token}", "/login/demo", "/enrol/{token}", "/logout", "/lang", "/help", "/accessibility", "/csp-report",
		"/healthz", "/readyz", "/api/v1/openapi.json", "/ical/{token}")
}

// TestEnglish: the English switch leaves no Japanese in the words of the product itself.
func TestEnglish(t *testing.T) {
	_, s := served(t, "chief")
	if r := s.Get(t, "/lang?to=en&back=/"); r.Status != http.StatusSeeOther {
		t.Fatalf("switch: status %d", r.Status)
	}
	for _, path := range []string{"/", "/checks", "/registers", "/inbox", "/trail", "/parameters"} {
		r := s.Get(t, path)
		if !strings.Contains(r.Body, `lang="en"`) {
			t.Errorf("%s is not marked as English", path)
		}
	}
}

// TestRoles: everybody a demonstration offers gets the board and an inbox.
func TestRoles(t *testing.T) {
	a, s := served(t, "chief")
	logins, err := a.demoLogins(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range logins {
		enter(t, a, s, l.Role)
		for _, path := range []string{"/", "/inbox", "/registers", "/policy", "/checks", "/people", "/parameters", "/trail", "/account", "/plan", "/training", "/notices", "/selfcheck", "/cards", "/digest"} {
			if r := s.Get(t, path); r.Status != http.StatusOK {
				t.Errorf("%s as %s: status %d", path, l.Title, r.Status)
			}
		}
	}
}

func sorted(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestWorks: a button that mends is shown to whoever decides the act behind it, and to nobody else (bp.6).
func TestWorks(t *testing.T) {
	a, _ := served(t, "chief")
	ctx := context.Background()
	logins, err := a.demoLogins(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		role, href string
		want       bool
	}{
		{"chief", "/registers/device/DV-000001/edit", false},
		{"network_manager", "/registers/device/DV-000001/edit", true},
		{"chief", "/registers/post/new?unit=U-0001", true},
		{"staff", "/registers/post/new?unit=U-0001", false},
		{"staff", "/registers/asset/A-000001", true},
		{"staff", "/inbox", true},
		{"chief", "/registers/nosuch/new", false},
	} {
		i := slices.IndexFunc(logins, func(l demo.Login) bool { return l.Role == c.role })
		who, err := a.Person(ctx, logins[i].Person)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := a.works(ctx, who, c.href); err != nil || got != c.want {
			t.Errorf("%s for %s: %v, %v; want %v", c.href, c.role, got, err, c.want)
		}
	}
}
