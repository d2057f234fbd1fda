package demo

import (
	"fmt"
	"math/rand/v2"

	"okite/internal/when"
)

// The city does not exist: prefecture 99 is not used, the last digit is the check digit of the code.
const (
	cityName = "北星市"
	cityCode = "991007"
)

// city is the city while it is made.
type city struct {
	cfg Config
	rng *rand.Rand
	cal *when.Calendar

	day       when.Date
	fy        int
	year      when.Date // first day of the 年度
	stocktake when.Date // day of this 年度 by which stock is taken
	n         map[string]int
	due       map[dueKey]when.Date

	// places of things that others refer to
	bureaus, sections, small, closed []int             // in units; small are secretariats without a bureau
	staffOf                          map[string][]int  // people by unit
	postOf                           map[string]int    // posts by "role:unit or system"
	sectionsOf                       map[string][]int  // sections by bureau
	business                         map[string]string // what most of a unit's work is about
	current, old                     string            // class schemes
	basic, standard                  string            // versions in force
	basicIDs, standardIDs            []string          // their places
	basicFrom, standardFrom          when.Date
	plain                            []int           // assets that hang on nothing and that nothing hangs on
	share                            string          // system of shared folders of the whole city
	taken, gone                      map[string]bool // spoken for; to be left out

	organRows    []organ
	units        []unit
	hrUnits      []hrUnit
	people       []person
	postRows     []post
	assignments  []assignment
	delegations  []delegation
	powers       []power
	approvals    []approval
	committees   []committee
	meetings     []meeting
	agendaItems  []agendaItem
	csirts       []csirt
	tasks        []task
	contacts     []contact
	callTests    []callTest
	advisories   []advisory
	versions     []version
	clauses      []clauseRow
	adoptions    []adoption
	acks         []ack
	procedures   []procedure
	requirements []requirement
	params       []parameter
	exceptions   []exception
	assetRows    []asset
	systemRows   []system
	networks     []network
	devices      []device
	flows        []flow
	stores       []store
	controls     []control
	disposals    []disposal
	stocktakes   []stocktake
	classChanges []classChange
	downgrades   []downgrade
	schemes      []scheme
	mappings     []mapping
	contractors  []contractor
	contracts    []contract
	auditRows    []audit
	transfers    []transfer
	notices      []noticeRow
	receiptRows  []receipt
	pledges      []pledge
	guides       []guideRow
	share100     map[string]int // of a hundred, how many read a notice, by its key

	transferRows

	school     school
	inspection inspection
	wallet     wallet
	planItems  []planItem
	postAt     map[string]int // places of the posts, once they are settled

	planted []Planted
	logins  []Login
}

type dueKey struct {
	day when.Date
	n   int
}

func newCity(cfg Config) *city {
	c := &city{
		cfg: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 0x0b4a1e)), cal: when.NewCalendar(),
		day: cfg.Date, fy: cfg.Date.FY(), n: map[string]int{}, due: map[dueKey]when.Date{},
		staffOf: map[string][]int{}, postOf: map[string]int{}, sectionsOf: map[string][]int{}, business: map[string]string{}, gone: map[string]bool{}, taken: map[string]bool{},
	}
	c.year = when.FYStart(c.fy)
	return c
}

// code is the next key of a kind: A-000001.
func (c *city) code(prefix string, width int) string {
	c.n[prefix]++
	return fmt.Sprintf("%s-%0*d", prefix, width, c.n[prefix])
}

// roll is a number from lo to hi, both included.
func (c *city) roll(lo, hi int) int {
	if hi <= lo {
		return lo
	}
	return lo + c.rng.IntN(hi-lo+1)
}

// chance is true in n of 100.
func (c *city) chance(n int) bool { return c.rng.IntN(100) < n }

func oneOf[T any](c *city, list []T) T { return list[c.rng.IntN(len(list))] }

// between is a day from lo to hi, both included.
func (c *city) between(lo, hi when.Date) when.Date { return when.Date(c.roll(int(lo), int(hi))) }

// ago is a day from days back to days back, cut to the day looked at.
func (c *city) ago(most, least int) when.Date {
	return c.between(c.day-when.Date(most), c.day-when.Date(least))
}

// open is the n-th open day after a day.
func (c *city) open(day when.Date, n int) when.Date {
	k := dueKey{day, n}
	d, ok := c.due[k]
	if !ok {
		d = c.cal.AddOpen(day, n)
		c.due[k] = d
	}
	return d
}

// lastInTime is the earliest day whose n-th open day after it is not past yet: what began on it is due today or on the
// first open day from today, what began a day before is late. It lies before the day looked at.
func (c *city) lastInTime(n int) when.Date {
	d := c.day - 1
	for c.open(d-1, n) >= c.day {
		d--
	}
	return d
}

// late is a day whose n-th open day after it is past.
func (c *city) late(n int) when.Date { return c.lastInTime(n) - when.Date(c.roll(1, 12)) }

// limit is a number the city has set in its standard.
func (c *city) limit(code string) int {
	for _, p := range c.params {
		if p.Code == code && p.Value != nil {
			return int(*p.Value)
		}
	}
	panic("demo: " + code + " is not among the numbers asked for")
}

// scale is how many of something a city of this size has: at least least, one more for so many people.
func (c *city) scale(least, people int) int { return least + c.cfg.People/people }

// take marks a thing as spoken for, so that nothing else is planted on it.
func (c *city) take(subject string) bool {
	if c.taken[subject] {
		return false
	}
	c.taken[subject] = true
	return true
}

// draw takes n places of a list of size, at random, among those that fit and are not spoken for.
func (c *city) draw(n, size int, subject func(int) string, fits func(int) bool) []int {
	var out []int
	if size == 0 {
		return nil
	}
	for tries := 0; len(out) < n && tries < 40*n+200; tries++ {
		i := c.rng.IntN(size)
		if fits(i) && c.take(subject(i)) {
			out = append(out, i)
		}
	}
	for i := 0; len(out) < n && i < size; i++ { // few fit: look at all
		if fits(i) && c.take(subject(i)) {
			out = append(out, i)
		}
	}
	return out
}

func (c *city) plant(check, subject string) {
	c.planted = append(c.planted, Planted{check, subject})
}

func count(n int) *int64 {
	v := int64(n)
	return &v
}
