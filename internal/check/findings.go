package check

import (
	"iter"
	"math/bits"
	"net/url"
	"strings"

	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/rule"
	"okite/internal/when"
)

// Finding is a subject that is noncompliant, undetermined or excepted.
type Finding struct {
	Check, Part string
	Subject     ref.Ref
	Result      Result
	Since       when.Date // first day of the breach by the records; 0 when only observation tells
	Role        string    // role that owes it; "" when Owner is the person
	Owner       ref.Ref   // "unit:…" or "system:…" the role is held in, "person:…" without a role; zero: the whole city
	Rank        Rank
	Evidence    []string

	part *part
	row  int
}

// Findings gives the findings of a check in the order of its parts and rows. The engine must not be changed
// meanwhile.
func (e *Engine) Findings(check string) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, p := range e.byCheck[check] {
			if !p.findings(yield) {
				return
			}
		}
	}
}

func (p *part) findings(yield func(Finding) bool) bool {
	if p.counts[Excepted]+p.counts[Noncompliant]+p.counts[Undetermined] == 0 {
		return true
	}
	// The buffers of each are used again by whoever asks the engine inside yield, so rows are listed first.
	var rows []int
	p.each(func(word int, _, ex, br, un, _ uint64) {
		for w := ex | br | un; w != 0; w &= w - 1 {
			rows = append(rows, word<<6+bits.TrailingZeros64(w))
		}
	})
	for _, r := range rows {
		if !yield(p.finding(r)) {
			return false
		}
	}
	return true
}

// Finding is what a part has found about one subject, whatever the result is; false when there is no such part or
// subject.
func (e *Engine) Finding(check, part, key string) (Finding, bool) {
	p := e.part(check, part)
	if p == nil {
		return Finding{}, false
	}
	row, ok := p.space.find(key)
	if !ok || row >= p.space.n {
		return Finding{}, false
	}
	return p.finding(row), true
}

func (p *part) finding(row int) Finding {
	s := p.space
	f := Finding{Check: p.check.ID, Part: p.Name, Subject: ref.New(p.Subject, s.src.Key(row)), Result: p.verdict(row),
		Role: p.Owner.Role, Rank: p.Rank, Evidence: p.Evidence, part: p, row: row}
	if p.Since != "" {
		f.Since = when.Date(asNum(s.value(row, s.attrAt[p.Since])))
	}
	if p.Owner.Scope != "" {
		if key := asText(s.value(row, s.attrAt[p.Owner.Scope])); key != "" {
			f.Owner = ref.New(p.ownerRegister(), key)
		}
	}
	return f
}

// ownerRegister is the register that an owner's key belongs to.
func (p *part) ownerRegister() string {
	if p.Owner.Role == "" {
		return "person"
	}
	return p.Owner.Scope
}

// Reason says why the finding is what it is, in one sentence.
func (e *Engine) Reason(f Finding) msg.Text {
	p := f.part
	switch {
	case p.lost != "":
		return msg.F("判定に必要な値がないため、判定できません（%s）。", "It cannot be decided, because what it needs has no value (%s).", e.lostWord(p))
	case p.Reason == nil:
		return msg.Text{}
	}
	return p.Reason(&view{e, p, f.row, f.Result})
}

// lostWord names what is missing in words for people; the whole cause goes to the log by Lost.
func (e *Engine) lostWord(p *part) msg.Text {
	for _, x := range p.exprs {
		_, params := rule.Names(x)
		for _, name := range params {
			if _, ok := e.params[name]; !ok && name != rule.Today {
				if a, ok := p.space.schema.Param(name); ok {
					return a.Title
				}
			}
		}
	}
	return msg.T("台帳から求める事実", "facts taken from the registers")
}

// MendURL is the page that mends a finding.
func (f Finding) MendURL() string {
	return strings.ReplaceAll(f.part.Mend.URL, "{key}", url.PathEscape(f.Subject.Key))
}

// view is a subject as reasons see it.
type view struct {
	e      *Engine
	p      *part
	row    int
	result Result
}

func (v *view) value(attr string) any {
	s := v.p.space
	if i := s.attrIndex(attr); i >= 0 {
		return s.value(v.row, i)
	}
	return nil
}

func (v *view) Key() string                  { return v.p.space.src.Key(v.row) }
func (v *view) Text(attr string) string      { return asText(v.value(attr)) }
func (v *view) Int(attr string) int64        { return asNum(v.value(attr)) }
func (v *view) Bool(attr string) bool        { return asBool(v.value(attr)) }
func (v *view) Date(attr string) when.Date   { return when.Date(asNum(v.value(attr))) }
func (v *view) Today() when.Date             { return when.Date(v.e.day) }
func (v *view) Result() Result               { return v.result }
func (v *view) Param(n string) (int64, bool) { x, ok := v.e.params[n]; return x, ok }

func (v *view) Title(attr string) msg.Text {
	code := v.Text(attr)
	s := v.p.space
	if i := s.attrIndex(attr); i >= 0 {
		for _, x := range s.attrs[i].Values {
			if x.Code == code {
				return x.Title
			}
		}
	}
	return msg.Same(code)
}

func (v *view) Has(attr, code string) bool {
	for _, c := range asSet(v.value(attr)) {
		if c == code {
			return true
		}
	}
	return false
}

func (v *view) Name(register, key string) string {
	s := v.e.spaceAt[register]
	if s == nil || s.reg.Label == "" {
		return key
	}
	row, ok := s.find(key)
	i := s.attrIndex(s.reg.Label)
	if !ok || i < 0 {
		return key
	}
	if name := asText(s.value(row, i)); name != "" {
		return name
	}
	return key
}
