// Package yearplan is the plan of the fiscal year (年間計画): what the policy asks for in which month, who does it, and
// what proves it done. It is made from a template of the pack and then the city's own.
//
// Clauses: bp.5 (everybody knows what they must do), bp.6 (who does it), bp.10, bp.11 and bp.12 (the round of running,
// inspecting and reviewing).
package yearplan

import (
	"context"

	"okite/internal/clause"
	"okite/internal/db"
	"okite/internal/fault"
	"okite/internal/msg"
	"okite/internal/pack"
	"okite/internal/register"
	"okite/internal/when"
)

// Item is a task of a year (年間計画の項目). Register and Field, or Check, say what proves it done; without either the day
// is entered. What proves it lies near its deadline: a meeting in April is no report of the year.
type Item struct {
	Code     string    `reg:"code,key" ja:"項目番号" en:"Item no."`
	FY       int64     `reg:"fy,required,list,filter" ja:"年度（西暦）" en:"Fiscal year" help_ja:"令和8年度は2026です。" help_en:"The year in which it begins, such as 2026."`
	From     when.Date `reg:"from,list" ja:"期間の開始日" en:"Begins" help_ja:"この日から年度末までの記録を、完了の証拠として数えます。空欄は期限の60日前です。" help_en:"What is recorded from this day to the end of the fiscal year counts as proof. Empty: 60 days before it is due."`
	Due      when.Date `reg:"due,required,list" ja:"期限" en:"Due"`
	Name     string    `reg:"name,required,list,search" ja:"作業" en:"Task"`
	Role     string    `reg:"role,required,list,filter" vocab:"role" ja:"担当の役割" en:"Role"`
	Unit     string    `reg:"unit,list,filter" refers:"unit" ja:"担当の組織" en:"Unit" help_ja:"空欄は、その役割の全員です。" help_en:"Empty: all who hold the role."`
	Clause   string    `reg:"clause,required,list" max:"20" ja:"根拠の条項" en:"Clause"`
	How      string    `reg:"how,long" ja:"完了の確かめ方" en:"What proves it done"`
	Check    string    `reg:"check,list" max:"10" ja:"証拠とする検査" en:"Check that proves it"`
	Register string    `reg:"register" max:"40" ja:"証拠とする台帳" en:"Register that proves it"`
	Field    string    `reg:"field" max:"40" ja:"証拠とする日付の項目" en:"Its field with the day"`
	Done     when.Date `reg:"done,list" ja:"完了日" en:"Done on"`
	Note     string    `reg:"note,long" ja:"備考" en:"Note"`
}

// Registers are the registers of this package.
func Registers() []*register.Def {
	return []*register.Def{
		register.Declare[Item](register.Spec{Name: "planitem", Title: msg.T("年間計画の項目", "Items of the yearly plan"), Lead: msg.T("年度ごとに行う作業、その担当と期限です。", "What is to be done in each fiscal year, by whom and by when."),
			Clauses: []clause.ID{"bp.10", "bp.12"}, Group: "policy", Label: "name", Bind: bind}),
	}
}

// begins is the first day whose proof counts: as entered, or some days ahead of the deadline, but never before the year.
func (i Item) begins() when.Date {
	if i.From != 0 {
		return i.From
	}
	return pack.Begins(int(i.FY), i.Due, 0)
}

// counts says whether somebody entered that the task is done, on a day that counts.
func (i Item) counts(today when.Date) bool {
	return i.Done != 0 && i.Done >= i.begins() && i.Done <= today
}

