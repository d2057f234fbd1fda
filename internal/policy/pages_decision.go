package policy

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy/text"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// deciding is what the page of an approval shows.
type deciding struct {
	v        Version
	in       flow.Instance
	moves    []flow.Move // the person may make now
	organs   []org.Organ // that still have to adopt it
	adopt    bool
	settled  []Adoption
	names    map[string]string
	warnings []text.Warning
	revise   bool // the person may revise the draft
}

func (s *Service) deciding(r *web.Request) (d deciding, err error) {
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if d.v, _, err = s.version(ctx, tx, r.Path("version")); err != nil {
			return err
		}
		if d.in, _, err = s.decision(ctx, tx, d.v); err != nil {
			return err
		}
		for _, m := range s.steps(d.v) {
			if m.Name == "adopt" {
				if d.adopt, err = s.c.Gate.Decides(ctx, tx, r.Actor, "policy.adopt"); err != nil {
					return err
				}
				continue
			}
			ok, err := s.may(ctx, tx, r.Actor, d.v, d.in, m)
			if err != nil {
				return err
			}
			if ok {
				d.moves = append(d.moves, m)
			}
		}
		if d.v.Layer == text.Basic {
			if d.organs, err = s.waitingOrgans(ctx, tx, d.v); err != nil {
				return err
			}
			if d.settled, err = s.adoptions(ctx, tx, d.v.Code); err != nil {
				return err
			}
		}
		rd, err := s.textOf(ctx, tx, d.v.Code)
		if err != nil {
			return err
		}
		d.warnings = rd.Warnings
		if d.revise, err = s.mayRevise(ctx, tx, r.Actor, d.v.Code); err != nil {
			return err
		}
		return s.nameAll(ctx, tx, &d)
	})
	return d, err
}

// nameAll finds the names of the people and organs of the page.
func (s *Service) nameAll(ctx context.Context, tx *db.Tx, d *deciding) error {
	d.names = map[string]string{}
	var refs []ref.Ref
	for _, a := range d.in.Approvals {
		refs = append(refs, ref.New("person", a.Person))
	}
	if d.in.Applicant != "" && d.in.Applicant != unknownApplicant {
		refs = append(refs, ref.New("person", d.in.Applicant))
	}
	for _, a := range d.settled {
		refs = append(refs, ref.New("organ", a.Organ))
	}
	for _, r := range refs {
		if _, ok := s.c.Catalog.Get(r.Register); !ok || d.names[r.String()] != "" {
			continue
		}
		name, err := s.c.Catalog.Label(ctx, tx, r)
		if err != nil {
			return err
		}
		d.names[r.String()] = name
	}
	return nil
}

func (s *Service) adoptions(ctx context.Context, tx *db.Tx, version string) ([]Adoption, error) {
	all, err := register.Load[Adoption](ctx, tx, s.c.Catalog.Must("adoption"))
	return slices.DeleteFunc(all, func(a Adoption) bool { return a.Version != version }), err
}

func (s *Service) decisionPage(r *web.Request) (web.Response, error) {
	d, err := s.deciding(r)
	if err != nil {
		return web.Response{}, err
	}
	v, today := d.v, when.Of(r.Now())
	st, tone := stateOf(v, today)
	at := "/policy/" + url.PathEscape(v.Code)
	head := web.Head{Crumbs: crumb(&v), Title: titleDecision, Badge: web.Badge(st, tone), Facts: facts(v)}
	if d.revise {
		head.Links = []web.Link{{Title: titleRevise, Href: at + "/revise"}}
	}
	parts := []templ.Component{
		web.PageHead(head),
		web.ErrorSummary(), web.Steps(s.way(v)), web.SummaryList(d.entries(r.Lang)),
	}
	if st := flow.State(v.State); len(d.settled)+len(d.organs) > 0 && v.Layer == text.Basic && (st == Adopting || len(d.settled) > 0) {
		parts = append(parts, within(msg.T("各機関の決定", "Adoption by each organ"), d.organTable(r.Lang)))
	}
	forms := 0
	if d.adopt && len(d.organs) > 0 {
		parts = append(parts, within(titleAdopt, s.adoptForm(at, d.organs, today)))
		forms++
	}
	for _, m := range d.moves {
		parts = append(parts, within(m.Title, moveForm(at, m, v, today)))
		forms++
	}
	if forms == 0 && !slices.Contains([]flow.State{Current, Replaced, Withdrawn}, flow.State(v.State)) {
		parts = append(parts, web.Para(msg.T("今、あなたが行える手続はありません。", "There is nothing for you to do here now.")))
	}
	if flow.State(v.State) == Adopting && len(d.organs)+len(d.settled) == 0 {
		parts = append(parts, web.Banner(web.Warn, msg.T("機関が一つも登録されていません。台帳「機関」に登録してから、各機関の決定を記録してください。", "No organ is registered. Register the organs, then record the adoption by each.")))
	}
	return web.Page(titleDecision, web.Stack(parts...)), nil
}

