// Package asset keeps the information assets and systems of the city, classifies them by content and derives
// from the class how they must be handled.
//
// Clauses: bp.1 (measures for confidentiality, integrity, availability), bp.2.1–bp.2.9 (what counts as what),
// bp.3 (scope), bp.7 (classification).
package asset

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// Asset is an information asset (情報資産).
type Asset struct {
	Code            string    `reg:"code,key" ja:"資産番号" en:"Asset no."`
	Name            string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Unit            string    `reg:"unit,required,list,filter" refers:"unit" ja:"所管課" en:"Section in charge"`
	System          string    `reg:"system,list,filter" refers:"system" ja:"情報システム" en:"System"`
	Business        string    `reg:"business" vocab:"business" ja:"業務" en:"Business"`
	Form            string    `reg:"form,required,list,filter" vocab:"form" ja:"形態" en:"Form"`
	Place           string    `reg:"place" ja:"保管場所" en:"Where it is kept"`
	Content         []string  `reg:"content,list,filter" vocab:"content" ja:"含まれる情報" en:"Contents" help_ja:"何も該当しないときは「該当なし」を選びます。" help_en:"Choose none when nothing applies."`
	Confidentiality string    `reg:"confidentiality,list,filter" vocab:"confidentiality" ja:"機密性" en:"Confidentiality" help_ja:"漏れたときの影響で選びます。迷うときは高い方を選んでください。" help_en:"By the harm of a leak. When in doubt choose the higher."`
	Integrity       string    `reg:"integrity,list,filter" vocab:"integrity" ja:"完全性" en:"Integrity"`
	Availability    string    `reg:"availability,list,filter" vocab:"availability" ja:"可用性" en:"Availability"`
	Reason          string    `reg:"reason,long" ja:"分類の理由" en:"Reason for the class"`
	Classified      when.Date `reg:"classified" ja:"分類した日" en:"Classified on"`
	ClassifiedBy    string    `reg:"classified_by" refers:"person" ja:"分類した職員" en:"Classified by"`
	Scheme          string    `reg:"scheme,filter" refers:"scheme" ja:"分類の基準" en:"Class scheme"`
	Handling        string    `reg:"handling" ja:"取扱制限" en:"Handling" help_ja:"分類から自動で決まります。" help_en:"Follows from the class."`
	Override        bool      `reg:"override" ja:"取扱制限の手入力" en:"Handling typed by hand"`
	Persons         *int64    `reg:"persons" ja:"本人の数" en:"Number of persons" help_ja:"おおよその数でかまいません。" help_en:"A rough number will do."`
	FileList        string    `reg:"file_list" ja:"個人情報ファイル簿の番号" en:"Personal information file no."`
	FileListPublic  when.Date `reg:"file_list_public" ja:"ファイル簿の公表日" en:"File list published"`
	Users           string    `reg:"users" ja:"利用者の範囲" en:"Users"`
	Source          string    `reg:"source" refers:"asset" ja:"複製元の資産" en:"Copied from"`
	Anonymised      bool      `reg:"anonymised" ja:"匿名加工済み" en:"Anonymised"`
	AnonymisedBy    string    `reg:"anonymised_by" refers:"person" ja:"匿名加工を承認した職員" en:"Anonymisation approved by"`
	Retention       when.Date `reg:"retention" ja:"保存期限" en:"Keep until"`
	Extended        when.Date `reg:"extended" ja:"延長後の保存期限" en:"Extended until"`
	ExtendReason    string    `reg:"extend_reason" ja:"延長の理由" en:"Reason for extension"`
	OutOfScope      string    `reg:"out_of_scope,list,filter" vocab:"scope_reason" ja:"対象外の理由" en:"Out of scope because"`
	Status          string    `reg:"status,required,list,filter" vocab:"status" ja:"状態" en:"Status"`
	Registered      when.Date `reg:"registered,required" ja:"登録日" en:"Registered"`
	Confirmed       when.Date `reg:"confirmed,list" ja:"最終確認日" en:"Last confirmed"`
	ConfirmedBy     string    `reg:"confirmed_by" refers:"person" ja:"確認した職員" en:"Confirmed by"`
}

