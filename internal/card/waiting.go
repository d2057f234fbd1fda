package card

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
)

// Item is something a person owes about cards, for the inbox.
type Item struct {
	Kind        string
	Title, Why  msg.Text
	Href        string
	Subject     ref.Ref
	SubjectName string
	Due, Since  when.Date
	Standing    bool // as a deputy or by delegation
	Clauses     []clause.ID
}

// ahead is how many days before an inspection is due it is asked for.
const ahead = 14

// Waiting is what waits for somebody: lost cards to revoke, cards to collect from who has left their section, and
// inspections that are due (bp.9.1).
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, limit int) ([]Item, error) {
	if who.Person == "" {
		return nil, nil
	}
	out, err := s.waitingLost(ctx, tx, who, limit)
	if err != nil {
		return nil, err
	}
	for _, x := range []struct {
		act  string
		find func(ctx context.Context, tx *db.Tx, units []string, day when.Date, limit int) ([]Item, error)
	}{{actCollect, s.waitingBack}, {actInspect, s.waitingCounts}} {
		own, standing, err := s.units(ctx, tx, who, x.act)
		if err != nil {
			return nil, err
		}
		for i, units := range [][]string{own, standing} {
			if len(units) == 0 {
				continue
			}
			items, err := x.find(ctx, tx, units, day, limit)
			if err != nil {
				return nil, err
			}
			for _, it := range items {
				it.Standing, it.Clauses = i == 1, []clause.ID{"bp.9.1"}
				out = append(out, it)
			}
		}
	}
	return out, nil
}

// units are those for which somebody decides an act: by their own post, and standing in for another.
func (s *Service) units(ctx context.Context, tx *db.Tx, who actor.Actor, id string) (own, standing []string, err error) {
	mine, others, err := s.c.Gate.Scopes(ctx, tx, who, id)
	if err != nil {
		return nil, nil, err
	}
	return act.Units(mine), act.Units(others), nil
}

func (s *Service) waitingLost(ctx context.Context, tx *db.Tx, who actor.Actor, limit int) ([]Item, error) {
	if ok, err := s.c.Gate.Decides(ctx, tx, who, actRevoke); err != nil || !ok {
		return nil, err
	}
	lost, err := s.lost(ctx, tx, limit)
	return lostItems(lost), err
}

func lostItems(lost []named) (out []Item) {
	for _, k := range lost {
		out = append(out, Item{Kind: "revoke", Title: msg.F("紛失したカード「%s」の失効", "Revoke the lost card “%s”", k.Code), Why: msg.F("%sが%sに紛失を届け出ました。直ちに失効させてください。", "%s reported it lost on %s. Please revoke it at once.", k.name, k.LostAt.Both()),
			Href: "/cards/revoke/" + k.Code, Subject: ref.New("card", k.Code), Due: k.LostAt.Date(), Since: k.LostAt.Date(), Clauses: []clause.ID{"bp.9.1"}})
	}
	return out
}

// named is a card with what people call its holder and unit.
type named struct {
	Card
	name, unit string
	due        when.Date // by which it was to come back
}

// marks are placeholders for a list of values from the n-th on.
func marks(n int, values []string) (string, []any) {
	list, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		list[i], args[i] = "$"+strconv.Itoa(n+i), v
	}
	return strings.Join(list, ", "), args
}

func (s *Service) waitingBack(ctx context.Context, tx *db.Tx, units []string, day when.Date, limit int) ([]Item, error) {
	list, err := s.toCollect(ctx, tx, units, day, limit)
	var out []Item
	for _, k := range list {
		out = append(out, Item{Kind: "collect", Title: msg.F("%sのカード「%s」の回収", "Collect the card “%[2]s” of %[1]s", k.name, k.Code), Why: msg.F("%sが異動又は離職の日です。その日のうちに回収してください。", "The holder's last day is %s. The card is due back on that day.", k.due.Both()),
			Href: "/cards/desk?q=" + k.Code, Subject: ref.New("card", k.Code), SubjectName: k.unit, Due: k.due, Since: k.due})
	}
	return out, err
}

// dueCount is a unit whose cards are to be counted.
type dueCount struct {
	unit, name string
	kept       int
	from, due  when.Date
}

// counts tells when the cards of some units are to be counted.
func (s *Service) counts(ctx context.Context, tx *db.Tx, units []string) ([]dueCount, error) {
	days, err := s.parameter(ctx, tx, "N.cardcheck")
	if err != nil {
		return nil, err
	}
	m, args := marks(1, units)
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (x dueCount, err error) {
		var from string
		if err = r.Scan(&x.unit, &x.name, &x.kept, &from); err == nil && from != "" {
			x.from, err = when.Parse(from)
			x.due = x.from + when.Date(days)
		}
		return x, err
	}, `SELECT c.unit, MIN(u.name), COUNT(*), COALESCE((SELECT MAX(k.date) FROM reg_cardcheck k WHERE k.unit = c.unit AND NOT k.ended), MIN(CASE WHEN c.lent <> '' THEN c.lent END), '')
FROM reg_card c JOIN reg_unit u ON u.code = c.unit WHERE c.state IN ('lent', 'stock', 'collected') AND NOT c.ended AND c.unit IN (`+m+`) GROUP BY c.unit ORDER BY 4, 1`, args...)
	if err != nil {
		return nil, fmt.Errorf("read inspections of cards: %w", err)
	}
	return out, nil
}

func (s *Service) parameter(ctx context.Context, tx *db.Tx, code string) (int, error) {
	var n sql.NullInt64
	err := tx.QueryRow(ctx, `SELECT value FROM reg_parameter WHERE code = $1 AND NOT ended`, code).Scan(&n)
	if err != nil && !db.Missing(err) {
		return 0, fmt.Errorf("read parameter %s: %w", code, err)
	}
	return int(n.Int64), nil
}

func (s *Service) waitingCounts(ctx context.Context, tx *db.Tx, units []string, day when.Date, limit int) ([]Item, error) {
	list, err := s.counts(ctx, tx, units)
	var out []Item
	for _, x := range list {
		if len(out) == limit || x.due > day+ahead {
			continue
		}
		i := Item{Kind: "inspect", Title: msg.F("%sのカードの点検", "Count the cards of %s", x.name), Why: msg.F("台帳のカード%d枚があるかを確かめてください。", "Please see whether the %d cards on record are there.", x.kept),
			Href: "/cards/inspect?unit=" + x.unit, Subject: ref.New("unit", x.unit), SubjectName: x.name, Due: x.due}
		out = append(out, i)
	}
	return out, err
}
