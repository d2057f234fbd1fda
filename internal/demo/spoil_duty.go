package demo

import (
	"slices"
	"strings"

	"okite/internal/when"
)

// spoilPosts plants posts that are not filled as they must be (bp.6).
func (c *city) spoilPosts() {
	for _, s := range c.drawSections(c.few()) {
		c.dropPost("section_manager:" + c.units[s].Code)
		c.plant("R030", "unit:"+c.units[s].Code)
	}
	for _, s := range c.drawSystems(c.few(), nil) {
		if i := c.postOf["system_manager:"+s.Code]; c.taken["post:"+c.postRows[i].Code] {
			continue
		}
		c.dropPost("system_manager:" + s.Code)
		c.plant("R030", "system:"+s.Code)
	}
	of := map[string][]int{}
	for i, a := range c.assignments {
		of[a.Post] = append(of[a.Post], i)
	}
	hand := c.limit("N.handover")
	posts := c.draw(6*c.few()+4, len(c.postRows), func(i int) string { return "post:" + c.postRows[i].Code }, func(i int) bool { return true })
	for n, i := range posts {
		p := c.postRows[i]
		var holder, deputy *assignment
		var former []int
		for _, j := range of[p.Code] {
			switch a := &c.assignments[j]; {
			case a.Kind == "deputy":
				deputy = a
			case a.Until == 0:
				holder = a
			default:
				former = append(former, j)
			}
		}
		// since lets the holder begin on a day, after somebody else until a day.
		since := func(from, until when.Date) {
			for _, j := range former {
				c.gone["assignment:"+c.assignments[j].Code] = true
			}
			holder.From, holder.Handover, holder.First = from, 0, false
			before := *holder
			before.From, before.Until, before.First = max(p.From, when.FYStart(c.fy-4)), until, true
			before.Person = c.people[c.rng.IntN(c.cfg.People)].Code
			c.assign(before)
		}
		subject := "post:" + p.Code
		switch n {
		case 0: // handed over today without a gap, the hand-over still in time
			since(c.day, c.day-1)
			continue
		case 1: // the last day to accept the hand-over is today or later
			d := c.lastInTime(hand)
			since(d, d-1)
			continue
		case 2: // no deputy, but an exception runs
			c.gone["assignment:"+deputy.Code] = true
			c.except("R030", subject, c.day+30, nil)
			continue
		case 3: // the deputy's last day is today
			deputy.Until = c.day
			continue
		}
		switch n % 6 {
		case 0:
			c.gone["assignment:"+deputy.Code] = true
		case 1:
			holder.Until = c.day - 1
		case 2: // two at once
			c.assign(assignment{Post: p.Code, Person: c.people[c.rng.IntN(c.cfg.People)].Code, Kind: "holder", From: c.day - 20, First: true})
			last := &c.assignments[len(c.assignments)-1]
			for last.Person == holder.Person || !c.here(last.Person) {
				last.Person = c.people[c.rng.IntN(c.cfg.People)].Code
			}
		case 3: // a hand-over nobody has accepted
			d := c.late(hand)
			since(d, d-1)
		case 4: // the deputy is the holder
			deputy.Person = holder.Person
		case 5:
			if c.day <= c.year { // no earlier day of this 年度: without a deputy instead
				c.gone["assignment:"+deputy.Code] = true
				break
			}
			d := c.between(c.year+1, c.day)
			since(d, d-2) // one day without anybody
			if h := c.open(d, 1); h <= c.day {
				c.assignmentOf(holder.Code).Handover = h
			}
		}
		c.plant("R030", subject)
	}
}

// assignmentOf finds an assignment again after others were added.
func (c *city) assignmentOf(key string) *assignment {
	i := slices.IndexFunc(c.assignments, func(a assignment) bool { return a.Code == key })
	return &c.assignments[i]
}

// here says whether somebody is on the staff today.
func (c *city) here(key string) bool {
	for i := range c.people {
		if p := &c.people[i]; p.Code == key {
			return p.Joined <= c.day && (p.Left == 0 || p.Left >= c.day)
		}
	}
	return false
}

func (c *city) dropPost(place string) {
	key := c.postRows[c.postOf[place]].Code
	c.take("post:" + key)
	c.gone["post:"+key] = true
	for _, a := range c.assignments {
		if a.Post == key {
			c.gone["assignment:"+a.Code] = true
		}
	}
}

