package notice_test

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db/dbtest"
	"okite/internal/notice"
	"okite/internal/policy"
	"okite/internal/web/webtest"
)

// holds fails unless a page has every word, and none of those after "not".
func holds(t testing.TB, what string, a webtest.Answer, words ...string) {
	t.Helper()
	if a.Status != 200 {
		t.Errorf("%s: status %d", what, a.Status)
		return
	}
	want := true
	for _, w := range words {
		if w == "not" {
			want = false
			continue
		}
		if strings.Contains(a.Body, w) != want {
			t.Errorf("%s: %q stands there: %v", what, w, !want)
		}
	}
}

func TestPages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	code := o.warning(nil)
	site := o.site(clerk)
	holds(t, "mine", site.Get(t, "/notices"), "偽メールへの注意", "必読", "未読", "/notices/"+code+"/read", "「基本方針第2版」を読んで了知する", "期限超過", "not", "発信の管理")
	holds(t, "one", site.Get(t, "/notices/"+code), "添付を開かないでください", "全職員等", "統括一郎", "基本方針 9(1)", "了知", "not", "読んでいない職員等")
	for _, path := range []string{"/notices/sent", "/notices/new", "/notices/" + code + "/readers", "/notices/" + code + "/send", "/notices/contractors", "/notices/N-9", "/guide/bp.1", "/people/P-3/told", "/people/P-99/told"} {
		if a := site.Get(t, path); a.Status != 404 {
			t.Errorf("%s: status %d, want 404", path, a.Status)
		}
	}
	for range 2 { // a second click changes nothing
		if a := site.Post(t, "/notices/"+code+"/read", url.Values{"back": {"/notices"}}); a.Status != 303 || a.Header.Get("Location") != "/notices" {
			t.Errorf("read: %d %s", a.Status, a.Header.Get("Location"))
		}
	}
	if a := site.Post(t, "/notices/"+code+"/read", url.Values{"back": {"//evil.example"}}); a.Header.Get("Location") != "/notices" {
		t.Errorf("sent elsewhere: %s", a.Header.Get("Location"))
	}
	holds(t, "mine, read", site.Get(t, "/notices"), "既読", "not", "/notices/"+code+"/read")
	holds(t, "policy", site.Get(t, "/notices/policy"), "基本方針第2版", "「基本方針初版」からの変更点", "毎年確かめる", "了知", "not", "了知済み")
	if a := site.Post(t, "/notices/policy", url.Values{"version": {"B1"}}); a.Status != 409 {
		t.Errorf("receive what is not in force: %d", a.Status)
	}
	if a := site.Post(t, "/notices/policy", url.Values{"version": {"B2"}}); a.Status != 303 {
		t.Errorf("receive: %d", a.Status)
	}
	holds(t, "policy, received", site.Get(t, "/notices/policy"), "了知済み", "令和8年11月24日")
	sum := notice.WordsHash(notice.Words(notice.Renewal, policy.Version{Name: "基本方針第2版"}))
	holds(t, "pledge", site.Get(t, "/notices/pledge"), "変更を読み、理解しました", sum, "採用時の誓約")
	if a := site.Post(t, "/notices/pledge?kind=renewal", url.Values{"kind": {"renewal"}, "sha256": {sum}}); a.Status != 303 {
		t.Errorf("pledge: %d", a.Status)
	}
	holds(t, "pledged", site.Get(t, "/notices/pledge?kind=renewal"), "この誓約は令和8年11月24日")
	holds(t, "told", site.Get(t, "/people/P-4/told"), "職員四季", "基本方針第2版", "基本方針初版", "総人第7号", "誓約の更新", "偽メールへの注意", "情報セキュリティの基礎", "一括登録", "/trail?subject=receipt:"+code+".P-4")
	holds(t, "guides", site.Get(t, "/guide"), "持ち出しの判断", "指針なし", "not", "指針を登録する")
	holds(t, "guide", site.Get(t, "/guide/bp.9.4"), "媒体を使いません", "持ち出さない", "迷ったら聞く")

	head := o.site(manager)
	holds(t, "own people", head.Get(t, "/notices/"+code+"/readers"), "新人五月", "課長三奈", "読んでいない職員等だけに", "not", "緊急二葉", "従事九郎")
	if a := head.Post(t, "/notices/"+code+"/readers", url.Values{"unit": {"U-2"}}); a.Status != 303 {
		t.Errorf("remind own: %d", a.Status)
	}
	if a := head.Post(t, "/notices/"+code+"/readers", url.Values{"unit": {"U-3"}}); a.Status != 403 {
		t.Errorf("remind others: %d", a.Status)
	}
	holds(t, "own people’s sheet", head.Get(t, "/people/P-5/told"), "未読（再通知 1回）")
	if a := head.Get(t, "/people/P-1/told"); a.Status != 404 {
		t.Errorf("the sheet of somebody elsewhere: %d", a.Status)
	}
}

