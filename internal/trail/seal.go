package trail

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"okite/internal/db"
)

// sealer is the municipality's key, which wraps the keys of subjects.
type sealer struct{ key [32]byte }

// check names the key without giving it away.
func (s sealer) check() string {
	sum := mac(s.key[:], []byte("okite trail sealer"))
	return hex.EncodeToString(sum[:8])
}

// Derive gives 32 bytes for another use of the municipality's key, such as sealing the secrets of one-time codes. Who
// holds them learns nothing of the key or of what is derived under another name.
func (l *Log) Derive(use string) []byte { return mac(l.sealer.key[:], []byte("okite derive "+use)) }

func mac(key, data []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(data)
	return m.Sum(nil)
}

// keyOwner is whose key seals the personal values of a line: the subject, or the actor of an act without one.
func (l line) keyOwner() string {
	if l.Subject != "" {
		return l.Subject
	}
	return l.Actor
}

// payload is what is sealed. Salt makes equal values of two entries differ.
type payload struct {
	Salt   string            `json:"salt"`
	Values map[string]string `json:"values"`
}

// seal stores values under the key of their owner and gives their HMAC for the entry.
func (s sealer) seal(ctx context.Context, tx *db.Tx, owner string, values map[string]string) (string, error) {
	key, there, err := s.keyOf(ctx, tx, owner)
	if err != nil {
		return "", err
	}
	if !there {
		if key, err = s.newKey(ctx, tx, owner); err != nil {
			return "", err
		}
	}
	plain, err := json.Marshal(payload{rand.Text(), values})
	if err != nil {
		return "", fmt.Errorf("write personal values: %w", err)
	}
	sum := hex.EncodeToString(mac(macKey(key), plain))
	sealed, err := lock(key, plain, []byte(sum))
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO trail_seal (mac, subject, payload) VALUES ($1, $2, $3)`, sum, owner, sealed); err != nil {
		return "", fmt.Errorf("seal personal values: %w", err)
	}
	return sum, nil
}

// macKey is the key for the HMAC, apart from the one that encrypts.
func macKey(key []byte) []byte { return mac(key, []byte("commitment")) }

// keyOf reads and unwraps the key of an owner; false when there is none, or none any more.
func (s sealer) keyOf(ctx context.Context, tx *db.Tx, owner string) ([]byte, bool, error) {
	wrapped, there, err := db.One(ctx, tx, func(rows *sql.Rows) (b []byte, err error) {
		err = rows.Scan(&b)
		return b, err
	}, `SELECT wrapped FROM trail_key WHERE subject = $1`, owner)
	if err != nil || !there {
		return nil, false, wrapErr("read key of subject", err)
	}
	key, err := unlock(s.key[:], wrapped, []byte(owner))
	return key, err == nil, wrapErr("unwrap key of subject", err)
}

func (s sealer) newKey(ctx context.Context, tx *db.Tx, owner string) ([]byte, error) {
	key := make([]byte, 32)
	rand.Read(key)
	wrapped, err := lock(s.key[:], key, []byte(owner))
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO trail_key (subject, wrapped) VALUES ($1, $2)`, owner, wrapped)
	return key, wrapErr("store key of subject", err)
}

// open gives the values of a sealed payload and checks them against the HMAC in the entry.
func openPayload(key, sealed []byte, sum string) (map[string]string, error) {
	plain, err := unlock(key, sealed, []byte(sum))
	if err != nil {
		return nil, fmt.Errorf("open personal values: %w", err)
	}
	if hex.EncodeToString(mac(macKey(key), plain)) != sum {
		return nil, errors.New("open personal values: they are not those of the entry")
	}
	var p payload
	if err := json.Unmarshal(plain, &p); err != nil {
		return nil, fmt.Errorf("read personal values: %w", err)
	}
	return p.Values, nil
}

// eraseKey destroys the key of an owner and what it sealed.
func eraseKey(ctx context.Context, tx *db.Tx, owner string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM trail_key WHERE subject = $1`, owner); err != nil {
		return fmt.Errorf("destroy key of subject: %w", err)
	}
	_, err := tx.Exec(ctx, `DELETE FROM trail_seal WHERE subject = $1`, owner)
	return wrapErr("destroy sealed values", err)
}

// lock encrypts with AES-256-GCM, bound to a context.
func lock(key, plain, bound []byte) ([]byte, error) {
	a, err := aead(key)
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, plain, bound), nil
}

func unlock(key, sealed, bound []byte) ([]byte, error) {
	a, err := aead(key)
	if err != nil {
		return nil, err
	}
	return a.Open(nil, nil, sealed, bound)
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// wrapErr names what was tried, if it failed.
func wrapErr(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
