package rule

import (
	"regexp"
	"strconv"
	"strings"

	"okite/internal/clause"
)

// Cedar prints a condition as Cedar text. Parse reads it back as the same condition.
func Cedar(e Expr) string {
	var b strings.Builder
	write(&b, e, 0)
	return b.String()
}

// How tightly things bind.
const (
	bindOr = iota + 1
	bindAnd
	bindCompare
	bindNot
)

func write(b *strings.Builder, e Expr, outer int) {
	switch e := e.(type) {
	case And:
		wrap(b, outer > bindAnd, func() { chain(b, e, " && ", bindAnd) })
	case Or:
		wrap(b, outer > bindOr, func() { chain(b, e, " || ", bindOr) })
	case Not:
		b.WriteString("!")
		write(b, e.Of, bindNot)
	case Const:
		b.WriteString(strconv.FormatBool(bool(e)))
	case Flag:
		b.WriteString(access("resource", e.Attr))
	case Is:
		wrap(b, outer > bindCompare, func() {
			b.WriteString(access("resource", e.Attr) + equality(e.Other) + quote(e.Code))
		})
	case Same:
		wrap(b, outer > bindCompare, func() {
			b.WriteString(access("resource", e.A) + equality(e.Other) + access("resource", e.B))
		})
	case OneOf:
		b.WriteString("[" + quoteAll(e.Codes) + "].contains(" + access("resource", e.Attr) + ")")
	case Has:
		b.WriteString(access("resource", e.Attr))
		switch e.Mode {
		case One:
			b.WriteString(".contains(" + quoteAll(e.Codes) + ")")
		case Any:
			b.WriteString(".containsAny([" + quoteAll(e.Codes) + "])")
		case All:
			b.WriteString(".containsAll([" + quoteAll(e.Codes) + "])")
		}
	case Empty:
		b.WriteString(access("resource", e.Attr) + ".isEmpty()")
	case Compare:
		wrap(b, outer > bindCompare, func() { b.WriteString(sum(e.Left) + " " + e.Op.String() + " " + sum(e.Right)) })
	}
}

// chain writes parts joined by an operator; a part that binds no tighter is bracketed.
func chain(b *strings.Builder, parts []Expr, op string, bind int) {
	for i, p := range parts {
		if i > 0 {
			b.WriteString(op)
		}
		write(b, p, bind+1)
	}
}

func wrap(b *strings.Builder, brackets bool, inner func()) {
	if brackets {
		b.WriteString("(")
		defer b.WriteString(")")
	}
	inner()
}

func equality(other bool) string {
	if other {
		return " != "
	}
	return " == "
}

func sum(s Sum) string {
	var b strings.Builder
	for i, t := range s {
		switch {
		case i > 0 && t.Neg:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		case t.Neg:
			b.WriteString("-")
		}
		switch t.Place {
		case Resource:
			b.WriteString(access("resource", t.Name))
		case Context:
			b.WriteString(access("context", t.Name))
		default:
			b.WriteString(strconv.FormatInt(t.N, 10))
		}
	}
	return b.String()
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reserved are the words Cedar keeps for itself; as names they stand in quotes.
var reserved = map[string]bool{"true": true, "false": true, "if": true, "then": true, "else": true, "in": true, "like": true,
	"has": true, "is": true, "__cedar": true}

func access(of, name string) string {
	if plainName.MatchString(name) && !reserved[name] {
		return of + "." + name
	}
	return of + "[" + quote(name) + "]"
}

// quote writes a Cedar string. Letters of any script stand as they are.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == 0:
			b.WriteString(`\0`)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u{` + strconv.FormatInt(int64(r), 16) + `}`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// PolicyID is what a printed rule says of itself beside its conditions.
type PolicyID struct {
	ID      string // R046, or R046.asset for one part of a check
	Clauses []clause.ID
	Basis   string
	Type    string // Cedar entity type of the subject
}

// Policy prints a whole rule: whoever is in scope and does not meet the obligation may not be called 適合.
func Policy(id PolicyID, scope, obligation Expr) string {
	var cs []string
	for _, c := range id.Clauses {
		cs = append(cs, string(c))
	}
	body := AllOf(scope, NotOf(obligation))
	if c, ok := scope.(Const); ok && bool(c) {
		body = NotOf(obligation)
	}
	return "@id(" + quote(id.ID) + ")\n@clause(" + quote(strings.Join(cs, " ")) + ")\n@basis(" + quote(id.Basis) + ")\n" +
		"forbid (principal, action == Action::\"適合\", resource is " + id.Type + ")\nwhen { " + Cedar(body) + " };\n"
}
