package web

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/msg"
)

// Operation is what the OpenAPI document says of a route.
type Operation struct {
	ID      string // operationId, unique
	Summary msg.Text
	Tag     string
	Query   []Param
	Body    any    // a value of the type of the body, or a Schema; nil when none
	Answer  any    // a value of the type of the answer, or a Schema; nil when free
	Content string // content type of the answer when it is not JSON
	Write   bool   // takes an Idempotency-Key
	Hidden  bool   // left out of the document
}

// Param is a parameter of the address.
type Param struct {
	Name     string
	About    msg.Text
	Type     string // "string" unless said
	Required bool
	Many     bool
}

// Schema is a JSON Schema written out, for what a Go type cannot say.
type Schema map[string]any

// OpenAPI is the OpenAPI 3.1 document of all JSON routes.
func (s *Site) OpenAPI() ([]byte, error) {
	b := &apiBuilder{schemas: map[string]any{}}
	paths := map[string]map[string]any{}
	seen := map[string]string{}
	for _, rt := range s.Registry.Routes() {
		if rt.API == nil || rt.API.Hidden {
			continue
		}
		if other, ok := seen[rt.API.ID]; ok || rt.API.ID == "" {
			return nil, fmt.Errorf("describe %s %s: operation id %q is missing or used by %s", rt.Method, rt.Pattern, rt.API.ID, other)
		}
		seen[rt.API.ID] = rt.Pattern
		path := apiPath(rt.Pattern)
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(rt.Method)] = b.operation(rt)
	}
	b.schemas["Problem"] = problemSchema
	return json.MarshalIndent(map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": "Okite", "version": cmpOr(s.Version, "0"), "description": "掟 Okite：" + s.Name},
		"paths":   paths,
		"components": map[string]any{
			"schemas":         b.schemas,
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
		},
		"security": []any{map[string]any{"token": []string{}}},
	}, "", " ")
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

var wild = regexp.MustCompile(`\{(\w+)(\.\.\.)?\}`)

// apiPath writes a mux pattern as OpenAPI does: {path...} → {path}, no {$}.
func apiPath(pattern string) string {
	return wild.ReplaceAllString(strings.TrimSuffix(pattern, "{$}"), "{$1}")
}

var problemSchema = Schema{"type": "object", "required": []string{"title", "status"}, "properties": Schema{
	"type": Schema{"type": "string"}, "title": Schema{"type": "string"}, "status": Schema{"type": "integer"},
	"detail": Schema{"type": "string"}, "instance": Schema{"type": "string"}, "message": textSchema,
	"clauses": Schema{"type": "array", "items": Schema{"type": "string"}},
	"errors": Schema{"type": "array", "items": Schema{"type": "object", "properties": Schema{
		"pointer": Schema{"type": "string"}, "detail": Schema{"type": "string"}, "message": textSchema}}},
}}

var textSchema = Schema{"type": "object", "properties": Schema{"ja": Schema{"type": "string"}, "en": Schema{"type": "string"}}}

type apiBuilder struct{ schemas map[string]any }

func (b *apiBuilder) operation(rt Route) map[string]any {
	op := rt.API
	summary := op.Summary
	if summary.IsZero() {
		summary = rt.Title
	}
	out := map[string]any{"operationId": op.ID, "summary": summary.EN, "description": summary.JA}
	if op.Tag != "" {
		out["tags"] = []string{op.Tag}
	}
	if len(rt.Clauses) > 0 {
		out["x-clauses"] = rt.Clauses
	}
	if rt.Rule(actor.Actor{}) == nil {
		out["security"] = []any{}
	}
	if p := params(rt); len(p) > 0 {
		out["parameters"] = p
	}
	if op.Body != nil {
		out["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/json": map[string]any{"schema": b.of(op.Body)}}}
	}
	ok := map[string]any{"description": "OK"}
	switch {
	case op.Content != "":
		ok["content"] = map[string]any{op.Content: map[string]any{}}
	case op.Answer != nil:
		ok["content"] = map[string]any{"application/json": map[string]any{"schema": b.of(op.Answer)}}
	}
	out["responses"] = map[string]any{"200": ok, "default": map[string]any{"description": "RFC 9457",
		"content": map[string]any{"application/problem+json": map[string]any{"schema": Schema{"$ref": "#/components/schemas/Problem"}}}}}
	return out
}

