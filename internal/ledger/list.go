package ledger

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
)

// Parameters of a list's address beside the names of fields.
const (
	argWords   = "q"
	argSort    = "sort" // a field; with - before it from the last
	argColumn  = "col"  // shown columns, several
	argSize    = "size"
	argAfter   = "after"
	argPage    = "page"
	argEnded   = "ended"
	argFilters = "filters" // "all" shows every filter
)

var reserved = []string{argWords, argSort, argColumn, argSize, argAfter, argPage, argEnded, argFilters, "as", "encoding", "lost", "limit"}

const (
	notSet         = "-" // the filter value that stands for an empty field
	defaultColumns = 8   // shown unless the reader chooses
	defaultFilters = 5
	choiceLimit    = 200 // values offered by a filter
)

var sizes = []int{50, 100, 200}

// query reads what a list is asked for. Fields the person does not see can be neither filtered nor sorted by.
func query(r *web.Request, v sight) (register.Query, error) {
	q := register.Query{Filters: map[string][]string{}, Text: r.Query(argWords), After: r.Query(argAfter), Ended: r.Query(argEnded) == "1"}
	var l fault.List
	for name := range r.URL.Query() {
		if slices.Contains(reserved, name) {
			continue
		}
		if !v.has(name) {
			l.Add(name, msg.F("「%s」という項目では絞り込めません。", "The list cannot be narrowed by %q.", name))
			continue
		}
		for _, x := range r.QueryAll(name) {
			if x == notSet {
				x = ""
			}
			q.Filters[name] = append(q.Filters[name], x)
		}
	}
	if err := l.Err(); err != nil {
		return q, err
	}
	q.Sort, q.Desc = strings.CutPrefix(r.Query(argSort), "-")
	if q.Sort != "" && !v.has(q.Sort) {
		return q, fault.At(argSort, msg.F("「%s」では並べ替えられません。", "The list cannot be sorted by %q.", q.Sort))
	}
	q.Page = max(r.QueryInt(argPage, 1), 1)
	q.Limit = r.QueryInt(argSize, sizes[0])
	if !slices.Contains(sizes, q.Limit) {
		q.Limit = sizes[0]
	}
	return q, nil
}

// columns are the fields a list shows: those asked for, or as many of the register's list fields as fit a desk, the
// required ones first, since they say most.
func columns(r *web.Request, v sight) []register.Field {
	asked := r.QueryAll(argColumn)
	pick := func(want func(f register.Field) bool) []register.Field {
		var out []register.Field
		for _, f := range v.fields {
			if f.Key || want(f) {
				out = append(out, f)
			}
		}
		return out
	}
	if slices.ContainsFunc(asked, v.has) {
		return pick(func(f register.Field) bool { return slices.Contains(asked, f.Name) })
	}
	chosen := map[string]bool{v.d.Label: true}
	room := defaultColumns - 1
	if v.d.Label != v.d.KeyField().Name {
		room--
	}
	for _, must := range []bool{true, false} {
		for _, f := range v.fields {
			if f.List && f.Required == must && !f.Key && !chosen[f.Name] && room > 0 {
				chosen[f.Name] = true
				room--
			}
		}
	}
	return pick(func(f register.Field) bool { return chosen[f.Name] })
}

// listing is what a list page is made of.
type listing struct {
	r      *web.Request
	s      *Service
	v      sight
	q      register.Query
	page   register.Page
	cols   []register.Field
	labels register.Labels
	fields []web.Field // of the filter
	more   bool        // there are filters that are not shown
	views  []view
	may    map[string]bool // create, end, import
	reader *register.Reader
}

// list is the page of a register.
func (s *Service) list(r *web.Request) (web.Response, error) {
	d, err := s.def(r)
	if err != nil {
		return web.Response{}, err
	}
	l := listing{r: r, s: s, may: map[string]bool{}}
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error { return l.load(ctx, tx, d) }); err != nil {
		return web.Response{}, err
	}
	return web.Page(d.Title, l.body()), nil
}

