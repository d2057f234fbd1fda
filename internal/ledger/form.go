package ledger

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"golang.org/x/text/unicode/norm"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

const (
	listedRecords = 300 // as many records are offered in a list to choose from; of more the reader types one
	tickedRecords = 40  // as many are offered to tick
	radioTerms    = 8   // words with notes, shown one below the other
	argSuggested  = "_suggested"
)

// formMaker makes the fields of a form out of declarations and reads what was typed into them. It lives as long as
// one transaction.
type formMaker struct {
	s       *Service
	ctx     context.Context
	tx      *db.Tx
	reader  *register.Reader
	lang    msg.Lang
	options map[string][]register.Named // by register
	bad     fault.List
}

// maker makes a formMaker for who asks.
func (s *Service) maker(ctx context.Context, tx *db.Tx, r *web.Request) *formMaker {
	return &formMaker{s: s, ctx: ctx, tx: tx, reader: s.c.Catalog.As(tx, r.Actor), lang: r.Lang}
}

// records gives what a field may point at: one more than the limit when there are too many to list.
func (m *formMaker) records(name string) ([]register.Named, error) {
	if o, ok := m.options[name]; ok {
		return o, nil
	}
	o, err := m.reader.Options(m.ctx, m.s.c.Catalog.Must(name), listedRecords+1)
	if err != nil {
		return nil, err
	}
	if m.options == nil {
		m.options = map[string][]register.Named{}
	}
	m.options[name] = o
	return o, nil
}

// field draws a declared field. v is its value, nil for none; asked is a value the address asks for, "" for none.
func (m *formMaker) field(f register.Field, v any, asked string) (web.Field, error) {
	wf := web.Field{Name: f.Name, Label: f.Title, Help: f.Help, Required: f.Required}
	if asked != "" {
		if x, err := m.s.c.Catalog.Parse(f, asked); err == nil {
			v = x
		}
	}
	if f.Kind == register.Text || f.Kind == register.Long {
		wf.Max = f.Max
	}
	vocab := m.s.c.Catalog.Pack().Vocab(f.Vocab)
	switch {
	case f.Kind == register.Bool:
		wf.Kind, wf.Required = web.CheckField, false
		if v == true {
			wf.Value = "true"
		}
	case f.Kind == register.Date:
		wf.Kind = web.DateField
		if d, ok := v.(when.Date); ok && !d.IsZero() {
			wf.Value = d.String()
			if m.lang == msg.JA {
				wf.Value = d.Wareki()
			}
		}
	case f.Kind == register.Stamp:
		wf.Width = 20
		if s, ok := v.(when.Stamp); ok && !s.IsZero() {
			wf.Value = s.String()
		}
	case f.Kind == register.Int || f.Kind == register.Count:
		wf.Kind = web.NumberField
		if n, ok := v.(int64); ok && (n != 0 || f.Kind == register.Count) {
			wf.Value = strconv.FormatInt(n, 10)
		}
	case f.Kind == register.Set:
		return m.set(wf, f, v)
	case f.Kind == register.Ref:
		return m.ref(wf, f, v)
	case f.Vocab != "" && vocab != nil:
		wf.Value = register.Raw(v)
		noted := false
		for _, t := range vocab.Terms {
			wf.Options = append(wf.Options, web.Option{Value: t.Code, Label: t.Title, Note: t.Note})
			noted = noted || !t.Note.IsZero()
		}
		wf.Kind = web.SelectField
		switch {
		case noted && len(wf.Options) <= radioTerms:
			wf.Kind = web.RadioField
			if !f.Required {
				wf.Options = append(wf.Options, web.Option{Value: "", Label: msg.T("選ばない", "None of these")})
			}
		case !f.Required:
			wf.Any = msg.T("（選ばない）", "(none)")
		}
	case f.Kind == register.Long:
		wf.Kind, wf.Value = web.LongField, register.Raw(v)
	default:
		wf.Value = register.Raw(v)
	}
	return wf, nil
}

