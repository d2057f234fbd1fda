package demo

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"okite/internal/when"
)

// inspection is what people and sections look at themselves, and what their managers confirm (bp.9.3, bp.11).
type inspection struct {
	sheets        []checkSheet
	items         []checkItem
	campaigns     []campaignRow
	responses     []response
	confirmations []confirmation

	rng    *rand.Rand      // of its own: another row here moves nothing elsewhere
	silent map[string]bool // people and units that do not answer
	gaps   map[string]bool // those that leave an item out
	forms  map[string][]form
}

// form is a way to fill a sheet in.
type form struct {
	answers string
	given   int64
}

type checkSheet struct {
	Code  string   `reg:"code"`
	Name  string   `reg:"name"`
	For   string   `reg:"kind"`
	Roles []string `reg:"roles"`
	From  int64    `reg:"from"`
	Until int64    `reg:"until"`
}

type checkItem struct {
	Code     string   `reg:"code"`
	Sheet    string   `reg:"sheet"`
	Order    int64    `reg:"order"`
	Text     string   `reg:"text"`
	Clauses  []string `reg:"clauses"`
	Checks   []string `reg:"checks"`
	Evidence bool     `reg:"evidence"`
}

type campaignRow struct {
	Code       string    `reg:"code"`
	Name       string    `reg:"name"`
	FY         int64     `reg:"fy"`
	Sheets     []string  `reg:"sheets"`
	Opens      when.Date `reg:"opens"`
	Due        when.Date `reg:"due"`
	State      string    `reg:"state"`
	By         string    `reg:"by"`
	Closed     when.Date `reg:"closed"`
	Seed       string    `reg:"seed"`
	Asked      *int64    `reg:"asked"`
	Mismatches *int64    `reg:"mismatches"`
}

type response struct {
	Code        string    `reg:"code"`
	Campaign    string    `reg:"campaign"`
	Sheet       string    `reg:"sheet"`
	Person      string    `reg:"person"`
	Unit        string    `reg:"unit"`
	Section     string    `reg:"section"`
	State       string    `reg:"state"`
	Since       when.Date `reg:"since"`
	By          string    `reg:"by"`
	Submitted   when.Date `reg:"submitted"`
	Given       int64     `reg:"given"`
	Answers     string    `reg:"answers"`
	Comment     string    `reg:"comment"`
	Confirmer   string    `reg:"confirmer"`
	Confirmed   when.Date `reg:"confirmed"`
	Sampled     bool      `reg:"sampled"`
	Recheck     string    `reg:"recheck"`
	RecheckBy   string    `reg:"recheck_by"`
	RecheckOn   when.Date `reg:"recheck_on"`
	RecheckNote string    `reg:"recheck_note"`
}

type confirmation struct {
	Code     string    `reg:"code"`
	Unit     string    `reg:"unit"`
	FY       int64     `reg:"fy"`
	Date     when.Date `reg:"date"`
	By       string    `reg:"by"`
	Problem  string    `reg:"problem"`
	Reported when.Date `reg:"reported"`
}

