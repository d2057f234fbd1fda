package sheet

import (
	"strconv"
	"strings"

	"okite/internal/msg"
)

// sheetReader walks one sheet's XML and hands out its rows.
type sheetReader struct {
	b       *book
	name    string
	fn      Row
	cells   []Cell
	row     int
	column  int
	kind    string // t of the cell being read
	style   int
	text    []byte
	inData  bool
	inCell  bool
	take    bool // character data belongs to the value
	ruby    int
	formula bool
	value   bool // the cell has a value element
	// formulas and merges are told once, with the first place
	formulas     int
	firstFormula string
	merges       int
	firstMerge   string
}

func (b *book) readSheet(s sheetEntry, fn Row) error {
	r := &sheetReader{b: b, name: s.name, fn: fn}
	err := b.walk(s.part, r.start, r.end, func(t []byte) error {
		if r.take {
			if r.text = append(r.text, t...); len(r.text) > b.limit.Text {
				return r.bad(msg.F("セルの文字が長すぎます（上限%dバイト）。", "The text of the cell is too long (limit %d bytes).", b.limit.Text))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if r.formulas > 0 {
		b.limit.Warn(b.bad(s.name, r.firstFormula, 0, msg.F("数式のセルが%d個あります。保存されていた計算結果を値として読み込みました。",
			"There are %d cells with formulas. The results saved in the file were taken as values.", r.formulas)))
	}
	if r.merges > 0 {
		return b.bad(s.name, r.firstMerge, 0, msg.F("結合されたセルが%d箇所あります。結合を解除し、それぞれのセルに値を入れて保存し直してください。",
			"There are %d merged ranges. Unmerge them, fill every cell and save again.", r.merges))
	}
	return nil
}

func (r *sheetReader) bad(m msg.Text) error {
	cell := ""
	if r.inCell {
		cell = Address(r.column, r.row)
	}
	return r.b.bad(r.name, cell, r.row, m)
}

func (r *sheetReader) start(e *tag) error {
	switch string(e.name) {
	case "sheetData":
		r.inData = true
	case "row":
		if r.inData {
			return r.startRow(string(e.attr("r")))
		}
	case "c":
		if r.inData {
			return r.startCell(e)
		}
	case "v":
		r.take, r.value = r.inCell, r.value || r.inCell
	case "t":
		r.take = r.inCell && r.ruby == 0 && r.kind == "inlineStr"
		r.value = r.value || r.take
	case "rPh":
		r.ruby++
	case "f":
		r.formula = r.formula || r.inCell
	case "mergeCell":
		if r.merges++; r.merges == 1 {
			r.firstMerge = string(e.attr("ref"))
		}
	}
	return nil
}

func (r *sheetReader) startRow(at string) error {
	n := r.row + 1
	if at != "" {
		v, err := strconv.Atoi(at)
		if err != nil || v <= r.row {
			return r.b.bad(r.name, "", r.row, msg.F("行番号「%s」が正しくありません。Excelで開いて保存し直してください。",
				"The row number %q is not right. Open the file in Excel and save it again.", at))
		}
		n = v
	}
	r.row, r.column, r.cells = n, 0, r.cells[:0]
	if n > r.b.limit.Rows {
		return r.b.bad(r.name, "", 0, msg.F("行数が上限（%d行）を超えています。", "There are more rows than the limit (%d).", r.b.limit.Rows))
	}
	return nil
}

func (r *sheetReader) startCell(e *tag) error {
	column := r.column + 1
	ref := ""
	r.kind, r.style = "", 0
	for _, a := range e.attrs {
		switch string(a.name) {
		case "r":
			ref = string(a.value)
		case "t":
			r.kind = kindOf(a.value)
		case "s":
			r.style, _ = strconv.Atoi(string(a.value))
		}
	}
	if ref != "" {
		c, n, ok := parseAddress(ref)
		if !ok || n != r.row || c <= r.column {
			return r.b.bad(r.name, "", r.row, msg.F("セルの番地「%s」が正しくありません。Excelで開いて保存し直してください。",
				"The address %q of a cell is not right. Open the file in Excel and save it again.", ref))
		}
		column = c
	}
	if column > r.b.limit.Columns {
		return r.b.bad(r.name, "", r.row, msg.F("列数が上限（%d列）を超えています。", "There are more columns than the limit (%d).", r.b.limit.Columns))
	}
	if ref == "" {
		ref = Address(column, r.row)
	}
	for len(r.cells) < column-1 {
		r.cells = append(r.cells, Cell{})
	}
	r.cells = append(r.cells, Cell{Ref: ref})
	r.column, r.inCell, r.text = column, true, r.text[:0]
	r.formula, r.value, r.take, r.ruby = false, false, false, 0
	return nil
}

// kindOf is the type of a cell; one that nobody knows is read as a number.
func kindOf(t []byte) string {
	for _, k := range [...]string{"s", "inlineStr", "str", "b", "e", "d"} {
		if string(t) == k {
			return k
		}
	}
	return ""
}

func (r *sheetReader) end(name []byte) error {
	switch string(name) {
	case "v", "t":
		r.take = false
	case "rPh":
		r.ruby--
	case "c":
		if r.inCell {
			return r.endCell()
		}
	case "row":
		if r.inData {
			return r.endRow()
		}
	case "sheetData":
		r.inData = false
	}
	return nil
}

func (r *sheetReader) endCell() error {
	if r.formula {
		if !r.value {
			return r.bad(msg.T("数式の計算結果が保存されていません。Excelで開いて上書き保存してから取り込んでください。",
				"The result of the formula is not saved in the file. Open it in Excel, save it and try again."))
		}
		if r.formulas++; r.formulas == 1 {
			r.firstFormula = r.cells[len(r.cells)-1].Ref
		}
	}
	text, err := r.content()
	if err != nil {
		return err
	}
	if strings.IndexByte(text, 0) >= 0 {
		return r.bad(nulText)
	}
	r.cells[len(r.cells)-1].Text = text
	r.inCell = false
	return nil
}

// content is the text of the cell that ends.
func (r *sheetReader) content() (string, error) {
	switch r.kind {
	case "s":
		if len(r.text) == 0 {
			return "", nil
		}
		i, err := strconv.Atoi(strings.TrimSpace(string(r.text)))
		s, ok := r.b.pool.at(i)
		if err != nil || !ok {
			return "", r.bad(msg.T("セルの値が壊れています。Excelで開いて保存し直してください。", "The value of the cell is damaged. Open the file in Excel and save it again."))
		}
		return s, nil
	case "inlineStr", "str":
		if hasEscape(r.text) {
			return unescape(string(r.text)), nil
		}
		return string(r.text), nil
	case "b":
		if strings.TrimSpace(string(r.text)) == "1" {
			return "TRUE", nil
		}
		if len(r.text) == 0 {
			return "", nil
		}
		return "FALSE", nil
	case "e":
		return "", r.bad(msg.F("セルがエラー値（%s）です。値を直してください。", "The cell holds the error value %s. Correct it.", string(r.text)))
	case "d":
		return isoDate(string(r.text)), nil
	}
	var l look
	if r.style >= 0 && r.style < len(r.b.style) {
		l = r.b.style[r.style]
	}
	return l.number(string(r.text), r.b.d1904), nil
}

func (r *sheetReader) endRow() error {
	n := len(r.cells)
	for n > 0 && r.cells[n-1].Text == "" {
		n--
	}
	if n == 0 {
		return nil
	}
	return r.fn(r.name, r.row, r.cells[:n])
}

// parseAddress reads "C7" as column 3, row 7.
func parseAddress(s string) (column, row int, ok bool) {
	i := 0
	for ; i < len(s) && s[i] >= 'A' && s[i] <= 'Z' && i < 4; i++ {
		column = column*26 + int(s[i]-'A') + 1
	}
	if i == 0 || i == len(s) || len(s)-i > 8 {
		return 0, 0, false
	}
	for ; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, 0, false
		}
		row = row*10 + int(s[i]-'0')
	}
	return column, row, row > 0
}
