package notice

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// managed are the units somebody answers for as section manager or head of a bureau, with all below; nil means the
// whole city, and an empty set nothing.
func (s *Service) managed(ctx context.Context, tx *db.Tx, who actor.Actor, reach *Reach) (map[string]bool, error) {
	for _, id := range []string{"notice.draft", "notice.approve", "notice.remind"} {
		ok, err := s.c.Gate.Decides(ctx, tx, who, id)
		if err != nil || ok {
			return nil, err
		}
	}
	if slices.ContainsFunc([]string{"ciso", "chief", "audit_chief", "auditor"}, who.Has) {
		return nil, nil
	}
	out := map[string]bool{}
	for _, g := range who.Roles {
		if unit, ok := strings.CutPrefix(g.Scope, "unit:"); ok && (g.Role == "section_manager" || g.Role == "bureau_head") {
			for u := range reach.Below(unit) {
				out[u] = true
			}
		}
	}
	return out, nil
}

// ownSection is the section somebody manages, "" when it is none or more than one.
func ownSection(who actor.Actor) string {
	out := ""
	for _, g := range who.Roles {
		if unit, ok := strings.CutPrefix(g.Scope, "unit:"); ok && g.Role == "section_manager" && unit != out {
			if out != "" {
				return ""
			}
			out = unit
		}
	}
	return out
}

