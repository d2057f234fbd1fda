package selfcheck

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/web"
	"okite/internal/when"
)

// shown is a response with what its page needs.
type shown struct {
	Response
	campaign            Campaign
	items               []Item
	who, section, sheet string
	by, confirmer       string
	decide, undo        string // acts by which the viewer could decide it, or take its confirmation back
	withdraw, second    bool
	own, listed         bool
}

// look reads a response as somebody may see it: who answers it, who decides it, whoever takes the second look, and those
// who answer for the whole city.
func (s *Service) look(ctx context.Context, tx *db.Tx, r *web.Request) (x shown, err error) {
	if x.Response, _, err = s.response(ctx, tx, r.Path("code")); err != nil {
		return x, err
	}
	if x.campaign, _, err = s.campaign(ctx, tx, x.Campaign); err != nil {
		return x, err
	}
	x.own = answersFor(r.Actor, x.Response)
	if x.decide, err = s.decideBy(ctx, tx, r.Actor, x.Response); err != nil {
		return x, err
	}
	if x.undo, err = s.undoBy(ctx, tx, r.Actor, x.Response, x.campaign); err != nil {
		return x, err
	}
	in, err := s.within(ctx, tx, r.Actor)
	if err != nil {
		return x, err
	}
	x.listed = in == nil || in[x.Section]
	if !x.own && !x.listed && x.decide == "" {
		return x, web.NotFound()
	}
	x.second = x.Sampled && s.c.Gate.May(ctx, tx, r.Actor, "selfcheck.recheck", act.Input{"response": x.Code}) == nil && s.maySecond(ctx, tx, r.Actor, x.Response) == nil
	x.withdraw = x.campaign.State == Open && x.State != string(Done) && x.State != string(Dropped) && x.Person != r.Actor.Person && x.By != r.Actor.Person &&
		s.c.Gate.May(ctx, tx, r.Actor, "selfcheck.withdraw", act.Input{"response": x.Code}) == nil
	if x.items, err = s.items(ctx, tx, x.Sheet); err != nil {
		return x, err
	}
	who := ref.New("person", x.Person)
	if x.Unit != "" {
		who = ref.New("unit", x.Unit)
	}
	refs := []ref.Ref{who, ref.New("unit", x.Section), ref.New("checksheet", x.Sheet)}
	for _, p := range []string{x.By, x.Confirmer, x.RecheckBy} {
		if p != "" {
			refs = append(refs, ref.New("person", p))
		}
	}
	names, err := s.c.Catalog.Names(ctx, tx, refs...)
	if err != nil {
		return x, err
	}
	name := func(r ref.Ref) string {
		if n := names[r]; n != "" || r.Key == "" {
			return n
		}
		return r.Key
	}
	x.who, x.section, x.sheet = name(who), name(refs[1]), name(refs[2])
	x.by, x.confirmer = name(ref.New("person", x.By)), name(ref.New("person", x.Confirmer))
	return x, nil
}

// viewPage shows what was answered beside what the checks find, to who answered and to who confirms (bp.11).
func (s *Service) viewPage(r *web.Request) (web.Response, error) {
	var x shown
	err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) (err error) {
		x, err = s.look(ctx, tx, r)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	found, err := s.findings(r.Context(), x.items)
	if err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Crumbs: []web.Link{{Title: titleSelf, Href: "/selfcheck"}, {Title: msg.Same(x.campaign.Name)}, {Title: msg.Same(x.who)}}, Title: msg.Same(x.who), Badge: s.stateBadge(x.State),
		Facts: []msg.Text{msg.Same(x.campaign.Name), msg.Same(x.sheet), msg.Same(x.section), msg.F("期限 %s", "due %s", x.campaign.Due.Both())}}
	if x.own && x.campaign.State == Open && x.campaign.Opens <= today && !x.Answered() && x.State != string(Dropped) {
		head.Links = []web.Link{{Title: msg.T("回答する", "Answer"), Href: answerHref(x.Code), Main: true}}
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Class: msg.T("機密性2", "Confidentiality 2"), Number: x.Code, Date: today.Text(r.Lang)}), web.PageHead(head), web.ErrorSummary()}
	var about []web.Entry
	add := func(label msg.Text, text string) {
		if text != "" {
			about = append(about, web.Entry{Label: label, Text: text})
		}
	}
	if x.Submitted != 0 {
		add(msg.T("提出", "Handed in"), msg.F("%s（%s）", "%s (%s)", x.Submitted.Both(), x.by).In(r.Lang))
	}
	if x.Confirmed != 0 {
		add(titleConfirm, msg.F("%s（%s）", "%s (%s)", x.Confirmed.Both(), x.confirmer).In(r.Lang))
	}
	add(msg.T("差戻しの理由", "Why it was sent back"), x.Comment)
	if x.Sampled {
		t := msg.T("抽出されています（未実施）", "drawn, not taken yet")
		if x.Recheck != "" {
			t = msg.F("%s（%s）", "%s (%s)", s.term("recheck_verdict", x.Recheck), x.RecheckOn.Both())
		}
		add(titleSample, t.In(r.Lang))
		add(msg.T("再点検の所見", "What the second look found"), x.RecheckNote)
	}
	if about != nil {
		parts = append(parts, web.SummaryList(about))
	}
	parts = append(parts, s.answersTable(x, found, r.Lang))
	parts = append(parts, s.decisions(x)...)
	return web.Page(titleView, web.Stack(parts...)).In("/selfcheck"), nil
}

