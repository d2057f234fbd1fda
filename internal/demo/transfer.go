package demo

import (
	"fmt"

	"okite/internal/when"
)

type hrPerson struct {
	Code       string    `reg:"code"`
	Name       string    `reg:"name"`
	Unit       string    `reg:"unit"`
	Employment string    `reg:"employment"`
	Joined     when.Date `reg:"joined"`
	Left       when.Date `reg:"left"`
	Manager    string    `reg:"manager"`
	Collected  when.Date `reg:"collected"`
}

type hrMapping struct {
	Code       string    `reg:"code"`
	Name       string    `reg:"name"`
	Full       bool      `reg:"full"`
	Kinds      []string  `reg:"kinds"`
	Key        string    `reg:"col_code"`
	Person     string    `reg:"col_name"`
	Kana       string    `reg:"col_kana"`
	Unit       string    `reg:"col_unit"`
	Employment string    `reg:"col_employment"`
	JobTitle   string    `reg:"col_title"`
	Contract   string    `reg:"col_contract"`
	Joined     string    `reg:"col_joined"`
	Left       string    `reg:"col_left"`
	Mail       string    `reg:"col_mail"`
	Manager    string    `reg:"col_manager"`
	Status     string    `reg:"col_status"`
	GoneWords  string    `reg:"gone_words"`
	Effective  string    `reg:"col_effective"`
	Terms      string    `reg:"terms"`
	Applied    when.Date `reg:"applied"`
}

type handover struct {
	Code       string    `reg:"code"`
	Post       string    `reg:"post"`
	Set        string    `reg:"moveset"`
	Assignment string    `reg:"assignment"`
	Giver      string    `reg:"giver"`
	Taker      string    `reg:"taker"`
	From       when.Date `reg:"from"`
	Text       string    `reg:"text"`
	Items      string    `reg:"items"`
	Given      when.Date `reg:"given"`
	Accepted   when.Date `reg:"accepted"`
}

type leaveCheck struct {
	Code     string    `reg:"code"`
	Person   string    `reg:"person"`
	Last     when.Date `reg:"last"`
	Set      string    `reg:"moveset"`
	Media    when.Date `reg:"media"`
	Keys     when.Date `reg:"keys"`
	Cards    when.Date `reg:"cards"`
	Accounts when.Date `reg:"accounts"`
	Reminder when.Date `reg:"reminder"`
	By       string    `reg:"checked_by"`
	Note     string    `reg:"note"`
}

type moveSet struct {
	Code      string    `reg:"code"`
	Name      string    `reg:"name"`
	Date      when.Date `reg:"date"`
	State     string    `reg:"state"`
	Applicant string    `reg:"applicant"`
	Since     when.Date `reg:"since"`
	Confirmer string    `reg:"confirmer"`
	Hash      string    `reg:"hash"`
}

type move struct {
	Code   string `reg:"code"`
	Set    string `reg:"moveset"`
	Person string `reg:"person"`
	Kind   string `reg:"kind"`
	From   string `reg:"from_unit"`
	To     string `reg:"unit"`
	Title  string `reg:"title"`
	Post   string `reg:"post"`
	As     string `reg:"post_kind"`
	Keep   bool   `reg:"keep"`
	State  string `reg:"state"`
}

// transferRows are the registers of people who come, move and leave.
type transferRows struct {
	hrPeople    []hrPerson
	hrMappings  []hrMapping
	handovers   []handover
	leaveChecks []leaveCheck
	moveSets    []moveSet
	moves       []move
}

// transfer writes down how people came, moved and left, once everybody and every post is as they are to be (bp.5, bp.6).
func (c *city) transfer() {
	c.hrList()
	c.movesOfYears()
	c.handedOver()
	c.leavers()
}

// hrList is what the personnel office lists: its own staff, with the column mappings of the files it comes in.
func (c *city) hrList() {
	got := c.day - when.Date(c.limit("N.hrimport")) // the last import is just recent enough
	c.hrMappings = []hrMapping{
		{Code: c.code("HM", 2), Name: "人事給与システムの職員名簿", Full: true, Kinds: []string{"part_time", "regular", "special", "temporary"}, Key: "職員番号", Person: "氏名", Kana: "フリガナ",
			Unit: "所属コード", Employment: "職員区分", JobTitle: "職名", Joined: "採用年月日", Left: "退職年月日", Mail: "メール", Manager: "上司職員番号", Status: "在職区分", GoneWords: "退職、離職",
			Effective: "発令年月日", Terms: "一般職＝正規職員\n非常勤＝非常勤職員\n臨時＝臨時職員", Applied: got},
		{Code: c.code("HM", 2), Name: "会計年度任用職員の名簿", Kinds: []string{"fiscal_year"}, Key: "番号", Person: "氏名", Unit: "配属先", Employment: "区分", Joined: "任用開始日", Left: "任用終了日",
			Terms: "パートタイム＝会計年度任用職員\nフルタイム＝会計年度任用職員", Applied: got},
	}
	heads := map[string]string{}
	for _, u := range c.units {
		if list := c.staffOf[u.Code]; len(list) > 0 {
			heads[u.Code] = c.people[list[0]].Code
		}
	}
	hr := map[string]string{}
	for _, u := range c.units {
		hr[u.Code] = u.HRCode
	}
	for i := range c.people {
		p := &c.people[i]
		if p.Employment == "dispatched" || p.Employment == "contractor" || p.Left != 0 && p.Left < c.day {
			continue
		}
		h := hrPerson{Code: p.Code, Name: p.Name, Unit: hr[p.Unit], Employment: p.Employment, Joined: p.Joined, Left: p.Left, Manager: heads[p.Unit], Collected: got - when.Date(i%90)}
		if h.Manager == p.Code {
			h.Manager = ""
		}
		c.hrPeople = append(c.hrPeople, h)
	}
}

