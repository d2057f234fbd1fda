package training

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/web"
	"okite/internal/when"
)

// player is a course with its material, as the pages of e-learning show it.
type player struct {
	Course
	lessons   []Lesson
	questions []Question
	open      bool // may be taken today
}

func (s *Service) player(r *web.Request) (p player, err error) {
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if p.Course, _, err = get[Course](ctx, tx, s.c.Catalog, "course", r.Path("course")); err != nil {
			return err
		}
		p.open = org.LiveOn(p.From, p.Until, when.Of(tx.Now()))
		if p.lessons, err = s.lessons(ctx, tx, p.Code); err != nil {
			return err
		}
		p.questions, err = s.questions(ctx, tx, p.Code)
		return err
	})
	return p, err
}

func (p player) href() string            { return courseHref(p.Code) }
func (p player) lessonHref(n int) string { return p.href() + "/lesson/" + itoa(n) }
func (p player) testHref() string        { return p.href() + "/test" }

func (p player) crumb() web.Link { return web.Link{Title: msg.Same(p.Name), Href: p.href()} }

// steps are the pages of the course with how far one has come: at is the lesson, from 0; len(lessons) is the test.
func (p player) steps(at int) templ.Component {
	var out []web.Step
	for i := range p.lessons {
		out = append(out, web.Step{Title: msg.F("教材%d", "Lesson %d", i+1)})
	}
	out = append(out, web.Step{Title: p.lastTitle()})
	for i := range out {
		switch {
		case i < at:
			out[i].State = web.StepDone
		case i == at:
			out[i].State = web.StepNow
		}
	}
	return web.Steps(out)
}

func (p player) lastTitle() msg.Text {
	if len(p.questions) == 0 {
		return msg.T("受講の完了", "Finish")
	}
	return titleTest
}

func (s *Service) coursePage(r *web.Request) (web.Response, error) {
	p, err := s.player(r)
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: crumbs(), Title: msg.Same(p.Name), Lead: msg.Same(p.Summary), Facts: []msg.Text{s.term("course_kind", p.Kind), msg.F("教材の版：%s", "Edition: %s", p.Edition)}}
	entries := []web.Entry{{Label: msg.T("教材", "Material"), Text: msg.F("%dページ", "%d pages", len(p.lessons)).In(r.Lang)}}
	if n := len(p.questions); n > 0 {
		entries = append(entries, web.Entry{Label: titleTest, Text: msg.F("%d問（%d点以上で修了）", "%d questions, passed with %d points", n, p.passMark()).In(r.Lang)})
	} else {
		entries = append(entries, web.Entry{Label: titleTest, Text: msg.T("ありません。教材を読み終えたら修了です。", "None. Whoever has read the material has finished.").In(r.Lang)})
	}
	if len(p.Roles) > 0 {
		var roles []string
		for _, c := range p.Roles {
			roles = append(roles, s.term("role", c).In(r.Lang))
		}
		sep := "、"
		if r.Lang == msg.EN {
			sep = "; "
		}
		entries = append(entries, web.Entry{Label: msg.T("受講する役割", "Roles that take it"), Text: strings.Join(roles, sep)})
	}
	if p.Source != "" {
		entries = append(entries, web.Entry{Label: msg.T("教材の出所", "Source of the material"), Text: p.Source})
	}
	parts := []templ.Component{web.PageHead(head), web.SummaryList(entries)}
	switch {
	case !p.open:
		parts = append(parts, web.Banner(web.Info, msg.T("この研修は、今は受けられません。", "This course cannot be taken now.")))
	case len(p.lessons)+len(p.questions) == 0:
		parts = append(parts, web.EmptyState(msg.T("この研修は集合研修で行います。教材は登録されていません。", "This course is given in sessions; no material is registered.")))
	default:
		to := p.testHref()
		if len(p.lessons) > 0 {
			to = p.lessonHref(1)
		}
		parts = append(parts, web.ButtonLink(web.Link{Title: msg.T("受講を始める", "Begin"), Href: to, Main: true}))
		var tasks []web.Task
		for i, l := range p.lessons {
			tasks = append(tasks, web.Task{Title: msg.Same(l.Name), Href: p.lessonHref(i + 1), State: msg.F("教材%d", "Lesson %d", i+1)})
		}
		if len(tasks) > 0 {
			parts = append(parts, within(msg.T("目次", "Contents"), web.TaskList(tasks)))
		}
	}
	return web.Page(msg.Same(p.Name), web.Stack(parts...)).In("/training"), nil
}

