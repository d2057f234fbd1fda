package notice

import (
	"context"
	"strings"

	"okite/internal/db"
	"okite/internal/when"
)

// WordsHash is what a form of a pledge carries.
var WordsHash = wordsHash

// Compare gives whom a notice is meant for, as the list of all and as the page of each says.
func (s *Service) Compare(ctx context.Context, code string) (whole, one string) {
	var a, b []string
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		today := when.Of(tx.Now())
		n, _, err := s.get(ctx, tx, code)
		if err != nil {
			return err
		}
		rd, err := s.reading(ctx, tx, n, nil, today)
		if err != nil {
			return err
		}
		meant := map[string]bool{}
		for _, p := range rd.meant {
			meant[p.code] = true
		}
		list, err := people(ctx, tx, nil)
		if err != nil {
			return err
		}
		for _, p := range list {
			if meant[p.code] {
				a = append(a, p.code)
			}
			x, ok, err := s.self(ctx, tx, p.code, today)
			if err != nil {
				return err
			}
			if ok && x.meant(n, today) {
				b = append(b, p.code)
			}
		}
		return nil
	})
	if err != nil {
		return err.Error(), ""
	}
	return strings.Join(a, " "), strings.Join(b, " ")
}

// Rounds are the days on which people are reminded of a notice: half-way, before the last day, and the last day.
func Rounds(c *when.Calendar, issued, due when.Date, percent, before int) [3]when.Date {
	d := roundsOf(c, issued, due, percent, before)
	return [3]when.Date{d.half, d.eve, d.last}
}
