package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/when"
)

// Reach says who reads the records of a register (bp.9.3, bp.6). A register without one is read by whoever is signed
// in. One that has one is read by the people a record is about, by those who answer for the place it belongs to, and by
// those who keep the register; for everybody else its records are not there. The product itself and the operator read
// everything.
type Reach struct {
	// Own are the fields that name the people who read their own record, once it holds the values of OwnIs.
	Own   []string
	OwnIs map[string]string
	// Of are the references through which a record belongs to a place: to a unit, to a system, or to a person, whose
	// place is their unit.
	Of []string
	// Roles read what belongs to the place they are held for, or to a unit below it: all of it when they are held for the
	// whole city. So do the roles that decide the acts of the register and those of Acts.
	Roles []string
	Acts  []string
	// Only shuts out those who decide the acts of the register: they write what they may not read.
	Only bool
	// From is a day from which on whoever is signed in reads the record.
	From string
}

// Managers are who answers for a unit (bp.6).
var Managers = []string{"section_manager", "bureau_head"}

// check panics where a rule names what is not there: a mistake of ours.
func (r *Reach) check(c *Catalog, d *Def) {
	if r == nil {
		return
	}
	field := func(name string, right func(f Field) bool) {
		if f, ok := d.Field(name); !ok || !right(f) {
			panic(fmt.Sprintf("register %s: field %s cannot say who reads", d.Name, name))
		}
	}
	for _, name := range r.Own {
		field(name, func(f Field) bool { return f.Refers == "person" })
	}
	for name := range r.OwnIs {
		field(name, func(f Field) bool { return f.Kind == Enum })
	}
	for _, name := range r.Of {
		field(name, func(f Field) bool { return f.Kind == Ref && placed(f) && c.byName[f.Refers] != nil })
	}
	if r.From != "" {
		field(r.From, func(f Field) bool { return f.Kind == Date })
	}
}

func placed(f Field) bool { return slices.Contains([]string{"unit", "system", "person"}, f.Refers) }

// acts are those whose deciders read a register.
func (r *Reach) acts(d *Def) []string {
	out := slices.Clone(r.Acts)
	if !r.Only && !d.ReadOnly {
		for _, verb := range []string{"create", "change", "end", "import"} {
			out = append(out, d.Name+"."+verb)
		}
	}
	return out
}

// Span is the part of a register that one person reads.
type Span struct {
	d              *Def
	all            bool
	person         string
	units, systems []string // whose records they read, those of units below too; sorted
	day            when.Date
}

// All says whether every record is read.
func (s Span) All() bool { return s.all }

// None says whether nothing of the register can ever be read: for this person it is not there.
func (s Span) None() bool {
	if s.all || s.d.Reach == nil {
		return false
	}
	r := s.d.Reach
	return (len(r.Own) == 0 || s.person == "") && len(s.units)+len(s.systems) == 0 && r.From == ""
}

// Covers says whether what belongs to a unit is read.
func (s Span) Covers(unit string) bool {
	_, in := slices.BinarySearch(s.units, unit)
	return s.all || in
}

// Own says whether a record is about this person.
func (s Span) Own(row Row) bool {
	r := s.d.Reach
	if r == nil || s.person == "" {
		return false
	}
	for name, want := range r.OwnIs {
		if s.d.Str(row, name) != want {
			return false
		}
	}
	return slices.ContainsFunc(r.Own, func(name string) bool {
		switch x := s.d.Get(row, name).(type) {
		case string:
			return x == s.person
		case []string:
			return slices.Contains(x, s.person)
		}
		return false
	})
}

// Reads says whether a record is read, by what it holds. unit gives the unit of a person.
func (s Span) Reads(row Row, unit func(person string) string) bool {
	if s.all || s.Own(row) {
		return true
	}
	if from := s.d.Reach.From; from != "" {
		if day, _ := s.d.Get(row, from).(when.Date); day != 0 && day <= s.day {
			return true
		}
	}
	return slices.ContainsFunc(s.d.Reach.Of, func(name string) bool {
		f, _ := s.d.Field(name)
		key := s.d.Str(row, name)
		if f.Refers == "person" && key != "" {
			key = unit(key)
		}
		places := s.units
		if f.Refers == "system" {
			places = s.systems
		}
		_, in := slices.BinarySearch(places, key)
		return in && key != ""
	})
}

