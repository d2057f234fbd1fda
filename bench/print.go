package bench

import (
	"fmt"
	"go/format"
	"strconv"
	"strings"

	"okite/internal/rule"
)

// dialect is how an expression language writes a condition over a row of yes-or-noes, numbered codes, days as
// numbers and sets of bits.
type dialect struct {
	and, or, not, equal, differs string
	attr                         func(name string) string
	any, all                     string // formats: attribute, mask
	yes, no                      string
}

var sqlDialect = dialect{and: " AND ", or: " OR ", not: "NOT ", equal: " = ", differs: " <> ",
	attr: func(n string) string { return "r." + n }, any: "(%s & %d) <> 0", all: "(%s & %[2]d) = %[2]d", yes: "TRUE", no: "FALSE"}

var celDialect = dialect{and: " && ", or: " || ", not: "!", equal: " == ", differs: " != ",
	attr: func(n string) string { return n }, any: "math.bitAnd(%s, %d) != 0", all: "math.bitAnd(%s, %[2]d) == %[2]d", yes: "true", no: "false"}

// print writes a condition; day and parameters become numbers, as a compiler would make them.
func (d dialect) print(e rule.Expr, day int64) string {
	chain := func(es []rule.Expr, op string) string {
		out := make([]string, len(es))
		for i, x := range es {
			out[i] = d.print(x, day)
		}
		return "(" + strings.Join(out, op) + ")"
	}
	switch e := e.(type) {
	case rule.And:
		return chain(e, d.and)
	case rule.Or:
		return chain(e, d.or)
	case rule.Not:
		return d.not + "(" + d.print(e.Of, day) + ")"
	case rule.Const:
		if e {
			return d.yes
		}
		return d.no
	case rule.Flag:
		return d.attr(e.Attr)
	case rule.Is:
		op := d.equal
		if e.Other {
			op = d.differs
		}
		return d.attr(e.Attr) + op + strconv.Itoa(codeNumber(e.Code))
	case rule.OneOf:
		out := make([]string, len(e.Codes))
		for i, c := range e.Codes {
			out[i] = d.attr(e.Attr) + d.equal + strconv.Itoa(codeNumber(c))
		}
		return "(" + strings.Join(out, d.or) + ")"
	case rule.Has:
		format := d.any
		if e.Mode == rule.All {
			format = d.all
		}
		return fmt.Sprintf(format, d.attr(e.Attr), maskOf(e.Codes))
	case rule.Compare:
		return d.sum(e.Left, day) + d.op(e.Op) + d.sum(e.Right, day)
	}
	panic(fmt.Sprintf("bench: no way to print a %T", e))
}

func (d dialect) op(o rule.Op) string {
	switch o {
	case rule.EQ:
		return d.equal
	case rule.NE:
		return d.differs
	}
	return " " + o.String() + " "
}

func (d dialect) sum(s rule.Sum, day int64) string {
	var b strings.Builder
	for i, t := range s {
		switch {
		case t.Neg:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		}
		b.WriteString(term(t, day, d.attr))
	}
	return strings.TrimSpace(b.String())
}

func term(t rule.Term, day int64, attr func(string) string) string {
	switch {
	case t.Place == rule.Resource:
		return attr(t.Name)
	case t.Place == rule.Literal:
		return strconv.FormatInt(t.N, 10)
	case t.Name == rule.Today:
		return strconv.FormatInt(day, 10)
	}
	return strconv.FormatInt(params[t.Name], 10)
}

func maskOf(codes []string) (m int) {
	for _, c := range codes {
		m |= 1 << (codeNumber(c) - 1)
	}
	return m
}

// sqlCase prints a check as a CASE whose values are the given ones by result, in the order of results, and last the
// value of what is kept.
func sqlCase(c conditions, day int64, values [5]string) string {
	var b strings.Builder
	b.WriteString("CASE")
	for i, x := range c.cases() {
		if x != nil {
			fmt.Fprintf(&b, " WHEN %s THEN %s", sqlDialect.print(x, day), values[i])
		}
	}
	fmt.Fprintf(&b, " ELSE %s END", values[4])
	return b.String()
}

// celCase prints a check as a conditional whose value is the number of the result.
func celCase(c conditions, day int64) string {
	var b strings.Builder
	for i, x := range c.cases() {
		if x != nil {
			fmt.Fprintf(&b, "%s ? %d : ", celDialect.print(x, day), results[i])
		}
	}
	return b.String() + "5"
}

