package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/conform"
	"okite/internal/db"
	"okite/internal/digest"
	"okite/internal/digest/mail"
	"okite/internal/fault"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/trail"
	"okite/internal/when"
)

// told bounds what a mail or a calendar tells of one source one by one; the numbers are whole.
const told = 300

// newDigest makes the module that tells people what they owe (bp.5, bp.6, bp.9.1).
func (a *App) newDigest() *digest.Service {
	return digest.New(digest.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Calendar: a.Calendar, Log: a.Slog, City: a.City.Name, Mail: a.MailSetting,
		Person: a.Person, One: a.bundle, Everyone: a.bundles, Urgent: a.pressing, Langs: langs, Role: a.roleTitle,
		Raise: func(ctx context.Context, days int) ([]conform.Raised, error) { return a.conform.Raise(ctx, days) },
		Still: func(ctx context.Context, list []conform.Place) (map[conform.Place]conform.Owed, error) {
			return a.conform.Still(ctx, list)
		}})
}

// MailSetting is how mail leaves the city; the zero setting when none was made.
func (a *App) MailSetting(ctx context.Context) (s mail.Setting, err error) {
	text, err := a.setting(ctx, "mail")
	if err != nil || text == "" {
		return s, err
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("read setting mail: %w", err)
	}
	return s, nil
}

// SetMail keeps how mail leaves the city, and records that it was changed (bp.9.3: to where what people owe is sent).
func (a *App) SetMail(ctx context.Context, s mail.Setting) error {
	if err := s.Check(); err != nil {
		return err
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return a.Store.Write(Operator(ctx), func(ctx context.Context, tx *db.Tx) error {
		if err := set(ctx, tx, "mail", string(b)); err != nil {
			return err
		}
		a.Log.Append(tx, trail.Entry{Actor: operator.ID(), Way: string(operator.Way), Act: "mail.set", Subject: subject("setting", "mail"), Clauses: []clause.ID{"bp.9.3"},
			Input: map[string]string{"host": s.Host, "from": s.From, "security": s.Security}, Result: trail.Done})
		return nil
	})
}

// langs are the people who chose another language than Japanese.
func langs(ctx context.Context, tx *db.Tx) (map[string]msg.Lang, error) {
	out := map[string]msg.Lang{}
	_, err := db.Rows(ctx, tx, func(r *sql.Rows) (x struct{}, err error) {
		var p, l string
		if err = r.Scan(&p, &l); err == nil {
			out[p] = msg.Lang(l)
		}
		return x, err
	}, `SELECT person, lang FROM account WHERE lang <> '' AND lang <> 'ja'`)
	if err != nil {
		return nil, fmt.Errorf("read languages: %w", err)
	}
	return out, nil
}

// bundle is what one person is told, as their inbox has it.
func (a *App) bundle(ctx context.Context, who actor.Actor) (b digest.Bundle, err error) {
	items, more, err := a.Inbox.Items(ctx, who)
	if err != nil {
		return b, err
	}
	section, moreOfSection, err := a.Inbox.Section(ctx, who)
	if err != nil {
		return b, err
	}
	b = digest.Bundle{Items: items, Total: more, Section: section, SectionTotal: moreOfSection}
	for _, i := range items {
		b.Total += max(i.Count, 1)
	}
	for _, i := range section {
		b.SectionTotal += max(i.Count, 1)
	}
	return b, nil
}

// bundles are what everybody is told. What the checks, the notices and the courses ask is worked out for all people at
// once; what waits for a decision only for those who hold a post, a seat or a delegation.
func (a *App) bundles(ctx context.Context, day when.Date) (map[string]*digest.Bundle, error) {
	out := map[string]*digest.Bundle{}
	at := func(p string) *digest.Bundle {
		if out[p] == nil {
			out[p] = &digest.Bundle{}
		}
		return out[p]
	}
	checked, err := a.conform.Everyone(ctx, told)
	if err != nil {
		return nil, err
	}
	span, err := a.escalation(ctx)
	if err != nil {
		return nil, err
	}
	for p, t := range checked {
		b := at(p)
		b.Total, b.SectionTotal = t.Total, t.SectionTotal
		b.Items, b.Section = findingItems(t.Owed, span), findingItems(t.Section, span)
	}
	raised, err := a.Digest.RaisedToAll(ctx)
	if err != nil {
		return nil, err
	}
	for p, list := range raised {
		b := at(p)
		b.Items, b.Total = append(b.Items, list...), b.Total+len(list)
	}
	var holders []string
	var everybody []map[string][]inbox.Item
	if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		everybody = nil
		for _, d := range a.duties() {
			if d.all == nil {
				continue
			}
			list, err := d.all(ctx, tx, day)
			if err != nil {
				return err
			}
			everybody = append(everybody, list)
		}
		holders, err = deciders(ctx, tx, day)
		return err
	}); err != nil {
		return nil, err
	}
	var sources []inbox.Source
	for _, d := range a.duties() {
		source := d.one
		if d.many != nil {
			if source, err = d.many(ctx, day); err != nil {
				return nil, err
			}
		}
		sources = append(sources, source)
	}
	for _, p := range holders {
		who, err := a.Person(ctx, p)
		if fault.As(err) != nil {
			continue // has left
		}
		if err != nil {
			return nil, err
		}
		b := at(p)
		for _, source := range sources {
			list, n, err := source(ctx, who, day, told)
			if err != nil {
				return nil, err
			}
			b.Items, b.Total = append(b.Items, list...), b.Total+n
		}
		for _, list := range everybody {
			delete(list, p) // the sources have said it
		}
	}
	for _, all := range everybody {
		for p, list := range all {
			b := at(p)
			b.Items, b.Total = append(b.Items, list...), b.Total+len(list)
		}
	}
	for _, b := range out {
		slices.SortStableFunc(b.Items, func(x, y inbox.Item) int { return inbox.Compare(x, y) })
	}
	return out, nil
}

