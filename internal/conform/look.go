package conform

import (
	"cmp"
	"slices"
	"strings"

	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/when"
)

// look is what was decided, and what has been worked out of it so far. It holds until the next change.
type look struct {
	*state
	day    when.Date
	kept   map[place]seen
	owners *owners
	found  map[string][]check.Finding          // by check
	owed   map[string][]debt                   // by person
	housed map[string][]check.Finding          // by unit
	under  map[string][]string                 // units from one down, by unit
	placed map[string]map[string]*check.Counts // by check and place
}

func newLook(st *state, kept map[place]seen) *look {
	day := st.engine.Day()
	return &look{state: st, day: day, kept: kept, owners: newOwners(st, day), found: map[string][]check.Finding{},
		placed: map[string]map[string]*check.Counts{}}
}

// findings are those of a check: what is not kept, what is not known, what is excepted, each by subject.
func (l *look) findings(id string) []check.Finding {
	if fs, ok := l.found[id]; ok {
		return fs
	}
	fs := slices.Collect(l.engine.Findings(id))
	slices.SortFunc(fs, func(a, b check.Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Result), rank(b.Result)), cmp.Compare(a.Subject.Register, b.Subject.Register), cmp.Compare(a.Subject.Key, b.Subject.Key))
	})
	l.found[id] = fs
	return fs
}

// rank orders results by what to look at first.
func rank(r check.Result) int {
	return [check.Results]int{check.Noncompliant: 0, check.Undetermined: 1, check.Excepted: 2, check.NotDue: 3, check.Compliant: 4, check.OutOfScope: 5}[r]
}

// since is the first day of the present result: by the records, else since when it was seen.
func (l *look) since(f check.Finding) when.Date {
	was, known := l.kept[place{f.Check, f.Part, f.Subject.String()}]
	switch {
	case known && was.again && was.from <= l.day: // it had another result before, whatever the records say
		return max(was.from, min(f.Since, l.day))
	case f.Since != 0 && f.Since <= l.day && f.Result != check.Excepted:
		return f.Since
	case known && was.from <= l.day:
		return was.from
	}
	return l.day
}

func dutyOf(f check.Finding) duty { return duty{f.Role, f.Owner.String()} }

func (l *look) bearer(f check.Finding) bearer { return l.owners.of(dutyOf(f)) }

// part is the part of a check a finding belongs to.
func (l *look) part(f check.Finding) check.Part {
	k, _ := l.c.checkAt(f.Check)
	return partOf(k, f.Part)
}

func partOf(k check.Check, name string) check.Part {
	for _, p := range k.Parts {
		if p.Name == name {
			return p
		}
	}
	return check.Part{}
}

// on says whether a check runs.
func (l *look) on(id string) bool { return !slices.Contains(l.off, id) }

// version is the version of a layer in force on the day.
func (l *look) version(layer string) (policy.Version, bool) {
	return policy.InForce(records[policy.Version](l.sources, "version"), layer, l.day)
}

// words are the clause as the version in force says it; both are "" when no version is in force or it has no such
// place.
func (l *look) words(id clause.ID) (title, text string) {
	layer := "basic"
	if id.Layer() == clause.Standard {
		layer = "standard"
	}
	v, ok := l.version(layer)
	if !ok {
		return "", ""
	}
	for _, c := range records[policy.Clause](l.sources, "clause") {
		if c.Version == v.Code && c.ID == string(id) {
			return c.Name, c.Text
		}
	}
	return "", ""
}

// place names a clause to people: 9(4) 情報システム全体の強靱性の向上.
func (l *look) place(id clause.ID) msg.Text {
	t := Title(id)
	if t.IsZero() {
		name, _ := l.words(id)
		t = msg.Same(name)
	}
	return msg.F("%s %s", "%s %s", number(id), t)
}

// cutSubject takes "asset:A-1" apart.
func cutSubject(s string) (register, key string, ok bool) { return strings.Cut(s, ":") }

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.check, b.check), cmp.Compare(a.part, b.part), cmp.Compare(a.subject, b.subject))
}

// debt is a finding that somebody owes.
type debt struct {
	finding check.Finding
	as      string
}

// How somebody owes a finding.
const (
	AsHolder = "holder"
	AsDeputy = "deputy"
	AsSelf   = "self"
	AsUnit   = "unit" // somebody of a unit they head
)

// debts are the findings a person owes, worked out for everybody at once.
func (l *look) debts(person string) []debt {
	if l.owed == nil {
		l.owed = map[string][]debt{}
		for _, k := range l.engine.Checks() {
			for _, f := range l.findings(k.ID) {
				if f.Result == check.Excepted {
					continue
				}
				as := AsHolder
				if f.Role == "" {
					as = AsSelf
				}
				b := l.bearer(f)
				for _, p := range b.holders {
					l.owed[p] = append(l.owed[p], debt{f, as})
				}
				for _, p := range b.deputies {
					if !slices.Contains(b.holders, p) {
						l.owed[p] = append(l.owed[p], debt{f, AsDeputy})
					}
				}
			}
		}
	}
	return l.owed[person]
}

// label is a record for people: the register and the name.
func (l *look) label(r ref.Ref) string { return l.name(r.Register, r.Key) }
