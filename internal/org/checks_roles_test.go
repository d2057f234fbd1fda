package org_test

import (
	"fmt"
	"testing"

	"okite/internal/check/checktest"
	"okite/internal/org"
	"okite/internal/when"
)

func TestR030Posts(t *testing.T) {
	assignment := func(code string, change func(*org.Assignment)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Assignments, code)) }
	}
	// successor ends the holder of PO2 on a day and puts another on the post, with the hand-over open.
	successor := func(until, from when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			checktest.Find(t, c.Assignments, "H2").Until = until
			c.Assignments = append(c.Assignments, org.Assignment{Code: "H8", Post: "PO2", Person: "P5", Kind: "holder", From: from})
		}
	}
	post := want{"post:PO2": broken}
	checktest.Run(t, "R030", []checktest.Case{
		{Name: "the holder's assignment ended yesterday", Spoil: assignment("H2", func(a *org.Assignment) { a.Until = day - 1 }), Want: post, Since: day},
		{Name: "the holder's assignment ends today", Spoil: assignment("H2", func(a *org.Assignment) { a.Until = day }), Want: want{}},
		{Name: "the holder left the city", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.People, "P1").Left = day - 3 },
			Want: want{"post:PO2": broken, "post:PO5": broken}},
		{Name: "the holder's last day is today", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.People, "P1").Left = day }, Want: want{}},
		{Name: "the holder is nobody the register knows", Spoil: assignment("H2", func(a *org.Assignment) { a.Person = "P99" }), Want: post},
		{Name: "two hold the post", Spoil: func(t *testing.T, c *city) {
			c.Assignments = append(c.Assignments, org.Assignment{Code: "H8", Post: "PO2", Person: "P5", Kind: "holder", From: day - 7, First: true})
		}, Want: post, Since: day - 7},
		{Name: "the second holder has left the city", Spoil: func(t *testing.T, c *city) {
			c.Assignments = append(c.Assignments, org.Assignment{Code: "H8", Post: "PO2", Person: "P7", Kind: "holder", From: day - 7, First: true})
		}, Want: want{}},
		{Name: "there is no deputy", Spoil: func(t *testing.T, c *city) { c.Assignments = checktest.Drop(t, c.Assignments, "D2") }, Want: post},
		{Name: "the deputy's assignment ended a week ago", Spoil: assignment("D2", func(a *org.Assignment) { a.Until = day - 8 }), Want: post, Since: day - 7},
		{Name: "the deputy is the holder", Spoil: assignment("D2", func(a *org.Assignment) { a.Person = "P1" }), Want: post},
		{Name: "the deputy has left the city", Spoil: assignment("D2", func(a *org.Assignment) { a.Person = "P7" }), Want: post},
		{Name: "another deputy is in place", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Assignments, "D2").Until = day - 8
			c.Assignments = append(c.Assignments, org.Assignment{Code: "D8", Post: "PO2", Person: "P5", Kind: "deputy", From: day - 7})
		}, Want: want{}},
		// The fifth open day after 16 November is 24 November: 23 November is a holiday.
		{Name: "the hand-over may still be accepted today", Spoil: successor(when.On(2026, 11, 15), when.On(2026, 11, 16)), Want: want{}},
		{Name: "the hand-over was due on the last open day", Spoil: successor(when.On(2026, 11, 12), when.On(2026, 11, 13)), Want: post, Since: when.On(2026, 11, 21)},
		{Name: "the city allows longer for a hand-over", Spoil: func(t *testing.T, c *city) {
			c.Params["N.handover"] = 6
			successor(when.On(2026, 11, 12), when.On(2026, 11, 13))(t, c)
		}, Want: want{}},
		{Name: "a new post has nothing to hand over", Spoil: func(t *testing.T, c *city) {
			successor(when.On(2026, 10, 31), when.On(2026, 11, 1))(t, c)
			checktest.Find(t, c.Assignments, "H8").First = true
		}, Want: want{}},
		{Name: "the hand-over was accepted late, but accepted", Spoil: func(t *testing.T, c *city) {
			successor(when.On(2026, 10, 31), when.On(2026, 11, 1))(t, c)
			checktest.Find(t, c.Assignments, "H8").Handover = day - 1
		}, Want: want{}},
		{Name: "one day of this fiscal year was without a holder", Spoil: func(t *testing.T, c *city) {
			successor(when.On(2026, 4, 30), when.On(2026, 5, 2))(t, c)
			checktest.Find(t, c.Assignments, "H8").Handover = when.On(2026, 5, 8)
		}, Want: post, Since: when.On(2026, 5, 1)},
		{Name: "somebody held the post on that one day", Spoil: func(t *testing.T, c *city) {
			successor(when.On(2026, 4, 30), when.On(2026, 5, 2))(t, c)
			checktest.Find(t, c.Assignments, "H8").Handover = when.On(2026, 5, 8)
			c.Assignments = append(c.Assignments, org.Assignment{Code: "H7", Post: "PO2", Person: "P6", Kind: "holder", From: when.On(2026, 5, 1), Until: when.On(2026, 5, 1)})
		}, Want: want{}},
		{Name: "the first day of this fiscal year was without a holder", Spoil: func(t *testing.T, c *city) {
			successor(when.On(2026, 3, 30), when.On(2026, 4, 2))(t, c)
			checktest.Find(t, c.Assignments, "H8").Handover = when.On(2026, 4, 3)
		}, Want: post, Since: when.On(2026, 4, 1)},
		{Name: "a gap of an earlier fiscal year is over", Spoil: func(t *testing.T, c *city) {
			successor(when.On(2026, 3, 1), when.On(2026, 4, 1))(t, c)
			checktest.Find(t, c.Assignments, "H8").Handover = when.On(2026, 4, 3)
		}, Want: want{}},
		{Name: "a post is asked about from the day it exists", Spoil: func(t *testing.T, c *city) {
			p := checktest.Find(t, c.Posts, "PO2")
			p.From = when.On(2026, 6, 1)
			a := checktest.Find(t, c.Assignments, "H2")
			a.From, a.First = when.On(2026, 6, 1), true
		}, Want: want{}},
		{Name: "a post of today is to be filled today", Spoil: func(t *testing.T, c *city) {
			c.Posts = append(c.Posts, org.Post{Code: "PO9", Role: "network_manager", Name: "通信網管理者", From: day})
		}, Want: want{"post:PO9": broken}, Since: day},
		{Name: "a post that ends today is to be filled today", Spoil: func(t *testing.T, c *city) {
			c.Posts = append(c.Posts, org.Post{Code: "PO9", Role: "network_manager", Name: "通信網管理者", From: day - 9, Until: day})
		}, Want: want{"post:PO9": broken}, Since: day - 9},
		{Name: "a post that ended yesterday needs nobody, but its unit needs a post", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Posts, "PO2").Until = day - 1 },
			Want: want{"post:PO2": outside, "unit:U2": broken}},
	})
}

