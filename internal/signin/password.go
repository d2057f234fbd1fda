package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"okite/internal/fault"
	"okite/internal/msg"
)

// Cost is what a password hash costs: memory in KiB and passes. The default, 19 MiB and 2, is OWASP's and takes
// about a tenth of a second of one core.
type Cost struct{ Memory, Passes uint32 }

const (
	minPassword = 12   // characters
	maxPassword = 1000 // bytes
	saltLen     = 16
	keyLen      = 32
	hashWait    = 5 * time.Second
)

// hasher lets two hashes run at once, so that twenty thousand people at half past eight cannot starve the rest
// of the product; who waits too long is told to come back.
type hasher struct {
	cost  Cost
	slots chan struct{}
	dummy string // compared with where there is no account, so that the answer takes as long
}

func newHasher(c Cost) *hasher {
	if c.Memory == 0 {
		c.Memory = 19 << 10
	}
	if c.Passes == 0 {
		c.Passes = 2
	}
	h := &hasher{cost: c, slots: make(chan struct{}, 2)}
	h.dummy = h.phc(make([]byte, saltLen), make([]byte, keyLen))
	return h
}

func (h *hasher) phc(salt, key []byte) string {
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.cost.Memory, h.cost.Passes, e.EncodeToString(salt), e.EncodeToString(key))
}

// run waits for a slot, at most hashWait.
func (h *hasher) run(ctx context.Context, fn func()) error {
	timer := time.NewTimer(hashWait)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
	case <-timer.C:
		return fault.New(fault.Busy, msg.T("ただいまログインが混み合っています。少し待ってからもう一度お試しください。", "Sign-in is busy. Please try again in a moment."))
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	fn()
	return nil
}

func plain(password string) []byte { return []byte(norm.NFKC.String(password)) }

// hash makes the PHC string of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLen)
	_, _ = rand.Read(salt)
	var key []byte
	err := h.run(ctx, func() { key = argon2.IDKey(plain(password), salt, h.cost.Passes, h.cost.Memory, 1, keyLen) })
	if err != nil {
		return "", err
	}
	return h.phc(salt, key), nil
}

// verify compares a password with a PHC string. An empty string, of an account without a password or of none at
// all, takes as long and never matches.
func (h *hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	real := phc != ""
	if !real {
		phc = h.dummy
	}
	var version int
	var cost Cost
	var lanes uint8
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("read password hash: not argon2id")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, fmt.Errorf("read password hash: version %q", parts[2])
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.Memory, &cost.Passes, &lanes); err != nil {
		return false, fmt.Errorf("read password hash: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("read password hash: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("read password hash: %w", err)
	}
	if len(password) > maxPassword {
		password = password[:maxPassword]
		real = false
	}
	var got []byte
	if err := h.run(ctx, func() { got = argon2.IDKey(plain(password), salt, cost.Passes, cost.Memory, lanes, uint32(len(want))) }); err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && real, nil
}

// common are passwords that are tried first by whoever guesses, twelve characters or longer once folded.
//
//go:embed common.txt
var common string

// checkPassword refuses what is easily guessed. It asks for length, not for kinds of characters.
func checkPassword(field, password, login string) error {
	folded := normal(password)
	n := utf8.RuneCountInString(norm.NFKC.String(password))
	switch {
	case password == "":
		return fault.At(field, msg.T("新しいパスワードを入力してください。", "Please enter a new password."))
	case n < minPassword:
		return fault.At(field, msg.F("パスワードは%d文字以上にしてください（いまは%d文字です）。", "The password needs at least %d characters (it has %d).", minPassword, n))
	case len(password) > maxPassword:
		return fault.At(field, msg.T("パスワードが長すぎます。", "The password is too long."))
	case login != "" && strings.Contains(folded, normal(login)):
		return fault.At(field, msg.T("パスワードに利用者番号を含めないでください。", "The password must not contain the user ID."))
	case repeats(folded), commonly(folded):
		return fault.At(field, msg.T("推測されやすいパスワードです。関係のない単語をいくつか組み合わせるなど、別のものにしてください。", "This password is easily guessed. Please choose another, such as several unrelated words."))
	}
	return nil
}

func commonly(folded string) bool {
	for line := range strings.SplitSeq(common, "\n") {
		if line != "" && (folded == line || strings.HasPrefix(folded, line) && len(folded)-len(line) <= 4) {
			return true
		}
	}
	return false
}

// repeats says whether a text is a short piece over and over: aaaaaaaaaaaa, 123412341234.
func repeats(s string) bool {
	for n := 1; n <= 4; n++ {
		if len(s) > 2*n && strings.Repeat(s[:n], len(s)/n+1)[:len(s)] == s {
			return true
		}
	}
	return false
}
