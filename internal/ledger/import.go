package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/sheet"
	"okite/internal/web"
)

var titleImport = msg.T("台帳への取込み", "Import into a register")

const (
	// MaxUpload bounds a file to import, in bytes. Greater ones go through the command line.
	MaxUpload   = 32 << 20
	uploadLife  = 2 * time.Hour
	shownOfPlan = 1000 // lines of each table of a preview
)

// upload keeps a file and leads on to its preview. Nothing of it is in the register yet.
func (s *Service) upload(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	if err := r.FormFields("file"); err != nil {
		return web.Response{}, err
	}
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error { return s.decides(ctx, tx, r, d, "import") }); err != nil {
		return web.Response{}, err
	}
	in, head, err := r.File("file")
	if err != nil {
		return web.Response{}, err
	}
	defer in.Close()
	body, err := io.ReadAll(io.LimitReader(in, MaxUpload+1))
	switch {
	case err != nil:
		return web.Response{}, fmt.Errorf("read upload: %w", err)
	case len(body) == 0:
		return web.Response{}, fault.At("file", msg.T("ファイルが空です。", "The file is empty."))
	case len(body) > MaxUpload:
		return web.Response{}, fault.At("file", msg.F("ファイルの大きさが上限（%dMB）を超えています。分けて取り込むか、システムの管理者に一括の取込みを依頼してください。",
			"The file is larger than the limit (%d MB). Please split it or ask the administrators of the system to import it.", MaxUpload>>20))
	}
	id, err := s.keepUpload(r, d, filepath.Base(strings.ReplaceAll(head.Filename, `\`, "/")), body)
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect(path(d, "import")+"?file="+id, msg.Text{}), nil
}

func (s *Service) keepUpload(r *web.Request, d *register.Def, name string, body []byte) (string, error) {
	var b [16]byte
	_, _ = rand.Read(b[:])
	id, sum := hex.EncodeToString(b[:]), sha256.Sum256(body)
	err := s.c.Store.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM ledger_upload WHERE until < $1`, tx.Now().UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO ledger_upload (id, person, register, name, sha256, body, at, until, applied) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			id, r.Actor.ID(), d.Name, name, hex.EncodeToString(sum[:]), body, tx.Now().UnixMicro(), tx.Now().Add(uploadLife).UnixMicro(), false)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep upload: %w", err)
	}
	return id, nil
}

// kept is an upload as it was kept.
type kept struct {
	id, name, sha256 string
	body             []byte
	applied          bool
}

// uploaded finds an upload of this person for the register; whoever else asks is told that there is none.
func uploaded(ctx context.Context, tx *db.Tx, r *web.Request, d *register.Def, id string) (kept, error) {
	k := kept{id: id}
	err := tx.QueryRow(ctx, `SELECT name, sha256, body, applied FROM ledger_upload WHERE id = $1 AND person = $2 AND register = $3 AND until >= $4`,
		id, r.Actor.ID(), d.Name, tx.Now().UnixMicro()).Scan(&k.name, &k.sha256, &k.body, &k.applied)
	if db.Missing(err) {
		return k, fault.New(fault.NotFound, msg.T("取り込むファイルが見つかりません。時間がたったため消去された可能性があります。もう一度ファイルを選んでください。",
			"The file to import was not found. It may have been removed after a while. Please choose it again."))
	}
	if err != nil {
		return k, fmt.Errorf("read upload: %w", err)
	}
	return k, nil
}

// plan works out what an upload would do. The bytes are those that were previewed, or it is refused.
func (s *Service) plan(ctx context.Context, tx *db.Tx, r *web.Request, d *register.Def, k kept) (*register.Plan, error) {
	p, err := s.c.Catalog.As(tx, r.Actor).Import(ctx, d, register.File{Name: k.name, R: bytes.NewReader(k.body), Size: int64(len(k.body))})
	if err != nil {
		return nil, err
	}
	if p.SHA256 != k.sha256 {
		return nil, fmt.Errorf("import upload %s: the file has changed", k.id)
	}
	return p, nil
}

