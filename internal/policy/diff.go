package policy

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// Kinds of a difference.
const (
	Added   = "added"
	Removed = "removed"
	Moved   = "moved"
	Changed = "changed"
)

// Word is a run of text that stands in both versions, in the old or in the new one only.
type Word struct {
	Op   string `json:"op"` // same, old, new
	Text string `json:"text"`
}

// ClauseDiff is what became of one clause.
type ClauseDiff struct {
	Kind  string      `json:"kind"`
	ID    string      `json:"id"`            // in the new version, or in the old one when it was removed
	Was   string      `json:"was,omitempty"` // id in the old version, when moved
	Old   *ClauseJSON `json:"old,omitempty"` //
	New   *ClauseJSON `json:"new,omitempty"` //
	Title []Word      `json:"title"`         // word by word
	Text  []Word      `json:"text"`          // word by word
	Modal bool        `json:"modal"`         // how strongly it binds has changed
	Below []ThingJSON `json:"below"`         // what must be decided again (bp.12)
}

// ThingJSON is a Thing as commands give it.
type ThingJSON struct {
	Kind   string    `json:"kind"`
	ID     string    `json:"id"`
	Title  msg.Text  `json:"title"`
	Href   string    `json:"href,omitempty"`
	Clause clause.ID `json:"clause,omitempty"` // it is bound to, when that is a place above or below
}

// Difference is that of two versions.
type Difference struct {
	A       DocumentJSON `json:"a"`
	B       DocumentJSON `json:"b"`
	Same    int          `json:"same"`
	Clauses []ClauseDiff `json:"clauses"`
}

// Diff compares two versions clause by clause.
func (s *Service) Diff(ctx context.Context, a, b string) (Difference, error) {
	var out Difference
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = s.diff(ctx, tx, a, b)
		return err
	})
	return out, err
}

func (s *Service) diff(ctx context.Context, tx *db.Tx, a, b string) (Difference, error) {
	today := when.Of(tx.Now())
	va, err := s.find(ctx, tx, a, today)
	if err != nil {
		return Difference{}, err
	}
	vb, err := s.find(ctx, tx, b, today)
	if err != nil {
		return Difference{}, err
	}
	old, err := s.clauses(ctx, tx, va.Code)
	if err != nil {
		return Difference{}, err
	}
	next, err := s.clauses(ctx, tx, vb.Code)
	if err != nil {
		return Difference{}, err
	}
	out := Difference{A: documentOf(va), B: documentOf(vb), Clauses: []ClauseDiff{}}
	out.Clauses, out.Same = Compare(clausesOf(old), clausesOf(next))
	hangs, err := s.hanging(ctx, tx)
	if err != nil {
		return Difference{}, err
	}
	known := placesOf(old, next)
	for i := range out.Clauses {
		d := &out.Clauses[i]
		id := d.ID
		if d.Was != "" {
			id = d.Was
		}
		d.Below = []ThingJSON{}
		for _, t := range s.affected(hangs, clause.ID(id), known) {
			d.Below = append(d.Below, ThingJSON(t))
		}
	}
	return out, nil
}

