package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"time"
)

// errServer says that the server could not be used at all: no message is to blame.
var errServer = errors.New("mail server cannot be used")

// line is an open connection to the server, for many messages.
type line struct {
	c    *smtp.Client
	conn net.Conn
	set  Setting
	from *mail.Address
}

// dial opens a connection, protects it as the setting asks, and signs in.
func dial(ctx context.Context, s Setting) (l *line, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w: %w", errServer, err)
		}
	}()
	from, err := s.sender()
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: s.patience()}
	conn, err := d.DialContext(ctx, "tcp", s.Address())
	if err != nil {
		return nil, err
	}
	l = &line{conn: conn, set: s, from: from}
	defer func() {
		if err != nil {
			_ = conn.Close()
		}
	}()
	l.extend()
	secure := &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	if s.Security == TLS {
		t := tls.Client(conn, secure)
		if err := t.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = t
	}
	if l.c, err = smtp.NewClient(conn, s.Host); err != nil {
		return nil, err
	}
	if s.Security == "" || s.Security == STARTTLS {
		if ok, _ := l.c.Extension("STARTTLS"); !ok { // a server without it is refused: mail names people
			return nil, errNoTLS
		}
		if err := l.c.StartTLS(secure); err != nil {
			return nil, err
		}
	}
	if s.User == "" {
		return l, nil
	}
	password, err := s.password()
	if err != nil {
		return nil, err
	}
	if err := l.c.Auth(smtp.PlainAuth("", s.User, password, s.Host)); err != nil {
		return nil, fmt.Errorf("%w: %w", errSignIn, err)
	}
	return l, nil
}

// extend gives the server its time for the next step.
func (l *line) extend() { _ = l.conn.SetDeadline(time.Now().Add(l.set.patience())) } // a wait, not a time of the data

// send hands one message over. nil says that the server has taken it on itself.
func (l *line) send(m Message, at time.Time) error {
	l.extend()
	text, err := Encode(m, l.from, at)
	if err != nil {
		return &refused{err}
	}
	to, err := Address(m.To)
	if err != nil {
		return &refused{err}
	}
	if err := l.give(to, text); err != nil {
		return l.judge(err)
	}
	return nil
}

func (l *line) give(to string, text []byte) error {
	if err := l.c.Mail(l.from.Address); err != nil {
		return fmt.Errorf("%w: %w", errServer, err) // it does not take our sender: no message is to blame
	}
	if err := l.c.Rcpt(to); err != nil {
		return err
	}
	w, err := l.c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	return w.Close()
}

// refused is a message that will never be taken.
type refused struct{ error }

func (r *refused) Unwrap() error { return r.error }

// judge tells a message that the server refused from a server that cannot be used.
func (l *line) judge(err error) error {
	var answer *textproto.Error
	switch {
	case errors.Is(err, errServer):
		return err
	case !errors.As(err, &answer) || answer.Code == 421: // the line broke, or the server closes it
		return fmt.Errorf("%w: %w", errServer, err)
	}
	if e := l.c.Reset(); e != nil {
		return fmt.Errorf("%w: %w", errServer, errors.Join(err, e))
	}
	if answer.Code >= 500 {
		return &refused{err}
	}
	return err
}

func (l *line) close() {
	l.extend()
	if l.c == nil || l.c.Quit() != nil {
		_ = l.conn.Close()
	}
}

// Try opens a connection, signs in and sends one message at once, without the table: for whoever sets the server up. What
// is wrong is a fault in words.
func Try(ctx context.Context, s Setting, m Message, at time.Time) error {
	if err := s.Check(); err != nil {
		return err
	}
	l, err := dial(ctx, s)
	if err != nil {
		return s.Reason(err)
	}
	defer l.close()
	return s.Reason(l.send(m, at))
}