// duty is a kind of thing that people owe beside what the checks ask. one asks the store about one person; all says the
// same of everybody at once. Where all is nil, only those owe such things who hold a post, a seat or a delegation.
type duty struct {
	one inbox.Source
	all func(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]inbox.Item, error)
	// many is one for many people of a day, with what is the same for all of them read once.
	many func(ctx context.Context, day when.Date) (inbox.Source, error)
}

// duties are the sources of the inbox beside the checks.
func (a *App) duties() []duty {
	return []duty{{one: a.waiting}, {one: a.downgrades}, {one: a.unread, all: a.unreadOfAll}, {one: a.courses, all: a.coursesOfAll}, {one: a.movers}, {one: a.cards}, {one: a.organWork}, {one: a.inspections, all: a.inspectionsOfAll}, {one: a.tasks, many: a.tasksOfMany}}
}

// sources are all sources of the inbox.
func (a *App) sources() []inbox.Source {
	out := []inbox.Source{a.owed, a.Digest.RaisedTo}
	for _, d := range a.duties() {
		out = append(out, d.one)
	}
	return out
}

func (a *App) unreadOfAll(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]inbox.Item, error) {
	all, err := a.Notice.Everyone(ctx, tx, day)
	return items(all, noticeItem), err
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

// pressing is what cannot wait for the next digest (bp.9.1).
func (a *App) pressing(ctx context.Context, day when.Date) (map[string][]inbox.Item, error) {
	var out map[string][]inbox.Item
	err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := a.Notice.Pressing(ctx, tx, day)
		out = items(list, noticeItem)
		return err
	})
	return out, err
}

// escalation is after how many days a thing that is owed goes to the next role up (N.escalate); 0 when the city has
// set none.
func (a *App) escalation(ctx context.Context) (days int, err error) {
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		d := a.Catalog.Must("parameter")
		rec, ok, err := a.Catalog.One(ctx, tx, d, "N.escalate")
		if err == nil && ok {
			v, _ := d.Get(rec.Row, "value").(int64)
			days = int(v)
		}
		return err
	})
	return days, err
}
