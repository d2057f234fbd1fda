package signin

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/msg"
)

// clock is a time that the test moves.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) now() time.Time       { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) add(d time.Duration)  { c.at.Add(d.Microseconds()) }
func (c *clock) code(k []byte) string { return codeAt(k, stepAt(c.now())) }

const (
	person = "P-00001"
	right  = "みどりの 自転車 三台 走る"
)

var here = Origin{Addr: "10.1.2.3:4000", Agent: "Mozilla/5.0 (Windows NT 10.0) Edg/120"}

type fixture struct {
	t      *testing.T
	s      *Service
	store  *db.Store
	clock  *clock
	events *[]Event
}

// set makes a service with one account that has a password.
func set(t *testing.T, store *db.Store, change func(*Config)) fixture {
	t.Helper()
	ctx := context.Background()
	if err := store.Migrate(ctx, Schema()); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	c, mu := newClock(), sync.Mutex{}
	events := &[]Event{}
	conf := Config{Store: store, Clock: c.now, Key: bytes.Repeat([]byte{7}, 32), Cost: Cost{Memory: 64, Passes: 1},
		Person: func(_ context.Context, _ *db.Tx, p string) (actor.Actor, error) {
			if p != person {
				return actor.Actor{}, fault.New(fault.NotFound, msg.T("いません。", "No such person."))
			}
			return actor.Actor{Person: p, Name: "藤原 礼"}, nil
		},
		Note: func(_ context.Context, _ *db.Tx, e Event) error {
			mu.Lock()
			defer mu.Unlock()
			*events = append(*events, e)
			return nil
		}}
	if change != nil {
		change(&conf)
	}
	s, err := New(conf)
	if err != nil {
		t.Fatal(err)
	}
	err = store.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.Create(ctx, tx, person, "Ｓ１００１") })
	if err != nil {
		t.Fatalf("create account: %v", err)
	}
	if err := s.SetPassword(ctx, person, right); err != nil {
		t.Fatalf("set password: %v", err)
	}
	return fixture{t, s, store, c, events}
}

func (f fixture) totp() []byte {
	f.t.Helper()
	ctx := context.Background()
	if err := f.s.StartTOTP(ctx, person, "", here.Addr); err != nil {
		f.t.Fatalf("start codes: %v", err)
	}
	a := f.account()
	secret, err := f.s.open(person, a.totpNew)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.s.ConfirmTOTP(ctx, person, f.clock.code(secret), ""); err != nil {
		f.t.Fatalf("confirm codes: %v", err)
	}
	return secret
}

func (f fixture) account() Account {
	f.t.Helper()
	var a Account
	err := f.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		a, _, err = f.s.Get(ctx, tx, person)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

// live says whether a token is a full session.
func (f fixture) live(token string) bool {
	f.t.Helper()
	ok := false
	err := f.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		x, found, err := f.s.current(ctx, tx, token)
		ok = found && x.Step == stepFull
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return ok
}

func TestLogin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		f := set(t, store, nil)
		ctx := context.Background()
		for _, login := range []string{"s1001", "S1001", "Ｓ１００１", " s1001 ", "s 1001"} {
			token, more, err := f.s.Login(ctx, here, login, right)
			if err != nil || more || !f.live(token) {
				t.Errorf("login as %q: err %v, more %v", login, err, more)
			}
		}
		if _, _, err := f.s.Login(ctx, here, "s1001", strings.ReplaceAll(right, " ", "　")); err != nil {
			t.Errorf("the same password with full-width blanks: %v", err)
		}

		close := func(ctx context.Context, tx *db.Tx) error { return f.s.Close(ctx, tx, person) }
		token, _, _ := f.s.Login(ctx, here, "s1001", right)
		if err := store.Write(ctx, close); err != nil {
			t.Fatal(err)
		}
		if f.live(token) {
			t.Error("a closed account keeps its session")
		}
		_, _, closed := f.s.Login(ctx, here, "s1001", right)
		_, _, unknown := f.s.Login(ctx, here, "nobody", right)
		_, _, wrong := f.s.Login(ctx, here, "s1001", "x")
		for name, err := range map[string]error{"closed": closed, "unknown": unknown, "wrong": wrong} {
			if err != error(errRefused) {
				t.Errorf("login with a %s account: %v, want the one refusal", name, err)
			}
		}
	})
}

