package policy

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// reviseRoutes are the pages on which a draft is revised clause by clause (bp.0, bp.12).
func (s *Service) reviseRoutes(route func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error)) web.Route) []web.Route {
	return []web.Route{
		route("GET", "/policy/{version}/revise", titleRevise, s.revisePage, nil),
		route("GET", "/policy/{version}/revise/{clause}", titleRevise, s.clausePage, nil),
		route("POST", "/policy/{version}/revise/{clause}", titleRevise, s.takeRevision, s.clausePage),
	}
}

func reviseHref(version, id string) string {
	return "/policy/" + url.PathEscape(version) + "/revise/" + url.PathEscape(id)
}

// revising is a draft beside the version in force.
type revising struct {
	v, force Version
	standing bool // a version is in force
	cs       []Clause
	diffs    map[string]ClauseDiff // against the version in force, by the clause of the draft
	taken    []ClauseDiff          // clauses that the draft no longer has
	things   []Thing               // that hang on the clause looked at
}

// revising reads it for somebody who may revise it; whoever may not is refused as the act would.
func (s *Service) revising(r *web.Request, id string) (x revising, err error) {
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if x.v, _, _, _, err = s.drafted(ctx, tx, r.Actor, r.Path("version")); err != nil {
			return err
		}
		if err := s.c.Gate.May(ctx, tx, r.Actor, "policy.revise", act.Input{}); err != nil {
			return err
		}
		if x.cs, err = s.clauses(ctx, tx, x.v.Code); err != nil {
			return err
		}
		vs, err := s.versions(ctx, tx)
		if err != nil {
			return err
		}
		var old []Clause
		if x.force, x.standing = inForceThen(vs, x.v.Layer, when.Of(tx.Now())); x.standing {
			if old, err = s.clauses(ctx, tx, x.force.Code); err != nil {
				return err
			}
		}
		x.diffs = map[string]ClauseDiff{}
		all, _ := Compare(clausesOf(old), clausesOf(x.cs))
		for _, d := range all {
			if d.Kind == Removed {
				x.taken = append(x.taken, d)
				continue
			}
			x.diffs[d.ID] = d
		}
		if id == "" {
			return nil
		}
		if !slices.ContainsFunc(x.cs, func(c Clause) bool { return c.ID == id }) {
			return noClause(id)
		}
		h, err := s.hanging(ctx, tx)
		if err != nil {
			return err
		}
		at := clause.ID(id)
		if was := x.diffs[id].Was; was != "" {
			at = clause.ID(was)
		}
		x.things = s.affected(h, at, placesOf(old, x.cs))
		return nil
	})
	return x, err
}

var diffKinds = map[string]struct {
	title msg.Text
	tone  web.Tone
}{Added: {msg.T("追加", "Added"), web.Good}, Removed: {msg.T("削除", "Removed"), web.Bad}, Moved: {msg.T("移動", "Moved"), web.Info}, Changed: {msg.T("変更", "Changed"), web.Warn}}

func (s *Service) revisePage(r *web.Request) (web.Response, error) {
	x, err := s.revising(r, "")
	if err != nil {
		return web.Response{}, err
	}
	at := "/policy/" + url.PathEscape(x.v.Code)
	st, tone := stateOf(x.v, when.Of(r.Now()))
	t := web.Table{ID: "clauses", Short: true, Caption: msg.T("案の条項", "Clauses of the draft"), Count: len(x.cs), Columns: []web.Column{
		{Title: msg.T("番号", "No."), NoWrap: true}, {Title: msg.T("見出し", "Heading"), Head: true}, {Title: msg.T("本文の初め", "Beginning of the text")}, {Title: msg.T("義務の強さ", "How it binds")}}}
	if x.standing {
		t.Columns = append(t.Columns, web.Column{Title: msg.T("施行中の版との違い", "Against the version in force"), NoWrap: true})
	}
	for _, c := range x.cs {
		name := c.Name
		if name == "" {
			name = c.Number
		}
		row := web.Row{Cells: []web.Cell{{Text: c.Number}, {Text: name, Href: reviseHref(x.v.Code, c.ID)}, {Text: short(c.Text)}, {Text: strings.Join(c.Modal, "、")}}}
		if x.standing {
			same := web.Cell{Text: msg.T("施行中と同じ", "As in force").In(r.Lang), Tone: web.Plain}
			if d, ok := x.diffs[c.ID]; ok {
				same = web.Cell{Part: web.Badge(diffKinds[d.Kind].title, diffKinds[d.Kind].tone)}
			}
			row.Cells = append(row.Cells, same)
		}
		t.Rows = append(t.Rows, row)
	}
	head := web.Head{Crumbs: crumb(&x.v), Title: titleRevise, Badge: web.Badge(st, tone), Facts: facts(x.v),
		Lead:  msg.T("条項を選んで、見出しと本文を修正します。番号はそのままです。条項を増減するときは、修正した本文を改めて取り込んでください。", "Choose a clause to revise its heading and text; its number stays. To put clauses in or take them out, import the text anew."),
		Links: []web.Link{{Title: titleDiff, Href: at + "/diff"}, {Title: titleDecision, Href: at + "/decision"}}}
	parts := []templ.Component{web.PageHead(head)}
	if !x.standing {
		parts = append(parts, web.Para(msg.T("この層には施行中の版がないため、違いは表示しません。", "No version of this layer is in force, so no difference is shown.")))
	}
	if n := len(x.taken); n > 0 {
		parts = append(parts, web.Banner(web.Info, msg.F("施行中の版にある条項のうち%d件が、この案にはありません。「版の比較」で確かめてください。", "%d clauses of the version in force are not in this draft. See “Compare versions”.", n)))
	}
	return web.Page(titleRevise, web.Stack(append(parts, web.TablePart(t))...)), nil
}

