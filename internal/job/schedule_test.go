package job

import (
	"context"
	"database/sql"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"okite/internal/db"
	"okite/internal/when"
)

// at is a time of day in Japan.
func at(s string) time.Time {
	t, err := when.ParseStamp(s)
	if err != nil {
		panic(err)
	}
	return t.Time()
}

func TestNextTimes(t *testing.T) {
	for _, c := range []struct {
		name        string
		next        func(time.Time) time.Time
		after, want string
	}{
		{"later today", Daily(2, 10), "2026-11-24 01:00", "2026-11-24 02:10"},
		{"a second before", Daily(2, 10), "2026-11-24 02:09:59", "2026-11-24 02:10"},
		{"on the minute it is the next day's turn", Daily(2, 10), "2026-11-24 02:10", "2026-11-25 02:10"},
		{"tomorrow", Daily(2, 10), "2026-11-24 23:59", "2026-11-25 02:10"},
		{"midnight", Daily(0, 0), "2026-11-24 12:00", "2026-11-25 00:00"},
		{"at midnight", Daily(0, 0), "2026-11-24 00:00", "2026-11-25 00:00"},
		{"over the year", Daily(9, 0), "2026-12-31 09:00", "2027-01-01 09:00"},
		{"over the end of February", Daily(9, 0), "2028-02-28 10:00", "2028-02-29 09:00"},
		{"asked in another zone: it is still the day before in UTC", Daily(8, 30), "2026-11-23T23:00:00Z", "2026-11-24 08:30"},
		{"asked in another zone: that time has passed in Japan", Daily(8, 30), "2026-11-24T00:00:00Z", "2026-11-25 08:30"},
		{"five minutes", Every(5 * time.Minute), "2026-11-24 09:02:30", "2026-11-24 09:05"},
		{"five minutes, on the mark", Every(5 * time.Minute), "2026-11-24 09:05", "2026-11-24 09:10"},
		{"five minutes, a microsecond before", Every(5 * time.Minute), "2026-11-24 09:04:59.999999", "2026-11-24 09:05"},
		{"an hour over midnight", Every(time.Hour), "2026-11-24 23:30", "2026-11-25 00:00"},
	} {
		if got := c.next(at(c.after)); !got.Equal(at(c.want)) {
			t.Errorf("%s: after %s comes %s, want %s", c.name, c.after, when.StampOf(got), c.want)
		}
	}
}

// nodes makes runners of kind "work" with a schedule each.
func (b *bench) node(name string, s ...Schedule) *Runner {
	b.t.Helper()
	r, err := NewRunner(b.s, name, []Kind{{Name: "work", Do: marking}}, s)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bench) tick(r *Runner) {
	b.t.Helper()
	if err := r.Tick(ctx); err != nil {
		b.t.Fatalf("tick: %v", err)
	}
}

// due gives the times of the jobs that a schedule has added.
func (b *bench) due() (out []string) {
	b.t.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) error {
		jobs, err := db.Rows(ctx, tx, scan, `SELECT `+columns+` FROM job WHERE kind = 'work' ORDER BY key`)
		for _, j := range jobs {
			var d Due
			if err := j.Read(&d); err != nil {
				return err
			}
			if want := "s@" + d.At.String(); j.Key != want {
				b.t.Errorf("key %s, want %s", j.Key, want)
			}
			out = append(out, d.At.Time().Format("01-02 15:04"))
		}
		return err
	})
	return out
}

func (b *bench) wantDue(why string, want ...string) {
	b.t.Helper()
	if got := b.due(); !slices.Equal(got, want) {
		b.t.Errorf("%s: jobs of %q, want %q", why, got, want)
	}
}

func TestMadeUpForOnceAfterAGap(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		r := b.node("n1", Schedule{Name: "s", Kind: "work", Next: Daily(2, 10)})
		b.set(at("2026-11-24 09:00"))
		b.tick(r)
		b.wantDue("seen for the first time")
		b.set(at("2026-11-25 02:09"))
		b.tick(r)
		b.wantDue("a minute before")
		b.set(at("2026-11-25 02:10"))
		b.tick(r)
		b.tick(r)
		b.wantDue("on the minute", "11-25 02:10")
		b.set(at("2026-11-29 12:00"))
		b.tick(r)
		b.tick(r)
		b.wantDue("after four days without a node", "11-25 02:10", "11-26 02:10")
		b.set(at("2026-11-30 02:10"))
		b.tick(r)
		b.wantDue("and then as ever", "11-25 02:10", "11-26 02:10", "11-30 02:10")
		for b.one(r) {
		}
		if n := len(b.marked()); n != 3 {
			t.Errorf("%d were run, want 3", n)
		}
	})
}

func TestChangedScheduleDoesNotWaitForItsOldTime(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.set(at("2026-11-24 09:00"))
		b.tick(b.node("n1", Schedule{Name: "s", Kind: "work", Next: func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }}))
		b.move(leaderLease) // the program is started anew with other times
		r := b.node("n2", Schedule{Name: "s", Kind: "work", Next: Daily(10, 0)})
		b.tick(r)
		b.wantDue("changed")
		b.set(at("2026-11-24 10:00"))
		b.tick(r)
		b.wantDue("at the new time", "11-24 10:00")
		// put back by a day: the time comes again and is the same job
		b.set(at("2026-11-24 09:00"))
		b.tick(r)
		b.set(at("2026-11-24 10:00"))
		b.tick(r)
		b.wantDue("the clock put back", "11-24 10:00")
		b.set(at("2026-11-25 10:00"))
		b.tick(r)
		b.wantDue("the next day", "11-24 10:00", "11-25 10:00")
	})
}

