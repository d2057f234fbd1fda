package check

import (
	"fmt"
	"slices"

	"okite/internal/rule"
)

// attribute is a place to read a value from: the register itself, or a join.
type attribute struct {
	rule.Attr
	join  int   // index in space.joins; -1 for the register's own
	at    int   // place in the register's or the join's attributes
	col   int   // its column; -1 while no condition asks for one
	sames []int // isSame atoms that read it
}

// column is an attribute in the form that atoms read.
type column struct {
	attr  int
	kind  rule.Kind
	flags []uint64          // Bool
	lanes lanes             // every other kind
	words map[string]uint64 // Enum: number of a code a condition names. Set: its bit; bit 0 says "not empty"
	atoms []int
	days  *dayIndex // when the clock moves an atom of this column
}

// word numbers a code that a condition names; every other code is 0 of an Enum and nothing of a Set.
func (c *column) word(code string) uint64 {
	w, ok := c.words[code]
	if !ok {
		w = uint64(len(c.words)) + 1
		c.words[code] = w
	}
	return w
}

// space is one subject register under its checks.
type space struct {
	reg    *Register
	schema *rule.Schema
	src    Source
	read   bool // by some join
	n      int  // rows
	index  keyIndex
	attrs  []attribute
	attrAt map[string]int
	joins  []*joined
	cols   []*column
	atoms  []*atom
	atomAt map[string]int
	parts  []*part
	counts []Counts // by part
	across across
	quick  quick
	spare  [][]uint64 // buffers for node.eval
	tmp    []uint64
	pend   pending
}

// joined is a join and what it said last.
type joined struct {
	Join
	out  *Out
	lost error // why it could not be worked out
}

func (s *space) attrIndex(name string) int {
	if i, ok := s.attrAt[name]; ok {
		return i
	}
	return -1
}

// cell gives the column of an attribute, made when a condition first asks for it.
func (s *space) cell(name string) (int, error) {
	a := s.attrIndex(name)
	if a < 0 {
		return 0, fmt.Errorf("attribute %s: not there", name)
	}
	if i := s.attrs[a].col; i >= 0 {
		return i, nil
	}
	i := len(s.cols)
	s.attrs[a].col = i
	s.cols = append(s.cols, &column{attr: a, kind: s.attrs[a].Kind, words: map[string]uint64{}, lanes: lanes{width: 8}})
	return i, nil
}

// value reads a value as it was given.
func (s *space) value(row, attr int) any {
	a := s.attrs[attr]
	if a.join < 0 {
		return s.src.Value(row, a.at)
	}
	return s.joins[a.join].out.Value(row, a.at)
}

// narrow is a value in the form its column holds.
func (s *space) narrow(c *column, row int) int64 {
	v := s.value(row, c.attr)
	switch c.kind {
	case rule.Bool:
		return int64(bit(asBool(v)))
	case rule.Enum:
		return int64(c.words[asText(v)])
	case rule.Set:
		var m uint64
		for _, code := range asSet(v) {
			m |= 1
			if w, ok := c.words[code]; ok {
				m |= 1 << w
			}
		}
		return int64(m)
	default:
		return asNum(v)
	}
}

// fillColumn reads a whole column anew.
func (s *space) fillColumn(c *column) {
	groups := (s.n + 63) / 64
	if c.kind == rule.Bool {
		c.flags = make([]uint64, groups)
		for r := range s.n {
			c.flags[r>>6] |= uint64(s.narrow(c, r)) << (uint(r) & 63)
		}
		return
	}
	vals := make([]int64, s.n)
	var lo, hi int64
	for r := range vals {
		vals[r] = s.narrow(c, r)
		lo, hi = min(lo, vals[r]), max(hi, vals[r])
	}
	switch {
	case c.kind == rule.Set && len(c.words) >= 32:
		lo = -1 // masks of more than 32 bits
	case c.kind == rule.Set:
		hi = 1<<(len(c.words)+1) - 1
	case c.kind == rule.Enum:
		hi = int64(len(c.words))
	case c.kind == rule.Date:
		hi = max(hi, 1<<15) // a day is two bytes until the year 2149
	}
	c.lanes = lanes{width: widthFor(lo, hi)}
	c.lanes.room(s.n)
	for r, v := range vals {
		c.lanes.set(r, v)
	}
	if c.days != nil {
		c.days.fill(s.n, c.lanes.get)
	}
}

