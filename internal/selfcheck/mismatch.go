package selfcheck

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/db"
)

// Mismatch is a "yes" that a check contradicts: the section says it is done, and the registers or scans say it is not.
type Mismatch struct {
	Response Response
	Item     Item
	Answer   Answer
	Finding  Finding
}

// figure is how many yeses were set beside checks, and which of them are contradicted.
type figure struct {
	asked int
	list  []Mismatch
}

// checksOf are the checks that items name.
func checksOf(items []Item) []string {
	var out []string
	for _, i := range items {
		out = append(out, i.Checks...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// findings asks the checks that items name. It is called outside of a transaction.
func (s *Service) findings(ctx context.Context, items []Item) ([]Finding, error) {
	if s.c.Findings == nil {
		return nil, nil
	}
	checks := checksOf(items)
	if len(checks) == 0 {
		return nil, nil
	}
	return s.c.Findings(ctx, checks)
}

// against finds what contradicts the answers of a person or unit.
type against struct {
	person, unit map[string][]Finding // by check and key
}

func newAgainst(list []Finding) against {
	a := against{map[string][]Finding{}, map[string][]Finding{}}
	for _, f := range list {
		for _, p := range f.People {
			a.person[f.Check+" "+p] = append(a.person[f.Check+" "+p], f)
		}
		if f.Unit != "" {
			a.unit[f.Check+" "+f.Unit] = append(a.unit[f.Check+" "+f.Unit], f)
		}
	}
	return a
}

// of is the first finding against a yes to an item.
func (a against) of(r Response, i Item) (Finding, bool) {
	for _, id := range i.Checks {
		list := a.person[id+" "+r.Person]
		if r.Unit != "" {
			list = a.unit[id+" "+r.Unit]
		}
		if len(list) > 0 {
			return list[0], true
		}
	}
	return Finding{}, false
}

// figure sets the answers of a campaign beside what the checks find. within limits it to some sections; nil is all.
func (s *Service) figure(ctx context.Context, tx *db.Tx, campaign string, items []Item, found []Finding, within map[string]bool) (figure, error) {
	of := map[string][]Item{}
	for _, i := range items {
		if len(i.Checks) > 0 {
			of[i.Sheet] = append(of[i.Sheet], i)
		}
	}
	a, out := newAgainst(found), figure{}
	if s.c.Findings == nil || len(of) == 0 {
		return out, nil
	}
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (x Response, err error) {
		return x, r.Scan(&x.Code, &x.Sheet, &x.Person, &x.Unit, &x.Section, &x.Answers)
	}, `SELECT code, sheet, person, unit, section, answers FROM reg_response WHERE campaign = $1 AND NOT ended AND state IN ('submitted', 'done')`, campaign)
	if err != nil {
		return out, fmt.Errorf("read answers of %s: %w", campaign, err)
	}
	for _, r := range list {
		if within != nil && !within[r.Section] {
			continue
		}
		r.Campaign = campaign
		answers := byItem(Unpack(r.Answers))
		for _, i := range of[r.Sheet] {
			x := answers[i.Code]
			if x.Value != Yes {
				continue
			}
			out.asked++
			if f, ok := a.of(r, i); ok {
				out.list = append(out.list, Mismatch{r, i, x, f})
			}
		}
	}
	slices.SortFunc(out.list, func(a, b Mismatch) int {
		return cmp.Or(cmp.Compare(a.Response.Section, b.Response.Section), cmp.Compare(a.Response.Code, b.Response.Code), cmp.Compare(a.Item.Order, b.Item.Order))
	})
	return out, nil
}

// foundKey carries what the checks found into the act that closes a campaign: they cannot be asked inside its
// transaction, which they may be waiting for themselves.
type foundKey struct{}

type foundList struct{ list []Finding }

func withFindings(ctx context.Context, list []Finding) context.Context {
	return context.WithValue(ctx, foundKey{}, &foundList{list})
}

func findingsIn(ctx context.Context) ([]Finding, bool) {
	f, ok := ctx.Value(foundKey{}).(*foundList)
	if !ok {
		return nil, false
	}
	return f.list, true
}
