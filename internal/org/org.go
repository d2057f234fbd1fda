// Package org knows who is bound and who decides: the organs of clause 3, units, people of every kind of
// employment of clause 5, posts and their holders, deputies, delegations, powers, committees and the CSIRT of
// clause 6.
//
// Clauses: bp.3, bp.5, bp.6, bp.9.1.
package org

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// City is the municipality itself (地方公共団体): one record.
type City struct {
	Code string `reg:"code,key" ja:"団体コード" en:"Municipality code"`
	Name string `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Pack string `reg:"pack,required" ja:"語彙パック" en:"Vocabulary pack"`
}

// Organ is an executive organ or the assembly office (執行機関・議会事務局) of clause 3.
type Organ struct {
	Code  string    `reg:"code,key" ja:"機関番号" en:"Organ no."`
	Name  string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Kind  string    `reg:"kind,required,list,filter" vocab:"organ_kind" ja:"機関の種別" en:"Kind of organ"`
	Open  when.Date `reg:"open,required" ja:"設置日" en:"Established"`
	Close when.Date `reg:"close" ja:"廃止日" en:"Abolished" help_ja:"この日まで存在した機関です。" help_en:"The last day the organ existed."`
}

// Unit is a bureau, department or section (局・部・課). The tree is dated: a unit closes, it is not deleted.
type Unit struct {
	Code   string    `reg:"code,key" ja:"組織番号" en:"Unit no."`
	Name   string    `reg:"name,required,list,search" ja:"組織名" en:"Name"`
	Kana   string    `reg:"kana,search" ja:"ふりがな" en:"Reading"`
	Kind   string    `reg:"kind,required,list,filter" vocab:"unit_kind" ja:"組織の段階" en:"Level"`
	Organ  string    `reg:"organ,list,filter" refers:"organ" ja:"所属機関" en:"Organ"`
	Parent string    `reg:"parent,list" refers:"unit" ja:"上位組織" en:"Unit above"`
	HRCode string    `reg:"hr_code" ja:"人事上の組織コード" en:"HR unit code"`
	Open   when.Date `reg:"open,required,list" ja:"設置日" en:"Opened"`
	Close  when.Date `reg:"close,list" ja:"廃止日" en:"Closed" help_ja:"この日まで存在した組織です。" help_en:"The last day the unit existed."`
}

// HRUnit is a unit as the personnel system lists it: evidence, imported, never edited.
type HRUnit struct {
	Code      string    `reg:"code,key" ja:"人事上の組織コード" en:"HR unit code"`
	Name      string    `reg:"name,required,list,search" ja:"組織名" en:"Name"`
	Collected when.Date `reg:"collected,required,list" ja:"取得日" en:"Collected"`
}

// Person is anybody who touches an information asset of the city (職員等), of every kind of employment of clause 5.
type Person struct {
	Code       string    `reg:"code,key" ja:"職員番号" en:"Person no."`
	Name       string    `reg:"name,required,list,search,personal" ja:"氏名" en:"Name"`
	Kana       string    `reg:"kana,list,search,personal" ja:"ふりがな" en:"Reading"`
	Unit       string    `reg:"unit,required,list,filter" refers:"unit" ja:"所属" en:"Unit"`
	Employment string    `reg:"employment,required,list,filter" vocab:"employment" ja:"任用の区分" en:"Employment"`
	Title      string    `reg:"title,list" ja:"職名" en:"Job title"`
	Contract   string    `reg:"contract" refers:"contract" ja:"派遣・委託の契約" en:"Contract (agency or contractor)"`
	Joined     when.Date `reg:"joined,required,list" ja:"採用日" en:"Joined"`
	Left       when.Date `reg:"left,list" ja:"最終在職日" en:"Last day"`
	Mail       string    `reg:"mail,personal" ja:"メールアドレス" en:"Mail address"`
}

// Post is a role that somebody must hold in a scope (役職): the section manager of a section, the manager of a system.
type Post struct {
	Code   string    `reg:"code,key" ja:"役職番号" en:"Post no."`
	Role   string    `reg:"role,required,list,filter" vocab:"role" ja:"役割" en:"Role"`
	Scope  string    `reg:"scope,list,filter" vocab:"scope_kind" ja:"範囲の種別" en:"Kind of scope"`
	Unit   string    `reg:"unit,list,filter" refers:"unit" ja:"範囲とする組織" en:"Unit in scope"`
	System string    `reg:"system,list" refers:"system" ja:"範囲とする情報システム" en:"System in scope"`
	Name   string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
	From   when.Date `reg:"from,required" ja:"設置日" en:"From"`
	Until  when.Date `reg:"until" ja:"廃止日" en:"Until"`
}

// Assignment puts a person on a post for a time (任命): as its holder or as a deputy.
type Assignment struct {
	Code     string    `reg:"code,key" ja:"任命番号" en:"Assignment no."`
	Post     string    `reg:"post,required,list,filter" refers:"post" ja:"役職" en:"Post"`
	Person   string    `reg:"person,required,list" refers:"person" ja:"任命された職員" en:"Person"`
	Kind     string    `reg:"kind,required,list,filter" vocab:"assignment_kind" ja:"正・代理" en:"Holder or deputy"`
	From     when.Date `reg:"from,required,list" ja:"開始日" en:"From"`
	Until    when.Date `reg:"until,list" ja:"終了日" en:"Until" help_ja:"この日まで務めます。" help_en:"The last day on the post."`
	Handover when.Date `reg:"handover,list" ja:"引継ぎの受領日" en:"Hand-over accepted"`
	First    bool      `reg:"first" ja:"新設の役職で引継ぎなし" en:"New post, nothing to hand over"`
}

// Delegation lets a person act for another within a role, some acts and a period (委任).
type Delegation struct {
	Code  string    `reg:"code,key" ja:"委任番号" en:"Delegation no."`
	From  string    `reg:"giver,required,list" refers:"person" ja:"委任した職員" en:"Given by"`
	To    string    `reg:"taker,required,list" refers:"person" ja:"委任された職員" en:"Given to"`
	Acts  []string  `reg:"acts,list" refers:"action" ja:"委任した操作" en:"Acts"`
	Begin when.Date `reg:"begin,required,list" ja:"開始日" en:"From"`
	End   when.Date `reg:"end,required,list" ja:"終了日" en:"Until"`
}

// Action is an act the product knows (操作): filled by the product itself at each start.
type Action struct {
	Code    string   `reg:"code,key" ja:"操作" en:"Act"`
	Name    string   `reg:"name,list,search" ja:"操作の名称" en:"Name"`
	Clauses []string `reg:"clauses,list" ja:"根拠となる条項" en:"Clauses"`
	Scope   string   `reg:"scope,list" vocab:"scope_kind" ja:"範囲の種別" en:"Kind of scope"`
}

// Power says which role decides an act (権限・責任等一覧), everywhere or in a unit or an organ alone. The gate for acts reads
// this register: the nearest scope around a record counts, and each act has one row for each scope.
type Power struct {
	Code   string `reg:"code,key" ja:"権限番号" en:"Power no."`
	Action string `reg:"action,required,list,filter" refers:"action" ja:"操作" en:"Act"`
	Role   string `reg:"role,required,list,filter" vocab:"role" ja:"決定する役割" en:"Deciding role"`
	Unit   string `reg:"unit,list" refers:"unit" ja:"範囲とする組織" en:"Unit in scope" help_ja:"この組織とその下の組織の記録に限って、別の役割が決定するときに指定します。全庁に当てはめるときは空欄にします。" help_en:"Set it where another role decides for the records of this unit and those below it. Leave it empty for the whole city."`
	Organ  string `reg:"organ,list" refers:"organ" ja:"範囲とする機関" en:"Organ in scope" help_ja:"この機関の記録に限って、別の役割が決定するときに指定します。組織とあわせて指定することはできません。" help_en:"Set it where another role decides for the records of this organ. Not together with a unit."`
}

// Approval is a decision somebody took on another's application, for it or against it (決裁): filled by the gate
// (KeepDecisions), and imported for the past.
type Approval struct {
	Code       string    `reg:"code,key" ja:"決裁番号" en:"Decision no."`
	Action     string    `reg:"action,list,filter" refers:"action" ja:"操作" en:"Act"`
	Subject    string    `reg:"subject,list" ja:"対象" en:"Subject"`
	Applicant  string    `reg:"applicant,required,list" refers:"person" ja:"申請した職員" en:"Applicant"`
	Approver   string    `reg:"approver,required,list" refers:"person" ja:"決裁した職員" en:"Approver"`
	Delegation string    `reg:"delegation,list" refers:"delegation" ja:"根拠とした委任" en:"Under delegation"`
	At         when.Date `reg:"at,required,list" ja:"決裁日" en:"Decided"`
}

// Committee is a body that decides on information security (情報セキュリティ委員会, 部会).
type Committee struct {
	Code  string    `reg:"code,key" ja:"委員会番号" en:"Committee no."`
	Name  string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Chair string    `reg:"chair,required,list" refers:"person" ja:"委員長" en:"Chair"`
	Unit  string    `reg:"unit,list" refers:"unit" ja:"事務局" en:"Secretariat"`
	Since when.Date `reg:"since,required,list" ja:"設置日" en:"Established"`
	Until when.Date `reg:"until" ja:"廃止日" en:"Abolished"`
}

// Meeting is a sitting of a committee with its minutes (会議・議事録).
type Meeting struct {
	Code      string    `reg:"code,key" ja:"会議番号" en:"Meeting no."`
	Committee string    `reg:"committee,required,list,filter" refers:"committee" ja:"委員会" en:"Committee"`
	Date      when.Date `reg:"date,required,list" ja:"開催日" en:"Held on"`
	Time      string    `reg:"time" max:"20" ja:"開始時刻" en:"Begins at"`
	Place     string    `reg:"place" ja:"開催場所" en:"Place"`
	Called    when.Date `reg:"called" ja:"召集通知日" en:"Called on"`
	Agenda    []string  `reg:"agenda,list" vocab:"agenda" ja:"議題の区分" en:"Matters" help_ja:"議題を登録すると、その区分がここに加わります。" help_en:"The kind of each agenda item is added here."`
	Minutes   string    `reg:"minutes,list" ja:"議事録の文書番号" en:"Minutes, document no."`
	Record    string    `reg:"record,long" max:"10000" ja:"議事の要旨" en:"Record of the discussion"`
	State     string    `reg:"state,derived,list,filter" vocab:"meeting_state" ja:"議事録の状態" en:"State of the minutes"`
	Applicant string    `reg:"applicant,derived" refers:"person" ja:"議事録を提出した職員" en:"Minutes handed in by"`
	Since     when.Date `reg:"since,derived" ja:"今の状態になった日" en:"In this state since"`
	Approver  string    `reg:"approver,derived" refers:"person" ja:"議事録を承認した職員" en:"Minutes approved by"`
}

// CSIRT is the team that answers incidents (CSIRT), with its window inside and outside (PoC).
type CSIRT struct {
	Code       string `reg:"code,key" ja:"体制番号" en:"Team no."`
	Name       string `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Main       bool   `reg:"main,list" ja:"全庁の統一的な体制" en:"City-wide team"`
	Unit       string `reg:"unit,list" refers:"unit" ja:"事務局" en:"Secretariat"`
	Chief      string `reg:"chief,list" refers:"person" ja:"責任者" en:"Chief"`
	Deputy     string `reg:"deputy" refers:"person" ja:"副責任者" en:"Deputy"`
	Manager    string `reg:"manager" refers:"person" ja:"管理者" en:"Manager"`
	PoC        string `reg:"poc" refers:"person" ja:"窓口担当者" en:"Point of contact"`
	Phone      string `reg:"phone" ja:"窓口の電話" en:"Telephone"`
	Mail       string `reg:"mail" ja:"窓口のメール" en:"Mail"`
	AfterHours string `reg:"after_hours" ja:"時間外の連絡先" en:"Out of hours"`
}

