package transfer

import (
	"bytes"
	"errors"
	"strings"

	"golang.org/x/text/unicode/norm"

	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/register"
	"okite/internal/sheet"
	"okite/internal/when"
)

// hrRow is a row of a personnel file: the cells of the mapped fields, by field.
type hrRow struct {
	sheet string
	row   int
	cells map[string]sheet.Cell
}

func (r hrRow) text(field string) string {
	return strings.TrimSpace(norm.NFKC.String(r.cells[field].Text))
}

// hrFile is a personnel file read by a mapping.
type hrFile struct {
	rows   []hrRow
	mapped map[string]bool // fields that the file has
	errors []register.CellError
}

// fields are the columns of a mapping: field of a person, and the title in the file.
func (m Mapping) fields() []struct{ field, title string } {
	return []struct{ field, title string }{{"code", m.Key}, {"name", m.Person}, {"kana", m.Kana}, {"unit", m.Unit}, {"employment", m.Employment}, {"title", m.JobTitle}, {"contract", m.Contract},
		{"joined", m.Joined}, {"left", m.Left}, {"mail", m.Mail}, {"manager", m.Manager}, {"status", m.Status}, {"effective", m.Effective}}
}

// readHR reads a personnel file: Excel, CSV in any of its encodings, JSON, or the LDIF export of a directory. Columns the
// mapping does not name are left out; one that it names and the file does not have is a mistake.
func readHR(name string, b []byte, m Mapping) (hrFile, error) {
	out := hrFile{mapped: map[string]bool{}}
	at := map[int]string{}
	head := func(sheetName string, columns []sheet.Cell) error {
		clear(at)
		have := map[string]int{}
		for i, c := range columns {
			have[sheet.Title(c.Text)] = i
		}
		for _, f := range m.fields() {
			if f.title == "" {
				continue
			}
			i, ok := have[sheet.Title(f.title)]
			if !ok {
				out.errors = append(out.errors, register.CellError{Sheet: sheetName, Field: f.field, Message: msg.F("見出し「%s」の列がありません。列の対応「%s」を確かめてください。", "There is no column “%s”. Please check the mapping “%s”.", f.title, m.Name)})
				continue
			}
			at[i], out.mapped[f.field] = f.field, true
		}
		return nil
	}
	row := func(sheetName string, rec sheet.Record) error {
		r := hrRow{sheet: sheetName, row: rec.Row, cells: map[string]sheet.Cell{}}
		for i, field := range at {
			r.cells[field] = rec.Cells[i]
		}
		out.rows = append(out.rows, r)
		return nil
	}
	var err error
	if isLDIF(name, b) {
		err = readLDIF(name, b, func(c []sheet.Cell) error { return head("", c) }, func(r sheet.Record) error { return row("", r) })
	} else {
		err = sheet.ReadTables(name, bytes.NewReader(b), int64(len(b)), sheet.Limits{}, head, row)
	}
	var bad *sheet.Error
	if errors.As(err, &bad) {
		out.errors = append(out.errors, register.CellError{Sheet: bad.Sheet, Cell: bad.Cell, Row: bad.Row, Message: bad.Message})
		err = nil
	}
	if err == nil && len(out.rows) == 0 && len(out.errors) == 0 {
		out.errors = append(out.errors, register.CellError{Message: msg.T("取り込む行がありません。", "There is nothing to import.")})
	}
	return out, err
}

// parsed is a row with its values; ok says that none of its cells is wrong.
type parsed struct {
	hrRow
	code, name, employment, manager string
	joined, left, effective         when.Date
	gone                            bool
	ok                              bool
}

// reader turns rows into values and gathers mistakes at their cells.
type reader struct {
	kinds  map[string]string
	gone   map[string]bool
	file   hrFile
	errors []register.CellError
}

func newReader(m Mapping, p *pack.Pack, f hrFile) (*reader, error) {
	kinds, err := m.kinds(p)
	return &reader{kinds: kinds, gone: m.gone(), file: f, errors: f.errors}, err
}

func (r *reader) fail(row hrRow, field string, t msg.Text) {
	r.errors = append(r.errors, register.CellError{Sheet: row.sheet, Cell: row.cells[field].Ref, Row: row.row, Field: field, Message: t})
}

func (r *reader) day(x *parsed, field string) when.Date {
	text := x.text(field)
	if text == "" {
		return 0
	}
	d, err := when.ParseLenient(text)
	if err != nil {
		t := msg.F("「%s」は日付として読み取れません。", "“%s” cannot be read as a date.", text)
		if f := fault.As(err); f != nil {
			t = f.Message
		}
		r.fail(x.hrRow, field, t)
		x.ok = false
		return 0
	}
	return d
}

func (r *reader) parse(row hrRow) parsed {
	x := parsed{hrRow: row, ok: true, code: row.text("code"), name: row.text("name"), manager: row.text("manager")}
	must := func(field, value string, t msg.Text) {
		if value == "" {
			r.fail(row, field, t)
			x.ok = false
		}
	}
	must("code", x.code, msg.T("職員番号がありません。", "The person no. is missing."))
	must("name", x.name, msg.T("氏名がありません。", "The name is missing."))
	if word := row.text("employment"); word == "" {
		must("employment", "", msg.T("任用の区分がありません。", "The kind of employment is missing."))
	} else if x.employment = r.kinds[sheet.Title(word)]; x.employment == "" {
		r.fail(row, "employment", msg.F("「%s」がどの任用の区分に当たるか分かりません。列の対応の「任用の区分の読替え」に加えてください。", "It is not known which kind of employment “%s” is. Please add it to the mapping.", word))
		x.ok = false
	}
	x.joined, x.left, x.effective = r.day(&x, "joined"), r.day(&x, "left"), r.day(&x, "effective")
	x.gone = r.gone[sheet.Title(row.text("status"))]
	return x
}
