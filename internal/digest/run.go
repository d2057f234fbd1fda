package digest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/digest/mail"
	"okite/internal/inbox"
	"okite/internal/job"
	"okite/internal/msg"
	"okite/internal/when"
)

// chunk is how many people are written in one transaction.
const chunk = 500

// Made is what a run came to.
type Made struct {
	Closed bool // no open day: nobody is told
	People int  // who were told, by this run
	Mails  int  // of them by mail
}

// Run tells everybody what they owe on a day, once, if it is an open day. Whoever was told that day already is left
// out, so that a run that was cut off goes on where it ended, and two at once tell nobody twice: the row of person and
// day and the mail are one transaction (bp.5).
func (s *Service) Run(ctx context.Context, day when.Date) (made Made, err error) {
	if !s.c.Calendar.IsOpen(day) {
		return Made{Closed: true}, nil
	}
	set, err := s.c.Mail(ctx)
	if err != nil {
		return made, err
	}
	all, err := s.c.Everyone(ctx, day)
	if err != nil {
		return made, fmt.Errorf("read what everybody owes: %w", err)
	}
	list, langs, err := s.readers(ctx)
	if err != nil {
		return made, err
	}
	list = slices.DeleteFunc(list, func(p person) bool { return !p.here(day) || all[p.code] == nil || all[p.code].empty() })
	for part := range slices.Chunk(list, chunk) {
		var now Made
		err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			now, err = s.tell(ctx, tx, part, all, langs, day, set)
			return err
		})
		if err != nil {
			return made, fmt.Errorf("write digests of %s: %w", day, err)
		}
		made.People += now.People
		made.Mails += now.Mails
	}
	return made, nil
}

func (s *Service) readers(ctx context.Context) (list []person, langs map[string]msg.Lang, err error) {
	err = s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if list, err = people(ctx, tx); err != nil || s.c.Langs == nil {
			return err
		}
		langs, err = s.c.Langs(ctx, tx)
		return err
	})
	return list, langs, err
}

func langOf(langs map[string]msg.Lang, code string) msg.Lang {
	if l, ok := langs[code]; ok && l != "" {
		return l
	}
	return msg.JA
}

// tell writes the digests of some people, who stand in the order of their keys.
func (s *Service) tell(ctx context.Context, tx *db.Tx, list []person, all map[string]*Bundle, langs map[string]msg.Lang, day when.Date, set mail.Setting) (made Made, err error) {
	told, err := db.Rows(ctx, tx, func(r *sql.Rows) (p string, err error) { return p, r.Scan(&p) }, `SELECT person FROM digest WHERE day = $1 AND person >= $2 AND person <= $3`,
		day.String(), list[0].code, list[len(list)-1].code)
	if err != nil {
		return made, err
	}
	before := map[string]bool{}
	for _, p := range told {
		before[p] = true
	}
	now := tx.Now().UnixMicro()
	var letters []mail.Message
	var rows [][]any
	for _, p := range list {
		if before[p.code] {
			continue
		}
		b, id := all[p.code], ""
		if set.On() && p.address != "" {
			m := s.letter(p, b, day, langOf(langs, p.code), set.Base)
			letters, id = append(letters, m), m.ID
		}
		rows = append(rows, []any{p.code, day.String(), int64(b.Total), int64(b.late(day)), int64(b.SectionTotal), id, now})
	}
	if len(rows) == 0 {
		return made, nil
	}
	if _, err := tx.Insert(ctx, "digest", []string{"person", "day", "items", "late", "section", "mail", "made_at"}, slices.Values(rows)); err != nil {
		return made, err
	}
	if len(letters) > 0 {
		if err := mail.PutNew(ctx, tx, letters); err != nil {
			return made, err
		}
	}
	return Made{People: len(rows), Mails: len(letters)}, nil
}

// Alarm tells people what cannot wait for the next digest: each thing once, on any day and at any hour.
func (s *Service) Alarm(ctx context.Context, day when.Date) (sent int, err error) {
	set, err := s.c.Mail(ctx)
	if err != nil || !set.On() { // without a mail server the inbox is where it stands
		return 0, err
	}
	all, err := s.c.Urgent(ctx, day)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	list, langs, err := s.readers(ctx)
	if err != nil {
		return 0, err
	}
	list = slices.DeleteFunc(list, func(p person) bool { return len(all[p.code]) == 0 || p.address == "" || !p.here(day) })
	for part := range slices.Chunk(list, chunk) {
		n := 0
		err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			n = 0
			for _, p := range part {
				for _, i := range all[p.code] {
					m := s.alarm(p, i, day, langOf(langs, p.code), set.Base)
					k, err := tx.Exec(ctx, `INSERT INTO digest_urgent (person, item, day, mail, made_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person, item) DO NOTHING`, p.code, key(i), day.String(), m.ID, tx.Now().UnixMicro())
					if err != nil {
						return err
					}
					if k == 0 {
						continue
					}
					if err := mail.Put(ctx, tx, m); err != nil {
						return err
					}
					n++
				}
			}
			return nil
		})
		if err != nil {
			return sent, fmt.Errorf("write urgent mail: %w", err)
		}
		sent += n
	}
	return sent, nil
}