// Task is one duty of a CSIRT's rule and who does it (CSIRTの役割分担).
type Task struct {
	Code     string `reg:"code,key" ja:"役割番号" en:"Task no."`
	CSIRT    string `reg:"csirt,required,list,filter" refers:"csirt" ja:"体制" en:"Team"`
	Name     string `reg:"name,required,list,search" ja:"役割" en:"Task"`
	Assignee string `reg:"assignee,list" refers:"person" ja:"担当者" en:"Assignee"`
}

// Contact is a body outside with which information is shared (外部の連絡先).
type Contact struct {
	Code     string    `reg:"code,key" ja:"連絡先番号" en:"Contact no."`
	Body     string    `reg:"body,required,list,filter" vocab:"outside_body" ja:"機関" en:"Body"`
	Name     string    `reg:"name,required,list,search" ja:"窓口名" en:"Desk"`
	Phone    string    `reg:"phone" ja:"電話" en:"Telephone"`
	Mail     string    `reg:"mail" ja:"メール" en:"Mail"`
	Verified when.Date `reg:"verified,list" ja:"連絡先を確認した日" en:"Verified"`
}

// Advisory is a warning from outside (注意喚起・脆弱性情報) and its triage.
type Advisory struct {
	Code     string    `reg:"code,key" ja:"情報番号" en:"Advisory no."`
	Name     string    `reg:"name,required,list,search" ja:"件名" en:"Subject"`
	Source   string    `reg:"source,list,filter" vocab:"outside_body" ja:"発信元" en:"Source"`
	Received when.Date `reg:"received,required,list" ja:"受信日" en:"Received"`
	Triaged  when.Date `reg:"triaged,list" ja:"対応を判断した日" en:"Triaged"`
	By       string    `reg:"triaged_by" refers:"person" ja:"判断した職員" en:"Triaged by"`
	Verdict  string    `reg:"verdict,long" ja:"判断の内容" en:"Verdict"`
	Systems  []string  `reg:"systems" refers:"system" ja:"関係する情報システム" en:"Systems concerned"`
	Assignee string    `reg:"assignee,list" refers:"person" ja:"対応する職員" en:"Dealt with by"`
	Due      when.Date `reg:"due,list" ja:"対応の期限" en:"To be dealt with by"`
	Result   string    `reg:"result,long" max:"4000" ja:"対応の結果" en:"What was done"`
	Done     when.Date `reg:"done,derived,list" ja:"完了日" en:"Done"`
	State    string    `reg:"state,derived,list,filter" vocab:"advisory_state" ja:"状態" en:"State"`
}

