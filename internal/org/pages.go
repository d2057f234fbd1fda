package org

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// PagesConfig says what the pages of people and roles need. Owes and Account may be nil: their parts are left out then.
type PagesConfig struct {
	Store    *db.Store
	Catalog  *register.Catalog
	Calendar *when.Calendar
	Acts     *act.Registry
	// Owes is what a person has to do, at most limit things, and how many there are.
	Owes func(ctx context.Context, person string, limit int) ([]Owed, int, error)
	// Account describes a person's account to whoever looks; nothing when they may not know.
	Account func(ctx context.Context, tx *db.Tx, viewer actor.Actor, person string) ([]web.Entry, error)
	// Told is the address of the sheet of what a person was told, "" for whoever may not read it; nil shows none.
	Told func(ctx context.Context, tx *db.Tx, viewer actor.Actor, p Person) (string, error)
}

// Owed is one thing a person has to do.
type Owed struct {
	Title, Note msg.Text
	Href        string
	Due         when.Date
}

// pages are the pages at work.
type pages struct{ c PagesConfig }

// The titles of the pages.
var (
	titlePeople = msg.T("人と役割", "People and roles")
	titleRoles  = msg.T("役割と役職", "Roles and posts")
	titleUnits  = msg.T("組織図", "Organisation")
)

// Routes are the pages of people, roles and units (bp.5, bp.6).
func Routes(c PagesConfig) []web.Route {
	p := &pages{c}
	get := func(pattern string, title msg.Text, clauses []clause.ID, page func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Title: title, Clauses: clauses, Rule: web.SignedIn, Page: page}
	}
	people := get("/people", titlePeople, []clause.ID{"bp.5", "bp.6"}, p.people)
	people.Nav = &web.NavItem{Order: 60}
	return []web.Route{people,
		get("/people/roles", titleRoles, []clause.ID{"bp.6"}, p.roles),
		get("/people/units", titleUnits, []clause.ID{"bp.3", "bp.6"}, p.units),
		get("/people/powers", titlePowers, []clause.ID{"bp.6", "bp.9.1"}, p.powers),
		get("/people/{code}", msg.T("職員等", "Person"), []clause.ID{"bp.5", "bp.6"}, p.person)}
}

// read runs fn on a snapshot with the organisation of its day.
func (p *pages) read(r *web.Request, fn func(ctx context.Context, tx *db.Tx, day when.Date, ch *Chart) error) error {
	return p.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		day := when.Of(tx.Now())
		ch, err := ReadChart(ctx, tx, p.c.Catalog, day)
		if err != nil {
			return err
		}
		return fn(ctx, tx, day, ch)
	})
}

// tabs join the pages of this group.
func tabs(here string) templ.Component {
	out := []web.Tab{{Title: msg.T("職員等", "People"), Href: "/people"}, {Title: titleRoles, Href: "/people/roles"}, {Title: titleUnits, Href: "/people/units"},
		{Title: titlePowers, Href: "/people/powers"}, {Title: titleCommittees, Href: "/committee"}, {Title: titleCSIRT, Href: "/csirt"}, {Title: titleContacts, Href: "/csirt/contacts"}, {Title: titleAdvisories, Href: "/advisories"}}
	for i := range out {
		out[i].Current = out[i].Href == here
	}
	return web.Tabs(titlePeople, out)
}

func personHref(code string) string { return "/people/" + url.PathEscape(code) }

func recordHref(register, key string) string {
	return "/registers/" + register + "/" + url.PathEscape(key)
}

// term is a code of a vocabulary in words.
func (p *pages) term(vocab, code string, lang msg.Lang) string {
	if v := p.c.Catalog.Pack().Vocab(vocab); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title.In(lang)
		}
	}
	return code
}

// options are the words of a vocabulary, to choose from.
func (p *pages) options(vocab string) (out []web.Option) {
	v := p.c.Catalog.Pack().Vocab(vocab)
	if v == nil {
		return nil
	}
	for _, t := range v.Terms {
		out = append(out, web.Option{Value: t.Code, Label: t.Title})
	}
	return out
}

const perPage = 50