func TestBrake(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		f := set(t, store, nil)
		ctx := context.Background()
		for range maxFailed {
			if _, _, err := f.s.Login(ctx, here, "s1001", "wrong"); err != error(errRefused) {
				t.Fatalf("wrong password: %v", err)
			}
		}
		if _, _, err := f.s.Login(ctx, Origin{Addr: "10.1.2.99:1"}, "Ｓ1001", right); err != error(errRefused) {
			t.Errorf("after %d wrong tries the right password from the same network: %v, want the refusal", maxFailed, err)
		}
		if _, _, err := f.s.Login(ctx, Origin{Addr: "10.9.9.9:1"}, "s1001", right); err != nil {
			t.Errorf("the owner at another network is kept out by tries elsewhere: %v", err)
		}
		f.clock.add(blockFor / 2)
		for range 50 { // a flood while stopped
			_, _, _ = f.s.Login(ctx, here, "s1001", "wrong")
		}
		f.clock.add(blockFor/2 + time.Second)
		if _, _, err := f.s.Login(ctx, here, "s1001", right); err != nil {
			t.Errorf("after the stop: %v; the flood made it longer", err)
		}
		if last := (*f.events)[len(*f.events)-1]; !last.Done || last.Act != "signin.login" {
			t.Errorf("last event = %+v, want a login that was done", last)
		}
	})
}

func TestOneCodeWorksOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		f := set(t, store, nil)
		ctx := context.Background()
		secret := f.totp()
		f.clock.add(period)
		origins := make([]Origin, 64)
		for i := range origins {
			o := Origin{Addr: fmt.Sprintf("10.1.%d.3:4000", i)} // each from a network of its own, so that no brake helps
			token, more, err := f.s.Login(ctx, o, "s1001", right)
			if err != nil || !more || f.live(token) {
				t.Fatalf("password: err %v, more %v", err, more)
			}
			origins[i] = Origin{Addr: o.Addr, Token: token}
		}
		code := f.clock.code(secret)
		var done atomic.Int64
		var wg sync.WaitGroup
		var mu sync.Mutex
		other := map[string]int{}
		for _, o := range origins {
			wg.Go(func() {
				for range 20 {
					token, err := f.s.Second(ctx, o, code)
					if fault.Is(err, fault.Busy) {
						continue // the store asked to come back
					}
					if err == nil && f.live(token) {
						done.Add(1)
					} else if err != error(errCode) {
						mu.Lock()
						other[fmt.Sprint(err)]++
						mu.Unlock()
					}
					return
				}
			})
		}
		wg.Wait()
		if done.Load() != 1 || len(other) > 0 {
			t.Errorf("%d of 64 parallel requests got in with one code, want exactly 1; other errors %v", done.Load(), other)
		}
		if _, err := f.s.Second(ctx, origins[63], code); err == nil {
			t.Error("the code was taken again afterwards")
		}
	})
}

func TestCodes(t *testing.T) {
	f := set(t, dbtest.SQLite(t), nil)
	ctx := context.Background()
	secret := f.totp()
	f.clock.add(10 * period)
	try := func(code string) error {
		token, more, err := f.s.Login(ctx, here, "s1001", right)
		if err != nil || !more {
			t.Fatalf("password: %v, more %v", err, more)
		}
		_, err = f.s.Second(ctx, Origin{Addr: here.Addr, Token: token}, code)
		return err
	}
	at := stepAt(f.clock.now())
	for _, c := range []struct {
		name string
		code string
		want bool
	}{
		{"two steps old", codeAt(secret, at-2), false},
		{"two steps ahead", codeAt(secret, at+2), false},
		{"one step old", codeAt(secret, at-1), true},
		{"one step old again", codeAt(secret, at-1), false},
		{"now, in full width with a blank", "　" + fullWidth(codeAt(secret, at)[:3]) + " " + codeAt(secret, at)[3:], true},
		{"one step old after a newer one", codeAt(secret, at-1), false},
		{"one step ahead", codeAt(secret, at+1), true},
	} {
		if err := try(c.code); (err == nil) != c.want {
			t.Errorf("%s: %v, want it to work: %v", c.name, err, c.want)
		}
	}
	if a := f.account(); strings.Contains(a.totp, b32.EncodeToString(secret)) || !strings.HasPrefix(a.totp, "s:") {
		t.Errorf("the secret stands open in the store: %s", a.totp)
	}
}

