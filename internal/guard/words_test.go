package guard

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// saying is a pair of words in the source.
type saying struct {
	at     string
	ja, en string
	filled bool // values are put in: msg.F
}

const msgPath = "okite/internal/msg"

// sayers are functions that hand two parameters named ja and en on to msg: their callers are read instead of them. The
// value is the place of ja among the parameters.
func sayers(f file) map[string]int {
	out := map[string]int{}
	note := func(name string, t *ast.FuncType) {
		i, ja := 0, -1
		for _, field := range t.Params.List {
			for _, p := range field.Names {
				switch {
				case p.Name == "ja":
					ja = i
				case p.Name == "en" && ja == i-1:
					out[name] = ja
				}
				i++
			}
		}
	}
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			note(n.Name.Name, n.Type)
		case *ast.AssignStmt:
			for i, right := range n.Rhs {
				if fn, ok := right.(*ast.FuncLit); ok && i < len(n.Lhs) {
					if id, ok := n.Lhs[i].(*ast.Ident); ok {
						note(id.Name, fn.Type)
					}
				}
			}
		}
		return true
	})
	return out
}

// handsOn says whether a call gives msg the parameters ja and en as they came.
func handsOn(args []ast.Expr) bool {
	a, ok := args[0].(*ast.Ident)
	b, too := args[1].(*ast.Ident)
	return ok && too && a.Name == "ja" && b.Name == "en"
}

// sayings finds every msg.T, msg.F and msg.Text of a file, and the titles in the tags of registers. What can not be
// read, because a half is no literal, is reported in wrong.
func sayings(set *token.FileSet, f file, through map[string]int) (out []saying, wrong []string) {
	name := f.name(msgPath)
	add := func(pos token.Pos, call string, ja, en ast.Expr) {
		a, ok := literal(ja)
		b, too := literal(en)
		if !ok || !too {
			wrong = append(wrong, fmt.Sprintf("%s: %s: both halves must be literals", set.Position(pos), call))
			return
		}
		out = append(out, saying{set.Position(pos).String(), a, b, call == "msg.F"})
	}
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok {
				if ja, says := through[id.Name]; says && len(n.Args) > ja+1 && !handsOn(n.Args[ja:]) {
					add(n.Pos(), id.Name, n.Args[ja], n.Args[ja+1])
				}
				return true
			}
			if x, ok := n.Fun.(*ast.SelectorExpr); ok { // a method; its name may be another's too, so only literals tell
				if ja, says := through[x.Sel.Name]; says && len(n.Args) > ja+1 {
					_, a := literal(n.Args[ja])
					_, b := literal(n.Args[ja+1])
					if a && b {
						add(n.Pos(), x.Sel.Name, n.Args[ja], n.Args[ja+1])
						return true
					}
				}
			}
			fn, ok := selected(n.Fun, name)
			if ok && (fn == "T" || fn == "F") {
				if len(n.Args) < 2 {
					wrong = append(wrong, fmt.Sprintf("%s: msg.%s: a half is missing", set.Position(n.Pos()), fn))
					return true
				}
				if len(through) > 0 && handsOn(n.Args) {
					return true
				}
				add(n.Pos(), "msg."+fn, n.Args[0], n.Args[1])
			}
		case *ast.CompositeLit:
			if fn, ok := selected(n.Type, name); ok && fn == "Text" {
				half := map[string]ast.Expr{}
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						if k, ok := kv.Key.(*ast.Ident); ok {
							half[k.Name] = kv.Value
						}
					}
				}
				_, ja := literal(half["JA"])
				_, en := literal(half["EN"])
				switch {
				case ja && en:
					add(n.Pos(), "msg.Text", half["JA"], half["EN"])
				case ja != en && (half["JA"] == nil || half["EN"] == nil):
					wrong = append(wrong, fmt.Sprintf("%s: msg.Text: a half is missing", set.Position(n.Pos())))
				}
			}
		case *ast.Field:
			if n.Tag == nil {
				return true
			}
			raw, err := strconv.Unquote(n.Tag.Value)
			if err != nil {
				return true
			}
			tag := reflect.StructTag(raw)
			_, ja := tag.Lookup("ja")
			_, en := tag.Lookup("en")
			if !ja && !en { // Declare of package register refuses a field without titles
				return true
			}
			out = append(out, saying{at: set.Position(n.Pos()).String(), ja: tag.Get("ja"), en: tag.Get("en")})
			if ja, en := tag.Get("help_ja"), tag.Get("help_en"); ja != "" || en != "" {
				out = append(out, saying{at: set.Position(n.Pos()).String() + " (help)", ja: ja, en: en})
			}
		}
		return true
	})
	return out, wrong
}

