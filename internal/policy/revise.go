package policy

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/policy/text"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

var titleRevise = msg.T("案の修正", "Revise the draft")

// reviseAct puts other words into one clause of a draft (bp.0, bp.12). hash is that of the clause as it was read, so
// that nobody writes over what another has written since.
func (s *Service) reviseAct() act.Act {
	return act.Act{ID: "policy.revise", Title: titleRevise, Clauses: []clause.ID{"bp.0", "bp.4", "bp.12"}, Scope: "city", Roles: []string{"chief"}, Do: s.revise, Fields: []act.Field{
		{Name: "version", Title: msg.T("版番号", "Version no."), Required: true},
		{Name: "id", Title: msg.T("条項ID", "Clause id"), Required: true},
		{Name: "hash", Title: msg.T("修正前のハッシュ値", "Hash before the revision"), Required: true},
		{Name: "title", Title: msg.T("見出し", "Heading")},
		{Name: "text", Title: msg.T("本文", "Text")},
		{Name: "binding", Title: msg.T("義務の強さの変更", "Change how strongly it binds")}}}
}

// drafted reads a version that may be revised: a draft, by its applicant. Whoever writes a text approves nothing of it
// (bp.6), so nobody else writes in it.
func (s *Service) drafted(ctx context.Context, tx *db.Tx, who actor.Actor, code string) (Version, register.Record, flow.Instance, bool, error) {
	v, rec, err := s.version(ctx, tx, code)
	if err != nil {
		return v, rec, flow.Instance{}, false, err
	}
	in, known, err := s.decision(ctx, tx, v)
	if err != nil {
		return v, rec, in, known, err
	}
	switch {
	case flow.State(v.State) != Draft || in.State != Draft:
		err = fault.New(fault.Conflict, msg.F("「%s」は現在「%s」のため、本文を修正できません。修正できるのは案だけです。", "“%s” stands at “%s”; only a draft can be revised.", v.Name, stateTitles[flow.State(v.State)]))
	case in.Applicant != unknownApplicant && in.Applicant != who.Person:
		err = fault.Deny(msg.T("案を修正できるのは、申請者だけです。", "Only the applicant can revise a draft."), "bp.6")
	}
	return v, rec, in, known, err
}

// mayRevise says whether a person is shown the way to revise a version.
func (s *Service) mayRevise(ctx context.Context, tx *db.Tx, who actor.Actor, code string) (bool, error) {
	_, _, _, _, err := s.drafted(ctx, tx, who, code)
	if fault.As(err) != nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return s.c.Gate.Decides(ctx, tx, who, "policy.revise")
}

// worded is a clause with the words somebody typed.
func worded(c Clause, title, body string) Clause {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t　")
	}
	c.Name, c.Text = strings.TrimSpace(oneLine(title)), plain(strings.TrimSpace(strings.Join(lines, "\n")))
	c.Modal, c.Hash = text.Modal(c.Name+"\n"+c.Text), hashOf(c.Name, c.Text)
	return c
}

// revise writes one clause of a draft. Its number stays: a clause is put in, taken out or moved by importing the text.
func (s *Service) revise(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	if act.From(ctx).Reason == "" {
		return ref.Ref{}, fault.At("reason", msg.T("理由を入力してください。", "Please give the reason."))
	}
	v, rec, dec, known, err := s.drafted(ctx, tx, who, in["version"])
	if err != nil {
		return ref.Ref{}, err
	}
	cs, err := s.clauses(ctx, tx, v.Code)
	if err != nil {
		return ref.Ref{}, err
	}
	k := slices.IndexFunc(cs, func(c Clause) bool { return c.ID == in["id"] })
	if k < 0 {
		return ref.Ref{}, noClause(in["id"])
	}
	was := cs[k]
	if hashNow(was) != in["hash"] {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("「%s」は、表示した後にほかの操作で修正されました。今の本文を確かめてから、もう一度修正してください。",
			"“%s” has been revised since it was shown. Look at its present text, then revise it again.", was.Number))
	}
	title, body := was.Name, was.Text // what is not given stays
	if t, given := in["title"]; given {
		title = t
	}
	if t, given := in["text"]; given {
		body = t
	}
	next := worded(was, title, body)
	if err := s.sound(v, cs, k, next, in["binding"] == "true"); err != nil {
		return ref.Ref{}, err
	}
	before := slices.Clone(cs)
	cs[k] = next
	if v.Layer == text.Standard {
		restParents(before, cs)
	}
	def := s.c.Catalog.Must("clause")
	for i, c := range cs {
		if i != k && slices.Equal(c.Parents, before[i].Parents) {
			continue
		}
		if _, err := s.c.Catalog.Change(ctx, tx, who, def, register.Encode(def, c), 0); err != nil {
			return ref.Ref{}, err
		}
	}
	// the text is no longer that of the file: its hash is that of its Markdown, which anybody can write out
	v.SHA256 = sumOf(v, cs)
	def = s.c.Catalog.Must("version")
	if _, err := s.c.Catalog.Change(ctx, tx, who, def, register.Encode(def, v), rec.Version); err != nil {
		return ref.Ref{}, err
	}
	if dec.Applicant == unknownApplicant && who.Person != "" {
		dec.Applicant = who.Person
	}
	out, err := routeOf(v.Layer).Revise(dec, v.SHA256, when.Of(tx.Now()))
	if err != nil {
		return ref.Ref{}, err
	}
	return ref.New("version", v.Code), s.keepDecision(ctx, tx, out, dec.State, known)
}

