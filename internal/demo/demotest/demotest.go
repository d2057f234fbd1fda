// Package demotest loads a demonstration city into the checks engine without a database, and compares what the checks
// find with what was planted (bp.11).
package demotest

import (
	"fmt"
	"reflect"
	"strings"

	"okite/internal/check"
	"okite/internal/check/checktest"
	"okite/internal/demo"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/rule"
	"okite/internal/when"
)

// Docs are two short texts, for tests that need no real one. Some places of the standard name no ground of their own.
func Docs() []demo.Doc {
	basic := demo.Doc{Layer: "basic", Number: 1, Title: "情報セキュリティ基本方針", SHA256: strings.Repeat("b", 64)}
	standard := demo.Doc{Layer: "standard", Number: 1, Title: "情報セキュリティ対策基準", SHA256: strings.Repeat("5", 64)}
	for i := range 15 {
		basic.Clauses = append(basic.Clauses, demo.DocClause{ID: fmt.Sprintf("bp.%d", i), Number: fmt.Sprint(i), Name: "条", Text: "市は、定めを守る。市は、これを確かめる。", Hash: fmt.Sprintf("%064x", i), Order: 10 * i})
		if i != 9 {
			continue
		}
		for k := range 6 {
			basic.Clauses = append(basic.Clauses, demo.DocClause{ID: fmt.Sprintf("bp.9.%d", k+1), Number: fmt.Sprintf("9(%d)", k+1), Name: "対策", Text: "市は、対策を行う。", Hash: fmt.Sprintf("%064x", 50+k), Order: 91 + k})
		}
	}
	for i := range 12 {
		id := fmt.Sprintf("st.%d", i+1)
		standard.Clauses = append(standard.Clauses,
			demo.DocClause{ID: id, Number: fmt.Sprint(i + 1), Name: "条", Text: "管理者は、記録する。", Parents: []string{fmt.Sprintf("bp.%d", i%14+1)}, Hash: fmt.Sprintf("%064x", 100+i), Order: 2 * i},
			demo.DocClause{ID: id + ".1", Number: fmt.Sprintf("%d(1)", i+1), Text: "記録は、保存する。", Hash: fmt.Sprintf("%064x", 200+i), Order: 2*i + 1})
	}
	return []demo.Doc{basic, standard}
}

// Acts are some ids of acts as the registers give them.
func Acts() []string {
	var out []string
	for _, d := range checktest.Defs() {
		if d.ReadOnly {
			continue
		}
		for _, verb := range []string{"create", "change", "end", "import"} {
			out = append(out, d.Name+"."+verb)
		}
	}
	return out
}

// Config is a city with the texts and acts of this package.
func Config(people int, seed uint64, day when.Date) demo.Config {
	roles := map[string]string{}
	for _, a := range Acts() {
		if strings.HasPrefix(a, "asset.") {
			roles[a] = "section_manager"
		}
	}
	return demo.Config{People: people, Seed: seed, Date: day, Acts: Acts(), ActRoles: roles, Docs: Docs()}
}

// Load puts a city into an engine with all checks.
func Load(cfg demo.Config, c demo.City) (*check.Engine, error) {
	spec := check.Spec{Joins: checktest.Joins(), Checks: checktest.Checks()}
	in := check.Input{Day: cfg.Date, Calendar: calendar{when.NewCalendar()}, Params: map[string]int64{}, Texts: map[string]string{}}
	var exceptions []policy.Exception
	for _, d := range checktest.Defs() {
		spec.Registers = append(spec.Registers, checktest.Register(d))
		typ, ok := types[d.Name]
		if !ok {
			return nil, fmt.Errorf("register %s: its struct is not listed here", d.Name)
		}
		rows := reflect.MakeSlice(reflect.SliceOf(typ), 0, 0)
		switch t := c.Table(d.Name); {
		case t != nil:
			var err error
			if rows, err = structs(t, typ); err != nil {
				return nil, err
			}
		case d.Name == "action": // the product itself fills it
			var acts []org.Action
			for _, a := range cfg.Acts {
				acts = append(acts, org.Action{Code: a, Name: a})
			}
			rows = reflect.ValueOf(acts)
		}
		if d.Name == "exception" {
			exceptions = rows.Interface().([]policy.Exception)
		}
		if d.Name == "parameter" {
			for _, p := range rows.Interface().([]policy.Parameter) {
				if p.Value != nil {
					in.Params[p.Code] = *p.Value
					spec.Params = append(spec.Params, rule.Attr{Name: p.Code, Title: msg.Same(p.Code), Kind: rule.Int})
				} else {
					in.Texts[p.Code] = p.Text
				}
			}
		}
		in.Sources = append(in.Sources, &source{def: d, rows: rows})
	}
	for _, x := range exceptions {
		if x.Holds(cfg.Date) {
			in.Exceptions = append(in.Exceptions, check.Exception{Check: x.Check, Subject: x.Subject, Until: x.Until})
		}
	}
	e, err := check.Compile(spec)
	if err != nil {
		return nil, err
	}
	return e, e.Load(in)
}

