package demo

import (
	"fmt"
	"math/rand/v2"

	"okite/internal/when"
)

// school is what the city plans, teaches and drills (bp.9.1).
type school struct {
	plans       []trainingPlan
	courses     []course
	sessions    []session
	lessons     []lesson
	questions   []question
	completions []completion
	drills      []mailDrill
	results     []drillResult

	rng      *rand.Rand           // of its own: another row here moves nothing elsewhere
	basic    int                  // in courses
	followup int                  // in courses
	byRole   map[string][]int     // courses by role
	skipLast map[string]bool      // people who were not taught last year
	skipYear map[string]bool      // people who left this year and were not taught
	newOn    map[string]when.Date // day on which somebody new took the basic course; 0: never
	roleOn   map[[2]string]int    // days after the deadline on which a course by role was taken; never when below -1000
	auditOn  map[string]when.Date // first day on which an auditor had been taught
	members  map[string]bool      // members of a CSIRT who were not taught
}

type trainingPlan struct {
	Code      string    `reg:"code"`
	Name      string    `reg:"name"`
	FY        int64     `reg:"fy"`
	Content   string    `reg:"content"`
	State     string    `reg:"state"`
	Applicant string    `reg:"applicant"`
	Applied   when.Date `reg:"applied"`
	Approver  string    `reg:"approver"`
	Approved  when.Date `reg:"approved"`
	Meeting   string    `reg:"meeting"`
	Result    string    `reg:"result"`
}

type course struct {
	Code    string    `reg:"code"`
	Name    string    `reg:"name"`
	Kind    string    `reg:"kind"`
	Roles   []string  `reg:"roles"`
	Pass    *int64    `reg:"pass"`
	From    when.Date `reg:"from"`
	Until   when.Date `reg:"until"`
	Edition string    `reg:"edition"`
	Summary string    `reg:"summary"`
	Source  string    `reg:"source"`
}

type session struct {
	Code   string    `reg:"code"`
	Course string    `reg:"course"`
	Name   string    `reg:"name"`
	Date   when.Date `reg:"date"`
	Place  string    `reg:"place"`
	Unit   string    `reg:"unit"`
}

type lesson struct {
	Code   string `reg:"code"`
	Course string `reg:"course"`
	Order  int64  `reg:"order"`
	Name   string `reg:"name"`
	Text   string `reg:"text"`
}

type question struct {
	Code        string `reg:"code"`
	Course      string `reg:"course"`
	Order       int64  `reg:"order"`
	Text        string `reg:"text"`
	Choices     string `reg:"choices"`
	Right       string `reg:"right"`
	Explanation string `reg:"explanation"`
}

type completion struct {
	Code    string    `reg:"code"`
	Person  string    `reg:"person"`
	Course  string    `reg:"course"`
	Session string    `reg:"session"`
	Date    when.Date `reg:"date"`
	Way     string    `reg:"way"`
	Score   *int64    `reg:"score"`
	Passed  bool      `reg:"passed"`
	Edition string    `reg:"edition"`
}

type mailDrill struct {
	Code     string    `reg:"code"`
	Name     string    `reg:"name"`
	Date     when.Date `reg:"date"`
	Kind     string    `reg:"kind"`
	Scope    string    `reg:"scope"`
	Course   string    `reg:"course"`
	Scenario string    `reg:"scenario"`
}

type drillResult struct {
	Code     string    `reg:"code"`
	Drill    string    `reg:"drill"`
	Person   string    `reg:"person"`
	Unit     string    `reg:"unit"`
	Opened   bool      `reg:"opened"`
	Reported bool      `reg:"reported"`
	Followup when.Date `reg:"followup"`
}

// training makes plans, courses with their material, sessions and drills. Who took what comes last (teach), when
// everybody of the city is there.
func (c *city) training() {
	s := &c.school
	s.rng = rand.New(rand.NewPCG(c.cfg.Seed, 0x7ea1))
	s.byRole = map[string][]int{}
	base := c.sectionFor("デジタル戦略局", "情報政策")
	for y := c.fy - 2; y <= c.fy; y++ {
		p := trainingPlan{Name: fmt.Sprintf("令和%d年度情報セキュリティ研修計画", y-2018), FY: int64(y), State: "approved", Applicant: c.at(base, 0), Approver: c.logins[0].Person,
			Content: "すべての職員等に基礎研修（eラーニング）を実施する。新たに採用した職員等は採用後30日以内に受講する。役割別研修は任命後90日以内に受講する。標的型メール訓練を年1回以上行い、開封した人にフォロー研修を行う。受講率100％を目標とする。"}
		p.Applied, p.Approved = when.FYStart(y)+30, c.planDay(y) // on the last day in time
		if y < c.fy {
			p.Approved -= when.Date(s.rng.IntN(30))
			p.Result = "基礎研修は対象者のほぼ全員が修了した。標的型メール訓練の開封率は前年度を下回った。"
		}
		c.plan(p)
	}
	c.courseRows()
	c.sessionRows(base)
	kinds := []string{"link", "attachment", "credential"}
	for y := c.fy - 2; y <= c.fy; y++ {
		d := mailDrill{Name: fmt.Sprintf("令和%d年度標的型メール訓練", y-2018), Date: when.FYStart(y) + when.Date(120+s.rng.IntN(60)), Kind: kinds[y%3], Scope: "全部局から抽出した職員等（約3割）",
			Course: s.courses[s.followup].Code, Scenario: "取引先を装い、添付の請求書を至急確認するよう求める文面。"}
		if d.Date < c.day {
			c.drill(d)
		}
	}
}

