package org

import (
	"context"
	"fmt"

	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// MoveSet is a set of personnel changes prepared ahead for one day (異動の一括準備). While it is confirmed and not yet
// applied, ActorOf reads it: from the first minute of its day everybody has the rights of that day, however late the
// registers themselves are brought up.
type MoveSet struct {
	Code      string    `reg:"code,key" ja:"一括準備番号" en:"Set no."`
	Name      string    `reg:"name,required,list,search" ja:"名称" en:"Name"`
	Date      when.Date `reg:"date,required,list" ja:"発令日" en:"Effective" help_ja:"この日の午前0時に切り替わります。退職する方の最終在職日は、この前の日です。" help_en:"Everything changes at midnight as this day begins. The last day of those who leave is the day before."`
	State     string    `reg:"state,derived,list,filter" vocab:"moveset_state" ja:"状態" en:"State"`
	Applicant string    `reg:"applicant,derived" refers:"person" ja:"確認を求めた職員" en:"Handed in by"`
	Since     when.Date `reg:"since,derived" ja:"今の状態になった日" en:"In this state since"`
	Confirmer string    `reg:"confirmer,derived" refers:"person" ja:"確認した職員" en:"Confirmed by"`
	Hash      string    `reg:"hash,derived" ja:"内容のハッシュ値" en:"Hash of the content"`
}

// Move is one change of one person in a set (異動の予定).
type Move struct {
	Code   string `reg:"code,key" ja:"予定番号" en:"Move no."`
	Set    string `reg:"moveset,required,list,filter" refers:"moveset" ja:"一括準備" en:"Set"`
	Person string `reg:"person,required,list" refers:"person" ja:"職員" en:"Person"`
	Kind   string `reg:"kind,required,list,filter" vocab:"move_kind" ja:"種別" en:"Kind"`
	From   string `reg:"from_unit,derived,list" refers:"unit" ja:"異動前の所属" en:"Unit before"`
	To     string `reg:"unit,list,filter" refers:"unit" ja:"異動後の所属" en:"Unit after" help_ja:"採用と異動のときに入力します。" help_en:"For joining and transfers."`
	Title  string `reg:"title" ja:"異動後の職名" en:"Job title after"`
	Post   string `reg:"post,list" refers:"post" ja:"役職" en:"Post" help_ja:"着任と退任のときに入力します。" help_en:"For taking up or giving up a post."`
	As     string `reg:"post_kind" vocab:"assignment_kind" ja:"正・代理" en:"Holder or deputy"`
	Keep   bool   `reg:"keep" ja:"今の役職を続ける" en:"Keeps the present posts" help_ja:"選ばないときは、異動とともに今の役職をすべて退きます。" help_en:"Otherwise a transfer ends every post the person holds."`
	State  string `reg:"state,derived,list,filter" vocab:"move_state" ja:"状態" en:"State"`
}

// The states of a set and of its moves, and the kinds of move.
const (
	SetPreparing = "preparing" // 準備中
	SetReview    = "review"    // 確認待ち
	SetConfirmed = "confirmed" // 確認済
	SetApplied   = "applied"   // 適用済
	SetCancelled = "cancelled" // 取消

	MovePlanned   = "planned"
	MoveApplied   = "applied"
	MoveCancelled = "cancelled"

	MoveJoin      = "join"       // 採用
	MoveTransfer  = "transfer"   // 異動
	MoveLeave     = "leave"      // 退職
	MovePostStart = "post_start" // 役職の着任
	MovePostEnd   = "post_end"   // 役職の退任
)

// Ends says whether the move, made on a day, ends a tenure: whoever moves or leaves gives their posts up, and a new
// holder relieves the one there was.
func (m Move) Ends(a Assignment, day when.Date) bool {
	if a.From >= day || a.Until != 0 && a.Until < day {
		return false
	}
	if a.Person != m.Person {
		return m.Kind == MovePostStart && m.As == "holder" && a.Kind == "holder" && a.Post == m.Post
	}
	switch m.Kind {
	case MoveLeave:
		return true
	case MoveTransfer:
		return !m.Keep
	case MovePostEnd:
		return a.Post == m.Post
	}
	return false
}

// due is the moves of confirmed sets whose day has come and which nobody has applied yet. SQLite keeps the order of a
// CROSS JOIN: the few moves of a person or post first, by their index, and not the thousands of a set.
const due = `reg_move m CROSS JOIN reg_moveset s WHERE s.code = m.moveset AND s.state = 'confirmed' AND NOT m.ended AND s."date" <= `

// relieved is Move.Ends in SQL: the condition under which a due move has ended a tenure that began before. Each half
// goes along an index of its own.
func relieved(person, post, kind, from, day string) string {
	before := `SELECT 1 FROM ` + due + day + ` AND s."date" > ` + from
	return `(EXISTS (` + before + ` AND m.person = ` + person + ` AND (m.kind = 'leave' OR m.kind = 'transfer' AND NOT m.keep OR m.kind = 'post_end' AND m.post = ` + post + `))
OR ` + kind + ` = 'holder' AND EXISTS (` + before + ` AND m.post = ` + post + ` AND m.kind = 'post_start' AND m.post_kind = 'holder' AND m.person <> ` + person + `))`
}

// leaves is the condition under which a due move has ended a person's time with the city.
func leaves(person, day string) string {
	return `EXISTS (SELECT 1 FROM ` + due + day + ` AND m.person = ` + person + ` AND m.kind = 'leave')`
}

type movingKey struct{}

// Moving marks a context in which the product itself carries a set on: its moves are written although it is closed.
func Moving(ctx context.Context) context.Context { return context.WithValue(ctx, movingKey{}, true) }

// moveRules are what holds whenever a move is written: it can be carried out, and its set is still open.
type moveRules struct {
	c *register.Catalog
	d *register.Def
}

func bindMoves(c *register.Catalog, d *register.Def) {
	r := moveRules{c, d}
	d.Check, d.After = r.check, r.after
}

func (r moveRules) check(ctx context.Context, tx *db.Tx, old, next register.Row) error {
	if ctx.Value(movingKey{}) != nil {
		return nil
	}
	m := register.Decode[Move](r.d, next)
	if old != nil && r.d.Str(old, "moveset") != m.Set {
		return fault.At("moveset", msg.T("別の一括準備へは移せません。元の予定を終了し、移す先に登録してください。", "A move stays in its set. End it here and register it there."))
	}
	date, err := r.open(ctx, tx, m.Set)
	if err != nil {
		return err
	}
	var l fault.List
	want := func(field string, ok bool, text msg.Text) {
		if !ok {
			l.Add(field, text)
		}
	}
	unit := m.Kind == MoveJoin || m.Kind == MoveTransfer
	want("unit", !unit || m.To != "", msg.T("異動後の所属を選んでください。", "Choose the unit after the move."))
	want("unit", unit || m.To == "", msg.T("この種別では、異動後の所属は入力しません。", "No unit is given for this kind of move."))
	post := m.Kind == MovePostStart || m.Kind == MovePostEnd
	want("post", !post || m.Post != "", msg.T("役職を選んでください。", "Choose the post."))
	want("post", post || m.Post == "", msg.T("役職は、着任か退任の予定として登録してください。", "Register the post as taken up or given up."))
	want("post_kind", m.Kind != MovePostStart || m.As != "", msg.T("正・代理を選んでください。", "Say whether as holder or deputy."))
	if err := l.Err(); err != nil {
		return err
	}
	person, ok, err := r.c.One(ctx, tx, r.c.Must("person"), m.Person)
	if err != nil || !ok {
		return err
	}
	p := register.Decode[Person](r.c.Must("person"), person.Row)
	first := date // the day on which the person must be with the city
	if m.Kind == MoveTransfer || m.Kind == MoveLeave || m.Kind == MovePostEnd {
		first--
	}
	if !p.ActiveOn(first) {
		return fault.At("person", msg.F("%sは%sに在職していません。", "%s is not with the city on %s.", p.Name, first.Both()))
	}
	if m.Kind == MoveTransfer && p.Unit == m.To {
		return fault.At("unit", msg.F("%sは今もこの組織に所属しています。", "%s belongs to this unit already.", p.Name))
	}
	if unit {
		if err := r.unitOpen(ctx, tx, m.To, date); err != nil {
			return err
		}
	}
	m.From, m.State = "", MovePlanned
	if m.Kind != MoveJoin {
		m.From = p.Unit
	}
	copy(next, register.Encode(r.d, m))
	return nil
}

// open gives the day of a set that may still be changed.
func (r moveRules) open(ctx context.Context, tx *db.Tx, set string) (when.Date, error) {
	d := r.c.Must("moveset")
	rec, ok, err := r.c.One(ctx, tx, d, set)
	if err != nil || !ok {
		return 0, err // that it is not there is said by its field
	}
	s := register.Decode[MoveSet](d, rec.Row)
	if s.State != SetPreparing || rec.Ended {
		return 0, fault.New(fault.Conflict, msg.F("「%s」は準備中ではないため、予定を変更できません。準備中に戻してから変更してください。", "“%s” is not being prepared. Take it back before changing its moves.", s.Name))
	}
	return s.Date, nil
}

func (r moveRules) unitOpen(ctx context.Context, tx *db.Tx, unit string, day when.Date) error {
	d := r.c.Must("unit")
	rec, ok, err := r.c.One(ctx, tx, d, unit)
	if err != nil || !ok {
		return err
	}
	if u := register.Decode[Unit](d, rec.Row); !LiveOn(u.Open, u.Close, day) {
		return fault.At("unit", msg.F("「%s」は%sにはない組織です。", "“%s” does not exist on %s.", u.Name, day.Both()))
	}
	return nil
}

// after refuses that a move is taken out of a closed set by ending it.
func (r moveRules) after(ctx context.Context, tx *db.Tx, ch register.Change) error {
	if !ch.Ended || ctx.Value(movingKey{}) != nil {
		return nil
	}
	_, err := r.open(ctx, tx, r.d.Str(ch.New, "moveset"))
	return err
}

// bindSets keeps the day of a set from changing under those who confirmed it.
func bindSets(c *register.Catalog, d *register.Def) {
	d.Check = func(ctx context.Context, tx *db.Tx, old, next register.Row) error {
		if ctx.Value(movingKey{}) != nil {
			return nil
		}
		s := register.Decode[MoveSet](d, next)
		switch {
		case old == nil:
			s.State, s.Since = SetPreparing, when.Of(tx.Now())
			if s.Date <= when.Of(tx.Now()) {
				return fault.At("date", msg.T("発令日には、明日以降の日を入力してください。当日の変更は、職員等と任命の台帳で行います。", "Give a day after today. What changes today is entered in the registers of people and assignments."))
			}
			copy(next, register.Encode(d, s))
		case d.Str(old, "state") != SetPreparing:
			return fault.New(fault.Conflict, msg.F("「%s」は準備中ではないため、変更できません。", "“%s” is not being prepared and cannot be changed.", s.Name))
		case s.Date <= when.Of(tx.Now()):
			return fault.At("date", msg.T("発令日には、明日以降の日を入力してください。", "Give a day after today."))
		}
		return nil
	}
	d.After = func(ctx context.Context, tx *db.Tx, ch register.Change) error {
		if !ch.Ended || ctx.Value(movingKey{}) != nil {
			return nil
		}
		return fault.New(fault.Conflict, msg.T("一括準備をやめるときは、異動のページで取り消してください。", "A set is given up by cancelling it on the page of transfers."))
	}
}

// DueMoves are the confirmed sets whose day has come, the oldest first.
func DueMoves(ctx context.Context, tx *db.Tx, c *register.Catalog) ([]MoveSet, error) {
	all, err := register.Load[MoveSet](ctx, tx, c.Must("moveset"))
	if err != nil {
		return nil, fmt.Errorf("read sets of moves: %w", err)
	}
	day := when.Of(tx.Now())
	var out []MoveSet
	for _, s := range all {
		if s.State == SetConfirmed && s.Date <= day {
			out = append(out, s)
		}
	}
	return out, nil
}
