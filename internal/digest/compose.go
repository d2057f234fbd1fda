package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"okite/internal/digest/mail"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

const (
	mailLines    = 30 // things told one by one in a mail
	sectionLines = 10 // of the section
)

var weekdays = [7]msg.Text{msg.T("日", "Sun"), msg.T("月", "Mon"), msg.T("火", "Tue"), msg.T("水", "Wed"), msg.T("木", "Thu"), msg.T("金", "Fri"), msg.T("土", "Sat")}

func dayText(d when.Date) msg.Text {
	return msg.F("%s（%s）", "%s (%s)", msg.Text{JA: fmt.Sprintf("%d月%d日", d.Month(), d.Day()), EN: d.String()}, weekdays[d.Weekday()])
}

// name makes the name of a message out of what it is: written twice, it is the same.
func name(kind string, parts ...string) string {
	sum := sha256.Sum256([]byte(kind + "\n" + strings.Join(parts, "\n")))
	return kind + "." + hex.EncodeToString(sum[:16])
}

// subject says how much there is, the most urgent first.
func subject(b *Bundle, day when.Date) msg.Text {
	late, today := b.late(day), 0
	for _, i := range b.Items {
		if i.Due == day {
			today += max(i.Count, 1)
		}
	}
	var parts []msg.Text
	if late > 0 {
		parts = append(parts, msg.F("期限超過%s件", "%s overdue", web.Number(late)))
	}
	if today > 0 {
		parts = append(parts, msg.F("今日まで%s件", "%s due today", web.Number(today)))
	}
	if rest := b.Total - late - today; rest > 0 {
		word := msg.F("作業%s件", "%s to do", web.Number(rest))
		if len(parts) > 0 {
			word = msg.F("ほか%s件", "%s more", web.Number(rest))
		}
		parts = append(parts, word)
	}
	if b.SectionTotal > 0 {
		parts = append(parts, msg.F("課の分%s件", "%s in your section", web.Number(b.SectionTotal)))
	}
	all := parts[0]
	for _, p := range parts[1:] {
		all = msg.F("%s、%s", "%s, %s", all, p)
	}
	return msg.F("【掟】%sのお知らせ：%s", "[Okite] %s: %s", dayText(day), all)
}

// letter is the digest of one person as a mail.
func (s *Service) letter(p person, b *Bundle, day when.Date, lang msg.Lang, base string) mail.Message {
	var w strings.Builder
	say := func(t msg.Text) { w.WriteString(t.In(lang) + "\n") }
	if lang == msg.EN {
		w.WriteString(p.name + "\n\n")
	} else {
		w.WriteString(p.name + " 様\n\n")
	}
	if b.Total > 0 {
		say(msg.F("%s現在、あなたに届いている作業は%s件です。", "As of %s you have %s things to do.", dayText(day), web.Number(b.Total)))
		s.groups(&w, b.Items, b.Total, mailLines, day, lang, base)
	}
	if b.SectionTotal > 0 {
		w.WriteString("\n")
		say(msg.F("課の職員等の作業は%s件です。", "The people of your section have %s things to do.", web.Number(b.SectionTotal)))
		s.groups(&w, b.Section, b.SectionTotal, sectionLines, day, lang, base)
	}
	w.WriteString("\n--\n")
	say(msg.F("すべて見る：%s", "See all: %s", base+"/inbox"))
	say(msg.F("%sの情報セキュリティの作業について、掟 Okite が開庁日に1日1通だけ送っています。このアドレスには返信できません。",
		"Sent by Okite on open days, once a day, about the information security work of %s. Please do not reply.", s.c.City))
	return mail.Message{ID: name("digest", s.c.City, p.code, day.String()), Kind: "digest", Person: p.code, To: p.address, Subject: subject(b, day).In(lang), Body: w.String()}
}

