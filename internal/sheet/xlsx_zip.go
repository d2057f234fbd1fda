package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"okite/internal/msg"
)

// book is an open workbook.
type book struct {
	name  string
	limit Limits
	parts map[string]*zip.File
	meter meter
	pool  texts
	style []look
	d1904 bool
}

// meter counts what goes into and comes out of the unpacker, over all parts of a file.
type meter struct{ in, out int64 }

var (
	errBomb   = errors.New("expands beyond the limit")
	errMarkup = errors.New("markup that no spreadsheet writes")
	errLong   = errors.New("text beyond the limit")
)

const (
	free      = 16 << 20 // unpacked bytes before the ratio is looked at
	maxParts  = 10_000
	directory = 4 << 20 // bytes of the list of parts
)

func (b *book) bad(sheet, cell string, row int, m msg.Text) *Error {
	return &Error{File: b.name, Sheet: sheet, Cell: cell, Row: row, Message: m}
}

// broken turns an error of the zip or XML layer into words.
func (b *book) broken(part string, err error) error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return err
	case errors.Is(err, errBomb):
		return b.bad("", "", 0, msg.T("展開後のサイズが上限を超えています。不要な書式や空の行を削除するか、ファイルを分けてください。",
			"The file expands beyond the limit. Delete unused formats and blank rows, or split the file."))
	case errors.Is(err, errLong):
		return b.bad("", "", 0, msg.F("「%s」に長すぎる文字列があります。", "A text in %s is too long.", part))
	case errors.Is(err, errMarkup):
		return b.bad("", "", 0, msg.F("「%s」に表計算ソフトが書かない記述があります。Excelで開いて保存し直してください。",
			"%s holds markup that no spreadsheet writes. Open the file in Excel and save it again.", part))
	}
	return b.bad("", "", 0, msg.F("ファイルが壊れています（%s）。Excelで開いて保存し直すか、もう一度送ってください。",
		"The file is damaged (%s). Open it in Excel and save it again, or send it once more.", part))
}

// openBook checks the container before its list of parts is read into memory.
func openBook(name, ext string, r io.ReaderAt, size int64, limit Limits) (*book, error) {
	b := &book{name: name, limit: limit, parts: map[string]*zip.File{}}
	if err := checkDirectory(r, size); err != nil {
		return nil, b.broken("zip", err)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, b.broken("zip", err)
	}
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser {
		return flate.NewReader(&counter{r, &b.meter.in})
	})
	for _, f := range z.File {
		n := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		if _, twice := b.parts[n]; twice {
			return nil, b.broken(f.Name, zip.ErrFormat)
		}
		b.parts[n] = f
	}
	return b, b.kind(ext)
}

// kind refuses what is a zip file but no plain workbook.
func (b *book) kind(ext string) error {
	has := func(n string) bool { return b.parts[n] != nil }
	_, types := b.parts["[content_types].xml"]
	switch {
	case has("xl/vbaproject.bin") || ext == ".xlsm" || ext == ".xltm" || ext == ".xlam":
		return b.bad("", "", 0, msg.T("マクロを含むファイルは取り込めません。「Excelブック（.xlsx）」として保存し直してください。",
			"A file with macros is not taken. Save it as a plain .xlsx workbook."))
	case has("xl/workbook.bin"):
		return b.bad("", "", 0, msg.T("バイナリ形式（.xlsb）は取り込めません。「Excelブック（.xlsx）」として保存し直してください。",
			"The binary format .xlsb is not taken. Save it as .xlsx."))
	case has("content.xml") && has("mimetype"):
		return b.bad("", "", 0, msg.T("OpenDocument形式（.ods）は取り込めません。「Excelブック（.xlsx）」として保存し直してください。",
			"The OpenDocument format .ods is not taken. Save it as .xlsx."))
	case !types:
		return b.bad("", "", 0, msg.T("Excelブックではありません。取り込めるのは .xlsx、.csv、.tsv、.json です。",
			"This is no Excel workbook. Only .xlsx, .csv, .tsv and .json can be read."))
	}
	return nil
}

// checkDirectory bounds the list of parts from the end record alone: archive/zip would read all of it first.
func checkDirectory(r io.ReaderAt, size int64) error {
	n := min(size, 65535+22)
	tail := make([]byte, n)
	if _, err := r.ReadAt(tail, size-n); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read end of zip: %w", err)
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < 22 {
		return zip.ErrFormat
	}
	end := tail[at:]
	count, length, start := binary.LittleEndian.Uint16(end[10:]), binary.LittleEndian.Uint32(end[12:]), binary.LittleEndian.Uint32(end[16:])
	span := size - n + int64(at) - int64(start) // from where the list is said to begin up to its end record
	if count > maxParts || length > directory || span > directory {
		return errBomb
	}
	return nil
}

// counter adds what is read to a sum.
type counter struct {
	r   io.Reader
	sum *int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.sum += int64(n)
	return n, err
}

// guard stands between the unpacker and the XML reader. It stops a file that expands too far, and markup by which a
// single token could grow without end: comments, CDATA, document types, or a text without a tag.
type guard struct {
	r     io.Reader
	b     *book
	plain int  // bytes since the last "<"
	open  bool // the last byte seen was "<"
	any   bool // past the XML declaration's "<"
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	m := &g.b.meter
	m.out += int64(n)
	if m.out > g.b.limit.Expanded || (m.out > free && m.out/g.b.limit.Ratio > m.in) {
		return 0, errBomb
	}
	if e := g.scan(p[:n]); e != nil {
		return 0, e
	}
	return n, err
}

func (g *guard) scan(p []byte) error {
	for len(p) > 0 {
		if g.open {
			if p[0] == '!' || (p[0] == '?' && g.any) {
				return errMarkup
			}
			g.open, g.any = false, true
		}
		i := bytes.IndexByte(p, '<')
		if i < 0 {
			g.plain += len(p)
			break
		}
		g.plain, g.open = 0, true
		p = p[i+1:]
	}
	if g.plain > 2*g.b.limit.Text+1<<16 {
		return errLong
	}
	return nil
}

// part opens a part for reading as XML; nil when the workbook has no such part.
func (b *book) part(name string) (io.ReadCloser, error) {
	f := b.parts[strings.ToLower(name)]
	if f == nil {
		return nil, nil
	}
	rc, err := f.Open()
	if err != nil {
		return nil, b.broken(name, err)
	}
	if f.Method == zip.Store {
		b.meter.in += int64(f.UncompressedSize64)
	}
	return struct {
		io.Reader
		io.Closer
	}{&guard{r: rc, b: b}, rc}, nil
}

// tokens gives fn every token of a part up to its end.
func (b *book) tokens(name string, fn func(xml.Token) error) error {
	rc, err := b.part(name)
	if err != nil || rc == nil {
		return err
	}
	defer rc.Close()
	d := xml.NewDecoder(rc)
	depth := 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) && depth == 0 {
			return nil
		}
		if err != nil {
			return b.broken(name, err)
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if err := fn(t); err != nil {
			return err
		}
	}
}

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// relations reads the targets of a part's links, by id and by the last word of their type.
func (b *book) relations(of string) (byID, byType map[string]string, err error) {
	dir, file := path.Split(of)
	byID, byType = map[string]string{}, map[string]string{}
	err = b.tokens(dir+"_rels/"+file+".rels", func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(dir, target)
		}
		byID[attr(e, "Id")] = target
		byType[path.Base(attr(e, "Type"))] = target
		return nil
	})
	return byID, byType, err
}
