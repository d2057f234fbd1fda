package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db/dbtest"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// day is a Tuesday; the day before was a holiday.
var day = when.On(2026, 11, 24)

var who = actor.Actor{Person: "P-1", Name: "青木一郎", Unit: "U-1", Way: actor.Page}

func of(items ...Item) Source {
	return func(_ context.Context, _ actor.Actor, _ when.Date, limit int) ([]Item, int, error) {
		n := 0
		for _, i := range items {
			n += i.count()
		}
		return items[:min(limit, len(items))], n, nil
	}
}

func item(name string, due when.Date, as string) Item {
	return Item{Kind: "finding", Title: msg.Text{JA: name, EN: name}, Why: msg.T("確かめていません。", "Not confirmed."), Href: "/checks/R052/unit:" + name, Subject: ref.New("unit", name), SubjectName: name,
		Due: due, As: as, Clauses: []clause.ID{"bp.7"}, Mend: web.Link{Title: msg.T("棚卸しを登録する", "Register it"), Href: "/registers/stocktake/new"}}
}

func grouped(n int, due when.Date) (out []Item) {
	for k := range n {
		i := item(fmt.Sprintf("第%d課", k+1), due, AsHolder)
		i.Group, i.GroupTitle, i.GroupHref = "R052", msg.T("棚卸しが終わっていない組織", "Units without stock-taking"), "/checks/R052"
		out = append(out, i)
	}
	return out
}

func service(t *testing.T, sources ...Source) *Service {
	t.Helper()
	s := dbtest.SQLite(t)
	s.SetClock(func() time.Time { return day.Time().Add(9 * time.Hour) })
	return New(Config{Sources: sources, Store: s, Calendar: when.NewCalendar()})
}

