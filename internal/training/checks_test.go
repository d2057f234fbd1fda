package training_test

import (
	"testing"

	"okite/internal/audit"
	"okite/internal/check/checktest"
	"okite/internal/org"
	"okite/internal/training"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
)

func TestR080PlanAndReport(t *testing.T) {
	d := when.On
	this := func(change func(*training.Plan)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.TrainingPlans, "TP2")) }
	}
	last := func(change func(*training.Plan)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.TrainingPlans, "TP1")) }
	}
	checktest.Run(t, "R080", []checktest.Case{
		{Name: "this year's plan is still in preparation", Spoil: this(func(p *training.Plan) { p.State = "draft" }), Want: want{"city:990001": "noncompliant", "trainingplan:TP2": "out_of_scope"}, Since: d(2026, 7, 1)},
		{Name: "this year's plan was handed in and not approved", Spoil: this(func(p *training.Plan) { p.State = "submitted" }), Want: want{"city:990001": "noncompliant", "trainingplan:TP2": "out_of_scope"}},
		{Name: "there is no plan, and until today there is time", Spoil: func(t *testing.T, c *city) {
			c.TrainingPlans, c.Texts["N.plan"] = c.TrainingPlans[:1], "11-24"
		}, Want: want{"city:990001": "not_due"}},
		{Name: "there is no plan, and the day was yesterday", Spoil: func(t *testing.T, c *city) {
			c.TrainingPlans, c.Texts["N.plan"] = c.TrainingPlans[:1], "11-23"
		}, Want: want{"city:990001": "noncompliant"}, Since: d(2026, 11, 24)},
		{Name: "a plan decided in spring lies in the year's last months", Spoil: func(t *testing.T, c *city) {
			c.TrainingPlans, c.Texts["N.plan"] = c.TrainingPlans[:1], "02-31"
		}, Want: want{"city:990001": "not_due"}},
		{Name: "this year's plan was approved a day late", Spoil: this(func(p *training.Plan) { p.Approved = d(2026, 7, 1) }), Want: want{"trainingplan:TP2": "noncompliant"}, Since: d(2026, 7, 1)},
		{Name: "this year's result was heard early", Spoil: func(t *testing.T, c *city) {
			c.Meetings = append(c.Meetings, org.Meeting{Code: "M9", Committee: "C1", Date: d(2026, 11, 1), Agenda: []string{"training"}, Minutes: "総情第12号"})
			checktest.Find(t, c.TrainingPlans, "TP2").Meeting = "M9"
		}, Want: want{"trainingplan:TP2": "compliant"}},
		{Name: "last year's result was never heard", Spoil: last(func(p *training.Plan) { p.Meeting = "" }), Want: want{"trainingplan:TP1": "noncompliant"}, Since: d(2026, 4, 1)},
		{Name: "last year's result was heard after the year", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Meetings, "M1").Date = d(2026, 4, 1) }, Want: want{"trainingplan:TP1": "noncompliant"}},
		{Name: "the meeting treated other things", Spoil: last(func(p *training.Plan) { p.Meeting = "M2" }), Want: want{"trainingplan:TP1": "noncompliant"}},
		{Name: "the meeting kept no minutes", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Meetings, "M1").Minutes = "" }, Want: want{"trainingplan:TP1": "undetermined"}},
		{Name: "last year's plan was late, which nobody can mend any more", Spoil: last(func(p *training.Plan) { p.Approved = d(2025, 9, 1) }), Want: want{}},
		{Name: "an older plan is not looked at", Spoil: func(t *testing.T, c *city) {
			c.TrainingPlans = append(c.TrainingPlans, training.Plan{Code: "TP0", FY: 2024, State: "approved", Approved: d(2024, 12, 1)})
		}, Want: want{"trainingplan:TP0": "out_of_scope"}},
	})
}

