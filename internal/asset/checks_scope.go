package asset

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/org"
)

// knownDevices is R007: the city knows what each system and network is made of (bp.2.2, bp.2.3).
func knownDevices() check.Check {
	return check.Check{
		ID: "R007", Clauses: []clause.ID{"bp.2.2", "bp.2.3"}, Basis: "S", Severity: 2, Params: []string{"N.inventory"},
		Title: msg.T("情報システムとネットワークの構成を把握する", "What systems and networks are made of is known"),
		Duty: msg.T("観測された機器を一つの情報システムかネットワークに結び付け、構成情報を定期的に取得する。",
			"Every observed device belongs to one system or network, and each system’s inventory is collected regularly."),
		Who: whoSystem(),
		Parts: []check.Part{
			{
				Name: "device", Subject: "device",
				Breach: `(resource.system == "" && resource.network == "") || (resource.system != "" && resource.network != "") || ` +
					`(resource.system != "" && !resource.system_exists) || (resource.network != "" && !resource.network_exists)`,
				Owner: ownerSection(), Rank: check.Measured, Evidence: []string{"seen", "source"},
				Reason: reasonDevice,
				Mend:   check.Mend{URL: "/registers/device/{key}/edit", Label: msg.T("属する情報システムかネットワークを選ぶ", "Choose the system or network")},
			},
			{
				Name: "system", Subject: "system", Scope: inScope,
				Unknown: `resource.inventory == 0 || context.today - resource.inventory > context["N.inventory"]`,
				Since:   "inventory_stale",
				Owner:   ownerSystem(), Rank: check.Measured, Evidence: []string{"inventory"},
				Reason: func(s check.Subject) msg.Text {
					if s.Date("inventory") == 0 {
						return msg.F("「%s」の構成情報が、一度も取得されていません。", "The inventory of “%s” has never been collected.", s.Text("name"))
					}
					days, _ := s.Param("N.inventory")
					return msg.F("「%s」の構成情報は%sに取得したのが最後で、%d日を過ぎています。", "The inventory of “%s” was last collected on %s, more than %d days ago.",
						s.Text("name"), s.Date("inventory").Both(), days)
				},
				Mend: editSystem(msg.T("構成情報の取得日を入力する", "Enter the day it was collected")),
			},
		},
	}
}

func reasonDevice(s check.Subject) msg.Text {
	name := s.Text("name")
	if name == "" {
		name = s.Key()
	}
	seen, system, network := s.Date("seen").Both(), s.Text("system"), s.Text("network")
	switch {
	case system == "" && network == "":
		return msg.F("%sに観測された機器「%s」が、どの情報システムにもネットワークにも属していません。", "The device “%[2]s”, seen on %[1]s, belongs to no system or network.", seen, name)
	case system != "" && network != "":
		return msg.F("機器「%s」が、情報システムとネットワークの両方に属しています。どちらか一つにする必要があります。", "The device “%s” belongs to both a system and a network; it must be one.", name)
	case system != "":
		return msg.F("機器「%s」が属する情報システムが、台帳にありません。", "The system to which the device “%s” belongs is not registered.", name)
	default:
		return msg.F("機器「%s」が属するネットワークが、台帳にありません。", "The network to which the device “%s” belongs is not registered.", name)
	}
}

// electronic is R008: the assets are electronic data, unless the city has taken paper in (bp.2.4).
func electronic() check.Check {
	return check.Check{
		ID: "R008", Clauses: []clause.ID{"bp.2.4"}, Basis: "S", Severity: 1, Params: []string{"S.paper"},
		Title: msg.T("電子データを情報資産として扱う", "Electronic data are the assets"),
		Duty: msg.T("紙の文書は、市が対象を広げない限り対象外として登録し、電子のものを紙として対象外にしない。",
			"Paper is entered as out of scope unless the city has taken it in, and nothing electronic is left out as paper."),
		Who: whoSection(),
		Parts: []check.Part{{
			Subject: "asset", Scope: `resource.status == "active"`,
			Breach: `(resource.form == "paper" && resource.out_of_scope != "paper" && !resource.paper_taken_in) || (resource.form != "paper" && resource.out_of_scope == "paper")`,
			Since:  "registered",
			Owner:  ownerSection(), Rank: check.Stated, Evidence: []string{"form", "out_of_scope"},
			Reason: func(s check.Subject) msg.Text {
				if s.Text("form") == "paper" {
					return msg.F("紙の「%s」が、対象外とされていません。", "“%s” is on paper, but is not entered as out of scope.", s.Text("name"))
				}
				return msg.F("電子の「%s」が、紙として対象外とされています。", "“%s” is electronic, but is left out as paper.", s.Text("name"))
			},
			Mend: editAsset(msg.T("形態と対象外の理由を改める", "Change the form or the reason")),
		}},
	}
}

