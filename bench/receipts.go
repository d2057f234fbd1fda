package bench

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/app"
	"okite/internal/db"
	"okite/internal/notice"
	"okite/internal/register"
)

// readers is how many people read at once.
const readers = 8

// bareReceipts is what a receipt needs at the least: the row and a line that says so.
var bareReceipts = fstest.MapFS{"20260103_bare.sql": {Data: []byte(`
CREATE TABLE bare_receipt (code TEXT PRIMARY KEY, notice TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL);
CREATE TABLE bare_entry (code TEXT PRIMARY KEY, bytes BYTEA NOT NULL);
`)}}

// Receipts measures what a notice to everybody costs: its writing and first page, and everybody's receipt by eight
// writers at once, set against the bare statements.
func Receipts(ctx context.Context, o Options) (*Report, error) {
	o = o.WithDefaults()
	rep := &Report{Title: fmt.Sprintf("A notice to a city of %d people, read by %d at once", o.People, readers), Head: []string{"store", "what", "seen", "of it processor", "× the bare SQL", "× by processor"}}
	err := o.stores(ctx, "receipts", func(name string, c app.Config) error { return o.receipts(ctx, rep, name, c) })
	return rep, err
}

func (o Options) receipts(ctx context.Context, rep *Report, name string, c app.Config) (err error) {
	ctx = app.Operator(ctx)
	a, _, err := app.OpenDemo(ctx, c, app.DemoSpec{People: o.People, Seed: 7, Date: cityDay})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Store.Migrate(ctx, bareReceipts); err != nil {
		return err
	}
	if err := a.BuildSite(ctx, false); err != nil {
		return fmt.Errorf("build site: %w", err)
	}
	writer, approver, err := officers(ctx, a)
	if err != nil {
		return err
	}
	start := begin()
	res, err := a.Gate.Run(actor.With(ctx, writer), "notice.draft", act.Input{"name": "計測のための注意喚起", "kind": "warning", "text": "計測です。", "mandatory": "true"}, act.Options{})
	if err != nil {
		return err
	}
	code := res.Record.Key
	if _, err := a.Gate.Run(actor.With(ctx, writer), "notice.submit", act.Input{"notice": code}, act.Options{}); err != nil {
		return err
	}
	if _, err := a.Gate.Run(actor.With(ctx, approver), "notice.approve", act.Input{"notice": code}, act.Options{}); err != nil {
		return err
	}
	issued := start.end()
	srv := httptest.NewServer(a.Site.Handler())
	defer srv.Close()
	get, err := signIn(ctx, a, srv.URL)
	if err != nil {
		return err
	}
	start = begin()
	if status, _, err := get("/notices/" + code + "/readers"); err != nil || status != http.StatusOK {
		return errors.Join(err, fmt.Errorf("first page: status %d", status))
	}
	first := start.end()
	rep.row(name, "notice written, approved and issued", fmt.Sprintf("%.0f ms", ms(issued.clock)), fmt.Sprintf("%.0f ms", ms(issued.cpu)), "", "")
	rep.row(name, "its first page, with who has not read it", fmt.Sprintf("%.0f ms", ms(first.clock)), fmt.Sprintf("%.0f ms", ms(first.cpu)), "", "")
	people, err := staff(ctx, a)
	if err != nil {
		return err
	}
	start = begin()
	bare, err := inTurn(people, func(p string) error {
		return a.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			key := notice.ReceiptKey(code, p)
			if _, err := tx.Exec(ctx, `INSERT INTO bare_receipt (code, notice, person, at) VALUES ($1, $2, $3, $4)`, key, code, p, tx.Now().UnixMicro()); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO bare_entry (code, bytes) VALUES ($1, $2)`, key, fmt.Appendf(nil, `{"actor":"person:%s","act":"notice.read","subject":"receipt:%s"}`, p, key))
			return err
		})
	})
	if err != nil {
		return err
	}
	least := start.end()
	start = begin()
	full, err := inTurn(people, func(p string) error {
		_, err := a.Gate.Run(actor.With(ctx, actor.Actor{Person: p, Way: actor.Page}), "notice.read", act.Input{"notice": code}, act.Options{})
		return err
	})
	if err != nil {
		return err
	}
	most := start.end()
	each := func(s outlay) string {
		return fmt.Sprintf("%.0f µs each", float64(s.cpu.Microseconds())/float64(len(people)))
	}
	rep.row(name, "receipts a second, bare SQL", fmt.Sprintf("%.0f", bare), each(least), "", "")
	rep.row(name, "receipts a second, the whole act with history and record", fmt.Sprintf("%.0f", full), each(most), fmt.Sprintf("%.2f", bare/full), timesOf(most.cpu, least.cpu))
	var n int
	if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM reg_receipt WHERE notice = $1`, code).Scan(&n)
	}); err != nil {
		return err
	}
	if n != len(people) {
		return fmt.Errorf("%d receipts of %d people", n, len(people))
	}
	found, err := a.Log.Verify(ctx, nil)
	if err == nil && !found.OK {
		err = fmt.Errorf("the record does not hold: %v", found.Bad.Why)
	}
	return err
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// officers are who writes and who approves.
func officers(ctx context.Context, a *app.App) (writer, approver actor.Actor, err error) {
	for role, to := range map[string]*actor.Actor{"csirt_chief": &writer, "chief": &approver} {
		var code string
		if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT a.person FROM reg_assignment a JOIN reg_post p ON p.code = a.post WHERE p.role = $1 AND a.kind = 'holder' AND a."until" = '' ORDER BY a.code LIMIT 1`, role).Scan(&code)
		}); err != nil {
			return writer, approver, fmt.Errorf("find %s: %w", role, err)
		}
		if *to, err = a.Person(ctx, code); err != nil {
			return writer, approver, err
		}
	}
	return writer, approver, nil
}

// staff are the people a notice to everybody is for.
func staff(ctx context.Context, a *app.App) (out []string, err error) {
	d := a.Catalog.Must("person")
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows iter.Seq2[register.Record, error] = a.Catalog.Each(ctx, tx, d, register.Query{})
		for r, err := range rows {
			if err != nil {
				return err
			}
			if left := d.Get(r.Row, "left"); d.Str(r.Row, "employment") != "contractor" && fmt.Sprint(left) == "" {
				out = append(out, d.Key(r.Row))
			}
		}
		return nil
	})
	if len(out) == 0 && err == nil {
		err = errors.New("nobody is on the staff")
	}
	return out, err
}

// inTurn lets the readers go through the people and gives how many they did a second.
func inTurn(people []string, do func(person string) error) (float64, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, readers)
	start := time.Now()
	for c := range readers {
		wg.Go(func() {
			for errs[c] == nil {
				i := next.Add(1) - 1
				if i >= int64(len(people)) {
					return
				}
				if err := do(people[i]); err != nil {
					errs[c] = fmt.Errorf("%s: %w", strings.TrimSpace(people[i]), err)
				}
			}
		})
	}
	wg.Wait()
	return float64(len(people)) / time.Since(start).Seconds(), errors.Join(errs...)
}
