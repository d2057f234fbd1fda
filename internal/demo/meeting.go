package demo

import (
	"fmt"
	"slices"

	"okite/internal/when"
)

// matters are what a committee treats, in words, with what is decided about it.
var matters = map[string]struct{ name, decided, decision string }{
	"training":  {"研修の実施計画と結果について", "approved", "計画のとおり実施し、結果を年度内に報告する。"},
	"selfcheck": {"自己点検の結果について", "noted", "報告を了承し、未回答の課に回答を求める。"},
	"audit":     {"監査の計画と結果について", "approved", "計画を承認し、指摘事項の改善を求める。"},
	"incident":  {"インシデントの発生状況について", "noted", "報告を了承し、再発防止策を全庁に周知する。"},
	"policy":    {"対策基準の改正案について", "continued", "次回の会議で引き続き審議する。"},
}

// sit is a meeting of a committee: called a week before, with its matters, and with minutes the chair has approved.
func (c *city) sit(k committee, d when.Date, agenda ...string) {
	n := len(c.meetings)
	d = c.open(d-1, 1) // the first open day
	m := meeting{Code: c.code("M", 4), Committee: k.Code, Date: d, Time: "午前10時", Place: fmt.Sprintf("本庁舎%d階会議室", 3+n%5), Called: d - 7, Agenda: agenda,
		Minutes: fmt.Sprintf("北星情第%d号", n+11), Record: "事務局が資料を説明し、質疑の後、議題ごとに決定した。", State: "approved", Applicant: c.secretary(k), Since: min(d+5, c.day), Approver: k.Chair}
	c.meetings = append(c.meetings, m)
	c.treat(m, true)
}

// secretary is who keeps the minutes: somebody of the secretariat other than the chair.
func (c *city) secretary(k committee) string {
	for _, p := range c.staffOf[k.Unit] {
		if key := c.people[p].Code; key != k.Chair {
			return key
		}
	}
	return ""
}

// treat writes the agenda of a meeting down, with the decisions of one that was held.
func (c *city) treat(m meeting, held bool) {
	for i, kind := range m.Agenda {
		x := matters[kind]
		item := agendaItem{Code: c.code("AI", 5), Meeting: m.Code, Order: int64(i + 1), Kind: kind, Name: x.name, Paper: fmt.Sprintf("資料%d", i+1)}
		if held {
			item.Decided, item.Decision = x.decided, x.decision
		}
		c.agendaItems = append(c.agendaItems, item)
	}
}

// comingMeetings are one whose minutes wait for the chair, and one that has been called.
func (c *city) comingMeetings(base int) {
	k := c.committees[0]
	if held := c.open(c.day-8, 1); held >= c.year {
		m := meeting{Code: c.code("M", 4), Committee: k.Code, Date: held, Time: "午後2時", Place: "本庁舎4階会議室", Called: held - 7, Agenda: []string{"audit", "policy"},
			Record: "監査の結果を事務局が報告し、改正案は継続審議とした。", State: "submitted", Applicant: c.secretary(k), Since: held + 1}
		c.meetings = append(c.meetings, m)
		c.treat(m, true)
	}
	m := meeting{Code: c.code("M", 4), Committee: k.Code, Date: c.open(c.day+20, 1), Time: "午前10時", Place: "本庁舎4階会議室", Called: c.day - 1, Agenda: []string{"selfcheck", "incident"}, State: "open"}
	c.meetings = append(c.meetings, m)
	c.treat(m, false)
}

// keepMatters leaves a meeting only the matters of some kinds.
func (c *city) keepMatters(m *meeting, kinds ...string) {
	m.Agenda = kinds
	c.agendaItems = slices.DeleteFunc(c.agendaItems, func(i agendaItem) bool { return i.Meeting == m.Code && !slices.Contains(kinds, i.Kind) })
}

// called is a series of contact tests: the last on a day, and one each quarter before it, of which one failed.
func (c *city) called(x callTest, last when.Date) {
	ways := []string{"phone", "mail", "after_hours"}
	for i := range 3 {
		t := x
		t.Code, t.Date, t.Way, t.Result, t.Minutes = c.code("CX", 5), last-when.Date(88*(2-i)), ways[(len(c.callTests)+i)%3], "passed", count(2+(len(c.callTests)*7)%25)
		if i == 0 {
			t.Result, t.Minutes, t.Note = "failed", nil, "番号が変わっていたため、台帳を改めた。"
		}
		c.callTests = append(c.callTests, t)
	}
}

// lastCall makes a test the last of a window or contact, in place of the last there is.
func (c *city) lastCall(csirt, contact string, date when.Date, result string) {
	c.callTests = slices.DeleteFunc(c.callTests, func(x callTest) bool { return x.CSIRT == csirt && x.Contact == contact && x.Date >= date })
	c.callTests = append(c.callTests, callTest{Code: c.code("CX", 5), CSIRT: csirt, Contact: contact, Date: date, Way: "phone", Result: result})
}

// dealt carries an advisory on from where it was triaged: most are done, some are being dealt with.
func (c *city) dealt(a *advisory, i int, who string) {
	a.State, a.Due = "done", a.Triaged+21
	switch {
	case i%3 == 0: // nothing of the city's is concerned
		a.Due, a.Done, a.Result = 0, a.Triaged, "該当がないため、対応は不要と判断した。"
	case i%10 == 4 && a.Due > c.day:
		a.State, a.Assignee, a.Systems = "acting", who, []string{c.systemRows[i%len(c.systemRows)].Code}
	default:
		a.Done, a.Assignee, a.Systems, a.Result = min(a.Triaged+when.Date(3+i%15), c.day), who, []string{c.systemRows[i%len(c.systemRows)].Code}, "更新を適用し、動作を確かめた。"
	}
}

// openAdvisories are one that has just been triaged, and two that are being dealt with: in time, and later than promised.
func (c *city) openAdvisories(base int) {
	for i, name := range []string{"無線機器の脆弱性", "文書作成ソフトウェアの脆弱性", "認証サーバーの脆弱性"} {
		day := c.open(c.day-when.Date(10+8*i), 1)
		a := advisory{Code: c.code("AV", 4), Name: name, Source: "ipa", Received: day, Triaged: day, By: c.at(base, 2), Verdict: "該当する機器に更新を適用する。", State: "triaged"}
		if i > 0 {
			a.State, a.Assignee, a.Due, a.Systems = "acting", c.at(base, 1), c.day+when.Date(20-22*(i-1)), []string{c.systemRows[i].Code}
		}
		c.advisories = append(c.advisories, a)
	}
}

// untriaged takes an advisory back to where nobody has looked at it.
func (a *advisory) untriaged() {
	*a = advisory{Code: a.Code, Name: a.Name, Source: a.Source, Received: a.Received, State: "received"}
}
