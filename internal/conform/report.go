package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// RunOptions narrow a run. The zero value runs every check for today.
type RunOptions struct {
	Checks []string  // ids
	Clause clause.ID // checks bound to it or to a place below it
	AsOf   when.Date // with the records, parameters and exceptions of that day; 0 is today
}

// Report is what the checks say: contract section 3.
type Report struct {
	AsOf    when.Date      `json:"as_of"`
	Policy  Versions       `json:"policy"`
	Checks  []CheckReport  `json:"checks"`
	Clauses []ClauseReport `json:"clauses"`
}

// Versions are the versions in force, "" when there is none.
type Versions struct {
	Basic    string `json:"basic"`
	Standard string `json:"standard"`
}

// Counts are numbers of subjects by the name of the result; all six are there.
type Counts map[string]int64

// CheckReport is one check.
type CheckReport struct {
	ID       string      `json:"id"`
	Clauses  []clause.ID `json:"clauses"`
	Title    msg.Text    `json:"title"`
	Counts   Counts      `json:"counts"`
	Findings []Finding   `json:"findings"`
	// Off says that the city has switched the check off: it says nothing about anybody.
	Off bool `json:"off,omitempty"`
	// Lost says why it cannot be decided: a parameter without a value.
	Lost string `json:"lost,omitempty"`
}

// Finding is a subject that is noncompliant, undetermined or excepted.
type Finding struct {
	Subject  ref.Ref    `json:"subject"`
	Result   string     `json:"result"`
	Since    when.Date  `json:"since"`
	Owner    string     `json:"owner"` // "person:…"; "" when nobody holds a role that owes it
	Reason   msg.Text   `json:"reason"`
	Evidence []Evidence `json:"evidence"`
	Name     string     `json:"name"` // what people call the subject
	Part     string     `json:"part,omitempty"`
}

// Evidence is what a verdict rests on: a record, a field of the subject (asset:A-1#classified) or a whole register
// (assignment:*).
type Evidence struct {
	ID   string `json:"id"`
	Rank string `json:"rank"`
}

// ClauseReport is one clause; the counts of a clause with sub-items hold theirs.
type ClauseReport struct {
	Clause clause.ID `json:"clause"`
	Counts Counts    `json:"counts"`
}

// Held says whether everything asked about is kept: nothing noncompliant, nothing undetermined, and no check that lacks
// what it needs to decide at all.
func (r Report) Held() bool {
	for _, c := range r.Checks {
		if c.Counts["noncompliant"]+c.Counts["undetermined"] > 0 || c.Lost != "" {
			return false
		}
	}
	return true
}

// Run evaluates checks for whoever has the data. A check that is not there is a fault.
func (s *Service) Run(ctx context.Context, opt RunOptions) (Report, error) {
	ids, err := s.chosen(opt)
	if err != nil {
		return Report{}, err
	}
	var rep Report
	if opt.AsOf != 0 && opt.AsOf != s.today() {
		l, err := s.asOf(ctx, opt.AsOf)
		if err != nil {
			return Report{}, err
		}
		return l.report(ids, true, eyes{}), nil
	}
	err = s.with(ctx, func(l *look) error {
		rep = l.report(ids, true, eyes{})
		return nil
	})
	return rep, err
}

// asOf decides a day with what stood at its end, on an engine of its own.
func (s *Service) asOf(ctx context.Context, day when.Date) (l *look, err error) {
	err = s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		st, err := load(&s.c, day, past(ctx, tx, s.c.Catalog, day))
		if err != nil {
			return err
		}
		kept, err := keptOn(ctx, tx, day)
		if err != nil {
			return err
		}
		l = newLook(st, kept)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("decide %s: %w", day, err)
	}
	return l, nil
}

func (s *Service) chosen(opt RunOptions) (map[string]bool, error) {
	out := map[string]bool{}
	for _, id := range opt.Checks {
		k, ok := s.c.checkAt(id)
		if !ok {
			return nil, noCheck(id)
		}
		out[k.ID] = true
	}
	for _, k := range s.c.Checks {
		under := opt.Clause == ""
		for _, c := range k.Clauses {
			under = under || opt.Clause.Covers(c)
		}
		switch {
		case !under:
			delete(out, k.ID)
		case len(opt.Checks) == 0:
			out[k.ID] = true
		}
	}
	return out, nil
}

func noCheck(id string) error {
	return fault.New(fault.NotFound, msg.F("「%s」という検査はありません。", "There is no check %q.", id))
}

func (l *look) report(ids map[string]bool, findings bool, e eyes) Report {
	r := Report{AsOf: l.day, Policy: l.versions(), Checks: []CheckReport{}, Clauses: []ClauseReport{}}
	lost := l.engine.Lost()
	for _, k := range l.c.Checks {
		if !ids[k.ID] {
			continue
		}
		c := CheckReport{ID: k.ID, Clauses: k.Clauses, Title: k.Title, Counts: l.engine.CheckCounts(k.ID).Map(), Findings: []Finding{},
			Off: !l.on(k.ID), Lost: lost[k.ID]}
		if findings {
			for _, f := range l.seen(e, l.findings(k.ID)) {
				c.Findings = append(c.Findings, l.finding(f))
			}
		}
		r.Checks = append(r.Checks, c)
	}
	for _, id := range Clauses() {
		r.Clauses = append(r.Clauses, ClauseReport{id, l.engine.ClauseCounts(id).Map()})
	}
	return r
}

