package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/sheet"
	"okite/internal/transfer"
	"okite/internal/when"
)

// load fills a register at once.
func load[T any](o *office, name string, list []T) {
	o.Helper()
	d := o.c.Must(name)
	err := o.store.Bulk(actor.With(context.Background(), actor.Operator()), func(ctx context.Context, tx *db.Tx) error {
		_, err := o.c.BulkLoad(ctx, tx, d, func(yield func(register.Row) bool) {
			for _, x := range list {
				if !yield(register.Encode(d, x)) {
					return
				}
			}
		}, tx.Now())
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
}

// designated is a city of 20,000 people in 400 sections, each with a manager and a deputy, and 4,000 moves for one day.
func designated(o *office) (set string, movers []string) {
	const people, sections = 20_000, 400
	var units []org.Unit
	var staff []org.Person
	var posts []org.Post
	var held []org.Assignment
	for i := range sections {
		u := fmt.Sprintf("U-%04d", i+1)
		units = append(units, org.Unit{Code: u, Name: fmt.Sprintf("第%d課", i+1), Kind: "section", Open: 1000})
		posts = append(posts, org.Post{Code: fmt.Sprintf("PO-%04d", i+1), Role: "section_manager", Scope: "section", Unit: u, Name: fmt.Sprintf("第%d課情報セキュリティ管理者", i+1), From: 1000})
	}
	for i := range people {
		staff = append(staff, org.Person{Code: fmt.Sprintf("P-%05d", i+1), Name: fmt.Sprintf("職員%05d", i+1), Kana: fmt.Sprintf("しょくいん %05d", i+1), Unit: units[i%sections].Code, Employment: "regular", Joined: 10000})
	}
	for i := range sections {
		held = append(held, org.Assignment{Code: fmt.Sprintf("AS-%05d", 2*i+1), Post: posts[i].Code, Person: staff[i].Code, Kind: "holder", From: 15000, First: true},
			org.Assignment{Code: fmt.Sprintf("AS-%05d", 2*i+2), Post: posts[i].Code, Person: staff[sections+i].Code, Kind: "deputy", From: 15000})
	}
	load(o, "unit", units)
	load(o, "person", staff)
	load(o, "post", posts)
	load(o, "assignment", held)
	o.must(chief, "moveset.create", act.Input{"name": "定期異動", "date": april.String()})
	set = rows[org.MoveSet](o, "moveset")[0].Code
	var moves []org.Move
	add := func(m org.Move) {
		m.Set = set
		moves = append(moves, m)
		if !slices.Contains(movers, m.Person) {
			movers = append(movers, m.Person)
		}
	}
	for i := range 300 { // managers go round: each takes up the next section's post
		add(org.Move{Person: staff[i].Code, Kind: org.MoveTransfer, To: units[(i+1)%300].Code, Title: "課長"})
		add(org.Move{Person: staff[i].Code, Kind: org.MovePostStart, Post: posts[(i+1)%300].Code, As: "holder"})
	}
	for i := range 200 {
		add(org.Move{Person: staff[sections+i].Code, Kind: org.MovePostEnd, Post: posts[i].Code})
		add(org.Move{Person: staff[2*sections+i].Code, Kind: org.MovePostStart, Post: posts[i].Code, As: "deputy"})
	}
	for i := range 400 {
		add(org.Move{Person: staff[4000+i].Code, Kind: org.MoveLeave})
	}
	for i := 0; len(moves) < 4000; i++ {
		add(org.Move{Person: staff[5000+i].Code, Kind: org.MoveTransfer, To: units[(5000+i+7)%sections].Code})
	}
	o.clock("4,000 moves registered", func() {
		err := o.store.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			d := o.c.Must("move")
			list := make([]register.Row, len(moves))
			for i, m := range moves {
				list[i] = register.Encode(d, m)
			}
			return o.c.CreateMany(ctx, tx, chief, d, list)
		})
		if err != nil {
			o.Fatal(err)
		}
	})
	return set, movers
}

// clock prints how long something took.
func (o *office) clock(what string, fn func()) time.Duration {
	o.Helper()
	begin := time.Now()
	fn()
	took := time.Since(begin)
	o.Logf("%s: %s", what, took.Round(time.Millisecond))
	return took
}

