package rule

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"okite/internal/msg"
	"okite/internal/when"
)

// ReadSentence reads a controlled Japanese sentence as Sentence writes it. Spaces and line ends between words do
// not matter. What is wrong is a *Problem with its place in Column.
func ReadSentence(s *Schema, text string) (Expr, error) {
	if len(text) > maxText {
		return nil, &Problem{Message: msg.T("文が長すぎます。", "the sentence is too long")}
	}
	r := &sentenceReader{s: s, text: text}
	e, err := r.expr(0)
	if err != nil {
		return nil, err
	}
	r.skip()
	if r.at < len(text) {
		return nil, r.problem("「%s」の意味が分かりません。", "%q is not understood", r.rest())
	}
	// One gate for all that runs: the schema's strictness stands in Parse.
	return Parse(s, Cedar(e))
}

// ReadRuleSentence reads the lines 対象 and 条件 of a whole rule, as RuleSentence writes it in Japanese.
func ReadRuleSentence(s *Schema, text string) (scope, obligation Expr, err error) {
	part := func(mark, end string) (Expr, error) {
		_, after, ok := strings.Cut(text, mark)
		if !ok {
			return nil, &Problem{Message: msg.F("「%[1]s」で始まる行がありません。", "no line begins with %[1]q", mark)}
		}
		line, _, _ := strings.Cut(after, "\n")
		i := strings.LastIndex(line, end)
		if i < 0 {
			return nil, &Problem{Message: msg.F("「%[1]s」の行が終わっていません。", "the line %[1]q does not end", mark)}
		}
		return ReadSentence(s, line[:i])
	}
	if scope, err = part(scopeMark, "。（"); err != nil {
		return nil, nil, err
	}
	breach, err := part(breachMark, "。")
	if err != nil {
		return nil, nil, err
	}
	return scope, NotOf(breach), nil
}

type sentenceReader struct {
	s    *Schema
	text string
	at   int
}

func (r *sentenceReader) problem(ja, en string, values ...any) error {
	return &Problem{Line: 1, Column: utf8.RuneCountInString(r.text[:r.at]) + 1, Message: words(ja, en, values)}
}

func (r *sentenceReader) rest() string {
	rs := []rune(r.text[r.at:])
	return string(rs[:min(len(rs), 12)])
}

func (r *sentenceReader) skip() {
	for r.at < len(r.text) {
		c, n := utf8.DecodeRuneInString(r.text[r.at:])
		if c != ' ' && c != '　' && c != '\n' && c != '\r' && c != '\t' {
			return
		}
		r.at += n
	}
}

func (r *sentenceReader) eat(word string) bool {
	r.skip()
	if strings.HasPrefix(r.text[r.at:], word) {
		r.at += len(word)
		return true
	}
	return false
}

// eatTail takes the first tail that fits and says which it was.
func (r *sentenceReader) eatTail(tails ...string) (int, bool) {
	for i, t := range tails {
		if t != "" && r.eat(t) {
			return i, true
		}
	}
	return 0, false
}

func (r *sentenceReader) expr(depth int) (Expr, error) {
	if depth > maxDepth {
		return nil, r.problem("文の入れ子が深すぎます。", "the sentence is nested too deeply")
	}
	first, err := r.term(depth)
	if err != nil {
		return nil, err
	}
	es := []Expr{first}
	word, join := "", AllOf
	for {
		switch {
		case word != "" && r.eat(word):
		case word == "" && r.eat("、かつ"):
			word = "、かつ"
		case word == "" && r.eat("、または"):
			word, join = "、または", AnyOf
		default:
			if len(es) == 1 {
				return first, nil
			}
			return join(es...), nil
		}
		e, err := r.term(depth)
		if err != nil {
			return nil, err
		}
		es = append(es, e)
	}
}

func (r *sentenceReader) term(depth int) (Expr, error) {
	if !r.eat("（") {
		return r.atom()
	}
	e, err := r.expr(depth + 1)
	if err != nil {
		return nil, err
	}
	if !r.eat("）") {
		return nil, r.problem("「）」がありません。", "a closing bracket is missing")
	}
	if r.eat("ではない") {
		return NotOf(e), nil
	}
	return e, nil
}

func (r *sentenceReader) atom() (Expr, error) {
	if r.eat(always) {
		return Const(true), nil
	}
	if r.eat(never) {
		return Const(false), nil
	}
	start := r.at
	if r.eat("「") {
		a, err := r.attr()
		if err != nil {
			return nil, err
		}
		switch a.Kind {
		case Bool:
			return r.flag(a)
		case Enum:
			return r.enum(a)
		case Set:
			return r.set(a)
		}
	}
	r.at = start
	return r.compare()
}

