package notice

import (
	"okite/internal/asset"
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/rule"
	"okite/internal/when"
)

// personPledge tells whether a person has pledged, whether that can be looked up, and until when it had to be done.
func personPledge() check.Join {
	return check.Join{
		Subject: "person", Reads: []string{"person", "pledge", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "pledged", Title: msg.T("誓約した", "has pledged"), Kind: rule.Bool},
			{Name: "pledge_known", Title: msg.T("誓約を確かめられる", "the pledge can be looked up"), Kind: rule.Bool},
			{Name: "pledge_late", Title: msg.T("誓約の期限を過ぎた日", "first day too late to pledge"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.pledge")
			if err != nil {
				return err
			}
			const given, known = 1, 2
			state := map[string]uint8{}
			for _, p := range check.Records[Pledge](w, "pledge") {
				if p.Kind == Leaving || p.Date == 0 || p.Date > org.Today(w) {
					continue
				}
				s := state[p.Person] | given
				if p.Way != OnPaper || p.Paper != "" {
					s |= known
				}
				state[p.Person] = s
			}
			for row, p := range check.Records[org.Person](w, "person") {
				s := state[p.Code]
				out.SetBool(row, 0, s&given != 0)
				out.SetBool(row, 1, s&known != 0)
				if p.Joined != 0 {
					out.SetDate(row, 2, int32(p.Joined)+int32(days)+1)
				}
			}
			return nil
		},
	}
}

// Measures are the places of a basic policy that a conduct guide is owed for: the parts of clause 9, or the clause
// itself where it has none.
func Measures(ids []string) map[string]bool {
	out := map[string]bool{}
	for _, id := range ids {
		if clause.ID(id).Parent() == measures {
			out[id] = true
		}
	}
	if len(out) == 0 {
		for _, id := range ids {
			if id == string(measures) {
				out[id] = true
			}
		}
	}
	return out
}

// measures is the clause of measures.
const measures clause.ID = "bp.9"

// clauseGuide tells what conduct guides the places of the basic policy in force have (bp.9.1–bp.9.6).
func clauseGuide() check.Join {
	return check.Join{
		Subject: "clause", Reads: []string{"clause", "version", "guide", "action", "day"},
		Attrs: []rule.Attr{
			{Name: "guide_asked", Title: msg.T("行動指針が必要な条項である", "a clause that wants a conduct guide"), Kind: rule.Bool},
			{Name: "guides", Title: msg.T("施行中の行動指針の数", "conduct guides in force"), Kind: rule.Int},
			{Name: "guides_current", Title: msg.T("今の版に照らし合わせた行動指針の数", "of them held against the present version"), Kind: rule.Int},
			{Name: "guide_shown", Title: msg.T("行動指針を示す手続の数", "acts it is shown with"), Kind: rule.Int},
			{Name: "guide_since", Title: msg.T("行動指針がなくなった日", "day since which there is no guide"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			today := org.Today(w)
			v, ok := policy.InForce(check.Records[policy.Version](w, "version"), "basic", today)
			clauses := check.Records[policy.Clause](w, "clause")
			var ids []string
			for _, c := range clauses {
				if ok && c.Version == v.Code {
					ids = append(ids, c.ID)
				}
			}
			asked := Measures(ids)
			acts := map[string]bool{}
			for _, a := range check.Records[org.Action](w, "action") {
				acts[a.Code] = true
			}
			type facts struct {
				n, current, shown int64
				ended             when.Date
			}
			of := map[string]facts{}
			for _, g := range check.Records[Guide](w, "guide") {
				f := of[g.Clause]
				switch {
				case g.InForceOn(today):
					f.n++
					if g.Version == v.Code {
						f.current++
					}
					for _, a := range g.Shown {
						if acts[a] {
							f.shown++
						}
					}
				case g.From != 0 && g.Until != 0 && g.Until < today:
					f.ended = max(f.ended, g.Until)
				}
				of[g.Clause] = f
			}
			for row, c := range clauses {
				if !ok || c.Version != v.Code || !asked[c.ID] {
					continue
				}
				f := of[c.ID]
				out.SetBool(row, 0, true)
				out.SetInt(row, 1, f.n)
				out.SetInt(row, 2, f.current)
				out.SetInt(row, 3, f.shown)
				if f.n == 0 {
					out.SetDate(row, 4, int32(max(v.From, f.ended+1)))
				}
			}
			return nil
		},
	}
}

// noticeReaders counts the audience of each mandatory notice and those of it who have read it (bp.9.1).
func noticeReaders() check.Join {
	return check.Join{
		Subject: "notice", Reads: []string{"notice", "receipt", "person", "unit", "post", "assignment", "system", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "audience", Title: msg.T("対象の人数", "people it is meant for"), Kind: rule.Int},
			{Name: "read", Title: msg.T("読んだ人数", "of them who have read it"), Kind: rule.Int},
			{Name: "read_enough", Title: msg.T("定めた割合以上が読んだ", "enough have read it"), Kind: rule.Bool},
			{Name: "read_due", Title: msg.T("読了の期限", "last day to read it"), Kind: rule.Date},
			{Name: "read_late", Title: msg.T("読了の期限を過ぎた日", "first day too late to read it"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.notice")
			if err != nil {
				return err
			}
			rate, err := org.Parameter(w, "N.noticerate")
			if err != nil {
				return err
			}
			today := org.Today(w)
			type asked struct {
				row        int
				issued     when.Date
				members    *Members
				meant, did int64
			}
			open := map[string]*asked{}
			var reach *Reach
			for row, n := range check.Records[Notice](w, "notice") {
				if !n.Mandatory || !n.ShownOn(today) {
					continue // what is over or binds nobody is not counted each time somebody reads it
				}
				if reach == nil {
					reach = NewReach(check.Records[org.Unit](w, "unit"), check.Records[org.Post](w, "post"), check.Records[org.Assignment](w, "assignment"),
						check.Records[asset.System](w, "system"), today)
				}
				open[n.Code] = &asked{row: row, issued: n.Issued, members: reach.Members(n.Audience())}
			}
			if len(open) == 0 {
				return nil
			}
			people := check.Records[org.Person](w, "person")
			at := make(map[string]int, len(people))
			for i := range people {
				p := &people[i]
				at[p.Code] = i
				for _, a := range open {
					if owes(p.Joined, p.Left, a.issued, today) && a.members.Holds(p.Code, p.Unit, p.Employment) {
						a.meant++
					}
				}
			}
			last, key := (*asked)(nil), ""
			for _, r := range check.Records[Receipt](w, "receipt") {
				if r.Notice != key {
					last, key = open[r.Notice], r.Notice
				}
				if last == nil || r.At.Date() > today {
					continue
				}
				i, ok := at[r.Person]
				if !ok {
					continue
				}
				if p := &people[i]; owes(p.Joined, p.Left, last.issued, today) && last.members.Holds(p.Code, p.Unit, p.Employment) {
					last.did++
				}
			}
			for _, a := range open {
				due := org.AddOpen(w, a.issued, days)
				out.SetInt(a.row, 0, a.meant)
				out.SetInt(a.row, 1, a.did)
				out.SetBool(a.row, 2, a.meant > 0 && a.did*100 >= a.meant*int64(rate))
				out.SetDate(a.row, 3, int32(due))
				out.SetDate(a.row, 4, int32(due+1))
			}
			return nil
		},
	}
}
