package trail_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/ref"
	"okite/internal/trail"
)

var ctx = context.Background()

const origin = "okite/011002"

// things is a register beside the record.
var things = fstest.MapFS{"20260101_thing.sql": {Data: []byte(`CREATE TABLE thing (code TEXT PRIMARY KEY);`)}}

// open migrates a store and opens its record.
func open(t testing.TB, s *db.Store, dir string) *trail.Log {
	t.Helper()
	if err := s.Migrate(ctx, trail.Schema(), things); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return reopen(t, s, dir)
}

func reopen(t testing.TB, s *db.Store, dir string) *trail.Log {
	t.Helper()
	l, err := trail.Open(ctx, s, dir, origin)
	if err != nil {
		t.Fatalf("open record: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func entry(i int) trail.Entry {
	return trail.Entry{Actor: "person:P-00007", Way: "page", Act: "takeout.apply", Subject: ref.New("takeout", fmt.Sprintf("T-%05d", i)),
		Clauses: []clause.ID{"bp.8.1", "bp.9.4"}, Input: map[string]string{"目的": "訪問調査", "asset": "A-1"}, Result: trail.Done, Reason: "申請"}
}

// write makes acts with their entries, so many in each transaction.
func write(t testing.TB, s *db.Store, l *trail.Log, n, each int) []*trail.Receipt {
	t.Helper()
	var out []*trail.Receipt
	for i := 0; i < n; i += each {
		var got []*trail.Receipt
		err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			got = nil
			for k := range min(each, n-i) {
				got = append(got, l.Append(tx, entry(i+k)))
			}
			return nil
		})
		if err != nil {
			t.Fatalf("write: %v", err)
		}
		out = append(out, got...)
	}
	return out
}

// whole fails unless the record verifies with so many entries.
func whole(t testing.TB, l *trail.Log, size int64) trail.Report {
	t.Helper()
	r, err := l.Verify(ctx, nil)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if !r.OK || r.Size != size {
		t.Fatalf("verify: ok %v, %d entries, bad %v; want a whole record of %d", r.OK, r.Size, r.Bad, size)
	}
	return r
}

func TestReceiptsAreThePlacesOfTheEntries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		l := open(t, s, t.TempDir())
		receipts := write(t, s, l, 600, 7)
		short, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		for i, r := range receipts {
			got, err := l.Wait(short, r)
			if err != nil || got != int64(i) {
				t.Fatalf("entry %d has number %d, %v", i, got, err)
			}
		}
		if size, err := l.Size(ctx); size != 600 || err != nil {
			t.Errorf("size %d, %v, want 600", size, err)
		}
		whole(t, l, 600)
		if n, at := l.Verified(); n != 600 || at.IsZero() {
			t.Errorf("verified %d at %v, want 600", n, at)
		}
	})
}

// The root is the one that golang.org/x/mod/sumdb/tlog gives for the same entries, at sizes around full tiles.
func TestRootIsThatOfTlog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		l := open(t, s, t.TempDir())
		var stored []tlog.Hash
		reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(indexes))
			for i, x := range indexes {
				out[i] = stored[x]
			}
			return out, nil
		})
		size := int64(0)
		for _, step := range []int{1, 1, 2, 3, 248, 1, 1, 254, 1, 300, 65536 - 812, 1} {
			if err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
				for i := range step {
					l.Append(tx, entry(i))
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			r := whole(t, l, size+int64(step))
			for n := size; n < r.Size; n += 256 - n%256 {
				w := min(256-n%256, r.Size-n)
				path := fmt.Sprintf("tile/entries/%s", tileName(n/256, n%256+w))
				b, err := l.Tile(ctx, path)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				for i, e := range split(t, b) {
					if at := n/256*256 + int64(i); at >= n {
						h, err := tlog.StoredHashes(at, e, reader)
						if err != nil {
							t.Fatal(err)
						}
						stored = append(stored, h...)
					}
				}
			}
			want, err := tlog.TreeHash(r.Size, reader)
			if err != nil || r.Root != want.String() {
				t.Fatalf("root of %d entries is %s, tlog has %s (%v)", r.Size, r.Root, want, err)
			}
			size = r.Size
		}
	})
}

