package register

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
)

func TestIndividualNumber(t *testing.T) {
	cases := []struct {
		name, text string
		want       bool
	}{
		{"together", "123456789018", true},
		{"wrong check digit", "123456789010", false},
		{"full width", "１２３４５６７８９０１８", true},
		{"in groups of four", "1234-5678-9018", true},
		{"full-width groups with full-width signs", "番号は１２３４－５６７８－９０１８です", true},
		{"groups with blanks", "1234 5678 9018", true},
		{"groups with ideographic blanks", "1234　5678　9018", true},
		{"odd groups", "12-345678-9018", true},
		{"within a sentence", "個人番号123456789018を記載", true},
		{"behind another number", "No.7 1234-5678-9018", true},
		{"with a mark nobody sees", "1234\u200b56789018", true},
		{"two groups with different signs", "1234-5678 9018", false},
		{"thirteen digits", "1234567890188", false},
		{"eleven digits", "12345678901", false},
		{"two dates", "2026-11-24 2027-03-31", false},
		{"in a hash", "e3b0c44298fc1c149afbf4c123456789018fb92427ae41e4649b934ca495991b", false},
		{"empty", "", false},
	}
	for _, c := range cases {
		if got := IndividualNumber(c.text); got != c.want {
			t.Errorf("%s: %q: got %v, want %v", c.name, c.text, got, c.want)
		}
	}
}

func TestParseReadsWhatPeopleType(t *testing.T) {
	c := catalog()
	d := c.Must("thing")
	cases := []struct {
		field, text string
		want        any
	}{
		{"name", "  名称　", "名称"}, {"order", "一\r\n二\r\n", "一\n二"},
		{"number", "１，２３４", int64(1234)}, {"number", "-5", int64(-5)}, {"number", "12.0", int64(12)}, {"number", "", int64(0)},
		{"persons", "", nil}, {"persons", "0", int64(0)},
		{"done", "はい", true}, {"done", "○", true}, {"done", "ＴＲＵＥ", true}, {"done", "いいえ", false}, {"done", "0", false}, {"done", "", false},
		{"from", "令和8年11月24日", when.On(2026, 11, 24)}, {"from", "Ｒ８．１１．２４", when.On(2026, 11, 24)}, {"from", "", when.Date(0)},
		{"class", "3A", "3A"}, {"class", "機密性３Ａ", "3A"}, {"class", "３ａ", "3A"}, {"class", "", ""},
		{"content", "税、個人番号", []string{"my_number", "tax"}}, {"content", "tax; 税, none", []string{"none", "tax"}}, {"content", "税 該当なし", []string{"none", "tax"}},
		{"content", "", []string(nil)}, {"content", "Individual number、税", []string{"my_number", "tax"}},
		{"helpers", "P-1、Ｐ－２", []string{"P-1", "P-2"}}, {"unit", " Ｕ-11 ", "U-11"},
	}
	for _, x := range cases {
		f, _ := d.Field(x.field)
		got, err := c.Parse(f, x.text)
		if err != nil || !equal(got, x.want) {
			t.Errorf("%s %q: got %#v, %v; want %#v", x.field, x.text, got, err, x.want)
		}
	}
	for _, x := range []struct{ field, text string }{{"number", "多数"}, {"number", "1.5"}, {"persons", "約100"}, {"done", "たぶん"}, {"from", "2026-02-30"}, {"at", "きのう"}, {"class", "極秘"}, {"content", "税、秘密"}, {"number", "99999999999999999999"}} {
		f, _ := d.Field(x.field)
		_, err := c.Parse(f, x.text)
		if m, ok := atField(err, x.field); !ok || m == "" || fault.As(err).Fields[0].Message.EN == "" {
			t.Errorf("%s %q: got %v, want a fault at the field", x.field, x.text, err)
		}
	}
}

func TestCanonIsReadBack(t *testing.T) {
	c := catalog()
	d := c.Must("thing")
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SampledFrom[[]string]
		vals := map[string]any{
			"name": strings.TrimSpace(rapid.StringMatching(`[あ-ん=+0-9 ]{0,9}`).Draw(t, "name")), "number": rapid.Int64().Draw(t, "number"),
			"done": rapid.Bool().Draw(t, "done"), "from": when.Date(rapid.Int32Range(-20000, 60000).Draw(t, "from")),
			"at":    when.Stamp(rapid.Int64Range(-1e15, 4e15).Draw(t, "at")),
			"class": texts([]string{"", "3A", "2", "1"}).Draw(t, "class"), "content": rapid.SampledFrom([][]string{nil, {"tax"}, {"my_number", "none", "tax"}}).Draw(t, "content"),
			"persons": rapid.SampledFrom([]any{nil, int64(0), int64(-3), int64(1 << 40)}).Draw(t, "persons"),
		}
		for name, v := range vals {
			f, _ := d.Field(name)
			for _, s := range []string{c.Canon(f, v), Raw(v)} {
				got, err := c.Parse(f, s)
				if err != nil || !equal(got, v) {
					t.Fatalf("%s: %#v is written %q and read as %#v, %v", name, v, s, got, err)
				}
			}
		}
		row := d.New()
		for name, v := range vals {
			d.Put(row, name, v)
		}
		js, err := encodeRow(d, row)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeRow(d, js); err != nil || !same(got, row) {
			t.Fatalf("%s is read as %v, %v; want %v", js, got, err, row)
		}
	})
}

func TestShow(t *testing.T) {
	c := catalog()
	d := c.Must("thing")
	labels := Labels{ref.New("unit", "U-1"): "総務局"}
	cases := []struct {
		field  string
		v      any
		ja, en string
	}{
		{"class", "3A", "機密性3A", "3A"}, {"class", "old", "old", "old"}, {"class", "", "", ""},
		{"content", []string{"my_number", "tax"}, "個人番号、税", "Individual number, Tax"},
		{"persons", int64(1234567), "1,234,567", "1,234,567"}, {"persons", nil, "", ""}, {"number", int64(-1000), "-1,000", "-1,000"},
		{"done", true, "はい", "Yes"}, {"from", when.On(2026, 11, 24), "令和8年11月24日（火）", "24 November 2026"}, {"from", when.Date(0), "", ""},
		{"unit", "U-1", "総務局", "総務局"}, {"unit", "U-9", "U-9", "U-9"},
	}
	for _, x := range cases {
		f, _ := d.Field(x.field)
		if ja, en := c.Show(f, x.v, msg.JA, labels), c.Show(f, x.v, msg.EN, labels); ja != x.ja || en != x.en {
			t.Errorf("%s %v: got %q and %q, want %q and %q", x.field, x.v, ja, en, x.ja, x.en)
		}
	}
}

func TestKeyCountsOn(t *testing.T) {
	for last, want := range map[string]string{"A-00099": "A-00100", "A-99999": "A-100000", "X": "X-00001", "7": "8", "U-2-9": "U-2-10"} {
		if got := countOn(last); got != want {
			t.Errorf("after %s: got %s, want %s", last, got, want)
		}
	}
}
