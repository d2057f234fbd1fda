package transfer_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/audit"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/org"
	"okite/internal/transfer"
	"okite/internal/when"
)

// prepare registers a set for the first of April with its moves and gives its code.
func (o *office) prepare(moves ...org.Move) string {
	o.Helper()
	o.must(chief, "moveset.create", act.Input{"name": "4月1日付け定期異動", "date": april.String()})
	sets := rows[org.MoveSet](o, "moveset")
	code := sets[len(sets)-1].Code
	for _, m := range moves {
		in := act.Input{"moveset": code, "person": m.Person, "kind": m.Kind}
		for k, v := range map[string]string{"unit": m.To, "title": m.Title, "post": m.Post, "post_kind": m.As} {
			if v != "" {
				in[k] = v
			}
		}
		if m.Keep {
			in["keep"] = "true"
		}
		o.must(chief, "move.create", in)
	}
	return code
}

// usual is a day on which everything happens: managers change places, somebody leaves, somebody gives a post up.
func usual() []org.Move {
	return []org.Move{
		{Person: manager.Person, Kind: org.MoveTransfer, To: "U-3", Title: "税務課長"},
		{Person: manager.Person, Kind: org.MovePostStart, Post: "PO-3", As: "holder"},
		{Person: "P-00006", Kind: org.MoveTransfer, To: "U-2"},
		{Person: "P-00006", Kind: org.MovePostStart, Post: "PO-2", As: "holder"},
		{Person: "P-00007", Kind: org.MoveLeave},
		{Person: clerk.Person, Kind: org.MovePostEnd, Post: "PO-2"},
		{Person: clerk.Person, Kind: org.MovePostStart, Post: "PO-3", As: "deputy"},
	}
}

func (o *office) confirmed(moves ...org.Move) string {
	o.Helper()
	code := o.prepare(moves...)
	o.must(officer, "moveset.submit", act.Input{"moveset": code})
	o.must(chief, "moveset.confirm", act.Input{"moveset": code})
	return code
}

// rights are what somebody may do now, in one line: "" when they may not come in.
func (o *office) rights(person string) string {
	o.Helper()
	var out string
	o.read(func(ctx context.Context, tx *db.Tx) error {
		a, err := org.ActorOf(ctx, tx, o.c, person)
		if fault.As(err) != nil {
			return nil
		}
		if err != nil {
			return err
		}
		var gs []string
		for _, g := range a.Roles {
			gs = append(gs, fmt.Sprintf("%s@%s%v", g.Role, g.Scope, g.Deputy))
		}
		slices.Sort(gs)
		out = a.Unit + " " + strings.Join(gs, " ")
		return nil
	})
	return out
}

func (o *office) allRights() map[string]string {
	out := map[string]string{}
	for _, p := range rows[org.Person](o, "person") {
		out[p.Code] = o.rights(p.Code)
	}
	return out
}

// TestFlow walks every path of a set through the function that runs: nobody who handed it in, nor anybody who stands in
// for them, confirms it; every set can end (bp.6).
func TestFlow(t *testing.T) {
	g := func(roles ...string) (out []actor.Grant) {
		for _, r := range roles {
			out = append(out, actor.Grant{Role: r})
		}
		return out
	}
	people := []flow.Person{{Key: "hr", Roles: g("hr_officer")}, {Key: "hr2", Roles: g("hr_officer")}, {Key: "chief", Roles: g("chief")}, {Key: "both", Roles: g("hr_officer", "chief")},
		{Key: "stand", Roles: g("chief"), DelegateOf: []string{"hr"}}, {Key: "chain", Roles: g("chief"), DelegateOf: []string{"stand"}}, {Key: "product", Roles: g(transfer.Product)}, {Key: "clerk"}}
	n, err := flow.Search(transfer.SetFlow, people)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("set of moves: %d states seen", n)
}

