package notice

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// The titles of the pages.
var (
	titleNotices     = msg.T("周知", "Notices")
	titleMine        = msg.T("自分あて", "For me")
	titleSent        = msg.T("発信の管理", "Sent")
	titleGuide       = msg.T("行動指針", "Conduct guide")
	titleReaders     = msg.T("読んでいない職員等", "Who has not read it")
	titlePolicy      = msg.T("ポリシーの了知", "Receive the policy")
	titlePledge      = msg.T("誓約", "Pledge")
	titleContractors = msg.T("委託事業者の受領", "Receipts by contractors")
	titleTold        = msg.T("伝えたことの一覧", "What this person was told")
	titleSend        = msg.T("発信前の確認", "Check before sending")
)

// Routes are the pages by which people are told and confirm it (bp.0, bp.5, bp.9.1–bp.9.6).
func (s *Service) Routes() []web.Route {
	route := func(method, pattern string, title msg.Text, clauses []clause.ID, page, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: clauses, Rule: web.SignedIn, Page: page, Again: again}
	}
	tell, promise, receive := []clause.ID{"bp.5", "bp.9.1"}, []clause.ID{"bp.5"}, []clause.ID{"bp.0", "bp.5", "bp.9.1"}
	conduct := []clause.ID{"bp.9.1", "bp.9.2", "bp.9.3", "bp.9.4", "bp.9.5", "bp.9.6"}
	first := route("GET", "/notices", titleNotices, tell, s.minePage, nil)
	first.Nav = &web.NavItem{Order: 57}
	return []web.Route{
		first,
		route("GET", "/notices/{code}", titleNotices, tell, s.noticePage, nil),
		route("POST", "/notices/{code}/read", titleNotices, tell, s.readPost, s.noticePage),
		route("GET", "/notices/sent", titleSent, tell, s.sentPage, nil),
		route("GET", "/notices/new", titleDraft, tell, s.writePage, nil),
		route("POST", "/notices/new", titleDraft, tell, s.writePost, s.writePage),
		route("GET", "/notices/{code}/edit", titleRevise, tell, s.writePage, nil),
		route("POST", "/notices/{code}/edit", titleRevise, tell, s.writePost, s.writePage),
		route("GET", "/notices/{code}/send", titleSend, tell, s.sendPage, nil),
		route("POST", "/notices/{code}/send", titleSend, tell, s.sendPost, s.sendPage),
		route("GET", "/notices/{code}/readers", titleReaders, tell, s.readersPage, nil),
		route("POST", "/notices/{code}/readers", titleRemind, tell, s.remindPost, s.readersPage),
		route("GET", "/notices/policy", titlePolicy, receive, s.policyPage, nil),
		route("POST", "/notices/policy", titlePolicy, receive, s.policyPost, s.policyPage),
		route("GET", "/notices/pledge", titlePledge, promise, s.pledgePage, nil),
		route("POST", "/notices/pledge", titlePledge, promise, s.pledgePost, s.pledgePage),
		route("GET", "/notices/contractors", titleContractors, receive, s.contractorsPage, nil),
		route("POST", "/notices/contractors", titleContractors, receive, s.contractorsPost, s.contractorsPage),
		route("GET", "/guide", titleGuide, conduct, s.guideList, nil),
		route("GET", "/guide/{clause}", titleGuide, conduct, s.guidePage, nil),
		route("GET", "/people/{code}/told", titleTold, []clause.ID{"bp.5", "bp.9.1", "bp.13"}, s.toldPage, nil),
	}
}

func (s *Service) view(r *web.Request, fn func(ctx context.Context, tx *db.Tx, today when.Date) error) error {
	return s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error { return fn(ctx, tx, when.Of(tx.Now())) })
}

// tabs join the pages of this group.
func (s *Service) tabs(here string, sent bool) templ.Component {
	out := []web.Tab{{Title: titleMine, Href: "/notices", Count: -1}}
	if sent {
		out = append(out, web.Tab{Title: titleSent, Href: "/notices/sent", Count: -1})
	}
	out = append(out, web.Tab{Title: titleGuide, Href: "/guide", Count: -1})
	for i := range out {
		out[i].Current = out[i].Href == here
	}
	return web.Tabs(titleNotices, out)
}

func href(code string, more ...string) string {
	h := "/notices/" + url.PathEscape(code)
	for _, m := range more {
		h += "/" + m
	}
	return h
}

func guideHref(clause string) string { return "/guide/" + url.PathEscape(clause) }

// term is a code of a vocabulary in words.
func (s *Service) term(vocab, code string) msg.Text {
	if v := s.c.Catalog.Pack().Vocab(vocab); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title
		}
	}
	return msg.Same(code)
}

func (s *Service) options(vocab string) (out []web.Option) {
	if v := s.c.Catalog.Pack().Vocab(vocab); v != nil {
		for _, t := range v.Terms {
			out = append(out, web.Option{Value: t.Code, Label: t.Title, Note: t.Note})
		}
	}
	return out
}

