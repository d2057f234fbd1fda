package check

import (
	"fmt"
	"slices"
	"strings"

	"okite/internal/rule"
)

// kind is how an atom is worked out.
type kind uint8

const (
	isFlag    kind = iota // a Bool: the column is the bitmap
	isCode                // an Enum is one of codes
	hasAny                // a Set holds one of the mask's codes
	hasAll                // a Set holds all of the mask's codes
	isBelow               // one number < threshold
	isNumber              // one number == threshold
	sumBelow              // a sum of numbers < threshold
	sumNumber             // a sum of numbers == threshold
	isSame                // two Enums hold the same code
)

// atom is a question about a subject that is no and, or or not of others. Alike questions of all checks are one atom.
type atom struct {
	kind  kind
	expr  rule.Expr // as a check wrote it, for explanations
	col   int       // column in space.cols
	codes []uint64  // of isCode, by the column's dictionary
	mask  uint64    // of hasAny and hasAll
	sum   []addend  // of sumBelow and sumNumber
	a, b  int       // attributes of isSame
	limit limit     // threshold as a function of day and parameters
	t     int64     // threshold now
	lost  string    // why it cannot be worked out now: a parameter without value; "" when it can
	bits  []uint64  // one bit a row; beyond the last row anything
	parts []int     // parts of the space that ask it
}

// addend is a column taken times times.
type addend struct {
	attr, col int
	times     int64
}

// limit is what a number is compared with: days times today, plus parameters, plus a number.
type limit struct {
	days   int64
	params []share
	number int64
}

type share struct {
	name  string
	times int64
}

func (l limit) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d*day%+d", l.days, l.number)
	for _, p := range l.params {
		fmt.Fprintf(&b, "%+d*%q", p.times, p.name)
	}
	return b.String()
}

// at works the threshold out; missing names a parameter that has no value.
func (l limit) at(day int32, params map[string]int64) (t int64, missing string) {
	t = l.number + l.days*int64(day)
	for _, p := range l.params {
		v, ok := params[p.name]
		if !ok {
			return 0, p.name
		}
		t += p.times * v
	}
	return t, ""
}

// linear brings a comparison into the form: sum of attributes OP limit.
func linear(c rule.Compare) (sum []addend, names []string, l limit) {
	times := map[string]int64{}
	params := map[string]int64{}
	take := func(s rule.Sum, sign int64) {
		for _, t := range s {
			n := sign
			if t.Neg {
				n = -n
			}
			switch {
			case t.Place == rule.Resource:
				if _, ok := times[t.Name]; !ok {
					names = append(names, t.Name)
				}
				times[t.Name] += n
			case t.Place == rule.Literal:
				l.number -= n * t.N
			case t.Name == rule.Today:
				l.days -= n
			default:
				params[t.Name] -= n
			}
		}
	}
	take(c.Left, 1)
	take(c.Right, -1)
	kept := names[:0]
	for _, n := range names {
		if times[n] != 0 {
			kept = append(kept, n)
			sum = append(sum, addend{times: times[n]})
		}
	}
	var ps []string
	for p, n := range params {
		if n != 0 {
			ps = append(ps, p)
		}
	}
	slices.Sort(ps)
	for _, p := range ps {
		l.params = append(l.params, share{p, params[p]})
	}
	return sum, kept, l
}

func (l limit) negate() limit {
	out := limit{days: -l.days, number: -l.number}
	for _, p := range l.params {
		out.params = append(out.params, share{p.name, -p.times})
	}
	return out
}

// node is a formula over atoms, with negations only at atoms.
type node struct {
	op   nodeOp
	atom int
	neg  bool // of a leaf; of a constant: false is true, true is false
	kids []*node
}

type nodeOp uint8

const (
	leaf nodeOp = iota
	all
	some
	fixed
)

func constant(v bool) *node { return &node{op: fixed, neg: !v} }

// formula turns a condition into a node, making atoms in the space as they are met. neg asks for the negation.
func (s *space) formula(e rule.Expr, neg bool) (*node, error) {
	switch e := e.(type) {
	case rule.And:
		return s.join(e, neg, all)
	case rule.Or:
		return s.join(e, neg, some)
	case rule.Not:
		return s.formula(e.Of, !neg)
	case rule.Const:
		return constant(bool(e) != neg), nil
	case rule.Flag:
		i, err := s.cell(e.Attr)
		if err != nil {
			return nil, err
		}
		return s.leaf(fmt.Sprintf("flag %d", i), neg, e, atom{kind: isFlag, col: i}), nil
	case rule.Is:
		return s.codes(e, e.Attr, []string{e.Code}, neg != e.Other)
	case rule.OneOf:
		return s.codes(e, e.Attr, e.Codes, neg)
	case rule.Same:
		a, b := s.attrIndex(e.A), s.attrIndex(e.B)
		if a < 0 || b < 0 {
			return nil, fmt.Errorf("compare %s with %s: no such attribute", e.A, e.B)
		}
		return s.leaf(fmt.Sprintf("same %d %d", min(a, b), max(a, b)), neg != e.Other, e, atom{kind: isSame, a: a, b: b}), nil
	case rule.Has:
		return s.has(e, neg)
	case rule.Empty:
		i, err := s.cell(e.Attr)
		if err != nil {
			return nil, err
		}
		return s.leaf(fmt.Sprintf("any %d %x", i, 1), !neg, e, atom{kind: hasAny, col: i, mask: 1}), nil
	case rule.Compare:
		return s.compare(e, neg)
	}
	return nil, fmt.Errorf("condition of type %T", e)
}

