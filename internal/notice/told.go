package notice

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/web"
	"okite/internal/when"
)

// The kinds of what a person is told.
var (
	kindPolicy = msg.T("ポリシーの周知", "Policy")
	kindPledge = msg.T("誓約", "Pledge")
)

// told gathers everything one person was told, the newest of each kind first.
func (s *Service) told(ctx context.Context, tx *db.Tx, code string, today when.Date) ([]Told, error) {
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return nil, err
	}
	name := func(version string) string {
		for _, v := range vs {
			if v.Code == version {
				return v.Name
			}
		}
		return version
	}
	var out []Told
	acks, err := s.acksOf(ctx, tx, "person", code)
	if err != nil {
		return nil, err
	}
	for _, a := range acks {
		t := Told{Kind: kindPolicy, What: name(a.Version), Version: a.Version, Day: a.Date, Subject: ref.New("ack", a.Code)}
		for _, v := range vs {
			if v.Code == a.Version {
				t.On = v.From
			}
		}
		out = append(out, t)
	}
	pledges, err := s.pledgesOf(ctx, tx, code)
	if err != nil {
		return nil, err
	}
	for _, p := range pledges {
		t := Told{Kind: kindPledge, What: s.term("pledge_kind", p.Kind).JA, Version: p.Version, Day: p.Date, State: s.term("pledge_kind", p.Kind), Subject: ref.New("pledge", p.Code)}
		if p.Paper != "" {
			t.What += "（" + p.Paper + "）"
		}
		out = append(out, t)
	}
	notices, err := s.toldNotices(ctx, tx, code, today)
	if err != nil {
		return nil, err
	}
	out = append(out, notices...)
	for _, more := range s.c.Told {
		list, err := more(ctx, tx, code)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	order := map[string]int{}
	for _, t := range out {
		if _, ok := order[t.Kind.EN]; !ok {
			order[t.Kind.EN] = len(order)
		}
	}
	slices.SortStableFunc(out, func(a, b Told) int {
		return cmp.Or(cmp.Compare(order[a.Kind.EN], order[b.Kind.EN]), cmp.Compare(b.day(), a.day()))
	})
	return out, nil
}

// day is when the person was told, or confirmed it.
func (t Told) day() when.Date {
	return cmp.Or(t.On, t.Day, t.Done.Date())
}

