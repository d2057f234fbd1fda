package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"unicode/utf8"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

var titleEnd = msg.T("記録の終了", "End records")

const (
	maxEnded    = 200 // records ended at once
	argVersions = "version."
)

// chosen are the records of the address or form, in the order they were given.
func (s *Service) chosen(ctx context.Context, tx *db.Tx, r *web.Request, d *register.Def) ([]register.Record, error) {
	keys := r.QueryAll("key")
	if r.FormHas("key") {
		keys = r.FormAll("key")
	}
	if len(keys) > maxEnded {
		return nil, fault.New(fault.Invalid, msg.F("一度に終了できるのは%d件までです。", "At most %d records can be ended at once.", maxEnded))
	}
	have, err := s.c.Catalog.As(tx, r.Actor).Many(ctx, d, keys)
	if err != nil {
		return nil, err
	}
	var out []register.Record
	for i, k := range keys {
		if rec, ok := have[k]; ok && !slices.Contains(keys[:i], k) {
			out = append(out, rec)
		}
	}
	return out, nil
}

// endPage asks before records are ended: which ones, and why.
func (s *Service) endPage(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	var recs []register.Record
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if err := s.decides(ctx, tx, r, d, "end"); err != nil {
			return err
		}
		recs, err = s.chosen(ctx, tx, r, d)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: crumbs(d, web.Link{Title: titleEnd}), Title: titleEnd}
	if len(recs) == 0 {
		return web.Page(titleEnd, web.Stack(web.PageHead(head), web.EmptyState(msg.T("終了する記録が選ばれていません。一覧で記録を選んでください。", "No record was chosen. Please choose some in the list."),
			web.Link{Title: msg.T("一覧へ戻る", "Back to the list"), Href: path(d)}))).In("/registers"), nil
	}
	head.Lead = msg.F("次の%d件を終了します。終了した記録は変更できなくなりますが、削除はされず、一覧で「終了した記録も表示する」を選ぶと見られます。",
		"These %d records will be ended. They cannot be changed any more, but they are not deleted: the list shows them on request.", len(recs))
	f := web.Form{Action: path(d, "end"), Label: titleEnd, Cancel: web.Link{Href: path(d)}, Buttons: []web.Button{{Title: msg.T("終了する", "End them"), Tone: web.Bad}}}
	if d.End != "" {
		on, _ := d.Field(d.End)
		f.Fields = append(f.Fields, web.Field{Name: "on", Label: on.Title, Help: msg.T("この日が最後の日になります。これより早い日付が入っている記録では、その日付が残ります。", "The last day. Records that hold an earlier day keep theirs."), Kind: web.DateField, Value: when.Of(r.Now()).String()})
	}
	f.Fields = append(f.Fields, reasonField(true))
	var entries []web.Entry
	for _, rec := range recs {
		key := d.Key(rec.Row)
		e := web.Entry{Label: msg.Same(key), Text: recordTitle(s.c.Catalog, d, rec.Row).In(r.Lang), Href: path(d, key)}
		if rec.Ended {
			e.Note = msg.T("既に終了しています。", "It has ended already.").In(r.Lang)
		}
		entries = append(entries, e)
		f.Hidden = append(f.Hidden, [2]string{"key", key}, [2]string{argVersions + key, strconv.FormatInt(rec.Version, 10)})
	}
	return web.Page(titleEnd, web.Confirm(head, entries, f)).In("/registers"), nil
}

// end ends the chosen records, each by an act of its own: what one record refuses does not hold up the others, and
// the answer says what became of each.
func (s *Service) end(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	if err := r.FormFields("key", argReason, "on", argVersions); err != nil {
		return web.Response{}, err
	}
	reason := r.Form(argReason)
	switch n := utf8.RuneCountInString(reason); {
	case n == 0:
		return web.Response{}, fault.At(argReason, msg.T("終了する理由を入力してください。", "Please give the reason."))
	case n > maxReason:
		return web.Response{}, fault.At(argReason, msg.F("理由は%d文字以内で入力してください。", "A reason has at most %d characters.", maxReason))
	}
	if _, err := r.FormDate("on"); err != nil {
		return web.Response{}, err
	}
	var recs []register.Record
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		recs, err = s.chosen(ctx, tx, r, d)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	t := web.Table{ID: "ended", Caption: msg.T("結果", "Result"), Count: len(recs), Columns: []web.Column{{Title: msg.T("記録", "Record"), Head: true}, {Title: msg.T("結果", "Result")}, {Title: msg.T("説明", "Note")}}}
	refused := 0
	for _, rec := range recs {
		key := d.Key(rec.Row)
		in := act.Input{d.KeyField().Name: key}
		if v := r.Form(argVersions + key); v != "" {
			in[register.VersionField] = v
		}
		if r.Form("on") != "" {
			in["on"] = r.Form("on")
		}
		once := r.IdempotencyKey
		if once != "" {
			h := sha256.Sum256([]byte(once + " " + key)) // one form, one key for each of its records
			once = hex.EncodeToString(h[:])
		}
		_, err := s.c.Gate.Run(r.Context(), d.Name+".end", in, act.Options{IdempotencyKey: once, Reason: reason})
		f := fault.As(err)
		if err != nil && f == nil {
			return web.Response{}, err
		}
		if f != nil && len(recs) == 1 {
			return web.Response{}, f
		}
		row := web.Row{Cells: []web.Cell{{Text: recordTitle(s.c.Catalog, d, rec.Row).In(r.Lang), Href: path(d, key), Note: key}, {Part: web.Badge(msg.T("終了", "Ended"), web.Good)}, {}}}
		if f != nil {
			refused++
			row.Cells[1].Part = web.Badge(msg.T("できません", "Refused"), web.Bad)
			row.Cells[2].Text = faultText(f).In(r.Lang)
		}
		t.Rows = append(t.Rows, row)
	}
	if refused == 0 {
		to := path(d)
		if len(recs) == 1 {
			to = path(d, d.Key(recs[0].Row))
		}
		return web.Redirect(to, msg.F("%d件の記録を終了しました。", "%d records were ended.", len(recs))), nil
	}
	title := msg.T("終了の結果", "What was ended")
	head := web.Head{Crumbs: crumbs(d, web.Link{Title: title}), Title: title,
		Lead:  msg.F("%d件を終了し、%d件は終了できませんでした。", "%d records were ended, %d were refused.", len(recs)-refused, refused),
		Links: []web.Link{{Title: msg.T("一覧へ戻る", "Back to the list"), Href: path(d)}}}
	return web.Page(title, web.Stack(web.PageHead(head), web.TablePart(t))).In("/registers"), nil
}

// faultText is a fault in one sentence: of its fields when it names some.
func faultText(f *fault.Fault) msg.Text {
	if len(f.Fields) == 0 {
		return f.Message
	}
	return f.Fields[0].Message
}
