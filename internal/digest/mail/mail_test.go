package mail_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/digest/mail"
	"okite/internal/digest/mail/mailtest"
)

// outbox is a store with the table and a clock that the test moves.
type outbox struct {
	testing.TB
	s   *db.Store
	mu  sync.Mutex
	now time.Time
}

func open(t *testing.T, s *db.Store) *outbox {
	o := &outbox{TB: t, s: s, now: time.Date(2026, 11, 24, 22, 0, 0, 0, time.UTC)}
	s.SetClock(func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now })
	if err := s.Migrate(t.Context(), mail.Schema()); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *outbox) wait(d time.Duration) { o.mu.Lock(); defer o.mu.Unlock(); o.now = o.now.Add(d) }

func (o *outbox) put(list ...mail.Message) {
	o.Helper()
	if err := o.s.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { return mail.Put(ctx, tx, list...) }); err != nil {
		o.Fatal(err)
	}
}

func (o *outbox) counts() (out map[mail.State]int) {
	o.Helper()
	if err := o.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = mail.Counts(ctx, tx)
		return err
	}); err != nil {
		o.Fatal(err)
	}
	return out
}

func to(s *mailtest.Server, security string) mail.Setting {
	return mail.Setting{Host: "127.0.0.1", Port: s.Port(), Security: security, From: "掟・お知らせ <okite@city.example.jp>", Base: "https://okite.city.example.jp", Roots: s.Roots, Patience: 5 * time.Second}
}

func message(n int) mail.Message {
	return mail.Message{ID: fmt.Sprintf("m%03d", n), Kind: "digest", Person: fmt.Sprintf("P-%d", n), To: fmt.Sprintf("p%d@city.example.jp", n), Subject: "【掟】今日のお知らせ", Body: "一行目\n二行目\n"}
}

// TestJapaneseArrives: subject and body come back as they were written (bp.5), whatever way the line is protected.
func TestJapaneseArrives(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("ひみつ pass\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := "【掟】11月25日（水）のお知らせ：期限を過ぎたもの3件、今日までのもの2件、標的型メール訓練のフォロー研修と、髙橋・﨑山・𠮷田の各氏に関する確認"
	body := "髙橋 様\n\n.一文字目が点の行\n" + strings.Repeat("長い一行です。", 400) + "\n～①㈱〜−—\n\t終わり\n"
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		for _, way := range []string{mail.STARTTLS, mail.TLS, mail.Plain} {
			srv := mailtest.Start(t, mailtest.Mode{TLS: way == mail.TLS, NoTLS: way == mail.Plain, User: map[bool]string{true: "okite"}[way != mail.Plain], Password: "ひみつ pass"})
			set := to(srv, way)
			if way != mail.Plain {
				set.User, set.PasswordFile = "okite", secret
			}
			if err := set.Check(); err != nil {
				t.Fatal(err)
			}
			m := message(1)
			m.ID, m.Subject, m.Body, m.Urgent = way, long, body, true
			o.put(m, m)
			if n, err := mail.Flush(t.Context(), s, set); n != 1 || err != nil {
				t.Fatalf("%s: %d sent, %v", way, n, err)
			}
			got := srv.Got()
			if len(got) != 1 || got[0].TLS != (way != mail.Plain) || got[0].From != "okite@city.example.jp" || got[0].To != "p1@city.example.jp" {
				t.Fatalf("%s: %d mails, TLS %v", way, len(got), got[0].TLS)
			}
			subject, text, head, err := got[0].Read()
			if err != nil || subject != long || text != body {
				t.Errorf("%s: %v, subject %q, body of %d runes, want %d", way, err, subject, len(text), len(body))
			}
			if head.Get("Message-ID") != "<"+way+"@city.example.jp>" || head.Get("Importance") != "high" || head.Get("Date") != "Wed, 25 Nov 2026 07:00:00 +0900" {
				t.Errorf("%s: headers %v", way, head)
			}
			for line := range strings.Lines(got[0].Raw) {
				if len(line) > 78+2 {
					t.Errorf("%s: a line of %d bytes", way, len(line))
				}
			}
		}
	})
}

