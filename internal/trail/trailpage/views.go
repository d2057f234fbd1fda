package trailpage

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/trail"
	"okite/internal/web"
	"okite/internal/when"
)

var titleStanding = msg.T("代決・委任のみ", "Only for another")

var crumbs = web.Link{Title: title, Href: "/trail"}

// who names an actor to people.
func (p *pages) who(id string, names register.Labels) msg.Text {
	switch id {
	case "operator":
		return msg.T("運用担当者", "The operator")
	case "job":
		return msg.T("自動処理", "The product itself")
	case "unknown":
		return msg.T("不明", "Unknown")
	}
	r, err := ref.Parse(id)
	switch {
	case err == nil && names[r] != "":
		return msg.Same(names[r])
	case err == nil && r.Register == "token":
		return msg.F("接続用トークン（%s）", "API token (%s)", r.Key)
	case err == nil:
		return msg.F("登録のない職員等（%s）", "Somebody not registered (%s)", r.Key)
	}
	return msg.Same(id)
}

// whoHref leads to who acted, "" when there is no page.
func whoHref(id string) string {
	if r, err := ref.Parse(id); err == nil && r.Register == "person" {
		return "/people/" + url.PathEscape(r.Key)
	}
	return ""
}

// own are the acts the product records beside those of the registry.
var own = map[string]msg.Text{
	"signin.login": msg.T("ログイン", "Sign in"), "signin.logout": msg.T("ログアウト", "Sign out"), "signin.password": msg.T("パスワードの変更", "Change of password"),
	"signin.totp": msg.T("確認コードの設定", "Set-up of one-time codes"), "signin.link": msg.T("リンクによるログイン", "Sign in by link"),
	trail.ErasedAct: msg.T("個人の情報の消去", "Erasure of personal values"),
}

// actTitle is an act in words.
func (p *pages) actTitle(id string) msg.Text {
	if a, ok := p.c.Gate.Registry.Get(id); ok {
		return a.Title
	}
	if t, ok := p.c.Titles[id]; ok {
		return t
	}
	if t, ok := own[id]; ok {
		return t
	}
	return msg.Text{JA: "その他の操作", EN: "Other: " + id}
}

// subject is what an act was about: the register in words and the record's name.
func (p *pages) subject(r ref.Ref, names register.Labels) (text msg.Text, href string) {
	if r == (ref.Ref{}) {
		return msg.Text{}, ""
	}
	if r == record {
		return msg.T("記録の全体", "The whole record"), ""
	}
	d, ok := p.c.Catalog.Get(r.Register)
	if !ok {
		return msg.Same(r.Key), ""
	}
	if r == register.Subject(d) {
		return msg.F("%sの台帳", "Register: %s", d.Title), "/registers/" + d.Name
	}
	name := names[r]
	if name == "" {
		name = r.Key
	}
	return msg.F("%s「%s」", "%s “%s”", d.Title, name), "/registers/" + d.Name + "/" + url.PathEscape(r.Key)
}

// role names a role to people.
func (p *pages) role(code string) msg.Text {
	if v := p.c.Catalog.Pack().Vocab("role"); v != nil {
		if t, ok := v.Term(code); ok {
			return t.Title
		}
	}
	return msg.Same(code)
}

// capacity says by which power somebody acted (bp.6): a role with its scope, as its holder, as deputy (代決) or by
// delegation (委任). It is empty where no power was needed.
func (p *pages) capacity(c trail.Capacity, names register.Labels) msg.Text {
	if c == (trail.Capacity{}) {
		return msg.Text{}
	}
	as := p.role(c.Role)
	if s, err := ref.Parse(c.Scope); err == nil {
		place := names[s]
		if place == "" {
			place = s.Key
		}
		as = msg.F("%s（%s）", "%s (%s)", as, place)
	}
	switch {
	case c.Deputy && c.Via != "":
		return msg.F("%sの代決（委任 %s による）", "Deputy of: %s, by delegation %s", as, c.Via)
	case c.Deputy:
		return msg.F("%sの代決", "Deputy of: %s", as)
	case c.Via != "":
		return msg.F("%sとして（委任 %s による）", "%s, by delegation %s", as, c.Via)
	}
	return as
}

