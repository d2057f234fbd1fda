// Package notice brings the policy to people and keeps the proof that it reached them (周知): notices with their
// audience and receipts, pledges, the conduct guide of each 9-clause, and the sheet that says what one person was told.
//
// Clauses: bp.0 (the policy reaches everybody), bp.5 (people keep it), bp.9.1–bp.9.6 (rules of conduct, warnings),
// bp.13 (whether an order or a warning had reached somebody is part of a case).
package notice

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// Notice is something told to many (お知らせ・注意喚起). Who is meant is a rule, so that a notice to the whole city is
// one record. Its state moves by the acts of this package alone.
type Notice struct {
	Code        string    `reg:"code,key" ja:"お知らせ番号" en:"Notice no."`
	Name        string    `reg:"name,required,list,search" ja:"件名" en:"Subject"`
	Kind        string    `reg:"kind,required,list,filter" vocab:"notice_kind" ja:"種別" en:"Kind"`
	Text        string    `reg:"text,long,required,search" ja:"本文" en:"Text"`
	Units       []string  `reg:"units" refers:"unit" ja:"対象の組織（下位を含む）" en:"To units, with those below" help_ja:"組織・役割・システムのどれも選ばないときは、全職員等が対象です。" help_en:"When no unit, role or system is chosen it goes to everybody."`
	Roles       []string  `reg:"roles" vocab:"role" ja:"対象の役割" en:"To roles" help_ja:"役職に任命されている正と代理者です。" help_en:"Holders and deputies of the posts."`
	Employments []string  `reg:"employments" vocab:"employment" ja:"対象の任用の区分" en:"To kinds of employment" help_ja:"選ぶと、その区分の職員等に限ります。選ばないときは、業務委託の従事者を除きます。" help_en:"When chosen, only these; otherwise all but contractors’ workers."`
	Systems     []string  `reg:"systems" refers:"system" ja:"対象の情報システム" en:"To systems" help_ja:"所管課の職員等と、そのシステムの役職者です。" help_en:"The section in charge and those on the system’s posts."`
	Mandatory   bool      `reg:"mandatory,list,filter" ja:"必読" en:"Mandatory" help_ja:"発信の前に承認が必要です。期限までに読んだ人の割合を検査します。" help_en:"Needs approval; the share of readers is checked."`
	Clauses     []string  `reg:"clauses" ja:"関係する条項" en:"Clauses" help_ja:"条項IDで入力します（例：bp.9.1）。" help_en:"By id, such as bp.9.1."`
	State       string    `reg:"state,required,list,filter" vocab:"notice_state" ja:"状態" en:"State"`
	By          string    `reg:"by,list" refers:"person" ja:"作成した職員" en:"Written by"`
	Approver    string    `reg:"approver" refers:"person" ja:"承認した職員" en:"Approved by"`
	Issued      when.Date `reg:"issued,list" ja:"発信日" en:"Issued"`
	Due         when.Date `reg:"due,list" ja:"読了の期限" en:"To be read by"`
	Ends        when.Date `reg:"ends" ja:"掲載の最終日" en:"Shown until"`
}

// Audience is whom the notice is meant for.
func (n Notice) Audience() Audience {
	return Audience{Units: n.Units, Roles: n.Roles, Employments: n.Employments, Systems: n.Systems}
}

// ShownOn says whether the notice stands on a day.
func (n Notice) ShownOn(day when.Date) bool {
	return n.State == string(Issued) && n.Issued != 0 && n.Issued <= day && (n.Ends == 0 || n.Ends >= day)
}

// Receipt says that a person has read a notice (既読の記録). There is one for each of them at most: its key is made of
// theirs. It is written by 20,000 people in a morning, so it is found through its notice and not by the search.
type Receipt struct {
	Code   string     `reg:"code,key,unsearched" ja:"既読番号" en:"Receipt no."`
	Notice string     `reg:"notice,required,list,filter" refers:"notice" ja:"お知らせ" en:"Notice"`
	Person string     `reg:"person,required,list" refers:"person" ja:"読んだ職員等" en:"Read by"`
	At     when.Stamp `reg:"at,required" ja:"読んだ日時" en:"Read at"`
}

// ReceiptKey names the receipt of a person for a notice.
func ReceiptKey(notice, person string) string { return notice + "." + person }

