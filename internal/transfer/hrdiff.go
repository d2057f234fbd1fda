package transfer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"okite/internal/contractor"
	"okite/internal/msg"
	"okite/internal/org"
	"okite/internal/register"
	"okite/internal/sheet"
	"okite/internal/when"
)

// known is what a personnel file is compared with.
type known struct {
	today     when.Date
	people    map[string]org.Person
	units     []org.Unit
	contracts map[string]contractor.Contract
	listed    map[string]HRPerson
	terms     func(vocab, code string) msg.Text
}

// The kinds of line of a difference.
const (
	lineJoin   = "join"
	lineLeave  = "leave"
	lineMove   = "transfer"
	lineChange = "change"
)

// change is one value that differs.
type change struct {
	field    string
	old, new string
}

// line is one person of a difference.
type line struct {
	kind    string
	sheet   string
	row     int // 0 for somebody the file does not list
	code    string
	name    string
	day     when.Date // first day, last day, or day of the transfer
	ahead   bool      // prepared: the day is still to come
	missing bool      // the file does not list them
	changes []change
}

// difference is what a personnel file would do. Nothing can be done while it holds errors.
type difference struct {
	lines     []line
	unchanged int
	errors    []register.CellError
	undated   int // people the file does not list while no last day was given for them

	joined, changed []org.Person
	moved           []earlierDay
	planned         map[when.Date][]org.Move
	left            []LeaveCheck
	fresh, newer    []HRPerson
	gone            []string // keys of hrperson the file lists no longer
}

type earlierDay struct {
	earlier
	until when.Date
}

func (d *difference) count(kind string) (n int) {
	for _, l := range d.lines {
		if l.kind == kind {
			n++
		}
	}
	return n
}

func (d *difference) empty() bool {
	return len(d.lines) == 0 && len(d.fresh)+len(d.newer)+len(d.gone) == 0
}

// compare works out what a file does. missing is the last day of those whom a file of everybody does not list.
func compare(m Mapping, r *reader, k known, missing when.Date) difference {
	d := difference{planned: map[when.Date][]org.Move{}}
	var rows []parsed
	first := map[string]parsed{}
	for _, row := range r.file.rows {
		x := r.parse(row)
		if x.code == "" {
			continue
		}
		if other, twice := first[x.code]; twice {
			r.fail(row, "code", msg.F("職員番号「%s」は、%s（%s）にもあります。一つの番号は一人だけに付けてください。", "Person no. “%s” also stands in %s (%s). A number names one person only.", x.code, rowName(other.hrRow), other.name))
			continue
		}
		first[x.code] = x
		rows = append(rows, x)
	}
	managers(r, rows, first, k)
	for _, x := range rows {
		if x.ok {
			d.take(r, x, k)
		}
	}
	if m.Full && r.file.mapped["code"] {
		d.notListed(m, first, k, missing)
	}
	d.errors = r.errors
	slices.SortStableFunc(d.errors, func(a, b register.CellError) int {
		return cmp.Or(cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row))
	})
	return d
}

func rowName(r hrRow) msg.Text {
	if r.sheet == "" {
		return msg.F("%d行目", "row %d", r.row)
	}
	return msg.F("シート「%s」の%d行目", "row %[2]d of the sheet “%[1]s”", r.sheet, r.row)
}

// managers refuses a manager nobody knows, and people who stand above one another in a circle.
func managers(r *reader, rows []parsed, first map[string]parsed, k known) {
	done := map[string]bool{}
	for _, x := range rows {
		if x.manager == "" {
			continue
		}
		if _, in := first[x.manager]; !in {
			if _, there := k.people[x.manager]; !there {
				r.fail(x.hrRow, "manager", msg.F("上司の職員番号「%s」は、ファイルにも台帳にもありません。", "The manager “%s” is neither in the file nor in the register.", x.manager))
			}
			continue
		}
		var way []string
		at := x.code
		for at != "" && !slices.Contains(way, at) && !done[at] {
			way = append(way, at)
			at = first[at].manager
		}
		for _, c := range way {
			done[c] = true
		}
		i := slices.Index(way, at)
		if i < 0 {
			continue
		}
		var names []string
		for _, c := range way[i:] {
			names = append(names, first[c].name)
		}
		for _, c := range way[i:] {
			r.fail(first[c].hrRow, "manager", msg.F("上司の関係が輪になっています：%s。", "These people stand above one another in a circle: %s.", strings.Join(append(names, names[0]), " → ")))
		}
	}
}

