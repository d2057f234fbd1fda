package policy

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/flow"
)

// Called names whom Waiting may say something to: who makes a step of a version that is on its way (bp.4).
func (s *Service) Called(ctx context.Context, tx *db.Tx, c *actor.Called) error {
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return err
	}
	for _, v := range vs {
		if !onItsWay(v) {
			continue
		}
		for _, m := range s.steps(v) {
			if m.Back {
				continue
			}
			if err := s.c.Gate.Call(ctx, tx, c, actOf(m)); err != nil {
				return err
			}
		}
	}
	return nil
}

// onItsWay says whether a version still waits for somebody's step.
func onItsWay(v Version) bool {
	st := flow.State(v.State)
	return st != Current && st != Replaced && st != Withdrawn
}
