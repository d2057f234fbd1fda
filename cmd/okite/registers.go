package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"okite/internal/act"
	"okite/internal/app"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/sheet"
)

type registersCmd struct{}

// Run prints the schema of every register. It needs no municipality: the declarations are in the program; where there
// is one its own words are used.
func (registersCmd) Run(c *console) error {
	schema, err := app.Registers(c.ctx, c.config)
	if err != nil {
		return err
	}
	return c.answer(schema, func() {
		for _, r := range schema {
			c.printf("%-14s %s\n", r.Name, c.say(r.Title))
			for _, f := range r.Fields {
				need := ""
				if f.Required {
					need = c.say(msg.T("（必須）", " (required)"))
				}
				c.printf("    %-18s %-10s %s%s\n", f.Name, f.Type, c.say(f.Title), need)
			}
		}
	})
}

// def finds a register by name or by its Japanese title.
func def(a *app.App, name string) (*register.Def, error) {
	if d, ok := a.Catalog.Get(name); ok {
		return d, nil
	}
	var names []string
	for _, d := range a.Catalog.All() {
		if d.Title.JA == name {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return nil, fault.New(fault.NotFound, msg.F("「%s」という台帳はありません。あるもの：%s", "There is no register %q; there are: %s", name, strings.Join(names, " ")))
}

type importCmd struct {
	Register string `arg:"" help:"${register}"`
	File     string `arg:"" help:"${file}"`
	DryRun   bool   `help:"${dryrun}"`
	Reason   string `help:"${reason}"`
}

func (i importCmd) Run(c *console) error {
	if !i.DryRun && strings.TrimSpace(i.Reason) == "" {
		return fault.At("reason", msg.T("取り込むには --reason で理由を指定してください。差分だけを見るときは --dry-run を付けてください。",
			"Give the reason with --reason, or look at the difference with --dry-run."))
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	d, err := def(a, i.Register)
	if err != nil {
		return err
	}
	f, err := os.Open(i.File)
	if err != nil {
		return fileFault(i.File, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fileFault(i.File, err)
	}
	if !info.Mode().IsRegular() {
		return fault.At("file", msg.F("%sはファイルではありません。", "%s is not a file.", i.File))
	}
	var p *register.Plan
	err = a.Store.Read(c.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = a.Catalog.Import(ctx, tx, d, register.File{Name: filepath.Base(i.File), R: f, Size: info.Size()})
		return err
	})
	if err != nil {
		return err
	}
	if !i.DryRun && p.Good() {
		in := act.Input{"file": p.File, "sha256": p.SHA256, "new": fmt.Sprint(p.New), "changed": fmt.Sprint(p.Changed)}
		if _, err := a.Gate.Run(register.WithPlan(c.ctx, p), d.Name+".import", in, act.Options{Reason: i.Reason}); err != nil {
			return err
		}
	}
	if err := c.answer(p, func() { c.plan(d, p) }); err != nil {
		return err
	}
	if !p.Good() {
		return exit(unusable)
	}
	return nil
}

// plan tells in words what an import does.
func (c *console) plan(d *register.Def, p *register.Plan) {
	c.printf("%s\n", c.say(msg.F("%s：新規 %d件、変更 %d件、変更なし %d件", "%s: %d new, %d changed, %d unchanged", d.Title, p.New, p.Changed, p.Unchanged)))
	for _, ch := range p.Changes {
		title := msg.Same(ch.Field)
		if f, ok := d.Field(ch.Field); ok {
			title = f.Title
		}
		c.printf("  %s  %s: %s → %s\n", ch.Key, c.say(title), ch.Old, ch.New)
	}
	for _, list := range [][]register.CellError{p.Errors, p.Conflicts} {
		for _, e := range list {
			said := c.say(e.Message)
			if at := strings.TrimSpace(e.Sheet + " " + e.Cell); at != "" { // a CSV that cannot be read has neither
				said = c.say(msg.F("%s：%s", "%s: %s", at, said))
			}
			fmt.Fprintf(c.err, "okite: import: %s\n", said)
		}
	}
	if p.Dropped > 0 {
		fmt.Fprintf(c.err, "okite: import: %s\n", c.say(msg.F("ほかに%d件の誤りがあります。", "and %d more errors", p.Dropped)))
	}
	if !p.Good() {
		fmt.Fprintf(c.err, "okite: import: %s\n", c.say(msg.T("誤りがあるため、何も取り込んでいません。", "there are errors; nothing was changed")))
	}
}

type exportCmd struct {
	Register string `arg:"" help:"${register}"`
	As       string `enum:"xlsx,csv,json" default:"xlsx" help:"${as}"`
	Out      string `placeholder:"FILE" help:"${out}"`
	Encoding string `enum:"utf8bom,cp932" default:"utf8bom" help:"${encoding}"`
}

func (e exportCmd) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	d, err := def(a, e.Register)
	if err != nil {
		return err
	}
	enc := map[string]sheet.Encoding{"utf8bom": sheet.UTF8BOM, "cp932": sheet.CP932}[e.Encoding]
	var lost []sheet.Lost
	write := func(w *os.File) error {
		return a.Store.Read(c.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			lost, err = a.Catalog.Export(ctx, tx, d, register.Query{}, register.Format(e.As), enc, w)
			return err
		})
	}
	if e.Out == "" {
		out, ok := c.out.(*os.File)
		if !ok {
			return fmt.Errorf("export: standard output is not a file")
		}
		err = write(out)
	} else {
		err = whole(e.Out, write)
	}
	for _, l := range lost {
		fmt.Fprintf(c.err, "okite: export: %s\n", c.say(msg.F("%sの文字「%s」は、この文字コードで表せないため〓にしました。", "%s: %s cannot be written in this encoding and became 〓", l.Ref, l.Signs)))
	}
	return err
}

// whole writes a file whole or not at all.
func whole(path string, write func(w *os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".okite-*")
	if err != nil {
		return fileFault(path, err)
	}
	defer os.Remove(f.Name())
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o600); err != nil {
		return fileFault(path, err)
	}
	return os.Rename(f.Name(), path)
}

// fileFault tells in words why a file cannot be used.
func fileFault(path string, err error) error {
	switch {
	case os.IsNotExist(err):
		return fault.At("file", msg.F("ファイル %s がありません。", "there is no file %s", path))
	case os.IsPermission(err):
		return fault.At("file", msg.F("ファイル %s を読み書きする権限がありません。", "no permission for file %s", path))
	}
	return fmt.Errorf("use file %s: %w", path, err)
}
