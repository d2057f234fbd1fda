package training

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

func sessionHref(code string) string { return "/training/session/" + url.PathEscape(code) }

func (s *Service) sessionsPage(r *web.Request) (web.Response, error) {
	var list []Session
	counts := map[string]int{}
	var names register.Labels
	may := false
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if list, err = register.Load[Session](ctx, tx, s.c.Catalog.Must("session")); err != nil {
			return err
		}
		type count struct {
			session string
			n       int
		}
		got, err := db.Rows(ctx, tx, func(r *sql.Rows) (x count, err error) { return x, r.Scan(&x.session, &x.n) },
			`SELECT session, COUNT(*) FROM reg_completion WHERE session <> '' AND NOT ended GROUP BY session`)
		if err != nil {
			return fmt.Errorf("count attendance: %w", err)
		}
		for _, x := range got {
			counts[x.session] = x.n
		}
		var refs []ref.Ref
		for _, x := range list {
			refs = append(refs, ref.New("course", x.Course))
		}
		if names, err = s.c.Catalog.Names(ctx, tx, refs...); err != nil {
			return err
		}
		may, err = s.decides(ctx, tx, r.Actor, "session.create")
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	slices.SortStableFunc(list, func(a, b Session) int { return int(b.Date - a.Date) })
	head := web.Head{Crumbs: crumbs(), Title: titleSessions, Lead: msg.T("集合研修の開催ごとに、出席した方を記録します。名簿のファイルがあるときは、受講の記録の台帳に取り込めます。",
		"Who attended is recorded session by session. A list in a file can be imported into the register of completions.")}
	if may {
		head.Links = []web.Link{{Title: msg.T("開催を登録する", "Register a session"), Href: "/registers/session/new", Main: true}, {Title: msg.T("名簿を取り込む", "Import a list"), Href: "/registers/completion/import"}}
	}
	page := max(r.QueryInt("page", 1), 1)
	from := min((page-1)*rowsPerPage, len(list))
	t := web.Table{ID: "sessions", Caption: msg.T("開催の一覧", "Sessions"), Count: len(list), Empty: msg.T("集合研修の開催は登録されていません。", "No session is registered."), Columns: []web.Column{
		{Title: msg.T("開催名", "Session"), Head: true}, {Title: msg.T("研修", "Course")}, {Title: msg.T("開催日", "Held on"), NoWrap: true}, {Title: msg.T("会場", "Place")}, {Title: msg.T("出席", "Attended"), Num: true}}}
	for _, x := range list[from:min(from+rowsPerPage, len(list))] {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Name, Href: sessionHref(x.Code)}, {Text: names[ref.New("course", x.Course)]}, {Text: x.Date.Text(r.Lang)}, {Text: x.Place}, {Text: web.Number(counts[x.Code])}}})
	}
	return web.Page(titleSessions, web.Stack(web.PageHead(head), tabs("/training/session"), web.TablePart(t),
		web.PagingPart(web.Paging{Page: page, Size: rowsPerPage, Total: len(list), Href: func(p int) string { return r.With("page", itoa(p)) }}))).In("/training"), nil
}

// candidate is somebody who may have attended.
type candidate struct{ code, name, title string }

// attendance is what the page of a session shows.
type attendance struct {
	Session
	course string
	unit   string
	list   []candidate
	there  map[string]bool
	chart  *org.Chart
	may    bool
	today  when.Date
}

// maxCandidates bounds how many people one page offers.
const maxCandidates = 300

func (s *Service) attendance(r *web.Request) (a attendance, err error) {
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if a.Session, _, err = get[Session](ctx, tx, s.c.Catalog, "session", r.Path("session")); err != nil {
			return err
		}
		a.today = when.Of(tx.Now())
		if a.course, err = s.c.Catalog.Label(ctx, tx, ref.New("course", a.Course)); err != nil {
			return err
		}
		if a.there, err = s.attended(ctx, tx, a.Code); err != nil {
			return err
		}
		if a.chart, err = org.ReadChart(ctx, tx, s.c.Catalog, a.today); err != nil {
			return err
		}
		if a.may, err = s.decides(ctx, tx, r.Actor, "training.attend"); err != nil {
			return err
		}
		if a.unit = r.Query("unit"); a.unit == "" {
			a.unit = a.Unit
		}
		if r.FormHas("unit") {
			a.unit = r.Form("unit")
		}
		if a.unit == "" {
			return nil
		}
		a.list, err = db.Rows(ctx, tx, func(r *sql.Rows) (x candidate, err error) { return x, r.Scan(&x.code, &x.name, &x.title) },
			`SELECT code, name, title FROM reg_person WHERE unit = $1 AND joined <> '' AND joined <= $2 AND ("left" = '' OR "left" >= $2) ORDER BY kana, code LIMIT $3`,
			a.unit, a.Date.String(), maxCandidates+1)
		if err != nil {
			return fmt.Errorf("read people of %s: %w", a.unit, err)
		}
		return nil
	})
	return a, err
}

func (s *Service) attendPage(r *web.Request) (web.Response, error) {
	a, err := s.attendance(r)
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: crumbs(web.Link{Title: titleSessions, Href: "/training/session"}), Title: msg.Same(a.Name), Facts: []msg.Text{msg.Same(a.course), a.Date.Both(), msg.F("出席 %d人", "%d attended", len(a.there))}}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary()}
	switch {
	case !a.may:
		parts = append(parts, web.Banner(web.Info, msg.T("出席を記録する権限がありません。", "You may not record attendance.")))
	case a.Date > a.today:
		parts = append(parts, web.Banner(web.Info, msg.F("開催日は%sです。出席は、その日から記録できます。", "The session is on %s; attendance can be recorded from that day.", a.Date.Both())))
	default:
		parts = append(parts, web.FilterPart(web.Filter{Action: sessionHref(a.Code), Fields: []web.Field{
			{Name: "unit", Label: msg.T("組織", "Unit"), Kind: web.SelectField, Value: a.unit, Options: unitOptions(a.chart, "", 0), Any: msg.T("組織を選ぶ", "Choose a unit")}}}))
		parts = append(parts, attendForm(a, r.Lang)...)
	}
	return web.Page(titleAttend, web.Stack(parts...)).In("/training"), nil
}

