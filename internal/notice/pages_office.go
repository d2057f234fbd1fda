package notice

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// sentPage lists what was sent and what is being written, with how many have read it (bp.9.1). It is for those who
// write, approve and look after it.
func (s *Service) sentPage(r *web.Request) (web.Response, error) {
	var list []Notice
	var write, contractors bool
	rates := map[string][2]int{}
	page := max(r.QueryInt("page", 1), 1)
	err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) error {
		ok, err := s.office(ctx, tx, r)
		if err != nil || !ok {
			return orDenied(err)
		}
		if write, err = s.c.Gate.Decides(ctx, tx, r.Actor, "notice.draft"); err != nil {
			return err
		}
		if contractors, err = s.c.Gate.Decides(ctx, tx, r.Actor, "ack.contractor"); err != nil {
			return err
		}
		if list, err = s.notices(ctx, tx); err != nil {
			return err
		}
		rates, err = s.rates(ctx, tx, shown(list, page), today)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Title: titleSent, Lead: msg.T("発信したお知らせと、読んだ人の割合です。件名を選ぶと、課ごとの状況と、読んでいない職員等が分かります。",
		"What was sent and how many have read it. Choose a subject to see each section and who has not read it.")}
	if write {
		head.Links = append(head.Links, web.Link{Title: titleDraft, Href: "/notices/new", Main: true})
	}
	if contractors {
		head.Links = append(head.Links, web.Link{Title: titleContractors, Href: "/notices/contractors"})
	}
	t := web.Table{Short: true, ID: "sent", Caption: msg.T("お知らせの一覧", "Notices"), Count: len(list), Empty: msg.T("お知らせはまだありません。", "There are no notices yet."), Columns: []web.Column{
		{Title: msg.T("件名", "Subject"), Head: true}, {Title: msg.T("状態", "State"), NoWrap: true}, {Title: msg.T("発信日", "Issued"), NoWrap: true}, {Title: msg.T("期限", "Read by"), NoWrap: true},
		{Title: msg.T("対象", "For"), Num: true}, {Title: msg.T("読んだ人", "Read"), Num: true}, {Title: msg.T("割合", "Share"), Num: true}}}
	for _, n := range shown(list, page) {
		to := href(n.Code, "readers")
		if n.State != string(Issued) {
			to = href(n.Code, "send")
		}
		row := web.Row{Cells: []web.Cell{{Text: n.Name, Href: to, Note: s.kindOf(n).In(r.Lang)}, {Part: web.Badge(s.stateOf(n, today), toneOf(n, today))}, {Text: n.Issued.Short(r.Lang)}, {Text: n.Due.Short(r.Lang)}, {}, {}, {}}}
		if c, ok := rates[n.Code]; ok {
			row.Cells[4].Text, row.Cells[5].Text, row.Cells[6] = web.Number(c[0]), web.Number(c[1]), web.Cell{Text: percent(c[1], c[0])}
		}
		t.Rows = append(t.Rows, row)
	}
	return web.Page(titleSent, web.Stack(web.PageHead(head), s.tabs("/notices/sent", true), web.TablePart(t),
		web.PagingPart(web.Paging{Page: page, Size: sentPerPage, Total: len(list), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))).In("/notices"), nil
}

// sentPerPage keeps the page of the office quick: each line is counted over its whole audience.
const sentPerPage = 20

func shown(list []Notice, page int) []Notice {
	from := min((page-1)*sentPerPage, len(list))
	return list[from:min(from+sentPerPage, len(list))]
}

func orDenied(err error) error {
	if err != nil {
		return err
	}
	return web.NotFound()
}

func toneOf(n Notice, today when.Date) web.Tone {
	switch {
	case n.ShownOn(today):
		return web.Good
	case n.State == string(Approval):
		return web.Warn
	}
	return web.Plain
}

// percent rounds down: a share that is short of the mark never looks as if it had reached it.
func percent(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return strconv.Itoa(part*100/whole) + "%"
}

