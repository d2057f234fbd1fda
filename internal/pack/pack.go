// Package pack reads the data packs (語彙パック): the words a city uses for roles, classes, zones, forms and outside
// bodies, the parameters its standard sets, and the model texts. Cities differ in all of them, so they are data.
//
// It serves clause 7 (bp.7, classes), clause 6 (bp.6, roles) and clause 0 (bp.0, the two texts).
package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"okite/internal/msg"
	"okite/packs"
)

// Pack is a set of words and values.
type Pack struct {
	Code       string
	Title      msg.Text
	Vocabs     map[string]*Vocab
	Parameters []Parameter
}

// Vocab is a vocabulary (語彙): the codes a field may hold, in the order in which people choose them.
type Vocab struct {
	Name  string
	Title msg.Text
	Terms []Term

	at map[string]int
}

// Term is one word of a vocabulary. Rank orders words by weight where that has a meaning: the greater is the heavier.
type Term struct {
	Code  string   `json:"code"`
	Title msg.Text `json:"title"`
	Note  msg.Text `json:"note,omitzero"` // what the word means, for those who choose
	Rank  int      `json:"rank,omitempty"`
}

// Parameter is a value the standard sets (基準値), with its default. A value is a number or a text, never both.
type Parameter struct {
	Code      string   `json:"code"`
	Name      msg.Text `json:"name"`
	Value     *int64   `json:"value,omitempty"`
	Text      string   `json:"text,omitempty"`
	Unit      msg.Text `json:"unit,omitzero"`
	Direction string   `json:"direction,omitempty"` // which way is stricter: a code of the vocabulary "direction"
}

// Codes are the packs there are.
func Codes() []string {
	entries, err := fs.ReadDir(packs.Files, ".")
	if err != nil {
		return nil // the folder is part of the program
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

// file is pack.json. A pack that extends another says only what differs: a vocabulary of the same name replaces the
// whole vocabulary, a parameter of the same code that parameter.
type file struct {
	Code       string      `json:"code"`
	Title      msg.Text    `json:"title"`
	Extends    string      `json:"extends"`
	Parameters []Parameter `json:"parameters"`
	Vocabs     []struct {
		Name  string   `json:"name"`
		Title msg.Text `json:"title"`
		Terms []Term   `json:"terms"`
	} `json:"vocabularies"`
}

// Load reads a pack of the program and refuses one that does not hold together: a word without both languages, a
// code given twice.
func Load(code string) (*Pack, error) { return load(packs.Files, code, nil) }

func load(fsys fs.FS, code string, seen []string) (*Pack, error) {
	if slices.Contains(seen, code) {
		return nil, fmt.Errorf("read pack %s: extends itself", code)
	}
	f, err := read(fsys, code)
	if err != nil {
		return nil, err
	}
	p := &Pack{Vocabs: map[string]*Vocab{}}
	if f.Extends != "" {
		if p, err = load(fsys, f.Extends, append(seen, code)); err != nil {
			return nil, fmt.Errorf("read pack %s: %w", code, err)
		}
	}
	p.Code, p.Title = f.Code, f.Title
	for _, v := range f.Vocabs {
		p.Vocabs[v.Name] = &Vocab{Name: v.Name, Title: v.Title, Terms: v.Terms}
	}
	for _, n := range f.Parameters {
		i := slices.IndexFunc(p.Parameters, func(o Parameter) bool { return o.Code == n.Code })
		if i < 0 {
			p.Parameters = append(p.Parameters, n)
			continue
		}
		p.Parameters[i] = n
	}
	return p, p.check()
}

// read reads pack.json and refuses what the merge with an extended pack would hide: a name given twice.
func read(fsys fs.FS, code string) (*file, error) {
	b, err := fs.ReadFile(fsys, code+"/pack.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read pack %s: there is no such pack", code)
	}
	if err != nil {
		return nil, fmt.Errorf("read pack %s: %w", code, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields() // a misspelt field would be a word that is silently missing
	f := &file{}
	if err := d.Decode(f); err != nil {
		return nil, fmt.Errorf("read pack %s: %w", code, err)
	}
	if f.Code != code {
		return nil, fmt.Errorf("read pack %s: the file says it is pack %q", code, f.Code)
	}
	seen := map[string]bool{}
	for _, v := range f.Vocabs {
		if seen[v.Name] || v.Name == "" {
			return nil, fmt.Errorf("read pack %s: vocabulary %q is without a name or given twice", code, v.Name)
		}
		seen[v.Name] = true
	}
	clear(seen)
	for _, n := range f.Parameters {
		if seen[n.Code] || n.Code == "" {
			return nil, fmt.Errorf("read pack %s: parameter %q is without a code or given twice", code, n.Code)
		}
		seen[n.Code] = true
	}
	return f, nil
}

func (p *Pack) check() error {
	both := func(what string, t msg.Text) error {
		if t.JA == "" || t.EN == "" {
			return fmt.Errorf("pack %s: %s wants both languages", p.Code, what)
		}
		return nil
	}
	full := func(what string, t msg.Text) error { // may be left out, but not by half
		if t.IsZero() {
			return nil
		}
		return both(what, t)
	}
	errs := []error{both("title", p.Title)}
	for _, v := range p.Vocabs {
		v.at = make(map[string]int, len(v.Terms))
		errs = append(errs, both("vocabulary "+v.Name, v.Title))
		for i, t := range v.Terms {
			errs = append(errs, both(v.Name+"."+t.Code, t.Title), full("note of "+v.Name+"."+t.Code, t.Note))
			if _, twice := v.at[t.Code]; twice || t.Code == "" {
				errs = append(errs, fmt.Errorf("pack %s: code %q of %s is empty or given twice", p.Code, t.Code, v.Name))
			}
			v.at[t.Code] = i
		}
	}
	for _, n := range p.Parameters {
		errs = append(errs, both("parameter "+n.Code, n.Name), full("unit of "+n.Code, n.Unit))
		if (n.Value != nil) == (n.Text != "") {
			errs = append(errs, fmt.Errorf("pack %s: parameter %s wants a number or a text", p.Code, n.Code))
		}
		if n.Direction == "" {
			continue
		}
		v := p.Vocabs["direction"]
		if v == nil {
			errs = append(errs, fmt.Errorf("pack %s: parameter %s has a direction, but there is no vocabulary of directions", p.Code, n.Code))
		} else if _, ok := v.Term(n.Direction); !ok {
			errs = append(errs, fmt.Errorf("pack %s: direction %q of parameter %s is not in the vocabulary", p.Code, n.Direction, n.Code))
		}
	}
	return errors.Join(errs...)
}

// Vocab gives a vocabulary, nil when the pack has none of that name: the field is then open.
func (p *Pack) Vocab(name string) *Vocab {
	if p == nil {
		return nil
	}
	return p.Vocabs[name]
}

// Term finds a word by its code.
func (v *Vocab) Term(code string) (Term, bool) {
	if v.at != nil {
		i, ok := v.at[code]
		if !ok {
			return Term{}, false
		}
		return v.Terms[i], true
	}
	for _, t := range v.Terms {
		if t.Code == code {
			return t, true
		}
	}
	return Term{}, false
}
