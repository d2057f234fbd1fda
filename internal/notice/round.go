package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/job"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// The rounds in which the product itself reminds of a mandatory notice, each once (bp.9.1): its readers about half-way
// and on the open day before the last day, and on the last day those who answer for the sections, who find the list of
// their people in the inbox. What reaches people is their inbox and the digest; there is no mail beside them.
const (
	roundHalf = "half"
	roundEve  = "eve"
	roundLast = "last"
)

var roundTitles = map[string]msg.Text{
	roundHalf: msg.T("自動（期間の半ば）", "by itself, half-way"),
	roundEve:  msg.T("自動（期限の前の開庁日）", "by itself, on the open day before the last"),
	roundLast: msg.T("自動（期限の日に、管理者の受信箱へ一覧）", "by itself, listed to the managers on the last day"),
}

var titleRound = msg.T("お知らせの自動の再通知", "Remind of a notice by itself")

// The share of the time after which the first round comes (N.remindhalf), and how many open days before the last day the
// second one does (N.remindeve), where the city has set nothing else.
const (
	halfPercent = 50
	eveDays     = 1
)

// days are when the rounds of a notice come; 0 where there is none, as the time is too short.
type days struct{ half, eve, last when.Date }

// days works out when the rounds of a notice come, counted in open days.
func (s *Service) days(ctx context.Context, tx *db.Tx, n Notice) (d days, err error) {
	percent, err := s.parameterOr(ctx, tx, "N.remindhalf", halfPercent)
	if err != nil {
		return d, err
	}
	before, err := s.parameterOr(ctx, tx, "N.remindeve", eveDays)
	if err != nil || !n.Mandatory || n.Issued == 0 || n.Due <= n.Issued {
		return d, err
	}
	return roundsOf(s.c.Calendar, n.Issued, n.Due, percent, before), nil
}

func roundsOf(c *when.Calendar, issued, due when.Date, percent, before int) days {
	d := days{last: due}
	if before > 0 {
		d.eve = c.AddOpen(due, -before)
	}
	if percent > 0 {
		d.half = c.AddOpen(issued, max(1, c.OpenBetween(issued, due)*percent/100))
	}
	if d.eve <= issued {
		d.eve = 0
	}
	if d.half >= due || d.eve != 0 && d.half >= d.eve {
		d.half = 0
	}
	return d
}

// on is the round that comes on a day. One that was missed, as nothing ran, is made up for until the next; after the last
// day the inbox of the managers says what is left.
func (d days) on(day when.Date) string {
	switch {
	case d.last == 0 || day > d.last:
		return ""
	case day == d.last:
		return roundLast
	case d.eve != 0 && day >= d.eve:
		return roundEve
	case d.half != 0 && day >= d.half:
		return roundHalf
	}
	return ""
}

// parameterOr is a number the city has set, or another one where it has set none.
func (s *Service) parameterOr(ctx context.Context, tx *db.Tx, code string, other int) (int, error) {
	d := s.def("parameter")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil || !ok {
		return other, err
	}
	if p := register.Decode[policy.Parameter](d, rec.Row); p.Value != nil {
		return int(*p.Value), nil
	}
	return other, nil
}

// round is one that was held.
type round struct {
	notice, name string
	at           when.Stamp
	people       int
}

// rounds are those that were held of a notice, or of all when it is "", in the order of time.
func rounds(ctx context.Context, tx *db.Tx, notice string) ([]round, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (x round, err error) {
		return x, r.Scan(&x.notice, &x.name, (*int64)(&x.at), &x.people)
	}, `SELECT notice, round, at, people FROM notice_round WHERE notice = $1 OR $1 = '' ORDER BY at, notice, round`, notice)
	if err != nil {
		return nil, fmt.Errorf("read rounds of reminders: %w", err)
	}
	return out, nil
}

// byItself lets only the product itself through.
func byItself(_ context.Context, _ *db.Tx, who actor.Actor, _ act.Input) error {
	if who.System {
		return nil
	}
	return fault.Deny(msg.T("自動の再通知は仕組みが行うもので、人が行うことはできません。「未読者への再通知」を使ってください。", "The product does this by itself. Remind people by hand instead."), "bp.9.1")
}

