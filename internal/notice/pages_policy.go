package notice

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/policy"
	"okite/internal/web"
	"okite/internal/when"
)

// receiving is what the page of the policy shows somebody: the version in force, whether they have received it, and
// the one they received last before it.
type receiving struct {
	v      policy.Version
	ok     bool
	ack    policy.Ack // of this version; zero when there is none
	before policy.Version
}

func (s *Service) receiving(ctx context.Context, tx *db.Tx, person string, today when.Date) (x receiving, err error) {
	if x.v, x.ok, err = s.inForce(ctx, tx, today); err != nil || !x.ok || person == "" {
		return x, err
	}
	acks, err := s.acksOf(ctx, tx, "person", person)
	if err != nil {
		return x, err
	}
	var last policy.Ack
	for _, a := range acks {
		switch {
		case a.Version == x.v.Code:
			x.ack = a
		case a.Date >= last.Date:
			last = a
		}
	}
	if last.Version != "" {
		x.before, _, err = s.version(ctx, tx, last.Version)
	}
	return x, err
}

func (s *Service) version(ctx context.Context, tx *db.Tx, code string) (v policy.Version, ok bool, err error) {
	vs, err := s.versions(ctx, tx)
	i := slices.IndexFunc(vs, func(v policy.Version) bool { return v.Code == code })
	if err != nil || i < 0 {
		return v, false, err
	}
	return vs[i], true, nil
}

// policyPage shows the policy in force with what has changed since the reader received it, clause by clause, and takes
// the receipt with one click (bp.0).
func (s *Service) policyPage(r *web.Request) (web.Response, error) {
	var x receiving
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		x, err = s.receiving(ctx, tx, r.Actor.Person, today)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: []web.Link{{Title: titleNotices, Href: "/notices"}, {Title: titlePolicy}}, Title: titlePolicy}
	if !x.ok {
		return web.Page(titlePolicy, web.Stack(web.PageHead(head), web.EmptyState(msg.T("施行中の基本方針はありません。", "No basic policy is in force.")))).In("/notices"), nil
	}
	head.Facts = []msg.Text{msg.Same(x.v.Name), msg.F("施行日 %s", "in force from %s", x.v.From.Both())}
	head.Badge = web.Badge(msg.T("未了", "To do"), web.Warn)
	if x.ack.Code != "" {
		head.Badge = web.Badge(msg.T("了知済み", "Received"), web.Good)
		head.Facts = append(head.Facts, msg.F("%sに了知", "received on %s", x.ack.Date.Both()))
	}
	head.Lead = msg.T("施行中の基本方針です。本文を読み、「了知」を押してください。", "This is the basic policy in force. Read it and press “Received”.")
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary()}
	receive := func(label msg.Text) templ.Component {
		if x.ack.Code != "" {
			return templ.NopComponent
		}
		return web.FormPart(web.Form{Action: "/notices/policy", Hidden: [][2]string{{"version", x.v.Code}}, Label: label, Buttons: []web.Button{{Title: msg.T("了知", "Received"), Tone: web.Good}}})
	}
	parts = append(parts, receive(titlePolicy))
	if x.before.Code != "" {
		d, err := s.c.Policy.Diff(r.Context(), x.before.Code, x.v.Code)
		if err != nil {
			return web.Response{}, err
		}
		parts = append(parts, section(msg.F("「%s」からの変更点", "What changed since “%s”", x.before.Name), changesPart(d, r.Lang)))
	}
	full, err := s.c.Policy.Get(r.Context(), x.v.Code)
	if err != nil {
		return web.Response{}, err
	}
	parts = append(parts, section(msg.T("本文", "The text"), clausesPart(full), receive(msg.T("本文を読んだ後の了知", "Received, after reading")), web.ButtonLink(web.Link{Title: msg.T("判定や台帳とあわせて読む", "Read it with checks and registers"), Href: "/policy/" + x.v.Code})))
	return web.Page(titlePolicy, web.Stack(parts...)).In("/notices"), nil
}

// changesPart is what has changed, clause by clause.
func changesPart(d policy.Difference, lang msg.Lang) templ.Component {
	if len(d.Clauses) == 0 {
		return web.Para(msg.T("条項の文章に変更はありません。", "No words of the clauses have changed."))
	}
	var list []web.Change
	for _, c := range d.Clauses {
		var x web.Change
		if c.Old != nil {
			x.Label, x.Old = c.Old.Number+" "+c.Old.Title, c.Old.Text
		}
		if c.New != nil {
			x.Label, x.New = c.New.Number+" "+c.New.Title, c.New.Text
		}
		if c.Kind == policy.Moved {
			x.Label += msg.F("（以前は%s）", " (was %s)", c.Old.Number).In(lang)
		}
		list = append(list, x)
	}
	return web.Stack(web.Para(msg.F("%s件の条項が変わりました。変わっていない条項は%s件です。", "%s clauses have changed, %s have not.", web.Number(len(list)), web.Number(d.Same))),
		web.DiffTable(msg.T("変わった条項", "Clauses that changed"), list))
}

