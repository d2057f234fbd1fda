package demo

import (
	"slices"
	"strings"

	"okite/internal/when"
)

type noticeRow struct {
	Code        string    `reg:"code"`
	Name        string    `reg:"name"`
	Kind        string    `reg:"kind"`
	Text        string    `reg:"text"`
	Units       []string  `reg:"units"`
	Roles       []string  `reg:"roles"`
	Employments []string  `reg:"employments"`
	Systems     []string  `reg:"systems"`
	Mandatory   bool      `reg:"mandatory"`
	Clauses     []string  `reg:"clauses"`
	State       string    `reg:"state"`
	By          string    `reg:"by"`
	Approver    string    `reg:"approver"`
	Issued      when.Date `reg:"issued"`
	Due         when.Date `reg:"due"`
	Ends        when.Date `reg:"ends"`
}

type receipt struct {
	Code   string     `reg:"code"`
	Notice string     `reg:"notice"`
	Person string     `reg:"person"`
	At     when.Stamp `reg:"at"`
}

type pledge struct {
	Code    string    `reg:"code"`
	Person  string    `reg:"person"`
	Kind    string    `reg:"kind"`
	Version string    `reg:"version"`
	Date    when.Date `reg:"date"`
	Way     string    `reg:"way"`
	Paper   string    `reg:"paper"`
}

type guideRow struct {
	Code    string    `reg:"code"`
	Clause  string    `reg:"clause"`
	Name    string    `reg:"name"`
	Brief   string    `reg:"brief"`
	Text    string    `reg:"text"`
	Version string    `reg:"version"`
	Shown   []string  `reg:"shown"`
	Number  int64     `reg:"number"`
	From    when.Date `reg:"from"`
	Until   when.Date `reg:"until"`
}

// conduct is what the guide of each part of clause 9 says (bp.9.1–bp.9.6), and with which acts it is shown.
var conduct = []struct {
	name, brief, text string
	shown             []string
}{
	{"人に関する行動指針", "申請は本人が行い、他人の名前や職員番号で行わない。\n迷ったら、自分で決めずに情報セキュリティ管理者に聞く。",
		"【行動】パスワードとカードは自分だけが使います。離席するときは画面をロックします。研修と注意喚起は、期限までに自分で読みます。\n【判断】頼まれて他人の代わりに操作しそうになったら、いったん止めて、その人に権限があるかを確かめます。急がされたときほど、電話をかけ直して相手を確かめます。\n【相談】課の情報セキュリティ管理者、又はCSIRTの窓口へ。",
		[]string{"exception.create", "delegation.create"}},
	{"場所と物に関する行動指針", "管理区域に入る人、持ち込む物、持ち出す物を、申請に書き漏らさない。\n書類と媒体は、使い終わったらすぐに鍵のかかる場所へ戻す。",
		"【行動】管理区域には、許可を受けた人だけが、記録をして入ります。業者が作業するときは、職員が立ち会います。机の上に書類や媒体を残して帰りません。\n【判断】見慣れない人が区域にいたら、用件を尋ねます。持ち出してよいか分からない物は、持ち出しません。\n【相談】区域の管理者へ。",
		[]string{"exception.create", "asset.create"}},
	{"技術と運用に関する行動指針", "例外を申請するときは、代わりの対策と期限を必ず書く。\n分類を下げる前に、漏れたときに困る人を一人ずつ思い浮かべる。",
		"【行動】許可のない機器やソフトウェアを使いません。更新の知らせが出たら、その日のうちに更新します。権限が要らなくなったら、すぐに返します。\n【判断】例外は、代わりの対策があり、期限を切れるときだけ申請します。「前からそうしている」は理由になりません。\n【相談】情報システム管理者へ。",
		[]string{"exception.create", "asset.downgrade"}},
	{"情報システム全体を強くする行動指針", "マイナンバー利用事務系の端末から、情報を持ち出さない。\n持ち出しの制限を外す例外は、時間と件数を最小にする。",
		"【行動】マイナンバー利用事務系、LGWAN接続系、インターネット接続系の間で、決められた方法のほかに情報を移しません。受け取ったファイルは、無害化してから取り込みます。\n【判断】急ぎでも、媒体の制限を外したままにしません。作業が終わったら、制限が戻ったことを自分の目で確かめます。\n【相談】ネットワーク管理者へ。",
		[]string{"exception.create", "flow.create"}},
	{"管理区域の外と外部サービスの行動指針", "外部サービスは、使う前に申請する。無料でも、試しでも同じ。\n自宅や出先では、家族や周りの人に画面を見せない。",
		"【行動】個人の機器や個人の契約で仕事の情報を扱いません。外部サービスに入れてよい情報は、許可に書かれた分類までです。\n【判断】便利なサービスを見つけたら、先に規約と保存場所を確かめ、許可を受けてから使います。\n【相談】情報セキュリティ管理者へ。",
		[]string{"contract.create", "exception.create"}},
	{"緊急時の行動指針", "おかしいと思ったら、自分で確かめる前に、まず知らせる。\n機器の電源は切らず、ネットワークから外す。",
		"【行動】見慣れない表示、覚えのない送信、なくした媒体や書類に気付いたら、すぐにCSIRTの窓口へ電話します。報告が遅れて責められることはあっても、空振りで責められることはありません。\n【判断】一人で直そうとしません。証拠になるものを消しません。\n【相談】CSIRTの窓口へ。時間外は宿直室が受けます。",
		[]string{"advisory.create", "exception.create"}},
}

