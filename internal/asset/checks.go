package asset

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/org"
)

// Checks are the checks of clauses 1, 2 and 7 over assets and systems, and the parts this package adds to the
// checks of clauses 3 and 6.
func Checks() []check.Check {
	return []check.Check{
		protected(), continuous(), knownDevices(), electronic(), jukiMarked(), myNumberZone(), schoolApart(),
		inLedger(), classifiedInTime(), aboveFloor(), handledByClass(), copiesKeepClass(), systemWeight(),
		stocktaken(), endOfRetention(), fileListed(), assessed(), remapped(),
		{ID: "R012", Parts: []check.Part{scopeReason()}},
		{ID: "R015", Parts: []check.Part{orphanAsset(), orphanSystem()}},
		{ID: "R030", Parts: []check.Part{systemManaged()}},
	}
}

// Joins work out the facts these checks need from more than one register.
func Joins() []check.Join {
	return []check.Join{
		assetControls(), assetPaper(), assetSchool(), assetDeadlines(), assetClass(), assetSource(), assetStocktake(), assetEnd(), assetScheme(),
		systemAssets(), systemFlows(), systemFacts(), systemInventory(), systemPosts(),
		deviceHome(), storeAsset(), changeApproval(), unitStocktake(),
		org.UnitFate("asset", func(a *Asset) string { return a.Unit }),
		org.UnitFate("system", func(s *System) string { return s.Unit }),
	}
}

// Conditions that several parts share.
const (
	inScope    = `resource.status == "active" && resource.out_of_scope == ""`
	allClasses = `resource.confidentiality != "" && resource.integrity != "" && resource.availability != ""`
)

func ownerSection() check.Owner { return check.Owner{Role: "section_manager", Scope: "unit"} }
func ownerSystem() check.Owner  { return check.Owner{Role: "system_manager", Scope: "system"} }

func whoSection() msg.Text {
	return msg.T("情報セキュリティ管理者", "Information security manager of the section")
}
func whoSystem() msg.Text { return msg.T("情報システム管理者", "System manager") }

func editAsset(label msg.Text) check.Mend {
	return check.Mend{URL: "/registers/asset/{key}/edit", Label: label}
}

func editSystem(label msg.Text) check.Mend {
	return check.Mend{URL: "/registers/system/{key}/edit", Label: label}
}

// protected is R004: measures keep confidentiality, integrity and availability (bp.1).
func protected() check.Check {
	return check.Check{
		ID: "R004", Clauses: []clause.ID{"bp.1"}, Basis: "S", Severity: 3,
		Title: msg.T("機密性・完全性・可用性を守る対策を講じる", "Measures keep confidentiality, integrity and availability"),
		Duty: msg.T("重要度が最低でない性質ごとに、実施済みの対策を一つ以上講じる。",
			"Each property of an asset above the lowest class is kept by at least one measure in place."),
		Who: whoSection(),
		Parts: []check.Part{{
			Subject: "asset", Scope: inScope + " && " + allClasses,
			Breach: `(resource.confidentiality != "1" && !resource.kept.contains("c")) || (resource.integrity != "1" && !resource.kept.contains("i")) || ` +
				`(resource.availability != "1" && !resource.kept.contains("a"))`,
			Owner: ownerSection(), Rank: check.Stated, Evidence: []string{"control"},
			Reason: func(s check.Subject) msg.Text {
				var missing msg.Text
				for _, p := range propertyValues() {
					if s.Text(propertyField(p.Code)) != "1" && !s.Has("kept", p.Code) {
						missing = org.Listed(missing, p.Title)
					}
				}
				return msg.F("「%s」に、次の性質を守る実施済みの対策がありません：%s。", "No measure in place keeps these properties of “%s”: %s.", s.Text("name"), missing)
			},
			Mend: check.Mend{URL: "/registers/control/new?asset={key}", Label: msg.T("対策を登録する", "Register a measure")},
		}},
	}
}

