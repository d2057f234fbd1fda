// Package parameter shows the numbers and days the city sets in its standard (基準値): what each is, which way is
// stricter, what the pack proposes, which checks read it, and how it came to its value. Setting one is a change of its
// register like any other.
//
// It serves clause 4 (bp.4: procedures may tighten the standard, not loosen it) and clause 12 (bp.12: what a change of
// the standard would mean is seen before it is made).
package parameter

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// Check is a check that reads a parameter.
type Check struct {
	ID      string
	Title   msg.Text
	Href    string
	Clauses []clause.ID
}

// Effect is how many findings of a check a new value would add and take away.
type Effect struct {
	Check Check
	More  int
	Less  int
}

// Config says what the pages need. Preview may be nil: a change is then not tried out beforehand.
type Config struct {
	Store   *db.Store
	Catalog *register.Catalog
	// Checks gives the checks that read a parameter.
	Checks func(code string) []Check
	// Preview tells what a value would change today, without changing anything.
	Preview func(ctx context.Context, code string, value int64) ([]Effect, error)
}

// pages are the pages at work.
type pages struct{ c Config }

var title = msg.T("基準値", "Parameters")

// Routes are the pages of parameters.
func Routes(c Config) []web.Route {
	if c.Checks == nil {
		c.Checks = func(string) []Check { return nil }
	}
	p := &pages{c}
	clauses := []clause.ID{"bp.4", "bp.12"}
	return []web.Route{
		{Method: "GET", Pattern: "/parameters", Title: title, Clauses: clauses, Rule: web.SignedIn, Page: p.list, Nav: &web.NavItem{Order: 70}},
		{Method: "GET", Pattern: "/parameters/{code}", Title: title, Clauses: clauses, Rule: web.SignedIn, Page: p.one}}
}

// value is a parameter as the city has it.
type value struct {
	code, name, text, unit, direction string
	number                            int64
	stated                            bool
	preset                            *pack.Parameter // what the pack proposes
}

func (p *pages) def() *register.Def { return p.c.Catalog.Must("parameter") }

func (p *pages) read(row register.Row) value {
	d := p.def()
	v := value{code: d.Key(row), name: d.Str(row, "name"), text: d.Str(row, "text"), unit: d.Str(row, "measure"), direction: d.Str(row, "direction")}
	v.number, v.stated = d.Get(row, "value").(int64)
	for i, n := range p.c.Catalog.Pack().Parameters {
		if n.Code == v.code {
			v.preset = &p.c.Catalog.Pack().Parameters[i]
		}
	}
	return v
}

// title is what the parameter means: the city's own words, or the pack's in English.
func (v value) title(lang msg.Lang) string {
	if lang == msg.EN && v.preset != nil && v.preset.Name.JA == v.name {
		return v.preset.Name.EN
	}
	return v.name
}

// measure is the unit in words.
func (v value) measure(lang msg.Lang) string {
	if lang == msg.EN && v.preset != nil && v.preset.Unit.JA == v.unit {
		return v.preset.Unit.EN
	}
	return v.unit
}

// say is a value with its unit, as people read it.
func (v value) say(number *int64, text string, lang msg.Lang) string {
	if number != nil {
		s := web.Number(int(*number))
		if m := v.measure(lang); m != "" {
			return s + msg.T("", " ").In(lang) + m
		}
		return s
	}
	return words(text, lang)
}

// now is the value that is set, "" when none is.
func (v value) now(lang msg.Lang) string {
	if v.stated {
		return v.say(&v.number, "", lang)
	}
	return v.say(nil, v.text, lang)
}

// words is a text value in words: a day of the year, a yes or no, or the text itself.
func words(s string, lang msg.Lang) string {
	switch s {
	case "yes":
		return msg.T("はい", "Yes").In(lang)
	case "no":
		return msg.T("いいえ", "No").In(lang)
	}
	var m, d int
	if n, err := fmt.Sscanf(s, "%2d-%2d", &m, &d); err == nil && n == 2 && len(s) == 5 && m >= 1 && m <= 12 && d >= 1 && d <= 31 {
		return msg.Text{JA: fmt.Sprintf("%d月%d日", m, d), EN: when.On(2000, m, d).Time().Format("2 January")}.In(lang)
	}
	return s
}