// measureIDs are the places of the basic policy that want a conduct guide: the parts of clause 9.
func (c *city) measureIDs() []string {
	var out []string
	for _, id := range c.basicIDs {
		if strings.HasPrefix(id, "bp.9.") && strings.Count(id, ".") == 2 {
			out = append(out, id)
		}
	}
	if out == nil && slices.Contains(c.basicIDs, "bp.9") {
		out = []string{"bp.9"}
	}
	return out
}

// loginOf is who holds a post of the whole city.
func (c *city) loginOf(role string) string {
	for _, l := range c.logins {
		if l.Role == role {
			return l.Person
		}
	}
	panic("demo: nobody is " + role)
}

// notice writes the conduct guide and what was sent out (bp.9.1). Who has read and pledged what follows at the end, when
// everybody is there.
func (c *city) notice() {
	for i, id := range c.measureIDs() {
		x := conduct[i%len(conduct)]
		g := guideRow{Clause: id, Name: x.name, Brief: x.brief, Text: x.text}
		for _, a := range x.shown {
			if slices.Contains(c.cfg.Acts, a) {
				g.Shown = append(g.Shown, a)
			}
		}
		old := g
		old.Version, old.Number, old.From, old.Until, old.Shown = "B1", 1, when.FYStart(c.fy-4), c.basicFrom-1, nil
		c.guide(old)
		g.Version, g.Number, g.From = c.basic, 2, c.basicFrom
		c.guide(g)
	}
	c.send(noticeRow{Name: "庁内便り：情報セキュリティ月間の展示", Kind: "news", Text: "1階ロビーで、情報セキュリティ月間の展示を行います。窓口の混み合わない時間に、一度ご覧ください。", Issued: c.ago(25, 12)})
	c.send(noticeRow{Name: "取引先を装うメールへの注意", Kind: "warning", Mandatory: true, Clauses: []string{"bp.9.1"}, Issued: c.ago(60, 30),
		Text: "取引先の名前で、添付ファイルを開かせるメールが届いています。差出人の表示名だけでは見分けられません。\n添付を開く前に、いつもの電話番号へかけて確かめてください。開いてしまったときは、電源を切らずにネットワークから外し、CSIRTの窓口へ知らせてください。"})
	c.send(noticeRow{Name: "管理者の皆さんへ：年度末の許可の点検", Kind: "request", Mandatory: true, Clauses: []string{"bp.9.2", "bp.9.3"}, Roles: []string{"section_manager"}, Issued: c.ago(45, 30),
		Text: "年度末で切れる許可と例外措置を、台帳で点検してください。続けるものは、期限の前に申請し直してください。"})
	for _, s := range c.systemRows {
		if s.Name == "介護保険システム" {
			c.send(noticeRow{Name: "介護保険システムの停止のお知らせ", Kind: "news", Systems: []string{s.Code}, Issued: c.ago(10, 3), Text: "更新のため、次の土曜日の18時から翌朝6時まで、介護保険システムを利用できません。"})
		}
	}
	now := c.send(noticeRow{Name: "偽の警告画面と電話番号への注意", Kind: "warning", Mandatory: true, Clauses: []string{"bp.9.1", "bp.9.6"}, Issued: c.lastInTime(c.limit("N.notice")),
		Text: "画面いっぱいに警告を出し、表示した番号へ電話をかけさせる手口が続いています。\n表示された番号には電話をかけないでください。画面を閉じられないときは、CSIRTの窓口へ知らせてください。"})
	c.notices[now].Approver = c.loginOf("chief")
	for state, name := range map[string]string{"draft": "次年度の研修の日程", "approval": "大型連休中の連絡体制", "withdrawn": "誤って作成したお知らせ"} {
		c.notices = append(c.notices, noticeRow{Name: name, Kind: "news", Mandatory: state == "approval", Text: "詳しくは、庁内の案内をご覧ください。", State: state, By: c.loginOf("csirt_chief")})
	}
	slices.SortStableFunc(c.notices, func(a, b noticeRow) int { return strings.Compare(a.State+a.Name, b.State+b.Name) })
	for i := range c.notices {
		c.notices[i].Code = c.code("N", 4)
	}
}