// way is the route with how far the version has come.
func (s *Service) way(v Version) []web.Step {
	order := []flow.State{Draft, Review, Approval, Approved, Current}
	if v.Layer == text.Basic {
		order = []flow.State{Draft, Review, Approval, Adopting, Publication, Approved, Current}
	}
	at := slices.Index(order, flow.State(v.State))
	if flow.State(v.State) == Replaced {
		at = len(order)
	}
	var out []web.Step
	for i, st := range order {
		step := web.Step{Title: stateTitles[st]}
		switch {
		case i < at || i == at && st == Current:
			step.State = web.StepDone
		case i == at:
			step.State = web.StepNow
		}
		out = append(out, step)
	}
	return out
}

func (d deciding) entries(lang msg.Lang) []web.Entry {
	v := d.v
	by := func(move string) string {
		for _, a := range d.in.Approvals {
			if a.Move == move {
				return msg.F("承認：%s（%s）", "Approved by %s (%s)", d.names["person:"+a.Person], a.At.Both()).In(lang)
			}
		}
		return ""
	}
	applicant := d.names["person:"+d.in.Applicant]
	out := []web.Entry{
		{Label: msg.T("決裁の経路", "Route"), Text: routeOf(v.Layer).Title.In(lang)},
		{Label: msg.T("申請者", "Applicant"), Text: applicant},
		{Label: titleCommittee, Text: v.Committee.Text(lang), Note: by("committee")},
		{Label: titleCISO, Text: v.CISO.Text(lang), Note: by("ciso")},
	}
	if v.Layer == text.Basic {
		out = append(out, web.Entry{Label: titlePublish, Text: v.Published.Text(lang)})
	}
	out = append(out, web.Entry{Label: msg.T("施行日", "In force from"), Text: v.From.Text(lang)})
	if v.SHA256 != "" {
		out = append(out, web.Entry{Label: msg.T("本文のハッシュ値", "SHA-256 of the text"), Part: web.Copy(v.SHA256)})
	}
	return append(out, web.Entry{Label: msg.T("記録", "Record"), Text: msg.T("この版の記録を見る", "See the record of this version").In(lang), Href: "/trail?subject=version:" + url.QueryEscape(v.Code)})
}

func (d deciding) organTable(lang msg.Lang) templ.Component {
	t := web.Table{ID: "organs", Caption: msg.T("機関ごとの決定", "Adoption by organ"), Count: -1, Columns: []web.Column{{Title: msg.T("機関", "Organ"), Head: true}, {Title: msg.T("状態", "State"), NoWrap: true},
		{Title: msg.T("決定日", "Date"), NoWrap: true}, {Title: msg.T("文書番号", "Document no.")}}}
	for _, o := range d.organs {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: o.Name}, {Part: web.Badge(msg.T("決定待ち", "Waiting"), web.Info)}, {}, {}}})
	}
	for _, a := range d.settled {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: d.names["organ:"+a.Organ]}, {Part: web.Badge(msg.T("決定済み", "Adopted"), web.Good)}, {Text: a.Date.Text(lang)}, {Text: a.Paper}}})
	}
	return web.TablePart(t)
}

var fieldReason = web.Field{Name: "reason", Label: msg.T("理由", "Reason"), Kind: web.LongField, Required: true, Rows: 2,
	Help: msg.T("記録に残ります。", "It is kept in the record.")}

