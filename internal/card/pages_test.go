package card_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/card"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

func TestPagesKeepOut(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	s := o.serve(manager)
	webtest.CheckRoutes(t, o.serve(actor.Actor{}))
	webtest.CheckCrossSite(t, s)
	webtest.CheckEscaped(t, s, "/cards", "state", "q", "page", "list")
	webtest.CheckEscaped(t, s, "/cards/accounts", "state", "q", "page", "list")
	webtest.CheckFormEscaped(t, o.serve(systems), "/cards/accounts/new", "login", "system", "kind", "person", "exception")
	webtest.CheckFormEscaped(t, o.serve(systems), "/cards/accounts/ID-1", "step", "person")
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
	holds(t, s.Get(t, "/cards"), "IC-1", "紛失", "!失効させる")
	holds(t, o.serve(manager).Get(t, "/cards"), "失効していない紛失カード", "2時間15分", "期限（1時間）超過", "!失効させる", "CSIRT責任者の失効待ち")
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
	holds(t, o.serve(bureau).Get(t, "/cards/desk?q=%E7%95%B0%E5%8B%95"), "IC-2", "IC-5", "!回収する")
	holds(t, o.serve(bureau).Get(t, "/cards/desk?q=IC-2"), "情報セキュリティ管理者が記録します", "!回収する")
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
	holds(t, o.serve(clerk).Get(t, "/cards/desk?q=IC-1"), "情報セキュリティ管理者が記録します", "職員四季", "!回収する")
	holds(t, o.serve(clerk).Get(t, "/cards/desk?q=IC-3"), "ほかの組織のカードは検索できません", "!退職九郎", "!回収する")
}

// TestScope: everybody sees the cards and accounts they answer for and no others, in lists, numbers and searches (bp.9.3).
func TestScope(t *testing.T) {
	each(t, func(o *office) {
		o.write(func(ctx context.Context, tx *db.Tx) error {
			put(o, ctx, tx, "card", card.Card{Code: "IC-6", Kind: "entry", Unit: "U-3", State: card.Lost, LostAt: when.StampOf(o.now)})
			put(o, ctx, tx, "userid", card.Account{Code: "ID-9", Login: "p9x", System: "S-1", Person: "P-9", Kind: card.Personal, Opened: today - 300})
			return nil
		})
		mine := map[string]actor.Actor{"manager": manager, "deputy": deputy}
		lent := manager
		lent.Person, lent.Roles = "P-5", []actor.Grant{{Role: "section_manager", Scope: "unit:U-2", Via: "DL-1", Acts: []string{"card.collect"}}}
		mine["delegate"] = lent
		for what, who := range mine {
			a := o.serve(who).Get(t, "/cards")
			holds(t, a, "市民課", "IC-1", "IC-2", "IC-3", "IC-4", "!IC-6", "退職九郎")
			if strings.Contains(a.Body, "税務課") {
				t.Errorf("the %s of one section sees another", what)
			}
		}
		lost := "失効していない紛失カード"
		holds(t, o.serve(other).Get(t, "/cards"), "税務課", "IC-5", "IC-6", lost, "!IC-3", "!退職九郎")
		holds(t, o.serve(bureau).Get(t, "/cards"), "IC-1", "IC-5", "IC-6", lost, "市民局")
		holds(t, o.serve(csirt).Get(t, "/cards"), "IC-1", "IC-5", "IC-6", lost, "全庁")
		holds(t, o.serve(clerk).Get(t, "/cards"), "IC-1", "あなたのカード", "!IC-2", "!IC-3", "!IC-4", "!IC-5", "!"+lost, "!絞り込む")
		holds(t, o.serve(clerk).Get(t, "/cards?list=lost"), "!IC-6")
		holds(t, o.serve(manager).Get(t, "/cards?list=back"), "IC-3", "!IC-6")
		holds(t, o.serve(clerk).Get(t, "/cards/accounts"), "p4", "!p9x", "!退職九郎")
		holds(t, o.serve(manager).Get(t, "/cards/accounts"), "p4", "p9x", "退職九郎")
		holds(t, o.serve(systems).Get(t, "/cards/accounts"), "p4", "p9x", "退職九郎", "/cards/accounts/of/P-9", "/cards/accounts/new")
		holds(t, o.serve(other).Get(t, "/cards/accounts?q=p9x"), "該当する利用者IDはありません")
		for _, path := range []string{"/cards/accounts/ID-9", "/cards/accounts/of/P-9", "/cards/accounts/ID-0", "/cards/accounts/of/P-4"} {
			if a := o.serve(other).Get(t, path); a.Status != 404 {
				t.Errorf("%s for who sees nothing of it: %d", path, a.Status)
			}
		}
	})
}