// The questions of each sheet. Checks are those a "yes" is set beside; mark: the yes needs evidence.
var questions = []struct {
	name, kind string
	roles      []string
	items      []struct {
		text, clause, checks string
		evidence             bool
	}
}{
	{"個人用点検票", "person", nil, []struct {
		text, clause, checks string
		evidence             bool
	}{
		{"施行中の基本方針を読み、了知しましたか。", "bp.5", "R003", false},
		{"ポリシーを守ることを誓約しましたか。", "bp.5", "R021", false},
		{"情報セキュリティの研修を、前年度も今年度も受けていますか。", "bp.9.1", "R081", false},
		{"パスワードとカードを、ほかの人に使わせていませんか（使わせていなければ「はい」）。", "bp.9.1", "", false},
		{"席を離れるとき、画面をロックしていますか。", "bp.9.1", "", false},
		{"帰るとき、書類と媒体を机の上に残していませんか（残していなければ「はい」）。", "bp.9.2", "", false},
		{"許可を受けずに機器や媒体を持ち出していませんか（持ち出していなければ「はい」）。", "bp.9.4", "", false},
		{"個人の機器や個人の契約のサービスで、仕事の情報を扱っていませんか（扱っていなければ「はい」）。", "bp.9.5", "", false},
		{"心当たりのないメールを受けたとき、どこに報告するかを言えますか。", "bp.9.6", "", false},
		{"要らなくなった書類を、裁断などの方法で捨てていますか。", "bp.7", "", false},
	}},
	{"管理者用点検票", "person", []string{"section_manager"}, []struct {
		text, clause, checks string
		evidence             bool
	}{
		{"施行中の基本方針を読み、了知しましたか。", "bp.5", "R003", false},
		{"ポリシーを守ることを誓約しましたか。", "bp.5", "R021", false},
		{"情報セキュリティの研修を、前年度も今年度も受けていますか。", "bp.9.1", "R081", false},
		{"課の情報資産の分類を、自分で確かめましたか。", "bp.7", "R054", true},
		{"課の職員等に、期限までに研修を受けるよう声を掛けましたか。", "bp.9.1", "", false},
		{"異動した職員の権限とカードが戻されたことを確かめましたか。", "bp.9.3", "", true},
		{"委託先の作業に職員が立ち会っていますか。", "bp.9.5", "", false},
		{"緊急時の連絡網を今年度に改めましたか。", "bp.9.6", "", true},
	}},
	{"課・室用点検票", "unit", nil, []struct {
		text, clause, checks string
		evidence             bool
	}{
		{"課の情報資産を台帳に登録し、分類していますか。", "bp.7", "R050 R054", false},
		{"今年度の棚卸しを済ませましたか。", "bp.7", "R052", false},
		{"情報セキュリティ管理者とその代理者を置いていますか。", "bp.6", "R030", false},
		{"実施手順を課の職員等が見られる場所に置いていますか。", "bp.10", "", true},
		{"鍵のかかる棚に重要な書類を保管していますか。", "bp.9.2", "", false},
		{"来訪者を職員が案内していますか。", "bp.9.2", "", false},
		{"共有のフォルダーの権限を今年度に見直しましたか。", "bp.9.4", "", true},
		{"委託先から年に一度の報告を受けていますか。", "bp.9.5", "", true},
		{"緊急時の訓練を今年度に行いましたか。", "bp.9.6", "", false},
	}},
}

// selfcheck makes the sheets. Who answered what comes last (inspect), when everybody of the city is there.
func (c *city) selfcheck() {
	s := &c.inspection
	s.rng = rand.New(rand.NewPCG(c.cfg.Seed, 0x5e1f))
	s.silent, s.gaps, s.forms = map[string]bool{}, map[string]bool{}, map[string][]form{}
	for _, q := range questions {
		sheet := checkSheet{Code: c.code("ST", 3), Name: q.name, For: q.kind, Roles: q.roles, From: int64(c.fy - 3)}
		s.sheets = append(s.sheets, sheet)
		var items []checkItem
		for n, i := range q.items {
			items = append(items, checkItem{Code: c.code("SI", 4), Sheet: sheet.Code, Order: int64(n + 1), Text: i.text, Clauses: []string{i.clause}, Checks: strings.Fields(i.checks), Evidence: i.evidence})
		}
		s.items = append(s.items, items...)
		for v := range 8 { // the answers people give are much alike
			s.forms[sheet.Code] = append(s.forms[sheet.Code], fill(items, v))
		}
	}
}

