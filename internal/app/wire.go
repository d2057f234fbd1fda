package app

import (
	"context"
	"io/fs"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/db"
	"okite/internal/digest"
	"okite/internal/job"
	"okite/internal/org"
	"okite/internal/signin"
	"okite/internal/trail"
	"okite/internal/trail/trailpage"
	"okite/internal/web"
)

// operator is who runs the program with access to the data directory.
var operator = actor.Operator()

const enrol = signin.Enrol

// parts are the services of a municipality at work.
type parts struct {
	services
	Signin *signin.Service
	Site   *web.Site
	Runner *job.Runner

	ends []func()
}

// moduleSchemas are the tables of modules beyond their registers.
func moduleSchemas() []fs.FS {
	return serviceSchemas()
}

// wire makes the acts and the services. Nothing runs yet: the checks are loaded by Checks, the site by Serve.
func (a *App) wire(ctx context.Context) (err error) {
	a.Acts = &act.Registry{}
	a.Gate = &act.Gate{Store: a.Store, Log: a.Log, Registry: a.Acts, Powers: a.Catalog.Powers, Units: a.Catalog.UnitsAbove, Organ: a.Catalog.OrganOf, Role: a.roleTitle,
		Decisions: org.KeepDecisions(a.Catalog)}
	a.Acts.Add(a.Catalog.Acts()...)
	a.Acts.Add(asset.Acts(a.Catalog)...)
	a.Acts.Add(trailpage.Acts()...)
	if err := a.addActs(); err != nil {
		return err
	}
	if a.Signin, err = signin.New(signin.Config{Store: a.Store, Person: a.person, Token: a.byToken, Note: a.noteSignin, Key: a.Log.Derive("signin totp"),
		RequireTOTP: a.Demo == nil, Demo: a.Demo != nil, DemoPeople: a.demoPeople, Links: digest.Links()}); err != nil {
		return err
	}
	return a.Store.Write(Operator(ctx), func(ctx context.Context, tx *db.Tx) error {
		return org.SyncActions(ctx, tx, a.Catalog, a.Acts.All())
	})
}

// stop ends what runs.
func (a *App) stop() {
	for i := len(a.ends) - 1; i >= 0; i-- {
		a.ends[i]()
	}
	a.ends = nil
}

// person gives the actor for somebody who signs in.
func (a *App) person(ctx context.Context, tx *db.Tx, code string) (actor.Actor, error) {
	return org.ActorOf(ctx, tx, a.Catalog, code)
}

// noteSignin writes an event of an account into the record (bp.9.3).
func (a *App) noteSignin(ctx context.Context, tx *db.Tx, e signin.Event) error {
	x := trail.Entry{Actor: "person:" + e.Person, Way: string(actor.Page), Act: e.Act, Clauses: clauses("bp.9.3"), Result: trail.Done,
		Input: map[string]string{"way": e.Way}, Personal: map[string]string{"addr": e.Addr}}
	if e.Person == "" {
		x.Actor = "unknown"
	} else {
		x.Subject = subject("person", e.Person)
	}
	if !e.Done {
		x.Result, x.Fault = trail.Refused, "denied: "+e.Why
	}
	a.Log.Append(tx, x)
	return nil
}
