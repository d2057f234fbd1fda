package notice

import (
	"context"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// bindGuide refuses to change what people go by: the words of a guide that is or was in force stand, and another
// edition takes its place. Where it is shown may change (bp.9.1).
func bindGuide(_ *register.Catalog, d *register.Def) {
	d.Check = func(_ context.Context, _ *db.Tx, old, next register.Row) error {
		if old == nil {
			return nil
		}
		if from, _ := d.Get(old, "from").(when.Date); from == 0 {
			return nil
		}
		var l fault.List
		for _, name := range []string{"clause", "name", "brief", "text"} {
			if d.Str(old, name) != d.Str(next, name) {
				l.Add(name, msg.T("施行した行動指針の文章は変更できません。新しい版を登録して施行してください。", "The words of a guide that was brought into force cannot be changed. Register and publish a new edition."))
			}
		}
		return l.Err()
	}
}
