package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/when"
)

// product is the role in which the product itself moves a set on. Nobody holds it.
const product = "product"

// The titles of the moves of a set.
var (
	titleSubmit   = msg.T("確認を求める", "Hand in")
	titleWithdraw = msg.T("準備中に戻す", "Take back")
	titleReturn   = msg.T("差し戻す", "Send back")
	titleConfirm  = msg.T("確認する", "Confirm")
	titleReopen   = msg.T("確認を取り消して準備中に戻す", "Undo the confirmation")
	titleCancel   = msg.T("一括準備を取り消す", "Cancel the set")
	titleApply    = msg.T("適用する", "Apply")
)

// setFlow is the way of a set of moves (bp.6): whoever handed it in does not confirm it, and until midnight it can be
// taken back.
var setFlow = &flow.Flow{
	Name: "moveset", Title: msg.T("異動の一括準備", "Set of moves"), Clauses: []clause.ID{"bp.6", "bp.9.1"},
	Start: org.SetPreparing, End: []flow.State{org.SetApplied, org.SetCancelled},
	States: map[flow.State]msg.Text{
		org.SetPreparing: msg.T("準備中", "Being prepared"), org.SetReview: msg.T("確認待ち", "Handed in"), org.SetConfirmed: msg.T("確認済", "Confirmed"),
		org.SetApplied: msg.T("適用済", "Applied"), org.SetCancelled: msg.T("取消", "Cancelled"),
	},
	Moves: []flow.Move{
		{Name: "submit", Title: titleSubmit, From: org.SetPreparing, To: org.SetReview, Role: "hr_officer"},
		{Name: "confirm", Title: titleConfirm, From: org.SetReview, To: org.SetConfirmed, Role: "chief", Approval: true, Days: 3, Escalate: "ciso"},
		{Name: "return", Title: titleReturn, From: org.SetReview, To: org.SetPreparing, Role: "chief", NotApplicant: true, Back: true},
		{Name: "withdraw", Title: titleWithdraw, From: org.SetReview, To: org.SetPreparing, Applicant: true, Back: true},
		{Name: "reopen", Title: titleReopen, From: org.SetConfirmed, To: org.SetPreparing, Role: "hr_officer", Back: true},
		{Name: "cancel", Title: titleCancel, From: org.SetPreparing, To: org.SetCancelled, Role: "hr_officer", Back: true},
		{Name: "apply", Title: titleApply, From: org.SetConfirmed, To: org.SetApplied, Role: product},
	},
}

// actOf is the act that makes a move.
func actOf(m flow.Move) string { return "moveset." + m.Name }

// nobody stands for a set that nobody has handed in yet: whoever submits it becomes its applicant.
const nobody = "-"

// instance is a set as the flow sees it. Its content is the moves, so that a confirmation holds for what was seen.
func instance(s org.MoveSet, moves []org.Move) flow.Instance {
	in := flow.Instance{ID: s.Code, State: flow.State(s.State), Applicant: s.Applicant, Since: s.Since, Hash: contentHash(s, moves)}
	if in.Applicant == "" {
		in.Applicant = nobody
	}
	if s.Confirmer != "" {
		in.Approvals = []flow.Approval{{Move: "confirm", Person: s.Confirmer, Hash: s.Hash}}
	}
	return in
}

// contentHash is over everything that takes effect: the day and each move.
func contentHash(s org.MoveSet, moves []org.Move) string {
	moves = slices.Clone(moves)
	slices.SortFunc(moves, func(a, b org.Move) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", s.Date)
	for _, m := range moves {
		fmt.Fprintf(h, "%q %q %q %q %q %q %q %v\n", m.Code, m.Person, m.Kind, m.To, m.Title, m.Post, m.As, m.Keep)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// person is the actor for the flow: the gate has asked the power register already, so the role of the move counts as
// held; who stands in for whom is asked here, over any chain (bp.6).
func (s *Service) person(ctx context.Context, tx *db.Tx, who actor.Actor, m flow.Move) (flow.Person, error) {
	by := flow.Person{Key: who.Person, Roles: slices.Clone(who.Roles), At: when.StampOf(tx.Now())}
	if m.Role != "" {
		by.Roles = append(by.Roles, actor.Grant{Role: m.Role})
	}
	if who.Person == "" {
		if m.Role == product && who.System {
			by.Key = product
		}
		return by, nil
	}
	var err error
	by.DelegateOf, err = org.StandsFor(ctx, tx, s.c.Catalog, who.Person, when.Of(tx.Now()))
	return by, err
}

// Flows are the ways of decision of this package, for whoever proves something of them all (bp.6).
func Flows() []*flow.Flow { return []*flow.Flow{setFlow} }
