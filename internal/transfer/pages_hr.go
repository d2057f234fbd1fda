package transfer

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/sheet"
	"okite/internal/web"
	"okite/internal/when"
)

// mayImport refuses whoever does not decide the import.
func (s *Service) mayImport(ctx context.Context, tx *db.Tx, r *web.Request) error {
	return s.c.Gate.May(ctx, tx, r.Actor, "hr.apply", act.Input{})
}

func (s *Service) hrPage(r *web.Request) (web.Response, error) {
	var mappings []Mapping
	err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if err := s.mayImport(ctx, tx, r); err != nil {
			return err
		}
		mappings, err = register.Load[Mapping](ctx, tx, s.c.Catalog.Must("hrmapping"))
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: crumbs(web.Link{Title: titleHR}), Title: titleHR, Lead: msg.T("人事システムの名簿を職員等の台帳と比べ、採用、退職、異動、変更を示します。確かめて反映するまで、台帳は変わりません。",
		"The list of the personnel system is compared with the register of people. Nothing changes until you have looked at it and go on."),
		Links: []web.Link{{Title: msg.T("列の対応を登録する", "Register a mapping"), Href: "/registers/hrmapping/new"}, {Title: msg.T("列の対応の一覧", "Mappings"), Href: "/registers/hrmapping"}}}
	if len(mappings) == 0 {
		return web.Page(titleHR, web.Stack(web.PageHead(head), web.EmptyState(msg.T("列の対応がまだありません。人事ファイルのどの列が職員番号、氏名、所属などに当たるかを先に登録してください。",
			"There is no mapping yet. First say which column of the file is the person no., the name, the unit and so on."), web.Link{Title: msg.T("列の対応を登録する", "Register a mapping"), Href: "/registers/hrmapping/new", Main: true}))).In("/transfers"), nil
	}
	var options []web.Option
	for _, m := range mappings {
		o := web.Option{Value: m.Code, Label: msg.Same(m.Name)}
		if m.Applied != 0 {
			o.Note = msg.F("最後の取込み：%s", "last import: %s", m.Applied.Both())
		}
		options = append(options, o)
	}
	return web.Page(titleHR, web.Stack(web.PageHead(head), web.ErrorSummary(), web.FormPart(web.Form{Action: "/transfers/hr", Upload: true, Label: titleHR, Cancel: web.Link{Href: "/transfers"},
		Fields: []web.Field{{Name: "mapping", Label: msg.T("列の対応", "Mapping"), Kind: web.RadioField, Options: options, Required: true, Value: options[0].Value},
			{Name: "file", Label: msg.T("人事ファイル", "Personnel file"), Kind: web.FileField, Accept: ".xlsx,.csv,.tsv,.txt,.json,.ldif,.ldi", Required: true,
				Help: msg.F("Excel、CSV（UTF-8またはシフトJIS）、ディレクトリから書き出したファイルを読み取れます。%dMBまで。", "Excel, CSV (UTF-8 or Shift_JIS) or the LDIF export of a directory, up to %d MB.", MaxFile>>20)}},
		Buttons: []web.Button{{Title: msg.T("違いを確かめる", "Show the differences"), Tone: web.Good}}}))).In("/transfers"), nil
}

