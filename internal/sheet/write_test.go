package sheet

import (
	"archive/zip"
	"bytes"
	"iter"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"okite/internal/msg"
)

func TestNeutralise(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"=1+1", "'=1+1"}, {"＝HYPERLINK", "'＝HYPERLINK"}, {"@x", "'@x"}, {"\tx", "'\tx"}, {"  =x", "'  =x"}, {"　=x", "'　=x"},
		{"+81-985-1", "'+81-985-1"}, {"-5", "-5"}, {"+0.25", "+0.25"}, {"-", "-"}, {"--1", "'--1"}, {"-1.2.3", "'-1.2.3"},
		{"'=1", "''=1"}, {"'x", "'x"}, {"a=b", "a=b"}, {"", ""}, {"'-5", "''-5"}, {"\r\n=x", "'\r\n=x"},
	} {
		if got := Neutralise(c.in); got != c.want {
			t.Errorf("Neutralise(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("'=+-@\t\r\n＝＋ 　5.ax")), 0, 6, -1).Draw(t, "s")
		n := Neutralise(s)
		if Restore(n) != s {
			t.Fatalf("%q became %q and came back as %q", s, n, Restore(n))
		}
		if trigger(n) && !harmless(n) {
			t.Fatalf("%q became %q, which a spreadsheet still takes for a formula", s, n)
		}
	})
}

func rows(rs [][]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, r := range rs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// What is written is read back as it was.
func TestExportComesBack(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("'=+-@\t\n\r\"<>&, 　0159.aあ髙①𠮷～_x000D_～〓−")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		rs := rapid.SliceOfN(rapid.SliceOfN(text, 3, 3), 1, 5).Draw(t, "rows")
		for i := range rs {
			rs[i] = append(rs[i], "x", "42", "2026-11-24") // so that no row is blank
		}
		header := []string{"甲", "乙", "丙", "終", "数", "日"}
		want := grid([]Table{table(header, rs)})
		var csv bytes.Buffer
		if _, err := WriteCSV(&csv, header, rows(rs), UTF8BOM); err != nil {
			t.Fatal(err)
		}
		got, err := readAll("a.csv", csv.Bytes(), Limits{})
		if err != nil || grid(got) != want {
			t.Fatalf("CSV: got %q, %v; want %q", grid(got), err, want)
		}
		var xlsx bytes.Buffer
		columns := []Column{{Title: "甲"}, {Title: "乙", Kind: Number}, {Title: "丙", Kind: Day}, {Title: "終", Values: []string{"x", "y"}, Hidden: true}, {Title: "数", Kind: Number}, {Title: "日", Kind: Day}}
		if err := WriteXLSX(&xlsx, Book{Sheets: []Sheet{{Name: "台帳", Columns: columns, Rows: rows(rs)}}}); err != nil {
			t.Fatal(err)
		}
		got, err = readAll("a.xlsx", xlsx.Bytes(), Limits{})
		if err != nil || grid(got) != "[台帳]\n"+want {
			t.Fatalf("xlsx: got %q, %v; want %q", grid(got), err, want)
		}
	})
}

func table(header []string, rs [][]string) Table {
	var t Table
	for _, h := range header {
		t.Header = append(t.Header, Cell{Text: h})
	}
	for _, r := range rs {
		var rec Record
		for _, s := range r {
			rec.Cells = append(rec.Cells, Cell{Text: s})
		}
		t.Rows = append(t.Rows, rec)
	}
	return t
}

func TestCP932ListsWhatIsLost(t *testing.T) {
	var b bytes.Buffer
	lost, err := WriteCSV(&b, []string{"氏名", "備考"}, rows([][]string{{"髙橋", "−〜"}, {"𠮷田", "㋿"}}), CP932)
	if err != nil {
		t.Fatal(err)
	}
	if len(lost) != 2 || lost[0].Ref != "A3" || lost[0].Signs != "𠮷" || lost[0].Title != "氏名" || lost[1].Ref != "B3" {
		t.Errorf("lost %+v, want A3 𠮷 and B3 ㋿", lost)
	}
	ts, err := readAll("a.csv", b.Bytes(), Limits{})
	if got, want := grid(ts), "氏名|備考\n髙橋|－～\n〓田|〓\n"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestWriteXLSXRefuses(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"more than Excel holds", strings.Repeat("あ", 32768)}, {"control character", "a\x01b"}, {"broken UTF-8", "a\xFFb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := WriteXLSX(&bytes.Buffer{}, Book{Sheets: []Sheet{{Name: "x", Columns: []Column{{Title: "a"}}, Rows: rows([][]string{{c.text}})}}})
			if e := refused(t, err); e.Cell != "A2" {
				t.Errorf("place %s, want A2", e.Cell)
			}
		})
	}
}

// The frame of a written workbook, looked at in its XML.
func TestWriteXLSXFrame(t *testing.T) {
	var b bytes.Buffer
	err := WriteXLSX(&b, Book{Lang: msg.JA, Sheets: []Sheet{{Name: "端末/台帳", Rows: rows([][]string{{"T-1", "1", "high"}}),
		Columns: []Column{{Title: "番号"}, {Title: "版", Hidden: true, Kind: Number}, {Title: "分類", Values: []string{"high", "low"}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := all.ReadFrom(rc); err != nil {
			t.Fatal(err)
		}
		rc.Close()
	}
	for _, want := range []string{`name="端末_台帳"`, `state="frozen"`, `<autoFilter ref="$A$1:$C$2"`, `sqref="C2:C1048576"`, `_選択肢'!$A$1:$A$2`,
		`state="veryHidden"`, `hidden="1"`, `>high<`, `一覧から選んでください。`} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no %s in the workbook", want)
		}
	}
	if strings.Contains(all.String(), `name="Sheet1"`) {
		t.Error("the empty first sheet is still there")
	}
}
