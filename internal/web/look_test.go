package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestStylesKeepTheFloor looks for what Edge 109 does not know, in sources and output.
func TestStylesKeepTheFloor(t *testing.T) {
	files, err := filepath.Glob("assets/*/*.css")
	if err != nil || len(files) < 5 {
		t.Fatalf("styles: %v, %v", files, err)
	}
	comment := regexp.MustCompile(`(?s)/\*.*?\*/`)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		css := comment.ReplaceAllString(string(b), "")
		for _, bad := range []string{"color-mix(", "oklch(", "oklab(", "lab(", "popover", "subgrid", "text-wrap", "@layer", "@scope", "@starting-style", "@container", "light-dark(", "@property", "!ie"} {
			if strings.Contains(css, bad) {
				t.Errorf("%s uses %s, which Edge 109 does not know", f, bad)
			}
		}
		if rule := nested(css); rule != "" {
			t.Errorf("%s nests a rule: %s", f, rule)
		}
	}
}

// nested finds a style rule inside a style rule. At-rules may hold rules.
func nested(css string) string {
	var open []bool // of a style rule
	start := 0
	for i, c := range css {
		switch c {
		case '{':
			head := strings.TrimSpace(css[start:i])
			if len(open) > 0 && open[len(open)-1] {
				return head
			}
			open = append(open, !strings.HasPrefix(head, "@"))
			start = i + 1
		case '}':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			start = i + 1
		case ';':
			start = i + 1
		}
	}
	return ""
}

func TestNestedFindsNesting(t *testing.T) {
	if nested("@media print{.a{color:red}}.b{color:red}") != "" || nested(".a{color:red;.b{color:red}}") == "" {
		t.Error("the look for nesting is blind or sees ghosts")
	}
}

// TestNoInlineStyle looks for what the content policy would block.
func TestNoInlineStyle(t *testing.T) {
	files, err := filepath.Glob("../*/*.templ")
	if err != nil || len(files) == 0 {
		t.Fatalf("templates: %v, %v", files, err)
	}
	bad := regexp.MustCompile(`\sstyle=|<style|\son[a-z]+=|javascript:`)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if hit := bad.FindString(string(b)); hit != "" {
			t.Errorf("%s holds %q", f, hit)
		}
	}
}

func TestEnhancerIsSmall(t *testing.T) {
	b, err := os.ReadFile("assets/src/okite.ts")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n > 200 {
		t.Errorf("the enhancer has %d lines, want 200 at most", n)
	}
	for _, bad := range []string{"innerHTML", "eval(", "new Function", "document.write", "insertAdjacentHTML"} {
		if strings.Contains(string(b), bad) {
			t.Errorf("the enhancer uses %s", bad)
		}
	}
}

func TestSegments(t *testing.T) {
	for _, c := range []Counts{{}, {Compliant: 5}, {Noncompliant: 1, Compliant: 1_000_000}, {Noncompliant: 1, Undetermined: 1, Excepted: 1, NotDue: 1, Compliant: 90_000}, {Undetermined: 3}} {
		segs, x := c.segments(), 0
		for _, s := range segs {
			if s.x != x || s.w < 5 {
				t.Errorf("%+v: part %s from %d wide %d, want it to begin at %d and be seen", c, s.name, s.x, s.w, x)
			}
			x += s.w
		}
		if len(segs) > 0 && x != 220 {
			t.Errorf("%+v: the bar is %d long, want 220", c, x)
		}
	}
}

func TestLocal(t *testing.T) {
	for to, want := range map[string]bool{"/": true, "/a?b=c#d": true, "//x": false, `/\x`: false, "https://x": false, "": false, "x": false, "/\tx": false, "/a//b": true} {
		if got := Local(to); got != want {
			t.Errorf("Local(%q) = %v, want %v", to, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 4812044: "4,812,044", -1234: "-1,234"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPagingOffersNeighbours(t *testing.T) {
	p := Paging{Page: 6, Size: 10, Total: 114}
	got := ""
	for _, n := range p.near() {
		got += itoa(n) + " "
	}
	if want := "1 0 4 5 6 7 8 0 12 "; got != want {
		t.Errorf("near = %s, want %s", got, want)
	}
	if got := p.text().JA; got != "114 件中 51〜60 件" {
		t.Errorf("text = %q", got)
	}
}
