package transfer

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/contractor"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

// Checks are the checks of clause 5 on who is known and what is left behind.
func Checks() []check.Check { return []check.Check{everybodyKnown(), leftInOrder()} }

// Joins work out the facts these checks need from more than one register.
func Joins() []check.Join {
	return []check.Join{hrKinds(), hrPersonKnown(), personListed(), personLeaving()}
}

// Conditions that several parts share.
const (
	onStaff    = `resource.joined <= context.today && (resource.left == 0 || resource.left >= context.today)`
	listed     = `["regular", "special", "fiscal_year", "part_time", "temporary"].contains(resource.employment)`
	byContract = `["dispatched", "contractor"].contains(resource.employment)`
)

// everybodyKnown is R020: every kind of staff is covered, and nobody works here whom the register does not know (bp.5).
func everybodyKnown() check.Check {
	return check.Check{
		ID: "R020", Clauses: []clause.ID{"bp.5"}, Basis: "S", Severity: 3, Params: []string{"N.hrimport"},
		Title: msg.T("すべての職員等を把握する", "Everybody is known, of every kind of employment"),
		Duty: msg.T("人事情報と職員等の台帳を一致させ、派遣と委託の従事者は契約に結び付ける。",
			"The personnel system and the register of people agree, and agency and contractors' workers are tied to a contract."),
		Who: msg.T("人事担当者", "Personnel officer"),
		Parts: []check.Part{
			{
				Name: "city", Subject: "city",
				Breach:  `resource.hr_mapped && !resource.hr_kinds.containsAll(["regular", "special", "fiscal_year", "part_time", "temporary"])`,
				Unknown: `!resource.hr_mapped`,
				Owner:   check.Owner{Role: "hr_officer"}, Rank: check.Signed, Evidence: []string{"hrmapping"},
				Reason: reasonKinds,
				Mend:   check.Mend{URL: "/registers/hrmapping", Label: msg.T("列の対応を確かめる", "Look at the mappings")},
			},
			{
				Name: "hrperson", Subject: "hrperson", Scope: `resource.left == 0 || resource.left >= context.today`,
				Breach: `!resource.person_known || (resource.person_left != 0 && resource.person_left < context.today)`,
				Since:  "gone_since",
				Owner:  check.Owner{Role: "hr_officer"}, Rank: check.Log, Evidence: []string{"hrperson", "person"},
				Reason: func(s check.Subject) msg.Text {
					if !s.Bool("person_known") {
						return msg.F("人事情報にある%s（%s）が、職員等の台帳に登録されていません。", "%s (%s), listed by the personnel system, is not in the register of people.", s.Text("name"), s.Key())
					}
					return msg.F("人事情報では在職している%s（%s）が、職員等の台帳では%sに離職しています。", "%s (%s) is on the staff by the personnel system, and left on %s by the register of people.",
						s.Text("name"), s.Key(), s.Date("person_left").Both())
				},
				Mend: check.Mend{URL: "/transfers/hr", Label: msg.T("人事情報を取り込む", "Import personnel data")},
			},
			{
				Name: "person", Subject: "person", Scope: onStaff,
				Breach:  `(` + byContract + ` && !resource.contract_live) || (` + listed + ` && resource.hr_fresh && !resource.hr_listed)`,
				Unknown: listed + ` && !resource.hr_fresh`,
				Owner:   check.Owner{Role: "section_manager", Scope: "unit"}, Rank: check.Log, Evidence: []string{"person", "hrperson", "contract"},
				Reason: reasonPerson,
				Mend:   check.Mend{URL: "/registers/person/{key}/edit", Label: msg.T("職員等の登録を改める", "Mend the record of the person")},
			},
		},
	}
}

func reasonKinds(s check.Subject) msg.Text {
	if s.Result() == check.Undetermined {
		return msg.T("人事情報の列の対応が登録されていないため、すべての区分の職員を取り込んでいるかを判定できません。", "No mapping of personnel files is registered, so nobody can tell whether every kind of staff is imported.")
	}
	var missing msg.Text
	for _, k := range staffKinds() {
		if !s.Has("hr_kinds", k.Code) {
			missing = org.Listed(missing, k.Title)
		}
	}
	return msg.F("人事情報の取込みの対象に、次の区分の職員が含まれていません：%s。", "Personnel data are not imported for: %s.", missing)
}

func staffKinds() []rule.Value {
	return []rule.Value{{Code: "regular", Title: msg.T("正規職員", "regular staff")}, {Code: "special", Title: msg.T("特別職", "special posts")},
		{Code: "fiscal_year", Title: msg.T("会計年度任用職員", "fiscal-year staff")}, {Code: "part_time", Title: msg.T("非常勤職員", "part-time staff")}, {Code: "temporary", Title: msg.T("臨時職員", "temporary staff")}}
}