// continuous is R005: services go on (bp.1).
func continuous() check.Check {
	return check.Check{
		ID: "R005", Clauses: []clause.ID{"bp.1"}, Basis: "S", Severity: 3,
		Title: msg.T("重要なシステムを止めない備えをする", "Weighty systems are made to go on"),
		Duty: msg.T("可用性の高い情報システムに、目標復旧時間・バックアップの方針・業務継続計画の項目を定める。",
			"Systems of high availability have a recovery time, a backup policy and an entry in the continuity plan."),
		Who: whoSystem(),
		Parts: []check.Part{{
			Subject: "system", Scope: inScope + ` && resource.availability == "2"`,
			Breach: `!resource.rto_stated || resource.backup == "" || resource.bcp == ""`,
			Since:  "go_live",
			Owner:  ownerSystem(), Rank: check.Signed, Evidence: []string{"rto", "backup", "bcp"},
			Reason: func(s check.Subject) msg.Text {
				var missing msg.Text
				if !s.Bool("rto_stated") {
					missing = org.Listed(missing, msg.T("目標復旧時間", "recovery time"))
				}
				if s.Text("backup") == "" {
					missing = org.Listed(missing, msg.T("バックアップの方針", "backup policy"))
				}
				if s.Text("bcp") == "" {
					missing = org.Listed(missing, msg.T("業務継続計画の項目", "entry in the continuity plan"))
				}
				return msg.F("可用性の高い「%s」に、次の備えが定められていません：%s。", "“%s”, of high availability, lacks: %s.", s.Text("name"), missing)
			},
			Mend: editSystem(msg.T("備えを入力する", "Enter what is missing")),
		}},
	}
}

// scopeReason is the part of R012 that asks whether what is left out of scope may be left out (bp.3).
func scopeReason() check.Part {
	return check.Part{
		Name: "asset", Subject: "asset", Scope: `resource.status == "active" && resource.out_of_scope != ""`,
		Breach: `resource.out_of_scope == "school" && !resource.system_school`,
		Owner:  ownerSection(), Rank: check.Stated, Evidence: []string{"out_of_scope", "system"},
		Reason: func(s check.Subject) msg.Text {
			return msg.F("「%s」は学校のものとして対象外とされていますが、学校の情報システムに属していません。",
				"“%s” is left out as a school’s, but does not belong to a school system.", s.Text("name"))
		},
		Mend: editAsset(msg.T("対象外の理由を改める", "Change the reason")),
	}
}

func orphanAsset() check.Part {
	return check.Part{
		Name: "asset", Subject: "asset", Scope: `resource.status == "active" && resource.unit != ""`,
		NotDue: org.Leaving, Breach: org.Orphaned, Since: "reorg_late",
		Owner: ownerSection(), Rank: check.Stated, Evidence: []string{"unit"},
		Reason: func(s check.Subject) msg.Text {
			return org.OrphanReason(s, msg.F("情報資産「%s」", "The asset “%s”", s.Text("name")))
		},
		Mend: editAsset(msg.T("所管課を改める", "Change the section in charge")),
	}
}

func orphanSystem() check.Part {
	p := orphanAsset()
	p.Name, p.Subject = "system", "system"
	p.Reason = func(s check.Subject) msg.Text {
		return org.OrphanReason(s, msg.F("情報システム「%s」", "The system “%s”", s.Text("name")))
	}
	p.Mend = editSystem(msg.T("所管課を改める", "Change the section in charge"))
	return p
}

// systemManaged is the part of R030 that asks for a manager of each system (bp.6).
func systemManaged() check.Part {
	return check.Part{
		Name: "system", Subject: "system", Scope: inScope,
		Breach: `!resource.posts.contains("system_manager")`,
		Since:  "go_live",
		Owner:  ownerSystem(), Rank: check.Signed, Evidence: []string{"post"},
		Reason: func(s check.Subject) msg.Text {
			return msg.F("「%s」に情報システム管理者の役職が置かれていません。", "“%s” has no post of system manager.", s.Text("name"))
		},
		Mend: check.Mend{URL: "/registers/post/new?system={key}", Label: msg.T("役職を置く", "Set up the post")},
	}
}
