package training

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/when"
)

// Checks are the checks of clause 9(1) on training.
func Checks() []check.Check {
	return []check.Check{planned(), taught(), taughtInTime(), drilled()}
}

// Joins work out the facts these checks need from more than one register.
func Joins() []check.Join {
	return []check.Join{cityPlan(), cityDrills(), planHeard(), personYear(), personJoined(), assignmentCourses(), csirtCourses(), auditorCourses(), resultFollowed()}
}

func yearName(fy int64) msg.Text {
	return msg.Text{JA: when.FYName(int(fy), msg.JA), EN: when.FYName(int(fy), msg.EN)}
}

// planned is R080: training is planned, and its result is heard by the committee (bp.9.1).
func planned() check.Check {
	return check.Check{
		ID: "R080", Clauses: []clause.ID{"bp.9.1"}, Basis: "S", Severity: 2, Params: []string{"N.plan"},
		Title: msg.T("研修の計画を立て、結果を委員会に報告する", "Training is planned and its result reported"),
		Duty: msg.T("毎年度、期日までに研修計画の承認を受け、実施の結果をその年度の委員会に報告する。",
			"Each fiscal year a training plan is approved in time, and its result is reported to the committee in the same year."),
		Who: org.WhoChief(),
		Parts: []check.Part{
			{
				Name: "city", Subject: "city",
				NotDue: `!resource.training_planned && context.today <= resource.training_plan_due`,
				Breach: `!resource.training_planned`,
				Since:  "training_plan_late",
				Owner:  check.Owner{Role: "chief"}, Rank: check.Signed, Evidence: []string{"trainingplan"},
				Reason: func(s check.Subject) msg.Text {
					return msg.F("%sの研修計画が、期日の%sまでに承認されていません。", "No training plan of %s was approved by %s.",
						yearName(int64(s.Today().FY())), s.Date("training_plan_due").Both())
				},
				Mend: check.Mend{URL: "/training/plan", Label: msg.T("研修計画を立てる", "Make the plan")},
			},
			{
				Name: "plan", Subject: "trainingplan", Scope: `resource.state == "approved" && resource.plan_recent`,
				NotDue:  `!resource.plan_late && !resource.result_heard && context.today < resource.plan_year_over`,
				Breach:  `resource.plan_late || !resource.result_heard`,
				Unknown: `!resource.result_minuted`,
				Since:   "plan_breach",
				Owner:   check.Owner{Role: "chief"}, Rank: check.Signed, Evidence: []string{"approved", "meeting"},
				Reason: reasonPlan,
				Mend:   check.Mend{URL: "/training/plan/{key}", Label: msg.T("計画と結果の報告を確かめる", "Look at the plan and its report")},
			},
		},
	}
}

func reasonPlan(s check.Subject) msg.Text {
	name := s.Text("name")
	switch {
	case s.Bool("plan_late"):
		return msg.F("「%s」が承認されたのは%sで、期日の%sを過ぎていました。", "“%s” was approved on %s, after %s.", name, s.Date("approved").Both(), s.Date("plan_due").Both())
	case !s.Bool("result_heard"):
		return msg.F("「%s」の結果を、%sのうちに委員会に報告した記録がありません。", "No meeting of %[2]s is on record that heard the result of “%[1]s”.", name, yearName(s.Int("fy")))
	default:
		return msg.F("「%s」の結果を報告した会議に議事録がないため、報告の内容を確かめられません。", "The meeting that heard the result of “%s” has no minutes, so it cannot be told what was reported.", name)
	}
}

