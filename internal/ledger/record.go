package ledger

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

const (
	versionsShown  = 20 // of a history
	referrersShown = 5  // records of each field that points here
)

// step is a version of a record beside the one before.
type step struct {
	now register.Version
	was register.Row // nil for the first
}

// pointing is a field that points at a record, with the first few records that do.
type pointing struct {
	register.Referrer
	rows []register.Record
}

// file is what the page of a record is made of.
type file struct {
	r        *web.Request
	s        *Service
	d        *register.Def
	rec      register.Record
	fields   []register.Field
	labels   register.Labels
	findings []Finding
	pointing []pointing
	steps    []step
	older    int // versions that are not shown
	links    []web.Link
	reader   *register.Reader
}

// record is the page of one record.
func (s *Service) record(r *web.Request) (web.Response, error) {
	d, err := s.def(r)
	if err != nil {
		return web.Response{}, err
	}
	f := file{r: r, s: s, d: d}
	if err := s.read(r, f.load); err != nil {
		return web.Response{}, err
	}
	if s.c.Findings != nil {
		if f.findings, err = s.c.Findings(r.Context(), ref.New(d.Name, r.Path("key"))); err != nil {
			return web.Response{}, err
		}
	}
	return web.Page(f.title(), f.body()).In("/registers"), nil
}

func (f *file) load(ctx context.Context, tx *db.Tx) error {
	c, key := f.s.c.Catalog, f.r.Path("key")
	f.reader = c.As(tx, f.r.Actor)
	rec, ok, err := f.reader.One(ctx, f.d, key)
	if err != nil {
		return err
	}
	if !ok {
		return web.NotFound()
	}
	f.rec = rec
	v, err := f.s.sees(ctx, tx, f.r.Actor, f.d)
	if err != nil {
		return err
	}
	f.fields = v.of(rec.Row)
	if err := f.loadSteps(ctx, tx, key); err != nil {
		return err
	}
	if err := f.loadPointing(ctx, tx, key); err != nil {
		return err
	}
	return f.loadLinks(ctx, tx, key)
}

func (f *file) loadSteps(ctx context.Context, tx *db.Tx, key string) error {
	c := f.s.c.Catalog
	versions, err := c.History(ctx, tx, f.d, key)
	if err != nil {
		return err
	}
	rows := []register.Row{f.rec.Row}
	people := []ref.Ref{}
	person := func(id string) {
		if p, err := ref.Parse(id); err == nil {
			people = append(people, p)
		}
	}
	person(f.rec.ChangedBy)
	for i, v := range versions {
		if i == versionsShown {
			f.older = len(versions) - i
			break
		}
		st := step{now: v}
		if i+1 < len(versions) {
			st.was = versions[i+1].Row
			rows = append(rows, st.was)
		}
		rows = append(rows, v.Row)
		person(v.By)
		f.steps = append(f.steps, st)
	}
	if f.labels, err = f.reader.Labels(ctx, f.d, rows...); err != nil {
		return err
	}
	names, err := f.reader.Names(ctx, people...)
	for k, n := range names {
		f.labels[k] = n
	}
	return err
}

func (f *file) loadPointing(ctx context.Context, tx *db.Tx, key string) error {
	rs, err := f.reader.Referrers(ctx, f.d, key)
	if err != nil {
		return err
	}
	own := f.d.Name == "person" && key == f.r.Actor.Person
	for _, x := range rs {
		if x.Field.Personal && !x.Field.List && !own { // what a field hides is not told from its other end
			v, err := f.s.sees(ctx, tx, f.r.Actor, x.Def)
			if err != nil {
				return err
			}
			if !v.has(x.Field.Name) {
				continue
			}
		}
		p, err := f.reader.List(ctx, x.Def, register.Query{Filters: map[string][]string{x.Field.Name: {key}}, Limit: referrersShown})
		if err != nil {
			return err
		}
		f.pointing = append(f.pointing, pointing{x, p.Rows})
	}
	return nil
}

