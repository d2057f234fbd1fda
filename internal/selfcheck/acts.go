package selfcheck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"okite/internal/act"
	"okite/internal/actor"
	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/ref"
	"okite/internal/register"
	"okite/internal/when"
)

// office runs a campaign; looker takes the second look, until the city says otherwise (bp.6).
const (
	office = "chief"
	looker = "csirt_chief"
)

var (
	titleStart   = msg.T("自己点検の開始", "Begin a self-inspection")
	titleAdd     = msg.T("対象の追加", "Add who is asked")
	titleClose   = msg.T("自己点検の締切り", "Close a self-inspection")
	titleCancel  = msg.T("自己点検の取下げ", "Withdraw a self-inspection")
	titleCount   = msg.T("不一致の数の記録", "Put mismatches on record")
	titleSave    = msg.T("回答の保存", "Save answers")
	titleDecide  = msg.T("回答の確認", "Confirm answers")
	titleRecheck = msg.T("抽出再点検の記録", "Record a second look")
	titleRecord  = msg.T("遵守状況の確認の記録", "Record a confirmation")
	titleReport  = msg.T("CISOへの報告の記録", "Record a report to the CISO")
)

// Acts are what can be done with self-inspections and confirmations (bp.6, bp.9.3, bp.11).
func (s *Service) Acts() []act.Act {
	duty, kept := []clause.ID{"bp.6", "bp.11"}, []clause.ID{"bp.6", "bp.9.3"}
	type do = func(context.Context, *db.Tx, actor.Actor, act.Input) (ref.Ref, error)
	field := func(name string, title msg.Text, required bool) act.Field {
		return act.Field{Name: name, Title: title, Required: required}
	}
	number, form := field("campaign", msg.T("実施番号", "Campaign no."), true), field("response", msg.T("回答票番号", "Response no."), true)
	seen := field("seen", msg.T("確認した内容のハッシュ値", "Hash of what was looked at"), false)
	answers := act.Field{Name: "answers", Title: msg.T("回答", "Answers"), Personal: true}
	note := act.Field{Name: "note", Title: msg.T("理由・所見", "Why, or what was found"), Personal: true}
	city := func(id string, title msg.Text, role string, fields []act.Field, fn do) act.Act {
		return act.Act{ID: id, Title: title, Clauses: duty, Scope: "city", Roles: []string{role}, Fields: fields, Do: fn}
	}
	own := func(id string, title msg.Text, fields []act.Field, fn do) act.Act {
		return act.Act{ID: id, Title: title, Clauses: duty, Scope: "city", Anyone: true, Allow: s.respondent, Fields: fields, Do: fn}
	}
	out := []act.Act{
		city("selfcheck.start", titleStart, office, []act.Field{field("name", msg.T("件名", "Subject"), true), field("fy", msg.T("年度", "Fiscal year"), true), field("sheets", msg.T("点検票", "Sheets"), true),
			field("opens", msg.T("開始日", "Opens"), true), field("due", msg.T("回答の期限", "Due"), true)}, s.start),
		city("selfcheck.add", titleAdd, office, []act.Field{number}, s.add),
		city("selfcheck.close", titleClose, office, []act.Field{number}, s.closeCampaign),
		city("selfcheck.cancel", titleCancel, office, []act.Field{number}, s.cancel),
		city("selfcheck.count", titleCount, office, []act.Field{number}, s.count),
		city("selfcheck.withdraw", titleWithdraw, office, []act.Field{form}, s.withdraw),
		city("selfcheck.recheck", titleRecheck, looker, []act.Field{form, field("verdict", msg.T("再点検の結果", "Outcome"), true), note}, s.recheck),
		own("selfcheck.save", titleSave, []act.Field{form, answers}, s.save),
		own("selfcheck.submit", titleSubmit, []act.Field{form, answers}, s.submit),
	}
	for _, l := range levels {
		a := city(decideAct(l), titleDecide, l.role, []act.Field{form, field("decision", msg.T("確認又は差戻し", "Confirm or send back"), true), seen, note}, s.decide(l))
		if l.scope != "" {
			a.Scope, a.Where = l.scope, s.placeOf
		}
		out = append(out, a)
	}
	out = append(out, s.bulkActs()...)
	unit := field("unit", msg.T("組織", "Unit"), true)
	for _, l := range levels[:2] {
		fields := []act.Field{unit, field("problem", msg.T("見つかった問題", "Problem found"), false), field("reported", msg.T("CISOに報告した日", "Reported to the CISO on"), false)}
		a := act.Act{ID: "confirmation.record", Title: titleRecord, Clauses: kept, Scope: l.scope, Roles: []string{l.role}, Fields: fields, Where: inUnit, Do: s.record}
		b := act.Act{ID: "confirmation.report", Title: titleReport, Clauses: kept, Scope: l.scope, Roles: []string{l.role},
			Fields: []act.Field{field("confirmation", msg.T("確認番号", "Confirmation no."), true), field("reported", msg.T("CISOに報告した日", "Reported to the CISO on"), true)}, Where: s.confirmedUnit, Do: s.report}
		if l.name != "section" {
			a.ID, b.ID = a.ID+"."+l.name, b.ID+"."+l.name
		}
		out = append(out, a, b)
	}
	return out
}

