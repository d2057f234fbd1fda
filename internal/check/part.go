package check

import (
	"okite/internal/rule"
)

// part is a Part made ready.
type part struct {
	// what a verdict reads stands together
	space      *space
	atoms      []int    // distinct atoms asked
	table      []uint8  // result by the atoms' bits, when there are few
	lost       string   // why it cannot be decided; "" when it can
	waits      bool     // today is before the day since which the check binds
	lostScope  bool     // not even whom it binds is known
	from       int32    // first day the check binds
	exceptions []uint64 // one bit a row; nil when there are none
	counts     *Counts  // in space.counts

	*Part
	check                          *Check
	id                             int          // place among the space's parts
	exprs                          [4]rule.Expr // scope, not due, breach, unknown
	scope, notDue, breach, unknown *node
}

// tableAtoms is how many atoms a part may have to be decided by one look at a table.
const tableAtoms = 10

// prepare lists the part's atoms and works its table out.
func (p *part) prepare() {
	seen := map[int]bool{}
	for _, n := range []*node{p.scope, p.notDue, p.breach, p.unknown} {
		n.walk(func(a int) {
			if !seen[a] {
				seen[a] = true
				p.atoms = append(p.atoms, a)
				p.space.atoms[a].parts = append(p.space.atoms[a].parts, p.id)
			}
		})
	}
	if len(p.atoms) > tableAtoms {
		return
	}
	place := map[int]int{}
	for i, a := range p.atoms {
		place[a] = i
	}
	p.table = make([]uint8, 1<<len(p.atoms))
	for x := range p.table {
		p.table[x] = uint8(p.byFormula(func(a int) bool { return x>>place[a]&1 != 0 }))
	}
}

// byFormula decides without exceptions, in the order of domain section 7.0.
func (p *part) byFormula(is func(atom int) bool) Result {
	switch {
	case !p.scope.holds(is):
		return OutOfScope
	case p.notDue.holds(is):
		return NotDue
	case p.breach.holds(is):
		return Noncompliant
	case p.unknown.holds(is):
		return Undetermined
	}
	return Compliant
}

// verdict decides for one row from its atoms.
func (p *part) verdict(row int) Result {
	var r Result
	switch s := p.space; {
	case p.lost != "" || p.waits:
		r = p.special(row)
	case p.table != nil:
		x, words := 0, s.across.row(row)
		for i, a := range p.atoms {
			x |= int(words[uint(a)>>6]>>(uint(a)&63)&1) << (uint(i) & 15)
		}
		r = Result(p.table[x])
	default:
		r = p.byFormula(func(a int) bool { return s.bit(a, row) })
	}
	return p.allow(row, r)
}

// allow puts an exception on top of a result.
func (p *part) allow(row int, r Result) Result {
	if p.exceptions != nil && r > Excepted && p.exceptions[row>>6]>>(uint(row)&63)&1 != 0 {
		return Excepted
	}
	return r
}

// special decides when the check does not bind yet, or when what it needs is not there: nothing can then be said
// of whom it binds, and 判定不能 is what must be said.
func (p *part) special(row int) Result {
	if !p.lostScope && !p.scope.holds(func(a int) bool { return p.space.bit(a, row) }) {
		return OutOfScope
	}
	if p.waits {
		return NotDue
	}
	return Undetermined
}

// block is how many words are worked out at once: small enough for the fastest cache.
const block = 128

// each works the results out block by block and gives f, for each word, the masks of the five results after
// OutOfScope; every mask is empty beyond the last row.
func (p *part) each(f func(word int, notDue, excepted, broken, unknown, kept uint64)) {
	s := p.space
	groups := (s.n + 63) / 64
	for lo := 0; lo < groups; lo += block {
		hi := min(lo+block, groups)
		m := p.masks(lo, hi)
		for i := range m.scope {
			in := m.scope[i]
			if lo+i == groups-1 {
				in &= tail(s.n)
			}
			nd := in & m.notDue[i]
			in &^= nd
			var ex uint64
			if p.exceptions != nil {
				ex = in & p.exceptions[lo+i]
				in &^= ex
			}
			br := in & m.breach[i]
			in &^= br
			un := in & m.unknown[i]
			f(lo+i, nd, ex, br, un, in&^un)
		}
	}
}

// fourMasks are the part's conditions over a block of words.
type fourMasks struct{ scope, notDue, breach, unknown []uint64 }

func (p *part) masks(lo, hi int) fourMasks {
	s, n := p.space, hi-lo
	s.catchUp()
	b := s.spare
	m := fourMasks{b[0][:n], b[1][:n], b[2][:n], b[3][:n]}
	b = b[4:]
	if p.lostScope {
		fill(m.scope, true)
	} else {
		p.scope.eval(s, m.scope, lo, hi, b)
	}
	switch {
	case p.waits:
		fill(m.notDue, true)
		clear(m.breach)
		clear(m.unknown)
	case p.lost != "":
		clear(m.notDue)
		clear(m.breach)
		fill(m.unknown, true)
	default:
		p.notDue.eval(s, m.notDue, lo, hi, b)
		p.breach.eval(s, m.breach, lo, hi, b)
		p.unknown.eval(s, m.unknown, lo, hi, b)
	}
	return m
}

// count counts all results anew.
func (p *part) count() {
	var c Counts
	s := p.space
	groups := (s.n + 63) / 64
	for lo := 0; lo < groups; lo += block {
		hi := min(lo+block, groups)
		m := p.masks(lo, hi)
		if hi == groups {
			m.scope[len(m.scope)-1] &= tail(s.n)
		}
		scope := m.scope
		nd, br, un := m.notDue[:len(scope)], m.breach[:len(scope)], m.unknown[:len(scope)]
		for i, in := range scope {
			d := in & nd[i]
			in &^= d
			if p.exceptions != nil {
				ex := in & p.exceptions[lo+i]
				in &^= ex
				c[Excepted] += ones(ex)
			}
			b := in & br[i]
			in &^= b
			u := in & un[i]
			c[NotDue] += ones(d)
			c[Noncompliant] += ones(b)
			c[Undetermined] += ones(u)
			c[Compliant] += ones(in &^ u)
		}
	}
	c[OutOfScope] = int64(s.n) - c[NotDue] - c[Excepted] - c[Noncompliant] - c[Undetermined] - c[Compliant]
	*p.counts = c
}
