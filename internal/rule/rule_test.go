package rule_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"

	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/rule/ruletest"
)

// subject is a random row.
type subject map[string]any

func (s subject) Bool(a string) bool      { v, _ := s[a].(bool); return v }
func (s subject) Num(a string) int64      { v, _ := s[a].(int64); return v }
func (s subject) Code(a string) string    { v, _ := s[a].(string); return v }
func (s subject) Codes(a string) []string { v, _ := s[a].([]string); return v }

func random(r *rand.Rand, s *rule.Schema) subject {
	out := subject{}
	for _, a := range s.Attrs {
		out[a.Name] = ruletest.Value(r, a)
	}
	return out
}

func context(r *rand.Rand) map[string]int64 {
	return map[string]int64{rule.Today: int64(ruletest.Base + r.IntN(20)), "N.classify": int64(r.IntN(30)), "N.copies": int64(r.IntN(9))}
}

// second is Cedar's own answer.
func second(t *testing.T, text string, row subject, ctx map[string]int64) bool {
	t.Helper()
	ps, err := cedar.NewPolicySetFromBytes("", []byte("permit(principal, action, resource) when { "+text+" };"))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	rec, con := cedar.RecordMap{}, cedar.RecordMap{}
	for k, v := range row {
		switch v := v.(type) {
		case bool:
			rec[cedar.String(k)] = cedar.Boolean(v)
		case int64:
			rec[cedar.String(k)] = cedar.Long(v)
		case string:
			rec[cedar.String(k)] = cedar.String(v)
		case []string:
			var vs []cedar.Value
			for _, c := range v {
				vs = append(vs, cedar.String(c))
			}
			rec[cedar.String(k)] = cedar.NewSet(vs...)
		}
	}
	for k, v := range ctx {
		con[cedar.String(k)] = cedar.Long(v)
	}
	uid := cedar.NewEntityUID("Asset", "x")
	ok, d := cedar.Authorize(ps, cedar.EntityMap{uid: {UID: uid, Attributes: cedar.NewRecord(rec)}},
		cedar.Request{Principal: uid, Action: uid, Resource: uid, Context: cedar.NewRecord(con)})
	for _, e := range d.Errors {
		t.Fatalf("%s: %s", text, e.Message)
	}
	return bool(ok)
}