// decideAct is the act by which a level confirms or sends back.
func decideAct(l level) string { return levelAct("selfcheck.decide", l) }

// placeOf is the section of a response.
func (s *Service) placeOf(ctx context.Context, tx *db.Tx, in act.Input) ([]act.Place, error) {
	r, _, err := s.response(ctx, tx, in["response"])
	return []act.Place{{Unit: r.Section}}, err
}

// plan reads what a campaign is to be from a form.
func (s *Service) plan(ctx context.Context, tx *db.Tx, in act.Input) (Campaign, []Sheet, error) {
	var f fault.List
	c := Campaign{Name: strings.TrimSpace(in["name"]), State: Open}
	wrong := func(field string, m msg.Text) { f.Add(field, m) }
	if c.Name == "" {
		wrong("name", msg.T("件名を入力してください。", "Enter a subject."))
	}
	day := func(field string) when.Date {
		d, err := when.ParseLenient(in[field])
		if x := fault.As(err); x != nil {
			wrong(field, x.Message)
		}
		return d
	}
	c.Opens, c.Due = day("opens"), day("due")
	fy, err := strconv.Atoi(in["fy"])
	today := when.Of(tx.Now())
	switch {
	case err != nil || fy < today.FY()-1 || fy > today.FY()+1:
		wrong("fy", msg.F("年度は%dから%dまでの西暦で入力してください。", "Enter a fiscal year from %d to %d.", today.FY()-1, today.FY()+1))
	case c.Opens != 0 && c.Opens.FY() != fy:
		wrong("opens", msg.F("開始日は%sの日にしてください。", "The first day must lie in %s.", yearName(int64(fy))))
	case c.Opens != 0 && c.Opens < today:
		wrong("opens", msg.T("開始日は今日以降の日にしてください。", "The first day must not be past."))
	}
	if c.Opens != 0 && c.Due != 0 && c.Due <= c.Opens {
		wrong("due", msg.T("期限は開始日より後の日にしてください。", "The last day must come after the first."))
	}
	if c.Due != 0 && err == nil && c.Due.FY() > fy {
		wrong("due", msg.T("期限は同じ年度のうちにしてください。", "The last day must lie in the same fiscal year."))
	}
	c.FY = int64(fy)
	all, err := s.sheets(ctx, tx, fy)
	if err != nil {
		return c, nil, err
	}
	want := strings.Fields(in["sheets"])
	slices.Sort(want)
	want = slices.Compact(want)
	var picked []Sheet
	for _, x := range all {
		if slices.Contains(want, x.Code) {
			picked = append(picked, x)
			c.Sheets = append(c.Sheets, x.Code)
		}
	}
	items, err := s.items(ctx, tx, "")
	if err != nil {
		return c, nil, err
	}
	switch {
	case len(picked) == 0 || len(picked) != len(want):
		wrong("sheets", msg.T("この年度に使える点検票を選んでください。", "Choose sheets that are used in this fiscal year."))
	default:
		for _, x := range picked {
			if !slices.ContainsFunc(items, func(i Item) bool { return i.Sheet == x.Code }) {
				wrong("sheets", msg.F("「%s」には点検項目がありません。", "“%s” has no items.", x.Name))
			}
		}
	}
	return c, picked, f.Err()
}

