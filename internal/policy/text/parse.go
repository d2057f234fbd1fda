package text

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"okite/internal/clause"
	"okite/internal/msg"
)

// node is a numbered place while the tree grows.
type node struct {
	level    level
	num      numeral
	until    numeral // the last number of a place that stands for several
	line     int
	parent   *node
	children []*node
	pieces   []Piece // mark, signs, title and body, in the order of the source
	implied  bool    // the first paragraph of an article, which has no number of its own
}

// last is the number the next place follows.
func (n *node) last() numeral {
	if n.until != nil {
		return n.until
	}
	return n.num
}

type parser struct {
	doc      Document
	lines    []line
	layer    string
	root     *node // its children are parts, chapters or the highest numbers
	at       *node // the place that takes the next text
	preamble *node
	heads    [][]Piece // of headings
	headAt   []int     // their lines
	zone     int       // heading that takes every line: 附則, 別表, the other layer; -1 when none
	zoneEnds bool      // the zone ends with the next chapter
	caption  *line     // a title in brackets that stands above its article
	loose    []Piece   // furniture
	prev     *line     // the text line before
	prevBody bool
}

func newParser(src, layer string) *parser {
	p := &parser{layer: layer, root: &node{}, zone: -1}
	p.doc.Source = src
	p.lines = split(src)
	return p
}

func (p *parser) warn(l line, m msg.Text) {
	p.doc.Warnings = append(p.doc.Warnings, Warning{Line: l.no, Message: m})
}

func (p *parser) read() (Document, error) {
	furnish(p.lines)
	p.guessLayer()
	for i := range p.lines {
		l := &p.lines[i]
		if l.kind != "" {
			p.loose = append(p.loose, Piece{Line: l.no, From: l.from, To: l.to, Kind: FurniturePiece, Of: len(p.doc.Furniture)})
			p.doc.Furniture = append(p.doc.Furniture, Furniture{Line: l.no, Kind: l.kind, Text: l.s})
			if l.kind == PageNumber && rePageMaybe.MatchString(l.s) && p.lines[len(p.lines)-1].page == 0 {
				p.warn(*l, msg.F("数字だけの行「%s」をページ番号として除きました。", "The line “%s” holds a number alone and was taken for a page number.", l.s))
			}
			continue
		}
		if err := p.line(i); err != nil {
			return Document{}, err
		}
	}
	p.flushCaption()
	return p.finish()
}

// guessLayer reads the layer off the titles when nobody said it.
func (p *parser) guessLayer() {
	if p.layer == "" {
		p.layer = Basic
		for _, l := range p.lines {
			if l.kind != "" && l.kind != RunningRow || !titleLike(l.s) {
				continue
			}
			if strings.Contains(l.s, "基本方針") {
				break
			}
			if strings.Contains(l.s, "対策基準") {
				p.layer = Standard
				break
			}
		}
	}
	p.doc.Layer = p.layer
}

// line takes one line of text.
func (p *parser) line(i int) error {
	l := p.lines[i]
	m, numbered := findMark(l.s)
	if m.level == levelKanji && p.kanjiBelow() {
		m.level = levelKanjiSub
	}
	if p.zone >= 0 && (!p.zoneEnds || !numbered || m.level > levelChapter) {
		p.body(l, 0)
		return nil
	}
	p.zone = -1
	if !numbered {
		return p.plain(i)
	}
	take, err := p.judge(i, m)
	if err != nil {
		return err
	}
	if !take {
		p.body(l, 0)
		return nil
	}
	return p.open(l, m)
}

// plain takes a line without a number.
func (p *parser) plain(i int) error {
	l := p.lines[i]
	switch {
	case p.preamble == nil && len(p.root.children) == 0 && rePreamble.MatchString(l.s):
		g := rePreamble.FindStringSubmatchIndex(l.s)
		if g[4] < 0 || titleLike(l.s[g[4]:]) {
			p.openPreamble(l, g)
			return nil
		}
	case p.numbers() && (reSupply.MatchString(l.s) || reAnnex.MatchString(l.s)):
		p.head(l, 0, len(l.s))
		p.zone, p.zoneEnds = len(p.heads)-1, false
		p.warn(l, msg.F("「%s」は条項にせず、見出しとその本文として保存します。", "“%s” is kept as a heading with its text, not as a clause.", l.s))
		return nil
	case reCaption.MatchString(l.s) && p.nextIsArticle(i):
		p.flushCaption()
		p.caption = &l
		return nil
	case p.preamble == nil && p.at == nil && len(p.root.children) == 0:
		return p.front(l)
	}
	if reBullet.MatchString(l.s) && titleLike(l.s) && l.gap && utf8.RuneCountInString(l.s) <= 30 {
		p.warn(l, msg.F("「%s」は見出しのように見えますが、番号がないため本文に含めました。", "“%s” looks like a heading, but has no number; it was kept as text.", l.s))
	}
	p.body(l, 0)
	return nil
}

