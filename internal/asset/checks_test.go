package asset_test

import (
	"testing"

	"okite/internal/asset"
	"okite/internal/check/checktest"
	"okite/internal/policy"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
	does = func(*testing.T, *city)
)

const (
	day     = 20781 // 2026-11-24, the day on which the clean city is looked at
	broken  = "noncompliant"
	unknown = "undetermined"
	fine    = "compliant"
	outside = "out_of_scope"
	waiting = "not_due"
	excused = "excepted"
)

// an changes one asset, sys one system.
func an(code string, change func(*asset.Asset)) does {
	return func(t *testing.T, c *city) { change(checktest.Find(t, c.Assets, code)) }
}

func sys(code string, change func(*asset.System)) does {
	return func(t *testing.T, c *city) { change(checktest.Find(t, c.Systems, code)) }
}

// both does two things.
func both(a, b does) does { return func(t *testing.T, c *city) { a(t, c); b(t, c) } }

// excuse is an approved exception until a day.
func excuse(check, subject string, until when.Date) does {
	return func(t *testing.T, c *city) {
		c.Exceptions = append(c.Exceptions, policy.Exception{Code: "E1", Check: check, Subject: subject, Applicant: "P1", Approver: "P5", Approved: day - 30, Until: until})
	}
}

func TestR004(t *testing.T) {
	checktest.Run(t, "R004", []checktest.Case{
		{Name: "nothing keeps the availability of the assets of a system", Spoil: func(t *testing.T, c *city) { c.Controls = checktest.Drop(t, c.Controls, "CN2") },
			Want: want{"asset:A1": broken, "asset:A2": broken}},
		{Name: "the measure is only planned", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Controls, "CN3").Status = "planned" }, Want: want{"asset:A3": broken}},
		{Name: "the measure was withdrawn", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Controls, "CN3").Status = "withdrawn" }, Want: want{"asset:A3": broken}},
		{Name: "the measure keeps another property", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Controls, "CN3").Properties = []string{"i", "a"} }, Want: want{"asset:A3": broken}},
		{Name: "the measure keeps another asset", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Controls, "CN3").Asset = "A1" }, Want: want{"asset:A3": broken}},
		{Name: "integrity rises and nothing keeps it", Spoil: an("A3", func(a *asset.Asset) { a.Integrity = "2" }), Want: want{"asset:A3": broken}},
		{Name: "availability rises and nothing keeps it", Spoil: an("A3", func(a *asset.Asset) { a.Availability = "2" }), Want: want{"asset:A3": broken}},
		{Name: "the asset moves into a system whose measures keep it", Spoil: both(an("A3", func(a *asset.Asset) { a.System, a.Integrity, a.Availability = "S1", "2", "2" }),
			func(t *testing.T, c *city) { c.Controls = checktest.Drop(t, c.Controls, "CN3") }), Want: want{}},
		{Name: "a measure for a system says nothing about assets outside any", Spoil: func(t *testing.T, c *city) {
			c.Controls = append(checktest.Drop(t, c.Controls, "CN3"), asset.Control{Code: "CN9", Name: "空の対策", Properties: []string{"c"}, Status: "implemented"})
		}, Want: want{"asset:A3": broken}},
		{Name: "the lowest class needs no measure", Spoil: both(an("A3", func(a *asset.Asset) { a.Confidentiality = "1" }),
			func(t *testing.T, c *city) { c.Controls = checktest.Drop(t, c.Controls, "CN3") }), Want: want{}},
		{Name: "an asset not yet classified is asked elsewhere", Spoil: an("A3", func(a *asset.Asset) { a.Integrity = "" }), Want: want{"asset:A3": outside}},
		{Name: "a retired asset needs no measure", Spoil: an("A3", func(a *asset.Asset) { a.Status, a.Integrity = "retired", "2" }), Want: want{"asset:A3": outside}},
		{Name: "an exception runs until today", Spoil: both(excuse("R004", "asset:A3", day), an("A3", func(a *asset.Asset) { a.Integrity = "2" })), Want: want{"asset:A3": excused}},
		{Name: "an exception ended yesterday", Spoil: both(excuse("R004", "asset:A3", day-1), an("A3", func(a *asset.Asset) { a.Integrity = "2" })), Want: want{"asset:A3": broken}},
		{Name: "an exception for another check", Spoil: both(excuse("R005", "asset:A3", day), an("A3", func(a *asset.Asset) { a.Integrity = "2" })), Want: want{"asset:A3": broken}},
	})
}

