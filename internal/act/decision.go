package act

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/ref"
	"okite/internal/trail"
)

// Decision is what somebody decided on another's application (決裁): by which act, on what, for whom, and under which
// delegation, "" when none.
type Decision struct {
	Act        string
	Subject    ref.Ref
	Applicant  string
	Delegation string
}

// Decided tells the gate that the act under way has decided on somebody's application; the record is the act's own. ""
// tells nothing, so that whoever makes a step of a flow may pass on whom the step is for (flow.Flow.DecidesFor). The gate
// writes it down in the act's own transaction, with what it alone knows: by which act and under which delegation (bp.6).
func Decided(ctx context.Context, applicant string) { DecidedOn(ctx, ref.Ref{}, applicant) }

// DecidedOn is Decided for one of several records of an act.
func DecidedOn(ctx context.Context, subject ref.Ref, applicant string) {
	if c := From(ctx); c.taken != nil && applicant != "" {
		*c.taken = append(*c.taken, Decision{Subject: subject, Applicant: applicant})
	}
}

// decided puts what the act has decided on record.
func (g *Gate) decided(ctx context.Context, tx *db.Tx, who actor.Actor, id string, as trail.Capacity, rec ref.Ref, taken []Decision) error {
	if len(taken) == 0 || g.Decisions == nil {
		return nil
	}
	for i := range taken {
		d := &taken[i]
		d.Act, d.Delegation = id, as.Via
		if d.Subject == (ref.Ref{}) {
			d.Subject = rec
		}
	}
	return g.Decisions(ctx, tx, who, taken)
}
