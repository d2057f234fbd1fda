package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"okite/internal/fault"
	"okite/internal/msg"
)

// Response is an answer that has not been sent yet. Make one with Page, Redirect, JSON, File or NotFound.
type Response struct {
	status  int
	kind    uint8
	title   msg.Text
	body    templ.Component
	url     string
	flash   Flash
	value   any
	name    string
	content string
	write   func(io.Writer) error
	cookies []*http.Cookie
	header  http.Header
	bare    bool
	nav     string
}

const (
	kindNone uint8 = iota
	kindPage
	kindRedirect
	kindJSON
	kindFile
)

// Flash is a notice shown once, on the page that follows.
type Flash struct {
	Tone Tone     `json:"t,omitempty"`
	Text msg.Text `json:"m"`
}

// Page is a page of the site in its layout.
func Page(title msg.Text, body templ.Component) Response {
	return Response{kind: kindPage, status: http.StatusOK, title: title, body: body}
}

// Redirect sends the browser on after a form was accepted; flash, when not zero, is shown there once.
func Redirect(to string, flash msg.Text) Response {
	return Response{kind: kindRedirect, status: http.StatusSeeOther, url: to, flash: Flash{Tone: Good, Text: flash}}
}

// JSON answers a program.
func JSON(v any) Response { return Response{kind: kindJSON, status: http.StatusOK, value: v} }

// File is a download. fn writes the content; when it fails an error page is sent instead of half a file.
// An empty name shows the content in place of saving it.
func File(name, contentType string, fn func(w io.Writer) error) Response {
	return Response{kind: kindFile, status: http.StatusOK, name: name, content: contentType, write: fn}
}

// Text is a short plain text answer.
func Text(s string) Response {
	return File("", "text/plain; charset=utf-8", func(w io.Writer) error { _, err := io.WriteString(w, s); return err })
}

// NotFound is the answer for what is not there or may not be seen: the two must look alike.
func NotFound() error {
	return fault.New(fault.NotFound, msg.T("お探しのページまたは記録は見つかりません。削除されたか、閲覧の権限がない可能性があります。",
		"The page or record was not found. It may have been removed, or you may not be allowed to see it."))
}

// Status sets another status than 200.
func (a Response) Status(code int) Response { a.status = code; return a }

// SetCookie sends cookies along.
func (a Response) SetCookie(c ...*http.Cookie) Response {
	a.cookies = append(a.cookies, c...)
	return a
}

// SetHeader sends a header along.
func (a Response) SetHeader(name, value string) Response {
	h := a.header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(name, value)
	a.header = h
	return a
}

// Bare leaves out navigation, search and the person: sign-in pages.
func (a Response) Bare() Response { a.bare = true; return a }

// In marks another line of the navigation as current than the address says.
func (a Response) In(href string) Response { a.nav = href; return a }

// Tone sets how the flash of a redirect looks.
func (a Response) Tone(t Tone) Response { a.flash.Tone = t; return a }

const flashCookie = "okite-flash"

// send writes an answer. Only a failure before the first byte is returned.
func (s *Site) send(w http.ResponseWriter, r *Request, a Response) error {
	switch a.kind {
	case kindPage:
		return s.sendPage(w, r, a)
	case kindRedirect:
		return s.sendRedirect(w, r, a)
	case kindJSON:
		return s.sendJSON(w, a)
	case kindFile:
		return s.sendFile(w, r, a)
	}
	return errors.New("handler gave no answer")
}

func (s *Site) sendPage(w http.ResponseWriter, r *Request, a Response) error {
	v := &view{site: s, req: r, lang: r.Lang, fault: r.Fault, bare: a.bare, nav: a.nav, title: a.title}
	v.flash, v.clearFlash = s.takeFlash(r.Request)
	html, err := v.render(r.Context(), a.body)
	if err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	s.writeHead(w, a)
	if v.clearFlash {
		http.SetCookie(w, s.Cookie(flashCookie, "", -1))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(html)))
	w.Header().Add("Vary", "Cookie")
	w.WriteHeader(a.status)
	_, _ = w.Write(html)
	return nil
}

func (s *Site) sendRedirect(w http.ResponseWriter, r *Request, a Response) error {
	if !Local(a.url) {
		return fmt.Errorf("redirect to %q: not a page of this site", a.url)
	}
	s.writeHead(w, a)
	if !a.flash.Text.IsZero() {
		b, err := json.Marshal(a.flash)
		if err != nil {
			return fmt.Errorf("write flash: %w", err)
		}
		http.SetCookie(w, s.Cookie(flashCookie, base64.RawURLEncoding.EncodeToString(b), time.Minute))
	}
	w.Header().Set("Location", a.url)
	w.WriteHeader(a.status)
	return nil
}

