package demo_test

import (
	"crypto/sha256"
	"encoding/json"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"okite/internal/demo"
	"okite/internal/demo/demotest"
	"okite/internal/when"
)

var day = when.On(2026, 11, 22)

func generate(t testing.TB, cfg demo.Config) demo.City {
	t.Helper()
	c, err := demo.Generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestImports: what is planted is known independently of what is looked for, so no check and no register is imported.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("files %v: %v", files, err)
	}
	allowed := []string{"okite/internal/when", "okite/internal/msg", "okite/internal/pack"}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if first, _, _ := strings.Cut(path, "/"); (first == "okite" || strings.Contains(first, ".")) && !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

func sum(t *testing.T, c demo.City) [32]byte {
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

func TestSameCity(t *testing.T) {
	cfg := demotest.Config(1000, 7, day)
	first := sum(t, generate(t, cfg))
	for range 3 {
		if sum(t, generate(t, cfg)) != first {
			t.Fatal("the same seed and day gave another city")
		}
	}
	for name, other := range map[string]demo.Config{"seed": demotest.Config(1000, 8, day), "day": demotest.Config(1000, 7, day+1), "people": demotest.Config(1001, 7, day)} {
		c := generate(t, other)
		if sum(t, c) == first {
			t.Errorf("another %s gave the same city", name)
		}
		if name == "seed" && reflect.DeepEqual(c.Planted, generate(t, cfg).Planted) {
			t.Error("another seed planted on the same subjects")
		}
	}
}

func TestSizes(t *testing.T) {
	for _, people := range []int{500, 3000, 20000} {
		c := generate(t, demotest.Config(people, 1, day))
		here := 0
		p := c.Table("person")
		joined, left := slices.Index(p.Columns, "joined"), slices.Index(p.Columns, "left")
		for _, r := range p.Rows {
			if l := r[left].(when.Date); r[joined].(when.Date) <= day && (l == 0 || l >= day) {
				here++
			}
		}
		if here < people || here > people+people/100 {
			t.Errorf("%d people asked for, %d on the staff", people, here)
		}
		if n := len(c.Table("asset").Rows); n < 2*people {
			t.Errorf("%d people, %d assets", people, n)
		}
	}
}

func TestPlantedInOrder(t *testing.T) {
	c := generate(t, demotest.Config(3000, 1, day))
	for i, p := range c.Planted[1:] {
		if before := c.Planted[i]; before.Check > p.Check || (before.Check == p.Check && before.Subject >= p.Subject) {
			t.Errorf("%v stands before %v", before, p)
		}
	}
	larger := generate(t, demotest.Config(20000, 1, day))
	if len(larger.Planted) < 2*len(c.Planted) {
		t.Errorf("a city of 20,000 has %d planted, one of 3,000 has %d", len(larger.Planted), len(c.Planted))
	}
}

// TestCode: the check digit of the city's code is right, and no prefecture has its first two digits.
func TestCode(t *testing.T) {
	c := generate(t, demotest.Config(500, 1, day))
	total := 0
	for i, r := range c.Code[:5] {
		total += int(r-'0') * (6 - i)
	}
	if want := strconv.Itoa((11 - total%11) % 10); len(c.Code) != 6 || c.Code[5:] != want || c.Code[:2] != "99" {
		t.Errorf("code %s, want 99…%s", c.Code, want)
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(*demo.Config){
		"no date":         func(c *demo.Config) { c.Date = 0 },
		"too few people":  func(c *demo.Config) { c.People = 499 },
		"no text at all":  func(c *demo.Config) { c.Docs = nil },
		"no standard":     func(c *demo.Config) { c.Docs = c.Docs[:1] },
		"an empty policy": func(c *demo.Config) { c.Docs[0].Clauses = nil },
	} {
		cfg := demotest.Config(800, 1, day)
		change(&cfg)
		if _, err := demo.Generate(cfg); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for _, people := range []int{3000, 20000, 100000} {
		b.Run(strconv.Itoa(people), func(b *testing.B) {
			cfg := demotest.Config(people, 7, day)
			b.ReportAllocs()
			for b.Loop() {
				generate(b, cfg)
			}
		})
	}
}
