package demo

import (
	"fmt"
	"slices"
	"strings"

	"okite/internal/when"
)

// systems are the information systems, those of schools among them, and the networks (bp.2.2–bp.2.9).
func (c *city) systems() {
	decider := c.at(c.sectionFor("デジタル戦略局", "情報政策"), 0)
	c.current, c.old = "five", "three"
	c.schemes = []scheme{
		{Code: c.old, Name: "機密性3段階の基準", Since: when.FYStart(c.fy - 6)},
		{Code: c.current, Name: "機密性5段階の基準", Since: when.FYStart(c.fy - 1)},
	}
	for _, m := range [][2]string{{"3", "3B"}, {"2", "2"}, {"1", "1"}} {
		c.mappings = append(c.mappings, mapping{Code: c.code("MP", 3), From: c.old, Old: m[0], To: c.current, New: m[1]})
	}
	for _, s := range systemSorts {
		c.addSystem(s, c.sectionFor(s.bureau, s.theme), decider)
	}
	kinds := []string{"業務支援システム", "受付管理システム", "台帳管理システム", "進捗管理システム"}
	for i := range c.scale(0, 250) {
		u := c.sections[len(c.sections)-1-(i*7)%(len(c.sections)*2/3)]
		s := systemSort{name: strings.TrimSuffix(c.units[u].Name, "課") + kinds[(i/len(c.sections)+i)%4], handles: "general", zone: "lgwan", content: "internal", class: "2-2-1"}
		if i%2 == 0 {
			s.content, s.persons = "personal", c.roll(100, 9000)
		}
		c.addSystem(s, u, decider)
	}
	for i, name := range []string{"次期国民健康保険システム", "次期図書館システム", "旧庁内メールシステム", "旧文書保存システム"} {
		s := system{Code: c.code("S", 4), Name: name, Unit: c.units[c.sections[i]].Code, Handles: []string{"document"}, Zone: "lgwan", Juki: "no", JukiBy: decider, JukiOn: c.ago(900, 200), Status: "planned"}
		if i == 0 {
			s.Handles, s.Zone = []string{"my_number_social"}, "mynumber"
		}
		if i > 1 {
			s.Status = "retired"
		}
		c.systemRows = append(c.systemRows, s)
	}
	for i := range c.scale(4, 8000) {
		k := schoolSorts[i%len(schoolSorts)]
		u := c.sectionFor("教育委員会事務局", k.theme)
		name := k.name
		if again := i / len(schoolSorts); again > 0 {
			name += fmt.Sprintf("（第%d地区）", again+1)
		}
		c.systemRows = append(c.systemRows, system{Code: c.code("S", 4), Name: name, Unit: c.units[u].Code, Handles: []string{"school"}, Zone: "school", OutOfScope: "school",
			ScopeBy: c.at(u, 0), ScopeOn: c.ago(1500, 400), Status: "active", GoLive: when.FYStart(c.fy - c.roll(2, 8))})
	}
	for _, n := range []struct{ name, zone string }{
		{"マイナンバー利用事務系ネットワーク", "mynumber"}, {"住基ネット接続回線", "juki"}, {"LGWAN接続系ネットワーク", "lgwan"}, {"インターネット接続系ネットワーク", "internet"},
		{"本庁舎幹線", "lgwan"}, {"区役所間回線", "lgwan"}, {"公開系接続回線", "internet"}, {"学校ネットワーク", "school"},
	} {
		c.networks = append(c.networks, network{Code: c.code("N", 3), Name: n.name, Zone: n.zone, Unit: c.units[c.sectionFor("デジタル戦略局", "システム基盤")].Code})
	}
}

// businessAt is what the work of a unit is about.
func (c *city) businessAt(u int) string {
	if b := c.business[c.units[u].Code]; b != "" {
		return b
	}
	return "other"
}

// handles reads a list of business; general is whatever the unit does.
func (c *city) handles(list string, u int) []string {
	if list == "general" {
		return []string{c.businessAt(u)}
	}
	return strings.Fields(list)
}

