package transfer_test

import (
	"testing"

	"okite/internal/check/checktest"
	"okite/internal/org"
	"okite/internal/transfer"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
)

var day = checktest.Day

// hr spoils the personnel system's list, which otherwise follows the register of people.
func hr(change func(list []transfer.HRPerson) []transfer.HRPerson) func(*testing.T, *city) {
	return func(t *testing.T, c *city) {
		var list []transfer.HRPerson
		for _, p := range c.People {
			if p.Employment == "regular" && p.Left == 0 {
				list = append(list, transfer.HRPerson{Code: p.Code, Name: p.Name, Employment: p.Employment, Joined: p.Joined, Collected: day - 1})
			}
		}
		c.HRPeople = change(list)
	}
}

func TestR020(t *testing.T) {
	extra := func(h transfer.HRPerson) func(*testing.T, *city) {
		return hr(func(l []transfer.HRPerson) []transfer.HRPerson { return append(l, h) })
	}
	all := func(result string) want {
		w := want{}
		for _, p := range []string{"P1", "P2", "P3", "P4", "P5", "P6"} {
			w["person:"+p] = result
		}
		return w
	}
	mapping := func(change func(m *transfer.Mapping)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(&c.HRMappings[0]) }
	}
	person := func(change func(p *org.Person)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.People, "P8")) }
	}
	with := func(a want, subject, result string) want { a[subject] = result; return a }
	stale := hr(func(l []transfer.HRPerson) []transfer.HRPerson {
		for i := range l {
			l[i].Collected = day - 8
		}
		return l
	})
	checktest.Run(t, "R020", []checktest.Case{
		{Name: "the personnel system lists somebody whom the register does not know", Spoil: extra(transfer.HRPerson{Code: "P99", Name: "未登録太郎", Employment: "part_time", Collected: day}),
			Want: want{"hrperson:P99": "noncompliant"}},
		{Name: "somebody unknown has left by the personnel system", Spoil: extra(transfer.HRPerson{Code: "P99", Name: "未登録太郎", Left: day - 1, Collected: day}), Want: want{"hrperson:P99": "out_of_scope"}},
		{Name: "somebody unknown leaves today by the personnel system", Spoil: extra(transfer.HRPerson{Code: "P99", Name: "未登録太郎", Left: day, Collected: day}), Want: want{"hrperson:P99": "noncompliant"}},
		{Name: "who left by the register is listed", Spoil: extra(transfer.HRPerson{Code: "P7", Name: "木村七海", Employment: "regular", Collected: day}), Want: want{"hrperson:P7": "noncompliant"}, Since: when.On(2026, 4, 1)},
		{Name: "somebody on the staff is not listed", Spoil: hr(func(l []transfer.HRPerson) []transfer.HRPerson { return l[1:] }), Want: want{"person:P1": "noncompliant"}},
		{Name: "somebody on the staff has left by the personnel system", Spoil: hr(func(l []transfer.HRPerson) []transfer.HRPerson { l[0].Left = day - 1; return l }),
			Want: want{"person:P1": "noncompliant", "hrperson:P1": "out_of_scope"}},
		{Name: "the last import lies eight days back", Spoil: stale, Want: all("undetermined")},
		{Name: "it lies eight days back, but nothing has changed since by a later one", Spoil: func(t *testing.T, c *city) { stale(t, c); c.HRMappings[0].Applied = day - 7 }},
		{Name: "nothing was ever imported", Spoil: func(t *testing.T, c *city) { c.HRPeople = []transfer.HRPerson{} }, Want: all("undetermined")},
		{Name: "a kind of staff is not imported", Spoil: mapping(func(m *transfer.Mapping) { m.Kinds = []string{"fiscal_year", "part_time", "regular", "special"} }), Want: want{"city:990001": "noncompliant"}},
		{Name: "two files cover all kinds together", Spoil: func(t *testing.T, c *city) {
			c.HRMappings = []transfer.Mapping{{Code: "HM1", Kinds: []string{"regular", "special", "temporary"}}, {Code: "HM2", Kinds: []string{"contractor", "fiscal_year", "part_time"}}}
		}},
		{Name: "no mapping is registered", Spoil: func(t *testing.T, c *city) { c.HRMappings = nil }, Want: want{"city:990001": "undetermined"}},
		{Name: "a contractor's worker without a contract", Spoil: person(func(p *org.Person) { p.Contract = "" }), Want: want{"person:P8": "noncompliant"}},
		{Name: "an agency worker under a contract that has ended", Spoil: person(func(p *org.Person) { p.Employment, p.Contract = "dispatched", "K2" }), Want: want{"person:P8": "noncompliant"}},
		{Name: "an agency worker under a live contract", Spoil: person(func(p *org.Person) { p.Employment = "dispatched" })},
		{Name: "a contractor's worker without a contract left yesterday", Spoil: person(func(p *org.Person) { p.Contract, p.Left = "", day-1 }), Want: with(want{}, "person:P8", "out_of_scope")},
	})
}

func TestR023(t *testing.T) {
	list := func(change func(l *transfer.LeaveCheck)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			d := when.On(2026, 3, 31)
			l := transfer.LeaveCheck{Code: "LC1", Person: "P7", Last: d, Media: d, Keys: d, Cards: d, Accounts: d, Reminder: d - 5, By: "P1"}
			change(&l)
			c.LeaveChecks = []transfer.LeaveCheck{l}
		}
	}
	is := func(r string) want { return want{"person:P7": r} }
	leaves := func(last when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			c.People = append(c.People, org.Person{Code: "P99", Name: "離職九美", Unit: "U3", Employment: "regular", Joined: day - 900, Left: last})
			list(func(*transfer.LeaveCheck) {})(t, c)
		}
	}
	var cases []checktest.Case
	for name, spoil := range map[string]func(l *transfer.LeaveCheck){
		"media were not given back":      func(l *transfer.LeaveCheck) { l.Media = 0 },
		"keys were not given back":       func(l *transfer.LeaveCheck) { l.Keys = 0 },
		"cards were not given back":      func(l *transfer.LeaveCheck) { l.Cards = 0 },
		"accounts were not closed":       func(l *transfer.LeaveCheck) { l.Accounts = 0 },
		"nobody reminded them":           func(l *transfer.LeaveCheck) { l.Reminder = 0 },
		"nobody signed the checklist":    func(l *transfer.LeaveCheck) { l.By = "" },
		"it was made for an earlier day": func(l *transfer.LeaveCheck) { l.Last-- },
	} {
		cases = append(cases, checktest.Case{Name: name, Spoil: list(spoil), Want: is("noncompliant"), Since: when.On(2026, 4, 1)})
	}
	checktest.Run(t, "R023", append(cases,
		checktest.Case{Name: "there is no checklist", Spoil: func(t *testing.T, c *city) { c.LeaveChecks = []transfer.LeaveCheck{} }, Want: is("undetermined")},
		checktest.Case{Name: "the last day is today", Spoil: leaves(day), Want: want{"person:P99": "out_of_scope"}},
		checktest.Case{Name: "the last day was yesterday", Spoil: leaves(day - 1), Want: want{"person:P99": "undetermined"}},
		checktest.Case{Name: "a second list for the same day is complete", Spoil: func(t *testing.T, c *city) {
			list(func(*transfer.LeaveCheck) {})(t, c)
			half := c.LeaveChecks[0]
			half.Code, half.Keys = "LC2", 0
			c.LeaveChecks = append(c.LeaveChecks, half)
		}},
	))
}
