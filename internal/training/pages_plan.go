package training

import (
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/flow"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

func planHref(code string) string { return "/training/plan/" + url.PathEscape(code) }

func planState(p Plan) templ.Component {
	tone := web.Info
	switch flow.State(p.State) {
	case Approved:
		tone = web.Good
	case Withdrawn:
		tone = web.Plain
	}
	return web.Badge(stateTitles[flow.State(p.State)], tone)
}

func (s *Service) plansPage(r *web.Request) (web.Response, error) {
	var plans []Plan
	var due string
	may := false
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if plans, err = register.Load[Plan](ctx, tx, s.c.Catalog.Must("trainingplan")); err != nil {
			return err
		}
		pd := s.c.Catalog.Must("parameter")
		if rec, ok, err := s.c.Catalog.One(ctx, tx, pd, "N.plan"); err != nil {
			return err
		} else if ok {
			due = pd.Str(rec.Row, "text")
		}
		may, err = s.decides(ctx, tx, r.Actor, "trainingplan.create")
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	slices.SortStableFunc(plans, func(a, b Plan) int { return int(b.FY - a.FY) })
	fy := when.Of(r.Now()).FY()
	head := web.Head{Crumbs: crumbs(), Title: titlePlan, Lead: msg.T("年度ごとに計画を立てて承認を受け、結果をその年度の委員会に報告します。", "Each year a plan is made and approved, and its result is reported to the committee in the same year.")}
	if due != "" {
		head.Facts = []msg.Text{msg.F("計画を決める期日：%s", "Decided by: %s", monthDay(due))}
	}
	if may {
		head.Links = []web.Link{{Title: msg.T("計画を立てる", "Make a plan"), Href: "/registers/trainingplan/new?fy=" + itoa(fy), Main: true}}
	}
	t := web.Table{ID: "plans", Caption: msg.T("研修計画の一覧", "Training plans"), Count: len(plans), Empty: msg.T("研修計画はまだありません。", "There is no training plan yet."), Columns: []web.Column{
		{Title: msg.T("件名", "Subject"), Head: true}, {Title: msg.T("年度", "Fiscal year"), NoWrap: true}, {Title: msg.T("状態", "State"), NoWrap: true}, {Title: msg.T("承認日", "Approved"), NoWrap: true}, {Title: msg.T("結果の報告", "Result"), NoWrap: true}}}
	for _, p := range plans {
		told := msg.Text{}
		switch {
		case p.Meeting != "":
			told = msg.T("報告済み", "Reported")
		case p.State == string(Approved):
			told = msg.T("未報告", "Not reported yet")
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: p.Name, Href: planHref(p.Code)}, {Text: yearName(p.FY).In(r.Lang)}, {Part: planState(p)}, {Text: p.Approved.Text(r.Lang)}, {Text: told.In(r.Lang)}}})
	}
	return web.Page(titlePlan, web.Stack(web.PageHead(head), tabs("/training/plan"), web.TablePart(t))).In("/training"), nil
}

// monthDay is a month and day, as 06-30, in words.
func monthDay(s string) msg.Text {
	d, err := when.Parse("2000-" + s)
	if err != nil {
		return msg.Same(s)
	}
	t := d.Time()
	return msg.Text{JA: t.Format("1月2日"), EN: t.Format("2 January")}
}

// planView is what the page of a plan shows.
type planView struct {
	Plan
	steps    []string
	report   bool
	meetings []org.Meeting
	names    register.Labels
}

