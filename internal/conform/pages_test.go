package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/db/dbtest"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/sheet"
	"okite/internal/web"
	"okite/internal/web/webtest"
)

var reader3 = actor.Actor{Person: "P3", Name: "上野三奈", Unit: "U3", Roles: []actor.Grant{{Role: "section_manager", Scope: "unit:U3"}}}

// pages serves the module's pages over a city.
func pages(t testing.TB, b *bench) *webtest.Server {
	t.Helper()
	site := &web.Site{Name: "試験市", Version: "1.0.0", Registry: &web.Registry{}, Now: func() time.Time { return b.now }, Identify: webtest.As(reader3),
		Describe: func(context.Context, actor.Actor, msg.Lang) (string, string) {
			return "市民課", "情報セキュリティ管理者"
		}}
	if err := site.Registry.Add(b.svc.Routes()...); err != nil {
		t.Fatal(err)
	}
	return webtest.Start(t, site)
}

// busy is a city with findings of every kind and more than a page of one check.
func busy(t testing.TB) *checktest.City {
	c := spoiled(t)
	for i := range 120 {
		a := *checktest.Find(t, c.Assets, "A3")
		a.Code, a.Name, a.Unit = fmt.Sprintf("Z%03d", i), fmt.Sprintf("会議資料の控え（その%d）", i+1), []string{"U2", "U3"}[i%2]
		a.Reason = ""
		c.Assets = append(c.Assets, a)
	}
	c.Exceptions = []policy.Exception{{Code: "X1", Check: "R046", Subject: "asset:Z000", Reason: "更改中", Alternative: "手作業で確認", Applicant: "P1", Approver: "P5",
		Approved: checktest.Day, Until: checktest.Day + 30}}
	checktest.Find(t, c.Clauses, "L2").Text = "端末から情報を持ち出せない設定とし、認証の要素を複数とする。"
	checktest.Find(t, c.Clauses, "L1").Text = "情報資産の機密性、完全性及び可用性を保つための基本的な事項を定める。"
	return c
}

