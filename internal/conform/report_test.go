package conform

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check"
	"okite/internal/check/checktest"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// TestRunIsWhatCedarSays: every finding and every count is what the conditions say, decided row by row elsewhere.
func TestRunIsWhatCedarSays(t *testing.T) {
	for name, city := range map[string]*checktest.City{"clean": checktest.Clean(), "spoiled": spoiled(t)} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, s *db.Store) {
				b := open(t, s, city)
				city.Parameters = params(t, b)
				rep := b.report(RunOptions{})
				if held := rep.Held(); held != (name == "clean") {
					t.Errorf("held is %v: %v", held, lines(rep))
				}
				for _, c := range rep.Checks {
					want, counts := []string{}, map[string]int64{}
					for subject, v := range city.Results(t, c.ID) {
						counts[v.Result]++
						if r, _ := check.ParseResult(v.Result); r.Open() {
							want = append(want, subject+" "+v.Result+" "+v.Reason.JA)
						}
					}
					got := []string{}
					for _, f := range c.Findings {
						got = append(got, f.Subject.String()+" "+f.Result+" "+f.Reason.JA)
					}
					slices.Sort(want)
					slices.Sort(got)
					if !slices.Equal(got, want) {
						t.Errorf("%s: findings are %v, want %v", c.ID, got, want)
					}
					for r := range check.Result(check.Results) {
						if c.Counts[r.String()] != counts[r.String()] {
							t.Errorf("%s: %s is %d, want %d", c.ID, r, c.Counts[r.String()], counts[r.String()])
						}
					}
				}
			})
		})
	}
}