// Compare pairs the clauses of two texts: by place, then by the very same words elsewhere, which is a move, then by
// much the same words under the same title.
func Compare(old, next []ClauseJSON) (out []ClauseDiff, same int) {
	at := map[string]int{}
	for i, c := range old {
		at[c.ID] = i
	}
	pair := make([]int, len(next)) // index in old, -1 for none
	taken := make([]bool, len(old))
	match := func(like func(o, n ClauseJSON) bool) {
		for i, n := range next {
			if pair[i] >= 0 {
				continue
			}
			for k, o := range old {
				if !taken[k] && like(o, n) {
					pair[i], taken[k] = k, true
					break
				}
			}
		}
	}
	for i := range pair {
		pair[i] = -1
	}
	equal := func(o, n ClauseJSON) bool { return o.Title == n.Title && o.Text == n.Text && o.Title+o.Text != "" }
	for i, n := range next {
		if k, ok := at[n.ID]; ok && equal(old[k], n) {
			pair[i], taken[k] = k, true
		}
	}
	match(equal)
	match(func(o, n ClauseJSON) bool {
		return o.ID != n.ID && o.Title != "" && o.Title == n.Title && alike(o.Text, n.Text)
	})
	for i, n := range next {
		if k, ok := at[n.ID]; ok && pair[i] < 0 && !taken[k] {
			pair[i], taken[k] = k, true
		}
	}
	for i, n := range next {
		if pair[i] < 0 {
			out = append(out, ClauseDiff{Kind: Added, ID: n.ID, New: &next[i], Title: Words("", n.Title), Text: Words("", n.Text)})
			continue
		}
		o := old[pair[i]]
		d := ClauseDiff{ID: n.ID, Old: &old[pair[i]], New: &next[i], Title: Words(o.Title, n.Title), Text: Words(o.Text, n.Text), Modal: !slices.Equal(o.Modal, n.Modal)}
		switch {
		case o.ID != n.ID:
			d.Kind, d.Was = Moved, o.ID
		case equal(o, n) || o.Title == n.Title && o.Text == n.Text:
			same++
			continue
		default:
			d.Kind = Changed
		}
		out = append(out, d)
	}
	for k, o := range old {
		if !taken[k] {
			out = append(out, ClauseDiff{Kind: Removed, ID: o.ID, Old: &old[k], Title: Words(o.Title, ""), Text: Words(o.Text, "")})
		}
	}
	place := func(d ClauseDiff) clause.ID { return clause.ID(d.ID) }
	slices.SortStableFunc(out, func(a, b ClauseDiff) int {
		switch {
		case clause.Less(place(a), place(b)):
			return -1
		case clause.Less(place(b), place(a)):
			return 1
		}
		return strings.Compare(a.Kind, b.Kind)
	})
	return out, same
}

// alike says whether more than half of two texts is the same.
func alike(a, b string) bool {
	both, all := 0, 0
	for _, w := range Words(a, b) {
		n := len([]rune(w.Text))
		all += n
		if w.Op == "same" {
			both += 2 * n
			all += n
		}
	}
	return all > 0 && both*2 > all
}

// words cuts a text where its script changes, so that marks fall on words and not inside them: Japanese has no blanks.
func words(s string) []string {
	var out []string
	last := -1
	for _, r := range s {
		k := script(r)
		if k != last || k == 0 {
			out = append(out, "")
		}
		out[len(out)-1] += string(r)
		last = k
	}
	return out
}

func script(r rune) int {
	switch {
	case unicode.In(r, unicode.Hiragana):
		return 1
	case unicode.In(r, unicode.Katakana) || r == 'ー':
		return 2
	case unicode.In(r, unicode.Han):
		return 3
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return 4
	}
	return 0
}

// maxCells bounds the comparison of two long texts; beyond it everything between the common ends is marked.
const maxCells = 4_000_000

// Words marks the difference of two texts word by word. Put together, same and old give the old text, same and new
// the new one.
func Words(old, next string) []Word {
	a, b := words(old), words(next)
	var head, tail []string
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head, a, b = append(head, a[0]), a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail, a, b = append(tail, a[len(a)-1]), a[:len(a)-1], b[:len(b)-1]
	}
	slices.Reverse(tail)
	out := []Word{}
	put := func(op string, ws ...string) {
		for _, w := range ws {
			if n := len(out); n > 0 && out[n-1].Op == op {
				out[n-1].Text += w
				continue
			}
			out = append(out, Word{op, w})
		}
	}
	put("same", head...)
	if (len(a)+1)*(len(b)+1) > maxCells {
		put("old", a...)
		put("new", b...)
	} else {
		longest(a, b, put)
	}
	put("same", tail...)
	return out
}

