package ledger

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
)

// Works says whether a person could use an address that other pages link to: a form of a register is for whoever
// decides its act (bp.6), a record for who reads it (bp.9.3), every other address for all who are signed in. Pages ask it so that they show no button that
// ends in a refusal.
func (s *Service) Works(ctx context.Context, who actor.Actor, href string) (bool, error) {
	u, err := url.Parse(href)
	if err != nil {
		return false, nil
	}
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	if len(parts) < 2 || parts[0] != "registers" {
		return true, nil
	}
	d, ok := s.c.Catalog.Get(parts[1])
	if !ok {
		return false, nil
	}
	if d.Reach == nil && len(parts) < 3 {
		return true, nil
	}
	works := true
	err = s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		span, err := s.c.Catalog.As(tx, who).Span(ctx, d)
		if err != nil || span.None() {
			works = false
			return err
		}
		switch {
		case len(parts) == 3 && parts[2] == "new":
			works, err = s.c.Gate.Decides(ctx, tx, who, d.Name+".create")
		case len(parts) == 4 && parts[3] == "edit":
			key, e := url.PathUnescape(parts[2])
			if e != nil {
				works = false
				return nil
			}
			err = s.c.Gate.May(ctx, tx, who, d.Name+".change", act.Input{d.KeyField().Name: key})
			if fault.As(err) != nil {
				works, err = false, nil
			}
		case len(parts) == 3 && d.Reach != nil && !slices.Contains([]string{"import", "export", "end", "views"}, parts[2]):
			key, e := url.PathUnescape(parts[2])
			if e == nil {
				_, works, err = s.c.Catalog.As(tx, who).One(ctx, d, key)
			}
		}
		return err
	})
	return works, err
}
