package selfcheck

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/when"
)

// Checks are the checks of this package: confirmation of each unit (bp.9.3) and self-inspection (bp.11).
func Checks() []check.Check {
	return []check.Check{confirmed(), inspected()}
}

// Joins work out the facts these checks need from more than one register.
func Joins() []check.Join {
	return []check.Join{unitConfirmed(), personAnswers(), unitAnswers(), campaignSample(), cityYears()}
}

func yearName(fy int64) msg.Text {
	return msg.Text{JA: when.FYName(int(fy), msg.JA), EN: when.FYName(int(fy), msg.EN)}
}

// confirmed is R141: whoever answers for a unit looks whether the policy is kept, and tells the CISO of what is not
// (bp.9.3).
func confirmed() check.Check {
	return check.Check{
		ID: "R141", Clauses: []clause.ID{"bp.9.3"}, Basis: "S", Severity: 2,
		Title: msg.T("ポリシーの遵守状況を確認し、問題をCISOに報告する", "Compliance is confirmed, and problems reach the CISO"),
		Duty: msg.T("課・室ごとに、毎年度、責任者又は管理者がポリシーの遵守状況を確認し、問題を認めたときはCISOに報告する。",
			"Each fiscal year whoever answers for a section confirms that the policy is kept, and reports problems to the CISO."),
		Who: msg.T("情報セキュリティ責任者・情報セキュリティ管理者", "Information security officers and managers"),
		Parts: []check.Part{{
			Subject: "unit", Scope: `resource.confirm_owed`,
			NotDue:  `!resource.problem_open && !resource.confirm_missed && !resource.confirm_unknown && (!resource.confirmed_year || resource.problem_fresh)`,
			Breach:  `resource.problem_open || resource.confirm_missed`,
			Unknown: `resource.confirm_unknown`,
			Since:   "confirm_since",
			Owner:   check.Owner{Role: "section_manager", Scope: "unit"}, Rank: check.Signed, Evidence: []string{"confirmation"},
			Reason: func(s check.Subject) msg.Text {
				name, last := s.Text("name"), yearName(int64(s.Today().FY()-1))
				switch {
				case s.Bool("problem_open"):
					return msg.F("%sに「%s」の確認で見つかった問題を、CISOに報告した記録がありません。", "A problem that was found on %s in “%s” is not on record as reported to the CISO.", s.Date("problem_found").Both(), name)
				case s.Bool("confirm_missed"):
					return msg.F("「%s」の遵守状況を、責任者又は管理者が%sに確認した記録がありません。", "No confirmation of “%s” by who answers for it is on record for %s.", name, last)
				case s.Bool("confirm_unnamed"):
					return msg.F("「%s」の今年度の確認に、確認した職員の記録がないため、責任者又は管理者によるものか確かめられません。", "Nobody is named for this fiscal year’s confirmation of “%s”, so it cannot be told whether the right person made it.", name)
				default:
					return msg.F("%sの確認の記録が全庁にないため、「%s」が確認されたか分かりません。", "No confirmation of %s is on record anywhere, so it cannot be told whether “%s” was confirmed.", last, name)
				}
			},
			Mend: check.Mend{URL: "/selfcheck/confirm?unit={key}", Label: msg.T("確認・報告を記録する", "Record confirmation and report")},
		}},
	}
}