// front takes what stands before the first clause: titles and dates, or an opening text without a heading.
func (p *parser) front(l line) error {
	if titleLike(l.s) {
		from := len(reHash.FindString(l.s))
		p.head(l, from, len(l.s))
		return nil
	}
	p.preamble = &node{line: l.no}
	p.at = p.preamble
	p.body(l, 0)
	return nil
}

func (p *parser) openPreamble(l line, g []int) {
	n := &node{line: l.no}
	n.add(l, 0, g[2], SignPiece)
	n.add(l, g[2], g[3], MarkPiece)
	if g[4] >= 0 {
		n.add(l, g[4], len(l.s), TitlePiece)
	}
	p.preamble, p.at, p.prev = n, n, &l
	p.prevBody = false
}

func (n *node) add(l line, from, to int, k PieceKind) {
	s := l.s[from:to]
	from += len(s) - len(strings.TrimLeft(s, " \t　"))
	s = strings.TrimSpace(s)
	if s == "" {
		return
	}
	n.pieces = append(n.pieces, Piece{Line: l.no, From: l.from + from, To: l.from + from + len(s), Kind: k})
}

// body adds a line to the text of the place at hand.
func (p *parser) body(l line, from int) {
	if p.caption != nil && p.caption.no != l.no {
		p.flushCaption()
	}
	switch {
	case p.zone >= 0:
		p.heads[p.zone] = append(p.heads[p.zone], Piece{Line: l.no, From: l.from + from, To: l.to, Kind: HeadingBody, Of: p.zone})
	case p.at != nil:
		p.at.add(l, from, len(l.s), BodyPiece)
	default:
		p.preamble = &node{line: l.no}
		p.at = p.preamble
		p.at.add(l, from, len(l.s), BodyPiece)
	}
	p.prev, p.prevBody = &l, true
}

func (p *parser) flushCaption() {
	if p.caption != nil {
		l := *p.caption
		p.caption = nil
		p.body(l, 0)
	}
}

func (p *parser) head(l line, from, to int) {
	k := len(p.heads)
	var ps []Piece
	if from > 0 {
		s := strings.TrimRight(l.s[:from], " \t　")
		ps = append(ps, Piece{Line: l.no, From: l.from, To: l.from + len(s), Kind: HeadingPiece, Of: k})
	}
	p.heads = append(p.heads, append(ps, Piece{Line: l.no, From: l.from + from, To: l.from + to, Kind: HeadingPiece, Of: k}))
	p.headAt = append(p.headAt, l.no)
}

// numbers says whether a numbered place was met.
func (p *parser) numbers() bool { return len(p.root.children) > 0 }

func (p *parser) nextIsArticle(i int) bool {
	for _, l := range p.lines[i+1:] {
		if l.kind == "" {
			m, ok := findMark(l.s)
			return ok && (m.level == levelArticle || m.level == levelNumber && !p.inArticle())
		}
	}
	return false
}

func (p *parser) inArticle() bool {
	for n := p.at; n != nil; n = n.parent {
		if n.level == levelArticle {
			return true
		}
	}
	return false
}

// above is the place below which a number of this level would stand, and the sibling before it.
func (p *parser) above(m mark) (parent, before *node) {
	n := p.at
	if n == nil || n == p.preamble {
		n = p.root
	}
	for n != p.root && n.level > m.level {
		n = n.parent
	}
	// one of the same kind further up: a sibling
	if n != p.root && n.level == m.level {
		n = n.parent
	}
	if len(n.children) > 0 {
		if last := n.children[len(n.children)-1]; last.level == m.level {
			return n, last
		}
	}
	return n, nil
}

