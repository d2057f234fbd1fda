package demo

import (
	"fmt"
	"strings"

	"okite/internal/msg"
	"okite/internal/when"
)

// staff are the people: every unit has a head, a second and those who work there, of every kind of employment of
// clause 5 (bp.5). Some have left.
func (c *city) staff() {
	head := c.cfg.People
	put := func(u int, n int) {
		for i := range n {
			c.employ(u, i)
		}
		head -= n
	}
	for _, b := range c.bureaus {
		put(b, 3)
	}
	work := c.working()
	for _, s := range c.small {
		put(s, 8)
	}
	general := c.bureauNamed("総務局")
	for range 3 { // mayor and vice mayors
		c.employ(general, 0)
		head--
		p := &c.people[len(c.people)-1]
		p.Employment, p.Title, p.Joined = "special", "副市長", when.FYStart(c.fy-2)
	}
	c.people[len(c.people)-3].Title = "市長"
	for i, s := range c.sections {
		n := head / (len(c.sections) - i)
		if left := len(c.sections) - i; left > 1 {
			n = max(5, n+c.roll(-n/3, n/3))
		}
		put(s, n)
	}
	for range c.cfg.People / 50 {
		u := oneOf(c, work)
		c.employ(u, 9)
		list := c.staffOf[c.units[u].Code]
		c.staffOf[c.units[u].Code] = list[:len(list)-1] // no longer there
		p := &c.people[len(c.people)-1]
		p.Left = c.between(c.year-900, c.day-1)
		p.Joined = p.Left - when.Date(c.roll(400, 9000))
	}
}

// employ puts the n-th person into a unit.
func (c *city) employ(u, n int) {
	f, g := oneOf(c, families), oneOf(c, givens)
	key := c.code("P", 5)
	p := person{Code: key, Name: f.kanji + g.kanji, Kana: f.kana + " " + g.kana, Unit: c.units[u].Code, Employment: "regular",
		Mail: strings.ToLower(strings.ReplaceAll(key, "-", "")) + "@hokusei.example"}
	switch {
	case c.units[u].Kind == "bureau":
		p.Title = []string{"局長", "次長", "主幹"}[n]
	case n < 3:
		p.Title = []string{"課長", "課長補佐", "係長"}[n]
	default:
		p.Employment, p.Title = c.employment()
	}
	switch p.Employment {
	case "regular":
		p.Joined = when.FYStart(c.fy - c.roll(1, 36))
		if n < 3 {
			p.Joined = when.FYStart(c.fy - c.roll(12, 36))
		}
	case "fiscal_year":
		p.Joined = when.FYStart(c.fy - c.roll(0, 2))
	default:
		p.Joined = when.FYStart(c.fy - c.roll(1, 4))
	}
	c.staffOf[p.Unit] = append(c.staffOf[p.Unit], len(c.people))
	c.people = append(c.people, p)
}

func (c *city) employment() (kind, title string) {
	switch n := c.rng.IntN(100); {
	case n < 24:
		return "fiscal_year", "会計年度任用職員"
	case n < 28:
		return "part_time", "非常勤職員"
	case n < 31:
		return "temporary", "臨時的任用職員"
	case n < 34:
		return "dispatched", "派遣職員"
	case n < 37:
		return "contractor", "業務委託従事者"
	case n < 60:
		return "regular", "主任"
	}
	return "regular", "主事"
}

func (c *city) bureauNamed(name string) int {
	for _, b := range c.bureaus {
		if c.units[b].Name == name {
			return b
		}
	}
	panic("demo: no bureau " + name)
}

// at is the n-th person of a unit: 0 its head, 1 the second.
func (c *city) at(u, n int) string { return c.people[c.staffOf[c.units[u].Code][n]].Code }

// clerk is somebody of a unit who heads nothing.
func (c *city) clerk(u int) string {
	list := c.staffOf[c.units[u].Code]
	if len(list) == 0 { // a closed unit: its things are looked after by the chief's section
		return c.clerk(c.sectionFor("デジタル戦略局", "情報政策"))
	}
	return c.people[list[c.roll(min(3, len(list)-1), len(list)-1)]].Code
}

// unitAt is the place of a unit in units.
func (c *city) unitAt(key string) int {
	n := 0
	for _, r := range key[2:] {
		n = n*10 + int(r-'0')
	}
	return n - 1
}

