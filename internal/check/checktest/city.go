// Package checktest is a small city in which every check holds, and a plain way to see what one change does to it.
// A test spoils one thing and names every result that follows; whatever else changes fails the test.
//
// Conditions are decided here row by row by the Cedar engine they are written for, so that a test of a check does
// not rest on our own compiler.
package checktest

import (
	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/card"
	"okite/internal/contractor"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/selfcheck"
	"okite/internal/training"
	"okite/internal/transfer"
	"okite/internal/when"
)

// Day is the day on which the city is looked at: a Tuesday after a holiday.
var Day = when.On(2026, 11, 24)

// City is the registers of the small city.
type City struct {
	Day    when.Date
	Params map[string]int64
	Texts  map[string]string

	City        []org.City
	Organs      []org.Organ
	Units       []org.Unit
	HRUnits     []org.HRUnit
	People      []org.Person
	Posts       []org.Post
	Assignments []org.Assignment
	Delegations []org.Delegation
	Actions     []org.Action
	Powers      []org.Power
	Approvals   []org.Approval
	Committees  []org.Committee
	Meetings    []org.Meeting
	AgendaItems []org.AgendaItem
	CSIRTs      []org.CSIRT
	Tasks       []org.Task
	Contacts    []org.Contact
	CallTests   []org.CallTest
	Advisories  []org.Advisory

	Versions     []policy.Version
	Clauses      []policy.Clause
	Adoptions    []policy.Adoption
	Acks         []policy.Ack
	Procedures   []policy.Procedure
	Requirements []policy.Requirement
	Parameters   []policy.Parameter
	Exceptions   []policy.Exception

	Assets       []asset.Asset
	Systems      []asset.System
	Networks     []asset.Network
	Devices      []asset.Device
	Flows        []asset.Flow
	Stores       []asset.Store
	Controls     []asset.Control
	Disposals    []asset.Disposal
	Stocktakes   []asset.Stocktake
	ClassChanges []asset.ClassChange
	Schemes      []asset.Scheme

	Cards      []card.Card
	Accounts   []card.Account
	Places     []card.Place
	CardCounts []card.Count
	Events     []card.Event

	Contractors []contractor.Contractor
	Contracts   []contractor.Contract

	Notices  []notice.Notice
	Receipts []notice.Receipt
	Pledges  []notice.Pledge
	Guides   []notice.Guide

	Audits    []audit.Audit
	Transfers []audit.Transfer

	// HRPeople and LeaveChecks follow from People when they are nil: a case about somebody new need not say that the
	// personnel system lists them, or that who left gave everything back.
	HRPeople    []transfer.HRPerson
	HRMappings  []transfer.Mapping
	LeaveChecks []transfer.LeaveCheck

	TrainingPlans []training.Plan
	Courses       []training.Course
	Sessions      []training.Session
	Lessons       []training.Lesson
	Questions     []training.Question
	Completions   []training.Completion
	MailDrills    []training.Drill
	DrillResults  []training.Result

	CheckSheets   []selfcheck.Sheet
	CheckItems    []selfcheck.Item
	Campaigns     []selfcheck.Campaign
	Responses     []selfcheck.Response
	Confirmations []selfcheck.Confirmation
}

// Count is a number that was stated.
func Count(n int64) *int64 { return &n }

// Clean is a city in which nothing is wrong. Its keys are short, so that a case can be read.
func Clean() *City {
	c := &City{
		Day: Day,
		Params: map[string]int64{"N.hrimport": 7, "N.ack": 30, "N.pledge": 7, "N.notice": 5, "N.noticerate": 95, "N.reorg": 10, "N.handover": 5, "N.committee": 2, "N.contacttest": 90, "N.triage": 1,
			"N.classify": 5, "N.remap": 180, "N.auditcool": 2, "N.inventory": 365, "N.filelist": 1000},
		Texts: map[string]string{"N.stocktake": "07-31", "S.paper": "no"},
	}
	c.people()
	c.duties()
	c.window()
	c.texts()
	c.systems()
	c.assets()
	c.partners()
	c.told()
	c.training()
	c.inspected()
	c.carried()
	return c
}

