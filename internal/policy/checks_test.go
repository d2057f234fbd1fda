package policy_test

import (
	"testing"

	"okite/internal/check/checktest"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
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

func version(code string, change func(*policy.Version)) func(*testing.T, *city) {
	return func(t *testing.T, c *city) { change(checktest.Find(t, c.Versions, code)) }
}

func TestR001(t *testing.T) {
	start := when.On(2026, 4, 1)
	checktest.Run(t, "R001", []checktest.Case{
		{Name: "two versions of the standard are in force", Spoil: version("T2", func(v *policy.Version) { v.State, v.From, v.SHA256 = "in_force", day-5, "t2" }),
			Want: want{"version:T1": broken, "version:T2": broken, "clause:L6": broken}},
		{Name: "the next version is decided and in force from tomorrow", Spoil: version("T2", func(v *policy.Version) { v.State, v.From, v.SHA256 = "in_force", day+1, "t2" }),
			Want: want{"version:T2": waiting}},
		{Name: "the next version is in force from today", Spoil: version("T2", func(v *policy.Version) { v.State, v.From, v.SHA256 = "in_force", day, "t2" }),
			Want: want{"version:T1": broken, "version:T2": broken, "clause:L6": broken}},
		{Name: "the next version has no day yet", Spoil: version("T2", func(v *policy.Version) { v.State, v.SHA256 = "in_force", "t2" }),
			Want: want{"version:T2": waiting}},
		{Name: "the version marked as in force ended yesterday", Spoil: version("B2", func(v *policy.Version) { v.Until = day - 1 }),
			Want: want{"version:B2": broken, "clause:L4": broken, "clause:L5": broken}},
		{Name: "the version in force ends today", Spoil: version("B2", func(v *policy.Version) { v.Until = day }), Want: want{}},
		{Name: "three versions of the standard are in force, and the oldest came last into the register", Spoil: func(t *testing.T, c *city) {
			c.Versions = append(c.Versions,
				policy.Version{Code: "T8", Layer: "standard", Number: 8, Name: "対策基準第8版", SHA256: "t8", State: "in_force", From: day - 5},
				policy.Version{Code: "T9", Layer: "standard", Number: 9, Name: "対策基準第9版", SHA256: "t9", State: "in_force", From: when.On(2026, 3, 1)})
		}, Want: want{"version:T1": broken, "version:T8": broken, "version:T9": broken}},
		{Name: "no hash of the text is on record", Spoil: version("B2", func(v *policy.Version) { v.SHA256 = "" }), Want: want{"version:B2": unknown}},
		{Name: "a draft may lack its hash", Spoil: version("T2", func(v *policy.Version) { v.SHA256 = "" }), Want: want{}},
		{Name: "a clause of the standard has no parent", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Clauses, "L4").Parents = nil },
			Want: want{"clause:L4": broken}, Since: start},
		{Name: "the parent is a clause of the standard", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Clauses, "L4").Parents = []string{"st.1.1"} },
			Want: want{"clause:L4": broken}},
		{Name: "the parent stood only in the basic policy before", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Clauses, "L4").Parents = []string{"bp.7"} },
			Want: want{"clause:L4": broken}},
		{Name: "one of two parents exists", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Clauses, "L4").Parents = []string{"bp.7", "bp.1"} }, Want: want{}},
		{Name: "a clause of a draft may stand alone", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Clauses, "L6").Parents = []string{"bp.99"} }, Want: want{}},
	})
}

