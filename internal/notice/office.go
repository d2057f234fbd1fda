package notice

import (
	"context"
	"maps"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/when"
)

// Office gives what people owe for others, for whoever asks about many of them: what Waiting adds to what Everyone says.
// What is the same for all is read once (bp.6, bp.9.1).
func (s *Service) Office(ctx context.Context, tx *db.Tx, day when.Date) (func(ctx context.Context, tx *db.Tx, who actor.Actor) ([]Item, error), error) {
	pending, err := s.notices(ctx, tx, string(Approval))
	if err != nil {
		return nil, err
	}
	var called actor.Called
	if len(pending) > 0 {
		if err := s.c.Gate.Call(ctx, tx, &called, "notice.approve"); err != nil {
			return nil, err
		}
	}
	late, err := s.late(ctx, tx, day)
	if err != nil {
		return nil, err
	}
	var reach *Reach
	unread := make([]map[string]int, len(late)) // people by unit, for each notice
	if len(late) > 0 {
		if reach, err = s.reach(ctx, tx, day); err != nil {
			return nil, err
		}
	}
	for i, n := range late {
		r, err := s.readingIn(ctx, tx, reach, n, nil, day)
		if err != nil {
			return nil, err
		}
		unread[i] = map[string]int{}
		for _, p := range r.unread {
			unread[i][p.unit]++
		}
	}
	return func(ctx context.Context, tx *db.Tx, who actor.Actor) (out []Item, err error) {
		if called.Has(who) {
			if out, err = s.decisions(ctx, tx, who); err != nil {
				return nil, err
			}
		}
		units, standing := reminded(who)
		if len(units) == 0 || len(late) == 0 {
			return out, nil
		}
		within := map[string]bool{}
		for _, u := range units {
			maps.Copy(within, reach.Below(u))
		}
		for i, n := range late {
			total := 0
			for u := range within {
				total += unread[i][u]
			}
			if total > 0 {
				out = append(out, lateItem(n, total, standing))
			}
		}
		return out, nil
	}, nil
}
