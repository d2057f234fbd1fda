package when

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"okite/internal/fault"
	"okite/internal/msg"
)

// Parse reads the ISO form 2026-11-24 and nothing else. A day that does not exist is a fault.
func Parse(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, unreadable(s)
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 {
		return 0, unreadable(s)
	}
	return exact(s, y, m, d)
}

var (
	gregorian = regexp.MustCompile(`^(?:西暦)?(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)$`)
	compact   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	japanese  = regexp.MustCompile(`^(明治|大正|昭和|平成|令和|明|大|昭|平|令|[MTSHRmtshr])(\d{1,3}|元)(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)$`)
	weekday   = regexp.MustCompile(`\(([日月火水木金土])(?:曜日?)?\)$`)
	midnight  = regexp.MustCompile(`(?: +|T)0{1,2}:00(?::00(?:\.0+)?)?$`)
	dashes    = strings.NewReplacer("‐", "-", "‑", "-", "–", "-", "—", "-", "―", "-", "−", "-", "ー", "-", "。", ".", "・", ".")
)

// ParseLenient reads what people type: 2026-11-24, 2026/11/24, 2026年11月24日, 20261124, 令和8年11月24日, R8.11.24,
// 令和元年5月1日, with full-width digits, blanks, the day of the week in brackets and a midnight time behind.
// What stays open is refused: a year of two digits, a missing day, a day that does not exist, a day outside its era,
// a day of the week that does not fit. The caller shows the result before it is kept.
func ParseLenient(s string) (Date, error) {
	t := dashes.Replace(norm.NFKC.String(s))
	t = midnight.ReplaceAllString(strings.TrimSpace(t), "")
	t = strings.Join(strings.Fields(t), "")
	want := -1
	if m := weekday.FindStringSubmatch(t); m != nil {
		want = strings.Index("日月火水木金土", m[1]) / len("日")
		t = strings.TrimSuffix(t, m[0])
	}
	d, err := readDay(s, t)
	if err != nil {
		return 0, err
	}
	if want >= 0 && d.Weekday() != time.Weekday(want) {
		return 0, refuse(msg.F("「%s」の曜日が日付と合いません。%sです。", "“%s”: the day of the week does not fit; it is %s.", s,
			msg.Text{JA: d.Text(msg.JA), EN: weekdays[d.Weekday()].EN}))
	}
	return d, nil
}

func readDay(s, t string) (Date, error) {
	if m := gregorian.FindStringSubmatch(t); m != nil {
		return exact(s, num(m[1]), num(m[2]+m[4]), num(m[3]+m[5]))
	}
	if m := compact.FindStringSubmatch(t); m != nil {
		return exact(s, num(m[1]), num(m[2]), num(m[3]))
	}
	m := japanese.FindStringSubmatch(t)
	if m == nil {
		return 0, unreadable(s)
	}
	e := eraNamed(m[1])
	n := 1
	if m[2] != "元" {
		n = num(m[2])
	}
	d, err := exact(s, e.base+n, num(m[3]+m[5]), num(m[4]+m[6]))
	if err != nil {
		return 0, err
	}
	if n < 1 || d < e.first || d > e.last {
		return 0, outside(s, e, d)
	}
	return d, nil
}

// exact is the day y-m-d if there is one.
func exact(s string, y, m, day int) (Date, error) {
	if y < 1 || m < 1 || m > 12 || day < 1 || day > On(y, m+1, 0).Day() {
		return 0, refuse(msg.F("「%s」という日はありません。", "“%s”: there is no such day.", s))
	}
	d := On(y, m, day)
	if d == 0 {
		return 0, refuse(msg.F("「%s」（昭和45年1月1日）はこの製品では扱えません。", "“%s” (1 January 1970) cannot be held by this product.", s))
	}
	return d, nil
}

func eraNamed(s string) era {
	for _, e := range eras {
		if strings.HasPrefix(e.name, s) || strings.EqualFold(e.letter, s) {
			return e
		}
	}
	return era{}
}

func outside(s string, e era, d Date) error {
	right, ok := eraOf(d)
	if !ok || right == e {
		return refuse(msg.F("「%s」は%sの期間にありません。西暦で入力してください。", "“%s” is not within the era %s. Enter the Gregorian year.", s, e.name))
	}
	return refuse(msg.F("「%s」は%sの期間にありません。%sのことであれば、そのように入力してください。",
		"“%s” is not within the era %s. If %s is meant, enter it so.", s, e.name, msg.Text{JA: d.Wareki(), EN: d.String()}))
}

func unreadable(s string) error {
	return refuse(msg.F("「%s」は日付として読み取れません。「2026-11-24」又は「令和8年11月24日」のように年月日を入力してください。",
		"“%s” cannot be read as a date. Enter year, month and day as in 2026-11-24.", s))
}

func refuse(m msg.Text) error { return fault.New(fault.Invalid, m) }

func digits(s string) (int, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	return num(s), true
}

func num(s string) int { n, _ := strconv.Atoi(s); return n }
