package notice

import (
	"context"
	"slices"
	"strings"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/web"
	"okite/internal/when"
)

// Item is something a person owes, for the inbox. Count is how many things it stands for; 0 is one.
type Item struct {
	Kind        string // receipt, pledge, decision, unread
	Title, Why  msg.Text
	Href        string
	Subject     ref.Ref
	SubjectName string
	Due, Since  when.Date
	Clauses     []clause.ID
	Count       int
	Standing    bool // as a deputy or by delegation
}

// Waiting is what a person owes of notices, the policy and pledges (bp.0, bp.5, bp.9.1): what they have to read and
// promise themselves, what waits for their approval, and the people of their section who are late. What is late by a
// check (R003, R021) comes from the checks and is not said twice.
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, limit int) ([]Item, error) {
	if who.Person == "" {
		return nil, nil
	}
	out, err := s.formal(ctx, tx, who.Person, day, false)
	if err != nil {
		return nil, err
	}
	list, _, err := s.mineOf(ctx, tx, who.Person, day)
	if err != nil {
		return nil, err
	}
	told, err := reminders(ctx, tx, "", who.Person)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if !m.owed {
			continue
		}
		var last reminder
		if k := slices.IndexFunc(told, func(r reminder) bool { return r.notice == m.Code }); k >= 0 {
			last = told[k]
		}
		out = append(out, unreadItem(m.Notice, last))
	}
	decisions, err := s.decisions(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	out = append(out, decisions...)
	late, err := s.lateOf(ctx, tx, who, day)
	if err != nil {
		return nil, err
	}
	out = append(out, late...)
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

// formal is the receipt of the policy and the pledge a person owes. late gives those that are late too: in the inbox
// the checks say so.
func (s *Service) formal(ctx context.Context, tx *db.Tx, code string, day when.Date, late bool) ([]Item, error) {
	x, ok, err := s.self(ctx, tx, code, day)
	if err != nil || !ok || x.employment == contractor || x.joined == 0 || x.joined > day || x.left != 0 && x.left < day {
		return nil, err
	}
	var out []Item
	rec, err := s.receiving(ctx, tx, code, day)
	if err != nil {
		return nil, err
	}
	if rec.ok && rec.ack.Code == "" {
		days, err := s.parameter(ctx, tx, "N.ack")
		if err != nil {
			return nil, err
		}
		from := max(rec.v.From, x.joined)
		if due := from.AddDays(days); late || due >= day {
			out = append(out, receiptItem(rec.v, due, from))
		}
	}
	pledges, err := s.pledgesOf(ctx, tx, code)
	if err != nil {
		return nil, err
	}
	if rec.ok && !slices.ContainsFunc(pledges, func(p Pledge) bool {
		return p.Kind != Leaving && p.Date != 0 && p.Date <= day && (p.Way == OnScreen || p.Paper != "")
	}) {
		days, err := s.parameter(ctx, tx, "N.pledge")
		if err != nil {
			return nil, err
		}
		if due := x.joined.AddDays(days); late || due >= day {
			out = append(out, pledgeItem(code, x.name, due, x.joined))
		}
	}
	return out, nil
}

// decisions are the notices that wait for somebody's approval, and drafts that came back to their writer.
func (s *Service) decisions(ctx context.Context, tx *db.Tx, who actor.Actor) ([]Item, error) {
	ok, err := s.c.Gate.Decides(ctx, tx, who, "notice.approve")
	if err != nil || !ok {
		return nil, err
	}
	list, err := s.notices(ctx, tx, string(Approval))
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, n := range list {
		m, _ := routeOf(n).Move("approve")
		by, err := s.by(ctx, tx, who, m)
		if err != nil {
			return nil, err
		}
		if _, err := routeOf(n).Step(n.instance(), "approve", by); err != nil {
			continue
		}
		out = append(out, Item{Kind: "decision", Title: msg.F("「%s」の発信を承認する", "Approve the notice “%s”", n.Name), Why: msg.T("必読のお知らせが承認を待っています。", "A mandatory notice waits for approval."), Href: href(n.Code, "send"),
			Subject: ref.New("notice", n.Code), SubjectName: n.Name, Clauses: []clause.ID{"bp.6", "bp.9.1"}, Standing: deputy(who, approver)})
	}
	return out, nil
}

// deputy says whether somebody holds a role only as deputy or by delegation.
func deputy(who actor.Actor, role string) bool {
	return !slices.ContainsFunc(who.Roles, func(g actor.Grant) bool { return g.Role == role && !g.Deputy && g.Via == "" })
}

// reminded are the units whose people somebody reminds of what they have not read; standing says that they do so only as
// deputy or by delegation.
func reminded(who actor.Actor) (units []string, standing bool) {
	standing = true
	for _, g := range who.Roles {
		if unit, ok := strings.CutPrefix(g.Scope, "unit:"); ok && g.Role == "section_manager" && g.Covers("notice.remind.section") {
			units = append(units, unit)
			standing = standing && (g.Deputy || g.Via != "")
		}
	}
	return units, standing
}

// late are the mandatory notices that were to be read by today: on the last day already, so that people can still be
// asked.
func (s *Service) late(ctx context.Context, tx *db.Tx, today when.Date) ([]Notice, error) {
	list, err := s.notices(ctx, tx, string(Issued))
	return slices.DeleteFunc(list, func(n Notice) bool { return !n.Mandatory || !n.ShownOn(today) || n.Due > today }), err
}

// lateOf lists to a section manager the mandatory notices that people of their section have not read in time (bp.9.1:
// 未読者は管理者に示す).
func (s *Service) lateOf(ctx context.Context, tx *db.Tx, who actor.Actor, today when.Date) ([]Item, error) {
	units, standing := reminded(who)
	if len(units) == 0 {
		return nil, nil
	}
	list, err := s.late(ctx, tx, today)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	reach, err := s.reach(ctx, tx, today)
	if err != nil {
		return nil, err
	}
	within := map[string]bool{}
	for _, u := range units {
		for code := range reach.Below(u) {
			within[code] = true
		}
	}
	team, err := people(ctx, tx, within)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, n := range list {
		read, err := readHere(ctx, tx, n.Code, team)
		if err != nil {
			return nil, err
		}
		m, late := reach.Members(n.Audience()), 0
		for _, p := range team {
			if owes(p.joined, p.left, n.Issued, today) && m.Holds(p.code, p.unit, p.employment) && !read[p.code] {
				late++
			}
		}
		if late > 0 {
			out = append(out, lateItem(n, late, standing))
		}
	}
	return out, nil
}

// lateItem says how many people of somebody's section have not read a notice in time.
func lateItem(n Notice, late int, standing bool) Item {
	return Item{Kind: "unread", Title: msg.F("「%s」を読んでいない職員等 %s人に声を掛ける", "%[2]s of your people have not read “%[1]s”", n.Name, web.Number(late)), Why: msg.F("読了の期限は%sです。一覧から再通知できます。", "It is to be read by %s. You can remind them from the list.", n.Due.Both()),
		Href: href(n.Code, "readers"), Subject: ref.New("notice", n.Code), SubjectName: n.Name, Due: n.Due, Since: n.Issued, Clauses: []clause.ID{"bp.9.1"}, Standing: standing}
}
