package selfcheck

import (
	"context"
	"database/sql"
	"fmt"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/when"
)

// Called names whom Waiting may say more to than Everyone does: who manages a section with a sheet of its own to answer or
// sheets to confirm, and who closes campaigns and looks again (bp.11).
func (s *Service) Called(ctx context.Context, tx *db.Tx, day when.Date, c *actor.Called) error {
	units, err := db.Rows(ctx, tx, func(r *sql.Rows) (u string, err error) { return u, r.Scan(&u) },
		`SELECT DISTINCT unit FROM reg_response WHERE NOT ended AND unit <> '' AND state IN ('preparing', 'answering', 'returned')
UNION SELECT DISTINCT section FROM reg_response WHERE NOT ended AND state = 'submitted'`)
	if err != nil {
		return fmt.Errorf("read sections with responses: %w", err)
	}
	for _, u := range units {
		c.RoleIn("section_manager", "unit:"+u)
	}
	all, err := s.campaigns(ctx, tx)
	if err != nil {
		return err
	}
	for _, k := range all {
		act := ""
		switch {
		case k.State == Open && k.Due < day:
			act = "selfcheck.close"
		case k.State == Closed && k.FY == int64(day.FY()):
			act = "selfcheck.recheck"
		default:
			continue
		}
		if err := s.c.Gate.Call(ctx, tx, c, act); err != nil {
			return err
		}
	}
	return nil
}