// TestViews: Cedar text and the Japanese sentence lead back to the same condition, the decision table to one that
// says the same, and Cedar's own engine agrees with ours on every subject.
func TestViews(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	s := ruletest.Schema()
	holds, tables := 0, 0
	for range 4000 {
		e := ruletest.Expr(r, s, 1+r.IntN(3))
		text := rule.Cedar(e)
		back, err := rule.Parse(s, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !rule.Equal(back, e) {
			t.Fatalf("%s comes back as %s", text, rule.Cedar(back))
		}
		ja := rule.Sentence(s, e, msg.JA)
		back, err = rule.ReadSentence(s, ja)
		if err != nil {
			t.Fatalf("%s\n%s: %v", text, ja, err)
		}
		if !rule.Equal(back, e) {
			t.Fatalf("%s: %s comes back as %s", text, ja, rule.Cedar(back))
		}
		table, ok := rule.Table(e)
		var same rule.Expr = e
		if ok {
			tables++
			same = table.Expr()
		}
		for range 8 {
			row, ctx := random(r, s), context(r)
			got := rule.Eval(e, row, ctx)
			if want := second(t, text, row, ctx); got != want {
				t.Fatalf("%s on %v: got %v, Cedar says %v", text, row, got, want)
			}
			if rule.Eval(same, row, ctx) != got {
				t.Fatalf("%s: its table says %s, which differs on %v", text, rule.Cedar(same), row)
			}
			if got {
				holds++
			}
		}
	}
	if holds < 8000 || holds > 24000 || tables < 3900 {
		t.Errorf("of 32000 answers %d are yes, and %d conditions of 4000 have a table", holds, tables)
	}
}

// TestTableMinimal: no answer and no row of a table can be left out.
func TestTableMinimal(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	s := &rule.Schema{Attrs: []rule.Attr{{Name: "a", Kind: rule.Bool}, {Name: "b", Kind: rule.Bool}, {Name: "c", Kind: rule.Bool}, {Name: "d", Kind: rule.Bool}}}
	truth := func(e rule.Expr) (out uint16) {
		for x := range 16 {
			row := subject{"a": x&1 != 0, "b": x&2 != 0, "c": x&4 != 0, "d": x&8 != 0}
			if rule.Eval(e, row, nil) {
				out |= 1 << x
			}
		}
		return out
	}
	for range 500 {
		e := ruletest.Expr(r, s, 4)
		table, ok := rule.Table(e)
		if !ok || !table.Minimal {
			t.Fatalf("%s has no table", rule.Cedar(e))
		}
		want := truth(e)
		if got := truth(table.Expr()); got != want {
			t.Fatalf("%s: table says %016b, want %016b", rule.Cedar(e), got, want)
		}
		for i := range table.Rows {
			less := rule.DecisionTable{Columns: table.Columns, Rows: append(append([][]rule.Answer{}, table.Rows[:i]...), table.Rows[i+1:]...)}
			if truth(less.Expr()) == want {
				t.Fatalf("%s: row %d of %v can be left out", rule.Cedar(e), i, table.Rows)
			}
			for k, a := range table.Rows[i] {
				if a == rule.Either {
					continue
				}
				table.Rows[i][k] = rule.Either
				if truth(table.Expr()) == want {
					t.Fatalf("%s: answer %d of row %d can be left out", rule.Cedar(e), k, i)
				}
				table.Rows[i][k] = a
			}
		}
	}
}

func TestSentence(t *testing.T) {
	s := ruletest.Schema()
	for _, c := range []struct{ cedar, ja, en string }{
		{`resource.mfa && resource.zone != "lgwan"`, "「多要素認証」に当たる、かつ「領域」が『LGWAN接続系』でない", "“multi-factor sign-in” holds, and “zone” is not “LGWAN zone”"},
		{`context.today - resource.confirmed > context["N.classify"]`, "「確認日」から本日までの日数が【分類の期限】を超える",
			"the number of days from “day confirmed” to today is more than [days to classify]"},
		{`resource.due != 0 && resource.due < context.today`, "「期限」が未記入でない、かつ「期限」が本日より前である", "“due day” is not empty, and “due day” is before today"},
		{`!resource.content.containsAll(["personal", "tax"]) || ["active", "planned"].contains(resource.status)`,
			"「含まれる情報」に『個人情報』『税情報』のいずれかを欠く、または「状態」が『運用中』『計画中』のいずれかである",
			"not (“contents” includes all of “personal data”, “tax data”), or “status” is one of “active”, “planned”"},
		{`!(resource.copies == 1) && (resource.mfa || resource.unit == "")`, "（「複製の数」が1と等しい）ではない、かつ（「多要素認証」に当たる、または「所管課」が未記入である）",
			"not (“copies” equals 1), and (“multi-factor sign-in” holds, or “section in charge” is empty)"},
		{`resource.registered >= 20781`, "「登録日」が2026年11月24日以後である", "“day registered” is not before 2026-11-24"},
	} {
		e, err := rule.Parse(s, c.cedar)
		if err != nil {
			t.Fatalf("%s: %v", c.cedar, err)
		}
		if got := rule.Sentence(s, e, msg.JA); got != c.ja {
			t.Errorf("%s reads %s, want %s", c.cedar, got, c.ja)
		}
		if got := rule.Sentence(s, e, msg.EN); got != c.en {
			t.Errorf("%s reads %s, want %s", c.cedar, got, c.en)
		}
		if got := rule.Cedar(e); got != c.cedar {
			t.Errorf("%s is printed as %s", c.cedar, got)
		}
	}
}

func TestRuleSentence(t *testing.T) {
	s := ruletest.Schema()
	scope, _ := rule.Parse(s, `resource.status == "active"`)
	duty, _ := rule.Parse(s, `!(resource.copies > context["N.copies"])`)
	got := rule.RuleSentence(s, []clause.ID{"bp.9.4", "bp.7"}, scope, duty, msg.JA)
	want := "対象：「状態」が『運用中』である。（情報資産）\n条件：「複製の数」が【複製の上限】を超える。\n禁止：条件に当たるものを適合としてはならない。\n根拠：9(4)、7。"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	a, b, err := rule.ReadRuleSentence(s, got)
	if err != nil || !rule.Equal(a, scope) || !rule.Equal(b, duty) {
		t.Errorf("read back as %v and %v (%v)", a, b, err)
	}
}

func TestParseRefuses(t *testing.T) {
	s := ruletest.Schema()
	for _, c := range []struct{ name, text, want string }{
		{"an attribute misspelt", `resource.mfaa`, `1:10: attribute "mfaa" is not declared (did you mean "mfa"?)`},
		{"an attribute misspelt further on", "resource.mfa &&\n  resource.statsu == \"active\"", `2:12: attribute "statsu" is not declared (did you mean "status"?)`},
		{"a look-alike kanji", `resource["資産 の 番呂"] == ""`, `attribute "資産 の 番呂" is not declared (did you mean "資産 の 番号"?)`},
		{"a code misspelt", `resource.zone == "lgwann"`, `1:18: attribute "zone" has no value "lgwann" (did you mean "lgwan"?)`},
		{"a code misspelt in a list", `["active", "retierd"].contains(resource.status)`, `1:12: attribute "status" has no value "retierd" (did you mean "retired"?)`},
		{"a parameter nobody set", `resource.copies > context["N.copy"]`, `did you mean "N.copies"?`},
		{"a day with a number of days", `context.today - resource.due > resource.confirmed`, "a day must be compared with a day"},
		{"a number with a code", `resource.copies == "3"`, "different kinds"},
		{"an order of codes", `resource.zone < "lgwan"`, "only numbers and days"},
		{"a set taken for yes or no", `resource.content`, "cannot be used as a yes or no"},
		{"contains on a code", `resource.zone.contains("lgwan")`, "cannot be used as a set of codes"},
		{"a list of nothing", `resource.content.containsAny([])`, "one code at least"},
		{"has", `resource has mfa`, "cannot stand in a condition"},
		{"if", `if resource.mfa then true else false`, "cannot stand in a condition"},
		{"the principal", `principal.mfa`, "is not known; use resource or context"},
		{"times", `resource.copies * 2 > 3`, "cannot be added"},
		{"a number too large", `resource.copies > 99999999999999999`, "too large"},
		{"no condition", ``, "syntax error"},
		{"two conditions", `true } when { false`, "one expression"},
		{"a second rule", `true }; permit(principal, action, resource) when { true`, "one expression"},
		{"an unless", `true } unless { false`, "one expression"},
		{"a bracket too many", `(resource.mfa))`, "syntax error"},
		{"nested too deeply", strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), "nested too deeply"},
		{"a string without end", `resource.unit == "a`, "syntax error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := rule.Parse(s, c.text)
			if err == nil {
				t.Fatalf("taken as %s", rule.Cedar(e))
			}
			p, ok := err.(*rule.Problem)
			if !ok || p.Message.JA == "" || strings.Contains(p.Message.JA+p.Message.EN, "%!") {
				t.Errorf("not a problem in both languages: %#v", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q", err, c.want)
			}
		})
	}
}

