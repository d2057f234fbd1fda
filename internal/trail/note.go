package trail

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/db"
)

// openKeys reads the keys of the record, and makes them when there are none.
func (l *Log) openKeys(dir string) error {
	if l.name == "" || strings.ContainsAny(l.name, "+ \t\r\n") {
		return fmt.Errorf("open record: %q can not be the name of a record", l.name)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make key directory: %w", err)
	}
	secret, err := keep(filepath.Join(dir, "trail.key"), func() (string, error) {
		s, _, err := note.GenerateKey(rand.Reader, l.name)
		return s, err
	})
	if err != nil {
		return err
	}
	if l.signer, err = note.NewSigner(secret); err != nil {
		return fmt.Errorf("read keys/trail.key: %w", err)
	}
	if l.signer.Name() != l.name {
		return fmt.Errorf("open record: keys/trail.key is for %s, not for %s", l.signer.Name(), l.name)
	}
	parts := strings.SplitN(secret, "+", 5) // PRIVATE+KEY+NAME+HASH+BASE64; the last may hold a + of its own
	seed, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return errors.New("read keys/trail.key: it is not an Ed25519 key")
	}
	l.public = ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	if l.vkey, err = note.NewEd25519VerifierKey(l.name, l.public); err != nil {
		return fmt.Errorf("read keys/trail.key: %w", err)
	}
	return l.openSealer(dir)
}

func (l *Log) openSealer(dir string) error {
	text, err := keep(filepath.Join(dir, "seal.key"), func() (string, error) {
		var key [32]byte
		rand.Read(key[:])
		return hex.EncodeToString(key[:]), nil
	})
	if err != nil {
		return err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != 32 {
		return errors.New("read keys/seal.key: it is not a key")
	}
	l.sealer.key = [32]byte(key)
	return nil
}

// keep reads a secret file, or makes it once: whoever comes second reads what the first wrote.
func keep(path string, make func() (string, error)) (string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		secret, err := make()
		if err != nil {
			return "", fmt.Errorf("make key: %w", err)
		}
		if err := put(path, []byte(secret+"\n"), 0o600, os.Link); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("store key: %w", err)
		}
		b, err = os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("read key: %w", err)
		}
	} else if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("read key: others may read %s; allow its owner alone (0600)", filepath.Base(path))
	}
	return strings.TrimSpace(string(b)), nil
}

// put writes a file whole or not at all: a synced file beside it is moved to its place by place (os.Rename, or
// os.Link to leave a file that is there), and the directory is synced.
func put(path string, b []byte, mode fs.FileMode, place func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = place(f.Name(), path)
	}
	if err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// published is where the last checkpoint lies.
func (l *Log) published() string { return filepath.Join(l.dir, "trail", "checkpoint") }

// readPublished gives the last published checkpoint, size -1 when there is none.
func (l *Log) readPublished() (text []byte, size int64, root tlog.Hash, err error) {
	text, err = os.ReadFile(l.published())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, -1, root, nil
	}
	if err != nil {
		return nil, 0, root, fmt.Errorf("read published checkpoint: %w", err)
	}
	verifier, err := note.NewVerifier(l.vkey)
	if err != nil {
		return nil, 0, root, fmt.Errorf("read published checkpoint: %w", err)
	}
	n, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return nil, 0, root, fmt.Errorf("read published checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != l.name {
		return nil, 0, root, errors.New("read published checkpoint: it is of another record")
	}
	if size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || size < 0 {
		return nil, 0, root, errors.New("read published checkpoint: it has no size")
	}
	root, err = tlog.ParseHash(lines[2])
	return text, size, root, wrapErr("read published checkpoint", err)
}

// errForked says that the record is not a continuation of what was published.
var errForked = errors.New("the record does not continue the published checkpoint")

// checkPublished refuses a record that is not a continuation of the last published checkpoint.
func (l *Log) checkPublished(ctx context.Context, tx *db.Tx, size int64) error {
	_, was, want, err := l.readPublished()
	if err != nil || was < 0 {
		return err
	}
	if was > size {
		return fmt.Errorf("%w: it has %d entries, %d were published", errForked, size, was)
	}
	got, err := tlog.TreeHash(was, newTileReader(ctx, tx))
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%w: its first %d entries have another root", errForked, was)
	}
	return nil
}

