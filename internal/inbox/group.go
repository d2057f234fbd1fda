package inbox

import (
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// Group is what is due in one span of days, for whoever writes an inbox somewhere else than on its page.
type Group struct {
	Title msg.Text
	Late  bool // the deadline has passed
	Count int
	Lines []Line
}

// Line is one thing of a group, or several of one kind.
type Line struct {
	Item
	Text  msg.Text // title, with how many it stands for
	N     int
	Link  string
	Names []string // of the subjects, where there are several
}

// Groups parts items by when they are due, the most urgent first, as the page does. Empty ones are left out.
func Groups(items []Item, day when.Date) []Group {
	by := make([][]Item, len(spans))
	for _, i := range items {
		k := spanOf(i.Due, day)
		by[k] = append(by[k], i)
	}
	var out []Group
	for k, list := range by {
		if len(list) == 0 {
			continue
		}
		g := Group{Title: spans[k].title, Late: k == 0}
		for _, l := range lines(list) {
			x := Line{Item: l.Item, Text: l.Title, N: l.n, Link: l.Href}
			if len(l.items) > 1 {
				if !l.GroupTitle.IsZero() {
					x.Text = l.GroupTitle
				}
				if l.GroupHref != "" {
					x.Link = l.GroupHref
				}
				for _, i := range l.items {
					if i.SubjectName != "" {
						x.Names = append(x.Names, i.SubjectName)
					}
				}
			}
			if l.n > 1 {
				x.Text = msg.F("%s（%s件）", "%s (%s)", x.Text, web.Number(l.n))
			}
			g.Count += l.n
			g.Lines = append(g.Lines, x)
		}
		out = append(out, g)
	}
	return out
}

// Left says how many open days (開庁日) are left to a deadline, or have passed since; "" where there is none.
func Left(c *when.Calendar, due, day when.Date) (msg.Text, web.Tone) {
	if due == 0 {
		return msg.Text{}, web.Plain
	}
	n := c.OpenBetween(day, due)
	switch {
	case due < day && n < 0:
		return msg.F("%d開庁日超過", "%d open days late", -n), web.Bad
	case due < day:
		return msg.T("期限を過ぎています", "past"), web.Bad
	case due == day:
		return msg.T("今日まで", "today"), web.Warn
	case n == 0:
		return msg.T("期限まで開庁日がありません", "no open day is left"), web.Warn
	}
	return msg.F("あと%d開庁日", "%d open days left", n), web.Plain
}

// Kind names a kind of thing to people.
func (s *Service) Kind(code string) msg.Text { return s.kind(code) }
