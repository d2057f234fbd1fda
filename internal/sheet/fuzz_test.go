package sheet

import (
	"bytes"
	"testing"

	"okite/internal/fault"
)

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\xEF\xBB\xBFa\r\n\"x\"\"y\"\r\n", "\xFF\xFEa\x00\n\x00", "\x96\xBC\n", "a\tb\r1\t2", "\"a\nb"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { comesBack(t, "a.csv", data) })
}

func FuzzXLSX(f *testing.F) {
	f.Add([]byte(`<row r="1"><c r="A1" t="s"><v>1</v></c><c s="1"><v>46350</v></c></row>`))
	f.Add([]byte(`<row><c t="inlineStr"><is><t>_x000D_</t></is></c></row><row r="9"/>`))
	f.Add([]byte(`<row r="1"><c r="A1"><f>1</f><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		comesBack(t, "a.xlsx", minimal(map[string]string{"xl/worksheets/sheet1.xml": sheetXML(string(data))}))
	})
}

func FuzzXLSXFile(f *testing.F) {
	f.Add(minimal(nil))
	f.Fuzz(func(t *testing.T, data []byte) { comesBack(t, "a.xlsx", append([]byte("PK"), data...)) })
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`[{"a":1,"b":["x"]},{"a":null}]`))
	f.Fuzz(func(t *testing.T, data []byte) { comesBack(t, "a.json", data) })
}

// comesBack: a file is refused in words, or what was read can be written as CSV and read again the same.
func comesBack(t *testing.T, name string, data []byte) {
	ts, err := readAll(name, data, Limits{})
	if err != nil {
		if !fault.Is(err, fault.Invalid) {
			t.Fatalf("not a mistake in words: %v", err)
		}
		return
	}
	for _, one := range ts {
		var header []string
		var rs [][]string
		for _, c := range one.Header {
			header = append(header, c.Text)
		}
		for _, r := range one.Rows {
			var line []string
			for _, c := range r.Cells {
				line = append(line, c.Text)
			}
			rs = append(rs, line)
		}
		var b bytes.Buffer
		if _, err := WriteCSV(&b, header, rows(rs), UTF8BOM); err != nil {
			t.Fatal(err)
		}
		again, err := readAll("b.csv", b.Bytes(), Limits{})
		if err != nil {
			t.Fatalf("written as %q: %v", b.String(), err)
		}
		one.Name = ""
		if got, want := grid(again), grid([]Table{one}); got != want {
			t.Fatalf("came back as %q, want %q", got, want)
		}
	}
}