// differs says how the value stands to what the pack proposes: stricter, looser, or just another.
func (v value) differs() (text msg.Text, tone web.Tone) {
	p := v.preset
	switch {
	case p == nil:
		return msg.T("市の独自の項目", "The city's own"), web.Info
	case !v.stated && v.text == "":
		return msg.T("値なし", "No value"), web.Bad
	case p.Value != nil && v.stated && *p.Value == v.number, p.Value == nil && p.Text == v.text:
		return msg.T("既定のまま", "As proposed"), web.Plain
	case p.Value == nil || !v.stated:
		return msg.T("変更あり", "Changed"), web.Info
	}
	less := v.number < *p.Value
	switch {
	case v.direction == "max" && less, v.direction == "min" && !less:
		return msg.T("既定より厳しい", "Stricter"), web.Good
	case v.direction == "max" || v.direction == "min":
		return msg.T("既定より緩い", "Looser"), web.Warn
	}
	return msg.T("変更あり", "Changed"), web.Info
}

// stricter says which way is stricter, in words.
func (p *pages) stricter(v value, lang msg.Lang) string {
	if voc := p.c.Catalog.Pack().Vocab("direction"); voc != nil {
		if t, ok := voc.Term(v.direction); ok {
			return t.Title.In(lang)
		}
	}
	return msg.T("定めなし", "Not said").In(lang)
}

// group is the parameters that checks of one clause read.
type group struct {
	clause clause.ID // "" for those no check reads yet
	values []value
}

func (p *pages) list(r *web.Request) (web.Response, error) {
	var values []value
	err := p.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		for rec, err := range p.c.Catalog.Each(ctx, tx, p.def(), register.Query{}) {
			if err != nil {
				return err
			}
			values = append(values, p.read(rec.Row))
		}
		return nil
	})
	if err != nil {
		return web.Response{}, err
	}
	parts := []templ.Component{web.PageHead(web.Head{Title: title, Lead: msg.T("対策基準で定める日数や回数です。値を変えると、その値を使う検査の判定がすぐに変わります。変更には理由が要り、履歴が残ります。",
		"Days and counts the standard sets. A change is used at once by every check that reads it, asks for a reason and stays in the history."),
		Links: []web.Link{{Title: msg.T("台帳として見る", "See as a register"), Href: "/registers/parameter"}}}), tiles(values)}
	for _, g := range p.groups(values) {
		parts = append(parts, p.table(r, g))
	}
	if len(values) == 0 {
		parts = append(parts, web.EmptyState(msg.T("基準値がまだ登録されていません。", "No parameter is registered yet."), web.Link{Title: msg.T("基準値を登録する", "Register one"), Href: "/registers/parameter/new"}))
	}
	return web.Page(title, web.Stack(parts...)), nil
}

func tiles(values []value) templ.Component {
	var looser, stricter, none int
	for _, v := range values {
		switch _, tone := v.differs(); tone {
		case web.Warn:
			looser++
		case web.Good:
			stricter++
		case web.Bad:
			none++
		}
	}
	tone := func(n int, t web.Tone) web.Tone {
		if n > 0 {
			return t
		}
		return web.Plain
	}
	n := func(n int) msg.Text { return msg.Same(web.Number(n)) }
	return web.Tiles([]web.Tile{{Value: n(none), Label: msg.T("値がないもの", "Without a value"), Tone: tone(none, web.Bad)},
		{Value: n(looser), Label: msg.T("既定より緩いもの", "Looser than proposed"), Tone: tone(looser, web.Warn)},
		{Value: n(stricter), Label: msg.T("既定より厳しいもの", "Stricter than proposed")}, {Value: n(len(values)), Label: msg.T("基準値の総数", "Parameters in all")}})
}

// groups puts parameters under the clause of the first check that reads them.
func (p *pages) groups(values []value) []group {
	var out []group
	for _, v := range values {
		var at clause.ID
		if cs := p.c.Checks(v.code); len(cs) > 0 && len(cs[0].Clauses) > 0 {
			at = cs[0].Clauses[0].Top()
		}
		i := slices.IndexFunc(out, func(g group) bool { return g.clause == at })
		if i < 0 {
			i = len(out)
			out = append(out, group{clause: at})
		}
		out[i].values = append(out[i].values, v)
	}
	slices.SortStableFunc(out, func(a, b group) int {
		switch {
		case a.clause == b.clause:
			return 0
		case a.clause == "", b.clause != "" && clause.Less(b.clause, a.clause):
			return 1
		}
		return -1
	})
	return out
}

func (p *pages) table(r *web.Request, g group) templ.Component {
	caption := msg.T("まだ検査に使われていない基準値", "Not read by any check yet")
	if g.clause != "" {
		caption = web.Clause(g.clause)
	}
	t := web.Table{ID: "g-" + strings.ReplaceAll(string(g.clause), ".", "-"), Caption: caption, Count: len(g.values), Columns: []web.Column{{Title: msg.T("項目", "Parameter"), Head: true},
		{Title: msg.T("値", "Value"), NoWrap: true}, {Title: msg.T("既定", "Proposed"), NoWrap: true}, {Title: msg.T("厳しくなる向き", "Stricter when")}, {Title: msg.T("状態", "State")}, {Title: msg.T("使う検査", "Checks")}}}
	for _, v := range g.values {
		state, tone := v.differs()
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: v.title(r.Lang), Href: href(v.code)}, {Text: v.now(r.Lang)}, {Text: v.proposed(r.Lang)}, {Text: p.stricter(v, r.Lang)},
			{Part: web.Badge(state, tone)}, {Part: checkLinks(p.c.Checks(v.code))}}})
	}
	return web.TablePart(t)
}

