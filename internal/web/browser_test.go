package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"okite/internal/web/webtest"
)

func TestPagesInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	s := webtest.Start(t, sample())
	for name, path := range map[string]string{"board": "/", "inbox": "/inbox?q=台帳", "form": "/registers/asset/new", "why": "/why", "parts": "/parts", "help": "/help", "accessibility": "/accessibility", "missing": "/nowhere"} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, s, path, name) })
	}
}

func TestRefusedFormInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	s := webtest.Start(t, sample())
	run := func(t *testing.T, scripts bool) *webtest.Tab {
		var before []chromedp.Action[chromedp.Void]
		if !scripts {
			before = append(before, webtest.WithoutScripts())
		}
		tab := b.Open(t, s.URL+"/registers/asset/new", 1280, before...)
		tab.Do(chromedp.SendKeys("#f-unit", "戸籍住民課"), chromedp.SendKeys("#f-day", "令和8年2月30日"))
		if scripts { // the button asks first, in a dialog
			tab.Do(chromedp.Click(".form .button-main"), chromedp.WaitVisible("dialog.ask"), chromedp.Click("dialog.ask .button-main"))
		} else {
			tab.Do(chromedp.Click(".form .button-main"))
		}
		tab.Do(chromedp.WaitVisible("#error-summary"))
		if !strings.HasPrefix(tab.Title(), "エラー：") {
			t.Errorf("title = %q, want it to begin with エラー：", tab.Title())
		}
		text := tab.Text()
		for _, want := range []string{"資産の名称を入力してください", "機密性を選んでください"} {
			if strings.Count(text, want) != 2 {
				t.Errorf("%q stands %d times, want in the summary and at the field", want, strings.Count(text, want))
			}
		}
		if got := webtest.Eval[string](tab, `document.querySelector("#f-unit").value + document.querySelector("#f-day").value`); got != "戸籍住民課令和8年2月30日" {
			t.Errorf("typed text came back as %q", got)
		}
		if !webtest.Eval[bool](tab, `document.querySelector("#error-summary").compareDocumentPosition(document.querySelector("h1")) === Node.DOCUMENT_POSITION_FOLLOWING`) {
			t.Error("the error summary does not stand above the heading")
		}
		return tab
	}
	t.Run("with scripts", func(t *testing.T) {
		tab := run(t, true)
		if got := webtest.Eval[string](tab, `document.activeElement.id`); got != "error-summary" {
			t.Errorf("focus is on %q, want the error summary", got)
		}
		tab.Axe()
		tab.Leak()
		tab.Screenshot("form-error")
		tab.Do(chromedp.Click(`#error-summary a[href="#f-name"]`))
		if got := webtest.Eval[string](tab, `document.activeElement.id`); got != "f-name" {
			t.Errorf("the link of the summary leads to %q, want the field", got)
		}
	})
	t.Run("without scripts", func(t *testing.T) { run(t, false) })
	if n, last := s.Site.CSPReports(); n != 0 {
		t.Errorf("%d reports of the content policy: %v", n, last)
	}
}

func TestEnhancer(t *testing.T) {
	b := webtest.NewBrowser(t)
	s := webtest.Start(t, sample())
	tab := b.Open(t, s.URL+"/inbox", 1280)

	tab.Do(chromedp.Click("th.pick input"))
	if got := webtest.Eval[int](tab, `document.querySelectorAll("tbody input:checked").length`); got != 4 {
		t.Errorf("check-all ticked %d rows, want 4", got)
	}
	tab.Do(chromedp.Click("tbody tr:first-child .pick input"))
	if !webtest.Eval[bool](tab, `document.querySelector("th.pick input").indeterminate`) {
		t.Error("with three of four ticked the box of the head is not in between")
	}

	webtest.Eval[bool](tab, `document.activeElement.blur(), document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true})), true`)
	if got := webtest.Eval[string](tab, `document.activeElement.id`); got != "site-search" {
		t.Errorf("/ moved the focus to %q, want the search box", got)
	}

	webtest.Eval[bool](tab, `window.same = true`)
	tab.Do(chromedp.SetValue("#f-kind", "a"))
	webtest.Eval[bool](tab, `document.querySelector("#f-kind").dispatchEvent(new Event("change", {bubbles: true}))`)
	tab.Do(chromedp.Query("#tasks", chromedp.NodeReady))
	if got := webtest.Eval[string](tab, `new Promise((done) => { const end = Date.now() + 5000; (function look() { if (location.search || Date.now() > end) done(location.search); else setTimeout(look, 20); })(); })`); got != "?kind=a" {
		t.Errorf("live filter left the address at %q, want ?kind=a", got)
	}
	if !webtest.Eval[bool](tab, `window.same === true && !!document.querySelector("#tasks th.pick input:not([hidden])")`) {
		t.Error("live filter loaded the whole page or left the fresh table without its helpers")
	}
	if n, last := s.Site.CSPReports(); n != 0 {
		t.Errorf("%d reports of the content policy: %v", n, last)
	}
}

func TestPolicyStopsForeignMarkup(t *testing.T) {
	b := webtest.NewBrowser(t)
	s := webtest.Start(t, sample())
	tab := b.Open(t, s.URL+"/inbox", 1280)
	stopped := webtest.Eval[bool](tab, `(() => { try { document.body.innerHTML = "<b>x</b>"; return false; } catch { return true; } })()`)
	if !stopped {
		t.Error("the page took markup without the Trusted Types policy")
	}
	seen := webtest.Eval[string](tab, `new Promise((done) => setTimeout(() => done("ok"), 500))`)
	if n, _ := s.Site.CSPReports(); n == 0 {
		t.Errorf("the counter of reports is blind: it saw none of a violation made on purpose (%s)", seen)
	}
}

func TestPrint(t *testing.T) {
	b := webtest.NewBrowser(t)
	s := webtest.Start(t, sample())
	tab := b.Open(t, s.URL+"/", 1280)
	pdf := string(tab.PDF("board"))
	if n := strings.Count(pdf, "/Type /Page\n"); n > 1 {
		t.Errorf("the board prints on %d sheets, want one", n)
	}
	if !strings.Contains(pdf, "/MarkInfo") {
		t.Error("the printed page is not tagged")
	}
	paper := b.Open(t, s.URL+"/", 800, webtest.WithMedia("print"))
	if got := webtest.Eval[string](paper, `getComputedStyle(document.querySelector(".side")).display + getComputedStyle(document.querySelector(".print-head")).display`); got != "noneflex" {
		t.Errorf("on paper navigation and print header are shown as %q, want none and flex", got)
	}
}