// System is an information system (情報システム) of clause 2(3).
type System struct {
	Code            string    `reg:"code,key" ja:"システム番号" en:"System no."`
	Name            string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Unit            string    `reg:"unit,required,list,filter" refers:"unit" ja:"所管課" en:"Section in charge"`
	Handles         []string  `reg:"handles,list" vocab:"business" ja:"取り扱う事務" en:"Business handled"`
	Zone            string    `reg:"zone,list,filter" vocab:"zone_kind" ja:"ネットワークの領域" en:"Network zone"`
	Juki            string    `reg:"juki,list,filter" vocab:"yesno" ja:"住基ネットの該当" en:"Part of Juki-net"`
	JukiBy          string    `reg:"juki_by" refers:"person" ja:"住基ネット該当を判断した職員" en:"Juki decided by"`
	JukiOn          when.Date `reg:"juki_on" ja:"住基ネット該当の判断日" en:"Juki decided on"`
	JukiParts       []string  `reg:"juki_parts" vocab:"juki_part" ja:"住基ネットの構成機器" en:"Juki parts listed"`
	Confidentiality string    `reg:"confidentiality,list,filter" vocab:"confidentiality" ja:"機密性" en:"Confidentiality"`
	Integrity       string    `reg:"integrity,list" vocab:"integrity" ja:"完全性" en:"Integrity"`
	Availability    string    `reg:"availability,list" vocab:"availability" ja:"可用性" en:"Availability"`
	RTO             *int64    `reg:"rto" ja:"目標復旧時間（時間）" en:"Recovery time (hours)"`
	Backup          string    `reg:"backup" ja:"バックアップの方針" en:"Backup policy"`
	BCP             string    `reg:"bcp" ja:"業務継続計画の項目" en:"BCP entry"`
	PIA             string    `reg:"pia" ja:"特定個人情報保護評価の番号" en:"PIA no."`
	PIAPublished    when.Date `reg:"pia_published" ja:"評価書の公表日" en:"PIA published"`
	PIADue          when.Date `reg:"pia_due" ja:"再評価の期限" en:"Next PIA due"`
	NoData          bool      `reg:"no_data" ja:"情報資産を持たない" en:"Holds no data"`
	Inventory       when.Date `reg:"inventory" ja:"構成情報の取得日" en:"Inventory collected"`
	OutOfScope      string    `reg:"out_of_scope,list,filter" vocab:"scope_reason" ja:"対象外の理由" en:"Out of scope because"`
	ScopeBy         string    `reg:"scope_by" refers:"person" ja:"対象外を判断した職員" en:"Scope decided by"`
	ScopeOn         when.Date `reg:"scope_on" ja:"対象外の判断日" en:"Scope decided on"`
	Status          string    `reg:"status,required,list,filter" vocab:"status" ja:"状態" en:"Status"`
	GoLive          when.Date `reg:"go_live,list" ja:"稼働開始日" en:"Live since"`
}