func (c *City) people() {
	d := when.On
	c.City = []org.City{{Code: "990001", Name: "試験市", Pack: "model"}}
	for i, o := range []struct{ kind, name string }{
		{"mayor", "市長"}, {"education", "教育委員会"}, {"election", "選挙管理委員会"}, {"personnel", "人事委員会"}, {"audit", "監査委員"},
		{"agriculture", "農業委員会"}, {"assessment", "固定資産評価審査委員会"}, {"enterprise", "水道事業管理者"}, {"fire", "消防長"},
		{"assembly_office", "議会事務局"}, {"assembly", "市議会"},
	} {
		c.Organs = append(c.Organs, org.Organ{Code: key("O", i+1), Name: o.name, Kind: o.kind, Open: d(2000, 4, 1)})
	}
	c.Units = []org.Unit{
		{Code: "U1", Name: "総務局", Kind: "bureau", Organ: "O1", HRCode: "H1", Open: d(2000, 4, 1)},
		{Code: "U2", Name: "情報政策課", Kind: "section", Organ: "O1", Parent: "U1", HRCode: "H2", Open: d(2000, 4, 1)},
		{Code: "U3", Name: "市民課", Kind: "section", Organ: "O1", Parent: "U1", HRCode: "H3", Open: d(2000, 4, 1)},
		{Code: "U4", Name: "旧統計課", Kind: "section", Organ: "O1", Parent: "U1", Open: d(2000, 4, 1), Close: d(2025, 3, 31)},
	}
	for i, u := range c.Units[:3] {
		c.HRUnits = append(c.HRUnits, org.HRUnit{Code: key("H", i+1), Name: u.Name, Collected: d(2026, 11, 1)})
	}
	for i, p := range []struct{ name, unit string }{
		{"青木一郎", "U2"}, {"石田二葉", "U2"}, {"上野三奈", "U3"}, {"江川四季", "U3"}, {"岡本五月", "U1"}, {"加藤六実", "U1"},
	} {
		c.People = append(c.People, org.Person{Code: key("P", i+1), Name: p.name, Unit: p.unit, Employment: "regular", Joined: d(2015, 4, 1)})
	}
	c.People = append(c.People,
		org.Person{Code: "P7", Name: "木村七海", Unit: "U2", Employment: "regular", Joined: d(2010, 4, 1), Left: d(2026, 3, 31)},
		org.Person{Code: "P8", Name: "久保八重", Unit: "U2", Employment: "contractor", Contract: "K1", Joined: d(2026, 4, 1)})
}

func (c *City) duties() {
	d := when.On
	c.Posts = []org.Post{
		{Code: "PO1", Role: "bureau_head", Scope: "bureau", Unit: "U1", Name: "総務局情報セキュリティ責任者", From: d(2020, 4, 1)},
		{Code: "PO2", Role: "section_manager", Scope: "section", Unit: "U2", Name: "情報政策課情報セキュリティ管理者", From: d(2020, 4, 1)},
		{Code: "PO3", Role: "section_manager", Scope: "section", Unit: "U3", Name: "市民課情報セキュリティ管理者", From: d(2020, 4, 1)},
		{Code: "PO4", Role: "system_manager", Scope: "system", System: "S1", Name: "住民記録システム管理者", From: d(2020, 4, 1)},
		{Code: "PO5", Role: "system_manager", Scope: "system", System: "S3", Name: "公開サイト管理者", From: d(2020, 4, 1)},
	}
	for i, a := range []struct{ post, holder, deputy string }{{"PO1", "P5", "P6"}, {"PO2", "P1", "P2"}, {"PO3", "P3", "P4"}, {"PO4", "P3", "P4"}, {"PO5", "P2", "P1"}} {
		c.Assignments = append(c.Assignments,
			org.Assignment{Code: key("H", i+1), Post: a.post, Person: a.holder, Kind: "holder", From: d(2025, 4, 1), Handover: d(2025, 4, 3)},
			org.Assignment{Code: key("D", i+1), Post: a.post, Person: a.deputy, Kind: "deputy", From: d(2025, 4, 1)})
	}
	c.Assignments = append(c.Assignments, org.Assignment{Code: "H9", Post: "PO2", Person: "P7", Kind: "holder", From: d(2020, 4, 1), Until: d(2025, 3, 31), First: true})
	c.Delegations = []org.Delegation{{Code: "DG1", From: "P1", To: "P2", Acts: []string{"asset.change"}, Begin: d(2026, 4, 1), End: d(2027, 3, 31)}}
	c.Actions = []org.Action{{Code: "asset.change", Name: "情報資産の変更"}, {Code: "asset.create", Name: "情報資産の登録"}}
	c.Powers = []org.Power{{Code: "PW1", Action: "asset.change", Role: "section_manager"}, {Code: "PW2", Action: "asset.create", Role: "section_manager"}}
	c.Approvals = []org.Approval{
		{Code: "AP1", Action: "asset.create", Applicant: "P3", Approver: "P1", At: d(2026, 6, 1)},
		{Code: "AP2", Action: "asset.change", Applicant: "P3", Approver: "P2", Delegation: "DG1", At: d(2026, 6, 1)},
	}
}

