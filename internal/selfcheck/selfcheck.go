// Package selfcheck lets every person and every unit look at what they do themselves, once a fiscal year (自己点検):
// sheets of questions by role, a campaign that puts them to everybody, answers with the evidence for a "yes", a second
// person who looks again at a sample, and the figure that counts most: answers that the registers and scans contradict.
// It also keeps the yearly confirmation of each unit by whoever answers for it (遵守状況の確認).
//
// Clauses: bp.9.3 (confirmation that the policy is kept, problems reported to the CISO), bp.11 (self-inspection).
package selfcheck

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// Sheet is a set of questions for a kind of people or for units (点検票).
type Sheet struct {
	Code  string   `reg:"code,key" ja:"点検票番号" en:"Sheet no."`
	Name  string   `reg:"name,required,list,search" ja:"点検票" en:"Sheet"`
	For   string   `reg:"kind,required,list,filter" vocab:"sheet_for" ja:"対象" en:"For"`
	Roles []string `reg:"roles,list" vocab:"role" ja:"対象の役割" en:"For roles" help_ja:"個人用の点検票で選ぶと、その役割の人にはほかの点検票より先にこれを使います。選ばないときは全員が対象です。" help_en:"On a sheet for people: whoever holds one of these gets this sheet before others. None: everybody."`
	From  int64    `reg:"from,required,list" ja:"使い始める年度（西暦）" en:"First fiscal year" help_ja:"令和8年度は2026です。" help_en:"The year in which it begins, such as 2026."`
	Until int64    `reg:"until,list" ja:"使い終える年度（西暦）" en:"Last fiscal year" help_ja:"0は、使い終える年度を決めていないことを示します。" help_en:"0: open."`
}

// ValidIn says whether the sheet is used in a fiscal year.
func (s Sheet) ValidIn(fy int) bool {
	return s.From != 0 && s.From <= int64(fy) && (s.Until == 0 || s.Until >= int64(fy))
}

// Item is a question of a sheet (点検項目). A "yes" is set beside what its checks find.
type Item struct {
	Code     string   `reg:"code,key" ja:"項目番号" en:"Item no."`
	Sheet    string   `reg:"sheet,required,list,filter" refers:"checksheet" ja:"点検票" en:"Sheet"`
	Order    int64    `reg:"order,list" ja:"並び順" en:"Order"`
	Text     string   `reg:"text,required,list,search" max:"400" ja:"問い" en:"Question" help_ja:"「はい」が望ましい答えになるように書きます。" help_en:"Put it so that yes is the wanted answer."`
	Clauses  []string `reg:"clauses,list" ja:"関係する条項" en:"Clauses" help_ja:"条項IDで入力します（例：bp.9.1）。" help_en:"By id, such as bp.9.1."`
	Checks   []string `reg:"checks" ja:"照らし合わせる検査" en:"Checks it is held against" help_ja:"検査番号で入力します（例：R054）。「はい」と検査の結果が食い違うと、不一致として数えます。" help_en:"By number, such as R054. A yes that they contradict is a mismatch."`
	Evidence bool     `reg:"evidence,list" ja:"「はい」に根拠が必要" en:"A yes needs evidence"`
}

// Campaign puts sheets to everybody at once (自己点検の実施). Its state moves by the acts of this package alone.
type Campaign struct {
	Code       string    `reg:"code,key" ja:"実施番号" en:"Campaign no."`
	Name       string    `reg:"name,required,list,search" ja:"件名" en:"Subject"`
	FY         int64     `reg:"fy,required,list,filter" ja:"年度（西暦）" en:"Fiscal year"`
	Sheets     []string  `reg:"sheets,list" refers:"checksheet" ja:"使う点検票" en:"Sheets"`
	Opens      when.Date `reg:"opens,required,list" ja:"開始日" en:"Opens"`
	Due        when.Date `reg:"due,required,list" ja:"回答の期限" en:"To be answered by"`
	State      string    `reg:"state,required,list,filter" vocab:"campaign_state" ja:"状態" en:"State"`
	By         string    `reg:"by" refers:"person" ja:"開始した職員" en:"Started by"`
	Closed     when.Date `reg:"closed,list" ja:"締め切った日" en:"Closed on"`
	Seed       string    `reg:"seed" ja:"抽出の種" en:"Seed of the sample" help_ja:"同じ種と同じ回答票からは、いつも同じ回答票が抽出されます。" help_en:"The same seed and forms always give the same sample."`
	Asked      *int64    `reg:"asked" ja:"検査と照らし合わせた「はい」の数" en:"Yeses held against checks"`
	Mismatches *int64    `reg:"mismatches,list" ja:"締切り時の不一致の数" en:"Mismatches when closed"`
}

