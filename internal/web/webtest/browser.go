package webtest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// axeSource is axe-core 4.14.1 (MPL-2.0), for tests only.
//
//go:embed testdata/axe.min.js
var axeSource string

// Browser is a real browser without a window.
type Browser struct{ ctx context.Context }

// NewBrowser starts Chromium. Where there is none the test is skipped with a word, and fails when CI is "true".
func NewBrowser(t testing.TB) *Browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium: the browser tests may not be left out in CI")
		}
		t.Skip("no Chromium: the browser tests were not run")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "ja"))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() { cancel(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start browser: %v", err)
	}
	return &Browser{ctx}
}

// Tab is a page in the browser with cookies of its own.
type Tab struct {
	t    testing.TB
	ctx  context.Context
	URL  string
	Wide int64
}

// Open opens a page at a width in CSS pixels and waits until it has loaded.
func (b *Browser) Open(t testing.TB, address string, width int64, before ...chromedp.Action[chromedp.Void]) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	ctx, timeout := context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(func() { timeout(); cancel() })
	tab := &Tab{t: t, ctx: ctx, URL: address, Wide: width}
	tab.Do(append(before, chromedp.EmulateViewport(width, 900), chromedp.Navigate(address))...)
	return tab
}

// WithCookies sets the cookies of a client before a page is opened.
func WithCookies(c *http.Client, address string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		u, err := url.Parse(address)
		if err != nil {
			return chromedp.Void{}, err
		}
		for _, k := range c.Jar.Cookies(u) {
			if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: k.Name, Value: k.Value, URL: address, HTTPOnly: new(true)}); err != nil {
				return chromedp.Void{}, fmt.Errorf("set cookie: %w", err)
			}
		}
		return chromedp.Void{}, nil
	}
}

// WithoutScripts switches scripts off before a page is opened.
func WithoutScripts() chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	}
}

// WithMedia sets media features before a page is opened: forced-colors=active, prefers-reduced-motion=reduce.
func WithMedia(media string, features ...string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		p := emulation.SetEmulatedMediaParams{Media: media}
		for _, f := range features {
			k, v, _ := strings.Cut(f, "=")
			p.Features = append(p.Features, &emulation.MediaFeature{Name: k, Value: v})
		}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, p)
		return chromedp.Void{}, err
	}
}

// Do runs actions in the tab.
func (tab *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	if err := chromedp.Do(tab.ctx, steps...); err != nil {
		tab.t.Fatalf("browser at %s: %v", tab.URL, err)
	}
}

// Eval runs an expression in the page.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	v, err := chromedp.Run(tab.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("evaluate at %s: %v", tab.URL, err)
	}
	return v
}

// Text is the visible text of the page.
func (tab *Tab) Text() string { tab.t.Helper(); return Eval[string](tab, `document.body.innerText`) }

// Title is the title of the page.
func (tab *Tab) Title() string { tab.t.Helper(); return Eval[string](tab, `document.title`) }

type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Failure string `json:"failureSummary"`
	} `json:"nodes"`
}

// Axe runs axe-core over the page (WCAG 2.0 to 2.2 level A and AA, and best practice) and fails on any violation.
// It gives the number of rules that passed.
func (tab *Tab) Axe() int {
	tab.t.Helper()
	Eval[bool](tab, axeSource+";true")
	raw := Eval[string](tab, `axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"], resultTypes: ["violations"]})`+
		`.then(r => JSON.stringify({violations: r.violations, passes: r.passes.length}))`)
	var res struct {
		Violations []violation
		Passes     int
	}
	if err := json.Unmarshal([]byte(raw), &res); err != nil {
		tab.t.Fatalf("read axe result: %v", err)
	}
	for _, v := range res.Violations {
		for _, n := range v.Nodes {
			tab.t.Errorf("axe at %s (%d px): %s: %s: %s: %s", tab.URL, tab.Wide, v.ID, v.Help, n.HTML, n.Failure)
		}
	}
	if res.Passes == 0 {
		tab.t.Errorf("axe at %s: no rule passed, so it did not look", tab.URL)
	}
	return res.Passes
}

// Reflow fails when the page scrolls sideways; it names what sticks out.
func (tab *Tab) Reflow() {
	tab.t.Helper()
	out := Eval[string](tab, `(() => {
		const w = window.innerWidth, d = document.documentElement.scrollWidth;
		if (d <= w) return "";
		const scrolls = (e) => { for (; e && e !== document.body; e = e.parentElement) { const o = getComputedStyle(e).overflowX; if (o === "auto" || o === "scroll" || o === "hidden") return true; } return false; };
		const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > w + 1 && !scrolls(e)).slice(-3).map(e => e.outerHTML.slice(0, 120));
		return d + " > " + w + ": " + wide.join(" | ");
	})()`)
	if out != "" {
		tab.t.Errorf("%s scrolls sideways at %d px: %s", tab.URL, tab.Wide, out)
	}
}

