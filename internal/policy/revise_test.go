package policy_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
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
	"okite/internal/policy"
	"okite/internal/register"
	"okite/internal/web/webtest"
)

// words reads a clause of a version as it stands.
func (o *office) words(version, id string) policy.Clause {
	o.Helper()
	var c policy.Clause
	err := o.store.Read(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		d := o.c.Must("clause")
		rec, ok, err := o.c.One(ctx, tx, d, version+"-"+id)
		if ok {
			c = register.Decode[policy.Clause](d, rec.Row)
		}
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return c
}

func TestRevise(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		first := o.bring(chief, "b.txt", townBasic, "")
		was := o.words("B1", "bp.2.1")
		with := func(pairs ...string) act.Input {
			in := act.Input{"version": "B1", "id": "bp.2.1", "hash": was.Hash, "title": was.Name, "text": "職員等が学ぶ場を設けるよう努める。"}
			for i := 0; i < len(pairs); i += 2 {
				in[pairs[i]] = pairs[i+1]
			}
			return in
		}
		o.refused(fault.Denied, clerk, "revise", with())
		o.refused(fault.Denied, both, "revise", with()) // not the applicant
		o.refused(fault.NotFound, chief, "revise", with("version", "B9"))
		o.refused(fault.NotFound, chief, "revise", with("id", "bp.7"))
		o.refused(fault.Conflict, chief, "revise", with("hash", "0"))
		o.refused(fault.Invalid, chief, "revise", with("text", was.Text))
		o.refused(fault.Invalid, chief, "revise", with("text", "", "title", " "))
		o.refused(fault.Invalid, chief, "revise", with("text", "学ぶ場を設けるものとする。"))                  // binds otherwise
		o.refused(fault.Invalid, chief, "revise", with("text", was.Text+"\n(2) 別の条項として読まれる。"))    // would be another clause
		o.refused(fault.Invalid, chief, "revise", with("text", "番号 1234 5678 9018 を学ぶよう努める。"))    // a resident's number
		o.refused(fault.Invalid, chief, "revise", with("text", strings.Repeat("学ぶよう努める。", 3000))) // too long
		if _, err := o.gate.Run(actor.With(context.Background(), chief), "policy.revise", with(), act.Options{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if got := o.words("B1", "bp.2.1"); got.Text != was.Text {
			t.Fatalf("a refused revision was written: %q", got.Text)
		}

		o.must(chief, "revise", with("text", "職員等が学ぶ場を\r\n設けるよう努める。 \r\n"))
		got := o.words("B1", "bp.2.1")
		if got.Text != "職員等が学ぶ場を\n設けるよう努める。" || got.Name != was.Name || got.Hash == was.Hash || fmt.Sprint(got.Modal) != "[努める]" {
			t.Errorf("revised: %+v", got)
		}
		var md bytes.Buffer
		if err := o.s.Export(context.Background(), &md, "B1", "markdown"); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(md.Bytes())
		if v := o.version("B1"); v.SHA256 != hex.EncodeToString(sum[:]) || v.SHA256 == first.Document.SHA256 {
			t.Errorf("the hash of the version is %s, that of its Markdown %x", v.SHA256, sum)
		}
		o.refused(fault.Conflict, chief, "revise", with("text", "古い画面から学ぶよう努める。")) // stale
		o.must(chief, "revise", with("hash", got.Hash, "text", "学ばなければならない。", "binding", "true"))
		if got := o.words("B1", "bp.2.1"); fmt.Sprint(got.Modal) != "[なければならない]" {
			t.Errorf("modal words %v", got.Modal)
		}

		// once handed in it stands; sent back it can be revised again, and what was decided of it is void
		o.must(chief, "submit", act.Input{"version": "B1"})
		now := o.words("B1", "bp.2.1").Hash
		o.refused(fault.Conflict, chief, "revise", with("hash", now))
		o.must(committee, "committee", act.Input{"version": "B1", "date": "2026-11-20"})
		o.refused(fault.Conflict, chief, "revise", with("hash", now))
		o.must(ciso, "return_approval", act.Input{"version": "B1"})
		o.must(chief, "revise", with("hash", now, "binding", "true"))
		o.must(chief, "submit", act.Input{"version": "B1"})
		o.refused(fault.Conflict, ciso, "ciso", act.Input{"version": "B1", "date": "2026-11-20"})
		o.must(committee, "committee", act.Input{"version": "B1", "date": "2026-11-20"})
		o.must(chief, "withdraw", act.Input{"version": "B1"})
		o.refused(fault.Conflict, chief, "revise", with("hash", o.words("B1", "bp.2.1").Hash))
		o.verify()
	})
}

// TestReviseInForce: what is decided is not rewritten.
func TestReviseInForce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := open(t, store)
		o.bring(actor.Operator(), "b.txt", townBasic, "")
		o.must(actor.Operator(), "settle", act.Input{"version": "B1", "from": "2026-04-01"})
		c := o.words("B1", "bp.1")
		for _, a := range []actor.Actor{chief, actor.Operator()} {
			o.refused(fault.Conflict, a, "revise", act.Input{"version": "B1", "id": "bp.1", "hash": c.Hash, "text": "情報を守り、伝える。"})
		}
		if got := o.words("B1", "bp.1"); got.Text != c.Text {
			t.Errorf("rewritten: %q", got.Text)
		}
		o.verify()
	})
}

