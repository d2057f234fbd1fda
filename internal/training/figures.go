package training

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/when"
)

// member is somebody who is to be trained in a 年度.
type member struct {
	code, name, unit string
	due              when.Date
	done             bool
}

// members are all who owe a course in a 年度, by unit and kana, and whether they completed one (bp.9.1: nobody is left
// out without a word). Who left during the year counts as well.
func (s *Service) members(ctx context.Context, tx *db.Tx, fy int, n numbers) ([]member, error) {
	today := when.Of(tx.Now())
	from, to := when.FYStart(fy), when.FYEnd(fy)
	type row struct{ code, name, unit, joined, left string }
	people, err := db.Rows(ctx, tx, func(r *sql.Rows) (x row, err error) {
		return x, r.Scan(&x.code, &x.name, &x.unit, &x.joined, &x.left)
	}, `SELECT code, name, unit, joined, "left" FROM reg_person WHERE joined <> '' AND joined <= $1 AND ("left" = '' OR "left" >= $2) ORDER BY unit, kana, code`,
		min(to, today).String(), from.String())
	if err != nil {
		return nil, fmt.Errorf("read people of %d: %w", fy, err)
	}
	done, err := s.trained(ctx, tx, from, min(to, today))
	if err != nil {
		return nil, err
	}
	var out []member
	for _, x := range people {
		joined, err := when.Parse(x.joined)
		if err != nil {
			return nil, err
		}
		var left when.Date
		if x.left != "" {
			if left, err = when.Parse(x.left); err != nil {
				return nil, err
			}
		}
		if d := YearDue(joined, left, fy, n.minservice); d.Owes {
			out = append(out, member{code: x.code, name: x.name, unit: x.unit, due: d.Day, done: done[x.code]})
		}
	}
	return out, nil
}

// trained are the people who completed a course, follow-up courses apart, between two days.
func (s *Service) trained(ctx context.Context, tx *db.Tx, from, to when.Date) (map[string]bool, error) {
	keys, err := db.Rows(ctx, tx, func(r *sql.Rows) (k string, err error) { return k, r.Scan(&k) },
		`SELECT DISTINCT c.person FROM reg_completion c JOIN reg_course k ON k.code = c.course
WHERE c.passed AND NOT c.ended AND k.kind <> 'followup' AND c."date" >= $1 AND c."date" <= $2`, from.String(), to.String())
	if err != nil {
		return nil, fmt.Errorf("read completions since %s: %w", from, err)
	}
	out := make(map[string]bool, len(keys))
	for _, k := range keys {
		out[k] = true
	}
	return out, nil
}

// figure is how many of a unit's people are trained.
type figure struct {
	unit       string
	owed, done int
}

func (f figure) missing() int { return f.owed - f.done }

// rate is the share in hundredths, rounded down, so that only all is 100.
func (f figure) rate() int {
	if f.owed == 0 {
		return 100
	}
	return f.done * 100 / f.owed
}

// byUnit counts people by unit, the lowest rate first.
func byUnit(list []member) (out []figure, all figure) {
	at := map[string]int{}
	for _, m := range list {
		i, known := at[m.unit]
		if !known {
			i = len(out)
			at[m.unit] = i
			out = append(out, figure{unit: m.unit})
		}
		out[i].owed++
		all.owed++
		if m.done {
			out[i].done++
			all.done++
		}
	}
	slices.SortStableFunc(out, func(a, b figure) int {
		return cmp.Or(cmp.Compare(a.rate(), b.rate()), cmp.Compare(b.missing(), a.missing()), cmp.Compare(a.unit, b.unit))
	})
	return out, all
}

// outcome is how the people of a unit did in a drill.
type outcome struct {
	unit                             string
	sent, opened, reported, followed int
}

// outcomes are the figures of a drill by unit, by the unit people belonged to then.
func (s *Service) outcomes(ctx context.Context, tx *db.Tx, drill string) (out []outcome, all outcome, err error) {
	out, err = db.Rows(ctx, tx, func(r *sql.Rows) (x outcome, err error) {
		return x, r.Scan(&x.unit, &x.sent, &x.opened, &x.reported, &x.followed)
	}, `SELECT unit, COUNT(*), SUM(CASE WHEN opened THEN 1 ELSE 0 END), SUM(CASE WHEN reported THEN 1 ELSE 0 END), SUM(CASE WHEN opened AND followup <> '' THEN 1 ELSE 0 END)
FROM reg_drillresult WHERE drill = $1 AND NOT ended GROUP BY unit ORDER BY unit`, drill)
	if err != nil {
		return nil, all, fmt.Errorf("count results of drill %s: %w", drill, err)
	}
	for _, x := range out {
		all.sent += x.sent
		all.opened += x.opened
		all.reported += x.reported
		all.followed += x.followed
	}
	return out, all, nil
}

// percent is a share to one tenth.
func percent(n, of int) string {
	if of == 0 {
		return "—"
	}
	return fmt.Sprintf("%.1f%%", float64(n)*100/float64(of))
}

// headed are the units somebody heads, with all below them.
func headed(who actor.Actor, ch *org.Chart) map[string]bool {
	var open []string
	for _, g := range who.Roles {
		if unit, ok := strings.CutPrefix(g.Scope, "unit:"); ok && (g.Role == "section_manager" || g.Role == "bureau_head") {
			open = append(open, unit)
		}
	}
	out := map[string]bool{}
	for ; len(open) > 0; open = open[1:] {
		if out[open[0]] {
			continue
		}
		out[open[0]] = true
		for _, u := range ch.Below(open[0]) {
			open = append(open, u.Code)
		}
	}
	return out
}

// fewPeople is the number of people below which a unit's figures of a drill are not shown apart: so small a number would
// tell who it was.
const fewPeople = 5

var hiddenFigure = msg.T("少人数のため表示しません", "Too few to be shown")

// concealed are the units whose figures of a drill are shown to nobody: those with fewer than fewPeople, and, where what
// is hidden could be worked out from the total and the other units and still be so few, the next small ones with them
// (bp.9.1). Who has to be invited to the course is a list of its own, each look at which is on record.
func concealed(list []outcome) map[string]bool {
	out, sent := map[string]bool{}, 0
	bySize := slices.SortedFunc(slices.Values(list), func(a, b outcome) int { return cmp.Or(cmp.Compare(a.sent, b.sent), cmp.Compare(a.unit, b.unit)) })
	for _, u := range bySize {
		if u.sent >= fewPeople && (sent == 0 || sent >= fewPeople) {
			break
		}
		out[u.unit] = true
		sent += u.sent
	}
	return out
}
