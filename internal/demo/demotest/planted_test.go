package demotest

import (
	"fmt"
	"testing"

	"okite/internal/check"
	"okite/internal/demo"
	"okite/internal/when"
)

// compare fails when the checks do not find exactly what was planted.
func compare(t *testing.T, cfg demo.Config) {
	t.Helper()
	c, err := demo.Generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Load(cfg, c)
	if err != nil {
		t.Fatal(err)
	}
	for id, why := range e.Lost() {
		t.Errorf("%s cannot be decided: %s", id, why)
	}
	found := Found(e)
	for id, want := range map[string]check.Result{"R003": check.NotDue, "R005": check.Excepted, "R015": check.NotDue, "R017": check.Excepted,
		"R030": check.Excepted, "R038": check.NotDue, "R046": check.NotDue, "R047": check.Excepted,
		"R021": check.NotDue, "R086": check.Excepted, "R141": check.NotDue, "R239": check.Excepted} {
		if counts := e.CheckCounts(id); counts[want] == 0 {
			t.Errorf("%s: no near miss is %v: %v", id, want, counts.Map())
		}
	}
	planted := map[demo.Planted]bool{}
	byCheck := map[string]int{}
	wrong := 0
	for _, p := range c.Planted {
		planted[p] = true
		if _, ok := found[p]; !ok {
			if wrong++; wrong < 40 {
				t.Errorf("planted and not found: %s %s", p.Check, p.Subject)
			}
			continue
		}
		if found[p] == check.Noncompliant {
			byCheck[p.Check]++
		}
	}
	for _, k := range e.Checks() {
		if byCheck[k.ID] == 0 && (k.ID != "R052" || cfg.Date > when.On(cfg.Date.FY(), 7, 31)) {
			t.Errorf("%s: nothing planted is noncompliant", k.ID)
		}
		for f := range e.Findings(k.ID) {
			if p := (demo.Planted{Check: k.ID, Subject: f.Subject.String()}); f.Result != check.Excepted && !planted[p] {
				if wrong++; wrong < 40 {
					t.Errorf("found and not planted: %s %s (%s): %s", p.Check, p.Subject, f.Result, e.Reason(f).EN)
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d differences, %d planted", wrong, len(c.Planted))
	}
}

// TestFindingsArePlanted: on any day and for any seed the checks find what was planted and nothing else.
func TestFindingsArePlanted(t *testing.T) {
	for _, day := range []when.Date{when.On(2026, 11, 22), when.On(2026, 4, 2), when.On(2027, 3, 31), when.On(2026, 8, 1)} {
		for _, seed := range []uint64{1, 7, 42} {
			t.Run(fmt.Sprintf("%s seed %d", day, seed), func(t *testing.T) { compare(t, Config(3000, seed, day)) })
		}
	}
}

// TestAllYear: no day is special, whatever falls due on it; a larger city is not either.
func TestAllYear(t *testing.T) {
	if testing.Short() {
		t.Skip("a year of cities takes some seconds")
	}
	for day := when.On(2026, 3, 25); day < when.On(2027, 4, 10); day += 16 {
		t.Run(day.String(), func(t *testing.T) { compare(t, Config(800, uint64(day), day)) })
	}
	for _, day := range []when.Date{when.On(2026, 4, 1), when.On(2026, 5, 6), when.On(2026, 7, 31), when.On(2027, 1, 4), when.On(2028, 2, 29)} {
		t.Run(day.String(), func(t *testing.T) { compare(t, Config(800, 3, day)) })
	}
	compare(t, Config(20000, 7, when.On(2026, 11, 22)))
}