func (c *city) guide(g guideRow) {
	g.Code = c.code("G", 3)
	c.guides = append(c.guides, g)
}

// send writes a notice that was issued.
func (c *city) send(n noticeRow) int {
	n.State, n.By, n.Due = "issued", c.loginOf("csirt_chief"), c.open(n.Issued, c.limit("N.notice"))
	if n.Mandatory {
		n.Approver = c.loginOf("chief")
	}
	c.notices = append(c.notices, n)
	return len(c.notices) - 1
}

// told fills in what everybody on the staff has pledged and read, but for who was left out.
func (c *city) told() {
	term := when.Date(c.limit("N.pledge"))
	add := func(p pledge) {
		p.Code = c.code("PL", 6)
		c.pledges = append(c.pledges, p)
	}
	for i := range c.people {
		p := &c.people[i]
		if p.Employment == "contractor" || p.Joined == 0 || p.Joined > c.day {
			continue
		}
		x := pledge{Person: p.Code, Kind: "joining", Date: min(p.Joined+when.Date(c.roll(0, int(term))), c.day), Way: "screen"}
		switch {
		case p.Joined >= c.basicFrom:
			x.Version = c.basic
		case p.Joined >= when.FYStart(c.fy-4): // who joined before that pledged without a version
			x.Version = "B1"
		}
		if p.Joined < when.FYStart(c.fy-2) {
			x.Way, x.Paper = "paper", "北星人第"+digits(i+1)+"号"
		}
		if !c.gone["pledge of "+p.Code] {
			if c.gone["paper of "+p.Code] {
				x.Way, x.Paper = "paper", ""
			}
			add(x)
		}
		if p.Left != 0 && p.Left < c.day {
			add(pledge{Person: p.Code, Kind: "leaving", Version: x.Version, Date: max(p.Left, p.Joined), Way: "screen"})
		}
	}
	for i := range c.notices {
		n := &c.notices[i]
		if n.State != "issued" {
			continue
		}
		share, set := c.share100[n.Code]
		if !set {
			share = 98
		}
		c.readers(n, share)
	}
}

func digits(n int) string {
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

// meant are the people a notice is for.
func (c *city) meant(n *noticeRow) []int {
	below := map[string]bool{}
	for _, u := range n.Units {
		below[u] = true
		for grown := true; grown; {
			grown = false
			for _, x := range c.units {
				if below[x.Parent] && !below[x.Code] {
					below[x.Code], grown = true, true
				}
			}
		}
	}
	named := map[string]bool{}
	role := map[string]string{}
	for _, p := range c.postRows {
		role[p.Code] = p.Role
		if p.System != "" && slices.Contains(n.Systems, p.System) {
			role[p.Code] = "of the system"
		}
	}
	for _, a := range c.assignments {
		if r := role[a.Post]; slices.Contains(n.Roles, r) || r == "of the system" {
			named[a.Person] = true
		}
	}
	for _, s := range c.systemRows {
		if slices.Contains(n.Systems, s.Code) {
			below[s.Unit] = true
		}
	}
	all := len(n.Units)+len(n.Roles)+len(n.Systems) == 0
	var out []int
	for i := range c.people {
		p := &c.people[i]
		switch {
		case p.Joined == 0 || p.Joined > n.Issued || p.Left != 0 && p.Left < c.day:
		case len(n.Employments) > 0 && !slices.Contains(n.Employments, p.Employment), len(n.Employments) == 0 && p.Employment == "contractor":
		case all || below[p.Unit] || named[p.Code]:
			out = append(out, i)
		}
	}
	return out
}

// readers lets so many of a hundred read a notice, rounded up; a negative share is one person fewer than that.
func (c *city) readers(n *noticeRow, share int) {
	who := c.meant(n)
	c.rng.Shuffle(len(who), func(i, j int) { who[i], who[j] = who[j], who[i] })
	want := (len(who)*max(share, -share) + 99) / 100
	if share < 0 {
		want--
	}
	for _, i := range who[:max(want, 0)] {
		p := &c.people[i]
		at := when.StampOf(c.between(n.Issued, min(max(n.Due, n.Issued), c.day)).Time()) + when.Stamp(c.roll(8*60, 18*60))*60_000_000
		if c.day == n.Issued || at.Date() >= c.day { // of today only what has been
			at = when.StampOf(c.day.Time()) + when.Stamp(c.roll(1, 60))*1_000_000
		}
		c.receiptRows = append(c.receiptRows, receipt{Code: n.Code + "." + p.Code, Notice: n.Code, Person: p.Code, At: at})
	}
}
