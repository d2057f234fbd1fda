package notice_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/notice"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/when"
)

var titleCourse = msg.T("研修", "Training")

// TestRoutesHold walks every path of both flows: no writer approves, nor whoever stands in for the writer (bp.6).
func TestRoutesHold(t *testing.T) {
	people := []flow.Person{
		{Key: "a", Roles: []actor.Grant{{Role: "chief"}, {Role: "csirt_chief"}}},
		{Key: "b", Roles: []actor.Grant{{Role: "chief"}}, DelegateOf: []string{"a"}},
		{Key: "c", Roles: []actor.Grant{{Role: "csirt_chief"}}, DelegateOf: []string{"b"}},
		{Key: "d", Roles: []actor.Grant{{Role: "chief"}}, DelegateOf: []string{"c"}},
		{Key: "e", Roles: []actor.Grant{{Role: "chief"}}},
	}
	for _, f := range []*flow.Flow{notice.Mandatory(), notice.Plain()} {
		n, err := flow.Search(f, people)
		if err != nil || n < 15 {
			t.Errorf("%s: %d instances, %v", f.Name, n, err)
		}
		t.Logf("%s: %d instances", f.Name, n)
	}
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	for s, title := range notice.Mandatory().States {
		if term, ok := p.Vocab("notice_state").Term(string(s)); !ok || term.Title.JA != title.JA {
			t.Errorf("state %s: the vocabulary says %q, the flow %q", s, term.Title.JA, title.JA)
		}
	}
}

func TestIssue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		in := act.Input{"name": "偽メールへの注意", "kind": "warning", "text": "添付を開かない。", "mandatory": "true", "clauses": "bp.9.1"}
		o.refused(fault.Denied, clerk, "notice.draft", in)
		bad := act.Input{"name": "x", "kind": "warning", "text": "y", "clauses": "第9条"}
		o.refused(fault.Invalid, csirt, "notice.draft", bad)
		o.refused(fault.Invalid, csirt, "notice.draft", act.Input{"name": "x", "kind": "warning", "text": "y", "units": "U-99"})
		code := o.must(csirt, "notice.draft", in)
		of := act.Input{"notice": code}
		o.refused(fault.Conflict, csirt, "notice.issue", of)   // a mandatory one is approved
		o.refused(fault.Conflict, chief, "notice.approve", of) // not handed in yet
		o.refused(fault.Denied, both, "notice.submit", of)     // the writer alone hands it in
		o.refused(fault.Denied, both, "notice.revise", act.Input{"notice": code, "text": "別の文", "name": "n", "kind": "news"})
		o.must(csirt, "notice.revise", act.Input{"notice": code, "name": "偽メールへの注意", "kind": "warning", "text": "添付を開かないでください。"})
		empty := o.must(csirt, "notice.draft", act.Input{"name": "だれもいない", "kind": "news", "text": "y", "units": "U-4"})
		o.refused(fault.Invalid, csirt, "notice.issue", act.Input{"notice": empty})
		o.must(csirt, "notice.submit", of)
		o.refused(fault.Conflict, csirt, "notice.revise", act.Input{"notice": code, "name": "n", "kind": "news", "text": "差し替え"})
		o.refused(fault.Denied, csirt, "notice.approve", of)
		o.refused(fault.Denied, stand, "notice.approve", of) // acts for the writer
		o.refused(fault.Conflict, chief, "notice.approve", act.Input{"notice": code, "seen": "another text"})
		o.must(chief, "notice.return", of)
		o.must(csirt, "notice.submit", of)
		o.must(chief, "notice.approve", of)
		for _, n := range all[notice.Notice](o, "notice") {
			if n.Code == code && (n.State != "issued" || n.Approver != "P-1" || n.By != "P-2" || n.Issued != when.On(2026, 11, 24) || n.Due != when.On(2026, 12, 1)) {
				t.Errorf("issued %+v", n)
			}
		}
		o.refused(fault.Conflict, csirt, "notice.withdraw", of)
		o.refused(fault.Conflict, csirt, "notice.close", of) // until the time to read it is over
		plain := o.must(csirt, "notice.draft", act.Input{"name": "展示", "kind": "news", "text": "ロビーで。"})
		o.must(csirt, "notice.issue", act.Input{"notice": plain})
		o.must(csirt, "notice.close", act.Input{"notice": plain})
		gone := o.must(csirt, "notice.draft", act.Input{"name": "取り下げる", "kind": "news", "text": "x"})
		o.must(csirt, "notice.withdraw", act.Input{"notice": gone})
		o.refused(fault.Conflict, csirt, "notice.issue", act.Input{"notice": gone})
		o.verify()
	})
}

func TestRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		code := o.warning(nil)
		of := act.Input{"notice": code}
		if got := o.owes(clerk); got != "notice:"+code {
			t.Errorf("the clerk owes %q", got)
		}
		o.refused(fault.Denied, actor.Operator(), "notice.read", of)
		o.refused(fault.Invalid, clerk, "notice.read", act.Input{"notice": code, "person": "P-3"}) // nobody reads for another
		key := o.must(clerk, "notice.read", of)
		if again := o.must(clerk, "notice.read", of); again != key || key != notice.ReceiptKey(code, "P-4") {
			t.Errorf("read twice: %s and %s", key, again)
		}
		draft := o.must(csirt, "notice.draft", act.Input{"name": "案", "kind": "news", "text": "x"})
		o.refused(fault.Conflict, clerk, "notice.read", act.Input{"notice": draft})
		o.refused(fault.NotFound, clerk, "notice.read", act.Input{"notice": "N-99999"})
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs { // eight windows of one person at once
			wg.Go(func() { _, errs[i] = o.run(manager, "notice.read", of) })
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				t.Errorf("read at once: %v", err)
			}
		}
		if n := len(all[notice.Receipt](o, "receipt")); n != 2 {
			t.Errorf("%d receipts, want 2", n)
		}
		if got := o.owes(clerk); got != "" {
			t.Errorf("the clerk owes %q after reading", got)
		}
		o.verify()
	})
}

func TestRemind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		code := o.warning(act.Input{"units": "U-1"})
		of := act.Input{"notice": code}
		here := act.Input{"notice": code, "unit": "U-2"}
		o.must(clerk, "notice.read", of)
		o.refused(fault.Denied, clerk, "notice.remind", of)
		o.refused(fault.Denied, manager, "notice.remind.section", act.Input{"notice": code, "unit": "U-3"}) // not their section
		o.must(manager, "notice.remind.section", here)
		if got := o.reminded(code); got != "P-3 P-5" { // the clerk has read it, the contractor’s worker is not meant
			t.Errorf("reminded %q", got)
		}
		o.refused(fault.Conflict, manager, "notice.remind.section", here) // not twice a day
		o.must(csirt, "notice.remind", of)
		if got := o.reminded(code); got != "P-1 P-2 P-3 P-5 P-6 P-7 P-8" {
			t.Errorf("reminded %q", got)
		}
		o.now = o.now.AddDate(0, 0, 1)
		o.must(manager, "notice.read", of)
		o.must(newcomer, "notice.read", of)
		o.refused(fault.Conflict, manager, "notice.remind.section", here) // everybody has read it
		o.now = o.now.AddDate(0, 0, 9)
		if got := o.owes(manager); strings.Contains(got, "unread") {
			t.Errorf("the manager is told of people who have read it: %q", got)
		}
		late := o.warning(act.Input{"units": "U-2"})
		o.now = o.now.AddDate(0, 0, 20)
		if got := o.owes(manager); !strings.Contains(got, "unread:"+late) {
			t.Errorf("the manager is not told who is late: %q", got)
		}
		o.verify()
	})
}

