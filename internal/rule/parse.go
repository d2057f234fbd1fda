package rule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"

	"okite/internal/msg"
)

// Problem is what is wrong with a condition and where. Line and Column count from 1, Column in characters; both
// are 0 when the place is not known.
type Problem struct {
	Line, Column int
	Message      msg.Text
}

func (p *Problem) Error() string {
	if p.Line == 0 {
		return p.Message.EN
	}
	return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Message.EN)
}

// Bounds of a condition's text: nobody can approve what nobody can read.
const (
	maxText  = 16 << 10 // bytes
	maxDepth = 48       // brackets and negations inside each other
	maxTerms = 16       // summands on one side of a comparison
)

// Parse reads the Cedar text of a condition. It is strict: a name that is not declared, a code outside its
// vocabulary or a comparison of unlike things is a *Problem, since Cedar itself would skip a rule that errs and
// with it the protection the rule gives (bp.9.4).
func Parse(s *Schema, text string) (Expr, error) {
	toks, err := tokens(text)
	if err != nil {
		return nil, err
	}
	list, err := cedar.NewPolicyListFromBytes("", []byte("permit (principal, action, resource) when {\n"+text+"\n};"))
	if err != nil {
		return nil, syntax(err)
	}
	if len(list) != 1 {
		return nil, whole()
	}
	p := (*cedarast.Policy)(list[0].AST())
	if len(p.Conditions) != 1 || p.Conditions[0].Condition != cedarast.ConditionWhen {
		return nil, whole()
	}
	r := &reader{schema: s, toks: toks}
	return r.condition(p.Conditions[0].Body)
}

func whole() error {
	return &Problem{Message: msg.T("条件は一つの式で書いてください。", "a condition must be one expression")}
}

var place = regexp.MustCompile(`^parse error at .*?(\d+):(\d+) `)

// syntax takes the place out of the parser's error; the condition begins on the second line of what it was given.
func syntax(err error) error {
	p := &Problem{Message: msg.Text{JA: "式の書き方に誤りがあります。", EN: "syntax error: " + err.Error()}}
	if m := place.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		p.Line = max(1, line-1)
		p.Column, _ = strconv.Atoi(m[2])
		p.Message.EN = "syntax error near" + err.Error()[len(m[0])-1:]
	}
	return p
}

// token is a word of the text and where it stands; it serves messages only.
type token struct {
	text         string // a quoted string without its quotes
	line, column int
}

// tokens cuts a text into words and refuses one that is too long or too deep for the parser to walk.
func tokens(text string) ([]token, error) {
	if len(text) > maxText {
		return nil, &Problem{Message: msg.T("条件が長すぎます。", "the condition is too long")}
	}
	var out []token
	depth, nots := 0, 0
	line, col := 1, 0
	rs := []rune(text)
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		col++
		start := token{line: line, column: col}
		switch {
		case r == '\n':
			line, col = line+1, 0
			continue
		case r == '/' && i+1 < len(rs) && rs[i+1] == '/':
			for i+1 < len(rs) && rs[i+1] != '\n' {
				i++
			}
			continue
		case r == '"':
			j := i + 1
			for j < len(rs) && rs[j] != '"' {
				if rs[j] == '\\' {
					j++
				}
				j++
			}
			start.text = string(rs[i+1 : min(j, len(rs))])
			col += min(j, len(rs)) - i
			i = j
		case isWord(r):
			j := i
			for j < len(rs) && isWord(rs[j]) {
				j++
			}
			start.text = string(rs[i:j])
			col += j - i - 1
			i = j - 1
		default:
			start.text = string(r)
		}
		switch start.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		}
		if r == '!' || r == '-' || r == 'i' && start.text == "if" {
			nots++
		}
		if depth > maxDepth || nots > 40*maxDepth {
			return nil, &Problem{Line: start.line, Column: start.column, Message: msg.T("条件の入れ子が深すぎます。", "the condition is nested too deeply")}
		}
		if r != ' ' && r != '\t' && r != '\r' {
			out = append(out, start)
		}
	}
	return out, nil
}

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// reader turns the parser's tree into an Expr. at is the next token not yet met: leaves of the tree come in the
// order of the text.
type reader struct {
	schema *Schema
	toks   []token
	at     int
	last   token
}