// TestReviseFromElsewhere: whoever revises a draft that nobody handed in becomes its applicant.
func TestReviseFromElsewhere(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.bring(actor.Operator(), "b.txt", townBasic, "")
	c := o.words("B1", "bp.1")
	o.must(chief, "revise", act.Input{"version": "B1", "id": "bp.1", "hash": c.Hash, "text": "情報を守り、伝える。"})
	if got := o.words("B1", "bp.1"); got.Name != "目的" || got.Text != "情報を守り、伝える。" {
		t.Errorf("a heading that was not given: %+v", got)
	}
	o.refused(fault.Denied, both, "revise", act.Input{"version": "B1", "id": "bp.1", "hash": o.words("B1", "bp.1").Hash, "text": "情報を守る。"})
	o.refused(fault.Denied, both, "submit", act.Input{"version": "B1"})
	o.must(chief, "submit", act.Input{"version": "B1"})
	o.verify()
}

// TestReviseRests: a clause of the standard rests on what its new heading names, and so does what stands below it.
func TestReviseRests(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.bring(chief, "s.txt", townStandard, "")
	c := o.words("S1", "st.1")
	o.must(chief, "revise", act.Input{"version": "S1", "id": "st.1", "hash": c.Hash, "title": "研修（基本方針2(2)）"})
	for id, want := range map[string]string{"st.1": "[bp.2.2]", "st.1.1": "[bp.2.2]", "st.1.2.2": "[bp.2.2]", "st.2": "[bp.2.2]"} {
		if got := fmt.Sprint(o.words("S1", id).Parents); got != want {
			t.Errorf("%s rests on %s, want %s", id, got, want)
		}
	}
	o.verify()
}

