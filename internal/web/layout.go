package web

import (
	"context"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/clause"
	"okite/internal/msg"
)

// pageTitle is the browser's title: what the page is, whose site it is. A refused form says so first.
func (v *view) pageTitle() string {
	t := v.title.In(v.lang) + msg.T("｜", " | ").In(v.lang) + v.site.Name + " 掟 Okite"
	if v.fault != nil {
		return msg.T("エラー：", "Error: ").In(v.lang) + t
	}
	return t
}

func (v *view) signedIn() bool { return v.req != nil && v.req.Actor.Person != "" }

// noNav is true where navigation would lead nowhere: signed out, or on a page that says so.
func (v *view) noNav() bool { return v.bare || !v.signedIn() }

func (v *view) ctx() context.Context {
	if v.req == nil {
		return context.Background()
	}
	return v.req.Context()
}

func (v *view) describe() (unit, role string) {
	if v.site.Describe == nil {
		return "", ""
	}
	return v.site.Describe(v.ctx(), v.req.Actor, v.lang)
}

func (v *view) query() string {
	if v.req != nil && v.req.URL.Path == v.site.searchPath() {
		return v.req.Query("q")
	}
	return ""
}

// langHref switches the language and comes back to this page when it can be asked for again.
func (v *view) langHref(to msg.Lang) templ.SafeURL {
	back := "/"
	if v.req != nil {
		back = v.req.URL.Path
		if v.req.Method == "GET" {
			back = v.req.URL.RequestURI()
		}
	}
	return templ.SafeURL("/lang?to=" + string(to) + "&back=" + url.QueryEscape(back))
}

type navLink struct {
	NavItem
	current bool
	count   int
}

// navItems are the lines this person may follow, the current one marked, with their counts.
func (v *view) navItems() []navLink {
	items := v.site.Nav
	if items == nil {
		items = v.site.Registry.nav()
	}
	var counts map[string]int
	if v.site.Badge != nil {
		counts = v.site.Badge(v.ctx(), v.req.Actor)
	}
	var out []navLink
	best, long := -1, 0
	here := v.nav
	if here == "" {
		here = v.req.URL.Path
	}
	for _, n := range items {
		if n.Rule != nil && n.Rule(v.req.Actor) != nil {
			continue
		}
		if within(here, n.Href) && len(n.Href) > long {
			best, long = len(out), len(n.Href)
		}
		out = append(out, navLink{NavItem: n, count: counts[n.Badge]})
	}
	if best >= 0 {
		out[best].current = true
	}
	return out
}

func within(path, href string) bool {
	href, _, _ = strings.Cut(href, "?")
	return path == href || href != "/" && strings.HasPrefix(path, strings.TrimSuffix(href, "/")+"/")
}

// clauseName is how a reader cites a place: 基本方針 9(4).
func clauseName(c clause.ID) msg.Text {
	if c.Layer() == clause.Standard {
		return msg.F("対策基準 %s", "Standard %s", c.Number())
	}
	return msg.F("基本方針 %s", "Basic policy %s", c.Number())
}

// Clause is how a reader cites a place of the policy text.
func Clause(c clause.ID) msg.Text { return clauseName(c) }
