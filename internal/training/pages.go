package training

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/web"
	"okite/internal/when"
)

// The titles of the pages.
var (
	titleTraining    = msg.T("研修", "Training")
	titleCourse      = msg.T("研修を受ける", "Take a course")
	titleLesson      = msg.T("教材", "Lesson")
	titleTest        = msg.T("確認テスト", "Questions")
	titleResult      = msg.T("テストの結果", "Result")
	titleCertificate = msg.T("修了証", "Certificate")
	titleOffice      = msg.T("受講の状況", "Who was trained")
	titleMissing     = msg.T("未受講の方", "Not trained yet")
	titlePlan        = msg.T("研修計画", "Training plan")
	titleSessions    = msg.T("集合研修の出席", "Attendance of sessions")
	titleAttend      = msg.T("出席の記録", "Record attendance")
	titleDrills      = msg.T("標的型メール訓練", "Mail drills")
	titleDrill       = msg.T("訓練の結果", "Result of a drill")
	titleNames       = msg.T("フォロー研修が済んでいない方", "Follow-up still owed")
	titleImport      = msg.T("教材パッケージの取込み", "Import a package of material")
	titlePreview     = msg.T("取り込む内容の確認", "Check what will be imported")
)

// Routes are the pages of training (bp.5, bp.9.1).
func (s *Service) Routes() []web.Route {
	route := func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: []clause.ID{"bp.5", "bp.9.1"}, Rule: web.SignedIn, Page: page, Again: again}
	}
	first := route("GET", "/training", titleTraining, s.minePage, nil)
	first.Nav = &web.NavItem{Order: 56}
	upload := route("POST", "/training/import", titleImport, s.takeUpload, s.importPage)
	upload.MaxBody = maxPackage + 1<<20
	return []web.Route{
		first,
		route("GET", "/training/course/{course}", titleCourse, s.coursePage, nil),
		route("GET", "/training/course/{course}/lesson/{lesson}", titleLesson, s.lessonPage, nil),
		route("GET", "/training/course/{course}/test", titleTest, s.testPage, nil),
		route("POST", "/training/course/{course}/test", titleTest, s.sendTest, s.testPage),
		route("GET", "/training/result/{completion}", titleResult, s.resultPage, nil),
		route("GET", "/training/certificate/{completion}", titleCertificate, s.certificatePage, nil),
		route("GET", "/training/office", titleOffice, s.officePage, nil),
		route("GET", "/training/missing", titleMissing, s.missingPage, nil),
		route("GET", "/training/plan", titlePlan, s.plansPage, nil),
		route("GET", "/training/plan/{plan}", titlePlan, s.planPage, nil),
		route("POST", "/training/plan/{plan}", titlePlan, s.decidePlan, s.planPage),
		route("GET", "/training/session", titleSessions, s.sessionsPage, nil),
		route("GET", "/training/session/{session}", titleAttend, s.attendPage, nil),
		route("POST", "/training/session/{session}/confirm", titleAttend, s.confirmPage, s.attendPage),
		route("POST", "/training/session/{session}", titleAttend, s.recordAttendance, s.attendPage),
		route("GET", "/training/drills", titleDrills, s.drillsPage, nil),
		route("GET", "/training/drills/{drill}", titleDrill, s.drillPage, nil),
		route("GET", "/training/drills/{drill}/names", titleNames, s.namesPage, nil),
		route("GET", "/training/import", titleImport, s.importPage, nil),
		upload,
		route("GET", "/training/import/preview", titlePreview, s.previewPage, nil),
		route("POST", "/training/import/preview", titlePreview, s.applyImport, s.previewPage),
	}
}

func (s *Service) read(r *web.Request, fn db.Func) error { return s.c.Store.Read(r.Context(), fn) }

// run runs an act as the person who sends the form.
func (s *Service) run(r *web.Request, id string, in act.Input, reason string) (ref.Ref, error) {
	res, err := s.c.Gate.Run(r.Context(), id, in, act.Options{Reason: reason, IdempotencyKey: r.IdempotencyKey})
	return res.Record, err
}

func crumbs(more ...web.Link) []web.Link {
	return append([]web.Link{{Title: titleTraining, Href: "/training"}}, more...)
}