// set draws a field of several values: boxes to tick, or one value a line.
func (m *formMaker) set(wf web.Field, f register.Field, v any) (web.Field, error) {
	have, _ := v.([]string)
	wf.Kind, wf.Values = web.ChecksField, have
	if vocab := m.s.c.Catalog.Pack().Vocab(f.Vocab); f.Vocab != "" && vocab != nil {
		for _, t := range vocab.Terms {
			wf.Options = append(wf.Options, web.Option{Value: t.Code, Label: t.Title, Note: t.Note})
		}
		return wf, nil
	}
	lines := slices.Clone(have)
	if f.Refers != "" {
		o, err := m.records(f.Refers)
		if err != nil {
			return wf, err
		}
		if len(o) <= tickedRecords {
			for _, n := range o {
				wf.Options = append(wf.Options, named(n))
			}
			return wf, nil
		}
		for i, k := range have {
			if lines[i], err = m.typedName(f.Refers, k); err != nil {
				return wf, err
			}
		}
	}
	wf.Kind, wf.Values, wf.Value = web.LongField, nil, strings.Join(lines, "\n")
	wf.Help = helpAnd(f.Help, msg.T("1行に1件ずつ入力してください。", "One a line."))
	if f.Refers != "" {
		wf.Help = helpAnd(wf.Help, msg.F("%sの番号又は名称で指定します。", "Give the number or name: %s.", m.s.c.Catalog.Must(f.Refers).Title))
	}
	return wf, nil
}

// ref draws a field that points at a record: a list to choose from, or a box to type into where there are too many.
func (m *formMaker) ref(wf web.Field, f register.Field, v any) (web.Field, error) {
	key, _ := v.(string)
	o, err := m.records(f.Refers)
	if err != nil {
		return wf, err
	}
	if len(o) <= listedRecords {
		wf.Kind, wf.Value = web.SelectField, key
		if !f.Required {
			wf.Any = msg.T("（選ばない）", "(none)")
		}
		for _, n := range o {
			wf.Options = append(wf.Options, named(n))
		}
		if key != "" && !slices.ContainsFunc(o, func(n register.Named) bool { return n.Key == key }) {
			name, err := m.typedName(f.Refers, key) // one that has ended stays to be seen
			if err != nil {
				return wf, err
			}
			wf.Options = append(wf.Options, web.Option{Value: key, Label: msg.Same(name)})
		}
		return wf, nil
	}
	wf.Kind, wf.Width = web.ComboField, 40
	wf.Help = helpAnd(f.Help, msg.F("%sの番号又は名称を入力してください。", "Type the number or name: %s.", m.s.c.Catalog.Must(f.Refers).Title))
	for _, n := range o[:listedRecords] {
		wf.Options = append(wf.Options, web.Option{Value: typedOf(n)})
	}
	if key != "" {
		wf.Value, err = m.typedName(f.Refers, key)
	}
	return wf, err
}

func helpAnd(a, b msg.Text) msg.Text {
	if a.IsZero() {
		return b
	}
	return msg.F("%s%s", "%s %s", a, b)
}

// named is a record as a choice: its name, and its key where names may be the same.
func named(n register.Named) web.Option {
	o := web.Option{Value: n.Key, Label: msg.Same(n.Key)}
	if n.Name != n.Key && n.Name != "" {
		o.Label = msg.F("%s（%s）", "%s (%s)", n.Name, n.Key)
	}
	return o
}

// typedOf is a record as people type it into a box: key, blank, name.
func typedOf(n register.Named) string {
	if n.Name == n.Key || n.Name == "" {
		return n.Key
	}
	return n.Key + " " + n.Name
}

func (m *formMaker) typedName(name, key string) (string, error) {
	l, err := m.reader.Label(m.ctx, ref.New(name, key))
	return typedOf(register.Named{Key: key, Name: l}), err
}

// take reads a declared field of a form into an act's input. What cannot be read is gathered for err.
func (m *formMaker) take(r *web.Request, f register.Field, in act.Input) {
	switch {
	case f.Kind == register.Bool:
		in[f.Name] = strconv.FormatBool(r.Form(f.Name) == "true")
	case f.Kind == register.Set:
		var out []string
		for _, v := range r.FormAll(f.Name) {
			for _, line := range strings.Split(v, "\n") {
				if line = strings.TrimSpace(line); line == "" {
					continue
				}
				if f.Refers != "" {
					line = m.resolve(f, line)
				}
				out = append(out, line)
			}
		}
		in[f.Name] = strings.Join(out, "、")
	case f.Kind == register.Ref:
		in[f.Name] = ""
		if v := r.Form(f.Name); v != "" {
			in[f.Name] = m.resolve(f, v)
		}
	default:
		in[f.Name] = r.Form(f.Name)
	}
}

