package card

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/when"
)

// deskPage finds the cards somebody sees by number, holder or section. One that is found alone can be lent, collected or
// reported at once by whoever answers for it.
func (s *Service) deskPage(r *web.Request) (web.Response, error) {
	words := r.Query("q")
	if r.FormHas("card") { // a refused form shows the card it was about
		words = r.Form("card")
	}
	var list []named
	var reach msg.Text
	total, may, own := 0, false, false
	page := max(1, r.QueryInt("page", 1))
	err := s.read(r, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.sees(ctx, tx, r.Actor, "card")
		if err != nil {
			return err
		}
		own = v.OwnOnly()
		if reach, err = s.reach(ctx, tx, r.Actor, v); err != nil || words == "" {
			return err
		}
		if list, total, err = s.find(ctx, tx, v, "", words, window{perPage, (page - 1) * perPage}); err != nil || total != 1 || len(list) != 1 {
			return err
		}
		may, err = s.manages(ctx, tx, r.Actor, actCollect, list[0].Unit)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: crumbs(), Title: titleDesk, Lead: msg.T("カード番号を読み取るか、番号、氏名、組織を入力して検索してください。", "Scan a card, or search by number, name or unit."), Facts: []msg.Text{reach}}), web.ErrorSummary(),
		web.FilterPart(web.Filter{Action: "/cards/desk", Fields: []web.Field{{Name: "q", Label: msg.T("カード番号、氏名、組織", "Card no., name, unit"), Kind: web.SearchField, Value: words}}})}
	if own || len(list) == 1 && total == 1 && !may {
		parts = append(parts, web.Banner(web.Info, msg.T("貸出しと回収は、カードを管理する組織の情報セキュリティ管理者が記録します。", "The manager of the section in charge lends and collects.")))
	}
	switch {
	case words == "":
	case total == 0:
		parts = append(parts, web.EmptyState(msg.T("該当するカードはありません。ほかの組織のカードは検索できません。", "No card fits. Cards of other sections are not searched.")))
	case total == 1 && len(list) == 1:
		parts = append(parts, s.deskCard(r, list[0], may)...)
	default:
		parts = append(parts, s.deskList(r, list, total), paging(r, page, total))
	}
	return web.Page(titleDesk, web.Stack(parts...)).In("/cards"), nil
}

func (s *Service) deskCard(r *web.Request, k named, may bool) []templ.Component {
	entries := []web.Entry{{Label: msg.T("カード番号", "Card no."), Text: k.Code, Href: "/registers/card/" + url.PathEscape(k.Code)}, {Label: msg.T("種類", "Kind"), Text: s.word("kind", k.Kind, r.Lang)}, {Label: msg.T("状態", "State"), Part: stateBadge(s, k.State, r.Lang)},
		{Label: msg.T("持つ職員", "Holder"), Text: k.name}, {Label: msg.T("管理する組織", "Unit in charge"), Text: k.unit}, {Label: msg.T("貸出日", "Lent on"), Text: k.Lent.Text(r.Lang)}}
	out := []templ.Component{web.SummaryList(entries)}
	if !may {
		return out
	}
	form := func(step string, label msg.Text, buttons []web.Button, fields ...web.Field) templ.Component {
		return web.FormPart(web.Form{Action: "/cards/desk", Hidden: [][2]string{{"card", k.Code}, {"step", step}}, Label: label, Fields: fields, Buttons: buttons})
	}
	switch k.State {
	case Lent:
		out = append(out, form("collect", msg.T("カードの回収", "Collect"), []web.Button{{Title: msg.T("回収する", "Collect"), Tone: web.Good}}),
			under(web.Disclosure(msg.T("紛失したとき", "If it is lost")), form("lose", titleLost, []web.Button{{Title: msg.T("紛失を届け出る", "Report it as lost"), Tone: web.Bad}})))
	case Stock, Collected:
		out = append(out, form("lend", msg.T("カードの貸出し", "Lend"), []web.Button{{Title: msg.T("貸し出す", "Lend"), Tone: web.Good}}, web.Field{Name: "person", Label: msg.T("持つ職員の職員番号", "Person no. of the holder"), Required: true, Width: 16, AsIs: true}))
	case Lost:
		out = append(out, web.Banner(web.Bad, msg.T("紛失の届出があります。見つかった場合も、失効させてから新しいカードを貸し出してください。", "It is reported lost. Even if it is found, revoke it and lend another.")))
	}
	return out
}

