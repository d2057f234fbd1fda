package when

import (
	"time"

	"okite/internal/msg"
)

// Calendar knows the days on which the city hall is open (開庁日): not Saturday, Sunday, a national holiday, the
// year-end closing of 29 December to 3 January, nor a closing day of the city's own. It does not change after it
// is made and may be used by many at once.
type Calendar struct {
	closing map[Date]bool
	added   map[Date]msg.Text
}

// NewCalendar makes the calendar of a city that also closes on the given days.
func NewCalendar(closing ...Date) *Calendar {
	c := &Calendar{closing: map[Date]bool{}}
	for _, d := range closing {
		c.closing[d] = true
	}
	return c
}

// WithHoliday is the calendar with a holiday more, for a law that comes after this version of the product.
func (c *Calendar) WithHoliday(d Date, name msg.Text) *Calendar {
	n := &Calendar{closing: c.closing, added: map[Date]msg.Text{d: name}}
	for k, v := range c.added {
		n.added[k] = v
	}
	return n
}

// Holiday names the national holiday (国民の祝日 or 休日) on a day.
func (c *Calendar) Holiday(d Date) (msg.Text, bool) {
	if t, ok := c.added[d]; ok {
		return t, true
	}
	return holiday(d)
}

// Closed says why the hall is closed on a day, or false when it is open.
func (c *Calendar) Closed(d Date) (msg.Text, bool) {
	if t, ok := c.Holiday(d); ok {
		return t, true
	}
	_, m, day := d.YMD()
	switch {
	case m == 12 && day >= 29, m == 1 && day <= 3:
		return msg.T("年末年始の閉庁日", "year-end closing"), true
	case c.closing[d]:
		return msg.T("市の定める閉庁日", "closing day set by the city"), true
	case d.Weekday() == time.Saturday:
		return msg.T("土曜日", "Saturday"), true
	case d.Weekday() == time.Sunday:
		return msg.T("日曜日", "Sunday"), true
	}
	return msg.Text{}, false
}

// IsOpen says whether the hall is open on a day.
func (c *Calendar) IsOpen(d Date) bool { _, closed := c.Closed(d); return !closed }

// reach bounds a search for an open day; a city that closes for ten years on end has no deadlines.
const reach = 3660

// AddOpen is the n-th open day after d (before d when n is negative). n = 0 gives d as it is, open or not.
func (c *Calendar) AddOpen(d Date, n int) Date {
	step := Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for closed := 0; n > 0 && closed < reach; {
		d += step
		if c.IsOpen(d) {
			n, closed = n-1, 0
		} else {
			closed++
		}
	}
	return d
}

// OpenBetween counts the open days after a up to and including b, so that OpenBetween(d, AddOpen(d, n)) is n.
// It is negative when b comes before a.
func (c *Calendar) OpenBetween(a, b Date) int {
	if b < a {
		return -c.OpenBetween(b, a)
	}
	n := 0
	for d := a + 1; d <= b; d++ {
		if c.IsOpen(d) {
			n++
		}
	}
	return n
}

// NextOpen is d when the hall is open, or the first open day after it: a period that ends on a holiday ends with
// the next open day (地方自治法4条の2第4項).
func (c *Calendar) NextOpen(d Date) Date {
	for i := 0; i < reach && !c.IsOpen(d); i++ {
		d++
	}
	return d
}