// preparing are the acts whose deciders see moves before their day (bp.9.3).
var preparing = []string{"moveset.submit", "moveset.confirm"}

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := func(ids ...clause.ID) []clause.ID { return ids }
	return []*register.Def{
		register.Declare[City](register.Spec{Name: "city", Title: msg.T("団体", "Municipality"), Lead: msg.T("この台帳を持つ地方公共団体です。", "The municipality these registers belong to."), Clauses: c("bp.3"), Group: "org", Label: "name"}),
		register.Declare[Organ](register.Spec{Name: "organ", Title: msg.T("執行機関等", "Organs"), Lead: msg.T("ポリシーの対象となる執行機関と議会事務局です。", "The executive organs and the assembly office the policy binds."), Clauses: c("bp.3"), Group: "org", Label: "name", Start: "open", End: "close"}),
		register.Declare[Unit](register.Spec{Name: "unit", Title: msg.T("組織", "Units"), Lead: msg.T("局・部・課の組織図です。廃止した組織も残ります。", "Bureaus, departments and sections. Closed units stay."), Clauses: c("bp.3", "bp.6"), Group: "org", Label: "name", Start: "open", End: "close"}),
		register.Declare[HRUnit](register.Spec{Name: "hrunit", Title: msg.T("人事情報の組織", "Units in the HR system"), Lead: msg.T("人事システムから取り込んだ組織の一覧で、組織台帳との突合に使います。", "Units as the personnel system lists them, compared with the register of units."), Clauses: c("bp.3"), Group: "org", Label: "name"}),
		register.Declare[Person](register.Spec{Name: "person", Title: msg.T("職員等", "People"), Lead: msg.T("情報資産に接するすべての職員等です。", "Everybody who touches an information asset."), Clauses: c("bp.5"), Group: "people", Label: "name", Unit: "unit", Start: "joined", End: "left"}),
		register.Declare[Post](register.Spec{Name: "post", Title: msg.T("役職", "Posts"), Lead: msg.T("範囲ごとに必ず置く役割です。", "Roles that must be held in a scope."), Clauses: c("bp.6"), Group: "people", Label: "name", Unit: "unit", Start: "from", End: "until"}),
		register.Declare[Assignment](register.Spec{Name: "assignment", Title: msg.T("任命", "Assignments"), Lead: msg.T("だれがどの役職を、いつからいつまで務めるかを記録します。", "Who holds which post from when until when."), Clauses: c("bp.6"), Group: "people", Start: "from", End: "until"}),
		register.Declare[MoveSet](register.Spec{Name: "moveset", Title: msg.T("異動の一括準備", "Sets of moves"), Lead: msg.T("同じ日に発令する異動をまとめて準備します。内容の確認と適用は、異動のページで行います。", "Personnel changes of one day, prepared together. They are confirmed and applied on the page of transfers."), Clauses: c("bp.5", "bp.6", "bp.9.1"), Group: "people", Label: "name", Bind: bindSets, Reach: &register.Reach{Acts: preparing}}),
		register.Declare[Move](register.Spec{Name: "move", Title: msg.T("異動の予定", "Moves"), Lead: msg.T("一括準備に含まれる一人ずつの異動です。", "The single moves of a set."), Clauses: c("bp.5", "bp.6", "bp.9.1"), Group: "people", Bind: bindMoves, Reach: &register.Reach{Own: []string{"person"}, OwnIs: map[string]string{"state": MoveApplied}, Acts: preparing}}),
		register.Declare[Delegation](register.Spec{Name: "delegation", Title: msg.T("委任", "Delegations"), Lead: msg.T("操作と期間を限った委任です。", "Delegations, limited in acts and time."), Clauses: c("bp.6"), Group: "people", Start: "begin", End: "end"}),
		register.Declare[Action](register.Spec{Name: "action", Title: msg.T("操作", "Acts"), Lead: msg.T("この仕組みで行える操作の一覧です。", "Every act the product can carry out."), Clauses: c("bp.6", "bp.9.1"), Group: "people", Label: "name", ReadOnly: true}),
		register.Declare[Power](register.Spec{Name: "power", Title: msg.T("権限表", "Powers"), Lead: msg.T("どの操作をどの役割が決定するかを、必要なときは範囲を限って定めます。", "Which role decides which act, in a scope where need be."), Clauses: c("bp.6", "bp.9.1"), Group: "people", Bind: bindPowers}),
		register.Declare[Approval](register.Spec{Name: "approval", Title: msg.T("決裁の記録", "Decisions"), Lead: msg.T("申請に対する決裁の記録です。承認のほか、差戻しと却下も残ります。", "Decisions taken on applications: approvals, and what was sent back or turned down."), Clauses: c("bp.6"), Group: "people", Reach: &register.Reach{Own: []string{"applicant", "approver"}, Of: []string{"applicant"}, Roles: register.Answering()}}),
		register.Declare[Committee](register.Spec{Name: "committee", Title: msg.T("委員会", "Committees"), Lead: msg.T("情報セキュリティを審議する委員会と部会です。", "Committees that decide on information security."), Clauses: c("bp.6"), Group: "org", Label: "name", Unit: "unit", Start: "since", End: "until"}),
		register.Declare[Meeting](register.Spec{Name: "meeting", Title: msg.T("委員会の会議", "Committee meetings"), Lead: msg.T("委員会の開催と議題、議事録です。", "Sittings, agenda and minutes."), Clauses: c("bp.6"), Group: "org", Bind: bindMeetings}),
		register.Declare[AgendaItem](register.Spec{Name: "agendaitem", Title: msg.T("会議の議題", "Agenda items"), Lead: msg.T("会議ごとの議題と資料、決定の内容です。", "What each meeting treats, with its papers and decisions."), Clauses: c("bp.6"), Group: "org", Label: "name", Bind: bindAgenda}),
		register.Declare[CSIRT](register.Spec{Name: "csirt", Title: msg.T("CSIRT", "CSIRT"), Lead: msg.T("インシデントに対応する体制と窓口です。", "The teams that answer incidents, and their windows."), Clauses: c("bp.6"), Group: "org", Label: "name", Unit: "unit"}),
		register.Declare[Task](register.Spec{Name: "task", Title: msg.T("CSIRTの役割分担", "CSIRT tasks"), Lead: msg.T("CSIRTの規程に定める役割と担当者です。", "Tasks of the CSIRT's rule and their assignees."), Clauses: c("bp.6"), Group: "org", Label: "name"}),
		register.Declare[Contact](register.Spec{Name: "contact", Title: msg.T("外部の連絡先", "Outside contacts"), Lead: msg.T("情報を共有する外部機関の窓口です。", "Bodies outside with which information is shared."), Clauses: c("bp.6"), Group: "org", Label: "name"}),
		register.Declare[CallTest](register.Spec{Name: "calltest", Title: msg.T("連絡試験", "Contact tests"), Lead: msg.T("CSIRTの窓口と外部の連絡先に、実際に連絡がつくかを確かめた記録です。", "Tests of whether the CSIRT’s window and the contacts outside can really be reached."), Clauses: c("bp.6"), Group: "org", Bind: bindCallTests}),
		register.Declare[Advisory](register.Spec{Name: "advisory", Title: msg.T("注意喚起", "Advisories"), Lead: msg.T("外部から届いた注意喚起と、対応の判断です。", "Warnings from outside and their triage."), Clauses: c("bp.6"), Group: "org", Label: "name", Bind: bindAdvisories}),
	}
}
