package register

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/when"
)

// Span finds what somebody reads of a register. What is asked of the table of powers and of the units is asked once for
// all registers.
func (r *Reader) Span(ctx context.Context, d *Def) (Span, error) {
	s := Span{d: d, all: d.Reach == nil || r.who.System, person: r.who.Person, day: when.Of(r.tx.Now())}
	if s.all || len(r.who.Roles) == 0 {
		return s, nil
	}
	if known, ok := r.spans[d.Name]; ok {
		return known, nil
	}
	if err := r.readPowers(ctx); err != nil {
		return s, err
	}
	acts := d.Reach.acts(d)
	for _, g := range r.who.Roles {
		if slices.Contains(d.Reach.Roles, g.Role) && reaches(g, d, acts) {
			if err := r.widen(ctx, &s, g); err != nil {
				return s, err
			}
		}
		for _, id := range acts {
			if !g.Covers(id) {
				continue
			}
			if err := r.decided(ctx, &s, g, r.powers[id]); err != nil {
				return s, err
			}
		}
	}
	slices.Sort(s.units)
	slices.Sort(s.systems)
	s.units, s.systems = slices.Compact(s.units), slices.Compact(s.systems)
	if r.spans == nil {
		r.spans = map[string]Span{}
	}
	r.spans[d.Name] = s
	return s, nil
}

// reaches says whether a grant counts for reading a register: one that a delegation limits to acts counts where one of
// them is an act on the register (bp.6).
func reaches(g actor.Grant, d *Def, acts []string) bool {
	return len(g.Acts) == 0 || slices.ContainsFunc(g.Acts, func(id string) bool {
		return strings.HasPrefix(id, d.Name+".") || slices.Contains(acts, id)
	})
}

// widen adds the place a grant is held for.
func (r *Reader) widen(ctx context.Context, s *Span, g actor.Grant) error {
	kind, key, _ := strings.Cut(g.Scope, ":")
	switch {
	case g.Scope == "":
		s.all = true
	case kind == "system":
		s.systems = append(s.systems, key)
	case kind == "unit":
		if err := r.readUnits(ctx); err != nil {
			return err
		}
		s.units = append(s.units, r.below(key)...)
	}
	return nil
}

// decided adds where a grant decides an act. A row of the table of powers that is limited to a unit or an organ holds
// there and the row of the whole city does not, as the gate counts it.
func (r *Reader) decided(ctx context.Context, s *Span, g actor.Grant, rows []power) error {
	city, one := only(rows, "", "")
	limited := slices.ContainsFunc(rows, func(p power) bool { return p.unit != "" || p.organ != "" })
	kind, key, _ := strings.Cut(g.Scope, ":")
	if !limited || len(s.d.Reach.Of) == 0 || kind == "system" {
		if one && city == g.Role {
			return r.widen(ctx, s, g)
		}
		return nil
	}
	if err := r.readUnits(ctx); err != nil {
		return err
	}
	units := r.below(key)
	if g.Scope == "" {
		for u := range r.units {
			units = append(units, u)
		}
	}
	for _, u := range units {
		if role, ok := r.decider(rows, u); ok && role == g.Role {
			s.units = append(s.units, u)
		}
	}
	return nil
}

// power is a row of the table of powers: the role that decides an act, everywhere or in a unit or an organ.
type power struct{ act, role, unit, organ string }

// only is the role of the one row of a scope; none of two.
func only(rows []power, unit, organ string) (role string, one bool) {
	for _, p := range rows {
		if p.unit != unit || p.organ != organ {
			continue
		}
		if one {
			return "", false
		}
		role, one = p.role, true
	}
	return role, one
}

// decider is the role that decides in a unit: by the row of the nearest unit, else of the organ, else of the city.
func (r *Reader) decider(rows []power, unit string) (string, bool) {
	has := func(unit, organ string) bool {
		return slices.ContainsFunc(rows, func(p power) bool { return p.unit == unit && p.organ == organ })
	}
	organ := ""
	var seen []string
	for u := unit; u != "" && !slices.Contains(seen, u); u = r.units[u].parent { // a circle in the tree ends the climb
		if has(u, "") {
			return only(rows, u, "")
		}
		if seen = append(seen, u); organ == "" {
			organ = r.units[u].organ
		}
	}
	if organ != "" && has("", organ) {
		return only(rows, "", organ)
	}
	return only(rows, "", "")
}

// readPowers reads which role decides each act that opens a register.
func (r *Reader) readPowers(ctx context.Context) error {
	d := r.c.byName["power"]
	if r.powers != nil || d == nil {
		return nil
	}
	r.powers = map[string][]power{}
	var acts []string
	for _, d := range r.c.defs {
		if d.Reach != nil {
			acts = append(acts, d.Reach.acts(d)...)
		}
	}
	cond, arg := among(r.tx, acts)
	rows, err := db.Rows(ctx, r.tx, func(x *sql.Rows) (p power, err error) {
		return p, x.Scan(&p.act, &p.role, &p.unit, &p.organ)
	}, fmt.Sprintf("SELECT action, role, %s, %s FROM reg_power WHERE NOT ended AND action %s", orEmpty(d, "unit"), orEmpty(d, "organ"), cond), arg)
	if err != nil {
		return fmt.Errorf("read powers: %w", err)
	}
	for _, p := range rows {
		r.powers[p.act] = append(r.powers[p.act], p)
	}
	return nil
}

// orEmpty is a column of a register, an empty text where the register has no such field.
func orEmpty(d *Def, field string) string {
	if d.Index(field) < 0 {
		return "''"
	}
	return quote(field)
}

// placeInCity is where a unit stands.
type placeInCity struct{ parent, organ string }

// readUnits reads the tree of units.
func (r *Reader) readUnits(ctx context.Context) error {
	d := r.c.byName["unit"]
	if r.units != nil || d == nil {
		return nil
	}
	type row struct {
		code string
		placeInCity
	}
	rows, err := db.Rows(ctx, r.tx, func(x *sql.Rows) (u row, err error) {
		return u, x.Scan(&u.code, &u.parent, &u.organ)
	}, fmt.Sprintf("SELECT code, parent, %s FROM reg_unit", orEmpty(d, "organ")))
	if err != nil {
		return fmt.Errorf("read units: %w", err)
	}
	r.units, r.under = map[string]placeInCity{}, map[string][]string{}
	for _, u := range rows {
		r.units[u.code] = u.placeInCity
		r.under[u.parent] = append(r.under[u.parent], u.code)
	}
	return nil
}

// below gives a unit and all units below it: those from which the gate climbs to it.
func (r *Reader) below(unit string) []string {
	if unit == "" {
		return nil
	}
	out, seen := []string{unit}, map[string]bool{unit: true}
	for i := 0; i < len(out); i++ {
		for _, u := range r.under[out[i]] {
			if !seen[u] {
				seen[u] = true
				out = append(out, u)
			}
		}
	}
	return out
}
