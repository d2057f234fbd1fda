package notice

import (
	"context"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/web"
)

// names finds the names of what a notice points at, by "register:key".
func (s *Service) names(ctx context.Context, tx *db.Tx, n Notice) (map[string]string, error) {
	var refs []ref.Ref
	for _, u := range n.Units {
		refs = append(refs, ref.New("unit", u))
	}
	for _, x := range n.Systems {
		refs = append(refs, ref.New("system", x))
	}
	for _, p := range []string{n.By, n.Approver} {
		if p != "" {
			refs = append(refs, ref.New("person", p))
		}
	}
	labels, err := s.c.Catalog.Names(ctx, tx, refs...)
	out := map[string]string{}
	for _, r := range refs {
		if out[r.String()] = labels[r]; out[r.String()] == "" {
			out[r.String()] = r.Key
		}
	}
	return out, err
}

// listed joins names in one language.
func listed(list []string, lang msg.Lang) string {
	out := ""
	for i, x := range list {
		if i > 0 {
			out += msg.T("、", ", ").In(lang)
		}
		out += x
	}
	return out
}

// audienceIn is an audience in words.
func (s *Service) audienceIn(n Notice, names map[string]string, lang msg.Lang) string {
	var parts []string
	for _, u := range n.Units {
		parts = append(parts, msg.F("%s（下位を含む）", "%s with those below", names["unit:"+u]).In(lang))
	}
	for _, x := range n.Roles {
		parts = append(parts, s.term("role", x).In(lang))
	}
	for _, x := range n.Systems {
		parts = append(parts, msg.F("%sの所管課と役職者", "those in charge of %s", names["system:"+x]).In(lang))
	}
	out := listed(parts, lang)
	if out == "" {
		out = msg.T("全職員等", "Everybody").In(lang)
	}
	var kinds []string
	for _, e := range n.Employments {
		kinds = append(kinds, s.term("employment", e).In(lang))
	}
	if kinds != nil {
		out = msg.F("%sのうち%s", "%s, only: %s", msg.Same(out), msg.Same(listed(kinds, lang))).In(lang)
	}
	return out
}

// about is what there is to know of a notice beside its text.
func (s *Service) about(n Notice, m mine, names map[string]string, lang msg.Lang) []web.Entry {
	out := []web.Entry{{Label: msg.T("対象", "For"), Text: s.audienceIn(n, names, lang)}}
	if n.By != "" {
		out = append(out, web.Entry{Label: msg.T("作成した職員", "Written by"), Text: names["person:"+n.By]})
	}
	if n.Approver != "" {
		out = append(out, web.Entry{Label: msg.T("承認した職員", "Approved by"), Text: names["person:"+n.Approver]})
	}
	if m.at != 0 {
		out = append(out, web.Entry{Label: msg.T("あなたが読んだ日時", "You read it"), Part: web.Time(m.at)})
	}
	if n.Ends != 0 {
		out = append(out, web.Entry{Label: msg.T("掲載の最終日", "Shown until"), Text: n.Ends.Text(lang)})
	}
	for _, id := range n.Clauses {
		out = append(out, web.Entry{Label: msg.T("関係する条項", "Clause"), Text: msg.F("基本方針 %s", "Basic policy %s", clause.ID(id).Number()).In(lang), Href: "/clauses/" + id})
	}
	return append(out, web.Entry{Label: msg.T("お知らせ番号", "Notice no."), Text: n.Code, Href: "/registers/notice/" + n.Code})
}
