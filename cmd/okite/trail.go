package main

import (
	"context"
	"os"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/trail"
)

type trailCmd struct {
	Verify trailVerify `cmd:"" help:"${tverify}"`
	Export trailExport `cmd:"" help:"${texport}"`
	Show   trailShow   `cmd:"" help:"${tshow}"`
}

type trailVerify struct{}

func (trailVerify) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	rep, err := a.Log.Verify(c.ctx, c.progress(msg.T("検証しています", "verifying")))
	if err != nil {
		return err
	}
	if err := c.answer(rep, func() {
		if rep.OK {
			c.printf("%s\n%s", c.say(msg.F("証跡 %d件は最初から最後まで正しくつながっています。", "the record holds, %d entries", rep.Size)), rep.Checkpoint)
			return
		}
		c.printf("%s\n", c.say(msg.F("証跡が合いません：%s", "the record does not hold: %s", rep.Bad.Why)))
	}); err != nil {
		return err
	}
	if !rep.OK {
		return exit(fails)
	}
	return nil
}

type trailExport struct {
	Out string `required:"" placeholder:"FILE" help:"${out}"`
}

func (t trailExport) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	if err := whole(t.Out, func(w *os.File) error { return a.Log.Export(c.ctx, w) }); err != nil {
		return err
	}
	size, err := a.Log.Size(c.ctx)
	if err != nil {
		return err
	}
	out := map[string]any{"ok": true, "file": t.Out, "size": size, "key": a.Log.VerifierKey()}
	return c.answer(out, func() {
		c.printf("%s\n%s\n", c.say(msg.F("%sに書き出しました。検証：okite-verify trail %s", "written to %s; check it with okite-verify trail %s", t.Out, t.Out)), a.Log.VerifierKey())
	})
}

type trailShow struct {
	Record string `arg:"" help:"register:key"`
}

// shown is an entry as the command answers it.
type shown struct {
	Index   int64             `json:"index"`
	At      string            `json:"at"`
	Actor   string            `json:"actor"`
	Way     string            `json:"way"`
	Act     string            `json:"act"`
	Result  string            `json:"result"`
	Fault   string            `json:"fault,omitempty"`
	Reason  string            `json:"reason,omitempty"`
	Input   map[string]string `json:"input,omitempty"`
	Clauses []string          `json:"clauses"`
}

func (t trailShow) Run(c *console) error {
	r, err := ref.Parse(t.Record)
	if err != nil {
		return err
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	out := []shown{}
	err = a.Store.Read(c.ctx, func(ctx context.Context, tx *db.Tx) error {
		var before *int64
		for {
			rs, err := a.Log.List(ctx, tx, trail.Query{Subject: r, Limit: 500, Before: before})
			if err != nil {
				return err
			}
			for _, e := range rs {
				s := shown{Index: e.Index, At: e.At.Format("2006-01-02T15:04:05.000000Z07:00"), Actor: e.Actor, Way: e.Way, Act: e.Act, Result: e.Result,
					Fault: e.Fault, Reason: e.Reason, Input: e.Input, Clauses: []string{}}
				for _, id := range e.Clauses {
					s.Clauses = append(s.Clauses, string(id))
				}
				out = append(out, s)
			}
			if len(rs) < 500 {
				return nil
			}
			before = &rs[len(rs)-1].Index
		}
	})
	if err != nil {
		return err
	}
	return c.answer(out, func() {
		for _, s := range out {
			c.printf("%8d  %s  %-18s %-22s %s %s\n", s.Index, s.At, s.Actor, s.Act, s.Result, s.Reason)
		}
		if len(out) == 0 {
			c.printf("%s\n", c.say(msg.F("%sの証跡はありません。", "there is nothing about %s in the record", t.Record)))
		}
	})
}
