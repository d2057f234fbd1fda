package digest

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/digest/mail"
	"okite/internal/fault"
	"okite/internal/inbox"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

var (
	titleDigest = msg.T("今日のお知らせ", "Digest of the day")
	titleFeed   = msg.T("カレンダーへの登録", "Subscribe a calendar")
	titleMail   = msg.T("メールの送信状況", "Mail")
)

// Routes are the pages of the module. The calendar is read without a session (see feedPage).
func (s *Service) Routes() []web.Route {
	told := []clause.ID{"bp.5", "bp.9.1"}
	return []web.Route{
		{Method: "GET", Pattern: "/digest", Title: titleDigest, Clauses: told, Rule: web.SignedIn, Page: s.page},
		{Method: "GET", Pattern: "/digest/mail", Title: titleMail, Clauses: told, Rule: web.Role("chief", "admin"), Page: s.mailPage},
		{Method: "POST", Pattern: "/digest/mail", Title: titleMail, Clauses: told, Rule: web.Role("chief", "admin"), Page: s.retryMail, Again: s.mailPage},
		{Method: "GET", Pattern: "/account/calendar", Title: titleFeed, Clauses: told, Rule: web.SignedIn, Page: s.feedSettings},
		{Method: "POST", Pattern: "/account/calendar", Title: titleFeed, Clauses: told, Rule: web.SignedIn, Page: s.changeFeed, Again: s.feedSettings},
		{Method: "GET", Pattern: "/ical/{token}", Title: msg.T("期限のカレンダー", "Calendar of deadlines"), Clauses: told, Rule: web.Anyone, Page: s.feedPage},
	}
}

// Links lead to the pages of the module from the inbox.
func Links() []web.Link {
	return []web.Link{{Title: titleDigest, Href: "/digest"}, {Title: titleFeed, Href: "/account/calendar"}}
}

// page is today's digest of whoever looks, as the mail says it; it is printed where people have no mail.
func (s *Service) page(r *web.Request) (web.Response, error) {
	b, err := s.c.One(r.Context(), r.Actor)
	if err != nil {
		return web.Response{}, err
	}
	now := s.c.Store.Now()
	day := when.Of(now)
	set, err := s.c.Mail(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	var address string
	var told when.Stamp
	if err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		var id string
		err := tx.QueryRow(ctx, `SELECT mail, made_at FROM digest WHERE person = $1 AND day = $2`, r.Actor.Person, day.String()).Scan(&id, &told)
		if err != nil && !db.Missing(err) {
			return err
		}
		if id == "" {
			told = 0
		}
		err = tx.QueryRow(ctx, `SELECT mail FROM reg_person WHERE code = $1`, r.Actor.Person).Scan(&address)
		if db.Missing(err) {
			return nil
		}
		return err
	}); err != nil {
		return web.Response{}, err
	}
	head := web.Head{Title: titleDigest, Crumbs: []web.Link{{Title: msg.T("受信箱", "Inbox"), Href: "/inbox"}, {Title: titleDigest}},
		Lead:  msg.F("%s現在、あなたの作業は %s 件、課の職員等の作業は %s 件です。", "As of %s: %s things for you, %s for the people of your section.", day.Both(), web.Number(b.Total), web.Number(b.SectionTotal)),
		Links: []web.Link{{Title: titleFeed, Href: "/account/calendar"}}}
	if s.office(r) {
		head.Links = append(head.Links, web.Link{Title: titleMail, Href: "/digest/mail"})
	}
	parts := []templ.Component{web.PrintHead(web.Sheet{Date: day.Text(r.Lang)}), web.PageHead(head), web.Para(how(set, address, told))}
	if b.empty() {
		parts = append(parts, web.EmptyState(msg.T("今日お知らせする作業はありません。", "There is nothing to tell you today."), web.Link{Title: msg.T("受信箱を開く", "Open the inbox"), Href: "/inbox"}))
	}
	parts = append(parts, s.tables(r, b.Items, b.Total, day, msg.Text{})...)
	if b.SectionTotal > 0 {
		parts = append(parts, s.tables(r, b.Section, b.SectionTotal, day, msg.T("課の分：", "My section: "))...)
	}
	return web.Page(titleDigest, web.Stack(parts...)).In("/inbox"), nil
}

// how says by which way the digest reaches the reader.
func how(set mail.Setting, address string, told when.Stamp) msg.Text {
	switch {
	case told != 0:
		return msg.F("同じ内容を %s にメールで送りました。お知らせは開庁日に1日1通です。", "The same was sent to you by mail at %s. There is one mail on each open day.", told.Both())
	case !set.On():
		return msg.T("この団体ではメールを送っていません。このページを開くか、印刷して確認してください。", "This municipality sends no mail. Open this page, or print it.")
	case address == "":
		return msg.T("職員等の台帳にメールアドレスが登録されていないため、メールは届きません。このページを開くか、印刷して確認してください。", "The register of people holds no mail address of yours, so no mail reaches you. Open this page, or print it.")
	}
	return msg.T("開庁日の朝、作業があるときだけ、同じ内容をメールで送ります。", "The same is sent by mail on the morning of open days, when there is something to do.")
}

