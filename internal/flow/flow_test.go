package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/actor"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

// The two routes of a policy: the standard is decided by the committee and the CISO; the basic policy goes on to each
// organ of the city in turn and is published.
const (
	draft, committee, ciso      = State("draft"), State("committee"), State("ciso")
	publication, force, dropped = State("publication"), State("in_force"), State("withdrawn")
)

func standard() *Flow {
	return &Flow{Name: "standard", Title: msg.T("対策基準の改定", "Change of the standard"), Start: draft, End: []State{force, dropped},
		States: map[State]msg.Text{draft: msg.T("起案", "draft"), committee: msg.T("委員会審議", "committee"), ciso: msg.T("最高情報セキュリティ責任者の承認", "CISO"),
			force: msg.T("施行", "in force"), dropped: msg.T("取下げ", "withdrawn")},
		Moves: []Move{
			{Name: "submit", Title: msg.T("付議", "submit"), From: draft, To: committee, Applicant: true},
			{Name: "agree", Title: msg.T("委員会の承認", "committee approval"), From: committee, To: ciso, Role: "committee", Approval: true, Days: 10, Escalate: "ciso"},
			{Name: "approve", Title: msg.T("承認", "approval"), From: ciso, To: force, Role: "ciso", Approval: true, Distinct: true},
			{Name: "return-committee", Title: msg.T("差戻し", "send back"), From: committee, To: draft, Role: "committee", Back: true},
			{Name: "return-ciso", Title: msg.T("差戻し", "send back"), From: ciso, To: draft, Role: "ciso", Back: true},
			{Name: "withdraw", Title: msg.T("取下げ", "withdraw"), From: draft, To: dropped, Applicant: true, Back: true},
			{Name: "withdraw-committee", Title: msg.T("取下げ", "withdraw"), From: committee, To: dropped, Applicant: true, Back: true},
			{Name: "withdraw-ciso", Title: msg.T("取下げ", "withdraw"), From: ciso, To: dropped, Applicant: true, Back: true},
		}}
}

func basic(organs int) *Flow {
	f := standard()
	f.Name, f.Title = "basic", msg.T("基本方針の改定", "Change of the basic policy")
	f.States[publication] = msg.T("公表待ち", "to be published")
	organ := func(i int) State {
		if i == organs {
			return publication
		}
		return State(fmt.Sprint("organ", i+1))
	}
	for i := range f.Moves {
		if f.Moves[i].Name == "approve" {
			f.Moves[i].To = organ(0)
		}
	}
	for i := range organs {
		s, n := organ(i), fmt.Sprint(i+1)
		f.States[s] = msg.T("機関の決定", "decision of the organ")
		f.Moves = append(f.Moves,
			Move{Name: "decide-" + n, Title: msg.T("機関の決定", "decision"), From: s, To: organ(i + 1), Role: "organ", Scope: "organ" + n, Approval: true},
			Move{Name: "return-" + n, Title: msg.T("差戻し", "send back"), From: s, To: draft, Role: "organ", Scope: "organ" + n, Back: true})
	}
	f.Moves = append(f.Moves,
		Move{Name: "publish", Title: msg.T("公表", "publish"), From: publication, To: force, Role: "secretariat"},
		Move{Name: "return-publication", Title: msg.T("差戻し", "send back"), From: publication, To: draft, Role: "secretariat", Back: true})
	return f
}

func role(names ...string) []actor.Grant {
	var out []actor.Grant
	for _, n := range names {
		r, scope, _ := strings.Cut(n, "@")
		out = append(out, actor.Grant{Role: r, Scope: scope})
	}
	return out
}

// city has a stand-in for the CISO, a stand-in of that stand-in, and offices in several hands.
func city() []Person {
	return []Person{
		{Key: "P-1", Roles: role("secretariat")},
		{Key: "P-2", Roles: role("committee", "ciso")},
		{Key: "P-3", Roles: role("committee", "ciso"), DelegateOf: []string{"P-2"}},
		{Key: "P-4", Roles: role("ciso", "organ@organ:1"), DelegateOf: []string{"P-3"}},
		{Key: "P-5", Roles: role("organ@organ:1", "organ@organ:2")},
		{Key: "P-6", Roles: role("organ@organ:2", "secretariat"), DelegateOf: []string{"P-5"}},
		{Key: "P-7", Roles: role("committee")},
		{Key: "P-8", Roles: role("ciso", "organ@organ:1", "organ@organ:2")},
	}
}

