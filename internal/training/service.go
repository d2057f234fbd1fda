package training

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the module's tables beside its registers: answers to questions, packages on their way in.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// Config says what the module needs.
type Config struct {
	Store   *db.Store
	Catalog *register.Catalog
	Gate    *act.Gate
}

// Service is the module at work.
type Service struct{ c Config }

// New makes it.
func New(c Config) *Service { return &Service{c: c} }

// numbers are what the city has set for training.
type numbers struct{ minservice, newhire, rolecourse, followup int }

func (s *Service) numbers(ctx context.Context, tx *db.Tx) (n numbers, err error) {
	d := s.c.Catalog.Must("parameter")
	keys := map[string]*int{"N.minservice": &n.minservice, "N.newhire": &n.newhire, "N.rolecourse": &n.rolecourse, "N.followup": &n.followup}
	recs, err := s.c.Catalog.Many(ctx, tx, d, []string{"N.minservice", "N.newhire", "N.rolecourse", "N.followup"})
	if err != nil {
		return n, err
	}
	for key, into := range keys {
		rec, ok := recs[key]
		if !ok {
			return n, fault.New(fault.Conflict, msg.F("基準値「%s」が登録されていないため、研修の期限を決められません。", "The parameter %s is not registered, so deadlines cannot be told.", key))
		}
		v, _ := d.Get(rec.Row, "value").(int64)
		*into = int(v)
	}
	return n, nil
}

// get reads one record of a register as its struct.
func get[T any](ctx context.Context, tx *db.Tx, c *register.Catalog, name, key string) (v T, rec register.Record, err error) {
	d := c.Must(name)
	rec, ok, err := c.One(ctx, tx, d, key)
	if err != nil {
		return v, rec, err
	}
	if !ok || rec.Ended {
		return v, rec, fault.New(fault.NotFound, msg.F("「%s」に番号「%s」の記録はありません。", "There is no record “%[2]s” in “%[1]s”.", d.Title, key))
	}
	return register.Decode[T](d, rec.Row), rec, nil
}

// of reads the records of a register that have a value in a field, ended ones left out.
func of[T any](ctx context.Context, tx *db.Tx, c *register.Catalog, name, field string, values ...string) ([]T, error) {
	d := c.Must(name)
	var out []T
	for rec, err := range c.Each(ctx, tx, d, register.Query{Filters: map[string][]string{field: values}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, register.Decode[T](d, rec.Row))
	}
	return out, nil
}

// courses are those that may be taken on a day, by name.
func (s *Service) courses(ctx context.Context, tx *db.Tx, day when.Date) ([]Course, error) {
	all, err := register.Load[Course](ctx, tx, s.c.Catalog.Must("course"))
	all = slices.DeleteFunc(all, func(k Course) bool { return !org.LiveOn(k.From, k.Until, day) })
	return all, err
}

func (s *Service) lessons(ctx context.Context, tx *db.Tx, course string) ([]Lesson, error) {
	out, err := of[Lesson](ctx, tx, s.c.Catalog, "lesson", "course", course)
	slices.SortFunc(out, func(a, b Lesson) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Code, b.Code)) })
	return out, err
}

func (s *Service) questions(ctx context.Context, tx *db.Tx, course string) ([]Question, error) {
	out, err := of[Question](ctx, tx, s.c.Catalog, "question", "course", course)
	slices.SortFunc(out, func(a, b Question) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Code, b.Code)) })
	return out, err
}

// completions are a person's, the newest first.
func (s *Service) completions(ctx context.Context, tx *db.Tx, person string) ([]Completion, error) {
	out, err := of[Completion](ctx, tx, s.c.Catalog, "completion", "person", person)
	slices.SortFunc(out, func(a, b Completion) int { return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(b.Code, a.Code)) })
	return out, err
}

// passMark is what a course asks of an answer.
func (k Course) passMark() int64 {
	if k.Pass != nil {
		return *k.Pass
	}
	return defaultPass
}

// results are a person's results of drills with the day and course of each drill.
type ownResult struct {
	Result
	drill  string
	held   when.Date
	course string
}

func (s *Service) results(ctx context.Context, tx *db.Tx, person string) ([]ownResult, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (x ownResult, err error) {
		var held, done string
		if err = r.Scan(&x.Code, &x.Drill, &x.Unit, &x.Opened, &x.Reported, &done, &x.drill, &held, &x.course); err != nil {
			return x, err
		}
		if x.held, err = when.Parse(held); err == nil && done != "" {
			x.Followup, err = when.Parse(done)
		}
		return x, err
	}, `SELECT r.code, r.drill, r.unit, r.opened, r.reported, r.followup, d.name, d."date", d.course FROM reg_drillresult r JOIN reg_maildrill d ON d.code = r.drill
WHERE r.person = $1 AND NOT r.ended AND NOT d.ended AND d."date" <= $2 ORDER BY d."date" DESC, r.code`, person, when.Of(tx.Now()).String())
	if err != nil {
		return nil, fmt.Errorf("read drill results of %s: %w", person, err)
	}
	for i := range out {
		out[i].Person = person
	}
	return out, nil
}

// heldRoles are the roles a person holds by posts and seats on a day, with the day since when; a seat says not since
// when it is filled.
func (s *Service) heldRoles(ctx context.Context, tx *db.Tx, person string, day when.Date) (map[string]when.Date, error) {
	type row struct{ role, from string }
	rows, err := db.Rows(ctx, tx, func(r *sql.Rows) (x row, err error) { return x, r.Scan(&x.role, &x.from) },
		`SELECT p.role, a."from" FROM reg_assignment a JOIN reg_post p ON p.code = a.post
WHERE a.person = $1 AND NOT a.ended AND NOT p.ended AND a."from" <> '' AND a."from" <= $2 AND (a."until" = '' OR a."until" >= $2) AND (p."until" = '' OR p."until" >= $2)
UNION ALL SELECT 'csirt_chief', '' FROM reg_csirt WHERE chief = $1 AND NOT ended
UNION ALL SELECT 'csirt_deputy', '' FROM reg_csirt WHERE deputy = $1 AND NOT ended
UNION ALL SELECT 'csirt_manager', '' FROM reg_csirt WHERE manager = $1 AND NOT ended
UNION ALL SELECT 'csirt_poc', '' FROM reg_csirt WHERE poc = $1 AND NOT ended
UNION ALL SELECT 'csirt_member', '' FROM reg_task WHERE assignee = $1 AND NOT ended`, person, day.String())
	if err != nil {
		return nil, fmt.Errorf("read roles of %s: %w", person, err)
	}
	out := map[string]when.Date{}
	for _, x := range rows {
		var from when.Date
		if x.from != "" {
			if from, err = when.Parse(x.from); err != nil {
				return nil, err
			}
		}
		if old, known := out[x.role]; !known || from < old {
			out[x.role] = from
		}
	}
	return out, nil
}

// person reads one of the city's people.
func (s *Service) person(ctx context.Context, tx *db.Tx, code string) (org.Person, error) {
	p, _, err := get[org.Person](ctx, tx, s.c.Catalog, "person", code)
	return p, err
}

// self is the person who looks; programs and the operator have no training of their own.
func self(a actor.Actor) (string, error) {
	if a.Person == "" || strings.HasPrefix(a.Person, actor.TokenPrefix) {
		return "", fault.Deny(msg.T("研修を受けるのは、職員としてログインした方です。", "Courses are taken by people who are signed in."), "bp.9.1")
	}
	return a.Person, nil
}