// lastTop is the number of the last place of this level anywhere: articles run on through chapters.
func (p *parser) lastTop(l level) (last numeral) {
	var walk func(n *node)
	walk = func(n *node) {
		if n.level == l {
			last = n.last()
			return
		}
		for _, c := range n.children {
			if c.level <= l {
				walk(c)
			}
		}
	}
	walk(p.root)
	return last
}

// kanjiBelow says whether 一 counts items of an article or number, as in vertical writing, and not the highest places.
func (p *parser) kanjiBelow() bool {
	return p.inArticle() || p.lastTop(levelKanji) == nil && (p.lastTop(levelArticle) != nil || p.lastTop(levelNumber) != nil)
}

// judge says whether a line begins a new place. A number that does not follow the one before is text when the line
// looks like text, an error when it looks like a heading: clauses out of order cannot be cited.
func (p *parser) judge(i int, m mark) (bool, error) {
	l := p.lines[i]
	rest := strings.TrimSpace(l.s[m.end:])
	parent, before := p.above(m)
	structural := m.level <= levelSection
	broken := p.prevBody && !l.gap && p.prev != nil && !closed(p.prev.s) // the line before goes on
	top := parent == p.root || parent.level <= levelSection
	heading := titleLike(rest) || rest == ""
	text := func() (bool, error) {
		if m.level < levelCircle {
			p.warn(l, msg.F("「%s」で始まる行は、番号の順に合わないため本文に含めました。", "The line that begins with “%s” does not follow in number and was kept as text.", strings.TrimSpace(l.s[:m.end])))
		}
		return false, nil
	}
	if structural && !titleLike(rest) && rest != "" {
		return text()
	}
	if broken && slices.Contains([]level{levelKanji, levelNumber, levelDotted, levelKanjiSub}, m.level) {
		return text()
	}
	if m.path != nil && !p.fits(parent, m) {
		return text()
	}
	var last numeral // the number before, nil at the beginning
	switch {
	case before != nil:
		last = before.last()
	case top && !structural:
		if x := p.lastTop(m.level); m.num.follows(x) {
			last = x // the count runs on through chapters
		}
	}
	strong := m.spaced && !broken && m.level != levelKanji && m.level != levelKanjiSub && (m.level != levelNumber && m.level != levelDai || heading || p.inArticle() && !top)
	switch {
	case m.num.follows(last):
		return true, nil
	case before == nil && m.level == levelNumber && parent.level == levelArticle && m.num.is(2):
		return true, nil // the first paragraph of an article has no number
	case !strong:
		return text()
	case before == nil && !top:
		return text()
	case slices.Compare(m.num, last) > 0:
		p.warn(l, msg.F("番号が%sから%sへ飛んでいます。", "The number goes from %s to %s.", last.cited(), m.num.cited()))
		return true, nil
	case m.num.is(1) && !top:
		return text() // a second list in one place
	default:
		number := strings.TrimSpace(l.s[:m.end])
		return false, refuse(msg.F("%d行目の「%s」が、番号の順に並んでいません（直前は%s）。条項の順序を直してから、もう一度取り込んでください。何も保存していません。",
			"Line %d: “%s” is out of order (the number before is %s). Put the clauses in order and import again. Nothing was kept.", l.no, number, last.cited()))
	}
}

// fits says whether a dotted number continues the numbers above it.
func (p *parser) fits(parent *node, m mark) bool {
	for k := len(m.path) - 2; k >= 0 && parent != p.root; k-- {
		if !parent.num.is(m.path[k]) {
			return false
		}
		parent = parent.parent
	}
	return true
}

// open begins a new place.
func (p *parser) open(l line, m mark) error {
	rest := l.s[m.end:]
	if m.level <= levelChapter && p.otherLayer(rest) {
		p.flushCaption()
		p.head(l, 0, len(l.s))
		p.zone, p.zoneEnds = len(p.heads)-1, true
		p.warn(l, msg.F("「%s」はもう一方の層の文書と思われるため、条項にせず見出しとして保存します。層を選んで別に取り込んでください。",
			"“%s” seems to be the document of the other layer and is kept as a heading. Import it by itself.", l.s))
		return nil
	}
	parent, _ := p.above(m)
	n := &node{level: m.level, num: m.num, until: m.until, line: l.no, parent: parent}
	if c := p.caption; c != nil {
		p.caption = nil
		g := reCaption.FindStringSubmatchIndex(c.s)
		n.add(*c, g[2], g[3], SignPiece)
		n.add(*c, g[4], g[5], TitlePiece)
		n.add(*c, g[6], g[7], SignPiece)
		if g[8] >= 0 {
			n.add(*c, g[8], g[9], TitlePiece)
		}
	}
	n.add(l, 0, m.from, SignPiece)
	n.add(l, m.from, m.end, MarkPiece)
	parent.children = append(parent.children, n)
	p.at = n
	p.prev, p.prevBody = &l, false
	p.words(n, l, m)
	return nil
}

