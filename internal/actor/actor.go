// Package actor says on whose behalf something is done. Clause 5 (bp.5) binds persons, clause 6 (bp.6) roles:
// an Actor carries both, and by which way (page, API, command, job) it came.
package actor

import "context"

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
// reference such as "unit:U-0001" or "system:S-0001". Via is the delegation that gives it, if any.
type Grant struct {
	Role  string
	Scope string
	Via   string
}

// Actor is a signed-in person, an API token's owner, the operator at the command line, or the product itself.
type Actor struct {
	Person string // key in the person register; "" for the operator and the product itself
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

// ID is how the record names the actor: "person:P-00007", "operator" or "job".
func (a Actor) ID() string {
	switch {
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
