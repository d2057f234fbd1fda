package contractor_test

import (
	"testing"

	"okite/internal/check/checktest"
	"okite/internal/contractor"
	"okite/internal/policy"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
)

const day = 20781 // 2026-11-24, the day on which the clean city is looked at

func TestR003Contractors(t *testing.T) {
	// partner works for the city under contracts that began on the days given and has not received the policy.
	partner := func(until when.Date, from ...when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			c.Contractors = append(c.Contractors, contractor.Contractor{Code: "CO9", Name: "東の情報株式会社"})
			for i, f := range from {
				c.Contracts = append(c.Contracts, contractor.Contract{Code: "K9" + string(rune('a'+i)), Name: "調査業務", Contractor: "CO9", Unit: "U2", From: f, Until: until})
			}
		}
	}
	is := func(r string) want { return want{"contractor:CO9": r} }
	checktest.Run(t, "R003", []checktest.Case{
		{Name: "a contractor has not received the policy", Spoil: func(t *testing.T, c *city) { c.Acks = checktest.Drop(t, c.Acks, "AK9") },
			Want: want{"contractor:CO1": "noncompliant"}, Since: when.On(2026, 5, 2)},
		{Name: "a contractor received only the version before", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Acks, "AK9").Version = "B1" }, Want: want{"contractor:CO1": "noncompliant"}},
		{Name: "a contract began 31 days ago", Spoil: partner(day+90, day-31), Want: is("noncompliant")},
		{Name: "a contract began 30 days ago", Spoil: partner(day+90, day-30), Want: is("not_due")},
		{Name: "the earlier of two live contracts counts", Spoil: partner(day+90, day-1, day-31), Want: is("noncompliant")},
		{Name: "the contract ended yesterday", Spoil: partner(day-1, day-90), Want: is("out_of_scope")},
		{Name: "the contract ends today", Spoil: partner(day, day-90), Want: is("noncompliant")},
		{Name: "the contract begins tomorrow", Spoil: partner(day+90, day+1), Want: is("out_of_scope")},
		{Name: "the new contractor has received it", Spoil: func(t *testing.T, c *city) {
			partner(day+90, day-90)(t, c)
			c.Acks = append(c.Acks, policy.Ack{Code: "AK10", Version: "B2", Contractor: "CO9", Date: day})
		}, Want: is("compliant")},
	})
}

func TestR015Contracts(t *testing.T) {
	// closed makes the contract that of a unit with nothing else to it.
	closed := func(last when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) {
			checktest.Find(t, c.Units, "U4").Close = last
			checktest.Find(t, c.Contracts, "K1").Unit = "U4"
		}
	}
	contract := func(change func(*contractor.Contract)) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { change(checktest.Find(t, c.Contracts, "K1")) }
	}
	checktest.Run(t, "R015", []checktest.Case{
		{Name: "a live contract belongs to a closed unit", Spoil: contract(func(k *contractor.Contract) { k.Unit = "U4" }), Want: want{"contract:K1": "noncompliant"}, Since: when.On(2025, 4, 15)},
		{Name: "a contract of a closed unit has ended", Spoil: contract(func(k *contractor.Contract) { k.Unit, k.Until = "U4", day-1 }), Want: want{"contract:K1": "out_of_scope"}},
		{Name: "the contract of a closed unit begins and ends today", Spoil: contract(func(k *contractor.Contract) { k.Unit, k.From, k.Until = "U4", day, day }), Want: want{"contract:K1": "noncompliant"}},
		{Name: "the unit closed ten open days ago", Spoil: closed(when.On(2026, 11, 9)), Want: want{"contract:K1": "not_due"}},
		{Name: "the unit closed eleven open days ago", Spoil: closed(when.On(2026, 11, 6)), Want: want{"contract:K1": "noncompliant"}},
		{Name: "the unit closes today", Spoil: closed(day), Want: want{}},
		{Name: "a contract names a unit that is not registered", Spoil: contract(func(k *contractor.Contract) { k.Unit = "U99" }), Want: want{"contract:K1": "noncompliant"}},
		{Name: "a contract was handed to another unit", Spoil: contract(func(k *contractor.Contract) { k.Unit = "U3" }), Want: want{}},
	})
}
