package web

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"okite/internal/actor"
	"okite/internal/fault"
	"okite/internal/msg"
)

// policy is the Content-Security-Policy of every answer: only own files, no inline script or style, and the DOM
// takes markup from the one Trusted Types policy of the enhancer.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types frag; report-uri /csp-report"

// build puts the layers around the routes: headers, cross-origin protection, then the route.
func (s *Site) build() http.Handler {
	if s.Registry == nil {
		s.Registry = &Registry{}
	}
	own := s.ownRoutes()
	if err := s.Registry.Add(own...); err != nil {
		panic(fmt.Sprintf("web: own routes: %v", err)) // a route of the application took an address of the site itself
	}
	mux := http.NewServeMux()
	for _, rt := range s.Registry.Routes() {
		mux.Handle(rt.Method+" "+rt.Pattern, s.serve(rt))
	}
	mux.Handle("GET /assets/{file}", http.HandlerFunc(s.asset))
	mux.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.nowhere(mux, w, r) }))

	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, s.request(r, nil), fault.Deny(msg.T("別のサイトから送られた操作は受け付けません。このサイトの画面からやり直してください。",
			"A request sent from another site is not accepted. Please use the pages of this site.")))
	}))
	return s.headers(cross.Handler(mux))
}

// headers sets the security headers before anything else can answer.
func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// request gathers what is known before a route's own work begins.
func (s *Site) request(r *http.Request, rt *Route) *Request {
	if rt == nil {
		rt = &Route{}
	}
	now := s.Now
	if now == nil {
		now = time.Now
	}
	return &Request{Request: r, Site: s, Route: rt, Now: now, Lang: s.langOf(r, ""), IdempotencyKey: clean(r.Header.Get("Idempotency-Key"))}
}

// serve runs one route: who, may they, what did they send, the work, the answer.
func (s *Site) serve(rt Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		limit := rt.MaxBody
		if limit == 0 {
			limit = MaxBody
		}
		hr.Body = http.MaxBytesReader(w, hr.Body, limit)
		r := s.request(hr, &rt)
		a, err := s.run(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if err := s.send(w, r, a); err != nil {
			s.fail(w, r, err)
		}
		if r.MultipartForm != nil {
			_ = r.MultipartForm.RemoveAll()
		}
	})
}

func (s *Site) run(r *Request) (a Response, err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		err = &crash{fmt.Errorf("panic: %v", p), debug.Stack()}
	}()
	if err := s.identify(r); err != nil {
		return Response{}, err
	}
	if err := r.Route.Rule(r.Actor); err != nil { // bp.9.3: decided before anything is read
		if r.Actor.Person == "" && !r.Actor.System {
			return s.signInFirst(r)
		}
		return Response{}, err
	}
	if to := r.Visitor.Setup; to != "" && r.Route.API == nil && !s.free(r.URL.Path, to) {
		return Redirect(to, msg.Text{}), nil
	}
	if err := r.readForm(); err != nil {
		return s.again(r, err)
	}
	a, err = r.Route.Page(r)
	if err != nil {
		return s.again(r, err)
	}
	return a, nil
}

// free says which pages stay open while something must be finished first.
func (s *Site) free(path, setup string) bool {
	switch path {
	case setup, "/logout", "/lang", "/help", "/accessibility", "/csp-report":
		return true
	}
	return strings.HasPrefix(path, setup+"/")
}

func (s *Site) identify(r *Request) error {
	if s.Identify == nil {
		return nil
	}
	v, err := s.Identify(r.Request)
	if err != nil {
		return err
	}
	r.Visitor, r.Actor = v, v.Actor
	if r.Actor.Way == "" && r.Actor.Person != "" {
		r.Actor.Way = actor.Page
		if r.Route.API != nil {
			r.Actor.Way = actor.API
		}
	}
	r.Lang = s.langOf(r.Request, v.Lang)
	r.Request = r.WithContext(actor.With(r.Context(), r.Actor))
	return nil
}

func (s *Site) signInFirst(r *Request) (Response, error) {
	if r.wantsJSON() {
		return Response{}, &coded{http.StatusUnauthorized, fault.Deny(msg.T("認証が必要です。", "Authentication is needed."))}
	}
	to := s.loginPath()
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	return Redirect(to, msg.Text{}), nil
}

// again shows a refused form once more when the route knows how.
func (s *Site) again(r *Request, err error) (Response, error) {
	f := fault.As(err)
	if f == nil || r.Route.Again == nil || f.Kind == fault.NotFound || f.Kind == fault.Denied {
		return Response{}, err
	}
	r.Fault = f
	a, aerr := r.Route.Again(r)
	if aerr != nil {
		return Response{}, aerr
	}
	return a.Status(statusOf(err)), nil
}