// hashNow is the hash of a clause as it stands; a version made without a text has none on record.
func hashNow(c Clause) string { return cmp.Or(c.Hash, hashOf(c.Name, c.Text)) }

func noClause(id string) error {
	return fault.New(fault.NotFound, msg.F("この版に条項「%s」はありません。", "This version has no clause “%s”.", id))
}

func markdownOf(v Version, cs []Clause) string {
	return Markdown(Imported{Document: documentOf(v), Clauses: clausesOf(cs)})
}

func sumOf(v Version, cs []Clause) string {
	sum := sha256.Sum256([]byte(markdownOf(v, cs)))
	return hex.EncodeToString(sum[:])
}

// sound refuses words that say nothing, change nothing, change how strongly the clause binds unasked, or would be read
// as other clauses.
func (s *Service) sound(v Version, cs []Clause, k int, next Clause, binding bool) error {
	was := cs[k]
	switch {
	case next.Name == "" && next.Text == "":
		return fault.At("text", msg.T("見出しか本文を入力してください。条項を削除するときは、削除した本文を改めて取り込んでください。", "Enter a heading or a text. To take a clause out, import the text without it."))
	case next.Name == was.Name && next.Text == was.Text:
		return fault.At("text", msg.T("修正前と同じ内容です。", "Nothing has been changed."))
	case !slices.Equal(next.Modal, was.Modal) && !binding:
		return fault.At("binding", msg.F("義務の強さを表す語が「%s」から「%s」に変わります。意図した変更であれば、確認の欄にチェックを入れてください。",
			"The words that say how strongly it binds change from “%s” to “%s”. If that is meant, tick the box.", listed(was.Modal), listed(next.Modal)))
	}
	after := slices.Clone(cs)
	after[k] = next
	if readsBack(v, cs) && !readsBack(v, after) {
		return fault.At("text", msg.T("この見出しと本文では、書き出した文書を読み直したときに条項の区切りが変わります。「(1)」のように番号で始まる行や、文になっている見出しがないか確かめてください。",
			"With these words the exported text would be read as other clauses. Look for a line that begins with a number such as (1), or for a heading that is a sentence."))
	}
	return nil
}

func listed(modal []string) msg.Text {
	if len(modal) == 0 {
		return msg.T("なし", "none")
	}
	return msg.Same(strings.Join(modal, "、"))
}

// readsBack says whether the exported text is read as the same clauses with the same words.
func readsBack(v Version, cs []Clause) bool {
	d, err := text.Read("text.md", []byte(markdownOf(v, cs)), v.Layer)
	return err == nil && slices.EqualFunc(d.Clauses, cs, func(a text.Clause, b Clause) bool {
		return string(a.ID) == b.ID && a.Title == b.Name && a.Text == b.Text
	})
}

// restParents works out anew on which clauses of the basic policy each clause of the standard rests: its own marks, or
// those of the place above. A clause that rested on something else than its text said keeps that.
func restParents(before, cs []Clause) {
	at := map[string]int{}
	of := func(cs []Clause, i int) []string {
		if marks := text.Marks(cs[i].Name + " " + cs[i].Text); len(marks) > 0 {
			return marks
		}
		if up, ok := at[string(clause.ID(cs[i].ID).Parent())]; ok {
			return cs[up].Parents
		}
		return nil
	}
	for i := range cs {
		at[cs[i].ID] = i
		if slices.Equal(of(before, i), before[i].Parents) {
			cs[i].Parents = of(cs, i)
		}
	}
}