// meet moves on to the next token of a text, so that a problem can say where it is.
func (r *reader) meet(text string) {
	for i := r.at; i < len(r.toks); i++ {
		if r.toks[i].text == text {
			r.last, r.at = r.toks[i], i+1
			return
		}
	}
}

func (r *reader) problem(ja, en string, values ...any) error {
	return &Problem{Line: r.last.line, Column: r.last.column, Message: words(ja, en, values)}
}

// words puts values into each language; a language may leave the last values out.
func words(ja, en string, values []any) msg.Text {
	in := func(format string) string {
		if strings.Contains(format, "%[") {
			return fmt.Sprintf(format, values...)
		}
		return fmt.Sprintf(format, values[:strings.Count(format, "%")]...)
	}
	return msg.Text{JA: in(ja), EN: in(en)}
}

func (r *reader) condition(n cedarast.IsNode) (Expr, error) {
	switch n := n.(type) {
	case cedarast.NodeTypeAnd:
		return r.two(n.Left, n.Right, AllOf)
	case cedarast.NodeTypeOr:
		return r.two(n.Left, n.Right, AnyOf)
	case cedarast.NodeTypeNot:
		e, err := r.condition(n.Arg)
		if err != nil {
			return nil, err
		}
		return NotOf(e), nil
	case cedarast.NodeValue:
		if b, ok := n.Value.(cedar.Boolean); ok {
			return Const(b), nil
		}
	case cedarast.NodeTypeAccess:
		return r.flag(n)
	case cedarast.NodeTypeEquals:
		return r.compare(EQ, n.Left, n.Right)
	case cedarast.NodeTypeNotEquals:
		return r.compare(NE, n.Left, n.Right)
	case cedarast.NodeTypeLessThan:
		return r.compare(LT, n.Left, n.Right)
	case cedarast.NodeTypeLessThanOrEqual:
		return r.compare(LE, n.Left, n.Right)
	case cedarast.NodeTypeGreaterThan:
		return r.compare(GT, n.Left, n.Right)
	case cedarast.NodeTypeGreaterThanOrEqual:
		return r.compare(GE, n.Left, n.Right)
	case cedarast.NodeTypeContains:
		return r.contains(n)
	case cedarast.NodeTypeContainsAny:
		return r.has(n.Left, n.Right, Any)
	case cedarast.NodeTypeContainsAll:
		return r.has(n.Left, n.Right, All)
	case cedarast.NodeTypeIsEmpty:
		a, err := r.attr(n.Arg, Set)
		if err != nil {
			return nil, err
		}
		return Empty{a.Name}, nil
	}
	return nil, r.problem("この位置には条件として使えない書き方があります。", "%s cannot stand in a condition", nodeName(n))
}

func (r *reader) two(left, right cedarast.IsNode, join func(...Expr) Expr) (Expr, error) {
	a, err := r.condition(left)
	if err != nil {
		return nil, err
	}
	b, err := r.condition(right)
	if err != nil {
		return nil, err
	}
	return join(a, b), nil
}

func (r *reader) flag(n cedarast.NodeTypeAccess) (Expr, error) {
	a, err := r.attr(n, Bool)
	if err != nil {
		return nil, err
	}
	return Flag{a.Name}, nil
}

// access takes resource.x or context.x apart and finds the declaration.
func (r *reader) access(n cedarast.IsNode) (Attr, Place, error) {
	acc, ok := n.(cedarast.NodeTypeAccess)
	if !ok {
		return Attr{}, 0, r.problem("ここには項目名が要ります。", "%s stands where an attribute is wanted", nodeName(n))
	}
	v, ok := acc.Arg.(cedarast.NodeTypeVariable)
	if !ok {
		return Attr{}, 0, r.problem("項目の中の項目は使えません。", "an attribute of an attribute cannot be used")
	}
	name := string(acc.Value)
	r.meet(string(v.Name))
	r.meet(name)
	switch v.Name {
	case "resource":
		if a, ok := r.schema.Attr(name); ok {
			return a, Resource, nil
		}
		return Attr{}, 0, r.unknown(name, names(r.schema.Attrs))
	case "context":
		if a, ok := r.schema.Param(name); ok {
			return a, Context, nil
		}
		return Attr{}, 0, r.unknown(name, names(r.schema.Context))
	}
	return Attr{}, 0, r.problem("「%s」は使えません。resource か context を使ってください。", "%s is not known; use resource or context", string(v.Name))
}

