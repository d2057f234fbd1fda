package rule

import "slices"

// Expr is a condition. The types are And, Or, Not, Const, Flag, Is, Same, OneOf, Has, Empty and Compare; make them
// with AllOf, AnyOf and NotOf so that they stand in their normal form.
type Expr interface{ expr() }

// And holds when all of its parts do. In normal form it has two parts at least, none of them an And.
type And []Expr

// Or holds when one of its parts does. In normal form it has two parts at least, none of them an Or.
type Or []Expr

// Not holds when its part does not. In normal form the part is no Not and no Const.
type Not struct{ Of Expr }

// Const always or never holds.
type Const bool

// Flag is a Bool attribute.
type Flag struct{ Attr string }

// Is compares an Enum with one code; Code "" asks whether none is chosen. Other turns == into !=.
type Is struct {
	Attr, Code string
	Other      bool
}

// Same compares two Enums. Other turns == into !=.
type Same struct {
	A, B  string
	Other bool
}

// OneOf says whether an Enum is among codes: ["a", "b"].contains(resource.x).
type OneOf struct {
	Attr  string
	Codes []string
}

// Mode is how a Set is asked.
type Mode uint8

// The modes.
const (
	One Mode = iota // contains: its one code is in the set
	Any             // containsAny: a code is in the set
	All             // containsAll: every code is in the set
)

// Has asks a Set for codes.
type Has struct {
	Attr  string
	Codes []string
	Mode  Mode
}

// Empty says whether a Set holds nothing.
type Empty struct{ Attr string }

// Op is a comparison.
type Op uint8

// The comparisons.
const (
	EQ Op = iota
	NE
	LT
	LE
	GT
	GE
)

var opNames = [...]string{"==", "!=", "<", "<=", ">", ">="}

func (o Op) String() string { return opNames[o] }

// Place says where a term's value comes from.
type Place uint8

// The places.
const (
	Literal Place = iota
	Resource
	Context
)

// Term is one summand: an attribute, a parameter or a number (N, not negative), taken away when Neg.
type Term struct {
	Neg   bool
	Place Place
	Name  string
	N     int64
}

// Sum is terms added up, in the order written; it is never empty.
type Sum []Term

// Compare compares two sums of numbers, or two days. Dates is how many days each side counts: 1 when both are
// days, 0 when both are numbers (two days taken from each other give a number).
type Compare struct {
	Op          Op
	Left, Right Sum
	Dates       int8
}

func (And) expr()     {}
func (Or) expr()      {}
func (Not) expr()     {}
func (Const) expr()   {}
func (Flag) expr()    {}
func (Is) expr()      {}
func (Same) expr()    {}
func (OneOf) expr()   {}
func (Has) expr()     {}
func (Empty) expr()   {}
func (Compare) expr() {}

// AllOf is the conjunction in normal form; of nothing it is true.
func AllOf(es ...Expr) Expr {
	var out And
	for _, e := range es {
		if a, ok := e.(And); ok {
			out = append(out, a...)
		} else {
			out = append(out, e)
		}
	}
	switch len(out) {
	case 0:
		return Const(true)
	case 1:
		return out[0]
	}
	return out
}

// AnyOf is the disjunction in normal form; of nothing it is false.
func AnyOf(es ...Expr) Expr {
	var out Or
	for _, e := range es {
		if o, ok := e.(Or); ok {
			out = append(out, o...)
		} else {
			out = append(out, e)
		}
	}
	switch len(out) {
	case 0:
		return Const(false)
	case 1:
		return out[0]
	}
	return out
}

// NotOf is the negation in normal form.
func NotOf(e Expr) Expr {
	switch e := e.(type) {
	case Not:
		return e.Of
	case Const:
		return !e
	}
	return Not{e}
}

// Equal says whether two conditions are written alike.
func Equal(a, b Expr) bool {
	switch a := a.(type) {
	case And:
		b, ok := b.(And)
		return ok && slices.EqualFunc(a, b, Equal)
	case Or:
		b, ok := b.(Or)
		return ok && slices.EqualFunc(a, b, Equal)
	case Not:
		b, ok := b.(Not)
		return ok && Equal(a.Of, b.Of)
	case OneOf:
		b, ok := b.(OneOf)
		return ok && a.Attr == b.Attr && slices.Equal(a.Codes, b.Codes)
	case Has:
		b, ok := b.(Has)
		return ok && a.Attr == b.Attr && a.Mode == b.Mode && slices.Equal(a.Codes, b.Codes)
	case Compare:
		b, ok := b.(Compare)
		return ok && a.Op == b.Op && a.Dates == b.Dates && slices.Equal(a.Left, b.Left) && slices.Equal(a.Right, b.Right)
	}
	switch b.(type) {
	case And, Or, Not, OneOf, Has, Compare: // holding slices, they cannot be compared as values
		return false
	}
	return a == b
}

// Atoms calls f for every part of e that is not And, Or or Not, from left to right.
func Atoms(e Expr, f func(Expr)) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			Atoms(x, f)
		}
	case Or:
		for _, x := range e {
			Atoms(x, f)
		}
	case Not:
		Atoms(e.Of, f)
	default:
		f(e)
	}
}

// Names gives the attributes and the parameters that a condition reads, each once, in the order met.
func Names(e Expr) (attrs, params []string) {
	note := func(to *[]string, name string) {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	Atoms(e, func(a Expr) {
		switch a := a.(type) {
		case Flag:
			note(&attrs, a.Attr)
		case Is:
			note(&attrs, a.Attr)
		case Same:
			note(&attrs, a.A)
			note(&attrs, a.B)
		case OneOf:
			note(&attrs, a.Attr)
		case Has:
			note(&attrs, a.Attr)
		case Empty:
			note(&attrs, a.Attr)
		case Compare:
			for _, t := range slices.Concat(a.Left, a.Right) {
				switch t.Place {
				case Resource:
					note(&attrs, t.Name)
				case Context:
					note(&params, t.Name)
				}
			}
		}
	})
	return attrs, params
}