// people lists everybody the policy binds (bp.5), with the roles they hold today: by their reading, then by number.
func (p *pages) people(r *web.Request) (web.Response, error) {
	d := p.c.Catalog.Must("person")
	q := register.Query{Text: r.Query("q"), Sort: "kana", Page: max(r.QueryInt("page", 1), 1), Limit: perPage, Filters: map[string][]string{}}
	if e := r.Query("employment"); e != "" {
		q.Filters["employment"] = []string{e}
	}
	var page register.Page
	var held map[string][]actor.Grant
	var chart *Chart
	var day when.Date
	err := p.read(r, func(ctx context.Context, tx *db.Tx, today when.Date, ch *Chart) (err error) {
		chart, day = ch, today
		if u := r.Query("unit"); u != "" {
			q.Units = ch.Within(u)
		}
		if page, err = p.c.Catalog.List(ctx, tx, d, q); err != nil || len(page.Rows) == 0 {
			return err
		}
		var codes []string
		for _, x := range page.Rows {
			codes = append(codes, d.Key(x.Row))
		}
		held, err = grantsOf(ctx, tx, p.c.Catalog, codes, today)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	t := web.Table{ID: "people", Caption: msg.T("職員等の一覧", "People"), Count: page.Total, Empty: msg.T("この条件に当てはまる職員等は登録されていません。", "Nobody fits."), Columns: []web.Column{
		{Title: msg.T("氏名", "Name"), Head: true}, {Title: msg.T("所属", "Unit")}, {Title: msg.T("職名", "Job title")}, {Title: msg.T("任用の区分", "Employment")}, {Title: msg.T("役割", "Roles")}}}
	for _, x := range page.Rows {
		who := register.Decode[Person](d, x.Row)
		unit := chart.PathName(who.Unit)
		name := web.Cell{Text: who.Name, Href: personHref(who.Code), Note: who.Code}
		if who.Kana != "" {
			name.Note = who.Kana + msg.T("　", " ").In(r.Lang) + who.Code
		}
		if !who.ActiveOn(day) {
			name.Note += msg.T("　", " ").In(r.Lang) + inactive(who, day).In(r.Lang)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{name, {Text: unit}, {Text: who.Title}, {Text: p.term("employment", who.Employment, r.Lang)},
			{Text: p.roleNames(held[who.Code], r.Lang)}}})
	}
	head := web.Head{Title: titlePeople, Lead: msg.T("ポリシーを守るすべての職員等と、その役割です。氏名を選ぶと、決定できる操作と受け持っている作業が分かります。",
		"Everybody the policy binds, with their roles. Choose a name to see what they decide and what they have to do.")}
	if page.More {
		head.Facts = []msg.Text{msg.F("%s 人を超えています。条件で絞り込んでください。", "More than %s; please narrow the list.", web.Number(page.Total))}
	}
	return web.Page(titlePeople, web.Stack(web.PageHead(head), tabs("/people"), p.peopleFilter(r, chart), web.TablePart(t),
		web.PagingPart(web.Paging{Page: q.Page, Size: perPage, Total: page.Total, Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))), nil
}

func (p *pages) peopleFilter(r *web.Request, ch *Chart) templ.Component {
	var units []web.Option
	ch.walk(func(u Unit, depth int) {
		units = append(units, web.Option{Value: u.Code, Label: msg.Same(strings.Repeat("　", depth) + u.Name)})
	})
	f := web.Filter{Action: "/people", Clear: "/people", Fields: []web.Field{
		{Name: "q", Label: msg.T("氏名・職員番号", "Name or number"), Kind: web.SearchField, Value: r.Query("q"), Width: 20},
		{Name: "unit", Label: msg.T("所属（下位の組織を含む）", "Unit, with those below"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("unit"), Options: units},
		{Name: "employment", Label: msg.T("任用の区分", "Employment"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("employment"), Options: p.options("employment")}}}
	if q := r.Query("q"); q != "" {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("語句：", "Words: ").In(r.Lang) + q, Remove: r.With("q", "")})
	}
	if u, ok := ch.Unit(r.Query("unit")); ok {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("所属：", "Unit: ").In(r.Lang) + u.Name, Remove: r.With("unit", "")})
	}
	if e := r.Query("employment"); e != "" {
		f.Chips = append(f.Chips, web.Chip{Label: p.term("employment", e, r.Lang), Remove: r.With("employment", "")})
	}
	return web.FilterPart(f)
}

