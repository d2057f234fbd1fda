package selfcheck

import (
	"okite/internal/clause"
	"okite/internal/flow"
	"okite/internal/msg"
)

// The states of a response (vocabulary response_state).
const (
	Preparing flow.State = "preparing"
	Answering flow.State = "answering"
	Submitted flow.State = "submitted"
	Returned  flow.State = "returned"
	Done      flow.State = "done"
	Dropped   flow.State = "withdrawn"
)

var stateTitles = map[flow.State]msg.Text{
	Preparing: msg.T("準備中", "Not begun"),
	Answering: msg.T("回答中", "Being answered"),
	Submitted: msg.T("提出済", "Submitted"),
	Returned:  msg.T("差戻し", "Sent back"),
	Done:      msg.T("完了", "Done"),
	Dropped:   msg.T("取下げ", "Withdrawn"),
}

var (
	titleBegin    = msg.T("回答の開始", "Begin to answer")
	titleSubmit   = msg.T("提出", "Submit")
	titleResume   = msg.T("回答のやり直し", "Answer again")
	titleConfirm  = msg.T("確認", "Confirm")
	titleReturn   = msg.T("差戻し", "Send back")
	titleWithdraw = msg.T("取下げ", "Withdraw")
)

// level is who may confirm a response: whoever answers for the section, and for those who do so themselves the level
// above.
type level struct{ name, role, scope string }

var levels = []level{
	{"section", "section_manager", "section"}, {"bureau", "bureau_head", "bureau"}, {"chief", "chief", ""}, {"ciso", "ciso", ""},
}

// Route is the way of a response: whoever is asked answers, somebody else who answers for the section confirms, and the
// office withdraws what nobody has to answer any more (bp.6, bp.11).
func Route() *flow.Flow {
	f := &flow.Flow{Name: "selfcheck_response", Title: msg.T("自己点検の回答", "Self-inspection"), Clauses: []clause.ID{"bp.6", "bp.11"},
		Start: Preparing, End: []flow.State{Done, Dropped}, States: stateTitles,
		Moves: []flow.Move{
			{Name: "begin", Title: titleBegin, From: Preparing, To: Answering, Applicant: true},
			{Name: "submit", Title: titleSubmit, From: Answering, To: Submitted, Applicant: true},
			{Name: "resume", Title: titleResume, From: Returned, To: Answering, Applicant: true},
		}}
	for _, l := range levels {
		f.Moves = append(f.Moves,
			flow.Move{Name: "confirm_" + l.name, Title: titleConfirm, From: Submitted, To: Done, Role: l.role, Scope: l.scope, Approval: true},
			flow.Move{Name: "return_" + l.name, Title: titleReturn, From: Submitted, To: Returned, Role: l.role, Scope: l.scope, NotApplicant: true, Back: true})
	}
	for _, s := range []flow.State{Preparing, Answering, Submitted, Returned} {
		f.Moves = append(f.Moves, flow.Move{Name: "withdraw_" + string(s), Title: titleWithdraw, From: s, To: Dropped, Role: "chief", Back: true})
	}
	return f
}

// Flows are the ways of decision of this package, for whoever proves something of them all (bp.6).
func Flows() []*flow.Flow { return []*flow.Flow{Route()} }
