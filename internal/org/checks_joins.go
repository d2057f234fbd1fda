package org

import (
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/when"
)

// byCode indexes records by their key.
func byCode[T any](rows []T, code func(*T) string) map[string]*T {
	out := make(map[string]*T, len(rows))
	for i := range rows {
		out[code(&rows[i])] = &rows[i]
	}
	return out
}

// PeopleByCode is the register of people by person no.
func PeopleByCode(w *check.World) map[string]*Person {
	return byCode(check.Records[Person](w, "person"), func(p *Person) string { return p.Code })
}

func organKinds() []rule.Value {
	return []rule.Value{
		{Code: "mayor", Title: msg.T("市長", "mayor")}, {Code: "education", Title: msg.T("教育委員会", "board of education")},
		{Code: "election", Title: msg.T("選挙管理委員会", "election commission")}, {Code: "personnel", Title: msg.T("人事委員会", "personnel commission")},
		{Code: "audit", Title: msg.T("監査委員", "audit commissioners")}, {Code: "agriculture", Title: msg.T("農業委員会", "agriculture committee")},
		{Code: "assessment", Title: msg.T("固定資産評価審査委員会", "property assessment review committee")},
		{Code: "enterprise", Title: msg.T("公営企業管理者", "public enterprise manager")}, {Code: "fire", Title: msg.T("消防長", "fire chief")},
		{Code: "assembly_office", Title: msg.T("議会事務局", "assembly office")}, {Code: "assembly", Title: msg.T("議会", "assembly")},
	}
}

// organKindsOfCity tells which kinds of organ the city has today.
func organKindsOfCity() check.Join {
	return check.Join{
		Subject: "city", Reads: []string{"city", "organ", "day"},
		Attrs: []rule.Attr{{Name: "organ_kinds", Title: msg.T("現在ある機関の種別", "kinds of organ there are today"), Kind: rule.Set, Values: organKinds()}},
		Compute: func(w *check.World, out *check.Out) error {
			var kinds []string
			for _, o := range check.Records[Organ](w, "organ") {
				if LiveOn(o.Open, o.Close, Today(w)) {
					kinds = append(kinds, o.Kind)
				}
			}
			for row := range check.Records[City](w, "city") {
				out.SetSet(row, 0, kinds)
			}
			return nil
		},
	}
}

// unitPlace tells whether a unit's organ exists and whether the personnel system knows the unit.
func unitPlace() check.Join {
	return check.Join{
		Subject: "unit", Reads: []string{"unit", "organ", "hrunit", "day"},
		Attrs: []rule.Attr{
			{Name: "organ_open", Title: msg.T("所属機関が現在ある", "the organ exists today"), Kind: rule.Bool},
			{Name: "hr_known", Title: msg.T("人事情報に同じ組織がある", "the personnel system lists the unit"), Kind: rule.Bool},
			{Name: "unit", Title: msg.T("この組織", "the unit itself"), Kind: rule.Enum},
		},
		Compute: func(w *check.World, out *check.Out) error {
			organs := map[string]bool{}
			for _, o := range check.Records[Organ](w, "organ") {
				organs[o.Code] = LiveOn(o.Open, o.Close, Today(w))
			}
			hr := byCode(check.Records[HRUnit](w, "hrunit"), func(h *HRUnit) string { return h.Code })
			for row, u := range check.Records[Unit](w, "unit") {
				out.SetBool(row, 0, organs[u.Organ])
				out.SetBool(row, 1, hr[u.HRCode] != nil)
				out.SetEnum(row, 2, u.Code)
			}
			return nil
		},
	}
}

// hrUnitUse counts the open units that stand for a unit of the personnel system.
func hrUnitUse() check.Join {
	return check.Join{
		Subject: "hrunit", Reads: []string{"hrunit", "unit", "day"},
		Attrs: []rule.Attr{{Name: "open_units", Title: msg.T("台帳にある現在の組織の数", "open units in the register"), Kind: rule.Int}},
		Compute: func(w *check.World, out *check.Out) error {
			n := map[string]int64{}
			for _, u := range check.Records[Unit](w, "unit") {
				if LiveOn(u.Open, u.Close, Today(w)) {
					n[u.HRCode]++
				}
			}
			for row, h := range check.Records[HRUnit](w, "hrunit") {
				out.SetInt(row, 0, n[h.Code])
			}
			return nil
		},
	}
}

// unitFateAttrs are what R015 asks about the unit in charge of something.
func unitFateAttrs() []rule.Attr {
	return []rule.Attr{
		{Name: "unit_exists", Title: msg.T("所管する組織が台帳にある", "the unit in charge is registered"), Kind: rule.Bool},
		{Name: "unit_close", Title: msg.T("所管する組織の廃止日", "last day of the unit in charge"), Kind: rule.Date},
		{Name: "reorg_due", Title: msg.T("引継ぎの期限", "last day to hand over"), Kind: rule.Date},
		{Name: "reorg_late", Title: msg.T("引継ぎの期限を過ぎた日", "first day too late to hand over"), Kind: rule.Date},
	}
}