// tabs lead between the pages of the module.
func tabs(current string) templ.Component {
	out := []web.Tab{
		{Title: msg.T("わたしの研修", "My training"), Href: "/training", Count: -1}, {Title: titleOffice, Href: "/training/office", Count: -1},
		{Title: titlePlan, Href: "/training/plan", Count: -1}, {Title: titleSessions, Href: "/training/session", Count: -1},
		{Title: titleDrills, Href: "/training/drills", Count: -1},
	}
	for i := range out {
		out[i].Current = out[i].Href == current
	}
	return web.Tabs(titleTraining, out)
}

// within is a section around components.
func within(title msg.Text, parts ...templ.Component) templ.Component {
	return under(web.Section(title), parts...)
}

// under puts components inside another.
func under(outer templ.Component, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, web.Stack(parts...)), w)
	})
}

// links are buttons that lead on, beside each other.
func links(list ...web.Link) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, `<div class="page-links">`); err != nil {
			return err
		}
		for _, l := range list {
			if err := web.ButtonLink(l).Render(ctx, w); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, `</div>`)
		return err
	})
}

// paragraphs are the paragraphs of a text somebody wrote; the lines of one stay apart.
func paragraphs(text string) []templ.Component {
	var out []templ.Component
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		for line := range strings.Lines(p) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, web.Para(msg.Same(line)))
			}
		}
	}
	return out
}

// term is a code of a vocabulary in words.
func (s *Service) term(vocab, code string) msg.Text {
	if v := s.c.Catalog.Pack().Vocab(vocab); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title
		}
	}
	return msg.Same(code)
}

func courseHref(code string) string { return "/training/course/" + url.PathEscape(code) }

// decides says whether somebody holds the role that decides an act, for links to what they could do.
func (s *Service) decides(ctx context.Context, tx *db.Tx, who actor.Actor, id string) (bool, error) {
	return s.c.Gate.Decides(ctx, tx, who, id)
}

// passed says how a completion ended.
func passed(c Completion) templ.Component {
	if c.Passed {
		return web.Badge(msg.T("修了", "Passed"), web.Good)
	}
	return web.Badge(msg.T("不合格", "Not passed"), web.Warn)
}

func score(n *int64) msg.Text {
	if n == nil {
		return msg.Text{}
	}
	return msg.F("%d点", "%d points", *n)
}

func itoa(n int) string { return strconv.Itoa(n) }

// minePage is what everybody sees first: what they owe, and what they have taken.
func (s *Service) minePage(r *web.Request) (web.Response, error) {
	today := when.Of(r.Now())
	var duties []Duty
	var done []Completion
	var results []ownResult
	var courses []Course
	names := map[string]Course{}
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if courses, err = s.courses(ctx, tx, today); err != nil {
			return err
		}
		for _, k := range courses {
			names[k.Code] = k
		}
		person, err := self(r.Actor)
		if err != nil {
			return nil // a program or the operator has no training of its own
		}
		if duties, err = s.Duties(ctx, tx, person, today); err != nil {
			return err
		}
		if done, err = s.completions(ctx, tx, person); err != nil {
			return err
		}
		if results, err = s.results(ctx, tx, person); err != nil {
			return err
		}
		return s.nameCourses(ctx, tx, names, done)
	})
	if err != nil {
		return web.Response{}, err
	}
	owed := map[string]bool{}
	var tasks []web.Task
	for _, d := range duties {
		owed[d.Course] = true
		t := web.Task{Title: msg.Same(d.Name), Href: d.href(), Note: d.Why, State: msg.F("%sまで", "by %s", d.Due.Both()), Tone: web.Info}
		if d.Name == "" {
			t.Title, t.Href = msg.T("研修（教材の準備中）", "A course (its material is being prepared)"), ""
		}
		if d.Late(today) {
			t.State, t.Tone = msg.F("期限超過（%s）", "overdue since %s", d.Due.Both()), web.Bad
		}
		tasks = append(tasks, t)
	}
	parts := []templ.Component{web.PageHead(web.Head{Title: titleTraining, Lead: msg.T("あなたが受ける研修と、これまでに受けた研修です。", "The courses you are to take, and those you have taken.")}), tabs("/training")}
	if len(tasks) == 0 {
		parts = append(parts, within(msg.T("受ける研修", "To take"), web.EmptyState(msg.T("今、受けなければならない研修はありません。", "There is no course you have to take now."))))
	} else {
		parts = append(parts, within(msg.T("受ける研修", "To take"), web.TaskList(tasks)))
	}
	parts = append(parts, within(msg.T("受けた研修", "Taken"), s.takenTable(done, names, r.Lang)))
	if len(results) > 0 {
		parts = append(parts, within(msg.T("標的型メール訓練の結果", "Your results in mail drills"), web.Para(msg.T("この結果は、あなたと、訓練を担当する方だけが見られます。", "Only you and those in charge of the drills can see these.")), ownTable(results, r.Lang)))
	}
	var more []web.Task
	for _, k := range courses {
		if !owed[k.Code] {
			more = append(more, web.Task{Title: msg.Same(k.Name), Href: courseHref(k.Code), Note: msg.Same(k.Summary), State: s.term("course_kind", k.Kind)})
		}
	}
	if len(more) > 0 {
		parts = append(parts, within(msg.T("そのほかの研修", "Other courses"), web.TaskList(more)))
	}
	return web.Page(titleTraining, web.Stack(parts...)), nil
}