func TestR002(t *testing.T) {
	from := when.On(2026, 4, 1)
	basic, standard := want{"version:B2": broken}, want{"version:T1": broken}
	checktest.Run(t, "R002", []checktest.Case{
		{Name: "the basic policy took the route of the standard", Spoil: version("B2", func(v *policy.Version) { v.Route = "B" }), Want: basic, Since: from},
		{Name: "the basic policy took no route", Spoil: version("B2", func(v *policy.Version) { v.Route = "" }), Want: basic},
		{Name: "the committee never decided on the basic policy", Spoil: version("B2", func(v *policy.Version) { v.Committee = 0 }), Want: basic},
		{Name: "the CISO never decided on the basic policy", Spoil: version("B2", func(v *policy.Version) { v.CISO = 0 }), Want: basic},
		{Name: "the basic policy was never published", Spoil: version("B2", func(v *policy.Version) { v.Published = 0 }), Want: basic},
		{Name: "the committee decided on the basic policy a day late", Spoil: version("B2", func(v *policy.Version) { v.Committee = from + 1 }), Want: basic},
		{Name: "the CISO decided on the basic policy a day late", Spoil: version("B2", func(v *policy.Version) { v.CISO = from + 1 }), Want: basic},
		{Name: "everything was decided on the first day in force", Spoil: version("B2", func(v *policy.Version) { v.Committee, v.CISO = from, from }), Want: want{}},
		{Name: "the standard took the route of the basic policy", Spoil: version("T1", func(v *policy.Version) { v.Route = "A" }), Want: standard},
		{Name: "the committee never decided on the standard", Spoil: version("T1", func(v *policy.Version) { v.Committee = 0 }), Want: standard},
		{Name: "the CISO decided on the standard a day late", Spoil: version("T1", func(v *policy.Version) { v.CISO = from + 1 }), Want: standard},
		{Name: "the standard need not be published", Spoil: version("T1", func(v *policy.Version) { v.Published = 0 }), Want: want{}},
		{Name: "a version replaced since took the wrong route", Spoil: version("B1", func(v *policy.Version) { v.Route = "B" }), Want: want{"version:B1": broken}},
		{Name: "a draft has no route yet", Spoil: version("T2", func(v *policy.Version) { v.Route = "" }), Want: want{}},
		{Name: "a version in force from today is asked today", Spoil: version("T2", func(v *policy.Version) { v.State, v.From = "in_force", day }), Want: want{"version:T2": broken}},
		{Name: "a version in force from tomorrow is asked tomorrow", Spoil: version("T2", func(v *policy.Version) { v.State, v.From = "in_force", day+1 }), Want: want{}},
	})
}

func TestR003People(t *testing.T) {
	// newcomer joined on a day and has not received the policy.
	newcomer := func(joined when.Date, change ...func(*org.Person)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			p := org.Person{Code: "P9", Name: "小林九郎", Unit: "U2", Employment: "fiscal_year", Joined: joined}
			for _, f := range change {
				f(&p)
			}
			c.People = append(c.People, p)
		}
	}
	is := func(r string) want { return want{"person:P9": r} }
	checktest.Run(t, "R003", []checktest.Case{
		{Name: "somebody has not received the policy", Spoil: func(t *testing.T, c *city) { c.Acks = checktest.Drop(t, c.Acks, "AK4") },
			Want: want{"person:P4": broken}, Since: when.On(2026, 5, 2)},
		{Name: "somebody received only the version before", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Acks, "AK4").Version = "B1" }, Want: want{"person:P4": broken}},
		{Name: "somebody received only the standard", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Acks, "AK4").Version = "T1" }, Want: want{"person:P4": broken}},
		{Name: "a newcomer of 31 days ago is late", Spoil: newcomer(day - 31), Want: is(broken), Since: day},
		{Name: "a newcomer of 30 days ago may still receive it today", Spoil: newcomer(day - 30), Want: is(waiting)},
		{Name: "a newcomer of today", Spoil: newcomer(day), Want: is(waiting)},
		{Name: "somebody who begins tomorrow", Spoil: newcomer(day + 1), Want: is(outside)},
		{Name: "somebody who left yesterday", Spoil: newcomer(day-90, func(p *org.Person) { p.Left = day - 1 }), Want: is(outside)},
		{Name: "somebody whose last day is today", Spoil: newcomer(day-90, func(p *org.Person) { p.Left = day }), Want: is(broken)},
		{Name: "the people of a contractor are asked through the contractor", Spoil: newcomer(day-90, func(p *org.Person) { p.Employment = "contractor" }), Want: is(outside)},
		{Name: "agency workers are asked themselves", Spoil: newcomer(day-90, func(p *org.Person) { p.Employment = "dispatched" }), Want: is(broken)},
		{Name: "the city allows 31 days", Spoil: func(t *testing.T, c *city) { c.Params["N.ack"] = 31; newcomer(day-31)(t, c) }, Want: is(waiting)},
		{Name: "a new version came yesterday and everybody has 30 days", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Versions, "B2").From = day - 1
			c.Acks = nil
		}, Want: want{"person:P1": waiting, "person:P2": waiting, "person:P3": waiting, "person:P4": waiting, "person:P5": waiting, "person:P6": waiting, "contractor:CO1": waiting}},
		{Name: "no basic policy is in force, so nothing can be told", Spoil: version("B2", func(v *policy.Version) { v.State = "draft" }),
			Want: want{"person:P1": unknown, "person:P2": unknown, "person:P3": unknown, "person:P4": unknown, "person:P5": unknown, "person:P6": unknown, "contractor:CO1": unknown}},
	})
}

