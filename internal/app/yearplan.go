package app

import (
	"context"

	"okite/internal/actor"
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
	"okite/internal/yearplan"
)

// tasks are what the plan of the year asks of a role somebody holds, for the inbox (bp.5, bp.10).
func (a *App) tasks(ctx context.Context, who actor.Actor, day when.Date, limit int) (out []inbox.Item, total int, err error) {
	list, err := a.Year.Waiting(ctx, who, day)
	out, total = taskItems(list, limit)
	return out, total, err
}

// tasksOfMany says the same of many people, with the plan read once.
func (a *App) tasksOfMany(ctx context.Context, _ *db.Tx, day when.Date) (office, error) {
	list, err := a.Year.Open(ctx, day)
	return func(_ context.Context, _ *db.Tx, who actor.Actor) ([]inbox.Item, error) {
		mine := yearplan.Of(who, list)
		out, _ := taskItems(mine, len(mine))
		return out, nil
	}, err
}

func taskItems(list []yearplan.Task, limit int) (out []inbox.Item, total int) {
	for _, x := range list {
		i := inbox.Item{Kind: "plan", Title: msg.Same(x.Name), Why: msg.Same(x.How), Href: "/plan/" + x.Code, Subject: ref.New("planitem", x.Code), Due: x.Due, As: inbox.AsHolder, Clauses: []clause.ID{clause.ID(x.Clause)}}
		if x.Standing {
			i.As = inbox.AsDeputy
		}
		out = append(out, i)
	}
	return out[:min(limit, len(out))], len(out)
}

// clean says whether a check finds nothing and has something to look at, for the plan of the year.
func (a *App) clean(ctx context.Context, id string) (clean, known bool, err error) {
	if a.conform == nil {
		return false, false, nil
	}
	c, known, err := a.conform.CheckCounts(ctx, id)
	return c[check.Noncompliant]+c[check.Undetermined] == 0 && c[check.Compliant] > 0, known, err
}
