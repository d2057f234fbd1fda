package card_test

import (
	"testing"

	"okite/internal/audit"
	"okite/internal/card"
	"okite/internal/check/checktest"
	"okite/internal/policy"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
)

// at is a moment of a day, in minutes and seconds.
func at(day when.Date, minutes, seconds int) when.Stamp {
	return when.StampOf(day.Time()) + when.Stamp(60*minutes+seconds)*1_000_000
}

func cardOf(key string, change func(k *card.Card)) func(*testing.T, *city) {
	return func(t *testing.T, c *city) { change(checktest.Find(t, c.Cards, key)) }
}

func accountOf(key string, change func(a *card.Account)) func(*testing.T, *city) {
	return func(t *testing.T, c *city) { change(checktest.Find(t, c.Accounts, key)) }
}

// logged adds uses to the log.
func logged(events ...card.Event) func(*testing.T, *city) {
	return func(t *testing.T, c *city) {
		for i, e := range events {
			e.Code = "AX" + string(rune('1'+i))
			c.Events = append(c.Events, e)
		}
	}
}

func TestR089(t *testing.T) {
	d := when.On(2026, 11, 10)
	seen := func(card_, place string, minutes, seconds int, person string) card.Event {
		return card.Event{At: at(d, minutes, seconds), Card: card_, Person: person, Place: place}
	}
	used := func(id, place string, minutes, seconds int, person string) card.Event {
		return card.Event{At: at(d, minutes, seconds), Account: id, Person: person, Place: place}
	}
	shared := func(x policy.Exception) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			x.Code, x.Applicant, x.Approver, x.Approved = "EX8", "P1", "P5", checktest.Day-30
			if x.Check == "" {
				x.Check = "R089"
			}
			c.Exceptions = append(c.Exceptions, x)
			accountOf("UI2", func(a *card.Account) { a.Kind, a.Exception = card.Shared, "EX8" })(t, c)
		}
	}
	broken := func(subject string) want { return want{subject: "noncompliant"} }
	checktest.Run(t, "R089", []checktest.Case{
		{Name: "a card at two places a second too soon", Spoil: logged(seen("KD3", "PL1", 600, 0, "P3"), seen("KD3", "PL2", 629, 59, "P3")), Want: broken("card:KD3")},
		{Name: "a card at two places just in time", Spoil: logged(seen("KD3", "PL1", 600, 0, "P3"), seen("KD3", "PL2", 630, 0, "P3"))},
		{Name: "the way back is as long", Spoil: logged(seen("KD3", "PL2", 600, 0, "P3"), seen("KD3", "PL1", 629, 59, "P3")), Want: broken("card:KD3")},
		{Name: "two places next to each other, but one is far from all", Spoil: logged(seen("KD3", "PL3", 600, 0, "P3"), seen("KD3", "PL1", 614, 59, "P3")), Want: broken("card:KD3")},
		{Name: "the same place at the same moment", Spoil: logged(seen("KD3", "PL1", 600, 0, "P3"), seen("KD3", "PL1", 600, 0, "P3"))},
		{Name: "a card that came back is not asked", Spoil: logged(seen("KD7", "PL1", 600, 0, "P7"), seen("KD7", "PL2", 601, 0, "P7"))},
		{Name: "before it was lent to the present holder", Spoil: func(t *testing.T, c *city) {
			logged(seen("KD3", "PL1", 600, 0, "P3"), seen("KD3", "PL2", 601, 0, "P3"))(t, c)
			cardOf("KD3", func(k *card.Card) { k.Lent = d + 1 })(t, c)
		}},
		{Name: "a card let somebody else in", Spoil: logged(seen("KD3", "PL1", 600, 0, "P4")), Want: broken("card:KD3")},
		{Name: "the log names nobody", Spoil: logged(seen("KD3", "PL1", 600, 0, ""))},
		{Name: "somebody holds two of a kind", Spoil: cardOf("KO2", func(k *card.Card) { k.State, k.Person, k.Lent = card.Lent, "P3", d }), Want: want{"card:KO1": "noncompliant", "card:KO2": "noncompliant"}},
		{Name: "a card is lent to nobody named", Spoil: cardOf("KO2", func(k *card.Card) { k.State, k.Lent = card.Lent, d }), Want: want{"card:KO2": "undetermined"}},
		{Name: "an account at two terminals at once", Spoil: logged(used("UI1", "PL1", 600, 0, "P1"), used("UI1", "PL2", 610, 0, "P1")), Want: broken("userid:UI1")},
		{Name: "an account used by another", Spoil: logged(used("UI1", "PL1", 600, 0, "P2")), Want: broken("userid:UI1")},
		{Name: "a machine account used by another", Spoil: logged(used("UI3", "PL1", 600, 0, "P1"))},
		{Name: "a closed account used by another", Spoil: logged(used("UI7", "PL1", 600, 0, "P1"))},
		{Name: "a shared account", Spoil: accountOf("UI2", func(a *card.Account) { a.Kind = card.Shared }), Want: broken("userid:UI2")},
		{Name: "an exception for the account allows it until today", Spoil: shared(policy.Exception{Subject: "userid:UI2", Until: checktest.Day}), Want: want{"userid:UI2": "excepted"}},
		{Name: "an exception for the system allows it", Spoil: shared(policy.Exception{Subject: "system:S1", Until: checktest.Day})},
		{Name: "the exception ended at midnight", Spoil: shared(policy.Exception{Subject: "userid:UI2", Until: checktest.Day - 1}), Want: broken("userid:UI2")},
		{Name: "the exception is for another system", Spoil: shared(policy.Exception{Subject: "system:S3", Until: checktest.Day}), Want: broken("userid:UI2")},
		{Name: "the exception is from another check", Spoil: shared(policy.Exception{Check: "R090", Subject: "userid:UI2", Until: checktest.Day}), Want: broken("userid:UI2")},
		{Name: "an account of nobody", Spoil: accountOf("UI1", func(a *card.Account) { a.Person = "" }), Want: want{"userid:UI1": "undetermined"}},
		{Name: "a shared account closed yesterday", Spoil: accountOf("UI2", func(a *card.Account) { a.Kind, a.Closed = card.Shared, checktest.Day-1 }), Want: want{"userid:UI2": "out_of_scope"}},
		{Name: "the log ends forty days ago", Spoil: func(t *testing.T, c *city) { c.Events = c.Events[:1]; c.Events[0].At = at(checktest.Day-40, 0, 0) }},
		{Name: "the log ends a day earlier", Spoil: func(t *testing.T, c *city) { c.Events = c.Events[:1]; c.Events[0].At = at(checktest.Day-41, 1439, 59) }, Want: want{"city:990001": "undetermined"}},
		{Name: "there is no log", Spoil: func(t *testing.T, c *city) { c.Events = nil }, Want: want{"city:990001": "undetermined"}},
	})
}