func (s *Service) planView(r *web.Request) (v planView, err error) {
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if v.Plan, _, err = get[Plan](ctx, tx, s.c.Catalog, "trainingplan", r.Path("plan")); err != nil {
			return err
		}
		if v.steps, err = s.steps(ctx, tx, r.Actor, v.Plan); err != nil {
			return err
		}
		if v.report, err = s.decides(ctx, tx, r.Actor, "training.plan.report"); err != nil {
			return err
		}
		if v.report = v.report && v.State == string(Approved); v.report {
			all, err := register.Load[org.Meeting](ctx, tx, s.c.Catalog.Must("meeting"))
			if err != nil {
				return err
			}
			for _, m := range all {
				if has(m.Agenda, "training") && int64(m.Date.FY()) == v.FY {
					v.meetings = append(v.meetings, m)
				}
			}
			slices.SortStableFunc(v.meetings, func(a, b org.Meeting) int { return int(b.Date - a.Date) })
		}
		refs := []ref.Ref{ref.New("person", v.Applicant), ref.New("person", v.Approver), ref.New("meeting", v.Meeting)}
		for _, m := range v.meetings {
			refs = append(refs, ref.New("committee", m.Committee))
		}
		v.names, err = s.c.Catalog.Names(ctx, tx, slices.DeleteFunc(refs, func(x ref.Ref) bool { return x.Key == "" })...)
		return err
	})
	return v, err
}

func (s *Service) planPage(r *web.Request) (web.Response, error) {
	v, err := s.planView(r)
	if err != nil {
		return web.Response{}, err
	}
	name := func(register, key string) string {
		if n := v.names[ref.New(register, key)]; n != "" {
			return n
		}
		return key
	}
	head := web.Head{Crumbs: crumbs(web.Link{Title: titlePlan, Href: "/training/plan"}), Title: msg.Same(v.Name), Badge: planState(v.Plan), Facts: []msg.Text{yearName(v.FY)}}
	if v.State == string(Draft) && slices.Contains(v.steps, "submit") {
		head.Links = []web.Link{{Title: msg.T("内容を変更する", "Change it"), Href: "/registers/trainingplan/" + url.PathEscape(v.Code) + "/edit"}}
	}
	at := slices.Index([]flow.State{Draft, Submitted, Approved}, flow.State(v.State))
	var steps []web.Step
	for i, st := range []flow.State{Draft, Submitted, Approved} {
		step := web.Step{Title: stateTitles[st]}
		switch {
		case i < at || at == 2:
			step.State = web.StepDone
		case i == at:
			step.State = web.StepNow
		}
		steps = append(steps, step)
	}
	entries := []web.Entry{}
	for _, e := range []web.Entry{{Label: msg.T("申請した職員", "Applicant"), Text: name("person", v.Applicant)}, {Label: msg.T("申請日", "Applied"), Text: v.Applied.Text(r.Lang)},
		{Label: msg.T("承認した職員", "Approver"), Text: name("person", v.Approver)}, {Label: msg.T("承認日", "Approved"), Text: v.Approved.Text(r.Lang)}, {Label: msg.T("結果を報告した会議", "Meeting that heard the result"), Text: v.Meeting, Href: meetingHref(v.Meeting)}} {
		if e.Text != "" {
			entries = append(entries, e)
		}
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: when.Of(r.Now()).Text(r.Lang), Number: v.Code}), web.PageHead(head), web.ErrorSummary()}
	if v.State != string(Withdrawn) {
		parts = append(parts, web.Steps(steps))
	}
	if len(entries) > 0 {
		parts = append(parts, web.SummaryList(entries))
	}
	parts = append(parts, within(msg.T("計画の内容", "What is planned"), paragraphs(v.Content)...))
	if v.Result != "" {
		parts = append(parts, within(msg.T("実施の結果", "Result"), paragraphs(v.Result)...))
	}
	forms := 0
	for _, name := range v.steps {
		parts = append(parts, within(planTitles[name], planForm(v.Plan, name)))
		forms++
	}
	if v.report {
		parts = append(parts, within(msg.T("結果の報告の記録", "Record the report of the result"), s.reportForm(v, r.Lang)))
		forms++
	}
	if forms == 0 && (v.State == string(Draft) || v.State == string(Submitted)) {
		parts = append(parts, web.Para(msg.T("今、あなたが行える手続はありません。", "There is nothing for you to do here now.")))
	}
	return web.Page(msg.Same(v.Name), web.Stack(parts...)).In("/training"), nil
}

func meetingHref(key string) string {
	if key == "" {
		return ""
	}
	return "/registers/meeting/" + url.PathEscape(key)
}

var planTitles = map[string]msg.Text{"submit": titleSubmit, "approve": titleApprove, "return": titleReturn, "withdraw": titleWithdraw}

