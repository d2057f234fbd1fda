package rule

import (
	"strconv"
	"strings"
)

// SQL prints a condition as a predicate over a table that has a column for each attribute: numbers and days as
// BIGINT, Bool as 0 or 1, Enum as TEXT, Set as TEXT of the form ' a b ' (” when empty; a code holds no blank). row
// is the table's alias, context the alias of a one-row table that has a column for "today" and each parameter. The
// text runs alike on SQLite and PostgreSQL.
func SQL(e Expr, row, context string) string {
	var b strings.Builder
	q := sqlPrinter{row, context}
	q.print(&b, e)
	return b.String()
}

type sqlPrinter struct{ row, context string }

func (q sqlPrinter) print(b *strings.Builder, e Expr) {
	switch e := e.(type) {
	case And:
		q.chain(b, e, " AND ")
	case Or:
		q.chain(b, e, " OR ")
	case Not:
		b.WriteString("NOT ")
		q.bracket(b, e.Of)
	case Const:
		if e {
			b.WriteString("1 = 1")
		} else {
			b.WriteString("1 = 0")
		}
	case Flag:
		b.WriteString(q.col(e.Attr) + " = 1")
	case Is:
		b.WriteString(q.col(e.Attr) + sqlEquality(e.Other) + sqlText(e.Code))
	case Same:
		b.WriteString(q.col(e.A) + sqlEquality(e.Other) + q.col(e.B))
	case OneOf:
		texts := make([]string, len(e.Codes))
		for i, c := range e.Codes {
			texts[i] = sqlText(c)
		}
		b.WriteString(q.col(e.Attr) + " IN (" + strings.Join(texts, ", ") + ")")
	case Has:
		join := " OR "
		if e.Mode == All {
			join = " AND "
		}
		for i, c := range e.Codes {
			if i > 0 {
				b.WriteString(join)
			}
			// LIKE would read _ in a code as any letter.
			b.WriteString("REPLACE(" + q.col(e.Attr) + ", " + sqlText(" "+c+" ") + ", '') <> " + q.col(e.Attr))
		}
	case Empty:
		b.WriteString(q.col(e.Attr) + " = ''")
	case Compare:
		op := e.Op.String()
		switch e.Op {
		case EQ:
			op = "="
		case NE:
			op = "<>"
		}
		b.WriteString(q.sum(e.Left) + " " + op + " " + q.sum(e.Right))
	}
}

func (q sqlPrinter) chain(b *strings.Builder, es []Expr, op string) {
	for i, x := range es {
		if i > 0 {
			b.WriteString(op)
		}
		q.bracket(b, x)
	}
}

func (q sqlPrinter) bracket(b *strings.Builder, e Expr) {
	b.WriteString("(")
	q.print(b, e)
	b.WriteString(")")
}

func (q sqlPrinter) sum(s Sum) string {
	var b strings.Builder
	for i, t := range s {
		switch {
		case t.Neg:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		}
		switch t.Place {
		case Resource:
			b.WriteString(q.col(t.Name))
		case Context:
			b.WriteString(q.context + "." + sqlName(t.Name))
		default:
			b.WriteString(strconv.FormatInt(t.N, 10))
		}
	}
	return strings.TrimSpace(b.String())
}

func (q sqlPrinter) col(name string) string { return q.row + "." + sqlName(name) }

func sqlEquality(other bool) string {
	if other {
		return " <> "
	}
	return " = "
}

func sqlName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
