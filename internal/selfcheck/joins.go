package selfcheck

import (
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

// latest is the campaign that asks a kind of subject on a day: the one begun last, of this 年度 or the last.
func latest(w *check.World, kind string) (Campaign, bool) {
	today := org.Today(w)
	fy := int64(today.FY())
	sheets := map[string]string{}
	for _, s := range check.Records[Sheet](w, "checksheet") {
		sheets[s.Code] = s.For
	}
	var out Campaign
	for _, c := range check.Records[Campaign](w, "campaign") {
		if c.State == Withdrawn || c.Opens == 0 || c.Opens > today || c.FY < fy-1 || c.FY > fy {
			continue
		}
		for _, s := range c.Sheets {
			if sheets[s] == kind && (out.Code == "" || c.Opens > out.Opens || c.Opens == out.Opens && c.Code > out.Code) {
				out = c
			}
		}
	}
	return out, out.Code != ""
}

// items counts those of each sheet.
func items(w *check.World) map[string]int64 {
	out := map[string]int64{}
	for _, i := range check.Records[Item](w, "checkitem") {
		out[i.Sheet]++
	}
	return out
}

// answerAttrs are what R239 asks of a person or unit.
func answerAttrs() []rule.Attr {
	return []rule.Attr{
		{Name: "selfcheck_asked", Title: msg.T("直近の自己点検の対象", "is asked by the latest self-inspection"), Kind: rule.Bool},
		{Name: "selfcheck_answered", Title: msg.T("自己点検に回答した", "has answered it"), Kind: rule.Bool},
		{Name: "selfcheck_gaps", Title: msg.T("提出した回答に未回答の項目がある", "answered it with items left out"), Kind: rule.Bool},
		{Name: "selfcheck_due", Title: msg.T("自己点検の回答の期限", "last day to answer"), Kind: rule.Date},
		{Name: "selfcheck_late", Title: msg.T("自己点検の期限を過ぎた日", "first day too late to answer"), Kind: rule.Date},
	}
}

// answers works out who was asked by the latest campaign and what came back. asked says whether a row was there when it
// began; whoever came later is asked by the next.
func answers(w *check.World, out *check.Out, kind string, n int, at func(row int) (key string, asked func(opens when.Date) bool)) {
	c, ok := latest(w, kind)
	if !ok {
		return
	}
	type back struct{ answered, gaps, dropped bool }
	want, got := items(w), map[string]back{}
	for _, r := range check.Records[Response](w, "response") {
		if r.Campaign == c.Code {
			got[r.Who()] = back{r.Answered(), r.Answered() && r.Given < want[r.Sheet], r.State == string(Dropped)}
		}
	}
	for row := range n {
		key, asked := at(row)
		b := got[key]
		out.SetBool(row, 0, asked(c.Opens) && !b.dropped)
		out.SetBool(row, 1, b.answered)
		out.SetBool(row, 2, b.gaps)
		out.SetDate(row, 3, int32(c.Due))
		out.SetDate(row, 4, int32(c.Due+1))
	}
}

var answerReads = []string{"checksheet", "checkitem", "campaign", "response", "day"}

// personAnswers is R239 over people.
func personAnswers() check.Join {
	return check.Join{
		Subject: "person", Reads: append([]string{"person"}, answerReads...), Attrs: answerAttrs(),
		Compute: func(w *check.World, out *check.Out) error {
			people, today := check.Records[org.Person](w, "person"), org.Today(w)
			answers(w, out, ForPerson, len(people), func(row int) (string, func(when.Date) bool) {
				p := &people[row]
				return p.Code, func(opens when.Date) bool {
					return p.Employment != outsider && p.ActiveOn(opens) && p.ActiveOn(today)
				}
			})
			return nil
		},
	}
}

// unitAnswers is R239 over sections.
func unitAnswers() check.Join {
	return check.Join{
		Subject: "unit", Reads: append([]string{"unit"}, answerReads...), Attrs: answerAttrs(),
		Compute: func(w *check.World, out *check.Out) error {
			units, today := check.Records[org.Unit](w, "unit"), org.Today(w)
			answers(w, out, ForUnit, len(units), func(row int) (string, func(when.Date) bool) {
				u := &units[row]
				return u.Code, func(opens when.Date) bool {
					return u.Kind == section && org.LiveOn(u.Open, u.Close, opens) && org.LiveOn(u.Open, u.Close, today)
				}
			})
			return nil
		},
	}
}

// section is the level of unit that is asked and confirmed.
const section = "section"

// Needed is how many of some answered sheets a second person looks at.
func Needed(answered, percent int64) int64 { return (answered*percent + 99) / 100 }

// campaignSample tells how many sheets of a closed campaign a second person has looked at (R239).
func campaignSample() check.Join {
	return check.Join{
		Subject: "campaign", Reads: []string{"campaign", "response", "person", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "campaign_recent", Title: msg.T("今年度か前年度の自己点検", "self-inspection of this fiscal year or the last"), Kind: rule.Bool},
			{Name: "campaign_figured", Title: msg.T("不一致の数が記録されている", "its mismatches are on record"), Kind: rule.Bool},
			{Name: "campaign_answered", Title: msg.T("回答された回答票の数", "sheets answered"), Kind: rule.Int},
			{Name: "campaign_needed", Title: msg.T("抽出再点検が必要な回答票の数", "sheets that a second person must look at"), Kind: rule.Int},
			{Name: "campaign_rechecked", Title: msg.T("ほかの課の職員が再点検した回答票の数", "sheets somebody of another section has looked at"), Kind: rule.Int},
			{Name: "campaign_seconds", Title: msg.T("再点検した人が分からないものを含む数", "the same with those nobody is named for"), Kind: rule.Int},
			{Name: "campaign_short", Title: msg.T("再点検が足りない", "too few were looked at"), Kind: rule.Bool},
			{Name: "campaign_unproved", Title: msg.T("再点検した人が分からない回答票がある", "who looked is not known of all"), Kind: rule.Bool},
			{Name: "campaign_last", Title: msg.T("再点検の期限", "last day for the second look"), Kind: rule.Date},
			{Name: "campaign_since", Title: msg.T("整わなくなった日", "first day on which it was not in order"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			percent, err := org.Parameter(w, "N.sample")
			if err != nil {
				return err
			}
			people := org.PeopleByCode(w)
			type sum struct{ answered, second, known int64 }
			got := map[string]sum{}
			for _, r := range check.Records[Response](w, "response") {
				s := got[r.Campaign]
				if r.Answered() {
					s.answered++
				}
				if r.Sampled && r.Recheck != "" {
					switch p := people[r.RecheckBy]; {
					case p == nil:
						s.second++
					case p.Code != r.Person && p.Code != r.By && p.Unit != r.Section:
						s.second++
						s.known++
					}
				}
				got[r.Campaign] = s
			}
			fy := int64(org.Today(w).FY())
			for row, c := range check.Records[Campaign](w, "campaign") {
				s := got[c.Code]
				need, last := Needed(s.answered, int64(percent)), when.FYEnd(int(c.FY))
				since := last + 1
				if c.Mismatches == nil {
					since = c.Closed + 1
				}
				out.SetBool(row, 0, c.FY == fy || c.FY == fy-1)
				out.SetBool(row, 1, c.Mismatches != nil)
				out.SetInt(row, 2, s.answered)
				out.SetInt(row, 3, need)
				out.SetInt(row, 4, s.known)
				out.SetInt(row, 5, s.second)
				out.SetBool(row, 6, s.second < need)
				out.SetBool(row, 7, s.known < need)
				out.SetDate(row, 8, int32(last))
				out.SetDate(row, 9, int32(since))
			}
			return nil
		},
	}
}

// cityYears tells whether a self-inspection was held this 年度 and the last (R239).
func cityYears() check.Join {
	return check.Join{
		Subject: "city", Reads: []string{"city", "campaign", "day"},
		Attrs: []rule.Attr{
			{Name: "selfchecks_year", Title: msg.T("今年度に始めた自己点検の数", "self-inspections begun this fiscal year"), Kind: rule.Int},
			{Name: "selfcheck_missed", Title: msg.T("前年度の自己点検を終えていない", "last fiscal year’s self-inspection was not finished"), Kind: rule.Bool},
			{Name: "selfcheck_untold", Title: msg.T("前年度までの自己点検の記録がない", "no self-inspection before this fiscal year is on record"), Kind: rule.Bool},
			{Name: "selfcheck_year", Title: msg.T("今年度の初日", "first day of this fiscal year"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			today := org.Today(w)
			fy := int64(today.FY())
			var this, last, before int64
			for _, c := range check.Records[Campaign](w, "campaign") {
				switch {
				case c.State == Withdrawn || c.Opens == 0 || c.Opens > today:
				case c.FY == fy:
					this++
				case c.FY == fy-1 && c.State == Closed:
					last++
				case c.FY < fy:
					before++
				}
			}
			for row := range check.Records[org.City](w, "city") {
				out.SetInt(row, 0, this)
				out.SetBool(row, 1, this+last == 0 && before > 0)
				out.SetBool(row, 2, this+last+before == 0)
				out.SetDate(row, 3, int32(when.FYStart(int(fy))))
			}
			return nil
		},
	}
}
