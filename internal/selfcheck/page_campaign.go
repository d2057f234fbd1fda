package selfcheck

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// overview is a campaign with its figures, as far as somebody answers for it.
type overview struct {
	Campaign
	by      map[string]*tally
	names   map[string]string
	items   []Item
	in      map[string]bool // sections seen; nil is all
	figure  figure
	missing int
	may     map[string]bool
}

// read gathers the figures of a campaign. The checks are asked first, outside of the transaction.
func (s *Service) read(r *web.Request) (o overview, err error) {
	err = s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		if o.in, err = s.within(ctx, tx, r.Actor); err != nil {
			return err
		}
		if o.in != nil && len(o.in) == 0 {
			return web.NotFound()
		}
		if o.Campaign, _, err = s.campaign(ctx, tx, r.Path("code")); err != nil {
			return err
		}
		o.items, err = s.items(ctx, tx, "")
		return err
	})
	if err != nil {
		return o, err
	}
	o.items = slices.DeleteFunc(o.items, func(i Item) bool { return !slices.Contains(o.Sheets, i.Sheet) })
	found, err := s.findings(r.Context(), o.items)
	if err != nil {
		return o, err
	}
	err = s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		if o.by, err = tallies(ctx, tx, o.Code); err != nil {
			return err
		}
		for u := range o.by {
			if o.in != nil && !o.in[u] {
				delete(o.by, u)
			}
		}
		if o.names, err = unitNames(ctx, tx); err != nil {
			return err
		}
		o.may = map[string]bool{}
		for _, id := range []string{"selfcheck.close", "selfcheck.cancel", "selfcheck.add", "selfcheck.count"} {
			o.may[id] = s.c.Gate.May(ctx, tx, r.Actor, id, act.Input{"campaign": o.Code}) == nil
		}
		if o.may["selfcheck.add"] && o.State == Open {
			rows, err := s.missing(ctx, tx, o.Campaign)
			if err != nil {
				return err
			}
			o.missing = len(rows)
		}
		o.figure, err = s.figure(ctx, tx, o.Code, o.items, found, o.in)
		return err
	})
	return o, err
}

func (s *Service) campaignHead(o overview, title msg.Text, today when.Date) web.Head {
	h := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: msg.Same(o.Name)}}, Title: title, Badge: s.campaignBadge(o.Campaign, today),
		Facts: []msg.Text{yearName(o.FY), msg.F("%sから%sまで", "%s to %s", o.Opens.Both(), o.Due.Both())}}
	if o.in != nil {
		h.Lead = msg.T("あなたが責任者・管理者を務める組織の状況です。", "These are the sections you answer for.")
	}
	return h
}

// campaignPage shows how far a self-inspection has come, and what the evidence says against it, by section (bp.11).
func (s *Service) campaignPage(r *web.Request) (web.Response, error) {
	o, err := s.read(r)
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := s.campaignHead(o, msg.Same(o.Name), today)
	answered, total := sum(o.by)
	mismatch := web.Tile{Value: msg.F("%s件", "%s", web.Number(len(o.figure.list))), Label: msg.F("不一致（照らし合わせた「はい」%s件のうち）", "Mismatches (of %s yeses held against checks)", web.Number(o.figure.asked)), Href: campaignHref(o.Code, "mismatches")}
	if len(o.figure.list) > 0 {
		mismatch.Tone = web.Bad
	}
	if s.c.Findings == nil {
		mismatch = web.Tile{Value: msg.Same("–"), Label: msg.T("不一致（検査の結果を読めません）", "Mismatches (the checks cannot be read)")}
	}
	late := web.Plain
	if o.Due < today && answered < total {
		late = web.Bad
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Number: o.Code, Date: today.Text(r.Lang)}), web.PageHead(head), web.ErrorSummary(), web.Tiles([]web.Tile{mismatch,
		{Value: msg.F("%s件", "%s", web.Number(total-answered)), Label: msg.T("未提出", "Not handed in"), Tone: late},
		{Value: msg.Same(percent(answered, total)), Label: msg.T("提出した割合", "Share handed in")},
	})}
	if o.State == Closed {
		parts = append(parts, web.SummaryList(s.closedEntries(o, r)))
	}
	parts = append(parts, s.campaignForms(o, today)...)
	parts = append(parts, part(msg.T("課ごとの状況", "By section"), s.bySection(r, o)))
	return web.Page(msg.Same(o.Name), web.Stack(parts...)).In("/selfcheck"), nil
}