// clausesPart is the text, folded below what has changed.
func clausesPart(full policy.Imported) templ.Component {
	var parts []templ.Component
	for _, c := range full.Clauses {
		text := c.Title
		if c.Text != "" {
			text = strings.TrimSpace(c.Title + "\n" + c.Text)
		}
		parts = append(parts, web.Quote(msg.Same(c.Number), text))
	}
	return fold(msg.F("%sの全文を読む", "Read the whole of %s", full.Document.Title), parts...)
}

// policyPost takes the receipt.
func (s *Service) policyPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("version"); err != nil {
		return web.Response{}, err
	}
	var x receiving
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		x, err = s.receiving(ctx, tx, r.Actor.Person, today)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	if x.ack.Code == "" || x.v.Code != r.Form("version") {
		if _, err := s.c.Gate.Run(r.Context(), "ack.receive", act.Input{"version": r.Form("version")}, act.Options{}); err != nil {
			return web.Response{}, err
		}
	}
	return web.Redirect("/notices", msg.T("ポリシーの了知を記録しました。", "It is recorded that you have received the policy.")), nil
}

// pledgePage shows the words of a pledge and takes it (bp.5).
func (s *Service) pledgePage(r *web.Request) (web.Response, error) {
	var v policy.Version
	var ok bool
	var mine []Pledge
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) (err error) {
		if v, ok, err = s.inForce(ctx, tx, today); err != nil {
			return err
		}
		mine, err = s.pledgesOf(ctx, tx, r.Actor.Person)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	head := web.PageHead(web.Head{Crumbs: []web.Link{{Title: titleNotices, Href: "/notices"}, {Title: titlePledge}}, Title: titlePledge,
		Lead: msg.T("職員等は、採用のときに、ポリシーを守ることを誓約します。読んで、間違いがなければ誓約してください。", "Everybody pledges to keep the policy when they join. Read the words, and give the pledge if you mean it.")})
	if !ok {
		return web.Page(titlePledge, web.Stack(head, web.EmptyState(msg.T("施行中の基本方針がないため、誓約できません。", "No basic policy is in force to be pledged.")))).In("/notices"), nil
	}
	kind := r.Query("kind")
	if !slices.Contains([]string{Joining, Renewal, Leaving}, kind) {
		kind = Joining
		if slices.ContainsFunc(mine, func(p Pledge) bool { return p.Kind == Joining && (p.Way == OnScreen || p.Paper != "") }) {
			kind = Renewal
		}
	}
	var tabs []web.Tab
	for _, k := range []string{Joining, Renewal, Leaving} {
		tabs = append(tabs, web.Tab{Title: s.term("pledge_kind", k), Href: "/notices/pledge?kind=" + k, Count: -1, Current: k == kind})
	}
	text := Words(kind, v)
	parts := []templ.Component{head, web.ErrorSummary(), web.Tabs(msg.T("誓約の種別", "Kind of pledge"), tabs)}
	if r.Lang == msg.EN {
		parts = append(parts, web.Para(msg.T("誓約するのは日本語の文章です。", "The Japanese words are what you pledge. They mean:")), web.Para(msg.Same(text.EN)))
	}
	parts = append(parts, words(text.JA))
	done := slices.IndexFunc(mine, func(p Pledge) bool {
		return p.Kind == kind && p.Version == v.Code && (p.Way == OnScreen || p.Paper != "")
	})
	if done >= 0 {
		parts = append(parts, web.Banner(web.Good, msg.F("この誓約は%sに済んでいます。", "You gave this pledge on %s.", mine[done].Date.Both())))
	} else {
		parts = append(parts, web.FormPart(web.Form{Action: "/notices/pledge?kind=" + kind, Hidden: [][2]string{{"kind", kind}, {"sha256", wordsHash(text)}}, Label: titlePledge, Buttons: []web.Button{{Title: msg.T("誓約する", "Give the pledge"), Tone: web.Good}}}))
	}
	t := web.Table{ID: "pledges", Caption: msg.T("あなたの誓約", "Your pledges"), Count: len(mine), Empty: msg.T("誓約の記録はまだありません。", "There are no pledges yet."), Columns: []web.Column{{Title: msg.T("種別", "Kind"), Head: true}, {Title: msg.T("誓約した日", "Date"), NoWrap: true}, {Title: msg.T("方法", "How")}}}
	for _, p := range mine {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: s.term("pledge_kind", p.Kind).In(r.Lang)}, {Text: p.Date.Text(r.Lang)}, {Text: s.term("pledge_way", p.Way).In(r.Lang)}}})
	}
	parts = append(parts, web.TablePart(t))
	return web.Page(titlePledge, web.Stack(parts...)).In("/notices"), nil
}

