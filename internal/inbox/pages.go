package inbox

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

var title = msg.T("受信箱", "Inbox")

// Routes are the pages of the inbox.
func (s *Service) Routes() []web.Route {
	return []web.Route{{Method: "GET", Pattern: "/inbox", Title: title, Clauses: []clause.ID{"bp.5", "bp.6", "bp.10"}, Rule: web.SignedIn, Page: s.page,
		Nav: &web.NavItem{Order: 20, Badge: "inbox"}}}
}

// kinds are the words for kinds of things; Config may add to them.
var kinds = map[string]msg.Text{
	"finding":  msg.T("不適合の是正", "To be mended"),
	"unknown":  msg.T("証拠の提出", "Evidence wanted"),
	"decision": msg.T("決裁", "To be decided"),
	"policy":   msg.T("ポリシーの決裁", "Policy to be decided"),
	"receipt":  msg.T("周知の受領", "To be received"),
	"training": msg.T("研修", "Training"),
	"returned": msg.T("差戻し", "Sent back"),
	"raised":   msg.T("上申", "Raised"),
	"plan":     msg.T("年間計画", "Plan of the year"),
}

func (s *Service) kind(code string) msg.Text {
	if t, ok := s.c.Kinds[code]; ok {
		return t
	}
	if t, ok := kinds[code]; ok {
		return t
	}
	return msg.T("作業", "Task")
}

var as = map[string]msg.Text{
	AsHolder: msg.T("責任者として", "As the one responsible"), AsDeputy: msg.T("代理として", "Standing in"), AsSelf: msg.T("本人として", "For yourself"),
	AsApplicant: msg.T("申請者として", "As the applicant"), AsUnit: msg.T("課の作業", "Of the section"), AsRaised: msg.T("上申", "Raised to you"),
}

func (s *Service) page(r *web.Request) (web.Response, error) {
	items, more, err := s.Items(r.Context(), r.Actor)
	if err != nil {
		return web.Response{}, err
	}
	section, moreOfSection, err := s.Section(r.Context(), r.Actor)
	if err != nil {
		return web.Response{}, err
	}
	items = append(items, section...)
	tab := Tab(r.Query("tab"))
	switch tab {
	case Unit:
		more = moreOfSection
	case Deputy:
	default:
		tab = Mine
	}
	return web.Page(title, s.view(r, tab, items, more)), nil
}

func (s *Service) view(r *web.Request, tab Tab, items []Item, more int) templ.Component {
	day := when.Of(s.c.Store.Now())
	total := map[Tab]int{}
	present := map[string]bool{}
	var mine []Item
	for _, i := range items {
		for _, t := range []Tab{Mine, Deputy, Unit} {
			if t.holds(i) {
				total[t] += i.count()
			}
		}
		if tab.holds(i) {
			present[i.Kind] = true
			mine = append(mine, i)
		}
	}
	mine = slices.DeleteFunc(mine, func(i Item) bool { return !fits(i, r.Query("kind"), r.Query("q")) })
	parts := []templ.Component{
		web.PrintHead(web.Sheet{Date: day.Text(r.Lang)}),
		web.PageHead(web.Head{Title: title, Lead: lead(mine, day), Links: s.c.Links}),
		web.Tabs(msg.T("だれの作業を見るか", "Whose work"), []web.Tab{
			{Title: msg.T("自分の分", "Mine"), Href: "/inbox", Count: total[Mine], Current: tab == Mine},
			{Title: msg.T("代理の分", "Standing in"), Href: "/inbox?tab=deputy", Count: total[Deputy], Current: tab == Deputy},
			{Title: msg.T("課の分", "My section"), Href: "/inbox?tab=unit", Count: total[Unit], Current: tab == Unit}}),
	}
	if len(present) > 0 {
		parts = append(parts, s.tiles(mine, day), s.filter(r, tab, present))
	}
	if more > 0 {
		parts = append(parts, web.Banner(web.Info, msg.F("多いため、期限の近いものから表示しています。ほかに %s 件あります。", "The earliest are shown; there are %s more.", web.Number(more))))
	}
	parts = append(parts, list(s, r, mine, day)...)
	if len(mine) == 0 {
		parts = append(parts, empty(tab, len(present) > 0))
	}
	return web.Stack(parts...)
}

