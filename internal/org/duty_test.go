package org_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/when"
)

// desk is a town in which committees and the CSIRT work, through the gate and into the record.
type desk struct {
	*town
	gate *act.Gate
	log  *trail.Log
	s    *org.Service
}

func work(t *testing.T, s *db.Store) *desk {
	t.Helper()
	d := &desk{town: load(t, s, nil)}
	ctx := context.Background()
	if err := s.Migrate(ctx, trail.Schema()); err != nil {
		t.Fatal(err)
	}
	log, err := trail.Open(ctx, s, t.TempDir(), "okite/test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	reg := &act.Registry{}
	d.log, d.gate = log, &act.Gate{Store: s, Log: log, Registry: reg, Powers: d.c.Powers, Units: d.c.UnitsAbove, Decisions: org.KeepDecisions(d.c)}
	d.s = org.New(org.Config{Store: s, Catalog: d.c, Gate: d.gate, Calendar: when.NewCalendar()})
	reg.Add(d.c.Acts()...)
	reg.Add(d.s.Acts()...)
	d.write(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range act.Schema() {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		own := slices.DeleteFunc(reg.All(), func(a *act.Act) bool {
			name, _, _ := strings.Cut(a.ID, ".")
			return !slices.Contains([]string{"meeting", "agendaitem", "advisory", "contact", "calltest"}, name)
		})
		for _, err := range []error{org.SyncActions(ctx, tx, d.c, own), org.SeedPowers(ctx, tx, d.c, own),
			fill(ctx, tx, d.c, "committee", []org.Committee{{Code: "C2", Name: "教育部会", Chair: "P6", Since: day - 900}}),
			fill(ctx, tx, d.c, "delegation", []org.Delegation{{Code: "DG7", From: "P5", To: "P4", Begin: day - 10, End: day}, {Code: "DG8", From: "P4", To: "P3", Begin: day - 10, End: day + 10}, {Code: "DG9", From: "P3", To: "P4", Begin: day - 10, End: day + 10}}),
			fill(ctx, tx, d.c, "contact", []org.Contact{{Code: "CT1", Body: "ipa", Name: "相談窓口", Verified: day - 200}}),
			fill(ctx, tx, d.c, "meeting", []org.Meeting{{Code: "M1", Committee: "C1", Date: day - 1}, {Code: "M2", Committee: "C1", Date: day + 5}})} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return d
}

// by is somebody with roles of the whole city.
func by(person string, roles ...string) actor.Actor {
	a := actor.Actor{Person: person, Way: actor.Page}
	for _, r := range roles {
		a.Roles = append(a.Roles, actor.Grant{Role: r})
	}
	return a
}

// on is a day that many days from the day of the town, as a form gives it.
func on(days int) string { return when.Date(day + days).String() }

// does runs an act, and fails unless it ends as wanted: "" is done, else words of the refusal.
func (d *desk) does(who actor.Actor, id string, in act.Input, want string) {
	d.Helper()
	_, err := d.gate.Run(actor.With(context.Background(), who), id, in, act.Options{Reason: "試験"})
	switch f := fault.As(err); {
	case err == nil && want == "":
	case err == nil || want == "" || f == nil:
		d.Errorf("%s by %s: %v, want %q", id, who.Person, err, want)
	default:
		text := f.Message.JA
		for _, x := range f.Fields {
			text += " " + x.Message.JA
		}
		if !strings.Contains(text, want) {
			d.Errorf("%s by %s: %s, want %q", id, who.Person, text, want)
		}
	}
}

func get[T any](d *desk, name, key string) (out T) {
	d.Helper()
	if err := d.town.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		rec, ok, err := d.c.One(ctx, tx, d.c.Must(name), key)
		if err == nil && ok {
			out = register.Decode[T](d.c.Must(name), rec.Row)
		}
		return err
	}); err != nil {
		d.Fatal(err)
	}
	return out
}

func all[T any](d *desk, name string) (out []T) {
	d.Helper()
	if err := d.town.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = register.Load[T](ctx, tx, d.c.Must(name))
		return err
	}); err != nil {
		d.Fatal(err)
	}
	return out
}

func (d *desk) verified() {
	d.Helper()
	if _, err := d.log.Checkpoint(context.Background()); err != nil {
		d.Fatal(err)
	}
	r, err := d.log.Verify(context.Background(), nil)
	if err != nil || !r.OK {
		d.Errorf("the record does not hold: %+v %v", r, err)
	}
}

