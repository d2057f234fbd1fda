package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"okite/internal/app"
	"okite/internal/db"
	"okite/internal/digest/mail"
)

// bareDigests is what a digest needs at the least: a row that says who was told, and the mail.
var bareDigests = fstest.MapFS{"20260104_bare.sql": {Data: []byte(`
CREATE TABLE bare_digest (person TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (person, day));
CREATE TABLE bare_mail (id TEXT PRIMARY KEY, address TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL);
`)}}

// digestReads are the rows without which nobody can say what a city of people owes.
var digestReads = []string{`SELECT code, name, mail, unit, joined, "left" FROM reg_person`, `SELECT person, notice FROM reg_receipt`, `SELECT person, course, "date" FROM reg_completion`,
	`SELECT person, post, "from", "until" FROM reg_assignment`, `SELECT person, version FROM reg_ack`, `SELECT person, kind, "date" FROM reg_pledge`}

// Digest measures the digest of a day for a whole city: what everybody owes worked out, told, and laid ready as mail,
// set against reading the same rows and writing the same mails with bare statements.
func Digest(ctx context.Context, o Options) (*Report, error) {
	o = o.WithDefaults()
	rep := &Report{Title: fmt.Sprintf("The digest of a day for a city of %d people", o.People), Head: []string{"store", "what", "seen", "× the bare SQL"}}
	err := o.stores(ctx, "digest", func(name string, c app.Config) error { return o.digest(ctx, rep, name, c) })
	return rep, err
}

func (o Options) digest(ctx context.Context, rep *Report, name string, c app.Config) (err error) {
	ctx = app.Operator(ctx)
	a, _, err := app.OpenDemo(ctx, c, app.DemoSpec{People: o.People, Seed: 7, Date: cityDay})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Store.Migrate(ctx, bareDigests); err != nil {
		return err
	}
	if err := a.BuildSite(ctx, false); err != nil {
		return fmt.Errorf("build site: %w", err)
	}
	if err := a.SetMail(ctx, mail.Setting{Host: "127.0.0.1", Port: 9, Security: mail.Plain, From: "okite@city.example.jp", Base: "https://okite.city.example.jp"}); err != nil {
		return err
	}
	start := time.Now()
	made, err := a.Digest.Run(ctx, cityDay)
	if err != nil {
		return err
	}
	full := time.Since(start)
	if made.People == 0 || made.Mails == 0 {
		return fmt.Errorf("nobody was told: %+v", made)
	}
	body, err := meanBody(ctx, a)
	if err != nil {
		return err
	}
	start = time.Now()
	if err := bareDigest(ctx, a, made.People, body); err != nil {
		return err
	}
	bare := time.Since(start)
	start = time.Now()
	if again, err := a.Digest.Run(ctx, cityDay); err != nil || again.People != 0 {
		return errors.Join(err, fmt.Errorf("%d people were told twice", again.People))
	}
	second := time.Since(start)
	rep.row(name, "the same rows read and mails written, bare SQL", fmt.Sprintf("%.0f ms", ms(bare)), "")
	rep.row(name, fmt.Sprintf("%d people told, %d by mail", made.People, made.Mails), fmt.Sprintf("%.0f ms", ms(full)), fmt.Sprintf("%.1f", ratio(full, bare)))
	rep.row(name, "once more on the same day: nobody is told", fmt.Sprintf("%.0f ms", ms(second)), fmt.Sprintf("%.1f", ratio(second, bare)))
	rep.aim(fmt.Sprintf("digests of %d people on %s", made.People, name), full.Seconds(), 120, "s", true)
	return nil
}

// meanBody is a mail as long as those of the city are in the mean.
func meanBody(ctx context.Context, a *app.App) (string, error) {
	var n sql.NullFloat64
	err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT AVG(LENGTH(body)) FROM mail`).Scan(&n)
	})
	return strings.Repeat("あ", int(n.Float64)), err
}

func bareDigest(ctx context.Context, a *app.App, people int, body string) error {
	if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range digestReads {
			rows, err := tx.Query(ctx, q)
			if err != nil {
				return err
			}
			names, err := rows.Columns()
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			cells := make([]sql.RawBytes, len(names))
			into := make([]any, len(names))
			for i := range cells {
				into[i] = &cells[i]
			}
			for rows.Next() {
				if err := rows.Scan(into...); err != nil {
					return errors.Join(err, rows.Close())
				}
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	numbers := make([]int, people)
	for i := range numbers {
		numbers[i] = i
	}
	for part := range slices.Chunk(numbers, 500) {
		if err := a.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Insert(ctx, "bare_digest", []string{"person", "day"}, func(yield func([]any) bool) {
				for _, i := range part {
					if !yield([]any{fmt.Sprintf("P-%05d", i), cityDay.String()}) {
						return
					}
				}
			}); err != nil {
				return err
			}
			_, err := tx.Insert(ctx, "bare_mail", []string{"id", "address", "subject", "body", "state"}, func(yield func([]any) bool) {
				for _, i := range part {
					if !yield([]any{fmt.Sprintf("digest.%032d", i), fmt.Sprintf("p%05d@city.example.jp", i), "【掟】お知らせ", body, "waiting"}) {
						return
					}
				}
			})
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
