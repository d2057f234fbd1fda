package trailpage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/web"
	"okite/internal/when"
)

// Config says what the pages need. All but Readers and Titles are needed.
type Config struct {
	Store   *db.Store
	Log     *trail.Log
	Gate    *act.Gate
	Catalog *register.Catalog
	// Readers are the roles that may read the whole record. Everybody else sees what they did themselves.
	Readers []string
	// Titles names acts that are not in the registry, such as those of signing in.
	Titles map[string]msg.Text
}

// readers are the roles that read the record unless Config says otherwise: those who answer for the whole city, and
// those who audit.
var readers = []string{"ciso", "chief", "audit_chief", "auditor"}

// pages are the pages at work.
type pages struct {
	c      Config
	verify sync.Mutex // one verification at a time on this node
}

// Routes are the pages and the API of the record.
func Routes(c Config) []web.Route {
	if c.Readers == nil {
		c.Readers = readers
	}
	p := &pages{c: c}
	reader := func(a actor.Actor) error {
		if err := web.SignedIn(a); err != nil || p.sees(a) {
			return err
		}
		return fault.Deny(msg.T("11により、証跡の全体を扱えるのは、監査と統括の役割に就いている方に限られます。", "Under 11 the whole record is for those who audit and those who answer for the city."), "bp.11")
	}
	api := func(pattern string, title msg.Text, op web.Operation, page func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Title: title, Clauses: clauses(), Rule: reader, API: &op, Page: page}
	}
	return []web.Route{
		{Method: "GET", Pattern: "/trail", Title: title, Clauses: clauses(), Rule: web.SignedIn, Page: p.list, Nav: &web.NavItem{Order: 80}},
		{Method: "GET", Pattern: "/trail/{n}", Title: titleEntry, Clauses: clauses(), Rule: web.SignedIn, Page: p.entry},
		{Method: "GET", Pattern: "/trail/verify", Title: titleVerify, Clauses: clauses(), Rule: reader, Page: p.verifyPage},
		{Method: "POST", Pattern: "/trail/verify", Title: titleVerify, Clauses: clauses(), Rule: reader, Page: p.runVerify},
		{Method: "POST", Pattern: "/trail/export", Title: titleExport, Clauses: clauses(), Rule: reader, Page: p.export},
		api("/api/v1/trail/checkpoint", msg.T("証跡の署名付きの先頭", "Checkpoint of the record"),
			web.Operation{ID: "trailCheckpoint", Tag: "trail", Summary: msg.T("C2SP形式の署名付きチェックポイント", "Signed checkpoint (C2SP tlog-checkpoint)"), Content: "text/plain"}, p.checkpoint),
		api("/api/v1/trail/tile/{path...}", msg.T("証跡のタイル", "Tiles of the record"),
			web.Operation{ID: "trailTile", Tag: "trail", Summary: msg.T("C2SP tlog-tiles形式のタイルと記録", "Tiles and entry bundles (C2SP tlog-tiles)"), Content: "application/octet-stream"}, p.tile),
	}
}

// The titles of the pages.
var (
	title       = msg.T("記録", "Record")
	titleEntry  = msg.T("記録の1件", "An entry")
	titleVerify = msg.T("記録の検証", "Verify the record")
	titleExport = msg.T("記録の書出し", "Export the record")
)

// sees says whether the whole record may be read; otherwise one's own entries.
func (p *pages) sees(a actor.Actor) bool {
	return a.System || slices.ContainsFunc(p.c.Readers, a.Has)
}

const (
	pageSize = 50
	standing = "standing" // the filter of what was done for another
)

// asked is the filter of the list as the address has it.
type asked struct {
	subject, actor, act string
	refused, standing   bool
	from, to            when.Date
	before              *int64
}

// ask reads the filter. What cannot be read is said, and narrows nothing.
func (p *pages) ask(r *web.Request) (q asked, problem msg.Text) {
	q.subject, q.actor, q.act, q.refused = r.Query("subject"), r.Query("actor"), r.Query("act"), r.Query("result") == trail.Refused
	q.standing = r.Query("as") == standing
	for name, day := range map[string]*when.Date{"from": &q.from, "to": &q.to} {
		s := r.Query(name)
		if s == "" {
			continue
		}
		d, err := when.ParseLenient(s)
		if err != nil {
			problem = msg.F("「%s」は日付として読み取れないため、期間で絞り込んでいません。", "“%s” cannot be read as a date; the list is not narrowed by it.", s)
			continue
		}
		*day = d
	}
	if n, err := strconv.ParseInt(r.Query("before"), 10, 64); err == nil && n >= 0 {
		q.before = &n
	}
	if q.subject != "" {
		if _, err := ref.Parse(q.subject); err != nil {
			problem = msg.T("対象は「台帳名:番号」の形で指定してください。対象では絞り込んでいません。", "Give the subject as REGISTER:KEY. The list is not narrowed by it.")
			q.subject = ""
		}
	}
	if q.actor != "" && !strings.Contains(q.actor, ":") && q.actor != "operator" && q.actor != "job" && q.actor != "unknown" {
		q.actor = "person:" + q.actor
	}
	return q, problem
}

