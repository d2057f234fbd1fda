package selfcheck_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db/dbtest"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/selfcheck"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// site serves the module's pages to one person of a municipality.
func (o *office) site(who actor.Actor) *webtest.Server {
	o.Helper()
	s := &web.Site{Name: "星見市", Version: "1", Registry: &web.Registry{}, Now: o.store.Now, Identify: webtest.As(who)}
	if err := s.Registry.Add(o.s.Routes()...); err != nil {
		o.Fatal(err)
	}
	return webtest.Start(o.T, s)
}

// contradict lets a check find something against the clerk.
func (o *office) contradict() {
	o.found = []selfcheck.Finding{{Check: "R003", Title: msg.T("周知の受領", "Receipt"), Subject: ref.New("person", clerk.Person), Name: clerk.Name, Result: "noncompliant",
		Reason: msg.T("受け取った記録がありません。", "No receipt is on record."), Href: "/checks/R003/person:P-00005", People: []string{clerk.Person}}}
}

func TestPagesKeepOut(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	code := begin(o)
	s := o.site(clerk)
	webtest.CheckRoutes(t, o.site(actor.Actor{}))
	webtest.CheckCrossSite(t, s)
	webtest.CheckFormEscaped(t, s, "/selfcheck/answer/"+code+".P-00005", "n.SI-1", "e.SI-2")
	webtest.CheckFormEscaped(t, o.site(boss), "/selfcheck/new", "name", "opens")
	for _, path := range []string{"/selfcheck/answer/" + code + ".P-00006", "/selfcheck/responses/" + code + ".P-00006", "/selfcheck/section", "/selfcheck/campaigns/" + code, "/selfcheck/campaigns/" + code + "/mismatches",
		"/selfcheck/campaigns/" + code + "/sample", "/selfcheck/new", "/selfcheck/confirm", "/selfcheck/answer/none"} {
		if a := s.Get(t, path); a.Status != 404 {
			t.Errorf("%s for the clerk: status %d, want 404", path, a.Status)
		}
	}
	m := o.site(manager)
	for path, want := range map[string]int{"/selfcheck/section": 200, "/selfcheck/section?unit=U-0003": 404, "/selfcheck/confirm": 200, "/selfcheck/confirm?unit=U-0003": 404, "/selfcheck/responses/" + code + ".P-00006": 404,
		"/selfcheck/responses/" + code + ".P-00005": 200, "/selfcheck/campaigns/" + code: 200, "/selfcheck/campaigns/" + code + "/sample": 404, "/selfcheck/answer/" + code + ".U-0002": 200} {
		if a := m.Get(t, path); a.Status != want {
			t.Errorf("%s for the manager: status %d, want %d", path, a.Status, want)
		}
	}
}

