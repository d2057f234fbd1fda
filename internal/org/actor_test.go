package org_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/pack"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// words are the vocabularies these tests use.
func words() *pack.Pack {
	v := func(name string, terms ...string) *pack.Vocab {
		out := &pack.Vocab{Name: name}
		for i := 0; i < len(terms); i += 2 {
			out.Terms = append(out.Terms, pack.Term{Code: terms[i], Title: msg.Text{JA: terms[i+1], EN: terms[i]}})
		}
		return out
	}
	p := &pack.Pack{Code: "test", Vocabs: map[string]*pack.Vocab{}}
	for _, x := range []*pack.Vocab{
		v("role", "ciso", "最高情報セキュリティ責任者", "chief", "統括情報セキュリティ責任者", "bureau_head", "情報セキュリティ責任者", "section_manager", "情報セキュリティ管理者",
			"system_manager", "情報システム管理者", "csirt_chief", "CSIRT責任者", "csirt_poc", "CSIRT窓口担当者", "committee", "情報セキュリティ委員会"),
		v("scope_kind", "city", "全庁", "bureau", "局", "section", "課", "system", "情報システム"),
		v("assignment_kind", "holder", "正", "deputy", "代理"),
		v("employment", "regular", "一般職の職員", "contractor", "委託事業者の従業者"),
		v("agenda", "training", "研修", "audit", "監査", "other", "その他"), v("agenda_result", "approved", "承認"), v("call_way", "phone", "電話"), v("test_result", "passed", "つながった"), v("outside_body", "ipa", "情報処理推進機構"),
		v("meeting_state", "open", "議事録の承認前", "submitted", "議事録の承認待ち", "approved", "議事録承認済み", "cancelled", "中止"), v("advisory_state", "received", "受付", "triaged", "判断済み", "acting", "対応中", "done", "完了"),
		v("unit_kind", "bureau", "局", "section", "課"), v("organ_kind", "mayor", "市長", "education", "教育委員会"),
	} {
		p.Vocabs[x.Name] = x
	}
	return p
}

// town is the clean city in a store, on its day.
type town struct {
	*testing.T
	s   *db.Store
	c   *register.Catalog
	now time.Time
}

