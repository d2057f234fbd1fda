package rule

import "slices"

// Row gives the values of one subject. A name that is not declared is never asked.
type Row interface {
	Bool(attr string) bool
	Num(attr string) int64 // Int, or Date in days since 1970-01-01
	Code(attr string) string
	Codes(attr string) []string
}

// Eval decides a condition the plain way; everything faster is measured against it. ctx holds the context's
// numbers and days by name; one that is missing counts as 0, so the caller makes sure that none is.
func Eval(e Expr, row Row, ctx map[string]int64) bool {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			if !Eval(x, row, ctx) {
				return false
			}
		}
		return true
	case Or:
		for _, x := range e {
			if Eval(x, row, ctx) {
				return true
			}
		}
		return false
	case Not:
		return !Eval(e.Of, row, ctx)
	case Const:
		return bool(e)
	case Flag:
		return row.Bool(e.Attr)
	case Is:
		return (row.Code(e.Attr) == e.Code) != e.Other
	case Same:
		return (row.Code(e.A) == row.Code(e.B)) != e.Other
	case OneOf:
		return slices.Contains(e.Codes, row.Code(e.Attr))
	case Has:
		return hasCodes(row.Codes(e.Attr), e.Codes, e.Mode)
	case Empty:
		return len(row.Codes(e.Attr)) == 0
	case Compare:
		return e.Op.Holds(total(e.Left, row, ctx), total(e.Right, row, ctx))
	}
	panic("rule: a condition of no known type")
}

func hasCodes(set, codes []string, mode Mode) bool {
	for _, c := range codes {
		if slices.Contains(set, c) != (mode == All) {
			return mode != All
		}
	}
	return mode == All
}

func total(s Sum, row Row, ctx map[string]int64) int64 {
	var n int64
	for _, t := range s {
		v := t.N
		switch t.Place {
		case Resource:
			v = row.Num(t.Name)
		case Context:
			v = ctx[t.Name]
		}
		if t.Neg {
			v = -v
		}
		n += v
	}
	return n
}

// Holds compares two numbers.
func (o Op) Holds(a, b int64) bool {
	switch o {
	case EQ:
		return a == b
	case NE:
		return a != b
	case LT:
		return a < b
	case LE:
		return a <= b
	case GT:
		return a > b
	default:
		return a >= b
	}
}
