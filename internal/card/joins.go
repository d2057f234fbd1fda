package card

import (
	"okite/internal/audit"
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/rule"
	"okite/internal/when"
)

// Joins work out the facts the checks of this package need from more than one register.
func Joins() []check.Join {
	return []check.Join{cardHolder(), cardLost(), cardUse(), accountHolder(), accountUse(), unitCards(), cityLog()}
}

// nextDay is the day after another, none after none.
func nextDay(d when.Date) int32 {
	if d == 0 {
		return 0
	}
	return int32(d) + 1
}

// stay is a person in a unit.
type stay struct{ person, unit string }

// cardHolder sets people and where they were beside the cards they have.
func cardHolder() check.Join {
	return check.Join{
		Subject: "card", Reads: []string{"card", "person", "transfer", "day"},
		Attrs: []rule.Attr{
			{Name: "holder_left", Title: msg.T("持つ職員の最終在職日", "last day of the holder"), Kind: rule.Date},
			{Name: "holder_gone", Title: msg.T("持つ職員が離職した翌日", "day after the last"), Kind: rule.Date},
			{Name: "due_back", Title: msg.T("回収すべき日", "day on which it is to come back"), Kind: rule.Date},
			{Name: "back_since", Title: msg.T("回収すべき日の翌日", "day after it was to come back"), Kind: rule.Date},
			{Name: "back_open", Title: msg.T("回収すべき日を過ぎて貸し出したまま", "is still lent after that"), Kind: rule.Bool},
			{Name: "back_late", Title: msg.T("今年度、回収すべき日より後に回収された", "came back after that in this fiscal year"), Kind: rule.Bool},
			{Name: "back_unknown", Title: msg.T("回収した日が記録されていない", "nobody knows when it came back"), Kind: rule.Bool},
			{Name: "card_twin", Title: msg.T("同じ職員が同じ種類のカードを2枚以上持つ", "the holder has another of the kind"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			today := org.Today(w)
			year := when.FYStart(today.FY())
			people := org.PeopleByCode(w)
			moved := map[stay][]when.Date{}
			for _, t := range check.Records[audit.Transfer](w, "transfer") {
				k := stay{t.Person, t.Unit}
				moved[k] = append(moved[k], t.Until)
			}
			type hold struct{ person, kind string }
			holds := map[hold]int{}
			cards := check.Records[Card](w, "card")
			for i := range cards {
				if k := &cards[i]; k.State == Lent && k.Person != "" {
					holds[hold{k.Person, k.Kind}]++
				}
			}
			for row := range cards {
				k := &cards[row]
				p := people[k.Person]
				if p == nil {
					p = &org.Person{}
				}
				due := k.due(p.Left, moved[stay{k.Person, k.Unit}])
				past := due != 0 && due < today
				out.SetDate(row, 0, int32(p.Left))
				out.SetDate(row, 1, nextDay(p.Left))
				out.SetDate(row, 2, int32(due))
				out.SetDate(row, 3, nextDay(due))
				out.SetBool(row, 4, past && k.State == Lent)
				out.SetBool(row, 5, past && k.Collected > due && k.Collected >= year && k.State != Lent)
				out.SetBool(row, 6, past && k.State == Collected && k.Collected == 0)
				out.SetBool(row, 7, k.State == Lent && holds[hold{k.Person, k.Kind}] > 1)
			}
			return nil
		},
	}
}

// due is the day on which a card is to come back: the holder's last day, or their last in the section it belongs to, if
// that was after it was lent. ends are the last days of the holder's times in that section.
func (k *Card) due(left when.Date, ends []when.Date) when.Date {
	due := left
	if k.Kind == StaffCard {
		return due
	}
	for _, d := range ends {
		if d >= k.Lent && (due == 0 || d < due) {
			due = d
		}
	}
	return due
}

// cardLost works out how long lost cards stayed good. The day is all that is known of now: a card nobody has revoked has
// been good at least until this day began.
func cardLost() check.Join {
	return check.Join{
		Subject: "card", Reads: []string{"card", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "revoke_minutes", Title: msg.T("紛失の届出から失効まで又は本日までの分数", "minutes from the report of the loss to the revocation, or to today"), Kind: rule.Int},
			{Name: "revoke_open", Title: msg.T("期限を過ぎて失効させていない", "is not revoked and late"), Kind: rule.Bool},
			{Name: "revoke_late", Title: msg.T("今年度、期限を過ぎて失効させた", "was revoked late in this fiscal year"), Kind: rule.Bool},
			{Name: "revoke_unknown", Title: msg.T("届出又は失効の日時が記録されていない", "nobody knows when it was lost or revoked"), Kind: rule.Bool},
			{Name: "lost_day", Title: msg.T("紛失の届出の日", "day of the report"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			hours, err := org.Parameter(w, "N.revoke")
			if err != nil {
				return err
			}
			limit, today := when.Stamp(hours)*60*minute, org.Today(w)
			begun, year := when.StampOf(today.Time()), when.FYStart(today.FY())
			for row, k := range check.Records[Card](w, "card") {
				if k.State != Lost && (k.State != Revoked || k.LostAt == 0 && k.RevokedAt != 0) {
					continue // not lost, or revoked for another reason
				}
				if k.LostAt == 0 || k.State == Revoked && k.RevokedAt == 0 {
					out.SetBool(row, 3, true)
					continue
				}
				end := begun
				if k.State == Revoked {
					end = k.RevokedAt
				}
				good := max(0, end-k.LostAt)
				out.SetInt(row, 0, int64(good/minute))
				out.SetBool(row, 1, k.State == Lost && good > limit)
				out.SetBool(row, 2, k.State == Revoked && good > limit && k.RevokedAt.Date() >= year)
				out.SetDate(row, 4, int32(k.LostAt.Date()))
			}
			return nil
		},
	}
}

// useAttrs are what the logs say of a card or an account.
func useAttrs() []rule.Attr {
	return []rule.Attr{
		{Name: "use_apart", Title: msg.T("移動できない間に別の拠点でも使われた", "was used at two places at once"), Kind: rule.Bool},
		{Name: "use_day", Title: msg.T("別の拠点で使われた日", "day of that"), Kind: rule.Date},
		{Name: "use_first", Title: msg.T("先に使われた拠点", "the first place"), Kind: rule.Enum},
		{Name: "use_then", Title: msg.T("後に使われた拠点", "the other place"), Kind: rule.Enum},
		{Name: "use_minutes", Title: msg.T("2つの使用の間の分数", "minutes between the two"), Kind: rule.Int},
		{Name: "use_need", Title: msg.T("移動に掛かる分数", "minutes the way takes"), Kind: rule.Int},
		{Name: "use_other", Title: msg.T("ほかに使った職員", "somebody else who used it"), Kind: rule.Enum},
		{Name: "use_other_day", Title: msg.T("ほかの職員が使った日", "day of that other use"), Kind: rule.Date},
	}
}

// thing is a card or an account as its log is looked at: what happened before it began counts against whoever had it then.
type thing struct {
	key    string
	begun  when.Date
	person string // whose it is; "" when it is not one person's
}

// use writes what the logs say of the things of a register. of names the thing of an event.
func use(w *check.World, out *check.Out, things []thing, of func(*Event) string) {
	places := check.Records[Place](w, "place")
	need, at := make([]when.Stamp, len(places)), make(map[string]int32, len(places))
	for i, p := range places {
		at[p.Code] = int32(i)
		if p.Minutes != nil {
			need[i] = when.Stamp(*p.Minutes) * minute
		}
	}
	rows := make(map[string]int, len(things))
	for i := range things {
		rows[things[i].key] = i
	}
	events := check.Records[Event](w, "authevent")
	seen := make([]sighting, 0, len(events))
	others := map[int]*Event{}
	for i := range events {
		e := &events[i]
		key := of(e)
		if key == "" {
			continue
		}
		row, ok := rows[key]
		if !ok || e.At.Date() < things[row].begun {
			continue
		}
		if p, ok := at[e.Place]; ok {
			seen = append(seen, sighting{What: int32(row), Place: p, At: e.At})
		}
		if whose := things[row].person; whose != "" && e.Person != "" && e.Person != whose {
			if had := others[row]; had == nil || e.At < had.At {
				others[row] = e
			}
		}
	}
	for _, x := range apartOf(seen, need) {
		row := int(x.First.What)
		between, way := x.minutes()
		out.SetBool(row, 0, true)
		out.SetDate(row, 1, int32(x.Then.At.Date()))
		out.SetEnum(row, 2, places[x.First.Place].Code)
		out.SetEnum(row, 3, places[x.Then.Place].Code)
		out.SetInt(row, 4, between)
		out.SetInt(row, 5, way)
	}
	for row, e := range others {
		out.SetEnum(row, 6, e.Person)
		out.SetDate(row, 7, int32(e.At.Date()))
	}
}

// cardUse looks the log through for cards that are in use.
func cardUse() check.Join {
	return check.Join{
		Subject: "card", Reads: []string{"card", "authevent", "place"}, Attrs: useAttrs(),
		Compute: func(w *check.World, out *check.Out) error {
			cards := check.Records[Card](w, "card")
			things := make([]thing, len(cards))
			for i := range cards {
				things[i] = thing{cards[i].Code, cards[i].Lent, cards[i].Person}
			}
			use(w, out, things, func(e *Event) string { return e.Card })
			return nil
		},
	}
}

// accountHolder sets people and exceptions beside accounts.
func accountHolder() check.Join {
	return check.Join{
		Subject: "userid", Reads: []string{"userid", "person", "exception", "day"},
		Attrs: []rule.Attr{
			{Name: "holder_left", Title: msg.T("使う職員の最終在職日", "last day of the person"), Kind: rule.Date},
			{Name: "holder_gone", Title: msg.T("使う職員が離職した翌日", "day after the last"), Kind: rule.Date},
			{Name: "sharing_allowed", Title: msg.T("共用を認める例外措置が有効", "an exception allows sharing"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			today := org.Today(w)
			people := org.PeopleByCode(w)
			running := map[string]policy.Exception{}
			for _, x := range check.Records[policy.Exception](w, "exception") {
				if x.Check == "R089" && x.Holds(today) {
					running[x.Code] = x
				}
			}
			for row, a := range check.Records[Account](w, "userid") {
				if p := people[a.Person]; p != nil {
					out.SetDate(row, 0, int32(p.Left))
					out.SetDate(row, 1, nextDay(p.Left))
				}
				x, ok := running[a.Exception]
				out.SetBool(row, 2, ok && (x.Subject == "userid:"+a.Code || x.Subject == "system:"+a.System))
			}
			return nil
		},
	}
}

// accountUse looks the log through for accounts that are in use.
func accountUse() check.Join {
	return check.Join{
		Subject: "userid", Reads: []string{"userid", "authevent", "place"}, Attrs: useAttrs(),
		Compute: func(w *check.World, out *check.Out) error {
			accounts := check.Records[Account](w, "userid")
			things := make([]thing, len(accounts))
			for i := range accounts {
				things[i].key, things[i].begun = accounts[i].Code, accounts[i].Opened
				if accounts[i].Kind == Personal {
					things[i].person = accounts[i].Person
				}
			}
			use(w, out, things, func(e *Event) string { return e.Account })
			return nil
		},
	}
}

// unitCards tells when a unit last counted its cards and what it did not find.
func unitCards() check.Join {
	return check.Join{
		Subject: "unit", Reads: []string{"unit", "card", "cardcheck", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "cards_kept", Title: msg.T("貸出中と在庫のカードの数", "cards lent or in stock"), Kind: rule.Int},
			{Name: "cards_counted", Title: msg.T("最後にカードを点検した日", "last inspection of cards"), Kind: rule.Date},
			{Name: "cards_due", Title: msg.T("カードを点検すべき日", "day by which cards are to be inspected"), Kind: rule.Date},
			{Name: "cards_since", Title: msg.T("カードの点検の期限の翌日", "day after that"), Kind: rule.Date},
			{Name: "cards_missing", Title: msg.T("最後の点検で見当たらず、届出のないカードの数", "cards not found and not reported"), Kind: rule.Int},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.cardcheck")
			if err != nil {
				return err
			}
			cards := check.Records[Card](w, "card")
			kept, first := map[string]int64{}, map[string]when.Date{}
			good := map[string]bool{}
			for i := range cards {
				k := &cards[i]
				if k.State != Lent && k.State != Stock && k.State != Collected {
					continue
				}
				good[k.Code] = true
				kept[k.Unit]++
				if at, ok := first[k.Unit]; k.Lent != 0 && (!ok || k.Lent < at) {
					first[k.Unit] = k.Lent
				}
			}
			last := map[string]*Count{}
			counts := check.Records[Count](w, "cardcheck")
			for i := range counts {
				if c := &counts[i]; last[c.Unit] == nil || c.Date > last[c.Unit].Date || c.Date == last[c.Unit].Date && c.Code > last[c.Unit].Code {
					last[c.Unit] = c
				}
			}
			for row, u := range check.Records[org.Unit](w, "unit") {
				out.SetInt(row, 0, kept[u.Code])
				from := first[u.Code]
				if c := last[u.Code]; c != nil {
					from = c.Date
					out.SetDate(row, 1, int32(c.Date))
					n := int64(0)
					for _, k := range c.Missing {
						if good[k] {
							n++
						}
					}
					out.SetInt(row, 4, n)
				}
				if from != 0 {
					out.SetDate(row, 2, int32(from)+int32(days))
					out.SetDate(row, 3, int32(from)+int32(days)+1)
				}
			}
			return nil
		},
	}
}

// cityLog tells whether the log of authentication is recent enough to be looked through.
func cityLog() check.Join {
	return check.Join{
		Subject: "city", Reads: []string{"city", "authevent", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "authlog_last", Title: msg.T("最も新しい認証の記録の日", "day of the latest event"), Kind: rule.Date},
			{Name: "authlog_fresh", Title: msg.T("認証の記録が期限内に取り込まれている", "the log is recent"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.authlog")
			if err != nil {
				return err
			}
			var last when.Stamp
			events := check.Records[Event](w, "authevent")
			for i := range events {
				last = max(last, events[i].At)
			}
			for row := range check.Records[org.City](w, "city") {
				if last != 0 {
					out.SetDate(row, 0, int32(last.Date()))
					out.SetBool(row, 1, last.Date()+when.Date(days) >= org.Today(w))
				}
			}
			return nil
		},
	}
}
