package demo

import (
	"slices"

	"okite/internal/when"
)

// spoil plants what is wrong, each on a thing of its own, and beside it what is only nearly wrong. What follows from
// one wrong thing elsewhere is planted with it.
//
// Not everything can be planted: without a basic policy in force nothing could be received or adopted at all, a copy
// cannot name a source that is not there, and until its date no stock-taking is owed.
func (c *city) spoil() {
	c.take("system:" + c.share)
	for _, s := range c.systemRows {
		if s.Name == "介護保険システム" {
			c.take("system:" + s.Code)
		}
	}
	c.spoilTexts()
	c.spoilReceipts()
	c.spoilJoiners()
	c.spoilOrgans()
	c.spoilClosedUnits()
	c.spoilPosts()
	c.spoilDecisions()
	c.spoilAudits()
	c.spoilWindow()
	c.spoilAssets()
	c.spoilClasses()
	c.spoilLife()
	c.weigh()
	c.spoilSystems()
	c.spoilTraining()
	c.spoilNotice()
	c.spoilTransfer() // lists people as they are in the end
	c.leaveOut()
	c.spoilSelfcheck()
	c.spoilCard() // looks at people as they are in the end
}

// few, some and many grow with the city.
func (c *city) few() int  { return c.scale(1, 10000) }
func (c *city) some() int { return c.scale(2, 2000) }
func (c *city) many() int { return c.scale(3, 300) }

// Draws of the registers that much is planted on.

func (c *city) drawPlain(n int, fits func(*asset) bool) []*asset {
	var out []*asset
	for _, i := range c.draw(n, len(c.plain), func(i int) string { return "asset:" + c.assetRows[c.plain[i]].Code },
		func(i int) bool { return fits == nil || fits(&c.assetRows[c.plain[i]]) }) {
		out = append(out, &c.assetRows[c.plain[i]])
	}
	return out
}

func (c *city) drawSystems(n int, fits func(*system) bool) []*system {
	var out []*system
	for _, i := range c.draw(n, len(c.systemRows), func(i int) string { return "system:" + c.systemRows[i].Code }, func(i int) bool {
		s := &c.systemRows[i]
		return s.Status == "active" && s.OutOfScope == "" && (fits == nil || fits(s))
	}) {
		out = append(out, &c.systemRows[i])
	}
	return out
}

// drawSections takes sections that no system, team or office of the whole city hangs on.
func (c *city) drawSections(n int) []int {
	busy := map[string]bool{}
	for _, s := range c.systemRows {
		busy[s.Unit] = true
	}
	var out []int
	for _, i := range c.draw(n, len(c.sections), func(i int) string { return "unit:" + c.units[c.sections[i]].Code }, func(i int) bool {
		return !busy[c.units[c.sections[i]].Code]
	}) {
		out = append(out, c.sections[i])
	}
	return out
}

// except writes an exception down. It runs when somebody else than the applicant approved it and its day is not past.
func (c *city) except(check, subject string, until when.Date, change func(*exception)) {
	u := oneOf(c, c.sections)
	x := exception{Code: c.code("EX", 4), Check: check, Subject: subject, Reason: "更新の時期まで、今の仕組みでは満たせないため", Alternative: "利用者を限り、週に一度記録を確かめる",
		Applicant: c.at(u, 0), Approver: c.logins[0].Person, Approved: c.ago(150, 20), Until: until}
	if change != nil {
		change(&x)
	}
	c.exceptions = append(c.exceptions, x)
}

// leaver is somebody who is no longer on the staff.
func (c *city) leaver() string {
	i := len(c.people) - 1
	for tries := 0; ; tries++ {
		p := &c.people[i-c.rng.IntN(c.cfg.People/60)]
		if p.Left != 0 && p.Left < c.day {
			return p.Code
		}
		if tries > 10000 {
			panic("demo: nobody has left")
		}
	}
}

// leaveOut drops the rows that are not to be there.
func (c *city) leaveOut() {
	drop(c.gone, "ack", &c.acks, func(r *ack) string { return r.Code })
	drop(c.gone, "adoption", &c.adoptions, func(r *adoption) string { return r.Code })
	drop(c.gone, "organ", &c.organRows, func(r *organ) string { return r.Code })
	drop(c.gone, "hrunit", &c.hrUnits, func(r *hrUnit) string { return r.Code })
	drop(c.gone, "post", &c.postRows, func(r *post) string { return r.Code })
	drop(c.gone, "assignment", &c.assignments, func(r *assignment) string { return r.Code })
	drop(c.gone, "power", &c.powers, func(r *power) string { return r.Code })
	drop(c.gone, "contact", &c.contacts, func(r *contact) string { return r.Code })
	drop(c.gone, "stocktake", &c.stocktakes, func(r *stocktake) string { return r.Code })
	drop(c.gone, "control", &c.controls, func(r *control) string { return r.Code })
}

