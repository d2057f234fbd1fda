package card

import (
	"context"
	"fmt"
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

// The acts that pages and the inbox ask about.
const (
	actLend    = "card.lend"
	actCollect = "card.collect"
	actLose    = "card.lose"
	actRevoke  = "card.revoke"
	actInspect = "card.inspect"
)

// Acts are what can be done with a card and an account.
func (s *Service) Acts() []act.Act {
	nine := []clause.ID{"bp.9.1", "bp.9.4"}
	number := act.Field{Name: "card", Title: msg.T("カード番号", "Card no."), Required: true}
	section := func(id string, title msg.Text, do func(context.Context, *db.Tx, actor.Actor, act.Input) (ref.Ref, error), more ...act.Field) act.Act {
		return act.Act{ID: id, Title: title, Clauses: nine, Scope: "section", Roles: []string{"section_manager"}, Fields: append([]act.Field{number}, more...), Where: s.whereCard, Do: do}
	}
	lose := section(actLose, msg.T("カードの紛失の届出", "Report a card as lost"), s.lose)
	lose.Anyone, lose.Where, lose.Allow = true, nil, s.mayLose // whoever lost it says so at once
	revoke := section(actRevoke, msg.T("カードの失効", "Revoke a card"), s.revoke)
	revoke.Scope, revoke.Roles, revoke.Where = "city", []string{"csirt_chief"}, nil // at any hour, for the whole city
	inspect := section(actInspect, msg.T("カードの点検の記録", "Record an inspection of cards"), s.inspect)
	inspect.Fields = []act.Field{{Name: "unit", Title: msg.T("点検した組織", "Unit"), Required: true}, {Name: "found", Title: msg.T("確かめたカード", "Cards found")}}
	inspect.Where = func(_ context.Context, _ *db.Tx, in act.Input) ([]act.Place, error) {
		return []act.Place{{Unit: in["unit"]}}, nil
	}
	return append([]act.Act{
		section(actLend, msg.T("カードの貸出し", "Lend a card"), s.lend, act.Field{Name: "person", Title: msg.T("持つ職員", "Holder"), Required: true}),
		section(actCollect, msg.T("カードの回収", "Collect a card"), s.collect), lose, revoke, inspect,
	}, s.accountActs()...)
}

// get reads a record that is running, with its version.
func get[T any](ctx context.Context, tx *db.Tx, c *register.Catalog, name, key string) (T, int64, error) {
	d := c.Must(name)
	var none T
	rec, ok, err := c.One(ctx, tx, d, strings.TrimSpace(key))
	if err != nil {
		return none, 0, err
	}
	if !ok {
		return none, 0, fault.New(fault.NotFound, msg.F("%s「%s」は登録されていません。", "There is no “%[2]s” in the register “%[1]s”.", d.Title, key))
	}
	return register.Decode[T](d, rec.Row), rec.Version, nil
}

func (s *Service) whereCard(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
	k, _, err := get[Card](ctx, tx, s.c.Catalog, "card", in["card"])
	return []act.Place{{Unit: k.Unit}}, err
}

// put writes a card in its new state.
func (s *Service) put(ctx context.Context, tx *db.Tx, who actor.Actor, k Card, version int64) (ref.Ref, error) {
	d := s.c.Catalog.Must("card")
	_, err := s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, k), version)
	return ref.New("card", k.Code), err
}

// stateFault says that a card cannot be dealt with so in its present state.
func (s *Service) stateFault(k Card, ja, en string) error {
	f, _ := s.c.Catalog.Must("card").Field("state")
	word := msg.Text{JA: s.c.Catalog.Show(f, k.State, msg.JA, nil), EN: s.c.Catalog.Show(f, k.State, msg.EN, nil)}
	return fault.New(fault.Conflict, msg.F(ja, en, k.Code, word))
}

func (s *Service) lend(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	k, version, err := get[Card](ctx, tx, s.c.Catalog, "card", in["card"])
	if err != nil {
		return ref.Ref{}, err
	}
	if k.State != Stock && k.State != Collected {
		return ref.Ref{}, s.stateFault(k, "カード「%s」は%sのため、貸し出せません。", "The card “%s” cannot be lent: %s.")
	}
	p, _, err := get[org.Person](ctx, tx, s.c.Catalog, "person", in["person"])
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	if !org.LiveOn(p.Joined, p.Left, today) {
		return ref.Ref{}, fault.At("person", msg.F("%sは在職していません。", "%s is not on the staff.", p.Name))
	}
	var other string
	err = tx.QueryRow(ctx, `SELECT code FROM reg_card WHERE person = $1 AND kind = $2 AND state = $3 AND NOT ended ORDER BY code LIMIT 1`, p.Code, k.Kind, Lent).Scan(&other)
	switch {
	case err == nil: // bp.9.1: one card, one person
		return ref.Ref{}, fault.At("person", msg.F("%sは、同じ種類のカード「%s」を持っています。先に回収してください。", "%s holds the card “%s” of the same kind. Collect it first.", p.Name, other))
	case !db.Missing(err):
		return ref.Ref{}, fmt.Errorf("look for another card of %s: %w", p.Code, err)
	}
	k.State, k.Person, k.Lent, k.Collected, k.LostAt, k.RevokedAt = Lent, p.Code, today, 0, 0, 0
	return s.put(ctx, tx, who, k, version)
}

