package yearplan

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// Config says what the module needs.
type Config struct {
	Store    *db.Store
	Catalog  *register.Catalog
	Gate     *act.Gate
	Calendar *when.Calendar
	// Clean says whether a check finds nothing and has something to look at; known is false for one that does not run.
	Clean func(ctx context.Context, check string) (clean, known bool, err error)
}

// Service is the module at work.
type Service struct{ c Config }

// New makes it.
func New(c Config) *Service { return &Service{c: c} }

// year reads the items of a fiscal year as they stand on a day, by deadline.
func (s *Service) year(ctx context.Context, fy int, today when.Date) ([]Seen, error) {
	var items []Item
	proofs := map[string]when.Date{}
	if err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		d := s.c.Catalog.Must("planitem")
		items = nil
		for rec, err := range s.c.Catalog.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"fy": {strconv.Itoa(fy)}}}) {
			if err != nil {
				return err
			}
			if i := register.Decode[Item](d, rec.Row); !rec.Ended {
				items = append(items, i)
			}
		}
		for _, i := range items {
			if i.Register == "" {
				continue
			}
			day, err := s.proof(ctx, tx, i, today)
			if err != nil {
				return err
			}
			proofs[i.Code] = day
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var out []Seen
	for _, i := range items {
		checked := false
		if i.Check != "" && s.c.Clean != nil {
			clean, known, err := s.c.Clean(ctx, i.Check)
			if err != nil {
				return nil, err
			}
			checked = clean && known
		}
		out = append(out, judge(i, proofs[i.Code], checked, today))
	}
	slices.SortFunc(out, func(a, b Seen) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Code, b.Code)) })
	return out, nil
}

// proof is the first day from the beginning of the task to the end of its year that the register of proof holds, 0 when
// there is none up to today.
func (s *Service) proof(ctx context.Context, tx *db.Tx, i Item, today when.Date) (when.Date, error) {
	if !dated(s.c.Catalog, i.Register, i.Field) { // the names come from the schema, never from what somebody typed
		return 0, nil
	}
	var day sql.NullString
	err := tx.QueryRow(ctx, fmt.Sprintf(`SELECT MIN("%s") FROM reg_%s WHERE NOT ended AND "%s" >= $1 AND "%s" <= $2`, i.Field, i.Register, i.Field, i.Field),
		i.begins().String(), min(when.FYEnd(int(i.FY)), today).String()).Scan(&day)
	if err != nil {
		return 0, fmt.Errorf("read proof of %s: %w", i.Code, err)
	}
	if day.String == "" {
		return 0, nil
	}
	return when.Parse(day.String)
}

// template are the items of a year as the pack has them, those that are there already left out.
func (s *Service) template(ctx context.Context, tx *db.Tx, fy int) ([]Item, error) {
	tasks, err := pack.Year(s.c.Catalog.Pack().Code)
	if err != nil {
		return nil, err
	}
	d := s.c.Catalog.Must("planitem")
	var out []Item
	for _, t := range tasks {
		from, due := t.Dates(fy)
		i := Item{Code: fmt.Sprintf("YP-%d-%s", fy, t.Code), FY: int64(fy), From: from, Due: due, Name: t.Name.JA, Role: t.Role, Clause: t.Clause, How: t.How.JA, Check: t.Check, Register: t.Register, Field: t.Field}
		if !dated(s.c.Catalog, i.Register, i.Field) {
			i.Register, i.Field = "", "" // a city without that register enters the day
		}
		_, there, err := s.c.Catalog.One(ctx, tx, d, i.Code)
		if err != nil {
			return nil, err
		}
		if !there {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b Item) int { return cmp.Compare(a.Due, b.Due) })
	return out, nil
}

// Acts are what can be done about the plan beyond keeping its register.
func (s *Service) Acts() []act.Act {
	return []act.Act{
		{ID: "yearplan.make", Title: msg.T("年間計画の作成", "Make the plan of a year"), Clauses: []clause.ID{"bp.10", "bp.12"}, Scope: "city", Roles: []string{"chief"},
			Fields: []act.Field{{Name: "fy", Title: msg.T("年度（西暦）", "Fiscal year"), Required: true}}, Do: s.make},
		{ID: "yearplan.done", Title: msg.T("年間計画の項目の完了", "A task of the plan is done"), Clauses: []clause.ID{"bp.6", "bp.10"}, Scope: "city", Anyone: true, Allow: s.mine,
			Fields: []act.Field{{Name: "item", Title: msg.T("項目番号", "Item no."), Required: true}, {Name: "date", Title: msg.T("完了日", "Done on"), Required: true}, {Name: "note", Title: msg.T("備考", "Note")}}, Do: s.done},
	}
}

