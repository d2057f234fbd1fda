package conform

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/check"
	"okite/internal/db"
	"okite/internal/when"
)

// place is a subject under one part of a check.
type place struct{ check, part, subject string }

// seen is since when a result is seen, and whether another one was seen before it.
type seen struct {
	from  when.Date
	again bool
}

// spell is the present result of a place.
type spell struct {
	result string
	seen
}

func day(s string) when.Date {
	d, err := when.Parse(s)
	if err != nil {
		return 0
	}
	return d
}

func scanOpen(r *sql.Rows) (x struct {
	place
	spell
}, err error) {
	var from string
	err = r.Scan(&x.check, &x.part, &x.subject, &x.result, &from, &x.again)
	x.from = day(from)
	return x, err
}

// openColumns is what scanOpen reads.
const openColumns = `check_id, part, subject, result, from_day, EXISTS (SELECT 1 FROM verdict w WHERE w.check_id = v.check_id AND w.part = v.part
	AND w.subject = v.subject AND w.from_day < v.from_day) FROM verdict v`

func readOpen(ctx context.Context, tx *db.Tx) (map[place]spell, error) {
	rows, err := db.Rows(ctx, tx, scanOpen, `SELECT `+openColumns+` WHERE until_day = ''`)
	if err != nil {
		return nil, fmt.Errorf("read kept results: %w", err)
	}
	out := make(map[place]spell, len(rows))
	for _, x := range rows {
		out[x.place] = x.spell
	}
	return out, nil
}

// readKept gives since when each present result has been seen.
func readKept(ctx context.Context, tx *db.Tx) (map[place]seen, error) {
	open, err := readOpen(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := make(map[place]seen, len(open))
	for p, x := range open {
		out[p] = x.seen
	}
	return out, nil
}

// keptOn gives since when the results of a past day had been seen.
func keptOn(ctx context.Context, tx *db.Tx, on when.Date) (map[place]seen, error) {
	rows, err := db.Rows(ctx, tx, scanOpen, `SELECT `+openColumns+`
		WHERE from_day <= $1 AND (until_day = '' OR until_day >= $1)`, on.String())
	if err != nil {
		return nil, fmt.Errorf("read kept results of %s: %w", on, err)
	}
	out := make(map[place]seen, len(rows))
	for _, x := range rows {
		out[x.place] = x.seen
	}
	return out, nil
}

// Keep writes what results have become (bp.11). A subject is kept from its first finding on: what was always kept, or
// never bound, is told by computing the day anew. A day has one result, the last it saw. Whoever of several nodes
// comes first writes; the others find nothing to do.
func (s *Service) Keep(ctx context.Context) error {
	s.mu.Lock()
	need := s.flips && s.st != nil
	s.flips = false
	s.mu.Unlock()
	if !need {
		return nil
	}
	var kept map[place]seen
	ran, err := s.c.Store.Locked(ctx, "verdict", func(ctx context.Context, tx *db.Tx) error {
		open, err := readOpen(ctx, tx)
		if err != nil {
			return err
		}
		now, day := s.results(open)
		kept, err = write(ctx, tx, open, now, day)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || !ran {
		s.flips = true // another node keeps results just now, or the write failed: once more, later
		return err
	}
	s.kept, s.look = kept, nil
	return nil
}

// results are what the findings are, and what has become of the places that were kept; a record that is gone is
// left out.
func (s *Service) results(open map[place]spell) (map[place]string, when.Date) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.st.engine
	out := map[place]string{}
	for _, k := range e.Checks() {
		for f := range e.Findings(k.ID) {
			out[place{f.Check, f.Part, f.Subject.String()}] = f.Result.String()
		}
	}
	for p := range open {
		if _, ok := out[p]; ok {
			continue
		}
		_, key, _ := cutSubject(p.subject)
		if r, ok := e.Verdict(p.check, p.part, key); ok {
			out[p] = r.String()
		}
	}
	return out, e.Day()
}

// write brings the table from what was open to what is now, and gives since when each present result is seen.
func write(ctx context.Context, tx *db.Tx, open map[place]spell, now map[place]string, today when.Date) (map[place]seen, error) {
	kept := make(map[place]seen, len(now))
	var fresh []place
	for p, was := range open {
		is, there := now[p]
		if there && is == was.result || was.from > today {
			kept[p] = was.seen
			continue
		}
		if was.from == today { // this day saw another result before
			if err := replaced(ctx, tx, p, is, today); err != nil {
				return nil, err
			}
			kept[p] = was.seen
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE verdict SET until_day = $1 WHERE check_id = $2 AND part = $3 AND subject = $4 AND until_day = ''`,
			today.AddDays(-1).String(), p.check, p.part, p.subject); err != nil {
			return nil, fmt.Errorf("end result of %s: %w", p.subject, err)
		}
		if there {
			fresh = append(fresh, p)
		}
	}
	for p := range now {
		if _, known := open[p]; !known {
			fresh = append(fresh, p)
		}
	}
	slices.SortFunc(fresh, comparePlaces)
	for _, p := range fresh {
		_, again := open[p]
		kept[p] = seen{today, again}
	}
	if len(fresh) == 0 {
		return kept, nil
	}
	_, err := tx.Insert(ctx, "verdict", []string{"check_id", "part", "subject", "result", "from_day", "until_day"}, func(yield func([]any) bool) {
		for _, p := range fresh {
			if !yield([]any{p.check, p.part, p.subject, now[p], today.String(), ""}) {
				return
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("keep results: %w", err)
	}
	return kept, nil
}

// replaced gives the result that began today another value, or takes it away with its record.
func replaced(ctx context.Context, tx *db.Tx, p place, is string, today when.Date) error {
	q, args := `DELETE FROM verdict WHERE check_id = $1 AND part = $2 AND subject = $3 AND from_day = $4`, []any{p.check, p.part, p.subject, today.String()}
	if is != "" {
		q, args = `UPDATE verdict SET result = $5 WHERE check_id = $1 AND part = $2 AND subject = $3 AND from_day = $4`, append(args, is)
	}
	if _, err := tx.Exec(ctx, q, args...); err != nil {
		return fmt.Errorf("replace result of %s: %w", p.subject, err)
	}
	return nil
}

// history gives the results a subject of a part of a check has had, oldest first.
func (s *Service) history(ctx context.Context, tx *db.Tx, p place) ([]check.Interval, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (check.Interval, error) {
		x := check.Interval{Check: p.check, Part: p.part, Subject: p.subject}
		var result, from, until string
		if err := r.Scan(&result, &from, &until); err != nil {
			return x, err
		}
		x.Result, _ = check.ParseResult(result)
		x.From, x.Until = day(from), day(until)
		return x, nil
	}, `SELECT result, from_day, until_day FROM verdict WHERE check_id = $1 AND part = $2 AND subject = $3 ORDER BY from_day`, p.check, p.part, p.subject)
	if err != nil {
		return nil, fmt.Errorf("read results of %s: %w", p.subject, err)
	}
	return out, nil
}
