package digest

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/conform"
	"okite/internal/db"
	"okite/internal/digest/mail"
	"okite/internal/fault"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
)

// raised is a finding that was told to somebody above.
type raised struct {
	place  conform.Place
	person string
	level  int
	at     when.Stamp
}

// open reads what stands raised, to one person or, with "", to anybody.
func open(ctx context.Context, tx *db.Tx, person string) ([]raised, error) {
	where, args := "", []any(nil)
	if person != "" {
		where, args = " AND person = $1", []any{person}
	}
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (x raised, err error) {
		var subject string
		err = r.Scan(&x.place.Check, &subject, &x.person, &x.level, &x.at)
		x.place.Subject = refOf(subject)
		return x, err
	}, `SELECT check_id, subject, person, level, raised_at FROM escalation WHERE ended_at = 0`+where+` ORDER BY raised_at, check_id, subject, person`, args...)
	if err != nil {
		return nil, fmt.Errorf("read what was raised: %w", err)
	}
	return out, nil
}

// Escalate raises what has stood for N.escalate days to the next role up, and ends what has been mended, each by an
// act of its own (bp.6, bp.8.2). On days on which the offices are closed nothing is raised.
func (s *Service) Escalate(ctx context.Context, day when.Date) (up, down int, err error) {
	var days int
	var known bool
	var before []raised
	if err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if days, known, err = s.number(ctx, tx, "N.escalate"); err != nil {
			return err
		}
		before, err = open(ctx, tx, "")
		return err
	}); err != nil {
		return 0, 0, err
	}
	type to struct {
		conform.Place
		person string
	}
	stands := map[to]bool{}
	for _, x := range before {
		stands[to{x.place, x.person}] = true
	}
	if known && s.c.Calendar.IsOpen(day) {
		list, err := s.c.Raise(ctx, days)
		if err != nil {
			return 0, 0, fmt.Errorf("find what has stood too long: %w", err)
		}
		for _, r := range list {
			place := conform.Place{Check: r.Check, Subject: r.Subject}
			for _, p := range r.People {
				if stands[to{place, p}] {
					continue
				}
				stands[to{place, p}] = true
				if _, err := s.c.Gate.Run(ctx, "escalation.raise", act.Input{"check": r.Check, "subject": r.Subject.String(), "person": p, "role": r.Role, "level": strconv.Itoa(r.Level), "days": strconv.Itoa(r.Days)}, act.Options{}); err != nil {
					return up, down, err
				}
				up++
			}
		}
	}
	var places []conform.Place
	for _, x := range before {
		places = append(places, x.place)
	}
	still, err := s.c.Still(ctx, places)
	if err != nil {
		return up, down, err
	}
	for _, x := range before {
		if _, ok := still[x.place]; ok {
			continue
		}
		if _, err := s.c.Gate.Run(ctx, "escalation.end", act.Input{"check": x.place.Check, "subject": x.place.Subject.String(), "person": x.person}, act.Options{}); err != nil {
			return up, down, err
		}
		down++
	}
	return up, down, nil
}

// RaisedTo is what was raised to one person and still stands, for the inbox.
func (s *Service) RaisedTo(ctx context.Context, who actor.Actor, _ when.Date, limit int) ([]inbox.Item, int, error) {
	if who.Person == "" {
		return nil, 0, nil
	}
	all, err := s.raisedItems(ctx, who.Person)
	if err != nil {
		return nil, 0, err
	}
	list := all[who.Person]
	return list[:min(len(list), limit)], len(list), nil
}

// RaisedToAll is the same for everybody, by person.
func (s *Service) RaisedToAll(ctx context.Context) (map[string][]inbox.Item, error) {
	return s.raisedItems(ctx, "")
}

func (s *Service) raisedItems(ctx context.Context, person string) (map[string][]inbox.Item, error) {
	var list []raised
	if err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = open(ctx, tx, person)
		return err
	}); err != nil || len(list) == 0 {
		return nil, err
	}
	var places []conform.Place
	for _, x := range list {
		places = append(places, x.place)
	}
	still, err := s.c.Still(ctx, places)
	if err != nil {
		return nil, err
	}
	out := map[string][]inbox.Item{}
	for _, x := range list {
		o, ok := still[x.place]
		if !ok {
			continue
		}
		out[x.person] = append(out[x.person], inbox.Item{Kind: "raised", Title: o.Title, Why: msg.F("%s %sに上申されました。", "%s Raised to you on %s.", o.Reason, x.at.Date().Both()), Href: o.Href, Subject: o.Subject, SubjectName: o.SubjectName,
			Since: x.at.Date(), As: inbox.AsRaised, Bearer: o.Bearer, Clauses: o.Clauses, Group: "raised " + o.Check, GroupTitle: o.Title, GroupHref: "/checks/" + o.Check})
	}
	return out, nil
}

