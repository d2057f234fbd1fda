package org

import (
	"cmp"
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

var (
	titlePowers = msg.T("権限・責任等一覧", "Table of powers")
	titleScoped = msg.T("範囲を限ったもののみ", "Limited to a scope only")
)

// powerLine is an act with who decides it in one scope (bp.6).
type powerLine struct {
	act         *act.Act
	unit, organ string   // "" both: the whole city
	place       string   // what people call the unit or the organ
	roles       []string // as the register names them: it must be one
	row         string   // number of the one row
	hands       int      // people who hold the one role there today
	city        bool     // some of them hold it for the whole city
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
	scopes := map[string][]powerLine{}
	for _, x := range powers {
		lines := scopes[x.Action]
		i := slices.IndexFunc(lines, func(l powerLine) bool { return l.unit == x.Unit && l.organ == x.Organ })
		if i < 0 {
			i, lines = len(lines), append(lines, powerLine{unit: x.Unit, organ: x.Organ})
		}
		lines[i].roles, lines[i].row = append(lines[i].roles, x.Role), x.Code
		scopes[x.Action] = lines
	}
	hands, err := p.hands(ctx, tx, day, ch)
	if err != nil {
		return nil, err
	}
	var out []powerLine
	for _, a := range decided(p.c.Acts.All()) {
		lines := scopes[a.ID]
		if !slices.ContainsFunc(lines, powerLine.everywhere) {
			lines = append(lines, powerLine{})
		}
		slices.SortStableFunc(lines, func(x, y powerLine) int { return cmp.Or(cmp.Compare(x.organ, y.organ), cmp.Compare(x.unit, y.unit)) })
		for _, l := range lines {
			l.act, l.place = a, placeName(ch, l.unit, l.organ)
			if len(l.roles) == 1 {
				for _, held := range hands[l.roles[0]] {
					if slices.ContainsFunc(held, func(scope string) bool { return l.reachedBy(ch, scope) }) {
						l.hands++
						l.city = l.city || slices.Contains(held, "")
					}
				}
			}
			out = append(out, l)
		}
	}
	return out, nil
}

func (l powerLine) everywhere() bool { return l.unit == "" && l.organ == "" }

// placeName is what people call the scope of a power.
func placeName(ch *Chart, unit, organ string) string {
	if u, ok := ch.Unit(unit); ok {
		return u.Name
	}
	for _, o := range ch.Organs {
		if o.Code == organ {
			return o.Name
		}
	}
	return unit + organ
}

// reachedBy says whether a role held in a scope decides anything in the scope of the line: it lies around it, or within.
func (l powerLine) reachedBy(ch *Chart, scope string) bool {
	unit, ok := strings.CutPrefix(scope, "unit:")
	if scope == "" || l.everywhere() {
		return true
	}
	path := ch.Path(unit)
	switch {
	case !ok:
		return false
	case l.organ != "":
		return slices.ContainsFunc(path, func(u Unit) bool { return u.Organ == l.organ })
	}
	in := func(code string) func(u Unit) bool { return func(u Unit) bool { return u.Code == code } }
	return slices.ContainsFunc(path, in(l.unit)) || slices.ContainsFunc(ch.Path(l.unit), in(unit))
}

// hands are the people who hold each role today, as holder or deputy, by post or by seat, with the scopes they hold it in.
func (p *pages) hands(ctx context.Context, tx *db.Tx, day when.Date, ch *Chart) (map[string]map[string][]string, error) {
	out := map[string]map[string][]string{}
	in := func(role, person, scope string) {
		if person == "" {
			return
		}
		if out[role] == nil {
			out[role] = map[string][]string{}
		}
		out[role][person] = append(out[role][person], scope)
	}
	add := func(role, person string) { in(role, person, "") }
	posts, err := readPosts(ctx, tx, p.c.Catalog, p.c.Calendar, ch, day)
	if err != nil {
		return nil, err
	}
	for _, f := range posts {
		scope, ok := ScopeOf(f.Post)
		for _, x := range slices.Concat(f.holding, f.standing) {
			if ok {
				in(f.Role, x.Code, scope)
			}
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
	scoped := r.Query("scope") == "1"
	var none, many, empty, acts int
	for _, l := range all {
		if l.everywhere() {
			acts++
		}
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
		return scoped && l.everywhere() || role != "" && !slices.Contains(l.roles, role) || gaps && !l.gap() || text != "" && !strings.Contains(l.act.Title.In(r.Lang), text) && !strings.Contains(l.act.ID, text)
	})
	page, size := max(r.QueryInt("page", 1), 1), powersPerPage
	if paper {
		page, size = 1, max(len(shown), 1)
	}
	from := min((page-1)*size, len(shown))
	t := web.Table{ID: "powers", Short: true, Caption: msg.T("操作と決定する役割", "Acts and deciding roles"), Count: len(shown), Empty: msg.T("当てはまる操作はありません。", "No act fits."), Columns: []web.Column{
		{Title: msg.T("操作", "Act"), Head: true}, {Title: msg.T("決定する役割", "Deciding role")}, {Title: msg.T("範囲", "Scope"), NoWrap: true, Beside: true}, {Title: msg.T("根拠", "Ground"), NoWrap: true, Beside: true}, {Title: msg.T("決定できる人", "Who can decide"), NoWrap: true, Beside: true}}}
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
			{Value: n(acts), Label: msg.T("操作の総数", "Acts in all")},
			{Value: n(len(all) - acts), Label: msg.T("範囲を限った定め", "Limited to a scope"), Href: "/people/powers?scope=1"}})}
	if !paper {
		parts = append(parts, p.powerFilter(r, role, text, gaps, scoped))
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
	if len(l.roles) == 1 {
		decides.Href = recordHref("power", l.row)
	}
	scope := web.Cell{Text: msg.T("全庁", "Whole city").In(lang)}
	switch {
	case l.unit != "":
		scope = web.Cell{Text: l.place, Href: recordHref("unit", l.unit)}
	case l.organ != "":
		scope = web.Cell{Text: l.place, Href: recordHref("organ", l.organ)}
	}
	if l.act.Scope != "" && l.act.Scope != "city" && !l.city {
		kind := p.term("scope_kind", l.act.Scope, lang)
		scope.Note = msg.F("%sごとに就く役割", "Held for each: %s", kind).In(lang)
	}
	row.Cells = []web.Cell{{Text: l.act.Title.In(lang)}, decides, scope, {Text: strings.Join(grounds, msg.T("、", ", ").In(lang))}, {Part: l.state()}}
	return row
}

