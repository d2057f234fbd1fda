package transfer

import (
	"context"
	"strings"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/register"
	"okite/internal/sheet"
)

// bindMapping refuses a mapping that names a column twice or a kind of employment there is not.
func bindMapping(c *register.Catalog, d *register.Def) {
	d.Check = func(ctx context.Context, tx *db.Tx, old, next register.Row) error {
		m := register.Decode[Mapping](d, next)
		var l fault.List
		first := map[string]string{}
		for _, f := range d.Fields {
			title := ""
			if strings.HasPrefix(f.Name, "col_") {
				title = sheet.Title(d.Str(next, f.Name))
			}
			if title == "" {
				continue
			}
			if other, twice := first[title]; twice {
				l.Add(f.Name, msg.F("「%s」と同じ見出しです。列ごとに別の見出しを入力してください。", "This is the same title as in “%s”.", titleOf(d, other)))
			}
			first[title] = f.Name
		}
		if m.Status != "" && strings.TrimSpace(m.GoneWords) == "" {
			l.Add("gone_words", msg.T("在職状況の列のどの語が退職を表すかを入力してください。", "Say which words of the status column mean that somebody has left."))
		}
		if _, err := m.kinds(c.Pack()); err != nil {
			l.Add("terms", fault.As(err).Message)
		}
		return l.Err()
	}
}

func titleOf(d *register.Def, name string) msg.Text {
	f, _ := d.Field(name)
	return f.Title
}

// kinds reads the words for kinds of employment: those of the mapping, then the pack's own titles and codes.
func (m Mapping) kinds(p *pack.Pack) (map[string]string, error) {
	out := map[string]string{}
	v := p.Vocab("employment")
	if v == nil {
		return out, nil
	}
	for _, t := range v.Terms {
		for _, w := range []string{t.Code, t.Title.JA, t.Title.EN} {
			out[sheet.Title(w)] = t.Code
		}
	}
	for line := range strings.Lines(m.Terms) {
		line = strings.TrimSpace(strings.ReplaceAll(line, "＝", "="))
		if line == "" {
			continue
		}
		word, kind, ok := strings.Cut(line, "=")
		code := out[sheet.Title(kind)]
		if !ok || strings.TrimSpace(word) == "" || code == "" {
			return nil, fault.At("terms", msg.F("「%s」を読み取れません。「人事の語＝任用の区分」の形で、任用の区分には語彙にある名称を入力してください。", "“%s” cannot be read. Write word = kind of employment, with a kind of the vocabulary.", line))
		}
		out[sheet.Title(word)] = code
	}
	return out, nil
}

// gone are the words of the status column that say somebody has left.
func (m Mapping) gone() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(m.GoneWords, func(r rune) bool { return strings.ContainsRune("、,，/／", r) }) {
		out[sheet.Title(w)] = true
	}
	return out
}