// fits says whether an item is asked for by the filter.
func fits(i Item, kind, words string) bool {
	if kind != "" && i.Kind != kind {
		return false
	}
	text := strings.ToLower(strings.Join([]string{i.Title.JA, i.Title.EN, i.Why.JA, i.Why.EN, i.SubjectName, i.Subject.Key, i.GroupTitle.JA, i.GroupTitle.EN}, " "))
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// lead says in one sentence how urgent it is.
func lead(items []Item, day when.Date) msg.Text {
	late, today := 0, 0
	for _, i := range items {
		switch {
		case i.Due != 0 && i.Due < day:
			late += i.count()
		case i.Due == day:
			today += i.count()
		}
	}
	switch {
	case late > 0:
		return msg.F("%s現在の作業です。期限を過ぎたものが %s 件、今日が期限のものが %s 件あります。", "As of %s: %s overdue, %s due today.", day.Both(), web.Number(late), web.Number(today))
	case today > 0:
		return msg.F("%s現在の作業です。今日が期限のものが %s 件あります。", "As of %s: %s due today.", day.Both(), web.Number(today))
	}
	return msg.F("%s現在の作業です。期限を過ぎたものはありません。", "As of %s: nothing is overdue.", day.Both())
}

func (s *Service) tiles(items []Item, day when.Date) templ.Component {
	var late, today, five, decide int
	for _, i := range items {
		n := i.count()
		switch {
		case i.Due == 0:
		case i.Due < day:
			late += n
		case i.Due == day:
			today += n
			five += n
		case s.c.Calendar.OpenBetween(day, i.Due) <= 5:
			five += n
		}
		if i.Kind == "decision" || i.Kind == "policy" {
			decide += n
		}
	}
	tone := func(n int, t web.Tone) web.Tone {
		if n == 0 {
			return web.Plain
		}
		return t
	}
	n := func(n int) msg.Text { return msg.Same(web.Number(n)) }
	return web.Tiles([]web.Tile{
		{Value: n(late), Label: msg.T("期限超過", "Overdue"), Tone: tone(late, web.Bad)},
		{Value: n(today), Label: msg.T("今日まで", "Due today"), Tone: tone(today, web.Warn)},
		{Value: n(five), Label: msg.T("5開庁日以内", "Within 5 open days")},
		{Value: n(decide), Label: msg.T("あなたの決裁待ち", "Waiting for your decision")}})
}

func (s *Service) filter(r *web.Request, tab Tab, present map[string]bool) templ.Component {
	f := web.Filter{Action: "/inbox", Clear: "/inbox", Keep: map[string][]string{}}
	if tab != Mine {
		f.Keep["tab"] = []string{string(tab)}
		f.Clear += "?tab=" + string(tab)
	}
	var options []web.Option
	for k := range present {
		options = append(options, web.Option{Value: k, Label: s.kind(k)})
	}
	slices.SortFunc(options, func(a, b web.Option) int { return strings.Compare(a.Label.JA+a.Value, b.Label.JA+b.Value) })
	f.Fields = []web.Field{
		{Name: "kind", Label: msg.T("種類", "Kind"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("kind"), Options: options},
		{Name: "q", Label: msg.T("語句", "Words"), Kind: web.SearchField, Value: r.Query("q")}}
	if k := r.Query("kind"); k != "" {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("種類：", "Kind: ").In(r.Lang) + s.kind(k).In(r.Lang), Remove: r.With("kind", "")})
	}
	if q := r.Query("q"); q != "" {
		f.Chips = append(f.Chips, web.Chip{Label: msg.T("語句：", "Words: ").In(r.Lang) + q, Remove: r.With("q", "")})
	}
	return web.FilterPart(f)
}

// On a telephone the most urgent span shows its first lines, each other fewer; the rest is a press away.
const (
	firstLines = 5
	otherLines = 3
)

// list is a table for each span that has something in it.
func list(s *Service, r *web.Request, items []Item, day when.Date) []templ.Component {
	bySpan := make([][]Item, len(spans))
	for _, i := range items {
		k := spanOf(i.Due, day)
		bySpan[k] = append(bySpan[k], i)
	}
	var out []templ.Component
	opened := slices.DeleteFunc(r.QueryAll("all"), func(id string) bool { return !slices.ContainsFunc(spans, func(s span) bool { return s.id == id }) })
	for k, sp := range spans {
		if len(bySpan[k]) == 0 {
			continue
		}
		t := web.Table{ID: sp.id, Caption: sp.title, Short: true, First: otherLines, Columns: []web.Column{{Title: msg.T("期限", "Due"), NoWrap: true, Beside: true}, {Title: msg.T("件名", "Subject"), Head: true},
			{Title: msg.T("種類", "Kind"), NoWrap: true, Beside: true}, {Title: msg.T("根拠", "Clauses"), NoWrap: true, Beside: true}, {Title: msg.T("手続き", "What mends it"), Beside: true}}}
		if len(out) == 0 {
			t.First = firstLines
		}
		rest := 0
		for n, l := range lines(bySpan[k]) {
			t.Count += l.n
			if n >= t.First {
				rest += l.n
			}
			t.Rows = append(t.Rows, s.row(r, l, day))
		}
		if slices.Contains(opened, sp.id) {
			t.First = 0
		} else {
			t.More = web.Link{Title: msg.F("「%s」の残り %s 件を表示", "Show the other %[2]s: %[1]s", sp.title, web.Number(rest)), Href: opening(r, append(slices.Clip(opened), sp.id)) + "#" + sp.id}
		}
		out = append(out, web.TablePart(t))
	}
	return out
}