// Found are the noncompliant and undetermined subjects, each once a check, with its result.
func Found(e *check.Engine) (found map[demo.Planted]check.Result) {
	found = map[demo.Planted]check.Result{}
	for _, c := range e.Checks() {
		for f := range e.Findings(c.ID) {
			if f.Result != check.Excepted {
				found[demo.Planted{Check: c.ID, Subject: f.Subject.String()}] = f.Result
			}
		}
	}
	return found
}

// structs reads the rows of a table into the register's own struct; a column it does not know is an error.
func structs(t *demo.Table, typ reflect.Type) (reflect.Value, error) {
	at := map[string]int{}
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("reg"), ",")
		at[name] = i
	}
	out := reflect.MakeSlice(reflect.SliceOf(typ), len(t.Rows), len(t.Rows))
	for r, row := range t.Rows {
		for i, v := range row {
			f, ok := at[t.Columns[i]]
			if !ok {
				return out, fmt.Errorf("table %s: the register has no field %s", t.Register, t.Columns[i])
			}
			field := out.Index(r).Field(f)
			switch {
			case v == nil && field.Kind() == reflect.Pointer:
			case field.Kind() == reflect.Pointer:
				n, ok := v.(int64)
				if !ok {
					return out, fmt.Errorf("table %s: %s holds %T", t.Register, t.Columns[i], v)
				}
				field.Set(reflect.ValueOf(&n))
			case v == nil || reflect.TypeOf(v) != field.Type():
				return out, fmt.Errorf("table %s: %s holds %T, want %s", t.Register, t.Columns[i], v, field.Type())
			default:
				field.Set(reflect.ValueOf(v))
			}
		}
	}
	return out, nil
}

// calendar lends the calendar of the country to the joins, which count days as numbers.
type calendar struct{ *when.Calendar }

func (k calendar) AddOpen(day int32, n int) int32 {
	return int32(k.Calendar.AddOpen(when.Date(day), n))
}
func (k calendar) IsOpen(day int32) bool { return k.Calendar.IsOpen(when.Date(day)) }
func (k calendar) OpenBetween(a, b int32) int {
	return k.Calendar.OpenBetween(when.Date(a), when.Date(b))
}

// source lends a table to the engine, which only reads here.
type source struct {
	def  *register.Def
	rows reflect.Value
	at   []int
}

func (s *source) Register() string { return s.def.Name }
func (s *source) Len() int         { return s.rows.Len() }
func (s *source) Records() any     { return s.rows.Interface() }
func (s *source) Key(row int) string {
	return s.rows.Index(row).FieldByName("Code").String()
}

func (s *source) Value(row, attr int) any {
	if s.at == nil {
		typ := s.rows.Type().Elem()
		for _, f := range s.def.Fields {
			at := -1
			for i := range typ.NumField() {
				if name, _, _ := strings.Cut(typ.Field(i).Tag.Get("reg"), ","); name == f.Name {
					at = i
				}
			}
			s.at = append(s.at, at)
		}
	}
	return s.rows.Index(row).Field(s.at[attr]).Interface()
}

func (s *source) Put(int, any) error {
	return fmt.Errorf("register %s: cannot be changed here", s.def.Name)
}
func (s *source) Append(any) error {
	return fmt.Errorf("register %s: cannot be changed here", s.def.Name)
}
func (s *source) Remove(int) {}
