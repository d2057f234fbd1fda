package org

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

var titlePowers = msg.T("権限・責任等一覧", "Table of powers")

// powerLine is an act with who decides it (bp.6).
type powerLine struct {
	act   *act.Act
	roles []string // as the register names them: it must be one
	hands int      // people who hold the one role today
}

// gap says that nobody can decide the act: no role, several, or one nobody holds.
func (l powerLine) gap() bool { return len(l.roles) != 1 || l.hands == 0 }

func (l powerLine) state() templ.Component {
	switch {
	case len(l.roles) == 0:
		return web.Badge(msg.T("決定する役割なし", "No deciding role"), web.Bad)
	case len(l.roles) > 1:
		return web.Badge(msg.F("決定する役割が%d件", "%d deciding roles", len(l.roles)), web.Bad)
	case l.hands == 0:
		return web.Badge(msg.T("就いている人なし", "Nobody holds the role"), web.Warn)
	}
	return web.Badge(msg.F("%s人", "%s people", web.Number(l.hands)), web.Good)
}

// readPowers reads the table of powers against the acts of the program.
func (p *pages) readPowers(ctx context.Context, tx *db.Tx, day when.Date, ch *Chart) ([]powerLine, error) {
	powers, err := register.Load[Power](ctx, tx, p.c.Catalog.Must("power"))
	if err != nil {
		return nil, err
	}
	roles := map[string][]string{}
	for _, x := range powers {
		roles[x.Action] = append(roles[x.Action], x.Role)
	}
	hands, err := p.hands(ctx, tx, day, ch)
	if err != nil {
		return nil, err
	}
	var out []powerLine
	for _, a := range decided(p.c.Acts.All()) {
		l := powerLine{act: a, roles: roles[a.ID]}
		if len(l.roles) == 1 {
			l.hands = len(hands[l.roles[0]])
		}
		out = append(out, l)
	}
	return out, nil
}

// hands are the people who hold each role today, as holder or deputy, by post or by seat.
func (p *pages) hands(ctx context.Context, tx *db.Tx, day when.Date, ch *Chart) (map[string]map[string]bool, error) {
	out := map[string]map[string]bool{}
	add := func(role, person string) {
		if person == "" {
			return
		}
		if out[role] == nil {
			out[role] = map[string]bool{}
		}
		out[role][person] = true
	}
	posts, err := readPosts(ctx, tx, p.c.Catalog, p.c.Calendar, ch, day)
	if err != nil {
		return nil, err
	}
	for _, f := range posts {
		for _, x := range slices.Concat(f.holding, f.standing) {
			add(f.Role, x.Code)
		}
	}
	teams, err := register.Load[CSIRT](ctx, tx, p.c.Catalog.Must("csirt"))
	if err != nil {
		return nil, err
	}
	for _, t := range teams {
		add(roleCSIRTChief, t.Chief)
		add(roleCSIRTChief, t.Deputy)
		add(roleCSIRTDeputy, t.Deputy)
		add(roleCSIRTManager, t.Manager)
		add(rolePoC, t.PoC)
	}
	tasks, err := register.Load[Task](ctx, tx, p.c.Catalog.Must("task"))
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		add(roleCSIRT, t.Assignee)
	}
	committees, err := register.Load[Committee](ctx, tx, p.c.Catalog.Must("committee"))
	for _, k := range committees {
		if LiveOn(k.Since, k.Until, day) {
			add(roleCommittee, k.Chair)
		}
	}
	return out, err
}

const powersPerPage = 50

