package sheet

import (
	"encoding/xml"
	"io"
	"strconv"

	"okite/internal/msg"
)

// Lists is the name of the hidden sheet on which WriteXLSX puts the choices of the drop-downs.
const Lists = "_選択肢"

// Bounds of the shared texts, which are held in memory while the sheets are read.
const (
	poolBytes = 256 << 20
	poolTexts = 1 << 24
)

// texts holds the shared texts of a workbook in one piece of memory.
type texts struct {
	all []byte
	end []uint32
}

func (t *texts) at(i int) (string, bool) {
	if i < 0 || i >= len(t.end) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = t.end[i-1]
	}
	return string(t.all[from:t.end[i]]), true
}

type sheetEntry struct {
	name, part string
	hidden     bool
}

func readXLSX(name, ext string, r io.ReaderAt, size int64, limit Limits, fn Row) error {
	b, err := openBook(name, ext, r, size, limit)
	if err != nil {
		return err
	}
	_, root, err := b.relations("")
	if err != nil {
		return err
	}
	main := root["officeDocument"]
	if b.parts[lower(main)] == nil {
		return b.broken("workbook.xml", io.ErrUnexpectedEOF)
	}
	byID, byType, err := b.relations(main)
	if err != nil {
		return err
	}
	sheets, err := b.sheets(main, byID)
	if err != nil {
		return err
	}
	if err := b.readStyles(byType["styles"]); err != nil {
		return err
	}
	if err := b.readTexts(byType["sharedStrings"]); err != nil {
		return err
	}
	for _, s := range sheets {
		if s.name == Lists {
			continue
		}
		if s.hidden {
			limit.Warn(b.bad(s.name, "", 0, msg.T("非表示のシートは読み込みません。必要であれば再表示して保存し直してください。",
				"A hidden sheet is not read. Unhide it and save again if it is needed.")))
			continue
		}
		if err := b.readSheet(s, fn); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) sheets(main string, byID map[string]string) ([]sheetEntry, error) {
	var out []sheetEntry
	err := b.tokens(main, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "workbookPr":
			b.d1904 = truth(attr(e, "date1904"))
		case "sheet":
			s := sheetEntry{name: attr(e, "name"), hidden: attr(e, "state") == "hidden" || attr(e, "state") == "veryHidden"}
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					s.part = byID[a.Value]
				}
			}
			if b.parts[lower(s.part)] == nil {
				return b.broken(s.name, io.ErrUnexpectedEOF)
			}
			if out = append(out, s); len(out) > b.limit.Sheets {
				return b.bad("", "", 0, msg.F("シートの数が上限（%d）を超えています。", "There are more sheets than the limit (%d).", b.limit.Sheets))
			}
		}
		return nil
	})
	return out, err
}

func truth(s string) bool { return s == "1" || s == "true" }

// readTexts reads the shared texts. Furigana (rPh) stands beside the text and is left out.
func (b *book) readTexts(part string) error {
	in, ruby := false, 0
	return b.walk(part, func(t *tag) error {
		switch string(t.name) {
		case "t":
			in = ruby == 0
		case "rPh":
			ruby++
		}
		return nil
	}, func(name []byte) error {
		switch string(name) {
		case "t":
			in = false
		case "rPh":
			ruby--
		case "si":
			b.pool.close()
			if len(b.pool.end) > poolTexts {
				return b.broken(part, errBomb)
			}
		}
		return nil
	}, func(t []byte) error {
		if in {
			if b.pool.all = append(b.pool.all, t...); len(b.pool.all) > poolBytes {
				return b.broken(part, errBomb)
			}
		}
		return nil
	})
}

// close ends the text being gathered, with its _xHHHH_ signs read.
func (t *texts) close() {
	from := uint32(0)
	if n := len(t.end); n > 0 {
		from = t.end[n-1]
	}
	if got := t.all[from:]; hasEscape(got) {
		t.all = append(t.all[:from], unescape(string(got))...)
	}
	t.end = append(t.end, uint32(len(t.all)))
}

// hasEscape and unescape serve _x000D_ and its like, by which OOXML writes signs XML cannot hold.
func hasEscape(b []byte) bool {
	for i := 0; i+7 <= len(b); i++ {
		if b[i] == '_' && b[i+1] == 'x' && b[i+6] == '_' {
			return true
		}
	}
	return false
}

func unescape(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil && (n < 0xD800 || n > 0xDFFF) {
				out = append(out, string(rune(n))...)
				i += 6
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
