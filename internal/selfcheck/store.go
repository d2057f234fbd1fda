package selfcheck

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// response reads a response.
func (s *Service) response(ctx context.Context, tx *db.Tx, code string) (Response, register.Record, error) {
	d := s.def("response")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return Response{}, rec, err
	}
	if !ok {
		return Response{}, rec, fault.New(fault.NotFound, msg.F("回答票「%s」はありません。", "There is no sheet “%s”.", code))
	}
	return register.Decode[Response](d, rec.Row), rec, nil
}

// campaign reads a campaign.
func (s *Service) campaign(ctx context.Context, tx *db.Tx, code string) (Campaign, register.Record, error) {
	d := s.def("campaign")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return Campaign{}, rec, err
	}
	if !ok {
		return Campaign{}, rec, fault.New(fault.NotFound, msg.F("自己点検「%s」はありません。", "There is no self-inspection “%s”.", code))
	}
	return register.Decode[Campaign](d, rec.Row), rec, nil
}

// campaigns are all, the newest first.
func (s *Service) campaigns(ctx context.Context, tx *db.Tx) ([]Campaign, error) {
	out, err := register.Load[Campaign](ctx, tx, s.def("campaign"))
	slices.SortFunc(out, func(a, b Campaign) int { return cmp.Or(cmp.Compare(b.Opens, a.Opens), cmp.Compare(b.Code, a.Code)) })
	return out, err
}

// sheets are those used in a fiscal year; 0 is all.
func (s *Service) sheets(ctx context.Context, tx *db.Tx, fy int) ([]Sheet, error) {
	out, err := register.Load[Sheet](ctx, tx, s.def("checksheet"))
	if fy != 0 {
		out = slices.DeleteFunc(out, func(x Sheet) bool { return !x.ValidIn(fy) })
	}
	return out, err
}

// items are the questions of a sheet in their order; "" gives those of all sheets.
func (s *Service) items(ctx context.Context, tx *db.Tx, sheet string) ([]Item, error) {
	out, err := register.Load[Item](ctx, tx, s.def("checkitem"))
	if sheet != "" {
		out = slices.DeleteFunc(out, func(i Item) bool { return i.Sheet != sheet })
	}
	slices.SortFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Code, b.Code))
	})
	return out, err
}

// parameter is a number the city has set.
func (s *Service) parameter(ctx context.Context, tx *db.Tx, code string) (int64, error) {
	d := s.def("parameter")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return 0, err
	}
	if ok {
		if p := register.Decode[policy.Parameter](d, rec.Row); p.Value != nil {
			return *p.Value, nil
		}
	}
	return 0, fmt.Errorf("read parameter %s: no value", code)
}

// brief is a response as far as lists and figures ask.
type brief struct {
	Response
	name string // of the person or unit
}

// briefs reads responses under a condition, with their names, by section and name.
func briefs(ctx context.Context, tx *db.Tx, where string, args ...any) ([]brief, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (b brief, err error) {
		var submitted string
		if err = r.Scan(&b.Code, &b.Campaign, &b.Sheet, &b.Person, &b.Unit, &b.Section, &b.State, &b.By, &submitted, &b.Given, &b.Sampled, &b.Recheck, &b.RecheckBy, &b.name); err != nil {
			return b, err
		}
		if submitted != "" {
			b.Submitted, err = when.Parse(submitted)
		}
		return b, err
	}, `SELECT r.code, r.campaign, r.sheet, r.person, r.unit, r.section, r.state, r.by, r.submitted, r.given, r.sampled, r.recheck, r.recheck_by, COALESCE(p.name, u.name, '')
FROM reg_response r LEFT JOIN reg_person p ON p.code = r.person LEFT JOIN reg_unit u ON u.code = r.unit WHERE NOT r.ended AND `+where+` ORDER BY r.section, r.unit = '', p.kana, r.code`, args...)
	if err != nil {
		return nil, fmt.Errorf("read responses: %w", err)
	}
	return out, nil
}

// in writes a list of values for IN, counting parameters on from n.
func in(values []string, n int) (string, []any) {
	marks, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		marks[i], args[i] = "$"+strconv.Itoa(n+i), v
	}
	return strings.Join(marks, ", "), args
}

