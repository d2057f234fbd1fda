package demo

import (
	"fmt"
	"strings"

	"okite/internal/when"
)

// window is the committees, the CSIRT with its window, and what reaches it from outside (bp.6).
func (c *city) window() {
	base := c.sectionFor("デジタル戦略局", "情報政策")
	last := when.FYStart(c.fy - 1)
	sit := func(k committee, d when.Date, agenda ...string) { c.sit(k, d, agenda...) }
	for i := range c.scale(6, 10000) {
		name, chair, secretary := "情報セキュリティ委員会", c.logins[0].Person, base
		if i > 0 {
			b := c.bureaus[(i-1)%len(c.bureaus)]
			name, chair, secretary = c.units[b].Name+"情報セキュリティ部会", c.at(b, 0), b
		}
		k := committee{Code: c.code("CM", 3), Name: name, Chair: chair, Unit: c.units[secretary].Code, Since: when.On(2015, 4, 1)}
		c.committees = append(c.committees, k)
		sit(k, c.between(last, last+120), "training", "selfcheck")
		sit(k, c.between(last+200, last+360), "audit", "incident")
		if c.day > c.year+80 {
			sit(k, c.between(c.year+20, c.day-10), "training", "incident")
		}
	}
	// a committee set up during last year is not yet asked for a whole year
	c.committees = append(c.committees, committee{Code: c.code("CM", 3), Name: "情報システム調達部会", Chair: c.at(base, 0), Unit: c.units[base].Code, Since: last + 1})

	c.comingMeetings(base)

	teams := []string{"水道局", "消防局", "教育委員会事務局", "保健福祉局", "財政局", "市民文化局", "子ども未来局", "環境局"}
	for i := range min(c.scale(7, 10000), 17) {
		t := csirt{Code: c.code("CS", 2), Name: cityName + "CSIRT", Main: true, Unit: c.units[base].Code, Chief: c.logins[4].Person, Deputy: c.at(base, 1), Manager: c.at(base, 0), PoC: c.at(base, 2)}
		if i > 0 {
			b := c.bureauNamed(teams[(i-1)%8])
			t.Name, t.Main, t.Unit, t.Chief, t.Deputy, t.Manager, t.PoC = teams[(i-1)%8]+"CSIRT", false, c.units[b].Code, c.at(b, 0), c.at(b, 1), c.at(b, 2), c.at(b, 2)
			if i > 8 {
				t.Name = teams[(i-1)%8] + "夜間CSIRT"
			}
		}
		t.Phone, t.Mail, t.AfterHours = fmt.Sprintf("000-000-%04d", 1100+i), fmt.Sprintf("csirt%02d@hokusei.example", i+1), "中央監視室（内線0119）"
		c.csirts = append(c.csirts, t)
		c.called(callTest{CSIRT: t.Code, By: t.Manager}, c.ago(80, 3))
		for j, name := range []string{"通報の受付", "影響の判断", "封じ込め", "記録と報告", "対外の連絡"} {
			c.tasks = append(c.tasks, task{Code: c.code("TK", 4), CSIRT: t.Code, Name: name, Assignee: []string{t.PoC, t.Manager, t.Deputy}[j%3]})
		}
	}
	for i, b := range bodies {
		for j := range 2 {
			desk := b.name + []string{"連絡窓口", "夜間休日窓口"}[j]
			k := contact{Code: c.code("CT", 3), Body: b.code, Name: desk, Phone: fmt.Sprintf("000-111-%04d", 100*i+j), Mail: fmt.Sprintf("desk%d-%d@outside.example", i+1, j+1), Verified: c.ago(85, 2)}
			c.contacts = append(c.contacts, k)
			c.called(callTest{Contact: k.Code, By: c.at(base, 2)}, k.Verified-100)
		}
	}
	subjects := []string{"通信機器の脆弱性", "業務用ソフトウェアの脆弱性", "偽メールの流行", "身代金要求型ウイルスの注意喚起", "遠隔接続装置の脆弱性", "公開サーバーへの攻撃の予兆", "連休中の備え"}
	verdicts := []string{"該当する機器はないため、記録のみとする。", "該当する機器に更新を適用する。", "全庁に注意を呼び掛ける。"}
	for i := range c.scale(60, 500) {
		a := advisory{Code: c.code("AV", 4), Name: fmt.Sprintf("%s（第%d報）", subjects[i%7], i/7+1), Source: bodies[c.rng.IntN(len(bodies))].code, Received: c.ago(360, 12), By: c.at(base, 2), Verdict: oneOf(c, verdicts)}
		a.Triaged = c.between(a.Received, c.open(a.Received, c.limit("N.triage")))
		c.dealt(&a, i, c.at(base, 1))
		c.advisories = append(c.advisories, a)
	}
	c.openAdvisories(base)
}