func TestR030Units(t *testing.T) {
	checktest.Run(t, "R030", []checktest.Case{
		{Name: "a section has no post of section manager", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Posts, "PO2").Role = "network_manager" },
			Want: want{"unit:U2": broken}},
		{Name: "a bureau has no post of bureau head", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Posts, "PO1").Role = "section_manager" },
			Want: want{"unit:U1": broken}},
		{Name: "a section that opens today has no post", Spoil: func(t *testing.T, c *city) {
			c.Units = append(c.Units, org.Unit{Code: "U9", Name: "新設課", Kind: "section", Organ: "O1", Open: day})
		}, Want: want{"unit:U9": broken}},
		{Name: "a section that closes today has no post", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U4").Close = day }, Want: want{"unit:U4": broken}},
		{Name: "a department needs neither", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Units, "U2").Kind = "department" },
			Want: want{"unit:U2": outside}},
		{Name: "a system has no post of system manager", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Posts, "PO5").System = "" },
			Want: want{"system:S3": broken}},
		{Name: "the post of system manager begins tomorrow", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Posts, "PO5").From = day + 1 },
			Want: want{"system:S3": broken, "post:PO5": outside}},
		{Name: "a retired system needs no manager", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.Systems, "S3").Status = "retired"
			checktest.Find(t, c.Posts, "PO5").System = ""
		}, Want: want{"system:S3": outside}},
	})
}

func TestR030Approvals(t *testing.T) {
	delegation := func(change func(*org.Delegation)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Delegations, "DG1")) }
	}
	at := when.On(2026, 6, 1)
	bad := want{"approval:AP2": broken}
	checktest.Run(t, "R030", []checktest.Case{
		{Name: "the delegation is not registered", Spoil: func(t *testing.T, c *city) { c.Delegations = nil }, Want: bad, Since: at},
		{Name: "the delegation begins the day after", Spoil: delegation(func(d *org.Delegation) { d.Begin = at + 1 }), Want: bad},
		{Name: "the delegation begins on the day itself", Spoil: delegation(func(d *org.Delegation) { d.Begin = at }), Want: want{}},
		{Name: "the delegation ended the day before", Spoil: delegation(func(d *org.Delegation) { d.End = at - 1 }), Want: bad},
		{Name: "the delegation ends on the day itself", Spoil: delegation(func(d *org.Delegation) { d.End = at }), Want: want{}},
		{Name: "somebody else than the delegate decided", Spoil: delegation(func(d *org.Delegation) { d.To = "P4" }), Want: bad},
		{Name: "the act is not among those delegated", Spoil: delegation(func(d *org.Delegation) { d.Acts = []string{"asset.create"} }), Want: bad},
		{Name: "a delegation that names no act gives all", Spoil: delegation(func(d *org.Delegation) { d.Acts = nil }), Want: want{}},
	})
}

