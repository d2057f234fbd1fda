package training

import (
	"okite/internal/audit"
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

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
