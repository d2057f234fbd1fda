package conform

import (
	"context"
	"slices"

	"okite/internal/actor"
	"okite/internal/check"
	"okite/internal/db"
	"okite/internal/register"
)

// eyes are what somebody reads of the registers that say who reads them (bp.9.3). The zero value reads everything.
// Results are for all to count (bp.11); whom and what a finding names is for those who may read it there.
type eyes struct {
	person string
	spans  map[string]register.Span
}

// eyesOf reads what the actor of a request reads; without one it is the product that asks. It reads the store, so it
// runs outside of any look.
func (s *Service) eyesOf(ctx context.Context) (eyes, error) {
	who := actor.From(ctx)
	if who.System || who.Person == "" {
		return eyes{}, nil
	}
	e := eyes{person: who.Person, spans: map[string]register.Span{}}
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		reader := s.c.Catalog.As(tx, who)
		for _, d := range s.c.Catalog.All() {
			if d.Reach == nil {
				continue
			}
			span, err := reader.Span(ctx, d)
			if err != nil {
				return err
			}
			e.spans[d.Name] = span
		}
		return nil
	})
	return e, err
}

// seen leaves out the findings that somebody may not read.
func (l *look) seen(e eyes, fs []check.Finding) []check.Finding {
	if e.spans == nil {
		return fs
	}
	var out []check.Finding
	for _, f := range fs {
		if l.sees(e, f) {
			out = append(out, f)
		}
	}
	return out
}

// sees says whether somebody may read a finding: who owes it may, and otherwise who reads its subject and, where it is
// about a person, the registers it rests on.
func (l *look) sees(e eyes, f check.Finding) bool {
	if e.spans == nil {
		return true
	}
	if own, ok := e.spans[f.Subject.Register]; ok && !l.reads(own, f) {
		return l.bears(e, f)
	}
	person := l.whom(f)
	if person == "" || person == e.person {
		return true
	}
	unit := l.unit("person", person)
	for _, name := range f.Evidence {
		if span, ok := e.spans[name]; ok && name != f.Subject.Register && !span.Covers(unit) {
			return l.bears(e, f)
		}
	}
	return true
}

func (l *look) bears(e eyes, f check.Finding) bool {
	b := l.bearer(f)
	return slices.Contains(b.holders, e.person) || slices.Contains(b.deputies, e.person)
}

// reads says whether the subject of a finding is among what is read of its register.
func (l *look) reads(s register.Span, f check.Finding) bool {
	if s.All() {
		return true
	}
	src, row, ok := l.row(f.Subject.Register, f.Subject.Key)
	return ok && s.Reads(src.def.RowOf(src.rows.Index(row).Interface()), func(person string) string { return l.unit("person", person) })
}

// whom is the person a finding is about, "" when it is about none.
func (l *look) whom(f check.Finding) string {
	if f.Subject.Register == "person" {
		return f.Subject.Key
	}
	d, _ := l.c.Catalog.Get(f.Subject.Register)
	if x, ok := d.Field("person"); !ok || x.Refers != "person" {
		return ""
	}
	src, row, ok := l.row(f.Subject.Register, f.Subject.Key)
	if !ok {
		return ""
	}
	return src.text(row, "person")
}
