package app

import (
	"context"
	"maps"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/transfer"
	"okite/internal/when"
)

// moverKinds name what people who come, move and leave bring to the inbox.
var moverKinds = map[string]msg.Text{"handover": msg.T("引継ぎ", "Hand-over"), "leave": msg.T("離職時の確認", "Leave checklist")}

// inboxKinds are the names of several modules together.
func inboxKinds(lists ...map[string]msg.Text) map[string]msg.Text {
	out := map[string]msg.Text{}
	for _, l := range lists {
		maps.Copy(out, l)
	}
	return out
}

// movers is what people who come, move and leave ask of a person: sets to confirm, hand-overs, checklists (bp.5, bp.6).
func (a *App) movers(ctx context.Context, who actor.Actor, day when.Date, limit int) (out []inbox.Item, total int, err error) {
	var list []transfer.Item
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = a.Transfer.Waiting(ctx, tx, who, day, limit)
		return err
	})
	for _, x := range list {
		i := inbox.Item{Kind: x.Kind, Title: x.Title, Why: x.Why, Href: x.Href, Subject: x.Subject, SubjectName: x.SubjectName, Due: x.Due, Since: x.Since, As: inbox.AsHolder, Clauses: x.Clauses}
		switch {
		case x.Standing:
			i.As = inbox.AsDeputy
		case x.Kind == "handover":
			i.As = inbox.AsSelf
		}
		out = append(out, i)
	}
	total = len(out)
	return out[:min(limit, total)], total, err
}