func serve(t *testing.T, s *Service) *webtest.Server {
	t.Helper()
	site := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}, Identify: webtest.As(who), Badge: s.Badge}
	if err := site.Registry.Add(s.Routes()...); err != nil {
		t.Fatal(err)
	}
	return webtest.Start(t, site)
}

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		name     string
		due, day when.Date
		want     string
	}{
		{"yesterday", day - 1, day, "late"}, {"today", day, day, "soon"}, {"tomorrow", day + 1, day, "soon"}, {"the day after", day + 2, day, "week"},
		{"Sunday", when.On(2026, 11, 29), day, "week"}, {"Monday", when.On(2026, 11, 30), day, "later"}, {"never", 0, day, "open"},
		{"Sunday, on a Sunday", when.On(2026, 11, 29), when.On(2026, 11, 29), "soon"}, {"Tuesday, on a Sunday", when.On(2026, 12, 1), when.On(2026, 11, 29), "later"},
		{"Sunday, on a Friday", when.On(2026, 11, 29), when.On(2026, 11, 27), "week"},
	} {
		if got := spans[spanOf(c.due, c.day)].id; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDue(t *testing.T) {
	s := service(t)
	for due, want := range map[when.Date]string{
		when.On(2026, 11, 20): "1開庁日超過",  // Friday: Monday was a holiday, so one open day has come since
		when.On(2026, 11, 23): "1開庁日超過",  // the holiday itself
		day:                   "今日まで",    //
		when.On(2026, 11, 27): "あと3開庁日",  //
		when.On(2026, 11, 30): "あと4開庁日",  // over a weekend
		when.On(2027, 1, 4):   "あと25開庁日", // over the turn of the year
		0:                     "",        //
	} {
		if got := s.due(msg.JA, Item{Due: due}, day).Note; got != want {
			t.Errorf("due %s: %q, want %q", due, got, want)
		}
	}
	saturday := when.On(2026, 11, 28)
	if got := s.due(msg.JA, Item{Due: saturday + 1}, saturday).Note; got != "期限まで開庁日がありません" {
		t.Errorf("due on Sunday, seen on Saturday: %q", got)
	}
	if got := s.due(msg.JA, Item{Due: saturday}, saturday+1).Note; got != "期限を過ぎています" {
		t.Errorf("due on Saturday, seen on Sunday: %q", got)
	}
}

func TestLines(t *testing.T) {
	items := append([]Item{item("単独課", day, AsHolder)}, grouped(3, day)...)
	items = append(items, item("別の課", day, AsHolder))
	items[2].Count = 10
	got := lines(items)
	var ns []int
	for _, l := range got {
		ns = append(ns, l.n)
	}
	if !slices.Equal(ns, []int{1, 12, 1}) {
		t.Errorf("lines stand for %v things, want 1, 12, 1", ns)
	}
}

// holds fails unless the page has every word, and none of those after "not".
func holds(t *testing.T, what string, a webtest.Answer, words ...string) {
	t.Helper()
	want := true
	for _, w := range words {
		if w == "not" {
			want = false
			continue
		}
		if strings.Contains(a.Body, w) != want {
			t.Errorf("%s (%d): %q there: %v, want %v", what, a.Status, w, !want, want)
		}
	}
}

func TestPage(t *testing.T) {
	decision := Item{Kind: "decision", Title: msg.T("分類の格下げの申請", "A downgrade"), Href: "/registers/downgrade/D-1", Due: day + 40, As: AsHolder, SubjectName: "課税台帳"}
	s := service(t, of(append(grouped(12, day-1), item("市民課", day+2, AsDeputy), item("税務課", 0, AsUnit))...), of(decision, item("水道課", day, AsSelf)))
	srv := serve(t, s)
	a := srv.Get(t, "/inbox")
	holds(t, "mine", a, "棚卸しが終わっていない組織（12 件）", `href="/checks/R052"`, "第1課、第2課、第3課、第4課、ほか 8 件", "期限を過ぎたもの", "今日・明日が期限のもの", "水道課", "分類の格下げの申請",
		"期限を過ぎたものが 12 件、今日が期限のものが 1 件", "それ以降が期限のもの", "本人として", "not", "市民課", "税務課", "今週が期限のもの", "第5課")
	if i, j := strings.Index(a.Body, "期限を過ぎたもの</"), strings.Index(a.Body, "それ以降が期限"); i > j {
		t.Error("what is late does not come first")
	}
	holds(t, "badge", a, `<span class="count">14<`)
	holds(t, "standing in", srv.Get(t, "/inbox?tab=deputy"), "市民課", "今週が期限のもの", "棚卸しを登録する", "not", "水道課", "税務課")
	holds(t, "section", srv.Get(t, "/inbox?tab=unit"), "税務課", "期限のないもの", "not", "水道課", "市民課")
	holds(t, "of a kind", srv.Get(t, "/inbox?kind=decision"), "分類の格下げの申請", "not", "水道課")
	holds(t, "of a word", srv.Get(t, "/inbox?q=課税"), "分類の格下げの申請", "not", "水道課")
	holds(t, "of no such word", srv.Get(t, "/inbox?q=存在しない"), "この条件に当てはまる作業はありません")
	webtest.CheckEscaped(t, srv, "/inbox", "q", "kind", "tab", "all")
	nothing := serve(t, service(t))
	holds(t, "empty", nothing.Get(t, "/inbox"), "あなたに届いている作業はありません")
	holds(t, "empty, standing in", nothing.Get(t, "/inbox?tab=deputy"), "代理又は委任によって")
	if a := serve(t, service(t, func(context.Context, actor.Actor, when.Date, int) ([]Item, int, error) {
		return nil, 0, errors.New("secret")
	})).Get(t, "/inbox"); a.Status != 500 {
		t.Errorf("a source that fails: %d, want no half page", a.Status)
	}
}

// TestSection: what others owe in a unit one heads is on a tab of its own, with who owes it, and does not count on the
// badge.
func TestSection(t *testing.T) {
	other := func(name, bearer string) Item {
		i := item(name, day+1, AsUnit)
		i.Bearer = bearer
		return i
	}
	s := service(t, of(item("水道課", day, AsHolder)))
	s.c.Sections = []Source{func(context.Context, actor.Actor, when.Date, int) ([]Item, int, error) {
		return []Item{other("市民課", "上野三奈"), other("税務課", "")}, 500, nil
	}}
	srv := serve(t, s)
	holds(t, "section", srv.Get(t, "/inbox?tab=unit"), "市民課", "責任者：上野三奈", "責任者：いません", "ほかに 498 件", `<span class="count">1<`, "not", "水道課")
	holds(t, "mine", srv.Get(t, "/inbox"), "水道課", "not", "上野三奈", "ほかに 498 件")
	s.c.Sections = []Source{func(context.Context, actor.Actor, when.Date, int) ([]Item, int, error) {
		return nil, 0, errors.New("secret")
	}}
	if a := srv.Get(t, "/inbox"); a.Status != 500 {
		t.Errorf("a source that fails: %d, want no half page", a.Status)
	}
	both := []Item{other("市民課", "上野三奈"), other("税務課", "江川四季")}
	for i := range both {
		both[i].Group, both[i].GroupTitle = "R052", msg.T("棚卸し", "Stock-taking")
	}
	s.c.Sections = []Source{of(both...)}
	holds(t, "several people in one line", srv.Get(t, "/inbox?tab=unit"), "棚卸し（2 件）", "課の作業", "not", "上野三奈")
}

func TestMoreThanShown(t *testing.T) {
	s := service(t, func(_ context.Context, _ actor.Actor, _ when.Date, _ int) ([]Item, int, error) {
		return grouped(3, day), 5000, nil
	})
	holds(t, "more", serve(t, s).Get(t, "/inbox"), "ほかに 4,997 件あります")
}

// TestFirstLines: on a telephone the most urgent span shows five lines and each other three, and every line is in the page
// for wide screens, paper and readers; a press shows a span whole, and others that are open stay so.
func TestFirstLines(t *testing.T) {
	var items []Item
	for k := range 7 {
		items = append(items, item(fmt.Sprintf("遅れ%d課", k), day-1, AsHolder), item(fmt.Sprintf("後日%d課", k), day+30, AsHolder))
	}
	srv := serve(t, service(t, of(items...)))
	a := srv.Get(t, "/inbox?kind=finding")
	holds(t, "cut", a, "遅れ6課", "後日6課", "「期限を過ぎたもの」の残り 2 件を表示", "「それ以降が期限のもの」の残り 4 件を表示", `href="/inbox?all=late&amp;kind=finding#late"`)
	if n := strings.Count(a.Body, `class="beyond"`); n != 2+4 {
		t.Errorf("%d lines are left to a press, want 6", n)
	}
	a = srv.Get(t, "/inbox?all=late")
	holds(t, "one span whole", a, `href="/inbox?all=late&amp;all=later#later"`, "not", "の残り 2 件")
	if n := strings.Count(a.Body, `class="beyond"`); n != 4 {
		t.Errorf("%d lines are left to a press, want 4", n)
	}
	holds(t, "both whole", srv.Get(t, "/inbox?all=late&all=later&all=nonsense"), "後日6課", "not", `class="beyond"`)
	b := webtest.NewBrowser(t)
	tab := b.Open(t, srv.URL+"/inbox", 360, webtest.WithoutScripts())
	if text := tab.Text(); !strings.Contains(text, "遅れ4課") || strings.Contains(text, "遅れ5課") || strings.Contains(text, "後日3課") {
		t.Error("a telephone does not show the first lines alone")
	}
	if text := b.Open(t, srv.URL+"/inbox", 1280, webtest.WithoutScripts()).Text(); !strings.Contains(text, "後日6課") {
		t.Error("a wide screen does not show every line")
	}
}

func TestBadgeIsKept(t *testing.T) {
	calls, now := 0, day.Time()
	s := service(t, func(_ context.Context, a actor.Actor, _ when.Date, _ int) ([]Item, int, error) {
		calls++
		return grouped(calls, day), calls, nil
	})
	s.c.Clock = func() time.Time { return now }
	badge := func(a actor.Actor) int { return s.Badge(context.Background(), a)["inbox"] }
	if a, b := badge(who), badge(who); a != 1 || b != 1 || calls != 1 {
		t.Errorf("badge %d, then %d after %d calls", a, b, calls)
	}
	if n := badge(actor.Actor{Person: "P-2"}); n != 2 {
		t.Errorf("another person's badge: %d", n)
	}
	now = now.Add(fresh)
	if n := badge(who); n != 3 || calls != 3 {
		t.Errorf("badge after a while: %d, %d calls", n, calls)
	}
	if s.Badge(context.Background(), actor.Actor{}) != nil {
		t.Error("nobody has a badge")
	}
	for k := range 6000 {
		s.keep(fmt.Sprint(k), counted{at: now})
		now = now.Add(10 * time.Millisecond)
	}
	if n := len(s.counts); n > 5100 {
		t.Errorf("%d badges are kept", n)
	}
}

func TestWays(t *testing.T) {
	s := service(t)
	site := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}}
	if err := site.Registry.Add(s.Routes()...); err != nil {
		t.Fatal(err)
	}
	webtest.CheckRoutes(t, webtest.Start(t, site))
}

func TestPagesInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	decision := Item{Kind: "decision", Title: msg.T("分類の格下げの申請（住民記録システムのデータベース）", "A downgrade"), Why: msg.T("総務課から11月20日に申請されています。", "Applied."), Href: "/registers/downgrade/D-1", Due: day + 40, As: AsHolder,
		Clauses: []clause.ID{"bp.7"}, Mend: web.Link{Title: msg.T("決裁する", "Decide"), Href: "/x"}}
	s := service(t, of(append(grouped(12, day-1), item("市民課", day+2, AsDeputy), item("税務課", 0, AsHolder), item("福祉課", day+3, AsHolder), decision, item("水道課", day, AsSelf))...))
	srv := serve(t, s)
	for name, path := range map[string]string{"inbox": "/inbox?q=", "inbox-deputy": "/inbox?tab=deputy", "inbox-empty": "/inbox?tab=unit"} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, srv, path, name) })
	}
	tab := b.Open(t, srv.URL+"/inbox", 1280, webtest.WithoutScripts())
	if !strings.Contains(tab.Text(), "棚卸しが終わっていない組織") {
		t.Error("without scripts the page is not there")
	}
	tab.PDF("inbox")
}
