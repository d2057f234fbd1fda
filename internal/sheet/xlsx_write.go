package sheet

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"okite/internal/msg"
	"okite/internal/when"
)

// Kind is how a column's texts are written into a workbook.
type Kind uint8

// The kinds. A text that is no number or day is written as text in any column.
const (
	Text   Kind = iota // as it is, leading zeros and all
	Number             // as a number, when reading it back gives the same text
	Day                // ISO text as a day of Excel
)

// Column is a column of a sheet to write.
type Column struct {
	Title  string
	Kind   Kind
	Width  float64  // in characters; 0 is made from the title
	Hidden bool     // keys and versions that come back with the file and concern nobody
	Values []string // choices of a drop-down, nil for none
}

// Sheet is a sheet to write. Each row has at most as many texts as there are columns; a row's error ends the writing.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    iter.Seq2[[]string, error]
}

// Book is a workbook to write. Lang is the language of Excel's own messages at a drop-down.
type Book struct {
	Sheets []Sheet
	Lang   msg.Lang
}

const (
	lastRow   = 1 << 20 // of Excel
	cellUnits = 32767   // UTF-16 units in a cell of Excel
)

// WriteXLSX writes a workbook: header styled, frozen and with a filter, drop-downs from a hidden list, days and numbers
// typed. Rows are streamed; memory does not grow with their number. A text Excel cannot hold is an *Error.
func WriteXLSX(w io.Writer, b Book) error {
	f := excelize.NewFile()
	defer f.Close()
	x := &xlsxWriter{f: f, lang: b.Lang, list: map[string]string{}}
	if err := x.styles(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	for i := range b.Sheets {
		name := sheetName(b.Sheets[i].Name, i)
		if _, err := f.NewSheet(name); err != nil {
			return fmt.Errorf("write sheet %s: %w", name, err)
		}
	}
	if err := x.lists(b); err != nil {
		return fmt.Errorf("write choices: %w", err)
	}
	for i, s := range b.Sheets {
		if err := x.sheet(sheetName(s.Name, i), s); err != nil {
			return err
		}
	}
	if len(b.Sheets) > 0 {
		if err := f.DeleteSheet("Sheet1"); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
		f.SetActiveSheet(0)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

type xlsxWriter struct {
	f                       *excelize.File
	lang                    msg.Lang
	head, text, number, day int
	list                    map[string]string // sheet and column → range of its choices
}

// sheetName makes a name Excel takes: at most 31 units and without its signs.
func sheetName(s string, i int) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return '_'
		}
		return r
	}, s), "'")
	for utf8.RuneCountInString(s) > 0 && len(utf16.Encode([]rune(s))) > 31 {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	if s == "" || strings.EqualFold(s, "Sheet1") || s == Lists {
		return fmt.Sprintf("表%d", i+1)
	}
	return s
}

func (x *xlsxWriter) styles() (err error) {
	edge := []excelize.Border{{Type: "bottom", Color: "595959", Style: 1}}
	if x.head, err = x.f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Border: edge,
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8F1FE"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}); err != nil {
		return err
	}
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	if x.text, err = x.f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: top}); err != nil {
		return err
	}
	if x.number, err = x.f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}}); err != nil {
		return err
	}
	iso := "yyyy-mm-dd"
	x.day, err = x.f.NewStyle(&excelize.Style{CustomNumFmt: &iso, Alignment: &excelize.Alignment{Vertical: "top"}})
	return err
}

// lists writes the choices of all drop-downs onto a sheet nobody sees.
func (x *xlsxWriter) lists(b Book) error {
	n := 0
	for i, s := range b.Sheets {
		for c, column := range s.Columns {
			if len(column.Values) == 0 {
				continue
			}
			if n == 0 {
				if _, err := x.f.NewSheet(Lists); err != nil {
					return err
				}
			}
			n++
			name := ColumnName(n)
			if err := x.f.SetSheetCol(Lists, name+"1", &column.Values); err != nil {
				return err
			}
			x.list[fmt.Sprint(sheetName(s.Name, i), "/", c)] = fmt.Sprintf("'%s'!$%s$1:$%s$%d", Lists, name, name, len(column.Values))
		}
	}
	if n == 0 {
		return nil
	}
	return x.f.SetSheetVisible(Lists, false, true)
}