// TestMinutes: minutes are handed in by who keeps them and approved by the chair of that committee, never by who handed
// them in or stands in for them; what was handed in is closed (bp.6).
func TestMinutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := work(t, s)
		office, chair := by("P1", "chief"), by("P5", "committee")
		m := act.Input{"meeting": "M1"}
		d.does(office, "meeting.submit", m, "議事の要旨か、議事録の文書番号")
		d.does(office, "agendaitem.create", act.Input{"code": "AI1", "meeting": "M1", "kind": "training", "name": "研修の計画", "order": "1"}, "")
		d.does(office, "agendaitem.create", act.Input{"code": "AI2", "meeting": "M1", "kind": "audit", "name": "監査の結果", "order": "2"}, "")
		if got := get[org.Meeting](d, "meeting", "M1"); strings.Join(got.Agenda, " ") != "audit training" {
			t.Errorf("the meeting treats %v", got.Agenda)
		}
		d.does(office, "meeting.change", act.Input{"code": "M1", "record": "計画を審議した。"}, "")
		d.does(office, "meeting.submit", m, "議題「研修の計画」の決定が入力されていません")
		for _, k := range []string{"AI1", "AI2"} {
			d.does(office, "agendaitem.change", act.Input{"code": k, "decided": "approved"}, "")
		}
		d.does(office, "meeting.submit", act.Input{"meeting": "M2"}, "開かれる予定です")
		d.does(by("P2"), "meeting.submit", m, "決定できるのは")
		d.does(by("P5", "chief", "committee"), "meeting.approve", m, "現在は「議事録の承認前」")
		d.does(office, "meeting.submit", m, "")
		d.does(office, "meeting.submit", m, "現在は「議事録の承認待ち」")
		d.does(office, "agendaitem.change", act.Input{"code": "AI1", "name": "別の議題"}, "変更できません")
		d.does(office, "agendaitem.create", act.Input{"code": "AI9", "meeting": "M1", "kind": "other", "name": "追加"}, "変更できません")
		d.does(office, "meeting.change", act.Input{"code": "M1", "record": "書換え"}, "変更できません")

		waits := func(who actor.Actor) (n int) {
			if err := d.town.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				list, err := d.s.Waiting(ctx, tx, who, day, 0)
				n = len(list)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if waits(chair) != 1 || waits(by("P6", "committee")) != 0 || waits(by("P1", "committee")) != 0 {
			t.Errorf("minutes wait for %d, %d and %d, want for the chair alone", waits(chair), waits(by("P6", "committee")), waits(by("P1", "committee")))
		}
		d.does(by("P1", "chief", "committee"), "meeting.approve", m, "申請者本人")
		d.does(by("P6", "committee"), "meeting.approve", m, "権限がありません") // chairs another committee
		// P2 acts for P1 by DG1 of the town, who handed the minutes in.
		d.does(by("P2", "committee"), "meeting.approve", m, "申請者の代理")
		d.does(chair, "meeting.approve", act.Input{"meeting": "M1", "seen": "another"}, "内容が変更されました")
		d.does(chair, "meeting.return", m, "")
		d.does(office, "meeting.submit", m, "")
		d.does(by("P2", "chief"), "meeting.withdraw", m, "申請者本人だけ")
		// P4 acts for the chair by DG7, whose last day is today.
		delegate := actor.Actor{Person: "P4", Way: actor.Page, Roles: []actor.Grant{{Role: "committee", Via: "DG7"}}}
		d.does(delegate, "meeting.approve", m, "")
		if got := get[org.Meeting](d, "meeting", "M1"); got.State != "approved" || got.Approver != "P4" || got.Applicant != "P1" {
			t.Errorf("approved: %+v", got)
		}
		// bp.6: what was decided on another's application is on record, for it and against it, with the delegation it rests on;
		// what was handed in, refused or taken back is none.
		var kept []string
		for _, a := range all[org.Approval](d, "approval") {
			kept = append(kept, strings.Join([]string{a.Action, a.Subject, a.Applicant, a.Approver, a.Delegation, a.At.String()}, " "))
		}
		slices.Sort(kept)
		today := when.Date(day).String()
		if want := []string{"meeting.approve meeting:M1 P1 P4 DG7 " + today, "meeting.return meeting:M1 P1 P5  " + today}; !slices.Equal(kept, want) {
			t.Errorf("decisions on record: %q, want %q", kept, want)
		}
		d.does(office, "meeting.cancel", m, "現在は「議事録承認済み」")
		d.does(office, "meeting.cancel", act.Input{"meeting": "M2"}, "")
		d.verified()
	})
}

// TestStandsFor: whom somebody stands in for is followed over chains, and circles end it (bp.6).
func TestStandsFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := work(t, s)
		for _, x := range []struct {
			person string
			day    when.Date
			want   string
		}{{"P3", day, "P4 P5"}, {"P4", day, "P5 P3"}, {"P4", day + 1, "P3"}, {"P3", day + 1, "P4"}, {"P3", day + 11, ""}, {"P5", day, ""}, {"", day, ""}} {
			var got []string
			if err := s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
				got, err = org.StandsFor(ctx, tx, d.c, x.person, x.day)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if strings.Join(got, " ") != x.want {
				t.Errorf("%s on %s stands in for %v, want %s", x.person, x.day, got, x.want)
			}
		}
	})
}

