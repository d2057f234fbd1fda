// Package web is the way in for browsers and programs: one registry of routes, each with a rule saying who may use
// it, and around it what every answer needs: identity, limits, security headers, plain-language errors, the layout.
// Pages are rendered whole before the first byte is sent; none needs a script to be usable.
//
// It serves clause 9(3) and 9(4) (bp.9.3, bp.9.4): nothing is reached without a rule, nothing leaves uncontrolled,
// and clause 14 (bp.14) by the pages on accessibility.
package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"okite/internal/actor"
	"okite/internal/msg"
)

// Site is one municipality's staff site. Name, Registry, Now and Identify are needed; the rest may be zero.
type Site struct {
	Name     string // of the municipality, as the header shows it
	Version  string
	Secure   bool // served over TLS: Secure cookies with the __Host- prefix, HSTS
	Demo     bool // a banner says that city and data are fictional
	Registry *Registry
	Now      func() time.Time // the clock of the data; a demo may hold it still
	Log      *slog.Logger     // nil means slog.Default()

	// Identify says who sends a request: by session cookie or bearer token. The zero Visitor is nobody.
	Identify func(r *http.Request) (Visitor, error)
	// Describe names the actor's unit and chief role for the header.
	Describe func(ctx context.Context, a actor.Actor, lang msg.Lang) (unit, role string)
	// Badge gives the counts shown in the navigation, by NavItem.Badge.
	Badge func(ctx context.Context, a actor.Actor) map[string]int
	// SaveLang keeps a person's choice of language beyond the cookie.
	SaveLang func(ctx context.Context, a actor.Actor, lang msg.Lang) error

	Nav        []NavItem // replaces the items of the routes when given
	SearchPath string    // where the search form of the header goes, "/search" unless said; "-" hides it
	LoginPath  string    // "/login" unless said
	HelpExtra  []HelpTopic

	reports reports
	once    sync.Once
	handler http.Handler
}

// Visitor is who sends a request.
type Visitor struct {
	Actor   actor.Actor
	Lang    msg.Lang // the person's own setting, "" when none
	Session string   // names the session, for the list of own sessions; never the secret itself
	Partial bool     // the password was right, the second factor is still to come
	Setup   string   // a page that must be finished first, "" when none
}

// NavItem is one line of the navigation. It is shown to those its Rule lets through.
type NavItem struct {
	Title msg.Text
	Href  string
	Badge string // key into Site.Badge, "" when none
	Order int    // smaller comes first
	Rule  Rule   // nil means the rule of the route
}

// HelpTopic is a paragraph that a module adds to the help page.
type HelpTopic struct{ Title, Body msg.Text }

// The limits of a request. A route that takes files says its own MaxBody.
const (
	MaxHeader  = 32 << 10
	MaxBody    = 1 << 20
	MaxFields  = 5000
	MaxField   = 200_000 // bytes of one field
	readHeader = 10 * time.Second
	readAll    = 2 * time.Minute
	writeAll   = 5 * time.Minute
	idle       = 2 * time.Minute
)

// Handler is the whole site. It is built once.
func (s *Site) Handler() http.Handler {
	s.once.Do(func() { s.handler = s.build() })
	return s.handler
}

// Server is an http.Server for the site with limits and timeouts set; a listener is given to its Serve.
func (s *Site) Server() *http.Server {
	return &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: readHeader,
		ReadTimeout:       readAll,
		WriteTimeout:      writeAll,
		IdleTimeout:       idle,
		MaxHeaderBytes:    MaxHeader,
		ErrorLog:          slog.NewLogLogger(s.log().Handler(), slog.LevelDebug),
	}
}

func (s *Site) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

func (s *Site) loginPath() string {
	if s.LoginPath != "" {
		return s.LoginPath
	}
	return "/login"
}

func (s *Site) searchPath() string {
	switch s.SearchPath {
	case "":
		return "/search"
	case "-":
		return ""
	}
	return s.SearchPath
}

// CookieName gives a cookie its name on this site: with the __Host- prefix where TLS allows it.
func (s *Site) CookieName(name string) string {
	if s.Secure {
		return "__Host-" + name
	}
	return name
}

// Cookie is a cookie as this site sets them: whole site, not for scripts, not sent along from other sites.
// A negative age removes it, zero makes it end with the browser.
func (s *Site) Cookie(name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: s.CookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
	switch {
	case age < 0:
		c.MaxAge = -1
	case age > 0:
		c.MaxAge = int(age / time.Second)
	}
	return c
}

// Loopback says whether a request came in on a loopback address of this machine, from this machine.
func Loopback(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	return loopback(local.String()) && loopback(r.RemoteAddr)
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
