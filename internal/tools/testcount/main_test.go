package main

import (
	"strings"
	"testing"
)

// stream is a package with two passed tests, one of them a subtest, and one skipped.
const stream = `{"Action":"run","Package":"a","Test":"TestOne"}
{"Action":"pass","Package":"a","Test":"TestOne/x","Elapsed":0}
{"Action":"pass","Package":"a","Test":"TestOne","Elapsed":0}
{"Action":"output","Package":"a","Test":"TestTwo","Output":"=== RUN   TestTwo\n"}
{"Action":"output","Package":"a","Test":"TestTwo","Output":"    x_test.go:3: no server\n"}
{"Action":"skip","Package":"a","Test":"TestTwo","Elapsed":0}
{"Action":"pass","Package":"a","Elapsed":0.1}
`

func TestCount(t *testing.T) {
	for _, c := range []struct {
		name, in string
		broken   []string
		ok       bool
		last     string
		tells    []string
	}{
		{"all passed", stream, nil, true, "2 passed, 0 failed", []string{"skip a TestTwo: x_test.go:3: no server", "1 skipped"}},
		{"a check did not hold before", stream, []string{"go vet"}, false, "2 passed, 1 failed", []string{"FAIL go vet"}},
		{"a test failed", stream + `{"Action":"output","Package":"b","Test":"TestB","Output":"got 1\n"}
{"Action":"fail","Package":"b","Test":"TestB"}
{"Action":"fail","Package":"b"}
`, nil, false, "2 passed, 1 failed", []string{"FAIL b TestB\ngot 1"}},
		{"a package does not build", stream + `{"ImportPath":"b","Action":"build-output","Output":"x.go:1: syntax error\n"}
{"ImportPath":"b","Action":"build-fail"}
{"Action":"output","Package":"b","Output":"FAIL b [build failed]\n"}
{"Action":"fail","Package":"b","FailedBuild":"b"}
`, nil, false, "2 passed, 1 failed", []string{"syntax error"}},
		{"a package panicked in a test", stream + `{"Action":"run","Package":"b","Test":"TestB"}
{"Action":"output","Package":"b","Test":"TestB","Output":"panic: no\n"}
{"Action":"fail","Package":"b"}
`, nil, false, "2 passed, 1 failed", []string{"panic: no"}},
		{"the stream broke off", stream + `{"Action":"pass","Package":"b","Test":"TestB"}
`, nil, false, "3 passed, 1 failed", []string{"b: did not come to an end"}},
		{"a line that is no event is shown", "go: cannot find module\n" + stream, nil, true, "2 passed, 0 failed", []string{"go: cannot find module"}},
		{"nothing ran", "", nil, false, "0 passed, 1 failed", []string{"no test was run"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			ok := count(strings.NewReader(c.in), &b, c.broken)
			if ok != c.ok {
				t.Errorf("held: got %v, want %v", ok, c.ok)
			}
			lines := strings.Split(strings.TrimSpace(b.String()), "\n")
			if got := lines[len(lines)-1]; got != c.last {
				t.Errorf("last line: got %q, want %q", got, c.last)
			}
			for _, s := range c.tells {
				if !strings.Contains(b.String(), s) {
					t.Errorf("the output does not hold %q:\n%s", s, b.String())
				}
			}
		})
	}
}
