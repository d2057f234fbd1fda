package policy

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/policy/text"
	"okite/internal/web"
	"okite/internal/when"
)

func itoa(n int) string { return strconv.Itoa(n) }

// The titles of the pages.
var (
	titlePolicy   = msg.T("方針を読む", "Policy")
	titleRead     = msg.T("ポリシーの本文", "Text of the policy")
	titleDecision = msg.T("決裁の状況", "Approval")
	titleDiff     = msg.T("版の比較", "Compare versions")
	titleImport   = msg.T("案の取込み", "Import a draft")
	titlePreview  = msg.T("取り込む内容の確認", "Check what will be imported")
	titleExport   = msg.T("本文の書き出し", "Export the text")
)

// Routes are the pages of the policy (bp.0, bp.4, bp.12).
func (s *Service) Routes() []web.Route {
	route := func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: []clause.ID{"bp.0", "bp.4"}, Rule: web.SignedIn, Page: page, Again: again}
	}
	first := route("GET", "/policy", titlePolicy, s.listPage, nil)
	first.Nav = &web.NavItem{Order: 30}
	upload := route("POST", "/policy/import", titleImport, s.takeUpload, s.importPage)
	upload.MaxBody = text.MaxFile + 1<<20
	diff := route("GET", "/policy/{version}/diff", titleDiff, s.diffPage, nil)
	diff.Clauses = []clause.ID{"bp.12"}
	return append([]web.Route{
		first,
		route("GET", "/policy/import", titleImport, s.importPage, nil),
		upload,
		route("GET", "/policy/import/preview", titlePreview, s.previewPage, nil),
		route("POST", "/policy/import/preview", titlePreview, s.applyImport, s.previewPage),
		route("GET", "/policy/{version}", titleRead, s.readPage, nil),
		route("GET", "/policy/{version}/decision", titleDecision, s.decisionPage, nil),
		route("POST", "/policy/{version}/decision", titleDecision, s.decide, s.decisionPage),
		diff,
		route("GET", "/policy/{version}/export", titleExport, s.exportFile, nil),
	}, s.reviseRoutes(route)...)
}

func (s *Service) read(r *web.Request, fn db.Func) error { return s.c.Store.Read(r.Context(), fn) }

func crumb(v *Version) []web.Link {
	out := []web.Link{{Title: titlePolicy, Href: "/policy"}}
	if v != nil {
		out = append(out, web.Link{Title: msg.Same(v.Name), Href: "/policy/" + url.PathEscape(v.Code)})
	}
	return out
}

// stateOf is the state as it is today: a version whose last day has passed is not in force, whatever it says.
func stateOf(v Version, today when.Date) (msg.Text, web.Tone) {
	st := flow.State(v.State)
	switch {
	case st == Current && v.From > today:
		return msg.T("施行日待ち", "In force later"), web.Info
	case st == Current && v.Until != 0 && v.Until < today:
		return stateTitles[Replaced], web.Plain
	case st == Current:
		return stateTitles[st], web.Good
	case st == Replaced || st == Withdrawn:
		return stateTitles[st], web.Plain
	}
	if t, ok := stateTitles[st]; ok {
		return t, web.Info
	}
	return msg.Same(v.State), web.Plain
}

// nextStep says in a few words what a version waits for.
func (s *Service) nextStep(v Version) msg.Text {
	for _, m := range s.steps(v) {
		if !m.Back {
			return m.Title
		}
	}
	return msg.Text{}
}

