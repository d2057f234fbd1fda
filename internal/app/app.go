// Package app puts the product together: the store, the record, the registers, the acts, the checks and the site of
// one municipality. It is the one place that names the modules, from top to bottom; nothing registers itself.
//
// It serves every clause by binding each to what carries it out: `okite clauses` prints that binding.
package app

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/card"
	"okite/internal/check"
	"okite/internal/contractor"
	"okite/internal/db"
	"okite/internal/job"
	"okite/internal/msg"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/selfcheck"
	"okite/internal/signin"
	"okite/internal/trail"
	"okite/internal/training"
	"okite/internal/transfer"
	"okite/internal/when"
	"okite/internal/yearplan"
)

//go:embed schema/*.sql
var schema embed.FS

// Config says where a municipality's data is. The zero value of every field but Dir works.
type Config struct {
	Dir    string           // data directory: the SQLite file, keys, checkpoints, evidence
	DB     string           // postgres://…; "" keeps the registers in Dir
	Schema string           // PostgreSQL schema of the municipality; default "okite"
	Clock  func() time.Time // default time.Now; a demonstration holds its own day
	Log    *slog.Logger     // default slog.Default()
}

// App is a municipality at work.
type App struct {
	Dir      string
	City     org.City // zero until Init or a demonstration made one
	Demo     *Demo    // nil unless the data is a demonstration
	Store    *db.Store
	Log      *trail.Log
	Pack     *pack.Pack
	Catalog  *register.Catalog
	Acts     *act.Registry
	Gate     *act.Gate
	Calendar *when.Calendar
	Slog     *slog.Logger

	parts
}

// ErrNone says that the data directory or schema holds no municipality yet.
var ErrNone = errors.New("no municipality here")

// registers are those of all modules, in the order of the menu.
func registers() []*register.Def {
	return slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), notice.Registers(), training.Registers(), transfer.Registers(), selfcheck.Registers(), card.Registers(), yearplan.Registers())
}

// checks are those of all modules; what several modules ask under one number is one check.
func checks() []check.Check {
	return check.Merge(org.Checks(), policy.Checks(), asset.Checks(), contractor.Checks(), audit.Checks(), notice.Checks(), training.Checks(), transfer.Checks(), selfcheck.Checks(), card.Checks())
}

func joins() []check.Join {
	return slices.Concat(org.Joins(), policy.Joins(), asset.Joins(), contractor.Joins(), audit.Joins(), notice.Joins(), training.Joins(), transfer.Joins(), selfcheck.Joins(), card.Joins())
}

// Open opens what Init or a demonstration made; ErrNone says that there is nothing.
func Open(ctx context.Context, c Config) (*App, error) {
	a, err := open(ctx, c)
	if err != nil {
		return nil, err
	}
	if a.City.Code == "" {
		_ = a.Close()
		return nil, ErrNone
	}
	return a, nil
}

// open opens a store, empty or not, and brings its tables up to this program.
func open(ctx context.Context, c Config) (*App, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.DB == "" {
		if _, err := os.Stat(filepath.Join(c.Dir, db.File)); errors.Is(err, fs.ErrNotExist) && !fresh(ctx) {
			return nil, ErrNone
		}
	}
	s, err := db.Open(ctx, db.Config{Dir: c.Dir, URL: c.DB, Schema: c.Schema, Clock: c.Clock})
	if err != nil {
		return nil, err
	}
	a := &App{Dir: c.Dir, Store: s, Slog: c.Log, Calendar: when.NewCalendar()}
	if err := a.assemble(ctx, c); err != nil {
		_ = a.Close()
		return nil, err
	}
	return a, nil
}

type freshKey struct{}

// withFresh marks a context in which an empty directory may become a municipality.
func withFresh(ctx context.Context) context.Context {
	return context.WithValue(ctx, freshKey{}, true)
}

func fresh(ctx context.Context) bool { b, _ := ctx.Value(freshKey{}).(bool); return b }

// assemble makes the tables, reads what the municipality is, and wires the modules.
func (a *App) assemble(ctx context.Context, c Config) error {
	if err := a.Store.Migrate(ctx, append([]fs.FS{sub(schema), trail.Schema(), signin.Schema(), job.Schema()}, moduleSchemas()...)...); err != nil {
		return err
	}
	code, err := a.packCode(ctx)
	if err != nil {
		return err
	}
	if a.Pack, err = pack.Load(code); err != nil {
		return err
	}
	a.Catalog = register.NewCatalog(a.Pack, registers()...)
	if err := a.Catalog.Migrate(ctx, a.Store); err != nil {
		return err
	}
	if err := a.Store.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return fmt.Errorf("make table of idempotency keys: %w", err)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := a.readCity(ctx); err != nil {
		return err
	}
	if err := a.holdDay(ctx, c.Clock); err != nil {
		return err
	}
	name := "okite/" + a.City.Code
	if a.City.Code == "" {
		return nil // the record begins with the municipality
	}
	if a.Log, err = trail.Open(ctx, a.Store, a.Dir, name); err != nil {
		return err
	}
	return a.wire(ctx)
}

// packCode is the vocabulary pack the municipality chose.
func (a *App) packCode(ctx context.Context) (string, error) {
	code, err := a.setting(ctx, "pack")
	if code == "" {
		code = "model"
	}
	return code, err
}

// readCity reads the municipality's own record.
func (a *App) readCity(ctx context.Context) error {
	d := a.Catalog.Must("city")
	var cities []org.City
	err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		cities, err = register.Load[org.City](ctx, tx, d)
		return err
	})
	if err != nil {
		return err
	}
	if len(cities) > 0 {
		a.City = cities[0]
	}
	a.Demo, err = a.readDemo(ctx)
	return err
}

// Close ends everything in the order in which it rests on each other.
func (a *App) Close() error {
	a.stop()
	var errs []error
	if a.Log != nil {
		errs = append(errs, a.Log.Close())
	}
	if a.Store != nil {
		errs = append(errs, a.Store.Close())
	}
	return errors.Join(errs...)
}

// Today is the day of the data.
func (a *App) Today() when.Date { return when.Of(a.Store.Now()) }

// roleTitle names a role to people.
func (a *App) roleTitle(code string) msg.Text {
	if v := a.Pack.Vocab("role"); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title
		}
	}
	return msg.Same(code)
}

// Operator is a context in which the operator at the command line acts.
func Operator(ctx context.Context) context.Context { return actor.With(ctx, actor.Operator()) }

func sub(f embed.FS) fs.FS {
	s, err := fs.Sub(f, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return s
}