// Known are Latin words that Japanese pages use as they are.
var Known = []string{"Okite", "English", "CSIRT", "CISO", "Excel", "CSV", "JSON", "XML", "ID", "QR", "Cedar", "API", "USB", "LGWAN", "VPN",
	"TLS", "HTTP", "HTTPS", "URL", "PDF", "JIS", "axe", "core", "WCAG", "IP", "DNS", "PC", "OS", "AES", "SSH", "SQL", "MFA", "TOTP", "BCP", "PDCA", "DMZ", "VLAN", "ISMAP", "ISMS",
	"Markdown", "OSCAL", "UTF", "Word", "docx", "JPCERT", "SCORM", "zip"}

var (
	latin   = regexp.MustCompile(`[A-Za-z]{3,}`)
	address = regexp.MustCompile(`[\w.+-]+@[\w-]+(\.[\w-]+)+`)        // of mail: the same in every language
	login   = regexp.MustCompile(`\b[A-Za-z]+(-[A-Za-z]+)*-\d{3,}\b`) // and so is a login name or a key: adm-p-00061
)

// Leak fails when a Japanese page shows a Latin word of three letters or more that is neither known nor marked as
// English, code or a value typed by somebody.
func (tab *Tab) Leak(allow ...string) {
	tab.t.Helper()
	text := Eval[string](tab, `(() => {
		if (document.documentElement.lang !== "ja") return "";
		const out = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n; (n = walk.nextNode()); ) {
			const e = n.parentElement;
			if (!e || e.closest("code, kbd, samp, script, style, textarea, [lang=en], [data-as-is]")) continue;
			out.push(n.nodeValue);
		}
		document.querySelectorAll("[aria-label], [placeholder], [title], [alt]").forEach((e) => {
			if (e.closest("[lang=en], [data-as-is]")) return;
			for (const a of ["aria-label", "placeholder", "title", "alt"]) if (e.hasAttribute(a)) out.push(e.getAttribute(a));
		});
		return document.title + "\n" + out.join("\n");
	})()`)
	known := map[string]bool{}
	for _, w := range append(append([]string{}, Known...), allow...) {
		known[w] = true
	}
	for _, line := range strings.Split(text, "\n") {
		for _, w := range latin.FindAllString(login.ReplaceAllString(address.ReplaceAllString(line, ""), ""), -1) {
			if !known[w] {
				tab.t.Errorf("%s: English on a Japanese page: %q in %q", tab.URL, w, strings.TrimSpace(line))
			}
		}
	}
}

// Screenshot saves the whole page when OKITE_SHOTS names a directory.
func (tab *Tab) Screenshot(name string) {
	tab.t.Helper()
	dir := os.Getenv("OKITE_SHOTS")
	if dir == "" {
		return
	}
	b, err := chromedp.Run(tab.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		tab.t.Fatalf("screenshot of %s: %v", tab.URL, err)
	}
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, tab.Wide)), b, 0o644); err != nil {
		tab.t.Fatalf("save screenshot: %v", err)
	}
}

// PDF prints the page and saves it when OKITE_SHOTS names a directory.
func (tab *Tab) PDF(name string) []byte {
	tab.t.Helper()
	b, err := chromedp.Run(tab.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFOutlineAndTagged()))
	if err != nil {
		tab.t.Fatalf("print %s: %v", tab.URL, err)
	}
	if dir := os.Getenv("OKITE_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), b, 0o644); err != nil {
			tab.t.Fatalf("save print: %v", err)
		}
	}
	return b
}

// CheckPage is what every page is held to: axe and no English at a desk, reflow at 320 and 360 px, no report of
// the content policy.
func CheckPage(t *testing.T, b *Browser, s *Server, path, name string) {
	t.Helper()
	before, _ := s.Site.CSPReports()
	for _, width := range []int64{1280, 360, 320} {
		tab := b.Open(t, s.URL+path, width, WithCookies(s.Client, s.URL))
		tab.Reflow()
		if width != 360 {
			tab.Axe()
		}
		if width == 1280 {
			tab.Leak()
		}
		tab.Screenshot(name)
	}
	if after, last := s.Site.CSPReports(); after != before {
		t.Errorf("%s: %d reports of the content policy, the last: %s", path, after-before, last[len(last)-1])
	}
}
