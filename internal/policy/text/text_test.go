package text

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"okite/internal/clause"
	"okite/internal/fault"
)

func file(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t *testing.T, name, s, layer string) Document {
	t.Helper()
	d, err := Read(name, []byte(s), layer)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return d
}

func (d *Document) clause(id string) Clause {
	i := slices.IndexFunc(d.Clauses, func(c Clause) bool { return string(c.ID) == id })
	if i < 0 {
		return Clause{}
	}
	return d.Clauses[i]
}

func ids(d Document) string {
	var out []string
	for _, c := range d.Clauses {
		out = append(out, string(c.ID))
	}
	return strings.Join(out, " ")
}

const basicIDs = "bp.0 bp.1 bp.2 bp.2.1 bp.2.2 bp.2.3 bp.2.4 bp.2.5 bp.2.6 bp.2.7 bp.2.8 bp.2.9 bp.3 bp.4 bp.5 bp.6 bp.7 bp.8 bp.8.1 bp.8.2 bp.8.3 " +
	"bp.9 bp.9.1 bp.9.2 bp.9.3 bp.9.4 bp.9.5 bp.9.6 bp.10 bp.11 bp.12 bp.13 bp.14"

// TestSeed reads the text a city gave, where it lies at hand.
func TestSeed(t *testing.T) {
	path := os.Getenv("OKITE_SEED")
	if path == "" {
		t.Skip("OKITE_SEED names no file")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, filepath.Base(path), string(b), Basic)
	if got := ids(d); got != basicIDs {
		t.Errorf("clauses\n got %s\nwant %s", got, basicIDs)
	}
	for _, c := range d.Clauses {
		if strings.Contains(c.Text, ".....") || strings.Contains(c.Title, "....") {
			t.Errorf("%s holds a line of the table of contents", c.ID)
		}
	}
	if c := d.clause("bp.9.4"); !strings.HasSuffix(c.Text, "講ずる。") || c.Number != "9(4)" || fmt.Sprint(c.Modal) != "[講ずる 原則として]" {
		t.Errorf("9(4): %+v", c)
	}
	if c := d.clause("bp.5"); strings.Count(c.Text, "\n\n") != 1 || fmt.Sprint(c.Modal) != "[なければならない ものとする]" {
		t.Errorf("5: %+v", c)
	}
	if c := d.clause("bp.8"); !strings.HasSuffix(c.Text, "次のとおりである。") {
		t.Errorf("8: %+v", c)
	}
	if c := d.clause("bp.0"); !strings.Contains(c.Text, "\t") || c.Title == "" {
		t.Errorf("the preamble lost its title or its table: %+v", c)
	}
	if c := d.clause("bp.1"); !strings.Contains(c.Text, "(注)") {
		t.Errorf("1 lost its note: %+v", c)
	}
	if len(d.Warnings) != 0 {
		t.Errorf("warnings %v", d.Warnings)
	}
	if d.Title != "情報セキュリティ基本方針" {
		t.Errorf("title %q", d.Title)
	}
}

func TestFurniture(t *testing.T) {
	d := read(t, "furniture.txt", string(file(t, "furniture.txt")), "")
	if got, want := ids(d), "bp.0 bp.1 bp.2 bp.2.1 bp.2.2 bp.2.3 bp.3 bp.4 bp.4.1 bp.4.2 bp.5"; got != want {
		t.Errorf("clauses\n got %s\nwant %s", got, want)
	}
	kinds := map[FurnitureKind]int{}
	for _, f := range d.Furniture {
		kinds[f.Kind]++
	}
	if kinds[Contents] != 14 || kinds[PageNumber] != 3 || kinds[RunningRow] != 3 {
		t.Errorf("furniture %v of %v", kinds, d.Furniture)
	}
	for id, want := range map[string]string{
		"bp.3":   "市長、教育委員会及び議会事務局は、この規程を守らなければならない。\n\nまた、仕事を任せた相手にも、契約によって守らせるものとする。",
		"bp.4":   "市は、次の対策を行う。",
		"bp.4.2": "番号を扱う機器は、原則として、ほかの領域とつなげないようにし、持ち出しを止めるための措置を講じる。",
	} {
		if got := d.clause(id).Text; got != want {
			t.Errorf("%s: %q", id, got)
		}
	}
	if c := d.clause("bp.1"); !strings.Contains(c.Text, "(注)：国際規格") || !strings.Contains(c.Text, "(confidentiality)") {
		t.Errorf("notes left clause 1: %q", c.Text)
	}
	if c := d.clause("bp.0"); c.Title != "星見市の情報安全規程の組立て" || !strings.Contains(c.Text, "\t変わりにくい考え方") {
		t.Errorf("preamble %+v", c)
	}
	if c := d.clause("bp.2.3"); c.Number != "2(3)" || c.Parent != "bp.2" || c.Heading != "第1章 情報セキュリティ基本方針" {
		t.Errorf("2(3): %+v", c)
	}
	if got := fmt.Sprint(d.clause("bp.4.1").Modal, d.clause("bp.4.2").Modal, d.clause("bp.3").Modal, d.clause("bp.5").Modal); got != "[努める] [講ずる 原則として] [なければならない ものとする] [ことがある]" {
		t.Errorf("modal words %s", got)
	}
	if len(d.Warnings) != 0 {
		t.Errorf("warnings %v", d.Warnings)
	}
}

