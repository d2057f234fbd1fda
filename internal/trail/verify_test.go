package trail_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/trail"
)

func TestOpenRefuses(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(t *testing.T, s *db.Store, dir string)
		want  string
	}{
		{"fewer entries than were published", func(t *testing.T, s *db.Store, dir string) {
			put(t, filepath.Join(dir, "trail", "checkpoint"), []byte(signed(t, dir, 400, tlog.Hash{1})))
		}, "does not continue"},
		{"another past than was published", func(t *testing.T, s *db.Store, dir string) {
			put(t, filepath.Join(dir, "trail", "checkpoint"), []byte(signed(t, dir, 200, tlog.Hash{1})))
		}, "does not continue"},
		{"a published checkpoint of somebody else", func(t *testing.T, s *db.Store, dir string) {
			put(t, filepath.Join(dir, "trail", "checkpoint"), []byte("okite/011002\n1\nAAAA\n"))
		}, "published checkpoint"},
		{"another signing key", func(t *testing.T, s *db.Store, dir string) {
			os.Remove(filepath.Join(dir, "keys", "trail.key"))
		}, "signed by"},
		{"another sealing key", func(t *testing.T, s *db.Store, dir string) {
			os.Remove(filepath.Join(dir, "keys", "seal.key"))
		}, "seal.key"},
		{"a key that others may read", func(t *testing.T, s *db.Store, dir string) {
			os.Chmod(filepath.Join(dir, "keys", "trail.key"), 0o644)
		}, "others may read"},
		{"a last entry that was changed", func(t *testing.T, s *db.Store, dir string) {
			exec(t, s, `UPDATE trail_leaf SET bytes = $1 WHERE idx = 299`, []byte(`{}`))
		}, "entry 299 has been changed"},
		{"a head that was moved back", func(t *testing.T, s *db.Store, dir string) {
			exec(t, s, `UPDATE trail_head SET size = 299`)
		}, "edge"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, s *db.Store) {
				dir := t.TempDir()
				l := open(t, s, dir)
				write(t, s, l, 300, 100)
				whole(t, l, 300)
				if _, err := l.Checkpoint(ctx); err != nil {
					t.Fatal(err)
				}
				l.Close()
				c.spoil(t, s, dir)
				_, err := trail.Open(ctx, s, dir, origin)
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("open gives %v, want %q", err, c.want)
				}
			})
		})
	}
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// signed makes a checkpoint with the record's own key.
func signed(t *testing.T, dir string, size int64, root tlog.Hash) string {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(dir, "keys", "trail.key"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(key)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func exec(t *testing.T, s *db.Store, query string, args ...any) {
	t.Helper()
	err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, query, args...)
		if err == nil && n == 0 {
			return errors.New("no row was changed")
		}
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestVerifyNamesWhatWasSpoiled(t *testing.T) {
	other := `{"v":1,"at":"2026-11-20T00:00:00.000000Z","actor":"operator","act":"x","result":"done"}`
	cases := []struct {
		name, spoil string
		args        []any
		entry       int64
		what        string
	}{
		{"bytes of an entry", `UPDATE trail_leaf SET bytes = $1 WHERE idx = 100`, []any{[]byte(other)}, 100, "entry 100"},
		{"a column for searching", `UPDATE trail_leaf SET actor = 'person:P-1' WHERE idx = 257`, nil, 257, "entry 257"},
		{"the column of who acted for another", `UPDATE trail_leaf SET standing = TRUE WHERE idx = 258`, nil, 258, "entry 258"},
		{"time column", `UPDATE trail_leaf SET at = at + 1 WHERE idx = 0`, nil, 0, "entry 0"},
		{"a removed entry", `DELETE FROM trail_leaf WHERE idx = 3`, nil, 3, "entry 3"},
		{"the last entry removed", `DELETE FROM trail_leaf WHERE idx = 699`, nil, 699, "entry 699"},
		{"sealed values lost", `DELETE FROM trail_seal WHERE subject = 'takeout:T-00040'`, nil, 40, "entry 40"},
		{"sealed values changed", `UPDATE trail_seal SET payload = $1 WHERE subject = 'takeout:T-00040'`, []any{[]byte("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")}, 40, "entry 40"},
		{"the key of a subject lost", `DELETE FROM trail_key WHERE subject = 'takeout:T-00040'`, nil, 40, "entry 40"},
		{"an upper tile", `UPDATE trail_tile SET hashes = $1 WHERE id = 281474976710656`, []any{make([]byte, 64)}, -1, "tile/1/000.p/2"},
		{"a tile cut short", `UPDATE trail_tile SET hashes = $1 WHERE id = 1`, []any{make([]byte, 32)}, -1, "tile/0/001"},
		{"the root", `UPDATE trail_head SET root = $1`, []any{make([]byte, 32)}, -1, "head"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, s *db.Store) {
				l := open(t, s, t.TempDir())
				err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					for i := range 700 {
						e := entry(i)
						if i == 40 {
							e.Personal = map[string]string{"氏名": "青木 一"}
						}
						l.Append(tx, e)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				whole(t, l, 700)
				exec(t, s, c.spoil, c.args...)
				r, err := l.Verify(ctx, nil)
				if err != nil {
					t.Fatalf("verify: %v", err)
				}
				if r.OK || r.Bad == nil || r.Bad.Entry != c.entry || r.Bad.What != c.what {
					t.Errorf("verify: ok %v, bad %+v, want %s", r.OK, r.Bad, c.what)
				}
				if r.Bad != nil && (r.Bad.Why.JA == "" || r.Bad.Why.EN == "") {
					t.Errorf("no words for %s", r.Bad.What)
				}
			})
		})
	}
}

// An old entry changed with its leaf hash and the tiles above: only the signature tells.
func TestNothingIsSignedOverAChangedPast(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		dir := t.TempDir()
		l := open(t, s, dir)
		write(t, s, l, 700, 100)
		whole(t, l, 700)
		exec(t, s, `UPDATE trail_leaf SET bytes = $1 WHERE idx = 100`, []byte(`{"v":1,"at":"2026-11-20T00:00:00.000000Z","actor":"operator","act":"x","result":"done"}`))
		if _, err := l.Checkpoint(ctx); err == nil || !strings.Contains(err.Error(), "do not give the root") {
			t.Errorf("checkpoint over a changed entry: %v", err)
		}
	})
}