func (p *pages) powerFilter(r *web.Request, role, text string, gaps, scoped bool) templ.Component {
	f := web.Filter{Action: "/people/powers", Clear: "/people/powers", Fields: []web.Field{
		{Name: "q", Label: msg.T("操作の名称", "Name of the act"), Kind: web.SearchField, Value: text, Width: 20},
		{Name: "role", Label: msg.T("決定する役割", "Deciding role"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: role, Options: p.options("role")},
		{Name: "gap", Label: msg.T("状態", "State"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("gap"), Options: []web.Option{{Value: "1", Label: msg.T("決定できる人のいないもの", "Nobody can decide")}}},
		{Name: "scope", Label: msg.T("範囲", "Scope"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("scope"), Options: []web.Option{{Value: "1", Label: titleScoped}}}}}
	if text != "" {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("語句：", "Words: ").In(r.Lang) + text, Remove: r.With("q", "")})
	}
	if role != "" {
		f.Chips = append(f.Chips, web.Chip{Label: p.term("role", role, r.Lang), Remove: r.With("role", "")})
	}
	if scoped {
		f.Chips = append(f.Chips, web.Chip{Label: titleScoped.In(r.Lang), Remove: r.With("scope", "")})
	}
	if gaps {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("決定できる人のいないもの", "Nobody can decide").In(r.Lang), Remove: r.With("gap", "")})
	}
	return web.FilterPart(f)
}