// start puts the sheets to everybody in one act (bp.11).
func (s *Service) start(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	c, sheets, err := s.plan(ctx, tx, in)
	if err != nil {
		return ref.Ref{}, err
	}
	c.By = who.Person
	list, err := s.recipients(ctx, tx, sheets, c.Opens)
	if err != nil {
		return ref.Ref{}, err
	}
	if len(list) == 0 {
		return ref.Ref{}, fault.At("sheets", msg.T("選んだ点検票の対象となる人や課がありません。", "Nobody is asked by these sheets."))
	}
	d := s.def("campaign")
	ch, err := s.c.Catalog.Create(ctx, tx, who, d, register.Encode(d, c))
	if err != nil {
		return ref.Ref{}, err
	}
	c.Code = ch.Key
	return ref.New("campaign", c.Code), s.c.Catalog.CreateMany(ctx, tx, who, s.def("response"), s.rows(c, list, nil))
}

// add asks those who were there when a campaign began and have no sheet: who was registered late.
func (s *Service) add(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	c, _, err := s.open(ctx, tx, in["campaign"])
	if err != nil {
		return ref.Ref{}, err
	}
	rows, err := s.missing(ctx, tx, c)
	if err != nil {
		return ref.Ref{}, err
	}
	if len(rows) == 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("対象の全員に回答票があります。", "Everybody who is asked has a sheet."))
	}
	return ref.New("campaign", c.Code), s.c.Catalog.CreateMany(ctx, tx, who, s.def("response"), rows)
}

// missing are the responses that a campaign lacks.
func (s *Service) missing(ctx context.Context, tx *db.Tx, c Campaign) ([]register.Row, error) {
	sheets, err := s.sheets(ctx, tx, 0)
	if err != nil {
		return nil, err
	}
	sheets = slices.DeleteFunc(sheets, func(x Sheet) bool { return !slices.Contains(c.Sheets, x.Code) })
	list, err := s.recipients(ctx, tx, sheets, c.Opens)
	if err != nil {
		return nil, err
	}
	have, err := briefs(ctx, tx, `r.campaign = $1`, c.Code)
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(have))
	for _, b := range have {
		there[b.Code] = true
	}
	return s.rows(c, list, there), nil
}

// open reads a campaign that is still open.
func (s *Service) open(ctx context.Context, tx *db.Tx, code string) (Campaign, register.Record, error) {
	c, rec, err := s.campaign(ctx, tx, code)
	if err == nil && c.State != Open {
		err = fault.New(fault.Conflict, msg.F("「%s」は「%s」のため、この手続はできません。", "“%s” stands at “%s”; this is not possible.", c.Name, s.term("campaign_state", c.State)))
	}
	return c, rec, err
}

