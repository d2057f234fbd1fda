package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"okite/internal/actor"
	"okite/internal/asset"
	"okite/internal/card"
	"okite/internal/check"
	"okite/internal/clause"
	"okite/internal/conform"
	"okite/internal/db"
	"okite/internal/digest"
	"okite/internal/digest/mail"
	"okite/internal/fault"
	"okite/internal/inbox"
	"okite/internal/ledger"
	"okite/internal/msg"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/parameter"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/selfcheck"
	"okite/internal/trail/trailpage"
	"okite/internal/training"
	"okite/internal/transfer"
	"okite/internal/web"
	"okite/internal/when"
	"okite/internal/yearplan"
)

// services are the modules with a state of their own.
type services struct {
	Org       *org.Service
	Policy    *policy.Service
	Notice    *notice.Service
	Digest    *digest.Service
	Year      *yearplan.Service
	Selfcheck *selfcheck.Service
	Card      *card.Service
	Training  *training.Service
	Transfer  *transfer.Service
	Ledger    *ledger.Service
	Inbox     *inbox.Service

	checking sync.Mutex
	conform  *conform.Service
	follows  bool
}

func serviceSchemas() []fs.FS {
	return []fs.FS{policy.Schema(), conform.Schema(), ledger.Schema(), notice.Schema(), transfer.Schema(), training.Schema(), mail.Schema(), digest.Schema()}
}

func (a *App) addActs() error {
	a.Acts.Add(ledger.Acts(a.Catalog)...)
	a.Org = org.New(org.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Calendar: a.Calendar})
	a.Acts.Add(a.Org.Acts()...)
	a.Policy = policy.New(policy.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Pack: a.Pack.Code, Results: a.results, Below: a.below})
	a.Acts.Add(a.Policy.Acts()...)
	a.Year = yearplan.New(yearplan.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Calendar: a.Calendar, Clean: a.clean})
	a.Acts.Add(a.Year.Acts()...)
	a.Digest = a.newDigest()
	a.Acts.Add(a.Digest.Acts()...)
	a.Notice = a.newNotice()
	a.Acts.Add(a.Notice.Acts()...)
	a.Selfcheck = a.newSelfcheck()
	a.Acts.Add(a.Selfcheck.Acts()...)
	a.Training = training.New(training.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate})
	a.Acts.Add(a.Training.Acts()...)
	a.Card = a.newCard()
	a.Acts.Add(a.Card.Acts()...)
	a.Transfer = transfer.New(transfer.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Calendar: a.Calendar})
	a.Acts.Add(a.Transfer.Acts()...)
	return nil
}

// Checks gives the checks with every register read and every verdict decided.
func (a *App) Checks(ctx context.Context) (*conform.Service, error) {
	a.checking.Lock()
	defer a.checking.Unlock()
	if a.conform != nil {
		return a.conform, nil
	}
	s, err := a.newConform()
	if err != nil {
		return nil, err
	}
	if err := s.Load(ctx); err != nil {
		return nil, err
	}
	a.conform = s
	return s, nil
}

// follow gives the checks as a site needs them: following every change from now on.
func (a *App) follow(ctx context.Context) (*conform.Service, error) {
	a.checking.Lock()
	defer a.checking.Unlock()
	if a.conform == nil {
		s, err := a.newConform()
		if err != nil {
			return nil, err
		}
		a.conform = s
	}
	if !a.follows {
		if err := a.conform.Start(context.WithoutCancel(ctx)); err != nil {
			return nil, err
		}
		a.follows = true
		a.ends = append(a.ends, func() {
			if err := a.conform.Close(); err != nil {
				a.Slog.Error("end checks", "err", err)
			}
		})
	}
	return a.conform, nil
}

func (a *App) newConform() (*conform.Service, error) {
	return conform.New(conform.Config{Store: a.Store, Catalog: a.Catalog, Checks: checks(), Joins: joins(), Calendar: a.Calendar, Log: a.Slog,
		Verified: func(context.Context) (int64, error) { n, _ := a.Log.Verified(); return n, nil }, Works: a.works})
}

