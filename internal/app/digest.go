package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/conform"
	"okite/internal/db"
	"okite/internal/digest"
	"okite/internal/digest/mail"
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
		Kind:  func(code string) msg.Text { return a.Inbox.Kind(code) },
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

// pressing is what cannot wait for the next digest (bp.9.1).
func (a *App) pressing(ctx context.Context, day when.Date) (map[string][]inbox.Item, error) {
	var out map[string][]inbox.Item
	err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := a.Notice.Pressing(ctx, tx, day)
		if err != nil {
			return err
		}
		out = items(list, noticeItem)
		lost, err := a.lostCards(ctx, tx, day)
		for p, more := range lost {
			out[p] = append(out[p], more...)
		}
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
