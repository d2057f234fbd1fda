package org

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// personData is what the page of a person shows.
type personData struct {
	Person
	day       when.Date
	path      string
	roles     []actor.Grant // of the day; none when the person may not sign in
	posts     []tenureLine
	given     []Delegation // by this person
	taken     []Delegation // to this person
	decides   map[string][]string
	acks      []ackLine
	acksRead  bool // they are for who looks to read (bp.9.3)
	account   []web.Entry
	told      string // address of the sheet of what they were told
	owes      []Owed
	owesCount int
	names     register.Labels
}

// tenureLine is one assignment with its post.
type tenureLine struct {
	Assignment
	post  Post
	scope string
}

type ackLine struct {
	version string
	date    when.Date
}

// maxLines bounds what a person's page lists of each kind.
const maxLines = 200

// person shows who somebody is, what they hold, decide and owe (bp.5, bp.6).
func (p *pages) person(r *web.Request) (web.Response, error) {
	var x personData
	err := p.read(r, func(ctx context.Context, tx *db.Tx, day when.Date, ch *Chart) error {
		d := p.c.Catalog.Must("person")
		rec, ok, err := p.c.Catalog.One(ctx, tx, d, r.Path("code"))
		if err != nil {
			return err
		}
		if !ok {
			return web.NotFound()
		}
		x = personData{Person: register.Decode[Person](d, rec.Row), day: day}
		x.path = ch.PathName(x.Unit)
		for _, step := range []func() error{
			func() error { return p.readRoles(ctx, tx, &x, ch, r.Lang) },
			func() error { return p.readDelegations(ctx, tx, &x) },
			func() error { return p.readDecides(ctx, tx, &x, r.Lang) },
			func() error { return p.readAcks(ctx, tx, r.Actor, &x) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		if p.c.Account != nil {
			if x.account, err = p.c.Account(ctx, tx, r.Actor, x.Code); err != nil {
				return err
			}
		}
		if p.c.Told != nil {
			x.told, err = p.c.Told(ctx, tx, r.Actor, x.Person)
		}
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	if p.c.Owes != nil {
		if x.owes, x.owesCount, err = p.c.Owes(r.Context(), x.Code, 20); err != nil {
			return web.Response{}, err
		}
	}
	return web.Page(msg.Same(x.Name), p.personView(r, x)).In("/people"), nil
}

func (p *pages) readRoles(ctx context.Context, tx *db.Tx, x *personData, ch *Chart, lang msg.Lang) error {
	a, err := ActorOf(ctx, tx, p.c.Catalog, x.Code)
	if err != nil && fault.As(err) == nil {
		return err
	}
	x.roles = a.Roles
	d := p.c.Catalog.Must("assignment")
	page, err := p.c.Catalog.List(ctx, tx, d, register.Query{Filters: map[string][]string{"person": {x.Code}}, Ended: true, Limit: maxLines})
	if err != nil {
		return err
	}
	var keys []string
	for _, rec := range page.Rows {
		l := tenureLine{Assignment: register.Decode[Assignment](d, rec.Row)}
		x.posts = append(x.posts, l)
		keys = append(keys, l.Post)
	}
	pd := p.c.Catalog.Must("post")
	posts, err := p.c.Catalog.Many(ctx, tx, pd, keys)
	if err != nil {
		return err
	}
	var refs []ref.Ref
	for i := range x.posts {
		if rec, ok := posts[x.posts[i].Post]; ok {
			x.posts[i].post = register.Decode[Post](pd, rec.Row)
		}
		if s := x.posts[i].post.System; s != "" {
			refs = append(refs, ref.New("system", s))
		}
	}
	if x.names, err = p.c.Catalog.Names(ctx, tx, refs...); err != nil {
		return err
	}
	for i := range x.posts {
		po := x.posts[i].post
		x.posts[i].scope = p.scope(filled{Post: po, system: x.names[ref.New("system", po.System)]}, ch, lang)
	}
	slices.SortStableFunc(x.posts, func(a, b tenureLine) int { return cmp.Compare(b.From, a.From) })
	return nil
}

func (p *pages) readDelegations(ctx context.Context, tx *db.Tx, x *personData) error {
	d := p.c.Catalog.Must("delegation")
	var refs []ref.Ref
	for field, into := range map[string]*[]Delegation{"giver": &x.given, "taker": &x.taken} {
		page, err := p.c.Catalog.List(ctx, tx, d, register.Query{Filters: map[string][]string{field: {x.Code}}, Ended: true, Limit: maxLines})
		if err != nil {
			return err
		}
		for _, rec := range page.Rows {
			g := register.Decode[Delegation](d, rec.Row)
			*into = append(*into, g)
			refs = append(refs, ref.New("person", g.From), ref.New("person", g.To))
		}
		slices.SortStableFunc(*into, func(a, b Delegation) int { return cmp.Compare(b.Begin, a.Begin) })
	}
	var err error
	x.names, err = p.c.Catalog.Names(ctx, tx, refs...)
	return err
}

// readDecides finds what the table of powers lets this person decide, by role.
func (p *pages) readDecides(ctx context.Context, tx *db.Tx, x *personData, lang msg.Lang) error {
	var codes []string
	for _, g := range x.roles {
		if !slices.Contains(codes, g.Role) {
			codes = append(codes, g.Role)
		}
	}
	x.decides = map[string][]string{}
	if len(codes) == 0 {
		return nil
	}
	d := p.c.Catalog.Must("power")
	page, err := p.c.Catalog.List(ctx, tx, d, register.Query{Filters: map[string][]string{"role": codes}, Limit: 1000})
	if err != nil {
		return err
	}
	var refs []ref.Ref
	for _, rec := range page.Rows {
		refs = append(refs, ref.New("action", d.Str(rec.Row, "action")))
	}
	labels, err := p.c.Catalog.Names(ctx, tx, refs...)
	if err != nil {
		return err
	}
	for _, rec := range page.Rows {
		id, role := d.Str(rec.Row, "action"), d.Str(rec.Row, "role")
		name := labels[ref.New("action", id)]
		if a, ok := p.c.Acts.Get(id); ok {
			name = a.Title.In(lang)
		}
		if name != "" {
			x.decides[role] = append(x.decides[role], name)
		}
	}
	return nil
}

// readAcks finds the receipts of the policy, which the module of the policy keeps.
func (p *pages) readAcks(ctx context.Context, tx *db.Tx, who actor.Actor, x *personData) error {
	d, ok := p.c.Catalog.Get("ack")
	if !ok {
		return nil
	}
	reader := p.c.Catalog.As(tx, who)
	span, err := reader.Span(ctx, d)
	if x.acksRead = who.Person == x.Code || span.Covers(x.Unit); err != nil || !x.acksRead {
		return err
	}
	page, err := reader.List(ctx, d, register.Query{Filters: map[string][]string{"person": {x.Code}}, Limit: maxLines})
	if err != nil {
		return err
	}
	var rows []register.Row
	for _, rec := range page.Rows {
		rows = append(rows, rec.Row)
	}
	labels, err := p.c.Catalog.Labels(ctx, tx, d, rows...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		on, _ := d.Get(row, "date").(when.Date)
		x.acks = append(x.acks, ackLine{labels[ref.New("version", d.Str(row, "version"))], on})
	}
	slices.SortStableFunc(x.acks, func(a, b ackLine) int { return cmp.Compare(b.date, a.date) })
	return nil
}

func (p *pages) personView(r *web.Request, x personData) templ.Component {
	lang := r.Lang
	head := web.Head{Crumbs: []web.Link{{Title: titlePeople, Href: "/people"}, {Title: msg.Same(x.Name)}}, Title: msg.Same(x.Name), Facts: []msg.Text{msg.Same(x.path)},
		Links: []web.Link{{Title: msg.T("登録内容を変更する", "Change the record"), Href: recordHref("person", x.Code) + "/edit"},
			{Title: msg.T("任命を登録する", "Assign to a post"), Href: "/registers/assignment/new?person=" + url.QueryEscape(x.Code)}}}
	if x.told != "" {
		head.Links = append(head.Links, web.Link{Title: msg.T("伝えたことの一覧", "What they were told"), Href: x.told})
	}
	if !x.ActiveOn(x.day) {
		head.Badge = web.Badge(inactive(x.Person, x.day), web.Plain)
	}
	in := x.Joined.Text(lang)
	if x.Left != 0 {
		in = msg.F("%sから%sまで", "%s to %s", x.Joined.Both(), x.Left.Both()).In(lang)
	} else if in != "" {
		in = msg.F("%sから", "since %s", x.Joined.Both()).In(lang)
	}
	roles := p.roleNames(x.roles, lang)
	if roles == "" {
		roles = msg.T("なし", "None").In(lang)
	}
	parts := []templ.Component{web.PageHead(head), web.SummaryList([]web.Entry{
		{Label: msg.T("職員番号", "Person no."), Text: x.Code, Href: recordHref("person", x.Code)},
		{Label: msg.T("職名", "Job title"), Text: x.Title}, {Label: msg.T("任用の区分", "Employment"), Text: p.term("employment", x.Employment, lang)},
		{Label: msg.T("在職期間", "With the city"), Text: in}, {Label: msg.T("今日の役割", "Roles today"), Text: roles}}),
		p.owesView(r, x), section(msg.T("役職", "Posts"), p.tenureTable(r, x)), p.delegationView(r, x), p.decidesView(r, x), p.acksView(r, x)}
	if len(x.account) > 0 {
		parts = append(parts, section(msg.T("アカウント", "Account"), web.SummaryList(x.account)))
	}
	if a := r.Actor; a.System || a.Person == x.Code || slices.ContainsFunc([]string{"ciso", "chief", "audit_chief", "auditor"}, a.Has) { // those who may read it
		parts = append(parts, web.Buttons(nil, web.Link{Title: msg.T("この方の記録を見る", "What this person did"), Href: "/trail?actor=person:" + url.QueryEscape(x.Code)}))
	}
	return web.Stack(parts...)
}

func (p *pages) owesView(r *web.Request, x personData) templ.Component {
	if p.c.Owes == nil {
		return templ.NopComponent
	}
	t := web.Table{ID: "owes", Caption: msg.T("受け持っている作業", "To do"), Count: x.owesCount, Empty: msg.T("受け持っている作業はありません。", "There is nothing to do."),
		Columns: []web.Column{{Title: msg.T("期限", "Due"), NoWrap: true}, {Title: msg.T("件名", "Subject"), Head: true}}}
	for _, o := range x.owes {
		due := web.Cell{Text: o.Due.Short(r.Lang)}
		switch {
		case o.Due == 0:
			due.Text = msg.T("なし", "None").In(r.Lang)
		case o.Due < x.day:
			due.Tone, due.Note = web.Bad, msg.T("期限超過", "overdue").In(r.Lang)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{due, {Text: o.Title.In(r.Lang), Href: o.Href, Note: o.Note.In(r.Lang)}}})
	}
	return section(msg.T("受け持っている作業", "What they have to do"), web.TablePart(t))
}

func (p *pages) tenureTable(r *web.Request, x personData) templ.Component {
	t := web.Table{ID: "posts", Caption: msg.T("役職の一覧", "Posts"), Count: len(x.posts), Empty: msg.T("役職に任命されたことはありません。", "Never assigned to a post."), Columns: []web.Column{
		{Title: msg.T("役職", "Post"), Head: true}, {Title: msg.T("範囲", "Scope")}, {Title: msg.T("正・代理", "As")}, {Title: msg.T("期間", "Term")}, {Title: msg.T("状態", "State")}}}
	for _, l := range x.posts {
		state := web.Badge(msg.T("在任中", "On the post"), web.Good)
		switch {
		case l.From > x.day:
			state = web.Badge(msg.T("着任前", "To come"), web.Info)
		case !LiveOn(l.From, l.Until, x.day):
			state = web.Badge(msg.T("退任", "Past"), web.Plain)
		case !LiveOn(l.post.From, l.post.Until, x.day):
			state = web.Badge(msg.T("役職の廃止", "Post abolished"), web.Plain)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: l.post.Name, Href: recordHref("assignment", l.Code), Note: p.term("role", l.post.Role, r.Lang)}, {Text: l.scope},
			{Text: p.term("assignment_kind", l.Kind, r.Lang)}, {Text: term(l.From, l.Until, r.Lang)}, {Part: state}}})
	}
	return web.TablePart(t)
}