func TestSetStory(t *testing.T) {
	each(t, func(o *office) {
		before := o.allRights()
		code := o.prepare(usual()...)
		in := act.Input{"moveset": code}
		o.refused(fault.Denied, clerk, "moveset.submit", in)
		o.refused(fault.Conflict, chief, "moveset.confirm", in)
		o.must(both, "moveset.submit", in)
		o.refused(fault.Denied, both, "moveset.confirm", in) // handed it in themselves
		o.refused(fault.Conflict, chief, "move.create", act.Input{"moveset": code, "person": clerk.Person, "kind": "transfer", "unit": "U-3"})
		o.refused(fault.Denied, officer, "moveset.withdraw", in)
		o.must(both, "moveset.withdraw", in)
		o.must(officer, "moveset.submit", in)
		o.must(chief, "moveset.return", in)
		o.must(officer, "moveset.submit", in)
		o.must(chief, "moveset.confirm", in)
		o.refused(fault.Conflict, chief, "move.end", act.Input{"code": rows[org.Move](o, "move")[0].Code})
		o.refused(fault.Conflict, chief, "moveset.change", act.Input{"code": code, "name": "別の名称"})
		o.refused(fault.Conflict, chief, "moveset.apply", in) // not before its day
		if got := o.allRights(); !reflect.DeepEqual(got, before) {
			t.Errorf("a confirmed set changes rights before its day: %v, want %v", got, before)
		}
		notes, lists := rows[transfer.Handover](o, "handover"), rows[transfer.LeaveCheck](o, "leavecheck")
		if len(notes) != 2 || len(lists) != 1 || lists[0].Person != "P-00007" || lists[0].Last != april-1 {
			t.Fatalf("what a confirmed set asks of people: notes %+v, checklists %+v", notes, lists)
		}

		// Undone before midnight: as if nothing had been.
		o.now = april.Time().Add(-time.Minute)
		o.must(officer, "moveset.reopen", in)
		o.must(officer, "moveset.submit", in)
		o.refused(fault.Denied, officer, "moveset.confirm", in)
		o.now = o.now.Add(-48 * time.Hour)
		o.must(chief, "moveset.confirm", in)
		if n := len(rows[transfer.Handover](o, "handover")); n != 2 {
			t.Errorf("%d notes after it was confirmed again, want the same 2", n)
		}

		// The day, before anybody got to it, and after.
		o.now = april.Time()
		o.refused(fault.Conflict, officer, "moveset.reopen", in)
		late := o.allRights()
		o.must(robot, "moveset.apply", in)
		if got := o.allRights(); !reflect.DeepEqual(got, late) {
			t.Errorf("to apply a set changes rights: %v, want %v", got, late)
		}
		for person, want := range map[string]string{manager.Person: "U-3 section_manager@unit:U-3false", "P-00006": "U-2 section_manager@unit:U-2false", "P-00007": "", clerk.Person: "U-2 section_manager@unit:U-3true"} {
			if late[person] != want {
				t.Errorf("rights of %s: %q, want %q", person, late[person], want)
			}
		}
		o.refused(fault.Conflict, robot, "moveset.apply", in)
		if p := one[org.Person](o, "person", manager.Person); p.Unit != "U-3" || p.Title != "税務課長" {
			t.Errorf("transferred: %+v", p)
		}
		if p := one[org.Person](o, "person", "P-00007"); p.Left != april-1 {
			t.Errorf("left on %s, want %s", p.Left, april-1)
		}
		if h := rows[audit.Transfer](o, "transfer"); len(h) != 2 || h[0].Unit != "U-2" || h[0].Until != april-1 {
			t.Errorf("history of units: %+v", h)
		}
		for _, m := range rows[org.Move](o, "move") {
			if m.State != org.MoveApplied {
				t.Errorf("move %s: %s", m.Code, m.State)
			}
		}
		if s := one[org.MoveSet](o, "moveset", code); s.State != org.SetApplied || s.Since != april {
			t.Errorf("set: %+v", s)
		}
		if n := len(rows[transfer.LeaveCheck](o, "leavecheck")); n != 1 {
			t.Errorf("%d checklists, want 1", n)
		}
	})
}

