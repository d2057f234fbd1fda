package training

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
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

// LookAct lets the office see who still owes the course after a drill.
const LookAct = "training.drill.look"

// Acts are what can be done about training beyond keeping its registers (bp.5, bp.6, bp.9.1).
func (s *Service) Acts() []act.Act {
	taught := []clause.ID{"bp.5", "bp.9.1"}
	plan := act.Field{Name: "plan", Title: msg.T("計画番号", "Plan no."), Required: true}
	step := func(move string, title msg.Text, role string, more ...act.Field) act.Act {
		return act.Act{ID: "training.plan." + move, Title: msg.F("研修計画：%s", "Training plan: %s", title), Clauses: []clause.ID{"bp.6", "bp.9.1"}, Scope: "city", Roles: []string{role},
			Fields: append([]act.Field{plan, {Name: "seen", Title: msg.T("確認した内容のハッシュ値", "Hash of what was seen")}}, more...),
			Do: func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
				return s.advance(ctx, tx, who, in, move)
			}}
	}
	return []act.Act{
		step("submit", titleSubmit, "chief"),
		step("approve", titleApprove, roleApprove, act.Field{Name: "date", Title: msg.T("決裁日", "Date of the decision")}),
		step("return", titleReturn, roleApprove),
		step("withdraw", titleWithdraw, "chief"),
		{ID: "training.plan.report", Title: msg.T("研修の結果の報告の記録", "Record that the result was reported"), Clauses: []clause.ID{"bp.9.1"}, Scope: "city", Roles: []string{"chief"},
			Fields: []act.Field{plan, {Name: "meeting", Title: msg.T("結果を報告した会議", "Meeting that heard it"), Required: true}, {Name: "result", Title: msg.T("実施の結果", "Result"), Required: true}}, Do: s.report},
		{ID: "training.answer", Title: msg.T("研修の解答", "Answer the questions of a course"), Clauses: taught, Scope: "city", Anyone: true,
			Fields: []act.Field{{Name: "course", Title: msg.T("研修", "Course"), Required: true}, {Name: "answers", Title: msg.T("解答", "Answers"), Personal: true}}, Do: s.answer},
		{ID: "training.attend", Title: msg.T("集合研修の出席の記録", "Record attendance of a session"), Clauses: taught, Scope: "city", Roles: []string{"chief"},
			Fields: []act.Field{{Name: "session", Title: msg.T("集合研修の開催", "Session"), Required: true}, {Name: "people", Title: msg.T("出席した職員等", "People who attended"), Required: true}}, Do: s.attend},
		{ID: "training.import", Title: msg.T("教材パッケージの取込み", "Import a package of material"), Clauses: []clause.ID{"bp.9.1"}, Scope: "city", Roles: []string{"chief"},
			Fields: []act.Field{{Name: "upload", Title: msg.T("取り込むファイル", "File"), Required: true}, {Name: "name", Title: msg.T("研修名", "Course"), Required: true},
				{Name: "kind", Title: msg.T("研修の種別", "Kind of course"), Required: true}, {Name: "edition", Title: msg.T("教材の版", "Edition"), Required: true}}, Do: s.importPackage},
		{ID: LookAct, Title: msg.T("フォロー研修が済んでいない人の閲覧", "See who still owes a follow-up course"), Clauses: []clause.ID{"bp.9.1"}, Scope: "city", Roles: []string{"chief"},
			Fields: []act.Field{{Name: "drill", Title: msg.T("訓練", "Drill"), Required: true}},
			Do: func(ctx context.Context, tx *db.Tx, _ actor.Actor, in act.Input) (ref.Ref, error) {
				d, _, err := get[Drill](ctx, tx, s.c.Catalog, "maildrill", in["drill"])
				return ref.New("maildrill", d.Code), err
			}},
	}
}

// unknownApplicant stands for a plan nobody has handed in: whoever does becomes its applicant.
const unknownApplicant = "-"

// instance is a plan as its route sees it.
func (p Plan) instance() flow.Instance {
	in := flow.Instance{ID: p.Code, State: flow.State(p.State), Applicant: p.Applicant, Hash: p.hash(), Since: p.Applied}
	if in.Applicant == "" {
		in.Applicant = unknownApplicant
	}
	return in
}

// moveOf is the move of the route behind the name of an act.
func (p Plan) moveOf(name string) string {
	if name == "withdraw" {
		return "withdraw_" + p.State
	}
	return name
}

// by is the actor for the route: the gate has asked the table of powers already, so the role of the step counts as
// held; who stands in for whom is asked here (bp.6).
func (s *Service) by(ctx context.Context, tx *db.Tx, who actor.Actor, seen string) (flow.Person, error) {
	stands, err := org.StandsFor(ctx, tx, s.c.Catalog, who.Person, when.Of(tx.Now()))
	return flow.Person{Key: who.Person, Roles: append(slices.Clone(who.Roles), actor.Grant{Role: roleApprove}), DelegateOf: stands, Seen: seen, At: when.StampOf(tx.Now())}, err
}