// add limits a query to what is read: Reads in SQL. A person's own records and those of their people go along one index.
func (s *Span) add(w *where, dialect db.Dialect) {
	if s == nil || s.all {
		return
	}
	r := s.d.Reach
	var parts []string
	var args []any
	or := func(cond string, values ...any) { parts, args = append(parts, cond), append(args, values...) }
	within, units := amongMark(dialect, s.units)
	for _, name := range r.Own {
		f, _ := s.d.Field(name)
		switch {
		case s.person == "" || f.Kind == Ref && len(r.OwnIs) == 0 && len(s.units) > 0 && slices.Contains(r.Of, name):
			continue
		case f.Kind == Set:
			or(quote(name)+" LIKE %s ESCAPE '!'", "% "+like(s.person)+" %")
		default:
			or(quote(name)+" = %s", s.person)
		}
		for _, k := range sortedKeys(r.OwnIs) {
			parts[len(parts)-1] += " AND " + quote(k) + " = %s"
			args = append(args, r.OwnIs[k])
		}
	}
	for _, name := range r.Of {
		f, _ := s.d.Field(name)
		switch {
		case f.Refers == "system" && len(s.systems) > 0:
			cond, systems := amongMark(dialect, s.systems)
			or(quote(name)+" "+cond, systems)
		case f.Refers == "unit" && len(s.units) > 0:
			or(quote(name)+" "+within, units)
		case f.Refers == "person" && len(s.units) > 0:
			people, values := `SELECT code FROM reg_person WHERE "unit" `+within, []any{units}
			if slices.Contains(r.Own, name) && len(r.OwnIs) == 0 && s.person != "" {
				people, values = people+" OR code = %s", append(values, s.person)
			}
			or(quote(name)+" IN ("+people+")", values...)
		}
	}
	if r.From != "" {
		or(quote(r.From)+" <> '' AND "+quote(r.From)+" <= %s", s.day.String())
	}
	if len(parts) == 0 {
		w.add("FALSE")
		return
	}
	w.add("("+strings.Join(parts, " OR ")+")", args...)
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// amongMark is among with a mark that where.add numbers.
func amongMark(dialect db.Dialect, values []string) (cond string, arg any) {
	if values == nil {
		values = []string{}
	}
	if dialect == db.Postgres {
		return "= ANY(%s)", values
	}
	js, _ := json.Marshal(values) // texts always can be written
	return "IN (SELECT value FROM json_each(%s))", string(js)
}

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
	acts, roles := d.Reach.acts(d), slices.Clone(d.Reach.Roles)
	for _, id := range acts {
		if role, one := r.powers[id]; one {
			roles = append(roles, role)
		}
	}
	for _, g := range r.who.Roles {
		if !slices.Contains(roles, g.Role) || !reaches(g, d, acts) {
			continue
		}
		kind, key, _ := strings.Cut(g.Scope, ":")
		switch {
		case g.Scope == "":
			s.all = true
		case kind == "system":
			s.systems = append(s.systems, key)
		case kind == "unit":
			below, err := r.unitsBelow(ctx, key)
			if err != nil {
				return s, err
			}
			s.units = append(s.units, below...)
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

// readPowers reads which role decides each act that opens a register.
func (r *Reader) readPowers(ctx context.Context) error {
	if r.powers != nil {
		return nil
	}
	r.powers = map[string]string{}
	if r.c.byName["power"] == nil {
		return nil
	}
	var acts []string
	for _, d := range r.c.defs {
		if d.Reach != nil {
			acts = append(acts, d.Reach.acts(d)...)
		}
	}
	cond, arg := among(r.tx, acts)
	rows, err := db.Rows(ctx, r.tx, func(x *sql.Rows) (p [2]string, err error) {
		return p, x.Scan(&p[0], &p[1])
	}, `SELECT action, role FROM reg_power WHERE NOT ended AND unit = '' AND organ = '' AND action `+cond, arg)
	if err != nil {
		return fmt.Errorf("read powers: %w", err)
	}
	twice := map[string]bool{}
	for _, p := range rows {
		_, known := r.powers[p[0]]
		twice[p[0]] = twice[p[0]] || known
		r.powers[p[0]] = p[1]
	}
	for id := range twice { // as the gate: an act with two deciders is decided by nobody
		delete(r.powers, id)
	}
	return nil
}

// unitsBelow gives a unit and all units below it: those for which the gate climbs to it (UnitsAbove).
func (r *Reader) unitsBelow(ctx context.Context, unit string) ([]string, error) {
	if out, ok := r.below[unit]; ok {
		return out, nil
	}
	out, err := db.Rows(ctx, r.tx, func(x *sql.Rows) (s string, err error) { return s, x.Scan(&s) },
		`WITH RECURSIVE below(code) AS (SELECT code FROM reg_unit WHERE code = $1 UNION SELECT u.code FROM reg_unit u JOIN below b ON u.parent = b.code) SELECT code FROM below`, unit)
	if err != nil {
		return nil, fmt.Errorf("read units below %s: %w", unit, err)
	}
	if r.below == nil {
		r.below = map[string][]string{}
	}
	r.below[unit] = out
	return out, nil
}

// everything is the condition of a register that is read as a whole.
const everything = "TRUE"

// within is the condition that limits a part of a statement to what is read of a register, "" when nothing is. Its
// values are numbered in w, behind those that are there.
func (w *where) within(ctx context.Context, d *Def, of spanned, dialect db.Dialect) (string, error) {
	if of == nil {
		return everything, nil
	}
	s, err := of(ctx, d)
	switch {
	case err != nil || s.None():
		return "", err
	case s.all:
		return everything, nil
	}
	part := &where{args: w.args}
	s.add(part, dialect)
	w.args = part.args
	return part.parts[0], nil
}

// spanKeys are those of some keys whose records are read.
func (c *Catalog) spanKeys(ctx context.Context, tx *db.Tx, d *Def, keys []string, s *Span) ([]string, error) {
	key := quote(d.KeyField().Name)
	var out []string
	for part := range slices.Chunk(keys, lookupPart) {
		w := &where{}
		cond, arg := amongMark(tx.Dialect(), part)
		w.add(key+" "+cond, arg)
		s.add(w, tx.Dialect())
		found, err := db.Rows(ctx, tx, func(r *sql.Rows) (k string, err error) { return k, r.Scan(&k) }, fmt.Sprintf("SELECT %s FROM %s%s", key, d.table(), w.sql()), w.args...)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", d.Name, err)
		}
		out = append(out, found...)
	}
	return out, nil
}
