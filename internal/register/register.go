// Package register is what all registers (台帳) share. One declaration per register, a Go struct with tags, gives
// its table in the store, its list, detail, form, API, Excel and CSV exchange, its history and the names that
// checks may use. Rules, states and special pages stay in the module as plain Go.
//
// It serves every clause that asks for something to be known and kept: 3, 5, 6, 7, 9(1)–(6), 10–14.
package register

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/when"
)

// Kind is what a field holds.
type Kind uint8

// The kinds, with the Go type of the struct field and of a Row's value.
const (
	Text  Kind = iota // string, one line
	Long              // string, several lines
	Int               // int64
	Count             // *int64 in the struct; nil in a Row when nothing was stated
	Bool              // bool
	Date              // when.Date, 0 when absent
	Stamp             // when.Stamp, microseconds, 0 when absent
	Enum              // string, a code of the vocabulary Field.Vocab, "" when not chosen
	Ref               // string, a key of the register Field.Refers, "" when none
	Set               // []string, codes of Field.Vocab or keys of Field.Refers, sorted
)

// Field is one column of a register.
type Field struct {
	Name     string
	Title    msg.Text
	Help     msg.Text // one sentence below the label; zero when the title says enough
	Kind     Kind
	Vocab    string // vocabulary of an Enum or Set
	Refers   string // register of a Ref or Set
	Key      bool   // names the record; given once, never changed
	Required bool
	List     bool // a column of the list page
	Filter   bool // a filter of the list page
	Search   bool // found by the search page
	Derived  bool // computed by the product; shown and exported, refused on input
	Personal bool // a person's data: enters the record (trail) sealed
	Max      int  // longest text in characters; 200 for Text, 4000 for Long unless said
	index    int  // of the struct field
}

// Def is a declared register.
type Def struct {
	Name    string
	Title   msg.Text
	Lead    msg.Text // what it is for, one sentence above the list
	Clauses []clause.ID
	Fields  []Field
	Group   string // where it stands in the menu of registers: org, people, policy, asset, network, partner, audit, product
	// Label is the field that names a record to people, Unit the field that says which unit owns it ("" when none).
	Label, Unit string
	// Start and End are Date fields that bound a record's life, "" when it has none.
	Start, End string
	// ReadOnly registers are filled by the product or by evidence; there is no form for them.
	ReadOnly bool
	// Check refuses or completes a new or changed record inside the act's transaction. old is nil for a new one;
	// it may set fields of next that follow from others. The actor is in ctx. It returns a *fault.Fault for a person's mistake.
	Check func(ctx context.Context, tx *db.Tx, old Row, next Row) error
	// After runs when a record was written and its history kept, in the same transaction: what follows from the
	// change in other registers. Changes it makes run hooks of their own.
	After func(ctx context.Context, tx *db.Tx, ch Change) error
	// Reads are the Ref fields whose records Check and After look up by Catalog.One; an import reads them ahead, many at
	// a time.
	Reads []string
	// Reach says who reads the records; nil means whoever is signed in.
	Reach *Reach
	// Bind is called once by NewCatalog and may set Check and After to functions that need the catalog.
	Bind func(c *Catalog, d *Def)

	typ    reflect.Type
	byName map[string]int
	key    int
}

// Row is a record's values in the order of Def.Fields: string, int64, bool, when.Date, when.Stamp, []string,
// or nil for a Count that nobody stated.
type Row []any

// Spec is what the struct's tags cannot say.
type Spec struct {
	Name        string
	Title, Lead msg.Text
	Clauses     []clause.ID
	Group       string
	Label, Unit string
	Start, End  string
	ReadOnly    bool
	Check       func(ctx context.Context, tx *db.Tx, old Row, next Row) error
	After       func(ctx context.Context, tx *db.Tx, ch Change) error
	Reach       *Reach
	Bind        func(c *Catalog, d *Def)
}