// Again answers a refused form with a page made by the handler itself; an error that is not the sender's to mend
// is handed back.
func (r *Request) Again(a Response, err error) (Response, error) {
	f := fault.As(err)
	if f == nil {
		return Response{}, err
	}
	r.Fault = f
	return a.Status(statusOf(err)), nil
}

// coded gives a fault another status than its kind has.
type coded struct {
	status int
	fault  *fault.Fault
}

func (c *coded) Error() string { return c.fault.Error() }
func (c *coded) Unwrap() error { return c.fault }

// crash is a recovered panic with its stack, for the log.
type crash struct {
	error
	stack []byte
}

// statuses is the one table of kinds.
var statuses = map[fault.Kind]int{
	fault.Invalid:  http.StatusUnprocessableEntity,
	fault.Denied:   http.StatusForbidden,
	fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict,
	fault.Busy:     http.StatusServiceUnavailable,
}

func statusOf(err error) int {
	var c *coded
	if errors.As(err, &c) {
		return c.status
	}
	if f := fault.As(err); f != nil {
		if n := statuses[f.Kind]; n != 0 {
			return n
		}
	}
	return http.StatusInternalServerError
}

func (r *Request) wantsJSON() bool {
	if r.Route.API != nil {
		return true
	}
	p := r.URL.Path
	return strings.HasPrefix(p, "/api/") || strings.HasPrefix(p, "/access/") || strings.Contains(r.Header.Get("Accept"), "application/json")
}

// fail answers with an error: a fault in words for the person, anything else as an incident number.
func (s *Site) fail(w http.ResponseWriter, r *Request, err error) {
	status, f, incident := statusOf(err), fault.As(err), ""
	if f == nil {
		incident = Incident()
		s.logError(r, incident, err)
		f = fault.New("internal", msg.F("処理中に予期しない問題が起きました。入力した内容は保存されていない可能性があります。しばらくしてからもう一度お試しください。続くときは、受付番号 %s を情報システムの担当に伝えてください。",
			"Something unexpected happened. What you entered may not have been saved. Please try again later. If it persists, give the incident number %s to your system administrators.", incident))
	}
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	var a Response
	if r.wantsJSON() {
		a = problem(r, status, f, incident)
	} else {
		a = Page(errorTitle(status), errorPage(status, f)).Status(status)
		a.bare = r.Actor.Person == ""
	}
	r.Fault = nil
	if err := s.send(w, r, a); err != nil {
		s.logError(r, Incident(), err)
		http.Error(w, "error", http.StatusInternalServerError)
	}
}

func (s *Site) logError(r *Request, incident string, err error) {
	who := "nobody"
	if r.Actor.Person != "" || r.Actor.System {
		who = r.Actor.ID()
	}
	args := []any{"incident", incident, "method", r.Method, "pattern", r.Pattern, "actor", who, "err", err.Error()}
	var c *crash
	if errors.As(err, &c) {
		args = append(args, "stack", string(c.stack))
	}
	s.log().ErrorContext(r.Context(), "request failed", args...)
}

// Incident is a new incident number: short enough to be read out on the telephone.
func Incident() string {
	b := make([]byte, 5)
	_, _ = rand.Read(b)
	s := base32.StdEncoding.EncodeToString(b)
	return s[:4] + "-" + s[4:]
}

type problemError struct {
	Pointer string   `json:"pointer"`
	Detail  string   `json:"detail"`
	Message msg.Text `json:"message"`
}

// problem is RFC 9457: the words in the reader's language in title and detail, both languages in message.
func problem(r *Request, status int, f *fault.Fault, incident string) Response {
	body := map[string]any{
		"type": "urn:okite:fault:" + string(f.Kind), "title": errorTitle(status).In(r.Lang), "status": status,
		"detail": f.Message.In(r.Lang), "message": f.Message,
	}
	if incident != "" {
		body["instance"] = "urn:okite:incident:" + incident
	}
	if len(f.Clauses) > 0 {
		body["clauses"] = f.Clauses
	}
	var errs []problemError
	for _, fd := range f.Fields {
		errs = append(errs, problemError{pointer(fd.Name), fd.Message.In(r.Lang), fd.Message})
	}
	if errs != nil {
		body["errors"] = errs
	}
	return JSON(body).Status(status).SetHeader("Content-Type", "application/problem+json")
}

// pointer writes a field's name as a JSON pointer in a URI fragment: owner.name → #/owner/name.
func pointer(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(p, "~", "~0"), "/", "~1")
	}
	return "#/" + strings.Join(parts, "/")
}