func (s *Service) pledgePost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("kind", "sha256"); err != nil {
		return web.Response{}, err
	}
	if _, err := s.c.Gate.Run(r.Context(), "pledge.sign", act.Input{"kind": r.Form("kind"), "sha256": r.Form("sha256")}, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/notices", msg.T("誓約を記録しました。", "Your pledge is recorded.")), nil
}

// company is a contractor that has a live contract and has not received the policy.
type company struct {
	code, name string
	from       when.Date
}

// waitingCompanies are the contractors whose receipt is missing.
func (s *Service) waitingCompanies(ctx context.Context, tx *db.Tx, version string, today when.Date) ([]company, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (c company, err error) {
		var from string
		if err = r.Scan(&c.code, &c.name, &from); err == nil {
			c.from, err = day(from)
		}
		return c, err
	}, `SELECT o.code, o.name, MIN(c."from") FROM reg_contractor o JOIN reg_contract c ON c.contractor = o.code
WHERE NOT o.ended AND NOT c.ended AND c."from" <= $2 AND (c."until" = '' OR c."until" >= $2)
AND NOT EXISTS (SELECT 1 FROM reg_ack a WHERE a.contractor = o.code AND a.version = $1 AND NOT a.ended) GROUP BY o.code, o.name ORDER BY MIN(c."from"), o.code`, version, today.String())
	if err != nil {
		return nil, fmt.Errorf("read contractors that wait: %w", err)
	}
	return out, nil
}

// contractorsPage lists the companies whose receipt of the policy is missing, to be recorded together (bp.0, bp.5).
func (s *Service) contractorsPage(r *web.Request) (web.Response, error) {
	var v policy.Version
	var ok bool
	var list []company
	if err := s.view(r, func(ctx context.Context, tx *db.Tx, today when.Date) error {
		may, err := s.c.Gate.Decides(ctx, tx, r.Actor, "ack.contractor")
		if err != nil || !may {
			return orDenied(err)
		}
		if v, ok, err = s.inForce(ctx, tx, today); err != nil || !ok {
			return err
		}
		list, err = s.waitingCompanies(ctx, tx, v.Code, today)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	today := when.Of(r.Now())
	head := web.Head{Crumbs: []web.Link{{Title: titleNotices, Href: "/notices"}, {Title: titleContractors}}, Title: titleContractors,
		Lead: msg.T("契約中の委託事業者のうち、施行中の基本方針を受け取った記録がないものです。受領書やメールで確かめてから記録してください。", "Contractors with a live contract and no receipt of the basic policy in force. Record it when you have their receipt in hand.")}
	if ok {
		head.Facts = []msg.Text{msg.Same(v.Name)}
	}
	if len(list) == 0 {
		return web.Page(titleContractors, web.Stack(web.PageHead(head), web.EmptyState(msg.T("受領を待っている委託事業者はありません。", "No contractor is waited for.")))).In("/notices"), nil
	}
	f := web.Field{Name: "contractors", Label: msg.T("受け取った委託事業者", "Contractors that have received it"), Kind: web.ChecksField, Required: true}
	const most = 200
	for _, c := range list[:min(most, len(list))] {
		f.Options = append(f.Options, web.Option{Value: c.code, Label: msg.F("%s（%s）", "%s (%s)", c.name, c.code), Note: msg.F("契約の開始 %s", "under contract since %s", c.from.Both())})
	}
	form := web.Form{Action: "/notices/contractors", Label: titleContractors, Hidden: [][2]string{{"version", v.Code}}, Cancel: web.Link{Href: "/notices/sent"}, Buttons: []web.Button{{Title: msg.T("受領を記録する", "Record the receipts"), Tone: web.Good}},
		Fields: []web.Field{f, {Name: "date", Label: msg.T("受領日", "Date"), Kind: web.DateField, Required: true, Value: today.String()}, {Name: "reason", Label: msg.T("確かめた方法", "How it was checked"), Kind: web.LongField, Rows: 2, Required: true, Help: msg.T("記録に残ります（例：受領書の文書番号）。", "It is kept in the record, such as the number of the paper.")}}}
	return web.Page(titleContractors, web.Stack(web.PageHead(head), web.ErrorSummary(), web.FormPart(form))).In("/notices"), nil
}

func (s *Service) contractorsPost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("version", "contractors", "date", "reason"); err != nil {
		return web.Response{}, err
	}
	in := act.Input{"version": r.Form("version"), "contractors": strings.Join(r.FormAll("contractors"), ";"), "date": r.Form("date")}
	if _, err := s.c.Gate.Run(r.Context(), "ack.contractor", in, act.Options{IdempotencyKey: r.IdempotencyKey, Reason: r.Form("reason")}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/notices/contractors", msg.T("受領を記録しました。", "The receipts are recorded.")), nil
}
