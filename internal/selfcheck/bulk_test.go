package selfcheck_test

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/db/dbtest"
	"okite/internal/fault"
	"okite/internal/org"
	"okite/internal/selfcheck"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// team adds people to the citizens' section.
func (o *office) team(codes ...string) {
	o.Helper()
	o.write(func(ctx context.Context, tx *db.Tx) error {
		for _, c := range codes {
			put(o, ctx, tx, "person", org.Person{Code: c, Name: "課員" + c, Unit: "U-0002", Employment: "regular", Joined: 10000})
		}
		return nil
	})
}

// answered hands in the sheet of somebody who holds no post.
func (o *office) answered(code, person, answers string) string {
	o.Helper()
	o.must(actor.Actor{Person: person, Way: actor.Page}, "selfcheck.submit", in(code+"."+person, "answers", answers))
	return code + "." + person
}

// together runs an act on several sheets as the page does: with what the checks find, and the hash of what was seen.
func (o *office) together(who actor.Actor, id string, campaign string, codes ...string) error {
	o.Helper()
	input := act.Input{"campaign": campaign, "unit": "U-0002", "responses": strings.Join(codes, " ")}
	if strings.HasPrefix(id, "selfcheck.confirm") {
		var list []selfcheck.Response
		for _, r := range all[selfcheck.Response](o, "response") {
			if slices.Contains(codes, r.Code) {
				list = append(list, r)
			}
		}
		input["seen"] = selfcheck.SeenHash(list)
	}
	_, err := o.gate.Run(selfcheck.WithFindings(actor.With(context.Background(), who), o.found), id, input, act.Options{Reason: "試験のため"})
	return err
}