func fullWidth(s string) string {
	return strings.Map(func(c rune) rune { return c - '0' + '０' }, s)
}

func TestRecoveryCode(t *testing.T) {
	f := set(t, dbtest.SQLite(t), nil)
	ctx := context.Background()
	if err := f.s.StartTOTP(ctx, person, "", here.Addr); err != nil {
		t.Fatal(err)
	}
	secret, _ := f.s.open(person, f.account().totpNew)
	codes, err := f.s.ConfirmTOTP(ctx, person, f.clock.code(secret), "")
	if err != nil || len(codes) != recoveries {
		t.Fatalf("confirm: %v, %d codes", err, len(codes))
	}
	for i, want := range []bool{true, false} {
		token, _, err := f.s.Login(ctx, here, "s1001", right)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.s.Second(ctx, Origin{Addr: here.Addr, Token: token}, strings.ToLower(codes[3]))
		if (err == nil) != want {
			t.Errorf("use %d of a recovery code: %v", i+1, err)
		}
	}
	if a := f.account(); a.Recovery != recoveries-1 {
		t.Errorf("%d codes left, want %d", a.Recovery, recoveries-1)
	}
	if err := f.s.StopTOTP(ctx, person, "wrong", here.Addr); !fault.Is(err, fault.Invalid) {
		t.Errorf("the second factor went away with a wrong password: %v", err)
	}
	if err := f.s.StopTOTP(ctx, person, right, here.Addr); err != nil || f.account().HasTOTP {
		t.Errorf("take away: %v", err)
	}
}

