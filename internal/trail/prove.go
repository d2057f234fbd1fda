package trail

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
)

// Proof shows that an entry is in the record: its bytes, the signed checkpoint, and the hashes that lead from the one
// to the root of the other (RFC 6962, audit path, from the leaf upwards).
type Proof struct {
	Index      int64
	Entry      []byte
	Leaf       tlog.Hash
	Path       []tlog.Hash
	Size       int64
	Root       tlog.Hash
	Checkpoint []byte
}

// Holds says whether the path leads from the entry to the root.
func (p Proof) Holds() bool {
	return tlog.RecordHash(p.Entry) == p.Leaf && tlog.CheckRecord(p.Path, p.Size, p.Root, p.Index, p.Leaf) == nil
}

// Prove gives the proof for one entry under a checkpoint of now; an entry that is not there is a fault.NotFound.
func (l *Log) Prove(ctx context.Context, index int64) (Proof, error) {
	p := Proof{Index: index}
	signed, err := l.Checkpoint(ctx)
	if err != nil {
		return p, err
	}
	lines := bytes.Split(signed, []byte("\n"))
	if p.Size, err = strconv.ParseInt(string(lines[1]), 10, 64); err != nil {
		return p, fmt.Errorf("read size of checkpoint: %w", err)
	}
	if p.Root, err = tlog.ParseHash(string(lines[2])); err != nil {
		return p, fmt.Errorf("read root of checkpoint: %w", err)
	}
	if index < 0 || index >= p.Size {
		return p, fault.New(fault.NotFound, msg.F("%d番の記録はありません。", "There is no entry %d.", index))
	}
	p.Checkpoint = signed
	err = l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		entries, err := leafPage(ctx, tx, index, index+1)
		if err != nil {
			return err
		}
		p.Entry, p.Leaf = entries[0], tlog.RecordHash(entries[0])
		p.Path, err = tlog.ProveRecord(p.Size, index, newTileReader(ctx, tx))
		return wrapErr("prove entry "+strconv.FormatInt(index, 10), err)
	})
	return p, err
}
