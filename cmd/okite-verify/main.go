// Okite-verify checks what Okite proves, with code of its own: it imports the standard library and nothing of
// the product it checks. It serves clause 11 (bp.11): an auditor from outside needs neither the product nor
// its makers.
//
//	okite-verify trail EXPORT   the record (証跡), as "okite trail export" or a C2SP tlog-tiles directory has it
//
// It exits 0 when what was asked holds, 1 when it does not, 2 when it could not be checked.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// The exit codes.
const (
	holds    = 0
	fails    = 1
	unusable = 2
)

// text is a saying in both languages.
type text struct {
	JA string `json:"ja"`
	EN string `json:"en"`
}

// sayf fills both halves with the same values.
func sayf(ja, en string, values ...any) text {
	return text{fmt.Sprintf(ja, values...), fmt.Sprintf(en, values...)}
}

// console is where a command reads its language and writes.
type console struct {
	out, err io.Writer
	japanese bool
	live     bool // err is a terminal: progress may be shown
}

func (c console) say(t text) string {
	if c.japanese {
		return t.JA
	}
	return t.EN
}

// command is a subcommand: its line of help, and what it does with the arguments behind its name.
type command struct {
	usage text
	run   func(c console, args []string) (code int, err error)
}

// commands are the subcommands by name.
func commands() map[string]command {
	return map[string]command{"trail": trailCommand}
}

func main() {
	info, err := os.Stderr.Stat()
	c := console{out: os.Stdout, err: os.Stderr, japanese: strings.HasPrefix(os.Getenv("LANG"), "ja"),
		live: err == nil && info.Mode()&os.ModeCharDevice != 0}
	os.Exit(run(c, os.Args[1:]))
}

// errHelp says that help was asked for.
var errHelp = errors.New("help")

// run finds the subcommand and gives the exit code.
func run(c console, args []string) int {
	all := commands()
	if len(args) == 0 || args[0] == "--help" || args[0] == "-h" || args[0] == "help" {
		help(c, all)
		if len(args) == 0 {
			return unusable
		}
		return holds
	}
	cmd, ok := all[args[0]]
	if !ok {
		fmt.Fprintf(c.err, "okite-verify: %s: %s\n", args[0], c.say(text{"そのような指定はありません", "there is no such command"}))
		return unusable
	}
	code, err := cmd.run(c, args[1:])
	if errors.Is(err, errHelp) {
		fmt.Fprintln(c.out, c.say(cmd.usage))
		return holds
	}
	if err != nil {
		fmt.Fprintf(c.err, "okite-verify: %s: %v\n", args[0], err)
		return unusable
	}
	return code
}

func help(c console, all map[string]command) {
	fmt.Fprintln(c.out, c.say(text{"使い方: okite-verify 対象 …", "usage: okite-verify SUBJECT …"}))
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintln(c.out, "  "+strings.ReplaceAll(c.say(all[name].usage), "\n", "\n  "))
	}
}
