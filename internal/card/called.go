package card

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/when"
)

// Called names whom Waiting may say something to: who revokes lost cards, and who collects and counts the cards of units
// in which some are to be collected or counted (bp.9.1).
func (s *Service) Called(ctx context.Context, tx *db.Tx, day when.Date, c *actor.Called) error {
	lost, err := s.lost(ctx, tx, 1)
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		if err := s.c.Gate.Call(ctx, tx, c, actRevoke); err != nil {
			return err
		}
	}
	back, err := s.toCollect(ctx, tx, nil, day, math.MaxInt32)
	if err != nil {
		return err
	}
	var in []string
	for _, k := range back {
		in = append(in, k.Unit)
	}
	if err := s.c.Gate.CallIn(ctx, tx, c, actCollect, in); err != nil {
		return err
	}
	in = nil
	units, err := db.Rows(ctx, tx, func(r *sql.Rows) (u string, err error) { return u, r.Scan(&u) }, `SELECT DISTINCT unit FROM reg_card WHERE NOT ended`)
	if err != nil {
		return fmt.Errorf("read units with cards: %w", err)
	}
	for part := range slices.Chunk(units, 500) {
		due, err := s.counts(ctx, tx, part)
		if err != nil {
			return err
		}
		for _, x := range due {
			if x.due <= day+ahead {
				in = append(in, x.unit)
			}
		}
	}
	return s.c.Gate.CallIn(ctx, tx, c, actInspect, in)
}