// term is a span of days in short.
func term(from, until when.Date, lang msg.Lang) string {
	return from.Short(lang) + msg.T("〜", " – ").In(lang) + until.Short(lang)
}

func (p *pages) delegationView(r *web.Request, x personData) templ.Component {
	if len(x.given)+len(x.taken) == 0 {
		return templ.NopComponent
	}
	t := web.Table{ID: "delegations", Caption: msg.T("委任の一覧", "Delegations"), Count: len(x.given) + len(x.taken), Columns: []web.Column{{Title: msg.T("委任", "Delegation"), Head: true},
		{Title: msg.T("操作", "Acts")}, {Title: msg.T("期間", "Term")}, {Title: msg.T("状態", "State")}}}
	add := func(d Delegation, text msg.Text) {
		acts := msg.T("すべての操作", "Every act").In(r.Lang)
		if len(d.Acts) > 0 {
			acts = ""
			for i, id := range d.Acts {
				if i > 0 {
					acts += msg.T("、", ", ").In(r.Lang)
				}
				acts += p.actName(id).In(r.Lang)
			}
		}
		state := web.Badge(msg.T("有効", "In force"), web.Good)
		if !LiveOn(d.Begin, d.End, x.day) {
			state = web.Badge(msg.T("期間外", "Not in force"), web.Plain)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: text.In(r.Lang), Href: recordHref("delegation", d.Code)}, {Text: acts}, {Text: term(d.Begin, d.End, r.Lang)}, {Part: state}}})
	}
	for _, d := range x.taken {
		add(d, msg.F("%sから受けた委任", "From %s", x.name(d.From)))
	}
	for _, d := range x.given {
		add(d, msg.F("%sへの委任", "To %s", x.name(d.To)))
	}
	return section(msg.T("委任", "Delegations"), web.TablePart(t))
}

