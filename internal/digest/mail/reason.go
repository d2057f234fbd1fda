package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"strings"

	"okite/internal/fault"
	"okite/internal/msg"
)

// What a server may fall short of before it is given a message. Each is an errServer: no message is to blame.
var (
	errNoTLS  = errors.New("the server offers no STARTTLS")
	errSignIn = errors.New("sign in at the server")
	errSecret = errors.New("read the password file")
	errShared = errors.New("the password file can be read by everybody")
)

// Reason puts into words why a message could not be handed over, for whoever sets the server up; the answer of the server
// stands behind it as it was given. It is nil for nil.
func (s Setting) Reason(err error) error {
	if err == nil || fault.As(err) != nil {
		return err
	}
	var name *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var answer *textproto.Error
	var wire *net.OpError
	at := func(field string, t msg.Text) error { return fault.At(field, t) }
	switch {
	case errors.Is(err, errShared):
		return at("password_file", msg.F("パスワードのファイル「%s」が、このサーバーのすべての利用者から読めます。読める人を限ってください。", "Everybody on this machine can read the password file “%s”. Restrict it.", s.PasswordFile)) // bp.9.3
	case errors.Is(err, errSecret):
		return at("password_file", msg.F("パスワードのファイル「%s」を読めません。", "The password file “%s” cannot be read.", s.PasswordFile))
	case errors.Is(err, errNoTLS):
		return at("security", msg.F("メールサーバー「%s」は通信の暗号化（%s）に応じません。メールは送りません。", "The mail server “%s” does not offer %s. No mail is sent to it.", s.Host, strings.ToUpper(STARTTLS)))
	case errors.As(err, &cert):
		return at("security", msg.F("メールサーバー「%s」の証明書を確認できません（%s）。", "The certificate of the mail server “%s” cannot be verified (%s).", s.Host, msg.Same(cert.Err.Error())))
	case errors.As(err, &record):
		return at("security", msg.F("メールサーバー「%s」のこのポートは、初めから暗号化する通信（%s）ではありません。", "This port of the mail server “%s” does not speak %s from the first byte.", s.Host, strings.ToUpper(TLS)))
	case errors.As(err, &name):
		return at("host", msg.F("メールサーバー「%s」が見つかりません。", "There is no mail server “%s”.", s.Host))
	case errors.Is(err, errSignIn) && errors.As(err, &answer):
		return at("user", msg.F("メールサーバーが利用者「%s」のログインを拒みました（%s）。", "The mail server refused the sign-in of “%s” (%s).", s.User, said(answer)))
	case errors.Is(err, errSignIn):
		return at("user", msg.F("メールサーバー「%s」は利用者の認証に応じません。", "The mail server “%s” does not offer to sign in.", s.Host))
	case errors.As(err, &answer):
		return fault.New(fault.Invalid, msg.F("メールサーバーが受け付けませんでした（%s）。", "The mail server did not take it (%s).", said(answer)))
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		return at("host", msg.F("メールサーバー「%s」が時間内に応答しません。", "The mail server “%s” does not answer in time.", s.Host))
	case errors.As(err, &wire) && wire.Op == "dial":
		return at("port", msg.F("メールサーバー「%s」のポート%dに接続できません。", "Port %[2]d of the mail server “%[1]s” cannot be reached.", s.Host, s.port()))
	case errors.Is(err, errServer):
		return at("host", msg.F("メールサーバー「%s」との通信が途切れました。", "The line to the mail server “%s” broke.", s.Host))
	}
	return err
}

// said is the answer of a server as it gave it.
func said(e *textproto.Error) msg.Text {
	return msg.Same(strconv.Itoa(e.Code) + " " + strings.Join(strings.Fields(e.Msg), " "))
}