func moveForm(at string, m flow.Move, v Version, today when.Date) templ.Component {
	f := web.Form{Action: at + "/decision", Hidden: [][2]string{{"step", m.Name}}, Buttons: []web.Button{{Title: m.Title, Tone: web.Good}}, Label: m.Title}
	if m.Back {
		f.Buttons[0].Tone = web.Plain
	}
	if m.To == Withdrawn {
		f.Buttons[0].Tone, f.Buttons[0].Ask = web.Bad, msg.T("この版を取り下げます。元に戻すことはできません。よろしいですか。", "The version will be withdrawn for good. Go on?")
	}
	switch m.Name {
	case "committee", "ciso", "publish":
		f.Fields = append(f.Fields, web.Field{Name: "date", Label: msg.T("決定日", "Date"), Kind: web.DateField, Required: true, Value: today.String()})
	case "enforce":
		day := ""
		if v.From != 0 {
			day = v.From.String()
		}
		f.Fields = append(f.Fields, web.Field{Name: "from", Label: msg.T("施行日", "In force from"), Kind: web.DateField, Required: true, Value: day})
	}
	reason := fieldReason
	f.Fields = append(f.Fields, reason)
	for i := range f.Fields {
		f.Fields[i].Name = m.Name + "." + f.Fields[i].Name // several forms stand on one page
	}
	return web.FormPart(f)
}

func (s *Service) adoptForm(at string, organs []org.Organ, today when.Date) templ.Component {
	options := []web.Option{}
	for _, o := range organs {
		options = append(options, web.Option{Value: o.Code, Label: msg.Same(o.Name)})
	}
	by := []web.Option{}
	if v := s.c.Catalog.Pack().Vocab("adopted_by"); v != nil {
		for _, t := range v.Terms {
			by = append(by, web.Option{Value: t.Code, Label: t.Title})
		}
	}
	return web.FormPart(web.Form{Action: at + "/decision", Hidden: [][2]string{{"step", "adopt"}}, Label: titleAdopt, Buttons: []web.Button{{Title: titleAdopt, Tone: web.Good}}, Fields: []web.Field{
		{Name: "adopt.organ", Label: msg.T("機関", "Organ"), Kind: web.SelectField, Options: options, Required: true},
		{Name: "adopt.by", Label: msg.T("決定した主体", "Adopted by"), Kind: web.RadioField, Options: by, Required: true},
		{Name: "adopt.date", Label: msg.T("決定日", "Date"), Kind: web.DateField, Required: true, Value: today.String()},
		{Name: "adopt.paper", Label: msg.T("文書番号", "Document no."), Optional: true},
		{Name: "adopt.reason", Label: fieldReason.Label, Help: fieldReason.Help, Kind: web.LongField, Required: true, Rows: 2}}})
}

// decide makes one step. The fields of its form carry its name.
func (s *Service) decide(r *web.Request) (web.Response, error) {
	step := r.Form("step")
	if err := r.FormFields("step", step+"."); err != nil {
		return web.Response{}, err
	}
	var v Version
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		v, _, err = s.version(ctx, tx, r.Path("version"))
		return err
	}); err != nil {
		return web.Response{}, err
	}
	m, ok := routeOf(v.Layer).Move(step)
	if !ok {
		return web.Response{}, fault.New(fault.Invalid, msg.T("この手続はありません。", "There is no such step."))
	}
	in := act.Input{"version": v.Code}
	for _, name := range r.FormNames() {
		if short, ok := strings.CutPrefix(name, step+"."); ok && short != "reason" {
			if value := r.Form(name); value != "" {
				in[short] = value
			}
		}
	}
	reason := r.Form(step + ".reason")
	if reason == "" {
		return web.Response{}, fault.At(step+".reason", msg.T("理由を入力してください。", "Please give the reason."))
	}
	_, err := s.c.Gate.Run(r.Context(), actOf(m), in, act.Options{Reason: reason, IdempotencyKey: r.IdempotencyKey})
	if f := fault.As(err); f != nil {
		for i := range f.Fields { // at the field of the form
			f.Fields[i].Name = step + "." + f.Fields[i].Name
		}
	}
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/policy/"+url.PathEscape(v.Code)+"/decision", msg.F("「%s」を記録しました。", "Recorded: %s.", m.Title)), nil
}