func TestReadSentenceRefuses(t *testing.T) {
	s := ruletest.Schema()
	for _, c := range []struct{ name, text, want string }{
		{"an attribute misspelt", "「確認曰」が本日より前である", `1:2: "確認曰" is not known (did you mean "確認日"?)`},
		{"a value misspelt", "「領域」が『LGWAN接統系』である", `did you mean "LGWAN接続系"?`},
		{"and and or without brackets", "「多要素認証」に当たる、かつ「暗号化済み」に当たる、または「暗号化済み」に当たる", "is not understood"},
		{"a day that is not", "「期限」が2026年2月30日より前である", "no such day"},
		{"a number with a day", "「複製の数」が本日より前である", "must be compared"},
		{"nothing", "", "is wanted"},
		{"no end", "「複製の数」が3", "the comparison is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := rule.ReadSentence(s, c.text)
			if err == nil {
				t.Fatalf("taken as %s", rule.Cedar(e))
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q", err, c.want)
			}
		})
	}
}

func TestPolicy(t *testing.T) {
	s := ruletest.Schema()
	scope, _ := rule.Parse(s, `resource.status == "active"`)
	duty, _ := rule.Parse(s, `resource.mfa || resource.copies == 0`)
	got := rule.Policy(rule.PolicyID{ID: "R000", Clauses: []clause.ID{"bp.9.4"}, Basis: "S", Type: "Asset"}, scope, duty)
	want := "@id(\"R000\")\n@clause(\"bp.9.4\")\n@basis(\"S\")\nforbid (principal, action == Action::\"適合\", resource is Asset)\n" +
		"when { resource.status == \"active\" && !(resource.mfa || resource.copies == 0) };\n"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := cedar.NewPolicySetFromBytes("", []byte(got)); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	s := ruletest.Schema()
	r := rand.New(rand.NewPCG(1, 1))
	for range 40 {
		f.Add(rule.Cedar(ruletest.Expr(r, s, 3)))
	}
	f.Add(`resource["資産 の 番号"] == "\u{41}\"" // note`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := rule.Parse(s, text)
		if err != nil {
			return
		}
		back, err := rule.Parse(s, rule.Cedar(e))
		if err != nil || !rule.Equal(back, e) {
			t.Fatalf("%q is printed as %s, which is read as %v (%v)", text, rule.Cedar(e), back, err)
		}
		if _, err := rule.ReadSentence(s, rule.Sentence(s, e, msg.JA)); err != nil {
			t.Fatalf("%q: %s: %v", text, rule.Sentence(s, e, msg.JA), err)
		}
	})
}