// spoilDecisions plants decisions outside a delegation and in one's own affair, and gaps in the table of powers (bp.6).
func (c *city) spoilDecisions() {
	wrong := func(check string, a approval) {
		c.approve(a)
		c.plant(check, "approval:"+c.approvals[len(c.approvals)-1].Code)
	}
	give := func(from, to string, begin, end when.Date) string {
		d := delegation{Code: c.code("DL", 4), From: from, To: to, Acts: c.acts("section_manager", 1), Begin: begin, End: end}
		c.delegations = append(c.delegations, d)
		return d.Code
	}
	for n := range 2 * c.few() {
		s := c.sections[(n*11+5)%len(c.sections)]
		boss, second, clerk := c.at(s, 0), c.at(s, 1), c.clerk(s)
		begin, end := c.day-200, c.day-100
		d := c.delegations[c.delegationAt(give(boss, second, begin, end))]
		a := approval{Action: c.pickAct(d.Acts, 0), Applicant: clerk, Approver: second, Delegation: d.Code, At: end}
		c.approve(a) // on its last day
		a.At = end + 1
		if n%2 == 1 {
			a.At, a.Approver = end, c.at(s, 2) // somebody else than the delegate
		}
		wrong("R030", a)

		// One's own application; that of somebody who has given one's power away, directly and by two steps.
		wrong("R032", approval{Action: c.act("section_manager"), Applicant: boss, Approver: boss, At: c.ago(300, 1)})
		team := c.staffOf[c.units[s].Code]
		x, y, z := c.people[team[3]].Code, c.people[team[len(team)-1]].Code, c.people[team[len(team)-2]].Code
		if len(team) < 7 {
			continue
		}
		give(x, y, begin, end)
		at := approval{Action: c.act("section_manager"), Applicant: x, Approver: y, At: end}
		wrong("R032", at)
		at.At = end + 1 // the day after the delegation ended
		c.approve(at)
		if n%2 == 1 {
			give(y, z, begin, end)
			wrong("R032", approval{Action: c.act("section_manager"), Applicant: x, Approver: z, At: begin})
		}
	}
	c.spoilPowers()
}

func (c *city) delegationAt(key string) int {
	return slices.IndexFunc(c.delegations, func(d delegation) bool { return d.Code == key })
}

// spoilPowers leaves an act without a deciding role, gives another two, and a third two within one unit. It takes acts that
// a visitor hardly needs: nobody may carry out an act that nobody decides. A fourth has another role in a unit, in the unit
// above it and in an organ, as it may.
func (c *city) spoilPowers() {
	var order []int
	for _, rare := range []string{"mapping.", "hrunit.", "transfer.", "scheme.", ""} {
		for i, p := range c.powers {
			if strings.HasPrefix(p.Action, rare) && !slices.Contains(order, i) {
				order = append(order, i)
			}
		}
	}
	if len(order) > 0 {
		c.gone["power:"+c.powers[order[0]].Code] = true
		c.plant("R033", "action:"+c.powers[order[0]].Action)
	}
	if len(order) > 1 {
		p := c.powers[order[1]]
		c.powers = append(c.powers, power{Code: c.code("PW", 4), Action: p.Action, Role: "admin"})
		c.plant("R033", "action:"+p.Action)
	}
	within := func(p power, role, unit, organ string) {
		c.powers = append(c.powers, power{Code: c.code("PW", 4), Action: p.Action, Role: role, Unit: unit, Organ: organ})
	}
	section := c.units[c.sections[0]]
	if len(order) > 2 {
		p := c.powers[order[2]]
		within(p, "bureau_head", section.Code, "")
		within(p, "section_manager", section.Code, "")
		c.plant("R033", "action:"+p.Action)
	}
	if len(order) > 3 {
		p := c.powers[order[3]]
		within(p, "section_manager", section.Code, "")
		within(p, "bureau_head", section.Parent, "")
		within(p, "ciso", "", section.Organ)
	}
}

// spoilAudits plants auditors of their own unit, present and recent (bp.6, bp.11).
func (c *city) spoilAudits() {
	audited := map[string]bool{}
	for _, a := range c.auditRows {
		audited[a.Unit] = true
	}
	var fresh []int
	for _, s := range c.sections {
		if !audited[c.units[s].Code] {
			fresh = append(fresh, s)
		}
	}
	cool := when.Date(365 * c.limit("N.auditcool"))
	staff := c.staffOf[c.units[c.small[2]].Code]
	for n, s := range fresh[:min(len(fresh), 3*c.few())] {
		auditor, date := c.people[staff[n%len(staff)]].Code, c.ago(300, 10)
		switch n % 3 {
		case 0:
			c.audit(s, date, auditor, c.clerk(s))
		case 1:
			c.transfers = append(c.transfers, transfer{Code: c.code("TR", 5), Person: auditor, Unit: c.units[s].Code, Until: date - cool + 1})
			c.audit(s, date, auditor)
		case 2: // left just long enough before
			c.transfers = append(c.transfers, transfer{Code: c.code("TR", 5), Person: auditor, Unit: c.units[s].Code, Until: date - cool})
			c.audit(s, date, auditor)
			continue
		}
		c.plant("R032", "audit:"+c.auditRows[len(c.auditRows)-1].Code)
	}
}

