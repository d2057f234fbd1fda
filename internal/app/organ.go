package app

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/inbox"
	"okite/internal/org"
	"okite/internal/when"
)

// organWork are the minutes and advisories that wait for a person, for the inbox (bp.6).
func (a *App) organWork(ctx context.Context, who actor.Actor, day when.Date, limit int) (out []inbox.Item, total int, err error) {
	var list []org.Item
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = a.Org.Waiting(ctx, tx, who, day, 0)
		return err
	})
	for _, x := range list {
		i := inbox.Item{Kind: x.Kind, Title: x.Title, Why: x.Why, Href: x.Href, Subject: x.Subject, SubjectName: x.SubjectName, Due: x.Due, Since: x.Since, Clauses: x.Clauses, As: inbox.AsHolder}
		if x.Own {
			i.As = inbox.AsSelf
		}
		out = append(out, i)
	}
	total = len(out)
	return out[:min(limit, total)], total, err
}
