package signin

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
)

// Login checks a password. It gives the token of a new session, and whether a second factor is still to come. Every
// refusal is the same fault and takes the same work, whether the account is unknown, closed, stopped or the password
// wrong.
func (s *Service) Login(ctx context.Context, o Origin, login, password string) (token string, more bool, err error) {
	login = normal(login)
	key := brakeKey("password", login, o.Addr)
	var a Account
	err = s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		a, _, err = byLogin(ctx, tx, login)
		return err
	})
	if err != nil {
		return "", false, err
	}
	right, err := s.hasher.verify(ctx, a.password, password) // outside of the transaction: it takes long
	if err != nil {
		return "", false, err
	}
	err = s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		token, more = "", false
		why, err := s.mayEnter(ctx, tx, a, right, key)
		if err != nil {
			return err
		}
		if why != "" {
			if err := s.failed(ctx, tx, key, maxFailed); err != nil {
				return err
			}
			return s.note(ctx, tx, Event{Act: "signin.login", Person: a.Person, Why: why, Addr: hostOf(o.Addr), Way: "password"})
		}
		if a.HasTOTP {
			more = true
			token, err = s.start(ctx, tx, a.Person, stepPassword, "password", o)
			return err
		}
		if err := s.release(ctx, tx, key); err != nil {
			return err
		}
		if token, err = s.start(ctx, tx, a.Person, stepFull, "password", o); err != nil {
			return err
		}
		return s.note(ctx, tx, Event{Act: "signin.login", Person: a.Person, Done: true, Addr: hostOf(o.Addr), Way: "password"})
	})
	if err != nil {
		return "", false, err
	}
	if token == "" {
		return "", false, errRefused
	}
	return token, more, nil
}

// mayEnter gives the reason of a refusal for the record, "" when there is none.
func (s *Service) mayEnter(ctx context.Context, tx *db.Tx, a Account, right bool, key string) (string, error) {
	stopped, err := s.blocked(ctx, tx, key)
	switch {
	case err != nil:
		return "", err
	case stopped:
		return "blocked", nil
	case !right:
		return "password", nil
	case a.Closed:
		return "closed", nil
	}
	now, ok, err := s.Get(ctx, tx, a.Person)
	if err != nil {
		return "", err
	}
	if !ok || now.Closed || now.password != a.password {
		return "closed", nil // changed while the hash was computed
	}
	if _, err := s.c.Person(ctx, tx, a.Person); err != nil {
		if fault.As(err) != nil {
			return "closed", nil
		}
		return "", fmt.Errorf("read person: %w", err)
	}
	return "", nil
}

// errCode is the answer to a wrong, late or used code.
var errCode = fault.At("code", msg.T("確認コードが違うか、期限が切れています。新しく表示されたコードを入力してください。", "The code is wrong or has run out. Please enter the code shown now."))

// errAgain says that the sign-in took too long.
var errAgain = fault.New(fault.Conflict, msg.T("時間が過ぎたため、最初からログインし直してください。", "This took too long. Please sign in again from the start."))

// Second checks a one-time or recovery code for a session that has passed the password. A code works once: its step
// is burned in the transaction that starts the session. It gives the token of the new, full session.
func (s *Service) Second(ctx context.Context, o Origin, code string) (string, error) {
	token, gone := "", false
	err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		token, gone = "", false
		x, ok, err := s.current(ctx, tx, o.Token)
		if err != nil {
			return err
		}
		if !ok || x.Step != stepPassword {
			gone = true
			return nil
		}
		a, ok, err := s.Get(ctx, tx, x.Person)
		if err != nil {
			return err
		}
		key := brakeKey("code", x.Person, o.Addr)
		stopped, err := s.blocked(ctx, tx, key)
		if err != nil {
			return err
		}
		way := ""
		if ok && !a.Closed && !stopped {
			if way, err = s.useCode(ctx, tx, a, code); err != nil {
				return err
			}
		}
		if way == "" {
			if err := s.failed(ctx, tx, key, maxFailed); err != nil {
				return err
			}
			why := "code"
			if stopped {
				why = "blocked"
			}
			return s.note(ctx, tx, Event{Act: "signin.login", Person: x.Person, Why: why, Addr: hostOf(o.Addr), Way: "code"})
		}
		for _, k := range []string{key, brakeKey("password", a.Login, o.Addr)} {
			if err := s.release(ctx, tx, k); err != nil {
				return err
			}
		}
		if token, err = s.start(ctx, tx, x.Person, stepFull, way, o); err != nil {
			return err
		}
		return s.note(ctx, tx, Event{Act: "signin.login", Person: x.Person, Done: true, Addr: hostOf(o.Addr), Way: way})
	})
	switch {
	case err != nil:
		return "", err
	case gone:
		return "", errAgain
	case token == "":
		return "", errCode
	}
	return token, nil
}

