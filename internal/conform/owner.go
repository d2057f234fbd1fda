package conform

import (
	"cmp"
	"slices"

	"okite/internal/asset"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/when"
)

// The roles a duty climbs to when nobody holds the role that owes it (bp.6).
const (
	bureauHead     = "bureau_head"
	sectionManager = "section_manager"
	chief          = "chief"
	ciso           = "ciso"
)

// duty is a role in a scope: "unit:U", "system:S", or "" for the whole city. Without a role the scope is the person.
type duty struct{ role, scope string }

// bearer is who owes a duty on a day.
type bearer struct {
	holders, deputies []string // keys of persons
	post              string   // name of the post, "" when the duty is the person's own or no post bears it
	unit, system      string   // scope of the post
	above             bool     // nobody holds the role itself: the duty climbed
}

// person is whom a finding names: the holder, else the deputy, "" when there is nobody.
func (b bearer) person() string {
	for _, p := range [][]string{b.holders, b.deputies} {
		if len(p) > 0 {
			return p[0]
		}
	}
	return ""
}

// owners tell who bears which duty on a day.
type owners struct {
	posts   map[duty][]org.Post
	holds   map[string]*bearer // by post
	parent  map[string]string  // unit above, by unit
	inUnit  map[string]string  // unit of a system
	csirt   org.CSIRT
	settled map[duty]bearer
}

func newOwners(st *state, day when.Date) *owners {
	o := &owners{posts: map[duty][]org.Post{}, holds: map[string]*bearer{}, parent: map[string]string{}, inUnit: map[string]string{}, settled: map[duty]bearer{}}
	for _, p := range records[org.Post](st.sources, "post") {
		if !org.LiveOn(p.From, p.Until, day) {
			continue
		}
		d := duty{role: p.Role}
		switch {
		case p.System != "":
			d.scope = ref.New("system", p.System).String()
		case p.Unit != "":
			d.scope = ref.New("unit", p.Unit).String()
		}
		o.posts[d] = append(o.posts[d], p)
		o.holds[p.Code] = &bearer{post: p.Name, unit: p.Unit, system: p.System}
	}
	people := records[org.Person](st.sources, "person")
	assignments := slices.Clone(records[org.Assignment](st.sources, "assignment"))
	slices.SortFunc(assignments, func(a, b org.Assignment) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Code, b.Code))
	})
	for _, a := range assignments {
		b := o.holds[a.Post]
		row, known := st.engine.Index("person", a.Person)
		if b == nil || !known || !org.LiveOn(a.From, a.Until, day) || !people[row].ActiveOn(day) {
			continue
		}
		to := &b.deputies
		if a.Kind == "holder" {
			to = &b.holders
		}
		if !slices.Contains(*to, a.Person) {
			*to = append(*to, a.Person)
		}
	}
	for _, u := range records[org.Unit](st.sources, "unit") {
		o.parent[u.Code] = u.Parent
	}
	for _, s := range records[asset.System](st.sources, "system") {
		o.inUnit[s.Code] = s.Unit
	}
	for _, c := range records[org.CSIRT](st.sources, "csirt") {
		if c.Main {
			o.csirt = c
		}
	}
	return o
}

// of settles who bears a duty: the holder or deputy of the role where it is owed, else of the role above, up to the
// chief of the whole city (bp.6).
func (o *owners) of(d duty) bearer {
	if b, ok := o.settled[d]; ok {
		return b
	}
	b := o.settle(d)
	o.settled[d] = b
	return b
}

func (o *owners) settle(d duty) bearer {
	register, key, _ := cutSubject(d.scope)
	if d.role == "" {
		if key == "" {
			return bearer{}
		}
		return bearer{holders: []string{key}}
	}
	if b, ok := o.held(d); ok {
		return b
	}
	for _, next := range o.above(d.role, register, key) {
		if b, ok := o.held(next); ok {
			b.above = true
			return b
		}
	}
	return bearer{}
}

// above lists the duties that stand in for one, nearest first.
func (o *owners) above(role, register, key string) []duty {
	var out []duty
	unit := key
	if register == "system" {
		unit = o.inUnit[key]
		out = append(out, duty{sectionManager, ref.New("unit", unit).String()})
	}
	if register != "" {
		var seen []string
		for u := unit; u != "" && !slices.Contains(seen, u); u = o.parent[u] { // a circle in the tree ends the climb
			seen = append(seen, u)
			at := ref.New("unit", u).String()
			out = append(out, duty{role, at}, duty{sectionManager, at}, duty{bureauHead, at})
		}
	}
	return append(out, duty{role: role}, duty{role: chief}, duty{role: ciso})
}

// held is who holds a role in exactly this scope.
func (o *owners) held(d duty) (bearer, bool) {
	var out bearer
	for _, p := range o.posts[d] {
		b := o.holds[p.Code]
		if out.post == "" || len(out.holders) == 0 && len(b.holders) > 0 {
			out.post, out.unit, out.system = b.post, b.unit, b.system
		}
		out.holders, out.deputies = append(out.holders, b.holders...), append(out.deputies, b.deputies...)
	}
	if len(out.holders)+len(out.deputies) == 0 && d.scope == "" {
		out = o.team(d.role)
	}
	return out, len(out.holders)+len(out.deputies) > 0
}

// team is the CSIRT's own people, which its register names when no post does.
func (o *owners) team(role string) bearer {
	b := bearer{unit: o.csirt.Unit}
	add := func(to *[]string, p string) {
		if p != "" {
			*to = append(*to, p)
		}
	}
	switch role {
	case "csirt_chief":
		add(&b.holders, o.csirt.Chief)
		add(&b.deputies, o.csirt.Deputy)
	case "csirt_manager":
		add(&b.holders, o.csirt.Manager)
	case "csirt_poc":
		add(&b.holders, o.csirt.PoC)
	}
	return b
}
