package main

import (
	"crypto/sha256"
	"encoding/base64"
	"math/bits"
)

// hash is a SHA-256.
type hash [sha256.Size]byte

func (h hash) String() string { return base64.StdEncoding.EncodeToString(h[:]) }

// leaf is the hash of an entry (RFC 6962, 2.1). room is reused from entry to entry.
func leaf(room []byte, entry []byte) (hash, []byte) {
	room = append(append(room[:0], 0), entry...)
	return sha256.Sum256(room), room
}

// node is the hash over two subtrees (RFC 6962, 2.1).
func node(left, right hash) hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// tree is a growing tree of which only the roots of its complete subtrees are kept, the largest first.
type tree struct {
	size  int64
	peaks []hash
}

func (t *tree) add(h hash) {
	t.peaks = append(t.peaks, h)
	t.size++
	for range bits.TrailingZeros64(uint64(t.size)) {
		n := len(t.peaks)
		t.peaks[n-2] = node(t.peaks[n-2], t.peaks[n-1])
		t.peaks = t.peaks[:n-1]
	}
}

func (t *tree) root() hash {
	if len(t.peaks) == 0 {
		return sha256.Sum256(nil)
	}
	h := t.peaks[len(t.peaks)-1]
	for i := len(t.peaks) - 2; i >= 0; i-- {
		h = node(t.peaks[i], h)
	}
	return h
}