// forAnother is what a list says beside who acted: only that they stood for another.
func (p *pages) forAnother(c trail.Capacity, names register.Labels, lang msg.Lang) string {
	if !c.Standing() {
		return ""
	}
	return p.capacity(c, names).In(lang)
}

var ways = map[string]msg.Text{
	"page": msg.T("画面", "Page"), "api": msg.T("API", "API"), "command": msg.T("コマンド", "Command"), "job": msg.T("自動処理", "Job"),
}

// refusal is why an act was refused. The record keeps the sentence in English beside its kind.
func refusal(fault string) msg.Text {
	kind, said, _ := strings.Cut(fault, ": ")
	ja := map[string]string{"invalid": "入力に誤りがあるため", "denied": "権限がないため", "not_found": "対象が見つからないため", "conflict": "先に変更されていたため", "busy": "混み合っていたため"}[kind]
	if ja == "" {
		ja = "決まりに合わないため"
	}
	if said == "" {
		said = kind
	}
	return msg.Text{JA: ja, EN: said}
}

func resultBadge(x trail.Record) templ.Component {
	if x.Result == trail.Refused {
		return web.Badge(msg.T("拒否", "Refused"), web.Bad)
	}
	return web.Badge(msg.T("実施", "Done"), web.Good)
}

// otherField is the title of an input that no act declares.
func otherField(name string) msg.Text {
	switch name {
	case "way":
		return msg.T("方法", "Way")
	case "addr":
		return msg.T("接続元", "Address")
	case "name":
		return msg.T("名称", "Name")
	case "role":
		return msg.T("役割", "Role")
	case "pack":
		return msg.T("語彙パック", "Vocabulary pack")
	}
	return msg.Text{JA: "その他の項目", EN: "Other: " + name}
}

func (p *pages) listView(r *web.Request, q asked, problem msg.Text, all bool, records []trail.Record, names register.Labels, next string) templ.Component {
	head := web.Head{Title: title, Lead: msg.T("この仕組みで行われたことと、拒否されたことを、すべて新しい順に並べています。後から書き換えることはできません。",
		"Everything that was done or refused here, newest first. It cannot be rewritten afterwards.")}
	parts := []templ.Component{}
	if all {
		head.Links = []web.Link{{Title: msg.T("検証・書出し", "Verify or export"), Href: "/trail/verify", Main: true}}
	} else {
		head.Lead = msg.T("あなたが行ったことと、拒否されたことを新しい順に並べています。全体を見られるのは、監査と統括の役割に就いている方です。",
			"What you did and what was refused to you, newest first. The whole record is for those who audit and those who answer for the city.")
	}
	parts = append(parts, web.PageHead(head))
	if !problem.IsZero() {
		parts = append(parts, web.Banner(web.Warn, problem))
	}
	parts = append(parts, web.FilterPart(p.filter(r, q, all)))
	t := web.Table{ID: "records", Caption: msg.T("記録の一覧", "Entries"), Count: -1, Empty: msg.T("この条件に当てはまる記録はありません。", "No entry fits."), Columns: []web.Column{
		{Title: msg.T("日時", "When"), NoWrap: true}, {Title: msg.T("操作", "Act"), Head: true}, {Title: msg.T("対象", "Subject")}, {Title: msg.T("行った方", "Who")},
		{Title: msg.T("結果", "Result"), NoWrap: true}, {Title: msg.T("根拠", "Clauses")}}}
	for _, x := range records {
		on, href := p.subject(x.Subject, names)
		result := web.Cell{Part: resultBadge(x)}
		if x.Result == trail.Refused {
			result.Note = refusal(x.Fault).In(r.Lang)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{
			{Text: when.StampOf(x.At).Short(r.Lang)},
			{Text: p.actTitle(x.Act).In(r.Lang), Href: fmt.Sprintf("/trail/%d", x.Index), Note: x.Reason},
			{Text: on.In(r.Lang), Href: href}, {Text: p.who(x.Actor, names).In(r.Lang), Href: whoHref(x.Actor), Note: p.forAnother(x.Capacity, names, r.Lang)}, result, {Text: place(x.Clauses, r.Lang)}}})
	}
	parts = append(parts, web.TablePart(t))
	first := ""
	if q.before != nil {
		first = r.With("before", "")
	}
	return web.Stack(append(parts, turn(first, next))...)
}

