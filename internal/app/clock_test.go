package app

import (
	"context"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/job"
	"okite/internal/when"
)

// TestDemoClock: the day of a demonstration is followed by the next, and work of every night comes due (bp.4).
func TestDemoClock(t *testing.T) {
	day := when.On(2026, 11, 24)
	for name, began := range map[string]time.Time{"in the morning": when.On(2027, 3, 1).Time().Add(9 * time.Hour), "late in the evening": when.On(2027, 3, 1).Time().Add(23*time.Hour + 59*time.Minute)} {
		now := began
		clock := demoClock(day, time.Time{}, func() time.Time { return now })
		if got := when.Of(clock()); got != day {
			t.Errorf("begun %s: it is %s, want %s", name, got, day)
		}
		due := job.Daily(0, 5)(clock())
		if got := when.Of(due); got != day+1 {
			t.Errorf("begun %s: the night's work is due on %s", name, got)
		}
		now = began.Add(time.Hour)
		if when.Of(clock()) != day || clock().After(due) {
			t.Errorf("begun %s: an hour later it is %s", name, clock())
		}
		was := clock()
		now = began.Add(24 * time.Hour)
		if got := when.Of(clock()); got != day+1 || !clock().After(due) {
			t.Errorf("begun %s: a day later it is %s", name, clock())
		}
		if !clock().After(was) {
			t.Error("time went back")
		}
	}
	still := stillClock(day)
	if when.Of(still()) != day || !still().Equal(still()) {
		t.Errorf("while it is built it is %s", still())
	}
}

// TestDemoGoesOn: a demonstration that ran into another day goes on there when it is opened again; one that did not is
// on its day.
func TestDemoGoesOn(t *testing.T) {
	eachStore(t, func(t *testing.T, c Config) {
		ctx := Operator(context.Background())
		spec := DemoSpec{People: 500, Seed: 3, Date: when.On(2026, 11, 24)}
		a, _, err := OpenDemo(ctx, c, spec)
		if err != nil {
			t.Fatal(err)
		}
		if a.Today() != spec.Date {
			t.Fatalf("the city is on %s", a.Today())
		}
		var key string
		if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT MIN(code) FROM reg_contact`).Scan(&key)
		}); err != nil {
			t.Fatal(err)
		}
		later := spec.Date.AddDays(2).Time().Add(time.Hour)
		a.Store.SetClock(func() time.Time { return later })
		if _, err := a.Gate.Run(ctx, "contact.change", act.Input{"code": key, "verified": spec.Date.AddDays(2).String()}, act.Options{Reason: "確認"}); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := Open(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if got := b.Today(); got != spec.Date.AddDays(2) || b.Store.Now().Before(later) {
			t.Errorf("opened again it is %s", b.Store.Now())
		}
	})
}