func (s *Service) collect(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	k, version, err := get[Card](ctx, tx, s.c.Catalog, "card", in["card"])
	if err != nil {
		return ref.Ref{}, err
	}
	if k.State != Lent {
		return ref.Ref{}, s.stateFault(k, "カード「%s」は%sのため、回収できません。", "The card “%s” cannot be collected: %s.")
	}
	k.State, k.Collected = Collected, when.Of(tx.Now())
	return s.put(ctx, tx, who, k, version)
}

// mayLose lets the holder through, and whoever collects cards where it belongs.
func (s *Service) mayLose(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) error {
	k, _, err := get[Card](ctx, tx, s.c.Catalog, "card", in["card"])
	if err != nil {
		return err
	}
	if who.Person != "" && k.Person == who.Person && k.State == Lent || who.System {
		return nil
	}
	ok, err := s.manages(ctx, tx, who, actCollect, k.Unit)
	if err == nil && !ok {
		err = fault.Deny(msg.T("紛失の届出は、カードを持つ本人か、カードを管理する組織の情報セキュリティ管理者が行ってください。", "The holder of the card or the manager of its section reports it."), "bp.9.1")
	}
	return err
}

// manages says whether somebody decides an act for a unit.
func (s *Service) manages(ctx context.Context, tx *db.Tx, who actor.Actor, id, unit string) (bool, error) {
	return s.c.Gate.DecidesAt(ctx, tx, who, id, act.Place{Unit: unit})
}

// lose starts the clock of R090: it runs from the report, whenever the card was really lost.
func (s *Service) lose(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	k, version, err := get[Card](ctx, tx, s.c.Catalog, "card", in["card"])
	if err != nil {
		return ref.Ref{}, err
	}
	if k.State == Lost || k.State == Revoked {
		return ref.Ref{}, s.stateFault(k, "カード「%s」は、既に%sとして記録されています。", "The card “%s” is on record already: %s.")
	}
	k.State, k.LostAt, k.RevokedAt = Lost, when.StampOf(tx.Now()), 0
	return s.put(ctx, tx, who, k, version)
}

func (s *Service) revoke(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	k, version, err := get[Card](ctx, tx, s.c.Catalog, "card", in["card"])
	if err != nil {
		return ref.Ref{}, err
	}
	if k.State == Revoked {
		return ref.Ref{}, s.stateFault(k, "カード「%s」は、既に%sとして記録されています。", "The card “%s” is on record already: %s.")
	}
	k.State, k.RevokedAt = Revoked, when.StampOf(tx.Now())
	return s.put(ctx, tx, who, k, version)
}

// atHand are the cards a unit should be able to show, by number.
func (s *Service) atHand(ctx context.Context, tx *db.Tx, unit string) ([]Card, error) {
	d := s.c.Catalog.Must("card")
	var out []Card
	for rec, err := range s.c.Catalog.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"unit": {unit}}}) {
		if err != nil {
			return nil, err
		}
		if k := register.Decode[Card](d, rec.Row); k.State == Lent || k.State == Stock || k.State == Collected {
			out = append(out, k)
		}
	}
	return out, nil
}

func (s *Service) inspect(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	cards, err := s.atHand(ctx, tx, in["unit"])
	if err != nil {
		return ref.Ref{}, err
	}
	if len(cards) == 0 {
		return ref.Ref{}, fault.At("unit", msg.T("この組織に、点検するカードはありません。", "This unit has no card to be inspected."))
	}
	missing, strange := compare(cards, strings.Fields(in["found"]))
	if len(strange) > 0 {
		return ref.Ref{}, fault.At("found", msg.F("カード「%s」は、この組織の台帳にありません。", "The card “%s” is not on record with this unit.", strange[0]))
	}
	d := s.c.Catalog.Must("cardcheck")
	x := Count{Unit: in["unit"], Date: when.Of(tx.Now()), Expected: int64(len(cards)), Counted: int64(len(cards) - len(missing)), By: who.Person}
	for _, k := range missing {
		x.Missing = append(x.Missing, k.Code)
	}
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, x))
	return ref.New("cardcheck", ch.Key), err
}

// compare sets what was found beside the register: what is missing, and what is not on record.
func compare(cards []Card, found []string) (missing []Card, strange []string) {
	seen := map[string]bool{}
	for _, k := range found {
		seen[k] = true
	}
	known := map[string]bool{}
	for _, k := range cards {
		known[k.Code] = true
		if !seen[k.Code] {
			missing = append(missing, k)
		}
	}
	for _, k := range found {
		if !known[k] {
			strange = append(strange, k)
		}
	}
	return missing, strange
}
