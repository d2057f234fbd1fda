package text

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"okite/internal/clause"
	"okite/internal/msg"
)

// finish turns the tree into clauses and headings.
func (p *parser) finish() (Document, error) {
	for i, ps := range p.heads {
		p.putHeading(p.headAt[i], ps)
	}
	if p.preamble != nil {
		p.put(p.preamble, []numeral{{0}}, "序", "", nil)
	}
	if !p.numbers() {
		p.warn(line{no: 1}, msg.T("条項の番号が見つからないため、全文を序として保存します。", "No numbered clause was found; the whole text is kept as the preamble."))
	}
	firstParagraph(p.root)
	s := p.shapeOf()
	if err := p.place(p.root, nil, s, scope{}); err != nil {
		return Document{}, err
	}
	p.doc.Pieces = append(p.doc.Pieces, p.loose...)
	slices.SortStableFunc(p.doc.Pieces, func(a, b Piece) int { return cmp.Compare(a.From, b.From) })
	slices.SortStableFunc(p.doc.Headings, func(a, b Heading) int { return cmp.Compare(a.Line, b.Line) })
	p.reindexHeadings()
	slices.SortStableFunc(p.doc.Warnings, func(a, b Warning) int { return cmp.Compare(a.Line, b.Line) })
	p.doc.Title = p.title()
	if n := len(p.doc.Clauses); n > maxClauses {
		return Document{}, refuse(msg.F("条項が多すぎます（%d件）。", "There are too many clauses (%d).", n))
	}
	seen := map[clause.ID]int{}
	for _, c := range p.doc.Clauses {
		if was, twice := seen[c.ID]; twice {
			return Document{}, refuse(msg.F("%d行目の条項「%s」は、%d行目の条項と番号が重なっています。番号を直してから、もう一度取り込んでください。何も保存していません。",
				"Line %d: clause “%s” has the number of the clause at line %d. Correct the numbers and import again. Nothing was kept.", c.Line, c.Number, was))
		}
		seen[c.ID] = c.Line
		if n := utf8.RuneCountInString(c.Text); n > maxText {
			return Document{}, refuse(msg.F("条項「%s」（%d行目）の本文が長すぎます（%d文字、上限%d文字）。条項の番号が読み取れているか確かめてください。",
				"The text of clause “%s” (line %d) is too long (%d characters, limit %d). Check that its numbers can be read.", c.Number, c.Line, n, maxText))
		}
	}
	return p.doc, nil
}

// scope is what a place takes over from those above it.
type scope struct {
	number  string
	heading string
	parents []string
}

// place walks the tree in the order of the text.
func (p *parser) place(n *node, path []numeral, s shape, above scope) error {
	for _, c := range n.children {
		sc, down := above, append(slices.Clone(path), c.num)
		own := p.join(c.pieces, MarkPiece, "") + " " + p.join(c.pieces, TitlePiece, "")
		if marks := basicMarks(own + " " + p.body1(c)); len(marks) > 0 {
			sc.parents = marks
		}
		isPlace := c.level > levelSection || s >= chapters && c.level <= levelChapter || s == sections && c.level == levelSection
		if !isPlace {
			sc.heading = strings.TrimSpace(strings.TrimPrefix(above.heading+"　"+strings.TrimSpace(own), "　"))
			body := slices.ContainsFunc(c.pieces, func(x Piece) bool { return x.Kind == BodyPiece })
			if body {
				p.warn(line{no: c.line}, msg.F("「%s」の下に、条項に属さない本文があります。見出しの本文として保存します。", "Below “%s” stands text that belongs to no clause. It is kept with the heading.", strings.TrimSpace(own)))
			}
			var ps []Piece
			for _, x := range c.pieces {
				x.Kind = map[PieceKind]PieceKind{BodyPiece: HeadingBody}[x.Kind]
				if x.Kind != HeadingBody {
					x.Kind = HeadingPiece
				}
				ps = append(ps, x)
			}
			p.putHeading(c.line, ps)
			if err := p.place(c, path, s, sc); err != nil {
				return err
			}
			continue
		}
		sc.number = numberOf(c, above.number, p.join(c.pieces, MarkPiece, ""))
		p.put(c, down, sc.number, sc.heading, sc.parents)
		if c.level <= levelSection {
			sc.heading = strings.TrimSpace(own)
		}
		if err := p.place(c, down, s, sc); err != nil {
			return err
		}
	}
	return nil
}

