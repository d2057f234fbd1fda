package card

import (
	"context"

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

// accountData is what the page of one account shows.
type accountData struct {
	day           when.Date
	a             namedAccount
	closes, hands bool
	cards         []named // that its person holds and should not
	says          []Verdict
	left          when.Date // the person's last day
}

// account reads one account that somebody sees. For others it is not there.
func (s *Service) account(r *web.Request) (x accountData, err error) {
	x.day = when.Of(r.Now())
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		d := s.c.Catalog.Must("userid")
		rec, ok, err := s.c.Catalog.As(tx, r.Actor).One(ctx, d, r.Path("userid"))
		if err == nil && !ok {
			err = web.NotFound()
		}
		if err != nil {
			return err
		}
		x.a.Account = register.Decode[Account](d, rec.Row)
		names, err := s.c.Catalog.Names(ctx, tx, ref.New("person", x.a.Person), ref.New("system", x.a.System))
		if err != nil {
			return err
		}
		x.a.name, x.a.system = names[ref.New("person", x.a.Person)], names[ref.New("system", x.a.System)]
		if x.closes, err = allowed(s.c.Gate.May(ctx, tx, r.Actor, actClose, act.Input{"userid": x.a.Code})); err != nil {
			return err
		}
		if x.hands, err = allowed(s.c.Gate.May(ctx, tx, r.Actor, actHand, act.Input{"userid": x.a.Code})); err != nil {
			return err
		}
		if x.a.Person != "" {
			p, _, err := get[org.Person](ctx, tx, s.c.Catalog, "person", x.a.Person)
			if err != nil && fault.As(err) == nil {
				return err
			}
			x.left = p.Left
		}
		x.cards, err = s.backFrom(ctx, tx, x.a.Person, x.day)
		return err
	})
	if err == nil && s.c.Says != nil {
		x.says, err = s.c.Says(r.Context(), ref.New("userid", x.a.Code))
	}
	return x, err
}

// allowed tells a refusal from a failure.
func allowed(err error) (bool, error) {
	if fault.As(err) != nil {
		return false, nil
	}
	return err == nil, err
}

// backFrom are the cards that are to be collected from one person.
func (s *Service) backFrom(ctx context.Context, tx *db.Tx, person string, day when.Date) ([]named, error) {
	if person == "" {
		return nil, nil
	}
	q := asked(day)
	q.and("c.person = ?", person)
	return s.backOf(ctx, tx, q, window{limit: perPage})
}

// accountPage shows an account, what the checks say of it, and what can be done with it.
func (s *Service) accountPage(r *web.Request) (web.Response, error) {
	x, err := s.account(r)
	if err != nil {
		return web.Response{}, err
	}
	entries := []web.Entry{{Label: msg.T("情報システム", "System"), Text: x.a.system, Href: "/registers/system/" + x.a.System}, {Label: msg.T("種類", "Kind"), Text: s.kindOf(x.a.Kind, r.Lang)},
		{Label: msg.T("使う職員", "Person"), Text: x.a.name}, {Label: msg.T("利用開始日", "Opened"), Text: x.a.Opened.Text(r.Lang)}}
	if x.left != 0 {
		entries[2].Note = msg.F("最終在職日：%s", "Last day: %s", x.left.Both()).In(r.Lang)
	}
	if x.a.Closed != 0 {
		entries = append(entries, web.Entry{Label: msg.T("停止日", "Closed"), Text: x.a.Closed.Text(r.Lang)})
	}
	if x.a.Exception != "" {
		entries = append(entries, web.Entry{Label: msg.T("共用を認めた例外措置", "Exception that allows sharing"), Text: x.a.Exception, Href: "/registers/exception/" + x.a.Exception})
	}
	entries = append(entries, web.Entry{Label: msg.T("台帳の記録", "Record"), Text: x.a.Code, Href: "/registers/userid/" + x.a.Code})
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: accountCrumbs(msg.Same(x.a.Login)), Title: msg.Same(x.a.Login), Badge: x.a.stateOf(x.day)}), web.ErrorSummary(), web.SummaryList(entries)}
	if len(x.says) > 0 {
		parts = append(parts, under(web.Section(msg.T("検査の判定", "What the checks say")), s.saysTable(x.says, r.Lang)))
	}
	if len(x.cards) > 0 && !(x.a.Kind == Machine) {
		parts = append(parts, s.cardsBanner(x.a.name, x.cards))
	}
	if x.a.open(x.day) {
		if x.closes {
			parts = append(parts, under(web.Section(titleClose), web.Para(x.afterClosing()),
				web.FormPart(web.Form{Action: accountHref(x.a.Code), Label: titleClose, Hidden: [][2]string{{"step", "close"}}, Buttons: []web.Button{{Title: msg.T("停止する", "Close it"), Tone: web.Bad}}, Cancel: web.Link{Href: "/cards/accounts"}})))
		} else {
			parts = append(parts, web.Banner(web.Info, msg.T("発行、引継ぎ、停止は、この情報システムの情報システム管理者が記録します。", "The manager of the system opens, hands over and closes.")))
		}
		if x.hands && x.a.Kind != Personal {
			parts = append(parts, under(web.Section(titleHand), web.Para(msg.T("責任を負う職員を替えます。前の職員が知っているパスワードは、引継ぎの日に変更してください。", "Another answers for the account from now on. Change the password that the former one knows on the same day.")),
				web.FormPart(web.Form{Action: accountHref(x.a.Code), Label: titleHand, Hidden: [][2]string{{"step", "hand"}}, Fields: []web.Field{{Name: "person", Label: msg.T("引き継ぐ職員の職員番号", "Person no. of who takes it over"), Required: true, Width: 16, AsIs: true}}, Buttons: []web.Button{{Title: msg.T("引き継ぐ", "Hand over"), Tone: web.Good}}})))
		}
	}
	return web.Page(titleAccount, web.Stack(parts...)).In("/cards"), nil
}

