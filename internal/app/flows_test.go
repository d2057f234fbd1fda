package app

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/flow"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/selfcheck"
	"okite/internal/training"
	"okite/internal/transfer"
)

// flows are the ways of decision of every module, by the package that declares them.
func flows() map[string][]*flow.Flow {
	return map[string][]*flow.Flow{"org": org.Flows(), "policy": policy.Flows(), "asset": asset.Flows(), "notice": notice.Flows(), "training": training.Flows(), "transfer": transfer.Flows(), "selfcheck": selfcheck.Flows()}
}

// hands are people for a flow: each of its roles is held by two who may decide everywhere and one who may in another
// scope only. The first holder has a stand-in, and the stand-in has one too; two clerks stand in for each other; and one
// person holds every role. So every applicant meets a delegate, a delegate's delegate and a circle (bp.6).
func hands(f *flow.Flow) []flow.Person {
	var roles []string
	for _, m := range f.Moves {
		if m.Role != "" && !slices.Contains(roles, m.Role) {
			roles = append(roles, m.Role)
		}
	}
	var out []flow.Person
	var all []actor.Grant
	for _, r := range roles {
		grant := []actor.Grant{{Role: r}}
		all = append(all, grant...)
		out = append(out, flow.Person{Key: r + " 1", Roles: grant}, flow.Person{Key: r + " 2", Roles: grant},
			flow.Person{Key: "elsewhere " + r, Roles: []actor.Grant{{Role: r, Scope: "unit:elsewhere"}}})
	}
	first := "clerk 1"
	if len(roles) > 0 {
		first = roles[0] + " 1"
	}
	return append(out, flow.Person{Key: "stand-in", Roles: all, DelegateOf: []string{first}}, flow.Person{Key: "stand-in of the stand-in", Roles: all, DelegateOf: []string{"stand-in"}},
		flow.Person{Key: "clerk 1", Roles: all, DelegateOf: []string{"clerk 2"}}, flow.Person{Key: "clerk 2", Roles: all, DelegateOf: []string{"clerk 1"}}, flow.Person{Key: "outsider"})
}

// TestEveryFlow walks every way of decision of the product through the function that runs it (bp.6): no applicant and
// nobody who stands in for them ever approves, no end rests on an approval of another content, and every state can end.
func TestEveryFlow(t *testing.T) {
	total := 0
	all := flows()
	for _, pkg := range slices.Sorted(maps.Keys(all)) {
		for _, f := range all[pkg] {
			if err := f.Check(); err != nil {
				t.Errorf("%s: %v", pkg, err)
				continue
			}
			n, err := flow.Search(f, hands(f))
			if err != nil {
				t.Errorf("%s: %v", pkg, err)
			}
			total += n
			t.Logf("%s %s: %d states and %d moves as data, %d instances walked with %d people", pkg, f.Name, len(f.States), len(f.Moves), n, len(hands(f)))
		}
	}
	t.Logf("%d instances in all", total)
}

// TestApplicantIsRefused: what the search looks for is there to be found: without the rule a stand-in gets through (bp.6).
func TestApplicantIsRefused(t *testing.T) {
	for _, list := range flows() {
		for _, f := range list {
			i := slices.IndexFunc(f.Moves, func(m flow.Move) bool { return m.Approval && m.Role != "" })
			if i < 0 {
				continue
			}
			m := f.Moves[i]
			at := flow.Instance{ID: "x", State: m.From, Applicant: "A", Hash: "1"}
			role := []actor.Grant{{Role: m.Role}}
			people := flow.Close([]flow.Person{{Key: "A", Roles: role}, {Key: "B", Roles: role, DelegateOf: []string{"A"}}, {Key: "C", Roles: role, DelegateOf: []string{"B"}}, {Key: "D", Roles: role}})
			for _, p := range people {
				_, err := f.Step(at, m.Name, p)
				if refused := err != nil; refused != (p.Key != "D") {
					t.Errorf("%s: %s of what A asks for, by %s: %v", f.Name, m.Name, p.Key, err)
				}
			}
		}
	}
}

// TestFlowsAreListed: a way of decision that is declared anywhere is among those walked.
func TestFlowsAreListed(t *testing.T) {
	declared := regexp.MustCompile(`&?flow\.Flow\{`)
	listed := flows()
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, line := range strings.Split(string(b), "\n") {
			if declared.MatchString(line) && !strings.Contains(line, "[]*flow.Flow{") {
				if pkg := filepath.Base(filepath.Dir(p)); listed[pkg] == nil {
					t.Errorf("%s declares a flow, and %s is not among those walked", p, pkg)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
