package policy

import (
	"context"
	"crypto/rand"
	"database/sql"
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
	"okite/internal/pack"
	"okite/internal/policy/text"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// Config says what the module needs. Store, Catalog and Gate are needed; the rest may be zero.
type Config struct {
	Store   *db.Store
	Catalog *register.Catalog
	Gate    *act.Gate
	// Pack names the pack whose English gloss stands beside the text; "" shows none.
	Pack string
	// Results gives the counts of the checks of a clause; nil shows none.
	Results func(ctx context.Context, id clause.ID) web.Counts
	// Below gives what the product binds to this very clause: acts, checks, registers, pages. What binds the places
	// above and below it is asked for by their own ids.
	Below func(id clause.ID) []Thing
}

// Thing is something that hangs on a clause.
type Thing struct {
	Kind   string // act, check, register, page, procedure, standard, exception
	ID     string
	Title  msg.Text
	Href   string
	Clause clause.ID // it is bound to, when that is a place above or below the one looked at
}

// named says whether the title is data of the city and not of the product.
func (t Thing) named() bool {
	return t.Kind == "standard" || t.Kind == "procedure" || t.Kind == "exception"
}

// Service is the module at work.
type Service struct {
	c Config
}

// New makes it.
func New(c Config) *Service { return &Service{c: c} }

// DocumentJSON is a document as commands and the API give it.
type DocumentJSON struct {
	ID      string `json:"id"`
	Layer   string `json:"layer"`
	Version string `json:"version"`
	Title   string `json:"title"`
	SHA256  string `json:"sha256"`
	State   string `json:"state,omitempty"`
	From    string `json:"from,omitempty"`
	Until   string `json:"until,omitempty"`
}

// ClauseJSON is a clause as commands and the API give it.
type ClauseJSON struct {
	ID      string   `json:"id"`
	Number  string   `json:"number"`
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Parent  string   `json:"parent"`
	Modal   []string `json:"modal"`
	Parents []string `json:"parents,omitempty"` // of the standard: the clauses of the basic policy it rests on
}

// Imported is the answer of an import.
type Imported struct {
	Document DocumentJSON   `json:"document"`
	Clauses  []ClauseJSON   `json:"clauses"`
	Warnings []text.Warning `json:"warnings"`
}

func documentOf(v Version) DocumentJSON {
	return DocumentJSON{ID: v.Code, Layer: v.Layer, Version: fmt.Sprintf("v%d", v.Number), Title: v.Name, SHA256: v.SHA256, State: v.State, From: v.From.String(), Until: v.Until.String()}
}

func clausesOf(cs []Clause) []ClauseJSON {
	out := make([]ClauseJSON, 0, len(cs))
	for _, c := range cs {
		modal := c.Modal
		if modal == nil {
			modal = []string{}
		}
		out = append(out, ClauseJSON{ID: c.ID, Number: c.Number, Title: c.Name, Text: c.Text, Parent: string(clause.ID(c.ID).Parent()), Modal: modal, Parents: c.Parents})
	}
	return out
}

// Request is a file to import.
type Request struct {
	Name   string // of the file
	Bytes  []byte
	Layer  string // "" lets the text say
	Title  string // "" takes the text's own
	From   when.Date
	Reason string
	// Approve registers the version as decided elsewhere and brings it into force, for scripts on a fresh
	// municipality. The day is From, or today.
	Approve bool
}

// Import reads a text into a draft. A text that cannot be read is refused before anything is written. The actor is
// in ctx.
func (s *Service) Import(ctx context.Context, r Request) (Imported, error) {
	d, err := text.Read(r.Name, r.Bytes, r.Layer)
	if err != nil {
		return Imported{}, err
	}
	if r.Approve { // before anything is written
		if err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error { return s.fresh(ctx, tx, d.Layer) }); err != nil {
			return Imported{}, err
		}
	}
	id, err := s.stage(ctx, r.Name, d.Layer, r.Bytes)
	if err != nil {
		return Imported{}, err
	}
	res, err := s.importUpload(ctx, id, d, r.Title, r.From, r.Reason)
	if err != nil {
		return Imported{}, err
	}
	if r.Approve {
		reason := r.Reason
		if reason == "" {
			reason = "登録前に決裁を終えた版として取り込みました。"
		}
		from := r.From
		if from == 0 {
			from = when.Of(s.c.Store.Now())
		}
		if _, err := s.c.Gate.Run(ctx, "policy.settle", act.Input{"version": res.Key, "from": from.String()}, act.Options{Reason: reason}); err != nil {
			return Imported{}, err
		}
	}
	out, err := s.Get(ctx, res.Key)
	if out.Warnings = d.Warnings; out.Warnings == nil {
		out.Warnings = []text.Warning{}
	}
	return out, err
}