func reasonPerson(s check.Subject) msg.Text {
	name := s.Text("name")
	if k := s.Text("employment"); k == "dispatched" || k == "contractor" {
		if s.Text("contract") == "" {
			return msg.F("%sは派遣または委託の従事者ですが、契約に結び付けられていません。", "%s works here for an agency or contractor and is tied to no contract.", name)
		}
		return msg.F("%sの従事の根拠とされている契約は、現在有効な契約ではありません。", "The contract under which %s works here is not in force.", name)
	}
	if s.Result() == check.Undetermined {
		days, _ := s.Param("N.hrimport")
		return msg.F("人事情報が%d日以内に取り込まれていないため、%sが人事情報にあるかを判定できません。", "Personnel data were not imported within %d days, so nobody can tell whether they list %s.", days, name)
	}
	return msg.F("在職している%sが、人事情報にありません。", "%s is on the staff and is not listed by the personnel system.", name)
}

// leftInOrder is R023: whoever left has given everything back and was reminded of secrecy (bp.5). Modules that keep
// cards, accounts and media add their parts.
func leftInOrder() check.Check {
	return check.Check{
		ID: "R023", Clauses: []clause.ID{"bp.5"}, Basis: "G", Severity: 3,
		Title: msg.T("離職のときに返却と守秘義務を確かめる", "Whoever leaves gives everything back and is reminded of secrecy"),
		Duty: msg.T("離職する職員等から媒体、鍵、カードを返させ、利用者IDを止め、守秘義務を改めて伝える。",
			"From whoever leaves, media, keys and cards are taken back, accounts are closed, and they are reminded of secrecy."),
		Who: msg.T("情報セキュリティ管理者", "Information security manager"),
		Parts: []check.Part{{
			Name: "person", Subject: "person", Scope: `resource.left != 0 && resource.left < context.today`,
			Breach:  `resource.leave_listed && (resource.leave_open > 0 || !resource.leave_signed || resource.leave_early)`,
			Unknown: `!resource.leave_listed`, Since: "leave_late",
			Owner: check.Owner{Role: "section_manager", Scope: "unit"}, Rank: check.Witnessed, Evidence: []string{"leavecheck"},
			Reason: reasonLeft,
			Mend:   check.Mend{URL: "/transfers/leaves/{key}", Label: msg.T("離職時の確認を記録する", "Record the checklist")},
		}},
	}
}

func reasonLeft(s check.Subject) msg.Text {
	name, left := s.Text("name"), s.Date("left").Both()
	switch {
	case s.Result() == check.Undetermined:
		return msg.F("%sに離職した%sについて、離職時の確認の記録がありません。", "There is no checklist of %[2]s, who left on %[1]s.", left, name)
	case s.Int("leave_open") > 0:
		var open msg.Text
		for _, x := range leaveItems() {
			if s.Has("leave_missing", x.Code) {
				open = org.Listed(open, x.Title)
			}
		}
		return msg.F("%sに離職した%sについて、次の確認が済んでいません：%s。", "Of %[2]s, who left on %[1]s, this was not seen to: %[3]s.", left, name, open)
	case s.Bool("leave_early"):
		return msg.F("%sに離職した%sの離職時の確認は、別の日を最終在職日として行われました。", "The checklist of %[2]s, who left on %[1]s, was made for another last day.", left, name)
	}
	return msg.F("%sに離職した%sについて、離職時の確認をした職員が記録されていません。", "Nobody signed the checklist of %[2]s, who left on %[1]s.", left, name)
}

// leaveItems are the things a checklist sees to.
func leaveItems() []rule.Value {
	return []rule.Value{{Code: "media", Title: msg.T("媒体と端末の返却", "media and devices")}, {Code: "keys", Title: msg.T("鍵の返却", "keys")}, {Code: "cards", Title: msg.T("職員証とカードの返却", "cards")},
		{Code: "accounts", Title: msg.T("利用者IDの停止", "accounts")}, {Code: "reminder", Title: msg.T("守秘義務の伝達", "reminder of secrecy")}}
}