func TestR005(t *testing.T) {
	bad := want{"system:S1": broken}
	checktest.Run(t, "R005", []checktest.Case{
		{Name: "there is no recovery time", Spoil: sys("S1", func(s *asset.System) { s.RTO = nil }), Want: bad, Since: when.On(2020, 4, 1)},
		{Name: "a recovery time of nought hours is one", Spoil: sys("S1", func(s *asset.System) { s.RTO = checktest.Count(0) }), Want: want{}},
		{Name: "there is no backup policy", Spoil: sys("S1", func(s *asset.System) { s.Backup = "" }), Want: bad},
		{Name: "there is no entry in the continuity plan", Spoil: sys("S1", func(s *asset.System) { s.BCP = "" }), Want: bad},
		{Name: "a system of low availability needs none", Spoil: sys("S1", func(s *asset.System) { s.Availability, s.BCP = "1", "" }), Want: want{"system:S1": outside}},
		{Name: "a planned system needs none yet", Spoil: sys("S4", func(s *asset.System) { s.Availability = "2" }), Want: want{}},
	})
}

func TestR007(t *testing.T) {
	device := func(change func(*asset.Device)) does {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Devices, "DV1")) }
	}
	bad := want{"device:DV1": broken}
	checktest.Run(t, "R007", []checktest.Case{
		{Name: "a device belongs nowhere", Spoil: device(func(d *asset.Device) { d.System = "" }), Want: bad},
		{Name: "a device belongs to a system and a network", Spoil: device(func(d *asset.Device) { d.Network = "N1" }), Want: bad},
		{Name: "a device belongs to a system that is not registered", Spoil: device(func(d *asset.Device) { d.System = "S99" }), Want: bad},
		{Name: "a device belongs to a network that is not registered", Spoil: device(func(d *asset.Device) { d.System, d.Network = "", "N99" }), Want: bad},
		{Name: "a device moves from a system to a network", Spoil: device(func(d *asset.Device) { d.System, d.Network = "", "N1" }), Want: want{}},
		{Name: "a device of a retired system still belongs to it", Spoil: sys("S1", func(s *asset.System) { s.Status = "retired" }), Want: want{"system:S1": outside}},
		{Name: "a nameless device belongs nowhere", Spoil: device(func(d *asset.Device) { d.Name, d.System = "", "" }), Want: bad},
		{Name: "an inventory was never collected", Spoil: sys("S3", func(s *asset.System) { s.Inventory = 0 }), Want: want{"system:S3": unknown}},
		{Name: "an inventory is 366 days old", Spoil: sys("S3", func(s *asset.System) { s.Inventory = day - 366 }), Want: want{"system:S3": unknown}, Since: day},
		{Name: "an inventory is 365 days old", Spoil: sys("S3", func(s *asset.System) { s.Inventory = day - 365 }), Want: want{}},
		{Name: "the city asks for one each half year", Spoil: func(t *testing.T, c *city) { c.Params["N.inventory"] = 183 }, Want: want{"system:S1": unknown}},
	})
}

