package app

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"okite/internal/clause"
	"okite/internal/conform"
	"okite/internal/msg"
)

// bound names the tests that speak of a clause. It is made by a test out of the sources (TestClauseTests -update).
//
//go:embed tests.json
var bound []byte

// ClauseBinding is what carries out a clause.
type ClauseBinding struct {
	Clause    clause.ID `json:"clause"`
	Title     msg.Text  `json:"title"`
	Acts      []string  `json:"acts"`
	Checks    []string  `json:"checks"`
	Registers []string  `json:"registers"`
	Pages     []string  `json:"pages"`
	Tests     []string  `json:"tests"`
}

// Coverage lists, clause by clause of the basic policy, what is bound to it. It needs no municipality: the bindings
// are in the program, so it is worked out of an empty one that is thrown away.
func Coverage() ([]ClauseBinding, error) {
	dir, err := os.MkdirTemp("", "okite-clauses-*")
	if err != nil {
		return nil, fmt.Errorf("list clauses: %w", err)
	}
	defer os.RemoveAll(dir)
	ctx := Operator(context.Background())
	a, _, err := Init(ctx, Config{Dir: dir}, Setup{Name: "okite", Code: "011002"})
	if err != nil {
		return nil, fmt.Errorf("list clauses: %w", err)
	}
	defer a.Close()
	if err := a.BuildSite(ctx, false); err != nil {
		return nil, fmt.Errorf("list clauses: %w", err)
	}
	var tests map[clause.ID][]string
	if err := json.Unmarshal(bound, &tests); err != nil {
		return nil, fmt.Errorf("read the tests of clauses: %w", err)
	}
	var out []ClauseBinding
	for _, id := range conform.Clauses() {
		b := ClauseBinding{Clause: id, Title: conform.Title(id), Acts: []string{}, Checks: []string{}, Registers: []string{}, Pages: []string{}, Tests: append([]string{}, tests[id]...)}
		for _, x := range a.Acts.All() {
			if slices.Contains(x.Clauses, id) {
				b.Acts = append(b.Acts, x.ID)
			}
		}
		for _, k := range checks() {
			if slices.Contains(k.Clauses, id) {
				b.Checks = append(b.Checks, k.ID)
			}
		}
		for _, d := range a.Catalog.All() {
			if slices.Contains(d.Clauses, id) {
				b.Registers = append(b.Registers, d.Name)
			}
		}
		for _, rt := range a.Site.Registry.Routes() {
			if slices.Contains(rt.Clauses, id) {
				b.Pages = append(b.Pages, strings.TrimSpace(rt.Method+" "+rt.Pattern))
			}
		}
		out = append(out, b)
	}
	return out, nil
}