// importPage takes a file, or shows what the one taken would do.
func (s *Service) importPage(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	id := r.Query("file")
	if r.FormHas("upload") {
		id = r.Form("upload")
	}
	var k kept
	var p *register.Plan
	var labels register.Labels
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if err := s.decides(ctx, tx, r, d, "import"); err != nil || id == "" {
			return err
		}
		if k, err = uploaded(ctx, tx, r, d, id); err != nil {
			return err
		}
		if p, err = s.plan(ctx, tx, r, d, k); err != nil {
			return err
		}
		labels, err = s.c.Catalog.As(tx, r.Actor).Labels(ctx, d, p.NewRows(shownOfPlan)...)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	title := msg.F("%sへの取込み", "Import: %s", d.Title)
	head := web.Head{Crumbs: crumbs(d, web.Link{Title: msg.T("取込み", "Import")}), Title: title}
	switch {
	case p == nil:
		return web.Page(title, web.Stack(web.PageHead(head), s.uploadForm(r, d))).In("/registers"), nil
	case r.Query("as") == "errors":
		return errorList(d, p, r.Lang), nil
	}
	return web.Page(title, s.preview(r, d, head, k, p, labels)).In("/registers"), nil
}

func (s *Service) uploadForm(r *web.Request, d *register.Def) templ.Component {
	var names []msg.Text
	for _, f := range d.Fields {
		if !f.Derived {
			names = append(names, f.Title)
		}
	}
	q := url.Values{"as": {"xlsx"}}
	return web.Stack(
		web.Para(msg.T("Excel、CSV、JSONのファイルを読み込み、台帳との違いを表示します。文字コードは自動で見分けます。確かめて取り込むまで、台帳は変わりません。",
			"An Excel (xlsx), CSV (UTF-8 or Shift_JIS) or JSON file is compared with the register. Nothing changes until you have looked at the differences and go on.")),
		web.FormPart(web.Form{Action: path(d, "import"), Upload: true, Label: titleImport, Cancel: web.Link{Href: path(d)},
			Fields: []web.Field{{Name: "file", Label: msg.T("取り込むファイル", "File to import"), Kind: web.FileField, Accept: ".xlsx,.csv,.tsv,.txt,.json", Required: true,
				Help: msg.F("%dMBまで。1行目は見出しです。", "Up to %d MB. The first row holds the titles.", MaxUpload>>20)}},
			Buttons: []web.Button{{Title: msg.T("違いを確かめる", "Show the differences"), Tone: web.Good}}}),
		section(msg.T("ファイルの作り方", "How to make the file"),
			web.Para(msg.T("今の台帳を書き出して直すのが確実です。列がない項目は今の値のまま残り、空にした項目は消えます。書き出したファイルの隠れた列「記録の版」は、ほかの職員の変更を上書きしないために使うので、消さないでください。",
				"The sure way is to export the register and edit it. Fields without a column keep their value, emptied cells are cleared. Please leave the hidden column with the record version: it keeps the changes of others from being overwritten.")),
			linkList([]web.Link{{Title: msg.T("今の台帳をExcelで書き出す", "Export the register to Excel"), Href: with(path(d, "export"), q)}}),
			web.Para(msg.F("使える見出し：%s", "Titles: %s", words(names...)))))
}