func TestRoutesHold(t *testing.T) {
	for _, f := range []*Flow{standard(), basic(2)} {
		n, err := Search(f, city())
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		t.Logf("%s: %d instances seen", f.Name, n)
		if n < 250 {
			t.Errorf("%s: only %d instances seen; the search does not reach far", f.Name, n)
		}
	}
}

// A search that finds nothing wrong must be able to: each case spoils the flow or the city.
func TestSearchFinds(t *testing.T) {
	t.Run("nobody to approve", func(t *testing.T) {
		people := slices.DeleteFunc(city(), func(p Person) bool {
			return slices.ContainsFunc(p.Roles, func(g actor.Grant) bool { return g.Role == "ciso" })
		})
		if _, err := Search(standard(), people); err == nil || !strings.Contains(err.Error(), "in_force") {
			t.Errorf("got %v, want that in_force is never reached", err)
		}
	})
	t.Run("a state that holds its instances for ever", func(t *testing.T) {
		f := standard()
		f.Moves = slices.DeleteFunc(f.Moves, func(m Move) bool { return m.Name == "return-ciso" || m.Name == "withdraw-ciso" })
		if _, err := Search(f, city()); err == nil || !strings.Contains(err.Error(), "no end") {
			t.Errorf("got %v, want an instance that comes to no end", err)
		}
	})
	t.Run("approval by a stand-in whose delegation is not closed over the chain", func(t *testing.T) {
		s := &search{f: standard(), people: city(), stands: standIns(city(), "P-2"), applicant: "P-2", index: map[string]int{}}
		if err := s.run(nil); err == nil || !strings.Contains(err.Error(), "stand-in") {
			t.Errorf("got %v, want an approval by a stand-in", err)
		}
	})
	t.Run("approvals that outlive the content", func(t *testing.T) {
		f := standard()
		for i := range f.Moves {
			if f.Moves[i].Name == "approve" { // past Check, which would refuse this
				f.Moves[i].Back = true
			}
		}
		s := &search{f: f, people: Close(city()), stands: standIns(city(), "P-1"), applicant: "P-1", index: map[string]int{}}
		reached := false
		if err := s.run(nil); err != nil {
			t.Fatal(err)
		}
		for _, in := range s.seen {
			reached = reached || (in.State == force && in.Approvals[0].Hash != in.Approvals[1].Hash)
		}
		if !reached {
			t.Error("the spoiled flow does not reach in_force over two contents; the search does not try changes")
		}
		if err := f.Check(); err == nil {
			t.Error("Check takes an approval that goes back")
		}
	})
}

func at(day when.Date) when.Stamp { return when.StampOf(day.Time().Add(9 * time.Hour)) }