func (c *city) addSystem(k systemSort, u int, decider string) {
	class := strings.Split(k.class, "-")
	s := system{Code: c.code("S", 4), Name: k.name, Unit: c.units[u].Code, Handles: c.handles(k.handles, u), Zone: k.zone,
		Juki: "no", JukiBy: decider, JukiOn: c.ago(1400, 300), Confidentiality: class[0], Integrity: class[1], Availability: class[2],
		NoData: k.content == "", Inventory: c.ago(360, 5), Status: "active", GoLive: when.FYStart(c.fy - c.roll(2, 12))}
	if k.zone == "juki" {
		s.Juki, s.JukiParts = "yes", []string{"cs", "terminal", "firewall", "line"}
	}
	if s.Availability == "2" {
		s.RTO, s.Backup, s.BCP = count(oneOf(c, []int{4, 8, 12, 24, 48, 72})), "日次の差分と週次の全体を別棟に保管", fmt.Sprintf("業務継続計画 第%d章", c.roll(2, 9))
	}
	if strings.Contains(k.content, "my_number") {
		s.PIA, s.PIAPublished, s.PIADue = fmt.Sprintf("評価書第%d号", len(c.systemRows)+1), s.GoLive-when.Date(c.roll(20, 200)), c.day+when.Date(c.roll(20, 1400))
	}
	if k.name == "庁内ファイル共有システム" {
		c.share = s.Code
	}
	c.systemRows = append(c.systemRows, s)
}

// assets are the ledger: what each system holds, and what sections keep beside them (bp.7).
func (c *city) assets() {
	c.assetRows = make([]asset, 0, 2*c.cfg.People+c.cfg.People/50+1000)
	for i := range c.systemRows {
		c.systemAssets(&c.systemRows[i])
	}
	work := c.working()
	ready := c.taking()
	for i := len(c.assetRows); i < 2*c.cfg.People; i++ {
		u := work[i%len(work)]
		k := assetSorts[c.rng.IntN(len(assetSorts))]
		a := c.newAsset(k.name, u, ready[u])
		a.Name = strings.TrimSuffix(c.units[u].Name, "課") + fmt.Sprintf("%s（%s）", k.name, oneOf(c, []string{"総括", "個別", "年次", "月次", "窓口", "相談", "調査", "照会"}))
		a.Form, a.Content, a.Reason, a.Business = k.form, strings.Fields(k.content), k.reason, c.businessAt(u)
		a.classify(k.class)
		c.about(&a, k.persons)
		if c.chance(4) {
			a = asset{Code: a.Code, Name: a.Name + "（紙）", Unit: a.Unit, Form: "paper", Place: "執務室の書庫", OutOfScope: "paper", Status: "active", Registered: a.Registered}
			c.assetRows = append(c.assetRows, a)
			continue
		}
		if k.form == "file" && c.chance(55) {
			a.System = c.share
		}
		if a.System == "" {
			c.plain = append(c.plain, len(c.assetRows))
			c.control(a.Code, "", a.heavy())
		}
		if c.chance(35) {
			a.Retention = c.day + when.Date(c.roll(30, 3000))
		}
		c.assetRows = append(c.assetRows, a)
	}
	for _, u := range c.closed {
		a := c.newAsset("事業台帳", u, span{})
		a.Name, a.Form, a.Content, a.Status, a.Reason = c.units[u].Name+"事業台帳", "file", []string{"internal"}, "retired", "内部の検討を含むため"
		a.classify("2-1-1")
		c.assetRows = append(c.assetRows, a)
		c.disposals = append(c.disposals, disposal{Code: c.code("DP", 5), Asset: a.Code, Date: c.ago(900, 30), Method: "delete", By: a.ClassifiedBy, Witness: c.clerk(c.sections[0])})
	}
}

// span is when a unit has taken stock this 年度; zero when it has not yet.
type span struct{ from, to when.Date }

// taking says for each unit when it takes stock. Past the date all have done so.
func (c *city) taking() map[int]span {
	out := map[int]span{}
	for _, u := range c.working() {
		switch {
		case c.day > c.stocktake:
			d := c.between(c.year+14, c.stocktake)
			out[u] = span{d - 14, d}
		case c.day > c.year+20 && c.chance(40):
			d := c.between(c.year+14, c.day)
			out[u] = span{d - 14, d}
		default:
			continue
		}
		c.stocktakes = append(c.stocktakes, stocktake{Code: c.code("SK", 5), Unit: c.units[u].Code, FY: int64(c.fy), Date: out[u].to, By: c.at(u, 0)})
	}
	for _, u := range c.working() {
		c.stocktakes = append(c.stocktakes, stocktake{Code: c.code("SK", 5), Unit: c.units[u].Code, FY: int64(c.fy - 1), Date: c.between(c.year-330, c.year-244), By: c.at(u, 0)})
	}
	return out
}