// TestAccountPages opens, hands over and closes accounts as the card desk does with cards (bp.5, bp.9.1).
func TestAccountPages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.write(func(ctx context.Context, tx *db.Tx) error {
		put(o, ctx, tx, "userid", card.Account{Code: "ID-7", Login: "p9a", System: "S-1", Person: "P-9", Kind: card.Personal, Opened: today - 300},
			card.Account{Code: "ID-8", Login: "p9b", System: "S-1", Person: "P-9", Kind: card.Personal, Opened: today - 300},
			card.Account{Code: "ID-9", Login: "madoguchi", System: "S-1", Person: "P-9", Kind: card.Shared, Opened: today - 300, Exception: "EX-1"})
		return nil
	})
	s := o.serve(systems)
	holds(t, s.Get(t, "/cards/accounts/new"), "住民記録システム", "EX-1", "!EX-2")
	holds(t, o.serve(clerk).Get(t, "/cards/accounts/new"), "情報システム管理者が記録します", "!内容を確認する")
	form := url.Values{"login": {"p2"}, "system": {"S-1"}, "kind": {"personal"}, "person": {"P-2"}}
	if a := s.Post(t, "/cards/accounts/new", url.Values{"login": {"p2"}, "kind": {"personal"}}); a.Status != 422 || !strings.Contains(a.Body, "情報システムを選んでください") || !strings.Contains(a.Body, `value="p2"`) {
		t.Errorf("without a system: %d", a.Status)
	}
	if a := s.Post(t, "/cards/accounts/new", url.Values{"login": {"p9"}, "system": {"S-1"}, "kind": {"personal"}, "person": {"P-9"}}); a.Status != 422 || !strings.Contains(a.Body, "在職していません") {
		t.Errorf("for who has left: %d", a.Status)
	}
	holds(t, s.Post(t, "/cards/accounts/new", form), "課長二奈", "本人だけが使う間は適合です", "発行を記録する")
	holds(t, s.Post(t, "/cards/accounts/new", url.Values{"login": {"p4b"}, "system": {"S-1"}, "kind": {"personal"}, "person": {"P-4"}}), "利用者ID「p4」も使っています")
	holds(t, s.Post(t, "/cards/accounts/new", url.Values{"login": {"mado2"}, "system": {"S-1"}, "kind": {"shared"}, "person": {"P-4"}, "exception": {"EX-1"}}), "翌日から不適合になります")
	if a := o.serve(manager).Post(t, "/cards/accounts/open", form); a.Status != 403 {
		t.Errorf("opened by who does not manage the system: %d", a.Status)
	}
	if a := s.Post(t, "/cards/accounts/open", form); a.Status != 303 {
		t.Errorf("open: %d %s", a.Status, a.Body)
	}
	holds(t, s.Get(t, "/cards/accounts/ID-7"), "p9a", "停止する", "R023", "カード（IC-3）も回収されていません", "!引き継ぐ職員")
	holds(t, s.Get(t, "/cards/accounts/ID-9"), "引き継ぐ職員", "停止する")
	holds(t, o.serve(manager).Get(t, "/cards/accounts/ID-9"), "情報システム管理者が記録します", "!停止する<")
	hand := func(person string) webtest.Answer {
		return s.Post(t, "/cards/accounts/ID-9", url.Values{"step": {"hand"}, "person": {person}})
	}
	for _, person := range []string{"", "P-9", "P-0"} {
		if a := hand(person); a.Status != 422 {
			t.Errorf("handed to %q: %d", person, a.Status)
		}
	}
	if a := hand("P-4"); a.Status != 303 || one[card.Account](o, "userid", "ID-9").Person != "P-4" {
		t.Errorf("handed over: %d", a.Status)
	}
	if a := s.Post(t, "/cards/accounts/ID-1", url.Values{"step": {"hand"}, "person": {"P-2"}}); a.Status != 409 {
		t.Errorf("a personal account handed over: %d", a.Status)
	}
	holds(t, s.Get(t, "/cards/accounts/of/P-9"), "p9a", "p9b", "2 件をまとめて停止する", "!madoguchi")
	all := url.Values{"userids": {"ID-7 ID-8"}}
	if a := o.serve(manager).Post(t, "/cards/accounts/of/P-9", all); a.Status != 403 {
		t.Errorf("closed by who does not manage the system: %d", a.Status)
	}
	if a := s.Post(t, "/cards/accounts/of/P-9", url.Values{"userids": {"ID-7 ID-1"}}); a.Status != 422 || one[card.Account](o, "userid", "ID-7").Closed != 0 {
		t.Errorf("with another's account: %d", a.Status)
	}
	if a := s.Post(t, "/cards/accounts/of/P-9", all); a.Status != 303 || one[card.Account](o, "userid", "ID-8").Closed != today {
		t.Errorf("close all: %d %s", a.Status, a.Body)
	}
	holds(t, s.Get(t, "/cards/accounts"), "!停止していない利用者ID")
	if a := s.Post(t, "/cards/accounts/ID-1", url.Values{"step": {"close"}}); a.Status != 303 || one[card.Account](o, "userid", "ID-1").Closed != today {
		t.Errorf("close: %d", a.Status)
	}
	if a := s.Post(t, "/cards/accounts/ID-1", url.Values{"step": {"close"}}); a.Status != 409 {
		t.Errorf("close again: %d", a.Status)
	}
	if a := s.Post(t, "/cards/accounts/ID-1", url.Values{"step": {"burn"}}); a.Status != 404 {
		t.Errorf("no such step: %d", a.Status)
	}
	if rep, err := o.log.Verify(context.Background(), nil); err != nil || !rep.OK {
		t.Errorf("the record does not hold: %+v %v", rep, err)
	}
}

