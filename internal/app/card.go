package app

import (
	"context"

	"okite/internal/actor"
	"okite/internal/card"
	"okite/internal/db"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/when"
)

// newCard makes the module of cards and accounts (bp.9.1).
func (a *App) newCard() *card.Service {
	return card.New(card.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Says: a.saysOf})
}

// saysOf is what the checks say about a card or an account.
func (a *App) saysOf(ctx context.Context, r ref.Ref) (out []card.Verdict, err error) {
	if a.conform == nil {
		return nil, nil
	}
	said, err := a.conform.About(ctx, r)
	for _, x := range said {
		out = append(out, card.Verdict{Check: x.Check, Result: x.Result.String(), Title: x.Title, Reason: x.Reason, Href: x.Href})
	}
	return out, err
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
		out = append(out, cardItem(i))
	}
	total = len(out)
	return out[:min(limit, total)], total, err
}

func cardItem(i card.Item) inbox.Item {
	x := inbox.Item{Kind: i.Kind, Title: i.Title, Why: i.Why, Href: i.Href, Subject: i.Subject, SubjectName: i.SubjectName, Due: i.Due, Since: i.Since, As: inbox.AsHolder, Clauses: i.Clauses}
	if i.Standing {
		x.As = inbox.AsDeputy
	}
	return x
}

// lostCards are the lost cards that are still good, for all who revoke them (bp.9.1).
func (a *App) lostCards(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]inbox.Item, error) {
	list, err := a.Card.Pressing(ctx, tx, func() (map[string]actor.Actor, error) {
		holders, err := deciders(ctx, tx, day)
		if err != nil {
			return nil, err
		}
		return org.ActorsOf(ctx, tx, a.Catalog, holders)
	})
	return items(list, cardItem), err
}