// unit finds the unit of a row: by HR code, number, or a name that only one unit has.
func (k known) unit(text string, day when.Date) (org.Unit, msg.Text) {
	want := sheet.Title(text)
	var found []org.Unit
	for _, match := range []func(u org.Unit) string{func(u org.Unit) string { return u.HRCode }, func(u org.Unit) string { return u.Code }, func(u org.Unit) string { return u.Name }} {
		for _, u := range k.units {
			if v := match(u); v != "" && sheet.Title(v) == want {
				found = append(found, u)
			}
		}
		if found != nil {
			break
		}
	}
	open := slices.DeleteFunc(slices.Clone(found), func(u org.Unit) bool { return !org.LiveOn(u.Open, u.Close, day) })
	switch {
	case text == "":
		return org.Unit{}, msg.T("所属がありません。", "The unit is missing.")
	case found == nil:
		return org.Unit{}, msg.F("所属「%s」は、組織の台帳にありません。", "The unit “%s” is not in the register of units.", text)
	case len(open) == 0:
		return org.Unit{}, msg.F("所属「%s」は、%sにはない組織です。", "The unit “%s” does not exist on %s.", text, day.Both())
	case len(open) > 1:
		return org.Unit{}, msg.F("所属「%s」に当たる組織が%d件あります。組織コードで指定してください。", "There are %[2]d units “%[1]s”. Please give the code.", text, len(open))
	}
	return open[0], msg.Text{}
}

// take works out what one row does.
func (d *difference) take(r *reader, x parsed, k known) {
	was, there := k.people[x.code]
	past := x.left != 0 && x.left < k.today
	bad := false
	fail := func(field string, t msg.Text) { r.fail(x.hrRow, field, t); bad = true }
	switch {
	case x.gone && x.left == 0:
		fail("status", msg.T("退職とされていますが、最終在職日がありません。", "They are said to have left, and no last day is given."))
	case x.gone && x.left >= k.today:
		fail("left", msg.F("退職済みとされていますが、最終在職日（%s）がまだ来ていません。予定であれば、在職の状況に改めてください。", "They are said to have left already, while the last day (%s) has not passed. If it is planned, the status must say so.", x.left.Both()))
	case x.joined == 0 && !there:
		fail("joined", msg.T("採用日がありません。", "The first day is missing."))
	case x.left != 0 && x.left < cmp.Or(x.joined, was.Joined):
		fail("left", msg.T("最終在職日が採用日より前です。", "The last day lies before the first."))
	}
	back := there && was.Left != 0 && was.Left < k.today && !past // comes back
	if back && x.joined <= was.Left {
		fail("joined", msg.F("台帳では%sに離職しています。再び採用したときは、新しい採用日を入力してください。", "They left on %s by the register. Give the new first day if they have come back.", was.Left.Both()))
	}
	if !there && past || there && past && was.Left != 0 && was.Left < k.today && was.Left == x.left {
		if !bad {
			d.unchanged++ // left long ago, and it is known or no longer matters
		}
		return
	}
	next := was
	next.Code, next.Name, next.Employment = x.code, x.name, x.employment
	for field, into := range map[string]*string{"kana": &next.Kana, "title": &next.Title, "contract": &next.Contract, "mail": &next.Mail} {
		if r.file.mapped[field] {
			*into = x.text(field)
		}
	}
	if x.joined != 0 {
		next.Joined = x.joined
	}
	if r.file.mapped["left"] || back {
		next.Left = x.left
	}
	day := max(k.today, next.Joined, x.effective)
	if past {
		day = x.left
	}
	u, why := k.unit(x.text("unit"), day)
	if !why.IsZero() {
		if !past {
			fail("unit", why)
		}
		u.Code = was.Unit
	}
	if e := x.employment; (e == "dispatched" || e == "contractor") && !past {
		switch c, ok := k.contracts[next.Contract]; {
		case next.Contract == "":
			fail("contract", msg.T("派遣または委託の従事者に、契約番号がありません。", "An agency or contractor's worker needs a contract."))
		case !ok:
			fail("contract", msg.F("契約「%s」は、委託契約の台帳にありません。", "The contract “%s” is not in the register of contracts.", next.Contract))
		case !org.LiveOn(c.From, c.Until, max(k.today, next.Joined)):
			fail("contract", msg.F("契約「%s」は、従事する時点で有効な契約ではありません。", "The contract “%s” is not in force then.", next.Contract))
		}
	}
	if bad {
		return
	}
	d.list(x, u, k, past)
	l := line{kind: lineChange, sheet: x.sheet, row: x.row, code: x.code, name: x.name}
	next.Unit = u.Code
	d.place(&l, x, was, &next, there, k)
	switch {
	case !there, back:
		l.kind, l.day = lineJoin, next.Joined
	case next.Left != 0 && next.Left != was.Left:
		l.kind, l.day = lineLeave, next.Left
		d.left = append(d.left, LeaveCheck{Person: x.code, Last: next.Left})
	}
	l.ahead = l.day > k.today || l.kind == lineLeave && l.day == k.today
	l.changes = append(l.changes, differences(was, next, k)...)
	switch {
	case !there:
		d.joined = append(d.joined, next)
		if next.Left != 0 {
			d.left = append(d.left, LeaveCheck{Person: x.code, Last: next.Left})
		}
	case next != was:
		d.changed = append(d.changed, next)
	case l.kind != lineMove:
		d.unchanged++
		return
	}
	d.lines = append(d.lines, l)
}