// recordTitles names what is recorded without being an act of the registry.
var recordTitles = map[string]msg.Text{
	"signin.login": msg.T("ログイン", "Sign in"), "signin.logout": msg.T("ログアウト", "Sign out"), "signin.password": msg.T("パスワードの変更", "Change of password"),
	"signin.totp": msg.T("確認コードの設定", "Setting of the second factor"), "signin.link": msg.T("リンクの利用", "Use of a link"),
	"city.begin": msg.T("団体の開始", "Beginning of the municipality"), "demo.build": msg.T("体験用データの作成", "Building of the demonstration"),
	"mail.set":     msg.T("メールの設定の変更", "Change of the mail settings"),
	"token.create": msg.T("トークンの発行", "Making of a token"), "token.revoke": msg.T("トークンの失効", "Revocation of a token"),
	"account.create": msg.T("アカウントの作成", "Making of an account"), "account.link": msg.T("パスワード設定用リンクの発行", "Making of a link to set a password"),
	"account.close": msg.T("アカウントの停止", "Closing of an account"), "account.reopen": msg.T("アカウントの再開", "Reopening of an account"),
	"account.totp.reset": msg.T("確認コードの解除", "Reset of the second factor"),
}

// addRoutes adds the pages and the API of every module, in one list.
func (a *App) addRoutes(ctx context.Context, site *web.Site) error {
	s, err := a.follow(ctx)
	if err != nil {
		return err
	}
	a.Ledger = ledger.New(ledger.Config{Store: a.Store, Catalog: a.Catalog, Gate: a.Gate, Findings: a.findings, Guide: a.Notice.GuideFor, Choices: a.choices()})
	a.Inbox = inbox.New(inbox.Config{Links: digest.Links(), Sources: a.sources(), Sections: []inbox.Source{a.ofSection}, Store: a.Store, Calendar: a.Calendar, Kinds: inboxKinds(noticeKinds, moverKinds, cardKinds, org.ItemKinds, selfcheckKinds)})
	site.Badge = a.Inbox.Badge
	var routes []web.Route
	routes = append(routes, s.Routes()...)
	routes = append(routes, a.Policy.Routes()...)
	routes = append(routes, a.Transfer.Routes()...)
	routes = append(routes, a.Training.Routes()...)
	routes = append(routes, a.Selfcheck.Routes()...)
	routes = append(routes, a.Card.Routes()...)
	routes = append(routes, a.Inbox.Routes()...)
	routes = append(routes, a.Digest.Routes()...)
	routes = append(routes, a.Year.Routes()...)
	routes = append(routes, a.Notice.Routes()...)
	routes = append(routes, a.Ledger.Routes()...)
	routes = append(routes, trailpage.Routes(trailpage.Config{Store: a.Store, Log: a.Log, Gate: a.Gate, Catalog: a.Catalog, Titles: recordTitles})...)
	routes = append(routes, a.Org.Routes()...)
	routes = append(routes, org.Routes(org.PagesConfig{Store: a.Store, Catalog: a.Catalog, Calendar: a.Calendar, Acts: a.Acts, Owes: a.owes, Told: a.Notice.ToldHref, Account: a.account})...)
	routes = append(routes, parameter.Routes(parameter.Config{Store: a.Store, Catalog: a.Catalog, Checks: a.reads, Preview: a.preview})...)
	routes = append(routes, a.health()...)
	return site.Registry.Add(routes...)
}

// findings is what the checks say of a record, for its page.
func (a *App) findings(ctx context.Context, r ref.Ref) ([]ledger.Finding, error) {
	said, err := a.conform.About(ctx, r)
	if err != nil {
		return nil, err
	}
	var out []ledger.Finding
	for _, f := range said {
		out = append(out, ledger.Finding{CheckID: f.Check, Title: f.Title, Result: f.Result.String(), Since: f.Since, Reason: f.Reason, Href: f.Href})
	}
	return out, nil
}

// choices are what the forms of special acts offer for one record.
func (a *App) choices() func(ctx context.Context, tx *db.Tx, act, field, key string) ([]web.Option, bool, error) {
	offered := asset.Choices(a.Catalog)
	return func(ctx context.Context, tx *db.Tx, act, field, key string) (out []web.Option, known bool, err error) {
		list, known, err := offered(ctx, tx, act, field, key)
		for _, c := range list {
			out = append(out, web.Option{Value: c.Value, Label: c.Label, Note: c.Note})
		}
		return out, known, err
	}
}

// works says whether a person could use an address of the registers.
func (a *App) works(ctx context.Context, who actor.Actor, href string) (bool, error) {
	return a.Ledger.Works(ctx, who, href)
}

// owed is what the checks ask of a person, for the inbox (bp.5, bp.6).
func (a *App) owed(ctx context.Context, who actor.Actor, _ when.Date, limit int) ([]inbox.Item, int, error) {
	list, total, err := a.conform.Owed(ctx, who, limit)
	if err != nil {
		return nil, 0, err
	}
	out, err := a.mended(ctx, who, list)
	return out, total, err
}