// UnitFate is a join for a register whose records a unit owns: whether that unit exists, when it closed, and until
// when its things may be handed over (bp.3, R015). unit gives a record's unit.
func UnitFate[T any](subject string, unit func(*T) string) check.Join {
	return check.Join{
		Subject: subject, Reads: []string{subject, "unit", "param"}, Attrs: unitFateAttrs(),
		Compute: func(w *check.World, out *check.Out) error {
			fate, err := unitFates(w)
			if err != nil {
				return err
			}
			rows := check.Records[T](w, subject)
			for row := range rows {
				fate(out, row, 0, unit(&rows[row]))
			}
			return nil
		},
	}
}

// unitFates gives a function that writes the facts of unitFateAttrs, beginning at attribute at.
func unitFates(w *check.World) (func(out *check.Out, row, at int, unit string), error) {
	days, err := Parameter(w, "N.reorg")
	if err != nil {
		return nil, err
	}
	type fate struct{ close, due when.Date }
	fates := map[string]fate{}
	for _, u := range check.Records[Unit](w, "unit") {
		f := fate{close: u.Close}
		if u.Close != 0 {
			f.due = AddOpen(w, u.Close, days)
		}
		fates[u.Code] = f
	}
	return func(out *check.Out, row, at int, unit string) {
		f, ok := fates[unit]
		out.SetBool(row, at, ok)
		out.SetDate(row, at+1, int32(f.close))
		out.SetDate(row, at+2, int32(f.due))
		if f.due != 0 {
			f.due++
		}
		out.SetDate(row, at+3, int32(f.due))
	}, nil
}

// assignmentUnit tells which unit the post of an assignment belongs to, and that unit's fate.
func assignmentUnit() check.Join {
	attrs := append(unitFateAttrs(), rule.Attr{Name: "unit", Title: msg.T("役職の範囲とする組織", "unit of the post"), Kind: rule.Enum})
	return check.Join{
		Subject: "assignment", Reads: []string{"assignment", "post", "unit", "param"}, Attrs: attrs,
		Compute: func(w *check.World, out *check.Out) error {
			fate, err := unitFates(w)
			if err != nil {
				return err
			}
			units := map[string]string{}
			for _, p := range check.Records[Post](w, "post") {
				units[p.Code] = p.Unit
			}
			for row, a := range check.Records[Assignment](w, "assignment") {
				unit := units[a.Post]
				fate(out, row, 0, unit)
				out.SetEnum(row, len(attrs)-1, unit)
			}
			return nil
		},
	}
}