func (l *listing) load(ctx context.Context, tx *db.Tx, d *register.Def) (err error) {
	l.reader = l.s.c.Catalog.As(tx, l.r.Actor)
	if l.v, err = l.s.sees(ctx, tx, l.r.Actor, d); err != nil {
		return err
	}
	if l.q, err = query(l.r, l.v); err != nil {
		return err
	}
	l.cols = columns(l.r, l.v)
	if l.page, err = l.reader.List(ctx, d, l.q); err != nil {
		return err
	}
	rows := make([]register.Row, len(l.page.Rows))
	for i, rec := range l.page.Rows {
		rows[i] = rec.Row
	}
	if l.labels, err = l.reader.Labels(ctx, d, rows...); err != nil {
		return err
	}
	if err := l.filters(ctx, tx); err != nil {
		return err
	}
	if l.views, err = views(ctx, tx, l.r.Actor, d); err != nil {
		return err
	}
	for _, verb := range []string{"create", "end", "import"} {
		if l.may[verb], err = l.s.c.Gate.Decides(ctx, tx, l.r.Actor, d.Name+"."+verb); err != nil {
			return err
		}
	}
	return nil
}

// filters makes the fields of the filter: words, then choices of vocabularies, records and days.
func (l *listing) filters(ctx context.Context, tx *db.Tx) error {
	any := msg.T("すべて", "All")
	l.fields = []web.Field{{Name: argWords, Label: msg.T("語句", "Words"), Kind: web.SearchField, Value: l.r.Query(argWords), Width: 20}}
	all := l.r.Query(argFilters) == "all"
	for _, f := range l.v.fields {
		if _, used := l.q.Filters[f.Name]; !f.Filter && !used {
			continue
		}
		if len(l.fields) > defaultFilters && !all && l.q.Filters[f.Name] == nil {
			l.more = true
			continue
		}
		value := l.r.Query(f.Name)
		wf := web.Field{Name: f.Name, Label: f.Title, Kind: web.SelectField, Value: value, Any: any}
		switch {
		case f.Kind == register.Bool:
			wf.Options = []web.Option{{Value: "true", Label: msg.T("はい", "Yes")}, {Value: "false", Label: msg.T("いいえ", "No")}}
		case f.Vocab != "" && l.s.c.Catalog.Pack().Vocab(f.Vocab) != nil:
			for _, t := range l.s.c.Catalog.Pack().Vocab(f.Vocab).Terms {
				wf.Options = append(wf.Options, web.Option{Value: t.Code, Label: t.Title})
			}
			wf.Options = append(wf.Options, web.Option{Value: notSet, Label: msg.T("（未記入）", "(empty)")})
		case f.Kind == register.Ref:
			if err := l.recordChoices(ctx, tx, f, &wf); err != nil {
				return err
			}
		default:
			wf.Kind, wf.Any, wf.Width = web.TextField, msg.Text{}, 12
		}
		l.fields = append(l.fields, wf)
	}
	return nil
}