// inspected is R239: everybody and every section inspects itself, a second person looks at a sample, and what the
// evidence contradicts is a figure of its own (bp.11).
func inspected() check.Check {
	answered := func(name string, owner check.Owner, what func(s check.Subject) msg.Text) check.Part {
		return check.Part{
			Name: name, Subject: name, Scope: `resource.selfcheck_asked`,
			NotDue:  `!resource.selfcheck_answered && context.today <= resource.selfcheck_due`,
			Breach:  `!resource.selfcheck_answered`,
			Unknown: `resource.selfcheck_gaps`,
			Since:   "selfcheck_late",
			Owner:   owner, Rank: check.Signed, Evidence: []string{"response"},
			Reason: func(s check.Subject) msg.Text {
				if s.Bool("selfcheck_answered") {
					return msg.F("%sの自己点検の回答に答えのない項目があるため、点検したか確かめられません。", "The self-inspection of %s leaves items out, so it cannot be told whether they were looked at.", what(s))
				}
				return msg.F("%sの自己点検の回答が提出されていません。期限は%sでした。", "The self-inspection of %s was not handed in; it was due on %s.", what(s), s.Date("selfcheck_due").Both())
			},
			Mend: check.Mend{URL: "/selfcheck", Label: msg.T("自己点検に回答する", "Answer the self-inspection")},
		}
	}
	return check.Check{
		ID: "R239", Clauses: []clause.ID{"bp.11"}, Basis: "P", Severity: 2, Params: []string{"N.sample"},
		Title: msg.T("すべての職員等と組織が毎年度自己点検を行う", "Everybody and every section inspects itself each fiscal year"),
		Duty: msg.T("毎年度、すべての職員等と課・室が期限までに自己点検に回答し、定めた割合以上をほかの課の職員が再点検し、回答と根拠の不一致の数を記録する。",
			"Each fiscal year everybody and every section answers in time, somebody of another section looks at the set share again, and the mismatches between answers and evidence are put on record."),
		Who: msg.T("統括情報セキュリティ責任者・すべての職員等", "The chief information security manager and everybody"),
		Parts: []check.Part{
			{
				Name: "city", Subject: "city",
				NotDue:  `resource.selfchecks_year < 1 && !resource.selfcheck_missed && !resource.selfcheck_untold`,
				Breach:  `resource.selfcheck_missed`,
				Unknown: `resource.selfcheck_untold`,
				Since:   "selfcheck_year",
				Owner:   check.Owner{Role: "chief"}, Rank: check.Log, Evidence: []string{"campaign"},
				Reason: func(s check.Subject) msg.Text {
					if s.Bool("selfcheck_missed") {
						return msg.F("%sの自己点検を終えた記録がありません。", "No self-inspection of %s was brought to its end.", yearName(int64(s.Today().FY()-1)))
					}
					return msg.T("自己点検の記録がないため、行われていたか確かめられません。", "No self-inspection is on record, so it cannot be told whether any was held.")
				},
				Mend: check.Mend{URL: "/selfcheck/new", Label: msg.T("自己点検を始める", "Begin a self-inspection")},
			},
			{
				Name: "campaign", Subject: "campaign", Scope: `resource.state == "closed" && resource.campaign_recent`,
				NotDue:  `resource.campaign_figured && resource.campaign_short && context.today <= resource.campaign_last`,
				Breach:  `!resource.campaign_figured || resource.campaign_short`,
				Unknown: `resource.campaign_unproved`,
				Since:   "campaign_since",
				Owner:   check.Owner{Role: "chief"}, Rank: check.Signed, Evidence: []string{"response", "mismatches"},
				Reason: func(s check.Subject) msg.Text {
					switch {
					case !s.Bool("campaign_figured"):
						return msg.F("「%s」を締め切りましたが、回答と根拠の不一致の数が記録されていません。", "“%s” was closed without its mismatches put on record.", s.Text("name"))
					case s.Bool("campaign_short"):
						return msg.F("「%s」の回答票%d件のうち、ほかの課の職員が再点検したのは%d件です（%d件以上が必要です）。", "Of the %[2]d sheets of “%[1]s”, somebody of another section has looked at %[3]d (at least %[4]d must be).",
							s.Text("name"), s.Int("campaign_answered"), s.Int("campaign_seconds"), s.Int("campaign_needed"))
					default:
						return msg.F("「%s」の再点検に、再点検した職員の記録がないものがあるため、本人や同じ課によるものでないか確かめられません。", "Nobody is named for some second looks of “%s”, so it cannot be told whether somebody else took them.", s.Text("name"))
					}
				},
				Mend: check.Mend{URL: "/selfcheck/campaigns/{key}", Label: msg.T("再点検と不一致を確かめる", "Look at second looks and mismatches")},
			},
			answered("person", check.Owner{Scope: "code"}, func(s check.Subject) msg.Text { return msg.Same(s.Text("name")) }),
			answered("unit", check.Owner{Role: "section_manager", Scope: "unit"}, func(s check.Subject) msg.Text { return msg.F("「%s」", "“%s”", s.Text("name")) }),
		},
	}
}
