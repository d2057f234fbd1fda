package transfer

import (
	"context"
	"database/sql"
	"fmt"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/when"
)

// Called names whom Waiting may say something to: who confirms a set that is handed in, who writes or accepts a note, and
// who keeps the checklists of a section somebody leaves (bp.5, bp.6).
func (s *Service) Called(ctx context.Context, tx *db.Tx, day when.Date, c *actor.Called) error {
	sets, err := register.Load[org.MoveSet](ctx, tx, s.c.Catalog.Must("moveset"))
	if err != nil {
		return err
	}
	for _, x := range sets {
		if x.State == org.SetReview && x.Date > day {
			if err := s.c.Gate.Call(ctx, tx, c, "moveset.confirm"); err != nil {
				return err
			}
			break
		}
	}
	notes, err := codes(ctx, tx, `SELECT taker FROM reg_handover WHERE accepted = '' AND NOT ended AND (given <> '' OR "from" <= $1)
UNION SELECT giver FROM reg_handover WHERE accepted = '' AND NOT ended AND given = ''`, day.String())
	if err != nil {
		return fmt.Errorf("read who hands over: %w", err)
	}
	for _, p := range notes {
		c.Person(p)
	}
	units, err := codes(ctx, tx, `SELECT DISTINCT p.unit FROM reg_leavecheck l JOIN reg_person p ON p.code = l.person
WHERE NOT l.ended AND l.last <= $1 AND `+unfinished, (day + 7).String())
	if err != nil {
		return fmt.Errorf("read where people leave: %w", err)
	}
	return s.c.Gate.CallIn(ctx, tx, c, recordAct, units)
}

func codes(ctx context.Context, tx *db.Tx, query string, args ...any) ([]string, error) {
	return db.Rows(ctx, tx, func(r *sql.Rows) (c string, err error) { return c, r.Scan(&c) }, query, args...)
}
