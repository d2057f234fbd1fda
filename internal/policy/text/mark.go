package text

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// level is how deep a kind of number stands: the smaller the higher. Kinds of one level stand in each other in the
// order in which the text uses them.
type level int

const (
	levelPart     level = 10 // 第1編
	levelChapter  level = 20 // 第1章
	levelSection  level = 30 // 第1節
	levelArticle  level = 40 // 第1条
	levelDai      level = 42 // 第1, without 条
	levelKanji    level = 45 // 一, above the numbers
	levelNumber   level = 50 // 1
	levelDotted   level = 51 // 1.1; one more for each further number
	levelKanjiSub level = 57 // 一, in an article
	levelKanjiPar level = 58 // (一)
	levelParen    level = 60 // (1)
	levelHalf     level = 65 // 1)
	levelCircle   level = 70 // ①
	levelKana     level = 71 // ア
	levelKanaPar  level = 80 // (ア)
	levelAlpha    level = 81 // a.
	levelAlphaPar level = 90 // (a)
)

// mark is a number at the beginning of a line.
type mark struct {
	level  level
	num    numeral
	until  numeral // the last of several that stand in one line: 第4条から第9条まで　削除
	path   []int   // of a dotted number, without its branch
	from   int     // where the number itself begins
	end    int     // where it ends
	spaced bool    // a blank, a point or the end of the line follows
}

const (
	digit  = `[0-9０-９]{1,3}`
	kanji  = `[一二三四五六七八九十百]{1,5}`
	branch = `((?:の(?:` + digit + `|` + kanji + `)){0,4})` // 枝番: 第3条の2
)

var (
	reHash    = regexp.MustCompile(`^(?:#{1,6}[\s　]+)?(?:\*\*)?`)
	reJapan   = regexp.MustCompile(`^第[\s　]*(` + digit + `|` + kanji + `)[\s　]*(編|章|節|条)` + branch)
	reDeleted = regexp.MustCompile(`^第(` + digit + `|` + kanji + `)条` + branch + `(?:から第(` + digit + `|` + kanji + `)条` + branch + `まで|及び第(` + digit + `|` + kanji + `)条` + branch + `)[\s　]+削除$`)
	reDai     = regexp.MustCompile(`^第[\s　]?(` + digit + `|` + kanji + `)` + branch + `[\s　]`)
	reDotted  = regexp.MustCompile(`^(` + digit + `(?:[.．]` + digit + `){1,4})` + branch)
	reNumber  = regexp.MustCompile(`^(` + digit + `)` + branch + `\\?([.．、]?)`)
	reKanji   = regexp.MustCompile(`^(` + kanji + `)` + branch + `([.．、]?)`)
	reParen   = regexp.MustCompile(`^[(（][\s　]*(` + digit + `|` + kanji + `)` + branch + `[\s　]*[)）]`)
	reBehind  = regexp.MustCompile(`^` + branch)
	reHalf    = regexp.MustCompile(`^(` + digit + `)` + branch + `[)）]`)
	reCircle  = regexp.MustCompile(`^[①-⑳]`)
	reKana    = regexp.MustCompile(`^([ア-ンｱ-ﾝ])[.．、]?`)
	reKanaPar = regexp.MustCompile(`^[(（]([ア-ンｱ-ﾝ])[)）]`)
	reAlpha   = regexp.MustCompile(`^([a-zａ-ｚ])[.．)）]`)
	reAlphaP  = regexp.MustCompile(`^[(（]([a-zａ-ｚ])[)）]`)
)

const kanaOrder = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
const kanaHalf = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"

// fold turns full-width digits and letters into plain ones.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
}

// number reads digits of any width or Japanese numerals up to 999.
func number(s string) int {
	n, digits := 0, true
	for _, r := range fold(s) {
		if r < '0' || r > '9' {
			digits = false
			break
		}
		n = n*10 + int(r-'0')
	}
	if digits {
		return n
	}
	n, last := 0, 0
	for _, r := range s {
		switch r {
		case '百', '十':
			unit := 10
			if r == '百' {
				unit = 100
			}
			n, last = n+max(last, 1)*unit, 0
		default:
			last = strings.IndexRune("一二三四五六七八九", r)/len("一") + 1
		}
	}
	return n + last
}