// roleNames are roles in words, each once.
func (p *pages) roleNames(grants []actor.Grant, lang msg.Lang) string {
	var out []string
	for _, g := range grants {
		name := p.term("role", g.Role, lang)
		if g.Deputy {
			name += msg.T("（代理）", " (deputy)").In(lang)
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, msg.T("、", ", ").In(lang))
}

// inactive says why somebody is not one of the city's people today.
func inactive(who Person, day when.Date) msg.Text {
	if who.Joined > day {
		return msg.T("採用前", "Not joined yet")
	}
	return msg.T("退職", "Left")
}

// roles shows which posts there are, who is on them, and where nobody is (bp.6, R030).
func (p *pages) roles(r *web.Request) (web.Response, error) {
	var all []filled
	var chart *Chart
	var day when.Date
	systems := register.Labels{}
	err := p.read(r, func(ctx context.Context, tx *db.Tx, today when.Date, ch *Chart) (err error) {
		chart, day = ch, today
		if all, err = readPosts(ctx, tx, p.c.Catalog, p.c.Calendar, ch, today); err != nil {
			return err
		}
		var refs []ref.Ref
		for _, f := range all {
			if f.System != "" {
				refs = append(refs, ref.New("system", f.System))
			}
		}
		systems, err = p.c.Catalog.Names(ctx, tx, refs...)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	for i := range all {
		all[i].system = systems[ref.New("system", all[i].System)]
	}
	role, gaps := r.Query("role"), r.Query("gap") == "1"
	shown := slices.DeleteFunc(slices.Clone(all), func(f filled) bool { return role != "" && f.Role != role || gaps && !f.gaps(day) })
	parts := []templ.Component{web.PageHead(web.Head{Title: titleRoles, Lead: msg.T("役職ごとに正を一人、代理者を一人以上置きます。空席や引継ぎの遅れがあると、その場で不適合になります。",
		"Each post has one holder and a deputy. A post that is empty or late to be handed over is a finding at once."),
		Links: []web.Link{{Title: msg.T("役職を置く", "Set up a post"), Href: "/registers/post/new"}, {Title: msg.T("任命を登録する", "Assign somebody"), Href: "/registers/assignment/new", Main: true}}}),
		tabs("/people/roles"), roleTiles(all, day)}
	if role == "" && !gaps {
		parts = append(parts, p.roleTable(r, all, day))
	} else {
		parts = append(parts, p.postTable(r, shown, chart, day, role, gaps))
	}
	return web.Page(titleRoles, web.Stack(parts...)).In("/people"), nil
}

func roleTiles(all []filled, day when.Date) templ.Component {
	var empty, alone, gaps int
	for _, f := range all {
		if f.holders == 0 {
			empty++
		}
		if f.deputies == 0 {
			alone++
		}
		if f.gaps(day) {
			gaps++
		}
	}
	tone := func(n int, t web.Tone) web.Tone {
		if n > 0 {
			return t
		}
		return web.Plain
	}
	n := func(n int) msg.Text { return msg.Same(web.Number(n)) }
	return web.Tiles([]web.Tile{{Value: n(empty), Label: msg.T("空席の役職", "Empty posts"), Href: "/people/roles?gap=1", Tone: tone(empty, web.Bad)},
		{Value: n(alone), Label: msg.T("代理者のいない役職", "Posts without a deputy"), Href: "/people/roles?gap=1", Tone: tone(alone, web.Warn)},
		{Value: n(gaps), Label: msg.T("整っていない役職", "Posts not in order"), Href: "/people/roles?gap=1", Tone: tone(gaps, web.Warn)},
		{Value: n(len(all)), Label: msg.T("役職の総数", "Posts in all")}})
}

// roleTable counts the posts of each role; roles of the vocabulary that have no post are named too.
func (p *pages) roleTable(r *web.Request, all []filled, day when.Date) templ.Component {
	type count struct{ posts, empty, alone, gaps int }
	by := map[string]*count{}
	var codes []string
	for _, o := range p.options("role") {
		codes = append(codes, o.Value)
	}
	for _, f := range all {
		c := by[f.Role]
		if c == nil {
			c = &count{}
			by[f.Role] = c
			if !slices.Contains(codes, f.Role) {
				codes = append(codes, f.Role)
			}
		}
		c.posts++
		if f.holders == 0 {
			c.empty++
		}
		if f.deputies == 0 {
			c.alone++
		}
		if f.gaps(day) {
			c.gaps++
		}
	}
	t := web.Table{ID: "roles", Caption: msg.T("役割の一覧", "Roles"), Count: len(codes), Columns: []web.Column{{Title: msg.T("役割", "Role"), Head: true}, {Title: msg.T("役職", "Posts"), Num: true},
		{Title: msg.T("空席", "Empty"), Num: true}, {Title: msg.T("代理者なし", "No deputy"), Num: true}, {Title: msg.T("状態", "State")}}}
	num := func(n int, tone web.Tone) web.Cell {
		if n == 0 {
			tone = web.Plain
		}
		return web.Cell{Text: web.Number(n), Tone: tone}
	}
	for _, code := range codes {
		c := by[code]
		name := web.Cell{Text: p.term("role", code, r.Lang)}
		if c == nil {
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{name, num(0, ""), num(0, ""), num(0, ""), {Part: web.Badge(msg.T("役職なし", "No post"), web.Plain)}}})
			continue
		}
		name.Href = "/people/roles?role=" + url.QueryEscape(code)
		state := web.Badge(msg.T("整っています", "In order"), web.Good)
		if c.gaps > 0 {
			state = web.Badge(msg.F("要対応 %s", "To do: %s", web.Number(c.gaps)), web.Bad)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{name, num(c.posts, ""), num(c.empty, web.Bad), num(c.alone, web.Warn), {Part: state}}})
	}
	return web.TablePart(t)
}

