package conform

import (
	"context"
	"reflect"
	"strconv"
	"testing"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/when"
)

// TestPreview: what a value is said to change is what it changes when it is set, for stricter and looser values; and
// asking changes nothing (bp.12).
func TestPreview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, s *db.Store) {
		b, _ := town(t, s, 500, 7, when.On(2026, 11, 24))
		ctx := context.Background()
		moved := 0
		for _, c := range []struct {
			param string
			value int64
		}{{"N.ack", 3}, {"N.contacttest", 2000}, {"N.filelist", 10}} {
			before := b.report(RunOptions{})
			effects, err := b.svc.Preview(ctx, c.param, c.value)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.report(RunOptions{}); !reflect.DeepEqual(got, before) {
				t.Fatalf("%s tried with %d changed what is found", c.param, c.value)
			}
			was := unkeptOf(before)
			old := stated(t, b, c.param)
			b.run("parameter.change", act.Input{"code": c.param, "value": strconv.FormatInt(c.value, 10)})
			after := unkeptOf(b.report(RunOptions{}))
			for _, e := range effects {
				more, less := 0, 0
				for k := range after[e.ID] {
					if !was[e.ID][k] {
						more++
					}
				}
				for k := range was[e.ID] {
					if !after[e.ID][k] {
						less++
					}
				}
				if e.More != more || e.Less != less {
					t.Errorf("%s with %d: %s was said to gain %d and lose %d, it gained %d and lost %d", c.param, c.value, e.ID, e.More, e.Less, more, less)
				}
				moved += more + less
			}
			for id := range after {
				said := false
				for _, e := range effects {
					said = said || e.ID == id
				}
				if !said && !reflect.DeepEqual(after[id], was[id]) {
					t.Errorf("%s with %d: %s changed and was not named", c.param, c.value, id)
				}
			}
			b.run("parameter.change", act.Input{"code": c.param, "value": old})
		}
		if moved == 0 {
			t.Error("no value that was tried changed anything")
		}
		if _, err := b.svc.Preview(ctx, "N.none", 1); !fault.Is(err, fault.NotFound) {
			t.Errorf("no such parameter: %v", err)
		}
	})
}

// unkeptOf are the subjects of a report that count as not kept, by check.
func unkeptOf(r Report) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, k := range r.Checks {
		out[k.ID] = map[string]bool{}
		for _, f := range k.Findings {
			if f.Result != "excepted" {
				out[k.ID][f.Part+" "+f.Subject.String()] = true
			}
		}
	}
	return out
}

// stated is the value of a parameter.
func stated(t *testing.T, b *bench, code string) string {
	t.Helper()
	d := b.c.Must("parameter")
	out := ""
	if err := b.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		rec, _, err := b.c.One(ctx, tx, d, code)
		if n, ok := d.Get(rec.Row, "value").(int64); ok {
			out = strconv.FormatInt(n, 10)
		}
		return err
	}); err != nil || out == "" {
		t.Fatalf("value of %s: %q, %v", code, out, err)
	}
	return out
}