// longest keeps the longest common run of words.
func longest(a, b []string, put func(op string, ws ...string)) {
	w := len(b) + 1
	n := make([]int32, (len(a)+1)*w)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				n[i*w+j] = n[(i+1)*w+j+1] + 1
			} else {
				n[i*w+j] = max(n[(i+1)*w+j], n[i*w+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			put("same", a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && n[(i+1)*w+j] >= n[i*w+j+1]:
			put("old", a[i])
			i++
		default:
			put("new", b[j])
			j++
		}
	}
}

// hanging is what the registers of this module hang on clauses, by clause (bp.4, bp.10).
type hanging map[string][]Thing

func (s *Service) hanging(ctx context.Context, tx *db.Tx) (hanging, error) {
	h := hanging{}
	today := when.Of(tx.Now())
	procedures, err := register.Load[Procedure](ctx, tx, s.c.Catalog.Must("procedure"))
	if err != nil {
		return nil, err
	}
	for _, p := range procedures {
		if p.Until != 0 && p.Until < today {
			continue
		}
		for _, id := range p.Parents {
			h[id] = append(h[id], Thing{Kind: "procedure", ID: p.Code, Title: msg.Same(p.Name), Href: "/registers/procedure/" + p.Code})
		}
	}
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return nil, err
	}
	st, ok := inForceThen(vs, "standard", today)
	if ok {
		cs, err := s.clauses(ctx, tx, st.Code)
		if err != nil {
			return nil, err
		}
		above := map[string][]string{}
		for _, c := range cs {
			above[c.ID] = c.Parents
			for _, id := range c.Parents {
				if slices.Contains(above[string(clause.ID(c.ID).Parent())], id) {
					continue // it hangs there through the place above it
				}
				h[id] = append(h[id], Thing{Kind: "standard", ID: c.ID, Title: msg.F("対策基準%s %s", "Standard %s %s", c.Number, c.Name), Href: "/policy/" + st.Code + "#" + c.ID})
			}
		}
	}
	exceptions, err := register.Load[Exception](ctx, tx, s.c.Catalog.Must("exception"))
	if err != nil {
		return nil, err
	}
	for _, e := range exceptions {
		if e.Until >= today {
			name := e.Subject
			if r, err := ref.Parse(e.Subject); err == nil {
				if label, err := s.c.Catalog.Label(ctx, tx, r); err == nil {
					name = label
				}
			}
			h["check:"+e.Check] = append(h["check:"+e.Check], Thing{Kind: "exception", ID: e.Code, Title: msg.F("例外措置 %s（%s）", "Exception %s (%s)", e.Code, name), Href: "/registers/exception/" + e.Code})
		}
	}
	return h, nil
}

// bound is everything that hangs on this very clause: what the product binds to it, the exceptions from its checks, and
// what the registers of this module say.
func (s *Service) bound(h hanging, id clause.ID) []Thing {
	var out []Thing
	if s.c.Below != nil {
		out = append(out, s.c.Below(id)...)
	}
	for _, t := range slices.Clone(out) {
		if t.Kind == "check" {
			out = append(out, h["check:"+t.ID]...)
		}
	}
	return append(out, h[string(id)]...)
}

// affected is everything a change of a clause touches: what is bound to it, what is bound to a place above it as a
// whole, and what is bound to any place below it (bp.12). A thing is listed once, at the nearest place.
func (s *Service) affected(h hanging, id clause.ID, known []clause.ID) []Thing {
	out := s.bound(h, id)
	add := func(at clause.ID) {
		for _, t := range s.bound(h, at) {
			if !slices.ContainsFunc(out, func(o Thing) bool { return o.Kind == t.Kind && o.ID == t.ID }) {
				t.Clause = at
				out = append(out, t)
			}
		}
	}
	for p := id.Parent(); p != ""; p = p.Parent() {
		add(p)
	}
	beneath := slices.Clone(known)
	for at := range h {
		if p, err := clause.Parse(at); err == nil {
			beneath = append(beneath, p)
		}
	}
	slices.SortFunc(beneath, func(a, b clause.ID) int {
		switch {
		case clause.Less(a, b):
			return -1
		case clause.Less(b, a):
			return 1
		}
		return 0
	})
	for _, p := range slices.Compact(beneath) {
		if p != id && id.Covers(p) {
			add(p)
		}
	}
	return out
}

// placesOf are the places of texts.
func placesOf(texts ...[]Clause) (out []clause.ID) {
	for _, cs := range texts {
		for _, c := range cs {
			out = append(out, clause.ID(c.ID))
		}
	}
	return out
}
