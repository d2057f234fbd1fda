package selfcheck

import (
	"context"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// Config says what the module needs. Findings may be nil: then no answer can be set beside evidence, and no figure of
// mismatches is put on record.
type Config struct {
	Store   *db.Store
	Catalog *register.Catalog
	Gate    *act.Gate
	// Findings are what some checks find not kept or not known today. It is not called inside a transaction.
	Findings func(ctx context.Context, checks []string) ([]Finding, error)
}

// Finding is what a check says against somebody's "yes".
type Finding struct {
	Check   string
	Title   msg.Text
	Subject ref.Ref
	Name    string // of the subject
	Result  string // noncompliant or undetermined
	Reason  msg.Text
	Href    string
	People  []string // whom it is about, and who owes it
	Unit    string   // it belongs to
}

// Told is that somebody was asked to inspect themselves, for the sheet of what a person was told.
type Told struct {
	Campaign string
	Number   string
	On       when.Date // when it began
	Day      when.Date // when they handed it in; 0 when they have not
	State    msg.Text
	Subject  ref.Ref
}

// Service is the module at work.
type Service struct {
	c Config
}

// New makes it.
func New(c Config) *Service { return &Service{c: c} }

func (s *Service) def(name string) *register.Def { return s.c.Catalog.Must(name) }