// Acts are what the module does on its own, and what people do about it for themselves.
func (s *Service) Acts() []act.Act {
	field := func(name string, t msg.Text, must bool) act.Field {
		return act.Field{Name: name, Title: t, Required: must}
	}
	check, subject := field("check", msg.T("検査番号", "Check"), true), field("subject", msg.T("対象", "Subject"), true)
	whom := field("person", msg.T("上申先の職員", "Raised to"), true)
	return []act.Act{
		{ID: "digest.tell", Title: msg.T("日ごとのお知らせ", "Digest of the day"), Clauses: []clause.ID{"bp.5", "bp.9.1"}, Scope: "city", Roles: []string{"chief"}, Allow: byItself,
			Fields: []act.Field{field("day", msg.T("日", "Day"), true), field("people", msg.T("知らせた人数", "People told"), true), field("mails", msg.T("メールの通数", "Mails"), true)},
			Do: func(_ context.Context, _ *db.Tx, _ actor.Actor, in act.Input) (ref.Ref, error) {
				return ref.New("digest", in["day"]), nil
			}},
		{ID: "escalation.raise", Title: msg.T("上申", "Raise to the next role"), Clauses: []clause.ID{"bp.6", "bp.8.2"}, Scope: "city", Roles: []string{"chief"}, Allow: byItself,
			Fields: []act.Field{check, subject, whom, field("role", msg.T("役割", "Role"), true), field("level", msg.T("段階", "Level"), true), field("days", msg.T("経過した日数", "Days stood"), true)}, Do: raise},
		{ID: "escalation.end", Title: msg.T("上申の終了", "End of what was raised"), Clauses: []clause.ID{"bp.6", "bp.8.2"}, Scope: "city", Roles: []string{"chief"}, Allow: byItself, Fields: []act.Field{check, subject, whom},
			Do: func(ctx context.Context, tx *db.Tx, _ actor.Actor, in act.Input) (ref.Ref, error) {
				_, err := tx.Exec(ctx, `UPDATE escalation SET ended_at = $1 WHERE check_id = $2 AND subject = $3 AND person = $4 AND ended_at = 0`, tx.Now().UnixMicro(), in["check"], in["subject"], in["person"])
				if err != nil {
					return ref.Ref{}, fmt.Errorf("end what was raised: %w", err)
				}
				return refOf(in["subject"]), nil
			}},
		{ID: "mail.retry", Title: msg.T("送信できなかったメールの再送", "Send again what could not be sent"), Clauses: []clause.ID{"bp.9.1"}, Scope: "city", Roles: []string{"chief"},
			Fields: []act.Field{field("mail", msg.T("メールの番号", "Mail"), true)}, Do: s.retry},
		{ID: "feed.make", Title: msg.T("カレンダー用アドレスの発行", "Make an address for a calendar"), Clauses: []clause.ID{"bp.5"}, Scope: "city", Anyone: true,
			Fields: []act.Field{field("hash", msg.T("アドレスのハッシュ値", "Hash of the address"), true)}, Do: s.makeFeed},
		{ID: "feed.revoke", Title: msg.T("カレンダー用アドレスの失効", "Revoke the address for a calendar"), Clauses: []clause.ID{"bp.5"}, Scope: "city", Anyone: true, Do: s.revokeFeed},
	}
}

// byItself lets only the product itself through: nobody raises or tells by hand what did not happen.
func byItself(_ context.Context, _ *db.Tx, who actor.Actor, _ act.Input) error {
	if who.System {
		return nil
	}
	return fault.Deny(msg.T("これは仕組みが自動で行うもので、人が行うことはできません。", "The product does this by itself; nobody does it by hand."), "bp.6")
}

func raise(ctx context.Context, tx *db.Tx, _ actor.Actor, in act.Input) (ref.Ref, error) {
	level, err := strconv.Atoi(in["level"])
	if err != nil {
		return ref.Ref{}, fault.At("level", msg.T("段階は数で指定してください。", "The level is a number."))
	}
	if _, err := tx.Exec(ctx, `INSERT INTO escalation (check_id, subject, person, role, level, raised_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, 0)
ON CONFLICT (check_id, subject, person) DO UPDATE SET role = excluded.role, level = excluded.level, raised_at = excluded.raised_at, ended_at = 0`,
		in["check"], in["subject"], in["person"], in["role"], level, tx.Now().UnixMicro()); err != nil {
		return ref.Ref{}, fmt.Errorf("raise %s of %s: %w", in["check"], in["subject"], err)
	}
	return refOf(in["subject"]), nil
}

// retry puts a message that was set aside back into the queue.
func (s *Service) retry(ctx context.Context, tx *db.Tx, _ actor.Actor, in act.Input) (ref.Ref, error) {
	return ref.New("mail", in["mail"]), mail.Retry(ctx, tx, in["mail"])
}
