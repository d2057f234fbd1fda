package signin

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strings"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
)

// cookie is the session's cookie; web puts __Host- before it where TLS is on.
const cookie = "okite"

// The steps of a session.
const (
	stepPassword = "password" // the second factor is still to come
	stepFull     = "full"
)

// Session is one sign-in of a person. Hash names it; the token itself is in the browser only.
type Session struct {
	Hash    string
	Person  string
	Step    string
	Way     string // password, code, recovery, link, demo
	Created int64
	Seen    int64
	Ends    int64
	Addr    string
	Agent   string
}

// Origin is where a sign-in comes from.
type Origin struct {
	Addr  string
	Agent string
	Token string // of the session the browser has now; it ends with the new one
}

const sessionColumns = `hash, person, step, way, created_at, seen_at, ends_at, addr, agent`

func scanSession(r *sql.Rows) (Session, error) {
	var x Session
	err := r.Scan(&x.Hash, &x.Person, &x.Step, &x.Way, &x.Created, &x.Seen, &x.Ends, &x.Addr, &x.Agent)
	return x, err
}

// start makes a new session and gives its token. The id is always new; the browser's former session ends.
func (s *Service) start(ctx context.Context, tx *db.Tx, person, step, way string, o Origin) (string, error) {
	now := s.now()
	if o.Token != "" {
		if _, err := tx.Exec(ctx, `DELETE FROM session WHERE hash = $1`, hashOf(o.Token)); err != nil {
			return "", fmt.Errorf("end former session: %w", err)
		}
	}
	life := AbsoluteEnd
	if step == stepPassword {
		life = PartialEnd
	}
	token := newToken()
	if _, err := tx.Exec(ctx, `INSERT INTO session (hash, person, step, way, created_at, seen_at, ends_at, addr, agent) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)`,
		hashOf(token), person, step, way, now, now+micro(life), hostOf(o.Addr), agentName(o.Agent)); err != nil {
		return "", fmt.Errorf("start session: %w", err)
	}
	return token, nil
}

// current gives the session of a token if it has not ended.
func (s *Service) current(ctx context.Context, tx *db.Tx, token string) (Session, bool, error) {
	x, ok, err := db.One(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM session WHERE hash = $1`, hashOf(token))
	if err != nil {
		return x, false, fmt.Errorf("read session: %w", err)
	}
	now := s.now()
	if !ok || now >= x.Ends || now-x.Seen >= micro(IdleEnd) {
		return Session{}, false, nil
	}
	return x, true, nil
}

// Identify says who sends a request, by bearer token or session cookie. It serves web.Site.Identify.
func (s *Service) Identify(r *http.Request) (web.Visitor, error) {
	if kind, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(kind, "Bearer") {
		return s.byToken(r.Context(), strings.TrimSpace(token))
	}
	token := s.tokenOf(r)
	if token == "" {
		return web.Visitor{}, nil
	}
	var v web.Visitor
	var x Session
	err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		v = web.Visitor{}
		var ok bool
		if x, ok, err = s.current(ctx, tx, token); err != nil || !ok {
			return err
		}
		a, ok, err := s.Get(ctx, tx, x.Person)
		if err != nil || !ok || a.Closed {
			return err
		}
		if x.Step != stepFull {
			v = web.Visitor{Partial: true, Lang: a.Lang, Session: x.Hash}
			return nil
		}
		who, err := s.c.Person(ctx, tx, x.Person)
		if fault.As(err) != nil {
			return nil // left, moved, not yet in office: nobody
		}
		if err != nil {
			return fmt.Errorf("read person: %w", err)
		}
		v = web.Visitor{Actor: who, Lang: a.Lang, Session: x.Hash}
		if s.c.RequireTOTP && !a.HasTOTP && x.Way != "demo" && x.Way != "link" {
			v.Setup = "/account/totp" // bp.9.4: 多要素認証
		}
		return nil
	})
	if err != nil {
		return web.Visitor{}, err
	}
	if now := s.now(); v.Session != "" && now-x.Seen >= micro(seenEvery) {
		err = s.c.Store.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE session SET seen_at = $1 WHERE hash = $2 AND seen_at < $1`, now, x.Hash)
			return err
		})
		if err != nil && fault.As(err) == nil { // a busy store must not stop somebody from reading
			return web.Visitor{}, fmt.Errorf("note last use: %w", err)
		}
	}
	return v, nil
}

