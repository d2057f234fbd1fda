package org

import (
	"fmt"
	"slices"

	"okite/internal/check"
	"okite/internal/when"
)

// Today is the day a join works for.
func Today(w *check.World) when.Date { return when.Date(w.Day()) }

// AddOpen is the n-th open day (開庁日) after a day, by the calendar of the city.
func AddOpen(w *check.World, day when.Date, n int) when.Date {
	return when.Date(w.Calendar().AddOpen(int32(day), n))
}

// Parameter is a number the city has set in its standard. A check must not go on without one: nought days would
// be a rule nobody made.
func Parameter(w *check.World, name string) (int, error) {
	n, ok := w.Param(name)
	if !ok {
		return 0, fmt.Errorf("read parameter %s: no value", name)
	}
	return int(n), nil
}

// LiveOn says whether a life from…until holds day: it has begun, and until is open (0) or not past. A life that
// has no first day has not begun.
func LiveOn(from, until, day when.Date) bool {
	return from != 0 && from <= day && (until == 0 || until >= day)
}

// ActiveOn says whether the person is one of the city's people on a day; the last day in post still counts.
func (p Person) ActiveOn(day when.Date) bool { return LiveOn(p.Joined, p.Left, day) }

// tenure is how a post is filled on a day.
type tenure struct {
	holders     int       // live assignments as holder of an active person
	deputies    int       // live assignments as deputy of an active person who is not the holder
	handoverDue when.Date // last day on which the present holder may accept the hand-over; 0 when accepted or not needed
	gap         int       // days of this 年度, up to the day asked about, without any holder
	since       when.Date // first day of the oldest of the breaches there are now; 0 when there is none
}

// spell is an assignment cut to the time its person belongs to the city.
type spell struct {
	person      string
	from, until when.Date // until 0: open
}

// tenureOf works out how a post is filled. as are the assignments of this post.
func tenureOf(p Post, as []Assignment, people map[string]*Person, day when.Date, addOpen func(when.Date, int) when.Date, handover int) tenure {
	var t tenure
	var holding, standing []spell
	var pending []when.Date
	for _, a := range as {
		s, ok := spellOf(a, people)
		switch {
		case !ok:
		case a.Kind == "deputy":
			standing = append(standing, s)
		case a.Kind == "holder":
			holding = append(holding, s)
			if a.Handover == 0 && !a.First && LiveOn(a.From, a.Until, day) && LiveOn(s.from, s.until, day) {
				pending = append(pending, addOpen(a.From, handover))
			}
		}
	}
	holders := liveSpells(holding, day)
	t.holders = len(holders)
	others := standing[:0]
	for _, s := range standing {
		if !slices.ContainsFunc(holders, func(h spell) bool { return h.person == s.person }) {
			others = append(others, s)
		}
	}
	t.deputies = len(liveSpells(others, day))
	if len(pending) > 0 {
		t.handoverDue = slices.Min(pending)
	}
	var firstGap when.Date
	t.gap, firstGap = gapDays(as, max(p.From, when.FYStart(day.FY())), day)

	var breaches []when.Date
	switch {
	case t.holders == 0:
		breaches = append(breaches, emptySince(holding, p.From, day))
	case t.holders > 1:
		breaches = append(breaches, secondFrom(holders))
	}
	if t.deputies == 0 {
		breaches = append(breaches, emptySince(others, p.From, day))
	}
	if t.handoverDue != 0 && t.handoverDue < day {
		breaches = append(breaches, t.handoverDue+1)
	}
	if firstGap != 0 {
		breaches = append(breaches, firstGap)
	}
	if len(breaches) > 0 {
		t.since = slices.Min(breaches)
	}
	return t
}

func spellOf(a Assignment, people map[string]*Person) (spell, bool) {
	p, ok := people[a.Person]
	if !ok || a.From == 0 || p.Joined == 0 {
		return spell{}, false
	}
	s := spell{person: a.Person, from: max(a.From, p.Joined), until: a.Until}
	if p.Left != 0 && (s.until == 0 || p.Left < s.until) {
		s.until = p.Left
	}
	return s, s.until == 0 || s.until >= s.from
}

func liveSpells(ss []spell, day when.Date) []spell {
	var out []spell
	for _, s := range ss {
		if LiveOn(s.from, s.until, day) {
			out = append(out, s)
		}
	}
	return out
}

// emptySince is the day after the last spell that is over, not before the post itself began.
func emptySince(ss []spell, from, day when.Date) when.Date {
	since := from
	for _, s := range ss {
		if s.until != 0 && s.until < day {
			since = max(since, s.until+1)
		}
	}
	return since
}

func secondFrom(ss []spell) when.Date {
	from := make([]when.Date, len(ss))
	for i, s := range ss {
		from[i] = s.from
	}
	slices.Sort(from)
	return from[1]
}

// gapDays counts the days from first to last that no assignment as holder covers, and gives the first of them.
func gapDays(as []Assignment, first, last when.Date) (n int, firstGap when.Date) {
	var ss []spell
	for _, a := range as {
		if a.Kind == "holder" && a.From != 0 && (a.Until == 0 || a.Until >= a.From) {
			ss = append(ss, spell{from: a.From, until: a.Until})
		}
	}
	slices.SortFunc(ss, func(a, b spell) int { return int(a.from) - int(b.from) })
	miss := func(from, until when.Date) {
		if until < from {
			return
		}
		if firstGap == 0 {
			firstGap = from
		}
		n += int(until-from) + 1
	}
	next := first // the first day not yet seen to be covered
	for _, s := range ss {
		if next > last {
			return n, firstGap
		}
		miss(next, min(s.from-1, last))
		next = max(next, s.from)
		if s.until == 0 {
			return n, firstGap
		}
		next = max(next, s.until+1)
	}
	miss(next, last)
	return n, firstGap
}

// leads says whether delegations live on a day lead from one person to another, directly or by a chain (bp.6).
func leads(byGiver map[string][]Delegation, from, to string, day when.Date) bool {
	seen := map[string]bool{from: true}
	for todo := []string{from}; len(todo) > 0; todo = todo[1:] {
		for _, d := range byGiver[todo[0]] {
			if !LiveOn(d.Begin, d.End, day) || seen[d.To] {
				continue
			}
			if d.To == to {
				return true
			}
			seen[d.To] = true
			todo = append(todo, d.To)
		}
	}
	return false
}

// covers says whether an act is among those delegated; a delegation that names none delegates all.
func (d Delegation) covers(action string) bool {
	return len(d.Acts) == 0 || slices.Contains(d.Acts, action)
}