// taught is R081: everybody who serves long enough in a fiscal year is trained in it (bp.9.1).
func taught() check.Check {
	return check.Check{
		ID: "R081", Clauses: []clause.ID{"bp.9.1"}, Basis: "S", Severity: 2, Params: []string{"N.minservice"},
		Title: msg.T("すべての職員等が毎年度研修を受ける", "Everybody is trained each fiscal year"),
		Duty: msg.T("年度内の在職日数が基準に達する職員等は、その年度のうちに研修を一つ以上修了する。",
			"Whoever serves for as many days as set in a fiscal year completes at least one course in it."),
		Who: msg.T("すべての職員等", "Everybody"),
		Parts: []check.Part{{
			Subject: "person", Scope: `resource.owes_year || resource.owed_year`,
			NotDue:  `resource.owes_year && !resource.trained_year && context.today <= resource.train_due && !resource.missed_year && !resource.untold_year`,
			Breach:  `resource.missed_year || (resource.owes_year && !resource.trained_year && context.today > resource.train_due)`,
			Unknown: `resource.untold_year`,
			Since:   "train_late",
			Owner:   check.Owner{Scope: "code"}, Rank: check.Log, Evidence: []string{"completion"},
			Reason: func(s check.Subject) msg.Text {
				last := yearName(int64(s.Today().FY() - 1))
				switch {
				case s.Result() == check.Undetermined:
					return msg.F("%sの受講の記録が一件もなく、%sが研修を修了したか確かめられません。今年度の研修もまだ修了していません。",
						"No completion of %s is on record at all, so it cannot be told whether %s was trained; nor was a course completed this year.", last, s.Text("name"))
				case s.Bool("missed_year"):
					return msg.F("%sは、%sに研修を修了していません。", "%s completed no course in %s.", s.Text("name"), last)
				default:
					return msg.F("%sは、在職していた%sまでに今年度の研修を修了していません。", "%s completed no course this fiscal year by the last day with the city, %s.", s.Text("name"), s.Date("train_due").Both())
				}
			},
			Mend: check.Mend{URL: "/training", Label: msg.T("研修を受ける", "Take a course")},
		}},
	}
}

// taughtInTime is R082: new staff are taught at once, holders of roles soon after they are assigned (bp.9.1).
func taughtInTime() check.Check {
	return check.Check{
		ID: "R082", Clauses: []clause.ID{"bp.9.1"}, Basis: "G", Severity: 2, Params: []string{"N.newhire", "N.rolecourse"},
		Title: msg.T("採用時と任命時に、期限までに研修を受ける", "New staff and holders of roles are taught in time"),
		Duty: msg.T("採用された職員等は基礎研修を、役割に就いた職員（CSIRTの要員と監査人を含む）は役割別研修を、期限までに修了する。",
			"New staff complete the basic course, and holders of roles, members of the CSIRT and auditors among them, the course of their role, in time."),
		Who: msg.T("情報セキュリティ管理者、統括情報セキュリティ責任者", "Information security manager of the section; chief information security manager"),
		Parts: []check.Part{
			{
				Name: "new", Subject: "person", Scope: `resource.newly_joined`,
				NotDue: `resource.basic_done == 0 && context.today <= resource.basic_due`,
				Breach: `resource.basic_done == 0 || resource.basic_done > resource.basic_due`,
				Since:  "basic_late",
				Owner:  check.Owner{Role: "section_manager", Scope: "unit"}, Rank: check.Log, Evidence: []string{"joined", "completion"},
				Reason: func(s check.Subject) msg.Text {
					if s.Date("basic_done") == 0 {
						return msg.F("%sに採用された%sが、期限の%sまでに基礎研修を修了していません。", "%[2]s, who joined on %[1]s, did not complete the basic course by %[3]s.",
							s.Date("joined").Both(), s.Text("name"), s.Date("basic_due").Both())
					}
					return msg.F("%sが基礎研修を修了したのは%sで、期限の%sを過ぎていました。", "%s completed the basic course on %s, after %s.",
						s.Text("name"), s.Date("basic_done").Both(), s.Date("basic_due").Both())
				},
				Mend: check.Mend{URL: "/registers/completion/new?person={key}", Label: msg.T("受講を記録する", "Record the completion")},
			},
			{
				Name: "role", Subject: "assignment", Scope: `resource.role_courses > 0`,
				NotDue: `resource.role_overdue == 0 && resource.role_pending > 0`,
				Breach: `resource.role_overdue > 0`,
				Since:  "role_late",
				Owner:  check.Owner{Scope: "person"}, Rank: check.Log, Evidence: []string{"from", "completion"},
				Reason: func(s check.Subject) msg.Text {
					return msg.F("%sに任命された%sが、役割に必要な「%s」を期限の%sまでに修了していません。", "%[2]s, assigned on %[1]s, did not complete “%[3]s”, which the role needs, by %[4]s.",
						s.Date("from").Both(), s.Name("person", s.Text("person")), s.Name("course", s.Text("role_course")), (s.Date("role_late") - 1).Both())
				},
				Mend: check.Mend{URL: "/training", Label: msg.T("役割別研修を受ける", "Take the course of the role")},
			},
			{
				Name: "csirt", Subject: "csirt", Scope: `resource.team_courses > 0`,
				NotDue: `resource.team_overdue == 0 && resource.team_pending > 0`,
				Breach: `resource.team_overdue > 0`,
				Since:  "team_late",
				Owner:  check.Owner{Role: "csirt_chief"}, Rank: check.Log, Evidence: []string{"task", "completion"},
				Reason: func(s check.Subject) msg.Text {
					return msg.F("「%s」の要員のうち%d人が、CSIRTの役割に必要な研修を期限までに修了していません。", "%[2]d member(s) of “%[1]s” did not complete the course of their role in time.",
						s.Text("name"), s.Int("team_overdue"))
				},
				Mend: check.Mend{URL: "/training/office", Label: msg.T("受講の状況を確かめる", "Look at who took it")},
			},
			{
				Name: "audit", Subject: "audit", Scope: `resource.auditor_courses > 0`,
				NotDue: `resource.date > context.today && resource.auditors_untaught > 0`,
				Breach: `resource.auditors_untaught > 0`,
				Since:  "date",
				Owner:  check.Owner{Role: "audit_chief"}, Rank: check.Log, Evidence: []string{"auditors", "completion"},
				Reason: func(s check.Subject) msg.Text {
					return msg.F("%sの「%s」の監査人のうち%d人が、監査人の研修を修了しないまま監査をしています。", "%[3]d auditor(s) of “%[2]s” of %[1]s had not completed the course for auditors.",
						s.Date("date").Both(), s.Text("name"), s.Int("auditors_untaught"))
				},
				Mend: check.Mend{URL: "/training/office", Label: msg.T("受講の状況を確かめる", "Look at who took it")},
			},
		},
	}
}