// TestPressing: a lost card is told at once to those who revoke it, and nobody is asked for while none is lost (bp.9.1).
func TestPressing(t *testing.T) {
	each(t, func(o *office) {
		asked := 0
		pressing := func() (got map[string][]card.Item) {
			if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
				got, err = o.s.Pressing(ctx, tx, func() (map[string]actor.Actor, error) {
					asked++
					return map[string]actor.Actor{"P-1": csirt, "P-2": manager, "P-4": clerk}, nil
				})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := pressing(); len(got) != 0 || asked != 0 {
			t.Errorf("nothing is lost: %v, asked %d times", got, asked)
		}
		o.must(clerk, "card.lose", act.Input{"card": "IC-1"})
		if got := pressing(); len(got) != 1 || len(got["P-1"]) != 1 || got["P-1"][0].Subject.Key != "IC-1" || got["P-1"][0].Kind != "revoke" {
			t.Errorf("a card is lost: %v", got)
		}
		o.must(csirt, "card.revoke", act.Input{"card": "IC-1"})
		if got := pressing(); len(got) != 0 {
			t.Errorf("it is revoked: %v", got)
		}
	})
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
	o.write(func(ctx context.Context, tx *db.Tx) error {
		put(o, ctx, tx, "userid", card.Account{Code: "ID-9", Login: "p9x", System: "S-1", Person: "P-9", Kind: card.Personal, Opened: today - 300})
		return nil
	})
	o.must(clerk, "card.lose", act.Input{"card": "IC-1"})
	o.now = o.now.Add(135 * 60e9)
	b := webtest.NewBrowser(t)
	for _, p := range []struct {
		who  actor.Actor
		path string
	}{{csirt, "/cards"}, {manager, "/cards/desk?q=IC-2"}, {manager, "/cards/desk?q=IC"}, {manager, "/cards/desk?q=IC-4"}, {manager, "/cards/inspect"}, {csirt, "/cards/revoke/IC-1"}, {clerk, "/cards/lost"},
		{clerk, "/cards"}, {systems, "/cards/accounts"}, {systems, "/cards/accounts/new"}, {systems, "/cards/accounts/ID-1"}, {systems, "/cards/accounts/of/P-9"}} {
		name := strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(p.path[1:])
		webtest.CheckPage(t, b, o.serve(p.who), p.path, name)
	}
}
