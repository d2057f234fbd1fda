package digest

import (
	"strings"
	"testing"
	"time"

	"okite/internal/digest/icaltest"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/when"
)

// hard are texts that go wrong where escapes, folds or characters are handled without care.
var hard = []string{
	`逆斜線 \ と \n、コンマ,セミコロン;改行` + "\n" + `二行目`, "長い題名：" + strings.Repeat("情報資産の棚卸しを確認する、", 40), strings.Repeat("𠮷野家﨑", 30), "a" + strings.Repeat("あ", 23) + "b", "絵文字👨‍👩‍👧‍👦と結合文字が", "制御\x00文字\x1b\x7f", "引用符\"と:コロン", `\\;,`, strings.Repeat("x", 200), "終わりに逆斜線\\",
}

func asItIs(i inbox.Item) inbox.Item { return i }

// TestCalendarIsRFC5545: whatever a title holds, a strict reader understands the stream and reads the same title (bp.5).
func TestCalendarIsRFC5545(t *testing.T) {
	day := when.On(2026, 11, 25)
	now := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)
	for pad := range 80 { // every place of a fold
		var items []inbox.Item
		for k, s := range hard {
			items = append(items, inbox.Item{Kind: "notice", Title: msg.Same(strings.Repeat("p", pad) + s), Why: msg.Same(s), Href: "/notices/N-1", Subject: ref.New("notice", string(rune('A'+k))), Due: day.AddDays(k)})
		}
		items = append(items, inbox.Item{Kind: "notice", Title: msg.Same("期限なし"), Href: "/notices/N-2"}, items[0]) // what two sources tell is one event
		c, err := icaltest.Parse(calendar("試験,市;", items, asItIs, msg.JA, "https://okite.city.example.jp", now))
		if err != nil {
			t.Fatalf("with %d before: %v", pad, err)
		}
		if len(c.Events) != len(hard) || c.Method != "PUBLISH" {
			t.Fatalf("%d events, want %d", len(c.Events), len(hard))
		}
		for k, e := range c.Events {
			want := strings.NewReplacer("\x00", "", "\x1b", "", "\x7f", "").Replace(hard[k])
			if e.Summary != "期限："+strings.Repeat("p", pad)+want || e.Description != want {
				t.Errorf("summary %q, description %q; want %q", e.Summary, e.Description, want)
			}
			if e.Stamp != "20261124T233000Z" || e.Start != compact(day.AddDays(k)) || e.End != compact(day.AddDays(k+1)) || e.Class != "PRIVATE" || e.URL != "https://okite.city.example.jp/notices/N-1" {
				t.Errorf("%+v", e)
			}
			if len(e.Alarms) != 1 || e.Alarms[0] != compact(day.AddDays(k))+"T000000Z" { // nine in Japan
				t.Errorf("alarms %v", e.Alarms)
			}
		}
	}
}

// TestCalendarNames: a deadline keeps its name when it moves or its words change, and two never share one.
func TestCalendarNames(t *testing.T) {
	i := inbox.Item{Kind: "finding", Title: msg.Same("一"), Href: "/checks/R003/person:P-1", Subject: ref.New("person", "P-1"), Group: "R003", Due: when.On(2026, 11, 25)}
	moved := i
	moved.Due, moved.Title, moved.Why = moved.Due.AddDays(7), msg.Same("二"), msg.Same("三")
	if uid("試験市", i) != uid("試験市", moved) {
		t.Error("a deadline that moved has another name")
	}
	for what, change := range map[string]func(x *inbox.Item){"kind": func(x *inbox.Item) { x.Kind = "raised" }, "check": func(x *inbox.Item) { x.Group = "R004" }, "subject": func(x *inbox.Item) { x.Subject.Key = "P-2" }, "page": func(x *inbox.Item) { x.Href += "2" }} {
		x := i
		if change(&x); uid("試験市", i) == uid("試験市", x) {
			t.Errorf("another %s has the same name", what)
		}
	}
	if uid("試験市", i) == uid("他市", i) {
		t.Error("two cities share a name")
	}
}

// TestParserIsStrict: the reader of the tests refuses what calendar programs refuse, so that the tests above can fail.
func TestParserIsStrict(t *testing.T) {
	good := calendar("試験市", []inbox.Item{{Kind: "plan", Title: msg.Same("点検, 確認"), Href: "/plan/1", Due: when.On(2026, 11, 25)}}, asItIs, msg.JA, "https://x", time.Unix(0, 0))
	if _, err := icaltest.Parse(good); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string][2]string{"bare line ends": {"\r\n", "\n"}, "an unescaped comma": {`\,`, ","}, "an unknown escape": {`\,`, `\x`}, "no UID": {"UID:", "X-UID:"}, "no DTSTAMP": {"DTSTAMP:", "X-S:"}, "a time for a day": {"DTSTART;VALUE=DATE:20261125", "DTSTART:20261125"},
		"a long line": {"SUMMARY:", "SUMMARY:" + strings.Repeat("a", 80)}, "an open component": {"END:VEVENT\r\n", ""}, "no version": {"VERSION:2.0\r\n", ""}, "a control character": {"SUMMARY:", "SUMMARY:\x01"}, "an alarm without words": {"ACTION:DISPLAY\r\nDESCRIPTION", "ACTION:DISPLAY\r\nX-D"}} {
		bad := strings.ReplaceAll(good, spoil[0], spoil[1])
		if bad == good {
			t.Fatalf("%s: nothing was spoiled", what)
		}
		if _, err := icaltest.Parse(bad); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
}
