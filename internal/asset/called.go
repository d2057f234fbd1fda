package asset

import (
	"context"
	"database/sql"
	"fmt"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/register"
)

// Called names whom Waiting may say something to: who decides downgrades in a scope in which one is undecided (bp.7).
func Called(ctx context.Context, tx *db.Tx, c *register.Catalog, who *actor.Called) error {
	powers, err := c.Powers(ctx, tx, ApproveAct)
	if err != nil || len(powers) == 0 {
		return err
	}
	type place struct{ unit, system string }
	places, err := db.Rows(ctx, tx, func(r *sql.Rows) (p place, err error) { return p, r.Scan(&p.unit, &p.system) },
		`SELECT DISTINCT a.unit, a.system FROM reg_downgrade d JOIN reg_asset a ON a.code = d.asset WHERE d.decided = '' AND NOT d.ended`)
	if err != nil {
		return fmt.Errorf("read where downgrades wait: %w", err)
	}
	for _, p := range places {
		above, err := c.UnitsAbove(ctx, tx, p.unit)
		if err != nil {
			return err
		}
		for _, x := range powers {
			if x.Unit != "" || x.Organ != "" { // wherever above its place it is held
				who.Role(x.Role)
				continue
			}
			who.RoleIn(x.Role, "")
			who.RoleIn(x.Role, "system:"+p.system)
			for _, u := range above {
				who.RoleIn(x.Role, "unit:"+u)
			}
		}
	}
	return nil
}
