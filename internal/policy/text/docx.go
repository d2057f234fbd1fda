package text

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"okite/internal/msg"
)

// maxPart bounds one part of a Word document after unpacking: a small file can unpack to any size.
const maxPart = 40 << 20

var errLarge = errors.New("part of the document is too large")

func brokenDocx() error {
	return refuse(msg.T("Wordの文書（.docx）として読み取れません。文書を開いて保存し直してください。", "The file cannot be read as a Word document (.docx). Open it and save it again."))
}

// docx gives the text of a Word document: a line a paragraph, a tab between the cells of a table, a form feed for a
// page break, and the numbers Word counts by itself. Deleted text of recorded changes is left out, as on paper.
func docx(b []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", brokenDocx()
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		switch f.Name {
		case "word/document.xml", "word/numbering.xml", "word/styles.xml", "word/footnotes.xml":
			part, err := unpack(f)
			if errors.Is(err, errLarge) {
				return "", refuse(msg.T("文書を展開した大きさが上限を超えます。本文だけの文書にして、もう一度お試しください。", "The document is too large when unpacked. Please give a document with the text alone."))
			}
			if err != nil {
				return "", brokenDocx()
			}
			parts[f.Name] = part
		}
	}
	main, ok := parts["word/document.xml"]
	if !ok {
		return "", brokenDocx()
	}
	w := &word{counts: map[string][]int{}}
	if err := w.numbering(parts["word/numbering.xml"], parts["word/styles.xml"]); err != nil {
		return "", brokenDocx()
	}
	if err := w.notes(parts["word/footnotes.xml"]); err != nil {
		return "", brokenDocx()
	}
	if err := w.document(main); err != nil {
		return "", brokenDocx()
	}
	return w.out.String(), nil
}

func unpack(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err == nil && len(b) > maxPart {
		err = errLarge
	}
	return b, err
}

type word struct {
	out       strings.Builder
	levels    map[string][9]wordLevel // by numId
	styles    map[string]wordNumber   // by style
	counts    map[string][]int
	footnotes map[string]string
	noteCount int
}

type wordLevel struct {
	format, text string
	start        int
}

type wordNumber struct {
	id    string
	level int
}

type wordAttr struct {
	Val string `xml:"val,attr"`
}

// numbering reads how Word counts: lists by number and the styles that use them.
func (w *word) numbering(lists, styles []byte) error {
	w.levels, w.styles = map[string][9]wordLevel{}, map[string]wordNumber{}
	if lists != nil {
		var n struct {
			Abstract []struct {
				ID     string `xml:"abstractNumId,attr"`
				Levels []struct {
					I      int      `xml:"ilvl,attr"`
					Start  wordAttr `xml:"start"`
					Format wordAttr `xml:"numFmt"`
					Text   wordAttr `xml:"lvlText"`
				} `xml:"lvl"`
			} `xml:"abstractNum"`
			Num []struct {
				ID       string   `xml:"numId,attr"`
				Abstract wordAttr `xml:"abstractNumId"`
			} `xml:"num"`
		}
		if err := xml.Unmarshal(lists, &n); err != nil {
			return err
		}
		abstract := map[string][9]wordLevel{}
		for _, a := range n.Abstract {
			var ls [9]wordLevel
			for _, l := range a.Levels {
				if l.I < 0 || l.I > 8 {
					continue
				}
				start, err := strconv.Atoi(l.Start.Val)
				if err != nil {
					start = 1
				}
				ls[l.I] = wordLevel{l.Format.Val, l.Text.Val, start}
			}
			abstract[a.ID] = ls
		}
		for _, x := range n.Num {
			w.levels[x.ID] = abstract[x.Abstract.Val]
		}
	}
	if styles == nil {
		return nil
	}
	var s struct {
		Styles []struct {
			ID    string   `xml:"styleId,attr"`
			Num   wordAttr `xml:"pPr>numPr>numId"`
			Level wordAttr `xml:"pPr>numPr>ilvl"`
		} `xml:"style"`
	}
	if err := xml.Unmarshal(styles, &s); err != nil {
		return err
	}
	for _, x := range s.Styles {
		if x.Num.Val != "" {
			l, _ := strconv.Atoi(x.Level.Val)
			w.styles[x.ID] = wordNumber{x.Num.Val, l}
		}
	}
	return nil
}

