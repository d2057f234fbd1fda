package demotest

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"okite/internal/check/checktest"
	"okite/internal/demo"
	"okite/internal/pack"
	"okite/internal/register"
	"okite/internal/when"
)

// TestRegisters: every register is filled, field for field, with what its forms would take: keys once, words of the
// vocabulary, references to what is there, no text too long and no individual number (bp.9.4).
func TestRegisters(t *testing.T) {
	for _, people := range []int{3000, 20000} {
		c, err := demo.Generate(Config(people, 7, when.On(2026, 11, 22)))
		if err != nil {
			t.Fatal(err)
		}
		words, err := pack.Load("model")
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]map[string]bool{"action": {}}
		for _, a := range Acts() {
			keys["action"][a] = true
		}
		for _, tab := range c.Tables {
			keys[tab.Register] = map[string]bool{}
			for _, row := range tab.Rows {
				k := row[0].(string)
				if keys[tab.Register][k] || k == "" || strings.ContainsFunc(k, unicode.IsSpace) {
					t.Errorf("%s: key %q is empty, holds a blank or stands twice", tab.Register, k)
				}
				keys[tab.Register][k] = true
			}
		}
		for _, d := range checktest.Defs() {
			tab := c.Table(d.Name)
			if d.Name == "action" {
				if tab != nil {
					t.Error("the product itself fills the register of acts")
				}
				continue
			}
			if tab == nil || len(tab.Rows) == 0 {
				t.Errorf("register %s is empty", d.Name)
				continue
			}
			if tab.Columns[0] != d.KeyField().Name || len(tab.Columns) != len(d.Fields) {
				t.Errorf("%s: columns %v, key %s, %d fields", d.Name, tab.Columns, d.KeyField().Name, len(d.Fields))
			}
			for i, name := range tab.Columns {
				f, ok := d.Field(name)
				if !ok {
					t.Errorf("%s: there is no field %s", d.Name, name)
					continue
				}
				column(t, d.Name, f, words, keys, tab.Rows, i)
			}
		}
		for _, l := range c.Logins {
			if !keys["person"][l.Person] || l.Title.JA == "" || l.Title.EN == "" {
				t.Errorf("login %v: nobody, or without a title", l)
			}
		}
		for _, p := range c.Planted {
			reg, key, _ := strings.Cut(p.Subject, ":")
			if !keys[reg][key] {
				t.Errorf("planted on %s, which is not there", p.Subject)
			}
		}
	}
}

// column looks at one column; it stops at the first mistake, which mostly stands in every row.
func column(t *testing.T, reg string, f register.Field, words *pack.Pack, keys map[string]map[string]bool, rows [][]any, i int) {
	t.Helper()
	for _, row := range rows {
		var texts []string
		switch v := row[i].(type) {
		case string:
			texts = []string{v}
		case []string:
			texts = v
			if !slices.IsSorted(v) {
				t.Errorf("%s %v: %s is not in order: %v", reg, row[0], f.Name, v)
				return
			}
		case when.Date:
			texts = []string{v.String()}
		case int64, bool, when.Stamp:
			continue
		case nil:
			if f.Kind != register.Count {
				t.Errorf("%s %v: %s holds nothing", reg, row[0], f.Name)
				return
			}
			continue
		default:
			t.Errorf("%s %v: %s holds %T", reg, row[0], f.Name, v)
			return
		}
		if f.Required && strings.Join(texts, "") == "" {
			t.Errorf("%s %v: %s is required", reg, row[0], f.Name)
			return
		}
		for _, s := range texts {
			bad := ""
			switch {
			case s == "":
			case f.Vocab != "":
				if v := words.Vocab(f.Vocab); v == nil {
					bad = "no such vocabulary"
				} else if _, ok := v.Term(s); !ok {
					bad = "not in the vocabulary"
				}
			case f.Refers != "" && !keys[f.Refers][s]:
				bad = "refers to nothing"
			case (f.Kind == register.Text || f.Kind == register.Long) && utf8.RuneCountInString(s) > f.Max:
				bad = "too long"
			case register.IndividualNumber(s):
				bad = "forms an individual number"
			}
			if bad != "" {
				t.Errorf("%s %v: %s %q: %s", reg, row[0], f.Name, s, bad)
				return
			}
		}
	}
}