// load fills the registers of a city, spoilt by the caller.
func load(t *testing.T, s *db.Store, spoil func(*city)) *town {
	t.Helper()
	d := &town{T: t, s: s, c: register.NewCatalog(words(), checktest.Defs()...), now: when.Date(day).Time().Add(10 * time.Hour)}
	s.SetClock(func() time.Time { return d.now })
	if err := d.c.Migrate(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	c := checktest.Clean()
	if spoil != nil {
		spoil(c)
	}
	d.write(func(ctx context.Context, tx *db.Tx) error {
		for _, err := range []error{fill(ctx, tx, d.c, "organ", c.Organs), fill(ctx, tx, d.c, "unit", c.Units), fill(ctx, tx, d.c, "person", c.People), fill(ctx, tx, d.c, "post", c.Posts),
			fill(ctx, tx, d.c, "assignment", c.Assignments), fill(ctx, tx, d.c, "delegation", c.Delegations), fill(ctx, tx, d.c, "csirt", c.CSIRTs),
			fill(ctx, tx, d.c, "task", c.Tasks), fill(ctx, tx, d.c, "committee", c.Committees), fill(ctx, tx, d.c, "ack", c.Acks), fill(ctx, tx, d.c, "version", c.Versions),
			fill(ctx, tx, d.c, "parameter", c.Parameters)} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return d
}

func fill[T any](ctx context.Context, tx *db.Tx, c *register.Catalog, name string, rows []T) error {
	d := c.Must(name)
	_, err := c.BulkLoad(ctx, tx, d, func(yield func(register.Row) bool) {
		for _, r := range rows {
			if !yield(register.Encode(d, r)) {
				return
			}
		}
	}, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	return err
}

func (d *town) write(fn db.Func) {
	d.Helper()
	if err := d.s.Bulk(context.Background(), fn); err != nil {
		d.Fatal(err)
	}
}

func (d *town) actorOf(person string) (a actor.Actor, err error) {
	d.Helper()
	err = d.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		a, err = org.ActorOf(ctx, tx, d.c, person)
		return err
	})
	return a, err
}

// roles writes grants short: role@scope, d for a deputy, the delegation and the acts it is limited to.
func roles(a actor.Actor) (out []string) {
	for _, g := range a.Roles {
		s := g.Role + "@" + g.Scope
		if g.Deputy {
			s += " d"
		}
		if g.Via != "" {
			s += " " + g.Via
		}
		for _, x := range g.Acts {
			s += " " + x
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func TestActorOf(t *testing.T) {
	clean := []string{"csirt_chief@ d", "bureau_head@unit:U1 d"}
	slices.Sort(clean)
	cases := []struct {
		name   string
		spoil  func(c *city)
		person string
		want   []string
	}{
		{"a holder of a section, deputy of a system", nil, "P1", []string{"section_manager@unit:U2", "system_manager@system:S3 d"}},
		{"a deputy with a delegation of one act and a seat in the CSIRT", nil, "P2", []string{"csirt_poc@", "section_manager@unit:U2 DG1 asset.change", "section_manager@unit:U2 d",
			"system_manager@system:S3", "system_manager@system:S3 d DG1 asset.change"}},
		{"a chair, head of the CSIRT and of a bureau", nil, "P5", []string{"bureau_head@unit:U1", "committee@", "csirt_chief@"}},
		{"a deputy in bureau and CSIRT", nil, "P6", clean},
		{"nobody in particular", nil, "P8", nil},
		{"the assignment ended yesterday", func(c *city) { c.Assignments[0].Until = day - 1 }, "P5", []string{"committee@", "csirt_chief@"}},
		{"the assignment ends today", func(c *city) { c.Assignments[0].Until = day }, "P5", []string{"bureau_head@unit:U1", "committee@", "csirt_chief@"}},
		{"the assignment begins tomorrow", func(c *city) { c.Assignments[0].From = day + 1 }, "P5", []string{"committee@", "csirt_chief@"}},
		{"the post was abolished yesterday", func(c *city) { c.Posts[0].Until = day - 1 }, "P5", []string{"committee@", "csirt_chief@"}},
		{"a post for the whole city", func(c *city) {
			c.Posts[0] = org.Post{Code: "PO1", Role: "chief", Scope: "city", Name: "統括", From: 15000}
		}, "P5", []string{"chief@", "committee@", "csirt_chief@"}},
		{"a section's post without a section gives nothing", func(c *city) { c.Posts[0].Unit = "" }, "P5", []string{"committee@", "csirt_chief@"}},
		{"a system's post without a system gives nothing", func(c *city) { c.Posts[4].System = "" }, "P1", []string{"section_manager@unit:U2"}},
		{"the committee was dissolved", func(c *city) { c.Committees[0].Until = day - 1 }, "P5", []string{"bureau_head@unit:U1", "csirt_chief@"}},
		{"a delegation of every act", func(c *city) { c.Delegations[0].Acts, c.Delegations[0].To = nil, "P8" }, "P8", []string{"section_manager@unit:U2 DG1", "system_manager@system:S3 d DG1"}},
		{"the delegation ended yesterday", func(c *city) { c.Delegations[0].To, c.Delegations[0].End = "P8", day-1 }, "P8", nil},
		{"the delegation ends today", func(c *city) { c.Delegations[0].To, c.Delegations[0].End, c.Delegations[0].Acts = "P8", day, nil }, "P8",
			[]string{"section_manager@unit:U2 DG1", "system_manager@system:S3 d DG1"}},
		{"the giver has left", func(c *city) { c.Delegations[0].To, c.People[0].Left = "P8", day-1 }, "P8", nil},
		{"the giver no longer holds the role", func(c *city) {
			c.Delegations[0].To, c.Assignments[2].Until, c.Assignments[9].Until = "P8", day-1, day-1
		}, "P8", nil},
		{"what was delegated is not passed on", func(c *city) {
			c.Delegations = append(c.Delegations, org.Delegation{Code: "DG2", From: "P2", To: "P8", Begin: day, End: day})
			c.Delegations[0].Acts = nil
		}, "P8", []string{"csirt_poc@ DG2", "section_manager@unit:U2 d DG2", "system_manager@system:S3 DG2"}},
	}
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, nil)
		for _, c := range cases {
			// one store for all cases: the registers are emptied in between
			d.write(func(ctx context.Context, tx *db.Tx) error {
				for _, r := range []string{"person", "post", "assignment", "delegation", "committee"} {
					if _, err := tx.Exec(ctx, `DELETE FROM reg_`+r); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, `DELETE FROM change WHERE register = $1`, r); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, `DELETE FROM search_doc WHERE register = $1`, r); err != nil {
						return err
					}
				}
				x := checktest.Clean()
				if c.spoil != nil {
					c.spoil(x)
				}
				for _, err := range []error{fill(ctx, tx, d.c, "person", x.People), fill(ctx, tx, d.c, "post", x.Posts), fill(ctx, tx, d.c, "assignment", x.Assignments),
					fill(ctx, tx, d.c, "delegation", x.Delegations), fill(ctx, tx, d.c, "committee", x.Committees)} {
					if err != nil {
						return err
					}
				}
				return nil
			})
			a, err := d.actorOf(c.person)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if got := roles(a); !slices.Equal(got, c.want) {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
	})
}

func TestActorOfRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, func(c *city) {
			c.People = append(c.People, org.Person{Code: "P10", Name: "明日来", Unit: "U2", Employment: "regular", Joined: day + 1},
				org.Person{Code: "P11", Name: "今日迄", Unit: "U2", Employment: "regular", Joined: 15000, Left: day},
				org.Person{Code: "P12", Name: "昨日迄", Unit: "U2", Employment: "regular", Joined: 15000, Left: day - 1})
		})
		for person, may := range map[string]bool{"P1": true, "P10": false, "P11": true, "P12": false, "P99": false, "": false} {
			a, err := d.actorOf(person)
			if may && (err != nil || a.Person != person || a.Unit != "U2" || a.Name == "") {
				t.Errorf("%s: %+v, %v", person, a, err)
			}
			if !may && (!fault.Is(err, fault.Denied) || fault.As(err).Clauses[0] != "bp.5") {
				t.Errorf("%s: %+v, %v, want a refusal under 5", person, a, err)
			}
		}
	})
}