// jukiMarked is R009: what belongs to the Juki-net is marked and its parts are listed (bp.2.5).
func jukiMarked() check.Check {
	return check.Check{
		ID: "R009", Clauses: []clause.ID{"bp.2.5"}, Basis: "S", Severity: 3,
		Title: msg.T("住民基本台帳ネットワークシステムを特定する", "What belongs to the Juki-net is marked"),
		Duty: msg.T("すべての情報システムについて該当の有無を判断し、該当するものは構成機器を一覧にする。",
			"It is decided for every system whether it belongs, and if so its parts are listed."),
		Who: org.WhoChief(),
		Parts: []check.Part{{
			Subject: "system", Scope: `resource.out_of_scope != "school"`,
			Breach: `resource.juki == "" || resource.juki_by == "" || resource.juki_on == 0 || ` +
				`(resource.juki == "yes" && !resource.juki_parts.containsAll(["cs", "terminal", "firewall", "line"]))`,
			Owner: ownerSystem(), Rank: check.Signed, Evidence: []string{"juki_by", "juki_on", "juki_parts"},
			Reason: func(s check.Subject) msg.Text {
				switch name := s.Text("name"); {
				case s.Text("juki") == "":
					return msg.F("「%s」が住民基本台帳ネットワークシステムに当たるか判断されていません。", "It is not decided whether “%s” belongs to the Juki-net.", name)
				case s.Text("juki_by") == "":
					return msg.F("「%s」が住民基本台帳ネットワークシステムに当たるかを判断した職員が記録されていません。", "Who decided whether “%s” belongs to the Juki-net is not on record.", name)
				case s.Date("juki_on") == 0:
					return msg.F("「%s」が住民基本台帳ネットワークシステムに当たるかを判断した日が記録されていません。", "When it was decided whether “%s” belongs to the Juki-net is not on record.", name)
				default:
					return msg.F("住民基本台帳ネットワークシステムに当たる「%s」の構成機器の一覧が、そろっていません。", "The parts of “%s”, which belongs to the Juki-net, are not all listed.", name)
				}
			},
			Mend: editSystem(msg.T("該当の判断を入力する", "Enter the decision")),
		}},
	}
}

// myNumberZone is R010: systems of the My Number business stand in their own zone (bp.2.6).
func myNumberZone() check.Check {
	return check.Check{
		ID: "R010", Clauses: []clause.ID{"bp.2.6"}, Basis: "S", Severity: 3,
		Title: msg.T("マイナンバー利用事務系を特定し、その領域に置く", "Systems of the My Number business stand in their zone"),
		Duty: msg.T("個人番号利用事務又は戸籍事務を取り扱う情報システムは、マイナンバー利用事務系の領域に置く。",
			"A system that handles business using individual numbers or the family register stands in the My Number zone."),
		Who: org.WhoChief(),
		Parts: []check.Part{{
			Subject: "system", Scope: `["planned", "active"].contains(resource.status) && resource.out_of_scope != "school"`,
			Breach:  `resource.handles.containsAny(["my_number_social", "my_number_tax", "my_number_disaster", "family_register"]) && resource.zone != "mynumber"`,
			Unknown: `resource.handles.isEmpty()`,
			Owner:   ownerSystem(), Rank: check.Stated, Evidence: []string{"handles", "zone"},
			Reason: func(s check.Subject) msg.Text {
				if s.Result() == check.Undetermined {
					return msg.F("「%s」の取り扱う事務が入力されていないため、置くべき領域を判定できません。", "The business of “%s” is not stated, so its zone cannot be judged.", s.Text("name"))
				}
				return msg.F("「%s」は個人番号利用事務又は戸籍事務を取り扱いますが、マイナンバー利用事務系の領域に置かれていません。",
					"“%s” handles business using individual numbers or the family register, but does not stand in the My Number zone.", s.Text("name"))
			},
			Mend: editSystem(msg.T("取り扱う事務と領域を入力する", "Enter the business and the zone")),
		}},
	}
}

