package org_test

import (
	"context"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// site serves the pages of people over a city.
func (d *town) site(spoil func(*org.PagesConfig)) *webtest.Server {
	d.Helper()
	reg := &act.Registry{}
	reg.Add(d.c.Acts()...)
	c := org.PagesConfig{Store: d.s, Catalog: d.c, Calendar: when.NewCalendar(), Acts: reg,
		Owes: func(_ context.Context, person string, _ int) ([]org.Owed, int, error) {
			if person != "P1" {
				return nil, 0, nil
			}
			return []org.Owed{{Title: msg.T("棚卸しの確認", "Stock-taking"), Href: "/checks/R052", Due: day - 1}}, 1, nil
		},
		Account: func(_ context.Context, _ *db.Tx, viewer actor.Actor, person string) ([]web.Entry, error) {
			return []web.Entry{{Label: msg.T("状態", "State"), Text: "利用中"}}, nil
		}}
	if spoil != nil {
		spoil(&c)
	}
	site := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}, Now: d.s.Now, Identify: webtest.As(actor.Actor{Person: "P1", Name: "青木一郎", Way: actor.Page})}
	if err := site.Registry.Add(org.Routes(c)...); err != nil {
		d.Fatal(err)
	}
	return webtest.Start(d, site)
}

// gaps is a city with posts that are not in order.
func gaps(c *city) {
	c.Assignments = append([]org.Assignment(nil), c.Assignments...)
	c.Assignments[4].Until = day - 1 // the holder of the citizens' section
	c.Assignments[3].Until = day - 1 // the deputy of the policy section
	c.People = append(c.People, org.Person{Code: "P12", Name: "昨日迄", Unit: "U2", Employment: "regular", Joined: 15000, Left: day - 1})
	c.Units = append(c.Units, org.Unit{Code: "U8", Name: "行先不明課", Kind: "section", Parent: "U8", Open: 15000})
}