// rates counts audience and readers of notices in one pass over the people.
func (s *Service) rates(ctx context.Context, tx *db.Tx, list []Notice, today when.Date) (map[string][2]int, error) {
	reach, err := s.reach(ctx, tx, today)
	if err != nil {
		return nil, err
	}
	all, err := people(ctx, tx, nil)
	if err != nil {
		return nil, err
	}
	out := map[string][2]int{}
	for _, n := range list {
		if n.State != string(Issued) {
			continue
		}
		read, err := readBy(ctx, tx, n.Code)
		if err != nil {
			return nil, err
		}
		m := reach.Members(n.Audience())
		var c [2]int
		for i := range all {
			if p := &all[i]; owes(p.joined, p.left, n.Issued, today) && m.Holds(p.code, p.unit, p.employment) {
				c[0]++
				if read[p.code] {
					c[1]++
				}
			}
		}
		out[n.Code] = c
	}
	return out, nil
}

// writePage is the form of a notice.
func (s *Service) writePage(r *web.Request) (web.Response, error) {
	var n Notice
	var names map[string]string
	code := r.Path("code")
	err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, "notice.draft")
		if err != nil || !ok {
			return orDenied(err)
		}
		if code == "" {
			return nil
		}
		if n, _, err = s.get(ctx, tx, code); err != nil {
			return err
		}
		names, err = s.names(ctx, tx, n)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	title, action, cancel := titleDraft, "/notices/new", "/notices/sent"
	if code != "" {
		title, action, cancel = titleRevise, href(code, "edit"), href(code, "send")
	}
	d := s.def("notice")
	field := func(name string, kind web.FieldKind) web.Field {
		f, _ := d.Field(name)
		return web.Field{Name: name, Label: f.Title, Help: f.Help, Kind: kind, Required: f.Required}
	}
	lines := func(f web.Field, register string, keys []string) web.Field {
		var out []string
		for _, k := range keys {
			out = append(out, k+" "+names[register+":"+k])
		}
		f.Value, f.Rows = strings.Join(out, "\n"), 3
		return f
	}
	name, kind, text := field("name", web.TextField), field("kind", web.RadioField), field("text", web.LongField)
	name.Value, name.Max, kind.Value, kind.Options, text.Value, text.Rows, text.Max = n.Name, 200, n.Kind, s.options("notice_kind"), n.Text, 10, 4000
	mandatory := field("mandatory", web.CheckField)
	mandatory.Required = false
	if n.Mandatory {
		mandatory.Value = "true"
	}
	units := lines(field("units", web.LongField), "unit", n.Units)
	units.Help = msg.F("%s1行に1件ずつ、番号又は名称で入力してください。", "%s One a line, by number or name.", units.Help)
	roles, employments := field("roles", web.ChecksField), field("employments", web.ChecksField)
	roles.Options, roles.Values, employments.Options, employments.Values = s.options("role"), n.Roles, s.options("employment"), n.Employments
	for i := range roles.Options {
		roles.Options[i].Note = msg.Text{}
	}
	systems := lines(field("systems", web.LongField), "system", n.Systems)
	systems.Help = msg.F("%s。1行に1件ずつ、番号又は名称で入力してください。", "%s One a line, by number or name.", msg.Text{JA: strings.TrimSuffix(systems.Help.JA, "。"), EN: systems.Help.EN})
	clauses := field("clauses", web.TextField)
	clauses.Value, clauses.Optional = strings.Join(n.Clauses, "、"), true
	form := web.Form{Action: action, Guard: true, Label: title, Cancel: web.Link{Href: cancel}, Fields: []web.Field{name, kind, text, mandatory, units, roles, systems, employments, clauses},
		Buttons: []web.Button{{Title: msg.T("保存して対象を確認する", "Save and check the audience"), Tone: web.Good}}}
	return web.Page(title, web.Stack(web.PageHead(web.Head{Crumbs: []web.Link{{Title: titleNotices, Href: "/notices"}, {Title: titleSent, Href: "/notices/sent"}, {Title: title}}, Title: title,
		Lead: msg.T("保存しても、まだ発信されません。次の画面で、対象の人数と一覧を確かめてから発信します。", "Saving sends nothing. The next page shows how many and whom it would reach.")}), web.ErrorSummary(), web.FormPart(form))).In("/notices"), nil
}

