package conform

import (
	"context"
	"maps"
	"slices"
	"testing"

	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/db"
	"okite/internal/db/dbtest"
)

// head is a person who answers for a unit.
func head(person, role, unit string, limited ...string) actor.Actor {
	return actor.Actor{Person: person, Roles: []actor.Grant{{Role: role, Scope: "unit:" + unit, Acts: limited}}}
}

// TestOwedBySection: who heads a unit sees what its people owe and what belongs to it, but not their own again (bp.6).
func TestOwedBySection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		city := spoiled(t)
		checktest.Find(t, city.Acks, "AK4").Version = "B1" // P4, the deputy of the same section
		checktest.Find(t, city.Acks, "AK1").Version = "B1" // P1, another section
		b := open(t, s, city)
		ctx := context.Background()
		owed := func(who actor.Actor) map[string]string {
			t.Helper()
			list, total, err := b.svc.OwedBySection(ctx, who, 0)
			if err != nil || total != len(list) {
				t.Fatalf("owed below %s: %d of %d, %v", who.Person, len(list), total, err)
			}
			out := map[string]string{}
			for _, o := range list {
				if o.As != AsUnit || o.Reason.JA == "" || o.Href == "" {
					t.Errorf("below %s: %+v", who.Person, o)
				}
				out[o.Check+" "+o.Subject.String()] = o.Bearer
			}
			return out
		}
		for _, c := range []struct {
			name      string
			who       actor.Actor
			want, not []string
		}{
			{"the head of the section", head("P3", "section_manager", "U3"), []string{"R003 person:P4"}, []string{"R003 person:P3", "R003 person:P1", "R005 system:S1"}},
			{"the head of the bureau", head("P5", "bureau_head", "U1"), []string{"R003 person:P4", "R003 person:P3", "R003 person:P1", "R005 system:S1"}, nil},
			{"a head by delegation of one act", head("P8", "section_manager", "U3", "asset.change"), nil, []string{"R003 person:P4"}},
			{"who heads nothing", actor.Actor{Person: "P4"}, nil, []string{"R003 person:P3"}},
			{"a manager of a system", actor.Actor{Person: "P2", Roles: []actor.Grant{{Role: "system_manager", Scope: "system:S1"}}}, nil, []string{"R005 system:S1"}},
		} {
			got := owed(c.who)
			for _, w := range c.want {
				if _, ok := got[w]; !ok {
					t.Errorf("%s is not told %s, only %v", c.name, w, slices.Sorted(maps.Keys(got)))
				}
			}
			for _, w := range c.not {
				if _, ok := got[w]; ok {
					t.Errorf("%s is told %s", c.name, w)
				}
			}
			if c.want == nil && len(got) > 0 {
				t.Errorf("%s is told %v", c.name, got)
			}
		}
		if got := owed(head("P5", "bureau_head", "U1"))["R003 person:P4"]; got != "江川四季" {
			t.Errorf("who owes it is %q", got)
		}
		list, total, err := b.svc.OwedBySection(ctx, head("P5", "bureau_head", "U1"), 1)
		if err != nil || len(list) != 1 || total < 4 {
			t.Errorf("at most one: %d of %d, %v", len(list), total, err)
		}
	})
}