// Declare reads the tags of T. They are
//
//	reg:"name,option…"   options key required list filter search derived personal long unsearched
//	ja:"…" en:"…"        the title; help_ja help_en the help
//	vocab:"…"            string → Enum, []string → Set
//	refers:"…"           string → Ref, []string → Set
//	max:"80"
//
// A declaration that does not hold together panics: it is a mistake of ours, met by the first test.
func Declare[T any](s Spec) *Def {
	t := reflect.TypeFor[T]()
	d := &Def{Name: s.Name, Title: s.Title, Lead: s.Lead, Clauses: s.Clauses, Group: s.Group, Label: s.Label, Unit: s.Unit,
		Start: s.Start, End: s.End, ReadOnly: s.ReadOnly, Check: s.Check, After: s.After, Reach: s.Reach, Bind: s.Bind, typ: t, byName: map[string]int{}, key: -1}
	for i := range t.NumField() {
		f, err := readField(t.Field(i))
		if err != nil {
			panic(fmt.Sprintf("register %s: %v", s.Name, err))
		}
		f.index = i
		if f.Key {
			d.key = len(d.Fields)
		}
		if _, twice := d.byName[f.Name]; twice {
			panic(fmt.Sprintf("register %s: field %s twice", s.Name, f.Name))
		}
		d.byName[f.Name] = len(d.Fields)
		d.Fields = append(d.Fields, f)
	}
	if d.key < 0 {
		panic(fmt.Sprintf("register %s: no key", s.Name))
	}
	if d.Label == "" {
		d.Label = d.Fields[d.key].Name
	}
	for _, n := range []string{d.Label, d.Unit, d.Start, d.End} {
		if _, ok := d.byName[n]; n != "" && !ok {
			panic(fmt.Sprintf("register %s: no field %s", s.Name, n))
		}
	}
	return d
}

func readField(sf reflect.StructField) (Field, error) {
	tag, ok := sf.Tag.Lookup("reg")
	if !ok {
		return Field{}, fmt.Errorf("field %s: no reg tag", sf.Name)
	}
	opts := strings.Split(tag, ",")
	f := Field{Name: opts[0], Title: msg.Text{JA: sf.Tag.Get("ja"), EN: sf.Tag.Get("en")}, Vocab: sf.Tag.Get("vocab"),
		Refers: sf.Tag.Get("refers"), Help: msg.Text{JA: sf.Tag.Get("help_ja"), EN: sf.Tag.Get("help_en")}}
	if f.Title.JA == "" || f.Title.EN == "" {
		return f, fmt.Errorf("field %s: title wants both languages", f.Name)
	}
	long := false
	for _, o := range opts[1:] {
		switch o {
		case "key":
			f.Key, f.Required, f.List, f.Search = true, true, true, true
		case "required":
			f.Required = true
		case "list":
			f.List = true
		case "filter":
			f.Filter = true
		case "search":
			f.Search = true
		case "derived":
			f.Derived = true
		case "personal":
			f.Personal = true
		case "long":
			long = true
		case "unsearched": // a key that is a number among very many and that nobody types
			f.Search = false
		default:
			return f, fmt.Errorf("field %s: option %q is not known", f.Name, o)
		}
	}
	switch sf.Type {
	case reflect.TypeFor[when.Date]():
		f.Kind = Date
	case reflect.TypeFor[when.Stamp]():
		f.Kind = Stamp
	case reflect.TypeFor[string]():
		switch {
		case f.Vocab != "":
			f.Kind = Enum
		case f.Refers != "":
			f.Kind = Ref
		case long:
			f.Kind = Long
		}
	case reflect.TypeFor[int64]():
		f.Kind = Int
	case reflect.TypeFor[*int64]():
		f.Kind = Count
	case reflect.TypeFor[bool]():
		f.Kind = Bool
	case reflect.TypeFor[[]string]():
		f.Kind = Set
	default:
		return f, fmt.Errorf("field %s: Go type %s has no kind", f.Name, sf.Type)
	}
	f.Max = 200
	if f.Kind == Long {
		f.Max = 4000
	}
	if m := sf.Tag.Get("max"); m != "" {
		n, err := strconv.Atoi(m)
		if err != nil {
			return f, fmt.Errorf("field %s: max %q: %w", f.Name, m, err)
		}
		f.Max = n
	}
	return f, nil
}

