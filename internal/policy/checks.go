package policy

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/when"
)

// Checks are the checks of the preamble and of clauses 3 and 4 whose facts stand in the registers of this package.
func Checks() []check.Check {
	return []check.Check{twoLayers(), rightRoute(), received(), adopted(), rooted(), notLooser()}
}

// Joins work out the facts these checks need from more than one register.
func Joins() []check.Join {
	return []check.Join{
		versionsOfLayer(), clauseParents(), personReceipt(), organAdoption(), procedureParents(), requirementParameter(),
	}
}

// twoLayers is R001: the policy stands in two layers, one version of each in force (bp.0).
func twoLayers() check.Check {
	return check.Check{
		ID: "R001", Clauses: []clause.ID{"bp.0"}, Basis: "S", Severity: 3,
		Title: msg.T("ポリシーを基本方針と対策基準の2層で保つ", "The policy stands in two layers"),
		Duty: msg.T("基本方針と対策基準は、それぞれ一つの版だけを施行し、対策基準の各条項は基本方針の条項を根拠とする。",
			"One version each of the basic policy and the standard is in force, and every clause of the standard rests on the basic policy."),
		Who: org.WhoChief(),
		Parts: []check.Part{
			{
				Name: "version", Subject: "version", Scope: `resource.state == "in_force"`,
				NotDue:  `resource.from == 0 || resource.from > context.today`,
				Breach:  `resource.in_force != 1`,
				Unknown: `resource.sha256 == ""`,
				Since:   "overlap_since",
				Owner:   check.Owner{Role: "chief"}, Rank: check.Measured, Evidence: []string{"version", "sha256"},
				Reason: reasonVersion,
				Mend:   check.Mend{URL: "/registers/version/{key}", Label: msg.T("版を確かめる", "Look at the version")},
			},
			{
				Name: "clause", Subject: "clause", Scope: `resource.standard_in_force`,
				Breach: `resource.basic_parents < 1`,
				Since:  "in_force_since",
				Owner:  check.Owner{Role: "chief"}, Rank: check.Measured, Evidence: []string{"parents"},
				Reason: func(s check.Subject) msg.Text {
					return msg.F("対策基準%s「%s」が根拠とする条項が、施行中の基本方針にありません。",
						"Clause %s of the standard, “%s”, rests on no clause of the basic policy in force.", s.Text("number"), s.Text("name"))
				},
				Mend: check.Mend{URL: "/registers/clause/{key}", Label: msg.T("条項を確かめる", "Look at the clause")},
			},
		},
	}
}

func reasonVersion(s check.Subject) msg.Text {
	name := s.Text("name")
	switch n := s.Int("in_force"); {
	case n > 1:
		return msg.F("「%s」と同じ層の版が、同時に%d件施行されています。", "%[2]d versions of the layer of “%[1]s” are in force at once.", name, n)
	case n < 1:
		return msg.F("「%s」は施行中とされていますが、%sに効力が終わり、同じ層で施行されている版がありません。",
			"“%s” is marked as in force, but ended on %s, and no version of its layer is in force.", name, s.Date("until").Both())
	default:
		return msg.F("「%s」の本文のハッシュ値が記録されていないため、本文が同じものか確かめられません。",
			"No hash of the text of “%s” is on record, so it cannot be told whether the text is the one decided.", name)
	}
}

// rightRoute is R002: a change of the basic policy takes route A, of the standard route B (bp.0).
func rightRoute() check.Check {
	return check.Check{
		ID: "R002", Clauses: []clause.ID{"bp.0"}, Basis: "S", Severity: 3,
		Title: msg.T("ポリシーの改正を定めた経路で決裁する", "Changes of the policy take their route"),
		Duty: msg.T("基本方針は委員会の議決・決裁・公表を、対策基準は委員会の議決と決裁を経てから施行する。",
			"The basic policy is in force only after committee, decision and publication; the standard only after committee and decision."),
		Who: msg.T("情報セキュリティ委員会", "Information security committee"),
		Parts: []check.Part{{
			Subject: "version",
			Scope:   `["in_force", "replaced"].contains(resource.state) && resource.from <= context.today`,
			Breach: `(resource.layer == "basic" && (resource.route != "A" || resource.published == 0)) || ` +
				`(resource.layer == "standard" && resource.route != "B") || ` +
				`resource.committee == 0 || resource.ciso == 0 || resource.committee > resource.from || resource.ciso > resource.from`,
			Since: "from",
			Owner: check.Owner{Role: "chief"}, Rank: check.Signed, Evidence: []string{"committee", "ciso", "published"},
			Reason: reasonRoute,
			Mend:   check.Mend{URL: "/registers/version/{key}", Label: msg.T("決裁の経路を確かめる", "Look at the route")},
		}},
	}
}