func (s *Service) listPage(r *web.Request) (web.Response, error) {
	var vs []Version
	var mayImport bool
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if vs, err = s.versions(ctx, tx); err != nil {
			return err
		}
		mayImport, err = s.c.Gate.Decides(ctx, tx, r.Actor, "policy.import")
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Title: titlePolicy, Lead: msg.T("情報セキュリティポリシーは、基本方針と対策基準の2層からなります。版を選ぶと、本文と、条ごとの判定、台帳、手続を読めます。",
		"The policy has two layers, the basic policy and the standard. Choose a version to read its text with the checks, registers and acts of each clause.")}
	if mayImport {
		head.Links = []web.Link{{Title: titleImport, Href: "/policy/import", Main: true}}
	}
	parts := []templ.Component{web.PageHead(head)}
	for _, layer := range []string{text.Basic, text.Standard} {
		t := web.Table{ID: "versions-" + layer, Caption: layerName(layer), Count: -1, Empty: msg.T("まだ取り込まれていません。", "Nothing was imported yet."), Columns: []web.Column{
			{Title: msg.T("名称", "Title"), Head: true}, {Title: msg.T("版", "Version"), NoWrap: true}, {Title: msg.T("状態", "State"), NoWrap: true},
			{Title: msg.T("施行日", "In force from"), NoWrap: true}, {Title: msg.T("効力の終わり", "Until"), NoWrap: true}, {Title: msg.T("次の手続", "Next step")}}}
		for _, v := range vs {
			if v.Layer != layer {
				continue
			}
			st, tone := stateOf(v, today)
			next := web.Cell{}
			if n := s.nextStep(v); !n.IsZero() {
				next = web.Cell{Text: n.In(r.Lang), Href: "/policy/" + v.Code + "/decision"}
			}
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: v.Name, Href: "/policy/" + v.Code}, {Text: edition(v).In(r.Lang)}, {Part: web.Badge(st, tone)},
				{Text: v.From.Text(r.Lang)}, {Text: v.Until.Text(r.Lang)}, next}})
		}
		parts = append(parts, web.TablePart(t))
	}
	return web.Page(titlePolicy, web.Stack(parts...)), nil
}

func layerName(layer string) msg.Text {
	if layer == text.Standard {
		return msg.T("情報セキュリティ対策基準", "Standard")
	}
	return msg.T("情報セキュリティ基本方針", "Basic policy")
}

func edition(v Version) msg.Text { return msg.F("第%d版", "Version %d", v.Number) }

// reader is the text of a version as the page shows it.
type reader struct {
	clauses, contents []place
}

// place is one clause on the page.
type place struct {
	id, number, title, text string
	english, gloss          string
	heading                 string // the chapter that begins here
	depth, level            int
	modal                   []string
	counts                  web.Counts
	parents                 []web.Link
	things                  []thingGroup
	history                 []earlier
}

type earlier struct {
	title msg.Text
	href  string
	words []Word
}

type thingGroup struct {
	title  msg.Text
	things []Thing
	fold   bool // however few they are
}

func (p place) counted() bool { return p.counts != (web.Counts{}) }

func (p place) aside() bool {
	return len(p.modal)+len(p.parents)+len(p.things)+len(p.history) > 0 || p.counted()
}

func (p place) countText() msg.Text {
	return msg.F("不適合%s・判定不能%s・適合%s", "%s non-compliant, %s undetermined, %s compliant", web.Number(p.counts.Noncompliant), web.Number(p.counts.Undetermined), web.Number(p.counts.Compliant))
}

var thingKinds = []struct {
	kind  string
	title msg.Text
}{
	{"check", msg.T("判定", "Checks")}, {"register", msg.T("台帳", "Registers")}, {"act", msg.T("操作", "Acts")}, {"page", msg.T("ページ", "Pages")},
	{"standard", msg.T("対策基準", "Standard")}, {"procedure", msg.T("実施手順", "Procedures")}, {"exception", msg.T("例外措置", "Exceptions")},
}