// TestYear tells the story of a self-inspection by the forms of its pages alone.
func TestYear(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.contradict()
	chief := o.site(boss)
	form := url.Values{"name": {"令和8年度の点検"}, "fy": {"2026"}, "sheets": {"ST-1", "ST-2", "ST-3"}, "opens": {"2026-09-01"}, "due": {"2026-09-30"}}
	post := func(s *webtest.Server, path string, want int, pairs ...string) webtest.Answer {
		t.Helper()
		f := url.Values{}
		if path == "/selfcheck/new" {
			for k, v := range form {
				f[k] = v
			}
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		a := s.Post(t, path, f)
		if a.Status != want {
			t.Fatalf("%s %v: status %d, want %d: %s", path, pairs, a.Status, want, a.Body)
		}
		return a
	}
	if a := post(chief, "/selfcheck/new", 200, "do", "preview"); !strings.Contains(a.Body, "12件") || !strings.Contains(a.Body, "まだ何も始まっていません") {
		t.Errorf("the preview does not say that twelve are asked:\n%s", a.Body)
	}
	if n := len(all[selfcheck.Campaign](o, "campaign")); n != 0 {
		t.Errorf("the preview began %d", n)
	}
	post(chief, "/selfcheck/new", 422, "do", "preview", "due", "2026-08-01")
	post(chief, "/selfcheck/new", 303, "do", "start")
	code := all[selfcheck.Campaign](o, "campaign")[0].Code
	s, mine := o.site(clerk), "/selfcheck/answer/"+code+".P-00005"
	post(s, mine, 303, "do", "save", "a.SI-1", "yes")
	a := post(s, mine, 422, "do", "submit", "a.SI-1", "yes", "a.SI-2", "yes", "n.SI-2", "棚にあります")
	if !strings.Contains(a.Body, "2の根拠") || !strings.Contains(a.Body, "棚にあります") {
		t.Errorf("the refused form does not name the gap or lost what was typed:\n%s", a.Body)
	}
	post(s, mine, 303, "do", "submit", "a.SI-1", "yes", "a.SI-2", "yes", "e.SI-2", "procedure:PR-1")
	m, view := o.site(manager), "/selfcheck/responses/"+code+".P-00005"
	page := m.Get(t, view).Body
	for _, want := range []string{"不一致：不適合", "受け取った記録がありません", `href="/registers/procedure/PR-1"`} {
		if !strings.Contains(page, want) {
			t.Errorf("who confirms does not see %q:\n%s", want, page)
		}
	}
	post(m, view, 422, "do", "return", "note", "")
	post(m, view, 409, "do", "confirm", "seen", "another")
	seen := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`).FindStringSubmatch(page)
	post(m, view, 303, "do", "confirm", "seen", seen[1])
	campaign := "/selfcheck/campaigns/" + code
	if b := chief.Get(t, campaign).Body; !strings.Contains(b, "照らし合わせた「はい」2件のうち") {
		t.Errorf("the figure of mismatches is not on the page:\n%s", b)
	}
	o.found = nil // the register was put in order: the live figure follows
	if b := chief.Get(t, campaign+"/mismatches").Body; !strings.Contains(b, "不一致はありません") {
		t.Errorf("the list does not follow the checks:\n%s", b)
	}
	o.contradict()
	o.now = when.On(2026, 10, 1).Time()
	post(chief, campaign, 303, "do", "close")
	c := all[selfcheck.Campaign](o, "campaign")[0]
	if c.Mismatches == nil || *c.Mismatches != 2 || c.Asked == nil || *c.Asked != 2 {
		t.Errorf("on record are %v of %v mismatches, want 2 of 2", c.Mismatches, c.Asked)
	}
	post(o.site(looker), view, 422, "do", "recheck", "verdict", "differs")
	post(o.site(looker), view, 303, "do", "recheck", "verdict", "differs", "note", "受領の記録がない。")
	if r := o.response("P-00005"); r.Recheck != selfcheck.Differs || r.RecheckBy != looker.Person {
		t.Errorf("second look is %+v", r)
	}
	post(m, "/selfcheck/confirm", 303, "do", "record", "unit", "U-0002", "problem", "鍵のない棚")
	if rep, err := o.log.Verify(context.Background(), nil); err != nil || !rep.OK {
		t.Errorf("the record does not hold: %+v %v", rep, err)
	}
}

func TestPagesInABrowser(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.contradict()
	b := webtest.NewBrowser(t)
	code := begin(o)
	webtest.CheckPage(t, b, o.site(boss), "/selfcheck/new", "selfcheck-new")
	webtest.CheckPage(t, b, o.site(clerk), "/selfcheck", "selfcheck-mine")
	webtest.CheckPage(t, b, o.site(clerk), "/selfcheck/answer/"+code+".P-00005", "selfcheck-answer")
	o.must(clerk, "selfcheck.submit", act.Input{"response": code + ".P-00005", "answers": filled("ST-1")})
	webtest.CheckPage(t, b, o.site(manager), "/selfcheck/responses/"+code+".P-00005", "selfcheck-decide")
	webtest.CheckPage(t, b, o.site(manager), "/selfcheck/section", "selfcheck-section")
	webtest.CheckPage(t, b, o.site(manager), "/selfcheck/confirm", "selfcheck-confirm")
	webtest.CheckPage(t, b, o.site(boss), "/selfcheck", "selfcheck-office")
	webtest.CheckPage(t, b, o.site(boss), "/selfcheck/campaigns/"+code, "selfcheck-campaign")
	webtest.CheckPage(t, b, o.site(boss), "/selfcheck/campaigns/"+code+"/mismatches", "selfcheck-mismatches")
	o.now = when.On(2026, 10, 1).Time()
	o.must(boss, "selfcheck.close", act.Input{"campaign": code})
	webtest.CheckPage(t, b, o.site(looker), "/selfcheck/campaigns/"+code+"/sample", "selfcheck-sample")
	webtest.CheckPage(t, b, o.site(looker), "/selfcheck/responses/"+code+".P-00005", "selfcheck-second")
}
