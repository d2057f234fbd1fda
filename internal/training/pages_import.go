package training

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/web"
)

func (s *Service) importPage(r *web.Request) (web.Response, error) {
	return web.Page(titleImport, web.Stack(
		web.PageHead(web.Head{Crumbs: crumbs(), Title: titleImport, Lead: msg.T("SCORM 1.2 または 2004 のパッケージ（.zip）から、教材の文章をeラーニングのページとして取り込みます。スクリプト、動画、画像は取り込みません。",
			"The text of a SCORM 1.2 or 2004 package (.zip) becomes pages of a course. Scripts, films and pictures are not taken over.")}),
		web.ErrorSummary(),
		web.FormPart(web.Form{Action: "/training/import", Upload: true, Label: titleImport, Buttons: []web.Button{{Title: msg.T("内容を確かめる", "Look at it"), Tone: web.Good}}, Cancel: web.Link{Href: "/training"}, Fields: []web.Field{
			{Name: "file", Label: msg.T("パッケージのファイル", "Package"), Kind: web.FileField, Required: true, Accept: ".zip", Help: msg.F("上限は%dMBです。", "At most %d MB.", maxPackage>>20)}}}))).In("/training"), nil
}

// takeUpload reads a package and keeps it for the preview. What cannot be read is refused here, with nothing kept.
func (s *Service) takeUpload(r *web.Request) (web.Response, error) {
	if err := r.FormFields(); err != nil {
		return web.Response{}, err
	}
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		return s.c.Gate.May(ctx, tx, r.Actor, "training.import", act.Input{})
	}); err != nil {
		return web.Response{}, err
	}
	f, h, err := r.File("file")
	if err != nil {
		return web.Response{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPackage+1))
	if err != nil {
		return web.Response{}, fmt.Errorf("read upload: %w", err)
	}
	if _, err := ReadPackage(b); err != nil {
		return web.Response{}, err
	}
	id, err := s.stage(r.Context(), h.Filename, b)
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/training/import/preview?id="+url.QueryEscape(id), msg.Text{}), nil
}

func (s *Service) previewPage(r *web.Request) (web.Response, error) {
	id := r.Query("id")
	if r.FormHas("id") {
		id = r.Form("id")
	}
	var p Package
	var name string
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		name, p, err = s.staged(ctx, tx, r.Actor, id)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	mark := msg.T("定めなし", "None").In(r.Lang)
	if p.Mastery != nil {
		mark = score(p.Mastery).In(r.Lang)
	}
	parts := []templ.Component{
		web.PageHead(web.Head{Crumbs: crumbs(web.Link{Title: titleImport, Href: "/training/import"}), Title: titlePreview, Lead: msg.T("まだ登録していません。", "Nothing is registered yet.")}), web.ErrorSummary(),
		web.SummaryList([]web.Entry{{Label: msg.T("ファイル名", "File name"), Text: name}, {Label: msg.T("規格", "Standard"), Text: "SCORM " + p.Version}, {Label: msg.T("教材の題名", "Title of the material"), Text: p.Title}, {Label: msg.T("合格点", "Pass mark"), Text: mark}}),
	}
	if len(p.Left) > 0 {
		var what []string
		for _, l := range p.Left {
			what = append(what, l.In(r.Lang))
		}
		sep := "、"
		if r.Lang == msg.EN {
			sep = "; "
		}
		parts = append(parts, web.Banner(web.Warn, msg.F("次のものは取り込みません：%s。", "These are not taken over: %s.", strings.Join(what, sep))))
	}
	t := web.Table{ID: "pages", Caption: msg.T("取り込むページ", "Pages"), Count: len(p.Pages), Columns: []web.Column{{Title: msg.T("順", "No."), Num: true}, {Title: msg.T("見出し", "Heading"), Head: true}, {Title: msg.T("文字数", "Signs"), Num: true}, {Title: msg.T("本文の初め、または取り込めない理由", "Beginning of the text, or why there is none")}}}
	for i, x := range p.Pages {
		begin := short(strings.Join(strings.Fields(x.Text), " "), 60)
		if x.Text == "" {
			begin = leftWhy[x.Left].In(r.Lang)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: itoa(i + 1)}, {Text: x.Title}, {Text: web.Number(utf8.RuneCountInString(x.Text))}, {Text: begin}}})
	}
	var kinds []web.Option
	if v := s.c.Catalog.Pack().Vocab("course_kind"); v != nil {
		for _, k := range v.Terms {
			kinds = append(kinds, web.Option{Value: k.Code, Label: k.Title})
		}
	}
	parts = append(parts, web.TablePart(t), web.FormPart(web.Form{Action: "/training/import/preview", Hidden: [][2]string{{"id", id}}, Label: titlePreview, Cancel: web.Link{Href: "/training"},
		Buttons: []web.Button{{Title: msg.T("研修として登録する", "Register the course"), Tone: web.Good}}, Fields: []web.Field{
			{Name: "name", Label: msg.T("研修名", "Course"), Value: short(p.Title, 200), Required: true, Max: 200},
			{Name: "kind", Label: msg.T("研修の種別", "Kind of course"), Kind: web.RadioField, Options: kinds, Value: basic, Required: true},
			{Name: "edition", Label: msg.T("教材の版", "Edition of the material"), Required: true, Max: 40, Width: 12}}}))
	return web.Page(titlePreview, web.Stack(parts...)).In("/training"), nil
}

func (s *Service) applyImport(r *web.Request) (web.Response, error) {
	if err := r.FormFields("id", "name", "kind", "edition"); err != nil {
		return web.Response{}, err
	}
	rec, err := s.run(r, "training.import", act.Input{"upload": r.Form("id"), "name": r.Form("name"), "kind": r.Form("kind"), "edition": r.Form("edition")}, "")
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect(courseHref(rec.Key), msg.T("研修を登録しました。役割と設問は、台帳で加えてください。", "The course was registered. Add roles and questions in the registers.")), nil
}
