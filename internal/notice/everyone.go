package notice

import (
	"context"
	"database/sql"
	"fmt"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/when"
)

// Everyone is what each person has to read and promise themselves, by person: the same as Waiting says one by one,
// without what they owe for others (bp.0, bp.5, bp.9.1). It takes a few statements for each notice, however many people
// there are.
func (s *Service) Everyone(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]Item, error) {
	out := map[string][]Item{}
	if err := s.formalOfAll(ctx, tx, day, out); err != nil {
		return nil, err
	}
	return out, s.unreadOfAll(ctx, tx, day, func(Notice) bool { return true }, out)
}

// Pressing are the mandatory notices that end on the day and are still unread, by person (bp.9.1).
func (s *Service) Pressing(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]Item, error) {
	out := map[string][]Item{}
	return out, s.unreadOfAll(ctx, tx, day, func(n Notice) bool { return n.Mandatory && n.Due == day }, out)
}

func (s *Service) unreadOfAll(ctx context.Context, tx *db.Tx, day when.Date, wanted func(Notice) bool, out map[string][]Item) error {
	list, err := s.notices(ctx, tx, string(Issued))
	if err != nil {
		return err
	}
	var reach *Reach
	for _, n := range list {
		if !n.ShownOn(day) || !wanted(n) {
			continue
		}
		if reach == nil { // most days ask for nothing
			if reach, err = s.reach(ctx, tx, day); err != nil {
				return err
			}
		}
		r, err := s.readingIn(ctx, tx, reach, n, nil, day)
		if err != nil {
			return err
		}
		told, err := reminders(ctx, tx, n.Code, "")
		if err != nil {
			return err
		}
		last := map[string]reminder{}
		for _, t := range told { // the latest first
			if _, known := last[t.person]; !known {
				last[t.person] = t
			}
		}
		for _, p := range r.unread {
			out[p.code] = append(out[p.code], unreadItem(n, last[p.code]))
		}
	}
	return nil
}

// unreadItem is a notice somebody has not read; told is when they were reminded of it last.
func unreadItem(n Notice, told reminder) Item {
	i := Item{Kind: "notice", Title: msg.F("「%s」を読む", "Read “%s”", n.Name), Why: msg.T("まだ読んでいないお知らせです。", "You have not read this notice yet."), Href: href(n.Code), Subject: ref.New("notice", n.Code), SubjectName: n.Name,
		Since: n.Issued, Clauses: []clause.ID{"bp.5", "bp.9.1"}}
	if n.Mandatory {
		i.Due, i.Why = n.Due, msg.T("必読のお知らせです。まだ読んでいません。", "This is mandatory, and you have not read it yet.")
	}
	if told.at != 0 {
		i.Why = msg.F("%s%sに再通知されています。", "%s You were reminded on %s.", i.Why, told.at.Date().Both())
	}
	return i
}

func receiptItem(v policy.Version, due, from when.Date) Item {
	return Item{Kind: "receipt", Title: msg.F("「%s」を読んで了知する", "Read and receive “%s”", v.Name), Why: msg.T("施行中の基本方針をまだ了知していません。", "You have not received the basic policy in force."),
		Href: "/notices/policy", Subject: ref.New("version", v.Code), SubjectName: v.Name, Due: due, Since: from, Clauses: []clause.ID{"bp.0", "bp.5"}}
}

func pledgeItem(code, name string, due, joined when.Date) Item {
	return Item{Kind: "pledge", Title: msg.T("ポリシーを守ることを誓約する", "Pledge to keep the policy"), Why: msg.T("誓約の記録がまだありません。", "Your pledge is not on record yet."),
		Href: "/notices/pledge", Subject: ref.New("person", code), SubjectName: name, Due: due, Since: joined, Clauses: []clause.ID{"bp.5"}}
}

// formalOfAll are the receipts and pledges that are owed and not late yet: what is late the checks say.
func (s *Service) formalOfAll(ctx context.Context, tx *db.Tx, day when.Date, out map[string][]Item) error {
	v, ok, err := s.inForce(ctx, tx, day)
	if err != nil || !ok {
		return err
	}
	ackDays, err := s.parameter(ctx, tx, "N.ack")
	if err != nil {
		return err
	}
	pledgeDays, err := s.parameter(ctx, tx, "N.pledge")
	if err != nil {
		return err
	}
	list, err := people(ctx, tx, nil)
	if err != nil {
		return err
	}
	acked, err := codes(ctx, tx, `SELECT person FROM reg_ack WHERE version = $1 AND NOT ended`, v.Code)
	if err != nil {
		return err
	}
	pledged, err := codes(ctx, tx, `SELECT person FROM reg_pledge WHERE NOT ended AND kind <> $1 AND "date" <> '' AND "date" <= $2 AND (way = $3 OR paper <> '')`, Leaving, day.String(), OnScreen)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.employment == contractor || p.joined == 0 || p.joined > day || p.left != 0 && p.left < day {
			continue
		}
		from := max(v.From, p.joined)
		if due := from.AddDays(ackDays); due >= day && !acked[p.code] {
			out[p.code] = append(out[p.code], receiptItem(v, due, from))
		}
		if due := p.joined.AddDays(pledgeDays); due >= day && !pledged[p.code] {
			out[p.code] = append(out[p.code], pledgeItem(p.code, p.name, due, p.joined))
		}
	}
	return nil
}

func codes(ctx context.Context, tx *db.Tx, query string, args ...any) (map[string]bool, error) {
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (c string, err error) { return c, r.Scan(&c) }, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read receipts and pledges: %w", err)
	}
	out := make(map[string]bool, len(list))
	for _, c := range list {
		out[c] = true
	}
	return out, nil
}
