package contractor

import (
	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/rule"
	"okite/internal/when"
)

// Checks are the parts this package adds to the checks of the preamble and of clause 3.
func Checks() []check.Check {
	return []check.Check{
		{ID: "R003", Parts: []check.Part{receivedByContractor()}},
		{ID: "R015", Parts: []check.Part{orphanContract()}},
	}
}

// Joins work out the facts these parts need from more than one register.
func Joins() []check.Join {
	return []check.Join{
		contractorReceipt(),
		org.UnitFate("contract", func(c *Contract) string { return c.Unit }),
	}
}

// receivedByContractor is the part of R003 that asks whether the policy reached the contractors (bp.0).
func receivedByContractor() check.Part {
	return check.Part{
		Name: "contractor", Subject: "contractor", Scope: `resource.live_contracts > 0`,
		NotDue: policy.AckNotDue, Breach: policy.AckMissing, Unknown: policy.AckUnknown, Since: "ack_late",
		Owner: check.Owner{Role: "contract_officer"}, Rank: check.Signed, Evidence: []string{"ack", "contract"},
		Reason: func(s check.Subject) msg.Text {
			return policy.AckReason(s, msg.F("委託事業者「%s」", "the contractor “%s”", s.Text("name")))
		},
		Mend: check.Mend{URL: "/notices/contractors", Label: msg.T("受領を記録する", "Record the receipt")},
	}
}

// orphanContract is the part of R015 over contracts (bp.3).
func orphanContract() check.Part {
	return check.Part{
		Name: "contract", Subject: "contract",
		Scope:  `resource.from <= context.today && (resource.until == 0 || resource.until >= context.today) && resource.unit != ""`,
		NotDue: org.Leaving, Breach: org.Orphaned, Since: "reorg_late",
		Owner: check.Owner{Role: "section_manager", Scope: "unit"}, Rank: check.Stated, Evidence: []string{"unit"},
		Reason: func(s check.Subject) msg.Text {
			return org.OrphanReason(s, msg.F("委託契約「%s」", "The contract “%s”", s.Text("name")))
		},
		Mend: check.Mend{URL: "/registers/contract/{key}/edit", Label: msg.T("所管課を改める", "Change the section in charge")},
	}
}

// contractorReceipt tells whether a contractor works for the city today and has received the policy.
func contractorReceipt() check.Join {
	attrs := append(policy.AckAttrs(), rule.Attr{Name: "live_contracts", Title: msg.T("契約中の委託契約の数", "live contracts"), Kind: rule.Int})
	return check.Join{
		Subject: "contractor", Reads: []string{"contractor", "contract", "ack", "version", "param", "day"}, Attrs: attrs,
		Compute: func(w *check.World, out *check.Out) error {
			type term struct {
				n    int64
				from when.Date // first day of the earliest contract that is live
			}
			terms := map[string]term{}
			for _, c := range check.Records[Contract](w, "contract") {
				if !org.LiveOn(c.From, c.Until, org.Today(w)) {
					continue
				}
				t := terms[c.Contractor]
				if t.n == 0 || c.From < t.from {
					t.from = c.From
				}
				t.n++
				terms[c.Contractor] = t
			}
			version, put, err := policy.AckDates(w)
			if err != nil {
				return err
			}
			acked := map[string]bool{}
			for _, a := range check.Records[policy.Ack](w, "ack") {
				if version != "" && a.Version == version && a.Contractor != "" {
					acked[a.Contractor] = true
				}
			}
			for row, c := range check.Records[Contractor](w, "contractor") {
				t := terms[c.Code]
				out.SetBool(row, 0, acked[c.Code])
				put(out, row, t.from)
				out.SetInt(row, len(attrs)-1, t.n)
			}
			return nil
		},
	}
}