// turn leads on through the list, and back to its beginning.
func turn(first, next string) templ.Component {
	var links []templ.Component
	if first != "" {
		links = append(links, web.ButtonLink(web.Link{Title: msg.T("最新の記録へ", "To the newest"), Href: first}))
	}
	if next != "" {
		links = append(links, web.ButtonLink(web.Link{Title: msg.T("さらに前の記録へ", "Older entries"), Href: next}))
	}
	return web.Stack(links...)
}

func (p *pages) filter(r *web.Request, q asked, all bool) web.Filter {
	f := web.Filter{Action: "/trail", Clear: "/trail"}
	if all {
		f.Fields = append(f.Fields, web.Field{Name: "actor", Label: msg.T("行った方（職員番号）", "Who (person no.)"), Value: strings.TrimPrefix(r.Query("actor"), "person:"), Width: 12})
	}
	var acts []web.Option
	for _, a := range p.c.Gate.Registry.All() {
		acts = append(acts, web.Option{Value: a.ID, Label: a.Title})
	}
	for _, titles := range []map[string]msg.Text{p.c.Titles, own} {
		for id, t := range titles {
			if !slices.ContainsFunc(acts, func(o web.Option) bool { return o.Value == id }) {
				acts = append(acts, web.Option{Value: id, Label: t})
			}
		}
	}
	slices.SortFunc(acts, func(a, b web.Option) int {
		return strings.Compare(a.Label.In(r.Lang)+a.Value, b.Label.In(r.Lang)+b.Value)
	})
	f.Fields = append(f.Fields,
		web.Field{Name: "act", Label: msg.T("操作", "Act"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: q.act, Options: acts},
		web.Field{Name: "result", Label: msg.T("結果", "Result"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("result"), Options: []web.Option{{Value: trail.Refused, Label: msg.T("拒否のみ", "Refused only")}}},
		web.Field{Name: "as", Label: msg.T("立場", "Capacity"), Kind: web.SelectField, Any: msg.T("すべて", "All"), Value: r.Query("as"), Options: []web.Option{{Value: standing, Label: titleStanding}}},
		web.Field{Name: "from", Label: msg.T("初日", "From"), Value: r.Query("from"), Width: 12},
		web.Field{Name: "to", Label: msg.T("末日", "To"), Value: r.Query("to"), Width: 12})
	chip := func(name, label string) {
		f.Chips = append(f.Chips, web.Chip{Label: label, Remove: r.With(name, "", "before", "")})
	}
	if q.subject != "" {
		f.Keep = url.Values{"subject": {q.subject}}
		x, _ := ref.Parse(q.subject) // read by ask
		label := x.Key
		if d, ok := p.c.Catalog.Get(x.Register); ok {
			label = d.Title.In(r.Lang) + " " + x.Key
		}
		chip("subject", msg.T("対象：", "Subject: ").In(r.Lang)+label)
	}
	if all && q.actor != "" {
		chip("actor", msg.T("行った方：", "Who: ").In(r.Lang)+strings.TrimPrefix(q.actor, "person:"))
	}
	if q.act != "" {
		chip("act", msg.T("操作：", "Act: ").In(r.Lang)+p.actTitle(q.act).In(r.Lang))
	}
	if q.refused {
		chip("result", msg.T("拒否のみ", "Refused only").In(r.Lang))
	}
	if q.standing {
		chip("as", titleStanding.In(r.Lang))
	}
	if q.from != 0 {
		chip("from", msg.F("%s以後", "From %s", q.from.Both()).In(r.Lang))
	}
	if q.to != 0 {
		chip("to", msg.F("%sまで", "To %s", q.to.Both()).In(r.Lang))
	}
	return f
}

func (p *pages) entryView(r *web.Request, x trail.Record, names register.Labels, values []value, proof trail.Proof) templ.Component {
	on, href := p.subject(x.Subject, names)
	way, ok := ways[x.Way]
	if !ok {
		way = msg.Same(x.Way)
	}
	entries := []web.Entry{
		{Label: msg.T("日時", "When"), Part: web.Time(when.StampOf(x.At))},
		{Label: msg.T("行った方", "Who"), Text: p.who(x.Actor, names).In(r.Lang), Href: whoHref(x.Actor)},
		{Label: msg.T("経路", "Way"), Text: way.In(r.Lang)},
	}
	if as := p.capacity(x.Capacity, names); !as.IsZero() {
		e := web.Entry{Label: msg.T("立場", "Capacity"), Text: as.In(r.Lang)}
		if x.Capacity.Via != "" {
			e.Href = "/registers/delegation/" + url.PathEscape(x.Capacity.Via)
		}
		entries = append(entries, e)
	}
	entries = append(entries, []web.Entry{
		{Label: msg.T("対象", "Subject"), Text: on.In(r.Lang), Href: href},
		{Label: msg.T("根拠", "Clauses"), Text: place(x.Clauses, r.Lang)},
	}...)
	if x.Result == trail.Refused {
		entries = append(entries, web.Entry{Label: msg.T("拒否の理由", "Refused because"), Text: refusal(x.Fault).In(r.Lang)})
	}
	if x.Reason != "" {
		entries = append(entries, web.Entry{Label: msg.T("申し出た理由", "Reason given"), Part: asIs(x.Reason)})
	}
	if !x.Stated.IsZero() {
		entries = append(entries, web.Entry{Label: msg.T("申告による日時", "Stated time"), Part: web.Time(when.StampOf(x.Stated))})
	}
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: []web.Link{crumbs, {Title: titleEntry}}, Title: p.actTitle(x.Act), Badge: resultBadge(x),
		Facts: []msg.Text{msg.F("記録番号 %s", "Entry %s", web.Number(int(x.Index)))}}), web.SummaryList(entries)}
	if len(values) > 0 {
		var in []web.Entry
		for _, v := range values {
			e := web.Entry{Label: v.title, Part: asIs(v.text)}
			switch {
			case v.erased:
				e.Part, e.Text = nil, msg.T("消去されています。記録の証明には影響しません。", "They have been erased. The proof of the entry stands.").In(r.Lang)
			case v.text == "":
				e.Part = nil
			case v.personal:
				e.Note = msg.T("個人の情報（封をして保管）", "Personal, kept sealed").In(r.Lang)
			}
			in = append(in, e)
		}
		parts = append(parts, section(msg.T("入力された内容", "What was given"), web.SummaryList(in)))
	}
	return web.Stack(append(parts, section(msg.T("改ざんされていないことの証明", "Proof that it is unchanged"), proofView(r, proof)))...)
}