// regoModule prints all checks as one Rego module whose rule "results" is the list of their results. An Or becomes a
// rule of several bodies and a Not of more than one question a rule of its own, since that is how Rego says them.
func regoModule(all []conditions, day int64) string {
	p := &regoPrinter{day: day}
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = fmt.Sprintf("b%03d", i)
		var b strings.Builder
		for k, x := range c.cases() {
			if x == nil {
				continue
			}
			if b.Len() == 0 {
				b.WriteString(names[i])
			} else {
				b.WriteString(" else")
			}
			fmt.Fprintf(&b, " := %d if {\n%s}", results[k], p.body(x))
		}
		fmt.Fprintf(&b, " else := 5\n\n")
		p.rules.WriteString(b.String())
	}
	return "package okite\n\n" + p.rules.String() + "results := [" + strings.Join(names, ", ") + "]\n"
}

type regoPrinter struct {
	day    int64
	rules  strings.Builder
	helper int
}

func regoAttr(n string) string { return "input." + n }

// body writes a condition as lines that must all hold.
func (p *regoPrinter) body(e rule.Expr) string {
	if and, ok := e.(rule.And); ok {
		var b strings.Builder
		for _, x := range and {
			b.WriteString(p.body(x))
		}
		return b.String()
	}
	return "\t" + p.question(e) + "\n"
}

func (p *regoPrinter) question(e rule.Expr) string {
	switch e := e.(type) {
	case rule.Or:
		return p.rule(e...)
	case rule.And:
		return p.rule(e)
	case rule.Not:
		return "not " + p.question(e.Of)
	case rule.OneOf:
		out := make([]string, len(e.Codes))
		for i, c := range e.Codes {
			out[i] = strconv.Itoa(codeNumber(c))
		}
		return regoAttr(e.Attr) + " in {" + strings.Join(out, ", ") + "}"
	case rule.Has:
		op, m := "!= 0", maskOf(e.Codes)
		if e.Mode == rule.All {
			op = fmt.Sprintf("== %d", m)
		}
		return fmt.Sprintf("bits.and(%s, %d) %s", regoAttr(e.Attr), m, op)
	}
	d := celDialect
	d.attr = regoAttr
	return d.print(e, p.day)
}

// rule writes a rule with one body for each way and gives its name.
func (p *regoPrinter) rule(ways ...rule.Expr) string {
	p.helper++
	name := fmt.Sprintf("h%d", p.helper)
	for _, x := range ways {
		body := p.body(x)
		fmt.Fprintf(&p.rules, "%s if {\n%s}\n\n", name, body)
	}
	return name
}

// goSource prints all checks as Go functions over a line, the way a program written for these very checks runs.
func goSource(all []conditions) ([]byte, error) {
	names := rule.GoNames{
		Attr: func(n string) string {
			i := len(n) - 1
			return fmt.Sprintf("l.%s[%s]", strings.ToUpper(n[:1])+n[1:i], n[i:])
		},
		Param: func(n string) string {
			if n == rule.Today {
				return "day"
			}
			return strconv.FormatInt(params[n], 10)
		},
		Code: func(attr, code string) string {
			if strings.HasPrefix(attr, "set") {
				return fmt.Sprintf("1<<%d", codeNumber(code)-1)
			}
			return strconv.Itoa(codeNumber(code))
		}}
	var b strings.Builder
	b.WriteString("// Code generated by \"go test -run TestGenerated -update\"; DO NOT EDIT.\n\npackage bench\n\n")
	b.WriteString("import \"okite/internal/check\"\n\n// generated are the checks as a program written for them would have them.\nvar generated = [...]func(l *line, day int32) check.Result{\n")
	for _, c := range all {
		b.WriteString("\tfunc(l *line, day int32) check.Result {\n\t\tswitch {\n")
		for i, x := range c.cases() {
			if x != nil {
				fmt.Fprintf(&b, "\t\tcase %s:\n\t\t\treturn check.%s\n", rule.Go(x, names), [...]string{"OutOfScope", "NotDue", "Noncompliant", "Undetermined"}[i])
			}
		}
		b.WriteString("\t\t}\n\t\treturn check.Compliant\n\t},\n")
	}
	b.WriteString("}\n")
	return format.Source([]byte(b.String()))
}
