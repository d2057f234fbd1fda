package selfcheck

import (
	"context"
	"slices"
	"strings"

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

var (
	titleMany = msg.T("回答のまとめての確認", "Confirm answers together")
	titleUndo = msg.T("確認の取消し", "Take a confirmation back")
)

// mostTogether is how many sheets are confirmed by one act: a list that somebody can still read.
const mostTogether = 200

// levelAct is the act of a kind at a level.
func levelAct(kind string, l level) string {
	if l.name == "section" {
		return kind
	}
	return kind + "." + l.name
}

// bulkActs confirm many sheets at once, and take confirmations back while the self-inspection is open (bp.6, bp.11).
func (s *Service) bulkActs() []act.Act {
	field := func(name string, title msg.Text, required bool) act.Field {
		return act.Field{Name: name, Title: title, Required: required}
	}
	where := []act.Field{field("campaign", msg.T("実施番号", "Campaign no."), true), field("unit", msg.T("組織", "Unit"), true), field("responses", msg.T("回答票番号（空白区切り）", "Response nos., parted by blanks"), true)}
	var out []act.Act
	for _, l := range levels {
		for _, a := range []act.Act{
			{ID: levelAct("selfcheck.confirm", l), Title: titleMany, Fields: append(slices.Clip(where), field("seen", msg.T("確認した内容のハッシュ値", "Hash of what was looked at"), true)), Do: s.confirmMany(l)},
			{ID: levelAct("selfcheck.undo", l), Title: titleUndo, Fields: where, Do: s.undo},
		} {
			a.Clauses, a.Scope, a.Roles = []clause.ID{"bp.6", "bp.11"}, "city", []string{l.role}
			if l.scope != "" {
				a.Scope, a.Where = l.scope, inUnit
			}
			out = append(out, a)
		}
	}
	return out
}

// together reads the sheets that an act names. All belong to one section of one campaign, and none is named twice.
func (s *Service) together(ctx context.Context, tx *db.Tx, in act.Input) ([]Response, error) {
	codes := strings.Fields(in["responses"])
	switch {
	case len(codes) == 0:
		return nil, fault.At("responses", msg.T("回答票を選んでください。", "Choose the sheets."))
	case len(codes) > mostTogether:
		return nil, fault.At("responses", msg.F("一度に選べるのは%d件までです。", "At most %d sheets are taken at once.", mostTogether))
	}
	d := s.def("response")
	there, err := s.c.Catalog.Many(ctx, tx, d, codes)
	if err != nil {
		return nil, err
	}
	if len(there) < len(codes) { // not there, or named twice
		return nil, fault.At("responses", msg.T("選んだ回答票の一部がありません。一覧を開き直して、選び直してください。", "Some of the sheets are not there. Open the list again and choose anew."))
	}
	out := make([]Response, len(codes))
	for i, k := range codes {
		out[i] = register.Decode[Response](d, there[k].Row)
		if r := out[i]; r.Section != in["unit"] || r.Campaign != in["campaign"] {
			return nil, fault.At("responses", msg.F("回答票「%s」は、この課・室の回答票ではありません。", "“%s” is no sheet of this section.", k))
		}
	}
	return out, nil
}

// confirmMany confirms sheets that leave no doubt, in one act. One that is in doubt, was changed since it was seen, or
// may not be decided by this person refuses all: what was ticked is what is confirmed.
func (s *Service) confirmMany(l level) func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	return func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		list, err := s.together(ctx, tx, in)
		if err != nil {
			return ref.Ref{}, err
		}
		if in["seen"] != seenHash(list) {
			return ref.Ref{}, fault.New(fault.Conflict, msg.T("確認の画面を開いた後に、回答の内容が変わりました。一覧を開き直して、選び直してください。", "Answers have changed since you saw them. Open the list again and choose anew."))
		}
		items, err := s.items(ctx, tx, "")
		if err != nil {
			return ref.Ref{}, err
		}
		found, asked := findingsIn(ctx)
		a, of := newAgainst(found), map[string][]Item{}
		for _, i := range items {
			of[i.Sheet] = append(of[i.Sheet], i)
		}
		for i := range list {
			x := sheet{Response: list[i]}
			if lookOver(&x, of[x.Sheet], a, asked); !x.sure() {
				return ref.Ref{}, fault.New(fault.Conflict, msg.F("回答票「%s」は、まとめて確認できません（%s）。内容を確かめて、1件ずつ確認してください。", "Sheet “%s” cannot be confirmed with others (%s). Look at it and confirm it by itself.", x.Code, x.why()[0]))
			}
			if err := s.step(ctx, tx, who, &list[i], "confirm_"+l.name, ""); err != nil {
				return ref.Ref{}, err
			}
			list[i].Confirmer, list[i].Confirmed = who.Person, when.Of(tx.Now())
		}
		return ref.New("campaign", in["campaign"]), s.putMany(ctx, tx, who, list)
	}
}

func (s *Service) putMany(ctx context.Context, tx *db.Tx, who actor.Actor, list []Response) error {
	d := s.def("response")
	rows := make([]register.Row, len(list))
	for i, r := range list {
		rows[i] = register.Encode(d, r)
	}
	return s.c.Catalog.ChangeMany(ctx, tx, who, d, rows)
}

// undo takes confirmations back: the sheets wait to be confirmed again. It is for slips, so it ends with the campaign,
// whose sample and figures rest on what was confirmed. Whoever may not confirm a sheet may not do this either (bp.6).
func (s *Service) undo(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	c, _, err := s.open(ctx, tx, in["campaign"])
	if err != nil {
		return ref.Ref{}, err
	}
	if act.From(ctx).Reason == "" {
		return ref.Ref{}, fault.At("reason", msg.T("確認を取り消す理由を入力してください。", "Say why the confirmation is taken back."))
	}
	list, err := s.together(ctx, tx, in)
	if err != nil {
		return ref.Ref{}, err
	}
	theirs := make([]sheet, len(list))
	for i, r := range list {
		theirs[i].Response = r
	}
	if theirs, err = s.notTheirs(ctx, tx, who, theirs); err != nil {
		return ref.Ref{}, err
	}
	if len(theirs) < len(list) {
		return ref.Ref{}, fault.Deny(msg.T("自分の回答票や、自分が代理を務める方の回答票の確認は、取り消せません。", "You cannot take back a confirmation of your own sheet, or of somebody you stand in for."), "bp.6", "bp.11")
	}
	for i := range list {
		r := &list[i]
		if r.State != string(Done) {
			return ref.Ref{}, fault.New(fault.Conflict, msg.F("回答票「%s」は「%s」のため、確認を取り消せません。", "Sheet “%s” stands at “%s”; there is no confirmation to take back.", r.Code, s.term("response_state", r.State)))
		}
		r.State, r.Since, r.Confirmer, r.Confirmed = string(Submitted), when.Of(tx.Now()), "", 0
	}
	return ref.New("campaign", c.Code), s.putMany(ctx, tx, who, list)
}