func TestR081EverybodyIsTrained(t *testing.T) {
	d := when.On
	without := func(person string, fy int) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			forget(c, person, "TC1", fy)
			forget(c, person, "TC2", fy)
		}
	}
	joined := func(on, left when.Date, taught ...when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			c.People = append(c.People, org.Person{Code: "P9", Name: "佐藤九子", Unit: "U2", Employment: "fiscal_year", Joined: on, Left: left})
			for _, at := range taught {
				c.Completions = append(c.Completions, training.Completion{Code: "TD99", Person: "P9", Course: "TC1", Date: at, Passed: true})
			}
		}
	}
	checktest.Run(t, "R081", []checktest.Case{
		{Name: "not trained yet this year", Spoil: without("P3", 2026), Want: want{"person:P3": "not_due"}},
		{Name: "not trained last year", Spoil: without("P3", 2025), Want: want{"person:P3": "noncompliant"}, Since: d(2026, 4, 1)},
		{Name: "left with the end of last year, untrained", Spoil: without("P7", 2025), Want: want{"person:P7": "noncompliant"}},
		{Name: "the last day of the year still counts", Spoil: func(t *testing.T, c *city) {
			without("P3", 2025)(t, c)
			c.Completions = append(c.Completions, training.Completion{Code: "TD99", Person: "P3", Course: "TC1", Date: d(2026, 3, 31), Passed: true})
		}, Want: want{}},
		{Name: "a course of a role counts as well", Spoil: func(t *testing.T, c *city) {
			without("P3", 2025)(t, c)
			c.Completions = append(c.Completions, training.Completion{Code: "TD99", Person: "P3", Course: "TC2", Date: d(2025, 8, 1), Passed: true})
		}, Want: want{}},
		{Name: "a follow-up course does not count", Spoil: func(t *testing.T, c *city) {
			without("P3", 2025)(t, c)
			c.Completions = append(c.Completions, training.Completion{Code: "TD99", Person: "P3", Course: "TC5", Date: d(2025, 8, 1), Passed: true})
		}, Want: want{"person:P3": "noncompliant"}},
		{Name: "failed the test last year", Spoil: func(t *testing.T, c *city) {
			for i := range c.Completions {
				if x := &c.Completions[i]; x.Person == "P3" && x.Date.FY() == 2025 {
					x.Passed = false
				}
			}
		}, Want: want{"person:P3": "noncompliant"}},
		{Name: "no record of last year at all, and trained this year", Spoil: func(t *testing.T, c *city) { forgetYear(c, 2025) }, Want: want{"person:P7": "undetermined"}},
		{Name: "no record of last year at all, nor trained this year", Spoil: func(t *testing.T, c *city) {
			forgetYear(c, 2025)
			forget(c, "P3", "TC1", 2026)
		}, Want: want{"person:P3": "undetermined", "person:P7": "undetermined"}},
		{Name: "joined with just as many days to go", Spoil: joined(when.FYEnd(2026)-59, 0), Want: want{"person:P9": "out_of_scope"}}, // not there yet
		{Name: "leaves after 59 days, untrained", Spoil: joined(d(2026, 9, 1), d(2026, 9, 1)+58), Want: want{"person:P9": "out_of_scope"}},
		{Name: "left after 60 days, untrained", Spoil: joined(d(2026, 9, 1), d(2026, 9, 1)+59), Want: want{"person:P9": "noncompliant"}, Since: d(2026, 9, 1) + 60},
		{Name: "left after 60 days, trained on the last", Spoil: joined(d(2026, 9, 1), d(2026, 9, 1)+59, d(2026, 9, 1)+59), Want: want{"person:P9": "compliant"}},
		{Name: "leaves today after 60 days, untrained", Spoil: joined(checktest.Day-59, checktest.Day), Want: want{"person:P9": "not_due"}},
		{Name: "joined 59 days before the end of last year", Spoil: joined(when.FYEnd(2025)-58, 0, d(2026, 5, 1)), Want: want{"person:P9": "compliant"}},
		{Name: "joined 60 days before the end of last year", Spoil: joined(when.FYEnd(2025)-59, 0, d(2026, 5, 1)), Want: want{"person:P9": "noncompliant"}},
		{Name: "the city asks for fewer days", Spoil: func(t *testing.T, c *city) {
			c.Params["N.minservice"] = 59
			joined(when.FYEnd(2025)-58, 0, d(2026, 5, 1))(t, c)
		}, Want: want{"person:P9": "noncompliant"}},
	})
}