func TestR014(t *testing.T) {
	adoption := func(code string, change func(*policy.Adoption)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Adoptions, code)) }
	}
	checktest.Run(t, "R014", []checktest.Case{
		{Name: "an organ has not adopted the policy", Spoil: func(t *testing.T, c *city) { c.Adoptions = checktest.Drop(t, c.Adoptions, "AO3") },
			Want: want{"organ:O3": broken}, Since: when.On(2026, 4, 1)},
		{Name: "an organ adopted only the version before", Spoil: adoption("AO3", func(a *policy.Adoption) { a.Version = "B1" }), Want: want{"organ:O3": broken}},
		{Name: "an organ adopted only the standard", Spoil: adoption("AO3", func(a *policy.Adoption) { a.Version = "T1" }), Want: want{"organ:O3": broken}},
		{Name: "only the assembly's office adopted it", Spoil: adoption("AO10", func(a *policy.Adoption) { a.By = "office" }), Want: want{"organ:O10": broken}},
		{Name: "the office adopted it and then the assembly too", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Adoptions, "AO10").By = "office"
			c.Adoptions = append(c.Adoptions, policy.Adoption{Code: "AO20", Organ: "O10", Version: "B2", By: "organ"})
		}, Want: want{}},
		{Name: "another organ's office may adopt it for the organ", Spoil: adoption("AO3", func(a *policy.Adoption) { a.By = "office" }), Want: want{}},
		{Name: "an organ of today has not adopted the policy", Spoil: func(t *testing.T, c *city) {
			c.Organs = append(c.Organs, org.Organ{Code: "O20", Name: "病院事業管理者", Kind: "enterprise", Open: day})
		}, Want: want{"organ:O20": broken}, Since: day},
		{Name: "an organ abolished today is asked for the last time", Spoil: func(t *testing.T, c *city) {
			c.Adoptions = checktest.Drop(t, c.Adoptions, "AO3")
			checktest.Find(t, c.Organs, "O3").Close = day
		}, Want: want{"organ:O3": broken}},
		{Name: "an organ abolished yesterday is not asked", Spoil: func(t *testing.T, c *city) {
			c.Adoptions = checktest.Drop(t, c.Adoptions, "AO3")
			checktest.Find(t, c.Organs, "O3").Close = day - 1
		}, Want: want{"organ:O3": outside}},
	})
}

func TestR014WithoutPolicy(t *testing.T) {
	all := want{}
	for _, o := range []string{"O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8", "O9", "O10"} {
		all["organ:"+o] = unknown
	}
	checktest.Run(t, "R014", []checktest.Case{
		{Name: "no basic policy is in force, so nothing can be told", Spoil: version("B2", func(v *policy.Version) { v.State = "draft" }), Want: all},
	})
}

func TestR016(t *testing.T) {
	procedure := func(code string, change func(*policy.Procedure)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Procedures, code)) }
	}
	bad := want{"procedure:PR1": broken}
	checktest.Run(t, "R016", []checktest.Case{
		{Name: "a procedure names no clause", Spoil: procedure("PR1", func(p *policy.Procedure) { p.Parents = nil }), Want: bad},
		{Name: "one of its clauses is in no text", Spoil: procedure("PR1", func(p *policy.Procedure) { p.Parents = []string{"bp.1", "bp.77"} }), Want: bad},
		{Name: "one of its clauses stood only in the version before", Spoil: procedure("PR1", func(p *policy.Procedure) { p.Parents = []string{"bp.7"} }), Want: bad},
		{Name: "it names only blanks", Spoil: procedure("PR1", func(p *policy.Procedure) { p.Parents = []string{" "} }), Want: bad},
		{Name: "it rests on the standard alone", Spoil: procedure("PR1", func(p *policy.Procedure) { p.Parents = []string{"st.1.1"} }), Want: want{}},
		{Name: "the clause left the policy with a new version", Spoil: func(t *testing.T, c *city) { c.Clauses = checktest.Drop(t, c.Clauses, "L2") }, Want: bad},
		{Name: "a procedure in force from today", Spoil: procedure("PR1", func(p *policy.Procedure) { p.From, p.Parents = day, nil }), Want: bad},
		{Name: "a procedure in force from tomorrow", Spoil: procedure("PR1", func(p *policy.Procedure) { p.From, p.Parents = day+1, nil }), Want: want{"procedure:PR1": outside}},
		{Name: "a procedure that ended yesterday", Spoil: procedure("PR1", func(p *policy.Procedure) { p.Until, p.Parents = day-1, nil }), Want: want{"procedure:PR1": outside}},
		{Name: "a procedure that ends today", Spoil: procedure("PR1", func(p *policy.Procedure) { p.Until, p.Parents = day, nil }), Want: bad},
	})
}

