package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// pieces are parts as spreadsheets write them, and as nobody should.
var pieces = []string{
	`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" + `<worksheet xmlns:r="x"><x:row r="1" a = 'b>c'/><c r="A1" t="s"><v>1</v></c></worksheet>`,
	`<a b="&lt;&#x41;&#65;&quot;" c="x` + "\r\n" + `y">t&amp;t` + "\r" + `u</a >`, "<a>\uFEFF掟</a>", `<?xml version="1.1"?><a/>`, `<?xml encoding='utf-8'?><a/>`, `<?xml encoding="CP932"?><a/>`,
	`<?x it's ?><a/>`, `<a>]]></a>`, `<a>]]&gt;</a>`, `<a>&nope;</a>`, `<a>&#0;</a>`, `<a>&#xD800;</a>`, "<a>\x01</a>", "<a>\xFF</a>", `<a b="<"/>`, `<a b=c/>`, `<a b/>`, `<a b="1"c='2'/>`,
	`<a:b:c/>`, `<:a/>`, `<a:/>`, `<1/>`, `< a/>`, `<a/ >`, `</a>`, `<a>`, `<a`, `<`, `a`, ``, `<a></a b>`, `<a b='"'>"</a>`, `<a` + "\xFF" + `/>`, "<a>&#13;\n\r&#10;</a>", `<?xml version=x version="1.0"?><a/>`, `<?>`, `<??>`,
	`<a b="1` + strings.Repeat("2", 70_000) + `"/>` + strings.Repeat("t", 70_000),
}

// theirs and ours write the tokens of a part in one form.
func theirs(data string) (string, error) {
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader(data))
	depth := 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) && depth == 0 {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			fmt.Fprintf(&b, "<%q", t.Name.Local)
			for _, a := range t.Attr {
				fmt.Fprintf(&b, " %q=%q", a.Name.Local, a.Value)
			}
		case xml.EndElement:
			depth--
			fmt.Fprintf(&b, "</%q", t.Name.Local)
		case xml.CharData:
			fmt.Fprintf(&b, "%q", t)
		}
	}
}

func ours(t testing.TB, data string) (string, error) {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for name, text := range map[string]string{"[Content_Types].xml": "<Types/>", "part.xml": data} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	book, err := openBook("a.xlsx", ".xlsx", bytes.NewReader(file.Bytes()), int64(file.Len()), Limits{}.filled())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	err = book.walk("part.xml", func(g *tag) error {
		fmt.Fprintf(&b, "<%q", g.name)
		for _, a := range g.attrs {
			fmt.Fprintf(&b, " %q=%q", a.name, a.value)
		}
		return nil
	}, func(name []byte) error { fmt.Fprintf(&b, "</%q", name); return nil }, func(text []byte) error { fmt.Fprintf(&b, "%q", text); return nil })
	return b.String(), err
}

// agree compares the two on one part. Markup that guard refuses is none of the reader's.
func agree(t *testing.T, data string) {
	got, mine := ours(t, data)
	want, other := theirs(data)
	if mine != nil && strings.Contains(mine.Error(), "markup that no spreadsheet writes") {
		return
	}
	switch strange := strings.ContainsFunc(data, func(r rune) bool { return r >= 0x80 }); {
	case other != nil && mine == nil && strange: // a name with signs that only encoding/xml tells from letters
	case (mine == nil) != (other == nil):
		t.Errorf("%.200q: ours says %v, encoding/xml says %v", data, mine, other)
	case mine == nil && got != want:
		t.Errorf("%.200q: ours reads\n%.500s\nencoding/xml reads\n%.500s", data, got, want)
	}
}

func TestMarkup(t *testing.T) {
	for _, data := range pieces {
		agree(t, data)
	}
}

func FuzzMarkup(f *testing.F) {
	for _, data := range pieces {
		if len(data) < 1000 {
			f.Add(data)
		}
	}
	f.Fuzz(agree)
}
