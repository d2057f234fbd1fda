package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"okite/internal/msg"
)

var nulText = msg.T("文字ではないデータ（NUL）が含まれています。表計算ソフトでCSV又は.xlsxとして保存し直してください。",
	"There is data that is no text (NUL). Save the table again as CSV or .xlsx.")

// decode finds the encoding of a text file: by its mark (BOM), else UTF-8 when the whole file is that, else CP932,
// the encoding of Japanese Windows.
func decode(r io.ReaderAt, size int64) (in *bufio.Reader, converted bool, err error) {
	src := func(skip int64) io.Reader { return io.NewSectionReader(r, skip, size-skip) }
	head := make([]byte, 3)
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("read text: %w", err)
	}
	utf16 := func(e unicode.Endianness) *bufio.Reader {
		return bufio.NewReaderSize(transform.NewReader(src(2), unicode.UTF16(e, unicode.IgnoreBOM).NewDecoder()), 1<<16)
	}
	switch {
	case bytes.Equal(head, []byte("\xEF\xBB\xBF")):
		return bufio.NewReaderSize(src(3), 1<<16), false, nil
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return utf16(unicode.LittleEndian), true, nil
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return utf16(unicode.BigEndian), true, nil
	}
	ok, err := isUTF8(src(0))
	if err != nil {
		return nil, false, err
	}
	if ok {
		return bufio.NewReaderSize(src(0), 1<<16), false, nil
	}
	return bufio.NewReaderSize(transform.NewReader(src(0), japanese.ShiftJIS.NewDecoder()), 1<<16), true, nil
}

// isUTF8 reads the whole text once in pieces of 64 KB.
func isUTF8(r io.Reader) (bool, error) {
	buf := make([]byte, 1<<16)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		p := buf[:kept+n]
		end := len(p)
		for i := 1; i <= 3 && i <= len(p) && err == nil; i++ {
			if c := p[len(p)-i]; utf8.RuneStart(c) {
				if !utf8.FullRune(p[len(p)-i:]) {
					end = len(p) - i
				}
				break
			}
		}
		if !utf8.Valid(p[:end]) {
			return false, nil
		}
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("read text: %w", err)
		}
		kept = copy(buf, p[end:])
	}
}

// csvReader splits decoded text into rows. Rows end with LF, CRLF or CR; a field in quotes may hold all of these.
type csvReader struct {
	in     *bufio.Reader
	comma  byte
	line   int // of the byte to come, from 1
	row    int
	field  []byte
	cells  []Cell
	limit  Limits
	opened int // line on which the open quote stands
	// converted texts hold U+FFFD where a sign could not be read
	converted bool
	bad       func(row int, m msg.Text) error
}

func readCSV(name, ext string, r io.ReaderAt, size int64, limit Limits, fn Row) error {
	in, converted, err := decode(r, size)
	if err != nil {
		return err
	}
	c := &csvReader{in: in, comma: ',', line: 1, limit: limit, converted: converted}
	c.bad = func(row int, m msg.Text) error { return &Error{File: name, Row: row, Message: m} }
	head, _ := in.Peek(1 << 15)
	head, _, _ = bytes.Cut(head, []byte("\n"))
	if ext == ".tsv" || (bytes.IndexByte(head, '\t') >= 0 && bytes.IndexByte(head, ',') < 0) {
		c.comma = '\t'
	}
	for {
		more, err := c.next()
		if err != nil {
			return err
		}
		for i := len(c.cells) - 1; i >= 0 && c.cells[i].Text == ""; i-- {
			c.cells = c.cells[:i]
		}
		if len(c.cells) > 0 {
			if err := fn("", c.row, c.cells); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
	}
}

// next reads one row; more says whether the text goes on after it.
func (c *csvReader) next() (more bool, err error) {
	c.row++
	c.cells, c.field = c.cells[:0], c.field[:0]
	if c.row > c.limit.Rows {
		return false, c.bad(0, msg.F("行数が上限（%d行）を超えています。", "There are more rows than the limit (%d).", c.limit.Rows))
	}
	start, closed := true, false // at the start of a field; behind its closing quote
	for {
		b, err := c.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return false, c.endField()
		}
		if err != nil {
			return false, fmt.Errorf("read text: %w", err)
		}
		switch {
		case b == c.comma:
			if err := c.endField(); err != nil {
				return false, err
			}
			start, closed = true, false
		case b == '\n' || b == '\r':
			c.newline(b)
			return true, c.endField()
		case b == '"' && start:
			if err := c.quoted(); err != nil {
				return false, err
			}
			start, closed = false, true
		case closed:
			return false, c.bad(c.row, msg.F("%d行目の引用符（\"）の後に余分な文字があります。引用符の中の引用符は2つ重ねて書いてください。",
				"On line %d there is text behind a closing quote. A quote within quotes is written twice.", c.line))
		default:
			start = false
			if err := c.put(b); err != nil {
				return false, err
			}
		}
	}
}