func TestR090(t *testing.T) {
	day := checktest.Day
	moved := func(until when.Date, key string, change func(k *card.Card)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			c.Transfers = append(c.Transfers, audit.Transfer{Code: "TR9", Person: "P3", Unit: "U3", Until: until})
			cardOf(key, change)(t, c)
		}
	}
	same := func(*card.Card) {}
	is := func(key, r string) want { return want{"card:" + key: r} }
	lost := func(when_ when.Stamp) func(*testing.T, *city) {
		return cardOf("KO2", func(k *card.Card) { k.State, k.Person, k.Lent, k.LostAt = card.Lost, "P2", day-90, when_ })
	}
	count := func(change func(x *card.Count)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.CardCounts, "CCU3")) }
	}
	back := when.On(2026, 3, 31)
	checktest.Run(t, "R090", []checktest.Case{
		{Name: "who moved yesterday still has the section's card", Spoil: moved(day-1, "KO1", same), Want: is("KO1", "noncompliant")},
		{Name: "today is the last day in the section", Spoil: moved(day, "KO1", same)},
		{Name: "the staff card moves along", Spoil: moved(day-1, "KO1", func(k *card.Card) { k.State, k.Collected = card.Collected, day-1 })},
		{Name: "it came back a day late", Spoil: moved(day-2, "KO1", func(k *card.Card) { k.State, k.Collected = card.Collected, day-1 }), Want: is("KO1", "noncompliant")},
		{Name: "it was lent after they had left the section", Spoil: moved(when.On(2025, 3, 31), "KO1", same)},
		{Name: "who left still has a card", Spoil: cardOf("KD7", func(k *card.Card) { k.State, k.Collected = card.Lent, 0 }), Want: is("KD7", "noncompliant")},
		{Name: "it came back late in this fiscal year", Spoil: cardOf("KD7", func(k *card.Card) { k.Collected = back + 1 }), Want: is("KD7", "noncompliant")},
		{Name: "it came back late in the last", Spoil: func(t *testing.T, c *city) {
			checktest.Find(t, c.People, "P7").Left = back - 10
			cardOf("KD7", func(k *card.Card) { k.Collected = back })(t, c)
		}},
		{Name: "nobody knows when it came back", Spoil: cardOf("KD7", func(k *card.Card) { k.Collected = 0 }), Want: is("KD7", "undetermined")},
		{Name: "a holder leaves today", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.People, "P4").Left = day }},
		{Name: "a card was lost this morning", Spoil: lost(at(day, 480, 0)), Want: is("KO2", "compliant")},
		{Name: "an hour before midnight", Spoil: lost(at(day-1, 23*60, 0)), Want: is("KO2", "compliant")},
		{Name: "a second more", Spoil: lost(at(day-1, 22*60+59, 59)), Want: is("KO2", "noncompliant")},
		{Name: "nobody knows when", Spoil: lost(0), Want: is("KO2", "undetermined")},
		{Name: "revoked a second late", Spoil: cardOf("KO3", func(k *card.Card) { k.RevokedAt += 1_000_000 }), Want: is("KO3", "noncompliant")},
		{Name: "revoked late in the last fiscal year", Spoil: cardOf("KO3", func(k *card.Card) { k.LostAt, k.RevokedAt = at(back, 0, 0), at(back, 300, 0) })},
		{Name: "nobody knows when it was revoked", Spoil: cardOf("KO3", func(k *card.Card) { k.RevokedAt = 0 }), Want: is("KO3", "undetermined")},
		{Name: "revoked and never lost", Spoil: cardOf("KO3", func(k *card.Card) { k.LostAt = 0 })},
		{Name: "counted a year ago", Spoil: count(func(x *card.Count) { x.Date = day - 365 })},
		{Name: "and a day", Spoil: count(func(x *card.Count) { x.Date = day - 366 }), Want: want{"unit:U3": "noncompliant"}},
		{Name: "never counted", Spoil: func(t *testing.T, c *city) { c.CardCounts = checktest.Drop(t, c.CardCounts, "CCU3") }, Want: want{"unit:U3": "noncompliant"}},
		{Name: "never counted, but the cards are new", Spoil: func(t *testing.T, c *city) {
			c.CardCounts = checktest.Drop(t, c.CardCounts, "CCU3")
			for _, k := range []string{"KD3", "KD4", "KO1"} {
				checktest.Find(t, c.Cards, k).Lent = day - 365
			}
		}},
		{Name: "a drawer of which nobody knows anything", Spoil: cardOf("KO2", func(k *card.Card) { k.Unit = "U4" }), Want: want{"unit:U4": "undetermined"}},
		{Name: "a card was missing and nobody reported it", Spoil: count(func(x *card.Count) { x.Missing = []string{"KO2"} }), Want: want{"unit:U3": "noncompliant"}},
		{Name: "a missing card was reported", Spoil: count(func(x *card.Count) { x.Missing = []string{"KO3"} })},
		{Name: "a later inspection found all", Spoil: func(t *testing.T, c *city) {
			count(func(x *card.Count) { x.Missing = []string{"KO2"} })(t, c)
			c.CardCounts = append(c.CardCounts, card.Count{Code: "CC9", Unit: "U3", Date: day - 1})
		}},
	})
}