func (l *look) versions() Versions {
	code := func(layer string) string {
		v, ok := l.version(layer)
		if !ok {
			return ""
		}
		return fmt.Sprintf("v%d", v.Number)
	}
	return Versions{code("basic"), code("standard")}
}

func (l *look) finding(f check.Finding) Finding {
	out := Finding{Subject: f.Subject, Result: f.Result.String(), Since: l.since(f), Reason: l.reason(f), Evidence: []Evidence{},
		Name: l.label(f.Subject), Part: f.Part}
	if p := l.bearer(f).person(); p != "" {
		out.Owner = ref.New("person", p).String()
	}
	for _, name := range f.Evidence {
		out.Evidence = append(out.Evidence, Evidence{l.evidence(f, name), f.Rank.String()})
	}
	return out
}

// reason is why, in a sentence. What an exception excuses has the exception's words.
func (l *look) reason(f check.Finding) msg.Text {
	if f.Result != check.Excepted {
		return l.engine.Reason(f)
	}
	x, ok := l.exception(f)
	if !ok {
		return msg.T("例外措置が認められています。", "An exception is in force.")
	}
	return msg.F("例外措置%sが%sまで認められています。", "Exception %s is in force until %s.", x.Code, x.Until.Both())
}

// evidence names what a part's evidence is for one subject.
func (l *look) evidence(f check.Finding, name string) string {
	d, _ := l.c.Catalog.Get(f.Subject.Register)
	field, own := d.Field(name)
	_, joined := l.engine.Schema(d.Name).Attr(name)
	switch {
	case own && field.Kind == register.Ref:
		if src, row, ok := l.row(f.Subject.Register, f.Subject.Key); ok {
			if key := src.text(row, name); key != "" {
				return ref.New(field.Refers, key).String()
			}
		}
		return f.Subject.String() + "#" + name
	case own || joined:
		return f.Subject.String() + "#" + name
	case name == f.Subject.Register:
		return f.Subject.String()
	}
	return ref.New(name, "*").String()
}

// Info is a check of the catalogue, without results.
type Info struct {
	ID       string      `json:"id"`
	Clauses  []clause.ID `json:"clauses"`
	Title    msg.Text    `json:"title"`
	Duty     msg.Text    `json:"duty"`
	Who      msg.Text    `json:"who"`
	Basis    string      `json:"basis"`
	Fixed    bool        `json:"fixed"` // a city may not switch it off
	Off      bool        `json:"off,omitempty"`
	Severity int         `json:"severity"`
	From     string      `json:"from,omitempty"`
	Params   []string    `json:"params"`
	Subjects []string    `json:"subjects"`
}

// List is the catalogue of checks.
func (s *Service) List() []Info {
	var off []string
	s.mu.Lock()
	if s.st != nil {
		off = s.st.off
	}
	s.mu.Unlock()
	var out []Info
	for _, k := range s.c.Checks {
		i := Info{ID: k.ID, Clauses: k.Clauses, Title: k.Title, Duty: k.Duty, Who: k.Who, Basis: k.Basis, Fixed: Fixed(k), Severity: k.Severity,
			From: k.From, Params: append([]string{}, k.Params...)}
		for _, o := range off {
			i.Off = i.Off || o == k.ID
		}
		for _, p := range k.Parts {
			i.Subjects = append(i.Subjects, p.Subject)
		}
		out = append(out, i)
	}
	return out
}

// Account says why a subject has the result it has, by one check.
type Account struct {
	Check      string            `json:"check"`
	Clauses    []clause.ID       `json:"clauses"`
	Title      msg.Text          `json:"title"`
	Subject    ref.Ref           `json:"subject"`
	Name       string            `json:"name"`
	Result     string            `json:"result"`
	Since      when.Date         `json:"since,omitzero"`
	Owner      string            `json:"owner"`
	Reason     msg.Text          `json:"reason"`
	Evidence   []Evidence        `json:"evidence"`
	Cedar      string            `json:"cedar"`
	Conditions []ConditionReport `json:"conditions"`
}

// ConditionReport is one of the four conditions with what it was decided on.
type ConditionReport struct {
	Name     string       `json:"name"`
	Title    msg.Text     `json:"title"`
	Holds    bool         `json:"holds"`
	Sentence msg.Text     `json:"sentence"`
	Atoms    []AtomReport `json:"atoms"`
}

// AtomReport is a question a condition is made of.
type AtomReport struct {
	Holds    bool     `json:"holds"`
	Sentence msg.Text `json:"sentence"`
	Values   []Value  `json:"values"`
}

// Value is what a question was decided on.
type Value struct {
	Name  string   `json:"name"`
	Title msg.Text `json:"title"`
	Value msg.Text `json:"value"`
}

