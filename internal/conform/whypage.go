package conform

import (
	"context"
	"net/url"

	"okite/internal/check"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

type whyData struct {
	head       web.Head
	reason     msg.Text
	quotes     []quote
	mend       []web.Link
	owner      []web.Entry
	evidence   web.Table
	lanes      *web.Lanes
	past       []web.Event
	conditions []conditionData
	rule       string
}

type quote struct {
	place msg.Text
	text  string
}

type conditionData struct {
	title, sentence msg.Text
	table           web.Table
}

// why says why a subject is what it is by a check: what is happening, since when, who owes it, the clause's own words,
// the evidence, and what mends it.
func (s *Service) why(r *web.Request) (web.Response, error) {
	k, ok := s.c.checkAt(r.Path("id"))
	if !ok {
		return web.Response{}, web.NotFound()
	}
	var d whyData
	var at place
	var since when.Date
	see, err := s.eyesOf(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	err = s.with(r.Context(), func(l *look) error {
		f, e, a, err := l.account(k, r.Path("subject"))
		if err != nil || !l.sees(see, f) {
			return web.NotFound()
		}
		at, since = place{f.Check, f.Part, f.Subject.String()}, a.Since
		d = l.why(r, k, f, e, a)
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	var past []check.Interval
	err = s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		past, err = s.history(ctx, tx, at)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	if d.mend, err = s.usable(r, d.mend); err != nil {
		return web.Response{}, err
	}
	d.lanes, d.past = lanes(past, since, when.StampOf(r.Now()), r.Lang)
	return web.Page(d.head.Title, whyView(d)).In("/"), nil
}

// usable leaves out the buttons of what another role decides (bp.6); who that is stands below them. It reads the
// store, so it runs outside of any look.
func (s *Service) usable(r *web.Request, links []web.Link) ([]web.Link, error) {
	if s.c.Works == nil {
		return links, nil
	}
	var out []web.Link
	for _, x := range links {
		ok, err := s.c.Works(r.Context(), r.Actor, x.Href)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, x)
		}
	}
	return out, nil
}

func (l *look) why(r *web.Request, k check.Check, f check.Finding, e check.Explanation, a Account) whyData {
	d := whyData{reason: a.Reason, rule: "/checks/" + k.ID}
	title := msg.Same(a.Name)
	if a.Name == f.Subject.Key {
		title = msg.F("%s %s", "%s %s", l.title(f.Subject.Register), a.Name)
	}
	d.head = web.Head{Crumbs: append(l.crumbs(k.Clauses[0]), web.Link{Title: k.Title, Href: "/checks/" + k.ID}), Title: title, Badge: web.ResultBadge(a.Result),
		Facts: []msg.Text{msg.F("%s　%s", "%s %s", l.title(f.Subject.Register), f.Subject.Key)}}
	if a.Since != 0 {
		d.head.Facts = append(d.head.Facts, msg.F("%sから", "Since %s", a.Since.Both()), lasting(l.day-a.Since))
	}
	for _, c := range k.Clauses {
		if _, text := l.words(c); text != "" {
			d.quotes = append(d.quotes, quote{l.place(c), text})
		}
	}
	d.mend = l.mending(k, f)
	if f.Result.Open() && f.Result != check.Excepted && l.bearer(f).person() == r.Actor.Person {
		d.mend = append(d.mend, web.Link{Title: msg.T("受信箱で見る", "See it in the inbox"), Href: "/inbox"})
	}
	d.owner = l.ownerEntries(r, k, f)
	d.evidence = l.evidenceTable(f, e, r.Lang)
	for _, c := range e.Conditions {
		d.conditions = append(d.conditions, conditionOf(c))
	}
	return d
}

// lasting says for how long a result has stood.
func lasting(days when.Date) msg.Text {
	if days == 0 {
		return msg.T("今日から", "since today")
	}
	return msg.F("%s日間", "%s days", web.Number(int(days)))
}

// mending are the ways out: the act that mends, the record itself, an exception.
func (l *look) mending(k check.Check, f check.Finding) []web.Link {
	record := web.Link{Title: msg.T("台帳の記録を見る", "Look at the record"), Href: "/registers/" + f.Subject.Register + "/" + url.PathEscape(f.Subject.Key)}
	if !f.Result.Open() {
		return []web.Link{record}
	}
	var out []web.Link
	if label, href := l.mend(f); href != "" {
		out = append(out, web.Link{Title: label, Href: href, Main: true})
		if href == record.Href {
			record.Href = ""
		}
	}
	if record.Href != "" {
		out = append(out, record)
	}
	if f.Result == check.Excepted {
		if x, ok := l.exception(f); ok {
			out = append(out, web.Link{Title: msg.T("例外措置を見る", "Look at the exception"), Href: "/registers/exception/" + url.PathEscape(x.Code)})
		}
		return out
	}
	q := url.Values{"check": {k.ID}, "subject": {f.Subject.String()}}
	return append(out, web.Link{Title: msg.T("例外措置を申請する", "Request an exception"), Href: "/registers/exception/new?" + q.Encode()})
}

func (l *look) ownerEntries(r *web.Request, k check.Check, f check.Finding) []web.Entry {
	b := l.bearer(f)
	out := []web.Entry{{Label: msg.T("求められている人", "Asked of"), Part: say(k.Who)}}
	p := b.person()
	if p == "" {
		return append(out, web.Entry{Label: msg.T("担当する職員", "Who owes it"), Part: say(msg.T("この役割に就いている職員がいません。任命が必要です。", "Nobody holds the role. Somebody must be assigned."))})
	}
	who := web.Entry{Label: msg.T("担当する職員", "Who owes it"), Text: l.who(b).In(r.Lang), Href: "/people/" + url.PathEscape(p)}
	out = append(out, who)
	if b.post != "" {
		note := ""
		if b.above {
			note = msg.T("本来の役割に就いている職員がいないため、上位の役職が担当します。", "Nobody holds the role itself, so the office above owes it.").In(r.Lang)
		}
		out = append(out, web.Entry{Label: msg.T("役職", "Post"), Text: b.post, Note: note})
	}
	if b.unit != "" {
		out = append(out, web.Entry{Label: msg.T("組織", "Unit"), Text: l.name("unit", b.unit)})
	}
	for i, x := range b.deputies {
		if i == 0 && len(b.holders) > 0 {
			out = append(out, web.Entry{Label: msg.T("代理", "Deputy"), Text: l.name("person", x), Href: "/people/" + url.PathEscape(x)})
		}
	}
	return out
}

// evidenceTable is what the verdict rests on, with the value and how good it is.
func (l *look) evidenceTable(f check.Finding, e check.Explanation, lang msg.Lang) web.Table {
	t := web.Table{ID: "evidence", Caption: msg.T("判定に使った証拠", "What the result rests on"), Count: -1,
		Columns: []web.Column{{Title: msg.T("出所", "Source")}, {Title: msg.T("内容", "What it says")}, {Title: msg.T("強さ", "Rank"), NoWrap: true}}}
	for _, name := range f.Evidence {
		source, what := l.witness(f, e, name, lang)
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{source, what, {Text: f.Rank.Title().In(lang)}}})
	}
	return t
}

