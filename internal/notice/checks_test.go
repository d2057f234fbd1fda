package notice_test

import (
	"testing"

	"okite/internal/check/checktest"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
)

const day = 20781 // 2026-11-24, the day on which the clean city is looked at

func TestR021(t *testing.T) {
	// joiner is somebody new who has pledged as given, or not at all.
	joiner := func(joined, left when.Date, employment string, pledges ...notice.Pledge) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			c.People = append(c.People, org.Person{Code: "P9", Name: "小林九重", Unit: "U2", Employment: employment, Joined: joined, Left: left})
			for _, p := range pledges {
				p.Code, p.Person = "PL9"+p.Kind, "P9"
				c.Pledges = append(c.Pledges, p)
			}
		}
	}
	is := func(r string) want { return want{"person:P9": r} }
	screen := notice.Pledge{Kind: notice.Joining, Date: day, Way: notice.OnScreen}
	with := func(change func(*notice.Pledge)) notice.Pledge { p := screen; change(&p); return p }
	checktest.Run(t, "R021", []checktest.Case{
		{Name: "joined seven days ago", Spoil: joiner(day-7, 0, "regular"), Want: is("not_due")},
		{Name: "joined eight days ago", Spoil: joiner(day-8, 0, "fiscal_year"), Want: is("noncompliant"), Since: day},
		{Name: "joined long ago and pledged today", Spoil: joiner(day-80, 0, "temporary", screen), Want: is("compliant")},
		{Name: "the pledge is dated tomorrow", Spoil: joiner(day-80, 0, "regular", with(func(p *notice.Pledge) { p.Date = day + 1 })), Want: is("noncompliant"), Since: day - 72},
		{Name: "a pledge of secrecy on leaving is not that of joining", Spoil: joiner(day-80, 0, "regular", with(func(p *notice.Pledge) { p.Kind = notice.Leaving })), Want: is("noncompliant"), Since: day - 72},
		{Name: "a renewal counts", Spoil: joiner(day-80, 0, "regular", with(func(p *notice.Pledge) { p.Kind = notice.Renewal })), Want: is("compliant")},
		{Name: "on paper with its number", Spoil: joiner(day-80, 0, "regular", with(func(p *notice.Pledge) { p.Way, p.Paper = notice.OnPaper, "総人第1号" })), Want: is("compliant")},
		{Name: "on paper that nobody can find", Spoil: joiner(day-80, 0, "regular", with(func(p *notice.Pledge) { p.Way = notice.OnPaper })), Want: is("undetermined")},
		{Name: "paper without a number, and later on screen", Spoil: joiner(day-80, 0, "regular", with(func(p *notice.Pledge) { p.Way, p.Kind = notice.OnPaper, notice.Joining }), with(func(p *notice.Pledge) { p.Kind = notice.Renewal })), Want: is("compliant")},
		{Name: "a contractor’s worker is bound by the contract", Spoil: joiner(day-80, 0, "contractor"), Want: is("out_of_scope")},
		{Name: "joins tomorrow", Spoil: joiner(day+1, 0, "regular"), Want: is("out_of_scope")},
		{Name: "left yesterday", Spoil: joiner(day-80, day-1, "regular"), Want: is("out_of_scope")},
		{Name: "the last day is today", Spoil: joiner(day-80, day, "regular"), Want: is("noncompliant"), Since: day - 72},
		{Name: "the city allows more days", Spoil: func(t *testing.T, c *city) {
			joiner(day-8, 0, "regular")(t, c)
			c.Params["N.pledge"] = 8
		}, Want: is("not_due")},
	})
}

func TestR085(t *testing.T) {
	guide := func(change func(*notice.Guide)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Guides, "G1")) }
	}
	is := func(r string) want { return want{"clause:L2": r} }
	checktest.Run(t, "R085", []checktest.Case{
		{Name: "the guide ended yesterday", Spoil: guide(func(g *notice.Guide) { g.Until = day - 1 }), Want: is("noncompliant"), Since: day},
		{Name: "its last day is today", Spoil: guide(func(g *notice.Guide) { g.Until = day }), Want: want{}},
		{Name: "it begins tomorrow", Spoil: guide(func(g *notice.Guide) { g.From = day + 1 }), Want: is("noncompliant"), Since: when.On(2026, 4, 1)},
		{Name: "it was never published", Spoil: guide(func(g *notice.Guide) { g.From = 0 }), Want: is("noncompliant"), Since: when.On(2026, 4, 1)},
		{Name: "it is shown with no act", Spoil: guide(func(g *notice.Guide) { g.Shown = nil }), Want: is("noncompliant")},
		{Name: "it is shown with an act there is no more", Spoil: guide(func(g *notice.Guide) { g.Shown = []string{"asset.gone"} }), Want: is("noncompliant")},
		{Name: "it was held against the version before", Spoil: guide(func(g *notice.Guide) { g.Version = "B1" }), Want: is("undetermined")},
		{Name: "it is for another clause", Spoil: guide(func(g *notice.Guide) { g.Clause = "bp.9.3" }), Want: is("noncompliant"), Since: when.On(2026, 4, 1)},
		{Name: "the version is replaced and its clauses are asked no more", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Versions, "B2").Until = day - 1
		}, Want: is("out_of_scope")},
	})
}