func TestR023CardsAndAccounts(t *testing.T) {
	leaves := func(last when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { checktest.Find(t, c.People, "P1").Left = last }
	}
	since := when.On(2026, 4, 1)
	checktest.Run(t, "R023", []checktest.Case{
		{Name: "who left has a card", Spoil: cardOf("KD7", func(k *card.Card) { k.State, k.Collected = card.Lent, 0 }), Want: want{"card:KD7": "noncompliant"}, Since: since},
		{Name: "who left has lost a card that is still good", Spoil: cardOf("KD7", func(k *card.Card) { k.State, k.LostAt = card.Lost, at(checktest.Day, 0, 0) }), Want: want{"card:KD7": "noncompliant"}, Since: since},
		{Name: "who left had lost a card that was revoked", Spoil: cardOf("KD7", func(k *card.Card) { k.State, k.RevokedAt = card.Revoked, at(checktest.Day, 0, 0) })},
		{Name: "who left has an open account", Spoil: accountOf("UI7", func(a *card.Account) { a.Closed = 0 }), Want: want{"userid:UI7": "noncompliant"}, Since: since},
		{Name: "it closes today", Spoil: accountOf("UI7", func(a *card.Account) { a.Closed = checktest.Day }), Want: want{"userid:UI7": "noncompliant"}, Since: since},
		{Name: "it closed yesterday", Spoil: accountOf("UI7", func(a *card.Account) { a.Closed = checktest.Day - 1 })},
		{Name: "the last day is today", Spoil: leaves(checktest.Day)},
		{Name: "the last day was yesterday", Spoil: leaves(checktest.Day - 1), Want: want{"card:KD1": "noncompliant", "userid:UI1": "noncompliant", "person:P1": "compliant"}},
	})
}
