package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"okite/internal/when"
)

// wallet is the cards and accounts of the city, and what the logs say of their use (bp.9.1).
type wallet struct {
	cards  []cardRow
	ids    []userID
	places []placeRow
	counts []cardCount
	events []authEvent

	rng     *rand.Rand        // of its own: another row here moves nothing elsewhere
	latest  when.Date         // day of the latest event
	staff   map[string]int    // places of the staff cards by person
	account map[string]int    // places of the accounts for the shared folders by person
	at      map[string]string // places by unit
}

type cardRow struct {
	Code      string     `reg:"code"`
	Kind      string     `reg:"kind"`
	Unit      string     `reg:"unit"`
	Person    string     `reg:"person"`
	State     string     `reg:"state"`
	Lent      when.Date  `reg:"lent"`
	Collected when.Date  `reg:"collected"`
	LostAt    when.Stamp `reg:"lost_at"`
	RevokedAt when.Stamp `reg:"revoked_at"`
}

type userID struct {
	Code      string    `reg:"code"`
	Login     string    `reg:"login"`
	System    string    `reg:"system"`
	Person    string    `reg:"person"`
	Kind      string    `reg:"kind"`
	Opened    when.Date `reg:"opened"`
	Closed    when.Date `reg:"closed"`
	Exception string    `reg:"exception"`
}

type placeRow struct {
	Code    string `reg:"code"`
	Name    string `reg:"name"`
	Minutes *int64 `reg:"minutes"`
}

type cardCount struct {
	Code     string    `reg:"code"`
	Unit     string    `reg:"unit"`
	Date     when.Date `reg:"date"`
	Expected int64     `reg:"expected"`
	Counted  int64     `reg:"counted"`
	Missing  []string  `reg:"missing"`
	By       string    `reg:"counted_by"`
}

type authEvent struct {
	Code    string     `reg:"code"`
	At      when.Stamp `reg:"at"`
	Card    string     `reg:"card"`
	Account string     `reg:"userid"`
	Person  string     `reg:"person"`
	Reader  string     `reg:"reader"`
	Place   string     `reg:"place"`
	Way     string     `reg:"way"`
}

// second is a second as stamps count.
const oneSecond = when.Stamp(1_000_000)

// moment is a time of a day.
func moment(day when.Date, hour, minute, second int) when.Stamp {
	return when.StampOf(day.Time()) + when.Stamp(3600*hour+60*minute+second)*oneSecond
}

// card gives everybody a staff card and an account, some an operator card of their section, and logs what they do with
// them. It comes last: it looks at people as they are in the end.
func (c *city) card() {
	w := &c.wallet
	w.rng = rand.New(rand.NewPCG(c.cfg.Seed, 0xca4d))
	w.staff, w.account, w.at = map[string]int{}, map[string]int{}, map[string]string{}
	for _, p := range []struct {
		name    string
		minutes int
	}{{"本庁舎", 15}, {"本庁舎別館", 4}, {"北区役所", 25}, {"南区役所", 40}, {"水道庁舎", 20}, {"消防本部", 20}, {"山間出張所", 75}} {
		w.places = append(w.places, placeRow{Code: c.code("PL", 2), Name: p.name, Minutes: count(p.minutes)})
	}
	for i, u := range c.units {
		w.at[u.Code] = w.places[i%len(w.places)].Code
	}
	last := c.lastIn()
	for i := range c.people {
		p := &c.people[i]
		if p.Unit == "" || p.Joined == 0 || p.Joined > c.day {
			continue
		}
		w.staff[p.Code] = len(w.cards)
		c.hand(cardRow{Kind: "staff", Unit: p.Unit, Person: p.Code, Lent: p.Joined}, p.Left)
		w.account[p.Code] = len(w.ids)
		c.account(userID{Login: strings.ToLower(strings.ReplaceAll(p.Code, "-", "")), System: c.share, Person: p.Code, Kind: "personal", Opened: p.Joined}, p.Left)
		from := max(p.Joined, last[stayIn{p.Code, p.Unit}]+1, c.day-when.Date(200+i%300))
		if sectionCard(i) && from <= c.day && (p.Left == 0 || p.Left >= from) {
			c.hand(cardRow{Kind: []string{"operator", "entry"}[i%3%2], Unit: p.Unit, Person: p.Code, Lent: from}, p.Left)
		}
	}
	for n, s := range c.sections {
		if n%4 == 0 { // what is kept for the next; and one that was lost, and revoked on the spot
			w.cards = append(w.cards, cardRow{Code: c.code("IC", 6), Kind: "operator", Unit: c.units[s].Code, State: "stock"})
		}
		if day := c.day - when.Date(20+w.rng.IntN(400)); n%16 == 5 {
			at := moment(day, 9+w.rng.IntN(8), w.rng.IntN(60), w.rng.IntN(60))
			w.cards = append(w.cards, cardRow{Code: c.code("IC", 6), Kind: "entry", Unit: c.units[s].Code, Person: c.clerk(s), State: "revoked", Lent: day - 50, LostAt: at, RevokedAt: at + when.Stamp(60*(5+w.rng.IntN(50)))*oneSecond})
		}
	}
	for _, s := range c.systemRows {
		list := c.staffOf[s.Unit]
		if len(list) == 0 {
			continue
		}
		p := c.people[list[0]]
		c.account(userID{Login: "svc-" + strings.ToLower(s.Code), System: s.Code, Kind: "system", Opened: when.On(2023, 4, 1)}, 0)
		if p.Left == 0 && p.Joined != 0 && p.Joined <= c.day && s.Code != c.share {
			c.account(userID{Login: "adm-" + strings.ToLower(p.Code), System: s.Code, Person: p.Code, Kind: "personal", Opened: p.Joined}, 0)
		}
	}
	c.counted()
	c.logged()
}

