package asset

import (
	"okite/internal/clause"
	"okite/internal/flow"
	"okite/internal/msg"
)

// The states of an application to lower a class. They follow from who decided it, so no record keeps them.
const (
	applied  flow.State = "applied"
	lowered  flow.State = "approved"
	rejected flow.State = "rejected"
)

// roleDecides decides applications unless the table of powers says otherwise.
const roleDecides = "bureau_head"

// Route is the way of an application to lower a class: whoever applies never decides, nor does who acts for them (bp.6,
// bp.7).
func Route() *flow.Flow {
	return &flow.Flow{Name: "downgrade", Title: msg.T("格下げの申請", "Application for a downgrade"), Clauses: []clause.ID{"bp.7"},
		Start: applied, End: []flow.State{lowered, rejected},
		States: map[flow.State]msg.Text{applied: msg.T("申請中", "Applied for"), lowered: msg.T("承認", "Approved"), rejected: msg.T("却下", "Rejected")},
		Moves: []flow.Move{
			{Name: "approve", Title: msg.T("格下げの承認", "Approve a downgrade"), From: applied, To: lowered, Role: roleDecides, Approval: true},
			{Name: "reject", Title: msg.T("格下げの却下", "Reject a downgrade"), From: applied, To: rejected, Role: roleDecides, NotApplicant: true, Back: true},
		}}
}

// Flows are the ways of decision of this package, for whoever proves something of them all (bp.6).
func Flows() []*flow.Flow { return []*flow.Flow{Route()} }
