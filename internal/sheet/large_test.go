package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bomb is a workbook whose sheet unpacks to n bytes of the given piece.
func bomb(t testing.TB, piece string, n int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for k, v := range map[string]string{"[Content_Types].xml": "<Types/>",
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="s.xml"/></Relationships>`} {
		w, _ := z.Create(k)
		_, _ = w.Write([]byte(v))
	}
	// One piece is packed once and its packed form repeated, so that gigabytes are made in no time.
	var packed bytes.Buffer
	fw, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = fw.Write([]byte(`<worksheet><sheetData>`))
	_ = fw.Flush()
	head := packed.Len()
	fw.Reset(&packed)
	_, _ = fw.Write(bytes.Repeat([]byte(piece), 1<<20/len(piece)))
	_ = fw.Flush()
	body := append([]byte{}, packed.Bytes()[:head]...)
	for at := 0; at < n; at += 1 << 20 {
		body = append(body, packed.Bytes()[head:]...)
	}
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/s.xml", Method: zip.Deflate, CompressedSize64: uint64(len(body)), UncompressedSize64: uint64(n)})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(body)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBombs(t *testing.T) {
	manySheets := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := range 100_000 {
			_, _ = z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("xl/worksheets/sheet%d.xml", i)})
		}
		_ = z.Close()
		return b.Bytes()
	}
	const gb = 1 << 30
	for _, c := range []struct {
		name string
		data func() []byte
	}{
		{"empty rows without end", func() []byte { return bomb(t, "<row/>", 2*gb) }},
		{"one text without end", func() []byte { return bomb(t, "aaaaaaaa", 2*gb) }},
		{"one attribute without end", func() []byte { return append([]byte{}, bomb(t, `<c r="`+strings.Repeat("A", 1<<20-6), gb)...) }},
		{"elements ever deeper", func() []byte { return bomb(t, "<a>", gb) }},
		{"a million sheets' worth of parts", manySheets},
		{"a list of parts that lies about its length", func() []byte {
			b := manySheets()
			at := bytes.LastIndex(b, []byte("PK\x05\x06"))
			copy(b[at+8:], []byte{5, 0, 5, 0}) // says 5 parts; size and place stay
			return b
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := c.data()
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := cpu(t)
			_, err := readAll("a.xlsx", data, Limits{})
			took := cpu(t) - begin
			runtime.ReadMemStats(&after)
			if e := refused(t, err); !strings.Contains(e.Message.JA, "上限") && !strings.Contains(e.Message.JA, "長すぎ") {
				t.Errorf("refused for another reason: %v", err)
			}
			t.Logf("%d KB: %v in %v, heap from the system grew %d MB", len(data)>>10, err, took, (after.HeapSys-before.HeapSys)>>20)
			if took > 2*time.Second {
				t.Errorf("took %v, want below 2 s", took)
			}
			if grew := int64(after.HeapSys) - int64(before.HeapSys); grew > 64<<20 {
				t.Errorf("heap grew %d MB, want below 64", grew>>20)
			}
		})
	}
}

// cpu is the processor time this process has used: a bound on it holds on a busy machine too.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// many gives n rows of 12 columns as a terminal register has them.
func many(n int) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for i := range n {
			r := []string{fmt.Sprintf("T-%06d", i), "総務課の端末", fmt.Sprintf("U-%04d", i%300), "LGWAN接続系", "2026-04-01", fmt.Sprint(i % 97),
				"Windows 11", "稼働中", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), "暗号化済", "", "備考 " + fmt.Sprint(i*7919%100003)}
			if !yield(r, nil) {
				return
			}
		}
	}
}

var manyColumns = func() []Column {
	c := make([]Column, 12)
	for i := range c {
		c[i].Title = fmt.Sprintf("列%d", i+1)
	}
	c[4].Kind, c[5].Kind = Day, Number
	return c
}()

// TestLarge reads 100,000 rows of 12 columns in a process of its own, so that its peak of memory can be taken.
func TestLarge(t *testing.T) {
	if file := os.Getenv("SHEET_LARGE"); file != "" {
		readLarge(t, file)
		return
	}
	if testing.Short() {
		t.Skip("writes and reads 100,000 rows")
	}
	file := filepath.Join(t.TempDir(), "large.xlsx")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := WriteXLSX(f, Book{Sheets: []Sheet{{Name: "端末", Columns: manyColumns, Rows: many(100_000)}}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("written in %v", time.Since(begin))
	cmd := exec.Command(os.Args[0], "-test.run=^TestLarge$", "-test.v")
	cmd.Env = append(os.Environ(), "SHEET_LARGE="+file)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
	if peak := maxRSS(cmd.ProcessState); peak > 150<<20 {
		t.Errorf("peak of memory %d MB, want below 150", peak>>20)
	} else {
		t.Logf("peak of memory %d MB", peak>>20)
	}
}

func readLarge(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	begin, n := time.Now(), 0
	err = Read(file, f, st.Size(), Limits{}, func(_ string, row int, cells []Cell) error {
		if n++; row == 50_001 && (cells[0].Text != "T-049999" || cells[4].Text != "2026-04-01" || cells[11].Ref != "L50001") {
			t.Errorf("row 50001 is %v", cells)
		}
		return nil
	})
	if err != nil || n != 100_001 {
		t.Fatalf("%d rows, %v; want 100001", n, err)
	}
	took := time.Since(begin)
	t.Logf("%d KB read in %v", st.Size()>>10, took)
	if took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func BenchmarkReadXLSX(b *testing.B) {
	var buf bytes.Buffer
	if err := WriteXLSX(&buf, Book{Sheets: []Sheet{{Name: "端末", Columns: manyColumns, Rows: many(10_000)}}}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Read("a.xlsx", bytes.NewReader(buf.Bytes()), int64(buf.Len()), Limits{}, func(string, int, []Cell) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