// Network is a network (ネットワーク) of clause 2(2): lines and the devices that make them.
type Network struct {
	Code string `reg:"code,key" ja:"ネットワーク番号" en:"Network no."`
	Name string `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Zone string `reg:"zone,required,list,filter" vocab:"zone_kind" ja:"領域" en:"Zone"`
	Unit string `reg:"unit,list" refers:"unit" ja:"所管課" en:"Section in charge"`
}

// Device is a device somebody's inventory has seen (観測された機器): evidence, imported.
type Device struct {
	Code    string    `reg:"code,key" ja:"機器番号" en:"Device no."`
	Name    string    `reg:"name,list,search" ja:"機器名" en:"Name"`
	System  string    `reg:"system,list,filter" refers:"system" ja:"属する情報システム" en:"System"`
	Network string    `reg:"network,list,filter" refers:"network" ja:"属するネットワーク" en:"Network"`
	Seen    when.Date `reg:"seen,required,list" ja:"観測日" en:"Seen"`
	Source  string    `reg:"source,list" ja:"取得元" en:"Source"`
}

// Flow is a connection of a system into a zone (通信). Registered ones have been applied for.
type Flow struct {
	Code       string    `reg:"code,key" ja:"通信番号" en:"Flow no."`
	System     string    `reg:"system,required,list,filter" refers:"system" ja:"通信元の情報システム" en:"From system"`
	Zone       string    `reg:"zone,required,list,filter" vocab:"zone_kind" ja:"通信先の領域" en:"Into zone"`
	Purpose    string    `reg:"purpose,list" ja:"目的" en:"Purpose"`
	Registered when.Date `reg:"registered,list" ja:"登録日" en:"Registered" help_ja:"観測されただけで登録されていない通信では空です。" help_en:"Empty for a flow that was only observed."`
	Until      when.Date `reg:"until,list" ja:"期限" en:"Until"`
	Observed   when.Date `reg:"observed" ja:"観測日" en:"Observed"`
}

// Store is a data store or share a scan has found (検出された保存領域): evidence, imported.
type Store struct {
	Code   string    `reg:"code,key" ja:"保存領域番号" en:"Store no."`
	Name   string    `reg:"name,required,list,search" ja:"場所" en:"Place"`
	System string    `reg:"system,list,filter" refers:"system" ja:"情報システム" en:"System"`
	Asset  string    `reg:"asset,list" refers:"asset" ja:"対応する情報資産" en:"Asset"`
	Seen   when.Date `reg:"seen,required,list" ja:"検出日" en:"Found"`
}

// Control is a measure (対策) that keeps one or more properties of an asset or of a whole system.
type Control struct {
	Code       string    `reg:"code,key" ja:"対策番号" en:"Measure no."`
	Name       string    `reg:"name,required,list,search" ja:"対策" en:"Measure"`
	Asset      string    `reg:"asset,list" refers:"asset" ja:"対象の情報資産" en:"Asset"`
	System     string    `reg:"system,list" refers:"system" ja:"対象の情報システム" en:"System"`
	Properties []string  `reg:"properties,required,list,filter" vocab:"property" ja:"守る性質" en:"Properties kept"`
	Status     string    `reg:"status,required,list,filter" vocab:"control_status" ja:"状態" en:"Status"`
	Since      when.Date `reg:"since,list" ja:"実施日" en:"In place since"`
}

// Disposal is the end of an asset (廃棄の記録).
type Disposal struct {
	Code    string    `reg:"code,key" ja:"廃棄番号" en:"Disposal no."`
	Asset   string    `reg:"asset,required,list" refers:"asset" ja:"情報資産" en:"Asset"`
	Date    when.Date `reg:"date,required,list" ja:"廃棄日" en:"Date"`
	Method  string    `reg:"method,required,list,filter" vocab:"disposal_method" ja:"方法" en:"Method"`
	By      string    `reg:"by,required,list" refers:"person" ja:"実施した職員" en:"By"`
	Witness string    `reg:"witness,list" refers:"person" ja:"立ち会った職員" en:"Witness"`
}

// Stocktake is a unit's yearly confirmation of its assets (棚卸し).
type Stocktake struct {
	Code string    `reg:"code,key" ja:"棚卸し番号" en:"Stock-taking no."`
	Unit string    `reg:"unit,required,list,filter" refers:"unit" ja:"組織" en:"Unit"`
	FY   int64     `reg:"fy,required,list,filter" ja:"年度（西暦）" en:"Fiscal year"`
	Date when.Date `reg:"date,required,list" ja:"確認日" en:"Confirmed on"`
	By   string    `reg:"by,required,list" refers:"person" ja:"確認した職員" en:"By"`
}

// ClassChange is one change of a class (分類の変更履歴): append-only.
type ClassChange struct {
	Code     string    `reg:"code,key" ja:"変更番号" en:"Change no."`
	Asset    string    `reg:"asset,required,list,filter" refers:"asset" ja:"情報資産" en:"Asset"`
	Property string    `reg:"property,required,list" vocab:"property" ja:"性質" en:"Property"`
	Old      string    `reg:"old,list" ja:"変更前" en:"Before"`
	New      string    `reg:"new,list" ja:"変更後" en:"After"`
	Down     bool      `reg:"down,list,filter" ja:"格下げ" en:"Downgrade"`
	Editor   string    `reg:"editor,list" refers:"person" ja:"変更した職員" en:"Changed by"`
	Approver string    `reg:"approver,list" refers:"person" ja:"承認した職員" en:"Approved by"`
	At       when.Date `reg:"at,required,list" ja:"変更日" en:"Changed on"`
	Reason   string    `reg:"reason" ja:"理由" en:"Reason"`
}

// Downgrade is an application to lower a class (格下げの申請): filled by its acts, decided by another person.
type Downgrade struct {
	Code      string    `reg:"code,key" ja:"申請番号" en:"Application no."`
	Asset     string    `reg:"asset,required,list,filter" refers:"asset" ja:"情報資産" en:"Asset"`
	Property  string    `reg:"property,required,list" vocab:"property" ja:"性質" en:"Property"`
	Old       string    `reg:"old,list" ja:"今の分類" en:"Present class"`
	New       string    `reg:"new,required,list" ja:"新しい分類" en:"New class"`
	Reason    string    `reg:"reason,long,required" max:"1000" ja:"理由" en:"Reason"`
	Applicant string    `reg:"applicant,list" refers:"person" ja:"申請した職員" en:"Applicant"`
	Applied   when.Date `reg:"applied,required,list" ja:"申請日" en:"Applied"`
	Approver  string    `reg:"approver,list" refers:"person" ja:"決裁した職員" en:"Decided by"`
	Decided   when.Date `reg:"decided,list" ja:"決裁日" en:"Decided"`
	Approved  bool      `reg:"approved,list" ja:"承認" en:"Approved"`
}

// Scheme is a class scheme (分類の基準) and the day since which it binds.
type Scheme struct {
	Code  string    `reg:"code,key" ja:"基準番号" en:"Scheme no."`
	Name  string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Since when.Date `reg:"since,required,list" ja:"適用開始日" en:"In force since"`
}

// Mapping re-maps a class of an old scheme to the new one (分類の対応表) by rule.
type Mapping struct {
	Code string `reg:"code,key" ja:"対応番号" en:"Mapping no."`
	From string `reg:"from_scheme,required,list" refers:"scheme" ja:"旧基準" en:"Old scheme"`
	Old  string `reg:"old,required,list" ja:"旧分類" en:"Old class"`
	To   string `reg:"to_scheme,required,list" refers:"scheme" ja:"新基準" en:"New scheme"`
	New  string `reg:"new,list" ja:"新分類" en:"New class" help_ja:"空のときは、資産ごとに判断します。" help_en:"Empty means each asset is decided on its own."`
}

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := func(ids ...clause.ID) []clause.ID { return ids }
	return []*register.Def{
		register.Declare[Asset](register.Spec{Name: "asset", Title: msg.T("情報資産", "Information assets"), Lead: msg.T("所管する情報資産と、その分類・取扱いです。", "The city's information assets, their class and handling."), Clauses: c("bp.1", "bp.2.4", "bp.7"), Group: "asset", Label: "name", Unit: "unit", Bind: bind}),
		register.Declare[System](register.Spec{Name: "system", Title: msg.T("情報システム", "Information systems"), Lead: msg.T("情報システムと、領域・重要度・該当する定義です。", "Systems, their zone, weight and the definitions they fall under."), Clauses: c("bp.2.3", "bp.2.5", "bp.2.6", "bp.2.9", "bp.7"), Group: "asset", Label: "name", Unit: "unit"}),
		register.Declare[Control](register.Spec{Name: "control", Title: msg.T("対策", "Measures"), Lead: msg.T("情報資産と情報システムを守る対策です。", "Measures that keep assets and systems."), Clauses: c("bp.1", "bp.8"), Group: "asset", Label: "name"}),
		register.Declare[Stocktake](register.Spec{Name: "stocktake", Title: msg.T("棚卸し", "Stock-taking"), Lead: msg.T("組織ごとの年に一度の確認です。", "Each unit's yearly confirmation."), Clauses: c("bp.7"), Group: "asset", Unit: "unit"}),
		register.Declare[ClassChange](register.Spec{Name: "classchange", Title: msg.T("分類の変更履歴", "Changes of class"), Lead: msg.T("分類を変えた記録です。格下げには別の職員の承認が必要です。", "Changes of class. A downgrade needs another person's approval."), Clauses: c("bp.7"), Group: "asset"}),
		register.Declare[Downgrade](register.Spec{Name: "downgrade", Title: msg.T("格下げの申請", "Downgrade applications"), Lead: msg.T("分類を下げる申請と、別の職員による決裁です。", "Applications to lower a class, and their decision by another person."), Clauses: c("bp.7"), Group: "asset", ReadOnly: true}),
		register.Declare[Disposal](register.Spec{Name: "disposal", Title: msg.T("廃棄の記録", "Disposals"), Lead: msg.T("情報資産の廃棄の日付・方法・実施者です。", "Date, method and person of each disposal."), Clauses: c("bp.7", "bp.9.2"), Group: "asset"}),
		register.Declare[Scheme](register.Spec{Name: "scheme", Title: msg.T("分類の基準", "Class schemes"), Lead: msg.T("分類の基準とその適用開始日です。", "Class schemes and since when they bind."), Clauses: c("bp.7"), Group: "asset", Label: "name"}),
		register.Declare[Mapping](register.Spec{Name: "mapping", Title: msg.T("分類の対応表", "Class mapping"), Lead: msg.T("基準を改めたときの旧分類と新分類の対応です。", "How classes of an old scheme map to the new one."), Clauses: c("bp.7"), Group: "asset"}),
		register.Declare[Network](register.Spec{Name: "network", Title: msg.T("ネットワーク", "Networks"), Lead: msg.T("通信回線とその構成機器のまとまりです。", "Lines and the devices that make them."), Clauses: c("bp.2.2"), Group: "network", Label: "name", Unit: "unit"}),
		register.Declare[Device](register.Spec{Name: "device", Title: msg.T("観測された機器", "Observed devices"), Lead: msg.T("構成情報の取得で見つかった機器です。", "Devices an inventory has seen."), Clauses: c("bp.2.2", "bp.2.3"), Group: "network", Label: "name"}),
		register.Declare[Flow](register.Spec{Name: "flow", Title: msg.T("通信", "Flows"), Lead: msg.T("情報システムから他の領域への通信です。", "Connections of systems into zones."), Clauses: c("bp.2.9", "bp.3", "bp.9.4"), Group: "network"}),
		register.Declare[Store](register.Spec{Name: "store", Title: msg.T("検出された保存領域", "Discovered stores"), Lead: msg.T("調査で見つかった共有フォルダーやデータベースです。", "Shares and databases a scan has found."), Clauses: c("bp.7"), Group: "network", Label: "name"}),
	}
}
