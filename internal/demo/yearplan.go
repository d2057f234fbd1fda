package demo

import (
	"fmt"

	"okite/internal/pack"
	"okite/internal/when"
)

type planItem struct {
	Code     string    `reg:"code"`
	FY       int64     `reg:"fy"`
	From     when.Date `reg:"from"`
	Due      when.Date `reg:"due"`
	Name     string    `reg:"name"`
	Role     string    `reg:"role"`
	Unit     string    `reg:"unit"`
	Clause   string    `reg:"clause"`
	How      string    `reg:"how"`
	Check    string    `reg:"check"`
	Register string    `reg:"register"`
	Field    string    `reg:"field"`
	Done     when.Date `reg:"done"`
	Note     string    `reg:"note"`
}

// yearPlan is the plan of last year and of this, from the template of the pack (bp.10, bp.12). What is past was done
// some days before it was due; what a register proves needs no day.
func (c *city) yearPlan() {
	tasks, err := pack.Year("model")
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err)) // the pack is part of the program
	}
	for fy := c.fy - 1; fy <= c.fy; fy++ {
		for n, t := range tasks {
			from, due := t.Dates(fy)
			i := planItem{Code: fmt.Sprintf("YP-%d-%s", fy, t.Code), FY: int64(fy), From: from, Due: due, Name: t.Name.JA, Role: t.Role, Clause: t.Clause, How: t.How.JA,
				Check: t.Check, Register: t.Register, Field: t.Field}
			if done := i.Due - when.Date(2+n%9); t.Register == "" && t.Check == "" && done <= c.day {
				i.Done = done
			}
			c.planItems = append(c.planItems, i)
		}
	}
}