func (s *Service) byToken(ctx context.Context, token string) (web.Visitor, error) {
	var v web.Visitor
	if s.c.Token == nil {
		return v, nil
	}
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.c.Token(ctx, tx, token)
		if fault.As(err) != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read token: %w", err)
		}
		a.Way = actor.API
		v = web.Visitor{Actor: a}
		return nil
	})
	return v, err
}

// tokenOf is the session token of a request, under the site's name for the cookie.
func (s *Service) tokenOf(r *http.Request) string {
	name := cookie
	if s.site != nil {
		name = s.site.CookieName(cookie)
	}
	c, err := r.Cookie(name)
	if err != nil || len(c.Value) > 100 {
		return ""
	}
	return c.Value
}

func (s *Service) originOf(r *web.Request) Origin {
	return Origin{Addr: s.c.Addr(r.Request), Agent: r.UserAgent(), Token: s.tokenOf(r.Request)}
}

// Sessions lists a person's live sessions, newest first.
func (s *Service) Sessions(ctx context.Context, tx *db.Tx, person string) ([]Session, error) {
	now := s.now()
	out, err := db.Rows(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM session WHERE person = $1 AND step = $2 AND ends_at > $3 AND seen_at > $4 ORDER BY created_at DESC, hash`,
		person, stepFull, now, now-micro(IdleEnd))
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

// End ends one session of a person; nothing is said about a session of somebody else.
func (s *Service) End(ctx context.Context, person, hash, addr string) error {
	return s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM session WHERE hash = $1 AND person = $2`, hash, person)
		if err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		if n == 0 {
			return web.NotFound()
		}
		return s.note(ctx, tx, Event{Act: "signin.logout", Person: person, Done: true, Addr: hostOf(addr)})
	})
}

// EndAll ends every session of a person but the one kept, and gives how many. It serves transfers and departures.
func (s *Service) EndAll(ctx context.Context, tx *db.Tx, person, keep string) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM session WHERE person = $1 AND hash <> $2`, person, keep)
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	return n, nil
}

// Sweep removes what has ended: sessions, links, tries. A job runs it once a day.
func (s *Service) Sweep(ctx context.Context, tx *db.Tx) error {
	now := s.now()
	for _, q := range []struct {
		sql string
		at  int64
	}{
		{`DELETE FROM session WHERE ends_at <= $1`, now},
		{`DELETE FROM login_link WHERE ends_at <= $1`, now - micro(30*AbsoluteEnd)},
		{`DELETE FROM attempt WHERE first_at <= $1`, now - micro(2*(window+blockFor))},
	} {
		if _, err := tx.Exec(ctx, q.sql, q.at); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}

// agentName is a browser in two words, so that a person knows the own machine again.
func agentName(ua string) string {
	name, system := "", ""
	for _, b := range [][2]string{{"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}} {
		if strings.Contains(ua, b[0]) {
			name = b[1]
			break
		}
	}
	for _, o := range [][2]string{{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(ua, o[0]) {
			system = o[1]
			break
		}
	}
	return strings.TrimSpace(name + " " + system)
}

func wayText(way string) msg.Text {
	switch way {
	case "code":
		return msg.T("パスワードと確認コード", "Password and code")
	case "recovery":
		return msg.T("パスワードと予備コード", "Password and recovery code")
	case "link":
		return msg.T("一度だけ使えるリンク", "One-time link")
	case "demo":
		return msg.T("体験版の入口", "Demonstration")
	}
	return msg.T("パスワード", "Password")
}