// opening is the address of the page with some spans shown whole.
func opening(r *web.Request, spans []string) string {
	q := url.Values{"all": spans}
	for _, name := range []string{"tab", "kind", "q"} {
		if v := r.Query(name); v != "" {
			q.Set(name, v)
		}
	}
	return "/inbox?" + q.Encode()
}

func (s *Service) row(r *web.Request, l line, day when.Date) web.Row {
	text, href, why, mend := l.Title, l.Href, l.Why.In(r.Lang), l.Mend
	if len(l.items) > 1 {
		text, href, why, mend = l.GroupTitle, l.GroupHref, subjects(r.Lang, l), web.Link{}
		if text.IsZero() {
			text = l.Title
		}
		if href == "" {
			href = l.Href
		}
	}
	if l.n > 1 {
		text = msg.F("%s（%s 件）", "%s (%s)", text, web.Number(l.n))
	}
	kind := web.Cell{Text: s.kind(l.Kind).In(r.Lang)}
	if l.As != AsHolder {
		kind.Note = as[l.As].In(r.Lang)
	}
	if who, same := l.bearer(); (l.As == AsUnit || l.As == AsRaised) && same {
		if who == "" {
			who = msg.T("いません", "nobody").In(r.Lang)
		}
		owed := msg.F("責任者：%s", "Owed by: %s", who).In(r.Lang)
		if l.As == AsRaised {
			owed = as[AsRaised].In(r.Lang) + msg.T("（", " (").In(r.Lang) + owed + msg.T("）", ")").In(r.Lang)
		}
		kind.Note = owed
	}
	var places []string
	for _, id := range l.Clauses {
		places = append(places, web.Clause(id).In(r.Lang))
	}
	act := web.Cell{}
	if mend.Href != "" {
		act = web.Cell{Text: mend.Title.In(r.Lang), Href: mend.Href}
	}
	return web.Row{Cells: []web.Cell{s.due(r.Lang, l.Item, day), {Text: text.In(r.Lang), Href: href, Note: why}, kind,
		{Text: strings.Join(places, msg.T("、", ", ").In(r.Lang))}, act}}
}

// bearer is who owes what a line stands for, when it is one person.
func (l line) bearer() (string, bool) {
	for _, i := range l.items {
		if i.Bearer != l.Bearer {
			return "", false
		}
	}
	return l.Bearer, true
}

// subjects names the first things of a group.
func subjects(lang msg.Lang, l line) string {
	var names []string
	for _, i := range l.items {
		if i.SubjectName != "" && !slices.Contains(names, i.SubjectName) {
			names = append(names, i.SubjectName)
		}
	}
	const shown = 4
	if len(names) <= shown {
		return strings.Join(names, msg.T("、", ", ").In(lang))
	}
	return strings.Join(names[:shown], msg.T("、", ", ").In(lang)) + msg.F("、ほか %s 件", " and %s more", web.Number(l.n-shown)).In(lang)
}

// due is a deadline with the open days that are left, or how long it is past.
func (s *Service) due(lang msg.Lang, i Item, day when.Date) web.Cell {
	if i.Due == 0 {
		c := web.Cell{Text: msg.T("なし", "None").In(lang)}
		if i.Since != 0 {
			c.Note = msg.F("%s から", "since %s", msg.Text{JA: i.Since.Short(msg.JA), EN: i.Since.Short(msg.EN)}).In(lang)
		}
		return c
	}
	left, tone := Left(s.c.Calendar, i.Due, day)
	return web.Cell{Text: i.Due.Text(lang), Note: left.In(lang), Tone: tone}
}

func empty(tab Tab, filtered bool) templ.Component {
	switch {
	case filtered:
		return web.EmptyState(msg.T("この条件に当てはまる作業はありません。", "Nothing fits."), web.Link{Title: msg.T("条件をすべて外す", "Clear the filter"), Href: "/inbox?tab=" + string(tab)})
	case tab == Deputy:
		return web.EmptyState(msg.T("代理又は委任によって引き受けている作業はありません。", "There is nothing in which you stand in for somebody."))
	case tab == Unit:
		return web.EmptyState(msg.T("あなたが長を務める課に、あなた以外の職員等の作業はありません。", "There is nothing for others in a section you head."))
	}
	return web.EmptyState(msg.T("あなたに届いている作業はありません。", "There is nothing for you to do."), web.Link{Title: msg.T("方針の状態を見る", "See the board"), Href: "/"})
}