// TestNothingIsLost: the server is down, busy, or breaks off in the middle; later everything arrives once.
func TestNothingIsLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		srv := mailtest.Start(t, mailtest.Mode{})
		set := to(srv, mail.STARTTLS)
		var all []mail.Message
		for n := range 120 {
			all = append(all, message(n))
		}
		o.put(all...)
		srv.Stop()
		if n, err := mail.Flush(t.Context(), s, set); n != 0 || err == nil {
			t.Fatalf("server down: %d sent, %v", n, err)
		}
		for _, m := range []mailtest.Mode{{Busy: true}, {NoTLS: true}, {Cut: 7}} {
			srv.Again()
			srv.Set(m)
			o.wait(10 * time.Minute)
			if n, err := mail.Flush(t.Context(), s, set); n != m.Cut || err == nil {
				t.Errorf("%+v: %d sent, %v", m, n, err)
			}
			srv.Stop()
		}
		for range 30 { // days without a server: no message is given up
			o.wait(3 * time.Hour)
			if _, err := mail.Flush(t.Context(), s, set); err == nil {
				t.Fatal("a server that is down took mail")
			}
		}
		if c := o.counts(); c[mail.Waiting] != 113 || c[mail.Dead] != 0 {
			t.Errorf("counts %v", c)
		}
		srv.Again()
		srv.Set(mailtest.Mode{})
		o.wait(time.Hour)
		if n, err := mail.Flush(t.Context(), s, set); n != 113 || err != nil {
			t.Fatalf("server up: %d sent, %v", n, err)
		}
		o.wait(time.Hour)
		if n, err := mail.Flush(t.Context(), s, set); n != 0 || err != nil {
			t.Errorf("again: %d sent, %v", n, err)
		}
		var who []string
		for _, g := range srv.Got() {
			who = append(who, g.To)
		}
		slices.Sort(who)
		if len(who) != 120 || len(slices.Compact(who)) != 120 {
			t.Errorf("%d mails arrived, want 120 different ones", len(who))
		}
	})
}

// TestTwoSenders: two nodes on one store send nothing twice.
func TestTwoSenders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		srv := mailtest.Start(t, mailtest.Mode{})
		var all []mail.Message
		for n := range 150 {
			all = append(all, message(n))
		}
		o.put(all...)
		var wg sync.WaitGroup
		total := make([]int, 4)
		for k := range total {
			wg.Go(func() {
				n, err := mail.Flush(context.Background(), s, to(srv, mail.STARTTLS))
				if err != nil {
					t.Error(err)
				}
				total[k] = n
			})
		}
		wg.Wait()
		if got := srv.Got(); len(got) != 150 || total[0]+total[1]+total[2]+total[3] != 150 {
			t.Errorf("%d mails, %v sent", len(got), total)
		}
	})
}

// TestRefused: an address the server does not know is set aside and told, one it puts off is tried later and later.
func TestRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := open(t, s)
		srv := mailtest.Start(t, mailtest.Mode{Answer: map[string]string{"p1@city.example.jp": "550 no such user", "p2@city.example.jp": "450 mailbox busy"}})
		bad := message(4)
		bad.To = "これは違う"
		o.put(message(1), message(2), message(3), bad)
		set := to(srv, mail.STARTTLS)
		if n, err := mail.Flush(t.Context(), s, set); n != 1 || err != nil {
			t.Fatalf("%d sent, %v", n, err)
		}
		if c := o.counts(); c[mail.Dead] != 2 || c[mail.Waiting] != 1 {
			t.Errorf("counts %v", c)
		}
		for range 20 {
			o.wait(7 * time.Hour)
			if _, err := mail.Flush(t.Context(), s, set); err != nil {
				t.Fatal(err)
			}
		}
		if c := o.counts(); c[mail.Dead] != 3 || c[mail.Waiting] != 0 {
			t.Errorf("put off for days: %v", c)
		}
		srv.Set(mailtest.Mode{})
		var dead []mail.Entry
		if err := s.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			if dead, err = mail.List(ctx, tx, mail.Dead, 10); err != nil {
				return err
			}
			return mail.Retry(ctx, tx, "m001")
		}); err != nil {
			t.Fatal(err)
		}
		if k := slices.IndexFunc(dead, func(e mail.Entry) bool { return e.ID == "m001" }); k < 0 || !strings.Contains(dead[k].LastError, "no such user") || dead[k].Body == "" {
			t.Errorf("what was set aside: %+v", dead)
		}
		if n, err := mail.Flush(t.Context(), s, set); n != 1 || err != nil {
			t.Errorf("tried again: %d, %v", n, err)
		}
		if err := s.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return mail.Retry(ctx, tx, "m001") }); err == nil {
			t.Error("a sent mail was put back")
		}
		if err := s.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			n, err := mail.Purge(ctx, tx, tx.Now().Add(time.Hour))
			if n != 2 {
				t.Errorf("%d forgotten, want 2", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSetting(t *testing.T) {
	good := mail.Setting{Host: "mail.example.jp", From: "okite@city.example.jp", Base: "https://okite.example.jp"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	if err := (mail.Setting{}).Check(); err != nil {
		t.Error(err)
	}
	for what, spoil := range map[string]func(*mail.Setting){
		"port": func(s *mail.Setting) { s.Port = 70000 }, "security": func(s *mail.Setting) { s.Security = "ssl3" }, "from": func(s *mail.Setting) { s.From = "掟" },
		"base": func(s *mail.Setting) { s.Base = "okite" }, "password_file": func(s *mail.Setting) { s.User = "x" }, "host": func(s *mail.Setting) { s.Host = "a b" },
		"user": func(s *mail.Setting) { s.User, s.PasswordFile, s.Security = "x", "/x", mail.Plain },
	} {
		s := good
		spoil(&s)
		if s.Check() == nil {
			t.Errorf("a wrong %s was taken", what)
		}
	}
}