func (c *City) window() {
	d := when.On
	c.Committees = []org.Committee{{Code: "C1", Name: "情報セキュリティ委員会", Chair: "P5", Unit: "U2", Since: d(2024, 4, 1)}}
	c.Meetings = []org.Meeting{
		{Code: "M1", Committee: "C1", Date: d(2025, 4, 1), Agenda: []string{"training", "selfcheck"}, Minutes: "総情第1号"},
		{Code: "M2", Committee: "C1", Date: d(2026, 3, 31), Agenda: []string{"audit", "incident"}, Minutes: "総情第9号"},
	}
	c.CSIRTs = []org.CSIRT{
		{Code: "CS1", Name: "試験市CSIRT", Main: true, Unit: "U2", Chief: "P5", Deputy: "P6", Manager: "P1", PoC: "P2", Phone: "内線1234",
			Mail: "csirt@city.example", AfterHours: "宿直室"},
		{Code: "CS2", Name: "水道局CSIRT", Unit: "U3", Chief: "P3", Deputy: "P4", Manager: "P3", PoC: "P4", Phone: "内線5678",
			Mail: "suido@city.example", AfterHours: "浄水場"},
	}
	c.CallTests = []org.CallTest{
		{Code: "CX1", CSIRT: "CS1", Date: d(2026, 11, 1), Way: "phone", Result: "passed"},
		{Code: "CX2", CSIRT: "CS2", Date: d(2026, 10, 1), Way: "mail", Result: "passed"},
		{Code: "CX3", CSIRT: "CS2", Date: d(2026, 9, 1), Way: "phone", Result: "failed"}, // an earlier one
	}
	c.Tasks = []org.Task{{Code: "TK1", CSIRT: "CS1", Name: "受付", Assignee: "P2"}, {Code: "TK2", CSIRT: "CS1", Name: "記録", Assignee: "P1"}}
	for i, b := range []string{"mic", "prefecture", "nco", "jlis", "police", "ppc", "ipa", "jpcert"} {
		c.Contacts = append(c.Contacts, org.Contact{Code: key("CT", i+1), Body: b, Name: "連絡窓口", Verified: d(2026, 11, 1)})
	}
	c.Advisories = []org.Advisory{
		// 3 November is a holiday, so the next open day after the 2nd is the 4th.
		{Code: "AD1", Name: "通信機器の脆弱性", Source: "jpcert", Received: d(2026, 11, 2), Triaged: d(2026, 11, 4), By: "P1"},
		{Code: "AD2", Name: "偽メールの流行", Source: "nco", Received: d(2026, 10, 1), Triaged: d(2026, 10, 1), By: "P1"},
	}
}