// TestConfirmTogether: what leaves no doubt is confirmed in one act, nothing else is, and nobody confirms their own or
// that of whom they stand in for (bp.6, bp.11).
func TestConfirmTogether(t *testing.T) {
	each(t, func(o *office) {
		o.team("P-00021", "P-00022", "P-00023", "P-00024", "P-00025", "P-00026", "P-00027")
		o.contradict() // against the clerk
		code := begin(o)
		a, b := o.answered(code, "P-00021", filled("ST-1")), o.answered(code, "P-00022", filled("ST-1"))
		doubtful := map[string]string{
			o.answered(code, clerk.Person, filled("ST-1")):         "a check contradicts it",
			o.answered(code, "P-00023", "SI-1\t×\nSI-2\t○\t文書第1号"): "one is answered no",
			o.answered(code, "P-00024", "SI-1\t○\nSI-2\t－"):        "one is not applicable",
			o.answered(code, "P-00026", filled("ST-1")):            "it was sent back before",
			o.answered(code, "P-00027", filled("ST-1")) + " " + a:  "one of two",
			code + ".P-00025": "it was not handed in",
			a + " " + a:       "it is named twice",
			"":                "none is named",
			o.answered(code, other.Person, filled(o.response(other.Person).Sheet)): "it is of another section",
		}
		back := code + ".P-00026"
		o.must(manager, "selfcheck.decide", in(back, "decision", "return", "note", "文書が違います。"))
		o.answered(code, "P-00026", filled("ST-1"))
		o.found = append(o.found, o.found[0])
		o.found[1].People = []string{"P-00027"}
		for codes, why := range doubtful {
			if err := o.together(manager, "selfcheck.confirm", code, strings.Fields(codes)...); fault.As(err) == nil {
				o.Errorf("%s: %v, want a refusal", why, err)
			}
		}
		if n := len(o.confirmed()); n != 0 {
			o.Fatalf("%d are confirmed after refusals", n)
		}
		// without what the checks find, with another hash, by whom it is not for
		plain := act.Input{"campaign": code, "unit": "U-0002", "responses": a, "seen": selfcheck.SeenHash([]selfcheck.Response{o.response("P-00021")})}
		o.refused(fault.Conflict, manager, "selfcheck.confirm", plain)
		plain["seen"] = "0"
		o.refused(fault.Conflict, manager, "selfcheck.confirm", plain)
		for _, who := range []actor.Actor{clerk, other, head} {
			if err := o.together(who, "selfcheck.confirm", code, a); !fault.Is(err, fault.Denied) {
				o.Errorf("%s confirms: %v, want a denial", who.Name, err)
			}
		}
		o.must(deputy, "selfcheck.submit", in(code+"."+deputy.Person, "answers", filled("ST-1")))
		if err := o.together(deputy, "selfcheck.confirm", code, a, code+"."+deputy.Person); !fault.Is(err, fault.Denied) {
			o.Errorf("the deputy's own sheet among others: %v, want a denial", err)
		}
		o.must(manager, "selfcheck.submit", in(code+"."+manager.Person, "answers", filled("ST-2")))
		if err := o.together(stand, "selfcheck.confirm", code, code+"."+manager.Person); !fault.Is(err, fault.Denied) {
			o.Errorf("the sheet of whom they stand in for: %v, want a denial", err)
		}
		if err := o.together(manager, "selfcheck.confirm", code, a, b, code+"."+deputy.Person); err != nil {
			o.Fatal(err)
		}
		if got := o.confirmed(); !slices.Equal(got, []string{code + ".P-00004", a, b}) {
			o.Errorf("confirmed are %v", got)
		}
		if r := o.response("P-00021"); r.Confirmer != manager.Person || r.Confirmed != when.On(2026, 9, 1) {
			o.Errorf("confirmed is %+v", r)
		}
		if err := o.together(head, "selfcheck.confirm.bureau", code, code+"."+manager.Person); err != nil {
			o.Errorf("the bureau confirms the manager's: %v", err)
		}
		// a slip is taken back while the self-inspection is open, by whoever may confirm
		for _, who := range []actor.Actor{clerk, other} {
			if err := o.together(who, "selfcheck.undo", code, a); !fault.Is(err, fault.Denied) {
				o.Errorf("%s takes back: %v, want a denial", who.Name, err)
			}
		}
		if err := o.together(deputy, "selfcheck.undo", code, code+"."+deputy.Person); !fault.Is(err, fault.Denied) {
			o.Errorf("the deputy takes their own back: %v, want a denial", err)
		}
		if err := o.together(manager, "selfcheck.undo", code, back); !fault.Is(err, fault.Conflict) {
			o.Errorf("nothing to take back: %v", err)
		}
		if err := o.together(deputy, "selfcheck.undo", code, a, b); err != nil {
			o.Fatal(err)
		}
		if r := o.response("P-00021"); r.State != string(selfcheck.Submitted) || r.Confirmer != "" || r.Confirmed != 0 || r.Submitted != when.On(2026, 9, 1) {
			o.Errorf("taken back is %+v", r)
		}
		if err := o.together(manager, "selfcheck.confirm", code, a); err != nil {
			o.Fatal(err)
		}
		o.now = when.On(2026, 10, 1).Time()
		o.must(boss, "selfcheck.close", act.Input{"campaign": code})
		if err := o.together(manager, "selfcheck.undo", code, a); !fault.Is(err, fault.Conflict) {
			o.Errorf("taken back after the end: %v, want a conflict", err)
		}
		if err := o.together(manager, "selfcheck.confirm", code, b); err != nil {
			o.Errorf("what was handed in in time is confirmed afterwards: %v", err)
		}
	})
}

// confirmed are the sheets that were confirmed, in the order of their numbers.
func (o *office) confirmed() (out []string) {
	for _, r := range all[selfcheck.Response](o, "response") {
		if r.State == string(selfcheck.Done) {
			out = append(out, r.Code)
		}
	}
	slices.Sort(out)
	return out
}

