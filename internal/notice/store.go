package notice

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"okite/internal/asset"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the module's table beside its registers: who was reminded of what and when.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// get reads a notice.
func (s *Service) get(ctx context.Context, tx *db.Tx, code string) (Notice, register.Record, error) {
	d := s.def("notice")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return Notice{}, rec, err
	}
	if !ok {
		return Notice{}, rec, fault.New(fault.NotFound, msg.F("お知らせ「%s」はありません。", "There is no notice “%s”.", code))
	}
	return register.Decode[Notice](d, rec.Row), rec, nil
}

// notices are those in some states, the newest first; none given means all.
func (s *Service) notices(ctx context.Context, tx *db.Tx, states ...string) ([]Notice, error) {
	d := s.def("notice")
	q := register.Query{}
	if len(states) > 0 {
		q.Filters = map[string][]string{"state": states}
	}
	var out []Notice
	for r, err := range s.c.Catalog.Each(ctx, tx, d, q) {
		if err != nil {
			return nil, err
		}
		out = append(out, register.Decode[Notice](d, r.Row))
	}
	slices.SortStableFunc(out, func(a, b Notice) int { return cmp.Or(cmp.Compare(b.Issued, a.Issued), cmp.Compare(b.Code, a.Code)) })
	return out, nil
}

// parameter is a number the city has set.
func (s *Service) parameter(ctx context.Context, tx *db.Tx, code string) (int, error) {
	d := s.def("parameter")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return 0, err
	}
	if ok {
		if p := register.Decode[policy.Parameter](d, rec.Row); p.Value != nil {
			return int(*p.Value), nil
		}
	}
	return 0, fmt.Errorf("read parameter %s: no value", code)
}

// inForce is the basic policy in force.
func (s *Service) inForce(ctx context.Context, tx *db.Tx, day when.Date) (policy.Version, bool, error) {
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return policy.Version{}, false, err
	}
	v, ok := policy.InForce(vs, "basic", day)
	return v, ok, nil
}

func (s *Service) versions(ctx context.Context, tx *db.Tx) ([]policy.Version, error) {
	return register.Load[policy.Version](ctx, tx, s.def("version"))
}

// reach reads what audiences are worked out from.
func (s *Service) reach(ctx context.Context, tx *db.Tx, day when.Date) (*Reach, error) {
	units, err := register.Load[org.Unit](ctx, tx, s.def("unit"))
	if err != nil {
		return nil, err
	}
	posts, err := register.Load[org.Post](ctx, tx, s.def("post"))
	if err != nil {
		return nil, err
	}
	assignments, err := register.Load[org.Assignment](ctx, tx, s.def("assignment"))
	if err != nil {
		return nil, err
	}
	systems, err := register.Load[asset.System](ctx, tx, s.def("system"))
	if err != nil {
		return nil, err
	}
	return NewReach(units, posts, assignments, systems, day), nil
}

// person is somebody as far as an audience asks.
type person struct {
	code, name, unit, employment string
	joined, left                 when.Date
}

// people reads everybody, or those of some units, in the order of units and names.
func people(ctx context.Context, tx *db.Tx, units map[string]bool) ([]person, error) {
	where, args := "", []any(nil)
	if units != nil {
		var marks []string
		for u := range units {
			args = append(args, u)
			marks = append(marks, "$"+strconv.Itoa(len(args)))
		}
		if len(marks) == 0 {
			return nil, nil
		}
		where = " AND unit IN (" + strings.Join(marks, ", ") + ")"
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (p person, err error) {
		var joined, left string
		if err = r.Scan(&p.code, &p.name, &p.unit, &p.employment, &joined, &left); err != nil {
			return p, err
		}
		if p.joined, err = day(joined); err == nil {
			p.left, err = day(left)
		}
		return p, err
	}, `SELECT code, name, unit, employment, joined, "left" FROM reg_person WHERE NOT ended`+where+` ORDER BY unit, kana, code`, args...)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return out, nil
}

// day reads a day as a register keeps it, "" when absent.
func day(s string) (when.Date, error) {
	if s == "" {
		return 0, nil
	}
	return when.Parse(s)
}

// readBy gives who has read a notice.
func readBy(ctx context.Context, tx *db.Tx, notice string) (map[string]bool, error) {
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (c string, err error) { return c, r.Scan(&c) }, `SELECT person FROM reg_receipt WHERE notice = $1`, notice)
	if err != nil {
		return nil, fmt.Errorf("read receipts of %s: %w", notice, err)
	}
	out := make(map[string]bool, len(list))
	for _, p := range list {
		out[p] = true
	}
	return out, nil
}