func kana(s string) int {
	for _, order := range []string{kanaOrder, kanaHalf} {
		if i := strings.Index(order, s); i >= 0 {
			return utf8.RuneCountInString(order[:i]) + 1
		}
	}
	return 0
}

// findMark finds the number a line begins with. The line has no blanks around it.
func findMark(line string) (mark, bool) {
	from := len(reHash.FindString(line))
	s := line[from:]
	m := mark{from: from}
	set := func(l level, num numeral, end int) (mark, bool) {
		m.level, m.num, m.end = l, num, from+end
		m.spaced = m.spaced || blankAt(s, end)
		return m, num.sane()
	}
	if g := reDeleted.FindStringSubmatch(s); g != nil {
		m.until = append(numeral{number(g[3] + g[5])}, branches(g[4]+g[6])...)
		out, ok := set(levelArticle, append(numeral{number(g[1])}, branches(g[2])...), len(strings.TrimRight(strings.TrimSuffix(s, "削除"), " \t　")))
		return out, ok && m.until.sane()
	}
	if g := reJapan.FindStringSubmatch(s); g != nil {
		l := map[string]level{"編": levelPart, "章": levelChapter, "節": levelSection, "条": levelArticle}[g[2]]
		next, _ := utf8.DecodeRuneInString(s[len(g[0]):])
		if out, ok := set(l, append(numeral{number(g[1])}, branches(g[3])...), len(g[0])); ok && (out.spaced || next == '（' || next == '(' || next == '*') {
			out.spaced = true
			return out, true
		}
		return m, false
	}
	if g := reDai.FindStringSubmatch(s); g != nil {
		return set(levelDai, append(numeral{number(g[1])}, branches(g[2])...), len(strings.TrimRight(g[0], " \t　")))
	}
	if g := reDotted.FindStringSubmatch(s); g != nil {
		for _, part := range strings.Split(strings.ReplaceAll(fold(g[1]), ".", " "), " ") {
			m.path = append(m.path, number(part))
		}
		end := len(g[0])
		for _, sign := range []string{".", "．"} {
			if strings.HasPrefix(s[end:], sign) {
				end += len(sign)
				break
			}
		}
		out, ok := set(levelDotted+level(len(m.path)-2), append(numeral{m.path[len(m.path)-1]}, branches(g[2])...), end)
		return out, ok && out.spaced
	}
	if g := reParen.FindStringSubmatch(s); g != nil {
		num, end, l := append(numeral{number(g[1])}, branches(g[2])...), len(g[0]), levelParen
		if behind := reBehind.FindString(s[end:]); behind != "" && g[2] == "" && blankAt(s, end+len(behind)) {
			num, end = append(num, branches(behind)...), end+len(behind) // (3)の2
		}
		if strings.ContainsAny(g[1], "一二三四五六七八九十百") {
			l = levelKanjiPar
		}
		return set(l, num, end)
	}
	if g := reHalf.FindStringSubmatch(s); g != nil {
		return set(levelHalf, append(numeral{number(g[1])}, branches(g[2])...), len(g[0]))
	}
	for _, x := range []struct {
		re    *regexp.Regexp
		level level
		n     func(string) int
	}{
		{reKanaPar, levelKanaPar, kana}, {reAlphaP, levelAlphaPar, alpha}, {reAlpha, levelAlpha, alpha},
	} {
		if g := x.re.FindStringSubmatch(s); g != nil {
			return set(x.level, numeral{x.n(g[1])}, len(g[0]))
		}
	}
	if g := reCircle.FindString(s); g != "" {
		r, _ := utf8.DecodeRuneInString(g)
		return set(levelCircle, numeral{int(r-'①') + 1}, len(g))
	}
	if g := reKana.FindStringSubmatch(s); g != nil {
		m.spaced = len(g[0]) > len(g[1])
		out, ok := set(levelKana, numeral{kana(g[1])}, len(g[0]))
		return out, ok && out.spaced
	}
	if g := reKanji.FindStringSubmatch(s); g != nil {
		m.spaced = g[3] != ""
		out, ok := set(levelKanji, append(numeral{number(g[1])}, branches(g[2])...), len(g[0]))
		return out, ok && out.spaced && out.end < len(line) // 一 alone on a line is a word or a cell
	}
	if g := reNumber.FindStringSubmatch(s); g != nil {
		m.spaced = g[3] != ""
		out, ok := set(levelNumber, append(numeral{number(g[1])}, branches(g[2])...), len(g[0]))
		wide := g[1] != fold(g[1]) && g[2] == ""
		next, _ := utf8.DecodeRuneInString(s[len(g[0]):])
		// １目的: a wide number may touch its title, but not a word it counts (３年, ２つ)
		touches := wide && !out.spaced && unicode.In(next, unicode.Han, unicode.Katakana) && !strings.ContainsRune("年月日時分秒人件名個回度週か箇ヶカヵケ条項号章節万億千百割台社部課級層階", next)
		return out, ok && (out.spaced || touches)
	}
	return m, false
}