func href(code string) string { return "/parameters/" + url.PathEscape(code) }

// proposed is the pack's value, "" when it has none.
func (v value) proposed(lang msg.Lang) string {
	if v.preset == nil {
		return ""
	}
	return v.say(v.preset.Value, v.preset.Text, lang)
}

// rule is a procedure that sets the parameter for its unit.
type rule struct {
	name, href string
	number     int64
	stated     bool
}

func (p *pages) one(r *web.Request) (web.Response, error) {
	var v value
	var history []register.Version
	var rules []rule
	names := register.Labels{}
	err := p.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		rec, ok, err := p.c.Catalog.One(ctx, tx, p.def(), r.Path("code"))
		if err != nil {
			return err
		}
		if !ok {
			return web.NotFound()
		}
		v = p.read(rec.Row)
		if history, err = p.c.Catalog.History(ctx, tx, p.def(), v.code); err != nil {
			return err
		}
		var refs []ref.Ref
		for _, h := range history {
			if x, err := ref.Parse(h.By); err == nil {
				refs = append(refs, x)
			}
		}
		if names, err = p.c.Catalog.Names(ctx, tx, refs...); err != nil {
			return err
		}
		rules, err = p.rules(ctx, tx, v.code)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	tried, err := p.try(r, v)
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(msg.Same(v.title(r.Lang)), p.view(r, v, history, names, rules, tried)).In("/parameters"), nil
}

// rules are the procedures that set a value of their own (bp.4).
func (p *pages) rules(ctx context.Context, tx *db.Tx, code string) ([]rule, error) {
	d, ok := p.c.Catalog.Get("requirement")
	if !ok {
		return nil, nil
	}
	page, err := p.c.Catalog.List(ctx, tx, d, register.Query{Filters: map[string][]string{"parameter": {code}}, Limit: 200})
	if err != nil {
		return nil, err
	}
	var refs []ref.Ref
	for _, rec := range page.Rows {
		refs = append(refs, ref.New("procedure", d.Str(rec.Row, "procedure")))
	}
	names, err := p.c.Catalog.Names(ctx, tx, refs...)
	if err != nil {
		return nil, err
	}
	var out []rule
	for i, rec := range page.Rows {
		x := rule{name: names[refs[i]], href: "/registers/requirement/" + url.PathEscape(d.Key(rec.Row))}
		if x.name == "" {
			x.name = refs[i].Key
		}
		x.number, x.stated = d.Get(rec.Row, "value").(int64)
		out = append(out, x)
	}
	return out, nil
}

// trial is what a value that was tried out would change.
type trial struct {
	value   int64
	effects []Effect
	wrong   msg.Text
}

// try tries out a value of the address; nil when none was given or nothing can be tried.
func (p *pages) try(r *web.Request, v value) (*trial, error) {
	s := r.Query("value")
	if p.c.Preview == nil || s == "" || v.preset != nil && v.preset.Value == nil {
		return nil, nil
	}
	f, _ := p.def().Field("value")
	parsed, err := p.c.Catalog.Parse(f, s)
	if err != nil {
		if x := fault.As(err); x != nil && len(x.Fields) > 0 {
			return &trial{wrong: x.Fields[0].Message}, nil
		}
		return nil, err
	}
	n, ok := parsed.(int64)
	if !ok {
		return nil, nil
	}
	effects, err := p.c.Preview(r.Context(), v.code, n)
	if x := fault.As(err); x != nil {
		return &trial{wrong: x.Message}, nil
	}
	return &trial{value: n, effects: effects}, err
}

func (p *pages) view(r *web.Request, v value, history []register.Version, names register.Labels, rules []rule, tried *trial) templ.Component {
	state, tone := v.differs()
	edit := "/registers/parameter/" + url.PathEscape(v.code) + "/edit"
	parts := []templ.Component{
		web.PageHead(web.Head{Crumbs: []web.Link{{Title: title, Href: "/parameters"}, {Title: msg.Same(v.title(r.Lang))}}, Title: msg.Same(v.title(r.Lang)), Badge: web.Badge(state, tone),
			Links: []web.Link{{Title: msg.T("値を変更する", "Change the value"), Href: edit, Main: true}}}),
		web.SummaryList([]web.Entry{{Label: msg.T("値", "Value"), Text: v.now(r.Lang), Change: edit}, {Label: msg.T("既定", "Proposed"), Text: v.proposed(r.Lang)},
			{Label: msg.T("厳しくなる向き", "Stricter when"), Text: p.stricter(v, r.Lang)}, {Label: msg.T("項目番号", "Parameter no."), Part: asIs(v.code)}}),
		p.trialView(r, v, tried), checksView(p.c.Checks(v.code))}
	if len(rules) > 0 {
		parts = append(parts, rulesView(r, v, rules))
	}
	return web.Stack(append(parts, section(msg.T("値の履歴", "How it came to its value"), p.historyView(r, v, history, names)))...)
}

