package trail

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/db"
)

// Export writes the record as one file that can be verified without us. It is an uncompressed tar in which
// every byte is given: headers hold nothing but name and size (mode 0644, owner 0, time 0, format ustar), and
// the files come in this order:
//
//	checkpoint               the signed note
//	key                      the verifier key and a newline
//	tile/entries/N tile/0/N  for each N in turn, the last perhaps partial (.p/W)
//	tile/1/N …, tile/2/N …   the levels above
//
// then two blocks of zeros. It reads a snapshot and does not hold up writers. Sealed personal values are not
// part of it.
func (l *Log) Export(ctx context.Context, w io.Writer) error {
	err := l.export(ctx, func(name string, b []byte) error {
		if _, err := w.Write(header(name, len(b))); err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		_, err := w.Write(make([]byte, (block-len(b)%block)%block))
		return err
	})
	if err == nil {
		_, err = w.Write(make([]byte, 2*block))
	}
	return wrapErr("export record", err)
}

// ExportTree writes the same files into a directory, as any reader of C2SP tlog-tiles expects them.
func (l *Log) ExportTree(ctx context.Context, dir string) error {
	err := l.export(ctx, func(name string, b []byte) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, b, 0o644)
	})
	return wrapErr("export record", err)
}

// export gives the files in order.
func (l *Log) export(ctx context.Context, put func(name string, b []byte) error) error {
	signed, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(strings.Split(string(signed), "\n")[1], 10, 64)
	if err != nil {
		return fmt.Errorf("read size of checkpoint: %w", err)
	}
	if err := put("checkpoint", signed); err != nil {
		return err
	}
	if err := put("key", []byte(l.vkey+"\n")); err != nil {
		return err
	}
	return l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		for level := 0; size>>(8*level) > 0; level++ {
			hashes := size >> (8 * level)
			for n := int64(0); n*width < hashes; n++ {
				if err := l.exportTile(ctx, tx, level, n, int(min(width, hashes-n*width)), put); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (l *Log) exportTile(ctx context.Context, tx *db.Tx, level int, n int64, w int, put func(string, []byte) error) error {
	if level == 0 {
		b, err := bundle(ctx, tx, n, w)
		if err != nil {
			return err
		}
		if err := put(bundlePath(n, w), b); err != nil {
			return err
		}
	}
	t, err := readTile(ctx, tx, tileID(level, n))
	if err != nil {
		return err
	}
	if len(t) < w*tlog.HashSize {
		return fmt.Errorf("read tile %s: it has %d bytes", tilePath(level, n, w), len(t))
	}
	return put(tilePath(level, n, w), t[:w*tlog.HashSize])
}

// block is the unit of a tar.
const block = 512

// header is the one header that a file of this name and size can have (POSIX.1-1988 ustar).
func header(name string, size int) []byte {
	h := make([]byte, block)
	copy(h, name)
	copy(h[100:], "0000644\x00") // mode
	copy(h[108:], "0000000\x00") // user
	copy(h[116:], "0000000\x00") // group
	copy(h[124:], fmt.Sprintf("%011o\x00", size))
	copy(h[136:], "00000000000\x00")            // time
	copy(h[148:], bytes.Repeat([]byte{' '}, 8)) // the checksum counts itself as blanks
	h[156] = '0'                                // a file
	copy(h[257:], "ustar\x0000")
	sum := 0
	for _, b := range h {
		sum += int(b)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return h
}