func forget(c *city, person, course string, fy int) {
	var keep []training.Completion
	for _, x := range c.Completions {
		if x.Person != person || x.Course != course || x.Date.FY() != fy {
			keep = append(keep, x)
		}
	}
	c.Completions = keep
}

func forgetYear(c *city, fy int) {
	var keep []training.Completion
	for _, x := range c.Completions {
		if x.Date.FY() != fy {
			keep = append(keep, x)
		}
	}
	c.Completions = keep
}

func TestR082TaughtInTime(t *testing.T) {
	d := when.On
	newcomer := func(on when.Date, taught when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			c.People = append(c.People, org.Person{Code: "P9", Name: "佐藤九子", Unit: "U2", Employment: "fiscal_year", Joined: on})
			if taught != 0 {
				c.Completions = append(c.Completions, training.Completion{Code: "TD99", Person: "P9", Course: "TC1", Date: taught, Passed: true})
			}
		}
	}
	assigned := func(from when.Date, taught when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			forget(c, "P1", "TC2", 2025)
			checktest.Find(t, c.Assignments, "H2").From = from
			if taught != 0 {
				c.Completions = append(c.Completions, training.Completion{Code: "TD99", Person: "P1", Course: "TC2", Date: taught, Passed: true})
			}
		}
	}
	checktest.Run(t, "R082", []checktest.Case{
		{Name: "joined 30 days ago, not taught", Spoil: newcomer(checktest.Day-30, 0), Want: want{"person:P9": "not_due"}},
		{Name: "joined 31 days ago, not taught", Spoil: newcomer(checktest.Day-31, 0), Want: want{"person:P9": "noncompliant"}, Since: checktest.Day},
		{Name: "taught on the last day", Spoil: newcomer(d(2026, 9, 1), d(2026, 10, 1)), Want: want{"person:P9": "compliant"}},
		{Name: "taught a day late", Spoil: newcomer(d(2026, 9, 1), d(2026, 10, 2)), Want: want{"person:P9": "noncompliant"}},
		{Name: "taught before joining, on an earlier stay", Spoil: newcomer(d(2026, 9, 1), d(2026, 8, 31)), Want: want{"person:P9": "noncompliant"}},
		{Name: "joined before last year", Spoil: newcomer(d(2025, 3, 31), 0), Want: want{"person:P9": "out_of_scope"}},
		{Name: "left before it was due", Spoil: func(t *testing.T, c *city) {
			newcomer(d(2026, 9, 1), 0)(t, c)
			checktest.Find(t, c.People, "P9").Left = d(2026, 9, 30)
		}, Want: want{"person:P9": "out_of_scope"}},
		{Name: "assigned 90 days ago, not taught", Spoil: assigned(checktest.Day-90, 0), Want: want{"assignment:H2": "not_due"}},
		{Name: "assigned 91 days ago, not taught", Spoil: assigned(checktest.Day-91, 0), Want: want{"assignment:H2": "noncompliant"}},
		{Name: "taught years before", Spoil: assigned(d(2026, 4, 1), d(2021, 6, 1)), Want: want{}},
		{Name: "a new course gives time from its first day", Spoil: func(t *testing.T, c *city) {
			c.Courses = append(c.Courses, training.Course{Code: "TC9", Name: "新任管理者研修", Kind: "role", Roles: []string{"bureau_head"}, From: checktest.Day - 90})
		}, Want: want{"assignment:H1": "not_due", "assignment:D1": "not_due"}},
		{Name: "a new course was not taken in time", Spoil: func(t *testing.T, c *city) {
			c.Courses = append(c.Courses, training.Course{Code: "TC9", Name: "新任管理者研修", Kind: "role", Roles: []string{"bureau_head"}, From: checktest.Day - 91})
		}, Want: want{"assignment:H1": "noncompliant", "assignment:D1": "noncompliant"}, Since: 0},
		{Name: "a course that is over asks nothing", Spoil: func(t *testing.T, c *city) {
			c.Courses = append(c.Courses, training.Course{Code: "TC9", Name: "旧研修", Kind: "role", Roles: []string{"bureau_head"}, From: d(2020, 4, 1), Until: checktest.Day - 1})
		}, Want: want{}},
		{Name: "a member of the team was not taught", Spoil: func(t *testing.T, c *city) { forget(c, "P2", "TC3", 2020) }, Want: want{"csirt:CS1": "noncompliant"}},
		{Name: "the team's new course is not due yet", Spoil: func(t *testing.T, c *city) {
			forget(c, "P2", "TC3", 2020)
			checktest.Find(t, c.Courses, "TC3").From = checktest.Day - 90
		}, Want: want{"csirt:CS1": "not_due"}},
		{Name: "an auditor was taught the day after", Spoil: func(t *testing.T, c *city) {
			forget(c, "P1", "TC4", 2026)
			c.Completions = append(c.Completions, training.Completion{Code: "TD99", Person: "P1", Course: "TC4", Date: d(2026, 7, 2), Passed: true})
		}, Want: want{"audit:AU1": "noncompliant"}, Since: d(2026, 7, 1)},
		{Name: "an audit to come", Spoil: func(t *testing.T, c *city) {
			c.Audits = append(c.Audits, audit.Audit{Code: "AU9", Name: "次の監査", Unit: "U3", Auditors: []string{"P5"}, Date: checktest.Day + 1})
		}, Want: want{"audit:AU9": "not_due"}},
		{Name: "an audit before there was a course", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Courses, "TC4").From = d(2026, 7, 1) - 89 }, Want: want{"audit:AU1": "out_of_scope"}},
	})
}

