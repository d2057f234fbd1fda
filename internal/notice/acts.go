package notice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

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

// content are the fields a writer gives.
var content = []string{"name", "kind", "text", "units", "roles", "employments", "systems", "mandatory", "clauses"}

// The acts of other people's duties, by whom they are decided until the city says otherwise (bp.6): the CSIRT writes
// what people are told, the chief approves what binds them, section managers remind their own.
const (
	writer   = "csirt_chief"
	approver = "chief"
)

// Acts are the ways in which people are told and confirm it (bp.5, bp.6, bp.9.1).
func (s *Service) Acts() []act.Act {
	d, duty := s.def("notice"), []clause.ID{"bp.5", "bp.9.1"}
	number := act.Field{Name: "notice", Title: msg.T("お知らせ番号", "Notice no."), Required: true}
	var fields []act.Field
	for _, name := range content {
		f, _ := d.Field(name)
		fields = append(fields, act.Field{Name: name, Title: f.Title, Required: f.Required})
	}
	city := func(id string, title msg.Text, role string, fields []act.Field, do func(context.Context, *db.Tx, actor.Actor, act.Input) (ref.Ref, error)) act.Act {
		return act.Act{ID: id, Title: title, Clauses: []clause.ID{"bp.6", "bp.9.1"}, Scope: "city", Roles: []string{role}, Fields: fields, Do: do}
	}
	own := func(id string, title msg.Text, clauses []clause.ID, fields []act.Field, do func(context.Context, *db.Tx, actor.Actor, act.Input) (ref.Ref, error)) act.Act {
		return act.Act{ID: id, Title: title, Clauses: clauses, Scope: "city", Anyone: true, Allow: inPerson, Fields: fields, Do: do}
	}
	unit := act.Field{Name: "unit", Title: msg.T("組織", "Unit"), Required: true}
	section := city("notice.remind.section", msg.T("課の職員への再通知", "Remind a section’s people"), "section_manager", []act.Field{number, unit}, s.remind)
	section.Scope, section.Clauses = "section", duty
	section.Where = func(_ context.Context, _ *db.Tx, in act.Input) ([]act.Place, error) {
		return []act.Place{{Unit: in["unit"]}}, nil
	}
	version := act.Field{Name: "version", Title: msg.T("ポリシーの版", "Version of the policy"), Required: true}
	return []act.Act{
		city("notice.draft", titleDraft, writer, fields, s.draft),
		city("notice.revise", titleRevise, writer, append([]act.Field{number}, fields...), s.revise),
		city("notice.submit", titleSubmit, writer, []act.Field{number}, s.submit),
		city("notice.issue", titleIssue, writer, []act.Field{number}, s.issue("issue")),
		city("notice.approve", titleApprove, approver, []act.Field{number, {Name: "seen", Title: msg.T("確認した内容のハッシュ値", "Hash of what was looked at")}}, s.issue("approve")),
		city("notice.return", titleReturn, approver, []act.Field{number}, s.back),
		city("notice.withdraw", titleWithdraw, writer, []act.Field{number}, s.withdraw),
		city("notice.close", titleClose, writer, []act.Field{number}, s.closeNotice),
		city("notice.remind", titleRemind, writer, []act.Field{number}, s.remind),
		section,
		{ID: "notice.remind.round", Title: titleRound, Clauses: duty, Scope: "city", Roles: []string{writer}, Allow: byItself, Fields: []act.Field{number, {Name: "round", Title: msg.T("再通知の回", "Round"), Required: true}}, Do: s.hold},
		own("notice.read", msg.T("お知らせの了知", "Confirm having read a notice"), duty, []act.Field{number}, s.read),
		own("ack.receive", msg.T("ポリシーの了知", "Confirm having received the policy"), []clause.ID{"bp.0", "bp.5", "bp.9.1"}, []act.Field{version}, s.receive),
		own("pledge.sign", msg.T("誓約の提出", "Give a pledge"), []clause.ID{"bp.5"}, []act.Field{{Name: "kind", Title: msg.T("種別", "Kind"), Required: true}, {Name: "sha256", Title: msg.T("誓約文のハッシュ値", "Hash of the words"), Required: true}}, s.sign),
		{ID: "ack.contractor", Title: msg.T("委託事業者の受領の記録", "Record receipts by contractors"), Clauses: []clause.ID{"bp.0", "bp.5"}, Scope: "city", Roles: []string{"contract_officer"},
			Fields: []act.Field{version, {Name: "contractors", Title: msg.T("委託事業者", "Contractors"), Required: true}, {Name: "date", Title: msg.T("受領日", "Date"), Required: true}}, Do: s.receiveContractors},
		{ID: "guide.publish", Title: msg.T("行動指針の施行", "Bring a conduct guide into force"), Clauses: []clause.ID{"bp.9.1"}, Scope: "city", Roles: []string{"chief"},
			Fields: []act.Field{{Name: "guide", Title: msg.T("指針番号", "Guide no."), Required: true}, {Name: "from", Title: msg.T("施行日", "In force from"), Required: true}}, Do: s.publish},
	}
}

