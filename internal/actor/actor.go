// Package actor says on whose behalf something is done. Clause 5 (bp.5) binds persons, clause 6 (bp.6) roles:
// an Actor carries both, and by which way (page, API, command, job) it came.
package actor

import (
	"context"
	"slices"
	"strings"
)

// Way is how a request reached the product.
type Way string

// The ways.
const (
	Page    Way = "page"
	API     Way = "api"
	Command Way = "command"
	Job     Way = "job"
)

// Grant is a role (役割) held in a scope on the day of the request. Scope is "" for the whole city, otherwise a
// reference such as "unit:U-0001" or "system:S-0001". Via is the delegation that gives it, if any, and Acts the acts
// it is limited to; none means every act of the role. Deputy says that another person is the holder.
type Grant struct {
	Role   string
	Scope  string
	Via    string
	Acts   []string
	Deputy bool
}

// Covers says whether the grant may be used for an act.
func (g Grant) Covers(act string) bool { return len(g.Acts) == 0 || slices.Contains(g.Acts, act) }

// Actor is a signed-in person, an API token's owner, the operator at the command line, or the product itself.
type Actor struct {
	Person string // key in the person register, TokenPrefix and a number for a program; "" for the operator and the product itself
	Name   string
	Unit   string // key in the unit register
	Roles  []Grant
	Way    Way
	System bool // the product itself or the operator with access to the data directory
}

// Operator is who runs a command on the data directory: whoever can read the keys can do everything anyway,
// and is named as such in the record.
func Operator() Actor { return Actor{Name: "operator", Way: Command, System: true} }

// Has says whether the actor holds a role in any scope.
func (a Actor) Has(role string) bool {
	for _, g := range a.Roles {
		if g.Role == role {
			return true
		}
	}
	return false
}

// TokenPrefix begins Actor.Person where a program acts by a token of its own.
const TokenPrefix = "token:"

// ID is how the record names the actor: "person:P-00007", "token:1f3a", "operator" or "job".
func (a Actor) ID() string {
	switch {
	case strings.HasPrefix(a.Person, TokenPrefix):
		return a.Person
	case a.Person != "":
		return "person:" + a.Person
	case a.Way == Job:
		return "job"
	default:
		return "operator"
	}
}

type key struct{}

// With puts the actor into a context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From takes the actor out; the zero Actor may do nothing.
func From(ctx context.Context) Actor { a, _ := ctx.Value(key{}).(Actor); return a }
