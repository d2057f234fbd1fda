// Command testcount reads what "go test -json" writes and tells it shortly: a line for each package, the whole output
// of what failed, what was skipped and why, and at the end how many tests passed and failed. Checks that did not hold
// before the tests ran are given as arguments and count as failed, so that the last line never says less than the truth.
// It serves clause 11 (bp.11): what is claimed of the product can be repeated and counted by others.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if !count(os.Stdin, os.Stdout, os.Args[1:]) {
		os.Exit(1)
	}
}

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string // of a package that does not build
	Elapsed                       float64
}

// tally is one package under way.
type tally struct {
	passed, failed, skipped int
	output                  map[string][]string // by test; "" is the package itself
}

// count tells the stream to w and says whether everything held.
func count(r io.Reader, w io.Writer, broken []string) bool {
	var passed, failed, skipped int
	packages := map[string]*tally{}
	of := func(name string) *tally {
		if packages[name] == nil {
			packages[name] = &tally{output: map[string][]string{}}
		}
		return packages[name]
	}
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(w, line) // not of the stream: a panic of the tool, a message of the linker
				continue
			}
			t := of(e.Package)
			switch {
			case e.Action == "output" || e.Action == "build-output":
				if e.Action == "build-output" {
					fmt.Fprint(w, e.Output)
				}
				t.output[e.Test] = append(t.output[e.Test], e.Output)
			case e.Test != "":
				t.test(w, e)
			case e.Action == "pass" || e.Action == "fail" || e.Action == "skip":
				t.end(w, e)
				passed, failed, skipped = passed+t.passed, failed+t.failed, skipped+t.skipped
				delete(packages, e.Package)
			}
		}
		if err != nil {
			break
		}
	}
	for name, t := range packages { // the stream broke off in the middle of it
		if name == "" {
			continue
		}
		fmt.Fprintf(w, "FAIL %s: did not come to an end\n", name)
		passed, failed, skipped = passed+t.passed, failed+t.failed+1, skipped+t.skipped
	}
	for _, b := range broken {
		fmt.Fprintf(w, "FAIL %s\n", b)
		failed++
	}
	if passed+failed == 0 {
		fmt.Fprintln(w, "FAIL no test was run")
		failed++
	}
	if skipped > 0 {
		fmt.Fprintf(w, "%d skipped\n", skipped)
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", passed, failed)
	return failed == 0
}

// test takes the end of one test.
func (t *tally) test(w io.Writer, e event) {
	switch e.Action {
	case "pass":
		t.passed++
	case "skip":
		t.skipped++
		fmt.Fprintf(w, "skip %s %s: %s\n", e.Package, e.Test, reason(t.output[e.Test]))
	case "fail":
		t.failed++
		fmt.Fprintf(w, "FAIL %s %s\n", e.Package, e.Test)
		fmt.Fprint(w, strings.Join(t.output[e.Test], ""))
	default:
		return
	}
	delete(t.output, e.Test)
}

// end takes the end of a package. One that failed without a failed test counts as one: it did not build, panicked
// or ran out of time.
func (t *tally) end(w io.Writer, e event) {
	if e.Action == "fail" && t.failed == 0 {
		t.failed++
		fmt.Fprint(w, strings.Join(t.output[""], ""))
		for name, out := range t.output { // under way when the package broke off
			if name != "" {
				fmt.Fprintf(w, "in %s:\n%s", name, strings.Join(out, ""))
			}
		}
	}
	switch {
	case e.Action == "fail":
		fmt.Fprintf(w, "FAIL %-50s %7.1f s  %d passed, %d failed\n", e.Package, e.Elapsed, t.passed, t.failed)
	case t.passed+t.skipped > 0:
		fmt.Fprintf(w, "ok   %-50s %7.1f s  %d passed\n", e.Package, e.Elapsed, t.passed)
	}
}

// reason is what a test said before it was skipped.
func reason(output []string) string {
	for _, o := range output {
		o = strings.TrimSpace(o)
		if o != "" && !strings.HasPrefix(o, "===") && !strings.HasPrefix(o, "---") {
			return o
		}
	}
	return "no reason given"
}
