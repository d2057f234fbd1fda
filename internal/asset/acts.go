package asset

import (
	"context"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// Acts are what can be done with assets beyond keeping their register: lowering a class in two steps by two people
// (bp.7).
func Acts(c *register.Catalog) []act.Act {
	p := downgrades{c: c, assets: c.Must("asset"), d: c.Must("downgrade")}
	number := act.Field{Name: "code", Title: msg.T("申請番号", "Application no."), Required: true}
	return []act.Act{
		{ID: "asset.downgrade", Title: msg.T("格下げの申請", "Apply for a downgrade"), Clauses: []clause.ID{"bp.7"}, Scope: "section", Roles: []string{"section_manager"},
			Fields: []act.Field{
				{Name: "asset", Title: msg.T("情報資産", "Asset"), Required: true}, {Name: "property", Title: msg.T("性質", "Property")},
				{Name: "class", Title: msg.T("新しい分類", "New class"), Required: true}, {Name: "reason", Title: msg.T("理由", "Reason"), Required: true}},
			Where: func(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
				return c.Places(ctx, tx, p.assets, in["asset"])
			},
			Do: p.apply},
		{ID: "asset.downgrade.approve", Title: msg.T("格下げの承認", "Approve a downgrade"), Clauses: []clause.ID{"bp.7"}, Scope: "bureau", Roles: []string{"bureau_head"},
			Fields: []act.Field{number}, Where: p.where, Allow: p.another("approve"), Do: p.approve},
		{ID: "asset.downgrade.reject", Title: msg.T("格下げの却下", "Reject a downgrade"), Clauses: []clause.ID{"bp.7"}, Scope: "bureau", Roles: []string{"bureau_head"},
			Fields: []act.Field{number}, Where: p.where, Allow: p.another("reject"), Do: p.reject},
	}
}

type downgrades struct {
	c         *register.Catalog
	assets, d *register.Def
}

// apply keeps an application. It is bound to the class the asset has now.
func (p downgrades) apply(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	rec, ok, err := p.c.One(ctx, tx, p.assets, in["asset"])
	if err != nil {
		return ref.Ref{}, err
	}
	if !ok {
		return ref.Ref{}, fault.At("asset", msg.F("情報資産「%s」はありません。", "There is no asset “%s”.", in["asset"]))
	}
	given, choice := in["property"], in["class"]
	if prop, class, ok := strings.Cut(choice, ":"); ok && given == "" { // as Choices offers it
		given, choice = prop, class
	}
	switch {
	case given == "":
		return ref.Ref{}, fault.At("property", msg.T("性質を入力してください。", "Enter the property."))
	case choice == "":
		return ref.Ref{}, fault.At("class", msg.T("新しい分類を選んでください。", "Choose the new class."))
	}
	f, _ := p.d.Field("property")
	v, err := p.c.Parse(f, given)
	if err != nil {
		return ref.Ref{}, err
	}
	property, _ := v.(string)
	f, _ = p.assets.Field(propertyField(property))
	f.Name = "class"
	if v, err = p.c.Parse(f, choice); err != nil {
		return ref.Ref{}, err
	}
	class, _ := v.(string)
	from := p.assets.Str(rec.Row, propertyField(property))
	switch {
	case from == "":
		return ref.Ref{}, fault.At("property", msg.T("まだ分類されていないため、格下げの申請は要りません。", "It is not classified yet; no downgrade is needed."))
	case classStep(class) >= classStep(from):
		return ref.Ref{}, fault.At("class", msg.T("今の分類より低い分類を選んでください。", "Choose a class below the present one."))
	}
	ch, err := p.c.Create(ctx, tx, who, p.d, register.Encode(p.d, Downgrade{Asset: in["asset"], Property: property, Old: from, New: class, Reason: in["reason"],
		Applicant: who.Person, Applied: when.Of(tx.Now())}))
	return ref.New(p.d.Name, ch.Key), err
}

func (p downgrades) where(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
	_, x, err := p.open(ctx, tx, in["code"])
	if err != nil {
		return nil, err
	}
	return p.c.Places(ctx, tx, p.assets, x.Asset)
}

// open reads an application nobody has decided yet.
func (p downgrades) open(ctx context.Context, tx *db.Tx, code string) (register.Record, Downgrade, error) {
	rec, ok, err := p.c.One(ctx, tx, p.d, code)
	if err != nil {
		return rec, Downgrade{}, err
	}
	if !ok {
		return rec, Downgrade{}, fault.New(fault.NotFound, msg.F("格下げの申請「%s」はありません。", "There is no application “%s”.", code))
	}
	x := register.Decode[Downgrade](p.d, rec.Row)
	if x.Decided != 0 {
		return rec, x, fault.New(fault.Conflict, msg.F("この申請は%sに決裁されています。", "This application was decided on %s.", msg.Text{JA: x.Decided.Text(msg.JA), EN: x.Decided.Text(msg.EN)}))
	}
	return rec, x, nil
}

// another lets the route decide who may: neither the applicant nor anybody who acts for them (bp.7). The gate has asked
// the table of powers already, so the role of the step counts as held.
func (p downgrades) another(move string) func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) error {
	return func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) error {
		_, x, err := p.open(ctx, tx, in["code"])
		if err != nil {
			return err
		}
		by := flow.Person{Key: who.Person, Roles: []actor.Grant{{Role: roleDecides}}, At: when.StampOf(tx.Now())}
		if by.DelegateOf, err = org.StandsFor(ctx, tx, p.c, who.Person, when.Of(tx.Now())); err != nil {
			return err
		}
		_, err = Route().Step(flow.Instance{ID: x.Code, State: applied, Applicant: x.Applicant, Since: x.Applied}, move, by)
		return err
	}
}

