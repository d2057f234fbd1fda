package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"okite/internal/db"
	"okite/internal/web/webtest"
)

// TestEveryPageWithoutScripts: with scripts off every kind of page has its heading, its content and its navigation, and
// every form has a button that sends it.
func TestEveryPageWithoutScripts(t *testing.T) {
	_, s := served(t, "chief")
	pages := crawl(t, s, 3)
	if len(pages) < 20 {
		t.Errorf("only %d kinds of pages are reached from the board: %v", len(pages), pages)
	}
	pages["/search"] = "/search?q=%E4%BD%8F%E6%B0%91"
	b := webtest.NewBrowser(t)
	for _, pattern := range sorted(pages) {
		tab := b.Open(t, s.URL+pages[pattern], 360, webtest.WithoutScripts(), webtest.WithCookies(s.Client, s.URL))
		if wrong := webtest.Eval[string](tab, `(() => {
			const out = [], main = document.querySelector("main");
			const seen = (e) => { for (; e; e = e.parentElement) { if (e.tagName === "DETAILS") return true; if (e.hidden || getComputedStyle(e).display === "none") return false; } return true; };
			if (document.querySelectorAll("h1").length !== 1 || !seen(document.querySelector("h1"))) out.push("no heading");
			if (!main || main.innerText.trim().length < 20) out.push("no content");
			if ([...document.querySelectorAll("nav a[href]")].filter(seen).length < 8) out.push("no navigation");
			for (const f of document.querySelectorAll("form")) {
				const send = [...f.querySelectorAll("button:not([type=button]), input[type=submit]"), ...document.querySelectorAll("button[form='" + f.id + "']")].filter(seen);
				if (send.length === 0) out.push("a form to " + f.getAttribute("action") + " has no button");
				if (!f.hasAttribute("action")) out.push("a form leads nowhere");
			}
			for (const d of document.querySelectorAll("dialog, [popover]")) if (seen(d)) out.push("a dialog stands open");
			return out.join("; ");
		})()`); wrong != "" {
			t.Errorf("%s without scripts: %s", pages[pattern], wrong)
		}
		tab.Reflow()
	}
}

// TestWorkWithoutScripts: a section manager registers an asset, changes it, sees what an import would do and applies to
// lower a class; the head of the bureau approves: all by plain forms.
func TestWorkWithoutScripts(t *testing.T) {
	a, s := served(t, "section_manager")
	ctx := Operator(context.Background())
	logins, err := a.demoLogins(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var unit, asset string
	for _, l := range logins {
		if l.Role == "section_manager" {
			who, err := a.Person(ctx, l.Person)
			if err != nil {
				t.Fatal(err)
			}
			unit = who.Unit
		}
	}
	one := func(query string, args ...any) (out string) {
		t.Helper()
		if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&out) }); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return out
	}
	b := webtest.NewBrowser(t)
	open := func(path string) *webtest.Tab {
		return b.Open(t, s.URL+path, 1280, webtest.WithoutScripts(), webtest.WithCookies(s.Client, s.URL))
	}
	done := func(tab *webtest.Tab, what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		tab.Do(append(steps, chromedp.Click("main .form .button-main"), chromedp.WaitVisible("main .banner, #error-summary, .preview, main table"))...)
		if wrong := webtest.Eval[string](tab, `document.querySelector("#error-summary")?.innerText ?? ""`); wrong != "" {
			t.Fatalf("%s without scripts: %s", what, wrong)
		}
	}
	done(open("/registers/asset/new?unit="+unit), "registering", chromedp.SendKeys("#f-name", "窓口の申請書の控え"), chromedp.Click("input[name=form][value=paper]"),
		chromedp.SetValue("#f-registered", "令和8年11月24日"), chromedp.SetValue("#f-status", "active"))
	asset = one(`SELECT code FROM reg_asset WHERE name = '窓口の申請書の控え'`)

	done(open("/registers/asset/"+asset+"/edit"), "changing", chromedp.SetValue("#f-place", "別館書庫"))
	if got := one(`SELECT place FROM reg_asset WHERE code = $1`, asset); got != "別館書庫" {
		t.Errorf("changed to %q", got)
	}

	file := filepath.Join(t.TempDir(), "assets.csv")
	if err := os.WriteFile(file, []byte("code,name,place\n"+asset+",窓口の申請書の控え,本館書庫\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := open("/registers/asset/import")
	done(tab, "importing", chromedp.SetUploadFiles("#f-file", []string{file}))
	if text := tab.Text(); !strings.Contains(text, "本館書庫") || !strings.Contains(text, "別館書庫") {
		t.Errorf("the preview of an import does not say what changes: %s", text)
	}
	if got := one(`SELECT place FROM reg_asset WHERE code = $1`, asset); got != "別館書庫" {
		t.Errorf("a preview changed the place to %q", got)
	}

	heavy := one(`SELECT MIN(code) FROM reg_asset WHERE unit = $1 AND integrity = '2' AND source = '' AND status = 'active' AND NOT ended`, unit)
	done(open("/registers/asset/"+heavy+"/act/asset.downgrade"), "applying", chromedp.Click(`input[name=class][value="i:1"]`), chromedp.SendKeys("#f-reason", "誤りがあっても支障のない控えだけになったため"))
	application := one(`SELECT code FROM reg_downgrade WHERE asset = $1 AND decided = ''`, heavy)
	enter(t, a, s, "bureau_head")
	done(open("/registers/downgrade/"+application+"/act/asset.downgrade.approve"), "approving")
	if got := one(`SELECT decided FROM reg_downgrade WHERE code = $1`, application); got != a.Today().String() {
		t.Errorf("decided on %q", got)
	}
	if got := one(`SELECT integrity FROM reg_asset WHERE code = $1`, heavy); got != "1" {
		t.Errorf("class %q after the approval", got)
	}
}

// TestBoardOnPaper: the board of a whole city is one sheet.
func TestBoardOnPaper(t *testing.T) {
	_, s := served(t, "ciso")
	b := webtest.NewBrowser(t)
	tab := b.Open(t, s.URL+"/", 1280, webtest.WithCookies(s.Client, s.URL))
	if n := strings.Count(string(tab.PDF("board-paper")), "/Type /Page\n"); n != 1 {
		t.Errorf("the board prints on %d sheets", n)
	}
}
