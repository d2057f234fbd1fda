package check

import (
	"cmp"
	"slices"

	"okite/internal/when"
)

// Interval is a result that a subject had from a day up to and including a day; Until 0 means it still has it.
type Interval struct {
	Check, Part, Subject string // Subject is "asset:A-1"
	Result               Result
	From, Until          when.Date
}

// Intervals keeps results over time, as successive states or flips give them, so that what a check said on any past
// day can be told (bp.11: 監査 asks what was, not only what is). A day has one result, the last one it saw. The zero
// value is empty. Storing them is done elsewhere.
type Intervals struct {
	past []Interval
	open map[place]int // in past
}

type place struct{ check, part, subject string }

// Put notes the result of a subject on a day; days must not run backwards for one subject. Absent ends it.
func (v *Intervals) Put(check, part, subject string, r Result, day when.Date) {
	if v.open == nil {
		v.open = map[place]int{}
	}
	k := place{check, part, subject}
	i, ok := v.open[k]
	switch {
	case ok && v.past[i].Result == r:
		return
	case ok && v.past[i].From >= day: // the same day saw another result before
		v.replace(k, i, r)
		return
	case ok:
		v.past[i].Until = day - 1
		delete(v.open, k)
	}
	if r == Absent {
		return
	}
	v.open[k] = len(v.past)
	v.past = append(v.past, Interval{check, part, subject, r, day, 0})
}

// replace gives the interval that began today another result, joining it to the one before when they agree.
func (v *Intervals) replace(k place, i int, r Result) {
	day := v.past[i].From
	before := -1
	for j := i - 1; j >= 0; j-- {
		if p := v.past[j]; p.Check == k.check && p.Part == k.part && p.Subject == k.subject && p.Until == day-1 && p.From != 0 {
			before = j
			break
		}
	}
	switch {
	case before >= 0 && v.past[before].Result == r:
		v.past[before].Until = 0
		v.open[k] = before
		v.past[i] = Interval{}
	case r == Absent:
		delete(v.open, k)
		v.past[i] = Interval{}
	default:
		v.past[i].Result = r
	}
}

// Take notes a flip on a day.
func (v *Intervals) Take(f Flip, day when.Date) {
	v.Put(f.Check, f.Part, f.Subject+":"+f.Key(), f.New, day)
}

// At is the result of a subject on a day; Absent when none is known.
func (v *Intervals) At(check, part, subject string, day when.Date) Result {
	for _, p := range v.past {
		if p.From != 0 && p.Check == check && p.Part == part && p.Subject == subject && p.From <= day && (p.Until == 0 || p.Until >= day) {
			return p.Result
		}
	}
	return Absent
}

// All are the intervals by check, part, subject and day.
func (v *Intervals) All() []Interval {
	out := slices.DeleteFunc(slices.Clone(v.past), func(p Interval) bool { return p.From == 0 })
	slices.SortFunc(out, func(a, b Interval) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.From, b.From))
	})
	return out
}
