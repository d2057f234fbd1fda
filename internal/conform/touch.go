package conform

import (
	"context"
	"slices"

	"okite/internal/check"
	"okite/internal/msg"
	"okite/internal/ref"
)

// Touch is an open finding with the people and the unit it touches, for whoever sets something beside it.
type Touch struct {
	Check       string
	Title       msg.Text
	Subject     ref.Ref
	SubjectName string
	Result      string
	Reason      msg.Text
	Href        string
	People      []string // the person it is about, and who owes it
	Unit        string   // that it belongs to, "" when none
}

// Touches gives the open findings of some checks.
func (s *Service) Touches(ctx context.Context, checks []string) (out []Touch, err error) {
	err = s.with(ctx, func(l *look) error {
		for _, k := range l.engine.Checks() {
			if !slices.Contains(checks, k.ID) {
				continue
			}
			for _, f := range l.findings(k.ID) {
				if f.Result == check.Excepted {
					continue
				}
				t := Touch{Check: k.ID, Title: k.Title, Subject: f.Subject, SubjectName: l.label(f.Subject), Result: f.Result.String(), Reason: l.reason(f), Href: hrefOf(k.ID, f.Subject), Unit: l.unitOf(f)}
				t.People = slices.Clone(l.bearer(f).holders)
				if f.Subject.Register == "person" && !slices.Contains(t.People, f.Subject.Key) {
					t.People = append(t.People, f.Subject.Key)
				}
				out = append(out, t)
			}
		}
		return nil
	})
	return out, err
}