// drilled is R087: mail drills are held, and whoever fails one is taught again (bp.9.1). Its reasons name nobody: the
// result of a drill is for the person concerned.
func drilled() check.Check {
	return check.Check{
		ID: "R087", Clauses: []clause.ID{"bp.9.1"}, Basis: "G", Severity: 2, Params: []string{"N.maildrill", "N.followup"},
		Title: msg.T("標的型メール訓練を行い、開封した人に研修をする", "Mail drills are held and followed up"),
		Duty: msg.T("毎年度、決められた回数の標的型メール訓練を行い、開封した人は期限までにフォロー研修を修了する。",
			"Mail drills are held as often as set each fiscal year, and whoever opened the mail completes the follow-up course in time."),
		Who: org.WhoChief(),
		Parts: []check.Part{
			{
				Name: "city", Subject: "city",
				NotDue:  `!resource.drills_short && !resource.drills_untold && resource.drills_year < context["N.maildrill"]`,
				Breach:  `resource.drills_short`,
				Unknown: `resource.drills_untold && resource.drills_year < context["N.maildrill"]`,
				Since:   "drill_year",
				Owner:   check.Owner{Role: "chief"}, Rank: check.Log, Evidence: []string{"maildrill"},
				Reason: func(s check.Subject) msg.Text {
					need, _ := s.Param("N.maildrill")
					last := yearName(int64(s.Today().FY() - 1))
					if s.Result() == check.Undetermined {
						return msg.F("%sまでの標的型メール訓練の記録が一件もなく、行われたか確かめられません。今年度の訓練も、必要な%d回に達していません。",
							"No mail drill up to %s is on record, so it cannot be told whether any was held; nor were the %d needed held this year.", last, need)
					}
					return msg.F("%sの標的型メール訓練は%d回で、必要な%d回に足りません。", "%[2]d mail drill(s) were held in %[1]s; %[3]d are needed.", last, s.Int("drills_last"), need)
				},
				Mend: check.Mend{URL: "/registers/maildrill/new", Label: msg.T("訓練を登録する", "Register a drill")},
			},
			{
				Name: "result", Subject: "drillresult", Scope: `resource.opened && resource.followup_binds`,
				NotDue: `resource.followup == 0 && context.today <= resource.followup_due`,
				Breach: `resource.followup == 0 || resource.followup > resource.followup_due`,
				Since:  "followup_late",
				Owner:  check.Owner{Role: "chief"}, Rank: check.Log, Evidence: []string{"followup"},
				Reason: func(s check.Subject) msg.Text {
					drill := s.Name("maildrill", s.Text("drill"))
					if s.Date("followup") == 0 {
						return msg.F("「%s」で開封した人が、期限の%sまでにフォロー研修を修了していません。", "Somebody who opened the mail of “%s” did not complete the follow-up course by %s.",
							drill, s.Date("followup_due").Both())
					}
					return msg.F("「%s」で開封した人がフォロー研修を修了したのは%sで、期限の%sを過ぎていました。", "Somebody who opened the mail of “%s” completed the follow-up course on %s, after %s.",
						drill, s.Date("followup").Both(), s.Date("followup_due").Both())
				},
				Mend: check.Mend{URL: "/training/drills", Label: msg.T("フォロー研修の状況を確かめる", "Look at the follow-up")},
			},
		},
	}
}