// advance makes a step of a plan.
func (s *Service) advance(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input, name string) (ref.Ref, error) {
	p, rec, err := get[Plan](ctx, tx, s.c.Catalog, "trainingplan", in["plan"])
	if err != nil {
		return ref.Ref{}, err
	}
	by, err := s.by(ctx, tx, who, in["seen"])
	if err != nil {
		return ref.Ref{}, err
	}
	inst := p.instance()
	if inst.Applicant == unknownApplicant {
		inst.Applicant = by.Key
	}
	out, err := Route().Step(inst, p.moveOf(name), by)
	if err != nil {
		return ref.Ref{}, err
	}
	act.Decided(ctx, Route().DecidesFor(inst, p.moveOf(name), by))
	today := when.Of(tx.Now())
	p.State = string(out.State)
	switch name {
	case "submit":
		p.Applicant, p.Applied = by.Key, today
	case "approve":
		p.Approver, p.Approved = by.Key, today
		if in["date"] != "" {
			d, err := when.ParseLenient(in["date"])
			if f := fault.As(err); f != nil {
				return ref.Ref{}, fault.At("date", f.Message)
			}
			if err != nil {
				return ref.Ref{}, err
			}
			if d > today {
				return ref.Ref{}, fault.At("date", msg.F("%sはまだ来ていません。決裁した日を入力してください。", "%s has not come yet. Enter the day of the decision.", d.Both()))
			}
			p.Approved = d
		}
	case "return":
		p.Applied = 0
	}
	d := s.c.Catalog.Must("trainingplan")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, p), rec.Version)
	return ref.New(d.Name, p.Code), err
}

// report records which meeting heard the result of a plan (bp.9.1).
func (s *Service) report(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	p, rec, err := get[Plan](ctx, tx, s.c.Catalog, "trainingplan", in["plan"])
	if err != nil {
		return ref.Ref{}, err
	}
	if p.State != string(Approved) {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("承認された計画だけ、結果の報告を記録できます。", "Only the result of an approved plan can be reported."))
	}
	m, _, err := get[org.Meeting](ctx, tx, s.c.Catalog, "meeting", in["meeting"])
	if f := fault.As(err); f != nil {
		return ref.Ref{}, fault.At("meeting", f.Message)
	}
	if err != nil {
		return ref.Ref{}, err
	}
	if !has(m.Agenda, "training") {
		return ref.Ref{}, fault.At("meeting", msg.T("この会議は研修を議題としていません。", "Training was not on the agenda of this meeting."))
	}
	p.Meeting, p.Result = m.Code, in["result"]
	d := s.c.Catalog.Must("trainingplan")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, p), rec.Version)
	return ref.New(d.Name, p.Code), err
}

// answer judges a person's answers and keeps the completion, passed or not. A course without questions is passed by
// whoever says they have read it.
func (s *Service) answer(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	person, err := self(who)
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	k, _, err := get[Course](ctx, tx, s.c.Catalog, "course", in["course"])
	if err != nil {
		return ref.Ref{}, err
	}
	if !org.LiveOn(k.From, k.Until, today) {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("この研修は、今は受けられません。", "This course cannot be taken now."))
	}
	qs, err := s.questions(ctx, tx, k.Code)
	if err != nil {
		return ref.Ref{}, err
	}
	given := map[string]string{}
	if in["answers"] != "" {
		if err := json.Unmarshal([]byte(in["answers"]), &given); err != nil {
			return ref.Ref{}, fault.At("answers", msg.T("解答を読み取れません。", "The answers cannot be read."))
		}
	}
	x := Completion{Person: person, Course: k.Code, Date: today, Way: online, Passed: true, Edition: k.Edition}
	hits := make([]bool, len(qs))
	if len(qs) > 0 {
		var n int64
		for i, q := range qs {
			if given[q.Code] == "" {
				return ref.Ref{}, fault.At(q.Code, msg.T("解答を選んでください。", "Choose an answer."))
			}
			if hits[i] = q.right(given[q.Code]); hits[i] {
				n++
			}
		}
		score := n * 100 / int64(len(qs))
		x.Score, x.Passed = &score, score >= k.passMark()
	}
	d := s.c.Catalog.Must("completion")
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, x))
	if err != nil {
		return ref.Ref{}, err
	}
	for i, q := range qs {
		if _, err := tx.Exec(ctx, `INSERT INTO training_answer (completion, question, given, hit) VALUES ($1, $2, $3, $4)`, ch.Key, q.Code, given[q.Code], hits[i]); err != nil {
			return ref.Ref{}, fmt.Errorf("keep answer: %w", err)
		}
	}
	if x.Passed && k.Kind == followup {
		if err := s.followedUp(ctx, tx, who, k.Code, today); err != nil {
			return ref.Ref{}, err
		}
	}
	return ref.New("completion", ch.Key), nil
}