// TestTransferDay is the first of April of a city of 20,000 people: 4,000 moves previewed, confirmed, taken back,
// confirmed again and applied as one act in seconds, and nobody without rights or with two sets of them at any minute.
func TestTransferDay(t *testing.T) {
	if testing.Short() {
		t.Skip("a city of 20,000 people takes a while")
	}
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		o := empty(t, s)
		code, movers := designated(o)
		in := act.Input{"moveset": code}
		var book bytes.Buffer
		o.clock("preview written to Excel", func() {
			o.read(func(ctx context.Context, tx *db.Tx) error { return o.s.Book(ctx, tx, code, "ja", &book) })
		})
		tables, err := sheet.Tables("preview.xlsx", bytes.NewReader(book.Bytes()), int64(book.Len()), sheet.Limits{})
		if err != nil || len(tables) < 2 || len(tables[1].Rows) != 4000 {
			t.Fatalf("the preview does not read back: %v, %d sheets", err, len(tables))
		}
		site := o.site(officer)
		for _, path := range []string{"/transfers", "/transfers/sets/" + code, "/transfers/sets/" + code + "?page=40"} {
			o.clock("page "+path, func() {
				if a := site.Get(t, path); a.Status != 200 || len(a.Body) > 300_000 {
					t.Errorf("%s: status %d, %d bytes", path, a.Status, len(a.Body))
				}
			})
		}
		o.clock("handed in", func() { o.must(officer, "moveset.submit", in) })
		o.clock("confirmed", func() { o.must(chief, "moveset.confirm", in) })
		o.clock("taken back", func() { o.must(officer, "moveset.reopen", in) })
		o.must(officer, "moveset.submit", in)
		o.must(chief, "moveset.confirm", in)

		sample := movers[:0:0]
		for i := 0; i < len(movers); i += 97 {
			sample = append(sample, movers[i])
		}
		of := func(who []string) map[string]string {
			out := map[string]string{}
			for _, p := range who {
				out[p] = o.rights(p)
			}
			return out
		}
		differ := func(when string, a, b map[string]string) {
			t.Helper()
			for p, x := range a {
				if b[p] != x {
					t.Errorf("%s: %s has %q, want %q", when, p, b[p], x)
				}
			}
		}
		o.now = april.Time().Add(-30 * time.Minute)
		old := of(sample)
		var now map[string]string
		minutes := 0
		for at := o.now; !at.After(april.Time().Add(30 * time.Minute)); at = at.Add(time.Minute) {
			o.now = at
			if at.Sub(april.Time()) == 3*time.Minute { // the job was late
				all := of(movers)
				if took := o.clock("applied", func() { o.must(robot, "moveset.apply", in) }); took > time.Minute {
					t.Errorf("applied in %s: not seconds", took)
				}
				differ("applied", all, of(movers))
			}
			got := of(sample)
			switch {
			case at.Before(april.Time()):
				differ(at.In(when.Japan).Format("15:04"), old, got)
			case now == nil:
				now = got
			default:
				differ(at.In(when.Japan).Format("15:04"), now, got)
			}
			minutes++
		}
		t.Logf("%d minutes walked over %d movers; all %d compared before and after the job", minutes, len(sample), len(movers))
		for p, x := range now {
			if x == old[p] {
				t.Errorf("%s moves, and has the same rights before and after: %q", p, x)
			}
		}
		live := map[string]int{} // holders of each post on the day
		for _, a := range rows[org.Assignment](o, "assignment") {
			if a.Kind == "holder" && org.LiveOn(a.From, a.Until, april) {
				live[a.Post]++
			}
		}
		for post, n := range live {
			if n != 1 {
				t.Errorf("%s has %d holders", post, n)
			}
		}
		if n, l := len(rows[transfer.Handover](o, "handover")), len(rows[transfer.LeaveCheck](o, "leavecheck")); n != 300 || l != 400 {
			t.Errorf("%d hand-over notes and %d checklists, want 300 and 400", n, l)
		}
		o.verify()
	})
}
