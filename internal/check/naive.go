package check

import (
	"slices"

	"okite/internal/rule"
)

// rowView reads one subject for rule.Eval, from the records and joins and not from any column.
type rowView struct {
	s   *space
	row int
}

func (v rowView) get(attr string) any        { return v.s.value(v.row, v.s.attrAt[attr]) }
func (v rowView) Bool(attr string) bool      { return asBool(v.get(attr)) }
func (v rowView) Num(attr string) int64      { return asNum(v.get(attr)) }
func (v rowView) Code(attr string) string    { return asText(v.get(attr)) }
func (v rowView) Codes(attr string) []string { return asSet(v.get(attr)) }

// EvalNaive decides one subject the plain way, from its record and the conditions as they were read: no bitmap, no
// column, no table. It is what the engine is measured against, in tests and as a sampled check while it runs.
func (e *Engine) EvalNaive(check, part, key string) (Result, bool) {
	p := e.part(check, part)
	if p == nil {
		return 0, false
	}
	row, ok := p.space.find(key)
	if !ok {
		return 0, false
	}
	return e.naive(p, row, e.context()), true
}

// context is what conditions read beside the subject.
func (e *Engine) context() map[string]int64 {
	ctx := map[string]int64{rule.Today: int64(e.day)}
	for k, v := range e.params {
		ctx[k] = v
	}
	return ctx
}

func (e *Engine) naive(p *part, row int, ctx map[string]int64) Result {
	view := rowView{p.space, row}
	lost := make([]bool, len(p.exprs))
	for i, x := range p.exprs {
		lost[i] = p.space.lostIn(x, ctx)
	}
	switch {
	case !lost[0] && !rule.Eval(p.exprs[0], view, ctx):
		return OutOfScope
	case int32(e.day) < p.from:
		return NotDue
	}
	r := Undetermined
	if !slices.Contains(lost, true) {
		switch {
		case rule.Eval(p.exprs[1], view, ctx):
			return NotDue
		case rule.Eval(p.exprs[2], view, ctx):
			r = Noncompliant
		case rule.Eval(p.exprs[3], view, ctx):
		default:
			r = Compliant
		}
	}
	if e.isExcepted(p, row) {
		return Excepted
	}
	return r
}

// lostIn says whether a condition reads something that has no value now.
func (s *space) lostIn(x rule.Expr, ctx map[string]int64) bool {
	attrs, params := rule.Names(x)
	for _, p := range params {
		if _, ok := ctx[p]; !ok {
			return true
		}
	}
	for _, a := range attrs {
		if j := s.attrs[s.attrAt[a]].join; j >= 0 && s.joins[j].lost != nil {
			return true
		}
	}
	return false
}

func (e *Engine) isExcepted(p *part, row int) bool {
	subject := p.Subject + ":" + p.space.src.Key(row)
	return slices.ContainsFunc(e.exceptions, func(x Exception) bool {
		return x.Check == p.check.ID && x.Subject == subject && int32(x.Until) >= e.day
	})
}

// Difference is a verdict on which the engine and the plain way do not agree.
type Difference struct {
	Check, Part, Key string
	Engine, Naive    Result
}

// Audit decides every step'th subject of every part the plain way and tells where the engine differs. A running
// product calls it with a large step; any difference is a fault of the engine (bp.11).
func (e *Engine) Audit(step int) []Difference {
	var out []Difference
	ctx := e.context()
	for _, p := range e.parts {
		for row := 0; row < p.space.n; row += max(step, 1) {
			if a, b := p.verdict(row), e.naive(p, row, ctx); a != b {
				out = append(out, Difference{p.check.ID, p.Name, p.space.src.Key(row), a, b})
			}
		}
	}
	return out
}
