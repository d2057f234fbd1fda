package notice_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/notice"
	"okite/internal/policy"
	"okite/internal/trail"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// TestRoundDays: the rounds are counted in open days, and a time too short for two has one.
func TestRoundDays(t *testing.T) {
	c, d := when.NewCalendar(), when.On
	for _, x := range []struct {
		name            string
		issued, due     when.Date
		percent, before int
		want            [3]when.Date
	}{
		{"five open days over a weekend", d(2026, 11, 24), d(2026, 12, 1), 50, 1, [3]when.Date{d(2026, 11, 26), d(2026, 11, 30), d(2026, 12, 1)}},
		{"over the end of the year", d(2026, 12, 25), d(2027, 1, 6), 50, 1, [3]when.Date{0, d(2027, 1, 5), d(2027, 1, 6)}}, // 28 Dec, 4, 5, 6 Jan
		{"ten open days", d(2026, 6, 1), d(2026, 6, 15), 50, 1, [3]when.Date{d(2026, 6, 8), d(2026, 6, 12), d(2026, 6, 15)}},
		{"another share, two days before", d(2026, 6, 1), d(2026, 6, 15), 20, 2, [3]when.Date{d(2026, 6, 3), d(2026, 6, 11), d(2026, 6, 15)}},
		{"two open days: half-way is the day before", d(2026, 6, 1), d(2026, 6, 3), 50, 1, [3]when.Date{0, d(2026, 6, 2), d(2026, 6, 3)}},
		{"one open day", d(2026, 6, 1), d(2026, 6, 2), 50, 1, [3]when.Date{0, 0, d(2026, 6, 2)}},
		{"the city wants neither", d(2026, 6, 1), d(2026, 6, 15), 0, 0, [3]when.Date{0, 0, d(2026, 6, 15)}},
		{"half-way alone", d(2026, 6, 1), d(2026, 6, 15), 50, 0, [3]when.Date{d(2026, 6, 8), 0, d(2026, 6, 15)}},
	} {
		if x.name == "over the end of the year" {
			x.want[0] = c.AddOpen(x.issued, 2)
			if x.want[0] != d(2027, 1, 4) {
				t.Fatalf("the second open day after %s is %s", x.issued, x.want[0])
			}
		}
		if got := notice.Rounds(c, x.issued, x.due, x.percent, x.before); got != x.want {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

// rounds are those held of a notice, with how many people.
func (o *town) rounds(code string) string {
	o.Helper()
	var out []string
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = db.Rows(ctx, tx, func(r *sql.Rows) (string, error) {
			var name string
			var n int
			err := r.Scan(&name, &n)
			return fmt.Sprintf("%s:%d", name, n), err
		}, `SELECT round, people FROM notice_round WHERE notice = $1 ORDER BY at, round`, code)
		return err
	}); err != nil {
		o.Fatal(err)
	}
	return strings.Join(out, " ")
}

// on lets a day come, on which several nodes look at once.
func (o *town) on(day when.Date) {
	o.Helper()
	o.now = day.Time().Add(7 * time.Hour)
	var wg sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		wg.Go(func() { errs[i] = o.s.RemindDue(context.Background()) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			o.Errorf("%s: %v", day, err)
		}
	}
}

// TestRounds: who has not read is reminded half-way and on the open day before the last, once each whatever the number of
// nodes, and on the last day the managers find who is left (bp.9.1).
func TestRounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o, d := open(t, store), when.On
		code := o.warning(nil) // issued on 24 November, to be read by 1 December
		plain := o.must(csirt, "notice.draft", act.Input{"name": "展示", "kind": "news", "text": "ロビーで。"})
		o.must(csirt, "notice.issue", act.Input{"notice": plain})
		o.must(clerk, "notice.read", act.Input{"notice": code})
		want := func(rounds string, reminders int) {
			t.Helper()
			if got := o.rounds(code); got != rounds {
				t.Errorf("on %s the rounds are %q, want %q", when.Of(o.now), got, rounds)
			}
			if n := o.told(code); n != reminders {
				t.Errorf("on %s there are %d reminders, want %d", when.Of(o.now), n, reminders)
			}
		}
		o.on(d(2026, 11, 25))
		want("", 0)
		o.on(d(2026, 11, 26))
		want("half:7", 7)
		o.on(d(2026, 11, 26))
		want("half:7", 7)
		if strings.Contains(o.reminded(code), clerk.Person) {
			t.Error("somebody who has read it was reminded")
		}
		o.on(d(2026, 11, 28)) // a Saturday
		want("half:7", 7)
		o.must(manager, "notice.read", act.Input{"notice": code})
		o.now = d(2026, 11, 30).Time().Add(6 * time.Hour)
		o.must(chief, "notice.read", act.Input{"notice": code})
		o.on(d(2026, 11, 30))
		want("half:7 eve:5", 12)
		if got := o.owes(manager); strings.Contains(got, "unread") {
			t.Errorf("the manager is told before the last day: %q", got)
		}
		o.on(d(2026, 12, 1))
		want("half:7 eve:5 last:5", 12)
		if got := o.owes(manager); !strings.Contains(got, "unread:"+code) {
			t.Errorf("on the last day the manager owes %q", got)
		}
		o.on(d(2026, 12, 2))
		want("half:7 eve:5 last:5", 12)
		if got := o.rounds(plain); got != "" {
			t.Errorf("of what nobody must read there are rounds: %q", got)
		}
		o.refused(fault.Denied, csirt, "notice.remind.round", act.Input{"notice": code, "round": "half"})
		if n := o.entries("notice.remind.round", trail.Done); n != 3 {
			t.Errorf("%d rounds are on record, want 3", n)
		}
		o.verify()
	})
}

