package signin

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// Attach adds the pages of the module to a site and makes it know who sends a request.
func (s *Service) Attach(site *web.Site) error {
	s.site = site
	site.Identify = s.Identify
	site.SaveLang = func(ctx context.Context, a actor.Actor, lang msg.Lang) error { return s.SaveLang(ctx, a.Person, lang) }
	return site.Registry.Add(s.routes()...)
}

// The titles of the pages.
var (
	titleLogin   = msg.T("ログイン", "Sign in")
	titleCode    = msg.T("確認コードの入力", "Enter the code")
	titleLink    = msg.T("リンクによるログイン", "Sign in by link")
	titleEnrol   = msg.T("パスワードの設定", "Set your password")
	titleAccount = msg.T("アカウント", "Account")
	titleTOTP    = msg.T("確認コードの設定", "Set up one-time codes")
	titleCodes   = msg.T("予備コード", "Recovery codes")
)

func (s *Service) routes() []web.Route {
	own := []clause.ID{"bp.9.3", "bp.9.4"}
	open := func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: own, Rule: web.Anyone, Page: page, Again: again}
	}
	mine := func(method, pattern string, title msg.Text, page, again func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: method, Pattern: pattern, Title: title, Clauses: own, Rule: web.SignedIn, Page: page, Again: again}
	}
	routes := []web.Route{
		open("GET", "/login", titleLogin, s.loginPage, nil),
		open("POST", "/login", titleLogin, s.login, s.loginPage),
		open("GET", "/login/code", titleCode, s.codePage, nil),
		open("POST", "/login/code", titleCode, s.code, s.codePage),
		open("GET", "/enrol/{token}", titleEnrol, s.enrolPage, nil),
		open("POST", "/enrol/{token}", titleEnrol, s.enrol, s.enrolPage),
		open("POST", "/logout", msg.T("ログアウト", "Sign out"), s.logout, nil),
		mine("GET", "/account", titleAccount, s.accountPage, nil),
		mine("POST", "/account/password", titleAccount, s.password, s.accountPage),
		mine("POST", "/account/lang", titleAccount, s.lang, s.accountPage),
		mine("POST", "/account/sessions/end", titleAccount, s.endSession, s.accountPage),
		mine("GET", "/account/totp", titleTOTP, s.totpPage, nil),
		mine("POST", "/account/totp", titleTOTP, s.confirmTOTP, s.totpPage),
		mine("POST", "/account/totp/start", titleTOTP, s.startTOTP, s.totpPage),
		mine("POST", "/account/totp/stop", titleTOTP, s.stopTOTP, s.totpPage),
	}
	if s.c.Demo {
		routes = append(routes, open("GET", "/login/link/{token}", titleLink, s.link, nil), open("POST", "/login/demo", titleLogin, s.demo, s.loginPage))
	}
	return routes
}

// in opens the way in with a new session cookie.
func (s *Service) in(token, to string, flash msg.Text) web.Response {
	if !web.Local(to) {
		to = "/"
	}
	return web.Redirect(to, flash).SetCookie(s.site.Cookie(cookie, token, 0))
}

func (s *Service) loginPage(r *web.Request) (web.Response, error) {
	next := r.Query("next")
	if r.Method == http.MethodPost {
		next = r.Form("next")
	}
	if !web.Local(next) {
		next = ""
	}
	if r.Actor.Person != "" && r.Method == http.MethodGet {
		if next == "" {
			next = "/"
		}
		return web.Redirect(next, msg.Text{}), nil
	}
	people, err := s.demoPeople(r)
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleLogin, loginView(s.site.Name, next, people)).Bare(), nil
}

func (s *Service) demoPeople(r *web.Request) (people []DemoPerson, err error) {
	if !s.c.Demo || s.c.DemoPeople == nil || !web.Loopback(r.Request) {
		return nil, nil
	}
	err = s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		people, err = s.c.DemoPeople(ctx, tx)
		return err
	})
	return people, err
}

func (s *Service) login(r *web.Request) (web.Response, error) {
	if err := r.FormFields("login", "password", "next"); err != nil {
		return web.Response{}, err
	}
	var l fault.List
	if r.Form("login") == "" {
		l.Add("login", msg.T("利用者番号を入力してください。", "Please enter your user ID."))
	}
	if r.FormRaw("password") == "" {
		l.Add("password", msg.T("パスワードを入力してください。", "Please enter your password."))
	}
	if err := l.Err(); err != nil {
		return web.Response{}, err
	}
	token, more, err := s.Login(r.Context(), s.originOf(r), r.Form("login"), r.FormRaw("password"))
	if err != nil {
		return web.Response{}, err
	}
	to := r.Form("next")
	if more {
		to = "/login/code?next=" + url.QueryEscape(to)
	}
	return s.in(token, to, msg.Text{}), nil
}