const postsPerPage = 100

func (p *pages) postTable(r *web.Request, shown []filled, ch *Chart, day when.Date, role string, gaps bool) templ.Component {
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*postsPerPage, len(shown))
	t := web.Table{ID: "posts", Caption: msg.T("役職の一覧", "Posts"), Count: len(shown), Empty: msg.T("当てはまる役職はありません。", "No post fits."), Columns: []web.Column{
		{Title: msg.T("役職", "Post"), Head: true}, {Title: msg.T("範囲", "Scope")}, {Title: msg.T("正", "Holder")}, {Title: msg.T("代理", "Deputies")}, {Title: msg.T("状態", "State")}, {Title: msg.T("手続き", "What mends it")}}}
	for _, f := range shown[from:min(from+postsPerPage, len(shown))] {
		mend := web.Cell{}
		if f.gaps(day) {
			mend = web.Cell{Text: msg.T("任命を登録する", "Assign somebody").In(r.Lang), Href: "/registers/assignment/new?post=" + url.QueryEscape(f.Code)}
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: f.Name, Href: recordHref("post", f.Code), Note: p.term("role", f.Role, r.Lang)}, {Text: p.scope(f, ch, r.Lang)},
			{Part: persons(f.holding)}, {Part: persons(f.standing)}, {Part: states(f.state(day))}, mend}})
	}
	f := web.Filter{Action: "/people/roles", Clear: "/people/roles", Fields: []web.Field{
		{Name: "role", Label: msg.T("役割", "Role"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: role, Options: p.options("role")},
		{Name: "gap", Label: msg.T("状態", "State"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("gap"), Options: []web.Option{{Value: "1", Label: msg.T("整っていないもの", "Not in order")}}}}}
	if role != "" {
		f.Chips = append(f.Chips, web.Chip{Label: p.term("role", role, r.Lang), Remove: r.With("role", "")})
	}
	if gaps {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("整っていないもの", "Not in order").In(r.Lang), Remove: r.With("gap", "")})
	}
	return web.Stack(web.FilterPart(f), web.TablePart(t),
		web.PagingPart(web.Paging{Page: page, Size: postsPerPage, Total: len(shown), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))
}

// scope is where a post counts, in words.
func (p *pages) scope(f filled, ch *Chart, lang msg.Lang) string {
	scope, ok := ScopeOf(f.Post)
	switch {
	case !ok:
		return msg.T("範囲が定まっていません", "No scope is given").In(lang)
	case scope == "":
		return msg.T("全庁", "The whole city").In(lang)
	case f.system != "":
		return f.system
	case strings.HasPrefix(scope, "system:"):
		return msg.T("台帳にない情報システム", "A system that is not registered").In(lang)
	}
	if name := ch.PathName(f.Unit); name != "" {
		return name
	}
	return msg.T("廃止された組織", "A closed unit").In(lang)
}

// word is a state with how it looks.
type word struct {
	text msg.Text
	tone web.Tone
}