// revision is the difference of two wordings on the page.
type revision struct {
	name, text []Word
	note       msg.Text
}

func revisionOf(old, next ClauseJSON) revision {
	out := revision{name: Words(old.Title, next.Title), text: Words(old.Text, next.Text)}
	if !slices.Equal(old.Modal, next.Modal) {
		out.note = msg.F("義務の強さを表す語：%s → %s", "Words that say how strongly it binds: %s → %s", listed(old.Modal), listed(next.Modal))
	}
	return out
}

// clausePage shows one clause of a draft with what somebody has typed, if anything, and what it changes.
func (s *Service) clausePage(r *web.Request) (web.Response, error) {
	x, err := s.revising(r, r.Path("clause"))
	if err != nil {
		return web.Response{}, err
	}
	c := x.cs[slices.IndexFunc(x.cs, func(c Clause) bool { return c.ID == r.Path("clause") })]
	saved, next := clausesOf([]Clause{c})[0], c
	title, body, reason := c.Name, c.Text, ""
	if r.FormHas("text") {
		title, body, reason = r.Form("title"), r.FormRaw("text"), r.Form("reason")
		next = worded(c, title, body)
	}
	typed := clausesOf([]Clause{next})[0]
	fields := []web.Field{
		{Name: "title", Label: msg.T("見出し", "Heading"), Value: title, Optional: true, Max: 200, Width: 60},
		{Name: "text", Label: msg.T("本文", "Text"), Kind: web.LongField, Value: body, Max: 20000, Rows: min(6+utf8.RuneCountInString(body)/50+strings.Count(body, "\n"), 24)},
	}
	if !slices.Equal(next.Modal, c.Modal) {
		fields = append(fields, web.Field{Name: "binding", Kind: web.CheckField, Label: msg.F("義務の強さを表す語を「%s」から「%s」に変えます。", "Change the words that say how strongly it binds from “%s” to “%s”.", listed(c.Modal), listed(next.Modal))})
	}
	fields = append(fields, fieldReason)
	fields[len(fields)-1].Value = reason
	head := web.Head{Crumbs: append(crumb(&x.v), web.Link{Title: titleRevise, Href: "/policy/" + url.PathEscape(x.v.Code) + "/revise"}), Title: msg.Same(strings.TrimSpace(c.Number + " " + c.Name)), Facts: facts(x.v)}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary(), web.FormPart(web.Form{Action: reviseHref(x.v.Code, c.ID), Hidden: [][2]string{{"hash", hashNow(c)}}, Label: titleRevise, Guard: true, Fields: fields,
		Cancel: web.Link{Href: "/policy/" + url.PathEscape(x.v.Code) + "/revise"}, Buttons: []web.Button{{Title: msg.T("この内容で案を修正する", "Revise the draft"), Tone: web.Good}, {Title: msg.T("違いを確かめる", "Show the difference"), Name: "look", Value: "1"}}})}
	if typed.Title != saved.Title || typed.Text != saved.Text {
		parts = append(parts, within(msg.T("今の案との違い", "Against the draft as it stands"), revisionView(revisionOf(saved, typed))))
	}
	parts = append(parts, within(msg.T("施行中の版との違い", "Against the version in force"), x.against(typed)))
	if len(x.things) > 0 {
		parts = append(parts, within(msg.T("改めて決めるもの", "To be decided again"), affectedView(group(x.things))))
	}
	return web.Page(titleRevise, web.Stack(parts...)), nil
}

// against is the difference of a wording and that of the clause in force.
func (x revising) against(typed ClauseJSON) templ.Component {
	d, differs := x.diffs[typed.ID]
	switch {
	case !x.standing:
		return web.Para(msg.T("この層には施行中の版がありません。", "No version of this layer is in force."))
	case differs && d.Old == nil:
		return web.Para(msg.F("「%s」にはない条項です。", "“%s” has no such clause.", x.force.Name))
	}
	old := typed
	if differs {
		old = *d.Old
	} else if i := slices.IndexFunc(x.cs, func(c Clause) bool { return c.ID == typed.ID }); i >= 0 {
		old = clausesOf(x.cs[i : i+1])[0] // the draft says what the version in force says
	}
	if old.Title == typed.Title && old.Text == typed.Text {
		return web.Para(msg.F("「%s」と同じです。", "The same as in “%s”.", x.force.Name))
	}
	return revisionView(revisionOf(old, typed))
}

// takeRevision writes a clause, or shows the difference that it would make.
func (s *Service) takeRevision(r *web.Request) (web.Response, error) {
	if err := r.FormFields("title", "text", "binding", "reason", "hash", "look"); err != nil {
		return web.Response{}, err
	}
	if r.Form("look") != "" {
		return s.clausePage(r)
	}
	in := act.Input{"version": r.Path("version"), "id": r.Path("clause"), "hash": r.Form("hash"), "title": r.Form("title"), "text": r.FormRaw("text"), "binding": r.Form("binding")}
	if _, err := s.c.Gate.Run(r.Context(), "policy.revise", in, act.Options{Reason: r.Form("reason"), IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/policy/"+url.PathEscape(r.Path("version"))+"/revise", msg.T("案を修正しました。", "The draft was revised.")), nil
}