func (s *Service) codePage(r *web.Request) (web.Response, error) {
	if !r.Visitor.Partial {
		return web.Redirect("/login", msg.Text{}), nil
	}
	next := r.Query("next")
	if r.Method == http.MethodPost {
		next = r.Form("next")
	}
	return web.Page(titleCode, codeView(next)).Bare(), nil
}

func (s *Service) code(r *web.Request) (web.Response, error) {
	if err := r.FormFields("code", "next"); err != nil {
		return web.Response{}, err
	}
	if !r.Visitor.Partial {
		return web.Redirect("/login", errAgain.Message).Tone(web.Warn), nil
	}
	if r.Form("code") == "" {
		return web.Response{}, fault.At("code", msg.T("確認コードを入力してください。", "Please enter the code."))
	}
	token, err := s.Second(r.Context(), s.originOf(r), r.Form("code"))
	if fault.Is(err, fault.Conflict) {
		return web.Redirect("/login", errAgain.Message).Tone(web.Warn), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	return s.in(token, r.Form("next"), msg.Text{}), nil
}

func (s *Service) logout(r *web.Request) (web.Response, error) {
	if r.Visitor.Session != "" && r.Actor.Person != "" {
		if err := s.End(r.Context(), r.Actor.Person, r.Visitor.Session, s.c.Addr(r.Request)); err != nil && !fault.Is(err, fault.NotFound) {
			return web.Response{}, err
		}
	}
	return web.Redirect("/login", msg.T("ログアウトしました。", "You have signed out.")).SetCookie(s.site.Cookie(cookie, "", -1)), nil
}

// link opens a session by a one-time link. Only a real visit counts: not HEAD, not a browser that looks ahead.
func (s *Service) link(r *web.Request) (web.Response, error) {
	if !web.Loopback(r.Request) || !s.site.Demo {
		return web.Response{}, web.NotFound()
	}
	if r.Method != http.MethodGet || strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") {
		return web.Text("").Status(http.StatusNoContent), nil
	}
	token, err := s.ByLink(r.Context(), s.originOf(r), r.Path("token"))
	if err != nil {
		return web.Response{}, err
	}
	return s.in(token, "/", msg.Text{}), nil
}

func (s *Service) demo(r *web.Request) (web.Response, error) {
	if !web.Loopback(r.Request) || !s.site.Demo {
		return web.Response{}, web.NotFound()
	}
	if err := r.FormFields("person", "next"); err != nil {
		return web.Response{}, err
	}
	token, err := s.AsDemoPerson(r.Context(), s.originOf(r), r.Form("person"))
	if err != nil {
		return web.Response{}, err
	}
	return s.in(token, r.Form("next"), msg.Text{}), nil
}

func (s *Service) enrolPage(r *web.Request) (web.Response, error) {
	var a Account
	err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = s.look(ctx, tx, Enrol, r.Path("token"))
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleEnrol, enrolView("/enrol/"+r.Path("token"), a)).Bare(), nil
}

func (s *Service) enrol(r *web.Request) (web.Response, error) {
	if err := r.FormFields("next", "again", "username"); err != nil {
		return web.Response{}, err
	}
	token, more, err := s.Enrolment(r.Context(), s.originOf(r), r.Path("token"), r.FormRaw("next"), r.FormRaw("again"))
	if err != nil {
		return web.Response{}, err
	}
	if more {
		return s.in(token, "/login/code", msg.Text{}), nil
	}
	return s.in(token, "/account/totp", msg.T("パスワードを設定しました。続けて、確認コードを設定してください。", "Your password is set. Now set up one-time codes.")), nil
}

// accountData is what the account page shows.
type accountData struct {
	account  Account
	sessions []Session
	current  string
	links    []web.Link
}

func (s *Service) accountPage(r *web.Request) (web.Response, error) {
	d := accountData{current: r.Visitor.Session, links: s.c.Links}
	err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		var ok bool
		if d.account, ok, err = s.Get(ctx, tx, r.Actor.Person); err != nil {
			return err
		}
		if !ok {
			return web.NotFound()
		}
		d.sessions, err = s.Sessions(ctx, tx, r.Actor.Person)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleAccount, accountView(r, d)), nil
}

func (s *Service) password(r *web.Request) (web.Response, error) {
	if err := r.FormFields("present", "next", "again", "username"); err != nil {
		return web.Response{}, err
	}
	err := s.ChangePassword(r.Context(), r.Actor.Person, r.Visitor.Session, r.FormRaw("present"), r.FormRaw("next"), r.FormRaw("again"), s.c.Addr(r.Request))
	if err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/account", msg.T("パスワードを変更しました。ほかの端末のログインは終わらせました。", "Your password was changed. Sign-ins on other devices were ended.")), nil
}