func proofView(r *web.Request, p trail.Proof) templ.Component {
	said := proven(msg.F("この記録は、%s 件の記録の全体に、この内容のまま含まれています。下の値を使うと、この仕組みによらずに確かめられます。",
		"This entry is contained, exactly as it is, in the whole record of %s entries. With the values below it can be checked without us.", web.Number(int(p.Size))))
	if !p.Holds() {
		said = web.Banner(web.Bad, msg.T("この記録が全体に含まれていることを証明できません。記録全体の検証を行い、監査の担当に知らせてください。",
			"It cannot be proven that this entry is part of the record. Verify the whole record and tell the auditors."))
	}
	var path []string
	for _, h := range p.Path {
		path = append(path, h.String())
	}
	return web.Stack(said, technical(p, pretty(p.Entry), path))
}

// pretty lays the bytes of an entry out for reading.
func pretty(b []byte) string {
	var v any
	if json.Unmarshal(b, &v) != nil {
		return string(b)
	}
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return string(b)
	}
	return string(out)
}

func (p *pages) verifyView(r *web.Request, size int64, v *verdict) templ.Component {
	parts := []templ.Component{web.PageHead(web.Head{Crumbs: []web.Link{crumbs, {Title: titleVerify}}, Title: titleVerify,
		Lead: msg.T("最初の1件から順に計算し直し、記録が書き換えられたり、抜かれたり、紛れ込んだりしていないことを確かめます。検証したこと自体も記録に残ります。",
			"Everything is computed again from the first entry, to see that nothing was changed, taken out or slipped in. That it was verified enters the record too.")})}
	if v != nil {
		parts = append(parts, verdictView(r, v))
	}
	done, at := p.c.Log.Verified()
	state := []web.Entry{{Label: msg.T("現在の件数", "Entries now"), Text: msg.F("%s 件", "%s", web.Number(int(size))).In(r.Lang)}}
	if v == nil && !at.IsZero() {
		state = append(state, web.Entry{Label: msg.T("最後に検証した時点", "Last verified"), Part: web.Time(when.StampOf(at)),
			Note: msg.F("%s 件まで正しいことを確かめました。", "%s entries were found right.", web.Number(int(done))).In(r.Lang)})
	}
	parts = append(parts, web.SummaryList(state),
		web.FormPart(web.Form{Action: "/trail/verify", Label: titleVerify, Buttons: []web.Button{{Title: msg.T("いま検証する", "Verify now"), Tone: web.Good}}}))
	if v != nil && !v.late {
		parts = append(parts, section(msg.T("署名付きの先頭（チェックポイント）", "Signed checkpoint"), checkpointView(v.report.Checkpoint)))
	}
	return web.Stack(append(parts, section(msg.T("外部の方が確かめるには", "How an outsider checks"), outside(p.c.Log.VerifierKey())),
		web.FormPart(web.Form{Action: "/trail/export", Label: titleExport, Buttons: []web.Button{{Title: msg.T("記録を書き出す", "Export the record"), Tone: web.Plain}}}))...)
}

