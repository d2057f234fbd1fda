package asset

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
)

// stocktaken is R052: assets are confirmed once a 年度 (bp.7).
func stocktaken() check.Check {
	return check.Check{
		ID: "R052", Clauses: []clause.ID{"bp.7"}, Basis: "G", Severity: 2, Params: []string{"N.stocktake"},
		Title: msg.T("毎年度、情報資産の棚卸しをする", "Stock is taken each fiscal year"),
		Duty: msg.T("情報資産を所管する組織は、毎年度の期限までに、すべての情報資産を確認して記録する。",
			"Each unit in charge of assets confirms them all by the date set for the fiscal year, and records it."),
		Who: whoSection(),
		Parts: []check.Part{
			{
				Name: "unit", Subject: "unit",
				Scope:  `resource.open <= context.today && (resource.close == 0 || resource.close >= context.today) && resource.standing_assets > 0`,
				NotDue: `!resource.stocktaken && context.today <= resource.stocktake_due`,
				Breach: `!resource.stocktaken`,
				Since:  "stocktake_late",
				Owner:  check.Owner{Role: "section_manager", Scope: "unit"}, Rank: check.Stated, Evidence: []string{"stocktake"},
				Reason: func(s check.Subject) msg.Text {
					return msg.F("「%s」の今年度の棚卸しが、期限の%sまでに記録されていません。", "The stock-taking of “%s” for this fiscal year was not recorded by %s.", s.Text("name"), s.Date("stocktake_due").Both())
				},
				Mend: check.Mend{URL: "/registers/stocktake/new?unit={key}", Label: msg.T("棚卸しを記録する", "Record the stock-taking")},
			},
			{
				Name: "asset", Subject: "asset", Scope: inScope + ` && resource.registered < resource.year_start`,
				NotDue: `resource.confirmed < resource.year_start && context.today <= resource.stocktake_due`,
				Breach: `resource.confirmed < resource.year_start`,
				Since:  "stocktake_late",
				Owner:  ownerSection(), Rank: check.Stated, Evidence: []string{"confirmed", "confirmed_by"},
				Reason: func(s check.Subject) msg.Text {
					if s.Date("confirmed") == 0 {
						return msg.F("「%s」は一度も確認されていません。今年度の期限は%sでした。", "“%s” has never been confirmed; this fiscal year’s date was %s.", s.Text("name"), s.Date("stocktake_due").Both())
					}
					return msg.F("「%s」が最後に確認されたのは%sで、今年度は期限の%sまでに確認されていません。", "“%s” was last confirmed on %s, and not by %s of this fiscal year.",
						s.Text("name"), s.Date("confirmed").Both(), s.Date("stocktake_due").Both())
				},
				Mend: editAsset(msg.T("確認した日を入力する", "Enter the day it was confirmed")),
			},
		},
	}
}

// endOfRetention is R054: what has reached its end is disposed of, or kept longer for a reason (bp.7).
func endOfRetention() check.Check {
	return check.Check{
		ID: "R054", Clauses: []clause.ID{"bp.7"}, Basis: "G", Severity: 2,
		Title: msg.T("保存期限を過ぎた情報資産を廃棄する", "What has reached its end is disposed of"),
		Duty: msg.T("保存期限を過ぎた情報資産は廃棄して記録するか、理由を付けて期限を延長する。",
			"An asset past its retention is disposed of on record, or kept longer for a stated reason."),
		Who: whoSection(),
		Parts: []check.Part{{
			Subject: "asset", Scope: inScope + ` && resource.retention != 0`,
			NotDue: `resource.keep_until >= context.today && !(resource.extended != 0 && resource.extend_reason == "")`,
			Breach: `(resource.keep_until < context.today && !resource.disposed) || (resource.extended != 0 && resource.extend_reason == "")`,
			Since:  "keep_over",
			Owner:  ownerSection(), Rank: check.Witnessed, Evidence: []string{"disposal", "retention", "extended"},
			Reason: func(s check.Subject) msg.Text {
				if s.Date("extended") != 0 && s.Text("extend_reason") == "" {
					return msg.F("「%s」の保存期限が%sまで延長されていますが、理由が記録されていません。", "“%s” is kept until %s, longer than its retention, without a reason on record.", s.Text("name"), s.Date("extended").Both())
				}
				return msg.F("「%s」は%sに保存期限を迎えましたが、廃棄の記録がありません。", "“%s” reached the end of its retention on %s, but no disposal is on record.", s.Text("name"), s.Date("keep_until").Both())
			},
			Mend: check.Mend{URL: "/registers/disposal/new?asset={key}", Label: msg.T("廃棄を記録する", "Record the disposal")},
		}},
	}
}