func (r *sentenceReader) flag(a Attr) (Expr, error) {
	switch i, ok := r.eatTail("に当たらない", "に当たる"); {
	case !ok:
		return nil, r.problem("「に当たる」か「に当たらない」と続けてください。", "に当たる or に当たらない must follow")
	case i == 0:
		return Not{Flag{a.Name}}, nil
	}
	return Flag{a.Name}, nil
}

func (r *sentenceReader) enum(a Attr) (Expr, error) {
	if r.eat("と") {
		if !r.eat("「") {
			return nil, r.problem("比べる項目がありません。", "the attribute to compare with is missing")
		}
		b, err := r.attr()
		if err != nil {
			return nil, err
		}
		if i, ok := r.eatTail("が一致しない", "が一致する"); ok {
			return Same{a.Name, b.Name, i == 0}, nil
		}
		return nil, r.problem("「が一致する」か「が一致しない」と続けてください。", "が一致する or が一致しない must follow")
	}
	if i, ok := r.eatTail("が未記入でない", "が未記入である"); ok {
		return Is{a.Name, "", i == 0}, nil
	}
	if !r.eat("が") {
		return nil, r.problem("「が」と続けてください。", "が must follow")
	}
	codes, err := r.codes(a)
	if err != nil {
		return nil, err
	}
	i, ok := r.eatTail("のいずれかである", "のいずれでもない", "である", "でない")
	switch {
	case ok && i == 0:
		return OneOf{a.Name, codes}, nil
	case ok && i == 1:
		return Not{OneOf{a.Name, codes}}, nil
	case ok && len(codes) == 1:
		return Is{a.Name, codes[0], i == 3}, nil
	}
	return nil, r.problem("「である」「でない」「のいずれかである」「のいずれでもない」のどれかで終えてください。", "である, でない, のいずれかである or のいずれでもない must follow")
}

func (r *sentenceReader) set(a Attr) (Expr, error) {
	if i, ok := r.eatTail("が空でない", "が空である"); ok {
		if i == 0 {
			return Not{Empty{a.Name}}, nil
		}
		return Empty{a.Name}, nil
	}
	if !r.eat("に") {
		return nil, r.problem("「に」か「が空である」と続けてください。", "に or が空である must follow")
	}
	codes, err := r.codes(a)
	if err != nil {
		return nil, err
	}
	i, ok := r.eatTail("のいずれかを含む", "のいずれも含まない", "のすべてを含む", "のいずれかを欠く", "を含まない", "を含む")
	if !ok || i >= 4 && len(codes) != 1 {
		return nil, r.problem("「を含む」「のいずれかを含む」「のすべてを含む」などで終えてください。", "を含む, のいずれかを含む or のすべてを含む must follow")
	}
	switch i {
	case 0:
		return Has{a.Name, codes, Any}, nil
	case 1:
		return Not{Has{a.Name, codes, Any}}, nil
	case 2:
		return Has{a.Name, codes, All}, nil
	case 3:
		return Not{Has{a.Name, codes, All}}, nil
	case 4:
		return Not{Has{a.Name, codes, One}}, nil
	}
	return Has{a.Name, codes, One}, nil
}

func (r *sentenceReader) compare() (Expr, error) {
	left, err := r.sum()
	if err != nil {
		return nil, err
	}
	if !r.eat("が") {
		return nil, r.problem("「が」と続けてください。", "が must follow")
	}
	if i, ok := r.eatTail("未記入でない", "未記入である"); ok {
		return Compare{Op: Op(1 - i), Left: left, Right: Sum{{}}, Dates: 1}, nil
	}
	right, err := r.sum()
	if err != nil {
		return nil, err
	}
	if i, ok := r.eatTail(dayTails[:]...); ok {
		return Compare{Op: Op(i), Left: left, Right: right, Dates: 1}, nil
	}
	if i, ok := r.eatTail(numberTails[:]...); ok {
		return Compare{Op: Op(i), Left: left, Right: right}, nil
	}
	return nil, r.problem("比べ方（「未満である」「より前である」など）がありません。", "the comparison is missing")
}

func (r *sentenceReader) sum() (Sum, error) {
	neg := r.eat("－")
	t, err := r.operand()
	if err != nil {
		return nil, err
	}
	if !neg && r.eat("から") {
		to, err := r.operand()
		if err != nil {
			return nil, err
		}
		if !r.eat("までの日数") {
			return nil, r.problem("「までの日数」と続けてください。", "までの日数 must follow")
		}
		t.Neg = true
		return Sum{to, t}, nil
	}
	t.Neg = neg
	s := Sum{t}
	for {
		neg := false
		switch {
		case r.eat("＋"):
		case r.eat("－"):
			neg = true
		default:
			return s, nil
		}
		t, err := r.operand()
		if err != nil {
			return nil, err
		}
		t.Neg = neg
		s = append(s, t)
	}
}

