package selfcheck

import (
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

// term is that somebody answers for a unit for a time.
type term struct {
	person      string
	from, until when.Date
}

// answerable says who answered for a unit on a day: its own manager or the officer of a unit above (bp.6).
type answerable struct {
	parent map[string]string
	manage map[string][]term // as section manager, by unit
	head   map[string][]term // as head of a bureau, by unit
}

func newAnswerable(units []org.Unit, posts []org.Post, assignments []org.Assignment) *answerable {
	a := &answerable{parent: make(map[string]string, len(units)), manage: map[string][]term{}, head: map[string][]term{}}
	for _, u := range units {
		a.parent[u.Code] = u.Parent
	}
	of := map[string]org.Post{}
	for _, p := range posts {
		if p.Unit != "" && (p.Role == "section_manager" || p.Role == "bureau_head") {
			of[p.Code] = p
		}
	}
	for _, x := range assignments {
		p, ok := of[x.Post]
		if !ok {
			continue
		}
		to := a.manage
		if p.Role == "bureau_head" {
			to = a.head
		}
		to[p.Unit] = append(to[p.Unit], term{x.Person, x.From, x.Until})
	}
	return a
}

func heldBy(list []term, person string, day when.Date) bool {
	for _, t := range list {
		if t.person == person && org.LiveOn(t.from, t.until, day) {
			return true
		}
	}
	return false
}

func (a *answerable) is(person, unit string, day when.Date) bool {
	if heldBy(a.manage[unit], person, day) {
		return true
	}
	for n := 0; unit != "" && n < 50; unit, n = a.parent[unit], n+1 { // a circle in the tree ends the climb
		if heldBy(a.head[unit], person, day) {
			return true
		}
	}
	return false
}

// unitConfirmed tells whether each section was confirmed this 年度 and the last, and whether what was found is with the
// CISO (R141).
func unitConfirmed() check.Join {
	return check.Join{
		Subject: "unit", Reads: []string{"unit", "confirmation", "post", "assignment", "day"},
		Attrs: []rule.Attr{
			{Name: "confirm_owed", Title: msg.T("遵守状況の確認の対象", "is to be confirmed"), Kind: rule.Bool},
			{Name: "confirmed_year", Title: msg.T("今年度に責任者・管理者が確認した", "was confirmed this fiscal year by who answers for it"), Kind: rule.Bool},
			{Name: "confirm_missed", Title: msg.T("前年度に確認されず、今年度もまだ確認されていない", "was confirmed neither last fiscal year nor yet this one"), Kind: rule.Bool},
			{Name: "confirm_unknown", Title: msg.T("確認した人か前年度の確認が分からない", "who confirmed it, or whether it was confirmed last year, is not known"), Kind: rule.Bool},
			{Name: "confirm_unnamed", Title: msg.T("今年度の確認に確認した職員の記録がない", "nobody is named for this fiscal year’s confirmation"), Kind: rule.Bool},
			{Name: "problem_fresh", Title: msg.T("今日見つかった問題が未報告", "a problem found today is not reported yet"), Kind: rule.Bool},
			{Name: "problem_open", Title: msg.T("問題がCISOに報告されていない", "a problem was not reported to the CISO"), Kind: rule.Bool},
			{Name: "problem_found", Title: msg.T("報告されていない問題が見つかった日", "day on which the unreported problem was found"), Kind: rule.Date},
			{Name: "confirm_since", Title: msg.T("確認・報告が足りなくなった日", "first day on which confirmation or report was wanting"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			today := org.Today(w)
			fy := today.FY()
			year, last := when.FYStart(fy), when.FYStart(fy-1)
			units := check.Records[org.Unit](w, "unit")
			who := newAnswerable(units, check.Records[org.Post](w, "post"), check.Records[org.Assignment](w, "assignment"))
			type facts struct {
				year, last, unnamed, fresh bool
				found                      when.Date // of the oldest problem that is not reported
			}
			of, told := map[string]facts{}, false
			for _, c := range check.Records[Confirmation](w, "confirmation") {
				if c.Date < last || c.Date > today {
					continue
				}
				f, valid := of[c.Unit], c.By != "" && who.is(c.By, c.Unit, c.Date)
				told = told || c.Date < year
				switch {
				case c.Date >= year:
					f.year = f.year || valid
					f.unnamed = f.unnamed || c.By == ""
				default:
					f.last = f.last || valid
				}
				switch {
				case c.Problem == "" || c.Reported != 0 && c.Reported <= today:
				case c.Date == today:
					f.fresh = true
				case f.found == 0 || c.Date < f.found:
					f.found = c.Date
				}
				of[c.Unit] = f
			}
			for row, u := range units {
				f := of[u.Code]
				missed := u.Open <= last && !f.last && !f.year
				since := year
				if f.found != 0 {
					since = f.found + 1
				}
				out.SetBool(row, 0, u.Kind == section && org.LiveOn(u.Open, u.Close, today))
				out.SetBool(row, 1, f.year)
				out.SetBool(row, 2, missed && told && !f.unnamed)
				out.SetBool(row, 3, !f.year && f.unnamed || missed && !told)
				out.SetBool(row, 4, f.unnamed)
				out.SetBool(row, 5, f.fresh)
				out.SetBool(row, 6, f.found != 0)
				out.SetDate(row, 7, int32(f.found))
				out.SetDate(row, 8, int32(since))
			}
			return nil
		},
	}
}