func (s *Service) lessonPage(r *web.Request) (web.Response, error) {
	p, err := s.player(r)
	if err != nil {
		return web.Response{}, err
	}
	n, err := strconv.Atoi(r.Path("lesson"))
	if err != nil || n < 1 || n > len(p.lessons) {
		return web.Response{}, web.NotFound()
	}
	l := p.lessons[n-1]
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: crumbs(p.crumb()), Title: msg.Same(l.Name), Facts: []msg.Text{msg.F("%d / %dページ", "page %d of %d", n, len(p.lessons))}}), p.steps(n - 1)}
	parts = append(parts, paragraphs(l.Text)...)
	next := web.Link{Title: msg.T("次のページへ", "Next page"), Href: p.lessonHref(n + 1), Main: true}
	if n == len(p.lessons) {
		next = web.Link{Title: msg.F("「%s」へ進む", "Go on: %s", p.lastTitle()), Href: p.testHref(), Main: true}
	}
	back := web.Link{Title: msg.T("前のページへ", "Page before"), Href: p.href()}
	if n > 1 {
		back.Href = p.lessonHref(n - 1)
	}
	if p.open || n < len(p.lessons) {
		parts = append(parts, links(next, back))
	} else {
		parts = append(parts, links(back))
	}
	return web.Page(msg.Same(l.Name), web.Stack(parts...)).In("/training"), nil
}

// fieldOf is a question as a field. Only the question and its choices are sent to the reader.
func fieldOf(i int, q Question) web.Field {
	f := web.Field{Name: q.Code, Label: msg.F("問%d　%s", "Question %d: %s", i+1, q.Text), Kind: web.RadioField, Required: true}
	if q.several() {
		f.Kind, f.Help = web.ChecksField, msg.T("当てはまるものをすべて選んでください。", "Choose all that fit.")
	}
	for n, c := range q.choices() {
		f.Options = append(f.Options, web.Option{Value: itoa(n + 1), Label: msg.Same(c)})
	}
	return f
}

func (s *Service) testPage(r *web.Request) (web.Response, error) {
	p, err := s.player(r)
	if err != nil {
		return web.Response{}, err
	}
	title, lead := p.lastTitle(), msg.F("%d点以上で修了です。何度でも受け直せます。", "Passed with %d points. You may try as often as you like.", p.passMark())
	f := web.Form{Action: p.testHref(), Label: title, Buttons: []web.Button{{Title: msg.T("解答を送る", "Send the answers"), Tone: web.Good}}, Cancel: web.Link{Href: p.href()}}
	for i, q := range p.questions {
		f.Fields = append(f.Fields, fieldOf(i, q))
	}
	if len(p.questions) == 0 {
		lead = msg.T("教材をすべて読み終えたら、受講を完了してください。今日の日付で記録されます。", "When you have read all of the material, finish the course. It is recorded with today’s date.")
		f.Buttons[0].Title = msg.T("読み終えたので完了する", "I have read it: finish")
	}
	return web.Page(title, web.Stack(web.PageHead(web.Head{Crumbs: crumbs(p.crumb()), Title: title, Lead: lead}), web.ErrorSummary(), p.steps(len(p.lessons)), web.FormPart(f))).In("/training"), nil
}

// sendTest hands the answers in; they are judged where they are kept.
func (s *Service) sendTest(r *web.Request) (web.Response, error) {
	p, err := s.player(r)
	if err != nil {
		return web.Response{}, err
	}
	var names []string
	given := map[string]string{}
	for _, q := range p.questions {
		names = append(names, q.Code)
		given[q.Code] = strings.Join(r.FormAll(q.Code), " ")
	}
	if err := r.FormFields(names...); err != nil {
		return web.Response{}, err
	}
	in := act.Input{"course": p.Code}
	if len(given) > 0 {
		b, err := json.Marshal(given)
		if err != nil {
			return web.Response{}, fmt.Errorf("write answers: %w", err)
		}
		in["answers"] = string(b)
	}
	rec, err := s.run(r, "training.answer", in, "")
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/training/result/"+url.PathEscape(rec.Key), msg.Text{}), nil
}

// mine reads a completion for the person it is about, or for those who keep the register; to all others it is not there.
func (s *Service) mine(ctx context.Context, tx *db.Tx, who actor.Actor, key string) (Completion, error) {
	c, _, err := get[Completion](ctx, tx, s.c.Catalog, "completion", key)
	if err != nil || c.Person != "" && c.Person == who.Person {
		return c, err
	}
	ok, err := s.decides(ctx, tx, who, "completion.change")
	if err == nil && !ok {
		err = web.NotFound()
	}
	return c, err
}

type answered struct {
	question string
	hit      bool
}