// TestMidnight walks the hour around midnight minute by minute, with a job that is late: nobody is ever without rights
// or has two sets of them, and the change comes with the first second of the day (bp.9.1).
func TestMidnight(t *testing.T) {
	each(t, func(o *office) {
		code := o.confirmed(usual()...)
		old, now := map[string]string{}, map[string]string{}
		minutes := 0
		for at := april.Time().Add(-30 * time.Minute); !at.After(april.Time().Add(30 * time.Minute)); at = at.Add(time.Minute) {
			o.now = at
			if at.Sub(april.Time()) == 12*time.Minute {
				o.must(robot, "moveset.apply", act.Input{"moveset": code})
			}
			got := o.allRights()
			want := old
			if !at.Before(april.Time()) {
				want = now
			}
			if len(want) == 0 {
				for k, v := range got {
					want[k] = v
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: rights %v, want %v", at.In(when.Japan).Format("15:04"), got, want)
			}
			minutes++
		}
		for _, moved := range []string{manager.Person, "P-00006", "P-00007", clerk.Person} {
			if old[moved] == now[moved] || strings.Count(now[moved], "section_manager") > 1 {
				t.Errorf("%s: %q before, %q after", moved, old[moved], now[moved])
			}
		}
		t.Logf("%d minutes, %d people", minutes, len(old))
	})
}

func TestSetRules(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	code := o.prepare()
	move := func(in act.Input) act.Input { in["moveset"] = code; return in }
	for name, in := range map[string]act.Input{
		"a transfer without a unit":       {"person": clerk.Person, "kind": "transfer"},
		"a transfer to where they are":    {"person": clerk.Person, "kind": "transfer", "unit": "U-2"},
		"a transfer to a unit that ends":  {"person": clerk.Person, "kind": "transfer", "unit": "U-9"},
		"a post taken up without a kind":  {"person": clerk.Person, "kind": "post_start", "post": "PO-3"},
		"a post given up without a post":  {"person": clerk.Person, "kind": "post_end"},
		"a leaver with a unit":            {"person": clerk.Person, "kind": "leave", "unit": "U-3"},
		"a transfer of who left long ago": {"person": "P-00009", "kind": "transfer", "unit": "U-3"},
		"somebody who is not there":       {"person": "P-99999", "kind": "leave"},
	} {
		t.Run(name, func(t *testing.T) { o.refused(fault.Invalid, chief, "move.create", move(in)) })
	}
	o.refused(fault.Invalid, chief, "moveset.create", act.Input{"name": "今日付け", "date": when.Of(o.now).String()})
	o.refused(fault.Invalid, officer, "moveset.submit", act.Input{"moveset": code}) // without a move
	o.refused(fault.Conflict, chief, "moveset.end", act.Input{"code": code})
	o.verify()
}

// TestContradictions: what cannot all be carried out is not handed in, and each is named.
func TestContradictions(t *testing.T) {
	for name, moves := range map[string][]org.Move{
		"two places for one person":         {{Person: clerk.Person, Kind: "transfer", To: "U-3"}, {Person: clerk.Person, Kind: "transfer", To: "U-1"}},
		"two holders of a post":             {{Person: clerk.Person, Kind: "post_start", Post: "PO-3", As: "holder"}, {Person: officer.Person, Kind: "post_start", Post: "PO-3", As: "holder"}},
		"holder and deputy at once":         {{Person: officer.Person, Kind: "post_start", Post: "PO-3", As: "holder"}, {Person: officer.Person, Kind: "post_start", Post: "PO-3", As: "deputy"}},
		"a leaver takes up a post":          {{Person: clerk.Person, Kind: "leave"}, {Person: clerk.Person, Kind: "post_start", Post: "PO-3", As: "holder"}},
		"a post that is held already":       {{Person: "P-00006", Kind: "post_start", Post: "PO-3", As: "holder"}},
		"a post given up that nobody holds": {{Person: officer.Person, Kind: "post_end", Post: "PO-3"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, dbtest.SQLite(t))
			code := o.prepare(moves...)
			err := o.run(officer, "moveset.submit", act.Input{"moveset": code})
			if f := fault.As(err); f == nil || f.Kind != fault.Invalid || !strings.Contains(f.Message.JA, "M-0000") {
				t.Errorf("handed in: %v", err)
			}
		})
	}
}

// TestKeepAndCancel: who keeps their posts keeps them, and a set that was cancelled leaves nothing to do.
func TestKeepAndCancel(t *testing.T) {
	each(t, func(o *office) {
		code := o.confirmed(org.Move{Person: manager.Person, Kind: org.MoveTransfer, To: "U-3", Keep: true})
		o.now = april.Time().Add(time.Second)
		if got, want := o.rights(manager.Person), "U-3 section_manager@unit:U-2false"; got != want {
			t.Errorf("who keeps the post: %q, want %q", got, want)
		}
		o.must(robot, "moveset.apply", act.Input{"moveset": code})
		if got, want := o.rights(manager.Person), "U-3 section_manager@unit:U-2false"; got != want {
			t.Errorf("applied: %q, want %q", got, want)
		}
	})
	each(t, func(o *office) {
		code := o.confirmed(usual()...)
		o.must(officer, "moveset.reopen", act.Input{"moveset": code})
		o.must(officer, "moveset.cancel", act.Input{"moveset": code})
		if n, l := rows[transfer.Handover](o, "handover"), rows[transfer.LeaveCheck](o, "leavecheck"); len(n)+len(l) != 0 {
			t.Errorf("left behind: %v %v", n, l)
		}
		o.now = april.Time().Add(time.Hour)
		if got := o.rights("P-00007"); got == "" {
			t.Error("who was to leave by a cancelled set is gone")
		}
		o.refused(fault.Conflict, robot, "moveset.apply", act.Input{"moveset": code})
	})
}