// nameCourses adds the courses of completions that are over to those known.
func (s *Service) nameCourses(ctx context.Context, tx *db.Tx, names map[string]Course, done []Completion) error {
	var keys []string
	for _, c := range done {
		if _, known := names[c.Course]; !known {
			keys = append(keys, c.Course)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	d := s.c.Catalog.Must("course")
	recs, err := s.c.Catalog.Many(ctx, tx, d, keys)
	for key, rec := range recs {
		names[key] = Course{Code: key, Name: d.Str(rec.Row, "name")}
	}
	return err
}

func (s *Service) takenTable(done []Completion, names map[string]Course, lang msg.Lang) templ.Component {
	t := web.Table{ID: "taken", Caption: msg.T("受けた研修の一覧", "Courses taken"), Count: len(done), Empty: msg.T("まだ受けた研修はありません。", "You have taken no course yet."), Columns: []web.Column{
		{Title: msg.T("研修", "Course"), Head: true}, {Title: msg.T("受講日", "Date"), NoWrap: true}, {Title: msg.T("方法", "Way"), NoWrap: true},
		{Title: msg.T("得点", "Score"), Num: true}, {Title: msg.T("結果", "Result"), NoWrap: true}, {Title: titleCertificate, NoWrap: true}}}
	for _, c := range done {
		name := names[c.Course].Name
		if name == "" {
			name = c.Course
		}
		cert := web.Cell{}
		if c.Passed {
			cert = web.Cell{Text: msg.T("修了証を見る", "See it").In(lang), Href: "/training/certificate/" + url.PathEscape(c.Code)}
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: name, Note: c.Edition}, {Text: c.Date.Text(lang)}, {Text: s.term("training_way", c.Way).In(lang)},
			{Text: score(c.Score).In(lang)}, {Part: passed(c)}, cert}})
	}
	return web.TablePart(t)
}

func ownTable(results []ownResult, lang msg.Lang) templ.Component {
	t := web.Table{ID: "own-drills", Caption: msg.T("訓練の一覧", "Drills"), Count: len(results), Columns: []web.Column{
		{Title: msg.T("訓練", "Drill"), Head: true}, {Title: msg.T("実施日", "Date"), NoWrap: true}, {Title: msg.T("結果", "Result"), NoWrap: true}, {Title: msg.T("フォロー研修", "Follow-up"), NoWrap: true}}}
	for _, x := range results {
		word, tone := msg.T("開封しなかった", "Not opened"), web.Plain
		switch {
		case x.Opened:
			word, tone = msg.T("開封した", "Opened"), web.Warn
		case x.Reported:
			word, tone = msg.T("報告した", "Reported"), web.Good
		}
		follow := ""
		if x.Opened {
			follow = msg.T("未修了", "Not done").In(lang)
			if x.Followup != 0 {
				follow = msg.F("%sに修了", "done on %s", x.Followup.Both()).In(lang)
			}
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.drill}, {Text: x.held.Text(lang)}, {Part: web.Badge(word, tone)}, {Text: follow}}})
	}
	return web.TablePart(t)
}