// posts are the roles of clause 6, each with a holder and a deputy (bp.6).
func (c *city) posts() {
	base, network := c.sectionFor("デジタル戦略局", "情報政策"), c.sectionFor("デジタル戦略局", "システム基盤")
	digital, general := c.bureauNamed("デジタル戦略局"), c.bureauNamed("総務局")
	contracts, auditors := c.sectionFor("財政局", "契約管財"), c.small[2]
	team := c.staffOf[c.units[general].Code]
	mayor2, mayor3 := c.people[team[len(team)-2]].Code, c.people[team[len(team)-1]].Code
	for _, x := range []struct {
		role, name, holder, deputy string
		login                      msg.Text
	}{
		{"ciso", "最高情報セキュリティ責任者", mayor2, mayor3, msg.T("最高情報セキュリティ責任者（CISO）", "Chief information security officer (CISO)")},
		{"chief", "統括情報セキュリティ責任者", c.at(digital, 0), c.at(digital, 1), msg.T("統括情報セキュリティ責任者", "Chief information security manager")},
		{"network_manager", "ネットワーク管理者", c.at(network, 0), c.at(network, 1), msg.T("ネットワーク管理者", "Network manager")},
		{"audit_chief", "情報セキュリティ監査統括責任者", c.at(auditors, 0), c.at(auditors, 1), msg.T("監査統括責任者", "Chief auditor")},
		{"csirt_chief", "CSIRT責任者", c.at(digital, 1), c.at(base, 1), msg.T("CSIRT責任者", "Chief of the CSIRT")},
		{"admin", "掟の運用管理者", c.at(network, 2), c.at(network, 1), msg.T("掟の運用管理者", "Administrator of Okite")},
		{"hr_officer", "人事課長", c.at(c.sectionFor("総務局", "人事"), 0), c.at(c.sectionFor("総務局", "人事"), 1), msg.T("人事担当", "Personnel officer")},
		{"contract_officer", "契約担当課長", c.at(contracts, 0), c.at(contracts, 1), msg.T("契約担当", "Contract officer")},
	} {
		p := c.post(post{Role: x.role, Scope: "city", Name: x.name, From: when.On(2015, 4, 1)})
		c.appoint(p, x.holder, x.deputy)
		c.take("post:" + c.postRows[p].Code)
		c.take("person:" + x.holder)
		c.logins = append(c.logins, Login{x.holder, x.role, x.login})
	}
	for _, b := range c.bureaus {
		u := c.units[b]
		c.appoint(c.post(post{Role: "bureau_head", Scope: "bureau", Unit: u.Code, Name: u.Name + "情報セキュリティ責任者", From: u.Open}), c.at(b, 0), c.at(b, 1))
	}
	for _, s := range c.working() {
		u := c.units[s]
		c.appoint(c.post(post{Role: "section_manager", Scope: "section", Unit: u.Code, Name: u.Name + "情報セキュリティ管理者", From: u.Open}), c.at(s, 0), c.at(s, 1))
	}
	for _, s := range c.systemRows {
		if s.Status != "active" || s.OutOfScope != "" {
			continue
		}
		u := c.unitAt(s.Unit)
		c.appoint(c.post(post{Role: "system_manager", Scope: "system", System: s.Code, Name: s.Name + "管理者", From: s.GoLive}), c.at(u, 0), c.at(u, 2))
	}
	c.moreLogins()
}

func (c *city) post(p post) int {
	p.Code = c.code("PO", 5)
	c.postOf[p.Role+":"+p.Unit+p.System] = len(c.postRows)
	c.postRows = append(c.postRows, p)
	return len(c.postRows) - 1
}

// appoint fills a post without a gap: since an earlier year, or since this one after somebody else.
func (c *city) appoint(p int, holder, deputy string) {
	at := &c.postRows[p]
	from := max(when.FYStart(c.fy-c.roll(1, 4)), at.From)
	first := from == at.From
	if c.chance(25) && at.From < c.year {
		from, first = c.year, false
		c.assign(assignment{Post: at.Code, Person: c.people[c.rng.IntN(len(c.people))].Code, Kind: "holder", From: max(at.From, when.FYStart(c.fy-3)), Until: c.year - 1, First: true})
	}
	a := assignment{Post: at.Code, Person: holder, Kind: "holder", From: from, First: first}
	if d := c.open(from, c.roll(1, c.limit("N.handover"))); !first && d <= c.day {
		a.Handover = d
	}
	c.assign(a)
	c.assign(assignment{Post: at.Code, Person: deputy, Kind: "deputy", From: from})
}

