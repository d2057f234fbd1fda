package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"okite/internal/fault"
	"okite/internal/msg"
)

// Listen says where and how the staff site is served.
type Listen struct {
	Addr      string // host:port
	Cert, Key string // TLS; both or none
	Proxy     bool   // a proxy in front terminates TLS
}

// grace is how long answers under way may take when the program ends.
const grace = 20 * time.Second

// Serve serves the staff site until ctx ends. ready is told the address when the site answers. Without TLS only the
// loopback addresses are served (bp.9.3: no password over an open line).
func (a *App) Serve(ctx context.Context, l Listen, ready func(base string) error) error {
	secure := l.Cert != "" || l.Proxy
	host, _, err := net.SplitHostPort(l.Addr)
	if err != nil {
		return fault.At("addr", msg.F("アドレス「%s」は「ホスト:ポート」の形ではありません。", "Address %q is not of the form host:port.", l.Addr))
	}
	if ip := net.ParseIP(host); !secure && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fault.At("addr", msg.T("暗号化しない通信は、この機器の中（127.0.0.1）だけで使えます。--tls-cert と --tls-key を指定するか、TLS を終端する中継サーバーの後ろで --behind-tls-proxy を付けてください。",
			"Without TLS the site is served on loopback only. Give --tls-cert and --tls-key, or --behind-tls-proxy behind a proxy that terminates TLS."))
	}
	ln, err := net.Listen("tcp", l.Addr)
	if err != nil {
		return fault.At("addr", msg.F("アドレス %s で待ち受けられません（%s）。", "Cannot listen on %s (%s).", l.Addr, err.Error()))
	}
	scheme := "http"
	if l.Cert != "" {
		cert, err := tls.LoadX509KeyPair(l.Cert, l.Key)
		if err != nil {
			return errors.Join(fault.At("tls", msg.F("証明書又は秘密鍵を読めません（%s）。", "The certificate or key cannot be read (%s).", err.Error())), ln.Close())
		}
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13})
		scheme = "https"
	}
	if err := a.BuildSite(ctx, secure); err != nil {
		return errors.Join(err, ln.Close())
	}
	srv := a.Site.Server()
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	if err := ready(scheme + "://" + ln.Addr().String()); err != nil {
		return errors.Join(err, srv.Close())
	}
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-a.Store.Broken():
		_ = srv.Close()
		return errors.New("serve: the disk failed below the store; look at it and start again")
	case <-ctx.Done():
	}
	quit, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := srv.Shutdown(quit); err != nil {
		return fmt.Errorf("end serving: %w", err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