var (
	verb     = regexp.MustCompile(`%[-+# 0]*(\[\d+\])?[\d.*]*[a-zA-Z%]`)
	latin    = regexp.MustCompile(`[A-Za-z][A-Za-z0-9.'_/-]*[A-Za-z0-9]|[A-Za-z]`)
	japanese = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	blank    = regexp.MustCompile(`^\s*$`)
	code     = regexp.MustCompile(`^(R\d{3}|[A-Z]{1,2}-\d+|[0-9A-Fa-f]{8,}|\d+|[MTSHR]\d+\.\d+\.\d+|(bp|st)(\.\d+)+|T\d\d)$`)
)

// foreign are Latin words that a Japanese office writes as they are, and names of things that have no other.
var foreign = wordSet(`
	Okite okite-verify CISO CSIRT PoC BCP PIA RTO LGWAN CS IPA JPCERT J-LIS NCO PPC
	Excel Word PDF CSV JSON Markdown OSCAL OpenDocument UTF-8 UTF-16 CP932 Shift_JIS BOM NUL IRM JIS
	xlsx xlsb xls ods csv tsv json docx md txt
	C2SP tlog-tiles axe-core application/json SHA-256 Ed25519 HMAC IP URL URI ID API HTTP HTTPS TLS HSTS QR TOTP PostgreSQL SQLite Cedar SQL Linux Windows
	MB KB GB A B C D E F N S P G L I V X Y Z OS PC USB
	Bearer Authorization Idempotency-Key ETag If-Match Content-Type
`)

func wordSet(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}

// quoted are parts of a saying that are shown as they are typed: commands, options, patterns, names of fields.
var quoted = regexp.MustCompile("`[^`]*`|\\{[^}]*\\}|<[^>]*>|--[a-z][a-z-]*|\\bokite(-verify)?( [a-z]+){1,2}|YYYY-MM-DD|HOST:PORT|key=value")

// typed are words that are typed as they are, by where they are spoken of: values a command takes, names in the API.
var typed = map[string]map[string]bool{
	"cmd/okite/":         wordSet(`text basic standard markdown oscal utf8bom utf8 cp932 CycloneDX starttls tls plain`),
	"internal/policy/":   wordSet(`oscal markdown`),
	"internal/training/": wordSet(`e SCORM ZIP zip imsmanifest.xml organization HTML XML`),
	"internal/rule/":     wordSet(`resource context`),
	"/api.go":            wordSet(`true false next limit compliant noncompliant undetermined excepted out_of_scope not_due`),
}

func (s saying) typed(word string) bool {
	for where, words := range typed {
		if strings.Contains(s.at, where) && words[word] {
			return true
		}
	}
	return false
}

// japaneseSyntax reads controlled Japanese sentences; what must follow is Japanese in either language.
const japaneseSyntax = "internal/rule/sentence_read.go"

