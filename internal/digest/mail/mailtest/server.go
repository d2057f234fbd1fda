// Package mailtest is a small SMTP server for tests: it listens on loopback, speaks STARTTLS and TLS, asks for a
// password when told to, and can be down, refuse, or put off. It serves no clause itself; the tests of what is told to
// people by mail run against it.
package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mail is a message as the server took it.
type Mail struct {
	From, To string // of the envelope
	Raw      string
	TLS      bool   // it came over a protected line
	User     string // who had signed in
}

// Server is the server. Its fields may be changed between connections, under Set.
type Server struct {
	Addr  string
	Roots *x509.CertPool

	t    testing.TB
	mu   sync.Mutex
	mode Mode
	got  []Mail
	ln   net.Listener
	cert tls.Certificate
	wg   sync.WaitGroup
}

// Mode is how the server behaves.
type Mode struct {
	TLS      bool              // TLS from the first byte
	NoTLS    bool              // does not offer STARTTLS
	User     string            // sign-in is asked for
	Password string            //
	Answer   map[string]string // by address: the answer to RCPT instead of 250
	Busy     bool              // greets with 421
	Cut      int               // closes the line after that many messages, without an answer to the next; 0 never
}

// Start starts a server that ends with the test.
func Start(t testing.TB, m Mode) *Server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sheet := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, sheet, sheet, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, mode: m, Roots: x509.NewCertPool(), cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.Roots.AddCert(parsed)
	s.listen("127.0.0.1:0")
	t.Cleanup(s.Stop)
	return s
}

func (s *Server) listen(addr string) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.ln, s.Addr = ln, ln.Addr().String()
	s.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(c) })
		}
	})
}

// Stop takes the server down; Again brings it up at the same address.
func (s *Server) Stop() { _ = s.ln.Close(); s.wg.Wait() }

// Again brings the server up once more.
func (s *Server) Again() { s.listen(s.Addr) }

// Set changes how the server behaves from the next connection on.
func (s *Server) Set(m Mode) { s.mu.Lock(); defer s.mu.Unlock(); s.mode = m }

// Got are the messages taken so far.
func (s *Server) Got() []Mail { s.mu.Lock(); defer s.mu.Unlock(); return append([]Mail(nil), s.got...) }

// Port is the number the server listens on.
func (s *Server) Port() int { return s.ln.Addr().(*net.TCPAddr).Port }

// PEM is the certificate of the authority, as a machine keeps those it trusts.
func (s *Server) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.cert.Certificate[0]})
}

func (s *Server) serve(c net.Conn) {
	s.mu.Lock()
	m := s.mode
	s.mu.Unlock()
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	secure := &tls.Config{Certificates: []tls.Certificate{s.cert}}
	safe := m.TLS
	if m.TLS {
		c = tls.Server(c, secure)
	}
	in := bufio.NewReader(c)
	say := func(line string) { _, _ = io.WriteString(c, line+"\r\n") }
	if m.Busy {
		say("421 too busy")
		return
	}
	say("220 mail ready")
	var e Mail
	taken := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-mail")
			if !safe && !m.NoTLS {
				say("250-STARTTLS")
			}
			if m.User != "" && safe {
				say("250-AUTH PLAIN")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			if m.NoTLS || safe {
				say("502 not here")
				continue
			}
			say("220 go on")
			c = tls.Server(c, secure)
			in, safe = bufio.NewReader(c), true
		case "AUTH":
			_, code, _ := strings.Cut(rest, " ")
			b, _ := base64.StdEncoding.DecodeString(code)
			if string(b) != "\x00"+m.User+"\x00"+m.Password {
				say("535 wrong")
				continue
			}
			e.User = m.User
			say("235 welcome")
		case "MAIL":
			if m.User != "" && e.User == "" {
				say("530 sign in first")
				continue
			}
			e.From = between(rest)
			say("250 ok")
		case "RCPT":
			e.To = between(rest)
			if a, ok := m.Answer[e.To]; ok {
				say(a)
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			var raw strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				raw.WriteString(strings.TrimPrefix(l, "."))
			}
			if m.Cut > 0 && taken >= m.Cut {
				return
			}
			taken++
			e.Raw, e.TLS = raw.String(), safe
			s.mu.Lock()
			s.got = append(s.got, e)
			s.mu.Unlock()
			say("250 taken")
		case "RSET", "NOOP":
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 what")
		}
	}
}

func between(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

// Read takes a message apart as a mail program does: subject and body as people read them, and the headers.
func (m Mail) Read() (subject, body string, head mail.Header, err error) {
	for line := range strings.Lines(m.Raw) {
		if len(line) > 998+2 || strings.ContainsFunc(line, func(r rune) bool { return r >= 0x80 }) {
			return "", "", nil, fmt.Errorf("a line of %d bytes, or not ASCII", len(line))
		}
	}
	x, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		return "", "", nil, err
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(x.Header.Get("Subject")); err != nil {
		return "", "", nil, err
	}
	b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, x.Body))
	return subject, strings.ReplaceAll(string(b), "\r\n", "\n"), x.Header, err
}
