package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"okite/internal/digest/mail/mailtest"
)

type smtpKey struct{}

// smtpServer is the mail server of one script.
type smtpServer struct{ *mailtest.Server }

// smtp is a mail server in a script:
//
//	smtp up starttls|tls|plain [user password]   starts one; $PORT is its port, and the machine trusts its certificate
//	smtp answer ADDRESS TEXT                     answers that to mail for the address
//	smtp got N [FILE]                            it has taken N messages; the last is written into FILE as people read it
func smtp(t *testing.T, ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(smtpKey{}).(*smtpServer)
	switch {
	case neg || len(args) < 2:
		ts.Fatalf("usage: smtp up WAY [user password] | smtp answer ADDRESS TEXT | smtp got N [FILE]")
	case args[0] == "up":
		m := mailtest.Mode{TLS: args[1] == "tls", NoTLS: args[1] == "plain"}
		if len(args) == 4 {
			m.User, m.Password = args[2], args[3]
		}
		s.Server = mailtest.Start(t, m)
		ca := ts.MkAbs("ca.pem")
		ts.Check(os.WriteFile(ca, s.PEM(), 0o600))
		ts.Setenv("PORT", strconv.Itoa(s.Port()))
		ts.Setenv("SSL_CERT_FILE", ca)
	case args[0] == "answer":
		s.Set(mailtest.Mode{Answer: map[string]string{args[1]: args[2]}})
	case args[0] == "got":
		got := s.Got()
		if want, err := strconv.Atoi(args[1]); err != nil || len(got) != want {
			ts.Fatalf("%d messages, want %s", len(got), args[1])
		}
		if len(args) == 3 {
			m := got[len(got)-1]
			subject, body, _, err := m.Read()
			ts.Check(err)
			ts.Check(os.WriteFile(ts.MkAbs(args[2]), fmt.Appendf(nil, "From: %s\nTo: %s\nTLS: %v\nUser: %s\nSubject: %s\n\n%s", m.From, m.To, m.TLS, m.User, subject, body), 0o600))
		}
	default:
		ts.Fatalf("smtp %s: unknown", args[0])
	}
}

// absent says that a text stands in no file of a directory, nor in what the last program said.
func absent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: absent TEXT DIR")
	}
	files := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(args[0])) {
			ts.Fatalf("%s holds %q", path, args[0])
		}
		return err
	}))
	for _, name := range []string{"stdout", "stderr"} {
		if bytes.Contains([]byte(ts.ReadFile(name)), []byte(args[0])) {
			ts.Fatalf("%s holds %q", name, args[0])
		}
	}
	if files == 0 {
		ts.Fatalf("%s is empty", args[1])
	}
}
