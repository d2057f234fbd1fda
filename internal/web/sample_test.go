package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/web"
	"okite/internal/web/webtest"
	"okite/internal/when"
)

// now is the moment of the sample pages.
func now() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }

var chief = actor.Actor{Person: "P-00001", Name: "藤原 礼", Unit: "U-0001", Roles: []actor.Grant{{Role: "chief"}}}

// sample is a site with one page of each kind.
func sample() *web.Site {
	s := &web.Site{Name: "北星市", Version: "1.0.0", Demo: true, Registry: &web.Registry{}, Now: now, Identify: webtest.As(chief),
		Describe: func(context.Context, actor.Actor, msg.Lang) (string, string) {
			return "情報政策課", "統括情報セキュリティ責任者"
		},
		Badge: func(context.Context, actor.Actor) map[string]int { return map[string]int{"inbox": 7, "case": 1} },
	}
	nav := func(n int, badge string) *web.NavItem { return &web.NavItem{Order: n, Badge: badge} }
	page := func(path string, title msg.Text, n *web.NavItem, p func(*web.Request) (web.Response, error)) web.Route {
		return web.Route{Method: "GET", Pattern: path, Title: title, Rule: web.SignedIn, Page: p, Nav: n, Clauses: []clause.ID{"bp.4"}}
	}
	err := s.Registry.Add(
		page("/{$}", msg.T("方針の状態", "Board"), &web.NavItem{Href: "/", Order: 1}, board),
		page("/inbox", msg.T("受信箱", "Inbox"), nav(2, "inbox"), list),
		page("/registers/asset/new", msg.T("情報資産の登録", "New asset"), &web.NavItem{Title: msg.T("台帳", "Registers"), Href: "/registers", Order: 3}, form),
		web.Route{Method: "POST", Pattern: "/registers/asset/new", Title: msg.T("情報資産の登録", "New asset"), Rule: web.SignedIn, Page: save, Again: form},
		page("/why", msg.T("端末 T-04417", "Terminal T-04417"), &web.NavItem{Title: msg.T("事案", "Incidents"), Badge: "case", Order: 5}, why),
		page("/parts", msg.T("部品", "Parts"), nav(6, ""), parts),
		page("/broken", msg.T("故障", "Broken"), nil, func(*web.Request) (web.Response, error) { return web.Response{}, errors.New("secret detail") }),
		page("/panic", msg.T("故障", "Broken"), nil, func(*web.Request) (web.Response, error) { panic("secret panic") }),
		page("/half", msg.T("途中", "Half"), nil, func(*web.Request) (web.Response, error) {
			return web.File("x.csv", "text/csv", func(w io.Writer) error { fmt.Fprint(w, "a,b"); return errors.New("disk") }), nil
		}),
		page("/file", msg.T("書出し", "Export"), nil, func(*web.Request) (web.Response, error) {
			return web.File("資産台帳.csv", "text/csv; charset=utf-8", func(w io.Writer) error { _, err := fmt.Fprint(w, "a,b\n"); return err }), nil
		}),
		web.Route{Method: "GET", Pattern: "/chief", Title: msg.T("統括", "Chief"), Rule: web.Role("ciso"), Page: board},
		web.Route{Method: "POST", Pattern: "/api/v1/echo", Title: msg.T("送り返し", "Echo"), Rule: web.SignedIn,
			API: &web.Operation{ID: "echo", Body: echo{}, Answer: echo{}, Write: true}, Page: func(r *web.Request) (web.Response, error) {
				var e echo
				if err := r.JSON(&e); err != nil {
					return web.Response{}, err
				}
				if e.Owner.Name == "" {
					return web.Response{}, fault.At("owner.name", msg.T("所有者の名前を入力してください。", "Please give the owner's name."))
				}
				e.Key = r.IdempotencyKey
				return web.JSON(e), nil
			}},
	)
	if err != nil {
		panic(err)
	}
	return s
}

type echo struct {
	Owner struct {
		Name string `json:"name"`
	} `json:"owner"`
	Count int      `json:"count"`
	Label msg.Text `json:"label"`
	Key   string   `json:"key,omitempty"`
}