func group(things []Thing) []thingGroup {
	var out []thingGroup
	for _, k := range thingKinds {
		g := thingGroup{title: k.title}
		for _, t := range things {
			if t.Kind == k.kind {
				g.things = append(g.things, t)
			}
		}
		if len(g.things) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func (s *Service) readPage(r *web.Request) (web.Response, error) {
	var v Version
	var rd reader
	var mayRevise bool
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if v, _, err = s.version(ctx, tx, r.Path("version")); err != nil {
			return err
		}
		if mayRevise, err = s.mayRevise(ctx, tx, r.Actor, v.Code); err != nil {
			return err
		}
		rd, err = s.reader(ctx, tx, v, r.Lang)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	for i, c := range rd.clauses { // outside of the transaction: the checks have one of their own
		if s.c.Results != nil && flow.State(v.State) == Current {
			rd.clauses[i].counts = s.c.Results(r.Context(), clause.ID(c.id))
		}
	}
	today := when.Of(r.Now())
	st, tone := stateOf(v, today)
	at := "/policy/" + url.PathEscape(v.Code)
	head := web.Head{Crumbs: crumb(nil), Title: msg.Same(v.Name), Badge: web.Badge(st, tone), Facts: facts(v),
		Links: []web.Link{{Title: titleDecision, Href: at + "/decision"}, {Title: titleDiff, Href: at + "/diff"}}}
	if mayRevise {
		head.Links = append([]web.Link{{Title: titleRevise, Href: at + "/revise", Main: true}}, head.Links...)
	}
	if r.Lang == msg.EN {
		head.Lead = msg.T("正式なものは日本語の本文です。英語は読むための訳です。", "The Japanese text is what binds. The English beside it is a gloss for reading.")
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: today.Text(r.Lang), Number: v.Code}), web.PageHead(head)}
	if len(rd.clauses) == 0 {
		parts = append(parts, web.EmptyState(msg.T("この版の条項は登録されていません。", "No clauses of this version are on record.")))
	}
	parts = append(parts, readerView(rd), s.exportLinks(at))
	return web.Page(msg.Same(v.Name), web.Stack(parts...)), nil
}

func facts(v Version) []msg.Text {
	out := []msg.Text{layerName(v.Layer), edition(v)}
	if v.From != 0 {
		out = append(out, msg.F("施行日 %s", "In force from %s", v.From.Both()))
	}
	if v.Until != 0 {
		out = append(out, msg.F("%sまで", "until %s", v.Until.Both()))
	}
	return out
}

func (s *Service) exportLinks(at string) templ.Component {
	var links []templ.Component
	for _, x := range []struct{ as, name string }{{"markdown", "Markdown"}, {"json", "JSON"}, {"oscal", "OSCAL"}} {
		links = append(links, web.ButtonLink(web.Link{Title: msg.F("%sで書き出す", "Export as %s", x.name), Href: at + "/export?as=" + x.as}))
	}
	return within(titleExport, boxed("page-links", links...))
}

// within is a section around components.
func within(title msg.Text, inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Section(title).Render(templ.WithChildren(ctx, inner), w)
	})
}

func boxed(class string, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, `<div class="`+class+`">`); err != nil {
			return err
		}
		if err := web.Stack(inner...).Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, `</div>`)
		return err
	})
}