// TestTogetherPages: the list says first what the checks contradict, and only what leaves no doubt can be ticked.
func TestTogetherPages(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.team("P-00021", "P-00022", "P-00023")
	o.contradict()
	code := begin(o)
	path := "/selfcheck/section/confirm?campaign=" + code + "&unit=U-0002"
	for _, who := range []actor.Actor{clerk, other, {}} {
		if a := o.site(who).Get(t, path); a.Status == 200 {
			t.Errorf("%q sees the page", who.Name)
		}
	}
	m := o.site(manager)
	if a := m.Get(t, path); a.Status != 200 || !strings.Contains(a.Body, "あなたの確認を待っている回答票はありません") {
		t.Errorf("nothing waits: status %d\n%s", a.Status, a.Body)
	}
	one, two := o.answered(code, "P-00021", filled("ST-1")), o.answered(code, "P-00022", "SI-1\t○\t\t棚も確かめた\nSI-2\t○\t文書第2号")
	o.answered(code, "P-00023", "SI-1\t×\nSI-2\t○\t文書第1号")
	o.must(clerk, "selfcheck.submit", in(code+"."+clerk.Person, "answers", filled("ST-1")))
	o.must(manager, "selfcheck.submit", in(code+"."+manager.Person, "answers", filled("ST-2")))
	page := m.Get(t, path).Body
	for _, words := range [][]string{{"検査の結果と食い違う「はい」2件", "受け取った記録がありません", "「いいえ」1件", "まとめて確認できる回答票", "棚も確かめた"}, {"あなた自身の回答票など1件"}} {
		at := 0
		for _, w := range words {
			i := strings.Index(page[at:], w)
			if i < 0 {
				t.Fatalf("%q is not on the page, or not after what stands before it:\n%s", w, page)
			}
			at += i
		}
	}
	var ticks []string
	for _, x := range regexp.MustCompile(`name="responses" value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		ticks = append(ticks, x[1])
	}
	if !slices.Equal(ticks, []string{one, two}) {
		t.Errorf("%v can be ticked, want %s and %s", ticks, one, two)
	}
	post := func(want int, f url.Values) string {
		t.Helper()
		f.Set("campaign", code)
		f.Set("unit", "U-0002")
		a := m.Post(t, path, f)
		if a.Status != want {
			t.Fatalf("%v: status %d, want %d\n%s", f, a.Status, want, a.Body)
		}
		return a.Body
	}
	post(422, url.Values{"do": {"preview"}})
	post(422, url.Values{"do": {"preview"}, "responses": {one, code + ".P-00005"}}) // a mismatch cannot be ticked
	post(422, url.Values{"do": {"no"}})
	preview := post(200, url.Values{"do": {"preview"}, "responses": {one}})
	if !strings.Contains(preview, "1件の回答を確認する") || strings.Contains(preview, "課員P-00022") {
		t.Errorf("the preview of one:\n%s", preview)
	}
	preview = post(200, url.Values{"do": {"all"}})
	if !strings.Contains(preview, "課員P-00021、課員P-00022") || !strings.Contains(preview, "まだ確認していません") || len(o.confirmed()) != 0 {
		t.Errorf("the preview of all:\n%s", preview)
	}
	seen := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`).FindStringSubmatch(preview)[1]
	post(409, url.Values{"do": {"confirm"}, "responses": {one}, "seen": {seen}})
	post(303, url.Values{"do": {"confirm"}, "responses": {one + " " + two}, "seen": {seen}})
	if got := o.confirmed(); !slices.Equal(got, []string{one, two}) {
		t.Errorf("confirmed are %v", got)
	}
	post(422, url.Values{"do": {"undo"}, "responses": {one}})
	post(422, url.Values{"do": {"undo"}, "reason": {"誤り"}})
	post(303, url.Values{"do": {"undo"}, "responses": {one}, "reason": {"選び間違えたため"}})
	view := "/selfcheck/responses/" + two
	if b := m.Get(t, view).Body; !strings.Contains(b, "確認の取消し") {
		t.Errorf("the sheet does not offer to take its confirmation back:\n%s", b)
	}
	if a := m.Post(t, view, url.Values{"do": {"undo"}, "reason": {"選び間違えたため"}}); a.Status != 303 {
		t.Errorf("taken back on the sheet: status %d\n%s", a.Status, a.Body)
	}
	if got := o.confirmed(); len(got) != 0 {
		t.Errorf("confirmed are %v after they were taken back", got)
	}
	b := webtest.NewBrowser(t)
	webtest.CheckPage(t, b, m, path, "selfcheck-together")
}
