package pack

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEveryPackLoads(t *testing.T) {
	if got, want := Codes(), []string{"model", "seed", "three-step"}; !slices.Equal(got, want) {
		t.Fatalf("packs are %v, want %v", got, want)
	}
	for _, code := range Codes() {
		p, err := Load(code)
		if err != nil {
			t.Errorf("pack %s: %v", code, err)
			continue
		}
		if p.Code != code {
			t.Errorf("pack %s says it is %s", code, p.Code)
		}
		if len(p.Parameters) == 0 || p.Vocab("role") == nil {
			t.Errorf("pack %s has %d parameters and roles %v", code, len(p.Parameters), p.Vocab("role"))
		}
	}
	if _, err := Load("nowhere"); err == nil {
		t.Error("a pack that does not exist was loaded")
	}
}

// TestExtendingPacksKeepTheCodes: a pack may say a word in another way, but checks and acts name its code. Only
// classes, which a pack is there to change, may be fewer.
func TestExtendingPacksKeepTheCodes(t *testing.T) {
	model, err := Load("model")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range Codes() {
		p, err := Load(code)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range model.Vocabs {
			own := p.Vocab(name)
			if own == nil {
				t.Errorf("pack %s has no vocabulary %s", code, name)
				continue
			}
			for _, term := range v.Terms {
				if _, ok := own.Term(term.Code); !ok && name != "confidentiality" {
					t.Errorf("pack %s: %s has no %s", code, name, term.Code)
				}
			}
		}
		if len(p.Parameters) != len(model.Parameters) {
			t.Errorf("pack %s has %d parameters, want %d", code, len(p.Parameters), len(model.Parameters))
		}
	}
}

// TestClassesAreHeaviestFirst: the chooser reads the heaviest class first, and the lightest is always "1".
func TestClassesAreHeaviestFirst(t *testing.T) {
	want := map[string][]string{"model": {"3A", "3B", "3C", "2", "1"}, "three-step": {"3", "2", "1"}, "seed": {"3A", "3B", "3C", "2", "1"}}
	for _, code := range Codes() {
		p, err := Load(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"confidentiality", "integrity", "availability"} {
			terms := p.Vocab(name).Terms
			for i, term := range terms {
				if i > 0 && term.Rank >= terms[i-1].Rank {
					t.Errorf("pack %s: %s %s does not rank below %s", code, name, term.Code, terms[i-1].Code)
				}
			}
			if last := terms[len(terms)-1]; last.Code != "1" || last.Rank != 1 {
				t.Errorf("pack %s: the lightest %s is %s of rank %d, want 1 of rank 1", code, name, last.Code, last.Rank)
			}
		}
		var got []string
		for _, term := range p.Vocab("confidentiality").Terms {
			got = append(got, term.Code)
		}
		if !slices.Equal(got, want[code]) {
			t.Errorf("pack %s: classes are %v, want %v", code, got, want[code])
		}
	}
}

// TestWordsKeepToTheirLanguage: no English in the Japanese half but names, and no Japanese in the English.
func TestWordsKeepToTheirLanguage(t *testing.T) {
	names := strings.NewReplacer("CISO", "", "CSIRT", "", "LGWAN", "", "JPCERT", "", "USB", "", "eラーニング", "", "yes", "", "no", "")
	latin := func(s string) bool {
		return strings.ContainsFunc(names.Replace(s), func(r rune) bool { return r >= 'a' && r <= 'z' })
	}
	kanji := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x3000 && r < 0xff00 })
	}
	for _, code := range Codes() {
		p, err := Load(code)
		if err != nil {
			t.Fatal(err)
		}
		said := func(where, ja, en string) {
			if latin(ja) || kanji(en) {
				t.Errorf("pack %s: %s mixes languages: %q / %q", code, where, ja, en)
			}
		}
		for name, v := range p.Vocabs {
			said(name, v.Title.JA, v.Title.EN)
			for _, term := range v.Terms {
				said(name+"."+term.Code, term.Title.JA+term.Note.JA, term.Title.EN+term.Note.EN)
			}
		}
		for _, n := range p.Parameters {
			said(n.Code, n.Name.JA+n.Unit.JA, n.Name.EN+n.Unit.EN)
		}
	}
}

const (
	goodVocab = `"vocabularies":[{"name":"yesno","title":{"ja":"有無","en":"Yes or no"},"terms":[{"code":"yes","title":{"ja":"有","en":"Yes"}}]}]`
	goodTitle = `"title":{"ja":"試験","en":"Test"}`
)

