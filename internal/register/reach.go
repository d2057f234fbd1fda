package register

import (
	"fmt"
	"slices"
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

// Managers are those who answer for a unit, Overseers those who look at the whole city (bp.6, bp.11).
var (
	Managers  = []string{"section_manager", "bureau_head"}
	Overseers = []string{"ciso", "chief", "audit_chief", "auditor"}
)

// Answering are managers and overseers, and more roles.
func Answering(more ...string) []string { return slices.Concat(Managers, Overseers, more) }

// About is the rule of most registers: the people that some fields name read their own record, and whoever answers for
// one of them does.
func About(fields ...string) *Reach { return &Reach{Own: fields, Of: fields, Roles: Answering()} }

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