// bodies are the outside bodies that information is shared with.
var bodies = []struct{ code, name string }{
	{"mic", "総務省"}, {"prefecture", "都道府県"}, {"nco", "国家サイバー統括室"}, {"jlis", "地方公共団体情報システム機構"}, {"police", "警察本部"},
	{"ppc", "個人情報保護委員会"}, {"ipa", "情報処理推進機構"}, {"jpcert", "JPCERTコーディネーションセンター"},
}

// decisions are the table of powers, delegations and what was decided under them (bp.6).
func (c *city) decisions() {
	for _, a := range c.cfg.Acts {
		role := c.cfg.ActRoles[a]
		if role == "" {
			role = "chief"
		}
		c.powers = append(c.powers, power{Code: c.code("PW", 4), Action: a, Role: role})
	}
	// One bureau head in three lets the second decide; no taker gives on, and no clerk gives at all.
	begin, end := when.FYStart(c.fy-1), when.FYEnd(c.fy+1)
	for i, b := range c.bureaus {
		if i%3 == 0 {
			c.delegations = append(c.delegations, delegation{Code: c.code("DL", 4), From: c.at(b, 0), To: c.at(b, 1), Acts: c.acts("bureau_head", 2), Begin: begin, End: end})
		}
	}
	for range c.scale(40, 25) {
		u := oneOf(c, c.working())
		act, subject := c.act("section_manager"), ""
		if strings.HasPrefix(act, "asset.") {
			subject = "asset:" + c.assetRows[c.rng.IntN(len(c.assetRows))].Code
		}
		c.approve(approval{Action: act, Subject: subject, Applicant: c.clerk(u), Approver: c.at(u, 0), At: c.ago(360, 1)})
	}
	for i := range c.delegations {
		d := &c.delegations[i]
		u := c.sections[c.rng.IntN(len(c.sections))]
		for j, at := range []when.Date{d.Begin, c.day} { // the first day of the delegation, and today
			c.approve(approval{Action: c.pickAct(d.Acts, j), Applicant: c.clerk(u), Approver: d.To, Delegation: d.Code, At: at})
		}
	}
}

// act is one of the acts a role decides; any act when it decides none, "" when the product knows none.
func (c *city) act(role string) string {
	var own []string
	for _, a := range c.cfg.Acts {
		if c.cfg.ActRoles[a] == role {
			own = append(own, a)
		}
	}
	if len(own) == 0 {
		own = c.cfg.Acts
	}
	if len(own) == 0 {
		return ""
	}
	return oneOf(c, own)
}

func (c *city) acts(role string, n int) []string {
	var out []string
	for range n {
		if a := c.act(role); a != "" {
			out = append(out, a)
		}
	}
	return out
}

// pickAct is one of the acts delegated; any when all are.
func (c *city) pickAct(acts []string, n int) string {
	if len(acts) == 0 {
		return c.act("")
	}
	return acts[n%len(acts)]
}

func (c *city) approve(a approval) {
	a.Code = c.code("AP", 5)
	c.approvals = append(c.approvals, a)
}

// audits are looked at by people of the audit secretariat, who came from elsewhere long ago (bp.6, bp.11).
func (c *city) audits() {
	office := c.small[2]
	staff := c.staffOf[c.units[office].Code]
	for i, p := range staff {
		c.transfers = append(c.transfers, transfer{Code: c.code("TR", 5), Person: c.people[p].Code, Unit: c.units[c.sections[i%len(c.sections)]].Code, Until: c.year - when.Date(2600+30*i)})
	}
	for i := range c.scale(12, 400) {
		u := c.sections[(i*5+3)%len(c.sections)]
		c.audit(u, c.ago(700, 10), c.people[staff[i%len(staff)]].Code, c.people[staff[(i+1)%len(staff)]].Code)
	}
	for range c.cfg.People / 10 {
		u := oneOf(c, c.sections)
		p := c.clerk(u)
		c.transfers = append(c.transfers, transfer{Code: c.code("TR", 5), Person: p, Unit: c.units[oneOf(c, c.sections)].Code, Until: when.FYEnd(c.fy - c.roll(1, 6))})
	}
}

func (c *city) audit(u int, date when.Date, auditors ...string) {
	c.auditRows = append(c.auditRows, audit{Code: c.code("AU", 4), Name: c.units[u].Name + "情報セキュリティ監査", Unit: c.units[u].Code, Auditors: auditors, Date: date})
}
