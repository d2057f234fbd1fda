package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/trail"
	"okite/internal/when"
)

// Token is the right of a program to use the API in a role (bp.9.3). The secret is shown once, when it is made.
type Token struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Role    string     `json:"role"`
	Created when.Stamp `json:"created"`
	Expires when.Stamp `json:"expires,omitzero"`
	Used    when.Stamp `json:"used,omitzero"`
	Revoked when.Stamp `json:"revoked,omitzero"`
}

// tokenPrefix lets secret scanners find a token that strayed.
const tokenPrefix = "okite_"

// CreateToken makes a token for a city-wide role and gives its secret. expires is its last day, 0 for none.
func (a *App) CreateToken(ctx context.Context, name, role string, expires when.Date) (t Token, secret string, err error) {
	v := a.Pack.Vocab("role")
	if _, ok := v.Term(role); !ok {
		var codes []string
		for _, x := range v.Terms {
			codes = append(codes, x.Code)
		}
		return t, "", fault.At("role", msg.F("役割「%s」はありません。選べるもの：%s", "There is no role %q; there are: %s", role, strings.Join(codes, ", ")))
	}
	if strings.TrimSpace(name) == "" {
		return t, "", fault.At("name", msg.T("トークンの名称を入力してください。", "Give the token a name."))
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24
	secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(b)
	err = a.Store.Write(Operator(ctx), func(ctx context.Context, tx *db.Tx) error {
		t = Token{ID: hex.EncodeToString(b[:4]), Name: name, Role: role, Created: when.StampOf(tx.Now())}
		if expires != 0 {
			t.Expires = when.StampOf(expires.AddDays(1).Time())
			if t.Expires <= t.Created {
				return fault.At("expires", msg.T("期限は今日以後の日付にしてください。", "The last day must not be past."))
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO api_token (id, hash, name, role, created_at, expires_at, used_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)`,
			t.ID, tokenHash(secret), name, role, int64(t.Created), int64(t.Expires))
		if err != nil {
			return fmt.Errorf("keep token: %w", err)
		}
		a.Log.Append(tx, trail.Entry{Actor: operator.ID(), Way: string(operator.Way), Act: "token.create", Subject: ref.New("token", t.ID),
			Clauses: []clause.ID{"bp.9.3"}, Input: map[string]string{"name": name, "role": role}, Result: trail.Done})
		return nil
	})
	return t, secret, err
}

// Tokens lists all tokens, revoked ones too.
func (a *App) Tokens(ctx context.Context) (out []Token, err error) {
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = db.Rows(ctx, tx, func(r *sql.Rows) (t Token, err error) {
			err = r.Scan(&t.ID, &t.Name, &t.Role, &t.Created, &t.Expires, &t.Used, &t.Revoked)
			return t, err
		}, `SELECT id, name, role, created_at, expires_at, used_at, revoked_at FROM api_token ORDER BY created_at, id`)
		return err
	})
	return out, err
}

// RevokeToken ends a token at once.
func (a *App) RevokeToken(ctx context.Context, id string) error {
	return a.Store.Write(Operator(ctx), func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0`, tx.Now().UnixMicro(), id)
		if err != nil {
			return fmt.Errorf("revoke token: %w", err)
		}
		if n == 0 {
			return fault.New(fault.NotFound, msg.F("有効なトークン「%s」はありません。", "There is no live token %q.", id))
		}
		a.Log.Append(tx, trail.Entry{Actor: operator.ID(), Way: string(operator.Way), Act: "token.revoke", Subject: ref.New("token", id),
			Clauses: []clause.ID{"bp.9.3"}, Result: trail.Done})
		return nil
	})
}

// byToken gives the actor a bearer token stands for. It serves signin.Config.Token.
func (a *App) byToken(ctx context.Context, tx *db.Tx, token string) (actor.Actor, error) {
	var id, name, role string
	err := tx.QueryRow(ctx, `SELECT id, name, role FROM api_token WHERE hash = $1 AND revoked_at = 0 AND (expires_at = 0 OR expires_at > $2)`,
		tokenHash(token), tx.Now().UnixMicro()).Scan(&id, &name, &role)
	if db.Missing(err) {
		return actor.Actor{}, fault.Deny(msg.T("トークンが正しくないか、期限が過ぎています。", "The token is wrong or has run out."), "bp.9.3")
	}
	if err != nil {
		return actor.Actor{}, fmt.Errorf("read token: %w", err)
	}
	return actor.Actor{Person: actor.TokenPrefix + id, Name: name, Way: actor.API, Roles: []actor.Grant{{Role: role}}}, nil
}

func tokenHash(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}
