package conform

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

var (
	titleBoard  = msg.T("方針の状態", "State of the policy")
	titleClause = msg.T("条項の状態", "State of a clause")
	titleChecks = msg.T("検査", "Checks")
	titleCheck  = msg.T("検査の結果", "Results of a check")
	titleWhy    = msg.T("判定の理由", "Why this result")
	titleExport = msg.T("検査の結果の書き出し", "Export of results")
)

// Routes are the pages and the API of this module. Whoever is signed in may see what is kept and what is not (bp.11),
// by whom only within what they read of the registers (bp.9.3); what may be done about it is decided by each act.
func (s *Service) Routes() []web.Route {
	own := []clause.ID{"bp.10", "bp.11"}
	page := func(pattern string, title msg.Text, nav *web.NavItem, fn func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Title: title, Clauses: own, Rule: web.SignedIn, Page: fn, Nav: nav}
	}
	return append([]web.Route{
		page("/{$}", titleBoard, &web.NavItem{Href: "/", Order: 10}, s.board),
		page("/clauses/{id}", titleClause, nil, s.clause),
		page("/checks", titleChecks, &web.NavItem{Order: 50}, s.catalogue),
		page("/checks/{id}", titleCheck, nil, s.check),
		page("/checks/{id}/export", titleExport, nil, s.export),
		page("/checks/{id}/{subject}", titleWhy, nil, s.why),
	}, s.api()...)
}

// counts of a bar.
func bar(c check.Counts) web.Counts {
	return web.Counts{Compliant: int(c[check.Compliant]), Noncompliant: int(c[check.Noncompliant]), Undetermined: int(c[check.Undetermined]),
		Excepted: int(c[check.Excepted]), OutOfScope: int(c[check.OutOfScope]), NotDue: int(c[check.NotDue])}
}

// numbers are the cells that go with a bar: not kept, not known, excepted, kept.
func numbers(c check.Counts) []web.Cell {
	cell := func(r check.Result, tone web.Tone) web.Cell {
		out := web.Cell{Text: web.Number(int(c[r]))}
		if c[r] > 0 {
			out.Tone = tone
		}
		return out
	}
	return []web.Cell{cell(check.Noncompliant, web.Bad), cell(check.Undetermined, web.Warn), cell(check.Excepted, web.Plain), cell(check.Compliant, web.Plain)}
}

func numberColumns() []web.Column {
	return []web.Column{{Title: check.Noncompliant.Title(), Num: true}, {Title: check.Undetermined.Title(), Num: true},
		{Title: msg.T("例外", "Excepted"), Num: true}, {Title: check.Compliant.Title(), Num: true}}
}

type boardData struct {
	sheet     web.Sheet
	head      web.Head
	filter    web.Filter
	tiles     []web.Tile
	table     web.Table
	unchecked []web.Link // clauses that no check hangs on
	part      bool       // the board shows a part of the city
}