func accountCrumbs(here msg.Text) []web.Link {
	return append(crumbs(), web.Link{Title: titleAccounts, Href: "/cards/accounts"}, web.Link{Title: here})
}

// afterClosing says what the checks will say when the account is closed: today is its last day.
func (x accountData) afterClosing() msg.Text {
	end := x.day + 1
	if x.left != 0 && x.left < x.day {
		return msg.F("停止すると本日が最後の利用日となり、%sからは、利用者IDの共用（R089）と離職者の利用者ID（R023）の検査の対象外になります。停止は取り消せません。", "Today becomes its last day. From %s on neither the check on sharing (R089) nor that on leavers (R023) looks at it. It cannot be undone.", end.Both())
	}
	return msg.F("停止すると本日が最後の利用日となり、%sからは、利用者IDの共用の検査（R089）の対象外になります。停止は取り消せません。", "Today becomes its last day. From %s on the check on sharing (R089) does not look at it. It cannot be undone.", end.Both())
}

// cardsBanner says which cards are to be collected from the same person.
func (s *Service) cardsBanner(name string, cards []named) templ.Component {
	var list []string
	for _, k := range cards {
		list = append(list, k.Code)
	}
	return web.Banner(web.Warn, msg.F("%sからは、カード（%s）も回収されていません（R090）。回収は、カードを管理する組織の情報セキュリティ管理者が記録します。", "Cards of %s (%s) are not collected either (R090). The manager of the section in charge does it.", name, listed(list)))
}

func (s *Service) saysTable(says []Verdict, lang msg.Lang) templ.Component {
	t := web.Table{ID: "says", Count: -1, Short: true, Columns: []web.Column{{Title: msg.T("判定", "Result"), NoWrap: true, Beside: true}, {Title: msg.T("検査", "Check"), Head: true}}}
	for _, v := range says {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Part: web.ResultBadge(v.Result)}, {Text: v.Check + " " + v.Title.In(lang), Href: v.Href, Note: v.Reason.In(lang)}}})
	}
	return web.TablePart(t)
}

func (s *Service) accountNow(r *web.Request) (web.Response, error) {
	if err := r.FormFields("step", "person"); err != nil {
		return web.Response{}, err
	}
	in := act.Input{"userid": r.Path("userid")}
	id, done := actClose, msg.T("利用者IDを停止しました。", "The account is closed.")
	switch r.Form("step") {
	case "close":
	case "hand":
		if r.Form("person") == "" {
			return web.Response{}, fault.At("person", msg.T("引き継ぐ職員の職員番号を入力してください。", "Please give the person no. of who takes it over."))
		}
		in["person"] = r.Form("person")
		id, done = actHand, msg.T("利用者IDを引き継ぎました。", "The account was handed over.")
	default:
		return web.Response{}, web.NotFound()
	}
	if err := s.run(r, id, in); err != nil {
		return web.Response{}, err
	}
	return web.Redirect(accountHref(r.Path("userid")), done), nil
}
