package conform

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"okite/internal/actor"
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/when"
)

// Owed is a finding somebody owes, for the inbox (bp.6: whoever holds the role mends it).
type Owed struct {
	Check       string
	Title       msg.Text
	Reason      msg.Text
	Result      check.Result
	Severity    int
	Subject     ref.Ref
	SubjectName string
	Since       when.Date
	As          string // AsHolder, AsDeputy, AsSelf or AsUnit
	Bearer      string // AsUnit: the name of who owes it, "" when nobody does
	Href        string // why it is what it is
	MendHref    string // where it is mended, "" when no page does
	MendLabel   msg.Text
	Clauses     []clause.ID
}

// Owed gives what a person owes: as holder of a role, as deputy, or by themselves; what came last comes first. total
// counts beyond limit, which 0 lifts. Somebody else who asks is told what they may read.
func (s *Service) Owed(ctx context.Context, who actor.Actor, limit int) (out []Owed, total int, err error) {
	if who.Person == "" {
		return nil, 0, nil
	}
	e, err := s.eyesOf(ctx)
	if err != nil {
		return nil, 0, err
	}
	err = s.with(ctx, func(l *look) error {
		ds := slices.DeleteFunc(slices.Clone(l.debts(who.Person)), func(d debt) bool { return e.person != who.Person && !l.sees(e, d.finding) })
		total = len(ds)
		slices.SortStableFunc(ds, func(a, b debt) int { return cmp.Compare(l.since(b.finding), l.since(a.finding)) })
		if limit > 0 && len(ds) > limit {
			ds = ds[:limit]
		}
		for _, d := range ds {
			out = append(out, l.owedOf(d))
		}
		return nil
	})
	return out, total, err
}

// OwedBySection gives what is to be mended in the units a person heads, without what they owe themselves: what the
// people of those units owe, and what belongs to the units whoever owes it (bp.6). Heading a bureau is heading what lies
// below it. What came last comes first; total counts beyond limit, which 0 lifts.
func (s *Service) OwedBySection(ctx context.Context, who actor.Actor, limit int) (out []Owed, total int, err error) {
	heads := headed(who)
	if len(heads) == 0 {
		return nil, 0, nil
	}
	err = s.with(ctx, func(l *look) error {
		out, total = l.section(who.Person, heads, limit)
		return nil
	})
	return out, total, err
}

// section is what is to be mended in units and below them, without what a person owes themselves.
func (l *look) section(person string, heads []string, limit int) (out []Owed, total int) {
	own := map[place]bool{}
	for _, d := range l.debts(person) {
		own[placeAt(d.finding)] = true
	}
	var fs []check.Finding
	for _, u := range l.below(heads) {
		for _, f := range l.inUnits()[u] {
			if at := placeAt(f); !own[at] {
				own[at] = true // one that touches two of the units is told once
				fs = append(fs, f)
			}
		}
	}
	total = len(fs)
	slices.SortStableFunc(fs, func(a, b check.Finding) int {
		return cmp.Or(cmp.Compare(l.since(b), l.since(a)), comparePlaces(placeAt(a), placeAt(b)))
	})
	if limit > 0 && len(fs) > limit {
		fs = fs[:limit]
	}
	for _, f := range fs {
		o := l.owedOf(debt{f, AsUnit})
		if p := l.bearer(f).person(); p != "" {
			o.Bearer = l.name("person", p)
		}
		out = append(out, o)
	}
	return out, total
}

// headed are the units a person answers for as head, in their own place or in another's.
func headed(who actor.Actor) []string {
	var out []string
	for _, g := range who.Roles {
		register, key, _ := cutSubject(g.Scope)
		if register == "unit" && (g.Role == sectionManager || g.Role == bureauHead) && len(g.Acts) == 0 {
			out = append(out, key)
		}
	}
	return out
}

func placeAt(f check.Finding) place { return place{f.Check, f.Part, f.Subject.String()} }

