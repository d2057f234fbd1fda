package when

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"okite/internal/fault"
	"okite/internal/msg"
)

func TestParseLenient(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"ISO", "2026-11-24", "2026-11-24"},
		{"slashes", "2026/11/24", "2026-11-24"},
		{"one-digit month", "2026/4/1", "2026-04-01"},
		{"Japanese signs", "2026年11月24日", "2026-11-24"},
		{"compact", "20261124", "2026-11-24"},
		{"era in full", "令和8年11月24日", "2026-11-24"},
		{"era letter", "R8.11.24", "2026-11-24"},
		{"full width", "Ｒ８．１１．２４", "2026-11-24"},
		{"small letter and slashes", "r8/11/24", "2026-11-24"},
		{"first year by its name", "令和元年5月1日", "2019-05-01"},
		{"first year by number", "令和1年5月1日", "2019-05-01"},
		{"first year by letter", "R元.5.1", "2019-05-01"},
		{"one sign for the era", "㍻31年4月30日", "2019-04-30"},
		{"last day of 昭和", "昭和64年1月7日", "1989-01-07"},
		{"first day of 平成", "平成元年1月8日", "1989-01-08"},
		{"leap day", "令和6年2月29日", "2024-02-29"},
		{"blanks", " 令和 8 年 11 月 24 日 ", "2026-11-24"},
		{"day of the week", "令和8年11月24日（火）", "2026-11-24"},
		{"midnight behind, as Excel writes", "2026/11/24 0:00:00", "2026-11-24"},
		{"full-width minus", "2026−11−24", "2026-11-24"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseLenient(c.in)
			if err != nil || got.String() != c.want {
				t.Errorf("ParseLenient(%q) = %v, %v; want %s", c.in, got, err, c.want)
			}
		})
	}
}

func TestParseLenientRefuses(t *testing.T) {
	for _, c := range []struct{ name, in string }{
		{"nothing", ""},
		{"30 February", "2026-02-30"},
		{"29 February of a common year", "R7.2.29"},
		{"平成 after its end", "平成31年5月1日"},
		{"令和 before its beginning", "令和元年4月30日"},
		{"昭和 after its end", "昭和64年1月8日"},
		{"year nought", "令和0年1月1日"},
		{"no day", "令和元年5月"},
		{"two-digit year", "26/11/24"},
		{"month 13", "2026/13/01"},
		{"wrong day of the week", "令和8年11月24日（水）"},
		{"a time of day", "2026/11/24 9:00"},
		{"mixed separators of kinds", "2026年11/24"},
		{"明治 by the old calendar", "明治5年12月1日"},
		{"the day that stands for none", "1970-01-01"},
		{"words", "来月末"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := ParseLenient(c.in)
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("ParseLenient(%q) = %v, %v; want an invalid fault", c.in, d, err)
			}
			if f := fault.As(err); f.Message.JA == "" || f.Message.EN == "" {
				t.Errorf("words missing: %+v", f.Message)
			}
		})
	}
}

func TestParseIsStrict(t *testing.T) {
	for _, s := range []string{"2026-1-1", "2026/11/24", "2026-11-24 ", "+026-11-24", "2026-11-31", "20261124"} {
		if d, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v, want a fault", s, d)
		}
	}
}

