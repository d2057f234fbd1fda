package demo

import "okite/internal/when"

// spoilJoiners plants people who joined a little while ago and have not pledged (bp.5).
func (c *city) spoilJoiners() {
	term := when.Date(c.limit("N.pledge"))
	for range c.few() {
		for _, back := range []when.Date{term, term + 1} { // the last day to pledge is today; was yesterday
			c.employ(oneOf(c, c.sections), 5)
			p := &c.people[len(c.people)-1]
			p.Employment, p.Title, p.Joined, p.Contract = "fiscal_year", "会計年度任用職員", c.day-back, ""
			c.take("person:" + p.Code)
			c.gone["pledge of "+p.Code] = true
			if back > term {
				c.plant("R021", "person:"+p.Code)
			}
		}
	}
}

// spoilNotice plants what did not reach people (bp.5, bp.9.1), and then lets everybody else read and pledge: those who
// joined meanwhile too.
func (c *city) spoilNotice() {
	term := when.Date(c.limit("N.pledge"))
	for n, i := range c.draw(c.many()+c.some(), len(c.people), func(i int) string { return "person:" + c.people[i].Code }, func(i int) bool {
		p := &c.people[i]
		return p.Employment != "contractor" && p.Joined != 0 && p.Joined+term < c.day && (p.Left == 0 || p.Left >= c.day)
	}) {
		p := c.people[i].Code
		if n < c.many() {
			c.gone["pledge of "+p] = true
		} else { // on paper, and nobody can say where the paper is
			c.gone["paper of "+p] = true
		}
		c.plant("R021", "person:"+p)
	}
	c.spoilGuides()
	c.spoilSent()
	c.told()
}

// spoilGuides plants parts of clause 9 without a guide, with one that is shown nowhere, and with one that nobody has
// held against the present version (bp.9.1).
func (c *city) spoilGuides() {
	ids := c.measureIDs()
	for i := range c.guides {
		g := &c.guides[i]
		if g.Until != 0 {
			continue
		}
		n := -1
		for k, id := range ids {
			if id == g.Clause {
				n = k
			}
		}
		switch n {
		case 1:
			g.Until = c.day - 1
		case 2: // its last day is today
			g.Until = c.day
			continue
		case 4:
			g.Shown = nil
		case 5:
			g.Version = "B1"
		default:
			continue
		}
		c.plant("R085", "clause:"+c.basic+"-"+g.Clause)
	}
}

// spoilSent plants mandatory notices that too few have read, beside those that just enough have (bp.9.1).
func (c *city) spoilSent() {
	c.share100 = map[string]int{}
	for _, n := range c.notices {
		switch {
		case n.State == "issued" && !n.Mandatory:
			c.share100[n.Code] = 55
		case n.State == "issued" && n.Due >= c.day: // still to be read, in time
			c.share100[n.Code] = 40
		}
	}
	rate := c.limit("N.noticerate")
	bureau := func(i int) []string { return []string{c.units[c.bureaus[i%len(c.bureaus)]].Code} }
	text := "公開している文書に、消したはずの文字が残る事例がありました。公開する前に、原本とは別のファイルにして確かめてください。"
	put := func(name string, units []string, share int) *noticeRow {
		n := noticeRow{Name: name, Kind: "warning", Mandatory: true, Clauses: []string{"bp.9.1"}, Units: units, Text: text, Issued: c.late(c.limit("N.notice"))}
		i := c.send(n)
		c.notices[i].Code = c.code("N", 4)
		c.share100[c.notices[i].Code] = share
		return &c.notices[i]
	}
	for i := range c.few() {
		c.plant("R086", "notice:"+put("公開文書の墨消しの確認", bureau(2*i+1), 70).Code)
		put("媒体の数の確認", bureau(2*i), rate) // just enough
		c.plant("R086", "notice:"+put("共有フォルダーの整理", bureau(2*i), -rate).Code)
	}
	c.plant("R086", "notice:"+put("廃止した組織への連絡", []string{c.emptyUnit()}, 0).Code) // nobody is there to read it
	over := put("終了した点検の依頼", bureau(3), 20)
	over.Ends = c.day - 1
	c.except("R086", "notice:"+put("災害対応中の局への依頼", bureau(4), 30).Code, c.day, nil)
	late := put("延長が切れた局への依頼", bureau(5), 30).Code
	c.except("R086", "notice:"+late, c.day-1, nil)
	c.plant("R086", "notice:"+late)
	c.send(noticeRow{Name: "今日発信した注意喚起", Kind: "warning", Mandatory: true, Clauses: []string{"bp.9.6"}, Issued: c.day, Text: "本日、市を名乗る偽の電話が複数確認されました。職員番号や電話番号を尋ねられても、答えずに折り返してください。"})
	last := &c.notices[len(c.notices)-1]
	last.Code = c.code("N", 4)
	c.share100[last.Code] = 12
}

// emptyUnit is a closed unit that nobody belongs to and nothing is below.
func (c *city) emptyUnit() string {
	busy := map[string]bool{}
	for i := range c.people {
		busy[c.people[i].Unit] = true
	}
	for _, u := range c.units {
		busy[u.Parent] = true
	}
	for _, i := range c.closed {
		if !busy[c.units[i].Code] {
			return c.units[i].Code
		}
	}
	panic("demo: every closed unit has people")
}