// inPerson: what somebody confirms or promises they do themselves, signed in (bp.13: it is proof).
func inPerson(_ context.Context, _ *db.Tx, who actor.Actor, _ act.Input) error {
	if who.Person == "" {
		return fault.Deny(msg.T("了知と誓約は、本人がログインして行ってください。", "Receipts and pledges are given by people themselves, signed in."), "bp.5", "bp.13")
	}
	return nil
}

// written takes the content of a form over a row.
func (s *Service) written(row register.Row, in act.Input) (register.Row, error) {
	d := s.def("notice")
	sub := act.Input{}
	for _, name := range content {
		if v, ok := in[name]; ok {
			sub[name] = v
		}
	}
	row, err := s.c.Catalog.Merge(d, row, sub)
	if err != nil {
		return nil, err
	}
	ids, _ := d.Get(row, "clauses").([]string)
	for _, id := range ids {
		if _, err := clause.Parse(id); err != nil {
			return nil, fault.At("clauses", msg.F("「%s」という条項IDはありません。bp.9.1のように入力してください。", "There is no clause id “%s”; enter it like bp.9.1.", id))
		}
	}
	return row, nil
}

func (s *Service) draft(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	d := s.def("notice")
	row, err := s.written(d.New(), in)
	if err != nil {
		return ref.Ref{}, err
	}
	d.Put(row, "state", string(Draft))
	d.Put(row, "by", who.Person)
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, row)
	return ref.New("notice", ch.Key), err
}

// revise changes a draft. Only its writer may, so that nobody approves words of their own (bp.6).
func (s *Service) revise(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	n, rec, err := s.get(ctx, tx, in["notice"])
	if err != nil {
		return ref.Ref{}, err
	}
	switch {
	case n.State != string(Draft):
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は「%s」のため、修正できません。", "“%s” stands at “%s” and cannot be revised.", n.Name, stateTitles[flow.State(n.State)]))
	case n.By != who.Person:
		return ref.Ref{}, fault.Deny(msg.T("修正できるのは、作成した本人だけです。", "Only its writer may revise a notice."), "bp.6")
	}
	row, err := s.written(rec.Row, in)
	if err != nil {
		return ref.Ref{}, err
	}
	_, err = s.c.Catalog.Change(ctx, tx, who, s.def("notice"), row, rec.Version)
	return ref.New("notice", n.Code), err
}