// writePost saves a notice. Units and systems are named one a line, by key or by name.
func (s *Service) writePost(r *web.Request) (web.Response, error) {
	if err := r.FormFields(content...); err != nil {
		return web.Response{}, err
	}
	in := act.Input{}
	for _, name := range content {
		in[name] = r.Form(name)
	}
	in["roles"], in["employments"] = strings.Join(r.FormAll("roles"), ";"), strings.Join(r.FormAll("employments"), ";")
	if in["mandatory"] == "" {
		in["mandatory"] = "false"
	}
	var l fault.List
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) error {
		for field, reg := range map[string]string{"units": "unit", "systems": "system"} {
			keys, err := s.keys(ctx, tx, reg, in[field])
			if f := fault.As(err); f != nil {
				l.Add(field, f.Message)
				continue
			}
			if err != nil {
				return err
			}
			in[field] = strings.Join(keys, ";")
		}
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	if err := l.Err(); err != nil {
		return web.Response{}, err
	}
	id, code := "notice.draft", r.Path("code")
	if code != "" {
		id, in["notice"] = "notice.revise", code
	}
	res, err := s.c.Gate.Run(r.Context(), id, in, act.Options{IdempotencyKey: r.IdempotencyKey})
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect(href(res.Record.Key, "send"), msg.T("保存しました。対象を確かめてください。", "Saved. Please check the audience.")), nil
}

// keys finds the records that lines name: a key, a key with its name behind it, or a name that only one has.
func (s *Service) keys(ctx context.Context, tx *db.Tx, reg, text string) ([]string, error) {
	d := s.def(reg)
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		first, _, _ := strings.Cut(line, " ")
		if _, ok, err := s.c.Catalog.One(ctx, tx, d, first); err != nil {
			return nil, err
		} else if ok {
			out = append(out, first)
			continue
		}
		found, err := s.c.Catalog.CalledExactly(ctx, tx, d, line, 2)
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0:
			return nil, fault.New(fault.Invalid, msg.F("「%s」は台帳「%s」にありません。", "“%s” is not in the register “%s”.", line, d.Title))
		case len(found) > 1:
			return nil, fault.New(fault.Invalid, msg.F("「%s」という名称は複数あります。番号で入力してください。", "Several are called “%s”. Please give the number.", line))
		}
		out = append(out, found[0].Key)
	}
	return out, nil
}

// sending is what the page before sending shows.
type sending struct {
	n       Notice
	reading reading
	units   map[string]string
	names   map[string]string
	moves   []flow.Move
}

// sendPage shows whom a notice would reach, and asks for the step that is next (bp.6).
func (s *Service) sendPage(r *web.Request) (web.Response, error) {
	var x sending
	err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		ok, err := s.office(ctx, tx, r)
		if err != nil || !ok {
			return orDenied(err)
		}
		if x.n, _, err = s.get(ctx, tx, r.Path("code")); err != nil {
			return err
		}
		if x.reading, err = s.reading(ctx, tx, x.n, nil, today); err != nil {
			return err
		}
		if x.units, err = s.unitNames(ctx, tx); err != nil {
			return err
		}
		if x.names, err = s.names(ctx, tx, x.n); err != nil {
			return err
		}
		x.moves, err = s.moves(ctx, tx, r, x.n)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	n, today := x.n, when.Of(r.Now())
	head := web.Head{Crumbs: []web.Link{{Title: titleNotices, Href: "/notices"}, {Title: titleSent, Href: "/notices/sent"}, {Title: msg.Same(n.Name)}}, Title: titleSend, Badge: web.Badge(s.stateOf(n, today), toneOf(n, today))}
	if n.State == string(Draft) && n.By == r.Actor.Person {
		head.Links = []web.Link{{Title: titleRevise, Href: href(n.Code, "edit")}}
	}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary(),
		web.Tiles([]web.Tile{{Value: msg.F("%s人", "%s", web.Number(len(x.reading.meant))), Label: msg.T("この対象に当てはまる職員等", "People in this audience"), Tone: toneOfCount(len(x.reading.meant))}}),
		section(msg.T("お知らせの内容", "What it says"), words(n.Text), web.SummaryList(append([]web.Entry{{Label: msg.T("件名", "Subject"), Text: n.Name}, {Label: msg.T("種別", "Kind"), Text: s.kindOf(n).In(r.Lang)}}, s.about(n, mine{}, x.names, r.Lang)...))),
		section(msg.T("対象の職員等", "The audience"), s.peopleTable(r, x.reading.meant, x.units, msg.T("対象の一覧", "Audience"), msg.T("この対象に当てはまる職員等はいません。対象を選び直してください。", "Nobody is in this audience. Choose another.")))}
	for _, m := range x.moves {
		b := web.Button{Title: m.Title, Tone: web.Good}
		if m.Back {
			b.Tone = web.Plain
		}
		if m.To == Issued {
			b.Ask = msg.F("%s人に発信します。発信した後は、内容を変更できません。よろしいですか。", "It goes to %s people and cannot be changed afterwards. Go on?", web.Number(len(x.reading.meant)))
		}
		parts = append(parts, web.FormPart(web.Form{Action: href(n.Code, "send"), Hidden: [][2]string{{"step", m.Name}, {"seen", n.Hash()}}, Label: m.Title, Buttons: []web.Button{b}}))
	}
	if len(x.moves) == 0 && n.State != string(Issued) && n.State != string(Withdrawn) {
		parts = append(parts, web.Para(msg.T("今、あなたが行える手続はありません。", "There is nothing for you to do here now.")))
	}
	return web.Page(titleSend, web.Stack(parts...)).In("/notices"), nil
}

