package signin

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/web/webtest"
)

// site serves a site with the module attached and one page of its own.
func site(t *testing.T, demo, secure bool) (fixture, *webtest.Server) {
	t.Helper()
	f := set(t, dbtest.SQLite(t), func(c *Config) {
		c.Demo, c.RequireTOTP = demo, !demo
		if demo {
			c.DemoPeople = func(context.Context, *db.Tx) ([]DemoPerson, error) {
				return []DemoPerson{{person, msg.T("最高情報セキュリティ責任者", "CISO")}}, nil
			}
		}
	})
	w := &web.Site{Name: "北星市", Version: "1", Demo: demo, Secure: secure, Registry: &web.Registry{}}
	err := w.Registry.Add(web.Route{Method: "GET", Pattern: "/{$}", Title: msg.T("方針の状態", "Board"), Rule: web.SignedIn, Nav: &web.NavItem{Href: "/"},
		Page: func(r *web.Request) (web.Response, error) {
			return web.Page(msg.T("方針の状態", "Board"), web.PageHead(web.Head{Title: msg.T("方針の状態", "Board")})), nil
		}})
	if err == nil {
		err = f.s.Attach(w)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f, webtest.Start(t, w)
}

var open = []string{"/login", "/login/code", "/login/link/{token}", "/login/demo", "/enrol/{token}", "/logout"}

func TestRoutes(t *testing.T) {
	for _, demo := range []bool{false, true} {
		_, s := site(t, demo, false)
		webtest.CheckRoutes(t, s, open...)
		webtest.CheckCrossSite(t, s)
		webtest.CheckEscaped(t, s, "/login", "next")
		webtest.CheckFormEscaped(t, s, "/login", "login", "password", "next")
		webtest.CheckFormEscaped(t, s, "/login", "login", webtest.Poison)
	}
	_, s := site(t, false, true)
	webtest.CheckRoutes(t, s, open...)
}

func TestWayIn(t *testing.T) {
	f, s := site(t, false, false)
	if a := s.Get(t, "/account?x=1"); a.Status != 303 || a.Header.Get("Location") != "/login?next=%2Faccount%3Fx%3D1" {
		t.Fatalf("page without a session: %d to %q", a.Status, a.Header.Get("Location"))
	}
	if a := s.Post(t, "/login", url.Values{"login": {"s1001"}, "password": {"wrong password"}}); a.Status != 422 || strings.Contains(a.Body, "wrong password") ||
		!strings.Contains(a.Body, `value="s1001"`) {
		t.Errorf("wrong password: status %d; the name must come back, the password must not", a.Status)
	}
	a := s.Post(t, "/login", url.Values{"login": {"s1001"}, "password": {right}, "next": {"//example.com"}})
	if a.Status != 303 || a.Header.Get("Location") != "/" {
		t.Fatalf("login: %d to %q, want /", a.Status, a.Header.Get("Location"))
	}
	if a := s.Get(t, "/"); a.Status != 303 || a.Header.Get("Location") != "/account/totp" {
		t.Errorf("without a second factor: %d to %q, want the page that sets it up", a.Status, a.Header.Get("Location"))
	}
	if a := s.Post(t, "/account/totp/start", url.Values{}); a.Status != 303 {
		t.Fatalf("begin set-up: %d %s", a.Status, a.Body)
	}
	a = s.Get(t, "/account/totp")
	secret, err := f.s.open(person, f.account().totpNew)
	if err != nil || !strings.Contains(a.Body, keyText(secret)) || !strings.Contains(a.Body, `<svg class="qr"`) {
		t.Fatalf("set-up page shows no key or picture: %v", err)
	}
	if a := s.Post(t, "/account/totp", url.Values{"code": {"000000"}}); a.Status != 422 {
		t.Errorf("wrong code at set-up: %d", a.Status)
	}
	a = s.Post(t, "/account/totp", url.Values{"code": {f.clock.code(secret)}})
	codes := regexp.MustCompile(`<li><code>([A-Z2-7-]+)</code>`).FindAllStringSubmatch(a.Body, -1)
	if a.Status != 200 || len(codes) != recoveries {
		t.Fatalf("set-up: %d with %d recovery codes", a.Status, len(codes))
	}
	if a := s.Get(t, "/account/totp"); strings.Contains(a.Body, keyText(secret)) {
		t.Error("the key is shown again")
	}
	if a := s.Get(t, "/"); a.Status != 200 {
		t.Errorf("after set-up: %d", a.Status)
	}

	// Out, and in again with both factors.
	stolen := NewJar(t, s)
	if a := s.Post(t, "/logout", url.Values{}); a.Status != 303 {
		t.Errorf("logout: %d", a.Status)
	}
	if a := s.Do(t, stolen, "GET", "/", "", ""); a.Status != 303 {
		t.Errorf("the cookie of an ended session still works: %d", a.Status)
	}
	a = s.Post(t, "/login", url.Values{"login": {"s1001"}, "password": {right}, "next": {"/account"}})
	if to := a.Header.Get("Location"); to != "/login/code?next=%2Faccount" {
		t.Errorf("after the password: to %q", to)
	}
	if a := s.Get(t, "/"); a.Status != 303 || !strings.HasPrefix(a.Header.Get("Location"), "/login") {
		t.Errorf("the password alone lets in: %d", a.Status)
	}
	f.clock.add(period)
	a = s.Post(t, "/login/code", url.Values{"code": {f.clock.code(secret)}, "next": {"/account"}})
	if a.Status != 303 || a.Header.Get("Location") != "/account" {
		t.Errorf("second factor: %d to %q", a.Status, a.Header.Get("Location"))
	}
}

// NewJar is a client with a copy of the server client's cookies.
func NewJar(t *testing.T, s *webtest.Server) *http.Client {
	t.Helper()
	c := webtest.NewClient(t)
	u, _ := url.Parse(s.URL)
	c.Jar.SetCookies(u, s.Client.Jar.Cookies(u))
	return c
}

func TestDemoLink(t *testing.T) {
	f, s := site(t, true, false)
	var path string
	err := f.store.Write(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		path, err = f.s.Issue(ctx, tx, SignIn, person, time.Hour)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Do(t, nil, "HEAD", path, "", ""); a.Status != 204 {
		t.Errorf("HEAD: %d", a.Status)
	}
	if a := s.Get(t, path, "Sec-Purpose", "prefetch"); a.Status != 204 {
		t.Errorf("a browser that looks ahead: %d", a.Status)
	}
	if a := s.Get(t, path); a.Status != 303 || a.Header.Get("Location") != "/" {
		t.Fatalf("link: %d %s", a.Status, a.Body)
	}
	if a := s.Get(t, "/"); a.Status != 200 {
		t.Errorf("after the link: %d", a.Status)
	}
	if a := s.Do(t, webtest.NewClient(t), "GET", path, "", ""); a.Status != 404 {
		t.Errorf("the link works twice: %d", a.Status)
	}
	a := s.Post(t, "/logout", url.Values{})
	if a = s.Get(t, "/login"); !strings.Contains(a.Body, "最高情報セキュリティ責任者") {
		t.Error("the sign-in page of the demo offers nobody")
	}
	if a := s.Post(t, "/login/demo", url.Values{"person": {"P-99999"}}); a.Status != 422 {
		t.Errorf("a person who is not offered: %d", a.Status)
	}
	if a := s.Post(t, "/login/demo", url.Values{"person": {person}}); a.Status != 303 {
		t.Errorf("a person who is offered: %d", a.Status)
	}
	_, real := site(t, false, false)
	for _, p := range []string{path, "/login/demo"} {
		if a := real.Get(t, p); a.Status != 404 {
			t.Errorf("%s outside of a demo: %d", p, a.Status)
		}
	}
}

func TestSessionList(t *testing.T) {
	f, s := site(t, true, false)
	other, _, err := f.s.Login(context.Background(), Origin{Addr: "10.5.5.5:1", Agent: "Mozilla/5.0 (iPhone) Safari/605"}, "s1001", right)
	if err != nil {
		t.Fatal(err)
	}
	s.Post(t, "/login/demo", url.Values{"person": {person}})
	a := s.Get(t, "/account")
	if !strings.Contains(a.Body, "Safari iPhone") || !strings.Contains(a.Body, "10.5.5.5") || strings.Contains(a.Body, other) {
		t.Error("the list of sessions lacks the other device, or shows its token")
	}
	hash := regexp.MustCompile(`name="session" value="([0-9a-f]{64})"`).FindStringSubmatch(a.Body)
	if hash == nil {
		t.Fatal("no button ends the other session")
	}
	if a := s.Post(t, "/account/sessions/end", url.Values{"session": {html.UnescapeString(hash[1])}}); a.Status != 303 || f.live(other) {
		t.Errorf("end: %d, still live: %v", a.Status, f.live(other))
	}
	if a := s.Post(t, "/account/sessions/end", url.Values{"session": {"x"}}); a.Status != 404 {
		t.Errorf("end of a session that is not there: %d", a.Status)
	}
	if a := s.Post(t, "/account/lang", url.Values{"lang": {"en"}}); a.Status != 303 {
		t.Errorf("language: %d", a.Status)
	}
	if a := s.Get(t, "/"); !strings.Contains(a.Body, `<html lang="en">`) || !strings.Contains(a.Body, "Sign out") {
		t.Error("the language did not stay with the person")
	}
}

func TestPagesInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	f, s := site(t, true, false)
	webtest.CheckPage(t, b, s, "/login?next=/account", "login")
	s.Post(t, "/login/demo", url.Values{"person": {person}})
	webtest.CheckPage(t, b, s, "/account", "account")
	webtest.CheckPage(t, b, s, "/account/totp", "totp-start")
	s.Post(t, "/account/totp/start", url.Values{})
	webtest.CheckPage(t, b, s, "/account/totp", "totp")

	// The whole way in, in the browser, without a script.
	secret := f.account().totpNew
	key, err := f.s.open(person, secret)
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Post(t, "/account/totp", url.Values{"code": {f.clock.code(key)}}); a.Status != 200 {
		t.Fatalf("confirm: %d", a.Status)
	}
	f.clock.add(period)
	tab := b.Open(t, s.URL+"/login", 360, webtest.WithoutScripts())
	tab.Do(chromedp.SendKeys("#f-login", "s1001"), chromedp.SendKeys("#f-password", right), chromedp.Click(".form .button-main"), chromedp.WaitVisible("#f-code"))
	tab.Reflow()
	tab.Leak()
	tab.Do(chromedp.SendKeys("#f-code", f.clock.code(key)), chromedp.Click(".form .button-main"), chromedp.WaitVisible(".person"))
	if got := tab.Title(); !strings.HasPrefix(got, "方針の状態") {
		t.Errorf("after both factors the page is %q", got)
	}
}
