package check

import "math/bits"

// lanes is a column of unsigned numbers, each width bits wide, packed into words so that one step looks at 64/width
// rows at once. Width is 8, 16, 32 or 64; a 64-bit lane holds a signed number.
type lanes struct {
	width uint
	words []uint64
}

// perWord is how many rows a word holds.
func (l *lanes) perWord() uint { return 64 / l.width }

// room makes room for n rows, always whole groups of 64.
func (l *lanes) room(n int) {
	want := (n + 63) / 64 * int(l.width)
	for len(l.words) < want {
		l.words = append(l.words, 0)
	}
}

func (l *lanes) get(row int) int64 {
	switch l.width {
	case 8:
		return int64(uint8(l.words[row>>3] >> (uint(row&7) * 8)))
	case 16:
		return int64(uint16(l.words[row>>2] >> (uint(row&3) * 16)))
	case 32:
		return int64(uint32(l.words[row>>1] >> (uint(row&1) * 32)))
	default:
		return int64(l.words[row])
	}
}

// touch reads the words of many rows at once and gives anything: they are near afterwards. A row may be beyond the
// end.
func (l *lanes) touch(rows []int32) (x uint64) {
	shift := uint(bits.TrailingZeros(l.perWord()))
	for _, row := range rows {
		if i := int(row) >> shift; i < len(l.words) {
			x ^= l.words[i]
		}
	}
	return x
}

func (l *lanes) set(row int, v int64) {
	per := l.perWord()
	if per == 1 {
		l.words[row] = uint64(v)
		return
	}
	shift := uint(row) % per * l.width
	mask := uint64(1)<<l.width - 1
	w := &l.words[uint(row)/per]
	*w = *w&^(mask<<shift) | (uint64(v)&mask)<<shift
}

// fits says whether a number fits into a lane.
func (l *lanes) fits(v int64) bool { return l.width == 64 || v >= 0 && v < 1<<l.width }

// widthFor is the narrowest lane for numbers from lo to hi.
func widthFor(lo, hi int64) uint {
	switch {
	case lo < 0 || hi >= 1<<32:
		return 64
	case hi >= 1<<16:
		return 32
	case hi >= 1<<8:
		return 16
	default:
		return 8
	}
}

// widen copies the first n rows into wider lanes.
func (l *lanes) widen(width uint, n int) {
	wide := lanes{width: width}
	wide.room(n)
	for i := range n {
		wide.set(i, l.get(i))
	}
	*l = wide
}

// The high bit of every lane, and the low bit.
const (
	high8, low8   = 0x8080808080808080, 0x0101010101010101
	high16, low16 = 0x8000800080008000, 0x0001000100010001
	gather8       = 0x0102040810204080
	gather16      = 1<<60 | 1<<45 | 1<<30 | 1<<15
)

// pack8 gathers the high bits of eight lanes into the low eight bits.
func pack8(t uint64) uint64 { return t >> 7 * gather8 >> 56 }

// pack16 gathers the high bits of four lanes into the low four bits.
func pack16(t uint64) uint64 { return t >> 15 * gather16 >> 60 }

// less8 sets the high bit of each lane of x that is below the same lane of y.
func less8(x, y uint64) uint64 {
	d := (x | high8) - (y &^ high8)
	return (^x&y | ^(x^y)&^d) & high8
}

func less16(x, y uint64) uint64 {
	d := (x | high16) - (y &^ high16)
	return (^x&y | ^(x^y)&^d) & high16
}

// some8 sets the high bit of each lane that is not zero.
func some8(x uint64) uint64 { return (x&^high8 + (high8 - low8) | x) & high8 }

func some16(x uint64) uint64 { return (x&^high16 + (high16 - low16) | x) & high16 }

func bit(b bool) uint64 {
	var u uint64
	if b {
		u = 1
	}
	return u
}

