package demo

import (
	"slices"

	"okite/internal/when"
)

// spoilCard hands out cards and accounts and plants what is wrong with them (bp.5, bp.9.1). It comes last: it looks at
// people as they are in the end.
func (c *city) spoilCard() {
	c.card()
	c.ageLog()
	c.spoilUse()
	c.spoilAccounts()
	c.spoilReturns()
	c.spoilLost()
	c.spoilCounts()
}

// ageLog lets the log end in some cities on the last day that counts, and in some a day before.
func (c *city) ageLog() {
	w := &c.wallet
	back := when.Date(c.limit("N.authlog"))
	switch c.cfg.Seed % 3 {
	case 0:
		back++
		c.plant("R089", "city:"+cityCode)
	case 2:
		return
	}
	by := w.latest - (c.day - back)
	w.latest -= by
	kept := w.events[:0]
	for _, e := range w.events {
		e.At -= when.Stamp(by) * 86400 * oneSecond
		if k := slices.IndexFunc(w.places, func(p placeRow) bool { return p.Code == e.Place }); k >= 0 && c.since(e) < e.At {
			kept = append(kept, e)
		}
	}
	w.events = kept
}

// since is the beginning of the thing an event is about.
func (c *city) since(e authEvent) when.Stamp {
	at := c.personAt(e.Person)
	if at < 0 {
		return 0
	}
	return moment(c.people[at].Joined+1, 0, 0, 0)
}

// users takes people who have been on the staff for long, stay, and hold a staff card and an account, but no card of
// their section.
func (c *city) users(n int) []*person {
	auditor := map[string]bool{}
	for _, a := range c.auditRows {
		for _, p := range a.Auditors {
			auditor[p] = true
		}
	}
	var out []*person
	for tries := 0; len(out) < n && tries < 100000; tries++ {
		i := c.wallet.rng.IntN(c.cfg.People)
		p := &c.people[i]
		at, ok := c.wallet.staff[p.Code]
		if ok && !sectionCard(i) && p.Left == 0 && p.Joined < c.day-400 && !auditor[p.Code] && !c.isLogin(p.Code) && c.wallet.cards[at].State == "lent" && c.take("card:"+p.Code) {
			out = append(out, p)
		}
	}
	if len(out) < n {
		panic("demo: too few people with cards")
	}
	return out
}

// goneUsers takes people who have left.
func (c *city) goneUsers(n int) []*person {
	var out []*person
	for _, i := range c.wallet.rng.Perm(len(c.people)) {
		p := &c.people[i]
		if at, ok := c.wallet.staff[p.Code]; ok && len(out) < n && p.Left != 0 && p.Left < c.day && c.wallet.cards[at].State == "collected" && c.take("card:"+p.Code) {
			out = append(out, p)
		}
	}
	return out
}

// twice logs a thing at two places, some seconds more or less apart than the way takes.
func (c *city) twice(e authEvent, more int) {
	w := &c.wallet
	// everything else that was logged of it was on another day, or elsewhere in time
	w.events = slices.DeleteFunc(w.events, func(o authEvent) bool {
		return e.Card != "" && o.Card == e.Card || e.Account != "" && o.Account == e.Account
	})
	from, to := w.places[3], w.places[0]
	e.At, e.Place, e.Reader = moment(w.latest, 10, 3, 20), from.Code, "執務室の入口"
	c.log(e)
	e.At += when.Stamp(*from.Minutes)*60*oneSecond + when.Stamp(more)*oneSecond
	e.Place, e.Reader = to.Code, "書庫の入口"
	c.log(e)
}

// spoilUse plants cards that two use, and cards held twice.
func (c *city) spoilUse() {
	w := &c.wallet
	for n, p := range c.users(3*c.some() + 6) {
		k := w.cards[w.staff[p.Code]]
		subject := "card:" + k.Code
		other := c.people[c.staffOf[c.units[c.sections[n%len(c.sections)]].Code][0]].Code
		switch n % 6 {
		case 0: // a second sooner than anybody gets there
			c.twice(authEvent{Card: k.Code, Person: p.Code, Way: "card"}, -1)
			c.plant("R089", subject)
		case 1: // just in time
			c.twice(authEvent{Card: k.Code, Person: p.Code, Way: "card"}, 0)
		case 2: // it let somebody else in
			c.log(authEvent{At: moment(w.latest, 12, 40, 0), Card: k.Code, Person: other, Reader: "通用口", Place: w.at[p.Unit], Way: "card"})
			c.plant("R089", subject)
		case 3: // before it was this person's it was another's
			c.log(authEvent{At: moment(k.Lent-20, 12, 40, 0), Card: k.Code, Person: other, Reader: "通用口", Place: w.at[p.Unit], Way: "card"})
		case 4: // two cards of a kind
			c.hand(cardRow{Kind: "staff", Unit: p.Unit, Person: p.Code, Lent: c.day - 30}, 0)
			c.plant("R089", "card:"+w.cards[len(w.cards)-1].Code)
			c.plant("R089", subject)
		case 5: // seen by an exception
			c.twice(authEvent{Card: k.Code, Person: p.Code, Way: "card"}, -600)
			if n < 6 {
				c.except("R089", subject, c.day, nil)
			} else {
				c.except("R089", subject, c.day-1, nil)
				c.plant("R089", subject)
			}
		}
	}
	for _, p := range c.users(c.few()) { // lent to nobody named
		k := cardRow{Kind: "entry", Unit: p.Unit, Lent: c.day - 60}
		c.hand(k, 0)
		c.plant("R089", "card:"+w.cards[len(w.cards)-1].Code)
	}
}

