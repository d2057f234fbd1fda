// Package sheet reads and writes the tables people exchange: Excel workbooks, CSV and JSON. It knows cells and where
// they stand, and nothing of registers. A file from outside is hostile until read: every size is bounded before
// memory is spent on it, and whatever is refused is refused with the file, the sheet and the cell.
//
// It serves the stocktakings and lists the policy asks for (bp.5 to bp.9), which offices keep in Excel.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"okite/internal/fault"
	"okite/internal/msg"
)

// Cell is the text of a cell and where it stands: "C7" in a workbook or CSV, "/6/title" in JSON.
// Days are ISO text (2026-11-24), a day with a time 2026-11-24 09:00:00, truth TRUE or FALSE.
type Cell struct {
	Text string
	Ref  string
}

// Limits bound what is read. A zero field takes the default.
type Limits struct {
	Bytes    int64        // size of the file; 256 MB
	Expanded int64        // bytes after unpacking, all parts together; 768 MB
	Ratio    int64        // unpacked to packed, beyond the first 16 MB; 100
	Rows     int          // highest row number; 1,048,576, Excel's own
	Columns  int          // highest column number; 1,000
	Sheets   int          // sheets in a workbook; 200
	Text     int          // bytes in one cell; 131,072 (Excel holds 32,767 characters)
	Warn     func(*Error) // told what was read with reservation: formulas, hidden sheets; may be nil
}

func (l Limits) filled() Limits {
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	def64 := func(p *int64, v int64) {
		if *p == 0 {
			*p = v
		}
	}
	def64(&l.Bytes, 256<<20)
	def64(&l.Expanded, 768<<20)
	def64(&l.Ratio, 100)
	def(&l.Rows, 1<<20)
	def(&l.Columns, 1000)
	def(&l.Sheets, 200)
	def(&l.Text, 1<<17)
	if l.Warn == nil {
		l.Warn = func(*Error) {}
	}
	return l
}

// Error is a mistake in a file and its place. Sheet, Cell and Row are empty when the whole file is meant. Row counts
// rows of a sheet, lines of a CSV file and objects of a JSON file from 1. It is a fault.Invalid to fault.As.
type Error struct {
	File    string
	Sheet   string
	Cell    string
	Row     int
	Message msg.Text
}

func (e *Error) Error() string { return e.Place().EN + ": " + e.Message.EN }

// Place says where: file, sheet and cell, or row when no cell is meant.
func (e *Error) Place() msg.Text {
	ja, en := e.File, e.File
	if e.Sheet != "" {
		ja, en = ja+"　シート「"+e.Sheet+"」", en+", sheet "+e.Sheet
	}
	switch {
	case e.Cell != "":
		ja, en = ja+"　セル"+e.Cell, en+", cell "+e.Cell
	case e.Row > 0:
		ja, en = fmt.Sprintf("%s　%d行目", ja, e.Row), fmt.Sprintf("%s, row %d", en, e.Row)
	}
	return msg.Text{JA: ja, EN: en}
}

// As lets fault.As see the mistake with its place.
func (e *Error) As(target any) bool {
	f, ok := target.(**fault.Fault)
	if !ok {
		return false
	}
	p := e.Place()
	*f = fault.New(fault.Invalid, msg.F("%s：%s", "%s: %s", p, e.Message))
	return true
}

// Row receives one row that is not blank. cells runs from the first column to the last that holds something; a cell
// the file does not have is the zero Cell. The slice is used again for the next row; the texts may be kept.
type Row func(sheetName string, row int, cells []Cell) error

// Read gives fn every row of a file, by what the file is and not only by what it is called: .xlsx, .csv, .tsv, .txt
// or .json. name is the name the sender gave it. It stops at the first mistake with an *Error, or with fn's error.
// Rows may already have been given when a mistake is found, so the caller keeps nothing until Read returns nil.
func Read(name string, r io.ReaderAt, size int64, limit Limits, fn func(sheetName string, row int, cells []Cell) error) error {
	limit = limit.filled()
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	bad := func(m msg.Text) error { return &Error{File: name, Message: m} }
	if size == 0 {
		return bad(msg.T("ファイルが空です。", "The file is empty."))
	}
	if size > limit.Bytes {
		return bad(msg.F("ファイルの大きさが上限（%dMB）を超えています。", "The file is larger than the limit (%d MB).", limit.Bytes>>20))
	}
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", name, err)
	}
	head = head[:n]
	ext := strings.ToLower(path.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return bad(oldOffice(r, size))
	case bytes.HasPrefix(head, []byte("PK")):
		return readXLSX(name, ext, r, size, limit, fn)
	case bytes.HasPrefix(head, []byte("%PDF")):
		return bad(msg.T("PDFは取り込めません。元の表をExcel（.xlsx）又はCSVで用意してください。", "A PDF cannot be read. Bring the table itself as .xlsx or CSV."))
	case ext == ".json":
		return readJSON(name, r, size, limit, fn)
	case ext == ".csv" || ext == ".tsv" || ext == ".txt":
		return readCSV(name, ext, r, size, limit, fn)
	case ext == ".xlsx" || ext == ".xlsm" || ext == ".xls":
		return bad(msg.F("拡張子は「%s」ですが、中身はExcelブックではありません。Excelで開き「Excelブック（.xlsx）」として保存し直してください。",
			"The name ends in %s, but the content is no Excel workbook. Open it in Excel and save it as .xlsx.", ext))
	}
	return bad(msg.T("取り込めるのは .xlsx、.csv、.tsv、.json です。", "Only .xlsx, .csv, .tsv and .json can be read."))
}

// oldOffice tells apart what comes in the container Office used before 2007: an encrypted workbook, one under rights
// management, or an old .xls.
func oldOffice(r io.ReaderAt, size int64) msg.Text {
	encrypted, rights := utf16le("EncryptedPackage"), utf16le("DRMEncrypted")
	const step, over = 1 << 16, 64
	buf := make([]byte, step+over)
	found := false
	for at := int64(0); at < size; at += step {
		n, _ := r.ReadAt(buf, at)
		if bytes.Contains(buf[:n], rights) {
			return msg.T("秘密度ラベル又はIRMで保護されたファイルです。Excelで開き、保護を外して「Excelブック（.xlsx）」として保存し直してください。",
				"The file is under rights management (IRM). Open it in Excel, remove the protection and save it as .xlsx.")
		}
		found = found || bytes.Contains(buf[:n], encrypted)
	}
	if found {
		return msg.T("パスワードで保護されたファイルです。Excelの「ファイル」→「情報」→「ブックの保護」→「パスワードを使用して暗号化」でパスワードを消し、保存し直してください。",
			"The file is protected by a password. In Excel choose File, Info, Protect Workbook, Encrypt with Password, clear the password and save again.")
	}
	return msg.T("古い形式（.xls など）のファイルです。Excelで開き、「名前を付けて保存」で「Excelブック（.xlsx）」を選んで保存し直してください。",
		"The file has an old Office format such as .xls. Open it in Excel and save it as .xlsx.")
}

func utf16le(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// ColumnName is the letters of a column counted from 1: 1 is A, 27 is AA.
func ColumnName(n int) string {
	var b [8]byte
	i := len(b)
	for ; n > 0; n = (n - 1) / 26 {
		i--
		b[i] = byte('A' + (n-1)%26)
	}
	return string(b[i:])
}

// Address is the name of a cell, both counted from 1: 3, 7 is C7.
func Address(column, row int) string { return fmt.Sprintf("%s%d", ColumnName(column), row) }
