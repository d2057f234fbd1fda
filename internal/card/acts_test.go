package card_test

import (
	"slices"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/card"
	"okite/internal/fault"
	"okite/internal/when"
)

// TestLife follows a card from the drawer to its end (bp.9.1).
func TestLife(t *testing.T) {
	each(t, func(o *office) {
		give := act.Input{"card": "IC-4", "person": "P-4"}
		o.refused(fault.Denied, other, "card.lend", give)
		o.refused(fault.Denied, clerk, "card.lend", give)
		o.refused(fault.Invalid, manager, "card.lend", act.Input{"card": "IC-4", "person": "P-9"}) // left yesterday
		o.refused(fault.Invalid, manager, "card.lend", act.Input{"card": "IC-4", "person": "P-8"}) // has another of the kind
		o.refused(fault.NotFound, manager, "card.lend", act.Input{"card": "IC-0", "person": "P-4"})
		o.refused(fault.Conflict, manager, "card.lend", act.Input{"card": "IC-1", "person": "P-2"}) // is lent
		o.must(manager, "card.lend", give)
		if k := one[card.Card](o, "card", "IC-4"); k.State != card.Lent || k.Person != "P-4" || k.Lent != today {
			t.Errorf("lent: %+v", k)
		}
		o.refused(fault.Denied, other, "card.collect", act.Input{"card": "IC-4"})
		o.must(deputy, "card.collect", act.Input{"card": "IC-4"})
		o.refused(fault.Conflict, manager, "card.collect", act.Input{"card": "IC-4"})
		if k := one[card.Card](o, "card", "IC-4"); k.State != card.Collected || k.Collected != today || k.Person != "P-4" {
			t.Errorf("collected: %+v", k)
		}
		o.must(manager, "card.lend", act.Input{"card": "IC-4", "person": "P-2"})
		if k := one[card.Card](o, "card", "IC-4"); k.Collected != 0 || k.Person != "P-2" {
			t.Errorf("lent again: %+v", k)
		}
	})
}

// TestLost: whoever holds a card says that it is lost, and the clock runs from then (bp.9.1).
func TestLost(t *testing.T) {
	each(t, func(o *office) {
		lost := act.Input{"card": "IC-1"}
		o.refused(fault.Denied, other, "card.lose", lost)
		o.refused(fault.Denied, csirt, "card.lose", lost)
		o.must(clerk, "card.lose", lost)
		at := when.StampOf(o.now)
		if k := one[card.Card](o, "card", "IC-1"); k.State != card.Lost || k.LostAt != at {
			t.Errorf("lost: %+v, want %v", k, at)
		}
		o.refused(fault.Denied, clerk, "card.lose", lost)     // once is enough
		o.refused(fault.Conflict, manager, "card.lose", lost) // and it is told so
		o.refused(fault.Conflict, manager, "card.collect", lost)
		o.refused(fault.Conflict, manager, "card.lend", act.Input{"card": "IC-1", "person": "P-2"})
		if got := o.owes(csirt); !slices.Equal(got, []string{"revoke IC-1"}) {
			t.Errorf("the CSIRT owes %v", got)
		}
		o.refused(fault.Denied, manager, "card.revoke", lost)
		o.now = o.now.Add(59*time.Minute + 7*time.Second)
		o.must(csirt, "card.revoke", lost)
		if k := one[card.Card](o, "card", "IC-1"); k.State != card.Revoked || k.RevokedAt != when.StampOf(o.now) || k.LostAt != at {
			t.Errorf("revoked: %+v", k)
		}
		o.refused(fault.Conflict, csirt, "card.revoke", lost)
		if got := o.owes(csirt); len(got) != 0 {
			t.Errorf("the CSIRT still owes %v", got)
		}
		o.must(manager, "card.lose", act.Input{"card": "IC-4"}) // the manager for the section
	})
}

// TestInspect counts the cards of a section and names what is missing.
func TestInspect(t *testing.T) {
	each(t, func(o *office) {
		o.refused(fault.Denied, other, "card.inspect", act.Input{"unit": "U-2", "found": "IC-1"})
		o.refused(fault.Invalid, manager, "card.inspect", act.Input{"unit": "U-2", "found": "IC-1 IC-5"}) // another section's
		o.must(manager, "card.inspect", act.Input{"unit": "U-2", "found": "IC-1 IC-4 IC-2"})
		x := first[card.Count](o, "cardcheck")
		if x.Unit != "U-2" || x.Expected != 4 || x.Counted != 3 || !slices.Equal(x.Missing, []string{"IC-3"}) || x.By != "P-2" || x.Date != today {
			t.Errorf("inspection: %+v", x)
		}
	})
}

// TestAccounts: an account is somebody's on the staff, and shared only where an exception allows it (bp.9.1).
func TestAccounts(t *testing.T) {
	each(t, func(o *office) {
		in := func(more ...string) act.Input {
			x := act.Input{"login": "new", "system": "S-1", "kind": "personal", "person": "P-2"}
			for i := 0; i < len(more); i += 2 {
				x[more[i]] = more[i+1]
			}
			return x
		}
		o.refused(fault.Denied, manager, "userid.open", in())
		o.refused(fault.Invalid, systems, "userid.open", in("person", ""))
		o.refused(fault.Invalid, systems, "userid.open", in("person", "P-9"))
		o.refused(fault.Invalid, systems, "userid.open", in("login", "p4")) // is taken
		o.refused(fault.Invalid, systems, "userid.open", in("kind", "shared"))
		o.refused(fault.Invalid, systems, "userid.open", in("kind", "shared", "exception", "EX-2")) // ended yesterday
		o.must(systems, "userid.open", in("kind", "shared", "exception", "EX-1"))
		o.refused(fault.Denied, manager, "userid.close", act.Input{"userid": "ID-1"})
		o.must(systems, "userid.close", act.Input{"userid": "ID-1"})
		o.refused(fault.Conflict, systems, "userid.close", act.Input{"userid": "ID-1"})
		if a := one[card.Account](o, "userid", "ID-1"); a.Closed != today {
			t.Errorf("closed: %+v", a)
		}
	})
}

// TestWaiting: who moved or left is collected from by the section the card belongs to, and cards are counted in time.
func TestWaiting(t *testing.T) {
	each(t, func(o *office) {
		want := []string{"collect IC-2", "collect IC-3", "inspect U-2"}
		if got := o.owes(manager); !slices.Equal(got, want) {
			t.Errorf("the manager owes %v, want %v", got, want)
		}
		for i := range want {
			want[i] += " standing"
		}
		if got := o.owes(deputy); !slices.Equal(got, want) {
			t.Errorf("the deputy owes %v, want %v", got, want)
		}
		for _, who := range []actor.Actor{other, clerk, csirt, {}} { // the staff card of who moved stays with them
			if got := o.owes(who); len(got) != 0 {
				t.Errorf("%s owes %v", who.Name, got)
			}
		}
		o.must(manager, "card.collect", act.Input{"card": "IC-2"})
		o.must(manager, "card.inspect", act.Input{"unit": "U-2", "found": "IC-1 IC-2 IC-3 IC-4"})
		if got := o.owes(manager); !slices.Equal(got, []string{"collect IC-3"}) {
			t.Errorf("the manager owes %v", got)
		}
	})
}
