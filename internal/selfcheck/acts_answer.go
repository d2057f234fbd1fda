package selfcheck

import (
	"context"
	"slices"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// manages says whether somebody is the manager of a section, or stands in for them.
func manages(who actor.Actor, unit string) bool {
	return slices.ContainsFunc(who.Roles, func(g actor.Grant) bool {
		return g.Role == "section_manager" && g.Scope == ref.New("unit", unit).String() && len(g.Acts) == 0
	})
}

// managed are the sections somebody manages.
func managed(who actor.Actor) []string {
	var out []string
	for _, g := range who.Roles {
		if u, ok := strings.CutPrefix(g.Scope, "unit:"); ok && g.Role == "section_manager" && len(g.Acts) == 0 && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// answers says whether somebody answers a response: for themselves, or as manager for their section.
func answersFor(who actor.Actor, r Response) bool {
	if who.Person == "" {
		return false
	}
	if r.Unit != "" {
		return manages(who, r.Unit)
	}
	return r.Person == who.Person
}

// respondent: nobody answers for another (bp.6, bp.11).
func (s *Service) respondent(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) error {
	r, _, err := s.response(ctx, tx, in["response"])
	if err != nil {
		return err
	}
	if !answersFor(who, r) {
		return fault.Deny(msg.T("自己点検は、本人（課・室の点検票は情報セキュリティ管理者）がログインして回答してください。", "A self-inspection is answered by people themselves, signed in; that of a section by its manager."), "bp.6", "bp.11")
	}
	return nil
}

// by is the actor for the flow: the gate has asked the power register already, so the role of the step counts as held;
// whom they stand in for is asked here (bp.6).
func (s *Service) by(ctx context.Context, tx *db.Tx, who actor.Actor, m flow.Move) (flow.Person, error) {
	p := flow.Person{Key: who.Person, Roles: slices.Clone(who.Roles), At: when.StampOf(tx.Now())}
	if m.Role != "" {
		p.Roles = append(p.Roles, actor.Grant{Role: m.Role})
	}
	if who.Person == "" || m.Applicant {
		return p, nil
	}
	var err error
	p.DelegateOf, err = org.StandsFor(ctx, tx, s.c.Catalog, who.Person, when.Of(tx.Now()))
	return p, err
}

// step moves a response on; change puts what the step brings into it.
func (s *Service) step(ctx context.Context, tx *db.Tx, who actor.Actor, r *Response, move, seen string) error {
	f := Route()
	m, _ := f.Move(move)
	by, err := s.by(ctx, tx, who, m)
	if err != nil {
		return err
	}
	by.Seen = seen
	applicant := r.By
	switch {
	case m.Applicant: // the act has asked whether they answer for it
		applicant = who.Person
	case applicant == "":
		applicant = r.Person
	}
	in := flow.Instance{ID: r.Code, State: flow.State(r.State), Applicant: applicant, Hash: r.Hash(), Since: r.Since}
	out, err := f.Step(in, move, by)
	if err != nil {
		return err
	}
	act.DecidedOn(ctx, ref.New("response", r.Code), f.DecidesFor(in, move, by)) // one of many, where sheets are confirmed together
	r.State, r.Since = string(out.State), out.Since
	return nil
}

// put writes a response.
func (s *Service) put(ctx context.Context, tx *db.Tx, who actor.Actor, r Response, rec register.Record) (ref.Ref, error) {
	d := s.def("response")
	_, err := s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, r), rec.Version)
	return ref.New("response", r.Code), err
}

// filled takes what was typed into a response that can be answered now.
func (s *Service) filled(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (Response, register.Record, []Item, error) {
	r, rec, err := s.response(ctx, tx, in["response"])
	if err != nil {
		return r, rec, nil, err
	}
	c, _, err := s.open(ctx, tx, r.Campaign)
	if err != nil {
		return r, rec, nil, err
	}
	if today := when.Of(tx.Now()); today < c.Opens {
		return r, rec, nil, fault.New(fault.Conflict, msg.F("回答は%sから始められます。", "It can be answered from %s.", c.Opens.Both()))
	}
	items, err := s.items(ctx, tx, r.Sheet)
	if err != nil {
		return r, rec, nil, err
	}
	switch flow.State(r.State) {
	case Preparing:
		err = s.step(ctx, tx, who, &r, "begin", "")
	case Returned:
		err = s.step(ctx, tx, who, &r, "resume", "")
	case Answering:
	default:
		err = fault.New(fault.Conflict, msg.F("この回答票は「%s」のため、回答を変えられません。", "This sheet stands at “%s”; its answers cannot be changed.", s.term("response_state", r.State)))
	}
	if err != nil {
		return r, rec, nil, err
	}
	if text, ok := in["answers"]; ok {
		typed := byItem(Unpack(text))
		var out []Answer
		for _, i := range items { // in the order of the sheet, and nothing that is no item of it
			a := typed[i.Code]
			a.Item = i.Code
			if a.Value != "" && a.Value.word() == "" {
				return r, rec, nil, fault.At("a."+i.Code, msg.T("答えを選び直してください。", "Choose one of the answers."))
			}
			if a.Value != "" || a.Note != "" || a.Evidence != "" {
				out = append(out, a)
			}
		}
		r.Answers, r.Given = Pack(out), given(out)
	}
	r.By = who.Person
	return r, rec, items, nil
}

// save keeps what was answered so far.
func (s *Service) save(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	r, rec, _, err := s.filled(ctx, tx, who, in)
	if err != nil {
		return ref.Ref{}, err
	}
	return s.put(ctx, tx, who, r, rec)
}

// submit hands a response in: every item is answered, and a yes that needs evidence names it.
func (s *Service) submit(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	r, rec, items, err := s.filled(ctx, tx, who, in)
	if err != nil {
		return ref.Ref{}, err
	}
	var f fault.List
	have := byItem(Unpack(r.Answers))
	for _, i := range items {
		switch a := have[i.Code]; {
		case a.Value == "":
			f.Add("a."+i.Code, msg.F("%dの答えを選んでください。", "Choose an answer to %d.", i.Order))
		case a.Value == Yes && i.Evidence && a.Evidence == "":
			f.Add("e."+i.Code, msg.F("%dの根拠（文書番号又は記録）を入力してください。", "Enter the evidence for %d: a document number or a record.", i.Order))
		}
	}
	if err := f.Err(); err != nil {
		return ref.Ref{}, err
	}
	if err := s.step(ctx, tx, who, &r, "submit", ""); err != nil {
		return ref.Ref{}, err
	}
	r.Submitted, r.Confirmer, r.Confirmed = when.Of(tx.Now()), "", 0
	if r.Person != "" { // who has moved answers to the new section
		if r.Section, err = s.unitOf(ctx, tx, r.Person); err != nil {
			return ref.Ref{}, err
		}
	}
	return s.put(ctx, tx, who, r, rec)
}

// decide confirms a response or sends it back; nobody decides what they answered themselves (bp.6).
func (s *Service) decide(l level) func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	return func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		r, rec, err := s.response(ctx, tx, in["response"])
		if err != nil {
			return ref.Ref{}, err
		}
		switch in["decision"] {
		case "confirm":
			if err := s.step(ctx, tx, who, &r, "confirm_"+l.name, in["seen"]); err != nil {
				return ref.Ref{}, err
			}
			r.Confirmer, r.Confirmed, r.Comment = who.Person, when.Of(tx.Now()), ""
		case "return":
			if strings.TrimSpace(in["note"]) == "" {
				return ref.Ref{}, fault.At("note", msg.T("差し戻す理由を入力してください。", "Say why it is sent back."))
			}
			if _, _, err := s.open(ctx, tx, r.Campaign); err != nil {
				return ref.Ref{}, err
			}
			if err := s.step(ctx, tx, who, &r, "return_"+l.name, in["seen"]); err != nil {
				return ref.Ref{}, err
			}
			r.Comment = strings.TrimSpace(in["note"])
		default:
			return ref.Ref{}, fault.At("decision", msg.T("確認するか差し戻すかを選んでください。", "Choose whether to confirm or send back."))
		}
		return s.put(ctx, tx, who, r, rec)
	}
}

