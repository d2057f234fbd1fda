package app

import (
	"context"
	"fmt"
	"time"

	"okite/internal/db"
	"okite/internal/when"
)

// demoEvening is the latest hour at which a demonstration's day is entered: a command or a test that begins late in the
// evening does not see midnight in the middle of its work.
const demoEvening = 18 * time.Hour

// demoStart is when a demonstration begins to run: the hour it is, on the day the city was made for.
func demoStart(day when.Date, now time.Time) time.Time {
	return day.Time().Add(min(now.Sub(when.Of(now).Time()), demoEvening))
}

// stillClock stands still: a city is built in one moment, however long that takes.
func stillClock(day when.Date) func() time.Time {
	at := demoStart(day, time.Now())
	return func() time.Time { return at }
}

// demoClock runs on from the day the city was made for, so that what is due tomorrow comes due tomorrow. It never begins
// before the last change of the data: a demonstration that was kept running goes on where it was.
func demoClock(day when.Date, last time.Time, real func() time.Time) func() time.Time {
	began := real()
	at := demoStart(day, began)
	if at.Before(last) {
		at = last
	}
	return func() time.Time { return at.Add(real().Sub(began)) }
}

// holdDay gives the data of a demonstration the clock of its city.
func (a *App) holdDay(ctx context.Context, clock func() time.Time) error {
	if clock != nil || a.Demo == nil {
		return nil
	}
	var micro int64
	err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT at FROM change ORDER BY id DESC LIMIT 1`).Scan(&micro)
		if db.Missing(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read last change of demonstration: %w", err)
	}
	a.Store.SetClock(demoClock(a.Demo.Date, time.UnixMicro(micro), time.Now))
	return nil
}
