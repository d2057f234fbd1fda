package org

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
)

// postsFilled is R030: roles and duties are fixed and filled (bp.6). The module of systems adds its part.
func postsFilled() check.Check {
	return check.Check{
		ID: "R030", Clauses: []clause.ID{"bp.6"}, Basis: "S", Severity: 3, Params: []string{"N.handover"},
		Title: msg.T("役職を定め、切れ目なく任命する", "Posts are fixed and filled without a gap"),
		Duty: msg.T("定めた役職ごとに一人を任命し、代理者を置き、引継ぎと委任を範囲内で行う。",
			"Each post has one holder and a deputy, is handed over in time, and delegations keep to their limits."),
		Who: msg.T("最高情報セキュリティ責任者", "Chief information security officer (CISO)"),
		Parts: []check.Part{
			{
				Name: "post", Subject: "post", Scope: live,
				Breach: `resource.holders != 1 || resource.deputies < 1 || resource.gap_days > 0 || (resource.handover_due != 0 && resource.handover_due < context.today)`,
				Since:  "unfilled_since",
				Owner:  check.Owner{Role: "chief"}, Rank: check.Signed, Evidence: []string{"assignment", "person"},
				Reason: reasonPost,
				Mend:   check.Mend{URL: "/registers/assignment/new?post={key}", Label: msg.T("任命を登録する", "Register the assignment")},
			},
			{
				Name: "unit", Subject: "unit",
				Scope:  unitOpen + ` && ["section", "bureau"].contains(resource.kind)`,
				Breach: `(resource.kind == "section" && !resource.posts.contains("section_manager")) || (resource.kind == "bureau" && !resource.posts.contains("bureau_head"))`,
				Owner:  ownerOfUnit(), Rank: check.Signed, Evidence: []string{"post"},
				Reason: func(s check.Subject) msg.Text {
					if s.Text("kind") == "bureau" {
						return msg.F("「%s」に情報セキュリティ責任者の役職が置かれていません。", "“%s” has no post of information security officer.", s.Text("name"))
					}
					return msg.F("「%s」に情報セキュリティ管理者の役職が置かれていません。", "“%s” has no post of information security manager.", s.Text("name"))
				},
				Mend: check.Mend{URL: "/registers/post/new?unit={key}", Label: msg.T("役職を置く", "Set up the post")},
			},
			{
				Name: "approval", Subject: "approval", Scope: `resource.delegation != ""`,
				Breach: `!resource.delegation_exists || resource.at < resource.delegation_begin || resource.at > resource.delegation_end || !resource.delegate_decided || !resource.act_delegated`,
				Since:  "at",
				Owner:  check.Owner{Role: "chief"}, Rank: check.Log, Evidence: []string{"approval", "delegation"},
				Reason: reasonDelegation,
				Mend:   check.Mend{URL: "/registers/approval/{key}", Label: msg.T("決裁の記録を確かめる", "Look at the decision")},
			},
		},
	}
}

func reasonPost(s check.Subject) msg.Text {
	name := s.Text("name")
	switch {
	case s.Int("holders") < 1:
		return msg.F("「%s」に、在職中の職員が任命されていません。", "Nobody who is on the staff is assigned to “%s”.", name)
	case s.Int("holders") > 1:
		return msg.F("「%s」に%d人が同時に任命されています。一人に定める必要があります。", "%[2]d people are assigned to “%[1]s” at once; it must be one.", name, s.Int("holders"))
	case s.Int("deputies") < 1:
		return msg.F("「%s」に代理者が任命されていません。", "No deputy is assigned to “%s”.", name)
	case s.Date("handover_due") != 0 && s.Date("handover_due") < s.Today():
		return msg.F("「%s」の引継ぎが、期限の%sまでに受領されていません。", "The hand-over of “%s” was not accepted by %s.", name, s.Date("handover_due").Both())
	default:
		return msg.F("「%s」には、今年度に任命のない日が%d日あります。", "“%s” was without a holder on %d day(s) of this fiscal year.", name, s.Int("gap_days"))
	}
}

