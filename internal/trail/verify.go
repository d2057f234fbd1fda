package trail

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/db"
	"okite/internal/msg"
)

// page is how many entries are verified between two calls of progress: a whole number of tiles.
const page = 16 * width

// Verify checks the whole record out of the store, from the first entry: every entry in its place and form, the
// columns that lists search by, every tile, the sealed values, the head, and the published checkpoint. It
// computes with code that shares nothing with what wrote the record. progress may be nil. The error says that
// the check could not be made; what does not hold is in the Report.
func (l *Log) Verify(ctx context.Context, progress func(done, total int64)) (Report, error) {
	if err := l.settled(ctx); err != nil {
		return Report{}, err
	}
	var r Report
	err := l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		v := &verification{log: l, ctx: ctx, tx: tx, keys: map[string][]byte{}, gone: map[string]int64{}}
		err := v.all(progress)
		r = Report{Size: v.tree.size, Root: base64.StdEncoding.EncodeToString(v.head[:]), Checkpoint: string(v.checkpoint)}
		var bad *Bad
		if errors.As(err, &bad) {
			r.Bad = bad
			return nil
		}
		r.OK = err == nil
		return err
	})
	if err != nil {
		return r, fmt.Errorf("verify record: %w", err)
	}
	if r.OK {
		l.verified.Lock()
		l.verified.size, l.verified.at = r.Size, l.store.Now()
		l.verified.Unlock()
	}
	return r, nil
}

// Error lets a Bad travel up as an error inside the package.
func (b *Bad) Error() string { return b.What + ": " + b.Why.EN }

// badEntry names an entry.
func badEntry(index int64, why msg.Text) *Bad {
	return &Bad{Entry: index, What: fmt.Sprintf("entry %d", index), Why: why}
}

func badPart(what string, why msg.Text) *Bad { return &Bad{Entry: -1, What: what, Why: why} }

// verification is one run of Verify.
type verification struct {
	log        *Log
	ctx        context.Context
	tx         *db.Tx
	tree       fold
	levels     [][][sha256.Size]byte // hashes of the unfinished tile of each level above the first
	head       tlog.Hash
	checkpoint []byte
	keys       map[string][]byte
	gone       map[string]int64 // first entry whose sealed values are missing, by owner, until an erasure explains it
}

func (v *verification) all(progress func(done, total int64)) error {
	size, root, err := readHead(v.ctx, v.tx)
	if err != nil {
		return err
	}
	v.head = root
	text, signedSize, signedRoot, err := v.log.readPublished()
	if err != nil {
		return badPart("checkpoint", msg.F("公開済みの署名（チェックポイント）を確かめられません。%s", "The published checkpoint can not be read: %s", err.Error()))
	}
	v.checkpoint = text
	if signedSize > size {
		return badPart("checkpoint", msg.F("公開済みの件数は %d 件ですが、証跡には %d 件しかありません。", "%d entries were published, the record has only %d.", signedSize, size))
	}
	if signedSize == 0 {
		if err := v.published(0, signedRoot); err != nil {
			return err
		}
	}
	for v.tree.size < size {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err := v.page(min(v.tree.size+page, size), signedSize, signedRoot); err != nil {
			return err
		}
		if progress != nil {
			progress(v.tree.size, size)
		}
	}
	return v.end(size, root)
}

// page verifies the entries up to an index and the tiles over them.
func (v *verification) page(to, signedSize int64, signedRoot tlog.Hash) error {
	from := v.tree.size
	rows, err := db.Rows(v.ctx, v.tx, scanLeaf, leafColumns+`WHERE l.idx >= $1 AND l.idx < $2 ORDER BY l.idx`, from, to)
	if err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	hashes := make([][sha256.Size]byte, 0, len(rows))
	for i := from; i < to; i++ {
		k := int(i - from)
		if k >= len(rows) || rows[k].index != i {
			return badEntry(i, msg.T("この番号の記録がありません。", "There is no entry with this number."))
		}
		hashes = append(hashes, leafHash(rows[k].bytes))
	}
	for first := from; first < to; first += width {
		if err := v.tile(0, first/width, hashes[first-from:min(first-from+width, int64(len(hashes)))]); err != nil {
			return err
		}
	}
	for k, row := range rows {
		if err := v.entry(row); err != nil {
			return err
		}
		v.tree.add(hashes[k])
		if v.tree.size == signedSize {
			if err := v.published(signedSize, signedRoot); err != nil {
				return err
			}
		}
	}
	return nil
}

