package org_test

import (
	"slices"
	"testing"

	"okite/internal/check/checktest"
	"okite/internal/org"
	"okite/internal/when"
)

func TestR035(t *testing.T) {
	bad := want{"committee:C1": broken}
	start := when.On(2026, 4, 1)
	checktest.Run(t, "R035", []checktest.Case{
		{Name: "only one meeting was held", Spoil: func(t *testing.T, c *city) {
			c.Meetings = checktest.Drop(t, c.Meetings, "M2")
			checktest.Find(t, c.Meetings, "M1").Agenda = []string{"training", "selfcheck", "audit", "incident"}
		}, Want: bad, Since: start},
		{Name: "one of the two meetings has no minutes", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Meetings, "M2").Minutes = ""
			checktest.Find(t, c.Meetings, "M1").Agenda = []string{"training", "selfcheck", "audit", "incident"}
		}, Want: bad},
		{Name: "the minutes of one wait for the chair", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Meetings, "M2").State = "submitted" }, Want: bad},
		{Name: "the chair approved minutes that have no number", Spoil: func(t *testing.T, c *city) {
			m := checktest.Find(t, c.Meetings, "M2")
			m.Minutes, m.State = "", "approved"
		}, Want: want{}},
		{Name: "one of the two was called off", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Meetings, "M2").State = "cancelled" }, Want: bad},
		{Name: "one of the two meetings was in this fiscal year", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Meetings, "M2").Date = start }, Want: bad},
		{Name: "one of the two meetings was in the fiscal year before", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Meetings, "M1").Date = when.On(2025, 3, 31) }, Want: bad},
		{Name: "audits were never treated", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Meetings, "M2").Agenda = []string{"incident", "training"}
		}, Want: bad},
		{Name: "a matter was treated only in a meeting without minutes", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Meetings, "M2").Agenda = []string{"incident"}
			c.Meetings = append(c.Meetings, org.Meeting{Code: "M3", Committee: "C1", Date: when.On(2025, 9, 1), Agenda: []string{"audit"}})
		}, Want: bad},
		{Name: "the city asks for three meetings", Spoil: func(t *testing.T, c *city) { c.Params["N.committee"] = 3 }, Want: bad},
		{Name: "a third meeting makes up for it", Spoil: func(t *testing.T, c *city) {
			c.Params["N.committee"] = 3
			c.Meetings = append(c.Meetings, org.Meeting{Code: "M3", Committee: "C1", Date: when.On(2025, 9, 1), Minutes: "総情第5号"})
		}, Want: want{}},
		{Name: "a new committee has not had a whole year", Spoil: func(t *testing.T, c *city) {
			c.Committees = append(c.Committees, org.Committee{Code: "C2", Name: "教育部会", Chair: "P6", Since: when.On(2025, 4, 2)})
		}, Want: want{"committee:C2": waiting}},
		{Name: "a committee of the first day of the year owes the year", Spoil: func(t *testing.T, c *city) {
			c.Committees = append(c.Committees, org.Committee{Code: "C2", Name: "教育部会", Chair: "P6", Since: when.On(2025, 4, 1)})
		}, Want: want{"committee:C2": broken}},
		{Name: "a committee of today", Spoil: func(t *testing.T, c *city) {
			c.Committees = append(c.Committees, org.Committee{Code: "C2", Name: "教育部会", Chair: "P6", Since: day})
		}, Want: want{"committee:C2": waiting}},
		{Name: "a committee that is abolished today owes last year", Spoil: func(t *testing.T, c *city) {
			c.Committees = append(c.Committees, org.Committee{Code: "C2", Name: "旧部会", Chair: "P6", Since: when.On(2020, 4, 1), Until: day})
		}, Want: want{"committee:C2": broken}},
		{Name: "an abolished committee owes nothing", Spoil: func(t *testing.T, c *city) {
			c.Committees = append(c.Committees, org.Committee{Code: "C2", Name: "旧部会", Chair: "P6", Since: when.On(2020, 4, 1), Until: day - 1})
		}, Want: want{"committee:C2": outside}},
	})
}

