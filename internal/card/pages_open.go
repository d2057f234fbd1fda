package card

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

// accountFields are what opening an account asks for.
var accountFields = []string{"login", "system", "kind", "person", "exception"}

// choice is what the form for a new account offers.
type choice struct {
	systems, exceptions []web.Option
}

// choices are the systems somebody opens accounts of, and the exceptions that allow sharing in them.
func (s *Service) choices(r *web.Request) (x choice, err error) {
	today := when.Of(r.Now())
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		x = choice{}
		list, err := db.Rows(ctx, tx, func(r *sql.Rows) (o [2]string, err error) { return o, r.Scan(&o[0], &o[1]) }, `SELECT code, name FROM reg_system WHERE NOT ended ORDER BY name, code`)
		if err != nil {
			return fmt.Errorf("read systems: %w", err)
		}
		mine := map[string]string{}
		for _, y := range list {
			ok, err := allowed(s.c.Gate.May(ctx, tx, r.Actor, actOpen, act.Input{"system": y[0]}))
			if err != nil {
				return err
			}
			if ok {
				mine["system:"+y[0]] = y[1]
				x.systems = append(x.systems, web.Option{Value: y[0], Label: msg.Same(y[1])})
			}
		}
		d := s.c.Catalog.Must("exception")
		for rec, err := range s.c.Catalog.Each(ctx, tx, d, register.Query{Filters: map[string][]string{"check": {"R089"}}}) {
			if err != nil {
				return err
			}
			e := register.Decode[policy.Exception](d, rec.Row)
			if name := mine[e.Subject]; name != "" && e.Holds(today) {
				x.exceptions = append(x.exceptions, web.Option{Value: e.Code, Label: msg.F("%s（%s、%sまで）", "%s (%s, until %s)", e.Code, name, e.Until.Both())})
			}
		}
		return nil
	})
	return x, err
}

// openPage is the form for a new account.
func (s *Service) openPage(r *web.Request) (web.Response, error) {
	x, err := s.choices(r)
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: accountCrumbs(titleOpen), Title: titleOpen, Lead: msg.T("登録する前に、検査の判定がどうなるかを表示します。", "Before it is recorded you see what the checks will say.")}
	if len(x.systems) == 0 {
		return web.Page(titleOpen, web.Stack(web.PageHead(head), web.ErrorSummary(), web.Banner(web.Info, msg.T("発行は、情報システムごとに、その情報システム管理者が記録します。", "The manager of each system opens its accounts.")))).In("/cards"), nil
	}
	var kinds []web.Option
	for _, t := range s.c.Catalog.Pack().Vocab("userid_kind").Terms {
		kinds = append(kinds, web.Option{Value: t.Code, Label: t.Title, Note: t.Note})
	}
	system := ""
	if len(x.systems) == 1 {
		system = x.systems[0].Value
	}
	fields := []web.Field{{Name: "system", Label: msg.T("情報システム", "System"), Kind: web.SelectField, Required: true, Value: cmp.Or(r.Query("system"), system), Options: x.systems},
		{Name: "login", Label: msg.T("利用者ID", "Login name"), Required: true, Width: 20, AsIs: true}, {Name: "kind", Label: msg.T("IDの種類", "Kind of account"), Kind: web.RadioField, Required: true, Value: Personal, Options: kinds},
		{Name: "person", Label: msg.T("使う職員の職員番号", "Person no."), Help: msg.T("共用とシステムのIDは、責任を負う職員です。", "Of a shared or machine account, who answers for it."), Value: r.Query("person"), Width: 16, AsIs: true}}
	if len(x.exceptions) > 0 {
		fields = append(fields, web.Field{Name: "exception", Label: msg.T("共用を認めた例外措置", "Exception that allows sharing"), Kind: web.SelectField, Any: msg.T("なし", "None"), Options: x.exceptions})
	}
	return web.Page(titleOpen, web.Stack(web.PageHead(head), web.ErrorSummary(), web.FormPart(web.Form{Action: "/cards/accounts/new", Label: titleOpen, Guard: true, Fields: fields,
		Buttons: []web.Button{{Title: msg.T("内容を確認する", "Look at it first"), Tone: web.Good}}, Cancel: web.Link{Href: "/cards/accounts"}}))).In("/cards"), nil
}

// typedAccount is the account that a form describes.
func typedAccount(r *web.Request) (Account, error) {
	a := Account{Login: r.Form("login"), System: r.Form("system"), Kind: r.Form("kind"), Person: r.Form("person"), Exception: r.Form("exception"), Opened: when.Of(r.Now())}
	var l fault.List
	if a.System == "" {
		l.Add("system", msg.T("情報システムを選んでください。", "Please choose the system."))
	}
	if a.Login == "" {
		l.Add("login", msg.T("利用者IDを入力してください。", "Please give the login name."))
	}
	if !slices.Contains([]string{Personal, Shared, Machine}, a.Kind) {
		l.Add("kind", msg.T("IDの種類を選んでください。", "Please choose the kind."))
	}
	return a, l.Err()
}