func reasonRoute(s check.Subject) msg.Text {
	name, from := s.Text("name"), s.Date("from")
	late := func(what msg.Text, d when.Date) msg.Text {
		return msg.F("「%s」の%s（%s）が、施行日の%sより後です。", "“%s”: %s (%s) came after it entered into force on %s.", name, what, d.Both(), from.Both())
	}
	committee, ciso := msg.T("委員会の議決", "the committee’s decision"), msg.T("最高情報セキュリティ責任者の決裁", "the CISO’s decision")
	switch {
	case s.Text("layer") == "basic" && s.Text("route") != "A":
		return msg.F("「%s」は、基本方針の改正に必要な経路で決裁されていません。", "“%s” was not decided by the route a basic policy needs.", name)
	case s.Text("layer") == "standard" && s.Text("route") != "B":
		return msg.F("「%s」は、対策基準の改正に必要な経路で決裁されていません。", "“%s” was not decided by the route a standard needs.", name)
	case s.Date("committee") == 0:
		return msg.F("「%s」に、委員会の議決の記録がありません。", "“%s” has no decision of the committee on record.", name)
	case s.Date("ciso") == 0:
		return msg.F("「%s」に、最高情報セキュリティ責任者の決裁の記録がありません。", "“%s” has no decision of the CISO on record.", name)
	case s.Date("committee") > from:
		return late(committee, s.Date("committee"))
	case s.Date("ciso") > from:
		return late(ciso, s.Date("ciso"))
	default:
		return msg.F("「%s」を公表した記録がありません。", "“%s” has no publication on record.", name)
	}
}

// received is R003: the policy reaches everybody it binds (bp.0). The module of contractors adds its part.
func received() check.Check {
	return check.Check{
		ID: "R003", Clauses: []clause.ID{"bp.0"}, Basis: "S", Severity: 2, Params: []string{"N.ack"},
		Title: msg.T("ポリシーを職員等と委託事業者に周知する", "The policy reaches staff and contractors"),
		Duty: msg.T("施行中の基本方針を、すべての職員等と契約中の委託事業者が期限までに受け取る。",
			"Everybody on the staff and every contractor with a live contract receives the basic policy in force in time."),
		Who: org.WhoChief(),
		Parts: []check.Part{{
			Name: "person", Subject: "person",
			Scope:   `resource.joined != 0 && resource.joined <= context.today && (resource.left == 0 || resource.left >= context.today) && resource.employment != "contractor"`,
			NotDue:  AckNotDue,
			Breach:  AckMissing,
			Unknown: AckUnknown,
			Since:   "ack_late",
			Owner:   check.Owner{Scope: "code"}, Rank: check.Signed, Evidence: []string{"ack"},
			Reason: func(s check.Subject) msg.Text {
				return AckReason(s, msg.Same(s.Text("name")))
			},
			Mend: check.Mend{URL: "/notices/policy", Label: msg.T("ポリシーを読んで了知する", "Read and receive the policy")},
		}},
	}
}

// Conditions of R003 over the attributes of AckAttrs.
const (
	// AckNotDue holds while a receipt may still be given (N.ack days).
	AckNotDue = `!resource.acked && resource.ack_from != 0 && context.today - resource.ack_from <= context["N.ack"]`
	// AckMissing holds when the basic policy in force was not received.
	AckMissing = `!resource.acked && resource.ack_from != 0`
	// AckUnknown holds when no basic policy is in force, so that nothing can be received.
	AckUnknown = `resource.ack_from == 0`
)

// AckReason says why a receipt is missing; who is the person or company.
func AckReason(s check.Subject, who msg.Text) msg.Text {
	if s.Date("ack_from") == 0 {
		return msg.T("施行中の基本方針がないため、受領を確かめられません。", "No basic policy is in force, so receipts cannot be told.")
	}
	return msg.F("%sが施行中の基本方針を受け取った記録がありません。期限は%sでした。", "No receipt of the basic policy in force by %s is on record; it was due on %s.",
		who, (s.Date("ack_late") - 1).Both())
}

// adopted is R014: each organ has adopted the policy that binds it (bp.3).
func adopted() check.Check {
	return check.Check{
		ID: "R014", Clauses: []clause.ID{"bp.3"}, Basis: "L", Severity: 3,
		Title: msg.T("各機関がポリシーに従うことを決定する", "Each organ adopts the policy"),
		Duty: msg.T("各執行機関と議会は、施行中の基本方針に従うことをそれぞれ決定する。",
			"Each executive organ, and the assembly itself, adopts the basic policy in force."),
		Who: msg.T("各機関", "Each organ"),
		Parts: []check.Part{{
			Subject: "organ",
			Scope:   `resource.open <= context.today && (resource.close == 0 || resource.close >= context.today) && resource.kind != "assembly"`,
			Breach:  `resource.adopt_from != 0 && (resource.adoptions < 1 || (resource.kind == "assembly_office" && !resource.adopted_by.contains("organ")))`,
			Unknown: `resource.adopt_from == 0`,
			Since:   "adopt_from",
			Owner:   check.Owner{Role: "chief"}, Rank: check.Signed, Evidence: []string{"adoption"},
			Reason: func(s check.Subject) msg.Text {
				switch {
				case s.Date("adopt_from") == 0:
					return msg.F("施行中の基本方針がないため、「%s」の決定を確かめられません。", "No basic policy is in force, so the adoption by “%s” cannot be told.", s.Text("name"))
				case s.Int("adoptions") < 1:
					return msg.F("「%s」が施行中の基本方針に従うことを決定した記録がありません。", "No adoption of the basic policy in force by “%s” is on record.", s.Text("name"))
				default:
					return msg.F("施行中の基本方針は「%s」が決定しただけで、議会自らの決定がありません。", "Only “%s” has adopted the basic policy in force; the assembly itself has not.", s.Text("name"))
				}
			},
			Mend: check.Mend{URL: "/registers/adoption/new?organ={key}", Label: msg.T("決定を登録する", "Register the adoption")},
		}},
	}
}

