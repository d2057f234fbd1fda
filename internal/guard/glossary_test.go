package guard

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/check"
	"okite/internal/contractor"
	"okite/internal/msg"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/selfcheck"
	"okite/internal/training"
	"okite/internal/transfer"
	"okite/internal/yearplan"
)

// TestGlossary: whoever meets a word on a page or in the code finds the other half of it in docs/glossary.md.
func TestGlossary(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "docs", "glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) == 3 {
			rows = append(rows, cells)
		}
	}
	has := func(word msg.Text, where string) {
		t.Helper()
		if !slices.ContainsFunc(rows, func(r []string) bool {
			return r[0] == word.EN && r[1] == word.JA && strings.Contains(r[2], where)
		}) {
			t.Errorf("docs/glossary.md wants a row: | %s | %s | %s |", word.EN, word.JA, where)
		}
	}
	for _, d := range slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), notice.Registers(), training.Registers(), transfer.Registers(), selfcheck.Registers(), yearplan.Registers()) {
		has(d.Title, "`"+d.Name+"`")
	}
	for r := range check.Result(check.Results) {
		has(r.Title(), "`"+r.String()+"`")
	}
	for r := check.Measured; r <= check.Stated; r++ {
		has(r.Title(), "`check.")
	}
	p, err := pack.Load("model")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"role", "zone_kind"} {
		v := p.Vocab(name)
		if v == nil || len(v.Terms) == 0 {
			t.Fatalf("the pack has no vocabulary %s", name)
		}
		for _, term := range v.Terms {
			has(term.Title, "`"+term.Code+"`")
		}
	}
	for _, term := range p.Vocab("layer").Terms {
		has(term.Title, "`"+term.Code+"`")
	}
}