// TestRFC6238 compares with the table of appendix B, cut to six digits.
func TestRFC6238(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := codeAt(secret, stepAt(time.Unix(at, 0))); got != want {
			t.Errorf("code at %d = %s, want %s", at, got, want)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	f := set(t, dbtest.SQLite(t), nil)
	ctx := context.Background()
	use := func(token string) {
		t.Helper()
		_ = f.store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE session SET seen_at = $1 WHERE hash = $2`, f.s.now(), hashOf(token))
			return err
		})
	}
	token, _, err := f.s.Login(ctx, here, "s1001", right)
	if err != nil {
		t.Fatal(err)
	}
	f.clock.add(IdleEnd - time.Second)
	if !f.live(token) {
		t.Error("the session ended before an hour without use")
	}
	f.clock.add(time.Second)
	if f.live(token) {
		t.Error("the session lives after an hour without use")
	}
	token, _, _ = f.s.Login(ctx, here, "s1001", right)
	for range 23 {
		f.clock.add(30 * time.Minute)
		use(token)
	}
	if !f.live(token) {
		t.Error("the session ended before twelve hours of use")
	}
	f.clock.add(30 * time.Minute)
	if use(token); f.live(token) {
		t.Error("the session lives after twelve hours")
	}

	first, _, _ := f.s.Login(ctx, here, "s1001", right)
	second, _, _ := f.s.Login(ctx, Origin{Addr: here.Addr, Token: first}, "s1001", right)
	if first == second || f.live(first) || !f.live(second) {
		t.Error("a new sign-in did not replace the browser's session")
	}
	third, _, _ := f.s.Login(ctx, here, "s1001", right)
	if err := f.s.End(ctx, "P-00002", hashOf(third), here.Addr); !fault.Is(err, fault.NotFound) || !f.live(third) {
		t.Errorf("somebody else ended the session: %v", err)
	}
	if err := f.s.ChangePassword(ctx, person, hashOf(second), right, "別の とても 長い 言葉", "別の とても 長い 言葉", here.Addr); err != nil {
		t.Fatalf("change password: %v", err)
	}
	if !f.live(second) || f.live(third) {
		t.Error("after a change of password only the session at hand may live")
	}
	var kept string
	_ = f.store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		kept, _, err = db.One(ctx, tx, scanString, `SELECT hash FROM session WHERE hash = $1`, second)
		return err
	})
	if kept != "" {
		t.Error("the token itself stands in the store")
	}
}

func TestTokens(t *testing.T) {
	seen, ones := map[string]bool{}, make([]int, 64)
	for range 10_000 {
		s := newToken()
		if seen[s] || len(s) != 43 {
			t.Fatalf("token %q: repeated or of length %d", s, len(s))
		}
		seen[s] = true
		ones[strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", s[0])]++
	}
	for i, n := range ones { // 156 expected, standard deviation 12.4
		if n < 80 || n > 240 {
			t.Errorf("first letter %d stands %d times in 10,000 tokens, want about 156", i, n)
		}
	}
}

func TestPasswordRules(t *testing.T) {
	for _, c := range []struct {
		name, password string
		ok             bool
	}{
		{"three unrelated words", "midori jitensha hashiru", true},
		{"twelve Japanese characters", "緑色自転車三台走行夕方空", true},
		{"eleven characters", "abcdefghijX", false},
		{"empty", "", false},
		{"from the list, with a year", "Password2026", false},
		{"from the list in full width", "ｐａｓｓｗｏｒｄ１２３４", false},
		{"one character over and over", "aaaaaaaaaaaaaa", false},
		{"four characters over and over", "123412341234", false},
		{"holds the user ID", "my-s1001-secret", false},
		{"far too long", strings.Repeat("xyz ab", 200), false},
	} {
		if err := checkPassword("next", c.password, "s1001"); (err == nil) != c.ok {
			t.Errorf("%s: %v, want accepted: %v", c.name, err, c.ok)
		}
	}
}

func TestHasherLimitsItself(t *testing.T) {
	h := newHasher(Cost{Memory: 64, Passes: 1})
	var now, most atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_ = h.run(context.Background(), func() {
				n := now.Add(1)
				for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
				}
				time.Sleep(time.Millisecond)
				now.Add(-1)
			})
		})
	}
	wg.Wait()
	if most.Load() != 2 {
		t.Errorf("%d hashes ran at once, want 2", most.Load())
	}
	phc, err := newHasher(Cost{}).hash(context.Background(), right)
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash = %q, %v", phc, err)
	}
	if ok, err := h.verify(context.Background(), phc, right); !ok || err != nil {
		t.Errorf("right password: %v, %v", ok, err)
	}
	if ok, _ := h.verify(context.Background(), "", ""); ok {
		t.Error("no password matches an account without one")
	}
}

func TestLinks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		f := set(t, store, nil)
		ctx := context.Background()
		issue := func(p Purpose) (path string, err error) {
			err = store.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				path, err = f.s.Issue(ctx, tx, p, person, time.Hour)
				return err
			})
			return path, err
		}
		if _, err := issue(SignIn); !fault.Is(err, fault.Denied) {
			t.Errorf("sign-in link outside of a demo: %v", err)
		}
		old, _ := issue(Enrol)
		path, err := issue(Enrol)
		if err != nil {
			t.Fatal(err)
		}
		next := "赤い 電車 五両 止まる"
		if _, _, err := f.s.Enrolment(ctx, here, strings.TrimPrefix(old, "/enrol/"), next, next); err != errLink {
			t.Errorf("an earlier link still works: %v", err)
		}
		token := strings.TrimPrefix(path, "/enrol/")
		if _, _, err := f.s.Enrolment(ctx, here, token, next, "other"); !fault.Is(err, fault.Invalid) {
			t.Errorf("two passwords that differ: %v", err)
		}
		session, more, err := f.s.Enrolment(ctx, here, token, next, next)
		if err != nil || more || !f.live(session) {
			t.Fatalf("enrolment: %v, more %v", err, more)
		}
		if _, _, err := f.s.Enrolment(ctx, here, token, next, next); err != errLink {
			t.Errorf("the link works twice: %v", err)
		}
		if _, _, err := f.s.Login(ctx, here, "s1001", next); err != nil {
			t.Errorf("the new password: %v", err)
		}

		f.totp()
		path, _ = issue(Enrol)
		session, more, err = f.s.Enrolment(ctx, here, strings.TrimPrefix(path, "/enrol/"), right, right)
		if err != nil || !more || f.live(session) {
			t.Errorf("a link got past the second factor: %v, more %v", err, more)
		}
		path, _ = issue(Enrol)
		f.clock.add(time.Hour)
		if _, _, err := f.s.Enrolment(ctx, here, strings.TrimPrefix(path, "/enrol/"), next, next); err != errLink {
			t.Errorf("the link works after its time: %v", err)
		}
	})
}