// TestAdvisoryWay: an advisory is triaged, dealt with by somebody by a day, and done; what is done stays (bp.6, R038).
func TestAdvisoryWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := work(t, s)
		office, chief := by("P1", "chief"), by("P5", "csirt_chief")
		a := func(more ...string) act.Input {
			in := act.Input{"advisory": "AV1"}
			for i := 0; i < len(more); i += 2 {
				in[more[i]] = more[i+1]
			}
			return in
		}
		d.does(office, "advisory.create", act.Input{"code": "AV0", "name": "明日の情報", "received": on(+1)}, "今日までの日")
		d.does(office, "advisory.create", act.Input{"code": "AV1", "name": "通信機器の脆弱性", "received": on(0)}, "")
		d.does(office, "advisory.create", act.Input{"code": "AV2", "name": "以前の情報", "received": on(-9), "triaged": on(-8)}, "")
		if got := get[org.Advisory](d, "advisory", "AV2").State; got != "triaged" {
			t.Errorf("an advisory triaged before stands at %q", got)
		}
		d.does(chief, "advisory.begin", a("assignee", "P1", "due", on(+3)), "現在は「受付」")
		d.does(office, "advisory.triage", a("verdict", "更新する"), "決定できるのは")
		d.does(chief, "advisory.triage", a(), "判断の内容")
		d.does(chief, "advisory.triage", a("verdict", "更新する"), "")
		d.does(chief, "advisory.triage", a("verdict", "更新する"), "現在は「判断済み」")
		d.does(office, "advisory.change", act.Input{"code": "AV1", "triaged": ""}, "空に戻せません")
		d.does(chief, "advisory.begin", a("assignee", "P99", "due", on(+3)), "在職中の職員等は登録されていません")
		d.does(chief, "advisory.begin", a("assignee", "P7", "due", on(+3)), "在職中の職員等は登録されていません")
		d.does(chief, "advisory.begin", a("assignee", "P1", "due", on(-1)), "今日以降の日")
		d.does(chief, "advisory.begin", a("assignee", "P1", "due", "来週"), "日付")
		d.does(chief, "advisory.begin", a("assignee", "P1", "due", on(+3)), "")
		d.does(chief, "advisory.again", a(), "")
		d.does(chief, "advisory.begin", a("assignee", "P1", "due", on(+3)), "")
		d.does(chief, "advisory.close", a("result", "不要"), "現在は「対応中」")
		d.does(chief, "advisory.finish", a("result", "更新を適用した"), "")
		got := get[org.Advisory](d, "advisory", "AV1")
		if got.State != "done" || got.Done != day || got.Triaged != day || got.By != "P5" || got.Assignee != "P1" || got.Result != "更新を適用した" {
			t.Errorf("done: %+v", got)
		}
		d.does(office, "advisory.change", act.Input{"code": "AV1", "name": "別の件名"}, "完了した注意喚起は変更できません")
		d.does(chief, "advisory.close", act.Input{"advisory": "AV2", "result": "該当なし"}, "")
		d.does(chief, "advisory.close", act.Input{"advisory": "AV9", "result": "該当なし"}, "記録はありません")
		d.verified()
	})
}

// TestContactsAndTests: one act says that a contact is right today; a contact test is of one thing and has been (bp.6).
func TestContactsAndTests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := work(t, s)
		office, chief := by("P1", "chief"), by("P5", "csirt_chief")
		d.does(office, "contact.verify", act.Input{"contact": "CT1"}, "決定できるのは")
		d.does(chief, "contact.verify", act.Input{"contact": "CT9"}, "記録はありません")
		d.does(chief, "contact.verify", act.Input{"contact": "CT1"}, "")
		if got := get[org.Contact](d, "contact", "CT1").Verified; got != day {
			t.Errorf("verified %s", got)
		}
		test := func(more ...string) act.Input {
			in := act.Input{"code": "CX1", "date": on(0), "way": "phone", "result": "passed"}
			for i := 0; i < len(more); i += 2 {
				in[more[i]] = more[i+1]
			}
			return in
		}
		d.does(office, "calltest.create", test(), "試験したCSIRTの窓口か外部の連絡先")
		d.does(office, "calltest.create", test("csirt", "CS1", "contact", "CT1"), "別々の試験")
		d.does(office, "calltest.create", test("csirt", "CS1", "date", on(+1)), "今日までの日")
		d.does(office, "calltest.create", test("csirt", "CS1", "minutes", "-1"), "0以上")
		d.does(office, "calltest.create", test("csirt", "CS1", "minutes", "3"), "")
		d.verified()
	})
}