// check says what is wrong with a pair, nothing when it is right.
func (s saying) check() []string {
	var out []string
	switch {
	case blank.MatchString(s.ja) && (letters.MatchString(s.en) || s.en == ""): // "" and " " join words in their language
		out = append(out, "the Japanese half is missing")
	case blank.MatchString(s.en) && letters.MatchString(s.ja):
		out = append(out, "the English half is missing")
	}
	// 掟 is the product's name in every language
	plain := func(t string) string { return quoted.ReplaceAllString(verb.ReplaceAllString(t, " "), " ") }
	for _, w := range latin.FindAllString(plain(s.ja), -1) {
		if !foreign[w] && !code.MatchString(w) && !s.typed(w) {
			out = append(out, fmt.Sprintf("English in the Japanese half: %q", w))
		}
	}
	if r := japanese.FindString(strings.ReplaceAll(plain(s.en), "掟", "")); r != "" && !strings.HasPrefix(s.at, japaneseSyntax) {
		out = append(out, fmt.Sprintf("Japanese in the English half: %s", r))
	}
	if a, b := verbs(s.ja), verbs(s.en); s.filled && !maps.Equal(a, b) {
		out = append(out, fmt.Sprintf("the halves put in different values: %v and %v", slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))))
	}
	return out
}

// verbs are the values a half puts in, by number.
func verbs(s string) map[string]bool {
	out := map[string]bool{}
	next := 1
	for _, v := range verb.FindAllString(s, -1) {
		if strings.HasSuffix(v, "%") {
			continue
		}
		if i := strings.IndexByte(v, '['); i >= 0 {
			n, _ := strconv.Atoi(v[i+1 : strings.IndexByte(v, ']')])
			next = n
		}
		out[strconv.Itoa(next)] = true
		next++
	}
	return out
}

// TestSayings: every saying of the product has both halves, each in its own language.
func TestSayings(t *testing.T) {
	set, files := source(t)
	n := 0
	through := map[string]map[string]int{} // by package
	for _, f := range files {
		if through[f.pkg] == nil {
			through[f.pkg] = map[string]int{}
		}
		if f.pkg != "cmd/okite-verify" { // it has words of its own, and no msg
			maps.Copy(through[f.pkg], sayers(f))
		}
	}
	for _, f := range files {
		if f.pkg == "msg" || forTests(f.pkg) {
			continue
		}
		list, wrong := sayings(set, f, through[f.pkg])
		for _, w := range wrong {
			t.Error(w)
		}
		for _, s := range list {
			n++
			for _, w := range s.check() {
				t.Errorf("%s: %s: %q / %q", s.at, w, s.ja, s.en)
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d sayings were found: the reader of the source misses some", n)
	}
}

// TestSayingCheck: the check finds what it is there to find.
func TestSayingCheck(t *testing.T) {
	for _, c := range []struct {
		ja, en string
		right  bool
	}{
		{"台帳", "Registers", true},
		{"", "Registers", false},
		{"台帳", " ", false},
		{"　", " ", true},
		{"", " ", true},
		{"bp.9.4 のように指定してください。", "Give one like bp.9.4.", true},
		{"台帳 list", "Registers", false},
		{"CSVで出力", "Export as CSV", true},
		{"台帳", "Registers (台帳)", false},
		{"%sは%d件です。", "%s: %d records", true},
		{"%[2]d件の%[1]s", "%s: %d", true},
		{"%d件です。", "records", false},
		{"`okite init`を実行してください。", "Run `okite init`.", true},
		{"100%%です。", "It is 100%%.", true},
		{"--reason を付けてください。okite serve で開けます。", "Add --reason. Serve it with okite serve.", true},
		{"text 又は json", "text or json", false},
	} {
		if got := (saying{ja: c.ja, en: c.en, filled: true}).check(); (len(got) == 0) != c.right {
			t.Errorf("%q / %q: right %v, want %v: %v", c.ja, c.en, len(got) == 0, c.right, got)
		}
	}
}

var (
	tags      = regexp.MustCompile(`<[^>]*>?|^[^<]*>`)
	attribute = regexp.MustCompile(`(?:title|alt|placeholder|aria-label|aria-description|content)="([^"]*\p{L}[^"]*)"`)
	letters   = regexp.MustCompile(`\p{L}{2,}`)
)

// TestTemplatesHaveNoWords: what people read comes from msg in both languages; a template holds none of its own. The
// generated file is read, where every piece of literal HTML is one call.
func TestTemplatesHaveNoWords(t *testing.T) {
	set, files := source(t)
	templates := 0
	for _, f := range files {
		if !strings.HasSuffix(f.path, "_templ.go") {
			continue
		}
		templates++
		name := f.name(msgPath)
		var inside []ast.Node // sayings, whose words are right where they are
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if fn, ok := selected(call.Fun, name); ok && (fn == "T" || fn == "F") {
				inside = append(inside, call)
			}
			if fn, ok := selected(call.Fun, "templruntime"); ok && fn == "WriteString" {
				inside = append(inside, call) // seen here already
				if html, ok := literal(call.Args[len(call.Args)-1]); ok {
					if w := words(html); w != "" && !names[w] {
						t.Errorf("%s: words outside of msg: %q", set.Position(call.Pos()), w)
					}
				}
			}
			return true
		})
		ast.Inspect(f.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok {
				return true
			}
			if s, ok := literal(lit); ok && !names[s] && japanese.MatchString(s) && !slices.ContainsFunc(inside, func(c ast.Node) bool { return c.Pos() <= lit.Pos() && lit.End() <= c.End() }) {
				t.Errorf("%s: Japanese outside of msg: %q", set.Position(lit.Pos()), s)
			}
			return true
		})
	}
	if templates == 0 {
		t.Error("no template was found")
	}
}