// newAsset is an asset of a unit, registered and confirmed, not yet classified.
func (c *city) newAsset(name string, u int, taken span) asset {
	a := asset{Code: c.code("A", 6), Name: name, Unit: c.units[u].Code, Scheme: c.current, Status: "active", ConfirmedBy: c.clerk(u)}
	a.ClassifiedBy = a.ConfirmedBy
	a.Registered = c.between(when.FYStart(c.fy-6), c.year-31)
	a.Classified = max(c.between(a.Registered, a.Registered+4), when.FYStart(c.fy-1))
	if c.day > c.year+40 && c.chance(6) {
		a.Registered = c.between(c.year, c.day-20)
		a.Classified = a.Registered + when.Date(c.roll(0, 4))
	}
	a.Confirmed = max(a.Registered, c.between(c.year-330, c.year-244))
	if taken.to != 0 && a.Registered < c.year {
		a.Confirmed = c.between(taken.from, taken.to)
	}
	return a
}

// classify sets the class, as 3B-2-1, and the handling that follows from it.
func (a *asset) classify(class string) {
	k := strings.Split(class, "-")
	a.Confidentiality, a.Integrity, a.Availability = k[0], k[1], k[2]
	a.handle()
}

func (a *asset) handle() {
	a.Handling = a.Scheme + ":" + a.Confidentiality + "-" + a.Integrity + "-" + a.Availability
}

// heavy are the properties above the lowest class.
func (a *asset) heavy() []string {
	var out []string
	for _, p := range []struct{ code, class string }{{"c", a.Confidentiality}, {"i", a.Integrity}, {"a", a.Availability}} {
		if p.class != "1" {
			out = append(out, p.code)
		}
	}
	return out
}

// about says how many persons an asset is about, and lists it when they are a thousand or more.
func (c *city) about(a *asset, reach [2]int) {
	if reach[1] == 0 {
		return
	}
	n := c.roll(reach[0], reach[1])
	a.Persons = count(n)
	if n >= c.limit("N.filelist") {
		a.FileList, a.FileListPublic = "個人情報ファイル簿"+a.Code[2:], c.between(when.On(2023, 4, 1), when.On(2025, 3, 1))
		if a.FileListPublic > c.day {
			a.FileListPublic = c.day - 30
		}
	}
}

func (c *city) control(asset, system string, properties []string) {
	if len(properties) == 0 {
		return
	}
	name := "利用者を限ったフォルダーと日次の複写"
	if system != "" {
		name = "利用者認証と二重化"
	}
	c.controls = append(c.controls, control{Code: c.code("CN", 6), Name: name, Asset: asset, System: system, Properties: properties, Status: "implemented", Since: c.ago(1800, 100)})
}

// systemAssets are the main data of a system and what was taken from them.
func (c *city) systemAssets(s *system) {
	u := c.unitAt(s.Unit)
	taken := span{}
	if c.day > c.stocktake {
		taken = span{c.year + 5, c.stocktake}
	}
	if s.OutOfScope == "school" {
		k := "school_admin"
		if strings.Contains(s.Name, "学習") || strings.Contains(s.Name, "図書") || strings.Contains(s.Name, "教材") || strings.Contains(s.Name, "学力") {
			k = "school_learning"
		}
		for _, name := range []string{"児童生徒の記録", "教材と成績の記録"} {
			c.assetRows = append(c.assetRows, asset{Code: c.code("A", 6), Name: s.Name + name, Unit: s.Unit, System: s.Code, Form: "database", Content: []string{k}, OutOfScope: "school", Status: "active", Registered: when.FYStart(c.fy - 3)})
		}
		return
	}
	if s.Status != "active" {
		return
	}
	c.control("", s.Code, []string{"c", "i"})
	c.control("", s.Code, []string{"a"})
	if s.NoData {
		return
	}
	k := systemSort{content: "internal", class: s.Confidentiality + "-" + s.Integrity + "-" + s.Availability}
	for _, x := range systemSorts {
		if x.name == s.Name {
			k = x
		}
	}
	if k.name == "" && len(c.assetRows)%2 == 0 {
		k.content, k.persons = "personal", c.roll(100, 9000)
	}
	a := c.newAsset("", u, taken)
	a.Name, a.System, a.Form, a.Content, a.Business, a.Place = s.Name+"データベース", s.Code, "database", strings.Fields(k.content), s.Handles[0], "データセンター"
	a.Reason = "取り扱う事務の性質と、停止したときの影響による"
	a.classify(k.class)
	if k.persons > 0 {
		c.about(&a, [2]int{k.persons * 9 / 10, k.persons})
	}
	c.assetRows = append(c.assetRows, a)
	if k.persons > 0 && c.chance(40) {
		b := a
		b.Code, b.Name, b.Form, b.Source = c.code("A", 6), s.Name+"からの抽出データ", "file", a.Code
		c.about(&b, [2]int{50, 900})
		b.FileList, b.FileListPublic = "", 0
		c.assetRows = append(c.assetRows, b)
	}
}

