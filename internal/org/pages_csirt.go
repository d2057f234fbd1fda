package org

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/act"
	"okite/internal/db"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/web"
	"okite/internal/when"
)

func csirtHref(code string) string { return "/csirt/" + esc(code) }

// within is N.contacttest with whether a day is within it.
type within struct {
	days   int
	stated bool
	today  when.Date
}

func (w within) fresh(d when.Date) bool { return d != 0 && (!w.stated || int(w.today-d) <= w.days) }

func (s *Service) within(ctx context.Context, tx *db.Tx, today when.Date) (w within, err error) {
	w.today = today
	w.days, w.stated, err = s.parameter(ctx, tx, "N.contacttest")
	return w, err
}

// windowState says whether the window of a team works, as R037 asks it.
func windowState(c CSIRT, last *lastCall, w within) word {
	switch {
	case c.Phone == "" || c.Mail == "" || c.AfterHours == "":
		return word{msg.T("連絡先の不足", "Contacts missing"), web.Bad}
	case last == nil || !w.fresh(last.date):
		return word{msg.T("連絡試験が必要", "To be tested"), web.Warn}
	case last.result == testFailed:
		return word{msg.T("連絡がつかない", "Not reached"), web.Bad}
	}
	return word{msg.T("確認済み", "Tested"), web.Good}
}

// csirtsPage lists the teams with their window and their gaps (bp.6, R036, R037).
func (s *Service) csirtsPage(r *web.Request) (web.Response, error) {
	var teams []CSIRT
	var w within
	var last map[string]*lastCall
	gaps := map[string]int{}
	var labels register.Labels
	today := when.Of(r.Now())
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if teams, err = register.Load[CSIRT](ctx, tx, s.c.Catalog.Must("csirt")); err != nil {
			return err
		}
		tasks, err := register.Load[Task](ctx, tx, s.c.Catalog.Must("task"))
		if err != nil {
			return err
		}
		tests, err := register.Load[CallTest](ctx, tx, s.c.Catalog.Must("calltest"))
		if err != nil {
			return err
		}
		last = lastCalls(tests, windowOf)
		if w, err = s.within(ctx, tx, today); err != nil {
			return err
		}
		keys := map[string]bool{}
		var refs []ref.Ref
		for _, t := range tasks {
			keys[t.Assignee] = true
		}
		for _, t := range teams {
			for _, k := range []string{t.Chief, t.Deputy, t.Manager, t.PoC} {
				keys[k] = true
			}
			refs = append(refs, ref.New("person", t.Chief), ref.New("person", t.PoC))
		}
		people, err := readPeople(ctx, tx, s.c.Catalog, keys)
		if err != nil {
			return err
		}
		here := func(k string) bool { p := people[k]; return p != nil && p.ActiveOn(today) }
		for _, t := range tasks {
			if !here(t.Assignee) {
				gaps[t.CSIRT]++
			}
		}
		for _, t := range teams {
			for _, k := range []string{t.Chief, t.Deputy, t.Manager, t.PoC} {
				if !here(k) {
					gaps[t.Code]++
				}
			}
		}
		labels, err = s.labels(ctx, tx, refs...)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	t := web.Table{ID: "csirts", Caption: msg.T("CSIRTの一覧", "CSIRTs"), Count: len(teams), Empty: msg.T("CSIRTはまだ登録されていません。", "No CSIRT is registered yet."), Columns: []web.Column{{Title: msg.T("名称", "Name"), Head: true},
		{Title: msg.T("責任者", "Chief")}, {Title: msg.T("窓口", "Window")}, {Title: msg.T("空席", "Empty"), Num: true}, {Title: msg.T("窓口の状態", "State of the window"), NoWrap: true}}}
	for _, c := range teams {
		n := web.Cell{Text: web.Number(gaps[c.Code])}
		if gaps[c.Code] > 0 {
			n.Tone = web.Bad
		}
		name := web.Cell{Text: c.Name, Href: csirtHref(c.Code)}
		if c.Main {
			name.Note = msg.T("全庁の統一的な窓口", "The window of the whole city").In(r.Lang)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{name, {Text: named(labels, "person", c.Chief)}, {Text: c.Phone, Note: named(labels, "person", c.PoC)}, n, {Part: states([]word{windowState(c, last[c.Code], w)})}}})
	}
	return web.Page(titleCSIRT, web.Stack(web.PageHead(web.Head{Title: titleCSIRT, Crumbs: peopleCrumbs(), Lead: msg.T("インシデントの通報を受けて対応する体制です。名称を選ぶと、構成員、役割の担当者、連絡試験が分かります。", "The teams that receive and answer incidents. Choose one for its members, tasks and tests.")}), tabs("/csirt"), web.TablePart(t))).In("/people"), nil
}

