package check

import (
	"cmp"
	"slices"
)

// sweeping is from how many entries on a change is swept through atom by atom: one for so many rows.
const sweeping = 256

// strip is how many rows of an atom are taken at once: what is asked about them fits into the fastest memory.
const strip = 256

// sweep does for many rows what flush does for one: a day passes, or a file is imported. Rows in which one atom flips
// are taken atom by atom, so that a part is looked up once for all of them; those in which several do, row by row,
// because a verdict moves once.
func (s *space) sweep(watch func(Flip)) {
	p := &s.pend
	words := (s.n + 63) / 64
	once, often := make([]uint64, words), make([]uint64, words)
	for _, x := range p.entries {
		w, b := x.row>>6, uint64(1)<<(uint(x.row)&63)
		often[w] |= once[w] & b
		once[w] |= b
	}
	var several []entry
	rows := p.rows[:0]
	for i, x := range p.entries {
		switch {
		case often[x.row>>6]>>(uint(x.row)&63)&1 != 0:
			several = append(several, x)
		case s.flips(x):
			rows = append(rows, x.row)
		}
		if i+1 == len(p.entries) || len(rows) == strip || p.entries[i+1].atom != x.atom {
			s.flipAtom(int(x.atom), rows, watch)
			rows = rows[:0]
		}
	}
	p.rows = rows
	s.byRow(several, watch)
}

// byRow flips entries row by row.
func (s *space) byRow(entries []entry, watch func(Flip)) {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.row, b.row) })
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].row == entries[0].row {
			n++
		}
		s.oneRow(entries[:n], watch)
		entries = entries[n:]
	}
}

// late is a verdict from before an atom flipped, of a part that is not plain.
type late struct {
	part *part
	row  int32
	old  Result
}

// flipAtom flips one atom of rows in which no other atom flips, and moves the verdicts that hang on it.
func (s *space) flipAtom(atom int, rows []int32, watch func(Flip)) {
	if len(rows) == 0 {
		return
	}
	q, p, width := &s.quick, &s.pend, s.across.width
	// The rows' words are fetched at once, so that the processor waits for all of them together.
	for _, row := range rows {
		p.touch ^= s.across.words[int(row)*width]
	}
	p.strip = p.strip[:0]
	for _, row := range rows {
		p.strip = append(p.strip, s.across.row(int(row))...)
	}
	var after []late
	for _, k := range q.asks[atom] {
		a := &q.parts[k.part]
		if !a.plain {
			for _, row := range rows {
				after = append(after, late{s.parts[k.part], row, s.parts[k.part].verdict(int(row))})
			}
			continue
		}
		table := q.tables[a.table:][:1<<a.n]
		for i, row := range rows {
			x := a.index(p.strip[i*width:][:width])
			if old, now := table[x], table[x^1<<(k.place&15)]; old != now {
				s.count(int(k.part), int(row), Result(old), Result(now), watch)
			}
		}
	}
	for _, row := range rows {
		s.flip(atom, int(row))
	}
	for _, l := range after {
		l.part.move(int(l.row), l.old, watch)
	}
}