// place settles the unit: at once, or as a move that is planned for its day.
func (d *difference) place(l *line, x parsed, was org.Person, next *org.Person, there bool, k known) {
	if !there || was.Unit == next.Unit {
		return
	}
	l.kind, l.day = lineMove, cmp.Or(x.effective, k.today)
	if x.effective > k.today {
		d.planned[x.effective] = append(d.planned[x.effective], org.Move{Person: x.code, Kind: org.MoveTransfer, To: next.Unit, Title: onlyNew(was.Title, next.Title)})
		l.changes = append(l.changes, change{"unit", k.unitName(was.Unit), k.unitName(next.Unit)})
		next.Unit, next.Title = was.Unit, was.Title
		return
	}
	d.moved = append(d.moved, earlierDay{earlier{x.code, was.Unit}, l.day - 1})
}

func onlyNew(old, now string) string {
	if old == now {
		return ""
	}
	return now
}

func (k known) unitName(code string) string {
	for _, u := range k.units {
		if u.Code == code {
			return u.Name
		}
	}
	return code
}

// differences are the values of a person that change, as people read them.
func differences(was, next org.Person, k known) []change {
	var out []change
	add := func(field, old, now string) {
		if old != now {
			out = append(out, change{field, old, now})
		}
	}
	kind := func(code string) string {
		if code == "" {
			return ""
		}
		return k.terms("employment", code).JA
	}
	unit := func(code string) string {
		if code == "" {
			return ""
		}
		return k.unitName(code)
	}
	add("name", was.Name, next.Name)
	add("kana", was.Kana, next.Kana)
	add("unit", unit(was.Unit), unit(next.Unit))
	add("employment", kind(was.Employment), kind(next.Employment))
	add("title", was.Title, next.Title)
	add("contract", was.Contract, next.Contract)
	add("joined", was.Joined.String(), next.Joined.String())
	add("left", was.Left.String(), next.Left.String())
	add("mail", was.Mail, next.Mail)
	return out
}

// list keeps the row as evidence.
func (d *difference) list(x parsed, u org.Unit, k known, past bool) {
	h := HRPerson{Code: x.code, Name: x.name, Unit: cmp.Or(u.HRCode, u.Code), Employment: x.employment, Joined: x.joined, Left: x.left, Manager: x.manager, Collected: k.today}
	was, there := k.listed[x.code]
	switch {
	case !there && past:
	case !there:
		d.fresh = append(d.fresh, h)
	default:
		same := h
		same.Collected = was.Collected
		if same != was {
			d.newer = append(d.newer, h)
		}
	}
}

// notListed are those on the staff whom a file of everybody leaves out.
func (d *difference) notListed(m Mapping, first map[string]parsed, k known, missing when.Date) {
	for _, code := range slices.Sorted(maps.Keys(k.listed)) {
		if _, in := first[code]; !in && slices.Contains(m.Kinds, k.listed[code].Employment) {
			d.gone = append(d.gone, code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(k.people)) {
		p := k.people[code]
		if _, in := first[code]; in || !p.ActiveOn(k.today) || p.Left != 0 || !slices.Contains(m.Kinds, p.Employment) {
			continue
		}
		l := line{kind: lineLeave, code: code, name: p.Name, day: missing, missing: true}
		if missing == 0 {
			d.undated++
		} else {
			p.Left = missing
			l.changes = []change{{"left", "", missing.String()}}
			d.changed = append(d.changed, p)
			d.left = append(d.left, LeaveCheck{Person: code, Last: missing})
		}
		d.lines = append(d.lines, l)
	}
}
