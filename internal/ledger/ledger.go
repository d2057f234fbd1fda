// Package ledger is the pages and the API of all registers (台帳): lists, records, forms, imports, exports and the
// search. Everything is made of the declarations in package register; nothing here knows a single register.
//
// It serves every clause that asks for something to be known and kept (bp.3, bp.5–bp.7, bp.9.1–bp.9.6, bp.10–bp.14),
// and by what it hides and records bp.9.3 and bp.9.4.
//
// Who may see what: a register says itself who reads its records (register.Reach); one that says nothing is read by
// whoever is signed in. Everything here is read through register.Reader, so that a record somebody does not read is
// nowhere: not on lists and in their counts and choices, not by its address, not as the name of a reference, not in
// searches, exports, previews and the API. A field with personal data is shown to all only when the register itself puts
// it on its lists (a name); mail addresses and the like are for the person concerned and for those who decide changes of
// the register (bp.6). Each export leaves an entry in the record.
package ledger

import (
	"context"
	"embed"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the module's tables.
func Schema() fs.FS { return schema }

// Config says what the module needs. Findings, Choices and Guide may be nil.
type Config struct {
	Store   *db.Store
	Catalog *register.Catalog
	Gate    *act.Gate
	// Findings gives what the checks say of a record, worst first.
	Findings func(ctx context.Context, r ref.Ref) ([]Finding, error)
	// Choices gives what a field of a special act may hold for one record, where that hangs on the record; known is false
	// where the declaration says enough. A field without choices follows from the others and is not asked. A fault is
	// shown instead of the form.
	Choices func(ctx context.Context, tx *db.Tx, act, field, key string) (options []web.Option, known bool, err error)
	// Guide gives the rules of conduct to show above the form of an act (bp.9.1).
	Guide func(ctx context.Context, tx *db.Tx, act string) (templ.Component, error)
}

// Finding is what one check says of a record.
type Finding struct {
	CheckID string
	Title   msg.Text
	Result  string // one of the six, as the API names it
	Since   when.Date
	Reason  msg.Text
	Href    string // the page that says why
}

// Service answers for all registers.
type Service struct {
	c       Config
	choices choices
	counted func(statements int) // told by tests how many statements a page took; nil otherwise
}

// New makes the service.
func New(c Config) *Service {
	s := &Service{c: c}
	c.Store.OnCommit(s.choices.forget)
	return s
}

// ExportAct records that a register was taken out as a file (bp.9.4).
const ExportAct = "register.export"

// Acts are what the module does beyond the acts of the registers: exports, which anybody who may read a register may
// make, and which leave an entry in the record.
func Acts(c *register.Catalog) []act.Act {
	name := act.Field{Name: "register", Title: msg.T("台帳", "Register"), Required: true}
	return []act.Act{{ID: ExportAct, Title: msg.T("台帳の書出し", "Export a register"), Clauses: []clause.ID{"bp.9.4"}, Scope: "city", Anyone: true,
		Fields: []act.Field{name, {Name: "as", Title: msg.T("形式", "Form"), Required: true}, {Name: "filter", Title: msg.T("条件", "Filter")},
			{Name: "columns", Title: msg.T("項目", "Columns")}},
		Do: func(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
			d, ok := c.Get(in["register"])
			if !ok {
				return ref.Ref{}, web.NotFound()
			}
			return register.Subject(d), nil
		}}}
}

var (
	titleRegisters = msg.T("台帳", "Registers")
	titleSearch    = msg.T("検索", "Search")
)

// Routes are the pages and the API.
func (s *Service) Routes() []web.Route {
	cl := s.clauses()
	page := func(method, pattern string, title msg.Text, fn, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: cl, Rule: web.SignedIn, Page: fn, Again: again}
	}
	all := page("GET", "/registers", titleRegisters, s.registers, nil)
	all.Nav = &web.NavItem{Order: 40}
	upload := page("POST", "/registers/{register}/import", titleImport, s.upload, s.importPage)
	upload.MaxBody = MaxUpload + 1<<20
	routes := []web.Route{
		all,
		page("GET", "/registers/{register}", msg.T("台帳の一覧", "List of a register"), s.list, nil),
		page("GET", "/registers/{register}/{key}", msg.T("台帳の記録", "Record of a register"), s.record, nil),
		page("GET", "/registers/{register}/new", msg.T("台帳への登録", "New record"), s.newPage, nil),
		page("POST", "/registers/{register}/new", msg.T("台帳への登録", "New record"), s.create, s.newPage),
		page("GET", "/registers/{register}/{key}/edit", msg.T("記録の変更", "Change a record"), s.editPage, nil),
		page("POST", "/registers/{register}/{key}/edit", msg.T("記録の変更", "Change a record"), s.change, s.editPage),
		page("GET", "/registers/{register}/end", titleEnd, s.endPage, nil),
		page("POST", "/registers/{register}/end", titleEnd, s.end, s.endPage),
		page("GET", "/registers/{register}/{key}/act/{act}", msg.T("記録への操作", "Act on a record"), s.actPage, nil),
		page("POST", "/registers/{register}/{key}/act/{act}", msg.T("記録への操作", "Act on a record"), s.runAct, s.actPage),
		page("GET", "/registers/{register}/views", titleViews, s.viewsPage, nil),
		page("POST", "/registers/{register}/views", titleViews, s.saveView, s.viewsPage),
		page("GET", "/registers/{register}/import", titleImport, s.importPage, nil),
		upload,
		page("POST", "/registers/{register}/import/apply", titleImport, s.applyImport, s.importPage),
		page("GET", "/registers/{register}/export", msg.T("台帳の書出し", "Export a register"), s.export, nil),
		page("GET", "/search", titleSearch, s.search, nil),
	}
	return append(routes, s.api(cl)...)
}