func (c *City) texts() {
	d := when.On
	c.Versions = []policy.Version{
		{Code: "B1", Layer: "basic", Number: 1, Name: "基本方針初版", SHA256: "b1", State: "replaced", Route: "A", Committee: d(2024, 3, 1), CISO: d(2024, 3, 8), Published: d(2024, 3, 29), From: d(2024, 4, 1), Until: d(2026, 3, 31)},
		{Code: "B2", Layer: "basic", Number: 2, Name: "基本方針第2版", SHA256: "b2", State: "in_force", Route: "A", Committee: d(2026, 3, 2), CISO: d(2026, 3, 9), Published: d(2026, 3, 30), From: d(2026, 4, 1)},
		{Code: "T1", Layer: "standard", Number: 1, Name: "対策基準初版", SHA256: "t1", State: "in_force", Route: "B", Committee: d(2026, 3, 2), CISO: d(2026, 4, 1), From: d(2026, 4, 1)},
		{Code: "T2", Layer: "standard", Number: 2, Name: "対策基準改正案", State: "draft"},
	}
	c.Clauses = []policy.Clause{
		{Code: "L1", Version: "B2", ID: "bp.1", Number: "1", Name: "目的"},
		{Code: "L2", Version: "B2", ID: "bp.9.4", Number: "9(4)", Name: "技術"},
		{Code: "L3", Version: "B1", ID: "bp.7", Number: "7", Name: "分類"},
		{Code: "L4", Version: "T1", ID: "st.1", Number: "1", Name: "組織", Parents: []string{"bp.1"}},
		{Code: "L5", Version: "T1", ID: "st.1.1", Number: "1(1)", Name: "体制", Parents: []string{"bp.9.4", "bp.99"}},
		{Code: "L6", Version: "T2", ID: "st.1", Number: "1", Name: "改正案の組織"},
	}
	for i, o := range c.Organs {
		if o.Kind != "assembly" {
			c.Adoptions = append(c.Adoptions, policy.Adoption{Code: key("AO", i+1), Organ: o.Code, Version: "B2", By: "organ", Date: d(2026, 3, 30)})
		}
	}
	for i := range 6 {
		c.Acks = append(c.Acks, policy.Ack{Code: key("AK", i+1), Version: "B2", Person: key("P", i+1), Date: d(2026, 4, 10)})
	}
	c.Acks = append(c.Acks, policy.Ack{Code: "AK9", Version: "B2", Contractor: "CO1", Date: d(2026, 4, 10)})
	c.Procedures = []policy.Procedure{
		{Code: "PR1", Name: "情報政策課実施手順", Kind: "procedure", Unit: "U2", Parents: []string{"bp.9.4", "st.1"}, From: d(2026, 4, 1)},
		{Code: "PR2", Name: "市民課実施手順案", Kind: "procedure", Unit: "U3"},
	}
	c.Requirements = []policy.Requirement{
		{Code: "RQ1", Procedure: "PR1", Parameter: "N.ack", Value: Count(30)},
		{Code: "RQ2", Procedure: "PR1", Parameter: "N.committee", Value: Count(3)},
	}
	c.Parameters = []policy.Parameter{
		{Code: "N.ack", Name: "受領の期限", Value: Count(30), Unit: "日", Direction: "max"},
		{Code: "N.committee", Name: "委員会の回数", Value: Count(2), Unit: "回", Direction: "min"},
		{Code: "S.paper", Name: "紙の文書の扱い", Text: "no"},
	}
}

func (c *City) partners() {
	d := when.On
	c.Contractors = []contractor.Contractor{{Code: "CO1", Name: "北の情報株式会社"}, {Code: "CO2", Name: "南の情報株式会社"}}
	c.Contracts = []contractor.Contract{
		{Code: "K1", Name: "運用保守業務", Contractor: "CO1", Unit: "U2", From: d(2026, 4, 1), Until: d(2027, 3, 31)},
		{Code: "K2", Name: "前年度の開発業務", Contractor: "CO2", Unit: "U4", From: d(2024, 4, 1), Until: d(2025, 3, 31)},
	}
	c.HRMappings = []transfer.Mapping{{Code: "HM1", Name: "職員名簿", Kinds: []string{"fiscal_year", "part_time", "regular", "special", "temporary"}}}
	c.Audits = []audit.Audit{{Code: "AU1", Name: "市民課の監査", Unit: "U3", Auditors: []string{"P1", "P6"}, Date: d(2026, 7, 1)}}
	c.Transfers = []audit.Transfer{
		// 730 days before the audit: just outside the two years looked back over.
		{Code: "TR1", Person: "P1", Unit: "U3", Until: d(2026, 7, 1) - 730},
		{Code: "TR2", Person: "P6", Unit: "U2", Until: d(2026, 3, 31)},
	}
}

// hrPeople are the people of the city as its personnel system lists them.
func (c *City) hrPeople() []transfer.HRPerson {
	if c.HRPeople != nil {
		return c.HRPeople
	}
	var out []transfer.HRPerson
	for _, p := range c.People {
		if p.Employment != "dispatched" && p.Employment != "contractor" && (p.Left == 0 || p.Left >= c.Day) {
			out = append(out, transfer.HRPerson{Code: p.Code, Name: p.Name, Employment: p.Employment, Joined: p.Joined, Left: p.Left, Collected: c.Day - 1})
		}
	}
	return out
}

// leaveChecks are complete checklists of everybody who left.
func (c *City) leaveChecks() []transfer.LeaveCheck {
	if c.LeaveChecks != nil {
		return c.LeaveChecks
	}
	var out []transfer.LeaveCheck
	for _, p := range c.People {
		if p.Left != 0 {
			out = append(out, transfer.LeaveCheck{Code: "LC" + p.Code, Person: p.Code, Last: p.Left, Media: p.Left, Keys: p.Left, Cards: p.Left, Accounts: p.Left, Reminder: p.Left, By: "P1"})
		}
	}
	return out
}
