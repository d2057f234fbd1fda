package parameter

import (
	"context"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

func num(n int64) *int64 { return &n }

func words4() *pack.Pack {
	days := msg.T("日", "days")
	return &pack.Pack{Code: "test", Vocabs: map[string]*pack.Vocab{
		"direction": {Name: "direction", Terms: []pack.Term{{Code: "max", Title: msg.T("小さいほど厳しい", "Smaller is stricter")}, {Code: "min", Title: msg.T("大きいほど厳しい", "Greater is stricter")}}},
	}, Parameters: []pack.Parameter{
		{Code: "N.ack", Name: msg.T("ポリシーの周知を受領するまでの期限", "Days to receive the policy"), Value: num(30), Unit: days, Direction: "max"},
		{Code: "N.committee", Name: msg.T("委員会を開く年度内の回数", "Committee meetings a year"), Value: num(2), Unit: msg.T("回", "times"), Direction: "min"},
		{Code: "N.stocktake", Name: msg.T("情報資産の棚卸しを終える期日", "Last day of the stock-taking"), Text: "07-31"},
	}}
}

// serve gives pages over the parameters of a city, spoilt by the caller.
func serve(t *testing.T, s *db.Store, spoil func(*Config)) *webtest.Server {
	t.Helper()
	ctx := context.Background()
	now := when.On(2026, 11, 24).Time().Add(10 * time.Hour)
	s.SetClock(func() time.Time { return now })
	c := register.NewCatalog(words4(), checktest.Defs()...)
	if err := c.Migrate(ctx, s); err != nil {
		t.Fatal(err)
	}
	who := actor.Actor{Person: "P-1", Name: "青木一郎", Way: actor.Page}
	err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		d := c.Must("parameter")
		for _, x := range []policy.Parameter{
			{Code: "N.ack", Name: "ポリシーの周知を受領するまでの期限", Value: num(30), Unit: "日", Direction: "max"},
			{Code: "N.committee", Name: "委員会を開く年度内の回数", Value: num(1), Unit: "回", Direction: "min"},
			{Code: "N.stocktake", Name: "情報資産の棚卸しを終える期日", Text: "07-31"},
			{Code: "C.own", Name: webtest.Poison}} {
			if _, err := c.Create(ctx, tx, actor.Operator(), d, register.Encode(d, x)); err != nil {
				return err
			}
		}
		// twenty days since the committee said so
		_, err := c.Change(act.WithCall(ctx, act.Call{ID: "parameter.change", Reason: "委員会の議決による"}), tx, who, d,
			register.Encode(d, policy.Parameter{Code: "N.ack", Name: "ポリシーの周知を受領するまでの期限", Value: num(20), Unit: "日", Direction: "max"}), 1)
		if err != nil {
			return err
		}
		for name, row := range map[string]register.Row{
			"procedure": register.Encode(c.Must("procedure"), policy.Procedure{Code: "PR-1", Name: "市民課の実施手順", Kind: "section", Unit: "U-1"})} {
			if _, err := c.BulkLoad(ctx, tx, c.Must(name), func(yield func(register.Row) bool) { yield(row) }, tx.Now()); err != nil {
				return err
			}
		}
		rd := c.Must("requirement")
		_, err = c.BulkLoad(ctx, tx, rd, func(yield func(register.Row) bool) {
			_ = yield(register.Encode(rd, policy.Requirement{Code: "RQ-1", Procedure: "PR-1", Parameter: "N.ack", Value: num(25)})) &&
				yield(register.Encode(rd, policy.Requirement{Code: "RQ-2", Procedure: "PR-1", Parameter: "N.ack", Value: num(20)}))
		}, tx.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Store: s, Catalog: c, Checks: func(code string) []Check {
		if code == "N.ack" {
			return []Check{{ID: "R003", Title: msg.T("周知の受領", "Receipt"), Href: "/checks/R003", Clauses: []clause.ID{"bp.5"}}}
		}
		if code == "N.committee" {
			return []Check{{ID: "R035", Title: msg.T("委員会の開催", "Committee"), Href: "/checks/R035", Clauses: []clause.ID{"bp.6"}}}
		}
		return nil
	}}
	if spoil != nil {
		spoil(&cfg)
	}
	site := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}, Identify: webtest.As(who)}
	if err := site.Registry.Add(Routes(cfg)...); err != nil {
		t.Fatal(err)
	}
	return webtest.Start(t, site)
}

// holds fails unless a page has every word, and none of those after "not".
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

func preview(c *Config) {
	c.Preview = func(_ context.Context, code string, value int64) ([]Effect, error) {
		if value > 1000 {
			return nil, fault.New(fault.Invalid, msg.T("大きすぎます。", "Too great."))
		}
		if value == 20 {
			return nil, nil
		}
		return []Effect{{Check: c.Checks(code)[0], More: 1234, Less: 0}}, nil
	}
}

