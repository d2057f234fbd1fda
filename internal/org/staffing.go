package org

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"okite/internal/db"
	"okite/internal/register"
	"okite/internal/when"
)

// Chart is the organisation of a day (組織図): the units there are, by the unit above.
type Chart struct {
	Organs []Organ
	units  map[string]Unit
	below  map[string][]Unit
	order  map[string]int // place in a walk from the top
}

// ReadChart reads the organisation of a day. A unit whose unit above does not exist stands at the top of its organ.
func ReadChart(ctx context.Context, tx *db.Tx, c *register.Catalog, day when.Date) (*Chart, error) {
	organs, err := register.Load[Organ](ctx, tx, c.Must("organ"))
	if err != nil {
		return nil, err
	}
	units, err := register.Load[Unit](ctx, tx, c.Must("unit"))
	if err != nil {
		return nil, err
	}
	ch := &Chart{units: map[string]Unit{}, below: map[string][]Unit{}, order: map[string]int{}}
	for _, o := range organs {
		if LiveOn(o.Open, o.Close, day) {
			ch.Organs = append(ch.Organs, o)
		}
	}
	for _, u := range units {
		if LiveOn(u.Open, u.Close, day) {
			ch.units[u.Code] = u
		}
	}
	for _, u := range units {
		if _, live := ch.units[u.Code]; !live {
			continue
		}
		if _, live := ch.units[u.Parent]; !live || ch.circles(u) {
			u.Parent = ""
			ch.units[u.Code] = u
		}
		ch.below[u.Parent] = append(ch.below[u.Parent], u)
	}
	var walk func(u Unit)
	walk = func(u Unit) {
		ch.order[u.Code] = len(ch.order)
		for _, b := range ch.below[u.Code] {
			walk(b)
		}
	}
	for _, u := range ch.below[""] {
		walk(u)
	}
	return ch, nil
}

// circles says whether the climb from a unit comes back to it.
func (ch *Chart) circles(u Unit) bool {
	seen := map[string]bool{}
	for at := u.Parent; at != "" && !seen[at]; at = ch.units[at].Parent {
		if at == u.Code {
			return true
		}
		seen[at] = true
	}
	return false
}

// Unit finds a unit of the day.
func (ch *Chart) Unit(code string) (Unit, bool) { u, ok := ch.units[code]; return u, ok }

// Below are the units directly below one; "" gives the top.
func (ch *Chart) Below(code string) []Unit { return ch.below[code] }

// Path is a unit with all above it, the highest first.
func (ch *Chart) Path(code string) []Unit {
	var out []Unit
	for u, ok := ch.units[code]; ok; u, ok = ch.units[u.Parent] {
		out = append(out, u)
	}
	slices.Reverse(out)
	return out
}

// PathName is 総務局 情報政策課.
func (ch *Chart) PathName(code string) string {
	var names []string
	for _, u := range ch.Path(code) {
		names = append(names, u.Name)
	}
	return strings.Join(names, "　")
}

// Within are a unit and all units below it.
func (ch *Chart) Within(code string) []string {
	out := []string{code}
	for _, u := range ch.below[code] {
		out = append(out, ch.Within(u.Code)...)
	}
	return out
}

// walk goes through the units from the top, with their depth.
func (ch *Chart) walk(fn func(u Unit, depth int)) {
	var down func(code string, depth int)
	down = func(code string, depth int) {
		for _, u := range ch.below[code] {
			fn(u, depth)
			down(u.Code, depth+1)
		}
	}
	down("", 0)
}

// filled is a post with the people on it.
type filled struct {
	Post
	tenure
	holding, standing []Person
	system            string // name of the system in scope
}

// gap says whether the post breaks what R030 asks.
func (f filled) gaps(day when.Date) bool {
	return f.holders != 1 || f.deputies < 1 || f.gap > 0 || f.handoverDue != 0 && f.handoverDue < day
}

// readPosts reads all posts of a day and how they are filled, in the order of the organisation.
func readPosts(ctx context.Context, tx *db.Tx, c *register.Catalog, cal *when.Calendar, ch *Chart, day when.Date) ([]filled, error) {
	posts, err := register.Load[Post](ctx, tx, c.Must("post"))
	if err != nil {
		return nil, err
	}
	assigned, err := register.Load[Assignment](ctx, tx, c.Must("assignment"))
	if err != nil {
		return nil, err
	}
	byPost, keys := map[string][]Assignment{}, map[string]bool{}
	for _, a := range assigned {
		byPost[a.Post] = append(byPost[a.Post], a)
		keys[a.Person] = true
	}
	people, err := readPeople(ctx, tx, c, keys)
	if err != nil {
		return nil, err
	}
	handover, err := handoverDays(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	var out []filled
	for _, p := range posts {
		if !LiveOn(p.From, p.Until, day) {
			continue
		}
		as := byPost[p.Code]
		f := filled{Post: p, tenure: tenureOf(p, as, people, day, cal.AddOpen, handover)}
		for _, a := range as {
			s, ok := spellOf(a, people)
			switch {
			case !ok || !LiveOn(s.from, s.until, day):
			case a.Kind == "deputy":
				f.standing = append(f.standing, *people[a.Person])
			default:
				f.holding = append(f.holding, *people[a.Person])
			}
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b filled) int {
		return cmp.Or(cmp.Compare(ch.rank(a.Post), ch.rank(b.Post)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Code, b.Code))
	})
	return out, nil
}

// rank puts posts of the whole city first, then those of units from the top, then those of systems.
func (ch *Chart) rank(p Post) int {
	switch scope, _ := ScopeOf(p); {
	case scope == "":
		return -1
	case p.Unit != "" && p.System == "":
		return ch.order[p.Unit]
	}
	return len(ch.order)
}

// readPeople reads some people by their numbers.
func readPeople(ctx context.Context, tx *db.Tx, c *register.Catalog, keys map[string]bool) (map[string]*Person, error) {
	list := make([]string, 0, len(keys))
	for k := range keys {
		list = append(list, k)
	}
	slices.Sort(list)
	d := c.Must("person")
	rows, err := c.Many(ctx, tx, d, list)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Person, len(rows))
	for k, r := range rows {
		p := register.Decode[Person](d, r.Row)
		out[k] = &p
	}
	return out, nil
}

// handoverDays is N.handover, for the pages: without a value no hand-over is late, and R030 says that it cannot tell.
func handoverDays(ctx context.Context, tx *db.Tx, c *register.Catalog) (int, error) {
	const unset = 1 << 16
	d, ok := c.Get("parameter")
	if !ok {
		return unset, nil
	}
	r, ok, err := c.One(ctx, tx, d, "N.handover")
	if err != nil || !ok {
		return unset, err
	}
	n, stated := d.Get(r.Row, "value").(int64)
	if !stated {
		return unset, nil
	}
	return int(n), nil
}
