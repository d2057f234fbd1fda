package org

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/register"
)

// Called names whom Waiting may say something to: who approves minutes that are handed in, who looks at advisories, and
// who deals with one by name (bp.6).
func (s *Service) Called(ctx context.Context, tx *db.Tx, c *actor.Called) error {
	for _, err := range s.c.Catalog.Each(ctx, tx, s.c.Catalog.Must("meeting"), submitted) {
		if err != nil {
			return err
		}
		if err := s.c.Gate.Call(ctx, tx, c, "meeting.approve"); err != nil {
			return err
		}
		break
	}
	d := s.c.Catalog.Must("advisory")
	n := 0
	for rec, err := range s.c.Catalog.Each(ctx, tx, d, unsettled) {
		if err != nil {
			return err
		}
		n++
		c.Person(register.Decode[Advisory](d, rec.Row).Assignee)
	}
	if n == 0 {
		return nil
	}
	return s.c.Gate.Call(ctx, tx, c, "advisory.triage")
}