func TestR035Agenda(t *testing.T) {
	checktest.Run(t, "R035", each("no meeting treated", []string{"training", "selfcheck", "audit", "incident"}, func(t *testing.T, c *city, code string) {
		for i := range c.Meetings {
			c.Meetings[i].Agenda = slices.DeleteFunc([]string{"training", "selfcheck", "audit", "incident"}, func(a string) bool { return a == code })
		}
	}, want{"committee:C1": broken}))
}

func TestR036(t *testing.T) {
	team := func(change func(*org.CSIRT)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.CSIRTs, "CS1")) }
	}
	bad := want{"csirt:CS1": broken}
	checktest.Run(t, "R036", []checktest.Case{
		{Name: "there is no chief", Spoil: team(func(c *org.CSIRT) { c.Chief = "" }), Want: bad},
		{Name: "the deputy has left the city", Spoil: team(func(c *org.CSIRT) { c.Deputy = "P7" }), Want: bad},
		{Name: "the manager is nobody the register knows", Spoil: team(func(c *org.CSIRT) { c.Manager = "P99" }), Want: bad},
		{Name: "there is no point of contact", Spoil: team(func(c *org.CSIRT) { c.PoC = "" }), Want: bad},
		{Name: "one person in two seats is a person in each", Spoil: team(func(c *org.CSIRT) { c.PoC = "P5" }), Want: want{}},
		{Name: "a task has no assignee", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Tasks, "TK1").Assignee = "" }, Want: want{"task:TK1": broken}},
		{Name: "a task's assignee has left the city", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Tasks, "TK1").Assignee = "P7" }, Want: want{"task:TK1": broken}},
		{Name: "a task's assignee begins tomorrow", Spoil: func(t *testing.T, c *city) {
			c.People = append(c.People, org.Person{Code: "P9", Name: "小林九郎", Unit: "U2", Employment: "regular", Joined: day + 1})
			checktest.Find(t, c.Tasks, "TK1").Assignee = "P9"
		}, Want: want{"task:TK1": broken}},
		{Name: "the chief's last day is today", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.People, "P5").Left = day }, Want: want{}},
	})
}

func TestR037(t *testing.T) {
	team := func(change func(*org.CSIRT)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.CSIRTs, "CS1")) }
	}
	test := func(change func(*org.CallTest)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.CallTests, "CX1")) }
	}
	bad, open := want{"csirt:CS1": broken}, want{"csirt:CS1": unknown}
	checktest.Run(t, "R037", []checktest.Case{
		{Name: "the window has no telephone", Spoil: team(func(c *org.CSIRT) { c.Phone = "" }), Want: bad},
		{Name: "the window has no mail address", Spoil: team(func(c *org.CSIRT) { c.Mail = "" }), Want: bad},
		{Name: "the window cannot be reached out of hours", Spoil: team(func(c *org.CSIRT) { c.AfterHours = "" }), Want: bad},
		{Name: "the window did not answer the last test", Spoil: test(func(x *org.CallTest) { x.Result = "failed" }), Want: bad},
		{Name: "the window did not answer a test that still counts today", Spoil: test(func(x *org.CallTest) { x.Date, x.Result = day-90, "failed" }), Want: bad},
		{Name: "the window has never been tested", Spoil: func(t *testing.T, c *city) { c.CallTests = checktest.Drop(t, c.CallTests, "CX1") }, Want: open},
		{Name: "the last test is 91 days old", Spoil: test(func(x *org.CallTest) { x.Date = day - 91 }), Want: open},
		{Name: "the last test is 90 days old", Spoil: test(func(x *org.CallTest) { x.Date = day - 90 }), Want: want{}},
		{Name: "a test that failed long ago tells nothing about today", Spoil: test(func(x *org.CallTest) { x.Date, x.Result = day-91, "failed" }), Want: open},
		{Name: "a later test was passed", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.CallTests, "CX1").Result = "failed"
			c.CallTests = append(c.CallTests, org.CallTest{Code: "CX9", CSIRT: "CS1", Date: day, Way: "phone", Result: "passed"})
		}, Want: want{}},
		{Name: "of two tests on one day the one registered later counts", Spoil: func(t *testing.T, c *city) {
			c.CallTests = append(c.CallTests, org.CallTest{Code: "CX9", CSIRT: "CS1", Date: checktest.Find(t, c.CallTests, "CX1").Date, Way: "mail", Result: "failed"})
		}, Want: bad},
		{Name: "the test was of a contact outside", Spoil: func(t *testing.T, c *city) {
			x := checktest.Find(t, c.CallTests, "CX1")
			x.CSIRT, x.Contact = "", "CT1"
		}, Want: open},
		{Name: "no telephone counts before a test that is too old", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.CSIRTs, "CS1").Phone = ""
			c.CallTests = nil
		}, Want: want{"csirt:CS1": broken, "csirt:CS2": unknown}},
	})
}

