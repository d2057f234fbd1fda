package text

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"okite/internal/fault"
)

// count counts the signs of a text that are not blank.
func count(m map[rune]int, s string, by int) {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			m[r] += by
		}
	}
}

// lost compares the signs of the source with those of everything that came out of it, without asking the pieces of
// clauses and headings.
func lost(d Document) string {
	m := map[rune]int{}
	count(m, d.Source, 1)
	for _, c := range d.Clauses {
		count(m, c.Mark+c.Title+c.Text, -1)
	}
	for _, h := range d.Headings {
		count(m, h.Title+h.Text, -1)
	}
	for _, f := range d.Furniture {
		count(m, f.Text, -1)
	}
	for _, p := range d.Pieces {
		if p.Kind == SignPiece {
			count(m, d.Source[p.From:p.To], -1)
		}
	}
	maps.DeleteFunc(m, func(_ rune, n int) bool { return n == 0 })
	if len(m) > 0 {
		return fmt.Sprint(m)
	}
	return ""
}

func whole(t interface{ Errorf(string, ...any) }, s, layer string) {
	d, err := Read("x.txt", []byte(s), layer)
	if err != nil {
		if fault.As(err) == nil {
			t.Errorf("read %q: %v", s, err)
		}
		return
	}
	if l := lost(d); l != "" {
		t.Errorf("%q: signs lost or doubled: %s", s, l)
	}
}

func TestNothingIsLost(t *testing.T) {
	parts := []string{"1 目的", "2 定義", "１　目的", "3. 範囲", "(1) 情報", "（２）回線", "①紙", "② 記録", "ア　正", "イ 副", "(ア) 甲", "a) 乙", "1.1 細目", "1.2 細目",
		"第1章 総則", "第２章　機器", "第1節 利用", "第1条 この基準は、次のとおりとする。", "第２条（役割）", "第3条（役割）（基本方針9(4)）", "（見出し）", "（見出し）（基本方針6）", "序 組立て", "前文", "はじめに",
		"第1条の2 守る。", "第一条の二　守る。", "第２条の３の２（鍵）", "第4条から第9条まで　削除", "第2条及び第3条 削除", "1の2 範囲", "２の２　届ける。", "(1)の2 物", "（１の２）物", "1.1の2 細目", "第1　趣旨", "第１の２　範囲", "一　人", "二　物", "二の二　端末", "（一）人", "（二） 物", "第1章の2 物", "対策基準 1/9", "対策基準 2/9", "※ 注", "附則（令和8年）",
		"目次", "目 次", "1 目的.....\t2", "(1) 情報…………3", "第1章 総則（第1条―第3条）", "- 3 -", "4", "2/9", "星見市情報安全規程", "\f", "----", "附　則", "別表第1", "令和7年4月1日",
		"本市は、情報を守る。", "次のことを行い、", "２年ごとに調べる。", "(注)：ことば", "文書\t内容\t備考", "■ ねらい", "# 題", "## 1 目的", "## **2 対策**", "**3 見直し**", "第2章 対策基準", "第1章 基本方針", "", "　"}
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom(parts), 1, 40).Draw(t, "lines")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r", "\n\n"}).Draw(t, "end")
		whole(t, strings.Join(lines, end), rapid.SampledFrom([]string{"", Basic, Standard}).Draw(t, "layer"))
	})
}

func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) < 4 {
		f.Fatalf("texts: %v, %v", names, err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(word2(f, `<w:p><w:r><w:t>1 目的</w:t></w:r></w:p>`, ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, layer := range []string{"", Standard} {
			d, err := Read("x.txt", b, layer)
			if err != nil && fault.As(err) == nil {
				t.Fatalf("read: %v", err)
			}
			if err == nil {
				if l := lost(d); l != "" {
					t.Fatalf("signs lost or doubled: %s", l)
				}
			}
		}
	})
}

// word2 makes a Word document of a body and, when given, a part with list numbers.
func word2(t testing.TB, body, lists string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const ns = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`
	put := func(name, s string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(s))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("word/document.xml", `<w:document`+ns+`><w:body>`+body+`</w:body></w:document>`)
	if lists != "" {
		put("word/numbering.xml", `<w:numbering`+ns+`>`+lists+`</w:numbering>`)
	}
	put("word/footnotes.xml", `<w:footnotes`+ns+`><w:footnote w:id="2"><w:p><w:r><w:t>欄外のことば</w:t></w:r></w:p></w:footnote></w:footnotes>`)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWord(t *testing.T) {
	p := func(num, s string) string {
		pr := ""
		if num != "" {
			pr = `<w:pPr><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs><w:numPr><w:ilvl w:val="` + num + `"/><w:numId w:val="7"/></w:numPr></w:pPr>`
		}
		return `<w:p>` + pr + `<w:r><w:t>` + s + `</w:t></w:r></w:p>`
	}
	cell := func(s string) string { return `<w:tc>` + p("", s) + `</w:tc>` }
	lists := `<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>` +
		`<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimalFullWidth"/><w:lvlText w:val="（%2）"/></w:lvl>` +
		`<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="aiueoFullWidth"/><w:lvlText w:val="%3"/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num>`
	body := p("", "星見市情報セキュリティ基本方針") + p("0", "ねらい") + p("", "情報を守る。") + p("0", "対策") +
		`<w:p><w:r><w:t xml:space="preserve">次の対策を</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:del><w:r><w:delText>やめる</w:delText></w:r></w:del><w:ins><w:r><w:t>講ずる。</w:t></w:r></w:ins></w:p>` +
		p("1", "人") + p("1", "物") + p("2", "鍵") + p("2", "柵") +
		`<w:tbl><w:tr>` + cell("区分") + cell("置き場所") + `</w:tr></w:tbl>` + p("0", "見直し") +
		`<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>毎年行う。</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>毎年行う。</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>`
	d, err := Read("p.docx", word2(t, body, lists), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ids(d), "bp.1 bp.2 bp.2.1 bp.2.2 bp.2.2.1 bp.2.2.2 bp.3"; got != want {
		t.Fatalf("clauses\n got %s\nwant %s\n%s", got, want, d.Source)
	}
	if c := d.clause("bp.2"); c.Text != "次の対策を(注1)講ずる。\n(注1)欄外のことば" {
		t.Errorf("text with a note %q", c.Text)
	}
	if c := d.clause("bp.2.2.2"); c.Number != "2(2)イ" || !strings.Contains(c.Text, "区分 \t置き場所") {
		t.Errorf("%+v", c)
	}
	if c := d.clause("bp.3"); c.Text != "毎年行う。" {
		t.Errorf("text said twice: %q", c.Text)
	}
	if l := lost(d); l != "" {
		t.Errorf("lost %s", l)
	}
	if _, err := Read("p.docx", word2(t, `<w:p><w:r>`, ""), ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("broken document: %v", err)
	}
	bomb := word2(t, `<w:p><w:r><w:t>`+strings.Repeat("あ", maxPart/3+10)+`</w:t></w:r></w:p>`, "")
	if _, err := Read("p.docx", bomb, ""); !fault.Is(err, fault.Invalid) || len(bomb) > MaxFile {
		t.Errorf("a bomb of %d bytes: %v", len(bomb), err)
	}
}