// Hash is of what people would be told, and whom: an approval is given for it.
func (n Notice) Hash() string {
	h := sha256.New()
	for _, part := range []string{n.Name, n.Kind, n.Text, fmt.Sprint(n.Units), fmt.Sprint(n.Roles), fmt.Sprint(n.Employments), fmt.Sprint(n.Systems), fmt.Sprint(n.Mandatory), fmt.Sprint(n.Clauses)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (n Notice) instance() flow.Instance {
	return flow.Instance{ID: n.Code, State: flow.State(n.State), Applicant: n.By, Hash: n.Hash(), Since: n.Issued}
}

// by is the actor for the flow: the gate has asked the power register already, so the role of the step counts as held;
// whom they stand in for is asked here (bp.6).
func (s *Service) by(ctx context.Context, tx *db.Tx, who actor.Actor, m flow.Move) (flow.Person, error) {
	p := flow.Person{Key: who.Person, Roles: slices.Clone(who.Roles), At: when.StampOf(tx.Now())}
	if m.Role != "" {
		p.Roles = append(p.Roles, actor.Grant{Role: m.Role})
	}
	if who.Person == "" {
		return p, nil
	}
	var err error
	p.DelegateOf, err = org.StandsFor(ctx, tx, s.c.Catalog, who.Person, when.Of(tx.Now()))
	return p, err
}

// step moves a notice on; change puts what the step brings into it.
func (s *Service) step(ctx context.Context, tx *db.Tx, who actor.Actor, code, move, seen string, change func(n *Notice) error) (ref.Ref, error) {
	n, rec, err := s.get(ctx, tx, code)
	if err != nil {
		return ref.Ref{}, err
	}
	f := routeOf(n)
	m, ok := f.Move(move)
	if !ok {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は「%s」のため、この手続はできません。", "“%s” stands at “%s”; this step is not possible.", n.Name, stateTitles[flow.State(n.State)]))
	}
	by, err := s.by(ctx, tx, who, m)
	if err != nil {
		return ref.Ref{}, err
	}
	by.Seen = seen
	in := n.instance()
	out, err := f.Step(in, move, by)
	if err != nil {
		return ref.Ref{}, err
	}
	act.Decided(ctx, f.DecidesFor(in, move, by))
	n.State = string(out.State)
	if change != nil {
		if err := change(&n); err != nil {
			return ref.Ref{}, err
		}
	}
	d := s.def("notice")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, n), rec.Version)
	return ref.New("notice", code), err
}

func (s *Service) submit(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	return s.step(ctx, tx, who, in["notice"], "submit", "", func(n *Notice) error { return s.reaches(ctx, tx, *n) })
}

// issue sends a notice out: from now on it is owed (bp.9.1).
func (s *Service) issue(move string) func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	return func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		days, err := s.parameter(ctx, tx, "N.notice")
		if err != nil {
			return ref.Ref{}, err
		}
		return s.step(ctx, tx, who, in["notice"], move, in["seen"], func(n *Notice) error {
			n.Issued = when.Of(tx.Now())
			n.Due = s.c.Calendar.AddOpen(n.Issued, days)
			if move == "approve" {
				n.Approver = who.Person
			}
			return s.reaches(ctx, tx, *n)
		})
	}
}

// reaches refuses a notice that nobody would get.
func (s *Service) reaches(ctx context.Context, tx *db.Tx, n Notice) error {
	today := when.Of(tx.Now())
	reach, err := s.reach(ctx, tx, today)
	if err != nil {
		return err
	}
	list, err := people(ctx, tx, nil)
	if err != nil {
		return err
	}
	m := reach.Members(n.Audience())
	if slices.ContainsFunc(list, func(p person) bool {
		return owes(p.joined, p.left, today, today) && m.Holds(p.code, p.unit, p.employment)
	}) {
		return nil
	}
	return fault.At("units", msg.T("対象に当てはまる職員等が一人もいません。対象を選び直してください。", "Nobody is in this audience. Choose another."))
}

func (s *Service) back(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	return s.step(ctx, tx, who, in["notice"], "return", "", nil)
}

func (s *Service) withdraw(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	n, _, err := s.get(ctx, tx, in["notice"])
	if err != nil {
		return ref.Ref{}, err
	}
	return s.step(ctx, tx, who, n.Code, "withdraw_"+n.State, "", nil)
}

// closeNotice takes an issued notice down: today is the last day it is shown.
func (s *Service) closeNotice(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	n, rec, err := s.get(ctx, tx, in["notice"])
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	switch {
	case !n.ShownOn(today) || n.Ends == today:
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は掲載中ではありません。", "“%s” is not being shown.", n.Name))
	case n.Mandatory && n.Due >= today:
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("必読のお知らせは、読了の期限（%s）が過ぎるまで終了できません。", "A mandatory notice stays until it was to be read (%s).", n.Due.Both()))
	}
	n.Ends = today
	d := s.def("notice")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, n), rec.Version)
	return ref.New("notice", n.Code), err
}