func (l *look) witness(f check.Finding, e check.Explanation, name string, lang msg.Lang) (source, what web.Cell) {
	d, _ := l.c.Catalog.Get(f.Subject.Register)
	none := web.Cell{Text: msg.T("未記入", "not given").In(lang), Tone: web.Warn}
	if i := d.Index(name); i >= 0 {
		source = web.Cell{Text: d.Fields[i].Title.In(lang), Note: d.Title.In(lang)}
		if v := l.show(f, i, lang); v.Text != "" {
			return source, v
		}
		return source, none
	}
	if a, ok := l.engine.Schema(d.Name).Attr(name); ok {
		source = web.Cell{Text: a.Title.In(lang), Note: msg.T("台帳の突合", "Registers set against each other").In(lang)}
		for _, c := range e.Conditions {
			for _, x := range c.Atoms {
				for _, v := range x.Values {
					if v.Name == name {
						return source, web.Cell{Text: v.Value.In(lang)}
					}
				}
			}
		}
		return source, none
	}
	if name == d.Name {
		return web.Cell{Text: d.Title.In(lang)}, web.Cell{Text: l.label(f.Subject), Href: "/registers/" + d.Name + "/" + url.PathEscape(f.Subject.Key)}
	}
	return web.Cell{Text: l.title(name).In(lang)}, web.Cell{Text: msg.T("台帳を開く", "Open the register").In(lang), Href: "/registers/" + name}
}

