package main

import (
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

type calendarCmd struct {
	From string `help:"${from}"`
	To   string `help:"${to}"`
}

// day is one day of the calendar.
type day struct {
	Date   when.Date `json:"date"`
	Open   bool      `json:"open"`
	Reason *msg.Text `json:"reason,omitempty"` // why it is closed
}

func (x calendarCmd) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	from, to := a.Today(), a.Today().AddDays(30)
	if x.From != "" {
		if from, err = when.ParseLenient(x.From); err != nil {
			return err
		}
		to = from.AddDays(30)
	}
	if x.To != "" {
		if to, err = when.ParseLenient(x.To); err != nil {
			return err
		}
	}
	if to < from || to-from > 3660 {
		return fault.At("to", msg.T("期間は、始まりから終わりまで10年以内で指定してください。", "Give a period of at most ten years, the end after the beginning."))
	}
	due, err := a.Deadlines(c.ctx, from, to)
	if err != nil {
		return err
	}
	days := []day{}
	for d := from; d <= to; d++ {
		why, closed := a.Calendar.Closed(d)
		one := day{Date: d, Open: !closed}
		if closed {
			one.Reason = &why
		}
		days = append(days, one)
	}
	return c.answer(map[string]any{"from": from, "to": to, "open_days": a.Calendar.OpenBetween(from-1, to), "days": days, "deadlines": due}, func() {
		for _, d := range days {
			mark := c.say(msg.T("開庁日", "open"))
			if !d.Open {
				mark = c.say(msg.T("閉庁日", "closed")) + " " + c.say(*d.Reason)
			}
			c.printf("%s  %s  %s\n", d.Date, d.Date.Text(c.lang), mark)
		}
		for _, x := range due {
			c.printf("%s  %s  %s\n", x.Date, c.say(x.What), x.Name)
		}
	})
}
