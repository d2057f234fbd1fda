package notice

import (
	"okite/internal/clause"
	"okite/internal/flow"
	"okite/internal/msg"
)

// The states of a notice (vocabulary notice_state).
const (
	Draft     flow.State = "draft"
	Approval  flow.State = "approval"
	Issued    flow.State = "issued"
	Withdrawn flow.State = "withdrawn"
)

var stateTitles = map[flow.State]msg.Text{
	Draft:     msg.T("作成中", "Draft"),
	Approval:  msg.T("承認待ち", "Waiting for approval"),
	Issued:    msg.T("発信済み", "Issued"),
	Withdrawn: msg.T("取下げ", "Withdrawn"),
}

var (
	titleDraft    = msg.T("お知らせの作成", "Write a notice")
	titleRevise   = msg.T("お知らせの修正", "Revise a notice")
	titleSubmit   = msg.T("承認の依頼", "Ask for approval")
	titleApprove  = msg.T("承認と発信", "Approve and issue")
	titleIssue    = msg.T("発信", "Issue")
	titleReturn   = msg.T("差戻し", "Send back")
	titleWithdraw = msg.T("取下げ", "Withdraw")
)

// Mandatory is the way of a mandatory notice: somebody else than the writer approves what binds people (bp.6).
func Mandatory() *flow.Flow {
	return &flow.Flow{Name: "notice_mandatory", Title: msg.T("必読のお知らせの発信", "Issue a mandatory notice"), Clauses: []clause.ID{"bp.6", "bp.9.1"},
		Start: Draft, End: []flow.State{Issued, Withdrawn}, States: stateTitles,
		Moves: []flow.Move{
			{Name: "submit", Title: titleSubmit, From: Draft, To: Approval, Applicant: true},
			{Name: "approve", Title: titleApprove, From: Approval, To: Issued, Role: "chief", Approval: true},
			{Name: "return", Title: titleReturn, From: Approval, To: Draft, Role: "chief", Back: true},
			{Name: "withdraw_draft", Title: titleWithdraw, From: Draft, To: Withdrawn, Applicant: true, Back: true},
			{Name: "withdraw_approval", Title: titleWithdraw, From: Approval, To: Withdrawn, Applicant: true, Back: true},
		}}
}

// Plain is the way of every other notice: the writer issues it.
func Plain() *flow.Flow {
	states := map[flow.State]msg.Text{Draft: stateTitles[Draft], Issued: stateTitles[Issued], Withdrawn: stateTitles[Withdrawn]}
	return &flow.Flow{Name: "notice_plain", Title: msg.T("お知らせの発信", "Issue a notice"), Clauses: []clause.ID{"bp.6", "bp.9.1"},
		Start: Draft, End: []flow.State{Issued, Withdrawn}, States: states,
		Moves: []flow.Move{
			{Name: "issue", Title: titleIssue, From: Draft, To: Issued, Applicant: true},
			{Name: "withdraw_draft", Title: titleWithdraw, From: Draft, To: Withdrawn, Applicant: true, Back: true},
		}}
}

// routeOf is the way a notice takes.
func routeOf(n Notice) *flow.Flow {
	if n.Mandatory {
		return Mandatory()
	}
	return Plain()
}

// Flows are the ways of decision of this package, for whoever proves something of them all (bp.6).
func Flows() []*flow.Flow { return []*flow.Flow{Mandatory(), Plain()} }
