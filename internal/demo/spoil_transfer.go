package demo

import "okite/internal/when"

// spoilTransfer writes the registers of people who come, move and leave, and plants what is wrong in them (bp.5). It
// comes last: it lists people as they are in the end.
func (c *city) spoilTransfer() {
	c.transfer()
	c.spoilHRList()
	c.spoilLeavers()
}

// spoilHRList plants people whom only one of the two lists knows.
func (c *city) spoilHRList() {
	c.hrMappings[0].Kinds = []string{"part_time", "regular", "special"} // nobody imports temporary staff
	c.plant("R020", "city:"+cityCode)

	at := map[string]int{}
	for i, h := range c.hrPeople {
		at[h.Code] = i
	}
	gone := map[int]bool{}
	staff := func(p *person) bool {
		_, ok := at[p.Code]
		return ok && p.Joined < c.day && p.Left == 0
	}
	for n, i := range c.draw(c.many(), c.cfg.People, func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool { return staff(&c.people[i]) }) {
		p := &c.people[i]
		h := at[p.Code]
		switch n % 3 {
		case 0: // not listed
			gone[h] = true
		case 1: // left yesterday by the personnel system only
			c.hrPeople[h].Left = c.day - 1
		case 2: // leaves today: still on the staff by both
			c.hrPeople[h].Left = c.day
			continue
		}
		c.plant("R020", "person:"+p.Code)
	}
	for n := range c.some() { // somebody nobody has registered; the last of them has left, and is nobody's business
		h := hrPerson{Code: c.code("P9", 6), Name: "未登録" + []string{"一", "二", "三"}[n%3] + "子", Employment: "part_time", Joined: c.day - 40, Collected: c.day - 2}
		if n == 0 {
			h.Left = c.day - 1
		} else {
			c.plant("R020", "hrperson:"+h.Code)
		}
		c.hrPeople = append(c.hrPeople, h)
	}
	for range c.few() { // who has left is listed as if still here
		key := c.leaver()
		if !c.take("hrperson:" + key) {
			continue
		}
		p := &c.people[c.personAt(key)]
		c.hrPeople = append(c.hrPeople, hrPerson{Code: key, Name: p.Name, Employment: p.Employment, Joined: p.Joined, Collected: c.day - 2})
		c.plant("R020", "hrperson:"+key)
	}
	var left []hrPerson
	for i, h := range c.hrPeople {
		if !gone[i] {
			left = append(left, h)
		}
	}
	c.hrPeople = left

	var ended string
	for i := range c.contracts {
		if c.contracts[i].Until < c.day {
			ended = c.contracts[i].Code
		}
	}
	for n, i := range c.draw(c.some()+2, c.cfg.People, func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool {
		k := c.people[i].Employment
		return (k == "dispatched" || k == "contractor") && c.people[i].Left == 0
	}) {
		p := &c.people[i]
		switch {
		case n == 0: // under a contract that ends today
			k := contract{Name: "窓口応援業務", Contractor: c.contractors[0].Code, Unit: p.Unit, From: c.day - 90, Until: c.day}
			c.contract(k)
			p.Contract = c.contracts[len(c.contracts)-1].Code
			continue
		case n == 1: // an exception runs
			p.Contract = ""
			c.except("R020", "person:"+p.Code, c.day+20, nil)
			continue
		case n%2 == 0:
			p.Contract = ""
		default:
			p.Contract = ended
		}
		c.plant("R020", "person:"+p.Code)
	}
}

// spoilLeavers plants checklists that are missing or open.
func (c *city) spoilLeavers() {
	drop := map[int]bool{}
	for n, i := range c.draw(c.some()+7, len(c.leaveChecks), func(i int) string { return "leavecheck:" + c.leaveChecks[i].Code }, func(int) bool { return true }) {
		l := &c.leaveChecks[i]
		switch n % 8 {
		case 0:
			l.Media = 0
		case 1:
			l.Keys = 0
		case 2:
			l.Cards = 0
		case 3:
			l.Accounts = 0
		case 4:
			l.Reminder = 0
		case 5:
			l.By = ""
		case 6: // none at all: nobody can tell
			drop[i] = true
		case 7: // everything was given back late, but it was
			l.Media, l.Keys = min(l.Last+9, c.day), min(l.Last+9, c.day)
			continue
		}
		c.plant("R023", "person:"+l.Person)
	}
	var kept []leaveCheck
	for i, l := range c.leaveChecks {
		if !drop[i] {
			kept = append(kept, l)
		}
	}
	c.leaveChecks = kept
	// two whose last day is today, with nothing given back yet
	for _, i := range c.draw(2, c.cfg.People, func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool {
		p := &c.people[i]
		return p.Employment == "fiscal_year" && p.Left == 0 && p.Joined < c.day-100 && c.hrLists(p.Code)
	}) {
		p := &c.people[i]
		p.Left = c.day
		c.leaveChecks = append(c.leaveChecks, leaveCheck{Code: c.code("LC", 5), Person: p.Code, Last: p.Left, Reminder: when.Date(min(int(p.Left), int(c.day-3)))})
	}
}

// hrLists says whether the personnel office lists somebody.
func (c *city) hrLists(key string) bool {
	for i := range c.hrPeople {
		if c.hrPeople[i].Code == key {
			return c.hrPeople[i].Left == 0
		}
	}
	return false
}
