// Package ref names a record of any register, so that a record can point at another without knowing its module.
package ref

import (
	"fmt"
	"strings"
)

// Ref is a record: the register's name and the record's key. Its text form is "terminal:T-00012".
type Ref struct {
	Register string
	Key      string
}

// New makes a Ref.
func New(register, key string) Ref { return Ref{Register: register, Key: key} }

// Parse reads the text form. The key may hold colons of its own.
func Parse(s string) (Ref, error) {
	r, k, ok := strings.Cut(s, ":")
	if !ok || r == "" || k == "" {
		return Ref{}, fmt.Errorf("reference %q: want REGISTER:KEY", s)
	}
	return Ref{r, k}, nil
}

func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	return r.Register + ":" + r.Key
}

// MarshalText writes the text form.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the text form; nothing reads as the zero Ref.
func (r *Ref) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*r = Ref{}
		return nil
	}
	*r, err = Parse(string(b))
	return err
}
