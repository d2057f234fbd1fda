package asset_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/asset"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/pack"
)

// TestChoices: a downgrade offers the lower classes of the scheme in force and nothing else; what it offers can be
// applied for (bp.7).
func TestChoices(t *testing.T) {
	inOffice(t, func(o *office) {
		fill(o, "asset", ledger("A1"), asset.Asset{Code: "A2", Name: "掲示物", Unit: "U2", Form: "paper", Status: "active"})
		offered := func(field, key string) (values []string, known bool, err error) {
			err = o.s.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				list, ok, err := asset.Choices(o.c)(ctx, tx, "asset.downgrade", field, key)
				for _, c := range list {
					values = append(values, c.Value)
				}
				known = ok
				return err
			})
			return values, known, err
		}
		got, known, err := offered("class", "A1")
		if want := []string{"c:3C", "c:2", "c:1", "i:1"}; err != nil || !known || !slices.Equal(got, want) {
			t.Errorf("offered %v, %v, %v; want %v", got, known, err, want)
		}
		if got, known, err := offered("property", "A1"); err != nil || !known || len(got) > 0 {
			t.Errorf("the property is asked: %v, %v, %v", got, known, err)
		}
		if _, known, _ := offered("reason", "A1"); known {
			t.Error("the reason is to be chosen")
		}
		if _, _, err := offered("class", "A2"); !fault.Is(err, fault.Conflict) {
			t.Errorf("nothing to lower: %v", err)
		}
		for in, want := range map[string]string{"i:1": "", "c:3B": "class", "x:1": "property", "c:": "class", "1": "property"} {
			_, err := o.run(manager, "asset.downgrade", act.Input{"asset": "A1", "class": in, "reason": "試験"})
			if want == "" && err != nil || want != "" && !refusedAt(err, want) {
				t.Errorf("applied for %q: %v, want a fault at %q", in, err, want)
			}
		}
		x := rows[asset.Downgrade](o, "downgrade")
		if len(x) != 1 || x[0].Property != "i" || x[0].New != "1" || x[0].Old != "2" {
			t.Errorf("applications kept: %+v", x)
		}
	})
}

// TestFloorWords: what is said of a floor fits every scheme: no class of another scheme is named.
func TestFloorWords(t *testing.T) {
	for _, code := range []string{"model", "three-step"} {
		p, err := pack.Load(code)
		if err != nil {
			t.Fatal(err)
		}
		titles := map[string]bool{}
		for _, term := range p.Vocab("confidentiality").Terms {
			titles[term.Title.JA] = true
		}
		for _, content := range []string{"my_number", "sensitive", "personal"} {
			if got := asset.FloorClass(p, content); !titles[got.JA] {
				t.Errorf("%s: the floor for %s is %q, which is no class of the scheme", code, content, got.JA)
			}
			if got := asset.FloorTitle(content); strings.Contains(got.JA, "機密性") || strings.ContainsAny(got.JA+got.EN, "0123456789") {
				t.Errorf("the floor for %s is said as %q", content, got.JA)
			}
		}
	}
	if p, _ := pack.Load("three-step"); asset.FloorClass(p, "my_number").JA != "機密性3" {
		t.Errorf("the floor of three classes: %s", asset.FloorClass(p, "my_number").JA)
	}
}
