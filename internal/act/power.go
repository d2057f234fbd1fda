package act

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/trail"
)

// bp.9.1: nobody acts beyond the power the city has given them.
const within clause.ID = "bp.9.1"

// Power is a row of the table of powers for one act: the role that decides it, everywhere or in a unit or an organ alone.
type Power struct{ Role, Unit, Organ string }

// everywhere says that the row is limited to no place.
func (p Power) everywhere() bool { return p.Unit == "" && p.Organ == "" }

// allow is the one decision: input, power, scope, and the act's own Allow. It gives the grant it rests on.
func (g *Gate) allow(ctx context.Context, tx *db.Tx, a *Act, who actor.Actor, in Input) (trail.Capacity, error) {
	as, err := g.may(ctx, tx, a, who, in)
	if err != nil {
		return as, err
	}
	if err := a.check(in); err != nil {
		return as, err
	}
	if a.Allow == nil {
		return as, nil
	}
	return as, a.Allow(ctx, tx, who, in)
}

// May says whether a person could run an act with an input: power, scope and the act's own Allow, as Run asks them.
// It is for pages, which show only the buttons that would work; Run decides again. What is missing in the input is
// not judged here.
func (g *Gate) May(ctx context.Context, tx *db.Tx, who actor.Actor, id string, in Input) error {
	a, ok := g.Registry.Get(id)
	if !ok {
		return fault.New(fault.NotFound, msg.F("「%s」という操作はありません。", "There is no act %q.", id))
	}
	if _, err := g.may(ctx, tx, a, who, in); err != nil || a.Allow == nil {
		return err
	}
	return a.Allow(ctx, tx, who, in)
}

// Decides says whether a person holds a role that decides an act in some place: what can be said before there is an
// input.
func (g *Gate) Decides(ctx context.Context, tx *db.Tx, who actor.Actor, id string) (bool, error) {
	a, ok := g.Registry.Get(id)
	switch {
	case !ok:
		return false, nil
	case who.System:
		return true, nil
	case who.Person == "":
		return false, nil
	case a.Anyone:
		return true, nil
	}
	t, err := g.table(ctx, tx, id)
	return err == nil && t.held(who.Roles), err
}

// Call names whoever decides an act in some place, for a first look at many people.
func (g *Gate) Call(ctx context.Context, tx *db.Tx, c *actor.Called, id string) error {
	if a, ok := g.Registry.Get(id); !ok {
		return nil
	} else if a.Anyone {
		c.Everybody()
		return nil
	}
	t, err := g.table(ctx, tx, id)
	for _, p := range t.rows {
		c.Role(p.Role)
	}
	return err
}

// CallIn names whoever decides an act by a grant in just one of some units. A row of the table of powers that is limited
// to a place names its role wherever it is held.
func (g *Gate) CallIn(ctx context.Context, tx *db.Tx, c *actor.Called, id string, units []string) error {
	t, err := g.table(ctx, tx, id)
	for _, p := range t.rows {
		if !p.everywhere() {
			c.Role(p.Role)
			continue
		}
		for _, u := range units {
			c.RoleIn(p.Role, "unit:"+u)
		}
	}
	return err
}

// RoleAt is the one role that decides an act at a place; false when the table of powers names none or several.
func (g *Gate) RoleAt(ctx context.Context, tx *db.Tx, id string, p Place) (role string, ok bool, err error) {
	t, err := g.table(ctx, tx, id)
	if err != nil {
		return "", false, err
	}
	return t.decides(ctx, tx, p)
}

// DecidesAt says whether a person decides an act where a record belongs.
func (g *Gate) DecidesAt(ctx context.Context, tx *db.Tx, who actor.Actor, id string, p Place) (bool, error) {
	t, err := g.table(ctx, tx, id)
	if err != nil || !t.held(who.Roles) {
		return false, err
	}
	role, ok, err := t.decides(ctx, tx, p)
	if err != nil || !ok {
		return false, err
	}
	_, holds, err := t.grant(ctx, tx, who, role, p)
	return holds, err
}

