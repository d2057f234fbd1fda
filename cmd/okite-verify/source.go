package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// source gives the files of an export in the order in which they are asked for. A finding says that the file is
// not as it must be, an error that it could not be read. The bytes are good until the next call.
type source interface {
	file(name string, limit int) ([]byte, *finding, error)
	end() (*finding, error) // there is nothing behind the last file
	close() error
}

// openSource opens a directory of tlog-tiles or an export file.
func openSource(path string) (source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	if info.IsDir() {
		f.Close()
		return directory(path), nil
	}
	return &archive{closer: f, r: bufio.NewReaderSize(f, 1<<20)}, nil
}

// directory is a tree of files. Files that are not asked for are not looked at: a reader of tlog-tiles would
// not see them either.
type directory string

func (d directory) file(name string, limit int) ([]byte, *finding, error) {
	f, err := os.Open(filepath.Join(string(d), filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, badPart(name, "ファイルがありません。", "The file is missing."), nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, nil, err
	}
	if len(b) > limit {
		return nil, badPart(name, "ファイルが大きすぎます。", "The file is too large."), nil
	}
	return b, nil, nil
}

func (d directory) end() (*finding, error) { return nil, nil }
func (d directory) close() error           { return nil }

// block is the unit of a tar.
const block = 512

// archive is the export file: a tar whose every byte is given by the names, sizes and contents of its files.
type archive struct {
	closer io.Closer
	r      *bufio.Reader
	room   []byte
}

func (a *archive) close() error { return a.closer.Close() }

// read fills b; false says that the file ends before.
func (a *archive) read(b []byte) (bool, error) {
	_, err := io.ReadFull(a.r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return false, nil
	}
	return err == nil, err
}

func (a *archive) file(name string, limit int) ([]byte, *finding, error) {
	var h [block]byte
	if ok, err := a.read(h[:]); err != nil || !ok {
		return nil, badPart("header of "+name, "書き出しが途中で切れています。", "The export is cut off."), err
	}
	size, err := strconv.ParseUint(string(h[124:135]), 8, 62)
	if err != nil || !bytes.Equal(h[:], header(name, size)) {
		return nil, badPart("header of "+name, "見出しが決められた形と違います。", "The header is not the one that it must be."), nil
	}
	if size > uint64(limit) {
		return nil, badPart("header of "+name, "ファイルが大きすぎます。", "The file is too large."), nil
	}
	padded := (int(size) + block - 1) / block * block
	if cap(a.room) < padded {
		a.room = make([]byte, padded+padded/2)
	}
	b := a.room[:padded]
	if ok, err := a.read(b); err != nil || !ok {
		return nil, badPart(name, "書き出しが途中で切れています。", "The export is cut off."), err
	}
	if !zero(b[size:]) {
		return nil, badPart("padding of "+name, "余白がゼロではありません。", "The padding is not zero."), nil
	}
	return b[:size], nil, nil
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func (a *archive) end() (*finding, error) {
	b, err := io.ReadAll(io.LimitReader(a.r, 2*block+1))
	if err != nil {
		return nil, err
	}
	if len(b) != 2*block || !zero(b) {
		return badPart("end", "書き出しの終わりが決められた形と違います。", "The end of the export is not as it must be."), nil
	}
	return nil, nil
}

// header is the one header that a file of this name and size can have: POSIX ustar, mode 0644, owner and time 0.
func header(name string, size uint64) []byte {
	h := make([]byte, block)
	copy(h, name)
	copy(h[100:], "0000644\x000000000\x000000000\x00")
	copy(h[124:], fmt.Sprintf("%011o\x00%011o\x00", size, 0))
	copy(h[148:], "        0")
	copy(h[257:], "ustar\x0000")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return h
}
