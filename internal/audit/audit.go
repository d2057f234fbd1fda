// Package audit keeps the audits of clause 11: who looked at which unit, and when.
//
// Clauses: bp.6 (nobody audits their own unit), bp.11.
package audit

import (
	"okite/internal/clause"
	"okite/internal/msg"
	"okite/internal/register"
	"okite/internal/when"
)

// Audit is one audit of one unit (監査).
type Audit struct {
	Code     string    `reg:"code,key" ja:"監査番号" en:"Audit no."`
	Name     string    `reg:"name,required,list,search" ja:"件名" en:"Subject"`
	Unit     string    `reg:"unit,required,list,filter" refers:"unit" ja:"監査を受ける組織" en:"Unit audited"`
	Auditors []string  `reg:"auditors,required,list" refers:"person" ja:"監査人" en:"Auditors"`
	Date     when.Date `reg:"date,required,list" ja:"実施日" en:"Date"`
}

// Transfer is a person's earlier unit (異動の履歴), imported from the personnel system.
type Transfer struct {
	Code   string    `reg:"code,key" ja:"異動番号" en:"Transfer no."`
	Person string    `reg:"person,required,list,filter" refers:"person" ja:"職員" en:"Person"`
	Unit   string    `reg:"unit,required,list,filter" refers:"unit" ja:"異動前の所属" en:"Earlier unit"`
	Until  when.Date `reg:"until,required,list" ja:"最終在籍日" en:"Last day there"`
}

// Registers are the registers of this package, in the order of the menu.
func Registers() []*register.Def {
	c := func(ids ...clause.ID) []clause.ID { return ids }
	return []*register.Def{
		register.Declare[Audit](register.Spec{Name: "audit", Title: msg.T("監査", "Audits"), Lead: msg.T("監査の対象と監査人です。", "Audits: the unit and the auditors."), Clauses: c("bp.6", "bp.11"), Group: "audit", Label: "name", Unit: "unit"}),
		register.Declare[Transfer](register.Spec{Name: "transfer", Title: msg.T("異動の履歴", "Transfers"), Lead: msg.T("職員の以前の所属です。", "People's earlier units."), Clauses: c("bp.6"), Group: "people", Reach: register.About("person")}),
	}
}
