package guard

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// calls are names of packages that only some files may use, each with the reason. A file is named by its path; a
// folder by its path and a slash at the end.
var calls = []struct {
	pkg    string
	names  []string // none means every name
	called bool     // only a call counts: time.Now may stand as the default of an injected clock
	why    string
	allow  map[string]string // where it may stand → why
}{
	{"time", []string{"Now", "Since", "Until"}, true, "time comes from the transaction or from an injected clock", map[string]string{
		"internal/app/":              "the day of a new demonstration, and the seconds that something took",
		"internal/conform/follow.go": "how long it has waited for another node; no time of the data",
		"cmd/okite/":                 "progress lines and the seconds that something took",
		"cmd/okite-verify/":          "progress lines",
		"internal/digest/mail/":      "how long a server of mail is waited for; no time of the data",
	}},
	{"math/rand", nil, false, "chance that can be guessed; crypto/rand for secrets, a seeded math/rand/v2 for made-up data", nil},
	{"math/rand/v2", nil, false, "chance is seeded where data is made up, and secrets come from crypto/rand", map[string]string{
		"internal/db/postgres.go": "spreads the repeats of transactions that met; no secret, no data",
		"internal/demo/":          "a seeded source makes the city",
		"internal/rule/ruletest/": "a seeded source makes conditions",
	}},
	{"net", []string{"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialUnix", "DialIP", "Dialer"}, false, "the product calls nobody: it runs where there is no outside network (bp.9.4)", map[string]string{
		"internal/digest/mail/smtp.go": "the mail server of the city's own network, when the operator has named one",
	}},
	{"net/http", []string{"Get", "Post", "PostForm", "Head", "DefaultClient", "DefaultTransport", "DefaultServeMux", "Handle", "HandleFunc"}, false, "the product calls nobody, and every route is in the registry", map[string]string{
		"internal/web/webtest/": "tests ask the site over HTTP",
	}},
	{"html/template", nil, false, "pages are templ components; nothing is marked as safe by hand", nil},
	{"text/template", nil, false, "pages are templ components", nil},
	{"github.com/a-h/templ", []string{"Raw", "SafeScript", "SafeScriptInline", "JSUnsafeFuncCall"}, false, "nothing goes into a page unescaped (bp.9.3)", map[string]string{
		"internal/web/answer.go": "puts a page that templ has rendered into the layout",
	}},
	{"os/exec", nil, false, "the product runs no other program", map[string]string{
		"internal/web/webtest/browser.go": "tests start the browser",
	}},
	{"unsafe", nil, false, "the compiler's checks are not passed by", nil},
	{"log", nil, false, "messages go through log/slog, which is given", nil},
}

// used are the forbidden uses in one file.
func used(set *token.FileSet, f file) []string {
	var out []string
	for _, c := range calls {
		name := f.name(c.pkg)
		if name == "" || allowed(c.allow, f.path) {
			continue
		}
		if name == "_" || name == "." {
			out = append(out, fmt.Sprintf("%s: import %q: %s", f.path, c.pkg, c.why))
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if call, is := n.(*ast.CallExpr); c.called {
				if !is {
					return true
				}
				e = call.Fun
			}
			if !ok {
				return true
			}
			if sel, ok := selected(e, name); ok && (c.names == nil || slices.Contains(c.names, sel)) {
				out = append(out, fmt.Sprintf("%s: %s.%s: %s", set.Position(n.Pos()), name, sel, c.why))
			}
			return true
		})
	}
	return out
}

func allowed(allow map[string]string, path string) bool {
	for where := range allow {
		if where == path || strings.HasSuffix(where, "/") && strings.HasPrefix(path, where) {
			return true
		}
	}
	return false
}

func TestCalls(t *testing.T) {
	set, files := source(t)
	for _, f := range files {
		for _, u := range used(set, f) {
			t.Error(u)
		}
	}
	for _, c := range calls { // what is allowed and no longer needed goes
		for where, why := range c.allow {
			if why == "" {
				t.Errorf("%s may use %s without a reason", where, c.pkg)
			}
			if !slices.ContainsFunc(files, func(f file) bool { return allowed(map[string]string{where: why}, f.path) && f.name(c.pkg) != "" }) {
				t.Errorf("%s may use %s and does not", where, c.pkg)
			}
		}
	}
}

// TestNoInit: nothing registers itself, and no package asks the environment when it is loaded.
func TestNoInit(t *testing.T) {
	set, files := source(t)
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init: wiring is a list in internal/app", set.Position(fn.Pos()))
			}
		}
	}
}

var starred = regexp.MustCompile(`(?is)SELECT\s+\*\s+FROM\s+[^(\s]`)

// TestColumnsAreNamed: old code runs on a newer schema only when it names the columns it reads. A "*" over a SELECT
// in brackets, whose columns are named, is none of that.
func TestColumnsAreNamed(t *testing.T) {
	set, files := source(t)
	for _, f := range files {
		ast.Inspect(f.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok {
				return true
			}
			if s, ok := literal(lit); ok && starred.MatchString(s) {
				t.Errorf("%s: SELECT *: name the columns", set.Position(n.Pos()))
			}
			return true
		})
	}
}

// TestUsed: the reader of calls finds what it is there to find.
func TestUsed(t *testing.T) {
	for _, c := range []struct {
		body  string
		found bool
	}{
		{"import \"time\"\nvar x = time.Now()", true},
		{"import clock \"time\"\nfunc f() { _ = clock.Since(clock.Time{}) }", true},
		{"import \"time\"\nvar fallback = time.Now", false},
		{"import \"math/rand/v2\"\nvar x = rand.N(3)", true},
		{"import \"net/http\"\nvar c = http.DefaultClient", true},
		{"import \"net/http\"\nvar s = http.StatusOK", false},
		{"import . \"os/exec\"\nvar c = Command(\"ls\")", true},
	} {
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, "internal/new/new.go", "package p\n"+c.body, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := used(set, file{"internal/new/new.go", "new", parsed}); (len(got) > 0) != c.found {
			t.Errorf("%s: found %v, want %v", c.body, got, c.found)
		}
	}
}