func (s *Service) importUpload(ctx context.Context, id string, d text.Document, title string, from when.Date, reason string) (ref.Ref, error) {
	in := act.Input{"upload": id, "sha256": d.SHA256, "name": d.Name, "layer": d.Layer}
	if title != "" {
		in["title"] = title
	}
	if from != 0 {
		in["from"] = from.String()
	}
	res, err := s.c.Gate.Run(ctx, "policy.import", in, act.Options{Reason: reason, IdempotencyKey: "policy-import-" + id})
	return res.Record, err
}

// uploadLife is how long a file waits between being looked at and being imported.
const uploadLife = 24 * 60 * 60 * 1_000_000

type upload struct {
	name, layer string
	content     []byte
}

// stage keeps a file until it is imported. Old ones are cleared by the way.
func (s *Service) stage(ctx context.Context, name, layer string, b []byte) (string, error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make upload id: %w", err)
	}
	id := hex.EncodeToString(raw)
	who := actor.From(ctx).ID()
	err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := tx.Now().UnixMicro()
		if _, err := tx.Exec(ctx, `DELETE FROM policy_upload WHERE at < $1`, now-uploadLife); err != nil {
			return fmt.Errorf("clear uploads: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO policy_upload (id, person, name, layer, content, at) VALUES ($1, $2, $3, $4, $5, $6)`, id, who, name, layer, b, now); err != nil {
			return fmt.Errorf("keep upload: %w", err)
		}
		return nil
	})
	return id, err
}

// upload reads a file the actor has staged.
func (s *Service) upload(ctx context.Context, tx *db.Tx, who actor.Actor, id string) (upload, error) {
	u, ok, err := db.One(ctx, tx, func(rows *sql.Rows) (upload, error) {
		var u upload
		return u, rows.Scan(&u.name, &u.layer, &u.content)
	}, `SELECT name, layer, content FROM policy_upload WHERE id = $1 AND person = $2 AND at >= $3`, id, who.ID(), tx.Now().UnixMicro()-uploadLife)
	if err != nil {
		return u, fmt.Errorf("read upload: %w", err)
	}
	if !ok {
		return u, fault.New(fault.NotFound, msg.T("取り込むファイルが見つかりません。ファイルを選び直してください。", "The file to import was not found. Please choose it again."))
	}
	return u, nil
}

// Get gives a version with its clauses. which is a version's code, or a layer for the one in force; "" is the basic
// policy.
func (s *Service) Get(ctx context.Context, which string) (Imported, error) {
	var out Imported
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.find(ctx, tx, which, when.Of(tx.Now()))
		if err != nil {
			return err
		}
		cs, err := s.clauses(ctx, tx, v.Code)
		if err != nil {
			return err
		}
		r, err := s.textOf(ctx, tx, v.Code)
		if err != nil {
			return err
		}
		out = Imported{Document: documentOf(v), Clauses: clausesOf(cs), Warnings: r.Warnings}
		if out.Warnings == nil {
			out.Warnings = []text.Warning{}
		}
		return nil
	})
	return out, err
}

func (s *Service) find(ctx context.Context, tx *db.Tx, which string, day when.Date) (Version, error) {
	if which == "" {
		which = text.Basic
	}
	if which != text.Basic && which != text.Standard {
		v, _, err := s.version(ctx, tx, which)
		return v, err
	}
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return Version{}, err
	}
	if v, ok := inForceThen(vs, which, day); ok {
		return v, nil
	}
	return Version{}, fault.New(fault.NotFound, msg.F("%sに施行中の「%s」はありません。", "No %[2]s was in force on %[1]s.", day.Both(), layerTitle(which)))
}

// inForceThen is InForce on a day that may be past: a version replaced since was in force then.
func inForceThen(vs []Version, layer string, day when.Date) (Version, bool) {
	then := slices.Clone(vs)
	for i := range then {
		if flow.State(then[i].State) == Replaced {
			then[i].State = string(Current)
		}
	}
	v, ok := InForce(then, layer, day)
	if ok {
		v.State = vs[slices.IndexFunc(vs, func(o Version) bool { return o.Code == v.Code })].State
	}
	return v, ok
}

func layerTitle(layer string) msg.Text {
	if layer == text.Standard {
		return msg.T("情報セキュリティ対策基準", "standard")
	}
	return msg.T("情報セキュリティ基本方針", "basic policy")
}