// mine are the sheets somebody answers: their own, and those of the sections they manage.
func (s *Service) mine(ctx context.Context, tx *db.Tx, person string, managed []string) ([]brief, error) {
	out, err := briefs(ctx, tx, `r.person = $1`, person)
	if err != nil || len(managed) == 0 {
		return out, err
	}
	marks, args := in(managed, 1)
	units, err := briefs(ctx, tx, `r.unit IN (`+marks+`)`, args...)
	return append(out, units...), err
}

// tally counts the responses of a campaign in a section by state.
type tally struct {
	section string
	n       map[string]int
	total   int
}

func (t *tally) answered() int { return t.n[string(Submitted)] + t.n[string(Done)] }

// tallies counts a campaign by section, without what was withdrawn.
func tallies(ctx context.Context, tx *db.Tx, campaign string) (map[string]*tally, error) {
	type line struct {
		section, state string
		n              int
	}
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (l line, err error) { return l, r.Scan(&l.section, &l.state, &l.n) },
		`SELECT section, state, COUNT(*) FROM reg_response WHERE campaign = $1 AND NOT ended AND state <> 'withdrawn' GROUP BY section, state`, campaign)
	if err != nil {
		return nil, fmt.Errorf("count responses of %s: %w", campaign, err)
	}
	out := map[string]*tally{}
	for _, l := range list {
		t := out[l.section]
		if t == nil {
			t = &tally{section: l.section, n: map[string]int{}}
			out[l.section] = t
		}
		t.n[l.state] += l.n
		t.total += l.n
	}
	return out, nil
}

// unitNames are all units by key.
func unitNames(ctx context.Context, tx *db.Tx) (map[string]string, error) {
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

// unitOf is the unit of a person.
func (s *Service) unitOf(ctx context.Context, tx *db.Tx, person string) (string, error) {
	d := s.def("person")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, person)
	if err != nil || !ok {
		return "", err
	}
	return register.Decode[org.Person](d, rec.Row).Unit, nil
}

// Told are the self-inspections a person was asked for, the newest first.
func (s *Service) Told(ctx context.Context, tx *db.Tx, person string) ([]Told, error) {
	list, err := briefs(ctx, tx, `r.person = $1`, person)
	if err != nil {
		return nil, err
	}
	all, err := s.campaigns(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []Told
	for _, c := range all {
		for _, b := range list {
			if b.Campaign == c.Code {
				out = append(out, Told{Campaign: c.Name, Number: c.Code, On: c.Opens, Day: b.Submitted, State: s.term("response_state", b.State), Subject: ref.New("response", b.Code)})
			}
		}
	}
	return out, nil
}

// term is a code of a vocabulary in words.
func (s *Service) term(vocab, code string) msg.Text {
	if v := s.c.Catalog.Pack().Vocab(vocab); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title
		}
	}
	return msg.Same(code)
}

// below gives some units and all below them.
func below(ctx context.Context, tx *db.Tx, heads []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(heads) == 0 {
		return out, nil
	}
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) }, `SELECT code, parent FROM reg_unit`)
	if err != nil {
		return nil, fmt.Errorf("read the tree of units: %w", err)
	}
	parent := make(map[string]string, len(list))
	for _, x := range list {
		parent[x[0]] = x[1]
	}
	for _, x := range list {
		for at, n := x[0], 0; at != "" && n < 50; at, n = parent[at], n+1 { // a circle in the tree ends the climb
			if slices.Contains(heads, at) {
				out[x[0]] = true
				break
			}
		}
	}
	return out, nil
}

// sectionsOn are the sections there are on a day.
func sectionsOn(ctx context.Context, tx *db.Tx, day when.Date) ([]string, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (c string, err error) { return c, r.Scan(&c) },
		`SELECT code FROM reg_unit WHERE NOT ended AND kind = $2 AND "open" <> '' AND "open" <= $1 AND ("close" = '' OR "close" >= $1) ORDER BY kana, code`, day.String(), section)
	if err != nil {
		return nil, fmt.Errorf("read sections: %w", err)
	}
	return out, nil
}
