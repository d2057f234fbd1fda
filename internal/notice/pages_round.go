package notice

import (
	"slices"

	"github.com/a-h/templ"

	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// remindedPart says when people were reminded of a notice, by hand and by the product, how many, and when the product
// will next do so. partly counts only the people of whoever looks.
func remindedPart(told []reminder, held []round, plan days, rd reading, partly, shown bool, today when.Date, lang msg.Lang) []templ.Component {
	type line struct {
		at     when.Stamp
		way    msg.Text
		people int
	}
	own := map[string]bool{}
	for _, p := range rd.meant {
		own[p.code] = true
	}
	var list []line
	for _, h := range held {
		l := line{at: h.at, way: roundTitles[h.name]}
		if h.name == roundLast && !partly {
			l.people = h.people
		}
		list = append(list, l)
	}
	for _, t := range told {
		if partly && !own[t.person] {
			continue
		}
		i := slices.IndexFunc(list, func(l line) bool { return l.at == t.at })
		if i < 0 {
			i, list = len(list), append(list, line{at: t.at, way: msg.T("手動", "by hand")})
		}
		list[i].people++
	}
	slices.SortStableFunc(list, func(a, b line) int { return int(min(1, max(-1, b.at-a.at))) })
	var out []templ.Component
	if len(list) > 0 {
		t := web.Table{ID: "reminded", Caption: msg.T("催促の記録", "Reminders"), Count: -1, Short: true, Columns: []web.Column{{Title: msg.T("催促した日", "On"), Head: true, NoWrap: true}, {Title: msg.T("方法", "How")}, {Title: msg.T("人数", "People"), Num: true}}}
		for _, l := range list {
			people := msg.T("–", "–")
			if l.people > 0 {
				people = msg.F("%s人", "%s", web.Number(l.people))
			}
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: l.at.Date().Text(lang)}, {Text: l.way.In(lang)}, {Text: people.In(lang)}}})
		}
		out = append(out, web.TablePart(t))
	}
	if next := plan.next(today, held); shown && len(rd.unread) > 0 && len(next) > 0 {
		on := ""
		for i, d := range next {
			if i > 0 {
				on += msg.T("、", ", ").In(lang)
			}
			on += d.Text(lang)
		}
		out = append(out, web.Para(msg.F("読んでいない職員等には、このあと%sに自動で再通知します。期限の日には、管理者の受信箱に課の一覧を示します。", "Those who have not read it are reminded by itself on %s. On the last day the managers find the list of their people in the inbox.", msg.Same(on))))
	}
	return out
}

// next are the days on which readers are still to be reminded.
func (d days) next(today when.Date, held []round) []when.Date {
	var out []when.Date
	for _, x := range []struct {
		name string
		day  when.Date
	}{{roundHalf, d.half}, {roundEve, d.eve}} {
		if x.day >= today && !slices.ContainsFunc(held, func(r round) bool { return r.name == x.name }) {
			out = append(out, x.day)
		}
	}
	return out
}
