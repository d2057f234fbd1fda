// Package check is engine B: it decides for every subject of every register whether what the policy asks is kept.
// A Check is stated by a module in Cedar conditions over attributes; joins work out the attributes that need more
// than one register; the Engine turns conditions into bitmaps over all subjects and keeps every verdict and count
// current as records, parameters and the day change.
//
// It serves clause 10 (bp.10: 運用 and 遵守状況の確認), clause 11 (bp.11: 監査 and 自己点検) and through its checks every
// other clause. A check without evidence says 判定不能, never 適合.
package check

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/when"
)

// Result is one of the six things a check can say about a subject, in the order in which they are decided.
type Result uint8

// The results.
const (
	OutOfScope   Result = iota // 対象外: the duty does not bind this subject
	NotDue                     // 未着手: the deadline is not reached
	Excepted                   // 例外許可中: an approved exception covers it
	Noncompliant               // 不適合
	Undetermined               // 判定不能: no evidence, or stale evidence; counts as not kept
	Compliant                  // 適合

	Results = 6 // how many there are
)

var resultNames = [Results]string{"out_of_scope", "not_due", "excepted", "noncompliant", "undetermined", "compliant"}

// String is the name in data, as contract section 3 gives it.
func (r Result) String() string { return resultNames[r] }

// MarshalText writes the name in data.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// ParseResult reads the name in data.
func ParseResult(s string) (Result, bool) {
	for i, n := range resultNames {
		if n == s {
			return Result(i), true
		}
	}
	return 0, false
}

// Title is the result in words.
func (r Result) Title() msg.Text {
	return [Results]msg.Text{
		msg.T("対象外", "Out of scope"), msg.T("未着手", "Not due"), msg.T("例外許可中", "Excepted"),
		msg.T("不適合", "Noncompliant"), msg.T("判定不能", "Undetermined"), msg.T("適合", "Compliant"),
	}[r]
}

// Open says whether the result is a finding: not kept, not known, or kept open by an exception.
func (r Result) Open() bool { return r == Excepted || r == Noncompliant || r == Undetermined }

// Counts are numbers of subjects by result.
type Counts [Results]int64

// Add puts other counts on top.
func (c *Counts) Add(o Counts) {
	for i := range c {
		c[i] += o[i]
	}
}

// Map is the counts by name in data.
func (c Counts) Map() map[string]int64 {
	out := make(map[string]int64, Results)
	for i, n := range c {
		out[Result(i).String()] = n
	}
	return out
}

// Rank says how good evidence is; the best comes first.
type Rank uint8

// The ranks.
const (
	Measured  Rank = iota // 実測: read from the thing itself
	Log                   // 記録: written by a machine when it happened
	Signed                // 署名文書: a paper somebody signed
	Witnessed             // 立会い: somebody else saw it
	Stated                // 申告: somebody says so
)

var rankNames = [...]string{"measured", "log", "signed", "witnessed", "stated"}

// String is the name in data.
func (r Rank) String() string { return rankNames[r] }

// MarshalText writes the name in data.
func (r Rank) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Title is the rank in words.
func (r Rank) Title() msg.Text {
	return [...]msg.Text{
		msg.T("実測", "Measured"), msg.T("記録", "Log"), msg.T("署名文書", "Signed document"),
		msg.T("立会い", "Witnessed"), msg.T("申告", "Stated"),
	}[r]
}

// Owner says who owes a duty: whoever holds Role in the scope that the subject's attribute Scope names. Scope "" is
// the whole city. Without a Role the attribute itself holds the key of the person.
type Owner struct {
	Role  string
	Scope string
}

// Mend is the button that mends a finding: an act, or a page whose URL may hold {key}.
type Mend struct {
	Act   string
	Label msg.Text
	URL   string
}

// Subject is a record under a check, as a Reason sees it. An attribute that does not exist reads as nothing.
type Subject interface {
	Key() string
	Text(attr string) string     // Enum or text; "" when none
	Int(attr string) int64       // Int, or a Count nobody stated as 0
	Bool(attr string) bool       //
	Date(attr string) when.Date  // 0 when absent
	Title(attr string) msg.Text  // an Enum's value in words, the text itself when its vocabulary is open
	Has(attr, code string) bool  // whether a Set holds a code
	Name(reg, key string) string // what people call a record of a register; the key when it is not known
	Today() when.Date            // the day of the decision
	Param(name string) (int64, bool)
	Result() Result // what is to be explained
}

// Part is one subject register of a check.
type Part struct {
	Name    string // unique within the check; "" when there is only one
	Subject string // name of the register
	// Cedar conditions over the subject's attributes: whom the duty binds ("" everybody), whose deadline is not
	// reached, who breaks it, and whose evidence is missing or stale ("" nobody).
	Scope, NotDue, Breach, Unknown string
	Since                          string // Date attribute: first day of the present breach; "" when only observation tells
	Owner                          Owner
	Rank                           Rank
	Evidence                       []string // attributes that hold evidence, and registers
	// Reason says in one plain sentence, with names and dates, why a subject is noncompliant or undetermined.
	Reason func(Subject) msg.Text
	Mend   Mend
}

// Check is a duty that can be looked at: a row of domain section 7. Checks of the same ID given by several modules
// are one check whose parts are put together by Merge.
type Check struct {
	ID       string
	Clauses  []clause.ID
	Title    msg.Text
	Duty     msg.Text // what is asked, in one sentence
	Who      msg.Text // who owes it, in words
	Basis    string   // S the policy's own words, L law, G the ministry's guideline, P practice, D needed to decide
	Severity int      // 3 high, 2 middle, 1 low
	From     string   // first day it binds, ISO; "" when it always has. Before that day the result is NotDue
	Params   []string // parameters it reads
	Parts    []Part
}

// Merge puts the parts of checks with the same ID together, in the order given. What the later ones leave empty
// comes from the first; clauses and parameters are united.
func Merge(lists ...[]Check) []Check {
	var out []Check
	at := map[string]int{}
	for _, list := range lists {
		for _, c := range list {
			i, ok := at[c.ID]
			if !ok {
				at[c.ID] = len(out)
				out = append(out, c)
				continue
			}
			o := &out[i]
			o.Parts = append(o.Parts[:len(o.Parts):len(o.Parts)], c.Parts...)
			o.Clauses = union(o.Clauses, c.Clauses)
			o.Params = union(o.Params, c.Params)
		}
	}
	return out
}

func union[T comparable](a, b []T) []T {
	out := a[:len(a):len(a)]
next:
	for _, x := range b {
		for _, y := range out {
			if x == y {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}