func (q asked) query() trail.Query {
	out := trail.Query{Actor: q.actor, Act: q.act, Standing: q.standing, Before: q.before, Limit: pageSize + 1}
	if q.refused {
		out.Result = trail.Refused
	}
	out.Subject, _ = ref.Parse(q.subject) // read by ask
	if q.from != 0 {
		out.From = q.from.Time()
	}
	if q.to != 0 {
		out.To = q.to.AddDays(1).Time()
	}
	return out
}

func (p *pages) list(r *web.Request) (web.Response, error) {
	q, problem := p.ask(r)
	all := p.sees(r.Actor)
	if !all {
		q.actor = r.Actor.ID()
	}
	var records []trail.Record
	var names register.Labels
	err := p.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if records, err = p.c.Log.List(ctx, tx, q.query()); err != nil {
			return err
		}
		names, err = p.names(ctx, tx, records...)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	next := ""
	if len(records) > pageSize {
		records = records[:pageSize]
		next = r.With("before", strconv.FormatInt(records[pageSize-1].Index, 10))
	}
	return web.Page(title, p.listView(r, q, problem, all, records, names, next)), nil
}

// names are what people call the actors and subjects of entries.
func (p *pages) names(ctx context.Context, tx *db.Tx, records ...trail.Record) (register.Labels, error) {
	var refs []ref.Ref
	for _, x := range records {
		refs = append(refs, x.Subject)
		if s, err := ref.Parse(x.Capacity.Scope); err == nil {
			refs = append(refs, s)
		}
		if a, err := ref.Parse(x.Actor); err == nil {
			refs = append(refs, a)
		}
	}
	return p.c.Catalog.Names(ctx, tx, refs...)
}

func (p *pages) entry(r *web.Request) (web.Response, error) {
	n, err := strconv.ParseInt(r.Path("n"), 10, 64)
	if err != nil || n < 0 {
		return web.Response{}, web.NotFound()
	}
	var found []trail.Record
	var names register.Labels
	var values []value
	before := n + 1
	err = p.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if found, err = p.c.Log.List(ctx, tx, trail.Query{Before: &before, Limit: 1}); err != nil {
			return err
		}
		if len(found) != 1 || found[0].Index != n || !p.sees(r.Actor) && found[0].Actor != r.Actor.ID() {
			return web.NotFound()
		}
		if names, err = p.names(ctx, tx, found[0]); err != nil {
			return err
		}
		values, err = p.values(ctx, tx, found[0], r.Lang)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	proof, err := p.c.Log.Prove(r.Context(), n)
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleEntry, p.entryView(r, found[0], names, values, proof)).In("/trail"), nil
}

// value is one field of an input in words.
type value struct {
	title    msg.Text
	text     string
	personal bool
	erased   bool
}

// values puts the input of an act into words: fields by their titles, codes and keys of a register's own acts by what
// people call them.
func (p *pages) values(ctx context.Context, tx *db.Tx, x trail.Record, lang msg.Lang) ([]value, error) {
	fields := map[string]msg.Text{}
	order := []string{}
	if a, ok := p.c.Gate.Registry.Get(x.Act); ok {
		for _, f := range a.Fields {
			fields[f.Name] = f.Title
			order = append(order, f.Name)
		}
	}
	for _, m := range []map[string]string{x.Input, x.Personal} {
		for k := range m {
			if !slices.Contains(order, k) {
				order = append(order, k)
			}
		}
	}
	slices.SortStableFunc(order[len(fields):], strings.Compare)
	name, _, _ := strings.Cut(x.Act, ".")
	def, _ := p.c.Catalog.Get(name)
	var out []value
	for _, k := range order {
		s, plain := x.Input[k]
		if !plain {
			var sealed bool
			if s, sealed = x.Personal[k]; !sealed {
				continue
			}
		}
		v := value{title: fields[k], text: s, personal: !plain}
		if v.title.IsZero() {
			v.title = otherField(k)
		}
		if def != nil {
			text, err := p.words(ctx, tx, def, k, s, lang)
			if err != nil {
				return nil, err
			}
			v.text = text
		}
		out = append(out, v)
	}
	if x.Erased {
		out = append(out, value{title: msg.T("個人の情報", "Personal values"), erased: true})
	}
	return out, nil
}

