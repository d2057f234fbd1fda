package bench

import (
	"bytes"
	"context"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write generated files anew")

// TestGenerated: the Go the checks are measured against is what the conditions print today.
func TestGenerated(t *testing.T) {
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	const file = "generated.go"
	want, err := goSource(all)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the conditions print; run go test -run TestGenerated -update", file)
	}
}

// small is a run that ends within seconds: it proves that every measurement still works and that every engine still
// agrees. Its times say nothing, so no aim is held against them.
func small(t *testing.T) Options {
	return Options{Postgres: os.Getenv("TEST_POSTGRES"), Rows: 2000, Records: 2000, Import: 500, Entries: 3000, Changes: 3000, Rounds: 1,
		Round: 200 * time.Millisecond, Dir: t.TempDir()}
}

func show(t *testing.T, r *Report, err error) *Report {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := r.Print(&b); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + b.String())
	return r
}

func TestChecks(t *testing.T) {
	r, err := Checks(context.Background(), small(t))
	r = show(t, r, err)
	want := 6 // engine, generated, two of SQLite, cel-go, OPA
	if os.Getenv("TEST_POSTGRES") != "" {
		want += 2
	} else {
		t.Log("TEST_POSTGRES is not set: PostgreSQL was left out")
	}
	if len(r.Rows) != want {
		t.Errorf("%d engines measured, want %d", len(r.Rows), want)
	}
}

func TestWriters(t *testing.T) {
	r, err := Writers(context.Background(), small(t))
	show(t, r, err)
}

func TestVerify(t *testing.T) {
	r, err := Verify(context.Background(), small(t))
	show(t, r, err)
}

func TestLists(t *testing.T) {
	r, err := Lists(context.Background(), small(t))
	show(t, r, err)
}

func TestImports(t *testing.T) {
	r, err := Imports(context.Background(), small(t))
	show(t, r, err)
}

func TestDemo(t *testing.T) {
	o := small(t)
	o.People = 500
	r, err := Demo(context.Background(), o)
	show(t, r, err)
}

func TestCampaigns(t *testing.T) {
	o := small(t)
	o.People = 500
	r, err := Campaigns(context.Background(), o)
	show(t, r, err)
}

func TestReceipts(t *testing.T) {
	o := small(t)
	o.People = 500
	r, err := Receipts(context.Background(), o)
	show(t, r, err)
}
