package signin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// One-time codes after RFC 6238 as every authenticator app makes them: SHA-1, 30 seconds, six digits.
const (
	period     = 30 * time.Second
	digits     = 6
	secretLen  = 20
	skew       = 1 // steps before and after that still count, for clocks that differ
	recoveries = 10
)

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

func newSecret() []byte {
	b := make([]byte, secretLen)
	_, _ = rand.Read(b)
	return b
}

func stepAt(t time.Time) int64 { return t.Unix() / int64(period/time.Second) }

// codeAt is RFC 4226's truncation at a step.
func codeAt(secret []byte, step int64) string {
	var c [8]byte
	binary.BigEndian.PutUint64(c[:], uint64(step))
	mac := hmac.New(sha1.New, secret)
	mac.Write(c[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%0*d", digits, n%1_000_000)
}

// matchStep gives the step whose code this is, among the present one and its neighbours, newest first.
func matchStep(secret []byte, code string, now time.Time) (int64, bool) {
	code = tidy(code)
	if len(code) != digits {
		return 0, false
	}
	step, found := int64(0), false
	for d := int64(skew); d >= -skew; d-- {
		at := stepAt(now) + d
		if subtle.ConstantTimeCompare([]byte(codeAt(secret, at)), []byte(code)) == 1 && !found {
			step, found = at, true
		}
	}
	return step, found
}

// tidy takes a code as people type it: full width, with blanks or hyphens.
func tidy(code string) string {
	return strings.Map(func(c rune) rune {
		switch c {
		case ' ', '-', '\t', '‐', '−', 'ー':
			return -1
		}
		return c
	}, strings.ToUpper(norm.NFKC.String(code)))
}

// keyText is a secret in groups of four, for typing by hand.
func keyText(secret []byte) string {
	s := b32.EncodeToString(secret)
	var out []string
	for len(s) > 4 {
		out = append(out, s[:4])
		s = s[4:]
	}
	return strings.Join(append(out, s), " ")
}

// keyURI is what the QR code says.
func keyURI(site, login string, secret []byte) string {
	label := "Okite " + site
	q := url.Values{"secret": {b32.EncodeToString(secret)}, "issuer": {label}}
	return "otpauth://totp/" + url.PathEscape(label+":"+login) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// newRecovery makes codes of 80 bits for the day the telephone is gone, and their hashes for the store.
func newRecovery() (codes, hashes []string) {
	for range recoveries {
		b := make([]byte, 10)
		_, _ = rand.Read(b)
		s := b32.EncodeToString(b)
		codes = append(codes, s[:4]+"-"+s[4:8]+"-"+s[8:12]+"-"+s[12:])
		hashes = append(hashes, recoveryHash(s))
	}
	return codes, hashes
}

func recoveryHash(code string) string {
	sum := sha256.Sum256([]byte("recovery:" + tidy(code)))
	return hex.EncodeToString(sum[:])
}