// words is a value of a register's field as its pages show it; what cannot be read is shown as it was given.
func (p *pages) words(ctx context.Context, tx *db.Tx, d *register.Def, field, s string, lang msg.Lang) (string, error) {
	f, ok := d.Field(field)
	if !ok {
		return s, nil
	}
	v, err := p.c.Catalog.Parse(f, s)
	if err != nil {
		return s, nil
	}
	labels := register.Labels{}
	if f.Refers != "" {
		row := d.New()
		d.Put(row, field, v)
		if labels, err = p.c.Catalog.Labels(ctx, tx, d, row); err != nil {
			return "", err
		}
	}
	return p.c.Catalog.Show(f, v, lang, labels), nil
}

// verifyTime bounds a verification asked for on a page; a longer record is verified by the command.
const verifyTime = 2 * time.Minute

func (p *pages) verifyPage(r *web.Request) (web.Response, error) {
	size, err := p.c.Log.Size(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleVerify, p.verifyView(r, size, nil)).In("/trail"), nil
}

// runVerify verifies the whole record and enters the outcome into it. The work runs outside of any transaction that
// writes: nobody waits for it.
func (p *pages) runVerify(r *web.Request) (web.Response, error) {
	if err := r.FormFields(); err != nil {
		return web.Response{}, err
	}
	if !p.verify.TryLock() {
		return web.Response{}, fault.New(fault.Busy, msg.T("ほかの方が検証を行っています。終わってからもう一度お試しください。", "Somebody else is verifying just now. Please try again when that is done."))
	}
	defer p.verify.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), verifyTime)
	defer cancel()
	v := verdict{at: p.c.Store.Now()}
	report, err := p.c.Log.Verify(ctx, func(done, total int64) { v.done, v.total = done, total })
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		v.late = true
	case err != nil:
		return web.Response{}, err
	default:
		v.report = report
		word := "ok"
		if !report.OK {
			word = report.Bad.What
		}
		in := act.Input{"size": strconv.FormatInt(report.Size, 10), "root": report.Root, "verdict": word}
		if _, err := p.c.Gate.Run(context.WithValue(r.Context(), verifiedKey{}, true), VerifyAct, in, act.Options{}); err != nil {
			return web.Response{}, err
		}
	}
	return web.Page(titleVerify, p.verifyView(r, report.Size, &v)).In("/trail"), nil
}

// verdict is the outcome of a verification on a page.
type verdict struct {
	at          time.Time
	report      trail.Report
	done, total int64
	late        bool
}

// export decides and records first, in a transaction of its own; the file is made after it, so that no writer waits.
func (p *pages) export(r *web.Request) (web.Response, error) {
	if err := r.FormFields(); err != nil {
		return web.Response{}, err
	}
	if _, err := p.c.Gate.Look(r.Context(), ExportAct, nil, act.Options{}, func(context.Context, *db.Tx) error { return nil }); err != nil {
		return web.Response{}, err
	}
	name := fmt.Sprintf("okite-trail-%s.tar", when.Of(p.c.Store.Now()))
	return web.File(name, "application/x-tar", func(w io.Writer) error { return p.c.Log.Export(r.Context(), w) }), nil
}

func (p *pages) checkpoint(r *web.Request) (web.Response, error) {
	b, err := p.c.Log.Checkpoint(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	return web.File("", "text/plain; charset=utf-8", func(w io.Writer) error { _, err := w.Write(b); return err }), nil
}

func (p *pages) tile(r *web.Request) (web.Response, error) {
	b, err := p.c.Log.Tile(r.Context(), "tile/"+r.Path("path"))
	if err != nil {
		return web.Response{}, err
	}
	return web.File("", "application/octet-stream", func(w io.Writer) error { _, err := w.Write(b); return err }), nil
}

// place is how a reader cites clauses: the document once, then the numbers.
func place(ids []clause.ID, lang msg.Lang) string {
	var out []string
	for i, id := range ids {
		if i > 0 && id.Layer() == ids[i-1].Layer() {
			out = append(out, id.Number())
			continue
		}
		out = append(out, web.Clause(id).In(lang))
	}
	return strings.Join(out, msg.T("、", ", ").In(lang))
}
