package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"okite/internal/conform"
	"okite/internal/db/dbtest"
	"okite/internal/when"
)

// config is a place for a municipality: SQLite in a directory of its own, or a schema of the PostgreSQL of the tests.
func config(t testing.TB, postgres bool) Config {
	t.Helper()
	c := Config{Dir: t.TempDir()}
	if postgres {
		d := dbtest.PostgresConfig(t)
		c.DB, c.Schema = d.URL, d.Schema
	}
	return c
}

func eachStore(t *testing.T, fn func(t *testing.T, c Config)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, config(t, false)) })
	t.Run("postgresql", func(t *testing.T) { fn(t, config(t, true)) })
}

// openDemo makes a small fictional city that is closed at the end of the test.
func openDemo(t testing.TB, c Config, s DemoSpec) *App {
	t.Helper()
	a, _, err := OpenDemo(context.Background(), c, s)
	if err != nil {
		t.Fatalf("make demonstration: %v", err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return a
}

// TestFoundIsPlanted is the test of the whole: what the checks find in a fictional city is what was planted in it,
// nothing less and nothing more (bp.11), on both databases, for cities of several seeds and days.
func TestFoundIsPlanted(t *testing.T) {
	eachStore(t, func(t *testing.T, c Config) {
		for _, s := range []DemoSpec{
			{People: 800, Seed: 7, Date: when.On(2026, 11, 24)},
			{People: 1500, Seed: 42, Date: when.On(2027, 4, 2)},
			{People: 500, Seed: 3, Date: when.On(2026, 8, 1)},
		} {
			s.Fresh = true
			t.Run(fmt.Sprintf("%d people, seed %d, %s", s.People, s.Seed, s.Date), func(t *testing.T) {
				a := openDemo(t, c, s)
				compare(t, a)
				rep, err := a.Log.Verify(context.Background(), nil)
				if err != nil || !rep.OK {
					t.Errorf("verify the record: %+v, %v", rep, err)
				}
			})
		}
	})
}

func compare(t *testing.T, a *App) {
	t.Helper()
	ctx := Operator(context.Background())
	b, err := os.ReadFile(a.PlantedPath())
	if err != nil {
		t.Fatal(err)
	}
	var planted []struct{ Check, Subject string }
	if err := json.Unmarshal(b, &planted); err != nil {
		t.Fatal(err)
	}
	svc, err := a.Checks(ctx)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := svc.Run(ctx, conform.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found, want := map[string]bool{}, map[string]bool{}
	for _, k := range rep.Checks {
		for _, f := range k.Findings {
			if f.Result != "excepted" {
				found[k.ID+" "+f.Subject.String()] = true
			}
		}
	}
	for _, p := range planted {
		want[p.Check+" "+p.Subject] = true
	}
	if len(want) == 0 {
		t.Fatal("nothing was planted")
	}
	for k := range found {
		if !want[k] {
			t.Errorf("found but not planted: %s", k)
		}
	}
	for k := range want {
		if !found[k] {
			t.Errorf("planted but not found: %s", k)
		}
	}
	for _, k := range rep.Checks {
		if m := a.Today().Month(); k.ID == "R052" && m >= 4 && m <= 7 {
			continue // the year's stock-taking is due on 31 July: until then nobody can be late
		}
		if !slices.ContainsFunc(planted, func(p struct{ Check, Subject string }) bool { return p.Check == k.ID }) {
			t.Errorf("%s was never planted", k.ID)
		}
	}
}

// TestDemoPlace: the same city is opened again, another is refused, and what is no demonstration is left alone.
func TestDemoPlace(t *testing.T) {
	ctx := context.Background()
	s := DemoSpec{People: 500, Seed: 1, Date: when.On(2026, 11, 24)}
	c := config(t, false)
	a, made, err := OpenDemo(ctx, c, s)
	if err != nil || !made {
		t.Fatalf("first: made %v, %v", made, err)
	}
	a.Close()
	a, made, err = OpenDemo(ctx, c, DemoSpec{People: 500, Seed: 1})
	if err != nil || made {
		t.Fatalf("again: made %v, %v; want the same city", made, err)
	}
	a.Close()
	if _, _, err := OpenDemo(ctx, c, DemoSpec{People: 500, Seed: 2}); err == nil {
		t.Error("another city was made over the first without being asked for")
	}
	c = config(t, false)
	b, _, err := Init(ctx, c, Setup{Name: "試験市", Code: "011002"})
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	if _, _, err := OpenDemo(ctx, c, DemoSpec{People: 500, Seed: 1, Fresh: true}); err == nil {
		t.Error("a demonstration replaced a municipality")
	}
	c = config(t, false)
	if err := os.WriteFile(c.Dir+"/letter.txt", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenDemo(ctx, c, s); err == nil {
		t.Error("a demonstration was made among somebody's files")
	}
}

// TestCode: the check digit of a municipality code.
func TestCode(t *testing.T) {
	for _, good := range []string{"011002", "131016", "271004", "472018"} {
		if err := Code(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "01100", "011003", "0110022", "01100x"} {
		if Code(bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