func (x personData) name(code string) string {
	if n := x.names[ref.New("person", code)]; n != "" {
		return n
	}
	return code
}

// actName is an act in words.
func (p *pages) actName(id string) msg.Text {
	if a, ok := p.c.Acts.Get(id); ok {
		return a.Title
	}
	return msg.T("今はない操作", "An act there is no more")
}

func (p *pages) decidesView(r *web.Request, x personData) templ.Component {
	var parts []templ.Component
	for _, o := range p.options("role") {
		acts := x.decides[o.Value]
		if len(acts) == 0 {
			continue
		}
		slices.Sort(acts)
		parts = append(parts, fold(msg.F("%sとして決定できる操作（%s 件）", "As %s (%s)", o.Label, web.Number(len(acts))), lines(acts)))
	}
	if parts == nil {
		parts = append(parts, web.Para(msg.T("権限表で決定できると定められた操作はありません。", "The table of powers names nothing this person decides.")))
	}
	return section(msg.T("決定できる操作", "What they decide"), parts...)
}

func (p *pages) acksView(r *web.Request, x personData) templ.Component {
	if !x.acksRead {
		return templ.NopComponent
	}
	t := web.Table{ID: "acks", Caption: msg.T("受領の一覧", "Receipts"), Count: len(x.acks), Empty: msg.T("ポリシーの周知を受領した記録がありません。", "No receipt of the policy."),
		Columns: []web.Column{{Title: msg.T("ポリシーの版", "Version"), Head: true}, {Title: msg.T("受領日", "Received")}}}
	for _, a := range x.acks {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: a.version}, {Text: a.date.Text(r.Lang)}}})
	}
	return section(msg.T("ポリシーの受領", "Receipts of the policy"), web.TablePart(t))
}