// TestRoundMadeUp: a round on whose day nothing ran is held on the next open day; whoever was reminded by hand that day is
// left in peace; and the city says how early.
func TestRoundMadeUp(t *testing.T) {
	o, d := open(t, dbtest.SQLite(t)), when.On
	one := int64(20)
	if err := o.store.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		load(o, ctx, tx, "parameter", policy.Parameter{Code: "N.remindhalf", Name: "再通知", Value: &one})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	code := o.warning(nil)
	o.now = d(2026, 11, 27).Time().Add(5 * time.Hour)
	o.must(manager, "notice.remind.section", act.Input{"notice": code, "unit": "U-2"}) // manager, clerk and newcomer
	o.on(d(2026, 11, 27))
	if got := o.rounds(code); got != "half:5" || o.told(code) != 8 {
		t.Errorf("made up are %q with %d reminders", got, o.told(code))
	}
	err := o.s.RemindDue(context.Background())
	if err != nil || o.told(code) != 8 {
		t.Errorf("again: %v, %d reminders", err, o.told(code))
	}
	if _, err := o.run(actor.Actor{Name: "job", Way: actor.Job, System: true}, "notice.remind.round", act.Input{"notice": code, "round": "half"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same round by another way: %v, want a conflict", err)
	}
	for who, words := range map[string][]string{"office": {"催促の記録", "5人", "3人", "自動（期間の半ば）", "手動", "11月30日"}, "manager": {"催促の記録", "3人", "手動"}} {
		a := csirt
		if who == "manager" {
			a = manager
		}
		page := o.site(a).Get(t, "/notices/"+code+"/readers").Body
		for _, w := range words {
			if !strings.Contains(page, w) {
				t.Errorf("the page of the %s does not say %q:\n%s", who, w, page)
			}
		}
		if who == "manager" && strings.Contains(page, "5人") {
			t.Error("the manager sees how many of others were reminded")
		}
	}
	webtest.CheckPage(t, webtest.NewBrowser(t), o.site(csirt), "/notices/"+code+"/readers", "notice-rounds")
}

// told counts the reminders of a notice.
func (o *town) told(code string) (n int) {
	o.Helper()
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM notice_reminder WHERE notice = $1`, code).Scan(&n)
	}); err != nil {
		o.Fatal(err)
	}
	return n
}

// entries counts what is on record of an act.
func (o *town) entries(id string, result string) (n int) {
	o.Helper()
	if err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		list, err := o.log.List(ctx, tx, trail.Query{Act: id, Result: result, Limit: 100})
		n = len(list)
		return err
	}); err != nil {
		o.Fatal(err)
	}
	return n
}