func (s *Service) importPage(r *web.Request) (web.Response, error) {
	layers := []web.Option{{Value: text.Basic, Label: layerName(text.Basic)}, {Value: text.Standard, Label: layerName(text.Standard)}}
	return web.Page(titleImport, web.Stack(
		web.PageHead(web.Head{Crumbs: crumb(nil), Title: titleImport, Lead: msg.T("ポリシーの本文を読み取り、条項に分けます。次の画面で内容を確かめてから、案として登録します。",
			"The text of a policy is read and parted into clauses. You see the result before it is registered as a draft.")}),
		web.ErrorSummary(),
		web.FormPart(web.Form{Action: "/policy/import", Upload: true, Label: titleImport, Buttons: []web.Button{{Title: msg.T("内容を確かめる", "Look at it"), Tone: web.Good}}, Cancel: web.Link{Href: "/policy"}, Fields: []web.Field{
			{Name: "file", Label: msg.T("本文のファイル", "File with the text"), Kind: web.FileField, Required: true, Accept: ".txt,.md,.docx",
				Help: msg.T("テキスト（UTF-8またはシフトJIS）、Markdown、Wordの文書を読み取れます。上限は10MBです。", "Text (UTF-8 or Shift JIS), Markdown or a Word document (.docx), at most 10 MB.")},
			{Name: "layer", Label: msg.T("層", "Layer"), Kind: web.SelectField, Options: layers, Any: msg.T("本文から判断する", "Let the text say")}}}))), nil
}

// takeUpload reads a file and keeps it for the preview. A text that cannot be read is refused here, with nothing kept.
func (s *Service) takeUpload(r *web.Request) (web.Response, error) {
	if err := r.FormFields("layer"); err != nil {
		return web.Response{}, err
	}
	if err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		return s.c.Gate.May(ctx, tx, r.Actor, "policy.import", act.Input{})
	}); err != nil {
		return web.Response{}, err
	}
	f, h, err := r.File("file")
	if err != nil {
		return web.Response{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, text.MaxFile+1))
	if err != nil {
		return web.Response{}, err
	}
	d, err := text.Read(h.Filename, b, r.Form("layer"))
	if err != nil {
		return web.Response{}, err
	}
	id, err := s.stage(r.Context(), h.Filename, d.Layer, b)
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/policy/import/preview?id="+id, msg.Text{}), nil
}

// staged reads the upload of a preview.
func (s *Service) staged(r *web.Request, id string) (d text.Document, err error) {
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		u, err := s.upload(ctx, tx, r.Actor, id)
		if err != nil {
			return err
		}
		d, err = text.Read(u.name, u.content, u.layer)
		return err
	})
	return d, err
}

