// Bench prints what Okite promises in numbers beside what was seen, measured in one run.
//
//	go run ./cmd/bench                      a little of everything, some minutes
//	go run ./cmd/bench -full                the sizes of the promises, about an hour
//	go run ./cmd/bench -only checks,verify  some subjects
//
// TEST_POSTGRES is the address of a PostgreSQL server on this machine whose user may create schemas; without it
// that half is left out. It exits 1 when an aim of a full run was missed, 2 when something could not be measured.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"okite/bench"
)

// subjects in the order in which they are measured.
var subjects = []struct {
	name string
	run  func(context.Context, bench.Options) (*bench.Report, error)
}{
	{"checks", bench.Checks}, {"lists", bench.Lists}, {"imports", bench.Imports}, {"writers", bench.Writers}, {"receipts", bench.Receipts}, {"digest", bench.Digest}, {"campaign", bench.Campaigns}, {"verify", bench.Verify}, {"demo", bench.Demo},
}

func main() {
	var o bench.Options
	only := flag.String("only", "", "subjects to measure, with commas between: checks, lists, imports, writers, receipts, campaign, verify, demo")
	full := flag.Bool("full", false, "measure at the sizes of the promises")
	flag.IntVar(&o.Rows, "rows", 0, "subjects of the checks")
	flag.IntVar(&o.Changes, "changes", 0, "random changes before all verdicts are compared with SQL's")
	flag.IntVar(&o.Records, "records", 0, "assets of the list page")
	flag.IntVar(&o.Import, "import", 0, "rows of the workbook")
	flag.IntVar(&o.Entries, "entries", 0, "entries of the record")
	flag.IntVar(&o.Rounds, "rounds", 0, "rounds of which the median counts")
	flag.IntVar(&o.People, "people", 0, "size of the demonstration city")
	flag.StringVar(&o.Okite, "okite", "", "the program okite; built when empty")
	flag.StringVar(&o.Dir, "dir", "", "directory for scratch files; the system's when empty")
	flag.Parse()
	o.Postgres = os.Getenv("TEST_POSTGRES")
	if *full {
		o = o.Full()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code := 0
	for _, s := range subjects {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), s.name) {
			continue
		}
		r, err := s.run(ctx, o)
		if err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", s.name, err)
			code = 2
			continue
		}
		if err := r.Print(os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %v\n", err)
			os.Exit(2)
		}
		if *full && code == 0 && slices.ContainsFunc(r.Aims, func(a bench.Aim) bool { return !a.Met() }) {
			code = 1
		}
	}
	os.Exit(code)
}