// state says what is not in order with a post, as R030 asks it.
func (f filled) state(day when.Date) (out []word) {
	switch {
	case f.holders == 0:
		out = append(out, word{msg.T("空席", "Empty"), web.Bad})
	case f.holders > 1:
		out = append(out, word{msg.F("正が%d人", "%d holders", f.holders), web.Bad})
	}
	if f.deputies == 0 {
		out = append(out, word{msg.T("代理者なし", "No deputy"), web.Warn})
	}
	if f.handoverDue != 0 && f.handoverDue < day {
		out = append(out, word{msg.T("引継ぎ未了", "Not handed over"), web.Warn})
	}
	if f.gap > 0 && f.holders > 0 {
		out = append(out, word{msg.F("今年度に空白%d日", "%d days empty this year", f.gap), web.Warn})
	}
	if out == nil {
		out = []word{{msg.T("整っています", "In order"), web.Good}}
	}
	return out
}

// units shows the organisation as a tree that opens without a script (bp.3).
func (p *pages) units(r *web.Request) (web.Response, error) {
	var tree []branch
	var n int
	err := p.read(r, func(ctx context.Context, tx *db.Tx, day when.Date, ch *Chart) error {
		posts, err := readPosts(ctx, tx, p.c.Catalog, p.c.Calendar, ch, day)
		if err != nil {
			return err
		}
		tree, n = p.tree(ch, posts, day, r.Lang), len(ch.units)
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleUnits, web.Stack(web.PageHead(web.Head{Title: titleUnits, Facts: []msg.Text{msg.F("現在の組織 %s", "%s units today", web.Number(n))},
		Lead:  msg.T("機関ごとの組織と、それぞれの情報セキュリティ責任者・管理者です。組織名を選ぶと、所属する職員等が分かります。", "The units of each organ, with their information security officers and managers. Choose a unit to see its people."),
		Links: []web.Link{{Title: msg.T("組織の台帳", "Register of units"), Href: "/registers/unit"}}}), tabs("/people/units"), treeView(tree))).In("/people"), nil
}

// branch is a part of the tree.
type branch struct {
	name, href, note string
	open             bool
	states           []word
	below            []branch
	gaps             int // things not in order here and below
}

// sum adds what is not in order below.
func (b branch) sum() branch {
	for _, x := range b.below {
		b.gaps += x.gaps
	}
	return b
}

func (p *pages) tree(ch *Chart, posts []filled, day when.Date, lang msg.Lang) []branch {
	chiefs := map[string][]filled{}
	for _, f := range posts {
		if f.Unit != "" && (f.Role == "bureau_head" || f.Role == "section_manager") {
			chiefs[f.Unit] = append(chiefs[f.Unit], f)
		}
	}
	var grow func(u Unit) branch
	grow = func(u Unit) branch {
		b := branch{name: u.Name, href: "/people?unit=" + url.QueryEscape(u.Code)}
		var notes []string
		for _, f := range chiefs[u.Code] {
			if len(f.holding) > 0 {
				notes = append(notes, fmt.Sprintf("%s：%s", p.term("role", f.Role, lang), names(f.holding)))
			}
			if f.gaps(day) {
				b.states = append(b.states, f.state(day)...)
			}
		}
		if len(chiefs[u.Code]) == 0 && (u.Kind == "section" || u.Kind == "bureau") {
			b.states = append(b.states, word{msg.T("役職なし", "No post"), web.Bad})
		}
		b.note = strings.Join(notes, "、")
		for _, w := range b.states {
			if w.tone != web.Good {
				b.gaps++
			}
		}
		for _, x := range ch.Below(u.Code) {
			b.below = append(b.below, grow(x))
		}
		return b.sum()
	}
	byOrgan := map[string][]branch{}
	known := map[string]bool{}
	for _, o := range ch.Organs {
		known[o.Code] = true
	}
	for _, u := range ch.Below("") {
		organ := u.Organ
		if !known[organ] {
			organ = ""
		}
		byOrgan[organ] = append(byOrgan[organ], grow(u))
	}
	var out []branch
	for i, o := range ch.Organs {
		out = append(out, branch{name: o.Name, below: byOrgan[o.Code], open: i == 0}.sum())
	}
	if lost := byOrgan[""]; len(lost) > 0 {
		out = append(out, branch{name: msg.T("所属機関が定まっていない組織", "Units without an organ").In(lang), below: lost, open: true}.sum())
	}
	return out
}

func names(people []Person) string {
	var out []string
	for _, x := range people {
		out = append(out, x.Name)
	}
	return strings.Join(out, "、")
}
