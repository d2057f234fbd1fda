package policy

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
	"okite/internal/policy/text"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// unknownApplicant stands for a version nobody of the staff handed in: whoever submits it becomes its applicant.
const unknownApplicant = "-"

func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Acts are the steps of a version from its import to its end (bp.0, bp.4, bp.12, bp.14).
func (s *Service) Acts() []act.Act {
	two := []clause.ID{"bp.0", "bp.4"}
	version := act.Field{Name: "version", Title: msg.T("版番号", "Version no."), Required: true}
	day := func(name string, title msg.Text, must bool) act.Field {
		return act.Field{Name: name, Title: title, Required: must}
	}
	step := func(id string, title msg.Text, clauses []clause.ID, role string, do func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error), more ...act.Field) act.Act {
		return act.Act{ID: "policy." + id, Title: title, Clauses: clauses, Scope: "city", Roles: []string{role}, Fields: append([]act.Field{version}, more...), Do: do}
	}
	inForce, date, paper := day("from", msg.T("施行日", "In force from"), true), day("date", msg.T("決定日", "Date"), true), act.Field{Name: "paper", Title: msg.T("文書番号", "Document no.")}
	simple := func(move string) func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		return func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
			return s.advance(ctx, tx, who, in["version"], move, nil)
		}
	}
	return []act.Act{
		{ID: "policy.import", Title: msg.T("ポリシーの案の取込み", "Import a draft of the policy"), Clauses: two, Scope: "city", Roles: []string{"chief"},
			Fields: []act.Field{{Name: "upload", Title: msg.T("取り込むファイル", "File to import"), Required: true}, {Name: "sha256", Title: msg.T("本文のハッシュ値", "SHA-256 of the text"), Required: true},
				{Name: "name", Title: msg.T("ファイル名", "File name")}, {Name: "layer", Title: msg.T("層", "Layer")}, {Name: "title", Title: msg.T("名称", "Title")}, day("from", msg.T("施行予定日", "Planned to be in force from"), false)},
			Do: s.importDraft},
		s.reviseAct(),
		step("submit", titleSubmit, two, "chief", s.submit),
		step("committee", titleCommittee, two, "committee", s.dated("committee"), date),
		step("ciso", titleCISO, two, "ciso", s.dated("ciso"), date),
		step("adopt", titleAdopt, []clause.ID{"bp.3", "bp.4"}, "chief", s.adopt, act.Field{Name: "organ", Title: msg.T("機関", "Organ"), Required: true},
			act.Field{Name: "by", Title: msg.T("決定した主体", "Adopted by"), Required: true}, date, paper),
		step("publish", titlePublish, []clause.ID{"bp.0", "bp.14"}, "chief", s.dated("publish"), date),
		step("enforce", titleEnforce, two, "chief", s.enforce, inForce),
		step("return_review", msg.T("委員会からの差戻し", "Send back from the committee"), two, "committee", simple("return_review")),
		step("return_approval", msg.T("CISOからの差戻し", "Send back from the CISO"), two, "ciso", simple("return_approval")),
		step("return", msg.T("決裁後の差戻し", "Send back after the decision"), two, "chief", s.back),
		step("withdraw", titleWithdraw, two, "chief", s.withdraw),
		{ID: "policy.settle", Title: msg.T("決裁済みの版の登録", "Register a version decided elsewhere"), Clauses: two, Scope: "city", Roles: []string{"admin"},
			Fields: []act.Field{version, inForce, day("committee", msg.T("委員会の議決日", "Committee decided"), false), day("ciso", msg.T("CISOの決裁日", "CISO decided"), false), day("published", msg.T("公表日", "Published"), false)},
			Allow:  operatorOnly, Do: s.settle},
		{ID: "policy.turn", Title: msg.T("失効した版の整理", "Close versions that were replaced"), Clauses: two, Scope: "city", Roles: []string{"admin"}, Allow: operatorOnly, Do: s.turn},
	}
}

// operatorOnly: what stands for decisions taken elsewhere is entered by whoever answers for the data directory.
func operatorOnly(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) error {
	if who.System {
		return nil
	}
	return fault.Deny(msg.T("この操作は、運用担当者がコマンドで行います。", "This is done by the operator with a command."), "bp.4")
}