// followedUp closes what somebody owed after drills that name this course, or none. The product itself changes the
// result: the history of a record, which everybody can read, would else name whose it is.
func (s *Service) followedUp(ctx context.Context, tx *db.Tx, who actor.Actor, course string, day when.Date) error {
	open, err := s.results(ctx, tx, who.Person)
	if err != nil {
		return err
	}
	d := s.c.Catalog.Must("drillresult")
	for _, r := range open {
		if !r.Opened || r.Followup != 0 || r.course != "" && r.course != course {
			continue
		}
		r.Followup = day
		if _, err := s.c.Catalog.Change(ctx, tx, actor.Actor{Name: "job", Way: actor.Job, System: true}, d, register.Encode(d, r.Result), 0); err != nil {
			return err
		}
	}
	return nil
}

// maxAttend bounds how many people are ticked at once.
const maxAttend = 500

// attend records who took part in a session. Who is on record already stays as they are.
func (s *Service) attend(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	x, _, err := get[Session](ctx, tx, s.c.Catalog, "session", in["session"])
	if err != nil {
		return ref.Ref{}, err
	}
	if x.Date > when.Of(tx.Now()) {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("この研修は%sに開かれます。出席は、開催の日から記録できます。", "This session is on %s. Attendance can be recorded from that day.", x.Date.Both()))
	}
	keys := strings.Fields(in["people"])
	slices.Sort(keys)
	keys = slices.Compact(keys)
	switch {
	case len(keys) == 0:
		return ref.Ref{}, fault.At("people", msg.T("出席した方を選んでください。", "Choose who attended."))
	case len(keys) > maxAttend:
		return ref.Ref{}, fault.At("people", msg.F("一度に記録できるのは%d人までです。", "At most %d people can be recorded at once.", maxAttend))
	}
	pd := s.c.Catalog.Must("person")
	people, err := s.c.Catalog.Many(ctx, tx, pd, keys)
	if err != nil {
		return ref.Ref{}, err
	}
	there, err := s.attended(ctx, tx, x.Code)
	if err != nil {
		return ref.Ref{}, err
	}
	d := s.c.Catalog.Must("completion")
	for _, key := range keys {
		rec, ok := people[key]
		if !ok || !register.Decode[org.Person](pd, rec.Row).ActiveOn(x.Date) {
			return ref.Ref{}, fault.At("people", msg.F("職員番号「%s」の方は、開催日に在職していません。", "“%s” was not with the city on that day.", key))
		}
		if there[key] {
			continue
		}
		if _, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, Completion{Person: key, Course: x.Course, Session: x.Code, Date: x.Date, Way: inGroup, Passed: true})); err != nil {
			return ref.Ref{}, err
		}
	}
	return ref.New("session", x.Code), nil
}

// attended are the people on record for a session.
func (s *Service) attended(ctx context.Context, tx *db.Tx, session string) (map[string]bool, error) {
	keys, err := db.Rows(ctx, tx, func(r *sql.Rows) (k string, err error) { return k, r.Scan(&k) },
		`SELECT person FROM reg_completion WHERE session = $1 AND NOT ended`, session)
	if err != nil {
		return nil, fmt.Errorf("read attendance of %s: %w", session, err)
	}
	out := map[string]bool{}
	for _, k := range keys {
		out[k] = true
	}
	return out, nil
}

// steps are the moves a person could make on a plan now, by name of the act.
func (s *Service) steps(ctx context.Context, tx *db.Tx, who actor.Actor, p Plan) ([]string, error) {
	by, err := s.by(ctx, tx, who, "")
	if err != nil {
		return nil, err
	}
	in := p.instance()
	if in.Applicant == unknownApplicant {
		in.Applicant = by.Key
	}
	var out []string
	for _, name := range []string{"submit", "approve", "return", "withdraw"} {
		ok, err := s.c.Gate.Decides(ctx, tx, who, "training.plan."+name)
		if err != nil {
			return nil, err
		}
		if _, err := Route().Step(in, p.moveOf(name), by); ok && err == nil {
			out = append(out, name)
		}
	}
	return out, nil
}

// plansFor are the plans that wait for a person's approval, or that came back to them.
func (s *Service) plansFor(ctx context.Context, tx *db.Tx, who actor.Actor) ([]Item, error) {
	plans, err := of[Plan](ctx, tx, s.c.Catalog, "trainingplan", "state", string(Draft), string(Submitted))
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, p := range plans {
		steps, err := s.steps(ctx, tx, who, p)
		if err != nil {
			return nil, err
		}
		i := Item{Kind: "decision", Href: "/training/plan/" + p.Code, Since: p.Applied, Clauses: []clause.ID{"bp.9.1"}, Subject: ref.New("trainingplan", p.Code)}
		switch {
		case slices.Contains(steps, "approve"):
			i.Title, i.Why = msg.F("「%s」の承認", "Approve “%s”", p.Name), msg.T("研修計画が、あなたの承認を待っています。", "A training plan waits for your approval.")
		case slices.Contains(steps, "submit") && p.Applicant == who.Person:
			i.Title, i.Why = msg.F("「%s」の修正と再申請", "Mend “%s” and submit it again", p.Name), msg.T("研修計画が差し戻されました。", "The plan was sent back.")
		default:
			continue
		}
		out = append(out, i)
	}
	return out, nil
}
