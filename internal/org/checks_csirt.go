package org

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/rule"
)

// committeeWorks is R035: committees meet, and their agenda covers what clause 6 asks of them (bp.6).
func committeeWorks() check.Check {
	return check.Check{
		ID: "R035", Clauses: []clause.ID{"bp.6"}, Basis: "G", Severity: 2, Params: []string{"N.committee"},
		Title: msg.T("委員会を定期的に開き、議事録を残す", "Committees meet and keep minutes"),
		Duty: msg.T("毎年度、決められた回数の会議を開き、研修・自己点検・監査・インシデントを議題とする。",
			"Each fiscal year the committee meets as often as set and treats training, self-checks, audits and incidents."),
		Who: msg.T("情報セキュリティ委員会", "Information security committee"),
		Parts: []check.Part{{
			Subject: "committee",
			Scope:   `resource.since <= context.today && (resource.until == 0 || resource.until >= context.today)`,
			NotDue:  `resource.since > resource.year_start`,
			Breach:  `resource.minuted < context["N.committee"] || !resource.treated.containsAll(["training", "selfcheck", "audit", "incident"])`,
			Since:   "year_over",
			Owner:   check.Owner{Scope: "chair"}, Rank: check.Signed, Evidence: []string{"meeting"},
			Reason: reasonCommittee,
			Mend:   check.Mend{URL: "/registers/meeting/new?committee={key}", Label: msg.T("会議と議事録を登録する", "Register a meeting and its minutes")},
		}},
	}
}

func reasonCommittee(s check.Subject) msg.Text {
	need, _ := s.Param("N.committee")
	year := s.Date("year_start").FY()
	if s.Int("minuted") < need {
		return msg.F("「%s」の%sの会議のうち、議事録のあるものは%d回で、必要な%d回に足りません。",
			"“%s” has minutes of %[3]d meeting(s) in %[2]s; %[4]d are needed.", s.Text("name"), yearName(year), s.Int("minuted"), need)
	}
	var missing msg.Text
	for _, a := range agendaItems() {
		if !s.Has("treated", a.Code) {
			missing = Listed(missing, a.Title)
		}
	}
	return msg.F("「%s」は、%sの会議で%sを議題としていません。", "“%s” did not treat these matters in %s: %s.", s.Text("name"), yearName(year), missing)
}

// csirtExists is R036: the CSIRT has its members, and each task an assignee (bp.6).
func csirtExists() check.Check {
	return check.Check{
		ID: "R036", Clauses: []clause.ID{"bp.6"}, Basis: "S", Severity: 3,
		Title: msg.T("CSIRTに構成員と役割の担当者を置く", "The CSIRT has members and assignees"),
		Duty: msg.T("CSIRTに責任者・副責任者・管理者・窓口担当者を置き、すべての役割に担当者を定める。",
			"The CSIRT has a chief, deputy, manager and point of contact, and every task of its rule has an assignee."),
		Who: msg.T("最高情報セキュリティ責任者", "Chief information security officer (CISO)"),
		Parts: []check.Part{
			{
				Name: "csirt", Subject: "csirt",
				Breach: `!resource.seats.containsAll(["chief", "deputy", "manager", "poc"])`,
				Owner:  ownerCSIRT(), Rank: check.Signed, Evidence: []string{"csirt", "person"},
				Reason: func(s check.Subject) msg.Text {
					var empty msg.Text
					for _, seat := range csirtSeats() {
						if !s.Has("seats", seat.Code) {
							empty = Listed(empty, seat.Title)
						}
					}
					return msg.F("「%s」の%sに、在職中の職員が置かれていません。", "“%s” has nobody on the staff as: %s.", s.Text("name"), empty)
				},
				Mend: check.Mend{URL: "/registers/csirt/{key}/edit", Label: msg.T("構成員を入力する", "Enter the members")},
			},
			{
				Name: "task", Subject: "task",
				Breach: `resource.assignee == "" || !resource.assignee_active`,
				Owner:  ownerCSIRT(), Rank: check.Signed, Evidence: []string{"task", "person"},
				Reason: func(s check.Subject) msg.Text {
					if s.Text("assignee") == "" {
						return msg.F("CSIRTの役割「%s」に担当者がいません。", "The CSIRT task “%s” has no assignee.", s.Text("name"))
					}
					return msg.F("CSIRTの役割「%s」の担当者%sは、在職していません。", "%[2]s, assignee of the CSIRT task “%[1]s”, is not on the staff.",
						s.Text("name"), s.Name("person", s.Text("assignee")))
				},
				Mend: check.Mend{URL: "/registers/task/{key}/edit", Label: msg.T("担当者を入力する", "Enter the assignee")},
			},
		},
	}
}

