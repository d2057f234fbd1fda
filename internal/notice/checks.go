package notice

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/org"
)

// Checks are those of clauses 5 and 9 whose facts stand in the registers of this package.
func Checks() []check.Check {
	return []check.Check{pledged(), guided(), noticesRead()}
}

// Joins work out the facts these checks need from more than one register.
func Joins() []check.Join {
	return []check.Join{personPledge(), clauseGuide(), noticeReaders()}
}

// pledged is R021: everybody has promised to keep the policy soon after joining (bp.5).
func pledged() check.Check {
	return check.Check{
		ID: "R021", Clauses: []clause.ID{"bp.5"}, Basis: "S", Severity: 2, Params: []string{"N.pledge"},
		Title: msg.T("職員等はポリシーを守ることを誓約する", "Everybody pledges to keep the policy"),
		Duty: msg.T("すべての職員等が、採用日から期限までに、ポリシーを守ることを誓約する。",
			"Everybody pledges to keep the policy within the time allowed after joining."),
		Who: msg.T("職員等", "Everybody on the staff"),
		Parts: []check.Part{{
			Subject: "person",
			Scope:   `resource.joined != 0 && resource.joined <= context.today && (resource.left == 0 || resource.left >= context.today) && resource.employment != "contractor"`,
			NotDue:  `!resource.pledged && context.today - resource.joined <= context["N.pledge"]`,
			Breach:  `!resource.pledged`,
			Unknown: `!resource.pledge_known`,
			Since:   "pledge_late",
			Owner:   check.Owner{Scope: "code"}, Rank: check.Signed, Evidence: []string{"pledge"},
			Reason: func(s check.Subject) msg.Text {
				if s.Bool("pledged") {
					return msg.F("%sの誓約は書面とされていますが、文書番号が記録されていないため、確かめられません。", "The pledge by %s is said to be on paper, but no document number is on record, so it cannot be looked up.", s.Text("name"))
				}
				return msg.F("%sが誓約した記録がありません。期限は%sでした。", "No pledge by %s is on record; it was due on %s.", s.Text("name"), (s.Date("pledge_late") - 1).Both())
			},
			Mend: check.Mend{URL: "/notices/pledge", Label: msg.T("誓約する", "Give the pledge")},
		}},
	}
}

// guided is R085: rules of conduct and judgement for each part of clause 9, shown where they are needed (bp.9.1).
func guided() check.Check {
	return check.Check{
		ID: "R085", Clauses: []clause.ID{"bp.9.1"}, Basis: "S", Severity: 2,
		Title: msg.T("対策ごとに行動指針を定め、申請の画面に示す", "A conduct guide for each measure, shown with applications"),
		Duty: msg.T("基本方針9の条項ごとに行動指針を施行し、今の版に照らし合わせ、要点を申請の画面に示す。",
			"For each part of clause 9 a conduct guide is in force, held against the present version, and shown where something is applied for."),
		Who: org.WhoChief(),
		Parts: []check.Part{{
			Subject: "clause", Scope: `resource.guide_asked`,
			Breach:  `resource.guides < 1 || resource.guide_shown < 1`,
			Unknown: `resource.guides_current < 1`,
			Since:   "guide_since",
			Owner:   check.Owner{Role: "chief"}, Rank: check.Signed, Evidence: []string{"guide"},
			Reason: func(s check.Subject) msg.Text {
				place := msg.F("基本方針%s「%s」", "clause %s, “%s”,", s.Text("number"), s.Text("name"))
				switch {
				case s.Int("guides") < 1:
					return msg.F("%sの行動指針が施行されていません。", "No conduct guide for %s is in force.", place)
				case s.Int("guide_shown") < 1:
					return msg.F("%sの行動指針は、どの申請の画面にも示されていません。", "The conduct guide for %s is shown with no application.", place)
				default:
					return msg.F("%sの行動指針は今の版に照らし合わせた記録がなく、今も正しいか確かめられません。", "The conduct guide for %s was held against an earlier version; whether it still fits cannot be told.", place)
				}
			},
			Mend: check.Mend{URL: "/guide", Label: msg.T("行動指針を整える", "Put the guide in order")},
		}},
	}
}

// noticesRead is R086: what must be read is read, in time and by nearly all (bp.9.1).
func noticesRead() check.Check {
	return check.Check{
		ID: "R086", Clauses: []clause.ID{"bp.9.1"}, Basis: "S", Severity: 2, Params: []string{"N.notice", "N.noticerate"},
		Title: msg.T("必読の注意喚起を職員等に読ませる", "Mandatory notices reach people"),
		Duty: msg.T("必読のお知らせと注意喚起は、期限までに、対象の職員等の定めた割合以上が読む。",
			"A mandatory notice is read in time by at least the share of its audience that the standard asks for."),
		Who: msg.T("CSIRT・統括情報セキュリティ責任者", "CSIRT and the chief information security manager"),
		Parts: []check.Part{{
			Subject: "notice",
			Scope:   `resource.mandatory && resource.state == "issued" && (resource.ends == 0 || resource.ends >= context.today)`,
			NotDue:  `!resource.read_enough && resource.audience > 0 && context.today <= resource.read_due`,
			Breach:  `!resource.read_enough && resource.audience > 0`,
			Unknown: `resource.audience < 1`,
			Since:   "read_late",
			Owner:   check.Owner{Role: "csirt_chief"}, Rank: check.Log, Evidence: []string{"receipt"},
			Reason: func(s check.Subject) msg.Text {
				if s.Int("audience") < 1 {
					return msg.F("「%s」の対象に当てはまる職員等がいないため、読まれたか確かめられません。", "Nobody is in the audience of “%s”, so whether it was read cannot be told.", s.Text("name"))
				}
				rate, _ := s.Param("N.noticerate")
				return msg.F("「%s」は、期限の%sを過ぎても、対象%d人のうち%d人しか読んでいません（%d%%以上が必要です）。", "“%[1]s” was to be read by %[2]s, and only %[4]d of %[3]d have read it (at least %[5]d%% must).",
					s.Text("name"), s.Date("read_due").Both(), s.Int("audience"), s.Int("read"), rate)
			},
			Mend: check.Mend{URL: "/notices/{key}/readers", Label: msg.T("読んでいない職員等に再通知する", "Remind those who have not read it")},
		}},
	}
}