// rooted is R016: every procedure and local rule rests on a clause of the policy (bp.4).
func rooted() check.Check {
	return check.Check{
		ID: "R016", Clauses: []clause.ID{"bp.4"}, Basis: "S", Severity: 2,
		Title: msg.T("実施手順はポリシーの条項を根拠とする", "Procedures rest on clauses of the policy"),
		Duty: msg.T("すべての実施手順と規程は、施行中のポリシーの条項を根拠として示す。",
			"Every procedure and local rule names the clauses of the policy in force on which it rests."),
		Who: org.WhoChief(),
		Parts: []check.Part{{
			Subject: "procedure",
			Scope:   `resource.from != 0 && resource.from <= context.today && (resource.until == 0 || resource.until >= context.today)`,
			Breach:  `resource.parents_named < 1 || resource.parents_unknown > 0`,
			Owner:   ownerProcedure(), Rank: check.Stated, Evidence: []string{"parents"},
			Reason: func(s check.Subject) msg.Text {
				if s.Int("parents_named") < 1 {
					return msg.F("「%s」に、根拠とする条項が示されていません。", "“%s” names no clause on which it rests.", s.Text("name"))
				}
				return msg.F("「%s」が根拠とする条項のうち%d件が、施行中のポリシーにありません。", "%[2]d clause(s) on which “%[1]s” rests are not in the policy in force.",
					s.Text("name"), s.Int("parents_unknown"))
			},
			Mend: check.Mend{URL: "/registers/procedure/{key}/edit", Label: msg.T("根拠とする条項を入力する", "Enter the clauses it rests on")},
		}},
	}
}

func ownerProcedure() check.Owner { return check.Owner{Role: "section_manager", Scope: "unit"} }

// notLooser is R017: a lower text may tighten the standard, not loosen it (bp.4, bp.10).
func notLooser() check.Check {
	return check.Check{
		ID: "R017", Clauses: []clause.ID{"bp.4", "bp.10"}, Basis: "S", Severity: 2,
		Title: msg.T("実施手順は対策基準より緩めない", "Procedures do not loosen the standard"),
		Duty: msg.T("実施手順で定める値は、対策基準の値と同じか、それより厳しくする。",
			"A value set by a procedure is as strict as that of the standard, or stricter."),
		Who: msg.T("情報セキュリティ責任者", "Information security officer of the bureau"),
		Parts: []check.Part{{
			Subject: "requirement", Scope: `resource.procedure_live`,
			Breach: `resource.value_stated && resource.standard_stated && ((resource.direction == "max" && resource.value > resource.standard) || ` +
				`(resource.direction == "min" && resource.value < resource.standard))`,
			Unknown: `!resource.value_stated || !resource.standard_stated || resource.direction == ""`,
			Owner:   ownerProcedure(), Rank: check.Stated, Evidence: []string{"value", "parameter"},
			Reason: reasonLooser,
			Mend:   check.Mend{URL: "/registers/requirement/{key}/edit", Label: msg.T("基準値を改める", "Change the value")},
		}},
	}
}

func reasonLooser(s check.Subject) msg.Text {
	procedure, parameter := s.Name("procedure", s.Text("procedure")), s.Name("parameter", s.Text("parameter"))
	switch {
	case !s.Bool("value_stated"):
		return msg.F("「%s」で定める「%s」の値が入力されていません。", "The value “%s” sets for “%s” is not stated.", procedure, parameter)
	case !s.Bool("standard_stated"):
		return msg.F("「%s」で定める値と比べる、対策基準の値が登録されていません。", "The standard has no value with which the one “%s” sets can be compared.", procedure)
	case s.Text("direction") == "":
		return msg.F("「%[2]s」は、どちらが厳しいかが決められていないため、「%[1]s」の値を比べられません。", "It is not said which direction is stricter for “%[2]s”, so the value of “%[1]s” cannot be compared.", procedure, parameter)
	default:
		return msg.F("「%s」で定める「%s」は%dで、対策基準の%dより緩くなっています。", "“%s” sets “%s” to %d, which is looser than the standard’s %d.",
			procedure, parameter, s.Int("value"), s.Int("standard"))
	}
}