// TestPages: every page at a desk and on a telephone: axe, no sideways scrolling, no English in Japanese, no report of
// the content policy.
func TestPages(t *testing.T) {
	b := open(t, dbtest.SQLite(t), busy(t))
	if err := b.svc.Keep(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(72 * time.Hour)
	b.run("system.change", act.Input{"code": "S1", "rto": "24"})
	b.report(RunOptions{})
	if err := b.svc.Keep(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(48 * time.Hour)
	b.run("system.change", act.Input{"code": "S1", "rto": ""})
	b.report(RunOptions{})
	if err := b.svc.Keep(context.Background()); err != nil {
		t.Fatal(err)
	}
	s, br := pages(t, b), webtest.NewBrowser(t)
	for name, path := range map[string]string{"board": "/", "clause": "/clauses/bp.1", "clause-items": "/clauses/bp.2", "checks": "/checks",
		"check": "/checks/R046", "why": "/checks/R005/system:S1", "why-excepted": "/checks/R046/asset:Z000"} {
		webtest.CheckPage(t, br, s, path, name)
	}
}

func TestRoutes(t *testing.T) {
	b := open(t, dbtest.SQLite(t), busy(t))
	s := pages(t, b)
	s.Site.Identify = webtest.As(actor.Actor{})
	webtest.CheckRoutes(t, s)
	s.Site.Identify = webtest.As(reader3)
	for _, path := range []string{"/checks", "/checks/R046", "/checks/R046/export"} {
		webtest.CheckEscaped(t, s, path, "q", "unit", "result", "clause", "state", "as", "page")
	}
	for _, path := range []string{"/checks/R999", "/clauses/bp.99", "/clauses/x", "/checks/R046/asset:none", "/checks/R046/x", "/checks/R999/asset:A1"} {
		if a := s.Get(t, path); a.Status != 404 {
			t.Errorf("%s: status %d", path, a.Status)
		}
	}
}

// TestBoardSays: what is not kept stands on the board with its number, and a clause without checks does not look kept.
func TestBoardSays(t *testing.T) {
	b := open(t, dbtest.SQLite(t), busy(t))
	s := pages(t, b)
	body := s.Get(t, "/").Body
	for _, want := range []string{"令和8年11月24日 12:00 現在", "基本方針 第2版", "対策基準 第1版", "8(1)", "9(4)", "検査がまだない条項", `href="/checks/R046"`, "120"} {
		if !strings.Contains(body, want) {
			t.Errorf("the board does not say %q", want)
		}
	}
	clean := open(t, dbtest.SQLite(t), checktest.Clean())
	if body := pages(t, clean).Get(t, "/").Body; !strings.Contains(body, "不適合と判定不能はありません") {
		t.Error("a clean city does not say so")
	}
	none := s.Get(t, "/clauses/bp.13").Body
	if !strings.Contains(none, "守られていることを示すものではありません") {
		t.Error("a clause without checks looks kept")
	}
}

// TestFindingsList: a long list is paged, narrowed and exported whole.
func TestFindingsList(t *testing.T) {
	b := open(t, dbtest.SQLite(t), busy(t))
	s := pages(t, b)
	rows := func(path string) int { return strings.Count(s.Get(t, path).Body, `href="/checks/R046/asset:`) }
	for path, want := range map[string]int{"/checks/R046": 50, "/checks/R046?page=3": 21, "/checks/R046?page=99": 21, "/checks/R046?result=excepted": 1,
		"/checks/R046?unit=U3": 50, "/checks/R046?unit=U3&page=2": 10, "/checks/R046?q=z11": 10, "/checks/R046?q=その120": 1, "/checks/R046?q=none": 0} {
		u, _ := url.Parse(path)
		if u != nil {
			u.RawQuery = u.Query().Encode()
			path = u.String()
		}
		if got := rows(path); got != want {
			t.Errorf("%s: %d findings, want %d", path, got, want)
		}
	}
	for _, as := range []string{"xlsx", "csv"} {
		a := s.Get(t, "/checks/R046/export?result=noncompliant&as="+as)
		if a.Status != 200 {
			t.Fatalf("export as %s: status %d", as, a.Status)
		}
		n := 0
		err := sheet.Read("x."+as, strings.NewReader(a.Body), int64(len(a.Body)), sheet.Limits{}, func(_ string, row int, cells []sheet.Cell) error {
			if row > 1 && cells[0].Text == "R046" && cells[5].Text == "不適合" {
				n++
			}
			return nil
		})
		if err != nil || n != 120 {
			t.Errorf("export as %s: %d rows, %v", as, n, err)
		}
	}
	if a := s.Get(t, "/checks/R046/export?as=pdf"); a.Status != 422 {
		t.Errorf("export as pdf: status %d", a.Status)
	}
}

// TestWhySays: the reason, the owner, the words of the clause, the way to mend it and to ask for an exception.
func TestWhySays(t *testing.T) {
	b := open(t, dbtest.SQLite(t), busy(t))
	s := pages(t, b)
	body := s.Get(t, "/checks/R005/system:S1").Body
	for _, want := range []string{"住民記録システム", "不適合", "上野三奈", "江川四季", "住民記録システム管理者", "情報資産の機密性、完全性及び可用性を保つ",
		"/registers/system/S1/edit", "/registers/exception/new?check=R005&amp;subject=system%3AS1", "目標復旧時間（時間）", "/inbox"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	en := s.Get(t, "/checks/R005/system:S1", "Accept-Language", "en").Body
	if strings.Contains(en, "どうして") || !strings.Contains(body, "lang=\"ja\"") {
		t.Error("languages are mixed up")
	}
	if body := s.Get(t, "/checks/R046/asset:Z000").Body; !strings.Contains(body, "例外措置X1") || !strings.Contains(body, "/registers/exception/X1") {
		t.Error("an excepted subject does not name its exception")
	}
	if body := s.Get(t, "/checks/R046/asset:A1").Body; !strings.Contains(body, "求められていることが守られています") || strings.Contains(body, "exception/new") {
		t.Error("what is kept asks for an exception")
	}
}

// TestWithoutScripts: the list of findings is narrowed by a plain form.
func TestWithoutScripts(t *testing.T) {
	b := open(t, dbtest.SQLite(t), busy(t))
	s, br := pages(t, b), webtest.NewBrowser(t)
	tab := br.Open(t, s.URL+"/checks/R046", 1280, webtest.WithCookies(s.Client, s.URL), webtest.WithoutScripts())
	if text := s.Get(t, "/checks/R046?result=excepted&unit=&q=").Body; !strings.Contains(text, "例外措置X1") {
		t.Error("the form's own address does not narrow the list")
	}
	if form := webtest.Eval[string](tab, `document.querySelector("form.filter").method+" "+document.querySelector("form.filter").getAttribute("action")`); form != "get /checks/R046" {
		t.Errorf("the filter is %q", form)
	}
}

// TestAPI: the JSON of the contract, narrowed and paged.
func TestAPI(t *testing.T) {
	b := open(t, dbtest.SQLite(t), busy(t))
	s := pages(t, b)
	get := func(path string, v any) {
		t.Helper()
		a := s.Get(t, path)
		if err := json.Unmarshal([]byte(a.Body), v); err != nil || a.Status != 200 {
			t.Fatalf("%s: status %d, %v: %s", path, a.Status, err, a.Body)
		}
	}
	var rep struct {
		Checks []struct {
			ID       string
			Counts   map[string]int
			Findings []any
		}
	}
	get("/api/v1/checks?clause=bp.7", &rep)
	i := slices.IndexFunc(rep.Checks, func(c struct {
		ID       string
		Counts   map[string]int
		Findings []any
	}) bool {
		return c.ID == "R046"
	})
	if i < 0 || rep.Checks[i].Counts["noncompliant"] != 120 || len(rep.Checks[i].Findings) != 0 {
		t.Errorf("checks of clause 7: %+v", rep.Checks)
	}
	get("/api/v1/checks?findings=true", &rep)
	var page struct {
		Findings []struct{ Subject, Result, Since, Owner string }
		Total    int
		Size     int
	}
	get("/api/v1/checks/R046/findings?result=noncompliant&size=7&page=2", &page)
	if len(page.Findings) != 7 || page.Total != 120 || page.Findings[0].Owner == "" {
		t.Errorf("findings: %+v", page)
	}
	get("/api/v1/checks/R046/findings?page=999999999999", &page)
	for path, want := range map[string]int{"/api/v1/checks/R999/findings": 404, "/api/v1/checks/R046/findings?result=fine": 422, "/api/v1/checks?clause=x": 422} {
		if a := s.Get(t, path); a.Status != want {
			t.Errorf("%s: status %d, want %d", path, a.Status, want)
		}
	}
	if _, err := s.Site.OpenAPI(); err != nil {
		t.Error(err)
	}
}