func TestR032(t *testing.T) {
	give := func(ds ...org.Delegation) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { c.Delegations = append(c.Delegations, ds...) }
	}
	at := when.On(2026, 6, 1)
	checktest.Run(t, "R032", []checktest.Case{
		{Name: "the applicant decided", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Approvals, "AP1").Approver = "P3" },
			Want: want{"approval:AP1": broken}, Since: at},
		{Name: "a delegate of the applicant decided", Spoil: give(org.Delegation{Code: "X1", From: "P3", To: "P1", Begin: at, End: at}),
			Want: want{"approval:AP1": broken, "approval:AP2": broken}}, // P1's own delegate P2 decided the other one
		{Name: "a delegate of a delegate of the applicant decided", Spoil: give(
			org.Delegation{Code: "X1", From: "P3", To: "P4", Begin: at - 9, End: at + 9}, org.Delegation{Code: "X2", From: "P4", To: "P1", Begin: at, End: at + 9},
		), Want: want{"approval:AP1": broken, "approval:AP2": broken}},
		{Name: "the chain goes round in a circle and reaches nobody", Spoil: give(
			org.Delegation{Code: "X1", From: "P3", To: "P4", Begin: at - 9, End: at + 9}, org.Delegation{Code: "X2", From: "P4", To: "P3", Begin: at - 9, End: at + 9},
		), Want: want{}},
		{Name: "one link of the chain ended the day before", Spoil: give(
			org.Delegation{Code: "X1", From: "P3", To: "P4", Begin: at - 9, End: at - 1}, org.Delegation{Code: "X2", From: "P4", To: "P1", Begin: at - 9, End: at + 9},
		), Want: want{}},
		{Name: "the delegation began the day after", Spoil: give(org.Delegation{Code: "X1", From: "P3", To: "P1", Begin: at + 1, End: at + 9}), Want: want{}},
		{Name: "the approver delegated to the applicant, not the other way", Spoil: give(org.Delegation{Code: "X1", From: "P1", To: "P3", Begin: at, End: at + 9}), Want: want{}},
	})
}

// powers adds rows to the table of powers, of the act asset.create where they name none.
func powers(rows ...org.Power) func(t *testing.T, c *city) {
	return func(_ *testing.T, c *city) {
		for i, p := range rows {
			p.Code = fmt.Sprintf("PX%d", i)
			if p.Action == "" {
				p.Action = "asset.create"
			}
			c.Powers = append(c.Powers, p)
		}
	}
}

func TestR033(t *testing.T) {
	checktest.Run(t, "R033", []checktest.Case{
		{Name: "no role decides an act", Spoil: func(t *testing.T, c *city) { c.Powers = checktest.Drop(t, c.Powers, "PW1") }, Want: want{"action:asset.change": broken}},
		{Name: "two roles decide an act", Spoil: func(t *testing.T, c *city) {
			c.Powers = append(c.Powers, org.Power{Code: "PW3", Action: "asset.create", Role: "chief"})
		}, Want: want{"action:asset.create": broken}},
		{Name: "the product learns an act nobody decides", Spoil: func(t *testing.T, c *city) {
			c.Actions = append(c.Actions, org.Action{Code: "unit.end", Name: "組織の終了"})
		}, Want: want{"action:unit.end": broken}},
		{Name: "a power for an act the product does not know is nobody's", Spoil: func(t *testing.T, c *city) {
			c.Powers = append(c.Powers, org.Power{Code: "PW3", Action: "old.act", Role: "chief"})
		}, Want: want{}},
		{Name: "another role decides within a unit, another in the unit above, a third in the organ", Spoil: powers(
			org.Power{Unit: "U2", Role: "system_manager"}, org.Power{Unit: "U1", Role: "bureau_head"}, org.Power{Organ: "O1", Role: "ciso"}), Want: want{}},
		{Name: "two roles decide within one unit", Spoil: powers(org.Power{Unit: "U2", Role: "system_manager"}, org.Power{Unit: "U2", Role: "bureau_head"}), Want: want{"action:asset.create": broken}},
		{Name: "the same role twice within one unit", Spoil: powers(org.Power{Unit: "U2", Role: "chief"}, org.Power{Unit: "U2", Role: "chief"}), Want: want{"action:asset.create": broken}},
		{Name: "two roles decide within one organ", Spoil: powers(org.Power{Organ: "O1", Role: "ciso"}, org.Power{Organ: "O1", Role: "chief"}), Want: want{"action:asset.create": broken}},
		{Name: "a unit and an organ of one number are two scopes", Spoil: powers(org.Power{Unit: "O1", Role: "ciso"}, org.Power{Organ: "O1", Role: "chief"}), Want: want{}},
		{Name: "one unit, two acts", Spoil: powers(org.Power{Unit: "U2", Role: "chief"}, org.Power{Action: "asset.change", Unit: "U2", Role: "chief"}), Want: want{}},
		{Name: "a role within a unit is none for the whole city", Spoil: func(t *testing.T, c *city) {
			c.Powers = checktest.Drop(t, c.Powers, "PW2")
			powers(org.Power{Unit: "U2", Role: "chief"})(t, c)
		}, Want: want{"action:asset.create": broken}},
	})
}
