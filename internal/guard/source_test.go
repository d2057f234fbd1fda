package guard

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the top of the repository, seen from this package.
const root = "../.."

// file is one parsed file of the product; test files are left out.
type file struct {
	path string // below the top: "internal/act/act.go"
	pkg  string // folder below internal, "cmd/okite", "packs"
	*ast.File
}

// name says what an imported package is called in the file, "" when it is not imported.
func (f file) name(importPath string) string {
	for _, s := range f.Imports {
		p, _ := strconv.Unquote(s.Path.Value)
		if p != importPath {
			continue
		}
		if s.Name != nil {
			return s.Name.Name
		}
		base := path.Base(p)
		if len(base) > 1 && base[0] == 'v' && base[1] >= '0' && base[1] <= '9' { // math/rand/v2
			base = path.Base(path.Dir(p))
		}
		return base
	}
	return ""
}

// source parses the files of cmd, internal and packs.
func source(t *testing.T) (*token.FileSet, []file) {
	t.Helper()
	set := token.NewFileSet()
	var out []file
	for _, top := range []string{"cmd", "internal", "packs"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if d.Name() == "testdata" {
					return filepath.SkipDir
				}
				return nil
			}
			if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
				return nil
			}
			text, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			rel = filepath.ToSlash(rel)
			parsed, err := parser.ParseFile(set, rel, text, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			out = append(out, file{rel, strings.TrimPrefix(path.Dir(rel), "internal/"), parsed})
			return nil
		})
		if err != nil {
			t.Fatalf("read source: %v", err)
		}
	}
	if len(out) < 50 {
		t.Fatalf("read source: only %d files below %s", len(out), root)
	}
	return set, out
}

// literal is the value of a string literal, or of literals put together by +.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, ok := literal(e.X)
		b, too := literal(e.Y)
		return a + b, e.Op == token.ADD && ok && too
	case *ast.ParenExpr:
		return literal(e.X)
	}
	return "", false
}

// selected says which name of the package pkg an expression selects: "Now" for time.Now.
func selected(e ast.Expr, pkg string) (string, bool) {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || pkg == "" {
		return "", false
	}
	x, ok := s.X.(*ast.Ident)
	return s.Sel.Name, ok && x.Name == pkg
}
