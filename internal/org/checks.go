package org

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
)

// Checks are the checks of clauses 3 and 6 whose facts stand in the registers of this package.
func Checks() []check.Check {
	return []check.Check{
		scopeComplete(), noOrphan(), postsFilled(), noDoubleHats(), powersTable(),
		committeeWorks(), csirtExists(), oneWindow(), outsideBodies(),
	}
}

// Joins work out the facts these checks need from more than one register.
func Joins() []check.Join {
	return []check.Join{
		organKindsOfCity(), unitPlace(), hrUnitUse(), assignmentUnit(),
		postTenure(), unitPosts(), approvalDelegation(), approvalDoubleHats(), actionPowers(),
		committeeYear(), csirtMembers(), csirtContacts(), csirtTests(), contactTests(), taskAssignee(), advisoryDeadline(),
	}
}

// Conditions that several parts share.
const (
	unitOpen = `resource.open <= context.today && (resource.close == 0 || resource.close >= context.today)`
	live     = `resource.from <= context.today && (resource.until == 0 || resource.until >= context.today)`
)

// WhoChief is the office of the whole city that owes what no unit owes alone.
func WhoChief() msg.Text {
	return msg.T("統括情報セキュリティ責任者", "Chief information security manager")
}

// scopeComplete is R012: all executive organs and the assembly office are in scope (bp.3).
func scopeComplete() check.Check {
	return check.Check{
		ID: "R012", Clauses: []clause.ID{"bp.3"}, Basis: "S", Severity: 3,
		Title: msg.T("すべての執行機関と組織を対象とする", "Every organ and unit is in scope"),
		Duty: msg.T("すべての執行機関と議会事務局をポリシーの対象とし、学校の情報システムのほかには対象外を設けない。",
			"Every executive organ and the assembly office is bound, and nothing is left out but school systems."),
		Who: WhoChief(),
		Parts: []check.Part{
			{
				Name: "city", Subject: "city",
				Breach: `!resource.organ_kinds.containsAll(["mayor", "education", "election", "personnel", "audit", "agriculture", "assessment", "enterprise", "fire", "assembly_office"])`,
				Owner:  check.Owner{Role: "chief"}, Rank: check.Signed, Evidence: []string{"organ"},
				Reason: reasonCity,
				Mend:   check.Mend{URL: "/registers/organ/new", Label: msg.T("機関を登録する", "Register the organ")},
			},
			{
				Name: "unit", Subject: "unit", Scope: unitOpen,
				Breach: `resource.organ == "" || !resource.organ_open || resource.hr_code == "" || !resource.hr_known`,
				Owner:  ownerOfUnit(), Rank: check.Log, Evidence: []string{"organ", "hrunit"},
				Reason: reasonUnit,
				Mend:   check.Mend{URL: "/registers/unit/{key}/edit", Label: msg.T("所属機関と人事上の組織コードを入力する", "Enter the organ and the HR code")},
			},
			{
				Name: "hrunit", Subject: "hrunit",
				Breach: `resource.open_units < 1`,
				Owner:  check.Owner{Role: "chief"}, Rank: check.Log, Evidence: []string{"hrunit", "unit"},
				Reason: func(s check.Subject) msg.Text {
					return msg.F("人事情報にある「%s」が、組織の台帳に登録されていません。",
						"“%s”, listed by the personnel system, is not in the register of units.", s.Text("name"))
				},
				Mend: check.Mend{URL: "/registers/unit/new", Label: msg.T("組織を登録する", "Register the unit")},
			},
		},
	}
}

// ownerOfUnit is the manager of the section itself; for a bureau, which has none, its head answers.
func ownerOfUnit() check.Owner { return check.Owner{Role: "section_manager", Scope: "unit"} }

