package when

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"okite/internal/msg"
)

var update = flag.Bool("update", false, "rewrite testdata/holidays.txt from the rules")

// The list in testdata is printed from the rules and was compared day by day, 1970 to 2050, with the npm package
// @holiday-jp/holiday_jp 2.5.1 (MIT): same days. It pins the days against a later change of the rules.
func TestHolidaysOfTheList(t *testing.T) {
	c := NewCalendar()
	var b strings.Builder
	for d := On(2000, 1, 1); d <= On(2035, 12, 31); d++ {
		if name, ok := c.Holiday(d); ok {
			fmt.Fprintf(&b, "%s %s\n", d, name.JA)
		}
	}
	const file = "testdata/holidays.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, lines := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(lines)) {
		if i >= len(got) || i >= len(lines) || got[i] != lines[i] {
			t.Fatalf("line %d differs from %s", i+1, file)
		}
	}
}

func TestHolidayCases(t *testing.T) {
	c := NewCalendar()
	for _, k := range []struct{ name, day, want string }{
		{"substitute on the next Monday", "2023-01-02", "振替休日"},
		{"substitute behind three holidays", "2026-05-06", "振替休日"},
		{"day between two", "2026-09-22", "国民の休日"},
		{"no substitute before the law", "1973-02-12", ""},
		{"first substitute", "1973-04-30", "振替休日"},
		{"May 4 before Greenery Day", "2001-05-04", "国民の休日"},
		{"May 4 on a Sunday was no holiday", "2003-05-04", ""},
		{"enthronement and the day before", "2019-04-30", "国民の休日"},
		{"Marine Day moved in 2020", "2020-07-23", "海の日"},
		{"its usual day in 2020", "2020-07-20", ""},
		{"Mountain Day's substitute in 2021", "2021-08-09", "振替休日"},
		{"no Emperor's Birthday in 2019", "2019-12-23", ""},
	} {
		t.Run(k.name, func(t *testing.T) {
			d, err := Parse(k.day)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := c.Holiday(d); got.JA != k.want {
				t.Errorf("Holiday(%s) = %q, want %q", k.day, got.JA, k.want)
			}
		})
	}
}

func TestOpenDays(t *testing.T) {
	c := NewCalendar(On(2026, 11, 2)).WithHoliday(On(2026, 11, 25), msg.T("臨時の祝日", "extra holiday"))
	for _, k := range []struct {
		name string
		d    Date
		open bool
	}{
		{"a plain Tuesday", On(2026, 11, 24), true}, {"a holiday", On(2026, 11, 23), false}, {"Saturday", On(2026, 11, 28), false},
		{"last day of the year's business", On(2026, 12, 28), true}, {"29 December", On(2026, 12, 29), false},
		{"3 January", On(2028, 1, 3), false}, {"4 January", On(2027, 1, 4), true},
		{"the city's own day", On(2026, 11, 2), false}, {"a holiday made later", On(2026, 11, 25), false},
	} {
		if got := c.IsOpen(k.d); got != k.open {
			t.Errorf("%s (%v): open %v, want %v", k.name, k.d, got, k.open)
		}
	}
	if got := c.AddOpen(On(2026, 12, 28), 1); got != On(2027, 1, 4) {
		t.Errorf("first open day after 28 December 2026: %v", got)
	}
}
