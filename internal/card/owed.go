package card

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/when"
)

// window is a part of a list.
type window struct{ limit, offset int }

func (w window) sql() string {
	return " LIMIT " + strconv.Itoa(w.limit) + " OFFSET " + strconv.Itoa(w.offset)
}

// everyLost bounds how many lost cards one person is told of at once.
const everyLost = 200

// Pressing are the lost cards that are still good, for those of some people who revoke them (bp.9.1). The people are
// asked for only where a card is lost.
func (s *Service) Pressing(ctx context.Context, tx *db.Tx, people func() (map[string]actor.Actor, error)) (map[string][]Item, error) {
	lost, err := s.lost(ctx, tx, everyLost)
	if err != nil || len(lost) == 0 {
		return nil, err
	}
	list, err := people()
	if err != nil {
		return nil, err
	}
	out := map[string][]Item{}
	for p, who := range list {
		ok, err := s.c.Gate.Decides(ctx, tx, who, actRevoke)
		if err != nil {
			return nil, err
		}
		if ok {
			out[p] = lostItems(lost)
		}
	}
	return out, nil
}

// lost are the lost cards that are still good, the oldest first.
func (s *Service) lost(ctx context.Context, tx *db.Tx, limit int) ([]named, error) {
	return s.lostOf(ctx, tx, ask{}, window{limit: limit})
}

// lostOf are those that somebody asks for.
func (s *Service) lostOf(ctx context.Context, tx *db.Tx, q ask, part window) ([]named, error) {
	q.and("c.state = ?", Lost)
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (k named, err error) {
		return k, r.Scan(&k.Code, &k.Kind, &k.Unit, &k.Person, &k.LostAt, &k.name, &k.unit)
	}, `SELECT c.code, c.kind, c.unit, c.person, c.lost_at, COALESCE(p.name, c.person), COALESCE(u.name, c.unit) FROM reg_card c LEFT JOIN reg_person p ON p.code = c.person LEFT JOIN reg_unit u ON u.code = c.unit
WHERE NOT c.ended`+q.text+` ORDER BY c.lost_at, c.code`+part.sql(), q.args...)
	if err != nil {
		return nil, fmt.Errorf("read lost cards: %w", err)
	}
	return out, nil
}

// toCollect are cards whose holders leave their section or the city today or have, the oldest first. No units are all.
func (s *Service) toCollect(ctx context.Context, tx *db.Tx, units []string, day when.Date, limit int) ([]named, error) {
	q := asked(day)
	if len(units) > 0 {
		m, more := marks(len(q.args)+1, units)
		q.text, q.args = " AND c.unit IN ("+m+")", append(q.args, more...)
	}
	return s.backOf(ctx, tx, q, window{limit: limit})
}

// asked begins what is asked about cards to be collected on a day.
func asked(day when.Date) ask { return ask{args: []any{day.String(), Lent, StaffCard}} }

// owedBack is the statement of the cards to be collected that somebody asks for, each with the day it was due.
func owedBack(q ask) string {
	head := `SELECT c.code, c.kind, c.unit, c.person, p.name AS holder, COALESCE(u.name, c.unit) AS section, `
	from := ` FROM reg_card c JOIN reg_person p ON p.code = c.person LEFT JOIN reg_unit u ON u.code = c.unit`
	return `SELECT code, kind, unit, person, holder, section, MIN(due) AS due FROM (` + head + `p."left" AS due` + from + ` WHERE c.state = $2 AND NOT c.ended AND p."left" <> '' AND p."left" <= $1` + q.text + `
UNION ALL ` + head + `t.until AS due` + from + ` JOIN reg_transfer t ON t.person = c.person AND t.unit = c.unit AND NOT t.ended AND t.until >= c.lent AND t.until <= $1 WHERE c.state = $2 AND c.kind <> $3 AND NOT c.ended` + q.text + `) AS owed
GROUP BY code, kind, unit, person, holder, section`
}

// backOf are the cards to be collected that somebody asks for, which begins with asked.
func (s *Service) backOf(ctx context.Context, tx *db.Tx, q ask, part window) ([]named, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (k named, err error) {
		var due string
		if err = r.Scan(&k.Code, &k.Kind, &k.Unit, &k.Person, &k.name, &k.unit, &due); err == nil {
			k.due, err = when.Parse(due)
		}
		return k, err
	}, owedBack(q)+` ORDER BY 7, 1`+part.sql(), q.args...)
	if err != nil {
		return nil, fmt.Errorf("read cards to collect: %w", err)
	}
	return out, nil
}
