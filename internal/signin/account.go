package signin

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
)

// Account is what a person signs in with.
type Account struct {
	Person     string
	Login      string
	HasTOTP    bool
	Lang       msg.Lang
	Closed     bool
	PasswordAt int64 // microseconds UTC; 0 when no password is set
	Recovery   int   // unused recovery codes

	password string
	totp     string
	totpNew  string
	totpStep int64
	recovery []string
}

const accountColumns = `person, login, password, password_at, totp, totp_step, totp_new, recovery, lang, closed`

func scanAccount(r *sql.Rows) (Account, error) {
	var a Account
	var rec, lang string
	err := r.Scan(&a.Person, &a.Login, &a.password, &a.PasswordAt, &a.totp, &a.totpStep, &a.totpNew, &rec, &lang, &a.Closed)
	a.HasTOTP, a.Lang, a.recovery = a.totp != "", msg.Lang(lang), strings.Fields(rec)
	a.Recovery = len(a.recovery)
	return a, err
}

// Get gives a person's account; false means there is none.
func (s *Service) Get(ctx context.Context, tx *db.Tx, person string) (Account, bool, error) {
	a, ok, err := db.One(ctx, tx, scanAccount, `SELECT `+accountColumns+` FROM account WHERE person = $1`, person)
	if err != nil {
		return a, false, fmt.Errorf("read account: %w", err)
	}
	return a, ok, nil
}

func byLogin(ctx context.Context, tx *db.Tx, login string) (Account, bool, error) {
	a, ok, err := db.One(ctx, tx, scanAccount, `SELECT `+accountColumns+` FROM account WHERE login = $1`, login)
	if err != nil {
		return a, false, fmt.Errorf("read account: %w", err)
	}
	return a, ok, nil
}

// Create makes an account without a password; a link from Issue lets the person set one. The login is the
// person's code unless another is given; it is kept in its normal form.
func (s *Service) Create(ctx context.Context, tx *db.Tx, person, login string) error {
	if login == "" {
		login = person
	}
	login = normal(login)
	if person == "" || login == "" {
		return fault.At("login", msg.T("利用者番号を入力してください。", "Please enter a user ID."))
	}
	n, err := tx.Exec(ctx, `INSERT INTO account (person, login, password, password_at, totp, totp_step, totp_new, recovery, lang, closed, created_at)
		SELECT $1, $2, '', 0, '', 0, '', '', '', FALSE, $3 WHERE NOT EXISTS (SELECT 1 FROM account WHERE person = $1 OR login = $2)`, person, login, s.now())
	if err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, msg.F("「%s」の利用者はすでに登録されています。", "The account %q exists already.", login))
	}
	return nil
}

// Close ends an account and its sessions; Reopen lets the person in again.
func (s *Service) Close(ctx context.Context, tx *db.Tx, person string) error {
	if err := s.setClosed(ctx, tx, person, true); err != nil {
		return err
	}
	_, err := s.EndAll(ctx, tx, person, "")
	return err
}

// Reopen opens a closed account again.
func (s *Service) Reopen(ctx context.Context, tx *db.Tx, person string) error {
	return s.setClosed(ctx, tx, person, false)
}

func (s *Service) setClosed(ctx context.Context, tx *db.Tx, person string, closed bool) error {
	n, err := tx.Exec(ctx, `UPDATE account SET closed = $1 WHERE person = $2`, closed, person)
	if err != nil {
		return fmt.Errorf("close account: %w", err)
	}
	if n == 0 {
		return web.NotFound()
	}
	return nil
}

// SetPassword sets a password for a person from the command line or a setup; it is held to the same rules.
func (s *Service) SetPassword(ctx context.Context, person, password string) error {
	var login string
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, ok, err := s.Get(ctx, tx, person)
		if err != nil {
			return err
		}
		if !ok {
			return web.NotFound()
		}
		login = a.Login
		return nil
	})
	if err != nil {
		return err
	}
	if err := checkPassword("password", password, login); err != nil {
		return err
	}
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.storePassword(ctx, tx, person, phc, "")
	})
}

// storePassword writes the hash and ends every session but the one kept.
func (s *Service) storePassword(ctx context.Context, tx *db.Tx, person, phc, keep string) error {
	n, err := tx.Exec(ctx, `UPDATE account SET password = $1, password_at = $2 WHERE person = $3`, phc, s.now(), person)
	if err != nil {
		return fmt.Errorf("store password: %w", err)
	}
	if n == 0 {
		return web.NotFound()
	}
	if _, err := s.EndAll(ctx, tx, person, keep); err != nil {
		return err
	}
	return s.note(ctx, tx, Event{Act: "signin.password", Person: person, Done: true})
}

// ChangePassword changes a person's own password; the present one is asked for. The session at hand stays.
func (s *Service) ChangePassword(ctx context.Context, person, session, present, next, again, addr string) error {
	var a Account
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		var ok bool
		a, ok, err = s.Get(ctx, tx, person)
		if err == nil && !ok {
			err = web.NotFound()
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := checkPassword("next", next, a.Login); err != nil {
		return err
	}
	if next != again {
		return fault.At("again", msg.T("新しいパスワードと、確認のための入力が違います。", "The two new passwords differ."))
	}
	if err := s.confirm(ctx, a, "present", present, addr); err != nil {
		return err
	}
	phc, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	return s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.storePassword(ctx, tx, person, phc, session)
	})
}

// confirm asks for the present password of somebody signed in, under the same brake as signing in.
func (s *Service) confirm(ctx context.Context, a Account, field, password, addr string) error {
	ok, err := s.hasher.verify(ctx, a.password, password)
	if err != nil {
		return err
	}
	key := brakeKey("confirm", a.Person, addr)
	err = s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		blocked, err := s.blocked(ctx, tx, key)
		if err != nil {
			return err
		}
		if ok = ok && !blocked; ok {
			return s.release(ctx, tx, key)
		}
		return s.failed(ctx, tx, key, maxFailed)
	})
	if err != nil {
		return err
	}
	if !ok {
		return fault.At(field, msg.T("いまのパスワードが違います。", "The present password is wrong."))
	}
	return nil
}

// SaveLang keeps a person's language.
func (s *Service) SaveLang(ctx context.Context, person string, lang msg.Lang) error {
	return s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE account SET lang = $1 WHERE person = $2`, string(lang), person); err != nil {
			return fmt.Errorf("store language: %w", err)
		}
		return nil
	})
}
