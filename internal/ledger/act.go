package ledger

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
)

func escape(s string) string { return url.QueryEscape(s) }

// special is an act on a record beyond the four every register has, and the field that names the record.
type special struct {
	act   *act.Act
	field string
}

// actsOn gives the special acts on records of a register. An act is on a record of the register nearest to the end of
// its id that its fields can name: asset.downgrade takes an asset, asset.downgrade.approve the code of a downgrade.
func (s *Service) actsOn(d *register.Def) []special {
	var out []special
	for _, a := range s.c.Gate.Registry.All() {
		if on, field := s.subject(a); on == d {
			out = append(out, special{a, field})
		}
	}
	return out
}

func (s *Service) subject(a *act.Act) (*register.Def, string) {
	parts := strings.Split(a.ID, ".")
	if len(parts) == 2 && slices.Contains([]string{"create", "change", "end", "import"}, parts[1]) || a.ID == ExportAct {
		return nil, ""
	}
	for i := len(parts) - 1; i >= 0; i-- {
		d, ok := s.c.Catalog.Get(parts[i])
		if !ok {
			continue
		}
		for _, name := range []string{d.Name, d.KeyField().Name} {
			if slices.ContainsFunc(a.Fields, func(f act.Field) bool { return f.Name == name }) {
				return d, name
			}
		}
	}
	return nil, ""
}

// target finds the record and the act of an address.
func (s *Service) target(r *web.Request) (*register.Def, special, error) {
	d, err := s.def(r)
	if err != nil {
		return nil, special{}, err
	}
	for _, a := range s.actsOn(d) {
		if a.act.ID == r.Path("act") {
			return d, a, nil
		}
	}
	return nil, special{}, web.NotFound()
}

// like gives the declared field that an act's field is like: of a register the act's id names, or a register of that
// name. It says how the field is drawn and read.
func (s *Service) like(a *act.Act, f act.Field) register.Field {
	parts := strings.Split(a.ID, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		if d, ok := s.c.Catalog.Get(parts[i]); ok {
			if x, ok := d.Field(f.Name); ok && !x.Key {
				x.Title, x.Required, x.Derived = f.Title, f.Required, false
				return x
			}
		}
	}
	x := register.Field{Name: f.Name, Title: f.Title, Required: f.Required, Max: 200}
	if _, ok := s.c.Catalog.Get(f.Name); ok {
		x.Kind, x.Refers = register.Ref, f.Name
	}
	return x
}

// actPage is the form of a special act on a record.
func (s *Service) actPage(r *web.Request) (web.Response, error) {
	d, a, err := s.target(r)
	if err != nil {
		return web.Response{}, err
	}
	key := r.Path("key")
	var row register.Row
	var guide templ.Component
	f := web.Form{Action: path(d, key, "act", a.act.ID), Guard: true, Label: a.act.Title, Cancel: web.Link{Href: path(d, key)},
		Buttons: []web.Button{{Title: msg.F("%sを行う", "%s", a.act.Title), Tone: web.Good}}}
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		rec, ok, err := s.c.Catalog.As(tx, r.Actor).One(ctx, d, key)
		if err != nil {
			return err
		}
		if !ok {
			return web.NotFound()
		}
		row = rec.Row
		if r.Fault == nil {
			err := s.c.Gate.May(ctx, tx, r.Actor, a.act.ID, act.Input{a.field: key})
			if no, bad := refusal(err); no || bad != nil {
				return err
			}
		}
		if guide, err = s.guide(ctx, tx, a.act.ID); err != nil {
			return err
		}
		m := s.maker(ctx, tx, r)
		for _, x := range a.act.Fields {
			if x.Name == a.field {
				continue
			}
			wf, known, err := s.offered(ctx, tx, a, x, key)
			if err != nil {
				return err
			}
			if known {
				if wf.Value = r.Query(x.Name); len(wf.Options) > 0 {
					f.Fields = append(f.Fields, wf)
				}
				continue
			}
			wf, err = m.field(s.like(a.act, x), nil, r.Query(x.Name))
			if err != nil {
				return err
			}
			f.Fields = append(f.Fields, wf)
		}
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	if !a.reasoned() {
		f.Fields = append(f.Fields, reasonField(false))
	}
	name := recordTitle(s.c.Catalog, d, row)
	entries := []web.Entry{{Label: d.Title, Text: name.In(r.Lang), Href: path(d, key), Note: key}}
	head := web.Head{Crumbs: crumbs(d, web.Link{Title: name, Href: path(d, key)}, web.Link{Title: a.act.Title}), Title: a.act.Title, Facts: grounds(a.act)}
	return web.Page(a.act.Title, web.Stack(web.PageHead(head), web.SummaryList(entries), guide, web.FormPart(f))).In("/registers"), nil
}

// offered is a field whose choices hang on the record.
func (s *Service) offered(ctx context.Context, tx *db.Tx, a special, x act.Field, key string) (web.Field, bool, error) {
	if s.c.Choices == nil {
		return web.Field{}, false, nil
	}
	options, known, err := s.c.Choices(ctx, tx, a.act.ID, x.Name, key)
	wf := web.Field{Name: x.Name, Label: x.Title, Kind: web.SelectField, Options: options, Required: true}
	if len(options) <= radioTerms {
		wf.Kind = web.RadioField
	}
	return wf, known, err
}

// reasoned says whether the act asks for a reason itself.
func (a special) reasoned() bool {
	return slices.ContainsFunc(a.act.Fields, func(f act.Field) bool { return f.Name == "reason" })
}

// grounds are the places of the policy an act rests on.
func grounds(a *act.Act) []msg.Text {
	var out []msg.Text
	for _, c := range a.Clauses {
		out = append(out, web.Clause(c))
	}
	return out
}

// runAct carries a special act out.
func (s *Service) runAct(r *web.Request) (web.Response, error) {
	d, a, err := s.target(r)
	if err != nil {
		return web.Response{}, err
	}
	allowed := []string{argReason}
	for _, x := range a.act.Fields {
		allowed = append(allowed, x.Name)
	}
	if err := r.FormFields(allowed...); err != nil {
		return web.Response{}, err
	}
	in := act.Input{}
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		m := s.maker(ctx, tx, r)
		for _, x := range a.act.Fields {
			m.take(r, s.like(a.act, x), in)
		}
		return m.err()
	}); err != nil {
		return web.Response{}, err
	}
	in[a.field] = r.Path("key")
	res, err := s.c.Gate.Run(r.Context(), a.act.ID, in, act.Options{IdempotencyKey: r.IdempotencyKey, Reason: r.Form(argReason)})
	if err != nil {
		return web.Response{}, err
	}
	to := path(d, r.Path("key"))
	if def, ok := s.c.Catalog.Get(res.Record.Register); ok && res.Record.Key != "*" {
		to = Href(ref.New(def.Name, res.Record.Key))
	}
	return web.Redirect(to, msg.F("「%s」を行いました。", "Done: %s.", a.act.Title)), nil
}

// argReason is the person's reason; registers have fields of their own called reason.
const argReason = "_reason"

func reasonField(must bool) web.Field {
	return web.Field{Name: argReason, Label: msg.T("操作の理由", "Reason for this act"), Help: msg.T("証跡に残ります。", "It is kept in the record of acts."), Kind: web.LongField, Rows: 2,
		Max: maxReason, Required: must, Optional: !must}
}

const maxReason = 1000
