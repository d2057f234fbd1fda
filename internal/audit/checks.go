package audit

import (
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/rule"
	"okite/internal/when"
)

// Checks are the parts this package adds to the checks of clause 6.
func Checks() []check.Check {
	return []check.Check{{ID: "R032", Parts: []check.Part{foreignAuditors()}}}
}

// Joins work out the facts these parts need from more than one register.
func Joins() []check.Join { return []check.Join{auditorsUnits()} }

// foreignAuditors is the part of R032 that asks whether anybody audits a unit of their own, present or recent
// (bp.6).
func foreignAuditors() check.Part {
	return check.Part{
		Name: "audit", Subject: "audit",
		Breach: `resource.own_auditors > 0 || resource.former_until > resource.cool_from`,
		Since:  "date",
		Owner:  check.Owner{Role: "audit_chief"}, Rank: check.Log, Evidence: []string{"auditors", "person", "transfer"},
		Reason: func(s check.Subject) msg.Text {
			if s.Int("own_auditors") > 0 {
				return msg.F("「%s」の監査人のうち%d人が、監査を受ける「%s」に所属しています。", "%[2]d auditor(s) of “%[1]s” belong to the unit audited, “%[3]s”.",
					s.Text("name"), s.Int("own_auditors"), s.Name("unit", s.Text("unit")))
			}
			years, _ := s.Param("N.auditcool")
			return msg.F("「%s」の監査人に、%sまで「%s」に所属していた職員がいます。離れてから%d年を経ていません。",
				"An auditor of “%s” belonged until %s to the unit audited, “%s”, which is less than %d years before.",
				s.Text("name"), s.Date("former_until").Both(), s.Name("unit", s.Text("unit")), years)
		},
		Mend: check.Mend{URL: "/registers/audit/{key}/edit", Label: msg.T("監査人を替える", "Change the auditors")},
	}
}

// auditorsUnits sets the units of the auditors, present and earlier, beside the unit they audited.
func auditorsUnits() check.Join {
	return check.Join{
		Subject: "audit", Reads: []string{"audit", "person", "transfer", "param"},
		Attrs: []rule.Attr{
			{Name: "own_auditors", Title: msg.T("監査を受ける組織に所属する監査人の数", "auditors who belong to the unit audited"), Kind: rule.Int},
			{Name: "former_until", Title: msg.T("監査人がその組織に所属した最後の日", "last day an auditor belonged to it"), Kind: rule.Date},
			{Name: "cool_from", Title: msg.T("監査から遡る期間の初日の前日", "day before the years looked back over"), Kind: rule.Date},
		},
		Compute: func(w *check.World, out *check.Out) error {
			years, err := org.Parameter(w, "N.auditcool")
			if err != nil {
				return err
			}
			people := org.PeopleByCode(w)
			type place struct{ person, unit string }
			left := map[place]when.Date{}
			for _, t := range check.Records[Transfer](w, "transfer") {
				at := place{t.Person, t.Unit}
				left[at] = max(left[at], t.Until)
			}
			for row, a := range check.Records[Audit](w, "audit") {
				var own int64
				var until when.Date
				for _, auditor := range a.Auditors {
					if p := people[auditor]; p != nil && p.Unit == a.Unit {
						own++
					}
					until = max(until, left[place{auditor, a.Unit}])
				}
				out.SetInt(row, 0, own)
				out.SetDate(row, 1, int32(until))
				out.SetDate(row, 2, int32(a.Date-when.Date(365*years)))
			}
			return nil
		},
	}
}