func TestR017(t *testing.T) {
	value := func(code string, n *int64) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { checktest.Find(t, c.Requirements, code).Value = n }
	}
	parameter := func(change func(*policy.Parameter)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Parameters, "N.ack")) }
	}
	days, times := "requirement:RQ1", "requirement:RQ2"
	checktest.Run(t, "R017", []checktest.Case{
		{Name: "a day more than the standard allows", Spoil: value("RQ1", checktest.Count(31)), Want: want{days: broken}},
		{Name: "a day less than the standard allows", Spoil: value("RQ1", checktest.Count(29)), Want: want{}},
		{Name: "one meeting fewer than the standard asks", Spoil: value("RQ2", checktest.Count(1)), Want: want{times: broken}},
		{Name: "as many meetings as the standard asks", Spoil: value("RQ2", checktest.Count(2)), Want: want{}},
		{Name: "the standard becomes stricter", Spoil: parameter(func(p *policy.Parameter) { p.Value = checktest.Count(29) }), Want: want{days: broken}},
		{Name: "the procedure states no value", Spoil: value("RQ1", nil), Want: want{days: unknown}},
		{Name: "nought is a value", Spoil: value("RQ1", checktest.Count(0)), Want: want{}},
		{Name: "the standard states no value", Spoil: parameter(func(p *policy.Parameter) { p.Value = nil }), Want: want{days: unknown}},
		{Name: "the parameter is not registered", Spoil: func(t *testing.T, c *city) { c.Parameters = checktest.Drop(t, c.Parameters, "N.ack") }, Want: want{days: unknown}},
		{Name: "which direction is stricter is not said", Spoil: parameter(func(p *policy.Parameter) { p.Direction = "" }), Want: want{days: unknown}},
		{Name: "the procedure is not in force", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Procedures, "PR1").Until = day - 1 },
			Want: want{days: outside, times: outside}},
		{Name: "an exception that runs until today excuses it", Spoil: func(t *testing.T, c *city) {
			value("RQ1", checktest.Count(31))(t, c)
			c.Exceptions = []policy.Exception{{Code: "E1", Check: "R017", Subject: days, Applicant: "P1", Approver: "P5", Approved: day - 30, Until: day}}
		}, Want: want{days: excused}},
		{Name: "an exception that ended yesterday does not", Spoil: func(t *testing.T, c *city) {
			value("RQ1", checktest.Count(31))(t, c)
			c.Exceptions = []policy.Exception{{Code: "E1", Check: "R017", Subject: days, Applicant: "P1", Approver: "P5", Approved: day - 30, Until: day - 1}}
		}, Want: want{days: broken}},
	})
}

func TestHolds(t *testing.T) {
	good := policy.Exception{Applicant: "P1", Approver: "P5", Approved: day - 30, Until: day}
	for name, tc := range map[string]struct {
		change func(*policy.Exception)
		want   bool
	}{
		"approved and running":      {func(*policy.Exception) {}, true},
		"not approved":              {func(e *policy.Exception) { e.Approved = 0 }, false},
		"approved by nobody":        {func(e *policy.Exception) { e.Approver = "" }, false},
		"approved by its applicant": {func(e *policy.Exception) { e.Approver = "P1" }, false},
		"ended yesterday":           {func(e *policy.Exception) { e.Until = day - 1 }, false},
		"ends tomorrow":             {func(e *policy.Exception) { e.Until = day + 1 }, true},
	} {
		e := good
		tc.change(&e)
		if got := e.Holds(day); got != tc.want {
			t.Errorf("%s: holds %v, want %v", name, got, tc.want)
		}
	}
}
