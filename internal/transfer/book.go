package transfer

import (
	"context"
	"io"
	"iter"
	"strconv"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/sheet"
)

// Book writes the preview of a set of moves as a workbook: the figures, each move, and what will be without anybody.
func (s *Service) Book(ctx context.Context, tx *db.Tx, code string, lang msg.Lang, w io.Writer) error {
	p, err := s.preview(ctx, tx, code)
	if err != nil {
		return err
	}
	labels, err := s.labels(ctx, tx, p.moves)
	if err != nil {
		return err
	}
	t := func(ja, en string) string { return msg.T(ja, en).In(lang) }
	var figures [][]string
	figures = append(figures, []string{t("名称", "Name"), p.set.Name}, []string{t("発令日", "Effective"), p.set.Date.String()}, []string{t("状態", "State"), setFlow.States[stateOf(p.set)].In(lang)})
	counts := p.counts()
	for _, k := range s.terms("move_kind") {
		figures = append(figures, []string{k.Title.In(lang), strconv.Itoa(counts[k.Code])})
	}
	figures = append(figures, []string{t("適用できない予定", "Moves that cannot be carried out"), strconv.Itoa(len(p.problems))}, []string{t("引き継ぐ人のないもの", "Without anybody in charge"), strconv.Itoa(len(p.orphans))})
	wrong := map[string]msg.Text{}
	for _, b := range p.problems {
		wrong[b.move.Code] = b.text
	}
	var moves, left [][]string
	d := s.c.Catalog.Must("move")
	show := func(m org.Move, field string) string {
		f, _ := d.Field(field)
		return s.c.Catalog.Show(f, register.Encode(d, m)[d.Index(field)], lang, labels)
	}
	for _, m := range p.moves {
		moves = append(moves, []string{m.Code, m.Person, show(m, "person"), show(m, "kind"), show(m, "from_unit"), show(m, "unit"), m.Title, show(m, "post"), show(m, "post_kind"), show(m, "keep"), show(m, "state"), wrong[m.Code].In(lang)})
	}
	for _, o := range p.orphans {
		left = append(left, []string{s.orphanKind(o.kind).In(lang), o.key, o.name, strconv.Itoa(o.n), o.why.In(lang)})
	}
	col := func(titles ...string) (out []sheet.Column) {
		for _, x := range titles {
			out = append(out, sheet.Column{Title: x})
		}
		return out
	}
	leftColumns := col(t("種別", "Kind"), t("番号", "No."), t("名称", "Name"), t("件数", "Count"), t("理由", "Why"))
	leftColumns[3].Kind = sheet.Number
	return sheet.WriteXLSX(w, sheet.Book{Lang: lang, Sheets: []sheet.Sheet{
		{Name: t("概要", "Summary"), Columns: col(t("項目", "Item"), t("内容", "Value")), Rows: lines(figures)},
		{Name: t("異動の予定", "Moves"), Rows: lines(moves), Columns: col(t("予定番号", "Move no."), t("職員番号", "Person no."), t("氏名", "Name"), t("種別", "Kind"), t("異動前の所属", "Unit before"), t("異動後の所属", "Unit after"),
			t("異動後の職名", "Job title after"), t("役職", "Post"), t("正・代理", "Holder or deputy"), t("今の役職を続ける", "Keeps the present posts"), t("状態", "State"), t("適用できない理由", "Why it cannot be carried out"))},
		{Name: t("引き継ぐ人のないもの", "Without anybody"), Columns: leftColumns, Rows: lines(left)},
	}})
}

func lines(rows [][]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// labels are the names of everything some moves point at.
func (s *Service) labels(ctx context.Context, tx *db.Tx, moves []org.Move) (register.Labels, error) {
	d := s.c.Catalog.Must("move")
	rows := make([]register.Row, len(moves))
	for i, m := range moves {
		rows[i] = register.Encode(d, m)
	}
	return s.c.Catalog.Labels(ctx, tx, d, rows...)
}

// orphanKind names a kind of thing without anybody in charge.
func (s *Service) orphanKind(kind string) msg.Text {
	if kind == "person" {
		return msg.T("組織のない職員", "People without a unit")
	}
	if d, ok := s.c.Catalog.Get(kind); ok {
		return d.Title
	}
	return msg.Same(kind)
}