func reasonCity(s check.Subject) msg.Text {
	var missing msg.Text
	for _, k := range organKinds() {
		if !s.Has("organ_kinds", k.Code) {
			missing = Listed(missing, k.Title)
		}
	}
	return msg.F("対象とすべき次の機関が、機関の台帳にありません：%s。", "Organs that must be in scope are not in the register: %s.", missing)
}

func reasonUnit(s check.Subject) msg.Text {
	name := s.Text("name")
	switch {
	case s.Text("organ") == "":
		return msg.F("「%s」の所属機関が入力されていません。", "No organ is given for “%s”.", name)
	case !s.Bool("organ_open"):
		return msg.F("「%s」の所属機関が、現在ある機関ではありません。", "The organ given for “%s” does not exist today.", name)
	case s.Text("hr_code") == "":
		return msg.F("「%s」の人事上の組織コードが入力されていません。", "No HR unit code is given for “%s”.", name)
	default:
		return msg.F("「%s」の人事上の組織コード%sが、人事情報にありません。",
			"The HR unit code of “%s”, %s, is not listed by the personnel system.", name, s.Text("hr_code"))
	}
}

// noOrphan is R015: a reorganisation leaves nothing without an owner (bp.3). The modules of assets and contracts
// add their registers to it.
func noOrphan() check.Check {
	return check.Check{
		ID: "R015", Clauses: []clause.ID{"bp.3"}, Basis: "D", Severity: 2, Params: []string{"N.reorg"},
		Title: msg.T("組織改正のあとに所管のないものを残さない", "A reorganisation leaves no orphan"),
		Duty: msg.T("廃止した組織が所管していたものは、期限までに別の組織へ引き継ぐ。",
			"What a closed unit was in charge of is handed to another unit within the time allowed."),
		Who: WhoChief(),
		Parts: []check.Part{{
			Name: "assignment", Subject: "assignment",
			Scope:  live + ` && resource.unit != ""`,
			NotDue: Leaving, Breach: Orphaned, Since: "reorg_late",
			Owner: check.Owner{Role: "chief"}, Rank: check.Stated, Evidence: []string{"unit", "post"},
			Reason: func(s check.Subject) msg.Text {
				post := s.Name("post", s.Text("post"))
				if !s.Bool("unit_exists") {
					return msg.F("「%s」が範囲とする組織が、組織の台帳にありません。", "The unit of the post “%s” is not in the register of units.", post)
				}
				return msg.F("「%s」が範囲とする「%s」は%sに廃止されました。%sまでに任命を改める必要がありました。",
					"“%s” is a post of “%s”, which was closed on %s. The assignment had to be changed by %s.",
					post, s.Name("unit", s.Text("unit")), s.Date("unit_close").Both(), s.Date("reorg_due").Both())
			},
			Mend: check.Mend{URL: "/registers/assignment/{key}/edit", Label: msg.T("任命を改める", "Change the assignment")},
		}},
	}
}

// Conditions of R015 over the attributes of UnitFate, shared by the modules that own something.
const (
	// Leaving holds while a closed unit's things may still be handed over (N.reorg open days).
	Leaving = `resource.unit_close != 0 && resource.unit_close < context.today && context.today <= resource.reorg_due`
	// Orphaned holds when the unit in charge is closed or never existed.
	Orphaned = `!resource.unit_exists || (resource.unit_close != 0 && resource.unit_close < context.today)`
)

// OrphanReason says why something has lost its unit; what is the thing, as the beginning of a sentence.
func OrphanReason(s check.Subject, what msg.Text) msg.Text {
	if !s.Bool("unit_exists") {
		return msg.F("%sの所管とされている組織が、組織の台帳にありません。", "%s names a unit that is not in the register of units.", what)
	}
	return msg.F("%sを所管する「%s」は%sに廃止されました。%sまでに別の組織へ引き継ぐ必要がありました。",
		"%s belongs to “%s”, which was closed on %s. It had to be handed to another unit by %s.",
		what, s.Name("unit", s.Text("unit")), s.Date("unit_close").Both(), s.Date("reorg_due").Both())
}
