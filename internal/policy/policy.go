// Package policy keeps the policy itself: documents in two layers, their versions, clauses, adoption by each
// organ, receipts, the procedures and parameters below them, and exceptions.
//
// Clauses: bp.0 (two layers), bp.4 (top of the hierarchy), bp.10 (procedures), bp.12 (review), bp.14 (what is public).
package policy

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// Version is a version of one of the two documents (版).
type Version struct {
	Code      string    `reg:"code,key" ja:"版番号" en:"Version no."`
	Layer     string    `reg:"layer,required,list,filter" vocab:"layer" ja:"層" en:"Layer"`
	Number    int64     `reg:"number,required,list" ja:"版" en:"Version"`
	Name      string    `reg:"name,required,list,search" ja:"名称" en:"Title"`
	SHA256    string    `reg:"sha256" ja:"本文のハッシュ値" en:"SHA-256 of the text"`
	State     string    `reg:"state,required,list,filter" vocab:"version_state" ja:"状態" en:"State"`
	Route     string    `reg:"route,list" vocab:"route" ja:"決裁の経路" en:"Approval route"`
	Committee when.Date `reg:"committee" ja:"委員会の議決日" en:"Committee decided"`
	CISO      when.Date `reg:"ciso" ja:"CISOの決裁日" en:"CISO decided"`
	Published when.Date `reg:"published" ja:"公表日" en:"Published"`
	From      when.Date `reg:"from,list" ja:"施行日" en:"In force from"`
	Until     when.Date `reg:"until,list" ja:"効力の終わり" en:"In force until"`
}

// Clause is one place of one version (条項).
type Clause struct {
	Code    string   `reg:"code,key" ja:"条項番号" en:"Clause no."`
	Version string   `reg:"version,required,list,filter" refers:"version" ja:"版" en:"Version"`
	ID      string   `reg:"id,required,list,search" ja:"条項ID" en:"Clause id"`
	Order   int64    `reg:"order" ja:"並び順" en:"Order"`
	Number  string   `reg:"number,list" ja:"番号" en:"Number"`
	Name    string   `reg:"name,list,search" ja:"見出し" en:"Heading"`
	Text    string   `reg:"text,long,search" max:"20000" ja:"本文" en:"Text"`
	Parents []string `reg:"parents" ja:"上位の条項" en:"Clauses above"`
	Modal   []string `reg:"modal" ja:"義務の強さ" en:"Modal words"`
	Hash    string   `reg:"hash" ja:"ハッシュ値" en:"Hash"`
}

// Adoption is an organ's decision to be bound by a version (各機関の決定).
type Adoption struct {
	Code    string    `reg:"code,key" ja:"決定番号" en:"Adoption no."`
	Organ   string    `reg:"organ,required,list,filter" refers:"organ" ja:"機関" en:"Organ"`
	Version string    `reg:"version,required,list,filter" refers:"version" ja:"版" en:"Version"`
	By      string    `reg:"by,required,list" vocab:"adopted_by" ja:"決定した主体" en:"Adopted by"`
	Date    when.Date `reg:"date,required,list" ja:"決定日" en:"Date"`
	Paper   string    `reg:"paper,list" ja:"文書番号" en:"Document no."`
}

// Ack is a receipt for a version of the policy (周知の受領確認).
type Ack struct {
	Code       string    `reg:"code,key" ja:"受領番号" en:"Receipt no."`
	Version    string    `reg:"version,required,list,filter" refers:"version" ja:"版" en:"Version"`
	Person     string    `reg:"person,list" refers:"person" ja:"職員等" en:"Person"`
	Contractor string    `reg:"contractor,list" refers:"contractor" ja:"委託事業者" en:"Contractor"`
	Date       when.Date `reg:"date,required,list" ja:"受領日" en:"Date"`
}

// Procedure is an implementation procedure (実施手順) or another local rule below the policy.
type Procedure struct {
	Code     string    `reg:"code,key" ja:"手順番号" en:"Procedure no."`
	Name     string    `reg:"name,required,list,search" ja:"名称" en:"Title"`
	Kind     string    `reg:"kind,required,list,filter" vocab:"procedure_kind" ja:"種別" en:"Kind"`
	Unit     string    `reg:"unit,required,list,filter" refers:"unit" ja:"所管組織" en:"Unit"`
	Parents  []string  `reg:"parents,list" ja:"根拠とする条項" en:"Clauses it rests on"`
	Approved when.Date `reg:"approved,list" ja:"承認日" en:"Approved"`
	From     when.Date `reg:"from,list" ja:"施行日" en:"In force from"`
	Until    when.Date `reg:"until,list" ja:"効力の終わり" en:"In force until"`
}

// Requirement is a value a procedure sets for a parameter of the standard (手順で定める基準値).
type Requirement struct {
	Code      string `reg:"code,key" ja:"基準値番号" en:"Requirement no."`
	Procedure string `reg:"procedure,required,list,filter" refers:"procedure" ja:"実施手順" en:"Procedure"`
	Parameter string `reg:"parameter,required,list,filter" refers:"parameter" ja:"項目" en:"Parameter"`
	Value     *int64 `reg:"value,list" ja:"手順で定めた値" en:"Value"`
}

