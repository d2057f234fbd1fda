package asset

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/org"
)

// classifiedInTime is R046: every asset is classified by content, with a reason, and traceably (bp.7).
func classifiedInTime() check.Check {
	return check.Check{
		ID: "R046", Clauses: []clause.ID{"bp.7"}, Basis: "S", Severity: 3, Params: []string{"N.classify"},
		Title: msg.T("情報資産を重要度で分類する", "Assets are classified"),
		Duty: msg.T("情報資産を期限までに分類して理由を残し、格下げは変更した職員と別の職員が承認する。",
			"Each asset is classified in time with its reason, and a downgrade is approved by somebody else than its editor."),
		Who: whoSection(),
		Parts: []check.Part{
			{
				Name: "asset", Subject: "asset", Scope: inScope,
				NotDue: `(resource.confidentiality == "" || resource.integrity == "" || resource.availability == "") && context.today <= resource.classify_due`,
				Breach: `resource.confidentiality == "" || resource.integrity == "" || resource.availability == "" || resource.reason == "" || resource.classified_by == "" || resource.classified == 0`,
				Since:  "classify_late",
				Owner:  ownerSection(), Rank: check.Stated, Evidence: []string{"reason", "classified_by", "classified"},
				Reason: reasonUnclassified,
				Mend:   editAsset(msg.T("分類を入力する", "Enter the class")),
			},
			{
				Name: "classchange", Subject: "classchange",
				Breach: `resource.down && (resource.approver == "" || resource.self_approved)`,
				Since:  "at",
				Owner:  ownerSection(), Rank: check.Log, Evidence: []string{"editor", "approver"},
				Reason: func(s check.Subject) msg.Text {
					asset, at := s.Name("asset", s.Text("asset")), s.Date("at").Both()
					if s.Text("approver") == "" {
						return msg.F("%sの「%s」の格下げが、承認されていません。", "The downgrade of “%[2]s” on %[1]s was not approved.", at, asset)
					}
					return msg.F("%sの「%s」の格下げを、変更した%sが自ら承認しています。", "The downgrade of “%[2]s” on %[1]s was approved by its own editor, %[3]s.", at, asset, s.Name("person", s.Text("editor")))
				},
				Mend: check.Mend{URL: "/registers/classchange/{key}", Label: msg.T("変更履歴を確かめる", "Look at the change")},
			},
		},
	}
}

func reasonUnclassified(s check.Subject) msg.Text {
	var missing msg.Text
	for _, p := range propertyValues() {
		if s.Text(propertyField(p.Code)) == "" {
			missing = org.Listed(missing, p.Title)
		}
	}
	name := s.Text("name")
	switch {
	case !missing.IsZero():
		return msg.F("「%s」は、分類の期限（%s）を過ぎても次の分類が決まっていません：%s。", "“%s” was to be classified by %s, but these classes are not set: %s.",
			name, s.Date("classify_due").Both(), missing)
	case s.Text("reason") == "":
		return msg.F("「%s」の分類の理由が記録されていません。", "The reason for the class of “%s” is not on record.", name)
	case s.Text("classified_by") == "":
		return msg.F("「%s」を分類した職員が記録されていません。", "Who classified “%s” is not on record.", name)
	default:
		return msg.F("「%s」を分類した日が記録されていません。", "When “%s” was classified is not on record.", name)
	}
}

// aboveFloor is R047: contents set a floor to confidentiality (bp.7).
func aboveFloor() check.Check {
	return check.Check{
		ID: "R047", Clauses: []clause.ID{"bp.7"}, Basis: "G", Severity: 3,
		Title: msg.T("含まれる情報に応じた機密性より低くしない", "Contents set a floor to confidentiality"),
		Duty: msg.T("個人番号・住民情報・税・戸籍、要配慮個人情報、個人情報を含む情報資産の機密性を、決められた下限より低くしない。",
			"Assets with individual numbers, resident, tax or family register data, sensitive or personal data are not classed below the floor set for them."),
		Who: whoSection(),
		Parts: []check.Part{{
			Subject: "asset", Scope: inScope + ` && resource.confidentiality != ""`,
			Breach:  `resource.class_step < resource.floor_step`,
			Unknown: `resource.content.isEmpty()`,
			Since:   "classified",
			Owner:   ownerSection(), Rank: check.Stated, Evidence: []string{"content", "confidentiality"},
			Reason: func(s check.Subject) msg.Text {
				if s.Result() == check.Undetermined {
					return msg.F("「%s」に含まれる情報が入力されていないため、機密性の下限を判定できません。", "The contents of “%s” are not stated, so the floor of its confidentiality cannot be judged.", s.Text("name"))
				}
				return msg.F("「%s」の機密性「%s」は、%sを含む情報資産に求められる下限より低くなっています。", "“%s” has confidentiality %s, below the floor for assets with %s.",
					s.Text("name"), s.Title("confidentiality"), floorTitle(s.Int("floor_step")))
			},
			Mend: editAsset(msg.T("機密性と含まれる情報を改める", "Change the class or the contents")),
		}},
	}
}

// handledByClass is R048: handling follows from the class (bp.7).
func handledByClass() check.Check {
	return check.Check{
		ID: "R048", Clauses: []clause.ID{"bp.7"}, Basis: "S", Severity: 2,
		Title: msg.T("重要度に応じた取扱いを定める", "Handling follows from the class"),
		Duty: msg.T("取扱制限は分類から導いたものとし、手で書き換えない。",
			"The handling of an asset is the one derived from its class, and is not typed over."),
		Who: whoSection(),
		Parts: []check.Part{{
			Subject: "asset", Scope: inScope + " && " + allClasses,
			Breach: `resource.override || !resource.handling_derived`,
			Owner:  ownerSection(), Rank: check.Measured, Evidence: []string{"handling", "override"},
			Reason: func(s check.Subject) msg.Text {
				if s.Bool("override") {
					return msg.F("「%s」の取扱制限が、手で書き換えられています。", "The handling of “%s” was typed over by hand.", s.Text("name"))
				}
				return msg.F("「%s」の取扱制限が、現在の分類から導いたものと異なります。", "The handling of “%s” is not the one its class gives.", s.Text("name"))
			},
			Mend: editAsset(msg.T("取扱制限を分類に合わせる", "Set the handling by the class")),
		}},
	}
}