// quoted reads up to the closing quote.
func (c *csvReader) quoted() error {
	c.opened = c.line
	for {
		b, err := c.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return c.bad(c.row, msg.F("%d行目で始まる引用符（\"）が閉じられていません。", "The quote that opens on line %d is not closed.", c.opened))
		}
		if err != nil {
			return fmt.Errorf("read text: %w", err)
		}
		switch b {
		case '"':
			if p, _ := c.in.Peek(1); len(p) == 0 || p[0] != '"' {
				c.opened = 0
				return nil
			}
			_, _ = c.in.Discard(1) // it was just seen
		case '\n', '\r':
			if c.newline(b) {
				if err := c.put(b); err != nil {
					return err
				}
				b = '\n'
			}
		}
		if err := c.put(b); err != nil {
			return err
		}
	}
}

// newline counts a line. Outside quotes it takes the LF of a CRLF; inside it says whether there was one, so that both
// signs are kept.
func (c *csvReader) newline(b byte) bool {
	c.line++
	if b != '\r' {
		return false
	}
	if p, _ := c.in.Peek(1); len(p) == 1 && p[0] == '\n' {
		_, _ = c.in.Discard(1) // it was just seen
		return true
	}
	return false
}

func (c *csvReader) put(b byte) error {
	if b == 0 {
		return c.bad(c.row, nulText)
	}
	if c.field = append(c.field, b); len(c.field) <= c.limit.Text {
		return nil
	}
	if c.opened > 0 {
		return c.bad(c.row, msg.F("セルの文字が長すぎます。%d行目で始まる引用符（\"）が閉じられていない可能性があります。",
			"The text of a cell is too long. The quote that opens on line %d may not be closed.", c.opened))
	}
	return c.bad(c.row, msg.F("セルの文字が長すぎます（上限%dバイト）。", "The text of the cell is too long (limit %d bytes).", c.limit.Text))
}

func (c *csvReader) endField() error {
	ref := Address(len(c.cells)+1, c.row)
	if (c.converted && bytes.Contains(c.field, []byte("\uFFFD"))) || !utf8.Valid(c.field) {
		return c.bad(c.row, msg.F("%d行目（%s）に読み取れない文字があります。文字コード（UTF-8とCP932）が混ざっていないか確認してください。",
			"On line %d (%s) there is text that cannot be read. See whether UTF-8 and CP932 are mixed.", c.line, ref))
	}
	if len(c.cells) >= c.limit.Columns {
		return c.bad(c.row, msg.F("列数が上限（%d列）を超えています。", "There are more columns than the limit (%d).", c.limit.Columns))
	}
	c.cells = append(c.cells, Cell{Text: Restore(string(c.field)), Ref: ref})
	c.field = c.field[:0]
	return nil
}

// Neutralise puts an apostrophe before a text that a spreadsheet would take for a formula: one that begins with
// = + - @ (full-width too), a tab or a line end, or with these behind blanks. A number and a lone hyphen stay. A text
// that already begins with such an apostrophe gets one more, so that Restore gives back exactly what was there.
func Neutralise(s string) string {
	core := strings.TrimLeft(s, "'")
	if trigger(core) && (core != s || !harmless(s)) {
		return "'" + s
	}
	return s
}

// Restore undoes Neutralise.
func Restore(s string) string {
	if core := strings.TrimLeft(s, "'"); core != s && trigger(core) {
		return s[1:]
	}
	return s
}

func trigger(s string) bool {
	t := strings.TrimLeft(s, " \u3000\u00A0")
	if t == "" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(t)
	return strings.ContainsRune("=+-@\t\r\n＝＋－＠−", r)
}

// harmless texts begin like a formula and are none: -5, +0.25, a lone hyphen.
func harmless(s string) bool {
	switch s {
	case "-", "－", "−":
		return true
	}
	t := strings.TrimLeft(s, "+-")
	if len(s)-len(t) > 1 || t == "" || strings.Trim(t, "0123456789.") != "" || strings.Count(t, ".") > 1 {
		return false
	}
	return t[0] != '.' && t[len(t)-1] != '.'
}