// spoilWindow plants committees that did not meet, teams with empty seats, windows nobody tested (bp.6).
func (c *city) spoilWindow() {
	last := when.FYStart(c.fy - 1)
	for n, i := range c.draw(c.few()+2, len(c.committees)-1, func(i int) string { return "committee:" + c.committees[i].Code }, func(i int) bool { return i > 0 }) {
		k := c.committees[i]
		seen := false
		for j := range c.meetings {
			m := &c.meetings[j]
			if m.Committee != k.Code || m.Date < last || m.Date >= c.year || seen {
				continue
			}
			seen = true
			switch n % 3 {
			case 0: // it sat, but kept no minutes
				m.Minutes, m.Record, m.State, m.Applicant, m.Approver = "", "", "open", "", ""
			case 1:
				c.keepMatters(m, "training")
			case 2: // the chair has not approved them
				m.State, m.Approver = "submitted", ""
			}
		}
		c.plant("R035", "committee:"+k.Code)
	}
	base := c.sectionFor("デジタル戦略局", "情報政策")
	c.committees = append(c.committees, committee{Code: c.code("CM", 3), Name: "旧電算運営委員会", Chair: c.at(base, 1), Unit: c.units[base].Code, Since: when.On(2015, 4, 1), Until: c.day - 1})
	c.spoilTeams()
	c.spoilOutside()
}

func (c *city) spoilTeams() {
	limit := when.Date(c.limit("N.contacttest"))
	for n, i := range c.draw(min(5+c.few(), len(c.csirts)-1), len(c.csirts), func(i int) string { return "csirt:" + c.csirts[i].Code }, func(i int) bool { return i > 0 }) {
		t := &c.csirts[i]
		switch n % 6 {
		case 0:
			if t.PoC = ""; n > 5 {
				t.PoC = c.leaver()
			}
			c.plant("R036", "csirt:"+t.Code)
			continue
		case 1:
			t.Phone = ""
		case 2:
			c.callTests = slices.DeleteFunc(c.callTests, func(x callTest) bool { return x.CSIRT == t.Code })
		case 3: // the last day on which the test still counts
			c.lastCall(t.Code, "", c.day-limit, "passed")
			continue
		case 4:
			c.lastCall(t.Code, "", c.day-limit-1, "passed")
		case 5:
			c.lastCall(t.Code, "", c.day, "failed")
		}
		c.plant("R037", "csirt:"+t.Code)
	}
	for n, i := range c.draw(c.few()+2, len(c.tasks), func(i int) string { return "task:" + c.tasks[i].Code }, func(int) bool { return true }) {
		t := &c.tasks[i]
		switch n {
		case 0: // whose last day is today is still there
			s := c.sections[len(c.sections)/2]
			if p := c.first(s, "regular"); p >= 0 && c.take("person:"+c.people[p].Code) {
				c.people[p].Left = c.day
				t.Assignee = c.people[p].Code
			}
			continue
		case 1:
			t.Assignee = ""
		default:
			t.Assignee = c.leaver()
		}
		c.plant("R036", "task:"+t.Code)
	}
}

func (c *city) spoilOutside() {
	limit := when.Date(c.limit("N.contacttest"))
	missing := oneOf(c, []string{"ipa", "nco", "ppc", "prefecture"})
	for _, k := range c.contacts {
		if k.Body == missing {
			c.gone["contact:"+k.Code] = true
			c.callTests = slices.DeleteFunc(c.callTests, func(x callTest) bool { return x.Contact == k.Code })
		}
	}
	c.plant("R038", "csirt:"+c.csirts[0].Code)
	for n, i := range c.draw(7, len(c.contacts), func(i int) string { return "contact:" + c.contacts[i].Code }, func(i int) bool { return c.contacts[i].Body != missing }) {
		k := &c.contacts[i]
		switch n {
		case 0: // the last day on which it still counts
			k.Verified = c.day - limit
			continue
		case 1:
			k.Verified = 0
			c.callTests = slices.DeleteFunc(c.callTests, func(x callTest) bool { return x.Contact == k.Code })
		case 2: // nobody verified it in time, but a test reached it on the last day that counts
			k.Verified = c.day - limit - 30
			c.lastCall("", k.Code, c.day-limit, "passed")
			continue
		case 3: // a test failed, and the contact was put right on the next day
			k.Verified = c.day - 4
			c.lastCall("", k.Code, c.day-5, "failed")
			continue
		case 4: // verified, and not reached since
			k.Verified = c.day - 4
			c.lastCall("", k.Code, c.day-3, "failed")
		default:
			k.Verified = c.day - limit - when.Date(c.roll(1, 40))
			c.callTests = slices.DeleteFunc(c.callTests, func(x callTest) bool { return x.Contact == k.Code && x.Date > k.Verified })
		}
		c.plant("R038", "contact:"+k.Code)
	}
	term := c.limit("N.triage")
	for n, i := range c.draw(c.some(), len(c.advisories), func(i int) string { return "advisory:" + c.advisories[i].Code }, func(int) bool { return true }) {
		a := &c.advisories[i]
		if n%2 == 1 {
			a.Triaged = min(c.open(a.Received, term)+when.Date(c.roll(1, 5)), c.day)
			c.dealt(a, 3*n, a.By)
		} else {
			a.untriaged()
		}
		c.plant("R038", "advisory:"+a.Code)
	}
	for _, received := range []when.Date{c.day, c.lastInTime(term)} { // still to be looked at, in time
		c.advisories = append(c.advisories, advisory{Code: c.code("AV", 4), Name: "新しく届いた注意喚起", Source: "jpcert", Received: received, State: "received"})
	}
}