func board(r *web.Request) (web.Response, error) {
	rows := []struct {
		no, title  string
		c          web.Counts
		look, href string
	}{
		{"1", "目的", web.Counts{Noncompliant: 3, Compliant: 412}, "", ""},
		{"2", "定義", web.Counts{Undetermined: 6, Compliant: 1204}, "", ""},
		{"5", "職員の責務", web.Counts{Noncompliant: 388, Undetermined: 12, Excepted: 40, Compliant: 19410}, "委託先名簿にない入室カード 9", "/why"},
		{"7", "情報資産の分類", web.Counts{Noncompliant: 1240, Undetermined: 310, Excepted: 22, Compliant: 58120}, "棚卸し未了 1,182", "/why"},
		{"9(4)", "強靱性の向上", web.Counts{Noncompliant: 4, Undetermined: 318, Excepted: 2, Compliant: 5412}, "許可なく開いた持ち出し制限 2", "/why"},
		{"13", "違反への対応", web.Counts{Compliant: 12}, "", ""},
	}
	t := web.Table{ID: "clauses", Caption: msg.T("条ごとの状態", "State by clause"), Count: -1, Columns: []web.Column{
		{Title: msg.T("条", "No."), Num: true}, {Title: msg.T("項目", "Clause"), Head: true}, {Title: msg.T("状態", "State")},
		{Title: msg.T("不適合", "Non-compliant"), Num: true}, {Title: msg.T("判定不能", "Undetermined"), Num: true},
		{Title: msg.T("例外", "Excepted"), Num: true}, {Title: msg.T("適合", "Compliant"), Num: true}, {Title: msg.T("まず見るもの", "Look first at")}}}
	tone := func(n int, t web.Tone) web.Tone {
		if n > 0 {
			return t
		}
		return web.Plain
	}
	for _, x := range rows {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.no}, {Text: x.title, Href: "/why"}, {Part: web.ResultBar(x.c)},
			{Text: web.Number(x.c.Noncompliant), Tone: tone(x.c.Noncompliant, web.Bad)}, {Text: web.Number(x.c.Undetermined), Tone: tone(x.c.Undetermined, web.Warn)},
			{Text: web.Number(x.c.Excepted)}, {Text: web.Number(x.c.Compliant)}, {Text: x.look, Href: x.href}}})
	}
	return web.Page(msg.T("方針の状態", "Board"), web.Stack(
		web.PrintHead(web.Sheet{Class: msg.T("機密性2", "Confidentiality 2"), Number: "情政第123号", Date: "令和8年11月22日"}),
		web.PageHead(web.Head{Title: msg.T("方針の状態", "Board"), Facts: []msg.Text{
			msg.F("%s 現在", "As of %s", when.StampOf(r.Now()).Both()), msg.T("基本方針 第3版・対策基準 第7版", "Basic policy v3, standard v7"), msg.T("記録 4,812,044 件目まで検証済み", "Record verified up to entry 4,812,044")}}),
		web.Tiles([]web.Tile{
			{Value: msg.Same("2"), Label: msg.T("許可なく開いている持ち出し制限", "Unpermitted take-out locks"), Tone: web.Bad, Href: "/why"},
			{Value: msg.Same("1"), Label: msg.T("閉じていない領域間の通信", "Open paths between zones"), Tone: web.Bad, Href: "/why"},
			{Value: msg.T("3日", "3 days"), Label: msg.T("最も近い外部報告の期限", "Nearest outside report"), Href: "/why"},
			{Value: msg.Same("318"), Label: msg.T("9(4) 判定不能（証拠が古い端末）", "9(4) undetermined"), Href: "/why"}}),
		web.ResultLegend(), web.TablePart(t))), nil
}

