package check

import "math/bits"

// sweeping is from how many rows on a change is swept through part by part: one row in so many.
const sweeping = 256

// sweep does for many rows what flushRow does for one: a day passes, or a file is imported. It goes part by part and
// not row by row, so that what a part needs stays at hand while memory is read in one direction.
func (s *space) sweep(watch func(Flip)) {
	p := &s.pend
	groups := (s.n + 63) / 64
	var turned []int
	for _, row := range p.rows {
		s.flipping(int(row))
		for _, i := range p.flips {
			a := s.atoms[i]
			if len(a.turn.rows) == 0 {
				a.turn = turn{room(a.turn.rows, groups), room(a.turn.filled, (groups+63)/64)}
				turned = append(turned, i)
			}
			a.turn.add(int(row))
		}
	}
	p.round++
	var slow []late
	for _, i := range turned {
		for _, k := range s.atoms[i].parts {
			if p.touched[k] == p.round {
				continue
			}
			p.touched[k] = p.round
			if part := s.parts[k]; part.table == nil || part.lost != "" || part.waits {
				slow = part.note(slow)
			} else {
				part.sweep(watch)
			}
		}
	}
	for _, i := range turned {
		a := s.atoms[i]
		words([]*turn{&a.turn}, func(g int, rows uint64) {
			a.bits[g] ^= rows
			for ; rows != 0; rows &= rows - 1 {
				s.across.words[(g<<6+bits.TrailingZeros64(rows))*s.across.width+i>>6] ^= 1 << (uint(i) & 63)
			}
		})
		a.turn.clear()
	}
	for _, l := range slow {
		l.part.move(l.row, l.old, watch)
	}
}

// room gives so many empty words, the old ones when they suffice.
func room(old []uint64, words int) []uint64 {
	if cap(old) < words {
		return make([]uint64, words)
	}
	return old[:words]
}

// late is a verdict from before the atoms flipped, of a part that has no table.
type late struct {
	part *part
	row  int
	old  Result
}

// turns are the part's atoms that flip somewhere, by their place in the table.
func (p *part) turns() (at []uint, where []*turn) {
	for i, a := range p.atoms {
		if t := &p.space.atoms[a].turn; len(t.rows) > 0 {
			at, where = append(at, uint(i)), append(where, t)
		}
	}
	return at, where
}

// turn is a set of rows, one bit each, and which of its words are not empty.
type turn struct{ rows, filled []uint64 }

func (t *turn) add(row int) {
	t.rows[row>>6] |= 1 << (uint(row) & 63)
	t.filled[row>>12] |= 1 << (uint(row) >> 6 & 63)
}

func (t *turn) clear() {
	clear(t.rows)
	clear(t.filled)
	t.rows, t.filled = t.rows[:0], t.filled[:0]
}

// words calls f with every word of 64 rows in which some of the sets hold one.
func words(sets []*turn, f func(g int, rows uint64)) {
	for h := range sets[0].filled {
		var filled uint64
		for _, t := range sets {
			filled |= t.filled[h]
		}
		for ; filled != 0; filled &= filled - 1 {
			g := h<<6 + bits.TrailingZeros64(filled)
			var rows uint64
			for _, t := range sets {
				rows |= t.rows[g]
			}
			f(g, rows)
		}
	}
}

// note keeps the verdicts of the rows in which an atom of the part flips.
func (p *part) note(to []late) []late {
	_, where := p.turns()
	words(where, func(g int, rows uint64) {
		for ; rows != 0; rows &= rows - 1 {
			row := g<<6 + bits.TrailingZeros64(rows)
			to = append(to, late{p, row, p.verdict(row)})
		}
	})
	return to
}

// sweep moves the verdicts of the rows in which an atom of the part flips. The atoms themselves flip afterwards.
// It reads the bitmaps: those of one part fit into the fast memory, the rows' form does not.
func (p *part) sweep(watch func(Flip)) {
	at, where := p.turns()
	var maps [tableAtoms][]uint64
	n := copy(maps[:], p.bitmaps())
	words(where, func(g int, rows uint64) {
		var asked [tableAtoms]uint64
		for i := range n {
			asked[i] = maps[i][g]
		}
		for ; rows != 0; rows &= rows - 1 {
			b := uint(bits.TrailingZeros64(rows))
			x, y := 0, 0
			for i, w := range asked[:n] {
				x |= int(w>>b&1) << (uint(i) & 15)
			}
			for i, t := range where {
				y |= int(t.rows[g]>>b&1) << (at[i] & 15)
			}
			y ^= x
			if p.table[x] == p.table[y] {
				continue
			}
			row := g<<6 + int(b)
			old, now := p.allow(row, Result(p.table[x])), p.allow(row, Result(p.table[y]))
			if old != now {
				p.counts[old]--
				p.counts[now]++
				p.tell(row, old, now, watch)
			}
		}
	})
}

// bitmaps are those of the part's atoms.
func (p *part) bitmaps() [][]uint64 {
	out := make([][]uint64, len(p.atoms))
	for i, a := range p.atoms {
		out[i] = p.space.atoms[a].bits
	}
	return out
}

// gather lays the tables of all parts side by side, and so what they ask: a change looks at many of them.
func (s *space) gather() {
	var atoms []int
	var tables []uint8
	for _, p := range s.parts {
		atoms, tables = append(atoms, p.atoms...), append(tables, p.table...)
	}
	for _, p := range s.parts {
		n, t := len(p.atoms), len(p.table)
		p.atoms, atoms = atoms[:n:n], atoms[n:]
		if p.table != nil {
			p.table, tables = tables[:t:t], tables[t:]
		}
	}
}
