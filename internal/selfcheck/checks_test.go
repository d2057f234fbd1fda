package selfcheck_test

import (
	"testing"

	"okite/internal/check/checktest"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/selfcheck"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
)

const day = 20781 // 2026-11-24, the day on which the clean city is looked at

func TestR141SectionsAreConfirmed(t *testing.T) {
	is := func(r string) want { return want{"unit:U2": r} }
	// confirm changes the confirmation of this or the last fiscal year of the section.
	confirm := func(code string, change func(*selfcheck.Confirmation)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Confirmations, code)) }
	}
	drop := func(codes ...string) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			for _, k := range codes {
				c.Confirmations = checktest.Drop(t, c.Confirmations, k)
			}
		}
	}
	checktest.Run(t, "R141", []checktest.Case{
		{Name: "not yet confirmed this year", Spoil: drop("CF3"), Want: is("not_due")},
		{Name: "confirmed neither last year nor this", Spoil: drop("CF1", "CF3"), Want: is("noncompliant"), Since: when.On(2026, 4, 1)},
		{Name: "missed last year and made good this year", Spoil: drop("CF1"), Want: want{}},
		{Name: "confirmed by somebody who does not answer for it", Spoil: func(t *testing.T, c *city) {
			drop("CF1")(t, c)
			checktest.Find(t, c.Confirmations, "CF3").By = "P4"
		}, Want: is("noncompliant")},
		{Name: "confirmed by the officer of the bureau above", Spoil: func(t *testing.T, c *city) {
			drop("CF1")(t, c)
			checktest.Find(t, c.Confirmations, "CF3").By = "P6"
		}, Want: want{}},
		{Name: "confirmed by the manager before they were one", Spoil: func(t *testing.T, c *city) {
			drop("CF1")(t, c)
			checktest.Find(t, c.Assignments, "D2").From = day - 1
		}, Want: is("noncompliant")},
		{Name: "nobody is named", Spoil: confirm("CF3", func(x *selfcheck.Confirmation) { x.By = "" }), Want: is("undetermined")},
		{Name: "no confirmation of last year is on record anywhere", Spoil: drop("CF1", "CF2", "CF3", "CF4"), Want: want{"unit:U2": "undetermined", "unit:U3": "undetermined"}},
		{Name: "a problem was not reported", Spoil: confirm("CF3", func(x *selfcheck.Confirmation) { x.Reported = 0 }), Want: is("noncompliant"), Since: when.On(2026, 10, 2)},
		{Name: "a problem of last year was not reported", Spoil: confirm("CF1", func(x *selfcheck.Confirmation) { x.Problem = "名簿が机の上にあった。" }), Want: is("noncompliant"), Since: when.On(2025, 10, 2)},
		{Name: "a problem was found today", Spoil: confirm("CF3", func(x *selfcheck.Confirmation) { x.Date, x.Reported = day, 0 }), Want: is("not_due")},
		{Name: "a problem was found yesterday", Spoil: confirm("CF3", func(x *selfcheck.Confirmation) { x.Date, x.Reported = day-1, 0 }), Want: is("noncompliant"), Since: day},
		{Name: "the report is dated ahead", Spoil: confirm("CF3", func(x *selfcheck.Confirmation) { x.Reported = day + 1 }), Want: is("noncompliant")},
		{Name: "an exception runs until today", Spoil: func(t *testing.T, c *city) {
			drop("CF1", "CF3")(t, c)
			c.Exceptions = append(c.Exceptions, policy.Exception{Code: "EX9", Check: "R141", Subject: "unit:U2", Reason: "組織の改編中", Alternative: "局で確認", Applicant: "P1", Approver: "P5", Approved: day - 10, Until: day})
		}, Want: is("excepted")},
		{Name: "the section was opened during last year", Spoil: func(t *testing.T, c *city) {
			drop("CF1", "CF3")(t, c)
			checktest.Find(t, c.Units, "U2").Open = when.On(2025, 4, 2)
		}, Want: is("not_due")},
		{Name: "the section has closed", Spoil: func(t *testing.T, c *city) {
			drop("CF1", "CF3")(t, c)
			checktest.Find(t, c.Units, "U2").Close = day - 1
		}, Want: is("out_of_scope")},
	})
}

