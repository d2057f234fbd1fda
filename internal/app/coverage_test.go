package app

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"okite/internal/clause"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	cited    = regexp.MustCompile(`\bbp\.\d+(?:\.\d+)?\b`)
	checkID  = regexp.MustCompile(`"R\d{3}"`)
	testFunc = regexp.MustCompile(`(?m)^((?://.*\n)*)func (Test\w+)\(t \*testing\.T\)`)
)

// clauseTests reads, out of the sources, which tests speak of which clause: by naming it in their comment or body, or
// by running a check bound to it.
func clauseTests(t *testing.T) map[clause.ID][]string {
	t.Helper()
	byCheck := map[string][]clause.ID{}
	for _, k := range checks() {
		byCheck[`"`+k.ID+`"`] = k.Clauses
	}
	out := map[clause.ID][]string{}
	root := "../.."
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, "_test.go") || strings.Contains(p, "/bench/") {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		src := string(b)
		at := testFunc.FindAllStringSubmatchIndex(src, -1)
		for i, m := range at {
			end := len(src)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			ids := map[clause.ID]bool{}
			for _, c := range cited.FindAllString(src[m[0]:end], -1) {
				ids[clause.ID(c)] = true
			}
			for _, c := range checkID.FindAllString(src[m[0]:end], -1) {
				for _, id := range byCheck[c] {
					ids[id] = true
				}
			}
			rel, err := filepath.Rel(root, filepath.Dir(p))
			if err != nil {
				return err
			}
			for id := range ids {
				out[id] = append(out[id], rel+" "+src[m[4]:m[5]])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range out {
		slices.Sort(out[id])
		out[id] = slices.Compact(out[id])
	}
	return out
}

// TestClauseTests keeps tests.json true to the sources.
func TestClauseTests(t *testing.T) {
	want, err := json.MarshalIndent(clauseTests(t), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("tests.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(want) != string(bound) {
		t.Error("tests.json is not what the sources say; run go test ./internal/app -run TestClauseTests -update")
	}
}

// later are the clauses whose own acts and checks come in later releases; docs/divergences.md says so for each.
var later = []clause.ID{"bp.8", "bp.8.1", "bp.8.2", "bp.8.3", "bp.9", "bp.9.1", "bp.9.2", "bp.9.3", "bp.9.4", "bp.9.5", "bp.9.6", "bp.10", "bp.11", "bp.12", "bp.13", "bp.14",
	"bp.2.1", "bp.5"}

// TestCoverage: every clause of the policy is listed; one without a check is told in docs/divergences.md, and
// docs/clauses.md is what the program prints.
func TestCoverage(t *testing.T) {
	list, err := Coverage()
	if err != nil {
		t.Fatal(err)
	}
	notes, err := os.ReadFile("../../docs/divergences.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[clause.ID]bool{}
	var doc strings.Builder
	doc.WriteString("# What carries out each clause\n\nPrinted from the program by `go test ./internal/app -run TestCoverage -update`; `okite clauses` says the same.\n`below` means that the checks are bound to the places below a clause.\n\n| clause | title | acts | checks | registers | pages | tests |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, b := range list {
		seen[b.Clause] = true
		if slices.ContainsFunc(list, func(o ClauseBinding) bool {
			return o.Clause != b.Clause && b.Clause.Covers(o.Clause) && len(o.Checks) > 0
		}) {
			b.Checks = append(b.Checks, "below")
		}
		if len(b.Checks) == 0 && !strings.Contains(string(notes), string(b.Clause)) {
			t.Errorf("%s has no check and docs/divergences.md does not say so", b.Clause)
		}
		if len(b.Checks) == 0 && !slices.Contains(later, b.Clause) {
			t.Errorf("%s has no check", b.Clause)
		}
		fmt.Fprintf(&doc, "| %s | %s / %s | %d | %s | %s | %d | %d |\n", b.Clause, b.Title.JA, b.Title.EN, len(b.Acts), strings.Join(b.Checks, " "), strings.Join(b.Registers, " "), len(b.Pages), len(b.Tests))
	}
	for n := range 15 {
		if id := clause.ID(fmt.Sprintf("bp.%d", n)); !seen[id] {
			t.Errorf("%s is not listed", id)
		}
	}
	path := "../../docs/clauses.md"
	if *update {
		if err := os.WriteFile(path, []byte(doc.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != doc.String() {
		t.Errorf("docs/clauses.md is not what the program says (%v); run with -update", err)
	}
}
