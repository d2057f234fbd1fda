package rule

import (
	"fmt"
	"strconv"
	"strings"

	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/when"
)

// Sentence says a condition in words: in Japanese as a controlled sentence that ReadSentence turns back into the
// same condition, so that what an officer approved is what runs; in English as a gloss.
func Sentence(s *Schema, e Expr, lang msg.Lang) string {
	if lang == msg.EN {
		return english{s}.say(e)
	}
	return japanese{s}.say(e)
}

type japanese struct{ s *Schema }

func (j japanese) say(e Expr) string {
	switch e := e.(type) {
	case And:
		return j.chain(e, "、かつ")
	case Or:
		return j.chain(e, "、または")
	case Not:
		return j.deny(e.Of)
	}
	return j.atom(e, false)
}

// chain brackets whatever is joined by the other word, so that nobody has to know which binds tighter.
func (j japanese) chain(es []Expr, word string) string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = j.say(e)
		switch e.(type) {
		case And, Or:
			out[i] = "（" + out[i] + "）"
		}
	}
	return strings.Join(out, word)
}

// deny says that a part does not hold; what has a natural negative is said with it.
func (j japanese) deny(e Expr) string {
	switch e.(type) {
	case Flag, OneOf, Has, Empty:
		return j.atom(e, true)
	}
	return "（" + j.say(e) + "）ではない"
}

func (j japanese) atom(e Expr, neg bool) string {
	pick := func(yes, no string) string {
		if neg {
			return no
		}
		return yes
	}
	switch e := e.(type) {
	case Const:
		if e {
			return always
		}
		return never
	case Flag:
		return j.attr(e.Attr) + pick("に当たる", "に当たらない")
	case Is:
		what := "が" + j.code(e.Attr, e.Code)
		if e.Code == "" {
			what = "が未記入"
		}
		if e.Other {
			return j.attr(e.Attr) + what + "でない"
		}
		return j.attr(e.Attr) + what + "である"
	case Same:
		if e.Other {
			return j.attr(e.A) + "と" + j.attr(e.B) + "が一致しない"
		}
		return j.attr(e.A) + "と" + j.attr(e.B) + "が一致する"
	case OneOf:
		return j.attr(e.Attr) + "が" + j.codes(e.Attr, e.Codes) + pick("のいずれかである", "のいずれでもない")
	case Has:
		tail := [...]string{One: pick("を含む", "を含まない"), Any: pick("のいずれかを含む", "のいずれも含まない"), All: pick("のすべてを含む", "のいずれかを欠く")}
		return j.attr(e.Attr) + "に" + j.codes(e.Attr, e.Codes) + tail[e.Mode]
	case Empty:
		return j.attr(e.Attr) + pick("が空である", "が空でない")
	case Compare:
		return j.compare(e)
	}
	return ""
}

const (
	always = "常に当たる"
	never  = "決して当たらない"
	noDay  = "日付なし"
	today  = "本日"
)

var (
	numberTails = [...]string{EQ: "と等しい", NE: "と異なる", LT: "未満である", LE: "以下である", GT: "を超える", GE: "以上である"}
	dayTails    = [...]string{EQ: "と同じ日である", NE: "と異なる日である", LT: "より前である", LE: "以前である", GT: "より後である", GE: "以後である"}
)

func (j japanese) compare(c Compare) string {
	if absent(c) {
		tail := map[Op]string{EQ: "が未記入である", NE: "が未記入でない"}
		return j.sum(c.Left, c.Dates) + tail[c.Op]
	}
	tail := numberTails[c.Op]
	if c.Dates == 1 {
		tail = dayTails[c.Op]
	}
	return j.sum(c.Left, c.Dates) + "が" + j.sum(c.Right, c.Dates) + tail
}

// absent says whether a comparison asks whether a day is given at all.
func absent(c Compare) bool {
	return c.Dates == 1 && (c.Op == EQ || c.Op == NE) && len(c.Left) == 1 && c.Left[0].Place == Resource &&
		len(c.Right) == 1 && c.Right[0] == Term{}
}