func drop[T any](gone map[string]bool, register string, rows *[]T, key func(*T) string) {
	*rows = slices.DeleteFunc(*rows, func(r T) bool { return gone[register+":"+key(&r)] })
}

// spoilTexts plants against the preamble and clause 4 (bp.0, bp.4).
func (c *city) spoilTexts() {
	places := c.draw(min(c.few()+1, 1+len(c.standardIDs)/4), len(c.clauses), func(i int) string { return "clause:" + c.clauses[i].Code },
		func(i int) bool { return c.clauses[i].Version == c.standard })
	for n, i := range places {
		c.clauses[i].Parents = nil
		if n%2 == 1 { // it rests on its own layer only
			c.clauses[i].Parents = []string{c.standardIDs[0]}
		}
		c.plant("R001", "clause:"+c.clauses[i].Code)
	}
	for i := range c.versions {
		v := &c.versions[i]
		switch {
		case v.Code == c.standard: // nobody can tell whether the text is the one decided
			v.SHA256 = ""
			c.plant("R001", "version:"+v.Code)
		case v.Code == "B1":
			v.Published = 0
			c.plant("R002", "version:"+v.Code)
		case v.Code == "S1":
			v.Committee = v.From + 12
			c.plant("R002", "version:"+v.Code)
		}
	}
	last := len(c.procedures) - 2
	procedures := c.draw(c.few()+1, last, func(i int) string { return "procedure:" + c.procedures[i].Code }, func(int) bool { return true })
	for n, i := range procedures {
		p := &c.procedures[i]
		if p.Parents = nil; n%2 == 1 {
			p.Parents = []string{c.basicIDs[0], "st.999"} // one of the two is not in the policy
		}
		c.plant("R016", "procedure:"+p.Code)
	}
	c.spoilRequirements()
}

// spoilRequirements plants values that loosen the standard, and some that cannot be compared.
func (c *city) spoilRequirements() {
	byCode := map[string]*parameter{}
	text := ""
	for i := range c.params {
		byCode[c.params[i].Code] = &c.params[i]
		if c.params[i].Value == nil {
			text = c.params[i].Code
		}
	}
	n := c.some() + 4
	for j, i := range c.draw(n, len(c.requirements), func(i int) string { return "requirement:" + c.requirements[i].Code }, func(i int) bool {
		p := byCode[c.requirements[i].Parameter]
		return p.Direction == "max" || *p.Value > 0
	}) {
		r := &c.requirements[i]
		p := byCode[r.Parameter]
		loose := int(*p.Value) + 1 + c.roll(0, 9)
		if p.Direction == "min" {
			loose = int(*p.Value) - 1
		}
		subject := "requirement:" + r.Code
		switch j {
		case 0: // the procedure states no value
			r.Value = nil
			c.plant("R017", subject)
			continue
		case 1: // the standard states no number
			r.Parameter = text
			c.plant("R017", subject)
			continue
		case 2: // an exception that runs until today excuses it
			r.Value = count(loose)
			c.except("R017", subject, c.day, nil)
			continue
		case 3: // an exception that ended at midnight does not
			c.except("R017", subject, c.day-1, nil)
		}
		r.Value = count(loose)
		c.plant("R017", subject)
	}
}

// spoilReceipts plants receipts and adoptions that are missing (bp.0, bp.3).
func (c *city) spoilReceipts() {
	ackOf := map[string]string{}
	for _, a := range c.acks {
		ackOf[a.Person+a.Contractor] = "ack:" + a.Code
	}
	term := when.Date(c.limit("N.ack"))
	for _, i := range c.draw(c.many(), len(c.people), func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool {
		p := &c.people[i]
		return ackOf[p.Code] != "" && (p.Left == 0 || p.Left >= c.day) && p.Joined+term < c.day
	}) {
		c.gone[ackOf[c.people[i].Code]] = true
		c.plant("R003", "person:"+c.people[i].Code)
	}
	for range c.few() {
		for _, back := range []when.Date{term, term + 1} { // the last day to receive it is today; was yesterday
			c.employ(oneOf(c, c.sections), 5)
			p := &c.people[len(c.people)-1]
			p.Employment, p.Title, p.Joined, p.Contract = "fiscal_year", "会計年度任用職員", c.day-back, ""
			c.take("person:" + p.Code)
			if back > term {
				c.plant("R003", "person:"+p.Code)
			}
		}
	}
	for _, i := range c.draw(c.few()+1, len(c.contractors), func(i int) string { return "contractor:" + c.contractors[i].Code }, func(i int) bool {
		return ackOf[c.contractors[i].Code] != ""
	}) {
		c.gone[ackOf[c.contractors[i].Code]] = true
		c.plant("R003", "contractor:"+c.contractors[i].Code)
	}
	for n, name := range []string{"ほしぞら架空測量株式会社", "さざなみ架空保守株式会社"} { // may still receive it; works here no more
		k := contractor{Code: c.code("CO", 4), Name: name}
		c.contractors = append(c.contractors, k)
		x := contract{Name: "台帳整備業務", Contractor: k.Code, Unit: c.units[oneOf(c, c.sections)].Code, From: c.day - term, Until: c.day + 100}
		if n == 1 {
			x.From, x.Until = c.day-200, c.day-1
		}
		c.contract(x)
	}
	var bare []string // organs whose adoption is missing
	for _, i := range c.draw(1, len(c.organRows), func(i int) string { return "organ:" + c.organRows[i].Code }, func(i int) bool {
		k := c.organRows[i].Kind
		return k == "election" || k == "personnel" || k == "audit" || k == "enterprise" || k == "fire"
	}) {
		bare = append(bare, c.organRows[i].Code)
		c.plant("R014", "organ:"+c.organRows[i].Code)
	}
	for _, o := range c.organRows {
		if o.Kind == "assembly" { // the assembly itself is not asked: its office answers for it
			bare = append(bare, o.Code)
		}
	}
	for i := range c.adoptions {
		a := &c.adoptions[i]
		if a.Version != c.basic {
			continue
		}
		if slices.Contains(bare, a.Organ) {
			c.gone["adoption:"+a.Code] = true
		}
		for _, o := range c.organRows {
			if o.Kind == "assembly_office" && o.Code == a.Organ { // only its office has adopted the policy
				a.By = "office"
				c.plant("R014", "organ:"+o.Code)
			}
		}
	}
}

