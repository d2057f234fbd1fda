package org

import (
	"context"
	"slices"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// The states of an advisory (vocabulary advisory_state).
const (
	AdvisoryReceived flow.State = "received"
	AdvisoryTriaged  flow.State = "triaged"
	AdvisoryActing   flow.State = "acting"
	AdvisoryDone     flow.State = "done"
)

var advisoryStates = map[flow.State]msg.Text{
	AdvisoryReceived: msg.T("受付", "Received"),
	AdvisoryTriaged:  msg.T("判断済み", "Triaged"),
	AdvisoryActing:   msg.T("対応中", "Being dealt with"),
	AdvisoryDone:     msg.T("完了", "Done"),
}

var (
	titleTriage = msg.T("対応の判断", "Triage")
	titleBegin  = msg.T("対応の開始", "Begin to deal with it")
	titleClose  = msg.T("対応不要として完了", "Close, nothing to do")
	titleFinish = msg.T("対応の完了", "Done")
	titleAgain  = msg.T("判断のやり直し", "Triage anew")
)

// Intake is the way of an advisory: it is looked at in time, then dealt with or closed with the reason (bp.6).
func Intake() *flow.Flow {
	return &flow.Flow{Name: "advisory", Title: msg.T("注意喚起への対応", "Dealing with an advisory"), Clauses: []clause.ID{"bp.6"},
		Start: AdvisoryReceived, End: []flow.State{AdvisoryDone}, States: advisoryStates,
		Moves: []flow.Move{
			{Name: "triage", Title: titleTriage, From: AdvisoryReceived, To: AdvisoryTriaged, Role: roleCSIRTChief},
			{Name: "begin", Title: titleBegin, From: AdvisoryTriaged, To: AdvisoryActing, Role: roleCSIRTChief},
			{Name: "close", Title: titleClose, From: AdvisoryTriaged, To: AdvisoryDone, Role: roleCSIRTChief},
			{Name: "finish", Title: titleFinish, From: AdvisoryActing, To: AdvisoryDone, Role: roleCSIRTChief},
			{Name: "again", Title: titleAgain, From: AdvisoryActing, To: AdvisoryTriaged, Role: roleCSIRTChief},
		}}
}

// Flows are the ways of decision of this package, for whoever proves something of them all (bp.6).
func Flows() []*flow.Flow { return []*flow.Flow{Minutes(), Intake()} }

// state is where the advisory stands; what was entered from before says so by the day it was triaged.
func (a Advisory) state() flow.State {
	switch {
	case a.State != "" && (a.State != string(AdvisoryReceived) || a.Triaged == 0):
		return flow.State(a.State)
	case a.Triaged != 0:
		return AdvisoryTriaged
	}
	return AdvisoryReceived
}

// bindAdvisories keeps the state and the days in step, and what is done as it is (bp.6).
func bindAdvisories(_ *register.Catalog, d *register.Def) {
	d.Check = func(ctx context.Context, tx *db.Tx, old, next register.Row) error {
		a := register.Decode[Advisory](d, next)
		today := when.Of(tx.Now())
		switch {
		case a.Received > today:
			return fault.At("received", msg.T("受信日には、今日までの日を入力してください。", "Give a day that is not after today."))
		case a.Triaged != 0 && a.Triaged < a.Received:
			return fault.At("triaged", msg.T("対応を判断した日は、受信日より前にできません。", "It cannot be triaged before it was received."))
		case a.Triaged > today:
			return fault.At("triaged", msg.T("対応を判断した日には、今日までの日を入力してください。", "Give a day that is not after today."))
		}
		if old != nil && !steps(ctx) {
			was := register.Decode[Advisory](d, old)
			if was.state() == AdvisoryDone {
				return fault.New(fault.Conflict, msg.T("完了した注意喚起は変更できません。", "An advisory that is done cannot be changed."))
			}
			if was.Triaged != 0 && a.Triaged == 0 {
				return fault.At("triaged", msg.T("判断した日は空に戻せません。", "The day of the triage cannot be taken back."))
			}
		}
		if s := a.state(); string(s) != a.State {
			d.Put(next, "state", string(s))
		}
		return nil
	}
}

// step names the moves an advisory can make now.
func (a Advisory) moves() []flow.Move {
	return slices.DeleteFunc(slices.Clone(Intake().Moves), func(m flow.Move) bool { return m.From != a.state() })
}
