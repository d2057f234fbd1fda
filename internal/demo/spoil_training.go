package demo

import (
	"slices"

	"okite/internal/when"
)

// never marks a course that was not taken.
const never = -1001

// spoilTraining plants plans nobody approved or heard of, people who were not taught, and drills without follow-up
// (bp.9.1). It stands last: by then everybody who belongs to the city is there to be taught.
func (c *city) spoilTraining() {
	s := &c.school
	s.skipLast, s.skipYear, s.newOn = map[string]bool{}, map[string]bool{}, map[string]when.Date{}
	s.roleOn, s.auditOn, s.members = map[[2]string]int{}, map[string]when.Date{}, map[string]bool{}
	c.spoilPlans()
	c.spoilTaught()
	c.spoilNew()
	c.spoilRoles()
	c.spoilTeachers()
	c.spoilDrills()
	c.teach()
}

func (c *city) spoilPlans() {
	s := &c.school
	last := when.FYStart(c.fy - 1)
	// What the committee heard last year, on the year's last day; and a meeting that kept no minutes.
	sit := func(d when.Date, minutes string) string {
		m := meeting{Code: c.code("M", 4), Committee: c.committees[0].Code, Date: d, Agenda: []string{"training"}, Minutes: minutes}
		c.meetings = append(c.meetings, m)
		return m.Code
	}
	heard, silent := sit(c.year-1, "北星情第99号"), sit(last+250, "")
	late := sit(min(c.year+3, c.day), "北星情第100号") // a meeting of this year, too late for last year's result
	for i := range s.plans {
		if p := &s.plans[i]; p.FY == int64(c.fy-1) {
			p.Meeting = heard
		}
	}
	more := func(name string, fy int, approved when.Date, meeting string) string {
		c.plan(trainingPlan{Name: name, FY: int64(fy), Content: "年度の途中に追加する研修。", State: "approved", Applicant: c.logins[1].Person, Applied: when.FYStart(fy) + 5,
			Approver: c.logins[0].Person, Approved: approved, Meeting: meeting})
		return "trainingplan:" + s.plans[len(s.plans)-1].Code
	}
	for _, m := range []string{"", silent, late} {
		c.plant("R080", more("前年度の追加研修計画", c.fy-1, last+60, m))
	}
	if due := c.planDay(c.fy); due < c.day {
		c.plant("R080", more("今年度の追加研修計画", c.fy, due+1, ""))
		if c.cfg.Seed%3 == 0 { // no plan of this year is approved at all
			for i := range s.plans {
				if p := &s.plans[i]; p.FY == int64(c.fy) {
					p.State, p.Approver, p.Approved = "submitted", "", 0
				}
			}
			c.planted = slices.DeleteFunc(c.planted, func(p Planted) bool { return p == Planted{"R080", "trainingplan:" + s.plans[len(s.plans)-1].Code} })
			c.plant("R080", "city:"+cityCode)
		}
	}
}

// spoilTaught leaves people out who have been here long and hold nothing.
func (c *city) spoilTaught() {
	s := &c.school
	plain := c.withoutDuty()
	last := when.FYStart(c.fy - 1)
	for _, i := range c.draw(c.many(), len(c.people), func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool {
		p := &c.people[i]
		return p.Left == 0 && p.Joined < last && plain[p.Code]
	}) {
		s.skipLast[c.people[i].Code] = true
		c.plant("R081", "person:"+c.people[i].Code)
	}
	// Who left this year after as many days as count, untaught; a day fewer would not have counted.
	service := when.Date(c.limit("N.minservice"))
	for _, i := range c.draw(c.few(), len(c.people), func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool {
		p := &c.people[i]
		return p.Left != 0 && p.Left < c.day && p.Left >= c.year+service-1 && p.Joined < last && plain[p.Code]
	}) {
		s.skipYear[c.people[i].Code] = true
		c.plant("R081", "person:"+c.people[i].Code)
	}
}

// withoutDuty are the people who hold no post, sit in no team and audit nothing: all they are taught is the basic
// course.
func (c *city) withoutDuty() map[string]bool {
	out := map[string]bool{}
	for _, p := range c.people {
		out[p.Code] = true
	}
	for _, a := range c.assignments {
		delete(out, a.Person)
	}
	for _, who := range c.seats() {
		delete(out, who)
	}
	for _, a := range c.auditRows {
		for _, who := range a.Auditors {
			delete(out, who)
		}
	}
	return out
}

// spoilNew lets people who joined this year or the last be taught too late, or not at all; beside them some who were
// taught on the last day.
func (c *city) spoilNew() {
	s := &c.school
	last, due := when.FYStart(c.fy-1), when.Date(c.limit("N.newhire"))
	plain := c.withoutDuty()
	for n, i := range c.draw(2*c.some(), len(c.people), func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool {
		p := &c.people[i]
		return p.Left == 0 && plain[p.Code] && (p.Joined == last || p.Joined == c.year && p.Joined+due < c.day)
	}) {
		p := &c.people[i]
		on := p.Joined + due
		switch {
		case n%3 == 0: // in time
			s.newOn[p.Code] = on
			continue
		case p.Joined == c.year && n%3 == 1:
			s.newOn[p.Code] = 0
		default:
			s.newOn[p.Code] = on + 1
		}
		c.plant("R082", "person:"+p.Code)
	}
}