// loadLinks finds what this person may do with the record.
func (f *file) loadLinks(ctx context.Context, tx *db.Tx, key string) error {
	if f.rec.Ended {
		return nil
	}
	may := func(id string, in act.Input) (bool, error) {
		no, err := refusal(f.s.c.Gate.May(ctx, tx, f.r.Actor, id, in))
		return !no, err
	}
	for _, a := range f.s.actsOn(f.d) {
		ok, err := may(a.act.ID, act.Input{a.field: key})
		if err != nil {
			return err
		}
		if ok {
			f.links = append(f.links, web.Link{Title: a.act.Title, Href: path(f.d, key, "act", a.act.ID)})
		}
	}
	if f.d.ReadOnly {
		return nil
	}
	in := act.Input{f.d.KeyField().Name: key}
	ok, err := may(f.d.Name+".change", in)
	if err != nil {
		return err
	}
	if ok {
		f.links = append([]web.Link{{Title: msg.T("変更する", "Change"), Href: path(f.d, key, "edit"), Main: true}}, f.links...)
	}
	if ok, err = may(f.d.Name+".end", in); err != nil {
		return err
	}
	if ok {
		f.links = append(f.links, web.Link{Title: msg.T("終了する", "End"), Href: path(f.d, "end") + "?key=" + escape(key)})
	}
	return nil
}

// title names the record: its name, or the register and its key.
func (f *file) title() msg.Text { return recordTitle(f.s.c.Catalog, f.d, f.rec.Row) }

func recordTitle(c *register.Catalog, d *register.Def, row register.Row) msg.Text {
	name := d.Str(row, d.Label)
	if d.Label == d.KeyField().Name || name == "" {
		return msg.F("%s %s", "%s %s", d.Title, d.Key(row))
	}
	return msg.Same(name)
}

func (f *file) body() templ.Component {
	lang := f.r.Lang
	head := web.Head{Crumbs: crumbs(f.d, web.Link{Title: msg.Same(f.d.Key(f.rec.Row))}), Title: f.title(), Links: f.links, Facts: []msg.Text{
		msg.F("%s %s", "%s %s", f.d.KeyField().Title, f.d.Key(f.rec.Row)),
		msg.F("記録の版 %d", "Version %d of the record", f.rec.Version),
		msg.F("%s　%s", "%s by %s", when.StampOf(f.rec.ChangedAt).Both(), who(f.rec.ChangedBy, f.labels, lang))}}
	if f.rec.Ended {
		head.Badge = web.Badge(msg.T("終了", "Ended"), web.Plain)
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Number: f.d.Key(f.rec.Row), Date: when.StampOf(f.r.Now()).Text(lang)}), web.PageHead(head)}
	if len(f.findings) > 0 {
		parts = append(parts, section(msg.T("点検の結果", "What the checks say"), findings(f.findings)))
	}
	parts = append(parts, f.content()...)
	if len(f.pointing) > 0 {
		parts = append(parts, section(msg.T("この記録を参照している記録", "Records that refer to this one"), web.SummaryList(f.referrers())))
	}
	parts = append(parts, section(msg.T("変更の履歴", "History"), f.history()))
	return web.Stack(parts...)
}

// content shows the record: what lists show first, then the rest; what is empty is named in one line.
func (f *file) content() []templ.Component {
	var main, rest []web.Entry
	var blank []msg.Text
	for _, fd := range f.fields {
		e := f.entry(fd)
		if e.Text == "" && e.Part == nil {
			blank = append(blank, fd.Title)
			continue
		}
		if fd.Key || fd.List || fd.Name == f.d.Label {
			main = append(main, e)
			continue
		}
		rest = append(rest, e)
	}
	out := []templ.Component{section(msg.T("内容", "Content"), web.SummaryList(main))}
	if len(rest) > 0 {
		out = append(out, section(msg.T("詳細", "Details"), web.SummaryList(rest)))
	}
	if len(blank) > 0 {
		out = append(out, web.Para(msg.F("記入されていない項目：%s", "Not filled in: %s", words(blank...))))
	}
	return out
}

// opens says whether a reference leads anywhere: of a register with a rule only what the reader was given the name of.
func (s *Service) opens(name, key string, labels register.Labels) bool {
	_, named := labels[ref.New(name, key)]
	return key != "" && (named || s.c.Catalog.Must(name).Reach == nil)
}

