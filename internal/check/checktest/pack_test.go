package checktest

import (
	"testing"

	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/rule"
)

// TestVocabularies: with each pack's vocabularies closed, every condition still names only codes there are, and the
// codes of joined facts are those of the vocabulary they speak of.
func TestVocabularies(t *testing.T) {
	facts := map[string]string{"organ_kinds": "organ_kind", "contacts": "outside_body", "treated": "agenda", "kept": "property",
		"below_source": "property", "class_differs": "property", "posts": "role", "adopted_by": "adopted_by", "direction": "direction"}
	for _, code := range []string{"model", "three-step", "seed"} {
		p, err := pack.Load(code)
		if err != nil {
			t.Fatal(err)
		}
		spec := check.Spec{Joins: Joins(), Checks: Checks()}
		for _, d := range Defs() {
			r := Register(d)
			for i, f := range d.Fields {
				if f.Vocab == "" {
					continue
				}
				v := p.Vocab(f.Vocab)
				if v == nil {
					t.Fatalf("pack %s: no vocabulary %s, of %s.%s", code, f.Vocab, d.Name, f.Name)
				}
				for _, term := range v.Terms {
					r.Attrs[i].Values = append(r.Attrs[i].Values, rule.Value{Code: term.Code, Title: term.Title})
				}
			}
			spec.Registers = append(spec.Registers, r)
		}
		for name := range Clean().Params {
			spec.Params = append(spec.Params, rule.Attr{Name: name, Title: msg.Same(name), Kind: rule.Int})
		}
		if _, err := check.Compile(spec); err != nil {
			t.Errorf("pack %s: %v", code, err)
		}
		for _, j := range Joins() {
			for _, a := range j.Attrs {
				name, ok := facts[a.Name]
				if !ok {
					continue
				}
				codes := map[string]bool{}
				for _, term := range p.Vocab(name).Terms {
					codes[term.Code] = true
				}
				for _, v := range a.Values {
					if !codes[v.Code] {
						t.Errorf("pack %s: %s.%s holds %s, which is not in %s", code, j.Subject, a.Name, v.Code, name)
					}
				}
			}
		}
	}
}