func ownerCSIRT() check.Owner { return check.Owner{Role: "csirt_chief"} }

// oneWindow is R037: one window inside and outside, that answers (bp.6).
func oneWindow() check.Check {
	return check.Check{
		ID: "R037", Clauses: []clause.ID{"bp.6"}, Basis: "S", Severity: 3, Params: []string{"N.contacttest"},
		Title: msg.T("統一的な窓口を置き、連絡がつくことを確かめる", "The window is open and tested"),
		Duty: msg.T("CSIRTの窓口に電話・メール・時間外の連絡先を備え、定期的に連絡試験を行う。",
			"The CSIRT’s window has a telephone, a mail address and an out-of-hours contact, and is tested regularly."),
		Who: msg.T("CSIRT責任者", "Chief of the CSIRT"),
		Parts: []check.Part{{
			Subject: "csirt",
			Breach:  `resource.phone == "" || resource.mail == "" || resource.after_hours == "" || (resource.test_result == "failed" && resource.tested_at != 0 && context.today - resource.tested_at <= context["N.contacttest"])`,
			Unknown: `resource.tested_at == 0 || resource.test_result == "" || context.today - resource.tested_at > context["N.contacttest"]`,
			Owner:   ownerCSIRT(), Rank: check.Witnessed, Evidence: []string{"calltest", "phone", "mail", "after_hours"},
			Reason: reasonWindow,
			Mend:   check.Mend{URL: "/csirt/{key}", Label: msg.T("窓口を整え、連絡試験を記録する", "Complete the window and record its test")},
		}},
	}
}

func reasonWindow(s check.Subject) msg.Text {
	var missing msg.Text
	for _, f := range []struct {
		attr  string
		title msg.Text
	}{
		{"phone", msg.T("電話", "telephone")}, {"mail", msg.T("メール", "mail")}, {"after_hours", msg.T("時間外の連絡先", "out-of-hours contact")},
	} {
		if s.Text(f.attr) == "" {
			missing = Listed(missing, f.title)
		}
	}
	name, tested := s.Text("name"), s.Date("tested_at")
	days, _ := s.Param("N.contacttest")
	switch {
	case !missing.IsZero():
		return msg.F("「%s」の窓口に、次の連絡先がありません：%s。", "The window of “%s” lacks: %s.", name, missing)
	case tested == 0:
		return msg.F("「%s」の窓口の連絡試験が、一度も記録されていません。", "No contact test of the window of “%s” is on record.", name)
	case int64(s.Today()-tested) > days:
		return msg.F("「%s」の窓口の連絡試験は%sが最後で、%d日を過ぎています。", "The window of “%s” was last tested on %s, more than %d days ago.", name, tested.Both(), days)
	default:
		return msg.F("「%s」の窓口は、%sの連絡試験で連絡がつきませんでした。", "The window of “%s” did not answer in the contact test of %s.", name, tested.Both())
	}
}

