package ledger

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"okite/internal/db/dbtest"
	"okite/internal/org"
	"okite/internal/web/webtest"
)

func TestPagesInBrowser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	b := webtest.NewBrowser(t)
	good := send(w, "新しい台帳.csv", []byte("資産番号,名称,所管課,形態,状態,登録日,保管場所\r\nA-00001,住民税課税台帳,U-0011,電子データ,利用中,2024-04-01,別館書庫\r\nA-00013,軽自動車税課税台帳,U-0011,紙,利用中,2026-11-01,本庁\r\n"))
	bad := send(w, "誤り.csv", []byte("資産番号,名称,所管課,形態,状態,登録日,色\r\nA-00020,台帳,U-0011,電子データ,利用中,2024-04-01,赤\r\n"))
	if a := w.srv.Post(t, "/registers/asset/views", url.Values{"name": {"課の資産"}, "query": {"unit=U-0011"}}); a.Status != 303 {
		t.Fatal(a.Status)
	}
	for name, path := range map[string]string{
		"registers": "/registers", "list": "/registers/asset?q=%E8%AA%B2%E7%A8%8E&unit=U-0011&ended=1",
		"list-wide": "/registers/asset?filters=all&col=name&col=unit&col=system&col=form&col=content&col=confidentiality&col=integrity&col=availability&col=status&col=confirmed",
		"record":    "/registers/asset/A-00001", "pointed-at": "/registers/unit/U-0011", "new": "/registers/asset/new?unit=U-0011", "edit": "/registers/asset/A-00001/edit", "act": "/registers/asset/A-00001/act/asset.downgrade",
		"end": "/registers/asset/end?key=A-00001&key=A-00002", "import": "/registers/asset/import", "preview": good.Header.Get("Location"), "mistakes": bad.Header.Get("Location"),
		"search": "/search?q=%E6%83%85%E5%A0%B1",
	} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, w.srv, path, name) })
	}
}

// Everything can be done without scripts, and a form that is refused keeps what was typed.
func TestWithoutScripts(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	b := webtest.NewBrowser(t)
	tab := b.Open(t, w.srv.URL+"/registers/asset", 1280, webtest.WithoutScripts())
	tab.Do(chromedp.Click(`input[name=key][value="A-00002"]`), chromedp.Click(`input[name=key][value="A-00004"]`), chromedp.Click(`main form[action$="/end"] button`),
		chromedp.WaitVisible(`textarea[name="_reason"]`), chromedp.Click(".button-bad"), chromedp.WaitVisible("#error-summary"))
	tab.Do(chromedp.SendKeys(`textarea[name="_reason"]`, "廃止のため"), chromedp.Click(".button-bad"), chromedp.WaitVisible(".banner"))
	has(t, "after the end", tab.Text(), "2件の記録を終了しました", "10 件中 1〜10 件")

	tab = b.Open(t, w.srv.URL+"/registers/asset/A-00001/edit", 1280, webtest.WithoutScripts())
	tab.Do(chromedp.SetValue("#f-place", "別館書庫"), chromedp.SetValue("#f-confirmed", "令和8年2月30日"), chromedp.Click(".form .button-main"), chromedp.WaitVisible("#error-summary"))
	tab.Screenshot("edit-refused")
	if got := webtest.Eval[string](tab, `document.querySelector("#f-place").value + document.querySelector("#f-confirmed").value`); got != "別館書庫令和8年2月30日" {
		t.Errorf("typed text came back as %q", got)
	}
	other := edited(w, "/registers/asset/A-00001/edit")
	other.Set("place", "第二書庫")
	if a := w.srv.Post(t, "/registers/asset/A-00001/edit", other); a.Status != 303 {
		t.Fatal(a.Status)
	}
	tab.Do(chromedp.SetValue("#f-confirmed", "令和8年11月20日"), chromedp.Click(".form .button-main"), chromedp.WaitVisible("#conflict"))
	has(t, "conflict", tab.Text(), "情報システム室", "第二書庫", "別館書庫")
	tab.Screenshot("conflict")
	tab.Do(chromedp.Click(".form .button-main"), chromedp.WaitVisible(".banner"))
	has(t, "saved after looking", tab.Text(), "変更を保存しました", "別館書庫")
}

// English pages speak English but for what the city has written.
func TestEnglishPages(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	load(w, "unit", org.Unit{Code: "U-3000", Name: "Ward office", Kind: "section", Open: 1000})
	for _, path := range []string{"/registers", "/registers/control", "/registers/control/new", "/registers/control/import", "/registers/asset/end", "/search", "/registers/unit/U-3000", "/registers/control/views?query="} {
		a := w.srv.Get(t, path, "Cookie", "okite-lang=en")
		body := text(a.Body)
		body, _, _ = strings.Cut(body, "掟 Okite version")
		for _, known := range []string{"北星市", "山田 花子", "情報政策課", "介護保険・高齢者支援課", "総務局", "健康福祉局", "佐藤 一郎", "鈴木 次郎", "高橋 三郎", "税務総合システム",
			"住民税課税台帳", "固定資産課税台帳（土地・家屋・償却資産）", "庁内職員向け情報セキュリティ研修教材", "公式ウェブサイト掲載原稿", "介護保険要介護認定申請書類一式"} {
			body = strings.ReplaceAll(body, known, "")
		}
		if i := strings.IndexFunc(body, func(r rune) bool { return r >= 'ぁ' && r <= '龯' }); i >= 0 {
			t.Errorf("%s: Japanese on an English page: %.60s", path, body[i:])
		}
	}
}