// Parameter is a number the city sets in its standard (対策基準の基準値), dated by history.
type Parameter struct {
	Code      string `reg:"code,key" ja:"項目番号" en:"Parameter"`
	Name      string `reg:"name,required,list,search" ja:"項目" en:"Meaning"`
	Value     *int64 `reg:"value,list" ja:"値" en:"Value"`
	Text      string `reg:"text,list" ja:"値（文字）" en:"Value (text)"`
	Unit      string `reg:"measure,list" ja:"単位" en:"Unit of measure"`
	Direction string `reg:"direction,list" vocab:"direction" ja:"厳しくなる向き" en:"Stricter when"`
}

// Exception is an approved departure from a check for a while (例外措置).
type Exception struct {
	Code        string    `reg:"code,key" ja:"例外番号" en:"Exception no."`
	Check       string    `reg:"check,required,list,filter" ja:"対象の検査" en:"Check covered"`
	Subject     string    `reg:"subject,required,list" ja:"対象" en:"Subject"`
	Reason      string    `reg:"reason,long,required,list" ja:"理由" en:"Reason"`
	Alternative string    `reg:"alternative,long,required" ja:"代替の措置" en:"Compensating measure"`
	Applicant   string    `reg:"applicant,required,list" refers:"person" ja:"申請した職員" en:"Applicant"`
	Approver    string    `reg:"approver,list" refers:"person" ja:"承認した職員" en:"Approver"`
	Approved    when.Date `reg:"approved,list" ja:"承認日" en:"Approved"`
	Until       when.Date `reg:"until,required,list" ja:"期限" en:"Until"`
}

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := func(ids ...clause.ID) []clause.ID { return ids }
	return []*register.Def{
		register.Declare[Version](register.Spec{Name: "version", Title: msg.T("ポリシーの版", "Policy versions"), Lead: msg.T("基本方針と対策基準の版です。", "Versions of the basic policy and the standard."), Clauses: c("bp.0", "bp.4"), Group: "policy", Label: "name", Start: "from", End: "until", ReadOnly: true}),
		register.Declare[Clause](register.Spec{Name: "clause", Title: msg.T("条項", "Clauses"), Lead: msg.T("版ごとの条項です。", "The clauses of each version."), Clauses: c("bp.0", "bp.4"), Group: "policy", Label: "name", ReadOnly: true}),
		register.Declare[Adoption](register.Spec{Name: "adoption", Title: msg.T("各機関の決定", "Adoptions"), Lead: msg.T("各機関がポリシーに従うことを決めた記録です。", "Each organ's decision to be bound."), Clauses: c("bp.3", "bp.4"), Group: "policy"}),
		register.Declare[Ack](register.Spec{Name: "ack", Title: msg.T("周知の受領確認", "Receipts"), Lead: msg.T("職員等と委託事業者がポリシーを受け取った記録です。", "Receipts of the policy by staff and contractors."), Clauses: c("bp.0", "bp.5", "bp.9.1"), Group: "people", Reach: &register.Reach{Own: []string{"person"}, Of: []string{"person"}, Roles: register.Answering("contract_officer")}}),
		register.Declare[Procedure](register.Spec{Name: "procedure", Title: msg.T("実施手順", "Procedures"), Lead: msg.T("部局ごとの実施手順と、その根拠となる条項です。", "Each bureau's procedures and the clauses they rest on."), Clauses: c("bp.4", "bp.10"), Group: "policy", Label: "name", Unit: "unit", Start: "from", End: "until"}),
		register.Declare[Requirement](register.Spec{Name: "requirement", Title: msg.T("手順で定める基準値", "Requirements of procedures"), Lead: msg.T("実施手順が定めた値です。対策基準より緩めることはできません。", "Values a procedure sets. They may tighten the standard, not loosen it."), Clauses: c("bp.4", "bp.10"), Group: "policy"}),
		register.Declare[Parameter](register.Spec{Name: "parameter", Title: msg.T("基準値", "Parameters"), Lead: msg.T("対策基準で定める日数や回数です。変更すると、すべての判定がこの値で計算し直されます。", "Days and counts the standard sets. A change is used by every check at once."), Clauses: c("bp.4", "bp.12"), Group: "policy", Label: "name"}),
		register.Declare[Exception](register.Spec{Name: "exception", Title: msg.T("例外措置", "Exceptions"), Lead: msg.T("期限を定めて認めた例外です。期限を過ぎると判定はすぐ元に戻ります。", "Departures approved for a while. When one ends the result turns back at once."), Clauses: c("bp.9.3", "bp.9.4"), Group: "policy", Reach: &register.Reach{Own: []string{"applicant", "approver"}, Of: []string{"applicant"}, Roles: register.Answering()}}),
	}
}