func TestR038Bodies(t *testing.T) {
	checktest.Run(t, "R038", each("there is no contact", []string{"CT1", "CT2", "CT3", "CT4", "CT5", "CT6", "CT7", "CT8"},
		func(t *testing.T, c *city, code string) { c.Contacts = checktest.Drop(t, c.Contacts, code) }, want{"csirt:CS1": broken}))
}

func TestR038(t *testing.T) {
	advisory := func(received, triaged when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			c.Advisories = append(c.Advisories, org.Advisory{Code: "AD9", Name: "標的型の攻撃", Received: received, Triaged: triaged})
		}
	}
	called := func(contact string, date when.Date, result string) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			c.CallTests = append(c.CallTests, org.CallTest{Code: "CX9", Contact: contact, Date: date, Way: "phone", Result: result})
		}
	}
	friday, tuesday := when.On(2026, 11, 20), when.On(2026, 11, 24)
	is := func(r string) want { return want{"advisory:AD9": r} }
	checktest.Run(t, "R038", []checktest.Case{
		{Name: "a contact was never verified", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Contacts, "CT3").Verified = 0 }, Want: want{"contact:CT3": unknown}},
		{Name: "a contact was verified 91 days ago", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Contacts, "CT3").Verified = day - 91 }, Want: want{"contact:CT3": unknown}},
		{Name: "a contact was verified 90 days ago", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Contacts, "CT3").Verified = day - 90 }, Want: want{}},
		{Name: "a contact could not be reached since it was verified", Spoil: called("CT3", day, "failed"), Want: want{"contact:CT3": broken}, Since: day},
		{Name: "a contact could not be reached 90 days ago", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Contacts, "CT3").Verified = day - 95
			called("CT3", day-90, "failed")(t, c)
		}, Want: want{"contact:CT3": broken}},
		{Name: "that a contact could not be reached 91 days ago tells nothing about today", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Contacts, "CT3").Verified = day - 95
			called("CT3", day-91, "failed")(t, c)
		}, Want: want{"contact:CT3": unknown}},
		{Name: "a contact was verified after a test in vain", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Contacts, "CT3").Verified = day - 2
			called("CT3", day-3, "failed")(t, c)
		}, Want: want{}},
		{Name: "a test reached a contact nobody had verified", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Contacts, "CT3").Verified = 0
			called("CT3", day-90, "passed")(t, c)
		}, Want: want{}},
		{Name: "a body with two contacts may lose one", Spoil: func(t *testing.T, c *city) {
			c.Contacts = append(checktest.Drop(t, c.Contacts, "CT7"), org.Contact{Code: "CT9", Body: "ipa", Name: "相談窓口", Verified: day})
		}, Want: want{"contact:CT9": fine}},
		{Name: "a team for one office needs no contacts of its own", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.CSIRTs, "CS1").Main = false
			c.Contacts = nil
		}, Want: want{"csirt:CS1": outside}},
		{Name: "a warning of the last open day may still be triaged today", Spoil: advisory(friday, 0), Want: is(waiting)},
		{Name: "a warning of the day before that is late", Spoil: advisory(friday-1, 0), Want: is(broken), Since: friday + 1},
		{Name: "a warning of a Saturday is due on the next open day after the holiday", Spoil: advisory(friday+1, 0), Want: is(waiting)},
		{Name: "a warning was triaged on its last open day", Spoil: advisory(friday, tuesday), Want: is(fine)},
		{Name: "a warning was triaged the day after", Spoil: advisory(friday-1, tuesday), Want: is(broken)},
		{Name: "a warning was triaged at once", Spoil: advisory(friday, friday), Want: is(fine)},
	})
}
