package training

import (
	"fmt"
	"strconv"
	"strings"

	"okite/internal/audit"
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

// planDay is the day of a 年度 by which its plan is approved: N.plan is a month and a day, as 06-30; a day the month
// does not have is its last.
func planDay(w *check.World, fy int) (when.Date, error) {
	text, _ := w.ParamText("N.plan")
	m, d, _ := strings.Cut(text, "-")
	month, err1 := strconv.Atoi(m)
	day, err2 := strconv.Atoi(d)
	if err1 != nil || err2 != nil || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, fmt.Errorf("read parameter N.plan: %q is not a month and a day", text)
	}
	if month < 4 {
		fy++
	}
	first := when.On(fy, month, 1)
	return min(first+when.Date(day-1), first.AddMonths(1)-1), nil
}

// cityYear tells what the city planned and drilled this 年度 and the last (R080, R087).
func cityYear() check.Join {
	return check.Join{
		Subject: "city", Reads: []string{"city", "trainingplan", "maildrill", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "training_planned", Title: msg.T("今年度の研修計画が承認されている", "this fiscal year’s training plan is approved"), Kind: rule.Bool},
			{Name: "training_plan_due", Title: msg.T("研修計画を決める期日", "day by which the plan is approved"), Kind: rule.Date},
			{Name: "training_plan_late", Title: msg.T("研修計画の期日を過ぎた日", "first day too late for the plan"), Kind: rule.Date},
			{Name: "drills_year", Title: msg.T("今年度に行った標的型メール訓練の回数", "mail drills held this fiscal year"), Kind: rule.Int},
			{Name: "drills_last", Title: msg.T("前年度に行った標的型メール訓練の回数", "mail drills held last fiscal year"), Kind: rule.Int},
			{Name: "drills_short", Title: msg.T("前年度の訓練の回数が足りない", "too few mail drills last fiscal year"), Kind: rule.Bool},
			{Name: "drills_untold", Title: msg.T("前年度までの訓練の記録がない", "no mail drill before this fiscal year is on record"), Kind: rule.Bool},
			{Name: "drill_year", Title: msg.T("今年度の初日", "first day of this fiscal year"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			today := org.Today(w)
			fy := today.FY()
			due, err := planDay(w, fy)
			if err != nil {
				return err
			}
			need, err := org.Parameter(w, "N.maildrill")
			if err != nil {
				return err
			}
			planned := false
			for _, p := range check.Records[Plan](w, "trainingplan") {
				planned = planned || p.FY == int64(fy) && p.State == string(Approved)
			}
			var this, last, before int64
			for _, d := range check.Records[Drill](w, "maildrill") {
				switch y := d.Date.FY(); {
				case d.Date == 0 || d.Date > today:
				case y == fy:
					this++
				case y == fy-1:
					last++
				default:
					before++
				}
			}
			for row := range check.Records[org.City](w, "city") {
				out.SetBool(row, 0, planned)
				out.SetDate(row, 1, int32(due))
				out.SetDate(row, 2, int32(due+1))
				out.SetInt(row, 3, this)
				out.SetInt(row, 4, last)
				out.SetBool(row, 5, last+before > 0 && last < int64(need))
				out.SetBool(row, 6, last+before == 0)
				out.SetDate(row, 7, int32(when.FYStart(fy)))
			}
			return nil
		},
	}
}

// planHeard tells whether a plan was approved in time and whether its result was heard in its own 年度 (R080).
func planHeard() check.Join {
	return check.Join{
		Subject: "trainingplan", Reads: []string{"trainingplan", "meeting", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "plan_recent", Title: msg.T("今年度か前年度の計画", "plan of this fiscal year or the last"), Kind: rule.Bool},
			{Name: "plan_due", Title: msg.T("計画を決める期日", "day by which it is approved"), Kind: rule.Date},
			{Name: "plan_late", Title: msg.T("今年度の計画の承認が期日より遅い", "this fiscal year’s plan was approved too late"), Kind: rule.Bool},
			{Name: "result_heard", Title: msg.T("その年度の会議が研修の結果を議題とした", "a meeting of its year treated the result"), Kind: rule.Bool},
			{Name: "result_minuted", Title: msg.T("その会議に議事録がある", "that meeting has minutes"), Kind: rule.Bool},
			{Name: "plan_year_over", Title: msg.T("計画の年度が終わった日", "first day after its fiscal year"), Kind: rule.Date},
			{Name: "plan_breach", Title: msg.T("計画が整わなくなった日", "first day on which it was not in order"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			fy := org.Today(w).FY()
			meetings := map[string]*org.Meeting{}
			all := check.Records[org.Meeting](w, "meeting")
			for i := range all {
				meetings[all[i].Code] = &all[i]
			}
			for row, p := range check.Records[Plan](w, "trainingplan") {
				due, err := planDay(w, int(p.FY))
				if err != nil {
					return err
				}
				m := meetings[p.Meeting]
				heard := m != nil && int64(m.Date.FY()) == p.FY && has(m.Agenda, "training")
				late := p.FY == int64(fy) && p.Approved > due
				over := when.FYStart(int(p.FY) + 1)
				since := over
				if late {
					since = due + 1
				}
				out.SetBool(row, 0, p.FY == int64(fy) || p.FY == int64(fy-1))
				out.SetDate(row, 1, int32(due))
				out.SetBool(row, 2, late)
				out.SetBool(row, 3, heard)
				out.SetBool(row, 4, heard && m.Minutes != "")
				out.SetDate(row, 5, int32(over))
				out.SetDate(row, 6, int32(since))
			}
			return nil
		},
	}
}

func has(list []string, code string) bool {
	for _, x := range list {
		if x == code {
			return true
		}
	}
	return false
}

// Due are the days of a person's training in one 年度, by the numbers of the city.
type Due struct {
	Owes bool      // serves long enough in it
	Day  when.Date // last day for it: the end of the 年度, or the last day with the city
}

// YearDue tells whether somebody who is with the city from…until owes a course in a 年度. until 0 is open.
func YearDue(joined, left when.Date, fy, minservice int) Due {
	from, to := when.FYStart(fy), when.FYEnd(fy)
	if joined > from {
		from = joined
	}
	if left != 0 && left < to {
		to = left
	}
	return Due{Owes: joined != 0 && int(to-from)+1 >= minservice, Day: to}
}

// personTaught tells what each person completed this 年度 and the last, and the basic course after joining
// (R081, R082).
func personTaught() check.Join {
	return check.Join{
		Subject: "person", Reads: []string{"person", "completion", "course", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "owes_year", Title: msg.T("今年度の研修の対象", "is to be trained this fiscal year"), Kind: rule.Bool},
			{Name: "owed_year", Title: msg.T("前年度の研修の対象だった", "was to be trained last fiscal year"), Kind: rule.Bool},
			{Name: "trained_year", Title: msg.T("今年度の研修を修了した", "completed a course this fiscal year"), Kind: rule.Bool},
			{Name: "missed_year", Title: msg.T("前年度の研修を修了しなかった", "completed no course last fiscal year"), Kind: rule.Bool},
			{Name: "untold_year", Title: msg.T("前年度の受講の記録が全庁になく、今年度も修了していない", "last fiscal year has no completion on record at all, nor was one made this year"), Kind: rule.Bool},
			{Name: "train_due", Title: msg.T("今年度の研修の期限", "last day for this fiscal year’s training"), Kind: rule.Date},
			{Name: "train_late", Title: msg.T("研修の期限を過ぎた日", "first day too late for the training"), Kind: rule.Date},
			{Name: "newly_joined", Title: msg.T("前年度以後に採用され、基礎研修の期限まで在職している", "joined since last fiscal year and stays until the basic course is due"), Kind: rule.Bool},
			{Name: "basic_due", Title: msg.T("基礎研修の期限", "last day for the basic course"), Kind: rule.Date},
			{Name: "basic_late", Title: msg.T("基礎研修の期限を過ぎた日", "first day too late for the basic course"), Kind: rule.Date},
			{Name: "basic_done", Title: msg.T("採用後に基礎研修を修了した日", "basic course completed after joining"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			today := org.Today(w)
			fy := today.FY()
			minservice, err := org.Parameter(w, "N.minservice")
			if err != nil {
				return err
			}
			newhire, err := org.Parameter(w, "N.newhire")
			if err != nil {
				return err
			}
			year, last := when.FYStart(fy), when.FYStart(fy-1)
			people := check.Records[org.Person](w, "person")
			rows := make(map[string]int, len(people))
			for row := range people {
				rows[people[row].Code] = row
			}
			courses := coursesByCode(w)
			type done struct {
				year, last bool
				basic      when.Date
			}
			taught := make([]done, len(people))
			told := false
			for _, c := range check.Records[Completion](w, "completion") {
				k := courses[c.Course]
				row, known := rows[c.Person]
				if !c.Passed || k == nil || !known || k.Kind == followup || c.Date > today {
					continue
				}
				t := &taught[row]
				switch {
				case c.Date >= year:
					t.year = true
				case c.Date >= last:
					t.last, told = true, true
				}
				if k.Kind == basic && c.Date >= people[row].Joined && (t.basic == 0 || c.Date < t.basic) {
					t.basic = c.Date
				}
			}
			for row, p := range people {
				t := taught[row]
				now, then := YearDue(p.Joined, p.Left, fy, minservice), YearDue(p.Joined, p.Left, fy-1, minservice)
				owes := now.Owes && p.Joined <= today
				missed := then.Owes && !t.last && told
				late := now.Day + 1
				if missed {
					late = year
				}
				due := p.Joined + when.Date(newhire)
				out.SetBool(row, 0, owes)
				out.SetBool(row, 1, then.Owes)
				out.SetBool(row, 2, t.year)
				out.SetBool(row, 3, missed)
				out.SetBool(row, 4, then.Owes && !told && !t.year)
				out.SetDate(row, 5, int32(now.Day))
				out.SetDate(row, 6, int32(late))
				out.SetBool(row, 7, p.Joined >= last && p.Joined <= today && (p.Left == 0 || p.Left >= due))
				out.SetDate(row, 8, int32(due))
				out.SetDate(row, 9, int32(due+1))
				out.SetDate(row, 10, int32(t.basic))
			}
			return nil
		},
	}
}

func coursesByCode(w *check.World) map[string]*Course {
	all := check.Records[Course](w, "course")
	out := make(map[string]*Course, len(all))
	for i := range all {
		out[all[i].Code] = &all[i]
	}
	return out
}

// roleCourses are the courses by role that bind on a day.
func roleCourses(all []Course, day when.Date) []Course {
	var out []Course
	for _, k := range all {
		if k.Kind == byRole && org.LiveOn(k.From, k.Until, day) {
			out = append(out, k)
		}
	}
	return out
}

// firstPassed gives the first day on which somebody passed a course by role.
type firstPassed map[[2]string]when.Date

func passedRoles(w *check.World, courses []Course) firstPassed {
	wanted := map[string]bool{}
	for _, k := range courses {
		wanted[k.Code] = true
	}
	out := firstPassed{}
	for _, c := range check.Records[Completion](w, "completion") {
		at := [2]string{c.Person, c.Course}
		if !c.Passed || !wanted[c.Course] || c.Date == 0 || c.Date > org.Today(w) {
			continue
		}
		if d := out[at]; d == 0 || c.Date < d {
			out[at] = c.Date
		}
	}
	return out
}

// assignmentCourses tells which courses a role wants of whoever is assigned to it, and by when (R082). A course that is
// new gives those who hold the role already the same time, counted from its first day.
func assignmentCourses() check.Join {
	return check.Join{
		Subject: "assignment", Reads: []string{"assignment", "post", "person", "course", "completion", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "role_courses", Title: msg.T("役割に必要な研修の数", "courses the role needs"), Kind: rule.Int},
			{Name: "role_pending", Title: msg.T("期限までに修了すべき研修の数", "courses still to be completed"), Kind: rule.Int},
			{Name: "role_overdue", Title: msg.T("期限までに修了しなかった研修の数", "courses not completed in time"), Kind: rule.Int},
			{Name: "role_due", Title: msg.T("最も早い受講の期限", "nearest day by which one is due"), Kind: rule.Date},
			{Name: "role_late", Title: msg.T("受講の期限を過ぎた日", "first day too late for one"), Kind: rule.Date},
			{Name: "role_course", Title: msg.T("期限までに修了しなかった研修", "course not completed in time"), Kind: rule.Enum},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.rolecourse")
			if err != nil {
				return err
			}
			today := org.Today(w)
			courses := roleCourses(check.Records[Course](w, "course"), today)
			passed := passedRoles(w, courses)
			people := org.PeopleByCode(w)
			roles := map[string]string{}
			for _, p := range check.Records[org.Post](w, "post") {
				if org.LiveOn(p.From, p.Until, today) {
					roles[p.Code] = p.Role
				}
			}
			for row, a := range check.Records[org.Assignment](w, "assignment") {
				p := people[a.Person]
				role := roles[a.Post]
				if role == "" || p == nil || !p.ActiveOn(today) || !org.LiveOn(a.From, a.Until, today) {
					continue
				}
				t := tally{today: today, days: when.Date(days)}
				for _, k := range courses {
					if has(k.Roles, role) {
						t.add(k.Code, max(a.From, k.From), passed[[2]string{a.Person, k.Code}])
					}
				}
				out.SetInt(row, 0, t.courses)
				out.SetInt(row, 1, t.pending)
				out.SetInt(row, 2, t.overdue)
				out.SetDate(row, 3, int32(t.due))
				out.SetDate(row, 4, int32(t.late))
				out.SetEnum(row, 5, t.course)
			}
			return nil
		},
	}
}

// tally counts courses that are due.
type tally struct {
	today                     when.Date
	days                      when.Date
	courses, pending, overdue int64
	due, late                 when.Date
	course                    string
}

// add takes a course in that is owed from a day and was passed on a day, 0 when not. What was done late counts for as
// long as its deadline lies in this 年度 or the last.
func (t *tally) add(course string, from, done when.Date) {
	t.courses++
	due := from + t.days
	switch {
	case done != 0 && (done <= due || due < when.FYStart(t.today.FY()-1)):
	case done == 0 && t.today <= due:
		t.pending++
		if t.due == 0 || due < t.due {
			t.due = due
		}
	default:
		t.overdue++
		if t.late == 0 || due+1 < t.late {
			t.late, t.course = due+1, course
		}
	}
}

// csirtRoles are the roles whose courses every member of a CSIRT of that seat takes; the tasks' assignees are members.
var csirtRoles = [...]string{"csirt_chief", "csirt_deputy", "csirt_manager", "csirt_poc"}

// csirtCourses tells how many members of a CSIRT have not completed the course of their seat (R082). A seat says not
// since when it is filled, so time is counted from the first day of the course.
func csirtCourses() check.Join {
	return check.Join{
		Subject: "csirt", Reads: []string{"csirt", "task", "person", "course", "completion", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "team_courses", Title: msg.T("要員に必要な研修の数", "courses its members need"), Kind: rule.Int},
			{Name: "team_pending", Title: msg.T("期限までに修了すべき要員の数", "members still to complete one"), Kind: rule.Int},
			{Name: "team_overdue", Title: msg.T("期限までに修了しなかった要員の数", "members who did not complete one in time"), Kind: rule.Int},
			{Name: "team_late", Title: msg.T("受講の期限を過ぎた日", "first day too late for one"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.rolecourse")
			if err != nil {
				return err
			}
			today := org.Today(w)
			courses := roleCourses(check.Records[Course](w, "course"), today)
			passed := passedRoles(w, courses)
			people := org.PeopleByCode(w)
			tasks := map[string][]string{}
			for _, t := range check.Records[org.Task](w, "task") {
				tasks[t.CSIRT] = append(tasks[t.CSIRT], t.Assignee)
			}
			for row, c := range check.Records[org.CSIRT](w, "csirt") {
				seats := map[string][]string{} // roles by person
				for i, who := range []string{c.Chief, c.Deputy, c.Manager, c.PoC} {
					seats[who] = append(seats[who], csirtRoles[i])
				}
				for _, who := range tasks[c.Code] {
					seats[who] = append(seats[who], "csirt_member")
				}
				var wanted, pending, overdue int64
				var late when.Date
				for who, roles := range seats {
					p := people[who]
					if p == nil || !p.ActiveOn(today) {
						continue
					}
					t := tally{today: today, days: when.Date(days)}
					for _, k := range courses {
						if shares(k.Roles, roles) {
							t.add(k.Code, k.From, passed[[2]string{who, k.Code}])
						}
					}
					wanted += t.courses
					switch {
					case t.overdue > 0:
						overdue++
						if late == 0 || t.late < late {
							late = t.late
						}
					case t.pending > 0:
						pending++
					}
				}
				out.SetInt(row, 0, wanted)
				out.SetInt(row, 1, pending)
				out.SetInt(row, 2, overdue)
				out.SetDate(row, 3, int32(late))
			}
			return nil
		},
	}
}

func shares(a, b []string) bool {
	for _, x := range b {
		if has(a, x) {
			return true
		}
	}
	return false
}

// auditorCourses tells how many auditors of an audit had not completed the course for auditors by its day (R082).
// Audits of this 年度 and the last are looked at, and courses that had been there long enough.
func auditorCourses() check.Join {
	return check.Join{
		Subject: "audit", Reads: []string{"audit", "course", "completion", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "auditor_courses", Title: msg.T("監査人に必要な研修の数", "courses auditors need"), Kind: rule.Int},
			{Name: "auditors_untaught", Title: msg.T("監査の日までに研修を修了していない監査人の数", "auditors who had not completed one by then"), Kind: rule.Int},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.rolecourse")
			if err != nil {
				return err
			}
			today := org.Today(w)
			var courses []Course
			for _, k := range check.Records[Course](w, "course") {
				if k.Kind == byRole && has(k.Roles, "auditor") {
					courses = append(courses, k)
				}
			}
			passed := passedRoles(w, courses)
			for row, a := range check.Records[audit.Audit](w, "audit") {
				if a.Date < when.FYStart(today.FY()-1) {
					continue
				}
				var wanted, untaught int64
				for _, who := range a.Auditors {
					bad := false
					for _, k := range courses {
						if !org.LiveOn(k.From+when.Date(days), k.Until, a.Date) {
							continue
						}
						wanted++
						d := passed[[2]string{who, k.Code}]
						bad = bad || d == 0 || d > a.Date
					}
					if bad {
						untaught++
					}
				}
				out.SetInt(row, 0, wanted)
				out.SetInt(row, 1, untaught)
			}
			return nil
		},
	}
}

// resultFollowed tells by when somebody who failed a drill is taught again (R087).
func resultFollowed() check.Join {
	return check.Join{
		Subject: "drillresult", Reads: []string{"drillresult", "maildrill", "person", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "followup_binds", Title: msg.T("前年度以後の訓練で、期限まで在職している", "of a drill since last fiscal year, and with the city until it is due"), Kind: rule.Bool},
			{Name: "followup_due", Title: msg.T("フォロー研修の期限", "last day for the follow-up course"), Kind: rule.Date},
			{Name: "followup_late", Title: msg.T("フォロー研修の期限を過ぎた日", "first day too late for it"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.followup")
			if err != nil {
				return err
			}
			held := map[string]when.Date{}
			for _, d := range check.Records[Drill](w, "maildrill") {
				held[d.Code] = d.Date
			}
			since := when.FYStart(org.Today(w).FY() - 1)
			people := org.PeopleByCode(w)
			for row, r := range check.Records[Result](w, "drillresult") {
				on := held[r.Drill]
				due := on + when.Date(days)
				p := people[r.Person]
				out.SetBool(row, 0, on >= since && p != nil && (p.Left == 0 || p.Left >= due))
				out.SetDate(row, 1, int32(due))
				out.SetDate(row, 2, int32(due+1))
			}
			return nil
		},
	}
}
