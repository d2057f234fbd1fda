package notice

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// place is a part of clause 9 with its guides.
type place struct {
	id, number, title, text string
	now, next, past         []Guide
}

// places are the parts of clause 9 of the basic policy in force, each with its guides.
func (s *Service) places(ctx context.Context, tx *db.Tx, today when.Date) ([]place, policy.Version, error) {
	v, ok, err := s.inForce(ctx, tx, today)
	if err != nil || !ok {
		return nil, v, err
	}
	d := s.def("clause")
	var ids []string
	at := map[string]policy.Clause{}
	for r, err := range s.c.Catalog.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"version": {v.Code}}}) {
		if err != nil {
			return nil, v, err
		}
		c := register.Decode[policy.Clause](d, r.Row)
		ids, at[c.ID] = append(ids, c.ID), c
	}
	guides, err := s.guides(ctx, tx)
	if err != nil {
		return nil, v, err
	}
	var out []place
	for id := range Measures(ids) {
		c := at[id]
		p := place{id: id, number: c.Number, title: c.Name, text: c.Text}
		for _, g := range guides {
			switch {
			case g.Clause != id:
			case g.InForceOn(today):
				p.now = append(p.now, g)
			case g.From == 0 || g.From > today:
				p.next = append(p.next, g)
			default:
				p.past = append(p.past, g)
			}
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b place) int {
		if clause.Less(clause.ID(a.id), clause.ID(b.id)) {
			return -1
		}
		return 1
	})
	return out, v, nil
}

