package conform

import (
	"context"
	"fmt"
	"time"

	"okite/internal/db"
	"okite/internal/register"
)

// feed goes along the history of all registers by its numbers. On PostgreSQL a number may become visible after a
// higher one, when its transaction commits later, so a number that is missing is waited for a while.
type feed struct {
	low   int64          // every number up to it is done with
	seen  map[int64]bool // numbers above low that were followed
	since time.Time      // when low+1 was first found missing, by the machine's clock
}

const (
	// patience is how long a missing number is waited for: longer than any request may run. Numbers of a transaction
	// that was rolled back never come.
	patience = 3 * time.Minute
	// lookBack is how far below the highest number one that is missing at the beginning is looked for.
	lookBack = 10_000
	// wholeFrom is from how many changed records on a register is read whole.
	wholeFrom = 20_000
	step      = 50_000
)

// openFeed begins behind what the transaction sees.
func openFeed(ctx context.Context, tx *db.Tx, c *register.Catalog) (feed, error) {
	last, err := c.LastChange(ctx, tx)
	if err != nil {
		return feed{}, err
	}
	f := feed{low: max(0, last-lookBack), seen: map[int64]bool{}}
	steps, err := c.ChangedAfter(ctx, tx, f.low, lookBack+1)
	for _, x := range steps {
		f.seen[x.ID] = true
	}
	f.advance(last)
	return f, err
}

// advance moves low over what was seen, and over what never came.
func (f *feed) advance(high int64) {
	for f.low < high {
		if f.seen[f.low+1] {
			delete(f.seen, f.low+1)
			f.low++
			f.since = time.Time{}
			continue
		}
		switch {
		case f.since.IsZero():
			f.since = time.Now() // a wait, not a time of the data
			return
		case time.Since(f.since) < patience:
			return
		}
		f.low++
		for f.low < high && !f.seen[f.low+1] { // what lies beside it is as old or belongs to the same transaction
			f.low++
		}
		f.since = time.Time{}
	}
}

// catchUp reads what was changed since and gives it to the engine.
func (s *Service) catchUp(ctx context.Context) error {
	s.followMu.Lock()
	defer s.followMu.Unlock()
	want := s.committed.Load()
	if s.st == nil { // only Load sets it, under the same lock
		return nil
	}
	var ids []int64
	var ds []delta
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		ids, ds, err = s.changes(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("read changes: %w", err)
	}
	if len(ds) > 0 {
		if err := s.take(ds); err != nil {
			s.c.Log.ErrorContext(ctx, "apply changes; loading anew", "err", err)
			return s.load(ctx)
		}
	}
	high := s.feed.low
	for _, id := range ids {
		s.feed.seen[id] = true
		high = max(high, id)
	}
	for id := range s.feed.seen {
		high = max(high, id)
	}
	s.feed.advance(high)
	s.applied.Store(want)
	return nil
}

func (s *Service) take(ds []delta) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look = nil
	engine := s.st.engine
	if err := s.st.apply(ds); err != nil {
		return err
	}
	if s.st.engine != engine { // compiled anew
		s.flips = true
		s.watch()
	}
	return nil
}

// changes reads the records changed since, as they are now, register by register.
func (s *Service) changes(ctx context.Context, tx *db.Tx) ([]int64, []delta, error) {
	var ids []int64
	keys := map[string][]string{}
	known := map[register.Changed]bool{}
	for after := s.feed.low; ; {
		steps, err := s.c.Catalog.ChangedAfter(ctx, tx, after, step)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range steps {
			after = x.ID
			if s.feed.seen[x.ID] {
				continue
			}
			ids = append(ids, x.ID)
			x.ID = 0
			if !known[x] {
				known[x] = true
				keys[x.Register] = append(keys[x.Register], x.Key)
			}
		}
		if len(steps) < step {
			break
		}
	}
	var ds []delta
	for _, d := range s.c.Catalog.All() {
		ks := keys[d.Name]
		if len(ks) == 0 {
			continue
		}
		x := delta{def: d, keys: ks}
		var err error
		if len(ks) >= wholeFrom {
			x.all, err = s.c.Catalog.Structs(ctx, tx, d)
		} else {
			x.records, err = s.c.Catalog.Many(ctx, tx, d, ks)
		}
		if err != nil {
			return nil, nil, err
		}
		ds = append(ds, x)
	}
	return ids, ds, nil
}