// params are the parameters as the store holds them.
func params(t *testing.T, b *bench) (out []policy.Parameter) {
	t.Helper()
	err := b.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = register.Load[policy.Parameter](ctx, tx, b.c.Must("parameter"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReportShape: the report has the fields of the contract, in every language and with every result counted.
func TestReportShape(t *testing.T) {
	b := open(t, dbtest.SQLite(t), spoiled(t))
	js, err := json.Marshal(b.report(RunOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		AsOf   string `json:"as_of"`
		Policy map[string]string
		Checks []struct {
			ID       string
			Clauses  []string
			Title    map[string]string
			Counts   map[string]int
			Findings []struct {
				Subject, Result, Since, Owner string
				Reason                        map[string]string
				Evidence                      []map[string]string
			}
		}
		Clauses []struct {
			Clause string
			Counts map[string]int
		}
	}
	if err := json.Unmarshal(js, &got); err != nil {
		t.Fatal(err)
	}
	if got.AsOf != "2026-11-24" || got.Policy["basic"] != "v2" || got.Policy["standard"] != "v1" {
		t.Errorf("as of %s, policy %v", got.AsOf, got.Policy)
	}
	if len(got.Clauses) != 33 || got.Clauses[0].Clause != "bp.0" || got.Clauses[32].Clause != "bp.14" {
		t.Errorf("%d clauses", len(got.Clauses))
	}
	names := []string{"compliant", "excepted", "noncompliant", "not_due", "out_of_scope", "undetermined"}
	findings := 0
	for _, c := range got.Checks {
		var have []string
		for n := range c.Counts {
			have = append(have, n)
		}
		if slices.Sort(have); !slices.Equal(have, names) {
			t.Errorf("%s: counts are %v", c.ID, have)
		}
		for _, f := range c.Findings {
			findings++
			if f.Since == "" || f.Reason["ja"] == "" || f.Reason["en"] == "" || f.Subject == "" || len(f.Evidence) == 0 {
				t.Errorf("%s: finding lacks something: %+v", c.ID, f)
			}
			for _, e := range f.Evidence {
				if e["id"] == "" || rankTitle(e["rank"]).JA == e["rank"] {
					t.Errorf("%s: evidence is %v", c.ID, e)
				}
			}
		}
	}
	if findings < 4 {
		t.Errorf("%d findings", findings)
	}
	if strings.Contains(string(js), "null") {
		t.Errorf("a list is null: %s", js)
	}
}

// TestRunNarrowed: only what was asked for, and a check that is not there is refused.
func TestRunNarrowed(t *testing.T) {
	b := open(t, dbtest.SQLite(t), spoiled(t))
	one := b.report(RunOptions{Checks: []string{"r003"}})
	if len(one.Checks) != 1 || one.Checks[0].ID != "R003" || one.Held() {
		t.Errorf("asked for R003, got %v", lines(one))
	}
	for _, c := range b.report(RunOptions{Clause: "bp.2"}).Checks {
		if !slices.ContainsFunc(c.Clauses, clause.ID("bp.2").Covers) {
			t.Errorf("asked for clause 2, got %s of %v", c.ID, c.Clauses)
		}
	}
	if _, err := b.svc.Run(context.Background(), RunOptions{Checks: []string{"R999"}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("R999: %v", err)
	}
}

// TestFollowsActs: a change made through the gate is decided before the next answer, and what is followed step by step
// is what a service says that reads everything anew.
func TestFollowsActs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		b := open(t, s, checktest.Clean())
		same := func(what string, want ...string) {
			t.Helper()
			got := lines(b.report(RunOptions{}))
			if !slices.Equal(got, want) {
				t.Errorf("%s: findings are %v, want %v", what, got, want)
			}
			if anew := lines(b.anew()); !slices.Equal(got, anew) {
				t.Errorf("%s: followed %v, anew %v", what, got, anew)
			}
		}
		same("at the beginning")
		b.run("system.change", act.Input{"code": "S1", "rto": ""})
		same("a system without recovery time", "R005 system:S1 noncompliant")
		b.run("system.change", act.Input{"code": "S1", "rto": "24"})
		same("mended")
		b.run("contact.end", act.Input{"code": "CT1"})
		got := lines(b.report(RunOptions{}))
		if !slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, "R038 ") }) {
			t.Errorf("a contact that ended: findings are %v", got)
		}
		b.run("contact.create", act.Input{"code": "CT1B", "body": "mic", "name": "連絡窓口", "verified": "2026-11-01"})
		same("registered anew")
		b.run("system.change", act.Input{"code": "S1", "rto": ""})
		b.run("exception.create", act.Input{"code": "X1", "check": "R005", "subject": "system:S1", "reason": "更改中", "alternative": "手作業",
			"applicant": "P1", "until": "2026-11-25"})
		same("an exception nobody approved", "R005 system:S1 noncompliant")
		b.run("exception.change", act.Input{"code": "X1", "approver": "P5", "approved": "2026-11-24"})
		same("approved", "R005 system:S1 excepted")
		b.now = b.now.Add(24 * time.Hour)
		if got := lines(b.report(RunOptions{Checks: []string{"R005"}})); !slices.Equal(got, []string{"R005 system:S1 excepted"}) {
			t.Errorf("on its last day: %v", got)
		}
		b.now = b.now.Add(24 * time.Hour)
		if got := lines(b.report(RunOptions{Checks: []string{"R005"}})); !slices.Equal(got, []string{"R005 system:S1 noncompliant"}) {
			t.Errorf("a day after its end: %v", got)
		}
		if got, anew := lines(b.report(RunOptions{})), lines(b.anew()); !slices.Equal(got, anew) {
			t.Errorf("two days later: followed %v, anew %v", got, anew)
		}
	})
}

// TestParameterDecidesAtOnce: a new value of the standard is used by every check that reads it, and a default of the
// standard can be switched off.
func TestParameterDecidesAtOnce(t *testing.T) {
	b := open(t, dbtest.SQLite(t), checktest.Clean())
	b.run("parameter.change", act.Input{"code": "N.filelist", "value": "9"})
	if got := lines(b.report(RunOptions{Checks: []string{"R055"}})); len(got) == 0 {
		t.Error("a lower limit of R055 found nothing")
	}
	b.run("parameter.change", act.Input{"code": "N.filelist", "value": ""})
	rep := b.report(RunOptions{Checks: []string{"R055"}})
	if rep.Checks[0].Counts["undetermined"] == 0 || rep.Checks[0].Lost == "" {
		t.Errorf("without its value R055 says %v", rep.Checks[0].Counts)
	}
	b.run("parameter.create", act.Input{"code": "C.R047", "name": "検査の停止", "text": "off"})
	b.run("parameter.create", act.Input{"code": "C.R004", "name": "検査の停止", "text": "off"})
	rep = b.report(RunOptions{Checks: []string{"R047", "R004"}})
	if rep.Checks[0].Off || !rep.Checks[1].Off {
		t.Errorf("R004 rests on the policy and runs on; R047 can be switched off: %+v", rep.Checks)
	}
	if got, anew := lines(b.report(RunOptions{})), lines(b.anew()); !slices.Equal(got, anew) {
		t.Errorf("followed %v, anew %v", got, anew)
	}
}