// show is a field of the subject in words.
func (l *look) show(f check.Finding, field int, lang msg.Lang) web.Cell {
	src, row, ok := l.row(f.Subject.Register, f.Subject.Key)
	if !ok {
		return web.Cell{}
	}
	fd := src.def.Fields[field]
	v := src.def.RowOf(src.rows.Index(row).Interface())[field]
	labels := register.Labels{}
	keys, _ := v.([]string)
	if key, one := v.(string); one {
		keys = []string{key}
	}
	for _, key := range keys {
		if fd.Refers != "" && key != "" {
			labels[ref.New(fd.Refers, key)] = l.name(fd.Refers, key)
		}
	}
	out := web.Cell{Text: l.c.Catalog.Show(fd, v, lang, labels)}
	if key, one := v.(string); one && fd.Refers != "" && key != "" {
		out.Href = "/registers/" + fd.Refers + "/" + url.PathEscape(key)
	}
	return out
}

func conditionOf(c check.Condition) conditionData {
	d := conditionData{title: msg.F("%s：%s", "%s: %s", c.Title, mark(c.Holds)), sentence: c.Sentence}
	d.table = web.Table{Caption: c.Title, Count: -1, Columns: []web.Column{{Title: msg.T("問い", "Question"), Head: true}, {Title: msg.T("答え", "Answer"), NoWrap: true}, {Title: msg.T("使った値", "Values")}}}
	for _, a := range c.Atoms {
		var used msg.Text
		for i, v := range a.Values {
			one := msg.F("%s：%s", "%s: %s", v.Title, v.Value)
			if i == 0 {
				used = one
			} else {
				used = msg.F("%s、%s", "%s, %s", used, one)
			}
		}
		d.table.Rows = append(d.table.Rows, web.Row{Cells: []web.Cell{{Part: say(a.Sentence)}, {Part: say(mark(a.Holds))}, {Part: say(used)}}})
	}
	return d
}

// lanes draws the results over time. A breach that the records date before it was first seen is drawn from that day.
func lanes(past []check.Interval, since when.Date, now when.Stamp, lang msg.Lang) (*web.Lanes, []web.Event) {
	if len(past) == 0 {
		return nil, nil
	}
	first := past[0].From
	if last := &past[len(past)-1]; since != 0 && since < last.From && len(past) == 1 {
		last.From, first = since, since
	}
	out := &web.Lanes{Title: msg.T("これまでの結果", "Results over time"), From: when.StampOf(first.AddDays(-1).Time()), To: when.StampOf(now.Date().AddDays(2).Time()), Now: now}
	lane := web.Lane{Title: msg.T("結果", "Result")}
	var events []web.Event
	for _, x := range past {
		sp := web.Span{From: when.StampOf(x.From.Time()), To: now, Title: msg.F("%s %sから", "%s since %s", x.Result.Title(), x.From.Both()), Tone: toneOf(x.Result)}
		ev := web.Event{At: x.From.Text(lang), Title: x.Result.Title().In(lang), Tone: toneOf(x.Result)}
		if x.Until != 0 {
			sp.To = when.StampOf(x.Until.AddDays(1).Time())
			sp.Title = msg.F("%s %sから%sまで", "%s from %s to %s", x.Result.Title(), x.From.Both(), x.Until.Both())
			ev.Detail = msg.F("%sまで", "until %s", x.Until.Both()).In(lang)
		}
		lane.Spans, events = append(lane.Spans, sp), append(events, ev)
	}
	out.Lanes = []web.Lane{lane}
	return out, events
}

func toneOf(r check.Result) web.Tone {
	switch r {
	case check.Noncompliant:
		return web.Bad
	case check.Undetermined:
		return web.Warn
	case check.Excepted:
		return web.Info
	case check.Compliant:
		return web.Good
	}
	return web.Plain
}