func TestR239EverybodyInspects(t *testing.T) {
	answer := func(code string, change func(*selfcheck.Response)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Responses, "SC2."+code)) }
	}
	campaign := func(code string, change func(*selfcheck.Campaign)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Campaigns, code)) }
	}
	state := func(s string) func(*selfcheck.Response) { return func(r *selfcheck.Response) { r.State = s } }
	due := func(last when.Date, then func(*testing.T, *city)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			campaign("SC2", func(x *selfcheck.Campaign) { x.State, x.Due, x.Closed = selfcheck.Open, last, 0 })(t, c)
			then(t, c)
		}
	}
	one := func(subject, r string) want { return want{subject: r} }
	checktest.Run(t, "R239", []checktest.Case{
		{Name: "somebody has not handed in", Spoil: answer("P5", state("answering")), Want: one("person:P5", "noncompliant"), Since: when.On(2026, 10, 1)},
		{Name: "a sheet was sent back and not answered again", Spoil: answer("P5", state("returned")), Want: one("person:P5", "noncompliant")},
		{Name: "a sheet waits to be confirmed", Spoil: answer("P5", state("submitted")), Want: want{}},
		{Name: "somebody has no sheet at all", Spoil: func(t *testing.T, c *city) { c.Responses = checktest.Drop(t, c.Responses, "SC2.P5") }, Want: one("person:P5", "noncompliant")},
		{Name: "the sheet was withdrawn", Spoil: answer("P5", state("withdrawn")), Want: one("person:P5", "out_of_scope")},
		{Name: "an item was left out", Spoil: answer("P5", func(r *selfcheck.Response) { r.Given = 1 }), Want: one("person:P5", "undetermined")},
		{Name: "the last day is today", Spoil: due(day, answer("P5", state("preparing"))), Want: want{"person:P5": "not_due", "campaign:SC2": "out_of_scope"}},
		{Name: "the last day was yesterday", Spoil: due(day-1, answer("P5", state("preparing"))), Want: want{"person:P5": "noncompliant", "campaign:SC2": "out_of_scope"}, Since: day},
		{Name: "somebody joined after it began", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.People, "P5").Joined = when.On(2026, 9, 2)
			c.Responses = checktest.Drop(t, c.Responses, "SC2.P5")
		}, Want: one("person:P5", "out_of_scope")},
		{Name: "somebody joined on the day it began", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.People, "P5").Joined = when.On(2026, 9, 1)
			c.Responses = checktest.Drop(t, c.Responses, "SC2.P5")
		}, Want: one("person:P5", "noncompliant")},
		{Name: "a section has not handed in", Spoil: answer("U3", state("preparing")), Want: one("unit:U3", "noncompliant"), Since: when.On(2026, 10, 1)},
		{Name: "a section left an item out", Spoil: answer("U3", func(r *selfcheck.Response) { r.Given = 0 }), Want: one("unit:U3", "undetermined")},
		{Name: "nobody has looked again this year", Spoil: answer("P4", func(r *selfcheck.Response) { r.Recheck = "" }), Want: one("campaign:SC2", "not_due")},
		{Name: "nobody looked again last year", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Responses, "SC1.P1").Recheck = "" }, Want: one("campaign:SC1", "noncompliant"), Since: when.On(2026, 4, 1)},
		{Name: "somebody of the same section looked again", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Responses, "SC1.P1").RecheckBy = "P2" }, Want: one("campaign:SC1", "noncompliant")},
		{Name: "whoever answered looked again", Spoil: func(t *testing.T, c *city) {
			r := checktest.Find(t, c.Responses, "SC1.P1")
			r.Section, r.RecheckBy = "U3", "P1"
		}, Want: one("campaign:SC1", "noncompliant")},
		{Name: "nobody knows who looked again", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Responses, "SC1.P1").RecheckBy = "" }, Want: one("campaign:SC1", "undetermined")},
		{Name: "a share of more than one sheet is asked and one was looked at", Spoil: func(t *testing.T, c *city) { c.Params["N.sample"] = 13 }, Want: one("campaign:SC2", "not_due")},
		{Name: "exactly the share was looked at", Spoil: func(t *testing.T, c *city) { c.Params["N.sample"] = 12 }, Want: want{}},
		{Name: "the mismatches are not on record", Spoil: campaign("SC2", func(x *selfcheck.Campaign) { x.Mismatches = nil }), Want: one("campaign:SC2", "noncompliant"), Since: when.On(2026, 10, 6)},
		{Name: "many mismatches are on record", Spoil: campaign("SC2", func(x *selfcheck.Campaign) { n := int64(395); x.Mismatches = &n }), Want: want{}},
		{Name: "this year’s was withdrawn: last year’s asks, and one section and most people have no sheet of it", Spoil: campaign("SC2", func(x *selfcheck.Campaign) { x.State = selfcheck.Withdrawn }),
			Want: want{"city:990001": "not_due", "campaign:SC2": "out_of_scope", "unit:U2": "noncompliant", "unit:U3": "noncompliant", "person:P2": "noncompliant", "person:P3": "noncompliant", "person:P4": "noncompliant", "person:P5": "noncompliant", "person:P6": "noncompliant"}},
		{Name: "none was finished last year and none begun this year", Spoil: func(t *testing.T, c *city) {
			c.Campaigns = checktest.Drop(t, c.Campaigns, "SC2")
			x := checktest.Find(t, c.Campaigns, "SC1")
			x.State, x.Sheets = selfcheck.Open, nil
		}, Want: want{"city:990001": "noncompliant", "campaign:SC1": "out_of_scope", "unit:U2": "out_of_scope", "unit:U3": "out_of_scope", "person:P1": "out_of_scope", "person:P2": "out_of_scope", "person:P3": "out_of_scope",
			"person:P4": "out_of_scope", "person:P5": "out_of_scope", "person:P6": "out_of_scope"}, Since: when.On(2026, 4, 1)},
		{Name: "none is on record at all", Spoil: func(t *testing.T, c *city) { c.Campaigns = nil }, Want: want{"city:990001": "undetermined", "unit:U2": "out_of_scope", "unit:U3": "out_of_scope", "person:P1": "out_of_scope",
			"person:P2": "out_of_scope", "person:P3": "out_of_scope", "person:P4": "out_of_scope", "person:P5": "out_of_scope", "person:P6": "out_of_scope"}},
		{Name: "a contractor’s worker has no sheet", Spoil: func(t *testing.T, c *city) {
			c.People = append(c.People, org.Person{Code: "P9", Name: "小島九", Unit: "U2", Employment: "contractor", Contract: "K1", Joined: when.On(2020, 4, 1)})
		}, Want: one("person:P9", "out_of_scope")},
	})
}