// powers shows which role decides which act in which scope, and where nobody could (bp.6, bp.9.1, R033).
func (p *pages) powers(r *web.Request) (web.Response, error) {
	var all []powerLine
	err := p.read(r, func(ctx context.Context, tx *db.Tx, day when.Date, ch *Chart) (err error) {
		all, err = p.readPowers(ctx, tx, day, ch)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	role, text, gaps, paper := r.Query("role"), r.Query("q"), r.Query("gap") == "1", r.Query("all") == "1"
	var none, many, empty int
	for _, l := range all {
		switch {
		case len(l.roles) == 0:
			none++
		case len(l.roles) > 1:
			many++
		case l.hands == 0:
			empty++
		}
	}
	shown := slices.DeleteFunc(slices.Clone(all), func(l powerLine) bool {
		return role != "" && !slices.Contains(l.roles, role) || gaps && !l.gap() || text != "" && !strings.Contains(l.act.Title.In(r.Lang), text) && !strings.Contains(l.act.ID, text)
	})
	page, size := max(r.QueryInt("page", 1), 1), powersPerPage
	if paper {
		page, size = 1, max(len(shown), 1)
	}
	from := min((page-1)*size, len(shown))
	t := web.Table{ID: "powers", Short: true, Caption: msg.T("操作と決定する役割", "Acts and deciding roles"), Count: len(shown), Empty: msg.T("当てはまる操作はありません。", "No act fits."), Columns: []web.Column{
		{Title: msg.T("操作", "Act"), Head: true}, {Title: msg.T("決定する役割", "Deciding role")}, {Title: msg.T("範囲", "Scope"), NoWrap: true}, {Title: msg.T("根拠", "Ground"), NoWrap: true}, {Title: msg.T("決定できる人", "Who can decide"), NoWrap: true}}}
	for _, l := range shown[from:min(from+size, len(shown))] {
		t.Rows = append(t.Rows, p.powerRow(l, r.Lang))
	}
	n := func(n int) msg.Text { return msg.Same(web.Number(n)) }
	tone := func(n int, t web.Tone) web.Tone {
		if n == 0 {
			return web.Plain
		}
		return t
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: when.Of(r.Now()).Text(r.Lang)}), web.PageHead(web.Head{Title: titlePowers,
		Lead:  msg.T("どの操作を、どの役割が、どの範囲で決定するかの一覧です。ここにある役割に就いていない職員等は、その操作を行えません。", "Which role decides which act in which scope. Whoever does not hold the role cannot carry out the act."),
		Links: []web.Link{{Title: msg.T("印刷用に全件を表示する", "Show all, to print"), Href: r.With("all", "1")}, {Title: msg.T("権限表の台帳", "Register of powers"), Href: "/registers/power"}}}), tabs("/people/powers"),
		web.Tiles([]web.Tile{{Value: n(none), Label: msg.T("決定する役割のない操作", "Acts without a deciding role"), Href: "/people/powers?gap=1", Tone: tone(none, web.Bad)},
			{Value: n(many), Label: msg.T("決定する役割が二つ以上の操作", "Acts with more than one"), Href: "/people/powers?gap=1", Tone: tone(many, web.Bad)},
			{Value: n(empty), Label: msg.T("役割に就いている人のいない操作", "Acts whose role nobody holds"), Href: "/people/powers?gap=1", Tone: tone(empty, web.Warn)},
			{Value: n(len(all)), Label: msg.T("操作の総数", "Acts in all")}})}
	if !paper {
		parts = append(parts, p.powerFilter(r, role, text, gaps))
	}
	parts = append(parts, web.TablePart(t))
	if !paper {
		parts = append(parts, web.PagingPart(web.Paging{Page: page, Size: size, Total: len(shown), Href: func(n int) string { return r.With("page", strconv.Itoa(n)) }}))
	}
	return web.Page(titlePowers, web.Stack(parts...)).In("/people"), nil
}

func (p *pages) powerRow(l powerLine, lang msg.Lang) web.Row {
	var roles, grounds []string
	for _, x := range l.roles {
		roles = append(roles, p.term("role", x, lang))
	}
	for _, id := range l.act.Clauses {
		grounds = append(grounds, clause.ID(id).Number())
	}
	decides := web.Cell{Text: strings.Join(roles, msg.T("、", ", ").In(lang))}
	row := web.Row{}
	if len(l.roles) != 1 {
		row.Tone = web.Bad
	}
	if len(l.roles) == 0 {
		decides = web.Cell{Text: msg.T("権限表に定める", "Name it in the table").In(lang), Href: "/registers/power/new?action=" + url.QueryEscape(l.act.ID)}
	}
	row.Cells = []web.Cell{{Text: l.act.Title.In(lang)}, decides, {Text: p.term("scope_kind", l.act.Scope, lang)}, {Text: strings.Join(grounds, msg.T("、", ", ").In(lang))}, {Part: l.state()}}
	return row
}

func (p *pages) powerFilter(r *web.Request, role, text string, gaps bool) templ.Component {
	f := web.Filter{Action: "/people/powers", Clear: "/people/powers", Fields: []web.Field{
		{Name: "q", Label: msg.T("操作の名称", "Name of the act"), Kind: web.SearchField, Value: text, Width: 20},
		{Name: "role", Label: msg.T("決定する役割", "Deciding role"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: role, Options: p.options("role")},
		{Name: "gap", Label: msg.T("状態", "State"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("gap"), Options: []web.Option{{Value: "1", Label: msg.T("決定できる人のいないもの", "Nobody can decide")}}}}}
	if text != "" {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("語句：", "Words: ").In(r.Lang) + text, Remove: r.With("q", "")})
	}
	if role != "" {
		f.Chips = append(f.Chips, web.Chip{Label: p.term("role", role, r.Lang), Remove: r.With("role", "")})
	}
	if gaps {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("決定できる人のいないもの", "Nobody can decide").In(r.Lang), Remove: r.With("gap", "")})
	}
	return web.FilterPart(f)
}