// guideList is the conduct guide, one line for each part of clause 9 (bp.9.1–bp.9.6).
func (s *Service) guideList(r *web.Request) (web.Response, error) {
	var list []place
	var v policy.Version
	var office, edit bool
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		if list, v, err = s.places(ctx, tx, today); err != nil {
			return err
		}
		if office, err = s.office(ctx, tx, r); err != nil {
			return err
		}
		edit, err = s.c.Gate.Decides(ctx, tx, r.Actor, "guide.create")
		return err
	}); err != nil {
		return web.Response{}, err
	}
	head := web.Head{Title: titleGuide, Lead: msg.T("基本方針9の対策ごとに、職員等がどう行動し、迷ったときにどう判断するかを示します。", "How to act under each part of clause 9, and how to judge when in doubt.")}
	if edit {
		head.Links = []web.Link{{Title: msg.T("指針を登録する", "Register a guide"), Href: "/registers/guide/new?version=" + v.Code}}
	}
	t := web.Table{ID: "guides", Caption: msg.T("条項ごとの行動指針", "Guides by clause"), Count: -1, Empty: msg.T("施行中の基本方針に、対策の条項がありません。", "The basic policy in force has no clauses of measures."), Columns: []web.Column{
		{Title: msg.T("条項", "Clause"), Head: true}, {Title: msg.T("行動指針", "Guide")}, {Title: msg.T("施行日", "In force from"), NoWrap: true}, {Title: msg.T("状態", "State"), NoWrap: true}}}
	for _, p := range list {
		row := web.Row{Cells: []web.Cell{{Text: p.number + " " + p.title, Href: guideHref(p.id)}, {}, {}, {Part: web.Badge(msg.T("指針なし", "No guide"), web.Bad)}}}
		if len(p.now) > 0 {
			row.Cells[1].Text, row.Cells[2].Text, row.Cells[3].Part = p.now[0].Name, p.now[0].From.Short(r.Lang), web.Badge(msg.T("施行中", "In force"), web.Good)
			if p.now[0].Version != v.Code {
				row.Cells[3].Part = web.Badge(msg.T("版の照合が必要", "To be held against the version"), web.Warn)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return web.Page(titleGuide, web.Stack(web.PageHead(head), s.tabs("/guide", office), web.TablePart(t))).In("/notices"), nil
}

// guidePage is the guide of one clause beside the words of the policy.
func (s *Service) guidePage(r *web.Request) (web.Response, error) {
	var p place
	var edit bool
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) error {
		list, _, err := s.places(ctx, tx, today)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(p place) bool { return p.id == r.Path("clause") })
		if i < 0 {
			return web.NotFound()
		}
		p = list[i]
		edit, err = s.c.Gate.Decides(ctx, tx, r.Actor, "guide.publish")
		return err
	}); err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	title := msg.F("行動指針：%s %s", "Conduct guide: %s %s", p.number, p.title)
	parts := []templ.Component{web.PrintHead(web.Sheet{Number: p.id, Date: today.Text(r.Lang)}),
		web.PageHead(web.Head{Crumbs: []web.Link{{Title: titleNotices, Href: "/notices"}, {Title: titleGuide, Href: "/guide"}, {Title: msg.Same(p.number)}}, Title: title}),
		web.Quote(msg.F("基本方針 %s", "Basic policy %s", p.number), strings.TrimSpace(p.title+"\n"+p.text))}
	if len(p.now) == 0 {
		parts = append(parts, web.EmptyState(msg.T("この条項の行動指針は施行されていません。判断に迷うときは、情報セキュリティ管理者に相談してください。", "No guide for this clause is in force. Ask your information security manager when in doubt.")))
	}
	for _, g := range p.now {
		parts = append(parts, section(msg.Same(g.Name), words(g.Text), web.SummaryList([]web.Entry{{Label: msg.T("要点", "In short"), Part: brief(g)}, {Label: msg.T("版", "Edition"), Text: msg.F("第%d版", "Edition %d", g.Number).In(r.Lang)},
			{Label: msg.T("施行日", "In force from"), Text: g.From.Text(r.Lang)}, {Label: msg.T("指針番号", "Guide no."), Text: g.Code, Href: "/registers/guide/" + g.Code}})))
	}
	if edit && len(p.next) > 0 {
		t := web.Table{ID: "next", Caption: msg.T("施行前の指針", "Not yet in force"), Count: len(p.next), Columns: []web.Column{{Title: msg.T("題名", "Title"), Head: true}, {Title: msg.T("施行日", "In force from")}}}
		for _, g := range p.next {
			cell := web.Cell{Text: g.From.Text(r.Lang)}
			if g.From == 0 {
				cell = web.Cell{Text: msg.T("施行する", "Bring into force").In(r.Lang), Href: "/registers/guide/" + g.Code + "/act/guide.publish"}
			}
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: g.Name, Href: "/registers/guide/" + g.Code}, cell}})
		}
		parts = append(parts, web.TablePart(t))
	}
	if len(p.past) > 0 {
		var list []web.Event
		for _, g := range p.past {
			list = append(list, web.Event{At: g.From.Short(r.Lang) + msg.T("〜", " – ").In(r.Lang) + g.Until.Short(r.Lang), Title: g.Name, Href: "/registers/guide/" + g.Code})
		}
		parts = append(parts, fold(msg.T("以前の版", "Earlier editions"), web.Timeline(list)))
	}
	return web.Page(title, web.Stack(parts...)).In("/notices"), nil
}

// brief is the points of a guide.
func brief(g Guide) templ.Component { return points(strings.Split(strings.TrimSpace(g.Brief), "\n")) }

// GuideFor is what the guides in force say in short where something is applied for: the act's own guides, those of the
// clauses it rests on left out. Nothing when no guide is to be shown there (bp.9.1).
func (s *Service) GuideFor(ctx context.Context, tx *db.Tx, act string) (templ.Component, error) {
	all, err := s.guides(ctx, tx)
	if err != nil {
		return nil, err
	}
	today := when.Of(tx.Now())
	all = slices.DeleteFunc(all, func(g Guide) bool { return !g.InForceOn(today) || !slices.Contains(g.Shown, act) })
	if len(all) == 0 {
		return templ.NopComponent, nil
	}
	var parts []templ.Component
	for _, g := range all {
		parts = append(parts, guideTitle(g), brief(g))
	}
	return section(msg.T("申請の前に", "Before you apply"), parts...), nil
}
