package policy

import (
	"okite/internal/clause"
	"okite/internal/flow"
	"okite/internal/msg"
)

// The states of a version (vocabulary version_state). After in_force it is replaced, which is no step of a decision.
const (
	Draft       flow.State = "draft"
	Review      flow.State = "review"
	Approval    flow.State = "approval"
	Adopting    flow.State = "adoption"
	Publication flow.State = "publication"
	Approved    flow.State = "approved"
	Current     flow.State = "in_force"
	Withdrawn   flow.State = "withdrawn"
	Replaced    flow.State = "replaced"
)

var stateTitles = map[flow.State]msg.Text{
	Draft:       msg.T("案", "Draft"),
	Review:      msg.T("委員会で審議中", "Before the committee"),
	Approval:    msg.T("CISOの決裁待ち", "Waiting for the CISO"),
	Adopting:    msg.T("各機関の決定待ち", "Waiting for the organs"),
	Publication: msg.T("公表待ち", "Waiting to be published"),
	Approved:    msg.T("決裁済み・施行前", "Decided, not yet in force"),
	Current:     msg.T("施行中", "In force"),
	Replaced:    msg.T("改正により失効", "Replaced"),
	Withdrawn:   msg.T("取下げ", "Withdrawn"),
}

// move is a step with the act that makes it; the power register says who decides the act (bp.6), the role here is its
// default.
func move(name string, title msg.Text, from, to flow.State, role string) flow.Move {
	return flow.Move{Name: name, Title: title, From: from, To: to, Role: role}
}

// Routes of approval (決裁の経路). Route A is that of the basic policy: committee, CISO, each organ, publication (bp.0,
// bp.3, bp.14). Route B is that of the standard: committee, CISO (bp.0). In both the applicant approves nothing (bp.6).
func RouteA() *flow.Flow {
	f := route("A", msg.T("経路A：基本方針の決裁", "Route A: the basic policy"), Review, Approval, Adopting, Publication, Approved)
	f.Moves = append(f.Moves,
		approve(move("ciso", titleCISO, Approval, Adopting, "ciso")),
		decide(move("adopt", msg.T("全機関の決定の確認", "Confirm that every organ has adopted it"), Adopting, Publication, "chief")),
		move("publish", titlePublish, Publication, Approved, "chief"))
	return f
}

// RouteB is the route of the standard.
func RouteB() *flow.Flow {
	f := route("B", msg.T("経路B：対策基準の決裁", "Route B: the standard"), Review, Approval, Approved)
	f.Moves = append(f.Moves, approve(move("ciso", titleCISO, Approval, Approved, "ciso")))
	return f
}

var (
	titleSubmit    = msg.T("委員会への付議", "Submit to the committee")
	titleCommittee = msg.T("委員会の議決", "Decision of the committee")
	titleCISO      = msg.T("CISOの決裁", "Decision of the CISO")
	titleAdopt     = msg.T("機関の決定の記録", "Record an organ’s adoption")
	titlePublish   = msg.T("公表", "Publish")
	titleEnforce   = msg.T("施行", "Bring into force")
	titleReturn    = msg.T("差戻し", "Send back")
	titleWithdraw  = msg.T("取下げ", "Withdraw")
)

func approve(m flow.Move) flow.Move { m.Approval = true; return m }
func decide(m flow.Move) flow.Move  { m.Decision = true; return m }

// route is what both routes share; every state but the draft can be sent back, and every one withdrawn.
func route(name string, title msg.Text, between ...flow.State) *flow.Flow {
	f := &flow.Flow{Name: name, Title: title, Clauses: []clause.ID{"bp.0", "bp.4"}, Start: Draft, End: []flow.State{Current, Withdrawn}, States: map[flow.State]msg.Text{},
		Moves: []flow.Move{
			{Name: "submit", Title: titleSubmit, From: Draft, To: Review, Applicant: true},
			approve(move("committee", titleCommittee, Review, Approval, "committee")),
			move("enforce", titleEnforce, Approved, Current, "chief"),
		}}
	f.Moves = append(f.Moves, flow.Move{Name: "withdraw_draft", Title: titleWithdraw, From: Draft, To: Withdrawn, Applicant: true, Back: true})
	for _, s := range between {
		role := map[flow.State]string{Review: "committee", Approval: "ciso"}[s]
		if role == "" {
			role = "chief"
		}
		f.Moves = append(f.Moves, flow.Move{Name: "return_" + string(s), Title: titleReturn, From: s, To: Draft, Role: role, Back: true},
			flow.Move{Name: "withdraw_" + string(s), Title: titleWithdraw, From: s, To: Withdrawn, Applicant: true, Back: true})
	}
	for _, s := range append([]flow.State{Draft, Current, Withdrawn}, between...) {
		f.States[s] = stateTitles[s]
	}
	return f
}

// routeOf is the route a layer takes.
func routeOf(layer string) *flow.Flow {
	if layer == "basic" {
		return RouteA()
	}
	return RouteB()
}

// Flows are the ways of decision of this package, for whoever proves something of them all (bp.6).
func Flows() []*flow.Flow { return []*flow.Flow{RouteA(), RouteB()} }