// Field finds a field by name.
func (d *Def) Field(name string) (Field, bool) {
	i, ok := d.byName[name]
	if !ok {
		return Field{}, false
	}
	return d.Fields[i], true
}

// Index is the place of a field in a Row, -1 when there is none.
func (d *Def) Index(name string) int {
	if i, ok := d.byName[name]; ok {
		return i
	}
	return -1
}

// Key is a row's key.
func (d *Def) Key(r Row) string { s, _ := r[d.key].(string); return s }

// KeyField is the field that names a record.
func (d *Def) KeyField() Field { return d.Fields[d.key] }

// New is an empty row: every value is its kind's zero.
func (d *Def) New() Row {
	r := make(Row, len(d.Fields))
	for i, f := range d.Fields {
		r[i] = zero(f.Kind)
	}
	return r
}

func zero(k Kind) any {
	switch k {
	case Int:
		return int64(0)
	case Count:
		return nil
	case Bool:
		return false
	case Date:
		return when.Date(0)
	case Stamp:
		return when.Stamp(0)
	case Set:
		return []string(nil)
	default:
		return ""
	}
}

// Decode puts a row into the struct the register was declared with.
func Decode[T any](d *Def, r Row) T {
	var t T
	v := reflect.ValueOf(&t).Elem()
	for i, f := range d.Fields {
		set(v.Field(f.index), f.Kind, r[i])
	}
	return t
}

func set(v reflect.Value, k Kind, x any) {
	switch k {
	case Int:
		v.SetInt(x.(int64))
	case Count:
		if n, ok := x.(int64); ok {
			v.Set(reflect.ValueOf(&n))
		}
	case Bool:
		v.SetBool(x.(bool))
	case Date:
		v.SetInt(int64(x.(when.Date)))
	case Stamp:
		v.SetInt(int64(x.(when.Stamp)))
	case Set:
		if s, _ := x.([]string); len(s) > 0 {
			v.Set(reflect.ValueOf(s))
		}
	default:
		v.SetString(x.(string))
	}
}

// Encode takes a row out of the struct.
func Encode[T any](d *Def, t T) Row {
	v := reflect.ValueOf(t)
	r := make(Row, len(d.Fields))
	for i, f := range d.Fields {
		x := v.Field(f.index)
		if f.Kind == Count {
			if !x.IsNil() {
				r[i] = x.Elem().Int()
			}
			continue
		}
		r[i] = x.Interface()
	}
	return r
}

// Refresh puts the values of a struct that differ into the row it was taken from.
func Refresh[T any](d *Def, r Row, t *T) {
	v := reflect.ValueOf(t).Elem()
	for i, f := range d.Fields {
		x := v.Field(f.index)
		if f.holds(x, r[i]) {
			continue
		}
		r[i] = nil
		if f.Kind != Count {
			r[i] = x.Interface()
		} else if !x.IsNil() {
			r[i] = x.Elem().Int()
		}
	}
}

// holds says whether a struct's field has the value that a row has.
func (f Field) holds(x reflect.Value, v any) bool {
	switch had := v.(type) {
	case nil:
		return f.Kind == Count && x.IsNil()
	case int64:
		return (f.Kind == Int && x.Int() == had) || (f.Kind == Count && !x.IsNil() && x.Elem().Int() == had)
	case bool:
		return x.Bool() == had
	case when.Date:
		return x.Int() == int64(had)
	case when.Stamp:
		return x.Int() == int64(had)
	case []string:
		return slices.Equal(x.Interface().([]string), had)
	case string:
		return x.String() == had
	}
	return false
}

// Get gives a row's value by field name; it panics on a name that is not declared.
func (d *Def) Get(r Row, name string) any { return r[d.must(name)] }

// Str is Get for Text, Long, Enum, Ref and key fields.
func (d *Def) Str(r Row, name string) string { s, _ := r[d.must(name)].(string); return s }

// Put sets a row's value by field name.
func (d *Def) Put(r Row, name string, v any) { r[d.must(name)] = v }

func (d *Def) must(name string) int {
	i, ok := d.byName[name]
	if !ok {
		panic(fmt.Sprintf("register %s: no field %s", d.Name, name))
	}
	return i
}
