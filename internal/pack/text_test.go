package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// places are the clauses of a basic policy: 序, 1 to 14, and the items below 2, 8 and 9.
func places() []string {
	var out []string
	items := map[int]int{2: 9, 8: 3, 9: 6}
	for n := range 15 {
		out = append(out, fmt.Sprintf("bp.%d", n))
		for i := range items[n] {
			out = append(out, fmt.Sprintf("bp.%d.%d", n, i+1))
		}
	}
	return out
}

func text(t *testing.T, layer string) string {
	t.Helper()
	b, err := Text("model", layer)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestModelBasicPolicyHasEveryClause(t *testing.T) {
	var got []string
	top := 0
	number, item := regexp.MustCompile(`^(\d+) \S`), regexp.MustCompile(`^\((\d+)\) \S`)
	for line := range strings.Lines(text(t, "basic")) {
		switch {
		case strings.HasPrefix(line, "序 "):
			got = append(got, "bp.0")
		case number.MatchString(line):
			top, _ = strconv.Atoi(number.FindStringSubmatch(line)[1])
			got = append(got, fmt.Sprintf("bp.%d", top))
		case item.MatchString(line):
			got = append(got, fmt.Sprintf("bp.%d.%s", top, item.FindStringSubmatch(line)[1]))
		}
	}
	if want := places(); !slices.Equal(got, want) {
		t.Errorf("clauses are\n%v, want\n%v", got, want)
	}
}

// articles are the articles of the model standard: heading and text by number, in order.
func articles(t *testing.T) (headings, bodies []string) {
	t.Helper()
	head := regexp.MustCompile(`^第(\d+)条 (.+)$`)
	for line := range strings.Lines(text(t, "standard")) {
		line = strings.TrimSuffix(line, "\n")
		if m := head.FindStringSubmatch(line); m != nil {
			if m[1] != strconv.Itoa(len(headings)+1) {
				t.Fatalf("article %s follows article %d", m[1], len(headings))
			}
			headings, bodies = append(headings, m[2]), append(bodies, "")
			continue
		}
		if len(bodies) > 0 {
			bodies[len(bodies)-1] += line + "\n"
		}
	}
	return headings, bodies
}

// TestEveryArticleRestsOnTheBasicPolicy: each names clauses of the basic policy that there are (bp.0), and each
// clause that asks for something is carried out by some article.
func TestEveryArticleRestsOnTheBasicPolicy(t *testing.T) {
	there := places()
	used := map[string]bool{}
	ref := regexp.MustCompile(`基本方針(\d+)(?:\((\d+)\))?`)
	headings, _ := articles(t)
	for i, h := range headings {
		m := ref.FindAllStringSubmatch(h, -1)
		if len(m) == 0 || !strings.HasSuffix(h, "）") {
			t.Errorf("article %d names no clause: %s", i+1, h)
		}
		for _, r := range m {
			id := "bp." + r[1]
			if r[2] != "" {
				id += "." + r[2]
			}
			if !slices.Contains(there, id) {
				t.Errorf("article %d rests on %s, which does not exist", i+1, id)
			}
			used[id] = true
		}
	}
	for _, id := range []string{"bp.3", "bp.4", "bp.5", "bp.6", "bp.7", "bp.9.1", "bp.9.2", "bp.9.3", "bp.9.4", "bp.9.5", "bp.9.6", "bp.10", "bp.11", "bp.12", "bp.13", "bp.14"} {
		if !used[id] {
			t.Errorf("no article carries out %s", id)
		}
	}
}

// TestStandardSaysTheParameters: the values the standard writes out are the defaults of the parameters.
func TestStandardSaysTheParameters(t *testing.T) {
	p, err := Load("model")
	if err != nil {
		t.Fatal(err)
	}
	_, bodies := articles(t)
	for _, c := range []struct {
		article    int
		code, says string
	}{
		{6, "N.handover", "%d開庁日以内"}, {6, "N.reorg", "%d開庁日以内"}, {8, "N.auditcool", "%d年を経過しない"}, {9, "N.committee", "%d回以上"},
		{10, "N.contacttest", "%d日以内"}, {11, "N.contacttest", "%d日以内"}, {11, "N.triage", "%d開庁日以内"}, {13, "N.inventory", "%d日以内"},
		{14, "N.classify", "%d開庁日以内"}, {20, "N.remap", "%d日以内"}, {22, "N.zonecheck", "%d時間以内"}, {23, "N.flowterm", "%d年以内"},
		{23, "N.unused", "%d日以上"}, {24, "N.unlock", "%d時間以内"}, {24, "N.relock", "%d分以内"}, {24, "N.permitmax", "%d開庁日以内"},
		{25, "N.posture", "%d時間以内"}, {28, "N.logreview", "翌月%d日まで"}, {30, "N.mediacountmn", "%d日以内ごと"}, {30, "N.mediacount", "%dか月以内ごと"},
		{31, "N.erase", "%d時間以内"}, {32, "N.cert", "%d日以内"}, {33, "N.pledge", "%d日以内"}, {34, "N.ack", "%d日以内"}, {35, "N.transfer", "%d開庁日以内"},
		{36, "N.newhire", "%d日以内"}, {36, "N.rolecourse", "%d日以内"}, {36, "N.maildrill", "%d回以上"}, {37, "N.report", "%d分以内"}, {38, "N.revoke", "%d時間以内"},
		{40, "N.logkeep", "%d年以上"}, {40, "N.logkeepmn", "%d年以上"}, {43, "N.avdef", "%d時間以内"}, {43, "N.patch", "%d日以内"}, {46, "N.clock", "%d秒以内"},
		{47, "N.escalate", "%d日以内"}, {48, "N.exception", "%d年以内"}, {48, "N.emergency", "%d開庁日以内"}, {48, "N.exceptionreview", "%dか月以内"}, {48, "N.renew", "%d回を超えて"},
		{50, "N.ppcfirst", "%d日以内に速報"}, {50, "N.ppcfinal", "%d日以内に確報"}, {50, "N.ppcwrong", "%d日以内とする"}, {50, "N.prevention", "%d日以内に定め"},
		{52, "N.mend", "%d日以内"}, {55, "N.contractcheck", "%d年以内"}, {55, "N.contractorreport", "%d時間以内"}, {56, "N.contractend", "%d日以内"},
		{58, "N.terms", "%d日以内"}, {58, "N.inactive", "%d日以上"}, {59, "N.snsidle", "%d日以上"}, {60, "N.auditcycle", "%d年以内"}, {60, "N.auditkeep", "%d年以上"},
		{61, "N.sample", "%dパーセント以上"}, {62, "N.cascade", "%d日以内"}, {63, "N.trigger", "%d日以内"}, {64, "N.publishpolicy", "%d日以内"}, {64, "N.auditpublish", "%d日以内"},
	} {
		i := slices.IndexFunc(p.Parameters, func(n Parameter) bool { return n.Code == c.code })
		if i < 0 || p.Parameters[i].Value == nil {
			t.Errorf("no number %s", c.code)
			continue
		}
		if want := fmt.Sprintf(c.says, *p.Parameters[i].Value); !strings.Contains(bodies[c.article-1], want) {
			t.Errorf("article %d does not say %s, the value of %s", c.article, want, c.code)
		}
	}
	for code, want := range map[string]struct {
		article int
		text    string
	}{"N.stocktake": {17, "7月31日"}, "N.plan": {36, "6月30日"}} {
		i := slices.IndexFunc(p.Parameters, func(n Parameter) bool { return n.Code == code })
		var month, day int
		if _, err := fmt.Sscanf(p.Parameters[i].Text, "%02d-%02d", &month, &day); err != nil || fmt.Sprintf("%d月%d日", month, day) != want.text {
			t.Errorf("%s is %q, the standard says %s", code, p.Parameters[i].Text, want.text)
		}
		if !strings.Contains(bodies[want.article-1], want.text) {
			t.Errorf("article %d does not say %s", want.article, want.text)
		}
	}
}

func TestGlossesCoverTheirTexts(t *testing.T) {
	for _, code := range []string{"model", "seed"} {
		g, err := Gloss(code, "basic")
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range places() {
			if g[id].Title == "" || g[id].Text == "" {
				t.Errorf("pack %s: no English for %s", code, id)
			}
		}
		if len(g) != len(places()) {
			t.Errorf("pack %s: gloss has %d clauses, want %d", code, len(g), len(places()))
		}
	}
	g, err := Gloss("model", "standard")
	if err != nil {
		t.Fatal(err)
	}
	headings, _ := articles(t)
	if len(g) != len(headings) {
		t.Errorf("gloss of the standard has %d titles, want %d", len(g), len(headings))
	}
	for i := range headings {
		if g[fmt.Sprintf("st.%d", i+1)].Title == "" {
			t.Errorf("no English title for article %d", i+1)
		}
	}
}

func TestTextIsThatOfThePackOrTheOneItExtends(t *testing.T) {
	if got, err := Text("three-step", "basic"); err != nil || string(got) != text(t, "basic") {
		t.Errorf("three-step does not take over the model basic policy: %v", err)
	}
	if _, err := Text("seed", "basic"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the seed pack has a text of its own, or lends another: %v", err)
	}
	if _, err := Text("model", "procedure"); err == nil || !strings.Contains(err.Error(), `no layer "procedure"`) {
		t.Errorf("a layer that does not exist gives %v", err)
	}
	if _, err := Text("nowhere", "basic"); err == nil {
		t.Error("a pack that does not exist gives a text")
	}
}

func TestBrokenGlossesAreRefused(t *testing.T) {
	for _, c := range []struct{ name, gloss, want string }{
		{"not JSON", `{`, "unexpected end"},
		{"no clause id", `{"x.1":{"title":"X"}}`, `clause id "x.1"`},
		{"the other layer", `{"st.1":{"title":"X"}}`, "another layer"},
		{"no title", `{"bp.1":{"text":"X"}}`, "no title"},
	} {
		_, err := gloss(fstest.MapFS{"p/pack.json": {Data: []byte(`{"code":"p"}`)}, "p/basic.en.json": {Data: []byte(c.gloss)}}, "p", "basic")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a sentence with %q", c.name, err, c.want)
		}
	}
	if g, err := gloss(fstest.MapFS{"p/pack.json": {Data: []byte(`{"code":"p"}`)}}, "p", "basic"); g != nil || err != nil {
		t.Errorf("a pack without texts has gloss %v, %v", g, err)
	}
}