func reasonDelegation(s check.Subject) msg.Text {
	at, person := s.Date("at").Both(), s.Name("person", s.Text("approver"))
	switch {
	case !s.Bool("delegation_exists"):
		return msg.F("%sの決裁が根拠とする委任は、台帳にありません。", "The delegation under which the decision of %s was taken is not in the register.", at)
	case s.Date("at") < s.Date("delegation_begin") || s.Date("at") > s.Date("delegation_end"):
		return msg.F("%sの決裁は、委任の期間（%sから%sまで）の外で行われました。", "The decision of %s lies outside the delegation’s term (%s to %s).",
			at, s.Date("delegation_begin").Both(), s.Date("delegation_end").Both())
	case !s.Bool("delegate_decided"):
		return msg.F("%sの決裁をした%sは、この委任を受けた職員ではありません。", "%[2]s, who took the decision of %[1]s, is not the person the delegation names.", at, person)
	default:
		return msg.F("%sに%sがした決裁の操作は、委任された操作に含まれていません。", "The act %[2]s decided on %[1]s is not among the acts delegated.", at, person)
	}
}

// noDoubleHats is R032: nobody decides on their own application, directly or through a delegate (bp.6). The
// module of audits adds its part.
func noDoubleHats() check.Check {
	return check.Check{
		ID: "R032", Clauses: []clause.ID{"bp.6"}, Basis: "G", Severity: 3, Params: []string{"N.auditcool"},
		Title: msg.T("申請と決裁、監査する側とされる側を兼ねない", "Nobody decides on or audits their own affairs"),
		Duty: msg.T("申請した職員とその委任を受けた職員は決裁せず、監査人は自らの所属した組織を監査しない。",
			"Applicants and their delegates do not decide, and auditors do not audit a unit of their own."),
		Who: msg.T("すべての職員等", "Everybody"),
		Parts: []check.Part{{
			Name: "approval", Subject: "approval",
			Breach: `resource.self_decided || resource.decided_by_delegate`,
			Since:  "at",
			Owner:  check.Owner{Role: "chief"}, Rank: check.Log, Evidence: []string{"approval", "delegation"},
			Reason: func(s check.Subject) msg.Text {
				at, applicant, approver := s.Date("at").Both(), s.Name("person", s.Text("applicant")), s.Name("person", s.Text("approver"))
				if s.Bool("self_decided") {
					return msg.F("%sの決裁は、申請した%sが自ら行いました。", "The decision of %s was taken by the applicant, %s.", at, applicant)
				}
				return msg.F("%sの決裁は、申請した%sから委任を受けている%sが行いました。",
					"The decision of %s on the application of %s was taken by their delegate, %s.", at, applicant, approver)
			},
			Mend: check.Mend{URL: "/registers/approval/{key}", Label: msg.T("決裁の記録を確かめる", "Look at the decision")},
		}},
	}
}

// powersTable is R033: every act has exactly one deciding role for the whole city, and at most one for each scope inside it
// (bp.6, bp.9.1).
func powersTable() check.Check {
	return check.Check{
		ID: "R033", Clauses: []clause.ID{"bp.6"}, Basis: "S", Severity: 2,
		Title: msg.T("操作ごとに決定する役割を一つ定める", "Each act has one deciding role"),
		Duty: msg.T("権限表で、すべての操作について、範囲ごとに決定する役割を一つだけ定める。",
			"The table of powers names exactly one deciding role for every act and scope."),
		Who: WhoChief(),
		Parts: []check.Part{{
			Subject: "action", Breach: `resource.powers != 1 || resource.scopes_twice > 0`,
			Owner: check.Owner{Role: "chief"}, Rank: check.Measured, Evidence: []string{"action", "power"},
			Reason: func(s check.Subject) msg.Text {
				if s.Int("powers") == 1 {
					return msg.F("操作「%s」には、決定する役割が二つ以上ある範囲（組織または機関）が%d件あります。範囲ごとに一つに定める必要があります。",
						"The act “%s” has %d scope(s), a unit or an organ, with more than one deciding role; each must have one.", s.Text("name"), s.Int("scopes_twice"))
				}
				if s.Int("powers") < 1 {
					return msg.F("操作「%s」を全庁について決定する役割が、権限表にありません。", "The table of powers names no role for the act “%s” in the whole city.", s.Text("name"))
				}
				return msg.F("操作「%s」を決定する役割が、権限表に全庁について%d件あります。一つに定める必要があります。",
					"The table of powers names %[2]d roles for the act “%[1]s” in the whole city; it must be one.", s.Text("name"), s.Int("powers"))
			},
			Mend: check.Mend{URL: "/registers/power/new?action={key}", Label: msg.T("権限表を改める", "Change the table of powers")},
		}},
	}
}