func (p *pages) trialView(r *web.Request, v value, tried *trial) templ.Component {
	if p.c.Preview == nil || !v.stated {
		return templ.NopComponent
	}
	parts := []templ.Component{web.Para(msg.T("値を変えると不適合がいくつ増減するかを、変更する前に確かめられます。ここでは何も変わりません。", "See how many findings another value would add or take away. Nothing is changed here.")),
		trialForm(href(v.code), web.Field{Name: "value", Label: msg.T("試す値", "Value to try"), Kind: web.NumberField, Value: r.Query("value"), Unit: msg.Same(v.measure(r.Lang))})}
	switch {
	case tried == nil:
	case !tried.wrong.IsZero():
		parts = append(parts, web.Banner(web.Warn, tried.wrong))
	default:
		t := web.Table{ID: "effect", Caption: msg.F("%s にした場合", "With %s", v.say(&tried.value, "", r.Lang)), Count: -1, Empty: msg.T("この値にしても、今日の判定は変わりません。", "No result of today would change."), Columns: []web.Column{
			{Title: msg.T("検査", "Check"), Head: true}, {Title: msg.T("増える不適合等", "More findings"), Num: true}, {Title: msg.T("減る不適合等", "Fewer findings"), Num: true}}}
		for _, e := range tried.effects {
			if e.More+e.Less > 0 {
				t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: e.Check.Title.In(r.Lang), Href: e.Check.Href}, {Text: web.Number(e.More)}, {Text: web.Number(e.Less)}}})
			}
		}
		parts = append(parts, web.TablePart(t))
	}
	return section(msg.T("変更の影響を試す", "Try a change"), parts...)
}

func rulesView(r *web.Request, v value, rules []rule) templ.Component {
	t := web.Table{ID: "rules", Caption: msg.T("この項目を定める実施手順", "Procedures that set it"), Count: len(rules), Columns: []web.Column{{Title: msg.T("実施手順", "Procedure"), Head: true}, {Title: msg.T("手順の値", "Its value")}, {Title: msg.T("状態", "State")}}}
	for _, x := range rules {
		state := web.Badge(msg.T("対策基準の範囲内", "Within the standard"), web.Good)
		c := web.Cell{}
		switch {
		case !x.stated || !v.stated:
			state = web.Badge(msg.T("比べられません", "Cannot be compared"), web.Warn)
		case v.direction == "max" && x.number > v.number, v.direction == "min" && x.number < v.number:
			state = web.Badge(msg.T("対策基準より緩い", "Looser than the standard"), web.Bad)
		}
		if x.stated {
			c.Text = v.say(&x.number, "", r.Lang)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.name, Href: x.href}, c, {Part: state}}})
	}
	return section(msg.T("実施手順での定め", "In procedures"), web.TablePart(t))
}

func (p *pages) historyView(r *web.Request, v value, history []register.Version, names register.Labels) templ.Component {
	var events []web.Event
	d := p.def()
	for i, h := range history {
		x := p.read(h.Row)
		if i+1 < len(history) { // versions in which another field changed are not of interest here
			if b := history[i+1].Row; d.Get(b, "value") == d.Get(h.Row, "value") && d.Get(b, "text") == d.Get(h.Row, "text") && !h.Ended {
				continue
			}
		}
		e := web.Event{At: when.StampOf(h.At).Text(r.Lang), Title: x.now(r.Lang), By: by(h.By, names).In(r.Lang), Detail: h.Reason}
		if e.Title == "" {
			e.Title = msg.T("値なし", "No value").In(r.Lang)
		}
		if h.Ended {
			e.Title = msg.T("終了", "Ended").In(r.Lang)
		}
		events = append(events, e)
	}
	return web.Timeline(events)
}

// by names who made a change.
func by(id string, names register.Labels) msg.Text {
	switch id {
	case "operator":
		return msg.T("運用担当者", "The operator")
	case "job":
		return msg.T("自動処理", "The product itself")
	}
	if x, err := ref.Parse(id); err == nil && names[x] != "" {
		return msg.Same(names[x])
	}
	return msg.T("登録のない職員等", "Somebody not registered")
}