// spoilRoles lets holders of posts miss the course of their role.
func (c *city) spoilRoles() {
	s := &c.school
	days := when.Date(c.limit("N.rolecourse"))
	roles := map[string]string{}
	for _, p := range c.postRows {
		roles[p.Code] = p.Role
	}
	left := map[string]bool{}
	for _, p := range c.people {
		left[p.Code] = p.Left != 0 && p.Left < c.day || p.Joined > c.day
	}
	live := func(a *assignment) bool {
		return a.From <= c.day && (a.Until == 0 || a.Until >= c.day) && !left[a.Person] && !c.gone["assignment:"+a.Code]
	}
	ended := map[string]bool{}
	for _, p := range c.postRows {
		ended[p.Code] = p.Until != 0 && p.Until < c.day || p.From > c.day || c.gone["post:"+p.Code]
	}
	for n, i := range c.draw(c.some()+2, len(c.assignments), func(i int) string { return "person:" + c.assignments[i].Person }, func(i int) bool {
		a := &c.assignments[i]
		return live(a) && !ended[a.Post] && roles[a.Post] == "system_manager" && a.From+days < c.day
	}) {
		who := c.assignments[i].Person
		for _, k := range s.byRole["system_manager"] {
			if n%3 == 0 { // on the last day in time
				s.roleOn[[2]string{who, s.courses[k].Code}] = 0
				continue
			}
			s.roleOn[[2]string{who, s.courses[k].Code}] = never
		}
		if n%3 == 0 {
			continue
		}
		for j := range c.assignments { // every post of that person that needs the course
			if a := &c.assignments[j]; a.Person == who && live(a) && !ended[a.Post] && slices.Contains(s.courses[s.byRole["system_manager"][0]].Roles, roles[a.Post]) && a.From+days < c.day {
				c.plant("R082", "assignment:"+a.Code)
			}
		}
	}
}

// spoilTeachers lets a member of some teams and an auditor miss the course of their task.
func (c *city) spoilTeachers() {
	s := &c.school
	of := map[string][]string{}
	for _, t := range c.csirts {
		for _, who := range []string{t.Chief, t.Deputy, t.Manager, t.PoC} {
			of[who] = append(of[who], t.Code)
		}
	}
	for _, t := range c.tasks {
		of[t.Assignee] = append(of[t.Assignee], t.CSIRT)
	}
	here := map[string]bool{}
	for _, p := range c.people {
		here[p.Code] = p.Joined <= c.day && (p.Left == 0 || p.Left >= c.day)
	}
	for _, i := range c.draw(c.few(), len(c.csirts), func(i int) string { return "csirt:" + c.csirts[i].Code }, func(i int) bool { return i > 0 && here[c.csirts[i].PoC] }) {
		who := c.csirts[i].PoC
		s.members[who] = true
		for _, t := range of[who] {
			c.plant("R082", "csirt:"+t)
		}
	}
	var newest audit
	for _, a := range c.auditRows {
		if a.Date > newest.Date && a.Date <= c.day && len(a.Auditors) > 0 {
			newest = a
		}
	}
	who := newest.Auditors[0]
	s.auditOn[who] = newest.Date + 1 // the day after
	for _, a := range c.auditRows {
		if a.Date >= when.FYStart(c.fy-1) && a.Date <= newest.Date && slices.Contains(a.Auditors, who) {
			c.plant("R082", "audit:"+a.Code)
		}
	}
}

// spoilDrills leaves those who opened a mail without a course, and takes last year's drill away in some cities.
func (c *city) spoilDrills() {
	s := &c.school
	term := when.Date(c.limit("N.followup"))
	if c.cfg.Seed%2 == 1 {
		for i := range s.drills {
			if d := &s.drills[i]; d.Date.FY() == c.fy-1 {
				d.Date = when.FYEnd(c.fy - 2) // a day too early for last year
			}
		}
	}
	var n, before int
	follow := s.courses[s.followup].Code
	for k, back := range []when.Date{term, term + 1} { // may still be followed up today; could until yesterday
		code := c.drill(mailDrill{Name: []string{"抜き打ち訓練（第2回）", "抜き打ち訓練（第1回）"}[k], Date: c.day - back, Kind: "link", Course: follow, Scenario: "宅配便の不在通知を装う文面。"})
		for j, i := range c.draw(2+2*c.few(), len(c.people), func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool {
			return c.people[i].Left == 0 && c.people[i].Joined < c.day-back
		}) {
			p := &c.people[i]
			r := drillResult{Drill: code, Person: p.Code, Unit: p.Unit, Opened: true}
			late := false
			switch {
			case j%4 == 1: // on the last day in time
				r.Followup = min(c.day-back+term, c.day)
			case j%4 == 3:
				r.Opened, r.Reported = false, true
			case k == 1 && j%4 == 2: // a day late
				r.Followup, late = c.day, true
			default:
				late = k == 1
			}
			if r.Followup != 0 {
				c.took(p.Code, follow, r.Followup)
			}
			if key := c.answered(r); late {
				c.plant("R087", "drillresult:"+key)
			}
		}
	}
	for _, d := range s.drills {
		switch y := d.Date.FY(); {
		case y == c.fy-1:
			n++
		case y < c.fy-1:
			before++
		}
	}
	if n < c.limit("N.maildrill") && n+before > 0 {
		c.plant("R087", "city:"+cityCode)
	}
}