// evidence is what scans and inventories have brought, and what was changed and disposed of.
func (c *city) evidence() {
	var live []int
	for i, s := range c.systemRows {
		if s.Status == "active" && s.OutOfScope == "" {
			live = append(live, i)
		}
	}
	kinds := []string{"業務端末", "窓口端末", "複合機", "業務サーバー", "無線基地局", "保守端末"}
	for i := range c.cfg.People * 6 / 10 {
		d := device{Code: c.code("DV", 6), Name: fmt.Sprintf("%s%05d", kinds[i%6], i+1), Seen: c.ago(30, 0), Source: "構成管理ツール"}
		if i%5 == 0 {
			d.Network = oneOf(c, c.networks).Code
		} else {
			d.System = c.systemRows[oneOf(c, live)].Code
		}
		c.devices = append(c.devices, d)
	}
	systemOf := map[string]bool{}
	for _, a := range c.assetRows {
		if a.System == "" || a.Status != "active" || a.OutOfScope != "" || (systemOf[a.System] && !c.chance(3)) {
			continue
		}
		systemOf[a.System] = true
		c.stores = append(c.stores, store{Code: c.code("ST", 5), Name: "保存領域 " + strings.ToLower(strings.ReplaceAll(a.Code, "-", "")), System: a.System, Asset: a.Code, Seen: c.ago(60, 1)})
	}
	for i, s := range c.systemRows {
		switch {
		case s.OutOfScope == "school":
			c.flow(flow{System: s.Code, Zone: "school", Purpose: "学校内の利用", Observed: c.ago(20, 1)}) // inside its own zone: needs no registration
			c.flow(flow{System: s.Code, Zone: "lgwan", Purpose: "就学情報の受渡し", Registered: c.ago(900, 100), Until: c.day + 365, Observed: c.ago(20, 1)})
		case s.Status == "active" && i%3 == 0:
			c.flow(flow{System: s.Code, Zone: "lgwan", Purpose: "庁内の業務連携", Registered: c.ago(900, 100), Until: c.day + when.Date(c.roll(10, 300)), Observed: c.ago(20, 1)})
		}
	}
	for range c.scale(12, 200) {
		a := &c.assetRows[oneOf(c, c.plain)]
		if a.Confidentiality != "2" {
			continue
		}
		u := c.unitAt(a.Unit)
		c.change(classChange{Asset: a.Code, Property: "c", Old: "3C", New: "2", Down: true, Editor: c.clerk(u), Approver: c.at(u, 0), At: c.ago(300, 5), Reason: "個別の記録を除いたため"})
	}
	c.applications()
}

// applications are a few applications to lower a class: decided ones, and one that waits.
func (c *city) applications() {
	n := 0
	for _, i := range c.plain {
		a := &c.assetRows[i]
		if a.Confidentiality != "3C" || n >= 4 {
			continue
		}
		n++
		u := c.unitAt(a.Unit)
		d := downgrade{Code: c.code("DG", 4), Asset: a.Code, Property: "c", Old: "3C", New: "2", Reason: "記録の項目を減らし、個人を特定できないようにしたため", Applicant: c.clerk(u), Applied: c.ago(20, 3)}
		if n > 1 {
			d.Applied = c.ago(200, 60)
			d.Approver, d.Decided = c.at(u, 0), d.Applied+when.Date(c.roll(1, 20)) // not approved: the class stays
		}
		c.downgrades = append(c.downgrades, d)
	}
}

func (c *city) flow(f flow) {
	f.Code = c.code("F", 5)
	c.flows = append(c.flows, f)
}

func (c *city) change(x classChange) {
	x.Code = c.code("CC", 5)
	c.classChanges = append(c.classChanges, x)
}

// steps orders the classes of confidentiality; integrity and availability have the lowest two.
var steps = []string{"", "1", "2", "3C", "3B", "3A"}

// weigh gives each system the class of its heaviest asset (bp.7).
func (c *city) weigh() {
	best := map[string]*[3]int{}
	for _, a := range c.assetRows {
		if a.System == "" || a.Status != "active" || a.OutOfScope != "" || a.Confidentiality == "" || a.Integrity == "" || a.Availability == "" {
			continue
		}
		b := best[a.System]
		if b == nil {
			b = &[3]int{}
			best[a.System] = b
		}
		for i, k := range []string{a.Confidentiality, a.Integrity, a.Availability} {
			b[i] = max(b[i], slices.Index(steps, k))
		}
	}
	for i := range c.systemRows {
		s := &c.systemRows[i]
		if b := best[s.Code]; b != nil {
			s.Confidentiality, s.Integrity, s.Availability = steps[b[0]], steps[b[1]], steps[b[2]]
		}
	}
}
