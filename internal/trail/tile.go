package trail

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
)

// tilePath is the path of a tile after C2SP tlog-tiles: tile/LEVEL/N, with .p/W for one of W < 256 hashes.
func tilePath(level int, n int64, w int) string {
	return "tile/" + strconv.Itoa(level) + "/" + tileNumber(n) + part(w)
}

// bundlePath is the path of the entries under a tile of level 0.
func bundlePath(n int64, w int) string { return "tile/entries/" + tileNumber(n) + part(w) }

func part(w int) string {
	if w == width {
		return ""
	}
	return ".p/" + strconv.Itoa(w)
}

// tileNumber writes a number in groups of three digits, x before all but the last: 1234067 is x001/x234/067.
func tileNumber(n int64) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		s = fmt.Sprintf("x%03d/", n%1000) + s
	}
	return s
}

// parseTile reads a path; level -1 means entries.
func parseTile(path string) (level int, n int64, w int, ok bool) {
	rest, found := strings.CutPrefix(path, "tile/")
	kind, number, cut := strings.Cut(rest, "/")
	if !found || !cut {
		return 0, 0, 0, false
	}
	level = -1
	if kind != "entries" {
		l, err := strconv.Atoi(kind)
		if err != nil || l < 0 || l > 5 {
			return 0, 0, 0, false
		}
		level = l
	}
	w = width
	if before, after, partial := strings.Cut(number, ".p/"); partial {
		v, err := strconv.Atoi(after)
		if err != nil || v < 1 || v >= width {
			return 0, 0, 0, false
		}
		number, w = before, v
	}
	for _, group := range strings.Split(number, "/") {
		v, err := strconv.ParseUint(strings.TrimPrefix(group, "x"), 10, 16)
		if err != nil || v > 999 || n > 1<<38 {
			return 0, 0, 0, false
		}
		n = n*1000 + int64(v)
	}
	if level < 0 {
		return level, n, w, path == bundlePath(n, w)
	}
	return level, n, w, path == tilePath(level, n, w)
}

// noTile is the answer for what is not in the record.
func noTile() error {
	return fault.New(fault.NotFound, msg.T("その番号の記録のまとまりは、ありません。", "There is no such tile."))
}

// Tile gives what C2SP tlog-tiles names by a path: "checkpoint", "tile/0/x001/234", "tile/entries/000.p/7". A
// path that is not there is a fault.NotFound.
func (l *Log) Tile(ctx context.Context, path string) ([]byte, error) {
	if path == "checkpoint" {
		return l.Checkpoint(ctx)
	}
	level, n, w, ok := parseTile(path)
	if !ok {
		return nil, noTile()
	}
	var out []byte
	err := l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		size, _, err := readHead(ctx, tx)
		if err != nil {
			return err
		}
		if n*width+int64(w) > size>>(8*max(level, 0)) {
			return noTile()
		}
		if level < 0 {
			out, err = bundle(ctx, tx, n, w)
			return err
		}
		if out, err = readTile(ctx, tx, tileID(level, n)); err == nil && len(out) < w*tlog.HashSize {
			err = fmt.Errorf("read tile: it has %d bytes", len(out))
		}
		if err == nil {
			out = out[:w*tlog.HashSize]
		}
		return err
	})
	return out, err
}

// bundle gives the entries under a tile, each after its length in two bytes.
func bundle(ctx context.Context, tx *db.Tx, n int64, w int) ([]byte, error) {
	leaves, err := leafPage(ctx, tx, n*width, n*width+int64(w))
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, b := range leaves {
		if len(b) > longest {
			return nil, fmt.Errorf("an entry has %d bytes", len(b))
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(b)))
		out = append(out, b...)
	}
	return out, nil
}