// section is a part of a page with a heading.
func section(title msg.Text, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Section(title).Render(templ.WithChildren(ctx, web.Stack(inner...)), w)
	})
}

// fold hides parts until they are asked for.
func fold(title msg.Text, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Disclosure(title).Render(templ.WithChildren(ctx, web.Stack(inner...)), w)
	})
}

// words is a text of several lines, as it was written.
func words(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<div class="quote"><p class="text" lang="ja">`+templ.EscapeString(text)+`</p></div>`)
		return err
	})
}

// mine is what one person was sent, with whether they have read it.
type mine struct {
	Notice
	at   when.Stamp // read; 0 when not
	owed bool
}

// mineOf reads what a person sees on a day, what they still have to read first.
func (s *Service) mineOf(ctx context.Context, tx *db.Tx, code string, today when.Date) (out []mine, x self, err error) {
	x, ok, err := s.self(ctx, tx, code, today)
	if err != nil || !ok {
		return nil, x, err
	}
	list, err := s.notices(ctx, tx, string(Issued))
	if err != nil {
		return nil, x, err
	}
	read, err := readings(ctx, tx, code)
	if err != nil {
		return nil, x, err
	}
	for _, n := range list {
		at := read[n.Code]
		if !n.ShownOn(today) || !x.in(n.Audience()) && at == 0 {
			continue
		}
		out = append(out, mine{n, at, at == 0 && x.meant(n, today)})
	}
	slices.SortStableFunc(out, func(a, b mine) int {
		rank := func(m mine) int {
			switch {
			case m.owed && m.Mandatory:
				return 0
			case m.owed:
				return 1
			case m.at == 0:
				return 2
			}
			return 3
		}
		return rank(a) - rank(b)
	})
	return out, x, nil
}

const perPage = 50

// minePage is what somebody was told, unread first, with one button each (bp.9.1).
func (s *Service) minePage(r *web.Request) (web.Response, error) {
	var list []mine
	var owed []Item
	var office bool
	err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		if list, _, err = s.mineOf(ctx, tx, r.Actor.Person, today); err != nil {
			return err
		}
		if owed, err = s.formal(ctx, tx, r.Actor.Person, today, true); err != nil {
			return err
		}
		office, err = s.office(ctx, tx, r)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	unread := 0
	for _, m := range list {
		if m.owed {
			unread++
		}
	}
	parts := []templ.Component{web.PageHead(web.Head{Title: titleNotices, Facts: []msg.Text{msg.F("未読 %s件", "%s to read", web.Number(unread))},
		Lead: msg.T("あなたに知らせたことです。読んだら「了知」を押してください。読んだことは、あなた本人の記録として残ります。",
			"What you were told. Press “Read” when you have read it; it is kept as your own record.")}), web.ErrorSummary(), s.tabs("/notices", office)}
	var tasks []web.Task
	for _, o := range owed {
		t := web.Task{Title: o.Title, Href: o.Href, Note: o.Why, State: msg.T("未了", "To do"), Tone: web.Warn}
		if o.Due != 0 && o.Due < today {
			t.State, t.Tone = msg.T("期限超過", "Overdue"), web.Bad
		}
		tasks = append(tasks, t)
	}
	if tasks != nil {
		parts = append(parts, section(msg.T("あなたが行う手続", "For you to do"), web.TaskList(tasks)))
	}
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*perPage, len(list))
	t := web.Table{ID: "mine", Caption: msg.T("あなたへのお知らせ", "Notices for you"), Count: len(list), Empty: msg.T("掲載中のお知らせはありません。", "No notices are shown now."), Columns: []web.Column{
		{Title: msg.T("件名", "Subject"), Head: true}, {Title: msg.T("発信日", "Issued"), NoWrap: true}, {Title: msg.T("期限", "Read by"), NoWrap: true}, {Title: msg.T("状態", "State"), NoWrap: true}, {Title: msg.T("了知", "Read"), Quiet: true}}}
	for _, m := range list[from:min(from+perPage, len(list))] {
		state, tone := m.state(today)
		row := web.Row{Cells: []web.Cell{{Text: m.Name, Href: href(m.Code), Note: s.kindOf(m.Notice).In(r.Lang)}, {Text: m.Issued.Short(r.Lang)}, {Text: m.Due.Short(r.Lang)}, {Part: web.Badge(state, tone)}, {}}}
		if m.at == 0 {
			row.Cells[4].Part = readButton(m.Notice, "/notices")
		}
		t.Rows = append(t.Rows, row)
	}
	parts = append(parts, web.TablePart(t), web.PagingPart(web.Paging{Page: page, Size: perPage, Total: len(list), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))
	return web.Page(titleNotices, web.Stack(parts...)), nil
}

// kindOf is the kind with the mark of a mandatory notice.
func (s *Service) kindOf(n Notice) msg.Text {
	k := s.term("notice_kind", n.Kind)
	if n.Mandatory {
		return msg.F("%s・必読", "%s, mandatory", k)
	}
	return k
}

func (m mine) state(today when.Date) (msg.Text, web.Tone) {
	switch {
	case m.at != 0:
		return msg.T("既読", "Read"), web.Good
	case !m.owed:
		return msg.T("参考", "For information"), web.Plain
	case m.Mandatory && m.Due < today:
		return msg.T("未読・期限超過", "Unread, overdue"), web.Bad
	}
	return msg.T("未読", "Unread"), web.Warn
}

// readButton confirms a notice with one click.
func readButton(n Notice, back string) templ.Component {
	return web.FormPart(web.Form{Action: href(n.Code, "read"), Hidden: [][2]string{{"back", back}}, Label: msg.F("「%s」（%s）の了知", "Confirm “%s” (%s)", n.Name, n.Code), Buttons: []web.Button{{Title: msg.T("了知", "Read"), Tone: web.Good}}})
}

// office says whether somebody writes, approves or looks after what is sent.
func (s *Service) office(ctx context.Context, tx *db.Tx, r *web.Request) (bool, error) {
	for _, id := range []string{"notice.draft", "notice.approve", "notice.remind.section", "ack.contractor"} {
		ok, err := s.c.Gate.Decides(ctx, tx, r.Actor, id)
		if err != nil || ok {
			return ok, err
		}
	}
	return slices.ContainsFunc([]string{"ciso", "audit_chief", "auditor"}, r.Actor.Has), nil
}

// noticePage is one notice as its readers see it. What is not sent yet is for those who write and approve.
func (s *Service) noticePage(r *web.Request) (web.Response, error) {
	var n Notice
	var m mine
	var office, may bool
	var names map[string]string
	err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		if n, _, err = s.get(ctx, tx, r.Path("code")); err != nil {
			return err
		}
		if office, err = s.office(ctx, tx, r); err != nil {
			return err
		}
		if !n.ShownOn(today) && !office {
			return web.NotFound()
		}
		x, ok, err := s.self(ctx, tx, r.Actor.Person, today)
		if err != nil {
			return err
		}
		read, err := readings(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		m = mine{n, read[n.Code], ok && read[n.Code] == 0 && x.meant(n, today)}
		may = ok && m.at == 0 && n.ShownOn(today)
		names, err = s.names(ctx, tx, n)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Crumbs: []web.Link{{Title: titleNotices, Href: "/notices"}, {Title: msg.Same(n.Name)}}, Title: msg.Same(n.Name), Facts: []msg.Text{s.kindOf(n)}}
	if n.ShownOn(today) {
		state, tone := m.state(today)
		head.Badge = web.Badge(state, tone)
		head.Facts = append(head.Facts, msg.F("発信日 %s", "issued %s", n.Issued.Both()), msg.F("%sまでに読む", "to be read by %s", n.Due.Both()))
	} else {
		head.Badge = web.Badge(s.stateOf(n, today), web.Info)
	}
	if office {
		head.Links = []web.Link{{Title: titleReaders, Href: href(n.Code, "readers")}}
		if n.State != string(Issued) {
			head.Links = []web.Link{{Title: titleSend, Href: href(n.Code, "send"), Main: true}}
		}
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Number: n.Code, Date: today.Text(r.Lang)}), web.PageHead(head), web.ErrorSummary(), words(n.Text)}
	if may {
		parts = append(parts, readButton(n, "/notices"))
	}
	parts = append(parts, section(msg.T("このお知らせについて", "About this notice"), web.SummaryList(s.about(n, m, names, r.Lang))))
	return web.Page(msg.Same(n.Name), web.Stack(parts...)).In("/notices"), nil
}

// stateOf is the state as it is today: what was shown until yesterday is over, whatever it says.
func (s *Service) stateOf(n Notice, today when.Date) msg.Text {
	if n.State == string(Issued) && n.Ends != 0 && n.Ends < today {
		return msg.T("掲載終了", "Taken down")
	}
	return s.term("notice_state", n.State)
}

// readPost confirms a notice for whoever is signed in. What is read already is left as it is and leaves no entry.
func (s *Service) readPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("back"); err != nil {
		return web.Response{}, err
	}
	code := r.Path("code")
	done := false
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) error {
		d := s.def("receipt")
		_, ok, err := s.c.Catalog.One(ctx, tx, d, ReceiptKey(code, r.Actor.Person))
		done = ok
		return err
	}); err != nil {
		return web.Response{}, err
	}
	if !done {
		if _, err := s.c.Gate.Run(r.Context(), "notice.read", act.Input{"notice": code}, act.Options{}); err != nil {
			return web.Response{}, err
		}
	}
	back := r.Form("back")
	if !web.Local(back) {
		back = "/notices"
	}
	return web.Redirect(back, msg.T("了知を記録しました。", "It is recorded that you have read it.")), nil
}