// answersTable sets each answer beside its evidence and what the checks find.
func (s *Service) answersTable(x shown, found []Finding, lang msg.Lang) templ.Component {
	t := web.Table{ID: "answers", Caption: msg.T("回答", "Answers"), Count: len(x.items), Empty: msg.T("点検項目がありません。", "There are no items."), Columns: []web.Column{
		{Title: msg.T("問い", "Question"), Head: true}, {Title: msg.T("答え", "Answer"), NoWrap: true}, {Title: msg.T("根拠・補足", "Evidence and note")}, {Title: msg.T("検査の結果", "What the checks find")}}}
	have, a := byItem(Unpack(x.Answers)), newAgainst(found)
	for n, i := range x.items {
		got := have[i.Code]
		row := web.Row{Cells: []web.Cell{{Text: fmt.Sprintf("%d　%s", n+1, i.Text)}, {Text: answerWord(got.Value).In(lang)}, evidenceCell(got, s), {Text: "–"}}}
		switch f, wrong := a.of(x.Response, i); {
		case len(i.Checks) == 0 || got.Value != Yes:
		case s.c.Findings == nil:
			row.Cells[3].Text = msg.T("確かめられません", "cannot be told").In(lang)
		case wrong:
			row.Cells[3] = web.Cell{Text: msg.F("不一致：%s", "Mismatch: %s", web.ResultWord(f.Result)).In(lang), Href: f.Href, Note: f.Reason.In(lang), Tone: web.Bad}
		default:
			row.Cells[3].Text = msg.T("一致", "Agrees").In(lang)
		}
		t.Rows = append(t.Rows, row)
	}
	return web.TablePart(t)
}

// answerWord is an answer in words.
func answerWord(v Value) msg.Text {
	switch v {
	case Yes:
		return msg.T("はい", "Yes")
	case No:
		return msg.T("いいえ", "No")
	case None:
		return msg.T("該当なし", "Not applicable")
	}
	return msg.T("未回答", "No answer")
}

// evidenceCell shows the evidence, as a link when it names a record.
func evidenceCell(a Answer, s *Service) web.Cell {
	c := web.Cell{Text: a.Evidence, Note: a.Note}
	if a.Evidence == "" {
		return web.Cell{Text: a.Note}
	}
	if register, key, ok := strings.Cut(a.Evidence, ":"); ok {
		if d, known := s.c.Catalog.Get(register); known && !strings.ContainsAny(key, " /?#") {
			c.Text, c.Href = d.Title.JA+" "+key, "/registers/"+register+"/"+key
		}
	}
	return c
}

