package main

import (
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
)

type actCmd struct {
	Act    string   `arg:"" help:"${act}"`
	Input  []string `arg:"" optional:"" help:"key=value"`
	Reason string   `help:"${reason}"`
	Key    string   `help:"${key}"`
	As     string   `placeholder:"PERSON" help:"${person}"`
}

// refusal is the answer of an act that was not carried out (contract section 2).
type refusal struct {
	OK      bool        `json:"ok"`
	Fault   fault.Kind  `json:"fault"`
	Message msg.Text    `json:"message"`
	Fields  []any       `json:"errors,omitempty"`
	Clauses []clause.ID `json:"clauses"`
}

func (x actCmd) Run(c *console) error {
	in := act.Input{}
	for _, kv := range x.Input {
		k, v, ok := strings.Cut(kv, "=")
		if !ok || k == "" {
			return fault.At("input", msg.F("「%s」は「項目=値」の形ではありません。", "%q is not of the form key=value.", kv))
		}
		in[k] = v
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	ctx := c.ctx
	if x.As != "" {
		who, err := a.Person(ctx, x.As)
		if err != nil {
			return err
		}
		who.Way = actor.Command
		ctx = actor.With(ctx, who)
	}
	res, err := a.Gate.Run(ctx, x.Act, in, act.Options{Reason: x.Reason, IdempotencyKey: x.Key})
	if f := res.Fault; f != nil {
		r := refusal{Fault: f.Kind, Message: f.Message, Clauses: append([]clause.ID{}, f.Clauses...)}
		for _, fd := range f.Fields {
			r.Fields = append(r.Fields, fd)
		}
		if err := c.answer(r, func() { c.printf("%s\n", faultLine(f, c.lang)) }); err != nil {
			return err
		}
		if f.Kind == fault.Invalid || f.Kind == fault.NotFound {
			return exit(unusable)
		}
		return exit(fails)
	}
	if err != nil {
		return err
	}
	return c.answer(res, func() {
		c.printf("%s\n", c.say(msg.F("行いました：%s（証跡 %d）", "done: %s (trail %d)", res.Record.String(), res.Trail)))
	})
}
