package rule

import (
	"strconv"
	"strings"
)

// GoNames says how generated Go source names things: an attribute of the row, a number of the context, and the
// number that stands for a code (for a Set, the code's bit).
type GoNames struct {
	Attr  func(name string) string
	Param func(name string) string
	Code  func(attr, code string) string
}

// Go prints a condition as a Go expression over a row of bools, integers, numbered codes and sets of bits. It is
// what a hand-written program would do row by row, and serves as the measure of the engine's speed.
func Go(e Expr, n GoNames) string {
	join := func(es []Expr, op string) string {
		out := make([]string, len(es))
		for i, x := range es {
			out[i] = Go(x, n)
		}
		return "(" + strings.Join(out, op) + ")"
	}
	switch e := e.(type) {
	case And:
		return join(e, " && ")
	case Or:
		return join(e, " || ")
	case Not:
		return "!(" + Go(e.Of, n) + ")"
	case Const:
		return strconv.FormatBool(bool(e))
	case Flag:
		return n.Attr(e.Attr)
	case Is:
		return n.Attr(e.Attr) + equality(e.Other) + n.Code(e.Attr, e.Code)
	case Same:
		return n.Attr(e.A) + equality(e.Other) + n.Attr(e.B)
	case OneOf:
		out := make([]string, len(e.Codes))
		for i, c := range e.Codes {
			out[i] = n.Attr(e.Attr) + " == " + n.Code(e.Attr, c)
		}
		return "(" + strings.Join(out, " || ") + ")"
	case Has:
		out := make([]string, len(e.Codes))
		for i, c := range e.Codes {
			out[i] = n.Code(e.Attr, c)
		}
		mask := "(" + strings.Join(out, "|") + ")"
		if e.Mode == All {
			return n.Attr(e.Attr) + "&" + mask + " == " + mask
		}
		return n.Attr(e.Attr) + "&" + mask + " != 0"
	case Empty:
		return n.Attr(e.Attr) + " == 0"
	case Compare:
		return goSum(e.Left, n) + " " + e.Op.String() + " " + goSum(e.Right, n)
	}
	panic("rule: a condition of no known type")
}

func goSum(s Sum, n GoNames) string {
	var b strings.Builder
	for i, t := range s {
		switch {
		case t.Neg:
			b.WriteString("-")
		case i > 0:
			b.WriteString("+")
		}
		switch t.Place {
		case Resource:
			b.WriteString(n.Attr(t.Name))
		case Context:
			b.WriteString(n.Param(t.Name))
		default:
			b.WriteString(strconv.FormatInt(t.N, 10))
		}
	}
	return b.String()
}
