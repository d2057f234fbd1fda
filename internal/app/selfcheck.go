package app

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/notice"
	"okite/internal/selfcheck"
	"okite/internal/when"
)

// newSelfcheck makes the module of self-inspections; answers are set beside what the checks find today (bp.11).
func (a *App) newSelfcheck() *selfcheck.Service {
	return selfcheck.New(selfcheck.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Findings: a.contradictions})
}

// contradictions are what some checks find against anybody or any section today.
func (a *App) contradictions(ctx context.Context, checks []string) ([]selfcheck.Finding, error) {
	s, err := a.Checks(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Touches(ctx, checks)
	out := make([]selfcheck.Finding, 0, len(list))
	for _, t := range list {
		out = append(out, selfcheck.Finding{Check: t.Check, Title: t.Title, Subject: t.Subject, Name: t.SubjectName, Result: t.Result, Reason: t.Reason, Href: t.Href, People: t.People, Unit: t.Unit})
	}
	return out, err
}

// selfcheckKinds name what self-inspections bring to the inbox.
var selfcheckKinds = map[string]msg.Text{"selfcheck": msg.T("自己点検", "Self-inspection"), "recheck": msg.T("抽出再点検", "Second look")}

// inspections are the self-inspections a person has to answer, confirm, close or look at again (bp.11).
func (a *App) inspections(ctx context.Context, who actor.Actor, day when.Date, limit int) (out []inbox.Item, total int, err error) {
	var list []selfcheck.Owed
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = a.Selfcheck.Waiting(ctx, tx, who, day, 0)
		return err
	})
	for _, x := range list {
		out = append(out, inspectionItem(x))
	}
	total = len(out)
	return out[:min(limit, total)], total, err
}

func (a *App) inspectionsOfAll(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]inbox.Item, error) {
	all, err := a.Selfcheck.Everyone(ctx, tx, day)
	return items(all, inspectionItem), err
}

func inspectionItem(x selfcheck.Owed) inbox.Item {
	i := inbox.Item{Kind: x.Kind, Title: x.Title, Why: x.Why, Href: x.Href, Subject: x.Subject, SubjectName: x.SubjectName, Due: x.Due, Since: x.Since, Clauses: x.Clauses, As: inbox.AsHolder}
	switch {
	case x.Own:
		i.As = inbox.AsSelf
	case x.Standing:
		i.As = inbox.AsDeputy
	}
	return i
}

// inspected are the self-inspections a person was asked for, for the sheet of what they were told (bp.11).
func (a *App) inspected(ctx context.Context, tx *db.Tx, person string) ([]notice.Told, error) {
	list, err := a.Selfcheck.Told(ctx, tx, person)
	var out []notice.Told
	for _, l := range list {
		out = append(out, notice.Told{Kind: msg.T("自己点検", "Self-inspection"), What: l.Campaign, Version: l.Number, On: l.On, Day: l.Day, State: l.State, Subject: l.Subject})
	}
	return out, err
}
