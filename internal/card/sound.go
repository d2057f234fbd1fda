package card

import (
	"context"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
)

// soundCard refuses a card whose state contradicts the rest of its record. What nobody knows any more may be missing: an
// old ledger does not always say when.
func soundCard(_ *register.Catalog, d *register.Def) {
	d.Check = func(_ context.Context, _ *db.Tx, _, next register.Row) error {
		return register.Decode[Card](d, next).sound()
	}
}

func (k Card) sound() error {
	var l fault.List
	if k.Collected != 0 && k.Lent != 0 && k.Collected < k.Lent {
		l.Add("collected", msg.F("回収日が貸出日（%s）より前です。", "It cannot have come back before it was lent on %s.", k.Lent.Both()))
	}
	if k.LostAt != 0 && k.RevokedAt != 0 && k.RevokedAt < k.LostAt {
		l.Add("revoked_at", msg.F("失効の日時が、紛失の届出（%s）より前です。", "It cannot have been revoked before the loss was reported, %s.", k.LostAt.Both()))
	}
	return l.Err()
}

// soundAccount refuses an account that was closed before it was opened. One that names nobody is taken: an old ledger may
// not know, and R089 says so.
func soundAccount(_ *register.Catalog, d *register.Def) {
	d.Check = func(_ context.Context, _ *db.Tx, _, next register.Row) error {
		return register.Decode[Account](d, next).sound()
	}
}

func (a Account) sound() error {
	var l fault.List
	if a.Closed != 0 && a.Closed < a.Opened {
		l.Add("closed", msg.F("停止日が利用開始日（%s）より前です。", "It cannot have been closed before it was opened on %s.", a.Opened.Both()))
	}
	return l.Err()
}