// leader gives the row of the lead.
func (b *bench) leader() (node string, fence int64) {
	b.t.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT node, fence FROM job_leader WHERE name = $1`, leaderName).Scan(&node, &fence)
	})
	return node, fence
}

func TestOneNodeLeadsAtATime(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		s := Schedule{Name: "s", Kind: "work", Next: Every(time.Minute)}
		a, c := b.node("a", s), b.node("c", s)
		want := func(why, node string, fence int64, leads, follows *Runner) {
			t.Helper()
			if n, f := b.leader(); n != node || f != fence {
				t.Errorf("%s: %s leads with fence %d, want %s with %d", why, n, f, node, fence)
			}
			if leads.fence != fence || follows.fence == fence {
				t.Errorf("%s: the leader holds fence %d, the other %d", why, leads.fence, follows.fence)
			}
		}
		b.set(at("2026-11-24 09:00"))
		b.tick(a)
		b.tick(c)
		want("the first to come", "a", 1, a, c)
		for range 5 {
			b.move(leaderLease / 3)
			b.tick(a)
			b.tick(c)
		}
		want("it goes on while it shows life", "a", 1, a, c)
		b.set(at("2026-11-24 09:01:05")) // due, and the lease of a holds until 09:01:20
		b.tick(c)
		b.wantDue("while another leads")
		b.tick(b.node("a", s))
		b.wantDue("a process that has only the leader's name")
		b.set(at("2026-11-24 09:01:20"))
		b.tick(c)
		want("the leader was silent for its lease", "c", 2, c, a)
		b.wantDue("the new leader", "11-24 09:01")
		b.set(at("2026-11-24 09:02:00"))
		b.tick(c)
		b.set(at("2026-11-24 09:02:10"))
		b.tick(a)
		want("the old one comes back", "c", 2, c, a)
		if a.fence != 0 {
			t.Errorf("the old leader still holds fence %d", a.fence)
		}
		b.wantDue("with the old one back", "11-24 09:01", "11-24 09:02")
	})
}

// Three nodes over weeks, each up or down by chance, sometimes all of them: each time that came while a node was up
// is one job, and a gap is one job.
func TestEachTimeOnceOverThreeNodes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		next := Daily(2, 10)
		rnd := rand.New(rand.NewPCG(9, 4))
		names := []string{"n1", "n2", "n3"}
		s := Schedule{Name: "s", Kind: "work", Next: next}
		nodes := []*Runner{b.node("n1", s), b.node("n2", s), b.node("n3", s)}
		now := at("2026-11-24 09:00")
		want := map[string]bool{}
		var due time.Time
		gaps := 0
		for step := range 150 {
			b.set(now)
			dark := step%50 > 35 // a stretch without any node
			up := 0
			for i := range nodes {
				switch {
				case dark || rnd.IntN(5) > 1: // down
				case rnd.IntN(4) == 0: // started anew
					nodes[i] = b.node(names[i], s)
					fallthrough
				default:
					up++
					b.tick(nodes[i])
				}
			}
			if up > 0 && (due.IsZero() || !due.After(now)) {
				if !due.IsZero() {
					want[due.Format("01-02 15:04")] = true
					if now.Sub(due) > 24*time.Hour {
						gaps++
					}
				}
				due = next(now)
			}
			now = now.Add(4*time.Hour + time.Duration(rnd.IntN(3600))*time.Second)
		}
		b.wantDue("in the end", slices.Sorted(maps.Keys(want))...)
		if len(want) < 10 || gaps < 2 {
			t.Errorf("only %d times came and %d gaps of more than a day: the test does not show what it should", len(want), gaps)
		}
	})
}

func TestRunLooksAtSchedules(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		s := Schedule{Name: "s", Kind: "work", Next: Every(time.Hour)}
		b.tick(b.node("before", s))
		b.move(2 * time.Hour)
		r := b.node("n1", s)
		r.Poll = time.Hour // what was added wakes a worker
		start(t, r)
		eventually(t, "the scheduled job", func() bool { return len(b.marked()) == 1 })
	})
}

// A schedule that can not be kept undoes the whole look, the lead too.
func TestTickIsOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		r := b.node("n1", Schedule{Name: "s", Kind: "work", Next: Every(time.Hour)})
		b.tick(r)
		b.move(time.Hour)
		b.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `ALTER TABLE job RENAME TO job_away`)
			return err
		})
		if err := r.Tick(ctx); err == nil {
			t.Error("a look that could not add its job: no error")
		}
		b.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `ALTER TABLE job_away RENAME TO job`)
			return err
		})
		var next []int64
		b.read(func(ctx context.Context, tx *db.Tx) (err error) {
			next, err = db.Rows(ctx, tx, func(r *sql.Rows) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT next_at FROM job_schedule`)
			return err
		})
		if want := []int64{at("2026-11-24 10:00").UnixMicro()}; !slices.Equal(next, want) {
			t.Errorf("the schedule stands at %v, want %v: not moved on", next, want)
		}
		b.tick(r)
		b.wantDue("when it can be added again", "11-24 10:00")
	})
}
