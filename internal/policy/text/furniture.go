package text

import (
	"regexp"
	"strings"
	"unicode"
)

// line is one line of the source without the blanks around it.
type line struct {
	no       int // as an editor counts
	from, to int // bytes of the source
	s        string
	page     int
	gap      bool // an empty line or a page break stands before it
	kind     FurnitureKind
}

// split cuts the source into lines; a form feed ends a line and a page. Empty lines are left out.
func split(src string) []line {
	var out []line
	no, page, from, gap := 1, 0, 0, true
	put := func(to int) {
		raw := src[from:to]
		s := strings.TrimLeftFunc(raw, unicode.IsSpace)
		at := from + len(raw) - len(s)
		s = strings.TrimRightFunc(s, unicode.IsSpace)
		if s == "" {
			gap = true
			return
		}
		out = append(out, line{no: no, from: at, to: at + len(s), s: s, page: page, gap: gap})
		gap = false
	}
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '\n':
			put(i)
			from, no = i+1, no+1
		case '\r':
			put(i)
			from = i + 1
			if i+1 < len(src) && src[i+1] == '\n' {
				i, from = i+1, i+2
			}
			no++
		case '\f':
			put(i)
			from, page, gap = i+1, page+1, true
		}
	}
	put(len(src))
	return out
}

var (
	rePageSure  = regexp.MustCompile(`(?i)^(?:[-‐–—―－ー][\s　]*[0-9０-９]{1,4}[\s　]*[-‐–—―－ー]|[0-9０-９]{1,4}[\s　]*[/／][\s　]*[0-9０-９]{1,4}|p\.?[\s　]*[0-9]{1,4}|[0-9０-９]{1,4}[\s　]*ページ)$`)
	rePageMaybe = regexp.MustCompile(`^(?:[0-9０-９]{1,4}|[ivxlⅰ-ⅹ]{1,6})$`)
	reRule      = regexp.MustCompile(`^[-=_*─━―＝＿～・.…|:：\s　]{3,}$`)
	reContents  = regexp.MustCompile(`^(?:#{1,6}[\s　]+)?(?:\*\*)?[<＜〈《【\[]?[\s　]*(?:目[\s　]*次|もくじ)[\s　]*[>＞〉》】\]]?(?:\*\*)?$`)
	reLeader    = regexp.MustCompile(`^(.+?)[\s　]*(?:[.．。・･…‥･_＿\-‐–—―－\s　]*(?:[.．・･…‥＿_\-‐–—―－]{2,}|…|‥|\t)[.．・･…‥\-‐–—―－\s　]*)[-‐(（]?[\s　]*([0-9０-９]{1,4}|[ivxl]{1,6})[\s　]*[-‐)）]?$`)
	reRange     = regexp.MustCompile(`[（(]第[\s　]*[0-9０-９一二三四五六七八九十百]+[\s　]*条[^（()）。]*[)）]$`)
	reBlankPage = regexp.MustCompile(`^(.+?)[\s　]+[0-9０-９]{1,4}$`)
)

// same is how lines are compared: without blanks, width and signs of Markdown.
func same(s string) string { return strings.Trim(fold(bare(s)), "#*") }

// furnish marks what belongs to the page: the table of contents, page numbers, running heads and rules.
func furnish(lines []line) {
	for i := range lines {
		switch s := lines[i].s; {
		case rePageSure.MatchString(s):
			lines[i].kind = PageNumber
		case reRule.MatchString(s):
			lines[i].kind = RuleLine
		}
	}
	pageNumbers(lines)
	runningHeads(lines)
	numberedHeads(lines)
	contents(lines)
}

// pageNumbers takes a number that stands alone on a line for a page number. Where pages are marked by form feeds it
// must be the first or last of its page.
func pageNumbers(lines []line) {
	feeds := len(lines) > 0 && lines[len(lines)-1].page > 0
	for i := range lines {
		if lines[i].kind != "" || !rePageMaybe.MatchString(lines[i].s) {
			continue
		}
		edge := i == 0 || i == len(lines)-1 || lines[i-1].page != lines[i].page || lines[i+1].page != lines[i].page
		if !feeds || edge {
			lines[i].kind = PageNumber
		}
	}
}