func (w *word) notes(b []byte) error {
	w.footnotes = map[string]string{}
	if b == nil {
		return nil
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	id := ""
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			switch e.Name.Local {
			case "footnote":
				id = attr(e, "id")
			case "t":
				var s string
				if err := d.DecodeElement(&s, &e); err != nil {
					return err
				}
				w.footnotes[id] += s
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// paragraph is one as it is read; paragraphs of text boxes stand in others.
type paragraph struct {
	text  strings.Builder
	num   wordNumber
	given bool
	notes []string
}

func (w *word) document(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	var stack []*paragraph
	var cells [][]string // of the rows that are open
	skip := 0
	put := func(s string) {
		if len(stack) > 0 {
			stack[len(stack)-1].text.WriteString(s)
		}
	}
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "Fallback": // the same content once more, for old programs
				if err := d.Skip(); err != nil {
					return err
				}
			case "del", "moveFrom":
				if err := d.Skip(); err != nil {
					return err
				}
			case "p":
				stack = append(stack, &paragraph{})
			case "pStyle":
				if n, ok := w.styles[attr(e, "val")]; ok && len(stack) > 0 && !stack[len(stack)-1].given {
					stack[len(stack)-1].num = n
				}
			case "numId":
				if len(stack) > 0 {
					stack[len(stack)-1].num.id, stack[len(stack)-1].given = attr(e, "val"), true
				}
			case "ilvl":
				if len(stack) > 0 {
					stack[len(stack)-1].num.level, _ = strconv.Atoi(attr(e, "val"))
				}
			case "t":
				var s string
				if err := d.DecodeElement(&s, &e); err != nil {
					return err
				}
				put(strings.ReplaceAll(s, "\n", " "))
			case "tab":
				if skip == 0 {
					put("\t")
				}
			case "tabs": // positions of tabs, not tabs
				skip++
			case "br", "cr":
				if attr(e, "type") == "page" {
					put("\f")
				} else {
					put("\n")
				}
			case "lastRenderedPageBreak":
			case "noBreakHyphen":
				put("-")
			case "footnoteReference":
				if n := len(stack); n > 0 {
					w.noteCount++
					mark := fmt.Sprintf("(注%d)", w.noteCount)
					put(mark)
					stack[n-1].notes = append(stack[n-1].notes, mark+w.footnotes[attr(e, "id")])
				}
			case "tr":
				cells = append(cells, nil)
			case "tc":
				if len(cells) > 0 {
					cells[len(cells)-1] = append(cells[len(cells)-1], "")
				}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "tabs":
				skip--
			case "p":
				if len(stack) == 0 {
					return errors.New("paragraph ends that never began")
				}
				x := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				w.end(x, cells)
			case "tr":
				if len(cells) == 0 {
					return errors.New("row ends that never began")
				}
				row := strings.Join(cells[len(cells)-1], "\t")
				if cells = cells[:len(cells)-1]; len(cells) > 0 && len(cells[len(cells)-1]) > 0 {
					c := cells[len(cells)-1]
					c[len(c)-1] += row + " "
				} else {
					w.out.WriteString(row + "\n")
				}
			}
		}
	}
}

func (w *word) end(x *paragraph, cells [][]string) {
	s := x.text.String()
	if bare(s) != "" {
		s = w.count(x.num) + s
	}
	for _, n := range x.notes {
		s += "\n" + n
	}
	if len(cells) > 0 && len(cells[len(cells)-1]) > 0 {
		c := cells[len(cells)-1]
		c[len(c)-1] += strings.ReplaceAll(s, "\n", " ") + " "
		return
	}
	w.out.WriteString(s + "\n")
}

// count is the number Word would print before a paragraph.
func (w *word) count(n wordNumber) string {
	ls, ok := w.levels[n.id]
	if !ok || n.id == "0" || n.level < 0 || n.level > 8 || ls[n.level].format == "bullet" || ls[n.level].format == "none" {
		return ""
	}
	c := w.counts[n.id]
	for len(c) <= n.level {
		c = append(c, ls[len(c)].start-1)
	}
	c = c[:n.level+1]
	c[n.level]++
	w.counts[n.id] = c
	s := ls[n.level].text
	for i := range c {
		s = strings.ReplaceAll(s, "%"+strconv.Itoa(i+1), written(ls[i].format, max(c[i], ls[i].start)))
	}
	if s == "" {
		return ""
	}
	return s + " "
}

// written is a number in a format of Word.
func written(format string, n int) string {
	wide := func(s string) string {
		return strings.Map(func(r rune) rune { return r - '0' + '０' }, s)
	}
	switch format {
	case "decimalFullWidth", "decimalFullWidth2":
		return wide(strconv.Itoa(n))
	case "aiueoFullWidth", "aiueo":
		if k := []rune(kanaOrder); n >= 1 && n <= len(k) {
			return string(k[n-1])
		}
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		if n >= 1 && n <= 20 {
			return string(rune('①' + n - 1))
		}
	case "lowerLetter":
		if n >= 1 && n <= 26 {
			return string(rune('a' + n - 1))
		}
	}
	return strconv.Itoa(n)
}