// preview shows what a file would do: mistakes and conflicts first, then each cell that changes, then new records.
func (s *Service) preview(r *web.Request, d *register.Def, head web.Head, k kept, p *register.Plan, labels register.Labels) templ.Component {
	bad := len(p.Errors) + p.Dropped
	tone := func(n int) web.Tone {
		if n > 0 {
			return web.Bad
		}
		return web.Plain
	}
	n := func(v int) msg.Text { return msg.Same(web.Number(v)) }
	parts := []templ.Component{web.PageHead(head), fileLine(k.name),
		web.Tiles([]web.Tile{{Value: n(bad), Label: msg.T("誤り", "Mistakes"), Tone: tone(bad)}, {Value: n(len(p.Conflicts)), Label: msg.T("競合", "Conflicts"), Tone: tone(len(p.Conflicts))},
			{Value: n(p.New), Label: msg.T("新規の記録", "New records")}, {Value: n(p.Changed), Label: msg.T("変更される記録", "Changed records")}, {Value: n(p.Unchanged), Label: msg.T("変わらない記録", "Unchanged records")}})}
	switch {
	case k.applied:
		parts = append(parts, web.Banner(web.Info, msg.T("このファイルは既に取り込まれています。", "This file has been imported already.")))
	case !p.Good():
		again := web.Link{Title: msg.T("直したファイルを選ぶ", "Choose the mended file"), Href: path(d, "import"), Main: true}
		list := web.Link{Title: msg.T("誤りの一覧をCSVで保存", "Save the list of mistakes as CSV"), Href: path(d, "import") + "?file=" + k.id + "&as=errors"}
		parts = append(parts, web.Banner(web.Warn, msg.T("誤りや競合があるため、取り込めません。台帳は変わっていません。ファイルを直してから、もう一度選んでください。",
			"There are mistakes or conflicts, so nothing can be imported and nothing was changed. Please mend the file and choose it again.")), buttonRow(again, list))
	case p.New+p.Changed == 0:
		parts = append(parts, web.EmptyState(msg.T("ファイルの内容は台帳と同じです。取り込むものはありません。", "The file says what the register says. There is nothing to import."),
			web.Link{Title: msg.T("一覧へ戻る", "Back to the list"), Href: path(d)}))
	default:
		parts = append(parts, web.FormPart(web.Form{Action: path(d, "import", "apply"), Label: titleImport, Cancel: web.Link{Href: path(d)},
			Hidden:  [][2]string{{"upload", k.id}, {"new", strconv.Itoa(p.New)}, {"changed", strconv.Itoa(p.Changed)}},
			Fields:  []web.Field{{Name: argReason, Label: msg.T("取り込む理由", "Reason for the import"), Help: msg.T("証跡に残ります。例：令和8年度の棚卸し", "It is kept in the record of acts."), Required: true, Width: 40, Max: maxReason}},
			Buttons: []web.Button{{Title: msg.T("この内容で取り込む", "Import this"), Tone: web.Good}}}))
	}
	parts = append(parts, errorTable(msg.T("誤り", "Mistakes"), p.Errors, d, p.Dropped), errorTable(msg.T("競合（ほかの職員が先に変更した記録）", "Conflicts: records others have changed"), p.Conflicts, d, 0),
		errorTable(msg.T("注意", "Notes"), p.Warnings, d, 0), s.changeTable(r, d, p), s.newTable(r, d, p, labels))
	return web.Stack(parts...)
}

// cut says that a table shows the first lines only.
func cut(caption msg.Text, shown, all int) msg.Text {
	if shown >= all {
		return caption
	}
	return msg.F("%s（%s件のうち先頭の%s件）", "%s (the first %[3]s of %[2]s)", caption, web.Number(all), web.Number(shown))
}

func errorTable(caption msg.Text, list []register.CellError, d *register.Def, dropped int) templ.Component {
	if len(list) == 0 {
		return templ.NopComponent
	}
	show := list[:min(len(list), shownOfPlan)]
	t := web.Table{Caption: cut(caption, len(show), len(list)+dropped), Count: len(list) + dropped, Columns: []web.Column{{Title: msg.T("場所", "Place"), Head: true, NoWrap: true},
		{Title: msg.T("項目", "Field")}, {Title: msg.T("説明", "What is wrong")}}}
	if len(show) < len(list)+dropped {
		t.Count = -1
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, e := range show {
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Part: code(place(e, web.Lang(ctx)))}, {Text: fieldTitle(d, e.Field).In(web.Lang(ctx))}, {Text: web.Say(ctx, e.Message)}}})
		}
		return web.TablePart(t).Render(ctx, w)
	})
}

// place is the address of a cell: sheet and cell, or the row.
func place(e register.CellError, lang msg.Lang) string {
	at := e.Cell
	if at == "" && e.Row > 0 {
		at = msg.F("%d行目", "row %d", e.Row).In(lang)
	}
	switch {
	case e.Sheet != "" && at != "":
		return e.Sheet + "!" + at
	case e.Sheet != "":
		return e.Sheet
	case at != "":
		return at
	}
	return msg.T("ファイル全体", "the whole file").In(lang)
}

func fieldTitle(d *register.Def, name string) msg.Text {
	if f, ok := d.Field(name); ok {
		return f.Title
	}
	return msg.Text{}
}

func (s *Service) changeTable(r *web.Request, d *register.Def, p *register.Plan) templ.Component {
	if len(p.Changes) == 0 {
		return templ.NopComponent
	}
	show := p.Changes[:min(len(p.Changes), shownOfPlan)]
	t := web.Table{Caption: cut(msg.T("変更される項目", "Cells that change"), len(show), len(p.Changes)), Count: len(p.Changes), Columns: []web.Column{{Title: d.KeyField().Title, Head: true, NoWrap: true},
		{Title: msg.T("項目", "Field")}, {Title: msg.T("今の値", "Now")}, {Title: msg.T("取込み後の値", "After the import")}}}
	if len(show) < len(p.Changes) {
		t.Count = -1
	}
	value := func(v string) web.Cell {
		if v == "" {
			return web.Cell{Text: msg.T("（なし）", "(none)").In(r.Lang), Tone: web.Info}
		}
		return web.Cell{Text: v}
	}
	for _, c := range show {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Part: code(c.Key)}, {Text: fieldTitle(d, c.Field).In(r.Lang)}, value(c.Old), value(c.New)}})
	}
	return web.TablePart(t)
}