func toneOfCount(n int) web.Tone {
	if n == 0 {
		return web.Bad
	}
	return web.Plain
}

// actOf is the act that makes a move.
func actOf(m flow.Move) string {
	if m.To == Withdrawn {
		return "notice.withdraw"
	}
	return "notice." + m.Name
}

// moves are the steps somebody could take with a notice now: by the power register and by the flow.
func (s *Service) moves(ctx context.Context, tx *db.Tx, r *web.Request, n Notice) ([]flow.Move, error) {
	var out []flow.Move
	f := routeOf(n)
	for _, m := range f.Moves {
		if m.From != flow.State(n.State) {
			continue
		}
		ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, actOf(m))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		by, err := s.by(ctx, tx, r.Actor, m)
		if err != nil {
			return nil, err
		}
		if _, err := f.Step(n.instance(), m.Name, by); err == nil {
			out = append(out, m)
		}
	}
	return out, nil
}

// sendPost takes one step.
func (s *Service) sendPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("step", "seen"); err != nil {
		return web.Response{}, err
	}
	code, step := r.Path("code"), r.Form("step")
	in, id := act.Input{"notice": code}, "notice."+step
	switch step {
	case "submit", "issue", "return":
	case "approve":
		in["seen"] = r.Form("seen")
	case "withdraw_draft", "withdraw_approval":
		id = "notice.withdraw"
	default:
		return web.Response{}, web.NotFound()
	}
	if _, err := s.c.Gate.Run(r.Context(), id, in, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	to, done := href(code, "send"), msg.T("手続を記録しました。", "The step is recorded.")
	if step == "issue" || step == "approve" {
		to, done = href(code, "readers"), msg.T("発信しました。", "It is issued.")
	}
	return web.Redirect(to, done), nil
}

// peopleTable lists people, page by page.
func (s *Service) peopleTable(r *web.Request, list []person, units map[string]string, caption, empty msg.Text) templ.Component {
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*100, len(list))
	t := web.Table{Short: true, ID: "people", Caption: caption, Count: len(list), Empty: empty, Columns: []web.Column{{Title: msg.T("氏名", "Name"), Head: true}, {Title: msg.T("所属", "Unit")}, {Title: msg.T("任用の区分", "Employment")}}}
	for _, p := range list[from:min(from+100, len(list))] {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: p.name, Href: "/people/" + p.code, Note: p.code}, {Text: units[p.unit]}, {Text: s.term("employment", p.employment).In(r.Lang)}}})
	}
	return web.Stack(web.TablePart(t), web.PagingPart(web.Paging{Page: page, Size: 100, Total: len(list), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))
}