// holds fails unless a page has every word, and none of those after "not".
func holds(t testing.TB, what string, a webtest.Answer, words ...string) {
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

func TestPeoplePages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, gaps)
		d.write(func(ctx context.Context, tx *db.Tx) error {
			reg := &act.Registry{}
			reg.Add(d.c.Acts()...)
			for _, f := range []func(context.Context, *db.Tx) error{
				func(ctx context.Context, tx *db.Tx) error { return org.SyncActions(ctx, tx, d.c, reg.All()[:3]) },
				func(ctx context.Context, tx *db.Tx) error {
					return fill(ctx, tx, d.c, "power", []org.Power{{Code: "PW1", Action: reg.All()[0].ID, Role: "section_manager"}, {Code: "PW2", Action: reg.All()[1].ID, Role: "chief"}})
				},
			} {
				if err := f(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		srv := d.site(nil)
		a := srv.Get(t, "/people")
		holds(t, "people", a, "青木一郎", "総務局　情報政策課", "情報セキュリティ管理者", "情報システム管理者（代理）", "退職", "委託事業者の従業者")
		holds(t, "one unit", srv.Get(t, "/people?unit=U3"), "上野三奈", "所属：市民課", "not", "青木一郎</a>")
		holds(t, "a bureau with what is below", srv.Get(t, "/people?unit=U1"), "上野三奈", "青木一郎", "岡本五月")
		holds(t, "no such unit", srv.Get(t, "/people?unit=U99"), "この条件に当てはまる職員等は登録されていません")
		holds(t, "by name", srv.Get(t, "/people?q=上野"), "上野三奈", "not", "青木一郎</a>")
		holds(t, "by employment", srv.Get(t, "/people?employment=contractor"), "久保八重", "not", "上野三奈")

		a = srv.Get(t, "/people/P1")
		holds(t, "person", a, "青木一郎", "総務局　情報政策課", "情報政策課情報セキュリティ管理者", "在任中", "石田二葉への委任", "情報セキュリティ管理者として決定できる操作（1 件）", "棚卸しの確認", "期限超過", "利用中",
			"/registers/person/P1/edit", "not", "統括情報セキュリティ責任者として")
		holds(t, "a delegate", srv.Get(t, "/people/P2"), "青木一郎から受けた委任", "有効")
		holds(t, "somebody who has left", srv.Get(t, "/people/P7"), "退職", "退任", "なし")
		if a := srv.Get(t, "/people/P99"); a.Status != 404 {
			t.Errorf("nobody: %d, want 404", a.Status)
		}

		holds(t, "roles", srv.Get(t, "/people/roles"), "情報セキュリティ管理者", "空席", "要対応 2", "役職なし", "整っています")
		holds(t, "one role", srv.Get(t, "/people/roles?role=section_manager"), "情報政策課情報セキュリティ管理者", "市民課情報セキュリティ管理者", "空席", "代理者なし", "総務局　市民課", "/registers/assignment/new?post=PO3", "not", "総務局情報セキュリティ責任者")
		holds(t, "gaps", srv.Get(t, "/people/roles?gap=1"), "市民課情報セキュリティ管理者", "not", "総務局情報セキュリティ責任者")
		holds(t, "units", srv.Get(t, "/people/units"), "情報政策課", "情報セキュリティ管理者：青木一郎", "空席", "所属機関が定まっていない組織", "行先不明課", "not", "旧統計課")

		english := srv.Get(t, "/people/roles?role=section_manager", "Cookie", "okite-lang=en")
		holds(t, "in English", english, "No deputy")
	})
}

// TestRolesAgreeWithTheCheck: what the page calls out of order is what R030 finds.
// TestPeopleByReading: people stand in the order of their reading; those without one, and those who share one, by number.
func TestPeopleByReading(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, func(c *city) {
			c.People = append([]org.Person(nil), c.People...)
			for code, kana := range map[string]string{"P1": "わだ いちろう", "P2": "あべ ふたば", "P3": "あべ ふたば", "P4": "かとう しき"} {
				for i := range c.People {
					if c.People[i].Code == code {
						c.People[i].Kana = kana
					}
				}
			}
		})
		body := d.site(nil).Get(t, "/people").Body
		last := 0
		for _, code := range []string{"P5", "P6", "P2", "P3", "P4", "P1"} {
			at := strings.Index(body, `href="/people/`+code+`"`)
			if at < last {
				t.Errorf("%s stands at %d, before %d", code, at, last)
			}
			last = at
		}
		if !strings.Contains(body, "わだ いちろう") {
			t.Error("the reading is not shown")
		}
	})
}

func TestRolesAgreeWithTheCheck(t *testing.T) {
	d := load(t, dbtest.SQLite(t), nil)
	holds(t, "a clean city", d.site(nil).Get(t, "/people/roles?gap=1"), "当てはまる役職はありません")
}

func TestPeopleWays(t *testing.T) {
	d := load(t, dbtest.SQLite(t), func(c *city) {
		c.People[0].Name = webtest.Poison
		c.Units[1].Name = webtest.Poison
		c.Posts[1].Name = webtest.Poison
	})
	srv := d.site(nil)
	for _, path := range []string{"/people", "/people/roles", "/people/units", "/people/P1", "/people/P2"} {
		webtest.CheckEscaped(t, srv, path, "q", "unit", "employment", "role", "gap", "page")
	}
	webtest.CheckEscaped(t, srv, "/people/roles", "role")
	srv.Site.Identify = nil
	nobody := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}}
	if err := nobody.Registry.Add(org.Routes(org.PagesConfig{Store: d.s, Catalog: d.c})...); err != nil {
		t.Fatal(err)
	}
	webtest.CheckRoutes(t, webtest.Start(t, nobody))
}

func TestPeopleInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	d := load(t, dbtest.SQLite(t), gaps)
	srv := d.site(nil)
	for name, path := range map[string]string{"people": "/people", "person": "/people/P1", "roles": "/people/roles", "posts": "/people/roles?role=section_manager", "units": "/people/units"} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, srv, path, name) })
	}
	tab := b.Open(t, srv.URL+"/people/units", 1280, webtest.WithoutScripts())
	tab.Do() // the folds are details elements: they open by themselves
	if !strings.Contains(tab.Text(), "総務局") {
		t.Error("without scripts the tree is not there")
	}
}