// Scopes are the scopes in which a person decides an act: those of their own grants, and those in which they only stand
// for another, by post or by delegation. "" is the whole city. Inside such a scope a unit may have a row of its own: lists
// are made from scopes, and each act on what they list is decided by Run.
func (g *Gate) Scopes(ctx context.Context, tx *db.Tx, who actor.Actor, id string) (own, standing []string, err error) {
	t, err := g.table(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	places := make([]string, 0, len(who.Roles)+len(t.rows))
	for _, x := range who.Roles {
		places = append(places, x.Scope)
	}
	for _, p := range t.rows {
		if p.Unit != "" {
			places = append(places, "unit:"+p.Unit)
		}
	}
	for i, scope := range places {
		if slices.Contains(places[:i], scope) {
			continue
		}
		p := placeOf(scope)
		role, ok, err := t.decides(ctx, tx, p)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			continue
		}
		grant, ok, err := t.grant(ctx, tx, who, role, p)
		switch {
		case err != nil:
			return nil, nil, err
		case !ok:
		case distance(grant) > 0:
			standing = append(standing, scope)
		default:
			own = append(own, scope)
		}
	}
	return own, standing, nil
}

// placeOf is where a grant's scope lies.
func placeOf(scope string) Place {
	switch kind, key, _ := strings.Cut(scope, ":"); kind {
	case "unit":
		return Place{Unit: key}
	case "system":
		return Place{System: key}
	}
	return Place{}
}

// Units are the units among scopes.
func Units(scopes []string) (out []string) {
	for _, s := range scopes {
		if unit, ok := strings.CutPrefix(s, "unit:"); ok {
			out = append(out, unit)
		}
	}
	return out
}

// may asks the power register (bp.6) which role decides where the record belongs, and whether the actor holds it there.
// Of several places the grant that is furthest from an own one is given: whoever acts for another anywhere says so.
func (g *Gate) may(ctx context.Context, tx *db.Tx, a *Act, who actor.Actor, in Input) (as trail.Capacity, err error) {
	if who.System {
		return as, nil
	}
	if who.Person == "" {
		return as, deny(a, msg.T("サインインしていません。", "You are not signed in."))
	}
	if a.Anyone {
		return as, nil
	}
	t, err := g.table(ctx, tx, a.ID)
	if err != nil {
		return as, err
	}
	if !t.some() {
		return as, undecided(a)
	}
	if !slices.ContainsFunc(t.rows, func(p Power) bool { return holdsRole(who.Roles, p.Role, a.ID) }) {
		return as, g.notTheirs(a, t.first())
	}
	var places []Place
	if a.Where != nil {
		if places, err = a.Where(ctx, tx, in); err != nil {
			return as, err
		}
	}
	if len(places) == 0 {
		places = []Place{{}}
	}
	rank := -1
	for _, p := range places {
		role, ok, err := t.decides(ctx, tx, p)
		if err != nil {
			return as, err
		}
		if !ok {
			return as, undecided(a)
		}
		grant, ok, err := t.grant(ctx, tx, who, role, p)
		switch {
		case err != nil:
			return as, err
		case !ok && !holdsRole(who.Roles, role, a.ID):
			return as, g.notTheirs(a, role)
		case !ok:
			return as, deny(a, msg.F("「%s」として受け持つ範囲の外の記録です。", "The record is outside the scope in which you are: %s.", g.title(role)))
		}
		if n := distance(grant); n > rank {
			rank, as = n, trail.Capacity{Role: grant.Role, Scope: grant.Scope, Deputy: grant.Deputy, Via: grant.Via}
		}
	}
	return as, nil
}

// undecided is the refusal of an act for which the table of powers names no role, or several.
func undecided(a *Act) error {
	return deny(a, msg.T("権限表で、決定する役割が一つに定まっていません。権限表を確認してください。",
		"The power register does not name exactly one deciding role. Please check it."))
}

func (g *Gate) notTheirs(a *Act, role string) error {
	return deny(a, msg.F("決定できるのは「%s」です。", "It is decided by: %s.", g.title(role)))
}

// table is the table of powers for one act, with what is asked again and again about the units of its places.
type table struct {
	g     *Gate
	act   string
	rows  []Power
	above map[string][]string
}

func (g *Gate) table(ctx context.Context, tx *db.Tx, act string) (table, error) {
	rows, err := g.Powers(ctx, tx, act)
	if err != nil {
		return table{}, fmt.Errorf("read power for %s: %w", act, err)
	}
	return table{g: g, act: act, rows: rows}, nil
}

// some says that there is a place where exactly one role can decide.
func (t *table) some() bool {
	return slices.ContainsFunc(t.rows, func(p Power) bool { _, ok := t.only(p.Unit, p.Organ); return ok })
}

// first is the role to name to whoever holds none: that of the whole city, if there is one.
func (t *table) first() string {
	if i := slices.IndexFunc(t.rows, Power.everywhere); i >= 0 {
		return t.rows[i].Role
	}
	return t.rows[0].Role
}

