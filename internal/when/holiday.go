package when

import (
	"time"

	"okite/internal/msg"
)

// The national holidays by 国民の祝日に関する法律, as amended in 1966, 1973, 1985, 1989, 1995, 1998, 2001, 2005, 2014,
// 2017, 2018 and 2020. Equinoxes are by the formula of the Hydrographic Department, right for 1900–2099; the day is
// fixed by notice each February, so a year not yet announced is an expectation.

var (
	newYear    = msg.T("元日", "New Year's Day")
	adults     = msg.T("成人の日", "Coming of Age Day")
	foundation = msg.T("建国記念の日", "National Foundation Day")
	emperor    = msg.T("天皇誕生日", "Emperor's Birthday")
	spring     = msg.T("春分の日", "Vernal Equinox Day")
	greenery   = msg.T("みどりの日", "Greenery Day")
	showa      = msg.T("昭和の日", "Showa Day")
	memorial   = msg.T("憲法記念日", "Constitution Memorial Day")
	children   = msg.T("こどもの日", "Children's Day")
	sea        = msg.T("海の日", "Marine Day")
	mountain   = msg.T("山の日", "Mountain Day")
	aged       = msg.T("敬老の日", "Respect for the Aged Day")
	autumn     = msg.T("秋分の日", "Autumnal Equinox Day")
	health     = msg.T("体育の日", "Health and Sports Day")
	sports     = msg.T("スポーツの日", "Sports Day")
	culture    = msg.T("文化の日", "Culture Day")
	labour     = msg.T("勤労感謝の日", "Labour Thanksgiving Day")
	substitute = msg.T("振替休日", "substitute holiday")
	citizens   = msg.T("国民の休日", "citizens' holiday")
)

// special are the days of laws made for one year.
var special = map[Date]msg.Text{
	On(1959, 4, 10):  msg.T("皇太子明仁親王の結婚の儀", "Wedding of Crown Prince Akihito"),
	On(1989, 2, 24):  msg.T("昭和天皇の大喪の礼", "Funeral of Emperor Showa"),
	On(1990, 11, 12): msg.T("即位礼正殿の儀", "Enthronement Ceremony"),
	On(1993, 6, 9):   msg.T("皇太子徳仁親王の結婚の儀", "Wedding of Crown Prince Naruhito"),
	On(2019, 5, 1):   msg.T("天皇の即位の日", "Day of the Enthronement"),
	On(2019, 10, 22): msg.T("即位礼正殿の儀の行われる日", "Day of the Enthronement Ceremony"),
}

// moved are the holidays of 2020 and 2021 moved for the Olympic Games; their usual days were working days.
var moved = map[int]map[[2]int]msg.Text{
	2020: {{7, 23}: sea, {7, 24}: sports, {8, 10}: mountain},
	2021: {{7, 22}: sea, {7, 23}: sports, {8, 8}: mountain},
}

// holiday names the holiday on a day: one named by the law, a substitute (3条2項) or a day between two (3条3項).
func holiday(d Date) (msg.Text, bool) {
	if t, ok := named(d); ok {
		return t, true
	}
	if isSubstitute(d) {
		return substitute, true
	}
	if isBetween(d) {
		return citizens, true
	}
	return msg.Text{}, false
}

// isSubstitute: since 12 April 1973 the Monday after a holiday on Sunday; since 2007 the first day after it that is
// no holiday itself.
func isSubstitute(d Date) bool {
	if d < On(1973, 4, 12) {
		return false
	}
	if d.Year() < 2007 {
		_, ok := named(d - 1)
		return ok && d.Weekday() == time.Monday
	}
	for p := d - 1; ; p-- {
		if _, ok := named(p); !ok {
			return false
		}
		if p.Weekday() == time.Sunday {
			return true
		}
	}
}

// isBetween: since 27 December 1985 a day with a holiday on either side; until 2006 not on a Sunday.
func isBetween(d Date) bool {
	if d < On(1985, 12, 27) || (d.Year() < 2007 && d.Weekday() == time.Sunday) {
		return false
	}
	_, before := named(d - 1)
	_, after := named(d + 1)
	return before && after
}

// named gives the holidays of 2条 and of the special laws.
func named(d Date) (msg.Text, bool) {
	if t, ok := special[d]; ok {
		return t, true
	}
	y, m, day := d.YMD()
	if d < On(1948, 7, 20) {
		return msg.Text{}, false
	}
	if t, ok := moved[y][[2]int{m, day}]; ok {
		return t, true
	}
	t, ok := msg.Text{}, false
	if m <= 6 {
		t, ok = firstHalf(y, m, day)
	} else {
		t, ok = secondHalf(y, m, day)
	}
	if _, away := moved[y]; away && (t == sea || t == sports || t == mountain) {
		return msg.Text{}, false
	}
	return t, ok
}

func firstHalf(y, m, day int) (msg.Text, bool) {
	switch {
	case m == 1 && day == 1:
		return newYear, true
	case m == 1 && y < 2000 && day == 15, m == 1 && y >= 2000 && day == monday(y, 1, 2):
		return adults, true
	case m == 2 && day == 11 && y >= 1967:
		return foundation, true
	case m == 2 && day == 23 && y >= 2020:
		return emperor, true
	case m == 3 && day == equinox(y, 20.8431, 20.8357):
		return spring, true
	case m == 4 && day == 29:
		return april29(y), true
	case m == 5 && day == 3:
		return memorial, true
	case m == 5 && day == 4 && y >= 2007:
		return greenery, true
	case m == 5 && day == 5:
		return children, true
	}
	return msg.Text{}, false
}

func april29(y int) msg.Text {
	switch {
	case y < 1989:
		return emperor
	case y < 2007:
		return greenery
	}
	return showa
}

func secondHalf(y, m, day int) (msg.Text, bool) {
	switch {
	case m == 7 && y >= 1996 && y < 2003 && day == 20, m == 7 && y >= 2003 && day == monday(y, 7, 3):
		return sea, true
	case m == 8 && day == 11 && y >= 2016:
		return mountain, true
	case m == 9 && y >= 1966 && y < 2003 && day == 15, m == 9 && y >= 2003 && day == monday(y, 9, 3):
		return aged, true
	case m == 9 && day == equinox(y, 23.2488, 23.2588):
		return autumn, true
	case m == 10 && y >= 1966 && y < 2000 && day == 10, m == 10 && y >= 2000 && y < 2020 && day == monday(y, 10, 2):
		return health, true
	case m == 10 && y >= 2020 && day == monday(y, 10, 2):
		return sports, true
	case m == 11 && day == 3:
		return culture, true
	case m == 11 && day == 23:
		return labour, true
	case m == 12 && day == 23 && y >= 1989 && y <= 2018:
		return emperor, true
	}
	return msg.Text{}, false
}

// monday is the day of the month of the n-th Monday.
func monday(y, m, n int) int {
	w := int(On(y, m, 1).Weekday())
	return 1 + (8-w)%7 + 7*(n-1)
}

// equinox is the day of the month; base holds from 1980, early before it.
func equinox(y int, base, early float64) int {
	if y < 1980 {
		return int(early+0.242194*float64(y-1980)) - (y-1983)/4 // cut towards zero
	}
	return int(base+0.242194*float64(y-1980)) - (y-1980)/4
}
