package checktest

import (
	"okite/internal/selfcheck"
	"okite/internal/when"
)

// inspected is what people and sections have looked at themselves in this 年度 and the last (bp.9.3, bp.11).
func (c *City) inspected() {
	d := when.On
	c.Params["N.sample"] = 5
	c.CheckSheets = []selfcheck.Sheet{
		{Code: "ST1", Name: "個人用点検票", For: selfcheck.ForPerson, From: 2020},
		{Code: "ST2", Name: "課・室用点検票", For: selfcheck.ForUnit, From: 2020},
	}
	for i, s := range []string{"ST1", "ST1", "ST2", "ST2"} {
		c.CheckItems = append(c.CheckItems, selfcheck.Item{Code: key("SI", i+1), Sheet: s, Order: int64(i), Text: "守っていますか。", Checks: []string{"R003"}})
	}
	none := int64(0)
	c.Campaigns = []selfcheck.Campaign{
		{Code: "SC1", Name: "前年度の自己点検", FY: 2025, Sheets: []string{"ST1", "ST2"}, Opens: d(2025, 9, 1), Due: d(2025, 9, 30), State: selfcheck.Closed, Closed: d(2025, 10, 10), Seed: "1", Mismatches: &none},
		{Code: "SC2", Name: "今年度の自己点検", FY: 2026, Sheets: []string{"ST1", "ST2"}, Opens: d(2026, 9, 1), Due: d(2026, 9, 30), State: selfcheck.Closed, Closed: d(2026, 10, 5), Seed: "2", Mismatches: &none},
	}
	put := func(r selfcheck.Response) {
		r.Code, r.State, r.Since, r.Submitted = selfcheck.ResponseKey(r.Campaign, r.Who()), string(selfcheck.Done), d(2026, 10, 1), d(2026, 9, 30)
		r.Given = 2
		c.Responses = append(c.Responses, r)
	}
	put(selfcheck.Response{Campaign: "SC1", Sheet: "ST1", Person: "P1", By: "P1", Section: "U2", Sampled: true, Recheck: selfcheck.Agrees, RecheckBy: "P3"})
	for i := range 6 {
		p := c.People[i]
		r := selfcheck.Response{Campaign: "SC2", Sheet: "ST1", Person: p.Code, By: p.Code, Section: p.Unit}
		if i == 3 {
			r.Sampled, r.Recheck, r.RecheckBy = true, selfcheck.Differs, "P1"
		}
		put(r)
	}
	put(selfcheck.Response{Campaign: "SC2", Sheet: "ST2", Unit: "U2", By: "P1", Section: "U2"})
	put(selfcheck.Response{Campaign: "SC2", Sheet: "ST2", Unit: "U3", By: "P3", Section: "U3"})
	c.Confirmations = []selfcheck.Confirmation{
		{Code: "CF1", Unit: "U2", FY: 2025, Date: d(2025, 10, 1), By: "P1"},
		{Code: "CF2", Unit: "U3", FY: 2025, Date: d(2026, 3, 31), By: "P5"},
		{Code: "CF3", Unit: "U2", FY: 2026, Date: d(2026, 10, 1), By: "P2", Problem: "鍵のかからない棚があった。", Reported: d(2026, 10, 2)},
		{Code: "CF4", Unit: "U3", FY: 2026, Date: d(2026, 4, 1), By: "P3"},
	}
}