func (s *Service) previewPage(r *web.Request) (web.Response, error) {
	id := r.Query("id")
	if r.FormHas("id") {
		id = r.Form("id")
	}
	d, err := s.staged(r, id)
	if err != nil {
		return web.Response{}, err
	}
	found := web.Table{ID: "clauses", Caption: msg.T("読み取った条項", "Clauses that were read"), Count: len(d.Clauses), Columns: []web.Column{{Title: msg.T("行", "Line"), Num: true}, {Title: msg.T("番号", "No."), NoWrap: true},
		{Title: msg.T("見出し", "Heading"), Head: true}, {Title: msg.T("本文の初め", "Beginning of the text")}, {Title: msg.T("義務の強さ", "How it binds")}}}
	for _, c := range d.Clauses {
		found.Rows = append(found.Rows, web.Row{Cells: []web.Cell{{Text: itoa(c.Line)}, {Text: c.Number}, {Text: c.Title}, {Text: short(c.Text)}, {Text: strings.Join(c.Modal, "、")}}})
	}
	warned := web.Table{ID: "warnings", Caption: msg.T("確かめてほしいところ", "Please check"), Count: len(d.Warnings), Columns: []web.Column{{Title: msg.T("行", "Line"), Num: true}, {Title: msg.T("内容", "What"), Head: true}}}
	for _, w := range d.Warnings {
		warned.Rows = append(warned.Rows, web.Row{Cells: []web.Cell{{Text: itoa(w.Line)}, {Text: w.Message.In(r.Lang)}}})
	}
	loose := web.Table{ID: "furniture", Caption: msg.T("条項に含めないもの", "Not part of any clause"), Count: len(d.Furniture) + len(d.Headings), Columns: []web.Column{{Title: msg.T("行", "Line"), Num: true}, {Title: msg.T("種類", "Kind"), NoWrap: true}, {Title: msg.T("文字", "Text"), Head: true}}}
	for _, h := range d.Headings {
		loose.Rows = append(loose.Rows, web.Row{Cells: []web.Cell{{Text: itoa(h.Line)}, {Text: msg.T("見出し", "Heading").In(r.Lang)}, {Text: h.Title, Note: short(h.Text)}}})
	}
	for _, f := range d.Furniture {
		loose.Rows = append(loose.Rows, web.Row{Cells: []web.Cell{{Text: itoa(f.Line)}, {Text: f.Kind.Title().In(r.Lang)}, {Text: f.Text}}})
	}
	parts := []templ.Component{
		web.PageHead(web.Head{Crumbs: append(crumb(nil), web.Link{Title: titleImport, Href: "/policy/import"}), Title: titlePreview,
			Lead: msg.T("本文のすべての文字が、条項、見出し、ページの要素のいずれかに分けられています。まだ登録していません。", "Every sign of the text belongs to a clause, a heading or the page. Nothing is registered yet.")}),
		web.ErrorSummary(),
		web.SummaryList([]web.Entry{{Label: msg.T("ファイル名", "File name"), Part: asIs(d.Name)}, {Label: msg.T("層", "Layer"), Text: layerName(d.Layer).In(r.Lang)}, {Label: msg.T("本文のハッシュ値", "SHA-256 of the text"), Part: web.Copy(d.SHA256)}}),
	}
	if len(d.Warnings) > 0 {
		parts = append(parts, web.TablePart(warned))
	}
	parts = append(parts, web.TablePart(found), templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Disclosure(msg.T("条項に含めないもの（目次、ページ番号、見出しなど）を見る", "See what is not part of any clause (contents, page numbers, headings)")).Render(templ.WithChildren(ctx, web.TablePart(loose)), w)
	}), web.FormPart(web.Form{Action: "/policy/import/preview", Hidden: [][2]string{{"id", id}, {"sha256", d.SHA256}}, Label: titlePreview, Cancel: web.Link{Href: "/policy"},
		Buttons: []web.Button{{Title: msg.T("案として登録する", "Register as a draft"), Tone: web.Good}}, Fields: []web.Field{
			{Name: "title", Label: msg.T("名称", "Title"), Value: d.Title, Required: true, Max: 200},
			{Name: "from", Label: msg.T("施行予定日", "Planned to be in force from"), Kind: web.DateField, Optional: true}, fieldReason}}))
	return web.Page(titlePreview, web.Stack(parts...)), nil
}

// short is the beginning of a text on one line.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > 60 {
		return string([]rune(s)[:60]) + "…"
	}
	return s
}

func (s *Service) applyImport(r *web.Request) (web.Response, error) {
	if err := r.FormFields("id", "sha256", "title", "from", "reason"); err != nil {
		return web.Response{}, err
	}
	if r.Form("reason") == "" {
		return web.Response{}, fault.At("reason", msg.T("理由を入力してください。", "Please give the reason."))
	}
	d, err := s.staged(r, r.Form("id"))
	if err != nil {
		return web.Response{}, err
	}
	if d.SHA256 != r.Form("sha256") {
		return web.Response{}, fault.New(fault.Conflict, msg.T("確認した後にファイルが変わっています。もう一度確認してください。", "The file has changed since it was looked at. Please look at it again."))
	}
	from, err := r.FormDate("from")
	if err != nil {
		return web.Response{}, err
	}
	rec, err := s.importUpload(r.Context(), r.Form("id"), d, r.Form("title"), from, r.Form("reason"))
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/policy/"+url.PathEscape(rec.Key)+"/decision", msg.F("案として登録しました（条項%d件）。", "Registered as a draft (%d clauses).", len(d.Clauses))), nil
}