// bind holds an item to its year, to a clause that is written as one, and to a proof that can be found.
func bind(c *register.Catalog, d *register.Def) {
	d.Check = func(_ context.Context, _ *db.Tx, old, next register.Row) error {
		i := register.Decode[Item](d, next)
		var was Item
		if old != nil {
			was = register.Decode[Item](d, old)
		}
		var l fault.List
		if i.Due != 0 && int64(i.Due.FY()) != i.FY {
			l.Add("due", msg.F("期限が%sの中にありません。", "The day does not lie in the fiscal year %s.", yearText(int(i.FY))))
		}
		switch {
		case i.From != 0 && int64(i.From.FY()) != i.FY:
			l.Add("from", msg.F("期間の開始日が%sの中にありません。", "The first day does not lie in the fiscal year %s.", yearText(int(i.FY))))
		case i.From != 0 && i.Due != 0 && i.From > i.Due:
			l.Add("from", msg.F("期間の開始日が期限（%s）より後です。", "The first day lies after the deadline, %s.", i.Due.Both()))
		case i.Done != 0 && i.Due != 0 && i.Done < i.begins() && (i.Done != was.Done || i.begins() != was.begins()): // an older entry stays as it is
			l.Add("done", early(i))
		}
		if _, err := clause.Parse(i.Clause); i.Clause != "" && err != nil {
			l.Add("clause", msg.F("「%s」は条項の番号として読み取れません（例：bp.9.1）。", "“%s” is no number of a clause (such as bp.9.1).", i.Clause))
		}
		if (i.Register == "") != (i.Field == "") {
			l.Add("field", msg.T("証拠とする台帳と日付の項目は、両方を入力するか、両方を空欄にしてください。", "Give both the register and its field, or neither."))
		} else if i.Register != "" && !dated(c, i.Register, i.Field) {
			l.Add("field", msg.F("台帳「%s」に日付の項目「%s」はありません。", "The register %s has no field %s with a day.", i.Register, i.Field))
		}
		return l.Err()
	}
}

// early says that a task cannot have been done before its first day.
func early(i Item) msg.Text {
	return msg.F("完了日が期間の開始日（%s）より前です。", "The day lies before the task begins, %s.", i.begins().Both())
}

// dated says whether a register has a field that holds a day.
func dated(c *register.Catalog, name, field string) bool {
	d, ok := c.Get(name)
	if !ok {
		return false
	}
	k := d.Index(field)
	return k >= 0 && d.Fields[k].Kind == register.Date
}

// State is how far an item is.
type State string

// The states.
const (
	Done    State = "done"
	Tardy   State = "tardy" // done after its deadline
	Late    State = "late"
	Soon    State = "soon"
	Planned State = "planned"
)

// soonDays is from when a task stands in the inbox.
const soonDays = 30

// Title names a state for people.
func (s State) Title() msg.Text {
	switch s {
	case Done:
		return msg.T("完了", "Done")
	case Tardy:
		return msg.T("遅れて完了", "Done late")
	case Late:
		return msg.T("遅れ", "Late")
	case Soon:
		return msg.T("期限間近", "Soon due")
	}
	return msg.T("予定", "Planned")
}

// over says whether nothing is left to do.
func (s State) over() bool { return s == Done || s == Tardy }

// Seen is an item as it stands on a day.
type Seen struct {
	Item
	State State
	Proof when.Date // the day that proves it, 0 when it is not done or a check proves it
	Href  string    // where the proof is
}

// judge says how an item stands, given the first day that proves it, or whether its check finds nothing today.
func judge(i Item, proof when.Date, checked bool, today when.Date) Seen {
	s := Seen{Item: i}
	if i.counts(today) {
		proof = i.Done
	}
	switch {
	case proof > i.Due:
		s.State, s.Proof = Tardy, proof
	case proof != 0:
		s.State, s.Proof = Done, proof
	case checked && today >= i.begins(): // before that a check that finds nothing proves nothing yet
		s.State = Done
	case i.Due < today:
		s.State = Late
	case i.Due <= today.AddDays(soonDays):
		s.State = Soon
	default:
		s.State = Planned
	}
	switch {
	case i.Register != "":
		s.Href = "/registers/" + i.Register
	case i.Check != "":
		s.Href = "/checks/" + i.Check
	}
	return s
}
