package conform

import (
	"cmp"
	"context"
	"slices"

	"okite/internal/check"
	"okite/internal/ref"
)

// Told is what one person is told of the checks: the first of what they owe, and how much there is.
type Told struct {
	Owed         []Owed // at most as many as asked for, what came last first
	Total        int
	Section      []Owed // in the units they head
	SectionTotal int
}

// Everyone gives what each person owes, as Owed and OwedBySection say it one by one, at most limit of either (bp.5,
// bp.6). Who owes nothing is left out. Who stands in for somebody by delegation is told of what is theirs only: a
// delegation is used by whoever asks for it.
func (s *Service) Everyone(ctx context.Context, limit int) (map[string]*Told, error) {
	out := map[string]*Told{}
	at := func(p string) *Told {
		if out[p] == nil {
			out[p] = &Told{}
		}
		return out[p]
	}
	err := s.with(ctx, func(l *look) error {
		l.debts("")
		for p, ds := range l.owed {
			ds = slices.Clone(ds)
			slices.SortStableFunc(ds, func(a, b debt) int { return cmp.Compare(l.since(b.finding), l.since(a.finding)) })
			t := at(p)
			t.Total = len(ds)
			for _, d := range ds[:min(len(ds), limit)] {
				t.Owed = append(t.Owed, l.owedOf(d))
			}
		}
		for p, units := range l.owners.heads() {
			list, n := l.section(p, units, limit)
			if n > 0 {
				t := at(p)
				t.Section, t.SectionTotal = list, n
			}
		}
		return nil
	})
	return out, err
}

// heads are the units people answer for, by person.
func (o *owners) heads() map[string][]string {
	out := map[string][]string{}
	for d, posts := range o.posts {
		register, unit, _ := cutSubject(d.scope)
		if register != "unit" || d.role != sectionManager && d.role != bureauHead {
			continue
		}
		for _, p := range posts {
			b := o.holds[p.Code]
			for _, who := range append(slices.Clone(b.holders), b.deputies...) {
				if !slices.Contains(out[who], unit) {
					out[who] = append(out[who], unit)
				}
			}
		}
	}
	return out
}

// Raised is a finding that has stood so long that the next role up has to know of it (bp.6, bp.8(2)).
type Raised struct {
	Owed            // as who owes it
	Level  int      // how often it has been raised; 1 the first time
	Role   string   // the role it has reached
	People []string // who holds that role, else who stands in
	Days   int      // how long it has stood
}

// Raise gives the findings that have stood for days or longer, each with the role it has reached by today: one role up
// for each time it has stood that long, from the section manager over the officer of the bureau and the chief to the
// CISO. What nobody stands above is left out.
func (s *Service) Raise(ctx context.Context, days int) (out []Raised, err error) {
	if days <= 0 {
		return nil, nil
	}
	err = s.with(ctx, func(l *look) error {
		for _, k := range l.engine.Checks() {
			for _, f := range l.findings(k.ID) {
				stood := int(l.day - l.since(f))
				if f.Result == check.Excepted || stood < days {
					continue
				}
				b := l.bearer(f)
				up := l.owners.rungs(f.Role, l.unitOf(f), b)
				if len(up) == 0 {
					continue
				}
				level := min(stood/days, len(up))
				o := l.owedOf(debt{f, AsUnit})
				if p := b.person(); p != "" {
					o.Bearer = l.name("person", p)
				}
				r := up[level-1]
				out = append(out, Raised{Owed: o, Level: level, Role: r.role, People: r.people, Days: stood})
			}
		}
		return nil
	})
	return out, err
}

// rung is a role above a duty, with who holds it.
type rung struct {
	role   string
	people []string
}

// rungs are the roles above a duty that somebody holds and that its bearer does not, nearest first.
func (o *owners) rungs(role, unit string, b bearer) []rung {
	rank := map[string]int{sectionManager: 1, bureauHead: 2, chief: 3, ciso: 4}
	own := rank[role]
	var out []rung
	add := func(d duty) bool {
		if rank[d.role] <= own {
			return false
		}
		x, ok := o.held(d)
		people := x.holders
		if len(people) == 0 {
			people = x.deputies
		}
		people = slices.DeleteFunc(slices.Clone(people), func(p string) bool { return slices.Contains(b.holders, p) })
		if !ok || len(people) == 0 {
			return false
		}
		slices.Sort(people)
		out = append(out, rung{d.role, people})
		return true
	}
	for _, r := range []string{sectionManager, bureauHead} {
		var seen []string
		for u := unit; u != "" && !slices.Contains(seen, u); u = o.parent[u] { // a circle in the tree ends the climb
			seen = append(seen, u)
			if add(duty{r, ref.New("unit", u).String()}) {
				break
			}
		}
	}
	add(duty{role: chief})
	add(duty{role: ciso})
	return out
}

// Place is a finding by its check and subject.
type Place struct {
	Check   string
	Subject ref.Ref
}

// Still gives those of some findings that still stand, as their bearers owe them.
func (s *Service) Still(ctx context.Context, list []Place) (map[Place]Owed, error) {
	out := map[Place]Owed{}
	if len(list) == 0 {
		return out, nil
	}
	err := s.with(ctx, func(l *look) error {
		for _, at := range list {
			k, ok := l.c.checkAt(at.Check)
			if _, known := out[at]; known || !ok || !l.on(k.ID) {
				continue
			}
			for _, p := range k.Parts {
				if p.Subject != at.Subject.Register {
					continue
				}
				f, ok := l.engine.Finding(k.ID, p.Name, at.Subject.Key)
				if !ok || !f.Result.Open() || f.Result == check.Excepted {
					continue
				}
				o := l.owedOf(debt{f, AsUnit})
				if who := l.bearer(f).person(); who != "" {
					o.Bearer = l.name("person", who)
				}
				out[at] = o
				break
			}
		}
		return nil
	})
	return out, err
}

// CheckCounts are the results of one check; known is false for one that is not there or switched off.
func (s *Service) CheckCounts(ctx context.Context, id string) (c check.Counts, known bool, err error) {
	err = s.with(ctx, func(l *look) error {
		k, ok := l.c.checkAt(id)
		if known = ok && l.on(k.ID); known {
			c = l.engine.CheckCounts(k.ID)
		}
		return nil
	})
	return c, known, err
}
