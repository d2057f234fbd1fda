package notice

import (
	"cmp"
	"context"
	"slices"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// bindGuide refuses to change what people go by: the words of a guide that is or was in force stand, and another
// edition takes its place. Where it is shown may change (bp.9.1).
func bindGuide(_ *register.Catalog, d *register.Def) {
	d.Check = func(_ context.Context, _ *db.Tx, old, next register.Row) error {
		if old == nil {
			return nil
		}
		if from, _ := d.Get(old, "from").(when.Date); from == 0 {
			return nil
		}
		var l fault.List
		for _, name := range []string{"clause", "name", "brief", "text"} {
			if d.Str(old, name) != d.Str(next, name) {
				l.Add(name, msg.T("施行した行動指針の文章は変更できません。新しい版を登録して施行してください。", "The words of a guide that was brought into force cannot be changed. Register and publish a new edition."))
			}
		}
		return l.Err()
	}
}

// guides are the conduct guides, the newest edition of each clause first.
func (s *Service) guides(ctx context.Context, tx *db.Tx) ([]Guide, error) {
	out, err := register.Load[Guide](ctx, tx, s.def("guide"))
	slices.SortStableFunc(out, func(a, b Guide) int {
		if a.Clause != b.Clause {
			if clause.Less(clause.ID(a.Clause), clause.ID(b.Clause)) {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Number, a.Number), cmp.Compare(b.Code, a.Code))
	})
	return out, err
}

// publish brings a guide into force and ends the edition before it on the day before (bp.9.1).
func (s *Service) publish(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	d := s.def("guide")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, in["guide"])
	if err != nil {
		return ref.Ref{}, err
	}
	if !ok {
		return ref.Ref{}, fault.New(fault.NotFound, msg.F("行動指針「%s」はありません。", "There is no conduct guide “%s”.", in["guide"]))
	}
	g := register.Decode[Guide](d, rec.Row)
	if g.From != 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は%sに施行されています。", "“%s” came into force on %s.", g.Name, g.From.Both()))
	}
	from, err := when.ParseLenient(in["from"])
	if f := fault.As(err); f != nil {
		return ref.Ref{}, fault.At("from", f.Message)
	}
	if today := when.Of(tx.Now()); from < today {
		return ref.Ref{}, fault.At("from", msg.T("施行日は、今日以後にしてください。", "It cannot have come into force before today."))
	}
	if _, err := clause.Parse(g.Clause); err != nil || clause.ID(g.Clause).Parent() != measures && g.Clause != string(measures) {
		return ref.Ref{}, fault.At("guide", msg.F("「%s」は基本方針9の条項ではありません。条項IDを直してください。", "“%s” is no part of clause 9. Please mend the clause id.", g.Clause))
	}
	all, err := s.guides(ctx, tx)
	if err != nil {
		return ref.Ref{}, err
	}
	g.Number, g.From = 1, from
	for _, o := range all {
		if o.Clause != g.Clause || o.From == 0 {
			continue
		}
		g.Number = max(g.Number, o.Number+1)
		if o.Until != 0 && o.Until < from {
			continue
		}
		if o.From >= from {
			return ref.Ref{}, fault.At("from", msg.F("施行日は、今の版の施行日（%s）より後にしてください。", "It must be after the day the present edition came into force (%s).", o.From.Both()))
		}
		o.Until = from.AddDays(-1)
		if _, err := s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, o), 0); err != nil {
			return ref.Ref{}, err
		}
	}
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, g), rec.Version)
	return ref.New("guide", g.Code), err
}
