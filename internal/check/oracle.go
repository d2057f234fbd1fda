package check

import (
	"fmt"
	"strings"

	"okite/internal/rule"
)

// Query is one part of a check as SQL: rows of "key" and "result", where result is the number of a Result.
type Query struct{ Check, Part, Subject, SQL string }

// KeyColumn is the column of an oracle table that holds the key.
const KeyColumn = "_key"

// OracleSQL prints every part as one query for SQLite and PostgreSQL from the same conditions the engine runs.
// A subject register is a table of its name with a column for every attribute, joined ones too, in the form
// rule.SQL says, and the key in KeyColumn; "context" has one row of "today" and the parameters; "excepted" holds
// check, subject and until (a day).
func (e *Engine) OracleSQL() []Query {
	var out []Query
	for _, p := range e.parts {
		out = append(out, Query{p.check.ID, p.Name, p.Subject, p.sql()})
	}
	return out
}

func (p *part) sql() string {
	cond := func(i int) string { return rule.SQL(p.exprs[i], "r", "c") }
	var b strings.Builder
	fmt.Fprintf(&b, "SELECT r.%q AS key, CASE", KeyColumn)
	fmt.Fprintf(&b, " WHEN NOT (%s) THEN %d", cond(0), OutOfScope)
	fmt.Fprintf(&b, " WHEN c.%q < %d OR (%s) THEN %d", rule.Today, p.from, cond(1), NotDue)
	fmt.Fprintf(&b, " WHEN EXISTS (SELECT 1 FROM excepted x WHERE x.check_id = '%s' AND x.subject = '%s:' || r.%q AND x.until >= c.%q) THEN %d",
		strings.ReplaceAll(p.check.ID, "'", "''"), p.Subject, KeyColumn, rule.Today, Excepted)
	fmt.Fprintf(&b, " WHEN %s THEN %d WHEN %s THEN %d ELSE %d END AS result", cond(2), Noncompliant, cond(3), Undetermined, Compliant)
	fmt.Fprintf(&b, " FROM %q r CROSS JOIN context c", p.Subject)
	return b.String()
}

// Row is a subject's values in the form of the oracle's columns, in the order of Schema(register).Attrs: int64 and
// string.
func (e *Engine) Row(register, key string) ([]any, bool) {
	s := e.spaceAt[register]
	if s == nil {
		return nil, false
	}
	row, ok := s.find(key)
	if !ok || row >= s.n {
		return nil, false
	}
	out := make([]any, len(s.attrs))
	for i, a := range s.attrs {
		switch v := s.value(row, i); a.Kind {
		case rule.Bool:
			out[i] = int64(bit(asBool(v)))
		case rule.Enum:
			out[i] = asText(v)
		case rule.Set:
			out[i] = setText(asSet(v))
		default:
			out[i] = asNum(v)
		}
	}
	return out, true
}