// spoilAccounts plants accounts that several use, and accounts of people who have left.
func (c *city) spoilAccounts() {
	w := &c.wallet
	var systems []string
	for _, s := range c.systemRows {
		if s.Code != c.share && len(c.staffOf[s.Unit]) > 0 {
			systems = append(systems, s.Code)
		}
	}
	shared := func(n int) *userID {
		c.account(userID{Login: "kyoyo" + string(rune('a'+n%26)), System: systems[n%len(systems)], Kind: "shared", Opened: c.day - 500}, 0)
		return &w.ids[len(w.ids)-1]
	}
	for n := range c.some() + 6 {
		a := shared(n)
		subject := "userid:" + a.Code
		switch n {
		case 0: // an exception allows it until today
			c.except("R089", subject, c.day, nil)
			a.Exception = c.exceptions[len(c.exceptions)-1].Code
		case 1: // one for the whole system
			c.except("R089", "system:"+a.System, c.day+40, nil)
			a.Exception = c.exceptions[len(c.exceptions)-1].Code
		case 2: // one for another account
			c.except("R089", "userid:"+w.ids[0].Code, c.day+40, nil)
			a.Exception = c.exceptions[len(c.exceptions)-1].Code
			c.plant("R089", subject)
		case 3: // it ended at midnight
			c.except("R089", subject, c.day-1, nil)
			a.Exception = c.exceptions[len(c.exceptions)-1].Code
			c.plant("R089", subject)
		case 4: // closed yesterday
			a.Closed = c.day - 1
		case 5: // an exception that the account does not name
			c.except("R089", subject, c.day, nil)
		default:
			c.plant("R089", subject)
		}
	}
	for n, p := range c.users(2*c.few() + 3) {
		a := &w.ids[w.account[p.Code]]
		subject := "userid:" + a.Code
		other := c.people[c.staffOf[c.units[c.sections[n%len(c.sections)]].Code][0]].Code
		switch n % 4 {
		case 0:
			c.twice(authEvent{Account: a.Code, Person: p.Code, Way: "password"}, -30)
		case 1:
			c.twice(authEvent{Account: a.Code, Person: p.Code, Way: "password"}, 30)
			continue
		case 2:
			c.log(authEvent{At: moment(w.latest, 15, 0, 0), Account: a.Code, Person: other, Reader: "端末0001", Place: w.at[p.Unit], Way: "password"})
		case 3: // nobody knows whose it is
			c.account(userID{Login: "old" + a.Login, System: systems[n%len(systems)], Kind: "personal", Opened: c.day - 900}, 0)
			subject = "userid:" + w.ids[len(w.ids)-1].Code
		}
		c.plant("R089", subject)
	}
	for n, p := range c.goneUsers(c.some() + 3) {
		a := &w.ids[w.account[p.Code]]
		switch n % 4 {
		case 1: // closes today, which is too late
			a.Closed = c.day
		case 2: // late, but closed
			a.Closed = c.day - 1
			continue
		default:
			a.Closed = 0
		}
		c.plant("R023", "userid:"+a.Code)
	}
}