func TestTexts(t *testing.T) {
	d := On(2026, 11, 24)
	at := StampOf(time.Date(2026, 11, 24, 0, 0, 5, 0, time.UTC))
	for _, c := range []struct{ got, want string }{
		{d.Text(msg.JA), "令和8年11月24日（火）"},
		{d.Text(msg.EN), "24 November 2026"},
		{d.Short(msg.JA), "R8.11.24"},
		{d.Short(msg.EN), "24 Nov 2026"},
		{On(2019, 5, 1).Wareki(), "令和元年5月1日"},
		{On(1872, 12, 31).Wareki(), "西暦1872年12月31日"},
		{Date(0).Text(msg.JA) + Date(0).String() + Date(0).Wareki() + Date(0).Short(msg.EN), ""},
		{at.Text(msg.JA), "令和8年11月24日 9:00"},
		{at.Text(msg.EN), "24 November 2026, 09:00"},
		{at.String(), "2026-11-24T09:00:05+09:00"},
		{FYName(2026, msg.JA), "令和8年度"},
		{FYName(2019, msg.JA), "令和元年度"},
		{FYName(2018, msg.JA), "平成30年度"},
		{FYName(1988, msg.JA), "昭和63年度"},
		{FYName(2026, msg.EN), "FY2026"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestOfUsesJapanTime(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"2026-11-23T14:59:59Z", "2026-11-23"},
		{"2026-11-23T15:00:00Z", "2026-11-24"},
		{"1969-12-31T14:59:59Z", "1969-12-31"},
		{"1960-03-01T00:00:00Z", "1960-03-01"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := Of(at).String(); got != c.want {
			t.Errorf("Of(%s) = %s, want %s", c.at, got, c.want)
		}
	}
}

func TestFY(t *testing.T) {
	for _, c := range []struct {
		d  Date
		fy int
	}{{On(2026, 3, 31), 2025}, {On(2026, 4, 1), 2026}, {On(2027, 3, 31), 2026}} {
		if got := c.d.FY(); got != c.fy {
			t.Errorf("%v.FY() = %d, want %d", c.d, got, c.fy)
		}
	}
	if FYStart(2026) != On(2026, 4, 1) || FYEnd(2026) != On(2027, 3, 31) {
		t.Errorf("年度 of 2026 is %v to %v", FYStart(2026), FYEnd(2026))
	}
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		d    Date
		n    int
		want string
	}{
		{On(2026, 1, 31), 1, "2026-02-28"}, {On(2024, 1, 31), 1, "2024-02-29"},
		{On(2026, 11, 24), 12, "2027-11-24"}, {On(2026, 3, 31), -1, "2026-02-28"}, {On(2026, 10, 31), 6, "2027-04-30"},
	} {
		if got := c.d.AddMonths(c.n).String(); got != c.want {
			t.Errorf("%v + %d months = %s, want %s", c.d, c.n, got, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	type row struct {
		D, None Date
		S       Stamp
	}
	in := row{D: On(2026, 11, 24), S: 1764000000123456}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out row
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("%s came back as %+v, %v; want %+v", b, out, err, in)
	}
}

func anyDate(t *rapid.T, name string) Date {
	return Date(rapid.IntRange(int(On(1873, 1, 1)), int(On(2199, 12, 31))).Filter(func(n int) bool { return n != 0 }).Draw(t, name))
}

// Every form a page writes is read back as the same day.
func TestFormsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t, "d")
		for _, s := range []string{d.String(), d.Wareki(), d.Text(msg.JA), d.Short(msg.JA)} {
			if got, err := ParseLenient(s); err != nil || got != d {
				t.Fatalf("%q of %v came back as %v, %v", s, d, got, err)
			}
		}
		if got := Of(d.Time()); got != d {
			t.Fatalf("Of(%v.Time()) = %v", d, got)
		}
		if d < FYStart(d.FY()) || d > FYEnd(d.FY()) {
			t.Fatalf("%v is not within its 年度 %d", d, d.FY())
		}
	})
}

func TestOpenDayArithmetic(t *testing.T) {
	c := NewCalendar(On(2026, 11, 2))
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.IntRange(int(On(2000, 1, 1)), int(On(2099, 1, 1))).Draw(t, "d"))
		n := rapid.IntRange(1, 300).Draw(t, "n")
		end := c.AddOpen(d, n)
		if !c.IsOpen(end) || c.OpenBetween(d, end) != n {
			t.Fatalf("%d open days after %v: %v, open %v, counted %d", n, d, end, c.IsOpen(end), c.OpenBetween(d, end))
		}
		if c.OpenBetween(end, d) != -n {
			t.Fatalf("counting back from %v to %v gives %d, want %d", end, d, c.OpenBetween(end, d), -n)
		}
		if c.IsOpen(d) && c.AddOpen(end, -n) != d {
			t.Fatalf("%d back from %v is %v, want %v", n, end, c.AddOpen(end, -n), d)
		}
		next := c.NextOpen(d)
		if !c.IsOpen(next) || next < d || (next > d && c.OpenBetween(d, next) != 1) {
			t.Fatalf("NextOpen(%v) = %v", d, next)
		}
	})
}

func FuzzParseLenient(f *testing.F) {
	for _, s := range []string{"令和8年11月24日", "R8.11.24", "Ｒ８．１１．２４", "20261124", "2026/11/24 0:00", "平成31年5月1日"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseLenient(s)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%q: not a fault: %v", s, err)
			}
			return
		}
		if back, err := Parse(d.String()); err != nil || back != d {
			t.Fatalf("%q read as %v, whose ISO form reads as %v, %v", s, d, back, err)
		}
	})
}
