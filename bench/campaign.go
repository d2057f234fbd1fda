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
	rep := &Report{Title: fmt.Sprintf("A self-inspection of a city of %d people, begun in one act, median of %d", o.People, o.Rounds), Head: []string{"store", "what", "the product", "of it processor", "bare SQL", "of it processor", "× the bare SQL", "× by processor"}}
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
	var begun, bare, page, count []outlay
	asked := 0
	for i := range o.Rounds {
		start := begin()
		res, err := a.Gate.Run(actor.With(ctx, chief), "selfcheck.start", act.Input{"name": fmt.Sprintf("計測のための自己点検%d", i), "fy": "2026", "sheets": sheets, "opens": "2026-11-24", "due": "2026-12-24"}, act.Options{})
		if err != nil {
			return err
		}
		begun = append(begun, start.end())
		code := res.Record.Key
		start = begin()
		if status, _, err := get("/selfcheck/campaigns/" + code); err != nil || status != http.StatusOK {
			return errors.Join(err, fmt.Errorf("first page: status %d", status))
		}
		page = append(page, start.end())
		start = begin()
		if err := a.Store.Bulk(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.Exec(ctx, `INSERT INTO bare_response (code, campaign, sheet, person, section, state, answers)
SELECT $1 || '.' || code, $1, 'ST', code, unit, 'preparing', '' FROM reg_person WHERE employment <> 'contractor' AND joined <= '2026-11-24' AND ("left" = '' OR "left" >= '2026-11-24')`, code)
			asked = int(n)
			return err
		}); err != nil {
			return fmt.Errorf("bare rows: %w", err)
		}
		bare = append(bare, start.end())
		start = begin()
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
		count = append(count, start.end())
	}
	line := func(what string, full, least []outlay) {
		f, l := middleOf(full), middleOf(least)
		rep.row(name, what, fmt.Sprintf("%.0f ms", ms(f.clock)), fmt.Sprintf("%.0f ms", ms(f.cpu)), fmt.Sprintf("%.1f ms", ms(l.clock)), fmt.Sprintf("%.1f ms", ms(l.cpu)), timesOf(f.clock, l.clock), timesOf(f.cpu, l.cpu))
	}
	line(fmt.Sprintf("begun: sheets for %d people and every section, with history and record", asked), begun, bare)
	line("its first page, every verdict decided", page, count)
	found, err := a.Log.Verify(ctx, nil)
	if err == nil && !found.OK {
		err = fmt.Errorf("the record does not hold: %v", found.Bad.Why)
	}
	return err
}

// outlay is how long something took by the clock and by the processor of this program, which is what counts on a machine
// that does other things as well. A server of PostgreSQL has a processor time of its own, which is not in it.
type outlay struct{ clock, cpu time.Duration }

type beginning struct {
	clock time.Time
	cpu   time.Duration
}

func begin() beginning { return beginning{time.Now(), cpu()} }

func (b beginning) end() outlay { return outlay{time.Since(b.clock), cpu() - b.cpu} }

// middleOf are the medians.
func middleOf(list []outlay) outlay {
	var clock, cpu []time.Duration
	for _, x := range list {
		clock, cpu = append(clock, x.clock), append(cpu, x.cpu)
	}
	return outlay{middle(clock), middle(cpu)}
}

// timesOf says how many times a duration is another.
func timesOf(a, b time.Duration) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", float64(a)/float64(b))
}

func middle(list []time.Duration) time.Duration {
	s := slices.Clone(list)
	slices.Sort(s)
	return s[len(s)/2]
}