// useCode burns a code and gives the way it was, "" when it is not right.
func (s *Service) useCode(ctx context.Context, tx *db.Tx, a Account, code string) (string, error) {
	if !a.HasTOTP {
		return "", nil
	}
	secret, err := s.open(a.Person, a.totp)
	if err != nil {
		return "", err
	}
	if step, ok := matchStep(secret, code, s.c.Clock()); ok {
		// Burned in the same transaction, under the condition that nobody was first.
		n, err := tx.Exec(ctx, `UPDATE account SET totp_step = $1 WHERE person = $2 AND totp_step < $1`, step, a.Person)
		if err != nil {
			return "", fmt.Errorf("burn code: %w", err)
		}
		if n == 1 {
			return "code", nil
		}
		return "", nil
	}
	at := slices.Index(a.recovery, recoveryHash(code))
	if at < 0 {
		return "", nil
	}
	rest := strings.Join(slices.Delete(slices.Clone(a.recovery), at, at+1), " ")
	n, err := tx.Exec(ctx, `UPDATE account SET recovery = $1 WHERE person = $2 AND recovery = $3`, rest, a.Person, strings.Join(a.recovery, " "))
	if err != nil {
		return "", fmt.Errorf("burn recovery code: %w", err)
	}
	if n == 1 {
		return "recovery", nil
	}
	return "", nil
}

// StartTOTP makes a new secret that waits to be confirmed. Who has a second factor already gives the password.
func (s *Service) StartTOTP(ctx context.Context, person, password, addr string) error {
	if err := s.confirmIfTOTP(ctx, person, password, addr); err != nil {
		return err
	}
	return s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE account SET totp_new = $1 WHERE person = $2`, s.seal(person, newSecret()), person)
		if err != nil {
			return fmt.Errorf("store new secret: %w", err)
		}
		return nil
	})
}

// StopTOTP takes the second factor away; the password is asked for.
func (s *Service) StopTOTP(ctx context.Context, person, password, addr string) error {
	if err := s.confirmIfTOTP(ctx, person, password, addr); err != nil {
		return err
	}
	return s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.ResetTOTP(ctx, tx, person) })
}

// ResetTOTP takes the second factor away for somebody who has lost it, by an act of whoever may.
func (s *Service) ResetTOTP(ctx context.Context, tx *db.Tx, person string) error {
	n, err := tx.Exec(ctx, `UPDATE account SET totp = '', totp_new = '', totp_step = 0, recovery = '' WHERE person = $1`, person)
	if err != nil {
		return fmt.Errorf("take away second factor: %w", err)
	}
	if n == 0 {
		return web.NotFound()
	}
	return s.note(ctx, tx, Event{Act: "signin.totp", Person: person, Done: true, Why: "removed"})
}

func (s *Service) confirmIfTOTP(ctx context.Context, person, password, addr string) error {
	var a Account
	err := s.c.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		a, _, err = s.Get(ctx, tx, person)
		return err
	})
	if err != nil || !a.HasTOTP {
		return err
	}
	return s.confirm(ctx, a, "password", password, addr)
}

// ConfirmTOTP takes the waiting secret into use when the code shows that the telephone has it. It gives the recovery
// codes, which are never shown again.
func (s *Service) ConfirmTOTP(ctx context.Context, person, code, keep string) ([]string, error) {
	var codes []string
	err := s.c.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		codes = nil
		a, ok, err := s.Get(ctx, tx, person)
		if err != nil {
			return err
		}
		if !ok || a.totpNew == "" {
			return errAgain
		}
		secret, err := s.open(person, a.totpNew)
		if err != nil {
			return err
		}
		step, ok := matchStep(secret, code, s.c.Clock())
		if !ok {
			return errCode
		}
		var hashes []string
		codes, hashes = newRecovery()
		n, err := tx.Exec(ctx, `UPDATE account SET totp = totp_new, totp_new = '', totp_step = $1, recovery = $2 WHERE person = $3 AND totp_new = $4`,
			step, strings.Join(hashes, " "), person, a.totpNew)
		if err != nil {
			return fmt.Errorf("store second factor: %w", err)
		}
		if n == 0 {
			return errAgain
		}
		if _, err := s.EndAll(ctx, tx, person, keep); err != nil { // what was opened with less ends
			return err
		}
		return s.note(ctx, tx, Event{Act: "signin.totp", Person: person, Done: true})
	})
	return codes, err
}

// scanString reads a single text column.
func scanString(r *sql.Rows) (string, error) {
	var v string
	err := r.Scan(&v)
	return v, err
}