func (j japanese) sum(s Sum, dates int8) string {
	if dates == 0 && isSpan(j.s, s) {
		return j.term(s[1], false) + "から" + j.term(s[0], false) + "までの日数"
	}
	var b strings.Builder
	for i, t := range s {
		if t.Neg {
			b.WriteString("－")
		} else if i > 0 {
			b.WriteString("＋")
		}
		b.WriteString(j.term(t, dates == 1 && len(s) == 1))
	}
	return b.String()
}

// isSpan says whether a sum is the days from one day to another.
func isSpan(schema *Schema, s Sum) bool {
	return len(s) == 2 && !s[0].Neg && s[1].Neg && isDay(schema, s[0]) && isDay(schema, s[1])
}

func isDay(schema *Schema, t Term) bool {
	a, ok := Attr{}, false
	switch t.Place {
	case Resource:
		a, ok = schema.Attr(t.Name)
	case Context:
		a, ok = schema.Param(t.Name)
	}
	return ok && a.Kind == Date
}

// lastDay is 31 December 9999.
const lastDay = 2932896

func (j japanese) term(t Term, day bool) string {
	switch {
	case t.Place == Resource:
		return j.attr(t.Name)
	case t.Place == Context && t.Name == Today:
		return today
	case t.Place == Context:
		return "【" + escape(label(j.s.Context, t.Name, msg.JA), "】") + "】"
	case day && t.N == 0:
		return noDay
	case day && t.N <= lastDay:
		y, m, d := when.Date(t.N).YMD()
		return fmt.Sprintf("%d年%d月%d日", y, m, d)
	}
	return strconv.FormatInt(t.N, 10)
}

func (j japanese) attr(name string) string {
	return "「" + escape(label(j.s.Attrs, name, msg.JA), "」") + "」"
}

func (j japanese) code(attr, code string) string {
	a, _ := j.s.Attr(attr)
	return "『" + escape(codeLabel(a, code, msg.JA), "』") + "』"
}

func (j japanese) codes(attr string, codes []string) string {
	var b strings.Builder
	for _, c := range codes {
		b.WriteString(j.code(attr, c))
	}
	return b.String()
}

func escape(s, closing string) string { return strings.ReplaceAll(s, closing, closing+closing) }

// label is what people call an attribute; where two are called alike the name is put behind.
func label(as []Attr, name string, lang msg.Lang) string {
	title, alike := "", 0
	for _, a := range as {
		if a.Name == name {
			title = a.Title.In(lang)
		}
	}
	for _, a := range as {
		if a.Title.In(lang) == title {
			alike++
		}
	}
	if title == "" || alike > 1 || strings.Contains(title, "〔") {
		return title + "〔" + name + "〕"
	}
	return title
}

func codeLabel(a Attr, code string, lang msg.Lang) string {
	if !a.Closed() {
		return code
	}
	title, alike := "", 0
	for _, v := range a.Values {
		if v.Code == code {
			title = v.Title.In(lang)
		}
	}
	for _, v := range a.Values {
		if v.Title.In(lang) == title {
			alike++
		}
	}
	if title == "" || alike > 1 || strings.Contains(title, "〔") {
		return title + "〔" + code + "〕"
	}
	return title
}

// RuleSentence says a whole rule: whom it binds, the condition, what is forbidden and on what ground.
func RuleSentence(s *Schema, clauses []clause.ID, scope, obligation Expr, lang msg.Lang) string {
	numbers := make([]string, len(clauses))
	for i, c := range clauses {
		numbers[i] = c.Number()
	}
	breach := NotOf(obligation)
	if lang == msg.EN {
		return "Binds: every " + s.Title.EN + " for which: " + Sentence(s, scope, lang) + ".\nCondition: " + Sentence(s, breach, lang) +
			".\nForbidden: to call it compliant while the condition holds.\nGround: " + strings.Join(numbers, ", ") + "."
	}
	return scopeMark + Sentence(s, scope, lang) + "。（" + s.Title.JA + "）\n" + breachMark + Sentence(s, breach, lang) +
		"。\n禁止：条件に当たるものを適合としてはならない。\n根拠：" + strings.Join(numbers, "、") + "。"
}

const (
	scopeMark  = "対象："
	breachMark = "条件："
)
