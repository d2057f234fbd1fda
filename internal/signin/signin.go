// Package signin lets people in and knows who they are: accounts with a password and a one-time code, sessions that
// end, one-time links, and a brake on guessing. Nothing it answers tells an outsider whether an account exists.
//
// It serves clause 9(3) (bp.9.3, access control and authentication) and 9(4) (bp.9.4, more than one factor), and
// clause 5 (bp.5): what is done can be laid to a person.
package signin

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the module's tables.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// The life of sessions, links and brakes.
const (
	IdleEnd     = time.Hour        // a session nobody used
	AbsoluteEnd = 12 * time.Hour   // any session
	PartialEnd  = 10 * time.Minute // between password and second factor
	seenEvery   = time.Minute      // how exactly the last use is kept
	maxFailed   = 5                // wrong tries of one account from one network
	window      = 15 * time.Minute // in which they are counted
	blockFor    = 15 * time.Minute
)

// Config says what the module needs. Store and Person are needed.
type Config struct {
	Store *db.Store
	// Person gives the actor for a person's code; a fault means that the person may not sign in (any more).
	Person func(ctx context.Context, tx *db.Tx, person string) (actor.Actor, error)
	// Token gives the actor for a bearer token of the API; nil means there are none.
	Token func(ctx context.Context, tx *db.Tx, token string) (actor.Actor, error)
	// Note writes an entry into the record for each event, in the event's own transaction; nil writes none.
	Note func(ctx context.Context, tx *db.Tx, e Event) error
	// Key seals the secrets of one-time codes in the store: 32 bytes. nil leaves them as they are.
	Key []byte
	// Clock is the time of sessions, codes and brakes, default time.Now. It is a real clock even where the data
	// holds another day, as a telephone's codes follow the real time.
	Clock func() time.Time
	// Addr is the sender's address, default http.Request.RemoteAddr. A site behind a proxy sets it.
	Addr func(r *http.Request) string
	// RequireTOTP leads everybody without a second factor to set one up first.
	RequireTOTP bool
	// Demo allows one-time login links and the list of people below, on loopback only.
	Demo bool
	// DemoPeople are offered on the sign-in page of a demo.
	DemoPeople func(ctx context.Context, tx *db.Tx) ([]DemoPerson, error)
	// Links lead from the account page to what other modules keep for the person.
	Links []web.Link
	// Cost of a password hash; the zero Cost is the default.
	Cost Cost
}

// DemoPerson is somebody whose role a visitor of the demo may take.
type DemoPerson struct {
	Person string
	Label  msg.Text
}

// Event is something that happened to an account, for the record.
type Event struct {
	Act    string // signin.login, signin.logout, signin.password, signin.totp, signin.link
	Person string // "" when the account is unknown
	Done   bool   // false: refused
	Why    string // of a refusal: "password", "code", "blocked", "closed", "link"
	Addr   string
	Way    string // password, code, recovery, link, demo
}

// Service is the module at work.
type Service struct {
	c      Config
	aead   cipher.AEAD
	hasher *hasher
	site   *web.Site
}

// New makes the service.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Person == nil {
		return nil, errors.New("signin: Store and Person are needed")
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Addr == nil {
		c.Addr = func(r *http.Request) string { return r.RemoteAddr }
	}
	s := &Service{c: c, hasher: newHasher(c.Cost)}
	if c.Key != nil {
		block, err := aes.NewCipher(c.Key)
		if err != nil {
			return nil, fmt.Errorf("signin key: %w", err)
		}
		if s.aead, err = cipher.NewGCM(block); err != nil {
			return nil, fmt.Errorf("signin key: %w", err)
		}
	}
	return s, nil
}

func (s *Service) now() int64 { return s.c.Clock().UnixMicro() }

func (s *Service) note(ctx context.Context, tx *db.Tx, e Event) error {
	if s.c.Note == nil {
		return nil
	}
	if err := s.c.Note(ctx, tx, e); err != nil {
		return fmt.Errorf("note %s: %w", e.Act, err)
	}
	return nil
}

// newToken is 256 bits that nobody can guess.
func newToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashOf is how a token stands in the store: who reads the store cannot use it.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// normal makes one name of the ways to type it: width, case, blanks.
func normal(login string) string {
	s := strings.ToLower(norm.NFKC.String(login))
	return strings.Join(strings.Fields(norm.NFKC.String(s)), "")
}

// prefix is the network an address is in: /24 of IPv4, /64 of IPv6.
func prefix(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return "?"
	}
	if v4 := ip.To4(); v4 != nil {
		return v4.Mask(net.CIDRMask(24, 32)).String()
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}

func hostOf(addr string) string {
	if host, _, err := net.SplitHostPort(addr); err == nil {
		return host
	}
	return addr
}

// seal closes a secret for the store; open is its inverse.
func (s *Service) seal(person string, secret []byte) string {
	if s.aead == nil {
		return "p:" + base64.RawStdEncoding.EncodeToString(secret)
	}
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce)
	return "s:" + base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, secret, []byte(person)))
}

func (s *Service) open(person, sealed string) ([]byte, error) {
	kind, text, _ := strings.Cut(sealed, ":")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("open secret: %w", err)
	}
	switch {
	case kind == "p":
		return b, nil
	case s.aead == nil || len(b) < s.aead.NonceSize():
		return nil, errors.New("open secret: key is missing")
	}
	n := s.aead.NonceSize()
	out, err := s.aead.Open(nil, b[:n], b[n:], []byte(person))
	if err != nil {
		return nil, fmt.Errorf("open secret: %w", err)
	}
	return out, nil
}

// errRefused is the one answer to every sign-in that fails, whatever the reason.
var errRefused = fault.New(fault.Invalid, msg.T("ログインできませんでした。利用者番号とパスワードを確かめてください。何度も続けて失敗したときは、15分ほど待ってからもう一度お試しください。",
	"Sign-in failed. Please check your user ID and password. After several failures, wait about 15 minutes and try again."))