// reminded are those who were, each once.
func (o *town) reminded(code string) string {
	o.Helper()
	var out []string
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT person FROM notice_reminder WHERE notice = $1 ORDER BY person`, code)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p string
			if err := rows.Scan(&p); err != nil {
				return err
			}
			out = append(out, p)
		}
		return rows.Err()
	}); err != nil {
		o.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestReceiveAndPledge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		if got := o.owes(newcomer); got != "receipt:B2 pledge:P-5" {
			t.Errorf("the newcomer owes %q", got)
		}
		if got := o.owes(clerk); got != "" { // the checks say what is late
			t.Errorf("the clerk owes %q", got)
		}
		if got := o.owes(worker); got != "" {
			t.Errorf("the contractor’s worker owes %q", got)
		}
		o.refused(fault.Conflict, clerk, "ack.receive", act.Input{"version": "B1"})
		o.refused(fault.Denied, actor.Operator(), "ack.receive", act.Input{"version": "B2"})
		o.refused(fault.Invalid, clerk, "ack.receive", act.Input{"version": "B2", "person": "P-3"})
		if a, b := o.must(newcomer, "ack.receive", act.Input{"version": "B2"}), o.must(newcomer, "ack.receive", act.Input{"version": "B2"}); a != b {
			t.Errorf("received twice: %s and %s", a, b)
		}
		if got := o.must(manager, "ack.receive", act.Input{"version": "B2"}); got != "AK-2" {
			t.Errorf("the manager had received it, and it became %s", got)
		}
		o.refused(fault.Conflict, newcomer, "pledge.sign", act.Input{"kind": notice.Joining, "sha256": "0"})
		o.refused(fault.Invalid, newcomer, "pledge.sign", act.Input{"kind": "never", "sha256": "0"})
		sum := notice.WordsHash(notice.Words(notice.Joining, policy.Version{Name: "基本方針第2版"}))
		if a, b := o.must(newcomer, "pledge.sign", act.Input{"kind": notice.Joining, "sha256": sum}), o.must(newcomer, "pledge.sign", act.Input{"kind": notice.Joining, "sha256": sum}); a != b {
			t.Errorf("pledged twice: %s and %s", a, b)
		}
		if got := o.owes(newcomer); got != "" {
			t.Errorf("the newcomer still owes %q", got)
		}
		to := act.Input{"version": "B2", "contractors": "CO-1", "date": "2026-11-20"}
		o.refused(fault.Denied, clerk, "ack.contractor", to)
		o.refused(fault.Invalid, buyer, "ack.contractor", act.Input{"version": "B2", "contractors": "CO-1", "date": "2026-11-25"})
		o.refused(fault.Invalid, buyer, "ack.contractor", act.Input{"version": "B2", "contractors": "CO-9", "date": "2026-11-20"})
		o.must(buyer, "ack.contractor", to)
		o.refused(fault.Invalid, buyer, "ack.contractor", to)
		o.verify()
	})
}

func TestGuides(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		words := act.Input{"clause": "bp.9.4", "name": "持ち出しの判断", "brief": "持ち出さない。", "text": "媒体は使いません。", "version": "B2", "shown": "exception.create"}
		next := o.must(chief, "guide.create", words)
		odd := o.must(chief, "guide.create", act.Input{"clause": "bp.7", "name": "n", "brief": "b", "text": "t", "version": "B2"})
		o.refused(fault.Denied, clerk, "guide.publish", act.Input{"guide": next, "from": "2026-12-01"})
		o.refused(fault.Invalid, chief, "guide.publish", act.Input{"guide": next, "from": "2026-11-23"})
		o.refused(fault.Invalid, chief, "guide.publish", act.Input{"guide": odd, "from": "2026-12-01"})
		o.refused(fault.Invalid, chief, "guide.change", act.Input{"code": "G-1", "text": "書き換える"})
		o.must(chief, "guide.change", act.Input{"code": next, "text": "媒体は、許可を受けて使います。"})
		o.must(chief, "guide.publish", act.Input{"guide": next, "from": "令和8年12月1日"})
		o.refused(fault.Conflict, chief, "guide.publish", act.Input{"guide": next, "from": "2026-12-02"})
		for _, g := range all[notice.Guide](o, "guide") {
			switch {
			case g.Code == "G-1" && g.Until != when.On(2026, 11, 30):
				t.Errorf("the edition before ends %s", g.Until)
			case g.Code == next && (g.Number != 2 || g.From != when.On(2026, 12, 1)):
				t.Errorf("the next edition: %+v", g)
			}
		}
		o.verify()
	})
}

// TestOneIsAsAll: for every person and audience the page of one person and the list of all say the same.
func TestOneIsAsAll(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	for _, in := range []act.Input{nil, {"units": "U-1"}, {"units": "U-2;U-4"}, {"roles": "section_manager"}, {"roles": "system_manager"}, {"systems": "S-1"}, {"employments": "contractor"},
		{"employments": "regular;fiscal_year", "units": "U-2"}, {"roles": "section_manager", "units": "U-3"}} {
		code := o.warning(in)
		whole, one := o.s.Compare(context.Background(), code)
		if whole != one || whole == "" {
			t.Errorf("%v: all say %q, each says %q", in, whole, one)
		}
	}
}
