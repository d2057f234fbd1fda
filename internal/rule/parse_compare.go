package rule

import (
	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"
)

// side is one side of a comparison: a sum, an Enum attribute, a Bool attribute, a code or a truth value.
type side struct {
	sum   Sum
	days  int  // days in the sum, counted with their sign
	plain bool // the sum is one number written out
	attr  Attr
	node  cedarast.IsNode
	kind  sideKind
	truth bool
}

type sideKind uint8

const (
	sumSide sideKind = iota
	enumSide
	flagSide
	codeSide
	truthSide
)

func (r *reader) compare(op Op, left, right cedarast.IsNode) (Expr, error) {
	a, err := r.side(left)
	if err != nil {
		return nil, err
	}
	b, err := r.side(right)
	if err != nil {
		return nil, err
	}
	if a.kind == sumSide && b.kind == sumSide {
		return r.compareSums(op, a, b)
	}
	if op != EQ && op != NE {
		return nil, r.problem("大小を比べられるのは数と日付だけです。", "only numbers and days can be put in order")
	}
	if a.kind > b.kind { // "x" == resource.a is resource.a == "x"
		a, b = b, a
	}
	switch {
	case a.kind == enumSide && b.kind == codeSide:
		c, err := r.code(b.node, a.attr)
		if err != nil {
			return nil, err
		}
		return Is{a.attr.Name, c, op == NE}, nil
	case a.kind == enumSide && b.kind == enumSide:
		return Same{a.attr.Name, b.attr.Name, op == NE}, nil
	case a.kind == flagSide && b.kind == truthSide:
		if b.truth == (op == EQ) {
			return Flag{a.attr.Name}, nil
		}
		return Not{Flag{a.attr.Name}}, nil
	}
	return nil, r.problem("種類の違うものは比べられません。", "things of different kinds cannot be compared")
}

func (r *reader) side(n cedarast.IsNode) (side, error) {
	switch v := n.(type) {
	case cedarast.NodeValue:
		switch x := v.Value.(type) {
		case cedar.String:
			return side{kind: codeSide, node: n}, nil
		case cedar.Boolean:
			return side{kind: truthSide, truth: bool(x)}, nil
		}
	case cedarast.NodeTypeAccess:
		at, last := r.at, r.last
		a, where, err := r.access(n)
		if err != nil {
			return side{}, err
		}
		switch {
		case where == Resource && a.Kind == Enum:
			return side{kind: enumSide, attr: a}, nil
		case where == Resource && a.Kind == Bool:
			return side{kind: flagSide, attr: a}, nil
		}
		r.at, r.last = at, last // the sum meets it again
	}
	s := side{kind: sumSide}
	if err := r.sum(&s, n, false); err != nil {
		return s, err
	}
	if len(s.sum) > maxTerms {
		return s, r.problem("足し引きする項が多すぎます。", "a sum has too many terms")
	}
	s.plain = len(s.sum) == 1 && s.sum[0].Place == Literal
	return s, nil
}

func (r *reader) sum(s *side, n cedarast.IsNode, neg bool) error {
	switch v := n.(type) {
	case cedarast.NodeTypeAdd:
		if err := r.sum(s, v.Left, neg); err != nil {
			return err
		}
		return r.sum(s, v.Right, neg)
	case cedarast.NodeTypeSub:
		if err := r.sum(s, v.Left, neg); err != nil {
			return err
		}
		return r.sum(s, v.Right, !neg)
	case cedarast.NodeTypeNegate:
		return r.sum(s, v.Arg, !neg)
	case cedarast.NodeValue:
		if x, ok := v.Value.(cedar.Long); ok {
			return r.number(s, int64(x), neg)
		}
	case cedarast.NodeTypeAccess:
		a, where, err := r.access(v)
		if err != nil {
			return err
		}
		if a.Kind != Int && a.Kind != Date {
			return r.problem("「%s」は数でも日付でもありません。", "attribute %q is a %v, not a number or a date", a.Name, a.Kind)
		}
		if a.Kind == Date {
			if neg {
				s.days--
			} else {
				s.days++
			}
		}
		s.sum = append(s.sum, Term{Neg: neg, Place: where, Name: a.Name})
		return nil
	}
	return r.problem("足し引きできるのは数と日付だけです。", "%s cannot be added or taken away", nodeName(n))
}

func (r *reader) number(s *side, x int64, neg bool) error {
	if x > Limit || x < -Limit {
		return r.problem("数が大きすぎます。", "the number is too large")
	}
	if x < 0 {
		x, neg = -x, !neg
	}
	s.sum = append(s.sum, Term{Neg: neg && x != 0, N: x})
	return nil
}

func (r *reader) compareSums(op Op, a, b side) (Expr, error) {
	if a.plain && b.days == 1 && !a.sum[0].Neg {
		a.days = 1
	}
	if b.plain && a.days == 1 && !b.sum[0].Neg {
		b.days = 1
	}
	if a.days != b.days || a.days < 0 || a.days > 1 {
		return nil, r.problem("日付は日付と、数は数と比べてください。", "a day must be compared with a day and a number with a number")
	}
	return Compare{Op: op, Left: a.sum, Right: b.sum, Dates: int8(a.days)}, nil
}