// fillAtom works an atom out for all rows.
func (s *space) fillAtom(a *atom) {
	s.catchUp()
	groups := (s.n + 63) / 64
	if cap(a.bits) < groups {
		a.bits = make([]uint64, groups, groups+groups/8+1)
	}
	a.bits = a.bits[:groups]
	if a.lost != "" {
		clear(a.bits)
		return
	}
	switch a.kind {
	case isFlag:
		copy(a.bits, s.cols[a.col].flags)
	case isCode:
		c := &s.cols[a.col].lanes
		c.equals(a.bits, ^uint64(0), a.codes[0])
		for _, code := range a.codes[1:] {
			tmp := s.buffer(groups)
			c.equals(tmp, ^uint64(0), code)
			fold(a.bits, tmp, false, false)
		}
	case hasAny:
		s.cols[a.col].lanes.equals(a.bits, a.mask, 0)
		not(a.bits)
	case hasAll:
		s.cols[a.col].lanes.equals(a.bits, a.mask, a.mask)
	case isBelow:
		s.cols[a.col].lanes.below(a.bits, a.t)
	case isNumber:
		s.equalNumber(a)
	case sumBelow, sumNumber:
		s.fillSum(a)
	case isSame:
		clear(a.bits)
		for r := range s.n {
			a.bits[r>>6] |= bit(s.same(a, r)) << (uint(r) & 63)
		}
	}
}

func (s *space) buffer(words int) []uint64 {
	if cap(s.tmp) < words {
		s.tmp = make([]uint64, words)
	}
	return s.tmp[:words]
}

func (s *space) equalNumber(a *atom) {
	l := &s.cols[a.col].lanes
	if !l.fits(a.t) {
		clear(a.bits)
		return
	}
	l.equals(a.bits, ^uint64(0), uint64(a.t))
}

func (s *space) fillSum(a *atom) {
	var total, vals [64]int64
	for g := range a.bits {
		clear(total[:])
		for _, x := range a.sum {
			s.cols[x.col].lanes.read(&vals, g)
			for i := range total {
				total[i] += x.times * vals[i]
			}
		}
		var w uint64
		if a.kind == sumBelow {
			for i, v := range total {
				w |= bit(v < a.t) << uint(i)
			}
		} else {
			for i, v := range total {
				w |= bit(v == a.t) << uint(i)
			}
		}
		a.bits[g] = w
	}
}

func (s *space) same(a *atom, row int) bool {
	return asText(s.value(row, a.a)) == asText(s.value(row, a.b))
}

// is works an atom out for one row from its columns.
func (s *space) is(a *atom, row int) bool {
	if a.lost != "" {
		return false
	}
	switch a.kind {
	case isFlag:
		return s.cols[a.col].flags[row>>6]>>(uint(row)&63)&1 != 0
	case isCode:
		return slices.Contains(a.codes, uint64(s.cols[a.col].lanes.get(row)))
	case hasAny:
		return uint64(s.cols[a.col].lanes.get(row))&a.mask != 0
	case hasAll:
		return uint64(s.cols[a.col].lanes.get(row))&a.mask == a.mask
	case isBelow:
		return s.cols[a.col].lanes.get(row) < a.t
	case isNumber:
		return s.cols[a.col].lanes.get(row) == a.t
	case isSame:
		return s.same(a, row)
	}
	var total int64
	for _, x := range a.sum {
		total += x.times * s.cols[x.col].lanes.get(row)
	}
	if a.kind == sumBelow {
		return total < a.t
	}
	return total == a.t
}
