// Package act is the gate for everything that changes a record. A page, the API, a command and a job all run
// the same Act, so there is one decision about who may and one entry in the record of what was done.
//
// It serves clause 6 (bp.6: who decides what), clause 9(1) (bp.9.1: nobody acts beyond their power) and clause 11
// (bp.11: every act, and every refusal, can be looked at afterwards).
package act

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
)

// Input is what a person gives to an act: values by field name, as text. A field that is absent is left alone.
type Input map[string]string

// Field is one field an act takes. What is not declared is refused; what is Personal enters the record sealed.
type Field struct {
	Name     string
	Title    msg.Text
	Personal bool
	Required bool
}

// Place is where a record belongs: the unit that owns it and the system it is part of, "" when none.
type Place struct{ Unit, System string }

// Act is something that can be done.
type Act struct {
	ID      string // "asset.create"
	Title   msg.Text
	Clauses []clause.ID
	Scope   string // kind of scope in which the deciding role is held: "city", "bureau", "section", "system"
	Fields  []Field
	Roles   []string // roles that decide it by default; they seed the power register, which alone counts
	// Where says to which places the act applies; a role held in a unit or system must cover every one. nil, or
	// no place, means the whole city.
	Where func(ctx context.Context, tx *db.Tx, in Input) ([]Place, error)
	// Anyone marks an act every signed-in person may run for themselves, such as a receipt; Allow still decides.
	Anyone bool
	// Large marks an act that writes very many records, such as an import: nobody else writes beside it, so that it is
	// neither met by others nor asked to begin again.
	Large bool
	// Allow refuses with a *fault.Fault; nil allows. It runs after the power register has been asked.
	Allow func(ctx context.Context, tx *db.Tx, a actor.Actor, in Input) error
	// Do changes the records and names the one the act is about.
	Do func(ctx context.Context, tx *db.Tx, a actor.Actor, in Input) (ref.Ref, error)
}

// Registry holds the acts of the product. It is filled at start and only read afterwards.
type Registry struct{ acts map[string]*Act }

// Add declares acts. An id that is taken or an act that cannot do anything panics: it is a mistake of ours.
func (r *Registry) Add(acts ...Act) {
	if r.acts == nil {
		r.acts = map[string]*Act{}
	}
	for _, a := range acts {
		if a.ID == "" || a.Do == nil || a.Title.JA == "" || a.Title.EN == "" {
			panic(fmt.Sprintf("act %q: wants id, title and Do", a.ID))
		}
		if _, taken := r.acts[a.ID]; taken {
			panic(fmt.Sprintf("act %s is declared twice", a.ID))
		}
		r.acts[a.ID] = &a
	}
}

// Get finds an act.
func (r *Registry) Get(id string) (*Act, bool) { a, ok := r.acts[id]; return a, ok }

// All gives the acts by id.
func (r *Registry) All() []*Act {
	out := make([]*Act, 0, len(r.acts))
	for _, a := range r.acts {
		out = append(out, a)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// check refuses undeclared and missing fields.
func (a *Act) check(in Input) error {
	var l fault.List
	for _, name := range keys(in) {
		if !slices.ContainsFunc(a.Fields, func(f Field) bool { return f.Name == name }) {
			l.Add(name, msg.F("「%s」という項目は受け付けません。", "There is no field %q.", name))
		}
	}
	for _, f := range a.Fields {
		if f.Required && in[f.Name] == "" {
			l.Add(f.Name, msg.F("%sを入力してください。", "Enter: %s.", f.Title))
		}
	}
	return l.Err()
}

// split parts the input for the record: plain and personal.
func (a *Act) split(in Input) (plain, personal map[string]string) {
	for _, f := range a.Fields {
		v, given := in[f.Name]
		if !given || v == "" {
			continue
		}
		m := &plain
		if f.Personal {
			m = &personal
		}
		if *m == nil {
			*m = map[string]string{}
		}
		(*m)[f.Name] = v
	}
	return plain, personal
}

func keys(in Input) []string {
	out := make([]string, 0, len(in))
	for k := range in {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Call is the act under way, for the code that carries it out.
type Call struct {
	ID     string // of the act
	Reason string // the person's reason, "" when none was asked

	taken *[]Decision // on the applications of others; nil where nobody keeps them
}

type callKey struct{}

// WithCall puts the act under way into a context. The gate does so; imports and jobs of the product may.
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// From is the act under way, the zero Call outside of any.
func From(ctx context.Context) Call { c, _ := ctx.Value(callKey{}).(Call); return c }
