package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"okite/internal/db"
	"okite/internal/when"
)

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
