package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
)

// Rule says who may use a route: nil lets through, a fault refuses. What may be done with a record is decided by
// the act; the rule of a route is the first door.
type Rule func(a actor.Actor) error

// Anyone lets everybody through, signed in or not. Few routes may say so: sign-in, help, assets.
func Anyone(actor.Actor) error { return nil }

// SignedIn lets through whoever is known.
func SignedIn(a actor.Actor) error {
	if a.Person == "" && !a.System {
		return fault.Deny(msg.T("ログインが必要です。", "Please sign in."))
	}
	return nil
}

// Role lets through whoever holds one of the roles, in any scope.
func Role(roles ...string) Rule {
	return func(a actor.Actor) error {
		if err := SignedIn(a); err != nil {
			return err
		}
		if a.System || slices.ContainsFunc(roles, a.Has) {
			return nil
		}
		return fault.Deny(msg.T("このページを使う権限がありません。必要な役割に就いている方に依頼してください。",
			"You do not have the role that this page asks for. Please ask someone who holds it."))
	}
}

// Route is one way in. Pattern is a path of net/http.ServeMux without the method.
type Route struct {
	Method  string
	Pattern string
	Title   msg.Text
	Clauses []clause.ID
	Rule    Rule
	Page    func(r *Request) (Response, error)
	// Again shows the form once more when Page refuses the input: its answer is sent with status 422 (409 on a
	// conflict), the error summary, the reasons at the fields and what was typed.
	Again   func(r *Request) (Response, error)
	API     *Operation // facts of a JSON route; its errors are RFC 9457 problems
	Nav     *NavItem
	MaxBody int64 // bytes; MaxBody of the package unless said
}

// Registry holds every route of a site. From it come the mux, the OpenAPI document and the clause coverage.
type Registry struct {
	routes []Route
	probe  *http.ServeMux
}

// Add takes routes in. It refuses a route without a rule, a title, a handler, or with a pattern that
// clashes with an earlier one.
func (g *Registry) Add(routes ...Route) error {
	for _, r := range routes {
		if err := g.add(r); err != nil {
			return fmt.Errorf("route %s %s: %w", r.Method, r.Pattern, err)
		}
	}
	return nil
}

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

func (g *Registry) add(r Route) error {
	switch {
	case r.Rule == nil:
		return errors.New("no rule says who may use it") // bp.9.3: no way in without a decision
	case !slices.Contains(methods, r.Method):
		return fmt.Errorf("method %q is not served", r.Method)
	case !strings.HasPrefix(r.Pattern, "/"):
		return errors.New("pattern must begin with /")
	case r.Page == nil:
		return errors.New("no handler")
	case r.Title.JA == "" || r.Title.EN == "":
		return errors.New("title must be given in both languages")
	}
	for _, c := range r.Clauses {
		if _, err := clause.Parse(string(c)); err != nil {
			return err
		}
	}
	if err := g.try(r.Method + " " + r.Pattern); err != nil {
		return err
	}
	g.routes = append(g.routes, r)
	return nil
}

// try registers the pattern on a mux of its own, which panics on a clash.
func (g *Registry) try(pattern string) (err error) {
	if g.probe == nil {
		g.probe = http.NewServeMux()
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	g.probe.Handle(pattern, http.NotFoundHandler())
	return nil
}

// Routes are all routes, by pattern and method.
func (g *Registry) Routes() []Route {
	out := slices.Clone(g.routes)
	slices.SortStableFunc(out, func(a, b Route) int {
		return cmp.Or(cmp.Compare(a.Pattern, b.Pattern), cmp.Compare(a.Method, b.Method))
	})
	return out
}

// Coverage lists, by clause, the routes that serve it.
func (g *Registry) Coverage() map[clause.ID][]Route {
	out := map[clause.ID][]Route{}
	for _, r := range g.Routes() {
		for _, c := range r.Clauses {
			out[c] = append(out[c], r)
		}
	}
	return out
}

// nav is what the navigation may show, in order.
func (g *Registry) nav() []NavItem {
	var out []NavItem
	for _, r := range g.routes {
		if r.Nav == nil {
			continue
		}
		n := *r.Nav
		if n.Title.IsZero() {
			n.Title = r.Title
		}
		if n.Href == "" {
			n.Href = r.Pattern
		}
		if n.Rule == nil {
			n.Rule = r.Rule
		}
		out = append(out, n)
	}
	slices.SortStableFunc(out, func(a, b NavItem) int { return cmp.Compare(a.Order, b.Order) })
	return out
}
