package sheet

import (
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"okite/internal/msg"
)

// Record is a row under a header: one Cell for each column, blank cells with their address.
type Record struct {
	Row   int
	Cells []Cell
}

// Table is a sheet whose first row that is not blank names the columns.
type Table struct {
	Name   string
	Header []Cell
	Rows   []Record
}

// ReadTables reads a file as tables. header is called once for each sheet that is not blank, row for each row under
// it. A column without a title may hold nothing; two columns may not have the same title, as people read it.
func ReadTables(name string, r io.ReaderAt, size int64, limit Limits, header func(sheetName string, columns []Cell) error, row func(sheetName string, rec Record) error) error {
	var sheet string
	var head, line []Cell
	json := false
	return Read(name, r, size, limit, func(s string, n int, cells []Cell) error {
		if head == nil || s != sheet {
			if blank(cells) {
				return nil
			}
			for Title(cells[len(cells)-1].Text) == "" {
				cells = cells[:len(cells)-1]
			}
			sheet, head = s, append([]Cell{}, cells...)
			json = n == 0
			line = make([]Cell, len(head))
			if err := checkHeader(name, s, n, head); err != nil {
				return err
			}
			return header(s, head)
		}
		for i := range cells {
			if cells[i].Text != "" && (i >= len(head) || head[i].Text == "") {
				return &Error{File: name, Sheet: s, Cell: cells[i].Ref, Row: n, Message: msg.T("見出しのない列に値があります。",
					"There is a value in a column without a title.")}
			}
		}
		clear(line)
		for i := copy(line, cells); i > 0; i-- {
			if line[i-1].Ref == "" && !json {
				line[i-1].Ref = Address(i, n)
			}
		}
		for i := len(cells); i < len(line) && !json; i++ {
			line[i].Ref = Address(i+1, n)
		}
		return row(s, Record{Row: n, Cells: line})
	})
}

// Tables is ReadTables into memory.
func Tables(name string, r io.ReaderAt, size int64, limit Limits) ([]Table, error) {
	var out []Table
	err := ReadTables(name, r, size, limit, func(s string, columns []Cell) error {
		out = append(out, Table{Name: s, Header: columns})
		return nil
	}, func(_ string, rec Record) error {
		t := &out[len(out)-1]
		t.Rows = append(t.Rows, Record{Row: rec.Row, Cells: append([]Cell{}, rec.Cells...)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Title is how a column's title is compared: width, blanks and case do not count.
func Title(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}

func blank(cells []Cell) bool {
	for _, c := range cells {
		if Title(c.Text) != "" {
			return false
		}
	}
	return true
}

func checkHeader(name, sheet string, row int, head []Cell) error {
	seen := map[string]string{}
	for i := range head {
		head[i].Text = strings.TrimSpace(head[i].Text)
		t := Title(head[i].Text)
		if t == "" {
			continue
		}
		if first, twice := seen[t]; twice {
			return &Error{File: name, Sheet: sheet, Cell: head[i].Ref, Row: row, Message: msg.F("見出し「%s」が2つあります（%sと%s）。",
				"The title %q stands twice (%s and %s).", head[i].Text, first, head[i].Ref)}
		}
		seen[t] = head[i].Ref
	}
	return nil
}