// closedEntries are what closing put on record.
func (s *Service) closedEntries(o overview, r *web.Request) []web.Entry {
	out := []web.Entry{{Label: msg.T("締め切った日", "Closed on"), Text: o.Closed.Text(r.Lang)}}
	t := msg.T("記録されていません", "not on record")
	if o.Mismatches != nil && o.Asked != nil {
		t = msg.F("%s件（照らし合わせた「はい」%s件のうち）", "%s (of %s yeses held against checks)", web.Number(int(*o.Mismatches)), web.Number(int(*o.Asked)))
	}
	out = append(out, web.Entry{Label: msg.T("締切り時の不一致", "Mismatches when closed"), Text: t.In(r.Lang)})
	return append(out, web.Entry{Label: titleSample, Text: msg.F("抽出の種 %s", "seed %s", o.Seed).In(r.Lang), Href: campaignHref(o.Code, "sample")})
}

// campaignForms are what can be done with a campaign now.
func (s *Service) campaignForms(o overview, today when.Date) []templ.Component {
	var out []templ.Component
	form := func(do string, b web.Button) {
		b.Name, b.Value = "do", do
		out = append(out, web.FormPart(web.Form{Action: campaignHref(o.Code), Label: b.Title, Buttons: []web.Button{b}}))
	}
	begun := false
	for _, t := range o.by {
		begun = begun || t.n[string(Preparing)] < t.total
	}
	switch {
	case o.State == Closed && o.Mismatches == nil && o.may["selfcheck.count"] && s.c.Findings != nil:
		form("count", web.Button{Title: titleCount, Tone: web.Good})
	case o.State != Open:
	case o.Due < today && o.may["selfcheck.close"]:
		form("close", web.Button{Title: titleClose, Tone: web.Good, Ask: msg.T("締め切ると回答を受け付けなくなり、抽出再点検の対象が決まります。よろしいですか。", "No more answers are taken, and the sample is drawn. Go on?")})
	case !begun && o.may["selfcheck.cancel"]:
		form("cancel", web.Button{Title: titleCancel, Tone: web.Bad, Ask: msg.T("この自己点検を取り下げます。元に戻せません。よろしいですか。", "The self-inspection is withdrawn for good. Go on?")})
	}
	if o.missing > 0 {
		out = append(out, web.Para(msg.F("開始日に在籍していて回答票のない対象が%s件あります。", "%s who were there when it began have no sheet.", web.Number(o.missing))))
		form("add", web.Button{Title: titleAdd})
	}
	return out
}

