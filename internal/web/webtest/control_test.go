package webtest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// recorder counts what a check finds wrong in place of failing.
type recorder struct {
	testing.TB
	found int
}

func (r *recorder) Errorf(string, ...any) { r.found++ }

// TestChecksAreNotBlind shows each check a page that it must object to, and one that it must let pass.
func TestChecksAreNotBlind(t *testing.T) {
	const top = `<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>題</title></head><body><main><h1>題</h1>`
	pages := map[string]string{
		"/good":    top + `<p>よい頁 Okite <code>secret</code></p></main></body></html>`,
		"/axe":     top + `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main></body></html>`,
		"/wide":    top + `<div style="width:900px">広い</div></main></body></html>`,
		"/english": top + `<button aria-label="Submit">送る</button></main></body></html>`,
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(pages[r.URL.Path]))
	}))
	defer srv.Close()
	b := NewBrowser(t)
	checks := map[string]func(*Tab){"/axe": func(x *Tab) { x.Axe() }, "/wide": (*Tab).Reflow, "/english": func(x *Tab) { x.Leak() }}
	for path, check := range checks {
		for _, at := range []string{path, "/good"} {
			r := &recorder{TB: t}
			check(b.Open(r, srv.URL+at, 320))
			if (r.found > 0) != (at == path) {
				t.Errorf("the check for %s found %d faults on %s", path, r.found, at)
			}
		}
	}
}

func TestEscapeCheckIsNotBlind(t *testing.T) {
	if !poisoned("<p>" + Poison + "</p>") {
		t.Error("unescaped input was not seen")
	}
	if poisoned("<p>&#34;&#39;&gt;&lt;svg/onload=alert(1)&gt;{{7*7}}&lt;/script&gt;&lt;b&gt;</p>") {
		t.Error("escaped input was taken for unescaped")
	}
}