// schoolApart is R011: school systems that are left out hold nothing else and are not wired to the rest
// (bp.2.7–bp.2.9, bp.3).
func schoolApart() check.Check {
	return check.Check{
		ID: "R011", Clauses: []clause.ID{"bp.2.7", "bp.2.8", "bp.2.9", "bp.3"}, Basis: "S", Severity: 2,
		Title: msg.T("対象外とする学校の情報システムを分けておく", "School systems left out of scope are kept apart"),
		Duty: msg.T("対象外とする学校の情報システムは、判断を記録し、校務と学習の情報だけを持ち、他の領域との通信を登録する。",
			"A school system left out of scope has that decision on record, holds school data only, and its connections into other zones are registered."),
		Who: msg.T("教育委員会", "Board of education"),
		Parts: []check.Part{{
			Subject: "system", Scope: `resource.out_of_scope == "school" && resource.status == "active"`,
			Breach: `resource.scope_by == "" || resource.scope_on == 0 || resource.foreign_assets > 0 || resource.unregistered_flows > 0`,
			Owner:  ownerSection(), Rank: check.Measured, Evidence: []string{"scope_by", "scope_on", "asset", "flow"},
			Reason: func(s check.Subject) msg.Text {
				switch name := s.Text("name"); {
				case s.Text("scope_by") == "":
					return msg.F("「%s」を対象外と判断した職員が記録されていません。", "Who decided to leave “%s” out is not on record.", name)
				case s.Date("scope_on") == 0:
					return msg.F("「%s」を対象外と判断した日が記録されていません。", "When it was decided to leave “%s” out is not on record.", name)
				case s.Int("foreign_assets") > 0:
					return msg.F("対象外とした「%s」に、学校の情報でない情報資産が%d件あります。", "“%s”, left out of scope, holds %d asset(s) that are not school data.", name, s.Int("foreign_assets"))
				default:
					return msg.F("対象外とした「%s」から学校以外の領域への通信が%d件観測されていますが、登録されていません。",
						"%[2]d connection(s) of “%[1]s”, left out of scope, into other zones were observed but are not registered.", name, s.Int("unregistered_flows"))
				}
			},
			Mend: editSystem(msg.T("対象外の判断を入力する", "Enter the decision")),
		}},
	}
}

// inLedger is R045: every asset is in the ledger (bp.7).
func inLedger() check.Check {
	return check.Check{
		ID: "R045", Clauses: []clause.ID{"bp.7"}, Basis: "S", Severity: 2,
		Title: msg.T("すべての情報資産を台帳に登録する", "Every asset is in the ledger"),
		Duty: msg.T("情報システムが持つ情報資産と、調査で見つかった保存領域を、台帳に登録する。",
			"The assets of each system, and every store a scan has found, are entered in the ledger."),
		Who: whoSection(),
		Parts: []check.Part{
			{
				Name: "system", Subject: "system", Scope: inScope,
				Breach: `(!resource.no_data && resource.assets < 1) || (resource.no_data && resource.assets > 0)`,
				Owner:  ownerSection(), Rank: check.Stated, Evidence: []string{"asset", "no_data"},
				Reason: func(s check.Subject) msg.Text {
					if s.Bool("no_data") {
						return msg.F("「%s」は情報資産を持たないとされていますが、%d件の情報資産が登録されています。", "“%s” is said to hold no data, but %d asset(s) are registered for it.", s.Text("name"), s.Int("assets"))
					}
					return msg.F("「%s」の情報資産が、一件も登録されていません。", "No asset is registered for “%s”.", s.Text("name"))
				},
				Mend: check.Mend{URL: "/registers/asset/new?system={key}", Label: msg.T("情報資産を登録する", "Register the asset")},
			},
			{
				Name: "store", Subject: "store",
				Breach: `resource.asset == "" || !resource.asset_kept`,
				Since:  "seen",
				Owner:  ownerSection(), Rank: check.Measured, Evidence: []string{"seen"},
				Reason: func(s check.Subject) msg.Text {
					if s.Text("asset") == "" {
						return msg.F("%sに見つかった保存領域「%s」に対応する情報資産が登録されていません。", "No asset is registered for the store “%[2]s” found on %[1]s.", s.Date("seen").Both(), s.Text("name"))
					}
					return msg.F("%sに見つかった保存領域「%s」に対応する情報資産は、台帳にないか、使用を終えています。", "The asset given for the store “%[2]s” found on %[1]s is not registered, or is retired.", s.Date("seen").Both(), s.Text("name"))
				},
				Mend: check.Mend{URL: "/registers/store/{key}/edit", Label: msg.T("対応する情報資産を選ぶ", "Choose the asset")},
			},
		},
	}
}
