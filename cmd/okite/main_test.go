package main

import (
	"context"
	"maps"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"okite/internal/app"
)

// TestMain lets the scripts run the program itself.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"okite": main})
}

// TestScripts drives the whole program as a person at a terminal does; each script is one story.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, Cmds: commands(t), Setup: func(e *testscript.Env) error {
		e.Setenv("LANG", "en_US.UTF-8")
		e.Setenv("OKITE_DATA", e.WorkDir+"/data")
		e.Values[smtpKey{}] = &smtpServer{}
		return nil
	}})
}

// commands are those of the scripts beside testscript's own.
func commands(t *testing.T) map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	out := maps.Clone(badInput)
	out["smtp"] = func(ts *testscript.TestScript, neg bool, args []string) { smtp(t, ts, neg, args) }
	out["absent"] = absent
	return out
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct{ lang, want string }{{"ja_JP.UTF-8", "ja"}, {"en_US.UTF-8", "en"}, {"C", "en"}, {"", "en"}} {
		got := langOf(func(name string) string {
			if name == "LANG" {
				return c.lang
			}
			return ""
		})
		if string(got) != c.want {
			t.Errorf("LANG=%s: %s, want %s", c.lang, got, c.want)
		}
	}
}

// TestHelp: every command tells what it is for, in both languages, and none lacks a word.
func TestHelp(t *testing.T) {
	for _, lang := range []string{"ja", "en"} {
		for _, args := range [][]string{{"--help"}, {"demo", "--help"}, {"init", "--help"}, {"serve", "--help"}, {"policy", "--help"}, {"policy", "import", "--help"},
			{"clauses", "--help"}, {"registers", "--help"}, {"import", "--help"}, {"export", "--help"}, {"check", "run", "--help"}, {"act", "--help"},
			{"trail", "--help"}, {"trail", "export", "--help"}, {"token", "create", "--help"}, {"user", "--help"}, {"calendar", "--help"}, {"version", "--help"}, {"config", "--help"}} {
			out, err := os.CreateTemp(t.TempDir(), "")
			if err != nil {
				t.Fatal(err)
			}
			c := &console{ctx: app.Operator(context.Background()), out: out, err: out, lang: langOf(func(string) string { return lang })}
			if code := run(c, args); code != done {
				t.Errorf("%v in %s: exit %d", args, lang, code)
			}
			if info, err := out.Stat(); err != nil || info.Size() == 0 {
				t.Errorf("%v in %s: no help", args, lang)
			}
			out.Close()
		}
	}
}
