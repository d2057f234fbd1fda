package card

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
)

// names are what people call a card's holder and unit.
func (s *Service) names(ctx context.Context, tx *db.Tx, k Card) (map[string]string, error) {
	l, err := s.c.Catalog.Names(ctx, tx, ref.New("person", k.Person), ref.New("unit", k.Unit))
	return map[string]string{"person": l[ref.New("person", k.Person)], "unit": l[ref.New("unit", k.Unit)]}, err
}

// inspection is what the page of an inspection shows.
type inspection struct {
	unit   string
	units  []dueCount // those the person counts
	cards  []Card
	labels register.Labels
}

func (s *Service) inspection(r *web.Request) (x inspection, err error) {
	x.unit = r.Query("unit")
	if r.FormHas("unit") {
		x.unit = r.Form("unit")
	}
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		own, standing, err := s.units(ctx, tx, r.Actor, actInspect)
		if err != nil {
			return err
		}
		if units := append(own, standing...); len(units) > 0 {
			if x.units, err = s.counts(ctx, tx, units); err != nil {
				return err
			}
		}
		if x.unit == "" && len(x.units) == 1 {
			x.unit = x.units[0].unit
		}
		if x.unit == "" {
			return nil
		}
		ok, err := s.manages(ctx, tx, r.Actor, actInspect, x.unit)
		if err == nil && !ok {
			err = web.NotFound()
		}
		if err != nil {
			return err
		}
		if x.cards, err = s.atHand(ctx, tx, x.unit); err != nil {
			return err
		}
		refs := []ref.Ref{ref.New("unit", x.unit)}
		for _, k := range x.cards {
			if k.Person != "" {
				refs = append(refs, ref.New("person", k.Person))
			}
		}
		x.labels, err = s.c.Catalog.Names(ctx, tx, refs...)
		return err
	})
	return x, err
}

// inspectPage lists the cards of a section to be ticked off.
func (s *Service) inspectPage(r *web.Request) (web.Response, error) {
	x, err := s.inspection(r)
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: crumbs(), Title: titleInspect, Lead: msg.T("手元にあるカード、貸出し先で確かめたカードを選んでください。選ばれなかったカードは、見当たらないカードとして記録します。",
		"Tick the cards that are there, in the drawer or with their holders. What is not ticked is recorded as missing.")}
	parts := []templ.Component{web.PageHead(head), web.ErrorSummary()}
	if x.unit == "" {
		t := web.Table{ID: "units", Caption: msg.T("点検する組織", "Units to inspect"), Count: len(x.units), Short: true, Empty: msg.T("点検を受け持つ組織に、カードはありません。", "No unit you inspect has a card."), Columns: []web.Column{
			{Title: msg.T("組織", "Unit"), Head: true}, {Title: msg.T("枚数", "Cards"), Num: true}, {Title: msg.T("期限", "Due"), NoWrap: true, Beside: true}}}
		for _, u := range x.units {
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: u.name, Href: inspectHref(u.unit)}, {Text: web.Number(u.kept)}, {Text: u.due.Text(r.Lang)}}})
		}
		return web.Page(titleInspect, web.Stack(append(parts, web.TablePart(t))...)).In("/cards"), nil
	}
	t := web.Table{ID: "cards", Caption: msg.F("%sのカード", "Cards of %s", x.labels[ref.New("unit", x.unit)]), Count: len(x.cards), Select: "found", Short: true, Empty: msg.T("この組織に、点検するカードはありません。", "This unit has no card to be inspected."), Columns: []web.Column{
		{Title: msg.T("カード番号", "Card no."), Head: true, NoWrap: true, Beside: true}, {Title: msg.T("種類", "Kind"), NoWrap: true, Beside: true}, {Title: msg.T("状態", "State"), NoWrap: true, Beside: true}, {Title: msg.T("持つ職員", "Holder"), Beside: true}}}
	for _, k := range x.cards {
		holder := ""
		if k.State == Lent {
			holder = x.labels[ref.New("person", k.Person)]
		}
		t.Rows = append(t.Rows, web.Row{Key: k.Code, Cells: []web.Cell{{Text: k.Code}, {Text: s.word("kind", k.Kind, r.Lang)}, {Part: stateBadge(s, k.State, r.Lang)}, {Text: holder}}})
	}
	if len(x.cards) == 0 {
		return web.Page(titleInspect, web.Stack(append(parts, web.TablePart(t))...)).In("/cards"), nil
	}
	f := web.FormPart(web.Form{Action: "/cards/inspect/confirm", Hidden: [][2]string{{"unit", x.unit}}, Label: titleInspect, Buttons: []web.Button{{Title: msg.T("台帳と突き合わせる", "Compare with the register"), Tone: web.Good}}})
	return web.Page(titleInspect, web.Stack(append(parts, under(f, web.TablePart(t)))...)).In("/cards"), nil
}

// inspectConfirm shows what is missing before anything is recorded.
func (s *Service) inspectConfirm(r *web.Request) (web.Response, error) {
	if err := r.FormFields("unit", "found"); err != nil {
		return web.Response{}, err
	}
	x, err := s.inspection(r)
	if err != nil {
		return web.Response{}, err
	}
	found := r.FormAll("found")
	missing, strange := compare(x.cards, found)
	if len(strange) > 0 {
		return web.Response{}, fault.At("found", msg.F("カード「%s」は、この組織の台帳にありません。", "The card “%s” is not on record with this unit.", strange[0]))
	}
	var list []string
	for _, k := range missing {
		name := k.Code
		if k.State == Lent {
			name += "（" + x.labels[ref.New("person", k.Person)] + "）"
			if r.Lang == msg.EN {
				name = k.Code + " (" + x.labels[ref.New("person", k.Person)] + ")"
			}
		}
		list = append(list, name)
	}
	sep := "、"
	if r.Lang == msg.EN {
		sep = ", "
	}
	entries := []web.Entry{{Label: msg.T("点検した組織", "Unit"), Text: x.labels[ref.New("unit", x.unit)]}, {Label: msg.T("台帳の枚数", "On record"), Text: web.Number(len(x.cards))}, {Label: msg.T("確かめた枚数", "Counted"), Text: web.Number(len(found))},
		{Label: msg.T("見当たらないカード", "Missing"), Text: strings.Join(list, sep)}}
	head := web.Head{Crumbs: append(crumbs(), web.Link{Title: titleInspect, Href: inspectHref(x.unit)}), Title: msg.T("点検を記録する前の確認", "Before it is recorded"), Lead: msg.T("すべてのカードを確かめました。", "Every card was found.")}
	if len(missing) > 0 {
		head.Lead = msg.F("%d枚が見当たりません。記録した後、カードの貸出しと回収のページで紛失を届け出てください。", "%d cards are missing. Record it, then report them as lost at the desk.", len(missing))
	}
	f := web.Form{Action: "/cards/inspect", Label: titleInspect, Hidden: [][2]string{{"unit", x.unit}, {"found", strings.Join(found, " ")}}, Cancel: web.Link{Href: inspectHref(x.unit)}, Buttons: []web.Button{{Title: msg.T("点検を記録する", "Record the inspection"), Tone: web.Good}}}
	return web.Page(titleInspect, web.Confirm(head, entries, f)).In("/cards"), nil
}

func (s *Service) inspectNow(r *web.Request) (web.Response, error) {
	if err := r.FormFields("unit", "found"); err != nil {
		return web.Response{}, err
	}
	if err := s.run(r, actInspect, act.Input{"unit": r.Form("unit"), "found": r.Form("found")}); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/cards", msg.T("点検を記録しました。", "The inspection was recorded.")), nil
}
