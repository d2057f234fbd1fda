// Package fault is what a person did wrong or may not do, in words for that person. Every other error is
// internal: logged whole and shown to nobody.
package fault

import (
	"errors"
	"strings"

	"okite/internal/clause"
	"okite/internal/msg"
)

// Kind sorts faults; the web maps it to a status, the command line to an exit code.
type Kind string

// The kinds.
const (
	Invalid  Kind = "invalid"   // the input is wrong: 422
	Denied   Kind = "denied"    // the person may not: 403
	NotFound Kind = "not_found" // there is no such thing, or it may not be seen: 404
	Conflict Kind = "conflict"  // somebody was first, or the state has moved on: 409
	Busy     Kind = "busy"      // try again: 503
)

// Field is one wrong field of an input. Name is the field's name in the register or act.
type Field struct {
	Name    string   `json:"field"`
	Message msg.Text `json:"message"`
}

// Fault is the error. Clauses are the places of the policy a refusal rests on.
type Fault struct {
	Kind    Kind
	Message msg.Text
	Fields  []Field
	Clauses []clause.ID
}

func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Message.EN)
	for _, fd := range f.Fields {
		b.WriteString("; " + fd.Name + ": " + fd.Message.EN)
	}
	return b.String()
}

// New makes a fault of a kind.
func New(k Kind, m msg.Text) *Fault { return &Fault{Kind: k, Message: m} }

// Deny refuses under clauses.
func Deny(m msg.Text, clauses ...clause.ID) *Fault {
	return &Fault{Kind: Denied, Message: m, Clauses: clauses}
}

// At is an Invalid fault at one field.
func At(field string, m msg.Text) *Fault {
	return &Fault{Kind: Invalid, Message: msg.T("入力に誤りがあります。", "There is a mistake in the input."), Fields: []Field{{field, m}}}
}

// As gives the fault in an error chain, or nil.
func As(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Is says whether err holds a fault of the kind.
func Is(err error, k Kind) bool { f := As(err); return f != nil && f.Kind == k }

// List gathers field faults; Err is nil when there are none.
type List struct{ fields []Field }

// Add notes one.
func (l *List) Add(field string, m msg.Text) { l.fields = append(l.fields, Field{field, m}) }

// Err is the gathered fault, or nil.
func (l *List) Err() error {
	if len(l.fields) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Message: msg.T("入力に誤りがあります。", "There is a mistake in the input."), Fields: l.fields}
}