// spoilOrgans plants what is out of scope without ground (bp.3).
func (c *city) spoilOrgans() {
	kind := oneOf(c, []string{"assessment", "agriculture"})
	mayor, left := c.organRows[0].Code, ""
	for _, o := range c.organRows {
		if o.Kind == kind {
			left = o.Code
		}
	}
	c.gone["organ:"+left] = true
	for i := range c.units {
		if c.units[i].Organ == left {
			c.units[i].Organ = mayor
		}
	}
	for _, a := range c.adoptions {
		if a.Organ == left {
			c.gone["adoption:"+a.Code] = true
		}
	}
	c.plant("R012", "city:"+cityCode)
	// a second body of a kind that ended yesterday is missed by nobody
	c.organRows = append(c.organRows, organ{Code: c.code("O", 2), Name: "交通事業管理者", Kind: "enterprise", Open: when.On(1995, 4, 1), Close: c.day - 1})

	for n, s := range c.drawSections(c.few() + 2) {
		u := &c.units[s]
		switch n % 3 {
		case 0: // the personnel system's unit then stands alone as well
			c.plant("R012", "hrunit:"+u.HRCode)
			u.HRCode = ""
		case 1:
			c.gone["hrunit:"+u.HRCode] = true
		case 2:
			u.Organ = ""
		}
		c.plant("R012", "unit:"+u.Code)
	}
	for n := range c.few() {
		h := hrUnit{Code: c.code("H9", 3), Name: []string{"臨時給付金担当", "大会準備担当", "統合準備担当"}[n%3], Collected: c.day - 3}
		c.hrUnits = append(c.hrUnits, h)
		c.plant("R012", "hrunit:"+h.Code)
	}
	for _, a := range c.drawPlain(c.few(), nil) { // left out as a school's, in no school system
		a.OutOfScope = "school"
		c.plant("R012", "asset:"+a.Code)
	}
	for _, s := range c.drawSections(1) { // closes today: there for its last day
		c.units[s].Close = c.day
	}
}

// spoilClosedUnits leaves things with units that are closed (bp.3). The unit closed last may still hand over.
func (c *city) spoilClosedUnits() {
	for n, u := range c.closed {
		late := n > 1
		key := c.units[u].Code
		if n == 1 {
			continue
		}
		for _, a := range c.drawPlain(1+n%2, nil) {
			a.Unit = key
			if late {
				c.plant("R015", "asset:"+a.Code)
			}
		}
		if n > 3 {
			continue
		}
		c.contract(contract{Name: "旧事業の残務整理業務", Contractor: c.contractors[0].Code, Unit: key, From: when.FYStart(c.fy - 1), Until: c.day + 60})
		p := c.post(post{Role: "section_manager", Scope: "section", Unit: key, Name: c.units[u].Name + "情報セキュリティ管理者", From: when.On(2015, 4, 1)})
		before := len(c.assignments)
		c.appoint(p, c.at(c.sections[n], 1), c.at(c.sections[n], 2))
		c.take("post:" + c.postRows[p].Code)
		if !late {
			continue
		}
		c.plant("R015", "contract:"+c.contracts[len(c.contracts)-1].Code)
		for _, a := range c.assignments[before:] {
			if a.Until == 0 {
				c.plant("R015", "assignment:"+a.Code)
			}
		}
		for _, s := range c.drawSystems(1, nil) {
			s.Unit = key
			c.plant("R015", "system:"+s.Code)
		}
	}
}