func TestR008(t *testing.T) {
	widen := func(t *testing.T, c *city) { c.Texts["S.paper"] = "yes" }
	checktest.Run(t, "R008", []checktest.Case{
		{Name: "paper is not marked as out of scope", Spoil: an("A4", func(a *asset.Asset) { a.OutOfScope = "" }), Want: want{"asset:A4": broken}},
		{Name: "paper is left out as a school's", Spoil: an("A4", func(a *asset.Asset) { a.OutOfScope = "school" }), Want: want{"asset:A4": broken}},
		{Name: "the city has taken paper in", Spoil: both(widen, an("A4", func(a *asset.Asset) { a.OutOfScope = "" })), Want: want{}},
		{Name: "the city has taken paper in and some is still left out", Spoil: widen, Want: want{}},
		{Name: "something electronic is left out as paper", Spoil: an("A3", func(a *asset.Asset) { a.OutOfScope = "paper" }), Want: want{"asset:A3": broken}},
		{Name: "something electronic is left out as paper in a city that took paper in", Spoil: both(widen, an("A3", func(a *asset.Asset) { a.OutOfScope = "paper" })), Want: want{"asset:A3": broken}},
		{Name: "something retired was left out as paper", Spoil: an("A7", func(a *asset.Asset) { a.OutOfScope = "paper" }), Want: want{}},
	})
}

func TestR009(t *testing.T) {
	parts := func(p ...string) func(*asset.System) { return func(s *asset.System) { s.JukiParts = p } }
	bad := want{"system:S1": broken}
	checktest.Run(t, "R009", []checktest.Case{
		{Name: "it was never decided", Spoil: sys("S1", func(s *asset.System) { s.Juki = "" }), Want: bad},
		{Name: "who decided is not on record", Spoil: sys("S1", func(s *asset.System) { s.JukiBy = "" }), Want: bad},
		{Name: "when it was decided is not on record", Spoil: sys("S1", func(s *asset.System) { s.JukiOn = 0 }), Want: bad},
		{Name: "the lines are not listed", Spoil: sys("S1", parts("cs", "terminal", "firewall")), Want: bad},
		{Name: "the firewall is not listed", Spoil: sys("S1", parts("cs", "terminal", "line")), Want: bad},
		{Name: "the terminals are not listed", Spoil: sys("S1", parts("cs", "firewall", "line")), Want: bad},
		{Name: "the server is not listed", Spoil: sys("S1", parts("terminal", "firewall", "line")), Want: bad},
		{Name: "no part is listed", Spoil: sys("S1", parts()), Want: bad},
		{Name: "a system that does not belong lists no parts", Spoil: sys("S1", func(s *asset.System) { s.Juki, s.JukiParts = "no", nil }), Want: want{}},
		{Name: "a planned system is decided on as well", Spoil: sys("S4", func(s *asset.System) { s.JukiOn = 0 }), Want: want{"system:S4": broken}},
		{Name: "a school system is not asked", Spoil: sys("S1", func(s *asset.System) { s.OutOfScope, s.Juki = "school", "" }), Want: want{"system:S1": outside}},
	})
}

func TestR010(t *testing.T) {
	handles := func(zone string, h ...string) does {
		return sys("S3", func(s *asset.System) { s.Zone, s.Handles = zone, h })
	}
	bad := want{"system:S3": broken}
	checktest.Run(t, "R010", []checktest.Case{
		{Name: "social security in the LGWAN zone", Spoil: handles("lgwan", "my_number_social"), Want: bad},
		{Name: "tax in the internet zone", Spoil: handles("internet", "general", "my_number_tax"), Want: bad},
		{Name: "disaster relief in no zone", Spoil: handles("none", "my_number_disaster"), Want: bad},
		{Name: "the family register in a zone nobody stated", Spoil: handles("", "family_register"), Want: bad},
		{Name: "the family register in its zone", Spoil: handles("mynumber", "family_register"), Want: want{}},
		{Name: "general business may stand anywhere", Spoil: handles("lgwan", "general"), Want: want{}},
		{Name: "none is an answer", Spoil: handles("lgwan", "none"), Want: want{}},
		{Name: "the business is not stated", Spoil: handles("lgwan"), Want: want{"system:S3": unknown}},
		{Name: "before it goes live a system is asked already", Spoil: sys("S4", func(s *asset.System) { s.Zone = "lgwan" }), Want: want{"system:S4": broken}},
		{Name: "a retired system is not asked", Spoil: sys("S4", func(s *asset.System) { s.Status, s.Zone = "retired", "lgwan" }), Want: want{"system:S4": outside}},
		{Name: "a school system is not asked", Spoil: sys("S2", func(s *asset.System) { s.Handles = []string{"my_number_tax"} }), Want: want{}},
	})
}

