package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing/fstest"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/app"
	"okite/internal/db"
	"okite/internal/register"
	"okite/internal/selfcheck"
)

// bareResponses is what a campaign needs at the least: a row for everybody, found by campaign and section.
var bareResponses = fstest.MapFS{"20260104_bare.sql": {Data: []byte(`
CREATE TABLE bare_response (code TEXT PRIMARY KEY, campaign TEXT NOT NULL, sheet TEXT NOT NULL, person TEXT NOT NULL, section TEXT NOT NULL, state TEXT NOT NULL, answers TEXT NOT NULL);
CREATE INDEX bare_response_section ON bare_response (campaign, section);
`)}}

// Campaigns measures a self-inspection put to everybody: begun in one act, and its first page, set against the bare
// statements.
func Campaigns(ctx context.Context, o Options) (*Report, error) {
	o = o.WithDefaults()
	rep := &Report{Title: fmt.Sprintf("A self-inspection of a city of %d people, begun in one act, median of %d", o.People, o.Rounds), Head: []string{"store", "what", "the product", "bare SQL", "× the bare SQL"}}
	err := o.stores(ctx, "campaigns", func(name string, c app.Config) error { return o.campaigns(ctx, rep, name, c) })
	return rep, err
}

func (o Options) campaigns(ctx context.Context, rep *Report, name string, c app.Config) (err error) {
	ctx = app.Operator(ctx)
	a, _, err := app.OpenDemo(ctx, c, app.DemoSpec{People: o.People, Seed: 7, Date: cityDay})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Store.Migrate(ctx, bareResponses); err != nil {
		return err
	}
	if err := a.BuildSite(ctx, false); err != nil {
		return fmt.Errorf("build site: %w", err)
	}
	_, chief, err := officers(ctx, a)
	if err != nil {
		return err
	}
	sheets := ""
	if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := register.Load[selfcheck.Sheet](ctx, tx, a.Catalog.Must("checksheet"))
		for _, s := range list {
			sheets += s.Code + " "
		}
		return err
	}); err != nil {
		return err
	}
	srv := httptest.NewServer(a.Site.Handler())
	defer srv.Close()
	get, err := signIn(ctx, a, srv.URL)
	if err != nil {
		return err
	}
	var begun, bare, page, count []time.Duration
	asked := 0
	for i := range o.Rounds {
		start := time.Now()
		res, err := a.Gate.Run(actor.With(ctx, chief), "selfcheck.start", act.Input{"name": fmt.Sprintf("計測のための自己点検%d", i), "fy": "2026", "sheets": sheets, "opens": "2026-11-24", "due": "2026-12-24"}, act.Options{})
		if err != nil {
			return err
		}
		begun = append(begun, time.Since(start))
		code := res.Record.Key
		start = time.Now()
		if status, _, err := get("/selfcheck/campaigns/" + code); err != nil || status != http.StatusOK {
			return errors.Join(err, fmt.Errorf("first page: status %d", status))
		}
		page = append(page, time.Since(start))
		start = time.Now()
		if err := a.Store.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.Exec(ctx, `INSERT INTO bare_response (code, campaign, sheet, person, section, state, answers)
SELECT $1 || '.' || code, $1, 'ST', code, unit, 'preparing', '' FROM reg_person WHERE employment <> 'contractor' AND joined <= '2026-11-24' AND ("left" = '' OR "left" >= '2026-11-24')`, code)
			asked = int(n)
			return err
		}); err != nil {
			return fmt.Errorf("bare rows: %w", err)
		}
		bare = append(bare, time.Since(start))
		start = time.Now()
		if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.Query(ctx, `SELECT section, state, COUNT(*) FROM bare_response WHERE campaign = $1 GROUP BY section, state`, code)
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			return errors.Join(rows.Err(), rows.Close())
		}); err != nil {
			return fmt.Errorf("bare count: %w", err)
		}
		count = append(count, time.Since(start))
	}
	line := func(what string, full, least []time.Duration) {
		f, l := middle(full), middle(least)
		rep.row(name, what, fmt.Sprintf("%.0f ms", ms(f)), fmt.Sprintf("%.1f ms", ms(l)), fmt.Sprintf("%.1f", float64(f)/float64(l)))
	}
	line(fmt.Sprintf("begun: sheets for %d people and every section, with history and record", asked), begun, bare)
	line("its first page, every verdict decided", page, count)
	found, err := a.Log.Verify(ctx, nil)
	if err == nil && !found.OK {
		err = fmt.Errorf("the record does not hold: %v", found.Bad.Why)
	}
	return err
}

func middle(list []time.Duration) time.Duration {
	s := slices.Clone(list)
	slices.Sort(s)
	return s[len(s)/2]
}