// groups writes things by when they are due, at most so many lines.
func (s *Service) groups(w *strings.Builder, items []inbox.Item, total, most int, day when.Date, lang msg.Lang, base string) {
	told, room := 0, most
	for _, g := range inbox.Groups(items, day) {
		if room == 0 {
			break
		}
		fmt.Fprintf(w, "\n%s\n", msg.F("■ %s（%s件）", "* %s (%s)", g.Title, web.Number(g.Count)).In(lang))
		for _, l := range g.Lines[:min(len(g.Lines), room)] {
			room--
			told += l.N
			s.line(w, l, day, lang, base)
		}
	}
	if rest := total - told; rest > 0 {
		fmt.Fprintf(w, "\n%s\n", msg.F("ほかに%s件あります。", "There are %s more.", web.Number(rest)).In(lang))
	}
}

func (s *Service) line(w *strings.Builder, l inbox.Line, day when.Date, lang msg.Lang, base string) {
	w.WriteString(msg.T("・", "- ").In(lang) + l.Text.In(lang))
	if left, _ := inbox.Left(s.c.Calendar, l.Due, day); !left.IsZero() {
		w.WriteString(msg.F("［%s］", " [%s]", left).In(lang))
	}
	w.WriteString("\n")
	note := ""
	switch {
	case len(l.Names) > 3:
		note = strings.Join(l.Names[:3], msg.T("、", ", ").In(lang)) + msg.F("、ほか%s件", " and %s more", web.Number(l.N-3)).In(lang)
	case len(l.Names) > 0:
		note = strings.Join(l.Names, msg.T("、", ", ").In(lang))
	case l.SubjectName != "" && !strings.Contains(l.Text.In(lang), l.SubjectName):
		note = l.SubjectName
	}
	if as := standing(l.Item).In(lang); as != "" {
		if note != "" {
			note += msg.T("／", "; ").In(lang)
		}
		note += as
	}
	if note != "" {
		w.WriteString("  " + note + "\n")
	}
	w.WriteString("  " + base + l.Link + "\n")
}

// standing says why a thing comes to somebody who does not owe it plainly.
func standing(i inbox.Item) msg.Text {
	bearer := msg.Same(i.Bearer)
	if i.Bearer == "" {
		bearer = msg.T("いません", "nobody")
	}
	switch i.As {
	case inbox.AsDeputy:
		return msg.T("代理として", "standing in")
	case inbox.AsRaised:
		return msg.F("上申（責任者：%s）", "raised to you (owed by: %s)", bearer)
	case inbox.AsUnit:
		return msg.F("責任者：%s", "owed by: %s", bearer)
	}
	return msg.Text{}
}

// alarm is one thing that cannot wait, as a mail of its own.
func (s *Service) alarm(p person, i inbox.Item, day when.Date, lang msg.Lang, base string) mail.Message {
	var w strings.Builder
	if lang == msg.EN {
		w.WriteString(p.name + "\n\n")
	} else {
		w.WriteString(p.name + " 様\n\n")
	}
	w.WriteString(i.Title.In(lang) + "\n")
	if i.SubjectName != "" {
		w.WriteString(i.SubjectName + "\n")
	}
	if !i.Why.IsZero() {
		w.WriteString(i.Why.In(lang) + "\n")
	}
	if left, _ := inbox.Left(s.c.Calendar, i.Due, day); !left.IsZero() {
		w.WriteString(msg.F("期限：%s（%s）", "Due: %s (%s)", i.Due.Both(), left).In(lang) + "\n")
	}
	w.WriteString("\n" + base + i.Href + "\n\n--\n")
	w.WriteString(msg.F("急ぐ必要があるため、%sの掟 Okite が日ごとのお知らせとは別に送っています。", "Sent by Okite of %s apart from the daily mail, because it cannot wait.", s.c.City).In(lang) + "\n")
	return mail.Message{ID: name("urgent", s.c.City, p.code, key(i)), Kind: "urgent", Person: p.code, To: p.address, Urgent: true,
		Subject: msg.F("【至急・掟】%s", "[Urgent, Okite] %s", i.Title).In(lang), Body: w.String()}
}

// key names a thing for ever.
func key(i inbox.Item) string {
	return i.Kind + " " + i.Group + " " + i.Subject.String() + " " + i.Due.String()
}