func (s *Service) resultPage(r *web.Request) (web.Response, error) {
	var c Completion
	var k Course
	var qs []Question
	hits := map[string]bool{}
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if c, err = s.mine(ctx, tx, r.Actor, r.Path("completion")); err != nil {
			return err
		}
		if k, _, err = get[Course](ctx, tx, s.c.Catalog, "course", c.Course); err != nil {
			return err
		}
		if qs, err = s.questions(ctx, tx, k.Code); err != nil {
			return err
		}
		list, err := db.Rows(ctx, tx, func(r *sql.Rows) (x answered, err error) { return x, r.Scan(&x.question, &x.hit) },
			`SELECT question, hit FROM training_answer WHERE completion = $1`, c.Code)
		for _, a := range list {
			hits[a.question] = a.hit
		}
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	title := msg.F("「%s」を修了しました", "You have passed “%s”", k.Name)
	if !c.Passed {
		title = msg.F("「%s」は合格点に達しませんでした", "You have not passed “%s” yet", k.Name)
	}
	entries := []web.Entry{{Label: msg.T("受講日", "Date"), Text: c.Date.Text(r.Lang)}}
	if c.Score != nil {
		entries = append(entries, web.Entry{Label: msg.T("得点", "Score"), Text: msg.F("%d点（合格点 %d点）", "%d points, %d needed", *c.Score, k.passMark()).In(r.Lang)})
	}
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: crumbs(web.Link{Title: msg.Same(k.Name), Href: courseHref(k.Code)}), Title: title, Badge: passed(c)}), web.SummaryList(entries)}
	if len(hits) > 0 {
		parts = append(parts, within(msg.T("問ごとの結果", "Question by question"), answersTable(qs, hits, c.Passed, r.Lang)))
	}
	home := web.Link{Title: msg.T("わたしの研修へ戻る", "Back to my training"), Href: "/training"}
	if c.Passed {
		parts = append(parts, links(web.Link{Title: msg.T("修了証を見る", "See the certificate"), Href: "/training/certificate/" + url.PathEscape(c.Code), Main: true}, home))
	} else {
		parts = append(parts, links(web.Link{Title: msg.T("もう一度受ける", "Try again"), Href: courseHref(k.Code) + "/test", Main: true},
			web.Link{Title: msg.T("教材を読み直す", "Read the material again"), Href: courseHref(k.Code)}, home))
	}
	return web.Page(title, web.Stack(parts...)).In("/training"), nil
}

// answersTable tells which answers were right. What is right is told only to whoever has passed: until then it would
// answer the next try.
func answersTable(qs []Question, hits map[string]bool, passed bool, lang msg.Lang) templ.Component {
	t := web.Table{ID: "answers", Caption: msg.T("解答の一覧", "Answers"), Count: -1, Columns: []web.Column{{Title: msg.T("問い", "Question"), Head: true}, {Title: msg.T("結果", "Result"), NoWrap: true}}}
	if passed {
		t.Columns = append(t.Columns, web.Column{Title: msg.T("正答と解説", "What is right")})
	}
	for i, q := range qs {
		hit, known := hits[q.Code]
		if !known {
			continue // asked since
		}
		word, tone := msg.T("誤り", "Wrong"), web.Warn
		if hit {
			word, tone = msg.T("正解", "Right"), web.Good
		}
		cells := []web.Cell{{Text: msg.F("問%d　%s", "%d. %s", i+1, q.Text).In(lang)}, {Part: web.Badge(word, tone)}}
		if passed {
			var right []string
			ns, _ := q.numbers(q.Right)
			for n, c := range q.choices() {
				if slices.Contains(ns, n+1) {
					right = append(right, c)
				}
			}
			cells = append(cells, web.Cell{Text: strings.Join(right, "／"), Note: q.Explanation})
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return web.TablePart(t)
}

// certificatePage is a sheet to be printed.
func (s *Service) certificatePage(r *web.Request) (web.Response, error) {
	var c Completion
	var k Course
	var p org.Person
	var unit, city string
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if c, err = s.mine(ctx, tx, r.Actor, r.Path("completion")); err != nil {
			return err
		}
		if !c.Passed {
			return web.NotFound()
		}
		if k, _, err = get[Course](ctx, tx, s.c.Catalog, "course", c.Course); err != nil {
			return err
		}
		if p, err = s.person(ctx, tx, c.Person); err != nil {
			return err
		}
		ch, err := org.ReadChart(ctx, tx, s.c.Catalog, when.Of(tx.Now()))
		if err != nil {
			return err
		}
		unit = ch.PathName(p.Unit)
		return tx.QueryRow(ctx, `SELECT COALESCE(MAX(name), '') FROM reg_city`).Scan(&city)
	})
	if err != nil {
		return web.Response{}, err
	}
	entries := []web.Entry{{Label: msg.T("氏名", "Name"), Text: p.Name}, {Label: msg.T("所属", "Unit"), Text: unit}, {Label: msg.T("研修", "Course"), Text: k.Name},
		{Label: msg.T("受講日", "Date"), Text: c.Date.Text(r.Lang)}, {Label: msg.T("受講の方法", "Way"), Text: s.term("training_way", c.Way).In(r.Lang)}, {Label: msg.T("教材の版", "Edition of the material"), Text: c.Edition}}
	if c.Score != nil {
		entries = append(entries, web.Entry{Label: msg.T("得点", "Score"), Text: score(c.Score).In(r.Lang)})
	}
	return web.Page(titleCertificate, web.Stack(
		web.PrintHead(web.Sheet{Date: c.Date.Text(r.Lang), Number: c.Code}),
		web.PageHead(web.Head{Crumbs: crumbs(), Title: titleCertificate, Lead: msg.F("%sの情報セキュリティの研修を修了したことを証します。", "This certifies that a course of %s on information security was passed.", city)}),
		web.SummaryList(entries))).In("/training"), nil
}