// clauses are the places of the policy that the registers serve together.
func (s *Service) clauses() []clause.ID {
	var out []clause.ID
	for _, d := range s.c.Catalog.All() {
		for _, id := range d.Clauses {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	slices.SortFunc(out, func(a, b clause.ID) int {
		switch {
		case clause.Less(a, b):
			return -1
		case clause.Less(b, a):
			return 1
		}
		return 0
	})
	return out
}

// def finds the register of the address.
func (s *Service) def(r *web.Request) (*register.Def, error) {
	d, ok := s.c.Catalog.Get(r.Path("register"))
	if !ok {
		return nil, web.NotFound()
	}
	if d.Reach == nil {
		return d, nil
	}
	return d, s.read(r, func(ctx context.Context, tx *db.Tx) error {
		span, err := s.c.Catalog.As(tx, r.Actor).Span(ctx, d)
		if err == nil && span.None() {
			err = web.NotFound() // bp.9.3: as for a register that is not there
		}
		return err
	})
}

// read runs fn on a snapshot.
func (s *Service) read(r *web.Request, fn func(ctx context.Context, tx *db.Tx) error) error {
	return s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		err := fn(ctx, tx)
		if s.counted != nil {
			s.counted(tx.Statements())
		}
		return err
	})
}

// sight is what a person sees of a register.
type sight struct {
	d      *register.Def
	fields []register.Field
	seen   map[string]bool
	who    actor.Actor
	span   register.Span
}

// sees says which fields of a register a person sees (bp.9.3).
func (s *Service) sees(ctx context.Context, tx *db.Tx, a actor.Actor, d *register.Def) (sight, error) {
	v := sight{d: d, seen: map[string]bool{}, who: a}
	var err error
	if v.span, err = s.c.Catalog.As(tx, a).Span(ctx, d); err != nil {
		return v, err
	}
	all, asked := a.System, a.System
	for _, f := range d.Fields {
		if f.Personal && !f.List && !asked {
			if all, err = s.c.Gate.Decides(ctx, tx, a, d.Name+".change"); err != nil {
				return v, err
			}
			asked = true
		}
		if !f.Personal || f.List || all {
			v.fields = append(v.fields, f)
			v.seen[f.Name] = true
		}
	}
	return v, nil
}

