package ledger

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
)

const (
	hitsShown = 8  // of each register
	before    = 18 // signs of a snippet around what was found
	after     = 60
	maxWords  = 100
)

// piece is a part of a text; hit says that it is what was looked for.
type piece struct {
	text string
	hit  bool
}

// hit is a record the search found, ready to be shown.
type hit struct {
	href, key, unit string
	name, text      []piece
}

// foundIn is what the search found in one register.
type foundIn struct {
	d    *register.Def
	hits []hit
	more bool
}

// search finds records of all registers by words, those of two signs too.
func (s *Service) search(r *web.Request) (web.Response, error) {
	text := r.Query(argWords)
	if rs := []rune(text); len(rs) > maxWords {
		text = string(rs[:maxWords])
	}
	var groups []foundIn
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		groups, err = s.find(ctx, tx, r, text)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	head := web.Head{Title: titleSearch}
	parts := []templ.Component{searchForm(text)}
	switch {
	case text == "":
		parts = append(parts, web.Para(msg.T("すべての台帳から、語句を含む記録を探します。「監査」のような2文字の語も見つかります。語句を空白で区切ると、すべてを含む記録を探します。",
			"Finds records of all registers that hold the words. Several words, parted by blanks, must all be there.")))
	case len(groups) == 0:
		parts = append(parts, web.EmptyState(msg.F("「%s」を含む記録は見つかりませんでした。語句を短くするか、別の言い方で探してください。終了した記録は、各台帳の一覧で探せます。",
			"No record holds “%s”. Try fewer or other words. Ended records can be found in the list of each register.", text), web.Link{Title: titleRegisters, Href: "/registers"}))
	}
	for _, g := range groups {
		body := []templ.Component{hitList(g.hits)}
		if g.more {
			body = append(body, linkList([]web.Link{{Title: msg.F("%sの検索結果をすべて見る", "All results in: %s", g.d.Title), Href: path(g.d) + "?" + argWords + "=" + escape(text)}}))
		}
		parts = append(parts, section(g.d.Title, body...))
	}
	return web.Page(titleSearch, web.Stack(append([]templ.Component{web.PageHead(head)}, parts...)...)), nil
}

func (s *Service) find(ctx context.Context, tx *db.Tx, r *web.Request, text string) ([]foundIn, error) {
	reader := s.c.Catalog.As(tx, r.Actor)
	hits, err := reader.SearchEach(ctx, text, hitsShown+1)
	if err != nil {
		return nil, err
	}
	terms := strings.Fields(register.FoldText(text))
	by, units := map[string][]register.Hit{}, []ref.Ref{}
	for _, h := range hits {
		by[h.Ref.Register] = append(by[h.Ref.Register], h)
		if h.Unit != "" {
			units = append(units, ref.New("unit", h.Unit))
		}
	}
	names, err := reader.Names(ctx, units...)
	if err != nil {
		return nil, err
	}
	var out []foundIn
	for _, d := range s.c.Catalog.All() {
		list := by[d.Name]
		if len(list) == 0 {
			continue
		}
		slices.SortFunc(list, func(a, b register.Hit) int { return strings.Compare(a.Ref.Key, b.Ref.Key) })
		g := foundIn{d: d, more: len(list) > hitsShown}
		list = list[:min(len(list), hitsShown)]
		keys := make([]string, len(list))
		for i, h := range list {
			keys[i] = h.Ref.Key
		}
		recs, err := reader.Many(ctx, d, keys)
		if err != nil {
			return nil, err
		}
		v, err := s.sees(ctx, tx, r.Actor, d)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			x := hit{href: Href(h.Ref), key: h.Ref.Key, unit: names[ref.New("unit", h.Unit)], name: mark(recordName(h), terms)}
			if rec, ok := recs[h.Ref.Key]; ok {
				x.text = snippet(v, rec.Row, terms)
			}
			g.hits = append(g.hits, x)
		}
		out = append(out, g)
	}
	return out, nil
}

func recordName(h register.Hit) string {
	if h.Label == "" {
		return h.Ref.Key
	}
	return h.Label
}

// snippet is the place of the first word in a field other than the name, when a field the reader sees holds it.
func snippet(v sight, row register.Row, terms []string) []piece {
	for _, f := range v.fields {
		if !f.Search || f.Key || f.Name == v.d.Label {
			continue
		}
		s, _ := row[v.d.Index(f.Name)].(string)
		at, end := locate([]rune(s), terms)
		if at < 0 {
			continue
		}
		rs := []rune(s)
		from, to := max(at-before, 0), min(end+after, len(rs))
		cutText := string(rs[from:to])
		if from > 0 {
			cutText = "…" + cutText
		}
		if to < len(rs) {
			cutText += "…"
		}
		return mark(strings.ReplaceAll(cutText, "\n", " "), terms)
	}
	return nil
}

// mark parts a text at what was looked for, width, case and kind of kana apart.
func mark(s string, terms []string) []piece {
	rs := []rune(s)
	var out []piece
	for len(rs) > 0 {
		at, end := locate(rs, terms)
		if at < 0 {
			break
		}
		if at > 0 {
			out = append(out, piece{text: string(rs[:at])})
		}
		out = append(out, piece{string(rs[at:end]), true})
		rs = rs[end:]
	}
	if len(rs) > 0 {
		out = append(out, piece{text: string(rs)})
	}
	return out
}

// locate finds the first of some folded words in a text and gives where it begins and ends, -1 when none is there.
// The text is folded sign by sign, so that places stay known: half-width kana with a mark of their own are two signs.
func locate(rs []rune, terms []string) (from, to int) {
	var folded []rune
	var at []int
	for i := range rs {
		piece := register.FoldText(string(rs[i]))
		if piece == "" {
			piece = " "
		}
		for _, r := range piece {
			folded = append(folded, r)
			at = append(at, i)
		}
	}
	from = -1
	for _, t := range terms {
		w := []rune(t)
		for i := 0; i+len(w) <= len(folded); i++ {
			if (from < 0 || at[i] < from) && slices.Equal(folded[i:i+len(w)], w) {
				from, to = at[i], at[i+len(w)-1]+1
				break
			}
		}
	}
	return from, to
}