func (s *Service) deskList(r *web.Request, list []named, total int) templ.Component {
	t := web.Table{ID: "found", Caption: msg.T("見つかったカード", "Cards found"), Count: total, Short: true, Columns: []web.Column{
		{Title: msg.T("カード番号", "Card no."), Head: true, NoWrap: true, Beside: true}, {Title: msg.T("種類", "Kind"), NoWrap: true, Beside: true}, {Title: msg.T("状態", "State"), NoWrap: true, Beside: true}, {Title: msg.T("持つ職員", "Holder"), Beside: true}, {Title: msg.T("管理する組織", "Unit in charge"), Beside: true}}}
	for _, k := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: k.Code, Href: deskHref(k.Code)}, {Text: s.word("kind", k.Kind, r.Lang)}, {Part: stateBadge(s, k.State, r.Lang)}, {Text: k.name}, {Text: k.unit}}})
	}
	return web.TablePart(t)
}

func (s *Service) desk(r *web.Request) (web.Response, error) {
	if err := r.FormFields("card", "step", "person"); err != nil {
		return web.Response{}, err
	}
	code := r.Form("card")
	in := act.Input{"card": code}
	id, done := "", msg.Text{}
	switch r.Form("step") {
	case "collect":
		id, done = actCollect, msg.F("カード「%s」を回収しました。", "The card “%s” was collected.", code)
	case "lend":
		in["person"] = r.Form("person")
		id, done = actLend, msg.F("カード「%s」を貸し出しました。", "The card “%s” was lent.", code)
	case "lose":
		id, done = actLose, msg.F("カード「%s」の紛失を届け出ました。CSIRTが失効させます。", "The card “%s” is reported lost. The CSIRT will revoke it.", code)
	default:
		return web.Response{}, web.NotFound()
	}
	if err := s.run(r, id, in); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/cards/desk", done), nil
}

// own are the cards somebody holds, or has lost and nobody has revoked yet.
func (s *Service) own(ctx context.Context, tx *db.Tx, person string) ([]named, error) {
	out, err := db.Rows(ctx, tx, func(r *sql.Rows) (k named, err error) {
		return k, r.Scan(&k.Code, &k.Kind, &k.State, &k.LostAt)
	}, `SELECT code, kind, state, lost_at FROM reg_card WHERE person = $1 AND state IN ('lent', 'lost') AND NOT ended ORDER BY kind DESC, code`, person)
	if err != nil {
		return nil, fmt.Errorf("read cards of %s: %w", person, err)
	}
	return out, nil
}