// planDay is the day by which a year's plan is approved.
func (c *city) planDay(fy int) when.Date {
	for _, p := range c.params {
		if p.Code == "N.plan" {
			var m, d int
			if _, err := fmt.Sscanf(p.Text, "%d-%d", &m, &d); err == nil {
				if m < 4 {
					fy++
				}
				return when.On(fy, m, d)
			}
		}
	}
	panic("demo: N.plan is no month and day")
}

// plan writes a plan down as it stands on the day looked at.
func (c *city) plan(p trainingPlan) {
	p.Code = c.code("TP", 4)
	switch {
	case p.Applied > c.day:
		p.State, p.Applicant, p.Applied, p.Approver, p.Approved = "draft", "", 0, "", 0
	case p.Approved > c.day:
		p.State, p.Approver, p.Approved = "submitted", "", 0
	}
	c.school.plans = append(c.school.plans, p)
}

func (c *city) drill(d mailDrill) string {
	d.Code = c.code("MD", 4)
	c.school.drills = append(c.school.drills, d)
	return d.Code
}

func (c *city) sessionRows(base int) {
	s := &c.school
	for i, y := range []int{c.fy - 1, c.fy - 1, c.fy, c.fy} {
		k := s.courses[s.basic]
		if i%2 == 1 {
			k = s.courses[s.byRole["section_manager"][0]]
		}
		d := when.FYStart(y) + when.Date(100+30*i)
		s.sessions = append(s.sessions, session{Code: c.code("TS", 4), Course: k.Code, Name: fmt.Sprintf("%s（第%d回）", k.Name, i/2+1), Date: d, Place: "市役所本庁舎 大会議室"})
	}
}

// teach writes down who took what: everybody in time, but for what was marked.
func (c *city) teach() {
	s := &c.school
	last := when.FYStart(c.fy - 1)
	due, service := when.Date(c.limit("N.newhire")), when.Date(c.limit("N.minservice"))
	k := s.courses[s.basic].Code
	for i := range c.people {
		p := &c.people[i]
		left := p.Left
		if left == 0 {
			left = when.FYEnd(c.fy + 1)
		}
		if on, marked := s.newOn[p.Code]; marked {
			if on != 0 {
				c.took(p.Code, k, on)
			}
			continue
		}
		taught := when.Date(0)
		if p.Joined >= last && left >= p.Joined+due { // new: by the last day in time
			until := min(p.Joined+due, c.day)
			if p.Joined+due < c.day || s.rng.IntN(2) == 0 {
				taught = c.taughtBetween(p.Joined, until)
				c.took(p.Code, k, taught)
			}
		}
		from, to := max(p.Joined, last), min(left, c.year-1)
		if to-from+1 >= service && !s.skipLast[p.Code] && (taught == 0 || taught >= c.year) {
			c.took(p.Code, k, c.taughtBetween(from+(to-from)/2, to))
		}
		from, to = max(p.Joined, c.year), min(left, when.FYEnd(c.fy))
		if p.Joined > c.day || to-from+1 < service || s.skipYear[p.Code] || taught >= c.year {
			continue
		}
		if to < c.day {
			c.took(p.Code, k, c.taughtBetween(from, to))
		} else if !c.isLogin(p.Code) && s.rng.IntN(100) < min(90, int(c.day-c.year)/3) {
			c.took(p.Code, k, c.taughtBetween(from, c.day))
		}
	}
	c.teachRoles()
	c.teachTeams()
	c.teachAuditors()
	c.answerDrills()
}

func (c *city) isLogin(person string) bool {
	for _, l := range c.logins {
		if l.Person == person {
			return true
		}
	}
	return false
}

func (c *city) taughtBetween(lo, hi when.Date) when.Date {
	if hi <= lo {
		return lo
	}
	return lo + when.Date(c.school.rng.IntN(int(hi-lo)+1))
}

