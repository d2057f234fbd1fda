package demo

import (
	"cmp"
	"fmt"
	"slices"

	"okite/internal/when"
)

// spoilSelfcheck plants self-inspections that were not finished, not answered or not looked at again (bp.11), and
// sections nobody confirmed (bp.9.3). It stands last: by then everybody who is asked is there.
func (c *city) spoilSelfcheck() {
	opens := when.On(c.fy, 9, 1)
	begun := c.day >= opens
	unfinished := !begun && c.cfg.Seed%3 == 0 // last year's was never closed
	main := opens
	if !begun {
		main = when.On(c.fy-1, 9, 1)
	}
	c.spoilAnswers(main)
	last := c.yearly(c.fy - 1)
	if begun {
		c.campaign(last, c.askedOn(last.Opens, "unit"), true)
		this := c.yearly(c.fy)
		c.campaign(this, c.askedOn(this.Opens, "person", "unit"), c.day > this.Due)
		if c.day < this.Closed {
			k := &c.inspection.campaigns[len(c.inspection.campaigns)-1]
			k.State, k.Closed = "open", 0
		}
	} else {
		if unfinished {
			last.State, last.Closed = "open", 0
			c.plant("R239", "city:"+cityCode)
		}
		c.campaign(last, c.askedOn(last.Opens, "person", "unit"), true)
	}
	if !unfinished {
		c.spoilSamples(begun)
	}
	c.confirmations()
}

// yearly is the self-inspection of a year.
func (c *city) yearly(fy int) campaignRow {
	k := campaignRow{Name: fmt.Sprintf("令和%d年度情報セキュリティ自己点検", fy-2018), FY: int64(fy), Opens: when.On(fy, 9, 1), Due: when.On(fy, 9, 30), State: "closed", Closed: when.On(fy, 10, 15)}
	if k.Closed > c.day {
		k.State = "open"
	}
	return k
}

// spoilAnswers picks who does not answer the self-inspection that began on a day, or leaves an item out. Whoever came the
// day after it began, has left or works for a contractor is not asked.
func (c *city) spoilAnswers(opens when.Date) {
	s := &c.inspection
	due := when.On(opens.Year(), 9, 30)
	var people, units []respondent
	for _, a := range c.askedOn(opens, "person", "unit") {
		switch {
		case a.person != "":
			if p := c.people[c.personAt(a.person)]; p.Left == 0 && !c.isLogin(p.Code) {
				people = append(people, a)
			}
		default:
			if u := c.units[c.unitAt(a.unit)]; u.Close == 0 && !c.kept(a.unit) {
				units = append(units, a)
			}
		}
	}
	pick := func(list []respondent, n int) []respondent {
		s.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return list[:min(n, len(list))]
	}
	for _, list := range [][]respondent{pick(people, 2*c.many()+2), pick(units, 5)} {
		for n, a := range list {
			subject := "person:" + a.key()
			if a.unit != "" {
				subject = "unit:" + a.key()
			}
			switch {
			case n == 0 && c.day > due: // an exception still runs
				s.silent[a.key()] = true
				c.except("R239", subject, c.day, nil)
			case n == 1 && c.day > due: // and one that has run out
				s.silent[a.key()] = true
				c.except("R239", subject, c.day-1, nil)
				c.plant("R239", subject)
			case n%2 == 0 && c.day > due:
				s.silent[a.key()] = true
				c.plant("R239", subject)
			case n%2 == 0: // not due yet
				s.silent[a.key()] = true
			case c.day > due:
				s.gaps[a.key()] = true
				c.plant("R239", subject)
			}
		}
	}
}

// kept says whether a section is one through whose manager's eyes the city is looked at.
func (c *city) kept(unit string) bool {
	for _, l := range c.logins {
		if l.Role == "section_manager" && c.people[c.personAt(l.Person)].Unit == unit {
			return true
		}
	}
	return false
}

// spoilSamples plants further self-inspections of sections last year: not counted, not looked at again, or by the wrong
// people. begun says that this year's has begun, so that one more of this year is not the last.
func (c *city) spoilSamples(begun bool) {
	s := &c.inspection
	list := c.askedOn(when.On(c.fy-1, 5, 1), "unit")
	more := func(name string, fy int, change func(k *campaignRow, sampled []*response)) string {
		k := campaignRow{Name: name, FY: int64(fy), Opens: when.On(fy, 5, 1), Due: when.On(fy, 5, 20), State: "closed", Closed: when.On(fy, 6, 1)}
		begin := len(s.responses)
		made := c.campaign(k, list, true)
		var sampled []*response
		for i := begin; i < len(s.responses); i++ {
			if s.responses[i].Sampled {
				sampled = append(sampled, &s.responses[i])
			}
		}
		change(made, sampled)
		return "campaign:" + made.Code
	}
	never := func(_ *campaignRow, sampled []*response) {
		for _, r := range sampled {
			r.Recheck, r.RecheckBy, r.RecheckOn, r.RecheckNote = "", "", 0, ""
		}
	}
	c.plant("R239", more("共有フォルダーの一斉点検", c.fy-1, func(k *campaignRow, _ []*response) { k.Asked, k.Mismatches = nil, nil }))
	c.plant("R239", more("鍵と書庫の一斉点検", c.fy-1, never))
	c.plant("R239", more("机上の書類の一斉点検", c.fy-1, func(_ *campaignRow, sampled []*response) { // one too few
		sampled[0].Recheck, sampled[0].RecheckBy, sampled[0].RecheckOn = "", "", 0
	}))
	c.plant("R239", more("端末のロックの一斉点検", c.fy-1, func(_ *campaignRow, sampled []*response) { // by the section itself
		sampled[0].RecheckBy = c.managerOf(sampled[0].Section)
	}))
	c.plant("R239", more("委託先の立会いの一斉点検", c.fy-1, func(_ *campaignRow, sampled []*response) { // nobody knows by whom
		sampled[0].RecheckBy = ""
	}))
	more("連絡網の一斉点検", c.fy-1, func(*campaignRow, []*response) {})
	c.except("R239", more("入退室の記録の一斉点検", c.fy-1, never), c.day+30, nil)
	late := more("媒体の数の一斉点検", c.fy-1, never)
	c.except("R239", late, c.day-1, nil)
	c.plant("R239", late)
	if begun { // the second look may be taken until the end of the year
		more("夏の持ち出しの一斉点検", c.fy, never)
	}
}