// decisions are what the viewer can do with a response.
func (s *Service) decisions(x shown) []templ.Component {
	var out []templ.Component
	action := viewHref(x.Code)
	if x.decide != "" {
		out = append(out, part(titleDecide, web.FormPart(web.Form{Action: action, Label: titleDecide, Hidden: [][2]string{{"seen", x.Hash()}},
			Fields:  []web.Field{{Name: "note", Label: msg.T("差し戻すときの理由", "Why, when you send it back"), Kind: web.LongField, Rows: 3, Max: 1000, Optional: true}},
			Buttons: []web.Button{{Title: titleConfirm, Name: "do", Value: "confirm", Tone: web.Good}, {Title: titleReturn, Name: "do", Value: "return"}}})))
	}
	if x.undo != "" {
		out = append(out, part(titleUndo, web.FormPart(web.Form{Action: action, Label: titleUndo, Fields: []web.Field{undoReason()}, Buttons: []web.Button{{Title: titleUndo, Name: "do", Value: "undo"}}})))
	}
	if x.second {
		out = append(out, part(titleRecheck, web.FormPart(web.Form{Action: action, Label: titleRecheck,
			Fields: []web.Field{{Name: "verdict", Label: msg.T("再点検の結果", "What you found"), Kind: web.RadioField, Value: x.Recheck, Required: true, Options: []web.Option{
				{Value: Agrees, Label: s.term("recheck_verdict", Agrees)}, {Value: Differs, Label: s.term("recheck_verdict", Differs)}}},
				{Name: "note", Label: msg.T("所見", "Findings"), Help: msg.T("回答と異なるときは必ず入力します。", "Needed when it is not as answered."), Kind: web.LongField, Rows: 3, Value: x.RecheckNote, Max: 1000}},
			Buttons: []web.Button{{Title: titleRecheck, Name: "do", Value: "recheck", Tone: web.Good}}})))
	}
	if x.withdraw {
		out = append(out, part(titleWithdraw, web.FormPart(web.Form{Action: action, Label: titleWithdraw,
			Fields:  []web.Field{{Name: "reason", Label: msg.T("取り下げる理由", "Why it is withdrawn"), Help: msg.T("長期の休職など、回答する必要がなくなったときに取り下げます。", "When nobody has to answer it any more, as on long leave."), Max: 200}},
			Buttons: []web.Button{{Title: titleWithdraw, Name: "do", Value: "withdraw", Tone: web.Bad, Ask: msg.T("この回答票を取り下げます。元に戻せません。よろしいですか。", "The sheet is withdrawn for good. Go on?")}}})))
	}
	return out
}

// viewPost confirms, sends back, withdraws or takes the second look.
func (s *Service) viewPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("do", "seen", "note", "verdict", "reason"); err != nil {
		return web.Response{}, err
	}
	code := r.Path("code")
	in, opt := act.Input{"response": code}, act.Options{IdempotencyKey: r.IdempotencyKey}
	var id string
	var said msg.Text
	switch do := r.Form("do"); do {
	case "confirm", "return":
		err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) error {
			x, _, err := s.response(ctx, tx, code)
			if err == nil {
				id, err = s.decideBy(ctx, tx, r.Actor, x)
			}
			return err
		})
		if err != nil {
			return web.Response{}, err
		}
		if id == "" {
			id = "selfcheck.decide" // which refuses, and records that it did
		}
		in["decision"], in["seen"], in["note"] = do, r.Form("seen"), r.Form("note")
		said = msg.T("回答を確認しました。", "The answers were confirmed.")
		if do == "return" {
			said = msg.T("回答を差し戻しました。", "The sheet was sent back.")
		}
	case "undo":
		id, said, opt.Reason = "selfcheck.undo", msg.T("確認を取り消しました。", "The confirmation was taken back."), r.Form("reason")
		err := s.view(r, func(ctx context.Context, tx *db.Tx, _ when.Date) error {
			x, _, err := s.response(ctx, tx, code)
			if err != nil {
				return err
			}
			c, _, err := s.campaign(ctx, tx, x.Campaign)
			if err != nil {
				return err
			}
			by, err := s.undoBy(ctx, tx, r.Actor, x, c)
			id, in = cmp.Or(by, id), act.Input{"campaign": x.Campaign, "unit": x.Section, "responses": code}
			return err
		})
		if err != nil {
			return web.Response{}, err
		}
	case "recheck":
		id, said = "selfcheck.recheck", msg.T("再点検の結果を記録しました。", "The second look was recorded.")
		in["verdict"], in["note"] = r.Form("verdict"), r.Form("note")
	case "withdraw":
		id, said = "selfcheck.withdraw", msg.T("回答票を取り下げました。", "The sheet was withdrawn.")
		opt.Reason = r.Form("reason")
	default:
		return web.Response{}, fault.New(fault.Invalid, msg.T("操作を選んでください。", "Choose what to do."))
	}
	if _, err := s.c.Gate.Run(r.Context(), id, in, opt); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(viewHref(code), said), nil
}