func (r *sentenceReader) operand() (Term, error) {
	switch {
	case r.eat("「"):
		a, err := r.attr()
		return Term{Place: Resource, Name: a.Name}, err
	case r.eat("【"):
		a, err := r.find(r.s.Context, "】")
		return Term{Place: Context, Name: a.Name}, err
	case r.eat(today):
		return Term{Place: Context, Name: Today}, nil
	case r.eat(noDay):
		return Term{}, nil
	}
	n, err := r.number()
	if err != nil || !r.eat("年") {
		return Term{N: n}, err
	}
	m, err := r.number()
	if err != nil || !r.eat("月") {
		return Term{}, r.problem("月がありません。", "the month is missing")
	}
	d, err := r.number()
	if err != nil || !r.eat("日") {
		return Term{}, r.problem("日がありません。", "the day is missing")
	}
	day := when.Date(0)
	if n >= 1970 && n <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= 31 {
		day = when.On(int(n), int(m), int(d))
	}
	if y, mm, dd := day.YMD(); day <= 0 || int64(y) != n || int64(mm) != m || int64(dd) != d {
		return Term{}, r.problem("そのような日付はありません。", "there is no such day")
	}
	return Term{N: int64(day)}, nil
}

func (r *sentenceReader) number() (int64, error) {
	r.skip()
	i := r.at
	for i < len(r.text) && r.text[i] >= '0' && r.text[i] <= '9' {
		i++
	}
	n, err := strconv.ParseInt(r.text[r.at:i], 10, 64)
	if err != nil {
		return 0, r.problem("「%s」の位置に項目か数が要ります。", "an attribute or a number is wanted at %q", r.rest())
	}
	r.at = i
	return n, nil
}

// quoted reads up to a closing mark; a doubled mark stands for itself.
func (r *sentenceReader) quoted(closing string) (string, error) {
	var b strings.Builder
	rest := r.text[r.at:]
	for {
		i := strings.Index(rest, closing)
		if i < 0 {
			return "", r.problem("「%s」がありません。", "%s is missing", closing)
		}
		b.WriteString(rest[:i])
		rest = rest[i+len(closing):]
		if !strings.HasPrefix(rest, closing) {
			r.at = len(r.text) - len(rest)
			return b.String(), nil
		}
		b.WriteString(closing)
		rest = rest[len(closing):]
	}
}

func (r *sentenceReader) attr() (Attr, error) { return r.find(r.s.Attrs, "」") }

func (r *sentenceReader) find(as []Attr, closing string) (Attr, error) {
	start := r.at
	title, err := r.quoted(closing)
	if err != nil {
		return Attr{}, err
	}
	labels := make([]string, len(as))
	for i, a := range as {
		if labels[i] = label(as, a.Name, msg.JA); labels[i] == title {
			return a, nil
		}
	}
	r.at = start
	return Attr{}, r.unknown(title, labels)
}

func (r *sentenceReader) codes(a Attr) ([]string, error) {
	var out []string
	for r.eat("『") {
		start := r.at
		title, err := r.quoted("』")
		if err != nil {
			return nil, err
		}
		code, ok := title, true
		if a.Closed() {
			code, ok = codeOf(a, title)
		}
		if !ok {
			labels := make([]string, len(a.Values))
			for i, v := range a.Values {
				labels[i] = codeLabel(a, v.Code, msg.JA)
			}
			r.at = start
			return nil, r.unknown(title, labels)
		}
		out = append(out, code)
	}
	if len(out) == 0 {
		return nil, r.problem("『 』で囲んだ値がありません。", "a value in 『 』 is missing")
	}
	return out, nil
}

func codeOf(a Attr, title string) (string, bool) {
	for _, v := range a.Values {
		if codeLabel(a, v.Code, msg.JA) == title {
			return v.Code, true
		}
	}
	if codeLabel(a, "", msg.JA) == title { // 〔〕: none chosen, inside a list
		return "", true
	}
	return "", false
}

func (r *sentenceReader) unknown(word string, known []string) error {
	ja := ""
	if k := nearest(word, known); k != "" {
		ja = fmt.Sprintf("「%s」ではありませんか。", k)
	}
	return r.problem("「%[1]s」は知られていません。%[2]s", "%[1]q is not known%[3]s", word, ja, didYouMean(word, known))
}
