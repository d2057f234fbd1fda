package app

import (
	"context"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/when"
)

// TestDecisionsOfEveryFlow: whoever decides on another's application, by whichever act of the product, leaves one row in the
// register of decisions that names both, the act, the record and the delegation (bp.6, R030, R032).
func TestDecisionsOfEveryFlow(t *testing.T) {
	eachStore(t, func(t *testing.T, c Config) {
		a := openDemo(t, c, DemoSpec{People: 500, Seed: 3, Date: when.On(2026, 11, 24)})
		ctx := Operator(context.Background())
		one := func(query string, args ...any) (s string) {
			t.Helper()
			if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&s) }); err != nil && !db.Missing(err) {
				t.Fatal(err)
			}
			return s
		}
		set := func(query string, args ...any) {
			t.Helper()
			if err := a.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, query, args...); return err }); err != nil {
				t.Fatal(err)
			}
		}
		meeting := one(`SELECT code FROM reg_meeting WHERE state = 'submitted' ORDER BY code LIMIT 1`)
		decider := everyRole(a)
		decider.Person = one(`SELECT k.chair FROM reg_meeting m JOIN reg_committee k ON k.code = m.committee WHERE m.code = $1`, meeting)
		clerk := one(`SELECT p.code FROM reg_person p WHERE p."left" = '' AND NOT EXISTS (SELECT 1 FROM reg_delegation d WHERE p.code IN (d.giver, d.taker)) AND p.code <> $1 ORDER BY p.code DESC LIMIT 1`, decider.Person)
		plan, sheet := one(`SELECT code FROM reg_trainingplan ORDER BY code LIMIT 1`), one(`SELECT code FROM reg_response WHERE person <> '' ORDER BY code DESC LIMIT 1`)
		version := one(`SELECT code FROM reg_version WHERE state = 'draft' AND layer = 'standard' ORDER BY code LIMIT 1`)
		set(`UPDATE reg_trainingplan SET state = 'submitted', applicant = $1 WHERE code = $2`, clerk, plan)
		set(`UPDATE reg_response SET state = 'submitted', person = $1, "by" = $1 WHERE code = $2`, clerk, sheet)
		run := func(who actor.Actor, id string, in act.Input) (act.Result, error) {
			return a.Gate.Run(actor.With(context.Background(), who), id, in, act.Options{Reason: "試験"})
		}
		author := everyRole(a)
		author.Person = clerk
		if _, err := run(author, "policy.submit", act.Input{"version": version}); err != nil {
			t.Errorf("submit %s: %v", version, err)
		}
		tried := 0
		for _, x := range []struct{ id, field, key, applicant string }{
			{"asset.downgrade.reject", "code", one(`SELECT code FROM reg_downgrade WHERE decided = '' ORDER BY code LIMIT 1`), ""},
			{"notice.return", "notice", one(`SELECT code FROM reg_notice WHERE state = 'approval' ORDER BY code LIMIT 1`), ""},
			{"meeting.approve", "meeting", meeting, ""},
			{"training.plan.approve", "plan", plan, clerk},
			{"selfcheck.decide.chief", "response", sheet, clerk},
			{"policy.committee", "version", version, clerk},
		} {
			in := act.Input{x.field: x.key}
			switch x.id {
			case "selfcheck.decide.chief":
				in["decision"] = "confirm"
			case "policy.committee":
				in["date"] = "2026-11-24"
			}
			res, err := run(decider, x.id, in)
			if err != nil {
				t.Errorf("%s of %q: %v", x.id, x.key, err)
				continue
			}
			tried++
			got := one(`SELECT subject || ' ' || applicant || ' ' || approver || ' ' || delegation || ' ' || "at" FROM reg_approval WHERE action = $1 AND approver = $2 ORDER BY changed_at DESC, code LIMIT 1`, x.id, decider.Person)
			want := []string{res.Record.String() + " ", " " + decider.Person + "  2026-11-24"}
			if x.applicant != "" {
				want = append(want, " "+x.applicant+" ")
			}
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%s is on record as %q, want %q in it", x.id, got, w)
				}
			}
		}
		if wrong := one(`SELECT COUNT(*) FROM reg_approval WHERE approver = $1 AND applicant = $1 AND code LIKE 'AP-2026%'`, decider.Person); wrong != "0" || tried != 6 {
			t.Errorf("%d acts tried; %s decisions on one's own", tried, wrong)
		}
	})
}