func TestArticles(t *testing.T) {
	d := read(t, "articles.txt", string(file(t, "articles.txt")), "")
	if d.Layer != Standard || d.Title != "星見市情報セキュリティ対策基準" {
		t.Errorf("layer %s, title %s", d.Layer, d.Title)
	}
	want := "st.1 st.2 st.2.1 st.2.1.1 st.2.1.2 st.2.1.2.1 st.2.1.2.2 st.2.2 st.2.3 st.2.3.1 st.2.3.2 st.3 st.4"
	if got := ids(d); got != want {
		t.Errorf("clauses\n got %s\nwant %s", got, want)
	}
	for id, want := range map[string][3]string{
		"st.1":       {"第1条", "ねらい", "[bp.4]"},
		"st.2":       {"第2条", "役割（基本方針6）", "[bp.6]"},
		"st.2.1":     {"第2条第1項", "", "[bp.6]"},
		"st.2.1.2.1": {"第2条第1項(2)ア", "正となる者", "[bp.6]"},
		"st.2.3.2":   {"第2条第3項(2)", "", "[bp.6]"},
		"st.3":       {"第3条", "持ち出し", "[bp.9.2 bp.9.4]"},
		"st.4":       {"第4条", "", "[bp.9.2 bp.9.4]"},
	} {
		c := d.clause(id)
		if got := [3]string{c.Number, c.Title, fmt.Sprint(c.Parents)}; got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if c := d.clause("st.4"); c.Text != "多くの人が使う機器には、\n２年ごとに点検を行う。" {
		t.Errorf("a line that goes on was cut: %q", c.Text)
	}
	if h := d.Headings[len(d.Headings)-1]; h.Title != "附　則" || !strings.Contains(h.Text, "２　以前の決まりは") {
		t.Errorf("supplementary provisions %+v", h)
	}
}

func TestChapters(t *testing.T) {
	d := read(t, "chapters.txt", string(file(t, "chapters.txt")), Standard)
	want := "st.1 st.1.1 st.1.2 st.1.2.1 st.1.2.2 st.1.2.2.1 st.1.2.2.2 st.2 st.2.1 st.2.1.1 st.2.1.1.1 st.2.1.1.2 st.2.1.2 st.2.2 st.2.2.1 st.2.2.1.1 st.2.2.1.2 st.2.2.2"
	if got := ids(d); got != want {
		t.Errorf("clauses\n got %s\nwant %s", got, want)
	}
	if c := d.clause("st.2.1.1.2"); c.Number != "第2章第1節1(2)" || c.Parent != "st.2.1.1" {
		t.Errorf("%+v", c)
	}
	if c := d.clause("st.1.1"); fmt.Sprint(c.Parents) != "[bp.6]" {
		t.Errorf("wide digits in a mark: %v", c.Parents)
	}
}

func TestMarkdown(t *testing.T) {
	d := read(t, "basic.md", string(file(t, "basic.md")), "")
	if got, want := ids(d), "bp.0 bp.1 bp.2 bp.2.1 bp.2.2 bp.3"; got != want {
		t.Errorf("clauses\n got %s\nwant %s", got, want)
	}
	if c := d.clause("bp.2"); c.Title != "対策" {
		t.Errorf("bold title %q", c.Title)
	}
	if c := d.clause("bp.2.2"); c.Text != "- 鍵をかける\n- 記録を残す" {
		t.Errorf("list %q", c.Text)
	}
}

// TestLayouts: texts laid out as offices do. What a clause says is looked at where its neighbours could take it.
func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		file, title, ids string
		clauses          map[string][3]string // number, title, text
	}{
		{"branches.txt", "港見市情報セキュリティ対策基準", "st.1 st.2 st.3 st.3.1 st.3.2 st.3.2.1 st.3.2.1.1 st.3.2.1.2 st.3.2.1-2 st.3.2.2 st.3.2-2 st.3.3 st.3-2 st.3-2.1 st.3-2.2 st.3-2-2 st.4", map[string][3]string{
			"st.2":       {"第2条", "用語の定義", "この基準における用語の意義は、次の表のとおりとする。\n用語\t意義\n端末\t職員が仕事で用いる機器をいう。\n媒体\t記録を持ち運ぶための物をいう。\n※　表にない用語は、基本方針の例による。"},
			"st.3.2.1-2": {"第3条第2項(1)の2", "", "鍵の管理に関すること。"},
			"st.3.2-2":   {"第3条第2項の2", "", "責任者が不在のときは、その代理の者が前項の事務を行うものとする。"},
			"st.3-2":     {"第3条の2", "代理の者", ""},
			"st.3-2.1":   {"第3条の2第1項", "", "責任者は、あらかじめ代理の者を定めなければならない。"},
			"st.3-2-2":   {"第3条の2の2", "届出", "代理の者を定めたときは、届け出るものとする。"},
			"st.4":       {"第4条", "点検（基本方針９の２(4)、10）", "年１回、点検を行う。"},
		}},
		{"sections.txt", "森川町情報セキュリティ対策基準", "st.1 st.1.1 st.1.1.1 st.1.1.1.1 st.1.1.1.1.1 st.1.1.1.1.2 st.1.1.1.2 st.1.1.2 st.1.2 st.1.2.1 st.1.2.2 st.2 st.2.1 st.2.1.1 st.2.1.1.1 st.2.1.1.2", map[string][3]string{
			"st.1.1.1.1.2": {"第1章第1節(1)ア(イ)", "", "委員会を開く。"},
			"st.1.1.2":     {"第1章第1節(2)", "委員会", "年２回以上開くものとする。\n※ 緊急のときは、書面で開くことができる。"},
			"st.1.2.1":     {"第1章第2節(1)", "学ぶこと", "研修を受けなければならない。"},
		}},
		{"dotted.md", "谷原市情報セキュリティ対策基準", "st.1 st.1.1 st.1.2 st.1.2.1 st.1.2.2 st.1.2.2-2 st.2 st.2.1 st.2.1-2 st.2.2 st.3", map[string][3]string{
			"st.1.2.2-2": {"1.2.2の2", "準管理区域", "鍵のかかる棚をいう。"},
			"st.2.1":     {"2.1", "責任者", "責任者は、\n2.5時間ごとに巡回する。"},
			"st.2.2":     {"2.2", "委員会", "- 委員長\n- 委員"},
		}},
		{"vertical.txt", "岬町情報セキュリティ基本方針", "bp.1 bp.2 bp.2.1 bp.2.2 bp.2.2-2 bp.2.3 bp.3 bp.3.1 bp.3.2 bp.3-2 bp.4 bp.10 bp.10.1 bp.10.2", map[string][3]string{
			"bp.2.2-2": {"第2条第2号の2", "端末", "機器のうち職員が直に用いるものをいう。"},
			"bp.3-2":   {"第3条の2", "委託を受けた者の責務", "町の仕事を任された者は、この方針を守るものとする。"},
			"bp.4":     {"第4条から第9条まで", "削除", ""},
		}},
		{"outline.txt", "砂丘村情報セキュリティ基本方針（要綱）", "bp.0 bp.1 bp.2 bp.3 bp.3.1 bp.3.1.1 bp.3.1.1.1 bp.3.1.1.2 bp.3.1.2 bp.3.2 bp.3-2 bp.4", map[string][3]string{
			"bp.2":       {"第2", "用語の定義", "次の表に定めるところによる。\n（用語）\t（意味）\n情報\t記録したもの\n回線\t情報を運ぶもの\n（注）表は、毎年見直す。"},
			"bp.3.1.1.2": {"第3 1(1)イ", "役に就いた者", ""},
			"bp.3-2":     {"第3の2", "委託先の対策", "契約で定める。"},
		}},
	} {
		d := read(t, c.file, string(file(t, c.file)), "")
		if d.Title != c.title {
			t.Errorf("%s: title %q", c.file, d.Title)
		}
		if got := ids(d); got != c.ids {
			t.Errorf("%s: clauses\n got %s\nwant %s", c.file, got, c.ids)
		}
		for id, want := range c.clauses {
			if k := d.clause(id); [3]string{k.Number, k.Title, k.Text} != want {
				t.Errorf("%s: %s: %q, want %q", c.file, id, [3]string{k.Number, k.Title, k.Text}, want)
			}
		}
		for i := 1; i < len(d.Clauses); i++ {
			if !clause.Less(d.Clauses[i-1].ID, d.Clauses[i].ID) {
				t.Errorf("%s: %s stands before %s", c.file, d.Clauses[i-1].ID, d.Clauses[i].ID)
			}
		}
		for _, w := range d.Warnings {
			if !strings.Contains(w.Message.JA, "附") {
				t.Errorf("%s: line %d: %s", c.file, w.Line, w.Message.JA)
			}
		}
	}
	d := read(t, "branches.txt", string(file(t, "branches.txt")), "")
	if got := fmt.Sprint(d.clause("st.4").Parents); got != "[bp.9-2.4 bp.10]" {
		t.Errorf("a branch in a mark: %s", got)
	}
	d = read(t, "sections.txt", string(file(t, "sections.txt")), "")
	kinds := map[FurnitureKind]int{}
	for _, f := range d.Furniture {
		kinds[f.Kind]++
	}
	if kinds[Contents] != 6 || kinds[PageNumber] != 3 || kinds[RunningRow] != 6 {
		t.Errorf("furniture %v", kinds)
	}
	d = read(t, "dotted.md", string(file(t, "dotted.md")), "")
	if len(d.Furniture) != 3 || d.Furniture[1].Text != "情報セキュリティ対策基準 谷原市 2/3" {
		t.Errorf("running heads with a page number: %v", d.Furniture)
	}
}

