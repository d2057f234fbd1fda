package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"okite/internal/fault"
)

func readAll(name string, data []byte, l Limits) ([]Table, error) {
	return Tables(name, bytes.NewReader(data), int64(len(data)), l)
}

// grid writes a table as one line a row, with the header's and the rows' addresses left out.
func grid(ts []Table) string {
	var b strings.Builder
	for _, t := range ts {
		if t.Name != "" {
			fmt.Fprintf(&b, "[%s]\n", t.Name)
		}
		for _, r := range append([]Record{{Cells: t.Header}}, t.Rows...) {
			for i, c := range r.Cells {
				if i > 0 {
					b.WriteByte('|')
				}
				b.WriteString(c.Text)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// minimal is a right workbook; a case replaces or adds parts.
func minimal(change map[string]string) []byte {
	parts := map[string]string{
		"[Content_Types].xml":        `<Types/>`,
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook><sheets><sheet name="資産" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/styles" Target="styles.xml"/><Relationship Id="r3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="000000"/><numFmt numFmtId="166" formatCode="[h]:mm"/><numFmt numFmtId="167" formatCode="#,##0.00_ &quot;day&quot;"/><numFmt numFmtId="168" formatCode="yyyy/m/d\ h:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":       `<sst><si><t>名称</t></si><si><r><t>住民</t></r><r><t xml:space="preserve"> 記録</t></r><rPh sb="0" eb="2"><t>ジュウミン</t></rPh></si><si><t>a_x000D_b</t></si><si><t>値</t></si></sst>`,
		"xl/worksheets/sheet1.xml":   sheetXML(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`),
	}
	for k, v := range change {
		if v == "" {
			delete(parts, k)
		} else {
			parts[k] = v
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for k, v := range parts {
		w, err := z.Create(k)
		if err != nil {
			panic(err)
		}
		if _, err := w.Write([]byte(v)); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func sheetXML(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet><sheetData>` + rows + `</sheetData></worksheet>`
}

func oneCell(c string) []byte {
	return minimal(map[string]string{"xl/worksheets/sheet1.xml": sheetXML(`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2">` + c + `</row>`)})
}

func TestXLSXCells(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"shared text in runs, furigana left out", `<c r="A2" t="s"><v>1</v></c>`, "住民 記録"},
		{"sign written as _x000D_", `<c r="A2" t="s"><v>2</v></c>`, "a\rb"},
		{"text in the cell", `<c r="A2" t="inlineStr"><is><t>𠮷野家</t></is></c>`, "𠮷野家"},
		{"whole number", `<c r="A2"><v>42</v></c>`, "42"},
		{"whole number with an exponent", `<c r="A2"><v>1.5E+3</v></c>`, "1500"},
		{"number as binary leaves it", `<c r="A2"><v>0.30000000000000004</v></c>`, "0.3"},
		{"code with leading noughts by its format", `<c r="A2" s="3"><v>11002</v></c>`, "011002"},
		{"format with quoted word that has d and y", `<c r="A2" s="6"><v>3.5</v></c>`, "3.5"},
		{"true", `<c r="A2" t="b"><v>1</v></c>`, "TRUE"},
		{"false", `<c r="A2" t="b"><v>0</v></c>`, "FALSE"},
		{"day", `<c r="A2" s="1"><v>46350</v></c>`, "2026-11-24"},
		{"day in a Japanese format", `<c r="A2" s="2"><v>43586</v></c>`, "2019-05-01"},
		{"day and time", `<c r="A2" s="7"><v>46350.375</v></c>`, "2026-11-24 09:00:00"},
		{"time that rounds up to the next day", `<c r="A2" s="7"><v>46349.9999999</v></c>`, "2026-11-24"},
		{"time of day", `<c r="A2" s="4"><v>0.375</v></c>`, "09:00:00"},
		{"elapsed hours stay a number", `<c r="A2" s="5"><v>1.5</v></c>`, "1.5"},
		{"28 February 1900", `<c r="A2" s="1"><v>59</v></c>`, "1900-02-28"},
		{"1 March 1900", `<c r="A2" s="1"><v>61</v></c>`, "1900-03-01"},
		{"ISO day", `<c r="A2" t="d"><v>2026-11-24T00:00:00</v></c>`, "2026-11-24"},
		{"formula with its result", `<c r="A2" t="str"><f>A1</f><v>名称</v></c>`, "名称"},
		{"cell without address", `<c><v>7</v></c>`, "7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts, err := readAll("x.xlsx", oneCell(c.cell), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got := ts[0].Rows[0].Cells[0]; got.Text != c.want || got.Ref != "A2" {
				t.Errorf("got %q at %s, want %q at A2", got.Text, got.Ref, c.want)
			}
		})
	}
}

func TestXLSX1904(t *testing.T) {
	data := minimal(map[string]string{
		"xl/workbook.xml":          `<workbook><workbookPr date1904="1"/><sheets><sheet name="資産" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml": sheetXML(`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="1"><v>44888</v></c></row>`),
	})
	ts, err := readAll("x.xlsx", data, Limits{})
	if err != nil || ts[0].Rows[0].Cells[0].Text != "2026-11-24" {
		t.Errorf("got %v, %v; want 2026-11-24", ts, err)
	}
}

// refused wants an *Error with words in both languages, seen as an invalid fault.
func refused(t *testing.T, err error, words ...string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *sheet.Error", err)
	}
	if !fault.Is(err, fault.Invalid) || e.Message.EN == "" {
		t.Errorf("%v: not an invalid fault with words", err)
	}
	for _, w := range words {
		if all := e.Place().JA + e.Message.JA; !strings.Contains(all, w) {
			t.Errorf("%q does not say %q", all, w)
		}
	}
	return e
}

func TestRefusals(t *testing.T) {
	long := strings.Repeat("あ", 100_000)
	for _, c := range []struct {
		name, file string
		data       []byte
		words      []string
	}{
		{"empty file", "a.csv", nil, []string{"a.csv", "空"}},
		{"unknown kind", "a.docx", []byte("hello"), []string{".xlsx"}},
		{"PDF", "a.xlsx", []byte("%PDF-1.7"), []string{"PDF"}},
		{"old .xls", "a.xls", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 2000)...), []string{".xls", "保存し直"}},
		{"password", "a.xlsx", append(append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 70_000)...), utf16le("EncryptedPackage")...), []string{"パスワード"}},
		{"rights management", "a.xlsx", append(append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), utf16le("EncryptedPackage")...), utf16le("DRMEncryptedDataSpace")...), []string{"IRM"}},
		{"macro by its name", "a.xlsm", minimal(nil), []string{"マクロ"}},
		{"macro by its content", "a.xlsx", minimal(map[string]string{"xl/vbaProject.bin": "x"}), []string{"マクロ"}},
		{"text called .xlsx", "a.xlsx", []byte("a,b\n"), []string{"Excelブックではありません"}},
		{"zip of something else", "a.xlsx", minimal(map[string]string{"[Content_Types].xml": ""}), []string{"Excelブックではありません"}},
		{"cut in the middle", "a.xlsx", minimal(nil)[:400], []string{"壊れて"}},
		{"XML that stops", "a.xlsx", minimal(map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1">`}), []string{"壊れて"}},
		{"document type", "a.xlsx", minimal(map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`}), []string{"記述"}},
		{"comment in the sheet", "a.xlsx", minimal(map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><!-- x --></worksheet>`}), []string{"記述"}},
		{"merged cells", "a.xlsx", minimal(map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData><mergeCells><mergeCell ref="A2:B3"/></mergeCells></worksheet>`}), []string{"A2:B3", "結合", "資産"}},
		{"row beyond the limit", "a.xlsx", oneCell(`</row><row r="2000000"><c r="A2000000"><v>1</v></c>`), []string{"行数"}},
		{"column beyond the limit", "a.xlsx", oneCell(`<c r="XFD2"><v>1</v></c>`), []string{"列数"}},
		{"same cell twice", "a.xlsx", oneCell(`<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>`), []string{"番地"}},
		{"rows out of order", "a.xlsx", oneCell(`</row><row r="1">`), []string{"行番号"}},
		{"shared text that is not there", "a.xlsx", oneCell(`<c r="A2" t="s"><v>99</v></c>`), []string{"A2", "壊れて"}},
		{"error value", "a.xlsx", oneCell(`<c r="A2" t="e"><v>#REF!</v></c>`), []string{"A2", "#REF!"}},
		{"formula without result", "a.xlsx", oneCell(`<c r="A2"><f>NOW()</f></c>`), []string{"A2", "計算結果"}},
		{"two columns alike", "a.xlsx", minimal(map[string]string{"xl/worksheets/sheet1.xml": sheetXML(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t> 名　称 </t></is></c></row>`)}), []string{"C1", "2つ"}},
		{"value without a title", "a.xlsx", oneCell(`<c r="B2"><v>1</v></c>`), []string{"B2", "見出しのない"}},
		{"long text in a cell", "a.xlsx", oneCell(`<c r="A2" t="inlineStr"><is><t>` + long + `</t></is></c>`), []string{"長すぎ"}},
		{"quote never closed", "a.csv", []byte("a,b\n1,2\n\"3,4\n5,6\n"), []string{"3行目で始まる引用符"}},
		{"text behind a quote", "a.csv", []byte("a,b\n\"1\"x,2\n"), []string{"2行目"}},
		{"NUL in a CSV", "a.csv", []byte("a,b\n1,\x002\n"), []string{"NUL", "2行目"}},
		{"mixed encodings", "a.csv", []byte("名称\n\x96\xBC\xFF\xFF\n"), []string{"文字コード"}},
		{"wrong UTF-8 under its mark", "a.csv", []byte("\xEF\xBB\xBFa\n\xFFb\n"), []string{"2行目"}},
		{"too long a field", "a.csv", []byte("a\n\"" + long), []string{"2行目で始まる引用符"}},
		{"no array", "a.json", []byte(`{"a":1}`), []string{"配列"}},
		{"broken JSON", "a.json", []byte(`[{"a":1},`), []string{"JSON"}},
		{"name twice", "a.json", []byte(`[{"a":1,"a":2}]`), []string{"/0/a", "2回"}},
		{"nested value", "a.json", []byte(`[{"a":{"b":1}}]`), []string{"/0/a", "入れ子"}},
		{"deeply nested", "a.json", []byte(`[{"a":` + strings.Repeat("[", 100_000)), []string{"入れ子"}},
		{"text behind the array", "a.json", []byte(`[] x`), []string{"余分"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readAll(c.file, c.data, Limits{})
			refused(t, err, c.words...)
		})
	}
}

func TestWarnings(t *testing.T) {
	var told []*Error
	l := Limits{Warn: func(e *Error) { told = append(told, e) }}
	data := minimal(map[string]string{
		"xl/workbook.xml":          `<workbook><sheets><sheet name="控え" sheetId="2" state="hidden" r:id="r1"/><sheet name="資産" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml": sheetXML(`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row><row r="3"><c r="A3"><f>1+1</f><v>2</v></c></row>`),
	})
	ts, err := readAll("x.xlsx", data, l)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := grid(ts), "[資産]\n名称\n2\n2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(told) != 2 || told[0].Sheet != "控え" || told[1].Cell != "A2" || !strings.Contains(told[1].Message.JA, "2個") {
		t.Errorf("told %v, want the hidden sheet and 2 formulas from A2", told)
	}
}

func TestCSVForms(t *testing.T) {
	want := "名称|値\n住民～―①㈱髙|1\n"
	sjis := "\x96\xBC\x8F\xCC,\x92\x6C\r\n\x8F\x5A\x96\xAF\x81\x60\x81\x5C\x87\x40\x87\x8A\xFB\xFC,1\r\n"
	utf16 := func(bom string, big bool, s string) string {
		out := bom
		for _, r := range s {
			hi, lo := byte(r>>8), byte(r)
			if big {
				out += string([]byte{hi, lo})
			} else {
				out += string([]byte{lo, hi})
			}
		}
		return out
	}
	plain := "名称,値\n住民～―①㈱髙,1\n"
	for _, c := range []struct{ name, file, data string }{
		{"UTF-8", "a.csv", plain},
		{"UTF-8 with mark", "a.csv", "\xEF\xBB\xBF" + plain},
		{"CP932", "a.csv", sjis},
		{"UTF-16 little end, tabs, as Excel's Unicode text", "a.txt", utf16("\xFF\xFE", false, strings.ReplaceAll(plain, ",", "\t"))},
		{"UTF-16 big end", "a.csv", utf16("\xFE\xFF", true, plain)},
		{"CRLF", "a.csv", strings.ReplaceAll(plain, "\n", "\r\n")},
		{"CR only", "a.csv", strings.ReplaceAll(plain, "\n", "\r")},
		{"no last line end", "a.csv", strings.TrimSuffix(plain, "\n")},
		{"quotes", "a.csv", "\"名称\",\"値\"\n\"住民～―①㈱髙\",\"1\"\n"},
		{"tabs", "a.tsv", strings.ReplaceAll(plain, ",", "\t")},
		{"blank lines and blank ends", "a.csv", "\n名称,値,,\n\n住民～―①㈱髙,1,,\n,,\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts, err := readAll(c.file, []byte(c.data), Limits{})
			if err != nil || grid(ts) != want {
				t.Errorf("got %q, %v; want %q", grid(ts), err, want)
			}
		})
	}
}

func TestCSVQuotedLines(t *testing.T) {
	ts, err := readAll("a.csv", []byte("a,b\r\n\"1\r\n2\",\"say \"\"x\"\"\"\r\n3,x\"y\r\n"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := grid(ts), "a|b\n1\r\n2|say \"x\"\n3|x\"y\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := ts[0].Rows[1].Cells[1].Ref; got != "B3" {
		t.Errorf("the cell of the third row is %s, want B3", got)
	}
}

func TestJSON(t *testing.T) {
	ts, err := readAll("a.json", []byte("\xEF\xBB\xBF"+`[{"code":"T-1","n":1.50,"on":true,"tags":["a","b"]},{"n":null,"code":"T-2","x/y":"z"}]`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := grid(ts), "code|n|on|tags|x/y\nT-1|1.50|TRUE|a;b|\nT-2||||z\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := ts[0].Rows[1].Cells[4].Ref; got != "/1/x~1y" {
		t.Errorf("place %s, want /1/x~1y", got)
	}
}