// approve lowers the class in the same transaction; the history of classes names both people.
func (p downgrades) approve(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	rec, x, err := p.open(ctx, tx, in["code"])
	if err != nil {
		return ref.Ref{}, err
	}
	asset, ok, err := p.c.One(ctx, tx, p.assets, x.Asset)
	if err != nil {
		return ref.Ref{}, err
	}
	field := propertyField(x.Property)
	if !ok || asset.Ended || p.assets.Str(asset.Row, field) != x.Old {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("申請の後に情報資産の分類が変わっています。申請し直してください。", "The class has changed since the application. Please apply again."))
	}
	row := append(register.Row(nil), asset.Row...)
	p.assets.Put(row, field, x.New)
	p.assets.Put(row, "reason", x.Reason)
	p.assets.Put(row, "classified", when.Of(tx.Now()))
	if x.Applicant != "" {
		p.assets.Put(row, "classified_by", x.Applicant)
	}
	allowed := context.WithValue(ctx, approvalKey{}, approval{editor: x.Applicant, approver: who.Person, reason: x.Reason})
	if _, err := p.c.Change(allowed, tx, who, p.assets, row, asset.Version); err != nil {
		return ref.Ref{}, err
	}
	return p.decide(ctx, tx, who, rec, x, true)
}

func (p downgrades) reject(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	rec, x, err := p.open(ctx, tx, in["code"])
	if err != nil {
		return ref.Ref{}, err
	}
	return p.decide(ctx, tx, who, rec, x, false)
}

func (p downgrades) decide(ctx context.Context, tx *db.Tx, who actor.Actor, rec register.Record, x Downgrade, yes bool) (ref.Ref, error) {
	x.Approver, x.Approved, x.Decided = who.Person, yes, when.Of(tx.Now())
	act.Decided(ctx, x.Applicant) // the route has let nobody through who decides on what is their own
	_, err := p.c.Change(ctx, tx, who, p.d, register.Encode(p.d, x), rec.Version)
	return ref.New(p.d.Name, x.Code), err
}
