package training

import (
	"cmp"
	"context"
	"slices"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/when"
)

// Duty is a course somebody owes.
type Duty struct {
	Kind   string // year, new, role, followup
	Course string // key of the course; "" when any basic course will do and there is none
	Name   string // of the course
	Due    when.Date
	Since  when.Date // day since which it is owed
	Why    msg.Text
}

// Late says whether the deadline is past on a day.
func (d Duty) Late(day when.Date) bool { return d.Due < day }

func (d Duty) href() string {
	if d.Course == "" {
		return "/training"
	}
	return "/training/course/" + d.Course
}

// Duties are the courses a person owes on a day, the earliest due first (bp.9.1). They follow the checks R081, R082
// and R087, for the days that are still to come as well.
func (s *Service) Duties(ctx context.Context, tx *db.Tx, person string, day when.Date) ([]Duty, error) {
	p, err := s.person(ctx, tx, person)
	if fault.As(err) != nil {
		return nil, nil // nobody of the city
	}
	if err != nil {
		return nil, err
	}
	if !p.ActiveOn(day) {
		return nil, nil
	}
	n, err := s.numbers(ctx, tx)
	if err != nil {
		return nil, err
	}
	courses, err := s.courses(ctx, tx, day)
	if err != nil {
		return nil, err
	}
	done, err := s.completions(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	done = slices.DeleteFunc(done, func(c Completion) bool { return !c.Passed || c.Date > day })
	results, err := s.results(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	roles, err := s.heldRoles(ctx, tx, person, day)
	if err != nil {
		return nil, err
	}
	out := yearDuties(p, n, courses, done, day)
	out = append(out, roleDuties(n, courses, done, roles)...)
	out = append(out, followDuties(n, courses, results)...)
	slices.SortStableFunc(out, func(a, b Duty) int { return cmp.Compare(a.Due, b.Due) })
	return out, nil
}

// yearDuties are the course after joining and the one of the year; the first does for both.
func yearDuties(p org.Person, n numbers, courses []Course, done []Completion, day when.Date) []Duty {
	kinds := map[string]string{}
	first := Course{}
	for _, k := range courses {
		kinds[k.Code] = k.Kind
		if k.Kind == basic && first.Code == "" {
			first = k
		}
	}
	year := when.FYStart(day.FY())
	taught, basicDone := false, false
	for _, c := range done {
		kind, known := kinds[c.Course]
		taught = taught || c.Date >= year && (!known || kind != followup)
		basicDone = basicDone || kind == basic && c.Date >= p.Joined
	}
	if due := p.Joined + when.Date(n.newhire); p.Joined >= when.FYStart(day.FY()-1) && !basicDone {
		return []Duty{{Kind: "new", Course: first.Code, Name: first.Name, Due: due, Since: p.Joined,
			Why: msg.F("採用の日から%d日以内に受ける基礎研修です。", "The basic course, to be taken within %d days of joining.", n.newhire)}}
	}
	if d := YearDue(p.Joined, p.Left, day.FY(), n.minservice); d.Owes && !taught {
		return []Duty{{Kind: "year", Course: first.Code, Name: first.Name, Due: d.Day, Since: max(year, p.Joined),
			Why: msg.F("%sのうちに受ける研修です。", "The course of %s.", yearName(int64(day.FY())))}}
	}
	return nil
}

func roleDuties(n numbers, courses []Course, done []Completion, roles map[string]when.Date) []Duty {
	var out []Duty
	for _, k := range courses {
		if k.Kind != byRole || slices.ContainsFunc(done, func(c Completion) bool { return c.Course == k.Code }) {
			continue
		}
		var since when.Date
		for _, r := range k.Roles {
			from, held := roles[r]
			if from = max(from, k.From); held && (since == 0 || from < since) {
				since = from
			}
		}
		if since != 0 {
			out = append(out, Duty{Kind: "role", Course: k.Code, Name: k.Name, Due: since + when.Date(n.rolecourse), Since: since,
				Why: msg.F("あなたの役割に必要な研修です。任命から%d日以内に受けます。", "A course your role needs, to be taken within %d days of the assignment.", n.rolecourse)})
		}
	}
	return out
}

func followDuties(n numbers, courses []Course, results []ownResult) []Duty {
	var out []Duty
	for _, r := range results {
		if !r.Opened || r.Followup != 0 {
			continue
		}
		d := Duty{Kind: followup, Due: r.held + when.Date(n.followup), Since: r.held,
			Why: msg.F("標的型メール訓練「%s」で開封した方の研修です。", "The course for those who opened the mail of the drill “%s”.", r.drill)}
		for _, k := range courses {
			if k.Code == r.course || r.course == "" && k.Kind == followup {
				d.Course, d.Name = k.Code, k.Name
				break
			}
		}
		out = append(out, d)
	}
	return out
}

// Item is what waits for a person, for the inbox.
type Item struct {
	Kind    string // training, or decision
	Title   msg.Text
	Why     msg.Text
	Href    string
	Due     when.Date
	Since   when.Date
	Clauses []clause.ID
	Subject ref.Ref
	Own     bool // owed for oneself, not as the holder of a role
}

// Waiting are the courses a person owes and the plans that wait for their decision.
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, limit int) ([]Item, error) {
	var out []Item
	person, err := self(who)
	if err != nil {
		return nil, nil
	}
	duties, err := s.Duties(ctx, tx, person, day)
	if err != nil {
		return nil, err
	}
	for _, d := range duties {
		out = append(out, d.item())
	}
	plans, err := s.plansFor(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	out = append(out, plans...)
	return out[:min(len(out), limit)], nil
}

// Line is something a person was told in a course, for the sheet of what they know.
type Line struct {
	Date    when.Date
	Course  string // its name
	Kind    string // vocabulary course_kind
	Way     string // vocabulary training_way
	Score   *int64
	Passed  bool
	Edition string  // of the material
	Subject ref.Ref // the completion
}

// Told are the courses a person took, the newest first (bp.9.1): what they were taught, when, and on which edition.
func (s *Service) Told(ctx context.Context, tx *db.Tx, person string) ([]Line, error) {
	done, err := s.completions(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, c := range done {
		keys = append(keys, c.Course)
	}
	d := s.c.Catalog.Must("course")
	recs, err := s.c.Catalog.Many(ctx, tx, d, keys)
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, c := range done {
		l := Line{Date: c.Date, Course: c.Course, Way: c.Way, Score: c.Score, Passed: c.Passed, Edition: c.Edition, Subject: ref.New("completion", c.Code)}
		if rec, ok := recs[c.Course]; ok {
			l.Course, l.Kind = d.Str(rec.Row, "name"), d.Str(rec.Row, "kind")
		}
		out = append(out, l)
	}
	return out, nil
}