func (f *file) entry(fd register.Field) web.Entry {
	v := f.rec.Row[f.d.Index(fd.Name)]
	e := web.Entry{Label: fd.Title, Text: f.s.c.Catalog.Show(fd, v, f.r.Lang, f.labels)}
	if e.Text == "" {
		return e
	}
	switch x := v.(type) {
	case string:
		switch {
		case fd.Kind == register.Ref:
			if f.s.opens(fd.Refers, x, f.labels) {
				e.Href = Href(ref.New(fd.Refers, x))
			}
			if e.Text != x {
				e.Note = x
			}
		case fd.Key || !strings.ContainsFunc(x, func(r rune) bool { return r > 0x7e || r == ' ' }) && fd.Kind == register.Text:
			e.Part, e.Text = code(x), ""
		}
	case bool:
		if !x && !fd.List {
			e.Text = "" // an unticked box of a form says nothing
		}
	case []string:
		if fd.Refers != "" {
			var links []web.Link
			for _, k := range x {
				name := f.labels[ref.New(fd.Refers, k)]
				if name == "" {
					name = k
				}
				l := web.Link{Title: msg.Same(name)}
				if f.s.opens(fd.Refers, k, f.labels) {
					l.Href = Href(ref.New(fd.Refers, k))
				}
				links = append(links, l)
			}
			e.Part, e.Text = linkList(links), ""
		}
	}
	return e
}

// referrers lists who points here: the first few, and a link to all.
func (f *file) referrers() []web.Entry {
	var out []web.Entry
	key := f.d.Key(f.rec.Row)
	for _, p := range f.pointing {
		var links []web.Link
		for _, rec := range p.rows {
			links = append(links, web.Link{Title: recordTitle(f.s.c.Catalog, p.Def, rec.Row), Href: path(p.Def, p.Def.Key(rec.Row))})
		}
		if p.Count > len(p.rows) {
			links = append(links, web.Link{Title: msg.F("すべて見る（%s）", "See all (%s)", many(min(p.Count, register.CountLimit), p.Count > register.CountLimit)),
				Href: path(p.Def) + "?" + p.Field.Name + "=" + escape(key)})
		}
		out = append(out, web.Entry{Label: msg.F("%s（%s）", "%s (%s)", p.Def.Title, p.Field.Title), Part: linkList(links)})
	}
	return out
}

// history shows each version with the cells it changed, who changed them by which act, and why.
func (f *file) history() templ.Component {
	lang := f.r.Lang
	var parts []templ.Component
	for _, st := range f.steps {
		v := st.now
		caption := msg.F("第%d版　%s　%s　%s", "Version %d, %s, %s, %s", v.Version, when.StampOf(v.At).Both(), who(v.By, f.labels, lang), f.s.actName(v.Act))
		if v.Reason != "" {
			caption = msg.F("%s　理由：%s", "%s. Reason: %s", caption, v.Reason)
		}
		changes := f.changes(st)
		switch {
		case st.was == nil:
			parts = append(parts, web.Para(caption))
		case len(changes) == 0 && v.Ended:
			parts = append(parts, web.Para(msg.F("%s（記録の終了）", "%s (the record was ended)", caption)))
		case len(changes) == 0:
			parts = append(parts, web.Para(caption))
		default:
			parts = append(parts, under(hold(), web.DiffTable(caption, changes)))
		}
	}
	if f.older > 0 {
		parts = append(parts, web.Para(msg.F("これより前に%d版あります。", "There are %d earlier versions.", f.older)))
	}
	subject := ref.New(f.d.Name, f.d.Key(f.rec.Row)).String()
	parts = append(parts, linkList([]web.Link{{Title: msg.T("この記録についての証跡を見る", "The record of acts on this one"), Href: "/trail?subject=" + escape(subject)}}))
	return web.Stack(parts...)
}

func (f *file) changes(st step) []web.Change {
	if st.was == nil {
		return nil
	}
	var out []web.Change
	for _, fd := range f.fields {
		i := f.d.Index(fd.Name)
		old, now := f.s.c.Catalog.Show(fd, st.was[i], f.r.Lang, f.labels), f.s.c.Catalog.Show(fd, st.now.Row[i], f.r.Lang, f.labels)
		if register.Raw(st.was[i]) != register.Raw(st.now.Row[i]) {
			out = append(out, web.Change{Label: fd.Title.In(f.r.Lang), Old: old, New: now})
		}
	}
	return out
}