// readersPage shows how far a notice has come in each section and who has not read it: to the office everybody, to a
// section manager their own people (bp.9.1).
func (s *Service) readersPage(r *web.Request) (web.Response, error) {
	var n Notice
	var rd reading
	var units map[string]string
	var within map[string]bool
	var told []reminder
	var held []round
	var plan days
	var all, mine bool
	pick := cmp.Or(r.Query("unit"), ownSection(r.Actor))
	err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		if n, _, err = s.get(ctx, tx, r.Path("code")); err != nil {
			return err
		}
		reach, err := s.reach(ctx, tx, today)
		if err != nil {
			return err
		}
		if within, err = s.managed(ctx, tx, r.Actor, reach); err != nil {
			return err
		}
		if within != nil && len(within) == 0 || n.State != string(Issued) {
			return web.NotFound()
		}
		if rd, err = s.readingIn(ctx, tx, reach, n, within, today); err != nil {
			return err
		}
		if units, err = s.unitNames(ctx, tx); err != nil {
			return err
		}
		if told, err = reminders(ctx, tx, n.Code, ""); err != nil {
			return err
		}
		if held, err = rounds(ctx, tx, n.Code); err != nil {
			return err
		}
		if plan, err = s.days(ctx, tx, n); err != nil {
			return err
		}
		if n.ShownOn(today) {
			if all, err = s.c.Gate.Decides(ctx, tx, r.Actor, "notice.remind"); err != nil {
				return err
			}
			mine = pick != "" && s.c.Gate.May(ctx, tx, r.Actor, "notice.remind.section", act.Input{"notice": n.Code, "unit": pick}) == nil
		}
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Crumbs: []web.Link{{Title: titleNotices, Href: "/notices"}, {Title: msg.Same(n.Name), Href: href(n.Code)}, {Title: titleReaders}}, Title: msg.Same(n.Name), Badge: web.Badge(s.stateOf(n, today), toneOf(n, today)),
		Facts: []msg.Text{s.kindOf(n), msg.F("発信日 %s", "issued %s", n.Issued.Both()), msg.F("読了の期限 %s", "to be read by %s", n.Due.Both())}}
	if within != nil {
		head.Lead = msg.T("あなたが管理する組織の職員等です。", "These are the people of the units you answer for.")
	}
	read := len(rd.meant) - len(rd.unread)
	tone := web.Plain
	if n.Mandatory && n.Due < today && len(rd.unread) > 0 {
		tone = web.Bad
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Number: n.Code, Date: today.Text(r.Lang)}), web.PageHead(head), web.ErrorSummary(), web.Tiles([]web.Tile{
		{Value: msg.F("%s人", "%s", web.Number(len(rd.unread))), Label: msg.T("読んでいない職員等", "Have not read it"), Tone: tone},
		{Value: msg.F("%s人", "%s", web.Number(read)), Label: msg.T("読んだ職員等", "Have read it")},
		{Value: msg.Same(orDash(percent(read, len(rd.meant)))), Label: msg.T("読んだ人の割合", "Share of readers")}})}
	if len(rd.unread) > 0 && (all || mine) {
		form := web.Form{Action: href(n.Code, "readers"), Label: titleRemind, Buttons: []web.Button{{Title: titleRemind, Tone: web.Good, Ask: msg.T("読んでいない職員等だけに再通知します。今日すでに再通知した人には送りません。よろしいですか。", "Only those who have not read it are reminded, and nobody twice a day. Go on?")}}}
		if !all {
			form.Hidden = [][2]string{{"unit", pick}}
		}
		parts = append(parts, web.FormPart(form))
	}
	parts = append(parts, remindedPart(told, held, plan, rd, within != nil, n.ShownOn(today), today, r.Lang)...)
	parts = append(parts, section(msg.T("課ごとの状況", "By section"), s.bySection(r, n, rd, units)))
	list := rd.unread
	if pick != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(p person) bool { return p.unit != pick })
	}
	parts = append(parts, section(titleReaders, s.peopleTable(r, list, units, titleReaders, msg.T("読んでいない職員等はいません。", "Everybody has read it."))))
	return web.Page(msg.Same(n.Name), web.Stack(parts...)).In("/notices"), nil
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// bySection counts readers of each unit, the worst first.
func (s *Service) bySection(r *web.Request, n Notice, rd reading, units map[string]string) templ.Component {
	type count struct {
		unit          string
		meant, unread int
	}
	by := map[string]*count{}
	var list []*count
	at := func(unit string) *count {
		c := by[unit]
		if c == nil {
			c = &count{unit: unit}
			by[unit], list = c, append(list, c)
		}
		return c
	}
	for _, p := range rd.meant {
		at(p.unit).meant++
	}
	for _, p := range rd.unread {
		at(p.unit).unread++
	}
	slices.SortStableFunc(list, func(a, b *count) int {
		return cmp.Or(cmp.Compare(b.unread*a.meant, a.unread*b.meant), cmp.Compare(b.unread, a.unread), cmp.Compare(a.unit, b.unit))
	})
	t := web.Table{Short: true, ID: "sections", Caption: msg.T("課ごとの読んだ人の割合", "Share of readers by section"), Count: len(list), Empty: msg.T("対象の職員等はいません。", "Nobody is in the audience."), Columns: []web.Column{
		{Title: msg.T("組織", "Unit"), Head: true}, {Title: msg.T("対象", "For"), Num: true}, {Title: msg.T("未読", "Unread"), Num: true}, {Title: msg.T("割合", "Share"), Num: true}}}
	const most = 200
	for _, c := range list[:min(most, len(list))] {
		unread := web.Cell{Text: web.Number(c.unread)}
		if c.unread > 0 {
			unread.Tone = web.Warn
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: units[c.unit], Href: href(n.Code, "readers") + "?unit=" + c.unit + "#people"}, {Text: web.Number(c.meant)}, unread, {Text: percent(c.meant-c.unread, c.meant)}}})
	}
	if len(list) > most {
		return web.Stack(web.TablePart(t), web.Para(msg.F("割合の低い%d件を示しています。", "The %d with the lowest share are shown.", most)))
	}
	return web.TablePart(t)
}

// remindPost tells again those who have not read a notice.
func (s *Service) remindPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("unit"); err != nil {
		return web.Response{}, err
	}
	code, in, id := r.Path("code"), act.Input{}, "notice.remind"
	in["notice"] = code
	if u := r.Form("unit"); u != "" {
		id, in["unit"] = "notice.remind.section", u
	}
	if _, err := s.c.Gate.Run(r.Context(), id, in, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	to := href(code, "readers")
	if in["unit"] != "" {
		to += "?unit=" + in["unit"]
	}
	return web.Redirect(to, msg.T("読んでいない職員等に再通知しました。", "Those who have not read it were reminded.")), nil
}