func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		srv := serve(t, s, preview)
		a := srv.Get(t, "/parameters")
		holds(t, "list", a, "20日", "30日", "既定より厳しい", "1回", "既定より緩い", "7月31日", "既定のまま", "市の独自の項目", "小さいほど厳しい", "基本方針 5", "基本方針 6", "周知の受領", "まだ検査に使われていない基準値")
		if five, six, none := strings.Index(a.Body, "基本方針 5"), strings.Index(a.Body, "基本方針 6"), strings.Index(a.Body, "まだ検査に"); five > six || six > none {
			t.Error("the groups are not in the order of the clauses")
		}
		holds(t, "one", srv.Get(t, "/parameters/N.ack"), "20日", "30日", "委員会の議決による", "周知の受領", "市民課の実施手順", "25日", "対策基準より緩い", "対策基準の範囲内", "/registers/parameter/N.ack/edit", "変更の影響を試す")
		holds(t, "tried", srv.Get(t, "/parameters/N.ack?value=１０"), "10日 にした場合", "1,234")
		holds(t, "tried without effect", srv.Get(t, "/parameters/N.ack?value=20"), "今日の判定は変わりません")
		holds(t, "tried no number", srv.Get(t, "/parameters/N.ack?value=十"), "整数で入力してください")
		holds(t, "tried too great", srv.Get(t, "/parameters/N.ack?value=5000"), "大きすぎます")
		holds(t, "a day of the year", srv.Get(t, "/parameters/N.stocktake"), "7月31日", "この値を使う検査は、まだありません", "not", "変更の影響を試す")
		if a := srv.Get(t, "/parameters/N.none"); a.Status != 404 {
			t.Errorf("no such parameter: %d", a.Status)
		}
		webtest.CheckEscaped(t, srv, "/parameters")
		webtest.CheckEscaped(t, srv, "/parameters/C.own", "value")
	})
}

func TestWithoutPreview(t *testing.T) {
	srv := serve(t, dbtest.SQLite(t), nil)
	holds(t, "one", srv.Get(t, "/parameters/N.ack?value=10"), "20日", "not", "変更の影響を試す", "にした場合")
}

func TestWords(t *testing.T) {
	for s, want := range map[string]string{"07-31": "7月31日", "yes": "はい", "no": "いいえ", "17:15": "17:15", "13-01": "13-01", "07-310": "07-310", "": ""} {
		if got := words(s, msg.JA); got != want {
			t.Errorf("%q in words: %q, want %q", s, got, want)
		}
	}
	if got := words("07-31", msg.EN); got != "31 July" {
		t.Errorf("in English: %q", got)
	}
}

func TestDiffers(t *testing.T) {
	preset := &pack.Parameter{Value: num(30)}
	for _, c := range []struct {
		name string
		v    value
		want string
	}{
		{"as proposed", value{number: 30, stated: true, direction: "max", preset: preset}, "既定のまま"},
		{"less, smaller is stricter", value{number: 29, stated: true, direction: "max", preset: preset}, "既定より厳しい"},
		{"more, smaller is stricter", value{number: 31, stated: true, direction: "max", preset: preset}, "既定より緩い"},
		{"less, greater is stricter", value{number: 29, stated: true, direction: "min", preset: preset}, "既定より緩い"},
		{"more, greater is stricter", value{number: 31, stated: true, direction: "min", preset: preset}, "既定より厳しい"},
		{"more, no direction", value{number: 31, stated: true, preset: preset}, "変更あり"},
		{"nought is a value", value{number: 0, stated: true, direction: "max", preset: preset}, "既定より厳しい"},
		{"no value", value{direction: "max", preset: preset}, "値なし"},
		{"the city's own", value{number: 1, stated: true}, "市の独自の項目"},
		{"another text", value{text: "06-30", preset: &pack.Parameter{Text: "07-31"}}, "変更あり"},
		{"the same text", value{text: "07-31", preset: &pack.Parameter{Text: "07-31"}}, "既定のまま"},
	} {
		if got, _ := c.v.differs(); got.JA != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.JA, c.want)
		}
	}
}

func TestWays(t *testing.T) {
	site := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}}
	if err := site.Registry.Add(Routes(Config{})...); err != nil {
		t.Fatal(err)
	}
	webtest.CheckRoutes(t, webtest.Start(t, site))
}

func TestPagesInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	srv := serve(t, dbtest.SQLite(t), preview)
	for name, path := range map[string]string{"parameters": "/parameters", "parameter": "/parameters/N.ack?value=10"} {
		t.Run(name, func(t *testing.T) {
			for _, width := range []int64{1280, 360, 320} {
				tab := b.Open(t, srv.URL+path, width)
				tab.Reflow()
				if width != 360 {
					tab.Axe()
				}
				if width == 1280 {
					tab.Leak("svg", "onload", "alert", "script") // of the poisoned name
				}
				tab.Screenshot(name)
			}
		})
	}
}
