package checktest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"

	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/card"
	"okite/internal/check"
	"okite/internal/contractor"
	"okite/internal/msg"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/selfcheck"
	"okite/internal/training"
	"okite/internal/transfer"
	"okite/internal/when"
)

// key is a short key: letter and number.
func key(prefix string, n int) string { return fmt.Sprintf("%s%d", prefix, n) }

// Defs are all registers of the modules under test.
func Defs() []*register.Def {
	return slices.Concat(org.Registers(), policy.Registers(), asset.Registers(), contractor.Registers(), audit.Registers(), notice.Registers(), training.Registers(), transfer.Registers(), selfcheck.Registers(), card.Registers())
}

// Checks are all checks, the parts of several modules put together in the order of the modules.
func Checks() []check.Check {
	return check.Merge(org.Checks(), policy.Checks(), asset.Checks(), contractor.Checks(), audit.Checks(), notice.Checks(), training.Checks(), transfer.Checks(), selfcheck.Checks(), card.Checks())
}

// Joins are the joins of all modules.
func Joins() []check.Join {
	return slices.Concat(org.Joins(), policy.Joins(), asset.Joins(), contractor.Joins(), audit.Joins(), notice.Joins(), training.Joins(), transfer.Joins(), selfcheck.Joins(), card.Joins())
}

// Find gives the record with a code, to be changed in place.
func Find[T any](t testing.TB, rows []T, code string) *T {
	t.Helper()
	for i := range rows {
		if reflect.ValueOf(rows[i]).FieldByName("Code").String() == code {
			return &rows[i]
		}
	}
	t.Fatalf("no %T with code %s", rows, code)
	return nil
}

// Drop gives the records without the one with a code.
func Drop[T any](t testing.TB, rows []T, code string) []T {
	t.Helper()
	Find(t, rows, code)
	return slices.DeleteFunc(slices.Clone(rows), func(r T) bool { return reflect.ValueOf(r).FieldByName("Code").String() == code })
}

// Case spoils one thing in the clean city, or comes as near to it as the rules allow.
type Case struct {
	Name  string
	Spoil func(t *testing.T, c *City)
	// Want are the results that differ from those of the clean city, by subject "register:key". A subject that is
	// gone is not listed.
	Want map[string]string
	// Since is the first day of the breach, when the case has one and it is to be looked at.
	Since when.Date
}

// Run tries every case on a clean city of its own.
func Run(t *testing.T, id string, cases []Case) {
	t.Helper()
	clean := Clean().Results(t, id)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			city := Clean()
			c.Spoil(t, city)
			got := map[string]string{}
			var since []when.Date
			results := city.Results(t, id)
			city.agree(t, id, results)
			city.honest(t)
			for subject, v := range results {
				if before, ok := clean[subject]; !ok || before.Result != v.Result {
					got[subject] = v.Result
					if v.Result == "noncompliant" || v.Result == "undetermined" {
						since = append(since, v.Since)
					}
				}
			}
			if !reflect.DeepEqual(got, c.Want) && len(got)+len(c.Want) > 0 {
				t.Errorf("%s: results that changed are %v, want %v", id, got, c.Want)
			}
			if c.Since != 0 && !slices.Equal(since, []when.Date{c.Since}) {
				t.Errorf("%s: since %v, want %v", id, since, c.Since)
			}
		})
	}
}

// Verdict is what a check says about a subject. Reason is worked out for what is not kept.
type Verdict struct {
	Result string
	Since  when.Date
	Owner  string // key the owner's scope names, "" for the city
	Reason msg.Text
}

// Results decides a check for every subject of every part.
func (c *City) Results(t testing.TB, id string) map[string]Verdict {
	t.Helper()
	i := slices.IndexFunc(Checks(), func(k check.Check) bool { return k.ID == id })
	if i < 0 {
		t.Fatalf("no check %s", id)
	}
	out := map[string]Verdict{}
	for _, p := range Checks()[i].Parts {
		for _, s := range c.subjects(t, p.Subject) {
			v := c.decide(t, id, p, s)
			out[p.Subject+":"+s.key] = v
		}
	}
	return out
}

func (c *City) decide(t testing.TB, id string, p check.Part, s *subject) Verdict {
	t.Helper()
	v := Verdict{Since: when.Date(s.num(p.Since))}
	if p.Owner.Scope != "" {
		v.Owner = s.Text(p.Owner.Scope)
	}
	switch {
	case p.Scope != "" && !s.holds(t, p.Scope):
		v.Result = "out_of_scope"
	case p.NotDue != "" && s.holds(t, p.NotDue):
		v.Result = "not_due"
	case c.excepted(id, p.Subject+":"+s.key):
		v.Result = "excepted"
	case p.Breach != "" && s.holds(t, p.Breach):
		v.Result = "noncompliant"
	case p.Unknown != "" && s.holds(t, p.Unknown):
		v.Result = "undetermined"
	default:
		v.Result = "compliant"
	}
	if v.Result == "noncompliant" || v.Result == "undetermined" {
		s.result, _ = check.ParseResult(v.Result)
		v.Reason = p.Reason(s)
		sound(t, id+" "+p.Subject+":"+s.key, v.Reason)
	}
	return v
}

func (c *City) excepted(id, subject string) bool {
	return slices.ContainsFunc(c.Exceptions, func(e policy.Exception) bool {
		return e.Check == id && e.Subject == subject && e.Holds(c.Day)
	})
}

var (
	latin = regexp.MustCompile(`[A-Za-z]{3,}`)
	known = map[string]bool{"CSIRT": true, "CISO": true, "JPCERT": true}
)

// sound fails when a sentence is missing a half, was badly put together or lets English into the Japanese.
func sound(t testing.TB, where string, m msg.Text) {
	t.Helper()
	if m.JA == "" || m.EN == "" || strings.Contains(m.JA+m.EN, "%!") || strings.Contains(m.JA+m.EN, "“”") || strings.Contains(m.JA, "「」") {
		t.Errorf("%s: badly put: %q / %q", where, m.JA, m.EN)
	}
	for _, w := range latin.FindAllString(m.JA, -1) {
		if !known[w] {
			t.Errorf("%s: English in Japanese: %q", where, m.JA)
		}
	}
	if strings.ContainsAny(m.EN, "、。「」") {
		t.Errorf("%s: Japanese in English: %q", where, m.EN)
	}
}

// cond is a condition made into a policy that allows when it holds.
func cond(t testing.TB, text string) *cedar.PolicySet {
	t.Helper()
	ps, err := cedar.NewPolicySetFromBytes("", []byte("permit(principal, action, resource) when { "+text+" };"))
	if err != nil {
		t.Fatalf("condition %s: %v", text, err)
	}
	return ps
}