// outsideBodies is R038: information is shared with bodies outside, and what comes in is looked at (bp.6).
func outsideBodies() check.Check {
	return check.Check{
		ID: "R038", Clauses: []clause.ID{"bp.6"}, Basis: "S", Severity: 2, Params: []string{"N.contacttest", "N.triage"},
		Title: msg.T("外部の機関と情報を共有する", "Information is shared with bodies outside"),
		Duty: msg.T("外部機関の連絡先を備えて定期的に確かめ、届いた注意喚起への対応を期限までに判断する。",
			"Contacts of outside bodies are kept and verified, and every warning received is triaged in time."),
		Who: msg.T("CSIRT", "CSIRT"),
		Parts: []check.Part{
			{
				Name: "contact", Subject: "contact",
				Breach:  `resource.unreached != 0 && context.today - resource.unreached <= context["N.contacttest"]`,
				Unknown: `resource.confirmed == 0 || context.today - resource.confirmed > context["N.contacttest"]`,
				Since:   "unreached",
				Owner:   ownerCSIRT(), Rank: check.Witnessed, Evidence: []string{"verified", "calltest"},
				Reason: reasonContact,
				Mend:   check.Mend{URL: "/csirt/contacts", Label: msg.T("連絡先を確かめる", "Verify the contact")},
			},
			{
				Name: "csirt", Subject: "csirt", Scope: `resource.main`,
				Breach: `!resource.contacts.containsAll(["mic", "prefecture", "nco", "jlis", "police", "ppc", "ipa", "jpcert"])`,
				Owner:  ownerCSIRT(), Rank: check.Signed, Evidence: []string{"contact"},
				Reason: func(s check.Subject) msg.Text {
					var missing msg.Text
					for _, b := range outsideBodyTitles() {
						if !s.Has("contacts", b.Code) {
							missing = Listed(missing, b.Title)
						}
					}
					return msg.F("次の外部機関の連絡先が登録されていません：%s。", "No contact is registered for: %s.", missing)
				},
				Mend: check.Mend{URL: "/registers/contact/new", Label: msg.T("連絡先を登録する", "Register the contact")},
			},
			{
				Name: "advisory", Subject: "advisory",
				NotDue: `resource.triaged == 0 && context.today <= resource.triage_due`,
				Breach: `resource.triaged == 0 || resource.triaged > resource.triage_due`,
				Since:  "triage_late",
				Owner:  ownerCSIRT(), Rank: check.Log, Evidence: []string{"received", "triaged"},
				Reason: func(s check.Subject) msg.Text {
					if s.Date("triaged") == 0 {
						return msg.F("%sに届いた「%s」への対応が、期限の%sまでに判断されていません。", "“%[2]s”, received on %[1]s, was not triaged by %[3]s.",
							s.Date("received").Both(), s.Text("name"), s.Date("triage_due").Both())
					}
					return msg.F("%sに届いた「%s」への対応の判断は%sで、期限の%sを過ぎていました。", "“%[2]s”, received on %[1]s, was triaged on %[3]s, after %[4]s.",
						s.Date("received").Both(), s.Text("name"), s.Date("triaged").Both(), s.Date("triage_due").Both())
				},
				Mend: check.Mend{URL: "/advisories/{key}", Label: msg.T("対応の判断を記録する", "Record the triage")},
			},
		},
	}
}

func reasonContact(s check.Subject) msg.Text {
	days, _ := s.Param("N.contacttest")
	name, confirmed, unreached := s.Text("name"), s.Date("confirmed"), s.Date("unreached")
	switch {
	case unreached != 0 && int64(s.Today()-unreached) <= days:
		return msg.F("連絡先「%s」は、%sの連絡試験で連絡がつきませんでした。", "The contact “%s” could not be reached in the test of %s.", name, unreached.Both())
	case confirmed == 0:
		return msg.F("連絡先「%s」が正しいことを、一度も確かめていません。", "The contact “%s” has never been verified.", name)
	}
	return msg.F("連絡先「%s」を最後に確かめたのは%sで、%d日を過ぎています。", "The contact “%s” was last verified on %s, more than %d days ago.", name, confirmed.Both(), days)
}

// Listed adds a word to a list of words, for a sentence of a reason.
func Listed(list, word msg.Text) msg.Text {
	if list.IsZero() {
		return word
	}
	return msg.Text{JA: list.JA + "、" + word.JA, EN: list.EN + ", " + word.EN}
}

func agendaItems() []rule.Value {
	return []rule.Value{
		{Code: "training", Title: msg.T("研修", "training")}, {Code: "selfcheck", Title: msg.T("自己点検", "self-checks")},
		{Code: "audit", Title: msg.T("監査", "audits")}, {Code: "incident", Title: msg.T("インシデント", "incidents")},
	}
}

func csirtSeats() []rule.Value {
	return []rule.Value{
		{Code: "chief", Title: msg.T("責任者", "chief")}, {Code: "deputy", Title: msg.T("副責任者", "deputy")},
		{Code: "manager", Title: msg.T("管理者", "manager")}, {Code: "poc", Title: msg.T("窓口担当者", "point of contact")},
	}
}

func outsideBodyTitles() []rule.Value {
	return []rule.Value{
		{Code: "mic", Title: msg.T("総務省", "Ministry of Internal Affairs and Communications")},
		{Code: "prefecture", Title: msg.T("都道府県", "prefecture")},
		{Code: "nco", Title: msg.T("国家サイバー統括室", "National Cybersecurity Office")},
		{Code: "jlis", Title: msg.T("地方公共団体情報システム機構", "J-LIS")},
		{Code: "police", Title: msg.T("警察", "police")},
		{Code: "ppc", Title: msg.T("個人情報保護委員会", "Personal Information Protection Commission")},
		{Code: "ipa", Title: msg.T("情報処理推進機構", "IPA")},
		{Code: "jpcert", Title: msg.T("JPCERTコーディネーションセンター", "JPCERT/CC")},
	}
}