// published compares the tree at the published size.
func (v *verification) published(size int64, want tlog.Hash) error {
	if v.tree.root() == want {
		return nil
	}
	return badPart("checkpoint", msg.F("先頭 %d 件の記録が、公開済みの署名（チェックポイント）と一致しません。", "The first %d entries do not give the published root.", size))
}

// entry checks the form of an entry, its columns and its sealed values.
func (v *verification) entry(row leafRow) error {
	ln, err := decode(row.bytes)
	if err != nil {
		return badEntry(row.index, msg.T("記録の形式が正しくありません。", "The entry is not in canonical form."))
	}
	if row.at != ln.micros() || row.actor != ln.Actor || row.act != ln.Act || row.subject != ln.Subject || row.result != ln.Result || row.standing != ln.Capacity.Standing() || row.mac != ln.Personal {
		return badEntry(row.index, msg.T("検索用の項目が、記録の内容と一致しません。", "The columns for searching differ from the entry."))
	}
	if ln.Act == ErasedAct {
		delete(v.gone, ln.Subject)
	}
	if ln.Personal == "" {
		return nil
	}
	if row.sealed == nil {
		if _, ok := v.gone[ln.keyOwner()]; !ok {
			v.gone[ln.keyOwner()] = row.index
		}
		return nil
	}
	if _, err := v.log.opened(v.ctx, v.tx, ln, row.sealed, v.keys); err != nil {
		return badEntry(row.index, msg.T("封じた個人の情報が、記録と一致しません。", "The sealed personal values are not those of the entry."))
	}
	return nil
}

// tile compares hashes with the stored tile, and passes a full tile's root to the level above.
func (v *verification) tile(level int, n int64, hashes [][sha256.Size]byte) error {
	stored, err := readTile(v.ctx, v.tx, tileID(level, n))
	if err != nil {
		return err
	}
	if len(stored) != len(hashes)*sha256.Size {
		return badPart(tilePath(level, n, len(hashes)), msg.T("ハッシュのタイルの長さが正しくありません。", "The tile has the wrong length."))
	}
	for i, h := range hashes {
		if [sha256.Size]byte(stored[i*sha256.Size:(i+1)*sha256.Size]) == h {
			continue
		}
		if level == 0 {
			return badEntry(n*width+int64(i), msg.T("記録の内容が、保存されたハッシュと一致しません。", "The entry does not match its stored hash."))
		}
		return badPart(tilePath(level, n, len(hashes)), msg.F("上位のハッシュ（%d 番目）が、その下の記録と一致しません。", "Hash %d of the tile does not match the entries below it.", i))
	}
	if len(hashes) < width {
		return nil
	}
	for len(v.levels) <= level {
		v.levels = append(v.levels, nil)
	}
	v.levels[level] = append(v.levels[level], top(hashes))
	if len(v.levels[level]) < width {
		return nil
	}
	full := v.levels[level]
	v.levels[level] = nil
	return v.tile(level+1, (n+1)/width-1, full)
}

// top is the root over the hashes of a full tile.
func top(hashes [][sha256.Size]byte) [sha256.Size]byte {
	var f fold
	for _, h := range hashes {
		f.add(h)
	}
	return f.root()
}

// end checks what can be checked only after the last entry.
func (v *verification) end(size int64, root tlog.Hash) error {
	for i, part := range v.levels {
		level := i + 1
		if n := size >> (8 * level); len(part) > 0 {
			if err := v.tile(level, n/width, part); err != nil {
				return err
			}
		}
	}
	more, there, err := db.One(v.ctx, v.tx, scanInt, `SELECT idx FROM trail_leaf WHERE idx >= $1 OR idx < 0 ORDER BY idx LIMIT 1`, size)
	if err != nil {
		return fmt.Errorf("look for entries behind the last: %w", err)
	}
	if there {
		return badEntry(more, msg.T("木に入っていない記録が紛れています。", "There is an entry that is not in the tree."))
	}
	if v.tree.root() != root {
		return badPart("head", msg.T("記録全体から計算した値が、先頭の値（ルート）と一致しません。", "The entries do not give the root of the head."))
	}
	first := int64(-1)
	for _, index := range v.gone {
		if first < 0 || index < first {
			first = index
		}
	}
	if first >= 0 {
		return badEntry(first, msg.T("封じた個人の情報が、消去の記録なしに失われています。", "The sealed personal values are gone without an entry that erased them."))
	}
	return nil
}
