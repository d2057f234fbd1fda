// Package rule is the one language in which conditions are written. A condition is an Expr, read from Cedar text
// under a strict Schema, and shown in four ways that lead back to the same Expr: the place in the policy it hangs
// on, a controlled Japanese sentence that an officer reads and approves, Cedar text that is compared, signed and
// exported, and a decision table that an auditor prints. From the same Expr come the SQL and the Go that other
// engines run, so that they can be set against each other.
//
// It serves clause 9(4) and clauses 3 to 14 (bp.3 … bp.14): whatever a check or a decision rests on stands here in
// words a person can approve (bp.12: 見直し needs to see what a change does).
package rule

import (
	"fmt"
	"strings"

	"okite/internal/msg"
)

// Kind is the type of an attribute.
type Kind uint8

// The kinds. Numbers and days are Cedar longs, codes are Cedar strings.
const (
	Bool Kind = iota
	Int       // a whole number between -Limit and Limit
	Date      // days since 1970-01-01; 0 when absent
	Enum      // a code; "" when none is chosen. Without Values any text is a code
	Set       // a set of codes
)

// Limit bounds every number a condition meets, so that sums cannot overflow (Cedar would skip such a rule).
const Limit = 1 << 53

var kindNames = [...]string{"yes or no", "number", "date", "code", "set of codes"}

func (k Kind) String() string { return kindNames[k] }

// Value is a code that an Enum or Set may hold.
type Value struct {
	Code  string
	Title msg.Text
}

// Attr is a declared attribute of a subject or of the context. Values closes the vocabulary of an Enum or Set;
// without them any code may be held, and an Enum is then compared with single codes only.
type Attr struct {
	Name   string
	Title  msg.Text
	Kind   Kind
	Values []Value
}

// Today is the name of the context's day.
const Today = "today"

// Schema declares everything a condition may name. Type is the Cedar entity type of the subject, Context what the
// city or the request brings: the day "today" and parameters such as "N.classify".
type Schema struct {
	Type    string
	Title   msg.Text
	Attrs   []Attr
	Context []Attr
}

// Attr finds an attribute of the subject.
func (s *Schema) Attr(name string) (Attr, bool) { return find(s.Attrs, name) }

// Param finds an attribute of the context.
func (s *Schema) Param(name string) (Attr, bool) { return find(s.Context, name) }

func find(as []Attr, name string) (Attr, bool) {
	for i := range as {
		if as[i].Name == name {
			return as[i], true
		}
	}
	return Attr{}, false
}

// Validate says whether the schema holds together: names are given once, codes are given once, context is numbers
// and days.
func (s *Schema) Validate() error {
	for place, as := range map[string][]Attr{"resource": s.Attrs, "context": s.Context} {
		seen := map[string]bool{}
		for _, a := range as {
			if a.Name == "" || seen[a.Name] {
				return fmt.Errorf("schema %s: %s attribute %q given twice or unnamed", s.Type, place, a.Name)
			}
			seen[a.Name] = true
			codes := map[string]bool{}
			for _, v := range a.Values {
				if codes[v.Code] {
					return fmt.Errorf("schema %s: %s.%s: code %q given twice", s.Type, place, a.Name, v.Code)
				}
				codes[v.Code] = true
			}
		}
	}
	for _, a := range s.Context {
		if a.Kind != Int && a.Kind != Date {
			return fmt.Errorf("schema %s: context %s: a %s cannot be a parameter", s.Type, a.Name, a.Kind)
		}
	}
	return nil
}

// Closed says whether the attribute's codes are a closed vocabulary.
func (a Attr) Closed() bool { return len(a.Values) > 0 }

// Knows says whether a code may stand in a condition on this attribute. "" is "none chosen" of an Enum.
func (a Attr) Knows(code string) bool {
	if !a.Closed() || (code == "" && a.Kind == Enum) {
		return true
	}
	for _, v := range a.Values {
		if v.Code == code {
			return true
		}
	}
	return false
}

func (a Attr) codes() []string {
	out := make([]string, len(a.Values))
	for i, v := range a.Values {
		out[i] = v.Code
	}
	return out
}

func names(as []Attr) []string {
	out := make([]string, len(as))
	for i, a := range as {
		out[i] = a.Name
	}
	return out
}

// nearest gives the known word closest to a misspelt one, or "" when none is near.
func nearest(word string, known []string) string {
	best, limit := "", max(1, len([]rune(word))/2)+1
	for _, k := range known {
		if d := distance([]rune(word), []rune(k)); d < limit {
			best, limit = k, d
		}
	}
	return best
}

// distance counts the letters to put in, take out, change or swap (optimal string alignment).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// didYouMean is the end of a message about an unknown word.
func didYouMean(word string, known []string) string {
	if k := nearest(word, known); k != "" {
		return fmt.Sprintf(" (did you mean %q?)", k)
	}
	return ""
}

func quoteAll(codes []string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = quote(c)
	}
	return strings.Join(out, ", ")
}