func acts(ids ...string) []*act.Act {
	reg := &act.Registry{}
	for _, id := range ids {
		reg.Add(act.Act{ID: id, Title: msg.Text{JA: "操作" + id, EN: id}, Scope: "section", Clauses: []clause.ID{"bp.9.4", "bp.7"}, Roles: []string{"section_manager", "chief"}, Anyone: id == "self.ack",
			Do: func(context.Context, *db.Tx, actor.Actor, act.Input) (ref.Ref, error) { return ref.Ref{}, nil }})
	}
	return reg.All()
}

func TestSyncActions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, nil)
		action := d.c.Must("action")
		sync := func(want map[string]bool, versions int64, ids ...string) {
			t.Helper()
			d.write(func(ctx context.Context, tx *db.Tx) error { return org.SyncActions(ctx, tx, d.c, acts(ids...)) })
			got, sum := map[string]bool{}, int64(0)
			d.write(func(ctx context.Context, tx *db.Tx) error {
				for r, err := range d.c.Records(ctx, tx, action) {
					if err != nil {
						return err
					}
					got[action.Key(r.Row)] = !r.Ended
					sum += r.Version
				}
				return nil
			})
			if len(got) != len(want) {
				t.Errorf("acts %v, want %v", got, want)
			}
			for k, live := range want {
				if on, ok := got[k]; !ok || on != live {
					t.Errorf("act %s: there %v, live %v, want live %v", k, ok, on, live)
				}
			}
			if sum != versions {
				t.Errorf("%d versions in all, want %d: a start without news changes nothing", sum, versions)
			}
		}
		sync(map[string]bool{"a.one": true, "a.two": true}, 2, "a.one", "a.two", "self.ack")
		sync(map[string]bool{"a.one": true, "a.two": true}, 2, "a.one", "a.two", "self.ack")
		sync(map[string]bool{"a.one": true, "a.two": false, "a.three": true}, 4, "a.one", "a.three")
		sync(map[string]bool{"a.one": true, "a.two": true, "a.three": true}, 5, "a.one", "a.two", "a.three")
	})
}

func TestSeedPowers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		d := load(t, s, nil)
		seed := func(ids ...string) {
			t.Helper()
			d.write(func(ctx context.Context, tx *db.Tx) error {
				if err := org.SyncActions(ctx, tx, d.c, acts(ids...)); err != nil {
					return err
				}
				return org.SeedPowers(ctx, tx, d.c, acts(ids...))
			})
		}
		power := func(id string) (role string, ok bool) {
			t.Helper()
			d.write(func(ctx context.Context, tx *db.Tx) error {
				list, err := d.c.Powers(ctx, tx, id)
				if ok = len(list) == 1 && list[0].Unit == "" && list[0].Organ == ""; ok {
					role = list[0].Role
				}
				return err
			})
			return role, ok
		}
		seed("a.one", "a.two", "self.ack")
		for _, id := range []string{"a.one", "a.two"} {
			if role, ok := power(id); !ok || role != "section_manager" {
				t.Errorf("%s: %s %v, want the role the act names first", id, role, ok)
			}
		}
		if _, ok := power("self.ack"); ok {
			t.Error("an act for everybody has a deciding role")
		}
		seed("a.one", "a.two", "a.three")
		if _, ok := power("a.three"); ok {
			t.Error("a table of powers that was there has been added to")
		}
	})
}