// openConfirm shows what would be recorded, and what the checks will say of it.
func (s *Service) openConfirm(r *web.Request) (web.Response, error) {
	if err := r.FormFields(accountFields...); err != nil {
		return web.Response{}, err
	}
	a, err := typedAccount(r)
	if err != nil {
		return web.Response{}, err
	}
	var names register.Labels
	var notes []msg.Text
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if err := s.c.Gate.May(ctx, tx, r.Actor, actOpen, act.Input{"system": a.System}); err != nil {
			return err
		}
		if err := s.mayOpen(ctx, tx, a, a.Opened); err != nil {
			return err
		}
		if names, err = s.c.Catalog.Names(ctx, tx, ref.New("system", a.System), ref.New("person", a.Person)); err != nil {
			return err
		}
		notes, err = s.foretell(ctx, tx, a)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	entries := []web.Entry{{Label: msg.T("情報システム", "System"), Text: names[ref.New("system", a.System)]}, {Label: msg.T("利用者ID", "Login name"), Text: a.Login}, {Label: msg.T("IDの種類", "Kind of account"), Text: s.kindOf(a.Kind, r.Lang)},
		{Label: msg.T("使う職員", "Person"), Text: names[ref.New("person", a.Person)]}, {Label: msg.T("利用開始日", "Opened"), Text: a.Opened.Text(r.Lang)}, {Label: msg.T("共用を認めた例外措置", "Exception that allows sharing"), Text: a.Exception}}
	for i, n := range notes {
		e := web.Entry{Text: n.In(r.Lang)}
		if i == 0 {
			e.Label = msg.T("検査の判定の見込み", "What the checks will say")
		} else {
			e.Label = msg.T("注意", "Mind")
		}
		entries = append(entries, e)
	}
	var hidden [][2]string
	for _, f := range accountFields {
		hidden = append(hidden, [2]string{f, r.Form(f)})
	}
	head := web.Head{Crumbs: accountCrumbs(titleOpen), Title: msg.T("発行を記録する前の確認", "Before it is recorded")}
	f := web.Form{Action: "/cards/accounts/open", Label: titleOpen, Hidden: hidden, Cancel: web.Link{Href: "/cards/accounts/new"}, Buttons: []web.Button{{Title: msg.T("発行を記録する", "Record that it is open"), Tone: web.Good}}}
	return web.Page(titleOpen, web.Confirm(head, entries, f)).In("/cards"), nil
}

// foretell is what the checks R089 and R023 will say of an account that is about to be opened, the first thing first.
func (s *Service) foretell(ctx context.Context, tx *db.Tx, a Account) (out []msg.Text, err error) {
	switch a.Kind {
	case Shared:
		x, _, err := get[policy.Exception](ctx, tx, s.c.Catalog, "exception", a.Exception)
		if err != nil {
			return nil, err
		}
		out = append(out, msg.F("R089：例外措置「%s」により適合です。期限（%s）の翌日から不適合になります。", "R089: compliant by the exception “%s”, and noncompliant from the day after it ends on %s.", x.Code, x.Until.Both()))
	case Machine:
		out = append(out, msg.T("R089：機器やプログラムだけが使う間は適合です。", "R089: compliant while only machines use it."))
	default:
		out = append(out, msg.T("R089：本人だけが使う間は適合です。ほかの職員が使った記録があると不適合になります。", "R089: compliant while its person alone uses it; a use by another makes it noncompliant."))
	}
	if a.Person == "" {
		return append(out, msg.T("責任を負う職員が記録されていません。", "Nobody answers for it on record.")), nil
	}
	p, _, err := get[org.Person](ctx, tx, s.c.Catalog, "person", a.Person)
	if err != nil {
		return nil, err
	}
	if p.Left != 0 {
		out = append(out, msg.F("R023：%sの最終在職日は%sです。その日までに停止してください。", "R023: the last day of %s is %s. Close it by then.", p.Name, p.Left.Both()))
	}
	if a.Kind == Personal {
		q := ask{}
		q.and("a.system = ?", a.System)
		q.and("a.person = ?", a.Person)
		q.and("(a.closed = '' OR a.closed > ?) AND a.kind = 'personal'", a.Opened.String())
		others, _, err := s.findAccounts(ctx, tx, q, window{limit: perPage})
		if err != nil {
			return nil, err
		}
		for _, o := range others {
			out = append(out, msg.F("%sは、この情報システムで利用者ID「%s」も使っています。", "%s uses the account “%s” of this system as well.", p.Name, o.Login))
		}
	}
	return out, nil
}

func (s *Service) openNow(r *web.Request) (web.Response, error) {
	if err := r.FormFields(accountFields...); err != nil {
		return web.Response{}, err
	}
	if _, err := typedAccount(r); err != nil {
		return web.Response{}, err
	}
	in := act.Input{}
	for _, f := range accountFields {
		if v := r.Form(f); v != "" {
			in[f] = v
		}
	}
	if err := s.run(r, actOpen, in); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/cards/accounts", msg.F("利用者ID「%s」の発行を記録しました。", "The account “%s” is on record.", r.Form("login"))), nil
}