// hrKinds tells which kinds of employment the mappings of personnel files cover.
func hrKinds() check.Join {
	return check.Join{
		Subject: "city", Reads: []string{"city", "hrmapping"},
		Attrs: []rule.Attr{
			{Name: "hr_kinds", Title: msg.T("取込みの対象となる任用の区分", "kinds of employment that are imported"), Kind: rule.Set, Values: staffKinds()},
			{Name: "hr_mapped", Title: msg.T("列の対応が登録されている", "a mapping is registered"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			known := map[string]bool{}
			for _, k := range staffKinds() {
				known[k.Code] = true
			}
			var kinds []string
			mappings := check.Records[Mapping](w, "hrmapping")
			for _, m := range mappings {
				for _, k := range m.Kinds {
					if known[k] {
						kinds = append(kinds, k)
						known[k] = false // once is enough
					}
				}
			}
			for row := range check.Records[org.City](w, "city") {
				out.SetSet(row, 0, kinds)
				out.SetBool(row, 1, len(mappings) > 0)
			}
			return nil
		},
	}
}

// hrPersonKnown sets the register of people beside the personnel system's list.
func hrPersonKnown() check.Join {
	return check.Join{
		Subject: "hrperson", Reads: []string{"hrperson", "person"},
		Attrs: []rule.Attr{
			{Name: "person_known", Title: msg.T("職員等の台帳にある", "is in the register of people"), Kind: rule.Bool},
			{Name: "person_left", Title: msg.T("台帳での最終在職日", "last day by the register"), Kind: rule.Date},
			{Name: "gone_since", Title: msg.T("台帳で離職とされた最初の日", "first day gone by the register"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			people := org.PeopleByCode(w)
			for row, h := range check.Records[HRPerson](w, "hrperson") {
				p := people[h.Code]
				out.SetBool(row, 0, p != nil)
				if p == nil {
					p = &org.Person{}
				}
				out.SetDate(row, 1, int32(p.Left))
				if p.Left != 0 {
					out.SetDate(row, 2, int32(p.Left)+1)
				} else {
					out.SetDate(row, 2, 0)
				}
			}
			return nil
		},
	}
}

// personListed sets the personnel system's list and the contracts beside the register of people.
func personListed() check.Join {
	return check.Join{
		Subject: "person", Reads: []string{"person", "hrperson", "hrmapping", "contract", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "hr_listed", Title: msg.T("人事情報にある", "is listed by the personnel system"), Kind: rule.Bool},
			{Name: "hr_fresh", Title: msg.T("人事情報が期限内に取り込まれている", "personnel data are recent"), Kind: rule.Bool},
			{Name: "contract_live", Title: msg.T("従事の根拠となる契約が有効", "the contract is in force"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := org.Parameter(w, "N.hrimport")
			if err != nil {
				return err
			}
			today := org.Today(w)
			var last when.Date
			hr := map[string]bool{}
			for _, h := range check.Records[HRPerson](w, "hrperson") {
				hr[h.Code] = h.Left == 0 || h.Left >= today
				last = max(last, h.Collected)
			}
			for _, m := range check.Records[Mapping](w, "hrmapping") {
				last = max(last, m.Applied)
			}
			fresh := last != 0 && last+when.Date(days) >= today
			live := map[string]bool{}
			for _, k := range check.Records[contractor.Contract](w, "contract") {
				live[k.Code] = org.LiveOn(k.From, k.Until, today)
			}
			for row, p := range check.Records[org.Person](w, "person") {
				out.SetBool(row, 0, hr[p.Code])
				out.SetBool(row, 1, fresh)
				out.SetBool(row, 2, live[p.Contract])
			}
			return nil
		},
	}
}

// personLeaving sets the checklists beside those who left.
func personLeaving() check.Join {
	return check.Join{
		Subject: "person", Reads: []string{"person", "leavecheck"},
		Attrs: []rule.Attr{
			{Name: "leave_listed", Title: msg.T("離職時の確認の記録がある", "there is a checklist"), Kind: rule.Bool},
			{Name: "leave_open", Title: msg.T("済んでいない確認の数", "items not seen to"), Kind: rule.Int},
			{Name: "leave_missing", Title: msg.T("済んでいない確認", "what was not seen to"), Kind: rule.Set, Values: leaveItems()},
			{Name: "leave_signed", Title: msg.T("確認した職員が記録されている", "somebody signed"), Kind: rule.Bool},
			{Name: "leave_early", Title: msg.T("別の最終在職日の確認である", "made for another last day"), Kind: rule.Bool},
			{Name: "leave_late", Title: msg.T("離職の翌日", "day after the last"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			lists := map[string]LeaveCheck{}
			for _, l := range check.Records[LeaveCheck](w, "leavecheck") {
				if have, ok := lists[l.Person]; !ok || l.Last > have.Last || l.Last == have.Last && l.Done() {
					lists[l.Person] = l
				}
			}
			for row, p := range check.Records[org.Person](w, "person") {
				l, ok := lists[p.Code]
				var missing []string
				for _, x := range []struct {
					code string
					on   when.Date
				}{{"media", l.Media}, {"keys", l.Keys}, {"cards", l.Cards}, {"accounts", l.Accounts}, {"reminder", l.Reminder}} {
					if ok && x.on == 0 {
						missing = append(missing, x.code)
					}
				}
				out.SetBool(row, 0, ok)
				out.SetInt(row, 1, int64(len(missing)))
				out.SetSet(row, 2, missing)
				out.SetBool(row, 3, l.By != "")
				out.SetBool(row, 4, ok && p.Left != l.Last)
				late := int32(0)
				if p.Left != 0 {
					late = int32(p.Left) + 1
				}
				out.SetDate(row, 5, late)
			}
			return nil
		},
	}
}
