package conform

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"okite/internal/check"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/rule"
	"okite/internal/when"
)

// state is an engine with what it was loaded with.
type state struct {
	c       *Config
	engine  *check.Engine
	sources map[string]*source
	off     []string // ids of the checks the city has switched off
}

// calendar lends the city's calendar to the joins, which count days as numbers.
type calendar struct{ *when.Calendar }

func (k calendar) AddOpen(day int32, n int) int32 {
	return int32(k.Calendar.AddOpen(when.Date(day), n))
}
func (k calendar) IsOpen(day int32) bool { return k.Calendar.IsOpen(when.Date(day)) }
func (k calendar) OpenBetween(a, b int32) int {
	return k.Calendar.OpenBetween(when.Date(a), when.Date(b))
}

// reader reads the records of a register that count, as a slice of its struct.
type reader func(d *register.Def) (reflect.Value, error)

// load reads all registers and decides everything for a day.
func load(c *Config, day when.Date, read reader) (*state, error) {
	st := &state{c: c, sources: map[string]*source{}}
	for _, d := range c.Catalog.All() {
		rows, err := read(d)
		if err != nil {
			return nil, err
		}
		st.sources[d.Name] = &source{def: d, rows: rows}
	}
	return st, st.compile(day)
}

// compile makes an engine for the checks that are switched on and loads it with the records at hand.
func (st *state) compile(day when.Date) error {
	st.off = st.switchedOff()
	spec := check.Spec{Params: st.c.params(), Joins: st.c.Joins}
	for _, d := range st.c.Catalog.All() {
		spec.Registers = append(spec.Registers, declare(d, st.c.Catalog.Pack()))
	}
	for _, k := range st.c.Checks {
		if !slices.Contains(st.off, k.ID) {
			spec.Checks = append(spec.Checks, k)
		}
	}
	e, err := check.Compile(spec)
	if err != nil {
		return fmt.Errorf("compile checks: %w", err)
	}
	st.engine = e
	return st.decide(day)
}

// decide loads the engine with the records at hand.
func (st *state) decide(day when.Date) error {
	in := check.Input{Day: day, Calendar: calendar{st.c.Calendar}, Exceptions: st.exceptions()}
	in.Params, in.Texts = st.parameters()
	for _, d := range st.c.Catalog.All() {
		in.Sources = append(in.Sources, st.sources[d.Name])
	}
	if err := st.engine.Load(in); err != nil {
		return fmt.Errorf("load checks: %w", err)
	}
	return nil
}

// params are the parameters that conditions may name.
func (c *Config) params() []rule.Attr {
	title := map[string]msg.Text{}
	for _, p := range c.Catalog.Pack().Parameters {
		title[p.Code] = p.Name
	}
	var out []rule.Attr
	seen := map[string]bool{}
	for _, k := range c.Checks {
		for _, name := range k.Params {
			if seen[name] {
				continue
			}
			seen[name] = true
			t, ok := title[name]
			if !ok {
				t = msg.Same(name)
			}
			out = append(out, rule.Attr{Name: name, Title: t, Kind: rule.Int})
		}
	}
	return out
}

// parameters are the values the city's standard sets; what has no value leaves undecided what reads it.
func (st *state) parameters() (map[string]int64, map[string]string) {
	nums, texts := map[string]int64{}, map[string]string{}
	for _, p := range records[policy.Parameter](st.sources, "parameter") {
		if p.Value != nil {
			nums[p.Code] = *p.Value
		}
		if p.Text != "" {
			texts[p.Code] = p.Text
		}
	}
	return nums, texts
}

// exceptions are those that somebody else than the applicant approved (bp.9.3). Whether one still runs is asked on
// each day anew.
func (st *state) exceptions() []check.Exception {
	var out []check.Exception
	for _, x := range records[policy.Exception](st.sources, "exception") {
		if x.Holds(x.Until) {
			out = append(out, check.Exception{Check: x.Check, Subject: x.Subject, Until: x.Until})
		}
	}
	return out
}

// SwitchPrefix begins the code of the parameter that switches a check: C.R047 with the text "off" takes the check out.
const SwitchPrefix = "C."

// Fixed says whether a check rests on the policy's own words or on law; every other one is a default of the closed
// standard that the city may switch off (domain section 7.0).
func Fixed(c check.Check) bool { return c.Basis == "S" || c.Basis == "L" }