// fill answers a sheet in one of some ways: all yes, or no to one that nothing contradicts.
func fill(items []checkItem, way int) form {
	var b strings.Builder
	for n, i := range items {
		v, evidence := "○", ""
		switch {
		case way > 3 && len(i.Checks) == 0 && n%5 == way%5 && way%2 == 0:
			v = "×"
		case way > 3 && len(i.Checks) == 0 && n%5 == way%5:
			v = "－"
		case i.Evidence:
			evidence = fmt.Sprintf("\t文書第%d号", 100+way*10+n)
		}
		b.WriteString(i.Code + "\t" + v + evidence + "\n")
	}
	return form{strings.TrimSuffix(b.String(), "\n"), int64(len(items))}
}

// respondent is who is asked by a campaign, with section and sheet.
type respondent struct{ person, unit, section, sheet string }

func (a respondent) key() string { return cmp.Or(a.unit, a.person) }

// askedOn lists who is asked by a campaign that begins on a day with some sheets.
func (c *city) askedOn(opens when.Date, kinds ...string) []respondent {
	s := &c.inspection
	manages := map[string]bool{}
	for _, a := range c.assignments {
		if p := c.postRow(a.Post); p != nil && p.Role == "section_manager" && a.From <= opens && (a.Until == 0 || a.Until >= opens) {
			manages[a.Person] = true
		}
	}
	var out []respondent
	if slices.Contains(kinds, "person") {
		for _, p := range c.people {
			if p.Employment == "contractor" || p.Joined == 0 || p.Joined > opens || p.Left != 0 && p.Left < opens {
				continue
			}
			sheet := s.sheets[0].Code
			if manages[p.Code] {
				sheet = s.sheets[1].Code
			}
			out = append(out, respondent{person: p.Code, section: p.Unit, sheet: sheet})
		}
	}
	if slices.Contains(kinds, "unit") {
		for _, u := range c.units {
			if u.Kind == "section" && u.Open <= opens && (u.Close == 0 || u.Close >= opens) {
				out = append(out, respondent{unit: u.Code, section: u.Code, sheet: s.sheets[2].Code})
			}
		}
	}
	return out
}

// postRow finds a post that has not been left out.
func (c *city) postRow(key string) *post {
	if c.postAt == nil {
		c.postAt = map[string]int{}
		for i := range c.postRows {
			c.postAt[c.postRows[i].Code] = i
		}
	}
	if i, ok := c.postAt[key]; ok {
		return &c.postRows[i]
	}
	return nil
}

// campaign writes a campaign down and who answered it. all says whether everything is in that was to come in.
func (c *city) campaign(k campaignRow, list []respondent, all bool) *campaignRow {
	s := &c.inspection
	k.Code, k.By = c.code("SC", 4), c.loginOf("chief")
	kinds := map[string]bool{}
	begin := len(s.responses)
	for _, a := range list {
		kinds[a.sheet] = true
		r := response{Code: k.Code + "." + a.key(), Campaign: k.Code, Sheet: a.sheet, Person: a.person, Unit: a.unit, Section: a.section, State: "preparing", Since: k.Opens}
		day := min(k.Opens+when.Date(1+s.rng.IntN(int(k.Due-k.Opens))), c.day)
		answered := all || s.rng.IntN(int(k.Due-k.Opens)+1) < int(c.day-k.Opens)
		switch key := a.key(); {
		case s.silent[key] && s.rng.IntN(2) == 0, !answered, c.isLogin(key) && !all:
		case s.silent[key]: // began and stopped
			r.State, r.Since, r.By = "answering", day, c.answersFor(a)
			f := s.forms[a.sheet][0]
			r.Answers, _, _ = strings.Cut(f.answers, "\n")
			r.Given = 1
		default:
			f := s.forms[a.sheet][s.rng.IntN(len(s.forms[a.sheet]))]
			r.Answers, r.Given, r.By, r.Submitted = f.answers, f.given, c.answersFor(a), day
			if s.gaps[key] {
				at := strings.LastIndex(f.answers, "\n")
				r.Answers, r.Given = f.answers[:at], f.given-1
			}
			r.State, r.Confirmer = "done", c.confirmerOf(a, r.By)
			r.Confirmed = min(day+when.Date(s.rng.IntN(4)), c.day)
			r.Since = r.Confirmed
			if k.State == "open" && c.day-day < 5 {
				r.State, r.Since, r.Confirmer, r.Confirmed = "submitted", day, "", 0
			}
		}
		s.responses = append(s.responses, r)
	}
	for code := range kinds {
		k.Sheets = append(k.Sheets, code)
	}
	if k.State == "closed" {
		c.sample(&k, s.responses[begin:])
	}
	s.campaigns = append(s.campaigns, k)
	return &s.campaigns[len(s.campaigns)-1]
}

