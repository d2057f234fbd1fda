package checktest

import (
	"okite/internal/training"
	"okite/internal/when"
)

// training is what was planned and taught in this 年度 and the last (bp.9.1).
func (c *City) training() {
	d := when.On
	for name, v := range map[string]int64{"N.minservice": 60, "N.newhire": 30, "N.rolecourse": 90, "N.maildrill": 1, "N.followup": 14} {
		c.Params[name] = v
	}
	c.Texts["N.plan"] = "06-30"
	// A meeting of last year treated training and has minutes; this year's result may still be heard.
	c.TrainingPlans = []training.Plan{
		{Code: "TP1", Name: "前年度の研修計画", FY: 2025, Content: "全員に基礎研修", State: "approved", Approved: d(2025, 6, 30), Meeting: "M1"},
		{Code: "TP2", Name: "今年度の研修計画", FY: 2026, Content: "全員に基礎研修", State: "approved", Approved: d(2026, 6, 30)},
		{Code: "TP3", Name: "今年度の追加計画案", FY: 2026, State: "draft"},
	}
	c.Courses = []training.Course{
		{Code: "TC1", Name: "基礎研修", Kind: "basic", From: d(2020, 4, 1), Edition: "第1版"},
		{Code: "TC2", Name: "管理者研修", Kind: "role", Roles: []string{"section_manager", "bureau_head"}, From: d(2020, 4, 1), Edition: "第1版"},
		{Code: "TC3", Name: "CSIRT研修", Kind: "role", Roles: []string{"csirt_member", "csirt_chief"}, From: d(2020, 4, 1), Edition: "第1版"},
		{Code: "TC4", Name: "監査人研修", Kind: "role", Roles: []string{"auditor"}, From: d(2020, 4, 1), Edition: "第1版"},
		{Code: "TC5", Name: "フォロー研修", Kind: "followup", From: d(2020, 4, 1), Edition: "第1版"},
	}
	done := func(person, course string, on when.Date) {
		c.Completions = append(c.Completions, training.Completion{Code: key("TD", len(c.Completions)+1), Person: person, Course: course, Date: on, Way: "elearning", Passed: true, Edition: "第1版"})
	}
	for i := range 7 {
		done(key("P", i+1), "TC1", d(2025, 10, 1))
	}
	for i := range 6 {
		done(key("P", i+1), "TC1", d(2026, 10, 1))
	}
	done("P8", "TC1", d(2026, 5, 1)) // the last day in time
	for _, p := range []string{"P1", "P2", "P3", "P4", "P5", "P6"} {
		done(p, "TC2", d(2025, 4, 1)+90)
	}
	for _, p := range []string{"P5", "P2", "P1", "P3"} {
		done(p, "TC3", d(2020, 6, 1))
	}
	done("P1", "TC4", d(2026, 7, 1)) // on the day of the audit
	done("P6", "TC4", d(2026, 4, 1))
	c.MailDrills = []training.Drill{
		{Code: "MD1", Name: "前年度の訓練", Date: d(2025, 9, 1), Kind: "link", Course: "TC5"},
		{Code: "MD2", Name: "今年度の訓練", Date: d(2026, 9, 1), Kind: "attachment", Course: "TC5"},
	}
	c.DrillResults = []training.Result{
		{Code: "DR1", Drill: "MD2", Person: "P3", Unit: "U3", Opened: true, Followup: d(2026, 9, 15)},
		{Code: "DR2", Drill: "MD2", Person: "P4", Unit: "U3", Reported: true},
	}
}