// toldNotices are the notices a person was meant to read or has read, with those taken down since.
func (s *Service) toldNotices(ctx context.Context, tx *db.Tx, code string, today when.Date) ([]Told, error) {
	x, ok, err := s.self(ctx, tx, code, today)
	if err != nil || !ok {
		return nil, err
	}
	list, err := s.notices(ctx, tx, string(Issued))
	if err != nil {
		return nil, err
	}
	read, err := readings(ctx, tx, code)
	if err != nil {
		return nil, err
	}
	again, err := reminders(ctx, tx, "", code)
	if err != nil {
		return nil, err
	}
	var out []Told
	for _, n := range list {
		at := read[n.Code]
		if at == 0 && !(x.meant(n, today) || n.Issued <= today && n.Ends != 0 && n.Ends < today && owes(x.joined, 0, n.Issued, today) && x.in(n.Audience())) {
			continue
		}
		t := Told{Kind: s.term("notice_kind", n.Kind), What: n.Name, Version: n.Code, On: n.Issued, Done: at, Subject: ref.New("receipt", ReceiptKey(n.Code, code))}
		if n.Mandatory {
			t.Kind = msg.F("%s・必読", "%s, mandatory", t.Kind)
		}
		if at == 0 {
			t.State, t.Subject = msg.T("未読", "Unread"), ref.New("notice", n.Code)
			count := 0
			for _, r := range again {
				if r.notice == n.Code {
					count++
				}
			}
			if count > 0 {
				t.State = msg.F("未読（再通知 %d回）", "Unread (reminded %d times)", count)
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// numbers finds the entries of the record that prove lines: those of the person's own doing in one look, others one by
// one.
func (s *Service) numbers(ctx context.Context, tx *db.Tx, code string, list []Told) (map[ref.Ref]int64, error) {
	out := map[ref.Ref]int64{}
	if s.c.Log == nil {
		return out, nil
	}
	own, err := s.c.Log.List(ctx, tx, trail.Query{Actor: "person:" + code, Result: trail.Done, Limit: 1000})
	if err != nil {
		return nil, err
	}
	for _, e := range own { // newest first: the first time it was done stays
		out[e.Subject] = e.Index
	}
	for i, t := range list {
		if _, ok := out[t.Subject]; ok || t.Subject.Key == "" || i >= 100 {
			continue
		}
		found, err := s.c.Log.List(ctx, tx, trail.Query{Subject: t.Subject, Result: trail.Done, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			out[t.Subject] = found[0].Index
		}
	}
	return out, nil
}

// mayTell: what a person was told is for the person, for those who manage their unit, and for those who answer for the
// whole city (bp.13: it is proof in a case).
func (s *Service) mayTell(ctx context.Context, tx *db.Tx, who actor.Actor, p org.Person) (bool, error) {
	if who.System || who.Person == p.Code || slices.ContainsFunc([]string{"ciso", "chief", "csirt_chief", "audit_chief", "auditor"}, who.Has) {
		return true, nil
	}
	above, err := s.c.Catalog.UnitsAbove(ctx, tx, p.Unit)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(who.Roles, func(g actor.Grant) bool {
		unit, ok := strings.CutPrefix(g.Scope, "unit:")
		return ok && (g.Role == "section_manager" || g.Role == "bureau_head") && slices.Contains(above, unit)
	}), nil
}

// toldPage answers what this person was told, when and on which version, on one sheet of paper (bp.5, bp.9.1, bp.13).
func (s *Service) toldPage(r *web.Request) (web.Response, error) {
	var p org.Person
	var list []Told
	var entries map[ref.Ref]int64
	var unit string
	err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) error {
		d := s.def("person")
		rec, ok, err := s.c.Catalog.One(ctx, tx, d, r.Path("code"))
		if err != nil {
			return err
		}
		if ok {
			p = register.Decode[org.Person](d, rec.Row)
			if ok, err = s.mayTell(ctx, tx, r.Actor, p); err != nil {
				return err
			}
		}
		if !ok {
			return web.NotFound()
		}
		if unit, err = s.c.Catalog.Label(ctx, tx, ref.New("unit", p.Unit)); err != nil {
			return err
		}
		if list, err = s.told(ctx, tx, p.Code, today); err != nil {
			return err
		}
		entries, err = s.numbers(ctx, tx, p.Code, list)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	lang, today := r.Lang, when.Of(r.Now())
	t := web.Table{ID: "told", Caption: msg.T("伝えたことと本人の確認", "What was told, and confirmed"), Count: len(list), Empty: msg.T("伝えた記録はありません。", "There is nothing on record."), Columns: []web.Column{
		{Title: msg.T("区分", "Kind")}, {Title: msg.T("内容", "What"), Head: true}, {Title: msg.T("版・番号", "Version")}, {Title: msg.T("伝えた日", "Told on"), NoWrap: true}, {Title: msg.T("本人の確認", "Confirmed"), NoWrap: true}, {Title: msg.T("記録の番号", "Entry"), Num: true}}}
	for _, x := range list {
		done := web.Cell{Text: x.Day.Short(lang)}
		switch {
		case x.Done != 0:
			done.Text = x.Done.Text(lang)
		case x.Day == 0 && !x.State.IsZero():
			done = web.Cell{Text: x.State.In(lang), Tone: web.Warn}
		}
		entry := web.Cell{Text: msg.T("一括登録", "Loaded").In(lang)} // with many others in one entry: a file, a move from elsewhere
		if n, ok := entries[x.Subject]; ok {
			entry = web.Cell{Text: web.Number(int(n)), Href: "/trail?subject=" + x.Subject.String()}
		}
		on := x.On.Short(lang)
		if x.On == 0 {
			on = x.day().Short(lang)
		}
		what := x.What
		if x.Kind == kindPledge && lang == msg.EN {
			what = x.State.EN
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Kind.In(lang)}, {Text: what}, {Text: x.Version}, {Text: on}, done, entry}})
	}
	term := terms(p, lang)
	body := []templ.Component{web.PrintHead(web.Sheet{Class: msg.T("機密性2", "Confidentiality 2"), Number: p.Code, Date: today.Text(lang)}),
		web.PageHead(web.Head{Crumbs: []web.Link{{Title: msg.T("人と役割", "People and roles"), Href: "/people"}, {Title: msg.Same(p.Name), Href: "/people/" + p.Code}, {Title: titleTold}}, Title: titleTold,
			Facts: []msg.Text{msg.F("%s（%s）", "%s (%s)", p.Name, p.Code), msg.Same(unit), s.term("employment", p.Employment), msg.Same(term)},
			Lead:  msg.F("%s時点で、この職員等に何を、いつ、どの版で伝えたかの一覧です。記録の番号は、改ざんを確かめられる証跡の番号です。", "What this person was told, when and on which version, as of %s. Entry numbers are those of the tamper-evident record.", today.Both())}),
		web.TablePart(t)}
	return web.Page(titleTold, web.Stack(body...)).In("/people"), nil
}

// terms is the time a person has been with the city.
func terms(p org.Person, lang msg.Lang) string {
	if p.Left != 0 {
		return msg.F("在職 %sから%sまで", "with the city from %s to %s", p.Joined.Both(), p.Left.Both()).In(lang)
	}
	return msg.F("在職 %sから", "with the city since %s", p.Joined.Both()).In(lang)
}

// ToldHref is the address of the sheet of a person, "" for whoever may not read it: other pages link to it.
func (s *Service) ToldHref(ctx context.Context, tx *db.Tx, who actor.Actor, p org.Person) (string, error) {
	ok, err := s.mayTell(ctx, tx, who, p)
	if err != nil || !ok {
		return "", err
	}
	return "/people/" + p.Code + "/told", nil
}