func TestHandover(t *testing.T) {
	each(t, func(o *office) {
		code := o.confirmed(usual()...)
		var early, plain transfer.Handover // of the tax section and of the citizens' section
		for _, h := range rows[transfer.Handover](o, "handover") {
			if h.Post == "PO-3" {
				early = h
			} else {
				plain = h
			}
		}
		giver, taker := actor.Actor{Person: "P-00006", Way: actor.Page}, manager
		o.refused(fault.Denied, taker, "handover.give", act.Input{"handover": early.Code, "text": "懸案は1件"})
		o.refused(fault.Invalid, giver, "handover.give", act.Input{"handover": early.Code, "give": "true"})
		o.refused(fault.Conflict, taker, "handover.accept", act.Input{"handover": early.Code})
		o.must(giver, "handover.give", act.Input{"handover": early.Code, "text": "懸案は1件", "items": "書庫の鍵", "give": "true"})
		o.refused(fault.Denied, giver, "handover.accept", act.Input{"handover": early.Code})
		o.must(taker, "handover.accept", act.Input{"handover": early.Code}) // before the day
		o.refused(fault.Conflict, giver, "handover.give", act.Input{"handover": early.Code, "text": "書き換え"})
		accepted := when.Of(o.now)
		o.now = april.Time().Add(time.Minute)
		o.must(robot, "moveset.apply", act.Input{"moveset": code})
		o.must(manager, "handover.give", act.Input{"handover": plain.Code, "text": "手順書は共有フォルダーにあります", "give": "true"})
		o.must(giver, "handover.accept", act.Input{"handover": plain.Code})
		for _, a := range rows[org.Assignment](o, "assignment") {
			if a.From != april || a.Kind != "holder" {
				continue
			}
			want := when.Of(o.now)
			if a.Post == "PO-3" {
				want = accepted
			}
			if a.Handover != want || a.First {
				t.Errorf("assignment to %s: hand-over %s, want %s (first %v)", a.Post, a.Handover, want, a.First)
			}
		}
	})
}

func TestLeaveChecklist(t *testing.T) {
	each(t, func(o *office) {
		o.confirmed(org.Move{Person: clerk.Person, Kind: org.MoveLeave})
		in := act.Input{"person": clerk.Person, "media": "令和9年3月20日", "reminder": "2027-03-19"}
		o.refused(fault.Denied, officer, "leavecheck.record", in)
		o.refused(fault.Invalid, manager, "leavecheck.record", act.Input{"person": clerk.Person, "keys": "2027-03-23"}) // tomorrow
		o.refused(fault.Denied, manager, "leavecheck.record", act.Input{"person": manager.Person, "keys": "2027-03-20"})
		o.refused(fault.Denied, manager, "leavecheck.record", act.Input{"person": "P-00006", "keys": "2027-03-20"}) // another section's
		o.must(manager, "leavecheck.record", in)
		l := rows[transfer.LeaveCheck](o, "leavecheck")[0]
		if l.Media != when.On(2027, 3, 20) || l.By != manager.Person || l.Done() {
			t.Errorf("half done: %+v", l)
		}
		o.must(manager, "leavecheck.record", act.Input{"person": clerk.Person, "keys": "2027-03-22", "cards": "2027-03-22", "accounts": "2027-03-22", "note": "貸与品なし"})
		if l := rows[transfer.LeaveCheck](o, "leavecheck")[0]; !l.Done() {
			t.Errorf("all done: %+v", l)
		}
		o.must(manager, "leavecheck.record", act.Input{"person": "P-00009", "media": "2027-03-20"}) // left long ago without a list
		if n := len(rows[transfer.LeaveCheck](o, "leavecheck")); n != 2 {
			t.Errorf("%d checklists, want 2", n)
		}
	})
}