// postTenure tells how each post is filled today.
func postTenure() check.Join {
	return check.Join{
		Subject: "post", Reads: []string{"post", "assignment", "person", "param", "day"},
		Attrs: []rule.Attr{
			{Name: "holders", Title: msg.T("任命されている在職者の数", "holders on the staff"), Kind: rule.Int},
			{Name: "deputies", Title: msg.T("代理者の数", "deputies"), Kind: rule.Int},
			{Name: "gap_days", Title: msg.T("今年度に任命のない日数", "days without a holder this fiscal year"), Kind: rule.Int},
			{Name: "handover_due", Title: msg.T("受領していない引継ぎの期限", "last day to accept the pending hand-over"), Kind: rule.Date},
			{Name: "unfilled_since", Title: msg.T("任命が整わなくなった日", "day since which the post is not in order"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			days, err := Parameter(w, "N.handover")
			if err != nil {
				return err
			}
			people := PeopleByCode(w)
			byPost := map[string][]Assignment{}
			for _, a := range check.Records[Assignment](w, "assignment") {
				byPost[a.Post] = append(byPost[a.Post], a)
			}
			for row, p := range check.Records[Post](w, "post") {
				t := tenureOf(p, byPost[p.Code], people, Today(w), func(d when.Date, n int) when.Date { return AddOpen(w, d, n) }, days)
				out.SetInt(row, 0, int64(t.holders))
				out.SetInt(row, 1, int64(t.deputies))
				out.SetInt(row, 2, int64(t.gap))
				out.SetDate(row, 3, int32(t.handoverDue))
				out.SetDate(row, 4, int32(t.since))
			}
			return nil
		},
	}
}

// unitPosts tells which of the mandatory posts a unit has.
func unitPosts() check.Join {
	return check.Join{
		Subject: "unit", Reads: []string{"unit", "post", "day"},
		Attrs: []rule.Attr{{Name: "posts", Title: msg.T("置かれている役職", "posts set up"), Kind: rule.Set, Values: []rule.Value{
			{Code: "section_manager", Title: msg.T("情報セキュリティ管理者", "information security manager")},
			{Code: "bureau_head", Title: msg.T("情報セキュリティ責任者", "information security officer")},
		}}},
		Compute: func(w *check.World, out *check.Out) error {
			roles := map[string][]string{}
			for _, p := range check.Records[Post](w, "post") {
				mandatory := p.Role == "section_manager" || p.Role == "bureau_head"
				if mandatory && LiveOn(p.From, p.Until, Today(w)) {
					roles[p.Unit] = append(roles[p.Unit], p.Role)
				}
			}
			for row, u := range check.Records[Unit](w, "unit") {
				out.SetSet(row, 0, roles[u.Code])
			}
			return nil
		},
	}
}

// approvalDelegation tells whether the delegation an approval rests on covers it.
func approvalDelegation() check.Join {
	return check.Join{
		Subject: "approval", Reads: []string{"approval", "delegation"},
		Attrs: []rule.Attr{
			{Name: "delegation_exists", Title: msg.T("根拠とした委任が台帳にある", "the delegation is registered"), Kind: rule.Bool},
			{Name: "delegation_begin", Title: msg.T("委任の開始日", "first day of the delegation"), Kind: rule.Date},
			{Name: "delegation_end", Title: msg.T("委任の終了日", "last day of the delegation"), Kind: rule.Date},
			{Name: "delegate_decided", Title: msg.T("決裁したのは委任を受けた職員", "the delegate took the decision"), Kind: rule.Bool},
			{Name: "act_delegated", Title: msg.T("決裁の操作が委任に含まれる", "the act is delegated"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			delegations := byCode(check.Records[Delegation](w, "delegation"), func(d *Delegation) string { return d.Code })
			for row, a := range check.Records[Approval](w, "approval") {
				d := delegations[a.Delegation]
				if d == nil {
					d = &Delegation{}
				}
				out.SetBool(row, 0, d.Code != "")
				out.SetDate(row, 1, int32(d.Begin))
				out.SetDate(row, 2, int32(d.End))
				out.SetBool(row, 3, d.Code != "" && d.To == a.Approver)
				out.SetBool(row, 4, d.Code != "" && d.covers(a.Action))
			}
			return nil
		},
	}
}

// approvalDoubleHats tells whether an applicant, or a delegate of theirs, decided (bp.6).
func approvalDoubleHats() check.Join {
	return check.Join{
		Subject: "approval", Reads: []string{"approval", "delegation"},
		Attrs: []rule.Attr{
			{Name: "self_decided", Title: msg.T("申請した職員が決裁した", "the applicant decided"), Kind: rule.Bool},
			{Name: "decided_by_delegate", Title: msg.T("申請した職員の委任を受けた職員が決裁した", "a delegate of the applicant decided"), Kind: rule.Bool},
		},
		Compute: func(w *check.World, out *check.Out) error {
			byGiver := map[string][]Delegation{}
			for _, d := range check.Records[Delegation](w, "delegation") {
				byGiver[d.From] = append(byGiver[d.From], d)
			}
			for row, a := range check.Records[Approval](w, "approval") {
				self := a.Applicant == a.Approver
				out.SetBool(row, 0, self)
				out.SetBool(row, 1, !self && leads(byGiver, a.Applicant, a.Approver, a.At))
			}
			return nil
		},
	}
}

// actionPowers counts the rows of the table of powers for each act: those for the whole city, and the scopes with more
// than one.
func actionPowers() check.Join {
	return check.Join{
		Subject: "action", Reads: []string{"action", "power"},
		Attrs: []rule.Attr{
			{Name: "powers", Title: msg.T("権限表で全庁について決定する役割の数", "roles the table of powers names for the whole city"), Kind: rule.Int},
			{Name: "scopes_twice", Title: msg.T("決定する役割が二つ以上ある範囲の数", "scopes with more than one deciding role"), Kind: rule.Int},
		},
		Compute: func(w *check.World, out *check.Out) error {
			type scope struct{ action, unit, organ string }
			n, twice := map[scope]int64{}, map[string]int64{}
			for _, p := range check.Records[Power](w, "power") {
				s := scope{p.Action, p.Unit, p.Organ}
				if n[s]++; n[s] == 2 && (p.Unit != "" || p.Organ != "") {
					twice[p.Action]++
				}
			}
			for row, a := range check.Records[Action](w, "action") {
				out.SetInt(row, 0, n[scope{action: a.Code}])
				out.SetInt(row, 1, twice[a.Code])
			}
			return nil
		},
	}
}