// runningHeads takes a line that comes again at the edge of pages for a running head. A numbered title keeps its
// first place: there it is the title itself.
func runningHeads(lines []line) {
	edges := map[string][]int{}
	for i := range lines {
		if lines[i].kind != "" || len(lines[i].s) > 180 {
			continue
		}
		first := i > 0 && (lines[i-1].page != lines[i].page || lines[i-1].kind == PageNumber) || i == 0 && lines[len(lines)-1].page > 0
		last := i+1 < len(lines) && (lines[i+1].page != lines[i].page || lines[i+1].kind == PageNumber)
		if k := same(lines[i].s); first || last {
			edges[k] = append(edges[k], i)
		}
	}
	for _, at := range edges {
		if len(at) < 2 {
			continue
		}
		s := lines[at[0]].s
		if !titleLike(s) {
			continue
		}
		if _, numbered := findMark(s); numbered {
			if m, _ := findMark(s); m.level >= levelArticle {
				continue // the same item on two pages is text
			}
			at = at[1:]
		}
		for _, i := range at {
			lines[i].kind = RunningRow
		}
	}
}

var reNumberedHead = regexp.MustCompile(`^(.*?)[\s　]*(?:[-‐–—―－][\s　]*([0-9０-９]{1,3})[\s　]*[-‐–—―－]|([0-9０-９]{1,3})[\s　]*[/／][\s　]*[0-9０-９]{1,3}|[\s　][pP]\.?[\s　]*([0-9]{1,3})|[\s　]([0-9０-９]{1,3})[\s　]*(?:ページ|頁))$`)

// numberedHeads takes lines that are the same but for a page number that counts on for running heads: 対策基準 2/9.
func numberedHeads(lines []line) {
	at := map[string][]int{}
	last := map[string]int{}
	for i := range lines {
		if lines[i].kind != "" || !titleLike(lines[i].s) {
			continue
		}
		g := reNumberedHead.FindStringSubmatch(lines[i].s)
		if g == nil || bare(g[1]) == "" {
			continue
		}
		stem := same(g[1])
		if n := number(g[2] + g[3] + g[4] + g[5]); n > last[stem] {
			at[stem], last[stem] = append(at[stem], i), n
		}
	}
	for stem, rows := range at {
		if m, numbered := findMark(stem); len(rows) < 2 || numbered && m.level >= levelArticle {
			continue
		}
		for _, i := range rows {
			lines[i].kind = RunningRow
		}
	}
}

// contents takes the lines after 目次 for the table of contents as long as they look like one: a leader or a tab and a
// page number, or a title that comes again below.
func contents(lines []line) {
	last := map[string]int{}
	for i, l := range lines {
		if l.kind == "" {
			last[same(l.s)] = i
		}
	}
	again := func(s string, i int) bool { return last[same(s)] > i }
	for i := 0; i < len(lines); i++ {
		if lines[i].kind != "" {
			continue
		}
		if !reContents.MatchString(lines[i].s) {
			// a line of a table of contents that stands apart
			if g := reLeader.FindStringSubmatch(lines[i].s); g != nil && again(g[1], i) && !strings.Contains(lines[i].s, "。") {
				lines[i].kind = Contents
			}
			continue
		}
		lines[i].kind = Contents
		for i+1 < len(lines) {
			l := &lines[i+1]
			if l.kind == "" && !inContents(lines, i+1, again) {
				break
			}
			if l.kind == "" {
				l.kind = Contents
			}
			i++
		}
	}

}

func inContents(lines []line, i int, again func(string, int) bool) bool {
	s := lines[i].s
	if reLeader.MatchString(s) || reRange.MatchString(s) {
		return true
	}
	if g := reBlankPage.FindStringSubmatch(s); g != nil && again(g[1], i) {
		return true
	}
	if again(s, i) {
		return true
	}
	// a long title goes on in the next line, which ends with the page
	if i+1 < len(lines) && !lines[i+1].gap && lines[i+1].kind == "" {
		if g := reLeader.FindStringSubmatch(lines[i+1].s); g != nil {
			_, fresh := findMark(lines[i+1].s)
			return !fresh && again(s+g[1], i)
		}
	}
	return false
}
