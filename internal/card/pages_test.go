package card_test

import (
	"net/url"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/card"
	"okite/internal/db/dbtest"
	"okite/internal/web/webtest"
)

func TestPagesKeepOut(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	s := o.serve(manager)
	webtest.CheckRoutes(t, o.serve(actor.Actor{}))
	webtest.CheckCrossSite(t, s)
	webtest.CheckEscaped(t, s, "/cards", "state", "q", "page")
	webtest.CheckEscaped(t, s, "/cards/desk", "q")
	webtest.CheckFormEscaped(t, s, "/cards/desk", "card", "step", "person")
	webtest.CheckFormEscaped(t, s, "/cards/lost", "card")
	for _, path := range []string{"/cards/inspect?unit=U-3", "/cards/inspect?unit=U-99", "/cards/revoke/IC-1"} { // another's, nobody's, not theirs to do
		if a := s.Get(t, path); a.Status != 404 {
			t.Errorf("%s: status %d, want 404", path, a.Status)
		}
	}
}

func holds(t *testing.T, a webtest.Answer, words ...string) {
	t.Helper()
	if a.Status != 200 {
		t.Errorf("status %d", a.Status)
	}
	for _, w := range words {
		if not, found := strings.CutPrefix(w, "!"); found == strings.Contains(a.Body, not) {
			t.Errorf("%q on the page: %v", not, found)
		}
	}
}

// TestLostByPhone: one's own card is reported with one press, and the CSIRT sees the time run (bp.9.1).
func TestLostByPhone(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	s := o.serve(clerk)
	holds(t, s.Get(t, "/cards/lost"), "IC-1", "checked", "!IC-2")
	if a := s.Post(t, "/cards/lost", url.Values{}); a.Status != 422 || !strings.Contains(a.Body, "なくしたカードを選んでください") {
		t.Errorf("nothing chosen: %d", a.Status)
	}
	if a := s.Post(t, "/cards/lost", url.Values{"card": {"IC-1"}}); a.Status != 303 {
		t.Errorf("report: %d %s", a.Status, a.Body)
	}
	o.now = o.now.Add(135 * 60e9)
	holds(t, s.Get(t, "/cards/lost"), "届出済み", "2時間15分経過", "ほかに貸し出されているカードはありません")
	holds(t, s.Get(t, "/cards"), "失効していない紛失カード", "2時間15分", "期限（1時間）超過", "!失効させる", "CSIRT責任者の失効待ち")
	chief := o.serve(csirt)
	holds(t, chief.Get(t, "/cards"), "失効させる", "/cards/revoke/IC-1")
	holds(t, chief.Get(t, "/cards/revoke/IC-1"), "職員四季", "市民課", "失効を記録する")
	if a := chief.Post(t, "/cards/revoke/IC-1", url.Values{}); a.Status != 303 {
		t.Errorf("revoke: %d", a.Status)
	}
	if a := chief.Post(t, "/cards/revoke/IC-1", url.Values{}); a.Status != 409 {
		t.Errorf("revoke again: %d", a.Status)
	}
	holds(t, chief.Get(t, "/cards/revoke/IC-1"), "失効しています")
	holds(t, chief.Get(t, "/cards"), "!失効していない紛失カード")
}

// TestDesk finds cards by number, name and section, and lends and collects them.
func TestDesk(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	s := o.serve(manager)
	holds(t, s.Get(t, "/cards"), "異動又は離職した職員から回収するカード", "退職九郎", "期限超過", "/cards/desk?q=IC-2")
	holds(t, s.Get(t, "/cards?q=%E5%B8%82%E6%B0%91%E8%AA%B2&state=stock"), "IC-4", "!退職九郎</td>")
	holds(t, s.Get(t, "/cards/desk?q=%E7%95%B0%E5%8B%95"), "IC-2", "IC-5", "!回収する")
	holds(t, s.Get(t, "/cards/desk?q=ic-2"), "回収する", "異動八重")
	holds(t, s.Get(t, "/cards/desk?q=%25"), "該当するカードはありません")
	if a := s.Post(t, "/cards/desk", url.Values{"card": {"IC-2"}, "step": {"collect"}}); a.Status != 303 {
		t.Errorf("collect: %d", a.Status)
	}
	if a := s.Post(t, "/cards/desk", url.Values{"card": {"IC-4"}, "step": {"lend"}, "person": {"P-9"}}); a.Status != 422 || !strings.Contains(a.Body, "在職していません") || !strings.Contains(a.Body, `value="P-9"`) {
		t.Errorf("lend to who has left: %d", a.Status)
	}
	if a := s.Post(t, "/cards/desk", url.Values{"card": {"IC-4"}, "step": {"lend"}, "person": {"P-4"}}); a.Status != 303 {
		t.Errorf("lend: %d", a.Status)
	}
	if k := one[card.Card](o, "card", "IC-4"); k.Person != "P-4" || k.State != card.Lent {
		t.Errorf("lent: %+v", k)
	}
	if a := o.serve(clerk).Post(t, "/cards/desk", url.Values{"card": {"IC-3"}, "step": {"collect"}}); a.Status != 403 {
		t.Errorf("collect by a clerk: %d", a.Status)
	}
	holds(t, o.serve(clerk).Get(t, "/cards/desk?q=IC-3"), "情報セキュリティ管理者が記録します", "!回収する")
}

// TestInspectionPages tick off, look at the difference, and record.
func TestInspectionPages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	s := o.serve(manager)
	holds(t, s.Get(t, "/cards/inspect"), "IC-1", "IC-4", "台帳と突き合わせる", "!IC-5")
	a := s.Post(t, "/cards/inspect/confirm", url.Values{"unit": {"U-2"}, "found": {"IC-1", "IC-2", "IC-4"}})
	holds(t, a, "1枚が見当たりません", "IC-3（退職九郎）", "点検を記録する")
	if a := s.Post(t, "/cards/inspect", url.Values{"unit": {"U-2"}, "found": {"IC-1 IC-2 IC-4"}}); a.Status != 303 {
		t.Errorf("record: %d %s", a.Status, a.Body)
	}
	if x := first[card.Count](o, "cardcheck"); x.Counted != 3 {
		t.Errorf("recorded: %+v", x)
	}
	if a := s.Post(t, "/cards/inspect/confirm", url.Values{"unit": {"U-2"}, "found": {"IC-5"}}); a.Status != 422 {
		t.Errorf("another section's card: %d", a.Status)
	}
	holds(t, o.serve(clerk).Get(t, "/cards/inspect"), "点検を受け持つ組織に、カードはありません")
}

// TestLook opens every kind of page in a browser.
func TestLook(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.must(clerk, "card.lose", act.Input{"card": "IC-1"})
	o.now = o.now.Add(135 * 60e9)
	b := webtest.NewBrowser(t)
	for _, p := range []struct {
		who  actor.Actor
		path string
	}{{csirt, "/cards"}, {manager, "/cards/desk?q=IC-2"}, {manager, "/cards/desk?q=IC"}, {manager, "/cards/desk?q=IC-4"}, {manager, "/cards/inspect"}, {csirt, "/cards/revoke/IC-1"}, {clerk, "/cards/lost"}} {
		name := strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(p.path[1:])
		webtest.CheckPage(t, b, o.serve(p.who), p.path, name)
	}
}
