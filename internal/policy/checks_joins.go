package policy

import (
	"cmp"
	"strings"

	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

// InForceOn says whether the version is in force on a day.
func (v Version) InForceOn(day when.Date) bool {
	return v.State == "in_force" && org.LiveOn(v.From, v.Until, day)
}

// InForce is the version of a layer (basic or standard) in force on a day. Should several be, which R001 reports,
// it is the latest.
func InForce(versions []Version, layer string, day when.Date) (v Version, ok bool) {
	for _, x := range versions {
		if x.Layer != layer || !x.InForceOn(day) {
			continue
		}
		if !ok || cmp.Or(cmp.Compare(x.From, v.From), cmp.Compare(x.Number, v.Number), cmp.Compare(x.Code, v.Code)) > 0 {
			v, ok = x, true
		}
	}
	return v, ok
}

// versionsOfLayer counts the versions in force of each version's layer (bp.0).
func versionsOfLayer() check.Join {
	return check.Join{
		Subject: "version", Reads: []string{"version", "day"},
		Attrs: []rule.Attr{
			{Name: "in_force", Title: msg.T("同じ層で施行中の版の数", "versions of the layer in force"), Kind: rule.Int},
			{Name: "overlap_since", Title: msg.T("施行中の版が一つでなくなった日", "day since which not just one is in force"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			type layer struct {
				n             int64
				first, second when.Date // when the first two of those in force began
				ended         when.Date // when the last of those marked as in force ended
			}
			layers := map[string]layer{}
			versions := check.Records[Version](w, "version")
			for _, v := range versions {
				l := layers[v.Layer]
				switch {
				case !v.InForceOn(org.Today(w)):
					if v.State == "in_force" && v.Until < org.Today(w) {
						l.ended = max(l.ended, v.Until)
					}
				case l.n == 0:
					l.n, l.first = 1, v.From
				default:
					l.n++
					if v.From < l.first {
						l.first, l.second = v.From, l.first
					} else if l.second == 0 || v.From < l.second {
						l.second = v.From
					}
				}
				layers[v.Layer] = l
			}
			for row, v := range versions {
				l := layers[v.Layer]
				out.SetInt(row, 0, l.n)
				since := l.second
				if l.n == 0 && l.ended != 0 {
					since = l.ended + 1
				}
				out.SetDate(row, 1, int32(since))
			}
			return nil
		},
	}
}

// clauseIDs are the places of the versions of a layer in force today.
func clauseIDs(w *check.World, layer string) map[string]bool {
	in := map[string]bool{}
	for _, v := range check.Records[Version](w, "version") {
		if v.Layer == layer && v.InForceOn(org.Today(w)) {
			in[v.Code] = true
		}
	}
	ids := map[string]bool{}
	for _, c := range check.Records[Clause](w, "clause") {
		if in[c.Version] {
			ids[c.ID] = true
		}
	}
	return ids
}

// clauseParents counts the clauses of the basic policy in force on which a clause of the standard rests.
func clauseParents() check.Join {
	return check.Join{
		Subject: "clause", Reads: []string{"clause", "version", "day"},
		Attrs: []rule.Attr{
			{Name: "standard_in_force", Title: msg.T("施行中の対策基準の条項である", "a clause of the standard in force"), Kind: rule.Bool},
			{Name: "basic_parents", Title: msg.T("根拠とする施行中の基本方針の条項の数", "clauses of the basic policy in force above it"), Kind: rule.Int},
			{Name: "in_force_since", Title: msg.T("版の施行日", "day the version entered into force"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			basic := clauseIDs(w, "basic")
			standard := map[string]when.Date{}
			for _, v := range check.Records[Version](w, "version") {
				if v.Layer == "standard" && v.InForceOn(org.Today(w)) {
					standard[v.Code] = v.From
				}
			}
			for row, c := range check.Records[Clause](w, "clause") {
				var n int64
				for _, p := range c.Parents {
					if clause.ID(p).Layer() == clause.Basic && basic[p] {
						n++
					}
				}
				from, ok := standard[c.Version]
				out.SetBool(row, 0, ok && clause.ID(c.ID).Layer() == clause.Standard)
				out.SetInt(row, 1, n)
				out.SetDate(row, 2, int32(from))
			}
			return nil
		},
	}
}

// AckAttrs are what R003 asks about a receipt.
func AckAttrs() []rule.Attr {
	return []rule.Attr{
		{Name: "acked", Title: msg.T("施行中の基本方針を受け取った", "received the basic policy in force"), Kind: rule.Bool},
		{Name: "ack_from", Title: msg.T("受領の期間の初日", "first day to receive it"), Kind: rule.Date},
		{Name: "ack_late", Title: msg.T("受領の期限を過ぎた日", "first day too late to receive it"), Kind: rule.Date},
	}
}

// AckDates gives a function that writes the last two of AckAttrs for somebody bound since a day; the period begins
// on that day or with the version in force, whichever is later.
func AckDates(w *check.World) (version string, put func(out *check.Out, row int, bound when.Date), err error) {
	days, err := org.Parameter(w, "N.ack")
	if err != nil {
		return "", nil, err
	}
	v, ok := InForce(check.Records[Version](w, "version"), "basic", org.Today(w))
	return v.Code, func(out *check.Out, row int, bound when.Date) {
		var from, late when.Date
		if ok {
			from = max(v.From, bound)
			late = from + when.Date(days) + 1
		}
		out.SetDate(row, 1, int32(from))
		out.SetDate(row, 2, int32(late))
	}, nil
}

// personReceipt tells whether each person received the basic policy in force, and until when they may.
func personReceipt() check.Join {
	return check.Join{
		Subject: "person", Reads: []string{"person", "ack", "version", "param", "day"}, Attrs: AckAttrs(),
		Compute: func(w *check.World, out *check.Out) error {
			version, put, err := AckDates(w)
			if err != nil {
				return err
			}
			acked := map[string]bool{}
			for _, a := range check.Records[Ack](w, "ack") {
				if version != "" && a.Version == version && a.Person != "" {
					acked[a.Person] = true
				}
			}
			for row, p := range check.Records[org.Person](w, "person") {
				out.SetBool(row, 0, acked[p.Code])
				put(out, row, p.Joined)
			}
			return nil
		},
	}
}

// organAdoption tells by whom each organ has adopted the basic policy in force.
func organAdoption() check.Join {
	return check.Join{
		Subject: "organ", Reads: []string{"organ", "adoption", "version", "day"},
		Attrs: []rule.Attr{
			{Name: "adoptions", Title: msg.T("施行中の基本方針についての決定の数", "adoptions of the basic policy in force"), Kind: rule.Int},
			{Name: "adopted_by", Title: msg.T("決定した主体", "adopted by"), Kind: rule.Set, Values: []rule.Value{
				{Code: "organ", Title: msg.T("機関自ら", "the organ itself")}, {Code: "office", Title: msg.T("事務局", "its office")},
			}},
			{Name: "adopt_from", Title: msg.T("決定を要する日", "day since which an adoption is owed"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			v, ok := InForce(check.Records[Version](w, "version"), "basic", org.Today(w))
			n, by := map[string]int64{}, map[string][]string{}
			for _, a := range check.Records[Adoption](w, "adoption") {
				if ok && a.Version == v.Code {
					n[a.Organ]++
					by[a.Organ] = append(by[a.Organ], a.By)
				}
			}
			for row, o := range check.Records[org.Organ](w, "organ") {
				var from when.Date
				if ok {
					from = max(v.From, o.Open)
				}
				out.SetInt(row, 0, n[o.Code])
				out.SetSet(row, 1, by[o.Code])
				out.SetDate(row, 2, int32(from))
			}
			return nil
		},
	}
}

// procedureParents counts the clauses a procedure names, and those of them that are in neither text in force.
func procedureParents() check.Join {
	return check.Join{
		Subject: "procedure", Reads: []string{"procedure", "clause", "version", "day"},
		Attrs: []rule.Attr{
			{Name: "parents_named", Title: msg.T("根拠とする条項の数", "clauses it rests on"), Kind: rule.Int},
			{Name: "parents_unknown", Title: msg.T("施行中のポリシーにない条項の数", "of them not in the policy in force"), Kind: rule.Int},
		},
		Compute: func(w *check.World, out *check.Out) error {
			basic, standard := clauseIDs(w, "basic"), clauseIDs(w, "standard")
			for row, p := range check.Records[Procedure](w, "procedure") {
				var named, unknown int64
				for _, id := range p.Parents {
					if id = strings.TrimSpace(id); id == "" {
						continue
					}
					named++
					if !basic[id] && !standard[id] {
						unknown++
					}
				}
				out.SetInt(row, 0, named)
				out.SetInt(row, 1, unknown)
			}
			return nil
		},
	}
}

// requirementParameter sets a procedure's value beside that of the standard.
func requirementParameter() check.Join {
	return check.Join{
		Subject: "requirement", Reads: []string{"requirement", "procedure", "parameter", "day"},
		Attrs: []rule.Attr{
			{Name: "procedure_live", Title: msg.T("実施手順が施行中である", "the procedure is in force"), Kind: rule.Bool},
			{Name: "value_stated", Title: msg.T("手順の値が入力されている", "the procedure states a value"), Kind: rule.Bool},
			{Name: "standard_stated", Title: msg.T("対策基準の値が定められている", "the standard states a value"), Kind: rule.Bool},
			{Name: "standard", Title: msg.T("対策基準の値", "the standard’s value"), Kind: rule.Int},
			{Name: "direction", Title: msg.T("厳しくなる向き", "stricter when"), Kind: rule.Enum, Values: []rule.Value{
				{Code: "max", Title: msg.T("小さいほど厳しい", "smaller is stricter")}, {Code: "min", Title: msg.T("大きいほど厳しい", "larger is stricter")},
			}},
			{Name: "unit", Title: msg.T("所管組織", "unit in charge"), Kind: rule.Enum},
		},
		Compute: func(w *check.World, out *check.Out) error {
			procedures := map[string]Procedure{}
			for _, p := range check.Records[Procedure](w, "procedure") {
				procedures[p.Code] = p
			}
			parameters := map[string]Parameter{}
			for _, p := range check.Records[Parameter](w, "parameter") {
				parameters[p.Code] = p
			}
			for row, r := range check.Records[Requirement](w, "requirement") {
				procedure, known := procedures[r.Procedure]
				parameter := parameters[r.Parameter]
				out.SetBool(row, 0, known && org.LiveOn(procedure.From, procedure.Until, org.Today(w)))
				out.SetBool(row, 1, r.Value != nil)
				out.SetBool(row, 2, parameter.Value != nil)
				if parameter.Value != nil {
					out.SetInt(row, 3, *parameter.Value)
				}
				out.SetEnum(row, 4, parameter.Direction)
				out.SetEnum(row, 5, procedure.Unit)
			}
			return nil
		},
	}
}

// Holds says whether the exception excuses its subject on a day: somebody else than the applicant approved it, and
// its last day has not passed (bp.9.3).
func (e Exception) Holds(day when.Date) bool {
	return e.Approved != 0 && e.Approver != "" && e.Approver != e.Applicant && e.Until >= day
}
