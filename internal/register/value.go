package register

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
)

var (
	yes = msg.T("はい", "Yes")
	no  = msg.T("いいえ", "No")
)

// Labels name records to people. A record that is missing is shown by its key.
type Labels map[ref.Ref]string

// Show is a value for people in one language: enum titles, 和暦 days in Japanese, はい or いいえ, thousands, names of
// records.
func (c *Catalog) Show(f Field, v any, lang msg.Lang, labels Labels) string {
	switch x := v.(type) {
	case nil:
		return ""
	case bool:
		if x {
			return yes.In(lang)
		}
		return no.In(lang)
	case int64:
		return thousands(x, f)
	case when.Date:
		return x.Text(lang)
	case when.Stamp:
		return x.Text(lang)
	case []string:
		out := make([]string, len(x))
		for i, s := range x {
			out[i] = c.word(f, s, lang, labels)
		}
		if lang == msg.EN {
			return strings.Join(out, ", ")
		}
		return strings.Join(out, "、")
	case string:
		return c.word(f, x, lang, labels)
	}
	return fmt.Sprint(v)
}

func (c *Catalog) word(f Field, s string, lang msg.Lang, labels Labels) string {
	switch {
	case s == "":
		return ""
	case f.Vocab != "":
		return c.title(f, s).In(lang)
	case f.Refers != "":
		if l := labels[ref.New(f.Refers, s)]; l != "" {
			return l
		}
	}
	return s
}

// title is the word for a code; a code that is not in the vocabulary stands for itself.
func (c *Catalog) title(f Field, code string) msg.Text {
	if v := c.pack.Vocab(f.Vocab); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title
		}
	}
	return msg.Same(code)
}

// thousands parts a number by commas. A year keeps its four digits together.
func thousands(n int64, f Field) string {
	s := strconv.FormatInt(n, 10)
	if f.Name == "fy" || f.Name == "year" {
		return s
	}
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Canon is a value for exchange, as Parse reads it back: titles of codes in Japanese, ISO days, plain numbers.
func (c *Catalog) Canon(f Field, v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case int64:
		return strconv.FormatInt(x, 10)
	case when.Date:
		return x.String()
	case when.Stamp:
		return x.String()
	case []string:
		out := make([]string, len(x))
		for i, s := range x {
			out[i] = c.exchange(f, s)
		}
		return strings.Join(out, "、")
	case string:
		return c.exchange(f, x)
	}
	return c.Show(f, v, msg.JA, nil)
}

func (c *Catalog) exchange(f Field, s string) string {
	if f.Vocab == "" || s == "" {
		return s
	}
	return c.title(f, s).JA
}

// Raw is a value by its codes, for JSON and for acts.
func Raw(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case int64:
		return strconv.FormatInt(x, 10)
	case bool:
		return strconv.FormatBool(x)
	case when.Date:
		return x.String()
	case when.Stamp:
		return x.String()
	case []string:
		return strings.Join(x, ";")
	case string:
		return x
	}
	return fmt.Sprint(v)
}

// Parse reads what a person typed: full-width digits, 和暦, a code or its title in either language, several values
// parted by 、 , ; or blanks, はい or いいえ. It gives a fault at the field; whether a named record exists is asked when
// the record is written.
func (c *Catalog) Parse(f Field, s string) (any, error) {
	bad := func(m msg.Text) (any, error) { return nil, fault.At(f.Name, m) }
	if strings.TrimSpace(s) == "" && f.Kind != Text && f.Kind != Long {
		return zero(f.Kind), nil
	}
	switch f.Kind {
	case Text:
		return strings.TrimSpace(s), nil
	case Long:
		return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\n"), nil
	case Ref:
		return strings.TrimSpace(norm.NFKC.String(s)), nil
	case Int, Count:
		n, err := parseInt(s)
		if err != nil {
			return bad(msg.F("%sは整数で入力してください。「%s」は読み取れません。", "%s wants a whole number; “%s” cannot be read.", f.Title, s))
		}
		return n, nil
	case Bool:
		b, ok := parseBool(s)
		if !ok {
			return bad(msg.F("%sは「はい」又は「いいえ」で入力してください。「%s」は読み取れません。", "%s wants yes or no; “%s” cannot be read.", f.Title, s))
		}
		return b, nil
	case Date:
		d, err := when.ParseLenient(s)
		if err != nil {
			return bad(fault.As(err).Message)
		}
		return d, nil
	case Stamp:
		t, err := when.ParseStamp(strings.TrimSpace(norm.NFKC.String(s)))
		if err != nil {
			return bad(fault.As(err).Message)
		}
		return t, nil
	case Enum:
		code, ok := c.code(f, s)
		if !ok {
			return bad(msg.F("%sに「%s」という選択肢はありません。次の中から選んでください：%s", "%s has no choice “%s”. Choose one of: %s", f.Title, s, c.choices(f)))
		}
		return code, nil
	default:
		return c.parseSet(f, s)
	}
}

func (c *Catalog) parseSet(f Field, s string) (any, error) {
	var out []string
	for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、，,;；\n\t", r) }) {
		if piece = strings.TrimSpace(piece); piece == "" {
			continue
		}
		if f.Vocab == "" {
			out = append(out, strings.Fields(norm.NFKC.String(piece))...)
			continue
		}
		if code, ok := c.code(f, piece); ok {
			out = append(out, code)
			continue
		}
		for _, w := range strings.Fields(piece) {
			code, ok := c.code(f, w)
			if !ok {
				return nil, fault.At(f.Name, msg.F("%sに「%s」という選択肢はありません。次の中から選んでください：%s", "%s has no choice “%s”. Choose from: %s", f.Title, w, c.choices(f)))
			}
			out = append(out, code)
		}
	}
	sort.Strings(out)
	return slices.Compact(out), nil
}

// code finds the term a person means: by code, by title in either language, whatever the width and case.
func (c *Catalog) code(f Field, s string) (string, bool) {
	v := c.pack.Vocab(f.Vocab)
	if v == nil {
		return "", false
	}
	s = strings.TrimSpace(s)
	if _, ok := v.Term(s); ok {
		return s, true
	}
	w := fold(s)
	for _, t := range v.Terms {
		if fold(t.Code) == w || fold(t.Title.JA) == w || fold(t.Title.EN) == w {
			return t.Code, true
		}
	}
	return "", false
}

func (c *Catalog) choices(f Field) msg.Text {
	v := c.pack.Vocab(f.Vocab)
	if v == nil {
		return msg.Text{}
	}
	var ja, en []string
	for i, t := range v.Terms {
		if i == 12 {
			ja, en = append(ja, "ほか"), append(en, "…")
			break
		}
		ja, en = append(ja, t.Title.JA), append(en, t.Title.EN)
	}
	return msg.Text{JA: strings.Join(ja, "、"), EN: strings.Join(en, ", ")}
}

// fold makes texts comparable: width, case and half-width kana do not count.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

func parseInt(s string) (int64, error) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	s = strings.NewReplacer(",", "", "−", "-").Replace(s)
	if whole, zeros, cut := strings.Cut(s, "."); cut && strings.Trim(zeros, "0") == "" {
		s = whole // 12.0, as spreadsheets write it
	}
	return strconv.ParseInt(s, 10, 64)
}

func parseBool(s string) (bool, bool) {
	switch fold(strings.TrimSpace(s)) {
	case "はい", "true", "1", "yes", "y", "on", "○", "〇", "有", "する":
		return true, true
	case "いいえ", "false", "0", "no", "n", "off", "×", "無", "しない":
		return false, true
	}
	return false, false
}
