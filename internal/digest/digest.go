// Package digest brings to people what they owe, where they would not come for it: one mail a day on open days
// (開庁日) with all of it, apart from that what cannot wait, a calendar to subscribe to, and to the next role up what has
// stood too long (上申). A city without a mail server reads and prints the same page.
//
// It serves clause 5 (bp.5: everybody knows what they must do), clause 6 (bp.6: whoever stands above knows what is not
// done), clause 8(2) (bp.8.2) and clause 9(1) (bp.9.1: 周知).
package digest

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/conform"
	"okite/internal/db"
	"okite/internal/digest/mail"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the module's tables: who was told on which day, tokens of calendars, what was raised to whom.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// Bundle is what one person is told: the first things they owe and how many there are, and the same of the units
// they head.
type Bundle struct {
	Items        []inbox.Item
	Total        int
	Section      []inbox.Item
	SectionTotal int
}

func (b Bundle) empty() bool { return b.Total == 0 && b.SectionTotal == 0 }

// late is how many of the things shown are past their deadline.
func (b Bundle) late(day when.Date) (n int) {
	for _, i := range b.Items {
		if i.Due != 0 && i.Due < day {
			n += max(i.Count, 1)
		}
	}
	return n
}

// Config says what the module needs.
type Config struct {
	Store    *db.Store
	Catalog  *register.Catalog
	Gate     *act.Gate
	Calendar *when.Calendar
	Log      *slog.Logger
	City     string
	// Mail is how mail leaves the city now; a zero setting is a city without a mail server.
	Mail func(ctx context.Context) (mail.Setting, error)
	// Person is somebody with their roles, for the calendar; a fault says that they have left.
	Person func(ctx context.Context, code string) (actor.Actor, error)
	// One is what one person owes today.
	One func(ctx context.Context, who actor.Actor) (Bundle, error)
	// Everyone is what each person owes on a day, by person, worked out for all at once.
	Everyone func(ctx context.Context, day when.Date) (map[string]*Bundle, error)
	// Urgent is what cannot wait for the next digest, by person.
	Urgent func(ctx context.Context, day when.Date) (map[string][]inbox.Item, error)
	// Langs are the people who read another language than Japanese.
	Langs func(ctx context.Context, tx *db.Tx) (map[string]msg.Lang, error)
	// Raise gives what has stood for days or longer with the role it has reached, and Still those of some findings
	// that still stand.
	Raise func(ctx context.Context, days int) ([]conform.Raised, error)
	Still func(ctx context.Context, list []conform.Place) (map[conform.Place]conform.Owed, error)
	// Kind names a kind of thing to people, where its title would say too much.
	Kind func(code string) msg.Text
	// Role names a role to people.
	Role func(code string) msg.Text
}

// Service is the module at work.
type Service struct{ c Config }

// New makes it.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &Service{c: c}
}

// person is somebody to be told.
type person struct {
	code, name, address string
	joined, left        string
}

// here says whether the person is with the city on a day.
func (p person) here(day when.Date) bool {
	d := day.String()
	return p.joined != "" && p.joined <= d && (p.left == "" || p.left >= d)
}

// people reads everybody, by key.
func people(ctx context.Context, tx *db.Tx) ([]person, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (p person, err error) {
		return p, r.Scan(&p.code, &p.name, &p.address, &p.joined, &p.left)
	}, `SELECT code, name, mail, joined, "left" FROM reg_person WHERE NOT ended ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return out, nil
}

// number is a parameter of the city, false when it has no value.
func (s *Service) number(ctx context.Context, tx *db.Tx, code string) (int, bool, error) {
	d := s.c.Catalog.Must("parameter")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil || !ok {
		return 0, false, err
	}
	v, ok := d.Get(rec.Row, "value").(int64)
	return int(v), ok && v > 0, nil
}

// refOf reads "terminal:T-1".
func refOf(s string) ref.Ref {
	register, key, _ := strings.Cut(s, ":")
	return ref.New(register, key)
}
