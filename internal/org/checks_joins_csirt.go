package org

import (
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/when"
)

// yearName is a 年度 in both languages.
func yearName(fy int) msg.Text {
	return msg.Text{JA: when.FYName(fy, msg.JA), EN: when.FYName(fy, msg.EN)}
}

// committeeYear tells what each committee did in the last 年度 that is over.
func committeeYear() check.Join {
	return check.Join{
		Subject: "committee", Reads: []string{"committee", "meeting", "day"},
		Attrs: []rule.Attr{
			{Name: "minuted", Title: msg.T("前年度の議事録のある会議の数", "meetings with minutes last fiscal year"), Kind: rule.Int},
			{Name: "treated", Title: msg.T("前年度の議題", "matters treated last fiscal year"), Kind: rule.Set, Values: agendaItems()},
			{Name: "year_start", Title: msg.T("前年度の初日", "first day of last fiscal year"), Kind: rule.Date},
			{Name: "year_over", Title: msg.T("今年度の初日", "first day of this fiscal year"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			last := Today(w).FY() - 1
			n, treated := map[string]int64{}, map[string][]string{}
			for _, m := range check.Records[Meeting](w, "meeting") {
				if m.minuted() && m.Date.FY() == last {
					n[m.Committee]++
					treated[m.Committee] = append(treated[m.Committee], m.Agenda...)
				}
			}
			for row, c := range check.Records[Committee](w, "committee") {
				out.SetInt(row, 0, n[c.Code])
				out.SetSet(row, 1, treated[c.Code])
				out.SetDate(row, 2, int32(when.FYStart(last)))
				out.SetDate(row, 3, int32(when.FYStart(last+1)))
			}
			return nil
		},
	}
}

// csirtMembers tells which seats of a CSIRT are filled by somebody on the staff.
func csirtMembers() check.Join {
	return check.Join{
		Subject: "csirt", Reads: []string{"csirt", "person", "day"},
		Attrs: []rule.Attr{{Name: "seats", Title: msg.T("在職者が就いている構成員", "members on the staff"), Kind: rule.Set, Values: csirtSeats()}},
		Compute: func(w *check.World, out *check.Out) error {
			people := PeopleByCode(w)
			for row, c := range check.Records[CSIRT](w, "csirt") {
				var seats []string
				for i, who := range []string{c.Chief, c.Deputy, c.Manager, c.PoC} {
					if p := people[who]; p != nil && p.ActiveOn(Today(w)) {
						seats = append(seats, csirtSeats()[i].Code)
					}
				}
				out.SetSet(row, 0, seats)
			}
			return nil
		},
	}
}

// csirtContacts tells which outside bodies have a contact.
func csirtContacts() check.Join {
	return check.Join{
		Subject: "csirt", Reads: []string{"csirt", "contact"},
		Attrs: []rule.Attr{{Name: "contacts", Title: msg.T("連絡先のある外部機関", "outside bodies with a contact"), Kind: rule.Set, Values: outsideBodyTitles()}},
		Compute: func(w *check.World, out *check.Out) error {
			var bodies []string
			for _, c := range check.Records[Contact](w, "contact") {
				bodies = append(bodies, c.Body)
			}
			for row := range check.Records[CSIRT](w, "csirt") {
				out.SetSet(row, 0, bodies)
			}
			return nil
		},
	}
}

// csirtTests tells the latest test of each window.
func csirtTests() check.Join {
	return check.Join{
		Subject: "csirt", Reads: []string{"csirt", "calltest"},
		Attrs: []rule.Attr{
			{Name: "tested_at", Title: msg.T("直近の連絡試験日", "last contact test"), Kind: rule.Date},
			{Name: "test_result", Title: msg.T("連絡試験の結果", "result of the test"), Kind: rule.Enum},
		},
		Compute: func(w *check.World, out *check.Out) error {
			last := lastCalls(check.Records[CallTest](w, "calltest"), windowOf)
			for row, c := range check.Records[CSIRT](w, "csirt") {
				if l := last[c.Code]; l != nil {
					out.SetDate(row, 0, int32(l.date))
					out.SetEnum(row, 1, l.result)
				}
			}
			return nil
		},
	}
}

// contactTests tells when each contact was last known to be right, and when it was last tried in vain since.
func contactTests() check.Join {
	return check.Join{
		Subject: "contact", Reads: []string{"contact", "calltest"},
		Attrs: []rule.Attr{
			{Name: "confirmed", Title: msg.T("連絡がつくことを最後に確かめた日", "last known to be right"), Kind: rule.Date},
			{Name: "unreached", Title: msg.T("その後に連絡がつかなかった日", "tried in vain since"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			last := lastCalls(check.Records[CallTest](w, "calltest"), contactOf)
			for row, c := range check.Records[Contact](w, "contact") {
				confirmed, unreached := c.confirmed(last[c.Code])
				out.SetDate(row, 0, int32(confirmed))
				out.SetDate(row, 1, int32(unreached))
			}
			return nil
		},
	}
}

// confirmed is when a contact was last known to be right, by who verified it or by a test, and when its latest test
// failed after that.
func (c Contact) confirmed(last *lastCall) (on, unreached when.Date) {
	switch {
	case last == nil:
		return c.Verified, 0
	case last.result == testPassed:
		return max(c.Verified, last.date), 0
	case last.date > c.Verified:
		return c.Verified, last.date
	}
	return c.Verified, 0
}

// taskAssignee tells whether the assignee of a CSIRT task is on the staff.
func taskAssignee() check.Join {
	return check.Join{
		Subject: "task", Reads: []string{"task", "person", "day"},
		Attrs: []rule.Attr{{Name: "assignee_active", Title: msg.T("担当者が在職している", "the assignee is on the staff"), Kind: rule.Bool}},
		Compute: func(w *check.World, out *check.Out) error {
			people := PeopleByCode(w)
			for row, t := range check.Records[Task](w, "task") {
				p := people[t.Assignee]
				out.SetBool(row, 0, p != nil && p.ActiveOn(Today(w)))
			}
			return nil
		},
	}
}

// advisoryDeadline counts the open days (開庁日) within which a warning is to be triaged.
func advisoryDeadline() check.Join {
	return check.Join{
		Subject: "advisory", Reads: []string{"advisory", "param"},
		Attrs: []rule.Attr{
			{Name: "triage_due", Title: msg.T("判断の期限", "last day to triage"), Kind: rule.Date},
			{Name: "triage_late", Title: msg.T("判断の期限を過ぎた日", "first day too late to triage"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := Parameter(w, "N.triage")
			if err != nil {
				return err
			}
			for row, a := range check.Records[Advisory](w, "advisory") {
				due := AddOpen(w, a.Received, days)
				out.SetDate(row, 0, int32(due))
				out.SetDate(row, 1, int32(due+1))
			}
			return nil
		},
	}
}