// answersFor is who answers: people for themselves, the manager for a section.
func (c *city) answersFor(a respondent) string {
	if a.unit == "" {
		return a.person
	}
	return c.managerOf(a.unit)
}

// managerOf is who heads a unit.
func (c *city) managerOf(unit string) string {
	if list := c.staffOf[unit]; len(list) > 0 {
		return c.people[list[0]].Code
	}
	return c.loginOf("chief")
}

// confirmerOf is somebody else than who answered: the manager, or who stands above.
func (c *city) confirmerOf(a respondent, by string) string {
	for _, who := range []string{c.managerOf(a.section), c.loginOf("chief"), c.loginOf("ciso")} {
		if who != by {
			return who
		}
	}
	return ""
}

// sample draws the sheets of a closed campaign that a second person looks at: the lowest hashes of seed and key.
func (c *city) sample(k *campaignRow, list []response) {
	s := &c.inspection
	k.Seed = fmt.Sprintf("%x", sha256.Sum256([]byte(k.Code+k.Closed.String())))[:16]
	type lot struct {
		at   int
		hash [32]byte
	}
	var lots []lot
	var yes int64
	for i := range list {
		if r := &list[i]; r.State == "submitted" || r.State == "done" {
			lots = append(lots, lot{i, sha256.Sum256([]byte(k.Seed + "\x00" + r.Code))})
			yes += s.checked(r.Sheet)
		}
	}
	slices.SortFunc(lots, func(a, b lot) int {
		return cmp.Or(slices.Compare(a.hash[:], b.hash[:]), cmp.Compare(list[a.at].Code, list[b.at].Code))
	})
	n := (len(lots)*c.limit("N.sample") + 99) / 100
	for i, l := range lots[:n] {
		r := &list[l.at]
		r.Sampled = true
		if k.FY < int64(c.fy) || i%5 < 3 { // this year's may be looked at until its end
			r.Recheck, r.RecheckBy, r.RecheckOn = "agrees", c.second(r.Section), min(k.Closed+when.Date(5+s.rng.IntN(40)), c.day)
			if s.rng.IntN(12) == 0 {
				r.Recheck, r.RecheckNote = "differs", "書類が机の上に残されていた。"
			}
		}
	}
	k.Asked, k.Mismatches = count(int(yes)), count(0)
	found := map[string]bool{}
	for _, p := range c.planted {
		if p.Check == "R003" || p.Check == "R021" || p.Check == "R081" {
			found[p.Subject] = true
		}
	}
	for i := range list {
		if list[i].State == "done" && list[i].Person != "" && found["person:"+list[i].Person] {
			*k.Mismatches++
		}
	}
}

// checked is how many items of a sheet are set beside checks.
func (s *inspection) checked(sheet string) (n int64) {
	for _, i := range s.items {
		if i.Sheet == sheet && len(i.Checks) > 0 {
			n++
		}
	}
	return n
}

// second is somebody of the office who is not of a section.
func (c *city) second(section string) string {
	for _, who := range []string{c.loginOf("csirt_chief"), c.loginOf("contract_officer")} {
		if c.people[c.personAt(who)].Unit != section {
			return who
		}
	}
	return ""
}