// team is what the pages of a CSIRT show.
type team struct {
	CSIRT
	tasks  []Task
	tests  []CallTest
	people map[string]*Person
	labels register.Labels
	w      within
	mays   map[string]bool // acts the person decides
	desks  []Contact
}

func (s *Service) team(r *web.Request, desks bool) (v team, err error) {
	today := when.Of(r.Now())
	err = s.read(r, func(ctx context.Context, tx *db.Tx) error {
		if v.CSIRT, _, err = one[CSIRT](ctx, tx, s.c.Catalog, "csirt", r.Path("csirt")); err != nil {
			return err
		}
		tasks, err := register.Load[Task](ctx, tx, s.c.Catalog.Must("task"))
		if err != nil {
			return err
		}
		tests, err := register.Load[CallTest](ctx, tx, s.c.Catalog.Must("calltest"))
		if err != nil {
			return err
		}
		v.tasks = slices.DeleteFunc(tasks, func(t Task) bool { return t.CSIRT != v.Code })
		v.tests = slices.DeleteFunc(tests, func(t CallTest) bool { return t.CSIRT != v.Code })
		slices.SortStableFunc(v.tests, func(a, b CallTest) int { return int(b.Date - a.Date) })
		keys := map[string]bool{v.Chief: true, v.Deputy: true, v.Manager: true, v.PoC: true}
		refs := []ref.Ref{ref.New("unit", v.Unit)}
		for _, t := range v.tasks {
			keys[t.Assignee] = true
		}
		for _, t := range v.tests {
			refs = append(refs, ref.New("person", t.By))
		}
		if v.people, err = readPeople(ctx, tx, s.c.Catalog, keys); err != nil {
			return err
		}
		if v.w, err = s.within(ctx, tx, today); err != nil {
			return err
		}
		v.mays = map[string]bool{}
		for _, id := range []string{"calltest.create", "csirt.change", "task.change", "task.create"} {
			if v.mays[id], err = s.c.Gate.Decides(ctx, tx, r.Actor, id); err != nil {
				return err
			}
		}
		if desks {
			if v.desks, err = register.Load[Contact](ctx, tx, s.c.Catalog.Must("contact")); err != nil {
				return err
			}
		}
		v.labels, err = s.labels(ctx, tx, refs...)
		return err
	})
	return v, err
}

// seat is a person in a seat or task, or that nobody is.
func (v team) seat(label msg.Text, key string) web.Entry {
	p := v.people[key]
	switch {
	case key == "":
		return web.Entry{Label: label, Part: web.Badge(msg.T("空席", "Empty"), web.Bad)}
	case p == nil:
		return web.Entry{Label: label, Text: key, Part: web.Badge(msg.T("台帳にない職員", "Not registered"), web.Bad)}
	case !p.ActiveOn(v.w.today):
		return web.Entry{Label: label, Text: p.Name, Href: personHref(key), Part: web.Badge(msg.T("在職していません", "Not on the staff"), web.Bad)}
	}
	return web.Entry{Label: label, Text: p.Name, Href: personHref(key), Note: p.Title}
}

func (v team) last() *lastCall {
	return lastCalls(v.tests, windowOf)[v.Code]
}

func (s *Service) csirtPage(r *web.Request) (web.Response, error) {
	v, err := s.team(r, false)
	if err != nil {
		return web.Response{}, err
	}
	head := web.Head{Crumbs: peopleCrumbs(web.Link{Title: titleCSIRT, Href: "/csirt"}), Title: msg.Same(v.Name), Badge: states([]word{windowState(v.CSIRT, v.last(), v.w)}), Facts: []msg.Text{msg.F("事務局：%s", "Secretariat: %s", named(v.labels, "unit", v.Unit))},
		Links: []web.Link{{Title: msg.T("連絡カードを表示する", "Show the contact card"), Href: csirtHref(v.Code) + "/card"}}}
	if v.mays["calltest.create"] {
		head.Links = append(head.Links, web.Link{Title: msg.T("連絡試験を記録する", "Record a contact test"), Href: "/registers/calltest/new?csirt=" + url.QueryEscape(v.Code), Main: true})
	}
	if v.mays["csirt.change"] {
		head.Links = append(head.Links, web.Link{Title: msg.T("構成員と窓口を変更する", "Change members and window"), Href: recordHref("csirt", v.Code) + "/edit"})
	}
	members := []web.Entry{v.seat(msg.T("責任者", "Chief"), v.Chief), v.seat(msg.T("副責任者", "Deputy"), v.Deputy), v.seat(msg.T("管理者", "Manager"), v.Manager), v.seat(msg.T("窓口担当者", "Point of contact"), v.PoC)}
	window := []web.Entry{{Label: msg.T("電話", "Telephone"), Text: v.Phone}, {Label: msg.T("メール", "Mail"), Text: v.Mail}, {Label: msg.T("時間外の連絡先", "Out of hours"), Text: v.AfterHours}}
	var tasks []web.Entry
	for _, t := range v.tasks {
		e := v.seat(msg.Same(t.Name), t.Assignee)
		if v.mays["task.change"] {
			e.Change = recordHref("task", t.Code) + "/edit"
		}
		tasks = append(tasks, e)
	}
	list := web.EmptyState(msg.T("役割はまだ登録されていません。", "No task is registered yet."))
	if len(tasks) > 0 {
		list = web.SummaryList(tasks)
	}
	return web.Page(msg.Same(v.Name), web.Stack(web.PageHead(head), tabs("/csirt"), section(msg.T("窓口", "Window"), web.SummaryList(window)), section(msg.T("構成員", "Members"), web.SummaryList(members)),
		section(msg.T("役割の担当者", "Tasks"), list), section(msg.T("連絡試験", "Contact tests"), s.testTable(v, r.Lang)))).In("/people"), nil
}