// TestBulkLoadIsFollowed: a register loaded at once is taken in, record by record or whole.
func TestBulkLoadIsFollowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		b := open(t, s, checktest.Clean())
		d := b.c.Must("device")
		for _, n := range []int{10, wholeFrom} {
			rows := make([]register.Row, n)
			for i := range rows {
				rows[i] = d.New()
				d.Put(rows[i], "code", "X"+string(rune('A'+n%7))+pad(i))
				d.Put(rows[i], "seen", checktest.Day)
			}
			if err := b.s.Bulk(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				_, err := b.c.BulkLoad(ctx, tx, d, slices.Values(rows), b.now)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			before := b.report(RunOptions{Checks: []string{"R007"}})
			if got := before.Checks[0].Counts["noncompliant"]; got < int64(n) {
				t.Errorf("%d devices of no system: %d noncompliant", n, got)
			}
		}
	})
}

func pad(i int) string {
	s := []byte("000000")
	for k := len(s) - 1; i > 0; k-- {
		s[k] = byte('0' + i%10)
		i /= 10
	}
	return string(s)
}

// TestOtherNodes: what another node on the same database commits is decided here within the time of a look.
func TestOtherNodes(t *testing.T) {
	c := dbtest.PostgresConfig(t)
	b := open(t, dbtest.Open(t, c), checktest.Clean())
	other := dbtest.Open(t, c)
	other.SetClock(func() time.Time { return b.now })
	svc, err := New(Config{Store: other, Catalog: b.c, Checks: checktest.Checks(), Joins: checktest.Joins(), Calendar: when.NewCalendar(), Every: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if err := svc.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer svc.Close()
	for i, want := range []int{1, 0, 1} {
		b.run("system.change", act.Input{"code": "S1", "rto": []string{"", "24", ""}[i]})
		begun := time.Now()
		for {
			rep := b.reportOf(svc, RunOptions{Checks: []string{"R005"}})
			if len(rep.Checks[0].Findings) == want {
				break
			}
			if time.Since(begun) > 5*time.Second {
				t.Fatalf("step %d: the other node still says %v", i, lines(rep))
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// TestLateNumbers: a number that becomes visible after a higher one is followed, and one that never comes is given up.
func TestLateNumbers(t *testing.T) {
	f := feed{low: 10, seen: map[int64]bool{12: true, 13: true}}
	f.advance(13)
	if f.low != 10 || f.since.IsZero() {
		t.Fatalf("11 is missing: low is %d", f.low)
	}
	f.seen[11] = true
	f.advance(13)
	if f.low != 13 || len(f.seen) != 0 {
		t.Fatalf("11 came: low is %d, seen %v", f.low, f.seen)
	}
	f.seen[16] = true
	f.advance(16)
	f.since = f.since.Add(-patience)
	f.advance(16)
	if f.low != 16 || len(f.seen) != 0 {
		t.Fatalf("14 and 15 never came: low is %d, seen %v", f.low, f.seen)
	}
}

// TestAsOf: a past day is decided with the records, parameters and exceptions of that day.
func TestAsOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		b := open(t, s, checktest.Clean())
		first := checktest.Day
		b.run("system.change", act.Input{"code": "S1", "rto": ""})
		b.now = b.now.Add(24 * time.Hour)
		b.run("system.change", act.Input{"code": "S1", "rto": "24"})
		b.run("contact.end", act.Input{"code": "CT1"})
		only := func(day when.Date) []string {
			return lines(b.report(RunOptions{Checks: []string{"R005", "R038"}, AsOf: day}))
		}
		if got := only(first); !slices.Equal(got, []string{"R005 system:S1 noncompliant"}) {
			t.Errorf("on the first day: %v", got)
		}
		if got := only(first - 1); len(got) != 0 {
			t.Errorf("the day before: %v", got)
		}
		now := only(0)
		if slices.Contains(now, "R005 system:S1 noncompliant") || len(now) == 0 {
			t.Errorf("today: %v", now)
		}
		if got := only(first + 1); !slices.Equal(got, now) {
			t.Errorf("today by its date: %v, want %v", got, now)
		}
	})
}

// TestKeep: results are kept from the first finding on, one a day, and tell since when something is seen.
func TestKeep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		ctx := context.Background()
		b := open(t, s, checktest.Clean())
		keep := func() {
			t.Helper()
			b.report(RunOptions{})
			if err := b.svc.Keep(ctx); err != nil {
				t.Fatal(err)
			}
		}
		history := func() (out []string) {
			t.Helper()
			err := b.s.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
				xs, err := b.svc.history(ctx, tx, place{"R012", "unit", "unit:U2"})
				for _, x := range xs {
					out = append(out, x.Result.String()+" "+x.From.String()+" "+x.Until.String())
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		keep()
		if got := history(); len(got) != 0 {
			t.Errorf("always kept: %v", got)
		}
		b.run("unit.change", act.Input{"code": "U2", "hr_code": ""})
		keep()
		b.now = b.now.Add(48 * time.Hour)
		b.run("unit.change", act.Input{"code": "U2", "hr_code": "H2"})
		keep()
		b.run("unit.change", act.Input{"code": "U2", "hr_code": ""})
		keep()
		b.run("unit.change", act.Input{"code": "U2", "hr_code": "H2"})
		keep()
		b.now = b.now.Add(24 * time.Hour)
		b.run("unit.change", act.Input{"code": "U2", "hr_code": ""})
		keep()
		keep()
		want := []string{"noncompliant 2026-11-24 2026-11-25", "compliant 2026-11-26 2026-11-26", "noncompliant 2026-11-27 "}
		if got := history(); !slices.Equal(got, want) {
			t.Errorf("kept %v, want %v", got, want)
		}
		b.now = b.now.Add(72 * time.Hour)
		rep := b.anew()
		for _, c := range rep.Checks {
			for _, f := range c.Findings {
				if c.ID == "R012" && f.Since != when.On(2026, 11, 27) {
					t.Errorf("R012 %s since %s", f.Subject, f.Since)
				}
			}
		}
	})
}

// TestSinceAfterAnotherResult: a breach that came back counts from the day it came back, whatever day the record names.
func TestSinceAfterAnotherResult(t *testing.T) {
	b := open(t, dbtest.SQLite(t), checktest.Clean())
	since := func() when.Date {
		t.Helper()
		fs := b.report(RunOptions{Checks: []string{"R005"}}).Checks[0].Findings
		if err := b.svc.Keep(context.Background()); err != nil {
			t.Fatal(err)
		}
		if len(fs) == 0 {
			return 0
		}
		return fs[0].Since
	}
	b.run("system.change", act.Input{"code": "S1", "rto": ""})
	if got, want := since(), when.On(2020, 4, 1); got != want {
		t.Errorf("never seen before: since %s, want the day the record names, %s", got, want)
	}
	b.now = b.now.Add(48 * time.Hour)
	b.run("system.change", act.Input{"code": "S1", "rto": "24"})
	since()
	b.now = b.now.Add(48 * time.Hour)
	b.run("system.change", act.Input{"code": "S1", "rto": ""})
	since() // kept now
	b.now = b.now.Add(24 * time.Hour)
	if got, want := since(), checktest.Day+4; got != want {
		t.Errorf("it came back: since %s, want %s", got, want)
	}
	if err := b.svc.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, want := since(), checktest.Day+4; got != want {
		t.Errorf("loaded anew: since %s, want %s", got, want)
	}
}

// TestOwner: the holder owes, else the deputy, else the office above, else nobody (bp.6).
func TestOwner(t *testing.T) {
	city := checktest.Clean()
	drop := func(codes ...string) {
		for _, c := range codes {
			city.Assignments = checktest.Drop(t, city.Assignments, c)
		}
	}
	owner := func() bearer {
		b := open(t, dbtest.SQLite(t), city)
		var out bearer
		if err := b.svc.with(context.Background(), func(l *look) error {
			out = l.owners.of(duty{"section_manager", "unit:U3"})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if b := owner(); b.person() != "P3" || b.above || b.post != "市民課情報セキュリティ管理者" || !slices.Equal(b.deputies, []string{"P4"}) {
		t.Errorf("holder and deputy: %+v", b)
	}
	drop("H3")
	if b := owner(); b.person() != "P4" || b.above {
		t.Errorf("only a deputy: %+v", b)
	}
	drop("D3")
	if b := owner(); b.person() != "P5" || !b.above || b.post != "総務局情報セキュリティ責任者" {
		t.Errorf("nobody in the section: %+v", b)
	}
	checktest.Find(t, city.People, "P5").Left = checktest.Day - 1
	if b := owner(); b.person() != "P6" {
		t.Errorf("the head has left: %+v", b)
	}
	drop("H1", "D1")
	if b := owner(); b.person() != "" {
		t.Errorf("nobody at all: %+v", b)
	}
}

// TestOwed: a person is told what they owe as holder, as deputy and by themselves, and nobody else is.
func TestOwed(t *testing.T) {
	b := open(t, dbtest.SQLite(t), spoiled(t))
	ctx := context.Background()
	owed := func(person string) map[string]string {
		t.Helper()
		out := map[string]string{}
		list, total, err := b.svc.Owed(ctx, actor.Actor{Person: person}, 0)
		if err != nil || total != len(list) {
			t.Fatalf("owed by %s: %d of %d, %v", person, len(list), total, err)
		}
		for _, o := range list {
			out[o.Check+" "+o.Subject.String()] = o.As
			if o.Reason.JA == "" || o.Href == "" || o.SubjectName == "" || o.Since == 0 || o.MendHref == "" {
				t.Errorf("owed by %s: lacks something: %+v", person, o)
			}
		}
		return out
	}
	if got, want := owed("P3"), map[string]string{"R005 system:S1": AsHolder, "R003 person:P3": AsSelf}; !reflect.DeepEqual(got, want) {
		t.Errorf("P3 owes %v, want %v", got, want)
	}
	if got, want := owed("P4"), map[string]string{"R005 system:S1": AsDeputy}; !reflect.DeepEqual(got, want) {
		t.Errorf("P4 owes %v, want %v", got, want)
	}
	if got := owed("P8"); len(got) != 0 {
		t.Errorf("P8 owes %v", got)
	}
	list, total, err := b.svc.Owed(ctx, actor.Actor{Person: "P3"}, 1)
	if err != nil || len(list) != 1 || total != 2 {
		t.Errorf("at most one: %d of %d, %v", len(list), total, err)
	}
}

// TestExplain: each condition with the values it was decided on, in words.
func TestExplain(t *testing.T) {
	b := open(t, dbtest.SQLite(t), spoiled(t))
	ctx := context.Background()
	a, err := b.svc.Explain(ctx, "R005", "system:S1")
	if err != nil {
		t.Fatal(err)
	}
	if a.Result != "noncompliant" || a.Owner != "person:P3" || len(a.Conditions) == 0 || a.Name != "住民記録システム" {
		t.Errorf("explained as %+v", a)
	}
	text := a.Text("ja")
	for _, want := range []string{"R005", "住民記録システム", "不適合", "不適合となる条件：当たる"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	for _, bad := range [][2]string{{"R005", "system:none"}, {"R005", "asset:A1"}, {"R005", "x"}, {"R999", "system:S1"}} {
		if _, err := b.svc.Explain(ctx, bad[0], bad[1]); !fault.Is(err, fault.NotFound) {
			t.Errorf("explain %v: %v", bad, err)
		}
	}
	said, err := b.svc.About(ctx, ref.New("system", "S1"))
	if err != nil || len(said) < 3 || said[0].Check != "R005" || said[0].Result != check.Noncompliant {
		t.Errorf("about the system: %+v, %v", said, err)
	}
}

// TestPartsHaveSubjectsOfTheirOwn: an address names a check and a subject, so a check may have only one part for each
// register.
func TestPartsHaveSubjectsOfTheirOwn(t *testing.T) {
	for _, k := range checktest.Checks() {
		seen := map[string]bool{}
		for _, p := range k.Parts {
			if seen[p.Subject] {
				t.Errorf("%s: two parts are about %s", k.ID, p.Subject)
			}
			seen[p.Subject] = true
		}
	}
}

// A check that lacks a value is not kept, even where it has nobody to ask: a day before the city began says nothing.
func TestWhatCannotBeDecidedIsNotHeld(t *testing.T) {
	r := Report{Checks: []CheckReport{{ID: "R003", Counts: map[string]int64{"compliant": 1}}, {ID: "R021", Counts: map[string]int64{}}}}
	if !r.Held() {
		t.Error("nothing is wrong, and it is not held")
	}
	if r.Checks[1].Lost = "parameter N.pledge has no value"; r.Held() {
		t.Error("held by a check that cannot be decided")
	}
}
