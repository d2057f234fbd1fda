// Package mail writes and sends the mail of the product: the digest of the day and what cannot wait for it. What is to
// be sent lies in a table of its own, written in the transaction that gives rise to it, until the server of the city
// has taken it: a server that is down loses nothing.
//
// It serves clause 5 (bp.5: everybody knows what they must do) and clause 9(1) (bp.9.1: 周知).
package mail

import (
	"bytes"
	"encoding/base64"
	"mime"
	"net/mail"
	"strings"
	"time"

	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/when"
)

// Message is a mail to one person. The body is plain text.
type Message struct {
	ID      string // names it for ever: the same text sent twice carries the same name, so that a mailbox can tell
	Kind    string // "digest", "urgent"
	Person  string
	To      string
	Subject string
	Body    string
	Urgent  bool
}

// Address checks that a text is one mail address and nothing else, and gives it bare.
func Address(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || strings.ContainsAny(s, "\r\n") || strings.ContainsFunc(a.Address, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", fault.New(fault.Invalid, msg.F("「%s」はメールアドレスとして使えません。", "“%s” is no mail address that can be used.", s))
	}
	return a.Address, nil
}

// Encode writes a message as it goes over the wire (RFC 5322). Japanese is carried as UTF-8 in base64, in headers
// (RFC 2047) and body, which every server passes on unchanged.
func Encode(m Message, from *mail.Address, at time.Time) ([]byte, error) {
	to, err := Address(m.To)
	if err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	var b bytes.Buffer
	head := func(name, value string) {
		if !strings.HasPrefix(value, "\r\n") {
			value = " " + value
		}
		b.WriteString(name + ":" + value + "\r\n")
	}
	sender := "<" + from.Address + ">"
	if from.Name != "" {
		sender = words(from.Name) + " " + sender
	}
	head("From", sender)
	head("To", "<"+to+">")
	head("Subject", words(m.Subject))
	head("Date", at.In(when.Japan).Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	head("Message-ID", "<"+m.ID+"@"+domain+">")
	head("Auto-Submitted", "auto-generated") // RFC 3834: no automatic answers, please
	if m.Urgent {
		head("Importance", "high")
		head("X-Priority", "1")
	}
	head("MIME-Version", "1.0")
	head("Content-Type", "text/plain; charset=UTF-8")
	head("Content-Transfer-Encoding", "base64")
	b.WriteString("\r\n")
	text := strings.ReplaceAll(strings.ReplaceAll(m.Body, "\r\n", "\n"), "\n", "\r\n")
	code := base64.StdEncoding.EncodeToString([]byte(text))
	for len(code) > 76 {
		b.WriteString(code[:76] + "\r\n")
		code = code[76:]
	}
	b.WriteString(code + "\r\n")
	return b.Bytes(), nil
}

// words writes header text; encoded words stand on lines of their own, so that none grows longer than RFC 2047 allows.
func words(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
	code := mime.BEncoding.Encode("UTF-8", s)
	if code == s {
		return s
	}
	return "\r\n " + strings.ReplaceAll(code, "?= =?", "?=\r\n =?")
}
