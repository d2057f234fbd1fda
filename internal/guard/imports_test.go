package guard

import (
	"flag"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden file of the import graph")

// layers are the packages of the product from the bottom up. A package may import those that stand before it, in its
// own layer too; what stands in no layer yet is refused until somebody has thought about its place.
var layers = []struct {
	name     string
	packages []string
}{
	{"words that everything shares", []string{"msg", "clause", "ref", "fault", "when", "actor"}},
	{"data and formats", []string{"packs", "pack", "sheet"}},
	{"store, record and the language of rules", []string{"db", "trail", "rule", "flow", "job"}},
	{"gate, registers, checks, site", []string{"act", "check", "register", "web"}},
	{"what rests on the kernel alone", []string{"signin", "trail/trailpage", "policy/text", "digest/mail"}},
	{"modules", []string{"org", "policy", "asset", "contractor", "audit", "transfer", "training", "notice", "selfcheck", "card", "yearplan", "parameter"}},
	{"above the modules", []string{"conform", "ledger", "inbox", "digest"}},
	{"a city that knows none of it", []string{"demo"}},
	{"the list of modules", []string{"app"}},
	{"programs", []string{"tools/assets", "tools/testcount", "cmd/okite", "cmd/okite-verify"}},
}

// only are the packages of ours that a package may import and no other, with the reason.
var only = map[string]struct {
	may    []string
	reason string
}{
	"clause":           {nil, "the places of the policy rest on nothing"},
	"msg":              {nil, "words rest on nothing"},
	"ref":              {nil, "references rest on nothing"},
	"rule":             {[]string{"clause", "msg", "when"}, "conditions know neither store nor site"},
	"check":            {[]string{"clause", "msg", "ref", "rule", "when", "fault"}, "verdicts are computed from what is given, never read from a store"},
	"policy/text":      {[]string{"clause", "fault", "msg", "when"}, "reading a text is pure"},
	"demo":             {[]string{"msg", "when", "pack"}, "what is planted is known independently of what is looked for"},
	"cmd/okite-verify": {nil, "it shares nothing with what it verifies"},
	"tools/assets":     {nil, "a tool of the workshop"},
	"tools/testcount":  {nil, "a tool of the workshop"},
}

// forTests says whether a package exists for tests: dbtest, webtest. The product does not import it.
func forTests(pkg string) bool {
	base := path.Base(pkg)
	return base == "guard" || strings.HasSuffix(base, "test") && strings.Contains(pkg, "/") && !strings.HasPrefix(pkg, "cmd/")
}

// graph is what each package imports of ours.
func graph(t *testing.T) map[string][]string {
	t.Helper()
	_, files := source(t)
	sets := map[string]map[string]bool{}
	for _, f := range files {
		if sets[f.pkg] == nil {
			sets[f.pkg] = map[string]bool{}
		}
		for _, s := range f.Imports {
			p, _ := strconv.Unquote(s.Path.Value)
			if p, ours := strings.CutPrefix(p, "okite/"); ours {
				sets[f.pkg][strings.TrimPrefix(p, "internal/")] = true
			}
		}
	}
	out := map[string][]string{}
	for pkg, set := range sets {
		out[pkg] = slices.Sorted(maps.Keys(set))
	}
	return out
}

// arrow checks one import against the layers, "" when it is right.
func arrow(from, to string) string {
	if forTests(from) {
		return ""
	}
	if forTests(to) {
		return "is for tests"
	}
	if rule, ok := only[from]; ok && !slices.Contains(rule.may, to) {
		return "is not among those " + from + " may import: " + rule.reason
	}
	place := func(pkg string) int {
		n := 0
		for _, l := range layers {
			for _, p := range l.packages {
				if p == pkg {
					return n
				}
				n++
			}
		}
		return -1
	}
	a, b := place(from), place(to)
	switch {
	case a < 0:
		return "comes from a package that has no place in the layers"
	case b < 0:
		return "has no place in the layers"
	case b >= a:
		return "stands above it or beside it"
	}
	return ""
}

func TestArrowsPointDown(t *testing.T) {
	g := graph(t)
	for _, from := range slices.Sorted(maps.Keys(g)) {
		for _, to := range g[from] {
			if why := arrow(from, to); why != "" {
				t.Errorf("%s imports %s, which %s", from, to, why)
			}
		}
		if why := arrow(from, "none"); strings.HasPrefix(why, "comes from") {
			t.Errorf("%s has no place in the layers", from)
		}
	}
}

// TestArrow: the rules refuse what they are there to refuse.
func TestArrow(t *testing.T) {
	for _, c := range []struct {
		from, to string
		right    bool
	}{
		{"asset", "org", true},
		{"org", "asset", false},      // a later module
		{"register", "asset", false}, // the kernel knows no module
		{"policy", "conform", false},
		{"conform", "policy", true},
		{"ledger", "app", false},
		{"app", "ledger", true},
		{"check", "db", false},
		{"demo", "check", false},
		{"demo", "pack", true},
		{"cmd/okite-verify", "msg", false},
		{"org", "db/dbtest", false},
		{"check/checktest", "asset", true},
		{"newcomer", "msg", false},
		{"asset", "newcomer", false},
	} {
		if why := arrow(c.from, c.to); (why == "") != c.right {
			t.Errorf("%s → %s: right %v, want %v (%s)", c.from, c.to, why == "", c.right, why)
		}
	}
}

// TestImportGraph holds every arrow in a golden file, so that a reviewer sees a new one.
func TestImportGraph(t *testing.T) {
	g := graph(t)
	var b strings.Builder
	for _, from := range slices.Sorted(maps.Keys(g)) {
		b.WriteString(from + ":")
		for _, to := range g[from] {
			b.WriteString(" " + to)
		}
		b.WriteString("\n")
	}
	const golden = "testdata/imports.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("read golden file: %v (rewrite it with -update)", err)
	}
	was := map[string]bool{}
	for line := range strings.Lines(string(want)) {
		was[line] = true
	}
	is := map[string]bool{}
	for line := range strings.Lines(b.String()) {
		is[line] = true
		if !was[line] {
			t.Errorf("new:  %s", strings.TrimSpace(line))
		}
	}
	for line := range strings.Lines(string(want)) {
		if !is[line] {
			t.Errorf("gone: %s", strings.TrimSpace(line))
		}
	}
	if t.Failed() {
		t.Log("when the arrows are meant, rewrite the golden file: go test ./internal/guard -run ImportGraph -update")
	}
}
