package asset_test

import (
	"context"
	"strings"
	"testing"

	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/db"
	"okite/internal/org"
)

func TestWaiting(t *testing.T) {
	inOffice(t, func(o *office) {
		fill(o, "unit", org.Unit{Code: "U3", Name: "市民局", Kind: "bureau", Open: 1000}, org.Unit{Code: "U4", Name: "市民課", Kind: "section", Parent: "U3", Open: 1000})
		fill(o, "asset", asset.Asset{Code: "A1", Name: "課税台帳", Unit: "U2", System: "S1"}, asset.Asset{Code: "A2", Name: "住民台帳", Unit: "U4"})
		fill(o, "downgrade", asset.Downgrade{Code: "D1", Asset: "A1", Property: "c", Old: "2", New: "1", Applicant: "P1", Applied: 20002},
			asset.Downgrade{Code: "D2", Asset: "A2", Property: "c", Old: "2", New: "1", Applicant: "P2", Applied: 20001},
			asset.Downgrade{Code: "D3", Asset: "A1", Property: "c", Old: "2", New: "1", Applicant: "P1", Applied: 20000, Decided: 20001})
		fill(o, "delegation", org.Delegation{Code: "DG1", From: "P2", To: "P3", Begin: 1000, End: 30000})
		in := func(person, role, scope string) actor.Actor {
			return actor.Actor{Person: person, Roles: []actor.Grant{{Role: role, Scope: scope}}}
		}
		limited := in("P9", "bureau_head", "unit:U1")
		limited.Roles[0].Via, limited.Roles[0].Acts = "DG9", []string{"asset.change"}
		deputy := in("P9", "bureau_head", "unit:U1")
		deputy.Roles[0].Deputy = true
		both := in("P9", "bureau_head", "")
		both.Roles = append(both.Roles, deputy.Roles...)
		for _, c := range []struct {
			name string
			who  actor.Actor
			want string
		}{
			{"the bureau above", in("P9", "bureau_head", "unit:U1"), "D1"},
			{"the section itself", in("P9", "bureau_head", "unit:U2"), "D1"},
			{"the whole city, the oldest first", in("P9", "bureau_head", ""), "D2 D1"},
			{"the system", in("P9", "bureau_head", "system:S1"), "D1"},
			{"another system", in("P9", "bureau_head", "system:S2"), ""},
			{"another role", in("P9", "section_manager", ""), ""},
			{"nobody", actor.Actor{Person: "P9"}, ""},
			{"the applicant", in("P1", "bureau_head", "unit:U1"), ""},
			{"who acts for the applicant", in("P3", "bureau_head", ""), "D1"},
			{"by a delegation of other acts", limited, ""},
			{"as a deputy", deputy, "D1 standing"},
			{"both as holder and as deputy", both, "D2 D1"},
		} {
			var got []string
			o.write(func(ctx context.Context, tx *db.Tx) error {
				list, err := asset.Waiting(ctx, tx, o.gate, o.c, c.who)
				for _, x := range list {
					s := x.Code
					if x.Standing {
						s += " standing"
					}
					got = append(got, s)
					if x.Code == "D1" && (x.AssetName != "課税台帳" || x.ApplicantName != "山田花子" || x.Applied != 20002) {
						t.Errorf("%s: %+v", c.name, x)
					}
				}
				return err
			})
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s: %q, want %q", c.name, s, c.want)
			}
		}
	})
}