// bySection counts each section, the ones with mismatches and the ones behind first.
func (s *Service) bySection(r *web.Request, o overview) templ.Component {
	wrong := map[string]int{}
	for _, m := range o.figure.list {
		wrong[m.Response.Section]++
	}
	list := make([]*tally, 0, len(o.by))
	for _, t := range o.by {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *tally) int {
		return cmp.Or(cmp.Compare(wrong[b.section], wrong[a.section]), cmp.Compare(a.answered()*b.total, b.answered()*a.total), cmp.Compare(o.names[a.section], o.names[b.section]), cmp.Compare(a.section, b.section))
	})
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*perPage, len(list))
	t := web.Table{ID: "sections", Caption: msg.T("課・室", "Sections"), Count: len(list), Empty: msg.T("回答票はありません。", "There are no sheets."), Short: true, Columns: []web.Column{{Title: msg.T("課・室", "Section"), Head: true},
		{Title: msg.T("不一致", "Mismatches"), Num: true}, {Title: msg.T("対象", "Asked"), Num: true}, {Title: msg.T("提出済", "Handed in"), Num: true}, {Title: msg.T("確認済", "Confirmed"), Num: true}, {Title: msg.T("提出した割合", "Share"), Num: true}}}
	for _, x := range list[from:min(from+perPage, len(list))] {
		cell := web.Cell{Text: web.Number(wrong[x.section])}
		if wrong[x.section] > 0 {
			cell.Tone, cell.Href = web.Bad, campaignHref(o.Code, "mismatches")+"?unit="+url.QueryEscape(x.section)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: o.names[x.section], Href: sectionHref(o.Code, x.section)}, cell, {Text: web.Number(x.total)}, {Text: web.Number(x.answered())}, {Text: web.Number(x.n[string(Done)])}, {Text: percent(x.answered(), x.total)}}})
	}
	return web.Stack(web.TablePart(t), web.PagingPart(web.Paging{Page: page, Size: perPage, Total: len(list), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))
}

// campaignPost closes, withdraws or completes a campaign.
func (s *Service) campaignPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("do"); err != nil {
		return web.Response{}, err
	}
	said := map[string]msg.Text{"close": msg.T("自己点検を締め切り、抽出再点検の対象を決めました。", "It was closed, and the sample was drawn."), "cancel": msg.T("自己点検を取り下げました。", "It was withdrawn."),
		"add": msg.T("対象を追加しました。", "Those who lacked a sheet are asked now."), "count": msg.T("不一致の数を記録しました。", "The mismatches were put on record.")}
	do := r.Form("do")
	if said[do].IsZero() {
		return web.Response{}, fault.New(fault.Invalid, msg.T("操作を選んでください。", "Choose what to do."))
	}
	ctx := r.Context()
	if (do == "close" || do == "count") && s.c.Findings != nil {
		var items []Item
		if err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
			items, err = s.items(ctx, tx, "")
			return err
		}); err != nil {
			return web.Response{}, err
		}
		found, err := s.findings(ctx, items)
		if err != nil {
			return web.Response{}, err
		}
		ctx = withFindings(ctx, found)
	}
	if _, err := s.c.Gate.Run(ctx, "selfcheck."+do, act.Input{"campaign": r.Path("code")}, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(campaignHref(r.Path("code")), said[do]), nil
}

// mismatchPage lists every "yes" that a check contradicts today, with both sides (bp.11).
func (s *Service) mismatchPage(r *web.Request) (web.Response, error) {
	o, err := s.read(r)
	if err != nil {
		return web.Response{}, err
	}
	today, list := when.Of(r.Now()), o.figure.list
	if u := r.Query("unit"); u != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(m Mismatch) bool { return m.Response.Section != u })
	}
	head := s.campaignHead(o, titleMismatch, today)
	head.Crumbs = []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: msg.Same(o.Name), Href: campaignHref(o.Code)}, {Title: titleMismatch}}
	head.Lead = msg.T("「はい」と答えた項目のうち、今の検査の結果が適合でないものです。検査の結果が変わると、ここも変わります。", "Items answered yes that the checks contradict today. The list changes as the checks do.")
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*perPage, len(list))
	shown := list[from:min(from+perPage, len(list))]
	var people []brief
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		if len(shown) == 0 {
			return nil
		}
		var codes []string
		for _, m := range shown {
			codes = append(codes, m.Response.Code)
		}
		marks, args := in(codes, 1)
		people, err = briefs(ctx, tx, `r.code IN (`+marks+`)`, args...)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	who := map[string]string{}
	for _, b := range people {
		who[b.Code] = b.name
	}
	t := web.Table{ID: "mismatches", Caption: titleMismatch, Count: len(list), Empty: msg.T("不一致はありません。", "Nothing contradicts the answers."), Columns: []web.Column{{Title: msg.T("回答した人・課", "Who answered"), Head: true}, {Title: msg.T("問いと答え", "Question and answer")}, {Title: msg.T("根拠", "Evidence given")}, {Title: msg.T("検査の結果", "What the check finds")}}}
	for _, m := range shown {
		e := evidenceCell(m.Answer, s)
		if e.Text == "" {
			e.Text = "–"
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: cmp.Or(who[m.Response.Code], m.Response.Who()), Href: viewHref(m.Response.Code), Note: o.names[m.Response.Section]},
			{Text: m.Item.Text, Note: answerWord(m.Answer.Value).In(r.Lang)}, e, {Text: web.ResultWord(m.Finding.Result).In(r.Lang), Href: m.Finding.Href, Note: m.Finding.Reason.In(r.Lang)}}})
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Class: msg.T("機密性2", "Confidentiality 2"), Number: o.Code, Date: today.Text(r.Lang)}), web.PageHead(head), web.TablePart(t),
		web.PagingPart(web.Paging{Page: page, Size: perPage, Total: len(list), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }})}
	return web.Page(titleMismatch, web.Stack(parts...)).In("/selfcheck"), nil
}