func params(rt Route) []any {
	var out []any
	for _, m := range wild.FindAllStringSubmatch(rt.Pattern, -1) {
		out = append(out, map[string]any{"name": m[1], "in": "path", "required": true, "schema": Schema{"type": "string"}})
	}
	for _, q := range rt.API.Query {
		schema := Schema{"type": cmpOr(q.Type, "string")}
		if q.Many {
			schema = Schema{"type": "array", "items": schema}
		}
		p := map[string]any{"name": q.Name, "in": "query", "schema": schema, "description": q.About.JA}
		if q.Required {
			p["required"] = true
		}
		out = append(out, p)
	}
	if rt.API.Write {
		out = append(out, map[string]any{"name": "Idempotency-Key", "in": "header", "schema": Schema{"type": "string"}})
	}
	return out
}

func (b *apiBuilder) of(v any) any {
	switch s := v.(type) {
	case Schema:
		return s
	case map[string]any:
		return s
	}
	return b.schema(reflect.TypeOf(v))
}

var (
	typeText   = reflect.TypeFor[msg.Text]()
	typeTime   = reflect.TypeFor[time.Time]()
	typeClause = reflect.TypeFor[clause.ID]()
	typeRaw    = reflect.TypeFor[json.RawMessage]()
	typeWords  = reflect.TypeFor[interface{ MarshalText() ([]byte, error) }]()
)

func (b *apiBuilder) schema(t reflect.Type) any {
	switch {
	case t == typeText:
		return textSchema
	case t == typeTime:
		return Schema{"type": "string", "format": "date-time"}
	case t == typeClause:
		return Schema{"type": "string", "pattern": `^(bp|st)(\.\d+)+$`}
	case t == typeRaw:
		return Schema{}
	case t.Implements(typeWords):
		return Schema{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return b.schema(t.Elem())
	case reflect.Bool:
		return Schema{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return Schema{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return Schema{"type": "number"}
	case reflect.String:
		return Schema{"type": "string"}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return Schema{"type": "string", "contentEncoding": "base64"}
		}
		return Schema{"type": "array", "items": b.schema(t.Elem())}
	case reflect.Map:
		return Schema{"type": "object", "additionalProperties": b.schema(t.Elem())}
	case reflect.Struct:
		return b.object(t)
	}
	return Schema{}
}

// object puts a named type among the components once and refers to it.
func (b *apiBuilder) object(t reflect.Type) any {
	name := t.Name()
	if name != "" {
		pkg := t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:]
		name = pkg + "." + strings.NewReplacer("[", "_", "]", "_", "/", "_", ",", "_", "*", "").Replace(name)
		if _, ok := b.schemas[name]; ok {
			return Schema{"$ref": "#/components/schemas/" + name}
		}
		b.schemas[name] = Schema{} // ends a recursion
	}
	props, required := Schema{}, []string{}
	b.fields(t, props, &required)
	s := Schema{"type": "object", "properties": props}
	if len(required) > 0 {
		s["required"] = required
	}
	if name == "" {
		return s
	}
	b.schemas[name] = s
	return Schema{"$ref": "#/components/schemas/" + name}
}

func (b *apiBuilder) fields(t reflect.Type, props Schema, required *[]string) {
	for f := range t.Fields() {
		tag, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" && f.Type.Kind() == reflect.Struct {
			b.fields(f.Type, props, required)
			continue
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		props[tag] = b.schema(f.Type)
		if !strings.Contains(opts, "omitempty") && !strings.Contains(opts, "omitzero") {
			*required = append(*required, tag)
		}
	}
}