// lostPage is for a phone: one's own cards, one button.
func (s *Service) lostPage(r *web.Request) (web.Response, error) {
	var list []named
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = s.own(ctx, tx, r.Actor.Person)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: crumbs(), Title: titleLost, Lead: msg.T("なくしたかもしれないと思ったら、すぐに届け出てください。捜すのは、届け出た後で構いません。", "If you think you may have lost a card, report it at once. Look for it afterwards.")}), web.ErrorSummary()}
	f := web.Field{Name: "card", Label: msg.T("なくしたカード", "The card you lost"), Kind: web.RadioField, Required: true}
	now := when.StampOf(r.Now())
	for _, k := range list {
		kind := msg.Text{JA: s.word("kind", k.Kind, msg.JA), EN: s.word("kind", k.Kind, msg.EN)}
		if k.State == Lost {
			parts = append(parts, web.Banner(web.Warn, msg.F("%s（%s）は%sに届出済みです。失効を待っています（%s経過）。", "%s (%s) was reported on %s and waits to be revoked (%s so far).", kind, k.Code, k.LostAt.Both(), running(k.LostAt, now))))
			continue
		}
		f.Options = append(f.Options, web.Option{Value: k.Code, Label: msg.F("%s（%s）", "%s (%s)", kind, k.Code)})
	}
	switch len(f.Options) {
	case 0:
		none := msg.T("貸し出されているカードはありません。", "You hold no card.")
		if len(list) > 0 {
			none = msg.T("ほかに貸し出されているカードはありません。", "You hold no other card.")
		}
		parts = append(parts, web.EmptyState(none))
		return web.Page(titleLost, web.Stack(parts...)).In("/cards"), nil
	case 1:
		f.Value = f.Options[0].Value
	}
	parts = append(parts, web.FormPart(web.Form{Action: "/cards/lost", Label: titleLost, Fields: []web.Field{f}, Buttons: []web.Button{{Title: msg.T("紛失を届け出る", "Report it as lost"), Tone: web.Bad}}}))
	return web.Page(titleLost, web.Stack(parts...)).In("/cards"), nil
}

func (s *Service) reportLost(r *web.Request) (web.Response, error) {
	if err := r.FormFields("card"); err != nil {
		return web.Response{}, err
	}
	if r.Form("card") == "" {
		return web.Response{}, fault.At("card", msg.T("なくしたカードを選んでください。", "Please choose the card you lost."))
	}
	if err := s.run(r, actLose, act.Input{"card": r.Form("card")}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/cards/lost", msg.T("紛失を届け出ました。CSIRTが直ちにカードを失効させます。", "It is reported. The CSIRT will revoke the card at once.")), nil
}

// revokePage asks once before a card stops working.
func (s *Service) revokePage(r *web.Request) (web.Response, error) {
	var k Card
	var names map[string]string
	may := false
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if may, err = s.c.Gate.Decides(ctx, tx, r.Actor, actRevoke); err != nil {
			return err
		}
		if !may {
			return web.NotFound()
		}
		if k, _, err = get[Card](ctx, tx, s.c.Catalog, "card", r.Path("card")); err != nil {
			return err
		}
		names, err = s.names(ctx, tx, k)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	entries := []web.Entry{{Label: msg.T("カード番号", "Card no."), Text: k.Code}, {Label: msg.T("種類", "Kind"), Text: s.word("kind", k.Kind, r.Lang)}, {Label: msg.T("状態", "State"), Text: s.word("state", k.State, r.Lang)},
		{Label: msg.T("持つ職員", "Holder"), Text: names["person"]}, {Label: msg.T("管理する組織", "Unit in charge"), Text: names["unit"]}, {Label: msg.T("届出の日時", "Reported at"), Text: k.LostAt.Text(r.Lang)}}
	head := web.Head{Crumbs: crumbs(), Title: titleRevoke, Lead: msg.T("認証の仕組みの側でカードを失効させてから、記録してください。失効は取り消せません。", "Revoke the card where it is read, then record it. It cannot be undone.")}
	if k.State == Revoked {
		return web.Page(titleRevoke, web.Stack(web.PageHead(head), web.Banner(web.Info, msg.F("このカードは%sに失効しています。", "This card was revoked on %s.", k.RevokedAt.Both())), web.SummaryList(entries))).In("/cards"), nil
	}
	f := web.Form{Action: revokeHref(k.Code), Label: titleRevoke, Cancel: web.Link{Href: "/cards"}, Buttons: []web.Button{{Title: msg.T("失効を記録する", "Record that it is revoked"), Tone: web.Bad}}}
	return web.Page(titleRevoke, web.Confirm(head, entries, f)).In("/cards"), nil
}

func (s *Service) revokeNow(r *web.Request) (web.Response, error) {
	if err := r.FormFields(); err != nil {
		return web.Response{}, err
	}
	if err := s.run(r, actRevoke, act.Input{"card": r.Path("card")}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/cards", msg.F("カード「%s」を失効させました。", "The card “%s” is revoked.", r.Path("card"))), nil
}