// takeFlash reads the notice of an earlier answer. Its words are escaped like any other text.
func (s *Site) takeFlash(r *http.Request) (Flash, bool) {
	c, err := r.Cookie(s.CookieName(flashCookie))
	if err != nil {
		return Flash{}, false
	}
	var f Flash
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(b, &f) != nil {
		return Flash{}, true
	}
	return f, true
}

func (s *Site) sendJSON(w http.ResponseWriter, a Response) error {
	b, err := json.Marshal(a.value)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	s.writeHead(w, a)
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	w.WriteHeader(a.status)
	_, _ = w.Write(append(b, '\n'))
	return nil
}

func (s *Site) sendFile(w http.ResponseWriter, r *Request, a Response) error {
	sp := &spool{}
	defer sp.close()
	if err := a.write(sp); err != nil {
		return fmt.Errorf("write file %q: %w", a.name, err)
	}
	s.writeHead(w, a)
	w.Header().Set("Content-Type", a.content)
	if a.name != "" {
		w.Header().Set("Content-Disposition", disposition(a.name))
	}
	w.Header().Set("Content-Length", strconv.FormatInt(sp.size, 10))
	w.WriteHeader(a.status)
	if err := sp.copyTo(w); err != nil {
		s.log().DebugContext(r.Context(), "download broken off", "err", err)
	}
	return nil
}

func (s *Site) writeHead(w http.ResponseWriter, a Response) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	for _, c := range a.cookies {
		http.SetCookie(w, c)
	}
}

// disposition names a download so that old and new browsers keep a Japanese name.
func disposition(name string) string {
	name = strings.Map(func(c rune) rune {
		if c < 0x20 || strings.ContainsRune(`/\"`, c) {
			return '_'
		}
		return c
	}, name)
	ascii := strings.Map(func(c rune) rune {
		if c > 0x7e {
			return '_'
		}
		return c
	}, name)
	return mime.FormatMediaType("attachment", map[string]string{"filename": ascii}) + "; filename*=UTF-8''" + url.PathEscape(name)
}

// spool holds an answer until it is whole: the first megabytes in memory, the rest in a file.
type spool struct {
	mem  bytes.Buffer
	file *os.File
	size int64
}

const spoolMemory = 4 << 20

func (s *spool) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	if s.file == nil && s.mem.Len()+len(p) <= spoolMemory {
		return s.mem.Write(p)
	}
	if s.file == nil {
		f, err := os.CreateTemp("", "okite-*")
		if err != nil {
			return 0, fmt.Errorf("open spool: %w", err)
		}
		s.file = f
	}
	return s.file.Write(p)
}

func (s *spool) copyTo(w io.Writer) error {
	if _, err := w.Write(s.mem.Bytes()); err != nil || s.file == nil {
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, s.file)
	return err
}

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
	}
}

// view is what the templates need to know while a page is rendered.
type view struct {
	site       *Site
	req        *Request
	lang       msg.Lang
	title      msg.Text
	fault      *fault.Fault
	flash      Flash
	clearFlash bool
	bare       bool
	nav        string
	headShown  bool
}

type viewKey struct{}

// render makes the body first: it may show the notice and the error summary itself, above its own heading.
func (v *view) render(ctx context.Context, body templ.Component) ([]byte, error) {
	ctx = context.WithValue(ctx, viewKey{}, v)
	var inner, whole bytes.Buffer
	if err := body.Render(ctx, &inner); err != nil {
		return nil, err
	}
	if err := layout(v, templ.Raw(inner.String())).Render(ctx, &whole); err != nil {
		return nil, err
	}
	return whole.Bytes(), nil
}

// viewOf gives the view of a rendering; outside of one it is Japanese without a site.
func viewOf(ctx context.Context) *view {
	if v, ok := ctx.Value(viewKey{}).(*view); ok {
		return v
	}
	return &view{lang: msg.JA, site: &Site{}}
}

// WithLang gives a context in which components render in a language outside of a page: mail, tests, live parts.
func WithLang(ctx context.Context, lang msg.Lang) context.Context {
	return context.WithValue(ctx, viewKey{}, &view{lang: lang, site: &Site{}})
}

// Lang is the language of the page being rendered.
func Lang(ctx context.Context) msg.Lang { return viewOf(ctx).lang }

// Say gives a text in the language of the page being rendered.
func Say(ctx context.Context, t msg.Text) string { return t.In(Lang(ctx)) }