func TestBrokenPacksAreRefused(t *testing.T) {
	for _, c := range []struct{ name, pack, want string }{
		{"not JSON", `{`, "read pack p"},
		{"the title lacks its English", `{"code":"p","title":{"ja":"試験"},` + goodVocab + `}`, "title wants both languages"},
		{"a term lacks its Japanese", `{"code":"p",` + goodTitle + `,"vocabularies":[{"name":"yesno","title":{"ja":"有無","en":"Yes or no"},"terms":[{"code":"yes","title":{"en":"Yes"}}]}]}`, "yesno.yes wants both languages"},
		{"a note lacks its English", `{"code":"p",` + goodTitle + `,"vocabularies":[{"name":"yesno","title":{"ja":"有無","en":"Yes or no"},"terms":[{"code":"yes","title":{"ja":"有","en":"Yes"},"note":{"ja":"注"}}]}]}`, "note of yesno.yes wants both languages"},
		{"a code is given twice", `{"code":"p",` + goodTitle + `,"vocabularies":[{"name":"yesno","title":{"ja":"有無","en":"Yes or no"},"terms":[{"code":"yes","title":{"ja":"有","en":"Yes"}},{"code":"yes","title":{"ja":"無","en":"No"}}]}]}`, `code "yes" of yesno is empty or given twice`},
		{"a code is empty", `{"code":"p",` + goodTitle + `,"vocabularies":[{"name":"yesno","title":{"ja":"有無","en":"Yes or no"},"terms":[{"title":{"ja":"有","en":"Yes"}}]}]}`, `code "" of yesno is empty or given twice`},
		{"a vocabulary is given twice", `{"code":"p",` + goodTitle + `,"vocabularies":[{"name":"a","title":{"ja":"甲","en":"A"},"terms":[]},{"name":"a","title":{"ja":"甲","en":"A"},"terms":[]}]}`, `vocabulary "a" is without a name or given twice`},
		{"a parameter is given twice", `{"code":"p",` + goodTitle + `,"parameters":[{"code":"N.a","name":{"ja":"甲","en":"A"},"value":1},{"code":"N.a","name":{"ja":"甲","en":"A"},"value":2}]}`, `parameter "N.a" is without a code or given twice`},
		{"a parameter has no value", `{"code":"p",` + goodTitle + `,"parameters":[{"code":"N.a","name":{"ja":"甲","en":"A"}}]}`, "parameter N.a wants a number or a text"},
		{"a parameter is both", `{"code":"p",` + goodTitle + `,"parameters":[{"code":"N.a","name":{"ja":"甲","en":"A"},"value":1,"text":"one"}]}`, "parameter N.a wants a number or a text"},
		{"a direction that is no word", `{"code":"p",` + goodTitle + `,"vocabularies":[{"name":"direction","title":{"ja":"向き","en":"Direction"},"terms":[]}],"parameters":[{"code":"N.a","name":{"ja":"甲","en":"A"},"value":1,"direction":"up"}]}`, `direction "up" of parameter N.a`},
		{"a field nobody knows", `{"code":"p",` + goodTitle + `,"vocabulary":[]}`, `unknown field "vocabulary"`},
		{"another code than its folder", `{"code":"q",` + goodTitle + `}`, `says it is pack "q"`},
		{"extends itself", `{"code":"p",` + goodTitle + `,"extends":"p"}`, "extends itself"},
		{"extends what is not there", `{"code":"p",` + goodTitle + `,"extends":"q"}`, "there is no such pack"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(fstest.MapFS{"p/pack.json": {Data: []byte(c.pack)}}, "p", nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a sentence with %q", err, c.want)
			}
		})
	}
	good := fmt.Sprintf(`{"code":"p",%s,%s}`, goodTitle, goodVocab)
	if _, err := load(fstest.MapFS{"p/pack.json": {Data: []byte(good)}}, "p", nil); err != nil {
		t.Errorf("the pack the cases spoil is refused itself: %v", err)
	}
}

func TestPacksThatExtendEachOtherAreRefused(t *testing.T) {
	fsys := fstest.MapFS{
		"a/pack.json": {Data: []byte(`{"code":"a",` + goodTitle + `,"extends":"b"}`)},
		"b/pack.json": {Data: []byte(`{"code":"b",` + goodTitle + `,"extends":"a"}`)},
	}
	if _, err := load(fsys, "a", nil); err == nil || !strings.Contains(err.Error(), "extends itself") {
		t.Errorf("loading a circle of packs gives %v", err)
	}
	if _, err := keeper(fsys, "a", "basic"); err == nil || !strings.Contains(err.Error(), "extends itself") {
		t.Errorf("looking for a text in a circle of packs gives %v", err)
	}
}