// copiesKeepClass is R050: copies and extracts keep the class of what they were taken from (bp.7).
func copiesKeepClass() check.Check {
	return check.Check{
		ID: "R050", Clauses: []clause.ID{"bp.7"}, Basis: "G", Severity: 3,
		Title: msg.T("複製や抽出したものは元の分類を保つ", "Copies keep the class"),
		Duty: msg.T("複製や抽出した情報資産は、承認を得て匿名加工したものを除き、元の分類より低くしない。",
			"A copy or extract is not classed below its source, unless it was anonymised with approval."),
		Who: whoSection(),
		Parts: []check.Part{{
			Subject: "asset", Scope: inScope + ` && resource.source != ""`,
			Breach:  `!(resource.anonymised && resource.anonymised_by != "") && resource.below_source.containsAny(["c", "i", "a"])`,
			Unknown: `!resource.source_exists`,
			Owner:   ownerSection(), Rank: check.Stated, Evidence: []string{"source", "anonymised_by"},
			Reason: func(s check.Subject) msg.Text {
				if !s.Bool("source_exists") {
					return msg.F("「%s」の複製元とされている情報資産が台帳にないため、分類を比べられません。", "The asset from which “%s” was copied is not registered, so the classes cannot be compared.", s.Text("name"))
				}
				return msg.F("「%s」は、複製元の「%s」より次の分類が低くなっています：%s。", "“%s” is classed below “%s”, from which it was copied, in: %s.",
					s.Text("name"), s.Name("asset", s.Text("source")), propertiesIn(s, "below_source"))
			},
			Mend: editAsset(msg.T("分類を複製元に合わせる", "Set the class of the source")),
		}},
	}
}

// systemWeight is R051: a system weighs as much as its heaviest asset (bp.7).
func systemWeight() check.Check {
	return check.Check{
		ID: "R051", Clauses: []clause.ID{"bp.7"}, Basis: "D", Severity: 2,
		Title: msg.T("情報システムの重要度は最も重い情報資産に合わせる", "A system weighs as much as its heaviest asset"),
		Duty: msg.T("情報システムの分類は、性質ごとに、属する情報資産の最も高い分類と同じにする。",
			"Per property, the class of a system is the highest of its assets."),
		Who: whoSystem(),
		Parts: []check.Part{{
			Subject: "system", Scope: inScope + ` && resource.classified_assets > 0`,
			Breach: `resource.class_differs.containsAny(["c", "i", "a"])`,
			Owner:  ownerSystem(), Rank: check.Measured, Evidence: []string{"asset"},
			Reason: func(s check.Subject) msg.Text {
				return msg.F("「%s」の次の分類が、属する情報資産の最も高い分類と異なります：%s。", "These classes of “%s” are not the highest of its assets: %s.", s.Text("name"), propertiesIn(s, "class_differs"))
			},
			Mend: editSystem(msg.T("分類を情報資産に合わせる", "Set the class by its assets")),
		}},
	}
}

// remapped is R058: after a change of the scheme old classes are mapped to the new one (bp.7).
func remapped() check.Check {
	return check.Check{
		ID: "R058", Clauses: []clause.ID{"bp.7"}, Basis: "P", Severity: 2, Params: []string{"N.remap"},
		Title: msg.T("分類の基準を改めたときは、旧分類を移し替える", "A new scheme re-maps old classes"),
		Duty: msg.T("分類の基準を改めたときは、期限までに、すべての情報資産を新しい基準で分類し直す。",
			"When the class scheme changes, every asset is classified by the new one in time."),
		Who: org.WhoChief(),
		Parts: []check.Part{{
			Subject: "asset", Scope: inScope + " && " + allClasses,
			NotDue:  `resource.scheme != "" && !resource.scheme_current && resource.scheme_since != 0 && context.today - resource.scheme_since <= context["N.remap"]`,
			Breach:  `resource.scheme != "" && !resource.scheme_current && resource.scheme_since != 0`,
			Unknown: `resource.scheme == "" || resource.scheme_since == 0`,
			Since:   "remap_late",
			Owner:   ownerSection(), Rank: check.Stated, Evidence: []string{"scheme"},
			Reason: func(s check.Subject) msg.Text {
				switch {
				case s.Text("scheme") == "":
					return msg.F("「%s」がどの基準で分類されたか、記録されていません。", "By which scheme “%s” was classified is not on record.", s.Text("name"))
				case s.Date("scheme_since") == 0:
					return msg.F("適用中の分類の基準が登録されていないため、「%s」の分類を判定できません。", "No class scheme in force is registered, so the class of “%s” cannot be judged.", s.Text("name"))
				default:
					return msg.F("「%s」は、以前の基準で分類されたままです。新しい基準は%sに適用され、移し替えの期限は%sでした。",
						"“%s” is still classified by an old scheme. The new one binds since %s, and the re-mapping was due on %s.",
						s.Text("name"), s.Date("scheme_since").Both(), (s.Date("remap_late") - 1).Both())
				}
			},
			Mend: editAsset(msg.T("新しい基準で分類する", "Classify by the new scheme")),
		}},
	}
}
