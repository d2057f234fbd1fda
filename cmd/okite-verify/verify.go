package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

const (
	width       = 256                     // hashes in a full tile
	largestNote = 1 << 16                 // bytes of a checkpoint or key
	largestPack = width * (2 + 1<<16 - 1) // bytes of the entries under a tile
)

// verifier checks one export, entry by entry.
type verifier struct {
	src      source
	given    string // the key that the caller trusts, "" for none
	earlier  []byte // a checkpoint received earlier, nil for none
	progress func(done, total int64)

	key    publicKey
	signed checkpoint
	before *checkpoint
	tree   tree
	tops   [][]hash // all full tiles' roots: what the tiles of the level above hold
	first  *finding // the first entry whose hash differs from its tile, until the root says which of them is wrong
	tile   string   // that tile
	room   []byte
}

// check runs all and gives the answer. The error says that the export could not be read.
func (v *verifier) check() (result, error) {
	bad, err := v.all()
	if err != nil {
		return result{}, err
	}
	if v.first != nil {
		bad = v.first
	}
	r := result{OK: bad == nil, Size: v.signed.size, Origin: v.signed.origin, finding: bad}
	if v.key.name != "" {
		r.Key, r.KeyFrom = v.key.vkey(), "export"
		if v.given != "" {
			r.KeyFrom = "given"
		}
	}
	if r.OK {
		r.Root = v.signed.root.String()
	}
	if v.before != nil {
		r.Earlier = &v.before.size
	}
	return r, nil
}

func (v *verifier) all() (*finding, error) {
	if bad, err := v.begin(); bad != nil || err != nil {
		return bad, err
	}
	for n := int64(0); n*width < v.signed.size; n++ {
		if bad, err := v.bundle(n, int(min(width, v.signed.size-n*width))); bad != nil || err != nil {
			return bad, err
		}
		if v.progress != nil {
			v.progress(v.tree.size, v.signed.size)
		}
	}
	if bad := v.roots(); bad != nil {
		return bad, nil
	}
	for level := 1; v.signed.size>>(8*level) > 0; level++ {
		if bad, err := v.upper(level); bad != nil || err != nil {
			return bad, err
		}
	}
	return v.src.end()
}

// begin reads the checkpoint and the key and verifies the signatures.
func (v *verifier) begin() (*finding, error) {
	note, bad, err := v.src.file("checkpoint", largestNote)
	if bad != nil || err != nil {
		return bad, err
	}
	note = bytes.Clone(note)
	if bad, err := v.readKey(); bad != nil || err != nil {
		return bad, err
	}
	if v.signed, err = openCheckpoint(note, v.key, true); err != nil {
		v.signed = checkpoint{}
		return badPart("checkpoint", "署名（チェックポイント）が正しくありません。", "The checkpoint is not in order: "+err.Error()+"."), nil
	}
	if v.earlier == nil {
		return nil, nil
	}
	before, err := openCheckpoint(v.earlier, v.key, false)
	if err != nil {
		return badPart("earlier checkpoint", "以前の署名が正しくありません。", "The earlier checkpoint is not in order: "+err.Error()+"."), nil
	}
	v.before = &before
	if before.size > v.signed.size {
		why := sayf("以前は %d 件ありましたが、今は %d 件しかありません。", "There were %d entries, now there are only %d.", before.size, v.signed.size)
		return &finding{What: "earlier checkpoint", Why: why}, nil
	}
	return v.prefix(), nil
}

// readKey reads the key of the export and compares it with the one given.
func (v *verifier) readKey() (*finding, error) {
	if _, ok := v.src.(directory); ok && v.given != "" { // a directory of another maker has no key in it
		k, err := parseKey(v.given)
		v.key = k
		if err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
		return nil, nil
	}
	b, bad, err := v.src.file("key", largestNote)
	if bad != nil || err != nil {
		return bad, err
	}
	line, ok := strings.CutSuffix(string(b), "\n")
	k, err := parseKey(line)
	if !ok || err != nil {
		return badPart("key", "書き出しの中の公開鍵が壊れています。", "The key in the export is damaged."), nil
	}
	if v.given != "" && v.given != line {
		if _, err := parseKey(v.given); err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
		return badPart("key", "書き出しの中の公開鍵が、指定された鍵と違います。", "The key in the export is not the one given."), nil
	}
	v.key = k
	return nil, nil
}

// prefix compares the tree with the earlier checkpoint when it has come to its size.
func (v *verifier) prefix() *finding {
	if v.before == nil || v.before.size != v.tree.size || v.tree.root() == v.before.root {
		return nil
	}
	why := sayf("先頭 %d 件が、以前の署名と一致しません。", "The first %d entries are not those of the earlier checkpoint.", v.before.size)
	return &finding{What: "earlier checkpoint", Why: why}
}

