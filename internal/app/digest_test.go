package app

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check"
	"okite/internal/conform"
	"okite/internal/db"
	"okite/internal/digest"
	"okite/internal/digest/icaltest"
	"okite/internal/digest/mail"
	"okite/internal/digest/mail/mailtest"
	"okite/internal/inbox"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// TestDigestOfACity (bp.5, bp.6, bp.9.1): in a whole city everybody is told what their inbox says, once on an open day,
// by mail that really goes through a server, and nothing is lost when that server is down.
func TestDigestOfACity(t *testing.T) {
	eachStore(t, func(t *testing.T, c Config) {
		ctx := Operator(context.Background())
		day := when.On(2026, 11, 25)
		a := openDemo(t, c, DemoSpec{People: 600, Seed: 11, Date: day})
		if err := a.BuildSite(ctx, false); err != nil {
			t.Fatal(err)
		}
		srv := mailtest.Start(t, mailtest.Mode{})
		if err := a.SetMail(ctx, mail.Setting{Host: "127.0.0.1", Port: srv.Port(), Security: mail.Plain, From: "掟 <okite@city.example.jp>", Base: "https://okite.city.example.jp"}); err != nil {
			t.Fatal(err)
		}
		srv.Stop()
		if made, err := a.Digest.Run(ctx, when.On(2026, 11, 23)); err != nil || !made.Closed { // a holiday
			t.Fatalf("on a holiday: %+v, %v", made, err)
		}
		made, err := a.Digest.Run(ctx, day)
		if err != nil || made.People < 50 || made.Mails < 50 {
			t.Fatalf("%+v, %v", made, err)
		}
		if again, err := a.Digest.Run(ctx, day); err != nil || again.People != 0 {
			t.Fatalf("the same day again: %+v, %v", again, err)
		}
		if n, err := a.Digest.Send(ctx); n != 0 || err != nil { // the server is down: no failure, the mail waits
			t.Fatalf("server down: %d, %v", n, err)
		}
		if got := srv.Got(); len(got) != 0 {
			t.Fatalf("%d mails", len(got))
		}
		srv.Again()
		if err := a.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error { // a minute later
			_, err := tx.Exec(ctx, `UPDATE mail SET next_at = next_at - 120000000`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := a.Digest.Send(ctx); n != made.Mails || err != nil {
			t.Fatalf("server up: %d of %d, %v", n, made.Mails, err)
		}
		var to []string
		for _, g := range srv.Got() {
			to = append(to, g.To)
		}
		slices.Sort(to)
		if len(slices.Compact(slices.Clone(to))) != len(to) || len(to) != made.Mails {
			t.Errorf("%d mails to %d people", len(to), len(slices.Compact(to)))
		}
		subject, body, _, err := srv.Got()[0].Read()
		if err != nil || !strings.HasPrefix(subject, "【掟】11月25日（水）のお知らせ：") || !strings.Contains(body, "https://okite.city.example.jp/inbox") || !strings.Contains(body, " 様\n") {
			t.Errorf("%v: %q\n%s", err, subject, body)
		}
		t.Logf("%s\n%s", subject, body)
	})
}

// TestEverybodyIsToldWhatTheirInboxSays (bp.5, bp.6): the list of duties answers for all people at once what it answers
// for each alone, for every person of a city, with something of every kind waiting.
func TestEverybodyIsToldWhatTheirInboxSays(t *testing.T) {
	people := 3000
	if testing.Short() {
		people = 600
	}
	eachStore(t, func(t *testing.T, c Config) {
		a := openDemo(t, c, DemoSpec{People: people, Seed: 7, Date: when.On(2026, 11, 25)})
		if err := a.BuildSite(Operator(context.Background()), false); err != nil {
			t.Fatal(err)
		}
		setWork(t, a)
		sameAsInbox(t, a, a.Today())
	})
}

// setWork leaves undone in a city whatever a digest tells of beside the checks, as far as the city has nothing of the kind.
func setWork(t *testing.T, a *App) {
	t.Helper()
	ctx := Operator(context.Background())
	day := a.Today()
	if err := a.Store.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []string{
			`UPDATE reg_card SET state = 'lost', lost_at = 1 WHERE code = (SELECT MIN(code) FROM reg_card WHERE state = 'lent' AND NOT ended)`,
			`UPDATE reg_meeting SET state = 'submitted' WHERE code = (SELECT MAX(code) FROM reg_meeting WHERE NOT ended)`,
			`UPDATE reg_advisory SET state = 'acting', assignee = (SELECT MAX(code) FROM reg_person WHERE NOT ended AND joined <> '' AND joined <= '` + day.String() + `' AND "left" = '') WHERE code = (SELECT MAX(code) FROM reg_advisory WHERE NOT ended)`,
			`UPDATE reg_notice SET due = '` + (day - 1).String() + `' WHERE code = (SELECT MAX(code) FROM reg_notice WHERE state = 'issued' AND mandatory AND NOT ended)`,
			`UPDATE reg_handover SET accepted = '', given = '' WHERE code = (SELECT MAX(code) FROM reg_handover WHERE NOT ended)`,
			`UPDATE reg_handover SET accepted = '' WHERE code = (SELECT MIN(code) FROM reg_handover WHERE NOT ended AND given <> '')`,
			`UPDATE reg_downgrade SET decided = '' WHERE code = (SELECT MAX(code) FROM reg_downgrade WHERE NOT ended)`,
			`UPDATE reg_trainingplan SET state = 'submitted' WHERE code = (SELECT MAX(code) FROM reg_trainingplan WHERE NOT ended)`,
			`UPDATE reg_version SET state = 'review' WHERE code = (SELECT MAX(code) FROM reg_version WHERE NOT ended)`,
		} {
			n, err := tx.Exec(ctx, q)
			if err != nil {
				return err
			}
			t.Logf("%d rows: %.60s", n, q)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// sameAsInbox compares what was worked out for everybody with the inbox of each.
func sameAsInbox(t *testing.T, a *App, day when.Date) {
	t.Helper()
	ctx := Operator(context.Background())
	all, err := a.bundles(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	lines := func(items []inbox.Item) (out []string) {
		for _, i := range items {
			out = append(out, i.Kind+" "+i.As+" "+i.Href+" "+i.Due.String()+" "+i.Title.JA+" "+i.Why.JA)
		}
		slices.Sort(out)
		return out
	}
	var codes []string
	if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		codes, err = db.Rows(ctx, tx, func(r *sql.Rows) (c string, err error) { return c, r.Scan(&c) }, `SELECT code FROM reg_person ORDER BY code`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen, here := map[string]int{}, 0
	var work sync.WaitGroup
	for k := range 4 {
		work.Go(func() {
			for n := k; n < len(codes); n += 4 {
				who, err := a.Person(ctx, codes[n])
				if err != nil {
					continue // is told nothing: see person.here
				}
				one, err := a.bundle(ctx, who)
				if err != nil {
					t.Error(err)
					return
				}
				many := all[codes[n]]
				if many == nil {
					many = &digest.Bundle{}
				}
				mu.Lock()
				here++
				for _, i := range one.Items {
					seen[i.Kind+" "+i.As]++
				}
				mu.Unlock()
				got, want := lines(many.Items), lines(one.Items)
				if one.Total > told { // a source gives its first ones only
					want = slices.DeleteFunc(want, func(x string) bool { return !slices.Contains(got, x) })
				}
				if many.Total != one.Total || many.SectionTotal != one.SectionTotal || !slices.Equal(got, want) || len(got) == 0 && one.Total > 0 {
					t.Errorf("%s is told %d things and %d of the section, the inbox has %d and %d:\n%s\n--\n%s", codes[n], many.Total, many.SectionTotal, one.Total, one.SectionTotal, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		})
	}
	work.Wait()
	if here < 500 || len(all) < 50 {
		t.Errorf("%d people compared, %d are told anything", here, len(all))
	}
	t.Logf("%d people; kinds %v", here, seen)
}

// TestEscalation (bp.6, bp.8.2): what has stood for N.escalate days reaches the next role up, stands in their inbox
// until it is mended, and both are in the record.
func TestEscalation(t *testing.T) {
	eachStore(t, func(t *testing.T, c Config) {
		ctx := actor.With(context.Background(), actor.Actor{Name: "job", Way: actor.Job, System: true})
		day := when.On(2026, 11, 25)
		a := openDemo(t, c, DemoSpec{People: 600, Seed: 11, Date: day})
		if err := a.BuildSite(ctx, false); err != nil {
			t.Fatal(err)
		}
		if up, _, err := a.Digest.Escalate(ctx, when.On(2026, 11, 23)); err != nil || up != 0 {
			t.Fatalf("on a holiday %d were raised, %v", up, err)
		}
		up, down, err := a.Digest.Escalate(ctx, day)
		if err != nil || up == 0 || down != 0 {
			t.Fatalf("raised %d, ended %d, %v", up, down, err)
		}
		if up, down, err = a.Digest.Escalate(ctx, day); err != nil || up != 0 || down != 0 {
			t.Errorf("again: raised %d, ended %d, %v", up, down, err)
		}
		list, err := a.conform.Raise(ctx, 14)
		if err != nil {
			t.Fatal(err)
		}
		roles := map[string]int{}
		for _, r := range list {
			roles[r.Role]++
			if r.Days < 14 || len(r.People) == 0 {
				t.Errorf("%s of %s after %d days to %v", r.Check, r.Subject, r.Days, r.People)
			}
		}
		if roles["bureau_head"] == 0 || roles["ciso"] == 0 {
			t.Errorf("raised to %v", roles)
		}
		t.Logf("raised to %v", roles)
		var r conform.Raised
		for _, x := range list { // one whose check a city may switch off
			i := slices.IndexFunc(checks(), func(k check.Check) bool { return k.ID == x.Check })
			if !conform.Fixed(checks()[i]) {
				r = x
				break
			}
		}
		who, err := a.Person(ctx, r.People[0])
		if err != nil {
			t.Fatal(err)
		}
		raised := func() int {
			items, _, err := a.Inbox.Items(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, i := range items {
				if i.As == inbox.AsRaised && strings.Contains(i.Href, r.Check+"/") && i.Subject == r.Subject {
					n++
				}
			}
			return n
		}
		if raised() != 1 {
			t.Errorf("%s does not have %s of %s in the inbox", who.Person, r.Check, r.Subject)
		}
		if _, err := a.Gate.Run(actor.With(ctx, who), "escalation.raise", act.Input{"check": r.Check, "subject": r.Subject.String(), "person": who.Person, "role": "ciso", "level": "1", "days": "1"}, act.Options{}); err == nil {
			t.Error("a person raised something by hand")
		}
		switchOff(t, a, r.Check)
		if raised() != 0 {
			t.Error("what is gone still stands in the inbox")
		}
		if up, down, err = a.Digest.Escalate(ctx, day); err != nil || up != 0 || down == 0 {
			t.Errorf("mended: raised %d, ended %d, %v", up, down, err)
		}
		found, err := a.Log.Verify(ctx, nil)
		if err != nil || !found.OK {
			t.Errorf("the record does not hold: %v %v", found, err)
		}
	})
}

// TestRaisedOnceAndToldDaily (bp.6, bp.8.2, bp.9.1): as the days pass, what has stood for N.escalate days reaches the next
// role up on the first open day, once; they are told of it in one mail on each open day, and no more when it is done.
func TestRaisedOnceAndToldDaily(t *testing.T) {
	ctx := actor.With(context.Background(), actor.Actor{Name: "job", Way: actor.Job, System: true})
	day := when.On(2026, 11, 25) // a Wednesday
	a := openDemo(t, config(t, false), DemoSpec{People: 500, Seed: 11, Date: day})
	if err := a.BuildSite(ctx, false); err != nil {
		t.Fatal(err)
	}
	srv := mailtest.Start(t, mailtest.Mode{})
	if err := a.SetMail(ctx, mail.Setting{Host: "127.0.0.1", Port: srv.Port(), Security: mail.Plain, From: "okite@city.example.jp", Base: "https://okite.city.example.jp"}); err != nil {
		t.Fatal(err)
	}
	days, err := a.escalation(ctx)
	if err != nil || days == 0 {
		t.Fatal(days, err)
	}
	type to struct{ check, subject, person string }
	raised := map[to]when.Date{}
	var watched to
	mails := 0 // that named what is watched, or were to name it
	// one morning of the city: what is raised is new, and each was due to be
	morning := func(d when.Date) (body string) {
		now := d.Time().Add(7*time.Hour + 30*time.Minute)
		a.Store.SetClock(func() time.Time { return now })
		before := len(srv.Got())
		for range 2 { // the job may run twice
			if _, _, err := a.Digest.Escalate(ctx, d); err != nil {
				t.Fatal(err)
			}
			if _, err := a.Digest.Run(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		for k := range 100 { // a line that broke is tried again some minutes later; the jobs of the city send as well
			later := now.Add(time.Duration(k+1) * time.Minute)
			a.Store.SetClock(func() time.Time { return later })
			if _, err := a.Digest.Send(ctx); err != nil {
				t.Fatal(err)
			}
			var left map[mail.State]int
			if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				left, err = mail.Counts(ctx, tx)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if left[mail.Waiting] == 0 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		got := map[string]string{}
		for _, m := range srv.Got()[before:] {
			subject, _, head, err := m.Read()
			switch id := head.Get("Message-ID"); {
			case err != nil:
				t.Fatal(err)
			case head.Get("Importance") != "": // cannot wait, and goes apart
			case got[m.To] != "" && got[m.To] != id:
				t.Errorf("%s: two mails to %s: %s", d, m.To, subject)
			default:
				got[m.To] = id
			}
		}
		if watched.person == "" {
			return ""
		}
		var address string
		if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT mail FROM reg_person WHERE code = $1`, watched.person).Scan(&address)
		}); err != nil {
			t.Fatal(err)
		}
		for _, m := range srv.Got()[before:] {
			if _, text, head, err := m.Read(); err != nil {
				t.Fatal(err)
			} else if m.To == address && head.Get("Importance") == "" {
				if body == "" {
					mails++
				}
				body = text
			}
		}
		return body
	}
	rows := func() (list []to) {
		if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = db.Rows(ctx, tx, func(r *sql.Rows) (x to, err error) { return x, r.Scan(&x.check, &x.subject, &x.person) }, `SELECT check_id, subject, person FROM escalation WHERE ended_at = 0`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return list
	}
	later, changed := 0, 0
	for d := day; d < day+10; d++ {
		morning(d)
		list, err := a.conform.Raise(ctx, days)
		if err != nil {
			t.Fatal(err)
		}
		stood := map[[2]string]int{}
		for _, r := range list {
			stood[[2]string{r.Check, r.Subject.String()}] = r.Days
		}
		fresh := 0
		for _, x := range rows() {
			if _, known := raised[x]; known {
				continue
			}
			raised[x] = d
			fresh++
			n, same := stood[[2]string{x.check, x.subject}]
			if !same { // it has become another finding since the morning, which counts from today
				changed++
			} else if d > day && n == days {
				later++
			}
		}
		if !a.Calendar.IsOpen(d) && fresh > 0 {
			t.Errorf("%s is no open day, and %d were raised", d, fresh)
		}
	}
	if later == 0 || changed*10 > len(raised) {
		t.Errorf("of %d raised, %d came of age while the days passed and %d had not stood long enough", len(raised), later, changed)
	}
	for _, x := range rows() { // one whose check may be switched off stands for one that is mended
		i := slices.IndexFunc(checks(), func(k check.Check) bool { return k.ID == x.check })
		if who, err := a.Person(ctx, x.person); i >= 0 && !conform.Fixed(checks()[i]) && err == nil {
			items, _, err := a.Inbox.Items(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			if n := slices.IndexFunc(items, func(i inbox.Item) bool { return i.As == inbox.AsRaised }); n >= 0 && len(items) < 25 { // a mail tells thirty
				watched = x
				break
			}
		}
	}
	if watched.person == "" {
		t.Fatal("nobody to watch")
	}
	for d := when.On(2026, 12, 7); d < when.On(2026, 12, 9); d++ { // Monday, Tuesday
		if body := morning(d); strings.Count(body, "/checks/"+watched.check) == 0 || !strings.Contains(body, "上申") {
			t.Errorf("%s: the mail does not tell of %s of %s:\n%s", d, watched.check, watched.subject, body)
		}
	}
	if mails != 2 {
		t.Errorf("%d mails on two days", mails)
	}
	switchOff(t, a, watched.check)
	if body := morning(when.On(2026, 12, 9)); strings.Contains(body, "/checks/"+watched.check) {
		t.Errorf("what is done is told again:\n%s", body)
	}
	if slices.Contains(rows(), watched) {
		t.Error("what is done still stands raised")
	}
	list, err := a.Log.Verify(ctx, nil)
	if err != nil || !list.OK {
		t.Errorf("the record does not hold: %v %v", list, err)
	}
}

// switchOff stops a check, as a city may.
func switchOff(t *testing.T, a *App, id string) {
	t.Helper()
	if err := a.Store.Write(Operator(context.Background()), func(ctx context.Context, tx *db.Tx) error {
		d := a.Catalog.Must("parameter")
		row := d.New()
		d.Put(row, "code", conform.SwitchPrefix+id)
		d.Put(row, "name", "検査の停止")
		d.Put(row, "text", "off")
		_, err := a.Catalog.Create(ctx, tx, operator, d, row)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCalendarsNameNobodyElse (bp.9.3): what is read without signing in names nobody but whom it belongs to, is one stream
// a calendar program understands, and holds what its owner owes and nobody else.
func TestCalendarsNameNobodyElse(t *testing.T) {
	ctx := Operator(context.Background())
	a, s := served(t, "section_manager")
	setWork(t, a)
	type person struct{ code, name string }
	var people, holders []person
	if err := a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		scan := func(r *sql.Rows) (p person, err error) { return p, r.Scan(&p.code, &p.name) }
		if people, err = db.Rows(ctx, tx, scan, `SELECT code, name FROM reg_person`); err != nil {
			return err
		}
		holders, err = db.Rows(ctx, tx, scan, `SELECT DISTINCT p.code, p.name FROM reg_person p JOIN reg_assignment a ON a.person = p.code WHERE NOT a.ended AND a."until" = '' ORDER BY p.code LIMIT 60`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	events, others := 0, 0
	s.Client = webtest.NewClient(t) // a calendar program: no cookie
	for n, h := range holders {
		who, err := a.Person(ctx, h.code)
		if err != nil {
			continue
		}
		token := fmt.Sprintf("token%d", n)
		sum := sha256.Sum256([]byte(token))
		if _, err := a.Gate.Run(actor.With(ctx, who), "feed.make", act.Input{"hash": hex.EncodeToString(sum[:])}, act.Options{}); err != nil {
			t.Fatal(err)
		}
		r := s.Get(t, "/ical/"+token+".ics")
		c, err := icaltest.Parse(r.Body)
		if r.Status != http.StatusOK || err != nil {
			t.Fatalf("%s: status %d, %v", h.code, r.Status, err)
		}
		one, err := a.bundle(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range one.Items {
			if i.As != inbox.AsSelf && i.Subject.Register == "person" {
				others++
			}
		}
		events += len(c.Events)
		for _, e := range c.Events {
			for _, p := range people {
				if p.code != h.code && p.name != h.name && (strings.Contains(e.Summary+"\n"+e.Description, p.name) || strings.HasSuffix(e.URL, p.code)) {
					t.Errorf("the calendar of %s names %s: %+v", h.code, p.name, e)
				}
			}
		}
	}
	if events < 20 || others == 0 {
		t.Errorf("%d events, %d things about other people", events, others)
	}
}

// TestCalendarOfAPerson: the address is shown once, read without a session, and dead when it is revoked.
func TestCalendarOfAPerson(t *testing.T) {
	_, s := served(t, "section_manager")
	page := s.Get(t, "/account/calendar")
	if page.Status != http.StatusOK {
		t.Fatalf("status %d", page.Status)
	}
	made := s.Post(t, "/account/calendar", map[string][]string{"do": {"make"}})
	k := strings.Index(made.Body, "/ical/")
	if made.Status != http.StatusOK || k < 0 {
		t.Fatalf("status %d", made.Status)
	}
	path, _, _ := strings.Cut(made.Body[k:], ".ics")
	path += ".ics"
	client := s.Client
	s.Client = webtest.NewClient(t) // a calendar program: no cookie
	ics := s.Get(t, path)
	if ics.Status != http.StatusOK || !strings.HasPrefix(ics.Body, "BEGIN:VCALENDAR\r\n") || !strings.Contains(ics.Body, "BEGIN:VEVENT") || !strings.HasSuffix(ics.Body, "END:VCALENDAR\r\n") {
		t.Fatalf("status %d: %.300s", ics.Status, ics.Body)
	}
	if _, err := icaltest.Parse(ics.Body); err != nil {
		t.Error(err)
	}
	again := s.Get(t, path)
	if ids := func(x string) string { return strings.Join(regexp.MustCompile(`UID:.*`).FindAllString(x, -1), " ") }; ids(ics.Body) != ids(again.Body) {
		t.Error("read again, the deadlines have other names")
	}
	wrong := s.Get(t, strings.Replace(path, ".ics", "x.ics", 1))
	if wrong.Status != http.StatusNotFound {
		t.Errorf("a wrong address: status %d", wrong.Status)
	}
	s.Client = client
	if strings.Contains(s.Get(t, "/account/calendar").Body, "/ical/") {
		t.Error("the address is shown again")
	}
	if r := s.Post(t, "/account/calendar", map[string][]string{"do": {"revoke"}}); r.Status != http.StatusSeeOther {
		t.Errorf("revoke: status %d", r.Status)
	}
	s.Client = webtest.NewClient(t)
	// who tries addresses learns nothing: one that was revoked answers like one that never was
	plain := func(x string) string { return regexp.MustCompile(`ical[/%][^"&?]*`).ReplaceAllString(x, "") } // the address itself
	if r := s.Get(t, path); r.Status != http.StatusNotFound || plain(r.Body) != plain(wrong.Body) {
		t.Errorf("revoked: status %d, and another answer than to a wrong address:\n%s\n--\n%s", r.Status, plain(r.Body), plain(wrong.Body))
	}
}

// TestDigestPages looks at the pages in a browser: wide and narrow, axe, the language, the content policy.
func TestDigestPages(t *testing.T) {
	a, s := served(t, "chief")
	if _, err := a.Digest.Run(Operator(context.Background()), when.On(2026, 11, 24)); err != nil {
		t.Fatal(err)
	}
	b := webtest.NewBrowser(t)
	for name, path := range map[string]string{"digest": "/digest", "digest-mail": "/digest/mail", "digest-calendar": "/account/calendar"} {
		t.Run(name, func(t *testing.T) { webtest.CheckPage(t, b, s, path, name) })
	}
}