// spoilReturns plants cards that did not come back when their holders moved or left.
func (c *city) spoilReturns() {
	w := &c.wallet
	boss := c.people[c.personAt(c.loginOf("section_manager"))].Unit
	for n, p := range c.users(c.some() + 5) {
		from := c.units[c.sections[(7*n+1)%len(c.sections)]].Code
		if n == 0 {
			from = boss
		}
		if from == p.Unit {
			continue
		}
		until := c.day - 1
		c.hand(cardRow{Kind: "operator", Unit: from, Person: p.Code, Lent: c.day - 90}, 0)
		k := &w.cards[len(w.cards)-1]
		subject := "card:" + k.Code
		switch n % 6 {
		case 1: // today is the last day there
			until = c.day
		case 2: // it came back on the last day
			k.State, k.Collected = "collected", until
		case 3: // it came back a day late
			k.State, k.Collected = "collected", c.day
			c.plant("R090", subject)
		case 4: // a card that moves along
			w.cards[len(w.cards)-1] = cardRow{Code: k.Code, Kind: "operator", Unit: from, State: "stock"}
		case 5:
			c.except("R090", subject, c.day, nil)
		default:
			c.plant("R090", subject)
		}
		c.transfers = append(c.transfers, transfer{Code: c.code("TR", 5), Person: p.Code, Unit: from, Until: until})
	}
	for n, p := range c.goneUsers(c.some() + 5) {
		k := &w.cards[w.staff[p.Code]]
		subject := "card:" + k.Code
		switch n % 4 {
		case 0: // still has it
			k.State, k.Collected = "lent", 0
			c.plant("R023", subject)
		case 1: // gave it back today
			k.Collected = c.day
		case 2: // nobody knows when
			k.Collected = 0
		case 3: // late, and long ago
			if p.Left >= c.year-2 {
				continue
			}
			k.Collected = min(p.Left+9, c.year-1)
			continue
		}
		c.plant("R090", subject)
	}
}

// spoilLost plants lost cards that were revoked late or not at all.
func (c *city) spoilLost() {
	w := &c.wallet
	limit := when.Stamp(c.limit("N.revoke")) * 3600 * oneSecond
	midnight := moment(c.day, 0, 0, 0)
	for n, p := range c.users(7 + c.few()) {
		c.hand(cardRow{Kind: "entry", Unit: p.Unit, Person: p.Code, Lent: c.day}, 0)
		k := &w.cards[len(w.cards)-1]
		k.State, k.Lent = "lost", c.day-100
		switch n {
		case 0: // reported this morning
			k.LostAt = moment(c.day, 8, 31, 0)
			continue
		case 1: // reported late yesterday: at midnight there was still time
			k.LostAt = midnight - limit
			continue
		case 2:
			k.LostAt = midnight - limit - oneSecond
		case 3: // revoked on the second
			k.State, k.LostAt = "revoked", midnight
			k.RevokedAt = midnight + limit
			continue
		case 4: // and a second later
			k.State, k.LostAt = "revoked", midnight
			k.RevokedAt = midnight + limit + oneSecond
		case 5: // nobody knows when it was lost
		case 6: // revoked for another reason than a loss
			k.State, k.RevokedAt = "revoked", midnight
			continue
		default:
			k.LostAt = moment(c.day-when.Date(n), 14, 5, 9)
		}
		c.plant("R090", "card:"+k.Code)
	}
}

// spoilCounts plants sections that did not count their cards, or did not find some.
func (c *city) spoilCounts() {
	w := &c.wallet
	limit := when.Date(c.limit("N.cardcheck"))
	oldest, kept := map[string]when.Date{}, map[string][]string{}
	revoked := ""
	for i := range w.cards {
		k := &w.cards[i]
		switch k.State {
		case "lent", "stock", "collected":
			kept[k.Unit] = append(kept[k.Unit], k.Code)
			if at, ok := oldest[k.Unit]; k.Lent != 0 && (!ok || k.Lent < at) {
				oldest[k.Unit] = k.Lent
			}
		case "revoked":
			revoked = k.Code
		}
	}
	gone := map[int]bool{}
	n := 0
	for _, i := range w.rng.Perm(len(w.counts))[:min(len(w.counts), 6+2*c.some())] {
		x := &w.counts[i]
		if oldest[x.Unit] == 0 || oldest[x.Unit]+limit >= c.day {
			continue
		}
		subject := "unit:" + x.Unit
		switch n++; n {
		case 1: // today is the last day
			x.Date = c.day - limit
			continue
		case 2: // what was not found had been reported
			x.Missing, x.Counted = []string{revoked}, x.Expected-1
			continue
		case 3:
			x.Date = c.day - limit - 1
			c.except("R090", subject, c.day, nil)
			continue
		case 4: // never
			gone[i] = true
		case 5:
			x.Missing, x.Counted = kept[x.Unit][:1], x.Expected-1
		default:
			x.Date = c.day - limit - 1
		}
		c.plant("R090", subject)
	}
	var left []cardCount
	for i, x := range w.counts {
		if !gone[i] {
			left = append(left, x)
		}
	}
	w.counts = left
	for _, u := range c.units { // cards in a drawer of which nobody knows anything
		if len(kept[u.Code]) == 0 && u.Close == 0 {
			w.cards = append(w.cards, cardRow{Code: c.code("IC", 6), Kind: "entry", Unit: u.Code, State: "stock"})
			c.plant("R090", "unit:"+u.Code)
			break
		}
	}
}
