package checktest

import (
	"maps"
	"slices"
	"testing"

	"okite/internal/check"
	"okite/internal/msg"
)

// TestClean: in the clean city nothing is against the policy and nothing is unknown, and every part of every check
// has something it finds compliant, so that no check holds only because it looks at nothing.
func TestClean(t *testing.T) {
	city := Clean()
	for _, c := range Checks() {
		compliant := map[string]bool{}
		results := city.Results(t, c.ID)
		city.agree(t, c.ID, results)
		for subject, v := range results {
			switch v.Result {
			case "noncompliant", "undetermined", "excepted":
				t.Errorf("%s %s: %s: %s", c.ID, subject, v.Result, v.Reason.JA)
			case "compliant":
				reg, _, _ := cut(subject)
				compliant[reg] = true
			}
		}
		for _, p := range c.Parts {
			if !compliant[p.Subject] {
				t.Errorf("%s: no compliant %s in the clean city", c.ID, p.Subject)
			}
		}
	}
}

func cut(subject string) (reg, key string, ok bool) {
	for i := range subject {
		if subject[i] == ':' {
			return subject[:i], subject[i+1:], true
		}
	}
	return "", "", false
}

// TestWhole: the checks of this issue are all there, and each says in both languages what it asks of whom.
func TestWhole(t *testing.T) {
	want := []string{"R001", "R002", "R003", "R004", "R005", "R007", "R008", "R009", "R010", "R011", "R012", "R014", "R015", "R016", "R017", "R020", "R021", "R023",
		"R030", "R032", "R033", "R035", "R036", "R037", "R038", "R045", "R046", "R047", "R048", "R050", "R051", "R052", "R054", "R055", "R056", "R058", "R080", "R081", "R082", "R085", "R086", "R087", "R089", "R090", "R141", "R239"}
	ids := map[string]check.Check{}
	for _, c := range Checks() {
		if _, twice := ids[c.ID]; twice {
			t.Errorf("%s stands twice", c.ID)
		}
		ids[c.ID] = c
		for _, m := range []msg.Text{c.Title, c.Duty, c.Who} {
			sound(t, c.ID, m)
		}
		if len(c.Clauses) == 0 || c.Basis == "" || c.Severity < 1 || c.Severity > 3 || len(c.Parts) == 0 {
			t.Errorf("%s: clauses %v, basis %q, severity %d, %d parts", c.ID, c.Clauses, c.Basis, c.Severity, len(c.Parts))
		}
		names := map[string]bool{}
		for _, p := range c.Parts {
			if names[p.Name] || (p.Name == "" && len(c.Parts) > 1) {
				t.Errorf("%s: part %q is not named apart from the others", c.ID, p.Name)
			}
			names[p.Name] = true
			if p.Breach == "" && p.Unknown == "" {
				t.Errorf("%s %s: nothing can be wrong", c.ID, p.Name)
			}
			if p.Owner.Role == "" && p.Owner.Scope == "" {
				t.Errorf("%s %s: nobody owes it", c.ID, p.Name)
			}
			if p.Mend.Label.IsZero() || p.Mend.URL == "" {
				t.Errorf("%s %s: no way to mend it", c.ID, p.Name)
			}
			sound(t, c.ID+" "+p.Name, p.Mend.Label)
		}
	}
	if got := slices.Sorted(maps.Keys(ids)); !slices.Equal(got, want) {
		t.Errorf("checks are %v, want %v", got, want)
	}
}

// TestAttributes: every joined fact has a title in both languages, every name a part gives is an attribute of its
// subject or a register, and a join says which registers it reads.
func TestAttributes(t *testing.T) {
	city := Clean()
	for _, j := range Joins() {
		if !slices.Contains(j.Reads, j.Subject) {
			t.Errorf("join of %s does not say that it reads it", j.Subject)
		}
		for _, r := range j.Reads {
			if _, ok := city.tables()[r]; !ok && r != "day" && r != "param" {
				t.Errorf("join of %s reads %s, which is no register", j.Subject, r)
			}
		}
		for _, a := range j.Attrs {
			sound(t, j.Subject+"."+a.Name, a.Title)
			for _, v := range a.Values {
				sound(t, j.Subject+"."+a.Name+"."+v.Code, v.Title)
			}
		}
	}
	for _, c := range Checks() {
		for _, p := range c.Parts {
			s := city.subjects(t, p.Subject)[0]
			names := append([]string{}, p.Evidence...)
			for _, n := range []string{p.Since, p.Owner.Scope} {
				if n != "" {
					names = append(names, n)
				}
			}
			for _, n := range names {
				_, attr := s.vals[n]
				_, reg := city.tables()[n]
				if !attr && !reg {
					t.Errorf("%s %s: %s is neither an attribute of %s nor a register", c.ID, p.Name, n, p.Subject)
				}
			}
		}
	}
}

// TestParams: a parameter without a value leaves exactly those checks undecided that say they read it.
func TestParams(t *testing.T) {
	reads := map[string][]string{}
	for _, c := range Checks() {
		for _, p := range c.Params {
			reads[p] = append(reads[p], c.ID)
		}
	}
	clean := Clean()
	for name := range clean.Params {
		city := Clean()
		delete(city.Params, name)
		undecided(t, city, name, reads[name], clean)
	}
	for name := range clean.Texts {
		city := Clean()
		delete(city.Texts, name)
		undecided(t, city, name, reads[name], clean)
	}
	broken := Clean()
	broken.Texts["N.stocktake"] = "夏の終わり"
	undecided(t, broken, "N.stocktake", reads["N.stocktake"], clean)
}

func undecided(t *testing.T, city *City, name string, want []string, clean *City) {
	t.Helper()
	e := city.engineWith(t, clean.Params)
	got := slices.Sorted(maps.Keys(e.Lost()))
	slices.Sort(want)
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("without %s: undecided are %v, want %v", name, got, want)
	}
	for _, id := range want {
		if c := e.CheckCounts(id); c[check.Undetermined] == 0 {
			t.Errorf("without %s: %s has %v, none undetermined", name, id, c.Map())
		}
	}
}
