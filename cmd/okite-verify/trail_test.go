package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/ref"
	"okite/internal/trail"
)

var ctx = context.Background()

// record makes a record and gives it with its store.
func record(t testing.TB) (*db.Store, *trail.Log) {
	t.Helper()
	dir := t.TempDir()
	s := dbtest.Open(t, db.Config{Dir: dir})
	if err := s.Migrate(ctx, trail.Schema()); err != nil {
		t.Fatal(err)
	}
	l, err := trail.Open(ctx, s, dir, "okite/011002")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return s, l
}

func grow(t testing.TB, s *db.Store, l *trail.Log, n int) {
	t.Helper()
	err := s.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i := range n {
			l.Append(tx, trail.Entry{Actor: "person:P-00007", Way: "page", Act: "takeout.apply", Subject: ref.New("takeout", strconv.Itoa(i)),
				Input: map[string]string{"目的": "訪問調査"}, Result: trail.Done})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func export(t testing.TB, l *trail.Log) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.Export(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// verify checks an export in memory.
func verify(t testing.TB, b []byte, key string, earlier []byte) result {
	t.Helper()
	v := verifier{src: &archive{closer: io.NopCloser(nil), r: bufio.NewReaderSize(bytes.NewReader(b), 4096)}, given: key, earlier: earlier}
	r, err := v.check()
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return r
}

// region is a run of bytes of an export and what must be named when one of them changes.
type region struct {
	from, to int
	entry    int64 // -1: no entry
	what     string
}

// regions takes an export apart with the standard library's tar reader.
func regions(t testing.TB, b []byte) (out []region) {
	t.Helper()
	in := bytes.NewReader(b)
	tr := tar.NewReader(in)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		at := len(b) - in.Len()
		out = append(out, region{at - block, at, -1, "header of " + h.Name})
		end := at + int(h.Size)
		if strings.HasPrefix(h.Name, "tile/entries/") {
			first := bundleNumber(t, h.Name) * width
			for at < end {
				size := 2 + int(binary.BigEndian.Uint16(b[at:]))
				out = append(out, region{at, at + size, first, fmt.Sprintf("entry %d", first)})
				at, first = at+size, first+1
			}
		} else {
			out = append(out, region{at, end, -1, h.Name})
		}
		if pad := (block - int(h.Size)%block) % block; pad > 0 {
			out = append(out, region{end, end + pad, -1, "padding of " + h.Name})
		}
	}
	return append(out, region{len(b) - 2*block, len(b), -1, "end"})
}

func bundleNumber(t testing.TB, name string) int64 {
	t.Helper()
	digits, _, _ := strings.Cut(strings.TrimPrefix(name, "tile/entries/"), ".p/")
	n, err := strconv.ParseInt(strings.NewReplacer("x", "", "/", "").Replace(digits), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// spoiled changes one byte, verifies, and fails unless the change is found and named.
func spoiled(t *testing.T, b []byte, at int, with byte, rs []region) {
	t.Helper()
	b[at] ^= with
	r := verify(t, b, "", nil)
	b[at] ^= with
	for _, g := range rs {
		if at < g.from || at >= g.to {
			continue
		}
		if r.OK {
			t.Errorf("byte %d of %s changed by %#x: not found", at-g.from, g.what, with)
			return
		}
		entry := int64(-1)
		if r.Entry != nil {
			entry = *r.Entry
		}
		if r.What != g.what || entry != g.entry {
			t.Errorf("byte %d of %s changed by %#x: named %s (entry %d)", at-g.from, g.what, with, r.What, entry)
		}
		if r.Why.JA == "" || r.Why.EN == "" {
			t.Errorf("%s: no words", r.What)
		}
		return
	}
	t.Errorf("byte %d is in no region", at)
}

func TestEveryByteMatters(t *testing.T) {
	s, l := record(t)
	grow(t, s, l, 5)
	b := export(t, l)
	if r := verify(t, b, "", nil); !r.OK || r.Size != 5 {
		t.Fatalf("untouched export: %+v", r)
	}
	rs := regions(t, b)
	for at := range b {
		spoiled(t, b, at, 0x01, rs)
		spoiled(t, b, at, byte(1+rand.IntN(255)), rs)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d bytes, each changed twice", len(b))
}

func TestBytesOfALargeExport(t *testing.T) {
	s, l := record(t)
	grow(t, s, l, 66000)
	b := export(t, l)
	if r := verify(t, b, "", nil); !r.OK || r.Size != 66000 {
		t.Fatalf("untouched export: %+v", r)
	}
	rs := regions(t, b)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	tail := rs[len(rs)-12].from // the upper levels and the end
	for range 60 {
		spoiled(t, b, random.IntN(len(b)), byte(1+random.IntN(255)), rs)
	}
	for range 40 {
		spoiled(t, b, tail+random.IntN(len(b)-tail), byte(1+random.IntN(255)), rs)
	}
}

func TestSizesAroundFullTiles(t *testing.T) {
	s, l := record(t)
	size := 0
	for _, n := range []int{0, 1, 254, 1, 1, 255, 1} {
		grow(t, s, l, n)
		size += n
		if r := verify(t, export(t, l), l.VerifierKey(), nil); !r.OK || r.Size != int64(size) || r.KeyFrom != "given" {
			t.Errorf("export of %d entries: %+v", size, r)
		}
	}
}

func TestStructureOfTheExport(t *testing.T) {
	s, l := record(t)
	grow(t, s, l, 300)
	other, ol := record(t)
	grow(t, other, ol, 300)
	b := export(t, l)
	cases := []struct {
		name string
		b    []byte
		key  string
		want string
	}{
		{"cut off in the middle", b[:len(b)/2], "", "tile/entries/000"},
		{"cut off at the end", b[:len(b)-1], "", "end"},
		{"something behind the end", append(bytes.Clone(b), 0), "", "end"},
		{"empty", nil, "", "header of checkpoint"},
		{"another record's key is trusted", b, ol.VerifierKey(), "key"},
		{"two entries changed places", swap(t, b), "", "entry 7"},
		{"an entry left out", drop(t, b), "", "entry 9"},
	}
	for _, c := range cases {
		if r := verify(t, c.b, c.key, nil); r.OK || r.What != c.want {
			t.Errorf("%s: ok %v, %v, want %s", c.name, r.OK, r.finding, c.want)
		}
	}
}

// swap exchanges entries 7 and 8, which have the same length.
func swap(t *testing.T, b []byte) []byte {
	a, c := entryAt(t, b, 7), entryAt(t, b, 8)
	if a.to-a.from != c.to-c.from {
		t.Fatal("entries 7 and 8 differ in length")
	}
	out := bytes.Clone(b)
	copy(out[a.from:], b[c.from:c.to])
	copy(out[c.from:], b[a.from:a.to])
	return out
}

// drop puts entry 10 in the place of entry 9 and leaves entry 10 empty space, as a forger would who keeps sizes.
func drop(t *testing.T, b []byte) []byte {
	from, to, end := entryAt(t, b, 9), entryAt(t, b, 10), entryAt(t, b, 255)
	out := bytes.Clone(b)
	n := copy(out[from.from:], b[to.from:end.to])
	clear(out[from.from+n : end.to])
	return out
}

func entryAt(t *testing.T, b []byte, n int64) region {
	for _, r := range regions(t, b) {
		if r.entry == n {
			return r
		}
	}
	t.Fatalf("no entry %d", n)
	return region{}
}

func TestEarlierCheckpoint(t *testing.T) {
	s, l := record(t)
	var all [][]byte
	for _, n := range []int{0, 3, 253, 1, 300} {
		grow(t, s, l, n)
		c, err := l.Checkpoint(ctx)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	b := export(t, l)
	for i, c := range all {
		if r := verify(t, b, "", c); !r.OK || r.Earlier == nil {
			t.Errorf("checkpoint %d: %+v", i, r.finding)
		}
	}
	witnessed := append(bytes.Clone(all[2]), "— witness.example AAAAAAAAAAA=\n"...)
	if r := verify(t, b, "", witnessed); !r.OK {
		t.Errorf("checkpoint with a witness's line: %v", r.finding)
	}
	broken := bytes.Clone(all[2])
	broken[20] ^= 1
	if r := verify(t, b, "", broken); r.OK || r.What != "earlier checkpoint" {
		t.Errorf("changed earlier checkpoint: %+v", r.finding)
	}
	before := export(t, l)
	grow(t, s, l, 1)
	later, err := l.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if r := verify(t, before, "", later); r.OK || r.What != "earlier checkpoint" {
		t.Errorf("a record rolled back behind the checkpoint: %+v", r.finding)
	}
}

// A fork: the same key signs another past. Only the earlier checkpoint tells.
func TestForkIsFound(t *testing.T) {
	dir := t.TempDir()
	fork := func(actor string) (*trail.Log, []byte) {
		s := dbtest.Open(t, db.Config{Dir: t.TempDir()})
		if err := s.Migrate(ctx, trail.Schema()); err != nil {
			t.Fatal(err)
		}
		os.Remove(filepath.Join(dir, "trail", "checkpoint"))
		l, err := trail.Open(ctx, s, dir, "okite/011002")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			l.Append(tx, trail.Entry{Actor: actor, Act: "x", Result: trail.Done})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		c, err := l.Checkpoint(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return l, c
	}
	_, first := fork("person:P-1")
	second, _ := fork("person:P-2")
	b := export(t, second)
	if r := verify(t, b, second.VerifierKey(), nil); !r.OK {
		t.Fatalf("the fork alone must hold, or this proves nothing: %v", r.finding)
	}
	if r := verify(t, b, second.VerifierKey(), first); r.OK || r.What != "earlier checkpoint" {
		t.Errorf("fork: ok %v, %v", r.OK, r.finding)
	}
}

func TestDirectoryOfTiles(t *testing.T) {
	s, l := record(t)
	grow(t, s, l, 700)
	dir := t.TempDir()
	if err := l.ExportTree(ctx, dir); err != nil {
		t.Fatal(err)
	}
	code, out := okiteVerify(t, "trail", dir, "--format", "json")
	if code != holds || !strings.Contains(out, `"size":700`) {
		t.Fatalf("exit %d, %s", code, out)
	}
	n := 0
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := rand.IntN(len(b))
		b[at] ^= 0x10
		os.WriteFile(path, b, 0o644)
		if code, out := okiteVerify(t, "trail", dir, "--format", "json"); code != fails {
			t.Errorf("byte %d of %s changed: exit %d, %s", at, path, code, out)
		}
		b[at] ^= 0x10
		os.WriteFile(path, b, 0o644)
		return nil
	})
	if n != 9 { // checkpoint, key, 3 bundles, 3 tiles, 1 tile above
		t.Errorf("%d files, want 9", n)
	}
}

// okiteVerify runs the program and gives its exit code and what it wrote.
func okiteVerify(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(console{out: &out, err: &out}, args)
	return code, out.String()
}

func TestCommand(t *testing.T) {
	s, l := record(t)
	grow(t, s, l, 20)
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b := export(t, l)
	good := put("good.tar", b)
	e := entryAt(t, b, 12)
	b[e.from+10] ^= 1
	bad := put("bad.tar", b)
	c, err := l.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	note, key := put("checkpoint", c), put("key", []byte(l.VerifierKey()+"\n"))
	cases := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"a good export", []string{"trail", good}, holds, "the record holds"},
		{"flags behind", []string{"trail", good, "--format", "json", "--checkpoint", note, "--key", key}, holds, `"ok":true,"size":20`},
		{"flags before", []string{"trail", "--format=json", "--key", l.VerifierKey(), good}, holds, `"key_from":"given"`},
		{"a changed entry", []string{"trail", bad}, fails, "entry 12"},
		{"a changed entry as JSON", []string{"trail", bad, "--format", "json"}, fails, `"entry":12`},
		{"no such file", []string{"trail", filepath.Join(dir, "none")}, unusable, "okite-verify: trail:"},
		{"no export", []string{"trail"}, unusable, "EXPORT is missing"},
		{"two exports", []string{"trail", good, bad}, unusable, "a second"},
		{"an unknown flag", []string{"trail", good, "--x"}, unusable, "okite-verify: trail:"},
		{"an unknown format", []string{"trail", good, "--format", "xml"}, unusable, "text or json"},
		{"a key that is none", []string{"trail", good, "--key", "a+b+c"}, unusable, "read key"},
		{"an unknown command", []string{"zones"}, unusable, "no such command"},
		{"nothing", nil, unusable, "usage"},
		{"help", []string{"--help"}, holds, "trail EXPORT"},
		{"help of a command", []string{"trail", "--help"}, holds, "--checkpoint"},
	}
	for _, c := range cases {
		code, out := okiteVerify(t, c.args...)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit %d, %q, want %d and %q", c.name, code, out, c.code, c.want)
		}
	}
	var r struct {
		OK   bool
		Root string
		Why  text
	}
	_, out := okiteVerify(t, "trail", bad, "--format", "json")
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.OK || r.Why.JA == "" {
		t.Errorf("JSON of a failure: %s, %v", out, err)
	}
}

// The program may share nothing with what it checks.
func TestImportsAreOfTheStandardLibrary(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources found")
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range tree.Imports {
			first, _, _ := strings.Cut(strings.Trim(i.Path.Value, `"`), "/")
			if strings.Contains(first, ".") || first == "okite" {
				t.Errorf("%s imports %s", f, i.Path.Value)
			}
		}
	}
}

// FuzzVerify: no input makes the verifier fall over or say yes to what was not signed.
func FuzzVerify(f *testing.F) {
	s, l := record(f)
	grow(f, s, l, 3)
	b := export(f, l)
	f.Add(b)
	f.Add(b[:600])
	f.Fuzz(func(t *testing.T, in []byte) {
		v := verifier{src: &archive{closer: io.NopCloser(nil), r: bufio.NewReaderSize(bytes.NewReader(in), 4096)}, given: l.VerifierKey()}
		r, err := v.check()
		if err == nil && r.OK && !bytes.Equal(in, b) {
			t.Errorf("accepted %d bytes that were not exported", len(in))
		}
	})
}