// closeCampaign ends a campaign: the sample for the second look is drawn, and the mismatches between answers and
// evidence are put on record as their own figure (bp.11).
func (s *Service) closeCampaign(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	c, rec, err := s.open(ctx, tx, in["campaign"])
	if err != nil {
		return ref.Ref{}, err
	}
	today := when.Of(tx.Now())
	if today <= c.Due {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("回答の期限（%s）が過ぎるまで締め切れません。", "It can be closed once the last day to answer (%s) has passed.", c.Due.Both()))
	}
	percent, err := s.parameter(ctx, tx, "N.sample")
	if err != nil {
		return ref.Ref{}, err
	}
	list, err := briefs(ctx, tx, `r.campaign = $1 AND r.state IN ('submitted', 'done')`, c.Code)
	if err != nil {
		return ref.Ref{}, err
	}
	keys := make([]string, len(list))
	for i, b := range list {
		keys[i] = b.Code
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %d", c.Code, tx.Now().UnixMicro())))
	c.State, c.Closed, c.Seed = Closed, today, hex.EncodeToString(sum[:8])
	drawn := Draw(c.Seed, keys, int(Needed(int64(len(keys)), percent)))
	d := s.def("response")
	there, err := s.c.Catalog.Many(ctx, tx, d, drawn)
	if err != nil {
		return ref.Ref{}, err
	}
	var rows []register.Row
	for _, k := range drawn {
		row := slices.Clone(there[k].Row)
		d.Put(row, "sampled", true)
		rows = append(rows, row)
	}
	if err := s.c.Catalog.ChangeMany(ctx, tx, who, d, rows); err != nil {
		return ref.Ref{}, err
	}
	if err := s.counted(ctx, tx, &c); err != nil {
		return ref.Ref{}, err
	}
	cd := s.def("campaign")
	_, err = s.c.Catalog.Change(ctx, tx, who, cd, register.Encode(cd, c), rec.Version)
	return ref.New("campaign", c.Code), err
}

// counted puts the figure of mismatches into a campaign. Without what the checks found it stays open, and R239 says so.
func (s *Service) counted(ctx context.Context, tx *db.Tx, c *Campaign) error {
	found, ok := findingsIn(ctx)
	if !ok {
		return nil
	}
	items, err := s.items(ctx, tx, "")
	if err != nil {
		return err
	}
	f, err := s.figure(ctx, tx, c.Code, items, found, nil)
	if err != nil {
		return err
	}
	asked, wrong := int64(f.asked), int64(len(f.list))
	c.Asked, c.Mismatches = &asked, &wrong
	return nil
}

// count puts the figure on record where it is missing.
func (s *Service) count(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	c, rec, err := s.campaign(ctx, tx, in["campaign"])
	if err != nil {
		return ref.Ref{}, err
	}
	if c.State != Closed || c.Mismatches != nil {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("不一致の数は、締切りのときに記録されるか、すでに記録されています。", "The mismatches are on record already, or will be when it is closed."))
	}
	if err := s.counted(ctx, tx, &c); err != nil {
		return ref.Ref{}, err
	}
	if c.Mismatches == nil {
		return ref.Ref{}, fault.New(fault.Conflict, msg.T("検査の結果を読めないため、不一致を数えられません。自己点検のページから操作してください。", "What the checks find cannot be read here. Use the page of the self-inspection."))
	}
	d := s.def("campaign")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, c), rec.Version)
	return ref.New("campaign", c.Code), err
}

// cancel takes a campaign back that should not have begun: nobody may have handed in anything.
func (s *Service) cancel(ctx context.Context, tx *db.Tx, who actor.Actor, in act.Input) (ref.Ref, error) {
	c, rec, err := s.open(ctx, tx, in["campaign"])
	if err != nil {
		return ref.Ref{}, err
	}
	list, err := briefs(ctx, tx, `r.campaign = $1 AND r.state <> 'preparing' AND r.state <> 'withdrawn'`, c.Code)
	if err != nil {
		return ref.Ref{}, err
	}
	if len(list) > 0 {
		return ref.Ref{}, fault.New(fault.Conflict, msg.F("すでに%d件の回答が始まっているため、取り下げられません。", "%d sheets have been begun; it cannot be withdrawn.", len(list)))
	}
	c.State = Withdrawn
	d := s.def("campaign")
	_, err = s.c.Catalog.Change(ctx, tx, who, d, register.Encode(d, c), rec.Version)
	return ref.New("campaign", c.Code), err
}