func errorTitle(status int) msg.Text {
	switch status {
	case http.StatusNotFound:
		return msg.T("見つかりません", "Not found")
	case http.StatusForbidden:
		return msg.T("この操作はできません", "Not allowed")
	case http.StatusUnauthorized:
		return msg.T("ログインが必要です", "Please sign in")
	case http.StatusConflict:
		return msg.T("先に変更されています", "Changed in the meantime")
	case http.StatusServiceUnavailable:
		return msg.T("混み合っています", "Busy")
	case http.StatusMethodNotAllowed:
		return msg.T("この方法では利用できません", "Method not allowed")
	case http.StatusRequestEntityTooLarge:
		return msg.T("内容が大きすぎます", "Too large")
	case http.StatusUnsupportedMediaType:
		return msg.T("この形式は扱えません", "Unsupported format")
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return msg.T("入力に誤りがあります", "There is a mistake in the input")
	}
	return msg.T("問題が起きました", "Something went wrong")
}

// nowhere answers what no route serves: 405 when another method would do, else 404.
func (s *Site) nowhere(mux *http.ServeMux, w http.ResponseWriter, hr *http.Request) {
	r := s.request(hr, nil)
	if err := s.identify(r); err != nil {
		s.fail(w, r, err)
		return
	}
	var allow []string
	for _, m := range methods {
		probe := hr.Clone(hr.Context())
		probe.Method = m
		if _, p := mux.Handler(probe); p != "/" && p != "" {
			allow = append(allow, m)
		}
	}
	if len(allow) == 0 {
		s.fail(w, r, NotFound())
		return
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	s.fail(w, r, &coded{http.StatusMethodNotAllowed, fault.New(fault.Invalid,
		msg.T("このアドレスは、この方法では利用できません。画面のリンクやボタンから操作してください。", "This address cannot be used in this way. Please use the links and buttons of the pages."))})
}

// reports counts what browsers say the policy stopped. A healthy site has none.
type reports struct {
	mu   sync.Mutex
	n    int
	last []string
}

// CSPReports gives how many reports browsers have sent and the last few of them.
func (s *Site) CSPReports() (int, []string) {
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	return s.reports.n, append([]string(nil), s.reports.last...)
}

func (s *Site) takeReport(r *Request) (Response, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 8<<10))
	if err != nil {
		return Response{}, readFault(err)
	}
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	s.reports.n++
	if len(s.reports.last) == 20 {
		s.reports.last = s.reports.last[1:]
	}
	s.reports.last = append(s.reports.last, string(b))
	return Text("").Status(http.StatusNoContent), nil
}

// langCookie keeps the choice of language in the browser.
const langCookie = "okite-lang"

// langOf is Japanese unless the person or the browser has chosen English.
func (s *Site) langOf(r *http.Request, own msg.Lang) msg.Lang {
	if own == msg.JA || own == msg.EN {
		return own
	}
	if c, err := r.Cookie(s.CookieName(langCookie)); err == nil && c.Value == string(msg.EN) {
		return msg.EN
	}
	return msg.JA
}

func (s *Site) setLang(r *Request) (Response, error) {
	to := msg.Lang(r.Query("to"))
	if to != msg.JA && to != msg.EN {
		return Response{}, NotFound()
	}
	back := r.Query("back")
	if !Local(back) {
		back = "/"
	}
	if s.SaveLang != nil && r.Actor.Person != "" && r.Visitor.Lang != to {
		if err := s.SaveLang(r.Context(), r.Actor, to); err != nil {
			return Response{}, err
		}
	}
	return Redirect(back, msg.Text{}).SetCookie(s.Cookie(langCookie, string(to), 365*24*time.Hour)), nil
}

// ownRoutes are what every site has.
func (s *Site) ownRoutes() []Route {
	return []Route{
		{Method: "GET", Pattern: "/lang", Title: msg.T("言語の切替", "Language"), Rule: Anyone, Page: s.setLang},
		{Method: "POST", Pattern: "/csp-report", Title: msg.T("内容保護の報告", "Content security reports"), Rule: Anyone, Page: s.takeReport,
			API: &Operation{ID: "cspReport", Hidden: true}},
		{Method: "GET", Pattern: "/help", Title: msg.T("使い方", "Help"), Rule: Anyone, Page: func(r *Request) (Response, error) {
			return Page(msg.T("使い方", "Help"), helpPage(s.HelpExtra)), nil
		}},
		{Method: "GET", Pattern: "/accessibility", Title: msg.T("アクセシビリティ", "Accessibility"), Rule: Anyone, Clauses: nil, Page: func(r *Request) (Response, error) {
			return Page(msg.T("アクセシビリティ", "Accessibility"), accessibilityPage()), nil
		}},
		{Method: "GET", Pattern: "/api/v1/openapi.json", Title: msg.T("API の説明書", "API description"), Rule: Anyone,
			API: &Operation{ID: "openapi", Summary: msg.T("この説明書", "This document")},
			Page: func(r *Request) (Response, error) {
				doc, err := s.OpenAPI()
				if err != nil {
					return Response{}, err
				}
				return JSON(json.RawMessage(doc)), nil
			}},
	}
}