// below writes into dst, one bit a row, which of the rows are less than t.
func (l *lanes) below(dst []uint64, t int64) {
	if l.width < 64 && (t <= 0 || t >= 1<<l.width) {
		fill(dst, t > 0)
		return
	}
	switch l.width {
	case 8:
		y := uint64(t) * low8
		for i := range dst {
			w := (*[8]uint64)(l.words[i*8:])
			dst[i] = pack8(less8(w[0], y)) | pack8(less8(w[1], y))<<8 | pack8(less8(w[2], y))<<16 | pack8(less8(w[3], y))<<24 |
				pack8(less8(w[4], y))<<32 | pack8(less8(w[5], y))<<40 | pack8(less8(w[6], y))<<48 | pack8(less8(w[7], y))<<56
		}
	case 16:
		y := uint64(t) * low16
		for i := range dst {
			w := (*[16]uint64)(l.words[i*16:])
			var out uint64
			for j := 0; j < 16; j += 4 {
				q := pack16(less16(w[j], y)) | pack16(less16(w[j+1], y))<<4 | pack16(less16(w[j+2], y))<<8 | pack16(less16(w[j+3], y))<<12
				out |= q << (uint(j) * 4)
			}
			dst[i] = out
		}
	case 32:
		y := uint64(t)
		for i := range dst {
			w := (*[32]uint64)(l.words[i*32:])
			var out uint64
			for j, x := range w {
				// The borrow out of a 64-bit subtraction of 32-bit numbers is the comparison.
				out |= ((x&0xffffffff-y)>>63 | (x>>32-y)>>63<<1) << (uint(j) * 2)
			}
			dst[i] = out
		}
	default:
		for i := range dst {
			w := (*[64]uint64)(l.words[i*64:])
			var out uint64
			for j, x := range w {
				out |= bit(int64(x) < t) << uint(j)
			}
			dst[i] = out
		}
	}
}

// equals writes which of the rows, masked, are v. With v = 0 and negate it says which have any bit of the mask.
func (l *lanes) equals(dst []uint64, mask, v uint64) {
	switch l.width {
	case 8:
		m, y := (mask&0xff)*low8, v*low8
		for i := range dst {
			w := (*[8]uint64)(l.words[i*8:])
			dst[i] = ^(pack8(some8(w[0]&m^y)) | pack8(some8(w[1]&m^y))<<8 | pack8(some8(w[2]&m^y))<<16 | pack8(some8(w[3]&m^y))<<24 |
				pack8(some8(w[4]&m^y))<<32 | pack8(some8(w[5]&m^y))<<40 | pack8(some8(w[6]&m^y))<<48 | pack8(some8(w[7]&m^y))<<56)
		}
	case 16:
		m, y := (mask&0xffff)*low16, v*low16
		for i := range dst {
			w := (*[16]uint64)(l.words[i*16:])
			var out uint64
			for j := 0; j < 16; j += 4 {
				q := pack16(some16(w[j]&m^y)) | pack16(some16(w[j+1]&m^y))<<4 | pack16(some16(w[j+2]&m^y))<<8 | pack16(some16(w[j+3]&m^y))<<12
				out |= q << (uint(j) * 4)
			}
			dst[i] = ^out
		}
	case 32:
		m := mask&0xffffffff | mask<<32
		y := v&0xffffffff | v<<32
		for i := range dst {
			w := (*[32]uint64)(l.words[i*32:])
			var out uint64
			for j, x := range w {
				x = x&m ^ y
				out |= (bit(uint32(x) == 0) | bit(x>>32 == 0)<<1) << (uint(j) * 2)
			}
			dst[i] = out
		}
	default:
		for i := range dst {
			w := (*[64]uint64)(l.words[i*64:])
			var out uint64
			for j, x := range w {
				out |= bit(x&mask == v) << uint(j)
			}
			dst[i] = out
		}
	}
}

// read puts 64 rows, the group'th, into dst.
func (l *lanes) read(dst *[64]int64, group int) {
	for i := range dst {
		dst[i] = l.get(group*64 + i)
	}
}

func fill(dst []uint64, on bool) {
	var w uint64
	if on {
		w = ^w
	}
	for i := range dst {
		dst[i] = w
	}
}

func not(dst []uint64) {
	for i := range dst {
		dst[i] = ^dst[i]
	}
}

// tail masks the last word of a bitmap over n rows.
func tail(n int) uint64 {
	if n&63 == 0 {
		return ^uint64(0)
	}
	return 1<<(uint(n)&63) - 1
}

func ones(w uint64) int64 { return int64(bits.OnesCount64(w)) }