// fileListed is R055: personal information files of a size are listed and published (bp.7).
func fileListed() check.Check {
	return check.Check{
		ID: "R055", Clauses: []clause.ID{"bp.7"}, Basis: "L", Severity: 2, Params: []string{"N.filelist"},
		Title: msg.T("個人情報ファイル簿と結び付ける", "Personal information files are listed"),
		Duty: msg.T("本人の数が基準以上の個人情報を含む情報資産は、個人情報ファイル簿に載せて公表する。",
			"An asset with personal data of as many persons as set is entered in the personal information file list and published."),
		Who: whoSection(),
		Parts: []check.Part{{
			Subject: "asset",
			Scope:   inScope + ` && resource.content.containsAny(["personal", "sensitive", "resident", "my_number", "tax", "family_register"])`,
			Breach:  `resource.persons_stated && resource.persons >= context["N.filelist"] && (resource.file_list == "" || resource.file_list_public == 0)`,
			Unknown: `!resource.persons_stated`,
			Owner:   ownerSection(), Rank: check.Signed, Evidence: []string{"file_list", "file_list_public"},
			Reason: func(s check.Subject) msg.Text {
				name, n := s.Text("name"), thousands(s.Int("persons"))
				switch {
				case !s.Bool("persons_stated"):
					return msg.F("個人情報を含む「%s」の本人の数が入力されていないため、ファイル簿の要否を判定できません。", "“%s” holds personal data, but the number of persons is not stated, so it cannot be judged whether it must be listed.", name)
				case s.Text("file_list") == "":
					return msg.F("「%s」は%s人分の個人情報を含みますが、個人情報ファイル簿の番号がありません。", "“%s” holds personal data of %s persons, but has no personal information file number.", name, n)
				default:
					return msg.F("「%s」は%s人分の個人情報を含みますが、個人情報ファイル簿が公表されていません。", "“%s” holds personal data of %s persons, but its entry in the file list is not published.", name, n)
				}
			},
			Mend: editAsset(msg.T("本人の数とファイル簿を入力する", "Enter the number of persons and the file list")),
		}},
	}
}

// assessed is R056: systems that hold individual numbers have a published assessment (bp.7).
func assessed() check.Check {
	return check.Check{
		ID: "R056", Clauses: []clause.ID{"bp.7"}, Basis: "L", Severity: 3,
		Title: msg.T("特定個人情報保護評価を行い、公表する", "The specific personal information assessment is published"),
		Duty: msg.T("個人番号を含む情報を持つ情報システムは、保有の前に評価を公表し、再評価の期限を守る。",
			"A system that holds individual numbers has its assessment published beforehand, and its re-assessment is not overdue."),
		Who: whoSystem(),
		Parts: []check.Part{{
			Subject: "system", Scope: inScope + ` && resource.my_number_assets > 0`,
			Breach: `resource.pia == "" || resource.pia_published == 0 || (resource.go_live != 0 && resource.pia_published > resource.go_live) || ` +
				`(resource.pia_due != 0 && resource.pia_due < context.today)`,
			Since: "assessment_lacking",
			Owner: ownerSystem(), Rank: check.Signed, Evidence: []string{"pia", "pia_published", "pia_due"},
			Reason: func(s check.Subject) msg.Text {
				switch name := s.Text("name"); {
				case s.Text("pia") == "":
					return msg.F("個人番号を取り扱う「%s」に、特定個人情報保護評価の番号がありません。", "“%s” holds individual numbers, but has no assessment number.", name)
				case s.Date("pia_published") == 0:
					return msg.F("「%s」の特定個人情報保護評価書が公表されていません。", "The assessment of “%s” is not published.", name)
				case s.Date("go_live") != 0 && s.Date("pia_published") > s.Date("go_live"):
					return msg.F("「%s」の特定個人情報保護評価書の公表（%s）が、稼働開始日の%sより後です。", "The assessment of “%s” was published on %s, after it went live on %s.", name, s.Date("pia_published").Both(), s.Date("go_live").Both())
				default:
					return msg.F("「%s」の特定個人情報保護評価の再評価が、期限の%sを過ぎています。", "The re-assessment of “%s” was due on %s.", name, s.Date("pia_due").Both())
				}
			},
			Mend: editSystem(msg.T("評価書の番号と公表日を入力する", "Enter the assessment and its publication")),
		}},
	}
}