// resolve finds the record somebody means by a key, by key and name as the box offers them, or by the exact name. Of
// several, or of none, it says which there are.
func (m *formMaker) resolve(f register.Field, text string) string {
	d := m.s.c.Catalog.Must(f.Refers)
	text = strings.TrimSpace(norm.NFKC.String(text))
	first, rest, _ := strings.Cut(text, " ")
	for _, key := range []string{text, first} {
		rec, ok, err := m.reader.One(m.ctx, d, key)
		if err != nil {
			return text // the transaction has failed; what follows says so
		}
		if ok && (key == text || norm.NFKC.String(d.Str(rec.Row, d.Label)) == strings.TrimSpace(rest)) {
			return key
		}
	}
	named, err := m.reader.CalledExactly(m.ctx, d, text, 6)
	if err != nil {
		return text
	}
	if len(named) == 1 {
		return named[0].Key
	}
	if len(named) == 0 {
		page, err := m.reader.List(m.ctx, d, register.Query{Text: text, Limit: 6})
		if err != nil {
			return text
		}
		for _, rec := range page.Rows {
			named = append(named, register.Named{Key: d.Key(rec.Row), Name: d.Str(rec.Row, d.Label)})
		}
	}
	if len(named) == 0 {
		m.bad.Add(f.Name, msg.F("%s「%s」は台帳「%s」にありません。", "%s: “%s” is not in the register “%s”.", f.Title, text, d.Title))
		return ""
	}
	var list []msg.Text
	for i, n := range named {
		if i == 5 {
			list = append(list, msg.T("ほか", "…"))
			break
		}
		list = append(list, msg.Same(typedOf(n)))
	}
	m.bad.Add(f.Name, msg.F("%s「%s」は一つに定まりません。次の中から番号で指定してください：%s", "%s: “%s” is not exactly one. Please give the number of one of these: %s", f.Title, text, words(list...)))
	return ""
}

func (m *formMaker) err() error { return m.bad.Err() }

// recordForm draws the fields of a register: what is required or stands on lists first, the rest under a heading.
func (m *formMaker) recordForm(v sight, row register.Row, key string, r *web.Request) (main, rest []web.Field, err error) {
	for _, f := range v.of(row) {
		var x any
		if row != nil {
			x = row[v.d.Index(f.Name)]
		}
		if f.Key && key != "" {
			main = append(main, web.Field{Name: f.Name, Label: f.Title, Kind: web.ShownField, Value: key, AsIs: true})
			continue
		}
		if f.Derived {
			if row != nil && register.Raw(x) != "" {
				rest = append(rest, web.Field{Name: f.Name, Label: f.Title, Kind: web.ShownField, Help: msg.T("自動で決まる項目です。", "Worked out by the product."),
					Value: m.s.c.Catalog.Show(f, x, m.lang, nil)})
			}
			continue
		}
		asked := ""
		if key == "" {
			asked = r.Query(f.Name)
		}
		wf, err := m.field(f, x, asked)
		if err != nil {
			return nil, nil, err
		}
		if f.Required || f.List || f.Name == v.d.Label {
			main = append(main, wf)
			continue
		}
		rest = append(rest, wf)
	}
	return main, rest, nil
}

func details(rest []web.Field) templ.Component {
	if len(rest) == 0 {
		return templ.NopComponent
	}
	var parts []templ.Component
	for _, f := range rest {
		parts = append(parts, web.FieldPart(f))
	}
	return section(msg.T("詳細", "Details"), parts...)
}

// newPage is the form for a new record.
func (s *Service) newPage(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	title := msg.F("%sの登録", "New record: %s", d.Title)
	f := web.Form{Action: with(path(d, "new"), r.URL.Query()), Guard: true, Label: title, Cancel: web.Link{Href: path(d)},
		Buttons: []web.Button{{Title: msg.T("登録する", "Save"), Tone: web.Good}}}
	var rest []web.Field
	var guide templ.Component
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if err := s.decides(ctx, tx, r, d, "create"); err != nil {
			return err
		}
		var err error
		if guide, err = s.guide(ctx, tx, d.Name+".create"); err != nil {
			return err
		}
		v, err := s.sees(ctx, tx, r.Actor, d)
		if err != nil {
			return err
		}
		next, err := s.c.Catalog.NextKey(ctx, tx, d)
		if err != nil {
			return err
		}
		m := s.maker(ctx, tx, r)
		if f.Fields, rest, err = m.recordForm(v, nil, "", r); err != nil {
			return err
		}
		for i := range f.Fields {
			if x := &f.Fields[i]; x.Name == d.KeyField().Name {
				x.Required = false
				x.Help = helpAnd(x.Help, msg.T("変えないときは、登録のときに続きの番号が付きます。", "Left as it is, the next number is given when the record is saved."))
				if x.Value == "" {
					x.Value = next
					f.Hidden = append(f.Hidden, [2]string{argSuggested, next})
				}
			}
		}
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: crumbs(d, web.Link{Title: msg.T("登録", "New record")}), Title: title, Lead: d.Lead}
	return web.Page(title, web.Stack(web.PageHead(head), guide, under(web.FormPart(f), details(rest)))).In("/registers"), nil
}