// recordChoices offers the records a field points at most, by name.
func (l *listing) recordChoices(ctx context.Context, tx *db.Tx, f register.Field, wf *web.Field) error {
	find := func() ([]string, error) { return l.reader.Choices(ctx, l.v.d, f.Name, choiceLimit) }
	var keys []string
	var err error
	if l.v.d.Reach == nil {
		keys, err = l.s.choices.of(tx.Now(), l.v.d.Name, f.Name, find)
	} else { // what one person may choose from is not kept for the next
		keys, err = find()
	}
	if err != nil {
		return err
	}
	for _, k := range l.q.Filters[f.Name] {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	refs := make([]ref.Ref, len(keys))
	for i, k := range keys {
		refs[i] = ref.New(f.Refers, k)
	}
	names, err := l.reader.Names(ctx, refs...)
	if err != nil {
		return err
	}
	for k, n := range names {
		l.labels[k] = n
	}
	empty := false
	for i, k := range keys {
		if k == "" {
			empty = true
			continue
		}
		name := names[refs[i]]
		if name == "" {
			name = k
		}
		wf.Options = append(wf.Options, web.Option{Value: k, Label: msg.Same(name)})
	}
	slices.SortFunc(wf.Options, func(a, b web.Option) int { return strings.Compare(a.Label.JA, b.Label.JA) })
	if empty {
		wf.Options = append(wf.Options, web.Option{Value: notSet, Label: msg.T("（未記入）", "(empty)")})
	}
	return nil
}

// body puts the page together.
func (l *listing) body() templ.Component {
	d := l.v.d
	head := web.Head{Crumbs: crumbsOf(d), Title: d.Title, Lead: d.Lead}
	if !d.ReadOnly && l.may["create"] {
		head.Links = append(head.Links, web.Link{Title: msg.T("登録する", "New record"), Href: path(d, "new"), Main: true})
	}
	if !d.ReadOnly && l.may["import"] {
		head.Links = append(head.Links, web.Link{Title: msg.T("取り込む", "Import"), Href: path(d, "import")})
	}
	parts := []templ.Component{web.PageHead(head)}
	if len(l.views) > 0 {
		parts = append(parts, viewLinks(d, l.views))
	}
	parts = append(parts, web.FilterPart(l.filter()), web.Chips(l.chips(), path(d)))
	parts = append(parts, l.table(), l.paging(), l.tools())
	return web.Stack(parts...)
}

func crumbsOf(d *register.Def) []web.Link {
	return []web.Link{{Title: titleRegisters, Href: "/registers"}, {Title: d.Title}}
}

// kept is the address's query without some parameters and without its place in the list.
func (l *listing) kept(without ...string) url.Values {
	q := l.r.URL.Query()
	for _, n := range append(without, argAfter, argPage) {
		q.Del(n)
	}
	return q
}

func (l *listing) filter() web.Filter {
	var names []string
	for _, f := range l.fields {
		names = append(names, f.Name)
	}
	f := web.Filter{Action: path(l.v.d), Fields: l.fields, Keep: l.kept(names...)}
	if l.more {
		q := l.kept()
		q.Set(argFilters, "all")
		f.Links = append(f.Links, web.Link{Title: msg.T("条件を増やす", "More filters"), Href: with(path(l.v.d), q)})
	}
	return f
}

// chips are the conditions in force, each with the address without it.
func (l *listing) chips() []web.Chip {
	var out []web.Chip
	drop := func(name, value string) string {
		q := l.kept(name)
		for _, v := range l.r.URL.Query()[name] {
			if v != value {
				q.Add(name, v)
			}
		}
		return with(path(l.v.d), q)
	}
	say := func(t msg.Text) string { return t.In(l.r.Lang) }
	if l.q.Text != "" {
		out = append(out, web.Chip{Label: say(msg.F("語句：%s", "Words: %s", l.q.Text)), Remove: drop(argWords, l.r.Query(argWords))})
	}
	for _, f := range l.v.d.Fields {
		for _, v := range l.q.Filters[f.Name] {
			raw, shown := v, v
			if v == "" {
				raw, shown = notSet, say(msg.T("（未記入）", "(empty)"))
			} else if x, err := l.s.c.Catalog.Parse(f, v); err == nil {
				shown = l.s.c.Catalog.Show(f, x, l.r.Lang, l.labels)
			}
			out = append(out, web.Chip{Label: say(msg.F("%s：%s", "%s: %s", f.Title, shown)), Remove: drop(f.Name, raw)})
		}
	}
	if l.q.Ended {
		out = append(out, web.Chip{Label: say(msg.T("終了した記録も表示", "With ended records")), Remove: drop(argEnded, "1")})
	}
	return out
}

func (l *listing) narrowed() bool { return l.q.Text != "" || len(l.q.Filters) > 0 }

// table draws the records; whoever may end some can choose them.
func (l *listing) table() templ.Component {
	d := l.v.d
	t := web.Table{ID: "list", Caption: msg.F("%sの一覧", "%s", d.Title), Count: l.page.Total, Sort: l.q.Sort, Desc: l.q.Desc, Wide: len(l.cols) > defaultColumns}
	if t.Sort == "" {
		t.Sort = d.KeyField().Name
	}
	if l.page.More {
		t.Count = -1
		t.Caption = msg.F("%sの一覧（%s）", "%s (%s)", d.Title, many(l.page.Total, true))
	}
	t.Href = func(column string, desc bool) string {
		q := l.kept(argSort)
		if desc {
			column = "-" + column
		}
		q.Set(argSort, column)
		return with(path(d), q)
	}
	head := d.Label
	if !slices.ContainsFunc(l.cols, func(f register.Field) bool { return f.Name == head }) {
		head = d.KeyField().Name
	}
	for _, f := range l.cols {
		t.Columns = append(t.Columns, web.Column{Name: f.Name, Title: f.Title, Sort: d.Sortable(f), Head: f.Name == head,
			Num: f.Kind == register.Int || f.Kind == register.Count, NoWrap: f.Key || f.Kind == register.Date || f.Kind == register.Stamp})
	}
	for _, rec := range l.page.Rows {
		row := web.Row{Key: d.Key(rec.Row)}
		for _, f := range l.cols {
			row.Cells = append(row.Cells, l.cell(f, rec, f.Name == head))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return l.empty()
	}
	unbroken(t, l.r.Lang)
	if d.ReadOnly || !l.may["end"] {
		return web.TablePart(t)
	}
	t.Select = "key"
	return under(chooseForm(path(d, "end"), msg.T("選んだ記録を終了する", "End the chosen records")), web.TablePart(t))
}

// A table at a desk has room for so many full-width signs, of which the name of a record keeps some for itself.
const (
	roomOfTable = 62
	roomOfName  = 14
)

// unbroken keeps short words on one line (利用中, 情報政策課) as far as there is room, the shortest gain first.
func unbroken(t web.Table, lang msg.Lang) {
	type gain struct{ column, signs int }
	room := roomOfTable - roomOfName
	var gains []gain
	for i, c := range t.Columns {
		if c.Head {
			continue
		}
		head, longest := signs(c.Title.In(lang)), 0
		for _, r := range t.Rows {
			longest = max(longest, signs(r.Cells[i].Text))
		}
		room -= head + 1
		gains = append(gains, gain{i, max(longest-head, 0)})
	}
	slices.SortFunc(gains, func(a, b gain) int { return a.signs - b.signs })
	for _, g := range gains {
		if room -= g.signs; room < 0 {
			return
		}
		t.Columns[g.column].NoWrap = true
	}
}

// signs is the width of a text in full-width signs.
func signs(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0x7e {
			n++
		}
	}
	return (n + 1) / 2
}

func (l *listing) cell(f register.Field, rec register.Record, head bool) web.Cell {
	v := rec.Row[l.v.d.Index(f.Name)]
	c := web.Cell{Text: l.s.c.Catalog.Show(f, v, l.r.Lang, l.labels)}
	key, _ := v.(string)
	switch {
	case head:
		if c.Text == "" {
			c.Text = l.v.d.Key(rec.Row)
		}
		c.Href = path(l.v.d, l.v.d.Key(rec.Row))
		if rec.Ended {
			c.Note = msg.T("終了", "Ended").In(l.r.Lang)
		}
	case f.Key:
		c.Part, c.Text = code(c.Text), ""
	case f.Kind == register.Ref && l.s.opens(f.Refers, key, l.labels):
		c.Href = Href(ref.New(f.Refers, key))
	case f.Kind == register.Bool && v == false:
		c.Tone = web.Info
	}
	return c
}

// empty says why there is nothing and what to do.
func (l *listing) empty() templ.Component {
	d := l.v.d
	if l.narrowed() {
		return web.EmptyState(msg.T("条件に合う記録はありません。条件を減らすか、語句を変えてください。", "No record fits. Use fewer conditions or other words."),
			web.Link{Title: msg.T("条件をすべて外す", "Clear all conditions"), Href: path(d)})
	}
	var next []web.Link
	text := msg.T("まだ記録がありません。", "There is no record yet.")
	switch {
	case d.ReadOnly:
		text = msg.T("まだ記録がありません。この台帳には、操作や証拠の取込みによって記録が入ります。", "There is no record yet. Acts and evidence fill this register.")
	case l.may["create"]:
		next = append(next, web.Link{Title: msg.T("最初の記録を登録する", "Make the first record"), Href: path(d, "new"), Main: true})
	}
	if l.may["import"] && !d.ReadOnly {
		next = append(next, web.Link{Title: msg.T("ファイルから取り込む", "Import a file"), Href: path(d, "import")})
	}
	return web.EmptyState(text, next...)
}

func (l *listing) paging() templ.Component {
	p := web.Paging{Page: l.q.Page, Size: l.q.Limit}
	if !l.page.More && len(l.page.Rows) > 0 {
		p.Total = l.page.Total
	}
	at := func(page int, after string) string {
		q := l.kept()
		if after != "" {
			q.Set(argAfter, after)
		}
		if page > 1 {
			q.Set(argPage, strconv.Itoa(page))
		}
		return with(path(l.v.d), q)
	}
	if l.page.Next != "" {
		p.Next = at(l.q.Page+1, l.page.Next)
	}
	if l.q.Page > 1 {
		p.Prev = at(l.q.Page-1, "") // by number: beyond the reach of numbers it leads to the first page
		if (l.q.Page-2)*l.q.Limit > register.MaxOffset {
			p.Prev = at(1, "")
		}
	}
	return web.PagingPart(p)
}

// tools are what is used now and then: columns, size, ended records, export, saving the view.
func (l *listing) tools() templ.Component {
	d := l.v.d
	out := func(as, encoding string) string {
		q := l.kept(argSort, argSize, argFilters)
		q.Set("as", as)
		if encoding != "" {
			q.Set("encoding", encoding)
		}
		return with(path(d, "export"), q)
	}
	links := []web.Link{
		{Title: msg.T("Excelで書き出す", "Export to Excel"), Href: out("xlsx", "")},
		{Title: msg.T("CSVで書き出す", "Export to CSV"), Href: out("csv", "")},
		{Title: msg.T("CSV（シフトJIS）で書き出す", "Export to CSV (Shift_JIS)"), Href: out("csv", "cp932")},
		{Title: msg.T("JSONで書き出す", "Export to JSON"), Href: out("json", "")},
	}
	show := []web.Link{}
	if !l.q.Ended {
		q := l.kept()
		q.Set(argEnded, "1")
		show = append(show, web.Link{Title: msg.T("終了した記録も表示する", "Show ended records too"), Href: with(path(d), q)})
	}
	for _, n := range sizes {
		if n != l.q.Limit {
			q := l.kept()
			q.Set(argSize, strconv.Itoa(n))
			show = append(show, web.Link{Title: msg.F("%d件ずつ表示する", "%d a page", n), Href: with(path(d), q)})
		}
	}
	if l.r.Actor.Person != "" {
		q := l.kept()
		show = append(show, web.Link{Title: msg.T("この表示を保存する", "Save this view"), Href: path(d, "views") + "?query=" + url.QueryEscape(q.Encode())})
	}
	cols := web.Field{Name: argColumn, Label: msg.T("表示する項目", "Columns shown"), Kind: web.ChecksField}
	for _, f := range l.v.fields {
		if !f.Key {
			cols.Options = append(cols.Options, web.Option{Value: f.Name, Label: f.Title})
		}
	}
	for _, f := range l.cols {
		cols.Values = append(cols.Values, f.Name)
	}
	return listTools(links, show, path(d), l.kept(argColumn), cols)
}

// view is a list as a person keeps it for themselves.
type view struct{ Name, Query string }

func views(ctx context.Context, tx *db.Tx, a actor.Actor, d *register.Def) ([]view, error) {
	if a.Person == "" {
		return nil, nil
	}
	return viewsOf(ctx, tx, a.Person, d.Name)
}
