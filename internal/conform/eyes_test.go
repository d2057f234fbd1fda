package conform

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"okite/internal/actor"
	"okite/internal/check/checktest"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/ref"
	"okite/internal/web"
	"okite/internal/web/webtest"
)

// TestFindingsAreNamedToWhoReads: everybody counts what is not kept, and only who owes it, who it is about and who reads
// the registers it rests on is told whom it names (bp.9.3, bp.11).
func TestFindingsAreNamedToWhoReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		city := spoiled(t) // person P3 of section U3 has not received the policy
		drill := checktest.Find(t, city.DrillResults, "DR2")
		drill.Opened = true // and no follow-up since
		b := open(t, s, city)
		var who actor.Actor
		site := &web.Site{Name: "試験市", Version: "1", Registry: &web.Registry{}, Now: func() time.Time { return b.now },
			Identify: func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: who}, nil }}
		if err := site.Registry.Add(b.svc.Routes()...); err != nil {
			t.Fatal(err)
		}
		srv := webtest.Start(t, site)
		role := func(role, scope string) []actor.Grant { return []actor.Grant{{Role: role, Scope: scope}} }
		result := "drillresult:" + drill.Code
		for name, c := range map[string]struct {
			who         actor.Actor
			ack, result bool
		}{
			"somebody of the staff":    {actor.Actor{Person: "PX", Unit: "U2"}, false, false},
			"another section manager":  {actor.Actor{Person: "PX", Unit: "U2", Roles: role("section_manager", "unit:U2")}, false, false},
			"the section manager":      {actor.Actor{Person: "PX", Unit: "U3", Roles: role("section_manager", "unit:U3")}, true, false},
			"a chief who owes nothing": {actor.Actor{Person: "PX", Unit: "U1", Roles: role("chief", "")}, true, false},
			"the person":               {actor.Actor{Person: "P3", Unit: "U3"}, true, false},
			"who opened the mail":      {actor.Actor{Person: drill.Person, Unit: "U3"}, false, true},
		} {
			who = c.who
			for at, shown := range map[string]bool{"R003 person:P3": c.ack, "R087 " + result: c.result} {
				id, subject, _ := strings.Cut(at, " ")
				_, key, _ := strings.Cut(subject, ":")
				ways := map[string]string{"page": "/checks/" + id, "export": "/checks/" + id + "/export?as=csv", "API": "/api/v1/checks/" + id + "/findings", "report": "/api/v1/checks?findings=true"}
				for way, path := range ways {
					a := srv.Get(t, path)
					mark := `"subject":"` + subject + `"`
					if way == "export" {
						mark = "," + key + ","
					}
					if way == "page" {
						mark = "/checks/" + id + "/" + subject
						if rest := strings.Contains(a.Body, "に限って内容を表示します"); id == "R087" && rest == shown { // DR2 is all that it finds
							t.Errorf("%s, %s: says that more was found: %v", name, at, rest)
						}
					}
					if a.Status != 200 || strings.Contains(strings.ReplaceAll(a.Body, "%3A", ":"), mark) != shown {
						t.Errorf("%s, %s by %s: status %d, shown %v, want %v", name, at, way, a.Status, !shown, shown)
					}
				}
				want := http.StatusNotFound
				if shown {
					want = http.StatusOK
				}
				if a := srv.Get(t, "/checks/"+id+"/"+subject); a.Status != want {
					t.Errorf("%s: why %s: status %d, want %d", name, at, a.Status, want)
				}
				r, err := ref.Parse(subject)
				if err != nil {
					t.Fatal(err)
				}
				said, err := b.svc.About(actor.With(context.Background(), who), r)
				if err != nil {
					t.Fatal(err)
				}
				if slices.ContainsFunc(said, func(x Said) bool { return x.Check == id }) != shown {
					t.Errorf("%s: about %s: shown %v, want %v", name, subject, !shown, shown)
				}
			}
		}
		// the board counts the same for everybody
		if c, _, err := b.svc.CheckCounts(context.Background(), "R003"); err != nil || c.Map()["noncompliant"] == 0 {
			t.Errorf("R003 counts %v, %v", c, err)
		}
	})
}
