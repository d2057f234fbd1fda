package selfcheck

import (
	"context"
	"slices"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
)

// Owed is something a person owes, for the inbox.
type Owed struct {
	Kind        string // selfcheck, decision or recheck
	Title, Why  msg.Text
	Href        string
	Subject     ref.Ref
	SubjectName string
	Due, Since  when.Date
	Clauses     []clause.ID
	Own         bool // theirs by themselves, not by a role
	Standing    bool // as a deputy or by delegation
}

// Waiting is what a person owes of self-inspections: sheets to answer, sheets of their section to confirm, and campaigns
// to close or look at again (bp.11). What is late by R239 comes from the checks and is not said twice.
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, limit int) ([]Owed, error) {
	if who.Person == "" {
		return nil, nil
	}
	all, err := s.campaigns(ctx, tx)
	if err != nil {
		return nil, err
	}
	open := slices.DeleteFunc(slices.Clone(all), func(c Campaign) bool { return c.State != Open || c.Opens > day })
	var out []Owed
	if len(open) > 0 {
		if out, err = s.toAnswer(ctx, tx, who, day, open); err != nil {
			return nil, err
		}
	}
	confirm, err := s.toConfirm(ctx, tx, who, all)
	if err != nil {
		return nil, err
	}
	out = append(out, confirm...)
	office, err := s.toClose(ctx, tx, who, day, all)
	if err != nil {
		return nil, err
	}
	out = append(out, office...)
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

func (s *Service) toAnswer(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, open []Campaign) ([]Owed, error) {
	own, err := s.mine(ctx, tx, who.Person, managed(who))
	if err != nil {
		return nil, err
	}
	var out []Owed
	for _, c := range open {
		for _, b := range own {
			if b.Campaign != c.Code || c.Due < day || !slices.Contains([]flow.State{Preparing, Answering, Returned}, flow.State(b.State)) {
				continue
			}
			i := s.ownItem(c, b)
			if b.Unit != "" {
				i.Title, i.Standing = msg.F("「%s」に%sとして回答する", "Answer “%s” for %s", c.Name, b.name), standing(who, b.Unit)
			}
			out = append(out, i)
		}
	}
	return out, nil
}

// standing says whether somebody manages a section only as deputy or by delegation.
func standing(who actor.Actor, unit string) bool {
	return !slices.ContainsFunc(who.Roles, func(g actor.Grant) bool {
		return g.Role == "section_manager" && g.Scope == ref.New("unit", unit).String() && !g.Deputy && g.Via == ""
	})
}

// toConfirm counts the sheets of each section somebody manages that wait to be confirmed.
func (s *Service) toConfirm(ctx context.Context, tx *db.Tx, who actor.Actor, all []Campaign) ([]Owed, error) {
	units := managed(who)
	if len(units) == 0 {
		return nil, nil
	}
	marks, args := in(units, 2)
	list, err := briefs(ctx, tx, `r.state = 'submitted' AND r.person <> $1 AND r.by <> $1 AND r.section IN (`+marks+`)`, append([]any{who.Person}, args...)...)
	if err != nil {
		return nil, err
	}
	names, err := unitNames(ctx, tx)
	if err != nil {
		return nil, err
	}
	type key struct{ campaign, unit string }
	n, since := map[key]int{}, map[key]when.Date{}
	for _, b := range list {
		k := key{b.Campaign, b.Section}
		n[k]++
		if since[k] == 0 || b.Submitted < since[k] {
			since[k] = b.Submitted
		}
	}
	var out []Owed
	for _, c := range all {
		for _, u := range units {
			k := key{c.Code, u}
			if n[k] == 0 {
				continue
			}
			to := sectionHref(c.Code, u)
			if n[k] > 1 {
				to = bulkHref(c.Code, u)
			}
			out = append(out, Owed{Kind: "decision", Title: msg.F("自己点検の回答%d件を確認する", "Confirm %d self-inspection sheets", n[k]), Why: msg.F("「%s」の回答が確認を待っています。", "Answers to “%s” wait to be confirmed.", c.Name),
				Href: to, Subject: ref.New("unit", u), SubjectName: names[u], Since: since[k], Clauses: []clause.ID{"bp.6", "bp.11"}, Standing: standing(who, u)})
		}
	}
	return out, nil
}

// toClose are the campaigns past their last day, and the second looks to be taken, for the office.
func (s *Service) toClose(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date, all []Campaign) ([]Owed, error) {
	closes, err := s.c.Gate.Decides(ctx, tx, who, "selfcheck.close")
	if err != nil {
		return nil, err
	}
	looks, err := s.c.Gate.Decides(ctx, tx, who, "selfcheck.recheck")
	if err != nil {
		return nil, err
	}
	var out []Owed
	for _, c := range all {
		switch {
		case closes && c.State == Open && c.Due < day:
			out = append(out, Owed{Kind: "selfcheck", Title: msg.F("「%s」を締め切る", "Close “%s”", c.Name), Why: msg.T("回答の期限を過ぎています。", "Its last day has passed."), Href: campaignHref(c.Code), Subject: ref.New("campaign", c.Code), SubjectName: c.Name, Since: c.Due + 1, Clauses: []clause.ID{"bp.11"}})
		case looks && c.State == Closed && c.FY == int64(day.FY()):
			var left int
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM reg_response WHERE campaign = $1 AND NOT ended AND sampled AND recheck = ''`, c.Code).Scan(&left); err != nil {
				return nil, err
			}
			if left > 0 {
				out = append(out, Owed{Kind: "recheck", Title: msg.F("「%s」の抽出再点検（残り%d件）", "Second look at “%s” (%d left)", c.Name, left), Why: msg.T("抽出した回答票を、本人と別の課の職員が確かめます。", "Somebody of another section looks at the sheets that were drawn."), Href: campaignHref(c.Code, "sample"),
					Subject: ref.New("campaign", c.Code), SubjectName: c.Name, Due: when.FYEnd(int(c.FY)), Since: c.Closed, Clauses: []clause.ID{"bp.11"}})
			}
		}
	}
	return out, nil
}

// Everyone is what each person owes by themselves, for those who are told of it together: what Waiting says of one.
func (s *Service) Everyone(ctx context.Context, tx *db.Tx, day when.Date) (map[string][]Owed, error) {
	all, err := s.campaigns(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := map[string][]Owed{}
	for _, c := range all {
		if c.State != Open || c.Opens > day || c.Due < day {
			continue
		}
		list, err := briefs(ctx, tx, `r.campaign = $1 AND r.person <> '' AND r.state IN ('preparing', 'answering', 'returned')`, c.Code)
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			out[b.Person] = append(out[b.Person], s.ownItem(c, b))
		}
	}
	return out, nil
}

// ownItem is a sheet somebody has to answer themselves.
func (s *Service) ownItem(c Campaign, b brief) Owed {
	i := Owed{Kind: "selfcheck", Title: msg.F("「%s」に回答する", "Answer “%s”", c.Name), Why: msg.T("まだ提出していません。", "It has not been handed in yet."), Href: answerHref(b.Code), Subject: ref.New("response", b.Code), SubjectName: b.name,
		Due: c.Due, Since: c.Opens, Clauses: []clause.ID{"bp.11"}, Own: b.Unit == ""}
	if b.State == string(Returned) {
		i.Why = msg.T("差し戻されました。理由を確かめて答え直してください。", "It was sent back. See why, and answer again.")
	}
	return i
}