// took writes a completion down, after a try that failed now and then.
func (c *city) took(person, course string, on when.Date) {
	s := &c.school
	x := completion{Code: c.code("TD", 6), Person: person, Course: course, Date: on, Way: "elearning", Passed: true, Edition: "第3版"}
	switch s.rng.IntN(10) {
	case 0:
		x.Way = "group"
	case 1:
		x.Way = "material"
	case 2:
		try := x
		try.Passed, try.Score = false, count(20*s.rng.IntN(4))
		x.Code = c.code("TD", 6)
		s.completions = append(s.completions, try)
	}
	if x.Way == "elearning" {
		x.Score = count(80 + 20*s.rng.IntN(2))
	}
	s.completions = append(s.completions, x)
}

// teachRoles teaches whoever holds a post what its role needs, by the nearest deadline.
func (c *city) teachRoles() {
	s := &c.school
	days := when.Date(c.limit("N.rolecourse"))
	type need struct {
		person string
		course int
	}
	roles := map[string]string{}
	for _, p := range c.postRows {
		roles[p.Code] = p.Role
	}
	due := map[need]when.Date{}
	var order []need
	for _, a := range c.assignments {
		if a.Until != 0 && a.Until < c.day || a.From > c.day {
			continue
		}
		for _, k := range s.byRole[roles[a.Post]] {
			n := need{a.Person, k}
			d := max(a.From, s.courses[k].From) + days
			if old, known := due[n]; !known {
				order = append(order, n)
				due[n] = d
			} else {
				due[n] = min(old, d)
			}
		}
	}
	for _, n := range order {
		d := due[n]
		late, marked := s.roleOn[[2]string{n.person, s.courses[n.course].Code}]
		switch {
		case marked && late < -1000:
		case marked:
			c.took(n.person, s.courses[n.course].Code, d+when.Date(late))
		case d < c.day || s.rng.IntN(2) == 0:
			c.took(n.person, s.courses[n.course].Code, min(c.taughtBetween(d-days/2, d), c.day))
		}
	}
}

// seats are the members of the city's teams, each once.
func (c *city) seats() []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(who ...string) {
		for _, w := range who {
			if !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	for _, t := range c.csirts {
		add(t.Chief, t.Deputy, t.Manager, t.PoC)
	}
	for _, t := range c.tasks {
		add(t.Assignee)
	}
	return out
}

func (c *city) teachTeams() {
	s := &c.school
	k := s.courses[s.byRole["csirt_member"][0]]
	days := when.Date(c.limit("N.rolecourse"))
	for _, who := range c.seats() {
		if !s.members[who] {
			c.took(who, k.Code, c.taughtBetween(k.From, k.From+days))
		}
	}
}

func (c *city) teachAuditors() {
	s := &c.school
	k := s.courses[s.byRole["auditor"][0]]
	first := map[string]when.Date{}
	var order []string
	for _, a := range c.auditRows {
		for _, who := range a.Auditors {
			if d, known := first[who]; !known {
				order = append(order, who)
				first[who] = a.Date
			} else {
				first[who] = min(d, a.Date)
			}
		}
	}
	for _, who := range order {
		on, marked := s.auditOn[who]
		if !marked {
			on = first[who] - when.Date(s.rng.IntN(60))
		}
		if on <= c.day {
			c.took(who, k.Code, on)
		}
	}
}

// answerDrills lets three in ten of the people meet the mail of each drill; whoever opened it is taught in time.
func (c *city) answerDrills() {
	s := &c.school
	term := when.Date(c.limit("N.followup"))
	told := map[[2]string]bool{}
	for _, r := range s.results { // what was planted
		told[[2]string{r.Drill, r.Person}] = true
	}
	for _, d := range s.drills {
		if d.Scope == "" || d.Date > c.day || d.Date < when.FYStart(c.fy-1) {
			continue
		}
		for _, p := range c.people {
			if s.rng.IntN(10) > 2 || p.Joined > d.Date || p.Left != 0 && p.Left < d.Date || told[[2]string{d.Code, p.Code}] {
				continue
			}
			r := drillResult{Drill: d.Code, Person: p.Code, Unit: p.Unit, Opened: s.rng.IntN(100) < 7}
			r.Reported = !r.Opened && s.rng.IntN(100) < 45
			if r.Opened && d.Date+1 <= c.day {
				if on := c.taughtBetween(d.Date+1, min(d.Date+term, c.day)); p.Left == 0 || p.Left >= on {
					r.Followup = on
					c.took(p.Code, d.Course, on)
				}
			}
			c.answered(r)
		}
	}
}

func (c *city) answered(r drillResult) string {
	r.Code = c.code("DR", 6)
	c.school.results = append(c.school.results, r)
	return r.Code
}
