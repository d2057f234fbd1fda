package digest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/web"
	"okite/internal/when"
)

// Feed is the address at which a person's calendar is read. The store keeps only its hash: the address is shown once.
type Feed struct {
	Made, Used when.Stamp
}

// feedToken is 256 bits that nobody can guess, and what the store keeps of them.
func feedToken() (token, hash string) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, hashOf(token)
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// feedOf is a person's, false when they have none.
func feedOf(ctx context.Context, tx *db.Tx, person string) (Feed, bool, error) {
	f, ok, err := db.One(ctx, tx, func(r *sql.Rows) (f Feed, err error) { return f, r.Scan(&f.Made, &f.Used) }, `SELECT made_at, used_at FROM feed WHERE person = $1`, person)
	if err != nil {
		return f, false, fmt.Errorf("read calendar address: %w", err)
	}
	return f, ok, nil
}

// makeFeed gives a person an address; an earlier one stops working.
func (s *Service) makeFeed(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	if who.Person == "" || strings.HasPrefix(who.Person, actor.TokenPrefix) {
		return ref.Ref{}, fault.Deny(msg.T("カレンダー用のアドレスは、職員としてログインした方が発行できます。", "An address for a calendar is made by people who are signed in."), "bp.5")
	}
	if b, err := hex.DecodeString(in["hash"]); err != nil || len(b) != sha256.Size {
		return ref.Ref{}, fault.At("hash", msg.T("ハッシュ値の形が正しくありません。", "This is no hash."))
	}
	if _, err := tx.Exec(ctx, `DELETE FROM feed WHERE person = $1`, who.Person); err != nil {
		return ref.Ref{}, fmt.Errorf("end calendar address: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO feed (hash, person, made_at, used_at) VALUES ($1, $2, $3, 0)`, in["hash"], who.Person, tx.Now().UnixMicro()); err != nil {
		return ref.Ref{}, fmt.Errorf("make calendar address: %w", err)
	}
	return ref.New("person", who.Person), nil
}

func (s *Service) revokeFeed(ctx context.Context, tx *db.Tx, who actor.Actor, _ act.Input) (ref.Ref, error) {
	n, err := tx.Exec(ctx, `DELETE FROM feed WHERE person = $1`, who.Person)
	if err != nil {
		return ref.Ref{}, fmt.Errorf("end calendar address: %w", err)
	}
	if n == 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("カレンダー用のアドレスは発行されていません。", "There is no address for a calendar."))
	}
	return ref.New("person", who.Person), nil
}

// feedPage is the calendar itself. No session is asked for, as calendars have none: who knows the address reads it. An
// address that is wrong, revoked, or of somebody who has left is simply not there.
func (s *Service) feedPage(r *web.Request) (web.Response, error) {
	token, ok := strings.CutSuffix(r.Path("token"), ".ics")
	if !ok || len(token) > 64 {
		return web.Response{}, web.NotFound()
	}
	hash, code := hashOf(token), ""
	lang := msg.JA
	var used when.Stamp
	if err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT person, used_at FROM feed WHERE hash = $1`, hash).Scan(&code, &used)
		if db.Missing(err) {
			return web.NotFound()
		}
		if err != nil || s.c.Langs == nil {
			return err
		}
		langs, err := s.c.Langs(ctx, tx)
		lang = langOf(langs, code)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	who, err := s.c.Person(r.Context(), code)
	if fault.As(err) != nil {
		return web.Response{}, web.NotFound()
	}
	if err != nil {
		return web.Response{}, err
	}
	b, err := s.c.One(r.Context(), who)
	if err != nil {
		return web.Response{}, err
	}
	set, err := s.c.Mail(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	now := s.c.Store.Now()
	if used.Date() != when.Of(now) { // the day of the last reading is enough
		if err := s.c.Store.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE feed SET used_at = $1 WHERE hash = $2`, tx.Now().UnixMicro(), hash)
			return err
		}); err != nil {
			return web.Response{}, err
		}
	}
	text := calendar(s.c.City, b.Items, s.discreet, lang, set.Base, now)
	return web.File("okite.ics", "text/calendar; charset=utf-8", func(w io.Writer) error { _, err := io.WriteString(w, text); return err }).SetHeader("Cache-Control", "private, max-age=300"), nil
}
