package training

import (
	"fmt"
	"strconv"
	"strings"

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

// cityPlan tells whether this 年度 has an approved plan (R080).
func cityPlan() check.Join {
	return check.Join{
		Subject: "city", Reads: []string{"city", "trainingplan", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "training_planned", Title: msg.T("今年度の研修計画が承認されている", "this fiscal year’s training plan is approved"), Kind: rule.Bool},
			{Name: "training_plan_due", Title: msg.T("研修計画を決める期日", "day by which the plan is approved"), Kind: rule.Date},
			{Name: "training_plan_late", Title: msg.T("研修計画の期日を過ぎた日", "first day too late for the plan"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			fy := org.Today(w).FY()
			due, err := planDay(w, fy)
			if err != nil {
				return err
			}
			planned := false
			for _, p := range check.Records[Plan](w, "trainingplan") {
				planned = planned || p.FY == int64(fy) && p.State == string(Approved)
			}
			for row := range check.Records[org.City](w, "city") {
				out.SetBool(row, 0, planned)
				out.SetDate(row, 1, int32(due))
				out.SetDate(row, 2, int32(due+1))
			}
			return nil
		},
	}
}

// cityDrills tells how many drills were held this 年度 and the last (R087).
func cityDrills() check.Join {
	return check.Join{
		Subject: "city", Reads: []string{"city", "maildrill", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "drills_year", Title: msg.T("今年度に行った標的型メール訓練の回数", "mail drills held this fiscal year"), Kind: rule.Int},
			{Name: "drills_last", Title: msg.T("前年度に行った標的型メール訓練の回数", "mail drills held last fiscal year"), Kind: rule.Int},
			{Name: "drills_short", Title: msg.T("前年度の訓練の回数が足りない", "too few mail drills last fiscal year"), Kind: rule.Bool},
			{Name: "drills_untold", Title: msg.T("前年度までの訓練の記録がない", "no mail drill before this fiscal year is on record"), Kind: rule.Bool},
			{Name: "drill_year", Title: msg.T("今年度の初日", "first day of this fiscal year"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			need, err := org.Parameter(w, "N.maildrill")
			if err != nil {
				return err
			}
			today := org.Today(w)
			fy := today.FY()
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
				out.SetInt(row, 0, this)
				out.SetInt(row, 1, last)
				out.SetBool(row, 2, last+before > 0 && last < int64(need))
				out.SetBool(row, 3, last+before == 0)
				out.SetDate(row, 4, int32(when.FYStart(fy)))
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

// personYear tells what each person completed this 年度 and the last (R081).
func personYear() check.Join {
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
		},
		Compute: func(w *check.World, out *check.Out) error {
			minservice, err := org.Parameter(w, "N.minservice")
			if err != nil {
				return err
			}
			today := org.Today(w)
			fy := today.FY()
			year, last := when.FYStart(fy), when.FYStart(fy-1)
			people, rows := peopleRows(w)
			courses := coursesByCode(w)
			now, then := make([]bool, len(people)), make([]bool, len(people))
			told := false
			for _, c := range check.Records[Completion](w, "completion") {
				row, known := rows[c.Person]
				if k := courses[c.Course]; !c.Passed || k == nil || !known || k.Kind == followup || c.Date > today {
					continue
				}
				switch {
				case c.Date >= year:
					now[row] = true
				case c.Date >= last:
					then[row], told = true, true
				}
			}
			for row, p := range people {
				this, before := YearDue(p.Joined, p.Left, fy, minservice), YearDue(p.Joined, p.Left, fy-1, minservice)
				missed := before.Owes && !then[row] && told
				late := this.Day + 1
				if missed {
					late = year
				}
				out.SetBool(row, 0, this.Owes && p.Joined <= today)
				out.SetBool(row, 1, before.Owes)
				out.SetBool(row, 2, now[row])
				out.SetBool(row, 3, missed)
				out.SetBool(row, 4, before.Owes && !told && !now[row])
				out.SetDate(row, 5, int32(this.Day))
				out.SetDate(row, 6, int32(late))
			}
			return nil
		},
	}
}

// personJoined tells when each new person completed the basic course (R082).
func personJoined() check.Join {
	return check.Join{
		Subject: "person", Reads: []string{"person", "completion", "course", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "newly_joined", Title: msg.T("前年度以後に採用され、基礎研修の期限まで在職している", "joined since last fiscal year and stays until the basic course is due"), Kind: rule.Bool},
			{Name: "basic_due", Title: msg.T("基礎研修の期限", "last day for the basic course"), Kind: rule.Date},
			{Name: "basic_late", Title: msg.T("基礎研修の期限を過ぎた日", "first day too late for the basic course"), Kind: rule.Date},
			{Name: "basic_done", Title: msg.T("採用後に基礎研修を修了した日", "basic course completed after joining"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			newhire, err := org.Parameter(w, "N.newhire")
			if err != nil {
				return err
			}
			today := org.Today(w)
			people, rows := peopleRows(w)
			courses := coursesByCode(w)
			done := make([]when.Date, len(people))
			for _, c := range check.Records[Completion](w, "completion") {
				row, known := rows[c.Person]
				if k := courses[c.Course]; !c.Passed || k == nil || !known || k.Kind != basic || c.Date > today || c.Date < people[row].Joined {
					continue
				}
				if done[row] == 0 || c.Date < done[row] {
					done[row] = c.Date
				}
			}
			since := when.FYStart(today.FY() - 1)
			for row, p := range people {
				due := p.Joined + when.Date(newhire)
				out.SetBool(row, 0, p.Joined >= since && p.Joined <= today && (p.Left == 0 || p.Left >= due))
				out.SetDate(row, 1, int32(due))
				out.SetDate(row, 2, int32(due+1))
				out.SetDate(row, 3, int32(done[row]))
			}
			return nil
		},
	}
}

// peopleRows are the people with the row of each.
func peopleRows(w *check.World) ([]org.Person, map[string]int) {
	people := check.Records[org.Person](w, "person")
	rows := make(map[string]int, len(people))
	for row := range people {
		rows[people[row].Code] = row
	}
	return people, rows
}

func coursesByCode(w *check.World) map[string]*Course {
	all := check.Records[Course](w, "course")
	out := make(map[string]*Course, len(all))
	for i := range all {
		out[all[i].Code] = &all[i]
	}
	return out
}