func (st *state) switchedOff() []string {
	_, texts := st.parameters()
	var out []string
	for _, k := range st.c.Checks {
		if !Fixed(k) && texts[SwitchPrefix+k.ID] == "off" {
			out = append(out, k.ID)
		}
	}
	return out
}

// delta is what became of some records of a register.
type delta struct {
	def     *register.Def
	keys    []string
	records map[string]register.Record
	all     reflect.Value // the whole register anew, when too much changed to go record by record
}

// apply follows changes, in the order in which registers are declared.
func (st *state) apply(ds []delta) error {
	day := st.engine.Day()
	if slices.ContainsFunc(ds, func(d delta) bool { return d.all.IsValid() }) {
		return st.again(day, ds)
	}
	err := st.engine.Batch(func() error {
		for _, d := range ds {
			for _, key := range d.keys {
				if err := st.applyOne(d, key); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	touched := func(name string) bool {
		return slices.ContainsFunc(ds, func(d delta) bool { return d.def.Name == name })
	}
	if touched("parameter") {
		if !slices.Equal(st.off, st.switchedOff()) {
			return st.compile(day)
		}
		st.engine.SetParams(st.parameters())
	}
	if touched("exception") {
		st.engine.SetExceptions(st.exceptions())
	}
	return nil
}

func (st *state) applyOne(d delta, key string) error {
	name := d.def.Name
	rec, there := d.records[key]
	counts := there && d.def.Counts(rec.Ended)
	_, held := st.engine.Index(name, key)
	switch {
	case counts && held:
		return st.engine.Change(name, key, d.def.Struct(rec.Row))
	case counts:
		return st.engine.Add(name, d.def.Struct(rec.Row))
	case held:
		return st.engine.Remove(name, key)
	}
	return nil
}

// again takes whole registers in and decides everything anew.
func (st *state) again(day when.Date, ds []delta) error {
	for _, d := range ds {
		src := st.sources[d.def.Name]
		if d.all.IsValid() {
			src.rows = d.all
			continue
		}
		for _, key := range d.keys {
			if err := st.applyOne(d, key); err != nil {
				return err
			}
		}
	}
	return st.compile(day)
}

// stored reads what is stored now.
func stored(ctx context.Context, tx *db.Tx, c *register.Catalog) reader {
	return func(d *register.Def) (reflect.Value, error) { return c.Structs(ctx, tx, d) }
}

// past reads what stood at the end of a day.
func past(ctx context.Context, tx *db.Tx, c *register.Catalog, day when.Date) reader {
	return func(d *register.Def) (reflect.Value, error) {
		out := reflect.MakeSlice(reflect.SliceOf(d.Type()), 0, 0)
		for r, err := range c.AsOf(ctx, tx, d, day) {
			if err != nil {
				return out, err
			}
			if d.Counts(r.Ended) {
				out = reflect.Append(out, reflect.ValueOf(d.Struct(r.Row)))
			}
		}
		return out, nil
	}
}

// row finds a record.
func (st *state) row(register, key string) (*source, int, bool) {
	src := st.sources[register]
	if src == nil {
		return nil, 0, false
	}
	row, ok := st.engine.Index(register, key)
	return src, row, ok
}

// name is what people call a record; the key when it has no name.
func (st *state) name(register, key string) string {
	src, row, ok := st.row(register, key)
	if !ok {
		return key
	}
	if n := src.text(row, src.def.Label); n != "" {
		return n
	}
	return key
}

// unit is the unit that owns a record, "" when its register does not say.
func (st *state) unit(register, key string) string {
	src, row, ok := st.row(register, key)
	switch {
	case !ok:
		return ""
	case register == "unit":
		return key
	case src.def.Unit == "":
		return ""
	}
	return src.text(row, src.def.Unit)
}

// title is what a register is called.
func (st *state) title(register string) msg.Text {
	if d, ok := st.c.Catalog.Get(register); ok {
		return d.Title
	}
	return msg.Same(register)
}

// checkAt finds a check of the catalogue.
func (c *Config) checkAt(id string) (check.Check, bool) {
	i := slices.IndexFunc(c.Checks, func(k check.Check) bool { return k.ID == strings.ToUpper(id) })
	if i < 0 {
		return check.Check{}, false
	}
	return c.Checks[i], true
}
