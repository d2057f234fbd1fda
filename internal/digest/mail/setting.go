package mail

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"okite/internal/fault"
	"okite/internal/msg"
)

// Ways to protect the connection to the server.
const (
	STARTTLS = "starttls" // begins in the clear and must turn to TLS; usual on port 587
	TLS      = "tls"      // TLS from the first byte; usual on port 465
	Plain    = "plain"    // no protection: for a server on the same machine or in a closed segment
)

// Setting says how mail leaves the city. The zero value is a city without a mail server: the digest is then read in
// the product and printed.
type Setting struct {
	// Host is the SMTP server that takes the mail, "" when there is none.
	Host string `json:"host"`
	// Port is its port; 0 is the usual one of Security: 587, 465 or 25.
	Port int `json:"port,omitempty"`
	// Security is STARTTLS, TLS or Plain; "" is STARTTLS. A server that does not offer what is asked for is not used.
	Security string `json:"security,omitempty"`
	// User signs in at the server, "" when it asks for nobody.
	User string `json:"user,omitempty"`
	// PasswordFile is a file whose first line is the password of User. It is read when mail is sent, so that the
	// password stands in no register, backup or command line. A file that everybody can read is not used.
	PasswordFile string `json:"password_file,omitempty"`
	// From is the sender, such as 掟 <okite@city.example.jp>.
	From string `json:"from"`
	// Base is the address of the staff site as people reach it, such as https://okite.city.example.jp: links begin
	// with it.
	Base string `json:"base"`

	// Roots are the authorities the server's certificate may come from; nil means those of the machine.
	Roots *x509.CertPool `json:"-"`
	// Patience is how long the server may take over one step; 30 seconds unless said.
	Patience time.Duration `json:"-"`
}

// On says whether there is a mail server.
func (s Setting) On() bool { return s.Host != "" }

// Check refuses settings with which no mail could go out, each mistake at its setting.
func (s Setting) Check() error {
	if !s.On() {
		return nil
	}
	var l fault.List
	if strings.ContainsAny(s.Host, " /\r\n\t") {
		l.Add("host", msg.F("「%s」はサーバー名ではありません。", "%q is not the name of a server.", s.Host))
	}
	if s.Port < 0 || s.Port > 65535 {
		l.Add("port", msg.T("ポート番号は1から65535までです。", "A port lies between 1 and 65535."))
	}
	switch s.Security {
	case "", STARTTLS, TLS, Plain:
	default:
		l.Add("security", msg.F("暗号化の方法は %s、%s、%s から選んでください。", "Security is one of %s, %s and %s.", STARTTLS, TLS, Plain))
	}
	if s.User != "" && s.Security == Plain {
		l.Add("user", msg.T("暗号化しない通信でパスワードを送ることはできません。", "A password is not sent over an open line.")) // bp.9.3
	}
	if s.User != "" && s.PasswordFile == "" {
		l.Add("password_file", msg.T("パスワードを書いたファイルを指定してください。", "Name the file that holds the password."))
	}
	if _, err := s.sender(); err != nil {
		l.Add("from", msg.F("送信者「%s」はメールアドレスとして使えません。", "The sender %q is no mail address that can be used.", s.From))
	}
	if u, err := url.Parse(s.Base); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		l.Add("base", msg.F("職員用サイトのアドレスを「%s」から指定してください。", "Give the address of the staff site, beginning with %s.", "https://"))
	}
	return l.Err()
}

func (s Setting) sender() (*mail.Address, error) {
	a, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, err
	}
	_, err = Address(a.Address)
	return a, err
}

func (s Setting) port() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.Security == TLS:
		return 465
	case s.Security == Plain:
		return 25
	}
	return 587
}

// Way is how the connection is protected.
func (s Setting) Way() string { return cmp.Or(s.Security, STARTTLS) }

// Address is the server with its port.
func (s Setting) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.port())) }

func (s Setting) patience() time.Duration {
	if s.Patience > 0 {
		return s.Patience
	}
	return 30 * time.Second
}

// Secret checks that the password can be read, and not by everybody (bp.9.3).
func (s Setting) Secret() error {
	if s.User == "" {
		return nil
	}
	_, err := s.password()
	return s.Reason(err)
}

func (s Setting) password() (string, error) {
	info, err := os.Stat(s.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errSecret, err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return "", errShared
	}
	b, err := os.ReadFile(s.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errSecret, err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimRight(line, "\r"), nil
}
