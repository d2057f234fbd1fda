package training_test

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
	"okite/internal/web"
	"okite/internal/web/webtest"
)

// site serves the module's pages to one person.
func site(t *testing.T, who actor.Actor) (*office, *webtest.Server) {
	t.Helper()
	o := open(t, dbtest.SQLite(t))
	return o, serve(t, o, who)
}

func serve(t testing.TB, o *office, who actor.Actor) *webtest.Server {
	t.Helper()
	s := &web.Site{Name: "星見市", Version: "1", Registry: &web.Registry{}, Now: o.store.Now, Identify: webtest.As(who)}
	if err := s.Registry.Add(o.s.Routes()...); err != nil {
		t.Fatal(err)
	}
	return webtest.Start(t, s)
}

func TestPagesKeepOut(t *testing.T) {
	o, s := site(t, chief)
	webtest.CheckRoutes(t, serve(t, o, actor.Actor{}))
	webtest.CheckCrossSite(t, s)
	webtest.CheckEscaped(t, s, "/training/office", "fy", "page")
	webtest.CheckEscaped(t, s, "/training/missing", "unit", "fy", "page")
	webtest.CheckEscaped(t, s, "/training/session/TS-1", "unit")
	webtest.CheckEscaped(t, s, "/training/import/preview", "id")
	webtest.CheckFormEscaped(t, s, "/training/plan/TP-1", "step", "seen")
	webtest.CheckFormEscaped(t, s, "/training/course/TC-1/test", "TQ-1")
	webtest.CheckFormEscaped(t, s, "/training/session/TS-1/confirm", "people", "unit")
	for _, path := range []string{"/training/course/TC-0", "/training/course/TC-1/lesson/3", "/training/course/TC-1/lesson/x", "/training/result/TD-0", "/training/certificate/TD-0",
		"/training/plan/TP-9", "/training/session/TS-9", "/training/drills/MD-9", "/training/drills/MD-9/names", "/training/import/preview?id=x"} {
		if a := s.Get(t, path); a.Status != 404 {
			t.Errorf("%s: status %d, want 404", path, a.Status)
		}
	}
}

// TestELearning walks from the list to the certificate by plain forms, and looks for what must not be sent before.
func TestELearning(t *testing.T) {
	o, s := site(t, clerk)
	if a := s.Get(t, "/training"); !strings.Contains(a.Body, "基礎研修") || !strings.Contains(a.Body, "フォロー研修") || !strings.Contains(a.Body, "秋の訓練") {
		t.Errorf("the first page lacks what is owed: %d", a.Status)
	}
	if a := s.Get(t, "/training/course/TC-1/lesson/2"); strings.Contains(a.Body, "<b>すぐに") || !strings.Contains(a.Body, "すぐに") {
		t.Error("a lesson is not shown as text")
	}
	secret := func(path, body string) {
		t.Helper()
		if strings.Contains(body, "秘訣") {
			t.Errorf("%s gives the explanation away", path)
		}
	}
	for _, path := range []string{"/training/course/TC-1", "/training/course/TC-1/lesson/1", "/training/course/TC-1/test"} {
		secret(path, s.Get(t, path).Body)
	}
	if a := s.Post(t, "/training/course/TC-1/test", url.Values{"TQ-1": {"2"}}); a.Status != 422 || !strings.Contains(a.Body, "解答を選んでください") {
		t.Errorf("half an answer: status %d", a.Status)
	}
	if a := s.Post(t, "/training/course/TC-1/test", url.Values{"TQ-1": {"2"}, "TQ-2": {"1"}, "score": {"100"}}); a.Status == 303 {
		t.Error("a score was taken from the form")
	}
	a := s.Post(t, "/training/course/TC-1/test", url.Values{"TQ-1": {"2"}, "TQ-2": {"1"}})
	if a.Status != 303 {
		t.Fatalf("answers: status %d", a.Status)
	}
	failed := a.Header.Get("Location")
	a = s.Get(t, failed)
	if !strings.Contains(a.Body, "50点（合格点 60点）") || !strings.Contains(a.Body, "もう一度受ける") {
		t.Errorf("not passed: %d", a.Status)
	}
	secret(failed, a.Body)
	if a := s.Get(t, strings.Replace(failed, "result", "certificate", 1)); a.Status != 404 {
		t.Errorf("certificate of a course not passed: status %d", a.Status)
	}
	a = s.Post(t, "/training/course/TC-1/test", url.Values{"TQ-1": {"2"}, "TQ-2": {"1", "2"}})
	passed := a.Header.Get("Location")
	if a = s.Get(t, passed); !strings.Contains(a.Body, "100点") || !strings.Contains(a.Body, "秘訣") {
		t.Errorf("passed: %d", a.Status)
	}
	cert := strings.Replace(passed, "result", "certificate", 1)
	if a = s.Get(t, cert); a.Status != 200 || !strings.Contains(a.Body, "職員六子") || !strings.Contains(a.Body, "第2版") || !strings.Contains(a.Body, "星見市") {
		t.Errorf("certificate: %d", a.Status)
	}
	stranger := serve(t, o, other)
	for _, path := range []string{failed, passed, cert} {
		if a := stranger.Get(t, path); a.Status != 404 {
			t.Errorf("%s for somebody else: status %d, want 404", path, a.Status)
		}
	}
	o.verified()
}

