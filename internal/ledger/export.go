package ledger

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/sheet"
	"okite/internal/web"
	"okite/internal/when"
)

var contentTypes = map[register.Format]string{
	register.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	register.CSV:  "text/csv; charset=utf-8",
	register.JSON: "application/json",
}

const lostShown = 100

// export gives what a list shows as a file. That it was taken out is in the record before its first byte leaves
// (bp.9.4).
func (s *Service) export(r *web.Request) (web.Response, error) {
	d, err := s.def(r)
	if err != nil {
		return web.Response{}, err
	}
	as := register.Format(r.Query("as"))
	kind, ok := contentTypes[as]
	if !ok {
		return web.Response{}, fault.At("as", msg.F("「%s」という形式では書き出せません。xlsx、csv、json から選んでください。", "There is no form %q. Choose xlsx, csv or json.", string(as)))
	}
	enc := sheet.UTF8BOM
	switch e := r.Query("encoding"); {
	case e == "cp932" && as == register.CSV:
		enc, kind = sheet.CP932, "text/csv; charset=Shift_JIS"
	case e != "" && e != "utf8bom" && e != "cp932":
		return web.Response{}, fault.At("encoding", msg.F("「%s」という文字コードでは書き出せません。", "There is no encoding %q.", e))
	}
	var q register.Query
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.sees(ctx, tx, r.Actor, d)
		if err != nil {
			return err
		}
		q, err = query(r, v)
		cols := slices.DeleteFunc(r.QueryAll(argColumn), func(name string) bool { return !v.has(name) })
		for _, f := range v.fields { // named one by one: no columns would mean all, hidden ones too
			if f.Key || len(cols) == 0 || slices.Contains(cols, f.Name) {
				q.Columns = append(q.Columns, f.Name)
			}
		}
		return err
	}); err != nil {
		return web.Response{}, err
	}
	write := func(w io.Writer) (lost []sheet.Lost, err error) {
		err = s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			lost, err = s.c.Catalog.As(tx, r.Actor).Export(ctx, d, q, as, enc, w)
			return err
		})
		return lost, err
	}
	if enc == sheet.CP932 && r.Query("lost") != "ok" {
		lost, err := write(io.Discard)
		if err != nil {
			return web.Response{}, err
		}
		if len(lost) > 0 {
			return lostPage(r, d, lost), nil
		}
	}
	in := act.Input{"register": d.Name, "as": string(as), "columns": strings.Join(q.Columns, " ")}
	if filter := conditions(r); filter != "" {
		in["filter"] = filter
	}
	if _, err := s.c.Gate.Look(r.Context(), ExportAct, in, act.Options{}, func(context.Context, *db.Tx) error { return nil }); err != nil {
		return web.Response{}, err
	}
	name := fmt.Sprintf("%s_%s.%s", d.Title.In(r.Lang), strings.ReplaceAll(when.Of(r.Now()).String(), "-", ""), as)
	return web.File(name, kind, func(w io.Writer) error { _, err := write(w); return err }), nil
}

// conditions is what narrows an export, as the record keeps it.
func conditions(r *web.Request) string {
	out := url.Values{}
	for k, v := range r.URL.Query() {
		if !slices.Contains(reserved, k) || k == argWords || k == argEnded {
			out[k] = v
		}
	}
	return out.Encode()
}

// lostPage says which signs Shift_JIS cannot hold before a file goes out without them.
func lostPage(r *web.Request, d *register.Def, lost []sheet.Lost) web.Response {
	title := msg.T("書き出せない文字があります", "Some signs cannot be written")
	t := web.Table{Caption: cut(msg.T("シフトJISにない文字", "Signs that Shift_JIS does not have"), min(len(lost), lostShown), len(lost)), Count: len(lost),
		Columns: []web.Column{{Title: msg.T("場所", "Place"), Head: true, NoWrap: true}, {Title: msg.T("項目", "Field")}, {Title: msg.T("値", "Value")}, {Title: msg.T("文字", "Signs")}}}
	if len(lost) > lostShown {
		lost, t.Count = lost[:lostShown], -1
	}
	for _, x := range lost {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Part: code(x.Ref)}, {Text: x.Title}, {Text: x.Text}, {Text: x.Signs}}})
	}
	head := web.Head{Crumbs: crumbs(d, web.Link{Title: msg.T("書出し", "Export")}), Title: title,
		Lead: msg.T("次の文字は「〓」に置き換わります。通常のCSVかExcelなら、すべての文字をそのまま書き出せます。", "These signs would be replaced by 〓. A CSV in UTF-8 or an Excel file keeps them all."),
		Links: []web.Link{{Title: msg.T("通常のCSVで書き出す", "Export in UTF-8"), Href: r.With("encoding", "utf8bom"), Main: true},
			{Title: msg.T("置き換えて書き出す", "Export with replacements"), Href: r.With("lost", "ok")}}}
	return web.Page(title, web.Stack(web.PageHead(head), web.TablePart(t))).In("/registers")
}