// of gives the fields seen of one record, all of them of one's own; row is nil for a record that is not there yet.
func (v sight) of(row register.Row) []register.Field {
	if row != nil && (v.d.Name == "person" && v.who.Person != "" && v.d.Key(row) == v.who.Person || v.span.Own(row)) {
		return v.d.Fields
	}
	return v.fields
}

func (v sight) has(name string) bool { return v.seen[name] }

// path is the address of a page of a register.
func path(d *register.Def, parts ...string) string {
	p := "/registers/" + url.PathEscape(d.Name)
	for _, s := range parts {
		p += "/" + url.PathEscape(s)
	}
	return p
}

// Href is the page of a record.
func Href(r ref.Ref) string {
	return "/registers/" + url.PathEscape(r.Register) + "/" + url.PathEscape(r.Key)
}

// with adds a query to an address.
func with(p string, q url.Values) string {
	if len(q) == 0 {
		return p
	}
	return p + "?" + q.Encode()
}

func crumbs(d *register.Def, more ...web.Link) []web.Link {
	return append([]web.Link{{Title: titleRegisters, Href: "/registers"}, {Title: d.Title, Href: path(d)}}, more...)
}

// section is a part of a page with a heading.
func section(title msg.Text, parts ...templ.Component) templ.Component {
	return under(web.Section(title), parts...)
}

// under puts components inside another.
func under(outer templ.Component, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, web.Stack(parts...)), w)
	})
}

// refusal says whether an error means that a person may not do a thing now; any other fault is left to the form.
func refusal(err error) (bool, error) {
	switch f := fault.As(err); {
	case err == nil:
		return false, nil
	case f == nil:
		return false, err
	default:
		return f.Kind == fault.Denied || f.Kind == fault.NotFound || f.Kind == fault.Conflict, nil
	}
}

// who names somebody as the record names them: "person:P-00007", "operator", "job".
func who(id string, names register.Labels, lang msg.Lang) string {
	switch id {
	case "operator":
		return msg.T("運用担当者", "the operator").In(lang)
	case "job":
		return msg.T("自動処理", "the product itself").In(lang)
	}
	r, err := ref.Parse(id)
	if err != nil {
		return id
	}
	if n := names[r]; n != "" {
		return n
	}
	return r.Key
}

// actName is what people call an act.
func (s *Service) actName(id string) msg.Text {
	if a, ok := s.c.Gate.Registry.Get(id); ok {
		return a.Title
	}
	return msg.T("台帳の読込み", "Loading of the register")
}

// many says a number that may have been counted only up to the limit.
func many(n int, more bool) msg.Text {
	if more {
		return msg.F("%s 件以上", "%s or more", web.Number(n))
	}
	return msg.F("%s 件", "%s", web.Number(n))
}

// registers lists all registers by group, each with its purpose and how many records it holds.
func (s *Service) registers(r *web.Request) (web.Response, error) {
	var counts map[string]int
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		counts, err = s.c.Catalog.As(tx, r.Actor).Counts(ctx)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	parts := []templ.Component{web.PageHead(web.Head{Title: titleRegisters,
		Lead: msg.T("市の情報セキュリティについて、知っておくべきことと残しておくべきことの台帳です。", "The registers of what the city must know and keep about its information security.")})}
	for _, g := range s.c.Catalog.Groups() {
		var tasks []web.Task
		for _, d := range g.Defs {
			n, read := counts[d.Name]
			if !read {
				continue
			}
			tasks = append(tasks, web.Task{Title: d.Title, Href: path(d), Note: d.Lead, State: many(min(n, register.CountLimit), n > register.CountLimit)})
		}
		if len(tasks) > 0 {
			parts = append(parts, section(g.Title, web.TaskList(tasks)))
		}
	}
	return web.Page(titleRegisters, web.Stack(parts...)), nil
}

// words joins texts as either language does.
func words(ts ...msg.Text) msg.Text {
	var ja, en []string
	for _, t := range ts {
		ja, en = append(ja, t.JA), append(en, t.EN)
	}
	return msg.Text{JA: strings.Join(ja, "、"), EN: strings.Join(en, ", ")}
}
