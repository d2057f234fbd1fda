package selfcheck

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// mayStart hides the pages of starting from those who may not.
func (s *Service) mayStart(ctx context.Context, tx *db.Tx, r *web.Request) error {
	ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, "selfcheck.start")
	if err == nil && !ok {
		err = web.NotFound()
	}
	return err
}

// newPage asks what is to be put to whom (bp.11).
func (s *Service) newPage(r *web.Request) (web.Response, error) {
	var sheets []Sheet
	err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		if err := s.mayStart(ctx, tx, r); err != nil {
			return err
		}
		sheets, err = s.sheets(ctx, tx, today.FY())
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	var options []web.Option
	var all []string
	for _, x := range sheets {
		o := web.Option{Value: x.Code, Label: msg.Same(x.Name), Note: s.term("sheet_for", x.For)}
		if len(x.Roles) > 0 {
			var ja, en []string
			for _, role := range x.Roles {
				t := s.term("role", role)
				ja, en = append(ja, t.JA), append(en, t.EN)
			}
			o.Note = msg.Text{JA: "個人（" + strings.Join(ja, "、") + "）", EN: "People (" + strings.Join(en, ", ") + ")"}
		}
		options = append(options, o)
		all = append(all, x.Code)
	}
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: titleStart}}, Title: titleStart,
		Lead: msg.T("点検票と期間を決めます。次の画面で対象の人数を確かめてから始めます。", "Choose sheets and dates. The next page shows how many are asked before anything begins.")}
	if len(sheets) == 0 {
		return web.Page(titleStart, web.Stack(web.PageHead(head), web.EmptyState(msg.T("この年度に使える点検票がありません。", "No sheet is used in this fiscal year."), web.Link{Title: msg.T("点検票を登録する", "Register a sheet"), Href: "/registers/checksheet/new"}))).In("/selfcheck"), nil
	}
	fy := today.FY()
	form := web.Form{Action: "/selfcheck/new", Label: titleStart, Guard: true, Fields: []web.Field{
		{Name: "name", Label: msg.T("件名", "Subject"), Value: when.FYName(fy, msg.JA) + "情報セキュリティ自己点検", Required: true, Max: 200},
		{Name: "fy", Label: msg.T("年度（西暦）", "Fiscal year"), Kind: web.NumberField, Value: strconv.Itoa(fy), Required: true},
		{Name: "sheets", Label: msg.T("点検票", "Sheets"), Kind: web.ChecksField, Values: all, Options: options, Required: true, Help: msg.T("一人には一つの点検票を送ります。役割の点検票がある人には、それを使います。", "Everybody gets one sheet; whoever holds a role with a sheet of its own gets that.")},
		{Name: "opens", Label: msg.T("開始日", "Opens"), Kind: web.DateField, Value: today.String(), Required: true},
		{Name: "due", Label: msg.T("回答の期限", "To be answered by"), Kind: web.DateField, Value: today.AddDays(30).String(), Required: true},
	}, Buttons: []web.Button{{Title: msg.T("対象を確かめる", "See who is asked"), Name: "do", Value: "preview", Tone: web.Good}}, Cancel: web.Link{Title: msg.T("やめる", "Cancel"), Href: "/selfcheck"}}
	return web.Page(titleStart, web.Stack(web.PageHead(head), web.ErrorSummary(), web.FormPart(form))).In("/selfcheck"), nil
}

// newPost shows how many would be asked, then begins.
func (s *Service) newPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("do", "name", "fy", "sheets", "opens", "due"); err != nil {
		return web.Response{}, err
	}
	in := act.Input{"name": r.Form("name"), "fy": r.Form("fy"), "sheets": strings.Join(r.FormAll("sheets"), " "), "opens": r.Form("opens"), "due": r.Form("due")}
	if r.Form("do") == "start" {
		res, err := s.c.Gate.Run(r.Context(), "selfcheck.start", in, act.Options{IdempotencyKey: r.IdempotencyKey})
		if err != nil {
			return web.Response{}, err
		}
		return web.Redirect(campaignHref(res.Record.Key), msg.T("自己点検を始めました。", "The self-inspection has begun.")), nil
	}
	var c Campaign
	var sheets []Sheet
	var list []recipient
	err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		if err := s.mayStart(ctx, tx, r); err != nil {
			return err
		}
		if c, sheets, err = s.plan(ctx, tx, in); err != nil {
			return err
		}
		list, err = s.recipients(ctx, tx, sheets, c.Opens)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	n := map[string]int{}
	for _, x := range list {
		n[x.sheet]++
	}
	entries := []web.Entry{{Label: msg.T("件名", "Subject"), Text: c.Name}, {Label: msg.T("年度", "Fiscal year"), Text: yearName(c.FY).In(r.Lang)},
		{Label: msg.T("開始日", "Opens"), Text: c.Opens.Text(r.Lang)}, {Label: msg.T("回答の期限", "To be answered by"), Text: c.Due.Text(r.Lang)}}
	for _, x := range sheets {
		t := msg.F("%s人", "%s people", web.Number(n[x.Code]))
		if x.For == ForUnit {
			t = msg.F("%s課", "%s sections", web.Number(n[x.Code]))
		}
		entries = append(entries, web.Entry{Label: msg.Same(x.Name), Text: t.In(r.Lang)})
	}
	entries = append(entries, web.Entry{Label: msg.T("作成する回答票", "Sheets to be made"), Text: msg.F("%s件", "%s", web.Number(len(list))).In(r.Lang)})
	form := web.Form{Action: "/selfcheck/new", Label: titleStart, Hidden: [][2]string{{"name", c.Name}, {"fy", in["fy"]}, {"opens", c.Opens.String()}, {"due", c.Due.String()}},
		Buttons: []web.Button{{Title: msg.T("この内容で始める", "Begin"), Name: "do", Value: "start", Tone: web.Good}}, Cancel: web.Link{Title: msg.T("戻る", "Back"), Href: "/selfcheck/new"}}
	for _, x := range sheets {
		form.Hidden = append(form.Hidden, [2]string{"sheets", x.Code})
	}
	var body []templ.Component
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: titleStart, Href: "/selfcheck/new"}, {Title: msg.T("対象の確認", "Who is asked")}}, Title: msg.T("対象の確認", "Who is asked"),
		Lead: msg.T("まだ何も始まっていません。", "Nothing has begun yet.")}
	body = append(body, web.Confirm(head, entries, form))
	return web.Page(titleStart, web.Stack(body...)).In("/selfcheck"), nil
}