// ofSection is what the checks ask of others in the units a person heads (bp.6).
func (a *App) ofSection(ctx context.Context, who actor.Actor, _ when.Date, limit int) ([]inbox.Item, int, error) {
	list, total, err := a.conform.OwedBySection(ctx, who, limit)
	if err != nil {
		return nil, 0, err
	}
	out, err := a.mended(ctx, who, list)
	return out, total, err
}

// mended makes items of findings, each with the button that mends it where the person could use it.
func (a *App) mended(ctx context.Context, who actor.Actor, list []conform.Owed) ([]inbox.Item, error) {
	days, err := a.escalation(ctx)
	if err != nil {
		return nil, err
	}
	mends := map[string]bool{}
	out := findingItems(list, days)
	for k, o := range list {
		if o.MendHref == "" {
			continue
		}
		kind := o.Check + " " + o.Subject.Register
		ok, asked := mends[kind] // who owes a thing owes it in their scope: one look at a kind is enough
		if !asked {
			if ok, err = a.works(ctx, who, o.MendHref); err != nil {
				return nil, err
			}
			mends[kind] = ok
		}
		if ok {
			out[k].Mend = web.Link{Title: o.MendLabel, Href: o.MendHref}
		}
	}
	return out, nil
}

// findingItems are findings as the inbox shows them. Each is due before it goes to the next role up, which it does
// after days (bp.8.2); 0 is no deadline.
func findingItems(list []conform.Owed, days int) (out []inbox.Item) {
	for _, o := range list {
		i := inbox.Item{Kind: "finding", Title: o.Title, Why: o.Reason, Href: o.Href, Subject: o.Subject, SubjectName: o.SubjectName, Since: o.Since,
			As: o.As, Bearer: o.Bearer, Clauses: o.Clauses, Group: o.Check, GroupTitle: o.Title, GroupHref: "/checks/" + o.Check}
		if days > 0 && o.Since != 0 {
			i.Due = o.Since.AddDays(days - 1)
		}
		out = append(out, i)
	}
	return out
}

// waiting is what the approval of a policy version asks of a person (bp.4).
func (a *App) waiting(ctx context.Context, who actor.Actor, day when.Date, limit int) (out []inbox.Item, total int, err error) {
	var list []policy.Item
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = a.Policy.Waiting(ctx, tx, who, day)
		return err
	})
	for _, i := range list {
		out = append(out, inbox.Item{Kind: i.Kind, Title: i.Title, Why: i.Why, Href: i.Href, Subject: i.Subject, Due: i.Due, Since: i.Since, As: inbox.AsHolder, Clauses: i.Clauses})
	}
	total = len(out)
	return out[:min(limit, total)], total, err
}

// downgrades are the applications to lower a class that a person may decide (bp.7).
func (a *App) downgrades(ctx context.Context, who actor.Actor, _ when.Date, limit int) (out []inbox.Item, total int, err error) {
	var list []asset.Pending
	err = a.Store.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = asset.Waiting(ctx, tx, a.Gate, a.Catalog, who)
		return err
	})
	for _, p := range list {
		i := inbox.Item{Kind: "decision", Title: msg.T("格下げの申請の決裁", "Decide an application to lower a class"), Why: msg.F("%sの申請：%s", "Applied for by %s: %s", p.ApplicantName, p.Reason),
			Href: "/registers/downgrade/" + p.Code, Subject: ref.New("asset", p.Asset), SubjectName: p.AssetName, Since: p.Applied, As: inbox.AsHolder, Clauses: clauses("bp.7")}
		if p.Standing {
			i.As = inbox.AsDeputy
		}
		out = append(out, i)
	}
	total = len(out)
	return out[:min(limit, total)], total, err
}

// owes is what a person has to do, for their page.
func (a *App) owes(ctx context.Context, person string, limit int) ([]org.Owed, int, error) {
	who, err := a.Person(ctx, person)
	if fault.As(err) != nil {
		return nil, 0, nil // has left: owes nothing any more
	}
	if err != nil {
		return nil, 0, err
	}
	list, total, err := a.conform.Owed(ctx, who, limit)
	var out []org.Owed
	for _, o := range list {
		out = append(out, org.Owed{Title: o.Title, Note: o.Reason, Href: o.Href})
	}
	return out, total, err
}