func TestAttendancePages(t *testing.T) {
	o, s := site(t, chief)
	if a := s.Get(t, "/training/session/TS-1?unit=U-2"); !strings.Contains(a.Body, "職員六子") || strings.Contains(a.Body, "退職九郎") || strings.Contains(a.Body, "職員七子") {
		t.Errorf("people of the unit: %d", a.Status)
	}
	if a := s.Post(t, "/training/session/TS-1/confirm", url.Values{"unit": {"U-2"}}); a.Status != 422 || !strings.Contains(a.Body, "出席した方を選んでください") {
		t.Errorf("nobody chosen: status %d", a.Status)
	}
	if a := s.Post(t, "/training/session/TS-1/confirm", url.Values{"unit": {"U-2"}, "people": {"P-7"}}); a.Status != 422 {
		t.Errorf("somebody of another unit: status %d", a.Status)
	}
	a := s.Post(t, "/training/session/TS-1/confirm", url.Values{"unit": {"U-2"}, "people": {"P-5", "P-6"}})
	if a.Status != 200 || !strings.Contains(a.Body, "課長五郎、職員六子") || !strings.Contains(a.Body, "2人の出席を記録する") {
		t.Fatalf("confirm: status %d", a.Status)
	}
	if a = s.Post(t, "/training/session/TS-1", url.Values{"unit": {"U-2"}, "people": {"P-5 P-6"}}); a.Status != 303 {
		t.Fatalf("record: status %d", a.Status)
	}
	if a = s.Get(t, "/training/session/TS-1?unit=U-2"); strings.Contains(a.Body, "職員六子") || !strings.Contains(a.Body, "新人八子") {
		t.Error("who is on record is still offered")
	}
	if a = s.Get(t, "/training/office"); !strings.Contains(a.Body, "市民課") || !strings.Contains(a.Body, "50%") { // two of four: who joined in November owes it, and who left in July did
		t.Errorf("figures: %d", a.Status)
	}
	o.verified()
}

// TestDrillsKeepNames: everybody sees figures, a head those of the unit, nobody a name but those who keep the drills, and
// their look is recorded.
func TestDrillsKeepNames(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	for _, c := range []struct {
		who   actor.Actor
		units []string
		names int
	}{{chief, []string{"市民課", "税務課"}, 200}, {head, []string{"市民課"}, 403}, {clerk, nil, 403}, {other, nil, 403}} {
		p := serve(t, o, c.who)
		a := p.Get(t, "/training/drills/MD-1")
		for _, unit := range []string{"市民課", "税務課"} {
			want := false
			for _, u := range c.units {
				want = want || u == unit
			}
			if got := strings.Contains(a.Body, ">"+unit+"<"); got != want {
				t.Errorf("%s sees the figures of %s: %v, want %v", c.who.Name, unit, got, want)
			}
		}
		if strings.Contains(a.Body, "職員六子") && c.who.Person != "P-6" {
			t.Errorf("%s sees a name", c.who.Name)
		}
		if a := p.Get(t, "/training/drills/MD-1/names"); a.Status != c.names || strings.Contains(a.Body, "職員六子") != (c.names == 200 || c.who.Person == "P-6") {
			t.Errorf("names for %s: status %d, want %d", c.who.Name, a.Status, c.names)
		}
	}
	if a := serve(t, o, clerk).Get(t, "/training"); !strings.Contains(a.Body, "開封した") {
		t.Error("the own result is not shown")
	}
	if a := serve(t, o, other).Get(t, "/training"); strings.Contains(a.Body, ">開封した<") {
		t.Error("somebody else's result is shown")
	}
	o.verified()
}

func send(t *testing.T, s *webtest.Server, name string, content []byte) webtest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = f.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Do(t, nil, "POST", "/training/import", w.FormDataContentType(), b.String(), "Sec-Fetch-Site", "same-origin")
}