func TestR087MailDrills(t *testing.T) {
	d := when.On
	result := func(change func(*training.Result)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.DrillResults, "DR1")) }
	}
	checktest.Run(t, "R087", []checktest.Case{
		{Name: "no drill yet this year", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.MailDrills, "MD2").Date = checktest.Day + 1 }, Want: want{"city:990001": "not_due"}},
		{Name: "no drill last year", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.MailDrills, "MD1").Date = d(2025, 3, 31) }, Want: want{"city:990001": "noncompliant"}, Since: d(2026, 4, 1)},
		{Name: "no drill on record before this year", Spoil: func(t *testing.T, c *city) { c.MailDrills = checktest.Drop(t, c.MailDrills, "MD1") }, Want: want{}},
		{Name: "no drill on record at all", Spoil: func(t *testing.T, c *city) { c.MailDrills = nil }, Want: want{"city:990001": "undetermined", "drillresult:DR1": "out_of_scope"}},
		{Name: "the city asks for two", Spoil: func(t *testing.T, c *city) { c.Params["N.maildrill"] = 2 }, Want: want{"city:990001": "noncompliant"}},
		{Name: "followed up a day late", Spoil: result(func(r *training.Result) { r.Followup = d(2026, 9, 16) }), Want: want{"drillresult:DR1": "noncompliant"}, Since: d(2026, 9, 16)},
		{Name: "never followed up", Spoil: result(func(r *training.Result) { r.Followup = 0 }), Want: want{"drillresult:DR1": "noncompliant"}},
		{Name: "may still be followed up today", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.MailDrills, "MD2").Date = checktest.Day - 14
			checktest.Find(t, c.DrillResults, "DR1").Followup = 0
		}, Want: want{"drillresult:DR1": "not_due"}},
		{Name: "did not open it", Spoil: result(func(r *training.Result) { r.Opened, r.Followup = false, 0 }), Want: want{"drillresult:DR1": "out_of_scope"}},
		{Name: "left before it was due", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.DrillResults, "DR1").Followup = 0
			checktest.Find(t, c.People, "P3").Left = d(2026, 9, 14)
		}, Want: want{"drillresult:DR1": "out_of_scope"}},
	})
}