func (s *Service) newTable(r *web.Request, d *register.Def, p *register.Plan, labels register.Labels) templ.Component {
	show := p.NewRows(shownOfPlan)
	if len(show) == 0 {
		return templ.NopComponent
	}
	t := web.Table{Caption: cut(msg.T("新規の記録", "New records"), len(show), p.New), Count: p.New}
	if len(show) < p.New {
		t.Count = -1
	}
	var fields []register.Field
	for _, f := range d.Fields {
		if (f.Key || f.List) && len(fields) < defaultColumns {
			fields = append(fields, f)
			t.Columns = append(t.Columns, web.Column{Title: f.Title, Head: f.Key, NoWrap: f.Key})
		}
	}
	for _, row := range show {
		var cells []web.Cell
		for _, f := range fields {
			cells = append(cells, web.Cell{Text: s.c.Catalog.Show(f, row[d.Index(f.Name)], r.Lang, labels)})
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return web.TablePart(t)
}

// errorList is every mistake and conflict as a file, to be worked off beside the sheet.
func errorList(d *register.Def, p *register.Plan, lang msg.Lang) web.Response {
	header := []string{msg.T("シート", "Sheet").In(lang), msg.T("セル", "Cell").In(lang), msg.T("行", "Row").In(lang), msg.T("項目", "Field").In(lang), msg.T("説明", "What is wrong").In(lang)}
	rows := func(yield func([]string, error) bool) {
		for _, e := range append(append([]register.CellError{}, p.Errors...), p.Conflicts...) {
			if !yield([]string{e.Sheet, e.Cell, strconv.Itoa(e.Row), fieldTitle(d, e.Field).In(lang), e.Message.In(lang)}, nil) {
				return
			}
		}
	}
	return web.File(msg.F("%s_取込みの誤り.csv", "%s_mistakes.csv", d.Title).In(lang), "text/csv; charset=utf-8", func(w io.Writer) error {
		_, err := sheet.WriteCSV(w, header, rows, sheet.UTF8BOM)
		return err
	})
}

// applyImport carries the import out as one act, if the file still does what was shown.
func (s *Service) applyImport(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	if err := r.FormFields("upload", "new", "changed", argReason); err != nil {
		return web.Response{}, err
	}
	reason := r.Form(argReason)
	switch n := utf8.RuneCountInString(reason); {
	case n == 0:
		return web.Response{}, fault.At(argReason, msg.T("取り込む理由を入力してください。", "Please give the reason for the import."))
	case n > maxReason:
		return web.Response{}, fault.At(argReason, msg.F("理由は%d文字以内で入力してください。", "A reason has at most %d characters.", maxReason))
	}
	done := msg.F("%sに取り込みました。新規%s件、変更%s件です。", "Imported into %s: %s new, %s changed.", d.Title, r.Form("new"), r.Form("changed"))
	var k kept
	var p *register.Plan
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if k, err = uploaded(ctx, tx, r, d, r.Form("upload")); err != nil || k.applied {
			return err
		}
		p, err = s.plan(ctx, tx, r, d, k)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	if k.applied { // a second press of the button
		return web.Redirect(path(d), done), nil
	}
	fresh, changed := strconv.Itoa(p.New), strconv.Itoa(p.Changed)
	if fresh != r.Form("new") || changed != r.Form("changed") {
		return web.Response{}, fault.New(fault.Conflict, msg.T("確かめた後に台帳が変わりました。違いをもう一度確かめてください。", "The register has changed since you looked. Please look at the differences again."))
	}
	in := act.Input{"file": k.name, "sha256": p.SHA256, "new": fresh, "changed": changed}
	if _, err := s.c.Gate.Run(register.WithPlan(r.Context(), p), d.Name+".import", in, act.Options{IdempotencyKey: r.IdempotencyKey, Reason: reason}); err != nil {
		return web.Response{}, err
	}
	// The records are in; only the mark is missing if this fails, and a repeat then finds nothing to change.
	if err := s.c.Store.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE ledger_upload SET applied = $1 WHERE id = $2`, true, k.id)
		return err
	}); err != nil {
		return web.Response{}, fmt.Errorf("mark upload as applied: %w", err)
	}
	return web.Redirect(path(d), done), nil
}