// stint is a time in which somebody answers for a unit.
type stint struct {
	who      string
	from, to when.Date
}

// stints are those for a unit: its managers, and the officers of the units above.
func (c *city) stints() func(unit string) []stint {
	of := map[string][]stint{}
	for _, a := range c.assignments {
		p := c.postRow(a.Post)
		if p == nil || a.From == 0 {
			continue
		}
		if p.Role == "section_manager" || p.Role == "bureau_head" {
			to := a.Until
			if to == 0 {
				to = when.FYEnd(c.fy + 1)
			}
			of[p.Role+p.Unit] = append(of[p.Role+p.Unit], stint{a.Person, a.From, to})
		}
	}
	return func(unit string) []stint {
		out := slices.Clone(of["section_manager"+unit])
		for u := unit; u != ""; u = c.units[c.unitAt(u)].Parent {
			out = append(out, of["bureau_head"+u]...)
		}
		return out
	}
}

// confirmations writes down who confirmed which section when: all last year, many this year, but for what is planted
// (bp.9.3).
func (c *city) confirmations() {
	s := &c.inspection
	stints := c.stints()
	last := when.FYStart(c.fy - 1)
	// within finds somebody who answers for a unit on a day of a time.
	within := func(unit string, lo, hi when.Date) (string, when.Date, bool) {
		for _, t := range stints(unit) {
			if lo, hi := max(lo, t.from), min(hi, t.to); lo <= hi {
				return t.who, lo + when.Date(s.rng.IntN(int(hi-lo)+1)), true
			}
		}
		return "", 0, false
	}
	put := func(unit, by string, day when.Date, problem string, reported when.Date) {
		s.confirmations = append(s.confirmations, confirmation{Code: c.code("CF", 5), Unit: unit, FY: int64(day.FY()), Date: day, By: by, Problem: problem, Reported: reported})
	}
	var plain []string
	for _, u := range c.units {
		if u.Kind != "section" || u.Close != 0 && u.Close < c.day {
			continue
		}
		_, _, before := within(u.Code, last, c.year-1)
		_, _, now := within(u.Code, c.year, c.day)
		if before && now && u.Open <= last && u.Close == 0 && !c.kept(u.Code) {
			plain = append(plain, u.Code)
		}
	}
	s.rng.Shuffle(len(plain), func(i, j int) { plain[i], plain[j] = plain[j], plain[i] })
	planted := map[string]int{}
	for i, u := range plain[:min(len(plain), 11+c.some())] {
		planted[u] = i + 1
	}
	broken := func(unit string) { c.plant("R141", "unit:"+unit) }
	for _, u := range c.units {
		if u.Kind != "section" || u.Close != 0 && u.Close < c.day {
			continue
		}
		by, day, before := within(u.Code, last, c.year-1)
		whoNow, dayNow, now := within(u.Code, c.year, c.day)
		switch n := planted[u.Code]; n {
		case 0:
			if before {
				put(u.Code, by, day, "", 0)
			}
			if now && (!before || s.rng.IntN(100) < 60) {
				problem, reported := "", when.Date(0)
				if s.rng.IntN(15) == 0 {
					problem, reported = "机の上に書類が残されていた。", dayNow
				}
				put(u.Code, whoNow, dayNow, problem, reported)
			}
			if !before && !now && u.Open <= last {
				broken(u.Code)
			}
		case 1: // confirmed by somebody who does not answer for it
			put(u.Code, c.clerk(c.sections[0]), day, "", 0)
			broken(u.Code)
		case 2: // missed last year and made good this year
			put(u.Code, whoNow, dayNow, "", 0)
		case 3: // on last year's last day, when somebody can be found on it
			if who, _, ok := within(u.Code, c.year-1, c.year-1); ok {
				by, day = who, c.year-1
			}
			put(u.Code, by, day, "", 0)
		case 4: // nobody is named
			put(u.Code, "", c.day, "", 0)
			broken(u.Code)
		case 5: // a problem nobody told the CISO
			put(u.Code, by, day, "鍵のかからない棚に名簿が置かれていた。", 0)
			broken(u.Code)
		case 6: // found today, to be told today
			put(u.Code, by, day, "", 0)
			if who, _, ok := within(u.Code, c.day, c.day); ok {
				put(u.Code, who, c.day, "共有フォルダーの権限が広すぎた。", 0)
			}
		case 7: // told in time
			put(u.Code, by, day, "退職した人の権限が残っていた。", day)
		case 8: // an exception still runs
			c.except("R141", "unit:"+u.Code, c.day, nil)
		case 9: // and one that has run out
			c.except("R141", "unit:"+u.Code, c.day-1, nil)
			broken(u.Code)
		default: // confirmed neither year
			broken(u.Code)
		}
	}
	slices.SortFunc(s.confirmations, func(a, b confirmation) int { return cmp.Compare(a.Code, b.Code) })
}
