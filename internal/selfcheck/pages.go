package selfcheck

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// The titles of the pages.
var (
	titleSelf     = msg.T("自己点検", "Self-inspection")
	titleSection  = msg.T("課の状況", "My section")
	titleAnswer   = msg.T("自己点検の回答", "Answer")
	titleView     = msg.T("回答の内容", "What was answered")
	titleMismatch = msg.T("回答と根拠の不一致", "Answers that the evidence contradicts")
	titleSample   = msg.T("抽出再点検", "Second look")
	titleConfirms = msg.T("遵守状況の確認", "Confirmation of compliance")
	titleTogether = msg.T("まとめて確認", "Confirm together")
	titlePreview  = msg.T("まとめて確認する前に", "Before they are confirmed")
)

// Routes are the pages of self-inspection and confirmation (bp.9.3, bp.11).
func (s *Service) Routes() []web.Route {
	route := func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: []clause.ID{"bp.11"}, Rule: web.SignedIn, Page: page, Again: again}
	}
	first := route("GET", "/selfcheck", titleSelf, s.homePage, nil)
	first.Nav = &web.NavItem{Order: 58}
	out := []web.Route{
		first,
		route("GET", "/selfcheck/section", titleSection, s.sectionPage, nil),
		route("GET", "/selfcheck/section/confirm", titleTogether, s.bulkPage, nil),
		route("POST", "/selfcheck/section/confirm", titleTogether, s.bulkPost, s.bulkPage),
		route("GET", "/selfcheck/answer/{code}", titleAnswer, s.answerPage, nil),
		route("POST", "/selfcheck/answer/{code}", titleAnswer, s.answerPost, s.answerPage),
		route("GET", "/selfcheck/responses/{code}", titleView, s.viewPage, nil),
		route("POST", "/selfcheck/responses/{code}", titleDecide, s.viewPost, s.viewPage),
		route("GET", "/selfcheck/new", titleStart, s.newPage, nil),
		route("POST", "/selfcheck/new", titleStart, s.newPost, s.newPage),
		route("GET", "/selfcheck/campaigns/{code}", titleSelf, s.campaignPage, nil),
		route("POST", "/selfcheck/campaigns/{code}", titleSelf, s.campaignPost, s.campaignPage),
		route("GET", "/selfcheck/campaigns/{code}/mismatches", titleMismatch, s.mismatchPage, nil),
		route("GET", "/selfcheck/campaigns/{code}/sample", titleSample, s.samplePage, nil),
	}
	for _, r := range []web.Route{route("GET", "/selfcheck/confirm", titleConfirms, s.confirmPage, nil), route("POST", "/selfcheck/confirm", titleRecord, s.confirmPost, s.confirmPage)} {
		r.Clauses = []clause.ID{"bp.9.3"}
		out = append(out, r)
	}
	return out
}

func (s *Service) view(r *web.Request, fn func(ctx context.Context, tx *db.Tx, today when.Date) error) error {
	return s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error { return fn(ctx, tx, when.Of(tx.Now())) })
}

func campaignHref(code string, more ...string) string {
	return strings.Join(append([]string{"/selfcheck/campaigns/" + url.PathEscape(code)}, more...), "/")
}

func sectionHref(campaign, unit string) string {
	return "/selfcheck/section?" + url.Values{"campaign": {campaign}, "unit": {unit}}.Encode()
}

func answerHref(code string) string { return "/selfcheck/answer/" + url.PathEscape(code) }
func viewHref(code string) string   { return "/selfcheck/responses/" + url.PathEscape(code) }

// part is a section of a page with a heading.
func part(title msg.Text, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Section(title).Render(templ.WithChildren(ctx, web.Stack(inner...)), w)
	})
}

// inside puts components into a form, above its buttons.
func inside(f web.Form, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.FormPart(f).Render(templ.WithChildren(ctx, web.Stack(inner...)), w)
	})
}

// card frames one item, so that on a phone it is seen as one thing.
func card(title string, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, `<section class="card"><h2 lang="ja">`+templ.EscapeString(title)+`</h2>`); err != nil {
			return err
		}
		if err := web.Stack(inner...).Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, `</section>`)
		return err
	})
}

var stateTones = map[flow.State]web.Tone{Preparing: web.Warn, Answering: web.Warn, Returned: web.Bad, Submitted: web.Info, Done: web.Good}

func (s *Service) stateBadge(state string) templ.Component {
	return web.Badge(s.term("response_state", state), stateTones[flow.State(state)])
}

func (s *Service) campaignBadge(c Campaign, today when.Date) templ.Component {
	switch {
	case c.State == Open && c.Opens > today:
		return web.Badge(msg.T("開始前", "Not open yet"), web.Plain)
	case c.State == Open && c.Due < today:
		return web.Badge(msg.T("期限後", "Past its last day"), web.Warn)
	case c.State == Open:
		return web.Badge(s.term("campaign_state", c.State), web.Info)
	}
	return web.Badge(s.term("campaign_state", c.State), web.Plain)
}

