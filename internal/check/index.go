package check

import "hash/maphash"

// Index is the row of a record in its source; false when the engine does not hold it.
func (e *Engine) Index(register, key string) (int, bool) {
	s := e.spaceAt[register]
	if s == nil {
		return 0, false
	}
	return s.find(key)
}

func (s *space) find(key string) (int, bool) {
	row := s.index.find(s.src, key)
	return row, row >= 0
}

// keyIndex finds rows by key. It keeps no key itself: a slot is 32 bits of the key's hash and the row, and the source
// tells the key. One line of memory then answers, and not those of a map's groups, its slots and its strings.
type keyIndex struct {
	seed  maphash.Seed
	slots []uint64 // hash above, row + 1 below; 0 is empty. The slots of one hash lie in one chain without a gap
	n     int
}

// newKeyIndex has room for n rows.
func newKeyIndex(n int) keyIndex {
	size := 8
	for size*7 < n*8 {
		size *= 2
	}
	return keyIndex{seed: maphash.MakeSeed(), slots: make([]uint64, size)}
}

func (x *keyIndex) hash(key string) uint64 { return maphash.String(x.seed, key) >> 32 << 32 }

// home is the slot at which a hash's chain begins.
func (x *keyIndex) home(slot uint64) int { return int(slot>>32) & (len(x.slots) - 1) }

// find is the row of a key, -1 when there is none.
func (x *keyIndex) find(src Source, key string) int {
	if x.n == 0 {
		return -1
	}
	h := x.hash(key)
	for i := x.home(h); x.slots[i] != 0; i = (i + 1) & (len(x.slots) - 1) {
		if (x.slots[i]^h)>>32 != 0 {
			continue
		}
		if row := int(uint32(x.slots[i])) - 1; src.Key(row) == key {
			return row
		}
	}
	return -1
}

// add takes a row whose key is not there yet.
func (x *keyIndex) add(key string, row int) {
	if (x.n+1)*8 > len(x.slots)*7 {
		old := x.slots
		x.slots = make([]uint64, 2*len(old))
		for _, slot := range old {
			if slot != 0 {
				x.place(slot)
			}
		}
	}
	x.n++
	x.place(x.hash(key) | uint64(uint32(row+1)))
}

func (x *keyIndex) place(slot uint64) {
	i := x.home(slot)
	for x.slots[i] != 0 {
		i = (i + 1) & (len(x.slots) - 1)
	}
	x.slots[i] = slot
}

// slot is the place of a row that is there, by the key under which it was added.
func (x *keyIndex) slot(key string, row int) int {
	h := x.hash(key) | uint64(uint32(row+1))
	i := x.home(h)
	for x.slots[i] != h {
		i = (i + 1) & (len(x.slots) - 1)
	}
	return i
}

// move gives a key another row.
func (x *keyIndex) move(key string, from, to int) {
	x.slots[x.slot(key, from)] = x.hash(key) | uint64(uint32(to+1))
}

// drop takes a row out. What stands behind it in the chain moves up, so that no chain has a gap.
func (x *keyIndex) drop(key string, row int) {
	mask := len(x.slots) - 1
	gap := x.slot(key, row)
	for i := (gap + 1) & mask; x.slots[i] != 0; i = (i + 1) & mask {
		if home := x.home(x.slots[i]); (i-home)&mask >= (i-gap)&mask {
			x.slots[gap], gap = x.slots[i], i
		}
	}
	x.slots[gap] = 0
	x.n--
}
