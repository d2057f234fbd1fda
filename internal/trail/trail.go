// Package trail keeps the record (証跡) of everything that is done: who, by which act, on what, under which
// clauses, with what result. It serves clauses 9(4) (bp.9.4) and 11 (bp.11): an audit needs a record that
// nobody, the operator included, can change unseen.
//
// The record is a Merkle tree after RFC 6962, kept in the store beside the registers, so that an act and its
// entry are in one transaction. Outside it follows C2SP: signed checkpoints and tlog-tiles, so that tools
// and witnesses of others can check it.
//
//   - On SQLite the finisher of the store gives numbers and writes leaves and tiles in the commit of the acts.
//   - On PostgreSQL it writes the entry to an outbox. One node at a time, the sequencer, moves entries from
//     there into the tree. Between commit and numbering lie some hundredths of a second.
//
// Personal values are not in the tree. An entry carries an HMAC of them under a key of its subject; the values
// lie sealed beside the tree. Erase destroys the key: the values are gone, the proof stays.
package trail

import (
	"context"
	"crypto/ed25519"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the record's tables, for db.Store.Migrate.
func Schema() fs.FS { return schema }

// The results of an act.
const (
	Done    = "done"
	Refused = "refused"
)

// Entry is one line of the record. Input holds the allow-listed fields of the act; Personal holds values that
// name or describe a person and are sealed. Fault is the kind of a refusal, Reason the reason given by the
// person. Stated is when the thing is said to have happened, if that differs from when it was received. Capacity is
// empty where no power was needed.
type Entry struct {
	Actor, Way, Act string
	Capacity        Capacity
	Subject         ref.Ref
	Clauses         []clause.ID
	Input           map[string]string
	Personal        map[string]string
	Result          string
	Fault           string
	Reason          string
	Stated          time.Time
}

// Capacity is the grant by which an act was allowed (bp.6): a role in a scope, "" for the whole city. Deputy says that
// another is its holder (代決), Via names the delegation that gave it (委任).
type Capacity struct {
	Role   string `json:"role"`
	Scope  string `json:"scope,omitempty"`
	Deputy bool   `json:"deputy,omitempty"`
	Via    string `json:"via,omitempty"`
}

// Standing says that somebody acted for another.
func (c Capacity) Standing() bool { return c.Deputy || c.Via != "" }

// Record is an entry as it stands in the record. At is when it was received. Erased says that its personal
// values were destroyed.
type Record struct {
	Index int64
	At    time.Time
	Entry
	Erased bool
}

// Query says which records to list, newest first. Zero fields do not narrow. Before is the index of the last
// record of the page before (records with a smaller index follow), nil for the first page.
type Query struct {
	Subject            ref.Ref
	Actor, Act, Result string
	Standing           bool      // only what was done for another, as a deputy or by delegation
	From, To           time.Time // From included, To not
	Before             *int64
	Limit              int // default 50
}

// Report is what a verification found. Bad is nil when the whole record holds.
type Report struct {
	OK         bool   `json:"ok"`
	Size       int64  `json:"size"`
	Root       string `json:"root"`
	Checkpoint string `json:"checkpoint,omitempty"`
	Bad        *Bad   `json:"bad,omitempty"`
}

// Bad is the first thing that does not hold: the entry, or what else it is (Entry is -1 then).
type Bad struct {
	Entry int64    `json:"entry"`
	What  string   `json:"what"`
	Why   msg.Text `json:"why"`
}

// Log is the open record of a store. It is safe for concurrent use.
type Log struct {
	store   *db.Store
	dir     string
	name    string
	signer  note.Signer
	public  ed25519.PublicKey
	vkey    string
	sealer  sealer
	pending struct { // SQLite: the edge after the group at hand; guarded by the writer, swapped after its COMMIT
		sync.Mutex
		edge, next *edge
	}
	sign struct { // guards signing and what was audited for it
		sync.Mutex
		audited fold
	}
	verified struct {
		sync.Mutex
		size int64
		at   time.Time
	}
	outbox *sequencer // PostgreSQL only
}

// Open opens the record of a store whose tables are there. dir is the data directory: keys/trail.key (Ed25519)
// and keys/seal.key are made there once, trail/checkpoint is what was last published. name is the origin line
// of checkpoints, such as "okite/011002". Open refuses a record that does not continue what was published, and
// keys other than those the record was begun with.
func Open(ctx context.Context, s *db.Store, dir string, name string) (*Log, error) {
	l := &Log{store: s, dir: dir, name: name}
	if err := l.openKeys(filepath.Join(dir, "keys")); err != nil {
		return nil, err
	}
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	var e *edge
	err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if e, err = readEdge(ctx, tx); err != nil {
			return err
		}
		return l.checkPublished(ctx, tx, e.size)
	})
	if err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	l.pending.edge = e
	if s.Dialect() == db.Postgres {
		l.outbox = startSequencer(l, e)
		s.SetFinisher(l.outbox.finish)
	} else {
		s.SetFinisher(l.finish)
	}
	s.OnCommit(l.committed)
	return l, nil
}

// begin writes the head of an empty record, or compares the keys with those of the record.
func (l *Log) begin(ctx context.Context) error {
	return l.store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		empty, err := tlog.TreeHash(0, nil)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO trail_head (id, size, root, signer, sealer) VALUES (1, 0, $1, $2, $3) ON CONFLICT (id) DO NOTHING`,
			empty[:], l.vkey, l.sealer.check()); err != nil {
			return fmt.Errorf("begin record: %w", err)
		}
		var signer, sealer string
		if err := tx.QueryRow(ctx, `SELECT signer, sealer FROM trail_head WHERE id = 1`).Scan(&signer, &sealer); err != nil {
			return fmt.Errorf("read keys of record: %w", err)
		}
		switch {
		case signer != l.vkey:
			return fmt.Errorf("open record: it is signed by %s, keys/trail.key is %s", signer, l.vkey)
		case sealer != l.sealer.check():
			return errors.New("open record: keys/seal.key is not the key that its personal values are sealed with")
		}
		return nil
	})
}

// Size is the number of entries.
func (l *Log) Size(ctx context.Context) (int64, error) {
	var size int64
	err := l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		size, _, err = readHead(ctx, tx)
		return err
	})
	return size, err
}

// Verified is how far Verify last found the record whole, and when; the zero time if it has not run.
func (l *Log) Verified() (int64, time.Time) {
	l.verified.Lock()
	defer l.verified.Unlock()
	return l.verified.size, l.verified.at
}

// VerifierKey is the public key in the form of signed notes: NAME+HASH+KEY.
func (l *Log) VerifierKey() string { return l.vkey }

// Close stops the sequencer after what it has at hand. The store stays open.
func (l *Log) Close() error {
	if l.outbox != nil {
		l.outbox.close()
	}
	return nil
}

// readHead reads how far the tree goes and its root.
func readHead(ctx context.Context, tx *db.Tx) (size int64, root tlog.Hash, err error) {
	var b []byte
	if err := tx.QueryRow(ctx, `SELECT size, root FROM trail_head WHERE id = 1`).Scan(&size, &b); err != nil {
		return 0, root, fmt.Errorf("read trail head: %w", err)
	}
	if len(b) != len(root) {
		return 0, root, fmt.Errorf("read trail head: the root has %d bytes", len(b))
	}
	return size, tlog.Hash(b), nil
}
