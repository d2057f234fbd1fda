package app

import (
	"context"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/web"
)

// BuildSite makes the staff site and starts what keeps it current: the checks follow every change, jobs run.
func (a *App) BuildSite(ctx context.Context, secure bool) error {
	a.Site = &web.Site{Name: a.City.Name, Version: Version(), Secure: secure, Demo: a.Demo != nil, Registry: &web.Registry{}, Now: a.Store.Now, Log: a.Slog,
		Describe: a.describe}
	if err := a.Signin.Attach(a.Site); err != nil {
		return err
	}
	if err := a.addRoutes(ctx, a.Site); err != nil {
		return err
	}
	return a.startJobs(ctx)
}

// describe names a person's unit and chief role for the header.
func (a *App) describe(ctx context.Context, who actor.Actor, lang msg.Lang) (unit, role string) {
	_ = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) { // without a name the header shows the person alone
		if who.Unit != "" {
			unit, err = a.Catalog.Label(ctx, tx, ref.New("unit", who.Unit))
		}
		return err
	})
	for _, code := range []string{"ciso", "chief", "bureau_head", "section_manager", "system_manager"} {
		if who.Has(code) {
			return unit, a.roleTitle(code).In(lang)
		}
	}
	if len(who.Roles) > 0 {
		return unit, a.roleTitle(who.Roles[0].Role).In(lang)
	}
	return unit, ""
}

func clauses(ids ...clause.ID) []clause.ID { return ids }

func subject(register, key string) ref.Ref { return ref.New(register, key) }
