package transfer

import (
	"context"
	"fmt"

	"okite/internal/actor"
	"okite/internal/audit"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/when"
)

// carryOut writes a set into the registers: what org.ActorOf has said since midnight (bp.6, bp.9.1).
func (s *Service) carryOut(ctx context.Context, tx *db.Tx, who actor.Actor, p preview) error {
	c, e := s.c.Catalog, p.effects
	if err := changeMany(ctx, tx, c, who, "person", e.people); err != nil {
		return err
	}
	var history []audit.Transfer
	for _, m := range e.moved {
		history = append(history, audit.Transfer{Person: m.person, Unit: m.unit, Until: e.date - 1})
	}
	if err := createMany(ctx, tx, c, who, "transfer", history); err != nil {
		return err
	}
	if err := changeMany(ctx, tx, c, who, "assignment", e.ended); err != nil {
		return err
	}
	keys, err := c.NextKeys(ctx, tx, c.Must("assignment"), len(e.begun))
	if err != nil {
		return err
	}
	for i := range e.begun {
		e.begun[i].Code = keys[i]
	}
	notes, err := ofSet[Handover](ctx, tx, c, "handover", p.set.Code)
	if err != nil {
		return err
	}
	for i := range e.begun { // a note may have been accepted before the day
		for _, h := range notes {
			if a := &e.begun[i]; a.Post == h.Post && a.Person == h.Taker && a.Kind == "holder" {
				a.Handover = h.Accepted
			}
		}
	}
	if err := createMany(ctx, tx, c, who, "assignment", e.begun); err != nil {
		return err
	}
	if err := s.follow(ctx, tx, who, p, e.begun); err != nil {
		return err
	}
	moves := make([]org.Move, len(p.moves))
	for i, m := range p.moves {
		m.State = org.MoveApplied
		moves[i] = m
	}
	return changeMany(ctx, tx, c, who, "move", moves)
}

// follow sees to what a confirmed or applied set asks of people: a note for each post that is handed over, a checklist
// for each who leaves. begun are the assignments when they are being made: notes are tied to them.
func (s *Service) follow(ctx context.Context, tx *db.Tx, who actor.Actor, p preview, begun []org.Assignment) error {
	if err := s.notes(ctx, tx, who, p, begun); err != nil {
		return err
	}
	return s.lists(ctx, tx, who, p)
}

func (s *Service) notes(ctx context.Context, tx *db.Tx, who actor.Actor, p preview, begun []org.Assignment) error {
	have, err := ofSet[Handover](ctx, tx, s.c.Catalog, "handover", p.set.Code)
	if err != nil {
		return err
	}
	known := map[relay]Handover{}
	for _, h := range have {
		known[relay{h.Post, h.Giver, h.Taker}] = h
	}
	var fresh, tied []Handover
	for _, r := range p.effects.relays {
		h, there := known[r]
		delete(known, r)
		was := h
		if !there {
			h = Handover{Post: r.post, Set: p.set.Code, Giver: r.giver, Taker: r.taker, From: p.set.Date}
		}
		h.From = p.set.Date
		for i := range begun {
			if a := begun[i]; a.Post == r.post && a.Person == r.taker && a.Kind == "holder" {
				h.Assignment = a.Code
			}
		}
		switch {
		case !there:
			fresh = append(fresh, h)
		case h != was:
			tied = append(tied, h)
		}
	}
	if err := createMany(ctx, tx, s.c.Catalog, who, "handover", fresh); err != nil {
		return err
	}
	if err := changeMany(ctx, tx, s.c.Catalog, who, "handover", tied); err != nil {
		return err
	}
	for _, h := range known { // no longer handed over that way
		if _, err := s.c.Catalog.End(ctx, tx, who, s.c.Catalog.Must("handover"), h.Code, 0, when.Of(tx.Now())); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) lists(ctx context.Context, tx *db.Tx, who actor.Actor, p preview) error {
	have, err := ofSet[LeaveCheck](ctx, tx, s.c.Catalog, "leavecheck", p.set.Code)
	if err != nil {
		return err
	}
	last := p.set.Date - 1
	known, stale := map[string]bool{}, map[string]LeaveCheck{}
	for _, l := range have {
		if l.Last == last {
			known[l.Person] = true
		}
		stale[l.Person] = l
	}
	var fresh []LeaveCheck
	for _, x := range p.effects.left {
		if known[x.Code] {
			delete(stale, x.Code)
			continue
		}
		fresh = append(fresh, LeaveCheck{Person: x.Code, Last: last, Set: p.set.Code})
	}
	if err := createMany(ctx, tx, s.c.Catalog, who, "leavecheck", fresh); err != nil {
		return err
	}
	for _, l := range stale { // who stays after all
		if _, err := s.c.Catalog.End(ctx, tx, who, s.c.Catalog.Must("leavecheck"), l.Code, 0, when.Of(tx.Now())); err != nil {
			return err
		}
	}
	return nil
}

// giveUp ends a set's moves, notes and checklists.
func (s *Service) giveUp(ctx context.Context, tx *db.Tx, who actor.Actor, p preview) error {
	moves := make([]org.Move, len(p.moves))
	for i, m := range p.moves {
		m.State = org.MoveCancelled
		moves[i] = m
	}
	if err := changeMany(ctx, tx, s.c.Catalog, who, "move", moves); err != nil {
		return err
	}
	p.effects = effects{date: p.set.Date}
	return s.follow(ctx, tx, who, p, nil)
}

// ofSet are the living records of a register that belong to a set.
func ofSet[T any](ctx context.Context, tx *db.Tx, c *register.Catalog, name, set string) ([]T, error) {
	d := c.Must(name)
	var out []T
	for rec, err := range c.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"moveset": {set}}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, register.Decode[T](d, rec.Row))
	}
	return out, nil
}

func createMany[T any](ctx context.Context, tx *db.Tx, c *register.Catalog, who actor.Actor, name string, list []T) error {
	d := c.Must(name)
	rows := make([]register.Row, len(list))
	for i, x := range list {
		rows[i] = register.Encode(d, x)
	}
	if err := c.CreateMany(ctx, tx, who, d, rows); err != nil {
		return named(d, err)
	}
	return nil
}

func changeMany[T any](ctx context.Context, tx *db.Tx, c *register.Catalog, who actor.Actor, name string, list []T) error {
	d := c.Must(name)
	rows := make([]register.Row, len(list))
	for i, x := range list {
		rows[i] = register.Encode(d, x)
	}
	if err := c.ChangeMany(ctx, tx, who, d, rows); err != nil {
		return named(d, err)
	}
	return nil
}

// named says in which register a fault lies.
func named(d *register.Def, err error) error {
	f := fault.As(err)
	if f == nil {
		return fmt.Errorf("write %s: %w", d.Name, err)
	}
	g := *f
	g.Message = msg.F("台帳「%s」　%s", "Register “%s”: %s", d.Title, f.Message)
	return &g
}