// fiscal reads a fiscal year that a plan may be made for.
func fiscal(text string, today when.Date) (int, error) {
	fy, err := strconv.Atoi(text)
	if now := today.FY(); err != nil || fy < now-1 || fy > now+2 {
		return 0, fault.At("fy", msg.F("年度は %d から %d までの西暦で入力してください。", "The fiscal year lies between %d and %d.", now-1, now+2))
	}
	return fy, nil
}

func (s *Service) make(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	fy, err := fiscal(in["fy"], when.Of(tx.Now()))
	if err != nil {
		return ref.Ref{}, err
	}
	list, err := s.template(ctx, tx, fy)
	if err != nil {
		return ref.Ref{}, err
	}
	if len(list) == 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("%sの計画は作成済みです。", "The plan of %s is made already.", yearText(fy)))
	}
	d := s.c.Catalog.Must("planitem")
	for _, i := range list {
		if _, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, i)); err != nil {
			return ref.Ref{}, err
		}
	}
	return ref.New("planitem", list[0].Code), nil
}

func (s *Service) item(ctx context.Context, tx *db.Tx, code string) (Item, register.Record, error) {
	d := s.c.Catalog.Must("planitem")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return Item{}, rec, err
	}
	if !ok || rec.Ended {
		return Item{}, rec, fault.New(fault.NotFound, msg.F("年間計画に項目「%s」はありません。", "The plan has no item “%s”.", code))
	}
	return register.Decode[Item](d, rec.Row), rec, nil
}

// mine lets those do it whose role the task is, in its unit, or the chief (bp.6).
func (s *Service) mine(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) error {
	i, _, err := s.item(ctx, tx, in["item"])
	if err != nil {
		return err
	}
	if who.System || who.Has("chief") || holds(who, i) {
		return nil
	}
	return fault.Deny(msg.F("この項目の完了を記入できるのは、担当の「%s」です。", "It is for its role (%s) to say that this is done.", s.role(i.Role)), "bp.6")
}

// holds says whether somebody holds the role of a task, where it is theirs.
func holds(who actor.Actor, i Item) bool {
	return slices.ContainsFunc(who.Roles, func(g actor.Grant) bool {
		return g.Role == i.Role && g.Covers("yearplan.done") && (i.Unit == "" || g.Scope == "" || g.Scope == "unit:"+i.Unit)
	})
}

func (s *Service) done(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	i, rec, err := s.item(ctx, tx, in["item"])
	if err != nil {
		return ref.Ref{}, err
	}
	day, err := when.ParseLenient(in["date"])
	if f := fault.As(err); f != nil {
		return ref.Ref{}, fault.At("date", f.Message)
	}
	if err != nil {
		return ref.Ref{}, err
	}
	if day > when.Of(tx.Now()) {
		return ref.Ref{}, fault.At("date", msg.T("完了日は今日以前の日付にしてください。", "The day must not lie ahead."))
	}
	i.Done = day
	if day < i.begins() {
		return ref.Ref{}, fault.At("date", early(i))
	}
	if in["note"] != "" {
		i.Note = in["note"]
	}
	d := s.c.Catalog.Must("planitem")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, i), rec.Version)
	return ref.New("planitem", i.Code), err
}

// Task is an item somebody has to do, for the inbox. Standing says that they stand in for who holds the role.
type Task struct {
	Seen
	Standing bool
}

// Waiting are the tasks that are late or soon due and whose role somebody holds (bp.5).
func (s *Service) Waiting(ctx context.Context, who actor.Actor, day when.Date) ([]Task, error) {
	if len(who.Roles) == 0 {
		return nil, nil
	}
	list, err := s.Open(ctx, day)
	return Of(who, list), err
}

// Open are the tasks of this year and the last that are late or soon due, whoever does them.
func (s *Service) Open(ctx context.Context, day when.Date) ([]Seen, error) {
	var out []Seen
	for _, fy := range []int{day.FY() - 1, day.FY(), day.FY() + 1} {
		if fy > day.FY() && day.Month() != 3 { // next April's tasks are seen in March
			continue
		}
		list, err := s.year(ctx, fy, day)
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(list, func(x Seen) bool { return x.State != Late && x.State != Soon })...)
	}
	return out, nil
}

// Of are those of some tasks that are somebody's.
func Of(who actor.Actor, list []Seen) (out []Task) {
	for _, x := range list {
		if holds(who, x.Item) {
			out = append(out, Task{Seen: x, Standing: !slices.ContainsFunc(who.Roles, func(g actor.Grant) bool { return g.Role == x.Role && !g.Deputy && g.Via == "" })})
		}
	}
	return out
}

func yearText(fy int) msg.Text {
	return msg.Text{JA: when.FYName(fy, msg.JA), EN: when.FYName(fy, msg.EN)}
}

// role names a role to people.
func (s *Service) role(code string) msg.Text {
	if v := s.c.Catalog.Pack().Vocab("role"); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title
		}
	}
	return msg.Same(code)
}
