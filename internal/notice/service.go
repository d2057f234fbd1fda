package notice

import (
	"context"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/when"
)

// Config says what the module needs. Told may be nil.
type Config struct {
	Store    *db.Store
	Catalog  *register.Catalog
	Gate     *act.Gate
	Log      *trail.Log
	Calendar *when.Calendar
	Policy   *policy.Service
	// Told are what other modules have told or taught a person, for the sheet of what somebody was told.
	Told []func(ctx context.Context, tx *db.Tx, person string) ([]Told, error)
}

// Told is one thing a person was told, taught or asked: a line of the sheet.
type Told struct {
	Kind    msg.Text
	What    string
	Version string     // edition or version, "" when it has none
	On      when.Date  // when it was sent, held or asked
	Done    when.Stamp // when the person confirmed it; 0 when they have not
	Day     when.Date  // the same where only a day is known
	State   msg.Text   // what came of it, when neither says so
	Subject ref.Ref    // the record that proves it
}

// Service is the module at work.
type Service struct {
	c Config
}

// New makes it.
func New(c Config) *Service { return &Service{c: c} }

func (s *Service) def(name string) *register.Def { return s.c.Catalog.Must(name) }
