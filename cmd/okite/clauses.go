package main

import (
	"strings"

	"okite/internal/app"
)

type clausesCmd struct{}

// Run prints what carries out each clause. It needs no municipality: the bindings are in the program.
func (clausesCmd) Run(c *console) error {
	list, err := app.Coverage()
	if err != nil {
		return err
	}
	return c.answer(list, func() {
		for _, x := range list {
			c.printf("%-8s %s\n", x.Clause, c.say(x.Title))
			for _, part := range []struct {
				name string
				ids  []string
			}{{"acts", x.Acts}, {"checks", x.Checks}, {"registers", x.Registers}, {"pages", x.Pages}, {"tests", x.Tests}} {
				if len(part.ids) > 0 {
					c.printf("    %-10s %s\n", part.name, strings.Join(part.ids, " "))
				}
			}
		}
	})
}