// reader puts the page's clauses together.
func (s *Service) reader(ctx context.Context, tx *db.Tx, v Version, lang msg.Lang) (reader, error) {
	cs, err := s.clauses(ctx, tx, v.Code)
	if err != nil {
		return reader{}, err
	}
	h, err := s.hanging(ctx, tx)
	if err != nil {
		return reader{}, err
	}
	heads, err := s.chapters(ctx, tx, v)
	if err != nil {
		return reader{}, err
	}
	past, err := s.earlier(ctx, tx, v)
	if err != nil {
		return reader{}, err
	}
	var gloss = map[string][2]string{}
	if lang == msg.EN {
		g, err := s.gloss(v.Layer)
		if err != nil {
			return reader{}, err
		}
		for id, x := range g {
			gloss[id] = [2]string{x.Title, x.Text}
		}
	}
	var out reader
	above := map[string][]string{}
	chapter, flat := "", 0
	for _, t := range heads {
		if t != "" {
			flat = 1 // chapters are headings of their own above the clauses
		}
	}
	for _, c := range cs {
		depth := clause.ID(c.ID).Depth()
		p := place{id: c.ID, number: c.Number, title: c.Name, text: c.Text, depth: depth, level: min(1+depth+flat, 6), modal: c.Modal, english: gloss[c.ID][0], gloss: gloss[c.ID][1]}
		var shown []string
		if t := heads[c.ID]; t != chapter {
			chapter, p.heading = t, t
		}
		if chapter == "" && depth == 1 {
			p.level = 2
		}
		if !slices.Equal(c.Parents, above[string(clause.ID(c.ID).Parent())]) { // what it shares with the place above is said there
			shown = c.Parents
		}
		above[c.ID] = c.Parents
		for _, id := range shown {
			p.parents = append(p.parents, web.Link{Title: web.Clause(clause.ID(id)), Href: "/clauses/" + id})
		}
		p.things = group(s.bound(h, clause.ID(c.ID)))
		for up := clause.ID(c.ID).Parent(); up != ""; up = up.Parent() { // what binds the parent as a whole binds its items
			if things := s.bound(h, up); len(things) > 0 {
				p.things = append(p.things, thingGroup{title: msg.F("%s全体に係るもの", "Bound to %s as a whole", web.Clause(up)), things: things, fold: true})
			}
		}
		for _, e := range past[c.ID] {
			if e.c.Text != c.Text || e.c.Name != c.Name {
				p.history = append(p.history, earlier{title: msg.F("%s %s", "%s, %s", edition(e.v), msg.Same(e.v.Name)), href: "/policy/" + e.v.Code + "#" + c.ID, words: Words(joined(e.c), joined(c))})
			}
		}
		out.clauses = append(out.clauses, p)
		if depth == 1 || len(cs) < 60 && depth == 2 {
			out.contents = append(out.contents, p)
		}
	}
	return out, nil
}

func joined(c Clause) string { return strings.TrimSpace(c.Name + "\n" + c.Text) }

// chapters are the headings above the clauses, read from the text anew; a version without a text has none.
func (s *Service) chapters(ctx context.Context, tx *db.Tx, v Version) (map[string]string, error) {
	out := map[string]string{}
	r, err := s.textOf(ctx, tx, v.Code)
	if err != nil || r.Source == "" {
		return out, err
	}
	d, err := text.Read("text.txt", []byte(r.Source), v.Layer)
	if err != nil {
		return out, nil // a text kept by an older reader: the clauses stand without headings
	}
	for _, c := range d.Clauses {
		out[string(c.ID)] = c.Heading
	}
	return out, nil
}

type clauseThen struct {
	v Version
	c Clause
}

// earlier are the clauses of the versions before, the newest first.
func (s *Service) earlier(ctx context.Context, tx *db.Tx, v Version) (map[string][]clauseThen, error) {
	vs, err := s.versions(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := map[string][]clauseThen{}
	n := 0
	for _, o := range vs {
		st := flow.State(o.State)
		if o.Layer != v.Layer || o.Number >= v.Number || st != Current && st != Replaced || n >= 5 {
			continue
		}
		n++
		cs, err := s.clauses(ctx, tx, o.Code)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			out[c.ID] = append(out[c.ID], clauseThen{o, c})
		}
	}
	return out, nil
}

func (s *Service) exportFile(r *web.Request) (web.Response, error) {
	as := cmp.Or(r.Query("as"), "markdown")
	v := r.Path("version")
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		_, _, err := s.version(ctx, tx, v)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	ext, kind := map[string]string{"markdown": ".md", "json": ".json", "oscal": ".oscal.json"}[as], "application/json"
	if ext == "" {
		return web.Response{}, fault.At("as", msg.T("この形式では書き出せません。", "It cannot be written in this form."))
	}
	if as == "markdown" {
		kind = "text/markdown; charset=utf-8"
	}
	return web.File("policy-"+v+ext, kind, func(w io.Writer) error { return s.Export(r.Context(), w, v, as) }), nil
}