func TestStep(t *testing.T) {
	f := basic(2)
	day := when.On(2026, 11, 24)
	scopes := map[string]string{"organ1": "organ:1", "organ2": "organ:2"}
	byKey := map[string]Person{}
	for _, p := range Close(city()) {
		p.At = at(day)
		byKey[p.Key] = p
	}
	// go makes moves written as "move:person".
	goOn := func(t *testing.T, in Instance, moves ...string) Instance {
		t.Helper()
		for _, m := range moves {
			name, who, _ := strings.Cut(m, ":")
			out, err := f.Step(in, name, byKey[who])
			if err != nil {
				t.Fatalf("%s: %v", m, err)
			}
			in = out
		}
		return in
	}
	for _, c := range []struct {
		name      string
		applicant string
		before    []string
		change    func(*Instance)
		seen      string
		move, who string
		want      fault.Kind
	}{
		{"whole way", "P-1", []string{"submit:P-1", "agree:P-7", "approve:P-2", "decide-1:P-4", "decide-2:P-5"}, nil, "", "publish", "P-6", ""},
		{"wrong state", "P-1", []string{"submit:P-1"}, nil, "", "approve", "P-2", fault.Conflict},
		{"no such move", "P-1", nil, nil, "", "sign", "P-2", fault.NotFound},
		{"no role", "P-1", []string{"submit:P-1"}, nil, "", "agree", "P-8", fault.Denied},
		{"nobody signed in", "P-1", []string{"submit:P-1"}, nil, "", "agree", "", fault.Denied},
		{"submitted by another", "P-1", nil, nil, "", "submit", "P-2", fault.Denied},
		{"applicant approves", "P-7", []string{"submit:P-7"}, nil, "", "agree", "P-7", fault.Denied},
		{"stand-in of the applicant approves", "P-2", []string{"submit:P-2"}, nil, "", "agree", "P-3", fault.Denied},
		{"stand-in of the stand-in approves", "P-2", []string{"submit:P-2", "agree:P-7"}, nil, "", "approve", "P-4", fault.Denied},
		{"the one stood in for may approve a stand-in's draft", "P-3", []string{"submit:P-3"}, nil, "", "agree", "P-2", ""},
		{"same person twice", "P-1", []string{"submit:P-1", "agree:P-2"}, nil, "", "approve", "P-2", fault.Denied},
		{"stand-in of who approved before", "P-1", []string{"submit:P-1", "agree:P-2"}, nil, "", "approve", "P-3", fault.Denied},
		{"who is stood in for by the one that approved before", "P-1", []string{"submit:P-1", "agree:P-3"}, nil, "", "approve", "P-2", fault.Denied},
		{"organ out of its scope", "P-1", []string{"submit:P-1", "agree:P-7", "approve:P-2"}, nil, "", "decide-1", "P-6", fault.Denied},
		{"organ before its turn", "P-1", []string{"submit:P-1", "agree:P-7", "approve:P-2"}, nil, "", "decide-2", "P-5", fault.Conflict},
		{"content changed after the committee", "P-1", []string{"submit:P-1", "agree:P-7"}, func(in *Instance) { in.Hash = "other" }, "", "approve", "P-2", fault.Conflict},
		{"content changed, publication", "P-1", []string{"submit:P-1", "agree:P-7", "approve:P-2", "decide-1:P-4", "decide-2:P-5"}, func(in *Instance) { in.Hash = "other" }, "", "publish", "P-6", fault.Conflict},
		{"content changed, sent back", "P-1", []string{"submit:P-1", "agree:P-7"}, func(in *Instance) { in.Hash = "other" }, "", "return-ciso", "P-2", ""},
		{"approver looked at another content", "P-1", []string{"submit:P-1"}, nil, "old", "agree", "P-7", fault.Conflict},
		{"after the end", "P-1", []string{"withdraw:P-1"}, nil, "", "submit", "P-1", fault.Conflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := goOn(t, f.New("V-1", c.applicant, "h1", scopes, day), c.before...)
			if c.change != nil {
				c.change(&in)
			}
			who := byKey[c.who]
			who.Seen = c.seen
			before := fmt.Sprint(in)
			out, err := f.Step(in, c.move, who)
			if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if fmt.Sprint(in) != before {
				t.Errorf("the instance given was changed to %v", in)
			}
			if err != nil && fmt.Sprint(out) != before {
				t.Errorf("refused, and yet %v", out)
			}
		})
	}
}

func TestSendBackAndRevise(t *testing.T) {
	f, day := standard(), when.On(2026, 11, 24)
	in := f.New("V-1", "P-1", "h1", nil, day)
	step := func(name, who string, roles ...string) {
		t.Helper()
		out, err := f.Step(in, name, Person{Key: who, Roles: role(roles...), At: at(day)})
		if err != nil {
			t.Fatal(err)
		}
		in = out
	}
	step("submit", "P-1")
	step("agree", "P-7", "committee")
	if len(in.Approvals) != 1 || in.Approvals[0].Hash != "h1" || in.Approvals[0].At != at(day) {
		t.Fatalf("approvals %+v", in.Approvals)
	}
	step("return-ciso", "P-2", "ciso")
	if in.State != draft || len(in.Approvals) != 0 {
		t.Errorf("sent back: %s with %v", in.State, in.Approvals)
	}
	step("submit", "P-1")
	step("agree", "P-7", "committee")
	same, err := f.Revise(in, "h1", day)
	if err != nil || len(same.Approvals) != 1 || same.State != ciso {
		t.Errorf("the same content: %+v, %v", same, err)
	}
	in, err = f.Revise(in, "h2", day)
	if err != nil || in.State != draft || in.Approvals != nil || in.Hash != "h2" {
		t.Errorf("another content: %+v, %v", in, err)
	}
	step("withdraw", "P-1")
	if _, err := f.Revise(in, "h3", day); !fault.Is(err, fault.Conflict) {
		t.Errorf("revised after the end: %v", err)
	}
}