// Shown is what policy show answers: the texts in force on a day, or one clause of them with what stands below it.
type Shown struct {
	At        string     `json:"at"`
	Documents []Imported `json:"documents"`
}

// Show gives both layers as they were in force on a day (zero: today). id "" gives all clauses.
func (s *Service) Show(ctx context.Context, id clause.ID, at when.Date) (Shown, error) {
	if id != "" {
		if _, err := clause.Parse(string(id)); err != nil {
			return Shown{}, fault.New(fault.Invalid, msg.F("「%s」は条項の番号として読み取れません。bp.9.4 のように指定してください。", "%q is not a clause id; give one like bp.9.4.", string(id)))
		}
	}
	if at == 0 {
		at = when.Of(s.c.Store.Now())
	}
	out := Shown{At: at.String(), Documents: []Imported{}}
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		vs, err := s.versions(ctx, tx)
		if err != nil {
			return err
		}
		for _, layer := range []string{text.Basic, text.Standard} {
			v, ok := inForceThen(vs, layer, at)
			if !ok {
				continue
			}
			cs, err := s.clauses(ctx, tx, v.Code)
			if err != nil {
				return err
			}
			if id != "" {
				cs = slices.DeleteFunc(cs, func(c Clause) bool { return !id.Covers(clause.ID(c.ID)) })
				if len(cs) == 0 {
					continue
				}
			}
			out.Documents = append(out.Documents, Imported{Document: documentOf(v), Clauses: clausesOf(cs), Warnings: []text.Warning{}})
		}
		return nil
	})
	if err == nil && len(out.Documents) == 0 {
		err = fault.New(fault.NotFound, msg.F("%sに施行中のポリシーに、該当する条項がありません。", "The policy in force on %s has no such clause.", at.Both()))
	}
	return out, err
}

// gloss is the English of a layer's clauses.
func (s *Service) gloss(layer string) (map[string]pack.ClauseGloss, error) {
	if s.c.Pack == "" {
		return nil, nil
	}
	return pack.Gloss(s.c.Pack, layer)
}

// Item is what a person owes or may do about a version, for the inbox.
type Item struct {
	Kind    string
	Title   msg.Text
	Href    string
	Due     when.Date
	Since   when.Date
	Clauses []clause.ID
	Subject ref.Ref
	Why     msg.Text
}

// Waiting are the steps that wait for a person.
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, who actor.Actor, day when.Date) ([]Item, error) {
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, v := range vs {
		if !onItsWay(v) {
			continue
		}
		in, _, err := s.decision(ctx, tx, v)
		if err != nil {
			return nil, err
		}
		for _, m := range s.steps(v) {
			if m.Back || m.Applicant && in.Applicant != who.Person {
				continue
			}
			ok, err := s.may(ctx, tx, who, v, in, m)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, Item{Kind: "policy", Title: msg.F("「%s」：%s", "“%s”: %s", v.Name, m.Title), Href: "/policy/" + v.Code + "/decision", Since: in.Since,
					Clauses: []clause.ID{"bp.0", "bp.4"}, Subject: ref.New("version", v.Code),
					Why: msg.F("ポリシーの版が「%s」の状態で、あなたの手続を待っています。", "The version stands at “%s” and waits for you.", stateTitles[flow.State(v.State)])})
			}
		}
	}
	return out, nil
}

// steps are the moves out of a version's state.
func (s *Service) steps(v Version) []flow.Move {
	return slices.DeleteFunc(routeOf(v.Layer).Moves, func(m flow.Move) bool { return string(m.From) != v.State })
}

// actOf is the act that makes a move.
func actOf(m flow.Move) string {
	switch {
	case m.Name == "return_review" || m.Name == "return_approval":
		return "policy." + m.Name
	case m.To == Withdrawn:
		return "policy.withdraw"
	case m.Back:
		return "policy.return"
	}
	return "policy." + m.Name
}

// may says whether a person could make a move now: by the power register and by the flow.
func (s *Service) may(ctx context.Context, tx *db.Tx, who actor.Actor, v Version, in flow.Instance, m flow.Move) (bool, error) {
	decides, err := s.c.Gate.Decides(ctx, tx, who, actOf(m))
	if err != nil || !decides {
		return false, err
	}
	by, err := s.person(ctx, tx, who, m)
	if err != nil {
		return false, err
	}
	if m.Applicant && in.Applicant == unknownApplicant {
		in.Applicant = by.Key
	}
	_, err = routeOf(v.Layer).Step(in, m.Name, by)
	if fault.As(err) != nil {
		return false, nil
	}
	return err == nil, err
}