func (s *space) join(es []rule.Expr, neg bool, op nodeOp) (*node, error) {
	if neg {
		op = all + some - op
	}
	n := &node{op: op}
	for _, e := range es {
		k, err := s.formula(e, neg)
		if err != nil {
			return nil, err
		}
		if k.op == op {
			n.kids = append(n.kids, k.kids...)
		} else {
			n.kids = append(n.kids, k)
		}
	}
	return n, nil
}

// leaf finds or makes the atom with a key.
func (s *space) leaf(key string, neg bool, e rule.Expr, a atom) *node {
	i, ok := s.atomAt[key]
	if !ok {
		i = len(s.atoms)
		s.atomAt[key] = i
		a.expr = e
		s.atoms = append(s.atoms, &a)
	}
	return &node{op: leaf, atom: i, neg: neg}
}

func (s *space) codes(e rule.Expr, attr string, codes []string, neg bool) (*node, error) {
	i, err := s.cell(attr)
	if err != nil {
		return nil, err
	}
	c := s.cols[i]
	var ids []uint64
	for _, code := range codes {
		ids = append(ids, c.word(code))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return s.leaf(fmt.Sprintf("code %d %v", i, ids), neg, e, atom{kind: isCode, col: i, codes: ids}), nil
}

func (s *space) has(e rule.Has, neg bool) (*node, error) {
	i, err := s.cell(e.Attr)
	if err != nil {
		return nil, err
	}
	c := s.cols[i]
	var mask uint64
	for _, code := range e.Codes {
		w := c.word(code)
		if w > 63 {
			return nil, fmt.Errorf("%s: more than 63 codes are asked of one set", e.Attr)
		}
		mask |= 1 << w
	}
	k, name := hasAny, "any"
	if e.Mode == rule.All {
		k, name = hasAll, "all"
	}
	if mask&(mask-1) == 0 {
		k, name = hasAny, "any" // one code: both ask the same
	}
	return s.leaf(fmt.Sprintf("%s %d %x", name, i, mask), neg, e, atom{kind: k, col: i, mask: mask}), nil
}

func (s *space) compare(c rule.Compare, neg bool) (*node, error) {
	sum, names, l := linear(c)
	op := c.Op
	for i, n := range names {
		if sum[i].attr = s.attrIndex(n); sum[i].attr < 0 {
			return nil, fmt.Errorf("attribute %s: not there", n)
		}
	}
	if len(sum) == 1 && sum[0].times == -1 {
		sum[0].times, l, op = 1, l.negate(), mirror(op)
	}
	// a <= t is a < t+1, a > t its negation; so only < and == are left.
	less := true
	switch op {
	case rule.LE:
		l.number++
	case rule.GT:
		l.number++
		neg = !neg
	case rule.GE:
		neg = !neg
	case rule.EQ:
		less = false
	case rule.NE:
		less, neg = false, !neg
	}
	for i := range sum {
		col, err := s.cell(names[i])
		if err != nil {
			return nil, err
		}
		sum[i].col = col
	}
	a := atom{kind: sumNumber, sum: sum, limit: l}
	if less {
		a.kind = sumBelow
	}
	if len(sum) == 1 && sum[0].times == 1 {
		a.col, a.kind = sum[0].col, a.kind-sumBelow+isBelow
	}
	return s.leaf(fmt.Sprintf("%d %v %v", a.kind, sum, l), neg, c, a), nil
}

func mirror(op rule.Op) rule.Op {
	switch op {
	case rule.LT:
		return rule.GT
	case rule.LE:
		return rule.GE
	case rule.GT:
		return rule.LT
	case rule.GE:
		return rule.LE
	}
	return op
}

// eval works the formula out for words lo to hi of the bitmaps into dst. spare holds a buffer for each level below.
func (n *node) eval(s *space, dst []uint64, lo, hi int, spare [][]uint64) {
	switch n.op {
	case fixed:
		fill(dst, !n.neg)
	case leaf:
		src := s.atoms[n.atom].bits[lo:hi]
		if n.neg {
			for i, w := range src {
				dst[i] = ^w
			}
		} else {
			copy(dst, src)
		}
	default:
		n.kids[0].eval(s, dst, lo, hi, spare)
		for _, k := range n.kids[1:] {
			if k.op == leaf {
				fold(dst, s.atoms[k.atom].bits[lo:hi], n.op == all, k.neg)
				continue
			}
			tmp := spare[0][:hi-lo]
			k.eval(s, tmp, lo, hi, spare[1:])
			fold(dst, tmp, n.op == all, false)
		}
	}
}

// fold joins src to dst by and or by or.
func fold(dst, src []uint64, and, neg bool) {
	src = src[:len(dst)]
	switch {
	case and && !neg:
		for i := range dst {
			dst[i] &= src[i]
		}
	case and:
		for i := range dst {
			dst[i] &^= src[i]
		}
	case !neg:
		for i := range dst {
			dst[i] |= src[i]
		}
	default:
		for i := range dst {
			dst[i] |= ^src[i]
		}
	}
}

// holds works the formula out with a function that says whether an atom holds.
func (n *node) holds(is func(atom int) bool) bool {
	switch n.op {
	case fixed:
		return !n.neg
	case leaf:
		return is(n.atom) != n.neg
	}
	for _, k := range n.kids {
		if k.holds(is) == (n.op == some) {
			return n.op == some
		}
	}
	return n.op == all
}

func (n *node) depth() int {
	d := 0
	for _, k := range n.kids {
		d = max(d, k.depth())
	}
	return d + 1
}

func (n *node) walk(f func(atom int)) {
	if n.op == leaf {
		f(n.atom)
	}
	for _, k := range n.kids {
		k.walk(f)
	}
}