func (s *Service) testTable(v team, lang msg.Lang) templ.Component {
	t := web.Table{ID: "tests", Caption: msg.T("連絡試験の一覧", "Contact tests"), Count: len(v.tests), Empty: msg.T("連絡試験の記録はまだありません。", "No test is on record yet."), Columns: []web.Column{{Title: msg.T("試験日", "Tested on"), Head: true, NoWrap: true},
		{Title: msg.T("方法", "Way")}, {Title: msg.T("試験した職員", "Tested by")}, {Title: msg.T("応答までの時間", "Answered within"), Num: true}, {Title: msg.T("結果", "Result"), NoWrap: true}}}
	for _, x := range v.tests[:min(len(v.tests), 50)] {
		took, tone := "", web.Good
		if x.Minutes != nil {
			took = msg.F("%d分", "%d min", *x.Minutes).In(lang)
		}
		if x.Result == testFailed {
			tone = web.Bad
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Date.Text(lang), Href: recordHref("calltest", x.Code), Note: x.Note}, {Text: s.word("call_way", x.Way).In(lang)}, {Text: named(v.labels, "person", x.By)}, {Text: took}, {Part: web.Badge(s.word("test_result", x.Result), tone)}}})
	}
	return web.TablePart(t)
}

// dial is the address a telephone calls, where a number is nothing but digits and hyphens.
func dial(number string) string {
	digits := strings.ReplaceAll(number, "-", "")
	if len(digits) < 5 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return "tel:" + digits
}

// cardPage is the card everybody keeps at hand: whom to call, first inside and then outside, on one sheet.
func (s *Service) cardPage(r *web.Request) (web.Response, error) {
	v, err := s.team(r, true)
	if err != nil {
		return web.Response{}, err
	}
	entries := []web.Entry{{Label: msg.T("電話", "Telephone"), Text: v.Phone, Href: dial(v.Phone)}, {Label: msg.T("時間外の連絡先", "Out of hours"), Text: v.AfterHours}, {Label: msg.T("メール", "Mail"), Text: v.Mail}}
	for _, x := range []struct {
		label msg.Text
		key   string
	}{{msg.T("窓口担当者", "Point of contact"), v.PoC}, {msg.T("管理者", "Manager"), v.Manager}, {msg.T("責任者", "Chief"), v.Chief}, {msg.T("副責任者", "Deputy"), v.Deputy}} {
		if p := v.people[x.key]; p != nil {
			entries = append(entries, web.Entry{Label: x.label, Text: p.Name})
		}
	}
	t := web.Table{ID: "desks", Caption: msg.T("外部の連絡先（CSIRTが連絡します）", "Outside contacts (the CSIRT calls them)"), Count: -1, Columns: []web.Column{{Title: msg.T("機関", "Body"), Head: true}, {Title: msg.T("電話", "Telephone"), NoWrap: true}}}
	for _, k := range v.desks {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: k.Name}, {Text: k.Phone}}})
	}
	head := web.Head{Crumbs: peopleCrumbs(web.Link{Title: titleCSIRT, Href: "/csirt"}, web.Link{Title: msg.Same(v.Name), Href: csirtHref(v.Code)}), Title: msg.F("連絡カード：%s", "Contact card: %s", v.Name),
		Lead: msg.T("おかしいと思ったら、機器の電源を切らずに、すぐに窓口へ電話してください。", "If something seems wrong, leave the device on and call the window at once.")}
	return web.Page(titleCard, web.Stack(web.PrintHead(web.Sheet{Date: when.Of(r.Now()).Text(r.Lang)}), web.PageHead(head), web.SummaryList(entries), web.TablePart(t))).In("/people"), nil
}