// names read the same in every language: the product's and those of the languages themselves.
var names = map[string]bool{"掟  Okite": true, "掟 Okite": true, "日本語": true, "English": true}

// words are what somebody would read or hear of a piece of HTML, "" when nothing. Pieces may begin or end within a tag.
func words(html string) string {
	for _, m := range attribute.FindAllStringSubmatch(html, -1) {
		if strings.HasPrefix(m[0], `content="`) && (strings.Contains(m[1], "=") || m[1] == "noindex") {
			continue // <meta name="viewport" content="width=…">
		}
		return m[1]
	}
	if letters.MatchString(tags.ReplaceAllString(html, " ")) {
		text := tags.ReplaceAllString(html, " ")
		if entity.ReplaceAllString(strings.TrimSpace(text), "") != "" && letters.MatchString(entity.ReplaceAllString(text, "")) && strings.ContainsAny(html, ">") {
			return strings.TrimSpace(text)
		}
	}
	return ""
}

var entity = regexp.MustCompile(`&[a-z]+;`)

func TestWords(t *testing.T) {
	for _, c := range []struct{ html, want string }{
		{`<p class="lead">`, ""},
		{`<p>Hello</p>`, "Hello"},
		{`<p>掟です</p>`, "掟です"},
		{`" class="x">`, ""},
		{`<a href="`, ""},
		{`<input placeholder="Name">`, "Name"},
		{`<meta name="viewport" content="width=device-width">`, ""},
		{` data-live`, ""},
		{`&nbsp;</td>`, ""},
	} {
		if got := words(c.html); got != c.want {
			t.Errorf("%s: got %q, want %q", c.html, got, c.want)
		}
	}
}

// TestTemplatesAreGenerated: beside every template stands what templ made of it.
func TestTemplatesAreGenerated(t *testing.T) {
	list, err := filepath.Glob(filepath.Join(root, "internal", "*", "*.templ"))
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob(filepath.Join(root, "internal", "*", "*", "*.templ"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range slices.Concat(list, deeper) {
		if _, err := os.Stat(strings.TrimSuffix(p, ".templ") + "_templ.go"); err != nil {
			t.Errorf("%s: %v (run go tool templ generate)", p, err)
		}
	}
}
