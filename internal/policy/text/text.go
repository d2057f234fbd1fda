// Package text reads the text of an information security policy into clauses that can be addressed. It knows no
// database and decides nothing: it says what it found, where, and what it was not sure of.
//
// It serves clause 序 and clause 4 (bp.0, bp.4): only what has a place can be referred to. Nothing of a text is lost:
// every sign that is not blank belongs to a clause, a heading or a listed piece of page furniture, and Read proves it
// for each text before it answers (see Accounted).
package text

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
)

// The layers (2層) as the register of versions names them.
const (
	Basic    = "basic"
	Standard = "standard"
)

// Document is a text as it was read.
type Document struct {
	Name      string // of the file
	Layer     string
	Title     string
	SHA256    string // of the file, so that anybody can compare it
	Clauses   []Clause
	Headings  []Heading
	Furniture []Furniture
	Warnings  []Warning
	Source    string  // the text of the file in UTF-8
	Pieces    []Piece // what every part of Source was taken for, in its order
}

// Clause is one place of the text.
type Clause struct {
	ID      clause.ID
	Number  string // how the place is cited: 9(4), 第3条第2項
	Mark    string // the number as it was written
	Title   string
	Text    string // as written; paragraphs keep the empty line between them
	Parent  clause.ID
	Parents []string // clauses of the basic policy on which it rests: its own marks, or those of the place above
	Modal   []string // the words that say how strongly it binds
	Heading string   // the chapter and section it stands in
	Line    int
}

// Heading is a title above clauses that is no clause itself: the title of the document, a chapter. Text is what
// stands below it without belonging to a clause.
type Heading struct {
	Line  int
	Title string
	Text  string
}

// Furniture is what belongs to the page and not to the policy.
type Furniture struct {
	Line int
	Kind FurnitureKind
	Text string
}

// FurnitureKind sorts page furniture.
type FurnitureKind string

// The kinds of furniture.
const (
	Contents   FurnitureKind = "contents" // table of contents
	PageNumber FurnitureKind = "page"
	RunningRow FurnitureKind = "head" // a running head or foot
	RuleLine   FurnitureKind = "rule"
)

// Title names a kind of furniture.
func (k FurnitureKind) Title() msg.Text {
	switch k {
	case Contents:
		return msg.T("目次", "Table of contents")
	case PageNumber:
		return msg.T("ページ番号", "Page number")
	case RunningRow:
		return msg.T("柱（ページごとの見出し）", "Running head")
	}
	return msg.T("罫線", "Rule")
}

// Warning is something the reader was not sure of.
type Warning struct {
	Line    int      `json:"line"`
	Message msg.Text `json:"message"`
}

// PieceKind says what a piece of the source was taken for.
type PieceKind uint8

// The kinds of pieces.
const (
	MarkPiece  PieceKind = iota // a number
	SignPiece                   // brackets and signs around a number or title
	TitlePiece                  // of a clause
	BodyPiece                   // text of a clause
	HeadingPiece
	HeadingBody
	FurniturePiece
)

// Piece is a part of one line of the source: bytes From to To. Of is the index of its clause, heading or furniture.
type Piece struct {
	Line     int
	From, To int
	Kind     PieceKind
	Of       int
}

// The limits of a file.
const (
	MaxFile    = 10 << 20
	maxClauses = 5000
	maxTitle   = 200
	maxText    = 20000
)

// Read reads a policy text of either layer; "" lets the text itself say which it is.
func Read(name string, b []byte, layer string) (Document, error) {
	if layer != "" && layer != Basic && layer != Standard {
		return Document{}, fault.At("layer", msg.F("層「%s」はありません。基本方針か対策基準を選んでください。", "There is no layer %q. Choose basic or standard.", layer))
	}
	src, err := decode(name, b)
	if err != nil {
		return Document{}, err
	}
	sum := sha256.Sum256(b)
	p := newParser(src, layer)
	p.doc.Name, p.doc.SHA256 = name, hex.EncodeToString(sum[:])
	d, err := p.read()
	if err != nil {
		return Document{}, err
	}
	if err := d.Accounted(); err != nil {
		return Document{}, err // a mistake of ours: better no version than one with a hole
	}
	return d, nil
}

// Accounted proves that nothing was lost: the pieces follow each other, none overlaps another, every sign between
// them is blank, and each clause, heading and piece of furniture holds exactly the signs of its pieces.
func (d *Document) Accounted() error {
	clauses, heads, furniture := make([][3]strings.Builder, len(d.Clauses)), make([][2]strings.Builder, len(d.Headings)), make([]strings.Builder, len(d.Furniture))
	at := 0
	for _, p := range d.Pieces {
		if p.From < at || p.To < p.From || p.To > len(d.Source) {
			return fmt.Errorf("account for the text: piece at line %d is out of order", p.Line)
		}
		if lost := bare(d.Source[at:p.From]); lost != "" {
			return fmt.Errorf("account for the text: %q before line %d is in no piece", lost, p.Line)
		}
		s := bare(d.Source[p.From:p.To])
		at = p.To
		switch p.Kind {
		case MarkPiece:
			clauses[p.Of][0].WriteString(s)
		case TitlePiece:
			clauses[p.Of][1].WriteString(s)
		case BodyPiece:
			clauses[p.Of][2].WriteString(s)
		case HeadingPiece:
			heads[p.Of][0].WriteString(s)
		case HeadingBody:
			heads[p.Of][1].WriteString(s)
		case FurniturePiece:
			furniture[p.Of].WriteString(s)
		case SignPiece:
			if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				return fmt.Errorf("account for the text: %q at line %d was taken for a sign", s, p.Line)
			}
		}
	}
	if lost := bare(d.Source[at:]); lost != "" {
		return fmt.Errorf("account for the text: %q at the end is in no piece", lost)
	}
	for i, c := range d.Clauses {
		if clauses[i][0].String() != bare(c.Mark) || clauses[i][1].String() != bare(c.Title) || clauses[i][2].String() != bare(c.Text) {
			return fmt.Errorf("account for the text: clause %s does not hold its pieces", c.ID)
		}
	}
	for i, h := range d.Headings {
		if heads[i][0].String() != bare(h.Title) || heads[i][1].String() != bare(h.Text) {
			return fmt.Errorf("account for the text: heading at line %d does not hold its pieces", h.Line)
		}
	}
	for i, f := range d.Furniture {
		if furniture[i].String() != bare(f.Text) {
			return fmt.Errorf("account for the text: furniture at line %d does not hold its piece", f.Line)
		}
	}
	return nil
}

// bare is a text without its blanks.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