// sectionCard says whether the i-th of the people works with a card of their section.
func sectionCard(i int) bool { return i%8 == 3 }

// stayIn is a person in a unit.
type stayIn struct{ person, unit string }

// lastIn is the last day of everybody in the units they have left.
func (c *city) lastIn() map[stayIn]when.Date {
	out := map[stayIn]when.Date{}
	for _, t := range c.transfers {
		k := stayIn{t.Person, t.Unit}
		out[k] = max(out[k], t.Until)
	}
	return out
}

// hand lends a card; who has left gave it back on the last day.
func (c *city) hand(k cardRow, left when.Date) {
	k.Code, k.State = c.code("IC", 6), "lent"
	if left != 0 && left < c.day {
		k.State, k.Collected = "collected", left
	}
	c.wallet.cards = append(c.wallet.cards, k)
}

// account opens an account; that of who has left was closed on the last day.
func (c *city) account(a userID, left when.Date) {
	a.Code = c.code("ID", 6)
	if left != 0 && left < c.day {
		a.Closed = left
	}
	c.wallet.ids = append(c.wallet.ids, a)
}

// counted is an inspection of every unit that keeps cards.
func (c *city) counted() {
	w := &c.wallet
	kept := map[string]int64{}
	for i := range w.cards {
		if s := w.cards[i].State; s == "lent" || s == "stock" || s == "collected" {
			kept[w.cards[i].Unit]++
		}
	}
	for _, u := range c.units {
		if n := kept[u.Code]; n > 0 {
			w.counts = append(w.counts, cardCount{Code: c.code("CK", 5), Unit: u.Code, Date: c.day - when.Date(1+w.rng.IntN(300)), Expected: n, Counted: n, By: c.people[c.staffOf[c.living(u.Code)][0]].Code})
		}
	}
}

// logged is what readers and terminals wrote down in a month: people come in, sign in, and some go elsewhere in time.
func (c *city) logged() {
	w := &c.wallet
	w.latest = c.day - 1
	for i := range c.people {
		p := &c.people[i]
		at, ok := w.staff[p.Code]
		if !ok || i%4 != 1 || w.cards[at].State != "lent" {
			continue
		}
		day := w.latest - when.Date(w.rng.IntN(30))
		if day <= p.Joined {
			continue
		}
		here := w.at[p.Unit]
		in := moment(day, 8, w.rng.IntN(30), w.rng.IntN(60))
		c.log(authEvent{At: in, Card: w.cards[at].Code, Person: p.Code, Reader: "通用口", Place: here, Way: "card"})
		c.log(authEvent{At: in + when.Stamp(60*(2+w.rng.IntN(20)))*oneSecond, Account: w.ids[w.account[p.Code]].Code, Person: p.Code, Reader: fmt.Sprintf("端末%04d", i%10000), Place: here, Way: "card_pin"})
		if i%5 == 0 { // a meeting elsewhere in the afternoon
			there := w.places[(i+3)%len(w.places)].Code
			c.log(authEvent{At: moment(day, 13, w.rng.IntN(60), w.rng.IntN(60)), Card: w.cards[at].Code, Person: p.Code, Reader: "会議室の入口", Place: there, Way: "card"})
		}
	}
}

func (c *city) log(e authEvent) {
	e.Code = c.code("AE", 7)
	c.wallet.events = append(c.wallet.events, e)
}
