package demo

import "okite/internal/when"

// spoilSystems plants systems that are not made to go on, not placed or not weighed as they must be (bp.1, bp.2, bp.7).
func (c *city) spoilSystems() {
	myNumber := map[string]bool{}
	heavy := map[string]bool{}
	for _, a := range c.assetRows {
		if a.System == "" || a.Status != "active" || a.OutOfScope != "" {
			continue
		}
		heavy[a.System] = true
		for _, k := range a.Content {
			myNumber[a.System] = myNumber[a.System] || k == "my_number"
		}
	}
	c.spoilAssessed(func(s *system) bool { return myNumber[s.Code] })
	for n, s := range c.drawSystems(c.few()+2, func(s *system) bool { return s.Availability == "2" }) {
		switch n % 3 {
		case 0:
			s.RTO = nil
		case 1:
			s.Backup = ""
		case 2:
			s.BCP = ""
		}
		if n == 0 { // an exception runs
			c.except("R005", "system:"+s.Code, c.day+120, nil)
			continue
		}
		c.plant("R005", "system:"+s.Code)
	}
	fresh := when.Date(c.limit("N.inventory"))
	for n, s := range c.drawSystems(c.few()+2, nil) {
		switch n {
		case 0: // the last day on which it still counts
			s.Inventory = c.day - fresh
			continue
		case 1:
			s.Inventory = 0
		default:
			s.Inventory = c.day - fresh - when.Date(c.roll(1, 200))
		}
		c.plant("R007", "system:"+s.Code)
	}
	for n, s := range c.drawSystems(c.few()+1, nil) {
		switch n % 3 {
		case 0:
			s.Juki, s.JukiBy, s.JukiOn = "", "", 0
		case 1:
			s.JukiBy = ""
		case 2:
			s.JukiOn = 0
		}
		c.plant("R009", "system:"+s.Code)
	}
	for n, s := range c.drawSystems(c.few()+1, func(s *system) bool { return s.Zone == "mynumber" }) {
		if n == 0 {
			s.Handles = nil
		} else {
			s.Handles, s.Zone = []string{"my_number_social"}, "lgwan"
		}
		c.plant("R010", "system:"+s.Code)
	}
	for n, s := range c.drawSystems(c.few()+1, func(s *system) bool { return heavy[s.Code] }) {
		if n%2 == 0 {
			s.Integrity = map[string]string{"1": "2", "2": "1"}[s.Integrity]
		} else {
			s.Confidentiality = map[string]string{"1": "2", "2": "1", "3C": "2", "3B": "3C", "3A": "3B"}[s.Confidentiality]
		}
		c.plant("R051", "system:"+s.Code)
	}
	for _, s := range c.drawSystems(c.few(), func(s *system) bool { return heavy[s.Code] }) { // it says it holds nothing
		s.NoData = true
		c.plant("R045", "system:"+s.Code)
	}
	c.spoilSchools()
	c.bareSystem()
}

// bareSystem adds a system without an asset.
func (c *city) bareSystem() {
	u := oneOf(c, c.sections)
	c.addSystem(systemSort{name: "庁内予約端末システム", handles: "general", zone: "lgwan", content: "internal", class: "1-1-1"}, u, c.at(u, 0))
	s := &c.systemRows[len(c.systemRows)-1]
	c.appoint(c.post(post{Role: "system_manager", Scope: "system", System: s.Code, Name: s.Name + "管理者", From: s.GoLive}), c.at(u, 0), c.at(u, 2))
	c.plant("R045", "system:"+s.Code)
}

// spoilAssessed plants assessments that are missing, late or overdue.
func (c *city) spoilAssessed(fits func(*system) bool) {
	for n, s := range c.drawSystems(c.few()+2, fits) {
		switch n {
		case 0: // due today
			s.PIADue = c.day
			continue
		case 1:
			s.PIADue = c.day - 1
		case 2:
			s.PIA, s.PIAPublished, s.PIADue = "", 0, 0
		default:
			s.PIAPublished = s.GoLive + when.Date(c.roll(1, 90))
		}
		c.plant("R056", "system:"+s.Code)
	}
}

// spoilSchools plants school systems that are left out and yet hang together with the rest (bp.2.9, bp.3).
func (c *city) spoilSchools() {
	var schools []int
	for i, s := range c.systemRows {
		if s.OutOfScope == "school" {
			schools = append(schools, i)
		}
	}
	turn := c.rng.IntN(4)
	for n, i := range schools[:len(schools)/2] {
		s := &c.systemRows[i]
		switch (n + turn) % 4 {
		case 0:
			s.ScopeBy = ""
		case 1:
			s.ScopeOn = 0
		case 2: // something that is not a school's
			c.assetRows = append(c.assetRows, asset{Code: c.code("A", 6), Name: s.Name + "の保護者連絡先", Unit: s.Unit, System: s.Code, Form: "database", Content: []string{"personal"}, OutOfScope: "school", Status: "active", Registered: c.year - 100})
		case 3:
			c.flow(flow{System: s.Code, Zone: "internet", Observed: c.ago(20, 1)})
		}
		c.plant("R011", "system:"+s.Code)
	}
}