// withdraw takes back a sheet that nobody has to answer any more, such as that of somebody on long leave.
func (s *Service) withdraw(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	r, rec, err := s.response(ctx, tx, in["response"])
	if err != nil {
		return ref.Ref{}, err
	}
	if _, _, err := s.open(ctx, tx, r.Campaign); err != nil {
		return ref.Ref{}, err
	}
	if act.From(ctx).Reason == "" {
		return ref.Ref{}, fault.At("reason", msg.T("取り下げる理由を入力してください。", "Say why it is withdrawn."))
	}
	if r.Person == who.Person || r.By == who.Person {
		return ref.Ref{}, fault.Deny(msg.T("自分の回答票は取り下げられません。", "You cannot withdraw a sheet of your own."), "bp.6")
	}
	if err := s.step(ctx, tx, who, &r, "withdraw_"+r.State, ""); err != nil {
		return ref.Ref{}, err
	}
	return s.put(ctx, tx, who, r, rec)
}

// recheck records what a second person found: never who answered, nor anybody of their section (bp.11).
func (s *Service) recheck(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	r, rec, err := s.response(ctx, tx, in["response"])
	if err != nil {
		return ref.Ref{}, err
	}
	if !r.Sampled {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("この回答票は抽出されていません。", "This sheet was not drawn."))
	}
	if err := s.maySecond(ctx, tx, who, r); err != nil {
		return ref.Ref{}, err
	}
	switch in["verdict"] {
	case Agrees:
	case Differs:
		if strings.TrimSpace(in["note"]) == "" {
			return ref.Ref{}, fault.At("note", msg.T("回答と異なるときは、所見を入力してください。", "Say what you found when it is not as answered."))
		}
	default:
		return ref.Ref{}, fault.At("verdict", msg.T("再点検の結果を選んでください。", "Choose what you found."))
	}
	r.Recheck, r.RecheckBy, r.RecheckOn, r.RecheckNote = in["verdict"], who.Person, when.Of(tx.Now()), strings.TrimSpace(in["note"])
	return s.put(ctx, tx, who, r, rec)
}

// maySecond refuses whoever answered and those of the same section.
func (s *Service) maySecond(ctx context.Context, tx *db.Tx, who actor.Actor, r Response) error {
	unit, err := s.unitOf(ctx, tx, who.Person)
	if err != nil {
		return err
	}
	if who.Person == "" || who.Person == r.Person || who.Person == r.By || unit == r.Section {
		return fault.Deny(msg.T("再点検は、回答した本人と同じ課の職員以外が行ってください。", "The second look is taken by somebody else, of another section."), "bp.6", "bp.11")
	}
	return nil
}