func (x *xlsxWriter) sheet(name string, s Sheet) error {
	sw, err := x.f.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("write sheet %s: %w", name, err)
	}
	if err := x.frame(sw, name, s.Columns); err != nil {
		return fmt.Errorf("write sheet %s: %w", name, err)
	}
	row := 1
	values := make([]any, 0, len(s.Columns))
	for texts, err := range s.Rows {
		if err != nil {
			return fmt.Errorf("write sheet %s: %w", name, err)
		}
		if row++; row > lastRow {
			return &Error{Sheet: name, Row: row, Message: msg.T("Excelに入る行数を超えています。CSVで出力してください。", "There are more rows than Excel holds. Export as CSV.")}
		}
		values = values[:0]
		for c, t := range texts[:min(len(texts), len(s.Columns))] {
			if err := x.check(name, c, row, t); err != nil {
				return err
			}
			values = append(values, x.cell(s.Columns[c].Kind, t))
		}
		if err := sw.SetRow("A"+strconv.Itoa(row), values); err != nil {
			return fmt.Errorf("write sheet %s row %d: %w", name, row, err)
		}
	}
	if len(s.Columns) > 0 {
		if err := x.f.AutoFilter(name, "A1:"+Address(len(s.Columns), row), nil); err != nil {
			return fmt.Errorf("write sheet %s: %w", name, err)
		}
	}
	if err := sw.Flush(); err != nil {
		return fmt.Errorf("write sheet %s: %w", name, err)
	}
	return nil
}

// frame writes what must stand before the rows: widths, frozen header, drop-downs (excelize loses those added later)
// and the header itself.
func (x *xlsxWriter) frame(sw *excelize.StreamWriter, name string, columns []Column) error {
	header := make([]any, len(columns))
	for i, c := range columns {
		width := c.Width
		if width == 0 {
			width = float64(max(10, min(40, 2*utf8.RuneCountInString(c.Title)+4)))
		}
		if err := sw.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		if err := sw.SetColStyle(i+1, i+1, x.style(c.Kind)); err != nil {
			return err
		}
		if c.Hidden {
			if err := sw.SetColVisible(i+1, i+1, false); err != nil {
				return err
			}
		}
		if err := x.dropDown(name, i, x.list[fmt.Sprint(name, "/", i)]); err != nil {
			return err
		}
		header[i] = excelize.Cell{StyleID: x.head, Value: c.Title}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return sw.SetRow("A1", header)
}

func (x *xlsxWriter) dropDown(name string, column int, list string) error {
	if list == "" {
		return nil
	}
	letter := ColumnName(column + 1)
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(fmt.Sprintf("%s2:%s%d", letter, letter, lastRow))
	dv.SetSqrefDropList(list)
	title, text := msg.T("選択肢", "Choices"), msg.T("一覧から選んでください。", "Choose from the list.")
	dv.SetError(excelize.DataValidationErrorStyleStop, title.In(x.lang), text.In(x.lang))
	return x.f.AddDataValidation(name, dv)
}

func (x *xlsxWriter) style(k Kind) int {
	switch k {
	case Number:
		return x.number
	case Day:
		return x.day
	}
	return x.text
}

// check refuses what a cell of Excel cannot hold; excelize would cut or replace it in silence.
func (x *xlsxWriter) check(name string, c, row int, t string) error {
	at := func(m msg.Text) error { return &Error{Sheet: name, Cell: Address(c+1, row), Row: row, Message: m} }
	if len(t) > cellUnits && len(utf16.Encode([]rune(t))) > cellUnits {
		return at(msg.T("文字数がExcelの上限（32,767）を超えています。CSVで出力してください。", "The text is longer than Excel holds (32,767). Export as CSV."))
	}
	for _, r := range t {
		if (r < ' ' && r != '\t' && r != '\n' && r != '\r') || r == 0xFFFE || r == 0xFFFF || (r == utf8.RuneError && !utf8.ValidString(t)) {
			return at(msg.T("Excelに書けない制御文字が含まれています。CSVで出力してください。", "There is a control character Excel cannot hold. Export as CSV."))
		}
	}
	return nil
}

func (x *xlsxWriter) cell(k Kind, t string) any {
	if t == "" {
		return nil
	}
	switch k {
	case Number:
		if f, err := strconv.ParseFloat(t, 64); err == nil && plainNumber(f) == t {
			return excelize.Cell{StyleID: x.number, Value: f}
		}
	case Day:
		if d, err := when.Parse(t); err == nil && d >= when.On(1900, 3, 1) {
			return excelize.Cell{StyleID: x.day, Value: int(d - when.On(1899, 12, 30))}
		}
	}
	return excelize.Cell{StyleID: x.text, Value: t}
}