// below are units with all that lie below them.
func (l *look) below(heads []string) []string {
	if l.under == nil {
		l.under = map[string][]string{}
		for u := range l.owners.parent {
			var seen []string
			for at := u; at != "" && !slices.Contains(seen, at); at = l.owners.parent[at] { // a circle in the tree ends the climb
				seen = append(seen, at)
				l.under[at] = append(l.under[at], u)
			}
		}
	}
	var out []string
	for _, h := range heads {
		out = append(out, l.under[h]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// inUnits are the findings by unit: the one they belong to, and those of the people who owe them.
func (l *look) inUnits() map[string][]check.Finding {
	if l.housed != nil {
		return l.housed
	}
	l.housed = map[string][]check.Finding{}
	for _, k := range l.engine.Checks() {
		for _, f := range l.findings(k.ID) {
			if f.Result == check.Excepted {
				continue
			}
			at := []string{l.unitOf(f)}
			b := l.bearer(f)
			for _, p := range append(slices.Clone(b.holders), b.deputies...) {
				if u := l.unit("person", p); !slices.Contains(at, u) {
					at = append(at, u)
				}
			}
			for _, u := range at {
				l.housed[u] = append(l.housed[u], f)
			}
		}
	}
	return l.housed
}

func (l *look) owedOf(d debt) Owed {
	f := d.finding
	k, _ := l.c.checkAt(f.Check)
	label, href := l.mend(f)
	return Owed{Check: f.Check, Title: k.Title, Reason: l.reason(f), Result: f.Result, Severity: k.Severity, Subject: f.Subject,
		SubjectName: l.label(f.Subject), Since: l.since(f), As: d.as, Href: hrefOf(f.Check, f.Subject), MendHref: href, MendLabel: label, Clauses: k.Clauses}
}

// mend is the button that mends a finding; "" when nothing is to be mended.
func (l *look) mend(f check.Finding) (msg.Text, string) {
	p := l.part(f)
	if p.Mend.URL == "" {
		return msg.Text{}, ""
	}
	return p.Mend.Label, f.MendURL()
}

// hrefOf is the page that says why a subject is what it is.
func hrefOf(check string, subject ref.Ref) string {
	return "/checks/" + url.PathEscape(check) + "/" + url.PathEscape(subject.String())
}

// exception is the one that excuses a finding, the one that runs longest.
func (l *look) exception(f check.Finding) (policy.Exception, bool) {
	var out policy.Exception
	for _, x := range records[policy.Exception](l.sources, "exception") {
		if x.Check == f.Check && x.Subject == f.Subject.String() && x.Holds(l.day) && x.Until > out.Until {
			out = x
		}
	}
	return out, out.Code != ""
}

// Said is what a check says about one record, for the page of the record.
type Said struct {
	Check  string
	Title  msg.Text
	Result check.Result
	Since  when.Date // of a finding
	Reason msg.Text
	Href   string
}

// About gives what the checks say about a record to whoever asks, findings first; what does not bind it is left out.
func (s *Service) About(ctx context.Context, r ref.Ref) (out []Said, err error) {
	e, err := s.eyesOf(ctx)
	if err != nil {
		return nil, err
	}
	err = s.with(ctx, func(l *look) error {
		for _, k := range l.engine.Checks() {
			for _, p := range k.Parts {
				if p.Subject != r.Register {
					continue
				}
				f, ok := l.engine.Finding(k.ID, p.Name, r.Key)
				if !ok || f.Result == check.OutOfScope || !l.sees(e, f) {
					continue
				}
				x := Said{Check: k.ID, Title: k.Title, Result: f.Result, Reason: said(f.Result), Href: hrefOf(k.ID, r)}
				if f.Result.Open() {
					x.Since, x.Reason = l.since(f), l.reason(f)
				}
				out = append(out, x)
			}
		}
		slices.SortStableFunc(out, func(a, b Said) int { return cmp.Compare(rank(a.Result), rank(b.Result)) })
		return nil
	})
	return out, err
}

// ClauseCounts are the results of all checks bound to a clause or to a place below it.
func (s *Service) ClauseCounts(ctx context.Context, id clause.ID) (c check.Counts, err error) {
	err = s.with(ctx, func(l *look) error {
		c = l.engine.ClauseCounts(id)
		return nil
	})
	return c, err
}

// Reads gives the checks that read a parameter.
func (s *Service) Reads(param string) []Info {
	return slices.DeleteFunc(s.List(), func(i Info) bool { return !slices.Contains(i.Params, param) })
}