// tables are a table for each span of days.
func (s *Service) tables(r *web.Request, items []inbox.Item, total int, day when.Date, before msg.Text) []templ.Component {
	var out []templ.Component
	shown := 0
	for _, g := range inbox.Groups(items, day) {
		t := web.Table{Caption: msg.F("%s%s", "%s%s", before, g.Title), Count: g.Count, Columns: []web.Column{{Title: msg.T("期限", "Due"), NoWrap: true}, {Title: msg.T("件名", "Subject"), Head: true}, {Title: msg.T("対象", "About")}}}
		if before.IsZero() {
			t.Caption = g.Title
		}
		for _, l := range g.Lines {
			left, tone := inbox.Left(s.c.Calendar, l.Due, day)
			due := web.Cell{Text: msg.T("なし", "None").In(r.Lang)}
			if l.Due != 0 {
				due = web.Cell{Text: l.Due.Text(r.Lang), Note: left.In(r.Lang), Tone: tone}
			}
			names := l.Names
			if len(names) == 0 && l.SubjectName != "" {
				names = []string{l.SubjectName}
			}
			about := strings.Join(names[:min(len(names), 4)], msg.T("、", ", ").In(r.Lang))
			if len(names) > 4 {
				about += msg.F("、ほか %s 件", " and %s more", web.Number(l.N-4)).In(r.Lang)
			}
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{due, {Text: l.Text.In(r.Lang), Href: l.Link, Note: standing(l.Item).In(r.Lang)}, {Text: about}}})
		}
		shown += g.Count
		out = append(out, web.TablePart(t))
	}
	if total > shown {
		out = append(out, web.Para(msg.F("ほかに %s 件あります。受信箱で確認してください。", "There are %s more; see the inbox.", web.Number(total-shown))))
	}
	return out
}

func (s *Service) office(r *web.Request) bool { return web.Role("chief", "admin")(r.Actor) == nil }

// feedSettings says whether the reader has an address for a calendar, and makes or revokes it.
func (s *Service) feedSettings(r *web.Request) (web.Response, error) { return s.feedView(r, "") }

func (s *Service) feedView(r *web.Request, address string) (web.Response, error) {
	var f Feed
	var has bool
	if err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		f, has, err = feedOf(ctx, tx, r.Actor.Person)
		return err
	}); err != nil {
		return web.Response{}, err
	}
	head := web.Head{Title: titleFeed, Crumbs: []web.Link{{Title: msg.T("アカウント", "Account"), Href: "/account"}, {Title: titleFeed}},
		Lead: msg.T("あなたの作業の期限を、お使いのカレンダーに表示します。アドレスを知っている人は、ログインせずに内容を読めます。他の人に教えないでください。", "Shows your deadlines in your own calendar. Whoever knows the address can read them without signing in; keep it to yourself.")}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary()}
	if address != "" {
		parts = append(parts, web.Banner(web.Good, msg.T("カレンダー用のアドレスを発行しました。このアドレスを表示するのは今回だけです。", "The address was made. It is shown this once only.")), web.Copy(address))
	}
	form := web.Form{Action: "/account/calendar", Label: titleFeed}
	if has {
		used := msg.T("まだ読み取られていません", "Not read yet").In(r.Lang)
		if f.Used != 0 {
			used = f.Used.Date().Text(r.Lang)
		}
		parts = append(parts, web.SummaryList([]web.Entry{{Label: msg.T("発行した日時", "Made"), Text: f.Made.Text(r.Lang)}, {Label: msg.T("最後に読み取られた日", "Read last"), Text: used}}))
		form.Buttons = []web.Button{{Title: msg.T("発行し直す", "Make a new one"), Name: "do", Value: "make", Ask: msg.T("今のアドレスは使えなくなります。発行し直しますか。", "The present address will stop working. Go on?")},
			{Title: msg.T("失効させる", "Revoke it"), Name: "do", Value: "revoke", Tone: web.Bad, Ask: msg.T("カレンダーに期限が表示されなくなります。失効させますか。", "Your calendar will show no deadlines any more. Go on?")}}
	} else {
		parts = append(parts, web.Para(msg.T("アドレスは発行されていません。", "No address has been made.")))
		form.Buttons = []web.Button{{Title: msg.T("アドレスを発行する", "Make an address"), Name: "do", Value: "make", Tone: web.Good}}
	}
	parts = append(parts, web.FormPart(form))
	return web.Page(titleFeed, web.Stack(parts...)).SetHeader("Cache-Control", "no-store"), nil
}

