package org

import (
	"cmp"
	"context"
	"slices"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// Item is one thing the work of committees and the CSIRT asks of a person, for the inbox (bp.6).
type Item struct {
	Kind        string // minutes or advisory
	Title, Why  msg.Text
	Href        string
	Subject     ref.Ref
	SubjectName string
	Due, Since  when.Date
	Clauses     []clause.ID
	Own         bool // asked of the person by name, not as the holder of a role
}

// ItemKinds name the kinds of Item.
var ItemKinds = map[string]msg.Text{"minutes": msg.T("議事録の承認", "Minutes to approve"), "advisory": msg.T("注意喚起への対応", "Advisories")}

// What of the registers may wait for somebody.
var (
	submitted = register.Query{Filters: map[string][]string{"state": {string(MeetingSubmitted)}}}
	unsettled = register.Query{Filters: map[string][]string{"state": {string(AdvisoryReceived), string(AdvisoryTriaged), string(AdvisoryActing)}}}
)

// Waiting is what waits for a person: minutes that only they may approve, advisories to be looked at, and those they deal
// with. What is due first comes first.
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, limit int) ([]Item, error) {
	if who.Person == "" {
		return nil, nil
	}
	out, err := s.minutesFor(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	advisories, err := s.advisoriesFor(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	out = append(out, advisories...)
	slices.SortStableFunc(out, func(a, b Item) int {
		last := func(d when.Date) when.Date {
			if d == 0 {
				return 1 << 30
			}
			return d
		}
		return cmp.Compare(last(a.Due), last(b.Due))
	})
	if limit > 0 {
		out = out[:min(len(out), limit)]
	}
	return out, nil
}

func (s *Service) minutesFor(ctx context.Context, tx *db.Tx, who actor.Actor) ([]Item, error) {
	const actID = "meeting.approve"
	decides, err := s.c.Gate.Decides(ctx, tx, who, actID)
	if err != nil || !decides {
		return nil, err
	}
	var out []Item
	move, _ := Minutes().Move("approve")
	d := s.c.Catalog.Must("meeting")
	for rec, err := range s.c.Catalog.Each(ctx, tx, d, submitted) {
		if err != nil {
			return nil, err
		}
		m := register.Decode[Meeting](d, rec.Row)
		by, err := s.hand(ctx, tx, who, actID, move, m.Committee)
		if err != nil {
			return nil, err
		}
		if _, err := Minutes().Step(m.instance(nil), "approve", by); err != nil {
			continue // another chairs it, or they wrote the minutes themselves
		}
		k, _, err := one[Committee](ctx, tx, s.c.Catalog, "committee", m.Committee)
		if err != nil {
			return nil, err
		}
		out = append(out, Item{Kind: "minutes", Title: msg.F("「%s」の議事録の承認", "Approve the minutes of “%s”", k.Name), Why: msg.F("%sに開いた会議の議事録が提出されています。", "The minutes of the meeting of %s have been handed in.", m.Date.Both()),
			Href: meetingHref(m.Code), Subject: ref.New("meeting", m.Code), SubjectName: k.Name, Since: m.Since, Clauses: []clause.ID{"bp.6"}})
	}
	return out, nil
}

func (s *Service) advisoriesFor(ctx context.Context, tx *db.Tx, who actor.Actor) ([]Item, error) {
	triages, err := s.c.Gate.Decides(ctx, tx, who, "advisory.triage")
	if err != nil {
		return nil, err
	}
	days, stated, err := s.parameter(ctx, tx, "N.triage")
	if err != nil {
		return nil, err
	}
	var out []Item
	d := s.c.Catalog.Must("advisory")
	for rec, err := range s.c.Catalog.Each(ctx, tx, d, unsettled) {
		if err != nil {
			return nil, err
		}
		a := register.Decode[Advisory](d, rec.Row)
		i := Item{Kind: "advisory", Href: advisoryHref(a.Code), Subject: ref.New("advisory", a.Code), SubjectName: a.Name, Due: s.waitsFor(a, days, stated), Since: a.Received, Clauses: []clause.ID{"bp.6"}}
		switch st := a.state(); {
		case st == AdvisoryReceived && triages:
			i.Title, i.Why = msg.F("「%s」への対応の判断", "Triage of “%s”", a.Name), msg.F("%sに届いた注意喚起です。", "It came in on %s.", a.Received.Both())
		case st == AdvisoryTriaged && triages:
			i.Title, i.Why = msg.F("「%s」への対応の開始または完了", "Deal with “%s”, or close it", a.Name), msg.T("対応が判断されています。担当と期限を決めるか、対応不要として完了してください。", "It has been triaged. Say who deals with it by when, or close it.")
		case st == AdvisoryActing && (a.Assignee == who.Person || triages):
			i.Title, i.Why, i.Own = msg.F("「%s」への対応", "Deal with “%s”", a.Name), msg.T("対応が終わったら、結果を記録します。", "Record the result when it is done."), a.Assignee == who.Person
		default:
			continue
		}
		out = append(out, i)
	}
	return out, nil
}
