package conform

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"net/url"
	"slices"
	"strings"

	"okite/internal/check"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/rule"
	"okite/internal/sheet"
	"okite/internal/web"
	"okite/internal/when"
)

type checkData struct {
	head   web.Head
	tone   web.Tone
	notice msg.Text
	tiles  []web.Tile
	filter web.Filter
	table  web.Table
	paging web.Paging
	facts  []web.Entry
	change []web.Link
	rules  []ruleData
}

type ruleData struct {
	title    msg.Text
	sentence msg.Text
	table    web.Table
	cedar    string
	sql      string
}

// pageSize is how many findings a page lists.
const pageSize = 50

// check is one check: what was found, what it asks, and its rule in words, table, Cedar and SQL.
func (s *Service) check(r *web.Request) (web.Response, error) {
	k, ok := s.c.checkAt(r.Path("id"))
	if !ok {
		return web.Response{}, web.NotFound()
	}
	var d checkData
	e, err := s.eyesOf(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	err = s.with(r.Context(), func(l *look) error {
		v := l.narrowed(r, e)
		c := v.counts(k.ID)
		d.head = web.Head{Crumbs: l.crumbs(k.Clauses[0]), Title: k.Title, Lead: k.Duty,
			Facts: append([]msg.Text{msg.Same(k.ID), l.facts(when.StampOf(r.Now()), 0)[0]}, v.said()...)}
		for _, x := range []struct{ as, title string }{{"xlsx", "Excel"}, {"csv", "CSV"}} {
			d.head.Links = append(d.head.Links, web.Link{Title: msg.F("%sで書き出す", "Export as %s", x.title), Href: exportHref(r, k.ID, x.as)})
		}
		d.tone, d.notice = l.notice(k)
		if l.on(k.ID) {
			d.tiles = v.resultTiles(k.ID, c)
			for _, x := range []check.Result{check.NotDue, check.OutOfScope} {
				d.head.Facts = append(d.head.Facts, msg.F("%s %s件", "%s: %s", x.Title(), web.Number(int(c[x]))))
			}
		}
		v.list(r, k, &d)
		if n := v.hidden(k.ID); n > 0 && d.tone == "" {
			d.tone, d.notice = web.Info, msg.F("見つかったもののうち%s件は、対応する職員と、その所属の責任者などに限って内容を表示します。", "What %s of the findings are is shown to those who deal with them, and to those who answer for their units.", web.Number(n))
			d.table.Empty = msg.T("あなたに表示できるものはありません。", "There is nothing that may be shown to you.")
		}
		d.facts, d.change = l.about(k)
		d.rules = l.rules(k)
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(k.Title, checkView(d)).In("/checks"), nil
}

func exportHref(r *web.Request, id, as string) string {
	q := url.Values{"as": {as}}
	for _, name := range []string{"result", "organ", "bureau", "unit", "q"} {
		if v := r.Query(name); v != "" {
			q.Set(name, v)
		}
	}
	return "/checks/" + id + "/export?" + q.Encode()
}

// notice is what one must know before reading the results.
func (l *look) notice(k check.Check) (web.Tone, msg.Text) {
	if !l.on(k.ID) {
		return web.Warn, msg.T("この検査は、対策基準により停止しています。判定は行われていません。", "The city’s standard has switched this check off. Nothing is decided.")
	}
	if _, lost := l.engine.Lost()[k.ID]; lost {
		return web.Bad, msg.T("判定に必要な値がないため、この検査は判定できません。基準値を入力してください。",
			"This check cannot be decided, because a value it needs is missing. Please enter the parameter.")
	}
	if from := day(k.From); from > l.day {
		return web.Info, msg.F("この検査は%sから求められます。", "This check binds from %s.", from.Both())
	}
	return "", msg.Text{}
}

// resultTiles are the results with their numbers; each narrows the list where it can.
func (v view) resultTiles(id string, c check.Counts) []web.Tile {
	var out []web.Tile
	for _, r := range []check.Result{check.Noncompliant, check.Undetermined, check.Excepted, check.Compliant} {
		t := web.Tile{Value: msg.Same(web.Number(int(c[r]))), Label: r.Title()}
		if r.Open() && c[r] > 0 {
			t.Href = v.href("/checks/" + id + "?result=" + r.String())
			switch r {
			case check.Noncompliant:
				t.Tone = web.Bad
			case check.Undetermined:
				t.Tone = web.Warn
			}
		}
		out = append(out, t)
	}
	return out
}

// chosen are the findings that an address asks for.
func (v view) chosen(r *web.Request, id string) []check.Finding {
	result, unit, q := r.Query("result"), r.Query("unit"), strings.ToLower(r.Query("q"))
	var out []check.Finding
	for _, f := range v.findings(id) {
		switch {
		case result != "" && f.Result.String() != result:
		case unit != "" && v.unitOf(f) != unit:
		case q != "" && !strings.Contains(strings.ToLower(v.label(f.Subject)+" "+f.Subject.Key), q):
		default:
			out = append(out, f)
		}
	}
	return out
}

// unitOf is the unit a finding belongs to: the one that owns the subject, else the one whose post owes it.
func (l *look) unitOf(f check.Finding) string {
	if u := l.unit(f.Subject.Register, f.Subject.Key); u != "" {
		return u
	}
	return l.bearer(f).unit
}

// list fills in filter, findings and paging.
func (v view) list(r *web.Request, k check.Check, d *checkData) {
	fs := v.chosen(r, k.ID)
	page := max(1, min(r.QueryInt("page", 1), (len(fs)+pageSize-1)/pageSize))
	from := (page - 1) * pageSize
	d.table = v.findingTable(fs[from:min(from+pageSize, len(fs))], r.Lang)
	d.table.Count = len(fs)
	if r.Query("result")+r.Query("unit")+r.Query("q") != "" || v.places != nil {
		d.table.Empty = msg.T("この条件に合うものはありません。", "Nothing fits.")
	}
	if len(fs) > pageSize {
		d.paging = web.Paging{Page: page, Size: pageSize, Total: len(fs), Href: func(n int) string { return r.With("page", fmt.Sprint(n)) }}
	}
	d.filter = web.Filter{Action: "/checks/" + k.ID, Live: "findings", Fields: []web.Field{
		{Name: "result", Label: msg.T("結果", "Result"), Kind: web.SelectField, Value: r.Query("result"), Any: msg.T("すべて", "All"), Options: []web.Option{
			{Value: "noncompliant", Label: check.Noncompliant.Title()}, {Value: "undetermined", Label: check.Undetermined.Title()}, {Value: "excepted", Label: check.Excepted.Title()}}},
		{Name: "unit", Label: msg.T("組織", "Unit"), Kind: web.SelectField, Value: r.Query("unit"), Any: msg.T("すべて", "All"), Options: v.units(k.ID)},
		{Name: "q", Label: msg.T("名称・番号", "Name or number"), Kind: web.SearchField, Value: r.Query("q"), Width: 12}}}
	d.filter.Chips, d.filter.Keep = v.chips(r), url.Values{}
	for name, value := range map[string]string{"organ": v.organ, "bureau": v.bureau} {
		if value != "" {
			d.filter.Keep.Set(name, value)
		}
	}
	if u := r.Query("unit"); u != "" {
		d.filter.Chips = append(d.filter.Chips, web.Chip{Label: v.name("unit", u), Remove: r.With("unit", "")})
	}
	if x, ok := check.ParseResult(r.Query("result")); ok {
		d.filter.Chips = append(d.filter.Chips, web.Chip{Label: x.Title().In(r.Lang), Remove: r.With("result", "")})
	}
	if q := r.Query("q"); q != "" {
		d.filter.Chips = append(d.filter.Chips, web.Chip{Label: q, Remove: r.With("q", "")})
	}
	if len(d.filter.Chips) > 1 {
		d.filter.Clear = "/checks/" + k.ID
	}
}

// units are those the findings of a check belong to, by name.
func (v view) units(id string) []web.Option {
	seen := map[string]bool{"": true}
	var out []web.Option
	for _, f := range v.seen(v.eyes, v.look.findings(id)) {
		u := v.unitOf(f)
		if !seen[u] {
			seen[u] = true
			out = append(out, web.Option{Value: u, Label: msg.Same(v.name("unit", u))})
		}
	}
	slices.SortFunc(out, func(a, b web.Option) int {
		return cmp.Or(cmp.Compare(a.Label.JA, b.Label.JA), cmp.Compare(a.Value, b.Value))
	})
	return out
}

// about is what the catalogue says of a check, and the button that switches it, where the city may.
func (l *look) about(k check.Check) ([]web.Entry, []web.Link) {
	var at []web.Link
	for _, c := range k.Clauses {
		at = append(at, web.Link{Title: l.place(c), Href: "/clauses/" + string(c)})
	}
	facts := []web.Entry{
		{Label: msg.T("根拠の条項", "Clauses"), Part: links(at)},
		{Label: msg.T("根拠の種類", "Ground"), Part: say(basisTitle(k))},
		{Label: msg.T("責任者", "Who owes it"), Part: say(k.Who)},
		{Label: msg.T("重さ", "Weight"), Part: say([]msg.Text{msg.T("低", "Low"), msg.T("低", "Low"), msg.T("中", "Middle"), msg.T("高", "High")}[min(max(k.Severity, 0), 3)])},
	}
	if from := day(k.From); from != 0 {
		facts = append(facts, web.Entry{Label: msg.T("いつから求められるか", "Binds from"), Part: web.Day(from)})
	}
	nums, texts := l.parameters()
	for _, name := range k.Params {
		value := msg.T("値なし", "no value")
		if n, ok := nums[name]; ok {
			value = msg.F("%s%s", "%s %s", web.Number(int(n)), l.measure(name))
		} else if t := texts[name]; t != "" {
			value = msg.Same(t)
		}
		facts = append(facts, web.Entry{Label: msg.F("基準値：%s", "Parameter: %s", l.param(name)), Part: web.Stack(say(value), codes([]string{name})), Change: "/registers/parameter/" + url.PathEscape(name) + "/edit"})
	}
	if Fixed(k) {
		return facts, nil
	}
	code := SwitchPrefix + k.ID
	if _, _, there := l.row("parameter", code); there {
		return facts, []web.Link{{Title: msg.T("停止の設定を改める", "Change whether it runs"), Href: "/registers/parameter/" + code + "/edit"}}
	}
	q := url.Values{"code": {code}, "name": {"検査「" + k.Title.JA + "」の停止"}, "text": {"off"}}
	return facts, []web.Link{{Title: msg.T("対策基準でこの検査を停止する", "Switch the check off in the standard"), Href: "/registers/parameter/new?" + q.Encode()}}
}

// param is what people call a parameter.
func (l *look) param(name string) msg.Text {
	for _, p := range l.c.params() {
		if p.Name == name && p.Title != msg.Same(name) {
			return p.Title
		}
	}
	return msg.Same(l.name("parameter", name))
}

// measure is the unit in which a parameter is counted.
func (l *look) measure(name string) msg.Text {
	for _, p := range l.c.Catalog.Pack().Parameters {
		if p.Code == name {
			return p.Unit
		}
	}
	return msg.Text{}
}

// rules shows each part of a check as sentence, decision table, Cedar and SQL, all from the same conditions.
func (l *look) rules(k check.Check) []ruleData {
	sql := map[string]string{}
	for _, q := range l.engine.OracleSQL() {
		if q.Check == k.ID {
			sql[q.Part] = q.SQL
		}
	}
	var out []ruleData
	for _, p := range k.Parts {
		schema := l.engine.Schema(p.Subject)
		scope, bad := parse(schema, p.Scope, true), either(schema, p.Breach, p.Unknown)
		if p.NotDue != "" {
			scope = rule.AllOf(scope, rule.NotOf(parse(schema, p.NotDue, false)))
		}
		d := ruleData{title: l.title(p.Subject), sql: sql[p.Name]}
		d.sentence = msg.Text{JA: rule.RuleSentence(schema, k.Clauses, scope, rule.NotOf(bad), msg.JA), EN: rule.RuleSentence(schema, k.Clauses, scope, rule.NotOf(bad), msg.EN)}
		if cedar, ok := l.engine.Policy(k.ID, p.Name); ok {
			d.cedar = cedar
		} else { // switched off
			d.cedar = rule.Policy(rule.PolicyID{ID: k.ID, Clauses: k.Clauses, Basis: k.Basis, Type: schema.Type}, scope, rule.NotOf(bad))
		}
		if t, ok := rule.Table(bad); ok && len(t.Columns) > 0 {
			d.table = decisionTable(schema, t, d.title)
		}
		out = append(out, d)
	}
	return out
}

// parse reads a condition that Compile has read before; none is nothing or everything.
func parse(s *rule.Schema, text string, none bool) rule.Expr {
	if text == "" {
		return rule.Const(none)
	}
	e, err := rule.Parse(s, text)
	if err != nil {
		return rule.Const(none)
	}
	return e
}

// either holds where one of some conditions does; what is not said takes no part in the sentence.
func either(s *rule.Schema, texts ...string) rule.Expr {
	var said []rule.Expr
	for _, t := range texts {
		if t != "" {
			said = append(said, parse(s, t, false))
		}
	}
	switch len(said) {
	case 0:
		return rule.Const(false)
	case 1:
		return said[0]
	}
	return rule.AnyOf(said...)
}

// decisionTable draws a table as auditors print it: a row for each question, a column for each case.
func decisionTable(s *rule.Schema, t rule.DecisionTable, title msg.Text) web.Table {
	out := web.Table{Caption: msg.F("判定表：%s", "Decision table: %s", title), Count: -1, Wide: true, Columns: []web.Column{{Title: msg.T("問い", "Question"), Head: true}}}
	for i := range t.Rows {
		out.Columns = append(out.Columns, web.Column{Title: msg.F("場合%d", "Case %d", i+1), NoWrap: true})
	}
	for i, c := range t.Columns {
		row := web.Row{Cells: []web.Cell{{Part: say(msg.Text{JA: rule.Sentence(s, c, msg.JA), EN: rule.Sentence(s, c, msg.EN)})}}}
		for _, r := range t.Rows {
			row.Cells = append(row.Cells, web.Cell{Text: r[i].String()})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// export gives the findings that a list shows as a file.
func (s *Service) export(r *web.Request) (web.Response, error) {
	k, ok := s.c.checkAt(r.Path("id"))
	if !ok {
		return web.Response{}, web.NotFound()
	}
	as := r.Query("as")
	if as != "xlsx" && as != "csv" {
		return web.Response{}, fault.At("as", msg.F("「%s」という形式では書き出せません。xlsx、csv から選んでください。", "There is no form %q. Choose xlsx or csv.", as))
	}
	e, err := s.eyesOf(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	var rows [][]string
	if err := s.with(r.Context(), func(l *look) error {
		for _, f := range l.narrowed(r, e).chosen(r, k.ID) {
			b := l.bearer(f)
			rows = append(rows, []string{k.ID, k.Title.In(r.Lang), l.title(f.Subject.Register).In(r.Lang), f.Subject.Key, l.label(f.Subject), f.Result.Title().In(r.Lang),
				l.since(f).String(), l.reason(f).In(r.Lang), l.who(b).In(r.Lang), b.post, l.name("unit", l.unitOf(f)), f.Rank.Title().In(r.Lang)})
		}
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	var header []string
	for _, t := range exportTitles {
		header = append(header, t.In(r.Lang))
	}
	name := fmt.Sprintf("%s-%s.%s", k.ID, when.Of(r.Now()), as)
	if as == "csv" {
		return web.File(name, "text/csv; charset=utf-8", func(w io.Writer) error {
			_, err := sheet.WriteCSV(w, header, each(rows), sheet.UTF8BOM)
			return err
		}), nil
	}
	book := sheet.Sheet{Name: k.ID, Rows: each(rows)}
	for i, h := range header {
		c := sheet.Column{Title: h}
		if i == 6 {
			c.Kind = sheet.Day
		}
		book.Columns = append(book.Columns, c)
	}
	return web.File(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(w io.Writer) error {
		return sheet.WriteXLSX(w, sheet.Book{Sheets: []sheet.Sheet{book}, Lang: r.Lang})
	}), nil
}

var exportTitles = []msg.Text{msg.T("検査番号", "Check no."), msg.T("検査", "Check"), msg.T("台帳", "Register"), msg.T("番号", "Key"), msg.T("名称", "Name"),
	msg.T("結果", "Result"), msg.T("いつから", "Since"), msg.T("理由", "Why"), msg.T("責任者", "Who owes it"), msg.T("役職", "Post"), msg.T("組織", "Unit"), msg.T("証拠の強さ", "Rank of evidence")}

func each(rows [][]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
