package transfer

import (
	"context"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// handoverActs are those of a note: its giver writes and gives it, its taker accepts it (bp.6).
func (s *Service) handoverActs() []act.Act {
	six := []clause.ID{"bp.6"}
	number := act.Field{Name: "handover", Title: msg.T("引継番号", "Hand-over no."), Required: true}
	return []act.Act{
		{ID: "handover.give", Title: msg.T("引継書の作成", "Write a hand-over note"), Clauses: six, Scope: "city", Roles: []string{"chief"}, Anyone: true,
			Fields: []act.Field{number, {Name: "text", Title: msg.T("引継ぎの内容", "What is handed over")}, {Name: "items", Title: msg.T("引き渡すもの", "Things left")}, {Name: "give", Title: msg.T("後任者に渡す", "Give it to the successor")}},
			Allow:  s.onlyOf(func(h Handover) string { return h.Giver }, msg.T("引継書を書けるのは前任者本人です。", "Only the former holder writes the note.")), Do: s.give},
		{ID: "handover.accept", Title: msg.T("引継ぎの受領", "Accept a hand-over"), Clauses: six, Scope: "city", Roles: []string{"chief"}, Anyone: true,
			Fields: []act.Field{number},
			Allow:  s.onlyOf(func(h Handover) string { return h.Taker }, msg.T("引継ぎを受領できるのは後任者本人です。", "Only the successor accepts it.")), Do: s.accept},
	}
}

func (s *Service) note(ctx context.Context, tx *db.Tx, code string) (Handover, register.Record, error) {
	d := s.c.Catalog.Must("handover")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, code)
	if err != nil {
		return Handover{}, rec, err
	}
	if !ok || rec.Ended {
		return Handover{}, rec, fault.New(fault.NotFound, msg.F("引継書「%s」はありません。", "There is no hand-over note “%s”.", code))
	}
	return register.Decode[Handover](d, rec.Row), rec, nil
}

func (s *Service) onlyOf(person func(Handover) string, why msg.Text) func(context.Context, *db.Tx, actor.Actor, act.Input) error {
	return func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) error {
		h, _, err := s.note(ctx, tx, in["handover"])
		if err != nil || who.Person != "" && who.Person == person(h) {
			return err
		}
		return fault.Deny(why, "bp.6")
	}
}

func (s *Service) give(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	h, rec, err := s.note(ctx, tx, in["handover"])
	if err != nil {
		return ref.Ref{}, err
	}
	if h.Accepted != 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("後任者が%sに受領しているため、変更できません。", "The successor accepted it on %s; it can no longer be changed.", h.Accepted.Both()))
	}
	for name, into := range map[string]*string{"text": &h.Text, "items": &h.Items} {
		if v, given := in[name]; given {
			*into = strings.TrimSpace(v)
		}
	}
	if in["give"] == "true" {
		if h.Text == "" {
			return ref.Ref{}, fault.At("text", msg.T("引継ぎの内容を入力してください。", "Write what is handed over."))
		}
		h.Given = when.Of(tx.Now())
	}
	d := s.c.Catalog.Must("handover")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, h), rec.Version)
	return ref.New("handover", h.Code), err
}

// accept takes a note over. Where the former holder has left without one, the successor takes over what there is.
func (s *Service) accept(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	h, rec, err := s.note(ctx, tx, in["handover"])
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	switch {
	case h.Accepted != 0:
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("この引継ぎは%sに受領されています。", "This was accepted on %s.", h.Accepted.Both()))
	case h.Given == 0:
		gone, err := s.gone(ctx, tx, h.Giver, today)
		if err != nil {
			return ref.Ref{}, err
		}
		if !gone {
			return ref.Ref{}, fault.New(fault.Conflict, msg.T("前任者がまだ引継書を渡していません。", "The former holder has not given the note yet."))
		}
	}
	h.Accepted = today
	d := s.c.Catalog.Must("handover")
	if _, err := s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, h), rec.Version); err != nil {
		return ref.Ref{}, err
	}
	if h.Assignment == "" { // the post is not held yet; the day of taking it up brings the acceptance along
		return ref.New("handover", h.Code), nil
	}
	ad := s.c.Catalog.Must("assignment")
	a, ok, err := s.c.Catalog.One(ctx, tx, ad, h.Assignment)
	if err != nil {
		return ref.Ref{}, err
	}
	if !ok || a.Ended {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("引継ぎの対象となる任命が終了しています。", "The assignment has ended."))
	}
	row := append(register.Row(nil), a.Row...)
	ad.Put(row, "handover", today)
	_, err = s.c.Catalog.Change(ctx, tx, who, ad, row, a.Version)
	return ref.New("handover", h.Code), err
}

// gone says whether somebody is no longer with the city.
func (s *Service) gone(ctx context.Context, tx *db.Tx, person string, day when.Date) (bool, error) {
	d := s.c.Catalog.Must("person")
	rec, ok, err := s.c.Catalog.One(ctx, tx, d, person)
	if err != nil || !ok {
		return err == nil, err
	}
	return !register.Decode[org.Person](d, rec.Row).ActiveOn(day), nil
}