// readHere gives which of a few people have read a notice.
func readHere(ctx context.Context, tx *db.Tx, notice string, team []person) (map[string]bool, error) {
	out := map[string]bool{}
	for part := range slices.Chunk(team, 500) {
		args := []any{notice}
		var marks []string
		for _, p := range part {
			args = append(args, ReceiptKey(notice, p.code))
			marks = append(marks, "$"+strconv.Itoa(len(args)))
		}
		list, err := db.Rows(ctx, tx, func(r *sql.Rows) (c string, err error) { return c, r.Scan(&c) },
			`SELECT person FROM reg_receipt WHERE notice = $1 AND code IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return nil, fmt.Errorf("read receipts of %s: %w", notice, err)
		}
		for _, p := range list {
			out[p] = true
		}
	}
	return out, nil
}

// reading is who is meant by a notice, and who of them has not read it.
type reading struct {
	meant, unread []person
}

// reading works out who is meant by a notice and who of them has not read it; within limits it to some units.
func (s *Service) reading(ctx context.Context, tx *db.Tx, n Notice, within map[string]bool, today when.Date) (out reading, err error) {
	reach, err := s.reach(ctx, tx, today)
	if err != nil {
		return out, err
	}
	return s.readingIn(ctx, tx, reach, n, within, today)
}

func (s *Service) readingIn(ctx context.Context, tx *db.Tx, reach *Reach, n Notice, within map[string]bool, today when.Date) (out reading, err error) {
	list, err := people(ctx, tx, within)
	if err != nil {
		return out, err
	}
	read, err := readBy(ctx, tx, n.Code)
	if err != nil {
		return out, err
	}
	issued := n.Issued
	if issued == 0 {
		issued = today // a draft: whoever would be meant today
	}
	m := reach.Members(n.Audience())
	for _, p := range list {
		if !owes(p.joined, p.left, issued, today) || !m.Holds(p.code, p.unit, p.employment) {
			continue
		}
		out.meant = append(out.meant, p)
		if !read[p.code] {
			out.unread = append(out.unread, p)
		}
	}
	return out, nil
}

// self is what decides whether one person is meant by a notice.
type self struct {
	person
	above          []string // their unit and all above it
	roles, systems []string // of their posts
	charge         []string // systems of their unit
}

// self reads one person; false when there is nobody of that number.
func (s *Service) self(ctx context.Context, tx *db.Tx, code string, today when.Date) (x self, ok bool, err error) {
	d := s.def("person")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil || !ok {
		return x, ok, err
	}
	p := register.Decode[org.Person](d, rec.Row)
	x.person = person{code: p.Code, name: p.Name, unit: p.Unit, employment: p.Employment, joined: p.Joined, left: p.Left}
	if x.above, err = s.c.Catalog.UnitsAbove(ctx, tx, p.Unit); err != nil {
		return x, false, err
	}
	type post struct{ role, system string }
	posts, err := db.Rows(ctx, tx, func(r *sql.Rows) (x post, err error) { return x, r.Scan(&x.role, &x.system) },
		`SELECT p.role, p.system FROM reg_assignment a JOIN reg_post p ON p.code = a.post WHERE a.person = $2 AND NOT a.ended AND NOT p.ended
AND a."from" <> '' AND a."from" <= $1 AND (a."until" = '' OR a."until" >= $1) AND p."from" <> '' AND p."from" <= $1 AND (p."until" = '' OR p."until" >= $1)`, today.String(), code)
	if err != nil {
		return x, false, fmt.Errorf("read posts of %s: %w", code, err)
	}
	for _, po := range posts {
		x.roles = append(x.roles, po.role)
		if po.system != "" {
			x.systems = append(x.systems, po.system)
		}
	}
	x.charge, err = db.Rows(ctx, tx, func(r *sql.Rows) (c string, err error) { return c, r.Scan(&c) }, `SELECT code FROM reg_system WHERE unit = $1 AND NOT ended`, p.Unit)
	if err != nil {
		return x, false, fmt.Errorf("read systems of %s: %w", p.Unit, err)
	}
	return x, true, nil
}

// in says the same for one person as Members does for all.
func (x self) in(a Audience) bool {
	switch {
	case len(a.Employments) > 0 && !slices.Contains(a.Employments, x.employment):
		return false
	case len(a.Employments) == 0 && x.employment == contractor:
		return false
	}
	share := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
	}
	return a.everybody() || share(a.Units, x.above) || share(a.Roles, x.roles) || share(a.Systems, x.systems) || share(a.Systems, x.charge)
}

// meant says whether the person must read the notice.
func (x self) meant(n Notice, today when.Date) bool {
	return n.ShownOn(today) && owes(x.joined, x.left, n.Issued, today) && x.in(n.Audience())
}

// readings are when one person has read what.
func readings(ctx context.Context, tx *db.Tx, person string) (map[string]when.Stamp, error) {
	type one struct {
		notice string
		at     int64
	}
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (x one, err error) { return x, r.Scan(&x.notice, &x.at) }, `SELECT notice, at FROM reg_receipt WHERE person = $1`, person)
	if err != nil {
		return nil, fmt.Errorf("read receipts of %s: %w", person, err)
	}
	out := make(map[string]when.Stamp, len(list))
	for _, x := range list {
		out[x.notice] = when.Stamp(x.at)
	}
	return out, nil
}

// reminder is that somebody was reminded.
type reminder struct {
	notice, person, by string
	at                 when.Stamp
}

// reminders are those of a notice, or of a person when notice is "".
func reminders(ctx context.Context, tx *db.Tx, notice, person string) ([]reminder, error) {
	where, arg := "notice = $1", notice
	if notice == "" {
		where, arg = "person = $1", person
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (x reminder, err error) {
		return x, r.Scan(&x.notice, &x.person, &x.by, (*int64)(&x.at))
	}, `SELECT notice, person, by, at FROM notice_reminder WHERE `+where+` ORDER BY at DESC, person`, arg)
	if err != nil {
		return nil, fmt.Errorf("read reminders: %w", err)
	}
	return out, nil
}

// unitNames are all units by key.
func (s *Service) unitNames(ctx context.Context, tx *db.Tx) (map[string]string, error) {
	type named struct{ code, name string }
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (x named, err error) { return x, r.Scan(&x.code, &x.name) }, `SELECT code, name FROM reg_unit`)
	if err != nil {
		return nil, fmt.Errorf("read names of units: %w", err)
	}
	out := make(map[string]string, len(list))
	for _, x := range list {
		out[x.code] = x.name
	}
	return out, nil
}