// change is a clause of the page of differences.
type change struct {
	id, number string
	kind, note msg.Text
	tone       web.Tone
	name, text []Word
	things     []thingGroup
}

func (s *Service) diffPage(r *web.Request) (web.Response, error) {
	var v Version
	var vs []Version
	var d Difference
	with := r.Query("with")
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if v, _, err = s.version(ctx, tx, r.Path("version")); err != nil {
			return err
		}
		if vs, err = s.versions(ctx, tx); err != nil {
			return err
		}
		vs = slices.DeleteFunc(vs, func(o Version) bool { return o.Layer != v.Layer || o.Code == v.Code })
		if with == "" {
			for _, o := range vs { // the newest version before this one
				if o.Number < v.Number {
					with = o.Code
					break
				}
			}
		}
		if with == "" || !slices.ContainsFunc(vs, func(o Version) bool { return o.Code == with }) {
			with = ""
			return nil
		}
		d, err = s.diff(ctx, tx, with, v.Code)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	at := "/policy/" + url.PathEscape(v.Code)
	head := web.PageHead(web.Head{Crumbs: crumb(&v), Title: titleDiff, Lead: msg.F("「%s」%sを、選んだ版と条ごとに比べます。", "“%s”, %s, compared clause by clause with the version you choose.", v.Name, edition(v))})
	tabs := []web.Tab{}
	for _, o := range vs {
		tabs = append(tabs, web.Tab{Title: msg.F("%s %s", "%s, %s", edition(o), msg.Same(o.Name)), Href: at + "/diff?with=" + url.QueryEscape(o.Code), Count: -1, Current: o.Code == with})
	}
	if len(tabs) == 0 {
		return web.Page(titleDiff, web.Stack(head, web.EmptyState(msg.T("比べる版がほかにありません。", "There is no other version to compare with."), web.Link{Title: titleRead, Href: at}))), nil
	}
	form := web.Tabs(msg.T("比べる版", "Compare with"), tabs)
	if with == "" {
		return web.Page(titleDiff, web.Stack(head, form)), nil
	}
	var list []change
	count := map[string]int{}
	for _, x := range d.Clauses {
		k := diffKinds[x.Kind]
		count[x.Kind]++
		c := change{id: x.ID, kind: k.title, tone: k.tone, name: x.Title, text: x.Text}
		if x.New != nil {
			c.number = x.New.Number
		} else {
			c.id, c.number = "old-"+x.ID, x.Old.Number
		}
		if x.Was != "" {
			c.note = msg.F("以前の番号は%sです。", "It was %s.", x.Old.Number)
		} else if x.Modal {
			c.note = msg.T("義務の強さを表す語が変わりました。", "The words that say how strongly it binds have changed.")
		}
		var things []Thing
		for _, t := range x.Below {
			things = append(things, Thing(t))
		}
		c.things = group(things)
		list = append(list, c)
	}
	tiles := web.Tiles([]web.Tile{{Value: msg.Same(itoa(count[Changed])), Label: diffKinds[Changed].title}, {Value: msg.Same(itoa(count[Added])), Label: diffKinds[Added].title},
		{Value: msg.Same(itoa(count[Removed])), Label: diffKinds[Removed].title}, {Value: msg.Same(itoa(count[Moved])), Label: diffKinds[Moved].title}, {Value: msg.Same(itoa(d.Same)), Label: msg.T("同じ", "Same")}})
	parts := []templ.Component{head, form, tiles}
	if len(list) == 0 {
		parts = append(parts, web.EmptyState(msg.T("二つの版の条項は同じです。", "The clauses of both versions are the same.")))
	}
	return web.Page(titleDiff, web.Stack(append(parts, diffView(list))...)), nil
}