// takeFile keeps a file and leads on to its preview. Nothing of it is in a register yet.
func (s *Service) takeFile(r *web.Request) (web.Response, error) {
	if err := r.FormFields("mapping", "file"); err != nil {
		return web.Response{}, err
	}
	mapping := r.Form("mapping")
	err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := s.mayImport(ctx, tx, r); err != nil {
			return err
		}
		_, _, err := s.mapping(ctx, tx, mapping)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	in, head, err := r.File("file")
	if err != nil {
		return web.Response{}, err
	}
	defer in.Close()
	body, err := io.ReadAll(io.LimitReader(in, MaxFile+1))
	switch {
	case err != nil:
		return web.Response{}, fmt.Errorf("read upload: %w", err)
	case len(body) == 0:
		return web.Response{}, fault.At("file", msg.T("ファイルが空です。", "The file is empty."))
	case len(body) > MaxFile:
		return web.Response{}, fault.At("file", msg.F("ファイルの大きさが上限（%dMB）を超えています。", "The file is larger than the limit (%d MB).", MaxFile>>20))
	}
	id, err := s.keep(r.Context(), mapping, filepath.Base(strings.ReplaceAll(head.Filename, `\`, "/")), body)
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/transfers/hr/preview?id="+id, msg.Text{}), nil
}

// looked is a file with what it would do.
type looked struct {
	upload
	missing string
	d       difference
}

func (s *Service) look(r *web.Request) (x looked, err error) {
	id := r.Query("id")
	x.missing = r.Query("missing")
	if r.FormHas("id") {
		id, x.missing = r.Form("id"), r.Form("missing")
	}
	err = s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := s.mayImport(ctx, tx, r); err != nil {
			return err
		}
		if x.upload, err = s.kept(ctx, tx, r.Actor, id); err != nil {
			return err
		}
		day, err := missingDay(x.missing, when.Of(tx.Now()))
		if err != nil {
			day, x.missing = 0, "" // said at the field when the form is sent
		}
		x.d, err = s.differ(ctx, tx, x.upload, day)
		return err
	})
	return x, err
}

func (s *Service) hrPreview(r *web.Request) (web.Response, error) {
	x, err := s.look(r)
	if err != nil {
		return web.Response{}, err
	}
	if r.Query("as") == "xlsx" {
		return web.File(msg.T("人事情報の確認.xlsx", "personnel_differences.xlsx").In(r.Lang), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(w io.Writer) error { return s.hrBook(x.d, r.Lang, w) }), nil
	}
	d := &x.d
	n := func(v int) msg.Text { return msg.Same(web.Number(v)) }
	tone := web.Plain
	if len(d.errors) > 0 {
		tone = web.Bad
	}
	at := "/transfers/hr/preview?id=" + x.id
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: crumbs(web.Link{Title: titleHR, Href: "/transfers/hr"}, web.Link{Title: titleHRPreview}), Title: titleHRPreview,
		Links: []web.Link{{Title: msg.T("Excelで保存する", "Save as Excel"), Href: at + "&missing=" + x.missing + "&as=xlsx"}}}), web.ErrorSummary(),
		web.SummaryList([]web.Entry{{Label: msg.T("ファイル", "File"), Part: web.Copy(x.name)}}),
		web.Tiles([]web.Tile{{Value: n(len(d.errors)), Label: msg.T("誤り", "Mistakes"), Tone: tone}, {Value: n(d.count(lineJoin)), Label: kindTitle(lineJoin)}, {Value: n(d.count(lineLeave)), Label: kindTitle(lineLeave)},
			{Value: n(d.count(lineMove)), Label: kindTitle(lineMove)}, {Value: n(d.count(lineChange)), Label: kindTitle(lineChange)}, {Value: n(d.unchanged), Label: msg.T("変わらない職員", "Unchanged")}})}
	switch {
	case len(d.errors) > 0:
		parts = append(parts, web.Banner(web.Warn, msg.T("誤りがあるため反映できません。台帳は変わっていません。ファイルか列の対応を直してから、もう一度選んでください。", "There are mistakes, so nothing can be applied and nothing was changed. Please mend the file or the mapping and choose it again.")),
			web.Buttons(nil, web.Link{Title: msg.T("直したファイルを選ぶ", "Choose the mended file"), Href: "/transfers/hr"}))
	case d.empty():
		parts = append(parts, web.EmptyState(msg.T("名簿の内容は台帳と同じです。反映するものはありません。", "The file says what the register says. There is nothing to apply."), web.Link{Title: msg.T("異動のページへ戻る", "Back to transfers"), Href: "/transfers"}))
	default:
		f := web.Form{Action: "/transfers/hr/preview", Label: titleHRPreview, Cancel: web.Link{Href: "/transfers/hr"}, Hidden: [][2]string{{"id", x.id}, {"digest", d.digest()}}}
		if gone := slices.ContainsFunc(d.lines, func(l line) bool { return l.missing }); gone {
			f.Fields = append(f.Fields, web.Field{Name: "missing", Label: msg.T("名簿にない職員の最終在職日", "Last day of those not listed"), Kind: web.DateField, Required: true, Value: x.missing,
				Help: msg.T("名簿に載っていない在職者を、この日に離職したものとして登録します。日付を入れて反映を押すと、内容をもう一度確かめる画面になります。", "Whoever is on the staff and not listed is registered as having left on this day. You will see the result once more before it is applied.")})
		}
		f.Fields = append(f.Fields, fieldReason)
		f.Buttons = []web.Button{{Title: msg.T("この内容を反映する", "Apply this"), Tone: web.Good}}
		parts = append(parts, web.FormPart(f))
	}
	parts = append(parts, errorTable(s, d.errors, r.Lang))
	for _, kind := range []string{lineJoin, lineLeave, lineMove, lineChange} {
		parts = append(parts, s.lineTable(d, kind, r.Lang))
	}
	return web.Page(titleHRPreview, web.Stack(parts...)).In("/transfers"), nil
}

func kindTitle(kind string) msg.Text {
	switch kind {
	case lineJoin:
		return msg.T("採用", "Joiners")
	case lineLeave:
		return msg.T("退職", "Leavers")
	case lineMove:
		return msg.T("異動", "Transfers")
	}
	return msg.T("登録内容の変更", "Changes")
}

// placeOf is where something stands in the file.
func placeOf(e register.CellError) msg.Text {
	at := e.Sheet
	if at != "" {
		at += "!"
	}
	switch {
	case e.Row > 0 && e.Cell != "":
		return msg.F("%s%s（%d行目）", "%s%s (row %d)", at, e.Cell, e.Row)
	case e.Row > 0:
		return msg.F("%s%d行目", "%srow %d", at, e.Row)
	case e.Sheet != "":
		return msg.Same(e.Sheet)
	}
	return msg.T("ファイル全体", "the whole file")
}

func errorTable(s *Service, list []register.CellError, lang msg.Lang) templ.Component {
	if len(list) == 0 {
		return templ.NopComponent
	}
	shown := list[:min(len(list), 10*shownLines)]
	t := web.Table{ID: "errors", Caption: cut(msg.T("誤り", "Mistakes"), len(shown), len(list)), Count: len(list), Columns: []web.Column{{Title: msg.T("場所", "Place"), Head: true, NoWrap: true}, {Title: msg.T("項目", "Field"), NoWrap: true}, {Title: msg.T("説明", "What is wrong")}}}
	for _, e := range shown {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: placeOf(e).In(lang)}, {Text: s.fieldTitle(e.Field).In(lang)}, {Text: e.Message.In(lang)}}})
	}
	return web.TablePart(t)
}

// fieldTitle names a field of a personnel file.
func (s *Service) fieldTitle(field string) msg.Text {
	switch field {
	case "manager":
		return msg.T("上司", "Manager")
	case "status":
		return msg.T("在職状況", "Status")
	case "effective":
		return msg.T("発令日", "Effective")
	case "":
		return msg.Text{}
	}
	return titleOf(s.c.Catalog.Must("person"), field)
}

func (s *Service) lineTable(d *difference, kind string, lang msg.Lang) templ.Component {
	n := d.count(kind)
	if n == 0 {
		return templ.NopComponent
	}
	t := web.Table{ID: "lines-" + kind, Caption: cut(kindTitle(kind), min(n, shownLines), n), Count: n, Columns: []web.Column{{Title: msg.T("氏名", "Name"), Head: true}, {Title: msg.T("行", "Row"), NoWrap: true}, {Title: msg.T("日付", "Day"), NoWrap: true}, {Title: msg.T("変わる項目", "What changes")}}}
	for _, l := range d.lines {
		if l.kind != kind || len(t.Rows) == shownLines {
			continue
		}
		row := msg.F("%d行目", "row %d", l.row)
		if l.missing {
			row = msg.T("名簿になし", "not listed")
		}
		day := web.Cell{Text: l.day.Short(lang)}
		if l.ahead {
			day.Note = msg.T("予定", "planned").In(lang)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: l.name, Note: l.code}, {Text: row.In(lang)}, day, {Text: s.said(l, lang)}}})
	}
	return web.TablePart(t)
}

// said puts the changes of a line into words.
func (s *Service) said(l line, lang msg.Lang) string {
	var out []string
	value := func(field, v string) string {
		if d, err := when.Parse(v); err == nil && d != 0 && (field == "joined" || field == "left") {
			return d.Short(lang)
		}
		if v == "" {
			return msg.T("なし", "none").In(lang)
		}
		return v
	}
	for _, c := range l.changes {
		old, now := value(c.field, c.old), value(c.field, c.new)
		if l.kind == lineJoin && c.old == "" {
			out = append(out, s.fieldTitle(c.field).In(lang)+msg.T("：", ": ").In(lang)+now)
			continue
		}
		out = append(out, s.fieldTitle(c.field).In(lang)+msg.T("：", ": ").In(lang)+old+" → "+now)
	}
	return strings.Join(out, msg.T("、", ", ").In(lang))
}

// hrBook writes a difference as a workbook: each person, and each mistake at its row.
func (s *Service) hrBook(d difference, lang msg.Lang, w io.Writer) error {
	t := func(ja, en string) string { return msg.T(ja, en).In(lang) }
	var people, bad [][]string
	for _, l := range d.lines {
		row := strconv.Itoa(l.row)
		if l.missing {
			row = ""
		}
		ahead := ""
		if l.ahead {
			ahead = t("予定", "planned")
		}
		people = append(people, []string{kindTitle(l.kind).In(lang), row, l.code, l.name, l.day.String(), ahead, s.said(l, lang)})
	}
	for _, e := range d.errors {
		bad = append(bad, []string{e.Sheet, e.Cell, strconv.Itoa(e.Row), s.fieldTitle(e.Field).In(lang), e.Message.In(lang)})
	}
	col := func(titles ...string) (out []sheet.Column) {
		for _, x := range titles {
			out = append(out, sheet.Column{Title: x})
		}
		return out
	}
	return sheet.WriteXLSX(w, sheet.Book{Lang: lang, Sheets: []sheet.Sheet{
		{Name: t("違い", "Differences"), Rows: lines(people), Columns: col(t("種別", "Kind"), t("行", "Row"), t("職員番号", "Person no."), t("氏名", "Name"), t("日付", "Day"), t("予定", "Planned"), t("変わる項目", "What changes"))},
		{Name: t("誤り", "Mistakes"), Rows: lines(bad), Columns: col(t("シート", "Sheet"), t("セル", "Cell"), t("行", "Row"), t("項目", "Field"), t("説明", "What is wrong"))},
	}})
}

// hrApply carries the file out as one act. A last day given just now shows the result once more first.
func (s *Service) hrApply(r *web.Request) (web.Response, error) {
	if err := r.FormFields("id", "digest", "missing", "reason"); err != nil {
		return web.Response{}, err
	}
	x, err := s.look(r)
	if err != nil {
		return web.Response{}, err
	}
	if _, err := missingDay(r.Form("missing"), when.Of(r.Now())); err != nil {
		return web.Response{}, err
	}
	if x.d.digest() != r.Form("digest") && x.missing != "" && len(x.d.errors) == 0 && x.d.undated == 0 {
		return web.Redirect("/transfers/hr/preview?id="+x.id+"&missing="+x.missing, msg.T("最終在職日を入れた結果です。確かめてから、もう一度「この内容を反映する」を押してください。", "This is the result with the last day. Look at it and press “Apply this” once more.")).Tone(web.Info), nil
	}
	reason, err := reasonOf(r)
	if err != nil {
		return web.Response{}, err
	}
	in := x.d.applyInput(x.upload, x.missing)
	in["digest"] = r.Form("digest") // what was shown, not what is there now
	if _, err := s.c.Gate.Run(r.Context(), "hr.apply", in, act.Options{Reason: reason, IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/transfers", msg.F("人事情報を反映しました。採用%s件、退職%s件、異動%s件、変更%s件です。", "Applied: %s joiners, %s leavers, %s transfers, %s changes.", in["joined"], in["left"], in["moved"], in["changed"])), nil
}