// Response is the sheet of one person or unit in a campaign (回答票). There is one for each of them at most: its key is
// made of theirs. The answers stand in one field, a line each: 20,000 people with a dozen answers are then 20,000
// records and not 260,000, each read, saved and kept in the history as the whole that a person sees and confirms.
type Response struct {
	Code        string    `reg:"code,key,unsearched" ja:"回答票番号" en:"Response no."`
	Campaign    string    `reg:"campaign,required,list,filter" refers:"campaign" ja:"自己点検" en:"Campaign"`
	Sheet       string    `reg:"sheet,required" refers:"checksheet" ja:"点検票" en:"Sheet"`
	Person      string    `reg:"person,list" refers:"person" ja:"回答する職員等" en:"Person"`
	Unit        string    `reg:"unit" refers:"unit" ja:"回答する組織" en:"Unit"`
	Section     string    `reg:"section,required,list,filter" refers:"unit" ja:"所属" en:"Section"`
	State       string    `reg:"state,required" vocab:"response_state" ja:"状態" en:"State"`
	Since       when.Date `reg:"since" ja:"今の状態になった日" en:"In this state since"`
	By          string    `reg:"by" refers:"person" ja:"回答した職員等" en:"Answered by"`
	Submitted   when.Date `reg:"submitted" ja:"提出日" en:"Submitted"`
	Given       int64     `reg:"given" ja:"答えた項目の数" en:"Items answered"`
	Answers     string    `reg:"answers,long,personal" max:"40000" ja:"回答" en:"Answers"`
	Comment     string    `reg:"comment,long,personal" max:"1000" ja:"差戻しの理由" en:"Why it was sent back"`
	Confirmer   string    `reg:"confirmer" refers:"person" ja:"確認した職員" en:"Confirmed by"`
	Confirmed   when.Date `reg:"confirmed" ja:"確認日" en:"Confirmed on"`
	Sampled     bool      `reg:"sampled" ja:"抽出再点検の対象" en:"Drawn for the second look"`
	Recheck     string    `reg:"recheck" vocab:"recheck_verdict" ja:"再点検の結果" en:"Second look"`
	RecheckBy   string    `reg:"recheck_by" refers:"person" ja:"再点検した職員" en:"Second look by"`
	RecheckOn   when.Date `reg:"recheck_on" ja:"再点検した日" en:"Second look on"`
	RecheckNote string    `reg:"recheck_note,long,personal" max:"1000" ja:"再点検の所見" en:"What the second look found"`
}

// ResponseKey names the response of a person or unit in a campaign.
func ResponseKey(campaign, who string) string { return campaign + "." + who }

// Answered says whether the sheet has been handed in.
func (r Response) Answered() bool {
	return r.State == string(Submitted) || r.State == string(Done)
}

// Who is the person or unit asked.
func (r Response) Who() string {
	if r.Unit != "" {
		return r.Unit
	}
	return r.Person
}

// Confirmation is that whoever answers for a unit has looked whether it keeps the policy (遵守状況の確認).
type Confirmation struct {
	Code     string    `reg:"code,key" ja:"確認番号" en:"Confirmation no."`
	Unit     string    `reg:"unit,required,list,filter" refers:"unit" ja:"組織" en:"Unit"`
	FY       int64     `reg:"fy,required,list,filter" ja:"年度（西暦）" en:"Fiscal year" help_ja:"令和8年度は2026です。" help_en:"The year in which it begins, such as 2026."`
	Date     when.Date `reg:"date,required,list" ja:"確認日" en:"Confirmed on"`
	By       string    `reg:"by,list" refers:"person" ja:"確認した職員" en:"Confirmed by" help_ja:"情報セキュリティ責任者又は情報セキュリティ管理者です。" help_en:"The information security officer or manager."`
	Problem  string    `reg:"problem,long" max:"2000" ja:"見つかった問題" en:"Problem found" help_ja:"問題がなければ空欄にします。" help_en:"Empty when there is none."`
	Reported when.Date `reg:"reported,list" ja:"CISOに報告した日" en:"Reported to the CISO on"`
}

// What a sheet is for (vocabulary sheet_for), the states of a campaign (campaign_state) and what a second look finds
// (recheck_verdict).
const (
	ForPerson = "person"
	ForUnit   = "unit"

	Open      = "open"
	Closed    = "closed"
	Withdrawn = "withdrawn"

	Agrees  = "agrees"
	Differs = "differs"
)

// outsider is the kind of employment of those who work here for another employer: their company answers for them.
const outsider = "contractor"

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c, kept := []clause.ID{"bp.11"}, []clause.ID{"bp.9.3", "bp.11"}
	return []*register.Def{
		register.Declare[Sheet](register.Spec{Name: "checksheet", Title: msg.T("点検票", "Self-inspection sheets"), Lead: msg.T("自己点検の問いをまとめたひな型です。個人用と課・室用があります。", "Sets of questions for self-inspection, for people and for sections."), Clauses: c, Group: "people", Label: "name"}),
		register.Declare[Item](register.Spec{Name: "checkitem", Title: msg.T("点検項目", "Self-inspection items"), Lead: msg.T("点検票の問いと、照らし合わせる条項・検査です。", "The questions of the sheets, with the clauses and checks they are held against."), Clauses: c, Group: "people", Label: "text"}),
		register.Declare[Campaign](register.Spec{Name: "campaign", Title: msg.T("自己点検の実施", "Self-inspections"), Lead: msg.T("年度ごとの自己点検の期間と結果です。", "The self-inspection of each fiscal year and its outcome."), Clauses: c, Group: "people", Label: "name", ReadOnly: true}),
		register.Declare[Response](register.Spec{Name: "response", Title: msg.T("回答票", "Self-inspection responses"), Lead: msg.T("職員等と課・室の回答票です。回答の内容は本人と確認する人だけに示します。", "The sheets of people and sections. What they answered is shown to themselves and to who confirms."), Clauses: c, Group: "people", ReadOnly: true, Reach: &register.Reach{Own: []string{"person", "by"}, Of: []string{"section"}, Roles: register.Answering(), Acts: []string{"selfcheck.close", "selfcheck.recheck"}}}),
		register.Declare[Confirmation](register.Spec{Name: "confirmation", Title: msg.T("遵守状況の確認", "Confirmations of compliance"), Lead: msg.T("課・室ごとに、ポリシーが守られているかを責任者・管理者が確認した記録です。", "That whoever answers for a section has looked whether it keeps the policy."), Clauses: kept, Group: "people", Unit: "unit", Reach: &register.Reach{Own: []string{"by"}, Of: []string{"unit"}, Roles: register.Answering()}}),
	}
}