func list(r *web.Request) (web.Response, error) {
	t := web.Table{ID: "tasks", Caption: msg.T("作業の一覧", "Tasks"), Count: 12, Select: "task", Sort: "due", Href: func(c string, d bool) string {
		if d {
			c = "-" + c
		}
		return r.With("sort", c)
	}, Columns: []web.Column{{Name: "due", Title: msg.T("期限", "Due"), Sort: true}, {Name: "title", Title: msg.T("件名", "Title"), Sort: true, Head: true}, {Title: msg.T("種類", "Kind"), NoWrap: true}, {Title: msg.T("担当課", "Section")}, {Title: msg.T("状態", "State")}}}
	for i := range 4 {
		t.Rows = append(t.Rows, web.Row{Key: fmt.Sprint(i), Cells: []web.Cell{{Text: "令和8年11月2" + fmt.Sprint(i) + "日", Note: "3開庁日超過", Tone: web.Bad}, {Text: "情報資産台帳の点検（住民記録システム）", Href: "/why"}, {Text: "実施手順"}, {Text: "戸籍住民課"}, {Part: web.Badge(msg.T("確認待ち", "Waiting"), web.Warn)}}})
	}
	q := r.Query("q")
	var chips []web.Chip
	if q != "" {
		chips = append(chips, web.Chip{Label: "語句：" + q, Remove: r.With("q", "")})
	}
	return web.Page(msg.T("受信箱", "Inbox"), web.Stack(
		web.PageHead(web.Head{Crumbs: []web.Link{{Title: msg.T("ホーム", "Home"), Href: "/"}, {Title: msg.T("受信箱", "Inbox")}}, Title: msg.T("受信箱", "Inbox"), Lead: msg.T("あなたと戸籍住民課に届いている作業です。", "What you and your section owe.")}),
		web.FilterPart(web.Filter{Action: "/inbox", Live: "tasks", Chips: chips, Clear: "/inbox", Links: []web.Link{{Title: msg.T("Excelで書き出す", "Export to Excel"), Href: "/file"}}, Fields: []web.Field{
			{Name: "kind", Label: msg.T("種類", "Kind"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("kind"), Options: []web.Option{{Value: "a", Label: msg.T("台帳", "Register")}}},
			{Name: "q", Label: msg.T("語句", "Words"), Kind: web.SearchField, Value: q}}}),
		web.TablePart(t), web.PagingPart(web.Paging{Page: 3, Size: 4, Total: 40, Href: func(n int) string { return r.With("page", fmt.Sprint(n)) }}))), nil
}

func form(r *web.Request) (web.Response, error) {
	title := msg.T("情報資産の登録", "New asset")
	return web.Page(title, web.Stack(
		web.PageHead(web.Head{Crumbs: []web.Link{{Title: msg.T("ホーム", "Home"), Href: "/"}, {Title: msg.T("情報資産台帳", "Assets"), Href: "/inbox"}, {Title: msg.T("登録", "New")}}, Title: title}),
		web.FormPart(web.Form{Action: "/registers/asset/new", Guard: true, Fields: []web.Field{
			{Name: "name", Label: msg.T("資産の名称", "Name"), Help: msg.T("例：住民記録システムのデータベース", "Example: resident register"), Required: true, Width: 40},
			{Name: "unit", Label: msg.T("所管課", "Section"), Help: msg.T("課名の一部を入力できます。", "Part of the name will do."), Kind: web.ComboField, Required: true, Width: 20, Options: []web.Option{{Value: "戸籍住民課", Label: msg.Same("戸籍住民課")}}},
			{Name: "count", Label: msg.T("個人情報の件数", "Personal records"), Kind: web.NumberField, Unit: msg.T("件", "records"), Optional: true},
			{Name: "day", Label: msg.T("取得日", "Acquired"), Kind: web.DateField, Optional: true},
			{Name: "until", Label: msg.T("保存期限", "Keep until"), Kind: web.DatePartsField},
			{Name: "class", Label: msg.T("機密性", "Confidentiality"), Kind: web.RadioField, Required: true, Help: msg.T("迷うときは高い方を選んでください。", "If in doubt choose the higher."), Options: []web.Option{{Value: "3", Label: msg.T("機密性3（個人情報、秘密文書）", "3")}, {Value: "2", Label: msg.T("機密性2（公開を前提としない）", "2")}}},
			{Name: "place", Label: msg.T("保管場所", "Places"), Kind: web.ChecksField, Options: []web.Option{{Value: "room", Label: msg.T("執務室", "Office")}, {Value: "dc", Label: msg.T("情報システム室", "Server room")}}},
			{Name: "note", Label: msg.T("備考", "Note"), Kind: web.LongField, Optional: true},
			{Name: "ok", Label: msg.T("内容を確かめました", "Checked"), Kind: web.CheckField},
			{Name: "file", Label: msg.T("添付", "Attachment"), Kind: web.FileField, Optional: true},
		}, Buttons: []web.Button{{Title: msg.T("登録する", "Save"), Tone: web.Good, Ask: msg.T("登録してよろしいですか。", "Save it?")}, {Title: msg.T("下書きに保存", "Save draft"), Name: "draft", Value: "1"}}, Cancel: web.Link{Href: "/inbox"}}))), nil
}

func save(r *web.Request) (web.Response, error) {
	if err := r.FormFields("name", "unit", "count", "day", "until.", "class", "place", "note", "ok", "draft", "file"); err != nil {
		return web.Response{}, err
	}
	var l fault.List
	if r.Form("name") == "" {
		l.Add("name", msg.T("資産の名称を入力してください", "Please enter the name"))
	}
	if r.Form("class") == "" {
		l.Add("class", msg.T("機密性を選んでください", "Please choose the confidentiality"))
	}
	if _, err := r.FormDate("day"); err != nil {
		l.Add("day", fault.As(err).Fields[0].Message)
	}
	if err := l.Err(); err != nil {
		return web.Response{}, err
	}
	return web.Redirect("/inbox", msg.T("情報資産を登録しました。", "The asset was saved.")), nil
}

func why(r *web.Request) (web.Response, error) {
	at := func(s string) when.Stamp { x, _ := when.ParseStamp(s); return x }
	return web.Page(msg.T("端末 T-04417", "Terminal T-04417"), web.Stack(
		web.PageHead(web.Head{Crumbs: []web.Link{{Title: msg.T("方針の状態", "Board"), Href: "/"}, {Title: msg.T("9(4) 情報システム全体の強靱性の向上", "9(4)"), Href: "/why"}}, Title: msg.T("端末 T-04417", "Terminal T-04417"), Badge: web.ResultBadge("noncompliant"),
			Facts: []msg.Text{msg.T("11月20日 18:02 から", "Since 20 November 18:02"), msg.T("責任者：市民税課長 小松 亮", "Owner: 小松 亮")}}),
		web.Quote(msg.T("基本方針 9(4)", "Basic policy 9(4)"), "……端末からの情報持ち出し不可設定や端末への多要素認証の導入等により、住民情報の流出を防ぐための措置を講ずる。"),
		web.LanesPart(web.Lanes{Title: msg.T("時間の上で見る", "On the time line"), From: at("2026-11-20 09:00"), To: at("2026-11-22 15:00"), Now: at("2026-11-22 09:00"), Lanes: []web.Lane{
			{Title: msg.T("許可", "Permit"), Spans: []web.Span{{From: at("2026-11-20 15:00"), To: at("2026-11-20 18:00"), Title: msg.T("許可", "Permit"), Tone: web.Good}}},
			{Title: msg.T("制限の解除", "Lock open"), Spans: []web.Span{{From: at("2026-11-20 15:04"), To: at("2026-11-20 18:00"), Title: msg.T("許可の中", "permitted"), Tone: web.Info}, {From: at("2026-11-20 18:00"), To: at("2026-11-22 09:00"), Title: msg.T("許可なし", "not permitted"), Tone: web.Bad}}},
			{Title: msg.T("媒体へ書込み", "Writing"), Points: []web.Point{{At: at("2026-11-20 16:31"), Title: msg.T("3ファイル", "3 files")}}}}}),
		web.Timeline([]web.Event{{At: "11/20 15:00", Title: "許可の始まり", By: "税政部長", Tone: web.Good}, {At: "11/22 06:00", Title: "制限：解除のまま", Detail: "端末の設定を実測", Tone: web.Bad, Href: "/why"}}),
		web.Buttons(nil, web.Link{Href: "/", Title: msg.T("戻る", "Back")}), web.ButtonLink(web.Link{Title: msg.T("制限を戻すよう指示する", "Order it closed"), Href: "/inbox", Main: true}))), nil
}

func parts(r *web.Request) (web.Response, error) {
	var badges []web.Entry
	for _, n := range []string{"noncompliant", "undetermined", "excepted", "not_due", "out_of_scope", "compliant"} {
		badges = append(badges, web.Entry{Label: web.ResultWord(n), Part: web.ResultBadge(n), Change: "/parts"})
	}
	wide := web.Table{Caption: msg.T("横に長い表", "A wide table"), Count: 1, Wide: true}
	row := web.Row{}
	for i := range 14 {
		wide.Columns = append(wide.Columns, web.Column{Title: msg.F("とても長い列の名前その%d", "Column %d", i), Head: i == 0})
		row.Cells = append(row.Cells, web.Cell{Text: "値" + fmt.Sprint(i)})
	}
	wide.Rows = []web.Row{row}
	return web.Page(msg.T("部品", "Parts"), web.Stack(
		web.PageHead(web.Head{Title: msg.T("部品", "Parts"), Links: []web.Link{{Title: msg.T("登録する", "New"), Href: "/registers/asset/new", Main: true}}}),
		web.Banner(web.Info, msg.T("本日17時に保守を行います。", "Maintenance at 17:00.")), web.Banner(web.Good, msg.T("登録しました。", "Saved.")),
		web.Banner(web.Warn, msg.T("期限が近づいています。", "Due soon.")), web.Banner(web.Bad, msg.T("緊急の連絡です。", "Urgent.")),
		web.Tabs(msg.T("表示の切替", "Views"), []web.Tab{{Title: msg.T("概要", "Overview"), Href: "/parts", Current: true}, {Title: msg.T("履歴", "History"), Href: "/parts?x", Count: 12}}),
		web.Steps([]web.Step{{Title: msg.T("入力", "Input"), State: web.StepDone}, {Title: msg.T("確認", "Check"), State: web.StepNow}, {Title: msg.T("完了", "Done")}}),
		web.SummaryList(badges),
		web.TaskList([]web.Task{{Title: msg.T("実施手順の見直し", "Review the procedure"), Href: "/parts", State: msg.T("作業中", "In progress"), Tone: web.Info}, {Title: msg.T("研修", "Training"), State: msg.T("完了", "Done"), Tone: web.Good}}),
		web.DiffTable(msg.T("変更の内容", "Changes"), []web.Change{{Label: "機密性", Old: "2", New: "3"}, {Label: "保管場所", New: "執務室"}}),
		web.TablePart(wide), web.TablePart(web.Table{Caption: msg.T("空の表", "An empty table")}),
		web.Copy("age1qqqqqq"), web.Day(when.Of(now())), web.Time(when.StampOf(now())))), nil
}