func TestOfficePages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	site := o.site(csirt)
	holds(t, "form", site.Get(t, "/notices/new"), "対象の組織", "必読", "まだ発信されません")
	in := url.Values{"name": {"媒体の点検"}, "kind": {"request"}, "text": {"媒体を数えてください。"}, "mandatory": {"true"}, "units": {"U-2 市民課\n情報政策課"}, "systems": {""}, "clauses": {"bp.9.2"}}
	bad := url.Values{"name": {"媒体の点検"}, "kind": {"request"}, "text": {""}, "units": {"ない課"}}
	if a := site.Post(t, "/notices/new", bad); a.Status != 422 || !strings.Contains(a.Body, "「ない課」は台帳「組織」にありません") || !strings.Contains(a.Body, "媒体の点検") {
		t.Errorf("a unit there is not: %d", a.Status)
	}
	a := site.Post(t, "/notices/new", in)
	to := a.Header.Get("Location")
	if a.Status != 303 || !strings.HasSuffix(to, "/send") {
		t.Fatalf("save: %d %s", a.Status, a.Body)
	}
	code := strings.Split(to, "/")[2]
	page := site.Get(t, to)
	holds(t, "preview", page, "8人", "新人五月", "市民課（下位を含む）、情報政策課（下位を含む）", "承認の依頼", "取下げ", "not", "承認と発信", "従事九郎")
	holds(t, "edit", site.Get(t, "/notices/"+code+"/edit"), "U-2 市民課", "媒体を数えてください")
	if a := site.Post(t, to, url.Values{"step": {"submit"}, "seen": {"x"}}); a.Status != 303 {
		t.Errorf("submit: %d", a.Status)
	}
	if a := site.Post(t, to, url.Values{"step": {"approve"}}); a.Status != 403 {
		t.Errorf("approve by the writer: %d", a.Status)
	}
	if got := o.owes(chief); !strings.Contains(got, "decision:"+code) {
		t.Errorf("the chief is not asked: %q", got)
	}
	if got := o.owes(stand); strings.Contains(got, "decision:"+code) {
		t.Errorf("who stands in for the writer is asked: %q", got)
	}
	boss := o.site(chief)
	page = boss.Get(t, to)
	holds(t, "preview of the chief", page, "承認と発信", "差戻し", "8人に発信します")
	seen := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`).FindStringSubmatch(page.Body)
	if seen == nil {
		t.Fatal("the page does not say what was looked at")
	}
	if a := boss.Post(t, to, url.Values{"step": {"approve"}, "seen": {seen[1]}}); a.Status != 303 {
		t.Errorf("approve: %d %s", a.Status, a.Body)
	}
	o.must(clerk, "notice.read", act.Input{"notice": code})
	holds(t, "sent", boss.Get(t, "/notices/sent"), "媒体の点検", "12%", "発信済み")
	holds(t, "readers", boss.Get(t, "/notices/"+code+"/readers"), "7人", "12%", "新人五月", "not", "職員四季")
	holds(t, "contractors", o.site(buyer).Get(t, "/notices/contractors"), "北の情報株式会社", "not", "南の情報株式会社")
	if a := o.site(buyer).Post(t, "/notices/contractors", url.Values{"version": {"B2"}, "contractors": {"CO-1"}, "date": {"2026-11-20"}, "reason": {"受領書"}}); a.Status != 303 {
		t.Errorf("record contractors: %d %s", a.Status, a.Body)
	}
	holds(t, "contractors, done", o.site(buyer).Get(t, "/notices/contractors"), "受領を待っている委託事業者はありません")
}

func TestPagesKeepOut(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	code := o.warning(act.Input{"name": "<svg/onload=alert(1)>", "text": "<script>alert(1)</script>\"'"})
	webtest.CheckRoutes(t, o.site(actor.Actor{}))
	site := o.site(both)
	webtest.CheckCrossSite(t, site)
	for _, path := range []string{"/notices", "/notices/" + code, "/notices/" + code + "/readers", "/notices/sent", "/notices/" + code + "/send", "/people/P-4/told"} {
		if a := site.Get(t, path); a.Status != 200 || strings.Contains(a.Body, "<svg/onload") || strings.Contains(a.Body, "<script>alert") {
			t.Errorf("%s: status %d, or words of a person stand unescaped", path, a.Status)
		}
	}
	webtest.CheckEscaped(t, site, "/notices/pledge", "kind")
	webtest.CheckFormEscaped(t, site, "/notices/new", "name")
	webtest.CheckFormEscaped(t, site, "/notices/new", "units")
}

// TestBrowser looks at each kind of page: axe, 320 px, no English on a Japanese page, the content policy, and the sheet
// of a person on one page of paper.
func TestBrowser(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	code := o.warning(nil)
	draft := o.must(csirt, "notice.draft", act.Input{"name": "次の点検", "kind": "request", "text": "媒体を数えてください。", "mandatory": "true", "units": "U-2"})
	o.must(csirt, "notice.submit", act.Input{"notice": draft})
	for range 8 { // an ordinary year of notices
		o.warning(nil)
	}
	b := webtest.NewBrowser(t)
	for _, p := range []struct {
		who        actor.Actor
		path, name string
	}{
		{clerk, "/notices", "notices"}, {clerk, "/notices/" + code, "notice"}, {clerk, "/notices/policy", "notice-policy"}, {newcomer, "/notices/pledge", "notice-pledge"},
		{csirt, "/notices/sent", "notices-sent"}, {csirt, "/notices/new", "notice-new"}, {chief, "/notices/" + draft + "/send", "notice-send"}, {csirt, "/notices/" + code + "/readers", "notice-readers"},
		{buyer, "/notices/contractors", "notice-contractors"}, {chief, "/guide", "guide"}, {clerk, "/guide/bp.9.4", "guide-one"}, {clerk, "/people/P-4/told", "told"},
	} {
		webtest.CheckPage(t, b, o.site(p.who), p.path, p.name)
	}
	site := o.site(clerk)
	tab := b.Open(t, site.URL+"/people/P-4/told", 1280, webtest.WithCookies(site.Client, site.URL))
	if n := pages(tab.PDF("told")); n != 1 {
		t.Errorf("the sheet of a person takes %d pages, want 1", n)
	}
}

// pages counts the pages of a printed document.
func pages(pdf []byte) int {
	return len(regexp.MustCompile(`/Type\s*/Page[^s]`).FindAll(bytes.TrimSpace(pdf), -1))
}
