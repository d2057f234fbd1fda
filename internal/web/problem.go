package web

import (
	"maps"

	"okite/internal/fault"
)

// Problem is the RFC 9457 answer to a fault with members of its own added, such as those an act answers with. An
// error that is no fault is handed back.
func Problem(r *Request, err error, more map[string]any) (Response, error) {
	f := fault.As(err)
	if f == nil {
		return Response{}, err
	}
	a := problem(r, statusOf(err), f, "")
	if body, ok := a.value.(map[string]any); ok {
		maps.Copy(body, more)
	}
	return a, nil
}
