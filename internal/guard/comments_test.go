package guard

import (
	"go/ast"
	"path"
	"strings"
	"testing"
)

// TestPackagesSayWhatTheyAreFor: every package opens with what it is for; those of the product name a clause.
func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	_, files := source(t)
	docs := map[string]string{}
	for _, f := range files {
		docs[f.pkg] += docText(f.Doc)
	}
	for pkg, doc := range docs {
		switch {
		case strings.TrimSpace(doc) == "":
			t.Errorf("%s has no package comment", pkg)
		case forTests(pkg) || strings.HasPrefix(pkg, "tools/") || neutral[pkg] != "":
		case !strings.Contains(doc, "bp.") && !strings.Contains(strings.ToLower(doc), "clause"):
			t.Errorf("%s: the package comment names no clause", pkg)
		}
	}
	for pkg, why := range neutral {
		if _, there := docs[pkg]; !there || why == "" {
			t.Errorf("%s is said to serve no clause of its own, and is not there or has no reason", pkg)
		}
	}
}

// neutral packages serve no clause of their own; the value says why.
var neutral = map[string]string{
	"fault": "what a person did wrong, under whatever clause",
	"msg":   "words for everything",
	"packs": "data of packs; package pack says what they serve",
	"ref":   "names of records for everything",
}

// docText is a doc comment without what generators put there.
func docText(g *ast.CommentGroup) string {
	if g == nil {
		return ""
	}
	s := g.Text()
	if strings.HasPrefix(s, "templ: version") {
		return ""
	}
	return s
}

// TestNoLeftovers: nothing in the source says that something is still to be done; that stands in docs/divergences.md.
func TestNoLeftovers(t *testing.T) {
	set, files := source(t)
	for _, f := range files {
		for _, g := range f.Comments {
			for _, c := range g.List {
				for _, word := range []string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"} {
					if strings.Contains(c.Text, word) {
						t.Errorf("%s: %s", set.Position(c.Pos()), word)
					}
				}
				if base := path.Base(f.path); !strings.HasSuffix(base, "_templ.go") && strings.Contains(c.Text, "/home/") {
					t.Errorf("%s: a path of somebody's machine", set.Position(c.Pos()))
				}
			}
		}
	}
}
