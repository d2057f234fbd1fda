package sheet

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// Encoding is how a CSV file is written.
type Encoding uint8

// The encodings. Excel opens both without asking.
const (
	UTF8BOM Encoding = iota
	CP932            // for systems that read nothing else; not every sign can be written
)

// Lost is a cell with signs CP932 does not have; each was written as 〓.
type Lost struct {
	Row   int // of the file, the header being 1
	Ref   string
	Title string // of the column
	Text  string // as it was
	Signs string // those that were lost
}

// family are signs CP932 has under a near relation's code. They are written as that and not told as lost.
var family = map[rune]rune{'−': '－', '〜': '～', '‖': '∥', '—': '―', '¢': '￠', '£': '￡', '¬': '￢', '¦': '￤'}

// WriteCSV writes a table with CRLF line ends; texts a spreadsheet would take for formulas are neutralised, and Read
// takes that back. It returns the cells that lost signs, which with UTF8BOM are none.
func WriteCSV(w io.Writer, header []string, rows iter.Seq2[[]string, error], enc Encoding) ([]Lost, error) {
	c := &csvWriter{w: bufio.NewWriterSize(w, 1<<16), header: header, cp932: enc == CP932, known: map[rune][]byte{}}
	if !c.cp932 {
		c.raw("\uFEFF")
	}
	c.write(header)
	for row, err := range rows {
		if err != nil {
			return nil, fmt.Errorf("write CSV: %w", err)
		}
		c.write(row)
	}
	if err := c.w.Flush(); err != nil {
		return nil, fmt.Errorf("write CSV: %w", err)
	}
	return c.lost, nil
}

type csvWriter struct {
	w      *bufio.Writer
	header []string
	row    int
	cp932  bool
	known  map[rune][]byte // encoded signs; nil for one CP932 does not have
	lost   []Lost
}

// raw writes; bufio keeps the first error for Flush.
func (c *csvWriter) raw(s string) { _, _ = c.w.WriteString(s) }

func (c *csvWriter) write(row []string) {
	c.row++
	for i, t := range row {
		if i > 0 {
			c.raw(",")
		}
		out := Neutralise(t)
		quote := strings.ContainsAny(out, ",\"\t\r\n") || out != strings.TrimSpace(out) || (len(row) == 1 && out == "")
		if quote {
			out = `"` + strings.ReplaceAll(out, `"`, `""`) + `"`
		}
		if !c.cp932 {
			c.raw(out)
			continue
		}
		if signs := c.encode(out); signs != "" {
			l := Lost{Row: c.row, Ref: Address(i+1, c.row), Text: t, Signs: signs}
			if i < len(c.header) {
				l.Title = c.header[i]
			}
			c.lost = append(c.lost, l)
		}
	}
	c.raw("\r\n")
}

// encode writes s in CP932 and gives back the signs that were lost.
func (c *csvWriter) encode(s string) (lost string) {
	for _, r := range s {
		if r < 0x80 {
			_ = c.w.WriteByte(byte(r))
			continue
		}
		b, seen := c.known[r]
		if !seen {
			b = cp932(r)
			c.known[r] = b
		}
		if b == nil {
			b = []byte("\x81\xAC") // 〓
			lost += string(r)
		}
		_, _ = c.w.Write(b)
	}
	return lost
}

func cp932(r rune) []byte {
	if near, ok := family[r]; ok {
		r = near
	}
	b, err := japanese.ShiftJIS.NewEncoder().Bytes(utf8.AppendRune(nil, r))
	if err != nil {
		return nil
	}
	return b
}