// held says that somebody holds a role that decides in some place, wherever they hold it.
func (t *table) held(grants []actor.Grant) bool {
	return slices.ContainsFunc(t.rows, func(p Power) bool {
		_, ok := t.only(p.Unit, p.Organ)
		return ok && holdsRole(grants, p.Role, t.act)
	})
}

// holdsRole leaves out what a delegation limits to other acts (bp.6: 委任 names the acts it covers).
func holdsRole(grants []actor.Grant, role, act string) bool {
	return slices.ContainsFunc(grants, func(g actor.Grant) bool { return g.Role == role && g.Covers(act) })
}

// only is the role of the one row of a scope; false when there are two.
func (t *table) only(unit, organ string) (role string, ok bool) {
	for _, p := range t.rows {
		if p.Unit != unit || p.Organ != organ {
			continue
		}
		if ok {
			return "", false
		}
		role, ok = p.Role, true
	}
	return role, ok
}

// has says that there are rows of a scope.
func (t *table) has(unit, organ string) bool {
	return slices.ContainsFunc(t.rows, func(p Power) bool { return p.Unit == unit && p.Organ == organ })
}

// decides is the one role that decides at a place: that of the nearest scope around it, a unit before the organ, and both
// before the whole city. Two rows of one scope decide nothing there.
func (t *table) decides(ctx context.Context, tx *db.Tx, p Place) (role string, ok bool, err error) {
	if p.Unit == "" || !slices.ContainsFunc(t.rows, func(p Power) bool { return !p.everywhere() }) {
		role, ok = t.only("", "")
		return role, ok, nil
	}
	above, err := t.units(ctx, tx, p.Unit)
	if err != nil {
		return "", false, err
	}
	for _, u := range above {
		if t.has(u, "") {
			role, ok = t.only(u, "")
			return role, ok, nil
		}
	}
	organ := ""
	if t.g.Organ != nil && slices.ContainsFunc(t.rows, func(p Power) bool { return p.Organ != "" }) {
		if organ, err = t.g.Organ(ctx, tx, p.Unit); err != nil {
			return "", false, fmt.Errorf("read organ of unit %s: %w", p.Unit, err)
		}
	}
	if organ != "" && t.has("", organ) {
		role, ok = t.only("", organ)
	} else {
		role, ok = t.only("", "")
	}
	return role, ok, nil
}

// units is a unit and those above it.
func (t *table) units(ctx context.Context, tx *db.Tx, unit string) ([]string, error) {
	if above, known := t.above[unit]; known {
		return above, nil
	}
	above, err := t.g.Units(ctx, tx, unit)
	if err != nil {
		return nil, fmt.Errorf("read units above %s: %w", unit, err)
	}
	if t.above == nil {
		t.above = map[string][]string{}
	}
	t.above[unit] = above
	return above, nil
}

// grant is the grant by which somebody holds a role at a place: their own before that of a deputy, and both before one
// that a delegation gave (bp.6).
func (t *table) grant(ctx context.Context, tx *db.Tx, who actor.Actor, role string, p Place) (best actor.Grant, ok bool, err error) {
	for _, x := range who.Roles {
		if x.Role != role || !x.Covers(t.act) || ok && distance(x) >= distance(best) {
			continue
		}
		kind, key, _ := strings.Cut(x.Scope, ":")
		covers := x.Scope == "" || kind == "system" && key != "" && p.System == key
		if kind == "unit" && p.Unit != "" {
			above, err := t.units(ctx, tx, p.Unit)
			if err != nil {
				return best, false, err
			}
			covers = slices.Contains(above, key)
		}
		if covers {
			best, ok = x, true
		}
	}
	return best, ok, nil
}

// distance is how far a grant is from one's own: 0 held, 1 as deputy, 2 by delegation.
func distance(g actor.Grant) int {
	switch {
	case g.Via != "":
		return 2
	case g.Deputy:
		return 1
	}
	return 0
}

// deny names the clause the refusal rests on.
func deny(a *Act, why msg.Text) error {
	return fault.Deny(msg.F("%sにより、「%s」を行えません。%s", "Under %s you may not carry out “%s”. %s", within.Number(), a.Title, why), union([]clause.ID{within}, a.Clauses)...)
}

func (g *Gate) title(role string) msg.Text {
	if g.Role == nil {
		return msg.Same(role)
	}
	return g.Role(role)
}