func (s *Service) changeFeed(r *web.Request) (web.Response, error) {
	if err := r.FormFields("do"); err != nil {
		return web.Response{}, err
	}
	switch r.Form("do") {
	case "make":
		token, hash := feedToken()
		if _, err := s.c.Gate.Run(r.Context(), "feed.make", act.Input{"hash": hash}, act.Options{}); err != nil {
			return web.Response{}, err
		}
		set, err := s.c.Mail(r.Context())
		if err != nil {
			return web.Response{}, err
		}
		base := set.Base
		if base == "" {
			base = "http://" + r.Host
			if r.Site.Secure {
				base = "https://" + r.Host
			}
		}
		return s.feedView(r, base+"/ical/"+token+".ics")
	case "revoke":
		if _, err := s.c.Gate.Run(r.Context(), "feed.revoke", act.Input{}, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
			return web.Response{}, err
		}
		return web.Redirect("/account/calendar", msg.T("カレンダー用のアドレスを失効させました。", "The address was revoked.")), nil
	}
	return web.Response{}, fault.At("do", msg.T("操作を選んでください。", "Please choose what to do."))
}

// mailPage shows what waits, what could not be sent and why, to those who run the product.
func (s *Service) mailPage(r *web.Request) (web.Response, error) {
	set, err := s.c.Mail(r.Context())
	if err != nil {
		return web.Response{}, err
	}
	var counts map[mail.State]int
	lists := map[mail.State][]mail.Entry{}
	if err := s.c.Store.Read(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if counts, err = mail.Counts(ctx, tx); err != nil {
			return err
		}
		for _, st := range []mail.State{mail.Dead, mail.Waiting} {
			if lists[st], err = mail.List(ctx, tx, st, 100); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return web.Response{}, err
	}
	head := web.Head{Title: titleMail, Crumbs: []web.Link{{Title: titleDigest, Href: "/digest"}, {Title: titleMail}}, Lead: msg.T("送ったメールの本文は、送信後に消しています。送信の記録は14日間残ります。", "The text of a mail is forgotten once it is sent; that it was sent is kept for 14 days.")}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary()}
	if !set.On() {
		parts = append(parts, web.Banner(web.Info, msg.T("メールサーバーは設定されていません。設定の方法は、この仕組みの運用担当に確認してください。", "No mail server is set. The operator sets one with okite config mail.")))
	}
	tone := web.Plain
	if counts[mail.Dead] > 0 {
		tone = web.Bad
	}
	parts = append(parts, web.Tiles([]web.Tile{{Value: msg.Same(web.Number(counts[mail.Waiting])), Label: mail.Waiting.Title()}, {Value: msg.Same(web.Number(counts[mail.Dead])), Label: mail.Dead.Title(), Tone: tone},
		{Value: msg.Same(web.Number(counts[mail.Sent])), Label: mail.Sent.Title()}}))
	for _, st := range []mail.State{mail.Dead, mail.Waiting} {
		if len(lists[st]) == 0 {
			continue
		}
		t := web.Table{Caption: st.Title(), Count: counts[st], Columns: []web.Column{{Title: msg.T("作成", "Made"), NoWrap: true}, {Title: msg.T("宛先の職員等", "To"), Head: true}, {Title: msg.T("回数", "Tries"), Num: true}, {Title: msg.T("サーバーの応答", "Answer of the server")}, {Title: msg.T("操作", "Action"), Quiet: true}}}
		for _, e := range lists[st] {
			c := web.Cell{}
			if st == mail.Dead {
				c.Part = web.FormPart(web.Form{Action: "/digest/mail", Hidden: [][2]string{{"mail", e.ID}}, Buttons: []web.Button{{Title: msg.T("もう一度送る", "Send again")}}, Label: msg.F("%sへのメール", "Mail to %s", e.Person)})
			}
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: e.Made.Short(r.Lang)}, {Text: e.Person, Href: "/people/" + e.Person}, {Text: web.Number(e.Tries)}, {Part: asIs(e.LastError)}, c}})
		}
		parts = append(parts, web.TablePart(t))
	}
	return web.Page(titleMail, web.Stack(parts...)).In("/inbox"), nil
}

func (s *Service) retryMail(r *web.Request) (web.Response, error) {
	if err := r.FormFields("mail"); err != nil {
		return web.Response{}, err
	}
	if _, err := s.c.Gate.Run(r.Context(), "mail.retry", act.Input{"mail": r.Form("mail")}, act.Options{IdempotencyKey: r.IdempotencyKey}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/digest/mail", msg.T("もう一度送信します。", "It will be sent again.")), nil
}

// asIs is text of a machine, which reads the same in both languages.
func asIs(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<span lang="en">`+templ.EscapeString(s)+`</span>`)
		return err
	})
}
