package app

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/db"
	"okite/internal/digest"
	"okite/internal/inbox"
	"okite/internal/org"
	"okite/internal/when"
)

// duty is a kind of thing that people owe beside what the checks ask. one asks the store about one person. The others are
// for many people at once, and say together exactly what one says of each.
type duty struct {
	one inbox.Source
	// all is what people owe by themselves, whatever post they hold; nil is nothing.
	all func(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]inbox.Item, error)
	// called names for whom one may say more than all: only they are asked about.
	called func(ctx context.Context, tx *db.Tx, day when.Date, c *actor.Called) error
	// office is what a post, a seat or a delegation brings beside all, with what is the same for everybody read once. It
	// stands in place of called.
	office func(ctx context.Context, tx *db.Tx, day when.Date) (office, error)
}

// office is what somebody owes by a post.
type office func(ctx context.Context, tx *db.Tx, who actor.Actor) ([]inbox.Item, error)

// duties are the sources of the inbox beside the checks.
func (a *App) duties() []duty {
	return []duty{
		{one: a.waiting, called: func(ctx context.Context, tx *db.Tx, _ when.Date, c *actor.Called) error {
			return a.Policy.Called(ctx, tx, c)
		}},
		{one: a.downgrades, called: func(ctx context.Context, tx *db.Tx, _ when.Date, c *actor.Called) error {
			return asset.Called(ctx, tx, a.Catalog, c)
		}},
		{one: a.unread, all: a.unreadOfAll, office: a.unreadOfOthers},
		{one: a.courses, all: a.coursesOfAll, called: func(ctx context.Context, tx *db.Tx, _ when.Date, c *actor.Called) error {
			return a.Training.Called(ctx, tx, c)
		}},
		{one: a.movers, called: a.Transfer.Called},
		{one: a.cards, called: a.Card.Called},
		{one: a.organWork, called: func(ctx context.Context, tx *db.Tx, _ when.Date, c *actor.Called) error {
			return a.Org.Called(ctx, tx, c)
		}},
		{one: a.inspections, all: a.inspectionsOfAll, called: a.Selfcheck.Called},
		{one: a.tasks, office: a.tasksOfMany},
	}
}

// sources are all sources of the inbox.
func (a *App) sources() []inbox.Source {
	out := []inbox.Source{a.owed, a.Digest.RaisedTo}
	for _, d := range a.duties() {
		out = append(out, d.one)
	}
	return out
}

// everyone is a list of bundles that grows.
type everyone map[string]*digest.Bundle

func (e everyone) at(person string) *digest.Bundle {
	if e[person] == nil {
		e[person] = &digest.Bundle{}
	}
	return e[person]
}

func (e everyone) add(person string, list []inbox.Item, total int) {
	if total > 0 {
		b := e.at(person)
		b.Items, b.Total = append(b.Items, list...), b.Total+total
	}
}

// bundles are what everybody is told. What the checks ask, and what people owe by themselves, is worked out for all at
// once; what a post, a seat or a delegation brings is asked about those alone for whom something may wait (bp.5, bp.6).
func (a *App) bundles(ctx context.Context, day when.Date) (map[string]*digest.Bundle, error) {
	out := everyone{}
	if err := a.found(ctx, out); err != nil {
		return nil, err
	}
	raised, err := a.Digest.RaisedToAll(ctx)
	if err != nil {
		return nil, err
	}
	for p, list := range raised {
		out.add(p, list, len(list))
	}
	if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error { return a.dues(ctx, tx, day, out) }); err != nil {
		return nil, err
	}
	for _, b := range out {
		slices.SortStableFunc(b.Items, inbox.Compare)
	}
	return out, nil
}

// found adds what the checks ask of everybody.
func (a *App) found(ctx context.Context, out everyone) error {
	checked, err := a.conform.Everyone(ctx, told)
	if err != nil {
		return err
	}
	span, err := a.escalation(ctx)
	if err != nil {
		return err
	}
	for p, t := range checked {
		b := out.at(p)
		b.Total, b.SectionTotal = t.Total, t.SectionTotal
		b.Items, b.Section = findingItems(t.Owed, span), findingItems(t.Section, span)
	}
	return nil
}