// Send gives the waiting mail to the server. That it is down is no failure of the work: the mail waits.
func (s *Service) Send(ctx context.Context) (int, error) {
	set, err := s.c.Mail(ctx)
	if err != nil {
		return 0, err
	}
	n, err := mail.Flush(ctx, s.c.Store, set)
	if err != nil && ctx.Err() == nil {
		s.c.Log.WarnContext(ctx, "send mail", "err", err)
		err = nil
	}
	return n, err
}

// Jobs are the work nobody has to ask for.
func (s *Service) Jobs() []job.Kind {
	return []job.Kind{
		{Name: "digest.daily", Title: msg.T("日ごとのお知らせの作成", "Write the digests of the day"), Do: func(ctx context.Context, _ job.Job) (db.Func, error) {
			day := when.Of(s.c.Store.Now())
			made, err := s.Run(ctx, day)
			if err != nil || made.People == 0 {
				return nil, err
			}
			_, err = s.c.Gate.Run(ctx, "digest.tell", act.Input{"day": day.String(), "people": strconv.Itoa(made.People), "mails": strconv.Itoa(made.Mails)}, act.Options{})
			return s.sendSoon(day.String()), err
		}},
		{Name: "digest.urgent", Title: msg.T("至急のお知らせの作成", "Write urgent mail"), Do: func(ctx context.Context, _ job.Job) (db.Func, error) {
			now := s.c.Store.Now()
			n, err := s.Alarm(ctx, when.Of(now))
			if err != nil || n == 0 {
				return nil, err
			}
			return s.sendSoon(when.StampOf(now).String()), nil
		}},
		{Name: "mail.send", Title: msg.T("メールの送信", "Send mail"), Do: func(ctx context.Context, _ job.Job) (db.Func, error) {
			_, err := s.Send(ctx)
			return nil, err
		}},
		{Name: "mail.purge", Title: msg.T("送信済みメールの整理", "Forget mail that was sent"), Do: func(context.Context, job.Job) (db.Func, error) {
			return func(ctx context.Context, tx *db.Tx) error {
				before := tx.Now().AddDate(0, 0, -keepMail)
				_, err := mail.Purge(ctx, tx, before)
				_, err2 := tx.Exec(ctx, `DELETE FROM digest WHERE made_at < $1`, tx.Now().AddDate(-keepYears, 0, 0).UnixMicro())
				return errors.Join(err, err2)
			}, nil
		}},
		{Name: "escalation.daily", Title: msg.T("上申", "Raise what has stood too long"), Do: func(ctx context.Context, _ job.Job) (db.Func, error) {
			_, _, err := s.Escalate(ctx, when.Of(s.c.Store.Now()))
			return nil, err
		}},
	}
}

const (
	keepMail  = 14 // days a sent message stays in the table
	keepYears = 3  // years in which one can see who was told
)

// sendSoon has the mail sent at once instead of at the next round.
func (s *Service) sendSoon(key string) db.Func {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := job.Add(ctx, tx, "mail.send", "after "+key, struct{}{}, time.Time{})
		return err
	}
}

// Schedules say when.
func (s *Service) Schedules() []job.Schedule {
	return []job.Schedule{
		{Name: "escalation", Kind: "escalation.daily", Next: job.Daily(6, 30)},
		{Name: "digest", Kind: "digest.daily", Next: job.Daily(7, 30)},
		{Name: "urgent", Kind: "digest.urgent", Next: job.Every(15 * time.Minute)},
		{Name: "mail", Kind: "mail.send", Next: job.Every(2 * time.Minute)},
		{Name: "mail.purge", Kind: "mail.purge", Next: job.Daily(2, 30)},
	}
}

// Once keeps the first of each thing, as several sources may tell the same.
func Once(items []inbox.Item) []inbox.Item {
	seen := map[string]bool{}
	return slices.DeleteFunc(items, func(i inbox.Item) bool {
		k := i.As + " " + key(i) + " " + i.Href
		if seen[k] {
			return true
		}
		seen[k] = true
		return false
	})
}