// lateIn are the people of a round: those to be reminded, and on the last day all those whom the managers find listed.
func (s *Service) lateIn(ctx context.Context, tx *db.Tx, n Notice, name string, today when.Date) ([]person, error) {
	if name == roundLast {
		rd, err := s.reading(ctx, tx, n, nil, today)
		return rd.unread, err
	}
	late, _, err := s.lateToday(ctx, tx, n, nil, today)
	return late, err
}

// hold holds the round of a notice that comes today. Its row is there once, whichever node wrote it (bp.9.1).
func (s *Service) hold(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	n, _, err := s.get(ctx, tx, in["notice"])
	if err != nil {
		return ref.Ref{}, err
	}
	d, err := s.days(ctx, tx, n)
	if err != nil {
		return ref.Ref{}, err
	}
	today, name := when.Of(tx.Now()), in["round"]
	if !n.ShownOn(today) || name == "" || d.on(today) != name {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」の自動の再通知は、今日は行いません。", "No reminder of “%s” is due today.", n.Name))
	}
	late, err := s.lateIn(ctx, tx, n, name, today)
	if err != nil {
		return ref.Ref{}, err
	}
	if len(late) == 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("再通知する職員等はいません。", "There is nobody to be reminded."))
	}
	fresh, err := tx.Exec(ctx, `INSERT INTO notice_round (notice, round, at, people) VALUES ($1, $2, $3, $4) ON CONFLICT (notice, round) DO NOTHING`, n.Code, name, tx.Now().UnixMicro(), len(late))
	if err != nil {
		return ref.Ref{}, fmt.Errorf("keep round of %s: %w", n.Code, err)
	}
	if fresh == 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("この回の再通知は済んでいます。", "This round was held already."))
	}
	if name == roundLast { // the managers find the list in the inbox; nobody is reminded again
		return ref.New("notice", n.Code), nil
	}
	return ref.New("notice", n.Code), keepReminders(ctx, tx, n.Code, who, late)
}

// RemindDue holds the rounds that come today, each as an act of its own. On a day on which the hall is closed nobody is
// reminded.
func (s *Service) RemindDue(ctx context.Context) error {
	type due struct{ notice, round string }
	var list []due
	if err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		list = nil
		today := when.Of(tx.Now())
		if !s.c.Calendar.IsOpen(today) {
			return nil
		}
		all, err := s.notices(ctx, tx, string(Issued))
		if err != nil {
			return err
		}
		held, err := rounds(ctx, tx, "")
		if err != nil {
			return err
		}
		for _, n := range all {
			if !n.Mandatory || !n.ShownOn(today) || n.Due < today {
				continue
			}
			d, err := s.days(ctx, tx, n)
			if err != nil {
				return err
			}
			name := d.on(today)
			if name == "" || slices.ContainsFunc(held, func(r round) bool { return r.notice == n.Code && r.name == name }) {
				continue
			}
			late, err := s.lateIn(ctx, tx, n, name, today)
			if err != nil {
				return err
			}
			if len(late) > 0 {
				list = append(list, due{n.Code, name})
			}
		}
		return nil
	}); err != nil {
		return err
	}
	who := actor.Actor{Name: "job", Way: actor.Job, System: true}
	var bad []error // one notice that fails does not hold up the others
	for _, x := range list {
		_, err := s.c.Gate.Run(actor.With(ctx, who), "notice.remind.round", act.Input{"notice": x.notice, "round": x.round}, act.Options{IdempotencyKey: "notice.remind.round " + x.notice + " " + x.round})
		if err != nil && !fault.Is(err, fault.Conflict) { // another node was first
			bad = append(bad, fmt.Errorf("remind of %s: %w", x.notice, err))
		}
	}
	return errors.Join(bad...)
}

// Kinds are the jobs of this module.
func (s *Service) Kinds() []job.Kind {
	return []job.Kind{{Name: "notice.remind", Title: msg.T("お知らせの再通知", "Remind of notices"), Do: func(ctx context.Context, _ job.Job) (db.Func, error) { return nil, s.RemindDue(ctx) }}}
}

// Schedules run them before the digest of the day is written.
func (s *Service) Schedules() []job.Schedule {
	return []job.Schedule{{Name: "notice.remind", Kind: "notice.remind", Next: job.Daily(7, 0)}}
}