// bundle checks the entries under the n-th tile of level 0, and the tile.
func (v *verifier) bundle(n int64, w int) (*finding, error) {
	name := "tile/entries/" + number(n, w)
	b, bad, err := v.src.file(name, largestPack)
	if bad != nil || err != nil {
		return bad, err
	}
	hashes, cut := v.leaves(b, n, w)
	tile := "tile/0/" + number(n, w)
	stored, bad, err := v.src.file(tile, width*len(hash{}))
	if bad != nil || err != nil {
		return bad, err
	}
	if len(stored) != w*len(hash{}) {
		return badPart(tile, "ハッシュのタイルの長さが正しくありません。", "The tile has the wrong length."), nil
	}
	for i, h := range hashes {
		if v.first == nil && h != hash(stored[i*len(h):(i+1)*len(h)]) {
			v.first, v.tile = badEntry(n*width+int64(i), "記録の内容が、そのハッシュと一致しません。", "The entry does not match its hash."), tile
		}
	}
	if cut != nil {
		return cut, nil
	}
	for _, h := range hashes {
		v.tree.add(h)
		if bad := v.prefix(); bad != nil {
			return bad, nil
		}
	}
	if w == width {
		v.full(0, hashes)
	}
	return nil, nil
}

// leaves takes a bundle apart and hashes its entries, up to one whose length can not be right.
func (v *verifier) leaves(b []byte, n int64, w int) (hashes []hash, cut *finding) {
	hashes = make([]hash, 0, w)
	for i := range w {
		size := 0
		if len(b) >= 2 {
			size = int(binary.BigEndian.Uint16(b))
		}
		if len(b) < 2+size {
			return hashes, badEntry(n*width+int64(i), "記録の長さが正しくありません。", "The entry's length is wrong.")
		}
		var h hash
		h, v.room = leaf(v.room, b[2:2+size])
		hashes = append(hashes, h)
		b = b[2+size:]
	}
	if len(b) > 0 {
		cut = badEntry(n*width+int64(w)-1, "最後の記録の後に余分なデータがあります。", "There is something behind the last entry.")
	}
	return hashes, cut
}

// full passes the root of a full tile's hashes to the level above.
func (v *verifier) full(level int, hashes []hash) {
	var t tree
	for _, h := range hashes {
		t.add(h)
	}
	for len(v.tops) <= level {
		v.tops = append(v.tops, nil)
	}
	v.tops[level] = append(v.tops[level], t.root())
	if all := v.tops[level]; len(all)%width == 0 {
		v.full(level+1, all[len(all)-width:])
	}
}

// roots compares what the entries give with what was signed. If they agree, a hash that differed from its entry
// was itself wrong.
func (v *verifier) roots() *finding {
	if v.tree.root() != v.signed.root {
		if v.first != nil {
			return v.first
		}
		return badPart("checkpoint", "全部の記録から計算した値が、署名された値（ルート）と一致しません。", "The entries do not give the signed root.")
	}
	if v.first != nil {
		v.first = badPart(v.tile, fmt.Sprintf("%s のハッシュが、正しい記録と一致しません。", v.first.What), fmt.Sprintf("The hash of %s is wrong; the entry itself is right.", v.first.What))
	}
	return v.first
}

// upper checks the tiles of a level above the first.
func (v *verifier) upper(level int) (*finding, error) {
	all := v.tops[level-1]
	for n := 0; n*width < len(all); n++ {
		hashes := all[n*width : min(len(all), (n+1)*width)]
		name := "tile/" + strconv.Itoa(level) + "/" + number(int64(n), len(hashes))
		stored, bad, err := v.src.file(name, width*len(hash{}))
		if bad != nil || err != nil {
			return bad, err
		}
		if len(stored) != len(hashes)*len(hash{}) {
			return badPart(name, "ハッシュのタイルの長さが正しくありません。", "The tile has the wrong length."), nil
		}
		for i, h := range hashes {
			if h != hash(stored[i*len(h):(i+1)*len(h)]) {
				return badPart(name, fmt.Sprintf("上位のハッシュ（%d 番目）が、記録と一致しません。", i), fmt.Sprintf("Hash %d of the tile does not match the entries below it.", i)), nil
			}
		}
	}
	return nil, nil
}

// number is the end of a tile's path: groups of three digits, x before all but the last, and .p/W for a tile
// that is not full.
func number(n int64, w int) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if w < width {
		s += ".p/" + strconv.Itoa(w)
	}
	return s
}
