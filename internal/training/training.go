// Package training keeps what people are taught: the yearly plan and its approval, courses by role with lessons and
// questions, sessions, who completed what on which version, and mail drills with what follows from them.
//
// Clauses: bp.5 (everybody understands the policy), bp.9.1 (教育・訓練).
package training

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// Plan is the training plan of a fiscal year (研修計画). Its state moves by its route alone.
type Plan struct {
	Code      string    `reg:"code,key" ja:"計画番号" en:"Plan no."`
	Name      string    `reg:"name,required,list,search" ja:"件名" en:"Subject"`
	FY        int64     `reg:"fy,required,list,filter" ja:"年度（西暦）" en:"Fiscal year" help_ja:"令和8年度は2026です。" help_en:"The year in which it begins, such as 2026."`
	Content   string    `reg:"content,long,required" ja:"計画の内容" en:"What is planned" help_ja:"対象、時期、方法、目標を書きます。" help_en:"For whom, when, how and with what aim."`
	State     string    `reg:"state,list,filter,derived" vocab:"plan_state" ja:"状態" en:"State"`
	Applicant string    `reg:"applicant,derived" refers:"person" ja:"申請した職員" en:"Applicant"`
	Applied   when.Date `reg:"applied,derived" ja:"申請日" en:"Applied"`
	Approver  string    `reg:"approver,derived" refers:"person" ja:"承認した職員" en:"Approver"`
	Approved  when.Date `reg:"approved,list,derived" ja:"承認日" en:"Approved"`
	Meeting   string    `reg:"meeting,list" refers:"meeting" ja:"結果を報告した会議" en:"Meeting that heard the result"`
	Result    string    `reg:"result,long" ja:"実施の結果" en:"Result" help_ja:"受講者数、受講率、標的型メール訓練の結果などです。" help_en:"How many took part, the rates, the outcome of mail drills."`
}

// Course is something people are taught (研修): for everybody, for holders of roles, or for those who failed a drill.
type Course struct {
	Code    string    `reg:"code,key" ja:"研修番号" en:"Course no."`
	Name    string    `reg:"name,required,list,search" ja:"研修名" en:"Course"`
	Kind    string    `reg:"kind,required,list,filter" vocab:"course_kind" ja:"研修の種別" en:"Kind of course"`
	Roles   []string  `reg:"roles,list" vocab:"role" ja:"受講を必要とする役割" en:"Roles that must take it" help_ja:"役割別研修のときに選びます。" help_en:"For a course by role."`
	Pass    *int64    `reg:"pass,list" ja:"合格点" en:"Pass mark" help_ja:"100点満点です。空欄は、設問があれば80点とします。" help_en:"Out of 100. Empty: 80 where there are questions."`
	From    when.Date `reg:"from,required,list" ja:"開始日" en:"From"`
	Until   when.Date `reg:"until,list" ja:"終了日" en:"Until"`
	Edition string    `reg:"edition,required,list" max:"40" ja:"教材の版" en:"Edition of the material" help_ja:"教材を改めたら版も改めます。受講の記録に残ります。" help_en:"Change it with the material; the completion keeps it."`
	Summary string    `reg:"summary,long,search" ja:"内容" en:"Content"`
	Source  string    `reg:"source" ja:"教材の出所" en:"Where the material came from"`
}

// Session is a meeting in which a course is given (集合研修の開催).
type Session struct {
	Code   string    `reg:"code,key" ja:"開催番号" en:"Session no."`
	Course string    `reg:"course,required,list,filter" refers:"course" ja:"研修" en:"Course"`
	Name   string    `reg:"name,required,list,search" ja:"開催名" en:"Session"`
	Date   when.Date `reg:"date,required,list" ja:"開催日" en:"Held on"`
	Place  string    `reg:"place,list" ja:"会場" en:"Place"`
	Unit   string    `reg:"unit,list,filter" refers:"unit" ja:"対象の組織" en:"Unit invited" help_ja:"空欄は全庁です。" help_en:"Empty: everybody."`
}

// Lesson is a page of a course's material (教材のページ).
type Lesson struct {
	Code   string `reg:"code,key" ja:"教材番号" en:"Lesson no."`
	Course string `reg:"course,required,list,filter" refers:"course" ja:"研修" en:"Course"`
	Order  int64  `reg:"order,list" ja:"並び順" en:"Order"`
	Name   string `reg:"name,required,list,search" ja:"見出し" en:"Heading"`
	Text   string `reg:"text,long,search" max:"20000" ja:"本文" en:"Text" help_ja:"空行で段落が分かれます。" help_en:"An empty line parts paragraphs."`
}

// Question is asked at the end of a course (設問). What is right is kept from lists, exports and all who do not keep
// the questions themselves: Personal is the mark for that.
type Question struct {
	Code        string `reg:"code,key" ja:"設問番号" en:"Question no."`
	Course      string `reg:"course,required,list,filter" refers:"course" ja:"研修" en:"Course"`
	Order       int64  `reg:"order,list" ja:"並び順" en:"Order"`
	Text        string `reg:"text,long,required,list" ja:"問い" en:"Question"`
	Choices     string `reg:"choices,long,required" ja:"選択肢" en:"Choices" help_ja:"1行に一つずつ書きます。" help_en:"One a line."`
	Right       string `reg:"right,required,personal" max:"40" ja:"正答の番号" en:"Numbers of the right choices" help_ja:"複数のときは「1 3」のように空白で区切ります。" help_en:"Several are parted by blanks: 1 3."`
	Explanation string `reg:"explanation,long,personal" ja:"解説" en:"Explanation"`
}

