package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// feedEvents bounds a calendar: the address is open to whoever knows it, so it must stay cheap.
const feedEvents = 300

// calendar writes deadlines as an iCalendar stream (RFC 5545). Each is a whole day in Japan. What has no deadline is
// left out; shown says how an item stands in it.
func calendar(city string, items []inbox.Item, shown func(inbox.Item) inbox.Item, lang msg.Lang, base string, now time.Time) string {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	stamp := now.UTC().Format("20060102T150405Z")
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Okite//Okite//JA")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escape(msg.F("掟 Okite（%s）", "Okite (%s)", city).In(lang)))
	line("X-WR-TIMEZONE", "Asia/Tokyo")
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT6H")
	line("X-PUBLISHED-TTL", "PT6H")
	for _, l := range []string{"BEGIN:VTIMEZONE", "TZID:Asia/Tokyo", "BEGIN:STANDARD", "DTSTART:19510101T000000", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900", "TZNAME:JST", "END:STANDARD", "END:VTIMEZONE"} {
		fold(&b, l)
	}
	told := map[string]bool{}
	for _, i := range items {
		id := uid(city, i)
		if i.Due == 0 || told[id] { // several sources may tell the same
			continue
		}
		if told[id] = true; len(told) > feedEvents {
			break
		}
		i = shown(i)
		title := i.Title.In(lang)
		if i.SubjectName != "" && !strings.Contains(title, i.SubjectName) {
			title += msg.T("（", " (").In(lang) + i.SubjectName + msg.T("）", ")").In(lang)
		}
		line("BEGIN", "VEVENT")
		line("UID", id)
		line("DTSTAMP", stamp)
		line("DTSTART;VALUE=DATE", compact(i.Due))
		line("DTEND;VALUE=DATE", compact(i.Due.AddDays(1)))
		line("SUMMARY", escape(msg.F("期限：%s", "Due: %s", msg.Same(title)).In(lang)))
		if !i.Why.IsZero() {
			line("DESCRIPTION", escape(i.Why.In(lang)))
		}
		if base != "" {
			line("URL", base+i.Href)
		}
		line("CLASS", "PRIVATE")
		line("TRANSP", "TRANSPARENT")
		line("BEGIN", "VALARM")
		line("ACTION", "DISPLAY")
		line("DESCRIPTION", escape(title))
		line("TRIGGER;VALUE=DATE-TIME", alarmAt(i.Due).Format("20060102T150405Z"))
		line("END", "VALARM")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.String()
}

// discreet is an item as it may stand where nobody signs in (bp.9.3): what somebody owes for themselves as it is, of all
// else no reason, and of records that name people only what kind of work it is and a page that asks who one is.
func (s *Service) discreet(i inbox.Item) inbox.Item {
	if i.As == inbox.AsSelf {
		return i
	}
	i.Why = msg.Text{}
	if !s.ofPeople(i.Subject.Register) {
		return i
	}
	i.SubjectName, i.Href = "", "/inbox"
	if i.Group == "" { // a group is named by its check, which names nobody
		i.Title = s.c.Kind(i.Kind)
	}
	return i
}

// ofPeople says whether the records of a register name people.
func (s *Service) ofPeople(name string) bool {
	d, ok := s.c.Catalog.Get(name)
	return ok && (d.Name == "person" || slices.ContainsFunc(d.Fields, func(f register.Field) bool { return f.Refers == "person" || f.Personal }))
}

// alarmAt is nine in the morning of the day in Japan, in UTC as alarms want it.
func alarmAt(d when.Date) time.Time { return d.Time().Add(9 * time.Hour).UTC() }

func compact(d when.Date) string { return strings.ReplaceAll(d.String(), "-", "") }

// uid names a deadline for ever, so that a calendar moves it and does not double it.
func uid(city string, i inbox.Item) string {
	sum := sha256.Sum256([]byte(city + "\n" + i.Kind + "\n" + i.Group + "\n" + i.Subject.String() + "\n" + i.Href))
	return hex.EncodeToString(sum[:12]) + "@okite"
}

// escape writes text as RFC 5545 wants it (3.3.11).
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// fold writes a line in pieces of at most 75 octets and never cuts a character (3.1).
func fold(b *strings.Builder, s string) {
	room := 75
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], 74 // the blank counts
	}
	b.WriteString(s + "\r\n")
}