func verdictView(r *web.Request, v *verdict) templ.Component {
	switch {
	case v.late:
		return web.Banner(web.Warn, msg.F("記録が多いため、画面の上では時間内に終わりませんでした（%s 件のうち %s 件まで異常なし）。運用担当者に、コマンドによる検証を依頼してください。",
			"The record is too long to be verified on a page in time (%[2]s of %[1]s entries were right). Ask the operator to verify it by command.", web.Number(int(v.total)), web.Number(int(v.done))))
	case v.report.OK:
		return web.Stack(web.Banner(web.Good, msg.F("%s 件の記録は、すべて正しく連なっています。書換え、抜取り、紛れ込みはありません。",
			"All %s entries stand in their order. Nothing was changed, taken out or slipped in.", web.Number(int(v.report.Size)))),
			web.SummaryList([]web.Entry{{Label: msg.T("検証した日時", "Verified at"), Part: web.Time(when.StampOf(v.at))},
				{Label: msg.T("全体のハッシュ値", "Root"), Part: web.Copy(v.report.Root)}}))
	}
	what := msg.T("記録の全体に関わる異常です。", "The fault concerns the record as a whole.")
	if v.report.Bad.Entry >= 0 {
		what = msg.F("異常は %s 番の記録にあります。", "The fault is at entry %s.", web.Number(int(v.report.Bad.Entry)))
	}
	return web.Banner(web.Bad, msg.F("記録は正しくありません。%s%s操作を止め、監査の担当とCSIRTに直ちに知らせてください。",
		"The record does not hold. %s %s Stop work and tell the auditors and the CSIRT at once.", what, v.report.Bad.Why))
}