// samplePage lists the sheets drawn for the second look and how they were drawn (bp.11).
func (s *Service) samplePage(r *web.Request) (web.Response, error) {
	var c Campaign
	var list []brief
	var names map[string]string
	var percents int64
	var answered int
	err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		all, err := s.oversees(ctx, tx, r.Actor)
		if err == nil && !all {
			err = web.NotFound()
		}
		if err != nil {
			return err
		}
		if c, _, err = s.campaign(ctx, tx, r.Path("code")); err != nil {
			return err
		}
		if percents, err = s.parameter(ctx, tx, "N.sample"); err != nil {
			return err
		}
		by, err := tallies(ctx, tx, c.Code)
		if err != nil {
			return err
		}
		answered, _ = sum(by)
		if names, err = unitNames(ctx, tx); err != nil {
			return err
		}
		list, err = briefs(ctx, tx, `r.campaign = $1 AND r.sampled`, c.Code)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	done, differs := 0, 0
	for _, b := range list {
		if b.Recheck != "" {
			done++
		}
		if b.Recheck == Differs {
			differs++
		}
	}
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: msg.Same(c.Name), Href: campaignHref(c.Code)}, {Title: titleSample}}, Title: titleSample, Facts: []msg.Text{msg.Same(c.Name), msg.F("抽出の種 %s", "seed %s", c.Seed)},
		Lead: msg.F("提出された%s件から、%d%%以上に当たる%s件を抽出しました。種と回答票番号をつないだ文字列のハッシュ値が小さい順なので、だれがやり直しても同じ結果になります。",
			"Of %[1]s sheets handed in, %[3]s were drawn, at least %[2]d%%: those with the lowest hash (SHA-256) of seed and number, so that anybody who draws again gets the same.", web.Number(answered), percents, web.Number(len(list)))}
	slices.SortStableFunc(list, func(a, b brief) int { return cmp.Compare(min(len(a.Recheck), 1), min(len(b.Recheck), 1)) })
	parts := []templ.Component{web.PrintHead(web.Sheet{Class: msg.T("機密性2", "Confidentiality 2"), Number: c.Code, Date: today.Text(r.Lang)}), web.PageHead(head), web.Tiles([]web.Tile{
		{Value: msg.F("%s件", "%s", web.Number(len(list)-done)), Label: msg.T("再点検が済んでいない回答票", "Still to be looked at")},
		{Value: msg.F("%s件", "%s", web.Number(done)), Label: msg.T("再点検した回答票", "Looked at")},
		{Value: msg.F("%s件", "%s", web.Number(differs)), Label: msg.T("回答と異なるもの", "Not as answered")}}),
		s.briefTable(r, list, names, msg.T("抽出した回答票", "Sheets drawn"), msg.T("抽出した回答票はありません。締切りのときに抽出します。", "Nothing was drawn; it is done when the self-inspection is closed."))}
	return web.Page(titleSample, web.Stack(parts...)).In("/selfcheck"), nil
}