func unitOptions(ch *org.Chart, above string, depth int) []web.Option {
	var out []web.Option
	if depth > 10 {
		return nil
	}
	for _, u := range ch.Below(above) {
		out = append(out, web.Option{Value: u.Code, Label: msg.Same(strings.Repeat("　", depth) + u.Name)})
		out = append(out, unitOptions(ch, u.Code, depth+1)...)
	}
	return out
}

func attendForm(a attendance, lang msg.Lang) []templ.Component {
	if a.unit == "" {
		return []templ.Component{web.EmptyState(msg.T("組織を選ぶと、その組織の職員等が表示されます。", "Choose a unit to see its people."))}
	}
	var out []templ.Component
	list := a.list
	if len(list) > maxCandidates {
		list = list[:maxCandidates]
		out = append(out, web.Banner(web.Warn, msg.F("人数が多いため、最初の%d人だけを表示しています。残りの方は、名簿の取込みで記録してください。", "Only the first %d people are shown. Record the others by importing a list.", maxCandidates)))
	}
	t := web.Table{ID: "people", Caption: msg.T("まだ記録のない方", "Not on record yet"), Select: "people", Empty: msg.T("この組織の方は、全員の出席が記録されています。", "Everybody of this unit is on record."), Columns: []web.Column{
		{Title: msg.T("氏名", "Name"), Head: true}, {Title: msg.T("職名", "Job title")}, {Title: msg.T("職員番号", "Person no."), NoWrap: true}}}
	for _, p := range list {
		if !a.there[p.code] {
			t.Rows = append(t.Rows, web.Row{Key: p.code, Cells: []web.Cell{{Text: p.name}, {Text: p.title}, {Text: p.code}}})
		}
	}
	t.Count = len(t.Rows)
	if len(t.Rows) == 0 {
		return append(out, web.TablePart(t))
	}
	return append(out, under(web.FormPart(web.Form{Action: sessionHref(a.Code) + "/confirm", Hidden: [][2]string{{"unit", a.unit}}, Label: titleAttend,
		Buttons: []web.Button{{Title: msg.T("選んだ方を確かめる", "Check the choice"), Tone: web.Good}}}), web.TablePart(t)))
}

// confirmPage shows whom the tick marks name, before anything is recorded.
func (s *Service) confirmPage(r *web.Request) (web.Response, error) {
	if err := r.FormFields("people", "unit"); err != nil {
		return web.Response{}, err
	}
	a, err := s.attendance(r)
	if err != nil {
		return web.Response{}, err
	}
	chosen := r.FormAll("people")
	if len(chosen) == 0 {
		return web.Response{}, fault.At("people", msg.T("出席した方を選んでください。", "Choose who attended."))
	}
	names := map[string]string{}
	for _, p := range a.list {
		names[p.code] = p.name
	}
	f := web.Form{Action: sessionHref(a.Code), Label: titleAttend, Hidden: [][2]string{{"unit", a.unit}, {"people", strings.Join(chosen, " ")}}, Cancel: web.Link{Href: sessionHref(a.Code) + "?unit=" + url.QueryEscape(a.unit)},
		Buttons: []web.Button{{Title: msg.F("%d人の出席を記録する", "Record %d people", len(chosen)), Tone: web.Good}}}
	var who []string
	for _, key := range chosen {
		if names[key] == "" {
			return web.Response{}, fault.At("people", msg.F("職員番号「%s」の方は、この組織にいません。", "“%s” is not of this unit.", key))
		}
		who = append(who, names[key])
	}
	sep := "、"
	if r.Lang == msg.EN {
		sep = ", "
	}
	entries := []web.Entry{{Label: msg.T("開催名", "Session"), Text: a.Name}, {Label: msg.T("研修", "Course"), Text: a.course}, {Label: msg.T("受講日", "Date"), Text: a.Date.Text(r.Lang)}, {Label: msg.T("人数", "People"), Text: itoa(len(chosen))}, {Label: msg.T("出席した方", "Who attended"), Text: strings.Join(who, sep)}}
	return web.Page(titleAttend, web.Confirm(web.Head{Crumbs: crumbs(web.Link{Title: titleSessions, Href: "/training/session"}, web.Link{Title: msg.Same(a.Name), Href: sessionHref(a.Code)}), Title: msg.T("出席を記録する前の確認", "Before it is recorded"),
		Lead: msg.T("次の方を、この研修を修了した方として記録します。", "These people are recorded as having passed the course.")}, entries, f)).In("/training"), nil
}

func (s *Service) recordAttendance(r *web.Request) (web.Response, error) {
	if err := r.FormFields("people", "unit"); err != nil {
		return web.Response{}, err
	}
	people := r.Form("people")
	if _, err := s.run(r, "training.attend", act.Input{"session": r.Path("session"), "people": people}, ""); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(sessionHref(r.Path("session"))+"?unit="+url.QueryEscape(r.Form("unit")), msg.F("%d人の出席を記録しました。", "%d people were recorded.", len(strings.Fields(people)))), nil
}
