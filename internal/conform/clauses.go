package conform

import (
	"okite/internal/clause"
	"okite/internal/msg"
)

// places are the clauses of the basic policy with short names of our own; the policy's own words come from its text.
var places = []struct {
	id    clause.ID
	title msg.Text
}{
	{"bp.0", msg.T("ポリシーの構成", "Structure of the policy")},
	{"bp.1", msg.T("目的", "Purpose")},
	{"bp.2", msg.T("定義", "Definitions")},
	{"bp.2.1", msg.T("情報セキュリティ", "Information security")},
	{"bp.2.2", msg.T("ネットワーク", "Networks")},
	{"bp.2.3", msg.T("情報システム", "Information systems")},
	{"bp.2.4", msg.T("情報資産", "Information assets")},
	{"bp.2.5", msg.T("住基ネット", "Resident register network")},
	{"bp.2.6", msg.T("マイナンバー利用事務系", "My Number business systems")},
	{"bp.2.7", msg.T("校務系の情報", "School administration data")},
	{"bp.2.8", msg.T("教育系の情報", "Teaching data")},
	{"bp.2.9", msg.T("学校の情報システム", "School information systems")},
	{"bp.3", msg.T("対象範囲", "Scope")},
	{"bp.4", msg.T("ポリシーの位置付け", "Standing of the policy")},
	{"bp.5", msg.T("職員等の責務", "Duties of staff")},
	{"bp.6", msg.T("管理体制", "Organisation")},
	{"bp.7", msg.T("情報資産の分類", "Classification of assets")},
	{"bp.8", msg.T("脅威", "Threats")},
	{"bp.8.1", msg.T("意図的な脅威", "Deliberate threats")},
	{"bp.8.2", msg.T("偶発的な脅威", "Accidental threats")},
	{"bp.8.3", msg.T("環境的な脅威", "Environmental threats")},
	{"bp.9", msg.T("対策", "Measures")},
	{"bp.9.1", msg.T("人的な対策", "People")},
	{"bp.9.2", msg.T("物理的な対策", "Premises and equipment")},
	{"bp.9.3", msg.T("技術と運用の対策", "Technology and operation")},
	{"bp.9.4", msg.T("強靱性の向上", "Resilience of systems")},
	{"bp.9.5", msg.T("管理区域の外への設置", "Outside managed areas")},
	{"bp.9.6", msg.T("危機管理", "Emergencies")},
	{"bp.10", msg.T("実施手順", "Procedures")},
	{"bp.11", msg.T("監査", "Audit")},
	{"bp.12", msg.T("評価と見直し", "Evaluation and review")},
	{"bp.13", msg.T("違反への対応", "Violations")},
	{"bp.14", msg.T("公開", "Publication")},
}

// Clauses are the places of the basic policy in the order of the text.
func Clauses() []clause.ID {
	out := make([]clause.ID, len(places))
	for i, p := range places {
		out[i] = p.id
	}
	return out
}

// Title is the short name of a clause of the basic policy; zero for other places.
func Title(id clause.ID) msg.Text {
	for _, p := range places {
		if p.id == id {
			return p.title
		}
	}
	return msg.Text{}
}

// number is how people cite a clause: 9(4), 序, 対策基準3(2).
func number(id clause.ID) msg.Text {
	switch {
	case id == "bp.0":
		return msg.T("序", "Preamble")
	case id.Layer() == clause.Standard:
		return msg.F("対策基準%s", "Standard %s", id.Number())
	}
	return msg.Same(id.Number())
}