// board is the first page: every clause with what is kept and what is not (bp.10, bp.12).
func (s *Service) board(r *web.Request) (web.Response, error) {
	var verified int64
	if s.c.Verified != nil {
		var err error
		if verified, err = s.c.Verified(r.Context()); err != nil {
			s.c.Log.WarnContext(r.Context(), "read what is verified", "err", err)
		}
	}
	now := when.StampOf(r.Now())
	var d boardData
	err := s.with(r.Context(), func(l *look) error {
		v := l.narrowed(r, eyes{}) // it counts and names nobody
		d.head = web.Head{Title: titleBoard, Facts: append(l.facts(now, verified), v.said()...)}
		d.sheet = web.Sheet{Date: now.Text(r.Lang)}
		d.filter = web.Filter{Action: "/", Live: "board", Fields: v.fields(), Chips: v.chips(r), Clear: "/"}
		d.tiles, d.part = v.tiles(), v.places != nil
		lines, none := l.rows()
		d.table = v.clauseTable(msg.T("条項ごとの状態", "State by clause"), lines, r.Lang)
		for _, n := range none {
			d.unchecked = append(d.unchecked, web.Link{Title: msg.F("%s %s", "%s %s", number(n.id), Title(n.id)), Href: "/clauses/" + string(n.id)})
		}
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleBoard, boardView(d)), nil
}

// facts are the line under the heading: as of when, which versions, how far the record is verified.
func (l *look) facts(now when.Stamp, verified int64) []msg.Text {
	out := []msg.Text{msg.F("%s 現在", "As of %s", now.Both())}
	for _, x := range []struct {
		layer string
		title msg.Text
	}{{"basic", msg.T("基本方針", "Basic policy")}, {"standard", msg.T("対策基準", "Standard")}} {
		if v, ok := l.version(x.layer); ok {
			out = append(out, msg.F("%s 第%d版", "%s version %d", x.title, v.Number))
		} else {
			out = append(out, msg.F("%s 施行中の版なし", "%s: no version in force", x.title))
		}
	}
	if verified > 0 {
		out = append(out, msg.F("記録 %s 件目まで検証済み", "Record verified up to entry %s", web.Number(int(verified))))
	}
	return out
}

// unkept is how many subjects count as not kept.
func unkept(c check.Counts) int64 { return c[check.Noncompliant] + c[check.Undetermined] }

// worst orders the checks that are not kept: what is sure and grave first, then by number.
func (v view) worst(in func(check.Check) bool) []check.Check {
	var out []check.Check
	for _, k := range v.engine.Checks() {
		if unkept(v.counts(k.ID)) > 0 && in(k) {
			out = append(out, k)
		}
	}
	sure := func(k check.Check) int {
		if v.counts(k.ID)[check.Noncompliant] > 0 {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b check.Check) int {
		return cmp.Or(cmp.Compare(sure(b), sure(a)), cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(unkept(v.counts(b.ID)), unkept(v.counts(a.ID))))
	})
	return out
}

// tiles are the four checks to look at first.
func (v view) tiles() []web.Tile {
	var out []web.Tile
	for _, k := range v.worst(func(check.Check) bool { return true }) {
		if len(out) == 4 {
			break
		}
		c := v.counts(k.ID)
		r := check.Noncompliant
		if c[r] == 0 {
			r = check.Undetermined
		}
		t := web.Tile{Value: msg.Same(web.Number(int(c[r]))), Label: msg.F("%s：%s", "%s: %s", r.Title(), k.Title), Href: v.href("/checks/" + k.ID + "?result=" + r.String()), Tone: web.Warn}
		if r == check.Noncompliant {
			t.Tone = web.Bad
		}
		out = append(out, t)
	}
	return out
}

// line is a row of a table of clauses: the clause, and whether the items below it are counted with it.
type line struct {
	id    clause.ID
	below bool
}

func (n line) binds(k check.Check) bool {
	return slices.ContainsFunc(k.Clauses, func(c clause.ID) bool { return c == n.id || n.below && n.id.Covers(c) })
}

// rows are the lines of the board: each numbered clause, but 8 and 9 by their items. What hangs on 8 or 9 as a whole
// has a line of its own. none are those that no check hangs on.
func (l *look) rows() (out, none []line) {
	add := func(n line) {
		if slices.ContainsFunc(l.c.Checks, n.binds) {
			out = append(out, n)
		} else {
			none = append(none, n)
		}
	}
	for _, id := range Clauses() {
		split := id == "bp.8" || id == "bp.9"
		top := id.Top()
		switch {
		case split:
			if own := (line{id, false}); slices.ContainsFunc(l.c.Checks, own.binds) {
				add(own)
			}
		case top == "bp.8" || top == "bp.9" || id == top:
			add(line{id, true})
		}
	}
	return out, none
}

func (v view) clauseTable(caption msg.Text, lines []line, lang msg.Lang) web.Table {
	t := web.Table{ID: "clauses", Caption: caption, Count: -1, Short: true, Columns: append([]web.Column{{Title: msg.T("条", "No."), Num: true, NoWrap: true},
		{Title: msg.T("項目", "Clause"), Head: true}, {Title: msg.T("状態", "State")}}, append(numberColumns(), web.Column{Title: msg.T("まず見るもの", "Look first at")})...)}
	for _, n := range lines {
		cells := []web.Cell{{Text: number(n.id).In(lang)}, {Text: Title(n.id).In(lang), Href: v.href("/clauses/" + string(n.id))}}
		var c check.Counts
		some := false
		for _, k := range v.engine.Checks() {
			if n.binds(k) {
				c.Add(v.counts(k.ID))
				some = true
			}
		}
		if !some {
			none := web.Cell{Text: msg.T("－", "–").In(lang), Tone: web.Plain}
			cells = append(cells, web.Cell{Text: msg.T("検査はまだありません", "No check yet").In(lang)}, none, none, none, none, web.Cell{})
			t.Rows = append(t.Rows, web.Row{Cells: cells})
			continue
		}
		cells = append(append(cells, web.Cell{Part: web.ResultBar(bar(c))}), numbers(c)...)
		first := web.Cell{}
		if w := v.worst(n.binds); len(w) > 0 {
			k := v.counts(w[0].ID)
			first = web.Cell{Text: fmt.Sprintf("%s %s", w[0].Title.In(lang), web.Number(int(unkept(k)))), Href: v.href("/checks/" + w[0].ID)}
		}
		t.Rows = append(t.Rows, web.Row{Cells: append(cells, first)})
	}
	return t
}

type group struct {
	title msg.Text
	table web.Table
	more  web.Link
}

type clauseData struct {
	head   web.Head
	place  msg.Text
	text   string
	chips  []web.Chip
	below  web.Table
	checks web.Table
	groups []group
}

// shown is how many findings of each check the page of a clause lists.
const shown = 10

// clause is one clause: its own words, its checks, what was found.
func (s *Service) clause(r *web.Request) (web.Response, error) {
	id, err := clause.Parse(r.Path("id"))
	if err != nil || Title(id).IsZero() {
		return web.Response{}, web.NotFound()
	}
	var d clauseData
	e, err := s.eyesOf(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	err = s.with(r.Context(), func(l *look) error {
		v := l.narrowed(r, e)
		d.place = l.place(id)
		_, d.text = l.words(id)
		d.head = web.Head{Crumbs: l.crumbs(id.Parent()), Title: d.place, Facts: append(l.facts(when.StampOf(r.Now()), 0), v.said()...)}
		d.chips = v.chips(r)
		if text, ok := l.version("basic"); ok {
			d.head.Links = []web.Link{{Title: msg.T("方針の本文で読む", "Read it in the policy"), Href: "/policy/" + url.PathEscape(text.Code) + "#" + string(id)}}
		}
		var below []line
		for _, c := range Clauses() {
			if c.Parent() == id {
				below = append(below, line{c, true})
			}
		}
		if len(below) > 0 {
			d.below = v.clauseTable(msg.T("細目ごとの状態", "State by item"), below, r.Lang)
		}
		binds := line{id, true}.binds
		var ks []check.Check
		for _, k := range l.c.Checks {
			if binds(k) {
				ks = append(ks, k)
			}
		}
		d.checks = v.checkTable(ks, r.Lang)
		d.checks.Empty = msg.T("この条項の検査はまだありません。今後の版で加わります。守られていることを示すものではありません。",
			"There is no check of this clause yet; one comes in a later version. This does not say that the clause is kept.")
		for _, k := range v.worst(binds) {
			d.groups = append(d.groups, v.group(k, r.Lang))
		}
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(d.place, clauseView(d)).In("/"), nil
}

// crumbs lead from the board to a clause.
func (l *look) crumbs(id clause.ID) []web.Link {
	out := []web.Link{{Title: titleBoard, Href: "/"}}
	if id != "" {
		out = append(out, web.Link{Title: l.place(id), Href: "/clauses/" + string(id)})
	}
	return out
}

func (v view) group(k check.Check, lang msg.Lang) group {
	fs := v.findings(k.ID)
	g := group{title: k.Title, table: v.findingTable(fs[:min(shown, len(fs))], lang)}
	g.table.ID = "findings-" + k.ID
	g.table.Caption = msg.T("見つかったもの", "Findings")
	g.table.Count = len(fs)
	if n := v.hidden(k.ID); n > 0 {
		g.table.Caption = msg.F("見つかったもの（内容を表示できないもの%s件を除く）", "Findings (without %s that are not shown to you)", web.Number(n))
	}
	if len(fs) > shown {
		g.more = web.Link{Title: msg.F("%s件すべてを見る", "See all %s", web.Number(len(fs))), Href: v.href("/checks/" + k.ID)}
	}
	return g
}

// checkTable lists checks with their results.
func (v view) checkTable(ks []check.Check, lang msg.Lang) web.Table {
	t := web.Table{ID: "checks", Caption: titleChecks, Count: len(ks), Columns: append([]web.Column{{Title: msg.T("検査", "Check"), Head: true},
		{Title: msg.T("条項", "Clause"), NoWrap: true}, {Title: msg.T("責任者", "Who owes it")}, {Title: msg.T("状態", "State")}}, numberColumns()...)}
	for _, k := range ks {
		var at []string
		for _, c := range k.Clauses {
			at = append(at, number(c).In(lang))
		}
		c := v.counts(k.ID)
		cells := []web.Cell{{Text: k.Title.In(lang), Href: v.href("/checks/" + k.ID), Note: k.ID + msg.T("　", " · ").In(lang) + basisTitle(k).In(lang)},
			{Text: strings.Join(at, msg.T("、", ", ").In(lang))}, {Text: k.Who.In(lang)}, {Part: web.ResultBar(bar(c))}}
		if !v.on(k.ID) {
			cells[3] = web.Cell{Part: web.Badge(msg.T("停止中", "Switched off"), web.Warn)}
		}
		t.Rows = append(t.Rows, web.Row{Cells: append(cells, numbers(c)...)})
	}
	return t
}

// basisTitle says on what ground a check stands, and with it whether a city may switch it off.
func basisTitle(k check.Check) msg.Text {
	switch k.Basis {
	case "S":
		return msg.T("方針の定め", "The policy’s own words")
	case "L":
		return msg.T("法令", "Law")
	case "G":
		return msg.T("国の指針（停止できます）", "Ministry’s guideline (can be switched off)")
	case "P":
		return msg.T("実務の慣行（停止できます）", "Practice (can be switched off)")
	}
	return msg.T("判定の前提（停止できます）", "Needed to decide (can be switched off)")
}

// findingTable lists findings: what, which result, why, since when, who owes it.
func (l *look) findingTable(fs []check.Finding, lang msg.Lang) web.Table {
	t := web.Table{ID: "findings", Short: true, Caption: msg.T("見つかったもの", "Findings"), Count: -1, Empty: msg.T("見つかったものはありません。", "Nothing was found."),
		Columns: []web.Column{{Title: msg.T("対象", "Subject"), Head: true}, {Title: msg.T("結果", "Result"), NoWrap: true, Beside: true}, {Title: msg.T("理由", "Why")},
			{Title: msg.T("いつから", "Since"), NoWrap: true}, {Title: msg.T("責任者", "Who owes it"), Beside: true}}}
	for _, f := range fs {
		b := l.bearer(f)
		who := web.Cell{Text: l.who(b).In(lang), Note: b.post}
		if b.person() == "" {
			who = web.Cell{Text: msg.T("就いている職員がいません", "Nobody holds the role").In(lang), Tone: web.Bad}
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{
			{Text: l.label(f.Subject), Href: hrefOf(f.Check, f.Subject), Note: l.kind(f).In(lang)},
			{Part: web.ResultBadge(f.Result.String())},
			{Text: l.reason(f).In(lang)},
			{Text: l.since(f).Short(lang)},
			who,
		}})
	}
	return t
}

// kind is the second line of a subject: the register, and the key when the name does not say it.
func (l *look) kind(f check.Finding) msg.Text {
	t := l.title(f.Subject.Register)
	if l.label(f.Subject) == f.Subject.Key {
		return t
	}
	return msg.F("%s　%s", "%s %s", t, f.Subject.Key)
}

// who names the person who owes something, and says when it is the deputy.
func (l *look) who(b bearer) msg.Text {
	p := b.person()
	if p == "" {
		return msg.Text{}
	}
	name := msg.Same(l.name("person", p))
	if len(b.holders) == 0 {
		return msg.F("%s（代理）", "%s (deputy)", name)
	}
	return name
}

type catalogueData struct {
	head   web.Head
	filter web.Filter
	table  web.Table
}

// catalogue lists all checks (bp.11).
func (s *Service) catalogue(r *web.Request) (web.Response, error) {
	id, state := r.Query("clause"), r.Query("state")
	d := catalogueData{head: web.Head{Title: titleChecks, Lead: msg.T("方針が求めることを、台帳と証拠から判定する検査の一覧です。方針の定めと法令による検査は止められません。ほかの検査は、対策基準で停止できます。",
		"What the policy asks, decided from registers and evidence. Checks that rest on the policy itself or on law cannot be switched off; the others can, in the city’s standard.")}}
	err := s.with(r.Context(), func(l *look) error {
		var ks []check.Check
		for _, k := range l.c.Checks {
			c := l.engine.CheckCounts(k.ID)
			under := id == "" || slices.ContainsFunc(k.Clauses, clause.ID(id).Covers)
			var is bool
			switch state {
			case "open":
				is = unkept(c) > 0
			case "undetermined":
				is = c[check.Undetermined] > 0
			case "held":
				is = unkept(c) == 0 && l.on(k.ID)
			case "off":
				is = !l.on(k.ID)
			default:
				is = true
			}
			if under && is {
				ks = append(ks, k)
			}
		}
		d.table = view{look: l}.checkTable(ks, r.Lang)
		d.table.Empty = msg.T("この条件に合う検査はありません。", "No check fits.")
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	d.filter = web.Filter{Action: "/checks", Live: "checks", Fields: []web.Field{
		{Name: "clause", Label: msg.T("条項", "Clause"), Kind: web.SelectField, Value: id, Any: msg.T("すべて", "All"), Options: s.clauseOptions()},
		{Name: "state", Label: msg.T("状態", "State"), Kind: web.SelectField, Value: state, Any: msg.T("すべて", "All"), Options: []web.Option{
			{Value: "open", Label: msg.T("守られていないものがある", "Something is not kept")},
			{Value: "undetermined", Label: msg.T("判定不能がある", "Something is undetermined")},
			{Value: "held", Label: msg.T("すべて守られている", "All is kept")},
			{Value: "off", Label: msg.T("停止中", "Switched off")}}}}}
	return web.Page(titleChecks, catalogueView(d)), nil
}

// clauseOptions are the clauses that some check hangs on.
func (s *Service) clauseOptions() []web.Option {
	var out []web.Option
	for _, id := range Clauses() {
		if slices.ContainsFunc(s.c.Checks, line{id, true}.binds) {
			out = append(out, web.Option{Value: string(id), Label: msg.F("%s %s", "%s %s", number(id), Title(id))})
		}
	}
	return out
}