func TestR011(t *testing.T) {
	content := func(codes ...string) does { return an("A5", func(a *asset.Asset) { a.Content = codes }) }
	flow := func(change func(*asset.Flow)) does {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Flows, "F1")) }
	}
	bad := want{"system:S2": broken}
	checktest.Run(t, "R011", []checktest.Case{
		{Name: "who decided is not on record", Spoil: sys("S2", func(s *asset.System) { s.ScopeBy = "" }), Want: bad},
		{Name: "when it was decided is not on record", Spoil: sys("S2", func(s *asset.System) { s.ScopeOn = 0 }), Want: bad},
		{Name: "it holds resident data", Spoil: content("school_admin", "resident"), Want: bad},
		{Name: "it holds pupils' work and nothing else", Spoil: content("school_learning", "none"), Want: want{}},
		{Name: "it held resident data once", Spoil: both(content("resident"), an("A5", func(a *asset.Asset) { a.Status = "retired" })), Want: want{}},
		{Name: "an observed connection was never registered", Spoil: flow(func(f *asset.Flow) { f.Registered = 0 }), Want: bad},
		{Name: "an unregistered connection stays in the school zone", Spoil: flow(func(f *asset.Flow) { f.Registered, f.Zone = 0, "school" }), Want: want{}},
		{Name: "a connection neither observed nor registered", Spoil: flow(func(f *asset.Flow) { f.Registered, f.Observed = 0, 0 }), Want: want{}},
		{Name: "a system in scope is asked elsewhere", Spoil: sys("S2", func(s *asset.System) { s.OutOfScope, s.ScopeBy = "", "" }), Want: want{"system:S2": outside}},
	})
}

func TestR012Assets(t *testing.T) {
	checktest.Run(t, "R012", []checktest.Case{
		{Name: "an asset is left out as a school's but belongs to a system in scope", Spoil: an("A5", func(a *asset.Asset) { a.System = "S1" }), Want: want{"asset:A5": broken}},
		{Name: "an asset is left out as a school's but belongs to no system", Spoil: an("A5", func(a *asset.Asset) { a.System = "" }), Want: want{"asset:A5": broken}},
		{Name: "its school system was taken into scope", Spoil: sys("S2", func(s *asset.System) { s.OutOfScope = "" }), Want: want{"asset:A5": broken}},
		{Name: "an asset left out as a school's is retired", Spoil: an("A5", func(a *asset.Asset) { a.System, a.Status = "", "retired" }), Want: want{"asset:A5": outside}},
		{Name: "paper needs no school system", Spoil: an("A4", func(a *asset.Asset) { a.System = "S1" }), Want: want{}},
		{Name: "an asset in scope is not asked", Spoil: an("A3", func(a *asset.Asset) { a.System = "S2" }), Want: want{}},
	})
}

func TestR015Assets(t *testing.T) {
	checktest.Run(t, "R015", []checktest.Case{
		{Name: "an asset belongs to a closed unit", Spoil: an("A3", func(a *asset.Asset) { a.Unit = "U4" }), Want: want{"asset:A3": broken}, Since: when.On(2025, 4, 15)},
		{Name: "an asset out of scope belongs to a closed unit", Spoil: an("A4", func(a *asset.Asset) { a.Unit = "U4" }), Want: want{"asset:A4": broken}},
		{Name: "a system belongs to a closed unit", Spoil: sys("S3", func(s *asset.System) { s.Unit = "U4" }), Want: want{"system:S3": broken}},
		{Name: "a system belongs to a unit that is not registered", Spoil: sys("S3", func(s *asset.System) { s.Unit = "U99" }), Want: want{"system:S3": broken}},
		{Name: "a planned system has time", Spoil: sys("S4", func(s *asset.System) { s.Unit = "U4" }), Want: want{}},
		{Name: "an asset of a closed unit is retired", Spoil: both(an("A3", func(a *asset.Asset) { a.Unit = "U4" }), an("A3", func(a *asset.Asset) { a.Status = "retired" })), Want: want{"asset:A3": outside}},
	})
}