// movesOfYears are the set of this year's transfer day, long applied, and the one that is being prepared for the next.
func (c *city) movesOfYears() {
	next := when.FYStart(c.fy + 1)
	personnel, chief := c.at(c.sectionFor("総務局", "人事"), 1), c.logins[1].Person
	done := moveSet{Code: c.code("MS", 4), Name: fmt.Sprintf("%d年4月1日付け定期異動", c.fy), Date: c.year, State: "applied", Applicant: personnel, Since: c.year, Confirmer: chief, Hash: fmt.Sprintf("%064x", c.cfg.Seed+7)}
	open := moveSet{Code: c.code("MS", 4), Name: fmt.Sprintf("%d年4月1日付け定期異動", c.fy+1), Date: next, State: "preparing", Since: c.ago(30, 3)}
	c.moveSets = []moveSet{done, open}
	for i := range c.transfers {
		t := &c.transfers[i]
		at := c.personAt(t.Person)
		if t.Until != c.year-1 || at < 0 || c.people[at].Unit == t.Unit {
			continue
		}
		c.moves = append(c.moves, move{Code: c.code("MV", 6), Set: done.Code, Person: t.Person, Kind: "transfer", From: t.Unit, To: c.people[at].Unit, State: "applied"})
	}
	work := c.working()
	for range c.cfg.People / 12 {
		i := c.rng.IntN(c.cfg.People)
		p := &c.people[i]
		if p.Employment != "regular" || p.Joined >= c.day || p.Left != 0 || !c.take("move:"+p.Code) {
			continue
		}
		to := c.units[oneOf(c, work)].Code
		if to == p.Unit {
			continue
		}
		kind := "transfer"
		if c.chance(4) {
			kind, to = "leave", ""
		}
		c.moves = append(c.moves, move{Code: c.code("MV", 6), Set: open.Code, Person: p.Code, Kind: kind, From: p.Unit, To: to, State: "planned"})
	}
	// two posts already have their next holder
	for n := range 2 {
		s := c.sections[(n*7+3)%len(c.sections)]
		if at, ok := c.postOf["section_manager:"+c.units[s].Code]; ok && !c.gone["post:"+c.postRows[at].Code] {
			c.moves = append(c.moves, move{Code: c.code("MV", 6), Set: open.Code, Person: c.at(s, 2), Kind: "post_start", From: c.units[s].Code, Post: c.postRows[at].Code, As: "holder", State: "planned"})
		}
	}
}

// personAt is the place of somebody in people, -1 when there is nobody.
func (c *city) personAt(key string) int {
	n := 0
	for _, r := range key[2:] {
		n = n*10 + int(r-'0')
	}
	if n < 1 || n > len(c.people) || c.people[n-1].Code != key {
		return -1
	}
	return n - 1
}

// handedOver are the notes of the posts that changed hands this year.
func (c *city) handedOver() {
	before := map[string]assignment{} // who held a post until the day before
	at := func(post string, day when.Date) string { return post + " " + day.String() }
	for _, a := range c.assignments {
		if a.Kind == "holder" && a.Until != 0 && !c.gone["assignment:"+a.Code] {
			before[at(a.Post, a.Until+1)] = a
		}
	}
	texts := []string{"懸案は2件です。委託先との定例会議は毎月第2水曜日です。", "台帳の棚卸しは6月に行います。例外措置の期限に注意してください。", "利用者IDの点検を引き継ぎます。手順書は課の共有フォルダーにあります。"}
	for _, a := range c.assignments {
		was, ok := before[at(a.Post, a.From)]
		if a.Kind != "holder" || a.First || !ok || a.From < c.year || a.From > c.day || was.Person == a.Person || c.gone["assignment:"+a.Code] {
			continue
		}
		h := handover{Code: c.code("HO", 5), Post: a.Post, Assignment: a.Code, Giver: was.Person, Taker: a.Person, From: a.From, Text: oneOf(c, texts), Items: "書庫の鍵\n封印した予備の媒体", Given: a.From, Accepted: a.Handover}
		if a.From == c.year {
			h.Set = c.moveSets[0].Code
		}
		c.handovers = append(c.handovers, h)
	}
}

// leavers are complete checklists of everybody who left.
func (c *city) leavers() {
	for i := range c.people {
		p := &c.people[i]
		if p.Left == 0 || p.Left >= c.day {
			continue
		}
		boss := c.at(c.unitAt(c.living(p.Unit)), 0)
		c.leaveChecks = append(c.leaveChecks, leaveCheck{Code: c.code("LC", 5), Person: p.Code, Last: p.Left, Media: p.Left, Keys: p.Left - when.Date(c.roll(0, 2)), Cards: p.Left, Accounts: p.Left,
			Reminder: p.Left - when.Date(c.roll(0, 5)), By: boss})
	}
}

// living is a unit, or where its things are looked after once it has nobody.
func (c *city) living(unit string) string {
	if len(c.staffOf[unit]) > 0 {
		return unit
	}
	return c.units[c.sectionFor("デジタル戦略局", "情報政策")].Code
}