// importDraft makes a version of an upload. The text is read anew, so that nothing typed can stand for it.
func (s *Service) importDraft(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	up, err := s.upload(ctx, tx, who, in["upload"])
	if err != nil {
		return ref.Ref{}, err
	}
	layer := in["layer"]
	if layer == "" {
		layer = up.layer
	}
	d, err := text.Read(up.name, up.content, layer)
	if err != nil {
		return ref.Ref{}, err
	}
	if d.SHA256 != in["sha256"] {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("確認した後にファイルが変わっています。もう一度確認してください。", "The file has changed since it was looked at. Please look at it again."))
	}
	from, err := date(in, "from")
	if err != nil {
		return ref.Ref{}, err
	}
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return ref.Ref{}, err
	}
	v := Version{Layer: d.Layer, Number: 1, Name: d.Title, SHA256: d.SHA256, State: string(Draft), Route: routeOf(d.Layer).Name, From: from}
	if in["title"] != "" {
		v.Name = in["title"]
	}
	for _, o := range vs {
		if o.Layer == v.Layer {
			v.Number = max(v.Number, o.Number+1)
		}
	}
	letter := map[string]string{text.Basic: "B", text.Standard: "S"}[v.Layer]
	for n := v.Number; v.Code == ""; n++ {
		if code := fmt.Sprintf("%s%d", letter, n); !slices.ContainsFunc(vs, func(o Version) bool { return o.Code == code }) {
			v.Code = code
		}
	}
	def := s.c.Catalog.Must("version")
	if _, err := s.c.Catalog.Create(ctx, tx, who, def, register.Encode(def, v)); err != nil {
		return ref.Ref{}, err
	}
	if err := s.keepText(ctx, tx, who, v, d); err != nil {
		return ref.Ref{}, err
	}
	applicant := who.Person
	if applicant == "" {
		applicant = unknownApplicant
	}
	if err := s.keepDecision(ctx, tx, routeOf(v.Layer).New(v.Code, applicant, v.SHA256, nil, when.Of(tx.Now())), Draft, false); err != nil {
		return ref.Ref{}, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM policy_upload WHERE id = $1`, in["upload"]); err != nil {
		return ref.Ref{}, fmt.Errorf("clear upload: %w", err)
	}
	return ref.New("version", v.Code), nil
}

func date(in act.Input, name string) (when.Date, error) {
	if in[name] == "" {
		return 0, nil
	}
	d, err := when.ParseLenient(in[name])
	if f := fault.As(err); f != nil {
		return 0, fault.At(name, f.Message)
	}
	return d, err
}

// past reads a day that has come: what is to be decided is not decided yet.
func past(in act.Input, name string, today when.Date) (when.Date, error) {
	d, err := date(in, name)
	if err == nil && d > today {
		return 0, fault.At(name, msg.F("%sはまだ来ていません。決定した日を入力してください。", "%s has not come yet. Enter the day of the decision.", d.Both()))
	}
	return d, err
}

// person is the actor for the flow: the gate has asked the power register already, so the role of the step counts as
// held; who stands in for whom is asked here (bp.6).
func (s *Service) person(ctx context.Context, tx *db.Tx, who actor.Actor, m flow.Move) (flow.Person, error) {
	by := flow.Person{Key: who.Person, Roles: slices.Clone(who.Roles), At: when.StampOf(tx.Now())}
	if m.Role != "" {
		by.Roles = append(by.Roles, actor.Grant{Role: m.Role})
	}
	var err error
	by.DelegateOf, err = org.StandsFor(ctx, tx, s.c.Catalog, who.Person, when.Of(tx.Now()))
	return by, err
}

// advance makes a step and writes the version; change puts the dates of the step into it.
func (s *Service) advance(ctx context.Context, tx *db.Tx, who actor.Actor, code, name string, change func(v *Version) error) (ref.Ref, error) {
	v, rec, err := s.version(ctx, tx, code)
	if err != nil {
		return ref.Ref{}, err
	}
	f := routeOf(v.Layer)
	in, known, err := s.decision(ctx, tx, v)
	if err != nil {
		return ref.Ref{}, err
	}
	m, ok := f.Move(name)
	if !ok {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」の経路に、この手続はありません。", "The route of “%s” has no such step.", v.Name))
	}
	by, err := s.person(ctx, tx, who, m)
	if err != nil {
		return ref.Ref{}, err
	}
	if m.Applicant && in.Applicant == unknownApplicant {
		in.Applicant = by.Key
	}
	was := in.State
	out, err := f.Step(in, name, by)
	if err != nil {
		return ref.Ref{}, err
	}
	act.Decided(ctx, f.DecidesFor(in, name, by))
	v.State = string(out.State)
	if out.State == Draft { // what was decided of it no longer counts
		v.Committee, v.CISO, v.Published = 0, 0, 0
	}
	if change != nil {
		if err := change(&v); err != nil {
			return ref.Ref{}, err
		}
	}
	def := s.c.Catalog.Must("version")
	if _, err := s.c.Catalog.Change(ctx, tx, who, def, register.Encode(def, v), rec.Version); err != nil {
		return ref.Ref{}, err
	}
	return ref.New("version", code), s.keepDecision(ctx, tx, out, was, known)
}

func (s *Service) submit(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	return s.advance(ctx, tx, who, in["version"], "submit", nil)
}

// dated makes a step that has a day of its own.
func (s *Service) dated(name string) func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	return func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
		d, err := past(in, "date", when.Of(tx.Now()))
		if err != nil {
			return ref.Ref{}, err
		}
		return s.advance(ctx, tx, who, in["version"], name, func(v *Version) error {
			switch name {
			case "committee":
				v.Committee = d
			case "ciso":
				if d < v.Committee {
					return fault.At("date", msg.F("CISOの決裁日は、委員会の議決日（%s）より前にできません。", "The CISO cannot have decided before the committee did (%s).", v.Committee.Both()))
				}
				v.CISO = d
			case "publish":
				if d < v.CISO {
					return fault.At("date", msg.F("公表日は、CISOの決裁日（%s）より前にできません。", "It cannot have been published before the CISO decided (%s).", v.CISO.Both()))
				}
				v.Published = d
			}
			return nil
		})
	}
}

// adopt records an organ's decision to be bound (bp.3). With the last organ the version goes on to publication.
func (s *Service) adopt(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	v, _, err := s.version(ctx, tx, in["version"])
	if err != nil {
		return ref.Ref{}, err
	}
	if flow.State(v.State) != Adopting {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は現在「%s」のため、機関の決定を記録できません。", "“%s” stands at “%s”; no adoption can be recorded.", v.Name, stateTitles[flow.State(v.State)]))
	}
	d, err := past(in, "date", when.Of(tx.Now()))
	if err != nil {
		return ref.Ref{}, err
	}
	if d < v.CISO {
		return ref.Ref{}, fault.At("date", msg.F("決定日は、CISOの決裁日（%s）より前にできません。", "An organ cannot have decided before the CISO did (%s).", v.CISO.Both()))
	}
	open, err := s.waitingOrgans(ctx, tx, v)
	if err != nil {
		return ref.Ref{}, err
	}
	if !slices.ContainsFunc(open, func(o org.Organ) bool { return o.Code == in["organ"] }) {
		return ref.Ref{}, fault.At("organ", msg.T("この機関は登録されていないか、既に決定を記録しています。", "This organ is not registered, or its adoption is on record."))
	}
	def := s.c.Catalog.Must("adoption")
	ch, err := s.c.Catalog.Create(ctx, tx, who, def, register.Encode(def, Adoption{Organ: in["organ"], Version: v.Code, By: in["by"], Date: d, Paper: in["paper"]}))
	if err != nil {
		return ref.Ref{}, err
	}
	if len(open) == 1 {
		return s.advance(ctx, tx, who, v.Code, "adopt", nil)
	}
	return ref.New("adoption", ch.Key), nil
}

// waitingOrgans are the organs that still have to adopt a version. The assembly decides through its office or itself;
// R014 asks which (bp.3).
func (s *Service) waitingOrgans(ctx context.Context, tx *db.Tx, v Version) ([]org.Organ, error) {
	d, ok := s.c.Catalog.Get("organ")
	if !ok {
		return nil, nil
	}
	organs, err := register.Load[org.Organ](ctx, tx, d)
	if err != nil {
		return nil, err
	}
	adopted, err := register.Load[Adoption](ctx, tx, s.c.Catalog.Must("adoption"))
	if err != nil {
		return nil, err
	}
	today := when.Of(tx.Now())
	return slices.DeleteFunc(organs, func(o org.Organ) bool {
		return o.Kind == "assembly" || o.Open > today || o.Close != 0 && o.Close < today ||
			slices.ContainsFunc(adopted, func(a Adoption) bool { return a.Version == v.Code && a.Organ == o.Code })
	}), nil
}

// enforce brings a version into force on a day; the one before ends on the day before (bp.4: one text at a time).
func (s *Service) enforce(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	from, err := date(in, "from")
	if err != nil {
		return ref.Ref{}, err
	}
	return s.advance(ctx, tx, who, in["version"], "enforce", func(v *Version) error { return s.begin(ctx, tx, who, v, from) })
}

// begin sets the days of a version and ends the one it replaces.
func (s *Service) begin(ctx context.Context, tx *db.Tx, who actor.Actor, v *Version, from when.Date) error {
	for _, step := range []struct {
		day   when.Date
		title msg.Text
	}{{v.Committee, titleCommittee}, {v.CISO, titleCISO}, {v.Published, titlePublish}} {
		if from < step.day {
			return fault.At("from", msg.F("施行日は、「%s」の日（%s）より前にできません。", "It cannot be in force before this: %s (%s).", step.title, step.day.Both()))
		}
	}
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return err
	}
	def := s.c.Catalog.Must("version")
	for _, o := range vs {
		if o.Layer != v.Layer || o.Code == v.Code || flow.State(o.State) != Current || o.Until != 0 && o.Until < from {
			continue
		}
		if o.From >= from {
			return fault.At("from", msg.F("施行日は、現在の版「%s」の施行日（%s）より後にしてください。", "It must be after the day the present version, “%s”, came into force (%s).", o.Name, o.From.Both()))
		}
		o.Until = from.AddDays(-1)
		if from <= when.Of(tx.Now()) {
			o.State = string(Replaced)
		}
		if _, err := s.c.Catalog.Change(ctx, tx, who, def, register.Encode(def, o), 0); err != nil {
			return err
		}
	}
	v.From, v.State = from, string(Current)
	return nil
}

// back sends back after the CISO has decided.
func (s *Service) back(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	v, _, err := s.version(ctx, tx, in["version"])
	if err != nil {
		return ref.Ref{}, err
	}
	if st := flow.State(v.State); st == Review || st == Approval {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("審議中の版は、委員会かCISOが差し戻します。", "A version under review is sent back by the committee or the CISO."))
	}
	return s.advance(ctx, tx, who, v.Code, "return_"+v.State, nil)
}

func (s *Service) withdraw(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	v, _, err := s.version(ctx, tx, in["version"])
	if err != nil {
		return ref.Ref{}, err
	}
	return s.advance(ctx, tx, who, v.Code, "withdraw_"+v.State, nil)
}

// settle registers a draft as decided elsewhere: for a municipality that begins to use the product while its policy
// has long been in force. It stands for decisions nobody took here, so it is bound to the first version of a layer and
// to the operator, whose reason is in the record. Organs are not taken to have adopted it.
func (s *Service) settle(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	if act.From(ctx).Reason == "" {
		return ref.Ref{}, fault.At("reason", msg.T("理由を入力してください。", "Please give the reason."))
	}
	v, rec, err := s.version(ctx, tx, in["version"])
	if err != nil {
		return ref.Ref{}, err
	}
	if err := s.fresh(ctx, tx, v.Layer); err != nil {
		return ref.Ref{}, err
	}
	if flow.State(v.State) != Draft {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は現在「%s」です。案の版だけを登録できます。", "“%s” stands at “%s”; only a draft can be registered so.", v.Name, stateTitles[flow.State(v.State)]))
	}
	today := when.Of(tx.Now())
	from, err := date(in, "from")
	if err != nil {
		return ref.Ref{}, err
	}
	for name, to := range map[string]*when.Date{"committee": &v.Committee, "ciso": &v.CISO, "published": &v.Published} {
		if *to, err = past(in, name, today); err != nil {
			return ref.Ref{}, err
		}
		if *to == 0 && (name != "published" || v.Layer == text.Basic) {
			*to = min(from, today)
		}
	}
	if err := s.begin(ctx, tx, who, &v, from); err != nil {
		return ref.Ref{}, err
	}
	def := s.c.Catalog.Must("version")
	if _, err := s.c.Catalog.Change(ctx, tx, who, def, register.Encode(def, v), rec.Version); err != nil {
		return ref.Ref{}, err
	}
	d, known, err := s.decision(ctx, tx, v)
	if err != nil {
		return ref.Ref{}, err
	}
	was := d.State
	d.State, d.Since = Current, today
	return ref.New("version", v.Code), s.keepDecision(ctx, tx, d, was, known)
}

// fresh refuses a layer that has had a version in force.
func (s *Service) fresh(ctx context.Context, tx *db.Tx, layer string) error {
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(vs, func(o Version) bool {
		return o.Layer == layer && (flow.State(o.State) == Current || flow.State(o.State) == Replaced)
	}) {
		return fault.New(fault.Conflict, msg.T("この層には施行された版が既にあります。改正は、委員会の議決から始まる手続で決裁してください。",
			"This layer has had a version in force. A change takes its route, beginning with the committee."))
	}
	return nil
}

// turn marks versions whose last day has passed as replaced: the day's work of the product itself.
func (s *Service) turn(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return ref.Ref{}, err
	}
	code := ""
	def, today := s.c.Catalog.Must("version"), when.Of(tx.Now())
	for _, v := range vs {
		if flow.State(v.State) != Current || v.Until == 0 || v.Until >= today {
			continue
		}
		if _, ok := InForce(vs, v.Layer, today); !ok {
			continue // nothing took its place: R001 must see that
		}
		v.State, code = string(Replaced), v.Code
		if _, err := s.c.Catalog.Change(ctx, tx, who, def, register.Encode(def, v), 0); err != nil {
			return ref.Ref{}, err
		}
	}
	if code == "" {
		return ref.Ref{}, nil
	}
	return ref.New("version", code), nil
}
