package app

import (
	"context"

	"okite/internal/actor"
	"okite/internal/card"
	"okite/internal/db"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/when"
)

// newCard makes the module of cards and accounts (bp.9.1).
func (a *App) newCard() *card.Service {
	return card.New(card.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate})
}

// cardKinds name what cards bring to the inbox.
var cardKinds = map[string]msg.Text{"revoke": msg.T("紛失カードの失効", "Lost card to revoke"), "collect": msg.T("カードの回収", "Card to collect"), "inspect": msg.T("カードの点検", "Cards to count")}

// cards are the lost cards a person has to revoke, the cards they have to collect and the inspections due (bp.9.1).
func (a *App) cards(ctx context.Context, who actor.Actor, day when.Date, limit int) (out []inbox.Item, total int, err error) {
	var list []card.Item
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = a.Card.Waiting(ctx, tx, who, day, limit)
		return err
	})
	for _, i := range list {
		x := inbox.Item{Kind: i.Kind, Title: i.Title, Why: i.Why, Href: i.Href, Subject: i.Subject, SubjectName: i.SubjectName, Due: i.Due, Since: i.Since, As: inbox.AsHolder, Clauses: i.Clauses}
		if i.Standing {
			x.As = inbox.AsDeputy
		}
		out = append(out, x)
	}
	total = len(out)
	return out[:min(limit, total)], total, err
}
