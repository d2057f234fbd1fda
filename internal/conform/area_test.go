package conform

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"okite/internal/check"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// within makes the view that an address asks for.
func within(t *testing.T, b *bench, query string, f func(v view)) {
	t.Helper()
	s := pages(t, b)
	if a := s.Get(t, "/"+query); a.Status != 200 {
		t.Fatalf("/%s: status %d", query, a.Status)
	}
	if err := b.svc.with(context.Background(), func(l *look) error {
		q, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
		f(l.only(q.Get("organ"), q.Get("bureau")))
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestAreas: every result of a whole city belongs to exactly one place, and the findings of an area are those it
// counts (bp.3).
func TestAreas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		b, _ := town(t, s, 800, 7, when.On(2026, 11, 24))
		within(t, b, "", func(v view) {
			for _, k := range v.engine.Checks() {
				var sum check.Counts
				for _, c := range v.byPlace(k.ID) {
					sum.Add(*c)
				}
				want := v.engine.CheckCounts(k.ID)
				want[check.OutOfScope] = 0 // what a check does not bind is counted nowhere
				if sum != want {
					t.Errorf("%s: places count %v, the city %v", k.ID, sum, want)
				}
			}
			some := 0
			for _, o := range v.organs() {
				in := v.only(o.Value, "")
				for _, k := range v.engine.Checks() {
					c := in.counts(k.ID)
					if n := int64(len(in.findings(k.ID))); n != c[check.Noncompliant]+c[check.Undetermined]+c[check.Excepted] {
						t.Errorf("%s in %s: %d findings listed, %v counted", k.ID, o.Label.JA, n, c)
					}
					some += len(in.findings(k.ID))
				}
			}
			if some == 0 {
				t.Error("no organ has a finding")
			}
			if len(v.organs()) < 10 || len(v.bureaus()) < 5 {
				t.Errorf("%d organs and %d bureaus to choose from", len(v.organs()), len(v.bureaus()))
			}
		})
	})
}

// TestNarrowed: a page narrowed to a part of the city counts and lists that part, its links stay in it, and what names
// nothing narrows nothing.
func TestNarrowed(t *testing.T) {
	b, _ := town(t, dbtest.SQLite(t), 800, 7, when.On(2026, 11, 24))
	s := pages(t, b)
	var organ, bureau string
	within(t, b, "", func(v view) { organ, bureau = v.organs()[1].Value, v.bureaus()[0].Value })
	var inOrgan, inBureau, all check.Counts
	within(t, b, "?organ="+organ, func(v view) { inOrgan = v.counts("R046") })
	within(t, b, "?bureau="+bureau, func(v view) { inBureau = v.counts("R046") })
	within(t, b, "?organ=none&bureau=none", func(v view) { all = v.counts("R046") })
	if inOrgan[check.Compliant] == 0 || inBureau[check.Compliant] == 0 || inOrgan[check.Compliant] >= all[check.Compliant] || inBureau[check.Compliant] >= all[check.Compliant] {
		t.Errorf("kept in the organ %d, in the bureau %d, in the city %d", inOrgan[check.Compliant], inBureau[check.Compliant], all[check.Compliant])
	}
	for _, path := range []string{"/", "/clauses/bp.7", "/checks/R046"} {
		body := s.Get(t, path+"?organ="+organ).Body
		if !strings.Contains(body, "機関：") {
			t.Errorf("%s does not say what it is narrowed to", path)
		}
		if path == "/" && !strings.Contains(body, `href="/clauses/bp.7?organ=`+organ) {
			t.Error("the board's links leave the organ")
		}
		if strings.Contains(s.Get(t, path+"?organ=none").Body, "機関：none") {
			t.Errorf("%s is narrowed to an organ there is not", path)
		}
		webtest.CheckEscaped(t, s, path, "organ", "bureau")
	}
}

// TestBoardShort: the board is short on a telephone and one sheet on paper, narrowed or not; a clause without a check
// takes a word, not a card.
func TestBoardShort(t *testing.T) {
	b, _ := town(t, dbtest.SQLite(t), 800, 7, when.On(2026, 11, 24))
	s, br := pages(t, b), webtest.NewBrowser(t)
	organ := ""
	within(t, b, "", func(v view) { organ = v.organs()[1].Value })
	for name, path := range map[string]string{"board-city": "/", "board-organ": "/?organ=" + organ} {
		tab := br.Open(t, s.URL+path, 360, webtest.WithCookies(s.Client, s.URL))
		tab.Screenshot(name)
		if high := webtest.Eval[int](tab, "document.documentElement.scrollHeight"); high > 3600 {
			t.Errorf("%s is %d px long on a telephone", path, high)
		}
		if n := webtest.Eval[int](tab, `[...document.querySelectorAll("#clauses tbody tr")].filter(r => r.getBoundingClientRect().height > 150).length`); n > 0 {
			t.Errorf("%s: %d cards are long", path, n)
		}
		paper := br.Open(t, s.URL+path, 1280, webtest.WithCookies(s.Client, s.URL))
		if n := strings.Count(string(paper.PDF(name)), "/Type /Page\n"); n != 1 {
			t.Errorf("%s prints on %d sheets", path, n)
		}
	}
	if n := strings.Count(s.Get(t, "/").Body, "検査がまだない条項"); n != 1 {
		t.Errorf("clauses without a check are told %d times", n)
	}
}