var reInline = regexp.MustCompile(`^([\s　]*[（(])([^（()）]{1,40})([)）])[\s　]*(.*)$`)

// words parts what follows a number into title and text.
func (p *parser) words(n *node, l line, m mark) {
	from := m.end
	titled := len(n.pieces) > 0 && slices.ContainsFunc(n.pieces, func(x Piece) bool { return x.Kind == TitlePiece })
	if strings.HasSuffix(l.s, "**") && m.from > 0 {
		l.s = strings.TrimSuffix(l.s, "**")
		defer n.sign(l)
	}
	rest := l.s[from:]
	if g := reInline.FindStringSubmatchIndex(rest); g != nil && !titled && n.level == levelArticle {
		n.add(l, from+g[2], from+g[3], SignPiece)
		n.add(l, from+g[4], from+g[5], TitlePiece)
		n.add(l, from+g[6], from+g[7], SignPiece)
		from, titled = from+g[8], true
		rest = l.s[from:]
	}
	if g := reRests.FindStringIndex(rest); g != nil {
		n.add(l, from, from+g[1], TitlePiece)
		from, titled = from+g[1], true
		rest = l.s[from:]
	}
	trimmed := strings.TrimSpace(rest)
	switch {
	case trimmed == "":
		return
	case !titled && titleLike(trimmed):
		n.add(l, from, len(l.s), TitlePiece)
		return
	case !titled && n.level >= levelNumber:
		lead := len(rest) - len(strings.TrimLeft(rest, " \t　"))
		if k := strings.IndexAny(rest[lead:], " 　\t"); k > 0 {
			k += lead
			if head := rest[lead:k]; utf8.RuneCountInString(head) <= 20 && titleLike(head) && strings.HasSuffix(trimmed, "。") {
				n.add(l, from, from+k, TitlePiece)
				from += k
			}
		}
	}
	n.add(l, from, len(l.s), BodyPiece)
	p.prevBody = true
}

// sign adds the ** that close a bold title of Markdown.
func (n *node) sign(l line) {
	n.pieces = append(n.pieces, Piece{Line: l.no, From: l.to - 2, To: l.to, Kind: SignPiece})
}

// otherLayer says whether a chapter is the document of the other layer: both are often in one file.
func (p *parser) otherLayer(title string) bool {
	own, other := "基本方針", "対策基準"
	if p.layer == Standard {
		own, other = other, own
	}
	if !strings.Contains(title, other) || strings.Contains(title, own) {
		return false
	}
	for _, l := range p.lines {
		if m, ok := findMark(l.s); ok && l.kind == "" && m.level <= levelChapter && strings.Contains(l.s[m.end:], own) {
			return true
		}
	}
	return false
}

// firstParagraph gives an article whose second paragraph has a number its first one as a place of its own.
func firstParagraph(n *node) {
	for _, c := range n.children {
		firstParagraph(c)
	}
	if n.level != levelArticle {
		return
	}
	k := slices.IndexFunc(n.children, func(c *node) bool { return c.level == levelNumber })
	if k < 0 || !n.children[k].num.is(2) {
		return
	}
	first := &node{level: levelNumber, num: numeral{1}, line: n.line, parent: n, implied: true}
	first.children = append(first.children, n.children[:k]...)
	for _, c := range first.children {
		c.parent = first
	}
	var own []Piece
	for _, x := range n.pieces {
		if x.Kind == BodyPiece {
			first.pieces = append(first.pieces, x)
		} else {
			own = append(own, x)
		}
	}
	n.pieces = own
	n.children = append([]*node{first}, n.children[k:]...)
}

func (p *parser) id(path []numeral) clause.ID {
	l := clause.Basic
	if p.layer == Standard {
		l = clause.Standard
	}
	return clause.ID(l + key(path))
}
