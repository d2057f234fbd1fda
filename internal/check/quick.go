package check

import (
	"cmp"
	"slices"
)

// quick is what moves verdicts when atoms flip, packed so that all of it stays in the nearest memory: which parts ask
// an atom, where each part finds its atoms in the row's form, and the tables of all parts side by side.
type quick struct {
	asks   [][]ask // by atom
	parts  []asker // by part
	tables []uint8
	stale  bool // some part began or ceased to be plain
}

// ask says that a part asks an atom, and where in the part's table the atom stands.
type ask struct {
	part  uint32
	place uint8
}

// asker is a part as a flip sees it.
type asker struct {
	atoms [tableAtoms]uint16
	n     uint8
	plain bool // the table alone decides
	table uint32
}

// index is the place in the part's table that a row's words lead to.
func (a *asker) index(words []uint64) int {
	x := 0
	for i, at := range a.atoms[:a.n] {
		x |= int(words[at>>6]>>(at&63)&1) << (uint(i) & 15)
	}
	return x
}

// finishQuick packs the parts. The parts of an atom are sorted by how many atoms they ask, so that the processor can
// foresee how long each takes.
func (s *space) finishQuick() {
	q := &s.quick
	q.asks, q.parts, q.stale = make([][]ask, len(s.atoms)), make([]asker, len(s.parts)), true
	s.counts = make([]Counts, len(s.parts))
	var all []ask
	for _, p := range s.parts {
		p.counts = &s.counts[p.id]
		a := &q.parts[p.id]
		if p.table == nil || slices.Max(append([]int{0}, p.atoms...)) >= 1<<16 {
			continue
		}
		a.n, a.table = uint8(len(p.atoms)), uint32(len(q.tables))
		for i, atom := range p.atoms {
			a.atoms[i] = uint16(atom)
		}
		q.tables = append(q.tables, p.table...)
	}
	for i, atom := range s.atoms {
		from := len(all)
		for _, k := range atom.parts {
			all = append(all, ask{uint32(k), uint8(slices.Index(s.parts[k].atoms, i))})
		}
		slices.SortStableFunc(all[from:], func(a, b ask) int {
			return cmp.Compare(len(s.parts[a.part].atoms), len(s.parts[b.part].atoms))
		})
	}
	for i, atom := range s.atoms {
		n := len(atom.parts)
		q.asks[i], all = all[:n:n], all[n:]
	}
	s.pend.seen, s.pend.touched = make([]int32, len(s.atoms)), make([]int32, len(s.parts))
}

// ready says anew which parts their table alone decides, when that may have changed.
func (s *space) ready() {
	if !s.quick.stale {
		return
	}
	s.quick.stale = false
	for i, p := range s.parts {
		a := &s.quick.parts[i]
		a.plain = a.n > 0 && p.lost == "" && !p.waits && p.exceptions == nil
	}
}

// moved is a part whose verdict about a row may move.
type moved struct {
	part uint32
	x    uint32 // place in the table before; of a part that is not plain the result before
}

// flipRow flips atoms of a row, each named once, and moves the verdicts that hang on them.
func (s *space) flipRow(row int, atoms []int32, watch func(Flip)) {
	q, p := &s.quick, &s.pend
	p.moved = p.moved[:0]
	words := s.across.row(row)
	if len(atoms) > 1 {
		p.round++
	}
	for _, atom := range atoms {
		for _, k := range q.asks[atom] {
			if len(atoms) > 1 {
				if p.touched[k.part] == p.round {
					continue
				}
				p.touched[k.part] = p.round
			}
			a := &q.parts[k.part]
			switch {
			case !a.plain:
				p.moved = append(p.moved, moved{k.part, uint32(s.parts[k.part].verdict(row))})
			case len(atoms) > 1:
				p.moved = append(p.moved, moved{k.part, uint32(a.index(words))})
			default:
				x := a.index(words)
				old, now := q.tables[int(a.table)+x], q.tables[int(a.table)+(x^1<<(k.place&15))]
				if old != now {
					s.count(int(k.part), row, Result(old), Result(now), watch)
				}
			}
		}
	}
	for _, atom := range atoms {
		s.flipLater(int(atom), row)
	}
	for _, m := range p.moved {
		a := &q.parts[m.part]
		if !a.plain {
			s.parts[m.part].move(row, Result(m.x), watch)
			continue
		}
		old, now := q.tables[a.table+m.x], q.tables[int(a.table)+a.index(words)]
		if old != now {
			s.count(int(m.part), row, Result(old), Result(now), watch)
		}
	}
}

// count moves a row of a part from one result to another.
func (s *space) count(part, row int, old, now Result, watch func(Flip)) {
	c := &s.counts[part]
	c[old]--
	c[now]++
	if watch != nil {
		s.parts[part].tell(row, old, now, watch)
	}
}
