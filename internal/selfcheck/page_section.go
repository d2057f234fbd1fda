package selfcheck

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

const perPage = 50

// percent is a share, "" of nothing.
func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return strconv.Itoa(n*100/of) + "%"
}

// latestOf is the campaign a page is about: the one asked for, else the newest that is open or was closed.
func latestOf(all []Campaign, code string) (Campaign, bool) {
	for _, c := range all {
		if c.Code == code || code == "" && c.State != Withdrawn {
			return c, true
		}
	}
	return Campaign{}, false
}

// sectionPage shows who of the sections somebody answers for has handed in what, whoever has not first, with the way to
// confirm (bp.11).
func (s *Service) sectionPage(r *web.Request) (web.Response, error) {
	var c Campaign
	var all []Campaign
	var list []brief
	var names map[string]string
	var units []string
	var ok, together bool
	unit := r.Query("unit")
	err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		in, err := s.within(ctx, tx, r.Actor)
		if err != nil {
			return err
		}
		if in != nil && len(in) == 0 || in != nil && unit != "" && !in[unit] {
			return web.NotFound()
		}
		if all, err = s.campaigns(ctx, tx); err != nil {
			return err
		}
		if names, err = unitNames(ctx, tx); err != nil {
			return err
		}
		if c, ok = latestOf(all, r.Query("campaign")); !ok {
			return nil
		}
		by, err := tallies(ctx, tx, c.Code)
		if err != nil {
			return err
		}
		for u := range by {
			if in == nil || in[u] {
				units = append(units, u)
			}
		}
		slices.SortFunc(units, func(a, b string) int { return cmp.Or(cmp.Compare(names[a], names[b]), cmp.Compare(a, b)) })
		if unit == "" {
			for _, u := range managed(r.Actor) {
				if slices.Contains(units, u) {
					unit = u
					break
				}
			}
		}
		if unit == "" && len(units) > 0 {
			unit = units[0]
		}
		_, together = s.levelFor(ctx, tx, r.Actor, unit)
		list, err = briefs(ctx, tx, `r.campaign = $1 AND r.section = $2 AND r.state <> 'withdrawn'`, c.Code, unit)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: titleSection}}, Title: titleSection}
	if !ok {
		return web.Page(titleSection, web.Stack(web.PageHead(head), web.EmptyState(msg.T("自己点検はまだ行われていません。", "No self-inspection was held yet.")))).In("/selfcheck"), nil
	}
	head.Title, head.Badge = msg.Same(names[unit]), s.campaignBadge(c, today)
	head.Facts = []msg.Text{msg.Same(c.Name), msg.F("期限 %s", "due %s", c.Due.Both())}
	answered, waiting := 0, 0
	for _, b := range list {
		if b.Answered() {
			answered++
		}
		if b.State == string(Submitted) {
			waiting++
		}
	}
	if together && waiting > 0 {
		head.Links = []web.Link{{Title: msg.T("まとめて確認する", "Confirm together"), Href: bulkHref(c.Code, unit), Main: true}}
	}
	late := web.Plain
	if c.Due < today && answered < len(list) {
		late = web.Bad
	}
	filter := web.Filter{Action: "/selfcheck/section"}
	pick := web.Field{Name: "campaign", Label: titleSelf, Kind: web.SelectField, Value: c.Code}
	for _, x := range all {
		if x.State != Withdrawn {
			pick.Options = append(pick.Options, web.Option{Value: x.Code, Label: msg.Same(x.Name)})
		}
	}
	filter.Fields = append(filter.Fields, pick)
	if len(units) > 1 {
		which := web.Field{Name: "unit", Label: msg.T("課・室", "Section"), Kind: web.SelectField, Value: unit}
		for _, u := range units {
			which.Options = append(which.Options, web.Option{Value: u, Label: msg.Same(names[u])})
		}
		filter.Fields = append(filter.Fields, which)
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: today.Text(r.Lang)}), web.PageHead(head), web.FilterPart(filter), web.Tiles([]web.Tile{
		{Value: msg.F("%s件", "%s", web.Number(len(list)-answered)), Label: msg.T("未提出", "Not handed in"), Tone: late},
		{Value: msg.F("%s件", "%s", web.Number(waiting)), Label: msg.T("確認待ち", "Waiting to be confirmed")},
		{Value: msg.Same(percent(answered, len(list))), Label: msg.T("提出した割合", "Share handed in")}})}
	slices.SortStableFunc(list, func(a, b brief) int { return rank(a) - rank(b) })
	parts = append(parts, s.briefTable(r, list, nil, msg.T("回答票", "Sheets"), msg.T("この課の回答票はありません。", "There are no sheets of this section.")))
	return web.Page(titleSection, web.Stack(parts...)).In("/selfcheck"), nil
}

// rank puts what needs somebody first: to be confirmed, then to be answered.
func rank(b brief) int {
	switch b.State {
	case string(Submitted):
		return 0
	case string(Done):
		return 2
	}
	return 1
}

// briefTable lists responses, a page at a time. names adds the section when it is not nil.
func (s *Service) briefTable(r *web.Request, list []brief, names map[string]string, caption, empty msg.Text) templ.Component {
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*perPage, len(list))
	t := web.Table{Short: true, ID: "sheets", Caption: caption, Count: len(list), Empty: empty, Columns: []web.Column{{Title: msg.T("対象", "Who"), Head: true}}}
	if names != nil {
		t.Columns = append(t.Columns, web.Column{Title: msg.T("課・室", "Section")})
	}
	t.Columns = append(t.Columns, web.Column{Title: msg.T("状態", "State"), NoWrap: true}, web.Column{Title: msg.T("回答した項目", "Items answered"), Num: true}, web.Column{Title: msg.T("提出日", "Handed in"), NoWrap: true})
	if names != nil {
		t.Columns = append(t.Columns, web.Column{Title: titleSample, NoWrap: true})
	}
	for _, b := range list[from:min(from+perPage, len(list))] {
		row := web.Row{Cells: []web.Cell{{Text: b.name, Href: viewHref(b.Code)}}}
		if b.Unit != "" {
			row.Cells[0].Note = s.term("sheet_for", ForUnit).In(r.Lang)
		}
		if names != nil {
			row.Cells = append(row.Cells, web.Cell{Text: names[b.Section]})
		}
		row.Cells = append(row.Cells, web.Cell{Part: s.stateBadge(b.State)}, web.Cell{Text: web.Number(int(b.Given))}, web.Cell{Text: b.Submitted.Short(r.Lang)})
		if names != nil {
			mark, tone := msg.T("未実施", "To do"), web.Warn
			switch b.Recheck {
			case Agrees:
				mark, tone = s.term("recheck_verdict", Agrees), web.Good
			case Differs:
				mark, tone = s.term("recheck_verdict", Differs), web.Bad
			}
			row.Cells = append(row.Cells, web.Cell{Part: web.Badge(mark, tone)})
		}
		t.Rows = append(t.Rows, row)
	}
	return web.Stack(web.TablePart(t), web.PagingPart(web.Paging{Page: page, Size: perPage, Total: len(list), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))
}
