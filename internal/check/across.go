package check

// across holds the same bits as the atoms' bitmaps, but row by row: everything asked about one row lies together,
// so that a single change touches one line of memory and not one for each atom.
type across struct {
	width int // words a row
	words []uint64
	// log are flips of single changes that stand here and not yet in the bitmaps. Nobody waits for a bitmap after a
	// single change, and many flips together wait for memory once.
	log []flipped
}

type flipped struct{ atom, row int32 }

// logged is how many flips may wait.
const logged = 1024

// row gives the words of a row; bit a of them is atom a.
func (x *across) row(r int) []uint64 { return x.words[r*x.width : (r+1)*x.width] }

// grow makes room for n rows, new ones empty.
func (x *across) grow(n int) {
	for len(x.words) < n*x.width {
		x.words = append(x.words, 0)
	}
}

// drop moves the last row over another.
func (x *across) drop(row, last int) {
	copy(x.row(row), x.row(last))
	x.words = x.words[:last*x.width]
}

// bit says whether an atom holds for a row, as it was last worked out.
func (s *space) bit(atom, row int) bool {
	return s.across.words[row*s.across.width+atom>>6]>>(uint(atom)&63)&1 != 0
}

// flip turns an atom of a row over in both forms.
func (s *space) flip(atom, row int) {
	s.atoms[atom].bits[row>>6] ^= 1 << (uint(row) & 63)
	s.across.words[row*s.across.width+atom>>6] ^= 1 << (uint(atom) & 63)
}

// flipLater turns an atom of a row over in the rows' form and leaves the bitmap to catchUp.
func (s *space) flipLater(atom, row int) {
	x := &s.across
	x.words[row*x.width+atom>>6] ^= 1 << (uint(atom) & 63)
	x.log = append(x.log, flipped{int32(atom), int32(row)})
	if len(x.log) == logged {
		s.catchUp()
	}
}

// catchUp brings the bitmaps up to the rows' form. Whoever reads, fills or moves bitmaps calls it first.
func (s *space) catchUp() {
	for _, f := range s.across.log {
		s.atoms[f.atom].bits[f.row>>6] ^= 1 << (uint(f.row) & 63)
	}
	s.across.log = s.across.log[:0]
}

// turn works the rows' form out anew from the bitmaps: squares of 64 atoms by 64 rows are turned over.
func (s *space) turn() {
	x := &s.across
	x.width = (len(s.atoms) + 63) / 64
	if need := s.n * x.width; cap(x.words) < need {
		x.words = make([]uint64, need, need+need/8)
	} else {
		x.words = x.words[:need]
	}
	var square [64]uint64
	for g := range (s.n + 63) / 64 {
		rows := min(64, s.n-g*64)
		for w := range x.width {
			atoms := s.atoms[w*64 : min(w*64+64, len(s.atoms))]
			for i, a := range atoms {
				square[i] = a.bits[g]
			}
			clear(square[len(atoms):])
			transpose(&square)
			at := g*64*x.width + w
			for r := range rows {
				x.words[at] = square[r]
				at += x.width
			}
		}
	}
}

// transpose turns a square of bits over: bit j of word i becomes bit i of word j. Quarters are exchanged, then
// their quarters, down to single bits.
func transpose(a *[64]uint64) {
	mask := uint64(1)<<32 - 1
	for j := uint(32); j != 0; j >>= 1 {
		for k := uint(0); k < 64; k = (k + j + 1) &^ j {
			t := (a[k&63]>>j ^ a[(k+j)&63]) & mask
			a[(k+j)&63] ^= t
			a[k&63] ^= t << j
		}
		mask ^= mask << (j >> 1)
	}
}