func tileName(n, w int64) string {
	name := fmt.Sprintf("%03d", n)
	if w < 256 {
		name += fmt.Sprintf(".p/%d", w)
	}
	return name
}

// split takes a bundle of entries apart.
func split(t *testing.T, b []byte) (out [][]byte) {
	t.Helper()
	for len(b) > 0 {
		n := int(b[0])<<8 | int(b[1])
		out = append(out, b[2:2+n])
		b = b[2+n:]
	}
	return out
}

func TestActAndEntryAreOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		l := open(t, s, t.TempDir())
		var wg sync.WaitGroup
		for i := range 90 {
			wg.Go(func() {
				err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					if _, err := tx.Exec(ctx, `INSERT INTO thing (code) VALUES ($1)`, fmt.Sprintf("T-%05d", i)); err != nil {
						return err
					}
					l.Append(tx, entry(i))
					if i%3 == 0 {
						return errors.New("refused")
					}
					return nil
				})
				if (err != nil) != (i%3 == 0) {
					t.Errorf("act %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		whole(t, l, 60)
		err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			var apart int64
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM thing LEFT JOIN trail_leaf ON subject = 'takeout:' || code WHERE idx IS NULL`).Scan(&apart); err != nil {
				return err
			}
			if apart != 0 {
				t.Errorf("%d things without an entry", apart)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestListFilters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		l := open(t, s, t.TempDir())
		start := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		now := start
		s.SetClock(func() time.Time { return now })
		for i := range 20 {
			now = start.Add(time.Duration(i) * time.Hour)
			e := entry(i % 4)
			if i%5 == 0 {
				e.Result, e.Fault, e.Actor = trail.Refused, "denied", "person:P-00001"
			}
			if i == 19 {
				e.Act, e.Stated = "takeout.return", start.AddDate(0, 0, -1)
			}
			if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { l.Append(tx, e); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		whole(t, l, 20)
		eight := int64(8)
		cases := []struct {
			name string
			q    trail.Query
			want []int64
		}{
			{"newest first, bounded", trail.Query{Limit: 3}, []int64{19, 18, 17}},
			{"the page after an index", trail.Query{Limit: 2, Before: &eight}, []int64{7, 6}},
			{"one record's history", trail.Query{Subject: ref.New("takeout", "T-00001")}, []int64{17, 13, 9, 5, 1}},
			{"refusals", trail.Query{Result: trail.Refused}, []int64{15, 10, 5, 0}},
			{"one actor", trail.Query{Actor: "person:P-00001"}, []int64{15, 10, 5, 0}},
			{"one act", trail.Query{Act: "takeout.return"}, []int64{19}},
			{"a time, end excluded", trail.Query{From: start.Add(2 * time.Hour), To: start.Add(4 * time.Hour)}, []int64{3, 2}},
			{"all at once", trail.Query{Subject: ref.New("takeout", "T-00001"), Result: trail.Refused, From: start, To: start.AddDate(0, 0, 1)}, []int64{5}},
			{"nothing", trail.Query{Act: "none"}, nil},
		}
		s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, c := range cases {
				records, err := l.List(ctx, tx, c.q)
				var got []int64
				for _, r := range records {
					got = append(got, r.Index)
				}
				if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
					t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
				}
			}
			records, err := l.List(ctx, tx, trail.Query{Limit: 1})
			if err != nil || len(records) != 1 {
				t.Fatalf("last record: %v", err)
			}
			r := records[0]
			if !r.At.Equal(start.Add(19*time.Hour)) || !r.Stated.Equal(start.AddDate(0, 0, -1)) || r.Input["目的"] != "訪問調査" || fmt.Sprint(r.Clauses) != "[bp.8.1 bp.9.4]" || r.Way != "page" || r.Reason != "申請" {
				t.Errorf("record came back as %+v", r)
			}
			return nil
		})
	})
}

func TestReopenGoesOn(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		c := db.Config{Dir: t.TempDir()}
		goOn(t, c, c.Dir)
	})
	t.Run("postgresql", func(t *testing.T) { goOn(t, dbtest.PostgresConfig(t), t.TempDir()) })
}

func goOn(t *testing.T, c db.Config, dir string) {
	size := 0
	for _, n := range []int{0, 1, 254, 1, 3, 300} {
		s := dbtest.Open(t, c)
		l := open(t, s, dir)
		write(t, s, l, n, 10)
		size += n
		whole(t, l, int64(size))
		if _, err := l.Checkpoint(ctx); err != nil {
			t.Fatalf("checkpoint: %v", err)
		}
		l.Close()
		s.Close()
	}
}

func TestCheckpointIsASignedNote(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		dir := t.TempDir()
		l := open(t, s, dir)
		for _, n := range []int{0, 5, 300} {
			write(t, s, l, n, 50)
			signed, err := l.Checkpoint(ctx)
			if err != nil {
				t.Fatalf("checkpoint: %v", err)
			}
			v, err := note.NewVerifier(l.VerifierKey())
			if err != nil {
				t.Fatal(err)
			}
			opened, err := note.Open(signed, note.VerifierList(v))
			if err != nil {
				t.Fatalf("open note: %v", err)
			}
			size, _ := l.Size(ctx)
			if want := fmt.Sprintf("%s\n%d\n%s\n", origin, size, whole(t, l, size).Root); opened.Text != want {
				t.Errorf("note says %q, want %q", opened.Text, want)
			}
		}
		for _, key := range []string{"trail.key", "seal.key"} {
			info, err := os.Stat(filepath.Join(dir, "keys", key))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v, want mode 0600", key, info.Mode(), err)
			}
		}
	})
}

func TestEraseKeepsTheProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		l := open(t, s, t.TempDir())
		e := entry(1)
		e.Personal = map[string]string{"氏名": "青木 一"}
		other := entry(2)
		other.Personal = map[string]string{"氏名": "青木 一"}
		for range 2 {
			if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { l.Append(tx, e); l.Append(tx, other); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		before := whole(t, l, 4)
		for _, r := range list(t, s, l, trail.Query{}) {
			if r.Personal["氏名"] != "青木 一" || r.Erased {
				t.Errorf("entry %d opened as %v", r.Index, r.Personal)
			}
		}
		by := actor.With(ctx, actor.Actor{Person: "P-00003", Way: actor.Page})
		if err := s.Write(by, func(ctx context.Context, tx *db.Tx) error { l.Erase(tx, e.Subject); return nil }); err != nil {
			t.Fatal(err)
		}
		after := whole(t, l, 5)
		if before.Root == after.Root {
			t.Error("the erasure is not in the record")
		}
		for _, r := range list(t, s, l, trail.Query{}) {
			switch {
			case r.Act == trail.ErasedAct:
				if r.Actor != "person:P-00003" || r.Subject != e.Subject {
					t.Errorf("erasure recorded as %+v", r)
				}
			case r.Subject == e.Subject && (!r.Erased || r.Personal != nil):
				t.Errorf("entry %d still opens as %v", r.Index, r.Personal)
			case r.Subject == other.Subject && r.Personal["氏名"] != "青木 一":
				t.Errorf("entry %d of another subject was erased too", r.Index)
			}
		}
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { l.Append(tx, e); return nil }); err != nil {
			t.Fatalf("entry after an erasure: %v", err)
		}
		whole(t, l, 6)
		if r := list(t, s, l, trail.Query{Limit: 1})[0]; r.Personal["氏名"] != "青木 一" {
			t.Errorf("the entry after the erasure opens as %v", r.Personal)
		}
	})
}

func list(t *testing.T, s *db.Store, l *trail.Log, q trail.Query) (out []trail.Record) {
	t.Helper()
	err := s.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = l.List(ctx, tx, q)
		return err
	})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	return out
}

// No stored byte outside the sealed payload holds a personal value.
func TestPersonalValuesAreNotInTheClear(t *testing.T) {
	dir := t.TempDir()
	s := dbtest.Open(t, db.Config{Dir: dir})
	l := open(t, s, dir)
	e := entry(1)
	e.Personal = map[string]string{"氏名": "CANARY-7f3a"}
	if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { l.Append(tx, e); return nil }); err != nil {
		t.Fatal(err)
	}
	whole(t, l, 1)
	files, _ := filepath.Glob(filepath.Join(dir, "okite.db*"))
	if len(files) == 0 {
		t.Fatal("no file of the store was found")
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "CANARY-7f3a") {
			t.Errorf("%s holds a personal value in the clear", filepath.Base(f))
		}
		if strings.HasSuffix(f, "-wal") && !strings.Contains(string(b), "person:P-00007") {
			t.Errorf("%s does not hold the entry, so the search proves nothing", filepath.Base(f))
		}
	}
}

func TestLongInputIsKeptAsItsHash(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		l := open(t, s, t.TempDir())
		e := entry(1)
		e.Input["本文"] = strings.Repeat("条", 40000)
		e.Input["bad"] = "a\xffb"
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { l.Append(tx, e); return nil }); err != nil {
			t.Fatal(err)
		}
		whole(t, l, 1)
		r := list(t, s, l, trail.Query{})[0]
		if !strings.HasPrefix(r.Input["本文"], "sha256:") || !strings.HasSuffix(r.Input["本文"], "(120000 bytes)") || r.Input["目的"] != "訪問調査" || r.Input["bad"] != "a\uFFFDb" {
			t.Errorf("input kept as %v", r.Input)
		}
	})
}

// Two nodes on one schema, both writing, both numbering.
func TestTwoSequencers(t *testing.T) {
	c := dbtest.PostgresConfig(t)
	dir := t.TempDir()
	a, b := dbtest.Open(t, c), dbtest.Open(t, c)
	la := open(t, a, dir)
	lb := reopen(t, b, dir)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int64]bool{}
	for i := range 16 {
		s, l := a, la
		if i%2 == 1 {
			s, l = b, lb
		}
		wg.Go(func() {
			for range 20 {
				var r *trail.Receipt
				if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error { r = l.Append(tx, entry(i)); return nil }); err != nil {
					t.Errorf("write: %v", err)
					return
				}
				short, cancel := context.WithTimeout(ctx, 20*time.Second)
				n, err := l.Wait(short, r)
				cancel()
				if err != nil {
					t.Errorf("wait: %v", err)
					return
				}
				mu.Lock()
				if seen[n] {
					t.Errorf("number %d was given twice", n)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 320 {
		t.Errorf("%d numbers, want 320", len(seen))
	}
	ra, rb := whole(t, la, 320), whole(t, lb, 320)
	if ra.Root != rb.Root {
		t.Errorf("roots differ: %s, %s", ra.Root, rb.Root)
	}
}

// Two programs on one SQLite file: each finds that the other has moved the head.
func TestTwoProgramsOnOneFile(t *testing.T) {
	dir := t.TempDir()
	a, b := dbtest.Open(t, db.Config{Dir: dir}), dbtest.Open(t, db.Config{Dir: dir})
	la := open(t, a, dir)
	lb := reopen(t, b, dir)
	var wg sync.WaitGroup
	for i := range 8 {
		s, l := a, la
		if i%2 == 1 {
			s, l = b, lb
		}
		wg.Go(func() { write(t, s, l, 20, 1) })
	}
	wg.Wait()
	if ra, rb := whole(t, la, 160), whole(t, lb, 160); ra.Root != rb.Root {
		t.Errorf("roots differ: %s, %s", ra.Root, rb.Root)
	}
}