// Explain says why a subject ("asset:A-1") has its result by a check: each condition with the values it was decided on.
func (s *Service) Explain(ctx context.Context, id, subject string) (Account, error) {
	k, ok := s.c.checkAt(id)
	if !ok {
		return Account{}, noCheck(id)
	}
	var out Account
	err := s.with(ctx, func(l *look) (err error) {
		_, _, out, err = l.account(k, subject)
		return err
	})
	return out, err
}

// account finds the part of a check that a subject falls under and explains it. Of several parts the worst counts.
func (l *look) account(k check.Check, subject string) (check.Finding, check.Explanation, Account, error) {
	none := fault.New(fault.NotFound, msg.F("検査%sの対象に「%s」はありません。", "“%[2]s” is not a subject of check %[1]s.", k.ID, subject))
	r, err := ref.Parse(subject)
	if err != nil || !l.on(k.ID) {
		return check.Finding{}, check.Explanation{}, Account{}, none
	}
	var f check.Finding
	found := false
	for _, p := range k.Parts {
		if p.Subject != r.Register {
			continue
		}
		if g, ok := l.engine.Finding(k.ID, p.Name, r.Key); ok && (!found || rank(g.Result) < rank(f.Result)) {
			f, found = g, true
		}
	}
	if !found {
		return f, check.Explanation{}, Account{}, none
	}
	e, _ := l.engine.Explain(k.ID, f.Part, r.Key)
	w := l.finding(f)
	out := Account{Check: k.ID, Clauses: k.Clauses, Title: k.Title, Subject: r, Name: w.Name, Result: w.Result, Owner: w.Owner, Evidence: w.Evidence,
		Cedar: e.Cedar, Conditions: []ConditionReport{}}
	if f.Result.Open() {
		out.Since, out.Reason = w.Since, w.Reason
	} else {
		out.Reason = said(f.Result)
	}
	for _, c := range e.Conditions {
		out.Conditions = append(out.Conditions, conditionReport(c))
	}
	return f, e, out, nil
}

func conditionReport(c check.Condition) ConditionReport {
	out := ConditionReport{Name: c.Name, Title: c.Title, Holds: c.Holds, Sentence: c.Sentence, Atoms: []AtomReport{}}
	for _, a := range c.Atoms {
		x := AtomReport{Holds: a.Holds, Sentence: a.Sentence, Values: []Value{}}
		for _, v := range a.Values {
			x.Values = append(x.Values, Value{v.Name, v.Title, v.Value})
		}
		out.Atoms = append(out.Atoms, x)
	}
	return out
}

// said is what a result that is no finding says.
func said(r check.Result) msg.Text {
	switch r {
	case check.OutOfScope:
		return msg.T("この検査の対象ではありません。", "This check does not bind it.")
	case check.NotDue:
		return msg.T("期限がまだ来ていません。", "The deadline has not been reached.")
	}
	return msg.T("求められていることが守られています。", "What is asked is kept.")
}

// Text is the account as lines for a terminal.
func (a Account) Text(lang msg.Lang) string {
	r, _ := check.ParseResult(a.Result)
	var b strings.Builder
	line := func(ja, en string, v ...any) { b.WriteString(msg.F(ja, en, v...).In(lang) + "\n") }
	line("%s %s", "%s %s", a.Check, a.Title)
	line("対象：%s（%s）", "Subject: %s (%s)", a.Name, a.Subject.String())
	line("結果：%s", "Result: %s", r.Title())
	if a.Since != 0 {
		line("いつから：%s", "Since: %s", a.Since.Both())
	}
	if a.Owner != "" {
		line("責任者：%s", "Owner: %s", a.Owner)
	}
	line("理由：%s", "Reason: %s", a.Reason)
	for _, c := range a.Conditions {
		line("%s：%s　%s", "%s: %s — %s", c.Title, mark(c.Holds), c.Sentence)
		for _, x := range c.Atoms {
			line("　%s　%s", "  %s %s", mark(x.Holds), x.Sentence)
			for _, v := range x.Values {
				line("　　%s：%s", "    %s: %s", v.Title, v.Value)
			}
		}
	}
	for _, e := range a.Evidence {
		line("証拠：%s（%s）", "Evidence: %s (%s)", e.ID, rankTitle(e.Rank))
	}
	return strings.TrimRight(b.String(), "\n")
}

func mark(holds bool) msg.Text {
	if holds {
		return msg.T("当たる", "holds")
	}
	return msg.T("当たらない", "does not hold")
}

func rankTitle(name string) msg.Text {
	for r := check.Measured; r <= check.Stated; r++ {
		if r.String() == name {
			return r.Title()
		}
	}
	return msg.Same(name)
}

// MarshalJSON writes the counts in the order in which people read them.
func (c Counts) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, r := range []check.Result{check.Compliant, check.Noncompliant, check.Undetermined, check.Excepted, check.OutOfScope, check.NotDue} {
		if i > 0 {
			b.WriteByte(',')
		}
		n, err := json.Marshal(c[r.String()])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", r.String(), n)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}
