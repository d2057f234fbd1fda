// Package trailpage shows the record (証跡): who did what, on what, under which clauses, and that nobody has changed it
// since. An auditor can have it verified here, take it away and verify it without us.
//
// It serves clause 11 (bp.11, audit and self-inspection rest on the record) and clause 9(4) (bp.9.4).
package trailpage

import (
	"context"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
)

// The acts of this package.
const (
	ExportAct = "trail.export"
	VerifyAct = "trail.verify"
)

// record is what these acts are about: the record as a whole.
var record = ref.New("trail", "record")

func clauses() []clause.ID { return []clause.ID{"bp.11"} }

// verifiedKey marks a context in which this package has verified the record: nobody can enter a verdict of their own.
type verifiedKey struct{}

// Acts are what can be done with the record. Both leave an entry in it (bp.11: the audit itself can be looked at).
func Acts() []act.Act {
	about := func(context.Context, *db.Tx, actor.Actor, act.Input) (ref.Ref, error) { return record, nil }
	return []act.Act{
		{ID: ExportAct, Title: msg.T("証跡の書出し", "Export the record"), Clauses: clauses(), Scope: "city", Roles: []string{"audit_chief"}, Do: about},
		{ID: VerifyAct, Title: msg.T("証跡の検証", "Verify the record"), Clauses: clauses(), Scope: "city", Roles: []string{"audit_chief"}, Anyone: true,
			Fields: []act.Field{{Name: "size", Title: msg.T("件数", "Entries"), Required: true}, {Name: "root", Title: msg.T("全体のハッシュ値", "Root"), Required: true},
				{Name: "verdict", Title: msg.T("検証の結果", "Verdict"), Required: true}},
			Allow: func(ctx context.Context, _ *db.Tx, a actor.Actor, _ act.Input) error {
				if _, here := ctx.Value(verifiedKey{}).(bool); here || a.System {
					return nil
				}
				return fault.Deny(msg.T("11により、検証の結果は、検証を行った仕組み自身が記録します。記録のページで検証してください。",
					"Under 11 the outcome of a verification is entered by what verified. Please verify on the page of the record."), "bp.11")
			},
			Do: about},
	}
}
