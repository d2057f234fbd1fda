package rule

import (
	"math/bits"
	"slices"
	"strings"

	"okite/internal/msg"
)

// DecisionTable is a condition as an auditor prints it: it holds when one of the rows does, and a row holds when
// every column answers as the row says. The rows are minimal: no answer and no row can be left out.
type DecisionTable struct {
	Columns []Expr
	Rows    [][]Answer
	// Minimal is false when the condition has too many atoms to be sure that the rows are the fewest; they say the
	// same all the same.
	Minimal bool
}

// Answer is what a row wants of a column.
type Answer uint8

// The answers.
const (
	Either Answer = iota
	Yes
	No
)

// String is the sign in the printed table.
func (a Answer) String() string { return [...]string{"－", "○", "×"}[a] }

// tableAtoms is up to how many atoms minimal rows are worked out; maxRows bounds the rows of a table.
const (
	tableAtoms = 12
	maxRows    = 4096
)

// cube is a row as bits: care says which columns matter, want what they must answer.
type cube struct{ care, want uint64 }

func (c cube) covers(d cube) bool { return c.care&^d.care == 0 && (c.want^d.want)&c.care == 0 }

// Table makes the decision table of a condition. It is false when the condition has too many atoms or cases for a
// table that anybody could read.
func Table(e Expr) (DecisionTable, bool) {
	var t DecisionTable
	place := func(a Expr) int {
		if i := slices.IndexFunc(t.Columns, func(c Expr) bool { return Equal(c, a) }); i >= 0 {
			return i
		}
		t.Columns = append(t.Columns, a)
		return len(t.Columns) - 1
	}
	Atoms(e, func(a Expr) {
		if _, fixed := a.(Const); !fixed {
			p, _ := positive(a)
			place(p)
		}
	})
	if len(t.Columns) > 64 {
		return t, false
	}
	cubes, ok := cases(e, false, place)
	if !ok {
		return t, false
	}
	cubes = absorb(cubes)
	if len(t.Columns) <= tableAtoms {
		cubes, t.Minimal = irredundant(primes(cubes)), true
	}
	slices.SortFunc(cubes, func(a, b cube) int {
		for i := range t.Columns {
			if x, y := a.answer(i), b.answer(i); x != y {
				return int(order[x]) - int(order[y])
			}
		}
		return 0
	})
	for _, c := range cubes {
		row := make([]Answer, len(t.Columns))
		for i := range row {
			row[i] = c.answer(i)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, true
}

var order = [...]uint8{Yes: 0, No: 1, Either: 2}

func (c cube) answer(i int) Answer {
	switch {
	case c.care>>i&1 == 0:
		return Either
	case c.want>>i&1 == 1:
		return Yes
	}
	return No
}

// positive turns an atom that says "not" into its opposite, so that a question has one column.
func positive(a Expr) (Expr, bool) {
	switch a := a.(type) {
	case Is:
		return Is{a.Attr, a.Code, false}, a.Other
	case Same:
		return Same{a.A, a.B, false}, a.Other
	case Compare:
		switch a.Op {
		case NE:
			a.Op = EQ
			return a, true
		case GE:
			a.Op = LT
			return a, true
		case GT:
			a.Op = LE
			return a, true
		}
		return a, false
	}
	return a, false
}

// cases multiplies a condition out.
func cases(e Expr, neg bool, place func(Expr) int) ([]cube, bool) {
	switch e := e.(type) {
	case And:
		return combine(e, neg, !neg, place)
	case Or:
		return combine(e, neg, neg, place)
	case Not:
		return cases(e.Of, !neg, place)
	case Const:
		if bool(e) != neg {
			return []cube{{}}, true
		}
		return nil, true
	}
	p, other := positive(e)
	c := cube{care: 1 << place(p)}
	if other == neg {
		c.want = c.care
	}
	return []cube{c}, true
}

func combine(es []Expr, neg, all bool, place func(Expr) int) ([]cube, bool) {
	var out []cube
	if all {
		out = []cube{{}}
	}
	for _, e := range es {
		cs, ok := cases(e, neg, place)
		if !ok {
			return nil, false
		}
		if !all {
			out = append(out, cs...)
		} else {
			var both []cube
			for _, a := range out {
				for _, b := range cs {
					if (a.want^b.want)&a.care&b.care == 0 {
						both = append(both, cube{a.care | b.care, a.want | b.want})
					}
				}
				if len(both) > maxRows {
					both = absorb(both)
				}
				if len(both) > maxRows {
					return nil, false
				}
			}
			out = both
		}
		if out = absorb(out); len(out) > maxRows {
			return nil, false
		}
	}
	return out, true
}

// absorb drops rows that another row covers.
func absorb(cs []cube) []cube {
	slices.SortFunc(cs, func(a, b cube) int { return bits.OnesCount64(a.care) - bits.OnesCount64(b.care) })
	var out []cube
	for _, c := range cs {
		if !slices.ContainsFunc(out, func(o cube) bool { return o.covers(c) }) {
			out = append(out, c)
		}
	}
	return out
}

// primes adds what two rows together say until nothing new comes (iterated consensus): all prime implicants.
func primes(cs []cube) []cube {
	for {
		var fresh []cube
		for i, a := range cs {
			for _, b := range cs[i+1:] {
				clash := (a.want ^ b.want) & a.care & b.care
				if bits.OnesCount64(clash) != 1 {
					continue
				}
				c := cube{(a.care | b.care) &^ clash, (a.want | b.want) &^ clash}
				if !slices.ContainsFunc(cs, func(o cube) bool { return o.covers(c) }) {
					fresh = append(fresh, c)
				}
			}
		}
		if len(fresh) == 0 {
			return cs
		}
		cs = absorb(append(cs, absorb(fresh)...))
	}
}

// irredundant leaves out every row that the others say already, the longest first.
func irredundant(cs []cube) []cube {
	for i := len(cs) - 1; i >= 0; i-- {
		rest := slices.Delete(slices.Clone(cs), i, i+1)
		if implied(cs[i], rest) {
			cs = rest
		}
	}
	return cs
}

// implied says whether whatever c holds, one of the others holds too.
func implied(c cube, others []cube) bool {
	var near []cube
	for _, o := range others {
		if (c.want^o.want)&c.care&o.care != 0 {
			continue
		}
		o.care &^= c.care
		o.want &= o.care
		if o.care == 0 {
			return true
		}
		near = append(near, o)
	}
	return tautology(near)
}

// tautology splits on a column until every side is plain.
func tautology(cs []cube) bool {
	if len(cs) == 0 {
		return false
	}
	var used uint64
	for _, c := range cs {
		if c.care == 0 {
			return true
		}
		used |= c.care
	}
	bit := used & -used
	for _, want := range []uint64{0, bit} {
		var side []cube
		for _, c := range cs {
			if c.care&bit == 0 || c.want&bit == want {
				side = append(side, cube{c.care &^ bit, c.want &^ bit})
			}
		}
		if !tautology(side) {
			return false
		}
	}
	return true
}

// Expr is the condition that the table says.
func (t DecisionTable) Expr() Expr {
	rows := make([]Expr, len(t.Rows))
	for i, r := range t.Rows {
		var parts []Expr
		for k, a := range r {
			switch a {
			case Yes:
				parts = append(parts, t.Columns[k])
			case No:
				parts = append(parts, NotOf(t.Columns[k]))
			}
		}
		rows[i] = AllOf(parts...)
	}
	return AnyOf(rows...)
}

// Text prints the table for a screen or a paper of fixed letters: a line for each column, a sign for each case.
func (t DecisionTable) Text(s *Schema, lang msg.Lang) string {
	var b strings.Builder
	for k, c := range t.Columns {
		for _, r := range t.Rows {
			b.WriteString(r[k].String() + " ")
		}
		b.WriteString(Sentence(s, c, lang) + "\n")
	}
	return b.String()
}
