package training

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/register"
)

// The states of a plan (vocabulary plan_state).
const (
	Draft     flow.State = "draft"
	Submitted flow.State = "submitted"
	Approved  flow.State = "approved"
	Withdrawn flow.State = "withdrawn"
)

var stateTitles = map[flow.State]msg.Text{
	Draft:     msg.T("準備中", "In preparation"),
	Submitted: msg.T("申請", "Submitted"),
	Approved:  msg.T("承認", "Approved"),
	Withdrawn: msg.T("取下げ", "Withdrawn"),
}

var (
	titleSubmit   = msg.T("承認の申請", "Submit for approval")
	titleApprove  = msg.T("研修計画の承認", "Approve the plan")
	titleReturn   = msg.T("差戻し", "Send back")
	titleWithdraw = msg.T("取下げ", "Withdraw")
)

// Route is the way of a plan: whoever made it submits it, another approves (bp.6, bp.9.1). The role is the default of
// the act of each step; the table of powers says who decides it.
func Route() *flow.Flow {
	return &flow.Flow{Name: "trainingplan", Title: msg.T("研修計画の承認", "Approval of a training plan"), Clauses: []clause.ID{"bp.6", "bp.9.1"},
		Start: Draft, End: []flow.State{Approved, Withdrawn}, States: stateTitles,
		Moves: []flow.Move{
			{Name: "submit", Title: titleSubmit, From: Draft, To: Submitted, Applicant: true},
			{Name: "approve", Title: titleApprove, From: Submitted, To: Approved, Role: roleApprove, Approval: true},
			{Name: "return", Title: titleReturn, From: Submitted, To: Draft, Role: roleApprove, Back: true},
			{Name: "withdraw_draft", Title: titleWithdraw, From: Draft, To: Withdrawn, Applicant: true, Back: true},
			{Name: "withdraw_submitted", Title: titleWithdraw, From: Submitted, To: Withdrawn, Applicant: true, Back: true},
		}}
}

// roleApprove approves plans unless the table of powers says otherwise.
const roleApprove = "ciso"

// hash is of what is approved; the report of the result comes later and is no part of it.
func (p Plan) hash() string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d\n%d:%s\n%s", p.FY, len(p.Name), p.Name, p.Content)))
	return hex.EncodeToString(sum[:])
}

// bindPlan gives a new plan its state, and keeps what was handed in or approved from being changed under the name of
// those who did it (bp.6).
func bindPlan(_ *register.Catalog, d *register.Def) {
	d.Check = func(_ context.Context, _ *db.Tx, old, next register.Row) error {
		if old == nil {
			if d.Str(next, "state") == "" {
				d.Put(next, "state", string(Draft))
			}
			return nil
		}
		was, now := register.Decode[Plan](d, old), register.Decode[Plan](d, next)
		if was.State == now.State && was.State != string(Draft) && was.hash() != now.hash() {
			return fault.New(fault.Conflict, msg.F("この計画は「%s」の状態のため、件名・年度・内容は変更できません。差し戻してから変更してください。",
				"The plan stands at “%s”: subject, year and content cannot be changed. Have it sent back first.", stateTitles[flow.State(was.State)]))
		}
		return nil
	}
}

// Flows are the ways of decision of this package, for whoever proves something of them all (bp.6).
func Flows() []*flow.Flow { return []*flow.Flow{Route()} }
