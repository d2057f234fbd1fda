// Package transfer follows people through the city: it compares the personnel system's list with the register of
// people, prepares the changes of a transfer day (異動日) ahead, carries them out at midnight, and sees to what is left
// behind: hand-over notes (引継書) and the checklist of those who leave (離職時の確認).
//
// Clauses: bp.5 (everybody is known, and leaves nothing behind), bp.6 (posts are filled and handed over), bp.9.1.
//
// # Midnight
//
// Until its day a set of moves changes nothing but itself, so it can be taken back without a trace in any other
// register. Once it is confirmed, org.ActorOf reads it: from 00:00 of its day everybody has the unit and the posts of
// that day, by the date alone. The job of midnight then writes what ActorOf already says into the registers of people
// and assignments, all of it in one transaction, in which the set also stops counting as confirmed. So at every moment
// a person has exactly one set of rights: before midnight the old one, from midnight on the new one, and neither a late
// job nor the job itself makes a difference. What a page shows of another person's unit follows when the job has run.
package transfer

import (
	"embed"
	"io/fs"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the tables of this package beyond its registers.
func Schema() fs.FS {
	s, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return s
}

// HRPerson is a person as the personnel system lists them: evidence, imported, never edited.
type HRPerson struct {
	Code       string    `reg:"code,key" ja:"人事上の職員番号" en:"Person no. in HR"`
	Name       string    `reg:"name,required,list,search,personal" ja:"氏名" en:"Name"`
	Unit       string    `reg:"unit,list" ja:"人事上の組織コード" en:"HR unit code"`
	Employment string    `reg:"employment,list,filter" vocab:"employment" ja:"任用の区分" en:"Employment"`
	Joined     when.Date `reg:"joined,list" ja:"採用日" en:"Joined"`
	Left       when.Date `reg:"left,list" ja:"最終在職日" en:"Last day"`
	Manager    string    `reg:"manager" ja:"上司の職員番号" en:"Manager's person no."`
	Collected  when.Date `reg:"collected,required,list" ja:"取得日" en:"Collected"`
}

// Mapping says which column of a personnel file is which field (人事情報の列の対応). A title is compared as people read it:
// width, blanks and case do not count. In the LDIF export of a directory the titles are the names of attributes.
type Mapping struct {
	Code       string    `reg:"code,key" ja:"対応番号" en:"Mapping no."`
	Name       string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Full       bool      `reg:"full,list" ja:"在職者全員のファイル" en:"Lists everybody" help_ja:"選ぶと、ファイルにない職員を退職者の候補とします。" help_en:"Whoever is missing in the file is taken to have left."`
	Kinds      []string  `reg:"kinds,required,list" vocab:"employment" ja:"名簿に載る任用の区分" en:"Kinds of employment listed" help_ja:"この名簿に載っているはずの区分をすべて選びます。" help_en:"Every kind that the file is meant to list."`
	Key        string    `reg:"col_code,required" ja:"職員番号の見出し" en:"Title of: person no."`
	Person     string    `reg:"col_name,required" ja:"氏名の見出し" en:"Title of: name"`
	Kana       string    `reg:"col_kana" ja:"ふりがなの見出し" en:"Title of: reading"`
	Unit       string    `reg:"col_unit,required" ja:"所属の見出し" en:"Title of: unit" help_ja:"人事上の組織コードか組織名の列です。" help_en:"The column with the HR unit code or the name of the unit."`
	Employment string    `reg:"col_employment,required" ja:"任用の区分の見出し" en:"Title of: employment"`
	JobTitle   string    `reg:"col_title" ja:"職名の見出し" en:"Title of: job title"`
	Contract   string    `reg:"col_contract" ja:"契約番号の見出し" en:"Title of: contract no."`
	Joined     string    `reg:"col_joined,required" ja:"採用日の見出し" en:"Title of: joined"`
	Left       string    `reg:"col_left" ja:"最終在職日の見出し" en:"Title of: last day"`
	Mail       string    `reg:"col_mail" ja:"メールアドレスの見出し" en:"Title of: mail"`
	Manager    string    `reg:"col_manager" ja:"上司の職員番号の見出し" en:"Title of: manager's person no."`
	Status     string    `reg:"col_status" ja:"在職状況の見出し" en:"Title of: status"`
	GoneWords  string    `reg:"gone_words" ja:"退職を表す語" en:"Words that say somebody has left" help_ja:"在職状況の列の値を、読点で区切って並べます。例：退職、離職" help_en:"Values of the status column, parted by commas."`
	Effective  string    `reg:"col_effective" ja:"発令日の見出し" en:"Title of: effective date"`
	Terms      string    `reg:"terms,long" ja:"任用の区分の読替え" en:"How kinds of employment are read" help_ja:"1行に1件、「人事の語＝任用の区分」の形で並べます。例：正職員＝正規職員" help_en:"One a line, word = kind of employment."`
	Applied    when.Date `reg:"applied,derived,list" ja:"最後に取り込んだ日" en:"Last import"`
}

// Handover is what the former holder of a post leaves to the next (引継書).
type Handover struct {
	Code       string    `reg:"code,key" ja:"引継番号" en:"Hand-over no."`
	Post       string    `reg:"post,required,list,filter" refers:"post" ja:"役職" en:"Post"`
	Set        string    `reg:"moveset,list" refers:"moveset" ja:"一括準備" en:"Set of moves"`
	Assignment string    `reg:"assignment" refers:"assignment" ja:"後任の任命" en:"Assignment of the successor"`
	Giver      string    `reg:"giver,required,list" refers:"person" ja:"前任者" en:"Former holder"`
	Taker      string    `reg:"taker,required,list" refers:"person" ja:"後任者" en:"Successor"`
	From       when.Date `reg:"from,required,list" ja:"着任日" en:"From"`
	Text       string    `reg:"text,long" ja:"引継ぎの内容" en:"What is handed over"`
	Items      string    `reg:"items,long" ja:"引き渡すもの" en:"Things left" help_ja:"鍵、媒体、文書など、1行に1件ずつ記入します。" help_en:"Keys, media, papers, one a line."`
	Given      when.Date `reg:"given,list" ja:"引継書を渡した日" en:"Given"`
	Accepted   when.Date `reg:"accepted,list" ja:"受領した日" en:"Accepted"`
}

// LeaveCheck is what is confirmed of somebody who leaves (離職時の確認). Each day is that on which it was seen to, also
// when there was nothing to give back.
type LeaveCheck struct {
	Code     string    `reg:"code,key" ja:"確認番号" en:"Checklist no."`
	Person   string    `reg:"person,required,list,filter" refers:"person" ja:"離職する職員" en:"Person"`
	Last     when.Date `reg:"last,required,list" ja:"最終在職日" en:"Last day"`
	Set      string    `reg:"moveset" refers:"moveset" ja:"一括準備" en:"Set of moves"`
	Media    when.Date `reg:"media,list" ja:"媒体と端末の返却を確認した日" en:"Media and devices returned"`
	Keys     when.Date `reg:"keys,list" ja:"鍵の返却を確認した日" en:"Keys returned"`
	Cards    when.Date `reg:"cards,list" ja:"職員証とカードの返却を確認した日" en:"Cards returned"`
	Accounts when.Date `reg:"accounts,list" ja:"利用者IDの停止を確認した日" en:"Accounts closed"`
	Reminder when.Date `reg:"reminder,list" ja:"守秘義務を改めて伝えた日" en:"Reminded of secrecy"`
	By       string    `reg:"checked_by,list" refers:"person" ja:"確認した職員" en:"Checked by"`
	Note     string    `reg:"note,long" ja:"備考" en:"Note"`
}

// Done says whether everything was seen to.
func (l LeaveCheck) Done() bool {
	return l.Media != 0 && l.Keys != 0 && l.Cards != 0 && l.Accounts != 0 && l.Reminder != 0 && l.By != ""
}

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := func(ids ...clause.ID) []clause.ID { return ids }
	return []*register.Def{
		register.Declare[HRPerson](register.Spec{Name: "hrperson", Title: msg.T("人事情報の職員", "People in the HR system"), Lead: msg.T("人事システムから取り込んだ職員の一覧で、職員等の台帳との突合に使います。", "People as the personnel system lists them, compared with the register of people."), Clauses: c("bp.5"), Group: "people", Label: "name", Reach: &register.Reach{Roles: register.Overseers, Acts: []string{"hr.apply"}}}),
		register.Declare[Mapping](register.Spec{Name: "hrmapping", Title: msg.T("人事情報の列の対応", "Column mappings of HR files"), Lead: msg.T("人事ファイルのどの列がどの項目に当たるかを定めます。", "Which column of a personnel file is which field."), Clauses: c("bp.5"), Group: "people", Label: "name", Bind: bindMapping, Reach: &register.Reach{Roles: register.Overseers, Acts: []string{"hr.apply"}}}),
		register.Declare[Handover](register.Spec{Name: "handover", Title: msg.T("引継書", "Hand-over notes"), Lead: msg.T("前任者から後任者への引継ぎの記録です。", "What former holders of posts leave to the next."), Clauses: c("bp.6"), Group: "people", Reach: register.About("giver", "taker")}),
		register.Declare[LeaveCheck](register.Spec{Name: "leavecheck", Title: msg.T("離職時の確認", "Leave checklists"), Lead: msg.T("離職する方の返却、停止、守秘義務の確認です。", "What is confirmed of those who leave."), Clauses: c("bp.5"), Group: "people", Reach: &register.Reach{Own: []string{"person"}, Of: []string{"person"}, Roles: register.Answering("hr_officer")}}),
	}
}

// Config says what the module needs.
type Config struct {
	Store    *db.Store
	Catalog  *register.Catalog
	Gate     *act.Gate
	Calendar *when.Calendar
}

// Service is the module at work.
type Service struct{ c Config }

// New makes it.
func New(c Config) *Service { return &Service{c: c} }
