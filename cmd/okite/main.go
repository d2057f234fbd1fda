// Okite carries out the information security policy (情報セキュリティポリシー) of a municipality: every clause is bound
// to duties of named people, to registers, to acts that go through one gate, to checks over evidence, and to a record
// nobody can bend.
//
// One file a subcommand. Every command takes --data and --db, answers errors on standard error in one line
// ("okite: WHAT: WHY", in Japanese when LANG begins with ja) and exits 0 (done, all well), 1 (done, but what was asked
// about does not hold) or 2 (could not be done).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"okite/internal/app"
	"okite/internal/fault"
	"okite/internal/msg"
)

// The exit codes.
const (
	done     = 0
	fails    = 1
	unusable = 2
)

// grammar is the whole command line. The words behind ${…} stand in words.go, in both languages.
type grammar struct {
	Data   string `env:"OKITE_DATA" default:"okite-data" placeholder:"DIR" help:"${data}"`
	DB     string `name:"db" env:"OKITE_DB" placeholder:"postgres://…" help:"${db}"`
	Schema string `env:"OKITE_SCHEMA" default:"okite" placeholder:"NAME" help:"${schema}"`
	Format string `enum:"text,json" default:"text" help:"${format}"`

	Demo      demoCmd      `cmd:"" help:"${demo}"`
	Init      initCmd      `cmd:"" help:"${init}"`
	Serve     serveCmd     `cmd:"" help:"${serve}"`
	Policy    policyCmd    `cmd:"" help:"${policy}"`
	Clauses   clausesCmd   `cmd:"" help:"${clauses}"`
	Registers registersCmd `cmd:"" help:"${registers}"`
	Import    importCmd    `cmd:"" help:"${import}"`
	Export    exportCmd    `cmd:"" help:"${export}"`
	Check     checkCmd     `cmd:"" help:"${check}"`
	Act       actCmd       `cmd:"" help:"${act}"`
	Trail     trailCmd     `cmd:"" help:"${trail}"`
	Token     tokenCmd     `cmd:"" help:"${token}"`
	User      userCmd      `cmd:"" help:"${user}"`
	Calendar  calendarCmd  `cmd:"" help:"${calendar}"`
	Version   versionCmd   `cmd:"" help:"${version}"`
	Config    configCmd    `cmd:"" help:"${config}"`
}

// console is where a command reads its language and writes. Commands get it by kong's binding.
type console struct {
	ctx    context.Context
	out    io.Writer
	err    io.Writer
	lang   msg.Lang
	json   bool
	live   bool // err is a terminal: progress is shown
	config app.Config
}

// exit is an answer that is no error: the command did its work and says what it found by its code.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	info, err := os.Stderr.Stat()
	c := &console{ctx: app.Operator(ctx), out: os.Stdout, err: os.Stderr, lang: langOf(os.Getenv), live: err == nil && info.Mode()&os.ModeCharDevice != 0}
	os.Exit(run(c, os.Args[1:]))
}

// langOf is Japanese when the environment says so.
func langOf(env func(string) string) msg.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			if strings.HasPrefix(v, "ja") {
				return msg.JA
			}
			return msg.EN
		}
	}
	return msg.EN
}

// run reads the command line, runs the command and gives the exit code.
func run(c *console, args []string) (code int) {
	var g grammar
	ended := -1
	out := c.out
	if c.lang == msg.JA {
		out = japaneseHelp(c.out)
	}
	k, err := kong.New(&g, kong.Name("okite"), kong.Description(about.In(c.lang)), helpWords(c.lang), kong.Writers(out, c.err),
		kong.Exit(func(n int) { ended = n; panic(exit(n)) }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return c.fail("command line", err)
	}
	defer func() { // kong asks to exit by a call in the middle of its work, after help was printed
		if p := recover(); p != nil {
			if _, ok := p.(exit); !ok {
				panic(p)
			}
			code = ended
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := k.Parse(args)
	if err != nil {
		return c.fail(say(c.lang, "引数", "arguments"), errors.New(kongError(c.lang, err)))
	}
	c.json = g.Format == "json"
	c.config = app.Config{Dir: g.Data, DB: g.DB, Schema: g.Schema, Log: slog.New(slog.NewJSONHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	err = parsed.Run(c)
	var e exit
	switch {
	case err == nil:
		return done
	case errors.As(err, &e):
		return int(e)
	}
	return c.fail(strings.TrimSpace(strings.SplitN(parsed.Command(), "<", 2)[0]), err)
}

func say(lang msg.Lang, ja, en string) string { return msg.T(ja, en).In(lang) }

// fail writes the one line of an error.
func (c *console) fail(what string, err error) int {
	why := err.Error()
	if f := fault.As(err); f != nil {
		why = faultLine(f, c.lang)
	}
	if errors.Is(err, app.ErrNone) {
		why = say(c.lang, "ここにはまだデータがありません。okite init で団体を作るか、okite demo をお試しください。",
			"there is no municipality here yet; make one with okite init, or try okite demo")
	}
	fmt.Fprintf(c.err, "okite: %s: %s\n", what, strings.Join(strings.Fields(why), " "))
	return unusable
}

// faultLine is a fault with the reasons at its fields, in one line.
func faultLine(f *fault.Fault, lang msg.Lang) string {
	s := f.Message.In(lang)
	for i, fd := range f.Fields {
		if i == 0 && len(f.Fields) == 1 {
			return fd.Message.In(lang)
		}
		s += " " + fd.Message.In(lang)
	}
	return s
}

// open opens the municipality the flags name.
func (c *console) open() (*app.App, error) { return app.Open(c.ctx, c.config) }