// TestBranches: which numbers may follow which. What does not follow is said or refused, never taken in silently.
func TestBranches(t *testing.T) {
	article := func(ns ...string) string {
		var b strings.Builder
		for _, n := range ns {
			b.WriteString(n + "　決まりを守る。\n\n")
		}
		return b.String()
	}
	for _, c := range []struct {
		name, s, ids string
		warnings     int
	}{
		{"one put in", article("第1条", "第1条の2", "第2条"), "bp.1 bp.1-2 bp.2", 0},
		{"two put in", article("第1条", "第1条の2", "第1条の3", "第2条"), "bp.1 bp.1-2 bp.1-3 bp.2", 0},
		{"one put in behind one put in", article("第1条", "第1条の2", "第1条の2の2", "第1条の3"), "bp.1 bp.1-2 bp.1-2-2 bp.1-3", 0},
		{"wide digits", article("第１条", "第１条の２"), "bp.1 bp.1-2", 0},
		{"Japanese numerals", article("第一条", "第一条の二", "第一条の三の二"), "bp.1 bp.1-2 bp.1-3-2", 1},
		{"a branch left out", article("第1条", "第1条の3", "第2条"), "bp.1 bp.1-3 bp.2", 1},
		{"chapters", "第1章 人\n\n(1) 学ぶ。\n\n第1章の2 物\n\n(1) 守る。\n", "bp.1 bp.1.1 bp.1-2 bp.1-2.1", 0},
		{"numbers", "1 目的\n\n守る。\n\n1の2 範囲\n\n全部。\n\n2 対策\n\n(1) 人\n(1の2) 物\n(2) 場所\n", "bp.1 bp.1-2 bp.2 bp.2.1 bp.2.1-2 bp.2.2", 0},
		{"two taken out", "第1条　守る。\n\n第2条及び第3条　削除\n\n第4条　学ぶ。\n", "bp.1 bp.2 bp.4", 0},
		{"a sentence that begins with an article", "第1条　守る。\n第1条の2の規定を除く。\n第2条　学ぶ。\n", "bp.1 bp.2", 0},
		{"a counted thing is no branch", "1 対策\n\n(1) 人\n(2)の2点を守る。\n", "bp.1 bp.1.1 bp.1.2", 0},
	} {
		d := read(t, "x.txt", c.s, Basic)
		if ids(d) != c.ids || len(d.Warnings) != c.warnings {
			t.Errorf("%s: clauses %s, want %s; warnings %v", c.name, ids(d), c.ids, d.Warnings)
		}
	}
	for name, s := range map[string]string{"a branch behind the next": article("第1条", "第2条", "第1条の2"), "branches swapped": article("第1条", "第1条の3", "第1条の2"), "a branch twice": article("第1条", "第1条の2", "第1条の2")} {
		if _, err := Read("x.txt", []byte(s), Basic); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEncodings: the same text in every form gives the same clauses.
func TestEncodings(t *testing.T) {
	for _, name := range []string{"articles.txt", "branches.txt", "sections.txt", "vertical.txt", "outline.txt"} {
		plain := string(file(t, name))
		want := read(t, name, plain, "")
		sjis, err := japanese.ShiftJIS.NewEncoder().String(strings.ReplaceAll(plain, "\n", "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		for form, s := range map[string]string{"CP932": sjis, "with a mark": "\ufeff" + plain, "CRLF": strings.ReplaceAll(plain, "\n", "\r\n"), "CR": strings.ReplaceAll(plain, "\n", "\r")} {
			got := read(t, name, s, "")
			if len(got.Clauses) != len(want.Clauses) || len(got.Furniture) != len(want.Furniture) {
				t.Errorf("%s in %s: %d clauses, want %d", name, form, len(got.Clauses), len(want.Clauses))
				continue
			}
			for i, c := range got.Clauses {
				if w := want.Clauses[i]; c.Text != w.Text || c.ID != w.ID || c.Title != w.Title {
					t.Errorf("%s in %s: clause %s is %q, want %q", name, form, c.ID, c.Text, w.Text)
				}
			}
		}
	}
}

func TestRefused(t *testing.T) {
	wide := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteByte(byte(r))
			b.WriteByte(byte(r >> 8))
		}
		return b.String()
	}
	for name, c := range map[string]struct{ s, ja, en string }{
		"empty":               {"", "文字がありません", "no text"},
		"blank":               {" \n　\t\f\n", "文字がありません", "no text"},
		"binary":              {"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00\x01\x00\x00\x00", "文字ではない", "other than text"},
		"UTF-16 with mark":    {"\xff\xfe" + wide("1 目的"), "UTF-16", "UTF-16"},
		"UTF-16 without":      {wide("1. policy of the town, written in plain letters"), "UTF-16", "UTF-16"},
		"too large":           {strings.Repeat("あ", 50<<20/3), "大きすぎます", "too large"},
		"PDF":                 {"%PDF-1.7\n", "PDF", "PDF"},
		"neither of the two":  {"1 \xe7\x9b\xae\xff\xff\x80", "読み取れません", "cannot be read"},
		"broken Word":         {"PK\x03\x04rest", "Word", "Word"},
		"two clauses swapped": {"1 目的\n\n守る。\n\n3 範囲\n\n全部。\n\n2 定義\n\nことば。\n", "9行目の「2」が、番号の順", "Line 9"},
		"a clause twice":      {"1 目的\n\n守る。\n\n2 定義\n\nことば。\n\n2 範囲\n\n全部。\n", "番号の順", "out of order"},
		"articles swapped":    {"第1条 一である。\n第3条 三である。\n第2条 二である。\n", "番号の順", "out of order"},
		"items swapped":       {"1 定義\n(1) 一\n(3) 三\n(2) 二\n", "番号の順", "out of order"},
		"unknown layer":       {"1 目的", "", ""},
	} {
		layer := Basic
		if name == "unknown layer" {
			layer = "third"
		}
		_, err := Read("x.txt", []byte(c.s), layer)
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		if m := f.Fields[0].Message; !strings.Contains(m.JA, c.ja) || !strings.Contains(m.EN, c.en) {
			t.Errorf("%s: said %q, %q", name, m.JA, m.EN)
		}
	}
}

func TestUnknownLayoutIsSaid(t *testing.T) {
	d := read(t, "x.txt", "■ ねらい\n\n情報を守る。\n\n■ 対策\n\n鍵をかける。\n", Basic)
	if ids(d) != "bp.0" || len(d.Warnings) == 0 || d.Warnings[0].Line != 1 {
		t.Errorf("clauses %s, warnings %v", ids(d), d.Warnings)
	}
	d = read(t, "x.txt", "1 目的\n\n守る。\n\n■ 対策\n\n鍵をかける。\n", Basic)
	if len(d.Warnings) != 1 || d.Warnings[0].Line != 5 {
		t.Errorf("warnings %v", d.Warnings)
	}
	d = read(t, "x.txt", "1 目的\n\n守る。\n\n4 対策\n\n鍵をかける。\n", Basic)
	if ids(d) != "bp.1 bp.4" || len(d.Warnings) != 1 || d.Warnings[0].Line != 5 {
		t.Errorf("a gap: clauses %s, warnings %v", ids(d), d.Warnings)
	}
}
