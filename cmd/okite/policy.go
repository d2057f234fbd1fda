package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/policy/text"
	"okite/internal/when"
)

type policyCmd struct {
	Import policyImport `cmd:"" help:"${pimport}"`
	Show   policyShow   `cmd:"" help:"${pshow}"`
	Diff   policyDiff   `cmd:"" help:"${pdiff}"`
	Export policyExport `cmd:"" help:"${pexport}"`
}

type policyImport struct {
	File    string `arg:"" help:"${file}"`
	Layer   string `enum:"basic,standard," default:"" help:"${layer}"`
	Title   string `help:"${title}"`
	InForce string `help:"${inforce}"`
	Approve bool   `help:"${approve}"`
	Reason  string `help:"${reason}"`
}

func (p policyImport) Run(c *console) error {
	var from when.Date
	if p.InForce != "" {
		var err error
		if from, err = when.ParseLenient(p.InForce); err != nil {
			return err
		}
	}
	b, err := readPolicy(p.File)
	if err != nil {
		return err
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	reason := p.Reason
	if reason == "" {
		reason = "okite policy import " + filepath.Base(p.File)
	}
	got, err := a.Policy.Import(c.ctx, policy.Request{Name: filepath.Base(p.File), Bytes: b, Layer: p.Layer, Title: p.Title, From: from, Reason: reason, Approve: p.Approve})
	if err != nil {
		return err
	}
	return c.answer(got, func() {
		c.printf("%s\n", c.say(msg.F("%s：%s（条項 %d）", "%s: %s (%d clauses)", got.Document.ID, got.Document.Title, len(got.Clauses))))
		for _, k := range got.Clauses {
			c.printf("%-10s %-10s %s\n", k.ID, k.Number, k.Title)
		}
		for _, w := range got.Warnings {
			c.printf("%s\n", c.say(msg.F("%d行目：%s", "line %d: %s", w.Line, w.Message)))
		}
	})
}

// readPolicy reads a file of at most text.MaxFile; a larger one is refused before it is read.
func readPolicy(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileFault(path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, text.MaxFile+1))
	if err != nil {
		return nil, fileFault(path, err)
	}
	return b, nil
}

type policyShow struct {
	Clause string `arg:"" optional:"" help:"bp.9.4"`
	At     string `help:"${at}"`
}

func (p policyShow) Run(c *console) error {
	var at when.Date
	if p.At != "" {
		var err error
		if at, err = when.ParseLenient(p.At); err != nil {
			return err
		}
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	got, err := a.Policy.Show(c.ctx, clause.ID(p.Clause), at)
	if err != nil {
		return err
	}
	return c.answer(got, func() {
		for _, d := range got.Documents {
			c.printf("%s（%s）\n", d.Document.Title, d.Document.ID)
			for _, k := range d.Clauses {
				c.printf("%s %s %s\n", k.ID, k.Number, k.Title)
				if k.Text != "" {
					c.printf("    %s\n", strings.ReplaceAll(k.Text, "\n", "\n    "))
				}
			}
		}
	})
}

type policyDiff struct {
	A string `arg:"" help:"${pversion}"`
	B string `arg:"" help:"${pversion}"`
}

func (p policyDiff) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	got, err := a.Policy.Diff(c.ctx, p.A, p.B)
	if err != nil {
		return err
	}
	return c.answer(got, func() {
		kinds := map[string]msg.Text{policy.Added: msg.T("追加", "added"), policy.Removed: msg.T("削除", "removed"), policy.Moved: msg.T("移動", "moved"), policy.Changed: msg.T("変更", "changed")}
		for _, d := range got.Clauses {
			c.printf("%s  %s\n", d.ID, c.say(kinds[d.Kind]))
			for _, w := range d.Text {
				switch w.Op {
				case "old":
					c.printf("    - %s\n", w.Text)
				case "new":
					c.printf("    + %s\n", w.Text)
				}
			}
			for _, b := range d.Below {
				c.printf("    → %s %s\n", b.ID, c.say(b.Title))
			}
		}
		c.printf("%s\n", c.say(msg.F("変わらない条項 %d", "%d clauses are the same", got.Same)))
	})
}

type policyExport struct {
	As      string `enum:"oscal,markdown,json" default:"markdown" help:"${pas}"`
	Version string `arg:"" optional:"" help:"${pversion}"`
	Out     string `placeholder:"FILE" help:"${out}"`
}

func (p policyExport) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	write := func(ctx context.Context, w io.Writer) error { return a.Policy.Export(ctx, w, p.Version, p.As) }
	if p.Out == "" {
		return write(c.ctx, c.out)
	}
	return whole(p.Out, func(w *os.File) error { return write(c.ctx, w) })
}