// dues adds what the duties ask of everybody.
func (a *App) dues(ctx context.Context, tx *db.Tx, day when.Date, out everyone) error {
	duties := a.duties()
	own, calls, offices := make([]map[string][]inbox.Item, len(duties)), make([]actor.Called, len(duties)), make([]office, len(duties))
	holders, err := deciders(ctx, tx, day)
	if err != nil {
		return err
	}
	for i, d := range duties {
		if d.all != nil {
			if own[i], err = d.all(ctx, tx, day); err != nil {
				return err
			}
		}
		if d.office != nil {
			offices[i], err = d.office(ctx, tx, day)
		} else {
			err = d.called(ctx, tx, day, &calls[i])
			holders = append(holders, calls[i].People()...)
		}
		if err != nil {
			return err
		}
	}
	slices.Sort(holders)
	holders = slices.Compact(holders)
	people, err := org.ActorsOf(ctx, tx, a.Catalog, holders)
	if err != nil {
		return err
	}
	for _, p := range holders {
		who, here := people[p]
		if !here {
			continue // has left
		}
		for i, d := range duties {
			var list []inbox.Item
			n := 0
			switch {
			case offices[i] != nil:
				list, err = offices[i](ctx, tx, who)
				n = len(list)
			case calls[i].Has(who):
				list, n, err = d.one(ctx, who, day, told)
				delete(own[i], p) // it has said that too
			}
			if err != nil {
				return err
			}
			out.add(p, list, n)
		}
		if err := a.lent(ctx, who, out); err != nil {
			return err
		}
	}
	for _, all := range own {
		for p, list := range all {
			out.add(p, list, len(list))
		}
	}
	return nil
}

// lent is what is owed in the units somebody heads for another by delegation, which the checks know of nobody by
// themselves (bp.6).
func (a *App) lent(ctx context.Context, who actor.Actor, out everyone) error {
	if !slices.ContainsFunc(who.Roles, func(g actor.Grant) bool { return g.Via != "" }) {
		return nil
	}
	list, n, err := a.conform.OwedBySection(ctx, who, told)
	if err != nil || n == 0 {
		return err
	}
	span, err := a.escalation(ctx)
	if err != nil {
		return err
	}
	b := out.at(who.Person)
	b.Section, b.SectionTotal = findingItems(list, span), n
	return nil
}

func (a *App) unreadOfAll(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]inbox.Item, error) {
	all, err := a.Notice.Everyone(ctx, tx, day)
	return items(all, noticeItem), err
}

func (a *App) unreadOfOthers(ctx context.Context, tx *db.Tx, day when.Date) (office, error) {
	of, err := a.Notice.Office(ctx, tx, day)
	return func(ctx context.Context, tx *db.Tx, who actor.Actor) (out []inbox.Item, err error) {
		list, err := of(ctx, tx, who)
		for _, i := range list {
			out = append(out, noticeItem(i))
		}
		return out, err
	}, err
}

func (a *App) coursesOfAll(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]inbox.Item, error) {
	all, err := a.Training.Everyone(ctx, tx, day)
	return items(all, courseItem), err
}

// items makes items of the inbox of what a module says of everybody.
func items[T any](all map[string][]T, item func(T) inbox.Item) map[string][]inbox.Item {
	out := make(map[string][]inbox.Item, len(all))
	for p, list := range all {
		for _, x := range list {
			out[p] = append(out[p], item(x))
		}
	}
	return out
}

// deciders are the people who may have to decide something: by a post, a seat, or a delegation.
func deciders(ctx context.Context, tx *db.Tx, day when.Date) ([]string, error) {
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (p string, err error) { return p, r.Scan(&p) }, `SELECT person FROM reg_assignment WHERE NOT ended AND "from" <> '' AND "from" <= $1 AND ("until" = '' OR "until" >= $1)
UNION SELECT taker FROM reg_delegation WHERE NOT ended AND "begin" <= $1 AND "end" >= $1
UNION SELECT chief FROM reg_csirt WHERE NOT ended UNION SELECT deputy FROM reg_csirt WHERE NOT ended UNION SELECT manager FROM reg_csirt WHERE NOT ended UNION SELECT poc FROM reg_csirt WHERE NOT ended
UNION SELECT assignee FROM reg_task WHERE NOT ended UNION SELECT chair FROM reg_committee WHERE NOT ended`, day.String())
	if err != nil {
		return nil, fmt.Errorf("read who decides: %w", err)
	}
	slices.Sort(list)
	return slices.DeleteFunc(list, func(p string) bool { return p == "" }), nil
}