func TestPackagePages(t *testing.T) {
	o, s := site(t, chief)
	if a := send(t, s, "x.zip", []byte("教材")); a.Status != 422 || !strings.Contains(a.Body, "ZIP形式") {
		t.Errorf("no package: status %d", a.Status)
	}
	pack := packed(t, "imsmanifest.xml", manifest12, "a.html", "<p>ようこそ。<script>alert(1)</script></p>", "b/b.html", "<p>守り方です。</p>")
	if a := send(t, serve(t, o, clerk), "x.zip", pack); a.Status != 403 {
		t.Errorf("a clerk: status %d, want 403", a.Status)
	}
	a := send(t, s, `"><svg/onload=alert(1)>.zip`, pack)
	if a.Status != 303 {
		t.Fatalf("upload: status %d", a.Status)
	}
	path := a.Header.Get("Location")
	if a = s.Get(t, path); a.Status != 200 || strings.Contains(a.Body, "<svg/onload") || !strings.Contains(a.Body, "次のものは取り込みません") || !strings.Contains(a.Body, "70点") {
		t.Errorf("preview: status %d", a.Status)
	}
	id := strings.TrimPrefix(path, "/training/import/preview?id=")
	if a := s.Post(t, "/training/import/preview", url.Values{"id": {id}, "name": {"守る研修"}, "kind": {"none"}, "edition": {"第1版"}}); a.Status != 422 {
		t.Errorf("an unknown kind: status %d", a.Status)
	}
	if a := serve(t, o, both).Post(t, "/training/import/preview", url.Values{"id": {id}, "name": {"守る研修"}, "kind": {"basic"}, "edition": {"第1版"}}); a.Status != 404 {
		t.Errorf("the upload of somebody else: status %d", a.Status)
	}
	if a = s.Post(t, "/training/import/preview", url.Values{"id": {id}, "name": {"守る研修"}, "kind": {"basic"}, "edition": {"第1版"}}); a.Status != 303 {
		t.Fatalf("register: status %d", a.Status)
	}
	course := a.Header.Get("Location")
	if a = s.Get(t, course); !strings.Contains(a.Body, "守り方") || !strings.Contains(a.Body, "SCORM 1.2") {
		t.Errorf("course: status %d", a.Status)
	}
	if a = s.Get(t, course+"/lesson/1"); !strings.Contains(a.Body, "ようこそ") || strings.Contains(a.Body, "alert(1)") {
		t.Errorf("lesson: status %d", a.Status)
	}
	o.verified()
}

func TestPlanPages(t *testing.T) {
	o, s := site(t, chief)
	hash := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)
	a := s.Get(t, "/training/plan/TP-1")
	m := hash.FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatal("the page offers no step")
	}
	if a := s.Post(t, "/training/plan/TP-1", url.Values{"step": {"withdraw"}, "seen": {m[1]}}); a.Status != 422 || !strings.Contains(a.Body, "理由を入力してください") {
		t.Errorf("no reason: status %d", a.Status)
	}
	if a := s.Post(t, "/training/plan/TP-1", url.Values{"step": {"submit"}, "seen": {m[1]}}); a.Status != 303 {
		t.Errorf("submit: status %d", a.Status)
	}
	if a := s.Get(t, "/training/plan/TP-1"); strings.Contains(a.Body, "研修計画の承認<") {
		t.Error("the applicant is offered to approve")
	}
	c := serve(t, o, ciso)
	if a := c.Post(t, "/training/plan/TP-1", url.Values{"step": {"approve"}, "seen": {m[1]}, "approve.reason": {"適当と認める。"}, "approve.date": {"昨日"}}); a.Status != 422 || !strings.Contains(a.Body, "昨日") {
		t.Errorf("a day nobody can read: status %d", a.Status)
	}
	if a := c.Post(t, "/training/plan/TP-1", url.Values{"step": {"approve"}, "seen": {m[1]}, "approve.reason": {"適当と認める。"}}); a.Status != 303 {
		t.Errorf("approve: status %d", a.Status)
	}
	if a := s.Post(t, "/training/plan/TP-1", url.Values{"step": {"report"}, "report.meeting": {"M-1"}, "report.result": {"全員が修了した。"}}); a.Status != 303 {
		t.Errorf("report: status %d", a.Status)
	}
	if a := s.Get(t, "/training/plan/TP-1"); !strings.Contains(a.Body, "全員が修了した。") || !strings.Contains(a.Body, "副市長二郎") {
		t.Error("the plan does not show its result")
	}
	o.verified()
}

// TestPagesInABrowser holds every kind of page to what all pages are held to.
func TestPagesInABrowser(t *testing.T) {
	o, s := site(t, chief)
	o.must(chief, "training.answer", act.Input{"course": "TC-1", "answers": `{"TQ-1":"2","TQ-2":"1"}`})
	passed := o.must(chief, "training.answer", act.Input{"course": "TC-1", "answers": `{"TQ-1":"2","TQ-2":"1 2"}`})
	up := send(t, s, "守る.zip", packed(t, "imsmanifest.xml", manifest12, "a.html", "<p>ようこそ。</p><script></script>"))
	b := webtest.NewBrowser(t)
	for name, path := range map[string]string{
		"mine": "/training", "course": "/training/course/TC-1", "lesson": "/training/course/TC-1/lesson/1", "test": "/training/course/TC-1/test", "read": "/training/course/TC-3/test",
		"result": "/training/result/" + passed, "certificate": "/training/certificate/" + passed, "office": "/training/office", "missing": "/training/missing",
		"plans": "/training/plan", "plan": "/training/plan/TP-1", "approved": "/training/plan/TP-0", "sessions": "/training/session", "attend": "/training/session/TS-1?unit=U-2",
		"drills": "/training/drills", "drill": "/training/drills/MD-1", "names": "/training/drills/MD-1/names", "import": "/training/import", "preview": up.Header.Get("Location"),
	} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, s, path, "training-"+name) })
	}
	if n, last := s.Site.CSPReports(); n > 0 {
		t.Errorf("%d reports of the content policy: %v", n, last)
	}
}