func TestPossibleAndDeadlines(t *testing.T) {
	f := standard()
	in := f.New("V-1", "P-1", "h1", nil, when.On(2026, 12, 24))
	names := func(p Person) string {
		var out []string
		for _, m := range f.Possible(in, p) {
			out = append(out, m.Name)
		}
		return strings.Join(out, " ")
	}
	if got := names(Person{Key: "P-1"}); got != "submit withdraw" {
		t.Errorf("the applicant may %q", got)
	}
	in.State = committee
	if got := names(Person{Key: "P-7", Roles: role("committee")}); got != "agree return-committee" {
		t.Errorf("the committee may %q", got)
	}
	got := f.Deadlines(in, when.NewCalendar())
	if len(got) != 1 || got[0].Due != when.On(2027, 1, 14) || got[0].Escalate != "ciso" {
		t.Errorf("deadlines %+v, want 14 January 2027, ten open days on", got)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*Flow)
		want  string
	}{
		{"right", func(*Flow) {}, ""},
		{"state never reached", func(f *Flow) { f.States["lost"] = msg.T("迷子", "lost") }, "never reached"},
		{"state without end", func(f *Flow) {
			f.States["pit"] = msg.T("穴", "pit")
			f.Moves = append(f.Moves, Move{Name: "fall", Title: msg.T("落下", "fall"), From: draft, To: "pit", Role: "x"})
		}, "no end"},
		{"move out of an end", func(f *Flow) {
			f.Moves = append(f.Moves, Move{Name: "rise", Title: msg.T("再開", "rise"), From: force, To: ciso, Role: "x"})
		}, "out of the end"},
		{"name twice", func(f *Flow) { f.Moves = append(f.Moves, f.Moves[0]) }, "twice"},
		{"unknown state", func(f *Flow) { f.Moves[0].To = "nowhere" }, "nowhere"},
		{"nobody may", func(f *Flow) { f.Moves[1].Role = "" }, "want a role"},
		{"deadline nobody hears of", func(f *Flow) { f.Moves[1].Escalate = "" }, "deadline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := standard()
			c.spoil(f)
			err := f.Check()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// bp.6: approving decides on an application, and so does sending back what waits for approval; handing in, taking back and
// carrying out do not, nor does sending back what is one's own.
func TestDecidesFor(t *testing.T) {
	f := basic(1)
	f.Moves = append(f.Moves, Move{Name: "confirm", Title: msg.T("確認", "confirm"), From: publication, To: force, Role: "secretariat", Decision: true},
		Move{Name: "refuse", Title: msg.T("却下", "refuse"), From: committee, To: dropped, Role: "committee", NotApplicant: true, Back: true},
		Move{Name: "drop", Title: msg.T("整理", "drop"), From: committee, To: dropped, Role: "committee", Back: true})
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	in := f.New("V-1", "P-1", "h1", nil, when.On(2026, 11, 24))
	for _, c := range []struct {
		move string
		by   Person
		want string
	}{
		{"agree", Person{Key: "P-7"}, "P-1"},
		{"approve", Person{Key: "P-2", DelegateOf: []string{"P-3"}}, "P-1"},
		{"return-committee", Person{Key: "P-7"}, "P-1"},
		{"return-1", Person{Key: "P-5"}, "P-1"},
		{"refuse", Person{Key: "P-7"}, "P-1"},
		{"confirm", Person{Key: "P-6"}, "P-1"},
		{"return-committee", Person{Key: "P-1"}, ""},
		{"return-committee", Person{Key: "P-7", DelegateOf: []string{"P-2", "P-1"}}, ""},
		{"confirm", Person{Key: "P-1"}, ""},
		{"submit", Person{Key: "P-1"}, ""},
		{"withdraw-committee", Person{Key: "P-1"}, ""},
		{"publish", Person{Key: "P-6"}, ""},
		{"return-publication", Person{Key: "P-6"}, ""},
		{"drop", Person{Key: "P-7"}, ""},
		{"nothing", Person{Key: "P-7"}, ""},
	} {
		if got := f.DecidesFor(in, c.move, c.by); got != c.want {
			t.Errorf("%s by %s decides for %q, want %q", c.move, c.by.Key, got, c.want)
		}
	}
}