// account describes a person's account to themselves and to those who answer for the whole city.
func (a *App) account(ctx context.Context, tx *db.Tx, viewer actor.Actor, person string) ([]web.Entry, error) {
	if viewer.Person != person && !viewer.Has("chief") && !viewer.Has("admin") {
		return nil, nil
	}
	x, ok, err := a.Signin.Get(ctx, tx, person)
	if err != nil || !ok {
		return nil, err
	}
	lang := web.Lang(ctx)
	state, second := msg.T("有効", "Open"), msg.T("未設定", "Not set up")
	if x.Closed {
		state = msg.T("停止", "Closed")
	}
	if x.HasTOTP {
		second = msg.T("設定済み", "Set up")
	}
	return []web.Entry{{Label: msg.T("アカウント", "Account"), Text: state.In(lang)}, {Label: msg.T("確認コード", "Second factor"), Text: second.In(lang)}}, nil
}

// reads are the checks that read a parameter.
func (a *App) reads(code string) []parameter.Check {
	var out []parameter.Check
	for _, i := range a.conform.Reads(code) {
		out = append(out, parameter.Check{ID: i.ID, Title: i.Title, Href: "/checks/" + i.ID, Clauses: i.Clauses})
	}
	return out
}

// preview is what another value of a parameter would change today (bp.12).
func (a *App) preview(ctx context.Context, code string, value int64) ([]parameter.Effect, error) {
	list, err := a.conform.Preview(ctx, code, value)
	var out []parameter.Effect
	for _, e := range list {
		out = append(out, parameter.Effect{Check: parameter.Check{ID: e.ID, Title: e.Title, Href: "/checks/" + e.ID, Clauses: e.Clauses}, More: e.More, Less: e.Less})
	}
	return out, err
}

// results are the counts of a clause's checks, for the reader of the policy.
func (a *App) results(ctx context.Context, id clause.ID) web.Counts {
	if a.conform == nil {
		return web.Counts{}
	}
	c, err := a.conform.ClauseCounts(ctx, id)
	if err != nil {
		a.Slog.ErrorContext(ctx, "count results of a clause", "clause", id, "err", err)
		return web.Counts{}
	}
	return web.Counts{Compliant: int(c[check.Compliant]), Noncompliant: int(c[check.Noncompliant]), Undetermined: int(c[check.Undetermined]),
		Excepted: int(c[check.Excepted]), OutOfScope: int(c[check.OutOfScope]), NotDue: int(c[check.NotDue])}
}

// below is what the product binds to a clause: whoever changes it sees what must be decided again (bp.12).
func (a *App) below(id clause.ID) []policy.Thing {
	var out []policy.Thing
	for _, k := range checks() {
		if slices.Contains(k.Clauses, id) {
			out = append(out, policy.Thing{Kind: "check", ID: k.ID, Title: k.Title, Href: "/checks/" + k.ID})
		}
	}
	for _, d := range a.Catalog.All() {
		if slices.Contains(d.Clauses, id) {
			out = append(out, policy.Thing{Kind: "register", ID: d.Name, Title: d.Title, Href: "/registers/" + d.Name})
		}
	}
	for _, x := range a.Acts.All() {
		if slices.Contains(x.Clauses, id) {
			out = append(out, policy.Thing{Kind: "act", ID: x.ID, Title: x.Title})
		}
	}
	if a.Site != nil {
		for _, rt := range a.Site.Registry.Routes() {
			if rt.Nav != nil && slices.Contains(rt.Clauses, id) {
				href := strings.TrimSuffix(rt.Pattern, "{$}")
				out = append(out, policy.Thing{Kind: "page", ID: href, Title: rt.Title, Href: href})
			}
		}
	}
	return out
}

// health are the addresses by which machines ask whether the program is up and ready.
func (a *App) health() []web.Route {
	up := func(*web.Request) (web.Response, error) { return web.Text("ok\n"), nil }
	ready := func(r *web.Request) (web.Response, error) {
		err := a.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			var one int
			return tx.QueryRow(ctx, `SELECT 1`).Scan(&one)
		})
		select {
		case <-a.Store.Broken():
			err = errors.Join(err, errors.New("store is broken"))
		default:
		}
		if err != nil {
			return web.Response{}, fmt.Errorf("not ready: %w", err)
		}
		return web.Text("ready\n"), nil
	}
	op := func(id string, about msg.Text) *web.Operation {
		return &web.Operation{ID: id, Tag: "operation", Summary: about, Content: "text/plain"}
	}
	return []web.Route{
		{Method: "GET", Pattern: "/healthz", Title: msg.T("稼働の確認", "Health"), Rule: web.Anyone, API: op("health", msg.T("プログラムが動いている", "The process is up")), Page: up},
		{Method: "GET", Pattern: "/readyz", Title: msg.T("準備の確認", "Readiness"), Rule: web.Anyone, API: op("ready", msg.T("要求に答えられる", "Ready to serve")), Page: ready},
	}
}
