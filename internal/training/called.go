package training

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
)

// Called names whom Waiting may say more to than Everyone does: who approves a plan that is handed in, and who mends one
// that came back (bp.9.1).
func (s *Service) Called(ctx context.Context, tx *db.Tx, c *actor.Called) error {
	plans, err := of[Plan](ctx, tx, s.c.Catalog, "trainingplan", "state", string(Draft), string(Submitted))
	if err != nil || len(plans) == 0 {
		return err
	}
	for _, act := range []string{"training.plan.submit", "training.plan.approve"} {
		if err := s.c.Gate.Call(ctx, tx, c, act); err != nil {
			return err
		}
	}
	return nil
}