// contactsPage lists the bodies outside, those to be verified first; one click says that a contact is right (bp.6, R038).
func (s *Service) contactsPage(r *web.Request) (web.Response, error) {
	var list []Contact
	var last map[string]*lastCall
	var w within
	may := map[string]bool{}
	today := when.Of(r.Now())
	err := s.read(r, func(ctx context.Context, tx *db.Tx) (err error) {
		if list, err = register.Load[Contact](ctx, tx, s.c.Catalog.Must("contact")); err != nil {
			return err
		}
		tests, err := register.Load[CallTest](ctx, tx, s.c.Catalog.Must("calltest"))
		if err != nil {
			return err
		}
		last = lastCalls(tests, contactOf)
		for _, id := range []string{verifyAct, "calltest.create"} {
			if may[id], err = s.c.Gate.Decides(ctx, tx, r.Actor, id); err != nil {
				return err
			}
		}
		w, err = s.within(ctx, tx, today)
		return err
	})
	if err != nil {
		return web.Response{}, err
	}
	slices.SortStableFunc(list, func(a, b Contact) int {
		x, lost := a.confirmed(last[a.Code])
		y, gone := b.confirmed(last[b.Code])
		return cmp.Or(-cmp.Compare(lost, gone), cmp.Compare(x, y)) // whom nobody reached comes first
	})
	t := web.Table{ID: "contacts", Caption: msg.T("外部の連絡先の一覧", "Outside contacts"), Count: len(list), Empty: msg.T("外部の連絡先はまだ登録されていません。", "No contact is registered yet."), Columns: []web.Column{{Title: msg.T("窓口", "Desk"), Head: true},
		{Title: msg.T("連絡先", "Contact")}, {Title: msg.T("最後に確かめた日", "Last verified"), NoWrap: true}, {Title: msg.T("状態", "State"), NoWrap: true}, {Title: msg.T("手続き", "What mends it"), NoWrap: true}}}
	due := 0
	for _, k := range list {
		on, unreached := k.confirmed(last[k.Code])
		state := word{msg.T("確認済み", "Verified"), web.Good}
		switch {
		case w.fresh(unreached):
			state = word{msg.T("連絡がつかない", "Not reached"), web.Bad}
		case !w.fresh(on):
			state = word{msg.T("確認が必要", "To be verified"), web.Warn}
		}
		if state.tone != web.Good {
			due++
		}
		mend := web.Cell{}
		if may[verifyAct] && on != today {
			mend.Part = web.FormPart(web.Form{Action: "/csirt/contacts/" + esc(k.Code), Label: msg.F("%sの確認", "Verify: %s", k.Name), Buttons: []web.Button{{Title: msg.T("確認した", "Verified")}}})
		}
		t.Rows = append(t.Rows, web.Row{Key: k.Code, Cells: []web.Cell{{Text: k.Name, Href: recordHref("contact", k.Code), Note: s.word("outside_body", k.Body).In(r.Lang)}, {Text: k.Phone, Note: k.Mail}, {Text: on.Text(r.Lang)}, {Part: states([]word{state})}, mend}})
	}
	head := web.Head{Title: titleContacts, Crumbs: peopleCrumbs(), Lead: msg.T("情報を共有する外部機関の窓口です。電話やメールが今も正しいことを確かめたら、「確認した」を押してください。", "Desks of the bodies with which information is shared. When you have checked that telephone and mail are right, press “Verified”.")}
	if w.stated {
		head.Facts = []msg.Text{msg.F("%d日ごとに確かめます", "Verified every %d days", w.days), msg.F("確かめる必要があるもの %s", "To be verified: %s", web.Number(due))}
	}
	if may["calltest.create"] {
		head.Links = []web.Link{{Title: msg.T("連絡試験を記録する", "Record a contact test"), Href: "/registers/calltest/new"}}
	}
	return web.Page(titleContacts, web.Stack(web.PageHead(head), tabs("/csirt/contacts"), web.ErrorSummary(), web.TablePart(t))).In("/people"), nil
}

func (s *Service) verifyContact(r *web.Request) (web.Response, error) {
	if err := r.FormFields(); err != nil {
		return web.Response{}, err
	}
	if err := s.run(r, verifyAct, act.Input{"contact": r.Path("contact")}, ""); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/csirt/contacts", msg.T("連絡先を確かめたことを記録しました。", "Recorded: the contact is right.")), nil
}
