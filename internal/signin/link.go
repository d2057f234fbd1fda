package signin

import (
	"context"
	"fmt"
	"time"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
)

// Purpose is what a one-time link is for.
type Purpose string

// The purposes.
const (
	Enrol  Purpose = "enrol"  // set the password of an account, and be in
	SignIn Purpose = "signin" // be in at once: a demo on loopback only
)

// Issue makes a one-time link and gives its path, such as /enrol/TOKEN. Earlier links of the same purpose for the
// person stop working.
func (s *Service) Issue(ctx context.Context, tx *db.Tx, p Purpose, person string, life time.Duration) (string, error) {
	if p == SignIn && !s.c.Demo {
		return "", fault.Deny(msg.T("ログイン用のリンクは体験版でだけ使えます。", "Sign-in links exist in demonstrations only."))
	}
	now, token := s.now(), newToken()
	if _, err := tx.Exec(ctx, `DELETE FROM login_link WHERE person = $1 AND purpose = $2 AND used_at = 0`, person, string(p)); err != nil {
		return "", fmt.Errorf("end earlier links: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO login_link (hash, person, purpose, created_at, ends_at, used_at) VALUES ($1, $2, $3, $4, $5, 0)`,
		hashOf(token), person, string(p), now, now+micro(life)); err != nil {
		return "", fmt.Errorf("store link: %w", err)
	}
	if p == Enrol {
		return "/enrol/" + token, nil
	}
	return "/login/link/" + token, nil
}

// errLink is the answer to a link that is unknown, used or too old.
var errLink = fault.New(fault.NotFound, msg.T("このリンクは使えません。すでに使われたか、期限が過ぎています。新しいリンクを発行してもらってください。",
	"This link cannot be used. It has been used already or has run out. Please ask for a new one."))

// look gives the account a link is for, without using it up.
func (s *Service) look(ctx context.Context, tx *db.Tx, p Purpose, token string) (Account, error) {
	person, ok, err := db.One(ctx, tx, scanString, `SELECT person FROM login_link WHERE hash = $1 AND purpose = $2 AND used_at = 0 AND ends_at > $3`, hashOf(token), string(p), s.now())
	if err != nil {
		return Account{}, fmt.Errorf("read link: %w", err)
	}
	if !ok {
		return Account{}, errLink
	}
	a, ok, err := s.Get(ctx, tx, person)
	if err != nil {
		return Account{}, err
	}
	if !ok || a.Closed {
		return Account{}, errLink
	}
	return a, nil
}

// use uses a link up.
func (s *Service) use(ctx context.Context, tx *db.Tx, p Purpose, token string) error {
	n, err := tx.Exec(ctx, `UPDATE login_link SET used_at = $1 WHERE hash = $2 AND purpose = $3 AND used_at = 0 AND ends_at > $1`, s.now(), hashOf(token), string(p))
	if err != nil {
		return fmt.Errorf("use link: %w", err)
	}
	if n == 0 {
		return errLink
	}
	return nil
}

// ByLink opens a session by a sign-in link of a demo.
func (s *Service) ByLink(ctx context.Context, o Origin, token string) (string, error) {
	if !s.c.Demo {
		return "", errLink
	}
	var session string
	err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.look(ctx, tx, SignIn, token)
		if err != nil {
			return err
		}
		if err := s.use(ctx, tx, SignIn, token); err != nil {
			return err
		}
		session, err = s.enter(ctx, tx, a.Person, "link", o)
		return err
	})
	return session, err
}

// AsDemoPerson opens a session as one of the people a demo offers.
func (s *Service) AsDemoPerson(ctx context.Context, o Origin, person string) (string, error) {
	if !s.c.Demo || s.c.DemoPeople == nil {
		return "", errRefused
	}
	var session string
	err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		people, err := s.c.DemoPeople(ctx, tx)
		if err != nil {
			return fmt.Errorf("list people of the demo: %w", err)
		}
		for _, p := range people {
			if p.Person == person {
				session, err = s.enter(ctx, tx, person, "demo", o)
				return err
			}
		}
		return errRefused
	})
	return session, err
}

func (s *Service) enter(ctx context.Context, tx *db.Tx, person, way string, o Origin) (string, error) {
	a, ok, err := s.Get(ctx, tx, person)
	if err != nil {
		return "", err
	}
	if !ok || a.Closed {
		return "", errRefused
	}
	session, err := s.start(ctx, tx, person, stepFull, way, o)
	if err != nil {
		return "", err
	}
	return session, s.note(ctx, tx, Event{Act: "signin.login", Person: person, Done: true, Addr: hostOf(o.Addr), Way: way})
}

// Enrolment sets a password by an enrolment link and opens a session. The link is used up with it. An account with a
// second factor still needs its code: more says so.
func (s *Service) Enrolment(ctx context.Context, o Origin, token, next, again string) (session string, more bool, err error) {
	var a Account
	err = s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = s.look(ctx, tx, Enrol, token)
		return err
	})
	if err != nil {
		return "", false, err
	}
	if err := checkPassword("next", next, a.Login); err != nil {
		return "", false, err
	}
	if next != again {
		return "", false, fault.At("again", msg.T("新しいパスワードと、確認のための入力が違います。", "The two new passwords differ."))
	}
	phc, err := s.hasher.hash(ctx, next)
	if err != nil {
		return "", false, err
	}
	err = s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.use(ctx, tx, Enrol, token); err != nil {
			return err
		}
		if err := s.storePassword(ctx, tx, a.Person, phc, ""); err != nil {
			return err
		}
		var err error
		if more = a.HasTOTP; more { // a link replaces the password, never the second factor
			session, err = s.start(ctx, tx, a.Person, stepPassword, "password", o)
			return err
		}
		session, err = s.enter(ctx, tx, a.Person, "password", o)
		return err
	})
	return session, more, err
}
