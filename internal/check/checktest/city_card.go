package checktest

import (
	"okite/internal/card"
	"okite/internal/when"
)

// carried is the cards and accounts of the city and what the logs say of them (bp.9.1).
func (c *City) carried() {
	d := when.On
	c.Params["N.revoke"], c.Params["N.authlog"], c.Params["N.cardcheck"] = 1, 40, 365
	at := func(day when.Date, minutes int) when.Stamp {
		return when.StampOf(day.Time()) + when.Stamp(minutes)*60_000_000
	}
	c.Places = []card.Place{{Code: "PL1", Name: "本庁舎", Minutes: Count(15)}, {Code: "PL2", Name: "北区役所", Minutes: Count(30)}, {Code: "PL3", Name: "別館", Minutes: Count(0)}}
	for i := range 6 {
		p := c.People[i]
		c.Cards = append(c.Cards, card.Card{Code: key("KD", i+1), Kind: card.StaffCard, Unit: p.Unit, Person: p.Code, State: card.Lent, Lent: d(2025, 4, 1)})
	}
	c.Cards = append(c.Cards,
		// who left gave it back on the last day; the section has another that is used for its business
		card.Card{Code: "KD7", Kind: card.StaffCard, Unit: "U2", Person: "P7", State: card.Collected, Lent: d(2025, 4, 1), Collected: d(2026, 3, 31)},
		card.Card{Code: "KO1", Kind: "operator", Unit: "U3", Person: "P3", State: card.Lent, Lent: d(2025, 4, 1)},
		card.Card{Code: "KO2", Kind: "operator", Unit: "U3", State: card.Stock},
		// lost, and revoked just in time
		card.Card{Code: "KO3", Kind: "operator", Unit: "U3", Person: "P4", State: card.Revoked, Lent: d(2025, 4, 1), LostAt: at(d(2026, 10, 1), 600), RevokedAt: at(d(2026, 10, 1), 660)})
	c.Accounts = []card.Account{
		{Code: "UI1", Login: "p1", System: "S1", Person: "P1", Kind: card.Personal, Opened: d(2025, 4, 1)},
		{Code: "UI2", Login: "p3", System: "S1", Person: "P3", Kind: card.Personal, Opened: d(2025, 4, 1)},
		{Code: "UI3", Login: "b1", System: "S1", Person: "P2", Kind: card.Machine, Opened: d(2025, 4, 1)},
		{Code: "UI7", Login: "p7", System: "S1", Person: "P7", Kind: card.Personal, Opened: d(2020, 4, 1), Closed: d(2026, 3, 31)},
	}
	for _, u := range []string{"U1", "U2", "U3"} {
		c.CardCounts = append(c.CardCounts, card.Count{Code: "CC" + u, Unit: u, Date: d(2026, 6, 1), Expected: 2, Counted: 2, By: "P1"})
	}
	c.Events = []card.Event{
		{Code: "AE1", At: at(d(2026, 11, 20), 8*60), Card: "KD1", Person: "P1", Reader: "北側入口", Place: "PL1", Way: "card"},
		// half an hour to the second later, which the way takes
		{Code: "AE2", At: at(d(2026, 11, 20), 8*60+30), Card: "KD1", Person: "P1", Reader: "正面入口", Place: "PL2", Way: "card"},
		{Code: "AE3", At: at(d(2026, 11, 20), 9*60), Account: "UI1", Person: "P1", Reader: "T001", Place: "PL1", Way: "password"},
		{Code: "AE4", At: at(d(2026, 11, 20), 9*60), Account: "UI3", Person: "P2", Reader: "T002", Place: "PL1", Way: "password"},
	}
}