// Checkpoint signs the record as it stands and publishes the signature in trail/checkpoint. Before signing, the
// root is computed again from the stored entries by code of its own (the whole record the first time, what was
// added after that), so that nothing is signed over a record that has been damaged or changed.
func (l *Log) Checkpoint(ctx context.Context) ([]byte, error) {
	if err := l.settled(ctx); err != nil {
		return nil, err
	}
	l.sign.Lock()
	defer l.sign.Unlock()
	audited := l.sign.audited.clone()
	var size int64
	err := l.store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, root, err := readHead(ctx, tx)
		if err != nil {
			return err
		}
		if err := l.checkPublished(ctx, tx, n); err != nil {
			return err
		}
		if err := audited.extend(ctx, tx, n); err != nil {
			return err
		}
		if audited.root() != root {
			return fmt.Errorf("the stored entries do not give the root of the head at %d entries", n)
		}
		size = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("check record before signing: %w", err)
	}
	l.sign.audited = audited
	root := tlog.Hash(audited.root())
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", l.name, size, root)}, l.signer)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return signed, l.publish(signed)
}

func (l *Log) publish(signed []byte) error {
	if err := os.MkdirAll(filepath.Dir(l.published()), 0o700); err != nil {
		return fmt.Errorf("publish checkpoint: %w", err)
	}
	return wrapErr("publish checkpoint", put(l.published(), signed, 0o644, os.Rename))
}

// fold computes a root from leaves alone. It shares no code with the edge, which it is there to check.
type fold struct {
	size  int64
	peaks [][sha256.Size]byte // roots of the complete subtrees, the largest first
}

func (f *fold) clone() fold { return fold{f.size, append([][sha256.Size]byte(nil), f.peaks...)} }

// leafHash is the hash of an entry's bytes (RFC 6962, 2.1).
func leafHash(entry []byte) [sha256.Size]byte {
	return sha256.Sum256(append([]byte{0}, entry...))
}

func parent(left, right [sha256.Size]byte) [sha256.Size]byte {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

func (f *fold) add(leaf [sha256.Size]byte) {
	f.peaks = append(f.peaks, leaf)
	f.size++
	for range bits.TrailingZeros64(uint64(f.size)) {
		n := len(f.peaks)
		f.peaks[n-2] = parent(f.peaks[n-2], f.peaks[n-1])
		f.peaks = f.peaks[:n-1]
	}
}

func (f *fold) root() [sha256.Size]byte {
	if len(f.peaks) == 0 {
		return sha256.Sum256(nil)
	}
	h := f.peaks[len(f.peaks)-1]
	for i := len(f.peaks) - 2; i >= 0; i-- {
		h = parent(f.peaks[i], h)
	}
	return h
}

// extend adds the stored entries up to a size.
func (f *fold) extend(ctx context.Context, tx *db.Tx, size int64) error {
	if f.size > size {
		return fmt.Errorf("%w: it has %d entries, %d were checked before", errForked, size, f.size)
	}
	for f.size < size {
		page, err := leafPage(ctx, tx, f.size, min(f.size+4096, size))
		if err != nil {
			return err
		}
		for _, b := range page {
			f.add(leafHash(b))
		}
	}
	return nil
}

// leafPage reads the bytes of the entries from one index up to another, all of them.
func leafPage(ctx context.Context, tx *db.Tx, from, to int64) ([][]byte, error) {
	want := from
	page, err := db.Rows(ctx, tx, func(rows *sql.Rows) (b []byte, err error) {
		var index int64
		if err = rows.Scan(&index, &b); err == nil && index != want {
			err = fmt.Errorf("entry %d is missing", want)
		}
		want++
		return b, err
	}, `SELECT idx, bytes FROM trail_leaf WHERE idx >= $1 AND idx < $2 ORDER BY idx`, from, to)
	if err == nil && want != to {
		err = fmt.Errorf("entry %d is missing", want)
	}
	return page, wrapErr("read entries", err)
}