func (c *city) assign(a assignment) {
	a.Code = c.code("AS", 5)
	c.assignments = append(c.assignments, a)
}

// moreLogins are people without a post of the whole city. What they hold stays in order.
func (c *city) moreLogins() {
	section := c.sectionFor("市民文化局", "戸籍住民")
	bureau := c.bureauNamed("市民文化局")
	keep := func(key, role string, title msg.Text, posts ...string) {
		c.take("person:" + key)
		for _, p := range posts {
			c.take("post:" + c.postRows[c.postOf[p]].Code)
		}
		c.logins = append(c.logins, Login{key, role, title})
	}
	keep(c.at(bureau, 0), "bureau_head", msg.T("情報セキュリティ責任者（局長）", "Head of a bureau"), "bureau_head:"+c.units[bureau].Code)
	keep(c.at(section, 0), "section_manager", msg.T("情報セキュリティ管理者（課長）", "Manager of a section"), "section_manager:"+c.units[section].Code)
	for _, s := range c.systemRows {
		if s.Name == "介護保険システム" {
			keep(c.at(c.unitAt(s.Unit), 0), "system_manager", msg.T("情報システム管理者", "System manager"), "system_manager:"+s.Code)
		}
	}
	for _, want := range []struct {
		employment, role string
		title            msg.Text
	}{
		{"regular", "staff", msg.T("職員", "Member of the staff")}, {"contractor", "contractor", msg.T("委託事業者の従事者", "Contractor’s worker")},
	} {
		for _, s := range c.sections {
			if i := c.first(s, want.employment); i >= 0 {
				keep(c.people[i].Code, want.role, want.title)
				break
			}
		}
	}
}

// first is somebody of a section, of a kind of employment, who heads nothing; -1 when there is nobody.
func (c *city) first(u int, employment string) int {
	for _, i := range c.staffOf[c.units[u].Code][3:] {
		if c.people[i].Employment == employment {
			return i
		}
	}
	return -1
}

// partners are the contractors, their contracts, and the people who work here under one (bp.5).
func (c *city) partners() {
	heads := []string{"あけぼの", "こはる", "しののめ", "たそがれ", "なぎさ", "はるかぜ", "みなづき", "ゆうづき", "わかば", "あおぞら"}
	trades := []string{"情報", "電算", "計測", "通信設備", "印刷", "警備", "調査", "清掃", "システム開発", "データ管理"}
	works := []string{"システム運用保守業務", "データ入力業務", "通知書印刷封入業務", "調査分析業務", "機器賃貸借", "窓口補助業務", "ヘルプデスク業務", "システム改修業務"}
	for i := range c.scale(24, 400) {
		name := heads[i%10] + "架空" + trades[i/10%10] + "株式会社"
		if i >= 100 {
			name = fmt.Sprintf("%s第%d事業所", name, i/100+1)
		}
		k := contractor{Code: c.code("CO", 4), Name: name}
		c.contractors = append(c.contractors, k)
		if i%9 == 8 { // worked for the city once
			c.contract(contract{Name: works[i%8], Contractor: k.Code, Unit: c.units[oneOf(c, c.sections)].Code, From: when.FYStart(c.fy - 3), Until: when.FYEnd(c.fy - 2)})
			continue
		}
		for j := range 1 + i%2 {
			from := when.FYStart(c.fy - c.roll(1, 3))
			u := oneOf(c, c.sections)
			c.contract(contract{Name: strings.TrimSuffix(c.units[u].Name, "課") + works[(i+j)%8], Contractor: k.Code, Unit: c.units[u].Code, From: from, Until: when.FYEnd(c.fy + c.roll(0, 2))})
		}
	}
	live := 0
	for i := range c.people {
		if k := c.people[i].Employment; k == "dispatched" || k == "contractor" {
			for c.contracts[live%len(c.contracts)].Until < c.day {
				live++
			}
			c.people[i].Contract = c.contracts[live%len(c.contracts)].Code
			live++
		}
	}
}

func (c *city) contract(k contract) {
	k.Code = c.code("K", 5)
	c.contracts = append(c.contracts, k)
}
