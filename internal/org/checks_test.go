package org_test

import (
	"testing"

	"okite/internal/check/checktest"
	"okite/internal/org"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
)

const (
	broken  = "noncompliant"
	unknown = "undetermined"
	fine    = "compliant"
	outside = "out_of_scope"
	waiting = "not_due"
)

// day is the day on which the clean city is looked at.
const day = 20781 // 2026-11-24

func TestDay(t *testing.T) {
	if checktest.Day != day {
		t.Fatalf("the clean city is looked at on day %d, want %d", checktest.Day, day)
	}
}

// each makes a case for every code of a list.
func each(name string, codes []string, spoil func(t *testing.T, c *city, code string), want want) []checktest.Case {
	var out []checktest.Case
	for _, code := range codes {
		out = append(out, checktest.Case{Name: name + " " + code, Spoil: func(t *testing.T, c *city) { spoil(t, c, code) }, Want: want})
	}
	return out
}

func TestR012Organs(t *testing.T) {
	checktest.Run(t, "R012", each("there is no organ", []string{"O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8", "O9", "O10"},
		func(t *testing.T, c *city, code string) {
			c.Organs = checktest.Drop(t, c.Organs, code)
			for i := range c.Units {
				c.Units[i].Organ = "O11"
			}
		}, want{"city:990001": broken}))
}

func TestR012(t *testing.T) {
	checktest.Run(t, "R012", []checktest.Case{
		{Name: "one of the ten organs is missing", Spoil: func(t *testing.T, c *city) { c.Organs = checktest.Drop(t, c.Organs, "O6") },
			Want: want{"city:990001": broken}},
		{Name: "one of the ten organs was abolished yesterday", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Organs, "O9").Close = day - 1 },
			Want: want{"city:990001": broken}},
		{Name: "an organ is abolished today and exists for the last day", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Organs, "O9").Close = day },
			Want: want{}},
		{Name: "an organ is established tomorrow", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Organs, "O2").Open = day + 1 },
			Want: want{"city:990001": broken}},
		{Name: "a second organ of a kind changes nothing", Spoil: func(t *testing.T, c *city) {
			c.Organs = append(c.Organs, org.Organ{Code: "O12", Name: "病院事業管理者", Kind: "enterprise", Open: 11000})
		}, Want: want{}},
		{Name: "a unit has no organ", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U2").Organ = "" },
			Want: want{"unit:U2": broken}},
		{Name: "a unit names an organ that is not registered", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U2").Organ = "O99" },
			Want: want{"unit:U2": broken}},
		{Name: "a unit has no HR code, so its HR unit stands alone too", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U3").HRCode = "" },
			Want: want{"unit:U3": broken, "hrunit:H3": broken}},
		{Name: "a unit has an HR code the personnel system does not know", Spoil: func(t *testing.T, c *city) { c.HRUnits = checktest.Drop(t, c.HRUnits, "H3") },
			Want: want{"unit:U3": broken}},
		{Name: "the personnel system lists a unit that is not registered", Spoil: func(t *testing.T, c *city) {
			c.HRUnits = append(c.HRUnits, org.HRUnit{Code: "H4", Name: "新設課"})
		}, Want: want{"hrunit:H4": broken}},
		{Name: "the personnel system still lists a closed unit", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Units, "U4").HRCode = "H4"
			c.HRUnits = append(c.HRUnits, org.HRUnit{Code: "H4", Name: "旧統計課"})
		}, Want: want{"hrunit:H4": broken}},
		{Name: "a closed unit needs no HR code", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U4").Organ = "" },
			Want: want{}},
		{Name: "a unit that opens today is asked today", Spoil: func(t *testing.T, c *city) {
			c.Units = append(c.Units, org.Unit{Code: "U9", Name: "新設課", Kind: "section", Organ: "O1", Open: day})
		}, Want: want{"unit:U9": broken}},
		{Name: "a unit that opens tomorrow is asked tomorrow", Spoil: func(t *testing.T, c *city) {
			c.Units = append(c.Units, org.Unit{Code: "U9", Name: "新設課", Kind: "section", Organ: "O1", Open: day + 1})
		}, Want: want{"unit:U9": outside}},
		{Name: "the unit that closes today still counts", Spoil: func(t *testing.T, c *city) {
			u := checktest.Find(t, c.Units, "U4")
			u.Close = day
		}, Want: want{"unit:U4": broken}},
	})
}

func TestR015Assignments(t *testing.T) {
	// The unit of a post closed on 9 November: the tenth open day after it is 24 November, 23 November being a holiday.
	closing := func(d when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U3").Close = d }
	}
	last := when.On(2026, 11, 9)
	all := func(r string) want {
		return want{"assignment:H3": r, "assignment:D3": r, "asset:A1": r, "asset:A2": r, "system:S1": r}
	}
	checktest.Run(t, "R015", []checktest.Case{
		{Name: "the last open day to hand over is today", Spoil: closing(last), Want: all(waiting)},
		{Name: "the last open day to hand over has passed", Spoil: closing(last - 3), Want: all(broken)},
		{Name: "the unit closes today and is there for the last day", Spoil: closing(day), Want: want{}},
		{Name: "the assignment of a closed unit has ended", Spoil: func(t *testing.T, c *city) {
			c.Posts = append(c.Posts, org.Post{Code: "PO9", Role: "section_manager", Unit: "U4", Name: "旧統計課の役職", From: 15000})
			c.Assignments = append(c.Assignments, org.Assignment{Code: "H8", Post: "PO9", Person: "P1", Kind: "holder", From: 15000, Until: day - 1})
		}, Want: want{"assignment:H8": outside}},
		{Name: "the assignment of a closed unit goes on", Spoil: func(t *testing.T, c *city) {
			c.Posts = append(c.Posts, org.Post{Code: "PO9", Role: "section_manager", Unit: "U4", Name: "旧統計課の役職", From: 15000})
			c.Assignments = append(c.Assignments, org.Assignment{Code: "H8", Post: "PO9", Person: "P1", Kind: "holder", From: 15000})
		}, Want: want{"assignment:H8": broken}, Since: when.On(2025, 4, 15)},
		{Name: "the assignment of a closed unit begins and ends today", Spoil: func(t *testing.T, c *city) {
			c.Posts = append(c.Posts, org.Post{Code: "PO9", Role: "section_manager", Unit: "U4", Name: "旧統計課の役職", From: 15000})
			c.Assignments = append(c.Assignments, org.Assignment{Code: "H8", Post: "PO9", Person: "P1", Kind: "holder", From: day, Until: day})
		}, Want: want{"assignment:H8": broken}},
		{Name: "a post names a unit that is not registered", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Posts, "PO3").Unit = "U99" },
			Want: want{"assignment:H3": broken, "assignment:D3": broken}},
		{Name: "a post for the whole city has no unit", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Posts, "PO3").Unit = "" },
			Want: want{"assignment:H3": outside, "assignment:D3": outside}},
		{Name: "a closed unit wants ten more open days when the city allows them", Spoil: func(t *testing.T, c *city) {
			c.Params["N.reorg"] = 20
			checktest.Find(t, c.Units, "U3").Close = last - 3
		}, Want: all(waiting)},
	})
}
