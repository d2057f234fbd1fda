package app

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/inbox"
	"okite/internal/training"
	"okite/internal/when"
)

// courses are the courses a person owes and the training plans that wait for their decision, for the inbox (bp.9.1).
func (a *App) courses(ctx context.Context, who actor.Actor, day when.Date, limit int) (out []inbox.Item, total int, err error) {
	var list []training.Item
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = a.Training.Waiting(ctx, tx, who, day, limit)
		return err
	})
	for _, x := range list {
		out = append(out, courseItem(x))
	}
	return out, len(list), err
}

func courseItem(x training.Item) inbox.Item {
	i := inbox.Item{Kind: x.Kind, Title: x.Title, Why: x.Why, Href: x.Href, Due: x.Due, Since: x.Since, As: inbox.AsHolder, Clauses: x.Clauses, Subject: x.Subject}
	if x.Own {
		i.As = inbox.AsSelf
	}
	return i
}