// planForm is one step. The hash says which content was seen.
func planForm(p Plan, name string) templ.Component {
	f := web.Form{Action: planHref(p.Code), Hidden: [][2]string{{"step", name}, {"seen", p.hash()}}, Label: planTitles[name], Buttons: []web.Button{{Title: planTitles[name], Tone: web.Good}}}
	switch name {
	case "approve":
		f.Fields = append(f.Fields, web.Field{Name: "approve.date", Label: msg.T("決裁日", "Date of the decision"), Kind: web.DateField, Optional: true, Help: msg.T("空欄は今日です。既に紙で決裁した計画は、その日を入力します。", "Empty: today. For a plan decided on paper enter that day.")})
	case "return":
		f.Buttons[0].Tone = web.Plain
	case "withdraw":
		f.Buttons[0].Tone, f.Buttons[0].Ask = web.Bad, msg.T("この計画を取り下げます。元に戻すことはできません。よろしいですか。", "The plan will be withdrawn for good. Go on?")
	}
	f.Fields = append(f.Fields, web.Field{Name: name + ".reason", Label: msg.T("理由", "Reason"), Kind: web.LongField, Rows: 2, Required: name != "submit", Optional: name == "submit", Help: msg.T("記録に残ります。", "It is kept in the record.")})
	return web.FormPart(f)
}

func (s *Service) reportForm(v planView, lang msg.Lang) templ.Component {
	var options []web.Option
	for _, m := range v.meetings {
		options = append(options, web.Option{Value: m.Code, Label: msg.F("%s（%s）", "%s (%s)", v.names[ref.New("committee", m.Committee)], m.Date.Both())})
	}
	if len(options) == 0 {
		return web.EmptyState(msg.T("この年度に、研修を議題とした会議がまだ登録されていません。", "No meeting of this year that treated training is registered yet."), web.Link{Title: msg.T("会議を登録する", "Register a meeting"), Href: "/registers/meeting/new"})
	}
	return web.FormPart(web.Form{Action: planHref(v.Code), Hidden: [][2]string{{"step", "report"}}, Label: msg.T("結果の報告の記録", "Record the report of the result"), Buttons: []web.Button{{Title: msg.T("報告を記録する", "Record the report"), Tone: web.Good}}, Fields: []web.Field{
		{Name: "report.meeting", Label: msg.T("結果を報告した会議", "Meeting that heard the result"), Kind: web.SelectField, Options: options, Value: v.Meeting, Required: true},
		{Name: "report.result", Label: msg.T("実施の結果", "Result"), Kind: web.LongField, Rows: 4, Value: v.Result, Required: true, Max: 4000}}})
}

// decidePlan makes one step. The fields of its form carry its name.
func (s *Service) decidePlan(r *web.Request) (web.Response, error) {
	step := r.Form("step")
	if _, known := planTitles[step]; !known && step != "report" {
		return web.Response{}, fault.New(fault.Invalid, msg.T("この手続はありません。", "There is no such step."))
	}
	if err := r.FormFields("step", "seen", step+"."); err != nil {
		return web.Response{}, err
	}
	in := act.Input{"plan": r.Path("plan")}
	reason := ""
	switch step {
	case "report":
		in["meeting"], in["result"] = r.Form("report.meeting"), r.Form("report.result")
	case "approve":
		if d := r.Form("approve.date"); d != "" {
			in["date"] = d
		}
		fallthrough
	default:
		in["seen"] = r.Form("seen")
		if reason = r.Form(step + ".reason"); reason == "" && step != "submit" {
			return web.Response{}, fault.At(step+".reason", msg.T("理由を入力してください。", "Please give the reason."))
		}
	}
	_, err := s.run(r, "training.plan."+step, in, reason)
	if f := fault.As(err); f != nil {
		for i := range f.Fields { // at the field of the form
			f.Fields[i].Name = step + "." + f.Fields[i].Name
		}
	}
	if err != nil {
		return web.Response{}, err
	}
	title := planTitles[step]
	if step == "report" {
		title = msg.T("結果の報告", "report of the result")
	}
	return web.Redirect(planHref(r.Path("plan")), msg.F("「%s」を記録しました。", "Recorded: %s.", title)), nil
}