func (r *reader) unknown(name string, known []string) error {
	ja := ""
	if k := nearest(name, known); k != "" {
		ja = "「" + k + "」ではありませんか。"
	}
	return r.problem("「%[1]s」という項目はありません。%[2]s", "attribute %[1]q is not declared%[3]s", name, ja, didYouMean(name, known))
}

// attr is an attribute of the subject, of one kind.
func (r *reader) attr(n cedarast.IsNode, want Kind) (Attr, error) {
	a, at, err := r.access(n)
	if err != nil {
		return a, err
	}
	if at != Resource || a.Kind != want {
		return a, r.problem("「%s」はこの使い方に合いません。", "attribute %q is a %v and cannot be used as a %v", a.Name, a.Kind, want)
	}
	return a, nil
}

func (r *reader) code(n cedarast.IsNode, a Attr) (string, error) {
	v, ok := n.(cedarast.NodeValue)
	if ok {
		if s, ok := v.Value.(cedar.String); ok {
			r.meet(string(s))
			if !a.Knows(string(s)) {
				return "", r.unknownCode(string(s), a)
			}
			return string(s), nil
		}
	}
	return "", r.problem("「%s」と比べられるのは文字列だけです。", "attribute %q is compared with a quoted code only", a.Name)
}

func (r *reader) unknownCode(code string, a Attr) error {
	ja := ""
	if k := nearest(code, a.codes()); k != "" {
		ja = "「" + k + "」ではありませんか。"
	}
	return r.problem("「%[2]s」に「%[1]s」という値はありません。%[3]s", "attribute %[2]q has no value %[1]q%[4]s", code, a.Name, ja, didYouMean(code, a.codes()))
}

func (r *reader) codeSet(n cedarast.IsNode, a Attr) ([]string, error) {
	set, ok := n.(cedarast.NodeTypeSet)
	if !ok || len(set.Elements) == 0 {
		return nil, r.problem("値を一つ以上、[ ] の中に並べてください。", "a list of one code at least is wanted in [ ]")
	}
	out := make([]string, len(set.Elements))
	for i, e := range set.Elements {
		c, err := r.code(e, a)
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

// contains is a Set asked for one code, or an Enum among codes.
func (r *reader) contains(n cedarast.NodeTypeContains) (Expr, error) {
	if set, ok := n.Left.(cedarast.NodeTypeSet); ok {
		return r.oneOf(set, n.Right)
	}
	a, err := r.attr(n.Left, Set)
	if err != nil {
		return nil, err
	}
	c, err := r.code(n.Right, a)
	if err != nil {
		return nil, err
	}
	return Has{a.Name, []string{c}, One}, nil
}

func (r *reader) oneOf(set cedarast.NodeTypeSet, right cedarast.IsNode) (Expr, error) {
	at, last := r.at, r.last
	a, err := r.attr(right, Enum)
	if err != nil {
		return nil, err
	}
	r.at, r.last = at, last // the codes stand before the attribute
	codes, err := r.codeSet(set, a)
	if err != nil {
		return nil, err
	}
	if _, err := r.attr(right, Enum); err != nil {
		return nil, err
	}
	return OneOf{a.Name, codes}, nil
}

func (r *reader) has(left, right cedarast.IsNode, mode Mode) (Expr, error) {
	a, err := r.attr(left, Set)
	if err != nil {
		return nil, err
	}
	codes, err := r.codeSet(right, a)
	if err != nil {
		return nil, err
	}
	return Has{a.Name, codes, mode}, nil
}

func nodeName(n any) string {
	return strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", n), "ast.NodeType"), "ast.Node")
}