// guide is what to know before an act, nothing where there is none.
func (s *Service) guide(ctx context.Context, tx *db.Tx, act string) (templ.Component, error) {
	if s.c.Guide == nil {
		return templ.NopComponent, nil
	}
	return s.c.Guide(ctx, tx, act)
}

// kept finds the register of the address if people keep it.
func (s *Service) kept(r *web.Request) (*register.Def, error) {
	d, err := s.def(r)
	if err == nil && d.ReadOnly {
		err = web.NotFound()
	}
	return d, err
}

// decides refuses whoever does not hold the role that decides an act of a register.
func (s *Service) decides(ctx context.Context, tx *db.Tx, r *web.Request, d *register.Def, verb string) error {
	ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, d.Name+"."+verb)
	if err != nil || ok {
		return err
	}
	// bp.9.1: the gate gives the reason and the clauses, so that a page refuses in the same words as the act
	if err := s.c.Gate.May(ctx, tx, r.Actor, d.Name+"."+verb, act.Input{}); err != nil {
		return err
	}
	return web.NotFound()
}

// input reads the form of a register.
func (m *formMaker) input(r *web.Request, v sight, row register.Row) (act.Input, error) {
	allowed := []string{register.VersionField, argReason, argSuggested}
	in := act.Input{}
	for _, f := range v.of(row) {
		if f.Derived || f.Key && row != nil {
			continue
		}
		allowed = append(allowed, f.Name)
		m.take(r, f, in)
	}
	if err := r.FormFields(allowed...); err != nil {
		return nil, err
	}
	return in, m.err()
}

// create registers a record.
func (s *Service) create(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	var in act.Input
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.sees(ctx, tx, r.Actor, d)
		if err != nil {
			return err
		}
		m := s.maker(ctx, tx, r)
		in, err = m.input(r, v, nil)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	for name, v := range in {
		if v == "" { // an empty box of a new record says nothing
			delete(in, name)
		}
	}
	if key := d.KeyField().Name; in[key] == r.Form(argSuggested) {
		delete(in, key)
	}
	res, err := s.c.Gate.Run(r.Context(), d.Name+".create", in, act.Options{IdempotencyKey: r.IdempotencyKey})
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect(Href(res.Record), msg.F("%sに登録しました。", "Saved in the register: %s.", d.Title)), nil
}

// editPage is the form that changes a record. After a conflict it shows what the record was, is now and was to be.
func (s *Service) editPage(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	key := r.Path("key")
	f := web.Form{Action: path(d, key, "edit"), Guard: true, Cancel: web.Link{Href: path(d, key)},
		Buttons: []web.Button{{Title: msg.T("変更を保存する", "Save the changes"), Tone: web.Good}}}
	var rest []web.Field
	var name msg.Text
	var conflict templ.Component = templ.NopComponent
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		rec, ok, err := s.c.Catalog.As(tx, r.Actor).One(ctx, d, key)
		if err != nil {
			return err
		}
		if !ok {
			return web.NotFound()
		}
		if r.Fault == nil {
			err := s.c.Gate.May(ctx, tx, r.Actor, d.Name+".change", act.Input{d.KeyField().Name: key})
			if no, bad := refusal(err); no || bad != nil {
				return err
			}
			if rec.Ended {
				return fault.New(fault.Conflict, msg.T("この記録は終了しているため変更できません。", "This record has ended and cannot be changed."))
			}
		}
		name = recordTitle(s.c.Catalog, d, rec.Row)
		v, err := s.sees(ctx, tx, r.Actor, d)
		if err != nil {
			return err
		}
		m := s.maker(ctx, tx, r)
		if f.Fields, rest, err = m.recordForm(v, rec.Row, key, r); err != nil {
			return err
		}
		version := strconv.FormatInt(rec.Version, 10)
		if seen := r.Form(register.VersionField); r.Fault != nil && seen != "" {
			if r.Fault.Kind != fault.Conflict {
				version = seen
			} else if conflict, err = m.conflict(r, v, rec, key); err != nil {
				return err
			}
		}
		f.Hidden = append(f.Hidden, [2]string{register.VersionField, version})
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	title := msg.F("%sの変更", "Change: %s", name)
	f.Label = title
	head := web.Head{Crumbs: crumbs(d, web.Link{Title: name, Href: path(d, key)}, web.Link{Title: msg.T("変更", "Change")}), Title: title}
	return web.Page(title, web.Stack(web.PageHead(head), conflict, under(web.FormPart(f), details(rest), web.FieldPart(reasonField(false))))).In("/registers"), nil
}