// blankAt says whether a blank or the end stands at a place of a line.
func blankAt(s string, at int) bool {
	next, _ := utf8.DecodeRuneInString(s[at:])
	return at == len(s) || unicode.IsSpace(next)
}

func alpha(s string) int { return int(fold(s)[0]-'a') + 1 }

// basicMark is how a clause of the standard names the clauses of the basic policy it rests on: （基本方針9(4)）.
const basicMark = `[（(]基本方針(?:[^（()）。]|[（(][^（()）]*[)）])*[)）]`

var (
	rePreamble = regexp.MustCompile(`^(?:#{1,6}[\s　]+)?(序|序[\s　]*章|序[\s　]*文|前[\s　]*文|はじめに|まえがき)(?:[\s　]+(.*))?$`)
	reSupply   = regexp.MustCompile(`^(?:#{1,6}[\s　]+)?附[\s　]*則(?:[\s　]*[（(].*[)）])?$`)
	reAnnex    = regexp.MustCompile(`^(?:#{1,6}[\s　]+)?(?:別表|別紙|別記|様式|別添)[第 　]*[0-9０-９一二三四五六七八九十]*(?:号)?(?:[\s　]*[（(].*[)）])?$`)
	reCaption  = regexp.MustCompile(`^([（(])([^（()）]{1,40})([)）])([\s　]*` + basicMark + `)?$`)
	reRests    = regexp.MustCompile(`^[\s　]*` + basicMark)
	reBullet   = regexp.MustCompile(`^[■●◆◇□○◎★▶►◉]`)
)

// titleLike says whether words can be a title: short, and no sentence.
func titleLike(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= 60 && !strings.ContainsAny(s, "。\t") && !strings.HasSuffix(s, "、") && !strings.HasSuffix(s, "，")
}

// closed says whether a line ends as a sentence or an item does, so that the next begins anew.
func closed(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune("。．.」』）)：:；;？?！!", r) || utf8.RuneCountInString(s) < 18
}

// modals are the words that say how strongly a sentence binds, in the order in which they are listed.
var modals = []struct {
	word string
	re   *regexp.Regexp
}{
	{"なければならない", regexp.MustCompile(`(?:なければならない|なければなりません|ねばならない)`)},
	{"てはならない", regexp.MustCompile(`(?:[てで]はならない|[てで]はなりません)`)},
	{"ものとする", regexp.MustCompile(`ものとする|ものとします`)},
	{"講ずる", regexp.MustCompile(`講ずる|講じる|講じます`)},
	{"原則として", regexp.MustCompile(`原則として|原則、`)},
	{"努める", regexp.MustCompile(`努める|努めます|努めなければ`)},
	{"できる", regexp.MustCompile(`ことができる(?:。|ものとする)`)},
	{"ことがある", regexp.MustCompile(`ことがある|ことがあります`)},
}

// Modal are the modal words of a text, each once.
func Modal(s string) []string {
	s = bare(s) // a word may be parted by the end of a line
	out := []string{}
	for _, m := range modals {
		if m.re.MatchString(s) {
			out = append(out, m.word)
		}
	}
	return out
}
