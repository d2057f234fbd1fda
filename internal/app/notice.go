package app

import (
	"context"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/notice"
	"okite/internal/when"
)

// newNotice makes the module that tells people things (bp.5, bp.9.1, bp.13).
func (a *App) newNotice() *notice.Service {
	return notice.New(notice.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Log: a.Log, Calendar: a.Calendar, Policy: a.Policy,
		Told: []func(context.Context, *db.Tx, string) ([]notice.Told, error){a.taught, a.inspected}})
}

// noticeKinds name what notices bring to the inbox.
var noticeKinds = map[string]msg.Text{
	"notice": msg.T("お知らせ", "Notice"), "receipt": msg.T("ポリシーの了知", "Receipt of the policy"), "pledge": msg.T("誓約", "Pledge"), "unread": msg.T("未読者への声掛け", "People who have not read"),
}

// unread are the notices, receipts and pledges a person owes (bp.0, bp.5, bp.9.1).
func (a *App) unread(ctx context.Context, who actor.Actor, day when.Date, limit int) (out []inbox.Item, total int, err error) {
	var list []notice.Item
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = a.Notice.Waiting(ctx, tx, who, day, 0)
		return err
	})
	for _, i := range list {
		out = append(out, noticeItem(i))
	}
	total = len(out)
	return out[:min(limit, total)], total, err
}

// taught are the courses a person took, for the sheet of what they were told (bp.9.1).
func (a *App) taught(ctx context.Context, tx *db.Tx, person string) ([]notice.Told, error) {
	list, err := a.Training.Told(ctx, tx, person)
	var out []notice.Told
	for _, l := range list {
		t := notice.Told{Kind: msg.T("研修", "Training"), What: l.Course, Version: l.Edition, Day: l.Date, Subject: l.Subject}
		if !l.Passed {
			t.Day, t.On, t.State = 0, l.Date, msg.T("不合格", "Not passed")
		}
		out = append(out, t)
	}
	return out, err
}

func noticeItem(i notice.Item) inbox.Item {
	x := inbox.Item{Kind: i.Kind, Title: i.Title, Why: i.Why, Href: i.Href, Subject: i.Subject, SubjectName: i.SubjectName, Due: i.Due, Since: i.Since, Clauses: i.Clauses, As: inbox.AsSelf}
	switch {
	case i.Standing:
		x.As = inbox.AsDeputy
	case i.Kind == "decision" || i.Kind == "unread":
		x.As = inbox.AsHolder
	}
	return x
}