func (s *Service) lang(r *web.Request) (web.Response, error) {
	if err := r.FormFields("lang"); err != nil {
		return web.Response{}, err
	}
	lang := msg.Lang(r.Form("lang"))
	if lang != msg.JA && lang != msg.EN {
		return web.Response{}, fault.At("lang", msg.T("言語を選んでください。", "Please choose a language."))
	}
	if err := s.SaveLang(r.Context(), r.Actor.Person, lang); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/account", msg.T("表示の言語を変更しました。", "The language was changed.")), nil
}

func (s *Service) endSession(r *web.Request) (web.Response, error) {
	if err := r.FormFields("session"); err != nil {
		return web.Response{}, err
	}
	if err := s.End(r.Context(), r.Actor.Person, r.Form("session"), s.c.Addr(r.Request)); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/account", msg.T("選んだ端末のログインを終わらせました。", "The sign-in on that device was ended.")), nil
}

func (s *Service) totpPage(r *web.Request) (web.Response, error) {
	var a Account
	err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		a, _, err = s.Get(ctx, tx, r.Actor.Person)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	if a.totpNew == "" {
		return web.Page(titleTOTP, totpStartView(a, r.Visitor.Setup != "")), nil
	}
	secret, err := s.open(a.Person, a.totpNew)
	if err != nil {
		return web.Response{}, err
	}
	code, err := newQR(keyURI(s.site.Name, a.Login, secret))
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleTOTP, totpConfirmView(code, keyText(secret))), nil
}

func (s *Service) startTOTP(r *web.Request) (web.Response, error) {
	if err := r.FormFields("password", "username"); err != nil {
		return web.Response{}, err
	}
	if err := s.StartTOTP(r.Context(), r.Actor.Person, r.FormRaw("password"), s.c.Addr(r.Request)); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/account/totp", msg.Text{}), nil
}

func (s *Service) stopTOTP(r *web.Request) (web.Response, error) {
	if err := r.FormFields("password", "username"); err != nil {
		return web.Response{}, err
	}
	if err := s.StopTOTP(r.Context(), r.Actor.Person, r.FormRaw("password"), s.c.Addr(r.Request)); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/account", msg.T("確認コードの設定を外しました。", "One-time codes were switched off.")).Tone(web.Warn), nil
}

func (s *Service) confirmTOTP(r *web.Request) (web.Response, error) {
	if err := r.FormFields("code"); err != nil {
		return web.Response{}, err
	}
	codes, err := s.ConfirmTOTP(r.Context(), r.Actor.Person, r.Form("code"), r.Visitor.Session)
	if err != nil {
		return web.Response{}, err
	}
	return web.Page(titleCodes, codesView(codes)), nil
}

// sessionTable lists the person's sign-ins, each with a button that ends it.
func sessionTable(r *web.Request, d accountData) web.Table {
	t := web.Table{ID: "sessions", Caption: msg.T("ログイン中の端末", "Devices signed in"), Count: len(d.sessions), Columns: []web.Column{
		{Title: msg.T("端末", "Device"), Head: true}, {Title: msg.T("場所", "Address")}, {Title: msg.T("方法", "Way")},
		{Title: msg.T("ログイン", "Signed in"), NoWrap: true}, {Title: msg.T("最後の利用", "Last used"), NoWrap: true}, {Title: msg.T("操作", "Action"), Quiet: true}}}
	for _, x := range d.sessions {
		name := x.Agent
		if name == "" {
			name = msg.T("不明な端末", "Unknown device").In(r.Lang)
		}
		var end templ.Component = endButton(x.Hash, name)
		if x.Hash == d.current {
			end = web.Badge(msg.T("この端末", "This device"), web.Info)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Part: asIs(name)}, {Part: asIs(x.Addr)}, {Text: wayText(x.Way).In(r.Lang)},
			{Text: when.Stamp(x.Created).Short(r.Lang)}, {Text: when.Stamp(x.Seen).Short(r.Lang)}, {Part: end}}})
	}
	return t
}

func accountCrumbs(here msg.Text) []web.Link {
	return []web.Link{{Title: titleAccount, Href: "/account"}, {Title: here}}
}

// passwordFields ask for a new password twice. Pasting is allowed; length is what is asked.
func passwordFields() []web.Field {
	return []web.Field{
		{Name: "next", Label: msg.T("新しいパスワード", "New password"), Kind: web.PasswordField, Auto: "new-password",
			Help: msg.F("%d文字以上。記号や数字を混ぜる決まりはありません。関係のない単語をいくつか並べると、覚えやすく推測されにくくなります。", "At least %d characters. There is no rule about kinds of characters; several unrelated words are easy to remember and hard to guess.", minPassword)},
		{Name: "again", Label: msg.T("新しいパスワード（確認のためもう一度）", "New password (again)"), Kind: web.PasswordField, Auto: "new-password"},
	}
}