// conflict sets the three states of each cell side by side: as the person saw it, as it is, as they typed it.
func (m *formMaker) conflict(r *web.Request, v sight, rec register.Record, key string) (templ.Component, error) {
	seen, err := m.version(v.d, key, r.Form(register.VersionField))
	if err != nil {
		return nil, err
	}
	if seen == nil {
		return templ.NopComponent, nil
	}
	in := act.Input{}
	for _, f := range v.of(rec.Row) {
		if !f.Derived && !f.Key {
			m.take(r, f, in)
		}
	}
	labels, err := m.reader.Labels(m.ctx, v.d, seen, rec.Row)
	if err != nil {
		return nil, err
	}
	t := web.Table{ID: "conflict", Caption: msg.T("食い違っている項目", "Cells that differ"), Columns: []web.Column{{Title: msg.T("項目", "Field"), Head: true},
		{Title: msg.T("開いたときの値", "When you opened it")}, {Title: msg.T("今の値（ほかの職員が変更）", "Now, as others have changed it")}, {Title: msg.T("あなたの入力", "What you typed")}}}
	for _, f := range v.of(rec.Row) {
		i := v.d.Index(f.Name)
		mine := seen[i]
		if x, given := in[f.Name]; given {
			if p, err := m.s.c.Catalog.Parse(f, x); err == nil {
				mine = p
			}
		}
		if register.Raw(seen[i]) == register.Raw(rec.Row[i]) && register.Raw(mine) == register.Raw(seen[i]) {
			continue
		}
		show := func(x any) web.Cell {
			s := m.s.c.Catalog.Show(f, x, m.lang, labels)
			if s == "" {
				s = msg.T("（なし）", "(none)").In(m.lang)
			}
			return web.Cell{Text: s}
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: f.Title.In(m.lang)}, show(seen[i]), show(rec.Row[i]), show(mine)}})
	}
	t.Count = len(t.Rows)
	return web.Stack(web.Para(msg.T("下の欄には、あなたの入力が残っています。今の値と見比べて直してから保存してください。保存すると、今の値はあなたの入力に置き換わります。",
		"Below is what you typed. Compare it with the present values and save again; your values then take their place.")), web.TablePart(t)), nil
}

// version is a record as it was in a version, nil when there is none.
func (m *formMaker) version(d *register.Def, key, version string) (register.Row, error) {
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		return nil, nil
	}
	all, err := m.reader.History(m.ctx, d, key)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if v.Version == n {
			return v.Row, nil
		}
	}
	return nil, nil
}

// change gives a record new values. Only what differs from the version the person saw goes into the act, so that the
// record of acts says what was changed, and a repeat of the same form is the same input.
func (s *Service) change(r *web.Request) (web.Response, error) {
	d, err := s.kept(r)
	if err != nil {
		return web.Response{}, err
	}
	key := r.Path("key")
	var in act.Input
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.sees(ctx, tx, r.Actor, d)
		if err != nil {
			return err
		}
		rec, ok, err := s.c.Catalog.As(tx, r.Actor).One(ctx, d, key)
		if err != nil {
			return err
		}
		if !ok {
			return web.NotFound()
		}
		m := s.maker(ctx, tx, r)
		if in, err = m.input(r, v, rec.Row); err != nil {
			return err
		}
		seen, err := m.version(d, key, r.Form(register.VersionField))
		if err != nil {
			return err
		}
		if seen == nil {
			return fault.New(fault.Conflict, msg.T("記録の版が分かりません。ページを開き直してください。", "The version of the record is not known. Please open the page again."))
		}
		next, err := s.c.Catalog.Merge(d, seen, in)
		if err != nil {
			return err
		}
		for i, f := range d.Fields {
			if register.Raw(next[i]) == register.Raw(seen[i]) {
				delete(in, f.Name)
			}
		}
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	if len(in) == 0 {
		return web.Redirect(path(d, key), msg.T("変更された項目はありません。", "Nothing was changed.")).Tone(web.Info), nil
	}
	in[d.KeyField().Name], in[register.VersionField] = key, r.Form(register.VersionField)
	if _, err := s.c.Gate.Run(r.Context(), d.Name+".change", in, act.Options{IdempotencyKey: r.IdempotencyKey, Reason: r.Form(argReason)}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(path(d, key), msg.T("変更を保存しました。", "The changes were saved.")), nil
}
