package trail

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/db"
)

// width is how many hashes a full tile holds (C2SP tlog-tiles).
const width = 256

// edge is the right edge of the tree: all that is needed to add entries without reading. stack holds the
// roots of the complete subtrees, the largest first; tiles the hashes of the last, unfinished tile of each
// level.
type edge struct {
	size  int64
	stack []tlog.Hash
	tiles [][]byte
}

// clone gives an edge that can be moved on without touching this one.
func (e *edge) clone() *edge {
	c := &edge{size: e.size, stack: slices.Clone(e.stack), tiles: make([][]byte, len(e.tiles))}
	for i, t := range e.tiles {
		c.tiles[i] = append(make([]byte, 0, width*tlog.HashSize), t...)
	}
	return c
}

// tileRow is a tile to be written.
type tileRow struct {
	id     int64
	hashes []byte
}

// tileID is the row of a tile.
func tileID(level int, n int64) int64 { return int64(level)<<48 | n }

// add puts leaf hashes on the edge and gives the tiles that must be written.
func (e *edge) add(leaves []tlog.Hash) []tileRow {
	var rows []tileRow
	for _, h := range leaves {
		e.push(h)
		rows = e.grow(0, h, rows)
		e.size++
	}
	for level, t := range e.tiles {
		if len(t) > 0 && e.touched(level, int64(len(leaves))) {
			rows = append(rows, tileRow{tileID(level, e.size>>(8*(level+1))), t})
		}
	}
	return rows
}

// touched says whether the last n leaves changed the unfinished tile of a level.
func (e *edge) touched(level int, n int64) bool {
	return e.size>>(8*level) != (e.size-n)>>(8*level)
}

// push adds a leaf to the stack: a carry in binary.
func (e *edge) push(h tlog.Hash) {
	for n := e.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(e.stack[len(e.stack)-1], h)
		e.stack = e.stack[:len(e.stack)-1]
	}
	e.stack = append(e.stack, h)
}

// grow adds a hash to the unfinished tile of a level, and a full tile's root to the level above.
func (e *edge) grow(level int, h tlog.Hash, rows []tileRow) []tileRow {
	if level == len(e.tiles) {
		e.tiles = append(e.tiles, make([]byte, 0, width*tlog.HashSize))
	}
	e.tiles[level] = append(e.tiles[level], h[:]...)
	if len(e.tiles[level]) < width*tlog.HashSize {
		return rows
	}
	full := e.tiles[level]
	rows = append(rows, tileRow{tileID(level, e.size>>(8*(level+1))), full})
	e.tiles[level] = make([]byte, 0, width*tlog.HashSize)
	return e.grow(level+1, subtree(full), rows)
}

// subtree is the root of a complete subtree over 2^k hashes.
func subtree(hashes []byte) tlog.Hash {
	if len(hashes) == tlog.HashSize {
		return tlog.Hash(hashes)
	}
	half := len(hashes) / 2
	return tlog.NodeHash(subtree(hashes[:half]), subtree(hashes[half:]))
}

// root is the root of the tree.
func (e *edge) root() tlog.Hash {
	if len(e.stack) == 0 {
		empty, _ := tlog.TreeHash(0, nil) // gives no error for the empty tree
		return empty
	}
	h := e.stack[len(e.stack)-1]
	for i := len(e.stack) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.stack[i], h)
	}
	return h
}

// tileReader reads hashes of the tree out of the tiles in the store.
type tileReader struct {
	ctx   context.Context
	tx    *db.Tx
	tiles map[int64][]byte
}

func newTileReader(ctx context.Context, tx *db.Tx) *tileReader {
	return &tileReader{ctx, tx, map[int64][]byte{}}
}

// ReadHashes implements tlog.HashReader.
func (r *tileReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		level, n := tlog.SplitStoredHashIndex(x)
		var err error
		if out[i], err = r.hash(level, n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// hash is the n-th complete subtree of a level.
func (r *tileReader) hash(level int, n int64) (tlog.Hash, error) {
	below := level % 8 // levels inside the tile
	id := tileID(level/8, n>>(8-below))
	t, ok := r.tiles[id]
	if !ok {
		var err error
		if t, err = readTile(r.ctx, r.tx, id); err != nil {
			return tlog.Hash{}, err
		}
		r.tiles[id] = t
	}
	from := (n & (1<<(8-below) - 1)) << below * tlog.HashSize
	to := from + tlog.HashSize<<below
	if to > int64(len(t)) {
		return tlog.Hash{}, fmt.Errorf("read tile %d of level %d: it is too short", n>>(8-below), level/8)
	}
	return subtree(t[from:to]), nil
}

// readTile gives the hashes of a tile, none when it is not there.
func readTile(ctx context.Context, tx *db.Tx, id int64) ([]byte, error) {
	t, _, err := db.One(ctx, tx, func(rows *sql.Rows) (b []byte, err error) {
		err = rows.Scan(&b)
		return b, err
	}, `SELECT hashes FROM trail_tile WHERE id = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("read tile: %w", err)
	}
	return t, nil
}

// readEdge builds the edge again from the tiles, and compares it with the head and with the last leaves.
func readEdge(ctx context.Context, tx *db.Tx) (*edge, error) {
	size, root, err := readHead(ctx, tx)
	if err != nil {
		return nil, err
	}
	e, r := &edge{size: size}, newTileReader(ctx, tx)
	for level := 0; size>>(8*level) > 0; level++ {
		w := int(size>>(8*level)) & (width - 1) * tlog.HashSize
		part := make([]byte, 0, width*tlog.HashSize)
		if w > 0 {
			t, err := readTile(ctx, tx, tileID(level, size>>(8*(level+1))))
			if err != nil {
				return nil, err
			}
			if len(t) != w {
				return nil, fmt.Errorf("read edge of record: the last tile of level %d has %d bytes, want %d", level, len(t), w)
			}
			part = append(part, t...)
		}
		e.tiles = append(e.tiles, part)
	}
	for level := 62; level >= 0; level-- {
		if size>>level&1 == 1 {
			h, err := r.hash(level, size>>level-1)
			if err != nil {
				return nil, err
			}
			e.stack = append(e.stack, h)
		}
	}
	if e.root() != root {
		return nil, fmt.Errorf("read edge of record: the tiles do not give the root of the head at %d entries", size)
	}
	return e, e.checkLeaves(ctx, tx)
}

// checkLeaves compares the leaves of the unfinished tile with its hashes.
func (e *edge) checkLeaves(ctx context.Context, tx *db.Tx) error {
	if len(e.tiles) == 0 {
		return nil
	}
	part := e.tiles[0]
	first := e.size - int64(len(part)/tlog.HashSize)
	leaves, err := db.Rows(ctx, tx, func(rows *sql.Rows) (b []byte, err error) {
		err = rows.Scan(&b)
		return b, err
	}, `SELECT bytes FROM trail_leaf WHERE idx >= $1 ORDER BY idx`, first)
	if err != nil {
		return fmt.Errorf("read last entries of record: %w", err)
	}
	if len(leaves) != len(part)/tlog.HashSize {
		return fmt.Errorf("read edge of record: %d entries from %d on, the tile has %d", len(leaves), first, len(part)/tlog.HashSize)
	}
	for i, b := range leaves {
		if tlog.RecordHash(b) != tlog.Hash(part[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
			return fmt.Errorf("read edge of record: entry %d has been changed", first+int64(i))
		}
	}
	return nil
}
