package guard

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/card"
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/contractor"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/selfcheck"
	"okite/internal/training"
	"okite/internal/transfer"
	"okite/internal/yearplan"
)

// pages are the documents of the repository, by path below the top.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	add := func(p string) {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.ToSlash(rel)] = string(b)
	}
	top, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range top {
		add(p)
	}
	err = filepath.WalkDir(filepath.Join(root, "docs"), func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".md") {
			add(p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	link   = regexp.MustCompile(`\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)`)
	folder = regexp.MustCompile("`((?:internal|cmd|packs|docs|bench)/[A-Za-z0-9_/.-]+[A-Za-z0-9_])/?`")
	number = regexp.MustCompile(`\bR\d{3}\b`)
)

// TestLinks: what a document points at is there.
func TestLinks(t *testing.T) {
	for name, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s points at %s: %v", name, m[1], err)
			}
		}
		for _, m := range folder.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s names %s: %v", name, m[1], err)
			}
		}
	}
}

// heading is "### bp.0, bp.4: 序、位置付け: carried out".
var heading = regexp.MustCompile(`(?m)^### ((?:bp\.[\d.]+(?:, )?)+): .+: (.+)$`)

// TestDivergences: docs/divergences.md tells of every clause of the basic policy, and says of none that it is carried out
// when no check looks at it, nor the other way round.
func TestDivergences(t *testing.T) {
	text := pages(t)["docs/divergences.md"]
	checks := check.Merge(org.Checks(), policy.Checks(), asset.Checks(), contractor.Checks(), audit.Checks(), notice.Checks(), training.Checks(), selfcheck.Checks(), card.Checks(), transfer.Checks())
	registers := slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), notice.Registers(), training.Registers(), selfcheck.Registers(), card.Registers(), transfer.Registers(), yearplan.Registers())
	bound := func(list []clause.ID, id clause.ID) bool { return slices.ContainsFunc(list, id.Covers) }
	says := map[clause.ID]string{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		for id := range strings.SplitSeq(m[1], ", ") {
			says[clause.ID(id)] = m[2]
		}
	}
	all := []clause.ID{"bp.0", "bp.1", "bp.2", "bp.3", "bp.4", "bp.5", "bp.6", "bp.7", "bp.8", "bp.9.1", "bp.9.2", "bp.9.3", "bp.9.4", "bp.9.5", "bp.9.6",
		"bp.10", "bp.11", "bp.12", "bp.13", "bp.14"}
	for _, id := range all {
		may := []string{"later"}
		if slices.ContainsFunc(registers, func(d *register.Def) bool { return bound(d.Clauses, id) }) {
			may = []string{"recorded"}
		}
		if slices.ContainsFunc(checks, func(c check.Check) bool { return bound(c.Clauses, id) }) {
			may = []string{"carried out", "in part"}
		}
		if !slices.Contains(may, says[id]) {
			t.Errorf("docs/divergences.md says of %s %q; the code says %q", id, says[id], may)
		}
	}
	if len(says) != len(all) {
		t.Errorf("docs/divergences.md tells of %d clauses, want %d", len(says), len(all))
	}
	for _, id := range number.FindAllString(strings.ReplaceAll(text, "–", " "), -1) {
		later := id >= "R020" && id <= "R027" // named as what comes later
		if !later && !slices.ContainsFunc(checks, func(c check.Check) bool { return c.ID == id }) {
			t.Errorf("docs/divergences.md names %s, which is no check", id)
		}
	}
}
