package audit_test

import (
	"testing"

	"okite/internal/audit"
	"okite/internal/check/checktest"
	"okite/internal/when"
)

type (
	city = checktest.City
	want = map[string]string
)

func TestR032Audits(t *testing.T) {
	date := when.On(2026, 7, 1)
	bad := want{"audit:AU1": "noncompliant"}
	left := func(until when.Date) func(*testing.T, *city) {
		return func(t *testing.T, c *city) { checktest.Find(t, c.Transfers, "TR1").Until = until }
	}
	checktest.Run(t, "R032", []checktest.Case{
		{Name: "an auditor belongs to the unit audited", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.Audits, "AU1").Auditors = []string{"P1", "P4"} }, Want: bad, Since: date},
		{Name: "an auditor was moved into the unit audited", Spoil: func(t *testing.T, c *city) { checktest.Find(t, c.People, "P6").Unit = "U3" }, Want: bad},
		{Name: "an auditor left the unit 729 days before the audit", Spoil: left(date - 729), Want: bad},
		{Name: "an auditor left the unit 730 days before the audit", Spoil: left(date - 730), Want: want{}},
		{Name: "an auditor left the unit after the audit", Spoil: left(date + 30), Want: bad},
		{Name: "somebody else left the unit last month", Spoil: func(t *testing.T, c *city) {
			c.Transfers = append(c.Transfers, audit.Transfer{Code: "TR9", Person: "P2", Unit: "U3", Until: date - 30})
		}, Want: want{}},
		{Name: "an auditor left another unit last month", Spoil: func(t *testing.T, c *city) {
			c.Transfers = append(c.Transfers, audit.Transfer{Code: "TR9", Person: "P1", Unit: "U1", Until: date - 30})
		}, Want: want{}},
		{Name: "the latest of several stays counts", Spoil: func(t *testing.T, c *city) {
			c.Transfers = append(c.Transfers, audit.Transfer{Code: "TR9", Person: "P1", Unit: "U3", Until: date - 100})
		}, Want: bad},
		{Name: "the city asks for three years", Spoil: func(t *testing.T, c *city) { c.Params["N.auditcool"] = 3 }, Want: bad},
	})
}
