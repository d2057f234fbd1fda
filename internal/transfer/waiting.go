package transfer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/job"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// Item is something a person owes or may do about people who come, move and leave, for the inbox.
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

// Waiting is what waits for somebody: sets to confirm, notes to write and to accept, checklists of their section.
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, limit int) ([]Item, error) {
	if who.Person == "" {
		return nil, nil
	}
	var out []Item
	for _, find := range []func(context.Context, *db.Tx, actor.Actor, when.Date, int) ([]Item, error){s.waitingSets, s.waitingNotes, s.waitingLists} {
		items, err := find(ctx, tx, who, day, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
	}
	return out, nil
}

func (s *Service) waitingSets(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, _ int) ([]Item, error) {
	if ok, err := s.c.Gate.Decides(ctx, tx, who, "moveset.confirm"); err != nil || !ok {
		return nil, err
	}
	sets, err := register.Load[org.MoveSet](ctx, tx, s.c.Catalog.Must("moveset"))
	if err != nil {
		return nil, err
	}
	var out []Item
	m, _ := setFlow.Move("confirm")
	for _, x := range sets {
		if x.State != org.SetReview || x.Date <= day {
			continue
		}
		by, err := s.person(ctx, tx, who, m)
		if err != nil {
			return nil, err
		}
		if _, err := setFlow.Step(instance(x, nil), "confirm", by); fault.As(err) != nil {
			continue // handed it in, or stands in for who did
		}
		out = append(out, Item{Kind: "decision", Title: msg.F("「%s」の確認", "Confirm “%s”", x.Name), Why: msg.F("%sの午前0時に切り替わります。前日までに確認してください。", "It takes effect at midnight as %s begins. Please confirm it before.", x.Date.Both()),
			Href: "/transfers/sets/" + x.Code, Subject: ref.New("moveset", x.Code), SubjectName: x.Name, Due: x.Date - 1, Since: x.Since, Clauses: []clause.ID{"bp.6", "bp.9.1"}})
	}
	return out, nil
}

// waitingNotes are those a person has to write or to accept.
func (s *Service) waitingNotes(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, limit int) ([]Item, error) {
	type note struct {
		Handover
		name string
	}
	list, err := db.Rows(ctx, tx, func(r *sql.Rows) (n note, err error) {
		var from, given string
		if err = r.Scan(&n.Code, &n.name, &n.Giver, &n.Taker, &from, &given); err == nil {
			n.From, err = when.Parse(from)
		}
		if err == nil && given != "" {
			n.Given, err = when.Parse(given)
		}
		return n, err
	}, `SELECT h.code, p.name, h.giver, h.taker, h."from", h.given FROM reg_handover h JOIN reg_post p ON p.code = h.post
WHERE h.accepted = '' AND NOT h.ended AND (h.taker = $1 AND (h.given <> '' OR h."from" <= $2) OR h.giver = $1 AND h.given = '') ORDER BY h."from", h.code LIMIT `+strconv.Itoa(limit), who.Person, day.String())
	if err != nil {
		return nil, fmt.Errorf("read hand-over notes: %w", err)
	}
	days, err := s.parameter(ctx, tx, "N.handover")
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, n := range list {
		i := Item{Kind: "handover", Href: "/transfers/handovers/" + n.Code, Subject: ref.New("handover", n.Code), SubjectName: n.name, Due: s.c.Calendar.AddOpen(n.From, days), Since: n.From, Clauses: []clause.ID{"bp.6"}}
		if n.Giver == who.Person && n.Given == 0 {
			i.Title, i.Why, i.Due = msg.F("「%s」の引継書の作成", "Write the hand-over note of “%s”", n.name), msg.T("後任者に渡す引継書を書いてください。", "Please write the note for your successor."), n.From
		} else {
			i.Title, i.Why = msg.F("「%s」の引継ぎの受領", "Accept the hand-over of “%s”", n.name), msg.T("引継書の内容を確かめて受領してください。", "Please read the note and accept it.")
		}
		out = append(out, i)
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

// recordAct is the act that fills a checklist in.
const recordAct = "leavecheck.record"

// unfinished are the checklists l, of a person p, with something left to see to.
const unfinished = `(l.media = '' OR l.keys = '' OR l.cards = '' OR l.accounts = '' OR l.reminder = '' OR l.checked_by = '') AND (p."left" = l.last OR p."left" = '')`

// waitingLists are the open checklists of people in the sections somebody manages, from a week before the last day.
func (s *Service) waitingLists(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, limit int) ([]Item, error) {
	own, standing, err := s.c.Gate.Scopes(ctx, tx, who, recordAct)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, x := range []struct {
		units    []string
		standing bool
	}{{act.Units(own), false}, {act.Units(standing), true}} {
		if len(x.units) == 0 {
			continue
		}
		marks, args := make([]string, len(x.units)), []any{(day + 7).String(), who.Person}
		for i, u := range x.units {
			args = append(args, u)
			marks[i] = "$" + strconv.Itoa(i+3)
		}
		items, err := db.Rows(ctx, tx, func(r *sql.Rows) (i Item, err error) {
			var person, last string
			if err = r.Scan(&person, &i.SubjectName, &last); err == nil {
				i.Due, err = when.Parse(last)
			}
			i.Kind, i.Href, i.Subject, i.Standing, i.Clauses = "leave", "/transfers/leaves/"+person, ref.New("person", person), x.standing, []clause.ID{"bp.5"}
			i.Title = msg.F("%sの離職時の確認", "Checklist of %s, who leaves", i.SubjectName)
			i.Why = msg.F("最終在職日（%s）までに、返却、停止、守秘義務の伝達を確かめてください。", "See to everything by the last day, %s.", i.Due.Both())
			return i, err
		}, `SELECT l.person, p.name, l.last FROM reg_leavecheck l JOIN reg_person p ON p.code = l.person
WHERE NOT l.ended AND l.last <= $1 AND l.person <> $2 AND `+unfinished+` AND p.unit IN (`+strings.Join(marks, ", ")+`) ORDER BY l.last, l.code LIMIT `+strconv.Itoa(limit), args...)
		if err != nil {
			return nil, fmt.Errorf("read checklists: %w", err)
		}
		for _, i := range items {
			if !slices.ContainsFunc(out, func(o Item) bool { return o.Href == i.Href }) {
				out = append(out, i)
			}
		}
	}
	return out, nil
}

// Kinds are the jobs of this module: what comes due at midnight is applied (bp.9.1).
func (s *Service) Kinds() []job.Kind {
	return []job.Kind{{Name: "transfer.apply", Title: msg.T("異動の適用", "Apply the moves of the day"), Do: func(ctx context.Context, _ job.Job) (db.Func, error) { return nil, s.ApplyDue(ctx) }}}
}

// Schedules run them.
func (s *Service) Schedules() []job.Schedule {
	return []job.Schedule{{Name: "transfer", Kind: "transfer.apply", Next: job.Daily(0, 0)}}
}

// ApplyDue applies every confirmed set whose day has come, the oldest first, each as one act of its own.
func (s *Service) ApplyDue(ctx context.Context) error {
	var due []org.MoveSet
	if err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		due, err = org.DueMoves(ctx, tx, s.c.Catalog)
		return err
	}); err != nil {
		return err
	}
	slices.SortFunc(due, func(a, b org.MoveSet) int { return int(a.Date) - int(b.Date) })
	who := actor.Actor{Name: "job", Way: actor.Job, System: true}
	var bad []error // one set that cannot be applied does not hold up the others
	for _, x := range due {
		in := act.Input{"moveset": x.Code}
		if _, err := s.c.Gate.Run(actor.With(ctx, who), "moveset.apply", in, act.Options{Reason: x.Date.Text(msg.JA) + "の発令"}); err != nil {
			bad = append(bad, fmt.Errorf("apply set %s: %w", x.Code, err))
		}
	}
	return errors.Join(bad...)
}
