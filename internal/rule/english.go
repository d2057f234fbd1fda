package rule

import (
	"strconv"
	"strings"

	"okite/internal/msg"
	"okite/internal/when"
)

type english struct{ s *Schema }

func (g english) say(e Expr) string {
	switch e := e.(type) {
	case And:
		return g.chain(e, ", and ")
	case Or:
		return g.chain(e, ", or ")
	case Not:
		return "not (" + g.say(e.Of) + ")"
	case Const:
		if e {
			return "always"
		}
		return "never"
	case Flag:
		return g.attr(e.Attr) + " holds"
	case Is:
		what := g.codes(e.Attr, []string{e.Code})
		if e.Code == "" {
			what = "empty"
		}
		return g.attr(e.Attr) + is(e.Other) + what
	case Same:
		return g.attr(e.A) + is(e.Other) + "the same as " + g.attr(e.B)
	case OneOf:
		return g.attr(e.Attr) + " is one of " + g.codes(e.Attr, e.Codes)
	case Has:
		return g.attr(e.Attr) + [...]string{One: " includes ", Any: " includes any of ", All: " includes all of "}[e.Mode] + g.codes(e.Attr, e.Codes)
	case Empty:
		return g.attr(e.Attr) + " is empty"
	case Compare:
		return g.compare(e)
	}
	return ""
}

func is(other bool) string {
	if other {
		return " is not "
	}
	return " is "
}

func (g english) chain(es []Expr, word string) string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = g.say(e)
		switch e.(type) {
		case And, Or:
			out[i] = "(" + out[i] + ")"
		}
	}
	return strings.Join(out, word)
}

func (g english) compare(c Compare) string {
	if absent(c) {
		return g.sum(c.Left, 1) + is(c.Op == NE) + "empty"
	}
	words := [...]string{EQ: " equals ", NE: " differs from ", LT: " is less than ", LE: " is at most ", GT: " is more than ", GE: " is at least "}
	if c.Dates == 1 {
		words = [...]string{EQ: " is ", NE: " is not ", LT: " is before ", LE: " is not after ", GT: " is after ", GE: " is not before "}
	}
	return g.sum(c.Left, c.Dates) + words[c.Op] + g.sum(c.Right, c.Dates)
}

func (g english) sum(s Sum, dates int8) string {
	if dates == 0 && isSpan(g.s, s) {
		return "the number of days from " + g.term(s[1], false) + " to " + g.term(s[0], false)
	}
	var b strings.Builder
	for i, t := range s {
		switch {
		case i > 0 && t.Neg:
			b.WriteString(" minus ")
		case t.Neg:
			b.WriteString("minus ")
		case i > 0:
			b.WriteString(" plus ")
		}
		b.WriteString(g.term(t, dates == 1 && len(s) == 1))
	}
	return b.String()
}

func (g english) term(t Term, day bool) string {
	switch {
	case t.Place == Resource:
		return g.attr(t.Name)
	case t.Place == Context && t.Name == Today:
		return "today"
	case t.Place == Context:
		return "[" + label(g.s.Context, t.Name, msg.EN) + "]"
	case day && t.N == 0:
		return "no day"
	case day && t.N <= lastDay:
		return when.Date(t.N).String()
	}
	return strconv.FormatInt(t.N, 10)
}

func (g english) attr(name string) string { return "“" + label(g.s.Attrs, name, msg.EN) + "”" }

func (g english) codes(attr string, codes []string) string {
	a, _ := g.s.Attr(attr)
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = "“" + codeLabel(a, c, msg.EN) + "”"
	}
	return strings.Join(out, ", ")
}