// oversees says whether somebody answers for self-inspection in the whole city.
func (s *Service) oversees(ctx context.Context, tx *db.Tx, who actor.Actor) (bool, error) {
	if who.System || slices.ContainsFunc([]string{"ciso", "audit_chief", "auditor"}, who.Has) {
		return true, nil
	}
	for _, id := range []string{"selfcheck.start", "selfcheck.recheck"} {
		ok, err := s.c.Gate.Decides(ctx, tx, who, id)
		if err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// within are the units somebody answers for, with all below; nil means the whole city, and an empty set nothing.
func (s *Service) within(ctx context.Context, tx *db.Tx, who actor.Actor) (map[string]bool, error) {
	all, err := s.oversees(ctx, tx, who)
	if err != nil || all {
		return nil, err
	}
	return below(ctx, tx, headed(who))
}

// headed are the units somebody heads.
func headed(who actor.Actor) []string {
	out := managed(who)
	for _, g := range who.Roles {
		if u, ok := strings.CutPrefix(g.Scope, "unit:"); ok && g.Role == "bureau_head" && len(g.Acts) == 0 {
			out = append(out, u)
		}
	}
	return out
}

// decideBy is the act by which somebody could decide a response, "" when there is none.
func (s *Service) decideBy(ctx context.Context, tx *db.Tx, who actor.Actor, r Response) (string, error) {
	if r.State != string(Submitted) || who.Person == r.Person || who.Person == r.By {
		return "", nil
	}
	for _, l := range levels {
		id := decideAct(l)
		if s.c.Gate.May(ctx, tx, who, id, act.Input{"response": r.Code}) != nil {
			continue
		}
		m, _ := Route().Move("confirm_" + l.name)
		by, err := s.by(ctx, tx, who, m)
		if err != nil {
			return "", err
		}
		if slices.Contains(by.DelegateOf, r.Person) || slices.Contains(by.DelegateOf, r.By) {
			continue
		}
		return id, nil
	}
	return "", nil
}

// homePage is what somebody has to answer, and the way to their section and to the campaigns (bp.11).
func (s *Service) homePage(r *web.Request) (web.Response, error) {
	var own []brief
	var all []Campaign
	var office, start, heads bool
	counts := map[string]map[string]*tally{}
	err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		if all, err = s.campaigns(ctx, tx); err != nil {
			return err
		}
		if own, err = s.mine(ctx, tx, r.Actor.Person, managed(r.Actor)); err != nil {
			return err
		}
		if office, err = s.oversees(ctx, tx, r.Actor); err != nil {
			return err
		}
		heads = len(headed(r.Actor)) > 0
		if start, err = s.c.Gate.Decides(ctx, tx, r.Actor, "selfcheck.start"); err != nil || !office {
			return err
		}
		for _, c := range all[:min(len(all), 5)] {
			if counts[c.Code], err = tallies(ctx, tx, c.Code); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Title: titleSelf, Lead: msg.T("自分の行動と課の対策を、自分たちで確かめます。回答は本人と、確認する人だけに示します。",
		"You look yourselves at what you do and at what your section does. What you answer is shown to you and to who confirms it.")}
	if start {
		head.Links = append(head.Links, web.Link{Title: titleStart, Href: "/selfcheck/new", Main: true})
	}
	if heads || office {
		head.Links = append(head.Links, web.Link{Title: titleSection, Href: "/selfcheck/section"}, web.Link{Title: titleConfirms, Href: "/selfcheck/confirm"})
	}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary()}
	of := map[string]Campaign{}
	for _, c := range all {
		of[c.Code] = c
	}
	var tasks, past []web.Task
	for _, b := range own {
		c := of[b.Campaign]
		t := web.Task{Title: msg.Same(c.Name), Href: viewHref(b.Code), State: s.term("response_state", b.State), Tone: stateTones[flow.State(b.State)],
			Note: msg.F("期限 %s", "due %s", c.Due.Both())}
		if b.Unit != "" {
			t.Title = msg.F("%s（%s）", "%s (%s)", c.Name, b.name)
		}
		switch {
		case c.State == Open && c.Opens <= today && !b.Answered() && b.State != string(Dropped):
			t.Href = answerHref(b.Code)
			if c.Due < today {
				t.State, t.Tone = msg.F("%s・期限超過", "%s, overdue", t.State), web.Bad
			}
			tasks = append(tasks, t)
		case c.State != Withdrawn:
			past = append(past, t)
		}
	}
	if tasks != nil {
		parts = append(parts, part(msg.T("回答するもの", "For you to answer"), web.TaskList(tasks)))
	} else {
		parts = append(parts, web.EmptyState(msg.T("今、回答するものはありません。", "There is nothing for you to answer now.")))
	}
	if past != nil {
		parts = append(parts, part(msg.T("これまでの回答", "What you answered before"), web.TaskList(past[:min(len(past), 20)])))
	}
	if office {
		t := web.Table{ID: "campaigns", Caption: msg.T("自己点検の実施", "Self-inspections"), Count: len(all), Empty: msg.T("自己点検はまだ行われていません。", "None was held yet."), Columns: []web.Column{
			{Title: msg.T("件名", "Subject"), Head: true}, {Title: msg.T("状態", "State"), NoWrap: true}, {Title: msg.T("期限", "Due"), NoWrap: true}, {Title: msg.T("提出済", "Handed in"), Num: true}, {Title: msg.T("対象", "Asked"), Num: true}, {Title: msg.T("締切り時の不一致", "Mismatches when closed"), Num: true}}}
		for _, c := range all[:min(len(all), 100)] {
			row := web.Row{Cells: []web.Cell{{Text: c.Name, Href: campaignHref(c.Code)}, {Part: s.campaignBadge(c, today)}, {Text: c.Due.Short(r.Lang)}, {Text: "–"}, {Text: "–"}, {Text: figureText(c.Mismatches)}}}
			if by, ok := counts[c.Code]; ok {
				in, total := sum(by)
				row.Cells[3].Text, row.Cells[4].Text = web.Number(in), web.Number(total)
			}
			t.Rows = append(t.Rows, row)
		}
		parts = append(parts, web.TablePart(t))
	}
	return web.Page(titleSelf, web.Stack(parts...)), nil
}

func figureText(n *int64) string {
	if n == nil {
		return "–"
	}
	return web.Number(int(*n))
}

func sum(by map[string]*tally) (answered, total int) {
	for _, t := range by {
		answered += t.answered()
		total += t.total
	}
	return answered, total
}
