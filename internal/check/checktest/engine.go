package checktest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/rule"
	"okite/internal/when"
)

// Engine loads the product's own engine with the city and the checks named, or all. Its verdicts must be those of
// Results.
func (c *City) Engine(t testing.TB, ids ...string) *check.Engine {
	t.Helper()
	return c.engineWith(t, c.Params, ids...)
}

// engineWith is Engine with the parameters that conditions may name given apart from those that have a value.
func (c *City) engineWith(t testing.TB, params map[string]int64, ids ...string) *check.Engine {
	t.Helper()
	spec := check.Spec{Joins: Joins(), Checks: slices.DeleteFunc(Checks(), func(k check.Check) bool {
		return len(ids) > 0 && !slices.Contains(ids, k.ID)
	})}
	for _, d := range Defs() {
		spec.Registers = append(spec.Registers, Register(d))
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		spec.Params = append(spec.Params, rule.Attr{Name: name, Title: msg.Same(name), Kind: rule.Int})
	}
	e, err := check.Compile(spec)
	if err != nil {
		t.Fatal(err)
	}
	in := check.Input{Day: c.Day, Calendar: calendar{when.NewCalendar()}, Params: c.Params, Texts: c.Texts}
	for name, rows := range c.tables() {
		in.Sources = append(in.Sources, &source{name: name, def: def(name), rows: reflect.ValueOf(rows)})
	}
	for _, x := range c.Exceptions {
		if x.Holds(c.Day) {
			in.Exceptions = append(in.Exceptions, check.Exception{Check: x.Check, Subject: x.Subject, Until: x.Until})
		}
	}
	if err := e.Load(in); err != nil {
		t.Fatal(err)
	}
	return e
}

// Register declares a register to the engine, with every vocabulary open.
func Register(d *register.Def) check.Register {
	r := check.Register{Name: d.Name, Title: d.Title, Label: d.Label}
	for _, f := range d.Fields {
		a := rule.Attr{Name: f.Name, Title: f.Title}
		switch f.Kind {
		case register.Bool:
			a.Kind = rule.Bool
		case register.Int, register.Count, register.Stamp:
			a.Kind = rule.Int
		case register.Date:
			a.Kind = rule.Date
		case register.Set:
			a.Kind = rule.Set
		default:
			a.Kind = rule.Enum
		}
		r.Attrs = append(r.Attrs, a)
	}
	return r
}

func def(name string) *register.Def {
	for _, d := range Defs() {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// agree fails when the engine does not say what Cedar says.
func (c *City) agree(t testing.TB, id string, results map[string]Verdict) {
	t.Helper()
	e := c.Engine(t, id)
	if why, lost := e.Lost()[id]; lost {
		t.Errorf("%s: cannot be decided: %s", id, why)
	}
	n := 0
	for _, k := range Checks() {
		if k.ID != id {
			continue
		}
		for _, p := range k.Parts {
			for subject, want := range results {
				reg, key, _ := strings.Cut(subject, ":")
				if reg != p.Subject {
					continue
				}
				n++
				if got, ok := e.Verdict(id, p.Name, key); !ok || got.String() != want.Result {
					t.Errorf("%s %s: the engine says %v (%v), Cedar %s", id, subject, got, ok, want.Result)
				}
			}
		}
	}
	if n != len(results) {
		t.Errorf("%s: %d verdicts compared of %d", id, n, len(results))
	}
}

// honest fails when a join says something else than in the clean city although nothing it says it reads has
// changed: the engine would not have asked it again.
func (c *City) honest(t testing.TB) {
	t.Helper()
	clean := Clean()
	before, after := clean.tables(), c.tables()
	changed := map[string]bool{
		"day":   clean.Day != c.Day,
		"param": !maps.Equal(clean.Params, c.Params) || !maps.Equal(clean.Texts, c.Texts),
	}
	for name := range before {
		changed[name] = !reflect.DeepEqual(before[name], after[name])
	}
	for _, j := range Joins() {
		if slices.ContainsFunc(j.Reads, func(r string) bool { return changed[r] }) {
			continue
		}
		a, b := clean.compute(t, j), c.compute(t, j)
		for row := range a.Len() {
			for i, attr := range j.Attrs {
				if !reflect.DeepEqual(a.Value(row, i), b.Value(row, i)) {
					t.Errorf("join of %s: %s changed though nothing in %v did", j.Subject, attr.Name, j.Reads)
				}
			}
		}
	}
}

// compute works a join out.
func (c *City) compute(t testing.TB, j check.Join) *check.Out {
	t.Helper()
	o := check.NewOut(reflect.ValueOf(c.tables()[j.Subject]).Len(), j.Attrs)
	if err := j.Compute(check.NewWorld(int32(c.Day), calendar{when.NewCalendar()}, c.Params, c.Texts, c.tables()), o); err != nil {
		t.Fatalf("join of %s: %v", j.Subject, err)
	}
	return o
}

// source lends a register of the city to the engine.
type source struct {
	name string
	def  *register.Def
	rows reflect.Value // slice of structs
}

func (s *source) Register() string { return s.name }
func (s *source) Len() int         { return s.rows.Len() }
func (s *source) Records() any     { return s.rows.Interface() }

func (s *source) Key(row int) string {
	return column(s.rows.Index(row), s.def.KeyField().Name).String()
}

func (s *source) Value(row, attr int) any {
	return plain(column(s.rows.Index(row), s.def.Fields[attr].Name))
}

func (s *source) Put(row int, record any) error {
	v := reflect.ValueOf(record)
	if v.Type() != s.rows.Type().Elem() {
		return fmt.Errorf("record of %s: is a %T", s.name, record)
	}
	s.rows.Index(row).Set(v)
	return nil
}

func (s *source) Append(record any) error {
	v := reflect.ValueOf(record)
	if v.Type() != s.rows.Type().Elem() {
		return fmt.Errorf("record of %s: is a %T", s.name, record)
	}
	s.rows = reflect.Append(s.rows, v)
	return nil
}

func (s *source) Remove(row int) {
	last := s.rows.Len() - 1
	s.rows.Index(row).Set(s.rows.Index(last))
	s.rows = s.rows.Slice(0, last)
}
