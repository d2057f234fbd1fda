package main

import (
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/conform"
	"okite/internal/msg"
	"okite/internal/when"
)

type checkCmd struct {
	Run     checkRun     `cmd:"" help:"${crun}"`
	List    checkList    `cmd:"" help:"${clist}"`
	Explain checkExplain `cmd:"" help:"${cexplain}"`
}

type checkRun struct {
	Check  []string `placeholder:"ID" help:"${cid}"`
	Clause string   `placeholder:"ID" help:"${cclause}"`
	AsOf   string   `placeholder:"DATE" help:"${asof}"`
}

func (x checkRun) Run(c *console) error {
	opt := conform.RunOptions{Checks: x.Check}
	var err error
	if x.Clause != "" {
		if opt.Clause, err = clause.Parse(x.Clause); err != nil {
			return err
		}
	}
	if x.AsOf != "" {
		if opt.AsOf, err = when.ParseLenient(x.AsOf); err != nil {
			return err
		}
	}
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	svc, err := a.Checks(c.ctx)
	if err != nil {
		return err
	}
	rep, err := svc.Run(c.ctx, opt)
	if err != nil {
		return err
	}
	if err := c.answer(rep, func() {
		for _, k := range rep.Checks {
			c.printf("%s  %s  %s\n", k.ID, c.say(k.Title), c.say(msg.F("不適合 %d、判定不能 %d、例外 %d、適合 %d", "noncompliant %d, undetermined %d, excepted %d, compliant %d",
				k.Counts["noncompliant"], k.Counts["undetermined"], k.Counts["excepted"], k.Counts["compliant"])))
			if k.Lost != "" {
				c.printf("    %s\n", c.say(msg.T("判定に必要な値がないため、判定できません。", "This cannot be decided, because a value it needs is missing.")))
			}
			for _, f := range k.Findings {
				c.printf("    %s  %s\n", f.Subject, c.say(f.Reason))
			}
		}
	}); err != nil {
		return err
	}
	if !rep.Held() {
		return exit(fails)
	}
	return nil
}

type checkList struct{}

func (checkList) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	svc, err := a.Checks(c.ctx)
	if err != nil {
		return err
	}
	list := svc.List()
	return c.answer(list, func() {
		for _, k := range list {
			c.printf("%s  %s\n", k.ID, c.say(k.Title))
		}
	})
}

type checkExplain struct {
	ID      string `arg:"" help:"ID"`
	Subject string `arg:"" help:"register:key"`
}

func (x checkExplain) Run(c *console) error {
	a, err := c.open()
	if err != nil {
		return err
	}
	defer a.Close()
	svc, err := a.Checks(c.ctx)
	if err != nil {
		return err
	}
	e, err := svc.Explain(c.ctx, x.ID, x.Subject)
	if err != nil {
		return err
	}
	return c.answer(e, func() {
		result, _ := check.ParseResult(e.Result)
		c.printf("%s  %s\n%s（%s）\n%s\n", e.Check, c.say(e.Title), e.Name, c.say(result.Title()), c.say(e.Reason))
		for _, cond := range e.Conditions {
			mark := "○"
			if !cond.Holds {
				mark = "×"
			}
			c.printf("%s %s: %s\n", mark, c.say(cond.Title), c.say(cond.Sentence))
			for _, at := range cond.Atoms {
				for _, v := range at.Values {
					c.printf("      %s = %s\n", c.say(v.Title), c.say(v.Value))
				}
			}
		}
	})
}