// reArticle knows a number that ends with an article: 第3条, 第3条の2.
var reArticle = regexp.MustCompile(`条(?:の[0-9]+)*$`)

var reDaiEnd = regexp.MustCompile(`第[0-9]+(?:の[0-9]+)*$`)

// numberOf cites a place: 9(4), 第3条第2項(1), 第2章第1節3, 第3条の2.
func numberOf(c *node, above, mark string) string {
	n, branch := strconv.Itoa(c.num[0]), c.num.branch()
	switch c.level {
	case levelDai:
		return above + "第" + n + branch
	case levelPart, levelChapter, levelSection, levelArticle:
		if c.until != nil {
			between, end := "から", "まで"
			if c.until.follows(c.num) {
				between, end = "及び", ""
			}
			return above + "第" + n + "条" + branch + between + "第" + strconv.Itoa(c.until[0]) + "条" + c.until.branch() + end
		}
		return above + "第" + n + map[level]string{levelPart: "編", levelChapter: "章", levelSection: "節", levelArticle: "条"}[c.level] + branch
	case levelNumber:
		if reArticle.MatchString(above) {
			return above + "第" + n + "項" + branch
		}
		if reDaiEnd.MatchString(above) {
			above += " " // 第3 1: 第3の1 would be a branch
		}
		return above + n + branch
	case levelParen:
		return above + "(" + n + ")" + branch
	case levelKanji, levelKanjiSub:
		if reArticle.MatchString(above) || strings.HasSuffix(above, "項") {
			return above + "第" + n + "号" + branch
		}
	}
	if c.level >= levelDotted && c.level < levelKanjiSub {
		return strings.TrimRight(fold(mark), ".")
	}
	return above + strings.TrimRight(mark, ".．、")
}

func (p *parser) put(n *node, path []numeral, number, heading string, parents []string) {
	k := len(p.doc.Clauses)
	id := p.id(path)
	c := Clause{ID: id, Number: number, Mark: p.join(n.pieces, MarkPiece, ""), Title: p.join(n.pieces, TitlePiece, ""), Text: p.text(n.pieces, BodyPiece),
		Parent: id.Parent(), Heading: heading, Line: n.line}
	if p.layer == Standard {
		c.Parents = parents
	}
	c.Modal = Modal(c.Title + "\n" + c.Text)
	for _, x := range n.pieces {
		x.Of = k
		p.doc.Pieces = append(p.doc.Pieces, x)
	}
	p.doc.Clauses = append(p.doc.Clauses, c)
}

// putHeading keeps a heading; its index is set when all are known (reindexHeadings).
func (p *parser) putHeading(at int, ps []Piece) {
	p.doc.Headings = append(p.doc.Headings, Heading{Line: at, Title: p.text(ps, HeadingPiece), Text: p.text(ps, HeadingBody)})
	for _, x := range ps {
		x.Of = at // the line names it until then: a line holds one heading
		p.doc.Pieces = append(p.doc.Pieces, x)
	}
}

func (p *parser) reindexHeadings() {
	at := map[int]int{}
	for i, h := range p.doc.Headings {
		at[h.Line] = i
	}
	for i := range p.doc.Pieces {
		if x := &p.doc.Pieces[i]; x.Kind == HeadingPiece || x.Kind == HeadingBody {
			x.Of = at[x.Of]
		}
	}
}

