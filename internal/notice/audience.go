package notice

import (
	"slices"

	"okite/internal/asset"
	"okite/internal/org"
	"okite/internal/when"
)

// Audience is a rule for whom something is meant: those of some units with what is below them, in some roles or at
// some systems; everybody when none of these is named. Kinds of employment narrow it.
type Audience struct {
	Units, Roles, Employments, Systems []string
}

// contractor is the kind of employment of those who work here for another employer: they are told through their
// company (R003) and meant only when named.
const contractor = "contractor"

// everybody says whether nothing but the employment narrows the audience.
func (a Audience) everybody() bool { return len(a.Units)+len(a.Roles)+len(a.Systems) == 0 }

// Reach is what audiences are worked out from: the organisation and the posts of a day.
type Reach struct {
	day     when.Date
	parent  map[string]string          // of a unit
	byRole  map[string][]string        // role → people on its posts
	bySys   map[string][]string        // system → people on its posts
	charge  map[string]string          // system → unit in charge
	subtree map[string]map[string]bool // memo: unit → units from it down
	units   []org.Unit
}

// NewReach prepares the day.
func NewReach(units []org.Unit, posts []org.Post, assignments []org.Assignment, systems []asset.System, day when.Date) *Reach {
	r := &Reach{day: day, parent: make(map[string]string, len(units)), byRole: map[string][]string{}, bySys: map[string][]string{}, charge: map[string]string{},
		subtree: map[string]map[string]bool{}, units: units}
	for _, u := range units {
		r.parent[u.Code] = u.Parent
	}
	live := make(map[string]org.Post, len(posts))
	for _, p := range posts {
		if org.LiveOn(p.From, p.Until, day) {
			live[p.Code] = p
		}
	}
	for _, a := range assignments {
		p, ok := live[a.Post]
		if !ok || !org.LiveOn(a.From, a.Until, day) {
			continue
		}
		r.byRole[p.Role] = append(r.byRole[p.Role], a.Person)
		if p.System != "" {
			r.bySys[p.System] = append(r.bySys[p.System], a.Person)
		}
	}
	for _, s := range systems {
		r.charge[s.Code] = s.Unit
	}
	return r
}

// Below gives a unit and all units below it. A circle in the register ends where it closes.
func (r *Reach) Below(unit string) map[string]bool {
	if s, ok := r.subtree[unit]; ok {
		return s
	}
	s := map[string]bool{unit: true}
	for _, u := range r.units {
		seen := 0
		for at := u.Code; at != "" && seen < 50; at, seen = r.parent[at], seen+1 {
			if at == unit {
				s[u.Code] = true
				break
			}
		}
	}
	r.subtree[unit] = s
	return s
}

// Members is an audience made ready to be asked about many people.
type Members struct {
	all         bool
	employments []string
	units       map[string]bool
	people      map[string]bool
}

// Members works an audience out.
func (r *Reach) Members(a Audience) *Members {
	m := &Members{all: a.everybody(), employments: a.Employments, units: map[string]bool{}, people: map[string]bool{}}
	for _, u := range a.Units {
		for code := range r.Below(u) {
			m.units[code] = true
		}
	}
	for _, role := range a.Roles {
		for _, p := range r.byRole[role] {
			m.people[p] = true
		}
	}
	for _, s := range a.Systems {
		if u := r.charge[s]; u != "" {
			m.units[u] = true
		}
		for _, p := range r.bySys[s] {
			m.people[p] = true
		}
	}
	return m
}

// Holds says whether a person is meant, as far as unit, role and employment go.
func (m *Members) Holds(code, unit, employment string) bool {
	switch {
	case len(m.employments) > 0 && !slices.Contains(m.employments, employment):
		return false
	case len(m.employments) == 0 && employment == contractor:
		return false
	}
	return m.all || m.units[unit] || m.people[code]
}

// owes says whether a person must read what was issued on a day, asked on another: whoever joined later was not there
// to be told, and whoever has left owes nothing more.
func owes(joined, left, issued, day when.Date) bool {
	return joined != 0 && joined <= issued && joined <= day && (left == 0 || left >= day)
}
