package transfer

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/register"
	"okite/internal/when"
)

// set reads a set with its moves, those that were ended left out.
func (s *Service) set(ctx context.Context, tx *db.Tx, code string) (org.MoveSet, []org.Move, register.Record, error) {
	d := s.c.Catalog.Must("moveset")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return org.MoveSet{}, nil, rec, err
	}
	if !ok {
		return org.MoveSet{}, nil, rec, fault.New(fault.NotFound, msg.F("異動の一括準備「%s」はありません。", "There is no set of moves “%s”.", code))
	}
	set := register.Decode[org.MoveSet](d, rec.Row)
	md := s.c.Catalog.Must("move")
	var moves []org.Move
	for m, err := range s.c.Catalog.Each(ctx, tx, md, register.Query{Filters: map[string][]string{"moveset": {code}}}) {
		if err != nil {
			return set, nil, rec, err
		}
		moves = append(moves, register.Decode[org.Move](md, m.Row))
	}
	return set, moves, rec, nil
}

// around reads what a set of moves is worked out against.
func (s *Service) around(ctx context.Context, tx *db.Tx, moves []org.Move) (world, error) {
	w := world{people: map[string]org.Person{}, posts: map[string]org.Post{}, units: map[string]org.Unit{}}
	var keys []string
	for _, m := range moves {
		if _, seen := w.people[m.Person]; !seen {
			w.people[m.Person] = org.Person{}
			keys = append(keys, m.Person)
		}
	}
	c := s.c.Catalog
	d := c.Must("person")
	recs, err := c.Many(ctx, tx, d, keys)
	if err != nil {
		return w, err
	}
	clear(w.people)
	for key, rec := range recs {
		w.people[key] = register.Decode[org.Person](d, rec.Row)
	}
	if w.assignments, err = register.Load[org.Assignment](ctx, tx, c.Must("assignment")); err != nil {
		return w, err
	}
	posts, err := register.Load[org.Post](ctx, tx, c.Must("post"))
	if err != nil {
		return w, err
	}
	for _, p := range posts {
		w.posts[p.Code] = p
	}
	units, err := register.Load[org.Unit](ctx, tx, c.Must("unit"))
	if err != nil {
		return w, err
	}
	for _, u := range units {
		w.units[u.Code] = u
	}
	return w, nil
}

// owned counts the things each unit is in charge of, by register.
func (s *Service) owned(ctx context.Context, tx *db.Tx, day when.Date) (map[string]map[string]int, error) {
	out := map[string]map[string]int{}
	for _, name := range ownedRegisters {
		d, ok := s.c.Catalog.Get(name)
		if !ok || d.Unit == "" {
			continue
		}
		alive, args := "NOT ended", []any{}
		if d.End != "" {
			alive += fmt.Sprintf(` AND ("%s" = '' OR "%[1]s" >= $1)`, d.End)
			args = append(args, day.String())
		}
		counts, err := unitCounts(ctx, tx, fmt.Sprintf(`SELECT "%s", COUNT(*) FROM reg_%s WHERE %s GROUP BY "%[1]s"`, d.Unit, name, alive), args...)
		if err != nil {
			return nil, fmt.Errorf("count %s by unit: %w", name, err)
		}
		for u, n := range counts {
			if out[u] == nil {
				out[u] = map[string]int{}
			}
			out[u][name] = n
		}
	}
	return out, nil
}

func unitCounts(ctx context.Context, tx *db.Tx, query string, args ...any) (map[string]int, error) {
	type count struct {
		unit string
		n    int
	}
	rows, err := db.Rows(ctx, tx, func(r *sql.Rows) (c count, err error) { err = r.Scan(&c.unit, &c.n); return c, err }, query, args...)
	out := map[string]int{}
	for _, c := range rows {
		out[c.unit] = c.n
	}
	return out, err
}

// staff counts the people of each unit on the day, when the set has been carried out.
func (s *Service) staff(ctx context.Context, tx *db.Tx, e effects) (map[string]int, error) {
	out, err := unitCounts(ctx, tx, `SELECT unit, COUNT(*) FROM reg_person WHERE joined <> '' AND joined <= $1 AND ("left" = '' OR "left" >= $1) GROUP BY unit`, e.date.String())
	if err != nil {
		return nil, fmt.Errorf("count people by unit: %w", err)
	}
	from := map[string]string{}
	for _, m := range e.moved {
		from[m.person] = m.unit
	}
	for _, p := range e.people {
		was, moved := from[p.Code]
		if !moved {
			was = p.Unit
		}
		if p.Joined > e.date {
			continue
		}
		out[was]--
		if p.Left == 0 || p.Left >= e.date {
			out[p.Unit]++
		}
	}
	return out, nil
}

// preview is what a set will do.
type preview struct {
	set      org.MoveSet
	moves    []org.Move
	version  int64
	effects  effects
	problems []problem
	orphans  []orphan
	world    world
}

func (s *Service) preview(ctx context.Context, tx *db.Tx, code string) (preview, error) {
	set, moves, rec, err := s.set(ctx, tx, code)
	if err != nil {
		return preview{}, err
	}
	p := preview{set: set, moves: moves, version: rec.Version}
	if set.State == org.SetApplied || set.State == org.SetCancelled {
		return p, nil // what it did is in the registers now
	}
	if p.world, err = s.around(ctx, tx, moves); err != nil {
		return p, err
	}
	if p.effects, p.problems = work(set, moves, p.world); len(p.problems) > 0 {
		return p, nil
	}
	owned, err := s.owned(ctx, tx, set.Date)
	if err != nil {
		return p, err
	}
	staff, err := s.staff(ctx, tx, p.effects)
	if err != nil {
		return p, err
	}
	p.orphans = orphans(set, p.effects, p.world, owned, staff)
	return p, nil
}

// counts are the moves by kind.
func (p preview) counts() map[string]int {
	out := map[string]int{}
	for _, m := range p.moves {
		out[m.Kind]++
	}
	return out
}

// problemFault says that a set cannot go on, with the first of its problems.
func problemFault(bad []problem) error {
	var ja, en []string
	for i, b := range bad {
		if i == 5 {
			break
		}
		t := msg.F("%s：%s", "%s: %s", b.move.Code, b.text)
		ja, en = append(ja, t.JA), append(en, t.EN)
	}
	return fault.New(fault.Invalid, msg.F("このままでは適用できない予定が%d件あります。%s", "%d moves cannot be carried out as they are. %s", len(bad), msg.Text{JA: strings.Join(ja, " "), EN: strings.Join(en, " ")}))
}

// stateOf is the state of a set as the flow names it.
func stateOf(s org.MoveSet) flow.State { return flow.State(s.State) }

// terms are the words of a vocabulary, in the order in which people choose them.
func (s *Service) terms(vocab string) []pack.Term {
	if v := s.c.Catalog.Pack().Vocab(vocab); v != nil {
		return v.Terms
	}
	return nil
}