func TestR086(t *testing.T) {
	sent := func(change func(*notice.Notice)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			change(checktest.Find(t, c.Notices, "N1"))
			c.Receipts = checktest.Drop(t, c.Receipts, notice.ReceiptKey("N1", "P6"))
		}
	}
	is := func(r string) want { return want{"notice:N1": r} }
	checktest.Run(t, "R086", []checktest.Case{
		{Name: "five of six have read it", Spoil: sent(func(*notice.Notice) {}), Want: is("noncompliant"), Since: when.On(2026, 11, 11)},
		{Name: "five of six are enough where the city says so", Spoil: func(t *testing.T, c *city) {
			sent(func(*notice.Notice) {})(t, c)
			c.Params["N.noticerate"] = 83
		}, Want: want{}},
		{Name: "five of six are just too few", Spoil: func(t *testing.T, c *city) {
			sent(func(*notice.Notice) {})(t, c)
			c.Params["N.noticerate"] = 84
		}, Want: is("noncompliant")},
		{Name: "the fifth open day is today", Spoil: sent(func(n *notice.Notice) { n.Issued = when.On(2026, 11, 16) }), Want: is("not_due")}, // 23 November is a holiday
		{Name: "the fifth open day was the day before the holiday", Spoil: sent(func(n *notice.Notice) { n.Issued = when.On(2026, 11, 13) }), Want: is("noncompliant"), Since: when.On(2026, 11, 21)},
		{Name: "whoever has not read it has left", Spoil: func(t *testing.T, c *city) {
			sent(func(*notice.Notice) {})(t, c)
			checktest.Find(t, c.People, "P6").Left = day - 1
		}, Want: want{}},
		{Name: "whoever has not read it joined after it", Spoil: func(t *testing.T, c *city) {
			c.People = append(c.People, org.Person{Code: "P9", Name: "小林九重", Unit: "U2", Employment: "regular", Joined: when.On(2026, 11, 3)})
		}, Want: want{}},
		{Name: "it was meant for another unit", Spoil: sent(func(n *notice.Notice) { n.Units = []string{"U3"} }), Want: want{}},
		{Name: "it was meant for the bureau with all below", Spoil: sent(func(n *notice.Notice) { n.Units = []string{"U1"} }), Want: is("noncompliant")},
		{Name: "it was meant for a role the reader holds", Spoil: sent(func(n *notice.Notice) { n.Roles = []string{"section_manager"} }), Want: want{}},
		{Name: "it was meant for a role the one who has not read holds", Spoil: sent(func(n *notice.Notice) { n.Roles = []string{"bureau_head"} }), Want: is("noncompliant")},
		{Name: "it was meant for a system’s people", Spoil: sent(func(n *notice.Notice) { n.Systems = []string{"S1"} }), Want: want{}},
		{Name: "a contractor’s worker is meant only when named", Spoil: sent(func(n *notice.Notice) { n.Employments = []string{"contractor"} }), Want: is("noncompliant")},
		{Name: "nobody is meant", Spoil: sent(func(n *notice.Notice) { n.Units = []string{"U4"} }), Want: is("undetermined")},
		{Name: "it need not be read", Spoil: sent(func(n *notice.Notice) { n.Mandatory = false }), Want: is("out_of_scope")},
		{Name: "it was shown until yesterday", Spoil: sent(func(n *notice.Notice) { n.Ends = day - 1 }), Want: is("out_of_scope")},
		{Name: "it is shown until today", Spoil: sent(func(n *notice.Notice) { n.Ends = day }), Want: is("noncompliant")},
		{Name: "a receipt of tomorrow does not count", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Receipts, notice.ReceiptKey("N1", "P6")).At = when.StampOf(when.Date(day + 1).Time())
		}, Want: is("noncompliant")},
		{Name: "somebody else’s receipt for another notice does not count", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Receipts, notice.ReceiptKey("N1", "P6")).Notice = "N2"
		}, Want: is("noncompliant")},
	})
}
