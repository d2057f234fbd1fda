// Package when holds days, moments and the calendar of a Japanese municipality: 和暦, 年度 and 開庁日.
// Deadlines of many clauses count open days or end with the 年度 (bp.9.6, bp.10, bp.11, bp.12), so the counting
// stands in one place. Nothing here asks a clock: a day is always passed in.
package when

import (
	"fmt"
	"strconv"
	"time"

	"okite/internal/msg"
)

// Japan is the zone of every date and time shown to people. Japan has had no summer time since 1951.
var Japan = time.FixedZone("JST", 9*60*60)

// Date is a calendar day in Japan, in days since 1970-01-01. Zero means no date, so 1970-01-01 itself cannot be
// held; Parse refuses it in words instead of losing it.
type Date int32

// Of is the day in Japan on which t falls. The zero time gives no date.
func Of(t time.Time) Date {
	if t.IsZero() {
		return 0
	}
	sec := t.Unix() + 9*60*60
	day := sec / 86400
	if sec%86400 < 0 {
		day--
	}
	return Date(day)
}

// On is the day y-m-d. Days beyond a month's end run on into the next month, as with time.Date.
func On(y, m, d int) Date {
	return Date(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// IsZero says whether there is no date.
func (d Date) IsZero() bool { return d == 0 }

func (d Date) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Time is the beginning of the day in Japan; no date gives the zero time.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(int64(d)*86400-9*60*60, 0).In(Japan)
}

// YMD is the year, month (1–12) and day of the month in the Gregorian calendar.
func (d Date) YMD() (y, m, day int) {
	yy, mm, dd := d.utc().Date()
	return yy, int(mm), dd
}

// Year is the Gregorian year.
func (d Date) Year() int { return d.utc().Year() }

// Month is 1 to 12.
func (d Date) Month() int { return int(d.utc().Month()) }

// Day is the day of the month.
func (d Date) Day() int { return d.utc().Day() }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays counts calendar days.
func (d Date) AddDays(n int) Date { return d + Date(n) }

// AddMonths is the same day n months on, or the month's last day when it has no such day: a period set in months
// ends so by the Civil Code (民法143条2項).
func (d Date) AddMonths(n int) Date {
	y, m, day := d.YMD()
	last := On(y, m+n+1, 0)
	if day > last.Day() {
		return last
	}
	return On(y, m+n, day)
}

// String is the ISO form 2026-11-24, "" for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	y, m, day := d.YMD()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; nothing reads as no date.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	*d, err = Parse(string(b))
	return err
}

var weekdays = [7]msg.Text{
	msg.T("日", "Sunday"), msg.T("月", "Monday"), msg.T("火", "Tuesday"), msg.T("水", "Wednesday"),
	msg.T("木", "Thursday"), msg.T("金", "Friday"), msg.T("土", "Saturday"),
}

// Text is the long form for pages: 令和8年11月24日（火） or 24 November 2026.
func (d Date) Text(lang msg.Lang) string {
	if d == 0 {
		return ""
	}
	if lang == msg.EN {
		return d.utc().Format("2 January 2006")
	}
	return d.Wareki() + "（" + weekdays[d.Weekday()].JA + "）"
}

// Short is the form for dense tables: R8.11.24 or 24 Nov 2026.
func (d Date) Short(lang msg.Lang) string {
	if d == 0 {
		return ""
	}
	if lang == msg.EN {
		return d.utc().Format("2 Jan 2006")
	}
	y, m, day := d.YMD()
	e, ok := eraOf(d)
	if !ok {
		return fmt.Sprintf("%d.%d.%d", y, m, day)
	}
	return fmt.Sprintf("%s%d.%d.%d", e.letter, e.year(y), m, day)
}

// Both gives a date in each language, for putting into a msg.F.
func (d Date) Both() msg.Text { return msg.Text{JA: d.Text(msg.JA), EN: d.Text(msg.EN)} }

// Wareki is 令和8年11月24日. Days before 1873, when Japan took the Gregorian calendar, keep the Gregorian year.
func (d Date) Wareki() string {
	if d == 0 {
		return ""
	}
	y, m, day := d.YMD()
	e, ok := eraOf(d)
	if !ok {
		return fmt.Sprintf("西暦%d年%d月%d日", y, m, day)
	}
	return fmt.Sprintf("%s%s年%d月%d日", e.name, e.yearText(y), m, day)
}

// FY is the 年度 of the day, named by the year in which it begins: 1 April to 31 March.
func (d Date) FY() int {
	y, m, _ := d.YMD()
	if m < 4 {
		return y - 1
	}
	return y
}

// FYStart is 1 April of the 年度.
func FYStart(fy int) Date { return On(fy, 4, 1) }

// FYEnd is 31 March that ends the 年度.
func FYEnd(fy int) Date { return On(fy+1, 3, 31) }

// FYName is 令和8年度 or FY2026. The era is the one of 30 September, so the 年度 in which 令和 began in May
// is 令和元年度, as the government settled it on 1 April 2019.
func FYName(fy int, lang msg.Lang) string {
	if lang == msg.EN {
		return "FY" + strconv.Itoa(fy)
	}
	e, ok := eraOf(On(fy, 9, 30))
	if !ok {
		return strconv.Itoa(fy) + "年度"
	}
	return e.name + e.yearText(fy) + "年度"
}

// era is an 元号 with its first and last day.
type era struct {
	name, letter string
	first, last  Date
	base         int // Gregorian year of 元年, less one
}

func (e era) year(y int) int { return y - e.base }

func (e era) yearText(y int) string {
	if n := e.year(y); n > 1 {
		return strconv.Itoa(n)
	}
	return "元"
}

// eras, newest first. 明治 counts from 明治6年 (1873): before it the calendar was another.
var eras = []era{
	{"令和", "R", On(2019, 5, 1), On(9999, 12, 31), 2018},
	{"平成", "H", On(1989, 1, 8), On(2019, 4, 30), 1988},
	{"昭和", "S", On(1926, 12, 25), On(1989, 1, 7), 1925},
	{"大正", "T", On(1912, 7, 30), On(1926, 12, 24), 1911},
	{"明治", "M", On(1873, 1, 1), On(1912, 7, 29), 1867},
}

func eraOf(d Date) (era, bool) {
	for _, e := range eras {
		if d >= e.first && d <= e.last {
			return e, true
		}
	}
	return era{}, false
}