func (p *parser) join(ps []Piece, k PieceKind, with string) string {
	var out []string
	for _, x := range ps {
		if x.Kind == k {
			out = append(out, p.doc.Source[x.From:x.To])
		}
	}
	return strings.Join(out, with)
}

func (p *parser) body1(n *node) string { return p.join(n.pieces, BodyPiece, "") }

// text joins the lines of a text and keeps one empty line between paragraphs. What stood between two lines because of
// a page break is no paragraph.
func (p *parser) text(ps []Piece, k PieceKind) string {
	var b strings.Builder
	last := -1
	for _, x := range ps {
		if x.Kind != k {
			continue
		}
		if last >= 0 {
			between := p.doc.Source[last:x.From]
			switch {
			case strings.TrimSpace(between) == "" && strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(between), "\n") > 1:
				b.WriteString("\n\n")
			case strings.ContainsAny(between, "\n\r\f"):
				b.WriteString("\n")
			default:
				b.WriteString(" ")
			}
		}
		b.WriteString(p.doc.Source[x.From:x.To])
		last = x.To
	}
	return b.String()
}

func (p *parser) title() string {
	word := "基本方針"
	if p.layer == Standard {
		word = "対策基準"
	}
	strip := func(h Heading) string {
		s := strings.TrimLeft(h.Title, "# ")
		if m, ok := findMark(h.Title); ok {
			s = strings.TrimSpace(h.Title[m.end:])
		}
		return s
	}
	for _, want := range []string{word, "ポリシー", "方針", "基準"} {
		for _, h := range p.doc.Headings {
			if s := strip(h); strings.Contains(s, want) && utf8.RuneCountInString(s) <= 60 {
				return s
			}
		}
	}
	for _, f := range p.doc.Furniture {
		if f.Kind == RunningRow && strings.Contains(f.Text, word) {
			return f.Text
		}
	}
	base := filepath.Base(p.doc.Name)
	if s := strings.TrimSpace(strings.TrimSuffix(base, filepath.Ext(base))); s != "" && s != "." && utf8.RuneCountInString(s) <= maxTitle {
		return s
	}
	return map[string]string{Basic: "情報セキュリティ基本方針", Standard: "情報セキュリティ対策基準"}[p.layer]
}

var (
	reBasic = regexp.MustCompile(`基本方針[\s　]*((?:第?[\s　]*[0-9]{1,3}[\s　]*条?(?:の[0-9]{1,3})*(?:第[0-9]{1,2}項)?(?:\([0-9]{1,2}\)(?:の[0-9]{1,3})*)*[、,及び・\s　]*)+)`)
	reOne   = regexp.MustCompile(`([0-9]{1,3})[\s　]*条?((?:の[0-9]{1,3})*)(?:第([0-9]{1,2})項)?((?:\([0-9]{1,2}\)(?:の[0-9]{1,3})*)*)`)
	reSub   = regexp.MustCompile(`([0-9]+)\)((?:の[0-9]{1,3})*)`)
)

// Marks are the clauses of the basic policy a text of the standard names as those it rests on: （基本方針9(4)）.
func Marks(s string) []string { return basicMarks(s) }

// basicMarks are the clauses of the basic policy a text names, as in （基本方針9(4)、10）.
func basicMarks(s string) []string {
	var out []string
	for _, g := range reBasic.FindAllStringSubmatch(fold(s), -1) {
		for _, one := range reOne.FindAllStringSubmatch(g[1], -1) {
			path := []numeral{append(numeral{number(one[1])}, branches(one[2])...)}
			if one[3] != "" {
				path = append(path, numeral{number(one[3])})
			}
			for _, sub := range reSub.FindAllStringSubmatch(one[4], -1) {
				path = append(path, append(numeral{number(sub[1])}, branches(sub[2])...))
			}
			id := clause.Basic + key(path)
			if _, err := clause.Parse(id); err == nil && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}
