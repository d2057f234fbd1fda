package training

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// Everyone is the courses each person owes, by person: the same as Duties says one by one (bp.9.1). It takes the same
// few statements however many people there are.
func (s *Service) Everyone(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]Item, error) {
	n, err := s.numbers(ctx, tx)
	if err != nil {
		return nil, err
	}
	courses, err := s.courses(ctx, tx, day)
	if err != nil {
		return nil, err
	}
	people, err := register.Load[org.Person](ctx, tx, s.c.Catalog.Must("person"))
	if err != nil {
		return nil, err
	}
	done, err := passedBy(ctx, tx, day)
	if err != nil {
		return nil, err
	}
	results, err := opened(ctx, tx, day)
	if err != nil {
		return nil, err
	}
	roles, err := rolesOfAll(ctx, tx, day)
	if err != nil {
		return nil, err
	}
	out := map[string][]Item{}
	for _, p := range people {
		if !p.ActiveOn(day) {
			continue
		}
		list := yearDuties(p, n, courses, done[p.Code], day)
		list = append(list, roleDuties(n, courses, done[p.Code], roles[p.Code])...)
		list = append(list, followDuties(n, courses, results[p.Code])...)
		slices.SortStableFunc(list, func(a, b Duty) int { return cmp.Compare(a.Due, b.Due) })
		for _, d := range list {
			out[p.Code] = append(out[p.Code], d.item())
		}
	}
	return out, nil
}

// item is a duty as the inbox shows it.
func (d Duty) item() Item {
	title := msg.T("研修を受ける", "Take a course")
	if d.Name != "" {
		title = msg.F("「%s」を受ける", "Take “%s”", d.Name)
	}
	return Item{Kind: "training", Title: title, Why: d.Why, Href: d.href(), Due: d.Due, Since: d.Since, Clauses: []clause.ID{"bp.9.1"}, Subject: ref.New("course", d.Course), Own: true}
}

// passedBy are the courses people have passed, by person, the newest first.
func passedBy(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]Completion, error) {
	rows, err := db.Rows(ctx, tx, func(r *sql.Rows) (c Completion, err error) {
		var on string
		if err = r.Scan(&c.Code, &c.Person, &c.Course, &on); err == nil {
			c.Passed = true
			c.Date, err = when.Parse(on)
		}
		return c, err
	}, `SELECT code, person, course, "date" FROM reg_completion WHERE passed AND NOT ended AND "date" <> '' AND "date" <= $1 ORDER BY "date" DESC, code DESC`, day.String())
	if err != nil {
		return nil, fmt.Errorf("read completions: %w", err)
	}
	out := map[string][]Completion{}
	for _, c := range rows {
		out[c.Person] = append(out[c.Person], c)
	}
	return out, nil
}

// opened are the results of drills that ask for something, by person.
func opened(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]ownResult, error) {
	rows, err := db.Rows(ctx, tx, func(r *sql.Rows) (x ownResult, err error) {
		var held string
		if err = r.Scan(&x.Code, &x.Person, &x.Drill, &x.drill, &held, &x.course); err == nil {
			x.Opened = true
			x.held, err = when.Parse(held)
		}
		return x, err
	}, `SELECT r.code, r.person, r.drill, d.name, d."date", d.course FROM reg_drillresult r JOIN reg_maildrill d ON d.code = r.drill
WHERE r.opened AND r.followup = '' AND NOT r.ended AND NOT d.ended AND d."date" <= $1 ORDER BY d."date" DESC, r.code`, day.String())
	if err != nil {
		return nil, fmt.Errorf("read drill results: %w", err)
	}
	out := map[string][]ownResult{}
	for _, x := range rows {
		out[x.Person] = append(out[x.Person], x)
	}
	return out, nil
}

// rolesOfAll is heldRoles of everybody.
func rolesOfAll(ctx context.Context, tx *db.Tx, day when.Date) (map[string]map[string]when.Date, error) {
	type row struct{ person, role, from string }
	rows, err := db.Rows(ctx, tx, func(r *sql.Rows) (x row, err error) { return x, r.Scan(&x.person, &x.role, &x.from) },
		`SELECT a.person, p.role, a."from" FROM reg_assignment a JOIN reg_post p ON p.code = a.post
WHERE NOT a.ended AND NOT p.ended AND a."from" <> '' AND a."from" <= $1 AND (a."until" = '' OR a."until" >= $1) AND (p."until" = '' OR p."until" >= $1)
UNION ALL SELECT chief, 'csirt_chief', '' FROM reg_csirt WHERE NOT ended
UNION ALL SELECT deputy, 'csirt_deputy', '' FROM reg_csirt WHERE NOT ended
UNION ALL SELECT manager, 'csirt_manager', '' FROM reg_csirt WHERE NOT ended
UNION ALL SELECT poc, 'csirt_poc', '' FROM reg_csirt WHERE NOT ended
UNION ALL SELECT assignee, 'csirt_member', '' FROM reg_task WHERE NOT ended`, day.String())
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	out := map[string]map[string]when.Date{}
	for _, x := range rows {
		var from when.Date
		if x.from != "" {
			if from, err = when.Parse(x.from); err != nil {
				return nil, err
			}
		}
		held := out[x.person]
		if held == nil {
			held = map[string]when.Date{}
			out[x.person] = held
		}
		if old, known := held[x.role]; !known || from < old {
			held[x.role] = from
		}
	}
	return out, nil
}