// Completion is that somebody took a course (受講の記録), passed or not, and on which edition of the material. Which
// course it was is not for everybody: one of them tells who failed a drill.
type Completion struct {
	Code    string    `reg:"code,key" ja:"受講番号" en:"Completion no."`
	Person  string    `reg:"person,required,list,filter" refers:"person" ja:"受講した職員等" en:"Person"`
	Course  string    `reg:"course,required,filter,personal" refers:"course" ja:"研修" en:"Course"`
	Session string    `reg:"session,personal" refers:"session" ja:"集合研修の開催" en:"Session"`
	Date    when.Date `reg:"date,required,list" ja:"受講日" en:"Date"`
	Way     string    `reg:"way,required,list,filter" vocab:"training_way" ja:"受講の方法" en:"Way"`
	Score   *int64    `reg:"score,personal" ja:"得点" en:"Score"`
	Passed  bool      `reg:"passed,list,filter" ja:"修了" en:"Passed"`
	Edition string    `reg:"edition" max:"40" ja:"教材の版" en:"Edition of the material"`
}

// Drill is a mail sent to see who opens it (標的型メール訓練).
type Drill struct {
	Code     string    `reg:"code,key" ja:"訓練番号" en:"Drill no."`
	Name     string    `reg:"name,required,list,search" ja:"訓練名" en:"Drill"`
	Date     when.Date `reg:"date,required,list" ja:"実施日" en:"Date"`
	Kind     string    `reg:"kind,required,list,filter" vocab:"drill_kind" ja:"訓練の種別" en:"Kind of drill"`
	Scope    string    `reg:"scope,list" ja:"対象の範囲" en:"Who was sent it"`
	Course   string    `reg:"course,list" refers:"course" ja:"開封した人のフォロー研修" en:"Course for those who opened it"`
	Scenario string    `reg:"scenario,long" ja:"文面の概要" en:"What the mail said"`
}

// Result is how one person did in a drill (訓練の結果). It is for that person and for those who keep the register;
// everybody else sees figures. So nothing of it stands in a list.
type Result struct {
	Code     string    `reg:"code,key" ja:"結果番号" en:"Result no."`
	Drill    string    `reg:"drill,required,list,filter" refers:"maildrill" ja:"訓練" en:"Drill"`
	Person   string    `reg:"person,required,personal" refers:"person" ja:"職員等" en:"Person"`
	Unit     string    `reg:"unit,personal" refers:"unit" ja:"訓練時の所属" en:"Unit at the time"`
	Opened   bool      `reg:"opened,personal" ja:"開封した" en:"Opened"`
	Reported bool      `reg:"reported,personal" ja:"報告した" en:"Reported"`
	Followup when.Date `reg:"followup,personal" ja:"フォロー研修の修了日" en:"Follow-up done on"`
}

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := []clause.ID{"bp.9.1"}
	return []*register.Def{
		register.Declare[Plan](register.Spec{Name: "trainingplan", Title: msg.T("研修計画", "Training plans"), Lead: msg.T("年度ごとの研修計画と、その承認、結果の報告です。", "The plan of each fiscal year, its approval and the report of its result."), Clauses: c, Group: "people", Label: "name", Bind: bindPlan}),
		register.Declare[Course](register.Spec{Name: "course", Title: msg.T("研修", "Courses"), Lead: msg.T("全員、役割ごと、訓練後のフォローの研修です。", "Courses for everybody, by role, and after a drill."), Clauses: c, Group: "people", Label: "name", Start: "from", End: "until"}),
		register.Declare[Session](register.Spec{Name: "session", Title: msg.T("集合研修の開催", "Training sessions"), Lead: msg.T("集合研修の開催です。出席は研修のページで記録します。", "Sessions of courses. Attendance is recorded on the page of training."), Clauses: c, Group: "people", Label: "name"}),
		register.Declare[Lesson](register.Spec{Name: "lesson", Title: msg.T("教材のページ", "Lessons"), Lead: msg.T("eラーニングの教材です。", "Pages of the material for e-learning."), Clauses: c, Group: "people", Label: "name"}),
		register.Declare[Question](register.Spec{Name: "question", Title: msg.T("設問", "Questions"), Lead: msg.T("研修の終わりに問う設問です。正答と解説は、設問を管理する方だけに表示します。", "Questions at the end of a course. What is right is shown only to those who keep them."), Clauses: c, Group: "people", Bind: bindQuestion}),
		register.Declare[Completion](register.Spec{Name: "completion", Title: msg.T("受講の記録", "Completions"), Lead: msg.T("だれがどの研修を、いつ、どの版の教材で受けたかの記録です。研修名と得点は、本人とこの台帳を管理する方だけに表示します。", "Who took which course, when, and on which edition. Course and score are shown to that person and to those who keep this register."), Clauses: []clause.ID{"bp.5", "bp.9.1"}, Group: "people", Bind: bindCompletion, Reach: register.About("person")}),
		register.Declare[Drill](register.Spec{Name: "maildrill", Title: msg.T("標的型メール訓練", "Mail drills"), Lead: msg.T("標的型メール訓練の実施です。", "Mail drills that were held."), Clauses: c, Group: "people", Label: "name", Reach: &register.Reach{Roles: register.Overseers, From: "date"}}),
		register.Declare[Result](register.Spec{Name: "drillresult", Title: msg.T("訓練の結果", "Drill results"), Lead: msg.T("訓練の一人ごとの結果です。本人だけに表示します。", "The result of each person in a drill, shown to that person alone."), Clauses: c, Group: "people", Reach: &register.Reach{Own: []string{"person"}, Only: true}}),
	}
}