// Pledge is a promise to keep the policy, or secrets after the last day (誓約).
type Pledge struct {
	Code    string    `reg:"code,key" ja:"誓約番号" en:"Pledge no."`
	Person  string    `reg:"person,required,list" refers:"person" ja:"誓約した職員等" en:"Pledged by"`
	Kind    string    `reg:"kind,required,list,filter" vocab:"pledge_kind" ja:"種別" en:"Kind"`
	Version string    `reg:"version,list,filter" refers:"version" ja:"ポリシーの版" en:"Version of the policy"`
	Date    when.Date `reg:"date,required,list" ja:"誓約した日" en:"Pledged on"`
	Way     string    `reg:"way,required,filter" vocab:"pledge_way" ja:"方法" en:"How"`
	Paper   string    `reg:"paper" ja:"誓約書の文書番号" en:"Document no." help_ja:"書面のときに入力します。番号がないと、誓約を確かめられません。" help_en:"For a pledge on paper; without it nobody can look it up."`
}

// Guide is what one clause asks of somebody at their desk, in plain words, and how to judge (行動指針).
type Guide struct {
	Code    string    `reg:"code,key" ja:"指針番号" en:"Guide no."`
	Clause  string    `reg:"clause,required,list,filter" ja:"条項ID" en:"Clause id" help_ja:"基本方針9の条項IDです（例：bp.9.4）。" help_en:"Of clause 9, such as bp.9.4."`
	Name    string    `reg:"name,required,list,search" ja:"題名" en:"Title"`
	Brief   string    `reg:"brief,long,required" max:"600" ja:"申請の画面に示す要点" en:"In short, for forms" help_ja:"1行に1件ずつ入力してください。" help_en:"One point a line."`
	Text    string    `reg:"text,long,required,search" max:"8000" ja:"本文" en:"Text"`
	Version string    `reg:"version,required,list,filter" refers:"version" ja:"照らし合わせたポリシーの版" en:"Held against version"`
	Shown   []string  `reg:"shown" refers:"action" ja:"要点を示す手続" en:"Shown with acts"`
	Number  int64     `reg:"number,derived,list" ja:"版" en:"Edition"`
	From    when.Date `reg:"from,derived,list" ja:"施行日" en:"In force from"`
	Until   when.Date `reg:"until,derived,list" ja:"効力の終わり" en:"In force until"`
}

// InForceOn says whether the guide is in force on a day.
func (g Guide) InForceOn(day when.Date) bool {
	return g.From != 0 && g.From <= day && (g.Until == 0 || g.Until >= day)
}

// Kinds of pledges (vocabulary pledge_kind) and how they are given (pledge_way).
const (
	Joining = "joining"
	Renewal = "renewal"
	Leaving = "leaving"

	OnScreen = "screen"
	OnPaper  = "paper"
)

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := func(ids ...clause.ID) []clause.ID { return ids }
	return []*register.Def{
		register.Declare[Notice](register.Spec{Name: "notice", Title: msg.T("お知らせ・注意喚起", "Notices"), Lead: msg.T("職員等に発信したお知らせと注意喚起、その対象と期限です。", "What the staff was told, to whom and until when it was to be read."), Clauses: c("bp.5", "bp.9.1"), Group: "people", Label: "name", ReadOnly: true}),
		register.Declare[Receipt](register.Spec{Name: "receipt", Title: msg.T("既読の記録", "Notices read"), Lead: msg.T("お知らせと注意喚起を読んだ記録です。本人だけが記録できます。", "Who has read which notice. Everybody records it for themselves only."), Clauses: c("bp.5", "bp.9.1"), Group: "people", ReadOnly: true, Reach: &register.Reach{Own: []string{"person"}, Of: []string{"person"}, Roles: register.Answering(), Acts: []string{"notice.remind"}}}),
		register.Declare[Pledge](register.Spec{Name: "pledge", Title: msg.T("誓約", "Pledges"), Lead: msg.T("採用時などに、ポリシーを守り秘密を漏らさないことを誓約した記録です。", "Promises to keep the policy and secrets, given on joining and later."), Clauses: c("bp.5"), Group: "people", Reach: &register.Reach{Own: []string{"person"}, Of: []string{"person"}, Roles: register.Answering("hr_officer")}}),
		register.Declare[Guide](register.Spec{Name: "guide", Title: msg.T("行動指針", "Conduct guide"), Lead: msg.T("基本方針9の条項ごとに、職員等がどう行動し、どう判断するかを定めたものです。", "How to act and judge under each part of clause 9."), Clauses: c("bp.9.1"), Group: "policy", Label: "name", Start: "from", End: "until", Bind: bindGuide}),
	}
}
