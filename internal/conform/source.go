package conform

import (
	"fmt"
	"reflect"

	"okite/internal/check"
	"okite/internal/pack"
	"okite/internal/register"
	"okite/internal/rule"
)

// source lends a register to the engine: its records as structs, as joins want them.
type source struct {
	def  *register.Def
	rows reflect.Value // slice of def.Type()
}

func (s *source) Register() string   { return s.def.Name }
func (s *source) Len() int           { return s.rows.Len() }
func (s *source) Records() any       { return s.rows.Interface() }
func (s *source) Key(row int) string { return s.text(row, s.def.KeyField().Name) }

func (s *source) Value(row, attr int) any {
	return s.def.At(s.rows.Index(row), attr).Interface()
}

// text is a field that holds text, by name.
func (s *source) text(row int, field string) string {
	return s.def.At(s.rows.Index(row), s.def.Index(field)).String()
}

func (s *source) Put(row int, record any) error {
	v, err := s.fit(record)
	if err == nil {
		s.rows.Index(row).Set(v)
	}
	return err
}

func (s *source) Append(record any) error {
	v, err := s.fit(record)
	if err == nil {
		s.rows = reflect.Append(s.rows, v)
	}
	return err
}

func (s *source) Remove(row int) {
	last := s.rows.Len() - 1
	s.rows.Index(row).Set(s.rows.Index(last))
	s.rows.Index(last).SetZero()
	s.rows = s.rows.Slice(0, last)
}

func (s *source) fit(record any) (reflect.Value, error) {
	v := reflect.ValueOf(record)
	if v.Type() != s.def.Type() {
		return v, fmt.Errorf("record of %s: is a %s, want %s", s.def.Name, v.Type(), s.def.Type())
	}
	return v, nil
}

// records are the rows of a register as slices of their struct; none when the register is not loaded.
func records[T any](sources map[string]*source, register string) []T {
	s := sources[register]
	if s == nil {
		return nil
	}
	rows, _ := s.rows.Interface().([]T)
	return rows
}

// declare says to the engine what a register holds. The words of the pack close its vocabularies; a field whose
// vocabulary the pack does not have is open.
func declare(d *register.Def, p *pack.Pack) check.Register {
	r := check.Register{Name: d.Name, Title: d.Title, Label: d.Label}
	for _, f := range d.Fields {
		a := rule.Attr{Name: f.Name, Title: f.Title, Kind: kinds[f.Kind]}
		if v := p.Vocab(f.Vocab); v != nil && f.Vocab != "" {
			for _, t := range v.Terms {
				a.Values = append(a.Values, rule.Value{Code: t.Code, Title: t.Title})
			}
		}
		r.Attrs = append(r.Attrs, a)
	}
	return r
}

// kinds are the kinds of fields as conditions know them: texts and keys are codes of an open vocabulary.
var kinds = map[register.Kind]rule.Kind{
	register.Text: rule.Enum, register.Long: rule.Enum, register.Enum: rule.Enum, register.Ref: rule.Enum,
	register.Int: rule.Int, register.Count: rule.Int, register.Stamp: rule.Int,
	register.Bool: rule.Bool, register.Date: rule.Date, register.Set: rule.Set,
}