func TestRevisePages(t *testing.T) {
	o, s := site(t, chief)
	for _, path := range []string{"/policy/B2", "/policy/B2/decision"} {
		if !strings.Contains(s.Get(t, path).Body, `href="/policy/B2/revise"`) {
			t.Errorf("%s does not lead to the revision", path)
		}
	}
	if strings.Contains(s.Get(t, "/policy/B1").Body, "/revise") {
		t.Error("a version in force is offered for revision")
	}
	for path, want := range map[string]int{"/policy/B1/revise": 409, "/policy/B1/revise/bp.1": 409, "/policy/B9/revise": 404, "/policy/B2/revise/bp.99": 404} {
		if a := s.Get(t, path); a.Status != want {
			t.Errorf("%s: status %d, want %d", path, a.Status, want)
		}
	}
	if a := s.Get(t, "/policy/B2/revise"); !strings.Contains(a.Body, `href="/policy/B2/revise/bp.9.4"`) || !strings.Contains(a.Body, "変更") {
		t.Error("the list of clauses lacks a link or the difference")
	}
	const path = "/policy/B2/revise/bp.9.4"
	page := s.Get(t, path).Body
	hash := regexp.MustCompile(`name="hash" value="([0-9a-f]+)"`).FindStringSubmatch(page)
	if hash == nil || !strings.Contains(page, "R160") && !strings.Contains(page, "端末の持ち出し制限") {
		t.Fatalf("the page of a clause lacks its hash or what hangs on it")
	}
	was := o.words("B2", "bp.9.4")
	form := url.Values{"hash": {hash[1]}, "title": {was.Name}, "text": {was.Text + "<b>印</b>を付ける。"}, "reason": {"見直し"}}
	look := maps.Clone(form)
	look.Set("look", "1")
	if a := s.Post(t, path, look); a.Status != 200 || !strings.Contains(a.Body, "<ins>") || !strings.Contains(a.Body, "今の案との違い") || strings.Contains(a.Body, "<b>印") {
		t.Errorf("the difference of what was typed: %d", a.Status)
	}
	if got := o.words("B2", "bp.9.4"); got.Text != was.Text {
		t.Error("looking has written")
	}
	none := maps.Clone(form)
	none.Del("reason")
	if a := s.Post(t, path, none); a.Status != 422 || !strings.Contains(a.Body, "理由を入力してください") || !strings.Contains(a.Body, "印&lt;/b&gt;を付ける") {
		t.Errorf("without a reason: %d", a.Status)
	}
	binds := maps.Clone(form)
	binds.Set("text", was.Text+"記録を残すよう努める。")
	if a := s.Post(t, path, binds); a.Status != 422 || !strings.Contains(a.Body, `name="binding"`) {
		t.Errorf("binds otherwise: %d", a.Status)
	}
	if a := s.Post(t, path, form); a.Status != 303 || a.Header.Get("Location") != "/policy/B2/revise" {
		t.Fatalf("revise: %d %s", a.Status, a.Body)
	}
	stale := maps.Clone(form)
	stale.Set("text", was.Text+"古い画面から書く。")
	a := s.Post(t, path, stale)
	if a.Status != 409 || !strings.Contains(a.Body, "古い画面から書く。") || !strings.Contains(a.Body, "今の案との違い") {
		t.Errorf("stale: %d", a.Status)
	}
	if got := o.words("B2", "bp.9.4"); !strings.HasSuffix(got.Text, "<b>印</b>を付ける。") {
		t.Errorf("a stale form has written: %q", got.Text)
	}
	o.verify()
	_, other := site(t, both)
	for _, path := range []string{"/policy/B2/revise", path} {
		if a := other.Get(t, path); a.Status != 403 {
			t.Errorf("%s for another than the applicant: %d", path, a.Status)
		}
	}
}

// TestAffected: a change of a clause touches what is bound to it, to the place above as a whole, and to places below;
// not what is bound to its neighbours.
func TestAffected(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.bring(actor.Operator(), "b.txt", townBasic, "")
	o.must(actor.Operator(), "settle", act.Input{"version": "B1", "from": "2026-04-01"})
	o.bring(actor.Operator(), "s.txt", townStandard, "")
	o.must(actor.Operator(), "settle", act.Input{"version": "S1", "from": "2026-04-01"})
	o.write(func(ctx context.Context, tx *db.Tx) error {
		put(o, ctx, tx, "procedure", policy.Procedure{Code: "PR-1", Name: "対策の手順", Kind: "procedure", Unit: "U-1", Parents: []string{"bp.2"}})
		return nil
	})
	next := strings.Replace(townBasic, "次の対策を講ずる", "次に掲げる対策を講ずる", 1)
	next = strings.Replace(next, "学ぶ場を設ける", "毎年学ぶ場を設ける", 1)
	o.bring(chief, "b.txt", next, "")
	d, err := o.s.Diff(context.Background(), "B1", "B2")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, c := range d.Clauses {
		for _, b := range c.Below {
			got[c.ID] = append(got[c.ID], fmt.Sprintf("%s %s@%s", b.Kind, b.ID, b.Clause))
		}
	}
	want := map[string][]string{"bp.2": {"procedure PR-1@", "standard st.1@bp.2.1", "standard st.2@bp.2.2"}, "bp.2.1": {"standard st.1@", "procedure PR-1@bp.2"}}
	if !maps.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("touched\n got %v\nwant %v", got, want)
	}
}

func TestReviseInBrowser(t *testing.T) {
	b := webtest.NewBrowser(t)
	o, s := site(t, chief)
	c := o.words("B2", "bp.9.4")
	o.must(chief, "revise", act.Input{"version": "B2", "id": "bp.9.4", "hash": c.Hash, "text": c.Text + "持ち出した記録は、台帳に残す。"})
	for name, p := range map[string]string{"policy-revise": "/policy/B2/revise", "policy-revise-clause": "/policy/B2/revise/bp.9.4"} {
		webtest.CheckPage(t, b, s, p, name)
	}
}
